/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Copying villages whole. */

#include "zf-ledger-private.h"

#include <string.h>

#include "zf-count.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-value.h"

static char **
strings_of (GPtrArray *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names != NULL && i < names->len; i++)
    g_strv_builder_add (builder, names->pdata[i]);
  return g_strv_builder_end (builder);
}

/* A cursor below 0: what stands here of the village is not what the county holds now, and is to be copied. */
char **
zf_ledger_villages (ZfReader *reader)
{
  g_autoptr (GPtrArray) names =
    zf_truth_ids (zf_reader_db (reader), "SELECT village FROM cursor WHERE seq >= 0 AND ?1 IS NULL ORDER BY 1", NULL, NULL);

  return strings_of (names);
}

char **
zf_ledger_strays (ZfReader *reader)
{
  g_autoptr (GPtrArray) names =
    zf_truth_ids (zf_reader_db (reader), "SELECT village FROM cursor WHERE seq < 0 AND ?1 IS NULL ORDER BY 1", NULL, NULL);

  return strings_of (names);
}

#define META_AT "snapshot_at"         /* last row looked at of what must perhaps go */
#define DROP_CHUNK 256

static gboolean
clear_copy (ZfDb *db, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM snapshot", "") && zf_db_run (db, error, "DELETE FROM snapshot_id", "") && zf_stage_clear (db, error) &&
         zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN (?1, ?2, ?3, ?4)", "ssss", ZF_META_FRESH, ZF_META_DIRECT, ZF_META_LAST,
                    META_AT);
}

typedef struct
{
  const char *scope;
  gint64 seq;
  JsonArray *parts;
} Begin;

/* SQL, of a row of record: whether the county listed it in scope ?1, alive or not. */
#define LISTED_IN_SCOPE "(rev > 0 AND (?1 = 'all' OR " ZF_SQL_LISTED ("ifnull (counted, village)", "?1") " = ?1))"

/* A record that ended, and a question about one that no longer counts, are something that stands here too. */
static gboolean
is_fresh (ZfDb *db, const char *scope)
{
  if (zf_db_get_int (db, 1, "SELECT EXISTS (SELECT 1 FROM conflict WHERE open = 1)", "") == 1)
    return FALSE;
  return zf_db_get_int (db, 0, "SELECT 1 FROM record WHERE " LISTED_IN_SCOPE " LIMIT 1", "s", scope) == 0;
}

/* County-wide records are here from the start: they stand in no household. */
static gboolean
is_direct (ZfDb *db, const char *scope)
{
  return is_fresh (db, scope) ||
         (strcmp (scope, "all") == 0 && zf_db_get_int (db, 0, "SELECT 1 FROM digest WHERE village <> '*' LIMIT 1", "") == 0);
}

static gboolean
note_state (ZfDb *db, const char *scope, GError **error)
{
  return zf_meta_set_int (db, ZF_META_FRESH, is_fresh (db, scope), error) && zf_meta_set_int (db, ZF_META_DIRECT, is_direct (db, scope), error) &&
         zf_meta_set_int (db, ZF_META_LAST, zf_db_get_int (db, 0, "SELECT max (rowid) FROM record", ""), error);
}

static gboolean
begin_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Begin *begin = data;
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), begin->parts);
  g_autofree char *text = zf_json_canonical (node);
  g_autofree char *now =
    zf_db_get_text (db, "SELECT parts FROM snapshot WHERE village = ?1 AND seq = ?2", "si", begin->scope, begin->seq);

  if (g_strcmp0 (now, text) == 0)
    return TRUE;
  return clear_copy (db, error) && zf_ledger_forget_leaving (db, error) &&
         zf_db_run (db, error, "INSERT OR REPLACE INTO cursor (village, seq) VALUES (?1, -1)", "s", begin->scope) &&
         note_state (db, begin->scope, error) &&
         zf_db_run (db, error, "INSERT INTO snapshot (village, seq, parts, next) VALUES (?1, ?2, ?3, 0)", "sis", begin->scope, begin->seq, text);
}

gboolean
zf_ledger_snapshot_begin (ZfStore *store, const char *scope, gint64 seq, JsonArray *parts, GError **error)
{
  Begin begin = { scope, seq, parts };

  g_return_val_if_fail (scope != NULL && parts != NULL, FALSE);

  return zf_store_write (store, begin_job, &begin, error);
}

static gboolean
drop_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return clear_copy (db, error);
}

gboolean
zf_ledger_snapshot_drop (ZfStore *store, GError **error)
{
  return zf_store_write (store, drop_job, NULL, error);
}

/* Of the row of `snapshot` at which @stmt stands. *part stays NULL when all parts are here. */
static gboolean
read_copy (ZfDb *db, sqlite3_stmt *stmt, char **scope, JsonObject **part, GError **error)
{
  const char *village = zf_db_text (stmt, 0), *text = zf_db_text (stmt, 2);
  g_autoptr (JsonNode) parts = NULL;
  guint n;

  if (village == NULL || text == NULL)
    {
      zf_db_set_error (db, SQLITE_NOMEM, error);
      return FALSE;
    }
  parts = zf_json_parse (text, -1, error);
  if (parts == NULL)
    return FALSE;
  n = json_array_get_length (json_node_get_array (parts));
  *scope = g_strdup (village);
  if (sqlite3_column_int64 (stmt, 3) >= n)
    return TRUE;
  *part = zf_fields_copy (json_array_get_object_element (json_node_get_array (parts), (guint) sqlite3_column_int64 (stmt, 3)));
  json_object_set_string_member (*part, "scope", village);
  json_object_set_int_member (*part, "of", n);
  json_object_set_int_member (*part, "seq", sqlite3_column_int64 (stmt, 1));
  return TRUE;
}

/* A copy that could not be read is not taken for none: another would be begun. */
gboolean
zf_ledger_snapshot_next (ZfReader *reader, char **scope, JsonObject **part, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT village, seq, parts, next FROM snapshot", error);
  gboolean row = FALSE, ok = TRUE;

  *scope = NULL;
  *part = NULL;
  if (stmt == NULL || !zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    ok = read_copy (db, stmt, scope, part, error);
  sqlite3_reset (stmt);
  return ok;
}

/* What stood here and is not in the copy */

/* Nobody asks about it at the county as it is now. */
static gboolean
make_void (ZfWrite *write, const ZfRecord *record, GError **error)
{
  g_autoptr (ZfRecord) after = zf_truth_copy (record);

  if (!zf_db_run (write->db, error, "DELETE FROM conflict WHERE record = ?1 AND open = 1", "s", record->id))
    return FALSE;

  if (after->base == NULL)
    after->base = json_object_ref (record->fields);
  after->rev = 0;
  return zf_truth_store_base (write, record, after, error);
}

/* Where the county lists @record. What ended counts in no sum, and may be shown here where it was before: of a household its own field says it. */
static gboolean
village_of (ZfWrite *write, const ZfRecord *record, char **village, GError **error)
{
  gboolean ended = record->base_del != NULL && !g_str_has_prefix (record->base_del, "merged:");

  if (ended && record->kind != NULL && zf_truth_is_below_village (write->kinds, record->kind))
    return zf_count_village (write, record, village, error);
  *village = zf_db_get_text (write->db, "SELECT " ZF_SQL_SURVIVORS_VILLAGE ("?1"), "s", record->id);
  return TRUE;
}

/* Acknowledged work may be newer than the copy: the feed after it brings it again. */
static gboolean
drop_one (ZfWrite *write, const char *scope, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);
  g_autofree char *village = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record == NULL)
    return TRUE;
  if (!village_of (write, record, &village, error))
    return FALSE;
  if (village != NULL && strcmp (scope, "all") != 0 && strcmp (village, scope) != 0)
    return TRUE;
  return zf_ledger_has_pending (write->db, id) ? make_void (write, record, error) : zf_ledger_forget (write, record, error);
}

static GPtrArray *
left_over (ZfDb *db, const char *scope, gint64 *at, gboolean *end, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT rowid, id, (" LISTED_IN_SCOPE " AND "
                                      "id NOT IN (SELECT id FROM snapshot_id)) FROM record WHERE rowid > ?2 AND rowid <= ?4 ORDER BY rowid LIMIT ?3",
                                      error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean row = TRUE;
  guint n = 0;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "siii", scope, *at, (gint64) DROP_CHUNK, zf_meta_get_int (db, ZF_META_LAST, G_MAXINT64));
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      n++;
      *at = sqlite3_column_int64 (stmt, 0);
      if (sqlite3_column_int (stmt, 2) == 1)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 1)));
    }
  *end = n < DROP_CHUNK;
  return g_steal_pointer (&ids);
}

static gboolean
drop_left_over (ZfApply *apply, const char *scope, gboolean *end, GError **error)
{
  gint64 at = zf_meta_get_int (apply->write.db, META_AT, 0);

  *end = zf_meta_get_int (apply->write.db, ZF_META_FRESH, 0) != 0;
  while (!*end)
    {
      g_autoptr (GPtrArray) ids = left_over (apply->write.db, scope, &at, end, error);

      if (ids == NULL)
        return FALSE;
      for (guint i = 0; i < ids->len; i++)
        if (!drop_one (&apply->write, scope, ids->pdata[i], error))
          return FALSE;
      if (zf_apply_is_over (apply))
        break;
    }
  return zf_meta_set_int (apply->write.db, META_AT, at, error);
}

/* An open question about @record_id that is not in the copy. *gone: it would be, if it still stood. */
static gboolean
look_at_question (ZfWrite *write, const char *scope, const char *record_id, gboolean *gone, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = NULL;
  g_autofree char *village = NULL;

  *gone = strcmp (scope, "all") == 0 || zf_db_get_int (write->db, 0, "SELECT 1 FROM snapshot_id WHERE id = ?1", "s", record_id) == 1;
  if (*gone)
    return TRUE;
  record = zf_truth_load (write, record_id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record != NULL && !village_of (write, record, &village, error))
    return FALSE;
  *gone = g_strcmp0 (village, scope) == 0;
  return TRUE;
}

/* A copy lists the open questions about each of its records, wherever that one is shown here: what else stood open was decided meanwhile, or the
 * county was set back to before it was asked. */
static gboolean
drop_questions (ZfWrite *write, const char *scope, GError **error)
{
  g_autoptr (GPtrArray) ids = NULL;

  if (zf_meta_get_int (write->db, ZF_META_FRESH, 0) != 0)
    return TRUE;
  ids = zf_truth_ids (write->db, "SELECT id FROM conflict WHERE open = 1 AND id NOT IN (SELECT id FROM snapshot_id) AND ?1 IS NULL", NULL, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autofree char *record = zf_db_get_text (write->db, "SELECT record FROM conflict WHERE id = ?1", "s", ids->pdata[i]);
      gboolean gone = FALSE;

      if (record == NULL || !look_at_question (write, scope, record, &gone, error) ||
          (gone && !zf_db_run (write->db, error, "DELETE FROM conflict WHERE id = ?1", "s", ids->pdata[i])))
        return FALSE;
    }
  return ids != NULL;
}

static gboolean
finish_copy (ZfWrite *write, const char *scope, GError **error)
{
  zf_crash_point ("snapshot-end");
  return drop_questions (write, scope, error) && zf_meta_set (write->db, ZF_LEDGER_AGREED, NULL, error) &&
         zf_db_run (write->db, error, "INSERT OR REPLACE INTO cursor (village, seq) SELECT village, seq FROM snapshot", "") && clear_copy (write->db, error);
}

typedef struct
{
  guint slice_ms;
  ZfApply apply;
} Slice;

static gboolean
slice_copy (ZfApply *apply, const char *scope, GError **error)
{
  gboolean empty = FALSE, end = FALSE;

  zf_crash_point ("snapshot-slice");
  zf_count_gather (&apply->write);
  if (!zf_apply_homes (apply, &empty, error))
    return FALSE;
  if (empty && !drop_left_over (apply, scope, &end, error))
    return FALSE;
  if (!zf_count_flush (&apply->write, error))
    return FALSE;
  apply->done = end;
  return !end || finish_copy (&apply->write, scope, error);
}

static gboolean
all_staged (ZfDb *db)
{
  return zf_db_get_int (db, 0, "SELECT next >= json_array_length (parts) FROM snapshot", "") == 1;
}

static gboolean
apply_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Slice *slice = data;
  g_autofree char *scope = zf_db_get_text (db, "SELECT village FROM snapshot", "");
  g_autofree char *restored = zf_meta_get (db, "old_epoch");
  gboolean ok;

  slice->apply.done = scope == NULL || !all_staged (db);
  if (slice->apply.done)
    return TRUE;
  zf_apply_init (&slice->apply, store, db);
  slice->apply.whole = TRUE;
  slice->apply.newer = restored == NULL;
  zf_apply_begin_slice (&slice->apply, slice->slice_ms);
  ok = slice_copy (&slice->apply, scope, error);
  zf_apply_clear (&slice->apply);
  return ok;
}

gboolean
zf_ledger_snapshot_apply (ZfStore *store, guint slice_ms, gboolean *done, guint *applied, GError **error)
{
  Slice slice = { .slice_ms = slice_ms };

  *done = FALSE;
  if (!zf_store_write_ranked (store, ZF_RANK_BACKGROUND, apply_job, &slice, error))
    return FALSE;
  *done = slice.apply.done;
  if (applied != NULL)
    *applied += slice.apply.applied;
  return TRUE;
}
