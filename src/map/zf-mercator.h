/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Web-Mercator arithmetic (EPSG:3857 as map tiles use it). The world is a square from 0,0 (north-west) to 1,1 (south-east); a tile of
 * zoom z is 1/2^z of it. Degrees are WGS-84. */
#define ZF_MERCATOR_MAX_LAT 85.0511287798066
#define ZF_TILE_SIZE 256

double zf_mercator_x (double lon);
double zf_mercator_y (double lat);
double zf_mercator_lon (double x);
double zf_mercator_lat (double y);
/** zf_mercator_tile: the XYZ tile that holds the point. */
void zf_mercator_tile (double lat, double lon, guint zoom, guint *x, guint *y);
/** zf_mercator_metres: metres on the ground of one pixel at @lat, fractional @zoom, 256 px tiles. */
double zf_mercator_metres (double lat, double zoom);
/** zf_ground_metres: metres on the ground between two points, along a great circle; @bearing (nullable): from the first to the second, degrees from north. */
double zf_ground_metres (double lat_from, double lon_from, double lat_to, double lon_to, double *bearing);

/* What a screen or a tile shows. */
typedef struct
{
  double west, north;   /* world coordinates of the top left corner */
  double scale;         /* pixels of the whole world: 256 × 2^zoom */
  double width, height; /* pixels */
} ZfViewport;
/** zf_viewport_around: a viewport of @width × @height pixels whose middle is @lat, @lon. */
ZfViewport zf_viewport_around (double lat, double lon, double zoom, double width, double height);
/** zf_viewport_tile: the viewport of XYZ tile @z/@x/@y drawn @size pixels wide. */
ZfViewport zf_viewport_tile (guint z, guint x, guint y, double size);
void zf_viewport_point (const ZfViewport *viewport, double lat, double lon, double *px, double *py);
void zf_viewport_degrees (const ZfViewport *viewport, double px, double py, double *lat, double *lon);
double zf_viewport_zoom (const ZfViewport *viewport);

G_END_DECLS
