/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-transport.h"

G_DEFINE_INTERFACE (ZfSyncTransport, zf_sync_transport, G_TYPE_OBJECT)

static void
zf_sync_transport_default_init (ZfSyncTransportInterface *iface)
{
}

ZfSyncResponse *
zf_sync_transport_send (ZfSyncTransport *self, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ZF_IS_SYNC_TRANSPORT (self), NULL);

  return ZF_SYNC_TRANSPORT_GET_IFACE (self)->send (self, request, cancellable, error);
}

void
zf_sync_request_free (ZfSyncRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->path);
  g_free (request->key);
  g_free (request->token);
  g_strfreev (request->headers);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_strfreev (request->ahead);
  g_clear_object (&request->unpack_with);
  g_free (request);
}

ZfSyncResponse *
zf_sync_response_new (guint status, const char *type, const char *server, GBytes *body)
{
  ZfSyncResponse *response = g_new0 (ZfSyncResponse, 1);

  response->status = status;
  response->type = g_strdup (type);
  response->server = g_strdup (server);
  response->body = body != NULL ? body : g_bytes_new (NULL, 0);
  return response;
}

void
zf_sync_response_free (ZfSyncResponse *response)
{
  if (response == NULL)
    return;
  g_free (response->type);
  g_free (response->server);
  g_strfreev (response->headers);
  g_bytes_unref (response->body);
  if (response->unpacked != NULL)
    response->unpacked_free (response->unpacked);
  g_free (response);
}

const char *
zf_sync_header (char **headers, const char *name)
{
  for (guint i = 0; headers != NULL && headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (headers[i], name) == 0)
      return headers[i + 1];
  return NULL;
}

void
zf_sync_headers_add (char ***headers, const char *name, const char *value)
{
  guint n = *headers != NULL ? g_strv_length (*headers) : 0;

  *headers = g_renew (char *, *headers, n + 3);
  (*headers)[n] = g_strdup (name);
  (*headers)[n + 1] = g_strdup (value);
  (*headers)[n + 2] = NULL;
}
