/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-news.h"
#include "zf-store-log.h"
#include "zf-store-private.h"
#include "zf-store-worker.h"

G_BEGIN_DECLS

/* The object, for its own files only: what it is (zf-store.c), opening and closing (-open), transactions (-write), settings (-meta). */

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

/** zf_store_make: (transfer full): without a thread or a file yet. zf_store_vfs_of: (nullable): the file layer asked for. */
ZfStore *zf_store_make (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options);
const char *zf_store_vfs_of (const ZfStoreOptions *options);
/** zf_store_check_open: FALSE + error once it is closed. */
gboolean zf_store_check_open (ZfStore *self, GError **error);
/** zf_store_run_transaction: in the worker: @func between BEGIN and COMMIT; told to who listens. */
gboolean zf_store_run_transaction (ZfStore *self, ZfStoreFunc func, gpointer data, gboolean light, GError **error);
/** zf_store_data_version: moves when another connection writes. */
gint64 zf_store_data_version (ZfDb *db);

G_END_DECLS
