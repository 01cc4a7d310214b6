/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* map info, map verify, map make: map packs. */

#include <stdio.h>

#include "zf-ctl.h"
#include "zf-mbtiles-make.h"
#include "zf-mbtiles.h"

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
