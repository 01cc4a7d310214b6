/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server.h"

#include "zf-error.h"
#include "zf-form.h"
#include "zf-ledger.h"
#include "zf-server-core.h"
#include "zf-server-local.h"
#include "zf-server-parcel.h"
#include "zf-server-review.h"
#include "zf-sync-engine.h"

struct _ZfServer
{
  char *dir;
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfServerCore *core;
  ZfStore *county;
};

static char *
county_dir (const char *dir)
{
  return g_build_filename (dir, "county", NULL);
}

static ZfClock *
clock_of (const ZfServerOptions *options)
{
  return options != NULL && options->clock != NULL ? g_object_ref (options->clock) : zf_clock_new_system ();
}

static ZfRandom *
random_of (const ZfServerOptions *options)
{
  return options != NULL && options->random != NULL ? g_object_ref (options->random) : zf_random_new_system ();
}

/* What an enrolled store knows of its county. */
static gboolean
write_identity (ZfServerCore *core, ZfStore *store, const char *device, const char *token, const char *url, GError **error)
{
  ZfServerStore *county = zf_server_core_store (core);
  g_autofree char *epoch = NULL;

  return county->verbs->get_meta (county, "server_epoch", &epoch, error) && (url == NULL || zf_store_set_meta (store, "server_url", url, error)) && zf_store_set_meta (store, "device", device, error) &&
         zf_store_set_meta (store, "server_epoch", epoch, error) && zf_store_set_meta (store, "token", token, error) &&
         zf_store_set_meta (store, "server_id", zf_server_core_id (core), error);
}

static gboolean
make_county (ZfServerCore *core, const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *path = county_dir (dir);
  g_autoptr (ZfStore) store = NULL;
  g_autofree char *token = NULL;
  gboolean ok;

  if (g_mkdir_with_parents (path, 0700) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, "The folder of the county's store cannot be made");
      return FALSE;
    }
  store = zf_store_create (path, kinds, options, error);
  if (store == NULL)
    return FALSE;
  token = zf_server_core_make_device (core, ZF_DEVICE_COUNTY, "county", NULL, NULL, error);
  ok = token != NULL && write_identity (core, store, ZF_DEVICE_COUNTY, token, NULL, error);
  zf_store_close (store);
  return ok;
}

gboolean
zf_server_init (const char *dir, ZfKinds *kinds, const ZfServerOptions *options, JsonArray *villages, GError **error)
{
  g_autoptr (ZfClock) clock = clock_of (options);
  g_autoptr (ZfRandom) random = random_of (options);
  ZfStoreOptions store_options = { clock, random };
  g_autoptr (ZfServerCore) core = NULL;
  g_autoptr (ZfServer) server = NULL;

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, "The folder of the server's data cannot be made");
      return FALSE;
    }
  if (!zf_server_core_init (dir, clock, random, error))
    return FALSE;
  core = zf_server_core_new (dir, kinds, clock, random, error);
  if (core == NULL)
    return FALSE;
  zf_server_core_trust (core);
  if (!make_county (core, dir, kinds, &store_options, error) || !zf_server_core_publish_data (core, zf_data_dir (), error) ||
      (villages != NULL && !zf_server_core_publish (core, "village", villages, error)))
    return FALSE;
  server = zf_server_open (dir, kinds, options, error);
  return server != NULL && zf_server_pull_county (server, NULL, error);
}

/* A county that was restored from a backup has everything but its own store: that is made anew from the feed. */
static gboolean
open_county (ZfServer *server, GError **error)
{
  g_autofree char *path = county_dir (server->dir);
  ZfStoreOptions options = { .clock = server->clock, .random = server->random };

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !make_county (server->core, server->dir, server->kinds, &options, error))
    return FALSE;
  server->county = zf_store_open (path, server->kinds, &options, error);
  return server->county != NULL;
}

ZfServer *
zf_server_open (const char *dir, ZfKinds *kinds, const ZfServerOptions *options, GError **error)
{
  g_autoptr (ZfServer) server = g_new0 (ZfServer, 1);

  server->dir = g_strdup (dir);
  server->kinds = g_object_ref (kinds);
  zf_form_guard (kinds);
  server->clock = clock_of (options);
  server->random = random_of (options);
  server->core = zf_server_core_new (dir, kinds, server->clock, server->random, error);
  if (server->core == NULL)
    return NULL;
  zf_server_core_trust (server->core);
  return open_county (server, error) ? g_steal_pointer (&server) : NULL;
}

ZfServerCore *
zf_server_core (ZfServer *server)
{
  return server->core;
}

void
zf_server_free (ZfServer *server)
{
  if (server == NULL)
    return;
  if (server->county != NULL)
    zf_store_close (server->county);
  g_clear_object (&server->county);
  zf_server_core_free (server->core);
  g_object_unref (server->kinds);
  g_object_unref (server->clock);
  g_object_unref (server->random);
  g_free (server->dir);
  g_free (server);
}

ZfStore *
zf_server_county_store (ZfServer *server)
{
  return server->county;
}

/* An import and a serving process feed the same store: the second waits for the first, which is never longer at it than one import takes. */
#define WAIT_US (60 * G_TIME_SPAN_SECOND)
#define STEP_US (50 * G_TIME_SPAN_MILLISECOND)

static gboolean
drive_in_turn (ZfStore *store, ZfSyncTransport *transport, ZfSyncProgress *progress, GError **error)
{
  gint64 until = g_get_monotonic_time () + WAIT_US;

  while (TRUE)
    {
      g_autoptr (GError) local = NULL;

      if (zf_sync_drive (store, transport, &zf_sync_limits_local, NULL, NULL, NULL, progress, &local))
        return TRUE;
      if (!g_error_matches (local, ZF_SYNC_ERROR, ZF_SYNC_ERROR_BUSY) || g_get_monotonic_time () > until)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_usleep (STEP_US);
    }
}

/* Its own connection to the store of truth, so that a server may answer tablets in another thread meanwhile. */
gboolean
zf_server_pull_county (ZfServer *server, ZfSyncProgress *progress, GError **error)
{
  g_autoptr (ZfServerCore) core = zf_server_core_new (server->dir, server->kinds, server->clock, server->random, error);
  g_autoptr (ZfSyncTransport) transport = NULL;

  if (core == NULL)
    return FALSE;
  zf_server_core_trust (core);
  transport = zf_sync_transport_new_local (core);
  return drive_in_turn (server->county, transport, progress, error) && zf_store_take_published (server->county, NULL, error) &&
         zf_server_review (core, server->county, error);
}

gboolean
zf_server_import_households (ZfServer *server, const char *path, const ZfRosterOptions *options, ZfRosterRow row, gpointer row_data,
                             JsonObject **report, GError **error)
{
  ZfRosterOptions merged = *options;

  merged.merged_at_once = TRUE;
  if (!zf_server_pull_county (server, NULL, error) || !zf_roster_import (server->county, path, &merged, row, row_data, report, error))
    return FALSE;
  return options->dry_run || zf_server_pull_county (server, NULL, error);
}

char *
zf_server_make_code (ZfServer *server, const char *name, const char *const *villages, GError **error)
{
  return zf_server_core_make_code (server->core, name, villages, error);
}

gboolean
zf_server_enrol_direct (ZfServer *server, ZfStore *store, const char *url, const char *name, const char *const *villages, GError **error)
{
  g_autofree char *code = zf_server_core_make_code (server->core, name, villages, error);
  g_autoptr (ZfSyncTransport) transport = zf_sync_transport_new_local (server->core);

  return code != NULL && zf_sync_enrol_over (store, transport, url, code, name, error);
}

gboolean
zf_server_sync_local (ZfServer *server, ZfStore *store, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = zf_sync_transport_new_local (server->core);

  return zf_sync_drive (store, transport, &zf_sync_limits_local, NULL, func, data, result, error);
}

/* A picture that its tablet has not brought yet stays wanted. */
static gboolean
copy_photo (ZfStore *store, ZfSyncTransport *transport, const char *sha256, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (zf_sync_fetch_photo_over (store, transport, sha256, NULL, &local) || g_error_matches (local, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NO_PHOTO))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
zf_server_copy_photos (ZfServer *server, ZfStore *store, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = zf_sync_transport_new_local (server->core);
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  g_autoptr (GPtrArray) wanted = reader != NULL ? zf_ledger_blobs (reader, ZF_BLOB_WANTED, G_MAXUINT, error) : NULL;

  for (guint i = 0; wanted != NULL && i < wanted->len; i++)
    if (!copy_photo (store, transport, ((ZfBlob *) wanted->pdata[i])->sha256, error))
      return FALSE;
  return wanted != NULL;
}

gboolean
zf_server_take_parcel (ZfServer *server, const char *in, const char *out, GError **error)
{
  return zf_server_parcel_take (server->core, in, out, error) && zf_server_pull_county (server, NULL, error);
}

JsonObject *
zf_server_stats (ZfServer *server, GError **error)
{
  ZfServerStore *store = zf_server_core_store (server->core);

  return store->verbs->stats (store, error);
}
