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
  guint start_changes;  /* size of the first push over an unknown line; the next ones take what it carries in 10 s. 0: always max_changes */
  guint hold_ms;        /* what was saved this recently is not frozen yet */
  gboolean apart;       /* push and pull never share a request */
  gboolean compact;     /* every byte costs: pushes in columns, own changes come back as numbers alone */
} ZfSyncLimits;
/** zf_sync_limits_wire: for a request over HTTP (body ≤ 1 MiB). zf_sync_limits_auto: the same for a run that nobody asked for: holds 15 s.
 * zf_sync_limits_local: inside one process. */
extern const ZfSyncLimits zf_sync_limits_wire;
extern const ZfSyncLimits zf_sync_limits_auto;
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

/** zf_sync_fetch_pack_over: zf_sync_fetch_pack over @transport. */
gboolean zf_sync_fetch_pack_over (ZfStore *store, ZfSyncTransport *transport, const ZfPack *pack, const ZfPackFetch *how, GError **error);

/** zf_sync_history_over: zf_sync_history over @transport. */
GPtrArray *zf_sync_history_over (ZfStore *store, ZfSyncTransport *transport, const char *id, GCancellable *cancellable, GError **error);
/** zf_sync_probe_over: asks GET /v1/probe without a token whether the county @server_id is there. What begins every run that nobody asked for. */
gboolean zf_sync_probe_over (ZfSyncTransport *transport, const char *server_id, GCancellable *cancellable, GError **error);
/** zf_sync_hello: (transfer full) (nullable): the first line of every exchange: who speaks, and how far it is. */
JsonObject *zf_sync_hello (ZfStore *store, GError **error);

/** zf_sync_is_county: whether @response came from our county, good or refusal. Anything without Sync-Server and the content type that belongs to its
 * status is ZF_SYNC_ERROR_NOT_COUNTY, whatever the status; another county's name is ZF_SYNC_ERROR_OTHER_COUNTY. @server_id (nullable): when
 * not yet known. */
gboolean zf_sync_is_county (const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error);
/** zf_sync_accepted: TRUE for a good status, else FALSE with what the refusal means. */
gboolean zf_sync_accepted (const ZfSyncResponse *response, GError **error);
/** zf_sync_judge: both: whether @response is our county's good answer to @request. */
gboolean zf_sync_judge (const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error);

/** ZfSyncRefusal: what application/problem+json says. */
typedef struct
{
  guint status;
  char *code;              /* "" when there is none */
  gint64 expect;           /* -1: not said */
  char *server_epoch;      /* (nullable) */
  char *cid;               /* (nullable) the change before `expect`, by its name */
  gint64 retry_after_ms;   /* of Retry-After; 0: not said */
} ZfSyncRefusal;
void zf_sync_refusal_read (ZfSyncRefusal *refusal, const ZfSyncResponse *response);
void zf_sync_refusal_clear (ZfSyncRefusal *refusal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfSyncRefusal, zf_sync_refusal_clear)
gboolean zf_sync_refusal_is (const ZfSyncRefusal *refusal, guint status, const char *code);

G_END_DECLS
