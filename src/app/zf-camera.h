/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* ZfCamera: the picture of now, a still of it, and what codes stand in it. Signals: "frame" (zf_camera_frame is new), "failed" (GError of
 * ZF_DEVICE_ERROR; the camera is closed), "code" (what is written in a bar or QR code). */
#define ZF_TYPE_CAMERA (zf_camera_get_type ())
G_DECLARE_FINAL_TYPE (ZfCamera, zf_camera, ZF, CAMERA, GObject)

ZfCamera *zf_camera_new (void);
/** zf_camera_open: looks for cameras and opens the first. @codes: looks for codes as well. */
void zf_camera_open (ZfCamera *self, gboolean codes);
/** zf_camera_close: the device is free for others at once. */
void zf_camera_close (ZfCamera *self);
/** zf_camera_n: how many cameras there are; zf_camera_turn: to the next of them. */
guint zf_camera_n (ZfCamera *self);
void zf_camera_turn (ZfCamera *self);
/** zf_camera_frame: (transfer none) (nullable): at most 1280 px wide and high. */
GdkTexture *zf_camera_frame (ZfCamera *self);
/** zf_camera_take_async, _finish: (transfer full): the picture of now as a JPEG file, as large as the camera gives it up to about 2048 px. */
void zf_camera_take_async (ZfCamera *self, GAsyncReadyCallback callback, gpointer user_data);
GBytes *zf_camera_take_finish (GAsyncResult *result, GError **error);

G_END_DECLS
