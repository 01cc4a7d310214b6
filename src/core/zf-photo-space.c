/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Making room: only what the county's backup holds may go. */

#include "zf-flat.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-plant.h"
#include "zf-store-private.h"

#define AT_ONCE 32

typedef struct
{
  char *sha256;
  gint64 size;
  gboolean named;        /* a living record shows it */
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->sha256);
  g_free (candidate);
}

gint64
zf_photo_reclaimable (ZfReader *reader)
{
  return zf_db_get_int (zf_reader_db (reader), 0, "SELECT CAST(total(size) AS INTEGER) FROM blob WHERE state = 2", "");
}

/* Oldest by the time of the picture; without a photo kind every file is nobody's, and stays. */
static const char *
candidates_sql (ZfKinds *kinds)
{
  const ZfFlat *photo = zf_flat_get (kinds, "photo");
  const ZfFlatColumn *taken = photo != NULL ? zf_flat_column (photo, "taken") : NULL;
  g_autofree char *sql = NULL;

  if (photo == NULL || zf_flat_column (photo, "sha256") == NULL)
    return NULL;
  sql = g_strdup_printf ("SELECT b.sha256, b.size, p.id IS NOT NULL FROM blob b LEFT JOIN %s p ON p.sha256 = b.sha256 WHERE b.state >= ?1 AND "
                         "b.state < 3 GROUP BY b.sha256 ORDER BY p.id IS NOT NULL, max (%s), b.sha256 LIMIT %d",
                         photo->table[ZF_LIVE], taken != NULL ? taken->sql : "p.id", AT_ONCE);
  return g_intern_string (sql);
}

static gboolean
drop_row (ZfDb *db, const Candidate *candidate, GError **error)
{
  if (candidate->named)
    return zf_db_run (db, error, "UPDATE blob SET state = 3, url = NULL, offset = 0 WHERE sha256 = ?1", "s", candidate->sha256);
  return zf_db_run (db, error, "DELETE FROM blob WHERE sha256 = ?1", "s", candidate->sha256);
}

typedef struct
{
  gint64 bytes;
  GPtrArray *chosen;
} Choice;

/* The rows first: a kill in between leaves a file too many, never a row that promises one. */
static gboolean
choose_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Choice *choice = data;
  const char *sql = candidates_sql (zf_store_kinds (store));
  sqlite3_stmt *stmt = sql != NULL ? zf_db_prepare (db, sql, error) : NULL;
  gboolean row = stmt != NULL;

  if (sql != NULL && stmt == NULL)
    return FALSE;
  if (stmt != NULL)
    zf_db_bind (stmt, "i", (gint64) (ZF_PLANT (BLOB_DELETED_BEFORE_DURABLE) ? ZF_BLOB_LOCAL : ZF_BLOB_DURABLE));
  while (row && choice->bytes > 0)
    {
      Candidate *candidate;

      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      candidate = g_new0 (Candidate, 1);
      candidate->sha256 = g_strdup (zf_db_text (stmt, 0));
      candidate->size = sqlite3_column_int64 (stmt, 1);
      candidate->named = sqlite3_column_int (stmt, 2) != 0;
      choice->bytes -= candidate->size;
      g_ptr_array_add (choice->chosen, candidate);
    }
  if (row)
    sqlite3_reset (stmt);
  for (guint i = 0; i < choice->chosen->len; i++)
    if (!drop_row (db, choice->chosen->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
remove_files (ZfStore *store, const Candidate *candidate, GError **error)
{
  g_autofree char *full = zf_photo_path (zf_store_dir (store), candidate->sha256, FALSE);
  g_autofree char *thumb = zf_photo_path (zf_store_dir (store), candidate->sha256, TRUE);

  return zf_files_remove (zf_store_files (store), full, error) &&
         (candidate->named || zf_files_remove (zf_store_files (store), thumb, error));
}

gboolean
zf_photo_free_space (ZfStore *store, gint64 bytes, gint64 *freed, GError **error)
{
  gint64 total = 0;
  guint chosen = 0;

  do
    {
      g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (candidate_free);
      Choice choice = { bytes - total, candidates };

      if (!zf_store_write (store, choose_job, &choice, error))
        return FALSE;
      zf_crash_point ("photo-given-up");
      for (guint i = 0; i < candidates->len; i++)
        {
          if (!remove_files (store, candidates->pdata[i], error))
            return FALSE;
          total += ((Candidate *) candidates->pdata[i])->size;
        }
      chosen = candidates->len;
    }
  while (chosen > 0 && total < bytes);
  if (freed != NULL)
    *freed = total;
  return TRUE;
}
