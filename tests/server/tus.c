/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads as a hostile or broken client makes them: every lie is refused with its own code, and nothing is stored, told or left behind. */
#include <string.h>

#include "../core/store-fixture.h"
#include "zf-files.h"
#include "zf-json.h"
#include "zf-server-core.h"
#include "zf-wire.h"

#define CHUNK_TYPE "application/offset+octet-stream"
#define DAY_MS (24 * G_GINT64_CONSTANT (3600000))

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfServerCore *core;
  char *token[2];
} County;

static void
open_core (County *county)
{
  g_autoptr (GError) error = NULL;

  county->core = zf_server_core_new (county->dir, county->kinds, county->clock, county->random, &error);
  g_assert_no_error (error);
}

static void
set_up (County *county, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  county->dir = g_dir_make_tmp ("zf-tus-XXXXXX", &error);
  county->kinds = fixture_kinds ();
  county->clock = zf_clock_new_manual (NOW_MS);
  county->random = zf_random_new_seeded (5);
  g_assert_true (zf_server_core_init (county->dir, county->clock, county->random, &error));
  open_core (county);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *id = NULL;

      county->token[i] = zf_server_core_make_device (county->core, NULL, "t", NULL, &id, &error);
      g_assert_no_error (error);
    }
}

static void
tear_down (County *county, gconstpointer data)
{
  zf_server_core_free (county->core);
  g_object_unref (county->kinds);
  g_object_unref (county->clock);
  g_object_unref (county->random);
  fixture_remove (county->dir);
  g_free (county->dir);
  g_free (county->token[0]);
  g_free (county->token[1]);
}

/* @headers: "Name: value" lines. */
static ZfSyncResponse *
ask_as (County *county, guint device, const char *method, const char *path, const char *headers, GBytes *body)
{
  g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);
  g_auto (GStrv) lines = g_strsplit (headers, "\n", -1);

  request->method = method;
  request->path = g_strdup (path);
  request->type = g_str_equal (method, "PATCH") ? CHUNK_TYPE : NULL;
  request->token = g_strdup (county->token[device]);
  request->body = body != NULL ? g_bytes_ref (body) : NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *colon = strstr (lines[i], ": ");

      if (colon == NULL)
        continue;
      *colon = '\0';
      zf_sync_headers_add (&request->headers, lines[i], colon + 2);
    }
  return zf_server_core_handle (county->core, request);
}

static ZfSyncResponse *
ask (County *county, const char *method, const char *path, const char *headers, GBytes *body)
{
  g_autofree char *all = g_strconcat ("Tus-Resumable: 1.0.0\n", headers, NULL);

  return ask_as (county, 0, method, path, all, body);
}

static void
refused (ZfSyncResponse *taken, guint status, const char *code)
{
  g_autoptr (ZfSyncResponse) response = taken;
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  g_autoptr (JsonObject) problem = zf_json_parse_object (text, (gssize) len, NULL);

  g_assert_cmpuint (response->status, ==, status);
  g_assert_nonnull (problem);
  g_assert_cmpstr (zf_json_get_string (problem, "code", ""), ==, code);
  g_assert_cmpstr (zf_sync_header (response->headers, "Tus-Resumable"), ==, "1.0.0");
}

static char *
metadata_of (const char *sha256)
{
  g_autofree char *name = g_base64_encode ((const guchar *) sha256, strlen (sha256));

  return g_strconcat ("Upload-Metadata: photo eA==,sha256 ", name, NULL);
}

/* (transfer full): the place of a new upload of @size bytes that are to hash to @sha256. */
static char *
create_as (County *county, guint device, const char *sha256, gint64 size)
{
  g_autofree char *metadata = metadata_of (sha256);
  g_autofree char *headers = g_strdup_printf ("Tus-Resumable: 1.0.0\nUpload-Length: %" G_GINT64_FORMAT "\n%s", size, metadata);
  g_autoptr (ZfSyncResponse) response = ask_as (county, device, "POST", "/v1/blobs", headers, NULL);

  g_assert_cmpuint (response->status, ==, 201);
  g_assert_nonnull (zf_sync_header (response->headers, "Upload-Expires"));
  return g_strdup (zf_sync_header (response->headers, "Location"));
}

static ZfSyncResponse *
send_chunk (County *county, const char *place, gint64 offset, GBytes *bytes)
{
  g_autofree char *headers = g_strdup_printf ("Upload-Offset: %" G_GINT64_FORMAT, offset);

  return ask (county, "PATCH", place, headers, bytes);
}

static void
assert_offset (ZfSyncResponse *taken, guint status, const char *offset)
{
  g_autoptr (ZfSyncResponse) response = taken;

  g_assert_cmpuint (response->status, ==, status);
  g_assert_cmpstr (zf_sync_header (response->headers, "Upload-Offset"), ==, offset);
}

static guint
count_files (County *county, const char *folder)
{
  g_autofree char *path = g_build_filename (county->dir, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static GBytes *
some_bytes (gsize len)
{
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (i * 7 + i / 251);
  return g_bytes_new_take (data, len);
}

static void
test_whole_way (County *county, gconstpointer data)
{
  g_autoptr (GBytes) bytes = some_bytes (50000);
  g_autoptr (GBytes) first = g_bytes_new_from_bytes (bytes, 0, 20000);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (bytes, 20000, 30000);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *place = create_as (county, 0, sha256, 50000);
  g_autofree char *again = NULL;
  g_autoptr (ZfSyncResponse) options = ask (county, "OPTIONS", "/v1/blobs", "", NULL);

  g_assert_cmpuint (options->status, ==, 204);
  g_assert_cmpstr (zf_sync_header (options->headers, "Tus-Version"), ==, "1.0.0");
  g_assert_cmpstr (zf_sync_header (options->headers, "Tus-Extension"), ==, "creation,checksum,expiration,termination");
  g_assert_cmpstr (zf_sync_header (options->headers, "Tus-Max-Size"), ==, "8388608");
  assert_offset (send_chunk (county, place, 0, first), 204, "20000");
  again = create_as (county, 0, sha256, 50000);
  g_assert_cmpstr (again, ==, place);
  zf_server_core_free (county->core);
  open_core (county);
  assert_offset (ask (county, "HEAD", place, "", NULL), 200, "20000");
  refused (send_chunk (county, place, 0, first), 409, "offset");
  assert_offset (send_chunk (county, place, 20000, rest), 204, "50000");
  assert_offset (ask (county, "HEAD", place, "", NULL), 200, "50000");
  g_assert_cmpuint (count_files (county, "blobs"), ==, 1);
  g_assert_cmpuint (count_files (county, "uploads"), ==, 0);
}

static void
test_checksum (County *county, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *place = create_as (county, 0, sha256, 5);

  refused (ask (county, "PATCH", place, "Upload-Offset: 0\nUpload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=", bytes), 460, "checksum");
  refused (ask (county, "PATCH", place, "Upload-Offset: 0\nUpload-Checksum: sha256 AAAA", bytes), 460, "checksum");
  refused (ask (county, "PATCH", place, "Upload-Offset: 0\nUpload-Checksum: crc32 AAAA", bytes), 400, "malformed");
  refused (ask (county, "PATCH", place, "Upload-Offset: 0\nUpload-Checksum: sha1 not base64!", bytes), 400, "malformed");
  assert_offset (ask (county, "HEAD", place, "", NULL), 200, "0");
  assert_offset (ask (county, "PATCH", place, "Upload-Offset: 0\nUpload-Checksum: sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=", bytes), 204, "5");
}

/* What does not hash to its name is never in place, and the upload is gone. */
static void
test_wrong_file (County *county, gconstpointer data)
{
  g_autoptr (GBytes) bytes = some_bytes (1000);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "another", -1);
  g_autofree char *place = create_as (county, 0, sha256, 1000);

  refused (send_chunk (county, place, 0, bytes), 422, "blob_digest");
  refused (ask (county, "HEAD", place, "", NULL), 404, "no_upload");
  g_assert_cmpuint (count_files (county, "uploads"), ==, 0);
  g_assert_cmpuint (count_files (county, "blobs"), ==, 0);
}

static void
test_lies (County *county, gconstpointer data)
{
  static const struct
  {
    const char *headers;
    guint status;
    const char *code;
  } creations[] = {
    { "Upload-Length: 5", 400, "malformed" },
    { "Upload-Length: 5\nUpload-Metadata: sha256 !!!!", 400, "malformed" },
    { "Upload-Length: 5\nUpload-Metadata: sha256 Li4vLi4vc2VydmVyLmRi", 400, "malformed" },
    { "Upload-Length: 5\nUpload-Metadata: sha256", 400, "malformed" },
    { "Upload-Length: 5\nUpload-Metadata: ,,, ,", 400, "malformed" },
    { "Upload-Length: -5\nMETA", 400, "malformed" },
    { "Upload-Length: 5x\nMETA", 400, "malformed" },
    { "Upload-Length: 0\nMETA", 400, "malformed" },
    { "Upload-Length: 99999999999999999999\nMETA", 400, "malformed" },
    { "Upload-Defer-Length: 1\nMETA", 400, "malformed" },
    { "Upload-Length: 8388609\nMETA", 413, "too_large" },
  };
  static const char *const places[] = { "/v1/blobs/up/", "/v1/blobs/up/../server.db", "/v1/blobs/up/%2e%2e", "/v1/blobs/up/x?y",
                                        "/v1/blobs/up/11111111-1111-7111-8111-111111111111" };
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "x", -1);
  g_autofree char *metadata = metadata_of (sha256);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autofree char *place = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (creations); i++)
    {
      g_autoptr (GString) headers = g_string_new (creations[i].headers);

      g_string_replace (headers, "META", metadata, 0);
      refused (ask (county, "POST", "/v1/blobs", headers->str, NULL), creations[i].status, creations[i].code);
    }
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      refused (ask (county, "HEAD", places[i], "", NULL), 404, "no_upload");
      refused (ask (county, "PATCH", places[i], "Upload-Offset: 0", bytes), 404, "no_upload");
      refused (ask (county, "DELETE", places[i], "", NULL), 404, "no_upload");
    }
  refused (ask_as (county, 0, "POST", "/v1/blobs", "Upload-Length: 5", NULL), 412, "tus_version");
  refused (ask_as (county, 0, "POST", "/v1/blobs", "Tus-Resumable: 0.2.2", NULL), 412, "tus_version");
  g_assert_cmpuint (count_files (county, "uploads"), ==, 0);
  place = create_as (county, 0, sha256, 4);
  refused (ask (county, "PATCH", place, "", bytes), 400, "malformed");
  refused (ask (county, "PATCH", place, "Upload-Offset: 1", bytes), 409, "offset");
  refused (ask (county, "PATCH", place, "Upload-Offset: -0", bytes), 400, "malformed");
  refused (send_chunk (county, place, 0, bytes), 413, "too_large");
  assert_offset (ask (county, "HEAD", place, "", NULL), 200, "0");
}

/* Another device sees neither the upload nor, by asking for it, the file; it must bring it itself. */
static void
test_others (County *county, gconstpointer data)
{
  g_autoptr (GBytes) bytes = some_bytes (3000);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *place = create_as (county, 0, sha256, 3000);
  g_autofree char *theirs = NULL;

  refused (ask_as (county, 1, "HEAD", place, "Tus-Resumable: 1.0.0", NULL), 404, "no_upload");
  refused (ask_as (county, 1, "DELETE", place, "Tus-Resumable: 1.0.0", NULL), 404, "no_upload");
  assert_offset (send_chunk (county, place, 0, bytes), 204, "3000");
  theirs = create_as (county, 1, sha256, 3000);
  g_assert_cmpstr (theirs, !=, place);
  assert_offset (ask_as (county, 1, "HEAD", theirs, "Tus-Resumable: 1.0.0", NULL), 200, "0");
  assert_offset (ask_as (county, 1, "PATCH", theirs, "Tus-Resumable: 1.0.0\nUpload-Offset: 0", bytes), 204, "3000");
  g_assert_cmpuint (count_files (county, "blobs"), ==, 1);
}

static void
test_end (County *county, gconstpointer data)
{
  g_autoptr (GBytes) bytes = some_bytes (100);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *other = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "y", -1);
  g_autofree char *place = create_as (county, 0, sha256, 100);
  g_autoptr (ZfSyncResponse) gone = ask (county, "DELETE", place, "", NULL);
  g_autofree char *late = NULL;
  g_autofree char *next = NULL;

  g_assert_cmpuint (gone->status, ==, 204);
  refused (ask (county, "HEAD", place, "", NULL), 404, "no_upload");
  late = create_as (county, 0, sha256, 100);
  zf_clock_advance (county->clock, 8 * DAY_MS);
  refused (send_chunk (county, late, 0, bytes), 410, "upload_gone");
  refused (send_chunk (county, late, 0, bytes), 404, "no_upload");
  g_assert_cmpuint (count_files (county, "uploads"), ==, 0);
  late = (g_free (late), create_as (county, 0, sha256, 100));
  zf_clock_advance (county->clock, 8 * DAY_MS);
  next = create_as (county, 0, other, 100);
  g_assert_cmpuint (count_files (county, "uploads"), ==, 1);
}

/* A device that begins uploads without end is slowed down before it fills the disk. */
static void
test_hoarder (County *county, gconstpointer data)
{
  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);

      g_free (create_as (county, 0, sha256, 10));
    }
  {
    g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "more", -1);
    g_autofree char *metadata = metadata_of (sha256);
    g_autofree char *headers = g_strconcat ("Upload-Length: 10\n", metadata, NULL);

    refused (ask (county, "POST", "/v1/blobs", headers, NULL), 429, "slow_down");
  }
}

/* The server dies between bringing the file into its place and noting it: the next question finishes it. */
static void
test_finish_late (County *county, gconstpointer data)
{
  g_autoptr (GBytes) bytes = some_bytes (5000);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *folder = g_strndup (sha256, 2);
  g_autofree char *blob = g_build_filename (county->dir, "blobs", folder, sha256, NULL);
  g_autofree char *place = create_as (county, 0, sha256, 5000);
  g_autofree char *growing = g_build_filename (county->dir, "uploads", strrchr (place, '/') + 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_files_append (zf_files_system (), growing, 0, bytes, &error));
  assert_offset (ask (county, "HEAD", place, "", NULL), 200, "5000");
  g_assert_cmpint (zf_files_size (zf_files_system (), blob), ==, 5000);
  assert_offset (ask (county, "HEAD", place, "", NULL), 200, "5000");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (County *county, gconstpointer data);
  } tests[] = {
    { "/tus/whole-way", test_whole_way }, { "/tus/checksum", test_checksum }, { "/tus/wrong-file", test_wrong_file },
    { "/tus/lies", test_lies },           { "/tus/others", test_others },     { "/tus/end", test_end },
    { "/tus/hoarder", test_hoarder },     { "/tus/finish-late", test_finish_late },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, County, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
