/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-bench.h"

#include <stdio.h>
#include <stdlib.h>

#include <glib/gstdio.h>

#include "zf-demo.h"
#include "zf-divisions.h"

void
zf_samples_init (ZfSamples *samples)
{
  samples->values = g_array_new (FALSE, FALSE, sizeof (double));
}

void
zf_samples_clear (ZfSamples *samples)
{
  g_clear_pointer (&samples->values, g_array_unref);
}

void
zf_samples_since (ZfSamples *samples, gint64 start_us)
{
  double ms = (double) (g_get_monotonic_time () - start_us) / 1000.0;

  g_array_append_val (samples->values, ms);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
zf_samples_quantile (ZfSamples *samples, double q)
{
  guint n = samples->values->len;

  g_return_val_if_fail (n > 0, 0);
  g_array_sort (samples->values, compare_doubles);
  return g_array_index (samples->values, double, (guint) (q * (n - 1)));
}

void
zf_bench_report (const char *name, ZfSamples *value, ZfSamples *floor, const char *unit, const char *budget)
{
  double v = zf_samples_quantile (value, 0.5), f = zf_samples_quantile (floor, 0.5);

  printf ("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"floor\":%.3f,\"ratio\":%.2f,\"p95\":%.3f,\"max\":%.3f,\"budget\":\"%s\"}\n",
          name, v, unit, f, f > 0 ? v / f : 0, zf_samples_quantile (value, 0.95), zf_samples_quantile (value, 1.0), budget);
  fflush (stdout);
}

static ZfStore *
make_county (const char *dir, ZfKinds *kinds, guint households)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), &error);
  g_autoptr (JsonArray) villages = NULL;
  ZfDemoOptions options = { .households = households, .seed = 1 };
  ZfStore *store = NULL;

  g_assert_no_error (error);
  store = zf_store_create (dir, kinds, NULL, &error);
  g_assert_no_error (error);
  villages = zf_divisions_records (divisions, NULL);
  zf_store_seed (store, "village", villages, &error);
  g_assert_no_error (error);
  fprintf (stderr, "making a county of %u households in %s …\n", households, dir);
  zf_demo_fill (store, &options, NULL, &error);
  g_assert_no_error (error);
  return store;
}

ZfStore *
zf_bench_county (ZfKinds *kinds)
{
  g_autoptr (GError) error = NULL;
  const char *asked = g_getenv ("ZF_BENCH_HOUSEHOLDS");
  guint households = asked != NULL ? (guint) atoi (asked) : 20000;
  const char *where = g_getenv ("ZF_BENCH_DIR");
  g_autofree char *name = g_strdup_printf ("bench-county-%u", households);
  g_autofree char *dir = g_build_filename (where != NULL ? where : g_get_tmp_dir (), name, NULL);
  g_autofree char *done = g_build_filename (dir, "complete", NULL);
  ZfStore *store = NULL;

  if (g_file_test (done, G_FILE_TEST_EXISTS))
    store = zf_store_open (dir, kinds, NULL, &error);
  else
    {
      g_autofree char *db = g_build_filename (dir, "store.db", NULL);

      g_unlink (db);
      store = make_county (dir, kinds, households);
      g_file_set_contents (done, "", 0, &error);
    }
  g_assert_no_error (error);
  return store;
}
