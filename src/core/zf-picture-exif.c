/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-picture-private.h"

#include <libexif/exif-data.h>
#include <math.h>
#include <string.h>

#include "zf-json.h"

/* Tags 1–4 of the GPS block; libexif names them like tags of other blocks. */
#define GPS_LAT_REF ((ExifTag) 1)
#define GPS_LAT ((ExifTag) 2)
#define GPS_LON_REF ((ExifTag) 3)
#define GPS_LON ((ExifTag) 4)

/* Phones write wrong types, lengths of zero and empty blocks: only an entry of the right shape counts. */
static ExifEntry *
find (ExifData *data, ExifIfd ifd, ExifTag tag, ExifFormat format, gsize n)
{
  ExifEntry *entry = data->ifd[ifd] != NULL ? exif_content_get_entry (data->ifd[ifd], tag) : NULL;

  if (entry == NULL || entry->format != format || entry->data == NULL || entry->components < n
      || entry->size < n * exif_format_get_size (format))
    return NULL;
  return entry;
}

static char *
find_text (ExifData *data, ExifIfd ifd, ExifTag tag)
{
  ExifEntry *entry = find (data, ifd, tag, EXIF_FORMAT_ASCII, 1);

  return entry != NULL ? g_strstrip (g_strndup ((const char *) entry->data, entry->size)) : NULL;
}

static int
read_orientation (ExifData *data, ExifByteOrder order)
{
  ExifEntry *entry = find (data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, EXIF_FORMAT_SHORT, 1);
  int value = entry != NULL ? exif_get_short (entry->data, order) : 1;

  return value >= 1 && value <= 8 ? value : 1;
}

/* @n digits at @text, or -1. */
static int
digits (const char *text, int n)
{
  int sum = 0;

  for (int i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return -1;
      sum = sum * 10 + (text[i] - '0');
    }
  return sum;
}

static GTimeZone *
read_zone (ExifData *data)
{
  g_autofree char *text = find_text (data, EXIF_IFD_EXIF, EXIF_TAG_OFFSET_TIME_ORIGINAL);
  g_autoptr (GTimeZone) zone = NULL;

  if (text != NULL && strlen (text) == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':')
    zone = g_time_zone_new_identifier (text);
  return zone != NULL ? g_steal_pointer (&zone) : g_time_zone_new_local ();
}

/* "2026:11:03 14:05:00" */
static gint64
read_taken (ExifData *data)
{
  g_autofree char *text = find_text (data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL);
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (GDateTime) time = NULL;
  int year;

  if (text == NULL || strlen (text) != 19 || text[4] != ':' || text[7] != ':' || text[10] != ' ' || text[13] != ':' || text[16] != ':')
    return 0;
  year = digits (text, 4);
  if (year < 1900)
    return 0;
  zone = read_zone (data);
  time = g_date_time_new (zone, year, digits (text + 5, 2), digits (text + 8, 2), digits (text + 11, 2), digits (text + 14, 2),
                          digits (text + 17, 2));
  return time != NULL ? g_date_time_to_unix (time) * 1000 : 0;
}

/* Degrees, minutes, seconds → degrees; NAN when they make no angle up to @limit. */
static double
read_angle (ExifEntry *entry, ExifByteOrder order, double limit)
{
  static const double parts[] = { 1, 60, 3600 };
  double sum = 0;

  for (int i = 0; i < 3; i++)
    {
      ExifRational r = exif_get_rational (entry->data + 8 * i, order);
      double value = r.denominator != 0 ? (double) r.numerator / r.denominator : 0;

      if ((r.denominator == 0 && r.numerator != 0) || (i > 0 && value > 60))
        return NAN;
      sum += value / parts[i];
    }
  return sum <= limit ? sum : NAN;
}

static char *
degrees_text (double degrees)
{
  gint64 e7 = llround (degrees * 1e7);
  g_autofree char *text = g_strdup_printf ("%s%d.%07d", e7 < 0 ? "-" : "", (int) (ABS (e7) / 10000000), (int) (ABS (e7) % 10000000));

  return zf_decimal_normalize (text);
}

static void
read_place (ExifData *data, ExifByteOrder order, ZfExif *exif)
{
  ExifEntry *lat = find (data, EXIF_IFD_GPS, GPS_LAT, EXIF_FORMAT_RATIONAL, 3);
  ExifEntry *lon = find (data, EXIF_IFD_GPS, GPS_LON, EXIF_FORMAT_RATIONAL, 3);
  g_autofree char *north = find_text (data, EXIF_IFD_GPS, GPS_LAT_REF);
  g_autofree char *east = find_text (data, EXIF_IFD_GPS, GPS_LON_REF);
  double y, x;

  if (lat == NULL || lon == NULL || north == NULL || east == NULL)
    return;
  if (strchr ("NS", north[0]) == NULL || strchr ("EW", east[0]) == NULL || north[0] == '\0' || east[0] == '\0')
    return;
  y = read_angle (lat, order, 90);
  x = read_angle (lon, order, 180);
  /* 0,0 is what a phone without a fix writes. */
  if (isnan (y) || isnan (x) || (y <= 0 && x <= 0))
    return;
  exif->lat = degrees_text (north[0] == 'S' ? -y : y);
  exif->lon = degrees_text (east[0] == 'W' ? -x : x);
}

void
zf_exif_read (GBytes *bytes, ZfExif *exif)
{
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  ExifData *data = exif_data_new ();
  ExifByteOrder order;

  memset (exif, 0, sizeof *exif);
  exif->orientation = 1;
  if (data == NULL)
    return;
  /* Otherwise libexif invents the tags that the specification demands. */
  exif_data_unset_option (data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_load_data (data, start, (unsigned int) size);
  order = exif_data_get_byte_order (data);
  exif->orientation = read_orientation (data, order);
  exif->taken_ms = read_taken (data);
  read_place (data, order, exif);
  exif_data_unref (data);
}
