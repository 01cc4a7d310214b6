/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When a tablet syncs by itself. Rows of what happens and when the next run must then be due. */
#include "zf-sync-pace.h"

#define S 1000
#define MIN_MS (60 * S)
#define NEVER (-1)
#define OK (-1)

typedef enum { END, SAVED, NETWORK, FRONT, BEHIND, METERED, LOW, CHARGING, FULL } Event;

typedef struct
{
  const char *name;
  struct
  {
    Event event;
    gint64 after_s;        /* since the one before */
    int error;             /* END: a ZfSyncError or OK */
    guint gained;          /* END: changes that went */
    gint64 retry_after_s;  /* END */
  } events[8];
  guint n;
  gint64 from, to;         /* bounds of what zf_sync_pace_next says after the last; NEVER: exactly that */
} Row;

static const Row rows[] = {
  { "nothing new, in front", { { END, 5, OK } }, 1, 15 * MIN_MS, 15 * MIN_MS },
  { "nothing new, behind", { { BEHIND, 0 }, { END, 5, OK } }, 2, 60 * MIN_MS, 60 * MIN_MS },
  { "nothing new, every byte costs", { { METERED, 0 }, { END, 5, OK } }, 2, 60 * MIN_MS, 60 * MIN_MS },
  { "a visit is held 15 s", { { END, 5, OK }, { SAVED, 30 } }, 2, 15 * S, 15 * S },
  { "and again after the next tap", { { END, 5, OK }, { SAVED, 30 }, { SAVED, 10 } }, 3, 15 * S, 15 * S },
  { "but not for ever",
    { { END, 5, OK }, { SAVED, 30 }, { SAVED, 14 }, { SAVED, 14 }, { SAVED, 14 }, { SAVED, 14 } }, 6, 4 * S, 4 * S },
  { "a save does not put off the first run", { { SAVED, 1 } }, 1, 2 * S, 2 * S },
  { "first failure", { { END, 5, ZF_SYNC_ERROR_OFFLINE } }, 1, 0, 4 * S },
  { "ever slower",
    { { END, 5, ZF_SYNC_ERROR_OFFLINE }, { END, 9, ZF_SYNC_ERROR_OFFLINE }, { END, 9, ZF_SYNC_ERROR_CUT } }, 3, 0, 16 * S },
  { "something went: as if it were the first",
    { { END, 5, ZF_SYNC_ERROR_OFFLINE }, { END, 9, ZF_SYNC_ERROR_OFFLINE }, { END, 9, ZF_SYNC_ERROR_CUT, 3 } }, 3, 0, 2 * S },
  { "a save does not hurry what fails", { { END, 5, ZF_SYNC_ERROR_COUNTY_BUSY, 0, 60 }, { SAVED, 1 } }, 2, 59 * S, 59 * S },
  { "the county says how long", { { END, 5, ZF_SYNC_ERROR_COUNTY_BUSY, 0, 300 } }, 1, 300 * S, 300 * S },
  { "and is obeyed on another network", { { END, 5, ZF_SYNC_ERROR_COUNTY_BUSY, 0, 300 }, { NETWORK, 100 } }, 2, 200 * S, 200 * S },
  { "a login is wanted: slow probes", { { END, 5, ZF_SYNC_ERROR_NOT_COUNTY } }, 1, 2 * MIN_MS, 5 * MIN_MS },
  { "a login is wanted: a save changes nothing", { { END, 5, ZF_SYNC_ERROR_NOT_COUNTY }, { SAVED, 0 } }, 2, 2 * MIN_MS, 5 * MIN_MS },
  { "somebody logged in", { { END, 5, ZF_SYNC_ERROR_NOT_COUNTY }, { NETWORK, 1 } }, 2, 0, 2 * S },
  { "another county", { { END, 5, ZF_SYNC_ERROR_OTHER_COUNTY } }, 1, 2 * MIN_MS, 5 * MIN_MS },
  { "another network after a failure", { { END, 5, ZF_SYNC_ERROR_OFFLINE }, { NETWORK, 1 } }, 2, 0, 2 * S },
  { "another network when all is well", { { END, 5, OK }, { NETWORK, 60 } }, 2, 14 * MIN_MS, 14 * MIN_MS },
  { "blocked: only the slow regular time", { { END, 5, ZF_SYNC_ERROR_BLOCKED } }, 1, 60 * MIN_MS, 60 * MIN_MS },
  { "too old: only the slow regular time", { { END, 5, ZF_SYNC_ERROR_UPGRADE, 3 } }, 1, 60 * MIN_MS, 60 * MIN_MS },
  { "stopped by hand: not at once again", { { END, 5, ZF_SYNC_ERROR_CANCELLED } }, 1, 15 * MIN_MS, 15 * MIN_MS },
  { "not enrolled", { { END, 5, ZF_SYNC_ERROR_NOT_ENROLLED } }, 1, NEVER, NEVER },
  { "low battery", { { END, 5, OK }, { LOW, 0 } }, 2, NEVER, NEVER },
  { "low battery, a visit is finished", { { LOW, 0 }, { END, 5, OK }, { SAVED, 1 } }, 3, NEVER, NEVER },
  { "low, but charging", { { END, 5, OK }, { LOW, 0 }, { CHARGING, 60 } }, 3, 14 * MIN_MS, 14 * MIN_MS },
  { "full again", { { END, 5, OK }, { LOW, 0 }, { FULL, 15 * 60 } }, 3, 0, 0 },
};

static void
happen (ZfSyncPace *pace, const Row *row, guint i, ZfPaceNow now)
{
  ZfSyncProgress progress = { .pushed = row->events[i].gained, .retry_after_ms = row->events[i].retry_after_s * S };
  g_autoptr (GError) error = row->events[i].error != OK ? g_error_new_literal (ZF_SYNC_ERROR, row->events[i].error, "x") : NULL;

  switch (row->events[i].event)
    {
    case END:
      zf_sync_pace_begun (pace, now);
      g_assert_cmpint (zf_sync_pace_next (pace, now), ==, NEVER);
      zf_sync_pace_ended (pace, now, error, &progress);
      break;
    case SAVED:
      zf_sync_pace_saved (pace, now);
      break;
    case NETWORK:
      zf_sync_pace_network (pace, now);
      break;
    case FRONT:
    case BEHIND:
      zf_sync_pace_set_front (pace, row->events[i].event == FRONT);
      break;
    case METERED:
      zf_sync_pace_set_metered (pace, TRUE);
      break;
    case LOW:
    case CHARGING:
    case FULL:
      zf_sync_pace_set_power (pace, row->events[i].event == FULL ? 100 : 14.9, row->events[i].event == CHARGING);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_rows (void)
{
  for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
    for (guint64 seed = 1; seed <= 50; seed++)
      {
        g_autoptr (ZfRandom) random = zf_random_new_seeded (seed);
        ZfPaceNow now = { 1000000, 1790000000000 };
        g_autoptr (ZfSyncPace) pace = zf_sync_pace_new (random, now);
        gint64 next;

        g_assert_cmpint (zf_sync_pace_next (pace, now), ==, 3 * S);
        for (guint i = 0; i < rows[r].n; i++)
          {
            now.monotonic_ms += rows[r].events[i].after_s * S;
            now.wall_ms += rows[r].events[i].after_s * S;
            happen (pace, &rows[r], i, now);
          }
        next = zf_sync_pace_next (pace, now);
        if (next < rows[r].from || next > rows[r].to)
          g_error ("%s: next run in %" G_GINT64_FORMAT " ms", rows[r].name, next);
      }
}

/* U(0, min(900 s, 2 s · 2^n)): over many tablets it fills its span, and never passes a quarter of an hour. */
static void
test_jitter (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (3);
  g_autoptr (GError) offline = g_error_new_literal (ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE, "x");
  gint64 least = G_MAXINT64, most = 0;

  for (guint i = 0; i < 1000; i++)
    {
      ZfPaceNow now = { 5000, 1790000000000 };
      g_autoptr (ZfSyncPace) pace = zf_sync_pace_new (random, now);
      ZfSyncProgress progress = { 0 };

      for (guint n = 0; n < 40; n++)
        {
          zf_sync_pace_begun (pace, now);
          zf_sync_pace_ended (pace, now, offline, &progress);
        }
      least = MIN (least, zf_sync_pace_next (pace, now));
      most = MAX (most, zf_sync_pace_next (pace, now));
    }
  g_assert_cmpint (least, <, 30 * S);
  g_assert_cmpint (most, >, 870 * S);
  g_assert_cmpint (most, <=, 900 * S);
}

/* A tablet that slept is woken by the wall clock, one whose clock was set back by the other. */
static void
test_clocks (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (4);
  ZfPaceNow start = { 5000, 1790000000000 };
  g_autoptr (ZfSyncPace) pace = zf_sync_pace_new (random, start);
  ZfSyncProgress progress = { 0 };
  ZfPaceNow slept = { start.monotonic_ms + 100, start.wall_ms + 20 * MIN_MS };
  ZfPaceNow set_back = { start.monotonic_ms + 15 * MIN_MS, start.wall_ms - (gint64) 400 * 24 * 60 * MIN_MS };

  zf_sync_pace_begun (pace, start);
  zf_sync_pace_ended (pace, start, NULL, &progress);
  g_assert_cmpint (zf_sync_pace_next (pace, start), ==, 15 * MIN_MS);
  g_assert_cmpint (zf_sync_pace_next (pace, slept), ==, 0);
  g_assert_cmpint (zf_sync_pace_next (pace, set_back), ==, 0);
}

/* What was saved while a run went on is not in it for certain: the next one comes after the hold. */
static void
test_saved_meanwhile (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (5);
  ZfPaceNow now = { 5000, 1790000000000 };
  g_autoptr (ZfSyncPace) pace = zf_sync_pace_new (random, now);
  ZfSyncProgress progress = { 0 };

  zf_sync_pace_begun (pace, now);
  zf_sync_pace_saved (pace, now);
  zf_sync_pace_ended (pace, now, NULL, &progress);
  g_assert_cmpint (zf_sync_pace_next (pace, now), ==, 15 * S);
}

/* A run that comes a second after a save holds that save: it must not wait for the regular time. */
static void
test_held (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (6);
  ZfPaceNow now = { 5000, 1790000000000 };
  g_autoptr (ZfSyncPace) pace = zf_sync_pace_new (random, now);
  ZfSyncProgress progress = { 0 };

  zf_sync_pace_saved (pace, now);
  now.monotonic_ms += S;
  now.wall_ms += S;
  zf_sync_pace_begun (pace, now);
  zf_sync_pace_ended (pace, now, NULL, &progress);
  g_assert_cmpint (zf_sync_pace_next (pace, now), ==, 15 * S);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/pace/rows", test_rows);
  g_test_add_func ("/sync/pace/jitter", test_jitter);
  g_test_add_func ("/sync/pace/clocks", test_clocks);
  g_test_add_func ("/sync/pace/saved-meanwhile", test_saved_meanwhile);
  g_test_add_func ("/sync/pace/held", test_held);
  return g_test_run ();
}
