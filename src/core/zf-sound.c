/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-db.h"
#include "zf-files.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-query.h"

/* Audio notes that nobody wants. What is not sent and named by no record any more goes for good; an upload under way ends first, and the county keeps what no
 * record shows as it does with pictures. */

static gboolean
forget_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM blob WHERE sha256 = ?1 AND state = ?2 AND url IS NULL", "si", data, (gint64) ZF_BLOB_LOCAL);
}

static gboolean
forget_file (ZfStore *store, ZfReader *reader, const char *sha256, GError **error)
{
  g_autofree char *path = zf_photo_path (zf_store_dir (store), sha256, FALSE);
  ZfBlob *blob = NULL;
  gboolean stays = FALSE;

  if (!zf_store_write (store, forget_job, (gpointer) sha256, error))
    return FALSE;
  blob = zf_ledger_blob (reader, sha256, NULL);
  stays = blob != NULL;
  zf_blob_free (blob);
  return stays || zf_files_remove (zf_store_files (store), path, error);
}

static gboolean
count_names (ZfReader *reader, const char *sha256, guint *n, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("photo");
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, "id");
  zf_query_where (query, "sha256", ZF_OP_EQ, sha256);
  rows = zf_query_run (query, reader, error);
  *n = rows != NULL ? zf_rows_n (rows) : 0;
  return rows != NULL;
}

gboolean
zf_sound_remove (ZfStore *store, const char *id, const char *by, GError **error)
{
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  g_autoptr (ZfRecord) note = reader != NULL ? zf_reader_get (reader, id, error) : NULL;
  g_autoptr (ZfSave) save = zf_save_new (by != NULL ? by : "", FALSE);
  g_autofree char *sha256 = NULL;
  guint named = 0;

  if (note == NULL)
    return FALSE;
  sha256 = g_strdup (zf_record_get_string (note, "sha256", NULL));
  zf_save_delete (save, "photo", id, "mistake");
  if (!zf_store_commit (store, save, error))
    return FALSE;
  return sha256 == NULL || (count_names (reader, sha256, &named, error) && (named > 0 || forget_file (store, reader, sha256, error)));
}
