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
typedef enum { DAY_ALWAYS = 0, DAY_MACHINES = 1, DAY_IMAGES = 2, DAY_KINDS = 4, DAY_MOVES = 8, DAY_HOSTILE = 16, DAY_COUNTY = 32, DAY_DELETES = 64 } Day;

static const struct
{
  const char *name;
  guint weight;
  guint day;
  gboolean store;    /* needs the tablet on */
  void (*run) (World *world, Tablet *tablet, const Op *op);
} types[] = {
  { "household", 8, DAY_ALWAYS, TRUE, op_household },
  { "edit", 30, DAY_ALWAYS, TRUE, op_edit },
  { "visit", 10, DAY_ALWAYS, TRUE, op_visit },
  { "person", 6, DAY_ALWAYS, TRUE, op_person },
  { "delete", 6, DAY_DELETES, TRUE, op_delete },
  { "merge", 2, DAY_DELETES, TRUE, op_merge },
  { "move", 3, DAY_MOVES, TRUE, op_move },
  { "draft-begin", 6, DAY_ALWAYS, TRUE, op_draft_begin },
  { "draft-finish", 6, DAY_ALWAYS, TRUE, op_draft_finish },
  { "photo", 4, DAY_ALWAYS, TRUE, op_photo },
  { "resolve", 6, DAY_ALWAYS, TRUE, op_resolve },
  { "sync", 44, DAY_ALWAYS, FALSE, op_sync },
  { "stop", 2, DAY_ALWAYS, FALSE, op_stop },
  { "reboot", 5, DAY_MACHINES, FALSE, op_reboot },
  { "fault", 6, DAY_MACHINES, FALSE, op_fault },
  { "repair", 4, DAY_MACHINES, FALSE, op_repair },
  { "crash-point", 5, DAY_MACHINES, FALSE, op_crash_point },
  { "second", 2, DAY_MACHINES, TRUE, op_second },
  { "kinds", 2, DAY_KINDS, FALSE, op_kinds },
  { "clock", 4, DAY_ALWAYS, FALSE, op_clock },
  { "image", 2, DAY_IMAGES, TRUE, op_image },
  { "old-image", 2, DAY_IMAGES, FALSE, op_old_image },
  { "server-reboot", 2, DAY_MACHINES, FALSE, op_server_reboot },
  { "zombie", 4, DAY_ALWAYS, FALSE, op_zombie },
  { "hostile", 2, DAY_HOSTILE, TRUE, op_hostile },
  { "backup", 0, DAY_COUNTY, FALSE, op_backup },
  { "restore", 0, DAY_COUNTY, FALSE, op_restore },
};
#define N_DRAWN (G_N_ELEMENTS (types) - 2)

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

static guint
draw_days (Rng *rng)
{
  static const guint chance[] = { 600, 150, 250, 300, 80, 300, 700 };
  guint days = 0;

  for (guint i = 0; i < G_N_ELEMENTS (chance); i++)
    if (rng_chance (rng, chance[i]))
      days |= 1u << i;
  return days;
}

static guint
draw_type (Rng *rng, guint days)
{
  for (;;)
    {
      guint i = rng_below (rng, N_DRAWN);

      if ((types[i].day == 0 || (types[i].day & days) != 0) && rng_below (rng, 44) < types[i].weight)
        return i;
    }
}

/* S2, in every fifth run, in place of something else: these came later, and the other runs stay what they were. */
static void
put_county_days (guint64 seed, GArray *ops)
{
  Rng rng = { ~seed };

  if (!rng_chance (&rng, 200))
    return;
  for (guint i = 0; i < ops->len; i++)
    if (rng_chance (&rng, 40))
      g_array_index (ops, Op, i).type = (guint8) (N_DRAWN + rng_chance (&rng, 250));
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
  put_county_days (seed, ops);
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
