/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-picture-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <libheif/heif.h>
#include <string.h>

#include "zf-error.h"
#include "zf-lazy.h"

#define PIECE 65536
#define MAX_EDGE 32768

static void
set_unknown (GError **error)
{
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This kind of picture cannot be read on this tablet. Save it as a JPEG."));
}

static void
set_damaged (GError **error)
{
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("The picture is damaged or of a kind that cannot be read."));
}

/* ---- gdk-pixbuf ---- */

typedef struct
{
  gint64 most;
  GError *too_large;
} Bound;

static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Bound *bound = data;

  if (bound->too_large == NULL && !zf_picture_check_size (width, height, bound->most, &bound->too_large))
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

/* Transparent parts become paper. */
static ZfPixels *
pixbuf_to_pixels (GdkPixbuf *pixbuf)
{
  ZfPixels *pixels = zf_pixels_new (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));
  int n = gdk_pixbuf_get_n_channels (pixbuf);
  guint8 *to = pixels->data;

  for (int y = 0; y < pixels->height; y++)
    {
      const guint8 *p = gdk_pixbuf_read_pixels (pixbuf) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf);

      for (int x = 0; x < pixels->width; x++, p += n, to += 3)
        {
          int alpha = n == 4 ? p[3] : 255;

          for (int j = 0; j < 3; j++)
            to[j] = (guint8) ((p[j] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
  return pixels;
}

/* gdk-pixbuf takes a PNG without its end for a whole one. */
static gboolean
is_whole (const guint8 *data, gsize size, const char *type)
{
  return strcmp (type, "png") != 0 || memmem (data, size, "IEND", 4) != NULL;
}

static gboolean
feed (GdkPixbufLoader *loader, const guint8 *data, gsize size, const Bound *bound)
{
  gboolean fed = TRUE;

  for (gsize at = 0; at < size && fed && bound->too_large == NULL; at += PIECE)
    fed = gdk_pixbuf_loader_write (loader, data + at, MIN (PIECE, size - at), NULL);
  /* Always closed: a loader that is not would warn. */
  return gdk_pixbuf_loader_close (loader, NULL) && fed;
}

ZfPixels *
zf_pixbuf_decode (GBytes *bytes, const char *type, gint64 most, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type (type, NULL);
  g_autoptr (GdkPixbuf) upright = NULL;
  Bound bound = { most, NULL };
  GdkPixbuf *pixbuf;

  if (loader == NULL)
    {
      set_unknown (error);
      return NULL;
    }
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &bound);
  if (!feed (loader, data, size, &bound) || bound.too_large != NULL || !is_whole (data, size, type))
    {
      if (bound.too_large != NULL)
        g_propagate_error (error, bound.too_large);
      else
        set_damaged (error);
      return NULL;
    }
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  upright = pixbuf != NULL ? gdk_pixbuf_apply_embedded_orientation (pixbuf) : NULL;
  if (upright == NULL)
    set_damaged (error);
  return upright != NULL ? pixbuf_to_pixels (upright) : NULL;
}

/* ---- HEIC ---- */

/* The block starts with the distance to its TIFF header; libexif wants "Exif" in front of that. */
static GBytes *
read_exif_block (struct heif_image_handle *handle)
{
  heif_item_id id;
  gsize size, skip;
  g_autofree guint8 *block = NULL;
  GByteArray *out;

  if (heif_image_handle_get_list_of_metadata_block_IDs (handle, "Exif", &id, 1) != 1)
    return NULL;
  size = heif_image_handle_get_metadata_size (handle, id);
  if (size < 8 || size > 1024 * 1024)
    return NULL;
  block = g_malloc (size);
  if (heif_image_handle_get_metadata (handle, id, block).code != heif_error_Ok)
    return NULL;
  skip = 4 + ((gsize) block[0] << 24 | (gsize) block[1] << 16 | (gsize) block[2] << 8 | block[3]);
  if (skip >= size)
    return NULL;
  out = g_byte_array_new ();
  g_byte_array_append (out, (const guint8 *) "Exif\0\0", 6);
  g_byte_array_append (out, block + skip, (guint) (size - skip));
  return g_byte_array_free_to_bytes (out);
}

static ZfPixels *
image_to_pixels (struct heif_image *image)
{
  int width = heif_image_get_width (image, heif_channel_interleaved);
  int height = heif_image_get_height (image, heif_channel_interleaved);
  int stride = 0;
  const guint8 *from = heif_image_get_plane_readonly (image, heif_channel_interleaved, &stride);
  ZfPixels *pixels;

  if (from == NULL || width <= 0 || height <= 0 || stride < width * 3)
    return NULL;
  pixels = zf_pixels_new (width, height);
  for (int y = 0; y < height; y++)
    memcpy (pixels->data + (gsize) y * (gsize) width * 3, from + (gsize) y * (gsize) stride, (gsize) width * 3);
  return pixels;
}

static ZfPixels *
decode_handle (struct heif_image_handle *handle, GBytes **exif, GError **error)
{
  struct heif_image *image = NULL;
  struct heif_error said;
  ZfPixels *pixels;

  if (!zf_picture_check_size (heif_image_handle_get_width (handle), heif_image_handle_get_height (handle), ZF_PICTURE_MAX_WHOLE, error))
    return NULL;
  said = heif_decode_image (handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, NULL);
  if (said.code == heif_error_Unsupported_feature || said.code == heif_error_Unsupported_filetype)
    set_unknown (error);
  if (said.code != heif_error_Ok)
    return NULL;
  pixels = image_to_pixels (image);
  heif_image_release (image);
  *exif = read_exif_block (handle);
  return pixels;
}

ZfPixels *
zf_heif_decode (GBytes *bytes, GBytes **exif, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  struct heif_context *context = NULL;
  struct heif_image_handle *handle = NULL;
  g_autoptr (GError) local = NULL;
  ZfPixels *pixels = NULL;

  if (!zf_lazy_load ("libheif", error))
    return NULL;
  context = heif_context_alloc ();
  heif_context_set_maximum_image_size_limit (context, MAX_EDGE);
  if (heif_context_read_from_memory_without_copy (context, data, size, NULL).code == heif_error_Ok
      && heif_context_get_primary_image_handle (context, &handle).code == heif_error_Ok)
    pixels = decode_handle (handle, exif, &local);
  if (handle != NULL)
    heif_image_handle_release (handle);
  heif_context_free (context);
  if (pixels == NULL)
    {
      set_damaged (&local);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return pixels;
}
