/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

/* Photos of drafts that go and come back. */

#include "zf-photos.h"

#include <string.h>

#include "zf-json.h"

/* (element-type utf8): photos that were signed in this form. */
static GPtrArray *
signatures_of (ZfFormModel *model)
{
  ZfForm *form = zf_form_model_form (model);
  GPtrArray *photos = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      gboolean signs = question->field != NULL && question->repeat == NULL
                       && strstr (zf_json_get_string (question->row, "appearance", ""), ZF_PHOTO_SIGNATURE) != NULL;
      JsonNode *value = signs ? zf_answers_get (zf_form_model_answers (model), question->name) : NULL;

      if (value != NULL && JSON_NODE_HOLDS_VALUE (value) && !zf_json_equal (value, zf_form_model_shown (model, question->name)))
        g_ptr_array_add (photos, g_strdup (json_node_get_string (value)));
    }
  return photos;
}

static void
name_record (ZfSave *save, const char *photo, const char *id)
{
  g_autoptr (JsonObject) fields = json_object_new ();

  if (id != NULL)
    json_object_set_string_member (fields, "record", id);
  else
    json_object_set_null_member (fields, "record");
  zf_save_set (save, "photo", photo, fields);
}

/* (transfer full) (nullable): of the record that the form would have become. */
static ZfRows *
photos_of_record (ZfFormModel *model, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("photo");

  zf_query_column (query, "id");
  zf_query_where (query, "record", ZF_OP_EQ, zf_form_model_id (model));
  return zf_query_run (query, zf_session_reader (zf_form_model_session (model)), error);
}

static gboolean
has (GPtrArray *photos, const char *photo)
{
  return g_ptr_array_find_with_equal_func (photos, photo, g_str_equal, NULL);
}

/* A visit that never was would keep its photos from the small pictures that other tablets get by themselves. Those of a record that stands stay its own. */
gboolean
zf_photos_leave (ZfFormModel *model, GError **error)
{
  ZfSession *session = zf_form_model_session (model);
  g_autoptr (GPtrArray) signatures = signatures_of (model);
  g_autoptr (ZfSave) save = zf_save_new (zf_session_by (session), FALSE);
  g_autoptr (ZfRows) rows = photos_of_record (model, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; zf_form_model_is_draft (model) && i < zf_rows_n (rows); i++)
    if (!has (signatures, zf_rows_text (rows, i, 0)))
      name_record (save, zf_rows_text (rows, i, 0), NULL);
  for (guint i = 0; i < signatures->len; i++)
    zf_save_delete (save, "photo", g_ptr_array_index (signatures, i), "mistake");
  return zf_save_n (save) == 0 || zf_store_commit (zf_session_store (session), save, error);
}

static gboolean
stands (ZfSession *session, const char *photo)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), photo, NULL);

  return record != NULL && record->del == NULL;
}

gboolean
zf_photos_take_again (ZfFormModel *model, const char *id, GError **error)
{
  ZfSession *session = zf_form_model_session (model);
  GPtrArray *made = zf_form_model_made (model);
  gboolean named = zf_photos_record (model) != NULL;
  g_autoptr (GPtrArray) signatures = signatures_of (model);
  g_autoptr (ZfSave) save = zf_save_new (zf_session_by (session), FALSE);

  /* Photos of what is no visit name no record, and were signed all the same. */
  for (guint i = 0; i < signatures->len; i++)
    zf_save_undelete (save, "photo", g_ptr_array_index (signatures, i));
  for (guint i = 0; named && i < signatures->len; i++)
    name_record (save, g_ptr_array_index (signatures, i), id);
  for (guint i = 0; named && i < made->len; i++)
    if (!has (signatures, g_ptr_array_index (made, i)) && stands (session, g_ptr_array_index (made, i)))
      name_record (save, g_ptr_array_index (made, i), id);
  return zf_save_n (save) == 0 || zf_store_commit (zf_session_store (session), save, error);
}
