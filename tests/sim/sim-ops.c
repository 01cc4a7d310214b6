/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens in a run: the table of operations, what is drawn from it, and the end, when everything works again. */
#include "sim-ops.h"

#include <string.h>

Rng
rng_of (const Op *op)
{
  return (Rng) { ((guint64) op->b << 32) | op->c };
}

/* Kinds of days: which groups of operations may happen in a run. */
typedef enum
{
  DAY_ALWAYS = 0,
  DAY_MACHINES = 1 << 0,
  DAY_IMAGES = 1 << 1,
  DAY_KINDS = 1 << 2,
  DAY_MOVES = 1 << 3,
  DAY_HOSTILE = 1 << 4,
  DAY_COUNTY = 1 << 5,
  DAY_DELETES = 1 << 6,
  DAY_LINES = 1 << 7,
  DAY_MEMORY = 1 << 8,
  DAY_CLONES = 1 << 9,
  DAY_LAYOUTS = 1 << 10,
} Day;

/* Of a thousand runs. */
static const guint chances[] = { 600, 150, 250, 300, 80, 300, 700, 400, 200, 60, 100 };

static const struct
{
  const char *name;
  guint weight;
  guint day;
  gboolean store;    /* needs the tablet on */
  void (*run) (World *world, Tablet *tablet, const Op *op);
  gboolean chance;   /* meets the n-th call of a machine or exchange of a line, whatever that is */
} types[] = {
  { "household", 8, DAY_ALWAYS, TRUE, op_household },
  { "edit", 30, DAY_ALWAYS, TRUE, op_edit },
  { "visit", 10, DAY_ALWAYS, TRUE, op_visit },
  { "person", 6, DAY_ALWAYS, TRUE, op_person },
  { "delete", 6, DAY_DELETES, TRUE, op_delete },
  { "merge", 2, DAY_DELETES, TRUE, op_merge },
  { "move", 3, DAY_MOVES, TRUE, op_move },
  { "team", 3, DAY_MOVES, FALSE, op_team },
  { "draft-begin", 6, DAY_ALWAYS, TRUE, op_draft_begin },
  { "draft-finish", 6, DAY_ALWAYS, TRUE, op_draft_finish },
  { "photo", 4, DAY_ALWAYS, TRUE, op_photo },
  { "free-space", 2, DAY_COUNTY, TRUE, op_free_space },
  { "resolve", 6, DAY_ALWAYS, TRUE, op_resolve },
  { "sync", 44, DAY_ALWAYS, FALSE, op_sync },
  { "stop", 2, DAY_ALWAYS, FALSE, op_stop },
  { "flap", 2, DAY_LINES, FALSE, op_flap, TRUE },
  { "slow", 2, DAY_LINES, FALSE, op_slow, TRUE },
  { "meanwhile", 6, DAY_LINES, FALSE, op_meanwhile, TRUE },
  { "clog", 0, DAY_LINES, FALSE, op_clog, TRUE },
  { "unclog", 0, DAY_LINES, FALSE, op_unclog, TRUE },
  { "reboot", 5, DAY_MACHINES, FALSE, op_reboot },
  { "fault", 6, DAY_MACHINES, FALSE, op_fault, TRUE },
  { "memory", 6, DAY_MEMORY, FALSE, op_memory, TRUE },
  { "repair", 4, DAY_MACHINES | DAY_MEMORY, FALSE, op_repair },
  { "crash-point", 5, DAY_MACHINES, FALSE, op_crash_point, TRUE },
  { "second", 2, DAY_MACHINES, TRUE, op_second },
  { "kinds", 2, DAY_KINDS, FALSE, op_kinds },
  { "publish", 1, DAY_KINDS, FALSE, op_publish },
  { "clock", 4, DAY_ALWAYS, FALSE, op_clock },
  { "image", 2, DAY_IMAGES, TRUE, op_image },
  { "old-image", 2, DAY_IMAGES, FALSE, op_old_image },
  { "clone", 2, DAY_CLONES, FALSE, op_clone },
  { "layout", 2, DAY_LAYOUTS, FALSE, op_layout },
  { "server-reboot", 2, DAY_MACHINES, FALSE, op_server_reboot },
  { "zombie", 4, DAY_ALWAYS, FALSE, op_zombie },
  { "hostile", 3, DAY_HOSTILE, TRUE, op_hostile },
  { "backup", 3, DAY_COUNTY, FALSE, op_backup },
  { "restore", 1, DAY_COUNTY, FALSE, op_restore },
  { "lose-blob", 1, DAY_COUNTY, FALSE, op_lose_blob },
};

const char *
ops_name (const Op *op)
{
  return types[op->type].name;
}

gboolean
ops_type (const char *name, guint8 *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, name))
      {
        *type = (guint8) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
ops_by_chance (const Op *op)
{
  return types[op->type].chance;
}

static guint
draw_days (Rng *rng)
{
  guint days = 0;

  for (guint i = 0; i < G_N_ELEMENTS (chances); i++)
    if (rng_chance (rng, chances[i]))
      days |= 1u << i;
  return days;
}

static guint
draw_type (Rng *rng, guint days)
{
  for (;;)
    {
      guint i = rng_below (rng, G_N_ELEMENTS (types));

      if ((types[i].day == 0 || (types[i].day & days) != 0) && rng_below (rng, 44) < types[i].weight)
        return i;
    }
}

static void
put (GArray *ops, guint at, const char *name, guint tablet)
{
  Op *op = &g_array_index (ops, Op, MIN (at, ops->len - 1));

  ops_type (name, &op->type);
  op->tablet = (guint8) tablet;
}

/* “Swizzle-clog” of sync.md 3.2: the lines stop one by one, and come back in another order. */
static void
swizzle (GArray *ops, guint n, Rng *rng)
{
  guint order[SIM_TABLETS];
  guint at = rng_below (rng, ops->len / 2);

  for (guint t = 0; t < n; t++)
    {
      guint k = rng_below (rng, t + 1);

      order[t] = order[k];
      order[k] = t;
      put (ops, at += 1 + rng_below (rng, 6), "clog", t);
    }
  for (guint t = 0; t < n; t++)
    put (ops, at += 1 + rng_below (rng, 6), "unclog", order[t]);
}

/* Whoever syncs is connected and cut off again, a millisecond apart. */
static void
flap (GArray *ops, guint n, Rng *rng)
{
  for (guint i = 0; i < ops->len; i++)
    if (g_str_equal (ops_name (&g_array_index (ops, Op, i)), "sync"))
      put (ops, i, "flap", g_array_index (ops, Op, i).tablet);
}

/* One run in ten each. */
static void
put_profile (guint64 seed, GArray *ops, guint n)
{
  Rng rng = { ~seed };
  guint which = rng_below (&rng, 10);

  if (which == 0)
    swizzle (ops, n, &rng);
  if (which == 1)
    flap (ops, n, &rng);
}

GArray *
ops_draw (guint64 seed, guint *layout, guint *n)
{
  static const guint counts[] = { 2, 2, 2, 3, 3, 3, 4, 4, 5, 8 };
  Rng rng = { seed };
  guint length = 120 + rng_below (&rng, 120);
  guint days = draw_days (&rng);
  GArray *ops = g_array_sized_new (FALSE, FALSE, sizeof (Op), length);

  *layout = rng_chance (&rng, 500) ? 0 : rng_below (&rng, 4);
  *n = counts[rng_below (&rng, G_N_ELEMENTS (counts))];
  for (guint i = 0; i < length; i++)
    {
      Op op = { .type = (guint8) draw_type (&rng, days), .tablet = (guint8) rng_below (&rng, 240) };

      op.a = (guint32) (rng_next (&rng) >> 40);
      op.b = (guint32) rng_next (&rng);
      op.c = (guint32) rng_next (&rng);
      g_array_append_val (ops, op);
    }
  put_profile (seed, ops, *n);
  return ops;
}

void
ops_run (World *world, const Op *op)
{
  Tablet *tablet = &world->tablet[op->tablet % world->n];

  world_say (world, "%3u %s t%u (%u, %u, %u)", world->at, ops_name (op), tablet->n, op->a, op->b, op->c);
  zf_clock_advance (tablet->clock, 1000);
  zf_clock_advance (world->clock, 1000);
  if (types[op->type].store && !tablet_on (world, tablet))
    return;
  types[op->type].run (world, tablet, op);
  check_step (world, tablet);
}

/* The end */

static gboolean
round_is_quiet (World *world, gint64 *seq)
{
  gboolean quiet = TRUE;
  gint64 now;

  for (guint t = 0; t < world->n; t++)
    {
      Tablet *tablet = &world->tablet[t];

      if (tablet->gone)
        continue;
      zf_clock_advance (tablet->clock, 3600000);
      zf_clock_advance (world->clock, 3600000);
      quiet &= tablet_sync (world, tablet, 2000);
      if (tablet->store != NULL)
        quiet &= zf_db_get_int (tablet_db (tablet), 1, "SELECT count(*) FROM change WHERE state IN (0, 1)", "") == 0;
    }
  now = world->core != NULL ? zf_db_get_int (server_db (world), 0, "SELECT max(seq) FROM feed", "") : -1;
  quiet &= now == *seq;
  *seq = now;
  return quiet;
}

gboolean
ops_heal (World *world)
{
  gint64 seq = -1;

  world->calm = TRUE;
  world->crash_in = 0;
  mem_machine_fault (world->machine, NULL);
  for (guint t = 0; t < world->n; t++)
    {
      mem_machine_fault (world->tablet[t].machine, NULL);
      world->tablet[t].meanwhile_in = 0;
      g_clear_pointer (&world->tablet[t].engine, zf_sync_engine_free);
    }
  for (guint round = 0; round < 12; round++)
    {
      world_say (world, "--- heal, round %u", round);
      if (round_is_quiet (world, &seq))
        return TRUE;
    }
  return FALSE;
}
