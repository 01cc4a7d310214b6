/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-store.h"

G_BEGIN_DECLS

/* Picture files: any accepted input → upright JPEG ≤ 2048 px without EXIF + thumbnail, named by SHA-256. */
#define ZF_PHOTO_MAX_EDGE 2048
#define ZF_PHOTO_THUMB_EDGE 320

typedef struct
{
  char *sha256;        /* lower-case hex of the stored JPEG */
  char *source_sha256; /* of the original file: the same original added twice is one blob */
  GBytes *jpeg;
  GBytes *thumb;
  int width, height;
  gint64 taken_ms;     /* EXIF time as UTC ms (local zone when EXIF names none), 0 when none */
  char *lat;           /* canonical decimal degrees WGS-84, NULL when none */
  char *lon;
} ZfPicture;
void zf_picture_free (ZfPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfPicture, zf_picture_free)

/** zf_picture_load: reads JPEG, PNG, HEIC (by content, whatever the name says), applies the orientation, reads EXIF position and time,
 * scales and re-encodes. Refuses more than 120 megapixels (50 where a format, or a progressive
 * JPEG, must be held whole), truncated or foreign files with one plain sentence (ZF_ERROR_INVALID /
 * ZF_ERROR_LIMIT). Pure: no store; safe in any thread. The original is opened read-only. */
ZfPicture *zf_picture_load (const char *path, GError **error);

/** zf_picture_rgb: (transfer full): the pixels of a PNG or JPEG, told by its content: upright, 8-bit RGB in rows without padding, no edge longer than
 * @edge; what is transparent becomes white. ZF_ERROR_LIMIT beyond ZF_PICTURE_RGB_PIXELS before anything is decoded, ZF_ERROR_INVALID for other and
 * damaged files. Safe in any thread. */
#define ZF_PICTURE_RGB_PIXELS G_GINT64_CONSTANT (4000000)
GBytes *zf_picture_rgb (GBytes *bytes, int edge, int *width, int *height, GError **error);

/** zf_picture_thumb: (transfer full): the thumbnail of a stored JPEG. */
GBytes *zf_picture_thumb (GBytes *jpeg, GError **error);

/** zf_photo_add: the pipeline, then files (fsync, rename, fsync of the directory), then one transaction: `photo` record under @record
 * with hash, size, time, place, purpose, caption, and the blob row. @extra (nullable): more fields of the photo record. Returns the photo id
 * (transfer full). The same original on the same record again returns the existing photo. Blocking; call from a worker thread in the app. */
char *zf_photo_add (ZfStore *store, const char *record, const char *path, const char *caption, const char *purpose,
                    const char *by, GError **error);
/** zf_photo_add_new: the same; *@made: FALSE when the photo was there before. */
char *zf_photo_add_new (ZfStore *store, const char *record, const char *path, const char *caption, const char *purpose, const char *by, gboolean *made, GError **error);
/** zf_photo_remove: takes the photo or audio note @id away that no answer names any more, with its files as long as nothing of them was sent: an upload that began
 * ends, and what the county holds stays. Nothing happens, and that is no failure, to a photo that a record or a draft names, or that was taken away before. One
 * transaction, then the files; what a kill leaves goes with zf_photo_finish_edits. Blocking. */
gboolean zf_photo_remove (ZfStore *store, const char *id, const char *by, GError **error);
/** zf_photo_note_loose: photos (element-type utf8) that what is done next may leave without a name are noted (@loose), or are not any more. zf_photo_sweep: does
 * zf_photo_remove to all that are noted: after that act, and after opening, for one that was killed in between. Blocking. */
gboolean zf_photo_note_loose (ZfStore *store, const GPtrArray *ids, gboolean loose, GError **error);
gboolean zf_photo_sweep (ZfStore *store, const char *by, GError **error);
/* Which answer a photo is. */
typedef struct
{
  char *kind;      /* of the form, or of the rows of its repeat */
  char *record;    /* (nullable): NULL while it is a draft */
  char *field;
} ZfPhotoAnswer;
void zf_photo_answer_free (ZfPhotoAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfPhotoAnswer, zf_photo_answer_free)
/** zf_photo_answer: (transfer full) (nullable): NULL without error when no form of @household has @photo as an answer. */
ZfPhotoAnswer *zf_photo_answer (ZfReader *reader, const char *household, const char *photo, GError **error);

/** zf_photo_path: (transfer full): absolute path of the stored file; it need not exist yet. */
char *zf_photo_path (const char *store_dir, const char *sha256, gboolean thumb);
/** zf_photo_install: puts bytes received from the county in place after checking their hash (thumb is remade). */
gboolean zf_photo_install (ZfStore *store, const char *sha256, GBytes *jpeg, GError **error);
/** zf_photo_install_thumb: puts a small picture received from the county in place; the full one is still wanted. */
gboolean zf_photo_install_thumb (ZfStore *store, const char *sha256, GBytes *jpeg, GError **error);

/** zf_photo_reclaimable: bytes of full pictures that stand in the county's backup too: only they may leave the tablet. */
gint64 zf_photo_reclaimable (ZfReader *reader);
/** zf_sound_stands: how many of the files that zf_ledger_stands counts as photos are audio notes. */
void zf_sound_stands (ZfReader *reader, gint64 sounds[ZF_STAND_N]);
/** zf_photo_free_space: removes full pictures that the county's backup holds, those that no record shows first, then the oldest, until @bytes are
 * free; the small pictures stay, and the full ones can be fetched again. *freed: bytes removed. Nothing else is ever removed. */
gboolean zf_photo_free_space (ZfStore *store, gint64 bytes, gint64 *freed, GError **error);

/** zf_sound_add: keeps the audio note @ogg under @record as a photo is kept: its file beside theirs, its row a `photo` of the purpose ZF_SOUND_PURPOSE that has no
 * width, height and thumbnail. ZF_ERROR_INVALID: no Ogg file. Returns its id (transfer full). Blocking. */
#define ZF_SOUND_PURPOSE "sound"
char *zf_sound_add (ZfStore *store, const char *record, GBytes *ogg, const char *caption, const char *by, GError **error);
/** zf_sound_is: the bytes of a file are an audio note, not a picture. */
gboolean zf_sound_is (GBytes *bytes);

G_END_DECLS
