/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* A new server, and what it writes itself: records that tablets only read come through the same push as everything else. */
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-schema.h"
#include "zf-server-core-private.h"

gboolean
zf_server_core_init (const char *dir, ZfClock *clock, ZfRandom *random, GError **error)
{
  ZfServerCoreOptions options = { .clock = clock, .random = random };

  return zf_server_core_init_with (dir, &options, error);
}

gboolean
zf_server_core_init_with (const char *dir, const ZfServerCoreOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "server.db", NULL);
  g_autofree char *id = zf_id_new (options->clock, options->random);
  g_autofree char *epoch = zf_id_new (options->clock, options->random);
  g_autoptr (ZfServerStore) store = zf_server_store_open_sqlite (path, TRUE, options->vfs, error);

  if (store == NULL || !store->verbs->txn (store, ZF_TXN_BEGIN, error))
    return FALSE;
  if (store->verbs->set_meta (store, "server_id", id, error) && store->verbs->set_meta (store, "server_epoch", epoch, error) &&
      store->verbs->audit (store, zf_clock_now_ms (options->clock), NULL, "init", NULL, error))
    return store->verbs->txn (store, ZF_TXN_COMMIT, error);
  store->verbs->txn (store, ZF_TXN_ROLLBACK, NULL);
  return FALSE;
}

static void
put_pairs (GString *line, JsonObject *fields)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  g_string_append (line, ",\"f\":{");
  json_object_iter_init_ordered (&iter, fields);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autofree char *text = zf_json_canonical (value);

      g_string_append (line, line->str[line->len - 1] == '{' ? "" : ",");
      zf_wire_put_string (line, name);
      g_string_append_printf (line, ":[null,%s]", text);
    }
  g_string_append (line, "}}");
}

static void
put_change (ZfServerCore *core, GString *line, gint64 lsn, const char *kind, const char *id, JsonObject *fields)
{
  g_autofree char *cid = zf_id_new (core->clock, core->random);

  g_string_append_c (line, '{');
  zf_wire_put_int (line, "lsn", lsn);
  zf_wire_put_member (line, "cid", cid);
  zf_wire_put_member (line, "k", kind);
  zf_wire_put_member (line, "id", id);
  zf_wire_put_member (line, "op", "add");
  zf_wire_put_int (line, "b", 0);
  zf_wire_put_int (line, "sv", ZF_WIRE_SCHEMA);
  zf_wire_put_int (line, "at", zf_clock_now_ms (core->clock));
  zf_wire_put_member (line, "by", "");
  put_pairs (line, fields);
}

static GString *
make_line (ZfServerCore *core, gint64 first, const char *kind, JsonArray *records)
{
  g_autofree char *batch = zf_id_new (core->clock, core->random);
  GString *line = g_string_new ("{");

  zf_wire_put_member (line, "batch", batch);
  zf_wire_put_int (line, "first", first);
  zf_wire_put_int (line, "last", first + json_array_get_length (records) - 1);
  g_string_append (line, ",\"changes\":[");
  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      JsonObject *record = json_array_get_object_element (records, i);

      g_string_append (line, i > 0 ? "," : "");
      put_change (core, line, first + i, kind, zf_json_get_string (record, "id", ""), zf_json_get_object (record, "fields"));
    }
  g_string_append (line, "]}");
  return line;
}

static gboolean
publish (ZfExchange *exchange, const char *kind, JsonArray *records, GError **error)
{
  ZfServerCore *core = exchange->core;
  g_autoptr (GString) line = NULL;
  g_autoptr (GString) answer = g_string_new (NULL);
  ZfSlice slice;

  if (!core->store->verbs->origin (core->store, ZF_DEVICE_SERVER, core->server_epoch, &exchange->origin, &exchange->acked, error))
    return FALSE;
  line = make_line (core, exchange->acked + 1, kind, records);
  slice.text = line->str;
  slice.len = line->len;
  return zf_server_push (exchange, &slice, answer, error);
}

gboolean
zf_server_core_publish (ZfServerCore *core, const char *kind, JsonArray *records, GError **error)
{
  char *nowhere[] = { NULL };
  ZfDevice device = { .id = (char *) ZF_DEVICE_SERVER, .everywhere = TRUE, .villages = nowhere };
  ZfExchange exchange = { .core = core, .device = &device, .base_seq = -1, .now_ms = zf_clock_now_ms (core->clock) };

  if (json_array_get_length (records) == 0)
    return TRUE;
  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core, publish (&exchange, kind, records, error), error);
}
