/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Days and moments. All of them count on the calendar and the clock of this place. */

#define DAY_MS 86400000

ZF_EXPR_FUNCTION (today)
{
  zf_expr_push_text (ctxt, zf_expr_state (ctxt)->today);
}

ZF_EXPR_FUNCTION (now)
{
  ZfExprState *state = zf_expr_state (ctxt);
  g_autofree char *text = state->now_ms != 0 ? zf_expr_moment_text (state->now_ms) : g_strconcat (state->today, "T00:00:00", NULL);
  zf_expr_push_text (ctxt, text);
}

/* date(days), date(text): a day; a text that is no date makes the result unknown. */
ZF_EXPR_FUNCTION (date)
{
  double days = zf_expr_pop_measure (ctxt);
  g_autofree char *text = isnan (days) ? NULL : zf_expr_date_text (days);
  zf_expr_push_text (ctxt, text != NULL ? text : "");
}

/* A moment taken apart; FALSE when @days is none. */
typedef struct
{
  int year, month, day, weekday, hour, minute, second, ms;
} Parts;

static gboolean
parts_of (double days, Parts *parts)
{
  double whole = isfinite (days) ? floor (days) : 0;
  gint64 ms = isfinite (days) ? llround ((days - whole) * DAY_MS) : 0;
  whole += (double) (ms / DAY_MS);
  ms %= DAY_MS;
  g_autofree char *day = isfinite (days) ? zf_expr_date_text (whole) : NULL;
  if (day == NULL)
    return FALSE;
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) atoi (day + 8), (GDateMonth) atoi (day + 5), (GDateYear) atoi (day));
  *parts = (Parts) { g_date_get_year (&date), (int) g_date_get_month (&date), g_date_get_day (&date), (int) g_date_get_weekday (&date),
                     (int) (ms / 3600000), (int) (ms / 60000 % 60), (int) (ms / 1000 % 60), (int) (ms % 1000) };
  return TRUE;
}

ZF_EXPR_FUNCTION (date_time)
{
  double days = zf_expr_pop_measure (ctxt);
  Parts p;
  g_autofree char *text = NULL;
  if (parts_of (days, &p))
    text = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d", p.year, p.month, p.day, p.hour, p.minute, p.second);
  zf_expr_push_text (ctxt, text != NULL ? text : "");
}

ZF_EXPR_FUNCTION (decimal_date_time)
{
  zf_expr_push_number (ctxt, zf_expr_pop_measure (ctxt));
}

/* "HH:MM", "HH:MM:SS.sss", with or without an offset, by way of a moment of @today: a time with an offset is told as it is here. */
static gboolean
time_of_day (const char *text, const char *today, double *days)
{
  gsize n = strlen (text);
  if (n < 5 || n > 20 || text[2] != ':' || !g_ascii_isdigit (text[0]))
    return FALSE;
  gboolean seconds = text[5] == ':';
  g_autofree char *moment = g_strdup_printf ("%sT%.5s%s%s", today, text, seconds ? "" : ":00", text + 5);
  if (!zf_expr_date (moment, days))
    return FALSE;
  *days -= floor (*days);
  return TRUE;
}

ZF_EXPR_FUNCTION (decimal_time)
{
  xmlXPathObject *object = valuePop (ctxt);
  ZfExprState *state = zf_expr_state (ctxt);
  xmlChar *text = object != NULL ? xmlXPathCastToString (object) : NULL;
  double days = NAN;
  if (text != NULL && object->type != XPATH_NUMBER && time_of_day ((const char *) text, state->today, &days))
    zf_expr_push_number (ctxt, days);
  else if (object != NULL)
    {
      valuePush (ctxt, g_steal_pointer (&object));
      days = zf_expr_pop_measure (ctxt);
      zf_expr_push_number (ctxt, days - floor (days));
    }
  xmlFree (text);
  xmlXPathFreeObject (object);
}

/* The ODK letters of format-date() and format-date-time(). */

static const char *const months_en[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const weekdays[][2] = {
  { "Mon", "周一" }, { "Tue", "周二" }, { "Wed", "周三" }, { "Thu", "周四" }, { "Fri", "周五" }, { "Sat", "周六" }, { "Sun", "周日" },
};

static void
format_name (GString *out, char letter, const Parts *p, gboolean chinese)
{
  if (letter == 'a')
    g_string_append (out, weekdays[p->weekday - 1][chinese]);
  else if (chinese)
    g_string_append_printf (out, "%d月", p->month);
  else
    g_string_append (out, months_en[p->month - 1]);
}

static void
format_letter (GString *out, char letter, const Parts *p, gboolean chinese)
{
  const struct { char letter; int width; int value; } numbers[] = {
    { 'Y', 4, p->year }, { 'y', 2, p->year % 100 }, { 'm', 2, p->month }, { 'n', 1, p->month }, { 'd', 2, p->day }, { 'e', 1, p->day },
    { 'H', 2, p->hour }, { 'h', 1, p->hour }, { 'M', 2, p->minute }, { 'S', 2, p->second }, { '3', 3, p->ms },
  };
  if (letter == 'a' || letter == 'b')
    {
      format_name (out, letter, p, chinese);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].letter == letter)
      {
        g_string_append_printf (out, "%0*d", numbers[i].width, numbers[i].value);
        return;
      }
  g_string_append_c (out, letter);
}

/* format-date(date, "%Y年%n月%e日") */
ZF_EXPR_FUNCTION (format_date)
{
  g_autofree char *format = zf_expr_pop_text (ctxt);
  double days = zf_expr_pop_measure (ctxt);
  gboolean chinese = g_strcmp0 (zf_expr_state (ctxt)->form.lang, "zh") == 0;
  g_autoptr (GString) out = g_string_new (NULL);
  Parts parts;
  gboolean known = parts_of (days, &parts);
  for (const char *p = format; known && *p != '\0'; p++)
    {
      if (p[0] == '%' && p[1] != '\0')
        format_letter (out, *++p, &parts, chinese);
      else
        g_string_append_c (out, *p);
    }
  zf_expr_push_text (ctxt, out->str);
}
