/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* tus 1.0.0: core, creation, checksum, expiration, termination. What a request says is believed only after it was checked: lengths, offsets, names
 * and hashes may all be lies. */

#include <string.h>

#include "zf-server-blob.h"

#define VERSION "1.0.0"
#define EXTENSIONS "creation,checksum,expiration,termination"
#define BELOW "/v1/blobs/up/"
#define MAX_METADATA 4096

typedef struct
{
  ZfServerUpload upload;
  const ZfSyncRequest *request;
  char **headers;            /* of the answer */
  guint status;
  const char *type;
  GBytes *body;
} Tus;

static void
tus_clear (Tus *tus)
{
  zf_server_upload_clear (&tus->upload);
  g_clear_pointer (&tus->headers, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tus, tus_clear)

static gboolean
refuse (ZfProblem problem, GError **error)
{
  zf_problem_set (error, problem);
  return FALSE;
}

static const char *
header (const Tus *tus, const char *name)
{
  return zf_sync_header (tus->request->headers, name);
}

static void
say (Tus *tus, const char *name, const char *value)
{
  zf_sync_headers_add (&tus->headers, name, value);
}

static void
say_number (Tus *tus, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  say (tus, name, text);
}

/* Digits only, and few enough to be a number of ours. */
static gboolean
read_number (const Tus *tus, const char *name, gint64 *value, GError **error)
{
  const char *text = header (tus, name);
  gsize len = text != NULL ? strlen (text) : 0;

  if (len == 0 || len > 15 || strspn (text, "0123456789") != len)
    return refuse (ZF_PROBLEM_MALFORMED, error);
  *value = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

/* (nullable): strict: GLib skips what is not base64, we do not. */
static guchar *
read_base64 (const char *text, gsize *len)
{
  gsize n = strlen (text);
  gsize body = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  if (n == 0 || n % 4 != 0 || n - body > 2 || strspn (text + body, "=") != n - body)
    return NULL;
  return g_base64_decode (text, len);
}

/* A date as HTTP has it, whatever the locale. */
static char *
http_date (gint64 ms)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ms / 1000);

  if (time == NULL)
    return g_strdup ("Thu, 01 Jan 1970 00:00:00 GMT");
  return g_strdup_printf ("%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week (time) - 1],
                          g_date_time_get_day_of_month (time), months[g_date_time_get_month (time) - 1], g_date_time_get_year (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time), g_date_time_get_second (time));
}

static void
say_upload (Tus *tus)
{
  g_autofree char *expires = http_date (tus->upload.row->expires_ms);

  say_number (tus, "Upload-Offset", tus->upload.offset);
  say (tus, "Upload-Expires", expires);
}

/* "sha256 <base64 of 64 hex digits>" among pairs separated by commas; the others are somebody else's business. */
static char *
announced_hash (const Tus *tus)
{
  const char *metadata = header (tus, "Upload-Metadata");
  g_auto (GStrv) pairs = metadata != NULL && strlen (metadata) <= MAX_METADATA ? g_strsplit (metadata, ",", -1) : NULL;

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      const char *pair = g_strstrip (pairs[i]);
      g_autofree guchar *value = NULL;
      g_autofree char *hash = NULL;
      gsize len = 0;

      if (!g_str_has_prefix (pair, "sha256 "))
        continue;
      value = read_base64 (pair + strlen ("sha256 "), &len);
      hash = value != NULL ? g_strndup ((const char *) value, len) : NULL;
      return hash != NULL && zf_wire_is_sha256 (hash) ? g_steal_pointer (&hash) : NULL;
    }
  return NULL;
}

static gboolean
read_announcement (Tus *tus, char **sha256, gint64 *size, GError **error)
{
  if (header (tus, "Upload-Defer-Length") != NULL || !read_number (tus, "Upload-Length", size, NULL) || *size == 0)
    return refuse (ZF_PROBLEM_MALFORMED, error);
  if (*size > ZF_WIRE_MAX_BLOB)
    {
      say_number (tus, "Tus-Max-Size", ZF_WIRE_MAX_BLOB);
      return refuse (ZF_PROBLEM_TOO_LARGE, error);
    }
  *sha256 = announced_hash (tus);
  return *sha256 != NULL || refuse (ZF_PROBLEM_MALFORMED, error);
}

static void
say_stored (Tus *tus, gboolean durable)
{
  tus->status = 200;
  tus->type = ZF_WIRE_TYPE_JSON;
  tus->body = durable ? g_bytes_new_static ("{\"stored\":true,\"durable\":true}", 30)
                      : g_bytes_new_static ("{\"stored\":true,\"durable\":false}", 31);
}

static gboolean
create (Tus *tus, GError **error)
{
  ZfServerUpload *upload = &tus->upload;
  g_autofree char *sha256 = NULL;
  g_autofree char *location = NULL;
  gboolean here = FALSE;
  gboolean durable = FALSE;
  gint64 size = 0;

  if (!read_announcement (tus, &sha256, &size, error) || !zf_server_upload_sweep (upload->core, error) ||
      !zf_server_blob_state (upload->core, upload->device, sha256, &here, &durable, error))
    return FALSE;
  if (here)
    {
      say_stored (tus, durable);
      return TRUE;
    }
  if (!zf_server_upload_open (upload, sha256, size, error))
    return FALSE;
  location = g_strconcat (BELOW, upload->row->id, NULL);
  tus->status = 201;
  say (tus, "Location", location);
  say_upload (tus);
  return TRUE;
}

static gboolean
find (Tus *tus, GError **error)
{
  const char *id = tus->request->path + strlen (BELOW);

  return zf_server_upload_find (&tus->upload, id, error);
}

static gboolean
head (Tus *tus, GError **error)
{
  if (!find (tus, error))
    return FALSE;
  tus->status = 200;
  say_upload (tus);
  say_number (tus, "Upload-Length", tus->upload.row->size);
  return TRUE;
}

static gboolean
same_digest (GChecksumType type, GBytes *bytes, const guchar *expected, gsize len)
{
  g_autoptr (GChecksum) sum = g_checksum_new (type);
  guint8 actual[32];
  gsize n = sizeof actual;

  g_checksum_update (sum, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_checksum_get_digest (sum, actual, &n);
  return n == len && memcmp (actual, expected, n) == 0;
}

/* "<algorithm> <base64>" of this chunk. */
static gboolean
check_chunk (const Tus *tus, GBytes *bytes, GError **error)
{
  const char *text = header (tus, "Upload-Checksum");
  gboolean sha1 = text != NULL && g_str_has_prefix (text, "sha1 ");
  g_autofree guchar *expected = NULL;
  gsize len = 0;

  if (text == NULL)
    return TRUE;
  if (!sha1 && !g_str_has_prefix (text, "sha256 "))
    return refuse (ZF_PROBLEM_MALFORMED, error);
  expected = read_base64 (strchr (text, ' ') + 1, &len);
  if (expected == NULL)
    return refuse (ZF_PROBLEM_MALFORMED, error);
  return same_digest (sha1 ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256, bytes, expected, len) || refuse (ZF_PROBLEM_CHECKSUM, error);
}

static gboolean
check_place (Tus *tus, gint64 offset, gsize len, GError **error)
{
  if (offset != tus->upload.offset)
    {
      say_upload (tus);
      return refuse (ZF_PROBLEM_OFFSET, error);
    }
  if (tus->upload.offset + (gint64) len > tus->upload.row->size)
    return refuse (ZF_PROBLEM_TOO_LARGE, error);
  return TRUE;
}

static gboolean
patch (Tus *tus, GError **error)
{
  g_autoptr (GBytes) bytes = tus->request->body != NULL ? g_bytes_ref (tus->request->body) : g_bytes_new_static ("", 0);
  gint64 offset = 0;

  if (!read_number (tus, "Upload-Offset", &offset, error) || !find (tus, error) ||
      !check_place (tus, offset, g_bytes_get_size (bytes), error) || !check_chunk (tus, bytes, error) ||
      !zf_server_upload_add (&tus->upload, bytes, error))
    return FALSE;
  tus->status = 204;
  say_upload (tus);
  return TRUE;
}

static gboolean
drop (Tus *tus, GError **error)
{
  if (!find (tus, error) || !zf_server_upload_drop (&tus->upload, error))
    return FALSE;
  tus->status = 204;
  return TRUE;
}

static gboolean
options (Tus *tus, GError **error)
{
  tus->status = 204;
  say (tus, "Tus-Version", VERSION);
  say (tus, "Tus-Extension", EXTENSIONS);
  say (tus, "Tus-Checksum-Algorithm", "sha1,sha256");
  say_number (tus, "Tus-Max-Size", ZF_WIRE_MAX_BLOB);
  return TRUE;
}

static gboolean
check_version (Tus *tus, GError **error)
{
  if (g_strcmp0 (header (tus, "Tus-Resumable"), VERSION) == 0)
    return TRUE;
  say (tus, "Tus-Version", VERSION);
  return refuse (ZF_PROBLEM_TUS_VERSION, error);
}

/* A refusal carries the marks of the protocol too: it is how the tablet knows that it is the county's. */
static ZfSyncResponse *
answer (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, gboolean versioned,
        gboolean (*act) (Tus *tus, GError **error))
{
  g_auto (Tus) tus = { .upload = { .core = core, .device = device }, .request = request };
  g_autoptr (GError) local = NULL;
  ZfSyncResponse *response;

  say (&tus, "Tus-Resumable", VERSION);
  if ((versioned && !check_version (&tus, &local)) || !act (&tus, &local))
    response = zf_server_refuse (core, local);
  else
    response = zf_server_answer (core, tus.status, tus.type, tus.body);
  for (guint i = 0; tus.headers[i] != NULL; i += 2)
    zf_sync_headers_add (&response->headers, tus.headers[i], tus.headers[i + 1]);
  return response;
}

ZfSyncResponse *
zf_server_tus_options (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  return answer (core, device, request, FALSE, options);
}

ZfSyncResponse *
zf_server_tus_create (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  return answer (core, device, request, TRUE, create);
}

ZfSyncResponse *
zf_server_tus_head (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  return answer (core, device, request, TRUE, head);
}

ZfSyncResponse *
zf_server_tus_patch (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  return answer (core, device, request, TRUE, patch);
}

ZfSyncResponse *
zf_server_tus_delete (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  return answer (core, device, request, TRUE, drop);
}
