/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-photo.h"

G_BEGIN_DECLS

/* Changing the picture of a photo that is stored. A changed picture is another file: its record names the new one, and the old one, its thumbnail and its place in
 * the queue go with the same transaction, unless another photo shows it. What the county received before stays there until its office erases it. */

/** ZfPhotoBox: a part of the picture as it stands in the store: left, top, width and height as shares of its size, 0 to 1. */
typedef struct
{
  double x, y;
  double width, height;
} ZfPhotoBox;

/* In this order: boxes filled, turned, the strip put below. */
typedef struct
{
  const ZfPhotoBox *boxes;   /* filled with black, edges rounded outwards */
  guint n_boxes;
  guint turns;               /* quarter turns clockwise */
  GBytes *strip;             /* (nullable): rows of RGB without padding, as wide as the picture then is */
  const char *drawn_on;      /* (nullable): hash of the file that the boxes lie in; NULL: the one that stands when this begins */
} ZfPhotoEdit;

/** zf_photo_edit: does @edit to the photo record @photo, author @by. The same photo with another hash, width, height and size, and `redacted` once a box was
 * filled; time, place, caption and record stay. ZF_ERROR_NOT_FOUND: the full picture is not on this tablet. ZF_ERROR_CONFLICT: the photo
 * shows another file by now than the boxes were drawn on (turned, covered or replaced meanwhile): nothing was done. What has no boxes is done to that one. The
 * queue holds at any moment only what the record shows. ZF_ERROR_BUSY: it is done, and only the old
 * file could not be removed: zf_photo_finish_edits tries that again, and so does the next edit. There is no way back: undo before this. Blocking; from
 * a worker thread in the app. */
gboolean zf_photo_edit (ZfStore *store, const char *photo, const ZfPhotoEdit *edit, const char *by, GError **error);

/** zf_photo_finish_edits: removes files that an edit left behind when it was killed. Call after opening. */
gboolean zf_photo_finish_edits (ZfStore *store, GError **error);

G_END_DECLS
