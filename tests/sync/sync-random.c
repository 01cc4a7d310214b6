/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Three tablets and a county at random: edits, deletions, syncs that break off anywhere. When all is calm every tablet shows the same, and
 * every value that anybody ever saved is current, was knowingly replaced, or stands in a conflict.
 * sync-random [FIRST [COUNT]]: seeds; a failure names its own. */
#include "world.h"

#include <sqlite3.h>
#include <stdlib.h>

#define TABLETS 3
#define STEPS 45

static const char *const everywhere[] = { "all", "all", "all" };
static const char *const roofs[] = { "straw", "tile", "slate", "concrete", "tin" };
static const char *const needs[] = { "[]", "['coal']", "['coal','food']", "['water']", "['food','school','water']" };

typedef struct
{
  World *world;
  ZfRandom *random;
  GPtrArray *households;
} Run;

static guint
pick (Run *run, guint n)
{
  return zf_random_below (run->random, n);
}

static gboolean
knows (Run *run, guint t, const char *id, gboolean *deleted)
{
  g_autoptr (ZfRecord) record = world_get (run->world, t, id);

  *deleted = record != NULL && record->del != NULL;
  return record != NULL;
}

static void
undelete (Run *run, guint t, const char *id)
{
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);
  g_autoptr (GError) error = NULL;

  zf_save_undelete (save, "household", id);
  zf_store_commit (run->world->tablet[t], save, &error);
  g_assert_no_error (error);
}

static void
edit (Run *run, guint t, const char *id)
{
  World *world = run->world;

  switch (pick (run, 5))
    {
    case 0:
      world_set (world, t, "household", id, "{'rooms':%u}", pick (run, 6));
      break;
    case 1:
      world_set (world, t, "household", id, "{'needs':%s}", needs[pick (run, G_N_ELEMENTS (needs))]);
      break;
    case 2:
      world_set (world, t, "household", id, "{'lat':'29.%u','lon':'107.%u','accuracy':%u}", 1 + pick (run, 3), 1 + pick (run, 3), pick (run, 3));
      break;
    case 3:
      world_set (world, t, "household", id, "{'roof':'%s','phone':'1380000000%u'}", roofs[pick (run, G_N_ELEMENTS (roofs))], pick (run, 9));
      break;
    default:
      world_set (world, t, "household", id, "{'roof':'%s'}", roofs[pick (run, G_N_ELEMENTS (roofs))]);
      break;
    }
}

static void
act (Run *run, guint t)
{
  const char *id = run->households->pdata[pick (run, run->households->len)];
  gboolean deleted;

  if (!knows (run, t, id, &deleted))
    return;
  if (deleted)
    {
      if (pick (run, 3) == 0)
        undelete (run, t, id);
    }
  else if (pick (run, 12) == 0)
    world_delete (run->world, t, "household", id);
  else if (pick (run, 8) == 0)
    g_free (world_add (run->world, t, "visit", "{'household':'%s','date':'2026-11-%02u'}", id, 1 + pick (run, 28)));
  else
    edit (run, t, id);
}

static void
try_sync (Run *run, guint t)
{
  static const Fault faults[] = { FAULT_NONE, FAULT_NONE, FAULT_NONE, FAULT_LOSE_ANSWER, FAULT_LOSE_ANSWER, FAULT_LOSE_REQUEST, FAULT_REPLAY };
  g_autoptr (GError) error = NULL;

  run->world->limits.page_items = 1 + pick (run, 6);
  run->world->limits.max_changes = 1 + pick (run, 6);
  run->world->next = faults[pick (run, G_N_ELEMENTS (faults))];
  if (!world_try (run->world, t, NULL, &error))
    g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE);
}

static void
add_household (Run *run, guint t)
{
  const char *village = pick (run, 2) == 0 ? VILLAGE_1 : VILLAGE_2;

  g_ptr_array_add (run->households, world_add (run->world, t, "household", "{'village':'%s','roof':'%s','needs':['food']}", village,
                                               roofs[pick (run, G_N_ELEMENTS (roofs))]));
}

/* Nothing lost: read from the server's own log */

typedef struct
{
  gint64 seq, rev, base;
  char *device;
  char *cid;
  JsonObject *f;
  char *d;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->device);
  g_free (row->cid);
  g_free (row->d);
  json_object_unref (row->f);
  g_free (row);
}

static GPtrArray *
read_log (sqlite3 *db, const char *id)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_prepare_v2 (db,
                                       "SELECT c.seq, c.rev, c.change_id, c.disposition, c.bytes, o.device FROM change c JOIN origin o ON o.n = c.origin"
                                       " WHERE c.id = ? ORDER BY c.seq",
                                       -1, &stmt, NULL),
                   ==, SQLITE_OK);
  sqlite3_bind_text (stmt, 1, id, -1, SQLITE_TRANSIENT);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    {
      Row *row = g_new0 (Row, 1);
      g_autoptr (JsonObject) change = zf_json_parse_object ((const char *) sqlite3_column_text (stmt, 4), -1, NULL);
      const char *op = zf_json_get_string (change, "op", "");

      row->seq = sqlite3_column_int64 (stmt, 0);
      row->rev = sqlite3_column_int64 (stmt, 1);
      row->cid = g_strdup ((const char *) sqlite3_column_text (stmt, 2));
      row->d = g_strdup ((const char *) sqlite3_column_text (stmt, 3));
      row->device = g_strdup ((const char *) sqlite3_column_text (stmt, 5));
      row->base = zf_json_get_int (change, "b", 0);
      row->f = g_str_equal (op, "add") || g_str_equal (op, "set") ? json_object_ref (zf_json_get_object (change, "f")) : json_object_new ();
      g_ptr_array_add (rows, row);
    }
  sqlite3_finalize (stmt);
  return rows;
}

static JsonNode *
half (Row *row, const char *field, guint i)
{
  JsonArray *pair = zf_json_get_array (row->f, field);

  return pair != NULL ? json_array_get_element (pair, i) : NULL;
}

static gboolean
in_conflict (sqlite3 *db, const char *cid)
{
  g_autofree char *like = g_strdup_printf ("%%%s%%", cid);
  sqlite3_stmt *stmt;
  gboolean found;

  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT 1 FROM conflict WHERE mine LIKE ?1 OR theirs LIKE ?1", -1, &stmt, NULL), ==, SQLITE_OK);
  sqlite3_bind_text (stmt, 1, like, -1, SQLITE_TRANSIENT);
  found = sqlite3_step (stmt) == SQLITE_ROW;
  sqlite3_finalize (stmt);
  return found;
}

static gboolean
replaced_knowingly (GPtrArray *log, guint i, const char *field)
{
  Row *row = log->pdata[i];

  for (guint k = i + 1; k < log->len; k++)
    {
      Row *later = log->pdata[k];

      if (half (later, field, 0) == NULL)
        continue;
      if (later->base >= row->rev || g_str_equal (later->device, row->device) || zf_json_equal (half (later, field, 0), half (row, field, 1)))
        return TRUE;
    }
  return FALSE;
}

static void
check_record (Run *run, sqlite3 *db, const char *id)
{
  g_autoptr (GPtrArray) log = read_log (db, id);
  g_autoptr (ZfRecord) now = world_get (run->world, 0, id);

  for (guint i = 0; i < log->len; i++)
    {
      Row *row = log->pdata[i];
      JsonObjectIter iter;
      const char *field = NULL;
      JsonNode *node = NULL;

      g_assert_cmpstr (row->d, !=, "quarantined");
      json_object_iter_init_ordered (&iter, row->f);
      while (json_object_iter_next_ordered (&iter, &field, &node))
        if (JSON_NODE_HOLDS_ARRAY (node) && !zf_json_equal (half (row, field, 1), json_object_get_member (now->fields, field)) &&
            !replaced_knowingly (log, i, field) && !in_conflict (db, row->cid))
          g_error ("a value of %s was lost: change %s (%s)", field, row->cid, row->d);
    }
}

static void
check_all (Run *run)
{
  g_autofree char *path = g_build_filename (run->world->dir, "server.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < run->households->len; i++)
    {
      const char *id = run->households->pdata[i];
      g_autofree char *first = world_text (run->world, 0, id);

      for (guint t = 1; t < TABLETS; t++)
        {
          g_autofree char *other = world_text (run->world, t, id);

          g_assert_cmpstr (other, ==, first);
        }
      check_record (run, db, id);
    }
  sqlite3_close (db);
  for (guint t = 1; t < TABLETS; t++)
    g_assert_cmpuint (world_conflicts (run->world, t), ==, world_conflicts (run->world, 0));
  g_assert_cmpint (world_count (run->world, "SELECT count(*) FROM conflict WHERE open = 1"), ==, world_conflicts (run->world, 0));
  world_check (run->world);
}

/* Returns the number of conflicts, to show that there were some. */
static guint
run_seed (guint64 seed)
{
  g_autoptr (World) world = world_new (seed, TABLETS, everywhere);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (seed);
  g_autoptr (GPtrArray) households = g_ptr_array_new_with_free_func (g_free);
  Run run = { world, random, households };

  add_household (&run, 0);
  world_settle (world);
  for (guint i = 0; i < STEPS; i++)
    {
      guint t = pick (&run, TABLETS);

      if (pick (&run, 3) == 0)
        try_sync (&run, t);
      else if (pick (&run, 12) == 0)
        add_household (&run, t);
      else
        act (&run, t);
    }
  world->limits = zf_sync_limits_wire;
  world_settle (world);
  check_all (&run);
  return world_conflicts (world, 0);
}

int
main (int argc, char **argv)
{
  guint64 first = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1;
  guint64 count = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 200;
  guint conflicts = 0;

  for (guint64 seed = first; seed < first + count; seed++)
    {
      g_printerr ("\rseed %" G_GUINT64_FORMAT " ", seed);
      conflicts += run_seed (seed);
    }
  g_print ("%" G_GUINT64_FORMAT " seeds, %u conflicts\n", count, conflicts);
  return conflicts > 0 || count < 20 ? 0 : 1;
}
