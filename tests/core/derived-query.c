/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "store-fixture.h"
#include "zf-query.h"

/* Lists as screens and reports ask for them. */

#define N 300
#define MANY 8000

static const char *const classes[] = { "general", "poor", "edge" };

static void
make_households (Fixture *f, gconstpointer kinds_folder)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);

  fixture_set_up (f, kinds_folder);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *id = g_strdup_printf ("01900000-0000-7000-8000-%012u", i);
      g_autoptr (JsonObject) fields =
        json_of ("{'village':'%s','code':'h%03u','name':'%s','group_no':%u,'income':%u}", i % 3 ? VILLAGE_1 : VILLAGE_2, i,
                 i % 2 ? "张三" : "李四", i % 7, i * 100);

      if (i % 4 != 0)
        json_object_set_string_member (fields, "class", classes[i % 3]);
      zf_save_create (save, "household", id, fields);
    }
  commit (f, save);
}

static ZfRows *
run (Fixture *f, ZfQuery *query)
{
  g_autoptr (GError) error = NULL;
  ZfRows *rows = zf_query_run (query, f->reader, &error);

  g_assert_no_error (error);
  return rows;
}

static gint64
count (Fixture *f, ZfQuery *query)
{
  g_autoptr (GError) error = NULL;
  gint64 n = zf_query_count (query, f->reader, &error);

  g_assert_no_error (error);
  return n;
}

static char *
save_typed (Fixture *f)
{
  return save_new (f, "household",
                   "{'village':'%s','code':'t','name':'曾一','group_no':12,'area':'80.5','income':680050,'since':'2026-03-04',"
                   "'class':'poor','needs':['coal','water'],'seen':1790000000000,'head':'是'}", VILLAGE_1);
}

static const struct
{
  const char *name;
  ZfOp op;
  const char *value;
  guint n;   /* of the two records: the typed one and one with nothing */
} filters[] = {
  { "code", ZF_OP_EQ, "t", 1 },           { "code", ZF_OP_NE, "t", 1 },           { "code", ZF_OP_NULL, NULL, 1 },
  { "code", ZF_OP_NOT_NULL, NULL, 1 },    { "group_no", ZF_OP_EQ, "12", 1 },      { "group_no", ZF_OP_LT, "2", 0 },
  { "group_no", ZF_OP_GT, "2", 1 },       { "group_no", ZF_OP_GE, "12", 1 },      { "group_no", ZF_OP_LE, "12", 1 },
  { "group_no", ZF_OP_IN, "1\n12", 1 },   { "group_no", ZF_OP_NE, "12", 1 },      { "area", ZF_OP_GT, "9", 1 },
  { "area", ZF_OP_EQ, "80.50", 1 },       { "area", ZF_OP_LT, "80.5", 0 },        { "income", ZF_OP_GE, "680050", 1 },
  { "income", ZF_OP_LT, "80000", 0 },     { "since", ZF_OP_LE, "2026-03-04", 1 }, { "since", ZF_OP_GT, "2026-03-04", 0 },
  { "class", ZF_OP_IN, "edge\npoor", 1 }, { "class", ZF_OP_IN, "edge", 0 },       { "class", ZF_OP_IN, "", 0 },
  { "needs", ZF_OP_EQ, "water", 1 },      { "needs", ZF_OP_EQ, "wat", 0 },        { "needs", ZF_OP_NE, "water", 1 },
  { "needs", ZF_OP_NE, "waterpipe", 2 },  { "needs", ZF_OP_IN, "food\ncoal", 1 }, { "needs", ZF_OP_NULL, NULL, 1 },
  { "seen", ZF_OP_EQ, "1790000000000", 1 }, { "head", ZF_OP_EQ, "是", 1 },        { "village", ZF_OP_EQ, VILLAGE_1, 2 },
  { "parent", ZF_OP_EQ, VILLAGE_2, 0 },   { "village", ZF_OP_IN, VILLAGE_2 "\n" VILLAGE_1, 2 },
  { "code", ZF_OP_EQ, "' OR 1=1 --", 0 }, { "@n:person", ZF_OP_EQ, "2", 1 },      { "@n:person", ZF_OP_EQ, "0", 1 },
  { "village.name", ZF_OP_EQ, "一村", 2 }, { "@latest:visit", ZF_OP_NULL, NULL, 2 },
};

static void
test_filters (Fixture *f, gconstpointer data)
{
  g_autofree char *typed = save_typed (f);
  g_autofree char *bare = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autofree char *a = save_new (f, "person", "{'household':'%s','name':'曾二'}", typed);
  g_autofree char *b = save_new (f, "person", "{'household':'%s','name':'曾三'}", typed);

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (ZfQuery) query = zf_query_new ("household");
      g_autoptr (ZfRows) rows = NULL;

      g_test_message ("%s op %d %s", filters[i].name, (int) filters[i].op, filters[i].value);
      zf_query_columns (query, "id", NULL);
      zf_query_where (query, filters[i].name, filters[i].op, filters[i].value);
      rows = run (f, query);
      g_assert_cmpuint (zf_rows_n (rows), ==, filters[i].n);
      g_assert_cmpint (count (f, query), ==, filters[i].n);
    }
}

static void
test_columns (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "village", "parent", "code", "group_no", "area", "income", "since", "class", "needs", "seen", "head",
                                       "village.name", "@n:person", "@n:visit", "@latest:visit" };
  static const char *const values[] = { VILLAGE_1, VILLAGE_1, "t", "12", "80.5", "680050", "2026-03-04", "poor", "coal water",
                                        "1790000000000", "是", "一村", "1", "2", "2026-11-03" };
  g_autofree char *typed = save_typed (f);
  g_autofree char *person = save_new (f, "person", "{'household':'%s','name':'曾二'}", typed);
  g_autofree char *v1 = save_new (f, "visit", "{'household':'%s','date':'2026-11-03'}", typed);
  g_autofree char *v2 = save_new (f, "visit", "{'household':'%s','date':'2026-10-03'}", typed);
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfRows) rows = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    zf_query_column (query, names[i]);
  rows = run (f, query);
  g_assert_cmpuint (zf_rows_n (rows), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (zf_rows_text (rows, 0, i), ==, values[i]);
  g_assert_cmpint (zf_rows_int (rows, 0, 5), ==, 680050);
}

static void
assert_invalid (Fixture *f, ZfQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = zf_query_run (query, f->reader, &error);

  g_assert_null (rows);
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

static void
test_refused_names (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "phone", "nope", "code\" OR 1=1 --", "@n:nope", "@n:", "@latest:x'", "@count", "village.nope",
                                       "village.", "other.name", "k.id", "rowid", "*", "" };
  g_autoptr (ZfQuery) no_kind = zf_query_new ("nope\"");
  g_autoptr (ZfQuery) no_column = zf_query_new ("household");

  zf_query_columns (no_kind, "id", NULL);
  assert_invalid (f, no_kind);
  assert_invalid (f, no_column);
  for (guint i = 0; i < 4 * G_N_ELEMENTS (names); i++)
    {
      const char *name = names[i / 4];
      g_autoptr (ZfQuery) query = zf_query_new ("household");

      g_test_message ("“%s”", name);
      if (i % 4 != 3)
        zf_query_columns (query, i % 4 == 0 ? name : "id", NULL);
      if (i % 4 == 1)
        zf_query_where (query, name, ZF_OP_EQ, "1");
      if (i % 4 == 2)
        zf_query_order (query, name, FALSE);
      if (i % 4 == 3)
        zf_query_group (query, name);
      assert_invalid (f, query);
    }
}

static const struct
{
  const char *name;
  ZfOp op;
  const char *value;
} wrong[] = {
  { "group_no", ZF_OP_EQ, "zwölf" }, { "group_no", ZF_OP_EQ, "" }, { "group_no", ZF_OP_IN, "1\nx" }, { "area", ZF_OP_LT, "1e5" },
  { "needs", ZF_OP_LT, "coal" },     { "code", ZF_OP_EQ, NULL },
};

static void
test_refused_values (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (ZfQuery) query = zf_query_new ("household");

      zf_query_columns (query, "id", NULL);
      zf_query_where (query, wrong[i].name, wrong[i].op, wrong[i].value);
      assert_invalid (f, query);
      g_assert_cmpint (zf_query_count (query, f->reader, NULL), ==, -1);
    }
}

static void
test_groups (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfQuery) sets = zf_query_new ("household");
  g_autoptr (ZfQuery) mixed = zf_query_new ("household");
  g_autoptr (ZfRows) rows = NULL;
  gint64 sum = 0;

  zf_query_group (query, "class");
  zf_query_order (query, "@count", TRUE);
  rows = run (f, query);
  g_assert_cmpuint (zf_rows_n (rows), ==, 4);
  g_assert_cmpint (count (f, query), ==, 4);
  for (guint i = 0; i < 4; i++)
    sum += zf_rows_int (rows, i, 1);
  g_assert_cmpint (sum, ==, N);
  g_assert_cmpint (zf_rows_int (rows, 0, 1), >=, zf_rows_int (rows, 1, 1));

  zf_query_group (sets, "needs");
  assert_invalid (f, sets);
  zf_query_group (mixed, "class");
  zf_query_column (mixed, "code");
  assert_invalid (f, mixed);
}

static void
test_groups_by_parent (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfRows) rows = NULL;

  zf_query_group (query, "village.name");
  zf_query_group (query, "name");
  zf_query_order (query, "village.name", TRUE);
  rows = run (f, query);
  g_assert_cmpuint (zf_rows_n (rows), ==, 4);
  g_assert_cmpstr (zf_rows_text (rows, 0, 0), ==, "二村");
  g_assert_cmpint (zf_rows_int (rows, 0, 2) + zf_rows_int (rows, 1, 2), ==, N / 3);
}

/* Pages laid end to end are the list, in both directions, though most rows are equal in what they are sorted by. */
static void
test_pages (Fixture *f, gconstpointer data)
{
  for (guint descending = 0; descending < 2; descending++)
    {
      g_autoptr (ZfQuery) query = zf_query_new ("household");
      g_autoptr (ZfRows) all = NULL;
      guint n = 0;

      zf_query_columns (query, "id", "name", NULL);
      zf_query_order (query, "name", descending);
      all = run (f, query);
      g_assert_cmpuint (zf_rows_n (all), ==, N);
      for (guint offset = 0; offset < N + 50; offset += 70)
        {
          g_autoptr (ZfRows) page = NULL;

          zf_query_page (query, offset, 70);
          page = run (f, query);
          for (guint i = 0; i < zf_rows_n (page); i++, n++)
            g_assert_cmpstr (zf_rows_text (page, i, 0), ==, zf_rows_text (all, n, 0));
        }
      g_assert_cmpuint (n, ==, N);
      g_assert_cmpint (count (f, query), ==, N);
    }
}

/* Without an order asked, a list goes by what its kind says: group, then name. */
static void
test_kind_order (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfRows) rows = NULL;
  g_autofree char *plan = NULL;

  zf_query_columns (query, "group_no", "name", "id", NULL);
  zf_query_where (query, "village", ZF_OP_EQ, VILLAGE_1);
  rows = run (f, query);
  for (guint i = 1; i < zf_rows_n (rows); i++)
    {
      gint64 was = zf_rows_int (rows, i - 1, 0), is = zf_rows_int (rows, i, 0);

      g_assert_cmpint (was, <=, is);
      g_assert_true (was < is || strcmp (zf_rows_text (rows, i - 1, 1), zf_rows_text (rows, i, 1)) <= 0);
    }
  plan = zf_query_plan (query, f->reader, NULL);
  g_test_message ("%s", plan);
  g_assert_nonnull (strstr (plan, "k_household_village"));
  g_assert_null (strstr (plan, "TEMP B-TREE"));
}

static void
test_search (Fixture *f, gconstpointer data)
{
  g_autofree char *id = save_typed (f);
  g_autofree char *person = save_new (f, "person", "{'household':'%s','name':'单大'}", id);
  g_autofree char *risk = save_new (f, "risk", "{'household':'%s','found':'2026-11-01'}", id);
  g_autofree char *measure = save_new (f, "measure", "{'risk':'%s','what':'修房'}", risk);
  const char *kinds[] = { "household", "person", "risk", "measure" };
  g_autoptr (ZfQuery) filtered = zf_query_new ("household");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (ZfQuery) query = zf_query_new (kinds[i]);

      zf_query_search (query, "shand");
      g_assert_cmpint (count (f, query), ==, 1);
      zf_query_search (query, "修房");
      g_assert_cmpint (count (f, query), ==, 1);
      zf_query_search (query, "没有");
      g_assert_cmpint (count (f, query), ==, 0);
      zf_query_search (query, "\" ");
      g_assert_cmpint (count (f, query), ==, i == 0 ? N + 1 : 1);
    }
  zf_query_search (filtered, "张三");
  zf_query_where (filtered, "village", ZF_OP_EQ, VILLAGE_1);
  zf_query_where (filtered, "class", ZF_OP_EQ, "poor");
  g_assert_cmpint (count (f, filtered), ==, 50);
}

/* Lists never read `record`, and touch few pages. */
static void
test_pages_touched (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfReader) reader = NULL;
  g_autoptr (ZfRows) rows = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *plan = NULL;

  zf_query_columns (query, "id", "code", "name", "class", "village.name", "@n:person", "@latest:visit", NULL);
  zf_query_where (query, "village", ZF_OP_EQ, VILLAGE_1);
  zf_query_where (query, "class", ZF_OP_NE, "edge");
  zf_query_search (query, "z");
  plan = zf_query_plan (query, f->reader, &error);
  g_assert_no_error (error);
  g_test_message ("%s", plan);
  g_assert_null (strstr (plan, "SCAN record"));
  reader = zf_reader_new (f->store, &error);
  g_assert_no_error (error);
  zf_query_page (query, 0, 200);
  zf_reader_cache_misses (reader);
  rows = zf_query_run (query, reader, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), >, 0);
  g_assert_cmpuint (zf_reader_cache_misses (reader), <=, 200);
}

static void
make_villages (Fixture *f)
{
  g_autoptr (GString) text = g_string_new ("[");
  g_autoptr (JsonArray) villages = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (text, "%s{'id':'33333333-3333-7333-8333-%012u','fields':{'name':'村'}}", i > 0 ? "," : "", i);
  g_string_append_c (text, ']');
  villages = json_array_of ("%s", text->str);
  g_assert_true (zf_store_seed (f->store, "village", villages, &error));
  g_assert_no_error (error);
}

/* A county of 40 villages, seen through an empty cache: neither the first page nor the last reads through the list. */
static void
test_far_page (Fixture *f, gconstpointer data)
{
  static const guint offsets[] = { 0, 100, MANY - 64, MANY + 10 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) all = NULL;

  make_villages (f);
  for (guint n = 0; n < MANY;)
    {
      g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);

      for (guint end = n + 100; n < end; n++)
        {
          g_autoptr (JsonObject) fields = json_of ("{'village':'33333333-3333-7333-8333-%012u','code':'f%u','name':'张三','group_no':%u}",
                                                   n * 40 / MANY, n, n % 7);

          zf_save_create (save, "household", NULL, fields);
        }
      commit (f, save);
    }
  for (guint i = 0; i <= G_N_ELEMENTS (offsets); i++)
    {
      g_autoptr (ZfReader) reader = zf_reader_new (f->store, &error);
      g_autoptr (ZfQuery) query = zf_query_new ("household");
      g_autoptr (ZfRows) page = NULL;

      g_assert_no_error (error);
      zf_query_columns (query, "id", "code", NULL);
      zf_query_order (query, "village", FALSE);
      zf_query_order (query, "group_no", FALSE);
      zf_query_order (query, "id", FALSE);
      if (i > 0)
        zf_query_page (query, offsets[i - 1], 64);
      zf_reader_cache_misses (reader);
      page = zf_query_run (query, reader, &error);
      g_assert_no_error (error);
      if (i == 0)
        {
          all = g_steal_pointer (&page);
          g_assert_cmpuint (zf_rows_n (all), ==, MANY);
          continue;
        }
      g_assert_cmpuint (zf_reader_cache_misses (reader), <=, 100);
      g_assert_cmpuint (zf_rows_n (page), ==, offsets[i - 1] < MANY ? 64 : 0);
      for (guint r = 0; r < zf_rows_n (page); r++)
        g_assert_cmpstr (zf_rows_text (page, r, 0), ==, zf_rows_text (all, offsets[i - 1] + r, 0));
    }
}

/* A text that many families bear and one that few do are listed and counted alike, page by page, and again after a save. */
static void
test_search_pages (Fixture *f, gconstpointer data)
{
  static const struct { const char *text; guint n; } found[] = { { "李四", N / 2 }, { "zs", N / 2 }, { "l", N / 2 }, { "曾", 1 } };
  g_autofree char *one = save_typed (f);

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_autoptr (ZfQuery) query = zf_query_new ("household");
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      guint n = found[i].n;

      zf_query_columns (query, "id", "village", NULL);
      zf_query_search (query, found[i].text);
      zf_query_order (query, "village", FALSE);
      g_assert_cmpint (count (f, query), ==, n);
      for (guint offset = 0; offset < n + 64; offset += 64)
        {
          g_autoptr (ZfRows) page = NULL;

          zf_query_page (query, offset, 64);
          page = run (f, query);
          for (guint r = 0; r < zf_rows_n (page); r++)
            g_assert_true (g_hash_table_add (seen, g_strdup (zf_rows_text (page, r, 0))));
        }
      g_assert_cmpuint (g_hash_table_size (seen), ==, n);
      save_set (f, "household", one, "{'name':'%s'}", i == 0 ? "李四" : "曾一");
      zf_query_page (query, 0, 0);
      g_assert_cmpint (count (f, query), ==, i == 0 ? n + 1 : n);
    }
}

static void
test_places (Fixture *f, gconstpointer data)
{
  g_autofree char *one = save_new (f, "household", "{'village':'%s','lat':'29.8637','lon':'107.7301234'}", VILLAGE_1);
  g_autofree char *two = save_new (f, "household", "{'village':'%s','lat':'29.5','lon':'107.5'}", VILLAGE_2);
  g_autofree char *half = save_new (f, "household", "{'village':'%s','lat':'29.5'}", VILLAGE_2);
  g_autoptr (GArray) all = zf_places (f->reader, "household", NULL, NULL);
  g_autoptr (GArray) village = zf_places (f->reader, "household", VILLAGE_1, NULL);
  g_autoptr (GArray) other = zf_places (f->reader, "person", NULL, NULL);
  const ZfPlace *place = &g_array_index (village, ZfPlace, 0);

  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (village->len, ==, 1);
  g_assert_cmpuint (other->len, ==, 0);
  g_assert_cmpstr (place->id, ==, one);
  g_assert_cmpint (place->lat_e7, ==, 298637000);
  g_assert_cmpint (place->lon_e7, ==, 1077301234);
}

static const struct
{
  const char *path;
  gboolean many;
  void (*test) (Fixture *f, gconstpointer data);
} tests[] = {
  { "/query/filters", FALSE, test_filters },
  { "/query/columns", FALSE, test_columns },
  { "/query/refused-names", FALSE, test_refused_names },
  { "/query/refused-values", FALSE, test_refused_values },
  { "/query/groups", TRUE, test_groups },
  { "/query/groups-by-parent", TRUE, test_groups_by_parent },
  { "/query/pages", TRUE, test_pages },
  { "/query/kind-order", TRUE, test_kind_order },
  { "/query/search", TRUE, test_search },
  { "/query/pages-touched", TRUE, test_pages_touched },
  { "/query/far-page", FALSE, test_far_page },
  { "/query/search-pages", TRUE, test_search_pages },
  { "/query/places", FALSE, test_places },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, "query-kinds", tests[i].many ? make_households : fixture_set_up, tests[i].test,
                fixture_tear_down);
  return g_test_run ();
}
