/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Freezing rows of the log into batches. */

#include "zf-ledger-private.h"

#include "zf-change-id.h"
#include "zf-id.h"
#include "zf-plant.h"

/* A request stays below what the county takes in one body; only a caller inside the same process asks for batches of thousands. */
#define MAX_BODY (200 * 1024)
/* What a change of some length takes, so that a batch of 500 fits into 1 MiB. */
#define LONG_CHANGE 2000

typedef struct
{
  GString *text;     /* the changes so far, joined by commas */
  char *se;          /* (nullable) older server epoch of all their bases */
  gint64 first;
  gint64 last;
  guint n;
} Packing;

/* `f` goes in as it stands in the log. */
static void
append_change (GString *text, sqlite3_stmt *stmt)
{
  ZfChangeText change = {
    .lsn = sqlite3_column_int64 (stmt, 0),
    .cid = zf_db_text (stmt, 1),
    .tx = zf_db_text (stmt, 2),
    .kind = zf_db_text (stmt, 3),
    .id = zf_db_text (stmt, 4),
    .op = zf_db_text (stmt, 5),
    .base = sqlite3_column_int64 (stmt, 6),
    .sv = sqlite3_column_int64 (stmt, 8),
    .at = sqlite3_column_int64 (stmt, 9) + (ZF_PLANT (AT_OF_SENDING) ? 1 : 0),
    .by = zf_db_text (stmt, 10),
    .f = zf_db_text (stmt, 11),
  };

  zf_change_text (text, &change);
}

/* Rows that stand or fall together, up to the next row of the log: one tx, or one row. */
typedef struct
{
  GString *text;
  char *tx;
  gint64 last;
  guint n;
} Unit;

static gboolean
unit_fits (const Packing *packing, const Unit *unit, guint max)
{
  return packing->n == 0 || (packing->n + unit->n <= max && packing->text->len + unit->text->len < MAX (MAX_BODY, max * LONG_CHANGE));
}

/* Bases of different server epochs go in different batches, because the epoch stands in the envelope and a change's bytes never change. */
static gboolean
same_epoch (Packing *packing, sqlite3_stmt *stmt)
{
  if (packing->first == 0)
    packing->se = g_strdup (zf_db_text (stmt, 7));
  return g_strcmp0 (packing->se, zf_db_text (stmt, 7)) == 0;
}

/* FALSE: the batch is full. */
static gboolean
unit_close (Packing *packing, Unit *unit, guint max)
{
  if (unit->n == 0)
    return TRUE;
  if (!unit_fits (packing, unit, max))
    return FALSE;
  if (packing->n > 0)
    g_string_append_c (packing->text, ',');
  g_string_append_len (packing->text, unit->text->str, unit->text->len);
  packing->n += unit->n;
  packing->last = unit->last;
  g_string_truncate (unit->text, 0);
  unit->n = 0;
  return packing->n < max;
}

static void
unit_add (Unit *unit, sqlite3_stmt *stmt)
{
  if (unit->n > 0)
    g_string_append_c (unit->text, ',');
  append_change (unit->text, stmt);
  g_free (unit->tx);
  unit->tx = g_strdup (zf_db_text (stmt, 2));
  unit->last = sqlite3_column_int64 (stmt, 0);
  unit->n++;
}

static gboolean
pack_rows (ZfDb *db, sqlite3_stmt *stmt, guint max, Packing *packing, Unit *unit, GError **error)
{
  gboolean row = TRUE;

  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      if (!same_epoch (packing, stmt))
        {
          sqlite3_reset (stmt);
          break;
        }
      if (packing->first == 0)
        packing->first = sqlite3_column_int64 (stmt, 0);
      if ((unit->tx == NULL || g_strcmp0 (unit->tx, zf_db_text (stmt, 2)) != 0) && !unit_close (packing, unit, max))
        {
          sqlite3_reset (stmt);
          return TRUE;
        }
      unit_add (unit, stmt);
    }
  unit_close (packing, unit, max);
  return TRUE;
}

/* A change that must wait holds up those behind it: the county takes them in order. */
static gint64
first_held (ZfDb *db, const char *epoch, const ZfHold *hold)
{
  if (hold == NULL)
    return G_MAXINT64;
  return zf_db_get_int (db, G_MAXINT64,
                        "SELECT min (lsn) FROM change WHERE epoch = ?1 AND state = 0 AND at > ?2 - ?3 AND (at <= ?2 OR lsn > ?4) "
                        "HAVING min (lsn) NOT NULL",
                        "siii", epoch, hold->now_ms, hold->hold_ms, hold->released);
}

static gboolean
pack (ZfDb *db, const char *epoch, guint max, gint64 before, Packing *packing, GError **error)
{
  /* Batches are frozen in the order of the log, so that what is not frozen yet stands behind the last one. */
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT lsn, change_id, tx, kind, id, op, base_rev, "
                                      "nullif (base_epoch, (SELECT value FROM meta_kv WHERE key = 'server_epoch')), sv, at, by, f FROM change "
                                      "WHERE epoch = ?1 AND lsn > ifnull ((SELECT max (last) FROM batch WHERE epoch = ?1), 0) "
                                      "AND state = 0 AND lsn < ?2 ORDER BY lsn",
                                      error);
  Unit unit = { .text = g_string_new (NULL) };
  gboolean ok = FALSE;

  if (stmt != NULL)
    {
      zf_db_bind (stmt, "si", epoch, before);
      ok = pack_rows (db, stmt, max, packing, &unit, error);
    }
  g_string_free (unit.text, TRUE);
  g_free (unit.tx);
  return ok;
}

static ZfBatch *
batch_from (const char *batch_id, const Packing *packing)
{
  ZfBatch *batch = g_new0 (ZfBatch, 1);
  GString *body = g_string_new (NULL);

  g_string_append_printf (body, "{\"batch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT, batch_id, packing->first,
                          packing->last);
  if (packing->se != NULL)
    g_string_append_printf (body, ",\"se\":\"%s\"", packing->se);
  g_string_append_printf (body, ",\"changes\":[%s]}", packing->text->str);
  batch->batch_id = g_strdup (batch_id);
  batch->first = packing->first;
  batch->last = packing->last;
  batch->body = g_string_free_to_bytes (body);
  batch->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, batch->body);
  return batch;
}

static gboolean
keep_batch (ZfDb *db, const char *epoch, const ZfBatch *batch, GError **error)
{
  zf_crash_point ("batch-freeze");
  return zf_db_run (db, error, "DELETE FROM batch WHERE open = 0", "") &&
         zf_db_run (db, error, "INSERT INTO batch (batch_id, epoch, first, last, sha256, body, open) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
                    "ssiisb", batch->batch_id, epoch, batch->first, batch->last, batch->sha256, batch->body) &&
         zf_db_run (db, error, "UPDATE change SET state = 1 WHERE epoch = ?1 AND lsn BETWEEN ?2 AND ?3 AND state = 0", "sii", epoch,
                    batch->first, batch->last) &&
         zf_meta_set_int (db, "sent", MAX (batch->last, zf_meta_get_int (db, "sent", 0)), error);
}

/* The oldest open one behind @after. *batch = NULL without error: none is. */
static gboolean
open_batch (ZfDb *db, gint64 after, ZfBatch **batch, GError **error)
{
  sqlite3_stmt *stmt =
    zf_db_prepare (db, "SELECT batch_id, first, last, sha256, body FROM batch WHERE open = 1 AND first > ?1 ORDER BY first", error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "i", after);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *batch = g_new0 (ZfBatch, 1);
  (*batch)->batch_id = g_strdup (zf_db_text (stmt, 0));
  (*batch)->first = sqlite3_column_int64 (stmt, 1);
  (*batch)->last = sqlite3_column_int64 (stmt, 2);
  (*batch)->sha256 = g_strdup (zf_db_text (stmt, 3));
  (*batch)->body = g_bytes_new (sqlite3_column_blob (stmt, 4), sqlite3_column_bytes (stmt, 4) - (ZF_PLANT (BATCH_REWRITTEN) ? 1 : 0));
  sqlite3_reset (stmt);
  return TRUE;
}

typedef struct
{
  guint max;
  const ZfHold *hold;   /* (nullable) */
  ZfBatch *batch;
} Freeze;

static gboolean
freeze_new (ZfStore *store, ZfDb *db, Freeze *freeze, GError **error)
{
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  g_autofree char *id = zf_id_new (zf_store_clock (store), zf_store_random (store));
  g_autoptr (GString) text = g_string_new (NULL);
  Packing packing = { .text = text };

  gboolean ok = pack (db, epoch, MAX (freeze->max, 1), first_held (db, epoch, freeze->hold), &packing, error);

  if (ZF_PLANT (BATCH_NAMED_BY_FIRST) && ok && packing.n == 1)
    memcpy (id, strstr (text->str, "\"cid\":\"") + strlen ("\"cid\":\""), strlen (id));
  if (ok && packing.n > 0)
    freeze->batch = batch_from (id, &packing);
  g_free (packing.se);
  return ok && (freeze->batch == NULL || keep_batch (db, epoch, freeze->batch, error));
}

static gboolean
batch_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Freeze *freeze = data;

  if (!open_batch (db, 0, &freeze->batch, error))
    return FALSE;
  return freeze->batch != NULL || freeze_new (store, db, freeze, error);
}

gboolean
zf_ledger_batch (ZfStore *store, guint max, ZfBatch **batch, GError **error)
{
  return zf_ledger_batch_before (store, max, NULL, batch, error);
}

gboolean
zf_ledger_batch_before (ZfStore *store, guint max, const ZfHold *hold, ZfBatch **batch, GError **error)
{
  Freeze freeze = { .max = max, .hold = hold };

  g_return_val_if_fail (batch != NULL, FALSE);

  *batch = NULL;
  if (!zf_store_write (store, batch_job, &freeze, error))
    {
      zf_batch_free (freeze.batch);
      return FALSE;
    }
  *batch = freeze.batch;
  return TRUE;
}

typedef struct
{
  guint max;
  GPtrArray *batches;
} FreezeAll;

static gboolean
all_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  FreezeAll *all = data;
  gint64 last = 0;

  for (;;)
    {
      Freeze freeze = { .max = all->max };

      if (!open_batch (db, last, &freeze.batch, error))
        return FALSE;
      if (freeze.batch == NULL && !freeze_new (store, db, &freeze, error))
        {
          zf_batch_free (freeze.batch);
          return FALSE;
        }
      if (freeze.batch == NULL)
        return TRUE;
      g_ptr_array_add (all->batches, freeze.batch);
      last = freeze.batch->last;
    }
}

GPtrArray *
zf_ledger_batches (ZfStore *store, guint max, GError **error)
{
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_batch_free);
  FreezeAll all = { .max = max, .batches = batches };

  return zf_store_write (store, all_job, &all, error) ? g_steal_pointer (&batches) : NULL;
}
