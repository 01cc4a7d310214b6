/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A named thread that runs jobs one at a time, lower rank first, equal ranks in the order given. */
typedef struct _ZfStoreWorker ZfStoreWorker;
typedef void (*ZfStoreJob) (gpointer data);

ZfStoreWorker *zf_store_worker_new (const char *name);
/** zf_store_worker_new_inline: without a thread: whoever gives a job runs it, and what it gave, before the call returns. */
ZfStoreWorker *zf_store_worker_new_inline (void);
/** zf_store_worker_push: runs @job with @data; returns at once when there is a thread. */
void zf_store_worker_push (ZfStoreWorker *worker, int rank, ZfStoreJob job, gpointer data);
/** zf_store_worker_run: the same, and returns after @job. A programming error on the worker itself. */
void zf_store_worker_run (ZfStoreWorker *worker, int rank, ZfStoreJob job, gpointer data);
gboolean zf_store_worker_is_self (ZfStoreWorker *worker);
/** zf_store_worker_waits: whether a job of a lower rank than @rank is queued. */
gboolean zf_store_worker_waits (ZfStoreWorker *worker, int rank);
/** zf_store_worker_free: runs what is queued, then joins the thread. */
void zf_store_worker_free (ZfStoreWorker *worker);

G_END_DECLS
