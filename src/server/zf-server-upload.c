/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-id.h"
#include "zf-plant.h"
#include "zf-server-blob.h"

/* A tablet that was away for longer begins anew: cheaper than keeping half files for ever. */
#define KEEP_MS (G_GINT64_CONSTANT (7) * 24 * 3600 * 1000)
#define MAX_OF_ONE_DEVICE 64

void
zf_server_upload_clear (ZfServerUpload *upload)
{
  g_clear_pointer (&upload->row, zf_upload_free);
}

char *
zf_server_upload_path (ZfServerCore *core, const char *id)
{
  return g_build_filename (core->dir, "uploads", id, NULL);
}

static gboolean
in_txn (ZfServerCore *core, gboolean (*act) (ZfServerStore *store, gpointer data, GError **error), gpointer data, GError **error)
{
  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core, act (core->store, data, error), error);
}

static gboolean
put_row (ZfServerStore *store, gpointer data, GError **error)
{
  return store->verbs->put_upload (store, data, error);
}

static gboolean
drop_row (ZfServerStore *store, gpointer data, GError **error)
{
  return store->verbs->drop_upload (store, ((ZfUpload *) data)->id, error);
}

static gboolean
note_blob (ZfServerStore *store, gpointer data, GError **error)
{
  ZfServerUpload *upload = data;

  return store->verbs->put_blob (store, upload->row->sha256, upload->row->size, upload->device->id, zf_clock_now_ms (upload->core->clock),
                                 error);
}

/* The row goes last: without its file it says nothing, a file without its row would stay for ever. */
static gboolean
drop (ZfServerCore *core, ZfUpload *row, GError **error)
{
  g_autofree char *path = zf_server_upload_path (core, row->id);

  return zf_files_remove (core->files, path, error) && in_txn (core, drop_row, row, error);
}

gboolean
zf_server_upload_drop (ZfServerUpload *upload, GError **error)
{
  return drop (upload->core, upload->row, error);
}

gboolean
zf_server_upload_sweep (ZfServerCore *core, GError **error)
{
  g_autoptr (GPtrArray) old = core->store->verbs->old_uploads (core->store, zf_clock_now_ms (core->clock), error);

  for (guint i = 0; old != NULL && i < old->len; i++)
    if (!drop (core, old->pdata[i], error))
      return FALSE;
  return old != NULL;
}

/* An answer that names no reason to hope: the bytes are of no use, the tablet reads its file again and begins anew. */
static gboolean
refuse_bytes (ZfServerUpload *upload, ZfProblem problem, GError **error)
{
  if (!zf_server_upload_drop (upload, error))
    return FALSE;
  zf_problem_set (error, problem);
  return FALSE;
}

static gboolean
hash_fits (ZfServerUpload *upload, const char *path, gboolean *fits, GError **error)
{
  g_autoptr (GBytes) bytes = zf_files_read (upload->core->files, path, error);
  g_autofree char *actual = bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;

  *fits = actual != NULL && g_str_equal (actual, upload->row->sha256);
  return bytes != NULL;
}

/* Every byte is on disk. File, name, row, in this order: whoever sees the row finds the file. */
static gboolean
finish (ZfServerUpload *upload, GError **error)
{
  g_autofree char *path = zf_server_upload_path (upload->core, upload->row->id);
  g_autofree char *place = zf_server_blob_path (upload->core, upload->row->sha256, FALSE);
  gboolean fits = FALSE;

  if (!hash_fits (upload, path, &fits, error))
    return FALSE;
  if (!fits)
    return refuse_bytes (upload, ZF_PROBLEM_BLOB_DIGEST, error);
  zf_crash_point ("blob-checked");
  if (!zf_files_rename (upload->core->files, path, place, error))
    return FALSE;
  zf_crash_point ("blob-placed");
  if (!in_txn (upload->core, note_blob, upload, error))
    return FALSE;
  zf_crash_point ("blob-noted");
  upload->offset = upload->row->size;
  return TRUE;
}

/* No file grows under this id any more: it came into its place, and perhaps the server died before that was noted. */
static gboolean
find_finished (ZfServerUpload *upload, GError **error)
{
  g_autofree char *place = zf_server_blob_path (upload->core, upload->row->sha256, FALSE);
  gboolean fits = FALSE;

  if (zf_files_size (upload->core->files, place) != upload->row->size)
    return refuse_bytes (upload, ZF_PROBLEM_UPLOAD_GONE, error);
  if (!hash_fits (upload, place, &fits, error))
    return FALSE;
  if (!fits)
    return refuse_bytes (upload, ZF_PROBLEM_UPLOAD_GONE, error);
  upload->offset = upload->row->size;
  return in_txn (upload->core, note_blob, upload, error);
}

/* How far it got, by the file itself: what was answered is on disk, and more may be. */
static gboolean
measure (ZfServerUpload *upload, GError **error)
{
  g_autofree char *path = zf_server_upload_path (upload->core, upload->row->id);

  upload->offset = zf_files_size (upload->core->files, path);
  if (upload->offset < 0)
    return find_finished (upload, error);
  if (upload->offset > upload->row->size)
    return refuse_bytes (upload, ZF_PROBLEM_UPLOAD_GONE, error);
  return upload->offset < upload->row->size || finish (upload, error);
}

gboolean
zf_server_upload_find (ZfServerUpload *upload, const char *id, GError **error)
{
  ZfServerStore *store = upload->core->store;
  g_autoptr (GError) local = NULL;

  if (zf_id_is_valid (id))
    upload->row = store->verbs->upload (store, id, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (upload->row == NULL || !g_str_equal (upload->row->device, upload->device->id))
    zf_problem_set (error, ZF_PROBLEM_NO_UPLOAD);
  else if (upload->row->expires_ms <= zf_clock_now_ms (upload->core->clock))
    refuse_bytes (upload, ZF_PROBLEM_UPLOAD_GONE, error);
  else
    return measure (upload, error);
  return FALSE;
}

/* The empty file first: an upload without one has come into its place. */
static gboolean
make (ZfServerUpload *upload, const char *sha256, gint64 size, GError **error)
{
  ZfServerCore *core = upload->core;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autofree char *path = NULL;

  if (core->store->verbs->n_uploads (core->store, upload->device->id) >= MAX_OF_ONE_DEVICE)
    {
      zf_problem_set (error, ZF_PROBLEM_SLOW_DOWN);
      return FALSE;
    }
  upload->row = g_new0 (ZfUpload, 1);
  upload->row->id = zf_id_new (core->clock, core->random);
  upload->row->device = g_strdup (upload->device->id);
  upload->row->sha256 = g_strdup (sha256);
  upload->row->size = size;
  upload->row->expires_ms = zf_clock_now_ms (core->clock) + KEEP_MS;
  upload->offset = 0;
  path = zf_server_upload_path (core, upload->row->id);
  return zf_files_append (core->files, path, 0, nothing, error) && in_txn (core, put_row, upload->row, error);
}

gboolean
zf_server_upload_open (ZfServerUpload *upload, const char *sha256, gint64 size, GError **error)
{
  ZfServerStore *store = upload->core->store;
  g_autoptr (GError) local = NULL;

  upload->row = store->verbs->upload_of (store, upload->device->id, sha256, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (upload->row == NULL)
    return make (upload, sha256, size, error);
  /* One that cannot be gone on with, for whatever reason, makes room. */
  if (upload->row->size == size && measure (upload, &local) && upload->offset < size)
    return TRUE;
  if (!zf_server_upload_drop (upload, error))
    return FALSE;
  zf_server_upload_clear (upload);
  return make (upload, sha256, size, error);
}

gboolean
zf_server_upload_add (ZfServerUpload *upload, GBytes *bytes, GError **error)
{
  g_autofree char *path = zf_server_upload_path (upload->core, upload->row->id);

  if (g_bytes_get_size (bytes) == 0)
    return TRUE;
  if (!zf_files_append (upload->core->files, path, upload->offset, bytes, error))
    return FALSE;
  upload->offset += (gint64) g_bytes_get_size (bytes);
  zf_crash_point ("chunk-stored");
  return upload->offset < upload->row->size || finish (upload, error);
}
