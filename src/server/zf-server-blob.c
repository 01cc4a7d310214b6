/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Picture files as wholes: DIR/blobs/aa/<sha256>. Names on disk are only hashes that were checked. */
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-photo.h"
#include "zf-server-core-private.h"

#define MAX_CHECK 1000

static char *
blob_path (ZfServerCore *core, const char *sha256, gboolean thumb)
{
  g_autofree char *folder = g_strndup (sha256, 2);
  g_autofree char *name = g_strconcat (sha256, thumb ? ".thumb" : "", NULL);

  return g_build_filename (core->dir, "blobs", folder, name, NULL);
}

/* Durable on return: contents, then the name. */
static gboolean
write_file (const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, "The folder for photos cannot be made");
      return FALSE;
    }
  return g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static char *
name_in (const ZfSyncRequest *request)
{
  const char *name = request->path + strlen ("/v1/blobs/");
  g_autofree char *sha256 = g_strndup (name, strcspn (name, "?"));

  return zf_wire_is_sha256 (sha256) ? g_steal_pointer (&sha256) : NULL;
}

static gboolean
note_blob (ZfServerCore *core, const char *sha256, gsize size, const ZfDevice *device, GError **error)
{
  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core,
                        core->store->verbs->put_blob (core->store, sha256, (gint64) size, device->id, zf_clock_now_ms (core->clock), error),
                        error);
}

ZfSyncResponse *
zf_server_blob_put (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  g_autofree char *sha256 = name_in (request);
  g_autofree char *actual = NULL;
  g_autofree char *path = NULL;

  if (sha256 == NULL || request->body == NULL || g_bytes_get_size (request->body) == 0)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, request->body);
  if (!g_str_equal (actual, sha256))
    {
      zf_problem_set (error, ZF_PROBLEM_BLOB_DIGEST);
      return NULL;
    }
  path = blob_path (core, sha256, FALSE);
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !write_file (path, request->body, error))
    return NULL;
  if (!note_blob (core, sha256, g_bytes_get_size (request->body), device, error))
    return NULL;
  return zf_server_answer (core, 201, ZF_WIRE_TYPE_JSON, g_bytes_new_static ("{\"stored\":true,\"durable\":false}", 31));
}

static gboolean
put_name (ZfServerCore *core, const ZfDevice *device, const char *sha256, GString *have, GString *want, GError **error)
{
  gboolean visible;
  GString *list;

  if (!core->store->verbs->blob_visible (core->store, sha256, device, &visible, error))
    return FALSE;
  list = visible ? have : want;
  g_string_append (list, list->len > 1 ? "," : "");
  zf_wire_put_string (list, sha256);
  return TRUE;
}

/* The names that the tablet asks about, or NULL. */
static JsonArray *
names_asked (const ZfSyncRequest *request, JsonObject **body)
{
  gsize len = 0;
  const char *text = request->body != NULL ? g_bytes_get_data (request->body, &len) : NULL;
  JsonArray *names;

  *body = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;
  names = *body != NULL ? zf_json_get_array (*body, "sha256") : NULL;
  if (names == NULL || json_array_get_length (names) > MAX_CHECK)
    return NULL;
  for (guint i = 0; i < json_array_get_length (names); i++)
    if (!JSON_NODE_HOLDS_VALUE (json_array_get_element (names, i)) ||
        !zf_wire_is_sha256 (json_node_get_string (json_array_get_element (names, i))))
      return NULL;
  return names;
}

ZfSyncResponse *
zf_server_blobs_check (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  g_autoptr (JsonObject) body = NULL;
  JsonArray *names = names_asked (request, &body);
  g_autoptr (GString) have = g_string_new ("[");
  g_autoptr (GString) want = g_string_new ("[");
  GString *out;

  if (names == NULL)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (names); i++)
    if (!put_name (core, device, json_array_get_string_element (names, i), have, want, error))
      return NULL;
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"have\":%s],\"want\":%s],\"durable\":[]}", have->str, want->str);
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (out));
}

/* Made at the first request, kept beside the picture. */
static gboolean
make_thumb (const char *full, const char *thumb, GError **error)
{
  g_autoptr (ZfPicture) picture = zf_picture_load (full, error);

  return picture != NULL && write_file (thumb, picture->thumb, error);
}

static GBytes *
read_blob (ZfServerCore *core, const char *sha256, gboolean thumb, GError **error)
{
  g_autofree char *full = blob_path (core, sha256, FALSE);
  g_autofree char *path = blob_path (core, sha256, thumb);
  char *data;
  gsize len;

  if (thumb && !g_file_test (path, G_FILE_TEST_EXISTS) && !make_thumb (full, path, error))
    return NULL;
  return g_file_get_contents (path, &data, &len, error) ? g_bytes_new_take (data, len) : NULL;
}

ZfSyncResponse *
zf_server_blob_get (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  g_autofree char *sha256 = name_in (request);
  gboolean visible = FALSE;
  GBytes *bytes;

  if (sha256 != NULL && !core->store->verbs->blob_visible (core->store, sha256, device, &visible, error))
    return NULL;
  if (!visible)
    {
      zf_problem_set (error, ZF_PROBLEM_NOT_FOUND);
      return NULL;
    }
  bytes = read_blob (core, sha256, g_str_has_suffix (request->path, "size=thumb"), error);
  return bytes != NULL ? zf_server_answer (core, 200, ZF_WIRE_TYPE_JPEG, bytes) : NULL;
}
