/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-parcel.h"

#include <string.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-parcel.h"
#include "zf-relay.h"
#include "zf-server-blob.h"
#include "zf-server-core-private.h"
#include "zf-server-seal.h"

/* A feed longer than this many pages comes by snapshots. */
#define MAX_PAGES 10000

/* One parcel */

typedef struct
{
  ZfServerCore *core;
  ZfDevice *device;
  char *token;
  JsonObject *hello;
  gint64 after;
  GHashTable *holds;      /* scopes that the tablet has */
  JsonArray *have;        /* hashes of photo files that arrived */
  ZfSealWriter *reply;
} Parcel;

static void
parcel_clear (Parcel *parcel)
{
  zf_device_free (parcel->device);
  g_free (parcel->token);
  g_clear_pointer (&parcel->hello, json_object_unref);
  g_clear_pointer (&parcel->holds, g_hash_table_unref);
  g_clear_pointer (&parcel->have, json_array_unref);
  zf_seal_writer_free (parcel->reply);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parcel, parcel_clear)

static gboolean
no_parcel (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "This is not a parcel of a tablet of this county; nothing of it was used");
  return FALSE;
}

static gboolean
read_out (Parcel *parcel, JsonObject *head, GError **error)
{
  JsonArray *holds = zf_json_get_array (head, "holds");
  JsonObject *hello = zf_json_get_object (head, "hello");
  const char *token = zf_json_get_string (head, "token", NULL);
  g_autofree char *hash = token != NULL ? zf_wire_sha256 (token, -1) : NULL;

  if (!g_str_equal (zf_json_get_string (head, "t", ""), "out") || zf_json_get_int (head, "v", 0) != 1 || hello == NULL || holds == NULL ||
      hash == NULL)
    return no_parcel (error);
  parcel->device = parcel->core->store->verbs->device_by_token (parcel->core->store, hash, error);
  if (parcel->device == NULL || parcel->device->suspended || parcel->device->seal_key == NULL)
    return error != NULL && *error != NULL ? FALSE : no_parcel (error);
  parcel->token = g_strdup (token);
  parcel->hello = json_object_ref (hello);
  parcel->after = zf_json_get_int (head, "after", 0);
  for (guint i = 0; i < json_array_get_length (holds); i++)
    if (JSON_NODE_HOLDS_VALUE (json_array_get_element (holds, i)))
      g_hash_table_add (parcel->holds, g_strdup (json_array_get_string_element (holds, i)));
  return TRUE;
}

static ZfSyncRequest *
make_request (Parcel *parcel, const char *method, const char *path, const char *key, GBytes *body)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = method;
  request->path = g_strdup (path);
  request->type = ZF_WIRE_TYPE_REQUEST;
  request->accept = ZF_WIRE_TYPE_RESPONSE;
  request->key = g_strdup (key);
  request->token = g_strdup (parcel->token);
  request->body = body != NULL ? g_bytes_ref (body) : NULL;
  return request;
}

/* *response (transfer full) (nullable): what was answered, for who composes the next request from it. */
static gboolean
answer (Parcel *parcel, const ZfSyncRequest *request, const char *to, ZfSyncResponse **out, GError **error)
{
  g_autoptr (ZfSyncResponse) response = zf_server_core_handle (parcel->core, request);
  g_autoptr (JsonObject) head = json_object_new ();

  json_object_set_string_member (head, "t", "answer");
  json_object_set_string_member (head, "to", to);
  json_object_set_int_member (head, "status", response->status);
  if (response->type != NULL)
    json_object_set_string_member (head, "type", response->type);
  if (!zf_parcel_put (parcel->reply, head, response->body, error))
    return FALSE;
  if (out != NULL)
    *out = g_steal_pointer (&response);
  return TRUE;
}

static gboolean
take_push (Parcel *parcel, JsonObject *head, GBytes *body, GError **error)
{
  const char *key = zf_json_get_string (head, "key", NULL);
  g_autoptr (ZfSyncRequest) request = NULL;
  g_autofree char *to = NULL;

  if (key == NULL)
    return no_parcel (error);
  request = make_request (parcel, "POST", "/v1/sync", key, body);
  to = zf_parcel_mark (request);
  return answer (parcel, request, to, NULL, error);
}

/* As an upload over a line would bring it: bytes that came that way already are not written twice. */
static gboolean
keep_blob (Parcel *parcel, const char *sha256, GBytes *bytes, GError **error)
{
  g_auto (ZfServerUpload) upload = { .core = parcel->core, .device = parcel->device };
  gsize size = g_bytes_get_size (bytes);
  gboolean here, durable;

  if (!zf_server_blob_state (parcel->core, parcel->device, sha256, &here, &durable, error))
    return FALSE;
  if (here)
    return TRUE;
  if (!zf_server_upload_open (&upload, sha256, (gint64) size, error))
    return FALSE;
  while ((gsize) upload.offset < size)
    {
      g_autoptr (GBytes) chunk = g_bytes_new_from_bytes (bytes, (gsize) upload.offset, MIN (ZF_BLOB_CHUNK, size - (gsize) upload.offset));

      if (!zf_server_upload_add (&upload, chunk, error))
        return FALSE;
    }
  return TRUE;
}

/* A file that is not what its name says is left out: the tablet still has it. */
static gboolean
take_blob (Parcel *parcel, JsonObject *head, GBytes *bytes, GError **error)
{
  const char *sha256 = zf_json_get_string (head, "sha256", NULL);
  g_autoptr (GError) local = NULL;

  if (!zf_wire_is_sha256 (sha256) || g_bytes_get_size (bytes) == 0)
    return no_parcel (error);
  if (keep_blob (parcel, sha256, bytes, &local))
    json_array_add_string_element (parcel->have, sha256);
  else if (!g_error_matches (local, ZF_PROBLEM, ZF_PROBLEM_BLOB_DIGEST))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_entry (Parcel *parcel, JsonObject *head, GBytes *payload, GError **error)
{
  const char *t = zf_json_get_string (head, "t", "");

  if (g_str_equal (t, "push"))
    return take_push (parcel, head, payload, error);
  return g_str_equal (t, "blob") ? take_blob (parcel, head, payload, error) : no_parcel (error);
}

static gboolean
take_entries (Parcel *parcel, ZfSealReader *in, GError **error)
{
  for (;;)
    {
      g_autoptr (JsonObject) head = NULL;
      g_autoptr (GBytes) payload = NULL;

      if (!zf_parcel_next (in, &head, &payload, error))
        return FALSE;
      if (head == NULL)
        return TRUE;
      if (!take_entry (parcel, head, payload, error))
        return FALSE;
    }
}

/* What comes down */

static JsonObject *
parse_body (const ZfSyncResponse *response)
{
  return zf_json_parse_object (g_bytes_get_data (response->body, NULL), (gssize) g_bytes_get_size (response->body), NULL);
}

static gboolean
put_get (Parcel *parcel, const char *path, ZfSyncResponse **out, GError **error)
{
  g_autoptr (ZfSyncRequest) request = make_request (parcel, "GET", path, NULL, NULL);
  g_autofree char *to = zf_parcel_mark (request);

  return answer (parcel, request, to, out, error);
}

/* The list of a scope's parts and the parts; the feed goes on after the smallest seq of what is held. */
static gboolean
put_snapshot (Parcel *parcel, const char *scope, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/v1/snapshot/%s", scope);
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (JsonObject) list = NULL;
  JsonArray *parts;
  gint64 seq;

  if (!put_get (parcel, path, &response, error))
    return FALSE;
  list = response->status == 200 ? parse_body (response) : NULL;
  parts = list != NULL ? zf_json_get_array (list, "parts") : NULL;
  if (parts == NULL)
    return TRUE;
  seq = zf_json_get_int (list, "seq", 0);
  for (guint i = 0; i < json_array_get_length (parts); i++)
    {
      g_autofree char *part = g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, path, seq,
                                               zf_json_get_int (json_array_get_object_element (parts, i), "n", i + 1));

      if (!put_get (parcel, part, NULL, error))
        return FALSE;
    }
  parcel->after = g_hash_table_size (parcel->holds) == 0 ? seq : MIN (parcel->after, seq);
  g_hash_table_add (parcel->holds, g_strdup (scope));
  return TRUE;
}

static gboolean
is_left (gpointer scope, gpointer value, gpointer data)
{
  JsonArray *teams = data;

  for (guint i = 0; i < json_array_get_length (teams); i++)
    if (g_strcmp0 (scope, json_array_get_string_element (teams, i)) == 0)
      return FALSE;
  return !g_str_equal (scope, "*");
}

/* The tablet's villages are others now: the ones that it lacks come whole. */
static gboolean
put_scope (Parcel *parcel, JsonObject *scope, GError **error)
{
  JsonArray *teams = zf_json_get_array (scope, "teams");

  json_object_set_int_member (parcel->hello, "scope_epoch", zf_json_get_int (scope, "epoch", 0));
  if (teams == NULL)
    return g_hash_table_contains (parcel->holds, "all") || put_snapshot (parcel, "all", error);
  g_hash_table_foreach_remove (parcel->holds, is_left, teams);
  if (!g_hash_table_contains (parcel->holds, "*") && !put_snapshot (parcel, "*", error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (teams); i++)
    {
      const char *village = json_array_get_string_element (teams, i);

      if (!g_hash_table_contains (parcel->holds, village) && !put_snapshot (parcel, village, error))
        return FALSE;
    }
  return TRUE;
}

/* *more: another page, or the same place once more after the villages changed. */
static gboolean
put_page (Parcel *parcel, gboolean *more, GError **error)
{
  g_autoptr (JsonObject) pull = zf_wire_pull (parcel->after, ZF_WIRE_PAGE_ITEMS, ZF_WIRE_PAGE_BYTES);
  g_autoptr (GBytes) body = zf_wire_request (parcel->hello, NULL, pull);
  g_autoptr (ZfSyncRequest) request = make_request (parcel, "POST", "/v1/sync", NULL, body);
  g_autofree char *to = zf_parcel_mark (request);
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (JsonObject) got = NULL;
  JsonObject *page;
  JsonObject *scope;

  *more = FALSE;
  if (!answer (parcel, request, to, &response, error))
    return FALSE;
  got = response->status == 200 ? parse_body (response) : NULL;
  if (got == NULL)
    return TRUE;
  page = zf_json_get_object (got, "pull");
  scope = zf_json_get_object (got, "scope");
  if (page != NULL)
    {
      parcel->after = zf_json_get_int (page, "next", parcel->after);
      *more = zf_json_get_bool (page, "more", FALSE);
      return TRUE;
    }
  *more = scope != NULL && zf_json_get_int (scope, "epoch", 0) != zf_json_get_int (parcel->hello, "scope_epoch", 0);
  return !*more || put_scope (parcel, scope, error);
}

static gboolean
put_feed (Parcel *parcel, GError **error)
{
  gboolean more = TRUE;

  for (guint i = 0; more && i < MAX_PAGES; i++)
    if (!put_page (parcel, &more, error))
      return FALSE;
  return TRUE;
}

static gboolean
put_files (Parcel *parcel, GError **error)
{
  g_autoptr (JsonObject) head = json_object_new ();

  json_object_set_string_member (head, "t", "files");
  json_object_set_array_member (head, "have", json_array_ref (parcel->have));
  json_object_set_array_member (head, "durable", json_array_new ());
  return zf_parcel_put (parcel->reply, head, NULL, error);
}

static gboolean
begin_reply (Parcel *parcel, const char *path, GError **error)
{
  g_autoptr (JsonObject) head = json_object_new ();
  guint8 reader[1][ZF_SEAL_KEY_BYTES];

  if (!zf_seal_key_read (parcel->device->seal_key, reader[0]))
    return no_parcel (error);
  parcel->reply = zf_seal_writer_new (path, (const guint8 (*)[ZF_SEAL_KEY_BYTES]) reader, 1, error);
  json_object_set_string_member (head, "t", "reply");
  json_object_set_int_member (head, "v", ZF_PARCEL_VERSION);
  json_object_set_string_member (head, "device", parcel->device->id);
  json_object_set_string_member (head, "server", zf_server_core_id (parcel->core));
  return parcel->reply != NULL && zf_parcel_put (parcel->reply, head, NULL, error);
}

static gboolean
begin (Parcel *parcel, ZfSealReader *in, const char *out, GError **error)
{
  g_autoptr (JsonObject) head = NULL;
  g_autoptr (GBytes) payload = NULL;

  if (!zf_parcel_next (in, &head, &payload, error))
    return FALSE;
  return head != NULL ? read_out (parcel, head, error) && begin_reply (parcel, out, error) : no_parcel (error);
}

gboolean
zf_server_parcel_take (ZfServerCore *core, const char *in, const char *out, GError **error)
{
  g_auto (Parcel) parcel = { .core = core };
  g_autoptr (ZfSealReader) reader = NULL;
  ZfSealPair pair;

  if (!zf_server_seal_pair (core, &pair, error))
    return FALSE;
  reader = zf_seal_reader_new (in, &pair, 1, error);
  if (reader == NULL)
    return FALSE;
  parcel.holds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  parcel.have = json_array_new ();
  return begin (&parcel, reader, out, error) && take_entries (&parcel, reader, error) && put_feed (&parcel, error) &&
         put_files (&parcel, error) && zf_seal_writer_finish (parcel.reply, error);
}

/* One that came over a line: through a file, as from a stick. */
ZfSyncResponse *
zf_server_mail (ZfServerCore *core, const ZfDevice *carrier, const ZfSyncRequest *request, GError **error)
{
  g_autofree char *name = zf_id_new (core->clock, core->random);
  g_autofree char *in = g_strdup_printf ("%s/mail/%s.in", core->dir, name);
  g_autofree char *out = g_strdup_printf ("%s/mail/%s.out", core->dir, name);
  g_autoptr (GError) local = NULL;
  GBytes *reply = NULL;

  if (request->body == NULL)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  if (zf_files_write (core->files, in, request->body, &local) && zf_server_parcel_take (core, in, out, &local))
    reply = zf_files_read (core->files, out, &local);
  zf_files_remove (core->files, in, NULL);
  zf_files_remove (core->files, out, NULL);
  if (reply != NULL)
    return zf_server_answer (core, 200, ZF_RELAY_TYPE, reply);
  if (g_error_matches (local, ZF_ERROR, ZF_ERROR_INVALID) || g_error_matches (local, ZF_ERROR, ZF_ERROR_CORRUPT))
    zf_problem_set (error, ZF_PROBLEM_MALFORMED);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
