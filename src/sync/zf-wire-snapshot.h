/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Parts of a snapshot as bytes (README.md "Snapshot parts"), for both halves: columns instead of records, because alike values side by side
 * take half the room after zstd. Pure functions. */
#define ZF_SNAPSHOT_MAX_PART (256 * 1024)
#define ZF_SNAPSHOT_TYPE "application/zstd"

/* Writing: the county. Values are taken over as text; nothing is parsed. */
typedef struct _ZfSnapshotWriter ZfSnapshotWriter;
ZfSnapshotWriter *zf_snapshot_writer_new (void);
void zf_snapshot_writer_free (ZfSnapshotWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSnapshotWriter, zf_snapshot_writer_free)
/** zf_snapshot_writer_record: begins a living record; zf_snapshot_writer_fields for each of its parts must follow. @key (nullable) (array
 * zero-terminated=1): fields that its id is made from: such an id needs no room. */
void zf_snapshot_writer_record (ZfSnapshotWriter *self, const char *kind, const char *id, gint64 rev, const char *const *key);
/** zf_snapshot_writer_fields: @f: canonical JSON object of fields that one change set. Nulls are left out. */
void zf_snapshot_writer_fields (ZfSnapshotWriter *self, const char *f, const char *by, gint64 at);
/** zf_snapshot_writer_item: an item that is no living record, as JSON text. */
void zf_snapshot_writer_item (ZfSnapshotWriter *self, const char *item);
/** zf_snapshot_writer_is_full: whether the part had better end here. */
gboolean zf_snapshot_writer_is_full (ZfSnapshotWriter *self);
gboolean zf_snapshot_writer_is_empty (ZfSnapshotWriter *self);
/** zf_snapshot_writer_end: (transfer full): the part, compressed; the writer is empty again. */
GBytes *zf_snapshot_writer_end (ZfSnapshotWriter *self);

/** zf_snapshot_read: (transfer full): the items of a part as it came over the wire: ITEM without "s". */
JsonArray *zf_snapshot_read (GBytes *part, GError **error);

G_END_DECLS
