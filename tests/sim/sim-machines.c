/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens to machines (T1–T11, S1, S3, S7). */
#include "sim-ops.h"

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
