/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-model-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-fmt.h"
#include "zf-json.h"

/* What stood there before: what was filled in and nobody asked yet, what was changed since. */

/* An answer that still equals what it was filled in with counts as carried over, unless the draft says that somebody asked. */
void
zf_form_model_find_carried (ZfFormModel *self)
{
  GList *names = json_object_get_members (self->seen);
  JsonNode *kept = zf_answers_get (self->answers, ZF_CARRIED);
  g_auto (GStrv) noted = kept != NULL ? g_strsplit (json_node_get_string (kept), " ", -1) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *entry = zf_json_get_object (self->seen, l->data);
      JsonNode *value = entry != NULL ? json_object_get_member (entry, "value") : NULL;

      if (value == NULL || JSON_NODE_HOLDS_NULL (value) || !zf_json_equal (value, zf_answers_get (self->answers, l->data)))
        continue;
      if (!self->noted || (noted != NULL && g_strv_contains ((const char *const *) noted, l->data)))
        g_hash_table_add (self->carried, g_strdup (l->data));
    }
  g_list_free (names);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): the answer that says what nobody asked about. */
static JsonNode *
carried_note (ZfFormModel *self)
{
  guint n = 0;
  g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array (self->carried, &n);
  g_autofree char *text = NULL;

  qsort (names, n, sizeof *names, compare_names);
  text = g_strjoinv (" ", (char **) names);
  return zf_json_string (n > 0 ? text : ZF_CARRIED_NONE);
}

/* In the draft too, so that what was asked stays asked. */
void
zf_form_model_note_carried (ZfFormModel *self)
{
  g_autoptr (JsonNode) note = NULL;

  if (!self->noted || json_object_get_size (self->seen) == 0)
    return;
  note = carried_note (self);
  if (zf_json_equal (note, zf_answers_get (self->answers, ZF_CARRIED)))
    return;
  if (zf_answers_set (self->answers, ZF_CARRIED, note, NULL))
    zf_form_model_store (self, ZF_CARRIED);
}

void
zf_form_model_confirm (ZfFormModel *self, const char *name)
{
  g_return_if_fail (ZF_IS_FORM_MODEL (self));
  /* Paging through a finished record asks nobody anything. */
  if (!self->draft || !g_hash_table_remove (self->carried, name))
    return;
  zf_form_model_note_carried (self);
  g_signal_emit (self, zf_form_model_signals[ZF_FORM_MODEL_ANSWERED], 0, name);
}

gboolean
zf_form_model_carried (ZfFormModel *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return g_hash_table_contains (self->carried, name);
}

/* A repeat knows its rows' kind only as far as it asks; what is sensitive the kind itself says. */
gboolean
zf_form_model_sensitive (ZfFormModel *self, const ZfQuestion *question)
{
  const ZfKind *kind = NULL;
  const ZfField *field = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && question != NULL, FALSE);
  kind = question->field != NULL ? zf_session_kind (self->session, zf_kind_name (question->kind)) : NULL;
  field = kind != NULL ? zf_kind_field (kind, question->name) : NULL;
  return question->field != NULL && (question->field->sensitive || (field != NULL && field->sensitive));
}

/* (transfer full): what is kept elsewhere, by what names it there. */
static char *
other_words (ZfFormModel *self, const ZfField *field, JsonNode *value)
{
  const char *id = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
  g_autoptr (ZfRecord) record = field->type == ZF_FIELD_REF && id != NULL ? zf_reader_get (zf_session_reader (self->session), id, NULL) : NULL;
  const char *name = record != NULL ? zf_record_title_field (record) : NULL;
  const ZfField *label = name != NULL ? zf_kind_field (record->kind, name) : NULL;

  if (label == NULL || label->sensitive)
    return g_strdup (_("Recorded"));
  return zf_record_display (record, name, zf_session_lang (self->session));
}

char *
zf_form_model_words (ZfFormModel *self, const ZfQuestion *question, JsonNode *value)
{
  gboolean other = question->field != NULL && (question->field->type == ZF_FIELD_REF || question->field->type == ZF_FIELD_MEDIA);
  g_autofree char *words = other ? other_words (self, question->field, value)
                                 : zf_value_display (question->kind, question->field, value, zf_session_lang (self->session));

  return zf_form_model_sensitive (self, question) ? zf_fmt_masked (words) : g_steal_pointer (&words);
}

JsonNode *
zf_form_model_shown (ZfFormModel *self, const char *name)
{
  JsonObject *entry = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && name != NULL, NULL);
  entry = zf_json_get_object (self->seen, name);
  return entry != NULL ? json_object_get_member (entry, "value") : NULL;
}

char *
zf_form_model_before (ZfFormModel *self, const char *name)
{
  const ZfQuestion *question = zf_form_question (self->form, name);
  JsonNode *before = zf_form_model_shown (self, name);

  if (question == NULL || question->field == NULL)
    return NULL;
  if (before == NULL || JSON_NODE_HOLDS_NULL (before) || zf_json_equal (before, zf_answers_get (self->answers, name)))
    return NULL;
  return zf_form_model_words (self, question, before);
}

guint
zf_form_model_page_carried (ZfFormModel *self, guint page)
{
  guint n = 0;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), 0);
  for (guint i = 0; self->draft && i < zf_form_n_questions (self->form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (self->form, i);

      if (question->page == page && !question->more && !question->hidden
          && g_hash_table_contains (self->carried, question->name)
          && zf_answers_relevant (self->answers, question->name))
        n++;
    }
  return n;
}

gboolean
zf_form_model_page_changed (ZfFormModel *self, guint page)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  for (guint i = 0; i < zf_form_n_questions (self->form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (self->form, i);
      g_autofree char *before = question->page == page && !question->hidden ? zf_form_model_before (self, question->name) : NULL;

      if (before != NULL && *before != '\0')
        return TRUE;
    }
  return FALSE;
}
