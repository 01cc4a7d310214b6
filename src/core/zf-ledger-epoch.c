/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* When the numbers of this log and those at the county no longer agree; and forgetting what the county's backup holds. */

#include "zf-ledger-private.h"

#include "zf-id.h"
#include "zf-plant.h"

/* Highest lsn of the current epoch that was trimmed. */
#define META_TRIMMED "trimmed"

gint64
zf_ledger_last_in (ZfDb *db, const char *epoch)
{
  gint64 last = zf_db_get_int (db, 0, "SELECT max (lsn) FROM change WHERE epoch = ?1", "s", epoch);

  return MAX (last, zf_meta_get_int (db, META_TRIMMED, 0));
}

gint64
zf_ledger_sent_in (ZfDb *db, const char *epoch)
{
  gint64 last = zf_db_get_int (db, 0, "SELECT max (lsn) FROM change WHERE epoch = ?1 AND state <> 0", "s", epoch);

  return MAX (last, zf_meta_get_int (db, "sent", 0));
}

static gboolean
last_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  g_autofree char *epoch = zf_meta_get (db, "epoch");

  *(gint64 *) data = zf_ledger_last_in (db, epoch);
  return TRUE;
}

gint64
zf_ledger_last (ZfStore *store)
{
  gint64 last = 0;

  return zf_store_write (store, last_job, &last, NULL) ? last : 0;
}

static gboolean
forget_meta (ZfDb *db, const char *key, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM meta_kv WHERE key = ?1", "s", key);
}

/* Numbers rows anew, in order, behind @last of epoch @to. */
static gboolean
renumber (ZfDb *db, const char *from, gint64 first, gboolean all, const char *to, gint64 last, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT change_id FROM change WHERE epoch = ?1 AND lsn >= ?2 AND (?3 OR state IN (0, 1)) ORDER BY lsn",
                                      error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean row = TRUE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "sii", from, first, (gint64) all);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (row)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 0)));
    }
  for (guint i = 0; i < ids->len; i++)
    if (!zf_db_run (db, error, "UPDATE change SET epoch = ?2, lsn = ?3, state = 0, d = NULL WHERE change_id = ?1", "ssi", ids->pdata[i], to,
                    last + 1 + i))
      return FALSE;
  return TRUE;
}

/* @first: rows from there on go into the new epoch, whatever became of them (@all), or those that are not acknowledged. */
static gboolean
take_new_epoch (ZfStore *store, ZfDb *db, gint64 first, gboolean all, GError **error)
{
  g_autofree char *old = zf_meta_get (db, "epoch");
  g_autofree char *epoch = zf_id_new (zf_store_clock (store), zf_store_random (store));

  if (ZF_PLANT (EPOCH_KEPT))
    return zf_db_run (db, error, "DELETE FROM batch", "");
  return zf_db_run (db, error, "DELETE FROM batch", "") && renumber (db, old, first, all, epoch, 0, error) &&
         forget_meta (db, META_TRIMMED, error) && forget_meta (db, "durable", error) && zf_meta_set (db, "epoch", epoch, error) &&
         zf_meta_set_int (db, "sent", zf_ledger_last_in (db, epoch), error);
}

static gboolean
new_epoch_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return take_new_epoch (store, db, 0, FALSE, error);
}

gboolean
zf_ledger_new_epoch (ZfStore *store, GError **error)
{
  return zf_store_write (store, new_epoch_job, NULL, error);
}

/* Of acknowledged rows that go again: the records that they are about, decisions about the record that they decide. */
#define IDS_OF_ACKED(where)                                                                                                            \
  "SELECT id FROM change WHERE state IN (3, 4) AND " where " UNION "                                                                    \
  "SELECT json_extract (f, '$.of[1]') FROM change WHERE state IN (3, 4) AND " where " AND kind = 'resolution' AND json_extract (f, '$.of[1]') NOT NULL"

/* Records whose rows count again show them again. */
static gboolean
settle_all (ZfStore *store, ZfDb *db, GPtrArray *ids, GError **error)
{
  ZfWrite write;

  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  for (guint i = 0; i < ids->len; i++)
    if (!zf_ledger_settle (&write, ids->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
rows_are_here (ZfDb *db, const char *epoch, gint64 expect)
{
  gint64 n = zf_db_get_int (db, 0, "SELECT count(*) FROM change WHERE epoch = ?1 AND lsn >= ?2", "si", epoch, expect);

  return n == MAX (zf_ledger_last_in (db, epoch) - expect + 1, 0);
}

/* The county has numbers that this store never gave away, or another change under the last of them: it is an old image, and its rows are others. */
static gboolean
is_old_image (ZfDb *db, const char *epoch, gint64 expect, const char *cid)
{
  g_autofree char *ours = zf_db_get_text (db, "SELECT change_id FROM change WHERE epoch = ?1 AND lsn = ?2", "si", epoch, expect - 1);

  return expect - 1 > zf_ledger_sent_in (db, epoch) || (ours != NULL && cid != NULL && !g_str_equal (ours, cid));
}

/* The county's row @expect is the next one, and @cid (nullable) the change before it: what is here from there on goes again. Where the log no longer
 * reaches back so far, what it has goes under a new epoch, since numbers have no gaps. */
static gboolean
send_again (ZfStore *store, ZfDb *db, gint64 expect, const char *cid, GError **error)
{
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  gboolean old_image = is_old_image (db, epoch, expect, cid);
  gint64 first = old_image ? 0 : expect;
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, first);
  g_autoptr (GPtrArray) ids =
    zf_truth_ids (db, IDS_OF_ACKED ("epoch = (SELECT value FROM meta_kv WHERE key = 'epoch') AND lsn >= CAST (?1 AS INTEGER)"), from, error);

  if (ids == NULL)
    return FALSE;
  if (old_image || !rows_are_here (db, epoch, expect))
    return take_new_epoch (store, db, first, TRUE, error) && settle_all (store, db, ids, error);
  return zf_db_run (db, error, "DELETE FROM batch", "") &&
         zf_db_run (db, error, "UPDATE change SET state = 0, d = NULL WHERE epoch = ?1 AND lsn >= ?2", "si", epoch, expect) &&
         zf_db_run (db, error, "UPDATE change SET state = 2 WHERE epoch = ?1 AND lsn < ?2 AND state IN (0, 1)", "si", epoch, expect) &&
         settle_all (store, db, ids, error);
}

static gboolean
gap_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return send_again (store, db, *(gint64 *) data, NULL, error);
}

gboolean
zf_ledger_gap (ZfStore *store, gint64 expect, GError **error)
{
  return zf_store_write (store, gap_job, &expect, error);
}

/* Restored at the county */

typedef struct
{
  const char *server_epoch;
  gint64 expect;
  const char *cid;       /* (nullable) */
} Restored;

/* What was pulled or staged says nothing about the county any more. */
static gboolean
forget_county (ZfDb *db, GError **error)
{
  return forget_meta (db, "scope_epoch", error) && forget_meta (db, ZF_LEDGER_AGREED, error) &&
         zf_db_run (db, error, "UPDATE cursor SET seq = -1", "") && zf_stage_clear (db, error) &&
         zf_db_run (db, error, "DELETE FROM snapshot", "") && zf_db_run (db, error, "DELETE FROM snapshot_id", "") &&
         zf_db_run (db, error, "DELETE FROM lacking", "");
}

/* Nor do acknowledgements of earlier installations of this store. */
static gboolean
gather_epochs (ZfStore *store, ZfDb *db, GError **error)
{
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  g_autoptr (GPtrArray) others = zf_truth_ids (db, "SELECT DISTINCT epoch FROM change WHERE epoch <> ?1", epoch, error);
  g_autoptr (GPtrArray) ids = others != NULL ? zf_truth_ids (db, IDS_OF_ACKED ("epoch <> ?1"), epoch, error) : NULL;

  for (guint i = 0; ids != NULL && i < others->len; i++)
    if (!renumber (db, others->pdata[i], 0, TRUE, epoch, zf_ledger_last_in (db, epoch), error))
      return FALSE;
  return ids != NULL && (others->len == 0 || zf_meta_set_int (db, "sent", zf_ledger_last_in (db, epoch), error)) &&
         settle_all (store, db, ids, error);
}

/* Revisions that somebody was shown are the old county's; the new one counts to other ones with them. What was shown still says what was seen. */
static gboolean
forget_shown (ZfDb *db, GError **error)
{
  return zf_db_run (db, error,
                    "UPDATE draft SET seen = (SELECT json_group_object (s.key, json_set (s.value, '$.rev', 0)) FROM json_each (draft.seen) AS s)", "");
}

static gboolean
restored_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Restored *restored = data;
  g_autofree char *old = zf_meta_get (db, "server_epoch");
  g_autofree char *older = zf_meta_get (db, "old_epoch");

  zf_crash_point ("restored");
  if (g_strcmp0 (old, restored->server_epoch) == 0)
    return TRUE;
  if (!zf_db_run (db, error, "UPDATE change SET base_epoch = ?1 WHERE base_epoch IS NULL", "s", old))
    return FALSE;
  return send_again (store, db, restored->expect, restored->cid, error) && gather_epochs (store, db, error) && forget_county (db, error) && forget_shown (db, error) &&
         zf_meta_set_int (db, "durable", MIN (zf_meta_get_int (db, "durable", 0), restored->expect - 1), error) &&
         (older != NULL || zf_meta_set (db, "old_epoch", old, error)) && zf_meta_set (db, "server_epoch", restored->server_epoch, error);
}

gboolean
zf_ledger_restored (ZfStore *store, const char *server_epoch, gint64 expect, const char *cid, GError **error)
{
  Restored restored = { server_epoch, expect, cid };

  g_return_val_if_fail (server_epoch != NULL, FALSE);

  return zf_store_write (store, restored_job, &restored, error);
}

/* Forgetting */

/* What is staged may be given up and come again, with echoes of rows that count as pulled past. */
static gboolean
is_under_way (ZfDb *db)
{
  return zf_db_get_int (db, 0, "SELECT EXISTS (SELECT 1 FROM stage) OR EXISTS (SELECT 1 FROM snapshot) OR EXISTS (SELECT 1 FROM lacking)", "") == 1;
}

static gboolean
trim_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  gint64 durable = ZF_PLANT (TRIM_AT_ACK) ? G_MAXINT64 : zf_meta_get_int (db, "durable", 0);
  gint64 last = zf_db_get_int (db, 0, "SELECT max (lsn) FROM change WHERE epoch = ?1 AND state = 3 AND lsn <= ?2", "si", epoch, durable);

  ZfWrite write;

  zf_crash_point ("trim");
  if (is_under_way (db))
    return TRUE;
  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  if (!zf_ledger_sweep (&write, error))
    return FALSE;
  if (last == 0)
    return TRUE;
  if (!zf_db_run (db, error, "DELETE FROM change WHERE epoch = ?1 AND state = 3 AND lsn <= ?2", "si", epoch, durable))
    return FALSE;
  *(guint *) data = (guint) sqlite3_changes (zf_db_handle (db));
  return zf_meta_set_int (db, META_TRIMMED, MAX (last, zf_meta_get_int (db, META_TRIMMED, 0)), error);
}

gboolean
zf_ledger_trim (ZfStore *store, guint *n, GError **error)
{
  *n = 0;
  return zf_store_write_ranked (store, ZF_RANK_BACKGROUND, trim_job, n, error);
}

gboolean
zf_ledger_is_current (ZfDb *db, const char *village)
{
  return village == NULL || zf_db_get_int (db, 0, "SELECT 1 FROM cursor WHERE village IN (?1, 'all') AND seq >= 0", "s", village) == 1;
}
