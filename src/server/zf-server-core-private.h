/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core.h"
#include "zf-wire.h"

G_BEGIN_DECLS

/* Refusals that have a code of their own on the wire (src/sync/README.md "Refusals"); the table stands in zf-server-problem.c. */
typedef enum
{
  ZF_PROBLEM_MALFORMED,
  ZF_PROBLEM_TOKEN,
  ZF_PROBLEM_TOKEN_EXPIRED,
  ZF_PROBLEM_SUSPENDED,
  ZF_PROBLEM_WIPED,
  ZF_PROBLEM_FORBIDDEN,
  ZF_PROBLEM_CODE,
  ZF_PROBLEM_NOT_FOUND,
  ZF_PROBLEM_NO_UPLOAD,
  ZF_PROBLEM_METHOD,
  ZF_PROBLEM_TIMEOUT,
  ZF_PROBLEM_LSN_GAP,
  ZF_PROBLEM_FORK,
  ZF_PROBLEM_BATCH_IN_PROGRESS,
  ZF_PROBLEM_SERVER_EPOCH,
  ZF_PROBLEM_OFFSET,
  ZF_PROBLEM_UPLOAD_GONE,
  ZF_PROBLEM_CURSOR_EXPIRED,
  ZF_PROBLEM_SNAPSHOT_GONE,
  ZF_PROBLEM_LENGTH,
  ZF_PROBLEM_TUS_VERSION,
  ZF_PROBLEM_TOO_LARGE,
  ZF_PROBLEM_TYPE,
  ZF_PROBLEM_IDEMPOTENCY,
  ZF_PROBLEM_DIGEST,
  ZF_PROBLEM_BLOB_DIGEST,
  ZF_PROBLEM_UPGRADE,
  ZF_PROBLEM_SLOW_DOWN,
  ZF_PROBLEM_CHECKSUM,
  ZF_PROBLEM_FAILED,
  ZF_PROBLEM_BUSY,
  ZF_PROBLEM_FULL,
} ZfProblem;
#define ZF_PROBLEM (zf_problem_quark ())
GQuark zf_problem_quark (void);
void zf_problem_set (GError **error, ZfProblem problem);

struct _ZfServerCore
{
  ZfServerStore *store;
  ZfKinds *kinds;         /* base_kinds with what was published since */
  ZfKinds *base_kinds;
  char *published;        /* (nullable): what `kinds` holds of it */
  ZfClock *clock;
  ZfRandom *random;
  ZfFiles *files;
  char *dir;
  char *server_id;
  char *server_epoch;
  guint max_changes;
  guint max_items;
  gsize max_bytes;
  gint64 expect;          /* lsn_gap, server_epoch: the lsn that is due */
  char *last_cid;         /* (nullable) server_epoch: name of the change before it */
};

/* One push or pull: who speaks, and as which installation. */
typedef struct
{
  ZfServerCore *core;
  const ZfDevice *device;
  gint64 origin;
  gint64 acked;
  gint64 now_ms;
  gint64 skew_ms;
  gint64 base_seq;        /* bases of this push count only up to what stood there: the restore point that ended their server epoch; -1: they are
                           * of the present one */
} ZfExchange;

/* One change as received. */
typedef struct
{
  gint64 lsn;
  const char *cid;
  const char *tx;         /* (nullable) */
  const char *kind;
  const char *id;
  const char *op;
  const char *by;
  gint64 base;
  gint64 at;
  JsonObject *f;
  JsonObject *object;     /* holds the strings above */
  char *bytes;
} ZfChange;

/* What became of it. Static strings but `conflict`. */
typedef struct
{
  const char *d;
  const char *why;        /* quarantined only */
  gint64 rev;
  char *conflict;         /* (nullable) */
} ZfVerdict;
void zf_verdict_clear (ZfVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfVerdict, zf_verdict_clear)

/** zf_server_push: one frozen batch in one transaction; appends the answer's "push" object. */
gboolean zf_server_push (ZfExchange *exchange, const ZfSlice *line, GString *out, GError **error);
/** zf_server_merge: lays one change over the store at @seq; a quarantine is a verdict, not an error. */
gboolean zf_server_merge (ZfExchange *exchange, const ZfChange *change, gint64 seq, ZfVerdict *verdict, GError **error);
/** zf_server_delete: ops del, undel and merge. */
gboolean zf_server_delete (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, gint64 base, gint64 seq, ZfVerdict *verdict,
                           GError **error);
/** zf_server_unseen_edit: *found (nullable): a part that another installation had a hand in after rev @base and after change @known. */
gboolean zf_server_unseen_edit (ZfExchange *exchange, ZfEntity *entity, gint64 base, gint64 known, ZfPart **found, GError **error);
/** zf_server_bury, zf_server_revive: @entity becomes a tombstone by change @change, or lives again; @place: seq in the feed. */
gboolean zf_server_bury (ZfServerCore *core, ZfEntity *entity, const char *del, gint64 change, gint64 place, GError **error);
gboolean zf_server_revive (ZfServerCore *core, ZfEntity *entity, gint64 place, GError **error);
/** zf_server_bury_unless_edited: as zf_server_bury, but an unseen edit makes it a conflict delete_vs_edit. */
gboolean zf_server_bury_unless_edited (ZfExchange *exchange, const ZfChange *change, ZfEntity *entity, const char *del, gint64 base, gint64 known,
                                       gint64 seq, gint64 place, ZfVerdict *verdict, GError **error);
/** zf_server_leads_to: whether @id is @target or was merged into it by any number of steps. */
gboolean zf_server_leads_to (ZfServerCore *core, const char *id, const char *target, gboolean *leads, GError **error);
/** zf_server_conflict: a new conflict, or @value joins `mine` of the one that the device has open. @theirs_change: change.seq of the server's
 * value. */
gboolean zf_server_conflict (ZfExchange *exchange, const ZfChange *change, const ZfEntity *entity, const char *kind, const char *group,
                             JsonNode *base, JsonNode *theirs, gint64 theirs_change, JsonNode *value, ZfVerdict *verdict, GError **error);
/** zf_server_conflict_new: @theirs (transfer full). zf_server_conflict_add: @value joins `mine`. zf_server_conflict_store: with a new place in
 * the feed of @village. zf_server_side: (transfer full): {"v","cid","by","at"}. */
ZfConflict *zf_server_conflict_new (ZfExchange *exchange, const char *record, const char *kind, const char *group, JsonNode *base,
                                    JsonObject *theirs);
void zf_server_conflict_add (ZfConflict *conflict, const ZfChange *change, JsonNode *value);
gboolean zf_server_conflict_store (ZfExchange *exchange, ZfConflict *conflict, const char *village, GError **error);
JsonObject *zf_server_side (JsonNode *value, const char *cid, const char *by, gint64 at);
/** zf_server_check_resolution: NULL, or why the fields of a new resolution cannot be taken. zf_server_resolve: lays what it decides over the store. */
gboolean zf_server_resolve (ZfExchange *exchange, const ZfChange *change, JsonObject *resolution, gint64 seq, ZfVerdict *verdict, GError **error);
const char *zf_server_check_resolution (ZfExchange *exchange, JsonObject *resolution, GError **error);
/** zf_server_twins: notes what makes @entity one of a kind, and opens conflicts with those that are the same. @accepted: fields just set;
 * @moved: it is new where it stands. */
gboolean zf_server_twins (ZfExchange *exchange, const ZfChange *change, const ZfKind *kind, ZfEntity *entity, JsonObject *accepted, gboolean moved,
                          GError **error);
/** zf_server_place: (transfer full) (nullable): village of a record of @kind under @parent. */
gboolean zf_server_place (ZfServerCore *core, const ZfKind *kind, const char *parent, char **village, GError **error);
/** zf_server_rehome: @entity stands in @village now: tells the old village, feeds it and what hangs below anew to the new one. */
gboolean zf_server_rehome (ZfServerCore *core, ZfEntity *entity, const char *village, guint depth, GError **error);
/** zf_server_feed_conflicts: questions about @entity come again, behind every cursor of its village. */
gboolean zf_server_feed_conflicts (ZfServerCore *core, const ZfEntity *entity, GError **error);
/** zf_server_go_home: @entity stands where its parent stands, or what it was merged into. */
gboolean zf_server_go_home (ZfServerCore *core, const ZfKind *kind, ZfEntity *entity, GError **error);
/** zf_server_settle_place: @entity, to which @fields were just written, goes to the village that they name, if they name one. */
gboolean zf_server_settle_place (ZfServerCore *core, const ZfKind *kind, ZfEntity *entity, JsonObject *fields, GError **error);
/** zf_server_rehome_children: the children of @entity follow it. */
gboolean zf_server_rehome_children (ZfServerCore *core, const ZfEntity *entity, guint depth, GError **error);
/** zf_server_may_change: NULL, or why the device may not touch the stored @entity / make a record in @village under @parent. */
const char *zf_server_may_change (ZfExchange *exchange, const ZfEntity *entity, gint64 base);
const char *zf_server_may_make (ZfExchange *exchange, const char *village, const char *parent);
/** zf_server_clamp: the base that this device can have seen of @entity. */
gint64 zf_server_clamp (ZfExchange *exchange, const ZfEntity *entity, gint64 base);

/** zf_server_scope_is_current: whether the hello names the device's present scope epoch: without it nothing is pulled.
 * zf_server_put_scope: the answer's "scope" object, with a comma before it. */
gboolean zf_server_scope_is_current (const ZfDevice *device, JsonObject *hello);
void zf_server_put_scope (GString *out, const ZfDevice *device, JsonObject *hello);

/** zf_server_put_conflict: members of a conflict item, with a comma before them where one is due. */
gboolean zf_server_put_conflict (ZfServerCore *core, const char *id, GString *out, GError **error);
/** zf_server_put_digests: ,"digest":{…} of the device's villages; @in_short: of all of them as one where that is the whole county. */
gboolean zf_server_put_digests (ZfServerCore *core, const ZfDevice *device, gboolean in_short, GString *out, GError **error);
/** zf_server_put_record: a living record as one item without "s": all its parts together. *found FALSE: there is none. */
gboolean zf_server_put_record (ZfServerCore *core, const char *id, GString *out, gboolean *found, GError **error);

/** zf_server_pull: appends the answer's "pull" object. */
gboolean zf_server_pull (ZfExchange *exchange, JsonObject *request, GString *out, GError **error);
/** zf_server_sync, zf_server_enrol, zf_server_blob_…: the routes. */
ZfSyncResponse *zf_server_sync (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_enrol (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_blobs_check (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_blob_get (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_snapshot (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_digest (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_fetch (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_history (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_mail (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_answer (ZfServerCore *core, guint status, const char *type, GBytes *body);
/** zf_server_refuse: the answer for @error. */
ZfSyncResponse *zf_server_refuse (ZfServerCore *core, const GError *error);
/** zf_server_admits: what can be said of a request before its body is read: address, method, size and type. @type is nullable. */
gboolean zf_server_admits (const char *method, const char *path, const char *type, gsize length, GError **error);
/** zf_server_take_published: what another process may have published counts from now on.
 * zf_server_load_published: adds the publication that record @id is, if it is one, to @into (element-type ZfPublication).
 * zf_server_note_published: @records of @kind, written in the same transaction, count for the county too, if they are forms or code lists. */
gboolean zf_server_take_published (ZfServerCore *core, GError **error);
gboolean zf_server_load_published (ZfServerCore *core, const char *id, GPtrArray *into, GError **error);
gboolean zf_server_note_published (ZfServerCore *core, const char *kind, JsonArray *records, GError **error);
/** zf_server_begin_epoch: a store that is a copy from a backup gets a new server epoch, once. */
gboolean zf_server_begin_epoch (ZfServerCore *core, GError **error);
/** zf_server_end: commits, or rolls back when @ok is FALSE. */
gboolean zf_server_end (ZfServerCore *core, gboolean ok, GError **error);

G_END_DECLS
