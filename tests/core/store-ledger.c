/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

/* The tablet's half of sync: nothing lost, nothing twice, cur = base ⊕ pending. */

#define H1 "aaaaaaaa-0001-7000-8000-000000000001"
#define H2 "aaaaaaaa-0002-7000-8000-000000000002"
#define P1 "bbbbbbbb-0001-7000-8000-000000000001"
#define R1 "cccccccc-0001-7000-8000-000000000001"
#define M1 "dddddddd-0001-7000-8000-000000000001"

static ZfBatch *
freeze (Fixture *f, guint max)
{
  g_autoptr (GError) error = NULL;
  ZfBatch *batch = NULL;

  zf_ledger_batch (f->store, max, &batch, &error);
  g_assert_no_error (error);
  return batch;
}

static void
acked (Fixture *f, const ZfBatch *batch, const char *results)
{
  g_autoptr (JsonArray) array = json_array_of ("%s", results);
  g_autoptr (GError) error = NULL;

  zf_ledger_acked (f->store, batch->batch_id, batch->last, 0, array, &error);
  g_assert_no_error (error);
}

static void
stage (Fixture *f, gint64 next, gboolean more, const char *items)
{
  g_autoptr (JsonArray) array = json_array_of ("%s", items);
  g_autoptr (GError) error = NULL;

  zf_ledger_stage (f->store, array, next, more, &error);
  g_assert_no_error (error);
}

static gboolean
apply_slice (Fixture *f, guint slice_ms)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  zf_ledger_apply (f->store, slice_ms, &done, NULL, &error);
  g_assert_no_error (error);
  return done;
}

static void
pull (Fixture *f, gint64 next, const char *items)
{
  stage (f, next, FALSE, items);
  while (!apply_slice (f, 50))
    ;
  g_assert_cmpint (zf_ledger_cursor (f->store), ==, next);
  fixture_check (f);
}

static void
assert_field (Fixture *f, const char *id, const char *field, const char *expected)
{
  g_autoptr (ZfRecord) record = get (f, id);

  g_assert_cmpstr (zf_record_get_string (record, field, NULL), ==, expected);
}

static gint64
state_of (Fixture *f, const char *id)
{
  g_autoptr (JsonObject) row = log_row (f, id, -1);

  return zf_json_get_int (row, "state", -1);
}

/* One household as the county has it. */
static void
pull_household (Fixture *f)
{
  pull (f, 10, "[{'s':10,'k':'household','id':'" H1 "','rev':1,'f':{'village':'" VILLAGE_1 "','name':'a','roof':'tile','phone':'1'},"
               "'c':[{'cid':'x','by':'u9','at':5}],'ci':{'name':0,'roof':0}}]");
}

static void
test_batch (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autofree char *one = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autoptr (JsonObject) fields = json_of ("{'household':'%s'}", one);
  g_autoptr (ZfBatch) first = NULL;
  g_autoptr (ZfBatch) same = NULL;
  g_autoptr (ZfBatch) second = NULL;
  g_autoptr (ZfBatch) none = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autofree char *sum = NULL;
  JsonObject *change;
  g_autofree char *later = NULL;

  for (guint i = 0; i < 5; i++)
    zf_save_create (save, "person", NULL, fields);
  commit (f, save);
  first = freeze (f, 3);
  g_assert_cmpint (first->first, ==, 1);
  g_assert_cmpint (first->last, ==, 1);   /* the five stand or fall together */
  later = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  fixture_reopen (f);
  same = freeze (f, 500);
  g_assert_cmpstr (same->batch_id, ==, first->batch_id);
  g_assert_true (g_bytes_equal (same->body, first->body));
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, same->body);
  g_assert_cmpstr (sum, ==, same->sha256);
  acked (f, first, "[{'lsn':1,'d':'applied','rev':1}]");
  second = freeze (f, 3);
  g_assert_cmpint (second->first, ==, 2);
  g_assert_cmpint (second->last, ==, 6);   /* a larger tx is taken whole */
  body = zf_json_parse_object (g_bytes_get_data (second->body, NULL), g_bytes_get_size (second->body), NULL);
  g_assert_cmpuint (json_array_get_length (zf_json_get_array (body, "changes")), ==, 5);
  change = json_array_get_object_element (zf_json_get_array (body, "changes"), 0);
  g_assert_cmpint (zf_json_get_int (change, "lsn", 0), ==, 2);
  g_assert_cmpstr (zf_json_get_string (change, "k", ""), ==, "person");
  g_assert_cmpstr (zf_json_get_string (change, "op", ""), ==, "add");
  g_assert_nonnull (zf_json_get_string (change, "tx", NULL));
  acked (f, second, "[]");
  none = freeze (f, 3);
  g_assert_cmpint (none->first, ==, 7);
  g_assert_cmpint (none->last, ==, 7);
  fixture_check (f);
}

static void
test_acked_is_not_seen (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfBatch) batch = NULL;
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (JsonObject) unsent = NULL;

  pull_household (f);
  save_set (f, "household", H1, "{'roof':'thatch'}");
  batch = freeze (f, 10);
  acked (f, batch, "[{'lsn':1,'d':'applied','rev':2}]");
  record = get (f, H1);
  /* base moves by pull alone: what others wrote meanwhile has not been seen here. */
  g_assert_cmpint (record->rev, ==, 1);
  g_assert_cmpstr (zf_json_get_string (record->base, "roof", ""), ==, "tile");
  g_assert_cmpint (state_of (f, H1), ==, 2);
  unsent = zf_ledger_unsent (f->reader, NULL);
  g_assert_cmpint (zf_json_get_int (unsent, "changes", -1), ==, 0);
  fixture_check (f);

  pull (f, 11, "[{'s':11,'id':'" H1 "','rev':2,'own':[1]}]");
  g_clear_pointer (&record, zf_record_free);
  record = get (f, H1);
  g_assert_cmpint (record->rev, ==, 2);
  g_assert_null (record->base);
  g_assert_cmpint (state_of (f, H1), ==, 3);
  assert_field (f, H1, "roof", "thatch");
}

static void
test_pull_under_unsent (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (JsonObject) row = NULL;

  pull_household (f);
  save_set (f, "household", H1, "{'roof':'thatch'}");
  pull (f, 12, "[{'s':12,'k':'household','id':'" H1 "','rev':2,'f':{'roof':'tin','phone':null,'name':'b'}}]");
  assert_field (f, H1, "roof", "thatch");
  assert_field (f, H1, "name", "b");
  assert_field (f, H1, "phone", NULL);
  record = get (f, H1);
  g_assert_cmpstr (zf_json_get_string (record->base, "roof", ""), ==, "tin");
  save_set (f, "household", H1, "{'name':'c'}");
  row = log_row (f, H1, -1);
  assert_json (zf_json_get_object (row, "f"), "{'name':['b','c']}");
  fixture_check (f);
}

/* The value that lost is kept by the conflict and no longer stands in the record. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfBatch) batch = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GPtrArray) closed = NULL;
  JsonObject *item;

  pull_household (f);
  save_set (f, "household", H1, "{'roof':'thatch','name':'mine'}");
  batch = freeze (f, 10);
  acked (f, batch, "[{'lsn':1,'d':'conflict','rev':3,'conflict':'c1'}]");
  assert_field (f, H1, "roof", "thatch");
  pull (f, 15, "[{'s':13,'k':'household','id':'" H1 "','rev':2,'f':{'roof':'tin'}},"
               "{'s':14,'k':'household','id':'" H1 "','rev':3,'f':{'name':'mine'}},"
               "{'s':15,'k':'conflict','id':'c1','of':'" H1 "','kind':'household','g':'roof','base':'tile','theirs':{'v':'tin','cid':'t'},"
               "'mine':[{'v':'thatch','cid':'m'}],'open':true}]");
  assert_field (f, H1, "roof", "tin");
  assert_field (f, H1, "name", "mine");
  open = zf_ledger_conflicts (f->reader, TRUE, NULL);
  g_assert_cmpuint (open->len, ==, 1);
  item = g_ptr_array_index (open, 0);
  g_assert_cmpstr (zf_json_get_string (item, "of", ""), ==, H1);
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (zf_json_get_array (item, "mine"), 0), "v", ""), ==, "thatch");
  pull (f, 16, "[{'s':16,'k':'conflict','id':'c1','of':'" H1 "','g':'roof','open':false}]");
  closed = zf_ledger_conflicts (f->reader, TRUE, NULL);
  g_assert_cmpuint (closed->len, ==, 0);
}

/* A conflict without any item of the record itself settles it too. */
static void
test_refused_delete (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfBatch) batch = NULL;
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (ZfRecord) deleted = NULL;
  g_autoptr (ZfRecord) back = NULL;

  pull_household (f);
  zf_save_delete (save, "household", H1, "ended");
  commit (f, save);
  batch = freeze (f, 10);
  acked (f, batch, "[{'lsn':1,'d':'conflict','conflict':'c1'}]");
  deleted = get (f, H1);
  g_assert_cmpstr (deleted->del, ==, "ended");
  pull (f, 15, "[{'s':15,'k':'conflict','id':'c1','of':'" H1 "','kind':'household','g':'*','base':null,'theirs':{'v':null,'cid':'t'},"
               "'mine':[{'v':'ended','cid':'m'}],'open':true}]");
  back = get (f, H1);
  g_assert_null (back->del);
}

static void
test_quarantine (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfBatch) batch = NULL;
  g_autoptr (GPtrArray) refused = NULL;
  g_autofree char *made = NULL;
  g_autoptr (ZfRecord) record = NULL;

  pull_household (f);
  save_set (f, "household", H1, "{'roof':'thatch'}");
  made = save_new (f, "person", "{'household':'" H1 "','name':'x'}");
  batch = freeze (f, 10);
  acked (f, batch, "[{'lsn':1,'d':'quarantined','why':'forbidden'},{'lsn':2,'d':'quarantined','why':'late_scope'}]");
  assert_field (f, H1, "roof", "tile");
  record = get (f, made);
  g_assert_cmpstr (record->del, ==, "quarantined");
  refused = zf_ledger_quarantined (f->reader, NULL);
  g_assert_cmpuint (refused->len, ==, 2);
  g_assert_cmpstr (zf_json_get_string (g_ptr_array_index (refused, 1), "why", ""), ==, "late_scope");
  fixture_check (f);
}

static void
test_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfBatch) batch = NULL;

  pull_household (f);
  pull (f, 20, "[{'s':20,'k':'household','id':'" H2 "','rev':1,'f':{'village':'" VILLAGE_1 "','name':'b'}}]");
  save_set (f, "household", H1, "{'roof':'thatch'}");
  pull (f, 22, "[{'s':21,'id':'" H1 "','gone':'moved'},{'s':22,'id':'" H2 "','gone':'moved'}]");
  g_assert_null (zf_reader_get (f->reader, H2, NULL));
  /* Edits that wait are not thrown away with the record. */
  assert_field (f, H1, "roof", "thatch");
  batch = freeze (f, 10);
  acked (f, batch, "[{'lsn':1,'d':'applied','rev':2}]");
  g_assert_null (zf_reader_get (f->reader, H1, NULL));
  g_assert_cmpuint (log_length (f, H1), ==, 1);
  fixture_check (f);
}

static void
test_tombstones (Fixture *f, gconstpointer data)
{
  g_autofree char *visit = NULL;
  g_autoptr (ZfRecord) merged = NULL;
  g_autoptr (ZfRecord) moved = NULL;
  g_autoptr (ZfRecord) back = NULL;

  pull_household (f);
  visit = save_new (f, "visit", "{'household':'" H1 "','date':'2026-11-20'}");
  pull (f, 30, "[{'s':29,'k':'household','id':'" H2 "','rev':1,'f':{'village':'" VILLAGE_2 "','name':'b'}},"
               "{'s':30,'id':'" H1 "','k':'household','rev':2,'del':'merged:" H2 "'}]");
  merged = get (f, H1);
  g_assert_cmpstr (merged->del, ==, "merged:" H2);
  moved = get (f, visit);
  g_assert_cmpstr (moved->parent, ==, H2);
  g_assert_cmpstr (moved->village, ==, VILLAGE_2);
  pull (f, 31, "[{'s':31,'id':'" H1 "','k':'household','rev':3,'undel':true}]");
  back = get (f, visit);
  g_assert_cmpstr (back->parent, ==, H1);
}

/* Fields of a newer version are kept, and nothing of the known ones is lost. */
static void
test_unknown (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfRecord) record = NULL;

  pull_household (f);
  pull (f, 40, "[{'s':40,'k':'household','id':'" H1 "','rev':2,'f':{'newfield':1,'name':'c'}},"
               "{'s':39,'k':'newkind','id':'" H2 "','rev':1,'f':{'anything':'x'}}]");
  assert_field (f, H1, "name", "c");
  assert_field (f, H1, "newfield", NULL);
  record = get (f, H2);
  g_assert_null (record->kind);
  g_assert_cmpstr (zf_record_get_string (record, "anything", NULL), ==, "x");
}

/* Who wrote last, field by field. */
static void
test_authors (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfRecord) record = NULL;

  pull_household (f);
  pull (f, 50, "[{'s':50,'k':'household','id':'" H1 "','rev':2,'f':{'roof':'tin'},'c':[{'cid':'y','by':'u8','at':6}],'ci':{'roof':0}}]");
  record = get (f, H1);
  assert_json (record->meta, "{'c':[{'cid':'x','by':'u9','at':5},{'cid':'y','by':'u8','at':6}],'ci':{'name':0,'roof':1}}");
}

#define FAMILY \
  "[{'s':61,'k':'measure','id':'" M1 "','rev':1,'f':{'risk':'" R1 "','what':'repair'}}," \
  "{'s':62,'k':'person','id':'" P1 "','rev':1,'f':{'household':'" H1 "','name':'x'}}," \
  "{'s':63,'k':'risk','id':'" R1 "','rev':1,'f':{'household':'" H1 "','what':'crack'}}," \
  "{'s':64,'k':'household','id':'" H1 "','rev':1,'f':{'village':'" VILLAGE_1 "','name':'a'}}," \
  "{'s':65,'k':'household','id':'" H2 "','rev':1,'f':{'village':'" VILLAGE_2 "','name':'b'}}]"

/* A tablet that dies between slices goes on where it was, and no reader ever sees half a family. */
static void
test_slices (Fixture *f, gconstpointer data)
{
  g_autofree char *own = save_new (f, "household", "{'village':'%s','name':'own'}", VILLAGE_1);
  g_autoptr (ZfRecord) measure = NULL;
  guint slices = 0;

  stage (f, 60, TRUE, "[]");
  stage (f, 65, FALSE, FAMILY);
  for (gboolean done = FALSE; !done; slices++)
    {
      g_autoptr (ZfRecord) home = NULL;
      g_autoptr (ZfRecord) leaf = NULL;

      done = apply_slice (f, 0);
      fixture_reopen (f);
      home = zf_reader_get (f->reader, H1, NULL);
      leaf = zf_reader_get (f->reader, M1, NULL);
      g_assert_true ((home != NULL) == (leaf != NULL));
      if (!done)
        g_assert_cmpint (zf_ledger_cursor (f->store), ==, 0);
      g_assert_cmpint (zf_ledger_after (f->store), ==, 65);
      fixture_check (f);
    }
  g_assert_cmpuint (slices, >=, 3);
  g_assert_cmpint (zf_ledger_cursor (f->store), ==, 65);
  measure = get (f, M1);
  g_assert_cmpstr (measure->village, ==, VILLAGE_1);
  /* The same page again changes nothing. */
  pull (f, 65, FAMILY);
  assert_field (f, M1, "what", "repair");
}

static void
test_incomplete_pull (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonArray) items = json_array_of ("[]");
  g_autoptr (GError) error = NULL;

  stage (f, 65, TRUE, FAMILY);
  g_assert_true (apply_slice (f, 50));
  g_assert_null (zf_reader_get (f->reader, H1, NULL));
  g_assert_cmpint (zf_ledger_after (f->store), ==, 65);
  g_assert_false (zf_ledger_stage (f->store, items, 64, FALSE, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

/* A county set back lacks rows of earlier epochs too: they go again before what was saved on top of them. */
static void
test_set_back (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_new (f, "household", "{'village':'%s','roof':'tile'}", VILLAGE_1);
  g_autoptr (ZfBatch) before = freeze (f, 10);
  g_autoptr (ZfBatch) again = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *changes;

  acked (f, before, "[{'lsn':1,'d':'applied','rev':1}]");
  zf_ledger_new_epoch (f->store, &error);
  g_assert_no_error (error);
  save_set (f, "household", id, "{'roof':'thatch'}");
  zf_ledger_restored (f->store, "another epoch", 1, NULL, &error);
  g_assert_no_error (error);
  assert_field (f, id, "roof", "thatch");
  fixture_check (f);
  again = freeze (f, 10);
  g_assert_cmpint (again->first, ==, 1);
  g_assert_cmpint (again->last, ==, 2);
  body = zf_json_parse_object (g_bytes_get_data (again->body, NULL), g_bytes_get_size (again->body), NULL);
  changes = zf_json_get_array (body, "changes");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (changes, 0), "op", ""), ==, "add");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (changes, 1), "op", ""), ==, "set");
}

static void
copy_nothing (Fixture *f)
{
  g_autoptr (JsonArray) parts = json_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  zf_ledger_snapshot_begin (f->store, VILLAGE_1, 1, parts, &error);
  while (error == NULL && !done)
    zf_ledger_snapshot_apply (f->store, 50, &done, NULL, &error);
  g_assert_no_error (error);
}

/* A county set back to before a household: an edit that waits keeps it here until the county, which does not know it, refuses the edit. */
static void
test_lost_there (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfBatch) batch = NULL;
  g_autoptr (GPtrArray) refused = NULL;
  g_autoptr (GError) error = NULL;

  pull_household (f);
  save_set (f, "household", H1, "{'roof':'thatch'}");
  zf_ledger_restored (f->store, "another epoch", 1, NULL, &error);
  g_assert_no_error (error);
  copy_nothing (f);
  assert_field (f, H1, "roof", "thatch");
  batch = freeze (f, 10);
  acked (f, batch, "[{'lsn':1,'d':'quarantined','why':'unknown_record'}]");
  g_assert_null (zf_reader_get (f->reader, H1, NULL));
  refused = zf_ledger_quarantined (f->reader, NULL);
  g_assert_cmpuint (refused->len, ==, 1);
  fixture_check (f);
}

static void
test_blobs (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (GPtrArray) wanted = NULL;
  g_autoptr (GPtrArray) local = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonObject) unsent = NULL;
  g_autofree char *hash = g_strnfill (64, 'a');
  g_autofree char *mine = g_strnfill (64, 'b');
  g_autofree char *items = g_strdup_printf ("[{'s':71,'k':'photo','id':'" P1 "','rev':1,'f':{'household':'" H1 "','sha256':'%s','size':9}}]", hash);

  pull_household (f);
  pull (f, 71, items);
  wanted = zf_ledger_blobs (f->reader, ZF_BLOB_WANTED, 10, NULL);
  g_assert_cmpuint (wanted->len, ==, 1);
  g_assert_null (((ZfBlob *) g_ptr_array_index (wanted, 0))->path);
  zf_save_blob (save, mine, NULL, 5);
  commit (f, save);
  unsent = zf_ledger_unsent (f->reader, NULL);
  g_assert_cmpint (zf_json_get_int (unsent, "photos", 0), ==, 1);
  local = zf_ledger_blobs (f->reader, ZF_BLOB_LOCAL, 10, NULL);
  g_assert_nonnull (((ZfBlob *) g_ptr_array_index (local, 0))->path);
  /* A photo that is only here and whose file is gone is the worst that check can find. */
  g_assert_true (zf_store_check (f->store, problems, NULL));
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_true (zf_ledger_blob_state (f->store, mine, ZF_BLOB_SENT, NULL));
  g_assert_false (zf_ledger_blob_state (f->store, "none", ZF_BLOB_SENT, NULL));
  fixture_check (f);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/store/ledger/batch", test_batch },
    { "/store/ledger/acked-is-not-seen", test_acked_is_not_seen },
    { "/store/ledger/pull-under-unsent", test_pull_under_unsent },
    { "/store/ledger/conflict", test_conflict },
    { "/store/ledger/refused-delete", test_refused_delete },
    { "/store/ledger/quarantine", test_quarantine },
    { "/store/ledger/gone", test_gone },
    { "/store/ledger/tombstones", test_tombstones },
    { "/store/ledger/unknown", test_unknown },
    { "/store/ledger/authors", test_authors },
    { "/store/ledger/slices", test_slices },
    { "/store/ledger/incomplete-pull", test_incomplete_pull },
    { "/store/ledger/set-back", test_set_back },
    { "/store/ledger/lost-there", test_lost_there },
    { "/store/ledger/blobs", test_blobs },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].test, fixture_tear_down);
  return g_test_run ();
}
