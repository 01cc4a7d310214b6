/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-place-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "zf-action-bar.h"
#include "zf-fmt.h"
#include "zf-map-view.h"
#include "zf-sketch.h"
#include "zf-window.h"

/* A house is seen, a village, a town. */
#define HOUSE_ZOOM 16
#define VILLAGE_ZOOM 14
#define TOWN_ZOOM 12
/* Farther away nobody is near. */
#define NEAR_METRES 1000

struct _ZfPlacePage
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  ZfMapView *view;
  GtkLabel *coordinates;
  GtkLabel *near;
  ZfActionBar *bar;

  GTask *task;       /* (nullable): who waits */
  char *near_id;     /* (nullable) household whose name is in near_name */
  char *near_name;
  guint tell_id;     /* the labels follow when the map rests */
  guint left_id;     /* the page is not seen any more */
};

G_DEFINE_FINAL_TYPE (ZfPlacePage, zf_place_page, ZF_TYPE_PAGE)

static ZfSession *
session_of (ZfPlacePage *self)
{
  return zf_page_session (ZF_PAGE (self));
}

/* The answer */

static void
spot_here (ZfPlacePage *self, ZfSpot *spot)
{
  zf_map_view_middle (self->view, &spot->lat, &spot->lon);
  /* A decimetre: no finger is finer, and what is read is what is stored. */
  spot->lat = round (spot->lat * 1e6) / 1e6;
  spot->lon = round (spot->lon * 1e6) / 1e6;
}

static void
answer (GTask *task, const ZfSpot *spot)
{
  if (task != NULL)
    g_task_return_pointer (task, spot != NULL ? g_memdup2 (spot, sizeof *spot) : NULL, g_free);
}

/* Back first: who waits stands on that page. */
static void
finish (ZfPlacePage *self, const ZfSpot *spot)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (ZF_IS_WINDOW (root))
    zf_window_answered (ZF_WINDOW (root));
  answer (task, spot);
}

static void
on_put (ZfPlacePage *self)
{
  ZfSpot spot = { 0 };

  spot_here (self, &spot);
  finish (self, &spot);
}

static void
on_cancel (ZfPlacePage *self)
{
  finish (self, NULL);
}

static void
on_put_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  on_put (ZF_PLACE_PAGE (widget));
}

/* What stands there */

/* Read when it is another one than before: the map moves often. */
static const char *
name_of (ZfPlacePage *self, const char *id)
{
  g_autoptr (ZfRecord) record = NULL;

  if (g_strcmp0 (id, self->near_id) == 0)
    return self->near_name;
  record = zf_reader_get (zf_session_reader (session_of (self)), id, NULL);
  g_free (self->near_id);
  g_free (self->near_name);
  self->near_id = g_strdup (id);
  self->near_name = record == NULL ? g_strdup (_("Not recorded"))
                                   : g_strjoin (" · ", zf_record_get_string (record, "head_name", _("Not recorded")),
                                                zf_session_village_name (session_of (self), record->village), NULL);
  return self->near_name;
}

static char *
near_words (ZfPlacePage *self, const ZfSpot *spot)
{
  double metres = 0, bearing = 0;
  const char *id = zf_place_layer_nearest (zf_map_view_places (self->view), spot->lat, spot->lon, &metres, &bearing);
  g_autofree char *distance = NULL;

  if (id == NULL || metres > NEAR_METRES)
    return g_strdup (_("No household that has a place is near."));
  distance = zf_fmt_distance (metres, metres >= 1 ? bearing : -1);
  return g_strdup_printf (_("Nearest: %s, %s"), name_of (self, id), distance);
}

static gboolean
on_rest (gpointer data)
{
  ZfPlacePage *self = data;
  ZfSpot spot = { 0 };
  g_autofree char *coordinates = NULL;
  g_autofree char *near = NULL;

  self->tell_id = 0;
  spot_here (self, &spot);
  coordinates = g_strdup_printf ("%.6f, %.6f", spot.lat, spot.lon);
  near = near_words (self, &spot);
  gtk_label_set_text (self->coordinates, coordinates);
  gtk_label_set_text (self->near, near);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, coordinates, -1);
  return G_SOURCE_REMOVE;
}

static void
on_moved (ZfPlacePage *self)
{
  if (self->tell_id == 0)
    self->tell_id = g_idle_add_full (G_PRIORITY_LOW, on_rest, self, NULL);
}

/* Where the map begins */

/* The middle of the households of the village that have a place. */
static gboolean
spot_among (ZfSession *session, const char *village, ZfSpot *spot)
{
  g_autoptr (GArray) places = zf_places (zf_session_reader (session), "household", village, NULL);

  if (places == NULL || places->len == 0)
    return FALSE;
  *spot = (ZfSpot) { 0 };
  for (guint i = 0; i < places->len; i++)
    {
      spot->lat += g_array_index (places, ZfPlace, i).lat_e7 / 1e7 / places->len;
      spot->lon += g_array_index (places, ZfPlace, i).lon_e7 / 1e7 / places->len;
    }
  return TRUE;
}

static gboolean
spot_of_town (const char *town, ZfSpot *spot)
{
  g_autoptr (ZfSketch) sketch = zf_sketch_load (zf_data_dir (), NULL);

  return sketch != NULL && zf_sketch_town (sketch, town, &spot->lat, &spot->lon);
}

/* (nullable) @id */
static ZfRecord *
read_record (ZfSession *session, const char *id)
{
  return id != NULL ? zf_reader_get (zf_session_reader (session), id, NULL) : NULL;
}

/* The zoom at which @spot shows where to begin; 0 when nobody knows. */
static double
begin_at (ZfPlacePage *self, const ZfSpot *now, const char *id, ZfSpot *spot)
{
  ZfSession *session = session_of (self);
  g_autoptr (ZfRecord) record = read_record (session, id);
  g_autofree char *home_id = record != NULL ? zf_session_home_of (session, record) : NULL;
  g_autoptr (ZfRecord) home = read_record (session, home_id);
  const char *village_id = record == NULL ? NULL : g_str_equal (record->kind_name, "village") ? record->id : record->village;
  g_autoptr (ZfRecord) village = read_record (session, village_id);

  if (now != NULL)
    {
      *spot = *now;
      return HOUSE_ZOOM;
    }
  if (home != NULL && zf_spot_of (home, spot))
    return HOUSE_ZOOM;
  if (village != NULL && (zf_spot_of (village, spot) || spot_among (session, village_id, spot)))
    return VILLAGE_ZOOM;
  if (village != NULL && spot_of_town (zf_record_get_string (village, "town_name", ""), spot))
    return TOWN_ZOOM;
  return 0;
}

/* Object */

static gboolean
on_left (gpointer data)
{
  ZfPlacePage *self = data;
  g_autoptr (GTask) task = NULL;

  self->left_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;
  task = g_steal_pointer (&self->task);
  answer (task, NULL);
  return G_SOURCE_REMOVE;
}

/* The window slides from page to page, and one that comes while another goes is taken off the screen for a moment: that is no change of mind. */
static void
zf_place_page_unmap (GtkWidget *widget)
{
  ZfPlacePage *self = ZF_PLACE_PAGE (widget);

  GTK_WIDGET_CLASS (zf_place_page_parent_class)->unmap (widget);
  if (self->task != NULL && self->left_id == 0)
    self->left_id = g_idle_add (on_left, self);
}

static void
zf_place_page_dispose (GObject *object)
{
  ZfPlacePage *self = ZF_PLACE_PAGE (object);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_clear_handle_id (&self->left_id, g_source_remove);
  g_clear_pointer (&self->near_id, g_free);
  g_clear_pointer (&self->near_name, g_free);
  G_OBJECT_CLASS (zf_place_page_parent_class)->dispose (object);
}

static void
zf_place_page_class_init (ZfPlacePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_MAP_VIEW);
  G_OBJECT_CLASS (klass)->dispose = zf_place_page_dispose;
  widget_class->unmap = zf_place_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-place-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfPlacePage, title);
  gtk_widget_class_bind_template_child (widget_class, ZfPlacePage, view);
  gtk_widget_class_bind_template_child (widget_class, ZfPlacePage, coordinates);
  gtk_widget_class_bind_template_child (widget_class, ZfPlacePage, near);
  gtk_widget_class_bind_template_child (widget_class, ZfPlacePage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_put);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_moved);
  gtk_widget_class_install_action (widget_class, "place.put", NULL, on_put_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "place.put", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "place.put", NULL);
}

static void
zf_place_page_init (ZfPlacePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zf_place_page_ask_async (GtkWidget *from, const char *title, const ZfSpot *now, const char *record, GAsyncReadyCallback callback, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (from);
  ZfPlacePage *self = NULL;
  ZfSpot spot = { 0 };
  double zoom = 0;
  g_autoptr (GTask) before = NULL;

  g_return_if_fail (ZF_IS_WINDOW (root));

  self = ZF_PLACE_PAGE (zf_window_place (ZF_WINDOW (root)));
  before = g_steal_pointer (&self->task);
  answer (before, NULL);
  g_clear_handle_id (&self->left_id, g_source_remove);
  self->task = g_task_new (self, NULL, callback, data);
  g_task_set_source_tag (self->task, zf_place_page_ask_async);
  /* Names may have changed since the page was last seen. */
  g_clear_pointer (&self->near_id, g_free);
  adw_window_title_set_subtitle (self->title, title);
  zf_map_view_load (self->view, session_of (self));
  zf_map_view_note (self->view, _("Tap the map or move it until the cross is on the place."));
  zf_place_layer_select (zf_map_view_places (self->view), record);
  zoom = begin_at (self, now, record, &spot);
  if (zoom > 0)
    zf_map_view_go (self->view, spot.lat, spot.lon, zoom);
  on_moved (self);
  zf_window_ask (ZF_WINDOW (root), ZF_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

gboolean
zf_place_page_ask_finish (GAsyncResult *result, ZfSpot *spot)
{
  g_autofree ZfSpot *answer = g_task_propagate_pointer (G_TASK (result), NULL);

  if (answer != NULL)
    *spot = *answer;
  return answer != NULL;
}

gboolean
zf_spot_parse (const char *text, ZfSpot *spot)
{
  char *end = NULL;

  if (text == NULL || *text == '\0')
    return FALSE;
  spot->lat = g_ascii_strtod (text, &end);
  if (end == text || *end != ' ')
    return FALSE;
  text = end;
  spot->lon = g_ascii_strtod (text, &end);
  return end != text && fabs (spot->lat) <= 90 && fabs (spot->lon) <= 180;
}

char *
zf_spot_text (const ZfSpot *spot)
{
  char lat[G_ASCII_DTOSTR_BUF_SIZE], lon[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strjoin (" ", g_ascii_formatd (lat, sizeof lat, "%.6f", spot->lat), g_ascii_formatd (lon, sizeof lon, "%.6f", spot->lon), NULL);
}

gboolean
zf_spot_of (const ZfRecord *record, ZfSpot *spot)
{
  const char *lat_field = NULL, *lon_field = NULL, *lat = NULL, *lon = NULL;

  if (!zf_kind_place (record->kind, &lat_field, &lon_field))
    return FALSE;
  lat = zf_record_get_string (record, lat_field, NULL);
  lon = zf_record_get_string (record, lon_field, NULL);
  if (lat == NULL || lon == NULL)
    return FALSE;
  *spot = (ZfSpot) { g_ascii_strtod (lat, NULL), g_ascii_strtod (lon, NULL) };
  return TRUE;
}
