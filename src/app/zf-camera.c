/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-camera.h"

#include <gst/video/video.h>

#include "zf-code-reader.h"
#include "zf-device.h"
#include "zf-feed.h"
#include "zf-lazy.h"
#include "zf-pipeline.h"

/* Some cameras open and never give a picture; some stop without a word. */
#define SILENT_S 8
#define STILL_TIMEOUT (5 * GST_SECOND)

/* Each branch has its own thread and holds one picture at most: who is slow misses pictures and keeps nobody waiting. A photo is stored with 2048 px. */
#define NEWEST "queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0"
#define LARGEST "image/jpeg,width=[16,2048];video/x-raw,width=[16,2048];image/jpeg;video/x-raw"
#define EYE "capsfilter name=in caps=\"" LARGEST "\" ! decodebin ! tee name=t "
#define VIEW "t. ! " NEWEST " ! videoscale ! videoconvert ! video/x-raw,format=BGRA,width=[16,1280],height=[16,1280],pixel-aspect-ratio=1/1 ! " \
             "appsink name=view sync=false max-buffers=1 drop=true "
#define STILL "t. ! " NEWEST " ! fakesink name=still sync=false "
#define CODES "t. ! " NEWEST " ! videoscale ! videoconvert ! video/x-raw,format=GRAY8,width=[16,1280],height=[16,1280],pixel-aspect-ratio=1/1 ! " \
              "appsink name=codes sync=false max-buffers=1 drop=true "

struct _ZfCamera
{
  GObject parent_instance;

  ZfPipeline *pipeline;
  GCancellable *looking;   /* while cameras are looked for */
  GListModel *lenses;      /* NULL before they were found */
  guint at;
  gboolean codes;
  GdkTexture *frame;
  guint silent_id;
  guint n_frames;          /* since silence was looked for */
};

enum
{
  FRAME,
  FAILED,
  CODE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfCamera, zf_camera, G_TYPE_OBJECT)

static void
fail (ZfCamera *self, const GError *error)
{
  zf_camera_close (self);
  g_signal_emit (self, signals[FAILED], 0, error);
}

/* Pictures */

typedef struct
{
  GstBuffer *buffer;
  GstMapInfo map;
} Mapped;

static void
mapped_free (gpointer data)
{
  Mapped *mapped = data;

  gst_buffer_unmap (mapped->buffer, &mapped->map);
  gst_buffer_unref (mapped->buffer);
  g_free (mapped);
}

/* Nothing is copied: the texture holds the buffer. */
static GdkTexture *
texture_of (GstSample *sample)
{
  g_autoptr (GBytes) bytes = NULL;
  Mapped *mapped = NULL;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    return NULL;
  mapped = g_new0 (Mapped, 1);
  mapped->buffer = gst_buffer_ref (gst_sample_get_buffer (sample));
  if (!gst_buffer_map (mapped->buffer, &mapped->map, GST_MAP_READ))
    {
      gst_buffer_unref (mapped->buffer);
      g_free (mapped);
      return NULL;
    }
  bytes = g_bytes_new_with_free_func (mapped->map.data, mapped->map.size, mapped_free, mapped);
  return gdk_memory_texture_new (GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info), GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes,
                                 (gsize) GST_VIDEO_INFO_PLANE_STRIDE (&info, 0));
}

static void
on_sample (ZfPipeline *pipeline, GstSample *sample, ZfCamera *self)
{
  GdkTexture *texture = texture_of (sample);

  if (texture == NULL)
    return;
  g_set_object (&self->frame, texture);
  g_object_unref (texture);
  self->n_frames++;
  g_signal_emit (self, signals[FRAME], 0);
}

static void
on_told (ZfPipeline *pipeline, GstStructure *said, ZfCamera *self)
{
  const char *text = zf_code_reader_text (said);

  if (text != NULL)
    g_signal_emit (self, signals[CODE], 0, text);
}

static gboolean
on_silence (gpointer data)
{
  ZfCamera *self = data;
  g_autoptr (GError) error = NULL;

  if (self->n_frames > 0)
    {
      self->n_frames = 0;
      return G_SOURCE_CONTINUE;
    }
  self->silent_id = 0;
  error = g_error_new_literal (ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_SILENT, "The camera gives no picture.");
  fail (self, error);
  return G_SOURCE_REMOVE;
}

/* Opening: @data is a look that was made for the thread of slow steps */

typedef struct
{
  ZfFeed *lens;
  gboolean codes;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_object_unref (look->lens);
  g_free (look);
}

static GstElement *
make_eye (gpointer data, GError **error)
{
  Look *look = data;
  GstElement *pipeline = NULL;

  if (look->codes && !zf_lazy_load ("libzbar", error))
    return NULL;
  pipeline = zf_feed_join (look->lens, look->codes ? EYE VIEW STILL CODES : EYE VIEW STILL, error);
  if (pipeline != NULL && look->codes)
    zf_code_reader_attach (pipeline, "codes");
  return pipeline;
}

static void
look_through (ZfCamera *self)
{
  Look *look = g_new0 (Look, 1);

  look->lens = g_list_model_get_item (self->lenses, self->at);
  look->codes = self->codes;
  zf_pipeline_start (self->pipeline, make_eye, look, look_free);
  self->n_frames = 0;
  g_clear_handle_id (&self->silent_id, g_source_remove);
  self->silent_id = g_timeout_add_seconds (SILENT_S, on_silence, self);
}

static void
on_pipeline_failed (ZfPipeline *pipeline, GError *error, ZfCamera *self)
{
  fail (self, error);
}

/* A camera never ends by itself while it is there. */
static void
on_ended (ZfPipeline *pipeline, ZfCamera *self)
{
  g_autoptr (GError) error = g_error_new_literal (ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_GONE, "The camera ended.");

  fail (self, error);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfCamera) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) lenses = zf_device_open_finish (result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->looking)
    return;   /* closed meanwhile */
  g_clear_object (&self->looking);
  if (lenses == NULL)
    {
      fail (self, error);
      return;
    }
  g_set_object (&self->lenses, G_LIST_MODEL (lenses));
  /* The camera that was turned to stays, also after a second thought. */
  self->at = MIN (self->at, zf_camera_n (self) - 1);
  look_through (self);
}

/* Object */

static void
zf_camera_dispose (GObject *object)
{
  ZfCamera *self = ZF_CAMERA (object);

  zf_camera_close (self);
  g_clear_object (&self->pipeline);
  G_OBJECT_CLASS (zf_camera_parent_class)->dispose (object);
}

static void
zf_camera_class_init (ZfCameraClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_camera_dispose;
  signals[FRAME] = g_signal_new ("frame", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[CODE] = g_signal_new ("code", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
zf_camera_init (ZfCamera *self)
{
  self->pipeline = zf_pipeline_new ();
  g_signal_connect (self->pipeline, "sample", G_CALLBACK (on_sample), self);
  g_signal_connect (self->pipeline, "told", G_CALLBACK (on_told), self);
  g_signal_connect (self->pipeline, "failed", G_CALLBACK (on_pipeline_failed), self);
  g_signal_connect (self->pipeline, "ended", G_CALLBACK (on_ended), self);
}

ZfCamera *
zf_camera_new (void)
{
  return g_object_new (ZF_TYPE_CAMERA, NULL);
}

void
zf_camera_open (ZfCamera *self, gboolean codes)
{
  g_return_if_fail (ZF_IS_CAMERA (self));

  zf_camera_close (self);
  self->codes = codes;
  self->looking = g_cancellable_new ();
  zf_device_open_async (ZF_DEVICE_CAMERA, G_OBJECT (self), self->looking, on_found, g_object_ref (self));
}

void
zf_camera_close (ZfCamera *self)
{
  g_return_if_fail (ZF_IS_CAMERA (self));

  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_handle_id (&self->silent_id, g_source_remove);
  if (self->pipeline != NULL)
    zf_pipeline_stop (self->pipeline);
  g_clear_object (&self->lenses);
  g_clear_object (&self->frame);
}

guint
zf_camera_n (ZfCamera *self)
{
  g_return_val_if_fail (ZF_IS_CAMERA (self), 0);
  return self->lenses != NULL ? g_list_model_get_n_items (self->lenses) : 0;
}

void
zf_camera_turn (ZfCamera *self)
{
  guint n = zf_camera_n (self);

  if (n < 2)
    return;
  self->at = (self->at + 1) % n;
  look_through (self);
}

GdkTexture *
zf_camera_frame (ZfCamera *self)
{
  g_return_val_if_fail (ZF_IS_CAMERA (self), NULL);
  return self->frame;
}

/* The still */

static GBytes *
copy_of (GstBuffer *buffer)
{
  gpointer data = NULL;
  gsize size = 0;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  return g_bytes_new_take (data, size);
}

static GstSample *
convert (GstSample *sample, const char *to, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (to);

  return gst_video_convert_sample (sample, caps, STILL_TIMEOUT, error);
}

/* By way of RGB: cameras count brightness from 16 to 235, JPEG from 0 to 255, and the encoder takes YUV as it is. */
static void
encode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GstSample) rgb = convert (data, "video/x-raw,format=RGB", &error);
  g_autoptr (GstSample) jpeg = rgb != NULL ? convert (rgb, "image/jpeg", &error) : NULL;

  if (jpeg != NULL)
    g_task_return_pointer (task, copy_of (gst_sample_get_buffer (jpeg)), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
zf_camera_take_async (ZfCamera *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GstSample *sample = zf_pipeline_last (self->pipeline, "still");

  g_task_set_source_tag (task, zf_camera_take_async);
  if (sample == NULL)
    {
      g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_SILENT, "The camera gave no picture yet.");
      return;
    }
  g_task_set_task_data (task, sample, (GDestroyNotify) gst_sample_unref);
  g_task_run_in_thread (task, encode);
}

GBytes *
zf_camera_take_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
