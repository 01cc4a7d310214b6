/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-flat.h"

G_BEGIN_DECLS

/** zf_place_parse_e7: canonical decimal degrees → degrees × 10^7 by digits, never through a double; FALSE when not a number
 * or beyond @limit degrees. */
gboolean zf_place_parse_e7 (const char *degrees, int limit, gint32 *e7);
/** zf_place_update: the row of @record; @visible: alive and a head. */
gboolean zf_place_update (ZfDb *db, ZfSide side, const ZfRecord *record, gboolean visible, GError **error);
/** zf_place_insert: the row of a head that was not here. */
gboolean zf_place_insert (ZfDb *db, const ZfRecord *record, GError **error);

G_END_DECLS
