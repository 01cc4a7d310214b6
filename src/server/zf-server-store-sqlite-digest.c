/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Digests: of every living record, beside it; of every village, as a sum that each save moves by what it changed. */
#include <string.h>

#include "zf-db.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

static gboolean
read_digest (sqlite3_stmt *stmt, int column, ZfDigest *digest)
{
  if (sqlite3_column_bytes (stmt, column) != ZF_DIGEST_BYTES)
    return FALSE;
  memcpy (digest->b, sqlite3_column_blob (stmt, column), ZF_DIGEST_BYTES);
  return TRUE;
}

static GBytes *
bytes_of (const ZfDigest *digest)
{
  return g_bytes_new (digest->b, ZF_DIGEST_BYTES);
}

/* The state as a tablet holds it: every field's latest value. */
static JsonObject *
state_of (const ZfEntity *entity)
{
  JsonObject *fields = json_object_new ();

  for (guint i = 0; i < entity->parts->len; i++)
    {
      ZfPart *part = entity->parts->pdata[i];
      JsonObjectIter iter;
      const char *name = NULL;
      JsonNode *value = NULL;

      if (part->state == ZF_PART_GONE)
        continue;
      json_object_iter_init (&iter, part->f);
      while (json_object_iter_next (&iter, &name, &value))
        json_object_set_member (fields, name, json_node_ref (value));
    }
  return fields;
}

/* Deleted records and those that stand in no village yet are in no sum. */
static gboolean
digest_of (const ZfEntity *entity, ZfDigest *digest)
{
  g_autoptr (JsonObject) fields = NULL;

  if (entity->del != NULL || entity->village == NULL)
    return FALSE;
  fields = state_of (entity);
  *digest = zf_digest_record (entity->id, ZF_PLANT (DIGEST_WITHOUT_REV) ? 0 : entity->rev, fields);
  return TRUE;
}

gboolean
zf_sqlite_digest (ZfServerStore *self, const char *village, gint64 *n, ZfDigest *sum, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT n, h FROM digest WHERE village = ?", error);
  gboolean row;

  *n = 0;
  memset (sum, 0, sizeof *sum);
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", village);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    {
      *n = sqlite3_column_int64 (stmt, 0);
      read_digest (stmt, 1, sum);
      sqlite3_reset (stmt);
    }
  return TRUE;
}

/* Moves the village's sum by one record: @by is 1 or -1. */
static gboolean
move_sum (ZfServerStore *self, const char *village, const ZfDigest *digest, gint64 by, GError **error)
{
  g_autoptr (GBytes) h = NULL;
  ZfDigest sum;
  gint64 n;

  if (!zf_sqlite_digest (self, village, &n, &sum, error))
    return FALSE;
  if (by < 0 && n > 1 && ZF_PLANT (SUM_NOT_MOVED))
    return TRUE;
  if (by > 0)
    zf_digest_add (&sum, digest);
  else
    zf_digest_sub (&sum, digest);
  h = bytes_of (&sum);
  return zf_db_run (db_of (self), error,
                    "INSERT INTO digest VALUES (?, ?, ?) ON CONFLICT (village) DO UPDATE SET n = excluded.n, h = excluded.h", "sib", village,
                    n + by, h);
}

/* What the sums contain of the record now. */
static gboolean
stored_digest (ZfDb *db, const char *id, char **village, ZfDigest *digest, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT village, digest FROM record WHERE id = ?", error);
  gboolean row;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (row)
    {
      *village = read_digest (stmt, 1, digest) ? g_strdup (zf_db_text (stmt, 0)) : NULL;
      sqlite3_reset (stmt);
    }
  return TRUE;
}

gboolean
zf_sqlite_digest_move (ZfServerStore *self, const ZfEntity *entity, GBytes **digest, GError **error)
{
  g_autofree char *village = NULL;
  ZfDigest before, after;

  *digest = NULL;
  if (!stored_digest (db_of (self), entity->id, &village, &before, error) ||
      (village != NULL && !move_sum (self, village, &before, -1, error)))
    return FALSE;
  if (!digest_of (entity, &after))
    return TRUE;
  *digest = bytes_of (&after);
  return move_sum (self, entity->village, &after, 1, error);
}

gboolean
zf_sqlite_digest_buckets (ZfServerStore *self, const char *village, ZfDigest *buckets, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, digest FROM record WHERE village = ? AND digest IS NOT NULL", error);
  gboolean ok = FALSE;

  memset (buckets, 0, ZF_DIGEST_BUCKETS * sizeof *buckets);
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", village);
  while (zf_db_next (db, stmt, &ok, error))
    {
      ZfDigest digest;

      if (read_digest (stmt, 1, &digest))
        zf_digest_add (&buckets[zf_digest_bucket (zf_db_text (stmt, 0))], &digest);
    }
  return ok;
}

gboolean
zf_sqlite_digest_ids (ZfServerStore *self, const char *village, guint bucket, ZfDigestFunc func, gpointer data, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, digest FROM record WHERE village = ? AND digest IS NOT NULL ORDER BY id", error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", village);
  while (zf_db_next (db, stmt, &ok, error))
    {
      const char *id = zf_db_text (stmt, 0);
      ZfDigest digest;

      if (zf_digest_bucket (id) == bucket && read_digest (stmt, 1, &digest))
        func (id, &digest, data);
    }
  return ok;
}

/* Recounting: from the fields alone, for verify and for records that are older than their digests. */

typedef struct
{
  ZfServerStore *store;
  GHashTable *sums;      /* village → Sum */
  guint n_wrong;
  gboolean repair;
} Recount;
typedef struct
{
  gint64 n;
  ZfDigest h;
} Sum;

static Sum *
sum_of (Recount *recount, const char *village)
{
  Sum *sum = g_hash_table_lookup (recount->sums, village);

  if (sum == NULL)
    {
      sum = g_new0 (Sum, 1);
      g_hash_table_insert (recount->sums, g_strdup (village), sum);
    }
  return sum;
}

static gboolean
recount_record (Recount *recount, const char *id, GBytes *stored, GError **error)
{
  g_autoptr (ZfEntity) entity = zf_sqlite_load (recount->store, id, error);
  g_autoptr (GBytes) bytes = NULL;
  ZfDigest digest;

  if (entity == NULL)
    return FALSE;
  if (digest_of (entity, &digest))
    {
      Sum *sum = sum_of (recount, entity->village);

      sum->n++;
      zf_digest_add (&sum->h, &digest);
      bytes = bytes_of (&digest);
    }
  if (bytes == stored || (bytes != NULL && stored != NULL && g_bytes_equal (bytes, stored)))
    return TRUE;
  recount->n_wrong++;
  return !recount->repair ||
         zf_db_run (db_of (recount->store), error, "UPDATE record SET digest = ? WHERE id = ?", "bs", bytes, id);
}

static gboolean
recount_sum (Recount *recount, const char *village, const Sum *sum, GError **error)
{
  g_autoptr (GBytes) h = bytes_of (&sum->h);
  ZfDigest stored;
  gint64 n;

  if (!zf_sqlite_digest (recount->store, village, &n, &stored, error))
    return FALSE;
  if (n == sum->n && memcmp (stored.b, sum->h.b, ZF_DIGEST_BYTES) == 0)
    return TRUE;
  recount->n_wrong++;
  return !recount->repair || zf_db_run (db_of (recount->store), error, "INSERT OR REPLACE INTO digest VALUES (?, ?, ?)", "sib", village,
                                        sum->n, h);
}

/* Villages whose last record has gone keep their row: it must say nothing. */
static gboolean
collect_villages (Recount *recount, GError **error)
{
  ZfDb *db = db_of (recount->store);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT village FROM digest", error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return FALSE;
  while (zf_db_next (db, stmt, &ok, error))
    sum_of (recount, zf_db_text (stmt, 0));
  return ok;
}

static gboolean
recount_sums (Recount *recount, GError **error)
{
  GHashTableIter iter;
  gpointer village, sum;

  if (!collect_villages (recount, error))
    return FALSE;
  g_hash_table_iter_init (&iter, recount->sums);
  while (g_hash_table_iter_next (&iter, &village, &sum))
    if (!recount_sum (recount, village, sum, error))
      return FALSE;
  return TRUE;
}

/* *id (inout): the record after it, NULL after the last one. */
static gboolean
next_record (ZfDb *db, char **id, GBytes **stored, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, digest FROM record WHERE id > ? ORDER BY id LIMIT 1", error);
  gboolean row;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", *id);
  g_clear_pointer (id, g_free);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *id = g_strdup (zf_db_text (stmt, 0));
  if (sqlite3_column_type (stmt, 1) == SQLITE_BLOB)
    *stored = g_bytes_new (sqlite3_column_blob (stmt, 1), (gsize) sqlite3_column_bytes (stmt, 1));
  sqlite3_reset (stmt);
  return TRUE;
}

static gboolean
recount_records (Recount *recount, GError **error)
{
  g_autofree char *id = g_strdup ("");

  while (id != NULL)
    {
      g_autoptr (GBytes) stored = NULL;

      if (!next_record (db_of (recount->store), &id, &stored, error) || (id != NULL && !recount_record (recount, id, stored, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
zf_sqlite_digest_recount (ZfServerStore *self, gboolean repair, guint *n_wrong, GError **error)
{
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Recount recount = { .store = self, .sums = sums, .repair = repair };

  if (!recount_records (&recount, error) || !recount_sums (&recount, error))
    return FALSE;
  *n_wrong = recount.n_wrong;
  return TRUE;
}

#define FILLED "digests_filled"

gboolean
zf_sqlite_digest_fill (ZfServerStore *self, GError **error)
{
  ZfDb *db = db_of (self);
  guint n_wrong;

  if (zf_db_get_int (db, 0, "SELECT 1 FROM server_kv WHERE key = ?", "s", FILLED) == 1)
    return TRUE;
  if (!self->verbs->txn (self, ZF_TXN_BEGIN, error))
    return FALSE;
  if (zf_sqlite_digest_recount (self, TRUE, &n_wrong, error) && self->verbs->set_meta (self, FILLED, "1", error))
    return self->verbs->txn (self, ZF_TXN_COMMIT, error);
  self->verbs->txn (self, ZF_TXN_ROLLBACK, NULL);
  return FALSE;
}
