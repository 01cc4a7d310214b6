/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* POST /v1/sync: hello, push and pull of one request. */
#include <string.h>

#include "zf-json.h"
#include "zf-plant.h"
#include "zf-schema.h"
#include "zf-server-core-private.h"
#include "zf-wire-push.h"

#define MAX_EPOCH 64

/* Hello, push, pull */

typedef struct
{
  JsonObject *hello;
  ZfSlice push;          /* text NULL: none */
  GBytes *line;          /* (nullable) the push, when it came in columns */
  JsonObject *pull;      /* (nullable) */
} Request;

static void
request_clear (Request *request)
{
  g_clear_pointer (&request->hello, json_object_unref);
  g_clear_pointer (&request->pull, json_object_unref);
  g_clear_pointer (&request->line, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/* A push in columns is the line that they were made of. FALSE: they are not well formed. */
static gboolean
take_columns (const ZfSlice *line, Request *request)
{
  if (request->push.text != NULL || request->pull != NULL)
    return FALSE;
  request->line = zf_wire_push_unpack (line->text, line->len);
  if (request->line != NULL)
    request->push.text = g_bytes_get_data (request->line, &request->push.len);
  return request->line != NULL;
}

/* A line is told by its members: "changes" and "columns" are a push, "after" a pull. */
static gboolean
read_line (const ZfSlice *line, Request *request, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  ZfSlice changes = { 0 };

  if (zf_wire_take_member (line->text, line->len, "changes", &changes, &object, NULL))
    {
      if (changes.text != NULL && request->push.text == NULL && request->pull == NULL)
        {
          request->push = *line;
          return TRUE;
        }
      if (changes.text == NULL && json_object_has_member (object, "columns") && take_columns (line, request))
        return TRUE;
      if (changes.text == NULL && request->pull == NULL && json_object_has_member (object, "after"))
        {
          request->pull = g_steal_pointer (&object);
          return TRUE;
        }
    }
  zf_problem_set (error, ZF_PROBLEM_MALFORMED);
  return FALSE;
}

static JsonObject *
parse_slice (GArray *lines, guint i)
{
  const ZfSlice *line = &g_array_index (lines, ZfSlice, i);

  return zf_json_parse_object (line->text, (gssize) line->len, NULL);
}

static gboolean
read_request (const ZfSyncRequest *request, Request *parsed, GError **error)
{
  g_autoptr (GArray) lines = request->body != NULL ? zf_wire_lines (request->body, NULL) : NULL;

  if (lines != NULL)
    parsed->hello = parse_slice (lines, 0);
  if (lines == NULL || parsed->hello == NULL)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return FALSE;
    }
  for (guint i = 1; i < lines->len; i++)
    if (!read_line (&g_array_index (lines, ZfSlice, i), parsed, error))
      return FALSE;
  return TRUE;
}

/* Whether the numbers of hello fit what is stored: a county that was restored lacks changes that the tablet believes to be here; a tablet
 * whose log ends before what is stored is an old image of itself. */
static gboolean
check_numbers (ZfServerCore *core, const ZfDevice *device, JsonObject *hello, GError **error)
{
  const char *known = zf_json_get_string (hello, "server_epoch", NULL);
  gint64 acked = core->store->verbs->acked (core->store, device->id, zf_json_get_string (hello, "epoch", ""));

  core->expect = acked + 1;
  g_clear_pointer (&core->last_cid, g_free);
  if (known != NULL && !g_str_equal (known, core->server_epoch))
    {
      core->last_cid = core->store->verbs->cid_at (core->store, device->id, zf_json_get_string (hello, "epoch", ""), acked);
      zf_problem_set (error, ZF_PROBLEM_SERVER_EPOCH);
    }
  else if (zf_json_get_int (hello, "last", acked) < acked)
    zf_problem_set (error, ZF_PROBLEM_FORK);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_hello (ZfServerCore *core, const ZfDevice *device, JsonObject *hello, GError **error)
{
  const char *epoch = zf_json_get_string (hello, "epoch", "");

  if (zf_json_get_int (hello, "proto", 0) != ZF_WIRE_PROTO)
    zf_problem_set (error, ZF_PROBLEM_UPGRADE);
  else if (g_strcmp0 (zf_json_get_string (hello, "device", NULL), device->id) != 0)
    zf_problem_set (error, ZF_PROBLEM_FORBIDDEN);
  else if (*epoch == '\0' || strlen (epoch) > MAX_EPOCH)
    zf_problem_set (error, ZF_PROBLEM_MALFORMED);
  else
    return check_numbers (core, device, hello, error);
  return FALSE;
}

static GString *
start_answer (ZfServerCore *core, const ZfDevice *device, JsonObject *hello, gint64 now_ms)
{
  GString *out = g_string_new ("{");

  zf_wire_put_member (out, "server", core->server_id);
  zf_wire_put_member (out, "server_epoch", core->server_epoch);
  zf_wire_put_int (out, "time_ms", now_ms);
  zf_wire_put_int (out, "proto", ZF_WIRE_PROTO);
  g_string_append_printf (out, ",\"schema\":{\"cur\":%d,\"min_pull\":1}", ZF_WIRE_SCHEMA);
  zf_server_put_scope (out, device, hello);
  g_string_append_printf (out, ",\"limits\":{\"changes\":%u,\"bytes\":%d,\"chunk\":%d}", core->max_changes, ZF_WIRE_MAX_BODY,
                          ZF_WIRE_PAGE_BYTES);
  return out;
}

static gboolean
begin_exchange (ZfExchange *exchange, JsonObject *hello, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  return store->verbs->origin (store, exchange->device->id, zf_json_get_string (hello, "epoch", ""), &exchange->origin, &exchange->acked, error);
}

/* Each half is one transaction; the push is on disk before the pull begins. */
static gboolean
do_push (ZfExchange *exchange, const Request *request, GString *out, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  g_string_append (out, ",\"push\":");
  if (request->push.text == NULL)
    {
      g_string_append (out, "null");
      return TRUE;
    }
  if (!zf_server_take_published (exchange->core, error) || !store->verbs->txn (store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (exchange->core,
                        begin_exchange (exchange, request->hello, error) && zf_server_push (exchange, &request->push, out, error), error);
}

static gboolean
do_pull (ZfExchange *exchange, const Request *request, GString *out, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  g_string_append (out, ",\"pull\":");
  if (request->pull == NULL || !zf_server_scope_is_current (exchange->device, request->hello))
    {
      g_string_append (out, "null");
      return TRUE;
    }
  if (!store->verbs->txn (store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (exchange->core,
                        begin_exchange (exchange, request->hello, error) && zf_server_pull (exchange, request->pull, out, error), error);
}

ZfSyncResponse *
zf_server_sync (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *http, GError **error)
{
  g_auto (Request) request = { 0 };
  ZfExchange exchange = { .core = core, .device = device, .base_seq = -1, .now_ms = zf_clock_now_ms (core->clock) };
  g_autoptr (GString) out = NULL;

  if (!read_request (http, &request, error) || !check_hello (core, device, request.hello, error))
    return NULL;
  zf_crash_point ("server-parsed");
  exchange.skew_ms = exchange.now_ms - zf_json_get_int (request.hello, "clock_ms", exchange.now_ms);
  out = start_answer (core, device, request.hello, exchange.now_ms);
  if (!do_push (&exchange, &request, out, error) || !do_pull (&exchange, &request, out, error))
    return NULL;
  g_string_append (out, ",\"cmd\":null}");
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_RESPONSE, g_string_free_to_bytes (g_steal_pointer (&out)));
}

