/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ways to cameras, for the table of zf-device.c; each gives a GListStore of ZfLens that holds at least one. */

/** zf_camera_open_test: @value: cameras between ";", each "pattern", the path of a picture (a camera that looks at it), or what gst-launch would take as
 * a source. None between: no camera. */
void zf_camera_open_test (const char *value, GTask *task);
/** zf_camera_open_portal: the desktop portal hands over PipeWire's cameras, the only way out of a sandbox. */
void zf_camera_open_portal (const char *value, GTask *task);
/** zf_camera_open_local: what GStreamer finds itself: PipeWire's cameras, or those of the kernel (v4l2) where PipeWire does not run. */
void zf_camera_open_local (const char *value, GTask *task);

G_END_DECLS
