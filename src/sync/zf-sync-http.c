/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include <libsoup/soup.h>
#include <string.h>

#include "zf-lazy.h"
#include "zf-sync-address.h"
#include "zf-sync-transport.h"
#include "zf-sync.h"
#include "zf-wire-codec.h"

/* No progress for so long, not the time that the whole takes. */
#define TIMEOUT_S 45
#define READ_CHUNK 65536

#define ZF_TYPE_SYNC_HTTP (zf_sync_http_get_type ())
G_DECLARE_FINAL_TYPE (ZfSyncHttp, zf_sync_http, ZF, SYNC_HTTP, GObject)

struct _ZfSyncHttp
{
  GObject parent;
  SoupSession *session;
  GUri *base;
  ZfWireCoding coding;   /* of what is sent; one step down for good when the county does not read it */
};

static void zf_sync_http_transport (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (ZfSyncHttp, zf_sync_http, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, zf_sync_http_transport))

/* Photos and snapshot parts are packed already. */
static gboolean
is_text (const char *type)
{
  return type == NULL || (!g_str_has_prefix (type, "image/") && strstr (type, "octet-stream") == NULL);
}

static void
set_body (ZfSyncHttp *self, SoupMessage *message, const ZfSyncRequest *request, gsize *up)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  ZfWireCoding coding = is_text (request->type) ? self->coding : ZF_WIRE_PLAIN;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *digest = NULL;

  *up = 0;
  if (request->body == NULL)
    {
      /* A request that makes something says that it brings nothing. */
      if (g_str_equal (request->method, "POST"))
        soup_message_headers_set_content_length (headers, 0);
      return;
    }
  body = zf_wire_pack_small (request->body, &coding);
  digest = zf_wire_digest (body);
  *up = g_bytes_get_size (body);
  soup_message_set_request_body_from_bytes (message, request->type, body);
  soup_message_headers_append (headers, "Content-Digest", digest);
  if (coding != ZF_WIRE_PLAIN)
    soup_message_headers_append (headers, "Content-Encoding", zf_wire_coding_name (coding));
}

static SoupMessage *
make_message (ZfSyncHttp *self, const ZfSyncRequest *request, gsize *up, GError **error)
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
  if (request->accept != NULL)
    soup_message_headers_append (headers, "Accept", request->accept);
  soup_message_headers_append (headers, "Accept-Encoding", ZF_WIRE_ACCEPT_ENCODING);
  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL; i += 2)
    soup_message_headers_replace (headers, request->headers[i], request->headers[i + 1]);
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
  set_body (self, message, request, up);
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

static void
add_header (const char *name, const char *value, gpointer data)
{
  zf_sync_headers_add (data, name, value);
}

/* Damaged on its way is as good as not come: the same bytes are asked for again. */
static gboolean
damaged (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CUT, "An answer was damaged on its way");
  return FALSE;
}

static GBytes *
unpack (SoupMessageHeaders *headers, GBytes *body, gsize max, GError **error)
{
  ZfWireCoding coding;
  GBytes *plain;

  if (!zf_wire_digest_matches (soup_message_headers_get_one (headers, "Content-Digest"), body) ||
      !zf_wire_coding_parse (soup_message_headers_get_one (headers, "Content-Encoding"), &coding))
    {
      damaged (error);
      return NULL;
    }
  if (coding == ZF_WIRE_PLAIN)
    return g_bytes_ref (body);
  plain = zf_wire_unpack (body, coding, max, NULL);
  if (plain == NULL)
    damaged (error);
  return plain;
}

static ZfSyncResponse *
make_response (SoupMessage *message, GBytes *body, gsize up, gsize max, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  GBytes *plain = unpack (headers, body, max, error);
  ZfSyncResponse *response;

  if (plain == NULL)
    return NULL;
  response = zf_sync_response_new (soup_message_get_status (message), soup_message_headers_get_one (headers, "Content-Type"),
                                   soup_message_headers_get_one (headers, "Sync-Server"), plain);
  soup_message_headers_foreach (headers, add_header, &response->headers);
  response->wire_up = up;
  response->wire_down = g_bytes_get_size (body);
  return response;
}

static ZfSyncResponse *
send_once (ZfSyncHttp *self, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  gsize up = 0;
  g_autoptr (SoupMessage) message = make_message (self, request, &up, error);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) body = NULL;
  GError *cause = NULL;

  if (message == NULL)
    return NULL;
  stream = soup_session_send (self->session, message, cancellable, &cause);
  if (stream == NULL)
    {
      explain_failure (error, cause);
      return NULL;
    }
  body = read_answer (stream, request->max_answer, cancellable, error);
  return body != NULL ? make_response (message, body, up, request->max_answer, error) : NULL;
}

static ZfSyncResponse *
zf_sync_http_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  ZfSyncHttp *self = ZF_SYNC_HTTP (transport);
  ZfSyncResponse *response = send_once (self, request, cancellable, error);

  while (response != NULL && response->status == 415 && response->server != NULL && self->coding != ZF_WIRE_PLAIN)
    {
      self->coding--;
      zf_sync_response_free (response);
      response = send_once (self, request, cancellable, error);
    }
  return response;
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
  /* Bodies are unpacked here, within limits. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  self->coding = ZF_WIRE_ZSTD;
}

ZfSyncTransport *
zf_sync_http_new (const char *base, GError **error)
{
  g_autoptr (GUri) uri = zf_sync_address_parse (base, error);
  ZfSyncHttp *self;

  if (uri == NULL || !zf_lazy_load ("libsoup", error))
    return NULL;
  self = g_object_new (ZF_TYPE_SYNC_HTTP, NULL);
  self->base = g_steal_pointer (&uri);
  return ZF_SYNC_TRANSPORT (self);
}
