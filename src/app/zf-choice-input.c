/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-choice-input.h"

#include <glib/gi18n.h>

#include "zf-check.h"
#include "zf-json.h"
#include "zf-query.h"

/* So few and so short stand side by side as one linked control. */
#define LINKED_CHOICES 3
#define LINKED_CHARACTERS 10
/* A reference offers the records of its own household; a hundred is more than any family has. */
#define MAX_REFERENCES 100

struct _ZfChoiceInput
{
  ZfInput parent_instance;

  GPtrArray *buttons; /* ZfChoiceButton, owned by the widget tree */
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (ZfChoiceInput, zf_choice_input, ZF_TYPE_INPUT)

static gboolean
takes_several (ZfChoiceInput *self)
{
  return zf_input_question (ZF_INPUT (self))->field->type == ZF_FIELD_SET;
}

static JsonNode *
chosen_set (ZfChoiceInput *self)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_alloc ();

  for (guint i = 0; i < self->buttons->len; i++)
    {
      ZfChoiceButton *button = g_ptr_array_index (self->buttons, i);

      if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)))
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

static void
on_toggled (ZfChoiceButton *button, ZfChoiceInput *self)
{
  ZfInput *input = ZF_INPUT (self);
  g_autoptr (JsonNode) value = NULL;
  g_autoptr (GError) error = NULL;

  if (self->showing)
    return;
  value = takes_several (self) ? chosen_set (self) : chosen_one (button);
  if (!zf_form_model_set (zf_input_model (input), zf_input_address (input), value, &error))
    zf_input_reject (input, _("This cannot be read. Write it another way."));
  zf_input_show (input);
}

static void
add_button (ZfChoiceInput *self, const char *value, const char *label)
{
  GtkWidget *button = takes_several (self) ? zf_check_new (value, label) : zf_choice_button_new (value, label);

  zf_choice_button_name (ZF_CHOICE_BUTTON (button), zf_input_label (ZF_INPUT (self)));
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  g_ptr_array_add (self->buttons, button);
}

static void
add_choices (ZfChoiceInput *self, const ZfField *field)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));
  GPtrArray *choices = zf_kind_choices (zf_form_model_kind (model), field->list_name);

  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = g_ptr_array_index (choices, i);
      const char *label = zf_row_text (choice->row, "label", zf_session_lang (zf_form_model_session (model)));

      add_button (self, choice->name, label != NULL ? label : choice->name);
    }
}

static char *
record_label (ZfSession *session, const ZfKind *kind, const char *id)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), id, NULL);
  g_autofree char *label = NULL;

  if (record != NULL && zf_kind_label_field (kind) != NULL)
    label = zf_record_display (record, zf_kind_label_field (kind), zf_session_lang (session));
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

static gboolean
fits_one_line (ZfChoiceInput *self)
{
  glong characters = 0;

  for (guint i = 0; i < self->buttons->len; i++)
    characters += g_utf8_strlen (gtk_button_get_label (g_ptr_array_index (self->buttons, i)), -1);
  return self->buttons->len <= LINKED_CHOICES && characters <= LINKED_CHARACTERS;
}

static GtkWidget *
lay_linked (ZfChoiceInput *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_widget_add_css_class (box, "linked");
  for (guint i = 0; i < self->buttons->len; i++)
    gtk_box_append (GTK_BOX (box), g_ptr_array_index (self->buttons, i));
  return box;
}

static GtkWidget *
lay_flow (ZfChoiceInput *self)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 8);
  for (guint i = 0; i < self->buttons->len; i++)
    {
      GtkWidget *button = g_ptr_array_index (self->buttons, i);

      gtk_flow_box_append (GTK_FLOW_BOX (flow), button);
      gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
    }
  return flow;
}

static void
zf_choice_input_build (ZfInput *input)
{
  ZfChoiceInput *self = ZF_CHOICE_INPUT (input);
  const ZfField *field = zf_input_question (input)->field;

  if (field->type == ZF_FIELD_REF)
    add_references (self, field);
  else
    add_choices (self, field);
  if (self->buttons->len == 0)
    {
      GtkWidget *none = gtk_label_new (_("Not recorded"));

      gtk_label_set_xalign (GTK_LABEL (none), 0);
      gtk_widget_add_css_class (none, "dim-label");
      adw_bin_set_child (ADW_BIN (self), none);
      return;
    }
  adw_bin_set_child (ADW_BIN (self), fits_one_line (self) ? lay_linked (self) : lay_flow (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self), !zf_input_question (input)->read_only);
}

static gboolean
holds (JsonNode *answer, const char *value)
{
  JsonArray *array = NULL;

  if (answer == NULL || JSON_NODE_HOLDS_NULL (answer))
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (answer))
    return g_strcmp0 (json_node_get_string (answer), value) == 0;
  array = json_node_get_array (answer);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (g_strcmp0 (json_array_get_string_element (array, i), value) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_visible (ZfChoiceInput *self, const char *value)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));
  const ZfQuestion *question = zf_input_question (ZF_INPUT (self));
  GPtrArray *choices = NULL;

  if (question->field->list_name == NULL)
    return TRUE;
  choices = zf_kind_choices (question->kind, question->field->list_name);
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = g_ptr_array_index (choices, i);

      if (g_str_equal (choice->name, value))
        return zf_answers_choice_visible (zf_form_model_answers (model), zf_input_address (ZF_INPUT (self)), choice);
    }
  return TRUE;
}

/* In a flow box the cell and not the button has to vanish. */
static void
set_shown (GtkWidget *button, gboolean shown)
{
  GtkWidget *parent = gtk_widget_get_parent (button);

  gtk_widget_set_visible (GTK_IS_FLOW_BOX_CHILD (parent) ? parent : button, shown);
}

static void
zf_choice_input_show (ZfInput *input)
{
  ZfChoiceInput *self = ZF_CHOICE_INPUT (input);
  const ZfQuestion *question = zf_input_question (input);
  JsonNode *answer = zf_answers_get (zf_form_model_answers (zf_input_model (input)), zf_input_address (input));
  gboolean filtered = json_object_has_member (question->row, "choice_filter");

  self->showing = TRUE;
  for (guint i = 0; i < self->buttons->len; i++)
    {
      ZfChoiceButton *button = g_ptr_array_index (self->buttons, i);

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), holds (answer, zf_choice_button_value (button)));
      if (filtered)
        set_shown (GTK_WIDGET (button), is_visible (self, zf_choice_button_value (button)));
    }
  self->showing = FALSE;
}

static void
zf_choice_input_finalize (GObject *object)
{
  g_ptr_array_unref (ZF_CHOICE_INPUT (object)->buttons);
  G_OBJECT_CLASS (zf_choice_input_parent_class)->finalize (object);
}

static void
zf_choice_input_class_init (ZfChoiceInputClass *klass)
{
  ZfInputClass *input_class = ZF_INPUT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_choice_input_finalize;
  input_class->build = zf_choice_input_build;
  input_class->show = zf_choice_input_show;
}

static void
zf_choice_input_init (ZfChoiceInput *self)
{
  self->buttons = g_ptr_array_new ();
}
