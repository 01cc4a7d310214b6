/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-bulk.h"
#include "zf-copy-private.h"
#include "zf-store-private.h"

G_BEGIN_DECLS

/* The kind of a person's decision on a conflict (src/sync/README.md). */
#define ZF_KIND_RESOLUTION "resolution"

/* The rows of table record, with what must move in step: placement (parent, village), children that follow, derived tables, the news
 * for "changed". Every writer of a record goes through zf_truth_store. */

/** zf_truth_learn: fields that a later form has learnt move out of `extra` into the record. */
void zf_truth_learn (ZfRecord *record);
/** zf_truth_load: (transfer full): NULL without error when absent. */
ZfRecord *zf_truth_load (ZfWrite *write, const char *id, GError **error);
ZfRecord *zf_truth_new (ZfWrite *write, const char *kind, const char *id);
/** zf_truth_copy: (transfer full): a record whose fields may be changed without touching @record's. */
ZfRecord *zf_truth_copy (const ZfRecord *record);
/** zf_truth_base: (transfer full): last state from the county: `base`, or `cur` where that is the same, or nothing while rev is 0. */
JsonObject *zf_truth_base (const ZfRecord *record);
/** zf_truth_is_void: the county, restored from a backup, does not hold the record, but unsent changes of this tablet need it: its base is what
 * people go on seeing and nothing that the county sends may be laid over it before the record was fetched whole. */
gboolean zf_truth_is_void (const ZfRecord *record);
/** zf_truth_village_field: field of the record whose village a record of @kind stands in; NULL: it is county-wide.
 * zf_truth_is_below_village: that field holds the village itself. */
const char *zf_truth_village_field (const ZfKind *kind);
gboolean zf_truth_is_below_village (ZfKinds *kinds, const ZfKind *kind);
/** zf_truth_place: sets parent and village of @record from its fields. A parent that was merged away stands for its survivor, so that
 * append-only children, whose log rows nobody may edit, are found there. */
gboolean zf_truth_place (ZfWrite *write, ZfRecord *record, GError **error);
/** zf_truth_store: writes @after (placed by this function), updates what follows from it. @before (nullable): as loaded. */
gboolean zf_truth_store (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error);
/** zf_truth_store_base: the same when the base (with base_del) of @after is the county's latest word. */
gboolean zf_truth_store_base (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error);
/** ZfAbove: the record that was looked up last, for neighbours that hang below the same. */
typedef struct
{
  char *id;
  char *village;
  char *del;
} ZfAbove;
void zf_above_clear (ZfAbove *above);
/** zf_truth_insert: writes a record of the county that is not here, while nothing waits to be sent: no look at what stood there or is pending.
 * *row: its number in table record. */
gboolean zf_truth_insert (ZfWrite *write, ZfBulk *bulk, ZfAbove *above, const ZfReady *ready, gint64 *row, GError **error);
/** zf_truth_remove: takes the row away with its derived rows (the record left this tablet's villages). */
gboolean zf_truth_remove (ZfWrite *write, const ZfRecord *record, GError **error);
/** zf_truth_lay_pending: lays what the county's state does not hold yet over @fields and @del (inout) of @record: its changes, and decisions on
 * its conflicts. */
gboolean zf_truth_lay_pending (ZfDb *db, const ZfRecord *record, JsonObject *fields, char **del, GError **error);
/** zf_truth_lay_decision: lays the value of a decision with the fields @f ({field:[old,new]}) likewise. */
gboolean zf_truth_lay_decision (ZfDb *db, const ZfRecord *record, JsonObject *f, JsonObject *fields, char **del, GError **error);
/** zf_truth_settle: base (transfer none) becomes the base of @record; cur = base ⊕ pending, del = base_del ⊕ pending. */
gboolean zf_truth_settle (ZfWrite *write, ZfRecord *record, JsonObject *base, GError **error);
/** zf_truth_ids: (transfer full) (element-type utf8): first column of a query with one text parameter. */
GPtrArray *zf_truth_ids (ZfDb *db, const char *sql, const char *value, GError **error);

G_END_DECLS
