/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfChoiceInput: choices as toggles: one of a list, several of a list, one of the records that a reference may name, one of the steps of a range.
 * Subclasses lay the toggles out in another way. Appearance "quick": the answer goes on to the next screen when nothing else is asked on this one. */
#define ZF_TYPE_CHOICE_INPUT (zf_choice_input_get_type ())
G_DECLARE_DERIVABLE_TYPE (ZfChoiceInput, zf_choice_input, ZF, CHOICE_INPUT, ZfInput)

struct _ZfChoiceInputClass
{
  ZfInputClass parent_class;

  /* Lays out @buttons (element-type ZfChoiceButton), which have their accessible names. */
  GtkWidget *(*lay) (ZfChoiceInput *self, GPtrArray *buttons);
  /* There is no room for the pictures of choices. */
  gboolean words_only;
};

/* For subclasses */
GPtrArray *zf_choice_input_buttons (ZfChoiceInput *self);
gboolean zf_choice_input_takes_several (ZfChoiceInput *self);
/** zf_choice_input_row: @buttons in one line, equally wide. */
GtkWidget *zf_choice_input_row (GPtrArray *buttons);
/** zf_choice_input_stack: @buttons below each other. */
GtkWidget *zf_choice_input_stack (GPtrArray *buttons);
/** zf_choice_input_search: an entry that leaves only the choices whose words, or their initials, hold what is typed. */
GtkWidget *zf_choice_input_search (ZfChoiceInput *self);

G_END_DECLS
