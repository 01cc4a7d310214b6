/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfTextInput: text of one or several lines, numbers, money in 元. What was typed is kept on Enter, when the focus leaves, and after
 * one second of rest; text that an input method still composes is not in the buffer and is never kept. Appearances: "multiline", "numbers" (digits on the
 * keyboard), "thousands-sep" (12,000 while nobody types). */
#define ZF_TYPE_TEXT_INPUT (zf_text_input_get_type ())
G_DECLARE_DERIVABLE_TYPE (ZfTextInput, zf_text_input, ZF, TEXT_INPUT, ZfInput)

struct _ZfTextInputClass
{
  ZfInputClass parent_class;

  /* What else stands in @box behind the entry of one line. */
  void (*dress) (ZfTextInput *self, GtkEntry *entry, GtkBox *box);
};

/** zf_text_input_takes_number: an integer, a decimal or money in one line. zf_text_input_entry: (nullable): where one line is typed. */
gboolean zf_text_input_takes_number (ZfTextInput *self);
GtkWidget *zf_text_input_entry (ZfTextInput *self);
/** zf_text_input_put: gives the answer @text as if it were typed. */
void zf_text_input_put (ZfTextInput *self, const char *text);

G_END_DECLS
