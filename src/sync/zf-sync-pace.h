/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-random.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* When a tablet syncs by itself: told what happens, it says when the next run is due. Pure: no timer, no clock, no network of its own; every time is
 * handed in. Nothing here is asked when a person wants a run: that always begins at once. */
typedef struct _ZfSyncPace ZfSyncPace;

/* A machine that slept has a monotonic clock that stood still, and a wall clock may be set to anything: what is due by either is due. */
typedef struct
{
  gint64 monotonic_ms;
  gint64 wall_ms;
} ZfPaceNow;

/** zf_sync_pace_new: the first run is due a moment later. */
ZfSyncPace *zf_sync_pace_new (ZfRandom *random, ZfPaceNow now);
void zf_sync_pace_free (ZfSyncPace *pace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncPace, zf_sync_pace_free)

/** zf_sync_pace_saved: something to send was saved: it goes after 15 s without another save, after a minute at the latest. While runs fail it changes
 * nothing: else the rest between them would never grow. */
void zf_sync_pace_saved (ZfSyncPace *pace, ZfPaceNow now);
/** zf_sync_pace_network: the network is another one: a hint that what failed may work now. */
void zf_sync_pace_network (ZfSyncPace *pace, ZfPaceNow now);
/** zf_sync_pace_begun, zf_sync_pace_ended: a run, whoever asked for it. @error (nullable): why it ended early; @progress: of it. */
void zf_sync_pace_begun (ZfSyncPace *pace, ZfPaceNow now);
void zf_sync_pace_ended (ZfSyncPace *pace, ZfPaceNow now, const GError *error, const ZfSyncProgress *progress);
/** zf_sync_pace_set_front: whether somebody is looking at the app. zf_sync_pace_set_metered: whether every byte costs.
 * zf_sync_pace_set_power: charge in percent (negative: no battery), and whether it is being charged. */
void zf_sync_pace_set_front (ZfSyncPace *pace, gboolean front);
void zf_sync_pace_set_metered (ZfSyncPace *pace, gboolean metered);
void zf_sync_pace_set_power (ZfSyncPace *pace, double percent, gboolean charging);

/** zf_sync_pace_next: ms until the next run is due, 0: now, -1: not before something happens (one of the calls above, or a person). */
gint64 zf_sync_pace_next (ZfSyncPace *pace, ZfPaceNow now);

G_END_DECLS
