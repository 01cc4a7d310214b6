/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "zf-mercator.h"

G_BEGIN_DECLS

/* The app's own map for when there is no pack: rivers, town points with names, graticule, scale, north. It draws no boundary, ever. */
#define ZF_SKETCH_NOTICE "示意图，非行政区划界线，不作定位依据"
#define ZF_SKETCH_CREDIT "GeoNames, CC BY 4.0; GSHHG, LGPL"

typedef struct _ZfSketch ZfSketch;

/** zf_sketch_load: reads DATA/map/rivers.geojson and DATA/divisions/towns.csv. */
ZfSketch *zf_sketch_load (const char *data_dir, GError **error);
void zf_sketch_free (ZfSketch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSketch, zf_sketch_free)
guint zf_sketch_n_towns (ZfSketch *self);
guint zf_sketch_n_rivers (ZfSketch *self);
/** zf_sketch_bounds: degrees around its towns: what a first view shows. */
void zf_sketch_bounds (ZfSketch *self, double *west, double *south, double *east, double *north);

/** zf_sketch_town: where the town of that name is; FALSE when the sketch has none. */
gboolean zf_sketch_town (ZfSketch *self, const char *name, double *lat, double *lon);

typedef struct
{
  gboolean dark;
  double text_px;        /* height of labels in pixels; 0: 14 */
  const char *language;  /* "zh" or "en": words on the scale and the north arrow; NULL: "zh" */
} ZfSketchStyle;

/** zf_sketch_draw: ground, rivers, graticule, towns. Where a label stands depends on the zoom alone, so neighbouring tiles fit together and
 * nothing jumps while panning. */
void zf_sketch_draw (ZfSketch *self, cairo_t *cr, const ZfViewport *viewport, const ZfSketchStyle *style);
/** zf_sketch_draw_frame: what stands still on the screen: scale bar, north arrow, the notice and the credit; @credit (nullable) replaces
 * ZF_SKETCH_CREDIT and the notice is left out then (a pack names its own source). */
void zf_sketch_draw_frame (cairo_t *cr, const ZfViewport *viewport, const ZfSketchStyle *style, const char *credit);

/** zf_sketch_scale: the round length that fits into @max_px pixels: metres, and its pixels. */
double zf_sketch_scale (const ZfViewport *viewport, double max_px, double *px);

G_END_DECLS
