/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "zf-sketch.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  double west, south, east, north;   /* degrees WGS-84 */
  guint min_zoom, max_zoom;
} ZfMbtilesSpec;

#define ZF_MBTILES_MAKE_MAX_TILES 50000

/** zf_mbtiles_count: tiles that @spec asks for. */
guint64 zf_mbtiles_count (const ZfMbtilesSpec *spec);
/** zf_mbtiles_make: draws @sketch into a raster pack of 256 px PNG tiles at @path, which must not exist yet. The notice and the credit stand
 * in the metadata and on the tiles. The file appears only when it is whole. */
gboolean zf_mbtiles_make (const char *path, ZfSketch *sketch, const ZfMbtilesSpec *spec, GCancellable *cancellable, GError **error);

G_END_DECLS
