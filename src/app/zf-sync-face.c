/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sync-face.h"

#include <glib/gi18n.h>
#include <sys/statvfs.h>

#include "zf-error.h"
#include "zf-fmt.h"

#define MINUTE_MS (60 * G_GINT64_CONSTANT (1000))
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
/* Below this nobody needs to set a clock. */
#define CLOCK_OK_MS (5 * MINUTE_MS)
/* A photo of a store that has none yet. */
#define USUAL_PHOTO 500000
/* A voice of a few seconds, kept beside the photos, promises no room for millions of them. */
#define LEAST_PHOTO 100000
#define LOW_BATTERY 15.0

void
zf_sync_face_free (ZfSyncFace *face)
{
  g_free (face->sentence);
  g_free (face->detail);
  g_free (face->rows_note);
  g_free (face->photos_note);
  g_free (face);
}

static gboolean
failed_with (const ZfSyncFacts *facts, int code)
{
  return g_error_matches (facts->status->error, ZF_SYNC_ERROR, code);
}

static gint64
waiting_photos (const ZfSyncFacts *facts)
{
  return facts->stands[ZF_STAND_HERE].photos + facts->stands[ZF_STAND_UNDER_WAY].photos;
}

static gboolean
all_there (const ZfSyncFacts *facts)
{
  return facts->stands[ZF_STAND_HERE].changes + facts->stands[ZF_STAND_UNDER_WAY].changes == 0 && waiting_photos (facts) == 0;
}

/* Going on */

/* @files: photos, and the audio notes among them. */
static char *
left_words (const ZfSyncFacts *facts, gint64 files)
{
  gint64 notes = CLAMP (facts->sounds[ZF_STAND_HERE] + facts->sounds[ZF_STAND_UNDER_WAY], 0, files);
  g_autofree char *photos = zf_fmt_count (ZF_COUNT_PHOTOS, files - notes);
  g_autofree char *sounds = zf_fmt_count (ZF_COUNT_SOUNDS, notes);

  /* Translators: a number of photos, of audio notes */
  return notes > 0 ? g_strdup_printf (_("Sending, still to go: %s, %s"), photos, sounds) : g_strdup_printf (_("Sending, still to go: %s"), photos);
}

static char *
phase_words (const ZfSyncFacts *facts)
{
  static const char *const PHASES[] = {
    [ZF_SYNC_PUSHING] = N_("Sending visits and changes"),
    [ZF_SYNC_PULLING] = N_("Fetching from the county"),
    [ZF_SYNC_APPLYING] = N_("Putting what arrived in place"),
    [ZF_SYNC_COPYING] = N_("Fetching the village's households"),
    [ZF_SYNC_CHECKING] = N_("Comparing with the county"),
  };
  const ZfSyncProgress *progress = &facts->status->progress;

  if (facts->status->looking)
    return g_strdup (_("Looking for the county"));
  if (progress->phase == ZF_SYNC_PHOTOS)
    return left_words (facts, progress->to_photos > progress->photos ? progress->to_photos - progress->photos : 0);
  if ((guint) progress->phase < G_N_ELEMENTS (PHASES) && PHASES[progress->phase] != NULL)
    return g_strdup (_(PHASES[progress->phase]));
  return g_strdup (_("Nearly done"));
}

/* Standing still */

static char *
there_words (const ZfSyncFacts *facts)
{
  g_autofree char *when = NULL;

  if (facts->status->contact_ms == 0)
    return g_strdup (_("Everything is at the county"));
  when = zf_fmt_moment (facts->status->contact_ms, facts->now_ms);
  /* Translators: a moment, such as today 16:20 */
  return g_strdup_printf (_("Everything is at the county · %s"), when);
}

static gboolean
is_full (const ZfSyncFacts *facts)
{
  return g_error_matches (facts->status->error, ZF_ERROR, ZF_ERROR_FULL);
}

static void
say_failure (ZfSyncFace *face, const ZfSyncFacts *facts)
{
  face->icon = "zf-offline-symbolic";
  if (failed_with (facts, ZF_SYNC_ERROR_OFFLINE) && all_there (facts))
    {
      face->icon = "zf-done-symbolic";
      face->sentence = there_words (facts);
      face->detail = g_strdup (_("There is no network now. Nothing waits."));
      return;
    }
  if (is_full (facts))
    {
      face->icon = "zf-full-symbolic";
      face->sentence = zf_sync_full_words (facts->free_bytes);
      return;
    }
  if (failed_with (facts, ZF_SYNC_ERROR_CANCELLED))
    face->icon = "zf-tablet-symbolic";
  face->sentence = zf_sync_explain (facts->status->error);
}

static void
say_rest (ZfSyncFace *face, const ZfSyncFacts *facts)
{
  if (!facts->enrolled)
    {
      face->icon = "zf-tablet-symbolic";
      face->sentence = g_strdup (_("This tablet is not joined to a county yet"));
    }
  else if (all_there (facts))
    {
      face->icon = "zf-done-symbolic";
      face->sentence = there_words (facts);
    }
  else
    {
      face->icon = "zf-tablet-symbolic";
      face->sentence = g_strdup (_("Some of it is only on this tablet"));
    }
}

static ZfSyncDo
next_step (const ZfSyncFacts *facts)
{
  if (!facts->enrolled)
    return ZF_SYNC_DO_JOIN;
  if (facts->conflicts > 0)
    return ZF_SYNC_DO_RESOLVE;
  if (facts->status->running)
    return ZF_SYNC_DO_STOP;
  if (is_full (facts))
    return ZF_SYNC_DO_FREE;
  if (failed_with (facts, ZF_SYNC_ERROR_OFFLINE) && !all_there (facts))
    return ZF_SYNC_DO_EXPORT;
  return ZF_SYNC_DO_NOW;
}

/* Bars: what of this run's load has arrived; full when nothing waits, empty when it waits and nothing moves. */

static double
bar (gint64 done, gint64 all, char **note)
{
  *note = all > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, done, all) : g_strdup ("");
  return all > 0 ? CLAMP ((double) done / (double) all, 0, 1) : 1;
}

static void
fill_bars (ZfSyncFace *face, const ZfSyncFacts *facts)
{
  const ZfSyncProgress *progress = &facts->status->progress;
  gint64 rows = facts->stands[ZF_STAND_HERE].changes + facts->stands[ZF_STAND_UNDER_WAY].changes;
  gint64 photos = waiting_photos (facts);

  /* What was acknowledged is gone from the log of what waits: the load of the run is both. */
  face->rows = bar (progress->pushed, progress->pushed + rows, &face->rows_note);
  face->photos = bar (progress->photos, progress->photos + photos, &face->photos_note);
}

ZfSyncFace *
zf_sync_face_new (const ZfSyncFacts *facts)
{
  ZfSyncFace *face = g_new0 (ZfSyncFace, 1);

  fill_bars (face, facts);
  face->todo = next_step (facts);
  if (facts->status->running)
    {
      face->icon = "zf-sync-symbolic";
      face->sentence = phase_words (facts);
      face->detail = g_strdup (_("Go on with your work; this goes by itself."));
    }
  else if (facts->status->error != NULL)
    say_failure (face, facts);
  else
    say_rest (face, facts);
  return face;
}

const char *
zf_sync_do_label (ZfSyncDo todo)
{
  static const char *const labels[] = {
    [ZF_SYNC_DO_JOIN] = N_("Join the county"),
    [ZF_SYNC_DO_RESOLVE] = N_("Settle it"),
    [ZF_SYNC_DO_STOP] = N_("Stop here, go on next time"),
    [ZF_SYNC_DO_FREE] = N_("Make room"),
    [ZF_SYNC_DO_EXPORT] = N_("Export to a USB stick"),
    [ZF_SYNC_DO_NOW] = N_("Sync now"),
  };

  return _(labels[todo]);
}

static char *
span_words (gint64 ms)
{
  if (ms >= DAY_MS)
    return g_strdup_printf (_("%d days"), (int) (ms / DAY_MS));
  if (ms >= HOUR_MS)
    return g_strdup_printf (_("%d hours"), (int) (ms / HOUR_MS));
  return g_strdup_printf (_("%d minutes"), (int) (ms / MINUTE_MS));
}

char *
zf_sync_clock_words (gint64 skew_ms)
{
  g_autofree char *span = NULL;

  if (ABS (skew_ms) < CLOCK_OK_MS)
    return NULL;
  span = span_words (ABS (skew_ms));
  if (skew_ms > 0)
    return g_strdup_printf (_("The tablet's clock is %s slow. What was written is fine; set the clock right first."), span);
  return g_strdup_printf (_("The tablet's clock is %s fast. What was written is fine; set the clock right first."), span);
}

char *
zf_sync_received_words (const ZfSyncStatus *status)
{
  g_autofree char *in = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, status->homes_in);
  g_autofree char *out = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, status->homes_out);

  if (status->homes_in > 0 && status->homes_out > 0)
    return g_strdup_printf (_("New: %s, gone elsewhere: %s"), in, out);
  if (status->homes_in > 0)
    return g_strdup_printf (_("New: %s"), in);
  if (status->homes_out > 0)
    return g_strdup_printf (_("Gone elsewhere: %s"), out);
  return NULL;
}

char *
zf_sync_stand_words (const ZfStand *stand, gint64 sounds, const char *between)
{
  gint64 notes = CLAMP (sounds, 0, stand->photos);
  g_autofree char *visits = zf_fmt_count (ZF_COUNT_VISITS, stand->visits);
  g_autofree char *homes = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, stand->households);
  g_autofree char *photos = zf_fmt_count (ZF_COUNT_PHOTOS, stand->photos - notes);
  g_autofree char *heard = zf_fmt_count (ZF_COUNT_SOUNDS, notes);
  /* Translators: visits, households, photos with their numbers; a comma or a new line comes between */
  g_autofree char *seen = g_strdup_printf (_("%1$s%4$s%2$s%4$s%3$s"), visits, homes, photos, between);

  if (notes == 0)
    return g_steal_pointer (&seen);
  /* Translators: the line before, a new line, audio notes with their number */
  return g_strdup_printf (_("%1$s%3$s%2$s"), seen, heard, between);
}

gint64
zf_sync_free_bytes (const char *dir)
{
  struct statvfs room = { 0 };

  return statvfs (dir, &room) == 0 ? (gint64) ((guint64) room.f_bavail * room.f_frsize) : -1;
}

char *
zf_sync_room_words (gint64 free_bytes, gint64 photo_size)
{
  gint64 photos = free_bytes / (photo_size > 0 ? MAX (photo_size, LEAST_PHOTO) : USUAL_PHOTO);
  g_autofree char *count = NULL;

  if (free_bytes < 0)
    return zf_fmt_none ();
  /* Rounded: nobody counts them. */
  count = zf_fmt_count (ZF_COUNT_PHOTOS, photos > 1000 ? photos / 100 * 100 : photos);
  return g_strdup_printf (_("Room for about %s"), count);
}

char *
zf_sync_full_words (gint64 free_bytes)
{
  gint64 lacks = (ZF_SYNC_ROOM_BYTES - free_bytes) / (1000 * 1000);

  if (free_bytes < 0 || lacks <= 0)
    return g_strdup (_("There is not enough room. Photos that the county has can be given up."));
  return g_strdup_printf (_("There is not enough room, %d MB are missing. Photos that the county has can be given up."), (int) lacks);
}

char *
zf_sync_nearly_full_words (gint64 free_bytes, gint64 photo_size)
{
  g_autofree char *room = NULL;

  if (free_bytes < 0 || free_bytes >= ZF_SYNC_ROOM_BYTES)
    return NULL;
  room = zf_sync_room_words (free_bytes, photo_size);
  /* Translators: room for so many photos */
  return g_strdup_printf (_("The tablet is nearly full. %s."), room);
}

char *
zf_sync_battery_words (double percent)
{
  return percent < LOW_BATTERY ? g_strdup_printf (_("Battery %d%%, everything is saved"), (int) percent) : NULL;
}
