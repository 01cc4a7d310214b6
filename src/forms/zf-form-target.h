/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-private.h"

G_BEGIN_DECLS

/* Where the answer to a save_to question also goes: a field of the form's owner, of the record that one of the form's fields names, or of the record
 * of a keyed kind that has the same owner and whose other key fields the form answers under the same names (income of the household and year). */
typedef struct
{
  const ZfKind *kind;
  char *id;
  const char *field;
  JsonObject *key;       /* (nullable) fields that make the record of a keyed kind, when it is not there yet */
} ZfTarget;
void zf_target_clear (ZfTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfTarget, zf_target_clear)

/** zf_form_target: of @question, for a record below @parent with @values; FALSE when there is no such record (yet). Companions of a question (its source, the
 * reason for an answer that is doubted) go along with it where the other kind has them. */
gboolean zf_form_target (ZfForm *form, ZfKinds *kinds, const ZfQuestion *question, const char *parent, JsonObject *values, ZfTarget *target);
/** zf_target_load: (transfer full) (nullable): the record that stands there. */
ZfRecord *zf_target_load (const ZfTarget *target, ZfReader *reader);
/** zf_form_prefill_targets: lays what stands where answers go to into @answers, and what was shown into @seen. */
void zf_form_prefill_targets (ZfAnswers *answers, ZfReader *reader, const char *parent, JsonObject *seen);

/* Records of keyed kinds that are not there yet are made at once from all answers that go there. */
typedef struct _ZfTargets ZfTargets;
ZfTargets *zf_targets_new (ZfSave *save);
void zf_targets_free (ZfTargets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfTargets, zf_targets_free)
/** zf_targets_make: @value goes to @target, whose record is not there. zf_targets_write: wherever it goes, against what stands there now. */
void zf_targets_make (ZfTargets *self, const ZfTarget *target, JsonNode *value);
void zf_targets_write (ZfTargets *self, const ZfTarget *target, ZfReader *reader, JsonNode *value);
/** zf_targets_flush: puts the records into the save. */
void zf_targets_flush (ZfTargets *self);

G_END_DECLS
