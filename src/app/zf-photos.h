/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-session.h"

G_BEGIN_DECLS

/* Photos as the pages need them: lists, files, adding in a worker thread. */
typedef struct
{
  char *id;
  char *sha256;
  char *caption;
  char *taken;   /* UTC ms as text */
} ZfPhotoItem;
void zf_photo_item_free (ZfPhotoItem *item);

/** zf_photos_of: (transfer full) (element-type ZfPhotoItem): photos of @household, newest first; @record (nullable): only those that
 * belong to this visit. */
GPtrArray *zf_photos_of (ZfSession *session, const char *household, const char *record);
/** zf_photos_texture: (transfer full) (nullable): the picture, or its thumbnail; NULL while the file is not here. */
GdkTexture *zf_photos_texture (ZfSession *session, const char *sha256, gboolean thumb);
/** zf_photos_add_async: takes the file @path as a photo of @household that belongs to @record (nullable). Decoding, writing and the
 * save run in a worker thread. */
void zf_photos_add_async (ZfSession *session, const char *household, const char *record, const char *path,
                          GAsyncReadyCallback callback, gpointer user_data);
/** zf_photos_add_bytes_async: the same with a picture that stands in no file. */
void zf_photos_add_bytes_async (ZfSession *session, const char *household, const char *record, GBytes *picture,
                                GAsyncReadyCallback callback, gpointer user_data);
/** zf_photos_add_finish: (transfer full): id of the photo. */
char *zf_photos_add_finish (GAsyncResult *result, GError **error);

G_END_DECLS
