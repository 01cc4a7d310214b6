/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-place-layer.h"

G_BEGIN_DECLS

/* ZfMapView: the map of every page that has one: a raster pack or the app's own sketch, the households on it, scale, north and whose map it is, buttons and keys
 * to go nearer and around. Property: aims (construct-only): a cross stands in the middle, a tap brings that place under it, and marks are not to be
 * tapped. Signals: "picked" (household id), "moved": another place is in the middle. */
#define ZF_TYPE_MAP_VIEW (zf_map_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfMapView, zf_map_view, ZF, MAP_VIEW, AdwBin)

/** zf_map_view_load: makes the map, anew when a newer pack came, and reads the places of all households. The first time all of them are in view. */
void zf_map_view_load (ZfMapView *self, ZfSession *session);
/** zf_map_view_note: one sentence on the map, NULL for none. That the pack is damaged is said before it. */
void zf_map_view_note (ZfMapView *self, const char *sentence);
/** zf_map_view_places: (transfer none) (nullable): what zf_map_view_load read. */
ZfPlaceLayer *zf_map_view_places (ZfMapView *self);
/** zf_map_view_select: marks household @id, NULL for none; with @in_middle the map goes there. */
void zf_map_view_select (ZfMapView *self, const char *id, gboolean in_middle);
/** zf_map_view_go: @latitude, @longitude in the middle; zf_map_view_middle: what is there now (WGS-84). Both after zf_map_view_load. */
void zf_map_view_go (ZfMapView *self, double latitude, double longitude, double zoom);
void zf_map_view_middle (ZfMapView *self, double *latitude, double *longitude);

G_END_DECLS
