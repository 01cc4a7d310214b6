/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <shumate/shumate.h>

#include "zf-mbtiles.h"

G_BEGIN_DECLS

/* ZfPackSource: the tiles of one raster pack for a map layer. Reading and decoding run in a thread; beyond the pack's last zoom a part of
 * the nearest parent tile is enlarged. */
#define ZF_TYPE_PACK_SOURCE (zf_pack_source_get_type ())
G_DECLARE_FINAL_TYPE (ZfPackSource, zf_pack_source, ZF, PACK_SOURCE, ShumateMapSource)

#define ZF_PACK_OVERZOOM 2

/** zf_pack_source_new: @pack (nullable): without one there are no tiles, but the map knows its zooms. */
ZfPackSource *zf_pack_source_new (ZfMbtiles *pack);

G_END_DECLS
