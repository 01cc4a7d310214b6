/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-search-input.h"

struct _ZfSearchInput
{
  ZfChoiceInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfSearchInput, zf_search_input, ZF_TYPE_CHOICE_INPUT)

static GtkWidget *
zf_search_input_lay (ZfChoiceInput *choice, GPtrArray *buttons)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  gtk_box_append (GTK_BOX (box), zf_choice_input_search (choice));
  gtk_box_append (GTK_BOX (box), zf_input_flow (buttons, 0));
  return box;
}

static void
zf_search_input_class_init (ZfSearchInputClass *klass)
{
  ZF_CHOICE_INPUT_CLASS (klass)->lay = zf_search_input_lay;
}

static void
zf_search_input_init (ZfSearchInput *self)
{
}
