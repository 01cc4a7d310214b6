/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "map-cluster"

#include "zf-cluster.h"

#include <math.h>
#include <string.h>

#define N 20000u

/* Households as they lie: thick in villages, thin between, some on the very same spot. */
static ZfClusterPoint *
scatter (guint n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  ZfClusterPoint *points = g_new (ZfClusterPoint, n);
  for (guint i = 0; i < n; i++)
    {
      double lat = 29.5 + (i % 330) / 330.0 * 0.7 + g_rand_double_range (rand, -0.01, 0.01);
      double lon = 107.4 + (i * 7 % 330) / 330.0 * 0.8 + g_rand_double_range (rand, -0.01, 0.01);
      points[i] = (ZfClusterPoint) { (gint32) (lat * 1e7), (gint32) (lon * 1e7), (guint8) (g_rand_int_range (rand, 0, 100) == 0 ? 4 : i % 3) };
      if (i % 50 == 1)
        points[i] = points[i - 1];
    }
  return points;
}

static guint
total (GArray *marks)
{
  guint sum = 0;
  for (guint i = 0; i < marks->len; i++)
    sum += g_array_index (marks, ZfClusterMark, i).count;
  return sum;
}

/* Nobody is lost or counted twice, at any zoom. */
static void
test_counts (void)
{
  g_autofree ZfClusterPoint *points = scatter (N);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, N);
  g_assert_cmpuint (zf_cluster_n (cluster), ==, N);
  for (double zoom = 0; zoom <= 14; zoom += 0.7)
    {
      double side = 256 * exp2 (zoom);
      ZfViewport world = { 0, 0, side, side, side };
      g_autoptr (GArray) marks = zf_cluster_query (cluster, &world, 0, 48, 60);
      g_assert_cmpuint (total (marks), ==, N);
    }
}

/* What is in view is what a plain look at every point finds, give or take the cells at the rim. */
static void
test_against_plain (void)
{
  g_autofree ZfClusterPoint *points = scatter (N);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, N);
  for (guint round = 0; round < 60; round++)
    {
      ZfViewport view = zf_viewport_around (29.5 + round * 0.01, 107.45 + round * 0.012, 9 + round % 9, 800, 600);
      g_autoptr (GArray) marks = zf_cluster_query (cluster, &view, 0, 48, 60);
      guint inside = 0, near = 0;
      for (guint i = 0; i < N; i++)
        {
          double x, y;
          zf_viewport_point (&view, points[i].lat_e7 / 1e7, points[i].lon_e7 / 1e7, &x, &y);
          inside += x >= 1 && x <= 799 && y >= 1 && y <= 599;
          near += x >= -80 && x <= 880 && y >= -80 && y <= 680;
        }
      g_assert_cmpuint (total (marks), >=, inside);
      g_assert_cmpuint (total (marks), <=, near);
    }
}

static int
compare_marks (gconstpointer a, gconstpointer b)
{
  const ZfClusterMark *x = a;
  const ZfClusterMark *y = b;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* With count 0 when it is not there. */
static ZfClusterMark
find_mark (GArray *marks, guint index)
{
  for (guint i = 0; i < marks->len; i++)
    if (g_array_index (marks, ZfClusterMark, i).index == index)
      return g_array_index (marks, ZfClusterMark, i);
  return (ZfClusterMark) { .count = 0 };
}

/* Panning by single pixels: every mark well inside the view stays the same mark and moves by exactly that pixel. */
static void
test_panning (void)
{
  g_autofree ZfClusterPoint *points = scatter (N);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, N);
  ZfViewport view = zf_viewport_around (29.86, 107.73, 12.3, 800, 600);
  g_autoptr (GArray) before = zf_cluster_query (cluster, &view, 0, 48, 60);
  g_array_sort (before, compare_marks);
  for (guint step = 1; step <= 100; step++)
    {
      ZfViewport moved = view;
      moved.west += step / view.scale;
      g_autoptr (GArray) after = zf_cluster_query (cluster, &moved, 0, 48, 60);
      for (guint i = 0; i < before->len; i++)
        {
          const ZfClusterMark *old = &g_array_index (before, ZfClusterMark, i);
          if (old->x < 220 || old->x > 700 || old->y < 80 || old->y > 520)
            continue;
          ZfClusterMark now = find_mark (after, old->index);
          g_assert_cmpuint (now.count, ==, old->count);
          g_assert_cmpfloat_with_epsilon (now.x, old->x - step, 1e-3);
          g_assert_cmpfloat_with_epsilon (now.y, old->y, 1e-3);
        }
    }
}

/* A cluster shows the worst of its households. */
static void
test_worst_level (void)
{
  g_autofree ZfClusterPoint *points = scatter (N);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, N);
  ZfViewport view = zf_viewport_around (29.86, 107.73, 11, 1280, 800);
  g_autoptr (GArray) marks = zf_cluster_query (cluster, &view, 0, 64, 0);
  guint gathered = 0;
  for (guint i = 0; i < marks->len; i++)
    {
      const ZfClusterMark *mark = &g_array_index (marks, ZfClusterMark, i);
      g_autoptr (GArray) members = zf_cluster_members (cluster, &view, 64, mark->index);
      guint8 worst = 0;
      for (guint j = 0; j < members->len; j++)
        worst = MAX (worst, points[g_array_index (members, guint, j)].level);
      g_assert_cmpuint (members->len, ==, mark->count);
      g_assert_cmpuint (worst, ==, mark->level);
      g_assert_cmpuint (points[mark->index].level, ==, worst);
      gathered += mark->count > 1;
    }
  g_assert_cmpuint (gathered, >, 20);
}

static void
test_exact_when_few (void)
{
  g_autofree ZfClusterPoint *points = scatter (N);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, N);
  ZfViewport view = zf_viewport_around (points[0].lat_e7 / 1e7, points[0].lon_e7 / 1e7, 18, 800, 600);
  g_autoptr (GArray) marks = zf_cluster_query (cluster, &view, 0, 48, 60);
  g_assert_cmpuint (marks->len, >, 0);
  g_assert_cmpuint (find_mark (marks, 0).count, ==, 1);
  for (guint i = 0; i < marks->len; i++)
    {
      const ZfClusterMark *mark = &g_array_index (marks, ZfClusterMark, i);
      double x, y;
      zf_viewport_point (&view, points[mark->index].lat_e7 / 1e7, points[mark->index].lon_e7 / 1e7, &x, &y);
      g_assert_cmpuint (mark->count, ==, 1);
      g_assert_cmpfloat_with_epsilon (mark->x, x, 0.1);
      g_assert_cmpfloat_with_epsilon (mark->y, y, 0.1);
    }
}

static void
test_edges (void)
{
  const ZfClusterPoint rim[] = { { 850511287, 1800000000, 1 }, { -850511287, -1800000000, 2 }, { 0, 0, 3 }, { 900000000, 0, 0 } };
  g_autoptr (ZfCluster) cluster = zf_cluster_new (rim, G_N_ELEMENTS (rim));
  ZfViewport world = { 0, 0, 256, 256, 256 };
  g_autoptr (GArray) marks = zf_cluster_query (cluster, &world, 0, 48, 0);
  g_assert_cmpuint (total (marks), ==, G_N_ELEMENTS (rim));
  g_autoptr (ZfCluster) none = zf_cluster_new (NULL, 0);
  g_autoptr (GArray) nothing = zf_cluster_query (none, &world, 0, 48, 60);
  g_assert_cmpuint (nothing->len, ==, 0);
  ZfViewport elsewhere = zf_viewport_around (-40, -100, 15, 800, 600);
  g_autoptr (GArray) empty = zf_cluster_query (cluster, &elsewhere, 20, 48, 60);
  g_assert_cmpuint (empty->len, ==, 0);
}

/* Told, not judged: time is for the benchmark. */
static gboolean
lie_apart (GArray *marks, double width, double height, double near)
{
  for (guint i = 0; i < marks->len; i++)
    for (guint j = i + 1; j < marks->len; j++)
      {
        const ZfClusterMark *a = &g_array_index (marks, ZfClusterMark, i);
        const ZfClusterMark *b = &g_array_index (marks, ZfClusterMark, j);
        double x = fabs (a->x - b->x), y = fabs (a->y - b->y);
        if (a->count == 1 && b->count == 1 ? hypot (x, y) < near : x < width && y < height)
          return FALSE;
      }
  return TRUE;
}

/* No number is drawn over another, nobody is lost, and the one that was chosen is still seen. */
static void
test_unite (void)
{
  g_autofree ZfClusterPoint *points = scatter (2000);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, 2000);
  for (double zoom = 9; zoom <= 15; zoom += 0.5)
    {
      ZfViewport view = zf_viewport_around (29.86, 107.73, zoom, 800, 600);
      g_autoptr (GArray) marks = zf_cluster_query (cluster, &view, 84, 84, 60);
      guint before = total (marks), n = marks->len;
      zf_cluster_unite (marks, 72, 34, 13, G_MAXUINT);
      g_assert_true (lie_apart (marks, 72, 34, 13));
      g_assert_cmpuint (total (marks), ==, before);
      g_assert_cmpuint (marks->len, <=, n);
    }
}

static void
test_unite_keeps (void)
{
  ZfClusterMark few[] = { { 100, 100, 1, 7, 0 }, { 104, 100, 1, 8, 2 }, { 120, 100, 9, 9, 1 }, { 400, 100, 1, 10, 0 }, { 400, 100, 1, 11, 0 } };
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (ZfClusterMark));
  g_array_append_vals (marks, few, G_N_ELEMENTS (few));
  zf_cluster_unite (marks, 72, 34, 0, 7);
  g_assert_cmpuint (marks->len, ==, 4);
  g_assert_cmpuint (g_array_index (marks, ZfClusterMark, 0).index, ==, 7);
  const ZfClusterMark *pill = &g_array_index (marks, ZfClusterMark, 1);
  g_assert_cmpuint (pill->count, ==, 10);
  g_assert_cmpuint (pill->level, ==, 2);
  g_assert_cmpuint (pill->index, ==, 8);
  g_assert_cmpfloat_with_epsilon (pill->x, (104 + 9 * 120) / 10.0, 1e-9);
}

static void
test_large (void)
{
  g_autofree ZfClusterPoint *points = scatter (100000);
  g_autoptr (ZfCluster) cluster = zf_cluster_new (points, 100000);
  static const double zooms[] = { 8, 10, 12, 15 };
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      ZfViewport view = zf_viewport_around (29.86, 107.8, zooms[i], 1280, 800);
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GArray) marks = zf_cluster_query (cluster, &view, 64, 48, 60);
      gint64 spent = g_get_monotonic_time () - start;
      g_test_message ("zoom %g: %u marks of %u points in %" G_GINT64_FORMAT " µs", zooms[i], marks->len, total (marks), spent);
      g_assert_cmpuint (marks->len, <, 3000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map/cluster/counts", test_counts);
  g_test_add_func ("/map/cluster/against-plain", test_against_plain);
  g_test_add_func ("/map/cluster/panning", test_panning);
  g_test_add_func ("/map/cluster/worst-level", test_worst_level);
  g_test_add_func ("/map/cluster/exact-when-few", test_exact_when_few);
  g_test_add_func ("/map/cluster/edges", test_edges);
  g_test_add_func ("/map/cluster/unite", test_unite);
  g_test_add_func ("/map/cluster/unite-keeps", test_unite_keeps);
  g_test_add_func ("/map/cluster/large", test_large);
  return g_test_run ();
}
