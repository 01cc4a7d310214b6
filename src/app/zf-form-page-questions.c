/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include "zf-group-heading.h"
#include "zf-question-view.h"
#include "zf-slices.h"

/* So many are more than a screen's height. */
#define AT_ONCE 24

/* The questions of the screen, or of the row that is open. */

/* The headings of the groups that the question stands in: those that are open already go on, others begin below them. */
static void
add_headings (ZfFormPage *self, const char *address, GPtrArray *open, GtkBox *box)
{
  g_autoptr (GPtrArray) groups = zf_form_groups (zf_form_model_form (self->model), address);
  guint level = 0;

  for (guint i = 0; i < groups->len; i++)
    {
      if (zf_row_text (groups->pdata[i], "label", zf_form_page_lang (self)) == NULL)
        continue;
      if (level < open->len && zf_group_heading_row (open->pdata[level]) != groups->pdata[i])
        g_ptr_array_set_size (open, (int) level);
      if (level < open->len)
        zf_group_heading_add (open->pdata[level], address);
      else
        {
          g_ptr_array_add (open, zf_group_heading_new (self->model, groups->pdata[i], address, level));
          gtk_box_append (box, open->pdata[level]);
        }
      level++;
    }
  g_ptr_array_set_size (open, (int) level);
}

static void
add_question (ZfFormPage *self, const char *address, gboolean more)
{
  GtkBox *box = more ? self->more_questions : self->questions;
  GtkWidget *view = zf_question_view_new (self->model, address);

  add_headings (self, address, more ? self->more_headings : self->headings, box);
  zf_question_view_set_patient (ZF_QUESTION_VIEW (view));
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

/* The next question that stands here, and FALSE when there is none: then what comes after the questions. */
static gboolean
fill_next (gpointer data)
{
  ZfFormPage *self = data;
  ZfForm *form = zf_form_model_form (self->model);
  g_autofree char *of = self->row != NULL ? zf_address_repeat (self->row) : NULL;
  const char *repeat = of != NULL ? zf_address_name (of) : NULL;

  while (self->next < zf_form_n_questions (form))
    {
      const ZfQuestion *question = zf_form_question_at (form, self->next++);
      g_autofree char *address = zf_form_page_address_here (self, question->name);

      if (!is_shown (self, question, repeat) || zf_question_view_is_part (form, question))
        continue;
      add_question (self, address, question->more);
      self->n_more += question->more ? 1 : 0;
      return TRUE;
    }
  zf_form_page_add_repeats (self, repeat);
  zf_form_page_add_remove (self);
  gtk_widget_set_visible (GTK_WIDGET (self->more), self->n_more > 0);
  /* A screen that asks nothing else opens what it has. */
  gtk_expander_set_expanded (self->more, self->n_more > 0 && self->n_more == self->views->len);
  return FALSE;
}

/* A field-list and a row of a repeat can ask hundreds of questions on one screen: what is seen at once comes at once. */
void
zf_form_page_fill (ZfFormPage *self)
{
  gboolean more = TRUE;

  zf_form_page_unfill (self);
  for (guint i = 0; more && i < AT_ONCE; i++)
    more = fill_next (self);
  if (more)
    zf_slices_start (&self->filling, fill_next, self);
}

void
zf_form_page_unfill (ZfFormPage *self)
{
  zf_slices_stop (&self->filling);
  zf_slices_stop (&self->updating);
  self->next = 0;
  self->n_more = 0;
  g_ptr_array_set_size (self->views, 0);
  g_ptr_array_set_size (self->headings, 0);
  g_ptr_array_set_size (self->more_headings, 0);
  zf_clear_box (GTK_WIDGET (self->questions));
  zf_clear_box (GTK_WIDGET (self->more_questions));
}

static gboolean
update_next (gpointer data)
{
  ZfFormPage *self = data;

  if (self->stale < self->views->len)
    zf_question_view_update (g_ptr_array_index (self->views, self->stale++));
  return self->stale < self->views->len;
}

/* The view of @address, or of what is asked below it (NAME__src); else the first. */
static guint
find_view (ZfFormPage *self, const char *address)
{
  for (guint i = 0; i < self->views->len; i++)
    {
      const char *own = zf_question_view_address (g_ptr_array_index (self->views, i));
      const char *rest = g_str_has_prefix (address, own) ? address + strlen (own) : NULL;

      if (rest != NULL && (*rest == '\0' || g_str_has_prefix (rest, "__")))
        return i;
    }
  return 0;
}

/* From @at in steps of @step, until as many as can be seen at once are right. */
static void
update_near (ZfFormPage *self, guint at, int step)
{
  guint left = AT_ONCE;

  for (guint i = at; i < self->views->len && left > 0; i += (guint) step)
    {
      zf_question_view_update (g_ptr_array_index (self->views, i));
      left -= gtk_widget_get_visible (g_ptr_array_index (self->views, i)) ? 1 : 0;
    }
}

/* In the frame that shows what is near: the rest comes behind it. */
static gboolean
on_near_shown (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZfFormPage *self = ZF_FORM_PAGE (widget);

  self->following = 0;
  if (self->updating == 0)
    zf_slices_start (&self->updating, update_next, self);
  return G_SOURCE_REMOVE;
}

void
zf_form_page_follow (ZfFormPage *self, const char *address)
{
  guint at = find_view (self, address);

  zf_slices_stop (&self->updating);
  update_near (self, at, 1);
  update_near (self, at - 1, -1);
  self->stale = 0;
  if (self->views->len > AT_ONCE && self->following == 0)
    self->following = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_near_shown, NULL, NULL);
}

/* For who asks about all questions of the screen. */
static void
complete (ZfFormPage *self)
{
  zf_slices_finish (&self->filling, fill_next, self);
  zf_slices_stop (&self->updating);
  while (self->stale < self->views->len)
    update_next (self);
}

void
zf_form_page_flush (ZfFormPage *self)
{
  for (guint i = 0; i < self->views->len; i++)
    zf_question_view_flush (g_ptr_array_index (self->views, i));
  zf_form_page_flush_reasons (self);
}

gboolean
zf_form_page_check (ZfFormPage *self)
{
  ZfQuestionView *first = NULL;

  complete (self);
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
  complete (self);
  for (guint i = 0; i < self->views->len; i++)
    zf_form_model_confirm (self->model, zf_question_view_address (g_ptr_array_index (self->views, i)));
}
