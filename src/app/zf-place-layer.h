/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <shumate/shumate.h>

#include "zf-session.h"

G_BEGIN_DECLS

/* ZfPlaceLayer: households on the map by level: shape and colour, gathered where they stand close. Signals: "picked" (household id),
 * "gathered" (latitude, longitude): a cluster was tapped. */
#define ZF_TYPE_PLACE_LAYER (zf_place_layer_get_type ())
G_DECLARE_FINAL_TYPE (ZfPlaceLayer, zf_place_layer, ZF, PLACE_LAYER, ShumateLayer)

ZfPlaceLayer *zf_place_layer_new (ShumateViewport *viewport);
/** zf_place_layer_reload: reads the places of all households. */
void zf_place_layer_reload (ZfPlaceLayer *self, ZfSession *session);
/** zf_place_layer_select: @id (nullable): drawn larger, with a double ring. */
void zf_place_layer_select (ZfPlaceLayer *self, const char *id);
/** zf_place_layer_tap: what a tap at these pixels of the layer does; nothing where no mark is. The map hears the taps: it takes them from its layers. */
void zf_place_layer_tap (ZfPlaceLayer *self, double x, double y);
/** zf_place_layer_where: FALSE: it has no place. */
gboolean zf_place_layer_where (ZfPlaceLayer *self, const char *id, double *latitude, double *longitude);
guint zf_place_layer_n (ZfPlaceLayer *self);
/** zf_place_layer_nearest: (transfer none) (nullable): the household that is nearest to a point, how far it is, and in which direction from there (degrees from
 * north). NULL: none has a place. */
const char *zf_place_layer_nearest (ZfPlaceLayer *self, double latitude, double longitude, double *metres, double *bearing);
/** zf_place_layer_bounds: what the places span; FALSE when there is none. */
gboolean zf_place_layer_bounds (ZfPlaceLayer *self, double *west, double *south, double *east, double *north);

G_END_DECLS
