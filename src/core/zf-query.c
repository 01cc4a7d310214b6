/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-query-private.h"

#include "zf-rows.h"

static void
filter_free (gpointer data)
{
  ZfQueryFilter *filter = data;

  g_free (filter->name);
  g_free (filter->value);
  g_free (filter);
}

static void
order_free (gpointer data)
{
  ZfQueryOrder *order = data;

  g_free (order->name);
  g_free (order);
}

ZfQuery *
zf_query_new (const char *kind)
{
  ZfQuery *query = g_new0 (ZfQuery, 1);

  query->kind = g_strdup (kind);
  query->columns = g_ptr_array_new_with_free_func (g_free);
  query->groups = g_ptr_array_new_with_free_func (g_free);
  query->filters = g_ptr_array_new_with_free_func (filter_free);
  query->orders = g_ptr_array_new_with_free_func (order_free);
  return query;
}

void
zf_query_free (ZfQuery *query)
{
  if (query == NULL)
    return;
  g_free (query->kind);
  g_free (query->search);
  g_ptr_array_unref (query->columns);
  g_ptr_array_unref (query->groups);
  g_ptr_array_unref (query->filters);
  g_ptr_array_unref (query->orders);
  g_free (query);
}

void
zf_query_column (ZfQuery *query, const char *name)
{
  g_ptr_array_add (query->columns, g_strdup (name));
}

void
zf_query_columns (ZfQuery *query, ...)
{
  va_list args;
  const char *name;

  va_start (args, query);
  while ((name = va_arg (args, const char *)) != NULL)
    zf_query_column (query, name);
  va_end (args);
}

void
zf_query_where (ZfQuery *query, const char *name, ZfOp op, const char *value)
{
  ZfQueryFilter *filter = g_new0 (ZfQueryFilter, 1);

  filter->name = g_strdup (name);
  filter->op = op;
  filter->value = g_strdup (value);
  g_ptr_array_add (query->filters, filter);
}

void
zf_query_search (ZfQuery *query, const char *text)
{
  g_free (query->search);
  query->search = g_strdup (text);
}

void
zf_query_group (ZfQuery *query, const char *name)
{
  g_ptr_array_add (query->groups, g_strdup (name));
}

void
zf_query_order (ZfQuery *query, const char *name, gboolean descending)
{
  ZfQueryOrder *order = g_new0 (ZfQueryOrder, 1);

  order->name = g_strdup (name);
  order->descending = descending;
  g_ptr_array_add (query->orders, order);
}

void
zf_query_page (ZfQuery *query, guint offset, guint limit)
{
  query->offset = offset;
  query->limit = limit;
}

static ZfRows *
run (ZfQuery *query, ZfReader *reader, GError **error)
{
  g_auto (ZfQueryBuilder) b = { 0 };
  g_autofree char *sql = NULL;
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt;
  int n;

  if (!zf_query_builder_init (&b, query, reader, error) || (sql = zf_query_builder_select (&b)) == NULL)
    return NULL;
  stmt = zf_db_prepare (db, sql, error);
  if (stmt == NULL)
    return NULL;
  n = zf_query_builder_bind (&b, stmt);
  sqlite3_bind_int64 (stmt, n + 1, query->limit > 0 ? (gint64) query->limit : -1);
  sqlite3_bind_int64 (stmt, n + 2, b.offset);
  return zf_rows_read (db, stmt, b.types, error);
}

static gint64
count (ZfQuery *query, ZfReader *reader, GError **error)
{
  g_auto (ZfQueryBuilder) b = { 0 };
  g_autofree char *sql = NULL;
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt;
  gboolean row = FALSE;
  gint64 n;

  if (!zf_query_builder_init (&b, query, reader, error) || (sql = zf_query_builder_count (&b)) == NULL)
    return -1;
  stmt = zf_db_prepare (db, sql, error);
  if (stmt == NULL)
    return -1;
  zf_query_builder_bind (&b, stmt);
  if (!zf_db_step (db, stmt, &row, error))
    return -1;
  n = row ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return n;
}

/* Counts and sets of homes that a query is made with must belong to the state that it then reads. */
ZfRows *
zf_query_run (ZfQuery *query, ZfReader *reader, GError **error)
{
  ZfRows *rows;

  if (!zf_db_run (zf_reader_db (reader), error, "BEGIN", ""))
    return NULL;
  rows = run (query, reader, error);
  zf_db_run (zf_reader_db (reader), NULL, "COMMIT", "");
  return rows;
}

gint64
zf_query_count (ZfQuery *query, ZfReader *reader, GError **error)
{
  gint64 n;

  if (!zf_db_run (zf_reader_db (reader), error, "BEGIN", ""))
    return -1;
  n = count (query, reader, error);
  zf_db_run (zf_reader_db (reader), NULL, "COMMIT", "");
  return n;
}

char *
zf_query_plan (ZfQuery *query, ZfReader *reader, GError **error)
{
  g_auto (ZfQueryBuilder) b = { 0 };
  g_autofree char *sql = NULL;
  g_autofree char *explain = NULL;
  g_autoptr (GString) plan = g_string_new (NULL);
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt;
  gboolean row = FALSE;

  if (!zf_query_builder_init (&b, query, reader, error) || (sql = zf_query_builder_select (&b)) == NULL)
    return NULL;
  explain = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  stmt = zf_db_prepare (db, explain, error);
  if (stmt == NULL)
    return NULL;
  while (zf_db_step (db, stmt, &row, error))
    {
      if (!row)
        return g_string_free (g_steal_pointer (&plan), FALSE);
      g_string_append_printf (plan, "%s\n", zf_db_text (stmt, 3));
    }
  return NULL;
}
