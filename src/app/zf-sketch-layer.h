/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <shumate/shumate.h>

#include "zf-sketch.h"

G_BEGIN_DECLS

/* ZfSketchLayer: the app's own map for when there is no pack. */
#define ZF_TYPE_SKETCH_LAYER (zf_sketch_layer_get_type ())
G_DECLARE_FINAL_TYPE (ZfSketchLayer, zf_sketch_layer, ZF, SKETCH_LAYER, ShumateLayer)

/** zf_sketch_layer_new: @sketch belongs to the caller and outlives the layer. */
ZfSketchLayer *zf_sketch_layer_new (ShumateViewport *viewport, ZfSketch *sketch, const char *language);
/** zf_map_viewport: what @viewport shows on a widget of this size, for src/map. */
ZfViewport zf_map_viewport (ShumateViewport *viewport, double width, double height);

G_END_DECLS
