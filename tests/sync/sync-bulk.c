/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A county's worth at once, as the demo maker and an import bring it: everything arrives, in a handful of exchanges. Prints rates.
 * sync-bulk [HOUSEHOLDS] */
#include "world.h"

static const char *const everywhere[] = { "all", "all" };

static void
fill (World *world, guint n)
{
  for (guint i = 0; i < n;)
    {
      g_autoptr (ZfSave) save = zf_save_new ("", FALSE);
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < 200 && i < n; k++, i++)
        {
          g_autofree char *id = zf_id_new (world->clock, world->random);
          g_autoptr (JsonObject) household =
            json_of ("{'village':'%s','code':'%u','name':'户主','phone':'13800000000','needs':['coal','food'],'lat':'29.8','lon':'107.7','accuracy':5,'rooms':4,'roof':'tile'}",
                     i % 2 == 0 ? VILLAGE_1 : VILLAGE_2, i);

          zf_save_create (save, "household", id, household);
          for (guint v = 0; v < 4; v++)
            {
              g_autoptr (JsonObject) visit = json_of (
                "{'household':'%s','date':'2026-11-%02u','mode':'home','said':'老人腿脚不好，院坝有裂缝，正在等镇上来人看。','q01':'1','q02':'2','q03':'1','q04':'3','q05':'1',"
                "'q06':'1','q07':'2','q08':'1','q09':'3','q10':'1','q11':'1','q12':'2','q13':'1','q14':'3','q15':'1','q16':'2'}",
                id, 1 + v);

              zf_save_create (save, "visit", NULL, visit);
            }
        }
      zf_store_commit (world->tablet[0], save, &error);
      g_assert_no_error (error);
    }
}

static void
measure (World *world, guint t, const char *what, guint expected)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  ZfSyncProgress progress;
  double seconds;

  world_try (world, t, &progress, &error);
  g_assert_no_error (error);
  seconds = (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND;
  g_print ("%s: %u pushed, %u pulled, %u exchanges, %.2f s, %.0f/s\n", what, progress.pushed, progress.pulled, progress.exchanges, seconds,
           expected / seconds);
  g_assert_cmpuint (progress.pushed + progress.pulled, >=, expected);
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 400;
  g_autoptr (World) world = world_new (1, 2, everywhere);

  zf_server_core_trust (world->core);
  world->limits = zf_sync_limits_local;
  fill (world, n);
  measure (world, 0, "push", 5 * n);
  measure (world, 1, "first copy", 5 * n);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM record WHERE kind <> 'village'"), ==, 5 * n);
  g_assert_cmpint (world_count (world, "SELECT count(*) FROM quarantine"), ==, 0);
  if (n <= 1000)
    world_check (world);
  return 0;
}
