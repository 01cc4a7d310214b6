/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-pace.h"

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define FIRST_MS (3 * SECOND)          /* after the first pages are up */
#define HOLD_MS (15 * SECOND)          /* a finished visit may be taken back */
#define LONGEST_HOLD_MS MINUTE
#define FRONT_MS (15 * MINUTE)
#define BEHIND_MS (60 * MINUTE)
#define PORTAL_FROM_MS (2 * MINUTE)
#define PORTAL_TO_MS (5 * MINUTE)
#define RETRY_MS (2 * SECOND)          /* doubled with each failure */
#define LONGEST_RETRY_MS (900 * SECOND)
#define LOW_BATTERY 15.0

/* What an ended run means for the next one. */
typedef enum
{
  AFTER_ARRIVED,
  AFTER_FAILURE,     /* the line or the county: soon again, ever slower */
  AFTER_PORTAL,      /* somebody else answers: slow probes */
  AFTER_REFUSAL,     /* trying again changes nothing before a person does something: at the slow regular time */
  AFTER_NEVER,       /* there is nobody to sync with */
} After;

static const struct
{
  ZfSyncError error;
  After after;
} meanings[] = {
  { ZF_SYNC_ERROR_OFFLINE, AFTER_FAILURE },       { ZF_SYNC_ERROR_CUT, AFTER_FAILURE },
  { ZF_SYNC_ERROR_COUNTY_BUSY, AFTER_FAILURE },   { ZF_SYNC_ERROR_COUNTY_FULL, AFTER_FAILURE },
  { ZF_SYNC_ERROR_BUSY, AFTER_FAILURE },          { ZF_SYNC_ERROR_NOT_COUNTY, AFTER_PORTAL },
  { ZF_SYNC_ERROR_OTHER_COUNTY, AFTER_PORTAL },   { ZF_SYNC_ERROR_NOT_ENROLLED, AFTER_NEVER },
  { ZF_SYNC_ERROR_ADDRESS, AFTER_NEVER },         { ZF_SYNC_ERROR_CANCELLED, AFTER_ARRIVED },
};

struct _ZfSyncPace
{
  ZfRandom *random;
  After after;            /* of the last run */
  guint failures;         /* in a row, without anything gained */
  gboolean running;
  gboolean front;
  gboolean metered;
  gboolean empty;         /* the battery is low and nothing charges it */
  ZfPaceNow due;
  gboolean holding;       /* due is the end of a hold, which the next save moves */
  ZfPaceNow not_before;   /* the county said so */
  ZfPaceNow saved;        /* the first save that waits; monotonic -1: none does */
  ZfPaceNow last;         /* the last save */
};

static ZfPaceNow
later (ZfPaceNow now, gint64 ms)
{
  ZfPaceNow due = { now.monotonic_ms + ms, now.wall_ms + ms };

  return due;
}

static gint64
until (ZfPaceNow due, ZfPaceNow now)
{
  return MAX (MIN (due.monotonic_ms - now.monotonic_ms, due.wall_ms - now.wall_ms), 0);
}

ZfSyncPace *
zf_sync_pace_new (ZfRandom *random, ZfPaceNow now)
{
  ZfSyncPace *pace = g_new0 (ZfSyncPace, 1);

  pace->random = g_object_ref (random);
  pace->front = TRUE;
  pace->due = later (now, FIRST_MS);
  pace->not_before = now;
  pace->saved.monotonic_ms = -1;
  return pace;
}

void
zf_sync_pace_free (ZfSyncPace *pace)
{
  if (pace == NULL)
    return;
  g_object_unref (pace->random);
  g_free (pace);
}

static gint64
regular (const ZfSyncPace *pace)
{
  return pace->front && !pace->metered && pace->after != AFTER_REFUSAL ? FRONT_MS : BEHIND_MS;
}

static gint64
between (ZfSyncPace *pace, gint64 from, gint64 to)
{
  return from + zf_random_below (pace->random, (guint32) (to - from + 1));
}

/* Full jitter: a county that comes back is not met by all tablets at once. */
static gint64
back_off (ZfSyncPace *pace)
{
  return between (pace, 0, MIN ((gint64) RETRY_MS << MIN (pace->failures, 16), LONGEST_RETRY_MS));
}

/* A run that is due sooner comes sooner: it leaves out what is held. */
static void
wait_for_hold (ZfSyncPace *pace, ZfPaceNow now)
{
  gint64 most = until (later (pace->saved, LONGEST_HOLD_MS), now);
  gint64 wait = MIN (HOLD_MS, most);

  if (!pace->holding && until (pace->due, now) <= wait)
    return;
  pace->holding = TRUE;
  pace->due = later (now, wait);
}

void
zf_sync_pace_saved (ZfSyncPace *pace, ZfPaceNow now)
{
  if (pace->saved.monotonic_ms < 0)
    pace->saved = now;
  pace->last = now;
  if (!pace->running && pace->after == AFTER_ARRIVED)
    wait_for_hold (pace, now);
}

void
zf_sync_pace_network (ZfSyncPace *pace, ZfPaceNow now)
{
  if (pace->running || (pace->after != AFTER_FAILURE && pace->after != AFTER_PORTAL))
    return;
  pace->failures = 0;
  pace->due = later (now, between (pace, 0, RETRY_MS));
}

/* What was saved a moment ago stays here during this run: it waits for the next. */
void
zf_sync_pace_begun (ZfSyncPace *pace, ZfPaceNow now)
{
  pace->running = TRUE;
  pace->holding = FALSE;
  if (pace->saved.monotonic_ms >= 0 && until (later (pace->last, HOLD_MS), now) > 0)
    pace->saved = pace->last;
  else
    pace->saved.monotonic_ms = -1;
}

static After
judge (const GError *error)
{
  if (error == NULL)
    return AFTER_ARRIVED;
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_error_matches (error, ZF_SYNC_ERROR, (int) meanings[i].error))
      return meanings[i].after;
  return error->domain == ZF_SYNC_ERROR ? AFTER_REFUSAL : AFTER_FAILURE;
}

static gboolean
gained (const ZfSyncProgress *progress)
{
  return progress->pushed + progress->pulled + progress->applied + progress->copied + progress->parts + progress->photos > 0;
}

static gint64
wait_after (ZfSyncPace *pace, const ZfSyncProgress *progress)
{
  switch (pace->after)
    {
    case AFTER_FAILURE:
      pace->failures = gained (progress) ? 0 : pace->failures + 1;
      return back_off (pace);
    case AFTER_PORTAL:
      return between (pace, PORTAL_FROM_MS, PORTAL_TO_MS);
    case AFTER_ARRIVED:
      pace->failures = 0;
      return regular (pace);
    case AFTER_REFUSAL:
    case AFTER_NEVER:
    default:
      return regular (pace);
    }
}

void
zf_sync_pace_ended (ZfSyncPace *pace, ZfPaceNow now, const GError *error, const ZfSyncProgress *progress)
{
  pace->running = FALSE;
  pace->after = judge (error);
  pace->due = later (now, wait_after (pace, progress));
  pace->not_before = later (now, progress->retry_after_ms);
  if (pace->after == AFTER_ARRIVED && pace->saved.monotonic_ms >= 0)
    wait_for_hold (pace, now);
}

void
zf_sync_pace_set_front (ZfSyncPace *pace, gboolean front)
{
  pace->front = front;
}

void
zf_sync_pace_set_metered (ZfSyncPace *pace, gboolean metered)
{
  pace->metered = metered;
}

void
zf_sync_pace_set_power (ZfSyncPace *pace, double percent, gboolean charging)
{
  pace->empty = percent >= 0 && percent < LOW_BATTERY && !charging;
}

gint64
zf_sync_pace_next (ZfSyncPace *pace, ZfPaceNow now)
{
  if (pace->running || pace->empty || pace->after == AFTER_NEVER)
    return -1;
  return MAX (until (pace->due, now), until (pace->not_before, now));
}
