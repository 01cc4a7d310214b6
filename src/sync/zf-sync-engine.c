/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-engine.h"

#include "zf-config.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-schema.h"
#include "zf-sync-photos.h"
#include "zf-wire.h"

/* One push must fit into one body: 200 visits of 30 answers are about 600 kB. */
const ZfSyncLimits zf_sync_limits_wire = { 200, ZF_WIRE_PAGE_ITEMS, ZF_WIRE_PAGE_BYTES, 50, TRUE };
const ZfSyncLimits zf_sync_limits_local = { 5000, 10000, 16 * 1024 * 1024, 60000, TRUE };
/* An answer has the page, up to one item more, and the push results. */
#define ANSWER_SLACK (2 * 1024 * 1024)

typedef enum
{
  PHASE_LEFT_OVER,   /* pages of an earlier run that wait to be applied */
  PHASE_PUSH,
  PHASE_PULL,        /* more pages follow: nothing is pushed until they are applied */
  PHASE_APPLY,
  PHASE_PHOTOS,
  PHASE_DONE,
} Phase;

struct _ZfSyncEngine
{
  ZfStore *store;
  ZfReader *reader;
  ZfSyncLimits limits;
  Phase phase;
  char *device;
  char *token;
  char *server_id;
  ZfBatch *batch;            /* sent, not answered */
  ZfSyncRequest *sent;       /* what the next answer belongs to: type and limits, without body */
  gint64 after;              /* of the pull that was sent, -1 when none was */
  ZfSyncPhotos *photos;
  ZfSyncProgress progress;
};

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

static gboolean
count_unsent (ZfSyncEngine *engine, GError **error)
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
  if (!read_identity (engine, error))
    return NULL;
  engine->reader = zf_reader_new (store, error);
  if (engine->reader == NULL || !count_unsent (engine, error))
    return NULL;
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

static void
put_meta (JsonObject *hello, const char *member, ZfStore *store)
{
  g_autofree char *value = zf_store_get_meta (store, member);

  if (value != NULL)
    json_object_set_string_member (hello, member, value);
}

static JsonObject *
make_hello (ZfSyncEngine *engine)
{
  JsonObject *hello = json_object_new ();
  g_autofree char *scope = zf_store_get_meta (engine->store, "scope_epoch");

  json_object_set_int_member (hello, "proto", ZF_WIRE_PROTO);
  json_object_set_int_member (hello, "schema", ZF_WIRE_SCHEMA);
  json_object_set_string_member (hello, "app", PACKAGE_VERSION);
  json_object_set_string_member (hello, "device", engine->device);
  json_object_set_int_member (hello, "clock_ms", zf_clock_now_ms (zf_store_clock (engine->store)));
  put_meta (hello, "epoch", engine->store);
  put_meta (hello, "server_epoch", engine->store);
  if (scope != NULL)
    json_object_set_int_member (hello, "scope_epoch", g_ascii_strtoll (scope, NULL, 10));
  return hello;
}

/* The batch that empties the log may bring the first page too: one exchange when there is little to say. */
static gboolean
may_pull (ZfSyncEngine *engine)
{
  gint64 n = engine->batch != NULL ? engine->batch->last - engine->batch->first + 1 : 0;

  return n == 0 || engine->progress.pushed + n >= engine->progress.to_push;
}

static ZfSyncRequest *
make_sync_request (ZfSyncEngine *engine)
{
  g_autoptr (JsonObject) hello = make_hello (engine);
  g_autoptr (JsonObject) pull = NULL;
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  engine->after = -1;
  if (may_pull (engine))
    {
      engine->after = zf_ledger_after (engine->store);
      pull = zf_wire_pull (engine->after, engine->limits.page_items, engine->limits.page_bytes);
    }
  request->method = "POST";
  request->path = g_strdup ("/v1/sync");
  request->type = ZF_WIRE_TYPE_REQUEST;
  request->accept = ZF_WIRE_TYPE_RESPONSE;
  request->token = g_strdup (engine->token);
  request->key = engine->batch != NULL ? g_strdup (engine->batch->batch_id) : NULL;
  request->body = zf_wire_request (hello, engine->batch != NULL ? engine->batch->body : NULL, pull);
  request->max_answer = engine->limits.page_bytes + ANSWER_SLACK;
  return request;
}

static gboolean
next_sync (ZfSyncEngine *engine, ZfSyncStep *step, ZfSyncRequest **request, GError **error)
{
  g_clear_pointer (&engine->batch, zf_batch_free);
  if (engine->phase == PHASE_PUSH && !zf_ledger_batch (engine->store, engine->limits.max_changes, &engine->batch, error))
    return FALSE;
  engine->progress.phase = engine->batch != NULL ? ZF_SYNC_PUSHING : ZF_SYNC_PULLING;
  *request = make_sync_request (engine);
  *step = ZF_SYNC_STEP_SEND;
  return TRUE;
}

/* After the pages are in: what was saved meanwhile still wants to go. */
static gboolean
after_apply (ZfSyncEngine *engine, GError **error)
{
  g_autoptr (ZfBatch) batch = NULL;

  if (engine->phase == PHASE_APPLY && !zf_ledger_batch (engine->store, engine->limits.max_changes, &batch, error))
    return FALSE;
  engine->phase = engine->phase == PHASE_LEFT_OVER || batch != NULL ? PHASE_PUSH : PHASE_PHOTOS;
  return TRUE;
}

static gboolean
next_apply (ZfSyncEngine *engine, ZfSyncStep *step, GError **error)
{
  gboolean done = FALSE;

  engine->progress.phase = ZF_SYNC_APPLYING;
  *step = ZF_SYNC_STEP_WORK;
  if (!zf_ledger_apply (engine->store, engine->limits.slice_ms, &done, &engine->progress.applied, error))
    return FALSE;
  return !done || after_apply (engine, error);
}

static gboolean
next_photo (ZfSyncEngine *engine, ZfSyncStep *step, ZfSyncRequest **request, GError **error)
{
  engine->progress.phase = ZF_SYNC_PHOTOS;
  if (engine->photos == NULL && engine->limits.photos)
    engine->photos = zf_sync_photos_new (engine->store, engine->reader);
  if (engine->photos != NULL && !zf_sync_photos_next (engine->photos, request, error))
    return FALSE;
  *step = *request != NULL ? ZF_SYNC_STEP_SEND : ZF_SYNC_STEP_DONE;
  if (*request != NULL)
    (*request)->token = g_strdup (engine->token);
  else
    engine->phase = PHASE_DONE;
  return TRUE;
}

static gboolean
next_step (ZfSyncEngine *engine, ZfSyncStep *step, ZfSyncRequest **request, GError **error)
{
  switch (engine->phase)
    {
    case PHASE_LEFT_OVER:
    case PHASE_APPLY:
      return next_apply (engine, step, error);
    case PHASE_PUSH:
    case PHASE_PULL:
      return next_sync (engine, step, request, error);
    case PHASE_PHOTOS:
      return next_photo (engine, step, request, error);
    case PHASE_DONE:
      *step = ZF_SYNC_STEP_DONE;
      return TRUE;
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
}

gboolean
zf_sync_engine_next (ZfSyncEngine *engine, ZfSyncStep *step, ZfSyncRequest **request, GError **error)
{
  *request = NULL;
  if (!next_step (engine, step, request, error))
    return FALSE;
  if (*step == ZF_SYNC_STEP_DONE)
    engine->progress.phase = ZF_SYNC_DONE;
  if (*step != ZF_SYNC_STEP_SEND)
    return TRUE;
  remember (engine, *request);
  if ((*request)->body != NULL)
    engine->progress.bytes_up += (gint64) g_bytes_get_size ((*request)->body);
  return TRUE;
}

static gboolean
bad_answer (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's answer breaks the agreement; nothing of it was used");
  return FALSE;
}

static void
count_results (ZfSyncEngine *engine, JsonArray *results)
{
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonNode *node = json_array_get_element (results, i);
      const char *d = JSON_NODE_HOLDS_OBJECT (node) ? zf_json_get_string (json_node_get_object (node), "d", "") : "";

      engine->progress.conflicts += g_str_equal (d, "conflict");
      engine->progress.quarantined += g_str_equal (d, "quarantined");
    }
}

static gboolean
check_push (ZfSyncEngine *engine, JsonObject *push)
{
  if (engine->batch == NULL)
    return push == NULL;
  return push != NULL && g_strcmp0 (zf_json_get_string (push, "batch", NULL), engine->batch->batch_id) == 0 &&
         zf_json_get_int (push, "acked", -1) >= engine->batch->last && zf_json_get_array (push, "results") != NULL;
}

static gboolean
take_push (ZfSyncEngine *engine, JsonObject *push, GError **error)
{
  JsonArray *results;

  if (push == NULL)
    return TRUE;
  results = zf_json_get_array (push, "results");
  if (!zf_ledger_acked (engine->store, engine->batch->batch_id, zf_json_get_int (push, "acked", 0), zf_json_get_int (push, "durable", 0),
                        results, error))
    return FALSE;
  count_results (engine, results);
  engine->progress.pushed += (guint) (engine->batch->last - engine->batch->first + 1);
  engine->progress.to_push = MAX (engine->progress.to_push, engine->progress.pushed);
  return TRUE;
}

static JsonArray *
parse_items (GArray *slices, GError **error)
{
  g_autoptr (JsonArray) items = json_array_sized_new (slices->len);

  for (guint i = 0; i < slices->len; i++)
    {
      const ZfSlice *slice = &g_array_index (slices, ZfSlice, i);
      JsonObject *item = zf_json_parse_object (slice->text, (gssize) slice->len, NULL);

      if (item == NULL)
        {
          bad_answer (error);
          return NULL;
        }
      json_array_add_object_element (items, item);
    }
  return g_steal_pointer (&items);
}

/* The pull of an answer: its envelope and the items as text. */
typedef struct
{
  JsonObject *envelope;
  GArray *slices;
} Pull;

static void
pull_clear (Pull *pull)
{
  g_clear_pointer (&pull->envelope, json_object_unref);
  g_clear_pointer (&pull->slices, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pull, pull_clear)

static gboolean
check_pull (ZfSyncEngine *engine, const Pull *pull)
{
  gint64 next;

  if (engine->after < 0)
    return pull->envelope == NULL;
  if (pull->envelope == NULL)
    return FALSE;
  next = zf_json_get_int (pull->envelope, "next", -1);
  return next >= engine->after && (next > engine->after || !zf_json_get_bool (pull->envelope, "more", FALSE));
}

static gboolean
take_pull (ZfSyncEngine *engine, const Pull *pull, GError **error)
{
  g_autoptr (JsonArray) items = NULL;
  gboolean more;
  gint64 next;

  if (pull->envelope == NULL)
    return TRUE;
  more = zf_json_get_bool (pull->envelope, "more", FALSE);
  next = zf_json_get_int (pull->envelope, "next", 0);
  items = parse_items (pull->slices, error);
  if (items == NULL)
    return FALSE;
  if ((next != engine->after || engine->phase == PHASE_PULL) &&
      !zf_ledger_stage (engine->store, items, next, more, error))
    return FALSE;
  engine->progress.pulled += json_array_get_length (items);
  engine->phase = more ? PHASE_PULL : PHASE_APPLY;
  return TRUE;
}

static gboolean
keep_meta (ZfStore *store, const char *key, const char *value, GError **error)
{
  g_autofree char *now = zf_store_get_meta (store, key);

  return value == NULL || g_strcmp0 (now, value) == 0 || zf_store_set_meta (store, key, value, error);
}

static gboolean
take_surroundings (ZfSyncEngine *engine, JsonObject *answer, GError **error)
{
  JsonObject *scope = zf_json_get_object (answer, "scope");
  g_autofree char *epoch =
    scope != NULL ? g_strdup_printf ("%" G_GINT64_FORMAT, zf_json_get_int (scope, "epoch", 0)) : NULL;

  engine->progress.skew_ms = zf_json_get_int (answer, "time_ms", 0) - zf_clock_now_ms (zf_store_clock (engine->store));
  return keep_meta (engine->store, "server_epoch", zf_json_get_string (answer, "server_epoch", NULL), error) &&
         keep_meta (engine->store, "scope_epoch", epoch, error);
}

static gboolean
refused_pull (JsonObject *answer, GError **error)
{
  if (zf_json_get_object (answer, "upgrade") == NULL)
    return FALSE;
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_UPGRADE, "The county took everything, but needs a newer version to send anything");
  return TRUE;
}

static gboolean
split_answer (const ZfSyncResponse *response, JsonObject **answer, Pull *pull, GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  ZfSlice inner;

  if (text == NULL || !zf_wire_take_member (text, len, "pull", &inner, answer, NULL))
    return bad_answer (error);
  if (inner.text == NULL || inner.text[0] == 'n')
    return TRUE;
  if (!zf_wire_split (inner.text, inner.len, "items", &pull->envelope, &pull->slices, NULL))
    return bad_answer (error);
  return TRUE;
}

static gboolean
handle_sync (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_autoptr (JsonObject) answer = NULL;
  g_auto (Pull) pull = { 0 };
  JsonObject *push;

  if (!split_answer (response, &answer, &pull, error))
    return FALSE;
  push = zf_json_get_object (answer, "push");
  if (g_strcmp0 (zf_json_get_string (answer, "server", NULL), engine->server_id) != 0 ||
      zf_json_get_int (answer, "proto", 0) != ZF_WIRE_PROTO || !check_push (engine, push))
    return bad_answer (error);
  if (!take_push (engine, push, error) || !take_surroundings (engine, answer, error) || refused_pull (answer, error))
    return FALSE;
  if (!check_pull (engine, &pull))
    return bad_answer (error);
  return take_pull (engine, &pull, error);
}

gboolean
zf_sync_engine_handle (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_return_val_if_fail (engine->sent != NULL, FALSE);

  engine->progress.exchanges++;
  engine->progress.bytes_down += (gint64) g_bytes_get_size (response->body);
  if (!zf_sync_judge (engine->sent, response, engine->server_id, error))
    return FALSE;
  if (engine->phase != PHASE_PHOTOS)
    return handle_sync (engine, response, error);
  return zf_sync_photos_handle (engine->photos, response, &engine->progress, error);
}
