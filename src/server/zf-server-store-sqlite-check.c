/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* The store as a whole: its copy for a backup, what a backup makes durable, a new life after a restore, and what must always be true of it. */
#include "zf-db.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

/* Copy */

static gboolean
copy_pages (ZfDb *from, ZfDb *to, GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (zf_db_handle (to), "main", zf_db_handle (from), "main");
  int code = backup != NULL ? sqlite3_backup_step (backup, -1) : sqlite3_errcode (zf_db_handle (to));

  if (backup != NULL)
    code = sqlite3_backup_finish (backup);
  if (code == SQLITE_OK)
    return TRUE;
  zf_db_set_error (to, code, error);
  return FALSE;
}

/* One row of JSON for each row of @sql. */
gboolean
zf_sqlite_list_json (ZfDb *db, const char *sql, JsonArray *list, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return FALSE;
  while (zf_db_next (db, stmt, &ok, error))
    {
      JsonObject *object = zf_json_parse_object (zf_db_text (stmt, 0), -1, error);

      if (object == NULL)
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
      json_array_add_object_element (list, object);
    }
  return ok;
}

#define ORIGINS_SQL "SELECT json_object ('device', device, 'epoch', epoch, 'acked', acked) FROM origin ORDER BY n"
#define BLOBS_SQL "SELECT json_object ('sha256', sha256, 'size', size) FROM blob ORDER BY sha256"

static JsonObject *
describe (ZfDb *db, GError **error)
{
  g_autoptr (JsonObject) manifest = json_object_new ();
  JsonArray *origins = json_array_new ();
  JsonArray *blobs = json_array_new ();

  json_object_set_array_member (manifest, "origins", origins);
  json_object_set_array_member (manifest, "blobs", blobs);
  json_object_set_int_member (manifest, "seq", zf_db_get_int (db, 0, "SELECT CAST(value AS INTEGER) FROM server_kv WHERE key = 'seq'", ""));
  json_object_set_int_member (manifest, "changes", zf_db_get_int (db, 0, "SELECT count(*) FROM change", ""));
  if (!zf_sqlite_list_json (db, ORIGINS_SQL, origins, error) || !zf_sqlite_list_json (db, BLOBS_SQL, blobs, error))
    return NULL;
  return g_steal_pointer (&manifest);
}

/* The copy knows what it is: whoever opens it to serve begins a new server epoch. It is described in the same transaction: what could not be read
 * fails that, and never stands in the list as nothing. */
static JsonObject *
seal_copy (ZfDb *copy, GError **error)
{
  g_autoptr (JsonObject) manifest = NULL;

  if (!zf_db_begin (copy, error) || !zf_db_run (copy, error, "INSERT OR REPLACE INTO server_kv VALUES (?, '1')", "s", ZF_META_COPY))
    return NULL;
  manifest = describe (copy, error);
  if (manifest == NULL || !zf_db_commit (copy, error) || !zf_db_exec (copy, "PRAGMA wal_checkpoint (TRUNCATE)", error))
    return NULL;
  return g_steal_pointer (&manifest);
}

JsonObject *
zf_sqlite_copy_to (ZfServerStore *self, const char *path, GError **error)
{
  const char *vfs = ((ZfServerSqlite *) self)->vfs;
  JsonObject *manifest = NULL;
  ZfDb *copy;

  zf_db_erase (path, vfs);
  copy = zf_db_open_vfs (path, TRUE, vfs, error);
  if (copy == NULL)
    return NULL;
  if (copy_pages (db_of (self), copy, error))
    manifest = seal_copy (copy, error);
  zf_db_close (copy);
  return manifest;
}

/* Marks */

static gboolean
mark_origin (ZfDb *db, JsonObject *origin, GError **error)
{
  return zf_db_run (db, error, "UPDATE origin SET durable = max (durable, ?) WHERE device = ? AND epoch = ?", "iss",
                    zf_json_get_int (origin, "acked", 0), zf_json_get_string (origin, "device", ""), zf_json_get_string (origin, "epoch", ""));
}

gboolean
zf_sqlite_mark_durable (ZfServerStore *self, JsonObject *manifest, GError **error)
{
  ZfDb *db = db_of (self);
  JsonArray *origins = zf_json_get_array (manifest, "origins");
  JsonArray *blobs = zf_json_get_array (manifest, "blobs");

  for (guint i = 0; i < json_array_get_length (origins); i++)
    if (!mark_origin (db, json_array_get_object_element (origins, i), error))
      return FALSE;
  for (guint i = 0; i < json_array_get_length (blobs); i++)
    if (!zf_db_run (db, error, "UPDATE blob SET durable = 1 WHERE sha256 = ?", "s",
                    zf_json_get_string (json_array_get_object_element (blobs, i), "sha256", "")))
      return FALSE;
  return TRUE;
}

/* Every change in a copy stands in the backup that it came from; uploads and snapshots that were under way were not copied, nor files that were lost. */
gboolean
zf_sqlite_begin_epoch (ZfServerStore *self, const char *old, const char *fresh, gint64 at, GError **error)
{
  ZfDb *db = db_of (self);

  return zf_db_run (db, error, "INSERT OR REPLACE INTO restore_point SELECT ?, CAST(value AS INTEGER), ? FROM server_kv WHERE key = 'seq'", "si",
                    old, at) &&
         zf_db_run (db, error, "UPDATE server_kv SET value = ? WHERE key = 'server_epoch'", "s", fresh) &&
         zf_db_run (db, error, "DELETE FROM server_kv WHERE key = ?", "s", ZF_META_COPY) &&
         zf_db_exec (db, "UPDATE origin SET durable = acked; UPDATE blob SET durable = 0; DELETE FROM upload; DELETE FROM snapshot", error);
}

/* Checks */

static const struct
{
  const char *sql;       /* how many rows are wrong */
  const char *problem;
} checks[] = {
  { "SELECT count(*) FROM change c WHERE NOT EXISTS (SELECT 1 FROM origin o WHERE o.n = c.origin)", "changes of unknown origin" },
  { "SELECT count(*) FROM origin o WHERE acked <> (SELECT count(*) FROM change c WHERE c.origin = o.n AND c.lsn BETWEEN 1 AND o.acked)"
    " + (SELECT count(*) FROM resent r WHERE r.origin = o.n AND r.lsn BETWEEN 1 AND o.acked)",
    "tablets with gaps in their numbers" },
  { "SELECT count(*) FROM change c JOIN origin o ON o.n = c.origin WHERE c.lsn > o.acked", "changes beyond what was acknowledged" },
  { "SELECT count(*) FROM origin WHERE durable > acked", "tablets with more in the backup than was acknowledged" },
  { "SELECT count(*) FROM change WHERE disposition NOT IN ('applied', 'merged', 'noop', 'conflict', 'quarantined')",
    "changes without a disposition" },
  { "SELECT count(*) FROM change c WHERE (disposition = 'quarantined') <> EXISTS (SELECT 1 FROM quarantine q WHERE q.seq = c.seq)",
    "changes whose quarantine does not agree" },
  { "SELECT count(*) FROM resent r WHERE NOT EXISTS (SELECT 1 FROM change c WHERE c.change_id = r.change_id)", "resent changes that are not there" },
  { "SELECT count(*) FROM feed d WHERE what = 0 AND NOT EXISTS (SELECT 1 FROM field f WHERE f.seq = d.seq AND f.id = d.id)",
    "places in the feed without their fields" },
  { "SELECT count(*) FROM feed d WHERE what IN (1, 2) AND NOT EXISTS (SELECT 1 FROM record r WHERE r.id = d.id AND r.mark = d.seq"
    " AND (r.del IS NOT NULL) = (d.what = 1))",
    "places in the feed that say wrongly whether a record lives" },
  { "SELECT count(*) FROM feed d WHERE what = 3 AND NOT EXISTS (SELECT 1 FROM conflict c WHERE c.id = d.id AND c.seq = d.seq)",
    "places in the feed without their conflict" },
  { "SELECT count(*) FROM field f WHERE NOT EXISTS (SELECT 1 FROM feed d WHERE d.seq = f.seq AND d.what = 0 AND d.village IS"
    " (SELECT village FROM record r WHERE r.id = f.id))",
    "fields that no tablet would see" },
  { "SELECT count(*) FROM conflict c WHERE NOT EXISTS (SELECT 1 FROM feed d WHERE d.seq = c.seq AND d.what = 3)",
    "conflicts that no tablet would see" },
  { "SELECT count(*) FROM record r WHERE mark > 0 AND NOT EXISTS (SELECT 1 FROM feed d WHERE d.seq = r.mark AND d.id = r.id)",
    "tombstones that no tablet would see" },
  { "SELECT count(*) FROM field f WHERE NOT EXISTS (SELECT 1 FROM change c WHERE c.seq = f.change)", "fields without their change" },
  { "SELECT count(*) FROM field f JOIN record r ON r.id = f.id WHERE f.rev > r.rev", "fields newer than their record" },
  { "SELECT count(*) FROM conflict WHERE open = 1 AND closed IS NOT NULL", "conflicts both open and decided" },
  { "SELECT count(*) FROM batch b WHERE acked > (SELECT max (acked) FROM origin o WHERE o.device = b.device)",
    "answers that acknowledge more than is stored" },
  { "SELECT max ((SELECT max (seq) FROM feed), (SELECT max (seq) FROM change)) > (SELECT CAST(value AS INTEGER) FROM server_kv WHERE key = 'seq')",
    "sequence numbers beyond the last one given" },
};

static void
note (GPtrArray *problems, gint64 n, const char *problem)
{
  if (n != 0)
    g_ptr_array_add (problems, g_strdup_printf ("%s: %" G_GINT64_FORMAT, problem, n));
}

gboolean
zf_sqlite_check (ZfServerStore *self, GPtrArray *problems, GError **error)
{
  ZfDb *db = db_of (self);
  g_autofree char *integrity = zf_db_get_text (db, "PRAGMA integrity_check", "");
  guint n_digests = 0;

  if (g_strcmp0 (integrity, "ok") != 0)
    g_ptr_array_add (problems, g_strdup ("the database is damaged"));
  if (zf_db_get_int (db, 0, "PRAGMA synchronous", "") != 2)
    g_ptr_array_add (problems, g_strdup ("the database does not wait for the disk"));
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    note (problems, zf_db_get_int (db, 0, checks[i].sql, ""), checks[i].problem);
  if (!self->verbs->digest_recount (self, FALSE, &n_digests, error))
    return FALSE;
  note (problems, n_digests, "digests that do not fit their records");
  return TRUE;
}

static GPtrArray *
list_text (ZfDb *db, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  while (zf_db_next (db, stmt, &ok, error))
    g_ptr_array_add (list, g_strdup (zf_db_text (stmt, 0)));
  return ok ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
zf_sqlite_blobs (ZfServerStore *self, GError **error)
{
  return list_text (db_of (self), "SELECT sha256 FROM blob ORDER BY sha256", error);
}

GPtrArray *
zf_sqlite_digest_villages (ZfServerStore *self, GError **error)
{
  return list_text (db_of (self), "SELECT village FROM digest ORDER BY village", error);
}

#define QUARANTINE_SQL                                                                                                                    \
  "SELECT json_object ('seq', q.seq, 'why', q.why, 'kind', c.kind, 'id', c.id, 'device', o.device, 'lsn', c.lsn, 'at', c.recv_at)"         \
  " FROM quarantine q JOIN change c ON c.seq = q.seq JOIN origin o ON o.n = c.origin WHERE q.closed = 0 ORDER BY q.seq"

JsonArray *
zf_sqlite_quarantined (ZfServerStore *self, GError **error)
{
  g_autoptr (JsonArray) list = json_array_new ();

  return zf_sqlite_list_json (db_of (self), QUARANTINE_SQL, list, error) ? g_steal_pointer (&list) : NULL;
}
