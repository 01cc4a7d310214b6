/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Giving up a village (sync.md 2.6). */

#include "zf-ledger-private.h"

#include "zf-photo.h"
#include "zf-plant.h"

#define CHUNK 50
#define META_LEAVING "leaving"
#define META_UNSENT "leaving_after"

typedef struct
{
  const char *village;
  gint64 until_us;
  gboolean done;         /* no record is left to look at */
  GPtrArray *files;      /* hashes whose files nobody needs */
} Leave;

/* What is not acknowledged stays, marked as moved, until it is. */
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
  if (ZF_PLANT (LEAVE_DROPS_UNSENT) || !zf_ledger_has_unsent (write->db, id))
    return zf_ledger_forget (write, record, error);
  after = zf_truth_copy (record);
  g_free (after->del);
  after->del = g_strdup ("moved");
  return zf_truth_store_base (write, record, after, FALSE, error);
}

/* Ids behind the last one looked at, so that those which stay are looked at once. */
static GPtrArray *
some_records (ZfDb *db, const char *village, const char *after, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id FROM record WHERE village = ?1 AND id > ?2 ORDER BY id LIMIT ?3", error);
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

static gboolean
leave_some (ZfWrite *write, Leave *leave, GError **error)
{
  g_autofree char *after = zf_meta_get (write->db, META_UNSENT);
  g_autoptr (GPtrArray) ids = some_records (write->db, leave->village, after, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!leave_one (write, ids->pdata[i], error))
      return FALSE;
  leave->done = ids->len < CHUNK;
  return ids->len == 0 || zf_meta_set (write->db, META_UNSENT, ids->pdata[ids->len - 1], error);
}

/* Photo files that no photo record of this store names any more; what is only here stays. */
static gboolean
forget_files (ZfDb *db, Leave *leave, GError **error)
{
  g_autoptr (GPtrArray) hashes = zf_truth_ids (db,
                                               "SELECT sha256 FROM blob WHERE state <> 0 AND ?1 IS NULL AND sha256 NOT IN "
                                               "(SELECT json_extract (cur, '$.sha256') FROM record WHERE kind = 'photo' AND cur LIKE '%sha256%')",
                                               NULL, error);

  for (guint i = 0; hashes != NULL && i < hashes->len; i++)
    if (!zf_db_run (db, error, "DELETE FROM blob WHERE sha256 = ?1", "s", hashes->pdata[i]))
      return FALSE;
  leave->files = hashes != NULL ? g_steal_pointer (&hashes) : NULL;
  return leave->files != NULL;
}

static gboolean
end_leave (ZfDb *db, Leave *leave, GError **error)
{
  return forget_files (db, leave, error) && zf_db_run (db, error, "DELETE FROM cursor WHERE village = ?1", "s", leave->village) &&
         zf_db_run (db, error, "DELETE FROM digest WHERE village = ?1", "s", leave->village) &&
         zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN (?1, ?2)", "ss", META_LEAVING, META_UNSENT);
}

static gboolean
leave_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Leave *leave = data;
  g_autofree char *begun = zf_meta_get (db, META_LEAVING);
  ZfWrite write;

  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  /* Held as part of everything, or as a name for everything: only the name goes. */
  if (g_str_equal (leave->village, "all") || zf_db_get_int (db, 0, "SELECT 1 FROM cursor WHERE village = 'all'", "") == 1)
    {
      leave->done = TRUE;
      return zf_db_run (db, error, "DELETE FROM cursor WHERE village = ?1", "s", leave->village);
    }
  if (g_strcmp0 (begun, leave->village) != 0 && !(zf_db_run (db, error, "DELETE FROM meta_kv WHERE key = ?1", "s", META_UNSENT) &&
                                                  zf_meta_set (db, META_LEAVING, leave->village, error)))
    return FALSE;
  leave->until_us += g_get_monotonic_time ();
  do
    if (!leave_some (&write, leave, error))
      return FALSE;
  while (!leave->done && g_get_monotonic_time () < leave->until_us);
  return !leave->done || end_leave (db, leave, error);
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
  Leave leave = { .village = village, .until_us = (gint64) slice_ms * 1000 };
  gboolean ok = zf_store_write_ranked (store, ZF_RANK_BACKGROUND, leave_job, &leave, error);

  if (ok && leave.files != NULL)
    remove_files (store, leave.files);
  g_clear_pointer (&leave.files, g_ptr_array_unref);
  *done = ok && leave.done;
  return ok;
}
