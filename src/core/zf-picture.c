/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-picture-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zf-error.h"
#include "zf-lazy.h"

void
zf_picture_free (ZfPicture *picture)
{
  if (picture == NULL)
    return;
  g_free (picture->sha256);
  g_free (picture->source_sha256);
  g_clear_pointer (&picture->jpeg, g_bytes_unref);
  g_clear_pointer (&picture->thumb, g_bytes_unref);
  g_free (picture->lat);
  g_free (picture->lon);
  g_free (picture);
}

void
zf_picture_too_large (gint64 most, GError **error)
{
  g_set_error (error, ZF_ERROR, ZF_ERROR_LIMIT, _("The picture is larger than %d megapixels. Take one with a smaller setting."), (int) (most / 1000000));
}

gboolean
zf_picture_check_size (gint64 width, gint64 height, gint64 most, GError **error)
{
  if (width <= 0 || height <= 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("The picture has no size."));
      return FALSE;
    }
  if (width * height <= most)
    return TRUE;
  zf_picture_too_large (most, error);
  return FALSE;
}

static gboolean
check_file (int fd, gsize *size, GError **error)
{
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      g_set_error_literal (error, ZF_ERROR, fd < 0 && errno == ENOENT ? ZF_ERROR_NOT_FOUND : ZF_ERROR_IO, _("The picture file cannot be opened."));
      return FALSE;
    }
  if (st.st_size > ZF_PICTURE_MAX_BYTES)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_LIMIT, _("The picture file is larger than 64 MB."));
      return FALSE;
    }
  *size = (gsize) st.st_size;
  return TRUE;
}

/* At most one byte more than allowed: a file that grows meanwhile is noticed, not followed. */
static GBytes *
read_all (int fd, gsize size, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_sized_new ((guint) size);
  g_autofree guint8 *piece = g_malloc (65536);
  gssize n;

  do
    {
      n = read (fd, piece, 65536);
      if (n > 0)
        g_byte_array_append (all, piece, (guint) n);
    }
  while ((n > 0 && all->len <= ZF_PICTURE_MAX_BYTES) || (n < 0 && errno == EINTR));
  if (n != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, _("The picture file cannot be read."));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

static GBytes *
read_file (const char *path, GError **error)
{
  /* O_NONBLOCK: a pipe must not hang the caller before fstat has refused it. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  GBytes *bytes = NULL;
  gsize size = 0;

  if (check_file (fd, &size, error))
    bytes = read_all (fd, size, error);
  if (fd >= 0)
    close (fd);
  return bytes;
}

/* What the bytes are, whatever the file is called. */
static const struct
{
  gsize at;
  const char *mark;
  gsize n;
  const char *type;     /* "jpeg", "heif", or a gdk-pixbuf loader */
} marks[] = {
  { 0, "\xff\xd8\xff", 3, "jpeg" },
  { 0, "\x89PNG\r\n\x1a\n", 8, "png" },
  { 4, "ftyphei", 7, "heif" },
  { 4, "ftyphev", 7, "heif" },
  { 4, "ftypmif1", 8, "heif" },
  { 4, "ftypmsf1", 8, "heif" },
  { 4, "ftypavif", 8, "heif" },
  { 8, "WEBP", 4, "webp" },
  { 0, "II*\0", 4, "tiff" },
  { 0, "MM\0*", 4, "tiff" },
  { 0, "GIF8", 4, "gif" },
  { 0, "BM", 2, "bmp" },
};

static const char *
find_type (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      if (size >= marks[i].at + marks[i].n && memcmp (data + marks[i].at, marks[i].mark, marks[i].n) == 0)
        return marks[i].type;
    }
  return NULL;
}

/* Pixels, and what EXIF says; only JPEG pixels still stand as the camera was held. */
static ZfPixels *
decode (GBytes *bytes, ZfExif *exif, GError **error)
{
  const char *type = find_type (bytes);
  g_autoptr (GBytes) block = NULL;
  ZfPixels *pixels = NULL;

  if (type == NULL)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This file is not a picture."));
      return NULL;
    }
  if (!zf_lazy_load ("libexif", error))
    return NULL;
  if (strcmp (type, "jpeg") == 0)
    {
      pixels = zf_jpeg_decode (bytes, ZF_PHOTO_MAX_EDGE, ZF_PICTURE_MAX_PIXELS, error);
      block = g_bytes_ref (bytes);
    }
  else if (strcmp (type, "heif") == 0)
    pixels = zf_heif_decode (bytes, &block, error);
  else
    pixels = zf_pixbuf_decode (bytes, type, ZF_PICTURE_MAX_WHOLE, error);
  if (pixels != NULL && block != NULL)
    zf_exif_read (block, exif);
  if (strcmp (type, "jpeg") != 0)
    exif->orientation = 1;
  return pixels;
}

static GBytes *
encode_thumb (const ZfPixels *pixels, GError **error)
{
  g_autoptr (ZfPixels) small = NULL;

  if (MAX (pixels->width, pixels->height) <= ZF_PHOTO_THUMB_EDGE)
    return zf_jpeg_encode (pixels, ZF_PICTURE_QUALITY, error);
  small = zf_pixels_scale (pixels, ZF_PHOTO_THUMB_EDGE);
  return zf_jpeg_encode (small, ZF_PICTURE_QUALITY, error);
}

ZfPicture *
zf_picture_make (const ZfPixels *pixels, GError **error)
{
  g_autoptr (ZfPicture) picture = g_new0 (ZfPicture, 1);

  picture->jpeg = zf_jpeg_encode (pixels, ZF_PICTURE_QUALITY, error);
  picture->thumb = picture->jpeg != NULL ? encode_thumb (pixels, error) : NULL;
  if (picture->thumb == NULL)
    return NULL;
  picture->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture->jpeg);
  picture->width = pixels->width;
  picture->height = pixels->height;
  return g_steal_pointer (&picture);
}

static ZfPicture *
convert (GBytes *source, GError **error)
{
  g_autoptr (ZfPixels) pixels = NULL;
  ZfExif exif = { 1, 0, NULL, NULL };
  ZfPicture *picture = NULL;

  pixels = decode (source, &exif, error);
  if (pixels != NULL)
    {
      pixels = zf_pixels_fit (g_steal_pointer (&pixels), ZF_PHOTO_MAX_EDGE);
      pixels = zf_pixels_orient (g_steal_pointer (&pixels), exif.orientation);
      picture = zf_picture_make (pixels, error);
    }
  if (picture != NULL)
    {
      picture->taken_ms = exif.taken_ms;
      picture->lat = g_steal_pointer (&exif.lat);
      picture->lon = g_steal_pointer (&exif.lon);
    }
  g_free (exif.lat);
  g_free (exif.lon);
  return picture;
}

static gpointer
hash_source (gpointer source)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, source);
}

ZfPicture *
zf_picture_load (const char *path, GError **error)
{
  g_autoptr (GBytes) source = NULL;
  g_autofree char *source_sha256 = NULL;
  GThread *hasher;
  ZfPicture *picture;

  g_return_val_if_fail (path != NULL, NULL);

  source = read_file (path, error);
  if (source == NULL)
    return NULL;
  /* Hashing the original takes a third as long as the rest: it runs beside it. */
  hasher = g_thread_new ("zf-picture-hash", hash_source, source);
  picture = convert (source, error);
  source_sha256 = g_thread_join (hasher);
  if (picture != NULL)
    picture->source_sha256 = g_steal_pointer (&source_sha256);
  return picture;
}

GBytes *
zf_picture_thumb (GBytes *jpeg, GError **error)
{
  g_autoptr (ZfPixels) pixels = zf_jpeg_decode (jpeg, ZF_PHOTO_THUMB_EDGE, ZF_PICTURE_MAX_PIXELS, error);

  return pixels != NULL ? encode_thumb (pixels, error) : NULL;
}

/* As the camera was held → upright; nothing else of EXIF is asked. */
static ZfPixels *
turn_upright (ZfPixels *pixels, GBytes *jpeg)
{
  ZfExif exif = { 1, 0, NULL, NULL };

  if (zf_lazy_load ("libexif", NULL))
    zf_exif_read (jpeg, &exif);
  g_free (exif.lat);
  g_free (exif.lon);
  return zf_pixels_orient (pixels, exif.orientation);
}

GBytes *
zf_picture_rgb (GBytes *bytes, int edge, int *width, int *height, GError **error)
{
  const char *type = find_type (bytes);
  ZfPixels *pixels = NULL;
  GBytes *rgb;

  g_return_val_if_fail (bytes != NULL && edge > 0, NULL);

  if (g_strcmp0 (type, "jpeg") == 0)
    pixels = zf_jpeg_decode (bytes, edge, ZF_PICTURE_RGB_PIXELS, error);
  else if (g_strcmp0 (type, "png") == 0)
    pixels = zf_pixbuf_decode (bytes, type, ZF_PICTURE_RGB_PIXELS, error);
  else
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This file is no PNG and no JPEG picture."));
  if (pixels == NULL)
    return NULL;
  pixels = zf_pixels_fit (pixels, edge);
  if (strcmp (type, "jpeg") == 0)
    pixels = turn_upright (pixels, bytes);
  *width = pixels->width;
  *height = pixels->height;
  rgb = g_bytes_new_take (g_steal_pointer (&pixels->data), (gsize) *width * (gsize) *height * 3);
  zf_pixels_free (pixels);
  return rgb;
}
