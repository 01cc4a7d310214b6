/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Decisions: a record of kind resolution closes its conflict, and what it decided comes true in the same change. */
#include <string.h>

#include "zf-json.h"
#include "zf-merge.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"

#define MERGED "merged:"

typedef struct _Rule Rule;

/* A decision being laid over the store. */
typedef struct
{
  ZfExchange *exchange;
  const ZfChange *change;
  gint64 seq;
  ZfConflict *conflict;
  const Rule *rule;        /* of the kind of conflict */
  ZfEntity *entity;        /* the record that the conflict is about */
  const ZfKind *kind;
  JsonNode *value;
  gint64 base;             /* of the record: what the person who decided can have seen */
  gint64 known;            /* change.seq: what the conflict itself showed of the other side */
  ZfVerdict *verdict;
} Resolve;

struct _Rule
{
  const char *kind;
  gboolean (*fits) (Resolve *resolve);
  gboolean (*apply) (Resolve *resolve, GError **error);
};

/* Values that a decision may have */

static const char *
text_of (Resolve *resolve)
{
  return JSON_NODE_HOLDS_VALUE (resolve->value) ? json_node_get_string (resolve->value) : NULL;
}

static gboolean
is_dead_or_alive (Resolve *resolve)
{
  return g_strcmp0 (text_of (resolve), "deleted") == 0 || g_strcmp0 (text_of (resolve), "alive") == 0;
}

static guint
n_sides (const ZfConflict *conflict)
{
  return 1 + json_array_get_length (conflict->mine);
}

static JsonObject *
side_at (const ZfConflict *conflict, guint i)
{
  return i == 0 ? conflict->theirs : json_array_get_object_element (conflict->mine, i - 1);
}

static gboolean
is_a_side (Resolve *resolve)
{
  for (guint i = 0; i < n_sides (resolve->conflict); i++)
    if (zf_json_equal (json_object_get_member (side_at (resolve->conflict, i), "v"), resolve->value))
      return TRUE;
  return FALSE;
}

static gboolean
is_id_or_both (Resolve *resolve)
{
  return g_strcmp0 (text_of (resolve), "both") == 0 || is_a_side (resolve);
}

/* The group's fields with the decided value; NULL when one is not of its type. */
static JsonObject *
decided_fields (Resolve *resolve)
{
  g_autoptr (GPtrArray) names = zf_group_fields (resolve->kind, resolve->conflict->group);
  g_autoptr (JsonObject) fields = json_object_new ();

  if (names->len > 1 && !JSON_NODE_HOLDS_OBJECT (resolve->value) && !JSON_NODE_HOLDS_NULL (resolve->value))
    return NULL;
  zf_group_store (resolve->kind, resolve->conflict->group, resolve->value, fields);
  for (guint i = 0; i < names->len; i++)
    {
      const ZfField *field = zf_kind_field (resolve->kind, names->pdata[i]);
      JsonNode *value = json_object_get_member (fields, names->pdata[i]);
      JsonNode *checked = value == NULL ? zf_json_null ()
                          : field != NULL ? zf_kind_check_value (resolve->kind, field, value, NULL) : json_node_copy (value);

      if (checked == NULL)
        return NULL;
      json_object_set_member (fields, names->pdata[i], checked);
    }
  return g_steal_pointer (&fields);
}

static gboolean
is_of_the_group (Resolve *resolve)
{
  g_autoptr (JsonObject) fields = decided_fields (resolve);

  return fields != NULL;
}

/* What comes true */

static JsonNode *
current (Resolve *resolve, gint64 *rev, gint64 *change)
{
  g_autoptr (GPtrArray) names = zf_group_fields (resolve->kind, resolve->conflict->group);
  g_autoptr (JsonObject) fields = json_object_new ();

  *rev = *change = 0;
  for (guint i = 0; i < names->len; i++)
    {
      ZfPart *part = zf_entity_find (resolve->entity, names->pdata[i]);

      if (part == NULL)
        continue;
      json_object_set_member (fields, names->pdata[i], json_object_dup_member (part->f, names->pdata[i]));
      *rev = MAX (*rev, part->rev);
      *change = MAX (*change, part->change);
    }
  return zf_group_value (resolve->kind, resolve->conflict->group, fields);
}

/* The value that stands was before the eyes of who decided: in the conflict, or in the record as it was when he did. */
static gboolean
was_seen (Resolve *resolve, JsonNode *value, gint64 rev)
{
  if (rev <= resolve->base || zf_json_equal (resolve->conflict->base, value))
    return TRUE;
  for (guint i = 0; i < n_sides (resolve->conflict); i++)
    if (zf_json_equal (json_object_get_member (side_at (resolve->conflict, i), "v"), value))
      return TRUE;
  return FALSE;
}

static gboolean
set_group (Resolve *resolve, GError **error)
{
  ZfServerStore *store = resolve->exchange->core->store;
  ZfEntity *entity = resolve->entity;
  g_autoptr (JsonObject) fields = decided_fields (resolve);
  g_autofree char *village = g_strdup (entity->village);
  gint64 place = store->verbs->next_seq (store);
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_iter_init_ordered (&iter, fields);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    zf_entity_take (entity, name);
  entity->rev++;
  entity->seq = place;
  zf_entity_add_part (entity, place, entity->rev, resolve->seq, FALSE, ZF_PART_NEW, json_object_ref (fields));
  return zf_server_settle_place (resolve->exchange->core, resolve->kind, entity, fields, error) && store->verbs->save (store, entity, error) &&
         zf_server_twins (resolve->exchange, resolve->change, resolve->kind, entity, fields, g_strcmp0 (village, entity->village) != 0, error);
}

/* Nobody's value goes unseen: what came in since the conflict was shown is asked about anew. */
static gboolean
ask_again (Resolve *resolve, JsonNode *base, JsonNode *theirs, gint64 change, GError **error)
{
  resolve->verdict->d = "conflict";
  return zf_server_conflict (resolve->exchange, resolve->change, resolve->entity, "edit", resolve->conflict->group, base, theirs, change,
                             resolve->value, resolve->verdict, error);
}

static gboolean
apply_edit (Resolve *resolve, GError **error)
{
  gint64 rev, change;
  g_autoptr (JsonNode) value = current (resolve, &rev, &change);

  if (zf_json_equal (value, resolve->value))
    return TRUE;
  if (was_seen (resolve, value, rev))
    return set_group (resolve, error);
  return ask_again (resolve, json_object_get_member (resolve->conflict->theirs, "v"), value, change, error);
}

static gint64
next_place (Resolve *resolve)
{
  return resolve->exchange->core->store->verbs->next_seq (resolve->exchange->core->store);
}

static gboolean
bury (Resolve *resolve, ZfEntity *entity, const char *del, gint64 base, GError **error)
{
  ZfVerdict verdict = { 0 };
  gboolean ok = zf_server_bury_unless_edited (resolve->exchange, resolve->change, entity, del, base, resolve->known, resolve->seq,
                                              next_place (resolve), &verdict, error);

  if (ok && g_str_equal (verdict.d, "conflict"))
    resolve->verdict->d = verdict.d;
  if (resolve->verdict->conflict == NULL)
    resolve->verdict->conflict = g_steal_pointer (&verdict.conflict);
  zf_verdict_clear (&verdict);
  return ok;
}

/* The last reason for which somebody wanted it gone. */
static const char *
reason_of (const ZfConflict *conflict)
{
  gboolean theirs = g_str_equal (conflict->kind, "edit_vs_delete");
  JsonObject *side = side_at (conflict, theirs ? 0 : n_sides (conflict) - 1);

  return zf_json_get_string (side, "v", "deleted");
}

static gboolean
apply_life (Resolve *resolve, GError **error)
{
  gboolean alive = g_str_equal (text_of (resolve), "alive");

  if (alive == (resolve->entity->del == NULL))
    return TRUE;
  if (alive)
    return zf_server_revive (resolve->exchange->core, resolve->entity, next_place (resolve), error);
  return bury (resolve, resolve->entity, reason_of (resolve->conflict), resolve->base, error);
}

static gboolean
merge_one (Resolve *resolve, const char *id, const char *into, GError **error)
{
  ZfServerStore *store = resolve->exchange->core->store;
  g_autoptr (ZfEntity) entity = store->verbs->load (store, id, error);
  g_autofree char *del = g_strconcat (MERGED, into, NULL);
  gboolean leads = FALSE;

  if (entity == NULL)
    return FALSE;
  if (!zf_server_leads_to (resolve->exchange->core, into, id, &leads, error))
    return FALSE;
  if (leads || entity->del != NULL)
    return TRUE;
  /* What was handed to the tablet before it decided, was before people's eyes. */
  return bury (resolve, entity, del,
               store->verbs->rev_at (store, id, store->verbs->delivered (store, resolve->exchange->device->id, entity->village)), error);
}

static gboolean
apply_duplicate (Resolve *resolve, GError **error)
{
  const char *stays = text_of (resolve);

  if (g_str_equal (stays, "both"))
    return TRUE;
  for (guint i = 0; i < n_sides (resolve->conflict); i++)
    {
      const char *id = zf_json_get_string (side_at (resolve->conflict, i), "v", NULL);

      if (id != NULL && !g_str_equal (id, stays) && !merge_one (resolve, id, stays, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_nothing (Resolve *resolve, GError **error)
{
  return TRUE;
}

static const Rule rules[] = {
  { "edit", is_of_the_group, apply_edit },
  { "delete_vs_edit", is_dead_or_alive, apply_life },
  { "edit_vs_delete", is_dead_or_alive, apply_life },
  { "duplicate", is_id_or_both, apply_duplicate },
  { "double_correction", is_a_side, apply_nothing },
};

static const Rule *
rule_of (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].kind, kind))
      return &rules[i];
  return NULL;
}

/* Opening and closing */

static void
resolve_clear (Resolve *resolve)
{
  g_clear_pointer (&resolve->conflict, zf_conflict_free);
  g_clear_pointer (&resolve->entity, zf_entity_free);
  g_clear_pointer (&resolve->value, json_node_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Resolve, resolve_clear)

/* NULL, or why the decision cannot be taken. */
static const char *
begin (Resolve *resolve, JsonObject *fields, GError **error)
{
  ZfServerCore *core = resolve->exchange->core;
  const char *id = zf_json_get_string (fields, "conflict", NULL);
  const char *of = zf_json_get_string (fields, "of", NULL);
  const char *value = zf_json_get_string (fields, "value", NULL);

  if (id == NULL || of == NULL || value == NULL)
    return "malformed";
  resolve->conflict = core->store->verbs->conflict (core->store, id, error);
  if (resolve->conflict == NULL)
    return "unknown_record";
  if (!g_str_equal (resolve->conflict->record, of))
    return "malformed";
  resolve->entity = core->store->verbs->load (core->store, of, error);
  resolve->kind = resolve->entity != NULL ? zf_kinds_get (core->kinds, resolve->entity->kind) : NULL;
  resolve->rule = rule_of (resolve->conflict->kind);
  if (resolve->kind == NULL || resolve->rule == NULL)
    return "unknown_record";
  resolve->value = zf_json_parse (value, -1, NULL);
  return resolve->value != NULL && resolve->rule->fits (resolve) ? NULL : "type";
}

const char *
zf_server_check_resolution (ZfExchange *exchange, JsonObject *resolution, GError **error)
{
  g_auto (Resolve) resolve = { .exchange = exchange };

  return begin (&resolve, resolution, error);
}

static gboolean
close_conflict (Resolve *resolve, JsonObject *fields, GError **error)
{
  ZfConflict *conflict = resolve->conflict;
  JsonObject *closed = json_object_new ();

  json_object_set_string_member (closed, "resolution", resolve->change->id);
  json_object_set_member (closed, "value", json_node_copy (resolve->value));
  json_object_set_string_member (closed, "by", resolve->change->by);
  json_object_set_int_member (closed, "at", resolve->change->at);
  json_object_set_string_member (closed, "why", zf_json_get_string (fields, "why", ""));
  conflict->closed = closed;
  conflict->open = ZF_PLANT (RESOLVE_KEEPS_OPEN);
  return zf_server_conflict_store (resolve->exchange, conflict, resolve->entity->village, error);
}

static gboolean
has_side (const ZfConflict *conflict, const char *cid)
{
  for (guint i = 0; i < json_array_get_length (conflict->mine); i++)
    if (g_strcmp0 (zf_json_get_string (json_array_get_object_element (conflict->mine, i), "cid", NULL), cid) == 0)
      return TRUE;
  return FALSE;
}

/* @conflict asks what @old asked, and perhaps more: later edits join it. */
static gboolean
asks_again (const ZfConflict *conflict, const ZfConflict *old)
{
  if (!g_str_equal (conflict->kind, old->kind) || !g_str_equal (conflict->group, old->group) ||
      g_strcmp0 (zf_json_get_string (conflict->theirs, "cid", NULL), zf_json_get_string (old->theirs, "cid", NULL)) != 0)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (old->mine); i++)
    if (!has_side (conflict, zf_json_get_string (json_array_get_object_element (old->mine, i), "cid", NULL)))
      return FALSE;
  return TRUE;
}

/* (transfer full) (nullable): the open conflict in which another late decision asked the same again. */
static ZfConflict *
asked_already (Resolve *resolve, GError **error)
{
  ZfServerStore *store = resolve->exchange->core->store;
  g_autoptr (GPtrArray) list = store->verbs->conflicts_of (store, resolve->conflict->record, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const ZfConflict *conflict = list->pdata[i];

      if (conflict->open && asks_again (conflict, resolve->conflict))
        return g_ptr_array_steal_index (list, i);
    }
  return NULL;
}

/* Somebody decided the same conflict otherwise, not knowing of the first decision. */
static gboolean
second_decision (Resolve *resolve, GError **error)
{
  ZfConflict *old = resolve->conflict;
  JsonNode *decided = json_object_get_member (old->closed, "value");
  g_autoptr (ZfConflict) again = NULL;
  g_autoptr (JsonNode) value = NULL;
  gint64 rev, change;

  if (zf_json_equal (decided, resolve->value))
    return TRUE;
  if (g_str_equal (old->kind, "edit"))
    {
      value = current (resolve, &rev, &change);
      return zf_json_equal (value, resolve->value) || ask_again (resolve, decided, value, change, error);
    }
  again = asked_already (resolve, error);
  resolve->verdict->d = "conflict";
  if (again != NULL || (error != NULL && *error != NULL))
    {
      resolve->verdict->conflict = again != NULL ? g_strdup (again->id) : NULL;
      return again != NULL;
    }
  again = zf_server_conflict_new (resolve->exchange, old->record, old->kind, old->group, decided, json_object_ref (old->theirs));
  json_array_unref (again->mine);
  again->mine = json_array_ref (old->mine);
  resolve->verdict->conflict = g_strdup (again->id);
  return zf_server_conflict_store (resolve->exchange, again, resolve->entity->village, error);
}

/* change.seq of the other side's value as the conflict shows it. */
static gboolean
find_known (Resolve *resolve, GError **error)
{
  ZfServerStore *store = resolve->exchange->core->store;
  const char *cid = zf_json_get_string (resolve->conflict->theirs, "cid", NULL);

  resolve->known = 0;
  return cid == NULL || store->verbs->seq_of_change (store, cid, &resolve->known, error);
}

gboolean
zf_server_resolve (ZfExchange *exchange, const ZfChange *change, JsonObject *fields, gint64 seq, ZfVerdict *verdict, GError **error)
{
  g_auto (Resolve) resolve = { .exchange = exchange, .change = change, .seq = seq, .verdict = verdict };

  /* Looked at before: nothing stands in its way. */
  if (begin (&resolve, fields, error) != NULL)
    return FALSE;
  resolve.base = zf_server_clamp (exchange, resolve.entity, change->base);
  if (!find_known (&resolve, error))
    return FALSE;
  if (!resolve.conflict->open)
    return resolve.conflict->closed == NULL || second_decision (&resolve, error);
  return close_conflict (&resolve, fields, error) && resolve.rule->apply (&resolve, error);
}
