/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-truth.h"

G_BEGIN_DECLS

/** zf_ledger_mark_moved: the record left this tablet's villages; something of it is still to be sent. */
void zf_ledger_mark_moved (ZfRecord *record);
/** zf_ledger_has_unsent: whether changes of the record wait to be sent or acknowledged. */
gboolean zf_ledger_has_unsent (ZfDb *db, const char *id);
/** zf_ledger_has_pending: the same, or acknowledged but not pulled past. */
gboolean zf_ledger_has_pending (ZfDb *db, const char *id);
/** zf_ledger_is_nowhere: the county does not hold the record, and nothing waits here that would need it or is about to be fetched. */
gboolean zf_ledger_is_nowhere (ZfDb *db, const ZfRecord *record);
/** zf_ledger_settle: cur = base ⊕ pending of @id, when it is here. */
gboolean zf_ledger_settle (ZfWrite *write, const char *id, GError **error);
/** zf_ledger_take_out: rows @first to @last, none of which was ever sent, leave the log. It has no gaps: those behind them move up. */
gboolean zf_ledger_take_out (ZfDb *db, const char *epoch, gint64 first, gint64 last, GError **error);
/** zf_ledger_forget: removes a record that left this tablet's villages, with its conflicts. */
gboolean zf_ledger_forget (ZfWrite *write, const ZfRecord *record, GError **error);

/** zf_ledger_last_in: highest lsn ever given in @epoch, the current one; trimmed rows included. */
gint64 zf_ledger_last_in (ZfDb *db, const char *epoch);
/** zf_ledger_sent_in: highest lsn of @epoch that was ever in a batch, or may have been under another number. */
gint64 zf_ledger_sent_in (ZfDb *db, const char *epoch);
/** zf_ledger_is_current: whether what stands in @village (nullable) was copied from the county as it is now: FALSE between a restore there and
 * the new copy. */
gboolean zf_ledger_is_current (ZfDb *db, const char *village);

/** zf_ledger_lacks: the county's state of @id must be fetched whole. */
gboolean zf_ledger_lacks (ZfDb *db, const char *id, GError **error);
/** zf_ledger_sweep: forgets what a village that was given up left behind and that is acknowledged by now. zf_ledger_forget_leaving: a village that
 * was being given up is copied again. */
gboolean zf_ledger_sweep (ZfWrite *write, GError **error);
gboolean zf_ledger_forget_leaving (ZfDb *db, GError **error);
/** zf_stage_put: files one item under its home. */
gboolean zf_stage_put (ZfWrite *write, JsonObject *item, GError **error);

/** zf_stage_is_top: whether records of @kind are homes. zf_stage_survivor: (nullable): the record that the one of @item was merged into. */
gboolean zf_stage_is_top (ZfKinds *kinds, const ZfKind *kind);
const char *zf_stage_survivor (JsonObject *item);

/** zf_stage_clear: forgets what is staged: it comes again. */
gboolean zf_stage_clear (ZfDb *db, GError **error);

/** zf_conflict_put: a pulled conflict item; a later item lays its members over the earlier one. */
gboolean zf_conflict_put (ZfWrite *write, JsonObject *item, GError **error);

/** zf_conflict_put_decided: member "decided" {resolution,value,by,at} of a conflict whose decision is not closed at the county yet. */
gboolean zf_conflict_put_decided (ZfDb *db, JsonObject *item, GError **error);

/** zf_meta_lay: (transfer full): who wrote each field last: {"c":[{cid,by,at}],"ci":{field:index}}: @c and @ci as pulled laid over @meta
 * (nullable); authors that no field names any more are dropped. */
JsonObject *zf_meta_lay (JsonObject *meta, JsonArray *c, JsonObject *ci);

/** zf_meta_credit_first: without an index all fields of @f are the first author's. */
void zf_meta_credit_first (JsonObject *ci, JsonObject *f);

/** zf_stage_settle_homes: after the last page or part: finds the household of items whose parents were not known when they came; *done when
 * nothing more can be found, else the time was up. */
gboolean zf_stage_settle_homes (ZfWrite *write, gint64 until_us, gboolean *done, GError **error);

/* meta_kv, of the copy that was begun: nothing of its scope stood here; nothing of it but county-wide records, so that parts are used as they come;
 * the last row of record: what is behind it came since. */
#define ZF_META_FRESH "snapshot_fresh"
#define ZF_META_DIRECT "snapshot_direct"
#define ZF_META_LAST "snapshot_last"

/* SQL: the village of the record that stands for @id at the county, itself or what it was merged into; NULL: that one is not here. */
#define ZF_SQL_SURVIVORS_VILLAGE(id)                                                                                           \
  "(SELECT ifnull (z.counted, z.village) FROM record z WHERE z.id = (WITH RECURSIVE stands (id, n) AS (SELECT " id ", 0 "               \
  "UNION ALL SELECT substr (r.base_del, 8), n + 1 FROM stands JOIN record r ON r.id = stands.id "                              \
  "WHERE r.base_del LIKE 'merged:%' AND n < 16) SELECT id FROM stands ORDER BY n DESC LIMIT 1))"

/* SQL, of a row of record: the village that the county lists it in: @own, or that of the record that it was merged into; @lost: that one is
 * not here (any more). */
#define ZF_SQL_LISTED(own, lost)                                                                                               \
  "CASE WHEN base_del LIKE 'merged:%' THEN ifnull (" ZF_SQL_SURVIVORS_VILLAGE ("record.id") ", " lost ") ELSE " own " END"

/* Applying what the county sent: one transaction's worth. */
typedef struct
{
  ZfWrite write;
  gint64 until_us;     /* monotonic end of this slice */
  gint64 least_us;     /* from here on it gives way to who wants to save */
  char *epoch;
  gint64 mark;         /* rows up to this lsn were acknowledged before the last page */
  gboolean whole;      /* items are whole records, not what changed of them: a snapshot, or fetched */
  gboolean newer;      /* a whole record of an older revision than the one here is not laid over it */
  gboolean lacking;    /* there are records that must be fetched before anything more is laid over them */
  guint applied;
  gboolean done;
} ZfApply;

void zf_apply_init (ZfApply *apply, ZfStore *store, ZfDb *db);
void zf_apply_clear (ZfApply *apply);
/** zf_apply_begin_slice: it may take @slice_ms from now. zf_apply_is_over: its time is up. */
void zf_apply_begin_slice (ZfApply *apply, guint slice_ms);
gboolean zf_apply_is_over (const ZfApply *apply);
/** zf_apply_item: one item of the county. */
gboolean zf_apply_item (ZfApply *apply, JsonObject *item, GError **error);
/** zf_apply_want_blob: a record that names a photo file which is not here: it is wanted. */
gboolean zf_apply_want_blob (ZfApply *apply, const ZfRecord *record, GError **error);
/** zf_apply_settle: marks what the last page contains, then cur = base ⊕ pending of @id: what a conflict holds counts no longer. */
gboolean zf_apply_settle (ZfApply *apply, const char *id, GError **error);
/** zf_apply_homes: staged items, household by household, until the time is up; *empty: none is left. */
gboolean zf_apply_homes (ZfApply *apply, gboolean *empty, GError **error);

G_END_DECLS
