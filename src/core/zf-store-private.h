/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-record.h"
#include "zf-store.h"

G_BEGIN_DECLS

/* For the files of the store only. */

/* Who goes first on the worker's queue; within one rank, first come first served. */
typedef enum
{
  ZF_RANK_SAVE,
  ZF_RANK_BACKGROUND,
} ZfRank;

/* One write transaction, as the functions that run in it see it. */
typedef struct
{
  ZfStore *store;
  ZfDb *db;
  ZfKinds *kinds;
  gint64 now_ms;
  guint n_moved;   /* records that followed their parent: what was loaded before is stale */
  gboolean from_county;    /* the writer brings the county's state: records count in the village where the county has them */
  const ZfRecord *based;   /* (nullable) the record whose base is being written, see zf_truth_store_base */
  gboolean nothing_pending;  /* the log holds no row that counts on top of the county's state */
  GHashTable *sums;          /* (nullable) village → its sum as it will be: written by zf_count_flush */
} ZfWrite;

void zf_write_init (ZfWrite *write, ZfStore *store, ZfDb *db);

gboolean zf_store_write_ranked (ZfStore *self, ZfRank rank, ZfStoreFunc func, gpointer data, GError **error);
/** zf_store_write_light: in the background, what the county can give again: a power cut may take it back, in the order in which it was written, until any
 * other transaction stands. Nobody may be told that it is kept. */
gboolean zf_store_write_light (ZfStore *self, ZfStoreFunc func, gpointer data, GError **error);
/** zf_store_write_async: @data is freed with @destroy in the caller's context, after @callback. */
void zf_store_write_async (ZfStore *self, ZfStoreFunc func, gpointer data, GDestroyNotify destroy, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data, gpointer tag);

/** zf_store_is_waited_for: inside a background transaction: somebody wants to save. */
gboolean zf_store_is_waited_for (ZfStore *self);

/** zf_store_compact: empties the write-ahead log, which still holds what was deleted, and gives free pages back when that is quick. A failure (a
 * reader in another process) only leaves it for later. */
void zf_store_compact (ZfStore *self);
/** zf_store_note: inside a transaction: @id of @kind changed; told by "changed" if the transaction commits. */
void zf_store_note (ZfStore *self, const char *kind, const char *id);
char *zf_store_path (ZfStore *self);
/** zf_store_reader_here: (nullable): the store's reader, if this thread may use it. */
ZfReader *zf_store_reader_here (ZfStore *self);
/** zf_reader_use_kinds: from now on; for a reader that stays while forms come in. */
void zf_reader_use_kinds (ZfReader *reader, ZfKinds *kinds);
const char *zf_store_vfs (ZfStore *self);

char *zf_meta_get (ZfDb *db, const char *key);
gint64 zf_meta_get_int (ZfDb *db, const char *key, gint64 fallback);
gboolean zf_meta_set (ZfDb *db, const char *key, const char *value, GError **error);
gboolean zf_meta_set_int (ZfDb *db, const char *key, gint64 value, GError **error);

G_END_DECLS
