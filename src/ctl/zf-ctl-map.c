/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* map info, verify, make: map packs as files; map list, fetch: those that the county offers. */

#include <stdio.h>
#include <unistd.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-mbtiles-make.h"
#include "zf-mbtiles.h"
#include "zf-sync.h"

static int
run_info (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfMbtiles) pack = NULL;
  const ZfMbtilesInfo *info = NULL;

  if (ctl->argc != 1)
    return zf_ctl_usage ("map info PACK.mbtiles");
  pack = zf_mbtiles_open (ctl->argv[0], &error);
  if (pack == NULL)
    return zf_ctl_fail (error);
  info = zf_mbtiles_info (pack);
  printf ("name\t%s\nformat\t%s\nzoom\t%d-%d\nbounds\t%.5f,%.5f,%.5f,%.5f\nsource\t%s\napproval\t%s\n",
          info->name, info->format, info->min_zoom, info->max_zoom, info->west, info->south, info->east, info->north,
          info->attribution, info->approval);
  return ZF_CTL_OK;
}

static int
run_verify (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfMbtiles) pack = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  if (ctl->argc != 1)
    return zf_ctl_usage ("map verify PACK.mbtiles");
  pack = zf_mbtiles_open (ctl->argv[0], &error);
  if (pack == NULL || !zf_mbtiles_verify (pack, problems, &error))
    return zf_ctl_fail (error);
  for (guint i = 0; i < problems->len; i++)
    fprintf (stderr, "%s\n", (const char *) g_ptr_array_index (problems, i));
  if (problems->len == 0)
    puts ("ok");
  return problems->len == 0 ? ZF_CTL_OK : ZF_CTL_FAILED;
}

static gboolean
parse_bounds (const char *text, ZfMbtilesSpec *spec)
{
  return sscanf (text, "%lf,%lf,%lf,%lf", &spec->west, &spec->south, &spec->east, &spec->north) == 4
         && spec->west < spec->east && spec->south < spec->north;
}

static gboolean
parse_zooms (const char *text, ZfMbtilesSpec *spec)
{
  return sscanf (text, "%u-%u", &spec->min_zoom, &spec->max_zoom) == 2 && spec->min_zoom <= spec->max_zoom
         && spec->max_zoom <= 18;
}

static int
run_make (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSketch) sketch = NULL;
  const char *bounds = zf_ctl_value (ctl, "--bounds");
  const char *zooms = zf_ctl_value (ctl, "--zoom");
  ZfMbtilesSpec spec = { .name = "Zoufang sketch", .min_zoom = 8, .max_zoom = 13 };

  if (ctl->argc != 1)
    return zf_ctl_usage ("map make PACK.mbtiles [--bounds W,S,E,N] [--zoom A-B]");
  sketch = zf_sketch_load (zf_data_dir (), &error);
  if (sketch == NULL)
    return zf_ctl_fail (error);
  zf_sketch_bounds (sketch, &spec.west, &spec.south, &spec.east, &spec.north);
  if ((bounds != NULL && !parse_bounds (bounds, &spec)) || (zooms != NULL && !parse_zooms (zooms, &spec)))
    return zf_ctl_usage ("map make PACK.mbtiles [--bounds W,S,E,N] [--zoom A-B]");
  if (!zf_mbtiles_make (ctl->argv[0], sketch, &spec, NULL, &error))
    return zf_ctl_fail (error);
  printf ("%s: %" G_GUINT64_FORMAT " tiles\n", ctl->argv[0], zf_mbtiles_count (&spec));
  return ZF_CTL_OK;
}

static int
run_list (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) packs = NULL;

  if (ctl->argc != 0)
    return zf_ctl_usage ("--store DIR map list");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  packs = zf_packs (zf_store_reader (ctl->store), zf_store_files (ctl->store), &error);
  if (packs == NULL)
    return zf_ctl_fail (error);
  for (guint i = 0; i < packs->len; i++)
    {
      const ZfPack *pack = g_ptr_array_index (packs, i);

      printf ("%s\t%s\t%s\t%" G_GINT64_FORMAT "\t%s\n", pack->name, pack->version, pack->title, pack->size, pack->here ? "here" : "county");
    }
  return ZF_CTL_OK;
}

static ZfPack *
find_offered (ZfCtl *ctl, const char *name, GError **error)
{
  g_autoptr (GPtrArray) packs = zf_packs_offered (zf_store_reader (ctl->store), zf_store_files (ctl->store), error);

  for (guint i = 0; packs != NULL && i < packs->len; i++)
    if (g_str_equal (((ZfPack *) packs->pdata[i])->name, name))
      return zf_pack_copy (packs->pdata[i]);
  if (packs != NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "The county offers no map pack named %s", name);
  return NULL;
}

static void
print_part (gint64 done, gint64 total, gpointer data)
{
  fprintf (stderr, "\r%3d %%", (int) (total > 0 ? done * 100 / total : 100));
}

/* Records and photos go first: a pack is fetched after a sync that arrived. */
static int
run_fetch (ZfCtl *ctl)
{
  ZfPackFetch how = { .check = zf_mbtiles_check, .func = isatty (STDERR_FILENO) ? print_part : NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPack) pack = NULL;

  if (ctl->argc != 1)
    return zf_ctl_usage ("--store DIR map fetch NAME");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_sync_run (ctl->store, NULL, NULL, NULL, NULL, &error))
    return zf_ctl_fail (error);
  pack = find_offered (ctl, ctl->argv[0], &error);
  if (pack == NULL || (!pack->here && !zf_sync_fetch_pack (ctl->store, pack, &how, &error)))
    return zf_ctl_fail (error);
  printf ("%s\t%s\n", pack->name, pack->version);
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_map_commands[] = {
  { "map list", run_list, "" },
  { "map fetch", run_fetch, "NAME" },
  { "map info", run_info, "PACK.mbtiles" },
  { "map verify", run_verify, "PACK.mbtiles" },
  { "map make", run_make, "PACK.mbtiles [--bounds W,S,E,N] [--zoom A-B]" },
  { NULL, NULL, NULL },
};
