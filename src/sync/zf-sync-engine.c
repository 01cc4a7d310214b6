/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* The order of a sync, and what is put right when numbers do not agree. */

#include "zf-json.h"
#include "zf-sync-engine-private.h"
#include "zf-wire.h"

/* One push must fit into one body: 200 visits of 30 answers are about 600 kB. */
#define MAX_CHANGES 500
#define START_CHANGES 20
#define HOLD_MS 15000
/* Somebody else answered last time. */
#define META_UNVERIFIED "unverified"

const ZfSyncLimits zf_sync_limits_wire = {
  .max_changes = MAX_CHANGES,
  .page_items = ZF_WIRE_PAGE_ITEMS,
  .page_bytes = ZF_WIRE_PAGE_BYTES,
  .slice_ms = 50,
  .photos = TRUE,
  .start_changes = START_CHANGES,
  .compact = TRUE,
};
const ZfSyncLimits zf_sync_limits_auto = {
  .max_changes = MAX_CHANGES,
  .page_items = ZF_WIRE_PAGE_ITEMS,
  .page_bytes = ZF_WIRE_PAGE_BYTES,
  .slice_ms = 50,
  .photos = TRUE,
  .start_changes = START_CHANGES,
  .compact = TRUE,
  .hold_ms = HOLD_MS,
};
const ZfSyncLimits zf_sync_limits_local = {
  .max_changes = 5000,
  .page_items = 10000,
  .page_bytes = 16 * 1024 * 1024,
  .slice_ms = 60000,
  .photos = TRUE,
};

gboolean
zf_engine_bad_answer (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's answer breaks the agreement; nothing of it was used");
  return FALSE;
}

static gboolean
not_enrolled (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_ENROLLED, "This tablet is not enrolled with a county");
  return FALSE;
}

static gboolean
read_identity (ZfSyncEngine *engine, GError **error)
{
  engine->device = zf_store_get_meta (engine->store, "device");
  engine->token = zf_store_get_meta (engine->store, "token");
  engine->server_id = zf_store_get_meta (engine->store, "server_id");
  if (engine->device == NULL || engine->token == NULL || engine->server_id == NULL)
    return not_enrolled (error);
  return TRUE;
}

gboolean
zf_engine_count_unsent (ZfSyncEngine *engine, GError **error)
{
  g_autoptr (JsonObject) unsent = zf_ledger_unsent (engine->reader, error);

  if (unsent == NULL)
    return FALSE;
  engine->progress.to_push = (guint) zf_json_get_int (unsent, "changes", 0);
  engine->progress.to_photos = (guint) zf_json_get_int (unsent, "photos", 0);
  return TRUE;
}

ZfSyncEngine *
zf_sync_engine_new (ZfStore *store, const ZfSyncLimits *limits, GError **error)
{
  g_autoptr (ZfSyncEngine) engine = g_new0 (ZfSyncEngine, 1);

  engine->store = g_object_ref (store);
  engine->limits = *limits;
  engine->progress.phase = ZF_SYNC_APPLYING;
  engine->fetched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!read_identity (engine, error))
    return NULL;
  engine->reader = zf_reader_share (store, error);
  if (engine->reader == NULL || !zf_engine_count_unsent (engine, error))
    return NULL;
  zf_engine_start_push (engine);
  if (zf_engine_meta_int (store, META_UNVERIFIED, 0) != 0)
    engine->phase = PHASE_PROBE;
  return g_steal_pointer (&engine);
}

void
zf_sync_engine_free (ZfSyncEngine *engine)
{
  if (engine == NULL)
    return;
  g_clear_pointer (&engine->photos, zf_sync_photos_free);
  g_clear_pointer (&engine->batch, zf_batch_free);
  g_clear_pointer (&engine->sent, zf_sync_request_free);
  g_clear_pointer (&engine->digests, json_object_unref);
  g_clear_pointer (&engine->scope, g_strfreev);
  g_clear_pointer (&engine->copy, zf_copy_unref);
  g_queue_clear_full (&engine->checks, (GDestroyNotify) zf_check_free);
  g_clear_pointer (&engine->fetched, g_hash_table_unref);
  g_clear_pointer (&engine->reader, zf_reader_free);
  g_clear_object (&engine->store);
  g_free (engine->device);
  g_free (engine->token);
  g_free (engine->server_id);
  g_free (engine);
}

const ZfSyncProgress *
zf_sync_engine_progress (ZfSyncEngine *engine)
{
  return &engine->progress;
}

ZfSyncRequest *
zf_engine_request (ZfSyncEngine *engine, const char *method, char *path, const char *accept, GBytes *body)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = method;
  request->path = path;
  request->accept = accept;
  request->body = body;
  request->type = body != NULL ? ZF_WIRE_TYPE_JSON : NULL;
  request->token = g_strdup (engine->token);
  request->max_answer = 4 * 1024 * 1024;
  return request;
}

JsonObject *
zf_engine_parse (const ZfSyncResponse *response, GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  JsonObject *object = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;

  if (object == NULL)
    zf_engine_bad_answer (error);
  return object;
}

gint64
zf_engine_meta_int (ZfStore *store, const char *key, gint64 fallback)
{
  g_autofree char *text = zf_store_get_meta (store, key);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

gboolean
zf_engine_keep_meta (ZfStore *store, const char *key, const char *value, GError **error)
{
  g_autofree char *now = zf_store_get_meta (store, key);

  return value == NULL || g_strcmp0 (now, value) == 0 || zf_store_set_meta (store, key, value, error);
}

/* Steps */

static gboolean
next_probe (ZfSyncEngine *engine, ZfSyncRequest **request)
{
  *request = zf_engine_request (engine, "GET", g_strdup ("/v1/probe"), ZF_WIRE_TYPE_JSON, NULL);
  g_clear_pointer (&(*request)->token, g_free);
  return TRUE;
}

/* Pages of an earlier run that wait for their last one: nothing is pushed before they are applied. */
static gboolean
has_open_pages (ZfSyncEngine *engine)
{
  return !engine->outdated && zf_ledger_after (engine->store) > zf_ledger_cursor (engine->store);
}

/* What an earlier run left: pages, or a village whose parts are all here. */
static gboolean
next_left_over (ZfSyncEngine *engine, GError **error)
{
  g_autofree char *scope = NULL;
  g_autoptr (JsonObject) part = NULL;
  gboolean done = TRUE, copied = TRUE;

  engine->progress.phase = ZF_SYNC_APPLYING;
  if (!zf_ledger_snapshot_next (engine->reader, &scope, &part, error))
    return FALSE;
  if (scope != NULL && part == NULL &&
      !zf_ledger_snapshot_apply (engine->store, engine->limits.slice_ms, &copied, &engine->progress.applied, error))
    return FALSE;
  if (scope == NULL && !zf_ledger_apply (engine->store, engine->limits.slice_ms, &done, &engine->progress.applied, error))
    return FALSE;
  if (done && copied)
    engine->phase = has_open_pages (engine) ? PHASE_PULL : PHASE_PUSH;
  return TRUE;
}

/* After the pages are in: what was saved meanwhile still wants to go. */
static gboolean
next_apply (ZfSyncEngine *engine, GError **error)
{
  gboolean done = FALSE;

  engine->progress.phase = ZF_SYNC_APPLYING;
  if (!zf_ledger_apply (engine->store, engine->limits.slice_ms, &done, &engine->progress.applied, error))
    return FALSE;
  if (done)
    engine->phase = PHASE_FETCH;
  return TRUE;
}

static gboolean
next_scope (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  gboolean done = FALSE;

  engine->progress.phase = ZF_SYNC_COPYING;
  if (!zf_engine_next_scope (engine, request, &done, error))
    return FALSE;
  if (done)
    engine->phase = PHASE_PUSH;
  return TRUE;
}

static gboolean
next_fetch (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  engine->progress.phase = ZF_SYNC_CHECKING;
  if (!zf_engine_next_fetch (engine, request, error))
    return FALSE;
  if (*request == NULL)
    engine->phase = PHASE_CHECK;
  return TRUE;
}

static gboolean
next_check (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  engine->progress.phase = ZF_SYNC_CHECKING;
  if (!zf_engine_next_check (engine, request, error))
    return FALSE;
  if (*request == NULL && engine->phase == PHASE_CHECK)
    engine->phase = PHASE_TRIM;
  return TRUE;
}

/* What was saved during this run goes before the photos, which take long. */
static gboolean
next_trim (ZfSyncEngine *engine, GError **error)
{
  guint n = 0;

  if (!zf_ledger_trim (engine->store, &n, error) || !zf_engine_freeze (engine, error))
    return FALSE;
  engine->progress.trimmed += n;
  engine->phase = engine->batch != NULL ? PHASE_PUSH : PHASE_PHOTOS;
  return TRUE;
}

static gboolean
next_done (ZfSyncEngine *engine, GError **error)
{
  if (!engine->outdated)
    return TRUE;
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_UPGRADE, "The county took everything, but needs a newer version to send anything");
  return FALSE;
}

static gboolean
next_photo (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  engine->progress.phase = ZF_SYNC_PHOTOS;
  if (engine->photos == NULL && engine->limits.photos)
    {
      engine->photos = zf_sync_photos_new (engine->store, engine->reader);
      if (engine->limits.start_changes > 0)
        zf_sync_photos_want_thumbs (engine->photos);
    }
  if (engine->photos != NULL && !zf_sync_photos_next (engine->photos, request, error))
    return FALSE;
  if (*request == NULL)
    engine->phase = PHASE_DONE;
  else if ((*request)->token == NULL)
    (*request)->token = g_strdup (engine->token);
  return TRUE;
}

static gboolean
next_step (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  switch (engine->phase)
    {
    case PHASE_PROBE:
      return next_probe (engine, request);
    case PHASE_LEFT_OVER:
      return next_left_over (engine, error);
    case PHASE_PUSH:
    case PHASE_PULL:
      return zf_engine_next_exchange (engine, request, error);
    case PHASE_SCOPE:
      return next_scope (engine, request, error);
    case PHASE_APPLY:
      return next_apply (engine, error);
    case PHASE_FETCH:
      return next_fetch (engine, request, error);
    case PHASE_CHECK:
      return next_check (engine, request, error);
    case PHASE_TRIM:
      return next_trim (engine, error);
    case PHASE_PHOTOS:
      return next_photo (engine, request, error);
    case PHASE_DONE:
      return next_done (engine, error);
    default:
      g_assert_not_reached ();
    }
}

/* The bytes go with the request; the rest is remembered to judge the answer by. */
static void
remember (ZfSyncEngine *engine, const ZfSyncRequest *request)
{
  g_clear_pointer (&engine->sent, zf_sync_request_free);
  engine->sent = g_new0 (ZfSyncRequest, 1);
  engine->sent->method = request->method;
  engine->sent->path = g_strdup (request->path);
  engine->sent->accept = request->accept;
  engine->sent->max_answer = request->body != NULL ? g_bytes_get_size (request->body) : 0;
  engine->sent_ms = zf_clock_now_ms (zf_store_clock (engine->store));
}

gboolean
zf_sync_engine_next (ZfSyncEngine *engine, ZfSyncStep *step, ZfSyncRequest **request, GError **error)
{
  *request = NULL;
  if (!next_step (engine, request, error))
    return FALSE;
  *step = *request != NULL ? ZF_SYNC_STEP_SEND : engine->phase == PHASE_DONE ? ZF_SYNC_STEP_DONE : ZF_SYNC_STEP_WORK;
  if (*step == ZF_SYNC_STEP_DONE)
    engine->progress.phase = ZF_SYNC_DONE;
  if (*request != NULL)
    remember (engine, *request);
  return TRUE;
}

/* Answers */

static gboolean
handle_refusal (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  gboolean mended = FALSE;

  return zf_engine_mend (engine, response, &mended, error) && (mended || zf_sync_accepted (response, error));
}

/* Whoever answers in the county's place gets no token any more until the county itself has answered. */
static gboolean
distrust (ZfSyncEngine *engine)
{
  g_autoptr (GError) error = NULL;

  if (!zf_engine_keep_meta (engine->store, META_UNVERIFIED, "1", &error))
    g_message ("%s", error->message);
  return FALSE;
}

static gboolean
handle_probe (ZfSyncEngine *engine, GError **error)
{
  engine->phase = PHASE_LEFT_OVER;
  return zf_engine_keep_meta (engine->store, META_UNVERIFIED, "0", error);
}

static gboolean
handle_good (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  switch (engine->phase)
    {
    case PHASE_PROBE:
      return handle_probe (engine, error);
    case PHASE_PUSH:
    case PHASE_PULL:
      return zf_engine_handle_exchange (engine, response, error);
    case PHASE_SCOPE:
      return zf_engine_handle_scope (engine, response, error);
    case PHASE_FETCH:
      return zf_engine_handle_fetch (engine, response, error);
    case PHASE_CHECK:
      return zf_engine_handle_check (engine, response, error);
    case PHASE_LEFT_OVER:
    case PHASE_APPLY:
    case PHASE_TRIM:
    case PHASE_PHOTOS:
    case PHASE_DONE:
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
zf_sync_engine_handle (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_return_val_if_fail (engine->sent != NULL, FALSE);

  engine->progress.exchanges++;
  engine->progress.bytes_up += (gint64) (response->wire_up > 0 ? response->wire_up : engine->sent->max_answer);
  engine->progress.bytes_down += (gint64) (response->wire_down > 0 ? response->wire_down : g_bytes_get_size (response->body));
  if (!zf_sync_is_county (engine->sent, response, engine->server_id, error))
    return distrust (engine);
  if (engine->phase == PHASE_PHOTOS)
    return zf_sync_photos_handle (engine->photos, response, &engine->progress, error);
  if (response->status < 200 || response->status > 299)
    return handle_refusal (engine, response, error);
  return handle_good (engine, response, error);
}
