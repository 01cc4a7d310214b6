/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include <libsoup/soup.h>

#include "zf-sync-address.h"
#include "zf-sync-transport.h"
#include "zf-sync.h"

#define TIMEOUT_S 45
#define READ_CHUNK 65536

#define ZF_TYPE_SYNC_HTTP (zf_sync_http_get_type ())
G_DECLARE_FINAL_TYPE (ZfSyncHttp, zf_sync_http, ZF, SYNC_HTTP, GObject)

struct _ZfSyncHttp
{
  GObject parent;
  SoupSession *session;
  GUri *base;
};

static void zf_sync_http_transport (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (ZfSyncHttp, zf_sync_http, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, zf_sync_http_transport))

static SoupMessage *
make_message (ZfSyncHttp *self, const ZfSyncRequest *request, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse_relative (self->base, request->path, SOUP_HTTP_URI_FLAGS, error);
  SoupMessage *message;
  SoupMessageHeaders *headers;

  if (uri == NULL)
    return NULL;
  message = soup_message_new_from_uri (request->method, uri);
  /* Every request may be sent twice without harm, so a connection that the server has closed meanwhile costs nothing but a second try.
   * A redirect never comes from the county. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT | SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_append (headers, "Accept", request->accept);
  if (request->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", request->token, NULL);

      soup_message_headers_append (headers, "Authorization", bearer);
    }
  if (request->key != NULL)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", request->key);

      soup_message_headers_append (headers, "Idempotency-Key", quoted);
    }
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, request->type, request->body);
  return message;
}

/* Whatever stopped it, nobody took what we sent for certain: the same bytes go again next time. */
static void
explain_failure (GError **error, GError *cause)
{
  gboolean cancelled = g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_debug ("No answer: %s", cause->message);
  g_set_error_literal (error, ZF_SYNC_ERROR, cancelled ? ZF_SYNC_ERROR_CANCELLED : ZF_SYNC_ERROR_OFFLINE,
                       cancelled ? "The sync was stopped; what arrived stays" : "The county's server did not answer");
  g_error_free (cause);
}

static GBytes *
read_answer (GInputStream *stream, gsize max, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (READ_CHUNK);
  GError *cause = NULL;
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, READ_CHUNK, cancellable, &cause)) > 0)
    {
      if (bytes->len + (gsize) n > max)
        {
          g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The answer is larger than was asked for; it was not used");
          return NULL;
        }
      g_byte_array_append (bytes, chunk, (guint) n);
    }
  if (n == 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  explain_failure (error, cause);
  return NULL;
}

static ZfSyncResponse *
zf_sync_http_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  ZfSyncHttp *self = ZF_SYNC_HTTP (transport);
  g_autoptr (SoupMessage) message = make_message (self, request, error);
  g_autoptr (GInputStream) stream = NULL;
  SoupMessageHeaders *headers;
  GError *cause = NULL;
  GBytes *body;

  if (message == NULL)
    return NULL;
  stream = soup_session_send (self->session, message, cancellable, &cause);
  if (stream == NULL)
    {
      explain_failure (error, cause);
      return NULL;
    }
  body = read_answer (stream, request->max_answer, cancellable, error);
  if (body == NULL)
    return NULL;
  headers = soup_message_get_response_headers (message);
  return zf_sync_response_new (soup_message_get_status (message), soup_message_headers_get_one (headers, "Content-Type"),
                               soup_message_headers_get_one (headers, "Sync-Server"), body);
}

static void
zf_sync_http_transport (ZfSyncTransportInterface *iface)
{
  iface->send = zf_sync_http_send;
}

static void
zf_sync_http_dispose (GObject *object)
{
  ZfSyncHttp *self = ZF_SYNC_HTTP (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_pointer (&self->base, g_uri_unref);
  G_OBJECT_CLASS (zf_sync_http_parent_class)->dispose (object);
}

static void
zf_sync_http_class_init (ZfSyncHttpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_sync_http_dispose;
}

static void
zf_sync_http_init (ZfSyncHttp *self)
{
  /* No proxy: an address on this machine needs none, and a token must not travel through one. */
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_S, "idle-timeout", 30, "proxy-resolver", NULL, NULL);
}

ZfSyncTransport *
zf_sync_http_new (const char *base, GError **error)
{
  g_autoptr (GUri) uri = zf_sync_address_parse (base, error);
  ZfSyncHttp *self;

  if (uri == NULL)
    return NULL;
  self = g_object_new (ZF_TYPE_SYNC_HTTP, NULL);
  self->base = g_steal_pointer (&uri);
  return ZF_SYNC_TRANSPORT (self);
}
