/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"
#include "zf-form-rows.h"
#include "zf-json.h"

#include <math.h>

/* After an answer: only what reads it, and what reads that, in an order where everything read is ready. */

/* Longest chain of counts that decide how many rows there are, which decide other counts. */
#define MAX_ROUNDS 8

gboolean
zf_answers_group_relevant (ZfAnswers *self, ZfAnswerRow *row, int group)
{
  for (; group >= 0; group = zf_form_group (self->form, group)->parent)
    {
      ZfFormGroup *at = zf_form_group (self->form, group);
      if (at->relevant != NULL && zf_expr_test (at->relevant, self->context, zf_answer_row_above (row, at->repeat)->node) == ZF_TRI_FALSE)
        return FALSE;
    }
  return TRUE;
}

/* A question whose condition is unknown is asked: hiding it would treat unknown as false. */
static gboolean
is_relevant (ZfAnswers *self, ZfAnswerRow *row, ZfFormItem *item)
{
  if (!zf_answers_group_relevant (self, row, item->group))
    return FALSE;
  return item->relevant == NULL || zf_expr_test (item->relevant, self->context, zf_answer_row_state (row, item)->node) != ZF_TRI_FALSE;
}

/* What comes out the same whenever the form is opened: nobody overwrites it, and it waits for nobody. */
static gboolean
follows (const ZfFormItem *item)
{
  return !item->triggered && (item->question.klass == ZF_QUESTION_CALCULATE || item->question.read_only);
}

static void
note_along (ZfAnswers *self, const ZfFormItem *item)
{
  const char *field = item->question.name;
  for (int r = item->repeat; r >= 0; r = zf_form_repeat (self->form, r)->parent)
    field = zf_form_repeat (self->form, r)->name;
  g_hash_table_add (self->along, (gpointer) field);
}

static void
evaluate (ZfAnswers *self, ZfState *state, ZfFormItem *item)
{
  g_auto (ZfExprValue) result = { 0 };
  g_autoptr (GError) error = NULL;
  if (!zf_expr_eval (item->calculation, self->context, state->node, &result, &error))
    g_info ("calculation %s left empty: %s", item->question.name, error->message);
  else if (item->question.field != NULL)
    state->value = zf_answer_from_expr (item->question.kind, item->question.field, &result);
}

gboolean
zf_answers_calculate_row (ZfAnswers *self, ZfAnswerRow *row, ZfFormItem *item)
{
  ZfState *state = zf_answer_row_state (row, item);
  g_autoptr (JsonNode) before = g_steal_pointer (&state->value);
  zf_state_clear (state);
  if (item->calculation != NULL)
    evaluate (self, state, item);
  gboolean changed = !follows (item) && !zf_json_equal (before, state->value);
  if (changed)
    note_along (self, item);
  return changed;
}

/* Lays what expressions see; TRUE when that changed. */
static gboolean
show (ZfState *state, ZfFormItem *item)
{
  g_autofree char *text = state->relevant ? zf_answer_text (item->question.field, state->value) : g_strdup ("");
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
compute (ZfAnswers *self, ZfAnswerRow *row, ZfFormItem *item, gboolean calculations)
{
  ZfState *state = zf_answer_row_state (row, item);
  state->relevant = is_relevant (self, row, item);
  if (calculations && item->calculation != NULL && !item->triggered)
    zf_answers_calculate_row (self, row, item);
  return show (state, item);
}

static void
add_row (ZfAnswerRow *row, gpointer data)
{
  ZfTodo *todo = data;
  ZfState *state = zf_answer_row_state (row, zf_form_item (todo->self->form, todo->item));
  if (state->dirty)
    return;
  state->dirty = TRUE;
  if (todo->rows[todo->item] == NULL)
    todo->rows[todo->item] = g_ptr_array_new ();
  g_ptr_array_add (todo->rows[todo->item], row);
}

/* In the same row or above it there is one; further down all rows below are meant, elsewhere all there are. */
void
zf_answers_each_counterpart (ZfAnswers *self, ZfAnswerRow *row, const ZfFormItem *item, ZfAnswerRowFunc func, gpointer data)
{
  ZfAnswerRow *from = zf_answer_row_above (row, item->repeat);
  if (from == NULL)
    for (from = row; !zf_form_repeat_holds (self->form, from->repeat, item->repeat);)
      from = from->parent;
  zf_answers_each_row (self, from, item->repeat, func, data);
}

static void
add_reader (ZfTodo *todo, ZfAnswerRow *row, guint reader)
{
  ZfFormItem *item = zf_form_item (todo->self->form, reader);
  todo->item = reader;
  zf_answers_each_counterpart (todo->self, item->wide ? todo->self->root : row, item, add_row, todo);
}

static void
add_readers (ZfTodo *todo, ZfAnswerRow *row, GArray *readers)
{
  for (guint i = 0; i < readers->len; i++)
    add_reader (todo, row, g_array_index (readers, guint, i));
}

static void
compute_item (ZfTodo *todo, guint i)
{
  ZfFormItem *item = zf_form_item (todo->self->form, i);
  g_autoptr (GPtrArray) rows = g_steal_pointer (&todo->rows[i]);
  for (guint r = 0; rows != NULL && r < rows->len; r++)
    {
      zf_answer_row_state (rows->pdata[r], item)->dirty = FALSE;
      if (compute (todo->self, rows->pdata[r], item, TRUE))
        add_readers (todo, rows->pdata[r], item->dependents);
    }
}

void
zf_todo_compute (ZfTodo *todo)
{
  for (guint at = 0; at < zf_form_n_items (todo->self->form); at++)
    compute_item (todo, zf_form_order (todo->self->form, at));
}

/* Rows that come or go */

static void
add_all_readers (ZfTodo *todo, ZfAnswerRow *parent, int repeat)
{
  add_readers (todo, parent, zf_form_repeat (todo->self->form, repeat)->dependents);
  for (guint i = 0; i < zf_form_n_items (todo->self->form); i++)
    if (zf_form_item (todo->self->form, i)->repeat == repeat)
      {
        GArray *readers = zf_form_item (todo->self->form, i)->dependents;
        for (guint d = 0; d < readers->len; d++)
          if (zf_form_item (todo->self->form, g_array_index (readers, guint, d))->repeat != repeat ||
              zf_form_item (todo->self->form, g_array_index (readers, guint, d))->wide)
            add_reader (todo, parent, g_array_index (readers, guint, d));
      }
}

static guint
count_wanted (ZfAnswers *self, ZfFormRepeat *repeat, ZfAnswerRow *parent)
{
  g_auto (ZfExprValue) result = { 0 };
  if (!zf_expr_eval (repeat->count, self->context, parent->node, &result, NULL) || isnan (result.number))
    return 0;
  return (guint) CLAMP (trunc (result.number), 0, ZF_MAX_ROWS);
}

typedef struct
{
  ZfAnswers *self;
  int repeat;
  GPtrArray *parents;    /* whose rows came or went */
  GArray *repeats;       /* int: of which repeat */
} Fit;

/* A member of the family stays, however many are counted. */
static gboolean
stays (ZfForm *form, ZfAnswerRow *row)
{
  return row->stands && !zf_form_repeat (form, row->repeat)->own;
}

/* Rows that are too many go from the end, and come back from there. */
static void
fit_rows (ZfAnswerRow *parent, gpointer data)
{
  Fit *fit = data;
  GPtrArray *list = parent->lists[fit->repeat];
  guint wanted = count_wanted (fit->self, zf_form_repeat (fit->self->form, fit->repeat), parent), before = list->len;
  while (list->len > wanted && !stays (fit->self->form, list->pdata[list->len - 1]))
    zf_answer_row_spare (fit->self, parent, fit->repeat);
  while (list->len < wanted && zf_answer_row_recall (fit->self, parent, fit->repeat))
    ;
  g_autoptr (GPtrArray) ids = zf_form_new_ids (fit->self->clock, fit->self->random, wanted - MIN (list->len, wanted));
  for (guint i = 0; i < ids->len; i++)
    zf_answers_compute_row (fit->self, zf_answer_row_new (fit->self, parent, fit->repeat, ids->pdata[i]), TRUE);
  if (list->len == before)
    return;
  g_ptr_array_add (fit->parents, parent);
  g_array_append_val (fit->repeats, fit->repeat);
}

/* Outer repeats come first, and nothing waits to be computed meanwhile: rows that went are nowhere else. */
static gboolean
fit_counts (ZfTodo *todo)
{
  ZfForm *form = todo->self->form;
  g_autoptr (GPtrArray) parents = g_ptr_array_new ();
  g_autoptr (GArray) repeats = g_array_new (FALSE, FALSE, sizeof (int));
  Fit fit = { todo->self, 0, parents, repeats };
  for (fit.repeat = 0; fit.repeat < (int) zf_form_n_repeats (form); fit.repeat++)
    if (zf_form_repeat (form, fit.repeat)->count != NULL)
      zf_answers_each_row (todo->self, todo->self->root, zf_form_repeat (form, fit.repeat)->parent, fit_rows, &fit);
  for (guint i = 0; i < parents->len; i++)
    add_all_readers (todo, parents->pdata[i], g_array_index (repeats, int, i));
  return parents->len > 0;
}

static void
run (ZfTodo *todo)
{
  guint rounds = 0;
  do
    zf_todo_compute (todo);
  while (fit_counts (todo) && ++rounds < MAX_ROUNDS);
  zf_todo_compute (todo);
}

gboolean
zf_todo_show (ZfTodo *todo, ZfAnswerRow *row, guint i)
{
  ZfFormItem *item = zf_form_item (todo->self->form, i);
  if (!show (zf_answer_row_state (row, item), item))
    return FALSE;
  add_readers (todo, row, item->dependents);
  return TRUE;
}

void
zf_answers_changed (ZfAnswers *self, ZfAnswerRow *row, guint i, gboolean by_person)
{
  g_autofree GPtrArray **rows = g_new0 (GPtrArray *, zf_form_n_items (self->form) + 1);
  ZfTodo todo = { self, rows, 0 };
  if (!zf_todo_show (&todo, row, i))
    return;
  if (by_person && zf_form_item (self->form, i)->triggers->len > 0)
    zf_answers_trigger (&todo, row, i);
  run (&todo);
}

static void
add_empty_row (ZfAnswerRow *row, gpointer data)
{
  ZfTodo *todo = data;
  if (zf_answer_row_state (row, zf_form_item (todo->self->form, todo->item))->value == NULL)
    add_row (row, todo);
}

void
zf_answers_calculate (ZfAnswers *self)
{
  g_return_if_fail (ZF_IS_ANSWERS (self));
  g_autofree GPtrArray **rows = g_new0 (GPtrArray *, zf_form_n_items (self->form) + 1);
  ZfTodo todo = { self, rows, 0 };
  for (todo.item = 0; todo.item < zf_form_n_items (self->form); todo.item++)
    if (zf_form_item (self->form, todo.item)->calculation != NULL && !zf_form_item (self->form, todo.item)->triggered)
      zf_answers_each_row (self, self->root, zf_form_item (self->form, todo.item)->repeat, add_empty_row, &todo);
  run (&todo);
}

void
zf_answers_fit (ZfAnswers *self)
{
  g_autofree GPtrArray **rows = g_new0 (GPtrArray *, zf_form_n_items (self->form) + 1);
  ZfTodo todo = { self, rows, 0 };
  run (&todo);
}

void
zf_answers_rows_changed (ZfAnswers *self, ZfAnswerRow *parent, int repeat)
{
  g_autofree GPtrArray **rows = g_new0 (GPtrArray *, zf_form_n_items (self->form) + 1);
  ZfTodo todo = { self, rows, 0 };
  add_all_readers (&todo, parent, repeat);
  run (&todo);
}

/* The first time */

/* A calculated answer that people may overwrite keeps what was stored when the form is opened again. */
static gboolean
computes_at_start (ZfFormItem *item, gboolean fresh)
{
  return fresh || follows (item);
}

static void
lay_plain_default (ZfAnswerRow *row, ZfFormItem *item)
{
  if (item->default_text != NULL && item->question.field != NULL)
    zf_answer_row_state (row, item)->value = zf_answer_parse (item->question.kind, item->question.field, item->default_text, NULL);
}

static void
lay_computed_default (ZfAnswers *self, ZfAnswerRow *row, guint i)
{
  ZfFormItem *item = zf_form_item (self->form, i);
  ZfState *state = zf_answer_row_state (row, item);
  g_auto (ZfExprValue) result = { 0 };
  if (item->default_expr == NULL || item->question.field == NULL || !zf_expr_eval (item->default_expr, self->context, state->node, &result, NULL))
    return;
  zf_state_clear (state);
  state->value = zf_answer_from_expr (item->question.kind, item->question.field, &result);
  zf_answers_changed (self, row, i, FALSE);
}

typedef struct
{
  ZfAnswers *self;
  guint item;
  gboolean fresh;
} First;

static void
compute_first (ZfAnswerRow *row, gpointer data)
{
  First *first = data;
  ZfFormItem *item = zf_form_item (first->self->form, first->item);
  compute (first->self, row, item, computes_at_start (item, first->fresh));
}

void
zf_answers_compute_row (ZfAnswers *self, ZfAnswerRow *row, gboolean fresh)
{
  guint n = zf_form_n_items (self->form);
  First first = { self, 0, fresh };
  for (guint i = 0; fresh && i < n; i++)
    if (zf_form_item (self->form, i)->repeat == row->repeat)
      lay_plain_default (row, zf_form_item (self->form, i));
  for (guint at = 0; at < n; at++)
    {
      first.item = zf_form_order (self->form, at);
      zf_answers_each_row (self, row, zf_form_item (self->form, first.item)->repeat, compute_first, &first);
    }
  for (guint i = 0; fresh && i < n; i++)
    if (zf_form_item (self->form, i)->repeat == row->repeat)
      lay_computed_default (self, row, i);
}
