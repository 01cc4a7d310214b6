/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-place.h"

#include <string.h>

#include "zf-query.h"

#define E7 10000000

static gboolean
parse_fraction (const char *digits, gint64 *value)
{
  gint64 unit = E7;

  for (; g_ascii_isdigit (*digits); digits++)
    {
      if (unit > 1)
        *value += (*digits - '0') * (unit / 10);
      else if (unit == 1 && *digits >= '5')
        *value += 1;
      unit = unit > 1 ? unit / 10 : 0;
    }
  return *digits == '\0';
}

gboolean
zf_place_parse_e7 (const char *degrees, int limit, gint32 *e7)
{
  gboolean negative = degrees != NULL && *degrees == '-';
  gint64 value = 0;
  const char *p = degrees;

  if (p == NULL || !g_ascii_isdigit (p[negative]))
    return FALSE;
  for (p += negative; g_ascii_isdigit (*p) && value <= 1000; p++)
    value = value * 10 + (*p - '0');
  value *= E7;
  if (*p == '.' ? !parse_fraction (p + 1, &value) : *p != '\0')
    return FALSE;
  if (value > (gint64) limit * E7)
    return FALSE;
  *e7 = (gint32) (negative ? -value : value);
  return TRUE;
}

static gboolean
read_position (const ZfRecord *record, gint32 *lat, gint32 *lon)
{
  const char *lat_field = NULL, *lon_field = NULL;

  return zf_kind_place (record->kind, &lat_field, &lon_field) &&
         zf_place_parse_e7 (zf_record_get_string (record, lat_field, NULL), 90, lat) &&
         zf_place_parse_e7 (zf_record_get_string (record, lon_field, NULL), 180, lon);
}

gboolean
zf_place_update (ZfDb *db, ZfSide side, const ZfRecord *record, gboolean visible, GError **error)
{
  static const char *const put[] =
    ZF_BOTH_SIDES ("INSERT OR REPLACE INTO", "place (id, kind, village, lat_e7, lon_e7) VALUES (?1, ?2, ?3, ?4, ?5)");
  static const char *const take[] = ZF_BOTH_SIDES ("DELETE FROM", "place WHERE id = ?1");
  gint32 lat = 0, lon = 0;

  if (!zf_kind_place (record->kind, NULL, NULL))
    return TRUE;
  if (visible && read_position (record, &lat, &lon))
    return zf_db_run (db, error, put[side], "sssii", record->id, record->kind_name, record->village, (gint64) lat, (gint64) lon);
  return zf_db_run (db, error, take[side], "s", record->id);
}

gboolean
zf_place_insert (ZfDb *db, const ZfRecord *record, GError **error)
{
  gint32 lat = 0, lon = 0;

  return !read_position (record, &lat, &lon) || zf_place_update (db, ZF_LIVE, record, TRUE, error);
}

static gboolean
read_places (ZfDb *db, sqlite3_stmt *stmt, GArray *places, GError **error)
{
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, error))
    {
      ZfPlace place = { 0 };

      if (!row)
        return TRUE;
      g_strlcpy (place.id, zf_db_text (stmt, 0), sizeof place.id);
      place.lat_e7 = sqlite3_column_int (stmt, 1);
      place.lon_e7 = sqlite3_column_int (stmt, 2);
      g_array_append_val (places, place);
    }
  return FALSE;
}

GArray *
zf_places (ZfReader *reader, const char *kind, const char *village, GError **error)
{
  const char *sql = village != NULL ? "SELECT id, lat_e7, lon_e7 FROM place WHERE kind = ?1 AND village = ?2"
                                    : "SELECT id, lat_e7, lon_e7 FROM place INDEXED BY place_kind WHERE kind = ?1";
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (ZfPlace));
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt;

  g_return_val_if_fail (kind != NULL, NULL);
  stmt = zf_db_prepare (db, sql, error);
  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, village != NULL ? "ss" : "s", kind, village);
  return read_places (db, stmt, places, error) ? g_steal_pointer (&places) : NULL;
}
