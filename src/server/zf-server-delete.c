/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* del, undel and merge into another record. */
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"

#define MERGED "merged:"
#define MAX_CHAIN 64

static const char *
new_text (JsonObject *f, const char *name)
{
  JsonArray *pair = zf_json_get_array (f, name);

  return pair != NULL && json_array_get_length (pair) == 2 ? json_node_get_string (json_array_get_element (pair, 1)) : NULL;
}

/* What nobody may lose by a delete */

/* The part that holds a set to which others added or from which they took in @bytes: sets merge, so the part's author may be another. */
static ZfPart *
part_of_set (ZfEntity *entity, const char *bytes)
{
  g_autoptr (JsonObject) change = zf_json_parse_object (bytes, -1, NULL);
  JsonObject *f = change != NULL ? zf_json_get_object (change, "f") : NULL;
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  if (f == NULL)
    return NULL;
  json_object_iter_init (&iter, f);
  while (json_object_iter_next (&iter, &name, &node))
    {
      ZfPart *part = JSON_NODE_HOLDS_OBJECT (node) ? zf_entity_find (entity, name) : NULL;

      if (part != NULL)
        return part;
    }
  return NULL;
}

static gboolean
unseen_set (ZfExchange *exchange, ZfEntity *entity, gint64 base, gint64 known, ZfPart **found, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autoptr (GPtrArray) later = store->verbs->later_changes (store, entity->id, base, known, exchange->origin, error);

  for (guint i = 0; later != NULL && i < later->len && *found == NULL; i++)
    *found = part_of_set (entity, later->pdata[i]);
  return later != NULL;
}

gboolean
zf_server_unseen_edit (ZfExchange *exchange, ZfEntity *entity, gint64 base, gint64 known, ZfPart **found, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  *found = NULL;
  if (entity->rev <= base)
    return TRUE;
  for (guint i = 0; i < entity->parts->len; i++)
    {
      ZfPart *part = entity->parts->pdata[i];
      g_auto (ZfAuthor) author = { 0 };

      if (part->state == ZF_PART_GONE || part->rev <= base || part->change <= known)
        continue;
      if (!store->verbs->change_author (store, part->change, &author, error))
        return FALSE;
      if (author.origin != exchange->origin)
        *found = part;
    }
  return *found != NULL || unseen_set (exchange, entity, base, known, found, error);
}

/* The tombstone itself */

/* Tells the village that the record went or came back. */
static gboolean
mark (ZfServerCore *core, ZfEntity *entity, gint64 place, GError **error)
{
  ZfServerStore *store = core->store;

  if (entity->mark != 0 && !store->verbs->drop_feed (store, entity->mark, error))
    return FALSE;
  entity->rev++;
  entity->seq = entity->mark = place;
  return store->verbs->put_feed (store, place, entity->village, entity->del != NULL ? ZF_FEED_DEL : ZF_FEED_UNDEL, entity->id, error) &&
         store->verbs->save (store, entity, error);
}

static gboolean
go_home_with_all (ZfServerCore *core, ZfEntity *entity, GError **error)
{
  return zf_server_go_home (core, zf_kinds_get (core->kinds, entity->kind), entity, error) &&
         zf_server_rehome_children (core, entity, 0, error);
}

gboolean
zf_server_bury (ZfServerCore *core, ZfEntity *entity, const char *del, gint64 change, gint64 place, GError **error)
{
  g_free (entity->del);
  entity->del = g_strdup (del);
  entity->del_change = change;
  entity->del_rev = entity->rev + 1;
  return mark (core, entity, place, error) && (!g_str_has_prefix (del, MERGED) || go_home_with_all (core, entity, error));
}

gboolean
zf_server_revive (ZfServerCore *core, ZfEntity *entity, gint64 place, GError **error)
{
  g_autofree char *del = g_steal_pointer (&entity->del);

  return mark (core, entity, place, error) && (!g_str_has_prefix (del, MERGED) || go_home_with_all (core, entity, error));
}

/* Whether what @id was merged into, directly or by steps, is @target: two people may merge two records into each other. */
gboolean
zf_server_leads_to (ZfServerCore *core, const char *id, const char *target, gboolean *leads, GError **error)
{
  g_autofree char *at = g_strdup (id);

  *leads = FALSE;
  for (guint i = 0; i < MAX_CHAIN && at != NULL && !*leads; i++)
    {
      g_autofree char *village = NULL;
      g_autofree char *del = NULL;
      gboolean found;

      *leads = g_str_equal (at, target);
      if (!core->store->verbs->place_of (core->store, at, &village, &del, &found, error))
        return FALSE;
      g_free (at);
      at = found && del != NULL && g_str_has_prefix (del, MERGED) ? g_strdup (del + strlen (MERGED)) : NULL;
    }
  return TRUE;
}

/* The operations */

static gboolean
done (ZfVerdict *verdict, const char *d, const ZfEntity *entity)
{
  verdict->d = d;
  verdict->rev = entity->rev;
  return TRUE;
}

static gboolean
refuse (ZfVerdict *verdict, const char *why)
{
  verdict->d = "quarantined";
  verdict->why = why;
  return TRUE;
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

gboolean
zf_server_bury_unless_edited (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, const char *del, gint64 base, gint64 known,
                              gint64 seq, gint64 place, ZfVerdict *verdict, GError **error)
{
  ZfPart *unseen;

  if (!zf_server_unseen_edit (exchange, entity, base, known, &unseen, error))
    return FALSE;
  if (unseen != NULL && !ZF_PLANT (DELETE_WINS))
    return record_conflict (exchange, change, entity, unseen, del, verdict, error);
  if (!zf_server_bury (exchange->core, entity, del, seq, place, error))
    return FALSE;
  return done (verdict, "applied", entity);
}

/* Why the record cannot be merged into @into; *noop: it is already. NULL: it can. */
static const char *
check_target (ZfExchange *exchange, const ZfEntity *entity, const char *into, gboolean *noop, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autoptr (ZfEntity) target = NULL;

  *noop = FALSE;
  if (into == NULL || !zf_id_is_valid (into) || g_str_equal (into, entity->id))
    return "malformed";
  target = store->verbs->load (store, into, error);
  if (target == NULL)
    return "unknown_record";
  if (!g_str_equal (target->kind, entity->kind))
    return "kind";
  return zf_server_leads_to (exchange->core, into, entity->id, noop, error) ? zf_server_may_change (exchange, target, 0) : NULL;
}

static gboolean
merge_into (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, gint64 base, gint64 seq, ZfVerdict *verdict, GError **error)
{
  const char *into = new_text (change->f, "into");
  g_autofree char *del = g_strconcat (MERGED, into, NULL);
  g_autoptr (GError) local = NULL;
  gboolean noop;
  const char *why = check_target (exchange, entity, into, &noop, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (why != NULL)
    return refuse (verdict, why);
  if (noop)
    return done (verdict, "noop", entity);
  return zf_server_bury_unless_edited (exchange, change, entity, del, base, 0, seq, seq, verdict, error);
}

gboolean
zf_server_delete (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, gint64 base, gint64 seq, ZfVerdict *verdict, GError **error)
{
  const char *why = zf_server_may_change (exchange, entity, change->base);
  const char *reason = new_text (change->f, "reason");
  gboolean undel = g_str_equal (change->op, "undel");

  if (why != NULL)
    return refuse (verdict, why);
  if (undel == (entity->del == NULL))
    return done (verdict, "noop", entity);
  if (undel)
    return zf_server_revive (exchange->core, entity, seq, error) && done (verdict, "applied", entity);
  if (g_str_equal (change->op, "merge"))
    return merge_into (exchange, change, entity, base, seq, verdict, error);
  return zf_server_bury_unless_edited (exchange, change, entity, reason != NULL ? reason : "deleted", base, 0, seq, seq, verdict, error);
}
