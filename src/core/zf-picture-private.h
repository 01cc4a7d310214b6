/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-photo.h"

G_BEGIN_DECLS

/* What the files of the picture pipeline share: bytes → ZfPixels (a little larger than needed) → scaled, upright → JPEG. */

#define ZF_PICTURE_MAX_PIXELS G_GINT64_CONSTANT (120000000)
/* What can only be decoded whole: three to four bytes a pixel, twice while it is copied. */
#define ZF_PICTURE_MAX_WHOLE G_GINT64_CONSTANT (50000000)
#define ZF_PICTURE_MAX_BYTES (64 * 1024 * 1024)
#define ZF_PICTURE_QUALITY 82

/* 8-bit RGB, rows without padding. */
typedef struct
{
  guint8 *data;
  int width;
  int height;
} ZfPixels;
ZfPixels *zf_pixels_new (int width, int height);
void zf_pixels_free (ZfPixels *pixels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfPixels, zf_pixels_free)

/** zf_pixels_fit: takes @pixels; the same when they fit into @edge, else an area average that does. */
ZfPixels *zf_pixels_fit (ZfPixels *pixels, int edge);
/** zf_pixels_scale: (transfer full): a smaller copy whose long edge is @edge; @pixels must not be smaller. */
ZfPixels *zf_pixels_scale (const ZfPixels *pixels, int edge);
/** zf_pixels_orient: takes @pixels; turns and mirrors by EXIF orientation 1–8. */
ZfPixels *zf_pixels_orient (ZfPixels *pixels, int orientation);

/** zf_picture_make: what is stored of @pixels, with its thumbnail and hash. */
ZfPicture *zf_picture_make (const ZfPixels *pixels, GError **error);

/** zf_picture_check_size: FALSE + ZF_ERROR_LIMIT beyond @most pixels, before anything is decoded. zf_picture_too_large: that error. */
gboolean zf_picture_check_size (gint64 width, gint64 height, gint64 most, GError **error);
void zf_picture_too_large (gint64 most, GError **error);
/** zf_jpeg_decode: of at most @most pixels; decodes at the scale (n/8) that serves @edge best; may be larger than @edge. */
ZfPixels *zf_jpeg_decode (GBytes *bytes, int edge, gint64 most, GError **error);
GBytes *zf_jpeg_encode (const ZfPixels *pixels, int quality, GError **error);
/** zf_heif_decode: upright already; *exif (nullable, transfer full): its EXIF block with the "Exif" mark in front. */
ZfPixels *zf_heif_decode (GBytes *bytes, GBytes **exif, GError **error);
/** zf_pixbuf_decode: PNG and others of at most @most pixels, upright; @type is a gdk-pixbuf loader's name. */
ZfPixels *zf_pixbuf_decode (GBytes *bytes, const char *type, gint64 most, GError **error);

/* What EXIF said, as far as it can be believed. */
typedef struct
{
  int orientation;    /* 1–8 */
  gint64 taken_ms;
  char *lat;
  char *lon;
} ZfExif;
/** zf_exif_read: reads a JPEG file or a bare EXIF block; damaged or missing parts are simply absent. */
void zf_exif_read (GBytes *bytes, ZfExif *exif);

G_END_DECLS
