/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The county's judgement of single changes: nothing that somebody wrote without knowing of the other is lost. */
#include <string.h>

#include "county.h"

static const char *const everywhere[] = { "all", "all", "all", "all" };
static const char *const teams[] = { VILLAGE_1, VILLAGE_2, "all", VILLAGE_1 " " VILLAGE_2 };

static char *
body_of (const ZfSyncResponse *response)
{
  return g_strndup (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body));
}

#define assert_code(response, status_, code_)                                        \
  G_STMT_START {                                                                     \
    g_autofree char *text_ = body_of (response);                                     \
    g_assert_nonnull (strstr (text_, "\"code\":\"" code_ "\""));                     \
    g_assert_cmpuint ((response)->status, ==, status_);                              \
  } G_STMT_END

/* Three people edit one field, none knowing of the others: every value stands somewhere. */
static void
test_all_values_kept (void)
{
  g_autoptr (County) county = county_new (1, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (GPtrArray) open = NULL;
  const ZfConflict *conflict;

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect (county, 1, "conflict", "set", "household", id, 1, "{'roof':['straw','slate'],'rooms':[3,4]}");
  county_expect (county, 1, "conflict", "set", "household", id, 1, "{'roof':['slate','tin']}");
  county_expect (county, 2, "conflict", "set", "household", id, 1, "{'roof':['straw','mud']}");
  county_expect (county, 3, "noop", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_assert_value (county, id, "roof", "\"tile\"");
  county_assert_value (county, id, "rooms", "4");
  open = county_open (county, id);
  g_assert_cmpuint (open->len, ==, 2);
  conflict = open->pdata[0];
  g_assert_cmpstr (json_node_get_string (conflict->base), ==, "straw");
  g_assert_cmpstr (zf_json_get_string (conflict->theirs, "v", NULL), ==, "tile");
  g_assert_cmpstr (zf_json_get_string (conflict->theirs, "by", NULL), ==, "p0");
  g_assert_cmpuint (json_array_get_length (conflict->mine), ==, 2);
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (conflict->mine, 1), "v", NULL), ==, "tin");
  county_check (county);
}

/* A base may claim what it likes: it counts as far as the tablet was handed the feed. */
static void
test_forged_base (void)
{
  g_autoptr (County) county = county_new (2, everywhere);
  g_autofree char *id = county_household (county);

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect (county, 1, "conflict", "set", "household", id, 99, "{'roof':['straw','slate']}");
  county_settle (county);
  county_expect (county, 2, "applied", "set", "household", id, 2, "{'roof':['tile','slate']}");
}

/* A copy of a tablet is another author, though it has the same name. */
static void
test_clone (void)
{
  g_autoptr (County) county = county_new (3, everywhere);
  g_autofree char *id = county_household (county);

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_new_epoch (county, 0, "e2");
  county_expect (county, 0, "conflict", "del", "household", id, 1, "{'reason':[null,'left']}");
  county_expect (county, 0, "conflict", "set", "household", id, 1, "{'roof':['straw','mud']}");
  /* Its own edits are no news to it. */
  county_expect (county, 0, "merged", "set", "household", id, 1, "{'rooms':[3,5]}");
  county_check (county);
}

static void
test_own_edits (void)
{
  g_autoptr (County) county = county_new (4, everywhere);
  g_autofree char *id = county_household (county);

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect (county, 0, "merged", "set", "household", id, 1, "{'roof':['tile','slate']}");
  county_expect (county, 0, "applied", "del", "household", id, 1, "{'reason':[null,'left']}");
  county_expect (county, 0, "noop", "del", "household", id, 1, "{'reason':[null,'left']}");
  county_expect (county, 0, "applied", "undel", "household", id, 1, "{}");
}

static void
test_deleted (void)
{
  g_autoptr (County) county = county_new (5, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfConflict) conflict = NULL;

  county_expect (county, 0, "applied", "del", "household", id, 1, "{'reason':[null,'left']}");
  county_expect (county, 1, "conflict", "set", "household", id, 1, "{'roof':['straw','tile'],'needs':{'add':['coal'],'del':[]}}");
  county_assert_value (county, id, "roof", "\"tile\"");
  conflict = county_only_conflict (county, id);
  g_assert_cmpstr (conflict->kind, ==, "edit_vs_delete");
  g_assert_cmpstr (zf_json_get_string (conflict->theirs, "v", NULL), ==, "left");
  g_assert_nonnull (json_object_get_member (zf_json_get_object (json_array_get_object_element (conflict->mine, 0), "v"), "needs"));
  county_settle (county);
  /* Who knows that it is gone may still put a word right. */
  county_expect (county, 2, "applied", "set", "household", id, 3, "{'rooms':[3,4]}");
  county_check (county);
}

/* What others put into a set is no less an edit because this tablet wrote into the same set. */
static void
test_set_under_delete (void)
{
  g_autoptr (County) county = county_new (6, everywhere);
  g_autofree char *id = county_household (county);

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'needs':{'add':['coal'],'del':[]}}");
  county_expect (county, 1, "merged", "set", "household", id, 1, "{'needs':{'add':['food'],'del':[]}}");
  county_assert_value (county, id, "needs", "[\"coal\",\"food\"]");
  county_expect (county, 1, "conflict", "del", "household", id, 1, "{'reason':[null,'left']}");
  county_check (county);
}

static void
test_merge_targets (void)
{
  g_autoptr (County) county = county_new (7, teams);
  g_autofree char *a = county_household (county);
  g_autofree char *b = county_household (county);
  g_autofree char *far = county_id (county);
  g_autofree char *nobody = county_id (county);
  g_autofree char *person = county_id (county);

  county_expect (county, 1, "applied", "add", "household", far, 0, "{'village':[null,'" VILLAGE_2 "']}");
  county_expect (county, 0, "applied", "add", "person", person, 0, "{'household':[null,'%s'],'name':[null,'Li']}", b);
  county_expect_why (county, 0, "malformed", "merge", "household", a, 1, "{'into':[null,'%s']}", a);
  county_expect_why (county, 0, "unknown_record", "merge", "household", a, 1, "{'into':[null,'%s']}", nobody);
  county_expect_why (county, 0, "kind", "merge", "household", a, 1, "{'into':[null,'%s']}", person);
  county_expect_why (county, 0, "forbidden", "merge", "household", a, 1, "{'into':[null,'%s']}", far);
  county_expect (county, 0, "applied", "merge", "household", b, 1, "{'into':[null,'%s']}", a);
  /* Two people merge the two into each other: one of them stays. */
  county_expect (county, 3, "noop", "merge", "household", a, 1, "{'into':[null,'%s']}", b);
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM record WHERE kind = 'household' AND del IS NULL"), ==, 2);
  county_check (county);
}

static void
test_hello (void)
{
  g_autoptr (County) county = county_new (8, everywhere);
  g_autofree char *id = county_household (county);
  g_autoptr (ZfSyncResponse) good = NULL;
  g_autoptr (ZfSyncResponse) old_image = NULL;
  g_autoptr (ZfSyncResponse) other_epoch = NULL;
  g_autoptr (ZfSyncResponse) late_scope = NULL;
  g_autofree char *text = NULL;
  g_autofree char *pull = NULL;

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  good = county_post (county, 0, 0, ",'last':2", NULL);
  g_assert_cmpuint (good->status, ==, 200);
  old_image = county_post (county, 0, 0, ",'last':1", NULL);
  assert_code (old_image, 409, "device_fork");
  other_epoch = county_post (county, 0, 0, ",'last':2,'server_epoch':'other'", NULL);
  assert_code (other_epoch, 409, "server_epoch");
  text = body_of (other_epoch);
  g_assert_nonnull (strstr (text, "\"expect\":3"));
  g_assert_nonnull (strstr (text, "\"server_epoch\":\""));
  late_scope = county_post (county, 0, 0, ",'scope_epoch':77", NULL);
  pull = body_of (late_scope);
  g_assert_nonnull (strstr (pull, "\"pull\":null"));
  /* A refused hello leaves nothing behind. */
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM origin WHERE epoch NOT IN ('e1', (SELECT value FROM server_kv WHERE key = 'server_epoch'))"), ==, 0);
}

#define CHANGE(lsn, cid, id, roof)                                                                                                             \
  "{'lsn':" lsn ",'cid':'019a0000-0000-7000-8000-00000000000" cid "','k':'household','id':'019a0000-0000-7000-9000-00000000000" id           \
  "','op':'add','b':0,'sv':1,'at':5,'by':'p','f':{'village':[null,'" VILLAGE_1 "'],'roof':[null,'" roof "']}}"

/* A tablet that took a new epoch sends all again under new numbers: each change counts once, and the new numbers are as fixed as the old. */
static void
test_resent (void)
{
  g_autoptr (County) county = county_new (9, everywhere);
  g_autoptr (ZfSyncResponse) first = county_post (county, 0, 1, NULL, "[" CHANGE ("1", "1", "1", "tile") "," CHANGE ("2", "2", "2", "mud") "]");
  g_autoptr (ZfSyncResponse) again = NULL;
  g_autoptr (ZfSyncResponse) same = NULL;
  g_autoptr (ZfSyncResponse) fork = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (first->status, ==, 200);
  county_new_epoch (county, 0, "e2");
  again = county_post (county, 0, 1, NULL, "[" CHANGE ("1", "2", "2", "mud") "," CHANGE ("2", "3", "3", "tin") "]");
  text = body_of (again);
  g_assert_nonnull (strstr (text, "{\"lsn\":1,\"d\":\"duplicate\""));
  g_assert_nonnull (strstr (text, "{\"lsn\":2,\"d\":\"applied\""));
  same = county_post (county, 0, 1, NULL, "[" CHANGE ("1", "2", "2", "mud") "]");
  g_assert_cmpuint (same->status, ==, 200);
  fork = county_post (county, 0, 1, NULL, "[" CHANGE ("1", "4", "4", "mud") "]");
  assert_code (fork, 409, "device_fork");
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM change WHERE kind = 'household'"), ==, 3);
  county_check (county);
}

/* A tx that is refused as a whole keeps its numbers, also those of changes that came before under others. */
static void
test_resent_tx (void)
{
  g_autoptr (County) county = county_new (10, everywhere);
  g_autoptr (ZfSyncResponse) first = county_post (county, 0, 1, NULL, "[" CHANGE ("1", "1", "1", "tile") "]");
  g_autoptr (ZfSyncResponse) mixed = NULL;
  g_autoptr (ZfSyncResponse) fork = NULL;
  g_autofree char *text = NULL;

  county_new_epoch (county, 0, "e2");
  mixed = county_post (county, 0, 1, NULL,
                       "[{'lsn':1,'cid':'019a0000-0000-7000-8000-000000000001','tx':'t','k':'household',"
                       "'id':'019a0000-0000-7000-9000-000000000001','op':'add','b':0,'f':{}},"
                       "{'lsn':2,'cid':'019a0000-0000-7000-8000-000000000002','tx':'t','k':'nonsense','id':'019a0000-0000-7000-9000-000000000002',"
                       "'op':'add','b':0,'f':{}}]");
  text = body_of (mixed);
  g_assert_nonnull (strstr (text, "unknown_kind"));
  fork = county_post (county, 0, 1, NULL, "[" CHANGE ("1", "9", "9", "tile") "]");
  assert_code (fork, 409, "device_fork");
  county_check (county);
}

/* What this version cannot read yet is taken all the same, and listed without a word of what it says. */
static void
test_quarantine (void)
{
  g_autoptr (County) county = county_new (11, everywhere);
  ZfServerStore *store = zf_server_core_store (county->core);
  g_autoptr (JsonArray) list = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autofree char *text = NULL;
  JsonObject *row;

  response = county_post (county, 0, 1, NULL,
                          "[{'lsn':1,'cid':'019a0000-0000-7000-8000-000000000001','k':'drone','id':'019a0000-0000-7000-9000-000000000001',"
                          "'op':'add','b':0,'sv':9,'at':1,'by':'p','f':{'secret':[null,'word']}},"
                          "{'lsn':2,'cid':'019a0000-0000-7000-8000-000000000002','k':'household','id':'019a0000-0000-7000-9000-000000000002',"
                          "'op':'add','b':0,'sv':9,'at':1,'by':'p','f':{'rooms':[null,'many']}}]");
  text = body_of (response);
  g_assert_nonnull (strstr (text, "{\"lsn\":1,\"d\":\"quarantined\",\"why\":\"schema\"}"));
  g_assert_nonnull (strstr (text, "{\"lsn\":2,\"d\":\"quarantined\",\"why\":\"schema\"}"));
  g_assert_nonnull (strstr (text, "\"acked\":2"));
  list = store->verbs->quarantined (store, NULL);
  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  row = json_array_get_object_element (list, 0);
  g_assert_cmpstr (zf_json_get_string (row, "device", NULL), ==, county->tablet[0].device);
  g_assert_cmpint (zf_json_get_int (row, "lsn", 0), ==, 1);
  g_assert_cmpuint (json_object_get_size (row), ==, 7);
  g_assert_false (json_object_has_member (row, "f"));
  county_check (county);
}

/* A household that moved away: work done before its team could know is merged, later words are set aside. */
static void
test_late_scope (void)
{
  g_autoptr (County) county = county_new (12, teams);
  g_autofree char *id = county_household (county);

  county_expect (county, 3, "applied", "set", "household", id, 1, "{'village':['" VILLAGE_1 "','" VILLAGE_2 "']}");
  county_expect (county, 0, "merged", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect_why (county, 0, "late_scope", "set", "household", id, 4, "{'roof':['tile','mud']}");
  county_settle (county);
  county_assert_value (county, id, "roof", "\"tile\"");
  county_check (county);
}

/* A tablet that lost a village still hands over what it wrote about it; one that never had it may not. */
static void
test_lost_village (void)
{
  g_autoptr (County) county = county_new (13, teams);
  g_autofree char *id = county_household (county);
  g_autofree char *fresh = county_id (county);
  g_autofree char *sql =
    g_strdup_printf ("UPDATE assignment SET village = '" VILLAGE_2 "' WHERE device = '%s'", county->tablet[0].device);

  county_count (county, sql);
  county_reopen (county, NULL);
  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_expect (county, 0, "applied", "add", "household", fresh, 0, "{'village':[null,'" VILLAGE_1 "']}");
  county_expect_why (county, 1, "forbidden", "set", "household", id, 1, "{'roof':['tile','mud']}");
  county_check (county);
}

/* What belongs to a household that was set aside is set aside too: taken, it would stand in no village. */
static void
test_below_refused (void)
{
  g_autoptr (County) county = county_new (15, teams);
  g_autofree char *id = county_household (county);
  g_autofree char *refused = county_id (county);
  g_autofree char *person = county_id (county);

  county_expect_why (county, 0, "forbidden", "add", "household", refused, 0, "{'village':[null,'" VILLAGE_2 "']}");
  county_expect_why (county, 0, "unknown_record", "add", "person", person, 0, "{'household':[null,'%s'],'name':[null,'a']}", refused);
  county_expect (county, 0, "applied", "add", "person", person, 0, "{'household':[null,'%s'],'name':[null,'a']}", id);
  county_expect_why (county, 0, "unknown_record", "set", "person", person, 1, "{'household':['%s','%s']}", id, refused);
  county_check (county);
}

/* Any order of any changes leaves a store that agrees with itself, and any of them again changes nothing. */
static void
test_any_order (void)
{
  static const char *const roofs[] = { "straw", "tile", "mud", "tin" };
  g_autoptr (County) county = county_new (14, everywhere);
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);
  char *ids[5];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = county_household (county);
  for (guint n = 0; n < 400; n++)
    {
      guint t = (guint) g_rand_int_range (rand, 0, COUNTY_TABLETS);
      const char *id = ids[g_rand_int_range (rand, 0, G_N_ELEMENTS (ids))];
      gint64 base = g_rand_int_range (rand, 0, (int) county_rev (county, id) + 3);
      const char *old = roofs[g_rand_int_range (rand, 0, 4)], *new_ = roofs[g_rand_int_range (rand, 0, 4)];
      g_autoptr (JsonObject) result = NULL;

      switch (g_rand_int_range (rand, 0, 7))
        {
        case 0:
          result = county_send (county, t, "del", "household", id, base, "{'reason':[null,'x']}");
          break;
        case 1:
          result = county_send (county, t, "undel", "household", id, base, "{}");
          break;
        case 2:
          result = county_send (county, t, "merge", "household", id, base, "{'into':[null,'%s']}", ids[g_rand_int_range (rand, 0, 5)]);
          break;
        case 3:
          result = county_send (county, t, "set", "household", id, base, "{'needs':{'add':['coal'],'del':['food']}}");
          break;
        case 4:
          result = county_send (county, t, "set", "household", id, base, "{'village':['" VILLAGE_1 "','%s']}", n % 2 ? VILLAGE_1 : VILLAGE_2);
          break;
        case 5:
          json_array_unref (county_pull (county, t));
          break;
        default:
          result = county_send (county, t, "set", "household", id, base, "{'roof':['%s','%s']}", old, new_);
          break;
        }
      if (n % 50 == 49)
        county_check (county);
    }
  county_settle (county);
  county_check (county);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_free (ids[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/merge/all-values-kept", test_all_values_kept);
  g_test_add_func ("/server/merge/forged-base", test_forged_base);
  g_test_add_func ("/server/merge/clone", test_clone);
  g_test_add_func ("/server/merge/own-edits", test_own_edits);
  g_test_add_func ("/server/merge/deleted", test_deleted);
  g_test_add_func ("/server/merge/set-under-delete", test_set_under_delete);
  g_test_add_func ("/server/merge/merge-targets", test_merge_targets);
  g_test_add_func ("/server/merge/hello", test_hello);
  g_test_add_func ("/server/merge/resent", test_resent);
  g_test_add_func ("/server/merge/resent-tx", test_resent_tx);
  g_test_add_func ("/server/merge/quarantine", test_quarantine);
  g_test_add_func ("/server/merge/late-scope", test_late_scope);
  g_test_add_func ("/server/merge/below-refused", test_below_refused);
  g_test_add_func ("/server/merge/lost-village", test_lost_village);
  g_test_add_func ("/server/merge/any-order", test_any_order);
  return g_test_run ();
}
