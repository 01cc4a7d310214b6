/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-truth.h"

#include "zf-count.h"
#include "zf-derived.h"
#include "zf-json.h"
#include "zf-value.h"

#define MERGED "merged:"
#define MAX_HOPS 16

void
zf_truth_learn (ZfRecord *record)
{
  g_autoptr (GList) names = record->extra != NULL && record->kind != NULL ? json_object_get_members (record->extra) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *value = json_object_get_member (record->extra, l->data);

      if (zf_kind_field (record->kind, l->data) == NULL)
        continue;
      if (record->base != NULL)
        zf_fields_put (record->base, l->data, value);
      if (!json_object_has_member (record->fields, l->data))
        zf_fields_put (record->fields, l->data, value);
      json_object_remove_member (record->extra, l->data);
    }
  if (record->extra != NULL && json_object_get_size (record->extra) == 0)
    g_clear_pointer (&record->extra, json_object_unref);
}

ZfRecord *
zf_truth_load (ZfWrite *write, const char *id, GError **error)
{
  ZfRecord *record = zf_derived_load (write->db, write->kinds, id, error);

  if (record != NULL)
    zf_truth_learn (record);
  return record;
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
  copy->extra = record->extra != NULL ? zf_fields_share (record->extra) : NULL;
  copy->del = g_strdup (record->del);
  copy->base_del = g_strdup (record->base_del);
  return copy;
}

JsonObject *
zf_truth_base (const ZfRecord *record)
{
  if (record->rev == 0 && record->base == NULL)
    return json_object_new ();
  return zf_fields_share (record->base != NULL ? record->base : record->fields);
}

gboolean
zf_truth_is_void (const ZfRecord *record)
{
  return record->rev == 0 && record->base != NULL;
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

gboolean
zf_truth_is_below_village (ZfKinds *kinds, const ZfKind *kind)
{
  const ZfKind *parent = zf_kinds_get (kinds, zf_kind_parent_kind (kind));

  return g_strcmp0 (zf_kind_parent_kind (kind), "village") == 0 || (parent != NULL && zf_kind_server_only (parent));
}

const char *
zf_truth_village_field (const ZfKind *kind)
{
  if (strcmp (zf_kind_name (kind), ZF_KIND_RESOLUTION) == 0)
    return "of";
  return zf_kind_server_only (kind) ? NULL : zf_kind_parent_field (kind);
}

/* A decision stands in the village of what it decides, whatever its parent. */
static gboolean
place_resolution (ZfWrite *write, ZfRecord *record, GError **error)
{
  g_autofree char *of = g_strdup (zf_record_get_string (record, "of", NULL));

  return of == NULL || resolve_parent (write->db, &of, &record->village, error);
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
  g_clear_pointer (&record->village, g_free);
  if (zf_truth_village_field (record->kind) == NULL)
    record->village = g_strdup ("*");
  else if (strcmp (record->kind_name, ZF_KIND_RESOLUTION) != 0)
    record->village = zf_truth_is_below_village (write->kinds, record->kind) ? g_strdup (parent) : g_steal_pointer (&village);
  else if (!place_resolution (write, record, error))
    return FALSE;
  g_free (record->parent);
  record->parent = g_steal_pointer (&parent);
  return TRUE;
}

/* `base` is NULL while it equals `cur`. One that the county does not have stays beside, so that it is never taken for the county's. */
static void
drop_equal_base (ZfRecord *record, char **base, const char *cur)
{
  gboolean void_base = record->rev == 0 && record->base != NULL && json_object_get_size (record->base) > 0;

  *base = record->base != NULL && (record->rev > 0 || void_base) ? zf_json_canonical_object (record->base) : NULL;
  if (*base != NULL && !void_base && strcmp (*base, cur) == 0)
    g_clear_pointer (base, g_free);
  if (*base == NULL)
    g_clear_pointer (&record->base, json_object_unref);
}

static gboolean
insert_row (ZfDb *db, const ZfRecord *record, const char *base, const char *cur, const ZfCount *count, GError **error)
{
  g_autofree char *meta = record->meta != NULL ? zf_json_canonical_object (record->meta) : NULL;
  g_autofree char *extra = record->extra != NULL ? zf_json_canonical_object (record->extra) : NULL;
  g_autoptr (GBytes) digest = zf_count_bytes (count);
  const char *counted = count->has && g_strcmp0 (count->village, record->village) != 0 ? (count->village != NULL ? count->village : "") : NULL;

  return zf_db_run (db, error,
                    "INSERT INTO record (id, kind, parent, village, rev, base, cur, meta, del, extra, digest, counted, base_del) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
                    "ON CONFLICT (id) DO UPDATE SET parent = ?3, village = ?4, rev = ?5, base = ?6, cur = ?7, meta = ?8, del = ?9, "
                    "extra = ?10, digest = ?11, counted = ?12, base_del = ?13",
                    "ssssisssssbss", record->id, record->kind_name, record->parent, record->village, record->rev, base, cur, meta,
                    record->del, extra, digest, counted, record->base_del);
}

/* *recounted: the record counts in another village than before. */
static gboolean
write_row (ZfWrite *write, ZfRecord *record, gboolean *recounted, GError **error)
{
  g_autofree char *cur = zf_json_canonical_object (record->fields);
  g_autofree char *base = NULL;
  g_auto (ZfCount) was = { 0 };
  g_auto (ZfCount) is = { 0 };

  drop_equal_base (record, &base, cur);
  if (!zf_count_load (write->db, record->id, &was, error) ||
      !zf_count_of (write, record, base != NULL ? base : cur, &was, &is, error))
    return FALSE;
  *recounted = was.has && is.has && g_strcmp0 (was.village, is.village) != 0;
  return insert_row (write->db, record, base, cur, &is, error) && zf_learn_later (write, record, error) && zf_count_move (write, &was, &is, error);
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
move_child (ZfWrite *write, const char *id, gboolean recount, GError **error)
{
  g_autoptr (ZfRecord) before = zf_truth_load (write, id, error);
  g_autoptr (ZfRecord) after = NULL;

  if (before == NULL)
    return FALSE;
  after = zf_truth_copy (before);
  if (!zf_truth_place (write, after, error))
    return FALSE;
  if (!recount && g_strcmp0 (before->parent, after->parent) == 0 && g_strcmp0 (before->village, after->village) == 0)
    return TRUE;
  write->n_moved++;
  return store_placed (write, before, after, error);
}

static gboolean
move_children (ZfWrite *write, const char *parent, gboolean recount, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (write->db, "SELECT id FROM record WHERE parent = ?1", parent, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!move_child (write, g_ptr_array_index (ids, i), recount, error))
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
children_follow (ZfWrite *write, const ZfRecord *before, const ZfRecord *after, gboolean recounted, GError **error)
{
  const char *was = merged_into (before);
  const char *is = merged_into (after);

  if (before != NULL && !recounted && g_strcmp0 (before->village, after->village) == 0 && g_strcmp0 (was, is) == 0)
    return TRUE;
  if (!move_children (write, after->id, recounted, error))
    return FALSE;
  return was == NULL || g_strcmp0 (was, is) == 0 || move_children (write, was, recounted, error);
}

static gboolean
store_placed (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error)
{
  gboolean recounted = FALSE;

  if (!write_row (write, after, &recounted, error) ||
      !zf_derived_update (write->db, write->kinds, before, after, write->now_ms, error))
    return FALSE;
  zf_store_note (write->store, after->kind_name, after->id);
  return children_follow (write, before, after, recounted, error);
}

gboolean
zf_truth_store (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error)
{
  return zf_truth_place (write, after, error) && store_placed (write, before, after, error);
}

gboolean
zf_truth_store_base (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error)
{
  gboolean ok;

  write->based = after;
  ok = zf_truth_store (write, before, after, error);
  write->based = NULL;
  return ok;
}

/* Records that were not here */

void
zf_above_clear (ZfAbove *above)
{
  g_clear_pointer (&above->id, g_free);
  g_clear_pointer (&above->village, g_free);
  g_clear_pointer (&above->del, g_free);
}

static gboolean
look_above (ZfDb *db, ZfAbove *above, const char *id, GError **error)
{
  if (g_strcmp0 (above->id, id) == 0)
    return TRUE;
  zf_above_clear (above);
  if (!look_up_parent (db, id, &above->village, &above->del, error))
    return FALSE;
  above->id = g_strdup (id);
  return TRUE;
}

/* zf_truth_place for neighbours. */
static gboolean
place_fresh (ZfWrite *write, ZfAbove *above, ZfRecord *record, GError **error)
{
  const char *field = zf_kind_parent_field (record->kind);
  const char *parent = field != NULL ? zf_record_get_string (record, field, NULL) : NULL;

  if (parent == NULL)
    return zf_truth_place (write, record, error);
  if (!look_above (write->db, above, parent, error))
    return FALSE;
  if (above->del != NULL && g_str_has_prefix (above->del, MERGED))
    return zf_truth_place (write, record, error);
  record->parent = g_strdup (parent);
  if (zf_truth_village_field (record->kind) == NULL)
    record->village = g_strdup ("*");
  else
    record->village = g_strdup (zf_truth_is_below_village (write->kinds, record->kind) ? parent : above->village);
  return TRUE;
}

static gboolean
has_children (ZfDb *db, const char *id)
{
  return zf_db_get_int (db, 0, "SELECT 1 FROM record WHERE parent = ?1 LIMIT 1", "s", id) == 1;
}

static gboolean
insert_fresh (ZfWrite *write, const ZfReady *ready, GError **error)
{
  const ZfRecord *record = ready->record;
  sqlite3_stmt *stmt = zf_db_prepare (write->db,
                                      "INSERT INTO record (id, kind, parent, village, rev, cur, meta, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                      error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, record->id, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 2, record->kind_name, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 3, record->parent, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 4, record->village, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 5, record->rev);
  sqlite3_bind_text (stmt, 6, ready->cur, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 7, ready->meta, -1, SQLITE_STATIC);
  sqlite3_bind_blob (stmt, 8, ready->digest.b, ZF_DIGEST_BYTES, SQLITE_STATIC);
  return zf_db_step (write->db, stmt, NULL, error);
}

gboolean
zf_truth_insert (ZfWrite *write, ZfBulk *bulk, ZfAbove *above, const ZfReady *ready, gint64 *row, GError **error)
{
  ZfRecord *record = ready->record;
  const ZfCount nothing = { 0 };
  ZfCount count = { .has = TRUE, .digest = ready->digest };
  gboolean alone = ready->searched && !has_children (write->db, record->id);

  g_clear_pointer (&record->parent, g_free);
  g_clear_pointer (&record->village, g_free);
  if (g_strcmp0 (above->id, record->id) == 0)
    zf_above_clear (above);
  if (!place_fresh (write, above, record, error))
    return FALSE;
  count.village = record->village;
  if (!insert_fresh (write, ready, error))
    return FALSE;
  *row = sqlite3_last_insert_rowid (zf_db_handle (write->db));
  if (!zf_count_move (write, &nothing, &count, error))
    return FALSE;
  zf_store_note (write->store, record->kind_name, record->id);
  if (alone)
    return zf_bulk_add (bulk, record, ready->words, ready->name, error);
  return zf_bulk_flush (bulk, error) && zf_derived_update (write->db, write->kinds, NULL, record, write->now_ms, error) &&
         children_follow (write, NULL, record, FALSE, error);
}

gboolean
zf_truth_remove (ZfWrite *write, const ZfRecord *record, GError **error)
{
  g_autoptr (ZfRecord) gone = zf_truth_copy (record);
  g_auto (ZfCount) was = { 0 };
  const ZfCount nothing = { 0 };

  if (!zf_count_load (write->db, record->id, &was, error) || !zf_count_move (write, &was, &nothing, error))
    return FALSE;
  g_free (gone->del);
  gone->del = g_strdup ("moved");
  /* First the row: derived tables look up in record what stands above others. */
  if (!zf_db_run (write->db, error, "DELETE FROM record WHERE id = ?1", "s", record->id) ||
      !zf_derived_remove (write->db, write->kinds, gone, write->now_ms, error))
    return FALSE;
  zf_store_note (write->store, record->kind_name, record->id);
  return TRUE;
}
