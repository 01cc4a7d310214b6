/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* What the county knows of a record's past; the store itself only has this tablet's own changes. */

#include "zf-json.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

static ZfSyncRequest *
make_request (ZfStore *store, const char *id)
{
  g_autofree char *name = g_uri_escape_string (id, NULL, FALSE);
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = "GET";
  request->path = g_strconcat ("/v1/history/", name, NULL);
  request->accept = ZF_WIRE_TYPE_JSON;
  request->token = zf_store_get_meta (store, "token");
  request->max_answer = 4 * 1024 * 1024;
  return request;
}

static GPtrArray *
read_answer (const ZfSyncResponse *response, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autoptr (JsonObject) envelope = NULL;
  g_autoptr (GArray) slices = NULL;
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);

  if (text == NULL || !zf_wire_split (text, len, "items", &envelope, &slices, error))
    return NULL;
  for (guint i = 0; i < slices->len; i++)
    {
      const ZfSlice *slice = &g_array_index (slices, ZfSlice, i);
      JsonObject *item = zf_json_parse_object (slice->text, (gssize) slice->len, error);

      if (item == NULL)
        return NULL;
      g_ptr_array_add (items, item);
    }
  return g_steal_pointer (&items);
}

GPtrArray *
zf_sync_history_over (ZfStore *store, ZfSyncTransport *transport, const char *id, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncRequest) request = make_request (store, id);
  g_autofree char *server_id = zf_store_get_meta (store, "server_id");
  g_autoptr (ZfSyncResponse) response = zf_sync_transport_send (transport, request, cancellable, error);

  return response != NULL && zf_sync_judge (request, response, server_id, error) ? read_answer (response, error) : NULL;
}
