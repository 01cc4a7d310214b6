/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a team relies on when two tablets write about one family. */
#include "world.h"

static const char *const everywhere[] = { "all", "all", "all", "all" };
static const char *const one_and_two[] = { VILLAGE_1, VILLAGE_2, "all" };

static char *
household (World *world, guint t, const char *village)
{
  return world_add (world, t, "household", "{'village':'%s','code':'7','name':'Zhang','roof':'straw','rooms':3}", village);
}

static void
assert_field (World *world, guint t, const char *id, const char *field, const char *value)
{
  g_autoptr (ZfRecord) record = world_get (world, t, id);

  g_assert_nonnull (record);
  g_assert_cmpstr (zf_record_get_string (record, field, NULL), ==, value);
}

static void
assert_same (World *world, const char *id)
{
  g_autofree char *first = world_text (world, 0, id);

  for (guint t = 1; t < world->n; t++)
    {
      g_autofree char *other = world_text (world, t, id);

      g_assert_cmpstr (other, ==, first);
    }
}

static JsonObject *
only_conflict (World *world, guint t)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = zf_ledger_conflicts (zf_store_reader (world->tablet[t]), FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  return json_object_ref (list->pdata[0]);
}

static void
test_arrives (void)
{
  g_autoptr (World) world = world_new (1, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autofree char *visit = world_add (world, 0, "visit", "{'household':'%s','date':'2026-11-20'}", id);
  g_autoptr (ZfRecord) record = NULL;
  ZfSyncProgress progress;
  g_autoptr (GError) error = NULL;

  world_try (world, 0, &progress, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (progress.pushed, ==, 2);
  g_assert_cmpuint (progress.exchanges, ==, 1);
  world_sync (world, 1);
  assert_same (world, id);
  assert_same (world, visit);
  record = world_get (world, 1, visit);
  g_assert_cmpstr (record->village, ==, VILLAGE_1);
  g_assert_cmpstr (record->parent, ==, id);
  world_check (world);
}

/* Budget of the design: one exchange, bodies of at most 600 bytes. */
static void
test_nothing_new (void)
{
  g_autoptr (World) world = world_new (2, 1, everywhere);
  g_autofree char *before = world_server_state (world);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  ZfSyncProgress progress;

  world_try (world, 0, &progress, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (progress.exchanges, ==, 1);
  g_assert_cmpint (progress.bytes_up, <=, 600);
  g_assert_cmpint (progress.bytes_down, <=, 600);
  after = world_server_state (world);
  g_assert_cmpstr (after, ==, before);
}

/* A run whose one exchange pushes and pulls asks before anything has moved: the next one compares, not the next day. */
static void
test_difference_is_seen (void)
{
  g_autoptr (World) world = world_new (24, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autoptr (JsonArray) nothing = json_array_new ();
  const char *lost[] = { id, NULL };
  g_autofree char *gone = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  world_settle (world);
  zf_ledger_repair (world->tablet[1], nothing, lost, &error);
  g_assert_no_error (error);
  gone = world_text (world, 1, id);
  g_assert_cmpstr (gone, ==, "-");
  other = household (world, 1, VILLAGE_1);
  world_sync (world, 1);
  world_sync (world, 1);
  assert_same (world, id);
}

static void
test_disjoint (void)
{
  g_autoptr (World) world = world_new (3, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_set (world, 1, "household", id, "{'phone':'13800000000'}");
  world_settle (world);
  assert_same (world, id);
  assert_field (world, 0, id, "roof", "tile");
  assert_field (world, 0, id, "phone", "13800000000");
  g_assert_cmpuint (world_conflicts (world, 0) + world_conflicts (world, 1), ==, 0);
}

static void
test_same_field (void)
{
  g_autoptr (World) world = world_new (4, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autoptr (JsonObject) conflict = NULL;
  JsonArray *mine;

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_set (world, 1, "household", id, "{'roof':'concrete'}");
  world_sync (world, 0);
  world_sync (world, 1);
  /* The second tablet does not let go: its later value joins the same conflict. */
  world_set (world, 1, "household", id, "{'roof':'slate'}");
  world_settle (world);
  assert_same (world, id);
  assert_field (world, 1, id, "roof", "tile");
  conflict = only_conflict (world, 0);
  mine = zf_json_get_array (conflict, "mine");
  g_assert_cmpstr (zf_json_get_string (conflict, "of", NULL), ==, id);
  g_assert_cmpstr (zf_json_get_string (conflict, "kind", NULL), ==, "edit");
  g_assert_cmpstr (zf_json_get_string (conflict, "g", NULL), ==, "roof");
  g_assert_cmpstr (zf_json_get_string (conflict, "base", NULL), ==, "straw");
  g_assert_cmpstr (zf_json_get_string (zf_json_get_object (conflict, "theirs"), "v", NULL), ==, "tile");
  g_assert_cmpuint (json_array_get_length (mine), ==, 2);
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (mine, 0), "v", NULL), ==, "concrete");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (mine, 1), "v", NULL), ==, "slate");
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM conflict"), ==, 1);
  world_check (world);
}

static void
test_same_value (void)
{
  g_autoptr (World) world = world_new (5, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_set (world, 1, "household", id, "{'roof':'tile'}");
  world_settle (world);
  assert_same (world, id);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM conflict"), ==, 0);
}

/* A chain of edits on one tablet, sent in two pieces, is nobody's conflict. */
static void
test_own_chain (void)
{
  g_autoptr (World) world = world_new (6, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  static const char *const roofs[] = { "tile", "slate", "straw", "tile", "concrete" };

  world_settle (world);
  for (guint i = 0; i < G_N_ELEMENTS (roofs); i++)
    world_set (world, 0, "household", id, "{'roof':'%s'}", roofs[i]);
  world->limits.max_changes = 2;
  world_settle (world);
  assert_same (world, id);
  assert_field (world, 1, id, "roof", "concrete");
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM conflict"), ==, 0);
}

static void
test_group (void)
{
  g_autoptr (World) world = world_new (7, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);

  world_settle (world);
  world_set (world, 0, "household", id, "{'lat':'29.8','lon':'107.7','accuracy':5}");
  world_set (world, 1, "household", id, "{'lat':'29.9','lon':'107.6'}");
  world_settle (world);
  assert_same (world, id);
  /* Never the latitude of one and the longitude of the other. */
  assert_field (world, 0, id, "lat", "29.8");
  assert_field (world, 0, id, "lon", "107.7");
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM conflict WHERE grp = 'position' AND open = 1"), ==, 1);
}

static void
test_sets (void)
{
  g_autoptr (World) world = world_new (8, 2, everywhere);
  g_autofree char *id = world_add (world, 0, "household", "{'village':'" VILLAGE_1 "','needs':['coal','food']}");
  g_autofree char *text = NULL;

  world_settle (world);
  world_set (world, 0, "household", id, "{'needs':['food','water']}");
  world_set (world, 1, "household", id, "{'needs':['coal','food','school']}");
  world_settle (world);
  assert_same (world, id);
  text = world_text (world, 0, id);
  g_assert_nonnull (strstr (text, "[\"food\",\"school\",\"water\"]"));
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM conflict"), ==, 0);
}

/* Somebody took an element out and put it back while another, who saw neither, takes it out: it stays. */
static void
test_set_add_wins (void)
{
  g_autoptr (World) world = world_new (9, 2, everywhere);
  g_autofree char *id = world_add (world, 0, "household", "{'village':'" VILLAGE_1 "','needs':['coal','food']}");
  g_autofree char *text = NULL;

  world_settle (world);
  world_set (world, 0, "household", id, "{'needs':['food']}");
  world_sync (world, 0);
  world_set (world, 0, "household", id, "{'needs':['coal','food']}");
  world_sync (world, 0);
  world_set (world, 1, "household", id, "{'needs':['food']}");
  world_settle (world);
  assert_same (world, id);
  text = world_text (world, 0, id);
  g_assert_nonnull (strstr (text, "coal"));
}

static void
test_delete_vs_edit (void)
{
  g_autoptr (World) world = world_new (10, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autoptr (JsonObject) conflict = NULL;

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_delete (world, 1, "household", id);
  world_settle (world);
  assert_same (world, id);
  assert_field (world, 1, id, "roof", "tile");
  conflict = only_conflict (world, 1);
  g_assert_cmpstr (zf_json_get_string (conflict, "kind", NULL), ==, "delete_vs_edit");
  world_check (world);
}

static void
test_edit_vs_delete (void)
{
  g_autoptr (World) world = world_new (11, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autoptr (JsonObject) conflict = NULL;
  g_autofree char *text = NULL;

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_delete (world, 1, "household", id);
  world_sync (world, 1);
  world_settle (world);
  assert_same (world, id);
  text = world_text (world, 0, id);
  g_assert_true (g_str_has_prefix (text, "del:"));
  g_assert_nonnull (strstr (text, "tile"));
  conflict = only_conflict (world, 0);
  g_assert_cmpstr (zf_json_get_string (conflict, "kind", NULL), ==, "edit_vs_delete");
  world_check (world);
}

static void
test_delete_undelete (void)
{
  g_autoptr (World) world = world_new (12, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_delete (world, 0, "household", id);
  world_settle (world);
  text = world_text (world, 1, id);
  g_assert_true (g_str_has_prefix (text, "del:"));
  zf_save_undelete (save, "household", id);
  zf_store_commit (world->tablet[1], save, &error);
  g_assert_no_error (error);
  world_settle (world);
  assert_same (world, id);
  assert_field (world, 0, id, "roof", "tile");
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM conflict"), ==, 0);
}

/* Sends a change that no tablet of ours would write, as one batch of its own. */
static char *
push_raw (World *world, guint t, gint64 lsn, const char *changes)
{
  g_autofree char *device = zf_store_get_meta (world->tablet[t], "device");
  g_autofree char *batch = zf_id_new (world->clock, world->random);
  g_autofree char *line = NULL;
  g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (JsonNode) node = zf_json_parse (changes, -1, NULL);

  g_assert_nonnull (node);
  line = g_strdup_printf ("{\"proto\":1,\"schema\":1,\"device\":\"%s\",\"epoch\":\"raw\",\"clock_ms\":1}\n"
                          "{\"batch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT ",\"changes\":%s}\n",
                          device, batch, lsn, lsn + json_array_get_length (json_node_get_array (node)) - 1, changes);
  request->method = "POST";
  request->path = g_strdup ("/v1/sync");
  request->type = ZF_WIRE_TYPE_REQUEST;
  request->token = zf_store_get_meta (world->tablet[t], "token");
  request->body = g_bytes_new (line, strlen (line));
  response = zf_server_core_handle (world->core, request);
  return g_strndup (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body));
}

#define CID(n) "\"cid\":\"019a0000-0000-7000-8000-00000000000" n "\""
#define NEW_ID(n) "\"id\":\"019a0000-0000-7000-9000-00000000000" n "\""

/* What cannot be merged is taken, kept and named; what comes after it goes on. */
static void
test_quarantine (void)
{
  static const struct
  {
    const char *change;
    const char *answer;
  } cases[] = {
    { "{\"lsn\":1," CID ("1") ",\"k\":\"nonsense\"," NEW_ID ("1") ",\"op\":\"add\",\"b\":0,\"f\":{}}", "unknown_kind" },
    { "{\"lsn\":2," CID ("2") ",\"k\":\"household\"," NEW_ID ("2") ",\"op\":\"set\",\"b\":0,\"f\":{}}", "unknown_record" },
    { "{\"lsn\":3," CID ("3") ",\"k\":\"village\",\"id\":\"" VILLAGE_1 "\",\"op\":\"set\",\"b\":9,\"f\":{\"name\":[\"one\",\"x\"]}}", "forbidden" },
    { "{\"lsn\":4," CID ("4") ",\"k\":\"household\"," NEW_ID ("4") ",\"op\":\"add\",\"b\":0,\"f\":{\"rooms\":[null,\"many\"]}}", "type" },
    { "{\"lsn\":5," CID ("5") ",\"k\":\"household\",\"id\":\"x\",\"op\":\"add\",\"b\":0,\"f\":{}}", "malformed" },
    { "{\"lsn\":6," CID ("6") ",\"k\":\"household\"," NEW_ID ("6") ",\"op\":\"add\",\"b\":0,\"f\":{\"village\":[null,\"" VILLAGE_2 "\"]}}", "forbidden" },
    { "{\"lsn\":7," CID ("7") ",\"k\":\"household\"," NEW_ID ("7") ",\"op\":\"add\",\"b\":0,\"f\":{\"village\":[null,\"" VILLAGE_1
      "\"],\"new_field\":[null,\"kept\"]}}",
      "applied" },
  };
  g_autoptr (World) world = world_new (13, 1, one_and_two);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *list = g_strdup_printf ("[%s]", cases[i].change);
      g_autofree char *answer = push_raw (world, 0, (gint64) i + 1, list);

      g_assert_nonnull (strstr (answer, cases[i].answer));
    }
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM quarantine"), ==, 6);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM change WHERE disposition = 'quarantined'"), ==, 6);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM field WHERE f LIKE '%new_field%'"), ==, 1);
}

static void
test_immutable (void)
{
  g_autoptr (World) world = world_new (14, 1, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autofree char *visit = world_add (world, 0, "visit", "{'household':'%s','date':'2026-11-20'}", id);
  g_autofree char *list = g_strdup_printf (
    "[{\"lsn\":1," CID ("1") ",\"k\":\"visit\",\"id\":\"%s\",\"op\":\"set\",\"b\":1,\"f\":{\"date\":[\"2026-11-20\",\"2026-11-21\"]}}]", visit);
  g_autofree char *answer = NULL;

  world_sync (world, 0);
  answer = push_raw (world, 0, 1, list);
  g_assert_nonnull (strstr (answer, "immutable"));
  world_sync (world, 0);
  assert_field (world, 0, visit, "date", "2026-11-20");
}

/* Rows of one tx stand or fall together. */
static void
test_tx (void)
{
  g_autoptr (World) world = world_new (15, 1, everywhere);
  g_autofree char *answer =
    push_raw (world, 0, 1,
              "[{\"lsn\":1," CID ("1") ",\"tx\":\"t\",\"k\":\"household\"," NEW_ID ("1") ",\"op\":\"add\",\"b\":0,\"f\":{\"village\":[null,\"" VILLAGE_1
              "\"]}},{\"lsn\":2," CID ("2") ",\"tx\":\"t\",\"k\":\"nonsense\"," NEW_ID ("2") ",\"op\":\"add\",\"b\":0,\"f\":{}},"
              "{\"lsn\":3," CID ("3") ",\"k\":\"household\"," NEW_ID ("3") ",\"op\":\"add\",\"b\":0,\"f\":{\"village\":[null,\"" VILLAGE_1 "\"]}}]");

  g_assert_nonnull (strstr (answer, "\"why\":\"tx\""));
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM record WHERE kind = 'household'"), ==, 1);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM change WHERE origin > 1 AND disposition = 'quarantined'"), ==, 2);
}

static void
test_errors (void)
{
  g_autoptr (World) world = world_new (16, 1, everywhere);
  static const char one[] = "[{\"lsn\":1," CID ("1") ",\"k\":\"household\"," NEW_ID ("1") ",\"op\":\"add\",\"b\":0,\"f\":{}}]";
  static const char other[] = "[{\"lsn\":1," CID ("2") ",\"k\":\"household\"," NEW_ID ("1") ",\"op\":\"add\",\"b\":0,\"f\":{}}]";
  g_autofree char *gap = push_raw (world, 0, 5, "[{\"lsn\":5," CID ("5") ",\"k\":\"household\"," NEW_ID ("5") ",\"op\":\"add\",\"b\":0,\"f\":{}}]");
  g_autofree char *first = push_raw (world, 0, 1, one);
  g_autofree char *again = push_raw (world, 0, 1, one);
  g_autofree char *fork = push_raw (world, 0, 1, other);
  g_autofree char *wrong = push_raw (world, 0, 2, one);

  g_assert_nonnull (strstr (gap, "\"code\":\"lsn_gap\""));
  g_assert_nonnull (strstr (gap, "\"expect\":1"));
  g_assert_nonnull (strstr (first, "\"d\":\"applied\""));
  g_assert_nonnull (strstr (again, "\"d\":\"duplicate\""));
  g_assert_nonnull (strstr (fork, "\"code\":\"device_fork\""));
  g_assert_nonnull (strstr (wrong, "\"code\":\"malformed\""));
}

static void
test_replay (void)
{
  g_autoptr (World) world = world_new (17, 2, everywhere);
  g_autofree char *id = NULL;

  world->replay = TRUE;
  id = household (world, 0, VILLAGE_1);
  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile','rooms':5}");
  world_set (world, 1, "household", id, "{'roof':'slate','needs':['coal']}");
  world_settle (world);
  world_delete (world, 1, "household", id);
  world_settle (world);
  assert_same (world, id);
  world_check (world);
}

/* The county has it, but the tablet never heard: it sends the same bytes again and nothing doubles. */
static void
test_lost_answer (void)
{
  g_autoptr (World) world = world_new (18, 2, everywhere);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autoptr (GError) error = NULL;

  world->next = FAULT_LOSE_ANSWER;
  g_assert_false (world_try (world, 0, NULL, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM record WHERE kind = 'household'"), ==, 1);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_settle (world);
  assert_same (world, id);
  assert_field (world, 1, id, "roof", "tile");
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM change WHERE kind = 'household'"), ==, 2);
  world_check (world);
}

/* What the tablet wrote itself comes back without its values. */
static void
test_own_echo (void)
{
  g_autoptr (World) world = world_new (19, 1, everywhere);
  g_autoptr (GError) error = NULL;
  g_autofree char *long_text = g_strnfill (3000, 'x');
  g_autofree char *id = world_add (world, 0, "household", "{'village':'" VILLAGE_1 "','name':'%s'}", long_text);
  ZfSyncProgress progress;
  g_autoptr (ZfRecord) record = NULL;

  world_try (world, 0, &progress, &error);
  g_assert_no_error (error);
  g_assert_cmpint (progress.bytes_down, <, 1000);
  record = world_get (world, 0, id);
  g_assert_cmpint (record->rev, ==, 1);
  g_assert_null (record->base);
}

static void
test_page_borders (void)
{
  for (guint items = 1; items <= 3; items++)
    {
      g_autoptr (World) world = world_new (20 + items, 2, everywhere);
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < 5; i++)
        g_ptr_array_add (ids, household (world, 0, VILLAGE_1));
      world->limits.page_items = items;
      world_settle (world);
      for (guint i = 0; i < 5; i++)
        {
          world_set (world, 1 - i % 2, "household", ids->pdata[0], "{'rooms':%u}", i);
          world_set (world, 0, "household", ids->pdata[i], "{'roof':'tile'}");
          world_settle (world);
        }
      for (guint i = 0; i < 5; i++)
        assert_same (world, ids->pdata[i]);
      world_check (world);
    }
}

static void
test_scope (void)
{
  g_autoptr (World) world = world_new (30, 3, one_and_two);
  g_autofree char *a = household (world, 0, VILLAGE_1);
  g_autofree char *person = world_add (world, 0, "person", "{'household':'%s','name':'Li'}", a);
  g_autofree char *in_two = NULL;

  world_settle (world);
  in_two = world_text (world, 1, a);
  g_assert_cmpstr (in_two, ==, "-");
  /* The family moves: the tablet of its new village gets all of it, that of the old one lets go. */
  world_set (world, 2, "household", a, "{'village':'" VILLAGE_2 "'}");
  world_settle (world);
  for (guint t = 1; t < 3; t++)
    {
      g_autoptr (ZfRecord) record = world_get (world, t, person);

      assert_field (world, t, a, "roof", "straw");
      g_assert_nonnull (record);
      g_assert_cmpstr (record->village, ==, VILLAGE_2);
    }
  g_clear_pointer (&in_two, g_free);
  in_two = world_text (world, 0, a);
  g_assert_cmpstr (in_two, ==, "-");
  /* And back. */
  world_set (world, 2, "household", a, "{'village':'" VILLAGE_1 "'}");
  world_settle (world);
  assert_field (world, 0, a, "roof", "straw");
  assert_field (world, 0, person, "name", "Li");
  world_check (world);
}

/* An edit that was waiting when the family moved away is merged where it is now. */
static void
test_moved_while_editing (void)
{
  g_autoptr (World) world = world_new (31, 3, one_and_two);
  g_autofree char *id = household (world, 0, VILLAGE_1);
  g_autofree char *visit = NULL;

  world_settle (world);
  world_set (world, 2, "household", id, "{'village':'" VILLAGE_2 "'}");
  world_sync (world, 2);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  visit = world_add (world, 0, "visit", "{'household':'%s','date':'2026-11-20'}", id);
  world_settle (world);
  assert_field (world, 1, id, "roof", "tile");
  assert_field (world, 1, visit, "date", "2026-11-20");
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM quarantine"), ==, 0);
}

static void
test_code_once (void)
{
  g_autoptr (World) world = world_new (32, 1, everywhere);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = zf_server_core_make_code (world->core, "t", NULL, &error);
  g_autofree char *body = g_strdup_printf ("{\"code\":\"%s\",\"name\":\"x\"}", code);
  static const guint expected[] = { 201, 403 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);
      g_autoptr (ZfSyncResponse) response = NULL;

      request->method = "POST";
      request->path = g_strdup ("/v1/enrol");
      request->type = ZF_WIRE_TYPE_JSON;
      request->body = g_bytes_new (body, strlen (body));
      response = zf_server_core_handle (world->core, request);
      g_assert_cmpuint (response->status, ==, expected[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/merge/arrives", test_arrives);
  g_test_add_func ("/sync/merge/nothing-new", test_nothing_new);
  g_test_add_func ("/sync/merge/difference-is-seen", test_difference_is_seen);
  g_test_add_func ("/sync/merge/disjoint", test_disjoint);
  g_test_add_func ("/sync/merge/same-field", test_same_field);
  g_test_add_func ("/sync/merge/same-value", test_same_value);
  g_test_add_func ("/sync/merge/own-chain", test_own_chain);
  g_test_add_func ("/sync/merge/group", test_group);
  g_test_add_func ("/sync/merge/sets", test_sets);
  g_test_add_func ("/sync/merge/set-add-wins", test_set_add_wins);
  g_test_add_func ("/sync/merge/delete-vs-edit", test_delete_vs_edit);
  g_test_add_func ("/sync/merge/edit-vs-delete", test_edit_vs_delete);
  g_test_add_func ("/sync/merge/delete-undelete", test_delete_undelete);
  g_test_add_func ("/sync/merge/quarantine", test_quarantine);
  g_test_add_func ("/sync/merge/immutable", test_immutable);
  g_test_add_func ("/sync/merge/tx", test_tx);
  g_test_add_func ("/sync/merge/errors", test_errors);
  g_test_add_func ("/sync/merge/replay", test_replay);
  g_test_add_func ("/sync/merge/lost-answer", test_lost_answer);
  g_test_add_func ("/sync/merge/own-echo", test_own_echo);
  g_test_add_func ("/sync/merge/page-borders", test_page_borders);
  g_test_add_func ("/sync/merge/scope", test_scope);
  g_test_add_func ("/sync/merge/moved-while-editing", test_moved_while_editing);
  g_test_add_func ("/sync/merge/code-once", test_code_once);
  return g_test_run ();
}
