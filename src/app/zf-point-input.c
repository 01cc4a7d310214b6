/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-point-input.h"

#include <glib/gi18n.h>

#include "zf-position.h"

struct _ZfPointInput
{
  ZfInput parent_instance;

  GtkLabel *words;
  GtkEditable *entry;
  GtkWidget *clear;
  GtkWidget *here;
  GCancellable *asking;   /* while the position is asked for */
  gboolean showing;
  gboolean dirty;
};

G_DEFINE_FINAL_TYPE (ZfPointInput, zf_point_input, ZF_TYPE_INPUT)

static void
keep (ZfPointInput *self)
{
  if (!self->dirty)
    return;
  self->dirty = FALSE;
  zf_input_set_text (ZF_INPUT (self), gtk_editable_get_text (self->entry), _("This needs a latitude and a longitude like 29.86, 107.73."));
  zf_input_show (ZF_INPUT (self));
}

static void
on_typed (ZfPointInput *self)
{
  if (!self->showing)
    self->dirty = TRUE;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfPointInput) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *position = zf_position_ask_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->asking);
  gtk_widget_set_sensitive (self->here, TRUE);
  if (position == NULL)
    g_message ("No position: %s", error->message);
  zf_input_tell (ZF_INPUT (self), position != NULL ? "" : _("The position was not found. Try in the open, or type it."));
  if (position != NULL)
    zf_input_set_text (ZF_INPUT (self), position, _("This cannot be read. Write it another way."));
}

static void
on_here (ZfPointInput *self)
{
  if (!zf_position_is_there ())
    {
      zf_input_tell (ZF_INPUT (self), _("This tablet does not know where it is. Type the position."));
      return;
    }
  self->asking = g_cancellable_new ();
  gtk_widget_set_sensitive (self->here, FALSE);
  zf_input_tell (ZF_INPUT (self), _("Looking for the position…"));
  zf_position_ask_async (self->asking, on_found, g_object_ref (self));
}

static void
on_clear (ZfPointInput *self)
{
  zf_input_tell (ZF_INPUT (self), "");
  zf_input_clear (ZF_INPUT (self));
}

static void
on_by_hand (GtkToggleButton *toggle, ZfPointInput *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->entry), gtk_toggle_button_get_active (toggle));
  if (gtk_toggle_button_get_active (toggle))
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static GtkWidget *
by_hand_new (ZfPointInput *self)
{
  GtkWidget *toggle = gtk_toggle_button_new_with_label (_("Type it"));

  gtk_widget_add_css_class (toggle, "zf-choice");
  zf_input_name (ZF_INPUT (self), toggle, _("Type it"));
  g_signal_connect_object (toggle, "toggled", G_CALLBACK (on_by_hand), self, 0);
  return toggle;
}

static GtkWidget *
entry_new (ZfPointInput *self)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_set_visible (entry, FALSE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("latitude, longitude"));
  gtk_widget_add_css_class (entry, "zf-number");
  zf_input_name (ZF_INPUT (self), entry, NULL);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "activate", G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

static void
zf_point_input_build (ZfInput *input)
{
  ZfPointInput *self = ZF_POINT_INPUT (input);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_selectable (self->words, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "numeric");
  self->here = zf_input_button (input, _("Use where I am"), G_CALLBACK (on_here));
  self->clear = zf_input_button (input, C_ ("answer", "Clear"), G_CALLBACK (on_clear));
  self->entry = GTK_EDITABLE (entry_new (self));
  g_ptr_array_add (buttons, self->here);
  g_ptr_array_add (buttons, by_hand_new (self));
  g_ptr_array_add (buttons, self->clear);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), zf_input_flow (buttons, 0));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
  gtk_widget_set_sensitive (box, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

static void
zf_point_input_show (ZfInput *input)
{
  ZfPointInput *self = ZF_POINT_INPUT (input);
  const ZfQuestion *question = zf_input_question (input);
  JsonNode *answer = zf_input_answer (input);
  g_autofree char *words = zf_value_display (question->kind, question->field, answer, zf_input_lang (input));
  g_autofree char *text = zf_input_text (input);

  gtk_label_set_text (self->words, answer != NULL ? words : _("Not recorded"));
  gtk_widget_set_visible (gtk_widget_get_parent (self->clear), *text != '\0');
  if (self->dirty || g_str_equal (gtk_editable_get_text (self->entry), text))
    return;
  self->showing = TRUE;
  gtk_editable_set_text (self->entry, text);
  self->showing = FALSE;
}

static void
zf_point_input_flush (ZfInput *input)
{
  keep (ZF_POINT_INPUT (input));
}

static void
zf_point_input_dispose (GObject *object)
{
  ZfPointInput *self = ZF_POINT_INPUT (object);

  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  G_OBJECT_CLASS (zf_point_input_parent_class)->dispose (object);
}

static void
zf_point_input_class_init (ZfPointInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_point_input_dispose;
  ZF_INPUT_CLASS (klass)->build = zf_point_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_point_input_show;
  ZF_INPUT_CLASS (klass)->flush = zf_point_input_flush;
}

static void
zf_point_input_init (ZfPointInput *self)
{
}
