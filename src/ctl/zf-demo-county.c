/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include "zf-error.h"

enum { STREAM_SIZE = 9 };

/* Which village has how many families, and the families one after the other. */
struct _ZfDemoCounty
{
  ZfDivisions *divisions;
  GPtrArray *villages;      /* ZfVillage*, those that take part */
  GArray *ends;             /* guint: families in the villages up to this one */
  GHashTable *used;         /* ID numbers given so far */
  guint64 seed;
  guint32 today;
  guint at;                 /* families made */
  guint village;            /* index of the current village */
};

void
zf_demo_county_free (ZfDemoCounty *county)
{
  g_hash_table_unref (county->used);
  g_array_unref (county->ends);
  g_ptr_array_unref (county->villages);
  g_clear_object (&county->divisions);
  g_free (county);
}

static gboolean
choose_villages (ZfDemoCounty *county, const char *const *codes, GError **error)
{
  GPtrArray *all = zf_divisions_villages (county->divisions);

  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    {
      gpointer village = (gpointer) zf_divisions_village (county->divisions, codes[i]);

      if (village == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "No village has the code %s", codes[i]);
          return FALSE;
        }
      if (!g_ptr_array_find (county->villages, village, NULL))
        g_ptr_array_add (county->villages, village);
    }
  for (guint i = 0; codes == NULL && i < all->len; i++)
    if (zf_divisions_in_edition (g_ptr_array_index (all, i), zf_divisions_edition (county->divisions)))
      g_ptr_array_add (county->villages, g_ptr_array_index (all, i));
  return TRUE;
}

/* Villages differ in size; the sum is exact. */
static void
share_out (ZfDemoCounty *county, guint households)
{
  guint64 sum = 0, so_far = 0;

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < county->villages->len; i++)
      {
        const ZfVillage *village = g_ptr_array_index (county->villages, i);
        g_autoptr (ZfRandom) random = zf_demo_random (county->seed, village->codes[0], 0, STREAM_SIZE);
        guint weight = (guint) zf_demo_between (random, 30, 100);
        guint end;

        if (round == 0)
          {
            sum += weight;
            continue;
          }
        so_far += weight;
        end = (guint) (so_far * households / sum);
        g_array_append_val (county->ends, end);
      }
}

ZfDemoCounty *
zf_demo_county_new (const ZfDemoOptions *options, GError **error)
{
  g_autoptr (ZfDemoCounty) county = g_new0 (ZfDemoCounty, 1);

  county->villages = g_ptr_array_new ();
  county->ends = g_array_new (FALSE, FALSE, sizeof (guint));
  county->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  county->seed = options->seed;
  county->today = zf_demo_julian (options->today != NULL ? options->today : ZF_DEMO_TODAY);
  if (county->today == 0)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "“%s” is not a date like 2026-11-20", options->today);
      return NULL;
    }
  county->divisions = zf_divisions_load (zf_data_dir (), error);
  if (county->divisions == NULL || !choose_villages (county, options->villages, error))
    return NULL;
  share_out (county, options->households);
  return g_steal_pointer (&county);
}

guint32
zf_demo_county_today (ZfDemoCounty *county)
{
  return county->today;
}

gboolean
zf_demo_county_next (ZfDemoCounty *county, ZfDemoFamily *family)
{
  guint before;

  while (county->village < county->villages->len && county->at >= g_array_index (county->ends, guint, county->village))
    county->village++;
  if (county->village == county->villages->len)
    return FALSE;
  before = county->village > 0 ? g_array_index (county->ends, guint, county->village - 1) : 0;
  zf_demo_family_make (family, g_ptr_array_index (county->villages, county->village), county->at - before + 1, county->seed, county->today, county->used);
  county->at++;
  return TRUE;
}

JsonArray *
zf_demo_county_villages (ZfDemoCounty *county, guint *n)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();

  for (guint i = 0; i < county->villages->len; i++)
    g_ptr_array_add (codes, (gpointer) ((const ZfVillage *) g_ptr_array_index (county->villages, i))->code);
  *n = codes->len;
  g_ptr_array_add (codes, NULL);
  return zf_divisions_records (county->divisions, (const char *const *) codes->pdata);
}
