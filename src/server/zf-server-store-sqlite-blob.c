/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Photo files and uploads in progress, of the SQLite store. */

#include "zf-db.h"
#include "zf-server-store-sqlite.h"

#define OLD_AT_ONCE 16

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

/* Who brought a file stands among what shows it, under a name that no record has: several devices may bring the same one. */
gboolean
zf_sqlite_put_blob (ZfServerStore *self, const char *sha256, gint64 size, const char *device, gint64 at, GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT OR IGNORE INTO blob (sha256, size, device, at) VALUES (?, ?, ?, ?)", "sisi", sha256, size,
                    device, at) &&
         zf_db_run (db_of (self), error, "INSERT OR IGNORE INTO blob_ref VALUES (?1, 'device:' || ?2)", "ss", sha256, device);
}

gboolean
zf_sqlite_put_blob_ref (ZfServerStore *self, const char *sha256, const char *id, GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT OR IGNORE INTO blob_ref VALUES (?, ?)", "ss", sha256, id);
}

static gboolean
brought (ZfDb *db, const char *sha256, const char *device)
{
  return zf_db_get_int (db, 0, "SELECT 1 FROM blob WHERE sha256 = ?1 AND (device = ?2 OR EXISTS "
                               "(SELECT 1 FROM blob_ref WHERE sha256 = ?1 AND id = 'device:' || ?2))",
                        "ss", sha256, device) == 1;
}

/* A file is visible to who brought it and to those whose villages hold a record that shows it: the answer tells nobody else that it exists. */
gboolean
zf_sqlite_blob_visible (ZfServerStore *self, const char *sha256, const ZfDevice *device, gboolean *visible, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = NULL;
  gboolean ok = FALSE;

  *visible = brought (db, sha256, device->id);
  if (*visible || zf_db_get_int (db, 0, "SELECT 1 FROM blob WHERE sha256 = ?", "s", sha256) == 0)
    return TRUE;
  stmt = zf_db_prepare (db, "SELECT r.village FROM blob_ref b JOIN record r ON r.id = b.id WHERE b.sha256 = ? AND r.del IS NULL", error);
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", sha256);
  while (!*visible && zf_db_next (db, stmt, &ok, error))
    *visible = zf_device_covers (device, zf_db_text (stmt, 0));
  sqlite3_reset (stmt);
  return *visible || ok;
}

gboolean
zf_sqlite_blob (ZfServerStore *self, const char *sha256, gint64 *size, gboolean *durable, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT size, durable FROM blob WHERE sha256 = ?", error);
  gboolean row = FALSE;

  *size = -1;
  *durable = FALSE;
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", sha256);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    {
      *size = sqlite3_column_int64 (stmt, 0);
      *durable = sqlite3_column_int (stmt, 1) != 0;
    }
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
zf_sqlite_put_upload (ZfServerStore *self, const ZfUpload *upload, GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT OR REPLACE INTO upload (id, device, sha256, size, expires) VALUES (?, ?, ?, ?, ?)", "sssii",
                    upload->id, upload->device, upload->sha256, upload->size, upload->expires_ms);
}

#define UPLOAD_COLUMNS "SELECT id, device, sha256, size, expires FROM upload "

static ZfUpload *
upload_from_row (sqlite3_stmt *stmt)
{
  ZfUpload *upload = g_new0 (ZfUpload, 1);

  upload->id = g_strdup (zf_db_text (stmt, 0));
  upload->device = g_strdup (zf_db_text (stmt, 1));
  upload->sha256 = g_strdup (zf_db_text (stmt, 2));
  upload->size = sqlite3_column_int64 (stmt, 3);
  upload->expires_ms = sqlite3_column_int64 (stmt, 4);
  return upload;
}

/* @stmt is bound; NULL without error when it gives no row. */
static ZfUpload *
one_upload (ZfDb *db, sqlite3_stmt *stmt, GError **error)
{
  ZfUpload *upload = NULL;
  gboolean row = FALSE;

  if (!zf_db_step (db, stmt, &row, error))
    return NULL;
  if (row)
    upload = upload_from_row (stmt);
  sqlite3_reset (stmt);
  return upload;
}

ZfUpload *
zf_sqlite_upload (ZfServerStore *self, const char *id, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db_of (self), UPLOAD_COLUMNS "WHERE id = ?", error);

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", id);
  return one_upload (db_of (self), stmt, error);
}

ZfUpload *
zf_sqlite_upload_of (ZfServerStore *self, const char *device, const char *sha256, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db_of (self), UPLOAD_COLUMNS "WHERE device = ? AND sha256 = ?", error);

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ss", device, sha256);
  return one_upload (db_of (self), stmt, error);
}

gint64
zf_sqlite_n_uploads (ZfServerStore *self, const char *device)
{
  return zf_db_get_int (db_of (self), 0, "SELECT count(*) FROM upload WHERE device = ?", "s", device);
}

GPtrArray *
zf_sqlite_old_uploads (ZfServerStore *self, gint64 now_ms, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) uploads = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_upload_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, UPLOAD_COLUMNS "WHERE expires <= ? ORDER BY expires LIMIT ?", error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ii", now_ms, (gint64) OLD_AT_ONCE);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (uploads, upload_from_row (stmt));
    }
  return g_steal_pointer (&uploads);
}

gboolean
zf_sqlite_drop_upload (ZfServerStore *self, const char *id, GError **error)
{
  return zf_db_run (db_of (self), error, "DELETE FROM upload WHERE id = ?", "s", id);
}
