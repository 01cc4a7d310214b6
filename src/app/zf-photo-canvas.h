/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-photo-edit.h"

G_BEGIN_DECLS

/* ZfPhotoCanvas: one picture that is looked at closely, turned and covered. Two fingers or the wheel zoom, one finger moves the picture or, while covering, draws
 * black boxes; arrow keys move a frame then, with Shift they change its size, and Enter makes a box of it. It shows what would become of the picture and changes no file. Signal "changed": zoom, turns or boxes differ. */
#define ZF_TYPE_PHOTO_CANVAS (zf_photo_canvas_get_type ())
G_DECLARE_FINAL_TYPE (ZfPhotoCanvas, zf_photo_canvas, ZF, PHOTO_CANVAS, GtkWidget)

/** zf_photo_canvas_show: @texture (nullable), whole, neither turned nor covered; @caption (nullable): what it shows, for who cannot see it. */
void zf_photo_canvas_show (ZfPhotoCanvas *self, GdkTexture *texture, const char *caption);
/** zf_photo_canvas_zoom: @factor times as large, around the middle. zf_photo_canvas_fit: as large as there is room. */
void zf_photo_canvas_zoom (ZfPhotoCanvas *self, double factor);
void zf_photo_canvas_fit (ZfPhotoCanvas *self);
/** zf_photo_canvas_turn: a quarter clockwise. zf_photo_canvas_turns: how many, 0 to 3. */
void zf_photo_canvas_turn (ZfPhotoCanvas *self);
guint zf_photo_canvas_turns (ZfPhotoCanvas *self);
/** zf_photo_canvas_set_covering: FALSE also drops the boxes. */
void zf_photo_canvas_set_covering (ZfPhotoCanvas *self, gboolean covering);
/** zf_photo_canvas_boxes: (transfer none) (element-type ZfPhotoBox): in the picture as it stands in the store. */
GArray *zf_photo_canvas_boxes (ZfPhotoCanvas *self);
void zf_photo_canvas_undo_box (ZfPhotoCanvas *self);

G_END_DECLS
