/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include "zf-question-view.h"

/* The questions of the screen, or of the row that is open. */

static void
add_question (ZfFormPage *self, const char *address, GtkBox *box)
{
  GtkWidget *view = zf_question_view_new (self->model, address);

  g_ptr_array_add (self->views, view);
  gtk_box_append (box, view);
}

/* On this screen, or in the row that is open. */
static gboolean
is_shown (ZfFormPage *self, const ZfQuestion *question, const char *repeat)
{
  return question->page == self->at && !question->hidden && question->klass != ZF_QUESTION_CALCULATE && g_strcmp0 (question->repeat, repeat) == 0;
}

char *
zf_form_page_address_here (ZfFormPage *self, const char *name)
{
  return self->row != NULL ? g_strconcat (self->row, ".", name, NULL) : g_strdup (name);
}

void
zf_form_page_fill (ZfFormPage *self)
{
  ZfForm *form = zf_form_model_form (self->model);
  g_autofree char *of = self->row != NULL ? zf_address_repeat (self->row) : NULL;
  const char *repeat = of != NULL ? zf_address_name (of) : NULL;
  guint more = 0;

  g_ptr_array_set_size (self->views, 0);
  zf_clear_box (GTK_WIDGET (self->questions));
  zf_clear_box (GTK_WIDGET (self->more_questions));
  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      g_autofree char *address = zf_form_page_address_here (self, question->name);

      if (!is_shown (self, question, repeat) || zf_question_view_is_part (form, question))
        continue;
      add_question (self, address, question->more ? self->more_questions : self->questions);
      more += question->more ? 1 : 0;
    }
  zf_form_page_add_repeats (self, repeat);
  zf_form_page_add_remove (self);
  gtk_widget_set_visible (GTK_WIDGET (self->more), more > 0);
  /* A screen that asks nothing else opens what it has. */
  gtk_expander_set_expanded (self->more, more > 0 && more == self->views->len);
}

void
zf_form_page_flush (ZfFormPage *self)
{
  for (guint i = 0; i < self->views->len; i++)
    zf_question_view_flush (g_ptr_array_index (self->views, i));
}

gboolean
zf_form_page_check (ZfFormPage *self)
{
  ZfQuestionView *first = NULL;

  for (guint i = 0; i < self->views->len; i++)
    if (!zf_question_view_check (g_ptr_array_index (self->views, i)) && first == NULL)
      first = g_ptr_array_index (self->views, i);
  if (first != NULL)
    zf_question_view_focus (first);
  return first == NULL;
}

void
zf_form_page_confirm (ZfFormPage *self)
{
  for (guint i = 0; i < self->views->len; i++)
    zf_form_model_confirm (self->model, zf_question_view_address (g_ptr_array_index (self->views, i)));
}
