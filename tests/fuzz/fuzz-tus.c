/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads whose sender lies: five bytes a request say what is true of it (length, name, offset, checksum, bytes) and what is not. Whatever comes, the
 * county's offset is the sum of what it took, a chunk counts only where all that was said of it is true, and a file stands only under its own hash. */
#include <string.h>

#include "fuzz-world.h"
#include "fuzz.h"
#include "zf-wire.h"

#define STEP 5
#define MOST 60
#define LONGEST_RAW 24

typedef struct
{
  FuzzWorld world;
  const uint8_t *data;
  size_t size;
  size_t at;
  GBytes *file;
  char *sha256;
  char *up;            /* (nullable) address of the upload */
  gint64 offset;       /* what the county took; -1: not known until it says so */
} Uploads;

static ZfSyncRequest *
make_request (Uploads *uploads, const char *method, const char *path, GBytes *body)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = method;
  request->path = g_strdup (path);
  request->type = g_str_equal (method, "PATCH") ? "application/offset+octet-stream" : ZF_WIRE_TYPE_JSON;
  request->token = fuzz_fill_text (&uploads->world, "@TOKEN@", NULL);
  request->body = body;
  zf_sync_headers_add (&request->headers, "Tus-Resumable", "1.0.0");
  return request;
}

static void
put (ZfSyncRequest *request, const char *name, char *value)
{
  zf_sync_headers_add (&request->headers, name, value);
  g_free (value);
}

/* What a header may carry at all: no line ends, no zero. */
static char *
raw (Uploads *uploads)
{
  GString *text = g_string_new (NULL);

  for (size_t i = uploads->at; i < uploads->size && text->len < LONGEST_RAW; i++)
    if (uploads->data[i] >= ' ' && uploads->data[i] != 0x7f)
      g_string_append_c (text, (char) uploads->data[i]);
  return g_string_free (text, FALSE);
}

static ZfSyncResponse *
ask (Uploads *uploads, const ZfSyncRequest *request)
{
  ZfSyncResponse *response = zf_server_core_handle (uploads->world.core, request);

  g_assert_nonnull (response);
  g_assert_cmpuint (response->status, >=, 200);
  g_assert_cmpuint (response->status, !=, 500);
  return response;
}

static gint64
told_offset (const ZfSyncResponse *response)
{
  const char *text = zf_sync_header (response->headers, "Upload-Offset");

  g_assert_nonnull (text);
  return g_ascii_strtoll (text, NULL, 10);
}

/* Requests */

static char *
length_of (Uploads *uploads, const uint8_t *step)
{
  gsize size = g_bytes_get_size (uploads->file);

  switch (step[1] % 8)
    {
    case 0:
      return raw (uploads);
    case 1:
      return g_strdup_printf ("%" G_GSIZE_FORMAT, size + step[3]);
    case 2:
      return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) step[3] * 100000000);
    default:
      return g_strdup_printf ("%" G_GSIZE_FORMAT, size);
    }
}

static char *
metadata_of (Uploads *uploads, const uint8_t *step)
{
  g_autofree char *text = g_base64_encode ((const guchar *) uploads->sha256, strlen (uploads->sha256));
  g_autofree char *own = raw (uploads);

  switch (step[2] % 8)
    {
    case 0:
      return g_steal_pointer (&own);
    case 1:
      return g_strdup_printf ("%s,sha256 %s", own, text);
    case 2:
      text[step[3] % strlen (text)] = (char) ('A' + step[4] % 26);
      return g_strdup_printf ("sha256 %s", text);
    default:
      return g_strdup_printf ("photo eA==, sha256 %s", text);
    }
}

static void
create (Uploads *uploads, const uint8_t *step)
{
  g_autoptr (ZfSyncRequest) request = make_request (uploads, "POST", "/v1/blobs", NULL);
  g_autoptr (ZfSyncResponse) response = NULL;

  put (request, "Upload-Length", length_of (uploads, step));
  put (request, "Upload-Metadata", metadata_of (uploads, step));
  response = ask (uploads, request);
  if (response->status != 201)
    return;
  g_free (uploads->up);
  uploads->up = g_strdup (zf_sync_header (response->headers, "Location"));
  uploads->offset = told_offset (response);
}

/* *honest: what it says of the bytes is true. */
static char *
checksum_of (Uploads *uploads, const uint8_t *step, GBytes *bytes, gboolean *honest)
{
  gboolean sha1 = step[2] % 2 == 1;
  g_autoptr (GChecksum) sum = g_checksum_new (sha1 ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize len = sizeof digest;
  g_autofree char *text = NULL;

  g_checksum_update (sum, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_checksum_get_digest (sum, digest, &len);
  *honest = step[2] % 8 >= 3;
  if (step[2] % 8 == 0)
    return raw (uploads);
  if (step[2] % 8 == 1)
    digest[step[3] % len] ^= 1;
  if (step[2] % 8 == 2)
    len -= 1 + step[3] % 8;
  text = g_base64_encode (digest, len);
  return g_strdup_printf ("%s %s", sha1 ? "sha1" : "sha256", text);
}

static GBytes *
chunk_of (Uploads *uploads, const uint8_t *step)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (uploads->file, &size);
  gsize from = MIN ((gsize) MAX (uploads->offset, 0), size);
  gsize n = step[4] % 3 == 0 ? size - from : MIN (size - from, (gsize) step[3] * 4);
  g_autofree guint8 *copy = g_malloc0 (n + step[4] + 1u);

  memcpy (copy, bytes + from, n);
  if (step[4] % 8 == 1 && n > 0)
    copy[step[3] % n] ^= 1;
  if (step[4] % 8 == 2)
    n += step[4];
  return g_bytes_new (copy, n);
}

static void
patch (Uploads *uploads, const uint8_t *step)
{
  GBytes *bytes = chunk_of (uploads, step);
  g_autoptr (ZfSyncRequest) request = make_request (uploads, "PATCH", uploads->up != NULL ? uploads->up : "/v1/blobs/up/x", bytes);
  gint64 size = (gint64) g_bytes_get_size (bytes);
  gint64 claimed = step[1] % 8 == 0 ? step[3] * 5 : MAX (uploads->offset, 0);
  gboolean honest = TRUE;
  g_autoptr (ZfSyncResponse) response = NULL;

  put (request, "Upload-Offset", step[1] % 8 == 1 ? raw (uploads) : g_strdup_printf ("%" G_GINT64_FORMAT, claimed));
  if (step[2] % 3 != 0)
    put (request, "Upload-Checksum", checksum_of (uploads, step, bytes, &honest));
  response = ask (uploads, request);
  if (response->status == 204)
    {
      g_assert_true (honest || step[2] % 8 == 0);
      if (uploads->offset >= 0 && step[1] % 8 != 1)
        {
          g_assert_cmpint (claimed, ==, uploads->offset);
          g_assert_cmpint (told_offset (response), ==, uploads->offset + size);
        }
    }
  /* A whole file that is not what its name says is given up. */
  uploads->offset = response->status == 204 ? told_offset (response) : -1;
}

static void
look (Uploads *uploads)
{
  g_autoptr (ZfSyncRequest) request = make_request (uploads, "HEAD", uploads->up != NULL ? uploads->up : "/v1/blobs/up/x", NULL);
  g_autoptr (ZfSyncResponse) response = ask (uploads, request);

  if (response->status != 200)
    return;
  if (uploads->offset >= 0)
    g_assert_cmpint (told_offset (response), ==, uploads->offset);
  uploads->offset = told_offset (response);
}

static void
drop (Uploads *uploads)
{
  g_autoptr (ZfSyncRequest) request = make_request (uploads, "DELETE", uploads->up != NULL ? uploads->up : "/v1/blobs/up/x", NULL);
  g_autoptr (ZfSyncResponse) response = ask (uploads, request);

  if (response->status == 204)
    uploads->offset = -1;
}

static void
one (Uploads *uploads, const uint8_t *step)
{
  switch (step[0] % 8)
    {
    case 0:
      create (uploads, step);
      break;
    case 1:
      drop (uploads);
      break;
    case 2:
      look (uploads);
      break;
    default:
      /* A sender that lost count asks first. */
      if (uploads->offset < 0)
        look (uploads);
      patch (uploads, step);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Uploads uploads = { .data = data, .size = size, .offset = -1 };
  guint8 *bytes;
  gsize len;

  if (size < 1 + STEP)
    return 0;
  len = 1 + data[0] * 11u;
  bytes = g_malloc (len);
  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) (i * 7 + data[0]);
  uploads.file = g_bytes_new_take (bytes, len);
  uploads.sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, uploads.file);
  fuzz_world_open (&uploads.world, FUZZ_COUNTY | FUZZ_TABLET);
  for (uploads.at = 1; uploads.at + STEP <= size && uploads.at < 1 + STEP * MOST; uploads.at += STEP)
    one (&uploads, data + uploads.at);
  fuzz_world_close (&uploads.world);
  g_bytes_unref (uploads.file);
  g_free (uploads.sha256);
  g_free (uploads.up);
  return 0;
}
