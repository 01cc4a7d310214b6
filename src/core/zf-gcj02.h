/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* GCJ-02, in which maps for people in China (Amap, Tencent) give coordinates: WGS-84 shifted by up to some 700 m. The store holds WGS-84 only; this is for what a
 * person copies from such a map. The formula is not official: it is the one that all public libraries share (first published in 2010 as "eviltransform"). */

/** zf_gcj02_from_wgs84: degrees. Outside the rectangle of the formula (0.8293 to 55.8271 N, 72.004 to 137.8347 E) nothing is shifted. */
void zf_gcj02_from_wgs84 (double lat, double lon, double *gcj_lat, double *gcj_lon);
/** zf_gcj02_to_wgs84: the place that zf_gcj02_from_wgs84 would shift to @gcj_lat, @gcj_lon, to less than a centimetre. */
void zf_gcj02_to_wgs84 (double gcj_lat, double gcj_lon, double *lat, double *lon);

G_END_DECLS
