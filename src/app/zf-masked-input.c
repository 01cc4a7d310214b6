/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-masked-input.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"

struct _ZfMaskedInput
{
  ZfTextInput parent_instance;
  GtkEntry *entry;
  GtkToggleButton *reveal;
  gboolean fresh;        /* somebody types where nothing stood */
  guint hide_id;
};

G_DEFINE_FINAL_TYPE (ZfMaskedInput, zf_masked_input, ZF_TYPE_TEXT_INPUT)

static void
show_masked (ZfMaskedInput *self)
{
  gboolean open = self->fresh || gtk_toggle_button_get_active (self->reveal);
  g_autofree char *text = zf_input_text (ZF_INPUT (self));
  g_autofree char *tail = open || *text == '\0' ? g_strdup ("") : zf_fmt_masked (text);

  gtk_entry_set_visibility (self->entry, open);
  zf_input_tell (ZF_INPUT (self), tail);
}

static gboolean
on_hide (gpointer data)
{
  ZfMaskedInput *self = data;

  self->hide_id = 0;
  gtk_toggle_button_set_active (self->reveal, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_reveal (ZfMaskedInput *self)
{
  g_clear_handle_id (&self->hide_id, g_source_remove);
  if (gtk_toggle_button_get_active (self->reveal))
    self->hide_id = g_timeout_add_seconds (ZF_SHOWN_SECONDS, on_hide, self);
  show_masked (self);
}

static void
on_enter (ZfMaskedInput *self)
{
  self->fresh = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0';
  show_masked (self);
}

static void
on_leave (ZfMaskedInput *self)
{
  self->fresh = FALSE;
  /* The focus leaves once more when the page goes away. */
  if (self->entry != NULL)
    show_masked (self);
}

static void
zf_masked_input_dress (ZfTextInput *text, GtkEntry *entry, GtkBox *box)
{
  ZfMaskedInput *self = ZF_MASKED_INPUT (text);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = entry;
  self->reveal = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (C_ ("text", "Show")));
  gtk_entry_set_visibility (entry, FALSE);
  gtk_entry_set_invisible_char (entry, 0x25CF);
  gtk_widget_add_css_class (GTK_WIDGET (self->reveal), "zf-choice");
  zf_input_name (ZF_INPUT (text), GTK_WIDGET (self->reveal), C_ ("text", "Show"));
  g_signal_connect_object (self->reveal, "toggled", G_CALLBACK (on_reveal), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "enter", G_CALLBACK (on_enter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_leave), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);
  gtk_box_append (box, GTK_WIDGET (self->reveal));
}

static void
zf_masked_input_show (ZfInput *input)
{
  ZF_INPUT_CLASS (zf_masked_input_parent_class)->show (input);
  if (ZF_MASKED_INPUT (input)->entry != NULL)
    show_masked (ZF_MASKED_INPUT (input));
}

static void
zf_masked_input_dispose (GObject *object)
{
  ZfMaskedInput *self = ZF_MASKED_INPUT (object);

  g_clear_handle_id (&self->hide_id, g_source_remove);
  self->entry = NULL;
  G_OBJECT_CLASS (zf_masked_input_parent_class)->dispose (object);
}

static void
zf_masked_input_class_init (ZfMaskedInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_masked_input_dispose;
  ZF_INPUT_CLASS (klass)->show = zf_masked_input_show;
  ZF_TEXT_INPUT_CLASS (klass)->dress = zf_masked_input_dress;
}

static void
zf_masked_input_init (ZfMaskedInput *self)
{
}
