/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-gcj02.h"

#include <math.h>

/* The ellipsoid of Krasovsky. */
#define AXIS 6378245.0
#define ECCENTRICITY2 0.00669342162296594323

#define ENOUGH 1e-8   /* degrees: a millimetre */
#define MOST_STEPS 30

static gboolean
is_shifted (double lat, double lon)
{
  return lat >= 0.8293 && lat <= 55.8271 && lon >= 72.004 && lon <= 137.8347;
}

/* Two thirds of @a sin (of half turns @of) + @b sin (@of divided by @by). */
static double
waves (double a, double of, double b, double by)
{
  return (a * sin (of * G_PI) + b * sin (of / by * G_PI)) * 2 / 3;
}

/* Metres, roughly, from the middle of the country: @x degrees east of 105, @y degrees north of 35. */
static double
northward (double x, double y)
{
  return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt (fabs (x)) + waves (20, 6 * x, 20, 3) + waves (20, y, 40, 3) + waves (160, y / 12, 320, 2.5);
}

static double
eastward (double x, double y)
{
  return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt (fabs (x)) + waves (20, 6 * x, 20, 3) + waves (20, x, 40, 3) + waves (150, x / 12, 300, 2.5);
}

static double
degrees (double radians)
{
  return radians * 180 / G_PI;
}

void
zf_gcj02_from_wgs84 (double lat, double lon, double *gcj_lat, double *gcj_lon)
{
  double turn = lat * G_PI / 180;
  double bend = 1 - ECCENTRICITY2 * sin (turn) * sin (turn);
  double meridian = AXIS * (1 - ECCENTRICITY2) / (bend * sqrt (bend));
  double parallel = AXIS / sqrt (bend) * cos (turn);
  gboolean shifted = is_shifted (lat, lon);

  g_return_if_fail (gcj_lat != NULL && gcj_lon != NULL);

  *gcj_lat = lat + (shifted ? degrees (northward (lon - 105, lat - 35) / meridian) : 0);
  *gcj_lon = lon + (shifted ? degrees (eastward (lon - 105, lat - 35) / parallel) : 0);
}

/* The shift changes slowly: taking off what the guess is wrong by comes ten times nearer with each step. */
void
zf_gcj02_to_wgs84 (double gcj_lat, double gcj_lon, double *lat, double *lon)
{
  double off_lat = 1, off_lon = 1;

  g_return_if_fail (lat != NULL && lon != NULL);

  *lat = gcj_lat;
  *lon = gcj_lon;
  for (guint i = 0; i < MOST_STEPS && (fabs (off_lat) > ENOUGH || fabs (off_lon) > ENOUGH); i++)
    {
      double there_lat = 0, there_lon = 0;

      zf_gcj02_from_wgs84 (*lat, *lon, &there_lat, &there_lon);
      off_lat = there_lat - gcj_lat;
      off_lon = there_lon - gcj_lon;
      *lat -= off_lat;
      *lon -= off_lon;
    }
}
