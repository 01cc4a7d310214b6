/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Every "now" of the product comes from a ZfClock, so that a simulation can run days in a second
 * and a test can set the clock wrong. No logic orders by wall clock (sync.md 2.1). Thread-safe. */
#define ZF_TYPE_CLOCK (zf_clock_get_type ())
G_DECLARE_FINAL_TYPE (ZfClock, zf_clock, ZF, CLOCK, GObject)

ZfClock *zf_clock_new_system (void);
ZfClock *zf_clock_new_manual (gint64 now_ms);
/** zf_clock_now_ms: UTC milliseconds since 1970. */
gint64 zf_clock_now_ms (ZfClock *self);
/** zf_clock_advance: moves a manual clock by @ms (may be negative); a programming error on a system clock. */
void zf_clock_advance (ZfClock *self, gint64 ms);
/** zf_clock_today: (transfer full): local calendar date "YYYY-MM-DD" of now. */
char *zf_clock_today (ZfClock *self);

G_END_DECLS
