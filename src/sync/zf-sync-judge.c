/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-json.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

/* First match counts; status 0 and code NULL match everything. */
static const struct
{
  guint from, to;
  const char *code;
  ZfSyncError error;
  const char *sentence;
} meanings[] = {
  { 403, 403, "code", ZF_SYNC_ERROR_CODE, "The code is not valid: it was used, is too old, or was mistyped" },
  { 401, 401, NULL, ZF_SYNC_ERROR_REFUSED, "The county does not know this tablet" },
  { 403, 403, NULL, ZF_SYNC_ERROR_REFUSED, "The county has blocked this tablet" },
  { 409, 409, "server_epoch", ZF_SYNC_ERROR_RESTORED, "The county's data was restored from a backup" },
  { 409, 409, "batch_in_progress", ZF_SYNC_ERROR_COUNTY_BUSY, "The county is still busy with the last request" },
  { 409, 409, "device_fork", ZF_SYNC_ERROR_REFUSED, "Another tablet already sent under the same name; the county did not mix the two" },
  { 426, 426, NULL, ZF_SYNC_ERROR_UPGRADE, "The county needs a newer version of the app" },
  { 408, 408, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county gave up waiting" },
  { 425, 425, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county cannot take it yet" },
  { 429, 429, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "Too many tablets at once" },
  { 500, 599, NULL, ZF_SYNC_ERROR_COUNTY_BUSY, "The county's server has trouble of its own" },
  { 404, 404, "not_found", ZF_SYNC_ERROR_NO_PHOTO, "The county has no such photo for this tablet" },
  { 0, G_MAXUINT, NULL, ZF_SYNC_ERROR_PROTOCOL, "The county could not read what this version sent" },
};

static gboolean
not_county (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_COUNTY, "Something answered that is not the county's server");
  return FALSE;
}

static gboolean
is_good (guint status)
{
  return status >= 200 && status <= 299;
}

static void
set_problem (const ZfSyncResponse *response, GError **error)
{
  g_autoptr (JsonObject) problem =
    zf_json_parse_object (g_bytes_get_data (response->body, NULL), (gssize) g_bytes_get_size (response->body), NULL);
  const char *code = problem != NULL ? zf_json_get_string (problem, "code", "") : "";

  g_debug ("The county answered %u", response->status);
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (response->status >= meanings[i].from && response->status <= meanings[i].to &&
        (meanings[i].code == NULL || g_str_equal (meanings[i].code, code)))
      {
        g_set_error_literal (error, ZF_SYNC_ERROR, (int) meanings[i].error, meanings[i].sentence);
        return;
      }
}

gboolean
zf_sync_judge (const ZfSyncRequest *request, const ZfSyncResponse *response, const char *server_id, GError **error)
{
  const char *type = is_good (response->status) ? request->accept : ZF_WIRE_TYPE_PROBLEM;

  if (response->server == NULL || (server_id != NULL && !g_str_equal (response->server, server_id)))
    return not_county (error);
  if (!zf_wire_type_is (response->type, type))
    return not_county (error);
  if (is_good (response->status))
    return TRUE;
  set_problem (response, error);
  return FALSE;
}
