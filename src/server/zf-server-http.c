/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-http.h"

#include <libsoup/soup.h>
#include <string.h>

#include "zf-server-core-private.h"
#include "zf-sync-address.h"
#include "zf-sync.h"

#define MAX_HEADERS (16 * 1024)

struct _ZfServerHttp
{
  SoupServer *soup;
  ZfServerCore *core;
  ZfServerPushed pushed;
  gpointer data;
  char *url;
};

static void
send_answer (SoupServerMessage *message, const ZfSyncResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, response->status, NULL);
  soup_message_headers_replace (headers, "Sync-Server", response->server);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (response->type != NULL)
    soup_message_headers_set_content_type (headers, response->type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), response->body);
}

static char *
bearer (SoupServerMessage *message)
{
  const char *header = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");

  return header != NULL && g_str_has_prefix (header, "Bearer ") ? g_strdup (header + 7) : NULL;
}

static ZfSyncRequest *
read_request (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GUri *uri = soup_server_message_get_uri (message);
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);
  const char *query = g_uri_get_query (uri);

  request->method = soup_server_message_get_method (message);
  request->path = g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : NULL, query, NULL);
  request->type = soup_message_headers_get_one (headers, "Content-Type");
  request->token = bearer (message);
  request->body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  return request;
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZfServerHttp *http = data;
  g_autoptr (ZfSyncRequest) request = read_request (message);
  g_autoptr (ZfSyncResponse) response = zf_server_core_handle (http->core, request);

  send_answer (message, response);
  if (response->status == 200 && http->pushed != NULL && g_str_equal (path, "/v1/sync"))
    http->pushed (http->data);
}

static void
add_length (const char *name, const char *value, gpointer data)
{
  *(gsize *) data += strlen (name) + strlen (value) + 4;
}

/* What is wrong with a request before its body has come; -1 when nothing is. */
static int
judge_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);
  gsize max = zf_server_core_max_body (soup_server_message_get_method (message), g_uri_get_path (soup_server_message_get_uri (message)));
  gsize size = 0;

  soup_message_headers_foreach (headers, add_length, &size);
  if (size > MAX_HEADERS)
    return ZF_PROBLEM_TOO_LARGE;
  if (encoding != SOUP_ENCODING_CONTENT_LENGTH && encoding != SOUP_ENCODING_NONE)
    return ZF_PROBLEM_LENGTH;
  if (soup_message_headers_get_one (headers, "Content-Encoding") != NULL)
    return ZF_PROBLEM_TYPE;
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH && max > 0 && (gsize) soup_message_headers_get_content_length (headers) > max)
    return ZF_PROBLEM_TOO_LARGE;
  return -1;
}

/* An address that nobody answers at gets no body read either. */
static void
on_headers (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZfServerHttp *http = data;
  int problem = judge_headers (message);
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  if (problem < 0)
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  zf_problem_set (&error, (ZfProblem) problem);
  response = zf_server_refuse (http->core, error);
  send_answer (message, response);
}

static GSocketAddress *
parse_listen (const char *listen, GError **error)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (listen, 0, NULL);
  const char *host = address != NULL ? g_network_address_get_hostname (G_NETWORK_ADDRESS (address)) : NULL;
  GSocketAddress *socket = NULL;

  if (!zf_sync_address_is_loopback (host))
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS,
                           "This version only listens on this machine (127.0.0.1): nothing may travel unencrypted");
      return NULL;
    }
  if (g_str_equal (host, "localhost"))
    host = "127.0.0.1";
  socket = g_inet_socket_address_new_from_string (host, g_network_address_get_port (G_NETWORK_ADDRESS (address)));
  if (socket == NULL)
    g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS, "The address to listen on is not an address");
  return socket;
}

static char *
bound_url (SoupServer *soup)
{
  GSList *uris = soup_server_get_uris (soup);
  char *url = uris != NULL ? g_uri_to_string (uris->data) : NULL;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  if (url != NULL && g_str_has_suffix (url, "/"))
    url[strlen (url) - 1] = '\0';
  return url;
}

ZfServerHttp *
zf_server_http_new (ZfServerCore *core, const char *listen, ZfServerPushed pushed, gpointer data, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_listen (listen, error);
  g_autoptr (ZfServerHttp) http = NULL;

  if (address == NULL)
    return NULL;
  http = g_new0 (ZfServerHttp, 1);
  http->core = core;
  http->pushed = pushed;
  http->data = data;
  http->soup = soup_server_new ("server-header", "zoufang", NULL);
  soup_server_add_early_handler (http->soup, NULL, on_headers, http, NULL);
  soup_server_add_handler (http->soup, NULL, on_request, http, NULL);
  if (!soup_server_listen (http->soup, address, 0, error))
    return NULL;
  http->url = bound_url (http->soup);
  return g_steal_pointer (&http);
}

void
zf_server_http_free (ZfServerHttp *http)
{
  if (http == NULL)
    return;
  if (http->soup != NULL)
    soup_server_disconnect (http->soup);
  g_clear_object (&http->soup);
  g_free (http->url);
  g_free (http);
}

const char *
zf_server_http_url (ZfServerHttp *http)
{
  return http->url;
}
