/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "map-sketch"

#include "zf-mbtiles-make.h"
#include "zf-mbtiles.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static ZfSketch *
load (void)
{
  g_autoptr (GError) error = NULL;
  ZfSketch *sketch = zf_sketch_load (g_getenv ("ZOUFANG_DATA"), &error);
  g_assert_no_error (error);
  return sketch;
}

static cairo_surface_t *
draw (ZfSketch *sketch, const ZfViewport *view, const ZfSketchStyle *style, gboolean frame)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) view->width, (int) view->height);
  cairo_t *cr = cairo_create (surface);
  zf_sketch_draw (sketch, cr, view, style);
  if (frame)
    zf_sketch_draw_frame (cr, view, style, NULL);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  const guint32 *row = (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));
  return row[x] & 0xffffff;
}

static guint
count_colour (cairo_surface_t *surface, guint32 rgb)
{
  guint n = 0;
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      n += pixel (surface, x, y) == rgb;
  return n;
}

static gboolean
same_picture (cairo_surface_t *a, cairo_surface_t *b)
{
  gsize size = (gsize) cairo_image_surface_get_stride (a) * (gsize) cairo_image_surface_get_height (a);
  return memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b), size) == 0;
}

static void
test_data (void)
{
  g_autoptr (ZfSketch) sketch = load ();
  double west, south, east, north;
  g_assert_cmpuint (zf_sketch_n_towns (sketch), ==, 30);
  g_assert_cmpuint (zf_sketch_n_rivers (sketch), >, 5);
  zf_sketch_bounds (sketch, &west, &south, &east, &north);
  g_assert_true (west > 107.3 && east < 108.4 && south > 29.4 && north < 30.4);
  double lat = 0, lon = 0;
  g_assert_true (zf_sketch_town (sketch, "三合街道", &lat, &lon));
  g_assert_cmpfloat_with_epsilon (lat, 29.86864, 1e-9);
  g_assert_cmpfloat_with_epsilon (lon, 107.73027, 1e-9);
  g_assert_false (zf_sketch_town (sketch, "", &lat, &lon));
}

static void
test_picture (void)
{
  g_autoptr (ZfSketch) sketch = load ();
  ZfViewport view = zf_viewport_around (29.86, 107.73, 10.5, 800, 600);
  ZfSketchStyle dark = { .dark = TRUE, .text_px = 20, .language = "en" };
  cairo_surface_t *first = draw (sketch, &view, NULL, TRUE);
  cairo_surface_t *second = draw (sketch, &view, NULL, TRUE);
  cairo_surface_t *night = draw (sketch, &view, &dark, TRUE);
  cairo_surface_t *bare = draw (sketch, &view, NULL, FALSE);
  const char *dump = g_getenv ("ZF_DUMP");
  if (dump != NULL)
    cairo_surface_write_to_png (first, dump);
  g_assert_true (same_picture (first, second));
  g_assert_false (same_picture (first, night));
  g_assert_false (same_picture (first, bare));
  g_assert_cmpuint (count_colour (first, 0x7fb2dd), >, 500);
  g_assert_cmpuint (count_colour (first, 0x241f31), >, 500);
  g_assert_cmpuint (count_colour (night, 0x24262a), >, 100000);
  cairo_surface_destroy (first);
  cairo_surface_destroy (second);
  cairo_surface_destroy (night);
  cairo_surface_destroy (bare);
}

/* Nothing runs across the town points: each in view is a whole dot. */
static void
test_whole_points (void)
{
  g_autoptr (ZfSketch) sketch = load ();
  ZfViewport view = zf_viewport_around (29.86, 107.73, 10.5, 800, 600);
  cairo_surface_t *surface = draw (sketch, &view, NULL, FALSE);
  g_assert_cmpuint (count_colour (surface, 0x5e5c64), >, 560);
  cairo_surface_destroy (surface);
}

/* Labels are placed by zoom alone: the same piece of ground looks the same wherever the view begins. */
static void
test_panning (void)
{
  g_autoptr (ZfSketch) sketch = load ();
  ZfViewport view = zf_viewport_around (29.86, 107.73, 11, 600, 400);
  ZfViewport moved = view;
  moved.west += 37 / view.scale;
  moved.north += 21 / view.scale;
  cairo_surface_t *a = draw (sketch, &view, NULL, FALSE);
  cairo_surface_t *b = draw (sketch, &moved, NULL, FALSE);
  guint different = 0;
  for (int y = 60; y < 340; y++)
    for (int x = 90; x < 560; x++)
      different += pixel (a, x, y) != pixel (b, x - 37, y - 21);
  g_assert_cmpuint (different, <, 470 * 280 / 50);
  cairo_surface_destroy (a);
  cairo_surface_destroy (b);
}

static void
test_scale (void)
{
  static const double leads[] = { 1, 2, 5 };
  for (double zoom = 4; zoom < 20; zoom += 0.37)
    {
      ZfViewport view = zf_viewport_around (29.86, 107.73, zoom, 800, 600);
      double px;
      double metres = zf_sketch_scale (&view, 120, &px);
      g_assert_true (px > 40 && px <= 120.001);
      g_assert_cmpfloat_with_epsilon (metres, px * zf_mercator_metres (29.86, zoom), metres * 1e-4);
      double lead = metres / pow (10, floor (log10 (metres) + 1e-9));
      gboolean round_number = FALSE;
      for (guint i = 0; i < 3; i++)
        round_number = round_number || fabs (lead - leads[i]) < 1e-6;
      g_assert_true (round_number);
    }
}

static void
test_damaged_data (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_sketch_load ("/nonexistent", &error));
  g_assert_error (error, ZF_MAP_ERROR, ZF_MAP_ERROR_FORMAT);
}

/* The demo's pack: readable by our own reader, whole, with its words. */
static void
test_make (void)
{
  g_autoptr (ZfSketch) sketch = load ();
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("zf-map-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "pack.mbtiles", NULL);
  ZfMbtilesSpec spec = { "丰都示意", 107.6, 29.8, 107.8, 29.95, 9, 12 };
  g_assert_true (zf_mbtiles_make (path, sketch, &spec, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (ZfMbtiles) pack = zf_mbtiles_open (path, &error);
  g_assert_no_error (error);
  const ZfMbtilesInfo *info = zf_mbtiles_info (pack);
  g_assert_cmpstr (info->name, ==, "丰都示意");
  g_assert_cmpstr (info->format, ==, "png");
  g_assert_nonnull (strstr (info->attribution, ZF_SKETCH_NOTICE));
  g_assert_nonnull (strstr (info->attribution, ZF_SKETCH_CREDIT));
  g_assert_cmpint (info->min_zoom, ==, 9);
  g_assert_cmpint (info->max_zoom, ==, 12);
  g_assert_cmpfloat_with_epsilon (info->west, 107.6, 1e-6);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_assert_true (zf_mbtiles_verify (pack, problems, &error));
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpint (info->n_tiles, ==, (gint64) zf_mbtiles_count (&spec));
  guint x, y;
  zf_mercator_tile (29.8783, 107.6992, 12, &x, &y);
  g_autoptr (GBytes) tile = zf_mbtiles_tile (pack, 12, x, y, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (tile), >, 1000);
  g_assert_false (zf_mbtiles_make (path, sketch, &spec, NULL, &error));
  g_assert_error (error, ZF_MAP_ERROR, ZF_MAP_ERROR_IO);
  g_clear_object (&pack);
  g_assert_cmpint (g_unlink (path) | g_rmdir (dir), ==, 0);
}

static void
test_make_refuses (void)
{
  g_autoptr (ZfSketch) sketch = load ();
  g_autofree char *dir = g_dir_make_tmp ("zf-map-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "pack.mbtiles", NULL);
  static const ZfMbtilesSpec specs[] = {
    { "x", 108, 29, 107, 30, 8, 9 }, { "x", 107, 30, 108, 29, 8, 9 }, { "x", 107, 29, 108, 30, 9, 8 },
    { "x", 107, 29, 108, 30, 8, 20 }, { "x", -180, -85, 180, 85, 0, 30 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (zf_mbtiles_make (path, sketch, &specs[i], NULL, &error));
      g_assert_error (error, ZF_MAP_ERROR, ZF_MAP_ERROR_FORMAT);
    }
  ZfMbtilesSpec fine = { "x", 107.6, 29.8, 107.8, 29.95, 9, 10 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_false (zf_mbtiles_make (path, sketch, &fine, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_rmdir (dir), ==, 0); /* nothing is left behind */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map/sketch/data", test_data);
  g_test_add_func ("/map/sketch/picture", test_picture);
  g_test_add_func ("/map/sketch/whole-points", test_whole_points);
  g_test_add_func ("/map/sketch/panning", test_panning);
  g_test_add_func ("/map/sketch/scale", test_scale);
  g_test_add_func ("/map/sketch/damaged-data", test_damaged_data);
  g_test_add_func ("/map/sketch/make", test_make);
  g_test_add_func ("/map/sketch/make-refuses", test_make_refuses);
  return g_test_run ();
}
