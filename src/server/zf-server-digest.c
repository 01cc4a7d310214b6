/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What the county holds of a village, in sixteen bytes; and in 256 times sixteen. */
#include <string.h>

#include "zf-server-core-private.h"

static gboolean
put_sum (ZfServerCore *core, const char *village, GString *out, GError **error)
{
  ZfDigest sum;
  gint64 n;
  g_autofree char *hex = NULL;

  if (!core->store->verbs->digest (core->store, village, &n, &sum, error))
    return FALSE;
  hex = zf_digest_hex (&sum);
  zf_wire_put_int (out, "n", n);
  zf_wire_put_member (out, "h", hex);
  return TRUE;
}

static gboolean
put_village (ZfServerCore *core, const char *village, GString *out, GError **error)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  zf_wire_put_string (out, village);
  g_string_append (out, ":{");
  if (!put_sum (core, village, out, error))
    return FALSE;
  g_string_append_c (out, '}');
  return TRUE;
}

static gboolean
put_everywhere (ZfServerCore *core, GString *out, GError **error)
{
  g_autoptr (GPtrArray) villages = core->store->verbs->villages (core->store, error);

  for (guint i = 0; villages != NULL && i < villages->len; i++)
    if (*(const char *) villages->pdata[i] != '\0' && !put_village (core, villages->pdata[i], out, error))
      return FALSE;
  return villages != NULL;
}

/* Of a whole county one digest says enough while nothing differs. */
static gboolean
put_all (ZfServerCore *core, GString *out, GError **error)
{
  g_autoptr (GPtrArray) villages = core->store->verbs->villages (core->store, error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *hex = NULL;
  ZfDigest sum;
  gint64 n, total = 0;

  for (guint i = 0; villages != NULL && i < villages->len; i++)
    {
      if (*(const char *) villages->pdata[i] == '\0')
        continue;
      if (!core->store->verbs->digest (core->store, villages->pdata[i], &n, &sum, error))
        return FALSE;
      total += n;
      if (n > 0)
        g_ptr_array_add (lines, zf_digest_line (villages->pdata[i], n, &sum));
    }
  sum = zf_digest_all (lines);
  hex = zf_digest_hex (&sum);
  g_string_append_printf (out, ",\"digest\":{\"%s\":{\"n\":%" G_GINT64_FORMAT ",\"h\":\"%s\"}}", ZF_WIRE_ALL, total, hex);
  return villages != NULL;
}

gboolean
zf_server_put_digests (ZfServerCore *core, const ZfDevice *device, gboolean in_short, GString *out, GError **error)
{
  if (in_short && device->everywhere)
    return put_all (core, out, error);
  g_string_append (out, ",\"digest\":{");
  if (device->everywhere ? !put_everywhere (core, out, error) : !put_village (core, ZF_SCOPE_COMMON, out, error))
    return FALSE;
  for (guint i = 0; !device->everywhere && device->villages[i] != NULL; i++)
    if (!put_village (core, device->villages[i], out, error))
      return FALSE;
  g_string_append_c (out, '}');
  return TRUE;
}

static gboolean
put_buckets (ZfServerCore *core, const char *village, GString *out, GError **error)
{
  g_autofree ZfDigest *buckets = g_new0 (ZfDigest, ZF_DIGEST_BUCKETS);

  zf_wire_put_member (out, "village", village);
  zf_wire_put_int (out, "seq", core->store->verbs->head (core->store));
  if (!put_sum (core, village, out, error) || !core->store->verbs->digest_buckets (core->store, village, buckets, error))
    return FALSE;
  g_string_append (out, ",\"buckets\":[");
  for (guint i = 0; i < ZF_DIGEST_BUCKETS; i++)
    {
      g_autofree char *hex = zf_digest_hex (&buckets[i]);

      g_string_append_printf (out, "%s\"%s\"", i > 0 ? "," : "", hex);
    }
  g_string_append_c (out, ']');
  return TRUE;
}

static void
put_pair (const char *id, const ZfDigest *digest, gpointer data)
{
  GString *out = data;
  g_autofree char *hex = zf_digest_hex (digest);

  g_string_append_printf (out, "%s[\"%s\",\"%s\"]", out->str[out->len - 1] != '[' ? "," : "", id, hex);
}

static gboolean
put_ids (ZfServerCore *core, const char *village, guint bucket, GString *out, GError **error)
{
  zf_wire_put_int (out, "seq", core->store->verbs->head (core->store));
  g_string_append (out, ",\"items\":[");
  if (!core->store->verbs->digest_ids (core->store, village, bucket, put_pair, out, error))
    return FALSE;
  g_string_append_c (out, ']');
  return TRUE;
}

/* GET /v1/digest/VILLAGE, GET /v1/digest/VILLAGE/BB */
ZfSyncResponse *
zf_server_digest (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  g_auto (GStrv) words = g_strsplit (request->path + strlen ("/v1/digest/"), "/", 3);
  guint n = g_strv_length (words);
  g_autoptr (GString) out = g_string_new ("{");
  guint64 bucket = 0;
  gboolean ok;

  if (n < 1 || n > 2 || !zf_device_covers (device, words[0]) ||
      (n == 2 && (strlen (words[1]) != 2 || !g_ascii_string_to_unsigned (words[1], 16, 0, ZF_DIGEST_BUCKETS - 1, &bucket, NULL))))
    {
      zf_problem_set (error, ZF_PROBLEM_NOT_FOUND);
      return NULL;
    }
  ok = n == 2 ? put_ids (core, words[0], (guint) bucket, out, error) : put_buckets (core, words[0], out, error);
  if (!ok)
    return NULL;
  g_string_append_c (out, '}');
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (g_steal_pointer (&out)));
}
