/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Map packs from the county to a tablet: in parts, on from where it was cut, and nothing but the whole and right file ever takes the old one's place. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "tablet-fixture.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-mbtiles-make.h"
#include "zf-mbtiles.h"
#include "zf-server-backup.h"
#include "zf-server-local.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

#define PLENTY (G_GUINT64_CONSTANT (1) << 40)
/* What a pack leaves free for visits and photos. */
#define KEPT_FREE (300 * G_GUINT64_CONSTANT (1024) * 1024)

static guint64 free_bytes = PLENTY;

/* In place of the system's own, for all of this program. */
int
statvfs (const char *path, struct statvfs *fs)
{
  *fs = (struct statvfs) { .f_bsize = 1, .f_frsize = 1, .f_bavail = free_bytes, .f_bfree = free_bytes, .f_blocks = PLENTY };
  return 0;
}

/* Some parts long: the sketch of the county down to @max_zoom. */
static char *
make_pack (Fixture *f, const char *file, guint max_zoom)
{
  char *path = below (f, file);
  ZfMbtilesSpec spec = { .name = file, .min_zoom = 8, .max_zoom = max_zoom };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSketch) sketch = zf_sketch_load (zf_data_dir (), &error);

  g_assert_no_error (error);
  zf_sketch_bounds (sketch, &spec.west, &spec.south, &spec.east, &spec.north);
  g_assert_true (zf_mbtiles_make (path, sketch, &spec, NULL, &error));
  g_assert_no_error (error);
  return path;
}

static void
publish (Fixture *f, const char *path, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;

  g_assert_true (zf_server_core_publish_map (zf_server_core (f->server), path, name, "Map", &said, &error));
  g_assert_no_error (error);
  sync_tablet (f);
}

static ZfPack *
offered (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) packs = zf_packs_offered (zf_store_reader (f->tablet), zf_store_files (f->tablet), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (packs->len, ==, 1);
  return zf_pack_copy (packs->pdata[0]);
}

static char *
at_county (Fixture *f, const char *sha256)
{
  return g_build_filename (f->dir, "county", "packs", sha256, NULL);
}

typedef struct
{
  GCancellable *cancellable;
  gint64 first;
  guint calls;
} Watch;

static void
stop_after_one (gint64 done, gint64 total, gpointer data)
{
  Watch *watch = data;

  if (watch->calls++ == 0)
    watch->first = done;
  if (watch->calls == 2 && watch->cancellable != NULL)
    g_cancellable_cancel (watch->cancellable);
}

static gboolean
fetch (Fixture *f, const ZfPack *pack, Watch *watch, GError **error)
{
  g_autoptr (ZfSyncTransport) line = zf_sync_transport_new_local (zf_server_core (f->server));
  ZfPackFetch how = { .check = zf_mbtiles_check, .func = watch != NULL ? stop_after_one : NULL, .data = watch,
                      .cancellable = watch != NULL ? watch->cancellable : NULL };

  return zf_sync_fetch_pack_over (f->tablet, line, pack, &how, error);
}

/* The map that the app would show; NULL: none. */
static void
assert_shown (Fixture *f, const char *sha256)
{
  g_autofree char *path = zf_pack_in_use (zf_store_reader (f->tablet), zf_store_files (f->tablet));
  g_autofree char *expected = sha256 != NULL ? zf_pack_path (zf_store_dir (f->tablet), sha256) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (path, ==, expected);
  g_assert_true (path == NULL || zf_mbtiles_check (path, &error));
  g_assert_no_error (error);
}

static void
assert_refused (Fixture *f, const ZfPack *pack, ZfSyncError code)
{
  g_autofree char *coming = zf_pack_coming_path (zf_store_dir (f->tablet), pack->sha256);
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  g_assert_false (fetch (f, pack, NULL, &error));
  g_assert_error (error, ZF_SYNC_ERROR, (int) code);
  words = zf_sync_explain (error);
  g_assert_nonnull (strstr (words, pack->title));
  g_assert_false (g_file_test (coming, G_FILE_TEST_EXISTS));
}

/* The newer one of the same name takes the place of the older one; a pack of another name stays. */
static void
test_newer (Fixture *f, gconstpointer data)
{
  g_autofree char *first = make_pack (f, "a.mbtiles", 8);
  g_autofree char *second = make_pack (f, "b.mbtiles", 9);
  g_autoptr (ZfPack) old = NULL;
  g_autoptr (ZfPack) fresh = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  publish (f, first, "county");
  old = offered (f);
  g_assert_false (old->here);
  assert_shown (f, NULL);
  g_assert_true (fetch (f, old, NULL, &error));
  g_assert_no_error (error);
  assert_shown (f, old->sha256);
  publish (f, second, "county");
  fresh = offered (f);
  g_assert_cmpstr (fresh->sha256, !=, old->sha256);
  assert_shown (f, old->sha256);
  g_assert_true (fetch (f, fresh, NULL, &error));
  g_assert_no_error (error);
  assert_shown (f, fresh->sha256);
  path = zf_pack_path (zf_store_dir (f->tablet), old->sha256);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Stopped in the middle: it goes on with the part that is due; half a part that a crash left is fetched again. */
static void
test_goes_on (Fixture *f, gconstpointer data)
{
  g_autofree char *file = make_pack (f, "a.mbtiles", 12);
  g_autoptr (ZfPack) pack = NULL;
  g_autofree char *coming = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torn = g_bytes_new_static ("torn", 4);
  Watch stop = { .cancellable = cancellable, .first = -1 }, again = { .first = -1 };

  publish (f, file, "county");
  pack = offered (f);
  g_assert_cmpint (pack->size, >, 2 * ZF_WIRE_PACK_PART);
  g_assert_false (fetch (f, pack, &stop, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CANCELLED);
  g_clear_error (&error);
  coming = zf_pack_coming_path (zf_store_dir (f->tablet), pack->sha256);
  g_assert_cmpint (zf_files_size (zf_files_system (), coming), ==, ZF_WIRE_PACK_PART);
  assert_shown (f, NULL);
  g_assert_true (zf_files_append (zf_files_system (), coming, ZF_WIRE_PACK_PART, torn, &error));
  g_assert_true (fetch (f, pack, &again, &error));
  g_assert_no_error (error);
  g_assert_cmpint (again.first, ==, ZF_WIRE_PACK_PART);
  assert_shown (f, pack->sha256);
}

/* With so much room it is not begun, and the person is told how much it takes. */
static void
assert_no_room (Fixture *f, const ZfPack *pack, guint64 room, guint64 needed)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *words = g_format_size (needed);

  free_bytes = room;
  g_assert_false (fetch (f, pack, NULL, &error));
  free_bytes = PLENTY;
  g_assert_error (error, ZF_ERROR, ZF_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, words));
}

/* Visits and photos find room after a pack. What came of it already needs none. */
static void
test_room (Fixture *f, gconstpointer data)
{
  g_autofree char *first = make_pack (f, "a.mbtiles", 8);
  g_autofree char *second = make_pack (f, "b.mbtiles", 12);
  g_autoptr (ZfPack) old = NULL;
  g_autoptr (ZfPack) pack = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *coming = NULL;
  Watch stop = { .cancellable = cancellable, .first = -1 };
  guint64 needed, left;

  publish (f, first, "county");
  old = offered (f);
  g_assert_true (fetch (f, old, NULL, &error));
  publish (f, second, "county");
  pack = offered (f);
  coming = zf_pack_coming_path (zf_store_dir (f->tablet), pack->sha256);
  needed = (guint64) pack->size + KEPT_FREE;
  left = needed - ZF_WIRE_PACK_PART;
  assert_no_room (f, pack, 0, needed);
  assert_no_room (f, pack, needed - 1, needed);
  g_assert_false (g_file_test (coming, G_FILE_TEST_EXISTS));
  assert_shown (f, old->sha256);
  g_assert_false (fetch (f, pack, &stop, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CANCELLED);
  g_clear_error (&error);
  assert_no_room (f, pack, left - 1, left);
  g_assert_cmpint (zf_files_size (zf_files_system (), coming), ==, ZF_WIRE_PACK_PART);
  free_bytes = left;
  g_assert_true (fetch (f, pack, NULL, &error));
  free_bytes = PLENTY;
  g_assert_no_error (error);
  assert_shown (f, pack->sha256);
}

static void
damage (Fixture *f, const char *sha256, gsize cut)
{
  g_autofree char *path = at_county (f, sha256);
  g_autofree char *text = NULL;
  gsize len = 0;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  text[len / 2] ^= 1;
  g_assert_true (g_file_set_contents (path, text, (gssize) (len - cut), NULL));
}

/* One wrong bit, a file that ends too early, a file that is gone: each is named, and the map before goes on. */
static void
test_broken (Fixture *f, gconstpointer data)
{
  g_autofree char *first = make_pack (f, "a.mbtiles", 8);
  g_autofree char *second = make_pack (f, "b.mbtiles", 9);
  g_autofree char *path = NULL;
  g_autoptr (ZfPack) old = NULL;
  g_autoptr (ZfPack) fresh = NULL;
  g_autoptr (GError) error = NULL;

  publish (f, first, "county");
  old = offered (f);
  g_assert_true (fetch (f, old, NULL, &error));
  publish (f, second, "county");
  fresh = offered (f);
  damage (f, fresh->sha256, 0);
  assert_refused (f, fresh, ZF_SYNC_ERROR_BAD_PACK);
  damage (f, fresh->sha256, 1000);
  assert_refused (f, fresh, ZF_SYNC_ERROR_BAD_PACK);
  path = at_county (f, fresh->sha256);
  g_assert_cmpint (g_remove (path), ==, 0);
  assert_refused (f, fresh, ZF_SYNC_ERROR_NO_PACK);
  assert_shown (f, old->sha256);
}

static void
offer (Fixture *f, const char *name, const char *text, gint64 size)
{
  g_autoptr (JsonArray) rows = json_array_new ();
  JsonObject *row = json_object_new ();
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *path = at_county (f, sha256);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  json_object_set_string_member (row, "name", name);
  json_object_set_string_member (row, "version", "1");
  json_object_set_string_member (row, "title", name);
  json_object_set_string_member (row, "sha256", sha256);
  json_object_set_int_member (row, "size", size);
  json_array_add_object_element (rows, row);
  g_assert_true (zf_server_core_publish_rows (zf_server_core (f->server), "mappack", rows, &error));
  g_assert_no_error (error);
  sync_tablet (f);
}

/* What has the right fingerprint and is no map; sizes and names that no pack has. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const char words[] = "SQLite format 3 is what this file would like to be";
  g_autoptr (ZfPack) pack = NULL;

  offer (f, "../../../escape", words, sizeof words - 1);
  pack = offered (f);
  assert_refused (f, pack, ZF_SYNC_ERROR_BAD_PACK);
  assert_shown (f, NULL);
  offer (f, "nothing", "x", 0);
  offer (f, "endless", "y", G_GINT64_CONSTANT (9007199254740991));
  g_clear_pointer (&pack, zf_pack_free);
  pack = offered (f);
  g_assert_cmpstr (pack->name, ==, "../../../escape");
}

/* What no tablet could show never leaves the county. */
static void
test_not_published (Fixture *f, gconstpointer data)
{
  g_autofree char *file = make_pack (f, "a.mbtiles", 8);
  g_autofree char *text = NULL;
  g_autofree char *said = NULL;
  g_autofree char *packs = g_build_filename (f->dir, "county", "packs", NULL);
  g_autoptr (GError) error = NULL;
  gsize len = 0;

  g_assert_true (g_file_get_contents (file, &text, &len, NULL));
  g_assert_true (g_file_set_contents (file, text, (gssize) (len / 2), NULL));
  g_assert_false (zf_server_core_publish_map (zf_server_core (f->server), file, NULL, NULL, &said, &error));
  g_assert_nonnull (error);
  g_assert_null (said);
  g_assert_false (g_file_test (packs, G_FILE_TEST_EXISTS));
}

/* A restored county still has its packs. */
static void
test_backup (Fixture *f, gconstpointer data)
{
  g_autofree char *file = make_pack (f, "a.mbtiles", 8);
  g_autofree char *out = below (f, "backup");
  g_autofree char *again = below (f, "again");
  g_autofree char *path = NULL;
  g_autoptr (ZfPack) pack = NULL;
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  ZfServerCoreOptions options = { .kinds = f->kinds, .clock = clock, .random = random };
  g_autoptr (GError) error = NULL;

  publish (f, file, "county");
  pack = offered (f);
  g_assert_true (zf_server_core_backup (zf_server_core (f->server), out, &manifest, &error));
  g_assert_no_error (error);
  g_assert_true (zf_server_core_restore (out, again, &options, &error));
  g_assert_no_error (error);
  path = g_build_filename (again, "packs", pack->sha256, NULL);
  g_assert_cmpint (zf_files_size (zf_files_system (), path), ==, pack->size);
}

static void
assert_verified (Fixture *f, const char *problem)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_verify (f->server, problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, problem != NULL ? 1 : 0);
  if (problem != NULL)
    g_assert_cmpstr (problems->pdata[0], ==, problem);
}

/* What the county offers to every tablet is looked after as the photos are. */
static void
test_verify (Fixture *f, gconstpointer data)
{
  g_autofree char *file = make_pack (f, "area.mbtiles", 10);
  g_autoptr (ZfPack) pack = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  publish (f, file, "area");
  pack = offered (f);
  path = at_county (f, pack->sha256);
  assert_verified (f, NULL);
  g_assert_true (g_file_set_contents (path, "x", 1, &error));
  assert_verified (f, "map pack area is damaged");
  g_assert_cmpint (g_remove (path), ==, 0);
  assert_verified (f, "map pack area is missing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/packs/newer", Fixture, NULL, tablet_set_up, test_newer, tablet_tear_down);
  g_test_add ("/packs/goes-on", Fixture, NULL, tablet_set_up, test_goes_on, tablet_tear_down);
  g_test_add ("/packs/room", Fixture, NULL, tablet_set_up, test_room, tablet_tear_down);
  g_test_add ("/packs/broken", Fixture, NULL, tablet_set_up, test_broken, tablet_tear_down);
  g_test_add ("/packs/hostile", Fixture, NULL, tablet_set_up, test_hostile, tablet_tear_down);
  g_test_add ("/packs/not-published", Fixture, NULL, tablet_set_up, test_not_published, tablet_tear_down);
  g_test_add ("/packs/verify", Fixture, NULL, tablet_set_up, test_verify, tablet_tear_down);
  g_test_add ("/packs/backup", Fixture, NULL, tablet_set_up, test_backup, tablet_tear_down);
  return g_test_run ();
}
