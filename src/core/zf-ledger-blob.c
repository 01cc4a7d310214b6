/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Rows of photo files. */

#include "zf-error.h"
#include "zf-flat.h"
#include "zf-json.h"
#include "zf-ledger-private.h"
#include "zf-photo.h"

#define COLUMNS "SELECT sha256, size, state, thumb, url, offset FROM blob "

void
zf_blob_free (ZfBlob *blob)
{
  if (blob == NULL)
    return;
  g_free (blob->sha256);
  g_free (blob->path);
  g_free (blob->url);
  g_free (blob);
}

static ZfBlob *
blob_from_row (ZfReader *reader, sqlite3_stmt *stmt)
{
  ZfBlob *blob = g_new0 (ZfBlob, 1);

  blob->sha256 = g_strdup (zf_db_text (stmt, 0));
  blob->size = sqlite3_column_int64 (stmt, 1);
  blob->state = (ZfBlobState) sqlite3_column_int (stmt, 2);
  blob->thumb = sqlite3_column_int (stmt, 3) == 1;
  blob->url = g_strdup (zf_db_text (stmt, 4));
  blob->offset = sqlite3_column_int64 (stmt, 5);
  if (blob->state != ZF_BLOB_WANTED)
    blob->path = zf_photo_path (zf_reader_store_dir (reader), blob->sha256, FALSE);
  return blob;
}

GPtrArray *
zf_ledger_blobs_after (ZfReader *reader, ZfBlobState state, const char *after, guint limit, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  g_autoptr (GPtrArray) blobs = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_blob_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, COLUMNS "WHERE state = ?1 AND sha256 > ?2 ORDER BY sha256 LIMIT ?3", error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "isi", (gint64) state, after != NULL ? after : "", (gint64) limit);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (blobs, blob_from_row (reader, stmt));
    }
  return g_steal_pointer (&blobs);
}

GPtrArray *
zf_ledger_blobs (ZfReader *reader, ZfBlobState state, guint limit, GError **error)
{
  return zf_ledger_blobs_after (reader, state, NULL, limit, error);
}

ZfBlob *
zf_ledger_blob (ZfReader *reader, const char *sha256, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt = zf_db_prepare (db, COLUMNS "WHERE sha256 = ?1", error);
  ZfBlob *blob = NULL;
  gboolean row = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", sha256);
  if (!zf_db_step (db, stmt, &row, error))
    return NULL;
  if (row)
    blob = blob_from_row (reader, stmt);
  sqlite3_reset (stmt);
  return blob;
}

/* What one job writes about one file. */
typedef struct
{
  const char *sha256;
  const char *sql;
  gint64 number;
  const char *text;
} BlobWrite;

static gboolean
blob_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const BlobWrite *write = data;

  if (!zf_db_run (db, error, write->sql, "sis", write->sha256, write->number, write->text))
    return FALSE;
  if (sqlite3_changes (zf_db_handle (db)) > 0)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "There is no such photo file in the store");
  return FALSE;
}

gboolean
zf_ledger_blob_state (ZfStore *store, const char *sha256, ZfBlobState state, GError **error)
{
  BlobWrite write = { sha256, "UPDATE blob SET state = ?2, url = ?3, offset = 0 WHERE sha256 = ?1", state, NULL };

  g_return_val_if_fail (sha256 != NULL, FALSE);

  return zf_store_write (store, blob_job, &write, error);
}

gboolean
zf_ledger_blob_upload (ZfStore *store, const char *sha256, const char *url, gint64 offset, GError **error)
{
  BlobWrite write = { sha256, "UPDATE blob SET offset = ?2, url = ?3 WHERE sha256 = ?1", url != NULL ? offset : 0, url };

  g_return_val_if_fail (sha256 != NULL, FALSE);

  return zf_store_write (store, blob_job, &write, error);
}

gboolean
zf_ledger_blob_fetched (ZfStore *store, const char *sha256, GError **error)
{
  BlobWrite write = { sha256, "UPDATE blob SET state = CASE state WHEN 3 THEN ?2 ELSE state END, thumb = 1, url = ?3 WHERE sha256 = ?1",
                      ZF_BLOB_SENT, NULL };

  g_return_val_if_fail (sha256 != NULL, FALSE);

  return zf_store_write (store, blob_job, &write, error);
}

gboolean
zf_ledger_blob_thumb (ZfStore *store, const char *sha256, GError **error)
{
  BlobWrite write = { sha256, "UPDATE blob SET thumb = ?2 WHERE sha256 = ?1 AND ?3 IS NULL", 1, NULL };

  g_return_val_if_fail (sha256 != NULL, FALSE);

  return zf_store_write (store, blob_job, &write, error);
}

/* The county's answer about many */

typedef struct
{
  const char *const *have;
  const char *const *durable;
  const char *const *lacks;
} Told;

static gboolean
take_each (ZfDb *db, const char *const *names, const char *sql, GError **error)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!zf_db_run (db, error, sql, "s", names[i]))
      return FALSE;
  return TRUE;
}

/* Only a picture that some living record shows is brought once more: what was deleted at the county is not lost there. */
static gboolean
is_named (ZfStore *store, ZfDb *db, const char *sha256)
{
  const ZfFlat *flat = zf_flat_get (zf_store_kinds (store), "photo");
  const char *sql;
  g_autofree char *text = NULL;

  if (flat == NULL || zf_flat_column (flat, "sha256") == NULL)
    return FALSE;
  text = g_strdup_printf ("SELECT 1 FROM %s WHERE sha256 = ?1", flat->table[ZF_LIVE]);
  sql = g_intern_string (text);
  return zf_db_get_int (db, 0, sql, "s", sha256) == 1;
}

static gboolean
take_lost (ZfStore *store, ZfDb *db, const char *sha256, GError **error)
{
  gint64 state = zf_db_get_int (db, ZF_BLOB_WANTED, "SELECT state FROM blob WHERE sha256 = ?1", "s", sha256);
  g_autofree char *path = NULL;
  gboolean here;

  if ((state != ZF_BLOB_SENT && state != ZF_BLOB_DURABLE) || !is_named (store, db, sha256))
    return TRUE;
  path = zf_photo_path (zf_store_dir (store), sha256, FALSE);
  here = zf_files_size (zf_store_files (store), path) >= 0;
  return zf_db_run (db, error, "UPDATE blob SET state = ?2, url = NULL, offset = 0 WHERE sha256 = ?1", "si", sha256,
                    (gint64) (here ? ZF_BLOB_LOCAL : ZF_BLOB_WANTED));
}

static gboolean
told_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Told *told = data;

  for (guint i = 0; told->lacks != NULL && told->lacks[i] != NULL; i++)
    if (!take_lost (store, db, told->lacks[i], error))
      return FALSE;
  return take_each (db, told->have, "UPDATE blob SET state = 1, url = NULL, offset = 0 WHERE sha256 = ?1 AND state = 0", error) &&
         take_each (db, told->durable, "UPDATE blob SET state = 2, url = NULL, offset = 0 WHERE sha256 = ?1 AND state IN (0, 1)", error);
}

gboolean
zf_ledger_blobs_told (ZfStore *store, const char *const *have, const char *const *durable, const char *const *lacks, GError **error)
{
  Told told = { have, durable, lacks };

  return zf_store_write (store, told_job, &told, error);
}

/* Small pictures that come by themselves */

static const char *
thumbs_sql (ZfKinds *kinds)
{
  const ZfFlat *photo = zf_flat_get (kinds, "photo");
  const ZfField *link = photo != NULL ? zf_kind_field (photo->kind, "record") : NULL;
  const ZfFlat *shown = link != NULL && link->ref_kind != NULL ? zf_flat_get (kinds, link->ref_kind) : NULL;
  g_autoptr (GString) sql = g_string_new (NULL);

  if (photo == NULL || zf_flat_column (photo, "sha256") == NULL)
    return NULL;
  g_string_append_printf (sql, "SELECT DISTINCT b.sha256 FROM blob b JOIN %s p ON p.sha256 = b.sha256 WHERE b.state = 3 AND b.thumb = 0 "
                               "AND b.sha256 > ?1 AND p.head = 1", photo->table[ZF_LIVE]);
  if (shown != NULL && zf_flat_column (photo, "record") != NULL)
    g_string_append_printf (sql, " AND (p.record IS NULL OR p.record IN (SELECT v.id FROM %s v WHERE v.parent = p.parent AND v.head = 1 "
                                 "ORDER BY %s%s v.id DESC LIMIT 2))", shown->table[ZF_LIVE],
                            shown->date != NULL ? shown->date->sql : "", shown->date != NULL ? " DESC," : "");
  /* An audio note has no small picture. */
  if (zf_flat_column (photo, "purpose") != NULL)
    g_string_append (sql, " AND p.purpose IS NOT '" ZF_SOUND_PURPOSE "'");
  g_string_append (sql, " ORDER BY b.sha256 LIMIT ?2");
  return g_intern_string (sql->str);
}

char **
zf_ledger_thumbs (ZfReader *reader, const char *after, guint limit, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  const char *sql = thumbs_sql (zf_reader_kinds (reader));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = sql != NULL ? zf_db_prepare (db, sql, error) : NULL;
  gboolean row = stmt != NULL;

  if (sql != NULL && stmt == NULL)
    return NULL;
  if (stmt != NULL)
    zf_db_bind (stmt, "si", after != NULL ? after : "", (gint64) limit);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (names, g_strdup (zf_db_text (stmt, 0)));
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_set_free_func (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
