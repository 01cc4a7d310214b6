/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-text-input.h"

#include <glib/gi18n.h>

#include "zf-json.h"

#define REST_MS 1000

struct _ZfTextInput
{
  ZfInput parent_instance;

  GtkWidget *entry;      /* one line, or NULL */
  GtkWidget *view;       /* several lines, or NULL */
  gboolean dirty;        /* typed and not kept */
  gboolean showing;      /* our own writing into the widget */
  guint rest_id;
};

G_DEFINE_FINAL_TYPE (ZfTextInput, zf_text_input, ZF_TYPE_INPUT)

static char *
typed_text (ZfTextInput *self)
{
  GtkTextBuffer *buffer = NULL;
  GtkTextIter start, end;

  if (self->entry != NULL)
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* A table and not the engine's words: those name the field for a log. */
static const char *
wrong_type_sentence (ZfFieldType type)
{
  static const char *const SENTENCES[] = {
    [ZF_FIELD_INTEGER] = N_("This must be a whole number."),
    [ZF_FIELD_DECIMAL] = N_("This must be a number."),
    [ZF_FIELD_MONEY] = N_("This must be an amount in yuan."),
    [ZF_FIELD_DATE] = N_("This must be a date like 2026-11-03."),
  };

  if (type < (int) G_N_ELEMENTS (SENTENCES) && SENTENCES[type] != NULL)
    return _(SENTENCES[type]);
  return _("This cannot be read. Write it another way.");
}

static void
keep (ZfTextInput *self)
{
  ZfInput *input = ZF_INPUT (self);
  const ZfQuestion *question = zf_input_question (input);
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->rest_id, g_source_remove);
  if (!self->dirty)
    return;
  self->dirty = FALSE;
  text = typed_text (self);
  if (zf_form_model_set_text (zf_input_model (input), zf_input_address (input), text, NULL))
    zf_input_reject (input, "");
  else
    zf_input_reject (input, wrong_type_sentence (question->field->type));
}

static gboolean
on_rest (gpointer data)
{
  ZfTextInput *self = data;

  self->rest_id = 0;
  keep (self);
  return G_SOURCE_REMOVE;
}

static void
on_typed (ZfTextInput *self)
{
  if (self->showing)
    return;
  self->dirty = TRUE;
  g_clear_handle_id (&self->rest_id, g_source_remove);
  self->rest_id = g_timeout_add (REST_MS, on_rest, self);
}

/* Enter goes on to the next field. */
static void
on_entry_activate (ZfTextInput *self)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  keep (self);
  if (root != NULL)
    gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD);
}

static void
watch_focus (ZfTextInput *self, GtkWidget *widget)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_object (focus, "leave", G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (widget, focus);
}

static GtkWidget *
build_view (ZfTextInput *self)
{
  GtkWidget *frame = gtk_scrolled_window_new ();

  self->view = gtk_text_view_new ();
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_widget_add_css_class (self->view, "zf-text");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (frame), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (frame), 112);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (frame), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (frame), self->view);
  gtk_widget_add_css_class (frame, "zf-frame");
  g_signal_connect_swapped (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "changed", G_CALLBACK (on_typed), self);
  watch_focus (self, self->view);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  zf_input_label (ZF_INPUT (self)), -1);
  return frame;
}

static GtkInputPurpose
purpose (ZfFieldType type)
{
  if (type == ZF_FIELD_INTEGER)
    return GTK_INPUT_PURPOSE_DIGITS;
  return type == ZF_FIELD_DECIMAL || type == ZF_FIELD_MONEY ? GTK_INPUT_PURPOSE_NUMBER : GTK_INPUT_PURPOSE_FREE_FORM;
}

static GtkWidget *
build_entry (ZfTextInput *self, const ZfQuestion *question)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gboolean number = question->field->type != ZF_FIELD_TEXT;

  self->entry = gtk_entry_new ();
  gtk_widget_set_hexpand (self->entry, !number);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->entry), purpose (question->field->type));
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), !question->read_only);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), number ? 12 : 8);
  gtk_widget_add_css_class (self->entry, number ? "zf-number" : "zf-entry");
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_entry_activate), self);
  watch_focus (self, self->entry);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  zf_input_label (ZF_INPUT (self)), -1);
  gtk_box_append (GTK_BOX (box), self->entry);
  if (question->field->type == ZF_FIELD_MONEY)
    gtk_box_append (GTK_BOX (box), gtk_label_new (_("yuan")));
  return box;
}

static void
zf_text_input_build (ZfInput *input)
{
  ZfTextInput *self = ZF_TEXT_INPUT (input);
  const ZfQuestion *question = zf_input_question (input);
  gboolean several = g_strcmp0 (zf_json_get_string (question->row, "appearance", NULL), "multiline") == 0;

  adw_bin_set_child (ADW_BIN (self), several ? build_view (self) : build_entry (self, question));
}

static void
zf_text_input_show (ZfInput *input)
{
  ZfTextInput *self = ZF_TEXT_INPUT (input);
  g_autofree char *text = NULL;
  g_autofree char *typed = NULL;

  if (self->dirty)
    return;
  text = zf_answers_text (zf_form_model_answers (zf_input_model (input)), zf_input_address (input));
  typed = typed_text (self);
  if (g_strcmp0 (text != NULL ? text : "", typed) == 0)
    return;
  self->showing = TRUE;
  if (self->entry != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text != NULL ? text : "");
  else
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text != NULL ? text : "", -1);
  self->showing = FALSE;
}

static void
zf_text_input_flush (ZfInput *input)
{
  keep (ZF_TEXT_INPUT (input));
}

static void
zf_text_input_unmap (GtkWidget *widget)
{
  keep (ZF_TEXT_INPUT (widget));
  GTK_WIDGET_CLASS (zf_text_input_parent_class)->unmap (widget);
}

static void
zf_text_input_dispose (GObject *object)
{
  ZfTextInput *self = ZF_TEXT_INPUT (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), self);
  self->view = NULL;
  self->entry = NULL;
  G_OBJECT_CLASS (zf_text_input_parent_class)->dispose (object);
}

static void
zf_text_input_class_init (ZfTextInputClass *klass)
{
  ZfInputClass *input_class = ZF_INPUT_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_text_input_dispose;
  GTK_WIDGET_CLASS (klass)->unmap = zf_text_input_unmap;
  input_class->build = zf_text_input_build;
  input_class->show = zf_text_input_show;
  input_class->flush = zf_text_input_flush;
}

static void
zf_text_input_init (ZfTextInput *self)
{
}
