/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  ZF_MAP_ERROR_FORMAT = 0,   /* not an MBTiles file, or without a tiles table */
  ZF_MAP_ERROR_VECTOR = 1,   /* vector tiles: this app shows raster packs only */
  ZF_MAP_ERROR_CORRUPT = 2,
  ZF_MAP_ERROR_IO = 3,
  ZF_MAP_ERROR_NO_TILE = 4,
} ZfMapError;
#define ZF_MAP_ERROR (zf_map_error_quark ())
GQuark zf_map_error_quark (void);

/* ZfMbtiles: one raster pack, opened read-only. zf_mbtiles_tile may be called from any thread. */
#define ZF_TYPE_MBTILES (zf_mbtiles_get_type ())
G_DECLARE_FINAL_TYPE (ZfMbtiles, zf_mbtiles, ZF, MBTILES, GObject)

typedef struct
{
  char *name;
  char *format;            /* "png", "jpg", "webp" */
  char *attribution;       /* source and 审图号, "" when the pack names none */
  char *approval;          /* 审图号 ("metadata" key approval or review_number), "" when none */
  int min_zoom, max_zoom;  /* from metadata, else from the tiles */
  double west, south, east, north;
  gint64 n_tiles;          /* -1 until counted (zf_mbtiles_verify) */
} ZfMbtilesInfo;

ZfMbtiles *zf_mbtiles_open (const char *path, GError **error);
const ZfMbtilesInfo *zf_mbtiles_info (ZfMbtiles *self);
/** zf_mbtiles_tile: (transfer full): bytes of XYZ tile (rows are flipped to TMS inside); ZF_MAP_ERROR_NO_TILE when absent, NULL or garbage. */
GBytes *zf_mbtiles_tile (ZfMbtiles *self, guint z, guint x, guint y, GError **error);
/** zf_mbtiles_verify: integrity and every tile's magic; problems (element-type utf8). */
gboolean zf_mbtiles_verify (ZfMbtiles *self, GPtrArray *problems, GError **error);
/** zf_mbtiles_check: whether the file is a whole pack that can be shown; the error is the first thing that is wrong. Reads all of it. */
gboolean zf_mbtiles_check (const char *path, GError **error);

G_END_DECLS
