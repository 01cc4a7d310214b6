/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>

#include "zf-db.h"
#include "zf-schema-private.h"

/* What is in the field stays readable: the layout of released stores never changes under them. ZF_GOLDEN_WRITE=1 writes the golden dump of
 * a new layout; an old one is never written again. */

static const char *const truth_tables[] = { "record", "change",   "draft",      "batch",    "stage",  "cursor",     "blob",
                                            "conflict", "import_row", "meta_kv", "digest", "snapshot", "snapshot_id", "stage_join", "lacking" };

static char *
golden_path (int version)
{
  return g_strdup_printf ("%s/tests/fixtures/golden/store-v%d.sql", g_getenv ("ZF_SRCDIR"), version);
}

static ZfDb *
open_db (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  g_autoptr (GError) error = NULL;
  ZfDb *db = zf_db_open (path, TRUE, &error);

  g_assert_no_error (error);
  return db;
}

static char *
quote (ZfDb *db, sqlite3_stmt *stmt, int column)
{
  g_autoptr (GBytes) bytes = NULL;

  if (sqlite3_column_type (stmt, column) == SQLITE_INTEGER)
    return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) sqlite3_column_int64 (stmt, column));
  if (sqlite3_column_type (stmt, column) != SQLITE_BLOB)
    return zf_db_get_text (db, "SELECT quote (?1)", "s", zf_db_text (stmt, column));
  bytes = g_bytes_new (sqlite3_column_blob (stmt, column), (gsize) sqlite3_column_bytes (stmt, column));
  return zf_db_get_text (db, "SELECT quote (?1)", "b", bytes);
}

static void
append_rows (GString *dump, ZfDb *db, const char *table)
{
  /* What was made for the derived tables is no truth. */
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\"%s", table,
                                          strcmp (table, "meta_kv") == 0
                                            ? " WHERE key IN ('store_id', 'epoch', 'plain', 'device', 'durable') ORDER BY key"
                                            : "");
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, NULL);
  gboolean row = TRUE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      g_string_append_printf (dump, "INSERT INTO %s VALUES (", table);
      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        {
          g_autofree char *quoted = quote (db, stmt, i);

          g_string_append_printf (dump, "%s%s", i > 0 ? ", " : "", quoted);
        }
      g_string_append (dump, ");\n");
    }
}

static char *
dump_truth (const char *dir)
{
  GString *dump = g_string_new (NULL);
  ZfDb *db = open_db (dir);

  g_string_append_printf (dump, "PRAGMA user_version = %d;\n", (int) zf_db_get_int (db, 0, "PRAGMA user_version", ""));
  for (guint i = 0; i < G_N_ELEMENTS (truth_tables); i++)
    {
      sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT sql FROM sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY type DESC, name",
                                          NULL);
      gboolean row = TRUE;

      zf_db_bind (stmt, "s", truth_tables[i]);
      while (zf_db_step (db, stmt, &row, NULL) && row)
        g_string_append_printf (dump, "%s;\n", zf_db_text (stmt, 0));
    }
  for (guint i = 0; i < G_N_ELEMENTS (truth_tables); i++)
    append_rows (dump, db, truth_tables[i]);
  zf_db_close (db);
  return g_string_free (dump, FALSE);
}

/* A little of everything that a store can hold. */
static void
fill (Fixture *f)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','name':'张三','needs':['coal'],'lat':'29.5','lon':'107.5'}", VILLAGE_1);
  g_autofree char *person = save_new (f, "person", "{'household':'%s','name':'李四','born':'1960-02-29'}", home);
  g_autofree char *visit = save_new (f, "visit", "{'household':'%s','date':'2026-11-20','mode':'home','said':'屋顶漏水'}", home);
  g_autofree char *income = save_new (f, "income", "{'household':'%s','year':2026,'wage':123450}", home);
  g_autofree char *hash = g_strnfill (64, 'a');
  g_autoptr (ZfBatch) batch = NULL;
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (ZfSave) save = zf_save_new ("u2", TRUE);
  g_autoptr (JsonObject) values = json_of ("{'户主':'张三'}");
  g_autoptr (JsonArray) results = json_array_of ("[{'lsn':1,'d':'applied','rev':1}]");
  g_autoptr (JsonArray) page = json_array_of ("[{'s':5,'id':'%s','k':'household','rev':1,'own':[1]},{'s':6,'k':'conflict','id':'c','of':'%s',"
                                              "'kind':'household','g':'name','base':null,'theirs':{'v':'x','cid':'t'},"
                                              "'mine':[{'v':'y','cid':'m'}],'open':true}]",
                                              home, home);
  g_autoptr (JsonArray) waiting = json_array_of ("[{'s':7,'id':'%s','k':'household','rev':2,'f':{'rooms':5}}]", home);
  gboolean done = FALSE;

  g_assert_true (zf_ledger_batch (f->store, 1, &batch, NULL));
  g_assert_true (zf_ledger_acked (f->store, batch->batch_id, 1, 1, results, NULL));
  g_assert_true (zf_ledger_stage (f->store, page, 6, FALSE, NULL));
  while (!done)
    g_assert_true (zf_ledger_apply (f->store, 1000, &done, NULL, NULL));
  zf_clock_advance (f->clock, 60000);
  save_set (f, "household", home, "{'rooms':4,'needs':['coal','water']}");
  zf_save_delete (save, "person", person, "ended");
  zf_save_import_base (save, "roster", "k", home, values);
  zf_save_blob (save, hash, NULL, 3);
  commit (f, save);
  g_clear_pointer (&batch, zf_batch_free);
  g_assert_true (zf_ledger_batch (f->store, 2, &batch, NULL));
  draft = zf_draft_start (f->store, "visit", home, "1", "u1", NULL, NULL, NULL);
  g_assert_nonnull (draft);
  g_assert_true (zf_ledger_stage (f->store, waiting, 7, TRUE, NULL));
}

static void
test_golden (Fixture *f, gconstpointer data)
{
  g_autofree char *path = golden_path (ZF_SCHEMA_VERSION);
  g_autofree char *golden = NULL;
  g_autofree char *now = NULL;

  fill (f);
  now = dump_truth (f->dir);
  if (g_getenv ("ZF_GOLDEN_WRITE") != NULL)
    g_assert_true (g_file_set_contents (path, now, -1, NULL));
  g_assert_true (g_file_get_contents (path, &golden, NULL, NULL));
  g_assert_cmpstr (now, ==, golden);
}

static void
open_golden (Fixture *f, int version)
{
  g_autofree char *dir = g_dir_make_tmp ("zf-golden-XXXXXX", NULL);
  g_autofree char *golden = NULL;
  g_autofree char *path = golden_path (version);
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZfStore) store = NULL;
  ZfDb *db = open_db (dir);

  g_assert_true (g_file_get_contents (path, &golden, NULL, NULL));
  g_assert_true (zf_db_exec (db, golden, NULL));
  zf_db_close (db);
  store = zf_store_open (dir, f->kinds, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (zf_store_check (store, problems, NULL));
  g_assert_cmpuint (problems->len, ==, 1);   /* the photo file that the dump cannot hold */
  g_assert_true (g_str_has_prefix (g_ptr_array_index (problems, 0), "photo"));
  zf_store_close (store);
  again = dump_truth (dir);
  if (version == ZF_SCHEMA_VERSION)
    g_assert_cmpstr (again, ==, golden);
  fixture_remove (dir);
}

/* A store of every released layout opens, holds its records and passes the check. */
static void
test_golden_opens (Fixture *f, gconstpointer data)
{
  for (int version = 1; version <= ZF_SCHEMA_VERSION; version++)
    open_golden (f, version);
}

static void
test_newer (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ZfDb *db;

  zf_store_close (f->store);
  db = open_db (f->dir);
  g_assert_true (zf_db_exec (db, "PRAGMA user_version = 99", NULL));
  zf_db_close (db);
  g_assert_null (zf_store_open (f->dir, f->kinds, NULL, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_TOO_NEW);
}

static void
test_no_store (Fixture *f, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("zf-none-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (zf_store_open (dir, f->kinds, NULL, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "this is a letter to the county, not a database", -1, NULL));
  g_assert_null (zf_store_open (dir, f->kinds, NULL, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (zf_store_create (dir, f->kinds, NULL, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
  fixture_remove (dir);
}

static const char *
good_step (void)
{
  return "CREATE TABLE added (x TEXT) STRICT;";
}

static const char *
bad_step (void)
{
  return "CREATE TABLE half (x TEXT) STRICT; INSERT INTO nowhere VALUES (1);";
}

/* A step that fails leaves the store as it was, and the copy made before it holds everything. */
static void
test_failed_step (Fixture *f, gconstpointer data)
{
  static const ZfMigration steps[] = { zf_schema_truth, zf_schema_truth_2, good_step, bad_step };
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autofree char *path = g_build_filename (f->dir, "store.db", NULL);
  g_autofree char *copy = g_strconcat (path, ".v2", NULL);
  g_autoptr (GError) error = NULL;
  ZfDb *db = open_db (f->dir);
  ZfDb *backup;

  g_assert_false (zf_schema_migrate_by (db, steps, G_N_ELEMENTS (steps), path, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_FAILED);
  g_assert_cmpint (zf_db_get_int (db, 0, "PRAGMA user_version", ""), ==, 3);
  g_assert_cmpint (zf_db_get_int (db, 0, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'", ""), ==, 0);
  g_assert_cmpint (zf_db_get_int (db, 0, "SELECT count(*) FROM sqlite_schema WHERE name = 'added'", ""), ==, 1);
  zf_db_close (db);
  backup = zf_db_open (copy, FALSE, NULL);
  g_assert_cmpint (zf_db_get_int (backup, 0, "PRAGMA user_version", ""), ==, 2);
  g_assert_cmpint (zf_db_get_int (backup, 0, "SELECT count(*) FROM record WHERE kind = 'household'", ""), ==, 1);
  zf_db_close (backup);
}

/* Rows that could not be read are not rows that are not there. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ZfDb *db = open_db (f->dir);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT json (column1) FROM (VALUES ('1'), (?1), ('3'))", NULL);
  gboolean ok = FALSE;
  guint n = 0;

  zf_db_bind (stmt, "s", "no json");
  while (zf_db_next (db, stmt, &ok, &error))
    n++;
  g_assert_error (error, ZF_ERROR, ZF_ERROR_FAILED);
  g_assert_false (ok);
  g_assert_cmpuint (n, ==, 1);

  zf_db_bind (stmt, "s", "2");
  while (zf_db_next (db, stmt, &ok, NULL))
    n++;
  g_assert_true (ok);
  g_assert_cmpuint (n, ==, 4);

  /* A view is whole, or it is not left well. */
  g_assert_true (zf_db_view (db, NULL));
  g_assert_cmpint (zf_db_get_int (db, 7, "SELECT value FROM nowhere", ""), ==, 7);
  g_assert_false (zf_db_commit (db, NULL));
  g_assert_true (zf_db_view (db, NULL));
  g_assert_cmpint (zf_db_get_int (db, 7, "SELECT 1", ""), ==, 1);
  g_assert_true (zf_db_commit (db, NULL));
  zf_db_close (db);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/schema/golden", Fixture, NULL, fixture_set_up, test_golden, fixture_tear_down);
  g_test_add ("/store/schema/golden-opens", Fixture, NULL, fixture_set_up, test_golden_opens, fixture_tear_down);
  g_test_add ("/store/schema/newer", Fixture, NULL, fixture_set_up, test_newer, fixture_tear_down);
  g_test_add ("/store/schema/no-store", Fixture, NULL, fixture_set_up, test_no_store, fixture_tear_down);
  g_test_add ("/store/schema/failed-step", Fixture, NULL, fixture_set_up, test_failed_step, fixture_tear_down);
  g_test_add ("/store/schema/unreadable", Fixture, NULL, fixture_set_up, test_unreadable, fixture_tear_down);
  return g_test_run ();
}
