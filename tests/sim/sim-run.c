/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One run, and shorter ones that still fail. */
#include "sim.h"

#include <stdio.h>

#define CLOCK_TEN_YEARS G_GINT64_CONSTANT (315360000000)

gboolean sim_goes_on;

void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->story, g_free);
  g_clear_pointer (&outcome->summary, g_free);
}

/* Where a told run went wrong shows in the stores long before its end. */
static void
tell_problems (World *world)
{
  for (guint t = 0; t < world->n; t++)
    {
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

      if (world->tablet[t].store != NULL)
        zf_store_check (world->tablet[t].store, problems, NULL);
      for (guint i = 0; i < problems->len; i++)
        g_print ("?? tablet %u: %s\n", t, (char *) problems->pdata[i]);
    }
}

static void
run_ops (guint64 seed, GArray *ops, guint layout, guint n, gboolean good_line, gint64 shift_ms, gboolean verbose, guint64 enabled, Outcome *outcome)
{
  World *world = world_new (seed, layout, n, shift_ms);

  world->good_line = good_line;
  world->verbose = verbose;
  world->enabled = enabled;
  for (world->at = 0; world->at < ops->len && (world->broken == 0 || sim_goes_on); world->at++)
    {
      ops_run (world, &g_array_index (ops, Op, world->at));
      if (verbose)
        tell_problems (world);
    }
  if ((world->broken == 0 || sim_goes_on) && !ops_heal (world) && (world->broken == 0 || sim_goes_on))
    world_violation (world, 20, "twelve rounds of syncs with nothing in the way leave something unsent or unfetched");
  if (world->broken == 0 || sim_goes_on)
    check_end (world);
  outcome->broken = world->broken;
  outcome->story = g_strdup (world->story->str);
  outcome->summary = check_summary (world);
  world_free (world);
}

void
sim_run_ops (guint64 seed, GArray *ops, guint layout, guint n, gboolean verbose, guint64 enabled, Outcome *outcome)
{
  run_ops (seed, ops, layout, n, FALSE, 0, verbose, enabled, outcome);
}

static void
break_with (Outcome *outcome, guint64 broken, char *story)
{
  outcome->broken |= broken;
  g_free (outcome->story);
  outcome->story = story;
}

/* A fault or death at the n-th call meets another call when ids sort otherwise, one of the line another request when a digest is due on another day:
 * without those both runs see the same. */
static GArray *
without_faults (GArray *ops)
{
  GArray *kept = g_array_sized_new (FALSE, FALSE, sizeof (Op), ops->len);

  for (guint i = 0; i < ops->len; i++)
    {
      const Op *op = &g_array_index (ops, Op, i);

      if (!ops_by_chance (op))
        g_array_append_val (kept, *op);
    }
  return kept;
}

/* I18: with all clocks wrong it must come to the same. */
static void
run_both (guint64 seed, GArray *ops, guint layout, guint n, gboolean verbose, guint64 enabled, Outcome *outcome)
{
  Outcome shifted = { 0 };
  guint64 bit = G_GUINT64_CONSTANT (1) << INV_18;

  run_ops (seed, ops, layout, n, TRUE, 0, verbose, enabled, outcome);
  if (outcome->broken != 0 && !sim_goes_on)
    return;
  run_ops (seed, ops, layout, n, TRUE, seed % 16 == 0 ? CLOCK_TEN_YEARS : -CLOCK_TEN_YEARS, verbose, enabled, &shifted);
  if (shifted.broken != 0)
    break_with (outcome, shifted.broken, g_strdup_printf ("with clocks wrong by ten years: %s", shifted.story));
  else if ((enabled & bit) != 0 && !g_str_equal (shifted.summary, outcome->summary))
    break_with (outcome, bit,
                g_strdup_printf ("I18 (%s): with clocks wrong by ten years:\n%sinstead of\n%s", sim_invariant_text (INV_18), shifted.summary, outcome->summary));
  outcome_clear (&shifted);
}

/* Every eighth seed runs with wrong clocks too. */
void
sim_run_list (guint64 seed, GArray *ops, guint layout, guint n, gboolean verbose, guint64 enabled, Outcome *outcome)
{
  g_autoptr (GArray) calm = NULL;
  guint64 before;

  sim_run_ops (seed, ops, layout, n, verbose, enabled, outcome);
  before = outcome->broken;
  if ((before != 0 && !sim_goes_on) || seed % 8 != 0)
    return;
  calm = without_faults (ops);
  outcome_clear (outcome);
  run_both (seed, calm, layout, n, verbose, enabled, outcome);
  outcome->broken |= before;
}

void
sim_run (guint64 seed, gboolean verbose, guint64 enabled, Outcome *outcome)
{
  guint layout, n;
  g_autoptr (GArray) ops = ops_draw (seed, &layout, &n);

  sim_run_list (seed, ops, layout, n, verbose, enabled, outcome);
}

void
sim_run_like (guint64 seed, GArray *ops, guint layout, guint n, guint64 broken, gboolean verbose, guint64 enabled, Outcome *outcome)
{
  g_autoptr (GArray) calm = NULL;

  if ((broken & (G_GUINT64_CONSTANT (1) << INV_18)) == 0)
    {
      sim_run_ops (seed, ops, layout, n, verbose, enabled, outcome);
      if ((outcome->broken & broken) != 0 || seed % 8 != 0)
        return;
      outcome_clear (outcome);
    }
  calm = without_faults (ops);
  run_both (seed, calm, layout, n, verbose, enabled, outcome);
}

static gboolean
still_fails (guint64 seed, GArray *ops, guint layout, guint n, guint64 broken, guint64 enabled)
{
  Outcome outcome = { 0 };
  gboolean fails;

  sim_run_like (seed, ops, layout, n, broken, FALSE, enabled, &outcome);
  fails = (outcome.broken & broken) != 0;
  outcome_clear (&outcome);
  return fails;
}

static GArray *
without (GArray *ops, guint from, guint len)
{
  GArray *shorter = g_array_sized_new (FALSE, FALSE, sizeof (Op), ops->len);

  g_array_append_vals (shorter, ops->data, from);
  if (from + len < ops->len)
    g_array_append_vals (shorter, &g_array_index (ops, Op, from + len), ops->len - from - len);
  return shorter;
}

/* Leaves out halves, quarters, … single operations as long as the run still fails in the same way. */
GArray *
sim_shrink (guint64 seed, guint64 broken, guint64 enabled)
{
  guint layout, n;
  GArray *ops = ops_draw (seed, &layout, &n);

  if ((broken & (G_GUINT64_CONSTANT (1) << INV_18)) != 0)
    {
      GArray *calm = without_faults (ops);

      g_array_unref (ops);
      ops = calm;
    }
  for (guint len = ops->len / 2; len > 0; len /= 2)
    for (guint from = 0; from < ops->len;)
      {
        GArray *shorter = without (ops, from, len);

        if (still_fails (seed, shorter, layout, n, broken, enabled))
          {
            g_array_unref (ops);
            ops = shorter;
          }
        else
          {
            g_array_unref (shorter);
            from += len;
          }
      }
  return ops;
}

void
sim_print_ops (GArray *ops)
{
  for (guint i = 0; i < ops->len; i++)
    {
      const Op *op = &g_array_index (ops, Op, i);

      printf ("  %3u %s tablet %u (%u, %u, %u)\n", i, ops_name (op), op->tablet, op->a, op->b, op->c);
    }
}
