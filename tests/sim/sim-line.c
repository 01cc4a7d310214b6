/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens to lines, and to everybody while a request is under way (N5–N7, T6–T8, S7, P2). */
#include "sim-ops.h"

#include "zf-wire-codec.h"

#define MINUTE_MS 60000
#define HOUR_MS (60 * MINUTE_MS)
#define HEADERS 500        /* bytes of a request or an answer beside its body */

/* “Swizzle-clog”: one line after the other stands still, and comes back in another order. */
void
op_clog (World *world, Tablet *tablet, const Op *op)
{
  tablet->clogged = TRUE;
}

void
op_unclog (World *world, Tablet *tablet, const Op *op)
{
  tablet->clogged = FALSE;
}

/* Connected and cut off again, a millisecond apart. */
void
op_flap (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  guint times = 5 + op->a % 20;

  world->net = rng;
  tablet->flapping = TRUE;
  for (guint i = 0; i < times; i++)
    {
      gboolean done = tablet_sync (world, tablet, 1 + rng_below (&rng, 4));

      tablet_stop (tablet);
      zf_clock_advance (tablet->clock, 1);
      zf_clock_advance (world->clock, 1);
      if (done)
        break;
    }
  tablet->flapping = FALSE;
  if (tablet->store != NULL)
    ledger_scan (world, tablet);
}

/* A slow line */

static gint64
time_of (const Line *line, GBytes *body)
{
  ZfWireCoding coding = ZF_WIRE_ZSTD;
  g_autoptr (GBytes) packed = body != NULL ? zf_wire_pack (body, &coding) : NULL;
  gsize len = HEADERS + (packed != NULL ? g_bytes_get_size (packed) : 0);

  return (gint64) (len * 8 / line->kbit);
}

/* I20: a cut wastes no more than one batch or one chunk. */
static void
check_wasted (World *world, Tablet *tablet, GBytes *body, const char *what)
{
  if (body != NULL && g_bytes_get_size (body) > 256 * 1024 + 64 * 1024)
    world_violation (world, INV_20, "a cut wastes %u bytes of %s of tablet %u", (guint) g_bytes_get_size (body), what, tablet->n);
}

/* TRUE: the line went down before this was through. */
static gboolean
pass (World *world, Tablet *tablet, gint64 ms)
{
  Line *line = &tablet->line;

  zf_clock_advance (tablet->clock, MIN (ms, line->left_ms));
  zf_clock_advance (world->clock, MIN (ms, line->left_ms));
  line->cut = ms > line->left_ms;
  line->left_ms -= MIN (ms, line->left_ms);
  return line->cut;
}

ZfSyncResponse *
line_exchange (World *world, Tablet *tablet, const ZfSyncRequest *request)
{
  g_autoptr (ZfSyncResponse) response = NULL;

  if (pass (world, tablet, tablet->line.rtt_ms / 2 + time_of (&tablet->line, request->body)))
    {
      check_wasted (world, tablet, request->body, "a request");
      return NULL;
    }
  response = server_handle (world, request);
  if (response == NULL)
    return NULL;
  if (!pass (world, tablet, tablet->line.rtt_ms / 2 + time_of (&tablet->line, response->body)))
    return g_steal_pointer (&response);
  check_wasted (world, tablet, response->body, "an answer");
  return NULL;
}

/* Everything that a sync keeps of its progress. */
static char *
progress_of (Tablet *tablet)
{
  static const char sql[] = "SELECT json_array ((SELECT count(*) FROM change WHERE state IN (0, 1)), (SELECT count(*) FROM batch), "
                            "(SELECT count(*) FROM stage), (SELECT total(seq) FROM cursor), (SELECT count(*) FROM lacking), "
                            "(SELECT group_concat (json_array (sha256, state, url, offset, thumb)) FROM blob), "
                            "(SELECT group_concat (json_array (village, seq, next)) FROM snapshot), "
                            "(SELECT group_concat (key || '=' || value) FROM meta_kv))";

  return zf_db_get_text (tablet_db (tablet), sql, "");
}

/* FALSE: a window brought nothing although nothing but its end was in the way. */
static gboolean
use_window (World *world, Tablet *tablet, gboolean *done)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (!tablet_on (world, tablet))
    return TRUE;
  before = progress_of (tablet);
  tablet->line.cut = FALSE;
  *done = tablet_sync (world, tablet, 2000);
  tablet_stop (tablet);
  if (*done || tablet->store == NULL || !tablet->line.cut || mem_machine_faulted (tablet->machine) || mem_machine_faulted (world->machine))
    return TRUE;
  after = progress_of (tablet);
  return g_strcmp0 (before, after) != 0;
}

/* N7: 8 to 100 kbit/s, answers after 0.3 to 5 s, in windows of one to three minutes. */
void
op_slow (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  guint windows = 1 + op->a % 6;
  gboolean done = FALSE;

  world->net = rng;
  tablet->line = (Line) { .kbit = 8 + rng_below (&rng, 93), .rtt_ms = 300 + rng_below (&rng, 4700) };
  for (guint i = 0; i < windows && !done; i++)
    {
      tablet->line.left_ms = MINUTE_MS + rng_below (&rng, 2 * MINUTE_MS);
      if (!use_window (world, tablet, &done))
        world_violation (world, INV_20, "a window of a minute at %u kbit/s and %u ms brought tablet %u nothing", tablet->line.kbit, tablet->line.rtt_ms,
                         tablet->n);
    }
  tablet->line = (Line) { 0 };
  if (tablet->store != NULL)
    ledger_scan (world, tablet);
}

/* Meanwhile: what happens between a request and its answer. Each says whether the answer still finds its tablet waiting. */

/* T7 */
static gboolean
suspended (World *world, Tablet *tablet, const Op *op)
{
  gint64 ms = HOUR_MS * (gint64) (1 + op->b % 200);

  zf_clock_advance (tablet->clock, ms);
  zf_clock_advance (world->clock, ms);
  return op->b % 2 == 0;
}

/* T6 */
static gboolean
clock_jumps (World *world, Tablet *tablet, const Op *op)
{
  op_clock (world, tablet, op);
  return TRUE;
}

/* T8: the program is replaced by one with other forms; what it had sent it sends again. */
static gboolean
program_changes (World *world, Tablet *tablet, const Op *op)
{
  tablet_off (world, tablet, FALSE);
  tablet->old_kinds = !tablet->old_kinds;
  tablet->was_old |= tablet->old_kinds;
  return FALSE;
}

/* T2 */
static gboolean
power_goes (World *world, Tablet *tablet, const Op *op)
{
  tablet_off (world, tablet, TRUE);
  return FALSE;
}

/* S7: the others' runs have begun too. */
static gboolean
county_restarts (World *world, Tablet *tablet, const Op *op)
{
  server_down (world, op->b % 2 == 0);
  return op->b % 4 < 2;
}

/* N6: older requests overtake. */
static gboolean
others_overtake (World *world, Tablet *tablet, const Op *op)
{
  net_zombie (world, op->b);
  net_zombie (world, op->c);
  return TRUE;
}

/* P2, P3 */
static gboolean
team_changes (World *world, Tablet *tablet, const Op *op)
{
  op_team (world, tablet, op);
  return op->b % 2 == 0;
}

static gboolean
form_appears (World *world, Tablet *tablet, const Op *op)
{
  op_publish (world, tablet, op);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*run) (World *world, Tablet *tablet, const Op *op);
} meanwhiles[] = {
  { "a suspend of hours", suspended },
  { "a clock that jumps", clock_jumps },
  { "another version of the program", program_changes },
  { "a power cut", power_goes },
  { "a restart of the county", county_restarts },
  { "requests that overtake", others_overtake },
  { "a change of teams", team_changes },
  { "a new form", form_appears },
};

void
op_meanwhile (World *world, Tablet *tablet, const Op *op)
{
  tablet->meanwhile = *op;
  tablet->meanwhile_in = 1 + op->a / 64 % 6;
}

/* FALSE: nobody waits for the answer any more. */
gboolean
line_meanwhile (World *world, Tablet *tablet)
{
  Rng held = world->net;
  guint which = tablet->meanwhile.a % G_N_ELEMENTS (meanwhiles);
  gboolean waiting;

  if (tablet->meanwhile_in == 0 || world->calm || --tablet->meanwhile_in > 0)
    return TRUE;
  world_say (world, "   meanwhile: %s", meanwhiles[which].name);
  world->net = rng_of (&tablet->meanwhile);
  waiting = meanwhiles[which].run (world, tablet, &tablet->meanwhile);
  world->net = held;
  return waiting;
}
