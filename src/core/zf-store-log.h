/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-store-worker.h"

G_BEGIN_DECLS

/* Keeps the write-ahead log short from a thread and connection of its own, so that nobody who saves waits for it. */
typedef struct _ZfStoreLog ZfStoreLog;

/** zf_store_log_new: on the worker's thread: watches the commits of @db, the writing connection to @path. */
ZfStoreLog *zf_store_log_new (ZfStoreWorker *worker, ZfDb *db, const char *path);
/** zf_store_log_wait: who works in the background goes on when the log is short again, or could not be made so. */
void zf_store_log_wait (ZfStoreLog *log);
/** zf_store_log_stop: joins the thread; the worker must still run. zf_store_log_free: after the connection that was watched. */
void zf_store_log_stop (ZfStoreLog *log);
void zf_store_log_free (ZfStoreLog *log);

G_END_DECLS
