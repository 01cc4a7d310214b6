/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Conflict records, and what makes two records the same. */
#include "zf-db.h"
#include "zf-json.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

/* One row at most: prepares, binds, steps. *row tells whether it stands; the caller resets the statement. */
#define ONE_ROW(db, stmt, row, sql, ...) \
  ((stmt = zf_db_prepare (db, sql, error)) != NULL && (zf_db_bind (stmt, __VA_ARGS__), zf_db_step (db, stmt, &(row), error)))

#define CONFLICT_COLUMNS "id, seq, record, kind, grp, device, open, base, theirs, mine, closed"

static ZfConflict *
conflict_from_row (sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (ZfConflict) conflict = g_new0 (ZfConflict, 1);
  g_autoptr (JsonNode) mine = zf_json_parse (zf_db_text (stmt, 9), -1, error);

  conflict->id = g_strdup (zf_db_text (stmt, 0));
  conflict->seq = sqlite3_column_int64 (stmt, 1);
  conflict->record = g_strdup (zf_db_text (stmt, 2));
  conflict->kind = g_strdup (zf_db_text (stmt, 3));
  conflict->group = g_strdup (zf_db_text (stmt, 4));
  conflict->device = g_strdup (zf_db_text (stmt, 5));
  conflict->open = sqlite3_column_int (stmt, 6) != 0;
  if (zf_db_text (stmt, 7) != NULL)
    conflict->base = zf_json_parse (zf_db_text (stmt, 7), -1, error);
  if (mine == NULL || (zf_db_text (stmt, 7) != NULL && conflict->base == NULL))
    return NULL;
  conflict->theirs = zf_json_parse_object (zf_db_text (stmt, 8), -1, error);
  conflict->mine = json_array_ref (json_node_get_array (mine));
  if (conflict->theirs != NULL && zf_db_text (stmt, 10) != NULL)
    conflict->closed = zf_json_parse_object (zf_db_text (stmt, 10), -1, error);
  if (conflict->theirs == NULL || (zf_db_text (stmt, 10) != NULL && conflict->closed == NULL))
    return NULL;
  return g_steal_pointer (&conflict);
}

static ZfConflict *
one_conflict (sqlite3_stmt *stmt, gboolean row, GError **error)
{
  ZfConflict *conflict = row ? conflict_from_row (stmt, error) : NULL;

  sqlite3_reset (stmt);
  return conflict;
}

ZfConflict *
zf_sqlite_open_conflict (ZfServerStore *self, const char *device, const char *record, const char *kind, const char *group, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row,
                "SELECT " CONFLICT_COLUMNS " FROM conflict WHERE record = ? AND open = 1 AND device = ? AND kind = ? AND grp = ?", "ssss",
                record, device, kind, group))
    return NULL;
  return one_conflict (stmt, row, error);
}

ZfConflict *
zf_sqlite_conflict (ZfServerStore *self, const char *id, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row, "SELECT " CONFLICT_COLUMNS " FROM conflict WHERE id = ?", "s", id))
    return NULL;
  return one_conflict (stmt, row, error);
}

GPtrArray *
zf_sqlite_conflicts_of (ZfServerStore *self, const char *record, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_conflict_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT " CONFLICT_COLUMNS " FROM conflict WHERE record = ? ORDER BY seq", error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", record);
  while (zf_db_next (db, stmt, &ok, error))
    {
      ZfConflict *conflict = conflict_from_row (stmt, error);

      if (conflict == NULL)
        {
          sqlite3_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (list, conflict);
    }
  return ok ? g_steal_pointer (&list) : NULL;
}

gboolean
zf_sqlite_save_conflict (ZfServerStore *self, const ZfConflict *conflict, GError **error)
{
  g_autoptr (JsonNode) theirs = json_node_init_object (json_node_alloc (), conflict->theirs);
  g_autoptr (JsonNode) mine = json_node_init_array (json_node_alloc (), conflict->mine);
  g_autoptr (JsonNode) closed = conflict->closed != NULL ? json_node_init_object (json_node_alloc (), conflict->closed) : NULL;

  return zf_db_run (db_of (self), error,
                    "INSERT INTO conflict (" CONFLICT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, open = excluded.open, mine = excluded.mine, closed = excluded.closed",
                    "sissssinnnn", conflict->id, conflict->seq, conflict->record, conflict->kind, conflict->group, conflict->device,
                    (gint64) conflict->open, conflict->base, theirs, mine, closed);
}

gboolean
zf_sqlite_set_twin_key (ZfServerStore *self, const char *id, guint rule, const char *key, GError **error)
{
  if (key == NULL)
    return zf_db_run (db_of (self), error, "DELETE FROM twin WHERE id = ? AND rule = ?", "si", id, (gint64) rule);
  return zf_db_run (db_of (self), error, "INSERT INTO twin VALUES (?, ?, ?) ON CONFLICT (id, rule) DO UPDATE SET key = excluded.key", "sis", id,
                    (gint64) rule, key);
}

GPtrArray *
zf_sqlite_twins (ZfServerStore *self, const char *key, const char *id, const char *village, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT r.id FROM twin t JOIN record r ON r.id = t.id WHERE t.key = ? AND t.id <> ? AND r.village IS ?"
                                      " AND r.del IS NULL ORDER BY (SELECT min(seq) FROM change c WHERE c.id = r.id)",
                                      error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "sss", key, id, village);
  while (zf_db_next (db, stmt, &ok, error))
    g_ptr_array_add (list, g_strdup (zf_db_text (stmt, 0)));
  return ok ? g_steal_pointer (&list) : NULL;
}
