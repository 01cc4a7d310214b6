/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-photo.h"

G_BEGIN_DECLS

/** zf_photo_place: picture and thumbnail under their hash, on disk when this returns; ZF_ERROR_FULL while everything else still has room. */
gboolean zf_photo_place (ZfStore *store, const ZfPicture *picture, GError **error);

G_END_DECLS
