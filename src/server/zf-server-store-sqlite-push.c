/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What a push reads and writes: origins, batches, changes, records with their parts, conflicts. */
#include "zf-db.h"
#include "zf-error.h"
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

gboolean
zf_sqlite_origin (ZfServerStore *self, const char *device, const char *epoch, gint64 *n, gint64 *acked, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!zf_db_run (db, error, "INSERT OR IGNORE INTO origin (device, epoch) VALUES (?, ?)", "ss", device, epoch) ||
      !ONE_ROW (db, stmt, row, "SELECT n, acked FROM origin WHERE device = ? AND epoch = ?", "ss", device, epoch) || !row)
    return FALSE;
  *n = sqlite3_column_int64 (stmt, 0);
  *acked = sqlite3_column_int64 (stmt, 1);
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
zf_sqlite_set_acked (ZfServerStore *self, gint64 origin, gint64 acked, GError **error)
{
  return zf_db_run (db_of (self), error, "UPDATE origin SET acked = max(acked, ?) WHERE n = ?", "ii", acked, origin);
}

gint64
zf_sqlite_acked (ZfServerStore *self, const char *device, const char *epoch)
{
  return zf_db_get_int (db_of (self), 0, "SELECT acked FROM origin WHERE device = ? AND epoch = ?", "ss", device, epoch);
}

#define CID_AT_SQL                                                                                                      \
  "SELECT change_id FROM change WHERE origin = (SELECT n FROM origin WHERE device = ?1 AND epoch = ?2) AND lsn = ?3"    \
  " UNION SELECT change_id FROM resent WHERE origin = (SELECT n FROM origin WHERE device = ?1 AND epoch = ?2) AND lsn = ?3"

char *
zf_sqlite_cid_at (ZfServerStore *self, const char *device, const char *epoch, gint64 lsn)
{
  return zf_db_get_text (db_of (self), CID_AT_SQL, "ssi", device, epoch, lsn);
}

gint64
zf_sqlite_durable (ZfServerStore *self, gint64 origin)
{
  return zf_db_get_int (db_of (self), 0, "SELECT durable FROM origin WHERE n = ?", "i", origin);
}

gint64
zf_sqlite_restore_point (ZfServerStore *self, const char *server_epoch)
{
  return zf_db_get_int (db_of (self), 0, "SELECT seq FROM restore_point WHERE epoch = ?", "s", server_epoch);
}

char *
zf_sqlite_origin_device (ZfServerStore *self, gint64 origin)
{
  return zf_db_get_text (db_of (self), "SELECT device FROM origin WHERE n = ?", "i", origin);
}

gboolean
zf_sqlite_find_batch (ZfServerStore *self, const char *device, const char *batch, char **sha256, char **results, gint64 *acked, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row, "SELECT sha256, response, acked FROM batch WHERE device = ? AND batch_id = ?", "ss", device, batch))
    return FALSE;
  if (row)
    {
      *sha256 = g_strdup (zf_db_text (stmt, 0));
      *results = g_strdup (zf_db_text (stmt, 1));
      *acked = sqlite3_column_int64 (stmt, 2);
      sqlite3_reset (stmt);
    }
  return TRUE;
}

gboolean
zf_sqlite_put_batch (ZfServerStore *self, const char *device, const char *batch, const char *sha256, const char *results, gint64 acked,
                     GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT INTO batch VALUES (?, ?, ?, ?, ?)", "ssssi", device, batch, sha256, results, acked);
}

#define BY_LSN \
  "SELECT bytes, rev FROM change WHERE origin = ?1 AND lsn = ?2" \
  " UNION ALL SELECT c.bytes, c.rev FROM resent r JOIN change c ON c.change_id = r.change_id WHERE r.origin = ?1 AND r.lsn = ?2"

gboolean
zf_sqlite_find_change (ZfServerStore *self, gint64 origin, gint64 lsn, const char *cid, char **bytes, gint64 *rev, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row, ok;

  if (lsn > 0)
    ok = ONE_ROW (db, stmt, row, BY_LSN, "ii", origin, lsn);
  else
    ok = ONE_ROW (db, stmt, row, "SELECT bytes, rev FROM change WHERE change_id = ?", "s", cid);
  if (!ok)
    return FALSE;
  if (row)
    {
      *bytes = g_strdup (zf_db_text (stmt, 0));
      *rev = sqlite3_column_int64 (stmt, 1);
      sqlite3_reset (stmt);
    }
  return TRUE;
}

gboolean
zf_sqlite_put_change (ZfServerStore *self, const ZfChangeRow *row, GError **error)
{
  ZfDb *db = db_of (self);

  if (!zf_db_run (db, error, "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "iiisssiisiiss", row->seq, row->origin,
                  row->lsn, row->cid, row->kind, row->id, row->rev, row->at, row->by, row->recv_at, row->skew, row->disposition, row->bytes))
    return FALSE;
  return row->why == NULL ||
         zf_db_run (db, error, "INSERT INTO quarantine (seq, id, why) VALUES (?, ?, ?)", "iss", row->seq, row->id, row->why);
}

gboolean
zf_sqlite_put_resent (ZfServerStore *self, gint64 origin, gint64 lsn, const char *cid, GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT OR IGNORE INTO resent VALUES (?, ?, ?)", "iis", origin, lsn, cid);
}

static void
read_author (sqlite3_stmt *stmt, ZfAuthor *author)
{
  author->seq = sqlite3_column_int64 (stmt, 0);
  author->origin = sqlite3_column_int64 (stmt, 1);
  author->cid = g_strdup (zf_db_text (stmt, 2));
  author->by = g_strdup (zf_db_text (stmt, 3));
  author->at = sqlite3_column_int64 (stmt, 4);
  sqlite3_reset (stmt);
}

#define AUTHOR_COLUMNS "seq, origin, change_id, by, at"

gboolean
zf_sqlite_change_author (ZfServerStore *self, gint64 seq, ZfAuthor *author, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row, "SELECT " AUTHOR_COLUMNS " FROM change WHERE seq = ?", "i", seq))
    return FALSE;
  if (!row)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "A field of the county's store names a change that is not there");
      return FALSE;
    }
  read_author (stmt, author);
  return TRUE;
}

gboolean
zf_sqlite_seq_of_change (ZfServerStore *self, const char *cid, gint64 *seq, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row, "SELECT seq FROM change WHERE change_id = ?", "s", cid))
    return FALSE;
  *seq = row ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
zf_sqlite_maker (ZfServerStore *self, const char *id, ZfAuthor *author, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row, "SELECT " AUTHOR_COLUMNS " FROM change WHERE id = ? AND rev > 0 ORDER BY seq LIMIT 1", "s", id))
    return FALSE;
  if (row)
    read_author (stmt, author);
  return TRUE;
}

/* A decision of a conflict sets a record's fields by a change of another record: its place in the feed tells when. */
gint64
zf_sqlite_rev_at (ZfServerStore *self, const char *id, gint64 seq)
{
  return zf_db_get_int (db_of (self), 0,
                        "SELECT max (ifnull ((SELECT max(rev) FROM change WHERE id = ?1 AND seq <= ?2), 0),"
                        " ifnull ((SELECT max(rev) FROM field WHERE id = ?1 AND seq <= ?2), 0),"
                        " ifnull ((SELECT del_rev FROM record WHERE id = ?1 AND del_change <= ?2), 0))",
                        "si", id, seq);
}

gboolean
zf_sqlite_is_refused (ZfServerStore *self, const char *id)
{
  return zf_db_get_int (db_of (self), 0,
                        "SELECT 1 FROM change c JOIN quarantine q ON q.seq = c.seq WHERE c.id = ?1 AND NOT EXISTS (SELECT 1 FROM record WHERE id = ?1)",
                        "s", id) == 1;
}

GPtrArray *
zf_sqlite_later_changes (ZfServerStore *self, const char *id, gint64 rev, gint64 after, gint64 origin, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT bytes FROM change WHERE id = ?1 AND rev > ?2 AND seq > ?3 AND origin <> ?4"
                                      " AND disposition IN ('applied', 'merged', 'conflict') AND NOT EXISTS"
                                      " (SELECT 1 FROM resent WHERE resent.origin = ?4 AND resent.change_id = change.change_id) ORDER BY seq",
                                      error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "siii", id, rev, after, origin);
  while (zf_db_next (db, stmt, &ok, error))
    g_ptr_array_add (list, g_strdup (zf_db_text (stmt, 0)));
  return ok ? g_steal_pointer (&list) : NULL;
}

static gboolean
load_parts (ZfDb *db, ZfEntity *entity, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT seq, rev, change, whole, f FROM field WHERE id = ? ORDER BY seq", error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", entity->id);
  while (zf_db_next (db, stmt, &ok, error))
    {
      JsonObject *f = zf_json_parse_object (zf_db_text (stmt, 4), -1, error);

      if (f == NULL)
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
      zf_entity_add_part (entity, sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1), sqlite3_column_int64 (stmt, 2),
                          sqlite3_column_int (stmt, 3) != 0, ZF_PART_CLEAN, f);
    }
  return ok;
}

ZfEntity *
zf_sqlite_load (ZfServerStore *self, const char *id, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (ZfEntity) entity = NULL;
  sqlite3_stmt *stmt;
  gboolean row;

  if (!ONE_ROW (db, stmt, row, "SELECT kind, parent, village, rev, seq, del, del_rev, del_change, mark FROM record WHERE id = ?", "s", id) ||
      !row)
    return NULL;
  entity = zf_entity_new (id, zf_db_text (stmt, 0));
  entity->parent = g_strdup (zf_db_text (stmt, 1));
  entity->village = g_strdup (zf_db_text (stmt, 2));
  entity->rev = sqlite3_column_int64 (stmt, 3);
  entity->seq = sqlite3_column_int64 (stmt, 4);
  entity->del = g_strdup (zf_db_text (stmt, 5));
  entity->del_rev = sqlite3_column_int64 (stmt, 6);
  entity->del_change = sqlite3_column_int64 (stmt, 7);
  entity->mark = sqlite3_column_int64 (stmt, 8);
  sqlite3_reset (stmt);
  return load_parts (db, entity, error) ? g_steal_pointer (&entity) : NULL;
}

static gboolean
insert_part (ZfServerStore *self, ZfEntity *entity, ZfPart *part, GError **error)
{
  g_autofree char *f = zf_json_canonical_object (part->f);

  return zf_db_run (db_of (self), error, "INSERT INTO field VALUES (?, ?, ?, ?, ?, ?)", "isiiis", part->seq, entity->id, part->rev,
                    part->change, (gint64) part->whole, f) &&
         zf_sqlite_put_feed (self, part->seq, entity->village, ZF_FEED_FIELDS, entity->id, error);
}

static gboolean
update_part (ZfServerStore *self, ZfPart *part, GError **error)
{
  g_autofree char *f = zf_json_canonical_object (part->f);

  return zf_db_run (db_of (self), error, "UPDATE field SET whole = ?, f = ? WHERE seq = ?", "isi", (gint64) part->whole, f, part->seq);
}

static gboolean
drop_part (ZfServerStore *self, ZfPart *part, GError **error)
{
  return zf_db_run (db_of (self), error, "DELETE FROM field WHERE seq = ?", "i", part->seq) && zf_sqlite_drop_feed (self, part->seq, error);
}

static gboolean
move_part (ZfServerStore *self, ZfEntity *entity, ZfPart *part, GError **error)
{
  if (!drop_part (self, part, error))
    return FALSE;
  part->seq = part->moved_seq;
  return insert_part (self, entity, part, error);
}

static gboolean
save_part (ZfServerStore *self, ZfEntity *entity, ZfPart *part, GError **error)
{
  switch (part->state)
    {
    case ZF_PART_CLEAN:
      return TRUE;
    case ZF_PART_NEW:
      return insert_part (self, entity, part, error);
    case ZF_PART_CHANGED:
      return update_part (self, part, error);
    case ZF_PART_GONE:
      return drop_part (self, part, error);
    case ZF_PART_MOVED:
      return move_part (self, entity, part, error);
    default:
      g_assert_not_reached ();
    }
}

gboolean
zf_sqlite_save (ZfServerStore *self, ZfEntity *entity, GError **error)
{
  g_autoptr (GBytes) digest = NULL;

  if (!zf_sqlite_digest_move (self, entity, &digest, error) ||
      !zf_db_run (db_of (self), error,
                  "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, village = excluded.village, rev = excluded.rev,"
                  " seq = excluded.seq, del = excluded.del, del_rev = excluded.del_rev, del_change = excluded.del_change,"
                  " mark = excluded.mark, digest = excluded.digest",
                  "ssssiisiiib", entity->id, entity->kind, entity->parent, entity->village, entity->rev, entity->seq, entity->del,
                  entity->del_rev, entity->del_change, entity->mark, digest))
    return FALSE;
  for (guint i = 0; i < entity->parts->len; i++)
    {
      ZfPart *part = g_ptr_array_index (entity->parts, i);

      if (!save_part (self, entity, part, error))
        return FALSE;
      if (part->state != ZF_PART_GONE)
        part->state = ZF_PART_CLEAN;
    }
  return TRUE;
}

gboolean
zf_sqlite_place_of (ZfServerStore *self, const char *id, char **village, char **del, gboolean *found, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt;

  if (!ONE_ROW (db, stmt, *found, "SELECT village, del FROM record WHERE id = ?", "s", id))
    return FALSE;
  if (*found)
    {
      *village = g_strdup (zf_db_text (stmt, 0));
      *del = g_strdup (zf_db_text (stmt, 1));
      sqlite3_reset (stmt);
    }
  return TRUE;
}

GPtrArray *
zf_sqlite_children (ZfServerStore *self, const char *id, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT r.id FROM one JOIN record AS r ON r.del = 'merged:' || one.id) "
                                      "SELECT r.id FROM one JOIN record AS r ON r.parent = one.id OR (r.id = one.id AND r.id <> ?1) "
                                      "ORDER BY r.del IS NULL, r.seq",
                                      error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", id);
  while (zf_db_next (db, stmt, &ok, error))
    g_ptr_array_add (list, g_strdup (zf_db_text (stmt, 0)));
  return ok ? g_steal_pointer (&list) : NULL;
}
