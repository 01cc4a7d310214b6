/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* What this store believes to hold of the county's state, and putting right what differs. */

#include "zf-ledger-private.h"

#include <string.h>

#include "zf-json.h"

static gboolean
read_sum (sqlite3_stmt *stmt, int column, ZfDigest *digest)
{
  if (sqlite3_column_bytes (stmt, column) != ZF_DIGEST_BYTES)
    return FALSE;
  memcpy (digest->b, sqlite3_column_blob (stmt, column), ZF_DIGEST_BYTES);
  return TRUE;
}

gboolean
zf_ledger_digest (ZfReader *reader, const char *village, guint *n, ZfDigest *sum, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT n, h FROM digest WHERE village = ?1", error);
  gboolean row = FALSE;

  *n = 0;
  *sum = (ZfDigest) { 0 };
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", village);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *n = (guint) sqlite3_column_int64 (stmt, 0);
  read_sum (stmt, 1, sum);
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
zf_ledger_digest_all (ZfReader *reader, gint64 *n, ZfDigest *all, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT village, n, h FROM digest WHERE n > 0 AND village <> ''", error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  gboolean row = TRUE;

  *n = 0;
  if (stmt == NULL)
    return FALSE;
  while (row)
    {
      ZfDigest sum = { 0 };

      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      read_sum (stmt, 2, &sum);
      *n += sqlite3_column_int64 (stmt, 1);
      g_ptr_array_add (lines, zf_digest_line (zf_db_text (stmt, 0), sqlite3_column_int64 (stmt, 1), &sum));
    }
  *all = zf_digest_all (lines);
  return TRUE;
}

typedef void (*EachDigest) (const char *id, const ZfDigest *digest, gpointer data);

static gboolean
for_each_digest (ZfReader *reader, const char *village, EachDigest each, gpointer data, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt =
    zf_db_prepare (db, "SELECT id, digest FROM record WHERE digest NOT NULL AND ifnull (counted, village) = ?1", error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", village);
  while (row)
    {
      ZfDigest digest;

      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (row && read_sum (stmt, 1, &digest))
        each (zf_db_text (stmt, 0), &digest, data);
    }
  return TRUE;
}

static void
add_to_bucket (const char *id, const ZfDigest *digest, gpointer data)
{
  zf_digest_add ((ZfDigest *) data + zf_digest_bucket (id), digest);
}

gboolean
zf_ledger_digest_buckets (ZfReader *reader, const char *village, ZfDigest *buckets, GError **error)
{
  memset (buckets, 0, ZF_DIGEST_BUCKETS * sizeof *buckets);
  return for_each_digest (reader, village, add_to_bucket, buckets, error);
}

typedef struct
{
  GHashTable *ids;
  guint bucket;
} Bucket;

static void
add_id (const char *id, const ZfDigest *digest, gpointer data)
{
  const Bucket *bucket = data;

  if (zf_digest_bucket (id) == bucket->bucket)
    g_hash_table_insert (bucket->ids, g_strdup (id), zf_digest_hex (digest));
}

GHashTable *
zf_ledger_digest_ids (ZfReader *reader, const char *village, guint bucket, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Bucket wanted = { ids, bucket };

  return for_each_digest (reader, village, add_id, &wanted, error) ? g_steal_pointer (&ids) : NULL;
}

/* Fetched records */

gboolean
zf_ledger_lacks (ZfDb *db, const char *id, GError **error)
{
  return zf_db_run (db, error, "INSERT OR IGNORE INTO lacking (id) VALUES (?1)", "s", id);
}

char **
zf_ledger_lacking (ZfReader *reader)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (zf_reader_db (reader), "SELECT id FROM lacking WHERE ?1 IS NULL ORDER BY id", NULL, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    g_strv_builder_add (builder, ids->pdata[i]);
  return g_strv_builder_end (builder);
}

typedef struct
{
  JsonArray *items;
  const char *const *drop;
} Repair;

static gboolean
give_up (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!zf_db_run (write->db, error, "DELETE FROM lacking WHERE id = ?1", "s", id))
    return FALSE;
  if (record == NULL || zf_ledger_has_unsent (write->db, id))
    return TRUE;
  return (record->rev == 0 && !zf_ledger_is_nowhere (write->db, record)) || zf_ledger_forget (write, record, error);
}

static gboolean
apply_fetched (ZfStore *store, ZfDb *db, JsonArray *items, GError **error)
{
  ZfApply apply = { .whole = TRUE };
  gboolean ok = TRUE;

  zf_apply_init (&apply, store, db);
  for (guint i = 0; ok && i < json_array_get_length (items); i++)
    ok = zf_apply_item (&apply, json_array_get_object_element (items, i), error);
  zf_apply_clear (&apply);
  return ok;
}

/* A decision stands in the village of what it decides, which may come after it. */
static gboolean
place_decisions (ZfWrite *write, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (write->db, "SELECT id FROM record WHERE kind = ?1 AND village IS NULL", ZF_KIND_RESOLUTION, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!zf_ledger_settle (write, ids->pdata[i], error))
      return FALSE;
  return ids != NULL;
}

static gboolean
repair_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Repair *repair = data;
  ZfWrite write;

  if (!apply_fetched (store, db, repair->items, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (repair->items); i++)
    if (!zf_db_run (db, error, "DELETE FROM lacking WHERE id = ?1", "s",
                    zf_json_get_string (json_array_get_object_element (repair->items, i), "id", "")))
      return FALSE;
  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  if (!place_decisions (&write, error))
    return FALSE;
  for (guint i = 0; repair->drop != NULL && repair->drop[i] != NULL; i++)
    if (!give_up (&write, repair->drop[i], error))
      return FALSE;
  return TRUE;
}

gboolean
zf_ledger_repair (ZfStore *store, JsonArray *items, const char *const *drop, GError **error)
{
  Repair repair = { items, drop };

  return zf_store_write_ranked (store, ZF_RANK_BACKGROUND, repair_job, &repair, error);
}
