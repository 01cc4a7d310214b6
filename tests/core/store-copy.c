/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "zf-db.h"

/* Copying a village: parts used as they come give the same store as parts that wait for each other, and a stop anywhere costs nothing. */

#define N_HOUSEHOLDS 12
#define HEAD "'rev':2,'c':[{'by':'a','at':5},{'by':'b','at':6}]"

static char *
household_id (guint i)
{
  return g_strdup_printf ("aaaaaaaa-%04x-7000-8000-000000000001", i);
}

static void
add (JsonArray *items, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  json_array_add_object_element (items, json_of ("%s", text));
}

/* Children before their households, as columns of kinds bring them; one household merged into another, one ended, a question, one person whose household
 * comes with the second part, a field that this version does not know. */
static JsonArray *
make_items (const char *scope)
{
  JsonArray *items = json_array_new ();

  if (g_str_equal (scope, "all"))
    {
      add (items, "{'k':'village','id':'" VILLAGE_1 "','rev':1,'c':[{'by':'a','at':5}],'f':{'name':'one'}}");
      add (items, "{'k':'village','id':'" VILLAGE_2 "','rev':2,'c':[{'by':'a','at':5}],'f':{'name':'two!'}}");
    }
  for (guint i = 0; i < N_HOUSEHOLDS; i++)
    {
      g_autofree char *h = household_id (i);

      for (guint p = 0; p < 3; p++)
        add (items, "{'k':'person','id':'bbbbbbbb-%04x-7000-8000-00000000000%u','rev':1,'c':[{'by':'a','at':5}],'f':{'household':'%s','name':'张三%u'}}", i, p,
             h, p);
      add (items, "{'k':'visit','id':'cccccccc-%04x-7000-8000-000000000001','rev':1,'c':[{'by':'a','at':5}],'f':{'date':'2026-11-0%u','household':'%s'}}", i,
           1 + i % 9, h);
    }
  for (guint i = 0; i < N_HOUSEHOLDS; i++)
    {
      g_autofree char *h = household_id (i);

      add (items, "{'k':'household','id':'%s'," HEAD ",'ci':{'name':1,'village':0,'rooms':0},'f':{'name':'李四','rooms':%u,'village':'" VILLAGE_1 "'%s}%s}", h,
           i, i == 7 ? ",'later':'x'" : "",
           i == 5 ? ",'del':'merged:aaaaaaaa-0006-7000-8000-000000000001'" : i == 9 ? ",'del':'ended'" : "");
    }
  add (items, "{'k':'person','id':'bbbbbbbb-ffff-7000-8000-000000000001','rev':1,'c':[{'by':'a','at':5}],'f':{'household':'aaaaaaaa-ffff-7000-8000-000000000001',"
              "'name':'无'}}");
  add (items, "{'k':'conflict','id':'dddddddd-0001-7000-8000-000000000001','of':'aaaaaaaa-0003-7000-8000-000000000001','kind':'edit','g':'name','base':null,"
              "'theirs':{'v':'李四','cid':'x','by':'a','at':5},'mine':[{'v':'李五','cid':'y','by':'b','at':6}],'open':true}");
  return items;
}

static JsonArray *
make_late_items (void)
{
  JsonArray *items = json_array_new ();

  add (items, "{'k':'household','id':'aaaaaaaa-ffff-7000-8000-000000000001','rev':1,'c':[{'by':'a','at':5}],'f':{'name':'王五','village':'" VILLAGE_1 "'}}");
  return items;
}

static void
begin (Fixture *f, const char *scope, gboolean whole)
{
  const char *mark = whole ? ",'whole':true" : "";
  g_autoptr (JsonArray) parts = json_array_of ("[{'n':1,'size':1,'sha256':'x'%s},{'n':2,'size':1,'sha256':'y'%s}]", mark, mark);
  g_autoptr (GError) error = NULL;

  zf_ledger_snapshot_begin (f->store, scope, 10, parts, &error);
  g_assert_no_error (error);
}

/* One slice; a copy made anew stands for a program that was started again. */
static gboolean
take (Fixture *f, ZfCopy *copy, guint slice_ms)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  guint applied = 0;

  zf_ledger_snapshot_take (f->store, 1, copy, slice_ms, &done, &applied, &error);
  g_assert_no_error (error);
  return done;
}

static ZfCopy *
make_copy (Fixture *f, const char *scope)
{
  g_autoptr (JsonArray) items = make_items (scope);

  return zf_copy_new (f->kinds, items);
}

static void
finish (Fixture *f)
{
  g_autoptr (JsonArray) items = make_late_items ();
  g_autoptr (ZfCopy) late = zf_copy_new (f->kinds, items);
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  guint applied = 0;

  zf_ledger_snapshot_take (f->store, 2, late, 1000, &done, &applied, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  done = FALSE;
  while (!done)
    {
      zf_ledger_snapshot_apply (f->store, 1000, &done, &applied, &error);
      g_assert_no_error (error);
    }
  fixture_check (f);
}

/* Everything that the county's state is made of here. */
static char *
dump (Fixture *f)
{
  static const char *const queries[] = {
    "SELECT group_concat (id || '|' || kind || '|' || ifnull (parent, '') || '|' || ifnull (village, '') || '|' || rev || '|' || ifnull (base, '') || '|' || cur"
    " || '|' || ifnull (meta, '') || '|' || ifnull (del, '') || '|' || ifnull (base_del, '') || '|' || ifnull (extra, '') || '|' || ifnull (hex (digest), '')"
    " || '|' || ifnull (counted, '-'), char (10)) FROM (SELECT * FROM record ORDER BY id)",
    "SELECT group_concat (village || '|' || n || '|' || hex (h), char (10)) FROM (SELECT * FROM digest ORDER BY village)",
    "SELECT group_concat (id || '|' || record || '|' || item || '|' || open, char (10)) FROM (SELECT * FROM conflict ORDER BY id)",
    "SELECT group_concat (village || '|' || seq, char (10)) FROM (SELECT * FROM cursor ORDER BY village)",
    "SELECT group_concat (id, char (10)) FROM (SELECT * FROM dirty ORDER BY id)",
  };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *text = zf_db_get_text (zf_reader_db (f->reader), queries[i], "");

      g_string_append_printf (out, "%s\n\n", text);
    }
  return g_string_free (out, FALSE);
}

static char *
copied (const char *scope, gboolean whole, guint slice_ms)
{
  Fixture f = { 0 };
  g_autoptr (ZfCopy) copy = NULL;
  char *text;

  fixture_set_up (&f, NULL);
  copy = make_copy (&f, scope);
  begin (&f, scope, whole);
  while (!take (&f, copy, slice_ms))
    ;
  finish (&f);
  text = dump (&f);
  fixture_tear_down (&f, NULL);
  return text;
}

/* However it comes: at once, in slices of one home, or staged. */
static void
test_same (gconstpointer scope)
{
  g_autofree char *staged = copied (scope, FALSE, 50);
  g_autofree char *direct = copied (scope, TRUE, 1000);
  g_autofree char *slices = copied (scope, TRUE, 0);

  g_assert_nonnull (strstr (staged, "later"));
  g_assert_cmpstr (direct, ==, staged);
  g_assert_cmpstr (slices, ==, staged);
}

/* A reader sees a household with everything below it, or nothing of it. */
static void
check_whole (Fixture *f)
{
  ZfDb *db = zf_reader_db (f->reader);

  g_assert_cmpint (zf_db_get_int (db, -1,
                                  "SELECT count(*) FROM record AS h WHERE kind = 'household' AND del IS NULL AND 4 > "
                                  "(SELECT count(*) FROM record WHERE parent = h.id)", ""), ==, 0);
  g_assert_cmpint (zf_db_get_int (db, -1,
                                  "SELECT count(*) FROM record AS c WHERE kind IN ('person', 'visit') AND "
                                  "NOT EXISTS (SELECT 1 FROM record WHERE id = c.parent)", ""), ==, 0);
}

static void
test_stops (void)
{
  g_autofree char *expected = copied (VILLAGE_1, TRUE, 1000);
  guint slices = 0;

  for (guint stop = 1; stop == 1 || slices > stop; stop++)
    {
      Fixture f = { 0 };
      g_autofree char *text = NULL;
      gboolean done = FALSE;

      fixture_set_up (&f, NULL);
      begin (&f, VILLAGE_1, TRUE);
      for (guint round = 0; round < 2; round++)
        {
          g_autoptr (ZfCopy) copy = make_copy (&f, VILLAGE_1);

          for (slices = 0; !done && (round == 1 || slices < stop); slices++)
            {
              done = take (&f, copy, 0);
              check_whole (&f);
            }
          if (round == 0)
            fixture_reopen (&f);
        }
      finish (&f);
      text = dump (&f);
      g_assert_cmpstr (text, ==, expected);
      fixture_tear_down (&f, NULL);
    }
  g_assert_cmpuint (slices, >, 0);
}

/* Who works while parts come in loses nothing, and gets nothing twice. */
static void
test_saves (void)
{
  Fixture f = { 0 };
  g_autoptr (ZfCopy) copy = NULL;
  g_autoptr (ZfRecord) record = NULL;
  g_autofree char *h = household_id (0);
  g_autofree char *fresh = NULL;

  fixture_set_up (&f, NULL);
  copy = make_copy (&f, VILLAGE_1);
  begin (&f, VILLAGE_1, TRUE);
  g_assert_false (take (&f, copy, 0));
  g_assert_false (take (&f, copy, 0));
  save_set (&f, "household", h, "{'name':'mine'}");
  fresh = save_new (&f, "household", "{'village':'%s','name':'new'}", VILLAGE_1);
  while (!take (&f, copy, 0))
    ;
  finish (&f);
  record = get (&f, h);
  g_assert_cmpstr (zf_record_get_string (record, "name", NULL), ==, "mine");
  g_assert_cmpint (record->rev, ==, 2);
  g_assert_cmpint (zf_db_get_int (zf_reader_db (f.reader), 0, "SELECT count(*) FROM record WHERE kind = 'household'", ""), ==, N_HOUSEHOLDS + 2);
  fixture_tear_down (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/copy/same/village", VILLAGE_1, test_same);
  g_test_add_data_func ("/copy/same/all", "all", test_same);
  g_test_add_func ("/copy/stops", test_stops);
  g_test_add_func ("/copy/saves", test_saves);
  return g_test_run ();
}
