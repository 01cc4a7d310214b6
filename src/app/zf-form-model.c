/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-model.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-draft.h"
#include "zf-error.h"
#include "zf-fmt.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-photo.h"
#include "zf-photos.h"

struct _ZfFormModel
{
  GObject parent_instance;

  ZfSession *session;
  ZfForm *form;
  ZfAnswers *answers;
  char *id;
  char *parent;
  JsonObject *seen;      /* what was shown, as a draft has it */
  ZfFormEdit *edit;      /* (nullable) of a finished record; its answers are these */
  gboolean scratch;      /* nothing of it is kept */
  GHashTable *carried;   /* addresses of answers from last time that nobody asked yet */
  gboolean noted;        /* the form has a place that says which these are */
  gboolean draft;
  gboolean was_open;
  char *place;           /* "PAGE" or "PAGE ROW": where the person was */
  GPtrArray *made;       /* (element-type utf8): photos that were made for this draft */
  guint saving;          /* answers on their way to the disk */
  gint64 saved_ms;
  char *failure;
};

enum
{
  ANSWERED,
  SAVED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfFormModel, zf_form_model, G_TYPE_OBJECT)

static void
zf_form_model_finalize (GObject *object)
{
  ZfFormModel *self = ZF_FORM_MODEL (object);

  g_clear_object (&self->answers);
  g_clear_object (&self->form);
  if (self->session != NULL)
    zf_session_release_forms (self->session);
  g_clear_object (&self->session);
  g_clear_pointer (&self->seen, json_object_unref);
  g_clear_pointer (&self->edit, zf_form_edit_free);
  g_clear_pointer (&self->carried, g_hash_table_unref);
  g_free (self->id);
  g_free (self->parent);
  g_free (self->failure);
  g_free (self->place);
  g_ptr_array_unref (self->made);
  G_OBJECT_CLASS (zf_form_model_parent_class)->finalize (object);
}

static void
zf_form_model_class_init (ZfFormModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_form_model_finalize;
  signals[ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
zf_form_model_init (ZfFormModel *self)
{
  self->carried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->made = g_ptr_array_new_with_free_func (g_free);
}

/* An answer that still equals what it was filled in with counts as carried over, unless the draft says that somebody asked. */
static void
find_carried (ZfFormModel *self)
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

static void store (ZfFormModel *self, const char *address);

/* In the draft too, so that what was asked stays asked. */
static void
note_carried (ZfFormModel *self)
{
  g_autoptr (JsonNode) note = NULL;

  if (!self->noted || json_object_get_size (self->seen) == 0)
    return;
  note = carried_note (self);
  if (zf_json_equal (note, zf_answers_get (self->answers, ZF_CARRIED)))
    return;
  if (zf_answers_set (self->answers, ZF_CARRIED, note, NULL))
    store (self, ZF_CARRIED);
}

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
  find_carried (self);
  self->noted = zf_form_question (self->form, ZF_CARRIED) != NULL;
  note_carried (self);
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

gboolean
zf_form_model_entered_later (ZfFormModel *self)
{
  JsonNode *answer = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  answer = zf_answers_get (self->answers, ZF_ENTERED_LATER);
  return answer != NULL && JSON_NODE_HOLDS_VALUE (answer) && g_strcmp0 (json_node_get_string (answer), "yes") == 0;
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
    find_carried (self);
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

  g_return_val_if_fail (ZF_IS_SESSION (session) && id != NULL, NULL);

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

ZfSession *
zf_form_model_session (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->session;
}

ZfForm *
zf_form_model_form (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->form;
}

ZfAnswers *
zf_form_model_answers (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->answers;
}

const ZfKind *
zf_form_model_kind (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return zf_form_kind (self->form);
}

const char *
zf_form_model_parent (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->parent;
}

const char *
zf_form_model_id (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->id;
}

gboolean
zf_form_model_is_draft (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->draft;
}

const char *
zf_form_model_draft (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->draft ? self->id : self->edit != NULL ? self->edit->draft : NULL;
}

gboolean
zf_form_model_corrects (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->edit != NULL && zf_form_edit_corrects (self->edit);
}

gboolean
zf_form_model_differs (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->edit != NULL && zf_form_edit_differs (self->edit);
}

gboolean
zf_form_model_takes_reason (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->edit != NULL && zf_form_edit_takes_reason (self->edit, zf_session_kinds (self->session));
}

gboolean
zf_form_model_wants_reason (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->edit != NULL && zf_form_edit_wants_reason (self->edit, zf_session_kinds (self->session));
}

const char *
zf_form_model_why (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->edit != NULL ? self->edit->why : NULL;
}

gboolean
zf_form_model_was_open (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->was_open;
}

void
zf_form_model_set_place (ZfFormModel *self, guint page, const char *row)
{
  g_autofree char *place = g_strdup_printf ("%u%s%s", page, row != NULL ? " " : "", row != NULL ? row : "");

  g_return_if_fail (ZF_IS_FORM_MODEL (self));
  if (g_strcmp0 (place, self->place) == 0)
    return;
  if (zf_form_model_draft (self) != NULL)
    zf_draft_set_place (zf_session_store (self->session), zf_form_model_draft (self), place);
  g_free (self->place);
  self->place = g_steal_pointer (&place);
}

gboolean
zf_form_model_place (ZfFormModel *self, guint *page, char **row)
{
  char *end = NULL;
  guint64 number;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  *row = NULL;
  if (!self->was_open || self->place == NULL)
    return FALSE;
  number = g_ascii_strtoull (self->place, &end, 10);
  if (end == self->place || number >= zf_form_n_pages (self->form))
    return FALSE;
  *page = (guint) number;
  if (*end == ' ')
    {
      g_autoptr (JsonObject) values = zf_answers_row_values (self->answers, end + 1);

      *row = values != NULL ? g_strdup (end + 1) : NULL;
    }
  return TRUE;
}

/* Keeping answers */

static void
note_stored (ZfFormModel *self, const GError *error)
{
  if (error == NULL)
    {
      self->saved_ms = zf_session_now_ms (self->session);
      g_clear_pointer (&self->failure, g_free);
      return;
    }
  g_warning ("An answer was not stored: %s", error->message);
  g_free (self->failure);
  self->failure = g_strdup (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL) ? _("The storage is nearly full: the last answer was not saved.")
                                                                             : _("The last answer was not saved. Answer it once more."));
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfFormModel) self = data;
  g_autoptr (GError) error = NULL;

  g_assert (self->saving > 0);
  self->saving--;
  zf_draft_set_finish (ZF_STORE (source), result, &error);
  note_stored (self, error);
  g_signal_emit (self, signals[SAVED], 0);
}

/* Looking at a record makes no draft: the first answer does, with all that was answered until then. */
static void
begin_edit (ZfFormModel *self)
{
  g_autoptr (GError) error = NULL;
  gboolean kept = zf_form_edit_keep (self->edit, zf_session_store (self->session), zf_session_by (self->session), &error);

  if (kept && self->place != NULL)
    zf_draft_set_place (zf_session_store (self->session), self->edit->draft, self->place);
  note_stored (self, error);
  g_signal_emit (self, signals[SAVED], 0);
}

static void
store_value (ZfFormModel *self, const char *field, JsonNode *value)
{
  if (self->edit != NULL && self->edit->draft == NULL)
    {
      begin_edit (self);
      return;
    }
  self->saving++;
  zf_draft_set_async (zf_session_store (self->session), zf_form_model_draft (self), field, value, on_stored, g_object_ref (self));
  g_signal_emit (self, signals[SAVED], 0);
}

/* Into the draft, at once: the answer, or all rows of the repeat that holds it. */
static void
store (ZfFormModel *self, const char *address)
{
  g_autofree char *field = NULL;
  g_autoptr (JsonNode) value = NULL;

  if (self->scratch)
    return;
  value = zf_answers_kept (self->answers, address, &field);
  store_value (self, field, value);
}

void
zf_form_model_set_why (ZfFormModel *self, const char *why)
{
  g_autoptr (JsonNode) value = NULL;

  g_return_if_fail (ZF_IS_FORM_MODEL (self) && self->edit != NULL && why != NULL);
  g_free (self->edit->why);
  self->edit->why = g_strdup (why);
  value = zf_json_string (why);
  store_value (self, ZF_EDIT_WHY, value);
}

/* The answer said which records other answers go to: what stands there is shown, and kept at once. */
static void
follow_key (ZfFormModel *self, const char *address)
{
  g_autoptr (GPtrArray) laid = NULL;
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (GError) error = NULL;

  if (self->draft)
    laid = zf_form_follow_key (self->answers, zf_session_reader (self->session), self->parent, address, self->seen);
  if (laid == NULL)
    return;
  for (guint i = 0; i < laid->len; i++)
    if (zf_answers_get (self->answers, laid->pdata[i]) != NULL)
      g_hash_table_add (self->carried, g_strdup (laid->pdata[i]));
    else
      g_hash_table_remove (self->carried, laid->pdata[i]);
  note_carried (self);
  answers = zf_answers_values (self->answers);
  if (!zf_draft_lay (zf_session_store (self->session), self->id, answers, self->seen, &error))
    g_warning ("What stands in other records was not kept in the draft: %s", error->message);
}

static void
keep (ZfFormModel *self, const char *address)
{
  store (self, address);
  if (g_hash_table_remove (self->carried, address))
    note_carried (self);
  follow_key (self, address);
  g_signal_emit (self, signals[ANSWERED], 0, address);
}

char *
zf_form_model_add_row (ZfFormModel *self, const char *repeat, GError **error)
{
  g_autofree char *id = NULL;
  char *row = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && repeat != NULL, NULL);

  id = zf_id_new (zf_store_clock (zf_session_store (self->session)), zf_store_random (zf_session_store (self->session)));
  row = zf_answers_add_row (self->answers, repeat, id, error);
  if (row != NULL)
    store (self, row);
  return row;
}

gboolean
zf_form_model_put_back (ZfFormModel *self, const char *repeat, JsonObject *values, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && repeat != NULL && values != NULL, FALSE);
  if (!zf_answers_put_back (self->answers, repeat, values, error))
    return FALSE;
  store (self, repeat);
  return TRUE;
}

gboolean
zf_form_model_remove_row (ZfFormModel *self, const char *row, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && row != NULL, FALSE);
  if (!zf_answers_remove_row (self->answers, row, error))
    return FALSE;
  store (self, row);
  return TRUE;
}

gboolean
zf_form_model_set (ZfFormModel *self, const char *name, JsonNode *value, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  if (!zf_answers_set (self->answers, name, value, error))
    return FALSE;
  keep (self, name);
  return TRUE;
}

gboolean
zf_form_model_set_text (ZfFormModel *self, const char *name, const char *text, GError **error)
{
  g_autofree char *before = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  before = zf_answers_text (self->answers, name);
  if (g_strcmp0 (before, text) == 0)
    return TRUE;
  if (!zf_answers_set_text (self->answers, name, text, error))
    return FALSE;
  keep (self, name);
  return TRUE;
}

void
zf_form_model_confirm (ZfFormModel *self, const char *name)
{
  g_return_if_fail (ZF_IS_FORM_MODEL (self));
  /* Paging through a finished record asks nobody anything. */
  if (!self->draft || !g_hash_table_remove (self->carried, name))
    return;
  note_carried (self);
  g_signal_emit (self, signals[ANSWERED], 0, name);
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
  const char *name = record != NULL && record->kind != NULL ? zf_kind_label_field (record->kind) : NULL;
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

char *
zf_form_model_state (ZfFormModel *self)
{
  g_autofree char *clock = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  if (zf_form_model_draft (self) == NULL && self->failure == NULL)
    return g_strdup (zf_form_model_corrects (self) ? _("Correct: what was written stays beside it") : _("Changes count when you are done"));
  if (self->failure != NULL)
    return g_strdup (_("Not saved"));
  if (self->saving > 0)
    return g_strdup (_("Saving…"));
  clock = zf_fmt_time (self->saved_ms);
  /* Translators: the clock */
  return g_strdup_printf (self->draft ? _("Saved %s · on this tablet only") : _("Saved %s · counts when you are done"), clock);
}

gboolean
zf_form_model_failed (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->failure != NULL;
}

/* Photos */

gboolean
zf_form_model_has_made (ZfFormModel *self, const char *photo)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && photo != NULL, FALSE);
  return g_ptr_array_find_with_equal_func (self->made, photo, g_str_equal, NULL);
}

GPtrArray *
zf_form_model_made (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->made;
}

void
zf_form_model_add_made (ZfFormModel *self, const char *photo)
{
  g_return_if_fail (ZF_IS_FORM_MODEL (self) && photo != NULL);
  if (zf_form_model_draft (self) == NULL || zf_form_model_has_made (self, photo))
    return;
  g_ptr_array_add (self->made, g_strdup (photo));
  zf_draft_add_made (zf_session_store (self->session), zf_form_model_draft (self), photo);
}

/* The answers on the screen count besides those on the disk, which may have missed the last one. */
static void
take_unnamed_away (ZfFormModel *self)
{
  g_autoptr (JsonObject) values = zf_answers_values (self->answers);
  g_autofree char *text = zf_json_canonical_object (values);

  for (guint i = 0; i < self->made->len; i++)
    {
      const char *photo = g_ptr_array_index (self->made, i);
      g_autoptr (GError) error = NULL;

      if (strstr (text, photo) == NULL && !zf_photo_remove (zf_session_store (self->session), photo, zf_session_by (self->session), &error))
        g_warning ("A photo that no answer names was not taken away: %s", error->message);
    }
}

/* Finishing */

char *
zf_form_model_finish (ZfFormModel *self, gboolean force, char ***changed_since, GError **error)
{
  ZfReader *reader = NULL;
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *today = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);

  take_unnamed_away (self);
  if (!self->draft)
    return zf_form_edit_finish (self->edit, zf_session_store (self->session), self->edit->why, zf_session_by (self->session), force, changed_since, error);
  reader = zf_session_reader (self->session);
  today = zf_session_today (self->session);
  draft = zf_draft_get (reader, self->id, error);
  if (draft == NULL)
    return NULL;
  /* The answers on the screen rule: one may still be on its way to the disk. */
  json_object_unref (draft->answers);
  draft->answers = zf_answers_values (self->answers);
  return zf_form_finish (self->form, zf_session_store (self->session), draft, today, force, changed_since, error);
}

gboolean
zf_form_model_discard (ZfFormModel *self, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  if (zf_form_model_draft (self) == NULL)
    return TRUE;
  take_unnamed_away (self);
  if (!zf_draft_discard (zf_session_store (self->session), zf_form_model_draft (self), error) || !zf_photos_leave (self, error))
    return FALSE;
  if (self->edit != NULL)
    g_clear_pointer (&self->edit->draft, g_free);
  zf_session_touch (self->session);
  return TRUE;
}

void
zf_form_model_leave (ZfFormModel *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ZF_IS_FORM_MODEL (self));
  if (self->edit != NULL && !zf_form_edit_differs (self->edit) && !zf_form_model_discard (self, &error))
    g_warning ("A draft without changes was not thrown away: %s", error->message);
}

/* (nullable) (transfer full): id of a new draft with all that the old one held. */
static char *
draft_again (ZfFormModel *self, GError **error)
{
  ZfStore *to = zf_session_store (self->session);
  const ZfKind *kind = zf_form_kind (self->form);
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (ZfDraft) draft = NULL;

  if (self->edit != NULL)
    return zf_form_edit_keep (self->edit, to, zf_session_by (self->session), error) ? g_strdup (self->edit->draft) : NULL;
  answers = zf_answers_values (self->answers);
  draft = zf_draft_start (to, zf_kind_name (kind), self->parent, zf_kind_version (kind), zf_session_by (self->session), answers, self->seen, error);
  return draft != NULL ? g_strdup (draft->id) : NULL;
}

gboolean
zf_form_model_bring_back (ZfFormModel *self, GError **error)
{
  g_autofree char *draft = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);

  draft = draft_again (self, error);
  if (draft == NULL || !zf_photos_take_again (self, self->draft ? draft : self->id, error))
    return FALSE;
  for (guint i = 0; i < self->made->len; i++)
    zf_draft_add_made (zf_session_store (self->session), draft, g_ptr_array_index (self->made, i));
  if (self->place != NULL)
    zf_draft_set_place (zf_session_store (self->session), draft, self->place);
  zf_session_touch (self->session);
  return TRUE;
}
