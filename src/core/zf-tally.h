/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-flat.h"

G_BEGIN_DECLS

/* How many live heads of each kind a record has, and the latest date among them. */

/** zf_tally_move: one record of @flat stood as @was and stands as @is; its flat row is already written. */
gboolean zf_tally_move (ZfDb *db, const ZfFlat *flat, const ZfFlatRow *was, const ZfFlatRow *is, GError **error);
/** zf_tally_add: @n heads more below @parent, @latest (nullable) the greatest of their dates. */
gboolean zf_tally_add (ZfDb *db, const ZfFlat *flat, const char *parent, gint64 n, const char *latest, GError **error);
/** zf_tally_fill: all rows of the kind from its flat table. */
gboolean zf_tally_fill (ZfDb *db, const ZfFlat *flat, ZfSide side, GError **error);

G_END_DECLS
