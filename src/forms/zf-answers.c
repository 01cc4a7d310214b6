/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-json.h"

#include <glib/gi18n.h>
#include <string.h>

/* One answer while the form is open. */
typedef struct
{
  JsonNode *value;     /* (nullable) stored value; kept while irrelevant */
  xmlNode *node;       /* what expressions see: empty while irrelevant */
  char *typed;         /* (nullable) what stands in the entry although it cannot be stored */
  char *typed_problem; /* (nullable) why */
  gboolean relevant;
} State;

struct _ZfAnswers
{
  GObject parent_instance;
  ZfForm *form;
  xmlDoc *doc;
  ZfExprContext *context;
  State *states;
  JsonObject *others;  /* stored fields without a survey row: parent, supersedes */
};

G_DEFINE_FINAL_TYPE (ZfAnswers, zf_answers, G_TYPE_OBJECT)

static void
state_clear (State *state)
{
  g_clear_pointer (&state->value, json_node_unref);
  g_clear_pointer (&state->typed, g_free);
  g_clear_pointer (&state->typed_problem, g_free);
}

static void
zf_answers_finalize (GObject *object)
{
  ZfAnswers *self = ZF_ANSWERS (object);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    state_clear (&self->states[i]);
  g_free (self->states);
  zf_expr_context_free (self->context);
  xmlFreeDoc (self->doc);
  json_object_unref (self->others);
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
}

static const ZfKind *
kind_of (ZfAnswers *self)
{
  return zf_form_kind (self->form);
}

/* Computing */

static gboolean
group_relevant (ZfAnswers *self, int group)
{
  for (; group >= 0; group = zf_form_group (self->form, group)->parent)
    {
      ZfExpr *relevant = zf_form_group (self->form, group)->relevant;
      if (relevant != NULL && zf_expr_test (relevant, self->context, xmlDocGetRootElement (self->doc)) == ZF_TRI_FALSE)
        return FALSE;
    }
  return TRUE;
}

/* A question whose condition is unknown is asked: hiding it would treat unknown as false. */
static gboolean
item_relevant (ZfAnswers *self, guint i)
{
  ZfFormItem *item = zf_form_item (self->form, i);
  if (!group_relevant (self, item->group))
    return FALSE;
  return item->relevant == NULL || zf_expr_test (item->relevant, self->context, self->states[i].node) != ZF_TRI_FALSE;
}

static void
calculate (ZfAnswers *self, guint i)
{
  ZfFormItem *item = zf_form_item (self->form, i);
  State *state = &self->states[i];
  g_auto (ZfExprValue) result = { 0 };
  g_autoptr (GError) error = NULL;
  state_clear (state);
  if (!zf_expr_eval (item->calculation, self->context, state->node, &result, &error))
    g_info ("calculation %s left empty: %s", item->question.name, error->message);
  else if (item->question.field != NULL)
    state->value = zf_answer_from_expr (kind_of (self), item->question.field, &result);
}

/* Lays what expressions see; TRUE when that changed. */
static gboolean
show (ZfAnswers *self, guint i)
{
  State *state = &self->states[i];
  g_autofree char *text = state->relevant ? zf_answer_text (zf_form_item (self->form, i)->question.field, state->value) : g_strdup ("");
  xmlChar *before = xmlNodeGetContent (state->node);
  gboolean changed = g_strcmp0 ((const char *) before, text) != 0;
  xmlFree (before);
  if (changed)
    {
      xmlNodeSetContent (state->node, NULL);
      xmlNodeAddContent (state->node, (const xmlChar *) text);
    }
  return changed;
}

static gboolean
compute (ZfAnswers *self, guint i, gboolean calculations)
{
  State *state = &self->states[i];
  state->relevant = item_relevant (self, i);
  if (calculations && zf_form_item (self->form, i)->calculation != NULL)
    calculate (self, i);
  return show (self, i);
}

static void
mark_dependents (ZfAnswers *self, guint i, gboolean *dirty)
{
  GArray *dependents = zf_form_item (self->form, i)->dependents;
  for (guint j = 0; j < dependents->len; j++)
    dirty[g_array_index (dependents, guint, j)] = TRUE;
}

/* After answer @changed: only what reads it, and what reads that, in an order where everything read is ready. */
static void
recompute (ZfAnswers *self, guint changed)
{
  guint n = zf_form_n_items (self->form);
  g_autofree gboolean *dirty = g_new0 (gboolean, n);
  if (!show (self, changed))
    return;
  mark_dependents (self, changed, dirty);
  for (guint at = 0; at < n; at++)
    {
      guint i = zf_form_order (self->form, at);
      if (dirty[i] && compute (self, i, TRUE))
        mark_dependents (self, i, dirty);
    }
}

/* A calculated answer that people may overwrite keeps what was stored when the form is opened again. */
static gboolean
computes_at_start (ZfFormItem *item, gboolean fresh)
{
  return fresh || item->question.klass == ZF_QUESTION_CALCULATE || item->question.read_only;
}

static void
compute_all (ZfAnswers *self, gboolean fresh)
{
  for (guint at = 0; at < zf_form_n_items (self->form); at++)
    {
      guint i = zf_form_order (self->form, at);
      compute (self, i, computes_at_start (zf_form_item (self->form, i), fresh));
    }
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
choice_label (gpointer data, const char *question, const char *code, const char *lang)
{
  ZfAnswers *self = data;
  const ZfField *field = zf_kind_field (kind_of (self), question);
  return field != NULL && field->list_name != NULL ? g_strdup (zf_kind_choice_label (kind_of (self), field->list_name, code, lang)) : NULL;
}

/* Expressions speak the form's first language, whatever the screen speaks: what they give is stored. */
static void
tell_form (ZfAnswers *self)
{
  const ZfExprForm form = { choice_label, self, zf_kind_version (kind_of (self)), "zh" };
  zf_expr_context_set_form (self->context, &form);
}

static void
build_document (ZfAnswers *self, const char *today)
{
  self->doc = xmlNewDoc ((const xmlChar *) "1.0");
  xmlNode *root = xmlNewDocNode (self->doc, NULL, (const xmlChar *) "data", NULL);
  xmlDocSetRootElement (self->doc, root);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    self->states[i].node = xmlNewChild (root, NULL, (const xmlChar *) zf_form_item (self->form, i)->question.name, NULL);
  add_other_nodes (self, root);
  self->context = zf_expr_context_new (self->doc, today);
  tell_form (self);
}

/* A stored value of another form version that no longer fits is left out, as if never answered. */
static void
take_values (ZfAnswers *self, JsonObject *values)
{
  for (guint i = 0; i < zf_kind_n_fields (kind_of (self)); i++)
    {
      const ZfField *field = zf_kind_field_at (kind_of (self), i);
      int at = zf_form_index (self->form, field->name);
      JsonNode *node = json_object_get_member (values, field->name);
      JsonNode *value = node != NULL ? zf_kind_check_value (kind_of (self), field, node, NULL) : NULL;
      if (value == NULL || JSON_NODE_HOLDS_NULL (value))
        g_clear_pointer (&value, json_node_unref);
      else if (at >= 0)
        self->states[at].value = value;
      else
        json_object_set_member (self->others, field->name, value);
    }
}

static void
lay_plain_defaults (ZfAnswers *self)
{
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfFormItem *item = zf_form_item (self->form, i);
      if (item->default_text == NULL || item->question.field == NULL)
        continue;
      JsonNode *value = zf_answer_parse (kind_of (self), item->question.field, item->default_text, NULL);
      self->states[i].value = value;
    }
}

static void
lay_computed_defaults (ZfAnswers *self)
{
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfFormItem *item = zf_form_item (self->form, i);
      g_auto (ZfExprValue) result = { 0 };
      if (item->default_expr == NULL || item->question.field == NULL)
        continue;
      if (!zf_expr_eval (item->default_expr, self->context, self->states[i].node, &result, NULL))
        continue;
      self->states[i].value = zf_answer_from_expr (kind_of (self), item->question.field, &result);
      recompute (self, i);
    }
}

ZfAnswers *
zf_answers_new (ZfForm *form, JsonObject *values, const char *today)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && today != NULL, NULL);
  ZfAnswers *self = g_object_new (ZF_TYPE_ANSWERS, NULL);
  self->form = g_object_ref (form);
  self->states = g_new0 (State, zf_form_n_items (form) + 1);
  if (values != NULL)
    take_values (self, values);
  else
    lay_plain_defaults (self);
  build_document (self, today);
  compute_all (self, values == NULL);
  if (values == NULL)
    lay_computed_defaults (self);
  return self;
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

static State *
state_of (ZfAnswers *self, const char *name)
{
  int i = zf_form_index (self->form, name);
  return i >= 0 ? &self->states[i] : NULL;
}

JsonNode *
zf_answers_get (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  State *state = state_of (self, name);
  return state != NULL ? state->value : json_object_get_member (self->others, name);
}

static void
set_node (ZfAnswers *self, guint i, JsonNode *value)
{
  state_clear (&self->states[i]);
  if (value != NULL && !JSON_NODE_HOLDS_NULL (value))
    self->states[i].value = json_node_copy (value);
  recompute (self, i);
}

static const ZfField *
field_of (ZfAnswers *self, const char *name, int *i, GError **error)
{
  *i = zf_form_index (self->form, name);
  const ZfField *field = *i >= 0 ? zf_form_item (self->form, (guint) *i)->question.field : NULL;
  if (field == NULL)
    g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, "%s: there is no question “%s” to answer.", zf_kind_name (kind_of (self)), name);
  return field;
}

gboolean
zf_answers_set (ZfAnswers *self, const char *name, JsonNode *value, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  int i;
  const ZfField *field = field_of (self, name, &i, error);
  if (field == NULL)
    return FALSE;
  g_autoptr (JsonNode) checked = zf_kind_check_value (kind_of (self), field, value, error);
  if (checked == NULL)
    return FALSE;
  set_node (self, (guint) i, checked);
  return TRUE;
}

gboolean
zf_answers_set_text (ZfAnswers *self, const char *name, const char *text, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  int i;
  g_autoptr (GError) why = NULL;
  const ZfField *field = field_of (self, name, &i, error);
  if (field == NULL)
    return FALSE;
  g_autoptr (JsonNode) value = zf_answer_parse (kind_of (self), field, text, &why);
  set_node (self, (guint) i, value);
  if (value != NULL)
    return TRUE;
  self->states[i].typed = g_strdup (text);
  self->states[i].typed_problem = g_strdup (why->message);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

char *
zf_answers_text (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  State *state = state_of (self, name);
  if (state != NULL && state->typed != NULL)
    return g_strdup (state->typed);
  return zf_answer_text (zf_kind_field (kind_of (self), name), zf_answers_get (self, name));
}

gboolean
zf_answers_relevant (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  State *state = state_of (self, name);
  return state != NULL && state->relevant;
}

gboolean
zf_answers_page_relevant (ZfAnswers *self, guint page)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfQuestion *question = &zf_form_item (self->form, i)->question;
      if (question->page == page && !question->hidden && self->states[i].relevant)
        return TRUE;
    }
  return FALSE;
}

gboolean
zf_answers_required (ZfAnswers *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  int i = zf_form_index (self->form, name);
  if (i < 0)
    return FALSE;
  ZfFormItem *item = zf_form_item (self->form, (guint) i);
  return item->always_required
         || (item->required != NULL && zf_expr_test (item->required, self->context, self->states[i].node) == ZF_TRI_TRUE);
}

/* The row of the choices sheet as an element beside the document, so that `district = ${district}` reads both. */
static xmlNode *
choice_node (ZfAnswers *self, const ZfChoice *choice)
{
  xmlNode *item = xmlNewDocNode (self->doc, NULL, (const xmlChar *) "item", NULL);
  JsonObjectIter iter;
  const char *column;
  JsonNode *value;
  json_object_iter_init (&iter, choice->row);
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
  int i = zf_form_index (self->form, name);
  ZfExpr *filter = i >= 0 ? zf_form_item (self->form, (guint) i)->choice_filter : NULL;
  if (filter == NULL)
    return TRUE;
  xmlNode *item = choice_node (self, choice);
  ZfTri visible = zf_expr_test (filter, self->context, item);
  xmlFreeNode (item);
  return visible != ZF_TRI_FALSE;
}

/* Problems */

/* ODK: an empty answer breaks no constraint; and neither does one that we cannot judge. */
static char *
constraint_problem (ZfAnswers *self, guint i, const char *lang)
{
  ZfFormItem *item = zf_form_item (self->form, i);
  if (item->constraint == NULL || self->states[i].value == NULL)
    return NULL;
  if (zf_expr_test (item->constraint, self->context, self->states[i].node) != ZF_TRI_FALSE)
    return NULL;
  const char *message = zf_row_text (item->question.row, "constraint_message", lang);
  return g_strdup (message != NULL && *message != '\0' ? message : _("This answer does not fit."));
}

char *
zf_answers_broken (ZfAnswers *self, const char *name, const char *lang)
{
  int i = zf_form_index (self->form, name);
  if (i < 0 || !self->states[i].relevant)
    return NULL;
  if (self->states[i].typed_problem != NULL)
    return g_strdup (self->states[i].typed_problem);
  return constraint_problem (self, (guint) i, lang);
}

char *
zf_answers_problem (ZfAnswers *self, const char *name, const char *lang)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  char *broken = zf_answers_broken (self, name, lang);
  int i = zf_form_index (self->form, name);
  if (broken != NULL || i < 0)
    return broken;
  ZfFormItem *item = zf_form_item (self->form, (guint) i);
  gboolean empty = item->question.field != NULL && self->states[i].relevant && self->states[i].value == NULL;
  if (!empty || !zf_answers_required (self, name))
    return NULL;
  const char *message = zf_row_text (item->question.row, "required_message", lang);
  return g_strdup (message != NULL && *message != '\0' ? message : _("This needs an answer."));
}

GPtrArray *
zf_answers_problems (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      const char *name = zf_form_item (self->form, i)->question.name;
      g_autofree char *problem = zf_answers_problem (self, name, "en");
      if (problem != NULL)
        g_ptr_array_add (names, g_strdup (name));
    }
  return names;
}

static void
add_other (JsonObject *object, const char *name, JsonNode *value, gpointer data)
{
  json_object_set_member (data, name, json_node_copy (value));
}

JsonObject *
zf_answers_values (ZfAnswers *self)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  JsonObject *values = json_object_new ();
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    if (self->states[i].relevant && self->states[i].value != NULL)
      json_object_set_member (values, zf_form_item (self->form, i)->question.name, json_node_copy (self->states[i].value));
  json_object_foreach_member (self->others, add_other, values);
  return values;
}
