/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "zf-digest.h"

G_BEGIN_DECLS

/* The county's store of truth behind one table of verbs: the server half of sync knows nothing of SQL, and a simulator can
 * put a store in memory in its place. One thread at a time; every verb fails with a GError and leaves the transaction to be
 * rolled back by the caller. */

typedef struct _ZfServerStore ZfServerStore;

typedef struct
{
  char *id;
  char *name;
  char *token;          /* hex SHA-256 */
  char *app;            /* (nullable) */
  char *seal_key;       /* (nullable) X25519 public key, base64: parcels are sealed to it */
  gboolean suspended;
  gint64 scope_epoch;
  gboolean everywhere;  /* every village */
  char **villages;      /* when not everywhere; never NULL */
} ZfDevice;
void zf_device_free (ZfDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfDevice, zf_device_free)
/** zf_device_covers: whether @village (nullable) is in the device's scope; "*" always is. */
gboolean zf_device_covers (const ZfDevice *device, const char *village);

/* A published snapshot of a scope: a village id, "*", or ZF_SCOPE_ALL. */
#define ZF_SCOPE_COMMON "*"
#define ZF_SCOPE_ALL "all"
typedef struct
{
  char *scope;
  gint64 seq;
  gint64 made_ms;
  JsonArray *parts;     /* [{"n","size","sha256"}] */
} ZfSnapshot;
void zf_snapshot_free (ZfSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSnapshot, zf_snapshot_free)

/* A record of a village, living or merged into another. */
typedef struct
{
  char *id;
  char *parent;         /* (nullable) what it stands below; of a record that was merged away: the one that stands for it */
} ZfStanding;
void zf_standing_free (ZfStanding *standing);

typedef struct
{
  char *code;           /* hex SHA-256 */
  char *name;
  char **villages;      /* NULL: all */
  gint64 expires_ms;
} ZfEnrolCode;
void zf_enrol_code_free (ZfEnrolCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfEnrolCode, zf_enrol_code_free)

/* Groups that one change was the last to set. */
typedef enum { ZF_PART_CLEAN, ZF_PART_NEW, ZF_PART_CHANGED, ZF_PART_GONE, ZF_PART_MOVED } ZfPartState;
typedef struct
{
  gint64 seq;
  gint64 moved_seq;     /* ZF_PART_MOVED: the new place in the feed */
  gint64 rev;
  gint64 change;        /* change.seq */
  gboolean whole;
  JsonObject *f;        /* {field: value or null} */
  ZfPartState state;
} ZfPart;

typedef struct
{
  char *id;
  char *kind;
  char *parent;         /* (nullable) */
  char *village;        /* (nullable) */
  gint64 rev;           /* 0: not stored yet */
  gint64 seq;
  char *del;            /* (nullable) */
  gint64 del_rev;
  gint64 del_change;
  gint64 mark;
  GPtrArray *parts;     /* (element-type ZfPart) */
} ZfEntity;
ZfEntity *zf_entity_new (const char *id, const char *kind);
void zf_entity_free (ZfEntity *entity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfEntity, zf_entity_free)
/** zf_entity_add_part: a new part; @f is kept (transfer full). */
void zf_entity_add_part (ZfEntity *entity, gint64 seq, gint64 rev, gint64 change, gboolean whole, ZfPartState state, JsonObject *f);
/** zf_entity_find: (nullable): the part that holds @field now. */
ZfPart *zf_entity_find (ZfEntity *entity, const char *field);
/** zf_entity_take: removes @field from the part that holds it. */
void zf_entity_take (ZfEntity *entity, const char *field);

/* One received change as the store keeps it. */
typedef struct
{
  gint64 seq;
  gint64 origin;
  gint64 lsn;
  const char *cid;
  const char *kind;
  const char *id;
  gint64 rev;
  gint64 at;
  const char *by;
  gint64 recv_at;
  gint64 skew;
  const char *disposition;
  const char *why;      /* (nullable) quarantined: reason */
  const char *bytes;
} ZfChangeRow;

/* Who made a change. */
typedef struct
{
  gint64 seq;           /* change.seq */
  gint64 origin;
  char *cid;
  char *by;
  gint64 at;
} ZfAuthor;
void zf_author_clear (ZfAuthor *author);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfAuthor, zf_author_clear)

typedef struct
{
  char *id;
  gint64 seq;           /* place in the feed, 0 = not stored yet */
  char *record;
  char *kind;           /* edit, delete_vs_edit, edit_vs_delete, duplicate, double_correction */
  char *group;
  char *device;
  gboolean open;
  JsonNode *base;       /* (nullable) */
  JsonObject *theirs;
  JsonArray *mine;
  JsonObject *closed;   /* (nullable) {"value","by","at","why","resolution"} */
} ZfConflict;
void zf_conflict_free (ZfConflict *conflict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfConflict, zf_conflict_free)

/* A photo upload in progress (tus). */
typedef struct
{
  char *id;
  char *device;
  char *sha256;         /* of the whole file, as announced */
  gint64 size;
  gint64 expires_ms;
} ZfUpload;
void zf_upload_free (ZfUpload *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfUpload, zf_upload_free)

typedef enum { ZF_FEED_FIELDS = 0, ZF_FEED_DEL = 1, ZF_FEED_UNDEL = 2, ZF_FEED_CONFLICT = 3, ZF_FEED_GONE = 4 } ZfFeedWhat;
/* One row of the feed; strings live until the callback returns. */
typedef struct
{
  gint64 seq;
  gint64 record_seq;    /* of the record's latest accepted change */
  ZfFeedWhat what;
  const char *id;       /* of the record, or of the conflict */
  const char *kind;
  const char *village;  /* where the record is now */
  const char *del;
  gint64 record_rev;
  gint64 rev;           /* ZF_FEED_FIELDS from here on */
  gboolean whole;
  const char *f;        /* JSON as it goes on the wire */
  gint64 origin;
  gint64 lsn;
  const char *cid;
  const char *by;
  gint64 at;
  const char *of;       /* record that the change names: a decision names itself */
} ZfFeedRow;
/** ZfFeedFunc: FALSE ends the page before the next row. */
typedef gboolean (*ZfFeedFunc) (const ZfFeedRow *row, gpointer data);
/** ZfHistoryFunc: one change of a record, oldest first; the strings live until the call returns. */
typedef void (*ZfHistoryFunc) (const ZfChangeRow *row, gpointer data);

/** ZfDigestFunc: one living record of a bucket. */
typedef void (*ZfDigestFunc) (const char *id, const ZfDigest *digest, gpointer data);

typedef enum { ZF_TXN_BEGIN, ZF_TXN_COMMIT, ZF_TXN_ROLLBACK, ZF_TXN_MARK, ZF_TXN_KEEP, ZF_TXN_BACK, ZF_TXN_VIEW, ZF_TXN_LEAVE } ZfTxnOp;

/* Meta of a store that is a copy made by a backup. */
#define ZF_META_COPY "copy"

/** ZfServerStoreVerbs: (get-style verbs give NULL without error when there is no such row)
 * @txn: begin/commit/rollback of the one writing transaction; mark, keep, back: a savepoint inside it; view, leave: outside of it, all that is read
 * between them is of one moment, and nobody is kept from writing; leave fails when anything of it could not be read
 * @next_seq: the next sequence number, held to the commit; @head: the last one given
 * @device_by_token: by hex SHA-256 of the token; @save_device: inserts or replaces, with its assignment rows
 * @take_code: a valid unused code, marked as used by @device
 * @origin: number of (device, epoch), made when new, and its acknowledged lsn; @acked: the same without making it, 0 when there is none;
 * @cid_at: (nullable): name of the change with this number;
 * @durable: every lsn up to it stands in a backup too; @restore_point: last seq that survived of an older server epoch, 0 when unknown
 * @find_batch: stored results of a batch and its SHA-256
 * @find_change: by (origin, lsn) when @lsn > 0, else by @cid: disposition (transfer full) with bytes, cid, rev
 * @rev_at: highest rev of record @id among changes up to @seq
 * @is_refused: there is no record @id, because what would have made it stands in quarantine
 * @put_resent: a change that was stored before came again as (origin, lsn); @find_change finds it by that name too
 * @change_author: of change.seq; @seq_of_change: of a change id, 0 when there is none; @maker: of the first change of record @id, seq 0 when there is none
 * @later_changes: bytes of accepted changes of @id after rev @rev and change.seq @after by other origins, but for those that stand in the log of @origin too (sent again)
 * @set_twin_key: what makes a record one of a kind by its kind's rule number @rule (@key NULL: nothing); @twins: ids of other living records in
 * the village with that key, oldest first
 * @load/@save: a record with its parts; @children: ids of the records that were merged into @id, and of those whose parent is one
 * of all these
 * @place_of: village and deletion of a record, without its parts
 * @put_feed/@drop_feed: a row that is not a part
 * @page: rows of the device's scope after @after in order, at most @limit; *more: others follow
 * @delivered: how far @village's feed was handed to the device; @left_seq: seq at which @id last left a village of the device, else 0
 * @deliver: as @set_delivered for one village ("" for every village)
 * @villages: (element-type utf8): where records stand, "" for those that stand in none yet, "*" first; @standing: (element-type ZfStanding): all
 * records of one of them, by id; @open_in: (element-type utf8): ids of the open conflicts about its records
 * @parts_of: a record's parts as rows of the feed, in order, and why it ended with each; nothing when there is none
 * @history: all changes of a record, whatever became of them
 * @feed_since: rows of @scope's feed after @seq, at most @max; @brought_until: newest change that @device brought, first or again, 0 for none
 * @snapshot: of @scope at @seq, the newest when @seq is 0; @put_snapshot, @drop_snapshot; @old_snapshots: (element-type ZfSnapshot): made
 * before @before_ms
 * @find_device: (element-type utf8): ids of devices with this id or name; @device: by id, without its token
 * @put_team: FALSE in *made when there is one of that name; @assign: opens (@on) or closes what stands between team, device and village: the team has
 * the village (@device NULL), the device is of the team (@village NULL); @unassign: closes all that the device has; @team_devices:
 * (element-type utf8); @teams: [{"name","villages":[…],"devices":[…]}]; @next_scope: the device's scope epoch grows
 * @digest: number and sum of @village's living records, kept by @save; @digest_buckets: its 256 sums; @digest_ids: the records of a bucket, by id
 * @digest_recount: both anew from the fields alone: how many records and villages were wrong; @repair: and puts them right
 * @put_blob: notes a file that is in place, and that @device brought it; @blob: its size (-1: not noted) and whether a backup holds it
 * @put_upload/@drop_upload: an upload in progress; @upload: by id; @upload_of: the one of a device for a hash; @n_uploads: of a device;
 * @old_uploads: (element-type ZfUpload): some of those that expired before @now_ms
 * @copy_to: a copy of the whole store as it stands, with meta ZF_META_COPY set; what it holds as {"seq","changes","origins":[{"device","epoch",
 * "acked"}],"blobs":[{"sha256","size"}]}; @mark_durable: all of that stands in a backup; @begin_epoch: this store is such a copy and serves now
 * @check: what is wrong with the store's rows, as plain lines; @blobs: names of all files; @digest_villages: villages that have a digest;
 * @quarantined: [{"seq","why","kind","id","device","lsn","at"}], never values
 * @merged_since: (element-type utf8): records that more than one hand may have written to after change.seq @seq, a decision among them, at most @max;
 * *last: the change.seq of the last; @set_review: the questions (JSON array) whose rule a record breaks, NULL: none; @reviews: [{"id","kind","village","fields"}]
 * @open_conflict: of this device on this record, kind and group; @conflicts_of: all of a record
 */
typedef struct
{
  void (*close) (ZfServerStore *self);
  gboolean (*txn) (ZfServerStore *self, ZfTxnOp op, GError **error);
  gint64 (*next_seq) (ZfServerStore *self);
  gint64 (*head) (ZfServerStore *self);
  gboolean (*get_meta) (ZfServerStore *self, const char *key, char **value, GError **error);   /* *value NULL: there is none */
  gboolean (*set_meta) (ZfServerStore *self, const char *key, const char *value, GError **error);
  gboolean (*audit) (ZfServerStore *self, gint64 at, const char *device, const char *action, const char *object, GError **error);

  ZfDevice *(*device_by_token) (ZfServerStore *self, const char *token_sha256, GError **error);
  gboolean (*save_device) (ZfServerStore *self, const ZfDevice *device, gint64 at, GError **error);
  gboolean (*put_code) (ZfServerStore *self, const ZfEnrolCode *code, GError **error);
  ZfEnrolCode *(*take_code) (ZfServerStore *self, const char *code_sha256, const char *device, gint64 now_ms, GError **error);

  gboolean (*origin) (ZfServerStore *self, const char *device, const char *epoch, gint64 *n, gint64 *acked, GError **error);
  gboolean (*set_acked) (ZfServerStore *self, gint64 origin, gint64 acked, GError **error);
  gint64 (*acked) (ZfServerStore *self, const char *device, const char *epoch);
  char *(*cid_at) (ZfServerStore *self, const char *device, const char *epoch, gint64 lsn);
  gint64 (*durable) (ZfServerStore *self, gint64 origin);
  gint64 (*restore_point) (ZfServerStore *self, const char *server_epoch);
  char *(*origin_device) (ZfServerStore *self, gint64 origin);
  gboolean (*find_batch) (ZfServerStore *self, const char *device, const char *batch, char **sha256, char **results, gint64 *acked,
                          GError **error);
  gboolean (*put_batch) (ZfServerStore *self, const char *device, const char *batch, const char *sha256, const char *results,
                         gint64 acked, GError **error);
  gboolean (*find_change) (ZfServerStore *self, gint64 origin, gint64 lsn, const char *cid, char **bytes, gint64 *rev, GError **error);
  gboolean (*put_change) (ZfServerStore *self, const ZfChangeRow *row, GError **error);
  gboolean (*put_resent) (ZfServerStore *self, gint64 origin, gint64 lsn, const char *cid, GError **error);
  gboolean (*change_author) (ZfServerStore *self, gint64 seq, ZfAuthor *author, GError **error);
  gboolean (*seq_of_change) (ZfServerStore *self, const char *cid, gint64 *seq, GError **error);
  gboolean (*maker) (ZfServerStore *self, const char *id, ZfAuthor *author, GError **error);
  gint64 (*rev_at) (ZfServerStore *self, const char *id, gint64 seq);
  gboolean (*is_refused) (ZfServerStore *self, const char *id);
  GPtrArray *(*later_changes) (ZfServerStore *self, const char *id, gint64 rev, gint64 after, gint64 origin, GError **error);

  ZfEntity *(*load) (ZfServerStore *self, const char *id, GError **error);
  gboolean (*save) (ZfServerStore *self, ZfEntity *entity, GError **error);
  gboolean (*place_of) (ZfServerStore *self, const char *id, char **village, char **del, gboolean *found, GError **error);
  GPtrArray *(*children) (ZfServerStore *self, const char *id, GError **error);
  gboolean (*put_feed) (ZfServerStore *self, gint64 seq, const char *village, ZfFeedWhat what, const char *id, GError **error);
  gboolean (*drop_feed) (ZfServerStore *self, gint64 seq, GError **error);
  gboolean (*page) (ZfServerStore *self, const ZfDevice *device, gint64 after, guint limit, ZfFeedFunc func, gpointer data,
                    gboolean *more, GError **error);
  gint64 (*delivered) (ZfServerStore *self, const char *device, const char *village);
  gboolean (*set_delivered) (ZfServerStore *self, const ZfDevice *device, gint64 seq, GError **error);
  gboolean (*log_scope) (ZfServerStore *self, gint64 seq, const char *village, const char *id, const char *way, const char *why,
                         GError **error);
  gint64 (*left_seq) (ZfServerStore *self, const char *id, const ZfDevice *device, char **village);

  gboolean (*deliver) (ZfServerStore *self, const char *device, const char *village, gint64 seq, GError **error);
  GPtrArray *(*villages) (ZfServerStore *self, GError **error);
  GPtrArray *(*standing) (ZfServerStore *self, const char *village, GError **error);
  GPtrArray *(*open_in) (ZfServerStore *self, const char *village, GError **error);
  gboolean (*parts_of) (ZfServerStore *self, const char *id, ZfFeedFunc func, gpointer data, GError **error);
  gboolean (*history) (ZfServerStore *self, const char *id, ZfHistoryFunc func, gpointer data, GError **error);
  gint64 (*feed_since) (ZfServerStore *self, const char *scope, gint64 seq, gint64 max);
  gint64 (*brought_until) (ZfServerStore *self, const char *device);
  ZfSnapshot *(*snapshot) (ZfServerStore *self, const char *scope, gint64 seq, GError **error);
  gboolean (*put_snapshot) (ZfServerStore *self, const ZfSnapshot *snapshot, GError **error);
  gboolean (*drop_snapshot) (ZfServerStore *self, const char *scope, gint64 seq, GError **error);
  GPtrArray *(*old_snapshots) (ZfServerStore *self, gint64 before_ms, GError **error);

  GPtrArray *(*find_device) (ZfServerStore *self, const char *name, GError **error);
  ZfDevice *(*device) (ZfServerStore *self, const char *id, GError **error);
  gboolean (*put_team) (ZfServerStore *self, const char *name, gint64 at, gboolean *made, GError **error);
  gboolean (*assign) (ZfServerStore *self, const char *team, const char *device, const char *village, gboolean on, GError **error);
  gboolean (*unassign) (ZfServerStore *self, const char *device, GError **error);
  GPtrArray *(*team_devices) (ZfServerStore *self, const char *team, GError **error);
  JsonArray *(*teams) (ZfServerStore *self, GError **error);
  gboolean (*next_scope) (ZfServerStore *self, const char *device, GError **error);

  gboolean (*digest) (ZfServerStore *self, const char *village, gint64 *n, ZfDigest *sum, GError **error);
  gboolean (*digest_buckets) (ZfServerStore *self, const char *village, ZfDigest *buckets, GError **error);
  gboolean (*digest_ids) (ZfServerStore *self, const char *village, guint bucket, ZfDigestFunc func, gpointer data, GError **error);
  gboolean (*digest_recount) (ZfServerStore *self, gboolean repair, guint *n_wrong, GError **error);

  ZfConflict *(*open_conflict) (ZfServerStore *self, const char *device, const char *record, const char *kind, const char *group,
                                GError **error);
  ZfConflict *(*conflict) (ZfServerStore *self, const char *id, GError **error);
  GPtrArray *(*conflicts_of) (ZfServerStore *self, const char *record, GError **error);
  gboolean (*save_conflict) (ZfServerStore *self, const ZfConflict *conflict, GError **error);
  gboolean (*set_twin_key) (ZfServerStore *self, const char *id, guint rule, const char *key, GError **error);
  GPtrArray *(*twins) (ZfServerStore *self, const char *key, const char *id, const char *village, GError **error);

  gboolean (*put_blob) (ZfServerStore *self, const char *sha256, gint64 size, const char *device, gint64 at, GError **error);
  gboolean (*put_blob_ref) (ZfServerStore *self, const char *sha256, const char *id, GError **error);
  gboolean (*blob_visible) (ZfServerStore *self, const char *sha256, const ZfDevice *device, gboolean *visible, GError **error);
  gboolean (*blob) (ZfServerStore *self, const char *sha256, gint64 *size, gboolean *durable, GError **error);
  gboolean (*put_upload) (ZfServerStore *self, const ZfUpload *upload, GError **error);
  ZfUpload *(*upload) (ZfServerStore *self, const char *id, GError **error);
  ZfUpload *(*upload_of) (ZfServerStore *self, const char *device, const char *sha256, GError **error);
  gint64 (*n_uploads) (ZfServerStore *self, const char *device);
  GPtrArray *(*old_uploads) (ZfServerStore *self, gint64 now_ms, GError **error);
  gboolean (*drop_upload) (ZfServerStore *self, const char *id, GError **error);
  JsonObject *(*copy_to) (ZfServerStore *self, const char *path, GError **error);
  gboolean (*mark_durable) (ZfServerStore *self, JsonObject *manifest, GError **error);
  gboolean (*begin_epoch) (ZfServerStore *self, const char *old, const char *fresh, gint64 at, GError **error);
  gboolean (*check) (ZfServerStore *self, GPtrArray *problems, GError **error);
  GPtrArray *(*blobs) (ZfServerStore *self, GError **error);
  GPtrArray *(*digest_villages) (ZfServerStore *self, GError **error);
  JsonArray *(*quarantined) (ZfServerStore *self, GError **error);
  GPtrArray *(*merged_since) (ZfServerStore *self, gint64 seq, guint max, gint64 *last, GError **error);
  gboolean (*set_review) (ZfServerStore *self, const char *id, const char *fields, GError **error);
  JsonArray *(*reviews) (ZfServerStore *self, GError **error);
  JsonObject *(*stats) (ZfServerStore *self, GError **error);
} ZfServerStoreVerbs;

struct _ZfServerStore
{
  const ZfServerStoreVerbs *verbs;
};
/** zf_server_store_close: frees @self. */
void zf_server_store_close (ZfServerStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfServerStore, zf_server_store_close)

/** zf_server_store_open_sqlite: the SQLite implementation: file @path, WAL, synchronous=FULL. @make: a new file, else an existing one.
 * @vfs (nullable): file layer of SQLite. */
ZfServerStore *zf_server_store_open_sqlite (const char *path, gboolean make, const char *vfs, GError **error);

G_END_DECLS
