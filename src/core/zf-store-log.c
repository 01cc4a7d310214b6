/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-store-log.h"

#include "zf-store-private.h"

/* Pages of 4 KiB in the log. From here on they go to the store's file … */
#define START_PAGES 1000
/* … from here on the worker helps, so that nothing is written meanwhile and the log begins anew … */
#define HELP_PAGES 2000
/* … and from here on who works in the background waits. */
#define FULL_PAGES 4000
/* For another process to be done with it. */
#define LOOK_US 2000
#define MAX_LOOKS 250

struct _ZfStoreLog
{
  ZfStoreWorker *worker;
  ZfDb *db;            /* the worker's */
  char *path;
  GThread *thread;

  GMutex lock;
  GCond cond;
  /* under `lock` */
  int pages;           /* in the log after the last commit */
  gboolean wanted;     /* it grew since the thread looked */
  gboolean busy;
  gboolean stop;
  gboolean alone;      /* the thread has no connection: the worker does it all */
};

/* What somebody still reads, or writes just now, stays for the next time. FALSE: another process is at it. */
static gboolean
move_pages (ZfDb *db, int *in_log, int *moved)
{
  int rc = sqlite3_wal_checkpoint_v2 (zf_db_handle (db), NULL, SQLITE_CHECKPOINT_PASSIVE, in_log, moved);

  if (rc != SQLITE_OK)
    g_debug ("The log stays as it is: %s", sqlite3_errstr (rc));
  return rc != SQLITE_BUSY;
}

static void
help (gpointer data)
{
  const ZfStoreLog *log = data;

  move_pages (log->db, NULL, NULL);
}

static int
pages_now (ZfStoreLog *log)
{
  int pages;

  g_mutex_lock (&log->lock);
  pages = log->pages;
  g_mutex_unlock (&log->lock);
  return pages;
}

static void
shorten (ZfStoreLog *log, ZfDb *db)
{
  int in_log = 0, moved = 0, pages = pages_now (log);

  for (guint looks = 0; !move_pages (db, &in_log, &moved) && pages >= FULL_PAGES && looks < MAX_LOOKS; looks++)
    g_usleep (LOOK_US);
  pages = pages_now (log);
  if (pages >= HELP_PAGES && moved < pages)
    zf_store_worker_run (log->worker, ZF_RANK_BACKGROUND, help, log);
}

static gboolean
wait_for_work (ZfStoreLog *log)
{
  gboolean go_on;

  g_mutex_lock (&log->lock);
  log->busy = FALSE;
  g_cond_broadcast (&log->cond);
  while (!log->wanted && !log->stop)
    g_cond_wait (&log->cond, &log->lock);
  go_on = !log->stop;
  log->busy = go_on;
  log->wanted = FALSE;
  g_mutex_unlock (&log->lock);
  return go_on;
}

static void
leave_to_worker (ZfStoreLog *log, const GError *error)
{
  g_message ("Saves shorten the log themselves: %s", error->message);
  g_mutex_lock (&log->lock);
  log->alone = TRUE;
  log->busy = log->wanted = FALSE;
  g_cond_broadcast (&log->cond);
  g_mutex_unlock (&log->lock);
}

static gpointer
keep_short (gpointer data)
{
  ZfStoreLog *log = data;
  g_autoptr (GError) error = NULL;
  ZfDb *db = NULL;

  while (wait_for_work (log))
    {
      if (db == NULL)
        db = zf_db_open (log->path, FALSE, &error);
      if (db == NULL)
        {
          leave_to_worker (log, error);
          return NULL;
        }
      shorten (log, db);
    }
  zf_db_close (db);
  return NULL;
}

/* After every commit, on the worker. */
static int
grew (void *data, sqlite3 *handle, const char *name, int pages)
{
  ZfStoreLog *log = data;
  gboolean alone;

  g_mutex_lock (&log->lock);
  log->pages = pages;
  log->wanted = pages >= START_PAGES && !log->alone && !log->stop;
  alone = log->alone || log->stop;
  if (log->wanted)
    g_cond_broadcast (&log->cond);
  g_mutex_unlock (&log->lock);
  if (alone && pages >= START_PAGES)
    move_pages (log->db, NULL, NULL);
  return SQLITE_OK;
}

void
zf_store_log_wait (ZfStoreLog *log)
{
  g_mutex_lock (&log->lock);
  while (log->pages >= FULL_PAGES && (log->wanted || log->busy) && !log->stop)
    g_cond_wait (&log->cond, &log->lock);
  g_mutex_unlock (&log->lock);
}

ZfStoreLog *
zf_store_log_new (ZfStoreWorker *worker, ZfDb *db, const char *path)
{
  ZfStoreLog *log = g_new0 (ZfStoreLog, 1);

  log->worker = worker;
  log->db = db;
  log->path = g_strdup (path);
  g_mutex_init (&log->lock);
  g_cond_init (&log->cond);
  sqlite3_wal_hook (zf_db_handle (db), grew, log);
  log->thread = g_thread_new ("zf-store-log", keep_short, log);
  return log;
}

void
zf_store_log_stop (ZfStoreLog *log)
{
  g_mutex_lock (&log->lock);
  log->stop = TRUE;
  g_cond_broadcast (&log->cond);
  g_mutex_unlock (&log->lock);
  g_clear_pointer (&log->thread, g_thread_join);
}

void
zf_store_log_free (ZfStoreLog *log)
{
  g_assert (log->thread == NULL);

  g_cond_clear (&log->cond);
  g_mutex_clear (&log->lock);
  g_free (log->path);
  g_free (log);
}
