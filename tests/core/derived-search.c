/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "zf-query.h"

/* Finding a household by what people remember of it. */

typedef struct
{
  char *zhang, *li, *lv, *person, *homonym, *visit;
} Families;

static void
make_families (Fixture *f, Families *made)
{
  made->zhang = save_new (f, "household", "{'village':'%s','name':'张国华','nick':'老张','hamlet':'大湾','code':'500230001','phone':'13800134321'}",
                          VILLAGE_1);
  made->li = save_new (f, "household", "{'village':'%s','name':'李四','hamlet':'张家湾','code':'500230002'}", VILLAGE_1);
  made->lv = save_new (f, "household", "{'village':'%s','name':'吕曾','code':'500230003'}", VILLAGE_2);
  made->person = save_new (f, "person", "{'household':'%s','name':'单晓华','id_number':'99999919700101432X'}", made->li);
  made->homonym = save_new (f, "person", "{'household':'%s','name':'张国华','id_number':'999999199001011111'}", made->lv);
  made->visit = save_new (f, "visit", "{'household':'%s','date':'2026-11-01','said':'屋顶漏水，想换瓦'}", made->lv);
}

static void
families_clear (Families *made)
{
  g_free (made->zhang);
  g_free (made->li);
  g_free (made->lv);
  g_free (made->person);
  g_free (made->homonym);
  g_free (made->visit);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Families, families_clear)

static GPtrArray *
find (Fixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *hits = zf_search (f->reader, text, 20, &error);

  g_assert_no_error (error);
  g_test_message ("“%s”: %u", text, hits->len);
  return hits;
}

static void
assert_finds (Fixture *f, const char *text, const char *id)
{
  g_autoptr (GPtrArray) hits = find (f, text);
  gboolean found = FALSE;

  for (guint i = 0; i < hits->len; i++)
    found |= g_str_equal (((ZfHit *) hits->pdata[i])->id, id);
  g_assert_true (found);
}

static void
assert_n (Fixture *f, const char *text, guint n)
{
  g_autoptr (GPtrArray) hits = find (f, text);

  g_assert_cmpuint (hits->len, ==, n);
}

static void
assert_first (Fixture *f, const char *text, const char *id, const char *home)
{
  g_autoptr (GPtrArray) hits = find (f, text);
  ZfHit *hit;

  g_assert_cmpuint (hits->len, >, 0);
  hit = hits->pdata[0];
  g_assert_cmpstr (hit->id, ==, id);
  g_assert_cmpstr (hit->home, ==, home);
}

static void
test_names (Fixture *f, gconstpointer data)
{
  g_auto (Families) made = { 0 };
  const char *ways[] = { "张国华", "张国", "国华", "华", "zhangguohua", "zhangg", "zgh", "zg", "ZGH", "guohua", "gh", "laozhang", "laoz",
                         "老张", "大湾", "张 大湾", "zgh 4321", "张g" };

  make_families (f, &made);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    assert_finds (f, ways[i], made.zhang);
  assert_finds (f, "李四", made.li);
  assert_finds (f, "吕", made.lv);
  assert_finds (f, "lvc", made.lv);
  assert_finds (f, "luc", made.lv);
  assert_finds (f, "lc", made.lv);
  assert_finds (f, "sxh", made.person);
  assert_finds (f, "shanx", made.person);
  assert_n (f, "dan", 0);
  assert_finds (f, "漏水", made.visit);
  assert_n (f, "张华", 0);
  assert_n (f, "张 李四", 1);   /* 张家湾 is where Li lives */
  assert_n (f, "王", 0);
}

static void
test_numbers (Fixture *f, gconstpointer data)
{
  g_auto (Families) made = { 0 };

  make_families (f, &made);
  assert_finds (f, "432X", made.person);
  assert_finds (f, "432x", made.person);
  assert_finds (f, "４３２Ｘ", made.person);
  assert_finds (f, "99999919700101432X", made.person);
  assert_n (f, "0101432", 0);            /* the middle is neither end */
  assert_finds (f, "4321", made.zhang);
  assert_finds (f, "500230001", made.zhang);
  assert_n (f, "5002300", 3);
  assert_n (f, "1111", 1);
}

static void
test_order (Fixture *f, gconstpointer data)
{
  g_auto (Families) made = { 0 };
  g_autofree char *longer = NULL;

  make_families (f, &made);
  longer = save_new (f, "household", "{'village':'%s','name':'张国华兰'}", VILLAGE_1);
  assert_first (f, "张国华", made.zhang, made.zhang);
  {
    g_autoptr (GPtrArray) hits = find (f, "张国华");

    g_assert_cmpuint (hits->len, ==, 3);
    g_assert_cmpstr (((ZfHit *) hits->pdata[1])->id, ==, made.homonym);
    g_assert_cmpstr (((ZfHit *) hits->pdata[1])->home, ==, made.lv);
    g_assert_cmpstr (((ZfHit *) hits->pdata[1])->village, ==, VILLAGE_2);
    g_assert_cmpstr (((ZfHit *) hits->pdata[2])->id, ==, longer);
  }
}

/* A surname that hundreds bear: the one whole name still comes first. */
static void
test_common (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autofree char *rare = NULL;

  for (guint i = 0; i < 900; i++)
    {
      g_autoptr (JsonObject) fields = json_of ("{'village':'%s','name':'李%s%s'}", VILLAGE_1, i % 2 ? "小" : "大", i % 3 ? "明" : "红");

      zf_save_create (save, "household", NULL, fields);
    }
  commit (f, save);
  rare = save_new (f, "household", "{'village':'%s','name':'李红'}", VILLAGE_1);
  assert_first (f, "李红", rare, rare);
  assert_n (f, "李", 20);
  assert_n (f, "l", 20);
}

static void
test_hostile (Fixture *f, gconstpointer data)
{
  g_auto (Families) made = { 0 };
  const char *texts[] = { "\" OR *", "\"", "*", "a*", "NOT", "words:张", "张\" OR \"李", "NEAR(张 李)", "{words}:x", "-张", "^张", "'; DROP TABLE record",
                          "ρ", "κh", "\xf0\x28\x8c\x28", "%", "_" };

  make_families (f, &made);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) hits = find (f, texts[i]);

      g_assert_cmpuint (hits->len, <, 7);
    }
  assert_n (f, "张\" OR \"李", 0);
  assert_n (f, "κh", 0);
  assert_finds (f, "张国华", made.zhang);
}

/* Words follow what is saved. */
static void
test_follows (Fixture *f, gconstpointer data)
{
  g_auto (Families) made = { 0 };
  g_autoptr (ZfSave) remove = zf_save_new ("u1", FALSE);

  make_families (f, &made);
  save_set (f, "person", made.person, "{'name':'单大明'}");
  assert_n (f, "单晓华", 0);
  assert_first (f, "单大明", made.person, made.li);
  save_set (f, "person", made.person, "{'household':'%s'}", made.zhang);
  assert_first (f, "单大明", made.person, made.zhang);
  save_set (f, "household", made.zhang, "{'village':'%s'}", VILLAGE_2);
  {
    g_autoptr (GPtrArray) hits = find (f, "单大明");

    g_assert_cmpstr (((ZfHit *) hits->pdata[0])->village, ==, VILLAGE_2);
  }
  zf_save_delete (remove, "person", made.person, "ended");
  commit (f, remove);
  assert_n (f, "单大明", 0);
  fixture_check (f);
}

static const struct
{
  const char *path;
  void (*test) (Fixture *f, gconstpointer data);
} tests[] = {
  { "/search/names", test_names },     { "/search/numbers", test_numbers }, { "/search/order", test_order },
  { "/search/common", test_common },   { "/search/hostile", test_hostile }, { "/search/follows", test_follows },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, "query-kinds", fixture_set_up, tests[i].test, fixture_tear_down);
  return g_test_run ();
}
