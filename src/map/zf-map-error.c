/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-mbtiles.h"

G_DEFINE_QUARK (zf-map-error-quark, zf_map_error)
