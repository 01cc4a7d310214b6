/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"

#include <math.h>
#include <string.h>

/* Places: a geopoint is "lat lon", then altitude and accuracy if known; a geotrace or geoshape is geopoints with semicolons between. The Earth
 * is JavaRosa's: a ball with the radius of the equator. */

#define EARTH_RADIUS 6378100.0
#define METRES_PER_DEGREE (2 * G_PI * EARTH_RADIUS / 360)

typedef struct
{
  double lat;
  double lon;
} Point;

static double
radians (double degrees)
{
  return degrees * G_PI / 180;
}

static gboolean
parse_point (const char *text, Point *point)
{
  double numbers[4] = { 0 };
  guint n = 0;
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\r\n", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0')
        continue;
      double number = xmlXPathCastStringToNumber ((const xmlChar *) parts[i]);
      if (n == 4 || isnan (number))
        return FALSE;
      numbers[n++] = number;
    }
  *point = (Point) { numbers[0], numbers[1] };
  return n >= 2 && fabs (point->lat) <= 90 && fabs (point->lon) <= 180;
}

/* Points of a text onto @points; FALSE when a piece is none. */
static gboolean
add_points (const char *text, GArray *points)
{
  g_auto (GStrv) pieces = g_strsplit (text, ";", -1);
  for (guint i = 0; pieces[i] != NULL; i++)
    {
      Point point;
      if (*g_strstrip (pieces[i]) == '\0')
        continue;
      if (!parse_point (pieces[i], &point))
        return FALSE;
      g_array_append_val (points, point);
    }
  return TRUE;
}

/* The points of the next @nargs values in order; what is no place makes the evaluation unknown. */
static GArray *
pop_points (xmlXPathParserContext *ctxt, int nargs)
{
  g_autoptr (GPtrArray) texts = zf_expr_pop_texts (ctxt, nargs);
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));
  for (guint i = 0; i < texts->len; i++)
    if (!add_points (texts->pdata[i], points))
      zf_expr_state (ctxt)->unknown = TRUE;
  return points;
}

/* Haversine: the same ball as JavaRosa's law of cosines, and exact for neighbours too. */
static double
metres_between (const Point *a, const Point *b)
{
  double lat = sin (radians (b->lat - a->lat) / 2);
  double lon = sin (radians (b->lon - a->lon) / 2);
  double h = lat * lat + cos (radians (a->lat)) * cos (radians (b->lat)) * lon * lon;
  return 2 * EARTH_RADIUS * asin (sqrt (MIN (h, 1)));
}

ZF_EXPR_FUNCTION (distance)
{
  g_autoptr (GArray) points = pop_points (ctxt, nargs);
  double sum = points->len > 0 ? 0 : NAN;
  for (guint i = 1; i < points->len; i++)
    sum += metres_between (&g_array_index (points, Point, i - 1), &g_array_index (points, Point, i));
  zf_expr_push_number (ctxt, sum);
}

/* Metres east and north of the first point. */
static Point
laid_flat (const Point *first, const Point *point)
{
  return (Point) { (point->lat - first->lat) * METRES_PER_DEGREE, (point->lon - first->lon) * METRES_PER_DEGREE * cos (radians (point->lat)) };
}

ZF_EXPR_FUNCTION (area)
{
  g_autoptr (GArray) points = pop_points (ctxt, nargs);
  double sum = points->len > 0 ? 0 : NAN;
  for (guint i = 1; i < points->len; i++)
    {
      const Point *first = &g_array_index (points, Point, 0);
      Point a = laid_flat (first, &g_array_index (points, Point, i - 1));
      Point b = laid_flat (first, &g_array_index (points, Point, i));
      sum += (a.lat * b.lon - a.lon * b.lat) / 2;
    }
  zf_expr_push_number (ctxt, fabs (sum));
}

/* A line from the point eastwards crosses the fence an odd number of times. */
static gboolean
encloses (GArray *fence, const Point *point)
{
  gboolean inside = FALSE;
  for (guint i = 0; i < fence->len; i++)
    {
      const Point *a = &g_array_index (fence, Point, i);
      const Point *b = &g_array_index (fence, Point, (i + 1) % fence->len);
      if ((a->lat > point->lat) != (b->lat > point->lat)
          && point->lon < (b->lon - a->lon) * (point->lat - a->lat) / (b->lat - a->lat) + a->lon)
        inside = !inside;
    }
  return inside;
}

ZF_EXPR_FUNCTION (geofence)
{
  g_autoptr (GArray) fence = pop_points (ctxt, 1);
  g_autoptr (GArray) point = pop_points (ctxt, 1);
  if (point->len > 1 || (fence->len > 0 && fence->len < 3))
    zf_expr_state (ctxt)->unknown = TRUE;
  zf_expr_push_boolean (ctxt, point->len == 1 && encloses (fence, &g_array_index (point, Point, 0)));
}
