/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* relay keep, relay replies, relay serve: carrying sealed parcels for tablets without a line. */

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <stdio.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-files.h"
#include "zf-relay.h"
#include "zf-wire.h"

/* A carrier is no archive: beyond this it asks to be emptied first. */
#define MAX_WAITING 500

static int
run_keep (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) parcel = NULL;
  g_autofree char *name = NULL;

  if (ctl->argc != 1)
    return zf_ctl_usage ("--store DIR relay keep PARCEL");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  parcel = zf_files_read (zf_files_system (), ctl->argv[0], &error);
  if (parcel == NULL || !zf_relay_keep (ctl->store, parcel, &name, &error))
    return zf_ctl_fail (error);
  puts (name);
  return ZF_CTL_OK;
}

static gboolean
copy_reply (ZfStore *store, const char *name, const char *folder, GError **error)
{
  g_autoptr (GBytes) reply = zf_relay_reply (store, name, error);
  g_autofree char *path = g_strdup_printf ("%s/%s.zfp", folder, name);

  return reply != NULL && zf_files_write (zf_files_system (), path, reply, error);
}

static int
run_replies (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  if (ctl->argc != 1)
    return zf_ctl_usage ("--store DIR relay replies FOLDER");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  names = zf_relay_names (ctl->store, TRUE);
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (!copy_reply (ctl->store, names[i], ctl->argv[0], &error))
        return zf_ctl_fail (error);
      puts (names[i]);
    }
  return ZF_CTL_OK;
}

/* On the LAN of a township office: takes parcels in, gives replies out */

static void
answer (SoupServerMessage *message, guint status, const char *type, GBytes *body)
{
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  if (body == NULL)
    return;
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (message), type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

static void
take_parcel (ZfStore *store, SoupServerMessage *message)
{
  g_autoptr (GBytes) parcel = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_auto (GStrv) waiting = zf_relay_names (store, FALSE);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  if (g_strv_length (waiting) >= MAX_WAITING)
    answer (message, 507, NULL, NULL);
  else if (!zf_relay_keep (store, parcel, &name, &error))
    answer (message, error->domain == ZF_ERROR && error->code == ZF_ERROR_FULL ? 507 : 400, NULL, NULL);
  else
    {
      body = g_bytes_new_static ("{\"kept\":true}", 13);
      answer (message, 202, ZF_WIRE_TYPE_JSON, body);
    }
}

static void
give_reply (ZfStore *store, SoupServerMessage *message, const char *name)
{
  g_autoptr (GBytes) reply = zf_relay_reply (store, name, NULL);

  answer (message, reply != NULL ? 200 : 404, ZF_RELAY_TYPE, reply);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  const char *method = soup_server_message_get_method (message);

  if (g_str_equal (path, "/v1/mail") && g_str_equal (method, "POST"))
    take_parcel (data, message);
  else if (g_str_has_prefix (path, "/v1/mail/") && g_str_equal (method, "GET"))
    give_reply (data, message, path + strlen ("/v1/mail/"));
  else
    answer (message, 404, NULL, NULL);
}

/* Too large a body is not read. */
static void
on_headers (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);

  if (encoding == SOUP_ENCODING_NONE ||
      (encoding == SOUP_ENCODING_CONTENT_LENGTH && soup_message_headers_get_content_length (headers) <= ZF_RELAY_MAX))
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  answer (message, 413, NULL, NULL);
}

static gboolean
stop (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
say_where (SoupServer *server)
{
  GSList *uris = soup_server_get_uris (server);
  g_autofree char *url = uris != NULL ? g_uri_to_string (uris->data) : NULL;

  printf ("listening %s\n", url != NULL ? url : "");
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static int
serve (ZfCtl *ctl, guint port)
{
  g_autoptr (SoupServer) server = soup_server_new ("server-header", "zoufang-relay", NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  guint sources[2];

  soup_server_add_early_handler (server, NULL, on_headers, ctl->store, NULL);
  soup_server_add_handler (server, NULL, on_request, ctl->store, NULL);
  if (!soup_server_listen_local (server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    return zf_ctl_fail (error);
  say_where (server);
  sources[0] = g_unix_signal_add (SIGTERM, stop, loop);
  sources[1] = g_unix_signal_add (SIGINT, stop, loop);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  soup_server_disconnect (server);
  return ZF_CTL_OK;
}

static int
run_serve (ZfCtl *ctl)
{
  const char *port = zf_ctl_value (ctl, "--port");
  guint64 number = 0;

  if (ctl->argc != 0 || (port != NULL && !g_ascii_string_to_unsigned (port, 10, 0, 65535, &number, NULL)))
    return zf_ctl_usage ("--store DIR relay serve [--port N]");
  return zf_ctl_open (ctl) ? serve (ctl, (guint) number) : ZF_CTL_FAILED;
}

const ZfCtlCommand zf_ctl_relay_commands[] = {
  { "relay keep", run_keep, "PARCEL" },
  { "relay replies", run_replies, "FOLDER" },
  { "relay serve", run_serve, "[--port N]" },
  { NULL, NULL, NULL },
};
