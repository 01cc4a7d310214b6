/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-upload.h"

#include <string.h>

#include "zf-files.h"
#include "zf-json.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

#define CHUNK_MS 2000
#define MAX_LOCATION 512
/* Detours that one file may make in one run: a county that contradicts itself must not keep us busy for ever. */
#define MAX_DETOURS 8

typedef enum { STEP_CREATE, STEP_ASK, STEP_SEND } Step;

struct _ZfSyncUpload
{
  ZfStore *store;
  char *sha256;
  char *path;
  GBytes *bytes;
  Step step;
  char *url;
  gint64 offset;
  gsize sending;        /* bytes of the chunk that is on its way */
  gint64 sent_at;
  guint detours;
  guint *chunk;
};

static gboolean
read_file (ZfSyncUpload *upload)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *actual = NULL;

  g_clear_pointer (&upload->bytes, g_bytes_unref);
  upload->bytes = upload->path != NULL ? zf_files_read (zf_store_files (upload->store), upload->path, &error) : NULL;
  if (upload->bytes == NULL || g_bytes_get_size (upload->bytes) > ZF_WIRE_MAX_BLOB)
    return FALSE;
  actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, upload->bytes);
  return g_str_equal (actual, upload->sha256);
}

ZfSyncUpload *
zf_sync_upload_new (ZfStore *store, const ZfBlob *blob, guint *chunk)
{
  g_autoptr (ZfSyncUpload) upload = g_new0 (ZfSyncUpload, 1);

  upload->store = g_object_ref (store);
  upload->sha256 = g_strdup (blob->sha256);
  upload->path = g_strdup (blob->path);
  upload->url = g_strdup (blob->url);
  upload->step = blob->url != NULL ? STEP_ASK : STEP_CREATE;
  upload->chunk = chunk;
  return read_file (upload) ? g_steal_pointer (&upload) : NULL;
}

void
zf_sync_upload_free (ZfSyncUpload *upload)
{
  if (upload == NULL)
    return;
  g_clear_object (&upload->store);
  g_clear_pointer (&upload->bytes, g_bytes_unref);
  g_free (upload->sha256);
  g_free (upload->path);
  g_free (upload->url);
  g_free (upload);
}

const char *
zf_sync_upload_sha256 (ZfSyncUpload *upload)
{
  return upload->sha256;
}

static gint64
size_of (ZfSyncUpload *upload)
{
  return (gint64) g_bytes_get_size (upload->bytes);
}

/* Requests */

static ZfSyncRequest *
make_request (const char *method, const char *path)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = method;
  request->path = g_strdup (path);
  request->max_answer = 64 * 1024;
  zf_sync_headers_add (&request->headers, "Tus-Resumable", "1.0.0");
  return request;
}

static void
add_number (ZfSyncRequest *request, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  zf_sync_headers_add (&request->headers, name, text);
}

static ZfSyncRequest *
make_create (ZfSyncUpload *upload)
{
  ZfSyncRequest *request = make_request ("POST", "/v1/blobs");
  g_autofree char *name = g_base64_encode ((const guchar *) upload->sha256, strlen (upload->sha256));
  g_autofree char *metadata = g_strconcat ("sha256 ", name, NULL);

  add_number (request, "Upload-Length", size_of (upload));
  zf_sync_headers_add (&request->headers, "Upload-Metadata", metadata);
  return request;
}

static char *
checksum (GBytes *bytes)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  guint8 digest[32];
  gsize len = sizeof digest;

  g_checksum_update (sum, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_checksum_get_digest (sum, digest, &len);
  text = g_base64_encode (digest, len);
  return g_strconcat ("sha256 ", text, NULL);
}

static ZfSyncRequest *
make_patch (ZfSyncUpload *upload)
{
  ZfSyncRequest *request = make_request ("PATCH", upload->url);
  g_autofree char *sum = NULL;

  upload->sending = (gsize) MIN (size_of (upload) - upload->offset, (gint64) *upload->chunk);
  upload->sent_at = zf_clock_now_ms (zf_store_clock (upload->store));
  request->type = "application/offset+octet-stream";
  request->body = g_bytes_new_from_bytes (upload->bytes, (gsize) upload->offset, upload->sending);
  sum = checksum (request->body);
  add_number (request, "Upload-Offset", upload->offset);
  zf_sync_headers_add (&request->headers, "Upload-Checksum", sum);
  return request;
}

ZfSyncRequest *
zf_sync_upload_next (ZfSyncUpload *upload)
{
  if (upload->step == STEP_CREATE)
    return make_create (upload);
  return upload->step == STEP_ASK ? make_request ("HEAD", upload->url) : make_patch (upload);
}

/* Answers */

static gboolean
read_number (const ZfSyncResponse *response, const char *name, gint64 *value)
{
  const char *text = zf_sync_header (response->headers, name);
  guint64 number = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, ZF_WIRE_MAX_BLOB, &number, NULL))
    return FALSE;
  *value = (gint64) number;
  return TRUE;
}

/* (transfer full) (nullable): the path of an address, absolute or not: whatever host it names, requests go to our county. */
static char *
path_of (const char *location)
{
  const char *scheme = location != NULL ? strstr (location, "://") : NULL;
  const char *path = location;

  if (scheme != NULL)
    path = strchr (scheme + strlen ("://"), '/');
  if (path == NULL || *path != '/' || strlen (path) > MAX_LOCATION)
    return NULL;
  for (const char *at = path; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return NULL;
  return g_strdup (path);
}

static gboolean
keep_place (ZfSyncUpload *upload, GError **error)
{
  return zf_ledger_blob_upload (upload->store, upload->sha256, upload->url, upload->offset, error);
}

static gboolean
begin_anew (ZfSyncUpload *upload, ZfUploadOutcome *outcome, GError **error)
{
  g_clear_pointer (&upload->url, g_free);
  upload->offset = 0;
  upload->step = STEP_CREATE;
  if (!read_file (upload))
    *outcome = ZF_UPLOAD_SKIPPED;
  return keep_place (upload, error);
}

/* What is to be done about one file when the county says no. */
typedef enum { STOP_RUN, SKIP_FILE, SEND_AGAIN, ASK_OFFSET, BEGIN_ANEW } Remedy;
static const struct
{
  guint from, to;
  Remedy remedy;
} remedies[] = {
  { 200, 299, ASK_OFFSET },     /* a yes that contradicts what was sent */
  { 401, 401, STOP_RUN }, { 403, 403, STOP_RUN }, { 404, 404, BEGIN_ANEW }, { 408, 408, STOP_RUN }, { 409, 409, ASK_OFFSET },
  { 410, 410, BEGIN_ANEW }, { 422, 422, BEGIN_ANEW }, { 425, 426, STOP_RUN }, { 429, 429, STOP_RUN }, { 460, 460, SEND_AGAIN },
  { 500, 599, STOP_RUN },
};

static Remedy
remedy_for (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (status >= remedies[i].from && status <= remedies[i].to)
      return remedies[i].remedy;
  return SKIP_FILE;
}

static gboolean
take_detour (ZfSyncUpload *upload, const ZfSyncResponse *response, ZfUploadOutcome *outcome, GError **error)
{
  Remedy remedy = remedy_for (response->status);

  if (remedy == STOP_RUN)
    return zf_sync_accepted (response, error);
  g_debug ("A photo takes a detour after status %u", response->status);
  if (remedy == SKIP_FILE || ++upload->detours > MAX_DETOURS)
    *outcome = ZF_UPLOAD_SKIPPED;
  else if (remedy == BEGIN_ANEW || upload->url == NULL)
    return begin_anew (upload, outcome, error);
  else if (remedy == ASK_OFFSET)
    upload->step = STEP_ASK;
  return TRUE;
}

static gboolean
take_stored (const ZfSyncResponse *response, ZfUploadOutcome *outcome)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  g_autoptr (JsonObject) answer = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;

  if (answer == NULL || !zf_json_get_bool (answer, "stored", FALSE))
    return FALSE;
  *outcome = zf_json_get_bool (answer, "durable", FALSE) ? ZF_UPLOAD_DURABLE : ZF_UPLOAD_STORED;
  return TRUE;
}

static gboolean
take_created (ZfSyncUpload *upload, const ZfSyncResponse *response, ZfUploadOutcome *outcome, GError **error)
{
  g_autofree char *path = path_of (zf_sync_header (response->headers, "Location"));

  if (response->status == 200 && take_stored (response, outcome))
    return TRUE;
  if (response->status != 201 || path == NULL)
    return take_detour (upload, response, outcome, error);
  upload->url = g_steal_pointer (&path);
  upload->offset = 0;
  /* An upload that was there already says how far it is. */
  upload->step = read_number (response, "Upload-Offset", &upload->offset) && upload->offset > 0 ? STEP_ASK : STEP_SEND;
  return keep_place (upload, error);
}

static gboolean
take_offset (ZfSyncUpload *upload, const ZfSyncResponse *response, ZfUploadOutcome *outcome, GError **error)
{
  gint64 offset = -1;
  gint64 length = size_of (upload);

  if (response->status != 200 && response->status != 204)
    return take_detour (upload, response, outcome, error);
  read_number (response, "Upload-Length", &length);
  if (!read_number (response, "Upload-Offset", &offset) || offset > size_of (upload) || length != size_of (upload))
    {
      if (++upload->detours > MAX_DETOURS)
        *outcome = ZF_UPLOAD_SKIPPED;
      return begin_anew (upload, outcome, error);
    }
  upload->offset = offset;
  upload->step = STEP_SEND;
  if (offset == size_of (upload))
    *outcome = ZF_UPLOAD_STORED;
  return keep_place (upload, error);
}

/* The next chunk is what the line carries in about two seconds, at most twice the last. */
static void
measure_line (ZfSyncUpload *upload)
{
  gint64 took = zf_clock_now_ms (zf_store_clock (upload->store)) - upload->sent_at;
  gint64 fits;

  if (took < 0)
    return;
  fits = (gint64) upload->sending * CHUNK_MS / MAX (took, 1);
  fits = MIN (fits, 2 * (gint64) *upload->chunk);
  *upload->chunk = (guint) CLAMP (fits, ZF_UPLOAD_CHUNK_MIN, ZF_UPLOAD_CHUNK_MAX);
}

static gboolean
take_sent (ZfSyncUpload *upload, const ZfSyncResponse *response, ZfUploadOutcome *outcome, GError **error)
{
  gint64 offset = -1;

  if (response->status != 204 && response->status != 200)
    return take_detour (upload, response, outcome, error);
  if (!read_number (response, "Upload-Offset", &offset) || offset <= upload->offset ||
      offset > upload->offset + (gint64) upload->sending)
    return take_detour (upload, response, outcome, error);
  measure_line (upload);
  upload->offset = offset;
  if (offset == size_of (upload))
    *outcome = ZF_UPLOAD_STORED;
  return keep_place (upload, error);
}

gboolean
zf_sync_upload_handle (ZfSyncUpload *upload, const ZfSyncResponse *response, ZfUploadOutcome *outcome, GError **error)
{
  *outcome = ZF_UPLOAD_GOES_ON;
  if (upload->step == STEP_CREATE)
    return take_created (upload, response, outcome, error);
  return upload->step == STEP_ASK ? take_offset (upload, response, outcome, error) : take_sent (upload, response, outcome, error);
}
