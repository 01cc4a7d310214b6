/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-truth.h"

#include "zf-derived.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-merge.h"
#include "zf-value.h"

#define MERGED "merged:"
#define MAX_HOPS 16

ZfRecord *
zf_truth_load (ZfWrite *write, const char *id, GError **error)
{
  return zf_derived_load (write->db, write->kinds, id, error);
}

ZfRecord *
zf_truth_new (ZfWrite *write, const char *kind, const char *id)
{
  ZfRecord *record = g_new0 (ZfRecord, 1);

  record->id = g_strdup (id);
  record->kind = zf_kinds_get (write->kinds, kind);
  record->kind_name = g_strdup (kind);
  record->fields = json_object_new ();
  return record;
}

ZfRecord *
zf_truth_copy (const ZfRecord *record)
{
  ZfRecord *copy = g_new0 (ZfRecord, 1);

  copy->id = g_strdup (record->id);
  copy->kind = record->kind;
  copy->kind_name = g_strdup (record->kind_name);
  copy->parent = g_strdup (record->parent);
  copy->village = g_strdup (record->village);
  copy->rev = record->rev;
  copy->fields = zf_fields_share (record->fields);
  copy->base = record->base != NULL ? json_object_ref (record->base) : NULL;
  copy->meta = record->meta != NULL ? json_object_ref (record->meta) : NULL;
  copy->del = g_strdup (record->del);
  return copy;
}

JsonObject *
zf_truth_base (const ZfRecord *record)
{
  if (record->rev == 0)
    return json_object_new ();
  return zf_fields_share (record->base != NULL ? record->base : record->fields);
}

/* What placement needs of a parent row, in one look. */
static gboolean
look_up_parent (ZfDb *db, const char *id, char **village, char **del, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT village, del FROM record WHERE id = ?1", error);
  gboolean row = FALSE;

  g_clear_pointer (village, g_free);
  g_clear_pointer (del, g_free);
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    {
      *village = g_strdup (zf_db_text (stmt, 0));
      *del = g_strdup (zf_db_text (stmt, 1));
      sqlite3_reset (stmt);
    }
  return TRUE;
}

/* Follows merges from @parent to the living record; *village is that one's. */
static gboolean
resolve_parent (ZfDb *db, char **parent, char **village, GError **error)
{
  g_autofree char *del = NULL;

  for (guint i = 0; i < MAX_HOPS; i++)
    {
      if (!look_up_parent (db, *parent, village, &del, error))
        return FALSE;
      if (del == NULL || !g_str_has_prefix (del, MERGED))
        return TRUE;
      g_free (*parent);
      *parent = g_strdup (del + strlen (MERGED));
    }
  return TRUE;
}

static gboolean
parent_is_village (ZfWrite *write, const ZfKind *kind)
{
  const ZfKind *parent = zf_kinds_get (write->kinds, zf_kind_parent_kind (kind));

  return g_strcmp0 (zf_kind_parent_kind (kind), "village") == 0 || (parent != NULL && zf_kind_server_only (parent));
}

gboolean
zf_truth_place (ZfWrite *write, ZfRecord *record, GError **error)
{
  const char *field = record->kind != NULL ? zf_kind_parent_field (record->kind) : NULL;
  g_autofree char *parent = field != NULL ? g_strdup (zf_record_get_string (record, field, NULL)) : NULL;
  g_autofree char *village = NULL;

  if (record->kind == NULL)
    return TRUE;
  if (parent != NULL && !resolve_parent (write->db, &parent, &village, error))
    return FALSE;
  g_free (record->village);
  if (field == NULL || zf_kind_server_only (record->kind))
    record->village = g_strdup ("*");
  else
    record->village = parent_is_village (write, record->kind) ? g_strdup (parent) : g_steal_pointer (&village);
  g_free (record->parent);
  record->parent = g_steal_pointer (&parent);
  return TRUE;
}

/* `base` is NULL while it equals `cur`. */
static void
drop_equal_base (ZfRecord *record, char **base, const char *cur)
{
  *base = record->base != NULL && record->rev > 0 ? zf_json_canonical_object (record->base) : NULL;
  if (*base != NULL && strcmp (*base, cur) == 0)
    g_clear_pointer (base, g_free);
  if (*base == NULL)
    g_clear_pointer (&record->base, json_object_unref);
}

static gboolean
write_row (ZfDb *db, ZfRecord *record, GError **error)
{
  g_autofree char *cur = zf_json_canonical_object (record->fields);
  g_autofree char *meta = record->meta != NULL ? zf_json_canonical_object (record->meta) : NULL;
  g_autofree char *base = NULL;

  drop_equal_base (record, &base, cur);
  return zf_db_run (db, error,
                    "INSERT INTO record (id, kind, parent, village, rev, base, cur, meta, del) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                    "ON CONFLICT (id) DO UPDATE SET parent = ?3, village = ?4, rev = ?5, base = ?6, cur = ?7, meta = ?8, del = ?9",
                    "ssssissss", record->id, record->kind_name, record->parent, record->village, record->rev, base, cur, meta,
                    record->del);
}

GPtrArray *
zf_truth_ids (ZfDb *db, const char *sql, const char *value, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", value);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 0)));
    }
  return g_steal_pointer (&ids);
}

static gboolean store_placed (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error);

static gboolean
move_child (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (ZfRecord) before = zf_truth_load (write, id, error);
  g_autoptr (ZfRecord) after = NULL;

  if (before == NULL)
    return FALSE;
  after = zf_truth_copy (before);
  if (!zf_truth_place (write, after, error))
    return FALSE;
  if (g_strcmp0 (before->parent, after->parent) == 0 && g_strcmp0 (before->village, after->village) == 0)
    return TRUE;
  write->n_moved++;
  return store_placed (write, before, after, error);
}

static gboolean
move_children (ZfWrite *write, const char *parent, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (write->db, "SELECT id FROM record WHERE parent = ?1", parent, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!move_child (write, g_ptr_array_index (ids, i), error))
      return FALSE;
  return TRUE;
}

static const char *
merged_into (const ZfRecord *record)
{
  if (record == NULL || record->del == NULL || !g_str_has_prefix (record->del, MERGED))
    return NULL;
  return record->del + strlen (MERGED);
}

/* Children stand where their parent stands: they follow it to another village, to the survivor of a merge and back. */
static gboolean
children_follow (ZfWrite *write, const ZfRecord *before, const ZfRecord *after, GError **error)
{
  const char *was = merged_into (before);
  const char *is = merged_into (after);

  if (before != NULL && g_strcmp0 (before->village, after->village) == 0 && g_strcmp0 (was, is) == 0)
    return TRUE;
  if (!move_children (write, after->id, error))
    return FALSE;
  return was == NULL || g_strcmp0 (was, is) == 0 || move_children (write, was, error);
}

static gboolean
store_placed (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error)
{
  if (!write_row (write->db, after, error) ||
      !zf_derived_update (write->db, write->kinds, before, after, write->now_ms, error))
    return FALSE;
  zf_store_note (write->store, after->kind_name, after->id);
  return children_follow (write, before, after, error);
}

gboolean
zf_truth_store (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error)
{
  return zf_truth_place (write, after, error) && store_placed (write, before, after, error);
}

gboolean
zf_truth_remove (ZfWrite *write, const ZfRecord *record, GError **error)
{
  g_autoptr (ZfRecord) gone = zf_truth_copy (record);

  g_free (gone->del);
  gone->del = g_strdup ("moved");
  /* First the row: derived tables look up in record what stands above others. */
  if (!zf_db_run (write->db, error, "DELETE FROM record WHERE id = ?1", "s", record->id) ||
      !zf_derived_remove (write->db, write->kinds, gone, write->now_ms, error))
    return FALSE;
  zf_store_note (write->store, record->kind_name, record->id);
  return TRUE;
}

/* Second half of the pair of @field: ["old","new"] → "new". */
static const char *
new_of (JsonObject *f, const char *field)
{
  JsonArray *pair = zf_json_get_array (f, field);

  return pair != NULL && json_array_get_length (pair) == 2 ? json_array_get_string_element (pair, 1) : NULL;
}

static void
lay_row (const char *op, JsonObject *f, JsonObject *fields, char **del)
{
  if (strcmp (op, "add") == 0 || strcmp (op, "set") == 0)
    {
      zf_change_apply (fields, f);
      return;
    }
  g_clear_pointer (del, g_free);
  if (strcmp (op, "del") == 0)
    *del = g_strdup (new_of (f, "reason"));
  else if (strcmp (op, "merge") == 0)
    *del = g_strconcat (MERGED, new_of (f, "into"), NULL);
}

gboolean
zf_truth_lay_pending (ZfDb *db, const char *id, JsonObject *fields, char **del, GError **error)
{
  /* Rows of an older installation of the store come first: they were written first. */
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT op, f FROM change WHERE id = ?1 AND state IN (0, 1, 2) "
                                      "ORDER BY epoch = (SELECT value FROM meta_kv WHERE key = 'epoch'), lsn",
                                      error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  while (row)
    {
      g_autoptr (JsonObject) f = NULL;

      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      f = zf_json_parse_object (zf_db_text (stmt, 1), -1, error);
      if (f == NULL)
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
      lay_row (zf_db_text (stmt, 0), f, fields, del);
    }
  return TRUE;
}

gboolean
zf_truth_settle (ZfWrite *write, ZfRecord *record, JsonObject *base, GError **error)
{
  g_autoptr (JsonObject) fields = zf_fields_share (base);

  if (!zf_truth_lay_pending (write->db, record->id, fields, &record->del, error))
    return FALSE;
  g_clear_pointer (&record->base, json_object_unref);
  record->base = json_object_ref (base);
  json_object_unref (record->fields);
  record->fields = g_steal_pointer (&fields);
  return TRUE;
}
