/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-photo.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-picture-private.h"
#include "zf-query.h"

/* What a save, its log and the system need to go on working. */
#define KEEP_FREE ((guint64) 64 * 1024 * 1024)

static gboolean
is_hash (const char *sha256)
{
  return sha256 != NULL && strlen (sha256) == 64 && strspn (sha256, "0123456789abcdef") == 64;
}

char *
zf_photo_path (const char *store_dir, const char *sha256, gboolean thumb)
{
  g_autofree char *file = NULL;
  char folder[3] = { 0 };

  /* The hash becomes a file name: nothing else may. */
  g_return_val_if_fail (is_hash (sha256), NULL);

  memcpy (folder, sha256, 2);
  file = g_strconcat (sha256, ".jpg", NULL);
  if (thumb)
    return g_build_filename (store_dir, "photos", "thumb", folder, file, NULL);
  return g_build_filename (store_dir, "photos", folder, file, NULL);
}

static gboolean
set_io_error (GError **error, int code)
{
  gboolean full = code == ENOSPC || code == EDQUOT;

  g_set_error_literal (error, ZF_ERROR, full ? ZF_ERROR_FULL : ZF_ERROR_IO,
                       full ? _("The storage is full. The photo was not kept.") : _("The photo could not be written."));
  return FALSE;
}

/* Refused while everything still works, not when the disk is full and nothing does. */
static gboolean
check_space (const char *dir, gsize needed, GError **error)
{
  struct statvfs fs;

  if (statvfs (dir, &fs) != 0)
    return set_io_error (error, errno);
  if ((guint64) fs.f_bavail * fs.f_frsize < KEEP_FREE + needed)
    return set_io_error (error, ENOSPC);
  return TRUE;
}

static gboolean
sync_folder (const char *dir)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left;
  const guint8 *p = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize n = write (fd, p, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      p += n;
      left -= (gsize) n;
    }
  return fsync (fd) == 0;
}

static gboolean
write_temporary (char *temporary, GBytes *bytes, GError **error)
{
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean done;
  int code;

  if (fd < 0)
    return set_io_error (error, errno);
  done = write_all (fd, bytes);
  code = errno;
  if (close (fd) != 0 && done)
    {
      done = FALSE;
      code = errno;
    }
  return done || set_io_error (error, code);
}

/* A new folder is only there after a power cut when the folder above it was synced too. */
static gboolean
make_folder (const char *folder, GError **error)
{
  g_autofree char *above = g_path_get_dirname (folder);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!make_folder (above, error))
    return FALSE;
  if ((g_mkdir (folder, 0700) != 0 && errno != EEXIST) || !sync_folder (above))
    return set_io_error (error, errno);
  return TRUE;
}

/* After it returns TRUE, @path holds @bytes whatever happens: file, rename and folder are on the disk. */
static gboolean
place_file (const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_build_filename (folder, ".part-XXXXXX", NULL);

  if (!make_folder (folder, error))
    return FALSE;
  if (!write_temporary (temporary, bytes, error))
    {
      g_unlink (temporary);
      return FALSE;
    }
  if (g_rename (temporary, path) != 0 || !sync_folder (folder))
    {
      set_io_error (error, errno);
      g_unlink (temporary);
      return FALSE;
    }
  return TRUE;
}

static gboolean
place_both (ZfStore *store, const char *sha256, GBytes *jpeg, GBytes *thumb, GError **error)
{
  const char *dir = zf_store_dir (store);
  g_autofree char *full_path = zf_photo_path (dir, sha256, FALSE);
  g_autofree char *thumb_path = zf_photo_path (dir, sha256, TRUE);

  if (!check_space (dir, g_bytes_get_size (jpeg) + g_bytes_get_size (thumb), error))
    return FALSE;
  return place_file (thumb_path, thumb, error) && place_file (full_path, jpeg, error);
}

gboolean
zf_photo_install (ZfStore *store, const char *sha256, GBytes *jpeg, GError **error)
{
  g_autofree char *actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, jpeg);
  g_autoptr (GBytes) thumb = NULL;

  if (!is_hash (sha256) || strcmp (actual, sha256) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, _("The photo that arrived is not the one that was asked for."));
      return FALSE;
    }
  thumb = zf_picture_thumb (jpeg, error);
  return thumb != NULL && place_both (store, sha256, jpeg, thumb, error);
}

/* ---- Adding ---- */

/* Where a photo belongs: its parent record, and the very record it was taken for when that is another one. */
typedef struct
{
  char *parent;
  char *record;     /* (nullable) */
} Owner;

static void
owner_clear (Owner *owner)
{
  g_free (owner->parent);
  g_free (owner->record);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Owner, owner_clear)

static gboolean
refuse_owner (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("A photo cannot belong to this record."));
  return FALSE;
}

/* Climbs from @id to the record of the kind that owns photos. */
static gboolean
find_owner (ZfReader *reader, const ZfKind *photo, const char *id, Owner *owner, GError **error)
{
  const ZfField *link = zf_kind_field (photo, "record");
  g_autofree char *at = g_strdup (id);

  for (int step = 0; at != NULL && step < ZF_JSON_MAX_DEPTH; step++)
    {
      g_autoptr (ZfRecord) record = zf_reader_get (reader, at, error);

      if (record == NULL)
        return FALSE;
      if (record->del != NULL)
        break;
      if (g_strcmp0 (record->kind_name, zf_kind_parent_kind (photo)) == 0)
        {
          owner->parent = g_steal_pointer (&at);
          return TRUE;
        }
      if (link != NULL && g_strcmp0 (record->kind_name, link->ref_kind) == 0 && owner->record == NULL)
        owner->record = g_strdup (record->id);
      g_free (at);
      at = g_strdup (record->parent);
    }
  return refuse_owner (error);
}

/* The same original gives the same bytes, so its hash finds the photo that is there already. */
static gboolean
find_existing (ZfReader *reader, const Owner *owner, const char *sha256, char **id, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("photo");
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, "id");
  zf_query_where (query, "parent", ZF_OP_EQ, owner->parent);
  zf_query_where (query, "sha256", ZF_OP_EQ, sha256);
  zf_query_where (query, "record", owner->record != NULL ? ZF_OP_EQ : ZF_OP_NULL, owner->record);
  rows = zf_query_run (query, reader, error);
  if (rows == NULL)
    return FALSE;
  if (zf_rows_n (rows) > 0)
    *id = g_strdup (zf_rows_text (rows, 0, 0));
  return TRUE;
}

static void
set_text (JsonObject *fields, const char *field, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member (fields, field, text);
}

static JsonObject *
make_fields (const ZfKind *photo, const Owner *owner, const ZfPicture *picture, const char *caption, const char *purpose)
{
  JsonObject *fields = json_object_new ();

  set_text (fields, zf_kind_parent_field (photo), owner->parent);
  set_text (fields, "record", owner->record);
  set_text (fields, "caption", caption);
  set_text (fields, "purpose", purpose);
  set_text (fields, "sha256", picture->sha256);
  set_text (fields, "source_sha256", picture->source_sha256);
  set_text (fields, "lat", picture->lat);
  set_text (fields, "lon", picture->lon);
  json_object_set_int_member (fields, "width", picture->width);
  json_object_set_int_member (fields, "height", picture->height);
  json_object_set_int_member (fields, "size", (gint64) g_bytes_get_size (picture->jpeg));
  if (picture->taken_ms != 0)
    json_object_set_int_member (fields, "taken", picture->taken_ms);
  return fields;
}

static char *
save_record (ZfStore *store, const ZfPicture *picture, JsonObject *fields, const char *by, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (by != NULL ? by : "", FALSE);

  zf_save_create (save, "photo", NULL, fields);
  zf_save_blob (save, picture->sha256, picture->source_sha256, (gint64) g_bytes_get_size (picture->jpeg));
  if (!zf_store_commit (store, save, error))
    return NULL;
  return g_strdup (zf_save_result_id (save, 0));
}

/* The record came from the county and the picture now from here: the county may still lack it. */
static gboolean
bring_file (ZfStore *store, const ZfPicture *picture, GError **error)
{
  g_autofree char *path = zf_photo_path (zf_store_dir (store), picture->sha256, FALSE);
  g_autoptr (ZfSave) save = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!place_both (store, picture->sha256, picture->jpeg, picture->thumb, error))
    return FALSE;
  save = zf_save_new ("", FALSE);
  zf_save_blob (save, picture->sha256, picture->source_sha256, (gint64) g_bytes_get_size (picture->jpeg));
  return zf_store_commit (store, save, error);
}

char *
zf_photo_add (ZfStore *store, const char *record, const char *path, const char *caption, const char *purpose, const char *by,
              GError **error)
{
  const ZfKind *photo = zf_kinds_get (zf_store_kinds (store), "photo");
  g_autoptr (ZfReader) reader = NULL;
  g_autoptr (ZfPicture) picture = NULL;
  g_autoptr (JsonObject) fields = NULL;
  g_auto (Owner) owner = { NULL, NULL };
  g_autofree char *existing = NULL;

  if (photo == NULL || zf_kind_parent_field (photo) == NULL)
    {
      refuse_owner (error);
      return NULL;
    }
  reader = zf_reader_new (store, error);
  if (reader == NULL || !find_owner (reader, photo, record, &owner, error))
    return NULL;
  picture = zf_picture_load (path, error);
  if (picture == NULL || !find_existing (reader, &owner, picture->sha256, &existing, error))
    return NULL;
  if (existing != NULL)
    return bring_file (store, picture, error) ? g_steal_pointer (&existing) : NULL;
  /* Files before the row: a kill in between leaves a file that nothing names, never a row without its file. */
  if (!place_both (store, picture->sha256, picture->jpeg, picture->thumb, error))
    return NULL;
  fields = make_fields (photo, &owner, picture, caption, purpose);
  return save_record (store, picture, fields, by, error);
}
