/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A conflict from both tablets' side: opened, decided on one of them, closed on all, with the seen state as the decision's base. */
#include "../sync/world.h"

static const char *const everywhere[] = { "all", "all", "all" };

static JsonObject *
open_one (World *world, guint t)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = zf_ledger_conflicts (zf_store_reader (world->tablet[t]), TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  return json_object_ref (list->pdata[0]);
}

static void
decide (World *world, guint t, const char *value)
{
  g_autoptr (JsonObject) conflict = open_one (world, t);
  g_autoptr (JsonNode) node = zf_json_string (value);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_ledger_resolve (world->tablet[t], zf_json_get_string (conflict, "id", NULL), node, "asked", "p", &error);

  g_assert_no_error (error);
  g_assert_nonnull (id);
}

static char *
quarrel (World *world)
{
  char *id = world_add (world, 0, "household", "{'village':'%s','name':'Zhang','roof':'straw'}", VILLAGE_1);

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_set (world, 1, "household", id, "{'roof':'slate'}");
  world_settle (world);
  return id;
}

static void
assert_roof (World *world, const char *id, const char *roof)
{
  for (guint t = 0; t < world->n; t++)
    {
      g_autoptr (ZfRecord) record = world_get (world, t, id);

      g_assert_cmpstr (zf_record_get_string (record, "roof", NULL), ==, roof);
      g_assert_cmpuint (world_conflicts (world, t), ==, 0);
    }
}

static void
test_decided (void)
{
  g_autoptr (World) world = world_new (1, 3, everywhere);
  g_autofree char *id = quarrel (world);

  decide (world, 2, "slate");
  world_settle (world);
  assert_roof (world, id, "slate");
  world_check (world);
}

/* A third value came in and was seen before the decision: nobody is asked again. */
static void
test_seen (void)
{
  g_autoptr (World) world = world_new (2, 3, everywhere);
  g_autofree char *id = quarrel (world);

  world_set (world, 0, "household", id, "{'roof':'mud'}");
  world_settle (world);
  decide (world, 2, "slate");
  world_settle (world);
  assert_roof (world, id, "slate");
  world_check (world);
}

/* It came in unseen: the decision opens the question with it. */
static void
test_unseen (void)
{
  g_autoptr (World) world = world_new (3, 3, everywhere);
  g_autofree char *id = quarrel (world);

  world_set (world, 0, "household", id, "{'roof':'mud'}");
  decide (world, 2, "slate");
  world_settle (world);
  for (guint t = 0; t < world->n; t++)
    {
      g_autoptr (JsonObject) conflict = open_one (world, t);

      g_assert_cmpstr (zf_json_get_string (zf_json_get_object (conflict, "theirs"), "v", NULL), ==, "mud");
    }
  decide (world, 1, "mud");
  world_settle (world);
  assert_roof (world, id, "mud");
  world_check (world);
}

/* Two people decide the same conflict otherwise. */
static void
test_two (void)
{
  g_autoptr (World) world = world_new (4, 3, everywhere);
  g_autofree char *id = quarrel (world);

  decide (world, 1, "slate");
  decide (world, 2, "tile");
  world_settle (world);
  g_assert_cmpuint (world_conflicts (world, 0), ==, 1);
  decide (world, 0, "tile");
  world_settle (world);
  assert_roof (world, id, "tile");
  world_check (world);
}

/* A delete and an edit: alive, then with the next decision gone everywhere. */
static void
test_life (void)
{
  g_autoptr (World) world = world_new (5, 3, everywhere);
  g_autofree char *id = world_add (world, 0, "household", "{'village':'%s','roof':'straw'}", VILLAGE_1);

  world_settle (world);
  world_set (world, 0, "household", id, "{'roof':'tile'}");
  world_delete (world, 1, "household", id);
  world_settle (world);
  decide (world, 2, "deleted");
  world_settle (world);
  for (guint t = 0; t < world->n; t++)
    {
      g_autoptr (ZfRecord) record = world_get (world, t, id);

      g_assert_cmpuint (world_conflicts (world, t), ==, 0);
      g_assert_true (record == NULL || record->del != NULL);
    }
  world_check (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/decide/decided", test_decided);
  g_test_add_func ("/server/decide/seen", test_seen);
  g_test_add_func ("/server/decide/unseen", test_unseen);
  g_test_add_func ("/server/decide/two", test_two);
  g_test_add_func ("/server/decide/life", test_life);
  return g_test_run ();
}
