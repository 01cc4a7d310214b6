/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-record.h"

G_BEGIN_DECLS

/* Derived rows of records that were not here before, many in one transaction: what zf_derived_update would give, without asking what stood there.
 * Records of one home come one after the other, parents before their children. Private to the core. */
typedef struct _ZfBulk ZfBulk;
ZfBulk *zf_bulk_new (ZfDb *db, ZfKinds *kinds, gint64 now_ms);
void zf_bulk_free (ZfBulk *bulk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfBulk, zf_bulk_free)

/** zf_bulk_add: @record has just been written into table record, nothing is below it. @words, @name (nullable): as zf_words_index gives them. */
gboolean zf_bulk_add (ZfBulk *bulk, const ZfRecord *record, const char *words, const char *name, GError **error);
/** zf_bulk_flush: writes what is still gathered: before other writers of derived rows, and at the end. */
gboolean zf_bulk_flush (ZfBulk *bulk, GError **error);

G_END_DECLS
