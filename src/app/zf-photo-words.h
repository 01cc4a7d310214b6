/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-photos.h"

G_BEGIN_DECLS

/* ZfPhotoWords: what a photo shows, in one line that opens to be written: purposes as chips, the caption in an entry. Each is kept at once. Signal "changed": kept. */
#define ZF_TYPE_PHOTO_WORDS (zf_photo_words_get_type ())
G_DECLARE_FINAL_TYPE (ZfPhotoWords, zf_photo_words, ZF, PHOTO_WORDS, GtkBox)

void zf_photo_words_show (ZfPhotoWords *self, ZfSession *session, const ZfPhotoItem *item);
/** zf_photo_words_flush: keeps what is still being typed. */
void zf_photo_words_flush (ZfPhotoWords *self);

G_END_DECLS
