/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-digest.h"

#include <sodium.h>
#include <string.h>

#include "zf-json.h"

static JsonObject *
without_nulls (JsonObject *fields)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init (&iter, fields);
  while (json_object_iter_next (&iter, &name, &value))
    if (!JSON_NODE_HOLDS_NULL (value))
      json_object_set_member (copy, name, json_node_ref (value));
  return copy;
}

ZfDigest
zf_digest_text (const char *id, gint64 rev, const char *text)
{
  char number[24];
  crypto_hash_sha256_state hash;
  guint8 full[crypto_hash_sha256_BYTES];
  ZfDigest digest;

  g_snprintf (number, sizeof number, "\n%" G_GINT64_FORMAT "\n", rev);
  crypto_hash_sha256_init (&hash);
  crypto_hash_sha256_update (&hash, (const guint8 *) id, strlen (id));
  crypto_hash_sha256_update (&hash, (const guint8 *) number, strlen (number));
  crypto_hash_sha256_update (&hash, (const guint8 *) text, strlen (text));
  crypto_hash_sha256_final (&hash, full);
  memcpy (digest.b, full, ZF_DIGEST_BYTES);
  return digest;
}

ZfDigest
zf_digest_record (const char *id, gint64 rev, JsonObject *fields)
{
  g_autoptr (JsonObject) state = without_nulls (fields);
  g_autofree char *text = zf_json_canonical_object (state);

  return zf_digest_text (id, rev, text);
}

void
zf_digest_add (ZfDigest *sum, const ZfDigest *digest)
{
  for (gint i = ZF_DIGEST_BYTES - 1, carry = 0; i >= 0; i--)
    {
      gint n = sum->b[i] + digest->b[i] + carry;

      sum->b[i] = (guint8) n;
      carry = n >> 8;
    }
}

void
zf_digest_sub (ZfDigest *sum, const ZfDigest *digest)
{
  for (gint i = ZF_DIGEST_BYTES - 1, borrow = 0; i >= 0; i--)
    {
      gint n = sum->b[i] - digest->b[i] - borrow;

      sum->b[i] = (guint8) n;
      borrow = n < 0;
    }
}

char *
zf_digest_hex (const ZfDigest *digest)
{
  char hex[2 * ZF_DIGEST_BYTES + 1];

  return g_strdup (sodium_bin2hex (hex, sizeof hex, digest->b, ZF_DIGEST_BYTES));
}

gboolean
zf_digest_parse (const char *hex, ZfDigest *digest)
{
  gsize len = 0;

  return hex != NULL && strlen (hex) == 2 * ZF_DIGEST_BYTES &&
         sodium_hex2bin (digest->b, ZF_DIGEST_BYTES, hex, 2 * ZF_DIGEST_BYTES, NULL, &len, NULL) == 0 && len == ZF_DIGEST_BYTES;
}

char *
zf_digest_line (const char *village, gint64 n, const ZfDigest *sum)
{
  g_autofree char *hex = zf_digest_hex (sum);

  return g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%s\n", village, n, hex);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

ZfDigest
zf_digest_all (GPtrArray *lines)
{
  crypto_hash_sha256_state hash;
  guint8 full[crypto_hash_sha256_BYTES];
  ZfDigest digest;

  g_ptr_array_sort (lines, compare_lines);
  crypto_hash_sha256_init (&hash);
  for (guint i = 0; i < lines->len; i++)
    crypto_hash_sha256_update (&hash, lines->pdata[i], strlen (lines->pdata[i]));
  crypto_hash_sha256_final (&hash, full);
  memcpy (digest.b, full, ZF_DIGEST_BYTES);
  return digest;
}

guint
zf_digest_bucket (const char *id)
{
  gsize len = strlen (id);

  return len < 2 ? 0 : (guint) (g_ascii_xdigit_value (id[len - 2]) * 16 + g_ascii_xdigit_value (id[len - 1])) & 0xff;
}
