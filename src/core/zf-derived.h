/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-record.h"

G_BEGIN_DECLS

/* Keeps every derived table true inside the transaction that changes a record: flat tables k_KIND, tally, place, search, dirty.
 * Private to the core; called by the store's writer only. */

/** zf_derived_prepare: makes the fixed derived tables and one flat table a kind; a kind whose columns, search, place or date
 * settings differ from the fingerprint in meta_kv is remade from record. Run at open inside a transaction. */
gboolean zf_derived_prepare (ZfDb *db, ZfKinds *kinds, GError **error);
/** zf_derived_update: @before (nullable: new) and @after are the same record around the change; @after->del set = deleted.
 * @now_ms for `dirty`. A kind this version does not know is ignored. */
gboolean zf_derived_update (ZfDb *db, ZfKinds *kinds, const ZfRecord *before, const ZfRecord *after, gint64 now_ms, GError **error);
/** zf_derived_remove: the row of @gone, whose del is set, has just been taken out of record; what stood below it has another home. */
gboolean zf_derived_remove (ZfDb *db, ZfKinds *kinds, const ZfRecord *gone, gint64 now_ms, GError **error);
/** zf_derived_mark_dirty: the assessed rows of a household must be computed again. */
gboolean zf_derived_mark_dirty (ZfDb *db, const char *home, gint64 now_ms, GError **error);
/** zf_derived_rebuild: drops all and remakes from record, streaming. */
gboolean zf_derived_rebuild (ZfDb *db, ZfKinds *kinds, gint64 now_ms, GError **error);
/** zf_derived_check: compares with what a rebuild would give (into temporary tables); problem lines without personal values. */
gboolean zf_derived_check (ZfDb *db, ZfKinds *kinds, GPtrArray *problems, GError **error);
/** zf_derived_load: (transfer full): a record row as ZfRecord, NULL without error when absent. Shared with the store. */
ZfRecord *zf_derived_load (ZfDb *db, ZfKinds *kinds, const char *id, GError **error);

G_END_DECLS
