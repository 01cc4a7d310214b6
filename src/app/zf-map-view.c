/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-map-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "zf-pack-source.h"
#include "zf-sketch-layer.h"

#define MIN_ZOOM 8
/* Height of the scale's words; those of the source are 0.85 of it and not below 15. */
#define FRAME_PX 18
#define FIRST_ZOOM_MAX 15
/* Fengdu's middle: where to look when nothing has a place yet. */
#define HOME_LATITUDE 29.87
#define HOME_LONGITUDE 107.73
/* Pixels that an arrow moves the map, and with Shift. A finger that went no farther than TAP_REACH did not drag. */
#define STEP 48
#define SMALL_STEP 4
#define TAP_REACH 12
#define CROSS 22
#define CROSS_GAP 5

struct _ZfMapView
{
  AdwBin parent_instance;

  GtkOverlay *overlay;
  GtkDrawingArea *frame;
  GtkLabel *note;

  ZfSession *session;
  ShumateMap *map;
  ShumateViewport *viewport;
  ZfPlaceLayer *places;
  ZfSketch *sketch;
  char *pack;        /* (nullable) file of the map that is shown, of those that the county sent */
  char *credit;      /* source and 审图号 of the pack; NULL: the sketch */
  char *sentence;    /* (nullable) what the page has to say */
  gboolean damaged;  /* a pack could not be used */
  gboolean aims;
  gboolean placed;   /* the first view was set */
  double press_x, press_y;
};

enum
{
  PROP_0,
  PROP_AIMS,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum
{
  PICKED,
  MOVED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfMapView, zf_map_view, ADW_TYPE_BIN)

/* What stands still over the map */

static void
cross_path (cairo_t *cr, double x, double y)
{
  static const double ARMS[][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };

  for (guint i = 0; i < G_N_ELEMENTS (ARMS); i++)
    {
      cairo_move_to (cr, x + ARMS[i][0] * CROSS_GAP, y + ARMS[i][1] * CROSS_GAP);
      cairo_line_to (cr, x + ARMS[i][0] * CROSS, y + ARMS[i][1] * CROSS);
    }
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, CROSS * 0.6, 0, 2 * G_PI);
}

/* Dark within light: it is seen on a photo of a wood and on snow. */
static void
draw_cross (cairo_t *cr, double x, double y)
{
  cairo_new_path (cr);
  cross_path (cr, x, y);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 6);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 0.65, 0.11, 0.18);
  cairo_set_line_width (cr, 2.5);
  cairo_stroke (cr);
}

/* Scale, north, and whose map it is: always visible. */
static void
draw_frame (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  ZfMapView *self = data;
  ZfViewport viewport = { 0 };
  ZfSketchStyle style = { adw_style_manager_get_dark (adw_style_manager_get_default ()), FRAME_PX,
                          self->session != NULL ? zf_session_lang (self->session) : "zh" };

  if (self->viewport == NULL)
    return;
  viewport = zf_map_viewport (self->viewport, width, height);
  zf_sketch_draw_frame (cr, &viewport, &style, self->credit);
  if (self->aims)
    draw_cross (cr, width / 2.0, height / 2.0);
}

static void
show_note (ZfMapView *self)
{
  const char *lines[3] = { NULL };
  g_autofree char *text = NULL;
  guint n = 0;

  if (self->damaged)
    lines[n++] = _("This map pack is damaged: the sketch map stands in.");
  if (self->sentence != NULL)
    lines[n++] = self->sentence;
  text = g_strjoinv ("\n", (char **) lines);
  gtk_label_set_text (self->note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), n > 0);
}

/* Making the map */

/* The newest pack that the county sent, else where somebody put one: named, inside the store or beside it. */
static ZfMbtiles *
open_pack (ZfMapView *self)
{
  ZfStore *store = zf_session_store (self->session);
  const char *dir = zf_store_dir (store);
  g_autofree char *named = zf_store_get_meta (store, "map_pack");
  g_autofree char *fetched = zf_pack_in_use (zf_session_reader (self->session), zf_store_files (store));
  g_autofree char *inside = g_build_filename (dir, "pack.mbtiles", NULL);
  g_autofree char *beside = g_build_filename (dir, "..", "pack.mbtiles", NULL);
  const char *places[] = { fetched, named, inside, beside };

  self->damaged = FALSE;
  g_free (self->pack);
  self->pack = g_strdup (fetched);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) error = NULL;
      ZfMbtiles *pack = NULL;

      if (places[i] == NULL || !g_file_test (places[i], G_FILE_TEST_EXISTS))
        continue;
      pack = zf_mbtiles_open (places[i], &error);
      if (pack != NULL)
        return pack;
      g_warning ("The map pack cannot be used: %s", error->message);
      self->damaged = TRUE;
    }
  return NULL;
}

static void
add_pack_layer (ZfMapView *self, ZfMbtiles *pack, ShumateMapSource *source)
{
  const ZfMbtilesInfo *info = zf_mbtiles_info (pack);
  g_autoptr (GString) credit = g_string_new (info->attribution);

  if (info->approval != NULL && *info->approval != '\0' && strstr (info->attribution, info->approval) == NULL)
    g_string_append_printf (credit, "%s%s", credit->len > 0 ? " · " : "", info->approval);
  self->credit = g_strdup (credit->str);
  shumate_map_add_layer (self->map, SHUMATE_LAYER (shumate_map_layer_new (source, self->viewport)));
}

static void
add_sketch_layer (ZfMapView *self)
{
  g_autoptr (GError) error = NULL;

  self->sketch = zf_sketch_load (zf_data_dir (), &error);
  if (self->sketch == NULL)
    {
      g_warning ("The sketch map cannot be read: %s", error->message);
      return;
    }
  shumate_map_add_layer (self->map, SHUMATE_LAYER (zf_sketch_layer_new (self->viewport, self->sketch, zf_session_lang (self->session))));
}

static void
on_picked (ZfMapView *self, const char *id)
{
  g_signal_emit (self, signals[PICKED], 0, id);
}

static void
on_gathered (ZfMapView *self, double latitude, double longitude)
{
  shumate_map_go_to_full (self->map, latitude, longitude, shumate_viewport_get_zoom_level (self->viewport) + 2);
}

static void
add_places (ZfMapView *self)
{
  self->places = zf_place_layer_new (self->viewport);
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->places));
  g_signal_connect_object (self->places, "picked", G_CALLBACK (on_picked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->places, "gathered", G_CALLBACK (on_gathered), self, G_CONNECT_SWAPPED);
}

/* Two fingers would turn the tiles alone: the frame says where north is, and the layers are drawn that way. */
static void
on_viewport (ShumateViewport *viewport, GParamSpec *pspec, ZfMapView *self)
{
  if (shumate_viewport_get_rotation (viewport) > 0)
    shumate_viewport_set_rotation (viewport, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self->frame));
  g_signal_emit (self, signals[MOVED], 0);
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, ZfMapView *self)
{
  self->press_x = x;
  self->press_y = y;
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, ZfMapView *self)
{
  double latitude = 0, longitude = 0;

  if (n_press != 1 || hypot (x - self->press_x, y - self->press_y) > TAP_REACH)
    return;
  if (!self->aims)
    {
      zf_place_layer_tap (self->places, x, y);
      return;
    }
  shumate_viewport_widget_coords_to_location (self->viewport, GTK_WIDGET (self->map), x, y, &latitude, &longitude);
  zf_map_view_go (self, latitude, longitude, shumate_viewport_get_zoom_level (self->viewport));
}

static void
take_taps (ZfMapView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), self, 0);
  g_signal_connect_object (click, "released", G_CALLBACK (on_released), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->map), GTK_EVENT_CONTROLLER (click));
}

/* The layers of the map before let go of its sketch when the map goes. */
static void
drop_map (ZfMapView *self)
{
  if (self->viewport != NULL)
    g_signal_handlers_disconnect_by_data (self->viewport, self);
  gtk_overlay_set_child (self->overlay, NULL);
  self->map = NULL;
  self->viewport = NULL;
  self->places = NULL;
  g_clear_pointer (&self->sketch, zf_sketch_free);
  g_clear_pointer (&self->credit, g_free);
  self->placed = FALSE;
}

static void
make_map (ZfMapView *self)
{
  g_autoptr (ZfMbtiles) pack = open_pack (self);
  g_autoptr (ShumateMapSource) source = SHUMATE_MAP_SOURCE (zf_pack_source_new (pack));

  self->map = shumate_map_new ();
  self->viewport = shumate_map_get_viewport (self->map);
  shumate_viewport_set_reference_map_source (self->viewport, source);
  shumate_viewport_set_min_zoom_level (self->viewport, MAX (MIN_ZOOM, shumate_map_source_get_min_zoom_level (source)));
  shumate_viewport_set_max_zoom_level (self->viewport, shumate_map_source_get_max_zoom_level (source));
  if (pack != NULL)
    add_pack_layer (self, pack, source);
  else
    add_sketch_layer (self);
  add_places (self);
  take_taps (self);
  g_signal_connect_object (self->viewport, "notify", G_CALLBACK (on_viewport), self, 0);
  gtk_widget_set_focusable (GTK_WIDGET (self->map), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Map"), -1);
  gtk_overlay_set_child (self->overlay, GTK_WIDGET (self->map));
  show_note (self);
}

/* The closest view that still shows every household. */
static void
place_view (ZfMapView *self)
{
  double west = 0, south = 0, east = 0, north = 0;
  double zoom = FIRST_ZOOM_MAX;

  if (self->placed)
    return;
  self->placed = TRUE;
  if (!zf_place_layer_bounds (self->places, &west, &south, &east, &north))
    {
      zf_map_view_go (self, HOME_LATITUDE, HOME_LONGITUDE, 10);
      return;
    }
  while (zoom > MIN_ZOOM)
    {
      ZfViewport view = zf_viewport_around ((south + north) / 2, (west + east) / 2, zoom,
                                            MAX (gtk_widget_get_width (GTK_WIDGET (self)), 320),
                                            MAX (gtk_widget_get_height (GTK_WIDGET (self)), 320));
      double x = 0, y = 0;

      zf_viewport_point (&view, north, west, &x, &y);
      if (x >= 24 && y >= 24)
        break;
      zoom -= 0.5;
    }
  zf_map_view_go (self, (south + north) / 2, (west + east) / 2, zoom);
}

/* A newer pack came while this map was shown. */
static gboolean
pack_changed (ZfMapView *self)
{
  g_autofree char *now = zf_pack_in_use (zf_session_reader (self->session), zf_store_files (zf_session_store (self->session)));

  return g_strcmp0 (now, self->pack) != 0;
}

/* Nearer and around */

static void
zoom_by (ZfMapView *self, double step)
{
  if (self->viewport != NULL)
    shumate_viewport_set_zoom_level (self->viewport, shumate_viewport_get_zoom_level (self->viewport) + step);
}

static void
on_closer (ZfMapView *self)
{
  zoom_by (self, 1);
}

static void
on_farther (ZfMapView *self)
{
  zoom_by (self, -1);
}

static gboolean
on_zoom_key (GtkWidget *widget, GVariant *step, gpointer data)
{
  zoom_by (ZF_MAP_VIEW (widget), g_variant_get_double (step));
  return TRUE;
}

static gboolean
on_arrow_key (GtkWidget *widget, GVariant *step, gpointer data)
{
  ZfMapView *self = ZF_MAP_VIEW (widget);
  double right = 0, down = 0, latitude = 0, longitude = 0;

  if (self->viewport == NULL)
    return FALSE;
  g_variant_get (step, "(dd)", &right, &down);
  shumate_viewport_widget_coords_to_location (self->viewport, GTK_WIDGET (self->map), gtk_widget_get_width (GTK_WIDGET (self->map)) / 2.0 + right,
                                              gtk_widget_get_height (GTK_WIDGET (self->map)) / 2.0 + down, &latitude, &longitude);
  zf_map_view_go (self, latitude, longitude, shumate_viewport_get_zoom_level (self->viewport));
  return TRUE;
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key, pad_key;
    double right, down;
  } ARROWS[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
  };
  static const struct
  {
    guint key;
    double step;
  } ZOOMS[] = { { GDK_KEY_plus, 1 }, { GDK_KEY_equal, 1 }, { GDK_KEY_KP_Add, 1 }, { GDK_KEY_minus, -1 }, { GDK_KEY_KP_Subtract, -1 } };

  for (guint i = 0; i < G_N_ELEMENTS (ARROWS); i++)
    for (guint shift = 0; shift < 2; shift++)
      {
        double pixels = shift ? SMALL_STEP : STEP;
        GdkModifierType mask = shift ? GDK_SHIFT_MASK : 0;

        gtk_widget_class_add_binding (widget_class, ARROWS[i].key, mask, on_arrow_key, "(dd)", ARROWS[i].right * pixels, ARROWS[i].down * pixels);
        gtk_widget_class_add_binding (widget_class, ARROWS[i].pad_key, mask, on_arrow_key, "(dd)", ARROWS[i].right * pixels, ARROWS[i].down * pixels);
      }
  for (guint i = 0; i < G_N_ELEMENTS (ZOOMS); i++)
    gtk_widget_class_add_binding (widget_class, ZOOMS[i].key, 0, on_zoom_key, "d", ZOOMS[i].step);
}

/* Object */

static gboolean
zf_map_view_grab_focus (GtkWidget *widget)
{
  ZfMapView *self = ZF_MAP_VIEW (widget);

  return self->map != NULL && gtk_widget_grab_focus (GTK_WIDGET (self->map));
}

static void
zf_map_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_AIMS)
    ZF_MAP_VIEW (object)->aims = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zf_map_view_dispose (GObject *object)
{
  ZfMapView *self = ZF_MAP_VIEW (object);

  if (self->overlay != NULL)
    drop_map (self);
  self->overlay = NULL;
  g_clear_object (&self->session);
  G_OBJECT_CLASS (zf_map_view_parent_class)->dispose (object);
}

static void
zf_map_view_finalize (GObject *object)
{
  ZfMapView *self = ZF_MAP_VIEW (object);

  g_free (self->pack);
  g_free (self->sentence);
  G_OBJECT_CLASS (zf_map_view_parent_class)->finalize (object);
}

static void
zf_map_view_class_init (ZfMapViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = zf_map_view_set_property;
  object_class->dispose = zf_map_view_dispose;
  object_class->finalize = zf_map_view_finalize;
  widget_class->grab_focus = zf_map_view_grab_focus;
  props[PROP_AIMS] = g_param_spec_boolean ("aims", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[PICKED] = g_signal_new ("picked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-map-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfMapView, overlay);
  gtk_widget_class_bind_template_child (widget_class, ZfMapView, frame);
  gtk_widget_class_bind_template_child (widget_class, ZfMapView, note);
  gtk_widget_class_bind_template_callback (widget_class, on_closer);
  gtk_widget_class_bind_template_callback (widget_class, on_farther);
  add_keys (widget_class);
}

static void
zf_map_view_init (ZfMapView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->frame, draw_frame, self, NULL);
}

void
zf_map_view_load (ZfMapView *self, ZfSession *session)
{
  g_return_if_fail (ZF_IS_MAP_VIEW (self) && ZF_IS_SESSION (session));

  g_set_object (&self->session, session);
  if (self->map != NULL && pack_changed (self))
    drop_map (self);
  if (self->map == NULL)
    make_map (self);
  zf_place_layer_reload (self->places, session);
  place_view (self);
}

void
zf_map_view_note (ZfMapView *self, const char *sentence)
{
  g_return_if_fail (ZF_IS_MAP_VIEW (self));
  g_free (self->sentence);
  self->sentence = g_strdup (sentence);
  show_note (self);
}

ZfPlaceLayer *
zf_map_view_places (ZfMapView *self)
{
  g_return_val_if_fail (ZF_IS_MAP_VIEW (self), NULL);
  return self->places;
}

void
zf_map_view_select (ZfMapView *self, const char *id, gboolean in_middle)
{
  double latitude = 0, longitude = 0;

  g_return_if_fail (ZF_IS_MAP_VIEW (self) && self->places != NULL);
  zf_place_layer_select (self->places, id);
  if (in_middle && id != NULL && zf_place_layer_where (self->places, id, &latitude, &longitude))
    zf_map_view_go (self, latitude, longitude, shumate_viewport_get_zoom_level (self->viewport));
}

void
zf_map_view_go (ZfMapView *self, double latitude, double longitude, double zoom)
{
  g_return_if_fail (ZF_IS_MAP_VIEW (self) && self->map != NULL);

  /* A flick that still rolls would carry the map on. */
  shumate_map_stop_go_to (self->map);
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), latitude, longitude);
  shumate_viewport_set_zoom_level (self->viewport, zoom);
}

void
zf_map_view_middle (ZfMapView *self, double *latitude, double *longitude)
{
  g_return_if_fail (ZF_IS_MAP_VIEW (self) && self->viewport != NULL);
  *latitude = shumate_location_get_latitude (SHUMATE_LOCATION (self->viewport));
  *longitude = shumate_location_get_longitude (SHUMATE_LOCATION (self->viewport));
}
