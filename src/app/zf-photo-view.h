/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfPhotoView: one photo as large as the screen, with the way to the one before and after. */
#define ZF_TYPE_PHOTO_VIEW (zf_photo_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfPhotoView, zf_photo_view, ZF, PHOTO_VIEW, ZfPage)

void zf_photo_view_show (ZfPhotoView *self, const char *household, const char *photo);

G_END_DECLS
