/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-place-layer.h"

#include <math.h>

#include "zf-cluster.h"
#include "zf-level-chip.h"
#include "zf-sketch-layer.h"

#define CELL 84
#define EXACT_LIMIT 60
/* What a pill covers, and how near two houses are that nobody can tell apart. */
#define PILL_WIDTH 72
#define PILL_HEIGHT 34
#define TOO_NEAR 13
#define RADIUS 11
#define SELECTED_RADIUS 14
/* A finger is wider than a mark. */
#define REACH 28
#define LABEL_PX 15

struct _ZfPlaceLayer
{
  ShumateLayer parent_instance;

  ZfCluster *cluster;
  GPtrArray *ids;      /* of the points, by index */
  GArray *points;      /* ZfClusterPoint */
  GArray *marks;       /* as last drawn, for taps */
  char *selected;
};

enum
{
  PICKED,
  GATHERED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPlaceLayer, zf_place_layer, SHUMATE_TYPE_LAYER)

static ZfViewport
viewport_of (ZfPlaceLayer *self)
{
  return zf_map_viewport (shumate_layer_get_viewport (SHUMATE_LAYER (self)), gtk_widget_get_width (GTK_WIDGET (self)),
                          gtk_widget_get_height (GTK_WIDGET (self)));
}

/* Drawing. In the cluster a greater number is worse; ZfLevel counts the other way. */

static ZfLevel
level_of (guint8 worse)
{
  return (ZfLevel) (ZF_LEVEL_NONE - worse);
}

static void
polygon (cairo_t *cr, double x, double y, double radius, guint corners, double turn)
{
  for (guint i = 0; i < corners; i++)
    {
      double angle = turn + i * 2 * G_PI / corners;

      cairo_line_to (cr, x + radius * cos (angle), y + radius * sin (angle));
    }
  cairo_close_path (cr);
}

static void
shape (cairo_t *cr, ZfLevel level, double x, double y, double radius)
{
  cairo_new_path (cr);
  switch (level)
    {
    case ZF_LEVEL_RED:
      polygon (cr, x, y, radius * 1.2, 3, -G_PI / 2);
      break;
    case ZF_LEVEL_ORANGE:
      polygon (cr, x, y, radius * 1.15, 4, 0);
      break;
    case ZF_LEVEL_YELLOW:
      polygon (cr, x, y, radius * 1.2, 4, G_PI / 4);
      break;
    case ZF_LEVEL_GREEN:
    case ZF_LEVEL_NONE:
    default:
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
    }
}

static void
draw_mark (cairo_t *cr, ZfLevel level, double x, double y, double radius)
{
  GdkRGBA color;

  zf_level_color (level, &color);
  shape (cr, level, x, y, radius);
  if (level == ZF_LEVEL_NONE)
    cairo_set_source_rgb (cr, 1, 1, 1);
  else
    gdk_cairo_set_source_rgba (cr, &color);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, level == ZF_LEVEL_NONE ? 3 : 2);
  if (level == ZF_LEVEL_NONE)
    gdk_cairo_set_source_rgba (cr, &color);
  else
    cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
}

static void
draw_selected (cairo_t *cr, const ZfClusterMark *mark)
{
  draw_mark (cr, level_of (mark->level), mark->x, mark->y, SELECTED_RADIUS);
  cairo_set_source_rgb (cr, 0.14, 0.12, 0.19);
  cairo_set_line_width (cr, 3);
  cairo_arc (cr, mark->x, mark->y, SELECTED_RADIUS + 6, 0, 2 * G_PI);
  cairo_stroke (cr);
}

static void
draw_pill (ZfPlaceLayer *self, cairo_t *cr, const ZfClusterMark *mark)
{
  g_autofree char *text = g_strdup_printf ("%u", mark->count);
  cairo_text_extents_t extents;
  double width = 0, height = 2 * RADIUS + 8, left = 0;

  cairo_set_font_size (cr, LABEL_PX);
  cairo_text_extents (cr, text, &extents);
  width = extents.x_advance + 2 * RADIUS + 24;
  left = mark->x - width / 2;
  cairo_new_path (cr);
  cairo_arc (cr, left + height / 2, mark->y, height / 2, G_PI / 2, 3 * G_PI / 2);
  cairo_arc (cr, left + width - height / 2, mark->y, height / 2, -G_PI / 2, G_PI / 2);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, 0.14, 0.12, 0.19, 0.92);
  cairo_fill (cr);
  draw_mark (cr, level_of (mark->level), left + RADIUS + 6, mark->y, RADIUS * 0.8);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, left + 2 * RADIUS + 12, mark->y + LABEL_PX * 0.36);
  cairo_show_text (cr, text);
}

static gboolean
is_selected (ZfPlaceLayer *self, const ZfClusterMark *mark)
{
  return mark->count == 1 && self->selected != NULL && g_str_equal (g_ptr_array_index (self->ids, mark->index), self->selected);
}

/* No nearer view would part houses that lie on one another: each has to be within reach. */
static gboolean
is_closest (ZfPlaceLayer *self)
{
  ShumateViewport *viewport = shumate_layer_get_viewport (SHUMATE_LAYER (self));

  return shumate_viewport_get_zoom_level (viewport) >= shumate_viewport_get_max_zoom_level (viewport);
}

static guint
index_of_selected (ZfPlaceLayer *self)
{
  for (guint i = 0; self->selected != NULL && i < self->ids->len; i++)
    if (g_str_equal (g_ptr_array_index (self->ids, i), self->selected))
      return i;
  return G_MAXUINT;
}

static void
zf_place_layer_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZfPlaceLayer *self = ZF_PLACE_LAYER (widget);
  ZfViewport viewport = viewport_of (self);
  cairo_t *cr = NULL;

  if (self->cluster == NULL)
    return;
  g_clear_pointer (&self->marks, g_array_unref);
  self->marks = zf_cluster_query (self->cluster, &viewport, CELL, CELL, EXACT_LIMIT);
  zf_cluster_unite (self->marks, PILL_WIDTH, PILL_HEIGHT, is_closest (self) ? 0 : TOO_NEAR, index_of_selected (self));
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) viewport.width, (float) viewport.height));
  for (guint i = 0; i < self->marks->len; i++)
    {
      const ZfClusterMark *mark = &g_array_index (self->marks, ZfClusterMark, i);

      if (mark->count > 1)
        draw_pill (self, cr, mark);
      else if (is_selected (self, mark))
        draw_selected (cr, mark);
      else
        draw_mark (cr, level_of (mark->level), mark->x, mark->y, RADIUS);
    }
  cairo_destroy (cr);
}

/* Taps */

static const ZfClusterMark *
nearest (ZfPlaceLayer *self, double x, double y)
{
  const ZfClusterMark *best = NULL;
  double best_distance = REACH;

  for (guint i = 0; self->marks != NULL && i < self->marks->len; i++)
    {
      const ZfClusterMark *mark = &g_array_index (self->marks, ZfClusterMark, i);
      double distance = hypot (mark->x - x, mark->y - y);

      if (distance < best_distance)
        {
          best = mark;
          best_distance = distance;
        }
    }
  return best;
}

static void
zf_place_layer_constructed (GObject *object)
{
  G_OBJECT_CLASS (zf_place_layer_parent_class)->constructed (object);
  g_signal_connect_object (shumate_layer_get_viewport (SHUMATE_LAYER (object)), "notify", G_CALLBACK (gtk_widget_queue_draw),
                           object, G_CONNECT_SWAPPED);
}

static void
zf_place_layer_finalize (GObject *object)
{
  ZfPlaceLayer *self = ZF_PLACE_LAYER (object);

  g_clear_pointer (&self->cluster, zf_cluster_free);
  g_clear_pointer (&self->marks, g_array_unref);
  g_array_unref (self->points);
  g_ptr_array_unref (self->ids);
  g_free (self->selected);
  G_OBJECT_CLASS (zf_place_layer_parent_class)->finalize (object);
}

static void
zf_place_layer_class_init (ZfPlaceLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = zf_place_layer_constructed;
  object_class->finalize = zf_place_layer_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = zf_place_layer_snapshot;
  signals[PICKED] = g_signal_new ("picked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[GATHERED] = g_signal_new ("gathered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
zf_place_layer_init (ZfPlaceLayer *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->points = g_array_new (FALSE, FALSE, sizeof (ZfClusterPoint));
}

ZfPlaceLayer *
zf_place_layer_new (ShumateViewport *viewport)
{
  return g_object_new (ZF_TYPE_PLACE_LAYER, "viewport", viewport, NULL);
}

void
zf_place_layer_reload (ZfPlaceLayer *self, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_columns (query, "id", "level", "lat", "lon", NULL);
  zf_query_where (query, "lat", ZF_OP_NOT_NULL, NULL);
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    g_warning ("The places could not be read: %s", error->message);
  g_ptr_array_set_size (self->ids, 0);
  g_array_set_size (self->points, 0);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      const char *lat = zf_rows_text (rows, i, 2);
      const char *lon = zf_rows_text (rows, i, 3);
      ZfClusterPoint point = { 0 };

      if (lat == NULL || lon == NULL)
        continue;
      point.lat_e7 = (gint32) lround (g_ascii_strtod (lat, NULL) * 1e7);
      point.lon_e7 = (gint32) lround (g_ascii_strtod (lon, NULL) * 1e7);
      point.level = (guint8) (ZF_LEVEL_NONE - zf_level_parse (zf_rows_text (rows, i, 1)));
      g_array_append_val (self->points, point);
      g_ptr_array_add (self->ids, g_strdup (zf_rows_text (rows, i, 0)));
    }
  g_clear_pointer (&self->cluster, zf_cluster_free);
  self->cluster = zf_cluster_new ((const ZfClusterPoint *) (gpointer) self->points->data, self->points->len);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
zf_place_layer_select (ZfPlaceLayer *self, const char *id)
{
  g_return_if_fail (ZF_IS_PLACE_LAYER (self));
  g_free (self->selected);
  self->selected = g_strdup (id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
zf_place_layer_where (ZfPlaceLayer *self, const char *id, double *latitude, double *longitude)
{
  g_return_val_if_fail (ZF_IS_PLACE_LAYER (self) && id != NULL, FALSE);
  for (guint i = 0; i < self->ids->len; i++)
    if (g_str_equal (g_ptr_array_index (self->ids, i), id))
      {
        const ZfClusterPoint *point = &g_array_index (self->points, ZfClusterPoint, i);

        *latitude = point->lat_e7 / 1e7;
        *longitude = point->lon_e7 / 1e7;
        return TRUE;
      }
  return FALSE;
}

guint
zf_place_layer_n (ZfPlaceLayer *self)
{
  g_return_val_if_fail (ZF_IS_PLACE_LAYER (self), 0);
  return self->points->len;
}

void
zf_place_layer_tap (ZfPlaceLayer *self, double x, double y)
{
  const ZfClusterMark *mark = NULL;
  ZfViewport viewport = { 0 };
  double latitude = 0, longitude = 0;

  g_return_if_fail (ZF_IS_PLACE_LAYER (self));
  mark = nearest (self, x, y);
  if (mark == NULL)
    return;
  if (mark->count == 1)
    {
      g_signal_emit (self, signals[PICKED], 0, g_ptr_array_index (self->ids, mark->index));
      return;
    }
  viewport = viewport_of (self);
  zf_viewport_degrees (&viewport, mark->x, mark->y, &latitude, &longitude);
  g_signal_emit (self, signals[GATHERED], 0, latitude, longitude);
}

const char *
zf_place_layer_nearest (ZfPlaceLayer *self, double latitude, double longitude, double *metres, double *bearing)
{
  double narrowing = cos (latitude * G_PI / 180);
  double best_square = G_MAXDOUBLE;
  guint best = 0;

  g_return_val_if_fail (ZF_IS_PLACE_LAYER (self), NULL);
  if (self->points->len == 0)
    return NULL;
  /* As on a plane: who is nearest near by is the same, and a hundred thousand take a moment. */
  for (guint i = 0; i < self->points->len; i++)
    {
      const ZfClusterPoint *point = &g_array_index (self->points, ZfClusterPoint, i);
      double north = point->lat_e7 / 1e7 - latitude;
      double east = (point->lon_e7 / 1e7 - longitude) * narrowing;

      if (north * north + east * east >= best_square)
        continue;
      best_square = north * north + east * east;
      best = i;
    }
  *metres = zf_ground_metres (latitude, longitude, g_array_index (self->points, ZfClusterPoint, best).lat_e7 / 1e7,
                              g_array_index (self->points, ZfClusterPoint, best).lon_e7 / 1e7, bearing);
  return g_ptr_array_index (self->ids, best);
}

gboolean
zf_place_layer_bounds (ZfPlaceLayer *self, double *west, double *south, double *east, double *north)
{
  g_return_val_if_fail (ZF_IS_PLACE_LAYER (self), FALSE);
  for (guint i = 0; i < self->points->len; i++)
    {
      const ZfClusterPoint *point = &g_array_index (self->points, ZfClusterPoint, i);
      double lat = point->lat_e7 / 1e7;
      double lon = point->lon_e7 / 1e7;

      *west = i == 0 ? lon : MIN (*west, lon);
      *east = i == 0 ? lon : MAX (*east, lon);
      *south = i == 0 ? lat : MIN (*south, lat);
      *north = i == 0 ? lat : MAX (*north, lat);
    }
  return self->points->len > 0;
}
