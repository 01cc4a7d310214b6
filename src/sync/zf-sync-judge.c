/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-json.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

#define MAX_RETRY_AFTER_S (24 * 3600)

/* README.md, "Refusals". First match counts; code NULL matches every code. What the engine can put right by itself (409, 410, 413, 415, 422
 * digest_mismatch) means this only when that did not help. */
static const struct
{
  guint from, to;
  const char *code;
  ZfSyncError error;
  const char *sentence;
} meanings[] = {
  { 400, 400, NULL, ZF_SYNC_ERROR_PROTOCOL, "The county could not read what this version sent" },
  { 401, 401, NULL, ZF_SYNC_ERROR_REFUSED, "The county does not know this tablet" },
  { 403, 403, "code", ZF_SYNC_ERROR_CODE, "The code is not valid: it was used, is too old, or was mistyped" },
  { 403, 403, "forbidden", ZF_SYNC_ERROR_REFUSED, "The county does not let this tablet do that" },
  { 403, 403, NULL, ZF_SYNC_ERROR_BLOCKED, "The county has blocked this tablet" },
  { 404, 404, "not_found", ZF_SYNC_ERROR_NO_PHOTO, "The county has no such thing for this tablet" },
  { 404, 404, "no_upload", ZF_SYNC_ERROR_CUT, "The county no longer knows the upload that was begun" },
  { 408, 408, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county gave up waiting" },
  { 409, 409, "lsn_gap", ZF_SYNC_ERROR_FORKED, "The county and this tablet count the changes differently" },
  { 409, 409, "device_fork", ZF_SYNC_ERROR_FORKED, "Another tablet sends under the same name; the county did not mix the two" },
  { 409, 409, "server_epoch", ZF_SYNC_ERROR_RESTORED, "The county's data was restored from a backup" },
  { 409, 409, "batch_in_progress", ZF_SYNC_ERROR_COUNTY_BUSY, "The county is still busy with the last request" },
  { 409, 409, "offset", ZF_SYNC_ERROR_CUT, "The county has another part of the photo than was thought" },
  { 410, 410, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county does not keep that any longer" },
  { 413, 413, NULL, ZF_SYNC_ERROR_PROTOCOL, "The county does not take a request of this size" },
  { 422, 422, "idempotency_mismatch", ZF_SYNC_ERROR_MISMATCH, "The county holds other changes under the name of these" },
  { 422, 422, NULL, ZF_SYNC_ERROR_CUT, "What the county received was damaged on its way" },
  { 425, 425, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county cannot take it yet" },
  { 426, 426, NULL, ZF_SYNC_ERROR_UPGRADE, "The county needs a newer version of the app" },
  { 429, 429, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "Too many tablets at once" },
  { 460, 460, NULL, ZF_SYNC_ERROR_CUT, "A part of a photo was damaged on its way" },
  { 507, 507, NULL, ZF_SYNC_ERROR_COUNTY_FULL, "The county's disk is full" },
  { 500, 599, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county's server has trouble of its own" },
  { 0, G_MAXUINT, NULL, ZF_SYNC_ERROR_PROTOCOL, "The county could not read what this version sent" },
};

static gboolean
is_good (guint status)
{
  return status >= 200 && status <= 299;
}

/* What a good answer must be, beyond its name; an empty one has no type. */
static gboolean
has_type (const ZfSyncRequest *request, const ZfSyncResponse *response)
{
  if (!is_good (response->status))
    return g_strcmp0 (request->method, "HEAD") == 0 || zf_wire_type_is (response->type, ZF_WIRE_TYPE_PROBLEM);
  return request->accept == NULL || response->status == 204 || zf_wire_type_is (response->type, request->accept);
}

gboolean
zf_sync_is_county (const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error)
{
  if (response->server == NULL || !has_type (request, response))
    g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_COUNTY, "Something answered that is not the county's server");
  else if (server_id != NULL && !g_str_equal (response->server, server_id))
    g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OTHER_COUNTY, "The server of another county answered");
  else
    return TRUE;
  return FALSE;
}

static gint64
retry_after (const ZfSyncResponse *response)
{
  const char *text = zf_sync_header (response->headers, "Retry-After");
  guint64 seconds = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return 0;
  return (gint64) MIN (seconds, MAX_RETRY_AFTER_S) * 1000;
}

void
zf_sync_refusal_read (ZfSyncRefusal *refusal, const ZfSyncResponse *response)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  g_autoptr (JsonObject) problem = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;

  refusal->status = response->status;
  refusal->code = g_strdup (problem != NULL ? zf_json_get_string (problem, "code", "") : "");
  refusal->expect = problem != NULL ? zf_json_get_int (problem, "expect", -1) : -1;
  refusal->server_epoch = problem != NULL ? g_strdup (zf_json_get_string (problem, "server_epoch", NULL)) : NULL;
  refusal->cid = problem != NULL ? g_strdup (zf_json_get_string (problem, "cid", NULL)) : NULL;
  refusal->retry_after_ms = retry_after (response);
}

void
zf_sync_refusal_clear (ZfSyncRefusal *refusal)
{
  g_clear_pointer (&refusal->code, g_free);
  g_clear_pointer (&refusal->server_epoch, g_free);
  g_clear_pointer (&refusal->cid, g_free);
}

gboolean
zf_sync_refusal_is (const ZfSyncRefusal *refusal, guint status, const char *code)
{
  return refusal->status == status && g_strcmp0 (refusal->code, code) == 0;
}

gboolean
zf_sync_accepted (const ZfSyncResponse *response, GError **error)
{
  g_auto (ZfSyncRefusal) refusal = { 0 };

  if (is_good (response->status))
    return TRUE;
  zf_sync_refusal_read (&refusal, response);
  g_debug ("The county answered %u %s", refusal.status, refusal.code);
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (refusal.status >= meanings[i].from && refusal.status <= meanings[i].to &&
        (meanings[i].code == NULL || g_str_equal (meanings[i].code, refusal.code)))
      {
        g_set_error_literal (error, ZF_SYNC_ERROR, (int) meanings[i].error, meanings[i].sentence);
        break;
      }
  return FALSE;
}

gboolean
zf_sync_judge (const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error)
{
  return zf_sync_is_county (request, response, server_id, error) && zf_sync_accepted (response, error);
}
