/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-flat.h"

#include <string.h>

#include "zf-json.h"

/* Counts up when this file lays tables out differently for the same kind. */
#define LAYOUT "2"

static const char *const storage[] = {
  [ZF_FIELD_TEXT] = "TEXT", [ZF_FIELD_INTEGER] = "INTEGER", [ZF_FIELD_DECIMAL] = "REAL", [ZF_FIELD_MONEY] = "INTEGER",
  [ZF_FIELD_DATE] = "TEXT", [ZF_FIELD_SELECT_ONE] = "TEXT", [ZF_FIELD_SET] = "TEXT", [ZF_FIELD_REF] = "TEXT",
  [ZF_FIELD_TIME_MS] = "INTEGER", [ZF_FIELD_TIME] = "TEXT", [ZF_FIELD_RANK] = "TEXT", [ZF_FIELD_POINT] = "TEXT", [ZF_FIELD_MEDIA] = "TEXT",
};

static const char *const system_columns[] = { "id", "parent", "village", "head", "n" };

void
zf_flat_row_clear (ZfFlatRow *row)
{
  g_clear_pointer (&row->parent, g_free);
  g_clear_pointer (&row->date, g_free);
  g_clear_pointer (&row->supersedes, g_free);
}

static void
flat_free (gpointer data)
{
  ZfFlat *flat = data;

  g_free (flat->columns);
  g_ptr_array_unref (flat->sort);
  g_free (flat->fingerprint);
  g_free (flat);
}

/* A field may be called like one of our own columns. */
static const char *
column_sql (const char *name)
{
  g_autofree char *sql = NULL;
  gboolean taken = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (system_columns); i++)
    taken |= strcmp (name, system_columns[i]) == 0;
  sql = g_strdup_printf ("\"%s%s\"", taken ? "f_" : "", name);
  return g_intern_string (sql);
}

static gboolean
is_column (const ZfKind *kind, const ZfField *field)
{
  if (g_strcmp0 (field->name, zf_kind_parent_field (kind)) == 0)
    return FALSE; /* the column `parent` */
  return field->column || g_strcmp0 (field->name, zf_kind_date_field (kind)) == 0;
}

static void
add_column (ZfFlat *flat, const char *name, const char *sql, ZfFieldType type)
{
  ZfFlatColumn *column = &flat->columns[flat->n_columns++];

  column->name = name;
  column->sql = sql;
  column->type = type;
}

static void
lay_out_columns (ZfFlat *flat)
{
  guint n = zf_kind_n_fields (flat->kind);

  flat->columns = g_new0 (ZfFlatColumn, ZF_FLAT_SYSTEM + n + 1);
  add_column (flat, "id", "id", ZF_FIELD_TEXT);
  add_column (flat, "parent", "parent", ZF_FIELD_TEXT);
  add_column (flat, "village", "village", ZF_FIELD_TEXT);
  for (guint i = 0; i < n; i++)
    {
      const ZfField *field = zf_kind_field_at (flat->kind, i);

      if (is_column (flat->kind, field) && strcmp (field->name, "supersedes") != 0)
        add_column (flat, field->name, column_sql (field->name), field->type);
    }
  if (zf_kind_append_only (flat->kind))
    add_column (flat, "supersedes", "\"supersedes\"", ZF_FIELD_REF);
}

const ZfFlatColumn *
zf_flat_column (const ZfFlat *flat, const char *name)
{
  /* Our own names first: the `village` of a household is its parent too, and the index of its lists is on village. */
  for (guint i = 0; i < flat->n_columns; i++)
    if (strcmp (flat->columns[i].name, name) == 0)
      return &flat->columns[i];
  return g_strcmp0 (name, zf_kind_parent_field (flat->kind)) == 0 ? &flat->columns[1] : NULL;
}

/* The kind's "sort", else its date: the order in which its lists are read. */
static void
lay_out_sort (ZfFlat *flat)
{
  const char *const *sort = zf_kind_sort (flat->kind);

  flat->sort = g_ptr_array_new ();
  for (guint i = 0; sort != NULL && sort[i] != NULL; i++)
    g_ptr_array_add (flat->sort, (gpointer) zf_flat_column (flat, sort[i]));
  if (flat->sort->len == 0 && flat->date != NULL)
    g_ptr_array_add (flat->sort, (gpointer) flat->date);
}

static const char *
intern (char *text)
{
  const char *kept = g_intern_string (text);

  g_free (text);
  return kept;
}

static char *
column_list (const ZfFlat *flat, const char *format)
{
  const char *id_type = flat->numbered ? "TEXT NOT NULL UNIQUE" : "TEXT PRIMARY KEY NOT NULL";
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < flat->n_columns; i++)
    {
      g_autoptr (GString) item = g_string_new (format);

      g_string_replace (item, "@c", flat->columns[i].sql, 0);
      g_string_replace (item, "@t", i == 0 ? id_type : storage[flat->columns[i].type], 0);
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", item->str);
    }
  return g_string_free (list, FALSE);
}

static char *
sort_list (const ZfFlat *flat)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < flat->sort->len; i++)
    g_string_append_printf (list, "%s, ", ((const ZfFlatColumn *) flat->sort->pdata[i])->sql);
  return g_string_free (list, FALSE);
}

/* Each index ends in id, so that equal rows stand in the same order on every tablet and after a rebuild. */
static char *
index_sql (const ZfFlat *flat)
{
  g_autofree char *sort = sort_list (flat);
  GString *sql = g_string_new (NULL);
  const char *k = flat->name;

  g_string_append_printf (sql, "CREATE INDEX main.\"k_%s_village\" ON \"k_%s\" (village, %sid) WHERE head = 1;\n", k, k, sort);
  /* Narrow: all heads of the county are counted in some fifty pages. */
  if (flat->numbered)
    g_string_append_printf (sql, "CREATE INDEX main.\"k_%s_n\" ON \"k_%s\" (n) WHERE head = 1;\n", k, k);
  if (flat->sort->len > 0)
    g_string_append_printf (sql, "CREATE INDEX main.\"k_%s_sort\" ON \"k_%s\" (%sid) WHERE head = 1;\n", k, k, sort);
  g_string_append_printf (sql, "CREATE INDEX main.\"k_%s_parent\" ON \"k_%s\" (parent, %s%sid) WHERE head = 1;\n", k, k,
                          flat->date != NULL ? flat->date->sql : "", flat->date != NULL ? ", " : "");
  if (flat->supersedes != NULL)
    g_string_append_printf (sql, "CREATE INDEX main.\"k_%s_supersedes\" ON \"k_%s\" (supersedes) WHERE supersedes IS NOT NULL;\n",
                            k, k);
  return g_string_free (sql, FALSE);
}

static char *
update_list (const ZfFlat *flat)
{
  g_autofree char *all = column_list (flat, "@c = excluded.@c");

  return g_strdup (strchr (all, ',') + 2);
}

static void
write_sql (ZfFlat *flat, ZfSide side)
{
  const char *table = flat->table[side];
  const char *date = flat->date != NULL ? flat->date->sql : "NULL";
  g_autofree char *names = column_list (flat, "@c");
  g_autofree char *marks = column_list (flat, "?");
  g_autofree char *typed = column_list (flat, "@c @t");
  g_autofree char *updates = update_list (flat);

  flat->create[side] = intern (g_strdup_printf ("CREATE TABLE %s (%s%s, head INTEGER NOT NULL) STRICT;", table,
                                                flat->numbered ? "n INTEGER PRIMARY KEY, " : "", typed));
  flat->find[side] = intern (g_strdup_printf ("SELECT head, parent, %s, %s FROM %s WHERE id = ?1", date,
                                              flat->supersedes != NULL ? "supersedes" : "NULL", table));
  flat->put[side] = intern (g_strdup_printf ("INSERT INTO %s (%s, head%s) VALUES (%s, ?%s) ON CONFLICT (id) DO UPDATE SET %s, "
                                             "head = excluded.head", table, names, flat->numbered ? ", n" : "", marks,
                                             flat->numbered ? ", ?" : "", updates));
  flat->remove[side] = intern (g_strdup_printf ("DELETE FROM %s WHERE id = ?1", table));
  flat->superseded[side] = intern (g_strdup_printf ("SELECT 1 FROM %s WHERE supersedes = ?1 AND id <> ?1", table));
  flat->settle[side] = intern (g_strdup_printf ("UPDATE %s SET head = 0 WHERE id IN (SELECT s.supersedes FROM %s s WHERE "
                                                "s.supersedes IS NOT NULL AND s.supersedes <> s.id)", table, table));
  flat->latest[side] = intern (g_strdup_printf ("SELECT CAST(max(%s) AS TEXT) FROM %s WHERE parent = ?1 AND head = 1", date, table));
}

/* All that the rows of a kind in any derived table depend on. */
static char *
fingerprint (const ZfFlat *flat)
{
  JsonObject *search = zf_kind_search (flat->kind);
  g_autofree char *words = search != NULL ? zf_json_canonical_object (search) : g_strdup ("");
  const char *lat = "", *lon = "";
  g_autofree char *text = NULL;

  zf_kind_place (flat->kind, &lat, &lon);
  text = g_strjoin ("\n", LAYOUT, flat->create[ZF_LIVE], flat->indexes, flat->date != NULL ? flat->date->name : "", words, lat, lon,
                    zf_kind_parent_kind (flat->kind) != NULL ? zf_kind_parent_kind (flat->kind) : "", NULL);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static ZfFlat *
flat_new (ZfKinds *kinds, const ZfKind *kind)
{
  ZfFlat *flat = g_new0 (ZfFlat, 1);
  const char *date = zf_kind_date_field (kind);

  flat->kind = kind;
  flat->name = zf_kind_name (kind);
  flat->numbered = zf_home_depth (kinds, kind, NULL) == 0;
  flat->table[ZF_LIVE] = intern (g_strdup_printf ("main.\"k_%s\"", flat->name));
  flat->table[ZF_SCRATCH] = intern (g_strdup_printf ("temp.\"k_%s\"", flat->name));
  lay_out_columns (flat);
  flat->date = date != NULL ? zf_flat_column (flat, date) : NULL;
  flat->supersedes = zf_kind_append_only (kind) ? zf_flat_column (flat, "supersedes") : NULL;
  lay_out_sort (flat);
  write_sql (flat, ZF_LIVE);
  write_sql (flat, ZF_SCRATCH);
  flat->indexes = intern (index_sql (flat));
  flat->fingerprint = fingerprint (flat);
  return flat;
}

static GHashTable *
flats_new (ZfKinds *kinds)
{
  GHashTable *flats = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, flat_free);
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);

  for (guint i = 0; i < list->len; i++)
    {
      ZfFlat *flat = flat_new (kinds, list->pdata[i]);

      g_hash_table_insert (flats, (gpointer) flat->name, flat);
    }
  return flats;
}

const ZfFlat *
zf_flat_get (ZfKinds *kinds, const char *kind)
{
  static GMutex lock;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTable *flats = g_object_get_data (G_OBJECT (kinds), "zf-flats");

  if (flats == NULL)
    {
      flats = flats_new (kinds);
      g_object_set_data_full (G_OBJECT (kinds), "zf-flats", flats, (GDestroyNotify) g_hash_table_unref);
    }
  return g_hash_table_lookup (flats, kind);
}

gboolean
zf_flat_find (ZfDb *db, const ZfFlat *flat, const char *id, ZfFlatRow *row, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, flat->find[ZF_LIVE], error);

  zf_flat_row_clear (row);
  row->exists = row->head = FALSE;
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row->exists, error))
    return FALSE;
  if (row->exists)
    {
      row->head = sqlite3_column_int (stmt, 0) == 1;
      row->parent = g_strdup (zf_db_text (stmt, 1));
      row->date = g_strdup (zf_db_text (stmt, 2));
      row->supersedes = g_strdup (zf_db_text (stmt, 3));
    }
  sqlite3_reset (stmt);
  return TRUE;
}

/* "|a|b|": so that "contains" is one comparison. */
static char *
set_text (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  GString *text = NULL;

  if (array == NULL || json_array_get_length (array) == 0)
    return NULL;
  text = g_string_new ("|");
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (text, "%s|", json_array_get_string_element (array, i));
  return g_string_free (text, FALSE);
}

/* The record outlives the statement's one step. */
static void
bind_text (sqlite3_stmt *stmt, int at, const char *text)
{
  sqlite3_bind_text (stmt, at, text, -1, SQLITE_STATIC);
}

static void
bind_field (sqlite3_stmt *stmt, int at, ZfFieldType type, JsonNode *node)
{
  gboolean is_value = node != NULL && JSON_NODE_HOLDS_VALUE (node);
  const char *text = is_value && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;

  if (type == ZF_FIELD_SET)
    {
      g_autofree char *set = node != NULL ? set_text (node) : NULL;

      sqlite3_bind_text (stmt, at, set, -1, SQLITE_TRANSIENT);
    }
  else if (strcmp (storage[type], "INTEGER") == 0 && is_value && text == NULL)
    sqlite3_bind_int64 (stmt, at, json_node_get_int (node));
  else if (type == ZF_FIELD_DECIMAL && text != NULL)
    sqlite3_bind_double (stmt, at, g_ascii_strtod (text, NULL));
  else
    bind_text (stmt, at, strcmp (storage[type], "TEXT") == 0 ? text : NULL);
}

char *
zf_flat_date (JsonNode *date)
{
  if (date == NULL || !JSON_NODE_HOLDS_VALUE (date))
    return NULL;
  return json_node_get_value_type (date) == G_TYPE_STRING ? g_strdup (json_node_get_string (date))
                                                          : g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (date));
}

static gboolean
put_row (ZfDb *db, const ZfFlat *flat, ZfSide side, const ZfRecord *record, gint64 n, gboolean head, GError **error)
{
  sqlite3_stmt *stmt;
  gboolean row = FALSE;

  if (flat->numbered && n == 0)
    return FALSE;
  stmt = zf_db_prepare (db, flat->put[side], error);
  if (stmt == NULL)
    return FALSE;
  bind_text (stmt, 1, record->id);
  bind_text (stmt, 2, record->parent);
  bind_text (stmt, 3, record->village);
  for (guint i = ZF_FLAT_SYSTEM; i < flat->n_columns; i++)
    bind_field (stmt, (int) i + 1, flat->columns[i].type, json_object_get_member (record->fields, flat->columns[i].name));
  sqlite3_bind_int (stmt, (int) flat->n_columns + 1, head);
  if (flat->numbered)
    sqlite3_bind_int64 (stmt, (int) flat->n_columns + 2, n);
  return zf_db_step (db, stmt, &row, error);
}

gboolean
zf_flat_put (ZfDb *db, const ZfFlat *flat, ZfSide side, const ZfRecord *record, gboolean head, GError **error)
{
  return put_row (db, flat, side, record, flat->numbered ? zf_home_number (db, side, record->id, error) : 0, head, error);
}

gboolean
zf_flat_insert (ZfDb *db, const ZfFlat *flat, const ZfRecord *record, gint64 n, GError **error)
{
  return put_row (db, flat, ZF_LIVE, record, n, TRUE, error);
}

gboolean
zf_flat_remove (ZfDb *db, const ZfFlat *flat, const char *id, GError **error)
{
  return zf_db_run (db, error, flat->remove[ZF_LIVE], "s", id);
}

gboolean
zf_flat_superseded (ZfDb *db, const ZfFlat *flat, const char *id)
{
  return flat->supersedes != NULL && zf_db_get_int (db, 0, flat->superseded[ZF_LIVE], "s", id) == 1;
}
