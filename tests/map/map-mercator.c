/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "map-mercator"

#include "zf-mercator.h"

#include <math.h>

static void
assert_near (double a, double b, double tolerance)
{
  g_assert_cmpfloat_with_epsilon (a, b, tolerance);
}

/* Known tiles of the slippy map, Fengdu among them (z12: columns 3270–3279, rows 1686–1695). */
static void
test_known_tiles (void)
{
  static const struct { double lat, lon; guint z, x, y; } known[] = {
    { 0, 0, 1, 1, 1 }, { 51.5074, -0.1278, 10, 511, 340 }, { 29.8783, 107.6992, 12, 3273, 1691 },
    { 85.06, -180, 3, 0, 0 }, { -85.06, 179.9999, 3, 7, 7 }, { -90, 180, 2, 3, 3 }, { 90, -180, 2, 0, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      guint x, y;
      zf_mercator_tile (known[i].lat, known[i].lon, known[i].z, &x, &y);
      g_assert_cmpuint (x, ==, known[i].x);
      g_assert_cmpuint (y, ==, known[i].y);
    }
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  for (guint i = 0; i < 20000; i++)
    {
      double lat = g_rand_double_range (rand, -85, 85);
      double lon = g_rand_double_range (rand, -180, 180);
      assert_near (zf_mercator_lat (zf_mercator_y (lat)), lat, 1e-9);
      assert_near (zf_mercator_lon (zf_mercator_x (lon)), lon, 1e-9);
    }
}

static void
test_viewport (void)
{
  ZfViewport view = zf_viewport_around (29.86, 107.73, 14.5, 800, 600);
  double x, y, lat, lon;
  zf_viewport_point (&view, 29.86, 107.73, &x, &y);
  assert_near (x, 400, 1e-6);
  assert_near (y, 300, 1e-6);
  zf_viewport_degrees (&view, 13, 577, &lat, &lon);
  zf_viewport_point (&view, lat, lon, &x, &y);
  assert_near (x, 13, 1e-6);
  assert_near (y, 577, 1e-6);
  assert_near (zf_viewport_zoom (&view), 14.5, 1e-12);
  ZfViewport tile = zf_viewport_tile (12, 3273, 1690, 256);
  zf_viewport_degrees (&tile, 128, 128, &lat, &lon);
  guint tx, ty;
  zf_mercator_tile (lat, lon, 12, &tx, &ty);
  g_assert_cmpuint (tx, ==, 3273);
  g_assert_cmpuint (ty, ==, 1690);
}

/* At the equator a pixel of zoom 0 is 156543 m; at 60° half of it. */
static void
test_metres (void)
{
  assert_near (zf_mercator_metres (0, 0), 156543.034, 0.01);
  assert_near (zf_mercator_metres (60, 0) * 2, zf_mercator_metres (0, 0), 1e-3);
  assert_near (zf_mercator_metres (0, 10) * 1024, zf_mercator_metres (0, 0), 1e-3);
}

/* A degree of a great circle is 111,195 m; a quarter of one between a pole and the equator. */
static void
test_ground (void)
{
  double bearing = -1;
  assert_near (zf_ground_metres (29, 107.7, 30, 107.7, &bearing), 111195.08, 0.01);
  assert_near (bearing, 0, 1e-9);
  assert_near (zf_ground_metres (60, 10, 60, 10.0001, &bearing), 5.5598, 1e-3);
  assert_near (bearing, 90, 1e-3);
  assert_near (zf_ground_metres (0, 0, 0, -1, &bearing), 111195.08, 0.01);
  assert_near (bearing, 270, 1e-9);
  assert_near (zf_ground_metres (0, 179.5, 0, -179.5, NULL), 111195.08, 0.01);
  assert_near (zf_ground_metres (90, 0, 0, 55, NULL), 90 * 111195.08, 1);
  assert_near (zf_ground_metres (29.87, 107.73, 29.87, 107.73, NULL), 0, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map/mercator/known-tiles", test_known_tiles);
  g_test_add_func ("/map/mercator/round-trip", test_round_trip);
  g_test_add_func ("/map/mercator/viewport", test_viewport);
  g_test_add_func ("/map/mercator/metres", test_metres);
  g_test_add_func ("/map/mercator/ground", test_ground);
  return g_test_run ();
}
