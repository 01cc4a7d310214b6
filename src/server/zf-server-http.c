/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-http.h"

#include <libsoup/soup.h>
#include <string.h>

#include "zf-error.h"
#include "zf-server-core-private.h"
#include "zf-server-listen.h"
#include "zf-wire-codec.h"

#define MAX_HEADERS (16 * 1024)
/* Of a refused body: so much is still read, so that its sender gets to see the refusal. */
#define MAX_REFUSED (2 * ZF_WIRE_MAX_BODY)

struct _ZfServerHttp
{
  SoupServer *soup;
  ZfServerListen *listen;
  ZfServerCore *core;
  ZfServerPushed pushed;
  gpointer data;
};

/* Answers */

static gboolean
is_json (const char *type)
{
  return type != NULL && strstr (type, "json") != NULL;
}

/* What is packed already (pictures, parts of snapshots, parcels) gains nothing. */
static GBytes *
pack_answer (SoupServerMessage *message, const ZfSyncResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *accept = soup_message_headers_get_list (soup_server_message_get_request_headers (message), "Accept-Encoding");
  ZfWireCoding coding = is_json (response->type) ? zf_wire_coding_choose (accept) : ZF_WIRE_PLAIN;
  GBytes *body = zf_wire_pack (response->body, &coding);

  if (coding != ZF_WIRE_PLAIN)
    soup_message_headers_replace (headers, "Content-Encoding", zf_wire_coding_name (coding));
  if (g_bytes_get_size (body) >= ZF_WIRE_PACK_FROM)
    {
      g_autofree char *digest = zf_wire_digest (body);

      soup_message_headers_replace (headers, "Content-Digest", digest);
    }
  return body;
}

static void
send_answer (SoupServerMessage *message, const ZfSyncResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GBytes) body = pack_answer (message, response);

  soup_server_message_set_status (message, response->status, NULL);
  soup_message_headers_replace (headers, "Sync-Server", response->server);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Connection", "close");
  for (guint i = 0; response->headers != NULL && response->headers[i] != NULL; i += 2)
    soup_message_headers_replace (headers, response->headers[i], response->headers[i + 1]);
  if (response->type != NULL)
    soup_message_headers_set_content_type (headers, response->type, NULL);
  if (!g_str_equal (soup_server_message_get_method (message), "HEAD") && g_bytes_get_size (body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

static void
refuse (ZfServerHttp *http, SoupServerMessage *message, const GError *error)
{
  g_autoptr (ZfSyncResponse) response = zf_server_refuse (http->core, error);

  send_answer (message, response);
}

/* Requests */

static char *
bearer (SoupMessageHeaders *headers)
{
  const char *header = soup_message_headers_get_one (headers, "Authorization");

  return header != NULL && g_str_has_prefix (header, "Bearer ") ? g_strdup (header + 7) : NULL;
}

/* Idempotency-Key is a quoted string. */
static char *
unquoted (const char *text)
{
  gsize len = text != NULL ? strlen (text) : 0;

  return len >= 2 && text[0] == '"' && text[len - 1] == '"' ? g_strndup (text + 1, len - 2) : NULL;
}

/* What the routes read beyond the fields of ZfSyncRequest. */
static void
keep_header (const char *name, const char *value, gpointer request)
{
  if (g_ascii_strncasecmp (name, "Upload-", 7) == 0 || g_ascii_strncasecmp (name, "Tus-", 4) == 0)
    zf_sync_headers_add (&((ZfSyncRequest *) request)->headers, name, value);
}

/* The body as its sender had it before packing. */
static GBytes *
read_body (SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GBytes) sent = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GError) local = NULL;
  ZfWireCoding coding = ZF_WIRE_PLAIN;

  if (!zf_wire_digest_matches (soup_message_headers_get_list (headers, "Content-Digest"), sent))
    {
      zf_problem_set (error, ZF_PROBLEM_DIGEST);
      return NULL;
    }
  zf_wire_coding_parse (soup_message_headers_get_list (headers, "Content-Encoding"), &coding);
  if (coding == ZF_WIRE_PLAIN)
    return g_steal_pointer (&sent);
  plain = zf_wire_unpack (sent, coding, ZF_WIRE_MAX_UNPACKED, &local);
  if (plain == NULL)
    zf_problem_set (error, g_error_matches (local, ZF_ERROR, ZF_ERROR_LIMIT) ? ZF_PROBLEM_TOO_LARGE : ZF_PROBLEM_MALFORMED);
  return g_steal_pointer (&plain);
}

static ZfSyncRequest *
read_request (SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);
  g_autoptr (GBytes) body = read_body (message, error);
  ZfSyncRequest *request;

  if (body == NULL)
    return NULL;
  request = g_new0 (ZfSyncRequest, 1);
  request->method = soup_server_message_get_method (message);
  request->path = g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : NULL, query, NULL);
  request->type = soup_message_headers_get_one (headers, "Content-Type");
  request->token = bearer (headers);
  request->key = unquoted (soup_message_headers_get_one (headers, "Idempotency-Key"));
  request->body = g_steal_pointer (&body);
  soup_message_headers_foreach (headers, keep_header, request);
  return request;
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZfServerHttp *http = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSyncRequest) request = read_request (message, &error);
  g_autoptr (ZfSyncResponse) response = NULL;

  if (request == NULL)
    {
      refuse (http, message, error);
      return;
    }
  response = zf_server_core_handle (http->core, request);
  send_answer (message, response);
  if (response->status == 200 && http->pushed != NULL && g_str_equal (path, "/v1/sync"))
    http->pushed (http->data);
}

/* Before the body */

static void
add_length (const char *name, const char *value, gpointer data)
{
  *(gsize *) data += strlen (name) + strlen (value) + 4;
}

static gboolean
admit_headers (SoupMessageHeaders *headers, GError **error)
{
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);
  ZfWireCoding coding;
  gsize size = 0;

  soup_message_headers_foreach (headers, add_length, &size);
  if (size > MAX_HEADERS)
    zf_problem_set (error, ZF_PROBLEM_TOO_LARGE);
  else if (encoding != SOUP_ENCODING_CONTENT_LENGTH && encoding != SOUP_ENCODING_NONE)
    zf_problem_set (error, ZF_PROBLEM_LENGTH);
  else if (!zf_wire_coding_parse (soup_message_headers_get_list (headers, "Content-Encoding"), &coding))
    zf_problem_set (error, ZF_PROBLEM_TYPE);
  else
    return TRUE;
  return FALSE;
}

/* An address that nobody answers at gets no body read either. Ranges are SoupServer's own doing, and nothing here offers them. */
static void
on_headers (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZfServerHttp *http = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  goffset length = soup_message_headers_get_content_length (headers);
  g_autoptr (GError) error = NULL;

  soup_message_headers_remove (headers, "Range");
  soup_message_headers_remove (headers, "Upgrade");
  zf_server_listen_grant (http->listen, message, MIN (length, MAX_REFUSED));
  if (admit_headers (headers, &error) &&
      zf_server_admits (soup_server_message_get_method (message), path, soup_message_headers_get_one (headers, "Content-Type"), (gsize) length, &error))
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  refuse (http, message, error);
  if (length > MAX_REFUSED)
    zf_server_listen_drop (http->listen, message);
}

static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer http)
{
  zf_server_listen_grant (((ZfServerHttp *) http)->listen, message, 0);
}

static void
on_written (SoupServerMessage *message, guint size, gpointer http)
{
  zf_server_listen_grant (((ZfServerHttp *) http)->listen, message, 0);
}

static void
on_started (SoupServer *soup, SoupServerMessage *message, gpointer http)
{
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), http);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_written), http);
}

/* The server itself */

static gboolean
read_certificate (const ZfServerHttpOptions *options, GTlsCertificate **certificate, GError **error)
{
  g_autoptr (GError) local = NULL;

  *certificate = NULL;
  if (options->tls_cert == NULL)
    return TRUE;
  *certificate = g_tls_certificate_new_from_files (options->tls_cert, options->tls_key != NULL ? options->tls_key : options->tls_cert, &local);
  if (*certificate == NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_IO, "The certificate cannot be used: %s", local->message);
  return *certificate != NULL;
}

ZfServerHttp *
zf_server_http_new_with (ZfServerCore *core, const ZfServerHttpOptions *options, ZfServerPushed pushed, gpointer data, GError **error)
{
  g_autoptr (ZfServerHttp) http = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (!read_certificate (options, &certificate, error))
    return NULL;
  http = g_new0 (ZfServerHttp, 1);
  http->core = core;
  http->pushed = pushed;
  http->data = data;
  http->soup = soup_server_new ("server-header", "zoufang", NULL);
  soup_server_add_early_handler (http->soup, NULL, on_headers, http, NULL);
  soup_server_add_handler (http->soup, NULL, on_request, http, NULL);
  g_signal_connect (http->soup, "request-started", G_CALLBACK (on_started), http);
  http->listen = zf_server_listen_new (http->soup, options->listen, certificate, error);
  return http->listen != NULL ? g_steal_pointer (&http) : NULL;
}

ZfServerHttp *
zf_server_http_new (ZfServerCore *core, const char *listen, ZfServerPushed pushed, gpointer data, GError **error)
{
  return zf_server_http_new_with (core, &(ZfServerHttpOptions) { .listen = listen }, pushed, data, error);
}

void
zf_server_http_free (ZfServerHttp *http)
{
  if (http == NULL)
    return;
  g_clear_pointer (&http->listen, zf_server_listen_free);
  g_signal_handlers_disconnect_by_data (http->soup, http);
  soup_server_disconnect (http->soup);
  g_object_unref (http->soup);
  g_free (http);
}

const char *
zf_server_http_url (ZfServerHttp *http)
{
  return zf_server_listen_url (http->listen);
}
