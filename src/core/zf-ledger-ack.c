/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* What the county answered to a batch. */

#include "zf-ledger-private.h"

#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"

typedef struct
{
  const char *batch_id;
  gint64 acked;
  gint64 durable;
  JsonArray *results;

  char *epoch;
  gint64 first;
  gint64 last;
  gboolean open;
} Ack;

void
zf_ledger_mark_moved (ZfRecord *record)
{
  g_free (record->base_del);
  record->base_del = g_strdup ("moved");
  g_free (record->del);
  record->del = g_strdup ("moved");
}

gboolean
zf_ledger_has_unsent (ZfDb *db, const char *id)
{
  return zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE id = ?1 AND state IN (0, 1) LIMIT 1", "s", id) == 1;
}

gboolean
zf_ledger_has_pending (ZfDb *db, const char *id)
{
  return zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE id = ?1 AND state IN (0, 1, 2) LIMIT 1", "s", id) == 1;
}

gboolean
zf_ledger_settle (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) before = zf_truth_load (write, id, &local);
  g_autoptr (ZfRecord) after = before != NULL ? zf_truth_copy (before) : NULL;
  g_autoptr (JsonObject) base = before != NULL ? zf_truth_base (before) : NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (before == NULL)
    return TRUE;
  /* Refused before, unsent again. */
  if (g_strcmp0 (after->base_del, "quarantined") == 0 && zf_ledger_has_unsent (write->db, id))
    g_clear_pointer (&after->base_del, g_free);
  return zf_truth_settle (write, after, base, error) && zf_truth_store (write, before, after, error);
}

gboolean
zf_ledger_forget (ZfWrite *write, const ZfRecord *record, GError **error)
{
  return zf_db_run (write->db, error, "DELETE FROM conflict WHERE record = ?1", "s", record->id) &&
         zf_truth_remove (write, record, error);
}

/* *found = FALSE without error: no such batch. */
static gboolean
find_batch (ZfDb *db, Ack *ack, gboolean *found, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT epoch, first, last, open FROM batch WHERE batch_id = ?1", error);

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", ack->batch_id);
  if (!zf_db_step (db, stmt, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  ack->epoch = g_strdup (zf_db_text (stmt, 0));
  ack->first = sqlite3_column_int64 (stmt, 1);
  ack->last = sqlite3_column_int64 (stmt, 2);
  ack->open = sqlite3_column_int (stmt, 3) != 0;
  sqlite3_reset (stmt);
  return TRUE;
}

/* The disposition as told, without the number that is the row's own. */
static char *
disposition_text (JsonObject *result)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) copy = json_object_new ();
  static const char *const names[] = { "d", "rev", "conflict", "conflicts", "why" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (json_object_has_member (result, names[i]))
      json_object_set_member (copy, names[i], json_object_dup_member (result, names[i]));
  return zf_json_canonical_object (copy);
}

static gboolean
store_result (ZfDb *db, const Ack *ack, JsonObject *result, GError **error)
{
  gint64 lsn = zf_json_get_int (result, "lsn", 0);
  gboolean quarantined = g_strcmp0 (zf_json_get_string (result, "d", ""), "quarantined") == 0;
  g_autofree char *d = disposition_text (result);

  if (lsn < ack->first || lsn > MIN (ack->last, ack->acked))
    return TRUE;
  return zf_db_run (db, error, "UPDATE change SET state = ?3, d = ?4 WHERE epoch = ?1 AND lsn = ?2 AND state IN (0, 1)", "siis",
                    ack->epoch, lsn, (gint64) (quarantined ? 4 : 2), d);
}

static gboolean
store_results (ZfDb *db, const Ack *ack, GError **error)
{
  guint n = ack->results != NULL ? json_array_get_length (ack->results) : 0;

  for (guint i = 0; i < n; i++)
    if (!store_result (db, ack, json_array_get_object_element (ack->results, i), error))
      return FALSE;
  return zf_db_run (db, error, "UPDATE change SET state = 2 WHERE epoch = ?1 AND lsn BETWEEN ?2 AND ?3 AND state IN (0, 1)", "sii",
                    ack->epoch, ack->first, MIN (ack->last, ack->acked));
}

/* A record that the county did not take at all stays in the log and in the list of what it refused, but stands nowhere else. */
static gboolean
is_refused (ZfDb *db, const ZfRecord *record)
{
  return record->rev == 0 &&
         zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE id = ?1 AND op = 'add' AND state = 4 LIMIT 1", "s", record->id) == 1;
}

gboolean
zf_ledger_is_nowhere (ZfDb *db, const ZfRecord *record)
{
  return zf_truth_is_void (record) && record->base_del == NULL && !zf_ledger_has_pending (db, record->id) &&
         zf_db_get_int (db, 0, "SELECT 1 FROM lacking WHERE id = ?1", "s", record->id) == 0;
}

static gboolean
fall_back (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (ZfRecord) before = zf_truth_load (write, id, error);
  g_autoptr (ZfRecord) after = NULL;
  g_autoptr (JsonObject) base = NULL;

  if (before == NULL)
    return error == NULL || *error == NULL;
  after = zf_truth_copy (before);
  base = zf_truth_base (before);
  if (is_refused (write->db, after) && after->base_del == NULL)
    after->base_del = g_strdup ("quarantined");
  /* An edit that was refused was all that kept it. */
  if (zf_ledger_is_nowhere (write->db, after))
    return zf_ledger_forget (write, before, error);
  return zf_truth_settle (write, after, base, error) && zf_truth_store (write, before, after, error);
}

static gboolean
leave_if_moved (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return record == NULL || zf_ledger_has_unsent (write->db, id) || zf_ledger_forget (write, record, error);
}

static GPtrArray *
ids_of_batch (ZfDb *db, const Ack *ack, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "sii", ack->epoch, ack->first, ack->last);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 0)));
    }
  return g_steal_pointer (&ids);
}

static gboolean
for_ids_of_batch (ZfWrite *write, const Ack *ack, const char *sql, gboolean (*act) (ZfWrite *, const char *, GError **), GError **error)
{
  g_autoptr (GPtrArray) ids = ids_of_batch (write->db, ack, sql, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!act (write, g_ptr_array_index (ids, i), error))
      return FALSE;
  return ids != NULL;
}

static gboolean
act_on_results (ZfWrite *write, const Ack *ack, GError **error)
{
  if (ZF_PLANT (BASE_ON_ACK) &&
      !zf_db_run (write->db, error,
                  "UPDATE record SET base = NULL, rev = rev + 1 WHERE id IN (SELECT id FROM change WHERE epoch = ?1 AND lsn BETWEEN ?2 AND ?3)",
                  "sii", ack->epoch, ack->first, ack->last))
    return FALSE;
  return for_ids_of_batch (write, ack, "SELECT DISTINCT id FROM change WHERE epoch = ?1 AND lsn BETWEEN ?2 AND ?3 AND state = 4",
                           fall_back, error) &&
         /* A decision that was refused lies no longer over what it is about, whether the decision itself is still here or not. */
         for_ids_of_batch (write, ack,
                           "SELECT DISTINCT json_extract (f, '$.of[1]') FROM change WHERE epoch = ?1 AND lsn BETWEEN ?2 AND ?3 AND state = 4 "
                           "AND kind = 'resolution' AND json_extract (f, '$.of[1]') NOT NULL",
                           zf_ledger_settle, error) &&
         for_ids_of_batch (write, ack,
                           "SELECT DISTINCT c.id FROM change AS c JOIN record AS r ON r.id = c.id "
                           "WHERE c.epoch = ?1 AND c.lsn BETWEEN ?2 AND ?3 AND r.base_del = 'moved'",
                           leave_if_moved, error);
}

static gboolean
close_batch (ZfDb *db, const Ack *ack, GError **error)
{
  gint64 durable = MAX (ack->durable, zf_meta_get_int (db, "durable", 0));

  if (ack->acked >= ack->last && !zf_db_run (db, error, "UPDATE batch SET open = 0 WHERE batch_id = ?1", "s", ack->batch_id))
    return FALSE;
  return zf_meta_set_int (db, "durable", durable, error);
}

static gboolean
acked_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Ack *ack = data;
  ZfWrite write;
  gboolean found = FALSE;

  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  zf_crash_point ("ack-write");
  if (!find_batch (db, ack, &found, error))
    return FALSE;
  if (!found)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "The county acknowledged a batch that this store does not know");
      return FALSE;
    }
  if (!ack->open)
    return TRUE;
  return store_results (db, ack, error) && act_on_results (&write, ack, error) && close_batch (db, ack, error);
}

gboolean
zf_ledger_acked (ZfStore *store, const char *batch_id, gint64 acked, gint64 durable, JsonArray *results, GError **error)
{
  Ack ack = { .batch_id = batch_id, .acked = acked, .durable = durable, .results = results };
  gboolean ok;

  g_return_val_if_fail (batch_id != NULL, FALSE);

  ok = zf_store_write (store, acked_job, &ack, error);
  g_free (ack.epoch);
  return ok;
}
