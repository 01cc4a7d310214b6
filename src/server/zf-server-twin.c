/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Two records of one family or person, made by people who did not know of each other; and two corrections of one record. Both stay, and a
 * conflict asks which counts. What makes a record one of a kind is its kind's setting `unique` (data/forms/README.md). */
#include <string.h>

#include "zf-json.h"
#include "zf-server-core-private.h"

/* Rule number of corrections: every append-only kind has it. */
#define RULE_CORRECTION 1000

typedef struct
{
  ZfExchange *exchange;
  const ZfChange *change;
  const ZfKind *kind;
  ZfEntity *entity;
} Twins;

static JsonNode *
value_of (ZfEntity *entity, const char *field)
{
  ZfPart *part = zf_entity_find (entity, field);
  JsonNode *value = part != NULL ? json_object_get_member (part->f, field) : NULL;

  return value != NULL && !JSON_NODE_HOLDS_NULL (value) ? value : NULL;
}

/* Hash of kind, rule and values; NULL when one of them is missing. */
static char *
key_of (Twins *twins, guint rule, const char *const *fields)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "%s\n%u", zf_kind_name (twins->kind), rule);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      JsonNode *value = value_of (twins->entity, fields[i]);
      g_autofree char *json = value != NULL ? zf_json_canonical (value) : NULL;

      if (json == NULL || g_str_equal (json, "\"\""))
        return NULL;
      g_string_append_printf (text, "\n%s", json);
    }
  return zf_wire_sha256 (text->str, (gssize) text->len);
}

static gboolean
names_id (JsonObject *side, const char *id)
{
  return g_strcmp0 (zf_json_get_string (side, "v", NULL), id) == 0;
}

static gboolean
holds (const ZfConflict *conflict, const char *id)
{
  if (names_id (conflict->theirs, id))
    return TRUE;
  for (guint i = 0; i < json_array_get_length (conflict->mine); i++)
    if (names_id (json_array_get_object_element (conflict->mine, i), id))
      return TRUE;
  return FALSE;
}

/* *known: the pair has its conflict already, open or decided; *open (transfer full): one that the second can join. */
static gboolean
look_for (ZfServerStore *store, const char *record, const char *kind, const char *first, const char *second, gboolean *known, ZfConflict **open,
          GError **error)
{
  g_autoptr (GPtrArray) list = store->verbs->conflicts_of (store, record, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      ZfConflict *conflict = list->pdata[i];

      if (!g_str_equal (conflict->kind, kind) || !holds (conflict, first))
        continue;
      *known |= holds (conflict, second);
      if (conflict->open && *open == NULL)
        *open = g_ptr_array_steal_index (list, i--);
    }
  return list != NULL;
}

/* {"v":id} with who made the record; the change at hand is not stored yet. */
static JsonObject *
side_of (Twins *twins, const char *id, GError **error)
{
  ZfServerStore *store = twins->exchange->core->store;
  g_autoptr (JsonNode) value = zf_json_string (id);
  g_auto (ZfAuthor) author = { 0 };

  if (!store->verbs->maker (store, id, &author, error))
    return NULL;
  return author.seq > 0 ? zf_server_side (value, author.cid, author.by, author.at)
                        : zf_server_side (value, twins->change->cid, twins->change->by, twins->change->at);
}

/* One conflict for each pair, kept with @of in the village of the record at hand. */
static gboolean
pair (Twins *twins, const char *kind, const char *of, const char *first, const char *second, GError **error)
{
  ZfServerStore *store = twins->exchange->core->store;
  g_autoptr (ZfConflict) conflict = NULL;
  g_autoptr (ZfConflict) reverse = NULL;
  gboolean known = FALSE;
  JsonObject *mine;

  if (!look_for (store, of, kind, first, second, &known, &conflict, error) ||
      !look_for (store, second, kind, second, first, &known, &reverse, error))
    return FALSE;
  if (known)
    return TRUE;
  if (conflict == NULL)
    {
      JsonObject *theirs = side_of (twins, first, error);

      if (theirs == NULL)
        return FALSE;
      conflict = zf_server_conflict_new (twins->exchange, of, kind, "", NULL, theirs);
    }
  mine = side_of (twins, second, error);
  if (mine == NULL)
    return FALSE;
  json_array_add_object_element (conflict->mine, mine);
  return zf_server_conflict_store (twins->exchange, conflict, twins->entity->village, error);
}

/* Who made the record: the change at hand is not stored yet. */
static gboolean
origin_of (Twins *twins, const char *id, gint64 *origin, gint64 *seq, GError **error)
{
  ZfServerStore *store = twins->exchange->core->store;
  g_auto (ZfAuthor) author = { 0 };

  if (!store->verbs->maker (store, id, &author, error))
    return FALSE;
  *origin = author.seq > 0 ? author.origin : twins->exchange->origin;
  *seq = author.seq > 0 ? author.seq : G_MAXINT64;
  return TRUE;
}

/* One installation may well mean two. */
static gboolean
pair_strangers (Twins *twins, const char *a, const char *b, GError **error)
{
  gint64 origin_a, origin_b, seq_a, seq_b;

  if (!origin_of (twins, a, &origin_a, &seq_a, error) || !origin_of (twins, b, &origin_b, &seq_b, error))
    return FALSE;
  if (origin_a == origin_b)
    return TRUE;
  return seq_a < seq_b ? pair (twins, "duplicate", a, a, b, error) : pair (twins, "duplicate", b, b, a, error);
}

static gboolean
is_head (ZfEntity *entity, JsonObject *when)
{
  JsonObjectIter iter;
  const char *field = NULL;
  JsonNode *value = NULL;

  json_object_iter_init (&iter, when);
  while (json_object_iter_next (&iter, &field, &value))
    if (!zf_json_equal (value_of (entity, field), value))
      return FALSE;
  return TRUE;
}

/* Two householders that are one person: their households are one family. */
static gboolean
pair_parents (Twins *twins, JsonObject *rule, const char *other_id, GError **error)
{
  ZfServerStore *store = twins->exchange->core->store;
  JsonObject *when = zf_json_get_object (rule, "parent_when");
  g_autoptr (ZfEntity) other = NULL;
  g_autofree char *village = NULL;
  g_autofree char *del = NULL;
  gboolean found = FALSE;

  if (when == NULL || twins->entity->parent == NULL || !is_head (twins->entity, when))
    return TRUE;
  other = store->verbs->load (store, other_id, error);
  if (other == NULL)
    return FALSE;
  if (other->parent == NULL || g_str_equal (other->parent, twins->entity->parent) || !is_head (other, when))
    return TRUE;
  if (!store->verbs->place_of (store, other->parent, &village, &del, &found, error))
    return FALSE;
  if (!found || del != NULL)
    return TRUE;
  return pair_strangers (twins, twins->entity->parent, other->parent, error);
}

/* Notes the key and gives the others that have it; an empty list when nothing about it changed. */
static GPtrArray *
find_twins (Twins *twins, guint rule, const char *const *fields, JsonObject *accepted, gboolean moved, GError **error)
{
  ZfServerStore *store = twins->exchange->core->store;
  g_autofree char *key = NULL;
  gboolean touched = moved;

  for (guint i = 0; fields[i] != NULL; i++)
    touched |= json_object_has_member (accepted, fields[i]);
  if (touched)
    key = key_of (twins, rule, fields);
  if (touched && !store->verbs->set_twin_key (store, twins->entity->id, rule, key, error))
    return NULL;
  if (key == NULL || twins->entity->village == NULL || twins->entity->del != NULL)
    return g_ptr_array_new ();
  return store->verbs->twins (store, key, twins->entity->id, twins->entity->village, error);
}

static GStrv
fields_of (JsonObject *rule)
{
  JsonArray *names = zf_json_get_array (rule, "fields");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    g_strv_builder_add (builder, json_array_get_string_element (names, i));
  return g_strv_builder_end (builder);
}

static gboolean
run_rule (Twins *twins, guint number, JsonObject *rule, JsonObject *accepted, gboolean moved, GError **error)
{
  g_auto (GStrv) fields = fields_of (rule);
  g_autoptr (GPtrArray) others = find_twins (twins, number, (const char *const *) fields, accepted, moved, error);

  for (guint i = 0; others != NULL && i < others->len; i++)
    if (!pair_strangers (twins, twins->entity->id, others->pdata[i], error) || !pair_parents (twins, rule, others->pdata[i], error))
      return FALSE;
  return others != NULL;
}

static gboolean
run_corrections (Twins *twins, JsonObject *accepted, gboolean moved, GError **error)
{
  static const char *const fields[] = { "supersedes", NULL };
  JsonNode *corrected = value_of (twins->entity, fields[0]);
  const char *of = corrected != NULL ? json_node_get_string (corrected) : NULL;
  g_autoptr (GPtrArray) others = NULL;

  if (of == NULL || g_str_equal (of, twins->entity->id))
    return TRUE;
  others = find_twins (twins, RULE_CORRECTION, fields, accepted, moved, error);
  if (others == NULL)
    return FALSE;
  /* The oldest stands for the others: a third one joins their conflict. */
  return others->len == 0 || pair (twins, "double_correction", of, others->pdata[0], twins->entity->id, error);
}

gboolean
zf_server_twins (ZfExchange *exchange, const ZfChange *change, const ZfKind *kind, ZfEntity *entity, JsonObject *accepted, gboolean moved,
                 GError **error)
{
  Twins twins = { exchange, change, kind, entity };
  JsonArray *rules = zf_json_get_array (zf_kind_settings (kind), "unique");

  for (guint i = 0; rules != NULL && i < json_array_get_length (rules); i++)
    if (!run_rule (&twins, i, json_array_get_object_element (rules, i), accepted, moved, error))
      return FALSE;
  return !zf_kind_append_only (kind) || run_corrections (&twins, accepted, moved, error);
}
