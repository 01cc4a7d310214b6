/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-schema-private.h"

#include "zf-error.h"
#include "zf-plant.h"

/* Append only: entry i leads from version i to i + 1. A released entry is never edited. */
static const ZfMigration migrations[] = {
  zf_schema_truth,
  zf_schema_truth_2,
};
G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == ZF_SCHEMA_VERSION);

static gboolean
set_version (ZfDb *db, guint version, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %u", version);

  return zf_db_exec (db, sql, error);
}

static gboolean
take_step (ZfDb *db, ZfMigration step, guint to, GError **error)
{
  if (!zf_db_begin (db, error))
    return FALSE;
  if (!zf_db_exec (db, step (), error) || !set_version (db, to, error))
    {
      zf_db_rollback (db);
      return FALSE;
    }
  zf_crash_point ("migration-step");
  return zf_db_commit (db, error);
}

/* A copy of the open file would miss what still stands in the write-ahead log; VACUUM INTO does not. */
static gboolean
back_up (ZfDb *db, const char *path, GError **error)
{
  sqlite3_vfs *files = NULL;

  /* One of an earlier time, or one that a kill left half written. */
  sqlite3_file_control (zf_db_handle (db), "main", SQLITE_FCNTL_VFS_POINTER, &files);
  zf_db_erase (path, files != NULL ? files->zName : NULL);
  return zf_db_run (db, error, "VACUUM INTO ?1", "s", path);
}

gboolean
zf_schema_migrate_by (ZfDb *db, const ZfMigration *steps, guint n, const char *path, GError **error)
{
  guint version = zf_db_get_int (db, 0, "PRAGMA user_version", "");

  if (version > n)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_TOO_NEW, "The store was made by a newer version of the program (layout %u, known %u)",
                   version, n);
      return FALSE;
    }
  if (version > 0 && version < n)
    {
      g_autofree char *backup = g_strdup_printf ("%s.v%u", path, version);

      if (!back_up (db, backup, error))
        return FALSE;
    }
  for (; version < n; version++)
    if (!take_step (db, steps[version], version + 1, error))
      return FALSE;
  return TRUE;
}

gboolean
zf_schema_migrate (ZfDb *db, const char *path, GError **error)
{
  return zf_schema_migrate_by (db, migrations, G_N_ELEMENTS (migrations), path, error);
}
