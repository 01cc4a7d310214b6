/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

enum { STREAM_RECORDS = 4 };

/* One transaction is one fsync: small enough to stay short, large enough not to wait for the disk. */
#define FAMILIES_PER_SAVE 100
/* 2024-01-01: ids of the demo carry this day, a second later for each household. */
#define FIRST_ID_TIME G_GINT64_CONSTANT (1704067200000)

typedef struct
{
  ZfStore *store;
  const ZfDemoOptions *options;
  ZfDemoCounty *county;
  GPtrArray *photos;
  ZfClock *clock;
  ZfDemoStats stats;
} Fill;

static void
fill_clear (Fill *fill)
{
  g_clear_pointer (&fill->county, zf_demo_county_free);
  g_clear_pointer (&fill->photos, g_ptr_array_unref);
  g_clear_object (&fill->clock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fill, fill_clear)

static gboolean
seed_villages (Fill *fill, GError **error)
{
  g_autoptr (JsonArray) villages = zf_demo_county_villages (fill->county, &fill->stats.villages);

  return zf_store_seed (fill->store, "village", villages, error);
}

static void
write_household (Fill *fill, ZfSave *save, const ZfDemoFamily *family)
{
  g_autoptr (ZfRandom) random = zf_demo_random (fill->options->seed, family->village->codes[0], family->number, STREAM_RECORDS);
  ZfDemoWriter writer = { 0 };

  writer.save = save;
  writer.family = family;
  writer.clock = fill->clock;
  writer.random = random;
  writer.photos = fill->photos;
  writer.today = zf_demo_county_today (fill->county);
  writer.stats = &fill->stats;
  zf_clock_advance (fill->clock, 1000);
  zf_demo_plan_visits (&writer);
  zf_demo_write_family (&writer);
  zf_demo_write_visits (&writer);
}

static void
remember_blobs (Fill *fill, ZfSave *save)
{
  for (guint i = 0; i < fill->photos->len; i++)
    {
      const ZfDemoPhoto *photo = g_ptr_array_index (fill->photos, i);

      zf_save_blob (save, photo->sha256, photo->source_sha256, photo->size);
    }
}

/* Up to FAMILIES_PER_SAVE families; FALSE with no error at the end. */
static gboolean
write_some (Fill *fill, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new ("demo", FALSE);
  ZfDemoFamily family;
  guint n = 0;

  if (fill->stats.households == 0)
    remember_blobs (fill, save);
  while (n < FAMILIES_PER_SAVE && zf_demo_county_next (fill->county, &family))
    {
      write_household (fill, save, &family);
      n++;
    }
  if (n == 0 || !zf_store_commit (fill->store, save, error))
    return FALSE;
  if (fill->options->progress != NULL)
    fill->options->progress (fill->stats.households, fill->options->progress_data);
  return n == FAMILIES_PER_SAVE;
}

gboolean
zf_demo_fill (ZfStore *store, const ZfDemoOptions *options, ZfDemoStats *stats, GError **error)
{
  g_auto (Fill) fill = { 0 };
  GError *local = NULL;

  fill.store = store;
  fill.options = options;
  fill.clock = zf_clock_new_manual (FIRST_ID_TIME);
  fill.county = zf_demo_county_new (options, error);
  if (fill.county == NULL || !seed_villages (&fill, error))
    return FALSE;
  fill.photos = zf_demo_photo_pool (store, options->photos_dir, options->seed, error);
  if (fill.photos == NULL)
    return FALSE;
  while (write_some (&fill, &local))
    ;
  if (stats != NULL)
    *stats = fill.stats;
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}
