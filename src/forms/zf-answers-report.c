/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-json.h"

/* A form without a screen: all that a screen would show of these answers. */

static void
tell_sentences (JsonObject *out, const char *member, ZfAnswers *answers, GPtrArray *names, char *(*tell) (ZfAnswers *, const char *, const char *),
                const char *lang)
{
  JsonObject *sentences = json_object_new ();
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *sentence = tell (answers, names->pdata[i], lang);
      json_object_set_string_member (sentences, names->pdata[i], sentence);
    }
  json_object_set_object_member (out, member, sentences);
}

/* Of questions outside repeats: whether they are asked, and which choices they offer when a filter decides. */
static void
tell_questions (JsonObject *out, ZfAnswers *answers)
{
  ZfForm *form = zf_answers_form (answers);
  JsonArray *asked = json_array_new ();
  JsonObject *choices = json_object_new ();
  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      if (question->repeat != NULL || question->hidden || !zf_answers_relevant (answers, question->name))
        continue;
      json_array_add_string_element (asked, question->name);
      if (zf_form_item (form, i)->choice_filter == NULL)
        continue;
      JsonArray *offered = json_array_new ();
      GPtrArray *list = zf_kind_choices (question->kind, question->field->list_name);
      for (guint c = 0; list != NULL && c < list->len; c++)
        if (zf_answers_choice_visible (answers, question->name, list->pdata[c]))
          json_array_add_string_element (offered, ((const ZfChoice *) list->pdata[c])->name);
      json_object_set_array_member (choices, question->name, offered);
    }
  json_object_set_array_member (out, "asked", asked);
  json_object_set_object_member (out, "choices", choices);
}

JsonObject *
zf_answers_report (ZfAnswers *self, const char *lang)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (self), NULL);
  g_autoptr (GPtrArray) problems = zf_answers_problems (self);
  g_autoptr (GPtrArray) doubts = zf_answers_doubts (self);
  JsonObject *out = json_object_new ();
  json_object_set_object_member (out, "values", zf_answers_values (self));
  tell_questions (out, self);
  tell_sentences (out, "problems", self, problems, zf_answers_problem, lang);
  tell_sentences (out, "doubts", self, doubts, zf_answers_doubt, lang);
  return out;
}
