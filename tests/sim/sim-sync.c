/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A tablet syncs, step by step. */
#include "sim-ops.h"

void
tablet_stop (Tablet *tablet)
{
  g_clear_pointer (&tablet->engine, zf_sync_engine_free);
}

/* So that pages and batches are small. */
static void
draw_limits (World *world, ZfSyncLimits *limits)
{
  limits->max_changes = world->calm ? 200 : 1 + rng_below (&world->net, 8);
  limits->page_items = world->calm ? 500 : 1 + rng_below (&world->net, 6);
  limits->slice_ms = world->calm || rng_chance (&world->net, 500) ? 60000 : 0;
}

/* Before a run's first step on a line the tablet may be anywhere; a slow line is met with the limits of the app. */
static gboolean
start_engine (World *world, Tablet *tablet)
{
  ZfSyncLimits limits = zf_sync_limits_wire;
  g_autoptr (GError) error = NULL;

  if (tablet->line.kbit == 0)
    draw_limits (world, &limits);
  tablet_enter (world, tablet);
  tablet->engine = zf_sync_engine_new (tablet->store, &limits, &error);
  if (!tablet_leave (world, tablet))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  return tablet->engine != NULL;
}

static void
note_error (World *world, const char *where, const GError *error)
{
  if (error == NULL)
    return;
  world_say (world, "   %s: %s", where, error->message);
  if (world->calm && world->verbose)
    world_say (world, "   (while everything works)");
}

static gboolean
take_answer (World *world, Tablet *tablet, const ZfSyncRequest *request, const ZfSyncResponse *response)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  tablet_enter (world, tablet);
  ok = zf_sync_engine_handle (tablet->engine, response, &error);
  if (!tablet_leave (world, tablet))
    {
      tablet_off (world, tablet, rng_chance (&world->net, 500));
      return FALSE;
    }
  note_error (world, "answer", error);
  if (ok)
    ledger_answered (world, tablet, request, response);
  else
    tablet_stop (tablet);
  return ok;
}

/* One step; FALSE: the run broke off. */
static gboolean
sync_step (World *world, Tablet *tablet, gboolean *done)
{
  ZfSyncStep step = ZF_SYNC_STEP_WORK;
  g_autoptr (ZfSyncRequest) request = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  tablet_enter (world, tablet);
  ok = zf_sync_engine_next (tablet->engine, &step, &request, &error);
  if (!tablet_leave (world, tablet))
    {
      tablet_off (world, tablet, rng_chance (&world->net, 500));
      return FALSE;
    }
  note_error (world, "next", error);
  if (!ok)
    {
      tablet_stop (tablet);
      return FALSE;
    }
  check_stage (world, tablet);
  *done = step == ZF_SYNC_STEP_DONE;
  if (step != ZF_SYNC_STEP_SEND)
    return TRUE;
  response = net_exchange (world, tablet, request);
  zf_clock_advance (tablet->clock, 100);
  if (response == NULL)
    {
      if (mem_machine_dead (tablet->machine))
        tablet_off (world, tablet, rng_chance (&world->net, 500));
      tablet_stop (tablet);
      return FALSE;
    }
  return take_answer (world, tablet, request, response);
}

gboolean
tablet_sync (World *world, Tablet *tablet, guint steps)
{
  gboolean done = FALSE, ok = TRUE;

  if (!tablet_on (world, tablet) || (tablet->engine == NULL && !start_engine (world, tablet)))
    return FALSE;
  for (guint i = 0; i < steps && ok && !done; i++)
    ok = sync_step (world, tablet, &done);
  if (!done)
    return FALSE;
  tablet_stop (tablet);
  g_free (tablet->done_epoch);
  tablet->done_epoch = zf_store_get_meta (tablet->store, "server_epoch");
  return TRUE;
}

void
op_sync (World *world, Tablet *tablet, const Op *op)
{
  static const guint steps[] = { 1, 2, 3, 5, 8, 40, 400, 400 };
  Rng rng = rng_of (op);

  world->net = rng;
  tablet_sync (world, tablet, world->good_line ? 400 : steps[op->a % G_N_ELEMENTS (steps)]);
  if (tablet->store != NULL)
    ledger_scan (world, tablet);
}

/* Somebody leaves the page, or the system stops the program's work. */
void
op_stop (World *world, Tablet *tablet, const Op *op)
{
  tablet_stop (tablet);
}
