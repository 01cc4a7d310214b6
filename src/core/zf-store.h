/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "zf-clock.h"
#include "zf-files.h"
#include "zf-kind.h"
#include "zf-random.h"
#include "zf-save.h"

G_BEGIN_DECLS

/* ZfStore: a directory with store.db (SQLite, WAL, synchronous=FULL read back) and photos/. One worker thread owns the
 * writing connection; every write is a job on its queue inside BEGIN IMMEDIATE. Screens read through a ZfReader.
 * Signal "changed" (kind: utf8, ids: GStrv) is emitted on the main context that made the store after each commit, several commits
 * together; an empty id list means "many of this kind". Drafts are told as kind "draft", conflicts as "conflict". Kind "*" with an empty
 * list: another process wrote (PRAGMA data_version, polled by zf_store_poll). */
#define ZF_TYPE_STORE (zf_store_get_type ())
G_DECLARE_FINAL_TYPE (ZfStore, zf_store, ZF, STORE, GObject)

typedef struct
{
  ZfClock *clock;     /* (nullable) NULL: system */
  ZfRandom *random;   /* (nullable) NULL: system */
  ZfFiles *files;     /* (nullable) NULL: system; where photos go. Outlives the store */
  const char *vfs;    /* (nullable) NULL: SQLite's own; where store.db goes. Static string */
  gboolean inline_writes; /* no worker thread: every write runs in the thread that asks for it, so that a run can be repeated exactly */
} ZfStoreOptions;

/** zf_store_create: makes DIR/store.db (fails with ZF_ERROR_INVALID when one is there), marked "plain". */
ZfStore *zf_store_create (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error);
/** zf_store_open: opens and migrates; rebuilds flat tables of kinds whose columns changed. */
ZfStore *zf_store_open (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error);
/** zf_store_close: drains the queue, checkpoints, joins the thread. Also run by dispose. */
void zf_store_close (ZfStore *self);
const char *zf_store_dir (ZfStore *self);
ZfKinds *zf_store_kinds (ZfStore *self);
/** zf_store_take_published: forms and code lists that the county published and that arrived since the store was opened count from now on; *taken (out)
 * (optional): there were some. Kinds and forms that are in use stay valid until the store is freed. Blocking: tables of changed kinds are made anew. */
gboolean zf_store_take_published (ZfStore *self, gboolean *taken, GError **error);
ZfClock *zf_store_clock (ZfStore *self);
ZfRandom *zf_store_random (ZfStore *self);
ZfFiles *zf_store_files (ZfStore *self);
/** zf_store_poll: returns at once; "changed" ("*") follows when another process committed since the last call. */
void zf_store_poll (ZfStore *self);

/** zf_store_commit: runs @save in one transaction and returns after it is on disk. Blocking; any thread but the worker. */
gboolean zf_store_commit (ZfStore *self, ZfSave *save, GError **error);
/** zf_store_commit_async: as zf_store_commit; @save is kept alive by the call (transfer full) until after @callback, which may
 * still ask for zf_save_result_id. */
void zf_store_commit_async (ZfStore *self, ZfSave *save, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_store_commit_finish (ZfStore *self, GAsyncResult *result, GError **error);

/** zf_store_rebuild: drops and remakes every derived table from record. */
gboolean zf_store_rebuild (ZfStore *self, GError **error);
/** zf_store_check: integrity_check, pragmas, lsn without gaps, cur = base ⊕ pending, derived = rebuilt; each problem is one
 * line in @problems (element-type utf8). TRUE when the check ran, even if it found problems. */
gboolean zf_store_check (ZfStore *self, GPtrArray *problems, GError **error);

/** zf_store_seed: writes records of a server-only kind as base state, without change rows; @records: [{"id"?, "fields": {…}}]. What is
 * there already takes the new fields. One transaction. */
gboolean zf_store_seed (ZfStore *self, const char *kind, JsonArray *records, GError **error);

/* Meta values of this installation: "device", "epoch", "server_url", "server_id", "token", … */
char *zf_store_get_meta (ZfStore *self, const char *key);
gboolean zf_store_set_meta (ZfStore *self, const char *key, const char *value, GError **error);

/* The worker's door for the other files of the core (ledger, drafts, photos); nobody else holds an sqlite3. */
typedef struct _ZfDb ZfDb;
typedef gboolean (*ZfStoreFunc) (ZfStore *self, ZfDb *db, gpointer data, GError **error);
/** zf_store_write: runs @func on the worker inside BEGIN IMMEDIATE … COMMIT (ROLLBACK when it returns FALSE); blocking. */
gboolean zf_store_write (ZfStore *self, ZfStoreFunc func, gpointer data, GError **error);

/* Readers: a read-only connection for one thread. zf_store_reader: that of the thread which made the store. */
typedef struct _ZfReader ZfReader;
ZfReader *zf_store_reader (ZfStore *self);
ZfReader *zf_reader_new (ZfStore *self, GError **error);
/** zf_reader_share: (transfer full): in the thread that made the store its own reader, elsewhere a new one: opening reads the whole schema. It may
 * outlive the store's closing. */
ZfReader *zf_reader_share (ZfStore *self, GError **error);
void zf_reader_free (ZfReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfReader, zf_reader_free)
ZfKinds *zf_reader_kinds (ZfReader *reader);
/** zf_reader_store_dir: the folder of the store that it reads. */
const char *zf_reader_store_dir (ZfReader *reader);

/** zf_reader_get: (nullable): the record, also a deleted one; NULL + ZF_ERROR_NOT_FOUND. */
ZfRecord *zf_reader_get (ZfReader *reader, const char *id, GError **error);
/** zf_reader_history: (element-type JsonObject): oldest first: {lsn,cid,op,at,by,state,d,f:{field:[old,new]}} of what was saved on this
 * tablet (sets: {"add":[…],"del":[…]}). */
GPtrArray *zf_reader_history (ZfReader *reader, const char *id, GError **error);
/** zf_reader_stats: one object for `stats`: {"kinds":{KIND:{"records":n,"fields":n}},"records":n,"changes":n,"unsent":n,"drafts":n,
 * "photos":n,"bytes":n}; fields: answers held by all live records of the kind together. */
JsonObject *zf_reader_stats (ZfReader *reader, GError **error);
/** zf_reader_cache_misses: pages read since the last call (SQLITE_DBSTATUS_CACHE_MISS). zf_reader_explain: plan lines of the
 * last query. Both for tests of the speed rules. */
guint zf_reader_cache_misses (ZfReader *reader);
/** zf_reader_import_base: what import source @source gave last time for @row_key, or NULL. */
JsonObject *zf_reader_import_base (ZfReader *reader, const char *source, const char *row_key, char **record_id);

G_END_DECLS
