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
self_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  static const char *const names[] = { "device", "epoch", "server_epoch" };
  JsonObject *self = data;
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  gint64 scope = zf_meta_get_int (db, "scope_epoch", -1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *value = zf_meta_get (db, names[i]);

      if (value != NULL)
        json_object_set_string_member (self, names[i], value);
    }
  if (scope >= 0)
    json_object_set_int_member (self, "scope_epoch", scope);
  json_object_set_int_member (self, "last", zf_ledger_last_in (db, epoch));
  return TRUE;
}

JsonObject *
zf_ledger_self (ZfStore *store, GError **error)
{
  g_autoptr (JsonObject) self = json_object_new ();

  return zf_store_write (store, self_job, self, error) ? g_steal_pointer (&self) : NULL;
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

/* Rows of the log; ?1: the first number of the current epoch that is meant, as text. Of earlier epochs all. */
#define THIS_EPOCH "epoch = (SELECT value FROM meta_kv WHERE key = 'epoch')"
#define ROWS_FROM THIS_EPOCH " AND lsn >= CAST (?1 AS INTEGER)"
#define ROWS_UNACKED ROWS_FROM " AND state IN (0, 1)"
#define ROWS_FROM_AND_EARLIER "NOT (" THIS_EPOCH " AND lsn < CAST (?1 AS INTEGER))"

#define CIDS_OF(where) "SELECT change_id FROM change WHERE " where " ORDER BY rowid"
/* Of acknowledged rows that go again: the records that they are about, decisions about the record that they decide. */
#define IDS_OF_ACKED(where)                                                                                                            \
  "SELECT id FROM change WHERE state IN (3, 4) AND " where " UNION "                                                                    \
  "SELECT json_extract (f, '$.of[1]') FROM change WHERE state IN (3, 4) AND " where " AND kind = 'resolution' AND json_extract (f, '$.of[1]') NOT NULL"

/* A new epoch whose numbers are given to the rows of @cids_sql from ?1 = @first on, in the order in which they were saved: the county takes
 * them in the order of their numbers, and none may go before what it goes on from. */
static gboolean
take_new_epoch (ZfStore *store, ZfDb *db, const char *cids_sql, const char *first, GError **error)
{
  g_autofree char *epoch = zf_id_new (zf_store_clock (store), zf_store_random (store));
  g_autoptr (GPtrArray) cids = zf_truth_ids (db, cids_sql, first, error);

  if (cids == NULL || !zf_db_run (db, error, "DELETE FROM batch", ""))
    return FALSE;
  if (ZF_PLANT (EPOCH_KEPT))
    return TRUE;
  for (guint i = 0; i < cids->len; i++)
    if (!zf_db_run (db, error, "UPDATE change SET epoch = ?2, lsn = ?3, state = 0, d = NULL WHERE change_id = ?1", "ssi", cids->pdata[i], epoch,
                    (gint64) i + 1))
      return FALSE;
  return forget_meta (db, META_TRIMMED, error) && forget_meta (db, "durable", error) && zf_meta_set (db, "epoch", epoch, error) &&
         zf_meta_set_int (db, "sent", zf_ledger_last_in (db, epoch), error);
}

static gboolean
new_epoch_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return take_new_epoch (store, db, CIDS_OF (ROWS_UNACKED), "0", error);
}

gboolean
zf_ledger_new_epoch (ZfStore *store, GError **error)
{
  return zf_store_write (store, new_epoch_job, NULL, error);
}

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

static gboolean
has_earlier_epochs (ZfDb *db, const char *epoch)
{
  return zf_db_get_int (db, 0, "SELECT EXISTS (SELECT 1 FROM change WHERE epoch <> ?1)", "s", epoch) == 1;
}

/* What a county that lost something needs again, besides the rows from @first on. */
typedef struct
{
  const char *cids;
  const char *acked;
} Again;

static const Again again_from = { CIDS_OF (ROWS_FROM), IDS_OF_ACKED (ROWS_FROM) };
/* One that was set back: acknowledgements of earlier installations of this store count for nothing either. */
static const Again again_all = { CIDS_OF (ROWS_FROM_AND_EARLIER), IDS_OF_ACKED (ROWS_FROM_AND_EARLIER) };

/* The county's row @expect is the next one, and @cid (nullable) the change before it: what is here from there on goes again. Where the log no longer
 * reaches back so far, or rows of earlier installations go before it, what it has goes under a new epoch, since numbers have no gaps. */
static gboolean
send_again (ZfStore *store, ZfDb *db, gint64 expect, const char *cid, gboolean set_back, GError **error)
{
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  gboolean earlier = set_back && has_earlier_epochs (db, epoch);
  gboolean old_image = is_old_image (db, epoch, expect, cid);
  const Again *again = set_back ? &again_all : &again_from;
  gint64 first = old_image ? 0 : expect;
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, first);
  g_autoptr (GPtrArray) ids = zf_truth_ids (db, again->acked, from, error);

  if (ids == NULL ||
      !zf_db_run (db, error, "UPDATE change SET state = 2 WHERE epoch = ?1 AND lsn < ?2 AND state IN (0, 1)", "si", epoch, first))
    return FALSE;
  if (old_image || earlier || !rows_are_here (db, epoch, expect))
    return take_new_epoch (store, db, again->cids, from, error) && settle_all (store, db, ids, error);
  return zf_db_run (db, error, "DELETE FROM batch", "") &&
         zf_db_run (db, error, "UPDATE change SET state = 0, d = NULL WHERE epoch = ?1 AND lsn >= ?2", "si", epoch, expect) &&
         settle_all (store, db, ids, error);
}

static gboolean
gap_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return send_again (store, db, *(gint64 *) data, NULL, FALSE, error);
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
  return send_again (store, db, restored->expect, restored->cid, TRUE, error) && forget_county (db, error) && forget_shown (db, error) &&
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
