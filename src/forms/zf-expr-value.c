/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Days, moments, money and numbers as text: what XPath 1.0 lacks. */

#define DAY_MS 86400000.0
#define EPOCH_JULIAN 719163 /* GDate's number of 1970-01-01 */

static gboolean
digits (const char *text, guint n, guint *value)
{
  *value = 0;
  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      *value = *value * 10 + (guint) (text[i] - '0');
    }
  return TRUE;
}

static gboolean
parse_day (const char *text, double *days)
{
  guint year, month, day;
  if (!digits (text, 4, &year) || text[4] != '-' || !digits (text + 5, 2, &month) || text[7] != '-' || !digits (text + 8, 2, &day))
    return FALSE;
  if (year == 0 || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  *days = (double) g_date_get_julian (&date) - EPOCH_JULIAN;
  return TRUE;
}

/* A moment counts on the calendar of this place, whatever offset it was written with. */
static gboolean
parse_moment (const char *text, double *days)
{
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (text, here);
  if (moment == NULL)
    return FALSE;
  g_autoptr (GDateTime) local = g_date_time_to_timezone (moment, here);
  gint64 seconds = g_date_time_to_unix (local) + g_date_time_get_utc_offset (local) / G_USEC_PER_SEC;
  *days = ((double) seconds * 1000 + g_date_time_get_microsecond (local) / 1000) / DAY_MS;
  return TRUE;
}

gboolean
zf_expr_date (const char *text, double *days)
{
  gsize n = strlen (text);
  if (n < 10 || n > 40)
    return FALSE;
  double day;
  if (!parse_day (text, &day))
    return FALSE;
  *days = day;
  return n == 10 || (text[10] == 'T' && parse_moment (text, days));
}

char *
zf_expr_date_text (double days)
{
  double julian = floor (days) + EPOCH_JULIAN;
  if (!(julian >= 1 && julian <= 3652059)) /* year 1 to 9999 */
    return NULL;
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) julian);
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&date), (int) g_date_get_month (&date), g_date_get_day (&date));
}

char *
zf_expr_moment_text (gint64 ms)
{
  gint64 rest = ((ms % 1000) + 1000) % 1000;
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local ((ms - rest) / 1000);
  if (local == NULL)
    return g_strdup ("");
  g_autofree char *seconds = g_date_time_format (local, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *offset = g_date_time_format (local, "%:z");
  return g_strdup_printf ("%s.%03d%s", seconds, (int) rest, offset);
}

gboolean
zf_expr_fen (double yuan, gint64 *fen)
{
  /* 1.005 is 1.00499999… as a double: its fifteen digits are what was written. */
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double exact = g_ascii_strtod (g_ascii_formatd (buffer, sizeof buffer, "%.15g", yuan * 100), NULL);
  if (!(fabs (exact) <= 9007199254740992.0))
    return FALSE;
  *fen = llround (exact);
  return TRUE;
}

char *
zf_expr_number_text (double number)
{
  if (!isfinite (number))
    return NULL;
  char buffer[400];
  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (strpbrk (buffer, "eE") != NULL)
    g_ascii_formatd (buffer, sizeof buffer, fabs (number) >= 1 ? "%.0f" : "%.20f", number);
  char *point = strchr (buffer, '.');
  for (gsize n = strlen (buffer); point != NULL && n > 0 && (buffer[n - 1] == '0' || buffer + n - 1 == point); n--)
    {
      gboolean at_point = buffer + n - 1 == point;
      buffer[n - 1] = '\0';
      if (at_point)
        break;
    }
  return g_strdup (g_str_equal (buffer, "-0") ? "0" : buffer);
}
