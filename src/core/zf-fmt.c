/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-fmt.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "zf-idnumber.h"

#define NBSP "\u00a0"
#define MINUTE_MS 60000
#define TEN_THOUSAND_FEN 1000000

/* Takes @text. The figure and its unit never part at a line's end. */
static char *
keep_together (char *text)
{
  GString *out = g_string_sized_new (strlen (text) + 8);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == ' ' && p > text && g_ascii_isdigit (p[-1]))
        g_string_append (out, NBSP);
      else
        g_string_append_c (out, *p);
    }
  g_free (text);
  return g_string_free (out, FALSE);
}

static const char *
count_format (ZfCount what, gulong n)
{
  switch (what)
    {
    case ZF_COUNT_PEOPLE: return ngettext ("%s person", "%s persons", n);
    case ZF_COUNT_HOUSEHOLDS: return ngettext ("%s household", "%s households", n);
    case ZF_COUNT_ENTRIES: return ngettext ("%s entry", "%s entries", n);
    case ZF_COUNT_PHOTOS: return ngettext ("%s photo", "%s photos", n);
    case ZF_COUNT_VISITS: return ngettext ("%s visit", "%s visits", n);
    case ZF_COUNT_MONTHS: return ngettext ("%s month", "%s months", n);
    case ZF_COUNT_YEARS_OLD: return ngettext ("%s year old", "%s years old", n);
    case ZF_COUNT_SOUNDS: return ngettext ("%s audio note", "%s audio notes", n);
    case ZF_COUNT_PLACES: return ngettext ("%s point", "%s points", n);
    default: return "%s";
    }
}

/* "12,000" from 10,000; a short number needs no marks. */
static char *
digits_of (guint64 n)
{
  g_autofree char *plain = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  gsize len = strlen (plain);
  GString *out;

  if (len < 5)
    return g_steal_pointer (&plain);
  out = g_string_sized_new (len + len / 3);
  for (gsize i = 0; i < len; i++)
    {
      if (i > 0 && (len - i) % 3 == 0)
        g_string_append_c (out, ',');
      g_string_append_c (out, plain[i]);
    }
  return g_string_free (out, FALSE);
}

static char *
signed_digits (gint64 n)
{
  g_autofree char *digits = digits_of (n < 0 ? -(guint64) n : (guint64) n);

  return g_strconcat (n < 0 ? "-" : "", digits, NULL);
}

/* Puts @value where a translated format has its one %s. The format is data here, so printf must not see it. */
static char *
fill (const char *format, const char *value)
{
  const char *at = strstr (format, "%s");
  GString *out;

  if (at == NULL)
    return g_strdup (format);
  out = g_string_new_len (format, at - format);
  g_string_append (out, value);
  g_string_append (out, at + 2);
  return keep_together (g_string_free (out, FALSE));
}

char *
zf_fmt_count (ZfCount what, gint64 n)
{
  g_autofree char *digits = signed_digits (n);

  return fill (count_format (what, n < 0 ? 2 : (gulong) n), digits);
}

char *
zf_fmt_money (gint64 fen)
{
  guint64 rest = fen < 0 ? -(guint64) fen : (guint64) fen;
  g_autofree char *yuan = digits_of (rest / 100);
  g_autofree char *amount = NULL;

  if (rest % 100 == 0)
    amount = g_strconcat (fen < 0 ? "-" : "", yuan, NULL);
  else
    amount = g_strdup_printf ("%s%s.%02" G_GUINT64_FORMAT, fen < 0 ? "-" : "", yuan, rest % 100);
  return fill (_("%s yuan"), amount);
}

char *
zf_fmt_money_wan (gint64 fen)
{
  guint64 rest = fen < 0 ? -(guint64) fen : (guint64) fen;
  guint64 tenths;
  g_autofree char *whole = NULL;
  g_autofree char *amount = NULL;

  if (rest < TEN_THOUSAND_FEN)
    return NULL;
  tenths = (rest + TEN_THOUSAND_FEN / 20) / (TEN_THOUSAND_FEN / 10);
  whole = digits_of (tenths / 10);
  if (tenths % 10 == 0)
    amount = g_strconcat (fen < 0 ? "-" : "", whole, NULL);
  else
    amount = g_strdup_printf ("%s%s.%d", fen < 0 ? "-" : "", whole, (int) (tenths % 10));
  return fill (_("%s ten thousand"), amount);
}

static gboolean
read_date (const char *text, GDate *date)
{
  int y, m, d;

  if (text == NULL || strlen (text) != 10 || text[4] != '-' || text[7] != '-')
    return FALSE;
  y = (int) g_ascii_strtoll (text, NULL, 10);
  m = (int) g_ascii_strtoll (text + 5, NULL, 10);
  d = (int) g_ascii_strtoll (text + 8, NULL, 10);
  if (y < 1 || y > 9999 || m < 1 || d < 1 || !g_date_valid_dmy ((GDateDay) d, (GDateMonth) m, (GDateYear) y))
    return FALSE;
  g_date_clear (date, 1);
  g_date_set_dmy (date, (GDateDay) d, (GDateMonth) m, (GDateYear) y);
  return TRUE;
}

static const char *
weekday_name (GDateWeekday day)
{
  static const char *const names[] = { N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun") };

  return _(names[day - G_DATE_MONDAY]);
}

char *
zf_fmt_date (const char *date, const char *today)
{
  GDate d, t;

  if (!read_date (date, &d))
    return g_strdup (date != NULL ? date : "");
  if (!read_date (today, &t) || g_date_get_year (&d) != g_date_get_year (&t))
    /* Translators: year, month, day. */
    return g_strdup_printf (_("%1$d-%2$02d-%3$02d"), g_date_get_year (&d), (int) g_date_get_month (&d), g_date_get_day (&d));
  /* Translators: month, day, weekday of a date in this year. */
  return keep_together (g_strdup_printf (_("%1$d/%2$d %3$s"), (int) g_date_get_month (&d), g_date_get_day (&d),
                                         weekday_name (g_date_get_weekday (&d))));
}

static char *
local_time (gint64 ms, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (ms / 1000);

  return time != NULL ? g_date_time_format (time, format) : g_strdup ("");
}

char *
zf_fmt_time (gint64 ms)
{
  return local_time (ms, "%H:%M");
}

char *
zf_fmt_moment (gint64 ms, gint64 now_ms)
{
  g_autofree char *day = local_time (ms, "%Y-%m-%d");
  g_autofree char *today = local_time (now_ms, "%Y-%m-%d");
  g_autofree char *time = zf_fmt_time (ms);
  int days = 0;

  if (ms <= now_ms && now_ms - ms < MINUTE_MS)
    return g_strdup (_("just now"));
  if (!zf_fmt_days_between (day, today, &days))
    return g_steal_pointer (&day);
  if (days == 0)
    return g_strdup_printf (_("today %s"), time);
  if (days == 1)
    return g_strdup (_("yesterday"));
  return zf_fmt_date (day, today);
}

char *
zf_fmt_quarter (const char *quarter)
{
  static const char *const names[] = { N_("Q1"), N_("Q2"), N_("Q3"), N_("Q4") };

  if (quarter == NULL || strlen (quarter) != 6 || quarter[4] != 'Q' || quarter[5] < '1' || quarter[5] > '4')
    return g_strdup (quarter != NULL ? quarter : "");
  /* Translators: year, quarter. */
  return g_strdup_printf (_("%1$.4s %2$s"), quarter, _(names[quarter[5] - '1']));
}

gboolean
zf_fmt_days_between (const char *from, const char *to, int *days)
{
  GDate a, b;

  if (!read_date (from, &a) || !read_date (to, &b))
    return FALSE;
  *days = g_date_days_between (&a, &b);
  return TRUE;
}

char *
zf_fmt_due (const char *due, const char *today)
{
  int days;

  if (!zf_fmt_days_between (today, due, &days))
    return g_strdup ("");
  if (days == 0)
    return g_strdup (_("due today"));
  if (days > 0)
    return keep_together (g_strdup_printf (ngettext ("%d day left", "%d days left", (gulong) days), days));
  return keep_together (g_strdup_printf (ngettext ("%d day overdue", "%d days overdue", (gulong) -days), -days));
}

static const char *
bearing_name (double bearing)
{
  static const char *const names[] = { N_("north"), N_("north-east"), N_("east"), N_("south-east"),
                                       N_("south"), N_("south-west"), N_("west"), N_("north-west") };
  double turned = fmod (bearing + 22.5, 360);

  return _(names[(int) (turned / 45) % 8]);
}

static char *
plain_distance (double metres)
{
  if (metres < 995)
    return g_strdup_printf (_("%d m"), (int) (metres < 100 ? lround (metres) : lround (metres / 10) * 10));
  if (metres < 10000)
    return g_strdup_printf (_("%.1f km"), metres / 1000);
  return g_strdup_printf (_("%.0f km"), metres / 1000);
}

char *
zf_fmt_distance (double metres, double bearing)
{
  g_autofree char *distance = keep_together (plain_distance (metres));

  if (bearing < 0)
    return g_steal_pointer (&distance);
  return g_strconcat (distance, " ", bearing_name (bearing), NULL);
}

char *
zf_fmt_accuracy (double metres)
{
  return keep_together (g_strdup_printf (_("off by about %d m"), (int) lround (metres)));
}

static char *
tail_words (const char *tail)
{
  /* Translators: the last four characters of an ID number. */
  g_autofree char *text = fill (_("ends in %s"), tail);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strjoinv (NBSP, words);
}

char *
zf_fmt_id_tail (const char *id_number)
{
  g_autofree char *tail = zf_idnumber_tail (id_number);

  return *tail != '\0' ? tail_words (tail) : zf_fmt_none ();
}

/* Shorter ones would be given away by their last four. */
#define MASKED_TAIL 4
#define MASKED_MINIMUM 10

char *
zf_fmt_masked (const char *text)
{
  gsize n = text != NULL ? strlen (text) : 0;
  gboolean number = n >= MASKED_MINIMUM;

  for (gsize i = 0; i < n; i++)
    number = number && g_ascii_isalnum (text[i]);
  if (n == 0)
    return zf_fmt_none ();
  return number ? tail_words (text + n - MASKED_TAIL) : g_strdup ("●●●●");
}

char *
zf_fmt_none (void)
{
  return g_strdup (_("no record"));
}
