/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What is read whole: the records of a village, the history of one record; and which snapshots are published. */
#include "zf-db.h"
#include "zf-json.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

/* First column of every row; @value (nullable) is the one parameter. */
static GPtrArray *
read_texts (ZfDb *db, const char *sql, const char *value, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  if (value != NULL)
    zf_db_bind (stmt, "s", value);
  while (zf_db_next (db, stmt, &ok, error))
    g_ptr_array_add (list, g_strdup (zf_db_text (stmt, 0)));
  return ok ? g_steal_pointer (&list) : NULL;
}

/* What was merged away goes with the record that it was merged into. */
#define ABOVE "CASE WHEN del LIKE 'merged:%' THEN substr (del, 8) ELSE parent END"

/* "*" sorts before every id, and "" before it. */
GPtrArray *
zf_sqlite_villages (ZfServerStore *self, GError **error)
{
  return read_texts (db_of (self), "SELECT DISTINCT coalesce (village, '') FROM record ORDER BY 1", NULL, error);
}

GPtrArray *
zf_sqlite_standing (ZfServerStore *self, const char *village, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_standing_free);
  gboolean nowhere = *village == '\0', ok = FALSE;
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      nowhere ? "SELECT id, " ABOVE " FROM record WHERE village IS NULL ORDER BY id"
                                              : "SELECT id, " ABOVE " FROM record WHERE village = ?1 ORDER BY id",
                                      error);

  if (stmt == NULL)
    return NULL;
  if (!nowhere)
    zf_db_bind (stmt, "s", village);
  while (zf_db_next (db, stmt, &ok, error))
    {
      ZfStanding *standing = g_new0 (ZfStanding, 1);

      standing->id = g_strdup (zf_db_text (stmt, 0));
      standing->parent = g_strdup (zf_db_text (stmt, 1));
      g_ptr_array_add (list, standing);
    }
  return ok ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
zf_sqlite_open_in (ZfServerStore *self, const char *village, GError **error)
{
  return read_texts (db_of (self),
                     "SELECT c.id FROM conflict c JOIN record r ON r.id = c.record WHERE c.open = 1 AND coalesce (r.village, '') = ?"
                     " ORDER BY c.id",
                     village, error);
}

gboolean
zf_sqlite_history (ZfServerStore *self, const char *id, ZfHistoryFunc func, gpointer data, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt =
    zf_db_prepare (db, "SELECT change_id, at, recv_at, by, rev, disposition, bytes FROM change WHERE id = ? ORDER BY seq", error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  while (zf_db_next (db, stmt, &ok, error))
    {
      ZfChangeRow change = {
        .cid = zf_db_text (stmt, 0),
        .at = sqlite3_column_int64 (stmt, 1),
        .recv_at = sqlite3_column_int64 (stmt, 2),
        .by = zf_db_text (stmt, 3),
        .rev = sqlite3_column_int64 (stmt, 4),
        .disposition = zf_db_text (stmt, 5),
        .bytes = zf_db_text (stmt, 6),
      };

      func (&change, data);
    }
  return ok;
}

gint64
zf_sqlite_feed_since (ZfServerStore *self, const char *scope, gint64 seq, gint64 max)
{
  if (g_str_equal (scope, ZF_SCOPE_ALL))
    return zf_db_get_int (db_of (self), 0, "SELECT count(*) FROM (SELECT 1 FROM feed WHERE seq > ? LIMIT ?)", "ii", seq, max);
  return zf_db_get_int (db_of (self), 0, "SELECT count(*) FROM (SELECT 1 FROM feed WHERE village = ? AND seq > ? LIMIT ?)", "sii", scope, seq,
                        max);
}

#define BROUGHT \
  "SELECT max(seq) FROM (SELECT c.seq FROM origin o JOIN change c ON c.origin = o.n WHERE o.device = ?1" \
  " UNION ALL SELECT c.seq FROM origin o JOIN resent r ON r.origin = o.n JOIN change c ON c.change_id = r.change_id WHERE o.device = ?1)"

gint64
zf_sqlite_brought_until (ZfServerStore *self, const char *device)
{
  return zf_db_get_int (db_of (self), 0, BROUGHT, "s", device);
}

static ZfSnapshot *
snapshot_from_row (sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (JsonNode) parts = zf_json_parse (zf_db_text (stmt, 3), -1, error);
  ZfSnapshot *snapshot;

  if (parts == NULL || !JSON_NODE_HOLDS_ARRAY (parts))
    return NULL;
  snapshot = g_new0 (ZfSnapshot, 1);
  snapshot->scope = g_strdup (zf_db_text (stmt, 0));
  snapshot->seq = sqlite3_column_int64 (stmt, 1);
  snapshot->made_ms = sqlite3_column_int64 (stmt, 2);
  snapshot->parts = json_array_ref (json_node_get_array (parts));
  return snapshot;
}

ZfSnapshot *
zf_sqlite_snapshot (ZfServerStore *self, const char *scope, gint64 seq, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (
    db, "SELECT village, seq, made, parts FROM snapshot WHERE village = ?1 AND (?2 = 0 OR seq = ?2) ORDER BY seq DESC LIMIT 1", error);
  ZfSnapshot *snapshot = NULL;
  gboolean row;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "si", scope, seq);
  if (zf_db_step (db, stmt, &row, error) && row)
    snapshot = snapshot_from_row (stmt, error);
  sqlite3_reset (stmt);
  return snapshot;
}

gboolean
zf_sqlite_put_snapshot (ZfServerStore *self, const ZfSnapshot *snapshot, GError **error)
{
  g_autoptr (JsonNode) parts = json_node_init_array (json_node_alloc (), snapshot->parts);

  return zf_db_run (db_of (self), error, "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)", "siin", snapshot->scope, snapshot->seq,
                    snapshot->made_ms, parts);
}

gboolean
zf_sqlite_drop_snapshot (ZfServerStore *self, const char *scope, gint64 seq, GError **error)
{
  return zf_db_run (db_of (self), error, "DELETE FROM snapshot WHERE village = ? AND seq = ?", "si", scope, seq);
}

GPtrArray *
zf_sqlite_old_snapshots (ZfServerStore *self, gint64 before_ms, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_snapshot_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT village, seq, made, parts FROM snapshot WHERE made < ?", error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "i", before_ms);
  while (zf_db_next (db, stmt, &ok, error))
    {
      ZfSnapshot *snapshot = snapshot_from_row (stmt, error);

      if (snapshot == NULL)
        {
          sqlite3_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (list, snapshot);
    }
  return ok ? g_steal_pointer (&list) : NULL;
}
