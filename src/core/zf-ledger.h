/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-copy.h"
#include "zf-digest.h"
#include "zf-draft.h"
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
/** ZfHold: what was saved in the last @hold_ms before @now_ms waits. Rows from the future, which only a clock set back explains, wait unless their
 * lsn is ≤ @released: so nobody's clock holds a row for ever. */
typedef struct
{
  gint64 now_ms;
  gint64 hold_ms;
  gint64 released;
} ZfHold;
/** zf_ledger_batch_before: as zf_ledger_batch, but freezes nothing at or behind a change that @hold (nullable) holds. */
gboolean zf_ledger_batch_before (ZfStore *store, guint max, const ZfHold *hold, ZfBatch **batch, GError **error);
/** zf_ledger_batches: (element-type ZfBatch): all open batches in order, after everything that waits was frozen: for a parcel. */
GPtrArray *zf_ledger_batches (ZfStore *store, guint max, GError **error);
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
/** ZfStand: how much stands in one place, as people count it; changes: log rows, for details only. */
typedef struct
{
  gint64 visits, households, photos, changes;
} ZfStand;
enum { ZF_STAND_HERE, ZF_STAND_UNDER_WAY, ZF_STAND_RECEIVED, ZF_STAND_N };
/** zf_ledger_stands: only here, in a frozen batch or begun upload, received by the county (of what this tablet holds; no changes). */
gboolean zf_ledger_stands (ZfReader *reader, ZfStand stands[ZF_STAND_N], GError **error);
/** zf_ledger_awaits_echo: changes were acknowledged that no applied page is known to contain. */
gboolean zf_ledger_awaits_echo (ZfReader *reader);
/** zf_ledger_photo_size: bytes of an average photo of this store, 0 when it has none. */
gint64 zf_ledger_photo_size (ZfReader *reader);
/** zf_ledger_conflicts: (element-type JsonObject) {id,of,kind,g,base,theirs:{v,cid,by,at},mine:[{v,cid,by,at}],open,(closed),(decided:{resolution,
 * value,by,at})}: decided here, and the county has not answered yet. @open_only: only unresolved. */
GPtrArray *zf_ledger_conflicts (ZfReader *reader, gboolean open_only, GError **error);
/** zf_ledger_quarantined: (element-type JsonObject) {lsn,cid,kind,id,why}. */
GPtrArray *zf_ledger_quarantined (ZfReader *reader, GError **error);

/* Copying villages whole (first copy, new villages, after a restore at the county). */

/** zf_ledger_villages: (transfer full): villages that this store holds; "*" (county-wide records) and "all" as the county names them. */
char **zf_ledger_villages (ZfReader *reader);
/** zf_ledger_strays: (transfer full): villages of which something is here that is not what the county holds now: a copy was begun, or the county was
 * restored. Those that the tablet is not to hold any more are given up like others. */
char **zf_ledger_strays (ZfReader *reader);
/** zf_ledger_snapshot_begin: remembers the parts to fetch of @scope; one scope at a time. Another list of the same scope starts it anew. */
gboolean zf_ledger_snapshot_begin (ZfStore *store, const char *scope, gint64 seq, JsonArray *parts, GError **error);
/** zf_ledger_snapshot_next: the scope that is being copied and the part to fetch: {"scope","seq","n","of","size","sha256"}; *part NULL when all are
 * staged or none is wanted, *scope (transfer full) NULL when nothing is being copied. */
gboolean zf_ledger_snapshot_next (ZfReader *reader, char **scope, JsonObject **part, GError **error);
/** zf_ledger_snapshot_take: part @n; the next part is due when *done. What stands whole in it is applied at once where nothing of the scope stood before,
 * home by home in slices of at most @slice_ms, every slice one transaction: call until done, and after a stop from its beginning. The rest is staged. */
gboolean zf_ledger_snapshot_take (ZfStore *store, guint n, ZfCopy *copy, guint slice_ms, gboolean *done, guint *applied, GError **error);
/** zf_ledger_snapshot_apply: as zf_ledger_apply for a scope whose parts are all staged. What stood there before, is not among them and has
 * nothing unsent goes; revisions may go back when the county was restored. The last slice moves the scope's cursor to the snapshot's seq. */
gboolean zf_ledger_snapshot_apply (ZfStore *store, guint slice_ms, gboolean *done, guint *applied, GError **error);
/** zf_ledger_snapshot_drop: forgets a copy that was begun. */
gboolean zf_ledger_snapshot_drop (ZfStore *store, GError **error);
/** zf_ledger_leave: gives up @village: records, flat rows, search terms, thumbnails and photo files that nothing else shows; unsent changes and
 * the records they need stay until they are acknowledged. In slices; safe to stop anywhere: what is begun is finished at the next call. */
gboolean zf_ledger_leave (ZfStore *store, const char *village, guint slice_ms, gboolean *done, GError **error);

/* Digests: what this store believes to hold of the county's state, per village. */

/** meta_kv: when the sums of all villages were the county's last; nothing once something of the county's came after that. */
#define ZF_LEDGER_AGREED "digest_agreed"
/** zf_ledger_digest: n and sum of @village ("*" too). zf_ledger_digest_buckets: the sums of its 256 buckets, computed from the record rows. */
gboolean zf_ledger_digest (ZfReader *reader, const char *village, guint *n, ZfDigest *sum, GError **error);
gboolean zf_ledger_digest_buckets (ZfReader *reader, const char *village, ZfDigest *buckets, GError **error);
/** zf_ledger_digest_ids: (element-type utf8 → utf8): id → 32 hex digits of the records of one bucket. */
GHashTable *zf_ledger_digest_ids (ZfReader *reader, const char *village, guint bucket, GError **error);
/** zf_ledger_digest_all: number and digest (zf_digest_all) of all villages that this store holds something of. */
gboolean zf_ledger_digest_all (ZfReader *reader, gint64 *n, ZfDigest *all, GError **error);
/** zf_ledger_lacking: (transfer full): records whose state at the county cannot be made out from what came: to be fetched whole. */
char **zf_ledger_lacking (ZfReader *reader);
/** zf_ledger_repair: fetched @items become the county's state of their records at once (rev may be any); ids in @drop are given up unless
 * something unsent needs them. One transaction. */
gboolean zf_ledger_repair (ZfStore *store, JsonArray *items, const char *const *drop, GError **error);

/* When numbers no longer agree. */

/** zf_ledger_new_epoch: the county has other content under our numbers (an old image of this store, or a copy of it, came back): a new epoch; what
 * is not acknowledged is numbered anew from 1 with the same change ids, in order; frozen batches are dissolved. One transaction. */
gboolean zf_ledger_new_epoch (ZfStore *store, GError **error);
/** zf_ledger_restored: the county was restored from a backup and lacks what is ≥ @expect of the current epoch: those rows are unsent again with
 * their old epoch as base_epoch (with rows of earlier epochs, if there are any: all under a new one then, in the order in which they were saved), frozen batches are dissolved, cursors and scope epoch forgotten, the new @server_epoch kept. @cid (nullable): the
 * change that the county has before @expect; another one here makes this store an old image, which sends all it has under a new epoch. One transaction. */
gboolean zf_ledger_restored (ZfStore *store, const char *server_epoch, gint64 expect, const char *cid, GError **error);
/** zf_ledger_gap: the county expects @expect: rows from there on are unsent again (batches dissolved). */
gboolean zf_ledger_gap (ZfStore *store, gint64 expect, GError **error);
/** zf_ledger_names: what change @lsn of the current epoch is about, as its log says: kind and id (transfer full). FALSE: the log does not say. */
gboolean zf_ledger_names (ZfReader *reader, gint64 lsn, char **kind, char **id);
/** zf_ledger_self: (transfer full): who this store is and how far its log is, as one moment has it: "device", "epoch", "server_epoch", "scope_epoch"
 * where they are known, "last". All of it or an error: the county takes what is left out for what is not known yet. */
JsonObject *zf_ledger_self (ZfStore *store, GError **error);
/** zf_ledger_last: highest lsn ever given in the current epoch, trimmed rows included. */
gint64 zf_ledger_last (ZfStore *store);
/** zf_ledger_trim: forgets log rows that are acknowledged, durable at the county and pulled past. *n: how many. */
gboolean zf_ledger_trim (ZfStore *store, guint *n, GError **error);

/** zf_ledger_resolve: a person's decision on an open conflict: saves a `resolution` record (by, value as JSON, why); the record shows the value at
 * once, the conflict counts as decided and closes when the county answers. @value: see src/sync/README.md per kind of conflict.
 * One that an import made on this tablet alone (no cid in its sides) ends here by an ordinary save.
 * Returns the id of the resolution, of the conflict in that case (transfer full). zf_ledger_unresolve: takes it back while it was not sent. */
char *zf_ledger_resolve (ZfStore *store, const char *conflict, JsonNode *value, const char *why, const char *by, GError **error);
gboolean zf_ledger_unresolve (ZfStore *store, const char *resolution, GError **error);
/** zf_ledger_take_back: what was written together with the record @id, which that save made first, was never written, and the draft that it came of stands again; one
 * transaction. FALSE + ZF_ERROR_CONFLICT: it is on its way to the county, something was built upon it since, or another draft stands there. */
gboolean zf_ledger_take_back (ZfStore *store, const char *id, const ZfDraft *draft, GError **error);

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
  gboolean thumb;    /* the small picture is here */
  char *url;         /* (nullable) upload in progress */
  gint64 offset;     /* bytes of it that the county has stored */
} ZfBlob;
void zf_blob_free (ZfBlob *blob);
/** zf_ledger_blobs: files in @state by hash; zf_ledger_blobs_after: those whose hash comes after @after (nullable). */
GPtrArray *zf_ledger_blobs (ZfReader *reader, ZfBlobState state, guint limit, GError **error);
GPtrArray *zf_ledger_blobs_after (ZfReader *reader, ZfBlobState state, const char *after, guint limit, GError **error);
/** zf_ledger_blob: (nullable): NULL without error when the store knows no such file. */
ZfBlob *zf_ledger_blob (ZfReader *reader, const char *sha256, GError **error);
/** zf_ledger_blob_state: no upload is in progress then. */
gboolean zf_ledger_blob_state (ZfStore *store, const char *sha256, ZfBlobState state, GError **error);
/** zf_ledger_blob_upload: where the upload of a file stands; @url NULL: none is in progress. */
gboolean zf_ledger_blob_upload (ZfStore *store, const char *sha256, const char *url, gint64 offset, GError **error);
/** zf_ledger_blobs_told: the county's answer about files, in one transaction: it has these; these are in its backup too; it lacks these: what it
 * had and lost (a restored backup) is only here again, or wanted when it is not here either. Each may be NULL. */
gboolean zf_ledger_blobs_told (ZfStore *store, const char *const *have, const char *const *durable, const char *const *lacks, GError **error);
/** zf_ledger_blob_fetched: the full picture was brought from the county; a state that says more stays. */
gboolean zf_ledger_blob_fetched (ZfStore *store, const char *sha256, GError **error);
/** zf_ledger_blob_thumb: the small picture is here. */
gboolean zf_ledger_blob_thumb (ZfStore *store, const char *sha256, GError **error);
/** zf_ledger_thumbs: (transfer full) (array zero-terminated=1): hashes of small pictures that are to come by themselves, those after @after
 * (nullable): photos of the last two visits of each household, and those of the household as such. */
char **zf_ledger_thumbs (ZfReader *reader, const char *after, guint limit, GError **error);

G_END_DECLS
