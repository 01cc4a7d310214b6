/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* demo: a reproducible county of made-up families in real villages, as roster, county server, synced tablet, photos and map pack. */

#include <errno.h>
#include <stdio.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "zf-ctl.h"
#include "zf-demo.h"
#include "zf-divisions.h"
#include "zf-error.h"
#include "zf-mbtiles-make.h"
#include "zf-server.h"

static const char words[] = "demo --out DIR --households N --seed S [--villages CODE,…] [--server-url URL]";

typedef struct
{
  ZfCtl *ctl;
  const char *out;
  const char *server_url;
  char **villages;         /* NULL: all */
  ZfDivisions *divisions;
  ZfDemoOptions options;
  ZfServerOptions county;  /* the demo's own clock and random source, so that the same seed gives the same ids */
  ZfStoreOptions tablet;
} Demo;

static void
say (const char *what)
{
  fprintf (stderr, "%s\n", what);
}

/* The tablet's scope: ids of the named villages; NULL: all of them. */
static gboolean
village_ids (Demo *demo, GPtrArray **ids, GError **error)
{
  *ids = NULL;
  demo->divisions = zf_divisions_load (zf_data_dir (), error);
  if (demo->divisions == NULL || demo->villages == NULL)
    return demo->divisions != NULL;
  *ids = g_ptr_array_new ();
  for (guint i = 0; demo->villages[i] != NULL; i++)
    {
      const ZfVillage *village = zf_divisions_village (demo->divisions, demo->villages[i]);

      if (village == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, _("No village has the code %s."), demo->villages[i]);
          return FALSE;
        }
      g_ptr_array_add (*ids, (gpointer) village->id);
    }
  g_ptr_array_add (*ids, NULL);
  return TRUE;
}

static gboolean
make_folder (const char *dir, GError **error)
{
  g_autoptr (GDir) there = g_dir_open (dir, 0, NULL);

  if (there != NULL && g_dir_read_name (there) != NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, _("The folder %s is not empty."), dir);
      return FALSE;
    }
  if (g_mkdir_with_parents (dir, 0700) == 0)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_IO, "%s: %s", dir, g_strerror (errno));
  return FALSE;
}

/* The county first: its own store is filled like a tablet's and pushed through the same merge. */
static ZfServer *
make_county (Demo *demo, ZfDemoStats *stats, GError **error)
{
  g_autofree char *dir = g_build_filename (demo->out, "county", NULL);
  g_autoptr (ZfServer) server = NULL;
  g_autoptr (JsonArray) villages = zf_divisions_records (demo->divisions, NULL);

  if (!zf_server_init (dir, demo->ctl->kinds, &demo->county, villages, error))
    return NULL;
  server = zf_server_open (dir, demo->ctl->kinds, &demo->county, error);
  if (server == NULL)
    return NULL;
  say (_("filling the county"));
  if (!zf_demo_fill (zf_server_county_store (server), &demo->options, stats, error))
    return NULL;
  say (_("bringing it to the county's record"));
  if (!zf_server_pull_county (server, NULL, error))
    return NULL;
  return g_steal_pointer (&server);
}

static gboolean
make_tablet (Demo *demo, ZfServer *server, GPtrArray *villages, GError **error)
{
  g_autofree char *dir = g_build_filename (demo->out, "tablet", NULL);
  g_autoptr (ZfStore) store = zf_store_create (dir, demo->ctl->kinds, &demo->tablet, error);

  if (store == NULL)
    return FALSE;
  say (_("first copy of the tablet"));
  return zf_server_enrol_direct (server, store, demo->server_url, "demo",
                                 villages != NULL ? (const char *const *) villages->pdata : NULL, error)
         && zf_server_sync_local (server, store, NULL, NULL, NULL, error)
         && zf_server_copy_photos (server, store, error)
         && zf_store_set_meta (store, "demo", "1", error)
         && zf_store_set_meta (store, "by", "李强", error);
}

static gboolean
make_pack (Demo *demo, GError **error)
{
  g_autofree char *path = g_build_filename (demo->out, "pack.mbtiles", NULL);
  g_autoptr (ZfSketch) sketch = zf_sketch_load (zf_data_dir (), error);
  ZfMbtilesSpec spec = { .name = "Zoufang demo sketch", .min_zoom = 8, .max_zoom = 13 };

  if (sketch == NULL)
    return FALSE;
  say (_("drawing the map pack"));
  zf_sketch_bounds (sketch, &spec.west, &spec.south, &spec.east, &spec.north);
  return zf_mbtiles_make (path, sketch, &spec, NULL, error);
}

static gboolean
make_all (Demo *demo, ZfDemoStats *stats, GError **error)
{
  g_autofree char *roster = g_build_filename (demo->out, "roster.xlsx", NULL);
  g_autofree char *photos = g_build_filename (demo->out, "photos", NULL);
  g_autoptr (GPtrArray) villages = NULL;
  g_autoptr (ZfServer) server = NULL;

  demo->options.photos_dir = photos;
  if (!village_ids (demo, &villages, error) || !make_folder (demo->out, error)
      || !zf_demo_photos (photos, demo->options.seed, error)
      || !zf_demo_roster (roster, demo->ctl->kinds, &demo->options, error))
    return FALSE;
  server = make_county (demo, stats, error);
  return server != NULL && make_tablet (demo, server, villages, error) && make_pack (demo, error);
}

static int
print_stats (ZfCtl *ctl, const ZfDemoStats *stats)
{
  const struct { const char *name; guint n; } rows[] = {
    { "villages", stats->villages }, { "households", stats->households }, { "persons", stats->persons },
    { "incomes", stats->incomes }, { "livings", stats->livings }, { "visits", stats->visits },
    { "photos", stats->photos }, { "risks", stats->risks }, { "measures", stats->measures }, { "monitored", stats->monitored },
  };
  g_autoptr (JsonObject) out = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (!ctl->json)
        printf ("%-12s %u\n", rows[i].name, rows[i].n);
      json_object_set_int_member (out, rows[i].name, rows[i].n);
    }
  if (ctl->json)
    zf_ctl_print_json (out);
  return ZF_CTL_OK;
}

/* 2026-11-20 09:00 in China: the demo stands on one day, whatever today is. */
#define DEMO_NOW_MS G_GINT64_CONSTANT (1795136400000)

static void
set_sources (Demo *demo, guint64 seed)
{
  demo->county.clock = zf_clock_new_manual (DEMO_NOW_MS);
  demo->county.random = zf_random_new_seeded (seed);
  demo->tablet.clock = g_object_ref (demo->county.clock);
  demo->tablet.random = zf_random_new_seeded (seed + 1);
}

static void
demo_clear (Demo *demo)
{
  g_clear_object (&demo->county.clock);
  g_clear_object (&demo->county.random);
  g_clear_object (&demo->tablet.clock);
  g_clear_object (&demo->tablet.random);
  g_clear_object (&demo->divisions);
  g_strfreev (demo->villages);
}

static int
run_demo (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  const char *households = zf_ctl_value (ctl, "--households");
  const char *seed = zf_ctl_value (ctl, "--seed");
  const char *villages = zf_ctl_value (ctl, "--villages");
  guint64 n = 0, s = 0;
  Demo demo = { .ctl = ctl, .out = zf_ctl_value (ctl, "--out"), .server_url = zf_ctl_value (ctl, "--server-url") };
  ZfDemoStats stats = { 0 };
  gboolean ok;

  if (demo.out == NULL || households == NULL || ctl->argc != 0
      || !g_ascii_string_to_unsigned (households, 10, 1, 100000, &n, NULL)
      || (seed != NULL && !g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &s, NULL)))
    return zf_ctl_usage (words);
  if (!zf_ctl_kinds (ctl))
    return ZF_CTL_FAILED;
  demo.villages = villages != NULL ? g_strsplit (villages, ",", -1) : NULL;
  demo.options = (ZfDemoOptions) { .households = (guint) n, .seed = s, .villages = (const char *const *) demo.villages };
  set_sources (&demo, s);
  ok = make_all (&demo, &stats, &error);
  demo_clear (&demo);
  return ok ? print_stats (ctl, &stats) : zf_ctl_fail (error);
}

const ZfCtlCommand zf_ctl_demo_commands[] = {
  { "demo", run_demo, "--out DIR --households N --seed S [--villages CODE,…] [--server-url URL]" },
  { NULL, NULL, NULL },
};
