/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-session.h"

G_BEGIN_DECLS

/* ZfPhotoStrip: thumbnails in a row, with the camera and the chooser of files below. A tap shows the whole picture (win.photo). */
#define ZF_TYPE_PHOTO_STRIP (zf_photo_strip_get_type ())
G_DECLARE_FINAL_TYPE (ZfPhotoStrip, zf_photo_strip, ZF, PHOTO_STRIP, GtkBox)

/** zf_photo_strip_show: photos of @household; @record (nullable): only those of this visit, and a new one belongs to it. */
void zf_photo_strip_show (ZfPhotoStrip *self, ZfSession *session, const char *household, const char *record);
/** zf_photo_strip_add_file: as if the person had picked @path. */
void zf_photo_strip_add_file (ZfPhotoStrip *self, const char *path);
guint zf_photo_strip_n (ZfPhotoStrip *self);

G_END_DECLS
