/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"
#include "zf-error.h"
#include "zf-json.h"

#include <glib/gi18n.h>
#include <string.h>

/* Rows of repeats: an answer's place is a row and a question. */

void
zf_state_clear (ZfState *state)
{
  g_clear_pointer (&state->value, json_node_unref);
  g_clear_pointer (&state->typed, g_free);
  g_clear_pointer (&state->typed_problem, g_free);
}

ZfState *
zf_answer_row_state (ZfAnswerRow *row, const ZfFormItem *item)
{
  return &row->states[item->slot];
}

/* The clear function of the arrays of rows: the form must outlive it only for the counts kept here. */
typedef struct
{
  ZfAnswerRow row;
  guint n_states;
  guint n_lists;
} OwnedRow;

void
zf_answer_row_free (ZfAnswerRow *row)
{
  OwnedRow *owned = (OwnedRow *) row;
  for (guint i = 0; i < owned->n_lists; i++)
    {
      g_clear_pointer (&row->lists[i], g_ptr_array_unref);
      g_clear_pointer (&row->spare[i], g_ptr_array_unref);
    }
  for (guint i = 0; i < owned->n_states; i++)
    zf_state_clear (&row->states[i]);
  g_free (row->lists);
  g_free (row->spare);
  g_free (row->states);
  g_free (row->id);
  g_free (owned);
}

static void
make_nodes (ZfAnswers *self, ZfAnswerRow *row)
{
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfFormItem *item = zf_form_item (self->form, i);
      if (item->repeat == row->repeat)
        zf_answer_row_state (row, item)->node = xmlNewChild (row->node, NULL, (const xmlChar *) item->question.name, NULL);
    }
}

static void
make_lists (ZfAnswers *self, ZfAnswerRow *row)
{
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    if (zf_form_repeat (self->form, r)->parent == row->repeat)
      row->lists[r] = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_answer_row_free);
}

ZfAnswerRow *
zf_answer_row_new (ZfAnswers *self, ZfAnswerRow *parent, int repeat, const char *id)
{
  OwnedRow *owned = g_new0 (OwnedRow, 1);
  ZfAnswerRow *row = &owned->row;
  owned->n_states = zf_form_n_slots (self->form, repeat);
  owned->n_lists = zf_form_n_repeats (self->form);
  row->parent = parent;
  row->repeat = repeat;
  row->id = g_strdup (id);
  row->states = g_new0 (ZfState, owned->n_states + 1);
  row->lists = g_new0 (GPtrArray *, owned->n_lists + 1);
  row->spare = g_new0 (GPtrArray *, owned->n_lists + 1);
  row->node = parent == NULL ? xmlDocGetRootElement (self->doc)
                             : xmlNewChild (parent->node, NULL, (const xmlChar *) zf_form_repeat (self->form, repeat)->name, NULL);
  make_nodes (self, row);
  make_lists (self, row);
  if (parent != NULL)
    g_ptr_array_add (parent->lists[repeat], row);
  return row;
}

ZfAnswerRow *
zf_answer_row_above (ZfAnswerRow *row, int repeat)
{
  while (row != NULL && row->repeat != repeat)
    row = row->parent;
  return row;
}

gboolean
zf_form_repeat_holds (ZfForm *form, int outer, int inner)
{
  while (inner >= 0 && inner != outer)
    inner = zf_form_repeat (form, inner)->parent;
  return inner == outer;
}

void
zf_answers_each_row (ZfAnswers *self, ZfAnswerRow *row, int repeat, ZfAnswerRowFunc func, gpointer data)
{
  if (row->repeat == repeat)
    {
      func (row, data);
      return;
    }
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    for (guint i = 0; row->lists[r] != NULL && repeat >= 0 && zf_form_repeat_holds (self->form, r, repeat) && i < row->lists[r]->len; i++)
      zf_answers_each_row (self, row->lists[r]->pdata[i], repeat, func, data);
}

/* Addresses */

char *
zf_answer_row_address (ZfForm *form, ZfAnswerRow *row)
{
  if (row->parent == NULL)
    return g_strdup ("");
  g_autofree char *above = zf_answer_row_address (form, row->parent);
  return g_strdup_printf ("%s%s%s[%s]", above, *above != '\0' ? "." : "", zf_form_repeat (form, row->repeat)->name, row->id);
}

char *
zf_answer_row_name (ZfForm *form, ZfAnswerRow *row, const char *name)
{
  g_autofree char *above = zf_answer_row_address (form, row);
  return *above != '\0' ? g_strconcat (above, ".", name, NULL) : g_strdup (name);
}

static ZfAnswerRow *
find_row (ZfAnswers *self, ZfAnswerRow *in, const char *repeat, const char *id)
{
  int r = zf_form_repeat_index (self->form, repeat);
  GPtrArray *list = r >= 0 ? in->lists[r] : NULL;
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (g_str_equal (((ZfAnswerRow *) list->pdata[i])->id, id))
      return list->pdata[i];
  return NULL;
}

/* The row that the part of @address before its last name stands for; *rest: that name. */
static ZfAnswerRow *
walk (ZfAnswers *self, const char *address, const char **rest)
{
  ZfAnswerRow *at = self->root;
  const char *open;
  while (at != NULL && (open = strchr (address, '[')) != NULL)
    {
      const char *close = strchr (open, ']');
      g_autofree char *repeat = g_strndup (address, (gsize) (open - address));
      g_autofree char *id = close != NULL ? g_strndup (open + 1, (gsize) (close - open - 1)) : NULL;
      if (id == NULL)
        return NULL;
      at = find_row (self, at, repeat, id);
      address = close + 1;
      if (*address == '.')
        address++;
    }
  *rest = address;
  return at;
}

gboolean
zf_answers_locate (ZfAnswers *self, const char *address, ZfAnswerRow **row, int *item)
{
  const char *name = "";
  *row = walk (self, address, &name);
  *item = *row != NULL ? zf_form_index (self->form, name) : -1;
  return *item >= 0 && zf_form_item (self->form, (guint) *item)->repeat == (*row)->repeat;
}

ZfAnswerRow *
zf_answers_row_of (ZfAnswers *self, const char *address)
{
  const char *name = "";
  return walk (self, address, &name);
}

static void
take_first (ZfAnswerRow *row, gpointer data)
{
  ZfAnswerRow **first = data;
  if (*first == NULL)
    *first = row;
}

ZfAnswerRow *
zf_answers_first_row (ZfAnswers *self, int repeat)
{
  ZfAnswerRow *first = NULL;
  zf_answers_each_row (self, self->root, repeat, take_first, &first);
  return first;
}

/* The rows of a repeat that is named from a row: "members", "plots[ID].crops". */
static GPtrArray *
rows_of (ZfAnswers *self, const char *address, ZfAnswerRow **in, int *repeat)
{
  const char *name = "";
  *in = walk (self, address, &name);
  *repeat = *in != NULL ? zf_form_repeat_index (self->form, name) : -1;
  return *repeat >= 0 ? (*in)->lists[*repeat] : NULL;
}

GPtrArray *
zf_answers_rows (ZfAnswers *self, const char *repeat)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && repeat != NULL, NULL);
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  ZfAnswerRow *in;
  int r;
  GPtrArray *list = rows_of (self, repeat, &in, &r);
  for (guint i = 0; list != NULL && i < list->len; i++)
    g_ptr_array_add (addresses, zf_answer_row_address (self->form, list->pdata[i]));
  return addresses;
}

gboolean
zf_answers_repeat_relevant (ZfAnswers *self, const char *repeat)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && repeat != NULL, FALSE);
  ZfAnswerRow *in;
  int r;
  return rows_of (self, repeat, &in, &r) != NULL && zf_answers_group_relevant (self, in, zf_form_repeat (self->form, r)->group);
}

/* Coming and going */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, sentence);
  return FALSE;
}

static gboolean
may_add (ZfAnswers *self, GPtrArray *list, ZfAnswerRow *in, int repeat, const char *id, GError **error)
{
  if (list == NULL)
    return refuse (error, _("There is nothing to repeat here."));
  if (zf_form_repeat (self->form, repeat)->count != NULL)
    return refuse (error, _("An earlier answer says how many there are."));
  if (list->len >= ZF_MAX_ROWS)
    return refuse (error, _("There are 500 already. Begin another form."));
  return find_row (self, in, zf_form_repeat (self->form, repeat)->name, id) == NULL || refuse (error, _("This one is there already."));
}

char *
zf_answers_add_row (ZfAnswers *self, const char *repeat, const char *id, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && repeat != NULL && id != NULL, NULL);
  ZfAnswerRow *in;
  int r;
  GPtrArray *list = rows_of (self, repeat, &in, &r);
  if (!may_add (self, list, in, r, id, error))
    return NULL;
  ZfAnswerRow *row = zf_answer_row_new (self, in, r, id);
  zf_answers_compute_row (self, row, TRUE);
  zf_answers_rows_changed (self, in, r);
  return zf_answer_row_address (self->form, row);
}

gboolean
zf_answers_row_stands (ZfAnswers *self, const char *address)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), FALSE);
  const char *rest;
  ZfAnswerRow *row = walk (self, address, &rest);
  return row != NULL && row->stands;
}

/* A member of the family is ended on its own page; a row that belongs to this form alone goes with it. */
static gboolean
check_remove (ZfAnswers *self, ZfAnswerRow *row, GError **error)
{
  if (row->stands && !zf_form_repeat (self->form, row->repeat)->own)
    return refuse (error, _("This one was recorded before. End it on its own page."));
  if (zf_form_repeat (self->form, row->repeat)->count != NULL)
    return refuse (error, _("An earlier answer says how many there are."));
  return TRUE;
}

gboolean
zf_answers_may_remove_row (ZfAnswers *self, const char *address)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && address != NULL, FALSE);
  const char *rest = "";
  ZfAnswerRow *row = walk (self, address, &rest);
  return row != NULL && row->parent != NULL && check_remove (self, row, NULL);
}

gboolean
zf_answers_remove_row (ZfAnswers *self, const char *address, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && address != NULL, FALSE);
  const char *rest = "";
  ZfAnswerRow *row = walk (self, address, &rest);
  if (row == NULL || row->parent == NULL || *rest != '\0')
    return refuse (error, _("This one is gone already."));
  if (!check_remove (self, row, error))
    return FALSE;
  ZfAnswerRow *in = row->parent;
  int r = row->repeat;
  xmlUnlinkNode (row->node);
  xmlFreeNode (row->node);
  g_ptr_array_remove (in->lists[r], row);
  zf_answers_rows_changed (self, in, r);
  return TRUE;
}

/* (transfer full): with what makes it this row. */
static JsonObject *
whole_row (ZfAnswers *self, ZfAnswerRow *row, gboolean all)
{
  JsonObject *values = zf_answer_row_values (self, row, all);
  json_object_set_string_member (values, "id", row->id);
  if (row->stands)
    json_object_set_boolean_member (values, "stands", TRUE);
  return values;
}

JsonObject *
zf_answers_row_values (ZfAnswers *self, const char *address)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && address != NULL, NULL);
  const char *rest = "";
  ZfAnswerRow *row = walk (self, address, &rest);
  if (row == NULL || row->parent == NULL || *rest != '\0')
    return NULL;
  return whole_row (self, row, TRUE);
}

static void
lay_row (ZfAnswers *self, ZfAnswerRow *in, int repeat, JsonObject *values)
{
  ZfAnswerRow *row = zf_answer_row_new (self, in, repeat, zf_json_get_string (values, "id", ""));
  row->stands = zf_json_get_bool (values, "stands", FALSE);
  zf_answer_row_take (self, row, values);
  zf_answers_compute_row (self, row, FALSE);
}

gboolean
zf_answers_put_back (ZfAnswers *self, const char *repeat, JsonObject *values, GError **error)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && repeat != NULL && values != NULL, FALSE);
  ZfAnswerRow *in;
  int r;
  const char *id = zf_json_get_string (values, "id", "");
  GPtrArray *list = rows_of (self, repeat, &in, &r);
  if (!may_add (self, list, in, r, id, error))
    return FALSE;
  lay_row (self, in, r, values);
  zf_answers_rows_changed (self, in, r);
  return TRUE;
}

void
zf_answer_row_spare (ZfAnswers *self, ZfAnswerRow *in, int repeat)
{
  GPtrArray *list = in->lists[repeat];
  ZfAnswerRow *row = list->pdata[list->len - 1];
  if (in->spare[repeat] == NULL)
    in->spare[repeat] = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_ptr_array_add (in->spare[repeat], whole_row (self, row, TRUE));
  xmlUnlinkNode (row->node);
  xmlFreeNode (row->node);
  g_ptr_array_set_size (list, (int) list->len - 1);
}

gboolean
zf_answer_row_recall (ZfAnswers *self, ZfAnswerRow *in, int repeat)
{
  GPtrArray *spare = in->spare[repeat];
  g_autoptr (JsonObject) values = spare != NULL && spare->len > 0 ? g_ptr_array_steal_index (spare, spare->len - 1) : NULL;
  if (values != NULL)
    lay_row (self, in, repeat, values);
  return values != NULL;
}

/* Stored values */

static void
take_field (ZfAnswers *self, ZfAnswerRow *row, ZfFormItem *item, JsonObject *values)
{
  const ZfQuestion *question = &item->question;
  JsonNode *node = question->field != NULL ? json_object_get_member (values, question->name) : NULL;
  JsonNode *value = node != NULL ? zf_kind_check_value (question->kind, question->field, node, NULL) : NULL;
  if (value != NULL && JSON_NODE_HOLDS_NULL (value))
    g_clear_pointer (&value, json_node_unref);
  zf_answer_row_state (row, item)->value = value;
}

static void
take_rows (ZfAnswers *self, ZfAnswerRow *row, int repeat, JsonArray *rows)
{
  for (guint i = 0; rows != NULL && i < MIN (json_array_get_length (rows), ZF_MAX_ROWS); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *values = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *id = values != NULL ? zf_json_get_string (values, "id", NULL) : NULL;
      if (id == NULL || strpbrk (id, "[].") != NULL || find_row (self, row, zf_form_repeat (self->form, repeat)->name, id) != NULL)
        continue;
      ZfAnswerRow *child = zf_answer_row_new (self, row, repeat, id);
      child->stands = zf_json_get_bool (values, "stands", FALSE);
      zf_answer_row_take (self, child, values);
    }
}

void
zf_answer_row_take (ZfAnswers *self, ZfAnswerRow *row, JsonObject *values)
{
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    if (zf_form_item (self->form, i)->repeat == row->repeat)
      take_field (self, row, zf_form_item (self->form, i), values);
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    if (row->lists[r] != NULL)
      take_rows (self, row, r, zf_json_get_array (values, zf_form_repeat (self->form, r)->name));
}

static gboolean
is_shown (ZfAnswers *self, ZfAnswerRow *row)
{
  /* A repeat that is not relevant has rows whose questions are none of them relevant. */
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    if (zf_form_item (self->form, i)->repeat == row->repeat && zf_answer_row_state (row, zf_form_item (self->form, i))->relevant)
      return TRUE;
  return FALSE;
}

/* @all: with those that a count took away, in their order: whoever reads them counts anew. */
static JsonArray *
row_list (ZfAnswers *self, ZfAnswerRow *in, int repeat, gboolean all)
{
  JsonArray *rows = json_array_new ();
  GPtrArray *list = in->lists[repeat], *spare = all ? in->spare[repeat] : NULL;
  for (guint i = 0; i < list->len; i++)
    if (all || is_shown (self, list->pdata[i]))
      json_array_add_object_element (rows, whole_row (self, list->pdata[i], all));
  for (guint i = spare != NULL ? spare->len : 0; i-- > 0;)
    json_array_add_object_element (rows, json_object_ref (spare->pdata[i]));
  return rows;
}

JsonObject *
zf_answer_row_values (ZfAnswers *self, ZfAnswerRow *row, gboolean all)
{
  JsonObject *values = json_object_new ();
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfFormItem *item = zf_form_item (self->form, i);
      ZfState *state = item->repeat == row->repeat ? zf_answer_row_state (row, item) : NULL;
      if (state != NULL && state->value != NULL && (all || state->relevant))
        json_object_set_member (values, item->question.name, json_node_copy (state->value));
    }
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    {
      g_autoptr (JsonArray) rows = row->lists[r] != NULL ? row_list (self, row, r, all) : NULL;
      if (rows != NULL && json_array_get_length (rows) > 0)
        json_object_set_array_member (values, zf_form_repeat (self->form, r)->name, g_steal_pointer (&rows));
    }
  return values;
}

JsonNode *
zf_answers_kept (ZfAnswers *self, const char *address, char **field)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self) && address != NULL && field != NULL, NULL);
  const char *open = strchr (address, '[');
  *field = open != NULL ? g_strndup (address, (gsize) (open - address)) : g_strdup (address);
  int r = zf_form_repeat_index (self->form, *field);
  if (r >= 0 && self->root->lists[r] != NULL)
    {
      g_autoptr (JsonArray) rows = row_list (self, self->root, r, TRUE);
      return json_node_init_array (json_node_alloc (), rows);
    }
  JsonNode *value = zf_answers_get (self, address);
  return value != NULL ? json_node_copy (value) : zf_json_null ();
}
