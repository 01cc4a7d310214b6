/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* ZfLens: one camera among those of the tablet, not open. What a way to cameras finds is a GListStore of them, the one at the back first. */
#define ZF_TYPE_LENS (zf_lens_get_type ())
G_DECLARE_FINAL_TYPE (ZfLens, zf_lens, ZF, LENS, GObject)

/** zf_lens_new: a camera that GStreamer found; @keep (nullable) lives as long. zf_lens_new_made: what the description of a bin gives. */
ZfLens *zf_lens_new (GstDevice *device, GObject *keep);
ZfLens *zf_lens_new_made (const char *description);
/** zf_lens_looks_back: it is known to stand at the back. */
gboolean zf_lens_looks_back (ZfLens *self);
/** zf_lens_element: (transfer floating): the source of its pictures. Any thread that has loaded GStreamer. */
GstElement *zf_lens_element (ZfLens *self, GError **error);

G_END_DECLS
