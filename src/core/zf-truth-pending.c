/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* cur = base ⊕ what the county's state does not hold yet; del likewise. */

#include "zf-truth.h"

#include "zf-json.h"
#include "zf-merge.h"
#include "zf-value.h"

#define MERGED "merged:"

/* Second half of the pair of @field: ["old","new"] → "new". */
static const char *
new_of (JsonObject *f, const char *field)
{
  JsonArray *pair = zf_json_get_array (f, field);
  JsonNode *node = pair != NULL && json_array_get_length (pair) == 2 ? json_array_get_element (pair, 1) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static void
set_del (char **del, char *value)
{
  g_free (*del);
  *del = value;
}

static void
lay_row (const char *op, JsonObject *f, JsonObject *fields, char **del)
{
  if (strcmp (op, "add") == 0 || strcmp (op, "set") == 0)
    zf_change_apply (fields, f);
  else if (strcmp (op, "del") == 0)
    set_del (del, g_strdup (new_of (f, "reason")));
  else if (strcmp (op, "merge") == 0)
    set_del (del, g_strconcat (MERGED, new_of (f, "into"), NULL));
  else
    set_del (del, NULL);
}

/* Decisions */

/* The reason of the deletion that a conflict is about: the deleting side's value. */
static char *
reason_in (JsonObject *item, const char *kind)
{
  JsonArray *mine = zf_json_get_array (item, "mine");
  JsonObject *side = zf_json_get_object (item, "theirs");
  const char *reason;

  if (strcmp (kind, "delete_vs_edit") == 0)
    side = mine != NULL && json_array_get_length (mine) > 0 ? json_array_get_object_element (mine, 0) : NULL;
  reason = side != NULL ? zf_json_get_string (side, "v", NULL) : NULL;
  return g_strdup (reason != NULL ? reason : "ended");
}

static void
lay_verdict (const char *kind, JsonObject *item, JsonNode *value, char **del)
{
  const char *verdict = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;

  if (g_strcmp0 (verdict, "alive") == 0)
    set_del (del, NULL);
  else if (g_strcmp0 (verdict, "deleted") == 0 && *del == NULL)
    set_del (del, reason_in (item, kind));
}

gboolean
zf_truth_lay_decision (ZfDb *db, const ZfRecord *record, JsonObject *f, JsonObject *fields, char **del, GError **error)
{
  const char *text = new_of (f, "value");
  g_autofree char *stored = zf_db_get_text (db, "SELECT item FROM conflict WHERE id = ?1", "s", new_of (f, "conflict"));
  g_autoptr (JsonObject) item = stored != NULL ? zf_json_parse_object (stored, -1, error) : json_object_new ();
  g_autoptr (JsonNode) value = item != NULL && text != NULL ? zf_json_parse (text, -1, error) : NULL;
  const char *group = new_of (f, "g");
  gboolean of_group = group != NULL && *group != '\0';
  /* Of a question that is not here no more is known than whether it was about a group of fields. */
  const char *kind = item != NULL ? zf_json_get_string (item, "kind", of_group ? "edit" : "") : NULL;

  if (item != NULL && text == NULL)
    return TRUE;
  if (value == NULL)
    return FALSE;
  if (group != NULL && strcmp (kind, "edit") == 0)
    zf_group_store (record->kind, group, value, fields);
  else if (strcmp (kind, "delete_vs_edit") == 0 || strcmp (kind, "edit_vs_delete") == 0)
    lay_verdict (kind, item, value, del);
  return TRUE;
}

gboolean
zf_truth_lay_pending (ZfDb *db, const ZfRecord *record, JsonObject *fields, char **del, GError **error)
{
  /* Rows of an older installation of the store come first: they were written first. */
  sqlite3_stmt *stmt =
    zf_db_prepare (db,
                   "SELECT op, f, 0, epoch = (SELECT value FROM meta_kv WHERE key = 'epoch'), lsn FROM change "
                   "WHERE id = ?1 AND state IN (0, 1, 2) UNION ALL "
                   "SELECT op, f, 1, epoch = (SELECT value FROM meta_kv WHERE key = 'epoch'), lsn FROM change "
                   "WHERE state IN (0, 1, 2) AND kind = 'resolution' AND op = 'add' AND json_extract (f, '$.of[1]') = ?1 ORDER BY 4, 5",
                   error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", record->id);
  while (row)
    {
      g_autoptr (JsonObject) f = NULL;
      gboolean ok;

      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      f = zf_json_parse_object (zf_db_text (stmt, 1), -1, error);
      ok = f != NULL;
      if (ok && sqlite3_column_int (stmt, 2) == 1)
        ok = zf_truth_lay_decision (db, record, f, fields, del, error);
      else if (ok)
        lay_row (zf_db_text (stmt, 0), f, fields, del);
      if (!ok)
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
zf_truth_settle (ZfWrite *write, ZfRecord *record, JsonObject *base, GError **error)
{
  g_autoptr (JsonObject) fields = zf_fields_share (base);

  set_del (&record->del, g_strdup (record->base_del));
  if (!write->nothing_pending && !zf_truth_lay_pending (write->db, record, fields, &record->del, error))
    return FALSE;
  g_clear_pointer (&record->base, json_object_unref);
  record->base = json_object_ref (base);
  json_object_unref (record->fields);
  record->fields = g_steal_pointer (&fields);
  return TRUE;
}
