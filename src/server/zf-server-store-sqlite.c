/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-store-sqlite.h"

#include "zf-db.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-schema-private.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

static void
sqlite_close (ZfServerStore *self)
{
  zf_db_close (db_of (self));
  g_free (((ZfServerSqlite *) self)->vfs);
  g_free (self);
}

static gboolean
sqlite_begin (ZfServerSqlite *self, GError **error)
{
  if (!zf_db_begin (self->db, error))
    return FALSE;
  self->seq = self->seq_stored = zf_db_get_int (self->db, 0, "SELECT CAST(value AS INTEGER) FROM server_kv WHERE key = 'seq'", "");
  return TRUE;
}

static gboolean
sqlite_commit (ZfServerSqlite *self, GError **error)
{
  if (self->seq != self->seq_stored &&
      !zf_db_run (self->db, error, "INSERT INTO server_kv VALUES ('seq', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", "i",
                  self->seq))
    {
      zf_db_rollback (self->db);
      return FALSE;
    }
  return zf_db_commit (self->db, error);
}

static gboolean
sqlite_txn (ZfServerStore *store, ZfTxnOp op, GError **error)
{
  ZfServerSqlite *self = (ZfServerSqlite *) store;

  switch (op)
    {
    case ZF_TXN_BEGIN:
      return sqlite_begin (self, error);
    case ZF_TXN_COMMIT:
      return sqlite_commit (self, error);
    case ZF_TXN_ROLLBACK:
      zf_db_rollback (self->db);
      return TRUE;
    case ZF_TXN_MARK:
      return zf_db_exec (self->db, "SAVEPOINT tx", error);
    case ZF_TXN_KEEP:
      return zf_db_exec (self->db, "RELEASE tx", error);
    case ZF_TXN_BACK:
      return zf_db_exec (self->db, "ROLLBACK TO tx; RELEASE tx", error);
    case ZF_TXN_VIEW:
      return zf_db_view (self->db, error);
    case ZF_TXN_LEAVE:
      return zf_db_commit (self->db, error);
    default:
      g_assert_not_reached ();
    }
}

static gint64
sqlite_next_seq (ZfServerStore *self)
{
  return ++((ZfServerSqlite *) self)->seq;
}

static gint64
sqlite_head (ZfServerStore *self)
{
  return zf_db_get_int (db_of (self), 0, "SELECT CAST(value AS INTEGER) FROM server_kv WHERE key = 'seq'", "");
}

/* What could not be read is not taken for what is not there. */
static gboolean
sqlite_get_meta (ZfServerStore *self, const char *key, char **value, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT value FROM server_kv WHERE key = ?", error);
  const char *text = NULL;
  gboolean row = FALSE;

  *value = NULL;
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", key);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  text = zf_db_text (stmt, 0);
  if (text == NULL)
    zf_db_set_error (db, SQLITE_NOMEM, error);
  *value = g_strdup (text);
  sqlite3_reset (stmt);
  return text != NULL;
}

static gboolean
sqlite_set_meta (ZfServerStore *self, const char *key, const char *value, GError **error)
{
  return zf_db_run (db_of (self), error,
                    "INSERT INTO server_kv VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", "ss", key, value);
}

static gboolean
sqlite_audit (ZfServerStore *self, gint64 at, const char *device, const char *action, const char *object, GError **error)
{
  zf_crash_point ("audit-append");
  return zf_db_run (db_of (self), error, "INSERT INTO audit (at, device, action, object) VALUES (?, ?, ?, ?)", "isss", at, device,
                    action, object);
}

static ZfDevice *
sqlite_device_by_token (ZfServerStore *self, const char *token, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, name, token, app, suspended, scope_epoch, seal_key FROM device WHERE token = ?", error);
  g_autoptr (ZfDevice) device = NULL;
  gboolean row;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", token);
  if (!zf_db_step (db, stmt, &row, error) || !row)
    return NULL;
  device = g_new0 (ZfDevice, 1);
  device->id = g_strdup (zf_db_text (stmt, 0));
  device->name = g_strdup (zf_db_text (stmt, 1));
  device->token = g_strdup (zf_db_text (stmt, 2));
  device->app = g_strdup (zf_db_text (stmt, 3));
  device->suspended = sqlite3_column_int (stmt, 4) != 0;
  device->scope_epoch = sqlite3_column_int64 (stmt, 5);
  device->seal_key = g_strdup (zf_db_text (stmt, 6));
  sqlite3_reset (stmt);
  return zf_sqlite_load_scope (self, device, error) ? g_steal_pointer (&device) : NULL;
}

static gboolean
assign (ZfDb *db, const char *device, const char *village, gint64 seq, GError **error)
{
  return zf_db_run (db, error, "INSERT INTO assignment (device, village, from_seq) VALUES (?, ?, ?)", "ssi", device, village, seq);
}

static gboolean
sqlite_save_device (ZfServerStore *self, const ZfDevice *device, gint64 at, GError **error)
{
  ZfDb *db = db_of (self);
  gint64 seq = ((ZfServerSqlite *) self)->seq;

  if (!zf_db_run (db, error,
                  "INSERT INTO device (id, name, token, suspended, scope_epoch, enrolled, app, seal_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT (id) DO UPDATE SET name = excluded.name, token = excluded.token, suspended = excluded.suspended,"
                  " scope_epoch = excluded.scope_epoch, app = excluded.app, seal_key = excluded.seal_key",
                  "sssiiiss", device->id, device->name, device->token, (gint64) device->suspended, device->scope_epoch, at, device->app,
                  device->seal_key) ||
      !zf_db_run (db, error, "UPDATE assignment SET to_seq = ? WHERE device = ? AND team IS NULL AND to_seq IS NULL", "is", seq, device->id))
    return FALSE;
  if (device->everywhere)
    return assign (db, device->id, NULL, seq, error);
  for (guint i = 0; device->villages[i] != NULL; i++)
    if (!assign (db, device->id, device->villages[i], seq, error))
      return FALSE;
  return TRUE;
}

static gboolean
sqlite_put_code (ZfServerStore *self, const ZfEnrolCode *code, GError **error)
{
  g_autofree char *villages = NULL;

  if (code->villages != NULL)
    {
      g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), NULL);
      JsonArray *array = json_array_new ();

      for (guint i = 0; code->villages[i] != NULL; i++)
        json_array_add_string_element (array, code->villages[i]);
      json_node_take_array (node, array);
      villages = zf_json_canonical (node);
    }
  return zf_db_run (db_of (self), error, "INSERT INTO enrol_code (code, name, villages, expires) VALUES (?, ?, ?, ?)", "sssi", code->code,
                    code->name, villages, code->expires_ms);
}

static char **
villages_from_json (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (JsonNode) node = text != NULL ? zf_json_parse (text, -1, NULL) : NULL;
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_strv_builder_add (builder, json_array_get_string_element (array, i));
  return g_strv_builder_end (builder);
}

static ZfEnrolCode *
sqlite_take_code (ZfServerStore *self, const char *sha256, const char *device, gint64 now_ms, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt =
    zf_db_prepare (db, "UPDATE enrol_code SET device = ? WHERE code = ? AND device IS NULL AND expires > ? RETURNING name, villages", error);
  ZfEnrolCode *code;
  gboolean row;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ssi", device, sha256, now_ms);
  if (!zf_db_step (db, stmt, &row, error) || !row)
    return NULL;
  code = g_new0 (ZfEnrolCode, 1);
  code->code = g_strdup (sha256);
  code->name = g_strdup (zf_db_text (stmt, 0));
  code->villages = villages_from_json (zf_db_text (stmt, 1));
  sqlite3_reset (stmt);
  return code;
}

static JsonObject *
sqlite_stats (ZfServerStore *self, GError **error)
{
  static const struct
  {
    const char *name;
    const char *sql;
  } counts[] = {
    { "changes", "SELECT count(*) FROM change" },
    { "devices", "SELECT count(*) FROM device" },
    { "conflicts_open", "SELECT count(*) FROM conflict WHERE open = 1" },
    { "quarantined", "SELECT count(*) FROM quarantine WHERE closed = 0" },
    { "needs_review", "SELECT count(*) FROM review" },
    { "blobs", "SELECT count(*) FROM blob" },
    { "blob_bytes", "SELECT total(size) FROM blob" },
  };
  ZfDb *db = db_of (self);
  g_autoptr (JsonObject) stats = json_object_new ();
  JsonObject *records = json_object_new ();
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT kind, count(*) FROM record WHERE del IS NULL GROUP BY kind ORDER BY kind", error);
  gboolean ok = FALSE;

  json_object_set_object_member (stats, "records", records);
  if (stmt == NULL)
    return NULL;
  while (zf_db_next (db, stmt, &ok, error))
    json_object_set_int_member (records, zf_db_text (stmt, 0), sqlite3_column_int64 (stmt, 1));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    json_object_set_int_member (stats, counts[i].name, zf_db_get_int (db, 0, counts[i].sql, ""));
  return ok ? g_steal_pointer (&stats) : NULL;
}

static const ZfServerStoreVerbs sqlite_verbs = {
  .close = sqlite_close,
  .txn = sqlite_txn,
  .next_seq = sqlite_next_seq,
  .head = sqlite_head,
  .get_meta = sqlite_get_meta,
  .set_meta = sqlite_set_meta,
  .audit = sqlite_audit,
  .device_by_token = sqlite_device_by_token,
  .save_device = sqlite_save_device,
  .put_code = sqlite_put_code,
  .take_code = sqlite_take_code,
  .origin = zf_sqlite_origin,
  .set_acked = zf_sqlite_set_acked,
  .acked = zf_sqlite_acked,
  .cid_at = zf_sqlite_cid_at,
  .durable = zf_sqlite_durable,
  .restore_point = zf_sqlite_restore_point,
  .origin_device = zf_sqlite_origin_device,
  .find_batch = zf_sqlite_find_batch,
  .put_batch = zf_sqlite_put_batch,
  .find_change = zf_sqlite_find_change,
  .put_change = zf_sqlite_put_change,
  .put_resent = zf_sqlite_put_resent,
  .change_author = zf_sqlite_change_author,
  .seq_of_change = zf_sqlite_seq_of_change,
  .maker = zf_sqlite_maker,
  .rev_at = zf_sqlite_rev_at,
  .is_refused = zf_sqlite_is_refused,
  .later_changes = zf_sqlite_later_changes,
  .load = zf_sqlite_load,
  .save = zf_sqlite_save,
  .place_of = zf_sqlite_place_of,
  .children = zf_sqlite_children,
  .put_feed = zf_sqlite_put_feed,
  .drop_feed = zf_sqlite_drop_feed,
  .page = zf_sqlite_page,
  .delivered = zf_sqlite_delivered,
  .set_delivered = zf_sqlite_set_delivered,
  .log_scope = zf_sqlite_log_scope,
  .left_seq = zf_sqlite_left_seq,
  .deliver = zf_sqlite_deliver,
  .villages = zf_sqlite_villages,
  .standing = zf_sqlite_standing,
  .open_in = zf_sqlite_open_in,
  .parts_of = zf_sqlite_parts_of,
  .history = zf_sqlite_history,
  .feed_since = zf_sqlite_feed_since,
  .brought_until = zf_sqlite_brought_until,
  .snapshot = zf_sqlite_snapshot,
  .put_snapshot = zf_sqlite_put_snapshot,
  .drop_snapshot = zf_sqlite_drop_snapshot,
  .old_snapshots = zf_sqlite_old_snapshots,
  .find_device = zf_sqlite_find_device,
  .device = zf_sqlite_device,
  .put_team = zf_sqlite_put_team,
  .assign = zf_sqlite_assign,
  .unassign = zf_sqlite_unassign,
  .team_devices = zf_sqlite_team_devices,
  .teams = zf_sqlite_teams,
  .next_scope = zf_sqlite_next_scope,
  .digest = zf_sqlite_digest,
  .digest_buckets = zf_sqlite_digest_buckets,
  .digest_ids = zf_sqlite_digest_ids,
  .digest_recount = zf_sqlite_digest_recount,
  .open_conflict = zf_sqlite_open_conflict,
  .conflict = zf_sqlite_conflict,
  .conflicts_of = zf_sqlite_conflicts_of,
  .save_conflict = zf_sqlite_save_conflict,
  .set_twin_key = zf_sqlite_set_twin_key,
  .twins = zf_sqlite_twins,
  .put_blob = zf_sqlite_put_blob,
  .put_blob_ref = zf_sqlite_put_blob_ref,
  .blob_visible = zf_sqlite_blob_visible,
  .blob = zf_sqlite_blob,
  .put_upload = zf_sqlite_put_upload,
  .upload = zf_sqlite_upload,
  .upload_of = zf_sqlite_upload_of,
  .n_uploads = zf_sqlite_n_uploads,
  .old_uploads = zf_sqlite_old_uploads,
  .drop_upload = zf_sqlite_drop_upload,
  .copy_to = zf_sqlite_copy_to,
  .mark_durable = zf_sqlite_mark_durable,
  .begin_epoch = zf_sqlite_begin_epoch,
  .check = zf_sqlite_check,
  .blobs = zf_sqlite_blobs,
  .digest_villages = zf_sqlite_digest_villages,
  .quarantined = zf_sqlite_quarantined,
  .merged_since = zf_sqlite_merged_since,
  .set_review = zf_sqlite_set_review,
  .reviews = zf_sqlite_reviews,
  .stats = sqlite_stats,
};

/* Append only: entry i leads from version i to i + 1. */
static const ZfMigration migrations[] = {
  zf_schema_server,
  zf_schema_server_2,
  zf_schema_server_3,
};

/* A file of version 0 holds something else, unless it was just made. */
static gboolean
bring_schema (ZfDb *db, const char *path, gboolean make, GError **error)
{
  if (!make && zf_db_get_int (db, 0, "PRAGMA user_version", "") == 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "server.db is not the store of a Zoufang server");
      return FALSE;
    }
  return zf_schema_migrate_by (db, migrations, G_N_ELEMENTS (migrations), path, error);
}

ZfServerStore *
zf_server_store_open_sqlite (const char *path, gboolean make, const char *vfs, GError **error)
{
  gboolean there = zf_db_exists (path, vfs);
  ZfServerSqlite *self;
  ZfDb *db;

  if (make == there)
    {
      g_set_error_literal (error, ZF_ERROR, make ? ZF_ERROR_INVALID : ZF_ERROR_NOT_FOUND,
                           make ? "This folder already holds a server's data" : "This folder holds no server's data; run init first");
      return NULL;
    }
  db = zf_db_open_vfs (path, TRUE, vfs, error);
  if (db == NULL)
    return NULL;
  if (!bring_schema (db, path, make, error))
    {
      zf_db_close (db);
      return NULL;
    }
  self = g_new0 (ZfServerSqlite, 1);
  self->parent.verbs = &sqlite_verbs;
  self->db = db;
  self->vfs = g_strdup (vfs);
  if (zf_sqlite_digest_fill (&self->parent, error))
    return &self->parent;
  zf_server_store_close (&self->parent);
  return NULL;
}
