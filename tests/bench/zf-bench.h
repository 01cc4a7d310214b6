/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* Timing for the benchmarks: samples of a figure and of its floor are taken in turn in one run, and one JSON line says both. */
typedef struct
{
  GArray *values;   /* double, in the figure's unit */
} ZfSamples;

void zf_samples_init (ZfSamples *samples);
void zf_samples_clear (ZfSamples *samples);
/** zf_samples_since: adds the milliseconds since @start_us (g_get_monotonic_time). */
void zf_samples_since (ZfSamples *samples, gint64 start_us);
double zf_samples_quantile (ZfSamples *samples, double q);
/** zf_bench_report: {"name","value","unit","floor","ratio","budget","p95"} on stdout; value and floor are medians. */
void zf_bench_report (const char *name, ZfSamples *value, ZfSamples *floor, const char *unit, const char *budget);

/** zf_bench_county: (transfer full): a store over the dense demo county of $ZF_BENCH_HOUSEHOLDS (20,000 unless said) households, made once
 * in $ZF_BENCH_DIR (the build folder unless said) and kept. */
ZfStore *zf_bench_county (ZfKinds *kinds);

G_END_DECLS
