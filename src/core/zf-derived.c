/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-derived.h"

#include "zf-derived-private.h"
#include "zf-error.h"
#include "zf-flat.h"
#include "zf-home.h"
#include "zf-json.h"
#include "zf-place.h"
#include "zf-schema.h"
#include "zf-search.h"
#include "zf-tally.h"

/* meta_kv keys: what the derived tables were made for. */
#define KEY_FIXED "derived"
#define KEY_FLAT "flat:"

/* Children of children of children …: kind files may be circular. */
#define MAX_DEPTH 8

static const char *const fixed_tables[] = { "tally", "place", "home", "search_row", "search", "dirty" };

static JsonObject *
parse_object (const char *text, GError **error)
{
  return text != NULL ? zf_json_parse_object (text, -1, error) : NULL;
}

static ZfRecord *
record_from_row (ZfKinds *kinds, sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (ZfRecord) record = g_new0 (ZfRecord, 1);
  GError *local = NULL;

  record->id = g_strdup (zf_db_text (stmt, 0));
  record->kind_name = g_strdup (zf_db_text (stmt, 1));
  record->kind = zf_kinds_get (kinds, record->kind_name);
  record->parent = g_strdup (zf_db_text (stmt, 2));
  record->village = g_strdup (zf_db_text (stmt, 3));
  record->rev = sqlite3_column_int64 (stmt, 4);
  record->del = g_strdup (zf_db_text (stmt, 5));
  record->base_del = g_strdup (zf_db_text (stmt, 10));
  record->fields = parse_object (zf_db_text (stmt, 6), &local);
  if (local == NULL)
    record->base = parse_object (zf_db_text (stmt, 7), &local);
  if (local == NULL)
    record->meta = parse_object (zf_db_text (stmt, 8), &local);
  if (local == NULL)
    record->extra = parse_object (zf_db_text (stmt, 9), &local);
  if (local == NULL)
    return g_steal_pointer (&record);
  g_error_free (local);
  g_set_error (error, ZF_ERROR, ZF_ERROR_CORRUPT, "A stored record of kind “%s” cannot be read", record->kind_name);
  return NULL;
}

ZfRecord *
zf_derived_load (ZfDb *db, ZfKinds *kinds, const char *id, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, kind, parent, village, rev, del, cur, base, meta, extra, base_del FROM main.record WHERE id = ?1",
                                      error);
  gboolean row = FALSE;
  ZfRecord *record = NULL;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row, error) || !row)
    return NULL;
  record = record_from_row (kinds, stmt, error);
  sqlite3_reset (stmt);
  return record;
}

gboolean
zf_derived_mark_dirty (ZfDb *db, const char *home, gint64 now_ms, GError **error)
{
  return zf_db_run (db, error, "INSERT INTO main.dirty (id, at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET at = ?2", "si", home,
                    now_ms);
}

static gboolean
mark_home (ZfDb *db, ZfKinds *kinds, const ZfKind *kind, const char *id, const char *parent, gint64 now_ms, GError **error)
{
  gboolean is_household = FALSE;
  g_autofree char *home = zf_home_find (db, kinds, kind, id, parent, &is_household);

  return !is_household || zf_derived_mark_dirty (db, home, now_ms, error);
}

static void
flat_row_of (ZfDb *db, const ZfFlat *flat, const ZfRecord *record, ZfFlatRow *row)
{
  JsonNode *date = flat->date != NULL ? json_object_get_member (record->fields, flat->date->name) : NULL;

  row->exists = record->del == NULL;
  row->head = row->exists && !zf_flat_superseded (db, flat, record->id);
  row->parent = g_strdup (record->parent);
  row->date = zf_flat_date (date);
  if (row->exists && flat->supersedes != NULL)
    row->supersedes = g_strdup (zf_record_get_string (record, "supersedes", NULL));
}

/* Brings every derived row of one record to what it is now. */
static gboolean
refresh (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, const ZfRecord *record, ZfFlatRow *was, ZfFlatRow *is, GError **error)
{
  gboolean visible;

  if (!zf_flat_find (db, flat, record->id, was, error))
    return FALSE;
  flat_row_of (db, flat, record, is);
  visible = is->exists && is->head;
  return (is->exists ? zf_flat_put (db, flat, ZF_LIVE, record, is->head, error) : zf_flat_remove (db, flat, record->id, error)) &&
         zf_tally_move (db, flat, was, is, error) &&
         zf_place_update (db, ZF_LIVE, record, visible, error) &&
         zf_search_update (db, kinds, record, visible, error);
}

/* What a correction replaces stops being a head, whichever of the two arrived first; and is one again when the correction goes. */
static gboolean
refresh_superseded (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, const char *id, GError **error)
{
  g_auto (ZfFlatRow) was = { 0 };
  g_auto (ZfFlatRow) is = { 0 };
  g_autoptr (ZfRecord) target = NULL;
  GError *local = NULL;

  if (id == NULL)
    return TRUE;
  target = zf_derived_load (db, kinds, id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (target == NULL || target->del != NULL || target->kind != flat->kind)
    return TRUE;
  return refresh (db, kinds, flat, target, &was, &is, error);
}

/* Only below kinds that stand between a household and others: the home of a direct child is its parent, known or not. */
static gboolean
children_follow (ZfDb *db, ZfKinds *kinds, const char *id, guint depth, gint64 now_ms, GError **error)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, kind FROM main.record WHERE parent = ?1", error);
  gboolean row = FALSE, ok = stmt != NULL;

  if (ok)
    zf_db_bind (stmt, "s", id);
  while (ok && (ok = zf_db_step (db, stmt, &row, error)) && row)
    {
      g_ptr_array_add (children, g_strdup (zf_db_text (stmt, 0)));
      g_ptr_array_add (children, g_strdup (zf_db_text (stmt, 1)));
    }
  for (guint i = 0; ok && i < children->len; i += 2)
    {
      const ZfKind *kind = zf_kinds_get (kinds, children->pdata[i + 1]);
      g_autofree char *home = kind != NULL ? zf_home_find (db, kinds, kind, children->pdata[i], id, NULL) : NULL;

      ok = kind == NULL || (zf_search_rehome (db, children->pdata[i], home, error) &&
                            mark_home (db, kinds, kind, children->pdata[i], id, now_ms, error) &&
                            (depth == 0 || children_follow (db, kinds, children->pdata[i], depth - 1, now_ms, error)));
    }
  return ok;
}

gboolean
zf_derived_update (ZfDb *db, ZfKinds *kinds, const ZfRecord *before, const ZfRecord *after, gint64 now_ms, GError **error)
{
  const ZfFlat *flat = zf_flat_get (kinds, after->kind_name);
  g_auto (ZfFlatRow) was = { 0 };
  g_auto (ZfFlatRow) is = { 0 };
  gboolean moved;

  if (flat == NULL)
    return TRUE;
  moved = before == NULL || g_strcmp0 (before->parent, after->parent) != 0;
  if (!refresh (db, kinds, flat, after, &was, &is, error))
    return FALSE;
  if (g_strcmp0 (was.supersedes, is.supersedes) != 0 && (!refresh_superseded (db, kinds, flat, was.supersedes, error) ||
                                                         !refresh_superseded (db, kinds, flat, is.supersedes, error)))
    return FALSE;
  if (moved && zf_home_depth (kinds, flat->kind, NULL) > 0 && !children_follow (db, kinds, after->id, MAX_DEPTH, now_ms, error))
    return FALSE;
  if (before != NULL && moved && !mark_home (db, kinds, flat->kind, before->id, before->parent, now_ms, error))
    return FALSE;
  return mark_home (db, kinds, flat->kind, after->id, after->parent, now_ms, error);
}

gboolean
zf_derived_remove (ZfDb *db, ZfKinds *kinds, const ZfRecord *gone, gint64 now_ms, GError **error)
{
  return zf_derived_update (db, kinds, NULL, gone, now_ms, error);
}

static gboolean
fill_record (ZfDb *db, const ZfFlat *flat, ZfSide side, const ZfRecord *record, GError **error)
{
  return zf_flat_put (db, flat, side, record, TRUE, error) &&
         (!zf_kind_place (flat->kind, NULL, NULL) || zf_place_update (db, side, record, TRUE, error));
}

/* Rows of superseded records are written first and taken back here: a correction may stand before what it corrects. */
static gboolean
settle_heads (ZfDb *db, const ZfFlat *flat, ZfSide side, GError **error)
{
  static const char *const place[] = { "main.place", "temp.place" };
  g_autofree char *sql = NULL;

  if (flat->supersedes == NULL)
    return TRUE;
  sql = g_strdup_printf ("DELETE FROM %s WHERE id IN (SELECT id FROM %s WHERE head = 0)", place[side], flat->table[side]);
  return zf_db_run (db, error, flat->settle[side], "") && zf_db_run (db, error, sql, "");
}

gboolean
zf_derived_fill_kind (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, ZfSide side, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, kind, parent, village, rev, del, cur, NULL, NULL, NULL FROM main.record "
                                          "WHERE kind = ?1 AND del IS NULL ORDER BY id", error);
  gboolean row = FALSE, ok = stmt != NULL;

  if (ok)
    zf_db_bind (stmt, "s", flat->name);
  while (ok && (ok = zf_db_step (db, stmt, &row, error)) && row)
    {
      g_autoptr (ZfRecord) record = record_from_row (kinds, stmt, error);

      ok = record != NULL && fill_record (db, flat, side, record, error);
    }
  if (stmt != NULL)
    sqlite3_reset (stmt);
  return ok && settle_heads (db, flat, side, error) && zf_search_fill (db, kinds, flat, side, error) &&
         zf_tally_fill (db, flat, side, error);
}

/* Numbers by village, so that the rows of a list's page lie side by side. */
static gboolean
number_homes (ZfDb *db, const ZfFlat *flat, GError **error)
{
  return !flat->numbered ||
         zf_db_run (db, error,
                    "INSERT INTO main.home (id) SELECT id FROM main.record WHERE kind = ?1 AND del IS NULL AND "
                    "id NOT IN (SELECT id FROM main.home) ORDER BY village, id", "s", flat->name);
}

static gboolean
drop_flat (ZfDb *db, const char *kind, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("DROP TABLE IF EXISTS main.\"k_%s\"", kind);
  g_autofree char *key = g_strconcat (KEY_FLAT, kind, NULL);

  return zf_db_exec (db, sql, error) && zf_db_run (db, error, "DELETE FROM main.tally WHERE kind = ?1", "s", kind) &&
         zf_db_run (db, error, "DELETE FROM main.place WHERE kind = ?1", "s", kind) && zf_search_drop_kind (db, kind, error) &&
         zf_db_run (db, error, "DELETE FROM main.meta_kv WHERE key = ?1", "s", key);
}

static gboolean
remake_flat (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, GError **error)
{
  g_autofree char *key = g_strconcat (KEY_FLAT, flat->name, NULL);

  return drop_flat (db, flat->name, error) && zf_db_exec (db, flat->create[ZF_LIVE], error) &&
         number_homes (db, flat, error) && zf_derived_fill_kind (db, kinds, flat, ZF_LIVE, error) && zf_db_exec (db, flat->indexes, error) &&
         zf_db_run (db, error, "INSERT OR REPLACE INTO main.meta_kv (key, value) VALUES (?1, ?2)", "ss", key, flat->fingerprint);
}

static gboolean
is_current (ZfDb *db, const ZfFlat *flat)
{
  g_autofree char *key = g_strconcat (KEY_FLAT, flat->name, NULL);
  g_autofree char *made_for = zf_db_get_text (db, "SELECT value FROM main.meta_kv WHERE key = ?1", "s", key);

  return g_strcmp0 (made_for, flat->fingerprint) == 0;
}

static GPtrArray *
made_kinds (ZfDb *db, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT substr (key, 6) FROM main.meta_kv WHERE key >= 'flat:' AND key < 'flat;'", error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return NULL;
  while (zf_db_step (db, stmt, &row, error))
    {
      if (!row)
        return g_steal_pointer (&names);
      g_ptr_array_add (names, g_strdup (zf_db_text (stmt, 0)));
    }
  return NULL;
}

/* Tables of kinds whose file is gone; all tables when @all. */
static gboolean
drop_flats (ZfDb *db, ZfKinds *kinds, gboolean all, GError **error)
{
  g_autoptr (GPtrArray) names = made_kinds (db, error);

  for (guint i = 0; names != NULL && i < names->len; i++)
    if ((all || zf_kinds_get (kinds, names->pdata[i]) == NULL) && !drop_flat (db, names->pdata[i], error))
      return FALSE;
  return names != NULL;
}

static gboolean
make_fixed (ZfDb *db, GError **error)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, zf_schema_derived (), -1);

  for (guint i = 0; i < G_N_ELEMENTS (fixed_tables); i++)
    {
      g_autofree char *sql = g_strconcat ("DROP TABLE IF EXISTS main.", fixed_tables[i], NULL);

      if (!zf_db_exec (db, sql, error))
        return FALSE;
    }
  return zf_db_exec (db, zf_schema_derived (), error) &&
         zf_db_run (db, error, "INSERT OR REPLACE INTO main.meta_kv (key, value) VALUES (?1, ?2)", "ss", KEY_FIXED, sum);
}

static gboolean
fixed_is_current (ZfDb *db)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, zf_schema_derived (), -1);
  g_autofree char *made_for = zf_db_get_text (db, "SELECT value FROM main.meta_kv WHERE key = ?1", "s", KEY_FIXED);

  return g_strcmp0 (sum, made_for) == 0;
}

static gboolean
mark_all_dirty (ZfDb *db, gint64 now_ms, GError **error)
{
  return zf_db_run (db, error, "INSERT OR REPLACE INTO main.dirty (id, at) SELECT id, ?1 FROM main.record "
                               "WHERE kind = ?2 AND del IS NULL", "is", now_ms, ZF_KIND_HOUSEHOLD);
}

/* Many words written at once leave many pieces of the index, which later saves would have to join: 45 ms for one of them. */
static gboolean
join_words (ZfDb *db, GError **error)
{
  return zf_db_run (db, error, "INSERT INTO main.search (search) VALUES ('optimize')", "");
}

gboolean
zf_derived_prepare (ZfDb *db, ZfKinds *kinds, GError **error)
{
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);
  gboolean current = fixed_is_current (db);
  gboolean remade = FALSE;

  if (!current && (!make_fixed (db, error) || !mark_all_dirty (db, 0, error)))
    return FALSE;
  if (!drop_flats (db, kinds, !current, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      const ZfFlat *flat = zf_flat_get (kinds, zf_kind_name (list->pdata[i]));

      if (is_current (db, flat))
        continue;
      if (!remake_flat (db, kinds, flat, error))
        return FALSE;
      remade = TRUE;
    }
  return !remade || join_words (db, error);
}

gboolean
zf_derived_rebuild (ZfDb *db, ZfKinds *kinds, gint64 now_ms, GError **error)
{
  /* Flat tables go while the fixed ones are still there to be cleared of their rows. */
  if (!fixed_is_current (db) && !make_fixed (db, error))
    return FALSE;
  return drop_flats (db, kinds, TRUE, error) && make_fixed (db, error) && zf_derived_prepare (db, kinds, error) &&
         mark_all_dirty (db, now_ms, error);
}
