/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-json.h"
#include "zf-merge.h"
#include "zf-random.h"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = text != NULL ? zf_json_parse (text, -1, &error) : NULL;

  g_assert_no_error (error);
  return node;
}

static void
test_rules (void)
{
  static const struct { gint64 base; const char *old, *new_, *server; gint64 rev; gboolean open; ZfMergeVerdict verdict; } cases[] = {
    /* 0: a conflict that is open takes everything, even the server's own value */
    { 5, "1", "2", "2", 4, TRUE, ZF_MERGE_APPEND },
    { 5, "1", "2", "3", 9, TRUE, ZF_MERGE_APPEND },
    /* 1: the same value is no change, whoever wrote it */
    { 0, "1", "2", "2", 9, FALSE, ZF_MERGE_NOOP },
    { 0, NULL, NULL, "null", 9, FALSE, ZF_MERGE_NOOP },
    { 0, "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "{\"a\":1,\"b\":2}", 9, FALSE, ZF_MERGE_NOOP },
    /* 2: nothing newer than what the author had seen */
    { 5, "1", "2", "1", 5, FALSE, ZF_MERGE_ACCEPT },
    { 5, "7", "2", "1", 5, FALSE, ZF_MERGE_ACCEPT },
    { 0, NULL, "2", NULL, 0, FALSE, ZF_MERGE_ACCEPT },
    /* 3: newer, but it is the value that the author replaced */
    { 5, "1", "2", "1", 6, FALSE, ZF_MERGE_ACCEPT },
    { 5, NULL, "2", NULL, 6, FALSE, ZF_MERGE_ACCEPT },
    /* 4: newer and other */
    { 5, "1", "2", "3", 6, FALSE, ZF_MERGE_CONFLICT },
    { 5, "1", NULL, "3", 6, FALSE, ZF_MERGE_CONFLICT },
    { 5, "1", "2", NULL, 6, FALSE, ZF_MERGE_CONFLICT },
    { 5, "1", "\"1\"", "3", 6, FALSE, ZF_MERGE_CONFLICT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) old = parse (cases[i].old);
      g_autoptr (JsonNode) new_ = parse (cases[i].new_);
      g_autoptr (JsonNode) server = parse (cases[i].server);

      g_assert_cmpint ((int) zf_merge_group (cases[i].base, old, new_, server, cases[i].rev, cases[i].open), ==, (int) cases[i].verdict);
    }
}

/* One field at the county, as the rule leaves it. */
typedef struct { gint64 value, rev; } Server;

static ZfMergeVerdict
push (Server *server, gint64 base, gint64 old, gint64 new_)
{
  g_autoptr (JsonNode) o = zf_json_int (old);
  g_autoptr (JsonNode) n = zf_json_int (new_);
  g_autoptr (JsonNode) s = zf_json_int (server->value);
  ZfMergeVerdict verdict = zf_merge_group (base, o, n, s, server->rev, FALSE);

  if (verdict == ZF_MERGE_ACCEPT)
    *server = (Server) { new_, server->rev + 1 };
  return verdict;
}

/* Whoever had seen the newest value never meets a conflict, and his value stands. */
static void
test_ordered (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (11);

  for (int run = 0; run < 2000; run++)
    {
      Server server = { 0, 1 };

      for (int i = 0; i < 10; i++)
        {
          gint64 value = zf_random_below (random, 4);
          ZfMergeVerdict verdict = push (&server, server.rev, server.value, value);

          g_assert_true (verdict == ZF_MERGE_ACCEPT || verdict == ZF_MERGE_NOOP);
          g_assert_cmpint (server.value, ==, value);
        }
    }
}

/* A chain of edits on one tablet that never synced in between goes up without a conflict. */
static void
test_own_chain (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (12);

  for (int run = 0; run < 2000; run++)
    {
      Server server = { 0, 1 };
      gint64 mine = 0;

      for (int i = 0; i < 10; i++)
        {
          gint64 value = zf_random_below (random, 4);

          g_assert_cmpint ((int) push (&server, 1, mine, value), !=, ZF_MERGE_CONFLICT);
          mine = value;
        }
      g_assert_cmpint (server.value, ==, mine);
    }
}

/* Two who had seen the same and wrote different values: always a conflict for the second, in either order. */
static void
test_concurrent (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (13);

  for (int run = 0; run < 5000; run++)
    {
      gint64 was = zf_random_below (random, 100);
      gint64 a = was + 1 + zf_random_below (random, 50);
      gint64 b = a + 1 + zf_random_below (random, 50);
      Server first = { was, 3 }, second = { was, 3 };

      g_assert_cmpint ((int) push (&first, 3, was, a), ==, ZF_MERGE_ACCEPT);
      g_assert_cmpint ((int) push (&first, 3, was, b), ==, ZF_MERGE_CONFLICT);
      g_assert_cmpint (first.value, ==, a);
      g_assert_cmpint ((int) push (&second, 3, was, b), ==, ZF_MERGE_ACCEPT);
      g_assert_cmpint ((int) push (&second, 3, was, a), ==, ZF_MERGE_CONFLICT);
      g_assert_cmpint (second.value, ==, b);
    }
}

/* The same push again changes nothing. */
static void
test_replay (void)
{
  Server server = { 1, 3 };

  g_assert_cmpint ((int) push (&server, 3, 1, 2), ==, ZF_MERGE_ACCEPT);
  g_assert_cmpint ((int) push (&server, 3, 1, 2), ==, ZF_MERGE_NOOP);
  g_assert_cmpint (server.rev, ==, 4);
}

static JsonNode *
random_set (ZfRandom *random)
{
  g_autoptr (GString) text = g_string_new ("[");

  for (char c = 'a'; c < 'h'; c++)
    if (zf_random_chance (random, 400))
      g_string_append_printf (text, "%s\"%c\"", text->len > 1 ? "," : "", c);
  g_string_append_c (text, ']');
  return parse (text->str);
}

static gboolean
has (JsonNode *set, const char *text)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (set) ? json_node_get_array (set) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (g_str_equal (json_array_get_string_element (array, i), text))
      return TRUE;
  return FALSE;
}

/* Every element is decided alone: added ones are in, removed ones out unless added, the rest as they were. Twice is once. */
static void
test_sets (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (14);

  for (int run = 0; run < 5000; run++)
    {
      g_autoptr (JsonNode) server = random_set (random);
      g_autoptr (JsonNode) add = random_set (random);
      g_autoptr (JsonNode) del = random_set (random);
      g_autoptr (JsonNode) merged = zf_merge_set (server, json_node_get_array (add), json_node_get_array (del));
      g_autoptr (JsonNode) again = zf_merge_set (merged, json_node_get_array (add), json_node_get_array (del));

      for (char c = 'a'; c < 'h'; c++)
        {
          char text[2] = { c, '\0' };

          g_assert_true (has (merged, text) == (has (add, text) || (has (server, text) && !has (del, text))));
        }
      g_assert_true (zf_json_equal (merged, again));
    }
}

static void
assert_set (const char *server, const char *add, const char *del, const char *expected)
{
  g_autoptr (JsonNode) s = parse (server);
  g_autoptr (JsonNode) a = parse (add);
  g_autoptr (JsonNode) d = parse (del);
  g_autoptr (JsonNode) merged = zf_merge_set (s, a != NULL ? json_node_get_array (a) : NULL, d != NULL ? json_node_get_array (d) : NULL);
  g_autofree char *text = zf_json_canonical (merged);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_set_forms (void)
{
  assert_set (NULL, "[\"b\",\"a\",\"b\"]", NULL, "[\"a\",\"b\"]");
  assert_set ("[\"a\"]", NULL, "[\"a\"]", "null");
  assert_set ("\"no set\"", "[\"a\",7,null,{}]", "[[]]", "[\"a\"]");
}

static void
test_apply (void)
{
  g_autoptr (JsonObject) fields = zf_json_parse_object ("{\"a\":1,\"b\":\"x\",\"s\":[\"p\",\"q\"],\"t\":[\"p\"]}", -1, NULL);
  g_autoptr (JsonObject) f = zf_json_parse_object ("{\"a\":[1,2],\"b\":[\"x\",null],\"c\":[null,\"new\"],\"d\":[\"gone\",null],"
                                                   "\"s\":{\"add\":[\"r\"],\"del\":[\"p\"]},\"t\":{\"del\":[\"p\"]}}", -1, NULL);
  g_autofree char *text = NULL;

  zf_change_apply (fields, f);
  text = zf_json_canonical_object (fields);
  g_assert_cmpstr (text, ==, "{\"a\":2,\"c\":\"new\",\"s\":[\"q\",\"r\"]}");
}

static void
test_groups (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "fixtures", "data", NULL);
  g_autoptr (ZfKinds) kinds = zf_kinds_load (data, &error);
  const ZfKind *kind;
  g_autoptr (JsonObject) fields = zf_json_parse_object ("{\"name\":\"n\",\"lat\":\"29.8\",\"lon\":\"107.7\"}", -1, NULL);
  g_autoptr (JsonObject) empty = json_object_new ();
  g_autoptr (JsonObject) other = zf_json_parse_object ("{\"accuracy\":\"5\"}", -1, NULL);

  g_assert_no_error (error);
  kind = zf_kinds_get (kinds, "household");
  {
    g_autoptr (JsonNode) place = zf_group_value (kind, "position", fields);
    g_autoptr (JsonNode) name = zf_group_value (kind, "name", fields);
    g_autoptr (JsonNode) none = zf_group_value (kind, "position", empty);
    g_autoptr (JsonNode) unknown = zf_group_value (NULL, "lat", fields);
    g_autoptr (GPtrArray) names = zf_group_fields (kind, "position");
    g_autofree char *text = zf_json_canonical (place);
    g_autofree char *after = NULL;

    g_assert_cmpstr (text, ==, "{\"lat\":\"29.8\",\"lon\":\"107.7\"}");
    g_assert_cmpstr (json_node_get_string (name), ==, "n");
    g_assert_cmpstr (json_node_get_string (unknown), ==, "29.8");
    g_assert_true (JSON_NODE_HOLDS_NULL (none));
    g_assert_cmpuint (names->len, ==, 3);
    /* The group is written as a whole: a member that it lacks is cleared. */
    zf_group_store (kind, "position", place, other);
    zf_group_store (kind, "name", name, other);
    after = zf_json_canonical_object (other);
    g_assert_cmpstr (after, ==, "{\"lat\":\"29.8\",\"lon\":\"107.7\",\"name\":\"n\"}");
    zf_group_store (kind, "position", none, other);
    zf_group_store (kind, "name", NULL, other);
    g_assert_cmpuint (json_object_get_size (other), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/rules", test_rules);
  g_test_add_func ("/merge/ordered", test_ordered);
  g_test_add_func ("/merge/own-chain", test_own_chain);
  g_test_add_func ("/merge/concurrent", test_concurrent);
  g_test_add_func ("/merge/replay", test_replay);
  g_test_add_func ("/merge/sets", test_sets);
  g_test_add_func ("/merge/set-forms", test_set_forms);
  g_test_add_func ("/merge/apply", test_apply);
  g_test_add_func ("/merge/groups", test_groups);
  return g_test_run ();
}
