/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-ink.h"

#include <glib/gi18n.h>
#include <math.h>

#include "zf-error.h"

/* A long name has some hundreds; a child that scribbles for minutes must not fill the memory. */
#define MOST_POINTS 6000
/* Closer points say nothing new. */
#define STEP 0.8
/* A touch by mistake is shorter. */
#define ENOUGH 40.0
#define MARGIN 12.0
/* 6 cm wide on paper at 400 dots an inch; a small hand is not blown up further than the line stays smooth. */
#define PRINT_EDGE 1000.0
#define MOST_SCALE 4.0

typedef struct
{
  double x, y;
  double pressure;
} Point;

struct _ZfInk
{
  GPtrArray *strokes;   /* GArray of Point */
  guint n_points;
};

ZfInk *
zf_ink_new (void)
{
  ZfInk *ink = g_new0 (ZfInk, 1);

  ink->strokes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  return ink;
}

void
zf_ink_free (ZfInk *ink)
{
  g_ptr_array_unref (ink->strokes);
  g_free (ink);
}

static GArray *
last_stroke (const ZfInk *ink)
{
  return ink->strokes->len > 0 ? g_ptr_array_index (ink->strokes, ink->strokes->len - 1) : NULL;
}

static const Point *
point_of (const GArray *stroke, guint i)
{
  return &g_array_index (stroke, Point, i);
}

static void
add_point (ZfInk *ink, double x, double y, double pressure)
{
  Point point = { x, y, CLAMP (pressure, 0, 1) };

  g_array_append_val (last_stroke (ink), point);
  ink->n_points++;
}

void
zf_ink_begin (ZfInk *ink, double x, double y, double pressure)
{
  if (ink->n_points >= MOST_POINTS)
    return;
  g_ptr_array_add (ink->strokes, g_array_new (FALSE, FALSE, sizeof (Point)));
  add_point (ink, x, y, pressure);
}

void
zf_ink_go (ZfInk *ink, double x, double y, double pressure)
{
  const GArray *stroke = last_stroke (ink);
  const Point *last = stroke != NULL ? point_of (stroke, stroke->len - 1) : NULL;

  if (last != NULL && ink->n_points < MOST_POINTS && hypot (x - last->x, y - last->y) >= STEP)
    add_point (ink, x, y, pressure);
}

void
zf_ink_undo (ZfInk *ink)
{
  if (ink->strokes->len == 0)
    return;
  ink->n_points -= last_stroke (ink)->len;
  g_ptr_array_set_size (ink->strokes, (int) ink->strokes->len - 1);
}

void
zf_ink_clear (ZfInk *ink)
{
  g_ptr_array_set_size (ink->strokes, 0);
  ink->n_points = 0;
}

guint
zf_ink_n_strokes (const ZfInk *ink)
{
  return ink->strokes->len;
}

gboolean
zf_ink_is_enough (const ZfInk *ink)
{
  double length = 0;

  for (guint s = 0; s < ink->strokes->len; s++)
    {
      const GArray *stroke = g_ptr_array_index (ink->strokes, s);

      for (guint i = 1; i < stroke->len; i++)
        length += hypot (point_of (stroke, i)->x - point_of (stroke, i - 1)->x, point_of (stroke, i)->y - point_of (stroke, i - 1)->y);
    }
  return length >= ENOUGH;
}

/* Drawing: curves through the middles between points, so that a quick hand leaves no corners. */

static double
width_of (const Point *point)
{
  return 1.4 + 2.8 * point->pressure;
}

static void
draw_dot (cairo_t *cr, const Point *point)
{
  cairo_arc (cr, point->x, point->y, width_of (point) / 2 + 0.4, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
draw_bend (cairo_t *cr, const Point *a, const Point *b, const Point *c)
{
  double x0 = (a->x + b->x) / 2, y0 = (a->y + b->y) / 2;
  double x1 = (b->x + c->x) / 2, y1 = (b->y + c->y) / 2;

  cairo_move_to (cr, x0, y0);
  cairo_curve_to (cr, x0 + (b->x - x0) * 2 / 3, y0 + (b->y - y0) * 2 / 3, x1 + (b->x - x1) * 2 / 3, y1 + (b->y - y1) * 2 / 3, x1, y1);
  cairo_set_line_width (cr, width_of (b));
  cairo_stroke (cr);
}

static void
draw_line (cairo_t *cr, double x0, double y0, double x1, double y1, double width)
{
  cairo_move_to (cr, x0, y0);
  cairo_line_to (cr, x1, y1);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
}

static void
draw_stroke (cairo_t *cr, const GArray *stroke)
{
  const Point *first = point_of (stroke, 0);
  const Point *last = point_of (stroke, stroke->len - 1);
  const Point *second = NULL, *before = NULL;

  if (stroke->len == 1)
    {
      draw_dot (cr, first);
      return;
    }
  second = point_of (stroke, 1);
  before = point_of (stroke, stroke->len - 2);
  draw_line (cr, first->x, first->y, (first->x + second->x) / 2, (first->y + second->y) / 2, width_of (first));
  for (guint i = 1; i + 1 < stroke->len; i++)
    draw_bend (cr, point_of (stroke, i - 1), point_of (stroke, i), point_of (stroke, i + 1));
  draw_line (cr, (before->x + last->x) / 2, (before->y + last->y) / 2, last->x, last->y, width_of (last));
}

void
zf_ink_draw (const ZfInk *ink, cairo_t *cr)
{
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint s = 0; s < ink->strokes->len; s++)
    draw_stroke (cr, g_ptr_array_index (ink->strokes, s));
}

/* The picture */

typedef struct
{
  double x0, y0, x1, y1;
} Bounds;

static Bounds
bounds_of (const ZfInk *ink)
{
  Bounds b = { G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE };

  for (guint s = 0; s < ink->strokes->len; s++)
    {
      const GArray *stroke = g_ptr_array_index (ink->strokes, s);

      for (guint i = 0; i < stroke->len; i++)
        {
          b.x0 = MIN (b.x0, point_of (stroke, i)->x - MARGIN);
          b.y0 = MIN (b.y0, point_of (stroke, i)->y - MARGIN);
          b.x1 = MAX (b.x1, point_of (stroke, i)->x + MARGIN);
          b.y1 = MAX (b.y1, point_of (stroke, i)->y + MARGIN);
        }
    }
  return b;
}

static cairo_status_t
take_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
draw_picture (const ZfInk *ink)
{
  Bounds b = bounds_of (ink);
  double scale = MIN (MOST_SCALE, PRINT_EDGE / MAX (b.x1 - b.x0, b.y1 - b.y0));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) ceil ((b.x1 - b.x0) * scale), (int) ceil ((b.y1 - b.y0) * scale));
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -b.x0, -b.y0);
  zf_ink_draw (ink, cr);
  cairo_destroy (cr);
  return surface;
}

GBytes *
zf_ink_png (const ZfInk *ink, GError **error)
{
  cairo_surface_t *surface = NULL;
  GByteArray *bytes = NULL;
  cairo_status_t status = CAIRO_STATUS_SUCCESS;

  if (!zf_ink_is_enough (ink))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("Nothing is signed yet."));
      return NULL;
    }
  bytes = g_byte_array_new ();
  surface = draw_picture (ink);
  status = cairo_surface_write_to_png_stream (surface, take_bytes, bytes);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_FAILED, _("The picture could not be stored."));
  return NULL;
}
