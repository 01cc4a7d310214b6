/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "zf-error.h"
#include "zf-ledger.h"
#include "zf-photo-edit.h"
#include "zf-query.h"
#include "zf-sync-upload.h"

/* ---- A line with faults ---- */

#define TEST_TYPE_LINE (photo_line_get_type ())
G_DECLARE_FINAL_TYPE (PhotoLine, photo_line, TEST, LINE, GObject)
typedef struct
{
  guint cut_every;          /* every n-th PATCH is cut: by turns its request or its answer is lost */
  gint stop_after;          /* requests until the line goes dead, -1: never */
  guint damage;             /* as many PATCHes arrive with a wrong byte */
  guint ms_per_kb;          /* time that bodies take */
  void (*lie) (const ZfSyncRequest *request, ZfSyncResponse *response);
  guint patches;
  guint cuts;
  guint creations;
  guint requests;
  gint64 bytes;             /* of PATCH bodies that left the tablet */
  gsize largest;
} Line;
struct _PhotoLine
{
  GObject parent;
  World *world;
  Line *line;
};
static void photo_line_iface (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (PhotoLine, photo_line, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, photo_line_iface))

static ZfSyncResponse *
lost (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE, "lost");
  return NULL;
}

static ZfSyncResponse *
deliver (PhotoLine *self, const ZfSyncRequest *request)
{
  Line *line = self->line;
  ZfSyncRequest changed = *request;
  g_autoptr (GBytes) body = NULL;

  if (line->damage > 0 && g_str_equal (request->method, "PATCH"))
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (request->body, &len);
      g_autofree guint8 *copy = g_memdup2 (data, len);

      line->damage--;
      copy[len / 2] ^= 1;
      changed.body = body = g_bytes_new (copy, len);
    }
  return zf_server_core_handle (self->world->core, &changed);
}

static ZfSyncResponse *
photo_line_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  PhotoLine *self = (PhotoLine *) transport;
  Line *line = self->line;
  gboolean patch = g_str_equal (request->method, "PATCH");
  gboolean cut = FALSE;
  ZfSyncResponse *response;

  line->requests++;
  if (line->stop_after >= 0 && line->stop_after-- == 0)
    {
      line->stop_after = 0;
      return lost (error);
    }
  if (patch)
    {
      gsize len = g_bytes_get_size (request->body);

      line->bytes += (gint64) len;
      line->largest = MAX (line->largest, len);
      zf_clock_advance (self->world->clock, (gint64) (len / 1024 * line->ms_per_kb));
      cut = ++line->patches % MAX (line->cut_every, 1) == 0 && line->cut_every > 0;
    }
  line->creations += g_str_equal (request->method, "POST") && g_str_equal (request->path, "/v1/blobs");
  line->cuts += cut;
  if (cut && line->cuts % 2 == 1)
    return lost (error);
  response = deliver (self, request);
  if (line->lie != NULL)
    line->lie (request, response);
  if (!cut)
    return response;
  zf_sync_response_free (response);
  return lost (error);
}

static void
photo_line_iface (ZfSyncTransportInterface *iface)
{
  iface->send = photo_line_send;
}

static void
photo_line_class_init (PhotoLineClass *klass)
{
}

static void
photo_line_init (PhotoLine *self)
{
}

static gboolean
try_sync (World *world, guint t, Line *line, ZfSyncProgress *progress, GError **error)
{
  g_autoptr (PhotoLine) self = g_object_new (TEST_TYPE_LINE, NULL);

  self->world = world;
  self->line = line;
  zf_clock_advance (world->clock, 1000);
  return zf_sync_drive (world->tablet[t], ZF_SYNC_TRANSPORT (self), &world->limits, NULL, NULL, NULL, progress, error);
}

static void
sync_ok (World *world, guint t, Line *line, ZfSyncProgress *progress)
{
  g_autoptr (GError) error = NULL;

  try_sync (world, t, line, progress, &error);
  g_assert_no_error (error);
}

static gboolean
fetch (World *world, guint t, Line *line, const char *sha256, GError **error)
{
  g_autoptr (PhotoLine) self = g_object_new (TEST_TYPE_LINE, NULL);

  self->world = world;
  self->line = line;
  return zf_sync_fetch_photo_over (world->tablet[t], ZF_SYNC_TRANSPORT (self), sha256, NULL, error);
}

/* ---- Files ---- */

static GBytes *
random_bytes (guint seed, gsize len)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) g_rand_int (rand);
  return g_bytes_new_take (data, len);
}

/* A real picture with so much grain that it takes several parts. */
static GBytes *
grainy_jpeg (guint seed)
{
  g_autoptr (GBytes) grain = random_bytes (seed, 500 * 400 * 3);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_bytes (grain, GDK_COLORSPACE_RGB, FALSE, 8, 500, 400, 1500);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize len = 0;

  gdk_pixbuf_save_to_buffer (pixbuf, &data, &len, "jpeg", &error, "quality", "98", NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (data, len);
}

/* (transfer full): its hash; as zf_photo_add leaves it. */
static char *
add_photo (World *world, guint t, const char *household, GBytes *bytes)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *path = zf_photo_path (zf_store_dir (world->tablet[t]), sha256, FALSE);
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);
  g_autoptr (JsonObject) fields = json_of ("{'household':'%s','sha256':'%s','size':%d}", household, sha256, (int) g_bytes_get_size (bytes));
  g_autoptr (GError) error = NULL;

  zf_files_write (zf_files_system (), path, bytes, &error);
  g_assert_no_error (error);
  zf_save_create (save, "photo", NULL, fields);
  zf_save_blob (save, sha256, NULL, (gint64) g_bytes_get_size (bytes));
  zf_store_commit (world->tablet[t], save, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&sha256);
}

static ZfBlob *
blob_of (World *world, guint t, const char *sha256)
{
  g_autoptr (GError) error = NULL;
  ZfBlob *blob = zf_ledger_blob (zf_store_reader (world->tablet[t]), sha256, &error);

  g_assert_no_error (error);
  g_assert_nonnull (blob);
  return blob;
}

static ZfBlobState
state_of (World *world, guint t, const char *sha256)
{
  ZfBlob *blob = blob_of (world, t, sha256);
  ZfBlobState state = blob->state;

  zf_blob_free (blob);
  return state;
}

static char *
county_path (World *world, const char *sha256)
{
  g_autofree char *folder = g_strndup (sha256, 2);

  return g_build_filename (world->dir, "blobs", folder, sha256, NULL);
}

static void
assert_at_county (World *world, const char *sha256, GBytes *bytes)
{
  g_autofree char *path = county_path (world, sha256);
  g_autoptr (GBytes) there = zf_files_read (zf_files_system (), path, NULL);

  g_assert_nonnull (there);
  g_assert_true (g_bytes_equal (there, bytes));
}

static guint
files_in (World *world, const char *folder)
{
  g_autofree char *path = g_build_filename (world->dir, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
run_sql (World *world, const char *sql)
{
  g_autofree char *path = g_build_filename (world->dir, "server.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

typedef struct
{
  World *world;
  char *household;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  static const char *const villages[] = { "all", "all" };

  scene->world = world_new (11, 2, villages);
  scene->household = world_add (scene->world, 0, "household", "{'village':'" VILLAGE_1 "','name':'h'}");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  world_free (scene->world);
  g_free (scene->household);
}

/* ---- What users rely on ---- */

/* Every chunk's connection breaks, once before and once after the county stored it: it all arrives, and each break cost one chunk at most. */
static void
test_cuts (Scene *scene, gconstpointer data)
{
  g_autoptr (GBytes) bytes = random_bytes (1, 300 * 1024 + 17);
  g_autofree char *sha256 = add_photo (scene->world, 0, scene->household, bytes);
  Line line = { .cut_every = 2, .stop_after = -1, .ms_per_kb = 125 };
  gboolean done = FALSE;

  for (guint i = 0; i < 200 && !done; i++)
    {
      g_autoptr (GError) error = NULL;

      done = try_sync (scene->world, 0, &line, NULL, &error);
      if (!done)
        g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE);
    }
  g_assert_true (done);
  assert_at_county (scene->world, sha256, bytes);
  g_assert_cmpint (state_of (scene->world, 0, sha256), ==, ZF_BLOB_SENT);
  g_assert_cmpuint (line.cuts, >=, 10);
  g_assert_cmpuint (line.creations, ==, 1);
  g_assert_cmpint (line.bytes - (gint64) g_bytes_get_size (bytes), <=, (gint64) line.cuts * (gint64) line.largest);
  g_assert_cmpuint (files_in (scene->world, "uploads"), ==, 0);
  world_check (scene->world);
}

/* The tablet dies after every number of requests; what it knows afterwards is what stands in its store. */
static void
test_kill_anywhere (Scene *scene, gconstpointer data)
{
  g_autoptr (GBytes) bytes = random_bytes (2, 120 * 1024);
  g_autofree char *sha256 = add_photo (scene->world, 0, scene->household, bytes);
  Line line = { .stop_after = -1 };
  guint runs = 0;

  for (; state_of (scene->world, 0, sha256) != ZF_BLOB_SENT; runs++)
    {
      g_autoptr (GError) error = NULL;
      const char *dir = zf_store_dir (scene->world->tablet[0]);
      g_autofree char *again = g_strdup (dir);
      ZfStoreOptions options = { .clock = scene->world->clock, .random = scene->world->random };

      g_assert_cmpuint (runs, <, 60);
      line.stop_after = 2 + (gint) (runs % 3);
      try_sync (scene->world, 0, &line, NULL, &error);
      zf_store_close (scene->world->tablet[0]);
      g_object_unref (scene->world->tablet[0]);
      g_clear_error (&error);
      scene->world->tablet[0] = zf_store_open (again, scene->world->kinds, &options, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (runs, >, 2);
  g_assert_cmpuint (line.creations, ==, 1);
  g_assert_cmpint (line.bytes, ==, (gint64) g_bytes_get_size (bytes));
  assert_at_county (scene->world, sha256, bytes);
}

/* The chunk fits the line: about two seconds, never below 16 nor above 256 KiB. */
static void
test_chunk_fits_line (Scene *scene, gconstpointer data)
{
  g_autoptr (GBytes) bytes = random_bytes (3, 2 * 1024 * 1024);
  g_autofree char *fast = add_photo (scene->world, 0, scene->household, bytes);
  Line line = { .stop_after = -1 };
  Line slow = { .stop_after = -1, .ms_per_kb = 250 };
  g_autoptr (GBytes) other = random_bytes (4, 200 * 1024);
  g_autofree char *second = NULL;

  sync_ok (scene->world, 0, &line, NULL);
  g_assert_cmpuint (line.largest, ==, ZF_UPLOAD_CHUNK_MAX);
  second = add_photo (scene->world, 0, scene->household, other);
  sync_ok (scene->world, 0, &slow, NULL);
  g_assert_cmpuint (slow.largest, ==, ZF_UPLOAD_CHUNK_MIN);
  g_assert_cmpint (state_of (scene->world, 0, fast), ==, ZF_BLOB_SENT);
  g_assert_cmpint (state_of (scene->world, 0, second), ==, ZF_BLOB_SENT);
}

/* A chunk that was damaged on its way goes once more; nothing wrong is ever stored. */
static void
test_damaged_chunk (Scene *scene, gconstpointer data)
{
  g_autoptr (GBytes) bytes = random_bytes (5, 100 * 1024);
  g_autofree char *sha256 = add_photo (scene->world, 0, scene->household, bytes);
  Line line = { .stop_after = -1, .damage = 3 };

  sync_ok (scene->world, 0, &line, NULL);
  assert_at_county (scene->world, sha256, bytes);
}

/* A week without a line: the half upload is gone, a new one is made. */
static void
test_expired (Scene *scene, gconstpointer data)
{
  g_autoptr (GBytes) bytes = random_bytes (6, 100 * 1024);
  g_autofree char *sha256 = add_photo (scene->world, 0, scene->household, bytes);
  Line line = { .cut_every = 2, .stop_after = -1 };
  g_autoptr (GError) error = NULL;

  g_assert_false (try_sync (scene->world, 0, &line, NULL, &error));
  g_assert_cmpuint (files_in (scene->world, "uploads"), ==, 1);
  zf_clock_advance (scene->world->clock, G_GINT64_CONSTANT (8) * 24 * 3600 * 1000);
  line.cut_every = 0;
  sync_ok (scene->world, 0, &line, NULL);
  g_assert_cmpuint (line.creations, ==, 2);
  assert_at_county (scene->world, sha256, bytes);
  g_assert_cmpuint (files_in (scene->world, "uploads"), ==, 0);
}

/* One file rotted on the tablet: it is counted and stays, the others go. */
static void
test_damaged_file (Scene *scene, gconstpointer data)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  ZfSyncProgress progress = { 0 };
  Line line = { .stop_after = -1 };
  g_autofree char *path = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GBytes) bytes = random_bytes (10 + i, 20000);

      g_ptr_array_add (names, add_photo (scene->world, 0, scene->household, bytes));
    }
  path = zf_photo_path (zf_store_dir (scene->world->tablet[0]), names->pdata[1], FALSE);
  g_assert_true (g_file_set_contents (path, "rotten", -1, NULL));
  sync_ok (scene->world, 0, &line, &progress);
  g_assert_cmpuint (progress.photos, ==, 3);
  g_assert_cmpuint (progress.photos_left, ==, 1);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (state_of (scene->world, 0, names->pdata[i]), ==, i == 1 ? ZF_BLOB_LOCAL : ZF_BLOB_SENT);
}

static void
set_header (ZfSyncResponse *response, const char *name, const char *value)
{
  for (guint i = 0; response->headers != NULL && response->headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (response->headers[i], name) == 0)
      {
        g_free (response->headers[i + 1]);
        response->headers[i + 1] = g_strdup (value);
        return;
      }
  zf_sync_headers_add (&response->headers, name, value);
}

static void
lie_offset (const ZfSyncRequest *request, ZfSyncResponse *response)
{
  if (g_str_equal (request->method, "PATCH"))
    set_header (response, "Upload-Offset", "99999999999999999999");
}

static void
lie_backwards (const ZfSyncRequest *request, ZfSyncResponse *response)
{
  if (g_str_equal (request->method, "PATCH") || g_str_equal (request->method, "HEAD"))
    set_header (response, "Upload-Offset", "0");
}

static void
lie_place (const ZfSyncRequest *request, ZfSyncResponse *response)
{
  if (response->status == 201)
    set_header (response, "Location", "ftp:nowhere\nAuthorization: x");
}

static void
lie_length (const ZfSyncRequest *request, ZfSyncResponse *response)
{
  set_header (response, "Upload-Length", "-1");
  if (g_str_equal (request->method, "HEAD"))
    set_header (response, "Upload-Offset", "8388608");
}

static void
lie_gone (const ZfSyncRequest *request, ZfSyncResponse *response)
{
  if (g_str_equal (request->method, "PATCH"))
    response->status = 404;
}

/* A county that contradicts itself: the run ends, the photo stays marked as only here unless the county truly said that it is whole. */
static void
test_lying_county (Scene *scene, gconstpointer data)
{
  static void (*const lies[]) (const ZfSyncRequest *, ZfSyncResponse *) = { lie_offset, lie_backwards, lie_place, lie_length, lie_gone };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GBytes) bytes = random_bytes (20 + i, 60 * 1024);
      g_autofree char *sha256 = add_photo (scene->world, 0, scene->household, bytes);
      Line line = { .stop_after = -1, .lie = lies[i] };
      g_autoptr (GError) error = NULL;

      try_sync (scene->world, 0, &line, NULL, &error);
      g_assert_cmpuint (line.requests, <, 60);
      if (state_of (scene->world, 0, sha256) == ZF_BLOB_SENT)
        assert_at_county (scene->world, sha256, bytes);
      line.lie = NULL;
      g_clear_error (&error);
      sync_ok (scene->world, 0, &line, NULL);
      assert_at_county (scene->world, sha256, bytes);
      g_assert_cmpint (state_of (scene->world, 0, sha256), ==, ZF_BLOB_SENT);
    }
}

/* A portal's page in the midst of it is not the county: nothing of it is used. */
static void
lie_portal (const ZfSyncRequest *request, ZfSyncResponse *response)
{
  if (!g_str_equal (request->method, "PATCH"))
    return;
  g_clear_pointer (&response->server, g_free);
  response->status = 204;
}

static void
test_portal (Scene *scene, gconstpointer data)
{
  g_autoptr (GBytes) bytes = random_bytes (30, 10000);
  g_autofree char *sha256 = add_photo (scene->world, 0, scene->household, bytes);
  Line line = { .stop_after = -1, .lie = lie_portal };
  g_autoptr (GError) error = NULL;

  g_assert_false (try_sync (scene->world, 0, &line, NULL, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_COUNTY);
  g_assert_cmpint (state_of (scene->world, 0, sha256), ==, ZF_BLOB_LOCAL);
}

/* Only what the county's backup holds makes room; its small picture and its record stay, and it can be had again. */
static void
test_free_space (Scene *scene, gconstpointer data)
{
  World *world = scene->world;
  g_autoptr (GBytes) first = grainy_jpeg (1);
  g_autoptr (GBytes) second = random_bytes (41, 5000);
  g_autofree char *durable = add_photo (world, 0, scene->household, first);
  g_autofree char *sent = add_photo (world, 0, scene->household, second);
  g_autofree char *path = zf_photo_path (zf_store_dir (world->tablet[0]), durable, FALSE);
  g_autofree char *kept = zf_photo_path (zf_store_dir (world->tablet[0]), sent, FALSE);
  g_autofree char *sql = g_strdup_printf ("UPDATE blob SET durable = 1 WHERE sha256 = '%s'", durable);
  Line line = { .stop_after = -1 };
  g_autoptr (GError) error = NULL;
  gint64 freed = -1;

  sync_ok (world, 0, &line, NULL);
  g_assert_true (zf_photo_free_space (world->tablet[0], G_MAXINT64, &freed, &error));
  g_assert_cmpint (freed, ==, 0);
  run_sql (world, sql);
  zf_clock_advance (world->clock, 3600 * 1000);
  sync_ok (world, 0, &line, NULL);
  g_assert_cmpint (state_of (world, 0, durable), ==, ZF_BLOB_DURABLE);
  g_assert_cmpint (zf_photo_reclaimable (zf_store_reader (world->tablet[0])), ==, (gint64) g_bytes_get_size (first));
  g_assert_true (zf_photo_free_space (world->tablet[0], G_MAXINT64, &freed, &error));
  g_assert_cmpint (freed, ==, (gint64) g_bytes_get_size (first));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_cmpint (state_of (world, 0, durable), ==, ZF_BLOB_WANTED);
  g_assert_true (fetch (world, 0, &line, durable, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (state_of (world, 0, durable), ==, ZF_BLOB_SENT);
}

/* The county was restored from a backup without a photo: the tablet that still has it brings it again. */
static void
test_county_lost_it (Scene *scene, gconstpointer data)
{
  World *world = scene->world;
  g_autoptr (GBytes) bytes = random_bytes (50, 30000);
  g_autofree char *sha256 = add_photo (world, 0, scene->household, bytes);
  g_autofree char *path = county_path (world, sha256);
  Line line = { .stop_after = -1 };

  sync_ok (world, 0, &line, NULL);
  assert_at_county (world, sha256, bytes);
  g_unlink (path);
  zf_clock_advance (world->clock, 3600 * 1000);
  sync_ok (world, 0, &line, NULL);
  assert_at_county (world, sha256, bytes);
  g_assert_cmpint (state_of (world, 0, sha256), ==, ZF_BLOB_SENT);
}

/* The other tablet sees the small picture by itself, and gets the full one on demand, part by part over a line that breaks. */
static void
test_down (Scene *scene, gconstpointer data)
{
  World *world = scene->world;
  g_autoptr (GBytes) bytes = grainy_jpeg (2);
  g_autofree char *sha256 = add_photo (world, 0, scene->household, bytes);
  g_autofree char *thumb = zf_photo_path (zf_store_dir (world->tablet[1]), sha256, TRUE);
  g_autofree char *full = zf_photo_path (zf_store_dir (world->tablet[1]), sha256, FALSE);
  ZfSyncProgress progress = { 0 };
  Line line = { .stop_after = -1 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (bytes), >, 256 * 1024);
  sync_ok (world, 0, &line, NULL);
  sync_ok (world, 1, &line, &progress);
  g_assert_cmpuint (progress.thumbs, ==, 1);
  g_assert_true (g_file_test (thumb, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (full, G_FILE_TEST_EXISTS));
  g_assert_cmpint (state_of (world, 1, sha256), ==, ZF_BLOB_WANTED);
  line = (Line) { .stop_after = 1 };
  g_assert_false (fetch (world, 1, &line, sha256, &error));
  g_clear_error (&error);
  line = (Line) { .stop_after = -1 };
  g_assert_true (fetch (world, 1, &line, sha256, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (line.requests, ==, g_bytes_get_size (bytes) / (256 * 1024));
  g_assert_true (g_file_test (full, G_FILE_TEST_EXISTS));
  g_assert_cmpint (state_of (world, 1, sha256), ==, ZF_BLOB_SENT);
  sync_ok (world, 1, &line, &progress);
  g_assert_cmpuint (progress.thumbs, ==, 0);
}

static char *
column_of (World *world, guint t, const char *column)
{
  g_autoptr (ZfQuery) query = zf_query_new ("photo");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, column);
  rows = zf_query_run (query, zf_store_reader (world->tablet[t]), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), ==, 1);
  return g_strdup (zf_rows_text (rows, 0, 0));
}

static void
cover (World *world)
{
  static const ZfPhotoBox box = { 0.1, 0.1, 0.5, 0.5 };
  ZfPhotoEdit what = { &box, 1, 0, NULL, NULL };
  g_autofree char *photo = column_of (world, 0, "id");
  g_autoptr (GError) error = NULL;

  zf_photo_edit (world->tablet[0], photo, &what, "p", &error);
  g_assert_no_error (error);
}

static gboolean
is_at_county (World *world, const char *sha256)
{
  g_autofree char *path = county_path (world, sha256);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Covered while half of it was sent: the county never gets what was covered, and everybody else the new picture. Covered once more when it was sent: the new one
 * follows; what the county has already stays there. */
static void
test_covered (Scene *scene, gconstpointer data)
{
  World *world = scene->world;
  g_autoptr (GBytes) bytes = grainy_jpeg (9);
  g_autofree char *first = add_photo (world, 0, scene->household, bytes);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *seen = NULL;
  Line line = { .stop_after = 5 };
  g_autoptr (GError) error = NULL;

  g_assert_false (try_sync (world, 0, &line, NULL, &error));
  g_assert_cmpint (line.bytes, >, 0);
  g_assert_cmpint (line.bytes, <, (gint64) g_bytes_get_size (bytes));
  cover (world);
  second = column_of (world, 0, "sha256");
  line = (Line) { .stop_after = -1 };
  sync_ok (world, 0, &line, NULL);
  g_assert_false (is_at_county (world, first));
  g_assert_true (is_at_county (world, second));
  cover (world);
  third = column_of (world, 0, "sha256");
  g_assert_cmpstr (third, !=, second);
  sync_ok (world, 0, &line, NULL);
  g_assert_true (is_at_county (world, second) && is_at_county (world, third));
  sync_ok (world, 1, &line, NULL);
  seen = column_of (world, 1, "sha256");
  g_assert_cmpstr (seen, ==, third);
  world_check (world);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Scene *scene, gconstpointer data);
  } tests[] = {
    { "/photos/cuts", test_cuts },
    { "/photos/kill-anywhere", test_kill_anywhere },
    { "/photos/chunk-fits-line", test_chunk_fits_line },
    { "/photos/damaged-chunk", test_damaged_chunk },
    { "/photos/expired", test_expired },
    { "/photos/damaged-file", test_damaged_file },
    { "/photos/lying-county", test_lying_county },
    { "/photos/portal", test_portal },
    { "/photos/free-space", test_free_space },
    { "/photos/county-lost-it", test_county_lost_it },
    { "/photos/down", test_down },
    { "/photos/covered", test_covered },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Scene, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
