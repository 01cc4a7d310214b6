/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-form-model.h"

G_BEGIN_DECLS

/* ZfInput: where one answer is given. A subclass for each way of answering; zf_input_new picks by type and appearance from one
 * table, so a new way is one class and one line. Signals: "rejected" (sentence): what was typed is no answer of this type; "told" (sentence):
 * something to know that is no fault of the answer. "" takes either back. */
#define ZF_TYPE_INPUT (zf_input_get_type ())
G_DECLARE_DERIVABLE_TYPE (ZfInput, zf_input, ZF, INPUT, AdwBin)

struct _ZfInputClass
{
  AdwBinClass parent_class;

  /* Makes the widgets for model and question. */
  void (*build) (ZfInput *self);
  /* Shows the model's answer, unless the person is typing another one here. */
  void (*show) (ZfInput *self);
  /* Hands over what was typed and not yet kept. */
  void (*flush) (ZfInput *self);
};

/** zf_input_new: for the question at @address (zf-form.h). */
ZfInput *zf_input_new (ZfFormModel *model, const char *address);
void zf_input_show (ZfInput *self);
void zf_input_flush (ZfInput *self);
/** zf_question_type: (transfer full): the first word of the question's type; "ref" where it takes the id of another record. */
char *zf_question_type (const ZfQuestion *question);
/** zf_input_way: (nullable): the type of question that the @i-th way of answering is for, NULL after the last; @appearance (out) (nullable): the word that asks
 * for it. */
const char *zf_input_way (guint i, const char **appearance);
/** zf_question_appears: @word is one of the words of the question's appearance. */
gboolean zf_question_appears (const ZfQuestion *question, const char *word);

/* For subclasses */
ZfFormModel *zf_input_model (ZfInput *self);
const ZfQuestion *zf_input_question (ZfInput *self);
const char *zf_input_address (ZfInput *self);
/** zf_input_is_here: its screen is still there; whoever waits for something holds the input itself longer than that. */
gboolean zf_input_is_here (ZfInput *self);
/** zf_input_lang, _label: the language of the screen, and the question in it. */
const char *zf_input_lang (ZfInput *self);
const char *zf_input_label (ZfInput *self);
/** zf_input_answer: (transfer none) (nullable): as it is stored. zf_input_text: (transfer full): as it stands in an entry. */
JsonNode *zf_input_answer (ZfInput *self);
char *zf_input_text (ZfInput *self);
/** zf_input_set: gives the answer @value, as it is stored; zf_input_clear: takes it back. zf_input_set_text: what was typed; @sentence says what to type when it
 * is no answer. FALSE: rejected. */
gboolean zf_input_set (ZfInput *self, JsonNode *value);
void zf_input_clear (ZfInput *self);
gboolean zf_input_set_text (ZfInput *self, const char *text, const char *sentence);
void zf_input_tell (ZfInput *self, const char *sentence);
/** zf_input_reject: what stands here is no answer yet: @sentence says what to do; "" takes that back. */
void zf_input_reject (ZfInput *self, const char *sentence);
/** zf_input_go_on: as the primary button, once everything that happens now is over: the screen may take this input away. */
void zf_input_go_on (ZfInput *self);
/** zf_input_name: the accessible name of @widget: "question: what", or the question when @what is NULL. */
void zf_input_name (ZfInput *self, GtkWidget *widget, const char *what);
/** zf_input_button: (transfer floating): a button of 56 px that calls @clicked (self) (swapped). */
/** zf_input_next: the focus goes to the next question, or on by one when there is none: Enter in a field. */
void zf_input_next (ZfInput *self);
GtkWidget *zf_input_button (ZfInput *self, const char *words, GCallback clicked);
/** zf_input_flow: @widgets beside each other as far as there is room; @columns > 0: so many in a line, equally wide. */
GtkWidget *zf_input_flow (GPtrArray *widgets, guint columns);

G_END_DECLS
