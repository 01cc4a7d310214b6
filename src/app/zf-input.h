/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-form-model.h"

G_BEGIN_DECLS

/* ZfInput: where one answer is given. A subclass for each way of answering; zf_input_new picks by type and appearance from one
 * table, so a new way is one class and one line. Signal "rejected" (sentence): what was typed is no answer of this type; "" = is again. */
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
ZfFormModel *zf_input_model (ZfInput *self);
const ZfQuestion *zf_input_question (ZfInput *self);
const char *zf_input_address (ZfInput *self);
/** zf_input_label: the question in the language of the screen. */
const char *zf_input_label (ZfInput *self);
void zf_input_show (ZfInput *self);
void zf_input_flush (ZfInput *self);
void zf_input_reject (ZfInput *self, const char *sentence);

G_END_DECLS
