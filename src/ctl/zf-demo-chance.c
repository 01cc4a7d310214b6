/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <stdio.h>

/* splitmix64: neighbouring seeds give unrelated streams. */
static guint64
mix (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

ZfRandom *
zf_demo_random (guint64 seed, const char *code, guint number, guint purpose)
{
  guint64 place = g_ascii_strtoull (code, NULL, 10);

  return zf_random_new_seeded (mix (mix (mix (seed) ^ place) ^ (((guint64) number << 8) | purpose)));
}

int
zf_demo_between (ZfRandom *random, int low, int high)
{
  return high <= low ? low : low + (int) zf_random_below (random, (guint32) (high - low + 1));
}

guint
zf_demo_weighted (ZfRandom *random, const guint *weights)
{
  guint sum = 0;
  guint at;
  guint i = 0;

  while (weights[i] != 0)
    sum += weights[i++];
  at = zf_random_below (random, sum);
  for (i = 0; at >= weights[i]; i++)
    at -= weights[i];
  return i;
}

void
zf_demo_day (guint32 day, char text[11])
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day);
  g_snprintf (text, 11, "%04u-%02u-%02u", g_date_get_year (&date) % 10000u, (guint) g_date_get_month (&date) % 100u,
              g_date_get_day (&date) % 100u);
}

guint32
zf_demo_julian (const char *text)
{
  int year = 0, month = 0, day = 0;
  GDate date;

  if (sscanf (text, "%4d-%2d-%2d", &year, &month, &day) != 3 || year < 1
      || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return 0;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return g_date_get_julian (&date);
}
