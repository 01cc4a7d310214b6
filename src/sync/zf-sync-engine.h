/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sync-transport.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* The tablet's half of sync as a state machine over messages: it says what to send, is told what came back, and keeps every step durable in
 * the store's ledger before it asks for the next. No thread, timer or socket: the caller drives it, and may stop it anywhere. */
typedef struct _ZfSyncEngine ZfSyncEngine;

typedef struct
{
  guint max_changes;    /* in one push */
  guint page_items;
  gsize page_bytes;
  guint slice_ms;       /* longest transaction while applying */
  gboolean photos;
} ZfSyncLimits;
/** zf_sync_limits_wire: for a request over HTTP (body ≤ 1 MiB). zf_sync_limits_local: inside one process. */
extern const ZfSyncLimits zf_sync_limits_wire;
extern const ZfSyncLimits zf_sync_limits_local;

typedef enum
{
  ZF_SYNC_STEP_SEND,    /* send *request, then zf_sync_engine_handle */
  ZF_SYNC_STEP_WORK,    /* a slice of work was done; call again */
  ZF_SYNC_STEP_DONE,
} ZfSyncStep;

/** zf_sync_engine_new: for an enrolled store, else ZF_SYNC_ERROR_NOT_ENROLLED. Used in the thread that makes it. */
ZfSyncEngine *zf_sync_engine_new (ZfStore *store, const ZfSyncLimits *limits, GError **error);
void zf_sync_engine_free (ZfSyncEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncEngine, zf_sync_engine_free)
/** zf_sync_engine_next: the next step; *request (transfer full) with ZF_SYNC_STEP_SEND. */
gboolean zf_sync_engine_next (ZfSyncEngine *engine, ZfSyncStep *step, ZfSyncRequest **request, GError **error);
/** zf_sync_engine_handle: the answer to the last request. FALSE: nothing of it was used. */
gboolean zf_sync_engine_handle (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error);
const ZfSyncProgress *zf_sync_engine_progress (ZfSyncEngine *engine);

/** zf_sync_drive: runs an engine over @transport to its end, under DIR/sync.lock. */
gboolean zf_sync_drive (ZfStore *store, ZfSyncTransport *transport, const ZfSyncLimits *limits, GCancellable *cancellable,
                        ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error);
/** zf_sync_enrol_over: sends @code over @transport and keeps what the county gives in the store. @url (nullable): kept as its address. */
gboolean zf_sync_enrol_over (ZfStore *store, ZfSyncTransport *transport, const char *url, const char *code, const char *name, GError **error);

/** zf_sync_fetch_photo_over: zf_sync_fetch_photo over @transport. */
gboolean zf_sync_fetch_photo_over (ZfStore *store, ZfSyncTransport *transport, const char *sha256, GCancellable *cancellable, GError **error);

/** zf_sync_judge: whether @response is our county's good answer to @request. Anything without our server's name in Sync-Server and the
 * expected content type is ZF_SYNC_ERROR_NOT_COUNTY, whatever its status. @server_id (nullable): when not yet known. */
gboolean zf_sync_judge (const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error);

G_END_DECLS
