/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* A tablet that reaches a carrier, not the county. */

#include <glib/gstdio.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-parcel.h"
#include "zf-relay.h"
#include "zf-wire.h"

/* The last parcel that was handed over and whose reply is due. */
#define META_NAME "relay_parcel"

static ZfSyncRequest *
make_request (const char *method, const char *name, GBytes *body)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = method;
  request->path = name != NULL ? g_strconcat ("/v1/mail/", name, NULL) : g_strdup ("/v1/mail");
  request->type = body != NULL ? ZF_RELAY_TYPE : NULL;
  request->accept = body != NULL ? ZF_WIRE_TYPE_JSON : ZF_RELAY_TYPE;
  request->body = body != NULL ? g_bytes_ref (body) : NULL;
  request->max_answer = 2 * ZF_RELAY_MAX;
  return request;
}

static gboolean
refused (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_REFUSED, "The carrier did not take it; everything is still on this tablet");
  return FALSE;
}

/* Replies go through a file as from a stick, so that there is one way to read them. */
static gboolean
read_reply (ZfStore *store, GBytes *reply, ZfSyncProgress *result, GError **error)
{
  g_autofree char *path = g_build_filename (zf_store_dir (store), "parcels", "reply.zfp", NULL);
  gboolean ok = zf_files_write (zf_store_files (store), path, reply, error) && zf_parcel_read (store, path, result, error);

  zf_files_remove (zf_store_files (store), path, NULL);
  return ok && zf_store_set_meta (store, META_NAME, "", error);
}

static gboolean
fetch_reply (ZfStore *store, ZfSyncTransport *carrier, ZfSyncProgress *result, GError **error)
{
  g_autofree char *name = zf_store_get_meta (store, META_NAME);
  g_autoptr (ZfSyncRequest) request = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;

  if (name == NULL || *name == '\0')
    return TRUE;
  request = make_request ("GET", name, NULL);
  response = zf_sync_transport_send (carrier, request, NULL, error);
  if (response == NULL)
    return FALSE;
  return response->status != 200 || read_reply (store, response->body, result, error);
}

static gboolean
hand_over (ZfStore *store, ZfSyncTransport *carrier, GBytes *parcel, GError **error)
{
  g_autofree char *name = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, parcel);
  g_autoptr (ZfSyncRequest) request = make_request ("POST", NULL, parcel);
  g_autoptr (ZfSyncResponse) response = zf_sync_transport_send (carrier, request, NULL, error);

  if (response == NULL)
    return FALSE;
  return response->status == 202 ? zf_store_set_meta (store, META_NAME, name, error) : refused (error);
}

gboolean
zf_relay_exchange (ZfStore *store, ZfSyncTransport *carrier, ZfSyncProgress *result, guint *n, GError **error)
{
  g_autofree char *path = g_build_filename (zf_store_dir (store), "parcels", "out.zfp", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GBytes) parcel = NULL;

  if (!fetch_reply (store, carrier, result, error))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, "The folder for parcels cannot be made");
      return FALSE;
    }
  if (zf_parcel_write (store, path, n, error))
    parcel = zf_files_read (zf_store_files (store), path, error);
  zf_files_remove (zf_store_files (store), path, NULL);
  return parcel != NULL && hand_over (store, carrier, parcel, error);
}
