/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* Refusals that the tablet answers by itself, so that the same run goes on: a person could do no more. */

#include "zf-plant.h"
#include "zf-sync-engine-private.h"

/* Numbers were put right: what waits is counted anew and sent again. */
static gboolean
send_again (ZfSyncEngine *engine, GError **error)
{
  g_clear_pointer (&engine->batch, zf_batch_free);
  g_clear_pointer (&engine->digests, json_object_unref);
  engine->phase = PHASE_LEFT_OVER;
  engine->progress.pushed = 0;
  return zf_engine_count_unsent (engine, error);
}

static gboolean
mend_gap (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  *mended = refusal->expect > 0;
  return !*mended || (zf_ledger_gap (engine->store, refusal->expect, error) && send_again (engine, error));
}

static gboolean
mend_fork (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  *mended = !ZF_PLANT (FORK_IGNORED);
  return !*mended || (zf_ledger_new_epoch (engine->store, error) && send_again (engine, error));
}

static gboolean
mend_restored (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  *mended = refusal->expect > 0 && refusal->server_epoch != NULL;
  return !*mended ||
         (zf_ledger_restored (engine->store, refusal->server_epoch, refusal->expect, refusal->cid, error) && send_again (engine, error));
}

/* The county did not look at a single change: the rows go again in smaller batches, which have names of their own. What already is one change, or
 * one save that never is divided, cannot be made smaller. A refusal of another request says nothing of the last batch, which the county may have. */
static gboolean
mend_size (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  guint n = engine->phase == PHASE_PUSH && engine->batch != NULL ? (guint) (engine->batch->last - engine->batch->first + 1) : 0;

  *mended = n > 1 && n / 2 < engine->batch_size;
  engine->batch_size = *mended ? n / 2 : engine->batch_size;
  return !*mended || (zf_ledger_gap (engine->store, engine->batch->first - (ZF_PLANT (SENT_ONCE_MORE) ? 1 : 0), error) && send_again (engine, error));
}

/* Damaged on its way: the same step says the same again. */
static gboolean
mend_damage (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  *mended = TRUE;
  return TRUE;
}

static gboolean
mend_outdated (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  *mended = !engine->outdated;
  engine->outdated = TRUE;
  engine->phase = PHASE_PUSH;
  return TRUE;
}

/* A list of parts, or a village, that is no more: the next exchange says what there is. */
static gboolean
mend_scope (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error)
{
  *mended = engine->phase == PHASE_SCOPE || engine->phase == PHASE_CHECK;
  if (*mended)
    {
      g_queue_clear_full (&engine->checks, (GDestroyNotify) zf_check_free);
      engine->phase = PHASE_PUSH;
    }
  return !*mended || zf_ledger_snapshot_drop (engine->store, error);
}

static const struct
{
  guint status;
  const char *code;    /* (nullable) every code */
  gboolean (*mend) (ZfSyncEngine *engine, const ZfSyncRefusal *refusal, gboolean *mended, GError **error);
  gboolean endless;    /* ends by itself: not counted */
} mends[] = {
  { 409, "lsn_gap", mend_gap, FALSE },
  { 409, "device_fork", mend_fork, FALSE },
  { 409, "server_epoch", mend_restored, FALSE },
  { 413, NULL, mend_size, TRUE },
  { 422, "digest_mismatch", mend_damage, FALSE },
  { 426, NULL, mend_outdated, TRUE },
  { 404, NULL, mend_scope, FALSE },
  { 410, NULL, mend_scope, FALSE },
};

gboolean
zf_engine_mend (ZfSyncEngine *engine, const ZfSyncResponse *response, gboolean *mended, GError **error)
{
  g_auto (ZfSyncRefusal) refusal = { 0 };

  zf_sync_refusal_read (&refusal, response);
  engine->progress.retry_after_ms = refusal.retry_after_ms;
  for (guint i = 0; i < G_N_ELEMENTS (mends); i++)
    if (mends[i].status == refusal.status && (mends[i].code == NULL || g_str_equal (mends[i].code, refusal.code)))
      return (!mends[i].endless && engine->mended++ >= MAX_MENDED) || mends[i].mend (engine, &refusal, mended, error);
  return TRUE;
}
