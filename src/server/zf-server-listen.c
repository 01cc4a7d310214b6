/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-listen.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "zf-sync-address.h"
#include "zf-sync.h"

#define UNIX_PREFIX "unix:"
#define SOCKET_MODE 0660
#define BACKLOG 256

struct _ZfServerListen
{
  SoupServer *soup;
  GSocketService *service;
  GTlsCertificate *certificate;   /* (nullable) */
  GSocketAddress *nobody;         /* stands for the other end of a UNIX socket */
  GHashTable *peers;              /* SoupServerMessage → Peer */
  GSocket *arriving;              /* the connection that SoupServer is just being told of */
  GSource *sweep;
  char *url;
  char *socket_path;              /* (nullable) */
};

/* One connection carries one request: SoupServer 3.2 forgets an idle connection that its client closes, with its socket and TLS state, for ever. */
typedef struct
{
  ZfServerListen *listen;
  GSocket *socket;
  gint64 due;         /* monotonic µs: the next step must have come */
  gint64 end;         /* monotonic µs, 0 none: the whole body must have come */
} Peer;

static void
on_message_gone (gpointer data, GObject *message)
{
  ZfServerListen *listen = ((Peer *) data)->listen;

  g_hash_table_remove (listen->peers, message);
  if (g_hash_table_size (listen->peers) < ZF_SERVER_MAX_CONNECTIONS && !g_socket_service_is_active (listen->service))
    g_socket_service_start (listen->service);
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_object_unref (peer->socket);
  g_free (peer);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  ZfServerListen *listen = data;
  Peer *peer;

  if (listen->arriving == NULL)
    return;
  peer = g_new0 (Peer, 1);
  peer->listen = listen;
  peer->socket = g_steal_pointer (&listen->arriving);
  peer->due = g_get_monotonic_time () + ZF_SERVER_HEADER_S * G_TIME_SPAN_SECOND;
  g_hash_table_insert (listen->peers, message, peer);
  g_object_weak_ref (G_OBJECT (message), on_message_gone, peer);
}

void
zf_server_listen_grant (ZfServerListen *listen, SoupServerMessage *message, goffset bytes)
{
  Peer *peer = g_hash_table_lookup (listen->peers, message);
  gint64 now = g_get_monotonic_time ();

  if (peer == NULL)
    return;
  if (bytes > 0)
    peer->end = now + (ZF_SERVER_PROGRESS_S + bytes / ZF_SERVER_MIN_RATE) * G_TIME_SPAN_SECOND;
  peer->due = now + ZF_SERVER_PROGRESS_S * G_TIME_SPAN_SECOND;
}

/* SoupServer sees the end of the stream and cleans up by itself. */
static void
shut (Peer *peer)
{
  g_socket_shutdown (peer->socket, TRUE, TRUE, NULL);
}

void
zf_server_listen_drop (ZfServerListen *listen, SoupServerMessage *message)
{
  Peer *peer = g_hash_table_lookup (listen->peers, message);

  if (peer != NULL)
    shut (peer);
}

static gboolean
on_sweep (gpointer data)
{
  ZfServerListen *listen = data;
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, listen->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    if (((Peer *) peer)->due < now || (((Peer *) peer)->end > 0 && ((Peer *) peer)->end < now))
      shut (peer);
  return G_SOURCE_CONTINUE;
}

static GIOStream *
wrap (ZfServerListen *listen, GSocketConnection *connection, GError **error)
{
  GIOStream *tls;

  if (listen->certificate == NULL)
    return g_object_ref (G_IO_STREAM (connection));
  tls = g_tls_server_connection_new (G_IO_STREAM (connection), listen->certificate, error);
  if (tls != NULL)
    g_object_set (tls, "require-close-notify", FALSE, NULL);
  return tls;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  ZfServerListen *listen = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = wrap (listen, connection, &error);
  GSocket *socket = g_socket_connection_get_socket (connection);

  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  listen->arriving = g_object_ref (socket);
  if (stream == NULL || !soup_server_accept_iostream (listen->soup, stream, listen->nobody, listen->nobody, &error))
    g_message ("A connection could not be taken: %s", error->message);
  g_clear_object (&listen->arriving);
  if (g_hash_table_size (listen->peers) >= ZF_SERVER_MAX_CONNECTIONS)
    g_socket_service_stop (service);
  return TRUE;
}

/* A socket that an earlier process left behind is nobody's. */
static GSocketAddress *
unix_address (ZfServerListen *listen, const char *path, GError **error)
{
  GStatBuf st;

  if (!g_path_is_absolute (path) || strlen (path) >= sizeof (((struct sockaddr_un *) NULL)->sun_path))
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS, "The socket to listen on needs a short absolute path");
      return NULL;
    }
  if (g_lstat (path, &st) == 0 && S_ISSOCK (st.st_mode))
    g_unlink (path);
  listen->socket_path = g_strdup (path);
  return g_unix_socket_address_new (path);
}

static GSocketAddress *
inet_address (ZfServerListen *listen, const char *where, GError **error)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (where, 0, NULL);
  const char *host = address != NULL ? g_network_address_get_hostname (G_NETWORK_ADDRESS (address)) : NULL;
  GSocketAddress *socket = NULL;

  if (listen->certificate == NULL && !zf_sync_address_is_loopback (host))
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS,
                           "Without a certificate this only listens on this machine (127.0.0.1): nothing may travel unencrypted");
      return NULL;
    }
  if (g_strcmp0 (host, "localhost") == 0)
    host = "127.0.0.1";
  if (host != NULL)
    socket = g_inet_socket_address_new_from_string (host, g_network_address_get_port (G_NETWORK_ADDRESS (address)));
  if (socket == NULL)
    g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS, "The address to listen on is not an address");
  return socket;
}

static char *
url_of (ZfServerListen *listen, GSocketAddress *bound)
{
  g_autofree char *host = NULL;
  guint port;

  if (listen->socket_path != NULL)
    return g_strconcat (UNIX_PREFIX, listen->socket_path, NULL);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (bound)));
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_strdup_printf (strchr (host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u", listen->certificate != NULL ? "https" : "http", host, port);
}

static gboolean
start (ZfServerListen *listen, GSocketAddress *address, GError **error)
{
  g_autoptr (GSocketAddress) bound = NULL;

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (listen->service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, &bound,
                                      error))
    return FALSE;
  if (listen->socket_path != NULL)
    g_chmod (listen->socket_path, SOCKET_MODE);
  listen->url = url_of (listen, bound);
  g_signal_connect (listen->service, "incoming", G_CALLBACK (on_incoming), listen);
  g_signal_connect (listen->soup, "request-started", G_CALLBACK (on_request_started), listen);
  listen->sweep = g_timeout_source_new_seconds (1);
  g_source_set_callback (listen->sweep, on_sweep, listen, NULL);
  g_source_attach (listen->sweep, g_main_context_get_thread_default ());
  g_socket_service_start (listen->service);
  return TRUE;
}

ZfServerListen *
zf_server_listen_new (SoupServer *soup, const char *where, GTlsCertificate *certificate, GError **error)
{
  g_autoptr (ZfServerListen) listen = g_new0 (ZfServerListen, 1);
  g_autoptr (GSocketAddress) address = NULL;

  listen->soup = g_object_ref (soup);
  listen->service = g_socket_service_new ();
  listen->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  listen->nobody = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  listen->peers = g_hash_table_new_full (NULL, NULL, NULL, peer_free);
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (listen->service), BACKLOG);
  g_socket_service_stop (listen->service);
  if (g_str_has_prefix (where, UNIX_PREFIX))
    address = unix_address (listen, where + strlen (UNIX_PREFIX), error);
  else
    address = inet_address (listen, where, error);
  return address != NULL && start (listen, address, error) ? g_steal_pointer (&listen) : NULL;
}

void
zf_server_listen_free (ZfServerListen *listen)
{
  GHashTableIter iter;
  gpointer message, peer;

  g_socket_service_stop (listen->service);
  g_socket_listener_close (G_SOCKET_LISTENER (listen->service));
  g_signal_handlers_disconnect_by_data (listen->service, listen);
  g_signal_handlers_disconnect_by_data (listen->soup, listen);
  if (listen->sweep != NULL)
    g_source_destroy (listen->sweep);
  g_clear_pointer (&listen->sweep, g_source_unref);
  g_hash_table_iter_init (&iter, listen->peers);
  while (g_hash_table_iter_next (&iter, &message, &peer))
    g_object_weak_unref (message, on_message_gone, peer);
  g_hash_table_unref (listen->peers);
  if (listen->socket_path != NULL && listen->url != NULL)
    g_unlink (listen->socket_path);
  g_free (listen->socket_path);
  g_free (listen->url);
  g_clear_object (&listen->certificate);
  g_object_unref (listen->nobody);
  g_object_unref (listen->service);
  g_object_unref (listen->soup);
  g_free (listen);
}

const char *
zf_server_listen_url (ZfServerListen *listen)
{
  return listen->url;
}
