/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-mbtiles-make.h"
#include "zf-mbtiles.h"

#include <glib/gstdio.h>
#include <pango/pangocairo.h>
#include <sqlite3.h>

typedef struct
{
  sqlite3 *db;
  sqlite3_stmt *insert;
  ZfSketch *sketch;
  const ZfMbtilesSpec *spec;
  GCancellable *cancellable;
} Maker;

static gboolean
io_error (GError **error)
{
  g_set_error_literal (error, ZF_MAP_ERROR, ZF_MAP_ERROR_IO, "The map pack cannot be written.");
  return FALSE;
}

static void
tile_range (const ZfMbtilesSpec *spec, guint z, guint *left, guint *top, guint *right, guint *bottom)
{
  zf_mercator_tile (spec->north, spec->west, z, left, top);
  zf_mercator_tile (spec->south, spec->east, z, right, bottom);
}

guint64
zf_mbtiles_count (const ZfMbtilesSpec *spec)
{
  guint64 n = 0;
  for (guint z = spec->min_zoom; z <= spec->max_zoom && z <= 22; z++)
    {
      guint left, top, right, bottom;
      tile_range (spec, z, &left, &top, &right, &bottom);
      n += (guint64) (right - left + 1) * (bottom - top + 1);
    }
  return n;
}

static gboolean
check_spec (const ZfMbtilesSpec *spec, GError **error)
{
  gboolean area = spec->west < spec->east && spec->south < spec->north && spec->west >= -180 && spec->east <= 180 && spec->south >= -85 && spec->north <= 85;
  if (area && spec->min_zoom <= spec->max_zoom && spec->max_zoom <= 22 && zf_mbtiles_count (spec) <= ZF_MBTILES_MAKE_MAX_TILES)
    return TRUE;
  g_set_error (error, ZF_MAP_ERROR, ZF_MAP_ERROR_FORMAT, "A map pack needs an area, zooms from 0 to 22 and at most %d tiles.", ZF_MBTILES_MAKE_MAX_TILES);
  return FALSE;
}

/* One tile */

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Every second tile carries the notice, so that no screenful of the map is without it. */
static void
draw_notice (cairo_t *cr)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC, Sans");
  pango_font_description_set_absolute_size (font, 11 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, ZF_SKETCH_NOTICE, -1);
  cairo_set_source_rgba (cr, 0.3, 0.3, 0.3, 0.55);
  cairo_move_to (cr, 12, 236);
  pango_cairo_show_layout (cr, layout);
}

static GByteArray *
draw_tile (ZfSketch *sketch, guint z, guint x, guint y)
{
  ZfViewport viewport = zf_viewport_tile (z, x, y, ZF_TILE_SIZE);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, ZF_TILE_SIZE, ZF_TILE_SIZE);
  cairo_t *cr = cairo_create (surface);
  GByteArray *png = g_byte_array_new ();
  zf_sketch_draw (sketch, cr, &viewport, NULL);
  if ((x + y) % 2 == 0)
    draw_notice (cr);
  cairo_surface_write_to_png_stream (surface, append_bytes, png);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return png;
}

static gboolean
write_tile (Maker *self, guint z, guint x, guint y, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  g_autoptr (GByteArray) png = draw_tile (self->sketch, z, x, y);
  sqlite3_bind_int64 (self->insert, 1, z);
  sqlite3_bind_int64 (self->insert, 2, x);
  sqlite3_bind_int64 (self->insert, 3, (1u << z) - 1 - y);
  sqlite3_bind_blob64 (self->insert, 4, png->data, png->len, SQLITE_STATIC);
  int rc = sqlite3_step (self->insert);
  sqlite3_reset (self->insert);
  sqlite3_clear_bindings (self->insert);
  return rc == SQLITE_DONE || io_error (error);
}

static gboolean
write_tiles (Maker *self, GError **error)
{
  for (guint z = self->spec->min_zoom; z <= self->spec->max_zoom; z++)
    {
      guint left, top, right, bottom;
      tile_range (self->spec, z, &left, &top, &right, &bottom);
      for (guint x = left; x <= right; x++)
        for (guint y = top; y <= bottom; y++)
          if (!write_tile (self, z, x, y, error))
            return FALSE;
    }
  return TRUE;
}

/* Metadata */

static gboolean
write_pair (Maker *self, const char *name, const char *value)
{
  sqlite3_stmt *stmt = NULL;
  gboolean ok = sqlite3_prepare_v2 (self->db, "INSERT INTO metadata (name, value) VALUES (?1, ?2)", -1, &stmt, NULL) == SQLITE_OK
                && sqlite3_bind_text (stmt, 1, name, -1, SQLITE_STATIC) == SQLITE_OK
                && sqlite3_bind_text (stmt, 2, value, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_DONE;
  sqlite3_finalize (stmt);
  return ok;
}

static char *
decimals (const double *numbers, guint n)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append_printf (out, "%s%s", i > 0 ? "," : "", g_ascii_formatd (buffer, sizeof buffer, "%.6f", numbers[i]));
    }
  return g_strdup (out->str);
}

static gboolean
write_metadata (Maker *self, GError **error)
{
  const ZfMbtilesSpec *spec = self->spec;
  const double area[] = { spec->west, spec->south, spec->east, spec->north };
  const double middle[] = { (spec->west + spec->east) / 2, (spec->south + spec->north) / 2 };
  g_autofree char *bounds = decimals (area, 4);
  g_autofree char *middle_text = decimals (middle, 2);
  g_autofree char *center = g_strdup_printf ("%s,%u", middle_text, (spec->min_zoom + spec->max_zoom) / 2);
  g_autofree char *min_zoom = g_strdup_printf ("%u", spec->min_zoom);
  g_autofree char *max_zoom = g_strdup_printf ("%u", spec->max_zoom);
  const char *pairs[][2] = {
    { "name", spec->name != NULL ? spec->name : "示意图" }, { "format", "png" }, { "type", "baselayer" }, { "version", "1" },
    { "description", ZF_SKETCH_NOTICE }, { "attribution", ZF_SKETCH_NOTICE " · " ZF_SKETCH_CREDIT },
    { "bounds", bounds }, { "center", center }, { "minzoom", min_zoom }, { "maxzoom", max_zoom },
  };
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (!write_pair (self, pairs[i][0], pairs[i][1]))
      return io_error (error);
  return TRUE;
}

static const char schema[] =
  "PRAGMA application_id = 0x4d504258;"
  "BEGIN;"
  "CREATE TABLE metadata (name TEXT NOT NULL UNIQUE, value TEXT NOT NULL);"
  "CREATE TABLE tiles (zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL, tile_row INTEGER NOT NULL, tile_data BLOB NOT NULL);"
  "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);";

static gboolean
fill (Maker *self, const char *path, GError **error)
{
  if (sqlite3_open (path, &self->db) != SQLITE_OK || sqlite3_exec (self->db, schema, NULL, NULL, NULL) != SQLITE_OK)
    return io_error (error);
  if (sqlite3_prepare_v2 (self->db, "INSERT INTO tiles (zoom_level, tile_column, tile_row, tile_data) VALUES (?1, ?2, ?3, ?4)", -1, &self->insert, NULL) != SQLITE_OK)
    return io_error (error);
  if (!write_metadata (self, error) || !write_tiles (self, error))
    return FALSE;
  return sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK || io_error (error);
}

gboolean
zf_mbtiles_make (const char *path, ZfSketch *sketch, const ZfMbtilesSpec *spec, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (path != NULL && sketch != NULL && spec != NULL, FALSE);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  Maker maker = { .sketch = sketch, .spec = spec, .cancellable = cancellable };
  if (!check_spec (spec, error))
    return FALSE;
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error_literal (error, ZF_MAP_ERROR, ZF_MAP_ERROR_IO, "There is a file of this name already.");
      return FALSE;
    }
  g_unlink (part);
  gboolean ok = fill (&maker, part, error);
  sqlite3_finalize (maker.insert);
  sqlite3_close (maker.db);
  ok = ok && (g_rename (part, path) == 0 || io_error (error));
  if (!ok)
    g_unlink (part);
  return ok;
}
