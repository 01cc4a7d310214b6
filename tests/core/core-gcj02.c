/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "core-gcj02"

#include "zf-gcj02.h"

#include <math.h>

#define METRES_A_DEGREE 111320.0

static double
metres (double lat_a, double lon_a, double lat_b, double lon_b)
{
  return METRES_A_DEGREE * hypot (lat_a - lat_b, (lon_a - lon_b) * cos (lat_a * G_PI / 180));
}

/* The points by which public libraries check themselves (eviltransform): Shanghai, Shenzhen, Beijing. */
static void
test_known (void)
{
  static const double KNOWN[][4] = {
    { 31.1774276, 121.5272106, 31.17530398364597, 121.531541859215 },
    { 22.543847, 113.912316, 22.540796131694766, 113.9171764808363 },
    { 39.911954, 116.377817, 39.91334545536069, 116.38404722455657 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (KNOWN); i++)
    {
      double lat = 0, lon = 0;

      zf_gcj02_from_wgs84 (KNOWN[i][0], KNOWN[i][1], &lat, &lon);
      g_assert_cmpfloat_with_epsilon (lat, KNOWN[i][2], 1e-9);
      g_assert_cmpfloat_with_epsilon (lon, KNOWN[i][3], 1e-9);
      zf_gcj02_to_wgs84 (KNOWN[i][2], KNOWN[i][3], &lat, &lon);
      g_assert_cmpfloat_with_epsilon (lat, KNOWN[i][0], 1e-7);
      g_assert_cmpfloat_with_epsilon (lon, KNOWN[i][1], 1e-7);
    }
}

/* The whole country and a wide rim of it, every tenth of a degree or so. */
static void
test_there_and_back (void)
{
  double worst = 0, least = 1e9, most = 0;

  for (double lat = 3.5; lat < 54.0; lat += 0.1037)
    for (double lon = 73.4; lon < 135.2; lon += 0.1037)
      {
        double gcj_lat = 0, gcj_lon = 0, back_lat = 0, back_lon = 0, shift = 0;

        zf_gcj02_from_wgs84 (lat, lon, &gcj_lat, &gcj_lon);
        zf_gcj02_to_wgs84 (gcj_lat, gcj_lon, &back_lat, &back_lon);
        worst = MAX (worst, metres (lat, lon, back_lat, back_lon));
        shift = metres (lat, lon, gcj_lat, gcj_lon);
        least = MIN (least, shift);
        most = MAX (most, shift);
      }
  g_test_message ("there and back: off by at most %.6f m; the shift itself %.0f to %.0f m", worst, least, most);
  g_assert_cmpfloat (worst, <, 0.01);
  g_assert_cmpfloat (most, <, 2000);
}

static void
test_abroad (void)
{
  static const double PLACES[][2] = { { 51.5074, -0.1278 }, { -33.8688, 151.2093 }, { 39.7392, -104.9903 }, { 35.6762, 139.6503 }, { 0, 100 }, { 89, 179 } };

  for (guint i = 0; i < G_N_ELEMENTS (PLACES); i++)
    {
      double lat = 0, lon = 0;

      zf_gcj02_from_wgs84 (PLACES[i][0], PLACES[i][1], &lat, &lon);
      g_assert_true (lat == PLACES[i][0] && lon == PLACES[i][1]);
      zf_gcj02_to_wgs84 (PLACES[i][0], PLACES[i][1], &lat, &lon);
      g_assert_true (lat == PLACES[i][0] && lon == PLACES[i][1]);
    }
}

/* On the rim of the rectangle one side is shifted and the other is not: the way back must end there, too, and not far away. */
static void
test_rim (void)
{
  static const double RIM[][2] = { { 0.8293, 100 }, { 55.8271, 100 }, { 30, 72.004 }, { 30, 137.8347 } };

  for (guint i = 0; i < G_N_ELEMENTS (RIM); i++)
    for (int step = -20; step <= 20; step++)
      {
        double lat = RIM[i][0] + step * 0.001, lon = RIM[i][1] + step * 0.001, back_lat = 0, back_lon = 0;

        zf_gcj02_to_wgs84 (lat, lon, &back_lat, &back_lon);
        g_assert_cmpfloat (metres (lat, lon, back_lat, back_lon), <, 3000);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/gcj02/known", test_known);
  g_test_add_func ("/core/gcj02/there-and-back", test_there_and_back);
  g_test_add_func ("/core/gcj02/abroad", test_abroad);
  g_test_add_func ("/core/gcj02/rim", test_rim);
  return g_test_run ();
}
