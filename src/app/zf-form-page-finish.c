/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-dialogs.h"
#include "zf-doubt-view.h"
#include "zf-error.h"
#include "zf-repeat-view.h"

/* The end of a form: what is missing, what is doubted, what changed elsewhere, and the record. */

static void
on_change_answer (ZfFormPage *self, const char *address)
{
  const ZfQuestion *question = zf_form_question (zf_form_model_form (self->model), address);
  g_autofree char *row = question != NULL && question->repeat != NULL ? g_strndup (address, (gsize) (strrchr (address, '.') - address)) : NULL;

  if (question == NULL)
    return;
  zf_form_page_go (self, question->page);
  if (row != NULL)
    zf_form_page_open_row (self, row);
}

static guint
n_doubts (ZfFormPage *self)
{
  g_autoptr (GPtrArray) names = zf_answers_doubts (zf_form_model_answers (self->model));

  return names->len;
}

/* Unlikely answers, on the last screen: each right with a reason, or changed. */
void
zf_form_page_show_doubts (ZfFormPage *self)
{
  gboolean show = self->row == NULL && zf_form_page_is_last (self);
  g_autoptr (GPtrArray) names = show ? zf_answers_doubts (zf_form_model_answers (self->model)) : NULL;

  zf_clear_box (GTK_WIDGET (self->doubts));
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      GtkWidget *view = zf_doubt_view_new (self->model, names->pdata[i]);

      g_signal_connect_object (view, "change", G_CALLBACK (on_change_answer), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (view, "done", G_CALLBACK (zf_form_page_show_doubts), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->doubts, view);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->doubts), names != NULL && names->len > 0);
}

void
zf_form_page_flush_reasons (ZfFormPage *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->doubts)); child != NULL; child = gtk_widget_get_next_sibling (child))
    zf_doubt_view_flush (ZF_DOUBT_VIEW (child));
  zf_reason_view_flush (self->reasons);
}

/* What is wrong there is told there. */
static void
on_problem (ZfRow *row, ZfFormPage *self)
{
  g_autofree char *address = g_strdup (g_object_get_data (G_OBJECT (row), "zf-address"));

  on_change_answer (self, address);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    zf_form_page_check (self);
}

/* (transfer full): the question, and of which row of a repeat. */
static char *
problem_title (ZfFormPage *self, const ZfQuestion *question, const char *address)
{
  const char *words_asked = zf_row_text (question->row, "label", zf_form_page_lang (self));
  g_autofree char *label = zf_answers_fill (zf_form_model_answers (self->model), address, words_asked != NULL ? words_asked : question->name);
  g_autofree char *row = question->repeat != NULL ? g_strndup (address, (gsize) (strrchr (address, '.') - address)) : NULL;
  g_autofree char *repeat = row != NULL ? zf_address_repeat (row) : NULL;
  JsonObject *words = repeat != NULL ? zf_form_repeat_row (zf_form_model_form (self->model), zf_address_name (repeat)) : NULL;
  g_autofree char *of = words != NULL ? zf_answers_fill (zf_form_model_answers (self->model), row, zf_row_text (words, "label", zf_form_page_lang (self))) : NULL;

  if (of == NULL)
    return g_steal_pointer (&label);
  return g_strdup_printf ("%s\u00a0%u · %s", of, zf_repeat_view_row_number (self->model, row), label);
}

/* What still has to be answered, on the last screen, each one a way to its question. */
void
zf_form_page_show_problems (ZfFormPage *self, gboolean show)
{
  ZfAnswers *answers = zf_form_model_answers (self->model);
  g_autoptr (GPtrArray) names = show ? zf_answers_problems (answers) : NULL;
  guint shown = 0;

  zf_section_clear (self->problems);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const ZfQuestion *question = zf_form_question (zf_form_model_form (self->model), g_ptr_array_index (names, i));
      g_autofree char *problem = zf_answers_problem (answers, g_ptr_array_index (names, i), zf_form_page_lang (self));
      g_autofree char *title = problem_title (self, question, names->pdata[i]);
      GtkWidget *row = NULL;

      if (question->page == self->at && question->repeat == NULL)
        continue;
      row = zf_row_new (title, problem);
      g_object_set_data_full (G_OBJECT (row), "zf-address", g_strdup (names->pdata[i]), g_free);
      g_signal_connect (row, "activated", G_CALLBACK (on_problem), self);
      zf_section_append (self->problems, row);
      shown++;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->problems), shown > 0);
}

static const char *
reason_words (ZfFormPage *self)
{
  if (zf_form_model_corrects (self->model))
    return _("Why is it corrected?");
  return zf_form_model_wants_reason (self->model) ? _("Why is it changed?") : _("Why is it changed? This may stay empty.");
}

void
zf_form_page_show_correct (ZfFormPage *self)
{
  gboolean shown = self->row == NULL && zf_form_page_is_last (self) && zf_form_model_takes_reason (self->model);

  gtk_widget_set_visible (self->correct, shown);
  if (shown)
    gtk_label_set_text (self->asks_why, reason_words (self));
}

static void finish (ZfFormPage *self, gboolean force);

static void
on_force_answer (gboolean yes, gpointer data)
{
  g_autoptr (ZfFormPage) self = data;

  if (yes && self->model != NULL)
    finish (self, TRUE);
}

static void
ask_force (ZfFormPage *self, GStrv changed)
{
  ZfForm *form = zf_form_model_form (self->model);
  g_autoptr (GString) labels = g_string_new (NULL);

  for (guint i = 0; changed != NULL && changed[i] != NULL; i++)
    {
      const ZfQuestion *question = zf_form_question (form, changed[i]);
      const char *label = question != NULL && question->field != NULL ? zf_row_text (question->field->plain, "label", zf_form_page_lang (self)) : NULL;

      g_string_append_printf (labels, "%s%s", i > 0 ? " · " : "", label != NULL ? label : changed[i]);
    }
  zf_dialogs_ask (GTK_WIDGET (self), _("Something was written elsewhere since this form was opened."), labels->str,
                  _("Finish with these answers"), on_force_answer, g_object_ref (self));
}

static const char *
failure_sentence (const GError *error)
{
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return _("The storage is full. Nothing was saved; the draft stays.");
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_BUSY))
    return _("The store is busy. Try once more.");
  return _("This could not be saved. The answers stay as they are.");
}

static void
finish (ZfFormPage *self, gboolean force)
{
  g_auto (GStrv) changed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_model_finish (self->model, force, &changed, &error);

  if (id != NULL)
    {
      g_signal_emit (self, zf_form_page_signals[ZF_FORM_PAGE_FINISHED], 0, id);
      return;
    }
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_CONFLICT) && !force)
    {
      ask_force (self, changed);
      return;
    }
  g_warning ("A form could not be finished: %s", error->message);
  zf_dialogs_tell (GTK_WIDGET (self), failure_sentence (error), error->message);
}

void
zf_form_page_finish (ZfFormPage *self)
{
  g_autoptr (GPtrArray) names = NULL;

  if (zf_form_model_awaits (self->model))
    {
      zf_page_toast (GTK_WIDGET (self), _("A photo or a recording is not stored yet. Stop the recording or wait a moment, then tap once more."));
      return;
    }
  zf_form_page_flush (self);
  names = zf_answers_problems (zf_form_model_answers (self->model));
  zf_form_page_show_problems (self, TRUE);
  zf_form_page_show_doubts (self);
  zf_form_page_show_correct (self);
  if (names->len == 0 && n_doubts (self) == 0 && (zf_form_model_why (self->model) != NULL || !zf_form_model_wants_reason (self->model)))
    finish (self, FALSE);
  else
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}
