/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-error.h"
#include "zf-photo.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jpeglib.h>

static char *dir;

static char *
in_dir (const char *name)
{
  return g_build_filename (dir, name, NULL);
}

/* ---- Making pictures ---- */

/* A picture whose four corners differ: red, green / blue, white. */
static GdkPixbuf *
corners (int width, int height)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  static const guint32 colours[2][2] = { { 0xff0000ff, 0x00ff00ff }, { 0x0000ffff, 0xffffffff } };

  for (int y = 0; y < 2; y++)
    for (int x = 0; x < 2; x++)
      {
        g_autoptr (GdkPixbuf) part = gdk_pixbuf_new_subpixbuf (pixbuf, x * width / 2, y * height / 2, width / 2, height / 2);

        gdk_pixbuf_fill (part, colours[y][x]);
      }
  return pixbuf;
}

static GBytes *
save (GdkPixbuf *pixbuf, const char *type)
{
  char *data;
  gsize size;

  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, type, NULL, NULL));
  return g_bytes_new_take (data, size);
}

static void
put16 (GByteArray *out, guint value)
{
  guint8 bytes[] = { (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (out, bytes, 2);
}

static void
put32 (GByteArray *out, guint32 value)
{
  put16 (out, value >> 16);
  put16 (out, value & 0xffff);
}

static void
put_entry (GByteArray *out, guint tag, guint type, guint32 n, guint32 value)
{
  put16 (out, tag);
  put16 (out, type);
  put32 (out, n);
  put32 (out, value);
}

static void
put_rationals (GByteArray *out, guint32 a, guint32 b, guint32 c, guint32 d)
{
  put32 (out, a); put32 (out, d);
  put32 (out, b); put32 (out, d);
  put32 (out, c); put32 (out, d);
}

/* A big-endian TIFF block: orientation, time with zone, and 29°51'30.5" N 107°43'12.25" E. Offsets count from its start. */
static GByteArray *
exif_block (int orientation)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, (const guint8 *) "MM\0*\0\0\0\10", 8);
  put16 (out, 3);                                       /* IFD0 at 8, 42 bytes */
  put_entry (out, 0x0112, 3, 1, (guint32) orientation << 16);
  put_entry (out, 0x8769, 4, 1, 50);
  put_entry (out, 0x8825, 4, 1, 108);
  put32 (out, 0);
  put16 (out, 2);                                       /* EXIF at 50, 30 bytes */
  put_entry (out, 0x9003, 2, 20, 80);
  put_entry (out, 0x9011, 2, 7, 100);
  put32 (out, 0);
  g_byte_array_append (out, (const guint8 *) "2026:11:03 14:05:00", 20);
  g_byte_array_append (out, (const guint8 *) "+08:00\0", 8);
  put16 (out, 4);                                       /* GPS at 108, 54 bytes */
  put_entry (out, 1, 2, 2, (guint32) 'N' << 24);
  put_entry (out, 2, 5, 3, 162);
  put_entry (out, 3, 2, 2, (guint32) 'E' << 24);
  put_entry (out, 4, 5, 3, 186);
  put32 (out, 0);
  put_rationals (out, 2900, 5100, 3050, 100);
  put_rationals (out, 10700, 4300, 1225, 100);
  return out;
}

/* Puts an APP1 segment behind the start mark of @jpeg. */
static GBytes *
with_exif (GBytes *jpeg, const GByteArray *block)
{
  GByteArray *out = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (jpeg, &size);

  g_byte_array_append (out, (const guint8 *) "\xff\xd8\xff\xe1", 4);
  put16 (out, block->len + 8);
  g_byte_array_append (out, (const guint8 *) "Exif\0\0", 6);
  g_byte_array_append (out, block->data, block->len);
  g_byte_array_append (out, data + 2, (guint) (size - 2));
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
jpeg_with_exif (int width, int height, const GByteArray *block)
{
  g_autoptr (GdkPixbuf) pixbuf = corners (width, height);
  g_autoptr (GBytes) jpeg = save (pixbuf, "jpeg");

  return with_exif (jpeg, block);
}

/* ---- Looking at pictures ---- */

static ZfPicture *
load_bytes (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autofree char *path = in_dir (name);
  ZfPicture *picture;

  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
  picture = zf_picture_load (path, error);
  g_unlink (path);
  return picture;
}

static ZfPicture *
load (GBytes *bytes, const char *name, GError **error)
{
  return load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), name, error);
}

static GdkPixbuf *
decode (GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, NULL);

  g_assert_nonnull (pixbuf);
  return pixbuf;
}

/* The letter of the corner's colour. */
static char
corner (GdkPixbuf *pixbuf, int right, int bottom)
{
  int x = gdk_pixbuf_get_width (pixbuf) * (1 + 2 * right) / 4;
  int y = gdk_pixbuf_get_height (pixbuf) * (1 + 2 * bottom) / 4;
  const guint8 *p = gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + x * gdk_pixbuf_get_n_channels (pixbuf);

  return "?RG?B??W"[(p[0] > 200) | (p[1] > 200) << 1 | (p[2] > 200) << 2];
}

static void
assert_corners (GBytes *jpeg, const char *expected)
{
  g_autoptr (GdkPixbuf) pixbuf = decode (jpeg);
  char seen[] = { corner (pixbuf, 0, 0), corner (pixbuf, 1, 0), corner (pixbuf, 0, 1), corner (pixbuf, 1, 1), '\0' };

  g_assert_cmpstr (seen, ==, expected);
}

static gboolean
has_app1 (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return memmem (data, size, "Exif", 4) != NULL || memmem (data, size, "\xff\xe1", 2) != NULL;
}

/* ---- Tests ---- */

static void
test_orientation (void)
{
  /* What each value says of where the top left of the scene is, read row by row: corners as seen upright. */
  static const char *const upright[] = { NULL, "RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB" };

  for (int orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (GByteArray) block = exif_block (orientation);
      g_autoptr (GBytes) jpeg = jpeg_with_exif (640, 400, block);
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfPicture) picture = load (jpeg, "turned.jpg", &error);

      g_assert_no_error (error);
      g_assert_cmpint (picture->width, ==, orientation < 5 ? 640 : 400);
      g_assert_cmpint (picture->height, ==, orientation < 5 ? 400 : 640);
      assert_corners (picture->jpeg, upright[orientation]);
      assert_corners (picture->thumb, upright[orientation]);
      g_assert_false (has_app1 (picture->jpeg));
      g_assert_false (has_app1 (picture->thumb));
    }
}

static void
test_exif (void)
{
  g_autoptr (GByteArray) block = exif_block (1);
  g_autoptr (GBytes) jpeg = jpeg_with_exif (64, 48, block);
  g_autoptr (ZfPicture) picture = load (jpeg, "place.jpg", NULL);

  g_assert_nonnull (picture);
  g_assert_cmpstr (picture->lat, ==, "29.8584722");
  g_assert_cmpstr (picture->lon, ==, "107.7200694");
  g_assert_cmpint (picture->taken_ms, ==, G_GINT64_CONSTANT (1793685900000));
}

/* One byte of the block at a time set to values that make types, counts and offsets wrong: always a picture, never a
 * position outside the world. */
static void
test_exif_damage (void)
{
  static const guint8 values[] = { 0x00, 0x01, 0x7f, 0xff };
  g_autoptr (GByteArray) block = exif_block (6);
  g_autoptr (GdkPixbuf) pixbuf = corners (16, 16);
  g_autoptr (GBytes) plain = save (pixbuf, "jpeg");

  for (guint at = 0; at < block->len; at++)
    for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
      {
        g_autoptr (GBytes) jpeg = NULL;
        g_autoptr (ZfPicture) picture = NULL;
        guint8 right = block->data[at];

        block->data[at] = values[i];
        jpeg = with_exif (plain, block);
        block->data[at] = right;
        picture = load (jpeg, "damaged.jpg", NULL);
        g_assert_nonnull (picture);
        if (picture->lat != NULL)
          {
            g_assert_cmpfloat (ABS (g_ascii_strtod (picture->lat, NULL)), <=, 90);
            g_assert_cmpfloat (ABS (g_ascii_strtod (picture->lon, NULL)), <=, 180);
          }
      }
}

static void
test_exif_cut (void)
{
  g_autoptr (GdkPixbuf) pixbuf = corners (16, 16);
  g_autoptr (GBytes) plain = save (pixbuf, "jpeg");

  for (guint n = 0; n < 210; n++)
    {
      g_autoptr (GByteArray) block = exif_block (3);
      g_autoptr (GBytes) jpeg = NULL;
      g_autoptr (ZfPicture) picture = NULL;

      g_byte_array_set_size (block, n);
      jpeg = with_exif (plain, block);
      picture = load (jpeg, "cut.jpg", NULL);
      g_assert_nonnull (picture);
    }
}

static void
assert_size (int width, int height, int expected_width, int expected_height)
{
  g_autoptr (GdkPixbuf) pixbuf = corners (width, height);
  g_autoptr (GBytes) jpeg = save (pixbuf, "jpeg");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPicture) picture = load (jpeg, "size.jpg", &error);
  g_autoptr (GdkPixbuf) thumb = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (picture->width, ==, expected_width);
  g_assert_cmpint (picture->height, ==, expected_height);
  assert_corners (picture->jpeg, "RGBW");
  thumb = decode (picture->thumb);
  g_assert_cmpint (MAX (gdk_pixbuf_get_width (thumb), gdk_pixbuf_get_height (thumb)), ==, MIN (ZF_PHOTO_THUMB_EDGE, MAX (width, height)));
}

static void
test_sizes (void)
{
  assert_size (4000, 3000, 2000, 1500);
  assert_size (2200, 1000, 1925, 875);
  assert_size (3072, 4608, 1365, 2048);
  assert_size (2048, 1536, 2048, 1536);
  assert_size (100, 60, 100, 60);
  assert_size (32, 32, 32, 32);
}

/* A scaled flat picture stays flat, and a fine pattern becomes its mean, not a lottery of its dots. */
static void
test_average (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 2500, 1000);
  g_autoptr (GBytes) png = NULL;
  g_autoptr (ZfPicture) picture = NULL;
  g_autoptr (GdkPixbuf) seen = NULL;

  for (int y = 0; y < 1000; y++)
    memset (gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf), y % 2 == 0 ? 200 : 100, 7500);
  png = save (pixbuf, "png");
  picture = load (png, "stripes.png", NULL);
  g_assert_nonnull (picture);
  g_assert_cmpint (picture->width, ==, 2048);
  g_assert_cmpint (picture->height, ==, 819);
  seen = decode (picture->thumb);
  for (int y = 0; y < gdk_pixbuf_get_height (seen); y++)
    for (int x = 0; x < gdk_pixbuf_get_width (seen); x++)
      {
        int value = gdk_pixbuf_read_pixels (seen)[y * gdk_pixbuf_get_rowstride (seen) + x * 3];

        g_assert_cmpint (ABS (value - 150), <=, 12);
      }
}

static void
test_png (void)
{
  g_autoptr (GdkPixbuf) opaque = corners (100, 60);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_add_alpha (opaque, TRUE, 0, 0, 255);
  g_autoptr (GBytes) png = save (pixbuf, "png");
  g_autoptr (ZfPicture) picture = load (png, "really-a-png.jpg", NULL);
  g_autoptr (GError) error = NULL;

  /* Blue was made transparent: it shows as paper. */
  g_assert_nonnull (picture);
  assert_corners (picture->jpeg, "RGWW");
  g_assert_null (picture->lat);
  g_assert_cmpint (picture->taken_ms, ==, 0);
  g_assert_null (load_bytes (g_bytes_get_data (png, NULL), g_bytes_get_size (png) - 20, "cut.png", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

static void
test_truncated (void)
{
  g_autoptr (GdkPixbuf) pixbuf = corners (800, 600);
  g_autoptr (GBytes) jpeg = save (pixbuf, "jpeg");
  const guint8 *data = g_bytes_get_data (jpeg, NULL);
  gsize size = g_bytes_get_size (jpeg);

  for (gsize n = 0; n < size - 2; n += 1 + size / 60)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load_bytes (data, n, "cut.jpg", &error));
      g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
      g_assert_true (g_str_has_suffix (error->message, "."));
    }
}

static void
test_noise (void)
{
  g_autoptr (GdkPixbuf) pixbuf = corners (160, 120);
  static const char *const types[] = { "jpeg", "png", "tiff", "bmp" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);

  for (int run = 0; run < 400; run++)
    {
      g_autoptr (GBytes) whole = save (pixbuf, types[run % 4]);
      gsize size = g_bytes_get_size (whole);
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), size);
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfPicture) picture = NULL;

      for (int i = 0; i < 8; i++)
        bytes[g_rand_int_range (rand, 0, (gint32) MIN (size, 600))] = (guint8) g_rand_int (rand);
      picture = load_bytes (bytes, size, "noise", &error);
      g_assert_true ((picture == NULL) == (error != NULL));
    }
}

static void
test_foreign (void)
{
  static const char *const texts[] = { "", "not a picture", "<svg xmlns='http://www.w3.org/2000/svg'/>", "\xff\xd8\xff", "\xff\xd8\xff\xd9", "GIF89a" };
  g_autofree char *none = in_dir ("none.jpg");
  g_autoptr (GError) absent = NULL;
  g_autoptr (GError) folder = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load_bytes ((const guint8 *) texts[i], strlen (texts[i]), "x.jpg", &error));
      g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
    }
  g_assert_null (zf_picture_load (none, &absent));
  g_assert_error (absent, ZF_ERROR, ZF_ERROR_NOT_FOUND);
  g_assert_null (zf_picture_load (dir, &folder));
  g_assert_error (folder, ZF_ERROR, ZF_ERROR_IO);
}

/* The header alone decides: nothing of that size is ever held. */
static void
test_too_large (void)
{
  g_autoptr (GdkPixbuf) pixbuf = corners (16, 16);
  g_autoptr (GBytes) jpeg = save (pixbuf, "jpeg");
  g_autoptr (GBytes) png = save (pixbuf, "png");
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg));
  g_autofree guint8 *huge_png = g_memdup2 (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  guint8 *frame = memmem (bytes, g_bytes_get_size (jpeg), "\xff\xc0", 2);
  g_autofree char *path = in_dir ("large.jpg");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) png_error = NULL;
  g_autoptr (GError) file_error = NULL;

  g_assert_nonnull (frame);
  frame[5] = frame[7] = 0x7f;
  g_assert_null (load_bytes (bytes, g_bytes_get_size (jpeg), "huge.jpg", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_LIMIT);
  huge_png[18] = huge_png[22] = 0x7f;
  g_assert_null (load_bytes (huge_png, g_bytes_get_size (png), "huge.png", &png_error));
  g_assert_true (png_error->domain == ZF_ERROR);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, 65 * 1024 * 1024), ==, 0);
  g_assert_null (zf_picture_load (path, &file_error));
  g_assert_error (file_error, ZF_ERROR, ZF_ERROR_LIMIT);
  g_unlink (path);
}

/* The pixels of a picture beside words: never grown, smaller where an edge is longer, upright, on white paper, and told by content. */
static void
test_rgb (void)
{
  g_autoptr (GByteArray) block = exif_block (6);
  g_autoptr (GBytes) turned = jpeg_with_exif (640, 400, block);
  g_autoptr (GdkPixbuf) clear = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, 30, 20), large = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 2001, 2000);
  g_autoptr (GdkPixbuf) plain = corners (16, 16);
  g_autoptr (GBytes) bmp = save (plain, "bmp");
  const char *const types[] = { "png", "jpeg" };
  int width = 0, height = 0;

  g_autoptr (GBytes) upright = zf_picture_rgb (turned, 320, &width, &height, NULL);
  g_assert_cmpint (width, ==, 200);
  g_assert_cmpint (height, ==, 320);
  g_assert_cmpuint (g_bytes_get_size (upright), ==, 200 * 320 * 3);
  gdk_pixbuf_fill (clear, 0x00000000);
  g_autoptr (GBytes) png = save (clear, "png"), paper = zf_picture_rgb (png, 320, &width, &height, NULL);
  g_assert_cmpint (width, ==, 30);
  g_assert_cmpint (height, ==, 20);
  for (gsize i = 0; i < g_bytes_get_size (paper); i++)
    g_assert_cmpuint (((const guint8 *) g_bytes_get_data (paper, NULL))[i], ==, 255);
  gdk_pixbuf_fill (large, 0x808080ff);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) bytes = save (large, types[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (zf_picture_rgb (bytes, 320, &width, &height, &error));
      g_assert_error (error, ZF_ERROR, ZF_ERROR_LIMIT);
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_picture_rgb (bmp, 320, &width, &height, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

/* A JPEG of one grey or four ink channels. */
static GBytes *
jpeg_of (J_COLOR_SPACE space, int channels, guint8 value)
{
  struct jpeg_compress_struct cinfo;
  struct jpeg_error_mgr errors;
  unsigned char *out = NULL;
  unsigned long size = 0;
  guint8 row[64 * 4];
  JSAMPROW rows[] = { row };

  memset (row, value, sizeof row);
  cinfo.err = jpeg_std_error (&errors);
  jpeg_create_compress (&cinfo);
  jpeg_mem_dest (&cinfo, &out, &size);
  cinfo.image_width = cinfo.image_height = 64;
  cinfo.input_components = channels;
  cinfo.in_color_space = space;
  jpeg_set_defaults (&cinfo);
  jpeg_start_compress (&cinfo, TRUE);
  for (int y = 0; y < 64; y++)
    jpeg_write_scanlines (&cinfo, rows, 1);
  jpeg_finish_compress (&cinfo);
  jpeg_destroy_compress (&cinfo);
  return g_bytes_new_with_free_func (out, size, free, out);
}

static void
test_colour_spaces (void)
{
  g_autoptr (GBytes) grey = jpeg_of (JCS_GRAYSCALE, 1, 255);
  g_autoptr (GBytes) ink = jpeg_of (JCS_CMYK, 4, 255);
  g_autoptr (ZfPicture) from_grey = load (grey, "grey.jpg", NULL);
  g_autoptr (ZfPicture) from_ink = load (ink, "ink.jpg", NULL);

  g_assert_nonnull (from_grey);
  assert_corners (from_grey->jpeg, "WWWW");
  g_assert_nonnull (from_ink);
  /* libjpeg marks CMYK as Adobe's, which stands upside down: 255 is no ink. */
  assert_corners (from_ink->jpeg, "WWWW");
}

static void
test_original_untouched (void)
{
  g_autoptr (GByteArray) block = exif_block (6);
  g_autoptr (GBytes) jpeg = jpeg_with_exif (300, 200, block);
  g_autofree char *path = in_dir ("original.jpg");
  g_autofree char *after = NULL;
  g_autoptr (ZfPicture) picture = NULL;
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, jpeg);
  GStatBuf before_stat, after_stat;
  gsize size;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (jpeg, NULL), (gssize) g_bytes_get_size (jpeg), NULL));
  g_assert_cmpint (g_chmod (path, 0400), ==, 0);
  g_assert_cmpint (g_stat (path, &before_stat), ==, 0);
  picture = zf_picture_load (path, NULL);
  g_assert_nonnull (picture);
  g_assert_cmpint (g_stat (path, &after_stat), ==, 0);
  g_assert_true (before_stat.st_mtim.tv_sec == after_stat.st_mtim.tv_sec && before_stat.st_mtim.tv_nsec == after_stat.st_mtim.tv_nsec);
  g_assert_true (g_file_get_contents (path, &after, &size, NULL));
  g_assert_cmpmem (after, size, g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg));
  g_assert_cmpstr (picture->source_sha256, ==, hash);
  g_unlink (path);
}

/* The same original gives the same bytes: duplicates are found by their hash. */
static void
test_repeatable (void)
{
  g_autoptr (GByteArray) block = exif_block (6);
  g_autoptr (GBytes) jpeg = jpeg_with_exif (2600, 1800, block);
  g_autoptr (ZfPicture) a = load (jpeg, "a.jpg", NULL);
  g_autoptr (ZfPicture) b = load (jpeg, "b.jpg", NULL);

  g_assert_cmpstr (a->sha256, ==, b->sha256);
}

static void
test_heic (void)
{
  g_autofree char *tool = g_find_program_in_path ("heif-enc");
  g_autofree char *png_path = in_dir ("h.png");
  g_autofree char *heic_path = in_dir ("phone.jpg");
  g_autoptr (GdkPixbuf) pixbuf = corners (320, 240);
  g_autoptr (GBytes) png = save (pixbuf, "png");
  g_autoptr (ZfPicture) picture = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { tool, png_path, "-o", heic_path, NULL };
  int status = 0;

  g_assert_true (g_file_set_contents (png_path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), NULL));
  if (tool == NULL || !g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL)
      || status != 0)
    {
      g_unlink (png_path);
      g_test_skip ("heif-enc cannot make a test picture here");
      return;
    }
  picture = zf_picture_load (heic_path, &error);
  g_unlink (png_path);
  g_unlink (heic_path);
  g_assert_no_error (error);
  g_assert_cmpint (picture->width, ==, 320);
  assert_corners (picture->jpeg, "RGBW");
}

/* ---- Files that mean harm, and those that are merely rare ---- */

static guint32
crc_of (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (int k = 0; k < 8; k++)
        crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
    }
  return ~crc;
}

static void
put_chunk (GByteArray *out, const char *type, const guint8 *data, gsize size)
{
  guint at = out->len + 4;

  put32 (out, (guint32) size);
  g_byte_array_append (out, (const guint8 *) type, 4);
  g_byte_array_append (out, data, (guint) size);
  put32 (out, crc_of (out->data + at, size + 4));
}

/* Rows of zeros, or of @pattern over and over. */
static GBytes *
deflate (gsize row, int rows, const guint8 *pattern, gsize n_pattern)
{
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (zlib));
  g_autofree guint8 *line = g_malloc0 (row + 1);

  for (gsize i = 0; i < row && n_pattern > 0; i++)
    line[i + 1] = pattern[i % n_pattern];
  for (int y = 0; y < rows; y++)
    g_assert_true (g_output_stream_write_all (stream, line, row + 1, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static GBytes *
png_of (int width, int height, int depth, int type, const guint8 *pattern, gsize n_pattern)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  gsize row = ((gsize) width * (gsize) depth * (type == 2 ? 3 : 1) + 7) / 8;
  g_autoptr (GBytes) body = deflate (row, height, pattern, n_pattern);

  put32 (head, (guint32) width);
  put32 (head, (guint32) height);
  g_byte_array_append (head, (const guint8[]) { (guint8) depth, (guint8) type, 0, 0, 0 }, 5);
  g_byte_array_append (out, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  put_chunk (out, "IHDR", head->data, head->len);
  put_chunk (out, "IDAT", g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  put_chunk (out, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (out);
}

static long
peak_kb (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

static void
assert_refused (GBytes *bytes, const char *name, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load (bytes, name, &error));
  g_assert_error (error, ZF_ERROR, code);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* 100 megapixels in a file of some kilobytes: refused by one sentence, before the memory is asked for. */
static void
test_bombs (void)
{
  g_autoptr (GBytes) png = png_of (10000, 10000, 1, 0, NULL, 0);
  g_autoptr (GBytes) wide = png_of (60000, 900, 1, 0, NULL, 0);
  long before = peak_kb ();

  g_assert_cmpuint (g_bytes_get_size (png), <, 64 * 1024);
  assert_refused (png, "bomb.png", ZF_ERROR_LIMIT);
  assert_refused (wide, "wide.png", ZF_ERROR_LIMIT);
  g_assert_cmpint (peak_kb () - before, <, 32 * 1024);
}

static GBytes *
progressive (int width, int height)
{
  struct jpeg_compress_struct cinfo;
  struct jpeg_error_mgr errors;
  unsigned char *out = NULL;
  unsigned long size = 0;
  g_autofree guint8 *row = g_malloc0 ((gsize) width * 3);
  JSAMPROW rows[] = { row };

  cinfo.err = jpeg_std_error (&errors);
  jpeg_create_compress (&cinfo);
  jpeg_mem_dest (&cinfo, &out, &size);
  cinfo.image_width = (JDIMENSION) width;
  cinfo.image_height = (JDIMENSION) height;
  cinfo.input_components = 3;
  cinfo.in_color_space = JCS_RGB;
  jpeg_set_defaults (&cinfo);
  jpeg_simple_progression (&cinfo);
  jpeg_start_compress (&cinfo, TRUE);
  for (int y = 0; y < height; y++)
    jpeg_write_scanlines (&cinfo, rows, 1);
  jpeg_finish_compress (&cinfo);
  jpeg_destroy_compress (&cinfo);
  return g_bytes_new_with_free_func (out, size, free, out);
}

/* A progressive picture is held whole by the decoder: an ordinary one is taken, one that would take 300 MB is not, however small its file. */
static void
test_progressive (void)
{
  g_autoptr (GBytes) ordinary = progressive (1200, 900);
  g_autoptr (ZfPicture) picture = load (ordinary, "progressive.jpg", NULL);
  g_autoptr (GBytes) small = progressive (64, 64);
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (small, NULL), g_bytes_get_size (small));
  guint8 *frame = memmem (bytes, g_bytes_get_size (small), "\xff\xc2", 2);
  g_autoptr (GBytes) bomb = NULL;
  long before = peak_kb ();

  g_assert_nonnull (picture);
  g_assert_cmpint (picture->width, ==, 1200);
  g_assert_nonnull (frame);
  frame[5] = frame[7] = 0x27;   /* 0x2740 = 10048 each way */
  bomb = g_bytes_new (bytes, g_bytes_get_size (small));
  assert_refused (bomb, "bomb.jpg", ZF_ERROR_LIMIT);
  g_assert_cmpint (peak_kb () - before, <, 64 * 1024);
}

/* 16 bits a channel become 8. */
static void
test_deep (void)
{
  static const guint8 colour[] = { 0x80, 0x12, 0xff, 0xff, 0x00, 0x34 };
  g_autoptr (GBytes) png = png_of (64, 48, 16, 2, colour, sizeof colour);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPicture) picture = load (png, "deep.png", &error);
  g_autoptr (GdkPixbuf) seen = NULL;
  const guint8 *p;

  g_assert_no_error (error);
  g_assert_cmpint (picture->width, ==, 64);
  seen = decode (picture->jpeg);
  p = gdk_pixbuf_read_pixels (seen) + 20 * gdk_pixbuf_get_rowstride (seen) + 20 * 3;
  g_assert_cmpint (ABS (p[0] - 0x80), <, 6);
  g_assert_cmpint (p[1], >, 248);
  g_assert_cmpint (p[2], <, 6);
}

/* Two frames of 2 × 2, each one colour; codes of three bits, anew before the table grows: clear, two pixels, clear, two pixels, end. */
static GBytes *
animated_gif (void)
{
  static const guint8 head[] = { 'G', 'I', 'F', '8', '9', 'a', 2, 0, 2, 0, 0x81, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0, 0,
                                 0x21, 0xff, 11, 'N', 'E', 'T', 'S', 'C', 'A', 'P', 'E', '2', '.', '0', 3, 1, 0, 0, 0 };
  static const guint8 frame[] = { 0x21, 0xf9, 4, 4, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2 };
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, head, sizeof head);
  for (guint colour = 0; colour < 2; colour++)
    {
      guint codes[] = { 4, colour, colour, 4, colour, colour, 5 };
      guint32 bits = 0;
      guint8 data[5] = { 3 };

      for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
        bits |= codes[i] << (3 * i);
      for (guint i = 0; i < 3; i++)
        data[i + 1] = (guint8) (bits >> (8 * i));
      g_byte_array_append (out, frame, sizeof frame);
      g_byte_array_append (out, data, sizeof data);
    }
  g_byte_array_append (out, (const guint8 *) ";", 1);
  return g_byte_array_free_to_bytes (out);
}

/* Of a picture that moves the first is taken. */
static void
test_animated (void)
{
  g_autoptr (GBytes) gif = animated_gif ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPicture) picture = load (gif, "moves.jpg", &error);
  g_autoptr (GdkPixbuf) seen = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (picture->width, ==, 2);
  seen = decode (picture->jpeg);
  g_assert_cmpint (gdk_pixbuf_read_pixels (seen)[0], >, 200);
  g_assert_cmpint (gdk_pixbuf_read_pixels (seen)[2], <, 60);
}

/* Kinds that this tablet may lack a reader for, and what only pretends to be one: one sentence each. */
static void
test_rare (void)
{
  static const struct
  {
    const char *name;
    const char *bytes;
    gsize size;
  } files[] = {
#define FILE_OF(name, text) { name, text, sizeof (text) - 1 }
    FILE_OF ("moves.webp", "RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x01\0\0\x01\0\0ANIM\x06\0\0\0"),
    FILE_OF ("phone.heic", "\0\0\0\x18" "ftypheic\0\0\0\0heicmif1"),
    FILE_OF ("new.avif", "\0\0\0\x18" "ftypavif\0\0\0\0avifmif1"),
    FILE_OF ("letter.jpg", "东墙裂了一条缝"),
    FILE_OF ("nothing.jpg", ""),
#undef FILE_OF
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (files[i].bytes, files[i].size);

      assert_refused (bytes, files[i].name, ZF_ERROR_INVALID);
    }
}

/* Real files of real cameras, where the samples are at hand: a picture or one plain sentence. */
static void
test_samples (void)
{
  const char *set = g_getenv ("ZF_TESTDATA");
  g_autofree char *samples = set != NULL ? g_build_filename (set, "exif", NULL)
                                         : g_build_filename (g_getenv ("ZF_SRCDIR"), "..", "shared", "testdata", "exif", NULL);
  g_autoptr (GDir) folder = g_dir_open (samples, 0, NULL);
  const char *name;

  if (folder == NULL)
    {
      g_test_skip ("no sample pictures here (ZF_TESTDATA)");
      return;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (samples, name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfPicture) picture = zf_picture_load (path, &error);

      if (picture == NULL)
        g_test_message ("%s: %s", name, error->message);
      else
        g_test_message ("%s: %dx%d, time %" G_GINT64_FORMAT ", place %s", name, picture->width, picture->height, picture->taken_ms,
                        picture->lat != NULL ? "yes" : "no");
      g_assert_true ((picture == NULL) == (error != NULL));
      g_assert_true (picture == NULL || !has_app1 (picture->jpeg));
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("zf-picture-XXXXXX", NULL);
  g_test_add_func ("/picture/orientation", test_orientation);
  g_test_add_func ("/picture/exif", test_exif);
  g_test_add_func ("/picture/exif-damage", test_exif_damage);
  g_test_add_func ("/picture/exif-cut", test_exif_cut);
  g_test_add_func ("/picture/sizes", test_sizes);
  g_test_add_func ("/picture/average", test_average);
  g_test_add_func ("/picture/png", test_png);
  g_test_add_func ("/picture/truncated", test_truncated);
  g_test_add_func ("/picture/noise", test_noise);
  g_test_add_func ("/picture/foreign", test_foreign);
  g_test_add_func ("/picture/too-large", test_too_large);
  g_test_add_func ("/picture/rgb", test_rgb);
  g_test_add_func ("/picture/colour-spaces", test_colour_spaces);
  g_test_add_func ("/picture/original-untouched", test_original_untouched);
  g_test_add_func ("/picture/repeatable", test_repeatable);
  g_test_add_func ("/picture/heic", test_heic);
  g_test_add_func ("/picture/bombs", test_bombs);
  g_test_add_func ("/picture/progressive", test_progressive);
  g_test_add_func ("/picture/deep", test_deep);
  g_test_add_func ("/picture/animated", test_animated);
  g_test_add_func ("/picture/rare", test_rare);
  g_test_add_func ("/picture/samples", test_samples);
  result = g_test_run ();
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  g_free (dir);
  return result;
}
