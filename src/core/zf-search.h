/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-flat.h"

G_BEGIN_DECLS

/** zf_search_update: the search rows of @record; @visible: alive and a head. */
gboolean zf_search_update (ZfDb *db, ZfKinds *kinds, const ZfRecord *record, gboolean visible, GError **error);
/** zf_search_add: the same for a record that has none yet. */
gboolean zf_search_add (ZfDb *db, ZfKinds *kinds, ZfSide side, const ZfRecord *record, GError **error);
/** zf_search_rehome: @id stands below @home now. */
gboolean zf_search_rehome (ZfDb *db, const char *id, const char *home, GError **error);
/** zf_search_drop_hidden: takes away rows of records that are no heads; zf_search_drop_kind: all of one kind. */
gboolean zf_search_drop_hidden (ZfDb *db, const ZfFlat *flat, ZfSide side, GError **error);
gboolean zf_search_drop_kind (ZfDb *db, const char *kind, GError **error);

G_END_DECLS
