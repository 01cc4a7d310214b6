/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "store-fixture.h"
#include "zf-query.h"

/* What saves keep current piece by piece is what a rebuild makes of the records: for any order of acts. */
#define STEPS 600
#define CHECK_EVERY 50

typedef struct
{
  GRand *rand;
  GPtrArray *ids[5];   /* by index of kinds */
} World;

enum { HOUSEHOLD, PERSON, VISIT, RISK, MEASURE };
static const char *const kinds[] = { "household", "person", "visit", "risk", "measure" };
static const char *const parents[] = { "village", "household", "household", "household", "risk" };
static const char *const surnames[] = { "张", "李", "单", "吕", "欧阳" };
static const char *const given[] = { "国华", "明", "晓红", "四", "建国" };

static const char *
any (World *w, guint kind)
{
  GPtrArray *ids = w->ids[kind];

  return ids->len > 0 ? ids->pdata[g_rand_int_range (w->rand, 0, (gint32) ids->len)] : NULL;
}

/* Now and then a parent that nobody has heard of yet. */
static const char *
any_parent (World *w, guint kind)
{
  if (kind == HOUSEHOLD)
    return g_rand_boolean (w->rand) ? VILLAGE_1 : VILLAGE_2;
  return any (w, kind == MEASURE ? RISK : HOUSEHOLD);
}

static void
fill (World *w, guint kind, JsonObject *fields)
{
  g_autofree char *name = g_strconcat (surnames[g_rand_int_range (w->rand, 0, 5)], given[g_rand_int_range (w->rand, 0, 5)], NULL);
  g_autofree char *date = g_strdup_printf ("2026-%02d-%02d", g_rand_int_range (w->rand, 1, 13), g_rand_int_range (w->rand, 1, 29));
  g_autofree char *lat = g_strdup_printf ("29.%d", g_rand_int_range (w->rand, 1, 99999) * 2 + 1);
  gboolean empty = g_rand_int_range (w->rand, 0, 6) == 0;

  if (kind == HOUSEHOLD || kind == PERSON)
    json_object_set_string_member (fields, "name", name);
  if (kind == HOUSEHOLD)
    json_object_set_int_member (fields, "group_no", g_rand_int_range (w->rand, 1, 4));
  if (kind == HOUSEHOLD || kind == VISIT)
    {
      json_object_set_member (fields, "lat", empty ? zf_json_null () : zf_json_string (lat));
      json_object_set_string_member (fields, "lon", "107.5");
    }
  if (kind == VISIT)
    json_object_set_string_member (fields, "said", name);
  if (kind == MEASURE)
    {
      json_object_set_string_member (fields, "what", name);
      json_object_set_int_member (fields, "done", NOW_MS + g_rand_int_range (w->rand, 0, 1000));
    }
  if (kind == VISIT || kind == RISK)
    json_object_set_member (fields, kind == VISIT ? "date" : "found", empty ? zf_json_null () : zf_json_string (date));
}

static void
drop_nulls (JsonObject *fields)
{
  g_autoptr (GList) members = json_object_get_members (fields);

  for (GList *l = members; l != NULL; l = l->next)
    if (json_object_get_null_member (fields, l->data))
      json_object_remove_member (fields, l->data);
}

static void
act_create (World *w, Fixture *f, ZfSave *save, guint kind)
{
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autofree char *id = zf_id_new (f->clock, f->random);
  const char *parent = any_parent (w, kind);

  if (parent == NULL)
    return;
  fill (w, kind, fields);
  drop_nulls (fields);
  json_object_set_string_member (fields, parents[kind], parent);
  if (kind == VISIT && g_rand_boolean (w->rand) && any (w, VISIT) != NULL)
    {
      json_object_set_string_member (fields, "supersedes", any (w, VISIT));
      json_object_set_string_member (fields, "why", "写错了");
    }
  zf_save_create (save, kinds[kind], id, fields);
  g_ptr_array_add (w->ids[kind], g_steal_pointer (&id));
}

static void
act_set (World *w, ZfSave *save, guint kind, const char *id)
{
  g_autoptr (JsonObject) fields = json_object_new ();

  if (kind == VISIT)
    return;
  fill (w, kind, fields);
  if (g_rand_int_range (w->rand, 0, 3) == 0)
    json_object_set_string_member (fields, parents[kind], any_parent (w, kind));
  zf_save_set (save, kinds[kind], id, fields);
}

static void
act (World *w, Fixture *f)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (GError) error = NULL;
  guint kind = (guint) g_rand_int_range (w->rand, 0, 5);
  const char *id = any (w, kind), *other = any (w, kind);

  switch (id == NULL ? 0 : g_rand_int_range (w->rand, 0, 10))
    {
    case 0: case 1: case 2: case 3:
      act_create (w, f, save, kind);
      break;
    case 4: case 5: case 6:
      act_set (w, save, kind, id);
      break;
    case 7:
      zf_save_delete (save, kinds[kind], id, "ended");
      break;
    case 8:
      zf_save_undelete (save, kinds[kind], id);
      break;
    default:
      if (kind == HOUSEHOLD && other != id)
        zf_save_merge_into (save, kinds[kind], id, other);
      break;
    }
  /* Some acts are refused (an append-only visit, a merge in a circle): then nothing may have moved either. */
  if (zf_save_n (save) > 0)
    zf_store_commit (f->store, save, &error);
  g_assert_true (error == NULL || error->domain == ZF_ERROR);
}

static void
test_incremental_is_rebuild (Fixture *f, gconstpointer data)
{
  for (guint32 seed = 1; seed <= 3; seed++)
    {
      World w = { .rand = g_rand_new_with_seed (seed) };

      for (guint i = 0; i < G_N_ELEMENTS (w.ids); i++)
        w.ids[i] = g_ptr_array_new_with_free_func (g_free);
      for (guint step = 1; step <= STEPS; step++)
        {
          act (&w, f);
          if (step % CHECK_EVERY == 0)
            {
              g_test_message ("seed %u, step %u", seed, step);
              fixture_check (f);
            }
        }
      for (guint i = 0; i < G_N_ELEMENTS (w.ids); i++)
        g_ptr_array_unref (w.ids[i]);
      g_rand_free (w.rand);
    }
}

static gint64
count (Fixture *f, const char *kind)
{
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  g_autoptr (GError) error = NULL;
  gint64 n = zf_query_count (query, f->reader, &error);

  g_assert_no_error (error);
  return n;
}

static char *
visit (Fixture *f, const char *household, const char *id, const char *supersedes)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) fields = json_of ("{'household':'%s','date':'2026-11-0%d'%s%s%s}", household, supersedes != NULL ? 2 : 1,
                                           supersedes != NULL ? ",'why':'x','supersedes':'" : "", supersedes != NULL ? supersedes : "",
                                           supersedes != NULL ? "'" : "");

  zf_save_create (save, "visit", id, fields);
  commit (f, save);
  return g_strdup (zf_save_result_id (save, 0));
}

/* A correction hides what it corrects, also when it arrives first; two corrections of one are both shown. */
static void
test_heads (Fixture *f, gconstpointer data)
{
  static const char first_id[] = "01900000-0000-7000-8000-000000000001";
  g_autofree char *household = save_new (f, "household", "{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autofree char *second = visit (f, household, NULL, first_id);
  g_autofree char *first = NULL;
  g_autofree char *third = NULL;

  g_assert_cmpint (count (f, "visit"), ==, 1);
  first = visit (f, household, first_id, NULL);
  g_assert_cmpint (count (f, "visit"), ==, 1);
  third = visit (f, household, NULL, first_id);
  g_assert_cmpint (count (f, "visit"), ==, 2);
  fixture_check (f);
}

static void
corrupt (Fixture *f, const char *sql)
{
  g_autofree char *path = g_build_filename (f->dir, "store.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* The check sees each kind of damage, names no person, and a rebuild mends it. */
static void
test_check_and_rebuild (Fixture *f, gconstpointer data)
{
  static const char *const damages[] = {
    "DELETE FROM k_household",
    "UPDATE k_household SET name = '王五'",
    "UPDATE tally SET n = n + 1",
    "DELETE FROM place",
    "UPDATE home SET id = 'x' || id",
    "DELETE FROM home",
    "UPDATE search_row SET n = n + 65536000",
    "DELETE FROM search_row",
    "DELETE FROM search",
    "UPDATE k_visit SET head = 0",
  };
  g_autofree char *household = save_new (f, "household", "{'village':'%s','name':'张三','lat':'29.5','lon':'107.5'}", VILLAGE_1);
  g_autofree char *one = visit (f, household, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", damages[i]);
      corrupt (f, damages[i]);
      g_assert_true (zf_store_check (f->store, problems, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (problems->len, >, 0);
      for (guint j = 0; j < problems->len; j++)
        g_assert_null (strstr (problems->pdata[j], "张三"));
      g_assert_true (zf_store_rebuild (f->store, &error));
      g_assert_no_error (error);
      fixture_check (f);
    }
}

static void
pull (Fixture *f, gint64 next, const char *items)
{
  g_autoptr (JsonArray) array = json_array_of ("%s", items);
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  guint applied = 0;

  g_assert_true (zf_ledger_stage (f->store, array, next, FALSE, &error));
  g_assert_no_error (error);
  while (!done)
    g_assert_true (zf_ledger_apply (f->store, 50, &done, &applied, &error));
}

/* The measure without its risk is a problem of its own; the derived tables are right nevertheless. */
static void
assert_derived (Fixture *f)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (zf_store_check (f->store, problems, NULL));
  for (guint i = 0; i < problems->len; i++)
    g_assert_false (g_str_has_prefix (problems->pdata[i], "Derived"));
}

static void
assert_home (Fixture *f, const char *text, const char *home)
{
  g_autoptr (GPtrArray) hits = zf_search (f->reader, text, 10, NULL);

  g_assert_cmpuint (hits->len, ==, 1);
  g_assert_cmpstr (((ZfHit *) hits->pdata[0])->home, ==, home);
}

static char *
dirty (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "store.db", NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  char *ids = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT group_concat (id) FROM (SELECT id FROM dirty ORDER BY id)", -1, &stmt, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  ids = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  sqlite3_finalize (stmt);
  g_assert_cmpint (sqlite3_exec (db, "DELETE FROM dirty", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  return ids;
}

static void
assert_dirty (Fixture *f, const char *ids)
{
  g_autofree char *is = dirty (f);

  g_assert_cmpstr (is, ==, ids);
}

/* Whatever is saved below a household, that household is assessed again, and when something moves, both are. */
static void
test_dirty (Fixture *f, gconstpointer data)
{
  g_autofree char *one = save_new (f, "household", "{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autofree char *two = save_new (f, "household", "{'village':'%s','name':'李四'}", VILLAGE_1);
  g_autofree char *both = g_strcmp0 (one, two) < 0 ? g_strjoin (",", one, two, NULL) : g_strjoin (",", two, one, NULL);
  g_autofree char *person = NULL;
  g_autofree char *risk = NULL;
  g_autofree char *measure = NULL;

  assert_dirty (f, both);
  person = save_new (f, "person", "{'household':'%s','name':'张四'}", one);
  assert_dirty (f, one);
  save_set (f, "person", person, "{'household':'%s'}", two);
  assert_dirty (f, both);
  risk = save_new (f, "risk", "{'household':'%s','found':'2026-01-01'}", one);
  assert_dirty (f, one);
  measure = save_new (f, "measure", "{'risk':'%s','what':'修房'}", risk);
  assert_dirty (f, one);
  save_set (f, "risk", risk, "{'household':'%s'}", two);
  assert_dirty (f, both);
}

/* A record that is not here was told of by what changed of it: the tablet asks for all of it. */
static void
fetch (Fixture *f, const char *id, const char *items)
{
  g_auto (GStrv) lacking = zf_ledger_lacking (f->reader);
  g_autoptr (JsonArray) array = json_array_of ("%s", items);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (lacking), ==, 1);
  g_assert_cmpstr (lacking[0], ==, id);
  g_assert_true (zf_ledger_repair (f->store, array, NULL, &error));
  g_assert_no_error (error);
}

/* What stood below a record that leaves the tablet alone has another home at once, and its old one again when the record comes back. */
static void
test_middle_leaves (Fixture *f, gconstpointer data)
{
  static const char risk[] = "01900000-0000-7000-8000-00000000000a";
  g_autofree char *household = save_new (f, "household", "{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autofree char *arrives = g_strdup_printf ("[{'s':1,'k':'risk','id':'%s','rev':1,'f':{'household':'%s','found':'2026-01-01'}}]", risk,
                                              household);
  g_autofree char *leaves = g_strdup_printf ("[{'s':2,'id':'%s','gone':'moved'}]", risk);
  g_autofree char *returns = g_strdup_printf ("[{'s':3,'k':'risk','id':'%s','rev':2,'f':{'household':'%s','found':'2026-01-01'}}]", risk,
                                              household);
  g_autofree char *measure = NULL;

  pull (f, 1, arrives);
  measure = save_new (f, "measure", "{'risk':'%s','what':'修房'}", risk);
  assert_home (f, "修房", household);
  pull (f, 2, leaves);
  assert_derived (f);
  assert_home (f, "修房", risk);
  pull (f, 3, returns);
  assert_home (f, "修房", risk);
  fetch (f, risk, returns);
  fixture_check (f);
  assert_home (f, "修房", household);
}

/* A store of an earlier program, whose derived tables look otherwise, is remade when it is opened. */
static void
test_older_layout (Fixture *f, gconstpointer data)
{
  g_autofree char *household = save_new (f, "household", "{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autofree char *person = save_new (f, "person", "{'household':'%s','name':'单晓华'}", household);

  corrupt (f, "DROP TABLE home; DROP TABLE search_row; ALTER TABLE k_household RENAME n TO m;"
              "CREATE TABLE search_row (n INTEGER PRIMARY KEY, id TEXT, home TEXT); DELETE FROM dirty;"
              "UPDATE meta_kv SET value = 'older' WHERE key = 'derived' OR key LIKE 'flat:%'");
  fixture_reopen (f);
  fixture_check (f);
  assert_home (f, "单晓华", household);
  g_assert_cmpint (count (f, "household"), ==, 1);
  assert_dirty (f, household);
}

static ZfKinds *
kinds_with_another_column (const char *dir)
{
  static const char *const files[] = { "village", "household", "person", "visit", "risk", "measure" };
  g_autofree char *forms = g_build_filename (dir, "forms", NULL);
  g_autofree char *lists = g_build_filename (dir, "codelists", NULL);
  g_autoptr (GError) error = NULL;
  ZfKinds *changed_kinds;

  g_assert_cmpint (g_mkdir (forms, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (lists, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *file = g_strconcat (files[i], ".json", NULL);
      g_autofree char *from = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "fixtures", "query-kinds", "forms", file, NULL);
      g_autofree char *to = g_build_filename (forms, file, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GString) changed = NULL;

      g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
      changed = g_string_new (text);
      g_assert_cmpuint (g_string_replace (changed, "\"head\"\n", "\"head\",\n\"phone\"\n", 1), ==, i == 1);
      g_assert_true (g_file_set_contents (to, changed->str, -1, NULL));
    }
  changed_kinds = zf_kinds_load (dir, &error);
  g_assert_no_error (error);
  return changed_kinds;
}

/* A kind that keeps another column has it for the old records too after the next start. */
static void
test_new_column (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','name':'张三','phone':'13800134321'}", VILLAGE_1);
  g_autofree char *dir = g_dir_make_tmp ("zf-kinds-XXXXXX", NULL);
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfRows) rows = NULL;
  g_autoptr (GError) error = NULL;

  g_object_unref (f->kinds);
  f->kinds = kinds_with_another_column (dir);
  fixture_reopen (f);
  zf_query_columns (query, "phone", NULL);
  rows = zf_query_run (query, f->reader, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), ==, 1);
  g_assert_cmpstr (zf_rows_text (rows, 0, 0), ==, "13800134321");
  fixture_check (f);
  fixture_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/derived/incremental-is-rebuild", Fixture, "query-kinds", fixture_set_up, test_incremental_is_rebuild, fixture_tear_down);
  g_test_add ("/derived/heads", Fixture, "query-kinds", fixture_set_up, test_heads, fixture_tear_down);
  g_test_add ("/derived/check-and-rebuild", Fixture, "query-kinds", fixture_set_up, test_check_and_rebuild, fixture_tear_down);
  g_test_add ("/derived/dirty", Fixture, "query-kinds", fixture_set_up, test_dirty, fixture_tear_down);
  g_test_add ("/derived/middle-leaves", Fixture, "query-kinds", fixture_set_up, test_middle_leaves, fixture_tear_down);
  g_test_add ("/derived/older-layout", Fixture, "query-kinds", fixture_set_up, test_older_layout, fixture_tear_down);
  g_test_add ("/derived/new-column", Fixture, "query-kinds", fixture_set_up, test_new_column, fixture_tear_down);
  return g_test_run ();
}
