/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-form-model.h"
#include "zf-photo-edit.h"

G_BEGIN_DECLS

/* Photos as the pages need them: lists, files, adding in a worker thread. */
typedef struct
{
  char *id;
  char *sha256;
  char *caption;
  char *taken;   /* UTC ms as text */
  char *purpose;
  char *record;  /* (nullable): visit that it was taken for */
} ZfPhotoItem;
void zf_photo_item_free (ZfPhotoItem *item);

/* The purpose of a picture that is a signature: an answer, and no photo to look through. */
#define ZF_PHOTO_SIGNATURE "signature"

/** zf_photos_of: (transfer full) (element-type ZfPhotoItem): photos of @household, newest first, without signatures; @record (nullable): only those that
 * belong to this visit. */
GPtrArray *zf_photos_of (ZfSession *session, const char *household, const char *record);
/** zf_photos_place: (transfer full) (nullable): where the photo @item of @household belongs: form, day and question; NULL: to the household as such. */
char *zf_photos_place (ZfSession *session, const char *household, const ZfPhotoItem *item);
/** zf_photos_texture: (transfer full) (nullable): the picture, or its thumbnail; NULL while the file is not here. */
GdkTexture *zf_photos_texture (ZfSession *session, const char *sha256, gboolean thumb);
/** zf_photos_add_async: takes the file @path as a photo of @household that belongs to @record (nullable); @purpose (nullable): what it shows. Decoding, writing
 * and the save run in a worker thread. */
void zf_photos_add_async (ZfSession *session, const char *household, const char *record, const char *path, const char *purpose,
                          GAsyncReadyCallback callback, gpointer user_data);
/** zf_photos_add_bytes_async: the same for a picture in memory, which touches no disk on its way. */
void zf_photos_add_bytes_async (ZfSession *session, const char *household, const char *record, GBytes *bytes, const char *purpose,
                                GAsyncReadyCallback callback, gpointer user_data);
/** zf_photos_add_sound_async: the same for an audio note. */
void zf_photos_add_sound_async (ZfSession *session, const char *household, const char *record, GBytes *ogg, const char *caption,
                                GAsyncReadyCallback callback, gpointer user_data);
/** zf_photos_add_finish: (transfer full): id of the photo or audio note. */
char *zf_photos_add_finish (GAsyncResult *result, GError **error);
/** zf_photos_add_answer: what such a call gave becomes the answer @address of @model, and was made for its draft unless it was there before. A form that is not
 * @seen any more and was finished or thrown away meanwhile takes none: a photo stays with the household, a signature or a voice goes, which nobody would find there. */
gboolean zf_photos_add_answer (GAsyncResult *result, ZfFormModel *model, const char *address, gboolean seen, GError **error);
/** zf_photos_explain: (transfer none): why a picture was not taken over, as a person can act on it. */
const char *zf_photos_explain (const GError *error);
/** zf_photos_record: (nullable): the record that photos of this form name: a visit's do; what else a form makes is named by none, its field holds the photo. */
const char *zf_photos_record (ZfFormModel *model);
/** zf_photos_leave: throws the draft of @model away, in one save with what was signed or said in it, in rows too; its photos stay with the household as its own.
 * zf_photos_take_again: it is brought back as the record @id: its photos name that one, and what was signed or said is there again. */
gboolean zf_photos_leave (ZfFormModel *model, GError **error);
gboolean zf_photos_take_again (ZfFormModel *model, const char *id, GError **error);
/** zf_photos_edit_async: zf_photo_edit in a worker thread. */
void zf_photos_edit_async (ZfSession *session, const char *photo, const ZfPhotoEdit *edit, GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_photos_edit_finish (GAsyncResult *result, GError **error);
/** zf_photos_set: one field of the photo's record; NULL clears it. */
gboolean zf_photos_set (ZfSession *session, const char *photo, const char *field, const char *value, GError **error);
/** zf_photos_delete: takes a photo away; it can be undeleted. */
gboolean zf_photos_delete (ZfSession *session, const char *photo, GError **error);
gboolean zf_photos_bring_back (ZfSession *session, const char *photo, GError **error);
/** zf_photos_take_away_async, _finish: zf_photo_remove in a worker thread. */
void zf_photos_take_away_async (ZfSession *session, const char *id, GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_photos_take_away_finish (GAsyncResult *result, GError **error);
/** zf_photos_let_go: the answer @id of @model was cleared, and what was made for the draft is not kept until it is finished. A draft's own only; what a record
 * that stands shows stays. */
void zf_photos_let_go (ZfFormModel *model, const char *id);

G_END_DECLS
