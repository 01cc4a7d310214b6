/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-model-private.h"

#include "zf-draft.h"

guint zf_form_model_signals[ZF_FORM_MODEL_N_SIGNALS];

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
  g_clear_pointer (&self->finished, zf_draft_free);
  g_clear_pointer (&self->carried, g_hash_table_unref);
  g_free (self->id);
  g_free (self->parent);
  g_clear_handle_id (&self->again_id, g_source_remove);
  g_free (self->failure);
  g_free (self->place);
  g_ptr_array_unref (self->made);
  G_OBJECT_CLASS (zf_form_model_parent_class)->finalize (object);
}

static void
zf_form_model_class_init (ZfFormModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_form_model_finalize;
  zf_form_model_signals[ZF_FORM_MODEL_ANSWERED] =
    g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  zf_form_model_signals[ZF_FORM_MODEL_SAVED] =
    g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zf_form_model_init (ZfFormModel *self)
{
  self->carried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->made = g_ptr_array_new_with_free_func (g_free);
}

gboolean
zf_form_model_entered_later (ZfFormModel *self)
{
  JsonNode *answer = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  answer = zf_answers_get (self->answers, ZF_ENTERED_LATER);
  return answer != NULL && JSON_NODE_HOLDS_VALUE (answer) && g_strcmp0 (json_node_get_string (answer), "yes") == 0;
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
zf_form_model_was_overtaken (ZfFormModel *self)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  return self->edit != NULL && self->edit->overtaken->len > 0;
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
