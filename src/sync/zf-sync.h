/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-pack.h"
#include "zf-store.h"

G_BEGIN_DECLS

typedef enum
{
  ZF_SYNC_ERROR_NOT_ENROLLED = 0,
  ZF_SYNC_ERROR_OFFLINE = 1,      /* nobody answered */
  ZF_SYNC_ERROR_NOT_COUNTY = 2,   /* somebody answered who does not even claim to be a county: a network that wants a login, a proxy */
  ZF_SYNC_ERROR_REFUSED = 3,      /* the county said no: token, suspended */
  ZF_SYNC_ERROR_PROTOCOL = 4,     /* an answer that breaks the contract; nothing was applied */
  ZF_SYNC_ERROR_BUSY = 5,         /* another process syncs this store (sync.lock) */
  ZF_SYNC_ERROR_CANCELLED = 6,
  ZF_SYNC_ERROR_ADDRESS = 7,      /* not a loopback address, or not a URL */
  ZF_SYNC_ERROR_COUNTY_BUSY = 8,  /* the county answers, but cannot take it now: trying again later helps */
  ZF_SYNC_ERROR_UPGRADE = 9,      /* this version is too old to receive; what it has was taken */
  ZF_SYNC_ERROR_RESTORED = 10,    /* the county's data was restored from a backup: this version cannot follow by itself */
  ZF_SYNC_ERROR_CODE = 11,        /* the enrolment code is unknown, used or expired */
  ZF_SYNC_ERROR_NO_PHOTO = 12,    /* the county has no such picture for this tablet, or not yet */
  ZF_SYNC_ERROR_OTHER_COUNTY = 13, /* a county's server, but not ours */
  ZF_SYNC_ERROR_CUT = 14,         /* the line broke off or damaged an answer; trying again helps */
  ZF_SYNC_ERROR_COUNTY_FULL = 15, /* the county's disk is full; what is here stays here */
  ZF_SYNC_ERROR_BLOCKED = 16,     /* the county has blocked or wiped this tablet's enrolment */
  ZF_SYNC_ERROR_MISMATCH = 17,    /* the county holds other bytes under a name of ours: stopped, for a person to look at */
  ZF_SYNC_ERROR_BAD_PACK = 19,    /* a map pack that is not what the county named, or no map: thrown away, the one before stays */
  ZF_SYNC_ERROR_NO_PACK = 20,     /* the county has no such map pack any more */
  ZF_SYNC_ERROR_FORKED = 18,      /* numbers did not agree even after they were put right several times */
} ZfSyncError;
#define ZF_SYNC_ERROR (zf_sync_error_quark ())
GQuark zf_sync_error_quark (void);

typedef enum
{
  ZF_SYNC_PUSHING,
  ZF_SYNC_PULLING,
  ZF_SYNC_APPLYING,
  ZF_SYNC_PHOTOS,
  ZF_SYNC_DONE,
  ZF_SYNC_COPYING,            /* villages whole; comes between pushing and pulling */
  ZF_SYNC_CHECKING,           /* comparing with the county; comes before photos */
} ZfSyncPhase;
typedef struct
{
  ZfSyncPhase phase;
  guint pushed, to_push;      /* change rows acknowledged / in all at the start */
  guint pulled;               /* records received */
  guint applied;
  guint photos, to_photos;
  guint exchanges;            /* HTTP exchanges made */
  guint conflicts;            /* new ones */
  guint quarantined;
  gint64 bytes_up, bytes_down;   /* bodies as they travelled, packed */
  gint64 skew_ms;             /* server time − tablet time */
  guint copied;               /* records that came with whole villages */
  guint parts, to_parts;      /* parts of the village that is being copied: here / in all */
  guint entered, left;        /* villages */
  guint repaired;             /* records found different from the county's and put right */
  guint differs;              /* villages that still differ from the county's after a repair: for a person to look at */
  guint trimmed;              /* log rows that the county's backup holds too, forgotten here */
  guint thumbs;               /* small pictures that came down by themselves */
  guint photos_left;          /* files that could not be sent in this run */
  guint carried;              /* parcels of other tablets that were handed over */
  gint64 retry_after_ms;      /* when the county said how long to wait: at least this long from now; else 0 */
} ZfSyncProgress;
/** ZfSyncProgressFunc: called on the calling thread (run) or the main context (run_async). */
typedef void (*ZfSyncProgressFunc) (const ZfSyncProgress *progress, gpointer data);

/** zf_sync_enrol: URL plus code ("http://127.0.0.1:8080/#CODE" or the QR text {"url":…,"code":…}) → device, token, server_id in the
 * store. Refuses any address that is not loopback. Blocking. */
gboolean zf_sync_enrol (ZfStore *store, const char *url_or_qr, const char *name, GError **error);
/** zf_sync_run: one whole sync, asked for by a person: push until empty, pull until done, compare, photos. Takes DIR/sync.lock. Blocking (own
 * thread). @result is filled after a failure too. zf_sync_run_async begins with a probe without token: a network that wants a login never sees it. */
gboolean zf_sync_run (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error);
void zf_sync_run_async (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data,
                        GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_sync_run_finish (ZfStore *store, GAsyncResult *result, ZfSyncProgress *progress, GError **error);
/** zf_sync_run_auto: for a run that nobody asked for: it begins with a probe without token, and leaves what was saved in the last 15 s where
 * it is, so that it can still be taken back. zf_sync_run_auto_async: ended by zf_sync_run_finish. */
gboolean zf_sync_run_auto (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error);
void zf_sync_run_auto_async (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data,
                             GAsyncReadyCallback callback, gpointer user_data);
/** zf_sync_history: (transfer full) (element-type JsonObject): every change that the county knows of a record, oldest first:
 * {cid,op,at,recv_at,by,rev,d,f}. Blocking. */
GPtrArray *zf_sync_history (ZfStore *store, const char *id, GCancellable *cancellable, GError **error);
/** zf_sync_fetch_photo: the full picture of a record in scope, checked against its name and put in place with its thumbnail. Blocking.
 * ZF_SYNC_ERROR_NO_PHOTO when the county does not have it (yet). */
gboolean zf_sync_fetch_photo (ZfStore *store, const char *sha256, GCancellable *cancellable, GError **error);
/** zf_sync_fetch_photo_async: the same in a thread of its own; a picture that is here already is no failure. */
void zf_sync_fetch_photo_async (ZfStore *store, const char *sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_sync_fetch_photo_finish (ZfStore *store, GAsyncResult *result, GError **error);
/* How a map pack is fetched. All may be NULL. */
typedef struct
{
  gboolean (*check) (const char *path, GError **error);                       /* whether the whole file is a map that can be shown */
  void (*func) (gint64 done, gint64 total, gpointer data);                    /* bytes; in the fetching thread */
  gpointer data;
  GCancellable *cancellable;
} ZfPackFetch;
/** zf_sync_fetch_pack: @pack from the county, only because a person asked, after everything else was sent. Goes on where an earlier try was cut; what is
 * not to the byte what the county named never takes its place. Files of older versions of its name go. Blocking. Errors: ZF_ERROR_FULL,
 * ZF_SYNC_ERROR_BAD_PACK, ZF_SYNC_ERROR_NO_PACK with words for the person, and those of a sync. */
gboolean zf_sync_fetch_pack (ZfStore *store, const ZfPack *pack, const ZfPackFetch *how, GError **error);
/** zf_sync_explain: (transfer full): what happened, what is safe, the one next step, translated: for the screen. */
char *zf_sync_explain (const GError *error);

G_END_DECLS
