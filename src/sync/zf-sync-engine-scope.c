/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* Villages: copying whole what the tablet is to hold, giving up what it is not. */

#include "zf-json.h"
#include "zf-sync-engine-private.h"
#include "zf-wire-snapshot.h"
#include "zf-wire.h"

/* Parts that a transport may fetch before they are asked for. */
#define AHEAD 2

static gboolean
is_among (const char *scope, char **scopes)
{
  return scopes != NULL && g_strv_contains ((const char *const *) scopes, scope);
}

/* County-wide records first: forms and villages that the others need. */
void
zf_engine_take_scope (ZfSyncEngine *engine, JsonObject *scope)
{
  g_autoptr (GStrvBuilder) wanted = g_strv_builder_new ();
  JsonArray *teams = zf_json_get_array (scope, "teams");

  g_strv_builder_add (wanted, teams != NULL ? "*" : "all");
  for (guint i = 0; teams != NULL && i < json_array_get_length (teams); i++)
    g_strv_builder_add (wanted, json_array_get_string_element (teams, i));
  g_strfreev (engine->scope);
  engine->scope = g_strv_builder_end (wanted);
  engine->scope_epoch = zf_json_get_int (scope, "epoch", 0);
}

static const char *
first_missing (ZfSyncEngine *engine, char **held)
{
  for (guint i = 0; engine->scope[i] != NULL; i++)
    if (!is_among (engine->scope[i], held))
      return engine->scope[i];
  return NULL;
}

static const char *
first_left (ZfSyncEngine *engine, char **held)
{
  for (guint i = 0; held[i] != NULL; i++)
    if (!is_among (held[i], engine->scope))
      return held[i];
  return NULL;
}

static ZfSyncRequest *
ask_list (ZfSyncEngine *engine, const char *scope)
{
  return zf_engine_request (engine, "GET", g_strdup_printf ("/v1/snapshot/%s", scope), ZF_WIRE_TYPE_JSON, NULL);
}

static char *
path_of (JsonObject *part, gint64 n)
{
  return g_strdup_printf ("/v1/snapshot/%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, zf_json_get_string (part, "scope", ""),
                          zf_json_get_int (part, "seq", 0), n);
}

static gpointer
unpack_part (GBytes *body, GObject *kinds)
{
  g_autoptr (JsonArray) items = zf_snapshot_read (body, NULL);

  return items != NULL ? zf_copy_new (ZF_KINDS (kinds), items) : NULL;
}

/* Numbers count without gaps up to the last part. */
static ZfSyncRequest *
ask_part (ZfSyncEngine *engine, JsonObject *part)
{
  gint64 n = zf_json_get_int (part, "n", 0), last = MIN (zf_json_get_int (part, "of", n), n + AHEAD);
  ZfSyncRequest *request = zf_engine_request (engine, "GET", path_of (part, n), ZF_SNAPSHOT_TYPE, NULL);
  g_autoptr (GStrvBuilder) ahead = g_strv_builder_new ();

  for (gint64 next = n + 1; next <= last; next++)
    {
      g_autofree char *path = path_of (part, next);

      g_strv_builder_add (ahead, path);
    }
  request->ahead = g_strv_builder_end (ahead);
  request->unpack = unpack_part;
  request->unpacked_free = (GDestroyNotify) zf_copy_unref;
  request->unpack_with = G_OBJECT (g_object_ref (zf_store_kinds (engine->store)));
  return request;
}

/* A slice of the part that is here. */
static gboolean
take_slice (ZfSyncEngine *engine, GError **error)
{
  gboolean done = FALSE;

  if (!zf_ledger_snapshot_take (engine->store, engine->copy_n, engine->copy, engine->limits.slice_ms, &done, &engine->progress.copied, error))
    return FALSE;
  if (done)
    g_clear_pointer (&engine->copy, zf_copy_unref);
  return TRUE;
}

/* A copy that was begun goes on, unless nobody wants it any more. *working: there was something to do. */
static gboolean
go_on (ZfSyncEngine *engine, ZfSyncRequest **request, gboolean *working, GError **error)
{
  g_autofree char *scope = NULL;
  g_autoptr (JsonObject) part = NULL;
  gboolean done = FALSE;

  *working = FALSE;
  if (!zf_ledger_snapshot_next (engine->reader, &scope, &part, error))
    return FALSE;
  if (scope == NULL)
    return TRUE;
  *working = TRUE;
  if (!is_among (scope, engine->scope))
    return zf_ledger_snapshot_drop (engine->store, error);
  if (engine->copy != NULL)
    return take_slice (engine, error);
  if (part != NULL)
    {
      *request = ask_part (engine, part);
      return TRUE;
    }
  if (!zf_ledger_snapshot_apply (engine->store, engine->limits.slice_ms, &done, &engine->progress.copied, error))
    return FALSE;
  engine->progress.entered += done;
  return TRUE;
}

static gboolean
leave (ZfSyncEngine *engine, const char *village, GError **error)
{
  gboolean done = FALSE;

  if (!zf_ledger_leave (engine->store, village, engine->limits.slice_ms, &done, error))
    return FALSE;
  engine->progress.left += done;
  return TRUE;
}

/* What the tablet says from now on is that it holds all of it. */
static gboolean
keep_epoch (ZfSyncEngine *engine, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, engine->scope_epoch);

  return zf_engine_keep_meta (engine->store, "scope_epoch", text, error);
}

gboolean
zf_engine_next_scope (ZfSyncEngine *engine, ZfSyncRequest **request, gboolean *done, GError **error)
{
  g_auto (GStrv) held = NULL;
  g_auto (GStrv) strays = NULL;
  const char *village;
  gboolean working;

  *done = FALSE;
  if (!go_on (engine, request, &working, error))
    return FALSE;
  if (working)
    return TRUE;
  held = zf_ledger_villages (engine->reader);
  village = first_missing (engine, held);
  if (village != NULL)
    {
      *request = ask_list (engine, village);
      return TRUE;
    }
  strays = zf_ledger_strays (engine->reader);
  village = first_left (engine, held);
  if (village == NULL)
    village = first_left (engine, strays);
  if (village != NULL)
    return leave (engine, village, error);
  *done = TRUE;
  g_clear_pointer (&engine->scope, g_strfreev);
  return keep_epoch (engine, error);
}

static gboolean
take_list (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_autoptr (JsonObject) list = zf_engine_parse (response, error);
  JsonArray *parts = list != NULL ? zf_json_get_array (list, "parts") : NULL;
  const char *scope = list != NULL ? zf_json_get_string (list, "scope", NULL) : NULL;

  if (list == NULL)
    return FALSE;
  if (parts == NULL || scope == NULL || !is_among (scope, engine->scope) || zf_json_get_int (list, "seq", -1) < 0)
    return zf_engine_bad_answer (error);
  /* A part in hand is one of another copy, whatever its number. */
  g_clear_pointer (&engine->copy, zf_copy_unref);
  engine->progress.parts = 0;
  engine->progress.to_parts = json_array_get_length (parts);
  return zf_ledger_snapshot_begin (engine->store, scope, zf_json_get_int (list, "seq", 0), parts, error);
}

/* What the transport has unpacked already, else now. */
static ZfCopy *
unpacked (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_autoptr (JsonArray) items = NULL;

  if (response->unpacked != NULL)
    return zf_copy_ref (response->unpacked);
  items = zf_snapshot_read (response->body, error);
  return items != NULL ? zf_copy_new (zf_store_kinds (engine->store), items) : NULL;
}

/* A part that is not the one that was listed is asked for again in the next run. */
static gboolean
take_part (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_autofree char *scope = NULL;
  g_autoptr (JsonObject) part = NULL;
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, response->body);

  if (!zf_ledger_snapshot_next (engine->reader, &scope, &part, error))
    return FALSE;
  if (part == NULL || g_strcmp0 (zf_json_get_string (part, "sha256", NULL), sha256) != 0)
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CUT, "A part of a village was damaged on its way");
      return FALSE;
    }
  g_clear_pointer (&engine->copy, zf_copy_unref);
  engine->copy = unpacked (engine, response, error);
  engine->copy_n = (guint) zf_json_get_int (part, "n", 0);
  engine->progress.parts++;
  return engine->copy != NULL;
}

gboolean
zf_engine_handle_scope (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  return zf_wire_type_is (response->type, ZF_SNAPSHOT_TYPE) ? take_part (engine, response, error) : take_list (engine, response, error);
}
