/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* A person's decision on a conflict. */

#include "zf-ledger-private.h"

#include <string.h>

#include "zf-commit.h"
#include "zf-error.h"
#include "zf-home.h"
#include "zf-json.h"
#include "zf-merge.h"

typedef struct
{
  const char *conflict;
  JsonNode *value;
  const char *why;
  const char *by;

  JsonObject *item;
  ZfRecord *record;
  char *id;          /* of the decision */
} Resolve;

static gboolean
refuse (GError **error, ZfError code, const char *sentence)
{
  g_set_error_literal (error, ZF_ERROR, (int) code, sentence);
  return FALSE;
}

/* Made on this tablet by an import: the county never heard of it. */
static gboolean
is_local (JsonObject *item)
{
  JsonArray *mine = zf_json_get_array (item, "mine");
  JsonObject *side = mine != NULL && json_array_get_length (mine) > 0 ? json_array_get_object_element (mine, 0) : NULL;

  return side != NULL && zf_json_get_string (side, "cid", NULL) == NULL;
}

static gboolean
load (Resolve *resolve, ZfWrite *write, GError **error)
{
  g_autofree char *text = zf_db_get_text (write->db, "SELECT item FROM conflict WHERE id = ?1 AND open = 1", "s", resolve->conflict);

  if (text == NULL)
    return refuse (error, ZF_ERROR_NOT_FOUND, "There is no such open conflict");
  resolve->item = zf_json_parse_object (text, -1, error);
  if (resolve->item == NULL)
    return FALSE;
  resolve->record = zf_truth_load (write, zf_json_get_string (resolve->item, "of", ""), error);
  if (resolve->record != NULL)
    return TRUE;
  return error != NULL && *error != NULL ? FALSE : refuse (error, ZF_ERROR_NOT_FOUND, "The record of this conflict is not in the store");
}

/* What may be decided, by kind of conflict */

static gboolean
bad_value (GError **error)
{
  return refuse (error, ZF_ERROR_INVALID, "This value does not fit the conflict");
}

static JsonNode *
member_of_group (JsonNode *value, const char *name, gboolean alone)
{
  if (alone)
    return value;
  return JSON_NODE_HOLDS_OBJECT (value) ? json_object_get_member (json_node_get_object (value), name) : NULL;
}

/* The fields of the group with their new values, null included. */
static JsonObject *
fields_of_group (const Resolve *resolve, GError **error)
{
  const ZfKind *kind = resolve->record->kind;
  const char *group = zf_json_get_string (resolve->item, "g", "");
  g_autoptr (GPtrArray) names = zf_group_fields (kind, group);
  g_autoptr (JsonObject) fields = json_object_new ();

  for (guint i = 0; kind != NULL && i < names->len; i++)
    {
      const char *name = names->pdata[i];
      const ZfField *field = zf_kind_field (kind, name);
      JsonNode *value = member_of_group (resolve->value, name, field == NULL || !field->grouped);
      g_autoptr (JsonNode) checked = NULL;

      if (field == NULL)
        break;
      checked = value != NULL ? zf_kind_check_value (kind, field, value, error) : zf_json_null ();
      if (checked == NULL)
        return NULL;
      json_object_set_member (fields, name, g_steal_pointer (&checked));
    }
  if (json_object_get_size (fields) == names->len)
    return g_steal_pointer (&fields);
  bad_value (error);
  return NULL;
}

static gboolean
is_side (JsonObject *item, const char *value)
{
  JsonArray *mine = zf_json_get_array (item, "mine");
  JsonObject *theirs = zf_json_get_object (item, "theirs");

  for (guint i = 0; mine != NULL && i < json_array_get_length (mine); i++)
    if (g_strcmp0 (zf_json_get_string (json_array_get_object_element (mine, i), "v", NULL), value) == 0)
      return TRUE;
  return theirs != NULL && g_strcmp0 (zf_json_get_string (theirs, "v", NULL), value) == 0;
}

static gboolean
check_value (const Resolve *resolve, const char *kind, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE (resolve->value) ? json_node_get_string (resolve->value) : NULL;

  if (strcmp (kind, "edit") == 0)
    {
      g_autoptr (JsonObject) fields = fields_of_group (resolve, error);

      return fields != NULL;
    }
  if (strcmp (kind, "delete_vs_edit") == 0 || strcmp (kind, "edit_vs_delete") == 0)
    return g_strcmp0 (text, "deleted") == 0 || g_strcmp0 (text, "alive") == 0 || bad_value (error);
  if (strcmp (kind, "duplicate") == 0 && g_strcmp0 (text, "both") == 0)
    return TRUE;
  return (text != NULL && (is_side (resolve->item, text) || g_strcmp0 (text, resolve->record->id) == 0)) || bad_value (error);
}

/* A conflict of the county */

static JsonObject *
decision_fields (const Resolve *resolve, ZfWrite *write)
{
  JsonObject *fields = json_object_new ();
  const ZfRecord *record = resolve->record;
  g_autofree char *text = zf_json_canonical (resolve->value);
  gboolean is_household = FALSE;
  g_autofree char *home =
    record->kind != NULL ? zf_home_find (write->db, write->kinds, record->kind, record->id, record->parent, &is_household) : NULL;

  if (is_household)
    json_object_set_string_member (fields, "household", home);
  json_object_set_string_member (fields, "of", record->id);
  json_object_set_string_member (fields, "conflict", resolve->conflict);
  json_object_set_string_member (fields, "g", zf_json_get_string (resolve->item, "g", ""));
  json_object_set_string_member (fields, "value", text);
  if (resolve->why != NULL && resolve->why[0] != '\0')
    json_object_set_string_member (fields, "why", resolve->why);
  return fields;
}

/* A decision is made before a state of the record: the county takes it for no more than that. */
static gboolean
note_seen (const Resolve *resolve, ZfWrite *write, GError **error)
{
  return zf_db_run (write->db, error, "UPDATE change SET base_rev = ?1 WHERE id = ?2 AND op = 'add'", "is", resolve->record->rev, resolve->id);
}

static gboolean
save_decision (Resolve *resolve, ZfWrite *write, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (resolve->by, FALSE);
  g_autoptr (JsonObject) fields = NULL;

  if (!check_value (resolve, zf_json_get_string (resolve->item, "kind", "edit"), error))
    return FALSE;
  fields = decision_fields (resolve, write);
  zf_save_create (save, ZF_KIND_RESOLUTION, NULL, fields);
  if (!zf_commit_run (write, save, error))
    return FALSE;
  resolve->id = g_strdup (zf_save_result_id (save, 0));
  if (!note_seen (resolve, write, error))
    return FALSE;
  return zf_ledger_settle (write, resolve->record->id, error);
}

/* One of this tablet alone: the value is saved like any other and the conflict ends here. */

static gboolean
close_local (Resolve *resolve, ZfWrite *write, GError **error)
{
  JsonObject *closed = json_object_new ();

  json_object_set_member (closed, "value", json_node_copy (resolve->value));
  json_object_set_string_member (closed, "by", resolve->by != NULL ? resolve->by : "");
  json_object_set_int_member (closed, "at", write->now_ms);
  if (resolve->why != NULL)
    json_object_set_string_member (closed, "why", resolve->why);
  json_object_set_object_member (resolve->item, "closed", closed);
  json_object_set_boolean_member (resolve->item, "open", FALSE);
  return zf_conflict_put (write, resolve->item, error);
}

static gboolean
save_local (Resolve *resolve, ZfWrite *write, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (resolve->by, FALSE);
  g_autoptr (JsonObject) fields = fields_of_group (resolve, error);

  if (fields == NULL)
    return FALSE;
  zf_save_set (save, resolve->record->kind_name, resolve->record->id, fields);
  resolve->id = g_strdup (resolve->conflict);
  return zf_commit_run (write, save, error) && close_local (resolve, write, error);
}

static gboolean
resolve_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Resolve *resolve = data;
  ZfWrite write;

  zf_write_init (&write, store, db);
  if (!load (resolve, &write, error))
    return FALSE;
  zf_store_note (store, "conflict", resolve->conflict);
  return is_local (resolve->item) ? save_local (resolve, &write, error) : save_decision (resolve, &write, error);
}

char *
zf_ledger_resolve (ZfStore *store, const char *conflict, JsonNode *value, const char *why, const char *by, GError **error)
{
  Resolve resolve = { .conflict = conflict, .value = value, .why = why, .by = by };
  gboolean ok;

  g_return_val_if_fail (conflict != NULL && value != NULL, NULL);

  ok = zf_store_write (store, resolve_job, &resolve, error);
  g_clear_pointer (&resolve.item, json_object_unref);
  g_clear_pointer (&resolve.record, zf_record_free);
  if (!ok)
    g_clear_pointer (&resolve.id, g_free);
  return resolve.id;
}

/* Taking it back */

static gboolean
take_back (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, error);

  if (record == NULL)
    return FALSE;
  zf_store_note (write->store, "conflict", zf_record_get_string (record, "conflict", ""));
  return zf_truth_remove (write, record, error) && zf_ledger_settle (write, zf_record_get_string (record, "of", ""), error);
}

static gboolean
unresolve_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const char *id = data;
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  gint64 lsn = zf_db_get_int (db, 0, "SELECT lsn FROM change WHERE id = ?1 AND epoch = ?2 AND kind = 'resolution' AND op = 'add' AND state = 0",
                              "ss", id, epoch);
  ZfWrite write;

  if (lsn == 0 || lsn <= zf_ledger_sent_in (db, epoch))
    return refuse (error, ZF_ERROR_CONFLICT, "This decision is on its way already and can only be replaced by another one");
  zf_write_init (&write, store, db);
  return zf_ledger_take_out (db, epoch, lsn, lsn, error) && take_back (&write, id, error);
}

gboolean
zf_ledger_unresolve (ZfStore *store, const char *resolution, GError **error)
{
  g_return_val_if_fail (resolution != NULL, FALSE);

  return zf_store_write (store, unresolve_job, (gpointer) resolution, error);
}

/* Decided here, not answered by the county yet */

static JsonObject *
decision_from (sqlite3_stmt *stmt)
{
  JsonObject *decided = json_object_new ();
  JsonNode *value = zf_db_text (stmt, 1) != NULL ? zf_json_parse (zf_db_text (stmt, 1), -1, NULL) : NULL;

  json_object_set_string_member (decided, "resolution", zf_db_text (stmt, 0));
  json_object_set_member (decided, "value", value != NULL ? value : zf_json_null ());
  json_object_set_string_member (decided, "by", zf_db_text (stmt, 2));
  json_object_set_int_member (decided, "at", sqlite3_column_int64 (stmt, 3));
  return decided;
}

gboolean
zf_conflict_put_decided (ZfDb *db, JsonObject *item, GError **error)
{
  sqlite3_stmt *stmt =
    zf_db_prepare (db,
                   "SELECT id, json_extract (f, '$.value[1]'), by, at FROM change WHERE state IN (0, 1, 2) AND kind = 'resolution' "
                   "AND op = 'add' AND json_extract (f, '$.conflict[1]') = ?1 ORDER BY lsn DESC LIMIT 1",
                   error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  if (!zf_json_get_bool (item, "open", TRUE))
    return TRUE;
  zf_db_bind (stmt, "s", zf_json_get_string (item, "id", ""));
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    json_object_set_object_member (item, "decided", decision_from (stmt));
  sqlite3_reset (stmt);
  return TRUE;
}
