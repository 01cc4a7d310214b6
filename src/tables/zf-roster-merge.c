/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <string.h>

#include "zf-json.h"
#include "zf-merge.h"
#include "zf-record.h"
#include "zf-roster-private.h"
#include "zf-value.h"

/* Three values of every cell: what the last roster of this source said (base), what the store says (cur), what this roster says (value).
 * Equal to the base: the roster brings no news, whatever people typed since. The base itself is remembered under the record, so that a
 * row is still compared with it when its number was corrected; the row's own key only leads to the record. */
typedef struct
{
  ZfRosterMerge *merge;
  const ZfKind *kind;
  const char *id;
  JsonObject *base;       /* (nullable): the first roster that names this record */
  JsonObject *values;
  ZfRecord *record;
  guint n_written;
  guint n_conflicts;
} Comparison;

static char *
base_key (const char *id)
{
  g_autofree char *text = g_strconcat ("record\x1f", id, NULL);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static JsonNode *
member (JsonObject *object, const char *name)
{
  return object != NULL ? json_object_get_member (object, name) : NULL;
}

static gboolean
is_empty (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/* A cell that the table has, empty or not; of a first roster only the filled ones speak. */
static gboolean
is_news (Comparison *c, const char *name)
{
  JsonNode *value = member (c->values, name);
  if (c->base == NULL && is_empty (value))
    return FALSE;
  return !zf_json_equal (member (c->base, name), value);
}

static gboolean
is_covered (Comparison *c, const char *name)
{
  return json_object_has_member (c->values, name)
         || zf_roster_columns_header (c->merge->columns, zf_kind_name (c->kind), name) != NULL;
}

static void
write_seen (Comparison *c, const char *name, gint64 rev)
{
  g_autoptr (JsonNode) none = zf_json_null ();
  JsonNode *value = member (c->values, name);
  JsonNode *seen = member (c->base, name);
  zf_save_set_seen (c->merge->save, zf_kind_name (c->kind), c->id, name, value != NULL ? value : none, seen != NULL ? seen : none, rev);
  c->n_written++;
}

static void
write_field (Comparison *c, const char *name)
{
  write_seen (c, name, c->record->rev);
}

/* Elements of a set merge one by one, so a set never conflicts. */
static void
compare_set (Comparison *c, const ZfField *field)
{
  g_autoptr (JsonNode) none = zf_json_null ();
  JsonNode *cur = member (c->record->fields, field->name);
  JsonNode *base = member (c->base, field->name);
  JsonNode *value = member (c->values, field->name);
  g_autoptr (JsonArray) add = zf_set_difference (value != NULL ? value : none, base != NULL ? base : none);
  g_autoptr (JsonArray) del = zf_set_difference (base != NULL ? base : none, value != NULL ? value : none);
  g_autoptr (JsonNode) merged = zf_merge_set (cur != NULL ? cur : none, add, del);
  if (!zf_json_equal (merged, cur != NULL ? cur : none) && !(is_empty (cur) && json_array_get_length (json_node_get_array (merged)) == 0))
    write_field (c, field->name);
}

/* The group's value with the cells of @over laid over what the store holds. */
static JsonNode *
group_value (Comparison *c, const ZfField *field, JsonObject *over)
{
  g_autoptr (GPtrArray) names = zf_group_fields (c->kind, field->group);
  g_autoptr (JsonObject) fields = zf_fields_share (c->record->fields);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      if (is_covered (c, name))
        zf_fields_put (fields, name, member (over, name));
    }
  return zf_group_value (c->kind, field->group, fields);
}

static void
record_conflict (Comparison *c, const ZfField *field)
{
  g_autoptr (JsonNode) base = c->base != NULL ? group_value (c, field, c->base) : zf_json_null ();
  g_autoptr (JsonNode) theirs = zf_group_value (c->kind, field->group, c->record->fields);
  g_autoptr (JsonNode) mine = group_value (c, field, c->values);
  zf_save_conflict (c->merge->save, zf_kind_name (c->kind), c->id, field->group, base, theirs, mine);
  c->n_conflicts++;
}

/* As if nothing had been seen since the last import: the county's merge finds that its value is another one. */
static void
dispute (Comparison *c, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    if (is_covered (c, g_ptr_array_index (names, i)) && is_news (c, g_ptr_array_index (names, i)))
      write_seen (c, g_ptr_array_index (names, i), 0);
  c->n_conflicts++;
}

/* Fields of a group are taken or disputed together. */
static void
compare_group (Comparison *c, const ZfField *field)
{
  g_autoptr (GPtrArray) names = zf_group_fields (c->kind, field->group);
  gboolean touched = FALSE, differs = FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      JsonNode *cur = member (c->record->fields, name);
      if (!is_covered (c, name) || !is_news (c, name) || zf_json_equal (cur, member (c->values, name)))
        continue;
      differs = TRUE;
      /* An empty field of a record that no roster named yet is filled; anything else must still be what the last roster said. */
      touched = touched || !zf_json_equal (cur, member (c->base, name));
    }
  if (differs && touched && c->merge->merged_at_once)
    dispute (c, names);
  else if (differs && touched)
    record_conflict (c, field);
  for (guint i = 0; differs && !touched && i < names->len; i++)
    if (is_covered (c, g_ptr_array_index (names, i)) && is_news (c, g_ptr_array_index (names, i))
        && !zf_json_equal (member (c->record->fields, g_ptr_array_index (names, i)), member (c->values, g_ptr_array_index (names, i))))
      write_field (c, g_ptr_array_index (names, i));
}

static gboolean
is_first_of_group (const ZfKind *kind, guint index)
{
  const ZfField *field = zf_kind_field_at (kind, index);
  for (guint i = 0; i < index; i++)
    if (strcmp (zf_kind_field_at (kind, i)->group, field->group) == 0)
      return FALSE;
  return TRUE;
}

static void
compare_all (Comparison *c)
{
  for (guint i = 0; i < zf_kind_n_fields (c->kind); i++)
    {
      const ZfField *field = zf_kind_field_at (c->kind, i);
      if (field->type == ZF_FIELD_SET)
        {
          if (is_covered (c, field->name) && is_news (c, field->name))
            compare_set (c, field);
        }
      else if (!field->grouped || is_first_of_group (c->kind, i))
        compare_group (c, field);
    }
}

static gboolean
any_news (Comparison *c)
{
  for (guint i = 0; i < zf_kind_n_fields (c->kind); i++)
    {
      const char *name = zf_kind_field_at (c->kind, i)->name;
      if (is_covered (c, name) && is_news (c, name))
        return TRUE;
    }
  return FALSE;
}

/* What this roster does not cover keeps the base that an earlier one gave it. */
static void
remember (Comparison *c, const char *row_key)
{
  g_autoptr (JsonObject) base = c->base != NULL ? zf_fields_share (c->base) : json_object_new ();
  g_autoptr (JsonObject) pointer = json_object_new ();
  g_autofree char *key = base_key (c->id);
  for (guint i = 0; i < zf_kind_n_fields (c->kind); i++)
    {
      const char *name = zf_kind_field_at (c->kind, i)->name;
      if (is_covered (c, name))
        zf_fields_put (base, name, member (c->values, name));
    }
  zf_save_import_base (c->merge->save, c->merge->source, key, c->id, base);
  zf_save_import_base (c->merge->save, c->merge->source, row_key, c->id, pointer);
}

/* Flag columns speak of their own choices only; the other choices of the set stay as the base has them. */
static void
complete_flags (Comparison *c)
{
  for (guint i = 0; i < c->merge->columns->columns->len; i++)
    {
      const ZfRosterColumn *column = &g_array_index (c->merge->columns->columns, ZfRosterColumn, i);
      if (column->type != ZF_TARGET_FLAG || column->kind != c->kind || json_object_has_member (c->values, column->field->name))
        continue;
      JsonNode *base = member (c->base, column->field->name);
      /* No flag is set on any row: an empty set takes the flags of the last roster back. */
      if (base != NULL)
        json_object_set_null_member (c->values, column->field->name);
    }
}

static gboolean
knows_row (Comparison *c, const char *row_key)
{
  g_autofree char *id = NULL;
  JsonObject *pointer = zf_reader_import_base (c->merge->reader, c->merge->source, row_key, &id);
  g_clear_pointer (&pointer, json_object_unref);
  return g_strcmp0 (id, c->id) == 0;
}

ZfRosterVerdict
zf_roster_merge_new (ZfRosterMerge *merge, const ZfKind *kind, const char *id, JsonObject *fields, JsonObject *values, const char *row_key)
{
  Comparison c = { .merge = merge, .kind = kind, .id = id, .values = values };
  zf_save_create (merge->save, zf_kind_name (kind), id, fields);
  remember (&c, row_key);
  return ZF_ROSTER_NEW;
}

ZfRosterVerdict
zf_roster_merge (ZfRosterMerge *merge, const ZfKind *kind, const char *id, JsonObject *values, const char *row_key, GError **error)
{
  Comparison c = { .merge = merge, .kind = kind, .id = id, .values = values };
  g_autofree char *key = base_key (id);
  c.base = zf_reader_import_base (merge->reader, merge->source, key, NULL);
  g_autoptr (JsonObject) owned_base = c.base;
  complete_flags (&c);
  if (c.base != NULL && !any_news (&c))
    {
      if (!knows_row (&c, row_key))
        remember (&c, row_key);
      return ZF_ROSTER_SAME;
    }
  g_autoptr (ZfRecord) record = zf_reader_get (merge->reader, id, error);
  if (record == NULL)
    return ZF_ROSTER_REFUSED;
  c.record = record;
  compare_all (&c);
  remember (&c, row_key);
  merge->n_conflicts += c.n_conflicts;
  return c.n_written > 0 || c.n_conflicts > 0 ? ZF_ROSTER_CHANGED : ZF_ROSTER_SAME;
}
