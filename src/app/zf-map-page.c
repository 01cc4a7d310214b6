/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-map-page.h"

#include <glib/gi18n.h>
#include <shumate/shumate.h>

#include "zf-household-item.h"
#include "zf-level-chip.h"
#include "zf-pack-source.h"
#include "zf-place-layer.h"
#include "zf-sketch-layer.h"

#define MIN_ZOOM 8
#define FIRST_ZOOM_MAX 15
/* Fengdu's middle: where to look when nothing has a place yet. */
#define HOME_LATITUDE 29.87
#define HOME_LONGITUDE 107.73

struct _ZfMapPage
{
  ZfPage parent_instance;

  GtkOverlay *overlay;
  GtkDrawingArea *frame;
  GtkLabel *note;
  GtkRevealer *card;
  ZfLevelChip *level;
  GtkLabel *name;
  GtkLabel *facts;
  GtkLabel *last;

  ShumateMap *map;
  ShumateViewport *viewport;
  ZfPlaceLayer *places;
  ZfSketch *sketch;
  char *pack;        /* (nullable) file of the map that is shown, of those that the county sent */
  char *credit;      /* source and 审图号 of the pack; NULL: the sketch */
  char *selected;
  gboolean placed;   /* the first view was set */
};

G_DEFINE_FINAL_TYPE (ZfMapPage, zf_map_page, ZF_TYPE_PAGE)

/* Scale, north, and whose map it is: always visible. */
static void
draw_frame (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  ZfMapPage *self = data;
  ZfViewport viewport = { 0 };
  ZfSession *session = zf_page_session (ZF_PAGE (self));
  ZfSketchStyle style = { adw_style_manager_get_dark (adw_style_manager_get_default ()), width < 600 ? 12 : 16,
                          session != NULL ? zf_session_lang (session) : "zh" };

  if (self->viewport == NULL)
    return;
  viewport = zf_map_viewport (self->viewport, width, height);
  zf_sketch_draw_frame (cr, &viewport, &style, self->credit);
}

/* The newest pack that the county sent, else where somebody put one: named, inside the store or beside it. */
static ZfMbtiles *
open_pack (ZfMapPage *self, ZfSession *session)
{
  const char *dir = zf_store_dir (zf_session_store (session));
  g_autofree char *named = zf_store_get_meta (zf_session_store (session), "map_pack");
  g_autofree char *fetched = zf_pack_in_use (zf_session_reader (session), zf_store_files (zf_session_store (session)));
  g_autofree char *inside = g_build_filename (dir, "pack.mbtiles", NULL);
  g_autofree char *beside = g_build_filename (dir, "..", "pack.mbtiles", NULL);
  const char *places[] = { fetched, named, inside, beside };

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
      gtk_label_set_text (self->note, _("This map pack is damaged: the sketch map stands in."));
      gtk_widget_set_visible (GTK_WIDGET (self->note), TRUE);
    }
  return NULL;
}

static void
add_pack_layer (ZfMapPage *self, ZfMbtiles *pack, ShumateMapSource *source)
{
  const ZfMbtilesInfo *info = zf_mbtiles_info (pack);
  g_autoptr (GString) credit = g_string_new (info->attribution);

  if (info->approval != NULL && *info->approval != '\0' && strstr (info->attribution, info->approval) == NULL)
    g_string_append_printf (credit, "%s%s", credit->len > 0 ? " · " : "", info->approval);
  g_free (self->credit);
  self->credit = g_strdup (credit->str);
  shumate_map_add_layer (self->map, SHUMATE_LAYER (shumate_map_layer_new (source, self->viewport)));
}

static void
add_sketch_layer (ZfMapPage *self, ZfSession *session)
{
  g_autoptr (GError) error = NULL;

  self->sketch = zf_sketch_load (zf_data_dir (), &error);
  if (self->sketch == NULL)
    {
      g_warning ("The sketch map cannot be read: %s", error->message);
      return;
    }
  shumate_map_add_layer (self->map, SHUMATE_LAYER (zf_sketch_layer_new (self->viewport, self->sketch, zf_session_lang (session))));
}

static void
on_picked (ZfMapPage *self, const char *id)
{
  zf_map_page_select (self, id);
}

static void
on_gathered (ZfMapPage *self, double latitude, double longitude)
{
  shumate_map_go_to_full (self->map, latitude, longitude, shumate_viewport_get_zoom_level (self->viewport) + 2);
}

static void
build_map (ZfMapPage *self, ZfSession *session)
{
  g_autoptr (ZfMbtiles) pack = open_pack (self, session);
  g_autoptr (ShumateMapSource) source = SHUMATE_MAP_SOURCE (zf_pack_source_new (pack));

  self->placed = FALSE;
  self->map = shumate_map_new ();
  self->viewport = shumate_map_get_viewport (self->map);
  shumate_viewport_set_reference_map_source (self->viewport, source);
  shumate_viewport_set_min_zoom_level (self->viewport, MAX (MIN_ZOOM, shumate_map_source_get_min_zoom_level (source)));
  shumate_viewport_set_max_zoom_level (self->viewport, shumate_map_source_get_max_zoom_level (source));
  if (pack != NULL)
    add_pack_layer (self, pack, source);
  else
    add_sketch_layer (self, session);
  self->places = zf_place_layer_new (self->viewport);
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->places));
  g_signal_connect_object (self->places, "picked", G_CALLBACK (on_picked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->places, "gathered", G_CALLBACK (on_gathered), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->viewport, "notify", G_CALLBACK (gtk_widget_queue_draw), self->frame, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Map"), -1);
  gtk_overlay_set_child (self->overlay, GTK_WIDGET (self->map));
}

/* The closest view that still shows every household. */
static void
place_view (ZfMapPage *self)
{
  double west = 0, south = 0, east = 0, north = 0;
  double zoom = FIRST_ZOOM_MAX;

  if (self->placed)
    return;
  self->placed = TRUE;
  if (!zf_place_layer_bounds (self->places, &west, &south, &east, &north))
    {
      shumate_location_set_location (SHUMATE_LOCATION (self->viewport), HOME_LATITUDE, HOME_LONGITUDE);
      shumate_viewport_set_zoom_level (self->viewport, 10);
      return;
    }
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), (south + north) / 2, (west + east) / 2);
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
  shumate_viewport_set_zoom_level (self->viewport, zoom);
}

static void
show_note (ZfMapPage *self, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  gint64 without = 0;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  zf_query_column (query, "id");
  zf_query_where (query, "lat", ZF_OP_NULL, NULL);
  without = zf_query_count (query, zf_session_reader (session), NULL);
  if (without <= 0)
    return;
  count = g_strdup_printf ("%" G_GINT64_FORMAT, without);
  text = g_strdup_printf (_("%s households have no place yet"), count);
  gtk_label_set_text (self->note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), TRUE);
}

/* A newer pack came while this map was shown. */
static gboolean
pack_changed (ZfMapPage *self, ZfSession *session)
{
  g_autofree char *now = zf_pack_in_use (zf_session_reader (session), zf_store_files (zf_session_store (session)));

  return g_strcmp0 (now, self->pack) != 0;
}

static void
zf_map_page_refresh (ZfPage *page)
{
  ZfMapPage *self = ZF_MAP_PAGE (page);
  ZfSession *session = zf_page_session (page);

  if (self->map == NULL || pack_changed (self, session))
    build_map (self, session);
  zf_place_layer_reload (self->places, session);
  show_note (self, session);
  place_view (self);
}

static void
zoom_by (ZfMapPage *self, double step)
{
  if (self->viewport != NULL)
    shumate_viewport_set_zoom_level (self->viewport, shumate_viewport_get_zoom_level (self->viewport) + step);
}

static void
on_closer (ZfMapPage *self)
{
  zoom_by (self, 1);
}

static void
on_farther (ZfMapPage *self)
{
  zoom_by (self, -1);
}

static void
on_open (ZfMapPage *self)
{
  if (self->selected != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.household", "s", self->selected);
}

static void
on_visit (ZfMapPage *self)
{
  if (self->selected != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.visit", "s", self->selected);
}

static void
on_close_card (ZfMapPage *self)
{
  g_clear_pointer (&self->selected, g_free);
  zf_place_layer_select (self->places, NULL);
  gtk_revealer_set_reveal_child (self->card, FALSE);
}

static void
zf_map_page_lay_out (ZfPage *page, gboolean wide)
{
  GtkWidget *card = GTK_WIDGET (ZF_MAP_PAGE (page)->card);

  gtk_widget_set_halign (card, wide ? GTK_ALIGN_START : GTK_ALIGN_FILL);
  gtk_widget_set_size_request (card, wide ? 420 : -1, -1);
}

static void
zf_map_page_dispose (GObject *object)
{
  ZfMapPage *self = ZF_MAP_PAGE (object);

  if (self->overlay != NULL)
    gtk_overlay_set_child (self->overlay, NULL);
  self->overlay = NULL;
  self->map = NULL;
  self->viewport = NULL;
  self->places = NULL;
  G_OBJECT_CLASS (zf_map_page_parent_class)->dispose (object);
}

static void
zf_map_page_finalize (GObject *object)
{
  ZfMapPage *self = ZF_MAP_PAGE (object);

  g_clear_pointer (&self->sketch, zf_sketch_free);
  g_free (self->pack);
  g_free (self->credit);
  g_free (self->selected);
  G_OBJECT_CLASS (zf_map_page_parent_class)->finalize (object);
}

static void
zf_map_page_class_init (ZfMapPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_LEVEL_CHIP);
  object_class->dispose = zf_map_page_dispose;
  object_class->finalize = zf_map_page_finalize;
  ZF_PAGE_CLASS (klass)->refresh = zf_map_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_map_page_lay_out;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-map-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, overlay);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, frame);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, note);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, card);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, level);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, name);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, facts);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, last);
  gtk_widget_class_bind_template_callback (widget_class, on_closer);
  gtk_widget_class_bind_template_callback (widget_class, on_farther);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_visit);
  gtk_widget_class_bind_template_callback (widget_class, on_close_card);
}

/* No record changes when a pack arrives. */
static void
on_packs_changed (ZfPage *page, ZfPackService *packs)
{
  if (zf_pack_service_status (packs)->arrived != NULL)
    zf_page_stale (page);
}

static void
on_session (ZfPage *page, GParamSpec *pspec, gpointer data)
{
  ZfSession *session = zf_page_session (page);

  if (session != NULL)
    g_signal_connect_object (zf_session_packs (session), "changed", G_CALLBACK (on_packs_changed), page, G_CONNECT_SWAPPED);
}

static void
zf_map_page_init (ZfMapPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::session", G_CALLBACK (on_session), NULL);
  gtk_drawing_area_set_draw_func (self->frame, draw_frame, self, NULL);
}

void
zf_map_page_select (ZfMapPage *self, const char *id)
{
  g_autoptr (ZfHouseholdItem) item = NULL;

  g_return_if_fail (ZF_IS_MAP_PAGE (self) && id != NULL);

  item = zf_household_item_load (zf_page_session (ZF_PAGE (self)), id);
  if (item == NULL)
    return;
  g_free (self->selected);
  self->selected = g_strdup (id);
  zf_place_layer_select (self->places, id);
  zf_level_chip_set_level (self->level, zf_household_item_level (item));
  gtk_label_set_text (self->name, zf_household_item_name (item));
  gtk_label_set_text (self->facts, zf_household_item_facts (item));
  gtk_label_set_text (self->last, zf_household_item_last (item));
  gtk_revealer_set_reveal_child (self->card, TRUE);
}
