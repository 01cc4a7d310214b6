/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Giving up a village (sync.md 2.6): step by step, each in slices; meta_kv holds where it stands, so that it may stop anywhere. */

#include "zf-ledger-private.h"

#include <string.h>

#include "zf-count.h"
#include "zf-photo.h"
#include "zf-plant.h"

#define CHUNK 50
#define META_LEAVING "leaving"
#define META_STEP "leaving_step"
#define META_AFTER "leaving_after"
#define META_BEHIND "left_behind"   /* records stay marked as moved until they are acknowledged or finished */
#define MERGE_PAGES "200"

typedef struct
{
  const char *village;
  guint slice_ms;
  gint64 until_us;
  gboolean done;
  GPtrArray *files;      /* hashes whose files nobody needs */
  ZfWrite write;
} Leave;

static gboolean
is_kept (ZfDb *db, const char *id)
{
  return zf_ledger_has_unsent (db, id) ||
         zf_db_get_int (db, 0, "SELECT 1 FROM draft WHERE parent = ?1 AND answers <> '{}' LIMIT 1", "s", id) == 1;
}

/* Rows of the log that the county's backup holds too say no more than the record did. */
static gboolean
forget_record (ZfWrite *write, const ZfRecord *record, GError **error)
{
  return zf_db_run (write->db, error, "DELETE FROM draft WHERE parent = ?1", "s", record->id) &&
         zf_db_run (write->db, error,
                    "DELETE FROM change WHERE id = ?1 AND state IN (2, 3, 4) AND epoch = (SELECT value FROM meta_kv WHERE key = 'epoch') "
                    "AND lsn <= (SELECT CAST (value AS INTEGER) FROM meta_kv WHERE key = 'trimmed')",
                    "s", record->id) &&
         zf_ledger_forget (write, record, error);
}

/* What is not acknowledged stays, marked as moved, until it is; likewise what somebody is filling in a form about. */
static gboolean
leave_one (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);
  g_autoptr (ZfRecord) after = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record == NULL)
    return TRUE;
  if (!is_kept (write->db, id))
    return forget_record (write, record, error);
  after = zf_truth_copy (record);
  zf_ledger_mark_moved (after);
  return zf_truth_store_base (write, record, after, error) && zf_meta_set_int (write->db, META_BEHIND, 1, error);
}

/* What the county has in a village that stays came with the copy of that one: it is not left for a move that waits here, or that the county did not
 * take and that only the next pull takes back. It is counted there from now on: a decision that did not follow what it decides, and of which the
 * county may know nothing, is found by the sums. */
static gboolean
leave_unless_held (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);
  g_autofree char *village = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record != NULL && record->rev > 0 && !zf_count_village (write, record, &village, error))
    return FALSE;
  if (village != NULL && zf_db_get_int (write->db, 0, "SELECT 1 FROM cursor WHERE village = ?1 AND seq >= 0", "s", village) == 1)
    return zf_ledger_settle (write, id, error);
  return leave_one (write, id, error);
}

/* Ids behind the last one looked at, so that those which stay are looked at once. */
static GPtrArray *
some_records (ZfDb *db, const char *village, const char *after, GError **error)
{
  sqlite3_stmt *stmt =
    zf_db_prepare (db,
                   "WITH held AS (SELECT village FROM cursor WHERE seq >= 0) "
                   "SELECT id FROM record WHERE id > ?2 AND ((?1 <> 'all' AND (" ZF_SQL_LISTED ("village", "?1") " = ?1 OR counted = ?1)) OR "
                   "(?1 = 'all' AND (ifnull (" ZF_SQL_LISTED ("village", "''") ", '') NOT IN held OR counted NOT IN held))) "
                   "ORDER BY id LIMIT ?3",
                   error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ssi", village, after != NULL ? after : "", (gint64) CHUNK);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 0)));
    }
  return g_steal_pointer (&ids);
}

/* Steps: *done when the step is over. */

static gboolean
leave_records (Leave *leave, gboolean *done, GError **error)
{
  g_autofree char *after = zf_meta_get (leave->write.db, META_AFTER);
  g_autoptr (GPtrArray) ids = some_records (leave->write.db, leave->village, after, error);

  if (ids == NULL)
    return FALSE;
  zf_crash_point ("purge");
  for (guint i = 0; i < ids->len; i++)
    if (!leave_unless_held (&leave->write, ids->pdata[i], error))
      return FALSE;
  *done = ids->len < CHUNK;
  return ids->len == 0 || zf_meta_set (leave->write.db, META_AFTER, ids->pdata[ids->len - 1], error);
}

/* Deleted words stand in the pieces of the index until they are joined. */
static gboolean
leave_words (Leave *leave, gboolean *done, GError **error)
{
  ZfDb *db = leave->write.db;
  gboolean first = zf_meta_get_int (db, META_AFTER, 0) != 1;
  int before = sqlite3_total_changes (zf_db_handle (db));

  if (!zf_db_exec (db,
                   first ? "INSERT INTO search (search, rank) VALUES ('merge', -" MERGE_PAGES ")"
                         : "INSERT INTO search (search, rank) VALUES ('merge', " MERGE_PAGES ")",
                   error))
    return FALSE;
  *done = sqlite3_total_changes (zf_db_handle (db)) - before < 2;
  return zf_meta_set_int (db, META_AFTER, 1, error);
}

static gboolean
leave_imports (Leave *leave, gboolean *done, GError **error)
{
  *done = TRUE;
  return zf_db_run (leave->write.db, error, "DELETE FROM import_row WHERE record NOT IN (SELECT id FROM record)", "");
}

/* Photo files that no record of this store names any more. Only what stands in the county's backup too may go. */
static gboolean
leave_photos (Leave *leave, gboolean *done, GError **error)
{
  g_autoptr (GPtrArray) hashes =
    zf_truth_ids (leave->write.db,
                  "SELECT sha256 FROM blob WHERE state IN (2, 3) AND ?1 IS NULL AND sha256 NOT IN "
                  "(SELECT json_extract (cur, '$.sha256') FROM record WHERE cur LIKE '%\"sha256\":%')",
                  NULL, error);

  *done = TRUE;
  for (guint i = 0; hashes != NULL && i < hashes->len; i++)
    if (!zf_db_run (leave->write.db, error, "DELETE FROM blob WHERE sha256 = ?1", "s", hashes->pdata[i]))
      return FALSE;
  leave->files = hashes != NULL ? g_steal_pointer (&hashes) : NULL;
  return leave->files != NULL;
}

static gboolean (*const steps[]) (Leave *, gboolean *, GError **) = { leave_records, leave_words, leave_imports, leave_photos };

/* What is known as held must be whole: from here on the village is not. Pages that wait were pulled while it was: of records that are purged they would
 * leave pieces. The others' news comes again after their cursors. */
static gboolean
begin_leave (Leave *leave, GError **error)
{
  ZfDb *db = leave->write.db;
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  gint64 durable = MIN (zf_meta_get_int (db, "durable", 0), zf_ledger_last_in (db, epoch));

  return zf_stage_clear (db, error) && zf_meta_set (db, META_LEAVING, leave->village, error) && zf_meta_set (db, META_AFTER, NULL, error) &&
         zf_meta_set_int (db, META_STEP, 0, error) &&
         zf_meta_set_int (db, "trimmed", MAX (durable, zf_meta_get_int (db, "trimmed", 0)), error) &&
         zf_db_run (db, error, "INSERT OR REPLACE INTO cursor (village, seq) VALUES (?1, -1)", "s", leave->village);
}

static gboolean
take_steps (Leave *leave, GError **error)
{
  ZfDb *db = leave->write.db;
  gsize step = (gsize) zf_meta_get_int (db, META_STEP, 0);

  do
    {
      gboolean over = FALSE;

      if (step >= G_N_ELEMENTS (steps))
        break;
      if (!steps[step](leave, &over, error))
        return FALSE;
      if (!over)
        continue;
      step++;
      if (!zf_meta_set (db, META_AFTER, NULL, error) || !zf_meta_set_int (db, META_STEP, (gint64) step, error))
        return FALSE;
    }
  while (g_get_monotonic_time () < leave->until_us);
  leave->done = step >= G_N_ELEMENTS (steps);
  return TRUE;
}

static gboolean
leave_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Leave *leave = data;
  g_autofree char *begun = zf_meta_get (db, META_LEAVING);

  zf_write_init (&leave->write, store, db);
  leave->write.from_county = TRUE;
  /* Held as part of everything: only the name goes. */
  if (strcmp (leave->village, "all") != 0 && zf_db_get_int (db, 0, "SELECT 1 FROM cursor WHERE village = 'all' AND seq >= 0", "") == 1)
    {
      leave->done = TRUE;
      return TRUE;
    }
  if (g_strcmp0 (begun, leave->village) != 0 && !begin_leave (leave, error))
    return FALSE;
  leave->until_us = g_get_monotonic_time () + (gint64) leave->slice_ms * 1000;
  return take_steps (leave, error);
}

static gboolean
end_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return zf_ledger_forget_leaving (db, error) && zf_meta_set (db, ZF_LEDGER_AGREED, NULL, error) &&
         zf_db_run (db, error, "DELETE FROM cursor WHERE village = ?1", "s", (const char *) data);
}

gboolean
zf_ledger_forget_leaving (ZfDb *db, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN (?1, ?2, ?3)", "sss", META_LEAVING, META_STEP, META_AFTER);
}

static void
remove_files (ZfStore *store, GPtrArray *hashes)
{
  for (guint i = 0; i < hashes->len; i++)
    for (guint thumb = 0; thumb < 2; thumb++)
      {
        g_autofree char *path = zf_photo_path (zf_store_dir (store), hashes->pdata[i], thumb == 1);
        g_autoptr (GError) error = NULL;

        if (!zf_files_remove (zf_store_files (store), path, &error))
          g_message ("A photo file that is not needed any more stays: %s", error->message);
      }
}

gboolean
zf_ledger_leave (ZfStore *store, const char *village, guint slice_ms, gboolean *done, GError **error)
{
  Leave leave = { .village = village, .slice_ms = slice_ms };
  gboolean ok = zf_store_write_ranked (store, ZF_RANK_BACKGROUND, leave_job, &leave, error);

  if (ok && leave.files != NULL)
    remove_files (store, leave.files);
  g_clear_pointer (&leave.files, g_ptr_array_unref);
  if (ok && leave.done)
    {
      zf_store_compact (store);
      ok = zf_store_write_ranked (store, ZF_RANK_BACKGROUND, end_job, (gpointer) village, error);
    }
  *done = ok && leave.done;
  return ok;
}

/* What stayed behind for a reason that is gone */

gboolean
zf_ledger_sweep (ZfWrite *write, GError **error)
{
  g_autoptr (GPtrArray) ids = NULL;
  guint kept = 0;

  if (zf_meta_get_int (write->db, META_BEHIND, 0) == 0)
    return TRUE;
  ids = zf_truth_ids (write->db, "SELECT id FROM record WHERE base_del = ?1", "moved", error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      kept += is_kept (write->db, ids->pdata[i]);
      if (!is_kept (write->db, ids->pdata[i]) && !leave_one (write, ids->pdata[i], error))
        return FALSE;
    }
  return ids != NULL && (kept > 0 || zf_meta_set (write->db, META_BEHIND, NULL, error));
}
