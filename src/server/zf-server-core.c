/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-schema.h"
#include "zf-relay.h"
#include "zf-server-blob.h"
#include "zf-server-pack.h"

ZfSyncResponse *
zf_server_answer (ZfServerCore *core, guint status, const char *type, GBytes *body)
{
  return zf_sync_response_new (status, type, core->server_id, body);
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
  { "GET", "/v1/snapshot/", TRUE, TRUE, 1, NULL, zf_server_snapshot },
  { "GET", "/v1/digest/", TRUE, TRUE, 1, NULL, zf_server_digest },
  { "POST", "/v1/fetch", FALSE, TRUE, 128 * 1024, ZF_WIRE_TYPE_JSON, zf_server_fetch },
  { "GET", "/v1/history/", TRUE, TRUE, 1, NULL, zf_server_history },
  { "POST", "/v1/mail", FALSE, TRUE, ZF_RELAY_MAX, ZF_RELAY_TYPE, zf_server_mail },
  { "POST", "/v1/blobs/check", FALSE, TRUE, 128 * 1024, ZF_WIRE_TYPE_JSON, zf_server_blobs_check },
  { "OPTIONS", "/v1/blobs", FALSE, TRUE, 1, NULL, zf_server_tus_options },
  { "POST", "/v1/blobs", FALSE, TRUE, 1, NULL, zf_server_tus_create },
  { "HEAD", "/v1/blobs/up/", TRUE, TRUE, 1, NULL, zf_server_tus_head },
  { "PATCH", "/v1/blobs/up/", TRUE, TRUE, ZF_BLOB_CHUNK, ZF_TUS_TYPE, zf_server_tus_patch },
  { "DELETE", "/v1/blobs/up/", TRUE, TRUE, 1, NULL, zf_server_tus_delete },
  { "GET", "/v1/blobs/", TRUE, TRUE, 1, NULL, zf_server_blob_get },
  { "GET", "/v1/packs/", TRUE, TRUE, 1, NULL, zf_server_pack_get },
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

  zf_crash_point ("server-answer");
  return response != NULL ? response : zf_server_refuse (core, error);
}

gboolean
zf_server_end (ZfServerCore *core, gboolean ok, GError **error)
{
  if (!ok)
    {
      core->store->verbs->txn (core->store, ZF_TXN_ROLLBACK, NULL);
      return FALSE;
    }
  zf_crash_point ("server-before-commit");
  ok = core->store->verbs->txn (core->store, ZF_TXN_COMMIT, error);
  zf_crash_point ("server-committed");
  return ok;
}

/* The core itself */

ZfServerCore *
zf_server_core_new (const char *dir, ZfKinds *kinds, ZfClock *clock, ZfRandom *random, GError **error)
{
  ZfServerCoreOptions options = { .kinds = kinds, .clock = clock, .random = random };

  return zf_server_core_new_with (dir, &options, error);
}

/* Every answer says them. */
static gboolean
take_names (ZfServerCore *core, GError **error)
{
  ZfServerStore *store = core->store;

  if (!store->verbs->get_meta (store, "server_id", &core->server_id, error) || !store->verbs->get_meta (store, "server_epoch", &core->server_epoch, error))
    return FALSE;
  if (core->server_id != NULL && core->server_epoch != NULL)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The county's data has lost its own name. Restore a backup");
  return FALSE;
}

ZfServerCore *
zf_server_core_new_with (const char *dir, const ZfServerCoreOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "server.db", NULL);
  ZfServerStore *store = zf_server_store_open_sqlite (path, FALSE, options->vfs, error);
  ZfServerCore *core;

  if (store == NULL)
    return NULL;
  core = g_new0 (ZfServerCore, 1);
  core->store = store;
  core->dir = g_strdup (dir);
  core->kinds = g_object_ref (options->kinds);
  core->base_kinds = g_object_ref (options->kinds);
  core->clock = g_object_ref (options->clock);
  core->random = g_object_ref (options->random);
  core->files = options->files != NULL ? options->files : zf_files_system ();
  if (!zf_server_begin_epoch (core, error) || !zf_server_take_published (core, error) || !take_names (core, error))
    {
      zf_server_core_free (core);
      return NULL;
    }
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
  g_object_unref (core->base_kinds);
  g_free (core->published);
  g_free (core->last_cid);
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
