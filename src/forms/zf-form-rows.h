/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-private.h"

G_BEGIN_DECLS

/** zf_form_seen_entry: (transfer full): what a person is shown of @record's @field, as a draft keeps it. */
JsonNode *zf_form_seen_entry (const ZfRecord *record, const char *field);
/** zf_form_new_ids: (transfer full) (element-type utf8): of @n rows that come at once: they are read back in the order of their ids. */
GPtrArray *zf_form_new_ids (ZfClock *clock, ZfRandom *random, guint n);
/** zf_form_note_seen: all of @record, a row of @repeat, as it is shown. */
void zf_form_note_seen (JsonObject *seen, ZfFormRepeat *repeat, const ZfRecord *record);
/** zf_form_rows_of: (transfer full) (element-type ZfRecord): the records that stand below @owner, of the kind of repeat @r, oldest first. */
GPtrArray *zf_form_rows_of (ZfForm *form, int r, ZfReader *reader, const char *owner);
/** zf_form_prefill_rows: rows for the records that stand below @parent, in repeats of kinds that are there anyway; what is shown goes into @seen. */
void zf_form_prefill_rows (ZfAnswers *answers, ZfReader *reader, const char *parent, JsonObject *seen);
/** zf_form_save_rows: adds the records of all rows in @values (as zf_answers_values) to @save: @id is the form's record, @parent its owner, @seen
 * (nullable) what was shown. What was answered of a record that stands and is no longer what was shown there is added to @changed, by its address. */
void zf_form_save_rows (ZfForm *form, ZfStore *store, ZfSave *save, JsonObject *values, const char *id, const char *parent, JsonObject *seen, GPtrArray *changed);
/** zf_form_own_fields: (transfer full): @values without the rows of repeats. */
JsonObject *zf_form_own_fields (ZfForm *form, JsonObject *values);

G_END_DECLS
