/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-schema.h"
#include "zf-server-core-private.h"

G_DEFINE_QUARK (zf-problem-quark, zf_problem)

static const struct
{
  guint status;
  const char *code;
  gboolean retry;
  const char *detail;
} problems[] = {
  [ZF_PROBLEM_MALFORMED] = { 400, "malformed", FALSE, "The request could not be read." },
  [ZF_PROBLEM_TOKEN] = { 401, "token_invalid", FALSE, "The token is missing or unknown." },
  [ZF_PROBLEM_SUSPENDED] = { 403, "suspended", FALSE, "This device is suspended." },
  [ZF_PROBLEM_FORBIDDEN] = { 403, "forbidden", FALSE, "This device may not do that." },
  [ZF_PROBLEM_CODE] = { 403, "code", FALSE, "The enrolment code is unknown, used or expired." },
  [ZF_PROBLEM_NOT_FOUND] = { 404, "not_found", FALSE, "There is nothing at this address for this device." },
  [ZF_PROBLEM_METHOD] = { 405, "method", FALSE, "This address takes another method." },
  [ZF_PROBLEM_LENGTH] = { 411, "length_required", FALSE, "The request must state its length." },
  [ZF_PROBLEM_TOO_LARGE] = { 413, "too_large", FALSE, "The request is larger than this address takes." },
  [ZF_PROBLEM_TYPE] = { 415, "type", FALSE, "The request has the wrong content type." },
  [ZF_PROBLEM_LSN_GAP] = { 409, "lsn_gap", TRUE, "Changes before these are missing." },
  [ZF_PROBLEM_FORK] = { 409, "device_fork", FALSE, "Other content was already sent under these numbers." },
  [ZF_PROBLEM_SERVER_EPOCH] = { 409, "server_epoch", FALSE, "The server's data was restored since the last contact." },
  [ZF_PROBLEM_IDEMPOTENCY] = { 422, "idempotency_mismatch", FALSE, "The same batch was sent before with other bytes." },
  [ZF_PROBLEM_BLOB_DIGEST] = { 422, "blob_digest", TRUE, "The file is not the one that its name says." },
  [ZF_PROBLEM_DIGEST] = { 422, "digest_mismatch", TRUE, "The request was damaged on its way." },
  [ZF_PROBLEM_UPGRADE] = { 426, "upgrade_required", FALSE, "This version speaks another protocol." },
  [ZF_PROBLEM_FAILED] = { 500, "failed", TRUE, "The server could not do it." },
  [ZF_PROBLEM_BUSY] = { 503, "busy", TRUE, "The server is busy." },
  [ZF_PROBLEM_FULL] = { 507, "full", TRUE, "The server's disk is full." },
};

void
zf_problem_set (GError **error, ZfProblem problem)
{
  g_set_error_literal (error, ZF_PROBLEM, (int) problem, problems[problem].detail);
}

/* Failures of the store below that a tablet can do something about. */
static ZfProblem
problem_of (const GError *error)
{
  if (error->domain == ZF_PROBLEM)
    return (ZfProblem) error->code;
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return ZF_PROBLEM_FULL;
  return g_error_matches (error, ZF_ERROR, ZF_ERROR_BUSY) ? ZF_PROBLEM_BUSY : ZF_PROBLEM_FAILED;
}

ZfSyncResponse *
zf_server_answer (ZfServerCore *core, guint status, const char *type, GBytes *body)
{
  return zf_sync_response_new (status, type, core->server_id, body);
}

ZfSyncResponse *
zf_server_refuse (ZfServerCore *core, const GError *error)
{
  ZfProblem problem = problem_of (error);
  GString *body = g_string_new ("{\"type\":\"about:blank\"");

  if (problem >= ZF_PROBLEM_FAILED)
    g_message ("A request failed: %s", error->message);
  zf_wire_put_int (body, "status", problems[problem].status);
  zf_wire_put_member (body, "code", problems[problem].code);
  zf_wire_put_member (body, "detail", problems[problem].detail);
  g_string_append_printf (body, ",\"retry\":%s", problems[problem].retry ? "true" : "false");
  if (problem == ZF_PROBLEM_LSN_GAP)
    zf_wire_put_int (body, "expect", core->expect);
  g_string_append_c (body, '}');
  return zf_server_answer (core, problems[problem].status, ZF_WIRE_TYPE_PROBLEM, g_string_free_to_bytes (body));
}

typedef struct
{
  const char *method;
  const char *path;
  gboolean below;       /* also everything under the path */
  gboolean token;
  gsize max_body;
  const char *type;     /* (nullable) */
  ZfSyncResponse *(*handle) (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
} Route;

static ZfSyncResponse *zf_server_probe (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);

static const Route routes[] = {
  { "GET", "/v1/probe", FALSE, FALSE, 1, NULL, zf_server_probe },
  { "POST", "/v1/sync", FALSE, TRUE, ZF_WIRE_MAX_BODY, ZF_WIRE_TYPE_REQUEST, zf_server_sync },
  { "POST", "/v1/enrol", FALSE, FALSE, 16 * 1024, ZF_WIRE_TYPE_JSON, zf_server_enrol },
  { "POST", "/v1/blobs/check", FALSE, TRUE, 128 * 1024, ZF_WIRE_TYPE_JSON, zf_server_blobs_check },
  { "PUT", "/v1/blobs/", TRUE, TRUE, ZF_WIRE_MAX_BLOB, ZF_WIRE_TYPE_JPEG, zf_server_blob_put },
  { "GET", "/v1/blobs/", TRUE, TRUE, 1, NULL, zf_server_blob_get },
};

static gboolean
route_matches (const Route *route, const char *path)
{
  return route->below ? g_str_has_prefix (path, route->path) : g_str_equal (path, route->path);
}

static const Route *
find_route (const char *method, const char *path, GError **error)
{
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (route_matches (&routes[i], path))
      {
        known = TRUE;
        if (g_str_equal (routes[i].method, method))
          return &routes[i];
      }
  zf_problem_set (error, known ? ZF_PROBLEM_METHOD : ZF_PROBLEM_NOT_FOUND);
  return NULL;
}

gsize
zf_server_core_max_body (const char *method, const char *path)
{
  const Route *route = find_route (method, path, NULL);

  return route != NULL ? route->max_body : 0;
}

static gboolean
type_fits (const Route *route, const char *type, GError **error)
{
  if (route->type == NULL || zf_wire_type_is (type, route->type))
    return TRUE;
  zf_problem_set (error, ZF_PROBLEM_TYPE);
  return FALSE;
}

gboolean
zf_server_admits (const char *method, const char *path, const char *type, gsize length, GError **error)
{
  const Route *route = find_route (method, path, error);

  if (route == NULL)
    return FALSE;
  if (length <= route->max_body)
    return type_fits (route, type, error);
  zf_problem_set (error, ZF_PROBLEM_TOO_LARGE);
  return FALSE;
}

/* Is the county there? Says nothing that needs a token. */
static ZfSyncResponse *
zf_server_probe (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  GString *out = g_string_new ("{");

  zf_wire_put_member (out, "server", core->server_id);
  zf_wire_put_int (out, "time_ms", zf_clock_now_ms (core->clock));
  g_string_append_c (out, '}');
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (out));
}

/* Two hex digests; takes the same time wherever they differ. */
static gboolean
equal_digests (const char *a, const char *b)
{
  guint difference = 0;

  if (!zf_wire_is_sha256 (a) || !zf_wire_is_sha256 (b))
    return FALSE;
  for (guint i = 0; i < 64; i++)
    difference |= (guint) (guchar) (a[i] ^ b[i]);
  return difference == 0;
}

static ZfDevice *
authenticate (ZfServerCore *core, const ZfSyncRequest *request, GError **error)
{
  g_autofree char *hash = request->token != NULL ? zf_wire_sha256 (request->token, -1) : NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfDevice) device = hash != NULL ? core->store->verbs->device_by_token (core->store, hash, &local) : NULL;

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (device == NULL || !equal_digests (device->token, hash))
    zf_problem_set (error, ZF_PROBLEM_TOKEN);
  else if (device->suspended)
    zf_problem_set (error, ZF_PROBLEM_SUSPENDED);
  else
    return g_steal_pointer (&device);
  return NULL;
}

static ZfSyncResponse *
route_request (ZfServerCore *core, const ZfSyncRequest *request, GError **error)
{
  g_autofree char *path = g_strndup (request->path, strcspn (request->path, "?"));
  const Route *route = find_route (request->method, path, error);
  g_autoptr (ZfDevice) device = NULL;

  if (route == NULL)
    return NULL;
  if (route->token)
    {
      device = authenticate (core, request, error);
      if (device == NULL)
        return NULL;
    }
  return type_fits (route, request->type, error) ? route->handle (core, device, request, error) : NULL;
}

ZfSyncResponse *
zf_server_core_handle (ZfServerCore *core, const ZfSyncRequest *request)
{
  g_autoptr (GError) error = NULL;
  ZfSyncResponse *response = route_request (core, request, &error);

  return response != NULL ? response : zf_server_refuse (core, error);
}

gboolean
zf_server_end (ZfServerCore *core, gboolean ok, GError **error)
{
  if (ok)
    return core->store->verbs->txn (core->store, ZF_TXN_COMMIT, error);
  core->store->verbs->txn (core->store, ZF_TXN_ROLLBACK, NULL);
  return FALSE;
}

/* Hello, push, pull */

typedef struct
{
  JsonObject *hello;
  ZfSlice push;          /* text NULL: none */
  JsonObject *pull;      /* (nullable) */
} Request;

static void
request_clear (Request *request)
{
  g_clear_pointer (&request->hello, json_object_unref);
  g_clear_pointer (&request->pull, json_object_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/* A line is told by its members: "changes" is a push, "after" a pull. */
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

static gboolean
check_hello (ZfServerCore *core, const ZfDevice *device, JsonObject *hello, GError **error)
{
  const char *known = zf_json_get_string (hello, "server_epoch", NULL);
  const char *epoch = zf_json_get_string (hello, "epoch", "");

  if (zf_json_get_int (hello, "proto", 0) != ZF_WIRE_PROTO)
    zf_problem_set (error, ZF_PROBLEM_UPGRADE);
  else if (g_strcmp0 (zf_json_get_string (hello, "device", NULL), device->id) != 0)
    zf_problem_set (error, ZF_PROBLEM_FORBIDDEN);
  else if (*epoch == '\0' || strlen (epoch) > 64)
    zf_problem_set (error, ZF_PROBLEM_MALFORMED);
  else if (known != NULL && !g_str_equal (known, core->server_epoch))
    zf_problem_set (error, ZF_PROBLEM_SERVER_EPOCH);
  else
    return TRUE;
  return FALSE;
}

static void
put_scope (GString *out, const ZfDevice *device, JsonObject *hello)
{
  g_string_append (out, ",\"scope\":{");
  zf_wire_put_int (out, "epoch", device->scope_epoch);
  if (zf_json_get_int (hello, "scope_epoch", 0) != device->scope_epoch && !device->everywhere)
    {
      g_string_append (out, ",\"teams\":[");
      for (guint i = 0; device->villages[i] != NULL; i++)
        {
          g_string_append (out, i > 0 ? "," : "");
          zf_wire_put_string (out, device->villages[i]);
        }
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, '}');
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
  put_scope (out, device, hello);
  g_string_append_printf (out, ",\"limits\":{\"changes\":%u,\"bytes\":%d}", core->max_changes, ZF_WIRE_MAX_BODY);
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
  if (!store->verbs->txn (store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (exchange->core,
                        begin_exchange (exchange, request->hello, error) && zf_server_push (exchange, &request->push, out, error), error);
}

static gboolean
do_pull (ZfExchange *exchange, const Request *request, GString *out, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  g_string_append (out, ",\"pull\":");
  if (request->pull == NULL)
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
  ZfExchange exchange = { .core = core, .device = device, .now_ms = zf_clock_now_ms (core->clock) };
  g_autoptr (GString) out = NULL;

  if (!read_request (http, &request, error) || !check_hello (core, device, request.hello, error))
    return NULL;
  exchange.skew_ms = exchange.now_ms - zf_json_get_int (request.hello, "clock_ms", exchange.now_ms);
  out = start_answer (core, device, request.hello, exchange.now_ms);
  if (!do_push (&exchange, &request, out, error) || !do_pull (&exchange, &request, out, error))
    return NULL;
  g_string_append (out, ",\"cmd\":null}");
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_RESPONSE, g_string_free_to_bytes (g_steal_pointer (&out)));
}

/* The core itself */

ZfServerCore *
zf_server_core_new (const char *dir, ZfKinds *kinds, ZfClock *clock, ZfRandom *random, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "server.db", NULL);
  ZfServerStore *store = zf_server_store_open_sqlite (path, FALSE, error);
  ZfServerCore *core;

  if (store == NULL)
    return NULL;
  core = g_new0 (ZfServerCore, 1);
  core->store = store;
  core->dir = g_strdup (dir);
  core->kinds = g_object_ref (kinds);
  core->clock = g_object_ref (clock);
  core->random = g_object_ref (random);
  core->server_id = store->verbs->get_meta (store, "server_id");
  core->server_epoch = store->verbs->get_meta (store, "server_epoch");
  core->max_changes = ZF_WIRE_MAX_CHANGES;
  core->max_items = ZF_WIRE_PAGE_ITEMS;
  core->max_bytes = ZF_WIRE_PAGE_BYTES;
  return core;
}

void
zf_server_core_free (ZfServerCore *core)
{
  if (core == NULL)
    return;
  zf_server_store_close (core->store);
  g_object_unref (core->kinds);
  g_object_unref (core->clock);
  g_object_unref (core->random);
  g_free (core->dir);
  g_free (core->server_id);
  g_free (core->server_epoch);
  g_free (core);
}

void
zf_server_core_trust (ZfServerCore *core)
{
  core->max_changes = 10000;
  core->max_items = 10000;
  core->max_bytes = 16 * 1024 * 1024;
}

ZfServerStore *
zf_server_core_store (ZfServerCore *core)
{
  return core->store;
}

const char *
zf_server_core_id (ZfServerCore *core)
{
  return core->server_id;
}
