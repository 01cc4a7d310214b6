/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store-private.h"

G_BEGIN_DECLS

/* The rows of table record, with what must move in step: placement (parent, village), children that follow, derived tables, the news
 * for "changed". Every writer of a record goes through zf_truth_store. */

/** zf_truth_load: (transfer full): NULL without error when absent. */
ZfRecord *zf_truth_load (ZfWrite *write, const char *id, GError **error);
ZfRecord *zf_truth_new (ZfWrite *write, const char *kind, const char *id);
/** zf_truth_copy: (transfer full): a record whose fields may be changed without touching @record's. */
ZfRecord *zf_truth_copy (const ZfRecord *record);
/** zf_truth_base: (transfer full): last state from the county: `base`, or `cur` where that is the same, or nothing while rev is 0. */
JsonObject *zf_truth_base (const ZfRecord *record);
/** zf_truth_place: sets parent and village of @record from its fields. A parent that was merged away stands for its survivor, so that
 * append-only children, whose log rows nobody may edit, are found there. */
gboolean zf_truth_place (ZfWrite *write, ZfRecord *record, GError **error);
/** zf_truth_store: writes @after (placed by this function), updates what follows from it. @before (nullable): as loaded. */
gboolean zf_truth_store (ZfWrite *write, const ZfRecord *before, ZfRecord *after, GError **error);
/** zf_truth_remove: takes the row away with its derived rows (the record left this tablet's villages). */
gboolean zf_truth_remove (ZfWrite *write, const ZfRecord *record, GError **error);
/** zf_truth_lay_pending: lays the changes of @id that the county's state does not hold yet over @fields and @del (inout). */
gboolean zf_truth_lay_pending (ZfDb *db, const char *id, JsonObject *fields, char **del, GError **error);
/** zf_truth_settle: base (transfer none) becomes the base of @record and cur = base ⊕ pending. */
gboolean zf_truth_settle (ZfWrite *write, ZfRecord *record, JsonObject *base, GError **error);
/** zf_truth_ids: (transfer full) (element-type utf8): first column of a query with one text parameter. */
GPtrArray *zf_truth_ids (ZfDb *db, const char *sql, const char *value, GError **error);

G_END_DECLS
