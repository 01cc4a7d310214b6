/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-mbtiles.h"
#include "zf-mbtiles-magic.h"
#include "zf-mercator.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

/* Packs come from anywhere: `tiles` may be a view, metadata may be missing or wrong, tiles may be NULL or garbage. Only what was looked at is
 * believed. One connection behind a lock: a tile is one indexed read. */
struct _ZfMbtiles
{
  GObject parent_instance;
  GMutex lock;
  sqlite3 *db;
  sqlite3_stmt *tile;
  ZfMbtilesInfo info;
  gboolean zoom_known;
  gboolean bounds_known;
};

G_DEFINE_FINAL_TYPE (ZfMbtiles, zf_mbtiles, G_TYPE_OBJECT)

#define MAX_ZOOM 24

static void
zf_mbtiles_finalize (GObject *object)
{
  ZfMbtiles *self = ZF_MBTILES (object);
  sqlite3_finalize (self->tile);
  sqlite3_close (self->db);
  g_free (self->info.name);
  g_free (self->info.format);
  g_free (self->info.attribution);
  g_free (self->info.approval);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (zf_mbtiles_parent_class)->finalize (object);
}

static void
zf_mbtiles_class_init (ZfMbtilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_mbtiles_finalize;
}

static void
zf_mbtiles_init (ZfMbtiles *self)
{
  g_mutex_init (&self->lock);
  self->info.name = g_strdup ("");
  self->info.format = g_strdup ("");
  self->info.attribution = g_strdup ("");
  self->info.approval = g_strdup ("");
  self->info.n_tiles = -1;
}

static gboolean
fail (GError **error, ZfMapError code, const char *sentence)
{
  g_set_error_literal (error, ZF_MAP_ERROR, (int) code, sentence);
  return FALSE;
}

static gboolean
fail_sqlite (int rc, GError **error)
{
  if (rc == SQLITE_CORRUPT)
    return fail (error, ZF_MAP_ERROR_CORRUPT, "This map pack is damaged.");
  if (rc == SQLITE_NOTADB || rc == SQLITE_ERROR)
    return fail (error, ZF_MAP_ERROR_FORMAT, "This file is not a map pack (MBTiles).");
  return fail (error, ZF_MAP_ERROR_IO, "The map pack cannot be read.");
}

static sqlite3_stmt *
prepare (ZfMbtiles *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL);
  if (rc != SQLITE_OK)
    fail_sqlite (rc, error);
  return stmt;
}

/* Opening */

/* A pack is never written: immutable also reads from a read-only memory stick and makes no -wal beside it. */
static gboolean
open_file (ZfMbtiles *self, const char *path, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", TRUE);
  g_autofree char *uri = g_strdup_printf ("file:%s?immutable=1", escaped);
  int rc = sqlite3_open_v2 (uri, &self->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_FULLMUTEX, NULL);
  if (rc != SQLITE_OK)
    return fail_sqlite (rc, error);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_exec (self->db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
  self->tile = prepare (self, "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3", error);
  return self->tile != NULL;
}

static void
replace (char **text, const char *value)
{
  g_free (*text);
  *text = g_utf8_make_valid (value, -1);
}

/* "w,s,e,n": only numbers that make a piece of the earth. */
static void
take_bounds (ZfMbtiles *self, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", -1);
  double n[4];
  if (g_strv_length (parts) != 4)
    return;
  for (int i = 0; i < 4; i++)
    {
      char *end = NULL;
      n[i] = g_ascii_strtod (parts[i], &end);
      if (end == parts[i] || !isfinite (n[i]))
        return;
    }
  if (n[0] >= n[2] || n[1] >= n[3] || n[0] < -180.1 || n[2] > 180.1 || n[1] < -90 || n[3] > 90)
    return;
  self->info.west = n[0];
  self->info.south = n[1];
  self->info.east = n[2];
  self->info.north = n[3];
  self->bounds_known = TRUE;
}

static void
take_metadata (ZfMbtiles *self, const char *name, const char *value)
{
  struct { const char *name; char **text; } texts[] = {
    { "name", &self->info.name }, { "format", &self->info.format }, { "attribution", &self->info.attribution },
    { "approval", &self->info.approval }, { "review_number", &self->info.approval },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].name, name))
      replace (texts[i].text, value);
  if (g_str_equal (name, "bounds"))
    take_bounds (self, value);
}

/* A pack without a metadata table is still a pack. */
static void
read_metadata (ZfMbtiles *self)
{
  sqlite3_stmt *stmt = prepare (self, "SELECT name, value FROM metadata LIMIT 200", NULL);
  while (stmt != NULL && sqlite3_step (stmt) == SQLITE_ROW)
    {
      const char *name = (const char *) sqlite3_column_text (stmt, 0);
      const char *value = (const char *) sqlite3_column_text (stmt, 1);
      if (name != NULL && value != NULL)
        take_metadata (self, name, value);
    }
  sqlite3_finalize (stmt);
}

/* Zooms as the tiles have them: what metadata says is often wrong, and the index makes this cheap. */
static gboolean
read_zooms (ZfMbtiles *self, GError **error)
{
  sqlite3_stmt *stmt = prepare (self, "SELECT min(zoom_level), max(zoom_level) FROM tiles", error);
  if (stmt == NULL)
    return FALSE;
  int rc = sqlite3_step (stmt);
  self->zoom_known = rc == SQLITE_ROW && sqlite3_column_type (stmt, 0) != SQLITE_NULL;
  if (self->zoom_known)
    {
      self->info.min_zoom = CLAMP (sqlite3_column_int (stmt, 0), 0, MAX_ZOOM);
      self->info.max_zoom = CLAMP (sqlite3_column_int (stmt, 1), 0, MAX_ZOOM);
    }
  sqlite3_finalize (stmt);
  if (rc != SQLITE_ROW)
    return fail_sqlite (rc, error);
  return self->zoom_known || fail (error, ZF_MAP_ERROR_FORMAT, "This map pack holds no tiles.");
}

static gboolean
derive_bounds (ZfMbtiles *self, GError **error)
{
  sqlite3_stmt *stmt = prepare (self, "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row) FROM tiles WHERE zoom_level = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, self->info.max_zoom);
  int rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    {
      double n = ldexp (1, self->info.max_zoom);
      self->info.west = zf_mercator_lon (sqlite3_column_double (stmt, 0) / n);
      self->info.east = zf_mercator_lon ((sqlite3_column_double (stmt, 1) + 1) / n);
      self->info.south = zf_mercator_lat (1 - sqlite3_column_double (stmt, 2) / n);
      self->info.north = zf_mercator_lat (1 - (sqlite3_column_double (stmt, 3) + 1) / n);
    }
  sqlite3_finalize (stmt);
  return rc == SQLITE_ROW || fail_sqlite (rc, error);
}

/* The bytes decide what a tile is, whatever metadata claims. */
static gboolean
look_at_tiles (ZfMbtiles *self, GError **error)
{
  sqlite3_stmt *stmt = prepare (self, "SELECT tile_data FROM tiles WHERE tile_data IS NOT NULL LIMIT 50", error);
  const char *format = NULL;
  gboolean vector = g_str_equal (self->info.format, "pbf");
  if (stmt == NULL)
    return FALSE;
  int rc = SQLITE_ROW;
  while (format == NULL && (rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      gconstpointer bytes = sqlite3_column_blob (stmt, 0);
      gsize size = (gsize) sqlite3_column_bytes (stmt, 0);
      format = zf_tile_format (bytes, size);
      vector = vector || (format == NULL && zf_tile_is_vector (bytes, size));
    }
  sqlite3_finalize (stmt);
  if (format != NULL)
    {
      replace (&self->info.format, format);
      return TRUE;
    }
  if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB)
    return fail_sqlite (rc, error);
  if (vector)
    return fail (error, ZF_MAP_ERROR_VECTOR, "This map pack holds vector tiles; only packs with pictures (png, jpg, webp) can be shown.");
  return fail (error, ZF_MAP_ERROR_FORMAT, "This map pack holds no pictures.");
}

ZfMbtiles *
zf_mbtiles_open (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_autoptr (ZfMbtiles) self = g_object_new (ZF_TYPE_MBTILES, NULL);
  if (!open_file (self, path, error))
    return NULL;
  read_metadata (self);
  if (!look_at_tiles (self, error) || !read_zooms (self, error) || (!self->bounds_known && !derive_bounds (self, error)))
    return NULL;
  return g_steal_pointer (&self);
}

const ZfMbtilesInfo *
zf_mbtiles_info (ZfMbtiles *self)
{
  g_return_val_if_fail (ZF_IS_MBTILES (self), NULL);
  return &self->info;
}

/* Reading */

static GBytes *
no_tile (GError **error)
{
  fail (error, ZF_MAP_ERROR_NO_TILE, "The map pack has no tile here.");
  return NULL;
}

static GBytes *
read_tile (ZfMbtiles *self, guint z, guint x, guint row, GError **error)
{
  GBytes *bytes = NULL;
  sqlite3_bind_int64 (self->tile, 1, z);
  sqlite3_bind_int64 (self->tile, 2, x);
  sqlite3_bind_int64 (self->tile, 3, row);
  int rc = sqlite3_step (self->tile);
  gconstpointer data = rc == SQLITE_ROW ? sqlite3_column_blob (self->tile, 0) : NULL;
  gsize size = rc == SQLITE_ROW ? (gsize) sqlite3_column_bytes (self->tile, 0) : 0;
  if (data != NULL && zf_tile_format (data, size) != NULL)
    bytes = g_bytes_new (data, size);
  else if (rc == SQLITE_ROW || rc == SQLITE_DONE)
    no_tile (error);
  else
    fail_sqlite (rc, error);
  sqlite3_reset (self->tile);
  return bytes;
}

GBytes *
zf_mbtiles_tile (ZfMbtiles *self, guint z, guint x, guint y, GError **error)
{
  g_return_val_if_fail (ZF_IS_MBTILES (self), NULL);
  if (z > MAX_ZOOM || x >= 1u << z || y >= 1u << z)
    return no_tile (error);
  g_mutex_lock (&self->lock);
  GBytes *bytes = read_tile (self, z, x, (1u << z) - 1 - y, error);
  g_mutex_unlock (&self->lock);
  return bytes;
}

/* Verifying */

#define MAX_PROBLEMS 200u

static void
add_problem (GPtrArray *problems, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_problem (GPtrArray *problems, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  if (problems->len < MAX_PROBLEMS)
    g_ptr_array_add (problems, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
check_integrity (ZfMbtiles *self, GPtrArray *problems)
{
  sqlite3_stmt *stmt = prepare (self, "PRAGMA integrity_check(20)", NULL);
  while (stmt != NULL && sqlite3_step (stmt) == SQLITE_ROW)
    {
      const char *line = (const char *) sqlite3_column_text (stmt, 0);
      if (line != NULL && !g_str_equal (line, "ok"))
        add_problem (problems, "file: %s", line);
    }
  sqlite3_finalize (stmt);
}

static void
check_tile (sqlite3_stmt *stmt, const char *format, GPtrArray *problems)
{
  gint64 z = sqlite3_column_int64 (stmt, 0);
  gint64 x = sqlite3_column_int64 (stmt, 1);
  gint64 row = sqlite3_column_int64 (stmt, 2);
  gconstpointer data = sqlite3_column_blob (stmt, 3);
  const char *found = zf_tile_format (data, (gsize) sqlite3_column_bytes (stmt, 3));
  g_autofree char *where = g_strdup_printf ("tile %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " (TMS)", z, x, row);
  if (z < 0 || z > MAX_ZOOM || x < 0 || row < 0 || x >= G_GINT64_CONSTANT (1) << z || row >= G_GINT64_CONSTANT (1) << z)
    add_problem (problems, "%s: outside the world", where);
  if (data == NULL)
    add_problem (problems, "%s: empty", where);
  else if (found == NULL)
    add_problem (problems, "%s: not a picture", where);
  else if (!g_str_equal (found, format))
    add_problem (problems, "%s: %s among %s", where, found, format);
}

gboolean
zf_mbtiles_verify (ZfMbtiles *self, GPtrArray *problems, GError **error)
{
  g_return_val_if_fail (ZF_IS_MBTILES (self) && problems != NULL, FALSE);
  gint64 n = 0;
  int rc = SQLITE_ERROR;
  g_mutex_lock (&self->lock);
  check_integrity (self, problems);
  sqlite3_stmt *stmt = prepare (self, "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles", error);
  while (stmt != NULL && (rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      check_tile (stmt, self->info.format, problems);
      n++;
    }
  sqlite3_finalize (stmt);
  if (stmt != NULL && rc != SQLITE_DONE)
    add_problem (problems, "file: reading stopped after %" G_GINT64_FORMAT " tiles: %s", n, sqlite3_errstr (rc));
  self->info.n_tiles = n;
  g_mutex_unlock (&self->lock);
  return stmt != NULL;
}

gboolean
zf_mbtiles_check (const char *path, GError **error)
{
  g_autoptr (ZfMbtiles) pack = zf_mbtiles_open (path, error);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  if (pack == NULL || !zf_mbtiles_verify (pack, problems, error))
    return FALSE;
  if (problems->len == 0)
    return TRUE;
  g_set_error_literal (error, ZF_MAP_ERROR, ZF_MAP_ERROR_CORRUPT, problems->pdata[0]);
  return FALSE;
}
