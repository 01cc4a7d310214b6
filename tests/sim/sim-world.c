/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Machines: made from images that are prepared once a process, switched on and off, killed and booted again. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zf-server-backup.h"
#include "zf-server-local.h"
#include "zf-server-store-sqlite.h"

const char *const sim_villages[SIM_VILLAGES] = { "11111111-1111-7111-8111-111111111111", "22222222-2222-7222-8222-222222222222",
                                                 "33333333-3333-7333-8333-333333333333" };

/* Which villages the tablets have; '*' stands for all. */
static const char *const layouts[][SIM_TABLETS] = {
  { "*", "*", "*", "*", "*", "*", "*", "*" },
  { "01", "01", "01", "01", "01", "01", "01", "01" },
  { "01", "12", "012", "*", "0", "1", "2", "01" },
  { "0", "0", "01", "1", "12", "*", "2", "0" },
};

typedef struct
{
  MemImage *tablet[SIM_TABLETS];
  MemImage *server;
} Template;
static Template templates[G_N_ELEMENTS (layouts)];

ZfPlant zf_plant = ZF_PLANT_NONE;
void (*zf_crash_hook) (const char *point);
static World *hooked;

ZfKinds *
sim_kinds (gboolean old)
{
  static ZfKinds *kinds[2];

  if (kinds[old] == NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "sim", old ? "kinds-old" : "kinds", NULL);

      kinds[old] = zf_kinds_load (path, &error);
      g_assert_no_error (error);
    }
  return kinds[old];
}

void
world_say (World *world, const char *format, ...)
{
  va_list args;

  if (!world->verbose)
    return;
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

void
world_violation (World *world, Invariant invariant, const char *format, ...)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << invariant;
  g_autofree char *text = NULL;
  va_list args;

  if ((world->enabled & bit) == 0)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if ((world->broken & bit) == 0)
    g_string_append_printf (world->story, "%s (%s): %s [operation %u]\n", sim_invariant_name (invariant), sim_invariant_text (invariant), text,
                            world->at);
  world->broken |= bit;
  world_say (world, "!! %s: %s", sim_invariant_name (invariant), text);
}

/* Tablets */

void
tablet_enter (World *world, Tablet *tablet)
{
  world->running = tablet->machine;
  mem_machine_wake (tablet->machine, TRUE);
}

gboolean
tablet_leave (World *world, Tablet *tablet)
{
  world->running = NULL;
  mem_machine_wake (tablet->machine, FALSE);
  return !mem_machine_dead (tablet->machine);
}

ZfDb *
tablet_db (Tablet *tablet)
{
  return zf_reader_db (zf_store_reader (tablet->store));
}

static ZfStoreOptions
tablet_options (Tablet *tablet)
{
  return (ZfStoreOptions) {
    .clock = tablet->clock,
    .random = tablet->random,
    .files = mem_files (),
    .vfs = "sim",
    .inline_writes = TRUE,
  };
}

static void
close_store (Tablet *tablet)
{
  g_clear_pointer (&tablet->engine, zf_sync_engine_free);
  if (tablet->store != NULL)
    zf_store_close (tablet->store);
  g_clear_object (&tablet->store);
  if (tablet->other != NULL)
    zf_store_close (tablet->other);
  g_clear_object (&tablet->other);
}

void
tablet_off (World *world, Tablet *tablet, gboolean power)
{
  mem_machine_kill (tablet->machine);
  close_store (tablet);
  mem_machine_boot (tablet->machine, power, &world->net);
}

gboolean
tablet_on (World *world, Tablet *tablet)
{
  ZfStoreOptions options = tablet_options (tablet);
  g_autoptr (GError) error = NULL;

  if (tablet->gone)
    return FALSE;
  if (mem_machine_dead (tablet->machine))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  if (tablet->store != NULL)
    return TRUE;
  tablet_enter (world, tablet);
  tablet->store = zf_store_open (tablet->dir, sim_kinds (tablet->old_kinds), &options, &error);
  if (!tablet_leave (world, tablet) || (tablet->store == NULL && mem_machine_faulted (tablet->machine)))
    {
      tablet_off (world, tablet, FALSE);
      return FALSE;
    }
  if (tablet->store == NULL)
    {
      world_violation (world, 2, "tablet %u cannot be opened after a crash: %s", tablet->n, error->message);
      tablet->gone = TRUE;
      return FALSE;
    }
  check_boot (world, tablet);
  return TRUE;
}

/* The server */

ZfDb *
server_db (World *world)
{
  return ((ZfServerSqlite *) zf_server_core_store (world->core))->db;
}

void
server_down (World *world, gboolean power)
{
  mem_machine_kill (world->machine);
  g_clear_pointer (&world->core, zf_server_core_free);
  mem_machine_boot (world->machine, power, &world->net);
}

static ZfServerCoreOptions
server_options (World *world)
{
  return (ZfServerCoreOptions) {
    .kinds = sim_kinds (FALSE),
    .clock = world->clock,
    .random = world->random,
    .files = mem_files (),
    .vfs = "sim",
  };
}

void
county_enter (World *world)
{
  world->running = world->machine;
  mem_machine_wake (world->machine, TRUE);
}

gboolean
county_leave (World *world)
{
  world->running = NULL;
  mem_machine_wake (world->machine, FALSE);
  return !mem_machine_dead (world->machine);
}

gboolean
server_up (World *world)
{
  ZfServerCoreOptions options = server_options (world);
  g_autoptr (GError) error = NULL;

  if (mem_machine_dead (world->machine))
    server_down (world, rng_chance (&world->net, 500));
  if (world->core != NULL)
    return TRUE;
  county_enter (world);
  world->core = zf_server_core_new_with ("/server/data", &options, &error);
  county_leave (world);
  if (world->core == NULL && !mem_machine_faulted (world->machine))
    world_violation (world, 6, "the server cannot be opened after a crash: %s", error->message);
  if (world->core == NULL || mem_machine_dead (world->machine))
    {
      server_down (world, FALSE);
      return FALSE;
    }
  return TRUE;
}

#define DATA "/server/data"
#define BACKUP "/server/backup"

static void
remove_files (World *world, const char *prefix)
{
  g_autoptr (GPtrArray) names = mem_machine_names (world->machine, prefix);

  for (guint i = 0; i < names->len; i++)
    mem_file_remove (world->machine, names->pdata[i]);
}

static void
note_safe (World *world)
{
  g_autoptr (GPtrArray) names = mem_machine_names (world->machine, BACKUP "/blobs/");

  g_hash_table_remove_all (world->safe_blobs);
  for (guint i = 0; i < names->len; i++)
    g_hash_table_add (world->safe_blobs, g_path_get_basename (names->pdata[i]));
}

/* The copy of before makes room, but for the photos, which it shares: a machine that dies now has none. */
void
server_backup (World *world)
{
  g_autoptr (JsonObject) manifest = NULL;
  gboolean safe;

  if (!server_up (world))
    return;
  world->has_backup = FALSE;
  remove_files (world, BACKUP "/server.db");
  remove_files (world, BACKUP "/manifest.json");
  county_enter (world);
  manifest = zf_server_core_copy (world->core, BACKUP, NULL, NULL);
  county_leave (world);
  if (manifest != NULL && !mem_machine_dead (world->machine))
    {
      ledger_backed_up (world);
      note_safe (world);
      county_enter (world);
      safe = zf_server_core_mark_durable (world->core, manifest, NULL);
      county_leave (world);
      world->has_backup = TRUE;
      world_say (world, "   backup%s", safe ? "" : ", but not marked");
    }
  if (mem_machine_dead (world->machine))
    server_down (world, rng_chance (&world->net, 500));
}

/* S2: the machine burnt; a new one is set up from the backup. */
void
server_restore (World *world)
{
  ZfServerCoreOptions options = server_options (world);
  g_autoptr (GError) error = NULL;

  if (!world->has_backup)
    return;
  server_down (world, FALSE);
  remove_files (world, DATA "/");
  if (!zf_server_core_restore (BACKUP, DATA, &options, &error))
    {
      world_violation (world, INV_ENGINE, "the county's backup cannot be restored: %s", error->message);
      return;
    }
  ledger_set_back (world);
  if (server_up (world))
    ledger_history (world);
}

char *
server_epoch (World *world)
{
  return zf_db_get_text (server_db (world), "SELECT value FROM server_kv WHERE key = 'server_epoch'", "");
}

/* NULL: nobody answered. What a dead machine says does not count. */
ZfSyncResponse *
server_handle (World *world, const ZfSyncRequest *request)
{
  ZfSyncResponse *response;

  if (!server_up (world))
    return NULL;
  county_enter (world);
  response = zf_server_core_handle (world->core, request);
  county_leave (world);
  if (!mem_machine_dead (world->machine))
    {
      ledger_history (world);
      return response;
    }
  zf_sync_response_free (response);
  server_down (world, rng_chance (&world->net, 500));
  return NULL;
}

gboolean
tablet_covers (World *world, Tablet *tablet, const char *village)
{
  if (village == NULL)
    return FALSE;
  if (g_str_equal (village, "*"))
    return TRUE;
  return zf_db_get_int (server_db (world), 0,
                        "SELECT EXISTS (SELECT 1 FROM assignment WHERE device = ?1 AND team IS NULL AND to_seq IS NULL AND (village IS NULL OR "
                        "village = ?2)) OR EXISTS (SELECT 1 FROM assignment AS m JOIN assignment AS t ON t.team = m.team AND t.device = '' AND "
                        "t.to_seq IS NULL WHERE m.device = ?1 AND m.team IS NOT NULL AND m.to_seq IS NULL AND t.village = ?2)",
                        "ss", tablet->device, village) == 1;
}

/* Templates */

static char **
villages_of (const char *letters)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (*letters == '*')
    return NULL;
  for (; *letters != '\0'; letters++)
    g_ptr_array_add (list, g_strdup (sim_villages[*letters - '0']));
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

static void
publish_villages (ZfServerCore *core)
{
  g_autoptr (JsonArray) records = json_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SIM_VILLAGES; i++)
    {
      JsonObject *record = json_object_new (), *fields = json_object_new ();

      json_object_set_string_member (record, "id", sim_villages[i]);
      json_object_set_string_member (fields, "name", "v");
      json_object_set_object_member (record, "fields", fields);
      json_array_add_object_element (records, record);
    }
  zf_server_core_publish (core, "village", records, &error);
  g_assert_no_error (error);
}

static void
sync_quietly (ZfStore *store, ZfServerCore *core)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSyncEngine) engine = zf_sync_engine_new (store, &zf_sync_limits_wire, &error);
  ZfSyncStep step = ZF_SYNC_STEP_WORK;

  g_assert_no_error (error);
  while (step != ZF_SYNC_STEP_DONE)
    {
      g_autoptr (ZfSyncRequest) request = NULL;
      g_autoptr (ZfSyncResponse) response = NULL;

      zf_sync_engine_next (engine, &step, &request, &error);
      g_assert_no_error (error);
      if (request == NULL)
        continue;
      response = zf_server_core_handle (core, request);
      zf_sync_engine_handle (engine, response, &error);
      g_assert_no_error (error);
    }
}

/* As a person would: a code from the county, used once; then the first copy. */
static void
make_tablet (World *world, Tablet *tablet, const char *letters)
{
  ZfStoreOptions options = tablet_options (tablet);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) villages = villages_of (letters);
  g_autofree char *code = zf_server_core_make_code (world->core, "t", (const char *const *) villages, &error);
  g_autoptr (ZfSyncTransport) line = zf_sync_transport_new_local (world->core);
  g_autoptr (ZfStore) store = zf_store_create (tablet->dir, sim_kinds (FALSE), &options, &error);

  g_assert_no_error (error);
  zf_sync_enrol_over (store, line, NULL, code, "t", &error);
  g_assert_no_error (error);
  sync_quietly (store, world->core);
  zf_store_close (store);
}

static void
init_tablet (World *world, guint i, guint64 seed)
{
  Tablet *tablet = &world->tablet[i];

  tablet->n = i;
  tablet->name = g_strdup_printf ("t%u", i);
  tablet->dir = g_strdup_printf ("/t%u/store", i);
  tablet->machine = mem_machine (world->disk, tablet->name);
  tablet->clock = zf_clock_new_manual (SIM_START_MS + world->shift_ms);
  tablet->random = zf_random_new_seeded (seed * 31 + i);
}

static void
make_template (Template *template, guint layout)
{
  World world = { .disk = mem_disk_new (), .shift_ms = 0 };
  ZfServerCoreOptions options;
  g_autoptr (GError) error = NULL;
  ZfPlant plant = zf_plant;

  zf_plant = ZF_PLANT_NONE;
  mem_disk_use (world.disk);
  world.machine = mem_machine (world.disk, "server");
  world.clock = zf_clock_new_manual (SIM_START_MS);
  world.random = zf_random_new_seeded (4711 + layout);
  options = server_options (&world);
  g_assert_true (zf_server_core_init_with ("/server/data", &options, &error));
  world.core = zf_server_core_new_with ("/server/data", &options, &error);
  g_assert_no_error (error);
  publish_villages (world.core);
  for (guint i = 0; i < SIM_TABLETS; i++)
    {
      init_tablet (&world, i, 4711 + layout);
      make_tablet (&world, &world.tablet[i], layouts[layout][i]);
      template->tablet[i] = mem_image_take (world.tablet[i].machine);
      g_object_unref (world.tablet[i].clock);
      g_object_unref (world.tablet[i].random);
      g_free (world.tablet[i].name);
      g_free (world.tablet[i].dir);
    }
  zf_server_core_free (world.core);
  template->server = mem_image_take (world.machine);
  g_object_unref (world.clock);
  g_object_unref (world.random);
  mem_disk_free (world.disk);
  zf_plant = plant;
}

/* The world */

static void
on_crash_point (const char *point)
{
  World *world = hooked;

  if (world == NULL || world->running == NULL || world->crash_in == 0 || --world->crash_in > 0)
    return;
  world->crash_at = point;
  world_say (world, "   dies at %s", point);
  mem_machine_kill (world->running);
}

static void
init_tables (Tablet *tablet)
{
  tablet->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  tablet->drafts = g_ptr_array_new_with_free_func (draft_free);
  tablet->attempts = g_ptr_array_new_with_free_func (attempt_free);
  tablet->revs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
boot_tablet (World *world, Tablet *tablet, const MemImage *image)
{
  mem_image_lay (image, tablet->machine);
  init_tables (tablet);
  if (!tablet_on (world, tablet))
    g_error ("a fresh tablet does not start");
  tablet->device = zf_store_get_meta (tablet->store, "device");
  tablet->done_epoch = zf_store_get_meta (tablet->store, "server_epoch");
  ledger_scan (world, tablet);
}

World *
world_new (guint64 seed, guint layout, guint n, gint64 shift_ms)
{
  World *world = g_new0 (World, 1);
  Template *template = &templates[layout % G_N_ELEMENTS (layouts)];

  if (template->server == NULL)
    make_template (template, layout % G_N_ELEMENTS (layouts));
  world->seed = seed;
  world->layout = layout % G_N_ELEMENTS (layouts);
  world->shift_ms = shift_ms;
  world->disk = mem_disk_new ();
  mem_disk_use (world->disk);
  world->machine = mem_machine (world->disk, "server");
  mem_image_lay (template->server, world->machine);
  world->clock = zf_clock_new_manual (SIM_START_MS);
  world->random = zf_random_new_seeded (seed);
  world->saved = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, saved_free);
  world->order = g_ptr_array_new ();
  world->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  world->received = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  world->homes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  world->history = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  world->backed_up = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->merged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->households = g_ptr_array_new_with_free_func (g_free);
  world->photos = g_ptr_array_new_with_free_func (g_free);
  world->safe_blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->lost_blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->zombies = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_sync_request_free);
  world->story = g_string_new (NULL);
  world->enabled = G_MAXUINT64;
  world->net.state = seed;
  hooked = world;
  zf_crash_hook = on_crash_point;
  if (!server_up (world))
    g_error ("a fresh server does not start");
  ledger_history (world);
  for (world->n = 0; world->n < n; world->n++)
    {
      init_tablet (world, world->n, seed);
      boot_tablet (world, &world->tablet[world->n], template->tablet[world->n]);
    }
  return world;
}

static void
free_tablet (Tablet *tablet)
{
  close_store (tablet);
  g_object_unref (tablet->clock);
  g_object_unref (tablet->random);
  g_free (tablet->name);
  g_free (tablet->dir);
  g_free (tablet->device);
  g_free (tablet->epoch);
  g_free (tablet->cursor_epoch);
  g_free (tablet->cursor_scope);
  g_free (tablet->done_epoch);
  g_clear_pointer (&tablet->rows, g_hash_table_unref);
  g_clear_pointer (&tablet->drafts, g_ptr_array_unref);
  g_clear_pointer (&tablet->attempts, g_ptr_array_unref);
  g_clear_pointer (&tablet->homes, g_hash_table_unref);
  g_clear_pointer (&tablet->revs, g_hash_table_unref);
  g_clear_pointer (&tablet->image, mem_image_free);
  g_clear_pointer (&tablet->image_rows, g_hash_table_unref);
}

void
world_free (World *world)
{
  hooked = NULL;
  for (guint i = 0; i < world->n; i++)
    free_tablet (&world->tablet[i]);
  g_clear_pointer (&world->core, zf_server_core_free);
  g_object_unref (world->clock);
  g_object_unref (world->random);
  g_hash_table_unref (world->saved);
  g_ptr_array_unref (world->order);
  g_hash_table_unref (world->sent);
  g_hash_table_unref (world->received);
  g_hash_table_unref (world->homes);
  g_hash_table_unref (world->merged);
  g_hash_table_unref (world->history);
  g_hash_table_unref (world->backed_up);
  g_hash_table_unref (world->lost_blobs);
  g_hash_table_unref (world->safe_blobs);
  g_ptr_array_unref (world->households);
  g_ptr_array_unref (world->photos);
  g_ptr_array_unref (world->zombies);
  g_string_free (world->story, TRUE);
  mem_disk_free (world->disk);
  g_free (world);
}
