/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-model-private.h"

#include <glib/gi18n.h>

#include "zf-draft.h"
#include "zf-error.h"
#include "zf-fmt.h"
#include "zf-id.h"
#include "zf-json.h"

/* Keeping: every answer is in the draft as soon as it is given, and the words that say so. */

/* A disk that is full has room again once somebody made it. */
#define AGAIN_S 5

static gboolean
on_again (gpointer data)
{
  ZfFormModel *self = data;

  self->again_id = 0;
  zf_form_model_store_all (self);
  return G_SOURCE_REMOVE;
}

static void
note_failed (ZfFormModel *self, const GError *error)
{
  if (self->over)
    return;
  g_warning ("An answer was not stored: %s", error->message);
  g_free (self->failure);
  self->failure = g_strdup (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL)
                                ? _("The storage is full: the last answer stands on the screen only. Make room, then it is saved by itself.")
                                : _("The last answer is not saved yet, it stands on the screen only. It is saved again by itself."));
  if (self->again_id == 0 && !g_error_matches (error, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    self->again_id = g_timeout_add_seconds (AGAIN_S, on_again, self);
}

/* One answer that arrives says nothing of another that did not: only all of them together end a failure. */
static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfFormModel) self = data;
  g_autoptr (GError) error = NULL;

  g_assert (self->saving > 0);
  self->saving--;
  if (zf_draft_set_finish (ZF_STORE (source), result, &error))
    self->saved_ms = zf_session_now_ms (self->session);
  else
    note_failed (self, error);
  g_signal_emit (self, zf_form_model_signals[ZF_FORM_MODEL_SAVED], 0);
}

static gboolean
lay_all (ZfFormModel *self, GError **error)
{
  ZfStore *to = zf_session_store (self->session);
  gboolean begins = zf_form_model_draft (self) == NULL;
  g_autoptr (JsonObject) answers = NULL;

  if (self->edit == NULL)
    {
      answers = zf_answers_all (self->answers);
      return zf_draft_lay (to, self->id, answers, self->seen, error);
    }
  if (!zf_form_edit_keep (self->edit, to, zf_session_by (self->session), error))
    return FALSE;
  if (begins && self->place != NULL)
    zf_draft_set_place (to, self->edit->draft, self->place);
  return TRUE;
}

void
zf_form_model_store_all (ZfFormModel *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->again_id, g_source_remove);
  if (lay_all (self, &error))
    {
      self->saved_ms = zf_session_now_ms (self->session);
      g_clear_pointer (&self->failure, g_free);
    }
  else
    note_failed (self, error);
  g_signal_emit (self, zf_form_model_signals[ZF_FORM_MODEL_SAVED], 0);
}

/* Looking at a record makes no draft: the first answer does, with all that was answered until then. */
static void
store_value (ZfFormModel *self, const char *field, JsonNode *value)
{
  if (self->failure != NULL || (self->edit != NULL && self->edit->draft == NULL))
    {
      zf_form_model_store_all (self);
      return;
    }
  self->saving++;
  zf_draft_set_async (zf_session_store (self->session), zf_form_model_draft (self), field, value, on_stored, g_object_ref (self));
  g_signal_emit (self, zf_form_model_signals[ZF_FORM_MODEL_SAVED], 0);
}

/* Into the draft, at once: the answer, or all rows of the repeat that holds it. */
void
zf_form_model_store (ZfFormModel *self, const char *address)
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
  self->edit->why = *why != '\0' ? g_strdup (why) : NULL;
  value = *why != '\0' ? zf_json_string (why) : json_node_new (JSON_NODE_NULL);
  store_value (self, ZF_EDIT_WHY, value);
}

/* The answer said which records other answers go to: what stands there is shown, and kept at once. */
static void
follow_key (ZfFormModel *self, const char *address)
{
  g_autoptr (GPtrArray) laid = NULL;

  if (self->draft)
    laid = zf_form_follow_key (self->answers, zf_session_reader (self->session), self->parent, address, self->seen);
  if (laid == NULL)
    return;
  for (guint i = 0; i < laid->len; i++)
    if (zf_answers_get (self->answers, laid->pdata[i]) != NULL)
      g_hash_table_add (self->carried, g_strdup (laid->pdata[i]));
    else
      g_hash_table_remove (self->carried, laid->pdata[i]);
  zf_form_model_note_carried (self);
  zf_form_model_store_all (self);
}

/* What the answer set along with itself is kept as well: it would not come out the same when the draft is opened again. */
static void
keep_along (ZfFormModel *self)
{
  g_auto (GStrv) fields = zf_answers_along (self->answers);

  for (guint i = 0; fields[i] != NULL; i++)
    zf_form_model_store (self, fields[i]);
}

static void
keep (ZfFormModel *self, const char *address)
{
  zf_form_model_store (self, address);
  keep_along (self);
  if (g_hash_table_remove (self->carried, address))
    zf_form_model_note_carried (self);
  follow_key (self, address);
  g_signal_emit (self, zf_form_model_signals[ZF_FORM_MODEL_ANSWERED], 0, address);
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
    zf_form_model_store (self, row);
  return row;
}

gboolean
zf_form_model_put_back (ZfFormModel *self, const char *repeat, JsonObject *values, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && repeat != NULL && values != NULL, FALSE);
  if (!zf_answers_put_back (self->answers, repeat, values, error))
    return FALSE;
  zf_form_model_store (self, repeat);
  return TRUE;
}

gboolean
zf_form_model_remove_row (ZfFormModel *self, const char *row, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && row != NULL, FALSE);
  if (!zf_answers_remove_row (self->answers, row, error))
    return FALSE;
  zf_form_model_store (self, row);
  return TRUE;
}

gboolean
zf_form_model_set (ZfFormModel *self, const char *name, JsonNode *value, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  zf_answers_set_now (self->answers, zf_session_now_ms (self->session));
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
  zf_answers_set_now (self->answers, zf_session_now_ms (self->session));
  if (!zf_answers_set_text (self->answers, name, text, error))
    return FALSE;
  keep (self, name);
  return TRUE;
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

/* Writes are done in the order in which they were asked for. */
gboolean
zf_form_model_keep (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  if (self->saving > 0 || self->failure != NULL)
    zf_form_model_store_all (self);
  return self->failure == NULL;
}

const char *
zf_form_model_failure (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);
  return self->failure;
}

gboolean
zf_form_model_is_saving (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->saving > 0;
}

/* (element-type ZfFormModel): those that await something, so that who leaves such a form and comes back finds the same one. */
static GPtrArray *
waiting (ZfSession *session)
{
  static const char KEY[] = "zf-forms-waiting";
  GPtrArray *models = g_object_get_data (G_OBJECT (session), KEY);

  if (models == NULL)
    {
      models = g_ptr_array_new ();
      g_object_set_data_full (G_OBJECT (session), KEY, models, (GDestroyNotify) g_ptr_array_unref);
    }
  return models;
}

void
zf_form_model_await (ZfFormModel *self)
{
  g_return_if_fail (ZF_IS_FORM_MODEL (self));
  if (self->awaited++ == 0)
    g_ptr_array_add (waiting (self->session), self);
}

void
zf_form_model_arrived (ZfFormModel *self)
{
  g_return_if_fail (ZF_IS_FORM_MODEL (self) && self->awaited > 0);
  if (--self->awaited == 0)
    g_ptr_array_remove (waiting (self->session), self);
}

ZfFormModel *
zf_form_model_waiting (ZfSession *session, const char *id)
{
  GPtrArray *models = waiting (session);

  for (guint i = 0; i < models->len; i++)
    {
      ZfFormModel *model = g_ptr_array_index (models, i);

      if (g_str_equal (model->id, id) && !model->over && !model->scratch)
        {
          model->was_open = TRUE;
          return g_object_ref (model);
        }
    }
  return NULL;
}

gboolean
zf_form_model_awaits (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->awaited > 0;
}
