/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-photo.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/statvfs.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-photo-private.h"
#include "zf-picture-private.h"
#include "zf-plant.h"
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

/* Refused while everything still works, not when the disk is full and nothing does. */
static gboolean
check_space (ZfStore *store, gsize needed, GError **error)
{
  struct statvfs fs;

  if (zf_store_files (store) != zf_files_system () || statvfs (zf_store_dir (store), &fs) != 0 ||
      (guint64) fs.f_bavail * fs.f_frsize >= KEEP_FREE + needed)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_FULL, _("The storage is full. The photo was not kept."));
  return FALSE;
}

static gboolean
place (ZfStore *store, const char *sha256, gboolean thumb, GBytes *bytes, GError **error)
{
  g_autofree char *path = zf_photo_path (zf_store_dir (store), sha256, thumb);

  return zf_files_write (zf_store_files (store), path, bytes, error);
}

/* An audio note lies among the pictures and has no small one. */
gboolean
zf_sound_is (GBytes *bytes)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 4 && memcmp (data, "OggS", 4) == 0;
}

/* The small one first: who sees the full one finds both. @thumb: NULL for a sound. */
static gboolean
place_both (ZfStore *store, const char *sha256, GBytes *jpeg, GBytes *thumb, GError **error)
{
  gsize needed = g_bytes_get_size (jpeg) + (thumb != NULL ? g_bytes_get_size (thumb) : 0);

  if (!check_space (store, needed, error) || (thumb != NULL && !place (store, sha256, TRUE, thumb, error)))
    return FALSE;
  zf_crash_point ("photo-thumb-placed");
  if (!place (store, sha256, FALSE, jpeg, error))
    return FALSE;
  zf_crash_point ("photo-placed");
  return TRUE;
}

gboolean
zf_photo_place (ZfStore *store, const ZfPicture *picture, GError **error)
{
  return place_both (store, picture->sha256, picture->jpeg, picture->thumb, error);
}

static gboolean
refuse_bytes (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, _("The photo that arrived is not the one that was asked for."));
  return FALSE;
}

gboolean
zf_photo_install (ZfStore *store, const char *sha256, GBytes *jpeg, GError **error)
{
  g_autofree char *actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, jpeg);
  g_autoptr (GBytes) thumb = NULL;

  if (!is_hash (sha256) || strcmp (actual, sha256) != 0)
    return refuse_bytes (error);
  if (zf_sound_is (jpeg))
    return place_both (store, sha256, jpeg, NULL, error);
  thumb = zf_picture_thumb (jpeg, error);
  return thumb != NULL && place_both (store, sha256, jpeg, thumb, error);
}

gboolean
zf_photo_install_thumb (ZfStore *store, const char *sha256, GBytes *jpeg, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (jpeg, &len);

  if (!is_hash (sha256) || len < 4 || data[0] != 0xff || data[1] != 0xd8)
    return refuse_bytes (error);
  return place (store, sha256, TRUE, jpeg, error) && zf_ledger_blob_thumb (store, sha256, error);
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
  if (picture->width > 0)
    {
      json_object_set_int_member (fields, "width", picture->width);
      json_object_set_int_member (fields, "height", picture->height);
    }
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

  if (zf_files_size (zf_store_files (store), path) >= 0)
    return TRUE;
  if (!zf_photo_place (store, picture, error))
    return FALSE;
  save = zf_save_new ("", FALSE);
  zf_save_blob (save, picture->sha256, picture->source_sha256, (gint64) g_bytes_get_size (picture->jpeg));
  return zf_store_commit (store, save, error);
}

static gboolean
find_place (ZfStore *store, ZfReader *reader, const char *record, Owner *owner, GError **error)
{
  const ZfKind *photo = zf_kinds_get (zf_store_kinds (store), "photo");

  if (photo == NULL || zf_kind_parent_field (photo) == NULL)
    return refuse_owner (error);
  return find_owner (reader, photo, record, owner, error);
}

char *
zf_photo_add (ZfStore *store, const char *record, const char *path, const char *caption, const char *purpose, const char *by,
              GError **error)
{
  gboolean made = FALSE;

  return zf_photo_add_new (store, record, path, caption, purpose, by, &made, error);
}

char *
zf_photo_add_new (ZfStore *store, const char *record, const char *path, const char *caption, const char *purpose, const char *by, gboolean *made, GError **error)
{
  const ZfKind *photo = zf_kinds_get (zf_store_kinds (store), "photo");
  g_autoptr (ZfReader) reader = NULL;
  g_autoptr (ZfPicture) picture = NULL;
  g_autoptr (JsonObject) fields = NULL;
  g_auto (Owner) owner = { NULL, NULL };
  g_autofree char *existing = NULL;

  reader = zf_reader_new (store, error);
  if (reader == NULL || !find_place (store, reader, record, &owner, error))
    return NULL;
  picture = zf_picture_load (path, error);
  if (picture == NULL || !find_existing (reader, &owner, picture->sha256, &existing, error))
    return NULL;
  *made = existing == NULL;
  if (existing != NULL)
    return bring_file (store, picture, error) ? g_steal_pointer (&existing) : NULL;
  /* Files before the row: a kill in between leaves a file that nothing names, never a row without its file. */
  if (!zf_photo_place (store, picture, error))
    return NULL;
  fields = make_fields (photo, &owner, picture, caption, purpose);
  return save_record (store, picture, fields, by, error);
}

/* As a picture that is not looked at: the bytes are kept as they are. */
static ZfPicture *
sound_as_picture (ZfStore *store, GBytes *ogg, GError **error)
{
  ZfPicture *picture = NULL;

  if (!zf_sound_is (ogg))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This is no audio note."));
      return NULL;
    }
  picture = g_new0 (ZfPicture, 1);
  picture->jpeg = g_bytes_ref (ogg);
  picture->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, ogg);
  picture->taken_ms = zf_clock_now_ms (zf_store_clock (store));
  return picture;
}

/* What the county published may be older than that purpose. */
static gboolean
knows_sounds (const ZfKind *photo)
{
  const ZfField *field = zf_kind_field (photo, "purpose");
  g_autoptr (JsonNode) purpose = zf_json_string (ZF_SOUND_PURPOSE);
  g_autoptr (JsonNode) checked = field != NULL ? zf_kind_check_value (photo, field, purpose, NULL) : NULL;

  return checked != NULL;
}

char *
zf_sound_add (ZfStore *store, const char *record, GBytes *ogg, const char *caption, const char *by, GError **error)
{
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  const ZfKind *photo = NULL;
  g_autoptr (ZfPicture) sound = NULL;
  g_autoptr (JsonObject) fields = NULL;
  g_auto (Owner) owner = { NULL, NULL };

  g_return_val_if_fail (ogg != NULL, NULL);

  if (reader == NULL || !find_place (store, reader, record, &owner, error))
    return NULL;
  sound = sound_as_picture (store, ogg, error);
  if (sound == NULL || !place_both (store, sound->sha256, sound->jpeg, NULL, error))
    return NULL;
  photo = zf_kinds_get (zf_store_kinds (store), "photo");
  fields = make_fields (photo, &owner, sound, caption, knows_sounds (photo) ? ZF_SOUND_PURPOSE : NULL);
  return save_record (store, sound, fields, by, error);
}
