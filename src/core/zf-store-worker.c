/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-store-worker.h"

struct _ZfStoreWorker
{
  GThread *thread;
  GAsyncQueue *queue;   /* of Task, sorted */
  gint serial;
};

typedef struct
{
  int rank;
  int serial;
  ZfStoreJob job;       /* NULL: the last one */
  gpointer data;
} Task;

typedef struct
{
  ZfStoreJob job;
  gpointer data;
  GMutex lock;
  GCond cond;
  gboolean done;
} Waiting;

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Task *one = a;
  const Task *two = b;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  /* The difference stays right when the counter wraps. */
  return (int) ((guint) one->serial - (guint) two->serial);
}

static gpointer
work (gpointer data)
{
  GAsyncQueue *queue = data;
  gboolean more = TRUE;

  while (more)
    {
      Task *task = g_async_queue_pop (queue);

      more = task->job != NULL;
      if (more)
        task->job (task->data);
      g_free (task);
    }
  g_async_queue_unref (queue);
  return NULL;
}

ZfStoreWorker *
zf_store_worker_new (const char *name)
{
  ZfStoreWorker *worker = g_new0 (ZfStoreWorker, 1);

  worker->queue = g_async_queue_new_full (g_free);
  worker->thread = g_thread_new (name, work, g_async_queue_ref (worker->queue));
  return worker;
}

void
zf_store_worker_push (ZfStoreWorker *worker, int rank, ZfStoreJob job, gpointer data)
{
  Task *task = g_new (Task, 1);

  task->rank = rank;
  task->serial = g_atomic_int_add (&worker->serial, 1);
  task->job = job;
  task->data = data;
  g_async_queue_push_sorted (worker->queue, task, compare, NULL);
}

static void
run_and_wake (gpointer data)
{
  Waiting *waiting = data;

  waiting->job (waiting->data);
  g_mutex_lock (&waiting->lock);
  waiting->done = TRUE;
  g_cond_signal (&waiting->cond);
  g_mutex_unlock (&waiting->lock);
}

void
zf_store_worker_run (ZfStoreWorker *worker, int rank, ZfStoreJob job, gpointer data)
{
  Waiting waiting = { .job = job, .data = data };

  g_assert (!zf_store_worker_is_self (worker));

  g_mutex_init (&waiting.lock);
  g_cond_init (&waiting.cond);
  zf_store_worker_push (worker, rank, run_and_wake, &waiting);
  g_mutex_lock (&waiting.lock);
  while (!waiting.done)
    g_cond_wait (&waiting.cond, &waiting.lock);
  g_mutex_unlock (&waiting.lock);
  g_cond_clear (&waiting.cond);
  g_mutex_clear (&waiting.lock);
}

gboolean
zf_store_worker_is_self (ZfStoreWorker *worker)
{
  return g_thread_self () == worker->thread;
}

void
zf_store_worker_free (ZfStoreWorker *worker)
{
  g_assert (!zf_store_worker_is_self (worker));

  zf_store_worker_push (worker, G_MAXINT, NULL, NULL);
  g_thread_join (worker->thread);
  g_async_queue_unref (worker->queue);
  g_free (worker);
}
