/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-model-private.h"

#include <string.h>

#include "zf-draft.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-photos.h"

/* The end: the record, or the draft thrown away and brought back. */

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

/* (transfer container) (element-type utf8): of those that were made for the draft. The answers on the screen count besides those on the disk, which may have
 * missed the last one. */
static GPtrArray *
unnamed (ZfFormModel *self)
{
  g_autoptr (JsonObject) values = zf_answers_values (self->answers);
  g_autofree char *text = zf_json_canonical_object (values);
  GPtrArray *photos = g_ptr_array_new ();

  for (guint i = 0; i < self->made->len; i++)
    if (strstr (text, g_ptr_array_index (self->made, i)) == NULL)
      g_ptr_array_add (photos, g_ptr_array_index (self->made, i));
  return photos;
}

static void
take_unnamed_away (ZfFormModel *self, const GPtrArray *photos)
{
  for (guint i = 0; i < photos->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!zf_photo_remove (zf_session_store (self->session), g_ptr_array_index (photos, i), zf_session_by (self->session), &error))
        g_warning ("A photo that no answer names was not taken away: %s", error->message);
    }
}

/* An answer that is not asked any more is dropped, and only the draft has named its photo until then: whoever is killed behind that finds it noted. */
static void
sweep (ZfFormModel *self)
{
  g_autoptr (GError) error = NULL;

  if (!zf_photo_sweep (zf_session_store (self->session), zf_session_by (self->session), &error))
    g_warning ("A photo that no answer names was not taken away: %s", error->message);
}

static void
end (ZfFormModel *self)
{
  self->over = TRUE;
  g_clear_handle_id (&self->again_id, g_source_remove);
  g_clear_pointer (&self->failure, g_free);
}

/* (transfer full): the answers on the screen rule: one may still be on its way to the disk. */
static char *
finish_draft (ZfFormModel *self, gboolean force, char ***changed_since, GError **error)
{
  char *id = NULL;
  g_autofree char *today = zf_session_today (self->session);
  g_autoptr (ZfDraft) draft = zf_draft_get (zf_session_reader (self->session), self->id, error);

  if (draft == NULL)
    return NULL;
  json_object_unref (draft->answers);
  draft->answers = zf_answers_values (self->answers);
  id = zf_form_finish (self->form, zf_session_store (self->session), draft, today, force, changed_since, error);
  if (id != NULL)
    self->finished = g_steal_pointer (&draft);
  return id;
}

/* (transfer full) (nullable) */
static char *
finish (ZfFormModel *self, gboolean force, char ***changed_since, GError **error)
{
  if (self->draft)
    return finish_draft (self, force, changed_since, error);
  return zf_form_edit_finish (self->edit, zf_session_store (self->session), self->edit->why, zf_session_by (self->session), force, changed_since, error);
}

char *
zf_form_model_finish (ZfFormModel *self, gboolean force, char ***changed_since, GError **error)
{
  ZfStore *store = NULL;
  g_autoptr (GPtrArray) photos = NULL;
  char *id = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), NULL);

  store = zf_session_store (self->session);
  photos = unnamed (self);
  take_unnamed_away (self, photos);
  if (!zf_photo_note_loose (store, photos, TRUE, error))
    return NULL;
  id = finish (self, force, changed_since, error);
  if (id == NULL)
    {
      zf_photo_note_loose (store, photos, FALSE, NULL);
      return NULL;
    }
  end (self);
  sweep (self);
  return id;
}

gboolean
zf_form_model_take_back (ZfFormModel *self, const char *id, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM_MODEL (self) && self->finished != NULL && id != NULL, FALSE);
  if (!zf_ledger_take_back (zf_session_store (self->session), id, self->finished, error))
    return FALSE;
  zf_session_touch (self->session);
  return TRUE;
}

gboolean
zf_form_model_discard (ZfFormModel *self, GError **error)
{
  g_autoptr (GPtrArray) photos = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (self), FALSE);
  if (zf_form_model_draft (self) == NULL)
    return TRUE;
  photos = unnamed (self);
  take_unnamed_away (self, photos);
  if (!zf_photos_leave (self, error))
    return FALSE;
  if (self->edit != NULL)
    g_clear_pointer (&self->edit->draft, g_free);
  end (self);
  zf_session_touch (self->session);
  return TRUE;
}

void
zf_form_model_leave (ZfFormModel *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ZF_IS_FORM_MODEL (self));
  if (self->edit == NULL || zf_form_edit_differs (self->edit))
    {
      if (self->failure != NULL)
        zf_form_model_store_all (self);
    }
  else if (!zf_form_model_discard (self, &error))
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
  answers = zf_answers_all (self->answers);
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
