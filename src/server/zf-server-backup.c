/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* A copy of the county's data while it serves; what then is safe there; and a new life from a copy. */
#include "zf-server-backup.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"
#include "zf-server-pack.h"

#define MANIFEST "manifest.json"

static char *
blob_in (const char *dir, const char *sha256)
{
  g_autofree char *folder = g_strndup (sha256, 2);

  return g_build_filename (dir, "blobs", folder, sha256, NULL);
}

/* A file that an earlier backup on the same disk has costs no second copy. */
static gboolean
link_blob (ZfServerCore *core, const char *previous, const char *sha256, const char *to)
{
  g_autofree char *from = previous != NULL ? blob_in (previous, sha256) : NULL;
  g_autofree char *folder = g_path_get_dirname (to);

  return from != NULL && core->files == zf_files_system () && g_mkdir_with_parents (folder, 0700) == 0 && link (from, to) == 0;
}

/* *there FALSE: the file is lost or damaged at the county itself; verify tells. */
static gboolean
copy_blob (ZfFiles *files, const char *from_dir, const char *sha256, const char *to, gboolean *there, GError **error)
{
  g_autofree char *from = blob_in (from_dir, sha256);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = zf_files_read (files, from, &local);
  g_autofree char *found = bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;

  *there = g_strcmp0 (found, sha256) == 0;
  if (*there)
    return zf_files_write (files, to, bytes, error);
  if (local == NULL || g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Only what was copied stays in the manifest. */
static gboolean
copy_blobs (ZfServerCore *core, JsonObject *manifest, const char *out, const char *previous, GError **error)
{
  JsonArray *blobs = zf_json_get_array (manifest, "blobs");
  JsonArray *copied = json_array_new ();

  for (guint i = 0; i < json_array_get_length (blobs); i++)
    {
      JsonObject *blob = json_array_get_object_element (blobs, i);
      const char *sha256 = zf_json_get_string (blob, "sha256", "");
      g_autofree char *to = blob_in (out, sha256);
      gboolean there = zf_files_size (core->files, to) == zf_json_get_int (blob, "size", -2) || link_blob (core, previous, sha256, to);

      if (!there && !copy_blob (core->files, core->dir, sha256, to, &there, error))
        {
          json_array_unref (copied);
          return FALSE;
        }
      if (there)
        json_array_add_object_element (copied, json_object_ref (blob));
    }
  json_object_set_array_member (manifest, "blobs", copied);
  return TRUE;
}

static gboolean
write_manifest (ZfServerCore *core, JsonObject *manifest, const char *out, GError **error)
{
  g_autofree char *path = g_build_filename (out, MANIFEST, NULL);
  g_autofree char *text = zf_json_canonical_object (manifest);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return zf_files_write (core->files, path, bytes, error);
}

JsonObject *
zf_server_core_copy (ZfServerCore *core, const char *out, const char *previous, GError **error)
{
  g_autofree char *db = g_build_filename (out, "server.db", NULL);
  g_autoptr (JsonObject) manifest = core->store->verbs->copy_to (core->store, db, error);

  if (manifest == NULL)
    return NULL;
  zf_crash_point ("backup-database");
  json_object_set_string_member (manifest, "server", core->server_id);
  json_object_set_string_member (manifest, "server_epoch", core->server_epoch);
  json_object_set_int_member (manifest, "made", zf_clock_now_ms (core->clock));
  if (!copy_blobs (core, manifest, out, previous, error) || !zf_server_packs_copy (core->files, core->dir, out, error) || !write_manifest (core, manifest, out, error))
    return NULL;
  return g_steal_pointer (&manifest);
}

gboolean
zf_server_core_mark_durable (ZfServerCore *core, JsonObject *manifest, GError **error)
{
  ZfServerStore *store = core->store;

  zf_crash_point ("backup-whole");
  if (!store->verbs->txn (store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core,
                        store->verbs->mark_durable (store, manifest, error) &&
                          store->verbs->audit (store, zf_clock_now_ms (core->clock), NULL, "backup", NULL, error),
                        error);
}

/* Folders */

static gboolean
io_error (GError **error, const char *message)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, message);
  return FALSE;
}

static gboolean
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!remove_tree (child))
        return FALSE;
    }
  return g_remove (path) == 0 || !g_file_test (path, G_FILE_TEST_EXISTS);
}

/* At every moment one whole backup stands under @out or, for the blink between two renames, beside it under .old. */
static gboolean
put_in_place (const char *part, const char *out, GError **error)
{
  g_autofree char *old = g_strconcat (out, ".old", NULL);
  gboolean there = g_file_test (out, G_FILE_TEST_EXISTS);

  if (there && (!remove_tree (old) || g_rename (out, old) != 0))
    return io_error (error, "The earlier backup cannot be put aside");
  if (!zf_files_rename (zf_files_system (), part, out, error))
    {
      if (there)
        g_rename (old, out);
      return FALSE;
    }
  return !there || remove_tree (old) || io_error (error, "The earlier backup cannot be removed");
}

gboolean
zf_server_core_backup (ZfServerCore *core, const char *out, JsonObject **manifest, GError **error)
{
  g_autofree char *part = g_strconcat (out, ".part", NULL);
  g_autofree char *earlier = g_build_filename (out, MANIFEST, NULL);
  g_autoptr (JsonObject) copied = NULL;

  if (g_file_test (out, G_FILE_TEST_EXISTS) && !g_file_test (earlier, G_FILE_TEST_EXISTS))
    return io_error (error, "The folder for the backup holds something else");
  if (!remove_tree (part) || g_mkdir_with_parents (part, 0700) != 0)
    return io_error (error, "The folder for the backup cannot be made");
  copied = zf_server_core_copy (core, part, out, error);
  if (copied == NULL || !put_in_place (part, out, error) || !zf_server_core_mark_durable (core, copied, error))
    return FALSE;
  *manifest = g_steal_pointer (&copied);
  return TRUE;
}

/* Restore */

static JsonObject *
read_manifest (ZfFiles *files, const char *from, GError **error)
{
  g_autofree char *path = g_build_filename (from, MANIFEST, NULL);
  g_autoptr (GBytes) bytes = zf_files_read (files, path, error);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  JsonObject *manifest = text != NULL ? zf_json_parse_object (text, (gssize) size, NULL) : NULL;

  if (bytes != NULL && (manifest == NULL || zf_json_get_array (manifest, "blobs") == NULL))
    {
      g_clear_pointer (&manifest, json_object_unref);
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The backup's list of files cannot be read");
    }
  return manifest;
}

static gboolean
restore_blobs (ZfFiles *files, JsonObject *manifest, const char *from, const char *dir, GError **error)
{
  JsonArray *blobs = zf_json_get_array (manifest, "blobs");

  for (guint i = 0; i < json_array_get_length (blobs); i++)
    {
      const char *sha256 = zf_json_get_string (json_array_get_object_element (blobs, i), "sha256", "");
      g_autofree char *to = zf_wire_is_sha256 (sha256) ? blob_in (dir, sha256) : NULL;
      gboolean there = FALSE;

      if (to != NULL && !copy_blob (files, from, sha256, to, &there, error))
        return FALSE;
      if (!there)
        return io_error (error, "A photo of the backup is missing or damaged");
    }
  return TRUE;
}

/* The database comes last: without it the folder is not a server's. */
static gboolean
restore_db (const char *from, const char *dir, JsonObject *manifest, const char *vfs, GError **error)
{
  g_autofree char *source = g_build_filename (from, "server.db", NULL);
  g_autofree char *target = g_build_filename (dir, "server.db", NULL);
  g_autoptr (ZfServerStore) store = zf_server_store_open_sqlite (source, FALSE, vfs, error);
  g_autoptr (JsonObject) found = store != NULL ? store->verbs->copy_to (store, target, error) : NULL;

  if (found == NULL)
    return FALSE;
  if (zf_json_get_int (found, "seq", -1) == zf_json_get_int (manifest, "seq", -2) &&
      zf_json_get_int (found, "changes", -1) == zf_json_get_int (manifest, "changes", -2))
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The backup's database is not the one that its list names");
  return FALSE;
}

static gboolean
check_whole (ZfServerCore *core, GError **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  if (!core->store->verbs->check (core->store, problems, error))
    return FALSE;
  if (problems->len == 0)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The backup is damaged: %s", (char *) problems->pdata[0]);
  return FALSE;
}

gboolean
zf_server_core_restore (const char *from, const char *dir, const ZfServerCoreOptions *options, GError **error)
{
  g_autofree char *target = g_build_filename (dir, "server.db", NULL);
  ZfFiles *files = options->files != NULL ? options->files : zf_files_system ();
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (ZfServerCore) core = NULL;

  if (g_file_test (target, G_FILE_TEST_EXISTS))
    return io_error (error, "This folder already holds a server's data");
  manifest = read_manifest (files, from, error);
  if (manifest == NULL)
    return FALSE;
  if (files == zf_files_system () && g_mkdir_with_parents (dir, 0700) != 0)
    return io_error (error, "The folder of the server's data cannot be made");
  if (!restore_blobs (files, manifest, from, dir, error) || !zf_server_packs_copy (files, from, dir, error) || !restore_db (from, dir, manifest, options->vfs, error))
    return FALSE;
  core = zf_server_core_new_with (dir, options, error);
  return core != NULL && check_whole (core, error);
}

/* A copy that begins to serve: tablets must learn that what came after it is gone. Once only, whoever comes first. */

/* A file that was lost when the backup was made is noted in it all the same. */
static gboolean
mark_files (ZfServerCore *core, GError **error)
{
  g_autoptr (GPtrArray) names = core->store->verbs->blobs (core->store, error);
  g_autoptr (JsonObject) manifest = json_object_new ();
  JsonArray *here = json_array_new ();

  json_object_set_array_member (manifest, "origins", json_array_new ());
  json_object_set_array_member (manifest, "blobs", here);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *path = blob_in (core->dir, names->pdata[i]);
      JsonObject *blob = zf_files_size (core->files, path) >= 0 ? json_object_new () : NULL;

      if (blob == NULL)
        continue;
      json_object_set_string_member (blob, "sha256", names->pdata[i]);
      json_array_add_object_element (here, blob);
    }
  return names != NULL && core->store->verbs->mark_durable (core->store, manifest, error);
}

static gboolean
take_epoch (ZfServerCore *core, GError **error)
{
  ZfServerStore *store = core->store;
  g_autofree char *copy = NULL;
  g_autofree char *old = NULL;
  g_autofree char *fresh = zf_id_new (core->clock, core->random);
  gint64 now = zf_clock_now_ms (core->clock);

  if (!store->verbs->get_meta (store, ZF_META_COPY, &copy, error) || !store->verbs->get_meta (store, "server_epoch", &old, error))
    return FALSE;
  return copy == NULL || (store->verbs->begin_epoch (store, old, fresh, now, error) && mark_files (core, error) && store->verbs->audit (store, now, NULL, "restore", old, error));
}

gboolean
zf_server_begin_epoch (ZfServerCore *core, GError **error)
{
  ZfServerStore *store = core->store;
  g_autofree char *copy = NULL;

  if (!store->verbs->get_meta (store, ZF_META_COPY, &copy, error))
    return FALSE;
  if (copy == NULL)
    return TRUE;
  if (!store->verbs->txn (store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core, take_epoch (core, error), error);
}
