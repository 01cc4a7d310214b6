/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-recorder.h"

#include <gst/app/gstappsink.h>
#include <math.h>

#include "zf-device.h"
#include "zf-pipeline.h"
#include "zf-feed.h"

/* A voice needs no more: a minute is 180 KB. */
#define RECORDING "audioconvert name=in ! audioresample ! audio/x-raw,rate=48000,channels=1 ! level interval=100000000 ! " \
                  "opusenc bitrate=24000 audio-type=voice ! oggmux ! appsink name=file sync=false"
#define QUIET_DB -50.0
#define SILENT_S 5
/* Until what was recorded is taken as it is, when the microphone does not let it end. */
#define END_S 3

/* What the pipeline has written; of both threads. */
typedef struct
{
  gatomicrefcount refs;
  GMutex mutex;
  GByteArray *bytes;
} Tape;

struct _ZfRecorder
{
  GObject parent_instance;

  ZfPipeline *pipeline;
  GCancellable *looking;   /* while a microphone is looked for */
  Tape *tape;
  double seconds;
  guint silent_id;
  guint end_id;
  gboolean lives;          /* holds itself, and the program, until it is done */
  GApplication *held;      /* (nullable) */
};

enum
{
  HEARD,
  DONE,
  FAILED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfRecorder, zf_recorder, G_TYPE_OBJECT)

static Tape *
tape_new (void)
{
  Tape *tape = g_new0 (Tape, 1);

  g_atomic_ref_count_init (&tape->refs);
  g_mutex_init (&tape->mutex);
  tape->bytes = g_byte_array_new ();
  return tape;
}

static Tape *
tape_ref (Tape *tape)
{
  g_atomic_ref_count_inc (&tape->refs);
  return tape;
}

static void
tape_unref (gpointer data)
{
  Tape *tape = data;

  if (!g_atomic_ref_count_dec (&tape->refs))
    return;
  g_byte_array_unref (tape->bytes);
  g_mutex_clear (&tape->mutex);
  g_free (tape);
}

/* In GStreamer's thread */
static GstFlowReturn
on_piece (GstAppSink *sink, gpointer data)
{
  Tape *tape = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;

  if (sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return GST_FLOW_OK;
  g_mutex_lock (&tape->mutex);
  g_byte_array_append (tape->bytes, map.data, (guint) map.size);
  g_mutex_unlock (&tape->mutex);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return GST_FLOW_OK;
}

/* Opening, in the thread of slow steps */

typedef struct
{
  ZfFeed *feed;
  Tape *tape;
} Take;

static void
take_free (gpointer data)
{
  Take *take = data;

  g_object_unref (take->feed);
  tape_unref (take->tape);
  g_free (take);
}

static GstElement *
make_recording (gpointer data, GError **error)
{
  Take *take = data;
  GstAppSinkCallbacks callbacks = { .new_sample = on_piece };
  GstElement *pipeline = zf_feed_join (take->feed, RECORDING, error);
  g_autoptr (GstElement) file = pipeline != NULL ? gst_bin_get_by_name (GST_BIN (pipeline), "file") : NULL;

  if (file != NULL)
    gst_app_sink_set_callbacks (GST_APP_SINK (file), &callbacks, tape_ref (take->tape), tape_unref);
  return pipeline;
}

/* The program goes on until who waits has what was recorded. */
static void
hold (ZfRecorder *self)
{
  self->lives = TRUE;
  g_object_ref (self);
  self->held = g_application_get_default ();
  if (self->held != NULL)
    g_application_hold (self->held);
}

static void
let_go (ZfRecorder *self)
{
  GApplication *held = g_steal_pointer (&self->held);

  if (held != NULL)
    g_application_release (held);
  if (!self->lives)
    return;
  self->lives = FALSE;
  g_object_unref (self);
}

static void
stop (ZfRecorder *self)
{
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_handle_id (&self->silent_id, g_source_remove);
  g_clear_handle_id (&self->end_id, g_source_remove);
  zf_pipeline_stop (self->pipeline);
  g_clear_pointer (&self->tape, tape_unref);
}

static void
fail (ZfRecorder *self, const GError *error)
{
  g_autoptr (ZfRecorder) alive = g_object_ref (self);

  zf_recorder_cancel (self);
  g_signal_emit (self, signals[FAILED], 0, error);
}

static gboolean
on_silence (gpointer data)
{
  ZfRecorder *self = data;
  g_autoptr (GError) error = NULL;

  self->silent_id = 0;
  if (self->seconds > 0)
    return G_SOURCE_REMOVE;
  error = g_error_new_literal (ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_SILENT, "The microphone gives nothing.");
  fail (self, error);
  return G_SOURCE_REMOVE;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfRecorder) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) sources = zf_device_open_finish (result, &error);
  Take *take = NULL;

  if (self->looking == NULL || g_task_get_cancellable (G_TASK (result)) != self->looking)
    return;   /* cancelled meanwhile */
  g_clear_object (&self->looking);
  if (sources == NULL)
    {
      fail (self, error);
      return;
    }
  take = g_new0 (Take, 1);
  take->feed = g_list_model_get_item (G_LIST_MODEL (sources), 0);
  take->tape = tape_ref (self->tape);
  zf_pipeline_start (self->pipeline, make_recording, take, take_free);
  self->silent_id = g_timeout_add_seconds (SILENT_S, on_silence, self);
}

/* What it tells */

static double
loudness (const GstStructure *said)
{
  const GValue *array = gst_structure_get_value (said, "rms");
  GValueArray *values = array != NULL ? g_value_get_boxed (array) : NULL;
  double db = values != NULL && values->n_values > 0 ? g_value_get_double (values->values) : QUIET_DB;

  /* The last word of a recording may be about no sample at all: then it is no number. */
  return db > QUIET_DB ? MIN (1 - db / QUIET_DB, 1) : 0;
}

static void
on_told (ZfPipeline *pipeline, GstStructure *said, ZfRecorder *self)
{
  guint64 begin = 0, length = 0;

  if (!gst_structure_has_name (said, "level"))
    return;
  gst_structure_get (said, "stream-time", G_TYPE_UINT64, &begin, "duration", G_TYPE_UINT64, &length, NULL);
  self->seconds = (double) (begin + length) / GST_SECOND;
  g_signal_emit (self, signals[HEARD], 0, loudness (said));
  if (self->seconds >= ZF_RECORDER_SECONDS)
    zf_recorder_finish (self);
}

static void
take_tape (ZfRecorder *self)
{
  g_autoptr (ZfRecorder) alive = g_object_ref (self);
  g_autoptr (GBytes) bytes = NULL;

  g_mutex_lock (&self->tape->mutex);
  bytes = g_bytes_new (self->tape->bytes->data, self->tape->bytes->len);
  g_mutex_unlock (&self->tape->mutex);
  stop (self);
  g_signal_emit (self, signals[DONE], 0, bytes);
  let_go (self);
}

static void
on_ended (ZfPipeline *pipeline, ZfRecorder *self)
{
  take_tape (self);
}

/* An Ogg file that breaks off plays up to there. */
static gboolean
on_no_end (gpointer data)
{
  ZfRecorder *self = data;

  self->end_id = 0;
  g_warning ("A microphone did not let its recording end.");
  take_tape (self);
  return G_SOURCE_REMOVE;
}

/* What was said before the microphone went counts. */
static void
on_failed (ZfPipeline *pipeline, GError *error, ZfRecorder *self)
{
  if (self->seconds > 0)
    take_tape (self);
  else
    fail (self, error);
}

/* Object */

static void
zf_recorder_dispose (GObject *object)
{
  ZfRecorder *self = ZF_RECORDER (object);

  if (self->pipeline != NULL)
    {
      zf_recorder_cancel (self);
      g_signal_handlers_disconnect_by_data (self->pipeline, self);
    }
  g_clear_object (&self->pipeline);
  G_OBJECT_CLASS (zf_recorder_parent_class)->dispose (object);
}

static void
zf_recorder_class_init (ZfRecorderClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_recorder_dispose;
  signals[HEARD] = g_signal_new ("heard", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
zf_recorder_init (ZfRecorder *self)
{
  self->pipeline = zf_pipeline_new ();
  g_signal_connect (self->pipeline, "told", G_CALLBACK (on_told), self);
  g_signal_connect (self->pipeline, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (self->pipeline, "failed", G_CALLBACK (on_failed), self);
}

ZfRecorder *
zf_recorder_new (void)
{
  return g_object_new (ZF_TYPE_RECORDER, NULL);
}

void
zf_recorder_start (ZfRecorder *self)
{
  g_return_if_fail (ZF_IS_RECORDER (self));

  zf_recorder_cancel (self);
  self->tape = tape_new ();
  self->seconds = 0;
  hold (self);
  self->looking = g_cancellable_new ();
  zf_device_open_async (ZF_DEVICE_SOUND, G_OBJECT (self), self->looking, on_found, g_object_ref (self));
}

gboolean
zf_recorder_finish (ZfRecorder *self)
{
  g_return_val_if_fail (ZF_IS_RECORDER (self), FALSE);

  /* Before the first sound there is nothing to end. */
  if (self->looking == NULL && self->seconds > 0)
    {
      zf_pipeline_end (self->pipeline);
      if (self->end_id == 0)
        self->end_id = g_timeout_add_seconds (END_S, on_no_end, self);
      return TRUE;
    }
  zf_recorder_cancel (self);
  return FALSE;
}

void
zf_recorder_cancel (ZfRecorder *self)
{
  g_return_if_fail (ZF_IS_RECORDER (self));

  stop (self);
  let_go (self);
}

double
zf_recorder_seconds (ZfRecorder *self)
{
  g_return_val_if_fail (ZF_IS_RECORDER (self), 0);
  return self->seconds;
}
