/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** zf_tile_format: (nullable): "png", "jpg" or "webp" by the first bytes; NULL for anything else. */
const char *zf_tile_format (gconstpointer data, gsize size);
/** zf_tile_is_vector: gzip or zlib, as vector tiles are packed, or a bare layer of the vector tile format. */
gboolean zf_tile_is_vector (gconstpointer data, gsize size);

G_END_DECLS
