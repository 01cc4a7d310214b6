/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ZfPosition: looks for where the tablet is, for a short while, and keeps the best that was said. Signals: "better" (zf_position_best is new),
 * "done" (GError of ZF_DEVICE_ERROR, NULL when there is a best). WGS-84. */
#define ZF_TYPE_POSITION (zf_position_get_type ())
G_DECLARE_FINAL_TYPE (ZfPosition, zf_position, ZF, POSITION, GObject)

typedef struct
{
  double lat, lon;
  double altitude;   /* metres, 0 when nobody knows */
  double accuracy;   /* metres */
} ZfFix;

ZfPosition *zf_position_new (void);
/** zf_position_look: for ZF_POSITION_SECONDS at most, less when what was found is good enough. */
#define ZF_POSITION_SECONDS 20
void zf_position_look (ZfPosition *self);
/** zf_position_enough: the person takes what there is ("done"). zf_position_stop: nothing is heard of it any more. */
void zf_position_enough (ZfPosition *self);
void zf_position_stop (ZfPosition *self);
/** zf_position_best: (nullable). zf_position_text: (transfer full): the best as a geopoint is stored, "lat lon altitude accuracy". */
const ZfFix *zf_position_best (ZfPosition *self);
char *zf_position_text (ZfPosition *self);

/* For the ways (zf-position-ways.h) */
/** zf_position_found: some way says @fix. zf_position_failed: it says no, later than at the start; @code as of ZF_DEVICE_ERROR. */
void zf_position_found (ZfPosition *self, const ZfFix *fix);
void zf_position_failed (ZfPosition *self, int code);

G_END_DECLS
