/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* The feed: in which order the tablets of a village see what changed, and how far each was told. */
#include "zf-db.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

gboolean
zf_sqlite_put_feed (ZfServerStore *self, gint64 seq, const char *village, ZfFeedWhat what, const char *id, GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT INTO feed VALUES (?, ?, ?, ?)", "isis", seq, village, (gint64) what, id);
}

gboolean
zf_sqlite_drop_feed (ZfServerStore *self, gint64 seq, GError **error)
{
  return zf_db_run (db_of (self), error, "DELETE FROM feed WHERE seq = ?", "i", seq);
}

static gboolean
collect (ZfDb *db, sqlite3_stmt *stmt, GArray *seqs, GError **error)
{
  gboolean ok = FALSE;

  while (zf_db_next (db, stmt, &ok, error))
    {
      gint64 seq = sqlite3_column_int64 (stmt, 0);

      g_array_append_val (seqs, seq);
    }
  return ok;
}

static gboolean
collect_all (ZfDb *db, gint64 after, guint limit, GArray *seqs, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT seq FROM feed WHERE seq > ? ORDER BY seq LIMIT ?", error);

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "ii", after, (gint64) limit);
  return collect (db, stmt, seqs, error);
}

static gboolean
collect_village (ZfDb *db, const char *village, gint64 after, guint limit, GArray *seqs, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT seq FROM feed WHERE village = ? AND seq > ? ORDER BY seq LIMIT ?", error);

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "sii", village, after, (gint64) limit);
  return collect (db, stmt, seqs, error);
}

static int
compare_seq (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Sequence numbers of the page: each village gives its first @limit from its own index, so a page costs the same however large the county. */
static gboolean
collect_scope (ZfDb *db, const ZfDevice *device, gint64 after, guint limit, GArray *seqs, GError **error)
{
  if (device->everywhere)
    return collect_all (db, after, limit, seqs, error);
  if (!collect_village (db, "*", after, limit, seqs, error))
    return FALSE;
  for (guint i = 0; device->villages[i] != NULL; i++)
    if (!collect_village (db, device->villages[i], after, limit, seqs, error))
      return FALSE;
  g_array_sort (seqs, compare_seq);
  return TRUE;
}

#define ROW_COLUMNS \
  "r.kind, r.village, r.del, r.rev, r.seq, f.rev, f.whole, f.f, c.origin, c.lsn, c.change_id, c.by, c.at, c.id"
#define ROW_SQL                                                                                                              \
  "SELECT d.seq, d.what, d.id, " ROW_COLUMNS                                                                                 \
  " FROM feed d LEFT JOIN record r ON r.id = d.id LEFT JOIN field f ON f.seq = d.seq LEFT JOIN change c ON c.seq = f.change" \
  " WHERE d.seq = ?"
#define PARTS_SQL                                                                                                       \
  "SELECT f.seq, CASE WHEN f.seq IS NULL THEN 1 ELSE 0 END, r.id, " ROW_COLUMNS                                         \
  " FROM record r LEFT JOIN field f ON f.id = r.id LEFT JOIN change c ON c.seq = f.change WHERE r.id = ?"               \
  " ORDER BY f.seq"

static gboolean
emit (sqlite3_stmt *stmt, ZfFeedFunc func, gpointer data)
{
  ZfFeedRow row = {
    .seq = sqlite3_column_int64 (stmt, 0),
    .what = sqlite3_column_int (stmt, 1),
    .id = zf_db_text (stmt, 2),
    .kind = zf_db_text (stmt, 3),
    .village = zf_db_text (stmt, 4),
    .del = zf_db_text (stmt, 5),
    .record_rev = sqlite3_column_int64 (stmt, 6),
    .record_seq = sqlite3_column_int64 (stmt, 7),
    .rev = sqlite3_column_int64 (stmt, 8),
    .whole = sqlite3_column_int (stmt, 9) != 0,
    .f = zf_db_text (stmt, 10),
    .origin = sqlite3_column_int64 (stmt, 11),
    .lsn = sqlite3_column_int64 (stmt, 12),
    .cid = zf_db_text (stmt, 13),
    .by = zf_db_text (stmt, 14),
    .at = sqlite3_column_int64 (stmt, 15),
    .of = zf_db_text (stmt, 16),
  };

  return func (&row, data);
}

gboolean
zf_sqlite_parts_of (ZfServerStore *self, const char *id, ZfFeedFunc func, gpointer data, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, PARTS_SQL, error);
  gboolean row = TRUE, go_on = TRUE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  while (row && go_on)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (row)
        go_on = emit (stmt, func, data);
    }
  sqlite3_reset (stmt);
  return TRUE;
}

/* *go_on: FALSE when the page's reader had enough. */
static gboolean
emit_seq (ZfDb *db, gint64 seq, ZfFeedFunc func, gpointer data, gboolean *go_on, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, ROW_SQL, error);
  gboolean row;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "i", seq);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    *go_on = emit (stmt, func, data);
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
zf_sqlite_page (ZfServerStore *self, const ZfDevice *device, gint64 after, guint limit, ZfFeedFunc func, gpointer data, gboolean *more,
                GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean go_on = TRUE;

  if (!collect_scope (db, device, after, limit + 1, seqs, error))
    return FALSE;
  for (guint i = 0; go_on && i < MIN (seqs->len, limit); i++)
    if (!emit_seq (db, g_array_index (seqs, gint64, i), func, data, &go_on, error))
      return FALSE;
  *more = !go_on || seqs->len > limit;
  return TRUE;
}

gint64
zf_sqlite_delivered (ZfServerStore *self, const char *device, const char *village)
{
  return zf_db_get_int (db_of (self), 0, "SELECT max(seq) FROM delivery WHERE device = ? AND village IN (?, '')", "ss", device, village);
}

gboolean
zf_sqlite_deliver (ZfServerStore *self, const char *device, const char *village, gint64 seq, GError **error)
{
  return zf_db_run (db_of (self), error,
                    "INSERT INTO delivery VALUES (?, ?, ?)"
                    " ON CONFLICT (device, village) DO UPDATE SET seq = max(delivery.seq, excluded.seq)",
                    "ssi", device, village, seq);
}

gboolean
zf_sqlite_set_delivered (ZfServerStore *self, const ZfDevice *device, gint64 seq, GError **error)
{
  if (device->everywhere)
    return zf_sqlite_deliver (self, device->id, "", seq, error);
  if (!zf_sqlite_deliver (self, device->id, "*", seq, error))
    return FALSE;
  for (guint i = 0; device->villages[i] != NULL; i++)
    if (!zf_sqlite_deliver (self, device->id, device->villages[i], seq, error))
      return FALSE;
  return TRUE;
}

gboolean
zf_sqlite_log_scope (ZfServerStore *self, gint64 seq, const char *village, const char *id, const char *way, const char *why, GError **error)
{
  return zf_db_run (db_of (self), error, "INSERT INTO scope_log VALUES (?, ?, ?, ?, ?)", "issss", seq, village, id, way, why);
}

gint64
zf_sqlite_left_seq (ZfServerStore *self, const char *id, const ZfDevice *device, char **village)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT seq, village FROM scope_log WHERE id = ? AND way = 'leave' ORDER BY seq DESC", NULL);
  gboolean row = FALSE;
  gint64 seq = 0;

  if (stmt == NULL)
    return 0;
  zf_db_bind (stmt, "s", id);
  while (seq == 0 && zf_db_step (db, stmt, &row, NULL) && row)
    if (zf_device_covers (device, zf_db_text (stmt, 1)))
      {
        seq = sqlite3_column_int64 (stmt, 0);
        *village = g_strdup (zf_db_text (stmt, 1));
      }
  sqlite3_reset (stmt);
  return seq;
}
