/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* ZfSyncService: runs sync by itself, so that nobody has to think of it. The network's news are only a hint; a run that reaches the county is the
 * truth. It works in a thread of its own, rests longer after each failure, on a battery and on a metered line, and leaves what was just finished
 * alone for a moment, so that it can be taken back. Signals: "changed": the status moved; "done" (arrived: boolean): a run ended. */
#define ZF_TYPE_SYNC_SERVICE (zf_sync_service_get_type ())
G_DECLARE_FINAL_TYPE (ZfSyncService, zf_sync_service, ZF, SYNC_SERVICE, GObject)

/** How long a finished visit stays here at least: a little more than its toast with the way back. */
#define ZF_SYNC_HOLD_SECONDS 15

typedef struct
{
  gboolean running;
  gboolean looking;          /* running, and nobody has answered yet */
  ZfSyncProgress progress;   /* of the run that goes on, else of the last one */
  const GError *error;       /* (nullable) why the last run ended; NULL: it arrived, or there was none */
  gint64 contact_ms;         /* when a run last arrived, tablet time; 0 never */
  gint64 skew_ms;            /* the county's time minus ours, as last heard */
  gint64 homes_in;           /* households that the last run which arrived brought */
  gint64 homes_out;          /* and that it took away */
} ZfSyncStatus;

ZfSyncService *zf_sync_service_new (ZfStore *store);
/** zf_sync_service_start: from now on it syncs by itself. */
void zf_sync_service_start (ZfSyncService *self);
/** zf_sync_service_now: a person asks. zf_sync_service_soon: a timer of the system does: what was just saved may still be taken back. */
void zf_sync_service_now (ZfSyncService *self);
void zf_sync_service_soon (ZfSyncService *self);
/** zf_sync_service_stop: ends the run that goes on; what arrived stays. The next one comes at its time. */
void zf_sync_service_stop (ZfSyncService *self);
/** zf_sync_service_hold: no run by itself for the next @seconds. */
void zf_sync_service_hold (ZfSyncService *self, guint seconds);
const ZfSyncStatus *zf_sync_service_status (ZfSyncService *self);
/** zf_sync_service_battery: per cent that are left while it runs on the battery, 100 else. */
double zf_sync_service_battery (ZfSyncService *self);
gboolean zf_sync_service_enrolled (ZfSyncService *self);
/** zf_sync_service_show: @error (nullable): what went wrong beside a run (joining the county); shown as its end. */
void zf_sync_service_show (ZfSyncService *self, const GError *error);

G_END_DECLS
