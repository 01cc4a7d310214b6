/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pen leaves on the pad, without a screen. */
#include <gdk-pixbuf/gdk-pixbuf.h>

#include "zf-error.h"
#include "zf-ink.h"

static void
line (ZfInk *ink, double x0, double y0, double x1, double y1)
{
  zf_ink_begin (ink, x0, y0, 0.5);
  for (int i = 1; i <= 20; i++)
    zf_ink_go (ink, x0 + (x1 - x0) * i / 20, y0 + (y1 - y0) * i / 20, 0.5);
}

static GdkPixbuf *
picture (const ZfInk *ink)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = zf_ink_png (ink, &error);
  g_autoptr (GInputStream) stream = NULL;
  GdkPixbuf *pixbuf = NULL;

  g_assert_no_error (error);
  stream = g_memory_input_stream_new_from_bytes (png);
  pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);
  g_assert_no_error (error);
  return pixbuf;
}

static gboolean
is_dark (GdkPixbuf *pixbuf, int x, int y)
{
  return gdk_pixbuf_read_pixels (pixbuf)[y * gdk_pixbuf_get_rowstride (pixbuf) + x * gdk_pixbuf_get_n_channels (pixbuf)] < 128;
}

/* Nothing, a touch, and a stroke that was taken back are no signature. */
static void
test_enough (void)
{
  g_autoptr (ZfInk) ink = zf_ink_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (zf_ink_is_enough (ink));
  g_assert_null (zf_ink_png (ink, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
  zf_ink_go (ink, 10, 10, 0.5);
  g_assert_cmpuint (zf_ink_n_strokes (ink), ==, 0);
  zf_ink_begin (ink, 10, 10, 0.5);
  zf_ink_go (ink, 10.2, 10, 0.5);
  g_assert_false (zf_ink_is_enough (ink));
  line (ink, 10, 10, 90, 10);
  g_assert_true (zf_ink_is_enough (ink));
  zf_ink_undo (ink);
  g_assert_cmpuint (zf_ink_n_strokes (ink), ==, 1);
  g_assert_false (zf_ink_is_enough (ink));
  line (ink, 10, 10, 90, 10);
  zf_ink_clear (ink);
  g_assert_cmpuint (zf_ink_n_strokes (ink), ==, 0);
  zf_ink_undo (ink);
}

/* Wherever on the pad it was written: the ink with its margin of 12, four times as large, black on white. */
static void
test_trimmed (void)
{
  for (int at = 0; at < 2000; at += 500)
    {
      g_autoptr (ZfInk) ink = zf_ink_new ();
      g_autoptr (GdkPixbuf) pixbuf = NULL;

      line (ink, at + 5, at + 3, at + 105, at + 43);
      pixbuf = picture (ink);
      g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 496);
      g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 256);
      g_assert_true (is_dark (pixbuf, 248, 128));
      g_assert_false (is_dark (pixbuf, 20, 20));
      g_assert_false (is_dark (pixbuf, 475, 20));
    }
}

/* A hand that writes over a whole wall still gives a picture that a page holds. */
static void
test_large (void)
{
  g_autoptr (ZfInk) ink = zf_ink_new ();
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  line (ink, 0, 0, 9000, 300);
  pixbuf = picture (ink);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), <=, 1001);
}

/* What no name needs is left out, and what is taken back makes room again. */
static void
test_bounded (void)
{
  g_autoptr (ZfInk) ink = zf_ink_new ();

  zf_ink_begin (ink, 0, 0, 0.5);
  for (int i = 0; i < 100000; i++)
    zf_ink_go (ink, i % 100, i / 100, 0.5);
  line (ink, 0, 0, 100, 100);
  g_assert_cmpuint (zf_ink_n_strokes (ink), ==, 1);
  zf_ink_undo (ink);
  line (ink, 0, 0, 100, 100);
  g_assert_cmpuint (zf_ink_n_strokes (ink), ==, 1);
  g_assert_true (zf_ink_is_enough (ink));
}

/* A pen that presses harder draws a broader line. */
static void
test_pressure (void)
{
  guint dark[2] = { 0, 0 };

  for (int run = 0; run < 2; run++)
    {
      g_autoptr (ZfInk) ink = zf_ink_new ();
      g_autoptr (GdkPixbuf) pixbuf = NULL;

      zf_ink_begin (ink, 0, 0, run);
      for (int i = 1; i <= 100; i++)
        zf_ink_go (ink, i, 0, run);
      pixbuf = picture (ink);
      for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
        dark[run] += is_dark (pixbuf, gdk_pixbuf_get_width (pixbuf) / 2, y);
    }
  g_assert_cmpuint (dark[0], >, 2);
  g_assert_cmpuint (dark[1], >, 2 * dark[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/ink/enough", test_enough);
  g_test_add_func ("/app/ink/trimmed", test_trimmed);
  g_test_add_func ("/app/ink/large", test_large);
  g_test_add_func ("/app/ink/bounded", test_bounded);
  g_test_add_func ("/app/ink/pressure", test_pressure);
  return g_test_run ();
}
