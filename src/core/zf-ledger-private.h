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

/** zf_conflict_put: a pulled conflict item; a later item lays its members over the earlier one. */
gboolean zf_conflict_put (ZfWrite *write, JsonObject *item, GError **error);

/** zf_meta_lay: (transfer full): who wrote each field last: {"c":[{cid,by,at}],"ci":{field:index}}: @c and @ci as pulled laid over @meta
 * (nullable); authors that no field names any more are dropped. */
JsonObject *zf_meta_lay (JsonObject *meta, JsonArray *c, JsonObject *ci);

/** zf_stage_settle_homes: after the last page: finds the household of items whose parents were not known when they came. */
gboolean zf_stage_settle_homes (ZfWrite *write, GError **error);

G_END_DECLS
