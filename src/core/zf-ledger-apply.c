/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Staged items are applied household by household, in slices; a slice is one transaction that also takes its items off the stage, so that a kill
 * between slices costs nothing. */

#include "zf-ledger-private.h"

#include "zf-count.h"
#include "zf-json.h"
#include "zf-plant.h"

/* Items without a household are applied this many at a time. */
#define LOOSE_CHUNK 64

/* Homes, one after the other; what has none comes first */

/* The row of the stage that was applied last. */
typedef struct
{
  guint rows;
  char *home;     /* (nullable) */
  gint64 n;
} Reached;

static gboolean
apply_text (ZfApply *apply, const char *text, GError **error)
{
  g_autoptr (JsonObject) item = zf_json_parse_object (text, -1, error);

  return item != NULL && zf_apply_item (apply, item, error);
}

static void
reach (Reached *reached, const char *home, gint64 n)
{
  if (g_strcmp0 (reached->home, home) != 0)
    {
      g_free (reached->home);
      reached->home = g_strdup (home);
    }
  reached->rows++;
  reached->n = n;
}

/* Nothing more can be cut off once a home is begun: a reader never sees half of it. */
static gboolean
may_stop (const ZfApply *apply, const Reached *reached, const char *home)
{
  gboolean border = home == NULL ? reached->rows % LOOSE_CHUNK == 0 : g_strcmp0 (reached->home, home) != 0;

  return reached->rows > 0 && (border || ZF_PLANT (SLICE_SPLITS_HOME)) && zf_apply_is_over (apply);
}

static gboolean
apply_rows (ZfApply *apply, sqlite3_stmt *stmt, Reached *reached, gboolean *empty, GError **error)
{
  gboolean row = FALSE;

  for (;;)
    {
      if (!zf_db_step (apply->write.db, stmt, &row, error))
        return FALSE;
      *empty = !row;
      if (!row || may_stop (apply, reached, zf_db_text (stmt, 0)))
        return TRUE;
      reach (reached, zf_db_text (stmt, 0), sqlite3_column_int64 (stmt, 1));
      if (!apply_text (apply, zf_db_text (stmt, 2), error))
        return FALSE;
    }
}

static gboolean
take_off (ZfDb *db, const Reached *reached, GError **error)
{
  if (reached->rows == 0)
    return TRUE;
  if (reached->home == NULL)
    return zf_db_run (db, error, "DELETE FROM stage WHERE home IS NULL AND n <= ?1", "i", reached->n);
  return zf_db_run (db, error, "DELETE FROM stage WHERE home IS NULL", "") &&
         zf_db_run (db, error, "DELETE FROM stage WHERE home < ?1", "s", reached->home) &&
         zf_db_run (db, error, "DELETE FROM stage WHERE home = ?1 AND n <= ?2", "si", reached->home, reached->n);
}

static gboolean
apply_staged (ZfApply *apply, gboolean *empty, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (apply->write.db, "SELECT home, n, item FROM stage ORDER BY home, n", error);
  Reached reached = { 0 };
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  ok = apply_rows (apply, stmt, &reached, empty, error);
  sqlite3_reset (stmt);
  ok = ok && take_off (apply->write.db, &reached, error);
  g_free (reached.home);
  return ok;
}

gboolean
zf_apply_homes (ZfApply *apply, gboolean *empty, GError **error)
{
  gboolean settled = FALSE;

  *empty = FALSE;
  if (!zf_stage_settle_homes (&apply->write, apply->until_us, &settled, error))
    return FALSE;
  return !settled || apply_staged (apply, empty, error);
}

/* The last slice */

static gboolean
settle_rest (ZfApply *apply, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (apply->write.db,
                                            "SELECT DISTINCT id FROM change WHERE state = 2 AND (epoch <> ?1 OR lsn <= "
                                            "(SELECT CAST (value AS INTEGER) FROM meta_kv WHERE key = 'stage_mark')) "
                                            "AND id NOT IN (SELECT id FROM lacking)",
                                            apply->epoch, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!zf_apply_settle (apply, g_ptr_array_index (ids, i), error))
      return FALSE;
  return TRUE;
}

/* All that is held stands at the same place of the feed now. A store that holds nothing by name was fed from the start. */
static gboolean
move_cursors (ZfDb *db, GError **error)
{
  gint64 next = zf_meta_get_int (db, "stage_next", 0);

  return zf_db_run (db, error, "INSERT INTO cursor (village, seq) SELECT v, ?1 FROM (SELECT '*' AS v UNION SELECT village FROM digest) "
                    "WHERE NOT EXISTS (SELECT 1 FROM cursor WHERE seq >= 0) AND v NOT IN (SELECT village FROM cursor)", "i", next) &&
         zf_db_run (db, error,
                    ZF_PLANT (CURSOR_REWOUND) ? "UPDATE cursor SET seq = max (?1 - 5 * (?1 % 3 = 0), 0) WHERE seq >= 0"
                                              : "UPDATE cursor SET seq = max (seq, ?1) WHERE seq >= 0",
                    "i", next);
}

static gboolean
finish (ZfApply *apply, GError **error)
{
  apply->done = TRUE;
  zf_crash_point ("cursor-write");
  return settle_rest (apply, error) && move_cursors (apply->write.db, error) &&
         zf_stage_clear (apply->write.db, error) && zf_meta_set (apply->write.db, "old_epoch", NULL, error);
}

void
zf_apply_init (ZfApply *apply, ZfStore *store, ZfDb *db)
{
  zf_write_init (&apply->write, store, db);
  apply->write.from_county = TRUE;
  apply->epoch = zf_meta_get (db, "epoch");
  apply->lacking = zf_db_get_int (db, 0, "SELECT 1 FROM lacking LIMIT 1", "") == 1;
  apply->write.nothing_pending = zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE state IN (0, 1, 2) LIMIT 1", "") == 0;
}

/* A slice does so much, whoever waits: else a hand that never pauses would keep sync from its end. */
#define LEAST_MS 10

void
zf_apply_begin_slice (ZfApply *apply, guint slice_ms)
{
  gint64 now = g_get_monotonic_time ();

  apply->until_us = now + (gint64) slice_ms * 1000;
  apply->least_us = now + LEAST_MS * 1000;
}

gboolean
zf_apply_is_over (const ZfApply *apply)
{
  gint64 now = g_get_monotonic_time ();

  return now >= apply->until_us || (now >= apply->least_us && zf_store_is_waited_for (apply->write.store));
}

void
zf_apply_clear (ZfApply *apply)
{
  g_clear_pointer (&apply->epoch, g_free);
  g_clear_pointer (&apply->write.sums, g_hash_table_unref);
}

typedef struct
{
  guint slice_ms;
  ZfApply apply;
} Job;

static gboolean
slice (Job *job, ZfDb *db, GError **error)
{
  gboolean empty = FALSE;

  job->apply.mark = zf_meta_get_int (db, "stage_mark", 0);
  zf_apply_begin_slice (&job->apply, job->slice_ms);
  zf_crash_point ("slice-begin");
  zf_count_gather (&job->apply.write);
  if (!zf_apply_homes (&job->apply, &empty, error) || !zf_count_flush (&job->apply.write, error))
    return FALSE;
  zf_crash_point ("slice-end");
  return !empty || finish (&job->apply, error);
}

static gboolean
apply_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Job *job = data;
  gboolean ok;

  if (zf_meta_get_int (db, "stage_next", -1) < 0 || zf_meta_get_int (db, "stage_more", 0) != 0)
    {
      job->apply.done = TRUE;
      return TRUE;
    }
  zf_apply_init (&job->apply, store, db);
  ok = slice (job, db, error);
  zf_apply_clear (&job->apply);
  return ok;
}

gboolean
zf_ledger_apply (ZfStore *store, guint slice_ms, gboolean *done, guint *applied, GError **error)
{
  Job job = { .slice_ms = slice_ms };

  g_return_val_if_fail (done != NULL, FALSE);

  *done = FALSE;
  if (!zf_store_write_ranked (store, ZF_RANK_BACKGROUND, apply_job, &job, error))
    return FALSE;
  *done = job.apply.done;
  if (applied != NULL)
    *applied += job.apply.applied;
  return TRUE;
}
