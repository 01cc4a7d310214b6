/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A 12-megapixel photo → stored JPEG + thumbnail; the floor is libjpeg-turbo's scaled decode and encode alone. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <jpeglib.h>

#include "zf-bench.h"
#include "zf-photo.h"

#define WIDTH 4000
#define HEIGHT 3000

/* A picture with the texture of a photo: smooth shades plus grain, so that decoding does real work. */
static GBytes *
make_photo (void)
{
  struct jpeg_compress_struct c = { 0 };
  struct jpeg_error_mgr jerr;
  g_autofree guint8 *row = g_malloc (WIDTH * 3);
  unsigned char *out = NULL;
  unsigned long size = 0;
  guint32 grain = 1;
  GBytes *bytes = NULL;

  c.err = jpeg_std_error (&jerr);
  jpeg_create_compress (&c);
  jpeg_mem_dest (&c, &out, &size);
  c.image_width = WIDTH;
  c.image_height = HEIGHT;
  c.input_components = 3;
  c.in_color_space = JCS_RGB;
  jpeg_set_defaults (&c);
  jpeg_set_quality (&c, 92, TRUE);
  jpeg_start_compress (&c, TRUE);
  for (int y = 0; y < HEIGHT; y++)
    {
      JSAMPROW rows[1] = { row };

      for (int x = 0; x < WIDTH; x++)
        {
          grain = grain * 1664525u + 1013904223u;
          row[x * 3] = (guint8) ((x / 16 + (int) (grain >> 28)) & 0xff);
          row[x * 3 + 1] = (guint8) ((y / 12 + (int) (grain >> 29)) & 0xff);
          row[x * 3 + 2] = (guint8) (((x + y) / 28 + (int) (grain >> 27)) & 0xff);
        }
      jpeg_write_scanlines (&c, rows, 1);
    }
  jpeg_finish_compress (&c);
  jpeg_destroy_compress (&c);
  bytes = g_bytes_new (out, size);
  free (out);
  return bytes;
}

static void
encode (const guint8 *pixels, int width, int height)
{
  struct jpeg_compress_struct c = { 0 };
  struct jpeg_error_mgr jerr;
  unsigned char *out = NULL;
  unsigned long size = 0;

  c.err = jpeg_std_error (&jerr);
  jpeg_create_compress (&c);
  jpeg_mem_dest (&c, &out, &size);
  c.image_width = (JDIMENSION) width;
  c.image_height = (JDIMENSION) height;
  c.input_components = 3;
  c.in_color_space = JCS_RGB;
  jpeg_set_defaults (&c);
  jpeg_set_quality (&c, 82, TRUE);
  jpeg_start_compress (&c, TRUE);
  while (c.next_scanline < c.image_height)
    {
      JSAMPROW rows[1] = { (JSAMPROW) pixels + (gsize) c.next_scanline * (gsize) width * 3 };

      jpeg_write_scanlines (&c, rows, 1);
    }
  jpeg_finish_compress (&c);
  jpeg_destroy_compress (&c);
  free (out);
}

static void
floor_once (GBytes *photo)
{
  struct jpeg_decompress_struct d = { 0 };
  struct jpeg_error_mgr jerr;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (photo, &size);
  g_autofree guint8 *pixels = NULL;

  d.err = jpeg_std_error (&jerr);
  jpeg_create_decompress (&d);
  jpeg_mem_src (&d, data, size);
  jpeg_read_header (&d, TRUE);
  d.scale_num = 4;
  d.scale_denom = 8;
  jpeg_start_decompress (&d);
  pixels = g_malloc ((gsize) d.output_width * d.output_height * 3);
  while (d.output_scanline < d.output_height)
    {
      JSAMPROW rows[1] = { pixels + (gsize) d.output_scanline * d.output_width * 3 };

      jpeg_read_scanlines (&d, rows, 1);
    }
  encode (pixels, (int) d.output_width, (int) d.output_height);
  jpeg_finish_decompress (&d);
  jpeg_destroy_decompress (&d);
}

int
main (void)
{
  g_autoptr (GBytes) photo = make_photo ();
  g_autofree char *dir = g_dir_make_tmp ("zf-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "photo.jpg", NULL);
  g_autoptr (GError) error = NULL;
  ZfSamples ours, floor;

  zf_samples_init (&ours);
  zf_samples_init (&floor);
  g_file_set_contents (path, g_bytes_get_data (photo, NULL), (gssize) g_bytes_get_size (photo), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 12; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (ZfPicture) picture = zf_picture_load (path, &error);

      g_assert_no_error (error);
      zf_samples_since (&ours, start);
      start = g_get_monotonic_time ();
      floor_once (photo);
      zf_samples_since (&floor, start);
    }
  zf_bench_report ("photo-12mp", &ours, &floor, "ms", "<= 1.3 x floor");
  zf_samples_clear (&ours);
  zf_samples_clear (&floor);
  g_unlink (path);
  g_rmdir (dir);
  return 0;
}
