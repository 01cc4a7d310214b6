/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Transactions: functions that run in the store's worker, waited for or not, and the saves among them. */
#include "zf-store-object.h"

#include "zf-commit.h"
#include "zf-derived.h"
#include "zf-error.h"
#include "zf-plant.h"

/* Jobs: what a caller hands to the worker */

typedef struct
{
  ZfStore *store;
  ZfStoreFunc func;
  gpointer data;
  gboolean light;
  gboolean ok;
  GError *error;
} Job;

gint64
zf_store_data_version (ZfDb *db)
{
  return zf_db_get_int (db, 0, "PRAGMA data_version", "");
}

/* The log of a commit that is not synced reaches the disk with the next one that is, or before: the order holds. */
static gboolean
set_light (ZfStore *self, gboolean light, GError **error)
{
  if (self->light == light || ZF_PLANT (SKIP_FSYNC))
    return TRUE;
  /* SQLite changes it outside transactions only. */
  zf_db_recover (self->db);
  if (!zf_db_exec (self->db, light ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", error))
    return FALSE;
  self->light = light;
  return TRUE;
}

gboolean
zf_store_run_transaction (ZfStore *self, ZfStoreFunc func, gpointer data, gboolean light, GError **error)
{
  if (!set_light (self, light, error) || !zf_db_begin (self->db, error))
    return FALSE;
  if (!func (self, self->db, data, error))
    {
      zf_db_rollback (self->db);
      zf_news_drop (self->news);
      return FALSE;
    }
  zf_crash_point ("store-before-commit");
  if (!zf_db_commit (self->db, error))
    {
      zf_news_drop (self->news);
      return FALSE;
    }
  zf_crash_point ("store-committed");
  zf_news_tell (self->news);
  return TRUE;
}

void
zf_write_init (ZfWrite *write, ZfStore *store, ZfDb *db)
{
  *write = (ZfWrite) { .store = store, .db = db, .kinds = store->kinds, .now_ms = zf_clock_now_ms (store->clock) };
}

static gboolean
commit_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  ZfWrite write;

  zf_write_init (&write, self, db);
  return zf_commit_run (&write, data, error);
}

static void
job_run (gpointer data)
{
  Job *job = data;
  gboolean light = job->light || (ZF_PLANT (SAVE_NOT_SYNCED) && job->func == commit_job);

  job->ok = zf_store_run_transaction (job->store, job->func, job->data, light, &job->error);
}

gboolean
zf_store_check_open (ZfStore *self, GError **error)
{
  if (self->worker != NULL)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_FAILED, "The store is closed");
  return FALSE;
}

/* Twice the time between two looks of one that waits (zf-db.c). */
#define GAP_US 2000

/* In the thread that works in the background: a hand in another process gets its turn. */
static void
leave_gap (ZfStore *self)
{
  g_usleep (GAP_US);
  if (self->log != NULL)
    zf_store_log_wait (self->log);
}

static gboolean
run_job (ZfStore *self, ZfRank rank, Job *job, GError **error)
{
  g_return_val_if_fail (ZF_IS_STORE (self), FALSE);

  if (!zf_store_check_open (self, error))
    return FALSE;
  zf_store_worker_run (self->worker, rank, job_run, job);
  if (rank == ZF_RANK_BACKGROUND && !self->inline_writes)
    leave_gap (self);
  if (job->error != NULL)
    g_propagate_error (error, job->error);
  return job->ok;
}

gboolean
zf_store_write_ranked (ZfStore *self, ZfRank rank, ZfStoreFunc func, gpointer data, GError **error)
{
  Job job = { .store = self, .func = func, .data = data };

  return run_job (self, rank, &job, error);
}

gboolean
zf_store_write_light (ZfStore *self, ZfStoreFunc func, gpointer data, GError **error)
{
  Job job = { .store = self, .func = func, .data = data, .light = TRUE };

  return run_job (self, ZF_RANK_BACKGROUND, &job, error);
}

gboolean
zf_store_write (ZfStore *self, ZfStoreFunc func, gpointer data, GError **error)
{
  return zf_store_write_ranked (self, ZF_RANK_SAVE, func, data, error);
}

gboolean
zf_store_is_waited_for (ZfStore *self)
{
  return zf_store_worker_waits (self->worker, ZF_RANK_BACKGROUND);
}

/* A larger file would hold up saves. */
#define COMPACT_PAGES 4096

static void
compact_job (gpointer data)
{
  ZfStore *self = data;
  g_autoptr (GError) error = NULL;
  gboolean small = zf_db_get_int (self->db, 0, "PRAGMA page_count", "") <= COMPACT_PAGES;

  if ((small && !zf_db_exec (self->db, "VACUUM", &error)) || !zf_db_empty_log (self->db, &error))
    g_message ("What was deleted is not overwritten yet: %s", error->message);
}

void
zf_store_compact (ZfStore *self)
{
  if (zf_store_check_open (self, NULL))
    zf_store_worker_run (self->worker, ZF_RANK_BACKGROUND, compact_job, self);
}

/* The same without waiting */

typedef struct
{
  Job job;
  GTask *task;
  GDestroyNotify destroy;
} AsyncJob;

static void
async_job_free (AsyncJob *async)
{
  if (async->destroy != NULL)
    async->destroy (async->job.data);
  g_clear_error (&async->job.error);
  g_free (async);
}

/* In the caller's context, so that the worker never drops the last reference of the store that it belongs to. */
static gboolean
async_job_return (gpointer data)
{
  AsyncJob *async = data;
  g_autoptr (GTask) task = g_steal_pointer (&async->task);

  if (async->job.error != NULL)
    g_task_return_error (task, g_steal_pointer (&async->job.error));
  else
    g_task_return_boolean (task, async->job.ok);
  return G_SOURCE_REMOVE;
}

static void
async_job_run (gpointer data)
{
  AsyncJob *async = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (async->task), &async->job.error))
    job_run (&async->job);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "zf-store job");
  g_source_set_callback (source, async_job_return, async, NULL);
  g_source_attach (source, g_task_get_context (async->task));
}

void
zf_store_write_async (ZfStore *self, ZfStoreFunc func, gpointer data, GDestroyNotify destroy, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data, gpointer tag)
{
  AsyncJob *async = g_new0 (AsyncJob, 1);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  async->job = (Job) { .store = self, .func = func, .data = data };
  async->destroy = destroy;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, async, (GDestroyNotify) async_job_free);
  if (!zf_store_check_open (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  async->task = g_object_ref (task);
  zf_store_worker_push (self->worker, ZF_RANK_SAVE, async_job_run, async);
}

void
zf_store_note (ZfStore *self, const char *kind, const char *id)
{
  g_assert (zf_store_worker_is_self (self->worker));

  zf_news_note (self->news, kind, id);
}

/* Saving */

gboolean
zf_store_commit (ZfStore *self, ZfSave *save, GError **error)
{
  g_return_val_if_fail (save != NULL, FALSE);

  return zf_store_write (self, commit_job, save, error);
}

void
zf_store_commit_async (ZfStore *self, ZfSave *save, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ZF_IS_STORE (self) && save != NULL);

  zf_store_write_async (self, commit_job, save, (GDestroyNotify) zf_save_free, cancellable, callback, user_data,
                        zf_store_commit_async);
}

gboolean
zf_store_commit_finish (ZfStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
rebuild_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  zf_news_note (self->news, "*", NULL);
  return zf_derived_rebuild (db, self->kinds, zf_clock_now_ms (self->clock), error);
}

gboolean
zf_store_rebuild (ZfStore *self, GError **error)
{
  return zf_store_write (self, rebuild_job, NULL, error);
}

/* Other processes */

static void
poll_job (gpointer data)
{
  ZfStore *self = data;
  gint64 version = zf_store_data_version (self->db);

  if (version == self->data_version)
    return;
  self->data_version = version;
  zf_news_note (self->news, "*", NULL);
  zf_news_tell (self->news);
}

void
zf_store_poll (ZfStore *self)
{
  g_return_if_fail (ZF_IS_STORE (self));

  if (self->worker != NULL)
    zf_store_worker_push (self->worker, ZF_RANK_SAVE, poll_job, self);
}
