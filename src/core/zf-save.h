/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-record.h"

G_BEGIN_DECLS

/* What one transaction will change, gathered before it runs: plain data, no store. One ZfSave = one transaction;
 * each touched record becomes one row of the append-only change log. */
typedef struct _ZfSave ZfSave;

/** zf_save_new: @by: author as the tablet claims ("" for imports); @tx: the rows belong together and are
 * quarantined together at the county (≤ 200 records). */
ZfSave *zf_save_new (const char *by, gboolean tx);
void zf_save_free (ZfSave *save);
/** zf_save_create: makes a record. @id (nullable): given, made from the kind's key, or fresh; creating an id that exists
 * is a set with base 0. @fields: field → value; copied. Returns the id (transfer none, lives with @save once committed;
 * a fresh id is filled in by the commit, see zf_save_result_id). */
void zf_save_create (ZfSave *save, const char *kind, const char *id, JsonObject *fields);
/** zf_save_set: sets fields of a record against what the store holds now. A null value clears. */
void zf_save_set (ZfSave *save, const char *kind, const char *id, JsonObject *fields);
/** zf_save_set_seen: sets one field against what its author had seen (design.md 4: `old` = @seen_value, base = @seen_rev);
 * a value equal to what was seen writes nothing. */
void zf_save_set_seen (ZfSave *save, const char *kind, const char *id, const char *field, JsonNode *value,
                       JsonNode *seen_value, gint64 seen_rev);
/** zf_save_delete: op del (@reason "ended", "mistake", …). zf_save_undelete: op undel. */
void zf_save_delete (ZfSave *save, const char *kind, const char *id, const char *reason);
void zf_save_undelete (ZfSave *save, const char *kind, const char *id);
/** zf_save_merge_into: op merge: @id is tombstoned with a pointer to @into; its children are re-parented to @into. */
void zf_save_merge_into (ZfSave *save, const char *kind, const char *id, const char *into);
/** zf_save_drop_draft: deletes the draft in the same transaction (finishing). */
void zf_save_drop_draft (ZfSave *save, const char *draft_id);
/** zf_save_import_base: with the rows, remembers what import source @source gave for @row_key, for the three-way
 * comparison of the next import (table import_row). @values: column → text as imported. */
void zf_save_import_base (ZfSave *save, const char *source, const char *row_key, const char *record_id, JsonObject *values);
/** zf_save_blob: with the rows, remembers a photo file that is in place (state "only here"); a known hash stays as it is.
 * @source_sha256 (nullable): hash of the original file. */
void zf_save_blob (ZfSave *save, const char *sha256, const char *source_sha256, gint64 size);
/** zf_save_conflict: with the rows, opens a conflict on group @group of a record for a person to decide: @theirs stands in the store,
 * @mine is what an import brought instead, @base what both began with (group values, see zf_group_value). The record stays as it is. */
void zf_save_conflict (ZfSave *save, const char *kind, const char *id, const char *group, JsonNode *base, JsonNode *theirs, JsonNode *mine);
/** zf_save_n: number of record edits; zf_save_result_id: after the commit, id of the i-th edit in call order (one per
 * zf_save_create/set/set_seen/delete/… call). */
guint zf_save_n (ZfSave *save);
const char *zf_save_result_id (ZfSave *save, guint i);
/** zf_save_n_written: after the commit, change rows written (0: nothing differed). */
guint zf_save_n_written (ZfSave *save);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSave, zf_save_free)

G_END_DECLS
