/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* ZfPipeline: a GStreamer pipeline that never makes the hand wait. GStreamer is loaded when it is first used, and devices are opened and closed, in one thread of
 * their own and in the order asked, so that a device is free before it is opened once more. Signals, all on the main thread:
 * "failed" (GError of ZF_DEVICE_ERROR; the pipeline is stopped by then), "ended" (all was played or written), "sample" (GstSample: the newest of the appsink
 * "view"; those that nobody had the time for are dropped), "told" (GstStructure: an element's or application's message). */
#define ZF_TYPE_PIPELINE (zf_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (ZfPipeline, zf_pipeline, ZF, PIPELINE, GObject)

/** ZfPipelineMake: (transfer floating): runs in that thread, after GStreamer was loaded. */
typedef GstElement *(*ZfPipelineMake) (gpointer data, GError **error);

ZfPipeline *zf_pipeline_new (void);
/** zf_pipeline_start: ends what runs, makes a new one and plays it. @data is freed with @free_data in the end. */
void zf_pipeline_start (ZfPipeline *self, ZfPipelineMake make, gpointer data, GDestroyNotify free_data);
/** zf_pipeline_stop: nothing is heard of it any more, and its devices are freed at once, in their thread. */
void zf_pipeline_stop (ZfPipeline *self);
/** zf_pipeline_end: nothing new is read; what is under way is written to its end ("ended"). */
void zf_pipeline_end (ZfPipeline *self);
gboolean zf_pipeline_is_running (ZfPipeline *self);
/** zf_pipeline_last: (transfer full) (nullable): the sample that came last to the sink @name. */
GstSample *zf_pipeline_last (ZfPipeline *self, const char *name);
/** zf_pipeline_load: loads GStreamer; for threads that need it outside a pipeline. Blocks. */
gboolean zf_pipeline_load (GError **error);
/** zf_pipeline_make: (transfer floating): gst_parse_launch with an error of ZF_DEVICE_ERROR. */
GstElement *zf_pipeline_make (const char *description, GError **error);

G_END_DECLS
