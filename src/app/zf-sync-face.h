/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-sync-service.h"

G_BEGIN_DECLS

/* What the sync page says: from how things stand to one sentence, one icon and the one next step. No widget, no store. */
typedef enum
{
  ZF_SYNC_DO_JOIN,      /* no county yet */
  ZF_SYNC_DO_RESOLVE,   /* somebody must choose between two values */
  ZF_SYNC_DO_STOP,
  ZF_SYNC_DO_FREE,      /* make room */
  ZF_SYNC_DO_EXPORT,    /* no line, and something waits */
  ZF_SYNC_DO_NOW,
} ZfSyncDo;

typedef struct
{
  const ZfSyncStatus *status;
  ZfStand stands[ZF_STAND_N];   /* photos: all files, audio notes among them */
  gint64 sounds[ZF_STAND_N];    /* which of these are audio notes */
  gboolean enrolled;
  guint conflicts;
  gint64 now_ms;
  gint64 free_bytes;   /* of the disk; -1 not known */
} ZfSyncFacts;

typedef struct
{
  const char *icon;
  char *sentence;
  char *detail;        /* (nullable) */
  ZfSyncDo todo;
  double rows;         /* how full the bars are, 0 to 1 */
  double photos;
  char *rows_note;     /* "6/9" */
  char *photos_note;
} ZfSyncFace;
void zf_sync_face_free (ZfSyncFace *face);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncFace, zf_sync_face_free)

ZfSyncFace *zf_sync_face_new (const ZfSyncFacts *facts);
const char *zf_sync_do_label (ZfSyncDo todo);
/** zf_sync_clock_words: (transfer full) (nullable): by how much the tablet's clock is wrong, NULL while it is right enough. */
char *zf_sync_clock_words (gint64 skew_ms);
/** zf_sync_received_words: (transfer full) (nullable): what the last sync brought, NULL: nothing to tell. */
char *zf_sync_received_words (const ZfSyncStatus *status);
/** zf_sync_stand_words: (transfer full): visits, households and photos, @between them, and audio notes when there are: @sounds of the stand's photo files. */
char *zf_sync_stand_words (const ZfStand *stand, gint64 sounds, const char *between);
/* Enough for a few days of photos; less is nearly full. */
#define ZF_SYNC_ROOM_BYTES (200 * G_GINT64_CONSTANT (1000) * 1000)
/** zf_sync_free_bytes: in the file system of @dir, -1: not known. zf_sync_room_words: (transfer full): how many photos still fit. */
gint64 zf_sync_free_bytes (const char *dir);
char *zf_sync_room_words (gint64 free_bytes, gint64 photo_size);
/** zf_sync_nearly_full_words, _battery_words: (transfer full) (nullable): NULL while there is enough. @percent: 100 when plugged in. */
char *zf_sync_nearly_full_words (gint64 free_bytes, gint64 photo_size);
char *zf_sync_battery_words (double percent);
/** zf_sync_full_words: (transfer full): the disk is full or nearly so: what lacks, and the one next step. */
char *zf_sync_full_words (gint64 free_bytes);

G_END_DECLS
