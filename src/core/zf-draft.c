/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-draft-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-store-private.h"
#include "zf-value.h"

#define COLUMNS "id, kind, parent, form_version, by, created, updated, answers, seen"
/* These stand among the answers on the disk; no question can have such a name. */
#define PLACE "/place"
#define MADE "/made/"   /* and the id of a photo */

void
zf_draft_free (ZfDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->id);
  g_free (draft->kind);
  g_free (draft->parent);
  g_free (draft->form_version);
  g_free (draft->by);
  g_free (draft->place);
  g_clear_pointer (&draft->made, g_ptr_array_unref);
  g_clear_pointer (&draft->answers, json_object_unref);
  g_clear_pointer (&draft->seen, json_object_unref);
  g_free (draft);
}

/* Out of the answers, which are the form's alone. */
static void
take_made (ZfDraft *draft)
{
  g_autoptr (GList) names = json_object_get_members (draft->answers);

  draft->made = g_ptr_array_new_with_free_func (g_free);
  for (GList *l = names; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, MADE))
      {
        g_ptr_array_add (draft->made, g_strdup ((const char *) l->data + strlen (MADE)));
        json_object_remove_member (draft->answers, l->data);
      }
}

static ZfDraft *
from_row (sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (ZfDraft) draft = g_new0 (ZfDraft, 1);

  draft->id = g_strdup (zf_db_text (stmt, 0));
  draft->kind = g_strdup (zf_db_text (stmt, 1));
  draft->parent = g_strdup (zf_db_text (stmt, 2));
  draft->form_version = g_strdup (zf_db_text (stmt, 3));
  draft->by = g_strdup (zf_db_text (stmt, 4));
  draft->created_ms = sqlite3_column_int64 (stmt, 5);
  draft->updated_ms = sqlite3_column_int64 (stmt, 6);
  draft->answers = zf_json_parse_kept (zf_db_text (stmt, 7), error);
  if (draft->answers == NULL)
    return NULL;
  draft->place = g_strdup (zf_json_get_string (draft->answers, PLACE, NULL));
  json_object_remove_member (draft->answers, PLACE);
  take_made (draft);
  draft->seen = zf_json_parse_kept (zf_db_text (stmt, 8), error);
  return draft->seen != NULL ? g_steal_pointer (&draft) : NULL;
}

/* Rows of @stmt in its order; NULL on error. */
static GPtrArray *
collect (ZfDb *db, sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_draft_free);
  gboolean row = TRUE;

  while (row)
    {
      ZfDraft *draft;

      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      draft = from_row (stmt, error);
      if (draft == NULL)
        {
          sqlite3_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (drafts, draft);
    }
  return g_steal_pointer (&drafts);
}

/* *draft = NULL without error: there is none. */
static gboolean
take_first (ZfDb *db, sqlite3_stmt *stmt, ZfDraft **draft, GError **error)
{
  g_autoptr (GPtrArray) found = collect (db, stmt, error);

  if (found == NULL)
    return FALSE;
  *draft = found->len > 0 ? g_ptr_array_steal_index (found, 0) : NULL;
  return TRUE;
}

static gboolean
find_by_id (ZfDb *db, const char *id, ZfDraft **draft, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT " COLUMNS " FROM draft WHERE id = ?1", error);

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  return take_first (db, stmt, draft, error);
}

static gboolean
find_open (ZfDb *db, const char *kind, const char *parent, ZfDraft **draft, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT " COLUMNS " FROM draft WHERE kind = ?1 AND parent IS ?2", error);

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "ss", kind, parent);
  return take_first (db, stmt, draft, error);
}

static gboolean
not_found (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "This form was finished or thrown away before");
  return FALSE;
}

char *
zf_draft_text (const ZfDraft *draft)
{
  g_autoptr (JsonObject) answers = zf_fields_copy (draft->answers);

  if (draft->place != NULL)
    json_object_set_string_member (answers, PLACE, draft->place);
  for (guint i = 0; draft->made != NULL && i < draft->made->len; i++)
    {
      g_autofree char *name = g_strconcat (MADE, g_ptr_array_index (draft->made, i), NULL);

      json_object_set_int_member (answers, name, 1);
    }
  return zf_json_canonical_object (answers);
}

/* Starting */

static gboolean
insert (ZfDb *db, const ZfDraft *draft, GError **error)
{
  g_autofree char *answers = zf_draft_text (draft);
  g_autofree char *seen = zf_json_canonical_object (draft->seen);

  return zf_db_run (db, error, "INSERT INTO draft (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", "sssssiiss", draft->id,
                    draft->kind, draft->parent, draft->form_version, draft->by, draft->created_ms, draft->updated_ms, answers, seen);
}

static gboolean
start_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  ZfDraft **draft = data;   /* in: what to make; out: what stands there */
  ZfDraft *open = NULL;

  if (!find_open (db, (*draft)->kind, (*draft)->parent, &open, error))
    return FALSE;
  if (open != NULL)
    {
      zf_draft_free (*draft);
      *draft = open;
      return TRUE;
    }
  zf_store_note (store, "draft", (*draft)->id);
  return insert (db, *draft, error);
}

gboolean
zf_draft_stand (ZfWrite *write, const ZfDraft *draft, GError **error)
{
  ZfDraft *open = NULL;

  if (!find_open (write->db, draft->kind, draft->parent, &open, error))
    return FALSE;
  if (open != NULL)
    {
      zf_draft_free (open);
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CONFLICT, "Another form of this kind was begun there since");
      return FALSE;
    }
  zf_store_note (write->store, "draft", draft->id);
  return insert (write->db, draft, error);
}

ZfDraft *
zf_draft_start (ZfStore *store, const char *kind, const char *parent, const char *form_version, const char *by, JsonObject *answers,
                JsonObject *seen, GError **error)
{
  g_autoptr (ZfDraft) draft = g_new0 (ZfDraft, 1);

  g_return_val_if_fail (kind != NULL && form_version != NULL, NULL);

  draft->id = zf_id_new (zf_store_clock (store), zf_store_random (store));
  draft->kind = g_strdup (kind);
  draft->parent = g_strdup (parent);
  draft->form_version = g_strdup (form_version);
  draft->by = g_strdup (by != NULL ? by : "");
  draft->created_ms = draft->updated_ms = zf_clock_now_ms (zf_store_clock (store));
  draft->answers = answers != NULL ? zf_fields_copy (answers) : json_object_new ();
  draft->seen = seen != NULL ? zf_fields_copy (seen) : json_object_new ();
  return zf_store_write (store, start_job, &draft, error) ? g_steal_pointer (&draft) : NULL;
}

/* Answering */

typedef struct
{
  char *id;
  char *field;       /* NULL: the place */
  JsonNode *value;
} Answer;

static void
answer_free (Answer *answer)
{
  g_free (answer->id);
  g_free (answer->field);
  json_node_unref (answer->value);
  g_free (answer);
}

static Answer *
answer_new (const char *id, const char *field, JsonNode *value)
{
  Answer *answer = g_new (Answer, 1);

  answer->id = g_strdup (id);
  answer->field = g_strdup (field);
  answer->value = zf_value_copy (value);
  return answer;
}

static gboolean
answer_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Answer *answer = data;
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *answers = NULL;

  if (!find_by_id (db, answer->id, &draft, error))
    return FALSE;
  if (draft == NULL)
    return not_found (error);
  if (answer->field != NULL)
    zf_fields_put (draft->answers, answer->field, answer->value);
  else
    {
      g_free (draft->place);
      draft->place = g_strdup (json_node_get_string (answer->value));
    }
  answers = zf_draft_text (draft);
  zf_store_note (store, "draft", answer->id);
  return zf_db_run (db, error, "UPDATE draft SET answers = ?2, updated = ?3 WHERE id = ?1", "ssi", answer->id, answers,
                    zf_clock_now_ms (zf_store_clock (store)));
}

gboolean
zf_draft_set (ZfStore *store, const char *id, const char *field, JsonNode *value, GError **error)
{
  Answer *answer;
  gboolean ok;

  g_return_val_if_fail (id != NULL && field != NULL, FALSE);

  answer = answer_new (id, field, value);
  ok = zf_store_write (store, answer_job, answer, error);
  answer_free (answer);
  return ok;
}

void
zf_draft_set_async (ZfStore *store, const char *id, const char *field, JsonNode *value, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_return_if_fail (id != NULL && field != NULL);

  zf_store_write_async (store, answer_job, answer_new (id, field, value), (GDestroyNotify) answer_free, NULL, callback, user_data,
                        zf_draft_set_async);
}

gboolean
zf_draft_set_finish (ZfStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zf_draft_set_finish (ZF_STORE (source), result, &error))
    g_debug ("A note in a draft was not kept: %s", error->message);
}

void
zf_draft_add_made (ZfStore *store, const char *id, const char *photo)
{
  g_autofree char *field = g_strconcat (MADE, photo, NULL);
  g_autoptr (JsonNode) yes = zf_json_int (1);

  g_return_if_fail (id != NULL && photo != NULL);

  zf_store_write_async (store, answer_job, answer_new (id, field, yes), (GDestroyNotify) answer_free, NULL, on_noted, NULL, zf_draft_set_async);
}

void
zf_draft_set_place (ZfStore *store, const char *id, const char *place)
{
  g_autoptr (JsonNode) value = zf_json_string (place);

  g_return_if_fail (id != NULL && place != NULL);

  zf_store_write_async (store, answer_job, answer_new (id, NULL, value), (GDestroyNotify) answer_free, NULL, on_noted, NULL, zf_draft_set_async);
}

typedef struct
{
  const char *id;
  JsonObject *answers;
  JsonObject *seen;
} Lay;

static gboolean
lay_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Lay *lay = data;
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *answers = NULL;
  g_autofree char *seen = zf_json_canonical_object (lay->seen);

  if (!find_by_id (db, lay->id, &draft, error))
    return FALSE;
  if (draft == NULL)
    return not_found (error);
  json_object_unref (draft->answers);
  draft->answers = zf_fields_copy (lay->answers);
  answers = zf_draft_text (draft);
  zf_store_note (store, "draft", lay->id);
  return zf_db_run (db, error, "UPDATE draft SET answers = ?2, seen = ?3, updated = ?4 WHERE id = ?1", "sssi", lay->id, answers, seen,
                    zf_clock_now_ms (zf_store_clock (store)));
}

gboolean
zf_draft_lay (ZfStore *store, const char *id, JsonObject *answers, JsonObject *seen, GError **error)
{
  Lay lay = { id, answers, seen };

  g_return_val_if_fail (id != NULL && answers != NULL && seen != NULL, FALSE);

  return zf_store_write (store, lay_job, &lay, error);
}

/* Ending and reading */

static gboolean
discard_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const char *id = data;

  if (!zf_db_run (db, error, "DELETE FROM draft WHERE id = ?1", "s", id))
    return FALSE;
  zf_store_note (store, "draft", id);
  return sqlite3_changes (zf_db_handle (db)) > 0 || not_found (error);
}

gboolean
zf_draft_discard (ZfStore *store, const char *id, GError **error)
{
  g_return_val_if_fail (id != NULL, FALSE);

  return zf_store_write (store, discard_job, (gpointer) id, error);
}

const char *
zf_draft_edits (const ZfDraft *draft)
{
  JsonObject *edit = NULL;

  g_return_val_if_fail (draft != NULL, NULL);
  edit = draft->seen != NULL ? zf_json_get_object (draft->seen, ZF_DRAFT_EDIT) : NULL;
  return edit != NULL ? zf_json_get_string (edit, "id", NULL) : NULL;
}

gboolean
zf_draft_of (ZfReader *reader, const char *kind, const char *id, ZfDraft **draft, GError **error)
{
  g_return_val_if_fail (reader != NULL && kind != NULL && id != NULL && draft != NULL, FALSE);

  *draft = NULL;
  if (!find_open (zf_reader_db (reader), kind, id, draft, error))
    return FALSE;
  if (*draft != NULL && zf_draft_edits (*draft) == NULL)
    g_clear_pointer (draft, zf_draft_free);
  return TRUE;
}

ZfDraft *
zf_draft_get (ZfReader *reader, const char *id, GError **error)
{
  ZfDraft *draft = NULL;

  g_return_val_if_fail (reader != NULL && id != NULL, NULL);

  if (find_by_id (zf_reader_db (reader), id, &draft, error) && draft == NULL)
    not_found (error);
  return draft;
}

GPtrArray *
zf_draft_list (ZfReader *reader, const char *parent, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT " COLUMNS " FROM draft WHERE ?1 IS NULL OR parent = ?1 "
                                      "ORDER BY updated DESC, id DESC",
                                      error);

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", parent);
  return collect (db, stmt, error);
}
