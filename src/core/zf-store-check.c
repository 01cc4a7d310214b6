/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include <string.h>

#include "zf-count.h"
#include "zf-derived.h"
#include "zf-json.h"
#include "zf-photo.h"
#include "zf-truth.h"
#include "zf-value.h"

/* Problem lines name kinds and ids, never values. */
typedef struct
{
  ZfStore *store;
  ZfDb *db;
  ZfKinds *kinds;
  GPtrArray *problems;
} Check;

/* Each query gives one line a problem. A decision stands where the record stands that it is about, though its household moved out of reach. */
static const struct
{
  const char *sentence;
  const char *sql;
} queries[] = {
  { "damaged file",
    "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'" },
  { "change log with a gap, installation",
    "WITH here (epoch, trimmed) AS (SELECT value, ifnull ((SELECT CAST (value AS INTEGER) FROM meta_kv WHERE key = 'trimmed'), 0) "
    "FROM meta_kv WHERE key = 'epoch') SELECT epoch FROM here WHERE (SELECT count(*) FROM change AS c WHERE c.epoch = here.epoch AND "
    "lsn > trimmed) <> max (ifnull ((SELECT max (lsn) FROM change AS c WHERE c.epoch = here.epoch), 0) - trimmed, 0)" },
  { "unacknowledged change of an earlier installation",
    "SELECT kind || ' ' || id FROM change WHERE state IN (0, 1) AND epoch <> (SELECT value FROM meta_kv WHERE key = 'epoch') LIMIT 20" },
  { "change in no batch that counts as being sent",
    "SELECT kind || ' ' || id FROM change AS c WHERE state = 1 AND NOT EXISTS "
    "(SELECT 1 FROM batch AS b WHERE b.open = 1 AND b.epoch = c.epoch AND c.lsn BETWEEN b.first AND b.last) LIMIT 20" },
  { "record that counts though the county does not hold it",
    "SELECT kind || ' ' || id FROM record WHERE digest NOT NULL AND rev = 0 LIMIT 20" },
  { "place in the county's feed that cannot be",
    "SELECT village FROM cursor WHERE seq < -1 OR seq > (SELECT CAST (value AS INTEGER) FROM meta_kv WHERE key = 'stage_next')" },
  { "change log with an unreadable row",
    "SELECT lsn FROM change WHERE NOT json_valid (f) LIMIT 20" },
  { "change of a record that is not in the store",
    "SELECT kind || ' ' || id FROM change AS c WHERE state IN (0, 1) AND NOT EXISTS (SELECT 1 FROM record AS r WHERE r.id = c.id) LIMIT 20" },
  { "record whose parent is not in the store",
    "SELECT kind || ' ' || id FROM record AS r WHERE del IS NULL AND parent IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM record AS p WHERE p.id = r.parent) AND NOT (kind = '" ZF_KIND_RESOLUTION "' AND "
    "EXISTS (SELECT 1 FROM record AS o WHERE o.id = json_extract (r.cur, '$.of'))) LIMIT 20" },
  { "unreadable draft",
    "SELECT kind || ' ' || id FROM draft WHERE NOT json_valid (answers) OR NOT json_valid (seen) LIMIT 20" },
  { "unreadable conflict",
    "SELECT id FROM conflict WHERE NOT json_valid (item) LIMIT 20" },
};

static void
add_problem (Check *check, const char *sentence, const char *what)
{
  g_ptr_array_add (check->problems, g_strdup_printf ("%s: %s", sentence, what != NULL ? what : ""));
}

static gboolean
run_query (Check *check, const char *sentence, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (check->db, sql, error);
  gboolean row = TRUE;

  while (stmt != NULL && row)
    {
      if (!zf_db_step (check->db, stmt, &row, error))
        return FALSE;
      if (row)
        add_problem (check, sentence, zf_db_text (stmt, 0));
    }
  return stmt != NULL;
}

/* cur = base ⊕ pending */
static gboolean
check_record (Check *check, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = zf_derived_load (check->db, check->kinds, id, error);
  g_autoptr (JsonObject) fields = record != NULL ? zf_truth_base (record) : NULL;
  g_autofree char *del = record != NULL ? g_strdup (record->base_del) : NULL;
  g_autofree char *is = NULL;
  g_autofree char *should = NULL;

  if (record == NULL || !zf_truth_lay_pending (check->db, record, fields, &del, error))
    return FALSE;
  is = zf_json_canonical_object (record->fields);
  should = zf_json_canonical_object (fields);
  if (strcmp (is, should) != 0 || g_strcmp0 (record->del, del) != 0)
    {
      g_autofree char *what = g_strdup_printf ("%s %s", record->kind_name, id);

      add_problem (check, "record that is not the county's state with this tablet's changes", what);
    }
  return TRUE;
}

static gboolean
check_records (Check *check, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (check->db,
                                            "SELECT id FROM record WHERE base IS NOT NULL OR rev = 0 OR id IN "
                                            "(SELECT id FROM change WHERE state IN (0, 1, 2)) OR id = ?1",
                                            NULL, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!check_record (check, g_ptr_array_index (ids, i), error))
      return FALSE;
  return ids != NULL;
}

/* Digests and their sums */

static void
add_count (GHashTable *sums, const ZfCount *count)
{
  ZfDigest *sum = count->village != NULL ? g_hash_table_lookup (sums, count->village) : NULL;

  if (count->village == NULL)
    return;
  if (sum == NULL)
    {
      sum = g_new0 (ZfDigest, 1);
      g_hash_table_insert (sums, g_strdup (count->village), sum);
    }
  zf_digest_add (sum, &count->digest);
}

static gboolean
check_digest (Check *check, const char *id, GHashTable *sums, GError **error)
{
  g_autoptr (ZfRecord) record = zf_derived_load (check->db, check->kinds, id, error);
  g_auto (ZfCount) count = { 0 };
  ZfDigest should;

  if (record == NULL || !zf_count_load (check->db, id, &count, error))
    return FALSE;
  should = zf_count_digest (record);
  if (memcmp (should.b, count.digest.b, ZF_DIGEST_BYTES) != 0)
    {
      g_autofree char *what = g_strdup_printf ("%s %s", record->kind_name, id);

      add_problem (check, "record whose digest is not that of the county's state", what);
    }
  add_count (sums, &count);
  return TRUE;
}

static gboolean
check_sums (Check *check, GHashTable *sums, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (check->db, "SELECT village, h FROM digest", error);
  gboolean row = TRUE;
  guint n = 0;

  while (stmt != NULL && row)
    {
      const ZfDigest *sum;

      if (!zf_db_step (check->db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      n++;
      sum = g_hash_table_lookup (sums, zf_db_text (stmt, 0));
      if (sum == NULL || sqlite3_column_bytes (stmt, 1) != ZF_DIGEST_BYTES ||
          memcmp (sum->b, sqlite3_column_blob (stmt, 1), ZF_DIGEST_BYTES) != 0)
        add_problem (check, "village whose sum is not that of its records", zf_db_text (stmt, 0));
    }
  if (stmt != NULL && n < g_hash_table_size (sums))
    add_problem (check, "village without a sum", "");
  return stmt != NULL;
}

static gboolean
check_digests (Check *check, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (check->db, "SELECT id FROM record WHERE digest NOT NULL AND id IS NOT ?1", NULL, error);
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!check_digest (check, g_ptr_array_index (ids, i), sums, error))
      return FALSE;
  return ids != NULL && check_sums (check, sums, error);
}

static gboolean
check_blobs (Check *check, GError **error)
{
  g_autoptr (GPtrArray) names = zf_truth_ids (check->db, "SELECT sha256 FROM blob WHERE state = 0 AND sha256 IS NOT ?1", NULL, error);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *path = zf_photo_path (zf_store_dir (check->store), g_ptr_array_index (names, i), FALSE);

      if (zf_files_size (zf_store_files (check->store), path) < 0)
        add_problem (check, "photo that is only here and has no file", g_ptr_array_index (names, i));
    }
  return names != NULL;
}

static gboolean
run_checks (Check *check, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    if (!run_query (check, queries[i].sentence, queries[i].sql, error))
      return FALSE;
  return check_records (check, error) && check_digests (check, error) && check_blobs (check, error) &&
         zf_derived_check (check->db, check->kinds, check->problems, error);
}

gboolean
zf_store_check (ZfStore *self, GPtrArray *problems, GError **error)
{
  /* A connection of its own: saves go on meanwhile. It may write because derived tables are compared in temporary ones; opening it reads
   * the settings back. */
  Check check = { .store = self, .kinds = zf_store_kinds (self), .problems = problems };
  g_autofree char *path = zf_store_path (self);
  gboolean ok;

  g_return_val_if_fail (ZF_IS_STORE (self) && problems != NULL, FALSE);

  check.db = zf_db_open_vfs (path, TRUE, zf_store_vfs (self), error);
  if (check.db == NULL)
    return FALSE;
  ok = zf_db_exec (check.db, "BEGIN", error) && run_checks (&check, error);
  zf_db_rollback (check.db);
  zf_db_close (check.db);
  return ok;
}
