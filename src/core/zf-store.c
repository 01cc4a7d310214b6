/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-store-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "zf-commit.h"
#include "zf-count.h"
#include "zf-derived.h"
#include "zf-error.h"
#include "zf-id.h"
#include "zf-news.h"
#include "zf-publication-private.h"
#include "zf-plant.h"
#include "zf-schema-private.h"
#include "zf-store-log.h"
#include "zf-store-worker.h"

/* Ownership: `db`, `data_version` belong to the worker thread and are touched by its jobs only (asserted by ZfDb). `reader` belongs to the
 * thread `home` that made the store. `retired` and `published` are the worker's. `worker`, `log`, `dir`, `shipped`, `clock`, `random`, `files`, `vfs`, `news` are set before the worker runs and never change
 * until close. */
struct _ZfStore
{
  GObject parent_instance;

  char *dir;
  ZfKinds *shipped;      /* what this program brought */
  ZfKinds *kinds;        /* with what was published since; atomic: the worker exchanges it */
  GPtrArray *retired;    /* ZfKinds that were in use before: kinds are held by plain pointers */
  char *published;       /* (nullable) what `kinds` has that `shipped` has not */
  ZfClock *clock;
  ZfRandom *random;
  ZfFiles *files;
  const char *vfs;
  gboolean inline_writes;
  ZfNews *news;
  ZfStoreWorker *worker;
  ZfStoreLog *log;       /* NULL: commits shorten the log themselves */

  GThread *home;
  ZfReader *reader;

  ZfDb *db;
  gint64 data_version;
  gboolean light;   /* commits are not synced */
};

G_DEFINE_TYPE (ZfStore, zf_store, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

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

static gboolean commit_job (ZfStore *self, ZfDb *db, gpointer data, GError **error);

static gint64
data_version (ZfDb *db)
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

static gboolean
run_transaction (ZfStore *self, ZfStoreFunc func, gpointer data, gboolean light, GError **error)
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

static void
job_run (gpointer data)
{
  Job *job = data;
  gboolean light = job->light || (ZF_PLANT (SAVE_NOT_SYNCED) && job->func == commit_job);

  job->ok = run_transaction (job->store, job->func, job->data, light, &job->error);
}

static gboolean
check_open (ZfStore *self, GError **error)
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

  if (!check_open (self, error))
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
  if (check_open (self, NULL))
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
  if (!check_open (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  async->task = g_object_ref (task);
  zf_store_worker_push (self->worker, ZF_RANK_SAVE, async_job_run, async);
}

void
zf_write_init (ZfWrite *write, ZfStore *store, ZfDb *db)
{
  *write = (ZfWrite) { .store = store, .db = db, .kinds = store->kinds, .now_ms = zf_clock_now_ms (store->clock) };
}

void
zf_store_note (ZfStore *self, const char *kind, const char *id)
{
  g_assert (zf_store_worker_is_self (self->worker));

  zf_news_note (self->news, kind, id);
}

/* Saving */

static gboolean
commit_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  ZfWrite write;

  zf_write_init (&write, self, db);
  return zf_commit_run (&write, data, error);
}

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

/* Opening and closing */

typedef struct
{
  ZfStore *store;
  gboolean create;
  GError *error;
} Opening;

static gboolean
write_identity (ZfStore *self, GError **error)
{
  g_autofree char *store_id = zf_id_new (self->clock, self->random);
  g_autofree char *epoch = zf_id_new (self->clock, self->random);

  return zf_meta_set (self->db, "store_id", store_id, error) && zf_meta_set (self->db, "epoch", epoch, error) &&
         zf_meta_set (self->db, "plain", "1", error);
}

/* What the county published since this program was made. It holds until somebody asks again, so that nobody sees two versions at a time. */

static void
use_kinds (ZfStore *self, ZfKinds *kinds)
{
  g_ptr_array_add (self->retired, self->kinds);
  g_atomic_pointer_set (&self->kinds, kinds);
}

static gboolean
prepare_for (ZfStore *self, ZfDb *db, ZfKinds *kinds, GError **error)
{
  ZfWrite write;

  zf_write_init (&write, self, db);
  write.kinds = kinds;
  return zf_derived_prepare (db, kinds, error) && zf_count_prepare (&write, error) && zf_learn_prepare (&write, error);
}

static gboolean
prepare_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  const gboolean *create = data;
  ZfKinds *kinds = NULL;

  if (!zf_kinds_published (db, self->shipped, &self->published, &kinds, error))
    return FALSE;
  if (kinds != NULL)
    use_kinds (self, kinds);
  return (!*create || write_identity (self, error)) && prepare_for (self, db, self->kinds, error);
}

typedef struct
{
  ZfStore *store;
  char *published;
  ZfKinds *kinds;
  gboolean ok;
  GError *error;
} Taking;

static gboolean
take_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  Taking *taking = data;

  if (!zf_kinds_published (db, self->shipped, &taking->published, &taking->kinds, error))
    return FALSE;
  if (taking->kinds == NULL)
    return TRUE;
  zf_news_note (self->news, "*", NULL);
  return prepare_for (self, db, taking->kinds, error);
}

/* Tables first, then the kinds that go with them: who reads in between finds more columns than it knows. */
static void
take_run (gpointer data)
{
  Taking *taking = data;
  ZfStore *self = taking->store;

  taking->published = g_strdup (self->published);
  taking->ok = run_transaction (self, take_job, taking, FALSE, &taking->error);
  if (taking->ok && taking->kinds != NULL)
    {
      use_kinds (self, g_object_ref (taking->kinds));
      g_free (self->published);
      self->published = g_steal_pointer (&taking->published);
    }
}

gboolean
zf_store_take_published (ZfStore *self, gboolean *taken, GError **error)
{
  Taking taking = { .store = self };

  g_return_val_if_fail (ZF_IS_STORE (self), FALSE);

  if (!check_open (self, error))
    return FALSE;
  zf_store_worker_run (self->worker, ZF_RANK_BACKGROUND, take_run, &taking);
  if (taken != NULL)
    *taken = taking.ok && taking.kinds != NULL;
  g_clear_object (&taking.kinds);
  g_free (taking.published);
  if (taking.error != NULL)
    g_propagate_error (error, taking.error);
  return taking.ok;
}

static gboolean
check_is_store (ZfDb *db, gboolean create, GError **error)
{
  if (create || zf_db_get_int (db, 0, "PRAGMA user_version", "") > 0)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The file store.db in this folder is not a store");
  return FALSE;
}

static void
open_job (gpointer data)
{
  Opening *opening = data;
  ZfStore *self = opening->store;
  g_autofree char *path = zf_store_path (self);

  self->db = zf_db_open_vfs (path, TRUE, self->vfs, &opening->error);
  if (self->db == NULL || !check_is_store (self->db, opening->create, &opening->error) ||
      !zf_schema_migrate (self->db, path, &opening->error) ||
      !run_transaction (self, prepare_job, &opening->create, FALSE, &opening->error))
    {
      g_clear_pointer (&self->db, zf_db_close);
      return;
    }
  self->data_version = data_version (self->db);
  if (self->vfs == NULL && !self->inline_writes)
    self->log = zf_store_log_new (self->worker, self->db, path);
}

static void
close_job (gpointer data)
{
  ZfStore *self = data;
  g_autoptr (GError) error = NULL;

  if (self->db != NULL && !zf_db_empty_log (self->db, &error))
    g_debug ("Closing without a checkpoint: %s", error->message);
  g_clear_pointer (&self->db, zf_db_close);
}

void
zf_store_close (ZfStore *self)
{
  g_return_if_fail (ZF_IS_STORE (self));

  g_clear_pointer (&self->reader, zf_reader_free);
  if (self->worker == NULL)
    return;
  if (self->log != NULL)
    zf_store_log_stop (self->log);
  zf_store_worker_push (self->worker, ZF_RANK_BACKGROUND, close_job, self);
  /* Jobs that are still queued ask for the worker: the pointer goes after the thread. */
  zf_store_worker_free (self->worker);
  self->worker = NULL;
  g_clear_pointer (&self->log, zf_store_log_free);
  zf_news_mute (self->news);
}

static void
on_news (const char *kind, const char *const *ids, gpointer user_data)
{
  g_signal_emit (user_data, signals[CHANGED], 0, kind, ids);
}

static const char *
vfs_of (const ZfStoreOptions *options)
{
  return options != NULL ? options->vfs : NULL;
}

static ZfStore *
store_new (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options)
{
  ZfStore *self = g_object_new (ZF_TYPE_STORE, NULL);

  self->dir = g_strdup (dir);
  self->shipped = g_object_ref (kinds);
  self->kinds = g_object_ref (kinds);
  self->retired = g_ptr_array_new_with_free_func (g_object_unref);
  self->clock = options != NULL && options->clock != NULL ? g_object_ref (options->clock) : zf_clock_new_system ();
  self->random = options != NULL && options->random != NULL ? g_object_ref (options->random) : zf_random_new_system ();
  self->files = options != NULL && options->files != NULL ? options->files : zf_files_system ();
  self->vfs = vfs_of (options);
  self->inline_writes = options != NULL && options->inline_writes;
  self->news = zf_news_new (G_OBJECT (self), on_news);
  self->home = g_thread_self ();
  return self;
}

static ZfStore *
start (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, gboolean create, GError **error)
{
  g_autoptr (ZfStore) self = store_new (dir, kinds, options);
  Opening opening = { .store = self, .create = create };

  self->worker = self->inline_writes ? zf_store_worker_new_inline () : zf_store_worker_new ("zf-store");
  zf_store_worker_run (self->worker, ZF_RANK_SAVE, open_job, &opening);
  if (opening.error != NULL)
    {
      g_propagate_error (error, opening.error);
      return NULL;
    }
  self->reader = zf_reader_new (self, error);
  return self->reader != NULL ? g_steal_pointer (&self) : NULL;
}

/* Another file layer than the machine's own has no folders to make. */
static gboolean
make_folders (const char *dir, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *photos = g_build_filename (dir, "photos", NULL);

  if (vfs_of (options) != NULL || g_mkdir_with_parents (photos, 0700) == 0)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_IO, "The folder of the store cannot be made: %s", g_strerror (errno));
  return FALSE;
}

ZfStore *
zf_store_create (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  ZfStore *self;

  g_return_val_if_fail (ZF_IS_KINDS (kinds), NULL);

  if (zf_db_exists (path, vfs_of (options)))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "There is a store in this folder already");
      return NULL;
    }
  if (!make_folders (dir, options, error))
    return NULL;
  self = start (dir, kinds, options, TRUE, error);
  if (self == NULL)
    zf_db_erase (path, vfs_of (options));
  return self;
}

ZfStore *
zf_store_open (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);

  g_return_val_if_fail (ZF_IS_KINDS (kinds), NULL);

  if (zf_db_exists (path, vfs_of (options)))
    return make_folders (dir, options, error) ? start (dir, kinds, options, FALSE, error) : NULL;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "There is no store in this folder");
  return NULL;
}

/* Other processes */

static void
poll_job (gpointer data)
{
  ZfStore *self = data;
  gint64 version = data_version (self->db);

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

/* Meta values */

typedef struct
{
  const char *key;
  const char *value;
  char *result;
} Meta;

static gboolean
get_meta_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  Meta *meta = data;

  meta->result = zf_meta_get (db, meta->key);
  return TRUE;
}

char *
zf_store_get_meta (ZfStore *self, const char *key)
{
  Meta meta = { .key = key };
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ZF_IS_STORE (self), NULL);

  if (self->worker != NULL && zf_store_worker_is_self (self->worker))
    return zf_meta_get (self->db, key);
  if (self->reader != NULL && g_thread_self () == self->home)
    return zf_meta_get (zf_reader_db (self->reader), key);
  if (!zf_store_write (self, get_meta_job, &meta, &error))
    g_debug ("%s", error->message);
  return meta.result;
}

static gboolean
set_meta_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  const Meta *meta = data;

  return zf_meta_set (db, meta->key, meta->value, error);
}

gboolean
zf_store_set_meta (ZfStore *self, const char *key, const char *value, GError **error)
{
  Meta meta = { .key = key, .value = value };

  return zf_store_write (self, set_meta_job, &meta, error);
}

/* Properties */

const char *
zf_store_dir (ZfStore *self)
{
  return self->dir;
}

char *
zf_store_path (ZfStore *self)
{
  return g_build_filename (self->dir, "store.db", NULL);
}

ZfKinds *
zf_store_kinds (ZfStore *self)
{
  return g_atomic_pointer_get (&self->kinds);
}

ZfClock *
zf_store_clock (ZfStore *self)
{
  return self->clock;
}

ZfRandom *
zf_store_random (ZfStore *self)
{
  return self->random;
}

ZfFiles *
zf_store_files (ZfStore *self)
{
  return self->files;
}

const char *
zf_store_vfs (ZfStore *self)
{
  return self->vfs;
}

ZfReader *
zf_store_reader (ZfStore *self)
{
  g_return_val_if_fail (ZF_IS_STORE (self), NULL);
  g_return_val_if_fail (g_thread_self () == self->home, NULL);

  if (self->reader != NULL)
    zf_reader_use_kinds (self->reader, zf_store_kinds (self));
  return self->reader;
}

ZfReader *
zf_store_reader_here (ZfStore *self)
{
  return g_thread_self () == self->home ? zf_store_reader (self) : NULL;
}

static void
zf_store_dispose (GObject *object)
{
  zf_store_close (ZF_STORE (object));
  G_OBJECT_CLASS (zf_store_parent_class)->dispose (object);
}

static void
zf_store_finalize (GObject *object)
{
  ZfStore *self = ZF_STORE (object);

  g_free (self->dir);
  g_clear_pointer (&self->news, zf_news_free);
  g_clear_object (&self->kinds);
  g_clear_object (&self->shipped);
  g_clear_pointer (&self->retired, g_ptr_array_unref);
  g_clear_pointer (&self->published, g_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  G_OBJECT_CLASS (zf_store_parent_class)->finalize (object);
}

static void
zf_store_class_init (ZfStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = zf_store_dispose;
  object_class->finalize = zf_store_finalize;
  /**
   * ZfStore::changed:
   * @kind: kind of the records, "*" for all
   * @ids: which; empty when they are too many or unknown
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_STRV);
}

static void
zf_store_init (ZfStore *self)
{
}
