/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One family entered twice, one visit corrected twice: both stay, and people are asked once. */
#include "county.h"

static const char *const everywhere[] = { "all", "all", "all", "all" };

static char *
person (County *county, guint t, const char *household, const char *number, const char *born)
{
  char *id = county_id (county);

  county_expect (county, t, "applied", "add", "person", id, 0, "{'household':[null,'%s'],'name':[null,'Li'],'id_number':[null,'%s'],'born':[null,'%s']}",
                 household, number, born);
  return id;
}

static char *
household_of (County *county, guint t, const char *village)
{
  char *id = county_id (county);

  county_expect (county, t, "applied", "add", "household", id, 0, "{'village':[null,'%s']}", village);
  return id;
}

static guint
n_open (County *county, const char *id)
{
  g_autoptr (GPtrArray) list = county_open (county, id);

  return list->len;
}

static void
assert_decided (County *county, guint t, const ZfConflict *conflict, const char *value)
{
  g_autofree char *json = g_strdup_printf ("'%s'", value);
  g_autoptr (JsonObject) result = county_resolve (county, t, conflict, 0, json);

  g_assert_cmpstr (zf_json_get_string (result, "d", NULL), ==, "applied");
}

static void
test_person (void)
{
  g_autoptr (County) county = county_new (1, everywhere);
  g_autofree char *home = county_household (county);
  g_autofree char *first = person (county, 0, home, "42", "1980-05-05");
  g_autofree char *own = person (county, 0, home, "42", "1980-05-05");
  g_autofree char *second = NULL;
  g_autoptr (ZfConflict) conflict = NULL;

  /* One tablet may well mean two. */
  g_assert_cmpuint (n_open (county, first), ==, 0);
  second = person (county, 1, home, "42", "1980-05-05");
  g_assert_cmpuint (n_open (county, own), ==, 1);
  conflict = county_only_conflict (county, first);
  g_assert_cmpstr (conflict->kind, ==, "duplicate");
  g_assert_cmpstr (zf_json_get_string (conflict->theirs, "v", NULL), ==, first);
  g_assert_cmpstr (zf_json_get_string (conflict->theirs, "by", NULL), ==, "p0");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (conflict->mine, 0), "v", NULL), ==, second);
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (conflict->mine, 0), "by", NULL), ==, "p1");
  county_settle (county);
  /* Never two for one pair. */
  county_expect (county, 1, "applied", "set", "person", second, 1, "{'name':['Li','Li Wu'],'id_number':['42','42']}");
  g_assert_cmpuint (n_open (county, first), ==, 1);
  county_check (county);
}

static void
test_other_village (void)
{
  g_autoptr (County) county = county_new (2, everywhere);
  g_autofree char *here = county_household (county);
  g_autofree char *there = household_of (county, 1, VILLAGE_2);
  g_autofree char *first = person (county, 0, here, "42", "1980-05-05");
  g_autofree char *second = person (county, 1, there, "42", "1980-05-05");

  g_assert_cmpuint (n_open (county, first), ==, 0);
  /* Once the second stands in the same village, they are asked about. */
  county_settle (county);
  county_expect (county, 1, "applied", "set", "person", second, 1, "{'household':['%s','%s']}", there, here);
  g_assert_cmpuint (n_open (county, first), ==, 1);
  county_check (county);
}

/* Two householders that are one person: one family, entered twice. The one that stays takes over what hangs below the other. */
static void
test_family (void)
{
  g_autoptr (County) county = county_new (3, everywhere);
  g_autofree char *a = county_household (county);
  g_autofree char *b = household_of (county, 1, VILLAGE_1);
  g_autofree char *head_a = person (county, 0, a, "42", "1950-01-01");
  g_autofree char *head_b = person (county, 1, b, "42", "1950-01-01");
  g_autoptr (ZfConflict) family = county_only_conflict (county, a);
  g_autoptr (ZfConflict) head = county_only_conflict (county, head_a);
  g_autoptr (ZfEntity) gone = NULL;
  g_autoptr (ZfEntity) child = NULL;
  g_autofree char *merged = g_strconcat ("merged:", a, NULL);

  county_settle (county);
  assert_decided (county, 2, family, a);
  gone = county_load (county, b);
  g_assert_cmpstr (gone->del, ==, merged);
  child = county_load (county, head_b);
  g_assert_null (child->del);
  g_assert_cmpstr (child->village, ==, VILLAGE_1);
  assert_decided (county, 2, head, "both");
  g_assert_cmpuint (n_open (county, head_a), ==, 0);
  county_check (county);
}

/* What somebody wrote into the double before it was merged away is not lost with it. */
static void
test_unseen_edit (void)
{
  g_autoptr (County) county = county_new (4, everywhere);
  g_autofree char *home = county_household (county);
  g_autofree char *first = person (county, 0, home, "42", "1980-05-05");
  g_autofree char *second = person (county, 1, home, "42", "1980-05-05");
  g_autoptr (ZfConflict) conflict = county_only_conflict (county, first);
  g_autofree char *json = g_strdup_printf ("'%s'", first);
  g_autoptr (JsonObject) result = NULL;
  g_autoptr (ZfConflict) lost = NULL;

  county_settle (county);
  county_expect (county, 3, "applied", "set", "person", second, 1, "{'born':['1980-05-05','1981-05-05']}");
  result = county_resolve (county, 2, conflict, 0, json);
  g_assert_cmpstr (zf_json_get_string (result, "d", NULL), ==, "conflict");
  lost = county_only_conflict (county, second);
  g_assert_cmpstr (lost->kind, ==, "delete_vs_edit");
  county_check (county);
}

static char *
visit (County *county, guint t, const char *household, const char *supersedes)
{
  char *id = county_id (county);
  g_autofree char *more = supersedes != NULL ? g_strdup_printf (",'supersedes':[null,'%s']", supersedes) : g_strdup ("");

  county_expect (county, t, "applied", "add", "visit", id, 0, "{'household':[null,'%s'],'date':[null,'2026-11-20']%s}", household, more);
  return id;
}

static void
test_corrections (void)
{
  g_autoptr (County) county = county_new (5, everywhere);
  g_autofree char *home = county_household (county);
  g_autofree char *wrong = visit (county, 0, home, NULL);
  g_autofree char *first = visit (county, 0, home, wrong);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *bad = NULL;
  g_autoptr (ZfConflict) conflict = NULL;
  g_autoptr (JsonObject) refused = NULL;

  g_assert_cmpuint (n_open (county, wrong), ==, 0);
  second = visit (county, 1, home, wrong);
  third = visit (county, 2, home, wrong);
  conflict = county_only_conflict (county, wrong);
  g_assert_cmpstr (conflict->kind, ==, "double_correction");
  g_assert_cmpstr (zf_json_get_string (conflict->theirs, "v", NULL), ==, first);
  g_assert_cmpuint (json_array_get_length (conflict->mine), ==, 2);
  county_settle (county);
  bad = g_strdup_printf ("'%s'", home);
  refused = county_resolve (county, 3, conflict, 0, bad);
  g_assert_cmpstr (zf_json_get_string (refused, "why", NULL), ==, "type");
  assert_decided (county, 3, conflict, second);
  g_assert_cmpuint (n_open (county, wrong), ==, 0);
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM record WHERE kind = 'visit' AND del IS NULL"), ==, 4);
  county_check (county);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/twins/person", test_person);
  g_test_add_func ("/server/twins/other-village", test_other_village);
  g_test_add_func ("/server/twins/family", test_family);
  g_test_add_func ("/server/twins/unseen-edit", test_unseen_edit);
  g_test_add_func ("/server/twins/corrections", test_corrections);
  return g_test_run ();
}
