/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-masked-input.h"

#include <glib/gi18n.h>

struct _ZfMaskedInput
{
  ZfTextInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfMaskedInput, zf_masked_input, ZF_TYPE_TEXT_INPUT)

static void
zf_masked_input_dress (ZfTextInput *text, GtkEntry *entry, GtkBox *box)
{
  GtkWidget *reveal = gtk_toggle_button_new_with_label (C_ ("text", "Show"));

  gtk_entry_set_visibility (entry, FALSE);
  gtk_entry_set_invisible_char (entry, 0x25CF);
  gtk_widget_add_css_class (reveal, "zf-choice");
  zf_input_name (ZF_INPUT (text), reveal, C_ ("text", "Show"));
  g_object_bind_property (reveal, "active", entry, "visibility", G_BINDING_DEFAULT);
  gtk_box_append (box, reveal);
}

static void
zf_masked_input_class_init (ZfMaskedInputClass *klass)
{
  ZF_TEXT_INPUT_CLASS (klass)->dress = zf_masked_input_dress;
}

static void
zf_masked_input_init (ZfMaskedInput *self)
{
}
