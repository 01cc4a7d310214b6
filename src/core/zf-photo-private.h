/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-photo.h"
#include "zf-store-private.h"

G_BEGIN_DECLS

/* Ids of the household ?1 and of all that stands below it, however deep: rows of repeats hold rows of repeats. */
#define ZF_BELOW_SQL "WITH RECURSIVE below (id) AS (VALUES (?1) UNION SELECT r.id FROM record r JOIN below ON r.parent = below.id) "

/** zf_photo_place: picture and thumbnail under their hash, on disk when this returns; ZF_ERROR_FULL while everything else still has room. */
gboolean zf_photo_place (ZfStore *store, const ZfPicture *picture, GError **error);

/* A file that nothing shows any more goes in two steps: zf_photo_mark_left within the transaction that lets it go, zf_photo_remove_left after it; what a kill leaves
 * between the two goes with zf_photo_finish_edits. zf_photo_can_leave: no other one is still on its way out: else that is finished first. zf_photo_is_shown: a photo that
 * stands shows it. */
gboolean zf_photo_can_leave (ZfDb *db, const char *sha256);
gboolean zf_photo_is_shown (ZfStore *store, ZfDb *db, const char *sha256);
gboolean zf_photo_mark_left (ZfDb *db, const char *sha256, GError **error);
gboolean zf_photo_remove_left (ZfStore *store, const char *sha256, GError **error);

G_END_DECLS
