/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-store.h"

G_BEGIN_DECLS

/* Inside of the SQLite store: one connection, its verbs spread over three files by subject. */
typedef struct _ZfDb ZfDb;
typedef struct
{
  ZfServerStore parent;
  ZfDb *db;
  char *vfs;          /* (nullable) */
  gint64 seq;         /* last one given; read again at each begin, since another process may have written */
  gint64 seq_stored;
} ZfServerSqlite;

const char *zf_schema_server (void);
const char *zf_schema_server_2 (void);
const char *zf_schema_server_3 (void);

/* zf-server-store-sqlite-push.c */
gboolean zf_sqlite_origin (ZfServerStore *self, const char *device, const char *epoch, gint64 *n, gint64 *acked, GError **error);
gboolean zf_sqlite_set_acked (ZfServerStore *self, gint64 origin, gint64 acked, GError **error);
gint64 zf_sqlite_acked (ZfServerStore *self, const char *device, const char *epoch);
char *zf_sqlite_cid_at (ZfServerStore *self, const char *device, const char *epoch, gint64 lsn);
gint64 zf_sqlite_durable (ZfServerStore *self, gint64 origin);
gint64 zf_sqlite_restore_point (ZfServerStore *self, const char *server_epoch);
char *zf_sqlite_origin_device (ZfServerStore *self, gint64 origin);
gboolean zf_sqlite_find_batch (ZfServerStore *self, const char *device, const char *batch, char **sha256, char **results, gint64 *acked,
                               GError **error);
gboolean zf_sqlite_put_batch (ZfServerStore *self, const char *device, const char *batch, const char *sha256, const char *results,
                              gint64 acked, GError **error);
gboolean zf_sqlite_find_change (ZfServerStore *self, gint64 origin, gint64 lsn, const char *cid, char **bytes, gint64 *rev, GError **error);
gboolean zf_sqlite_put_change (ZfServerStore *self, const ZfChangeRow *row, GError **error);
gboolean zf_sqlite_put_resent (ZfServerStore *self, gint64 origin, gint64 lsn, const char *cid, GError **error);
gboolean zf_sqlite_change_author (ZfServerStore *self, gint64 seq, ZfAuthor *author, GError **error);
gboolean zf_sqlite_seq_of_change (ZfServerStore *self, const char *cid, gint64 *seq, GError **error);
gboolean zf_sqlite_maker (ZfServerStore *self, const char *id, ZfAuthor *author, GError **error);
gint64 zf_sqlite_rev_at (ZfServerStore *self, const char *id, gint64 seq);
gboolean zf_sqlite_is_refused (ZfServerStore *self, const char *id);
GPtrArray *zf_sqlite_later_changes (ZfServerStore *self, const char *id, gint64 rev, gint64 after, gint64 origin, GError **error);
ZfEntity *zf_sqlite_load (ZfServerStore *self, const char *id, GError **error);
gboolean zf_sqlite_save (ZfServerStore *self, ZfEntity *entity, GError **error);
gboolean zf_sqlite_place_of (ZfServerStore *self, const char *id, char **village, char **del, gboolean *found, GError **error);
GPtrArray *zf_sqlite_children (ZfServerStore *self, const char *id, GError **error);

/* zf-server-store-sqlite-conflict.c */
ZfConflict *zf_sqlite_open_conflict (ZfServerStore *self, const char *device, const char *record, const char *kind, const char *group,
                                     GError **error);
ZfConflict *zf_sqlite_conflict (ZfServerStore *self, const char *id, GError **error);
GPtrArray *zf_sqlite_conflicts_of (ZfServerStore *self, const char *record, GError **error);
gboolean zf_sqlite_save_conflict (ZfServerStore *self, const ZfConflict *conflict, GError **error);
gboolean zf_sqlite_set_twin_key (ZfServerStore *self, const char *id, guint rule, const char *key, GError **error);
GPtrArray *zf_sqlite_twins (ZfServerStore *self, const char *key, const char *id, const char *village, GError **error);

/* zf-server-store-sqlite-review.c */
GPtrArray *zf_sqlite_merged_since (ZfServerStore *self, gint64 seq, guint max, gint64 *last, GError **error);
gboolean zf_sqlite_set_review (ZfServerStore *self, const char *id, const char *fields, GError **error);
JsonArray *zf_sqlite_reviews (ZfServerStore *self, GError **error);

/* zf-server-store-sqlite-check.c */
/* Adds the JSON objects that the rows of @sql are. */
gboolean zf_sqlite_list_json (ZfDb *db, const char *sql, JsonArray *list, GError **error);
JsonObject *zf_sqlite_copy_to (ZfServerStore *self, const char *path, GError **error);
gboolean zf_sqlite_mark_durable (ZfServerStore *self, JsonObject *manifest, GError **error);
gboolean zf_sqlite_begin_epoch (ZfServerStore *self, const char *old, const char *fresh, gint64 at, GError **error);
gboolean zf_sqlite_check (ZfServerStore *self, GPtrArray *problems, GError **error);
GPtrArray *zf_sqlite_blobs (ZfServerStore *self, GError **error);
GPtrArray *zf_sqlite_digest_villages (ZfServerStore *self, GError **error);
JsonArray *zf_sqlite_quarantined (ZfServerStore *self, GError **error);

/* zf-server-store-sqlite-feed.c */
gboolean zf_sqlite_put_feed (ZfServerStore *self, gint64 seq, const char *village, ZfFeedWhat what, const char *id, GError **error);
gboolean zf_sqlite_drop_feed (ZfServerStore *self, gint64 seq, GError **error);
gboolean zf_sqlite_page (ZfServerStore *self, const ZfDevice *device, gint64 after, guint limit, ZfFeedFunc func, gpointer data,
                         gboolean *more, GError **error);
gint64 zf_sqlite_delivered (ZfServerStore *self, const char *device, const char *village);
gboolean zf_sqlite_set_delivered (ZfServerStore *self, const ZfDevice *device, gint64 seq, GError **error);
gboolean zf_sqlite_log_scope (ZfServerStore *self, gint64 seq, const char *village, const char *id, const char *way, const char *why,
                              GError **error);
gint64 zf_sqlite_left_seq (ZfServerStore *self, const char *id, const ZfDevice *device, char **village);
gboolean zf_sqlite_deliver (ZfServerStore *self, const char *device, const char *village, gint64 seq, GError **error);
gboolean zf_sqlite_parts_of (ZfServerStore *self, const char *id, ZfFeedFunc func, gpointer data, GError **error);

/* zf-server-store-sqlite-snapshot.c */
GPtrArray *zf_sqlite_villages (ZfServerStore *self, GError **error);
GPtrArray *zf_sqlite_standing (ZfServerStore *self, const char *village, GError **error);
GPtrArray *zf_sqlite_open_in (ZfServerStore *self, const char *village, GError **error);
gboolean zf_sqlite_history (ZfServerStore *self, const char *id, ZfHistoryFunc func, gpointer data, GError **error);
gint64 zf_sqlite_feed_since (ZfServerStore *self, const char *scope, gint64 seq, gint64 max);
gint64 zf_sqlite_brought_until (ZfServerStore *self, const char *device);
ZfSnapshot *zf_sqlite_snapshot (ZfServerStore *self, const char *scope, gint64 seq, GError **error);
gboolean zf_sqlite_put_snapshot (ZfServerStore *self, const ZfSnapshot *snapshot, GError **error);
gboolean zf_sqlite_drop_snapshot (ZfServerStore *self, const char *scope, gint64 seq, GError **error);
GPtrArray *zf_sqlite_old_snapshots (ZfServerStore *self, gint64 before_ms, GError **error);

/* zf-server-store-sqlite-team.c */
gboolean zf_sqlite_load_scope (ZfServerStore *self, ZfDevice *device, GError **error);
GPtrArray *zf_sqlite_find_device (ZfServerStore *self, const char *name, GError **error);
ZfDevice *zf_sqlite_device (ZfServerStore *self, const char *id, GError **error);
gboolean zf_sqlite_put_team (ZfServerStore *self, const char *name, gint64 at, gboolean *made, GError **error);
gboolean zf_sqlite_assign (ZfServerStore *self, const char *team, const char *device, const char *village, gboolean on, GError **error);
gboolean zf_sqlite_unassign (ZfServerStore *self, const char *device, GError **error);
GPtrArray *zf_sqlite_team_devices (ZfServerStore *self, const char *team, GError **error);
JsonArray *zf_sqlite_teams (ZfServerStore *self, GError **error);
gboolean zf_sqlite_next_scope (ZfServerStore *self, const char *device, GError **error);

/* zf-server-store-sqlite-digest.c */
gboolean zf_sqlite_digest (ZfServerStore *self, const char *village, gint64 *n, ZfDigest *sum, GError **error);
gboolean zf_sqlite_digest_buckets (ZfServerStore *self, const char *village, ZfDigest *buckets, GError **error);
gboolean zf_sqlite_digest_ids (ZfServerStore *self, const char *village, guint bucket, ZfDigestFunc func, gpointer data, GError **error);
gboolean zf_sqlite_digest_recount (ZfServerStore *self, gboolean repair, guint *n_wrong, GError **error);
/** zf_sqlite_digest_move: before @entity is stored: takes it out of the sum that it was in and into the one where it belongs now. *digest (transfer
 * full): what its row shall hold, NULL for none. */
gboolean zf_sqlite_digest_move (ZfServerStore *self, const ZfEntity *entity, GBytes **digest, GError **error);
/** zf_sqlite_digest_fill: once in the life of a store: digests of records that are older than digests. */
gboolean zf_sqlite_digest_fill (ZfServerStore *self, GError **error);

/* zf-server-store-sqlite-blob.c */
gboolean zf_sqlite_put_blob (ZfServerStore *self, const char *sha256, gint64 size, const char *device, gint64 at, GError **error);
gboolean zf_sqlite_put_blob_ref (ZfServerStore *self, const char *sha256, const char *id, GError **error);
gboolean zf_sqlite_blob_visible (ZfServerStore *self, const char *sha256, const ZfDevice *device, gboolean *visible, GError **error);
gboolean zf_sqlite_blob (ZfServerStore *self, const char *sha256, gint64 *size, gboolean *durable, GError **error);
gboolean zf_sqlite_put_upload (ZfServerStore *self, const ZfUpload *upload, GError **error);
ZfUpload *zf_sqlite_upload (ZfServerStore *self, const char *id, GError **error);
ZfUpload *zf_sqlite_upload_of (ZfServerStore *self, const char *device, const char *sha256, GError **error);
gint64 zf_sqlite_n_uploads (ZfServerStore *self, const char *device);
GPtrArray *zf_sqlite_old_uploads (ZfServerStore *self, gint64 now_ms, GError **error);
gboolean zf_sqlite_drop_upload (ZfServerStore *self, const char *id, GError **error);

G_END_DECLS
