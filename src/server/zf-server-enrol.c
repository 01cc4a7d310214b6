/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-server-core-private.h"
#include "zf-server-seal.h"

#define CODE_BYTES 16
#define TOKEN_BYTES 32
#define CODE_VALID_MS (24 * G_GINT64_CONSTANT (3600000))
#define MAX_NAME 200

static char *
random_hex (ZfRandom *random, gsize n)
{
  guint8 bytes[TOKEN_BYTES];
  GString *hex = g_string_sized_new (2 * n);

  g_assert (n <= sizeof bytes);
  zf_random_bytes (random, bytes, n);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

/* Makes the device and its token; only the token's hash is stored. */
static char *
make_device (ZfServerCore *core, const char *id, const char *name, const char *app, const char *seal_key, char **villages, GError **error)
{
  g_autofree char *token = random_hex (core->random, TOKEN_BYTES);
  g_autofree char *hash = zf_wire_sha256 (token, -1);
  gint64 now = zf_clock_now_ms (core->clock);
  char *none[] = { NULL };
  ZfDevice device = {
    .id = (char *) id,
    .name = (char *) name,
    .token = hash,
    .app = (char *) app,
    .seal_key = (char *) seal_key,
    .scope_epoch = 1,
    .everywhere = villages == NULL,
    .villages = villages != NULL ? villages : none,
  };

  if (!core->store->verbs->save_device (core->store, &device, now, error) ||
      !core->store->verbs->audit (core->store, now, id, "enrol", name, error))
    return NULL;
  return g_steal_pointer (&token);
}

char *
zf_server_core_make_code (ZfServerCore *core, const char *name, const char *const *villages, GError **error)
{
  g_autofree char *code = random_hex (core->random, CODE_BYTES);
  g_autofree char *hash = zf_wire_sha256 (code, -1);
  gint64 now = zf_clock_now_ms (core->clock);
  ZfEnrolCode row = {
    .code = hash,
    .name = (char *) (name != NULL ? name : ""),
    .villages = (char **) villages,
    .expires_ms = now + CODE_VALID_MS,
  };

  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return NULL;
  if (!zf_server_end (core,
                      core->store->verbs->put_code (core->store, &row, error) &&
                        core->store->verbs->audit (core->store, now, NULL, "code", name, error),
                      error))
    return NULL;
  return g_steal_pointer (&code);
}

char *
zf_server_core_make_device (ZfServerCore *core, const char *id, const char *name, const char *const *villages, char **device, GError **error)
{
  g_autofree char *fresh = id != NULL ? g_strdup (id) : zf_id_new (core->clock, core->random);
  char *token;

  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return NULL;
  token = make_device (core, fresh, name, NULL, NULL, (char **) villages, error);
  if (!zf_server_end (core, token != NULL, error))
    g_clear_pointer (&token, g_free);
  if (token != NULL && device != NULL)
    *device = g_steal_pointer (&fresh);
  return token;
}

static char *
use_code (ZfServerCore *core, JsonObject *body, const char *device, GError **error)
{
  const char *code = zf_json_get_string (body, "code", NULL);
  const char *name = zf_json_get_string (body, "name", "");
  g_autofree char *hash = code != NULL ? zf_wire_sha256 (code, -1) : NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfEnrolCode) taken = NULL;

  if (hash == NULL || strlen (name) > MAX_NAME)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  taken = core->store->verbs->take_code (core->store, hash, device, zf_clock_now_ms (core->clock), &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (taken == NULL)
    zf_problem_set (error, ZF_PROBLEM_CODE);
  else
    return make_device (core, device, *name != '\0' ? name : taken->name, zf_json_get_string (body, "app", NULL),
                        zf_json_get_string (body, "seal_key", NULL), taken->villages, error);
  return NULL;
}

/* What sealed files of and for this tablet need (zf-server-parcel.h). */
static gboolean
put_keys (ZfServerCore *core, const char *token, GString *out, GError **error)
{
  g_autofree char *hash = zf_wire_sha256 (token, -1);
  g_autoptr (ZfDevice) device = core->store->verbs->device_by_token (core->store, hash, error);
  g_autofree char *key = NULL;
  g_autofree char *public = NULL;
  g_autofree char *secret = NULL;
  ZfSealPair county, team;

  if (device == NULL || !zf_server_seal_pair (core, &county, error) || !zf_server_team_pair (core, device, &team, error))
    return FALSE;
  key = zf_seal_key_text (county.public);
  public = zf_seal_key_text (team.public);
  secret = zf_seal_key_text (team.secret);
  zf_wire_put_member (out, "seal_key", key);
  g_string_append (out, ",\"team_key\":{");
  zf_wire_put_member (out, "public", public);
  zf_wire_put_member (out, "secret", secret);
  g_string_append_c (out, '}');
  return TRUE;
}

static GBytes *
enrol_answer (ZfServerCore *core, const char *device, const char *token, GError **error)
{
  g_autoptr (GString) out = g_string_new ("{");

  zf_wire_put_member (out, "device", device);
  zf_wire_put_member (out, "token", token);
  zf_wire_put_member (out, "server", core->server_id);
  zf_wire_put_member (out, "server_epoch", core->server_epoch);
  zf_wire_put_member (out, "user_login", "/v1/login");
  if (!put_keys (core, token, out, error))
    return NULL;
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

ZfSyncResponse *
zf_server_enrol (ZfServerCore *core, const ZfDevice *nobody, const ZfSyncRequest *request, GError **error)
{
  gsize len = 0;
  const char *text = request->body != NULL ? g_bytes_get_data (request->body, &len) : NULL;
  g_autoptr (JsonObject) body = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;
  g_autofree char *device = zf_id_new (core->clock, core->random);
  g_autofree char *token = NULL;
  GBytes *answer;

  if (body == NULL)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return NULL;
    }
  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return NULL;
  token = use_code (core, body, device, error);
  if (!zf_server_end (core, token != NULL, error))
    return NULL;
  answer = enrol_answer (core, device, token, error);
  return answer != NULL ? zf_server_answer (core, 201, ZF_WIRE_TYPE_JSON, answer) : NULL;
}
