/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The library of core-lazy.c: functions that take and give things in every way that a call can. */

#include "lazy-far.h"

#include <stdarg.h>

double
far_sum (int a, long b, int c, long d, int e, long f, int g, long h, double p, double q, double r, double s, double t, double u, double v, double w, double x)
{
  return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + p + q * 2 + r * 3 + s * 4 + t * 5 + u * 6 + v * 7 + w * 8 + x * 9;
}

FarLarge
far_large (int first, double second)
{
  return (FarLarge) { { first, first + 1, first + 2, first + 3, first + 4 }, second };
}

double
far_mean (int n, ...)
{
  double sum = 0;
  va_list rest;

  va_start (rest, n);
  for (int i = 0; i < n; i++)
    sum += va_arg (rest, double);
  va_end (rest);
  return sum / n;
}

int
far_later (int n)
{
  return n + 1;
}

int
far_gone (void)
{
  return 1;
}
