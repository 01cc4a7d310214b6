/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-idnumber.h"

#include <string.h>

#include "zf-decimal.h"

#define N_OLD 15
#define N_NEW 18

static gboolean
all_digits (const char *text, gsize n)
{
  return strspn (text, "0123456789") >= n;
}

static int
number_at (const char *text, int n)
{
  int sum = 0;

  for (int i = 0; i < n; i++)
    sum = sum * 10 + (text[i] - '0');
  return sum;
}

char *
zf_idnumber_normalize (const char *text)
{
  g_autofree char *folded = zf_fold_width (text != NULL ? text : "");
  GString *out = g_string_sized_new (N_NEW + 4);

  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* Spreadsheets hand over a text mark (') and characters of no width with the digits. */
      if (g_unichar_isspace (c) || g_unichar_iszerowidth (c) || c == '\'')
        continue;
      g_string_append_unichar (out, c == 'x' ? 'X' : c);
    }
  return g_string_free (out, FALSE);
}

/* Year, month and day as the number spells them; 15-digit numbers ended with the last century. */
static gboolean
read_birth (const char *number, gsize len, int *y, int *m, int *d)
{
  const char *rest = number + (len == N_OLD ? 8 : 10);

  *y = len == N_OLD ? 1900 + number_at (number + 6, 2) : number_at (number + 6, 4);
  *m = number_at (rest, 2);
  *d = number_at (rest + 2, 2);
  return *y >= 1800 && *m > 0 && *d > 0 && g_date_valid_dmy ((GDateDay) *d, (GDateMonth) *m, (GDateYear) *y);
}

char
zf_idnumber_check_char (const char *first17)
{
  static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
  int sum = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (weights); i++)
    sum += weights[i] * (first17[i] - '0');
  return "10X98765432"[sum % 11];
}

/* A disability card carries class, grade and the number of the reissue (B1) behind the ID number. */
static gboolean
characters_fit (const char *number, gsize len)
{
  if (len == N_OLD)
    return all_digits (number, N_OLD);
  if (!all_digits (number, N_NEW - 1) || !(g_ascii_isdigit (number[17]) || number[17] == 'X'))
    return FALSE;
  for (gsize i = N_NEW; i < len; i++)
    {
      if (!g_ascii_isdigit (number[i]) && number[i] != 'B')
        return FALSE;
    }
  return TRUE;
}

static ZfIdVerdict
check_normalized (const char *number)
{
  gsize len = strlen (number);
  int y, m, d;

  if (len == 0)
    return ZF_ID_EMPTY;
  if (len != N_OLD && len != N_NEW && len != 20 && len != 22)
    return ZF_ID_LENGTH;
  if (!characters_fit (number, len))
    return ZF_ID_CHARACTER;
  if (!read_birth (number, len, &y, &m, &d))
    return ZF_ID_DATE;
  if (len == N_OLD || zf_idnumber_check_char (number) == number[17])
    return ZF_ID_OK;
  return len == N_NEW && g_str_has_suffix (number, "000") ? ZF_ID_ROUNDED : ZF_ID_CHECK;
}

ZfIdVerdict
zf_idnumber_check (const char *text)
{
  g_autofree char *number = zf_idnumber_normalize (text);

  return check_normalized (number);
}

char *
zf_idnumber_birth (const char *text)
{
  g_autofree char *number = zf_idnumber_normalize (text);
  int y, m, d;

  if (check_normalized (number) != ZF_ID_OK || !read_birth (number, strlen (number), &y, &m, &d))
    return NULL;
  return g_strdup_printf ("%04d-%02d-%02d", y, m, d);
}

const char *
zf_idnumber_sex (const char *text)
{
  g_autofree char *number = zf_idnumber_normalize (text);

  if (check_normalized (number) != ZF_ID_OK)
    return NULL;
  return (number[strlen (number) == N_OLD ? 14 : 16] - '0') % 2 == 1 ? "1" : "2";
}

char *
zf_idnumber_tail (const char *text)
{
  g_autofree char *number = zf_idnumber_normalize (text);
  glong len = g_utf8_strlen (number, -1);

  if (len == 20 || len == 22)
    len = N_NEW;
  return g_utf8_substring (number, MAX (0, len - 4), len);
}

gboolean
zf_phone_check (const char *text)
{
  g_autofree char *number = zf_idnumber_normalize (text);
  gsize n = strspn (number, "0123456789");

  if (number[n] == '\0')
    return (n == 11 && number[0] == '1') || (n >= 10 && n <= 12 && number[0] == '0');
  if (number[n] != '-' || number[0] != '0' || n < 3 || n > 4)
    return FALSE;
  return strspn (number + n + 1, "0123456789") == strlen (number + n + 1)
         && strlen (number + n + 1) >= 7 && strlen (number + n + 1) <= 8;
}
