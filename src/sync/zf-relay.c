/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-relay.h"

#include <glib/gstdio.h>
#include <string.h>

#include "zf-error.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

#define SUFFIX ".zfp"
#define REPLY_KEPT_MS (30 * 24 * 3600 * G_GINT64_CONSTANT (1000))
#define MAGIC "ZFP1"

static char *
folder_of (ZfStore *store, gboolean answered)
{
  return g_build_filename (zf_store_dir (store), "parcels", answered ? "replies" : "in", NULL);
}

static char *
path_of (ZfStore *store, const char *name, gboolean answered)
{
  g_autofree char *folder = folder_of (store, answered);
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);

  return g_build_filename (folder, file, NULL);
}

gboolean
zf_relay_keep (ZfStore *store, GBytes *parcel, char **name, GError **error)
{
  gsize len;
  const char *bytes = g_bytes_get_data (parcel, &len);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, parcel);
  g_autofree char *path = NULL;

  if (len > ZF_RELAY_MAX)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_LIMIT, "The parcel is too large for a line; carry it on a stick");
      return FALSE;
    }
  if (len < strlen (MAGIC) || memcmp (bytes, MAGIC, strlen (MAGIC)) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "This is not a sealed parcel");
      return FALSE;
    }
  path = path_of (store, hash, FALSE);
  if (!zf_files_write (zf_store_files (store), path, parcel, error))
    return FALSE;
  *name = g_steal_pointer (&hash);
  return TRUE;
}

GBytes *
zf_relay_reply (ZfStore *store, const char *name, GError **error)
{
  g_autofree char *path = zf_wire_is_sha256 (name) ? path_of (store, name, TRUE) : NULL;

  if (path == NULL || zf_files_size (zf_store_files (store), path) < 0)
    return NULL;
  return zf_files_read (zf_store_files (store), path, error);
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
zf_relay_names (ZfStore *store, gboolean answered)
{
  g_autofree char *folder = folder_of (store, answered);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *name = g_strndup (file, strcspn (file, "."));

      if (g_str_has_suffix (file, SUFFIX) && zf_wire_is_sha256 (name))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  g_ptr_array_sort (names, by_name);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static ZfSyncRequest *
make_request (ZfStore *store, GBytes *parcel)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = "POST";
  request->path = g_strdup ("/v1/mail");
  request->type = ZF_RELAY_TYPE;
  request->accept = ZF_RELAY_TYPE;
  request->token = zf_store_get_meta (store, "token");
  request->body = g_bytes_ref (parcel);
  request->max_answer = 2 * ZF_RELAY_MAX;
  return request;
}

/* What is no parcel of this county never will be one. Its tablet, if there is one, still has everything that it wrote. */
static gboolean
judge (ZfStore *store, const char *in, const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error)
{
  if (zf_sync_judge (request, response, server_id, error))
    return TRUE;
  if (response->status == 400 && zf_sync_is_county (request, response, server_id, NULL))
    zf_files_remove (zf_store_files (store), in, NULL);
  return FALSE;
}

/* The reply is on the disk before the parcel goes. */
static gboolean
forward_one (ZfStore *store, ZfSyncTransport *transport, const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *in = path_of (store, name, FALSE);
  g_autofree char *out = path_of (store, name, TRUE);
  g_autofree char *server_id = zf_store_get_meta (store, "server_id");
  g_autoptr (GBytes) parcel = zf_files_read (zf_store_files (store), in, error);
  g_autoptr (ZfSyncRequest) request = parcel != NULL ? make_request (store, parcel) : NULL;
  g_autoptr (ZfSyncResponse) response = request != NULL ? zf_sync_transport_send (transport, request, cancellable, error) : NULL;

  return response != NULL && judge (store, in, request, response, server_id, error) &&
         zf_files_write (zf_store_files (store), out, response->body, error) && zf_files_remove (zf_store_files (store), in, error);
}

/* A carrier is no archive: who did not come for a reply gets a new one to the next parcel. */
static void
forget_old_replies (ZfStore *store)
{
  g_auto (GStrv) names = zf_relay_names (store, TRUE);
  gint64 now = zf_clock_now_ms (zf_store_clock (store));

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = path_of (store, names[i], TRUE);
      GStatBuf about;

      if (g_stat (path, &about) == 0 && now - (gint64) about.st_mtime * 1000 > REPLY_KEPT_MS)
        zf_files_remove (zf_store_files (store), path, NULL);
    }
}

gboolean
zf_relay_forward (ZfStore *store, ZfSyncTransport *transport, GCancellable *cancellable, guint *n, GError **error)
{
  g_auto (GStrv) names = zf_relay_names (store, FALSE);
  g_autoptr (GError) first = NULL;

  *n = 0;
  forget_old_replies (store);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) local = NULL;

      if (forward_one (store, transport, names[i], cancellable, &local))
        ++*n;
      else if (first == NULL)
        first = g_steal_pointer (&local);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}
