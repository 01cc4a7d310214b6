/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-model-private.h"

#include "zf-draft.h"

/* Opening: a new draft with what is known filled in, one that was begun, a finished record. */

/* What was begun or written with a form opens with it; the present one stands in for a version that nobody has any more. */
static void
use_version (ZfFormModel *self, const char *kind, const char *version)
{
  ZfForm *form = zf_session_form_version (self->session, kind, version, NULL);

  if (form != NULL)
    g_set_object (&self->form, form);
}

static void
take_made (ZfFormModel *self, const ZfDraft *draft)
{
  for (guint i = 0; draft->made != NULL && i < draft->made->len; i++)
    g_ptr_array_add (self->made, g_strdup (g_ptr_array_index (draft->made, i)));
}

static void
take_draft (ZfFormModel *self, ZfDraft *draft)
{
  g_autofree char *today = zf_session_today (self->session);

  use_version (self, draft->kind, draft->form_version);
  self->draft = TRUE;
  self->id = g_strdup (draft->id);
  self->parent = g_strdup (draft->parent);
  self->saved_ms = draft->updated_ms;
  self->place = g_strdup (draft->place);
  take_made (self, draft);
  self->answers = zf_answers_new (self->form, draft->answers, today);
  self->seen = json_object_ref (draft->seen);
  self->noted = zf_form_question (self->form, ZF_CARRIED) != NULL && json_object_has_member (draft->answers, ZF_CARRIED);
  zf_form_model_find_carried (self);
  self->noted = zf_form_question (self->form, ZF_CARRIED) != NULL;
  zf_form_model_note_carried (self);
}

static ZfFormModel *
new_for_kind (ZfSession *session, const char *kind, GError **error)
{
  ZfForm *form = zf_session_form (session, kind, error);
  ZfFormModel *self = NULL;

  if (form == NULL)
    return NULL;
  self = g_object_new (ZF_TYPE_FORM_MODEL, NULL);
  self->session = g_object_ref (session);
  self->form = g_object_ref (form);
  zf_session_hold_forms (session);
  return self;
}

static gboolean
has_draft (ZfSession *session, const char *kind, const char *parent)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (zf_session_reader (session), parent, NULL);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    {
      const ZfDraft *draft = g_ptr_array_index (drafts, i);

      if (g_str_equal (draft->kind, kind) && g_strcmp0 (draft->parent, parent) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A date planned last time that is over (such as the next visit) is no answer of today: it is left out and asked anew. */
static void
drop_passed_dates (ZfFormModel *self, JsonObject *answers, JsonObject *seen, const char *today)
{
  g_autoptr (ZfAnswers) filled = zf_answers_new (self->form, answers, today);
  const char *lang = zf_session_lang (self->session);

  for (guint i = 0; i < zf_form_n_questions (self->form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (self->form, i);
      g_autofree char *problem = NULL;

      if (question->field == NULL || question->field->type != ZF_FIELD_DATE || !json_object_has_member (seen, question->name))
        continue;
      problem = zf_answers_problem (filled, question->name, lang);
      if (problem != NULL && json_object_has_member (answers, question->name))
        json_object_remove_member (answers, question->name);
    }
}

ZfFormModel *
zf_form_model_start (ZfSession *session, const char *kind, const char *parent, GError **error)
{
  g_autoptr (ZfFormModel) self = NULL;
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (JsonObject) seen = NULL;
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *today = NULL;
  ZfFormModel *left = NULL;

  g_return_val_if_fail (ZF_IS_SESSION (session) && kind != NULL, NULL);

  self = new_for_kind (session, kind, error);
  if (self == NULL)
    return NULL;
  self->was_open = has_draft (session, kind, parent);
  today = zf_session_today (session);
  zf_form_prefill (self->form, zf_session_reader (session), parent, today, zf_session_now_ms (session), &answers, &seen);
  drop_passed_dates (self, answers, seen, today);
  draft = zf_draft_start (zf_session_store (session), kind, parent, zf_kind_version (zf_form_kind (self->form)),
                          zf_session_by (session), answers, seen, error);
  if (draft == NULL)
    return NULL;
  left = zf_form_model_waiting (session, draft->id);
  if (left != NULL)
    return left;
  take_draft (self, draft);
  zf_session_touch (session);
  return g_steal_pointer (&self);
}

static gboolean
set_if_asked (ZfFormModel *self, const char *name, const char *text, GError **error)
{
  const ZfQuestion *question = name != NULL ? zf_form_question (self->form, name) : NULL;

  return question == NULL || question->field == NULL || zf_form_model_set_text (self, name, text, error);
}

ZfFormModel *
zf_form_model_start_later (ZfSession *session, const char *kind, const char *parent, const char *day, GError **error)
{
  g_autoptr (ZfFormModel) self = zf_form_model_start (session, kind, parent, error);

  if (self == NULL || self->was_open)
    return g_steal_pointer (&self);
  if (!set_if_asked (self, zf_kind_date_field (zf_form_kind (self->form)), day, error) || !set_if_asked (self, ZF_ENTERED_LATER, "yes", error))
    return NULL;
  return g_steal_pointer (&self);
}

/* What nobody asked about when the record was written is still told apart. */
static void
take_edit (ZfFormModel *self, ZfFormEdit *edit)
{
  self->edit = edit;
  self->id = g_strdup (edit->record->id);
  self->parent = g_strdup (edit->record->parent);
  self->answers = g_object_ref (edit->answers);
  self->seen = json_object_ref (edit->seen);
  self->noted = zf_answers_get (self->answers, ZF_CARRIED) != NULL;
  self->was_open = edit->draft != NULL;
  if (self->noted)
    zf_form_model_find_carried (self);
}

/* With the form that the record, or the change of it that was begun, is written in. */
static ZfFormModel *
edit_record (ZfSession *session, const ZfRecord *record, const ZfDraft *draft, GError **error)
{
  g_autoptr (ZfFormModel) self = new_for_kind (session, record->kind_name, error);
  g_autofree char *today = zf_session_today (session);
  gint64 now = zf_session_now_ms (session);
  ZfReader *reader = zf_session_reader (session);
  ZfFormEdit *edit = NULL;

  if (self == NULL)
    return NULL;
  use_version (self, record->kind_name, draft != NULL ? draft->form_version : zf_record_get_string (record, ZF_FORM_VERSION, NULL));
  edit = draft != NULL ? zf_form_edit_again (self->form, reader, draft, today, now, error) : zf_form_edit_open (self->form, reader, record->id, today, now, error);
  if (edit == NULL)
    return NULL;
  take_edit (self, edit);
  if (draft != NULL)
    {
      self->saved_ms = draft->updated_ms;
      self->place = g_strdup (draft->place);
      take_made (self, draft);
    }
  return g_steal_pointer (&self);
}

ZfFormModel *
zf_form_model_edit (ZfSession *session, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (ZfDraft) draft = NULL;
  ZfFormModel *left = NULL;

  g_return_val_if_fail (ZF_IS_SESSION (session) && id != NULL, NULL);

  left = zf_form_model_waiting (session, id);
  if (left != NULL)
    return left;
  record = zf_reader_get (zf_session_reader (session), id, error);
  if (record == NULL || !zf_draft_of (zf_session_reader (session), record->kind_name, id, &draft, error))
    return NULL;
  return edit_record (session, record, draft, error);
}

ZfFormModel *
zf_form_model_scratch (ZfSession *session, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = NULL;
  ZfFormModel *self = NULL;

  g_return_val_if_fail (ZF_IS_SESSION (session) && id != NULL, NULL);

  record = zf_reader_get (zf_session_reader (session), id, error);
  self = record != NULL ? edit_record (session, record, NULL, error) : NULL;
  if (self != NULL)
    self->scratch = TRUE;
  return self;
}
