/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-input.h"

#include <glib/gi18n.h>

#include "zf-acknowledge-input.h"
#include "zf-barcode-input.h"
#include "zf-choice-input.h"
#include "zf-columns-input.h"
#include "zf-date-input.h"
#include "zf-json.h"
#include "zf-likert-input.h"
#include "zf-masked-input.h"
#include "zf-media-input.h"
#include "zf-menu-input.h"
#include "zf-page.h"
#include "zf-point-input.h"
#include "zf-question-view.h"
#include "zf-range-input.h"
#include "zf-rank-input.h"
#include "zf-rating-input.h"
#include "zf-search-input.h"
#include "zf-signature-input.h"
#include "zf-sound-input.h"
#include "zf-source-input.h"
#include "zf-text-input.h"
#include "zf-time-input.h"

typedef struct
{
  ZfFormModel *model;
  const ZfQuestion *question;
  char *address;
  char *label;    /* with the answers that it named when the question came */
} ZfInputPrivate;

enum
{
  REJECTED,
  TOLD,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ZfInput, zf_input, ADW_TYPE_BIN)

static void
zf_input_dispose (GObject *object)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (ZF_INPUT (object));

  g_clear_object (&priv->model);
  G_OBJECT_CLASS (zf_input_parent_class)->dispose (object);
}

static void
zf_input_finalize (GObject *object)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (ZF_INPUT (object));

  g_free (priv->address);
  g_free (priv->label);
  G_OBJECT_CLASS (zf_input_parent_class)->finalize (object);
}

static void
zf_input_class_init (ZfInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_input_dispose;
  G_OBJECT_CLASS (klass)->finalize = zf_input_finalize;
  signals[REJECTED] = g_signal_new ("rejected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TOLD] = g_signal_new ("told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
}

static void
zf_input_init (ZfInput *self)
{
}

/* Ways of answering: the first line that fits counts. An appearance that ends in "-" is what a word begins with. Words of the XLSForm documents that
 * stand nowhere here change nothing: there they say how a map, a keyboard or a page is dressed, not what the answer is. */
static const struct
{
  const char *type;
  const char *appearance;   /* NULL: any */
  GType (*get_type) (void);
} WAYS[] = {
  { "select_one", "source", zf_source_input_get_type },
  { "select_one", "minimal", zf_menu_input_get_type },
  { "select_one", "likert", zf_likert_input_get_type },
  { "select_one", "list-nolabel", zf_likert_input_get_type },
  { "select_one", "list", zf_likert_input_get_type },
  { "select_one", "autocomplete", zf_search_input_get_type },
  { "select_one", "search", zf_search_input_get_type },
  { "select_one", "columns-", zf_columns_input_get_type },
  { "select_one", "columns", zf_columns_input_get_type },
  { "select_one", "horizontal", zf_columns_input_get_type },
  { "select_one", "compact", zf_columns_input_get_type },
  { "select_one", NULL, zf_choice_input_get_type },
  { "select_multiple", "minimal", zf_menu_input_get_type },
  { "select_multiple", "list-nolabel", zf_likert_input_get_type },
  { "select_multiple", "list", zf_likert_input_get_type },
  { "select_multiple", "autocomplete", zf_search_input_get_type },
  { "select_multiple", "search", zf_search_input_get_type },
  { "select_multiple", "columns-", zf_columns_input_get_type },
  { "select_multiple", "columns", zf_columns_input_get_type },
  { "select_multiple", "horizontal", zf_columns_input_get_type },
  { "select_multiple", "compact", zf_columns_input_get_type },
  { "select_multiple", NULL, zf_choice_input_get_type },
  { "ref", "minimal", zf_menu_input_get_type },
  { "ref", "autocomplete", zf_search_input_get_type },
  { "ref", NULL, zf_choice_input_get_type },
  { "range", "picker", zf_menu_input_get_type },
  { "range", "rating", zf_rating_input_get_type },
  { "range", NULL, zf_range_input_get_type },
  { "rank", NULL, zf_rank_input_get_type },
  { "acknowledge", NULL, zf_acknowledge_input_get_type },
  { "date", NULL, zf_date_input_get_type },
  { "time", NULL, zf_time_input_get_type },
  { "dateTime", NULL, zf_time_input_get_type },
  { "geopoint", NULL, zf_point_input_get_type },
  { "image", "signature", zf_signature_input_get_type },
  { "image", NULL, zf_media_input_get_type },
  { "audio", NULL, zf_sound_input_get_type },
  { "file", NULL, zf_media_input_get_type },
  { "barcode", NULL, zf_barcode_input_get_type },
  { "text", "masked", zf_masked_input_get_type },
};

const char *
zf_input_way (guint i, const char **appearance)
{
  if (i >= G_N_ELEMENTS (WAYS))
    return NULL;
  *appearance = WAYS[i].appearance;
  return WAYS[i].type;
}

static gboolean
has_word (const ZfQuestion *question, const char *wanted)
{
  g_auto (GStrv) words = g_strsplit_set (zf_json_get_string (question->row, "appearance", ""), " \t", -1);
  gboolean prefix = g_str_has_suffix (wanted, "-");

  for (guint i = 0; words[i] != NULL; i++)
    if (prefix ? g_str_has_prefix (words[i], wanted) : g_str_equal (words[i], wanted))
      return TRUE;
  return FALSE;
}

/* Chips of so many are screens to scroll over; in a menu they are found by a few letters. What a filter leaves of a list is short. */
#define MOST_CHIPS 16

static gboolean
has_long_list (const ZfQuestion *question, const char *type)
{
  GPtrArray *choices = NULL;

  if (!g_str_equal (type, "select_one") || *zf_json_get_string (question->row, "appearance", "") != '\0' || json_object_has_member (question->row, "choice_filter"))
    return FALSE;
  choices = zf_kind_choices (question->kind, question->field->list_name);
  return choices != NULL && choices->len > MOST_CHIPS;
}

static GType
input_type (ZfFormModel *model, const ZfQuestion *question)
{
  g_autofree char *type = zf_question_type (question);

  if (has_long_list (question, type))
    return ZF_TYPE_MENU_INPUT;
  for (guint i = 0; i < G_N_ELEMENTS (WAYS); i++)
    if (g_str_equal (WAYS[i].type, type) && (WAYS[i].appearance == NULL || has_word (question, WAYS[i].appearance)))
      return WAYS[i].get_type ();
  if (g_str_equal (type, "text") && !has_word (question, "multiline") && zf_form_model_sensitive (model, question))
    return ZF_TYPE_MASKED_INPUT;
  return ZF_TYPE_TEXT_INPUT;
}

static char *
make_label (ZfFormModel *model, const ZfQuestion *question, const char *address)
{
  const char *words = zf_row_text (question->row, "label", zf_session_lang (zf_form_model_session (model)));

  return words != NULL ? zf_answers_fill (zf_form_model_answers (model), address, words) : g_strdup (question->name);
}

ZfInput *
zf_input_new (ZfFormModel *model, const char *address)
{
  const ZfQuestion *question = NULL;
  ZfInput *self = NULL;
  ZfInputPrivate *priv = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (model) && address != NULL, NULL);

  question = zf_form_question (zf_form_model_form (model), address);
  g_return_val_if_fail (question != NULL && question->field != NULL, NULL);

  self = g_object_new (input_type (model, question), NULL);
  priv = zf_input_get_instance_private (self);
  priv->model = g_object_ref (model);
  priv->question = question;
  priv->address = g_strdup (address);
  priv->label = make_label (model, question, address);
  ZF_INPUT_GET_CLASS (self)->build (self);
  zf_input_show (self);
  return self;
}

char *
zf_question_type (const ZfQuestion *question)
{
  const char *type = zf_json_get_string (question->row, "type", "");

  if (question->field != NULL && question->field->type == ZF_FIELD_REF)
    return g_strdup ("ref");
  return g_strndup (type, strcspn (type, " "));
}

gboolean
zf_question_appears (const ZfQuestion *question, const char *word)
{
  return has_word (question, word);
}

ZfFormModel *
zf_input_model (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->model;
}

gboolean
zf_input_is_here (ZfInput *self)
{
  return zf_input_model (self) != NULL && gtk_widget_get_root (GTK_WIDGET (self)) != NULL;
}

const ZfQuestion *
zf_input_question (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->question;
}

const char *
zf_input_address (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->address;
}

const char *
zf_input_lang (ZfInput *self)
{
  return zf_session_lang (zf_form_model_session (zf_input_model (self)));
}

const char *
zf_input_label (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->label;
}

JsonNode *
zf_input_answer (ZfInput *self)
{
  return zf_answers_get (zf_form_model_answers (zf_input_model (self)), zf_input_address (self));
}

char *
zf_input_text (ZfInput *self)
{
  char *text = zf_answers_text (zf_form_model_answers (zf_input_model (self)), zf_input_address (self));

  return text != NULL ? text : g_strdup ("");
}

void
zf_input_reject (ZfInput *self, const char *sentence)
{
  g_signal_emit (self, signals[REJECTED], 0, sentence);
}

static gboolean
judge (ZfInput *self, gboolean taken, const char *sentence)
{
  zf_input_reject (self, taken ? "" : sentence);
  return taken;
}

gboolean
zf_input_set (ZfInput *self, JsonNode *value)
{
  return judge (self, zf_form_model_set (zf_input_model (self), zf_input_address (self), value, NULL),
                _("This cannot be read. Write it another way."));
}

void
zf_input_clear (ZfInput *self)
{
  g_autoptr (JsonNode) none = zf_json_null ();

  zf_input_set (self, none);
}

gboolean
zf_input_set_text (ZfInput *self, const char *text, const char *sentence)
{
  return judge (self, zf_form_model_set_text (zf_input_model (self), zf_input_address (self), text, NULL), sentence);
}

void
zf_input_tell (ZfInput *self, const char *sentence)
{
  g_signal_emit (self, signals[TOLD], 0, sentence);
}

static gboolean
on_go_on (gpointer data)
{
  gtk_widget_activate_action (data, "form.primary", NULL);
  return G_SOURCE_REMOVE;
}

void
zf_input_go_on (ZfInput *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_go_on, g_object_ref (self), g_object_unref);
}

void
zf_input_name (ZfInput *self, GtkWidget *widget, const char *what)
{
  const char *label = zf_input_label (self);
  g_autofree char *name = what != NULL ? g_strdup_printf ("%s: %s", label, what) : g_strdup (label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  /* What has the focus there is the button in it. */
  if (GTK_IS_MENU_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (widget)), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GtkWidget *
zf_input_button (ZfInput *self, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_widget_add_css_class (button, "zf-choice");
  zf_input_name (self, button, words);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  return button;
}

void
zf_input_next (ZfInput *self)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ZF_TYPE_QUESTION_VIEW);

  for (view = view != NULL ? gtk_widget_get_next_sibling (view) : NULL; view != NULL; view = gtk_widget_get_next_sibling (view))
    if (gtk_widget_get_visible (view) && gtk_widget_child_focus (view, GTK_DIR_TAB_FORWARD))
      return;
  if (root != NULL)
    gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD);
}

GtkWidget *
zf_input_flow (GPtrArray *widgets, guint columns)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), columns);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), columns > 0 ? columns : 12);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), columns > 0);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 8);
  for (guint i = 0; i < widgets->len; i++)
    {
      GtkWidget *widget = g_ptr_array_index (widgets, i);

      gtk_flow_box_append (GTK_FLOW_BOX (flow), widget);
      gtk_widget_set_focusable (gtk_widget_get_parent (widget), FALSE);
    }
  return flow;
}

void
zf_input_show (ZfInput *self)
{
  g_return_if_fail (ZF_IS_INPUT (self));
  ZF_INPUT_GET_CLASS (self)->show (self);
}

void
zf_input_flush (ZfInput *self)
{
  g_return_if_fail (ZF_IS_INPUT (self));
  zf_settle_typing (GTK_WIDGET (self));
  if (ZF_INPUT_GET_CLASS (self)->flush != NULL)
    ZF_INPUT_GET_CLASS (self)->flush (self);
}
