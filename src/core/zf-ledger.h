/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* The tablet's half of the store tables that sync owns (sync.md 2.2): batches, staging, cursors, conflicts, blobs.
 * The engine in src/sync decides; this file is the only one that touches the rows. */

typedef struct
{
  char *batch_id;
  gint64 first;
  gint64 last;
  char *sha256;      /* lower-case hex of body */
  GBytes *body;      /* line 2 of the request, the same bytes at every retry */
} ZfBatch;
void zf_batch_free (ZfBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfBatch, zf_batch_free)

/** zf_ledger_batch: the open batch, else freezes one of at most @max changes (a tx never spans batches; a single larger tx is taken
 * whole); *batch = NULL when the log holds nothing unsent. */
gboolean zf_ledger_batch (ZfStore *store, guint max, ZfBatch **batch, GError **error);
/** zf_ledger_acked: stores push results ({lsn,d,rev,conflict?,why?}), marks rows ≤ @acked, closes the batch; @durable: lsns
 * ≤ this are in the county's backup. One transaction. */
gboolean zf_ledger_acked (ZfStore *store, const char *batch_id, gint64 acked, gint64 durable, JsonArray *results, GError **error);
/** zf_ledger_stage: a pulled page, durable before the next is asked for. @next: the cursor it leads to; @more: whether others follow. */
gboolean zf_ledger_stage (ZfStore *store, JsonArray *items, gint64 next, gboolean more, GError **error);
/** zf_ledger_after: the sequence to pull after (staged pages included). zf_ledger_cursor: the applied one. */
gint64 zf_ledger_after (ZfStore *store);
gint64 zf_ledger_cursor (ZfStore *store);
/** zf_ledger_apply: applies staged items when the last page (more = false) is in, household by household in slices of at most
 * @slice_ms; every slice one transaction; *done = TRUE after the last slice moved the cursor. Call until done. @applied (inout) counts
 * records. A store without the last page does nothing and says done. */
gboolean zf_ledger_apply (ZfStore *store, guint slice_ms, gboolean *done, guint *applied, GError **error);

/** zf_ledger_unsent: what is only here: {"changes":n,"drafts":n,"photos":n,KIND:n,…}: unacknowledged change rows, all and by kind; drafts;
 * photo files. */
JsonObject *zf_ledger_unsent (ZfReader *reader, GError **error);
/** zf_ledger_conflicts: (element-type JsonObject) {id,of,kind,g,base,theirs:{v,cid},mine:[{v,cid}],open}. @open_only: only unresolved. */
GPtrArray *zf_ledger_conflicts (ZfReader *reader, gboolean open_only, GError **error);
/** zf_ledger_quarantined: (element-type JsonObject) {lsn,cid,kind,id,why}. */
GPtrArray *zf_ledger_quarantined (ZfReader *reader, GError **error);

/* Photos on the way up: states are fixed numbers. */
typedef enum
{
  ZF_BLOB_LOCAL = 0,      /* only here */
  ZF_BLOB_SENT = 1,       /* the county has it */
  ZF_BLOB_DURABLE = 2,    /* and its backup too */
  ZF_BLOB_WANTED = 3,     /* the record is here, the file is not */
} ZfBlobState;
typedef struct
{
  char *sha256;
  gint64 size;
  ZfBlobState state;
  char *path;        /* absolute path of the full picture; NULL when wanted */
} ZfBlob;
void zf_blob_free (ZfBlob *blob);
GPtrArray *zf_ledger_blobs (ZfReader *reader, ZfBlobState state, guint limit, GError **error);
gboolean zf_ledger_blob_state (ZfStore *store, const char *sha256, ZfBlobState state, GError **error);

G_END_DECLS
