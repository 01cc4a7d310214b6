/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Decisions of conflicts: they close what they decide, come true at once, and hide nothing that came in meanwhile. */
#include "county.h"

static const char *const everywhere[] = { "all", "all", "all", "all" };

/* Tablet 0 wrote tile, tablet 1 slate. */
static ZfConflict *
roof_conflict (County *county, const char *id)
{
  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect (county, 1, "conflict", "set", "household", id, 1, "{'roof':['straw','slate']}");
  county_settle (county);
  return county_only_conflict (county, id);
}

static void
assert_resolved (County *county, guint t, const ZfConflict *conflict, gint64 base, const char *value, const char *d)
{
  g_autoptr (JsonObject) result = county_resolve (county, t, conflict, base, value);

  g_assert_cmpstr (zf_json_get_string (result, "d", NULL), ==, d);
}

static void
assert_refused (County *county, guint t, const ZfConflict *conflict, const char *value, const char *why)
{
  g_autoptr (JsonObject) result = county_resolve (county, t, conflict, 0, value);

  g_assert_cmpstr (zf_json_get_string (result, "why", NULL), ==, why);
}

static ZfConflict *
reload (County *county, const ZfConflict *conflict)
{
  ZfServerStore *store = zf_server_core_store (county->core);

  return store->verbs->conflict (store, conflict->id, NULL);
}

static void
test_edit (void)
{
  g_autoptr (County) county = county_new (1, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);
  g_autoptr (ZfConflict) closed = NULL;
  g_autoptr (JsonArray) items = NULL;
  gboolean told = FALSE;

  assert_resolved (county, 2, conflict, 0, "'slate'", "applied");
  county_assert_value (county, id, "roof", "\"slate\"");
  g_assert_cmpint (county_rev (county, id), ==, 3);
  closed = reload (county, conflict);
  g_assert_false (closed->open);
  g_assert_cmpint (closed->seq, >, conflict->seq);
  g_assert_cmpstr (zf_json_get_string (closed->closed, "value", NULL), ==, "slate");
  g_assert_cmpstr (zf_json_get_string (closed->closed, "by", NULL), ==, "p2");
  g_assert_cmpstr (zf_json_get_string (closed->closed, "why", NULL), ==, "asked them");
  g_assert_cmpuint (json_array_get_length (closed->mine), ==, 1);
  /* Another tablet gets the value, and that it was decided. */
  items = county_pull (county, 0);
  for (guint i = 0; i < json_array_get_length (items); i++)
    told |= json_object_has_member (json_array_get_object_element (items, i), "closed");
  g_assert_true (told);
  county_check (county);
}

/* The value that stands is confirmed: nothing changes but the conflict. */
static void
test_confirm (void)
{
  g_autoptr (County) county = county_new (2, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);
  g_autoptr (GPtrArray) open = NULL;

  assert_resolved (county, 1, conflict, 0, "'tile'", "applied");
  g_assert_cmpint (county_rev (county, id), ==, 2);
  open = county_open (county, id);
  g_assert_cmpuint (open->len, ==, 0);
  county_check (county);
}

static void
test_second (void)
{
  g_autoptr (County) county = county_new (3, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);
  g_autoptr (ZfConflict) again = NULL;

  assert_resolved (county, 2, conflict, 0, "'slate'", "applied");
  assert_resolved (county, 3, conflict, 0, "'slate'", "applied");
  assert_resolved (county, 0, conflict, 0, "'tile'", "conflict");
  county_assert_value (county, id, "roof", "\"slate\"");
  again = county_only_conflict (county, id);
  g_assert_cmpstr (again->id, !=, conflict->id);
  g_assert_cmpstr (again->kind, ==, "edit");
  g_assert_cmpstr (json_node_get_string (again->base), ==, "slate");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (again->mine, 0), "v", NULL), ==, "tile");
  assert_resolved (county, 1, again, 0, "'tile'", "applied");
  county_assert_value (county, id, "roof", "\"tile\"");
  county_check (county);
}

/* Somebody wrote a third value that who decided had not seen. */
static void
test_third_value (void)
{
  g_autoptr (County) county = county_new (4, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);
  g_autoptr (ZfConflict) again = NULL;

  county_expect (county, 3, "applied", "set", "household", id, 2, "{'roof':['tile','mud']}");
  assert_resolved (county, 2, conflict, 2, "'slate'", "conflict");
  county_assert_value (county, id, "roof", "\"mud\"");
  again = county_only_conflict (county, id);
  g_assert_cmpstr (zf_json_get_string (again->theirs, "v", NULL), ==, "mud");
  county_settle (county);
  /* Now it was before his eyes. */
  assert_resolved (county, 2, again, 3, "'tin'", "applied");
  county_assert_value (county, id, "roof", "\"tin\"");
  county_check (county);
}

/* Had he seen it, though it is not in the conflict, then his word counts. */
static void
test_seen_since (void)
{
  g_autoptr (County) county = county_new (5, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);

  county_expect (county, 3, "applied", "set", "household", id, 2, "{'roof':['tile','mud']}");
  county_settle (county);
  assert_resolved (county, 2, conflict, 3, "'slate'", "applied");
  county_assert_value (county, id, "roof", "\"slate\"");
}

static void
test_group (void)
{
  g_autoptr (County) county = county_new (6, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = NULL;

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'lat':[null,'30.1'],'lon':[null,'110.1'],'accuracy':[null,5]}");
  county_expect (county, 1, "conflict", "set", "household", id, 1, "{'lat':[null,'30.2'],'lon':[null,'110.2'],'accuracy':[null,6]}");
  conflict = county_only_conflict (county, id);
  assert_refused (county, 2, conflict, "'north'", "type");
  assert_resolved (county, 2, conflict, 0, "{'lat':'30.2','lon':'110.2'}", "applied");
  county_assert_value (county, id, "lat", "\"30.2\"");
  county_assert_value (county, id, "accuracy", "null");
  county_check (county);
}

static void
test_delete_vs_edit (void)
{
  g_autoptr (County) county = county_new (7, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = NULL;
  g_autoptr (ZfConflict) again = NULL;
  g_autoptr (ZfEntity) entity = NULL;

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect (county, 1, "conflict", "del", "household", id, 1, "{'reason':[null,'left']}");
  conflict = county_only_conflict (county, id);
  assert_refused (county, 2, conflict, "'gone'", "type");
  /* An edit that nobody could know of when he decided. */
  county_expect (county, 3, "merged", "set", "household", id, 1, "{'rooms':[3,9]}");
  assert_resolved (county, 2, conflict, 0, "'deleted'", "conflict");
  again = county_only_conflict (county, id);
  g_assert_cmpstr (again->kind, ==, "delete_vs_edit");
  county_settle (county);
  assert_resolved (county, 2, again, 3, "'deleted'", "applied");
  entity = county_load (county, id);
  g_assert_cmpstr (entity->del, ==, "left");
  county_check (county);
}

static void
test_edit_vs_delete (void)
{
  g_autoptr (County) county = county_new (8, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = NULL;
  g_autoptr (ZfConflict) again = NULL;
  g_autoptr (ZfEntity) alive = NULL;
  g_autoptr (ZfEntity) dead = NULL;

  county_expect (county, 0, "applied", "del", "household", id, 1, "{'reason':[null,'left']}");
  county_expect (county, 1, "conflict", "set", "household", id, 1, "{'roof':['straw','tile']}");
  conflict = county_only_conflict (county, id);
  assert_resolved (county, 2, conflict, 0, "'alive'", "applied");
  alive = county_load (county, id);
  g_assert_null (alive->del);
  county_assert_value (county, id, "roof", "\"tile\"");
  /* Somebody else decides otherwise: the question stands again as it was. */
  assert_resolved (county, 3, conflict, 0, "'deleted'", "conflict");
  again = county_only_conflict (county, id);
  g_assert_cmpstr (again->kind, ==, "edit_vs_delete");
  county_settle (county);
  assert_resolved (county, 3, again, county_rev (county, id), "'deleted'", "applied");
  dead = county_load (county, id);
  g_assert_cmpstr (dead->del, ==, "left");
  county_check (county);
}

static void
test_refused (void)
{
  g_autoptr (County) county = county_new (9, everywhere);
  g_autofree char *id = county_household (county);
  g_autofree char *other = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);
  ZfConflict nobody = { .id = other, .record = id, .group = (char *) "roof" };
  ZfConflict elsewhere = { .id = conflict->id, .record = other, .group = (char *) "roof" };
  g_autoptr (GPtrArray) open = NULL;

  assert_refused (county, 2, &nobody, "'mud'", "unknown_record");
  assert_refused (county, 2, &elsewhere, "'mud'", "malformed");
  assert_refused (county, 2, conflict, "{", "type");
  open = county_open (county, id);
  g_assert_cmpuint (open->len, ==, 1);
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM record WHERE kind = 'resolution'"), ==, 0);
  county_check (county);
}

/* A decision stands where its record stands and goes with it. */
static void
test_goes_along (void)
{
  g_autoptr (County) county = county_new (10, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = roof_conflict (county, id);

  assert_resolved (county, 2, conflict, 0, "'slate'", "applied");
  county_expect (county, 0, "merged", "set", "household", id, 1, "{'village':['" VILLAGE_1 "','" VILLAGE_2 "']}");
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM record WHERE kind = 'resolution' AND village = '" VILLAGE_2 "'"), ==, 1);
  county_check (county);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/resolve/edit", test_edit);
  g_test_add_func ("/server/resolve/confirm", test_confirm);
  g_test_add_func ("/server/resolve/second", test_second);
  g_test_add_func ("/server/resolve/third-value", test_third_value);
  g_test_add_func ("/server/resolve/seen-since", test_seen_since);
  g_test_add_func ("/server/resolve/group", test_group);
  g_test_add_func ("/server/resolve/delete-vs-edit", test_delete_vs_edit);
  g_test_add_func ("/server/resolve/edit-vs-delete", test_edit_vs_delete);
  g_test_add_func ("/server/resolve/refused", test_refused);
  g_test_add_func ("/server/resolve/goes-along", test_goes_along);
  return g_test_run ();
}
