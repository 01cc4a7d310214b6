/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* A map pack for the tablets: looked at tile by tile before anybody can fetch it. */
#include <string.h>

#include "zf-decimal.h"
#include "zf-error.h"
#include "zf-mbtiles.h"
#include "zf-pack.h"
#include "zf-server-pack.h"

typedef struct
{
  ZfServerCore *core;
  const char *path;
  const char *name;
  const char *title;
  char *sha256;
  gint64 size;
} Publishing;

static void
put_degrees (JsonObject *fields, const char *field, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *degrees = zf_decimal_normalize (g_ascii_formatd (text, sizeof text, "%.5f", value));

  json_object_set_string_member (fields, field, degrees);
}

static void
put_text (JsonObject *fields, const char *field, const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (fields, field, value);
}

static void
put_info (JsonObject *fields, const ZfMbtilesInfo *info)
{
  put_text (fields, "approval", info->approval);
  put_text (fields, "attribution", info->attribution);
  put_degrees (fields, "west", info->west);
  put_degrees (fields, "south", info->south);
  put_degrees (fields, "east", info->east);
  put_degrees (fields, "north", info->north);
  json_object_set_int_member (fields, "min_zoom", info->min_zoom);
  json_object_set_int_member (fields, "max_zoom", info->max_zoom);
}

/* Later versions are larger numbers; the same pack once more becomes the newest again. */
static char *
version_now (ZfServerCore *core)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (zf_clock_now_ms (core->clock) / 1000);
  g_autofree char *seconds = g_date_time_format (now, "%Y%m%d%H%M%S");

  return g_strdup_printf ("%s%03d", seconds, (int) (zf_clock_now_ms (core->clock) % 1000));
}

static JsonObject *
fields_of (const Publishing *publishing, const ZfMbtilesInfo *info)
{
  JsonObject *fields = json_object_new ();
  g_autofree char *version = version_now (publishing->core);

  json_object_set_string_member (fields, "name", publishing->name);
  json_object_set_string_member (fields, "version", version);
  json_object_set_string_member (fields, "title", publishing->title != NULL ? publishing->title : *info->name != '\0' ? info->name : publishing->name);
  json_object_set_string_member (fields, "sha256", publishing->sha256);
  json_object_set_int_member (fields, "size", publishing->size);
  put_info (fields, info);
  return fields;
}

/* The record last: nobody is told of a file that is not there. */
static gboolean
place_and_tell (const Publishing *publishing, const ZfMbtilesInfo *info, GError **error)
{
  ZfServerCore *core = publishing->core;
  g_autofree char *to = zf_server_pack_path (core->dir, publishing->sha256);
  g_autoptr (JsonArray) rows = json_array_new ();

  json_array_add_object_element (rows, fields_of (publishing, info));
  return (zf_files_size (core->files, to) == publishing->size || zf_server_pack_copy (core->files, publishing->path, to, error)) &&
         zf_server_core_publish_rows (core, "mappack", rows, error);
}

static gboolean
measure (Publishing *publishing, GError **error)
{
  publishing->size = zf_files_size (publishing->core->files, publishing->path);
  if (publishing->size > ZF_PACK_MAX)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_LIMIT, "The map pack is larger than tablets take (4 GiB)");
      return FALSE;
    }
  publishing->sha256 = zf_files_hash (publishing->core->files, publishing->path, error);
  return publishing->sha256 != NULL;
}

gboolean
zf_server_core_publish_map (ZfServerCore *core, const char *path, const char *name, const char *title, char **said, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *plain = g_str_has_suffix (base, ".mbtiles") ? g_strndup (base, strlen (base) - strlen (".mbtiles")) : g_strdup (base);
  Publishing publishing = { .core = core, .path = path, .name = name != NULL ? name : plain, .title = title };
  g_autoptr (ZfMbtiles) pack = zf_mbtiles_check (path, error) ? zf_mbtiles_open (path, error) : NULL;
  g_autofree char *size = NULL;
  gboolean ok = pack != NULL && measure (&publishing, error) && place_and_tell (&publishing, zf_mbtiles_info (pack), error);

  size = g_format_size ((guint64) MAX (publishing.size, 0));
  if (ok)
    *said = g_strdup_printf ("map pack %s, %s", publishing.name, size);
  g_free (publishing.sha256);
  return ok;
}
