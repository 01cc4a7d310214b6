/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-address.h"

#include <string.h>

#include "zf-json.h"
#include "zf-sync.h"

gboolean
zf_sync_address_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_strcmp0 (host, "localhost") == 0;
}

static gboolean
fail (const char *sentence, GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS, sentence);
  return FALSE;
}

GUri *
zf_sync_address_parse (const char *url, GError **error)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 || g_uri_get_host (uri) == NULL || g_uri_get_userinfo (uri) != NULL)
    {
      fail ("This is not the address of a county server", error);
      return NULL;
    }
  if (!zf_sync_address_is_loopback (g_uri_get_host (uri)))
    {
      fail ("This version only talks to a server on this machine; nothing was sent", error);
      return NULL;
    }
  return g_uri_build (G_URI_FLAGS_NONE, "http", NULL, g_uri_get_host (uri), g_uri_get_port (uri), "/", NULL, NULL);
}

static gboolean
read_qr (const char *text, char **url, char **code, GError **error)
{
  g_autoptr (JsonObject) qr = zf_json_parse_object (text, -1, NULL);

  if (qr == NULL || zf_json_get_string (qr, "url", NULL) == NULL || zf_json_get_string (qr, "code", NULL) == NULL)
    return fail ("This QR code does not enrol a tablet", error);
  *url = g_strdup (zf_json_get_string (qr, "url", NULL));
  *code = g_strdup (zf_json_get_string (qr, "code", NULL));
  return TRUE;
}

gboolean
zf_sync_address_read (const char *text, char **url, char **code, GError **error)
{
  const char *hash;

  while (g_ascii_isspace (*text))
    text++;
  if (*text == '{')
    return read_qr (text, url, code, error);
  hash = strchr (text, '#');
  if (hash == NULL || hash[1] == '\0')
    return fail ("The address has no code behind “#”; take the whole line that the county gave", error);
  *url = g_strndup (text, (gsize) (hash - text));
  *code = g_strstrip (g_strdup (hash + 1));
  return TRUE;
}
