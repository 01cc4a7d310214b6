/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "map-mbtiles"

#include "zf-mbtiles.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* Packs as they come from the world: made here, each with its fault. */

#define TABLES "CREATE TABLE metadata (name TEXT, value TEXT); CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);"
#define VIEW \
  "CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT); CREATE TABLE images (tile_id TEXT, tile_data BLOB);" \
  "CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images ON map.tile_id = images.tile_id;"
#define PNG "x'89504E470D0A1A0A0001'"
#define JPG "x'FFD8FFE000104A4649460001'"
#define WEBP "x'524946460000000057454250565038'"
#define GZIP "x'1F8B08000000000000'"
#define GARBAGE "x'FFFFFFFFFFFFFFFFFFFF'"

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("zf map 100% #1-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "a pack?.mbtiles", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0); /* no -wal or -journal was made beside it */
  g_free (fixture->dir);
  g_free (fixture->path);
}

static void
make (Fixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static ZfMbtiles *
open_pack (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  ZfMbtiles *pack = zf_mbtiles_open (fixture->path, &error);
  g_assert_no_error (error);
  return pack;
}

static void
assert_refused (Fixture *fixture, ZfMapError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_mbtiles_open (fixture->path, &error));
  g_assert_error (error, ZF_MAP_ERROR, (int) code);
}

static void
assert_no_tile (ZfMbtiles *pack, guint z, guint x, guint y)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_mbtiles_tile (pack, z, x, y, &error));
  g_assert_error (error, ZF_MAP_ERROR, ZF_MAP_ERROR_NO_TILE);
}

/* Row 0 of the pack lies in the south, row 0 of the map in the north. */
static void
test_flip (Fixture *fixture, gconstpointer data)
{
  make (fixture, TABLES "INSERT INTO tiles VALUES (2, 1, 3, " PNG "), (2, 1, 0, " JPG ");");
  g_autoptr (ZfMbtiles) pack = open_pack (fixture);
  g_autoptr (GBytes) north = zf_mbtiles_tile (pack, 2, 1, 0, NULL);
  g_autoptr (GBytes) south = zf_mbtiles_tile (pack, 2, 1, 3, NULL);
  g_assert_nonnull (north);
  g_assert_nonnull (south);
  g_assert_cmpint (((const guint8 *) g_bytes_get_data (north, NULL))[0], ==, 0x89);
  g_assert_cmpint (((const guint8 *) g_bytes_get_data (south, NULL))[0], ==, 0xff);
  assert_no_tile (pack, 2, 1, 1);
  assert_no_tile (pack, 2, 4, 0);
  assert_no_tile (pack, 2, 0, 4);
  assert_no_tile (pack, 31, 0, 0);
  assert_no_tile (pack, 99, 0, 0);
}

static void
test_metadata (Fixture *fixture, gconstpointer data)
{
  make (fixture, TABLES "INSERT INTO tiles VALUES (5, 1, 3, " JPG ");"
        "INSERT INTO metadata VALUES ('name','县图'),('format','png'),('bounds','107.4,29.5,108.2,30.2'),('attribution','来源'),('approval','渝S(2026)001号'),('minzoom','0');");
  g_autoptr (ZfMbtiles) pack = open_pack (fixture);
  const ZfMbtilesInfo *info = zf_mbtiles_info (pack);
  g_assert_cmpstr (info->name, ==, "县图");
  g_assert_cmpstr (info->format, ==, "jpg"); /* the bytes, not the claim */
  g_assert_cmpstr (info->attribution, ==, "来源");
  g_assert_cmpstr (info->approval, ==, "渝S(2026)001号");
  g_assert_cmpint (info->min_zoom, ==, 5);
  g_assert_cmpint (info->max_zoom, ==, 5);
  g_assert_cmpfloat (info->north, ==, 30.2);
}

/* A view, no metadata, an empty and a garbage tile: still a map. */
static void
test_view_without_metadata (Fixture *fixture, gconstpointer data)
{
  make (fixture, VIEW "INSERT INTO images VALUES ('a'," WEBP "),('b',NULL),('c'," GARBAGE ");"
        "INSERT INTO map VALUES (1,0,0,'c'),(1,1,0,'b'),(1,0,1,'a'),(1,1,1,'gone');");
  g_autoptr (ZfMbtiles) pack = open_pack (fixture);
  const ZfMbtilesInfo *info = zf_mbtiles_info (pack);
  g_assert_cmpstr (info->format, ==, "webp");
  g_assert_cmpstr (info->attribution, ==, "");
  g_assert_cmpfloat_with_epsilon (info->west, -180, 1e-9);
  g_assert_cmpfloat_with_epsilon (info->east, 180, 1e-9);
  g_assert_cmpfloat_with_epsilon (info->north, 85.0511, 1e-3);
  g_assert_cmpfloat_with_epsilon (info->south, -85.0511, 1e-3);
  g_autoptr (GBytes) tile = zf_mbtiles_tile (pack, 1, 0, 0, NULL);
  g_assert_nonnull (tile);
  assert_no_tile (pack, 1, 0, 1);
  assert_no_tile (pack, 1, 1, 1);
  assert_no_tile (pack, 1, 1, 0);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_assert_true (zf_mbtiles_verify (pack, problems, NULL));
  g_assert_cmpuint (problems->len, ==, 2);
  g_assert_cmpint (info->n_tiles, ==, 3);
}

static void
test_bad_bounds (Fixture *fixture, gconstpointer data)
{
  static const char *const bounds[] = { "", "1,2,3", "a,b,c,d", "108,29,107,30", "nan,1,2,3", "-999,0,999,1" };
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autofree char *sql = g_strdup_printf (TABLES "INSERT INTO tiles VALUES (1, 1, 1, " PNG "); INSERT INTO metadata VALUES ('bounds','%s');", bounds[i]);
      make (fixture, sql);
      g_autoptr (ZfMbtiles) pack = open_pack (fixture);
      g_assert_cmpfloat_with_epsilon (zf_mbtiles_info (pack)->west, 0, 1e-9);
      g_assert_cmpfloat_with_epsilon (zf_mbtiles_info (pack)->south, 0, 1e-9);
      g_unlink (fixture->path);
    }
}

static void
test_vector (Fixture *fixture, gconstpointer data)
{
  make (fixture, TABLES "INSERT INTO tiles VALUES (0, 0, 0, " GZIP ");");
  assert_refused (fixture, ZF_MAP_ERROR_VECTOR);
  g_unlink (fixture->path);
  make (fixture, TABLES "INSERT INTO tiles VALUES (0, 0, 0, " GARBAGE "); INSERT INTO metadata VALUES ('format','pbf');");
  assert_refused (fixture, ZF_MAP_ERROR_VECTOR);
}

static void
test_no_map (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, ZF_MAP_ERROR_IO);
  make (fixture, "CREATE TABLE x (y)");
  assert_refused (fixture, ZF_MAP_ERROR_FORMAT);
  g_unlink (fixture->path);
  make (fixture, TABLES);
  assert_refused (fixture, ZF_MAP_ERROR_FORMAT);
  g_unlink (fixture->path);
  make (fixture, TABLES "INSERT INTO tiles VALUES (0, 0, 0, " GARBAGE ");");
  assert_refused (fixture, ZF_MAP_ERROR_FORMAT);
  g_unlink (fixture->path);
  g_assert_true (g_file_set_contents (fixture->path, "this is no database, only some words in a file of enough length to be looked at", -1, NULL));
  assert_refused (fixture, ZF_MAP_ERROR_FORMAT);
  g_assert_true (g_file_set_contents (fixture->path, "", -1, NULL));
  assert_refused (fixture, ZF_MAP_ERROR_FORMAT);
}

/* A file cut short or with random bytes in it ends in an error or in missing tiles, never worse. */
static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  make (fixture, TABLES "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255)"
        " INSERT INTO tiles SELECT 4, i % 16, i / 16, CAST(" PNG " || zeroblob(900) AS BLOB) FROM n; CREATE UNIQUE INDEX ti ON tiles (zoom_level, tile_column, tile_row);");
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *bytes = g_memdup2 (whole, size);
      gsize length = i % 2 == 0 ? (gsize) g_rand_int_range (rand, 1, (gint32) size) : size;
      for (guint j = 0; j < 40 && i % 2 == 1; j++)
        bytes[g_rand_int_range (rand, 16, (gint32) size)] = (char) g_rand_int_range (rand, 0, 256);
      g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) length, NULL));
      g_autoptr (ZfMbtiles) pack = zf_mbtiles_open (fixture->path, NULL);
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
      for (guint x = 0; pack != NULL && x < 16; x++)
        {
          g_autoptr (GBytes) tile = zf_mbtiles_tile (pack, 4, x, x, NULL);
        }
      if (pack != NULL)
        zf_mbtiles_verify (pack, problems, NULL);
      if (pack != NULL && length < size)
        g_assert_cmpuint (problems->len, >, 0);
    }
}

static gpointer
read_many (gpointer data)
{
  guint found = 0;
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GBytes) tile = zf_mbtiles_tile (data, 4, i % 16, i / 16 % 16, NULL);
      found += tile != NULL;
    }
  return GUINT_TO_POINTER (found);
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  make (fixture, TABLES "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255) INSERT INTO tiles SELECT 4, i % 16, i / 16, " PNG " FROM n;");
  g_autoptr (ZfMbtiles) pack = open_pack (fixture);
  GThread *threads[4];
  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("reader", read_many, pack);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 2000);
}

/* Packs that nobody here made, when they are there. */
static void
test_foreign (void)
{
  static const char *const names[] = { "plain_1.mbtiles", "unindexed.mbtiles" };
  g_autofree char *dir = g_build_filename (g_getenv ("ZF_SRCDIR"), "..", "shared", "testdata", "mbtiles", NULL);
  if (!g_file_test (dir, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("no foreign packs here");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (dir, names[i], NULL);
      g_autoptr (ZfMbtiles) pack = zf_mbtiles_open (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (zf_mbtiles_info (pack)->max_zoom, ==, 4);
      g_autoptr (GBytes) tile = zf_mbtiles_tile (pack, 4, 8, 5, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (tile), >, 100);
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (dir, "corrupt.mbtiles", NULL);
  g_autoptr (ZfMbtiles) pack = zf_mbtiles_open (path, &error);
  g_assert_null (pack);
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/map/mbtiles/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("flip", test_flip);
  ADD ("metadata", test_metadata);
  ADD ("view-without-metadata", test_view_without_metadata);
  ADD ("bad-bounds", test_bad_bounds);
  ADD ("vector", test_vector);
  ADD ("no-map", test_no_map);
  ADD ("damage", test_damage);
  ADD ("threads", test_threads);
  g_test_add_func ("/map/mbtiles/foreign", test_foreign);
  return g_test_run ();
}
