/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

/* What people rely on when they save. */

static void
assert_f (Fixture *f, const char *id, int i, const char *op, const char *expected)
{
  g_autoptr (JsonObject) row = log_row (f, id, i);

  g_assert_cmpstr (zf_json_get_string (row, "op", ""), ==, op);
  assert_json (zf_json_get_object (row, "f"), expected);
}

static void
assert_cur (Fixture *f, const char *id, const char *expected)
{
  g_autoptr (ZfRecord) record = get (f, id);

  assert_json (record->fields, expected);
}

static void
test_save_and_read (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','name':'张三','rooms':3}", VILLAGE_1);
  g_autoptr (ZfRecord) record = get (f, id);
  g_autoptr (JsonObject) row = NULL;

  g_assert_cmpstr (record->kind_name, ==, "household");
  g_assert_cmpstr (record->parent, ==, VILLAGE_1);
  g_assert_cmpstr (record->village, ==, VILLAGE_1);
  g_assert_cmpint (record->rev, ==, 0);
  g_assert_null (record->base);
  g_assert_null (record->del);
  assert_json (record->fields, "{'village':'" VILLAGE_1 "','name':'张三','rooms':3}");

  save_set (f, "household", id, "{'rooms':4,'name':'张三'}");
  g_assert_cmpuint (log_length (f, id), ==, 2);
  assert_f (f, id, 0, "add", "{'village':[null,'" VILLAGE_1 "'],'name':[null,'张三'],'rooms':[null,3]}");
  assert_f (f, id, 1, "set", "{'rooms':[3,4]}");
  row = log_row (f, id, 1);
  g_assert_cmpint (zf_json_get_int (row, "at", 0), ==, NOW_MS);
  g_assert_cmpstr (zf_json_get_string (row, "by", ""), ==, "u1");
  fixture_check (f);
  fixture_reopen (f);
  assert_cur (f, id, "{'village':'" VILLAGE_1 "','name':'张三','rooms':4}");
  fixture_check (f);
}

static void
test_nothing_differs (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','name':'张三','needs':['food','coal']}", VILLAGE_1);
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) same = json_of ("{'name':'张三','needs':['coal','food'],'roof':null}");

  zf_save_set (save, "household", id, same);
  commit (f, save);
  g_assert_cmpuint (zf_save_n_written (save), ==, 0);
  g_assert_cmpuint (log_length (f, id), ==, 1);
  save_set (f, "household", id, "{'name':null}");
  assert_f (f, id, -1, "set", "{'name':['张三',null]}");
  assert_cur (f, id, "{'village':'" VILLAGE_1 "','needs':['coal','food']}");
}

/* A failing edit leaves nothing of the others. */
static void
test_one_transaction (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (ZfSave) good = zf_save_new ("u1", TRUE);
  g_autoptr (JsonObject) name = json_of ("{'name':'李四'}");
  g_autoptr (JsonObject) person = json_of ("{'household':'%s','name':'王五'}", id);
  g_autoptr (JsonObject) wrong = json_of ("{'rooms':'three'}");
  g_autofree char *person_id = NULL;
  g_autoptr (ZfRecord) none = NULL;

  zf_save_set (save, "household", id, name);
  zf_save_create (save, "person", NULL, person);
  zf_save_set (save, "household", id, wrong);
  commit_fails (f, save, ZF_ERROR_INVALID);
  assert_cur (f, id, "{'village':'" VILLAGE_1 "','name':'张三'}");
  g_assert_cmpuint (log_length (f, id), ==, 1);
  none = zf_reader_get (f->reader, zf_save_result_id (save, 1), NULL);
  g_assert_null (none);

  zf_save_set (good, "household", id, name);
  zf_save_create (good, "person", NULL, person);
  commit (f, good);
  g_assert_cmpuint (zf_save_n_written (good), ==, 2);
  g_assert_cmpuint (zf_save_n (good), ==, 2);
  fixture_check (f);
}

static void
test_one_row_per_record (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) one = json_of ("{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autoptr (JsonObject) two = json_of ("{'name':'李四','rooms':2}");
  g_autofree char *id = zf_id_new (f->clock, f->random);

  zf_save_create (save, "household", id, one);
  zf_save_set (save, "household", id, two);
  commit (f, save);
  g_assert_cmpuint (zf_save_n_written (save), ==, 1);
  assert_f (f, id, -1, "add", "{'village':[null,'" VILLAGE_1 "'],'name':[null,'李四'],'rooms':[null,2]}");
}

/* The author saw the value as it stood when the form was opened; what others wrote since is not in what he saw. */
static void
test_seen (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','phone':'1','roof':'tile'}", VILLAGE_1);
  g_autoptr (ZfSave) save = zf_save_new ("u2", TRUE);
  g_autoptr (JsonNode) seen = zf_json_string ("1");
  g_autoptr (JsonNode) mine = zf_json_string ("3");
  g_autoptr (JsonNode) tile = zf_json_string ("tile");
  g_autoptr (JsonObject) row = NULL;

  save_set (f, "household", id, "{'phone':'2','roof':'thatch'}");
  zf_save_set_seen (save, "household", id, "phone", mine, seen, 0);
  zf_save_set_seen (save, "household", id, "roof", tile, tile, 0);
  commit (f, save);
  g_assert_cmpuint (zf_save_n_written (save), ==, 1);
  assert_f (f, id, -1, "set", "{'phone':['1','3']}");
  assert_cur (f, id, "{'village':'" VILLAGE_1 "','phone':'3','roof':'thatch'}");
}

static void
test_groups (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','lat':'29.5','lon':'107.5','accuracy':9}", VILLAGE_1);

  save_set (f, "household", id, "{'lat':'29.6'}");
  assert_f (f, id, -1, "set", "{'lat':['29.5','29.6'],'lon':['107.5','107.5'],'accuracy':[9,9]}");
}

static void
test_sets (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','needs':['coal','food']}", VILLAGE_1);
  g_autoptr (ZfSave) save = zf_save_new ("u2", FALSE);
  g_autoptr (JsonArray) seen_array = json_array_of ("['coal','food']");
  g_autoptr (JsonArray) mine_array = json_array_of ("['food','water']");
  g_autoptr (JsonNode) seen = json_node_init_array (json_node_alloc (), seen_array);
  g_autoptr (JsonNode) mine = json_node_init_array (json_node_alloc (), mine_array);

  assert_f (f, id, 0, "add", "{'village':[null,'" VILLAGE_1 "'],'needs':{'add':['coal','food'],'del':[]}}");
  save_set (f, "household", id, "{'needs':['coal','food','school']}");
  assert_f (f, id, -1, "set", "{'needs':{'add':['school'],'del':[]}}");
  /* Elements that another hand added meanwhile stay. */
  zf_save_set_seen (save, "household", id, "needs", mine, seen, 0);
  commit (f, save);
  assert_f (f, id, -1, "set", "{'needs':{'add':['water'],'del':['coal']}}");
  assert_cur (f, id, "{'village':'" VILLAGE_1 "','needs':['food','school','water']}");
  fixture_check (f);
}

static void
test_append_only (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autofree char *id = save_new (f, "visit", "{'household':'%s','date':'2026-11-20','mode':'home'}", home);
  g_autoptr (ZfSave) set = zf_save_new ("u1", FALSE);
  g_autoptr (ZfSave) del = zf_save_new ("u1", FALSE);
  g_autoptr (ZfSave) again = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) mode = json_of ("{'mode':'phone'}");
  g_autoptr (JsonObject) same = json_of ("{'household':'%s','date':'2026-11-20','mode':'home'}", home);
  g_autoptr (JsonObject) correction = json_of ("{'household':'%s','date':'2026-11-20','mode':'phone','supersedes':'%s','why':'x'}", home, id);

  zf_save_set (set, "visit", id, mode);
  commit_fails (f, set, ZF_ERROR_IMMUTABLE);
  zf_save_delete (del, "visit", id, "mistake");
  commit_fails (f, del, ZF_ERROR_IMMUTABLE);
  zf_save_create (again, "visit", id, same);
  zf_save_create (again, "visit", NULL, correction);
  commit (f, again);
  g_assert_cmpuint (zf_save_n_written (again), ==, 1);
  fixture_check (f);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *kind;
    const char *fields;
    ZfError code;
  } cases[] = {
    { "nokind", "{}", ZF_ERROR_INVALID },
    { "village", "{'name':'x'}", ZF_ERROR_INVALID },
    { "household", "{'village':'" VILLAGE_1 "','nofield':1}", ZF_ERROR_INVALID },
    { "household", "{'village':'" VILLAGE_1 "','rooms':'x'}", ZF_ERROR_INVALID },
    { "household", "{'name':'no village'}", ZF_ERROR_NOT_FOUND },
    { "person", "{'household':'33333333-3333-7333-8333-333333333333'}", ZF_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
      g_autoptr (JsonObject) fields = json_of ("%s", cases[i].fields);

      zf_save_create (save, cases[i].kind, NULL, fields);
      commit_fails (f, save, cases[i].code);
    }
  fixture_check (f);
}

/* Two hands that make "the same" record make one. */
static void
test_keys (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autofree char *one = save_new (f, "income", "{'household':'%s','year':2026,'wage':100,'total':100}", home);
  g_autofree char *two = save_new (f, "income", "{'household':'%s','year':2026,'wage':200,'total':200}", home);
  g_autofree char *other = save_new (f, "income", "{'household':'%s','year':2025,'wage':200}", home);

  g_assert_cmpstr (one, ==, two);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpuint (log_length (f, one), ==, 2);
  assert_f (f, one, 1, "add", "{'wage':[100,200],'total':[100,200]}");
}

static void
test_delete_and_back (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','name':'张三'}", VILLAGE_1);
  g_autoptr (ZfSave) del = zf_save_new ("u1", FALSE);
  g_autoptr (ZfSave) undel = zf_save_new ("u1", FALSE);
  g_autoptr (ZfRecord) ended = NULL;
  g_autoptr (ZfRecord) back = NULL;

  zf_save_delete (del, "household", id, "ended");
  zf_save_delete (del, "household", id, "mistake");
  commit (f, del);
  g_assert_cmpuint (zf_save_n_written (del), ==, 1);
  ended = get (f, id);
  g_assert_cmpstr (ended->del, ==, "ended");
  assert_f (f, id, -1, "del", "{'reason':[null,'ended']}");
  zf_save_undelete (undel, "household", id);
  commit (f, undel);
  back = get (f, id);
  g_assert_null (back->del);
  assert_f (f, id, -1, "undel", "{'reason':['ended',null]}");
  fixture_check (f);
}

static void
assert_place (Fixture *f, const char *id, const char *parent, const char *village)
{
  g_autoptr (ZfRecord) record = get (f, id);

  g_assert_cmpstr (record->parent, ==, parent);
  g_assert_cmpstr (record->village, ==, village);
}

static void
test_move (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autofree char *visit = save_new (f, "visit", "{'household':'%s','date':'2026-11-20'}", home);
  g_autofree char *risk = save_new (f, "risk", "{'household':'%s','what':'crack'}", home);
  g_autofree char *measure = save_new (f, "measure", "{'risk':'%s','what':'repair'}", risk);

  save_set (f, "household", home, "{'village':'%s'}", VILLAGE_2);
  assert_place (f, home, VILLAGE_2, VILLAGE_2);
  assert_place (f, visit, home, VILLAGE_2);
  assert_place (f, risk, home, VILLAGE_2);
  assert_place (f, measure, risk, VILLAGE_2);
  g_assert_cmpuint (log_length (f, measure), ==, 1);
  fixture_check (f);
}

/* Two families that are one had an income record each for the same year: nobody may choose for the person, so both stay, at the survivor. */
static void
test_merge_keyed (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','name':'a'}", VILLAGE_1);
  g_autofree char *into = save_new (f, "household", "{'village':'%s','name':'b'}", VILLAGE_1);
  g_autofree char *theirs = save_new (f, "income", "{'household':'%s','year':2026,'wage':100}", home);
  g_autofree char *ours = save_new (f, "income", "{'household':'%s','year':2026,'wage':200}", into);
  g_autofree char *again = NULL;
  g_autoptr (ZfSave) merge = zf_save_new ("u1", FALSE);
  g_autoptr (ZfRecord) moved = NULL;
  g_autoptr (ZfRecord) kept = NULL;

  zf_save_merge_into (merge, "household", home, into);
  commit (f, merge);
  g_assert_cmpstr (theirs, !=, ours);
  assert_place (f, theirs, into, VILLAGE_1);
  assert_place (f, ours, into, VILLAGE_1);
  moved = get (f, theirs);
  kept = get (f, ours);
  g_assert_null (moved->del);
  g_assert_null (kept->del);
  g_assert_cmpint (zf_json_get_int (moved->fields, "wage", 0), ==, 100);
  g_assert_cmpint (zf_json_get_int (kept->fields, "wage", 0), ==, 200);
  /* The year written again goes to the survivor's own record. */
  again = save_new (f, "income", "{'household':'%s','year':2026,'wage':300}", into);
  g_assert_cmpstr (again, ==, ours);
  fixture_check (f);
}

/* What an import brought against newer work is kept beside it for a person; the record does not move. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','phone':'2'}", VILLAGE_1);
  g_autoptr (ZfSave) save = zf_save_new ("", FALSE);
  g_autoptr (JsonNode) base = zf_json_string ("1");
  g_autoptr (JsonNode) theirs = zf_json_string ("2");
  g_autoptr (JsonNode) mine = zf_json_string ("3");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (ZfRecord) record = NULL;
  JsonObject *item;

  zf_save_conflict (save, "household", home, "phone", base, theirs, mine);
  commit (f, save);
  g_assert_cmpuint (zf_save_n_written (save), ==, 0);
  fixture_reopen (f);
  open = zf_ledger_conflicts (f->reader, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (open->len, ==, 1);
  item = g_ptr_array_index (open, 0);
  g_assert_true (zf_id_is_valid (zf_json_get_string (item, "id", "")));
  g_assert_cmpstr (zf_json_get_string (item, "of", NULL), ==, home);
  g_assert_cmpstr (zf_json_get_string (item, "g", NULL), ==, "phone");
  g_assert_cmpstr (zf_json_get_string (item, "base", NULL), ==, "1");
  g_assert_cmpstr (zf_json_get_string (zf_json_get_object (item, "theirs"), "v", NULL), ==, "2");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (zf_json_get_array (item, "mine"), 0), "v", NULL), ==, "3");
  record = get (f, home);
  g_assert_cmpstr (zf_record_get_string (record, "phone", NULL), ==, "2");
  g_assert_cmpuint (log_length (f, home), ==, 1);
  fixture_check (f);
}

static void
test_merge (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','name':'a'}", VILLAGE_1);
  g_autofree char *into = save_new (f, "household", "{'village':'%s','name':'b'}", VILLAGE_2);
  g_autofree char *person = save_new (f, "person", "{'household':'%s','name':'张三'}", home);
  g_autofree char *visit = save_new (f, "visit", "{'household':'%s','date':'2026-11-20'}", home);
  g_autofree char *late = NULL;
  g_autofree char *moved = NULL;
  g_autoptr (ZfSave) merge = zf_save_new ("u1", FALSE);
  g_autoptr (ZfSave) twice = zf_save_new ("u1", FALSE);
  g_autoptr (ZfSave) undo = zf_save_new ("u1", FALSE);
  g_autoptr (ZfRecord) gone = NULL;

  zf_save_merge_into (merge, "household", home, into);
  commit (f, merge);
  g_assert_cmpuint (zf_save_n_written (merge), ==, 2);
  gone = get (f, home);
  g_assert_true (g_str_has_prefix (gone->del, "merged:"));
  moved = g_strdup_printf ("{'household':['%s','%s']}", home, into);
  assert_f (f, person, -1, "set", moved);
  assert_place (f, person, into, VILLAGE_2);
  /* A visit is not edited; it is found at the survivor. */
  assert_place (f, visit, into, VILLAGE_2);
  g_assert_cmpuint (log_length (f, visit), ==, 1);
  late = save_new (f, "visit", "{'household':'%s','date':'2026-11-21'}", home);
  assert_place (f, late, into, VILLAGE_2);
  fixture_check (f);

  zf_save_merge_into (twice, "household", home, into);
  commit_fails (f, twice, ZF_ERROR_INVALID);
  zf_save_undelete (undo, "household", home);
  commit (f, undo);
  assert_place (f, visit, home, VILLAGE_1);
  assert_place (f, late, home, VILLAGE_1);
  assert_place (f, person, into, VILLAGE_2);
  fixture_check (f);
}

static void
test_tx_limit (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (JsonObject) fields = json_of ("{'village':'%s'}", VILLAGE_1);

  for (guint i = 0; i < 201; i++)
    zf_save_create (save, "household", NULL, fields);
  commit_fails (f, save, ZF_ERROR_LIMIT);
}

static void
test_import_base (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("", FALSE);
  g_autofree char *id = zf_id_new (f->clock, f->random);
  g_autoptr (JsonObject) fields = json_of ("{'village':'%s','name':'x'}", VILLAGE_1);
  g_autoptr (JsonObject) values = json_of ("{'户主':'x'}");
  g_autoptr (JsonObject) found = NULL;
  g_autofree char *record = NULL;

  zf_save_create (save, "household", id, fields);
  zf_save_import_base (save, "roster", "k1", id, values);
  commit (f, save);
  found = zf_reader_import_base (f->reader, "roster", "k1", &record);
  assert_json (found, "{'户主':'x'}");
  g_assert_cmpstr (record, ==, id);
  g_assert_null (zf_reader_import_base (f->reader, "other", "k1", NULL));
}

static void
test_stats (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','name':'x'}", VILLAGE_1);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) stats = zf_reader_stats (f->reader, &error);

  g_assert_no_error (error);
  g_assert_cmpint (zf_json_get_int (stats, "records", 0), ==, 3);
  g_assert_cmpint (zf_json_get_int (stats, "unsent", 0), ==, 1);
  assert_json (zf_json_get_object (zf_json_get_object (stats, "kinds"), "household"), "{'records':1,'fields':2}");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/store/save/read", test_save_and_read },
    { "/store/save/nothing-differs", test_nothing_differs },
    { "/store/save/one-transaction", test_one_transaction },
    { "/store/save/one-row-per-record", test_one_row_per_record },
    { "/store/save/seen", test_seen },
    { "/store/save/groups", test_groups },
    { "/store/save/sets", test_sets },
    { "/store/save/append-only", test_append_only },
    { "/store/save/refusals", test_refusals },
    { "/store/save/keys", test_keys },
    { "/store/save/delete-and-back", test_delete_and_back },
    { "/store/save/move", test_move },
    { "/store/save/merge", test_merge },
    { "/store/save/merge-keyed", test_merge_keyed },
    { "/store/save/conflict", test_conflict },
    { "/store/save/tx-limit", test_tx_limit },
    { "/store/save/import-base", test_import_base },
    { "/store/save/stats", test_stats },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].test, fixture_tear_down);
  return g_test_run ();
}
