/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

typedef struct
{
  long numbers[5];
  double last;
} FarLarge;

double far_sum (int a, long b, int c, long d, int e, long f, int g, long h, double p, double q, double r, double s, double t, double u, double v, double w,
                double x);
FarLarge far_large (int first, double second);
double far_mean (int n, ...);
int far_later (int n);
int far_gone (void);
