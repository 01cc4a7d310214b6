/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-flat.h"

G_BEGIN_DECLS

/** zf_search_update: the search rows of @record; @visible: alive and a head. */
gboolean zf_search_update (ZfDb *db, ZfKinds *kinds, const ZfRecord *record, gboolean visible, GError **error);
/** zf_search_insert: the rows of a record that has none. @last (inout): number of the last one of its home, 0: not known. */
gboolean zf_search_insert (ZfDb *db, gint64 home, gint64 *last, const ZfRecord *record, const char *words, const char *name, GError **error);
/** zf_search_fill: the same for all heads of a kind that has none yet; its flat table is complete. */
gboolean zf_search_fill (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, ZfSide side, GError **error);
/** zf_search_rehome: @id stands below @home now. */
gboolean zf_search_rehome (ZfDb *db, const char *id, const char *home, GError **error);
/** zf_search_drop_kind: takes away all rows of one kind. */
gboolean zf_search_drop_kind (ZfDb *db, const char *kind, GError **error);

G_END_DECLS
