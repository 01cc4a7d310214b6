/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* ZfFeed: one camera or microphone among those of the tablet, not open. What a way to them finds is a GListStore; the first is the one to take. */
#define ZF_TYPE_FEED (zf_feed_get_type ())
G_DECLARE_FINAL_TYPE (ZfFeed, zf_feed, ZF, FEED, GObject)

/** zf_feed_new: a device that GStreamer found; @keep (nullable) lives as long. zf_feed_new_made: what the description of a bin gives. */
ZfFeed *zf_feed_new (GstDevice *device, GObject *keep);
ZfFeed *zf_feed_new_made (const char *description);
/** zf_feed_is_first: it is known to be the one to take: the camera at the back, the microphone that the person chose in the system. */
gboolean zf_feed_is_first (ZfFeed *self);
/** zf_feed_join: (transfer floating): the pipeline that @description makes (zf_pipeline_make), with what this gives led into its element "in". For threads that have
 * loaded GStreamer. */
GstElement *zf_feed_join (ZfFeed *self, const char *description, GError **error);

G_END_DECLS
