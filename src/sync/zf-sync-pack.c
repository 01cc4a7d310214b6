/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-config.h"

/* One map pack from the county, in parts: those that are here already are not asked for again after a cut, a kill or a reboot. It takes its place only
 * when it is what the county named, to the last byte, and a map that can be shown; until then the older one stays. */
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "zf-error.h"
#include "zf-plant.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

/* Visits and photos must find room afterwards, and an update too. */
#define KEEP_FREE (300 * G_GINT64_CONSTANT (1024) * 1024)

typedef struct
{
  ZfStore *store;
  ZfSyncTransport *transport;
  const ZfPack *pack;
  const ZfPackFetch *how;
  char *token;
  char *server_id;
  char *path;            /* what came so far */
  gint64 size;
} Fetch;

static void
fetch_clear (Fetch *fetch)
{
  g_free (fetch->token);
  g_free (fetch->server_id);
  g_free (fetch->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, fetch_clear)

static gboolean
has_room (const Fetch *fetch, GError **error)
{
  gint64 needed = fetch->pack->size - fetch->size;
  g_autofree char *words = NULL;
  struct statvfs fs;

  if (zf_store_files (fetch->store) != zf_files_system () || statvfs (zf_store_dir (fetch->store), &fs) != 0 ||
      (gint64) ((guint64) fs.f_bavail * fs.f_frsize) >= KEEP_FREE + needed)
    return TRUE;
  words = g_format_size ((guint64) (needed + KEEP_FREE));
  g_set_error (error, ZF_ERROR, ZF_ERROR_FULL, _("The map pack needs %s of free room on this tablet. Nothing was changed; make room, then fetch it again."),
               words);
  return FALSE;
}

static ZfSyncRequest *
make_request (const Fetch *fetch)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = "GET";
  request->path = g_strdup_printf ("/v1/packs/%s?part=%" G_GINT64_FORMAT, fetch->pack->sha256, fetch->size / ZF_WIRE_PACK_PART);
  request->accept = ZF_WIRE_TYPE_PACK;
  request->token = g_strdup (fetch->token);
  request->max_answer = ZF_WIRE_PACK_PART;
  return request;
}

static gboolean
refuse (const Fetch *fetch, GError **error)
{
  g_set_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_BAD_PACK, _("The map pack “%s” arrived broken and was not used; the map before it stays."),
               fetch->pack->title);
  return FALSE;
}

/* Every part but the last is whole: a shorter one in between would leave a hole. */
static gboolean
fetch_part (Fetch *fetch, GError **error)
{
  g_autoptr (ZfSyncRequest) request = make_request (fetch);
  g_autoptr (ZfSyncResponse) response = zf_sync_transport_send (fetch->transport, request, fetch->how->cancellable, error);
  gint64 due = MIN (fetch->pack->size - fetch->size, ZF_WIRE_PACK_PART);

  if (response == NULL || !zf_sync_is_county (request, response, fetch->server_id, error))
    return FALSE;
  if (response->status == 404)
    {
      g_set_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NO_PACK, _("The county does not have the map pack “%s” any more. The map before it stays."),
                   fetch->pack->title);
      return FALSE;
    }
  if (!zf_sync_accepted (response, error))
    return FALSE;
  if ((gint64) g_bytes_get_size (response->body) != due)
    {
      zf_files_remove (zf_store_files (fetch->store), fetch->path, NULL);
      return refuse (fetch, error);
    }
  zf_crash_point ("pack-part");
  if (!zf_files_append (zf_store_files (fetch->store), fetch->path, fetch->size, response->body, error))
    return FALSE;
  fetch->size += due;
  return TRUE;
}

/* What was written before a crash is counted in whole parts; more than the pack is another one's. */
static void
find_start (Fetch *fetch)
{
  gint64 here = zf_files_size (zf_store_files (fetch->store), fetch->path);

  fetch->size = here == fetch->pack->size ? here : here > 0 && here < fetch->pack->size ? here / ZF_WIRE_PACK_PART * ZF_WIRE_PACK_PART : 0;
}

static gboolean
is_whole (const Fetch *fetch, gboolean *whole, GError **error)
{
  g_autofree char *found = zf_files_hash (zf_store_files (fetch->store), fetch->path, error);

  *whole = g_strcmp0 (found, fetch->pack->sha256) == 0;
  return found != NULL;
}

/* The name is the promise: a file under it is whole. */
static gboolean
take_whole (Fetch *fetch, GError **error)
{
  ZfFiles *files = zf_store_files (fetch->store);
  g_autofree char *to = zf_pack_path (zf_store_dir (fetch->store), fetch->pack->sha256);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfReader) reader = NULL;
  gboolean whole = FALSE;

  if (!is_whole (fetch, &whole, error))
    return FALSE;
  if (!whole || (fetch->how->check != NULL && !fetch->how->check (fetch->path, &local)))
    {
      g_message ("A map pack cannot be used: %s", local != NULL ? local->message : "its fingerprint is another one");
      zf_files_remove (files, fetch->path, NULL);
      return refuse (fetch, error);
    }
  zf_crash_point ("pack-whole");
  if (!zf_files_rename (files, fetch->path, to, error))
    return FALSE;
  zf_crash_point ("pack-placed");
  reader = zf_reader_new (fetch->store, error);
  return reader != NULL && zf_pack_drop_older (reader, files, fetch->pack, error);
}

static gboolean
stopped (const Fetch *fetch, GError **error)
{
  if (fetch->how->cancellable == NULL || !g_cancellable_is_cancelled (fetch->how->cancellable))
    return FALSE;
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CANCELLED, "The fetch was stopped; what arrived stays");
  return TRUE;
}

static void
tell (const Fetch *fetch)
{
  if (fetch->how->func != NULL)
    fetch->how->func (fetch->size, fetch->pack->size, fetch->how->data);
}

gboolean
zf_sync_fetch_pack_over (ZfStore *store, ZfSyncTransport *transport, const ZfPack *pack, const ZfPackFetch *how, GError **error)
{
  g_auto (Fetch) fetch = { .store = store, .transport = transport, .pack = pack, .how = how };

  fetch.token = zf_store_get_meta (store, "token");
  fetch.server_id = zf_store_get_meta (store, "server_id");
  fetch.path = zf_pack_coming_path (zf_store_dir (store), pack->sha256);
  find_start (&fetch);
  if (!has_room (&fetch, error))
    return FALSE;
  tell (&fetch);
  while (fetch.size < pack->size)
    {
      if (stopped (&fetch, error) || !fetch_part (&fetch, error))
        return FALSE;
      tell (&fetch);
    }
  return take_whole (&fetch, error);
}
