/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-truth.h"

G_BEGIN_DECLS

/** zf_ledger_retract: the county did not take some deletions, restorations or merges of @id (rows of @state whose disposition is @d, lsn ≤
 * @mark): *del (inout) is put back to what it was before them. */
gboolean zf_ledger_retract (ZfDb *db, const char *id, gint64 state, const char *d, gint64 mark, char **del, GError **error);
/** zf_ledger_has_unsent: whether changes of the record wait to be sent or acknowledged. */
gboolean zf_ledger_has_unsent (ZfDb *db, const char *id);
/** zf_ledger_forget: removes a record that left this tablet's villages, with its conflicts. */
gboolean zf_ledger_forget (ZfWrite *write, const ZfRecord *record, GError **error);

/** zf_ledger_last_in: highest lsn ever given in @epoch, the current one; trimmed rows included. */
gint64 zf_ledger_last_in (ZfDb *db, const char *epoch);
/** zf_ledger_is_current: whether what stands in @village (nullable) was copied from the county as it is now: FALSE between a restore there and
 * the new copy. */
gboolean zf_ledger_is_current (ZfDb *db, const char *village);

/** zf_ledger_lacks: the county's state of @id must be fetched whole. */
gboolean zf_ledger_lacks (ZfDb *db, const char *id, GError **error);
/** zf_ledger_apply_whole: one slice of staged whole records, inside a transaction. @newer: what stands here at a higher revision stays.
 * zf_ledger_apply_fetched: whole records at once. */
gboolean zf_ledger_apply_whole (ZfStore *store, ZfDb *db, guint slice_ms, gboolean newer, gboolean *done, guint *applied, GError **error);
gboolean zf_ledger_apply_fetched (ZfStore *store, ZfDb *db, JsonArray *items, GError **error);
/** zf_stage_put: files one item under its home. */
gboolean zf_stage_put (ZfWrite *write, JsonObject *item, GError **error);

/** zf_conflict_put: a pulled conflict item; a later item lays its members over the earlier one. */
gboolean zf_conflict_put (ZfWrite *write, JsonObject *item, GError **error);

/** zf_meta_lay: (transfer full): who wrote each field last: {"c":[{cid,by,at}],"ci":{field:index}}: @c and @ci as pulled laid over @meta
 * (nullable); authors that no field names any more are dropped. */
JsonObject *zf_meta_lay (JsonObject *meta, JsonArray *c, JsonObject *ci);

/** zf_stage_settle_homes: after the last page: finds the household of items whose parents were not known when they came. */
gboolean zf_stage_settle_homes (ZfWrite *write, GError **error);

G_END_DECLS
