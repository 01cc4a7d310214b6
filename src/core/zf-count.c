/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-count.h"

#include <string.h>

#include "zf-json.h"
#include "zf-truth.h"
#include "zf-value.h"

#define MERGED "merged:"
#define MAX_HOPS 16
/* meta_kv keys: digests are there; what the forms knew when the store was open last. */
#define KEY_DIGESTS "digests"
#define KEY_FIELDS "fields"
/* Their sum, kept with the kinds. */
#define KEY_KNOWN "zf-known-fields"

void
zf_count_clear (ZfCount *count)
{
  g_clear_pointer (&count->village, g_free);
}

static gboolean
read_digest (sqlite3_stmt *stmt, int column, ZfDigest *digest)
{
  if (sqlite3_column_bytes (stmt, column) != ZF_DIGEST_BYTES)
    return FALSE;
  memcpy (digest->b, sqlite3_column_blob (stmt, column), ZF_DIGEST_BYTES);
  return TRUE;
}

GBytes *
zf_count_bytes (const ZfCount *count)
{
  return count->has ? g_bytes_new (count->digest.b, ZF_DIGEST_BYTES) : NULL;
}

gboolean
zf_count_load (ZfDb *db, const char *id, ZfCount *count, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT digest, nullif (ifnull (counted, village), '') FROM record WHERE id = ?1 AND digest NOT NULL", error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  count->has = read_digest (stmt, 0, &count->digest);
  count->village = g_strdup (zf_db_text (stmt, 1));
  sqlite3_reset (stmt);
  return TRUE;
}

/* The village that the county has @id in, none known here when it moved away or was left; *next: the record that it was merged into there. */
static gboolean
village_of (ZfDb *db, const char *id, char **village, char **next, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT CASE WHEN base_del = 'moved' THEN NULL WHEN digest IS NULL THEN village ELSE nullif (ifnull (counted, village), '') END,"
                                      " CASE WHEN base_del LIKE 'merged:%' THEN substr (base_del, 8) END FROM record WHERE id = ?1",
                                      error);
  gboolean row = FALSE;

  g_clear_pointer (village, g_free);
  *next = NULL;
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *village = g_strdup (zf_db_text (stmt, 0));
  *next = g_strdup (zf_db_text (stmt, 1));
  sqlite3_reset (stmt);
  return TRUE;
}

static gboolean
village_through_merges (ZfDb *db, const char *id, char **village, GError **error)
{
  g_autofree char *at = g_strdup (id);

  for (guint i = 0; i < MAX_HOPS && at != NULL; i++)
    {
      char *next = NULL;

      if (!village_of (db, at, village, &next, error))
        return FALSE;
      g_free (at);
      at = next;
    }
  return TRUE;
}

gboolean
zf_count_village (ZfWrite *write, const ZfRecord *record, char **village, GError **error)
{
  JsonObject *base = record->base != NULL ? record->base : record->fields;
  const char *field = record->kind != NULL ? zf_truth_village_field (record->kind) : NULL;
  const char *parent = field != NULL ? zf_json_get_string (base, field, NULL) : NULL;

  if (record->base_del != NULL && g_str_has_prefix (record->base_del, MERGED))
    return village_through_merges (write->db, record->base_del + strlen (MERGED), village, error);
  if (record->kind == NULL)
    *village = g_strdup (record->village);
  else if (field == NULL)
    *village = g_strdup ("*");
  else if (zf_truth_is_below_village (write->kinds, record->kind))
    *village = g_strdup (parent);
  else
    return parent == NULL || village_through_merges (write->db, parent, village, error);
  return TRUE;
}

static ZfDigest
digest_of (const ZfRecord *record, const char *base)
{
  g_autoptr (JsonObject) whole = NULL;
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (record->extra == NULL)
    return zf_digest_text (record->id, record->rev, base);
  whole = zf_fields_share (record->base != NULL ? record->base : record->fields);
  json_object_iter_init (&iter, record->extra);
  while (json_object_iter_next (&iter, &name, &value))
    json_object_set_member (whole, name, json_node_ref (value));
  return zf_digest_record (record->id, record->rev, whole);
}

ZfDigest
zf_count_digest (const ZfRecord *record)
{
  g_autofree char *base = zf_json_canonical_object (record->base != NULL ? record->base : record->fields);

  return digest_of (record, base);
}

gboolean
zf_count_of (ZfWrite *write, const ZfRecord *record, const char *base, const ZfCount *was, ZfCount *is, GError **error)
{
  *is = (ZfCount) { .has = was->has, .digest = was->digest };
  if (write->based == record)
    {
      is->has = record->rev > 0 && record->base_del == NULL;
      if (is->has)
        is->digest = digest_of (record, base);
    }
  if (!is->has)
    return TRUE;
  if (write->from_county)
    return zf_count_village (write, record, &is->village, error);
  is->village = g_strdup (was->village);
  return TRUE;
}

/* Sums */

static gboolean
load_sum (ZfDb *db, const char *village, gint64 *n, ZfDigest *sum, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT n, h FROM digest WHERE village = ?1", error);
  gboolean row = FALSE;

  *n = 0;
  *sum = (ZfDigest) { 0 };
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

static gboolean
store_sum (ZfDb *db, const char *village, gint64 n, const ZfDigest *sum, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (n == 0)
    return zf_db_run (db, error, "DELETE FROM digest WHERE village = ?1", "s", village);
  bytes = g_bytes_new (sum->b, ZF_DIGEST_BYTES);
  return zf_db_run (db, error, "INSERT OR REPLACE INTO digest (village, n, h) VALUES (?1, ?2, ?3)", "sib", village, n, bytes);
}

typedef struct
{
  gint64 n;
  ZfDigest sum;
} Sum;

/* The sum of @village where it is gathered. */
static Sum *
gathered (ZfWrite *write, const char *village, GError **error)
{
  Sum *sum = g_hash_table_lookup (write->sums, village);

  if (sum != NULL)
    return sum;
  sum = g_new0 (Sum, 1);
  if (!load_sum (write->db, village, &sum->n, &sum->sum, error))
    {
      g_free (sum);
      return NULL;
    }
  g_hash_table_insert (write->sums, g_strdup (village), sum);
  return sum;
}

static gboolean
change_sum (ZfWrite *write, const ZfCount *count, gboolean add, GError **error)
{
  Sum own = { 0 };
  Sum *sum = &own;

  if (!count->has || count->village == NULL)
    return TRUE;
  if (write->sums != NULL)
    sum = gathered (write, count->village, error);
  else if (!load_sum (write->db, count->village, &own.n, &own.sum, error))
    return FALSE;
  if (sum == NULL)
    return FALSE;
  (add ? zf_digest_add : zf_digest_sub) (&sum->sum, &count->digest);
  sum->n += add ? 1 : -1;
  return write->sums != NULL || store_sum (write->db, count->village, own.n, &own.sum, error);
}

gboolean
zf_count_move (ZfWrite *write, const ZfCount *was, const ZfCount *is, GError **error)
{
  if (was->has == is->has && g_strcmp0 (was->village, is->village) == 0 &&
      (!is->has || memcmp (was->digest.b, is->digest.b, ZF_DIGEST_BYTES) == 0))
    return TRUE;
  return change_sum (write, was, FALSE, error) && change_sum (write, is, TRUE, error);
}

void
zf_count_gather (ZfWrite *write)
{
  write->sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

gboolean
zf_count_flush (ZfWrite *write, GError **error)
{
  g_autoptr (GHashTable) sums = g_steal_pointer (&write->sums);
  GHashTableIter iter;
  gpointer village, data;

  if (sums == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &village, &data))
    if (!store_sum (write->db, village, ((Sum *) data)->n, &((Sum *) data)->sum, error))
      return FALSE;
  return TRUE;
}

/* A store of before digests */

static gboolean
count_record (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, error);
  g_autoptr (ZfRecord) after = record != NULL ? zf_truth_copy (record) : NULL;
  gboolean pending_end;

  if (record == NULL)
    return FALSE;
  /* A deletion that the county has not taken yet ends nothing there. */
  pending_end = zf_db_get_int (write->db, 0,
                               "SELECT 1 FROM change WHERE id = ?1 AND state IN (0, 1, 2) AND op IN ('del', 'merge') LIMIT 1", "s", id) == 1;
  after->base_del = pending_end ? NULL : g_strdup (record->del);
  return zf_truth_store_base (write, record, after, error);
}

/* Its one cursor stood for every village of the tablet. */
static gboolean
spread_cursor (ZfDb *db, GError **error)
{
  return zf_db_run (db, error,
                    "INSERT OR IGNORE INTO cursor (village, seq) SELECT d.village, c.seq FROM digest AS d, cursor AS c WHERE c.village = '*'", "");
}

gboolean
zf_count_prepare (ZfWrite *write, GError **error)
{
  g_autoptr (GPtrArray) ids = NULL;

  if (zf_meta_get_int (write->db, KEY_DIGESTS, 0) == 1)
    return TRUE;
  write->from_county = TRUE;
  ids = zf_truth_ids (write->db, "SELECT id FROM record WHERE rev > 0 AND id IS NOT ?1", NULL, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!count_record (write, g_ptr_array_index (ids, i), error))
      return FALSE;
  return ids != NULL && spread_cursor (write->db, error) && zf_meta_set_int (write->db, KEY_DIGESTS, 1, error);
}

/* Fields that forms have learnt */

static char *
sum_fields (ZfKinds *kinds)
{
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < list->len; i++)
    {
      const ZfKind *kind = g_ptr_array_index (list, i);

      g_checksum_update (sum, (const guchar *) zf_kind_name (kind), (gssize) strlen (zf_kind_name (kind)) + 1);
      for (guint j = 0; j < zf_kind_n_fields (kind); j++)
        g_checksum_update (sum, (const guchar *) zf_kind_field_at (kind, j)->name, (gssize) strlen (zf_kind_field_at (kind, j)->name) + 1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* Kinds never change, and stores of several threads share them. */
static const char *
known_fields (ZfKinds *kinds)
{
  static GMutex lock;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (g_object_get_data (G_OBJECT (kinds), KEY_KNOWN) == NULL)
    g_object_set_data_full (G_OBJECT (kinds), KEY_KNOWN, sum_fields (kinds), g_free);
  return g_object_get_data (G_OBJECT (kinds), KEY_KNOWN);
}

/* Loading a record moves them; a record of a kind that was unknown finds its place. */
static gboolean
learn_record (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, error);
  g_autoptr (ZfRecord) after = record != NULL ? zf_truth_copy (record) : NULL;

  return record != NULL && (record->kind == NULL || zf_truth_store (write, record, after, error));
}

gboolean
zf_learn_prepare (ZfWrite *write, GError **error)
{
  const char *known = known_fields (write->kinds);
  g_autofree char *before = zf_meta_get (write->db, KEY_FIELDS);
  g_autoptr (GPtrArray) ids = NULL;

  if (g_strcmp0 (known, before) == 0)
    return TRUE;
  write->from_county = TRUE;
  ids = zf_truth_ids (write->db, "SELECT id FROM record WHERE (extra NOT NULL OR village IS NULL) AND id IS NOT ?1", NULL, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!learn_record (write, g_ptr_array_index (ids, i), error))
      return FALSE;
  return ids != NULL && zf_meta_set (write->db, KEY_FIELDS, known, error);
}

gboolean
zf_learn_later (ZfWrite *write, const ZfRecord *record, GError **error)
{
  return (record->extra == NULL && record->kind != NULL) ||
         zf_db_run (write->db, error, "UPDATE meta_kv SET value = ?2 WHERE key = ?1 AND value <> ?2", "ss", KEY_FIELDS, known_fields (write->kinds));
}
