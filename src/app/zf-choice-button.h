/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ZfChoiceButton: one answer of a choice, a toggle of at least 56 px with role radio, its stored code in `value`. Taps, keys, a
 * click through the accessibility bus and the class action "zf.activate" all toggle it. */
#define ZF_TYPE_CHOICE_BUTTON (zf_choice_button_get_type ())
G_DECLARE_DERIVABLE_TYPE (ZfChoiceButton, zf_choice_button, ZF, CHOICE_BUTTON, GtkToggleButton)

struct _ZfChoiceButtonClass
{
  GtkToggleButtonClass parent_class;
};

GtkWidget *zf_choice_button_new (const char *value, const char *label);
const char *zf_choice_button_value (ZfChoiceButton *self);
/** zf_choice_button_words: the label, also when something else is drawn in its place. */
const char *zf_choice_button_words (ZfChoiceButton *self);
/** zf_choice_button_style: the same words as Pango markup, while the button is not chosen; before anything else is drawn in their place. zf_choice_button_label_new: a label for what is. */
void zf_choice_button_style (ZfChoiceButton *self, const char *markup);
GtkWidget *zf_choice_button_label_new (ZfChoiceButton *self);
/** zf_choice_button_set_picture: takes @picture, which stands above the words from now on. */
void zf_choice_button_set_picture (ZfChoiceButton *self, GtkWidget *picture);
/** zf_choice_button_name: sets the accessible name to "@group: label", since the label alone says little. */
void zf_choice_button_name (ZfChoiceButton *self, const char *group);

G_END_DECLS
