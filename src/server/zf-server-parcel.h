/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core.h"

G_BEGIN_DECLS

/* Parcels at the county (src/sync/README.md, "Parcels"): the requests in one are answered as if they had come over a line. */

/** zf_server_parcel_take: opens @in, answers what it asks, writes the reply for its tablet to @out. Taking it again is harmless. */
gboolean zf_server_parcel_take (ZfServerCore *core, const char *in, const char *out, GError **error);

G_END_DECLS
