/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* One full picture from the county, in parts: those that are here already are not asked for again after a cut. */

#include "zf-error.h"
#include "zf-files.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

#define PART (256 * 1024)

typedef struct
{
  ZfStore *store;
  ZfSyncTransport *transport;
  const char *sha256;
  char *token;
  char *server_id;
  char *path;            /* what came so far */
  gint64 size;
} Fetch;

static void
fetch_clear (Fetch *fetch)
{
  g_free (fetch->token);
  g_free (fetch->server_id);
  g_free (fetch->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, fetch_clear)

static ZfSyncRequest *
make_fetch (const Fetch *fetch)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = "GET";
  request->path = g_strdup_printf ("/v1/blobs/%s?size=full&part=%" G_GINT64_FORMAT, fetch->sha256, fetch->size / PART);
  request->accept = ZF_WIRE_TYPE_JPEG;
  request->token = g_strdup (fetch->token);
  request->max_answer = PART;
  return request;
}

/* *last: it was shorter than a whole part. */
static gboolean
fetch_part (Fetch *fetch, gboolean *last, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncRequest) request = make_fetch (fetch);
  g_autoptr (ZfSyncResponse) response = zf_sync_transport_send (fetch->transport, request, cancellable, error);
  gint64 len;

  if (response == NULL || !zf_sync_judge (request, response, fetch->server_id, error))
    return FALSE;
  len = (gint64) g_bytes_get_size (response->body);
  *last = len < PART;
  if (fetch->size + len > ZF_WIRE_MAX_BLOB)
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's photo has no end; it was not used");
      return FALSE;
    }
  if (!zf_files_append (zf_store_files (fetch->store), fetch->path, fetch->size, response->body, error))
    return FALSE;
  fetch->size += len;
  return TRUE;
}

/* The file first: a kill in between leaves a file that is still marked as wanted, never a mark without its file. What does not hash to its name is
 * thrown away, so that the next try begins anew. */
static gboolean
take_whole (Fetch *fetch, GError **error)
{
  ZfFiles *files = zf_store_files (fetch->store);
  g_autoptr (GBytes) bytes = zf_files_read (files, fetch->path, error);
  gboolean done = bytes != NULL && zf_photo_install (fetch->store, fetch->sha256, bytes, error) &&
                  zf_ledger_blob_fetched (fetch->store, fetch->sha256, error);

  zf_files_remove (files, fetch->path, NULL);
  return done;
}

gboolean
zf_sync_fetch_photo_over (ZfStore *store, ZfSyncTransport *transport, const char *sha256, GCancellable *cancellable, GError **error)
{
  g_auto (Fetch) fetch = { .store = store, .transport = transport, .sha256 = sha256 };
  gboolean last = FALSE;

  if (!zf_wire_is_sha256 (sha256))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "This is not the name of a photo file");
      return FALSE;
    }
  fetch.token = zf_store_get_meta (store, "token");
  fetch.server_id = zf_store_get_meta (store, "server_id");
  fetch.path = g_build_filename (zf_store_dir (store), "photos", "coming", sha256, NULL);
  fetch.size = MAX (zf_files_size (zf_store_files (store), fetch.path), 0) / PART * PART;
  while (!last)
    if (!fetch_part (&fetch, &last, cancellable, error))
      return FALSE;
  return take_whole (&fetch, error);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ZfStore *store = ZF_STORE (source);
  g_autofree char *path = zf_photo_path (zf_store_dir (store), task_data, FALSE);
  GError *error = NULL;

  if (zf_files_size (zf_store_files (store), path) >= 0 || zf_sync_fetch_photo (store, task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zf_sync_fetch_photo_async (ZfStore *store, const char *sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_return_if_fail (zf_wire_is_sha256 (sha256));

  g_task_set_task_data (task, g_strdup (sha256), g_free);
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, fetch_in_thread);
}

gboolean
zf_sync_fetch_photo_finish (ZfStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
