/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-device.h"

G_BEGIN_DECLS

/* Ways to cameras and microphones, for the table of zf-device.c; each gives a GListStore of ZfFeed that holds at least one. */

/** zf_feed_open_test: @value: devices between ";", each what gst-launch would take as a source, "pattern" (a picture), "tone" (a sound), or the path of a picture (a
 * camera that looks at it). None between: no device. */
void zf_feed_open_test (ZfDevice device, const char *value, GTask *task);
/** zf_feed_open_portal: the desktop portal hands over PipeWire's cameras, the only way out of a sandbox. */
void zf_feed_open_portal (ZfDevice device, const char *value, GTask *task);
/** zf_feed_open_server: the microphone that the sound server (PulseAudio, or PipeWire in its place) takes for the right one. */
void zf_feed_open_server (ZfDevice device, const char *value, GTask *task);
/** zf_feed_open_local: what GStreamer finds itself: PipeWire's devices, or those of the kernel (v4l2) and of the sound server where PipeWire does not run. */
void zf_feed_open_local (ZfDevice device, const char *value, GTask *task);

G_END_DECLS
