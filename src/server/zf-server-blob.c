/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What tablets ask about photo files, and the way down. The way up is zf-server-tus.c. */
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-photo.h"
#include "zf-server-blob.h"

#define MAX_CHECK 1000
#define BELOW "/v1/blobs/"

char *
zf_server_blob_path (ZfServerCore *core, const char *sha256, gboolean thumb)
{
  g_autofree char *folder = g_strndup (sha256, 2);
  g_autofree char *name = g_strconcat (sha256, thumb ? ".thumb" : "", NULL);

  return g_build_filename (core->dir, "blobs", folder, name, NULL);
}

/* A row without its whole file is none: who has the file brings it again. */
gboolean
zf_server_blob_state (ZfServerCore *core, const ZfDevice *device, const char *sha256, gboolean *here, gboolean *durable, GError **error)
{
  g_autofree char *path = zf_server_blob_path (core, sha256, FALSE);
  gint64 size;

  if (!core->store->verbs->blob_visible (core->store, sha256, device, here, error) ||
      !core->store->verbs->blob (core->store, sha256, &size, durable, error))
    return FALSE;
  *here = *here && size >= 0 && zf_files_size (core->files, path) == size;
  *durable = *here && *durable;
  return TRUE;
}

/* The answer's three lists. */
typedef struct
{
  GString *have;
  GString *want;
  GString *durable;
} Lists;

static void
lists_clear (Lists *lists)
{
  g_string_free (lists->have, TRUE);
  g_string_free (lists->want, TRUE);
  g_string_free (lists->durable, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lists, lists_clear)

static void
put_name (GString *list, const char *sha256)
{
  g_string_append (list, list->len > 0 ? "," : "");
  zf_wire_put_string (list, sha256);
}

static gboolean
sort_name (ZfServerCore *core, const ZfDevice *device, const char *sha256, Lists *lists, GError **error)
{
  gboolean here = FALSE;
  gboolean durable = FALSE;

  if (!zf_server_blob_state (core, device, sha256, &here, &durable, error))
    return FALSE;
  put_name (here ? lists->have : lists->want, sha256);
  if (durable)
    put_name (lists->durable, sha256);
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
  g_auto (Lists) lists = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL) };
  GString *out;

  if (names == NULL)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (names); i++)
    if (!sort_name (core, device, json_array_get_string_element (names, i), &lists, error))
      return NULL;
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"have\":[%s],\"want\":[%s],\"durable\":[%s]}", lists.have->str, lists.want->str, lists.durable->str);
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (out));
}

/* GET /v1/blobs/<sha256>?size=thumb|full[&part=n] */
typedef struct
{
  char sha256[65];
  gboolean thumb;
  gint64 part;           /* -1: the whole */
} Wish;

static gboolean
read_option (const char *option, Wish *wish)
{
  const char *number = g_str_has_prefix (option, "part=") ? option + strlen ("part=") : NULL;

  if (number != NULL && *number != '\0' && strlen (number) <= 6 && strspn (number, "0123456789") == strlen (number))
    wish->part = g_ascii_strtoll (number, NULL, 10);
  else if (g_str_equal (option, "size=thumb"))
    wish->thumb = TRUE;
  else if (!g_str_equal (option, "size=full"))
    return FALSE;
  return TRUE;
}

static gboolean
read_wish (const char *path, Wish *wish)
{
  const char *name = path + strlen (BELOW);
  const char *query = strchr (name, '?');
  g_auto (GStrv) options = g_strsplit (query != NULL ? query + 1 : "", "&", -1);

  if ((query != NULL ? (gsize) (query - name) : strlen (name)) != 64)
    return FALSE;
  memcpy (wish->sha256, name, 64);
  for (guint i = 0; options[i] != NULL; i++)
    if (!read_option (options[i], wish))
      return FALSE;
  return zf_wire_is_sha256 (wish->sha256);
}

static GBytes *
not_found (GError **error)
{
  zf_problem_set (error, ZF_PROBLEM_NOT_FOUND);
  return NULL;
}

/* Made at the first request, kept beside the picture. A file that is no picture has none. */
static GBytes *
make_thumb (ZfServerCore *core, GBytes *full, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) thumb = zf_picture_thumb (full, &local);

  if (thumb == NULL)
    return not_found (error);
  return zf_files_write (core->files, path, thumb, error) ? g_steal_pointer (&thumb) : NULL;
}

static GBytes *
read_file (ZfServerCore *core, const Wish *wish, gboolean thumb, GError **error)
{
  g_autofree char *path = zf_server_blob_path (core, wish->sha256, thumb);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = zf_files_read (core->files, path, &local);
  g_autoptr (GBytes) full = NULL;

  if (bytes != NULL)
    return g_steal_pointer (&bytes);
  if (!g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (!thumb)
    return not_found (error);
  full = read_file (core, wish, FALSE, error);
  return full != NULL ? make_thumb (core, full, path, error) : NULL;
}

/* The part that is shorter than the others is the last, also when it is empty. */
static GBytes *
cut_part (GBytes *whole, gint64 part, GError **error)
{
  gsize len = g_bytes_get_size (whole);
  gsize from = (gsize) part * ZF_BLOB_PART;

  if (from > len)
    return not_found (error);
  return g_bytes_new_from_bytes (whole, from, MIN (len - from, ZF_BLOB_PART));
}

ZfSyncResponse *
zf_server_blob_get (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  Wish wish = { .part = -1 };
  g_autoptr (GBytes) bytes = NULL;
  gboolean visible = FALSE;

  if (read_wish (request->path, &wish) && !core->store->verbs->blob_visible (core->store, wish.sha256, device, &visible, error))
    return NULL;
  if (!visible)
    {
      not_found (error);
      return NULL;
    }
  bytes = read_file (core, &wish, wish.thumb, error);
  if (bytes != NULL && wish.part >= 0)
    {
      GBytes *part = cut_part (bytes, wish.part, error);

      g_bytes_unref (bytes);
      bytes = part;
    }
  return bytes != NULL ? zf_server_answer (core, 200, ZF_WIRE_TYPE_JPEG, g_steal_pointer (&bytes)) : NULL;
}
