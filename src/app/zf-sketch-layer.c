/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sketch-layer.h"

#include <adwaita.h>

struct _ZfSketchLayer
{
  ShumateLayer parent_instance;

  ZfSketch *sketch;
  const char *language;
};

G_DEFINE_FINAL_TYPE (ZfSketchLayer, zf_sketch_layer, SHUMATE_TYPE_LAYER)

static void
zf_sketch_layer_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZfSketchLayer *self = ZF_SKETCH_LAYER (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  ZfViewport viewport = zf_map_viewport (shumate_layer_get_viewport (SHUMATE_LAYER (self)), width, height);
  ZfSketchStyle style = { adw_style_manager_get_dark (adw_style_manager_get_default ()), 18, self->language };
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));

  if (self->sketch != NULL)
    zf_sketch_draw (self->sketch, cr, &viewport, &style);
  cairo_destroy (cr);
}

static void
zf_sketch_layer_constructed (GObject *object)
{
  G_OBJECT_CLASS (zf_sketch_layer_parent_class)->constructed (object);
  g_signal_connect_object (shumate_layer_get_viewport (SHUMATE_LAYER (object)), "notify", G_CALLBACK (gtk_widget_queue_draw),
                           object, G_CONNECT_SWAPPED);
}

static void
zf_sketch_layer_class_init (ZfSketchLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = zf_sketch_layer_constructed;
  GTK_WIDGET_CLASS (klass)->snapshot = zf_sketch_layer_snapshot;
}

static void
zf_sketch_layer_init (ZfSketchLayer *self)
{
}

ZfSketchLayer *
zf_sketch_layer_new (ShumateViewport *viewport, ZfSketch *sketch, const char *language)
{
  ZfSketchLayer *self = g_object_new (ZF_TYPE_SKETCH_LAYER, "viewport", viewport, NULL);

  self->sketch = sketch;
  self->language = language;
  return self;
}

ZfViewport
zf_map_viewport (ShumateViewport *viewport, double width, double height)
{
  return zf_viewport_around (shumate_location_get_latitude (SHUMATE_LOCATION (viewport)),
                             shumate_location_get_longitude (SHUMATE_LOCATION (viewport)),
                             shumate_viewport_get_zoom_level (viewport), width, height);
}
