/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Taking a picture. Sources stand in one table (zf-camera.c), the first one that is there is asked. ZF_TEST_CAMERA, the path of a picture, is one. */

/** zf_camera_is_there: some camera can be asked. */
gboolean zf_camera_is_there (void);
/** zf_camera_take_async, _finish: (transfer full): the path of the picture; it is the caller's to read, and the camera's to keep. ZF_ERROR_NOT_FOUND when there
 * is no camera. */
void zf_camera_take_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *zf_camera_take_finish (GAsyncResult *result, GError **error);

G_END_DECLS
