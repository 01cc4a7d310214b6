/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-store-worker.h"

typedef struct _Task Task;
struct _Task
{
  Task *next;
  int rank;
  ZfStoreJob job;       /* NULL: the last one */
  gpointer data;
};

struct _ZfStoreWorker
{
  GThread *thread;      /* NULL: jobs run where they are given */
  gboolean running;     /* without a thread: a job is under way */
  GMutex lock;
  GCond cond;
  Task *first;          /* under `lock`: in the order in which they run */
  int first_rank;       /* atomic: rank of `first`, G_MAXINT: none is queued */
};

static void
note_rank (ZfStoreWorker *worker)
{
  g_atomic_int_set (&worker->first_rank, worker->first != NULL ? worker->first->rank : G_MAXINT);
}

typedef struct
{
  ZfStoreJob job;
  gpointer data;
  GMutex lock;
  GCond cond;
  gboolean done;
} Waiting;

static Task *
take_first (ZfStoreWorker *worker)
{
  Task *task;

  g_mutex_lock (&worker->lock);
  while (worker->first == NULL)
    g_cond_wait (&worker->cond, &worker->lock);
  task = worker->first;
  worker->first = task->next;
  note_rank (worker);
  g_mutex_unlock (&worker->lock);
  return task;
}

static gpointer
work (gpointer data)
{
  gboolean more = TRUE;

  while (more)
    {
      Task *task = take_first (data);

      more = task->job != NULL;
      if (more)
        task->job (task->data);
      g_free (task);
    }
  return NULL;
}

ZfStoreWorker *
zf_store_worker_new_inline (void)
{
  ZfStoreWorker *worker = g_new0 (ZfStoreWorker, 1);

  g_mutex_init (&worker->lock);
  g_cond_init (&worker->cond);
  note_rank (worker);
  return worker;
}

ZfStoreWorker *
zf_store_worker_new (const char *name)
{
  ZfStoreWorker *worker = zf_store_worker_new_inline ();

  worker->thread = g_thread_new (name, work, worker);
  return worker;
}

static void
work_inline (ZfStoreWorker *worker)
{
  if (worker->thread != NULL || worker->running)
    return;
  worker->running = TRUE;
  while (worker->first != NULL)
    {
      g_autofree Task *task = take_first (worker);

      task->job (task->data);
    }
  worker->running = FALSE;
}

void
zf_store_worker_push (ZfStoreWorker *worker, int rank, ZfStoreJob job, gpointer data)
{
  Task *task = g_new (Task, 1);
  Task **place = &worker->first;

  task->rank = rank;
  task->job = job;
  task->data = data;
  g_mutex_lock (&worker->lock);
  while (*place != NULL && (*place)->rank <= rank)
    place = &(*place)->next;
  task->next = *place;
  *place = task;
  note_rank (worker);
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->lock);
  work_inline (worker);
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
  return worker->thread != NULL ? g_thread_self () == worker->thread : worker->running;
}

gboolean
zf_store_worker_waits (ZfStoreWorker *worker, int rank)
{
  return g_atomic_int_get (&worker->first_rank) < rank;
}

void
zf_store_worker_free (ZfStoreWorker *worker)
{
  g_assert (!zf_store_worker_is_self (worker));

  if (worker->thread != NULL)
    {
      zf_store_worker_push (worker, G_MAXINT, NULL, NULL);
      g_thread_join (worker->thread);
    }
  g_cond_clear (&worker->cond);
  g_mutex_clear (&worker->lock);
  g_free (worker);
}
