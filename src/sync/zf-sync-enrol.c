/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-config.h"
#include "zf-json.h"
#include "zf-seal.h"
#include "zf-sync-address.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

/* Names as they stand in the county's answer and in the store; the mark of being enrolled comes last. */
static const struct
{
  const char *member;
  const char *meta;
} kept[] = {
  { "device", "device" },
  { "server_epoch", "server_epoch" },
  { "token", "token" },
  { "seal_key", "county_seal_key" },
  { "server", "server_id" },
};

static ZfSyncRequest *
make_request (const char *code, const char *name, const ZfSealPair *pair)
{
  g_autofree char *seal_key = zf_seal_key_text (pair->public);
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);
  GString *body = g_string_new ("{");

  zf_wire_put_member (body, "code", code);
  zf_wire_put_member (body, "name", name != NULL ? name : "");
  zf_wire_put_member (body, "app", PACKAGE_VERSION);
  zf_wire_put_member (body, "seal_key", seal_key);
  g_string_append_c (body, '}');
  request->method = "POST";
  request->path = g_strdup ("/v1/enrol");
  request->type = ZF_WIRE_TYPE_JSON;
  request->accept = ZF_WIRE_TYPE_JSON;
  request->body = g_string_free_to_bytes (body);
  request->max_answer = 64 * 1024;
  return request;
}

static gboolean
keep_key (ZfStore *store, const char *meta, const guint8 *key, GError **error)
{
  g_autofree char *text = zf_seal_key_text (key);

  return zf_store_set_meta (store, meta, text, error);
}

/* The tablet's own pair, and the one that all tablets of these villages hold. */
static gboolean
keep_keys (ZfStore *store, JsonObject *answer, const ZfSealPair *pair, GError **error)
{
  JsonObject *team = zf_json_get_object (answer, "team_key");
  guint8 public[ZF_SEAL_KEY_BYTES], secret[ZF_SEAL_KEY_BYTES];

  if (team == NULL || !zf_seal_key_read (zf_json_get_string (team, "public", NULL), public) ||
      !zf_seal_key_read (zf_json_get_string (team, "secret", NULL), secret))
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's answer to the code is not complete");
      return FALSE;
    }
  return keep_key (store, "seal_public", pair->public, error) && keep_key (store, "seal_secret", pair->secret, error) &&
         keep_key (store, "team_seal_public", public, error) && keep_key (store, "team_seal_secret", secret, error);
}

static gboolean
keep (ZfStore *store, JsonObject *answer, const char *url, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (zf_json_get_string (answer, kept[i].member, NULL) == NULL)
      {
        g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's answer to the code is not complete");
        return FALSE;
      }
  if (url != NULL && !zf_store_set_meta (store, "server_url", url, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (!zf_store_set_meta (store, kept[i].meta, zf_json_get_string (answer, kept[i].member, NULL), error))
      return FALSE;
  return TRUE;
}

gboolean
zf_sync_enrol_over (ZfStore *store, ZfSyncTransport *transport, const char *url, const char *code, const char *name, GError **error)
{
  g_autofree char *already = zf_store_get_meta (store, "server_id");
  g_autoptr (ZfSyncRequest) request = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (JsonObject) answer = NULL;
  ZfSealPair pair;

  if (already != NULL)
    {
      /* Its records and their revisions belong to that county; another one could not tell them apart from its own. */
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_REFUSED, "This store is already enrolled; nothing was changed");
      return FALSE;
    }
  zf_seal_pair_new (&pair, zf_store_random (store));
  request = make_request (code, name, &pair);
  response = zf_sync_transport_send (transport, request, NULL, error);
  if (response == NULL || !zf_sync_judge (request, response, NULL, error))
    return FALSE;
  answer = zf_json_parse_object (g_bytes_get_data (response->body, NULL), (gssize) g_bytes_get_size (response->body), error);
  return answer != NULL && keep_keys (store, answer, &pair, error) && keep (store, answer, url, error);
}

gboolean
zf_sync_enrol (ZfStore *store, const char *url_or_qr, const char *name, GError **error)
{
  g_autofree char *url = NULL;
  g_autofree char *code = NULL;
  g_autoptr (ZfSyncTransport) transport = NULL;

  if (!zf_sync_address_read (url_or_qr, &url, &code, error))
    return FALSE;
  transport = zf_sync_http_new (url, error);
  return transport != NULL && zf_sync_enrol_over (store, transport, url, code, name, error);
}
