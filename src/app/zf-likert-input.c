/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-likert-input.h"

#include "zf-choice-button.h"

struct _ZfLikertInput
{
  ZfChoiceInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfLikertInput, zf_likert_input, ZF_TYPE_CHOICE_INPUT)

/* The words break anywhere: five of them stand side by side on the narrowest screen. */
static void
dress (ZfChoiceButton *button)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *mark = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = zf_choice_button_label_new (button);

  gtk_widget_add_css_class (mark, "zf-mark");
  gtk_widget_set_halign (mark, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), words);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (GTK_WIDGET (button), "zf-likert");
}

static GtkWidget *
zf_likert_input_lay (ZfChoiceInput *choice, GPtrArray *buttons)
{
  for (guint i = 0; i < buttons->len; i++)
    dress (g_ptr_array_index (buttons, i));
  return zf_choice_input_row (buttons);
}

static void
zf_likert_input_class_init (ZfLikertInputClass *klass)
{
  ZF_CHOICE_INPUT_CLASS (klass)->lay = zf_likert_input_lay;
  ZF_CHOICE_INPUT_CLASS (klass)->words_only = TRUE;
}

static void
zf_likert_input_init (ZfLikertInput *self)
{
}
