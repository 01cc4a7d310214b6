/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-photo-edit.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "zf-commit.h"
#include "zf-error.h"
#include "zf-flat.h"
#include "zf-photo-private.h"
#include "zf-picture-private.h"

/* Hash of a file that no record shows any more and that may still be on the disk. One at a time: whoever lets another one go waits until it is removed. */
#define META_LEFT "photo_edit_left"

/* So often an edit begins anew when another one was quicker. */
#define TRIES 5

/* The picture */

static int
share (double part, int size)
{
  return (int) CLAMP (part, 0, size);
}

static void
fill_box (ZfPixels *pixels, const ZfPhotoBox *box)
{
  int x0 = share (floor (box->x * pixels->width), pixels->width), x1 = share (ceil ((box->x + box->width) * pixels->width), pixels->width);
  int y0 = share (floor (box->y * pixels->height), pixels->height), y1 = share (ceil ((box->y + box->height) * pixels->height), pixels->height);

  for (int y = y0; y < y1 && x1 > x0; y++)
    memset (pixels->data + ((gsize) y * (gsize) pixels->width + (gsize) x0) * 3, 0, (gsize) (x1 - x0) * 3);
}

/* As EXIF counts them: the camera was held so. */
static ZfPixels *
turn (ZfPixels *pixels, guint turns)
{
  static const int orientations[] = { 1, 6, 3, 8 };

  return zf_pixels_orient (pixels, orientations[turns % 4]);
}

static ZfPixels *
add_strip (ZfPixels *pixels, GBytes *strip)
{
  gsize size = 0, row = (gsize) pixels->width * 3;
  const guint8 *data = g_bytes_get_data (strip, &size);
  gsize above = (gsize) pixels->height * row;
  ZfPixels *both = zf_pixels_new (pixels->width, pixels->height + (int) (size / row));

  memcpy (both->data, pixels->data, above);
  memcpy (both->data + above, data, size / row * row);
  zf_pixels_free (pixels);
  return both;
}

static ZfPicture *
redraw (GBytes *jpeg, const ZfPhotoEdit *edit, GError **error)
{
  g_autoptr (ZfPixels) pixels = zf_jpeg_decode (jpeg, G_MAXINT / 8, ZF_PICTURE_MAX_PIXELS, error);

  if (pixels == NULL)
    return NULL;
  for (guint i = 0; i < edit->n_boxes; i++)
    fill_box (pixels, &edit->boxes[i]);
  pixels = turn (g_steal_pointer (&pixels), edit->turns);
  if (edit->strip != NULL)
    pixels = add_strip (g_steal_pointer (&pixels), edit->strip);
  return zf_picture_make (pixels, error);
}

/* The store */

typedef struct
{
  ZfSave *save;
  const char *photo;
  const char *old;
  gboolean stale;    /* out: the photo shows another file by now, and nothing was done */
  gboolean left;     /* out: nothing shows the old file any more */
} Swap;

typedef struct
{
  const char *sha256;
  gboolean needed;
} Left;

gboolean
zf_photo_is_shown (ZfStore *store, ZfDb *db, const char *sha256)
{
  const ZfFlat *photo = zf_flat_get (zf_store_kinds (store), "photo");
  g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM %s WHERE sha256 = ?1", photo->table[ZF_LIVE]);

  return zf_db_get_int (db, 0, g_intern_string (sql), "s", sha256) == 1;
}

gboolean
zf_photo_can_leave (ZfDb *db, const char *sha256)
{
  g_autofree char *left = zf_meta_get (db, META_LEFT);

  return left == NULL || g_str_equal (left, sha256);
}

gboolean
zf_photo_mark_left (ZfDb *db, const char *sha256, GError **error)
{
  return zf_meta_set (db, META_LEFT, sha256, error);
}

/* One transaction: the queue never holds a picture that its record has already let go. What was drawn from a file that the photo has let go meanwhile (another
 * edit, another tablet's, a removal) never gets into it: it would lack what was covered there, or cover the wrong part. */
static gboolean
swap_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Swap *swap = data;
  g_autofree char *now = zf_db_get_text (db, "SELECT cur ->> '$.sha256' FROM record WHERE id = ?1 AND del IS NULL", "s", swap->photo);
  ZfWrite write;

  swap->stale = g_strcmp0 (now, swap->old) != 0 || !zf_photo_can_leave (db, swap->old);
  if (swap->stale)
    return TRUE;
  zf_write_init (&write, store, db);
  if (!zf_commit_run (&write, swap->save, error))
    return FALSE;
  swap->left = !zf_photo_is_shown (store, db, swap->old);
  return !swap->left
         || (zf_db_run (db, error, "DELETE FROM blob WHERE sha256 = ?1", "s", swap->old) && zf_photo_mark_left (db, swap->old, error));
}

static gboolean
forget_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return !zf_photo_can_leave (db, data) || zf_meta_set (db, META_LEFT, NULL, error);
}

/* The same original may have been added again since: then its file is needed. */
static gboolean
needed_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Left *left = data;

  left->needed = zf_db_get_int (db, 0, "SELECT 1 FROM blob WHERE sha256 = ?1", "s", left->sha256) == 1;
  return TRUE;
}

static gboolean
remove_files (ZfStore *store, const char *sha256, GError **error)
{
  Left left = { sha256, FALSE };
  g_autofree char *full = zf_photo_path (zf_store_dir (store), sha256, FALSE);
  g_autofree char *thumb = zf_photo_path (zf_store_dir (store), sha256, TRUE);

  return zf_store_write (store, needed_job, &left, error) &&
         (left.needed || (zf_files_remove (zf_store_files (store), full, error) && zf_files_remove (zf_store_files (store), thumb, error)));
}

gboolean
zf_photo_remove_left (ZfStore *store, const char *sha256, GError **error)
{
  return remove_files (store, sha256, error) && zf_store_write (store, forget_job, (gpointer) sha256, error);
}

/* The kind that is in use may be older than a field. */
static void
drop_unknown (ZfStore *store, JsonObject *fields)
{
  const ZfKind *photo = zf_kinds_get (zf_store_kinds (store), "photo");
  g_autoptr (GList) names = json_object_get_members (fields);

  for (GList *l = names; l != NULL; l = l->next)
    if (zf_kind_field (photo, l->data) == NULL)
      json_object_remove_member (fields, l->data);
}

static JsonObject *
new_fields (ZfStore *store, const ZfPicture *picture, const ZfPhotoEdit *edit)
{
  JsonObject *fields = json_object_new ();

  json_object_set_string_member (fields, "sha256", picture->sha256);
  json_object_set_null_member (fields, "source_sha256");
  json_object_set_int_member (fields, "width", picture->width);
  json_object_set_int_member (fields, "height", picture->height);
  json_object_set_int_member (fields, "size", (gint64) g_bytes_get_size (picture->jpeg));
  if (edit->n_boxes > 0)
    json_object_set_string_member (fields, "redacted", "yes");
  drop_unknown (store, fields);
  return fields;
}

static gboolean
swap_file (ZfStore *store, const char *photo, const char *old, const ZfPicture *picture, const ZfPhotoEdit *edit, const char *by, gboolean *stale, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (by != NULL ? by : "", FALSE);
  g_autoptr (JsonObject) fields = new_fields (store, picture, edit);
  g_autoptr (GError) local = NULL;
  Swap swap = { save, photo, old, FALSE, FALSE };
  gboolean done = FALSE;

  zf_save_set (save, "photo", photo, fields);
  zf_save_blob (save, picture->sha256, NULL, (gint64) g_bytes_get_size (picture->jpeg));
  done = zf_photo_place (store, picture, error) && zf_store_write (store, swap_job, &swap, error);
  *stale = swap.stale;
  if (!done || swap.stale)
    {
      remove_files (store, picture->sha256, NULL);
      return done;
    }
  if (!swap.left || zf_photo_remove_left (store, old, &local))
    return TRUE;
  g_debug ("An old picture could not be removed: %s", local->message);
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_BUSY, _("The photo is changed. The old picture could not be removed yet: it goes when the app is opened next."));
  return FALSE;
}

static GBytes *
read_full (ZfStore *store, const char *sha256, GError **error)
{
  g_autofree char *path = zf_photo_path (zf_store_dir (store), sha256, FALSE);
  g_autoptr (GError) local = NULL;
  GBytes *bytes = zf_files_read (zf_store_files (store), path, &local);

  if (bytes == NULL && g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, _("The full picture is not on this tablet. Open it with a line to the county first."));
  else if (bytes == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return bytes;
}

/* (transfer full): the hash that the record names now. */
static char *
find_hash (ZfStore *store, const char *photo, GError **error)
{
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  g_autoptr (ZfRecord) record = reader != NULL ? zf_reader_get (reader, photo, error) : NULL;
  const char *sha256 = record != NULL && record->del == NULL && g_strcmp0 (record->kind_name, "photo") == 0
                           ? zf_record_get_string (record, "sha256", NULL) : NULL;

  if (sha256 == NULL && record != NULL)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This is no photo that can be changed."));
  return g_strdup (sha256);
}

/* Boxes lie in the picture that they were drawn on. */
static gboolean
fits (const ZfPhotoEdit *edit, const char *drawn_on, const char *sha256, GError **error)
{
  if (edit->n_boxes == 0 || drawn_on == NULL || g_str_equal (drawn_on, sha256))
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CONFLICT, _("The photo was changed meanwhile. Look at it and cover it once more."));
  return FALSE;
}

/* Its file went while it was looked for. */
static gboolean
is_gone (ZfStore *store, const char *photo, const char *old)
{
  g_autofree char *now = find_hash (store, photo, NULL);

  return now != NULL && !g_str_equal (now, old);
}

/* *drawn_on: what boxes were drawn on; from the first try on the file that stood there then. */
static gboolean
edit_once (ZfStore *store, const char *photo, const ZfPhotoEdit *edit, char **drawn_on, const char *by, gboolean *stale, GError **error)
{
  g_autofree char *old = NULL;
  g_autoptr (GBytes) jpeg = NULL;
  g_autoptr (ZfPicture) picture = NULL;
  g_autoptr (GError) local = NULL;

  if (!zf_photo_finish_edits (store, error))
    return FALSE;
  old = find_hash (store, photo, error);
  if (old == NULL || !fits (edit, *drawn_on, old, error))
    return FALSE;
  if (*drawn_on == NULL)
    *drawn_on = g_strdup (old);
  jpeg = read_full (store, old, &local);
  *stale = jpeg == NULL && is_gone (store, photo, old);
  if (*stale)
    return TRUE;
  if (jpeg == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  picture = jpeg != NULL ? redraw (jpeg, edit, error) : NULL;
  return picture != NULL && swap_file (store, photo, old, picture, edit, by, stale, error);
}

gboolean
zf_photo_edit (ZfStore *store, const char *photo, const ZfPhotoEdit *edit, const char *by, GError **error)
{
  g_autofree char *drawn_on = NULL;
  gboolean stale = TRUE;

  g_return_val_if_fail (ZF_IS_STORE (store) && photo != NULL && edit != NULL, FALSE);

  if (edit->n_boxes == 0 && edit->turns % 4 == 0 && edit->strip == NULL)
    return TRUE;
  drawn_on = g_strdup (edit->drawn_on);
  for (guint i = 0; stale && i < TRIES; i++)
    {
      stale = FALSE;
      if (!edit_once (store, photo, edit, &drawn_on, by, &stale, error))
        return FALSE;
    }
  if (stale)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CONFLICT, _("The photo was changed meanwhile. Look at it and change it once more."));
  return !stale;
}

gboolean
zf_photo_finish_edits (ZfStore *store, GError **error)
{
  g_autofree char *left = zf_store_get_meta (store, META_LEFT);

  g_return_val_if_fail (ZF_IS_STORE (store), FALSE);
  return left == NULL || zf_photo_remove_left (store, left, error);
}
