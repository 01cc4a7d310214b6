/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* del, undel and merge into another record; and the conflict records of these and of edits. */
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-server-core-private.h"

static const char *
new_text (JsonObject *f, const char *name)
{
  JsonArray *pair = zf_json_get_array (f, name);

  return pair != NULL && json_array_get_length (pair) == 2 ? json_node_get_string (json_array_get_element (pair, 1)) : NULL;
}

/* What the record's `del` becomes; NULL when the change does not say. */
static char *
deletion_of (const ZfChange *change)
{
  const char *into = new_text (change->f, "into");
  const char *reason = new_text (change->f, "reason");

  if (g_str_equal (change->op, "merge"))
    return zf_id_is_valid (into != NULL ? into : "") ? g_strconcat ("merged:", into, NULL) : NULL;
  return g_strdup (reason != NULL ? reason : "deleted");
}

/* The latest part that another device set and this one had not seen. */
static gboolean
unseen_edit (ZfExchange *exchange, ZfEntity *entity, gint64 base, ZfPart **found, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  *found = NULL;
  for (guint i = 0; i < entity->parts->len; i++)
    {
      ZfPart *part = entity->parts->pdata[i];
      g_autofree char *cid = NULL;
      g_autofree char *device = NULL;
      gint64 origin;

      if (part->rev <= base)
        continue;
      if (!store->verbs->change_author (store, part->change, &cid, &origin, error))
        return FALSE;
      device = store->verbs->origin_device (store, origin);
      if (g_strcmp0 (device, exchange->device->id) != 0)
        *found = part;
    }
  return TRUE;
}

static gboolean
mark (ZfExchange *exchange, ZfEntity *entity, gint64 seq, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  if (entity->mark != 0 && !store->verbs->drop_feed (store, entity->mark, error))
    return FALSE;
  entity->rev++;
  entity->seq = entity->mark = seq;
  return store->verbs->put_feed (store, seq, entity->village, entity->del != NULL ? ZF_FEED_DEL : ZF_FEED_UNDEL, entity->id, error) &&
         store->verbs->save (store, entity, error);
}

static gboolean
done (ZfVerdict *verdict, const char *d, const ZfEntity *entity)
{
  verdict->d = d;
  verdict->rev = entity->rev;
  return TRUE;
}

static gboolean
undelete (ZfExchange *exchange, ZfEntity *entity, gint64 seq, ZfVerdict *verdict, GError **error)
{
  gboolean merged = entity->del != NULL && g_str_has_prefix (entity->del, "merged:");

  if (entity->del == NULL)
    return done (verdict, "noop", entity);
  g_clear_pointer (&entity->del, g_free);
  if (!mark (exchange, entity, seq, error) || (merged && !zf_server_rehome_children (exchange->core, entity, 0, error)))
    return FALSE;
  return done (verdict, "applied", entity);
}

static gboolean
record_conflict (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, const ZfPart *theirs, const char *del, ZfVerdict *verdict,
                 GError **error)
{
  g_autoptr (JsonNode) value = zf_json_string (del);
  g_autoptr (JsonNode) edit = json_node_init_object (json_node_alloc (), theirs->f);

  if (!zf_server_conflict (exchange, change, entity, "delete_vs_edit", "", NULL, edit, theirs->change, value, verdict, error))
    return FALSE;
  return done (verdict, "conflict", entity);
}

static gboolean
delete (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, gint64 base, gint64 seq, ZfVerdict *verdict, GError **error)
{
  g_autofree char *del = deletion_of (change);
  ZfPart *unseen;

  if (del == NULL)
    {
      verdict->d = "quarantined";
      verdict->why = "malformed";
      return TRUE;
    }
  if (entity->del != NULL)
    return done (verdict, "noop", entity);
  if (!unseen_edit (exchange, entity, base, &unseen, error))
    return FALSE;
  if (unseen != NULL)
    return record_conflict (exchange, change, entity, unseen, del, verdict, error);
  entity->del = g_steal_pointer (&del);
  entity->del_change = seq;
  entity->del_rev = entity->rev + 1;
  if (!mark (exchange, entity, seq, error) ||
      (g_str_equal (change->op, "merge") && !zf_server_rehome_children (exchange->core, entity, 0, error)))
    return FALSE;
  return done (verdict, "applied", entity);
}

gboolean
zf_server_delete (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, gint64 base, gint64 seq, ZfVerdict *verdict, GError **error)
{
  const char *why = zf_server_may_change (exchange, entity, change->base);

  if (why != NULL)
    {
      verdict->d = "quarantined";
      verdict->why = why;
      return TRUE;
    }
  if (g_str_equal (change->op, "undel"))
    return undelete (exchange, entity, seq, verdict, error);
  return delete (exchange, change, entity, base, seq, verdict, error);
}

/* {"v":value,"cid":change} */
static JsonObject *
side (JsonNode *value, const char *cid)
{
  JsonObject *object = json_object_new ();

  json_object_set_member (object, "v", value != NULL ? json_node_copy (value) : zf_json_null ());
  json_object_set_string_member (object, "cid", cid);
  return object;
}

static ZfConflict *
make_conflict (ZfExchange *exchange, const ZfEntity *entity, const char *kind, const char *group, JsonNode *base, JsonNode *theirs,
               const char *theirs_cid)
{
  ZfConflict *conflict = g_new0 (ZfConflict, 1);

  conflict->id = zf_id_new (exchange->core->clock, exchange->core->random);
  conflict->record = g_strdup (entity->id);
  conflict->kind = g_strdup (kind);
  conflict->group = g_strdup (group);
  conflict->device = g_strdup (exchange->device->id);
  conflict->open = TRUE;
  conflict->base = base != NULL && !JSON_NODE_HOLDS_NULL (base) ? json_node_copy (base) : NULL;
  conflict->theirs = side (theirs, theirs_cid);
  conflict->mine = json_array_new ();
  return conflict;
}

/* A conflict takes a new place in the feed whenever it grows. */
static gboolean
store_conflict (ZfExchange *exchange, ZfConflict *conflict, const char *village, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  if (conflict->seq != 0 && !store->verbs->drop_feed (store, conflict->seq, error))
    return FALSE;
  conflict->seq = store->verbs->next_seq (store);
  return store->verbs->save_conflict (store, conflict, error) &&
         store->verbs->put_feed (store, conflict->seq, village, ZF_FEED_CONFLICT, conflict->id, error);
}

gboolean
zf_server_conflict (ZfExchange *exchange, const ZfChange *change, const ZfEntity *entity, const char *kind, const char *group, JsonNode *base,
                    JsonNode *theirs, gint64 theirs_change, JsonNode *value, ZfVerdict *verdict, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfConflict) conflict = store->verbs->open_conflict (store, exchange->device->id, entity->id, kind, group, &local);
  g_autofree char *cid = NULL;
  gint64 origin;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (conflict == NULL)
    {
      if (!store->verbs->change_author (store, theirs_change, &cid, &origin, error))
        return FALSE;
      conflict = make_conflict (exchange, entity, kind, group, base, theirs, cid);
    }
  json_array_add_object_element (conflict->mine, side (value, change->cid));
  if (verdict->conflict == NULL)
    verdict->conflict = g_strdup (conflict->id);
  return store_conflict (exchange, conflict, entity->village, error);
}
