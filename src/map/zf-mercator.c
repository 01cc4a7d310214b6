/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-mercator.h"

#include <math.h>

#define EARTH_EQUATOR 40075016.68557849 /* metres, WGS-84 */
#define EARTH_RADIUS 6371008.8          /* metres, mean */

double
zf_mercator_x (double lon)
{
  return (lon + 180.0) / 360.0;
}

double
zf_mercator_y (double lat)
{
  double phi = CLAMP (lat, -ZF_MERCATOR_MAX_LAT, ZF_MERCATOR_MAX_LAT) * G_PI / 180.0;
  return 0.5 - asinh (tan (phi)) / (2 * G_PI);
}

double
zf_mercator_lon (double x)
{
  return x * 360.0 - 180.0;
}

double
zf_mercator_lat (double y)
{
  return atan (sinh ((0.5 - y) * 2 * G_PI)) * 180.0 / G_PI;
}

static guint
tile_index (double part, guint zoom)
{
  double n = ldexp (1, (int) zoom);
  return (guint) CLAMP (floor (part * n), 0, n - 1);
}

void
zf_mercator_tile (double lat, double lon, guint zoom, guint *x, guint *y)
{
  *x = tile_index (zf_mercator_x (lon), zoom);
  *y = tile_index (zf_mercator_y (lat), zoom);
}

double
zf_mercator_metres (double lat, double zoom)
{
  return EARTH_EQUATOR * cos (lat * G_PI / 180.0) / (ZF_TILE_SIZE * exp2 (zoom));
}

double
zf_ground_metres (double lat_from, double lon_from, double lat_to, double lon_to, double *bearing)
{
  double from = lat_from * G_PI / 180.0, to = lat_to * G_PI / 180.0, east = (lon_to - lon_from) * G_PI / 180.0;
  double half = pow (sin ((to - from) / 2), 2) + cos (from) * cos (to) * pow (sin (east / 2), 2);
  if (bearing != NULL)
    *bearing = fmod (atan2 (sin (east) * cos (to), cos (from) * sin (to) - sin (from) * cos (to) * cos (east)) * 180.0 / G_PI + 360.0, 360.0);
  return 2 * EARTH_RADIUS * asin (sqrt (CLAMP (half, 0, 1)));
}

ZfViewport
zf_viewport_around (double lat, double lon, double zoom, double width, double height)
{
  double scale = ZF_TILE_SIZE * exp2 (zoom);
  return (ZfViewport) { zf_mercator_x (lon) - width / 2 / scale, zf_mercator_y (lat) - height / 2 / scale, scale, width, height };
}

ZfViewport
zf_viewport_tile (guint z, guint x, guint y, double size)
{
  double n = ldexp (1, (int) z);
  return (ZfViewport) { x / n, y / n, size * n, size, size };
}

void
zf_viewport_point (const ZfViewport *viewport, double lat, double lon, double *px, double *py)
{
  *px = (zf_mercator_x (lon) - viewport->west) * viewport->scale;
  *py = (zf_mercator_y (lat) - viewport->north) * viewport->scale;
}

void
zf_viewport_degrees (const ZfViewport *viewport, double px, double py, double *lat, double *lon)
{
  *lon = zf_mercator_lon (viewport->west + px / viewport->scale);
  *lat = zf_mercator_lat (viewport->north + py / viewport->scale);
}

double
zf_viewport_zoom (const ZfViewport *viewport)
{
  return log2 (viewport->scale / ZF_TILE_SIZE);
}
