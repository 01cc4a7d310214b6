/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

/* Photos of drafts that go and come back. */

#include "zf-photos.h"

#include <string.h>

#include "zf-json.h"

/* A signature or a voice is an answer and nothing else: nobody would find it among the household's photos. */
static gboolean
is_answer_only (const ZfQuestion *question)
{
  return strstr (zf_json_get_string (question->row, "appearance", ""), ZF_PHOTO_SIGNATURE) != NULL
         || g_str_equal (zf_json_get_string (question->row, "type", ""), "audio");
}

typedef struct
{
  ZfFormModel *model;
  const char *row;      /* "REPEAT[ROW].", as what was shown is named; "" for the form itself */
  GPtrArray *photos;
} Walk;

static void
add_answer (const Walk *walk, const char *name, JsonNode *value)
{
  const ZfQuestion *question = zf_form_question (zf_form_model_form (walk->model), name);
  g_autofree char *shown = g_strconcat (walk->row, name, NULL);

  if (question != NULL && question->field != NULL && is_answer_only (question) && !zf_json_equal (value, zf_form_model_shown (walk->model, shown)))
    g_ptr_array_add (walk->photos, g_strdup (json_node_get_string (value)));
}

static void
walk_member (JsonObject *values, const char *name, JsonNode *value, gpointer data)
{
  const Walk *walk = data;
  JsonArray *rows = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;

  if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    add_answer (walk, name, value);
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autofree char *prefix = row != NULL ? g_strdup_printf ("%s[%s].", name, zf_json_get_string (row, "id", "")) : NULL;
      Walk inner = { walk->model, prefix, walk->photos };

      if (row != NULL)
        json_object_foreach_member (row, walk_member, &inner);
    }
}

/* (element-type utf8): what was signed or said in this form, in rows of its repeats too, and where the question is not asked any more. */
static GPtrArray *
signatures_of (ZfFormModel *model)
{
  g_autoptr (JsonObject) values = zf_answers_all (zf_form_model_answers (model));
  Walk walk = { model, "", g_ptr_array_new_with_free_func (g_free) };

  json_object_foreach_member (values, walk_member, &walk);
  return walk.photos;
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

static gboolean
stands (ZfSession *session, const char *photo)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), photo, NULL);

  return record != NULL && record->del == NULL;
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
    if (stands (session, g_ptr_array_index (signatures, i)))
      zf_save_delete (save, "photo", g_ptr_array_index (signatures, i), "mistake");
  zf_save_drop_draft (save, zf_form_model_draft (model));
  return zf_store_commit (zf_session_store (session), save, error);
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
