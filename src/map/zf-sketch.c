/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-mbtiles.h"
#include "zf-sketch-data.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Reading: both files are the product's own, so a fault in them is a fault of the installation. */

static void
river_free (gpointer data)
{
  ZfSketchRiver *river = data;
  g_array_unref (river->points);
  g_free (river);
}

static void
town_free (gpointer data)
{
  ZfSketchTown *town = data;
  g_free (town->name);
  g_free (town);
}

void
zf_sketch_free (ZfSketch *self)
{
  g_ptr_array_unref (self->rivers);
  g_ptr_array_unref (self->towns);
  g_free (self);
}

static gboolean
bad_file (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_set_error (error, ZF_MAP_ERROR, ZF_MAP_ERROR_FORMAT, "The map file %s of this installation is damaged.", name);
  return FALSE;
}

static ZfSketchPoint
world_point (double lat, double lon)
{
  return (ZfSketchPoint) { zf_mercator_x (lon), zf_mercator_y (lat) };
}

static void
widen (ZfSketch *self, double lat, double lon)
{
  self->west = MIN (self->west, lon);
  self->east = MAX (self->east, lon);
  self->south = MIN (self->south, lat);
  self->north = MAX (self->north, lat);
}

static gboolean
read_line (ZfSketch *self, JsonArray *line, int level)
{
  guint n = json_array_get_length (line);
  ZfSketchRiver *river = g_new0 (ZfSketchRiver, 1);
  river->level = level;
  river->points = g_array_sized_new (FALSE, FALSE, sizeof (ZfSketchPoint), n);
  g_ptr_array_add (self->rivers, river);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (line, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      if (pair == NULL || json_array_get_length (pair) < 2)
        return FALSE;
      ZfSketchPoint point = world_point (json_array_get_double_element (pair, 1), json_array_get_double_element (pair, 0));
      g_array_append_val (river->points, point);
    }
  return TRUE;
}

static gboolean
read_feature (ZfSketch *self, JsonObject *feature)
{
  JsonObject *properties = json_object_get_object_member (feature, "properties");
  JsonObject *geometry = json_object_get_object_member (feature, "geometry");
  if (properties == NULL || geometry == NULL || !json_object_has_member (geometry, "coordinates"))
    return FALSE;
  if (g_strcmp0 (json_object_get_string_member_with_default (geometry, "type", ""), "LineString") != 0)
    return TRUE;
  return read_line (self, json_object_get_array_member (geometry, "coordinates"), (int) json_object_get_int_member_with_default (properties, "level", 9));
}

static gboolean
read_rivers (ZfSketch *self, const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_file (parser, path, NULL))
    return bad_file (path, error);
  JsonNode *root = json_parser_get_root (parser);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (object == NULL || !json_object_has_member (object, "features"))
    return bad_file (path, error);
  JsonArray *features = json_object_get_array_member (object, "features");
  for (guint i = 0; i < json_array_get_length (features); i++)
    if (!read_feature (self, json_array_get_object_element (features, i)))
      return bad_file (path, error);
  return TRUE;
}

/* code,name,lon,lat,… : names hold no commas. */
static gboolean
read_town (ZfSketch *self, const char *line)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", -1);
  if (g_strv_length (cells) < 4)
    return FALSE;
  ZfSketchTown *town = g_new0 (ZfSketchTown, 1);
  town->name = g_strdup (cells[1]);
  town->street = g_str_has_suffix (cells[1], "街道");
  double lat = g_ascii_strtod (cells[3], NULL);
  double lon = g_ascii_strtod (cells[2], NULL);
  town->at = world_point (lat, lon);
  widen (self, lat, lon);
  g_ptr_array_add (self->towns, town);
  return TRUE;
}

static gboolean
read_towns (ZfSketch *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_utf8_validate (text, -1, NULL))
    return bad_file (path, error);
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !read_town (self, lines[i]))
      return bad_file (path, error);
  return TRUE;
}

ZfSketch *
zf_sketch_load (const char *data_dir, GError **error)
{
  g_return_val_if_fail (data_dir != NULL, NULL);
  g_autofree char *rivers = g_build_filename (data_dir, "map", "rivers.geojson", NULL);
  g_autofree char *towns = g_build_filename (data_dir, "divisions", "towns.csv", NULL);
  g_autoptr (ZfSketch) self = g_new0 (ZfSketch, 1);
  self->rivers = g_ptr_array_new_with_free_func (river_free);
  self->towns = g_ptr_array_new_with_free_func (town_free);
  self->west = self->south = 180;
  self->east = self->north = -180;
  if (!read_rivers (self, rivers, error) || !read_towns (self, towns, error))
    return NULL;
  return g_steal_pointer (&self);
}

guint
zf_sketch_n_towns (ZfSketch *self)
{
  return self->towns->len;
}

guint
zf_sketch_n_rivers (ZfSketch *self)
{
  return self->rivers->len;
}

void
zf_sketch_bounds (ZfSketch *self, double *west, double *south, double *east, double *north)
{
  *west = self->west;
  *south = self->south;
  *east = self->east;
  *north = self->north;
}

gboolean
zf_sketch_town (ZfSketch *self, const char *name, double *lat, double *lon)
{
  for (guint i = 0; i < self->towns->len; i++)
    {
      const ZfSketchTown *town = g_ptr_array_index (self->towns, i);
      if (!g_str_equal (town->name, name))
        continue;
      *lat = zf_mercator_lat (town->at.y);
      *lon = zf_mercator_lon (town->at.x);
      return TRUE;
    }
  return FALSE;
}
