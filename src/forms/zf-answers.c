/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"
#include "zf-form-words.h"
#include "zf-json.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (ZfAnswers, zf_answers, G_TYPE_OBJECT)

static void
zf_answers_finalize (GObject *object)
{
  ZfAnswers *self = ZF_ANSWERS (object);
  zf_answer_row_free (self->root);
  g_object_unref (self->clock);
  g_object_unref (self->random);
  zf_expr_context_free (self->context);
  xmlFreeDoc (self->doc);
  json_object_unref (self->others);
  g_hash_table_unref (self->along);
  g_object_unref (self->form);
  G_OBJECT_CLASS (zf_answers_parent_class)->finalize (object);
}

static void
zf_answers_class_init (ZfAnswersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_answers_finalize;
}

static void
zf_answers_init (ZfAnswers *self)
{
  self->others = json_object_new ();
  self->along = g_hash_table_new (g_str_hash, g_str_equal);
  self->clock = zf_clock_new_system ();
  self->random = zf_random_new_system ();
}

static const ZfKind *
kind_of (ZfAnswers *self)
{
  return zf_form_kind (self->form);
}

/* Beginning */

static void
add_other_nodes (ZfAnswers *self, xmlNode *root)
{
  for (guint i = 0; i < zf_kind_n_fields (kind_of (self)); i++)
    {
      const ZfField *field = zf_kind_field_at (kind_of (self), i);
      if (zf_form_index (self->form, field->name) >= 0)
        continue;
      g_autofree char *text = zf_answer_text (field, json_object_get_member (self->others, field->name));
      xmlNewTextChild (root, NULL, (const xmlChar *) field->name, (const xmlChar *) text);
    }
}

static char *
choice_label (gpointer data, const char *name, const char *code, const char *lang)
{
  ZfAnswers *self = data;
  const ZfQuestion *question = zf_form_question (self->form, name);
  const ZfField *field = question != NULL ? question->field : NULL;
  return field != NULL && field->list_name != NULL ? g_strdup (zf_kind_choice_label (question->kind, field->list_name, code, lang)) : NULL;
}

static GPtrArray *
list_of (gpointer data, const char *name)
{
  return zf_kind_choices (kind_of (data), name);
}

/* Expressions speak the form's first language, whatever the screen speaks: what they give is stored. */
static void
tell_form (ZfAnswers *self)
{
  const ZfExprForm form = { choice_label, self, zf_kind_version (kind_of (self)), "zh", list_of };
  zf_expr_context_set_form (self->context, &form);
}

static void
build_document (ZfAnswers *self, const char *today)
{
  self->doc = xmlNewDoc ((const xmlChar *) "1.0");
  xmlDocSetRootElement (self->doc, xmlNewDocNode (self->doc, NULL, (const xmlChar *) "data", NULL));
  self->root = zf_answer_row_new (self, NULL, -1, NULL);
  self->context = zf_expr_context_new (self->doc, today);
  tell_form (self);
}

/* Stored fields that nobody is asked: what owns the record, what it corrects. */
static void
take_others (ZfAnswers *self, JsonObject *values)
{
  for (guint i = 0; i < zf_kind_n_fields (kind_of (self)); i++)
    {
      const ZfField *field = zf_kind_field_at (kind_of (self), i);
      JsonNode *node = zf_form_index (self->form, field->name) < 0 ? json_object_get_member (values, field->name) : NULL;
      JsonNode *value = node != NULL ? zf_kind_check_value (kind_of (self), field, node, NULL) : NULL;
      if (value == NULL || JSON_NODE_HOLDS_NULL (value))
        g_clear_pointer (&value, json_node_unref);
      else
        json_object_set_member (self->others, field->name, value);
    }
}

ZfAnswers *
zf_answers_new_at (ZfForm *form, JsonObject *values, const char *today, gint64 now_ms)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && today != NULL, NULL);
  ZfAnswers *self = g_object_new (ZF_TYPE_ANSWERS, NULL);
  self->form = g_object_ref (form);
  build_document (self, today);
  zf_expr_context_set_now (self->context, now_ms);
  if (values != NULL)
    {
      take_others (self, values);
      zf_answer_row_take (self, self->root, values);
    }
  add_other_nodes (self, self->root->node);
  zf_answers_compute_row (self, self->root, values == NULL);
  zf_answers_fit (self);
  return self;
}

ZfAnswers *
zf_answers_new (ZfForm *form, JsonObject *values, const char *today)
{
  return zf_answers_new_at (form, values, today, 0);
}

ZfForm *
zf_answers_form (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  return self->form;
}

void
zf_answers_set_now (ZfAnswers *self, gint64 now_ms)
{
  g_return_if_fail (ZF_IS_ANSWERS (self));
  zf_expr_context_set_now (self->context, now_ms);
}

/* Reading and setting */

/* Where an answer is kept; NULL: there is no such question. */
static ZfState *
state_of (ZfAnswers *self, const char *address, ZfAnswerRow **row, ZfFormItem **item)
{
  int i;
  if (!zf_answers_locate (self, address, row, &i))
    return NULL;
  *item = zf_form_item (self->form, (guint) i);
  return zf_answer_row_state (*row, *item);
}

JsonNode *
zf_answers_get (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = state_of (self, name, &row, &item);
  return state != NULL ? state->value : json_object_get_member (self->others, name);
}

/* The question at @address, when it takes an answer. */
static ZfState *
answerable (ZfAnswers *self, const char *address, ZfAnswerRow **row, ZfFormItem **item, GError **error)
{
  ZfState *state = state_of (self, address, row, item);
  if (state != NULL && (*item)->question.field != NULL)
    return state;
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, "%s: there is no question “%s” to answer.", zf_kind_name (kind_of (self)),
               zf_address_name (address));
  return NULL;
}

/* @typed (nullable), @why: what stands there although it cannot be stored. The row itself may go: a count may read its answers. */
static void
set_node (ZfAnswers *self, const char *address, ZfAnswerRow *row, ZfState *state, JsonNode *value, const char *typed, const GError *why, gboolean by_person)
{
  zf_state_clear (state);
  state->typed = g_strdup (typed);
  state->typed_problem = why != NULL ? g_strdup (why->message) : NULL;
  if (value != NULL && !JSON_NODE_HOLDS_NULL (value))
    state->value = json_node_copy (value);
  g_hash_table_remove_all (self->along);
  zf_answers_changed (self, row, (guint) zf_form_index (self->form, address), by_person);
}

static gboolean
set_checked (ZfAnswers *self, const char *name, JsonNode *value, gboolean by_person, GError **error)
{
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = answerable (self, name, &row, &item, error);
  if (state == NULL)
    return FALSE;
  g_autoptr (JsonNode) checked = zf_kind_check_value (item->question.kind, item->question.field, value, error);
  if (checked == NULL)
    return FALSE;
  set_node (self, name, row, state, checked, NULL, NULL, by_person);
  return TRUE;
}

gboolean
zf_answers_set (ZfAnswers *self, const char *name, JsonNode *value, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  return set_checked (self, name, value, TRUE, error);
}

gboolean
zf_answers_lay (ZfAnswers *self, const char *name, JsonNode *value, GError **error)
{
  return set_checked (self, name, value, FALSE, error);
}

char **
zf_answers_along (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array (self->along, NULL);
  return g_strdupv ((char **) names);
}

gboolean
zf_answers_set_text (ZfAnswers *self, const char *name, const char *text, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  ZfAnswerRow *row;
  ZfFormItem *item;
  g_autoptr (GError) why = NULL;
  ZfState *state = answerable (self, name, &row, &item, error);
  if (state == NULL)
    return FALSE;
  g_autoptr (JsonNode) value = zf_answer_parse (item->question.kind, item->question.field, text, &why);
  set_node (self, name, row, state, value, value == NULL ? text : NULL, why, TRUE);
  if (value != NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

char *
zf_answers_text (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = state_of (self, name, &row, &item);
  if (state == NULL)
    return zf_answer_text (zf_kind_field (kind_of (self), name), json_object_get_member (self->others, name));
  return state->typed != NULL ? g_strdup (state->typed) : zf_answer_text (item->question.field, state->value);
}

gboolean
zf_answers_relevant (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = state_of (self, name, &row, &item);
  return state != NULL && state->relevant;
}

/* A repeat without rows is a screen too: there the first one is added. */
static gboolean
shows_repeat (ZfAnswers *self, guint page)
{
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    if (zf_form_repeat (self->form, r)->page == page && zf_answers_repeat_relevant (self, zf_form_repeat (self->form, r)->name))
      return TRUE;
  return FALSE;
}

gboolean
zf_answers_page_relevant (ZfAnswers *self, guint page)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfFormItem *item = zf_form_item (self->form, i);
      if (item->repeat < 0 && item->question.page == page && !item->question.hidden && zf_answer_row_state (self->root, item)->relevant)
        return TRUE;
    }
  return shows_repeat (self, page);
}

gboolean
zf_answers_required (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = state_of (self, name, &row, &item);
  return state != NULL && (item->always_required || (item->required != NULL && zf_expr_test (item->required, self->context, state->node) == ZF_TRI_TRUE));
}

/* The row of the choices sheet as an element beside the question, so that `district = ${district}` reads both. */
static xmlNode *
choice_node (ZfAnswerRow *row, const ZfChoice *choice)
{
  xmlNode *item = xmlNewChild (row->node, NULL, (const xmlChar *) "item", NULL);
  JsonObjectIter iter;
  const char *column;
  JsonNode *value;
  json_object_iter_init (&iter, choice->plain);
  while (json_object_iter_next (&iter, &column, &value))
    if (strchr (column, ':') == NULL && JSON_NODE_HOLDS_VALUE (value))
      {
        g_autofree char *text = zf_answer_text (NULL, value);
        xmlNewTextChild (item, NULL, (const xmlChar *) column, (const xmlChar *) text);
      }
  return item;
}

gboolean
zf_answers_choice_visible (ZfAnswers *self, const char *name, const ZfChoice *choice)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && choice != NULL, FALSE);
  ZfAnswerRow *row;
  ZfFormItem *item;
  if (state_of (self, name, &row, &item) == NULL || item->choice_filter == NULL)
    return TRUE;
  xmlNode *node = choice_node (row, choice);
  ZfTri visible = zf_expr_test (item->choice_filter, self->context, node);
  xmlUnlinkNode (node);
  xmlFreeNode (node);
  return visible != ZF_TRI_FALSE;
}

/* Words with answers in them */

typedef struct
{
  ZfAnswers *self;
  ZfAnswerRow *row;   /* where the words stand */
} Place;

/* As the document holds it, like in an expression: the answer of this row or of those around it; of rows further down the first. */
static char *
words_value (gpointer data, const char *name)
{
  const Place *place = data;
  int i = zf_form_index (place->self->form, name);
  ZfFormItem *item = i >= 0 ? zf_form_item (place->self->form, (guint) i) : NULL;
  if (item == NULL)
    return zf_answers_text (place->self, name);
  ZfAnswerRow *row = zf_answer_row_above (place->row, item->repeat);
  if (row == NULL)
    row = zf_answers_first_row (place->self, item->repeat);
  xmlChar *text = row != NULL ? xmlNodeGetContent (zf_answer_row_state (row, item)->node) : NULL;
  char *value = g_strdup ((const char *) text);
  xmlFree (text);
  return value;
}

/* What somebody answered is no mark of style. */
static char *
words_verbatim (gpointer data, const char *name)
{
  g_autofree char *value = words_value (data, name);
  return value != NULL ? zf_styled_verbatim (value) : NULL;
}

ZfStyled *
zf_answers_styled (ZfAnswers *self, const char *address, const char *text)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  if (text == NULL || strstr (text, "${") == NULL)
    return text != NULL ? zf_styled_new (text, TRUE) : NULL;
  ZfAnswerRow *row = address != NULL ? zf_answers_row_of (self, address) : NULL;
  Place place = { self, row != NULL ? row : self->root };
  g_autofree char *filled = zf_form_words_fill (text, words_verbatim, &place);
  return zf_styled_new (filled, TRUE);
}

char *
zf_answers_fill (ZfAnswers *self, const char *address, const char *text)
{
  g_autoptr (ZfStyled) styled = zf_answers_styled (self, address, text);
  return styled != NULL ? g_steal_pointer (&styled->plain) : NULL;
}

/* Problems */

/* ODK: an empty answer breaks no constraint; and neither does one that we cannot judge. */
static char *
constraint_problem (ZfAnswers *self, const char *address, const ZfState *state, const ZfFormItem *item, const char *lang)
{
  if (item->constraint == NULL || state->value == NULL || zf_expr_test (item->constraint, self->context, state->node) != ZF_TRI_FALSE)
    return NULL;
  const char *message = zf_row_text (item->question.row, "constraint_message", lang);
  return message != NULL && *message != '\0' ? zf_answers_fill (self, address, message) : g_strdup (_("This answer does not fit."));
}

char *
zf_answers_broken (ZfAnswers *self, const char *name, const char *lang)
{
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = state_of (self, name, &row, &item);
  if (state == NULL || !state->relevant)
    return NULL;
  return state->typed_problem != NULL ? g_strdup (state->typed_problem) : constraint_problem (self, name, state, item, lang);
}

char *
zf_answers_problem (ZfAnswers *self, const char *name, const char *lang)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  char *broken = zf_answers_broken (self, name, lang);
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = broken == NULL ? state_of (self, name, &row, &item) : NULL;
  if (state == NULL || item->question.field == NULL || !state->relevant || state->value != NULL || !zf_answers_required (self, name))
    return broken;
  const char *message = zf_row_text (item->question.row, "required_message", lang);
  return message != NULL && *message != '\0' ? zf_answers_fill (self, name, message) : g_strdup (_("This needs an answer."));
}

/* A check that cannot be judged doubts nothing. */
char *
zf_answers_doubt (ZfAnswers *self, const char *name, const char *lang)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  ZfAnswerRow *row;
  ZfFormItem *item;
  ZfState *state = state_of (self, name, &row, &item);
  g_autofree char *why = g_strconcat (name, ZF_WHY_SUFFIX, NULL);
  if (state == NULL || item->check == NULL || !state->relevant || state->value == NULL || zf_answers_get (self, why) != NULL)
    return NULL;
  if (zf_expr_test (item->check, self->context, state->node) != ZF_TRI_FALSE)
    return NULL;
  const char *message = zf_row_text (item->question.row, "check_message", lang);
  return message != NULL && *message != '\0' ? zf_answers_fill (self, name, message) : g_strdup (_("Is this right?"));
}

/* Names of what is wrong, or doubted, in the order of the form: rows of a repeat stand where it stands. */
typedef struct
{
  ZfAnswers *self;
  char *(*tell) (ZfAnswers *self, const char *name, const char *lang);
  GPtrArray *names;
} Problems;

static void list_problems (ZfAnswerRow *row, gpointer data);

static void
list_problem (Problems *problems, ZfAnswerRow *row, ZfFormItem *item)
{
  char *name = zf_answer_row_name (problems->self->form, row, item->question.name);
  g_autofree char *problem = problems->tell (problems->self, name, "en");
  if (problem != NULL)
    g_ptr_array_add (problems->names, name);
  else
    g_free (name);
}

static void
list_rows (Problems *problems, ZfAnswerRow *row, int repeat)
{
  for (guint i = 0; i < row->lists[repeat]->len; i++)
    list_problems (row->lists[repeat]->pdata[i], problems);
}

/* The repeat right below @row that @item stands in. */
static int
repeat_below (ZfForm *form, ZfAnswerRow *row, const ZfFormItem *item)
{
  int at = item->repeat;
  while (at >= 0 && zf_form_repeat (form, at)->parent != row->repeat)
    at = zf_form_repeat (form, at)->parent;
  return at;
}

static void
list_problems (ZfAnswerRow *row, gpointer data)
{
  Problems *problems = data;
  ZfForm *form = problems->self->form;
  int last = -1;
  for (guint i = 0; i < zf_form_n_items (form); i++)
    {
      ZfFormItem *item = zf_form_item (form, i);
      int below = item->repeat == row->repeat ? -1 : repeat_below (form, row, item);
      if (item->repeat == row->repeat)
        list_problem (problems, row, item);
      else if (below >= 0 && below != last && row->lists[below] != NULL)
        {
          list_rows (problems, row, below);
          last = below;
        }
    }
}

GPtrArray *
zf_answers_problems (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  Problems problems = { self, zf_answers_problem, g_ptr_array_new_with_free_func (g_free) };
  list_problems (self->root, &problems);
  return problems.names;
}

GPtrArray *
zf_answers_doubts (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  Problems doubts = { self, zf_answers_doubt, g_ptr_array_new_with_free_func (g_free) };
  list_problems (self->root, &doubts);
  return doubts.names;
}

static void
add_other (JsonObject *object, const char *name, JsonNode *value, gpointer data)
{
  json_object_set_member (data, name, json_node_copy (value));
}

static JsonObject *
values_of (ZfAnswers *self, gboolean all)
{
  JsonObject *values = zf_answer_row_values (self, self->root, all);
  json_object_foreach_member (self->others, add_other, values);
  return values;
}

JsonObject *
zf_answers_values (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  return values_of (self, FALSE);
}

JsonObject *
zf_answers_all (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  return values_of (self, TRUE);
}
