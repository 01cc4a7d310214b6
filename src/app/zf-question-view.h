/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfQuestionView: one question on the screen: label, hint, input, where the answer comes from, what it was last time, and the error in plain words. */
#define ZF_TYPE_QUESTION_VIEW (zf_question_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfQuestionView, zf_question_view, ZF, QUESTION_VIEW, GtkBox)

/** zf_question_view_new: of the question at @address (zf-form.h). */
GtkWidget *zf_question_view_new (ZfFormModel *model, const char *address);
/** zf_question_view_is_part: the question is no question of its own but chips below another one: where its answer comes from. */
gboolean zf_question_view_is_part (ZfForm *form, const ZfQuestion *question);
const char *zf_question_view_address (ZfQuestionView *self);
const ZfQuestion *zf_question_view_question (ZfQuestionView *self);
/** zf_question_view_set_patient: of answers to other questions it is told by zf_question_view_update, in the order of who shows it. */
void zf_question_view_set_patient (ZfQuestionView *self);
/** zf_question_view_update: shows relevance, answer and state as the model has them now. */
void zf_question_view_update (ZfQuestionView *self);
/** zf_question_view_check: from now on an answer that is missing is told as well; TRUE when the question is fine. */
gboolean zf_question_view_check (ZfQuestionView *self);
void zf_question_view_flush (ZfQuestionView *self);
/** zf_question_view_focus: puts the keyboard into the input, and brings the whole question into sight, with what is wrong there. */
void zf_question_view_focus (ZfQuestionView *self);

G_END_DECLS
