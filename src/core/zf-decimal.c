/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-decimal.h"

#include <string.h>

#define MAX_DIGITS 15

/* A decimal as it stands in the text, without the zeros that say nothing. */
typedef struct
{
  gboolean negative;
  const char *whole;
  gsize n_whole;
  const char *places;
  gsize n_places;
} Decimal;

static gsize
count_digits (const char *text)
{
  return strspn (text, "0123456789");
}

static gboolean
split (const char *text, Decimal *d)
{
  const char *p = text;
  gsize n_whole, n_places = 0;

  if (text == NULL)
    return FALSE;
  d->negative = *p == '-';
  if (*p == '-' || *p == '+')
    p++;
  n_whole = count_digits (p);
  d->whole = p;
  p += n_whole;
  d->places = p;
  if (*p == '.')
    {
      d->places = ++p;
      n_places = count_digits (p);
      p += n_places;
    }
  if (*p != '\0' || n_whole + n_places == 0)
    return FALSE;
  for (; n_whole > 0 && *d->whole == '0'; d->whole++)
    n_whole--;
  while (n_places > 0 && d->places[n_places - 1] == '0')
    n_places--;
  d->n_whole = n_whole;
  d->n_places = n_places;
  if (n_whole + n_places == 0)
    d->negative = FALSE;
  return TRUE;
}

char *
zf_decimal_normalize (const char *text)
{
  Decimal d;
  GString *out;

  if (!split (text, &d) || d.n_whole + d.n_places > MAX_DIGITS)
    return NULL;
  out = g_string_sized_new (MAX_DIGITS + 4);
  if (d.negative)
    g_string_append_c (out, '-');
  if (d.n_whole == 0)
    g_string_append_c (out, '0');
  g_string_append_len (out, d.whole, (gssize) d.n_whole);
  if (d.n_places > 0)
    {
      g_string_append_c (out, '.');
      g_string_append_len (out, d.places, (gssize) d.n_places);
    }
  return g_string_free (out, FALSE);
}

/* The value × 10^@places, which must leave nothing behind the point. */
static gboolean
scaled (const char *text, gsize places, gint64 *value)
{
  Decimal d;
  gint64 sum = 0;

  if (!split (text, &d) || d.n_places > places || d.n_whole + places > 18)
    return FALSE;
  for (gsize i = 0; i < d.n_whole; i++)
    sum = sum * 10 + (d.whole[i] - '0');
  for (gsize i = 0; i < places; i++)
    sum = sum * 10 + (i < d.n_places ? d.places[i] - '0' : 0);
  if (sum > ZF_INT_MAX)
    return FALSE;
  *value = d.negative ? -sum : sum;
  return TRUE;
}

gboolean
zf_integer_parse (const char *text, gint64 *value)
{
  return scaled (text, 0, value);
}

gboolean
zf_money_parse (const char *yuan, gint64 *fen)
{
  return scaled (yuan, 2, fen);
}

char *
zf_money_format (gint64 fen)
{
  const char *sign = fen < 0 ? "-" : "";
  guint64 rest = fen < 0 ? -(guint64) fen : (guint64) fen;
  guint64 yuan = rest / 100;
  guint64 cents = rest % 100;

  if (cents == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT, sign, yuan);
  if (cents % 10 == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, sign, yuan, cents / 10);
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%02" G_GUINT64_FORMAT, sign, yuan, cents);
}

char *
zf_fold_width (const char *text)
{
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_sized_new (strlen (text));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c >= 0xff01 && c <= 0xff5e)
        g_string_append_c (out, (char) (c - 0xff01 + '!'));
      else if (c == 0x3000)
        g_string_append_c (out, ' ');
      else
        g_string_append_len (out, p, g_utf8_next_char (p) - p);
    }
  return g_string_free (out, FALSE);
}
