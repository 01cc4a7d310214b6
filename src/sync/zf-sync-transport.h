/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How a request reaches the county: over HTTP, inside one process, or in a simulation that loses half of them. */

/** ZfSyncUnpack: makes of the body of a good answer what the engine works with. Pure, in any thread; NULL: the body is not well formed. */
typedef gpointer (*ZfSyncUnpack) (GBytes *body, GObject *with);

typedef struct
{
  const char *method;     /* static string */
  char *path;             /* "/v1/sync", with query where there is one */
  const char *type;       /* (nullable) static string: Content-Type of body */
  const char *accept;     /* (nullable) static string: Content-Type of a good answer; NULL: any or none */
  char *key;              /* (nullable) Idempotency-Key */
  char *token;            /* (nullable) bearer */
  char **headers;         /* (nullable) name, value, name, value …, NULL: beyond the ones above (tus) */
  GBytes *body;           /* (nullable) plain: a transport may compress it on its way */
  gsize max_answer;       /* larger answers are cut off with ZF_SYNC_ERROR_PROTOCOL */
  char **ahead;           /* (nullable) paths that will be asked for next, everything else as here: a transport may fetch them meanwhile */
  ZfSyncUnpack unpack;    /* (nullable) a transport may do this too */
  GObject *unpack_with;   /* (nullable) its second parameter */
  GDestroyNotify unpacked_free;
} ZfSyncRequest;
void zf_sync_request_free (ZfSyncRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncRequest, zf_sync_request_free)

typedef struct
{
  guint status;
  char *type;             /* (nullable) Content-Type */
  char *server;           /* (nullable) header Sync-Server */
  char **headers;         /* (nullable) name, value, …, NULL: Location, Retry-After, Tus-…, Upload-… */
  GBytes *body;           /* plain, never NULL */
  gsize wire_up;          /* bytes of both bodies as they travelled; 0 where nothing is packed: those of the plain bodies count then */
  gsize wire_down;
  gpointer unpacked;      /* (nullable) what the request's unpack made of the body */
  GDestroyNotify unpacked_free;
} ZfSyncResponse;
/** zf_sync_header: (nullable): value of @name (any case) in @headers (nullable). */
const char *zf_sync_header (char **headers, const char *name);
/** zf_sync_headers_add: appends a pair; *headers (inout, nullable) grows. */
void zf_sync_headers_add (char ***headers, const char *name, const char *value);
/** zf_sync_response_new: @body (transfer full). */
ZfSyncResponse *zf_sync_response_new (guint status, const char *type, const char *server, GBytes *body);
void zf_sync_response_free (ZfSyncResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncResponse, zf_sync_response_free)

#define ZF_TYPE_SYNC_TRANSPORT (zf_sync_transport_get_type ())
G_DECLARE_INTERFACE (ZfSyncTransport, zf_sync_transport, ZF, SYNC_TRANSPORT, GObject)
struct _ZfSyncTransportInterface
{
  GTypeInterface parent;
  ZfSyncResponse *(*send) (ZfSyncTransport *self, const ZfSyncRequest *request, GCancellable *cancellable, GError **error);
};
/** zf_sync_transport_send: blocking; any answer, also an error status, is an answer. NULL: nobody answered (ZF_SYNC_ERROR_OFFLINE). */
ZfSyncResponse *zf_sync_transport_send (ZfSyncTransport *self, const ZfSyncRequest *request, GCancellable *cancellable, GError **error);

/** zf_sync_ahead_new: @line, with the answers that requests name as `ahead` fetched and unpacked in threads of its own, over lines of their own that
 * @make gives. */
typedef ZfSyncTransport *(*ZfSyncMakeLine) (const char *base, GError **error);
ZfSyncTransport *zf_sync_ahead_new (ZfSyncMakeLine make, const char *base, GError **error);

/** zf_sync_http_new: requests go to @base ("http://127.0.0.1:8080"); refuses any address that is not loopback. Gives up when nothing moves for
 * 45 s, however long the whole takes. Bodies travel packed. */
ZfSyncTransport *zf_sync_http_new (const char *base, GError **error);

G_END_DECLS
