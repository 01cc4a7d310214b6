/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Conflict records: every value that was written without knowing of the other stands in one until a person decides. */
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"

JsonObject *
zf_server_side (JsonNode *value, const char *cid, const char *by, gint64 at)
{
  JsonObject *object = json_object_new ();

  json_object_set_member (object, "v", value != NULL ? json_node_copy (value) : zf_json_null ());
  json_object_set_string_member (object, "cid", cid);
  json_object_set_string_member (object, "by", by);
  json_object_set_int_member (object, "at", at);
  return object;
}

ZfConflict *
zf_server_conflict_new (ZfExchange *exchange, const char *record, const char *kind, const char *group, JsonNode *base, JsonObject *theirs)
{
  ZfConflict *conflict = g_new0 (ZfConflict, 1);

  conflict->id = zf_id_new (exchange->core->clock, exchange->core->random);
  conflict->record = g_strdup (record);
  conflict->kind = g_strdup (kind);
  conflict->group = g_strdup (group);
  conflict->device = g_strdup (exchange->device->id);
  conflict->open = TRUE;
  conflict->base = base != NULL && !JSON_NODE_HOLDS_NULL (base) ? json_node_copy (base) : NULL;
  conflict->theirs = theirs;
  conflict->mine = json_array_new ();
  return conflict;
}

/* A conflict takes a new place in the feed whenever it grows or closes. */
gboolean
zf_server_conflict_store (ZfExchange *exchange, ZfConflict *conflict, const char *village, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  if (conflict->seq != 0 && !store->verbs->drop_feed (store, conflict->seq, error))
    return FALSE;
  conflict->seq = store->verbs->next_seq (store);
  return store->verbs->save_conflict (store, conflict, error) &&
         store->verbs->put_feed (store, conflict->seq, village, ZF_FEED_CONFLICT, conflict->id, error);
}

void
zf_server_conflict_add (ZfConflict *conflict, const ZfChange *change, JsonNode *value)
{
  if (!ZF_PLANT (CONFLICT_DROPS_MINE) || json_array_get_length (conflict->mine) == 0)
    json_array_add_object_element (conflict->mine, zf_server_side (value, change->cid, change->by, change->at));
}

static ZfConflict *
make_conflict (ZfExchange *exchange, const ZfEntity *entity, const char *kind, const char *group, JsonNode *base, JsonNode *theirs,
               gint64 theirs_change, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_auto (ZfAuthor) author = { 0 };

  if (!store->verbs->change_author (store, theirs_change, &author, error))
    return NULL;
  return zf_server_conflict_new (exchange, entity->id, kind, group, base, zf_server_side (ZF_PLANT (CONFLICT_DROPS_THEIRS) ? NULL : theirs, author.cid, author.by, author.at));
}

gboolean
zf_server_conflict (ZfExchange *exchange, const ZfChange *change, const ZfEntity *entity, const char *kind, const char *group, JsonNode *base,
                    JsonNode *theirs, gint64 theirs_change, JsonNode *value, ZfVerdict *verdict, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfConflict) conflict = store->verbs->open_conflict (store, exchange->device->id, entity->id, kind, group, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (conflict == NULL)
    conflict = make_conflict (exchange, entity, kind, group, base, theirs, theirs_change, error);
  if (conflict == NULL)
    return FALSE;
  zf_server_conflict_add (conflict, change, value);
  if (verdict->conflict == NULL)
    verdict->conflict = g_strdup (conflict->id);
  return zf_server_conflict_store (exchange, conflict, entity->village, error);
}
