/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens to machines (T1–T5, T8–T11; the county's too: S1, S3, S5). */
#include "sim-ops.h"

#include <string.h>

#include "zf-photo.h"

void
op_reboot (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  tablet_off (world, tablet, op->a % 3 != 0);
  tablet_on (world, tablet);
}

/* T8, P8: another version of the forms. */
void
op_kinds (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  tablet_off (world, tablet, FALSE);
  tablet->old_kinds = !tablet->old_kinds;
  tablet->was_old |= tablet->old_kinds;
  tablet_on (world, tablet);
}

void
op_fault (World *world, Tablet *tablet, const Op *op)
{
  static const guint calls[] = { MEM_WRITE, MEM_SYNC, MEM_READ | MEM_WRITE | MEM_SYNC, MEM_WRITE | MEM_SYNC };
  Rng rng = rng_of (op);
  MemFault fault = {
    .calls = calls[rng_below (&rng, G_N_ELEMENTS (calls))],
    .after = rng_below (&rng, 60),
    .full = rng_chance (&rng, 500),
    .sticky = rng_chance (&rng, 300),
    .kills = rng_chance (&rng, 600),
  };

  mem_machine_fault (op->a % 4 == 0 ? world->machine : tablet->machine, &fault);
}

void
op_repair (World *world, Tablet *tablet, const Op *op)
{
  mem_machine_fault (tablet->machine, NULL);
  mem_machine_fault (world->machine, NULL);
}

void
op_crash_point (World *world, Tablet *tablet, const Op *op)
{
  world->crash_in = 1 + op->a % 40;
}

void
op_clock (World *world, Tablet *tablet, const Op *op)
{
  static const gint64 jumps[] = { 60000, 3600000, 86400000, G_GINT64_CONSTANT (31536000000), -3600000, -86400000, -G_GINT64_CONSTANT (31536000000) };

  zf_clock_advance (tablet->clock, jumps[op->a % G_N_ELEMENTS (jumps)]);
  if (op->b % 4 == 0)
    zf_clock_advance (world->clock, 3600000 * (gint64) (1 + op->b % 48));
}

/* T9: an old image of the tablet comes back, and what was saved since and not sent is lost with the new one. */
void
op_image (World *world, Tablet *tablet, const Op *op)
{
  GHashTableIter iter;
  gpointer key, cid;

  if (tablet->store == NULL)
    return;
  g_clear_pointer (&tablet->image, mem_image_free);
  g_clear_pointer (&tablet->image_rows, g_hash_table_unref);
  tablet_stop (tablet);
  zf_store_close (tablet->store);
  g_clear_object (&tablet->store);
  if (mem_machine_faulted (tablet->machine))
    {
      tablet_off (world, tablet, FALSE);
      return;
    }
  tablet->image = mem_image_take (tablet->machine);
  tablet->image_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, tablet->rows);
  while (g_hash_table_iter_next (&iter, &key, &cid))
    g_hash_table_insert (tablet->image_rows, g_strdup (key), g_strdup (cid));
}

static void
forget_lost_work (World *world, Tablet *tablet)
{
  for (guint i = 0; i < world->order->len; i++)
    {
      Saved *saved = world->order->pdata[i];

      if (saved->tablet != tablet->n)
        continue;
      saved->destroyed = TRUE;
      /* A county set back may have lost it before. */
      if (world->restores > 0 && saved->acked && !ledger_county_has (world, saved->cid))
        saved->acked = FALSE;
    }
}

static GHashTable *
copy_rows (GHashTable *rows)
{
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer key, cid;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &key, &cid))
    g_hash_table_insert (copy, g_strdup (key), g_strdup (cid));
  return copy;
}

/* The tablet's own past comes back: nothing of what was known about its log holds beyond it. */
static void
forget_state (Tablet *tablet, GHashTable *rows)
{
  g_hash_table_unref (tablet->rows);
  tablet->rows = copy_rows (rows);
  g_ptr_array_set_size (tablet->attempts, 0);
  g_ptr_array_set_size (tablet->drafts, 0);
  g_clear_pointer (&tablet->homes, g_hash_table_unref);
  g_hash_table_remove_all (tablet->revs);
  g_clear_pointer (&tablet->epoch, g_free);
  g_clear_pointer (&tablet->cursor_epoch, g_free);
  g_clear_pointer (&tablet->done_epoch, g_free);
  tablet->cursor = 0;
  tablet->known = 0;
}

void
op_old_image (World *world, Tablet *tablet, const Op *op)
{
  if (tablet->image == NULL || tablet->gone)
    return;
  tablet_off (world, tablet, FALSE);
  forget_lost_work (world, tablet);
  mem_image_lay (tablet->image, tablet->machine);
  forget_state (tablet, tablet->image_rows);
  tablet_on (world, tablet);
}

/* T11 */
void
op_second (World *world, Tablet *tablet, const Op *op)
{
  ZfStoreOptions options = { .clock = tablet->clock, .random = tablet->random, .files = mem_files (), .vfs = "sim", .inline_writes = TRUE };
  ZfStore *second;
  gboolean alive;

  tablet_enter (world, tablet);
  second = zf_store_open (tablet->dir, sim_kinds (tablet->old_kinds), &options, NULL);
  alive = tablet_leave (world, tablet);
  if (second != NULL)
    {
      tablet->other = tablet->store;
      tablet->store = second;
      if (alive)
        op_edit (world, tablet, op);
    }
  /* After a death in the save both are closed. */
  if (tablet->other != NULL)
    {
      zf_store_close (second);
      g_object_unref (second);
      tablet->store = g_steal_pointer (&tablet->other);
    }
  if (mem_machine_dead (tablet->machine))
    tablet_off (world, tablet, FALSE);
}

/* T5: the n-th allocation of SQLite fails. */
void
op_memory (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  guint most = rng_chance (&rng, 500) ? 100 : 4000;
  MemFault fault = { .calls = MEM_ALLOC, .after = rng_below (&rng, most), .sticky = rng_chance (&rng, 200) };

  mem_machine_fault (op->a % 4 == 0 ? world->machine : tablet->machine, &fault);
}

/* T10: the other tablet is given this one's disk, and both go on; what only the other one had goes with its disk. */
void
op_clone (World *world, Tablet *tablet, const Op *op)
{
  Tablet *other = &world->tablet[op->a % world->n];

  if (other == tablet || other->gone || tablet->gone)
    return;
  tablet_off (world, tablet, FALSE);
  tablet_off (world, other, FALSE);
  forget_lost_work (world, other);
  g_clear_pointer (&other->image, mem_image_free);
  g_clear_pointer (&other->image_rows, g_hash_table_unref);
  other->image = mem_image_take (tablet->machine);
  mem_image_lay (other->image, other->machine);
  g_clear_pointer (&other->image, mem_image_free);
  forget_state (other, tablet->rows);
  g_free (other->device);
  other->device = g_strdup (tablet->device);
  other->old_kinds = tablet->old_kinds;
  other->was_old |= tablet->was_old;
  memcpy (other->heir, tablet->heir, sizeof other->heir);
  other->heir[tablet->n] = tablet->n_saved;
  tablet->cloned = other->cloned = TRUE;
  world->clones++;
  tablet_on (world, tablet);
  tablet_on (world, other);
}

/* S5, T8: the store as the program of layout 1 left it: what later layouts added is taken out again, where nothing stands in it yet. */
typedef struct
{
  const char *empty;       /* how much there is that layout 1 could not hold: its one cursor stood for every village */
  const char *undo;
} OldLayout;

static const OldLayout old_tablet = {
  "SELECT (SELECT count(*) FROM stage) + (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM snapshot_id) + (SELECT count(*) FROM stage_join) + "
  "(SELECT count(*) FROM lacking) + (SELECT count(*) FROM record WHERE base_del NOT NULL OR counted NOT NULL) + "
  "(SELECT count(*) FROM blob WHERE thumb <> (state <> 3)) + (SELECT count(DISTINCT seq) > 1 FROM cursor)",
  "DROP TABLE digest; DROP TABLE snapshot; DROP TABLE snapshot_id; DROP TABLE stage_join; DROP TABLE lacking; DROP INDEX stage_id; "
  "ALTER TABLE stage DROP COLUMN id; ALTER TABLE blob DROP COLUMN thumb; ALTER TABLE record DROP COLUMN digest; "
  "ALTER TABLE record DROP COLUMN counted; ALTER TABLE record DROP COLUMN base_del; DELETE FROM meta_kv WHERE key = 'digests'; "
  "PRAGMA user_version = 1",
};
static const OldLayout old_county = {
  "SELECT (SELECT count(*) FROM resent) + (SELECT count(*) FROM restore_point) + (SELECT count(*) FROM team) + (SELECT count(*) FROM upload) + "
  "(SELECT count(*) FROM snapshot) + (SELECT count(*) FROM review) + (SELECT count(*) FROM conflict WHERE closed NOT NULL)",
  "DROP TABLE review; DROP TABLE digest; DROP TABLE resent; DROP TABLE twin; DROP TABLE restore_point; DROP TABLE team; DROP TABLE upload; DROP TABLE snapshot; "
  "DROP INDEX record_village; DROP INDEX record_del; ALTER TABLE record DROP COLUMN digest; ALTER TABLE device DROP COLUMN seal_key; "
  "ALTER TABLE origin DROP COLUMN durable; ALTER TABLE blob DROP COLUMN durable; ALTER TABLE conflict DROP COLUMN closed; PRAGMA user_version = 1",
};

static void
take_back (World *world, const char *path, const OldLayout *layout)
{
  g_autoptr (GError) error = NULL;
  ZfDb *db = zf_db_open_vfs (path, TRUE, "sim", &error);
  gboolean fits;

  if (db == NULL)
    return;
  fits = zf_db_get_int (db, 1, layout->empty, "") == 0 && zf_db_begin (db, NULL);
  if (fits && !zf_db_exec (db, layout->undo, &error))
    {
      world_violation (world, INV_ENGINE, "layout 1 of %s cannot be made: %s", path, error->message);
      zf_db_rollback (db);
    }
  else if (fits)
    zf_db_commit (db, NULL);
  world_say (world, "   %s", fits ? "layout 1 again" : "it holds what layout 1 did not know");
  zf_db_close (db);
}

void
op_layout (World *world, Tablet *tablet, const Op *op)
{
  g_autofree char *path = g_build_filename (tablet->dir, "store.db", NULL);

  world->net = rng_of (op);
  if (op->a % 2 == 0)
    {
      server_down (world, FALSE);
      take_back (world, "/server/data/server.db", &old_county);
      server_up (world);
      return;
    }
  tablet_off (world, tablet, FALSE);
  if (tablet->gone)
    return;
  take_back (world, path, &old_tablet);
  tablet_on (world, tablet);
}

/* Photos that the county's backup holds make room. */
void
op_free_space (World *world, Tablet *tablet, const Op *op)
{
  g_autofree char *folder = g_build_filename (tablet->dir, "", NULL);
  g_autoptr (GPtrArray) before = mem_machine_names (tablet->machine, folder);
  g_autoptr (GError) error = NULL;

  world->net = rng_of (op);
  tablet_enter (world, tablet);
  zf_photo_free_space (tablet->store, 1 + op->a % 8000, NULL, &error);
  if (!tablet_leave (world, tablet))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  if (error != NULL)
    world_say (world, "   free space: %s", error->message);
  check_freed (world, tablet, before);
}
