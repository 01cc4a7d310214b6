/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-merge.h"
#include "zf-plant.h"
#include "zf-schema.h"
#include "zf-server-core-private.h"

/* One change of fields on its way into a record. */
typedef struct
{
  ZfExchange *exchange;
  const ZfChange *change;
  const ZfKind *kind;
  ZfEntity *entity;
  gint64 base;             /* clamped */
  gint64 seq;
  JsonObject *old;         /* field → value as its author had seen it */
  JsonObject *value;       /* field → new value, checked */
  JsonObject *accepted;    /* field → value or null: the new part */
  gboolean exact;          /* what is accepted is word for word what was sent */
  gboolean conflict;
  ZfVerdict *verdict;
} Merge;

/* The only kind that the engine knows by name: deciding a conflict is saving a record of it. */
static gboolean
is_resolution (const ZfKind *kind)
{
  return g_str_equal (zf_kind_name (kind), "resolution");
}

/* Written by a version that knows more than this one. */
static gboolean
is_newer (const ZfChange *change)
{
  return zf_json_get_int (change->object, "sv", 0) > ZF_WIRE_SCHEMA;
}

static gboolean
refuse (ZfVerdict *verdict, const char *why)
{
  verdict->d = "quarantined";
  verdict->why = why;
  return TRUE;
}

/* Reading `f` */

static JsonNode *
check_value (const ZfKind *kind, const char *name, JsonNode *value)
{
  const ZfField *field = zf_kind_field (kind, name);

  /* A field that this version does not know is kept as it is. */
  return field != NULL ? zf_kind_check_value (kind, field, value, NULL) : json_node_copy (value);
}

/* A set that came whole would take out what its sender never saw. */
static gboolean
read_pair (Merge *merge, const char *name, JsonArray *pair)
{
  const ZfField *field = zf_kind_field (merge->kind, name);
  JsonNode *old = json_array_get_length (pair) == 2 ? json_array_get_element (pair, 0) : NULL;
  gboolean whole_set = field != NULL && field->type == ZF_FIELD_SET;
  JsonNode *checked = old != NULL && !whole_set ? check_value (merge->kind, name, json_array_get_element (pair, 1)) : NULL;

  if (checked == NULL)
    return FALSE;
  merge->exact &= zf_json_equal (checked, json_array_get_element (pair, 1));
  json_object_set_member (merge->value, name, checked);
  json_object_set_member (merge->old, name, json_node_copy (old));
  return TRUE;
}

static gboolean
is_set_of (const ZfKind *kind, const char *name, JsonObject *delta, const char *member)
{
  JsonArray *array = zf_json_get_array (delta, member);
  g_autoptr (JsonNode) node = array != NULL ? json_node_init_array (json_node_alloc (), array) : NULL;
  g_autoptr (JsonNode) checked = node != NULL ? check_value (kind, name, node) : NULL;

  return array == NULL || checked != NULL;
}

static JsonNode *
current (Merge *merge, const char *name)
{
  ZfPart *part = zf_entity_find (merge->entity, name);

  return part != NULL ? json_object_get_member (part->f, name) : NULL;
}

static gboolean
contains (JsonArray *array, const char *text)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (g_strcmp0 (json_node_get_string (json_array_get_element (array, i)), text) == 0)
      return TRUE;
  return FALSE;
}

/* Whether somebody else added @element to the set @name after what this author had seen. */
static gboolean
added_meanwhile (GPtrArray *later, const char *name, const char *element)
{
  for (guint i = 0; i < later->len; i++)
    {
      g_autoptr (JsonObject) change = zf_json_parse_object (later->pdata[i], -1, NULL);
      JsonObject *f = change != NULL ? zf_json_get_object (change, "f") : NULL;
      JsonObject *delta = f != NULL ? zf_json_get_object (f, name) : NULL;

      if (delta != NULL && contains (zf_json_get_array (delta, "add"), element))
        return TRUE;
    }
  return FALSE;
}

/* Add beats a remove made without having seen it. */
static JsonArray *
seen_removals (Merge *merge, const char *name, JsonArray *del, GError **error)
{
  ZfServerStore *store = merge->exchange->core->store;
  g_autoptr (GPtrArray) later = NULL;
  JsonArray *seen;

  if (del == NULL || merge->entity->rev <= merge->base)
    return del != NULL ? json_array_ref (del) : json_array_new ();
  later = store->verbs->later_changes (store, merge->entity->id, merge->base, 0, merge->exchange->origin, error);
  if (later == NULL)
    return NULL;
  seen = json_array_new ();
  for (guint i = 0; i < json_array_get_length (del); i++)
    {
      const char *element = json_node_get_string (json_array_get_element (del, i));

      if (element != NULL && !added_meanwhile (later, name, element))
        json_array_add_string_element (seen, element);
    }
  return seen;
}

/* Elements merge one by one: there is never a conflict. */
/* The author's own log gives the same set: nobody was there before. */
static gboolean
is_first_value (const Merge *merge, JsonObject *delta)
{
  JsonArray *add = zf_json_get_array (delta, "add"), *del = zf_json_get_array (delta, "del");

  return merge->entity->rev == 0 && add != NULL && json_array_get_length (add) > 0 && (del == NULL || json_array_get_length (del) == 0);
}

static gboolean
merge_set (Merge *merge, const char *name, JsonObject *delta, GError **error)
{
  g_autoptr (JsonArray) del = seen_removals (merge, name, zf_json_get_array (delta, "del"), error);
  g_autoptr (JsonNode) merged = NULL;

  if (del == NULL)
    return FALSE;
  merge->exact &= is_first_value (merge, delta);
  merged = zf_merge_set (current (merge, name), zf_json_get_array (delta, "add"), del);
  if (!zf_json_equal (merged, current (merge, name)))
    json_object_set_member (merge->accepted, name, g_steal_pointer (&merged));
  return TRUE;
}

/* *ok: every value is of its field's type. */
static gboolean
read_fields (Merge *merge, gboolean *ok, GError **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  *ok = TRUE;
  json_object_iter_init_ordered (&iter, merge->change->f);
  while (*ok && json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonObject *delta = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (delta == NULL)
        *ok = JSON_NODE_HOLDS_ARRAY (node) && read_pair (merge, name, json_node_get_array (node));
      else if (!is_set_of (merge->kind, name, delta, "add") || !is_set_of (merge->kind, name, delta, "del"))
        *ok = FALSE;
      else if (!merge_set (merge, name, delta, error))
        return FALSE;
    }
  return TRUE;
}

/* Groups */

static void
accept (Merge *merge, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      JsonNode *value = json_object_get_member (merge->value, name);

      json_object_set_member (merge->accepted, name, value != NULL ? json_node_copy (value) : zf_json_null ());
    }
}

/* What the server holds of the group: its fields, the revision and the change that set them. */
static JsonNode *
server_value (Merge *merge, const char *group, GPtrArray *names, gint64 *rev, gint64 *change)
{
  g_autoptr (JsonObject) fields = json_object_new ();

  *rev = *change = 0;
  for (guint i = 0; i < names->len; i++)
    {
      ZfPart *part = zf_entity_find (merge->entity, names->pdata[i]);

      if (part == NULL)
        continue;
      json_object_set_member (fields, names->pdata[i], json_object_dup_member (part->f, names->pdata[i]));
      *rev = MAX (*rev, part->rev);
      *change = MAX (*change, part->change);
    }
  return zf_group_value (merge->kind, group, fields);
}

static gboolean
has_open_conflict (Merge *merge, const char *group, gboolean *open, GError **error)
{
  ZfServerStore *store = merge->exchange->core->store;
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfConflict) conflict = NULL;

  *open = FALSE;
  if (merge->entity->rev == 0)
    return TRUE;
  conflict = store->verbs->open_conflict (store, merge->exchange->device->id, merge->entity->id, "edit", group, &local);
  *open = conflict != NULL && !ZF_PLANT (OPEN_NOT_ASKED);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return error == NULL || *error == NULL;
}

static gboolean
merge_group (Merge *merge, const char *group, GError **error)
{
  g_autoptr (GPtrArray) names = zf_group_fields (merge->kind, group);
  g_autoptr (JsonNode) old = zf_group_value (merge->kind, group, merge->old);
  g_autoptr (JsonNode) value = zf_group_value (merge->kind, group, merge->value);
  g_autoptr (JsonNode) server = NULL;
  gint64 rev, change;
  gboolean open;

  server = server_value (merge, group, names, &rev, &change);
  if (!has_open_conflict (merge, group, &open, error))
    return FALSE;
  if (ZF_PLANT (LAST_WRITE_WINS) || (ZF_PLANT (CLOCK_ORDERS) && merge->change->at > merge->exchange->now_ms))
    rev = 0;
  switch (zf_merge_group (merge->base, ZF_PLANT (NO_OLD_VALUE_RULE) ? NULL : old, value, server, rev, open))
    {
    case ZF_MERGE_NOOP:
      if (ZF_PLANT (CLOCK_APPLIES_NOOP) && merge->change->at > merge->exchange->now_ms)
        accept (merge, names);
      return TRUE;
    case ZF_MERGE_ACCEPT:
      accept (merge, names);
      return TRUE;
    case ZF_MERGE_CONFLICT:
    case ZF_MERGE_APPEND:
      merge->conflict = TRUE;
      return zf_server_conflict (merge->exchange, merge->change, merge->entity, "edit", group, old, server, change, value, merge->verdict,
                                 error);
    default:
      g_assert_not_reached ();
    }
}

static const char *
group_of (const ZfKind *kind, const char *name)
{
  const ZfField *field = zf_kind_field (kind, name);

  return field != NULL ? field->group : name;
}

static gboolean
merge_groups (Merge *merge, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_iter_init_ordered (&iter, merge->value);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      const char *group = group_of (merge->kind, name);

      if (g_hash_table_add (seen, (gpointer) group) && !merge_group (merge, group, error))
        return FALSE;
    }
  return TRUE;
}

/* Into the record */

static gboolean
note_blob (Merge *merge, GError **error)
{
  ZfServerStore *store = merge->exchange->core->store;
  const char *sha256 = zf_json_get_string (merge->accepted, "sha256", NULL);

  return !zf_wire_is_sha256 (sha256) || store->verbs->put_blob_ref (store, sha256, merge->entity->id, error);
}

/* A group goes whole: what its author did not name has no value any more, and an app that knows less of the group than the county cannot tell. */
static gboolean
clears_unsaid (Merge *merge, const char *name)
{
  return merge->entity->rev > 0 && !json_object_has_member (merge->change->f, name);
}

static void
add_part (Merge *merge)
{
  ZfEntity *entity = merge->entity;
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_iter_init_ordered (&iter, merge->accepted);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      merge->exact &= !clears_unsaid (merge, name);
      zf_entity_take (entity, name);
    }
  entity->rev++;
  entity->seq = merge->seq;
  zf_entity_add_part (entity, merge->seq, entity->rev, merge->seq, merge->exact && !merge->conflict, ZF_PART_NEW,
                      json_object_ref (merge->accepted));
}

static JsonNode *
node_of (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* All that the author wrote: values, and sets as they came out. */
static JsonNode *
written (Merge *merge)
{
  JsonObject *all = json_object_new ();
  JsonObject *parts[] = { merge->accepted, merge->value };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      JsonObjectIter iter;
      const char *name = NULL;
      JsonNode *node = NULL;

      json_object_iter_init_ordered (&iter, parts[i]);
      while (json_object_iter_next_ordered (&iter, &name, &node))
        json_object_set_member (all, name, json_node_copy (node));
    }
  return node_of (all);
}

/* An edit of a record that somebody else deleted is kept, and people are told. */
static gboolean
note_edit_of_deleted (Merge *merge, GError **error)
{
  ZfEntity *entity = merge->entity;
  ZfServerStore *store = merge->exchange->core->store;
  g_auto (ZfAuthor) author = { 0 };
  g_autoptr (JsonNode) value = NULL;
  g_autoptr (JsonNode) reason = NULL;

  if (entity->del == NULL || entity->del_rev <= merge->base || ZF_PLANT (EDIT_OF_DELETED_SILENT))
    return TRUE;
  if (!store->verbs->change_author (store, entity->del_change, &author, error))
    return FALSE;
  if (author.origin == merge->exchange->origin)
    return TRUE;
  merge->conflict = TRUE;
  reason = zf_json_string (entity->del);
  value = written (merge);
  return zf_server_conflict (merge->exchange, merge->change, entity, "edit_vs_delete", "", NULL, reason, entity->del_change, value,
                             merge->verdict, error);
}

/* What came before the record that it is about. */
static gboolean
follow_new (ZfServerCore *core, ZfEntity *entity, GError **error)
{
  return zf_server_rehome_children (core, entity, 0, error) && zf_server_feed_conflicts (core, entity, error);
}

static gboolean
save_merged (Merge *merge, gboolean is_new, GError **error)
{
  ZfServerStore *store = merge->exchange->core->store;
  ZfEntity *entity = merge->entity;
  g_autofree char *village = g_strdup (entity->village);

  add_part (merge);
  return zf_server_settle_place (merge->exchange->core, merge->kind, entity, merge->accepted, error) &&
         store->verbs->save (store, entity, error) && note_blob (merge, error) &&
         (!is_new || follow_new (merge->exchange->core, entity, error)) &&
         zf_server_twins (merge->exchange, merge->change, merge->kind, entity, merge->accepted,
                          is_new || g_strcmp0 (village, entity->village) != 0, error);
}

static gboolean
lay_fields (Merge *merge, GError **error)
{
  gboolean is_new = merge->entity->rev == 0;
  gboolean moved_on = merge->entity->rev > merge->base && !is_new;

  if (!merge_groups (merge, error) || !note_edit_of_deleted (merge, error))
    return FALSE;
  merge->verdict->d = merge->conflict ? "conflict" : moved_on ? "merged" : "applied";
  if (!is_new && json_object_get_size (merge->accepted) == 0)
    {
      if (!merge->conflict)
        merge->verdict->d = "noop";
      merge->verdict->rev = merge->entity->rev;
      return TRUE;
    }
  if (!save_merged (merge, is_new, error))
    return FALSE;
  merge->verdict->rev = merge->entity->rev;
  return TRUE;
}

/* A decision is a record like any other, and then more. */
static gboolean
lay_resolution (Merge *merge, GError **error)
{
  g_autoptr (GError) local = NULL;
  const char *why = zf_server_check_resolution (merge->exchange, merge->value, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (why != NULL)
    return refuse (merge->verdict, why);
  return lay_fields (merge, error) && zf_server_resolve (merge->exchange, merge->change, merge->value, merge->seq, merge->verdict, error);
}

/* A record that is never edited: coming again with the same content is nothing, with other content it is refused. */
static gboolean
check_fixed (Merge *merge)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, merge->value);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!zf_json_equal (value, current (merge, name)))
      return refuse (merge->verdict, "immutable");
  if (json_object_get_size (merge->accepted) > 0)
    return refuse (merge->verdict, "immutable");
  merge->verdict->d = "noop";
  merge->verdict->rev = merge->entity->rev;
  return TRUE;
}

/* Where a new record of this kind belongs: below its parent; a decision, where the record stands that it is about. */
static gboolean
find_place (Merge *merge, const char **parent, char **village, GError **error)
{
  ZfServerCore *core = merge->exchange->core;
  const char *field = is_resolution (merge->kind) ? "of" : zf_kind_parent_field (merge->kind);

  *parent = field != NULL ? zf_json_get_string (merge->value, field, NULL) : NULL;
  return zf_server_place (core, merge->kind, *parent, village, error);
}

/* What stands below a record that was set aside would stand nowhere: no village would hear of it. */
static gboolean
is_below_refused (Merge *merge)
{
  ZfServerStore *store = merge->exchange->core->store;
  const char *field = zf_kind_server_only (merge->kind) ? NULL : zf_kind_parent_field (merge->kind);
  const char *parent = field != NULL ? zf_json_get_string (merge->value, field, NULL) : NULL;

  return parent != NULL && store->verbs->is_refused (store, parent);
}

static const char *
may_write (Merge *merge, GError **error)
{
  g_autofree char *village = NULL;
  const char *parent = NULL;

  if (is_below_refused (merge))
    return "unknown_record";
  if (merge->entity->rev > 0)
    return zf_server_may_change (merge->exchange, merge->entity, merge->change->base);
  if (!find_place (merge, &parent, &village, error))
    return NULL;
  if (village != NULL)
    {
      const char *why = zf_server_may_make (merge->exchange, village, parent);

      if (why != NULL)
        return why;
    }
  merge->entity->village = g_steal_pointer (&village);
  merge->entity->parent = g_strdup (parent);
  return NULL;
}

static gboolean
run_merge (Merge *merge, GError **error)
{
  const char *why;
  gboolean ok;

  if (!read_fields (merge, &ok, error))
    return FALSE;
  if (!ok)
    return refuse (merge->verdict, is_newer (merge->change) ? "schema" : "type");
  why = may_write (merge, error);
  if (error != NULL && *error != NULL)
    return FALSE;
  if (why != NULL)
    return refuse (merge->verdict, why);
  if (zf_kind_append_only (merge->kind) && (merge->entity->rev > 0 || ZF_PLANT (FIXED_REFUSED)) && !ZF_PLANT (APPEND_ONLY_EDITED))
    return check_fixed (merge);
  return is_resolution (merge->kind) ? lay_resolution (merge, error) : lay_fields (merge, error);
}

static gboolean
merge_fields (ZfExchange *exchange, const ZfChange *change, const ZfKind *kind, ZfEntity *entity, gint64 base, gint64 seq,
              ZfVerdict *verdict, GError **error)
{
  g_autoptr (JsonObject) old = json_object_new ();
  g_autoptr (JsonObject) value = json_object_new ();
  g_autoptr (JsonObject) accepted = json_object_new ();
  Merge merge = {
    .exchange = exchange,
    .change = change,
    .kind = kind,
    .entity = entity,
    .base = base,
    .seq = seq,
    .old = old,
    .value = value,
    .accepted = accepted,
    .exact = TRUE,
    .verdict = verdict,
  };

  return run_merge (&merge, error);
}

/* Why a change cannot be merged whatever the record holds. */
static const char *
refusal (const ZfExchange *exchange, const ZfChange *change, const ZfKind *kind, const ZfEntity *entity)
{
  gboolean fields = g_str_equal (change->op, "add") || g_str_equal (change->op, "set");
  gboolean other = g_str_equal (change->op, "del") || g_str_equal (change->op, "undel") || g_str_equal (change->op, "merge");

  if (kind == NULL)
    return is_newer (change) ? "schema" : "unknown_kind";
  if (!zf_id_is_valid (change->id) || change->f == NULL || (!fields && !other))
    return "malformed";
  if (zf_kind_server_only (kind) && !g_str_equal (exchange->device->id, ZF_DEVICE_SERVER))
    return "forbidden";
  if (entity != NULL && !g_str_equal (entity->kind, change->kind))
    return "kind";
  if (entity == NULL && !g_str_equal (change->op, "add"))
    return "unknown_record";
  if (entity != NULL && zf_kind_append_only (kind) && !g_str_equal (change->op, "add"))
    return "immutable";
  return NULL;
}

gboolean
zf_server_merge (ZfExchange *exchange, const ZfChange *change, gint64 seq, ZfVerdict *verdict, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  const ZfKind *kind = zf_kinds_get (exchange->core->kinds, change->kind);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfEntity) entity = store->verbs->load (store, change->id, &local);
  const char *why = refusal (exchange, change, kind, entity);
  gint64 base;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (why != NULL)
    return refuse (verdict, why);
  if (entity == NULL)
    entity = zf_entity_new (change->id, change->kind);
  base = zf_server_clamp (exchange, entity, g_str_equal (change->op, "add") ? 0 : change->base);
  if (g_str_equal (change->op, "add") || g_str_equal (change->op, "set"))
    return merge_fields (exchange, change, kind, entity, base, seq, verdict, error);
  return zf_server_delete (exchange, change, entity, base, seq, verdict, error);
}
