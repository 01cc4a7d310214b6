/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tables-fixture.h"

#include <sqlite3.h>

#include "../fixtures/fixture-remove.h"
#include "zf-divisions.h"
#include "zf-idnumber.h"

static char *folder;
static guint n_stores;

void
tables_fixture_begin (void)
{
  g_autoptr (GError) error = NULL;
  folder = g_dir_make_tmp ("zf-tables-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *script = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "tables", "make-sheets.py", NULL);
  const char *const argv[] = { "/usr/bin/python3", script, folder, NULL };
  int status = 0;
  /* The interpreter is not ours to check for leaks. */
  g_auto (GStrv) env = g_environ_unsetenv (g_get_environ (), "LD_PRELOAD");
  g_spawn_sync (NULL, (char **) argv, env, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

void
tables_fixture_end (void)
{
  fixture_remove (folder);
  g_clear_pointer (&folder, g_free);
}

char *
tables_sheet_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

char *
tables_temp_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

ZfStore *
tables_store_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("store-%u", n_stores++);
  g_autofree char *dir = g_build_filename (folder, name, NULL);
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  ZfStore *store = zf_store_create (dir, kinds, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  g_autoptr (JsonArray) villages = zf_divisions_records (divisions, NULL);
  zf_store_seed (store, "village", villages, &error);
  g_assert_no_error (error);
  return store;
}

static sqlite3 *
open_database (ZfStore *store)
{
  sqlite3 *db = NULL;
  g_autofree char *path = g_build_filename (zf_store_dir (store), "store.db", NULL);
  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  return db;
}

static void
add_rows (GChecksum *sum, sqlite3 *db, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count (stmt); i++)
      {
        const guchar *text = sqlite3_column_text (stmt, i);
        g_checksum_update (sum, text != NULL ? text : (const guchar *) "\xff", text != NULL ? sqlite3_column_bytes (stmt, i) + 1 : 1);
      }
  sqlite3_finalize (stmt);
}

char *
tables_store_hash (ZfStore *store)
{
  sqlite3 *db = open_database (store);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  add_rows (sum, db, "SELECT * FROM record ORDER BY id");
  add_rows (sum, db, "SELECT * FROM change ORDER BY lsn");
  add_rows (sum, db, "SELECT * FROM conflict ORDER BY id");
  add_rows (sum, db, "SELECT * FROM import_row ORDER BY source, row_key");
  sqlite3_close (db);
  return g_strdup (g_checksum_get_string (sum));
}

gint64
tables_store_count (ZfStore *store, const char *table)
{
  sqlite3 *db = open_database (store);
  sqlite3_stmt *stmt = NULL;
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", table);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  gint64 n = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return n;
}

char *
tables_id (const char *birth8, guint order)
{
  g_autofree char *first = g_strdup_printf ("999999%s%03u", birth8, order);
  return g_strdup_printf ("%s%c", first, zf_idnumber_check_char (first));
}
