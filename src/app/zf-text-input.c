/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-text-input.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-fmt.h"
#include "zf-json.h"

#define REST_MS 1000
#define FEN 100

typedef struct
{
  GtkWidget *entry;      /* one line, or NULL */
  GtkWidget *view;       /* several lines, or NULL */
  gboolean dirty;        /* typed and not kept */
  gboolean showing;      /* our own writing into the widget */
  gboolean focused;
  gboolean keeping;
  char *kept;            /* what was typed when it was kept last, … */
  char *meant;           /* … and the answer that it was: "2." is 2 until a 5 comes */
  guint rest_id;
} ZfTextInputPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (ZfTextInput, zf_text_input, ZF_TYPE_INPUT)

static ZfTextInputPrivate *
private_of (ZfTextInput *self)
{
  return zf_text_input_get_instance_private (self);
}

static char *
typed_text (ZfTextInput *self)
{
  ZfTextInputPrivate *priv = private_of (self);
  GtkTextBuffer *buffer = NULL;
  GtkTextIter start, end;

  if (priv->entry != NULL)
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (priv->entry)));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (priv->view));
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
  ZfTextInputPrivate *priv = private_of (self);
  ZfInput *input = ZF_INPUT (self);
  g_autofree char *text = NULL;

  g_clear_handle_id (&priv->rest_id, g_source_remove);
  if (!priv->dirty)
    return;
  priv->dirty = FALSE;
  text = typed_text (self);
  g_free (priv->kept);
  priv->kept = g_strdup (text);
  priv->keeping = TRUE;
  zf_input_set_text (input, text, wrong_type_sentence (zf_input_question (input)->field->type));
  priv->keeping = FALSE;
  g_free (priv->meant);
  priv->meant = zf_input_text (input);
}

static gboolean
on_rest (gpointer data)
{
  ZfTextInput *self = data;

  private_of (self)->rest_id = 0;
  keep (self);
  return G_SOURCE_REMOVE;
}

static void
on_typed (ZfTextInput *self)
{
  ZfTextInputPrivate *priv = private_of (self);

  if (priv->showing)
    return;
  priv->dirty = TRUE;
  g_clear_handle_id (&priv->rest_id, g_source_remove);
  priv->rest_id = g_timeout_add (REST_MS, on_rest, self);
}

/* Enter goes on to the next field. */
static void
on_entry_activate (ZfTextInput *self)
{
  keep (self);
  zf_input_next (ZF_INPUT (self));
}

static void
on_enter (ZfTextInput *self)
{
  private_of (self)->focused = TRUE;
  zf_input_show (ZF_INPUT (self));
}

static void
on_leave (ZfTextInput *self)
{
  private_of (self)->focused = FALSE;
  keep (self);
  zf_input_show (ZF_INPUT (self));
}

static void
watch_focus (ZfTextInput *self, GtkWidget *widget)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_object (focus, "enter", G_CALLBACK (on_enter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_leave), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (widget, focus);
}

/* Before an input method, which would forget what it composes, and before a text of several lines, which would take it for one line more. */
static void
watch_primary_key (GtkWidget *widget)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Return, GDK_CONTROL_MASK), gtk_named_action_new ("form.primary")));
  gtk_widget_add_controller (widget, keys);
}

static GtkWidget *
build_view (ZfTextInput *self)
{
  GtkWidget *frame = adw_bin_new ();
  GtkWidget *view = gtk_text_view_new ();

  private_of (self)->view = view;
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), !zf_input_question (ZF_INPUT (self))->read_only);
  gtk_widget_add_css_class (view, "zf-text");
  /* It grows with its text: what scrolled by itself would hold the finger that scrolls the page. */
  gtk_widget_set_size_request (view, -1, 112);
  adw_bin_set_child (ADW_BIN (frame), view);
  gtk_widget_add_css_class (frame, "zf-frame");
  g_signal_connect_swapped (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "changed", G_CALLBACK (on_typed), self);
  watch_focus (self, view);
  watch_primary_key (view);
  zf_input_name (ZF_INPUT (self), view, NULL);
  return frame;
}

/* XLSForm: "numbers" is text of which a keyboard offers the digits first. */
static GtkInputPurpose
purpose (const ZfQuestion *question)
{
  ZfFieldType type = question->field->type;

  if (type == ZF_FIELD_INTEGER || zf_question_appears (question, "numbers"))
    return GTK_INPUT_PURPOSE_DIGITS;
  return type == ZF_FIELD_DECIMAL || type == ZF_FIELD_MONEY ? GTK_INPUT_PURPOSE_NUMBER : GTK_INPUT_PURPOSE_FREE_FORM;
}

/* What an amount is counted in stands behind it. */
static const char *
unit (ZfTextInput *self)
{
  const ZfQuestion *question = zf_input_question (ZF_INPUT (self));

  return question->field->type == ZF_FIELD_MONEY ? _("yuan") : zf_row_text (question->row, "unit", zf_input_lang (ZF_INPUT (self)));
}

static void
zf_text_input_dress (ZfTextInput *self, GtkEntry *entry, GtkBox *box)
{
  if (unit (self) != NULL)
    gtk_box_append (box, gtk_label_new (unit (self)));
}

static GtkWidget *
build_entry (ZfTextInput *self)
{
  const ZfQuestion *question = zf_input_question (ZF_INPUT (self));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *entry = gtk_entry_new ();
  gboolean number = question->field->type != ZF_FIELD_TEXT;

  private_of (self)->entry = entry;
  gtk_widget_set_hexpand (entry, !number);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), purpose (question));
  gtk_editable_set_editable (GTK_EDITABLE (entry), !question->read_only);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), number ? 12 : 8);
  gtk_widget_add_css_class (entry, number ? "zf-number" : "zf-entry");
  if (question->read_only)
    {
      gtk_widget_set_focusable (entry, FALSE);
      gtk_widget_add_css_class (entry, "zf-fixed");
    }
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_entry_activate), self);
  watch_focus (self, entry);
  watch_primary_key (entry);
  zf_input_name (ZF_INPUT (self), entry, NULL);
  gtk_box_append (GTK_BOX (box), entry);
  ZF_TEXT_INPUT_GET_CLASS (self)->dress (self, GTK_ENTRY (entry), GTK_BOX (box));
  return box;
}

static void
zf_text_input_build (ZfInput *input)
{
  ZfTextInput *self = ZF_TEXT_INPUT (input);
  gboolean several = zf_question_appears (zf_input_question (input), "multiline");

  adw_bin_set_child (ADW_BIN (self), several ? build_view (self) : build_entry (self));
}

/* "12000.5" → "12,000.5" */
static char *
with_thousands (const char *number)
{
  GString *out = g_string_new (number);
  gsize first = g_str_has_prefix (number, "-") ? 1 : 0;
  gsize whole = first + strspn (number + first, "0123456789");

  for (gsize at = whole; at > first + 3; at -= 3)
    g_string_insert_c (out, (gssize) at - 3, ',');
  return g_string_free (out, FALSE);
}

/* Who types sees plain digits. */
static char *
shown_text (ZfTextInput *self)
{
  g_autofree char *text = zf_input_text (ZF_INPUT (self));

  if (!private_of (self)->focused && zf_question_appears (zf_input_question (ZF_INPUT (self)), "thousands-sep"))
    return with_thousands (text);
  return g_steal_pointer (&text);
}

/* Zeros are hard to count: a large amount is said once more. */
static void
echo (ZfInput *input)
{
  ZfFieldType type = zf_input_question (input)->field->type;
  JsonNode *answer = zf_input_answer (input);
  gint64 fen = 0;
  g_autofree char *words = NULL;

  if (type != ZF_FIELD_MONEY && type != ZF_FIELD_INTEGER)
    return;
  if (answer != NULL && JSON_NODE_HOLDS_VALUE (answer) && !__builtin_mul_overflow (json_node_get_int (answer), type == ZF_FIELD_MONEY ? 1 : FEN, &fen))
    words = zf_fmt_money_wan (fen);
  zf_input_tell (input, words != NULL ? words : "");
}

/* Who is about to go on typing finds it as it is; the answer is written in its own way when the focus leaves. */
static gboolean
is_being_typed (ZfTextInput *self, const char *typed)
{
  ZfTextInputPrivate *priv = private_of (self);
  g_autofree char *answer = NULL;

  if (!priv->focused || g_strcmp0 (typed, priv->kept) != 0)
    return FALSE;
  answer = zf_input_text (ZF_INPUT (self));
  return priv->keeping || g_strcmp0 (answer, priv->meant) == 0;
}

static void
zf_text_input_show (ZfInput *input)
{
  ZfTextInput *self = ZF_TEXT_INPUT (input);
  ZfTextInputPrivate *priv = private_of (self);
  g_autofree char *text = NULL;
  g_autofree char *typed = NULL;

  /* The focus leaves once more when the page goes away. */
  if (priv->dirty || (priv->entry == NULL && priv->view == NULL))
    return;
  echo (input);
  text = shown_text (self);
  typed = typed_text (self);
  if (g_str_equal (text, typed) || is_being_typed (self, typed))
    return;
  priv->showing = TRUE;
  if (priv->entry != NULL)
    gtk_editable_set_text (GTK_EDITABLE (priv->entry), text);
  else
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (priv->view)), text, -1);
  priv->showing = FALSE;
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
  ZfTextInputPrivate *priv = private_of (self);

  g_clear_handle_id (&priv->rest_id, g_source_remove);
  g_clear_pointer (&priv->kept, g_free);
  g_clear_pointer (&priv->meant, g_free);
  if (priv->view != NULL)
    g_signal_handlers_disconnect_by_data (gtk_text_view_get_buffer (GTK_TEXT_VIEW (priv->view)), self);
  priv->view = NULL;
  priv->entry = NULL;
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
  klass->dress = zf_text_input_dress;
}

static void
zf_text_input_init (ZfTextInput *self)
{
}

void
zf_text_input_put (ZfTextInput *self, const char *text)
{
  g_return_if_fail (ZF_IS_TEXT_INPUT (self) && text != NULL);
  if (private_of (self)->entry != NULL)
    gtk_editable_set_text (GTK_EDITABLE (private_of (self)->entry), text);
  keep (self);
}

gboolean
zf_text_input_takes_number (ZfTextInput *self)
{
  const ZfQuestion *question = NULL;

  g_return_val_if_fail (ZF_IS_TEXT_INPUT (self), FALSE);
  if (private_of (self)->entry == NULL)
    return FALSE;
  question = zf_input_question (ZF_INPUT (self));
  return !question->read_only && (question->field->type == ZF_FIELD_INTEGER || question->field->type == ZF_FIELD_DECIMAL || question->field->type == ZF_FIELD_MONEY);
}

GtkWidget *
zf_text_input_entry (ZfTextInput *self)
{
  g_return_val_if_fail (ZF_IS_TEXT_INPUT (self), NULL);
  return private_of (self)->entry;
}
