/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-rating-input.h"

#include "zf-choice-button.h"

struct _ZfRatingInput
{
  ZfChoiceInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfRatingInput, zf_rating_input, ZF_TYPE_CHOICE_INPUT)

static GtkWidget *
zf_rating_input_lay (ZfChoiceInput *choice, GPtrArray *buttons)
{
  for (guint i = 0; i < buttons->len; i++)
    {
      GtkWidget *button = g_ptr_array_index (buttons, i);

      gtk_button_set_child (GTK_BUTTON (button), gtk_label_new (NULL));
      gtk_widget_add_css_class (button, "zf-star");
    }
  return zf_input_flow (buttons, 0);
}

/* All stars up to the answer are full. */
static void
zf_rating_input_show (ZfInput *input)
{
  GPtrArray *buttons = zf_choice_input_buttons (ZF_CHOICE_INPUT (input));
  gboolean full = FALSE;

  ZF_INPUT_CLASS (zf_rating_input_parent_class)->show (input);
  for (guint i = buttons->len; i > 0; i--)
    {
      GtkWidget *button = g_ptr_array_index (buttons, i - 1);

      full = full || gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button));
      gtk_label_set_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), full ? "★" : "☆");
    }
}

static void
zf_rating_input_class_init (ZfRatingInputClass *klass)
{
  ZF_CHOICE_INPUT_CLASS (klass)->lay = zf_rating_input_lay;
  ZF_INPUT_CLASS (klass)->show = zf_rating_input_show;
}

static void
zf_rating_input_init (ZfRatingInput *self)
{
}
