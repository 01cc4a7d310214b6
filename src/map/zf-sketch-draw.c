/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-sketch-data.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

/* Drawing: everything in pixels of the viewport, with colours that keep their contrast in the sun and in the dark. */
typedef struct
{
  guint32 ground, water, line, line_text, town, text, halo;
} Palette;

static const Palette palettes[2] = {
  { 0xf6f3ec, 0x7fb2dd, 0xd5cfc2, 0x6b655b, 0x5e5c64, 0x241f31, 0xf6f3ec },
  { 0x24262a, 0x3c6c94, 0x3b3e44, 0xa9a6a0, 0xc0bfbc, 0xf2f1ef, 0x24262a },
};

typedef struct
{
  cairo_t *cr;
  const ZfViewport *viewport;
  const Palette *palette;
  double text_px;
  gboolean english;
} Pen;

static Pen
pen (cairo_t *cr, const ZfViewport *viewport, const ZfSketchStyle *style)
{
  gboolean dark = style != NULL && style->dark;
  double text_px = style != NULL && style->text_px > 0 ? style->text_px : 14;
  return (Pen) { cr, viewport, &palettes[dark ? 1 : 0], text_px, style != NULL && g_strcmp0 (style->language, "en") == 0 };
}

static void
colour (Pen *self, guint32 rgb, double alpha)
{
  cairo_set_source_rgba (self->cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, alpha);
}

static PangoLayout *
layout_new (Pen *self, const char *text, double px)
{
  PangoLayout *layout = pango_cairo_create_layout (self->cr);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC, Sans");
  pango_font_description_set_absolute_size (font, px * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* A halo in the colour of the ground keeps words readable over rivers. */
static void
draw_layout (Pen *self, PangoLayout *layout, double x, double y, guint32 rgb)
{
  cairo_move_to (self->cr, x, y);
  pango_cairo_layout_path (self->cr, layout);
  colour (self, self->palette->halo, 0.9);
  cairo_set_line_width (self->cr, 3);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (self->cr);
  cairo_move_to (self->cr, x, y);
  colour (self, rgb, 1);
  pango_cairo_show_layout (self->cr, layout);
  cairo_new_path (self->cr); /* the pen must not stay at the text: an arc would draw a line from there */
}

static void
layout_size (PangoLayout *layout, double *width, double *height)
{
  int w, h;
  pango_layout_get_pixel_size (layout, &w, &h);
  *width = w;
  *height = h;
}

/* Rivers */

static void
trace_river (Pen *self, const ZfSketchRiver *river)
{
  for (guint i = 0; i < river->points->len; i++)
    {
      const ZfSketchPoint *point = &g_array_index (river->points, ZfSketchPoint, i);
      double x = (point->x - self->viewport->west) * self->viewport->scale;
      double y = (point->y - self->viewport->north) * self->viewport->scale;
      if (i == 0)
        cairo_move_to (self->cr, x, y);
      else
        cairo_line_to (self->cr, x, y);
    }
}

static void
draw_rivers (Pen *self, ZfSketch *sketch)
{
  static const double widths[] = { 6, 6, 3.2, 2.2, 1.6 };
  double zoomed = CLAMP (exp2 ((zf_viewport_zoom (self->viewport) - 11) / 2), 0.4, 4);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (self->cr, CAIRO_LINE_CAP_ROUND);
  colour (self, self->palette->water, 1);
  for (guint i = 0; i < sketch->rivers->len; i++)
    {
      const ZfSketchRiver *river = g_ptr_array_index (sketch->rivers, i);
      cairo_set_line_width (self->cr, widths[CLAMP (river->level, 0, 4)] * zoomed);
      trace_river (self, river);
      cairo_stroke (self->cr);
    }
}

/* Graticule */

static double
graticule_step (Pen *self)
{
  static const double steps[] = { 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45 };
  double per_degree = self->viewport->scale / 360;
  guint i = 0;
  while (i + 1 < G_N_ELEMENTS (steps) && steps[i] * per_degree < 150)
    i++;
  return steps[i];
}

static void
draw_degree_label (Pen *self, double degrees, const char *side, double x, double y)
{
  g_autofree char *text = g_strdup_printf ("%.6g°%s", fabs (degrees), side);
  g_autoptr (PangoLayout) layout = layout_new (self, text, self->text_px * 0.72);
  draw_layout (self, layout, x, y, self->palette->line_text);
}

static void
draw_line (Pen *self, double x1, double y1, double x2, double y2)
{
  cairo_move_to (self->cr, x1, y1);
  cairo_line_to (self->cr, x2, y2);
  colour (self, self->palette->line, 1);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

static void
draw_meridians (Pen *self, double step, double west, double east)
{
  for (double n = ceil (west / step); n * step <= east; n++)
    {
      double x, y;
      zf_viewport_point (self->viewport, 0, n * step, &x, &y);
      draw_line (self, x, 0, x, self->viewport->height);
      draw_degree_label (self, n * step, n < 0 ? "W" : "E", x + 3, 2);
    }
}

static void
draw_parallels (Pen *self, double step, double south, double north)
{
  for (double n = ceil (south / step); n * step <= north; n++)
    {
      double x, y;
      zf_viewport_point (self->viewport, n * step, 0, &x, &y);
      draw_line (self, 0, y, self->viewport->width, y);
      draw_degree_label (self, n * step, n < 0 ? "S" : "N", 3, y + 1);
    }
}

static void
draw_graticule (Pen *self)
{
  double north, west, south, east;
  double step = graticule_step (self);
  zf_viewport_degrees (self->viewport, 0, 0, &north, &west);
  zf_viewport_degrees (self->viewport, self->viewport->width, self->viewport->height, &south, &east);
  draw_meridians (self, step, MAX (west, -180), MIN (east, 180));
  draw_parallels (self, step, south, north);
}

/* Towns */

typedef struct
{
  double x, y, width, height;
} Box;

static gboolean
boxes_touch (const Box *a, const Box *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static gboolean
box_is_free (GArray *taken, const Box *box)
{
  for (guint i = 0; i < taken->len; i++)
    if (boxes_touch (&g_array_index (taken, Box, i), box))
      return FALSE;
  return TRUE;
}

/* Right of the point, left, above, below: the first place where no other name or point stands. */
static gboolean
place_label (GArray *taken, double x, double y, double width, double height, Box *box)
{
  const Box places[] = {
    { x + 8, y - height / 2, width, height }, { x - 8 - width, y - height / 2, width, height },
    { x - width / 2, y - 6 - height, width, height }, { x - width / 2, y + 6, width, height },
  };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (box_is_free (taken, &places[i]))
      {
        *box = places[i];
        g_array_append_val (taken, *box);
        return TRUE;
      }
  return FALSE;
}

/* In pixels of the whole world, so that the answer is the same for every piece of it. */
static GArray *
town_points (ZfSketch *sketch, double scale)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (Box));
  for (guint i = 0; i < sketch->towns->len; i++)
    {
      const ZfSketchTown *town = g_ptr_array_index (sketch->towns, i);
      Box box = { town->at.x * scale - 5, town->at.y * scale - 5, 10, 10 };
      g_array_append_val (taken, box);
    }
  return taken;
}

static void
draw_town_point (Pen *self, const ZfSketchTown *town, double x, double y)
{
  double radius = town->street ? 5 : 4;
  cairo_arc (self->cr, x, y, radius, 0, 2 * G_PI);
  colour (self, self->palette->town, 1);
  cairo_fill_preserve (self->cr);
  colour (self, self->palette->halo, 1);
  cairo_set_line_width (self->cr, 1.5);
  cairo_stroke (self->cr);
}

static void
draw_town (Pen *self, const ZfSketchTown *town, GArray *taken, guint own)
{
  double scale = self->viewport->scale;
  double left = self->viewport->west * scale, top = self->viewport->north * scale;
  double width, height;
  Box box;
  g_autoptr (PangoLayout) layout = layout_new (self, town->name, self->text_px);
  layout_size (layout, &width, &height);
  draw_town_point (self, town, town->at.x * scale - left, town->at.y * scale - top);
  Box *point = &g_array_index (taken, Box, own);
  Box kept = *point;
  *point = (Box) { 0 };
  gboolean placed = place_label (taken, town->at.x * scale, town->at.y * scale, width, height, &box);
  g_array_index (taken, Box, own) = kept;
  if (placed)
    draw_layout (self, layout, round (box.x - left), round (box.y - top), self->palette->text);
}

static void
draw_towns (Pen *self, ZfSketch *sketch)
{
  g_autoptr (GArray) taken = town_points (sketch, self->viewport->scale);
  for (guint i = 0; i < sketch->towns->len; i++)
    draw_town (self, g_ptr_array_index (sketch->towns, i), taken, i);
}

void
zf_sketch_draw (ZfSketch *self, cairo_t *cr, const ZfViewport *viewport, const ZfSketchStyle *style)
{
  g_return_if_fail (self != NULL && cr != NULL && viewport != NULL);
  Pen p = pen (cr, viewport, style);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, viewport->width, viewport->height);
  cairo_clip (cr);
  colour (&p, p.palette->ground, 1);
  cairo_paint (cr);
  draw_rivers (&p, self);
  draw_graticule (&p);
  draw_towns (&p, self);
  cairo_restore (cr);
}

/* Frame */

double
zf_sketch_scale (const ZfViewport *viewport, double max_px, double *px)
{
  double lat, lon;
  zf_viewport_degrees (viewport, viewport->width / 2, viewport->height / 2, &lat, &lon);
  double per_px = zf_mercator_metres (lat, zf_viewport_zoom (viewport));
  double power = pow (10, floor (log10 (per_px * max_px)));
  double lead = per_px * max_px / power;
  double metres = power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
  *px = metres / per_px;
  return metres;
}

/* Words and signs are read on whatever lies below, the photo of a pack as well. */
static void
draw_plate (Pen *self, double x, double y, double width, double height)
{
  cairo_rectangle (self->cr, x, y, width, height);
  colour (self, self->palette->halo, 0.8);
  cairo_fill (self->cr);
}

static void
draw_scale (Pen *self, double x, double bottom)
{
  double px;
  double metres = zf_sketch_scale (self->viewport, 120, &px);
  const char *unit = metres >= 1000 ? (self->english ? "km" : "公里") : (self->english ? "m" : "米");
  g_autofree char *text = g_strdup_printf ("%g %s", metres >= 1000 ? metres / 1000 : metres, unit);
  g_autoptr (PangoLayout) layout = layout_new (self, text, self->text_px);
  double width, height;
  layout_size (layout, &width, &height);
  draw_plate (self, 0, bottom - 10 - height, x + MAX (round (px), width + 4) + 8, height + 14);
  draw_layout (self, layout, x + 4, bottom - 8 - height, self->palette->text);
  cairo_move_to (self->cr, x + 0.5, bottom - 7);
  cairo_rel_line_to (self->cr, 0, 6);
  cairo_rel_line_to (self->cr, round (px), 0);
  cairo_rel_line_to (self->cr, 0, -6);
  colour (self, self->palette->text, 1);
  cairo_set_line_width (self->cr, 2);
  cairo_stroke (self->cr);
}

static void
draw_north (Pen *self, double x, double y)
{
  g_autoptr (PangoLayout) layout = layout_new (self, self->english ? "N" : "北", self->text_px);
  double width, height;
  layout_size (layout, &width, &height);
  draw_plate (self, x - 14, y - 6, 28, height + 32);
  cairo_move_to (self->cr, x, y);
  cairo_line_to (self->cr, x + 7, y + 22);
  cairo_line_to (self->cr, x, y + 17);
  cairo_line_to (self->cr, x - 7, y + 22);
  cairo_close_path (self->cr);
  colour (self, self->palette->text, 1);
  cairo_fill (self->cr);
  draw_layout (self, layout, x - width / 2, y + 24, self->palette->text);
}

/* Wrapped, never cut: the notice is there to be read. */
static double
draw_words (Pen *self, const char *text, double x, double bottom, double max_width)
{
  g_autoptr (PangoLayout) layout = layout_new (self, text, self->text_px * 0.85);
  double width, height;
  pango_layout_set_width (layout, (int) (max_width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  layout_size (layout, &width, &height);
  draw_plate (self, 0, bottom - height, x + width + 8, height);
  draw_layout (self, layout, x, bottom - height, self->palette->text);
  return height;
}

void
zf_sketch_draw_frame (cairo_t *cr, const ZfViewport *viewport, const ZfSketchStyle *style, const char *credit)
{
  g_return_if_fail (cr != NULL && viewport != NULL);
  Pen p = pen (cr, viewport, style);
  double bottom = viewport->height - 4;
  double max_width = MAX (viewport->width - 16, 40);
  cairo_save (cr);
  bottom -= draw_words (&p, credit != NULL ? credit : ZF_SKETCH_CREDIT, 8, bottom, max_width);
  if (credit == NULL)
    bottom -= draw_words (&p, ZF_SKETCH_NOTICE, 8, bottom, max_width);
  draw_scale (&p, 8, bottom - 4);
  draw_north (&p, viewport->width - 22, 12);
  cairo_restore (cr);
}
