/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-choice-input.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-check.h"
#include "zf-json.h"
#include "zf-label-picture.h"
#include "zf-pinyin.h"
#include "zf-query.h"
#include "zf-styled.h"

/* So few and so short stand side by side as one linked control. */
#define LINKED_CHOICES 3
#define LINKED_CHARACTERS 10
/* A reference offers the records of its own household; a hundred is more than any family has. */
#define MAX_REFERENCES 100
/* A range of more steps than people scroll through is cut off here. */
#define MAX_STEPS 200

typedef struct
{
  GPtrArray *buttons; /* ZfChoiceButton, owned by the widget tree */
  char *needle;       /* what is searched for, folded; NULL: everything is seen */
  gboolean showing;
} ZfChoiceInputPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (ZfChoiceInput, zf_choice_input, ZF_TYPE_INPUT)

static ZfChoiceInputPrivate *
private_of (ZfChoiceInput *self)
{
  return zf_choice_input_get_instance_private (self);
}

gboolean
zf_choice_input_takes_several (ZfChoiceInput *self)
{
  return zf_input_question (ZF_INPUT (self))->field->type == ZF_FIELD_SET;
}

GPtrArray *
zf_choice_input_buttons (ZfChoiceInput *self)
{
  return private_of (self)->buttons;
}

/* The code of “none of these” in a list, as XLSForm has it too. */
#define NONE "none"

/* “None” and anything else shut each other out: the tap that came last counts. It also counts for the same choice under another heading
 * (allow_choice_duplicates). */
static gboolean
gives_way (ZfChoiceButton *button, ZfChoiceButton *toggled)
{
  gboolean none = g_str_equal (zf_choice_button_value (button), NONE);

  if (button == toggled)
    return FALSE;
  return g_str_equal (zf_choice_button_value (button), zf_choice_button_value (toggled)) ||
         (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggled)) && none != g_str_equal (zf_choice_button_value (toggled), NONE));
}

static JsonNode *
chosen_set (ZfChoiceInput *self, ZfChoiceButton *toggled)
{
  GPtrArray *buttons = private_of (self)->buttons;
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_alloc ();

  for (guint i = 0; i < buttons->len; i++)
    {
      ZfChoiceButton *button = g_ptr_array_index (buttons, i);

      if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)) && !gives_way (button, toggled))
        json_array_add_string_element (array, zf_choice_button_value (button));
    }
  json_node_init_array (node, array);
  json_array_unref (array);
  return node;
}

/* A tap on the chosen one takes the answer back. */
static JsonNode *
chosen_one (ZfChoiceButton *toggled)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggled)) ? zf_json_string (zf_choice_button_value (toggled))
                                                                     : zf_json_null ();
}

/* Going on by itself */

/* Nothing else is asked on the screen of @question, and another screen follows. */
static gboolean
is_alone (ZfFormModel *model, const ZfQuestion *question)
{
  ZfForm *form = zf_form_model_form (model);
  ZfAnswers *answers = zf_form_model_answers (model);
  gboolean follows = FALSE;

  if (question->repeat != NULL)
    return FALSE;
  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *other = zf_form_question_at (form, i);

      if (other != question && other->page == question->page && !other->hidden && other->klass == ZF_QUESTION_FIELD
          && (other->repeat != NULL || zf_answers_relevant (answers, other->name)))
        return FALSE;
    }
  for (guint page = question->page + 1; page < zf_form_n_pages (form) && !follows; page++)
    follows = zf_answers_page_relevant (answers, page);
  return follows;
}

static void
go_on (ZfChoiceInput *self, ZfChoiceButton *button)
{
  const ZfQuestion *question = zf_input_question (ZF_INPUT (self));

  if (!zf_question_appears (question, "quick") || zf_choice_input_takes_several (self)
      || !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)) || !is_alone (zf_input_model (ZF_INPUT (self)), question))
    return;
  zf_input_go_on (ZF_INPUT (self));
}

static void
on_toggled (ZfChoiceButton *button, ZfChoiceInput *self)
{
  g_autoptr (JsonNode) value = NULL;

  if (private_of (self)->showing)
    return;
  value = zf_choice_input_takes_several (self) ? chosen_set (self, button) : chosen_one (button);
  zf_input_set (ZF_INPUT (self), value);
  zf_input_show (ZF_INPUT (self));
  go_on (self, button);
}

static GtkWidget *
add_button (ZfChoiceInput *self, const char *value, const char *label)
{
  GtkWidget *button = zf_choice_input_takes_several (self) ? zf_check_new (value, label) : zf_choice_button_new (value, label);

  zf_choice_button_name (ZF_CHOICE_BUTTON (button), zf_input_label (ZF_INPUT (self)));
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  g_ptr_array_add (private_of (self)->buttons, button);
  return button;
}

static void
add_picture (ZfChoiceInput *self, GtkWidget *button, JsonObject *row)
{
  ZfInput *input = ZF_INPUT (self);
  GtkWidget *picture = NULL;

  if (!ZF_CHOICE_INPUT_GET_CLASS (self)->words_only)
    picture = zf_label_picture_new (zf_form_model_form (zf_input_model (input)), row, zf_input_lang (input), ZF_CHOICE_PICTURE_HEIGHT);
  if (picture == NULL)
    return;
  zf_label_picture_name (ZF_LABEL_PICTURE (picture), zf_choice_button_words (ZF_CHOICE_BUTTON (button)));
  zf_choice_button_set_picture (ZF_CHOICE_BUTTON (button), picture);
}

/* A tap on a link would not be one on the choice. */
static void
style (GtkWidget *button, const char *words)
{
  g_autoptr (ZfStyled) styled = words != NULL ? zf_styled_new (words, FALSE) : NULL;

  if (styled != NULL && styled->markup != NULL)
    zf_choice_button_style (ZF_CHOICE_BUTTON (button), styled->markup);
}

static void
add_choices (ZfChoiceInput *self, const ZfField *field)
{
  GPtrArray *choices = zf_kind_choices (zf_input_question (ZF_INPUT (self))->kind, field->list_name);

  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = g_ptr_array_index (choices, i);
      const char *label = zf_row_text (choice->plain, "label", zf_input_lang (ZF_INPUT (self)));
      GtkWidget *button = add_button (self, choice->name, label != NULL ? label : choice->name);

      if (choice->plain != choice->row)
        style (button, zf_row_text (choice->row, "label", zf_input_lang (ZF_INPUT (self))));
      add_picture (self, button, choice->row);
    }
}

static char *
record_label (ZfSession *session, const ZfKind *kind, const char *id)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), id, NULL);
  g_autofree char *label = NULL;

  if (record != NULL && zf_record_title_field (record) != NULL)
    label = zf_record_display (record, zf_record_title_field (record), zf_session_lang (session));
  return label != NULL && *label != '\0' ? g_steal_pointer (&label) : g_strdup (zf_kind_title (kind, zf_session_lang (session)));
}

/* The records of @field's kind that belong to the same owner; a village, which has none, is offered whole. */
static void
add_references (ZfChoiceInput *self, const ZfField *field)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));
  ZfSession *session = zf_form_model_session (model);
  const ZfKind *kind = zf_session_kind (session, field->ref_kind);
  g_autoptr (ZfQuery) query = NULL;
  g_autoptr (ZfRows) rows = NULL;

  if (kind == NULL)
    return;
  query = zf_query_new (field->ref_kind);
  zf_query_column (query, "id");
  if (zf_kind_parent_kind (kind) != NULL && zf_form_model_parent (model) != NULL)
    zf_query_where (query, "parent", ZF_OP_EQ, zf_form_model_parent (model));
  zf_query_page (query, 0, MAX_REFERENCES);
  rows = zf_query_run (query, zf_session_reader (session), NULL);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      g_autofree char *label = record_label (session, kind, zf_rows_text (rows, i, 0));

      add_button (self, zf_rows_text (rows, i, 0), label);
    }
}

/* A range of which one step is picked. */
static void
add_steps (ZfChoiceInput *self, const ZfField *field)
{
  double start = 0, end = 0, step = 0;

  zf_field_range (field->row, &start, &end, &step);
  for (guint i = 0; i < MAX_STEPS && step > 0 && start + i * step <= end + step / 1000; i++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (text, sizeof text, "%.10g", start + i * step);
      add_button (self, text, text);
    }
}

/* Laying out */

static gboolean
fits_one_line (GPtrArray *buttons)
{
  glong characters = 0;

  for (guint i = 0; i < buttons->len; i++)
    characters += g_utf8_strlen (zf_choice_button_words (g_ptr_array_index (buttons, i)), -1);
  return buttons->len <= LINKED_CHOICES && characters <= LINKED_CHARACTERS;
}

GtkWidget *
zf_choice_input_row (GPtrArray *buttons)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_widget_add_css_class (box, "linked");
  for (guint i = 0; i < buttons->len; i++)
    gtk_box_append (GTK_BOX (box), g_ptr_array_index (buttons, i));
  return box;
}

GtkWidget *
zf_choice_input_stack (GPtrArray *buttons)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  for (guint i = 0; i < buttons->len; i++)
    gtk_box_append (GTK_BOX (box), g_ptr_array_index (buttons, i));
  return box;
}

static GtkWidget *
zf_choice_input_lay (ZfChoiceInput *self, GPtrArray *buttons)
{
  return fits_one_line (buttons) ? zf_choice_input_row (buttons) : zf_input_flow (buttons, 0);
}

static void
add_options (ZfChoiceInput *self, const ZfField *field)
{
  if (field->type == ZF_FIELD_REF)
    add_references (self, field);
  else if (field->list_name != NULL)
    add_choices (self, field);
  else
    add_steps (self, field);
}

/* Keys 1 to 9 choose among what is offered, for who types; digits above the letters and of the block beside them. */
static gboolean
on_key (ZfChoiceInput *self, guint keyval, guint keycode, GdkModifierType state)
{
  GPtrArray *buttons = private_of (self)->buttons;
  guint digit = keyval >= GDK_KEY_KP_1 && keyval <= GDK_KEY_KP_9 ? keyval - GDK_KEY_KP_1 + 1 : keyval >= GDK_KEY_1 && keyval <= GDK_KEY_9 ? keyval - GDK_KEY_1 + 1 : 0;
  guint at = 0;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  /* Enter goes on to the next question, as in an entry; the space bar chooses. */
  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && zf_input_answer (ZF_INPUT (self)) != NULL)
    {
      zf_input_next (ZF_INPUT (self));
      return GDK_EVENT_STOP;
    }
  for (guint i = 0; i < buttons->len; i++)
    if (gtk_widget_get_visible (buttons->pdata[i]) && ++at == digit)
      {
        gtk_widget_grab_focus (buttons->pdata[i]);
        gtk_widget_activate_action (buttons->pdata[i], "zf.activate", NULL);
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

static void
zf_choice_input_build (ZfInput *input)
{
  ZfChoiceInput *self = ZF_CHOICE_INPUT (input);
  GPtrArray *buttons = private_of (self)->buttons;
  GtkEventController *keys = NULL;

  add_options (self, zf_input_question (input)->field);
  if (buttons->len == 0)
    {
      GtkWidget *none = gtk_label_new (_("Not recorded"));

      gtk_label_set_xalign (GTK_LABEL (none), 0);
      gtk_widget_add_css_class (none, "dim-label");
      adw_bin_set_child (ADW_BIN (self), none);
      return;
    }
  keys = gtk_event_controller_key_new ();
  /* Before the button itself, which Enter would press. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  adw_bin_set_child (ADW_BIN (self), ZF_CHOICE_INPUT_GET_CLASS (self)->lay (self, buttons));
  gtk_widget_set_sensitive (GTK_WIDGET (self), !zf_input_question (input)->read_only);
}

/* Showing */

/* A number is one of the steps of a range. */
static gboolean
holds (JsonNode *answer, const char *value)
{
  JsonArray *array = NULL;

  if (answer == NULL || JSON_NODE_HOLDS_NULL (answer))
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (answer) && json_node_get_value_type (answer) == G_TYPE_INT64)
    return json_node_get_int (answer) == g_ascii_strtoll (value, NULL, 10);
  if (JSON_NODE_HOLDS_VALUE (answer))
    return g_strcmp0 (json_node_get_string (answer), value) == 0;
  array = json_node_get_array (answer);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (g_strcmp0 (json_array_get_string_element (array, i), value) == 0)
      return TRUE;
  return FALSE;
}

/* The buttons of a list stand in its order. */
static gboolean
is_offered (ZfChoiceInput *self, guint i)
{
  ZfInput *input = ZF_INPUT (self);
  const ZfQuestion *question = zf_input_question (input);

  if (question->field->list_name == NULL || !json_object_has_member (question->row, "choice_filter"))
    return TRUE;
  return zf_answers_choice_visible (zf_form_model_answers (zf_input_model (input)), zf_input_address (input),
                                    zf_kind_choices (question->kind, question->field->list_name)->pdata[i]);
}

/* Another button stands for the same choice here: one that is offered, or else the first. */
static gboolean
is_stood_for (ZfChoiceInput *self, guint i)
{
  GPtrArray *buttons = private_of (self)->buttons;

  for (guint j = 0; j < buttons->len; j++)
    if (j != i && g_str_equal (zf_choice_button_value (buttons->pdata[j]), zf_choice_button_value (buttons->pdata[i])) &&
        (j < i || is_offered (self, j)))
      return TRUE;
  return FALSE;
}

static gboolean
is_found (ZfChoiceInput *self, ZfChoiceButton *button)
{
  const char *needle = private_of (self)->needle;
  g_autofree char *words = needle != NULL ? g_utf8_casefold (zf_choice_button_words (button), -1) : NULL;
  ZfPinyinName spelled = { 0 };
  gboolean found = needle == NULL || strstr (words, needle) != NULL;

  if (found)
    return TRUE;
  zf_pinyin_name (zf_choice_button_words (button), &spelled);
  found = strstr (spelled.initials->str, needle) != NULL || strstr (spelled.full->str, needle) != NULL;
  zf_pinyin_name_clear (&spelled);
  return found;
}

/* In a flow box the cell and not the button has to vanish. */
static void
set_shown (GtkWidget *button, gboolean shown)
{
  GtkWidget *parent = gtk_widget_get_parent (button);

  gtk_widget_set_visible (GTK_IS_FLOW_BOX_CHILD (parent) ? parent : button, shown);
}

/* Nothing that was answered is hidden: a choice that is not offered any more stays, and can be taken back. */
static void
show_button (ZfChoiceInput *self, guint i, JsonNode *answer, const char **stray)
{
  ZfChoiceButton *button = g_ptr_array_index (private_of (self)->buttons, i);
  gboolean offered = is_offered (self, i);
  gboolean chosen = holds (answer, zf_choice_button_value (button)) && (offered || !is_stood_for (self, i));

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), chosen);
  set_shown (GTK_WIDGET (button), chosen || (offered && is_found (self, button)));
  if (chosen && !offered)
    *stray = zf_choice_button_words (button);
}

static void
zf_choice_input_show (ZfInput *input)
{
  ZfChoiceInput *self = ZF_CHOICE_INPUT (input);
  ZfChoiceInputPrivate *priv = private_of (self);
  g_autofree char *sentence = NULL;
  const char *stray = NULL;

  priv->showing = TRUE;
  for (guint i = 0; i < priv->buttons->len; i++)
    show_button (self, i, zf_input_answer (input), &stray);
  priv->showing = FALSE;
  if (stray != NULL)
    sentence = g_strdup_printf (_("“%s” is no longer among these choices."), stray);
  zf_input_tell (input, sentence != NULL ? sentence : "");
}

static void
on_search (GtkSearchEntry *entry, ZfChoiceInput *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  g_clear_pointer (&private_of (self)->needle, g_free);
  if (*text != '\0')
    private_of (self)->needle = g_utf8_casefold (text, -1);
  zf_input_show (ZF_INPUT (self));
}

GtkWidget *
zf_choice_input_search (ZfChoiceInput *self)
{
  GtkWidget *entry = gtk_search_entry_new ();

  gtk_widget_add_css_class (entry, "zf-entry");
  g_object_set (entry, "placeholder-text", _("Name or initials"), NULL);
  zf_input_name (ZF_INPUT (self), entry, _("Find"));
  g_signal_connect_object (entry, "search-changed", G_CALLBACK (on_search), self, 0);
  return entry;
}

static void
zf_choice_input_finalize (GObject *object)
{
  ZfChoiceInputPrivate *priv = private_of (ZF_CHOICE_INPUT (object));

  g_ptr_array_unref (priv->buttons);
  g_free (priv->needle);
  G_OBJECT_CLASS (zf_choice_input_parent_class)->finalize (object);
}

static void
zf_choice_input_class_init (ZfChoiceInputClass *klass)
{
  ZfInputClass *input_class = ZF_INPUT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_choice_input_finalize;
  input_class->build = zf_choice_input_build;
  input_class->show = zf_choice_input_show;
  klass->lay = zf_choice_input_lay;
}

static void
zf_choice_input_init (ZfChoiceInput *self)
{
  private_of (self)->buttons = g_ptr_array_new ();
}
