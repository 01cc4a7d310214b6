/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* A new server, and what it writes itself: records that tablets only read come through the same push as everything else. */
#include <string.h>

#include "zf-error.h"
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

/* What the county holds now: the county's own hand has seen it. */
static char *
held_value (ZfEntity *entity, const char *field)
{
  ZfPart *part = entity != NULL ? zf_entity_find (entity, field) : NULL;
  JsonNode *value = part != NULL ? json_object_get_member (part->f, field) : NULL;

  return value != NULL ? zf_json_canonical (value) : g_strdup ("null");
}

static void
put_pairs (GString *line, ZfEntity *entity, JsonObject *fields)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  g_string_append (line, ",\"f\":{");
  json_object_iter_init_ordered (&iter, fields);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autofree char *text = zf_json_canonical (value);
      g_autofree char *old = held_value (entity, name);

      g_string_append (line, line->str[line->len - 1] == '{' ? "" : ",");
      zf_wire_put_string (line, name);
      g_string_append_printf (line, ":[%s,%s]", old, text);
    }
  g_string_append (line, "}}");
}

static gboolean
put_change (ZfServerCore *core, GString *line, gint64 lsn, const char *kind, const char *id, JsonObject *fields, GError **error)
{
  g_autofree char *cid = zf_id_new (core->clock, core->random);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfEntity) entity = core->store->verbs->load (core->store, id, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  g_string_append_c (line, '{');
  zf_wire_put_int (line, "lsn", lsn);
  zf_wire_put_member (line, "cid", cid);
  zf_wire_put_member (line, "k", kind);
  zf_wire_put_member (line, "id", id);
  zf_wire_put_member (line, "op", entity != NULL ? "set" : "add");
  zf_wire_put_int (line, "b", entity != NULL ? entity->rev : 0);
  zf_wire_put_int (line, "sv", ZF_WIRE_SCHEMA);
  zf_wire_put_int (line, "at", zf_clock_now_ms (core->clock));
  zf_wire_put_member (line, "by", "");
  put_pairs (line, entity, fields);
  return TRUE;
}

static GString *
make_line (ZfServerCore *core, gint64 first, const char *kind, JsonArray *records, GError **error)
{
  g_autofree char *batch = zf_id_new (core->clock, core->random);
  g_autoptr (GString) line = g_string_new ("{");

  zf_wire_put_member (line, "batch", batch);
  zf_wire_put_int (line, "first", first);
  zf_wire_put_int (line, "last", first + json_array_get_length (records) - 1);
  g_string_append (line, ",\"changes\":[");
  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      JsonObject *record = json_array_get_object_element (records, i);

      g_string_append (line, i > 0 ? "," : "");
      if (!put_change (core, line, first + i, kind, zf_json_get_string (record, "id", ""), zf_json_get_object (record, "fields"), error))
        return NULL;
    }
  g_string_append (line, "]}");
  return g_steal_pointer (&line);
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
  line = make_line (core, exchange->acked + 1, kind, records, error);
  if (line == NULL)
    return FALSE;
  slice.text = line->str;
  slice.len = line->len;
  if (!zf_server_push (exchange, &slice, answer, error))
    return FALSE;
  if (strstr (answer->str, "\"d\":\"quarantined\"") == NULL)
    return zf_server_note_published (core, kind, records, error);
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "A record of kind %s does not fit its kind; nothing was published", kind);
  return FALSE;
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
