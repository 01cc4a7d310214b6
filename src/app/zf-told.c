/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-told.h"

#include <glib/gi18n.h>

#include "zf-json.h"

void
zf_told_free (ZfTold *told)
{
  g_free (told->heading);
  g_free (told->text);
  g_free (told);
}

static gboolean
is_told (ZfFormModel *model, const ZfQuestion *question)
{
  return question->field != NULL && question->repeat == NULL && !question->hidden && g_str_equal (zf_json_get_string (question->row, "told", ""), "yes")
         && !zf_form_model_carried (model, question->name) && zf_answers_relevant (zf_form_model_answers (model), question->name);
}

/* (transfer full) (nullable): "住房 是". */
static char *
tell (ZfFormModel *model, const ZfQuestion *question)
{
  const char *lang = zf_session_lang (zf_form_model_session (model));
  JsonNode *value = zf_answers_get (zf_form_model_answers (model), question->name);
  g_autofree char *label = zf_answers_fill (zf_form_model_answers (model), question->name, zf_row_text (question->row, "label", lang));
  g_autofree char *words = NULL;

  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return NULL;
  words = zf_value_display (question->kind, question->field, value, lang);
  if (words == NULL || *words == '\0')
    return NULL;
  return g_strdup_printf ("%s\u00a0%s", label != NULL ? label : question->name, words);
}

static char *
tell_page (ZfFormModel *model, guint page)
{
  ZfForm *form = zf_form_model_form (model);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      g_autofree char *part = question->page == page && is_told (model, question) ? tell (model, question) : NULL;

      if (part == NULL)
        continue;
      /* Translators: between two answers in a sentence */
      g_string_append_printf (text, "%s%s", text->len > 0 ? _(", ") : "", part);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

GPtrArray *
zf_told_lines (ZfFormModel *model)
{
  ZfForm *form = zf_form_model_form (model);
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_told_free);

  for (guint page = 0; page < zf_form_n_pages (form); page++)
    {
      g_autofree char *text = tell_page (model, page);
      JsonObject *row = zf_form_page_row (form, page);
      const char *heading = row != NULL ? zf_row_text (row, "label", zf_session_lang (zf_form_model_session (model))) : NULL;
      ZfTold *told = NULL;

      if (text == NULL)
        continue;
      told = g_new0 (ZfTold, 1);
      told->heading = zf_answers_fill (zf_form_model_answers (model), NULL, heading);
      told->text = g_steal_pointer (&text);
      g_ptr_array_add (lines, told);
    }
  return lines;
}
