/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* What people must look at: two values for one group, and changes that the county did not take. */

#include "zf-ledger-private.h"

#include "zf-error.h"
#include "zf-json.h"
#include "zf-value.h"

/* The item as stored so far, or an empty one. */
static JsonObject *
stored_item (ZfDb *db, const char *id, GError **error)
{
  g_autofree char *text = zf_db_get_text (db, "SELECT item FROM conflict WHERE id = ?1", "s", id);

  return text != NULL ? zf_json_parse_object (text, -1, error) : json_object_new ();
}

static void
lay_members (JsonObject *over, JsonObject *item)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, item);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (strcmp (name, "s") != 0 && strcmp (name, "k") != 0)
      json_object_set_member (over, name, json_node_ref (value));
}

gboolean
zf_conflict_put (ZfWrite *write, JsonObject *item, GError **error)
{
  const char *id = zf_json_get_string (item, "id", NULL);
  g_autoptr (JsonObject) whole = id != NULL ? stored_item (write->db, id, error) : NULL;
  g_autofree char *text = NULL;

  if (id == NULL)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "A conflict from the county has no id");
  if (whole == NULL)
    return FALSE;
  lay_members (whole, item);
  text = zf_json_canonical_object (whole);
  zf_store_note (write->store, "conflict", id);
  return zf_db_run (write->db, error, "INSERT OR REPLACE INTO conflict (id, record, grp, item, open) VALUES (?1, ?2, ?3, ?4, ?5)", "ssssi",
                    id, zf_json_get_string (whole, "of", ""), zf_json_get_string (whole, "g", ""), text,
                    (gint64) zf_json_get_bool (whole, "open", TRUE));
}

GPtrArray *
zf_ledger_conflicts (ZfReader *reader, gboolean open_only, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT item FROM conflict WHERE open >= ?1 ORDER BY id", error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "i", (gint64) (open_only ? 1 : 0));
  while (row)
    {
      JsonObject *item;

      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      item = zf_json_parse_object (zf_db_text (stmt, 0), -1, error);
      if (item == NULL)
        {
          sqlite3_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (conflicts, item);
    }
  for (guint i = 0; i < conflicts->len; i++)
    if (!zf_conflict_put_decided (db, conflicts->pdata[i], error))
      return NULL;
  return g_steal_pointer (&conflicts);
}

static JsonObject *
quarantined_row (sqlite3_stmt *stmt)
{
  static const char *const names[] = { NULL, "cid", "kind", "id", "why" };
  JsonObject *row = json_object_new ();

  json_object_set_int_member (row, "lsn", sqlite3_column_int64 (stmt, 0));
  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    if (zf_db_text (stmt, i) != NULL)
      json_object_set_string_member (row, names[i], zf_db_text (stmt, i));
  return row;
}

GPtrArray *
zf_ledger_quarantined (ZfReader *reader, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT lsn, change_id, kind, id, json_extract (d, '$.why') FROM change WHERE state = 4 "
                                      "ORDER BY epoch, lsn",
                                      error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (rows, quarantined_row (stmt));
    }
  return g_steal_pointer (&rows);
}

/* Who wrote each field last */

typedef struct
{
  JsonArray *c;         /* authors that are kept */
  JsonObject *ci;       /* field → place in `c` */
  GHashTable *places;   /* author (JsonObject) → place + 1 */
} Authors;

static void
keep_author (Authors *authors, const char *field, JsonArray *from, gint64 index)
{
  JsonObject *author;
  guint place;

  if (from == NULL || index < 0 || index >= json_array_get_length (from))
    return;
  author = json_array_get_object_element (from, (guint) index);
  place = GPOINTER_TO_UINT (g_hash_table_lookup (authors->places, author));
  if (place == 0)
    {
      json_array_add_object_element (authors->c, json_object_ref (author));
      place = json_array_get_length (authors->c);
      g_hash_table_insert (authors->places, author, GUINT_TO_POINTER (place));
    }
  json_object_set_int_member (authors->ci, field, place - 1);
}

static void
keep_authors (Authors *authors, JsonArray *c, JsonObject *ci, JsonObject *except)
{
  JsonObjectIter iter;
  const char *field = NULL;
  JsonNode *index = NULL;

  json_object_iter_init_ordered (&iter, ci);
  while (json_object_iter_next_ordered (&iter, &field, &index))
    if (except == NULL || !json_object_has_member (except, field))
      keep_author (authors, field, c, json_node_get_int (index));
}

JsonObject *
zf_meta_lay (JsonObject *meta, JsonArray *c, JsonObject *ci)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  Authors authors = { .c = json_array_new (), .ci = json_object_new (), .places = places };
  JsonObject *old_ci = meta != NULL ? zf_json_get_object (meta, "ci") : NULL;
  JsonObject *result = json_object_new ();

  if (old_ci != NULL)
    keep_authors (&authors, zf_json_get_array (meta, "c"), old_ci, ci);
  keep_authors (&authors, c, ci, NULL);
  json_object_set_array_member (result, "c", authors.c);
  json_object_set_object_member (result, "ci", authors.ci);
  return result;
}
