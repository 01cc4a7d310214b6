/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* What the demo's pictures show: drawn, so that no real house or paper is in them. */

#include <math.h>
#include <pango/pangocairo.h>

#include "zf-demo-private.h"

#define WIDTH 400.0
#define HEIGHT 300.0

static double
between (ZfRandom *random, double low, double high)
{
  return low + (high - low) * zf_random_below (random, 10001) / 10000.0;
}

static void
fill_rect (cairo_t *cr, double x, double y, double w, double h, double r, double g, double b)
{
  cairo_set_source_rgb (cr, r, g, b);
  cairo_rectangle (cr, x, y, w, h);
  cairo_fill (cr);
}

static void
write_text (cairo_t *cr, double x, double y, double size, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC");

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
  pango_font_description_free (font);
}

static void
draw_bricks (cairo_t *cr, ZfRandom *random)
{
  fill_rect (cr, 0, 0, WIDTH, HEIGHT, 0.66, 0.62, 0.56);
  for (int row = 0; row < 20; row++)
    for (int i = -1; i < 13; i++)
      {
        double shade = between (random, -0.06, 0.06);

        fill_rect (cr, i * 34 + (row % 2) * 17 + 1, row * 15 + 1, 31, 12.5, 0.62 + shade, 0.40 + shade, 0.31 + shade);
      }
}

static void
draw_crack (cairo_t *cr, ZfRandom *random)
{
  double x = between (random, 120, 280);

  draw_bricks (cr, random);
  cairo_set_source_rgb (cr, 0.11, 0.09, 0.08);
  cairo_move_to (cr, x, 0);
  for (double y = 0; y < 260; y += between (random, 8, 20))
    {
      x += between (random, -13, 14);
      cairo_set_line_width (cr, between (random, 1.5, 4.5));
      cairo_line_to (cr, x, y + 10);
      cairo_stroke (cr);
      cairo_move_to (cr, x, y + 10);
    }
  cairo_new_path (cr);
}

static void
draw_dial (cairo_t *cr, ZfRandom *random, double x, double y)
{
  double angle = between (random, 0, 6.28);

  cairo_set_source_rgb (cr, 0.97, 0.97, 0.95);
  cairo_arc (cr, x, y, 12, 0, 2 * G_PI);
  cairo_fill_preserve (cr);
  cairo_set_source_rgb (cr, 0.2, 0.2, 0.2);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_set_source_rgb (cr, 0.8, 0.1, 0.1);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + 10 * cos (angle), y + 10 * sin (angle));
  cairo_stroke (cr);
}

static void
draw_meter (cairo_t *cr, ZfRandom *random)
{
  char digits[24];

  fill_rect (cr, 0, 0, WIDTH, HEIGHT, 0.45, 0.47, 0.44);
  fill_rect (cr, 0, 130, WIDTH, 40, 0.30, 0.42, 0.55);
  cairo_set_source_rgb (cr, 0.12, 0.22, 0.45);
  cairo_arc (cr, 200, 150, 112, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0.95, 0.95, 0.92);
  cairo_arc (cr, 200, 150, 96, 0, 2 * G_PI);
  cairo_fill (cr);
  fill_rect (cr, 140, 105, 120, 30, 0.10, 0.10, 0.10);
  g_snprintf (digits, sizeof digits, "%05u", zf_random_below (random, 4000));
  cairo_set_source_rgb (cr, 1, 1, 1);
  write_text (cr, 150, 104, 24, digits);
  for (int i = 0; i < 4; i++)
    draw_dial (cr, random, 152 + i * 32, 190 - (i % 2) * 14);
  cairo_set_source_rgb (cr, 0.2, 0.2, 0.2);
  write_text (cr, 170, 78, 16, "水表 m³");
}

static void
draw_bill (cairo_t *cr, ZfRandom *random)
{
  static const char *const rows[] = { "药品费", "检查费", "床位费", "治疗费", "护理费" };
  double sum = 0;
  char line[64];

  fill_rect (cr, 0, 0, WIDTH, HEIGHT, 0.42, 0.31, 0.22);
  cairo_rotate (cr, between (random, -0.04, 0.04));
  fill_rect (cr, 60, 18, 280, 266, 0.97, 0.96, 0.92);
  cairo_set_source_rgb (cr, 0.15, 0.15, 0.2);
  write_text (cr, 130, 30, 19, "住院费用清单");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double amount = between (random, 80, 2600);

      sum += amount;
      write_text (cr, 84, 66 + i * 28, 15, rows[i]);
      g_snprintf (line, sizeof line, "%.2f 元", amount);
      write_text (cr, 230, 66 + i * 28, 15, line);
    }
  write_text (cr, 84, 214, 16, "合计");
  g_snprintf (line, sizeof line, "%.2f 元", sum);
  write_text (cr, 230, 214, 16, line);
  cairo_set_source_rgba (cr, 0.8, 0.1, 0.1, 0.75);
  write_text (cr, 120, 222, 38, "演示");
}

static void
draw_house (cairo_t *cr, ZfRandom *random)
{
  double shade = between (random, -0.08, 0.08);

  fill_rect (cr, 0, 0, WIDTH, 200, 0.66, 0.78, 0.88);
  cairo_set_source_rgb (cr, 0.30, 0.44, 0.28);
  cairo_move_to (cr, 0, 170);
  cairo_curve_to (cr, 110, between (random, 40, 110), 260, between (random, 60, 130), WIDTH, between (random, 90, 150));
  cairo_line_to (cr, WIDTH, HEIGHT);
  cairo_line_to (cr, 0, HEIGHT);
  cairo_fill (cr);
  fill_rect (cr, 0, 240, WIDTH, 60, 0.62, 0.60, 0.56);
  fill_rect (cr, 80, 130, 240, 112, 0.86 + shade, 0.82 + shade, 0.74 + shade);
  cairo_set_source_rgb (cr, 0.26, 0.25, 0.27);
  cairo_move_to (cr, 62, 134);
  cairo_line_to (cr, 200, between (random, 66, 92));
  cairo_line_to (cr, 338, 134);
  cairo_fill (cr);
  fill_rect (cr, 182, 172, 38, 70, 0.40, 0.26, 0.16);
  for (int i = 0; i < 2; i++)
    fill_rect (cr, 106 + i * 146, 160, 42, 36, 0.40, 0.52, 0.60);
}

static void
draw_field (cairo_t *cr, ZfRandom *random)
{
  fill_rect (cr, 0, 0, WIDTH, 100, 0.72, 0.82, 0.90);
  fill_rect (cr, 0, 96, WIDTH, 204, 0.36, 0.29, 0.18);
  for (int row = 0; row < 9; row++)
    for (int i = 0; i < 26; i++)
      {
        double size = 3 + row * 1.1;

        cairo_set_source_rgb (cr, between (random, 0.16, 0.30), between (random, 0.42, 0.62), 0.18);
        cairo_arc (cr, i * 16 + between (random, -4, 4), 108 + row * 22, size, 0, 2 * G_PI);
        cairo_fill (cr);
      }
}

static void
draw_road (cairo_t *cr, ZfRandom *random)
{
  fill_rect (cr, 0, 0, WIDTH, 120, 0.75, 0.83, 0.88);
  fill_rect (cr, 0, 116, WIDTH, 184, 0.33, 0.47, 0.27);
  cairo_set_source_rgb (cr, 0.68, 0.67, 0.64);
  cairo_move_to (cr, 190, 116);
  cairo_line_to (cr, 214, 116);
  cairo_line_to (cr, between (random, 330, 395), HEIGHT);
  cairo_line_to (cr, between (random, 5, 70), HEIGHT);
  cairo_fill (cr);
}

static void
draw_tap (cairo_t *cr, ZfRandom *random)
{
  fill_rect (cr, 0, 0, WIDTH, HEIGHT, 0.80, 0.80, 0.77);
  for (int i = 0; i < 8; i++)
    fill_rect (cr, i * 50, 0, 1.5, HEIGHT, 0.66, 0.66, 0.64);
  fill_rect (cr, 150, 60, 90, 22, 0.72, 0.74, 0.78);
  fill_rect (cr, 218, 60, 22, 70, 0.62, 0.64, 0.68);
  fill_rect (cr, 226, 130, 6, between (random, 60, 120), 0.70, 0.84, 0.94);
  fill_rect (cr, 60, 220, 280, 80, 0.48, 0.50, 0.52);
}

const ZfDemoScene zf_demo_scenes[] = {
  { "crack", "后墙裂缝", draw_crack }, { "meter", "水表读数", draw_meter }, { "bill", "住院费用清单", draw_bill }, { "house", "住房正面", draw_house },
  { "industry", "自家菜地", draw_field }, { "road", "入户路", draw_road }, { "water", "厨房水龙头", draw_tap },
};
const guint zf_demo_n_scenes = G_N_ELEMENTS (zf_demo_scenes);
