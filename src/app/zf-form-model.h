/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"

G_BEGIN_DECLS

/* ZfFormModel: a form being filled, without a widget. Two ways:
 * - a draft: a new record; every answer is in the store as soon as it is given, finishing makes the record;
 * - an edit: a finished record; what differs is written together when the person is done, as a correction where the kind is append-only. Until then it is a
 * draft too, from the first answer on.
 * Signals: "answered" (name): an answer changed, so relevance elsewhere may have; "saved": the state words changed. */
#define ZF_TYPE_FORM_MODEL (zf_form_model_get_type ())
G_DECLARE_FINAL_TYPE (ZfFormModel, zf_form_model, ZF, FORM_MODEL, GObject)

/** zf_form_model_start: opens the draft of @kind under @parent, or begins one with what is known filled in. */
ZfFormModel *zf_form_model_start (ZfSession *session, const char *kind, const char *parent, GError **error);
/** zf_form_model_start_later: the same for what happened on @day and is written down only now: the form's own day is that day, and the record says so
 * (ZF_ENTERED_LATER), so that the day of the visit and the time of writing stay apart. A draft that was begun before stays what it is. */
#define ZF_ENTERED_LATER "entered_later"
gboolean zf_form_model_entered_later (ZfFormModel *self);
ZfFormModel *zf_form_model_start_later (ZfSession *session, const char *kind, const char *parent, const char *day, GError **error);
/** zf_form_model_edit: the record @id, or the change of it that was begun and not finished. zf_form_model_scratch: the record, as answers that are never kept. */
ZfFormModel *zf_form_model_edit (ZfSession *session, const char *id, GError **error);
ZfFormModel *zf_form_model_scratch (ZfSession *session, const char *id, GError **error);

ZfSession *zf_form_model_session (ZfFormModel *self);
ZfForm *zf_form_model_form (ZfFormModel *self);
ZfAnswers *zf_form_model_answers (ZfFormModel *self);
const ZfKind *zf_form_model_kind (ZfFormModel *self);
const char *zf_form_model_parent (ZfFormModel *self);
/** zf_form_model_id: of the record that is edited or will be made. */
const char *zf_form_model_id (ZfFormModel *self);
/** zf_form_model_is_draft: it will be a new record. zf_form_model_draft: (nullable): id of the draft that keeps the answers, also of a finished record. */
gboolean zf_form_model_is_draft (ZfFormModel *self);
const char *zf_form_model_draft (ZfFormModel *self);
/** zf_form_model_corrects: a finished record that is never changed: a new one takes its place. zf_form_model_differs: something of a finished record was
 * changed. zf_form_model_takes_reason: why can be said (zf_form_model_set_why; "" takes that back); _wants_reason: it must be. */
gboolean zf_form_model_corrects (ZfFormModel *self);
gboolean zf_form_model_differs (ZfFormModel *self);
/** zf_form_model_was_overtaken: it is finished, and some of what was corrected was asked again on a later day, which stands where such answers go. */
gboolean zf_form_model_was_overtaken (ZfFormModel *self);
gboolean zf_form_model_takes_reason (ZfFormModel *self);
gboolean zf_form_model_wants_reason (ZfFormModel *self);
const char *zf_form_model_why (ZfFormModel *self);
void zf_form_model_set_why (ZfFormModel *self, const char *why);
/** zf_form_model_was_open: the draft stood before: the person comes back to it. */
gboolean zf_form_model_was_open (ZfFormModel *self);

/** zf_form_model_set_place: screen @page, and in it @row (nullable) of a repeat, is where the person is. zf_form_model_place: the same for a draft that was open
 * before; FALSE when it never said. @row (transfer full) is NULL when it is gone. */
void zf_form_model_set_place (ZfFormModel *self, guint page, const char *row);
gboolean zf_form_model_place (ZfFormModel *self, guint *page, char **row);

/** zf_form_model_set, _set_text: one answer, kept at once. FALSE + error: it is not of the question's type. */
gboolean zf_form_model_set (ZfFormModel *self, const char *name, JsonNode *value, GError **error);
gboolean zf_form_model_set_text (ZfFormModel *self, const char *name, const char *text, GError **error);
/** zf_form_model_add_row: (transfer full): as zf_answers_add_row, kept at once. zf_form_model_remove_row: likewise. */
char *zf_form_model_add_row (ZfFormModel *self, const char *repeat, GError **error);
/** zf_form_model_put_back: as zf_answers_put_back, kept at once. */
gboolean zf_form_model_put_back (ZfFormModel *self, const char *repeat, JsonObject *values, GError **error);
gboolean zf_form_model_remove_row (ZfFormModel *self, const char *row, GError **error);
/** zf_form_model_confirm: the answer, as it stands, was asked. */
void zf_form_model_confirm (ZfFormModel *self, const char *name);
/** zf_form_model_carried: the answer was filled in from last time and nobody asked yet. */
gboolean zf_form_model_carried (ZfFormModel *self, const char *name);
/** zf_form_model_sensitive: the answer is hidden until somebody asks to see it (PIPL 28): its kind says so. zf_form_model_words: (transfer full): @value as
 * people read it among other things, hidden where it must be. */
gboolean zf_form_model_sensitive (ZfFormModel *self, const ZfQuestion *question);
char *zf_form_model_words (ZfFormModel *self, const ZfQuestion *question, JsonNode *value);
/** zf_form_model_shown: (nullable): what the question was filled in with. */
JsonNode *zf_form_model_shown (ZfFormModel *self, const char *name);
/** zf_form_model_before: (transfer full) (nullable): what was shown as the last answer, when the answer now differs from it. */
char *zf_form_model_before (ZfFormModel *self, const char *name);
/** zf_form_model_page_carried: number of carried answers on @page. zf_form_model_page_changed: one there differs from what was shown. */
gboolean zf_form_model_page_changed (ZfFormModel *self, guint page);
guint zf_form_model_page_carried (ZfFormModel *self, guint page);

/** zf_form_model_state: (transfer full): "正在保存…", "已保存 14:05 · 只在本机", or what went wrong. */
char *zf_form_model_state (ZfFormModel *self);
/** zf_form_model_failure: (nullable): the sentence while some answer is not on the disk; all are stored again with the next one, after some seconds, and when the
 * form is left. zf_form_model_is_saving: some are on their way; "saved" follows. */
const char *zf_form_model_failure (ZfFormModel *self);
gboolean zf_form_model_is_saving (ZfFormModel *self);
/** zf_form_model_await, _arrived: a photo or a voice is taken or stored that will be an answer: a record that is finished meanwhile would go without it.
 * zf_form_model_awaits: so it is. */
void zf_form_model_await (ZfFormModel *self);
void zf_form_model_arrived (ZfFormModel *self);
gboolean zf_form_model_awaits (ZfFormModel *self);
/** zf_form_model_finish: makes or changes the record. @force: also over answers that changed elsewhere meanwhile; without it these
 * are named in @changed_since and ZF_ERROR_CONFLICT is returned. */
char *zf_form_model_finish (ZfFormModel *self, gboolean force, char ***changed_since, GError **error);
/** zf_form_model_take_back: a draft that was finished as the record @id is a draft again and the record was never written; FALSE + ZF_ERROR_CONFLICT: it is too
 * late for that. */
gboolean zf_form_model_take_back (ZfFormModel *self, const char *id, GError **error);
/** zf_form_model_add_made: @photo was made for this draft. zf_form_model_has_made: it was, in this run or an earlier one. What no answer names any more when the draft
 * is finished or thrown away is taken away then. zf_form_model_made: (transfer none) (element-type utf8). */
void zf_form_model_add_made (ZfFormModel *self, const char *photo);
GPtrArray *zf_form_model_made (ZfFormModel *self);
gboolean zf_form_model_has_made (ZfFormModel *self, const char *photo);
/** zf_form_model_discard: throws the draft away. zf_form_model_bring_back: and takes that back, with all its answers. zf_form_model_leave: throws away the draft
 * of a finished record in which nothing differs any more; what failed to be stored is tried once more. */
gboolean zf_form_model_discard (ZfFormModel *self, GError **error);
void zf_form_model_leave (ZfFormModel *self);
/** zf_form_model_keep: waits until everything is on the disk; FALSE: it is not, zf_form_model_failure says why. */
gboolean zf_form_model_keep (ZfFormModel *self);
gboolean zf_form_model_bring_back (ZfFormModel *self, GError **error);

G_END_DECLS
