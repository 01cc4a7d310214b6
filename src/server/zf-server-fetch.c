/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Single records: as they stand, and how they came to be so. */
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-server-core-private.h"

#define MAX_FETCH 500

typedef struct
{
  char *kind;
  gint64 rev;
  char *del;             /* (nullable) */
  JsonObject *f;
  JsonObject *ci;
  GString *c;            /* authors */
  guint n;
} Whole;

static void
whole_clear (Whole *whole)
{
  g_free (whole->kind);
  g_free (whole->del);
  json_object_unref (whole->f);
  json_object_unref (whole->ci);
  g_string_free (whole->c, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Whole, whole_clear)

static void
lay_part (Whole *whole, const ZfFeedRow *row)
{
  g_autoptr (JsonObject) f = zf_json_parse_object (row->f, -1, NULL);
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (f == NULL)
    return;
  json_object_iter_init (&iter, f);
  while (json_object_iter_next (&iter, &name, &value))
    if (!JSON_NODE_HOLDS_NULL (value))
      {
        json_object_set_member (whole->f, name, json_node_ref (value));
        json_object_set_int_member (whole->ci, name, whole->n);
      }
  g_string_append (whole->c, whole->n > 0 ? ",{" : "{");
  zf_wire_put_member (whole->c, "cid", row->cid);
  zf_wire_put_member (whole->c, "by", row->by);
  zf_wire_put_int (whole->c, "at", row->at);
  g_string_append_c (whole->c, '}');
  whole->n++;
}

static gboolean
take_part (const ZfFeedRow *row, gpointer data)
{
  Whole *whole = data;

  if (whole->kind == NULL)
    whole->kind = g_strdup (row->kind);
  whole->rev = row->record_rev;
  if (whole->del == NULL)
    whole->del = g_strdup (row->del);
  if (row->what == ZF_FEED_FIELDS)
    lay_part (whole, row);
  return TRUE;
}

gboolean
zf_server_put_record (ZfServerCore *core, const char *id, GString *out, gboolean *found, GError **error)
{
  g_auto (Whole) whole = { .f = json_object_new (), .ci = json_object_new (), .c = g_string_new (NULL) };
  g_autofree char *f = NULL;
  g_autofree char *ci = NULL;

  if (!core->store->verbs->parts_of (core->store, id, take_part, &whole, error))
    return FALSE;
  *found = whole.kind != NULL;
  if (!*found)
    return TRUE;
  zf_wire_put_member (out, "k", whole.kind);
  zf_wire_put_member (out, "id", id);
  zf_wire_put_int (out, "rev", whole.rev);
  if (whole.del != NULL)
    zf_wire_put_member (out, "del", whole.del);
  f = zf_json_canonical_object (whole.f);
  ci = zf_json_canonical_object (whole.ci);
  g_string_append_printf (out, ",\"f\":%s,\"c\":[%s],\"ci\":%s", f, whole.c->str, ci);
  return TRUE;
}

/* What is not for this device looks like what is not there. */
static gboolean
put_asked (ZfServerCore *core, const ZfDevice *device, const char *id, GString *out, GError **error)
{
  g_autofree char *village = NULL;
  g_autofree char *del = NULL;
  gboolean found = FALSE;

  if (!core->store->verbs->place_of (core->store, id, &village, &del, &found, error))
    return FALSE;
  g_string_append (out, out->str[out->len - 1] != '[' ? ",{" : "{");
  if (found && zf_device_covers (device, village) && !zf_server_put_record (core, id, out, &found, error))
    return FALSE;
  if (!found || !zf_device_covers (device, village))
    {
      zf_wire_put_member (out, "id", id);
      zf_wire_put_member (out, "gone", "unknown");
    }
  g_string_append_c (out, '}');
  return TRUE;
}

static JsonArray *
ids_of (JsonObject *body)
{
  JsonArray *ids = body != NULL ? zf_json_get_array (body, "ids") : NULL;

  if (ids == NULL || json_array_get_length (ids) > MAX_FETCH)
    return NULL;
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      JsonNode *node = json_array_get_element (ids, i);
      const char *id = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      if (id == NULL || !zf_id_is_valid (id))
        return NULL;
    }
  return ids;
}

ZfSyncResponse *
zf_server_fetch (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  gsize len = 0;
  const char *text = request->body != NULL ? g_bytes_get_data (request->body, &len) : NULL;
  g_autoptr (JsonObject) body = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;
  g_autoptr (GString) out = g_string_new ("{");
  JsonArray *ids = ids_of (body);

  if (ids == NULL)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  zf_wire_put_int (out, "seq", core->store->verbs->head (core->store));
  g_string_append (out, ",\"items\":[");
  for (guint i = 0; i < json_array_get_length (ids); i++)
    if (!put_asked (core, device, json_array_get_string_element (ids, i), out, error))
      return NULL;
  g_string_append (out, "]}");
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (g_steal_pointer (&out)));
}

/* The change as it came holds op and f. */
static void
put_change (const ZfChangeRow *row, gpointer data)
{
  GString *out = data;
  g_autoptr (JsonObject) change = zf_json_parse_object (row->bytes, -1, NULL);
  JsonObject *f = change != NULL ? zf_json_get_object (change, "f") : NULL;
  g_autofree char *text = f != NULL ? zf_json_canonical_object (f) : g_strdup ("{}");

  g_string_append (out, out->str[out->len - 1] != '[' ? ",{" : "{");
  zf_wire_put_member (out, "cid", row->cid);
  zf_wire_put_member (out, "op", change != NULL ? zf_json_get_string (change, "op", "") : "");
  zf_wire_put_int (out, "at", row->at);
  zf_wire_put_int (out, "recv_at", row->recv_at);
  zf_wire_put_member (out, "by", row->by);
  zf_wire_put_int (out, "rev", row->rev);
  zf_wire_put_member (out, "d", row->disposition);
  g_string_append_printf (out, ",\"f\":%s}", text);
}

ZfSyncResponse *
zf_server_history (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  const char *id = request->path + strlen ("/v1/history/");
  g_autoptr (GString) out = g_string_new ("{\"items\":[");
  g_autofree char *village = NULL;
  g_autofree char *del = NULL;
  gboolean found = FALSE;

  if (zf_id_is_valid (id) && !core->store->verbs->place_of (core->store, id, &village, &del, &found, error))
    return NULL;
  if (!found || !zf_device_covers (device, village))
    {
      zf_problem_set (error, ZF_PROBLEM_NOT_FOUND);
      return NULL;
    }
  if (!core->store->verbs->history (core->store, id, put_change, out, error))
    return NULL;
  g_string_append (out, "]}");
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (g_steal_pointer (&out)));
}
