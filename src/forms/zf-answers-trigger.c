/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"

/* `trigger` (XLSForm): when a person changes an answer, others are set once, and stay until it changes again: when a thing was noted, what was
 * true then. As in JavaRosa everything that follows by itself is computed first, and what is set may set further ones. */

typedef struct
{
  ZfAnswerRow *row;
  guint item;
} Change;

typedef struct
{
  ZfTodo *todo;
  GArray *changes;     /* Change: whose triggers are due */
  GHashTable *done;    /* ZfState: that stay as they are now, so that a circle ends */
  guint target;
} Setting;

static void
set_row (ZfAnswerRow *row, gpointer data)
{
  Setting *setting = data;
  ZfFormItem *item = zf_form_item (setting->todo->self->form, setting->target);
  const Change change = { row, setting->target };
  if (!g_hash_table_add (setting->done, zf_answer_row_state (row, item)) || !zf_answers_calculate_row (setting->todo->self, row, item))
    return;
  zf_todo_show (setting->todo, row, setting->target);
  g_array_append_val (setting->changes, change);
}

void
zf_answers_trigger (ZfTodo *todo, ZfAnswerRow *row, guint item)
{
  ZfForm *form = todo->self->form;
  const Change first = { row, item };
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  Setting setting = { todo, changes, done, 0 };
  g_hash_table_add (done, zf_answer_row_state (row, zf_form_item (form, item)));
  g_array_append_val (changes, first);
  for (guint c = 0; c < changes->len; c++)
    {
      const Change change = g_array_index (changes, Change, c);
      GArray *targets = zf_form_item (form, change.item)->triggers;
      for (guint t = 0; t < targets->len; t++)
        {
          zf_todo_compute (todo);
          setting.target = g_array_index (targets, guint, t);
          zf_answers_each_counterpart (todo->self, change.row, zf_form_item (form, setting.target), set_row, &setting);
        }
    }
}
