/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-pipeline.h"

#include <gst/app/gstappsink.h>

#include "zf-device.h"
#include "zf-error.h"
#include "zf-lazy.h"

/* One life of a pipeline, shared by the main thread, the thread of slow steps and the threads of GStreamer. */
typedef struct
{
  gatomicrefcount refs;
  GWeakRef owner;
  ZfPipelineMake make;
  gpointer data;
  GDestroyNotify free_data;
  gboolean over;         /* main thread: nobody listens */
  GMutex mutex;          /* of what follows */
  GstElement *element;
  GstSample *newest;
  gboolean announced;    /* a delivery is on its way */
} Run;

struct _ZfPipeline
{
  GObject parent_instance;

  Run *run;
};

enum
{
  FAILED,
  ENDED,
  SAMPLE,
  TOLD,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPipeline, zf_pipeline, G_TYPE_OBJECT)

static Run *
run_ref (Run *run)
{
  g_atomic_ref_count_inc (&run->refs);
  return run;
}

static void
run_unref (gpointer data)
{
  Run *run = data;

  if (!g_atomic_ref_count_dec (&run->refs))
    return;
  g_weak_ref_clear (&run->owner);
  if (run->free_data != NULL)
    run->free_data (run->data);
  g_clear_pointer (&run->newest, gst_sample_unref);
  g_mutex_clear (&run->mutex);
  g_free (run);
}

static GstElement *
run_element (Run *run)
{
  GstElement *element = NULL;

  g_mutex_lock (&run->mutex);
  if (run->element != NULL)
    element = gst_object_ref (run->element);
  g_mutex_unlock (&run->mutex);
  return element;
}

/* The thread of slow steps */

typedef struct
{
  void (*step) (Run *run);
  Run *run;
} Job;

static void
work (gpointer data, gpointer unused)
{
  Job *job = data;

  job->step (job->run);
  run_unref (job->run);
  g_free (job);
}

static void
queue_step (Run *run, void (*step) (Run *run))
{
  static GThreadPool *worker = NULL;
  Job *job = g_new0 (Job, 1);

  if (worker == NULL)
    worker = g_thread_pool_new (work, NULL, 1, FALSE, NULL);
  job->step = step;
  job->run = run_ref (run);
  g_thread_pool_push (worker, job, NULL);
}

/* To the main thread */

typedef struct
{
  Run *run;
  guint signal;
  GError *error;
  GstMessage *message;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  run_unref (news->run);
  g_clear_error (&news->error);
  g_clear_pointer (&news->message, gst_message_unref);
  g_free (news);
}

static gboolean
tell (gpointer data)
{
  News *news = data;
  g_autoptr (ZfPipeline) self = g_weak_ref_get (&news->run->owner);

  if (news->run->over || self == NULL)
    return G_SOURCE_REMOVE;
  if (news->signal == FAILED)
    {
      zf_pipeline_stop (self);
      g_message ("A device failed: %s", news->error->message);
      g_signal_emit (self, signals[FAILED], 0, news->error);
    }
  else if (news->signal == TOLD)
    g_signal_emit (self, signals[TOLD], 0, gst_message_get_structure (news->message));
  else
    g_signal_emit (self, signals[news->signal], 0);
  return G_SOURCE_REMOVE;
}

/* Takes @error and @message over. */
static void
send_news (Run *run, guint signal, GError *error, GstMessage *message)
{
  News *news = g_new0 (News, 1);

  news->run = run_ref (run);
  news->signal = signal;
  news->error = error;
  news->message = message;
  g_idle_add_full (G_PRIORITY_DEFAULT, tell, news, news_free);
}

/* Errors by what they mean here. Ours comes first: it says that nothing of GStreamer may be called. */
typedef struct
{
  GQuark (*domain) (void);
  int code;
  ZfDeviceError meaning;
} Meaning;

static const Meaning MEANINGS[] = {
  { zf_error_quark, ZF_ERROR_NOT_FOUND, ZF_DEVICE_ERROR_PART_MISSING },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_FOUND, ZF_DEVICE_ERROR_NOT_THERE },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_BUSY, ZF_DEVICE_ERROR_BUSY },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_AUTHORIZED, ZF_DEVICE_ERROR_DENIED },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_READ, ZF_DEVICE_ERROR_GONE },
  { gst_core_error_quark, GST_CORE_ERROR_MISSING_PLUGIN, ZF_DEVICE_ERROR_PART_MISSING },
  { gst_stream_error_quark, GST_STREAM_ERROR_CODEC_NOT_FOUND, ZF_DEVICE_ERROR_PART_MISSING },
  { gst_parse_error_quark, GST_PARSE_ERROR_NO_SUCH_ELEMENT, ZF_DEVICE_ERROR_PART_MISSING },
};

/* Consumes @error. */
static GError *
translate (GError *error)
{
  int meaning = ZF_DEVICE_ERROR_FAILED;

  if (error->domain == ZF_DEVICE_ERROR)
    return error;
  for (guint i = 0; i < G_N_ELEMENTS (MEANINGS) && meaning == ZF_DEVICE_ERROR_FAILED; i++)
    if (g_error_matches (error, MEANINGS[i].domain (), MEANINGS[i].code))
      meaning = MEANINGS[i].meaning;
  error->domain = ZF_DEVICE_ERROR;
  error->code = meaning;
  return error;
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  GError *error = NULL;

  switch ((int) GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      send_news (data, FAILED, translate (error), NULL);
      break;
    case GST_MESSAGE_EOS:
      send_news (data, ENDED, NULL, NULL);
      break;
    case GST_MESSAGE_ELEMENT:
    case GST_MESSAGE_APPLICATION:
      send_news (data, TOLD, NULL, gst_message_ref (message));
      break;
    default:
      break;
    }
  return GST_BUS_DROP;
}

static gboolean
deliver (gpointer data)
{
  Run *run = data;
  g_autoptr (ZfPipeline) self = g_weak_ref_get (&run->owner);
  g_autoptr (GstSample) sample = NULL;

  g_mutex_lock (&run->mutex);
  sample = g_steal_pointer (&run->newest);
  run->announced = FALSE;
  g_mutex_unlock (&run->mutex);
  if (!run->over && self != NULL && sample != NULL)
    g_signal_emit (self, signals[SAMPLE], 0, sample);
  return G_SOURCE_REMOVE;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  Run *run = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  gboolean announced = FALSE;

  g_mutex_lock (&run->mutex);
  g_clear_pointer (&run->newest, gst_sample_unref);
  run->newest = sample;
  announced = run->announced;
  run->announced = TRUE;
  g_mutex_unlock (&run->mutex);
  /* Behind what the hand does. */
  if (!announced)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver, run_ref (run), run_unref);
  return GST_FLOW_OK;
}

/* Steps */

static void
connect_view (Run *run, GstElement *element)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstElement) view = GST_IS_BIN (element) ? gst_bin_get_by_name (GST_BIN (element), "view") : NULL;

  if (view != NULL)
    gst_app_sink_set_callbacks (GST_APP_SINK (view), &callbacks, run_ref (run), run_unref);
}

static void
step_open (Run *run)
{
  g_autoptr (GstBus) bus = NULL;
  GstElement *element = NULL;
  GError *error = NULL;

  if (zf_pipeline_load (&error))
    element = run->make (run->data, &error);
  if (element == NULL)
    {
      send_news (run, FAILED, translate (error), NULL);
      return;
    }
  gst_object_ref_sink (element);
  g_mutex_lock (&run->mutex);
  run->element = element;
  g_mutex_unlock (&run->mutex);
  bus = gst_element_get_bus (element);
  gst_bus_set_sync_handler (bus, on_message, run_ref (run), run_unref);
  connect_view (run, element);
  /* Most failures come with a message that says more; that one is told first. */
  if (gst_element_set_state (element, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    send_news (run, FAILED, g_error_new_literal (ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_FAILED, "The pipeline does not start."), NULL);
}

static void
step_end (Run *run)
{
  g_autoptr (GstElement) element = run_element (run);

  if (element != NULL)
    gst_element_send_event (element, gst_event_new_eos ());
}

static void
step_close (Run *run)
{
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstBus) bus = NULL;

  g_mutex_lock (&run->mutex);
  element = g_steal_pointer (&run->element);
  g_mutex_unlock (&run->mutex);
  if (element == NULL)
    return;
  gst_element_set_state (element, GST_STATE_NULL);
  bus = gst_element_get_bus (element);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
}

/* Object */

static void
zf_pipeline_dispose (GObject *object)
{
  zf_pipeline_stop (ZF_PIPELINE (object));
  G_OBJECT_CLASS (zf_pipeline_parent_class)->dispose (object);
}

static void
zf_pipeline_class_init (ZfPipelineClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_pipeline_dispose;
  /* Pointers: the types of GStreamer do not exist before it is loaded. */
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAMPLE] = g_signal_new ("sample", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[TOLD] = g_signal_new ("told", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
zf_pipeline_init (ZfPipeline *self)
{
}

ZfPipeline *
zf_pipeline_new (void)
{
  return g_object_new (ZF_TYPE_PIPELINE, NULL);
}

void
zf_pipeline_start (ZfPipeline *self, ZfPipelineMake make, gpointer data, GDestroyNotify free_data)
{
  Run *run = NULL;

  g_return_if_fail (ZF_IS_PIPELINE (self) && make != NULL);

  zf_pipeline_stop (self);
  run = g_new0 (Run, 1);
  g_atomic_ref_count_init (&run->refs);
  g_weak_ref_init (&run->owner, self);
  g_mutex_init (&run->mutex);
  run->make = make;
  run->data = data;
  run->free_data = free_data;
  self->run = run;
  queue_step (run, step_open);
}

void
zf_pipeline_stop (ZfPipeline *self)
{
  Run *run = NULL;

  g_return_if_fail (ZF_IS_PIPELINE (self));

  run = g_steal_pointer (&self->run);
  if (run == NULL)
    return;
  run->over = TRUE;
  queue_step (run, step_close);
  run_unref (run);
}

void
zf_pipeline_end (ZfPipeline *self)
{
  g_return_if_fail (ZF_IS_PIPELINE (self));
  if (self->run != NULL)
    queue_step (self->run, step_end);
}

gboolean
zf_pipeline_is_running (ZfPipeline *self)
{
  g_return_val_if_fail (ZF_IS_PIPELINE (self), FALSE);
  return self->run != NULL;
}

GstSample *
zf_pipeline_last (ZfPipeline *self, const char *name)
{
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstElement) sink = NULL;
  GstSample *sample = NULL;

  g_return_val_if_fail (ZF_IS_PIPELINE (self), NULL);

  element = self->run != NULL ? run_element (self->run) : NULL;
  sink = element != NULL ? gst_bin_get_by_name (GST_BIN (element), name) : NULL;
  if (sink != NULL)
    g_object_get (sink, "last-sample", &sample, NULL);
  return sample;
}

static const char *const LIBRARIES[] = { "libgstreamer", "libgstapp", "libgstvideo" };

gboolean
zf_pipeline_load (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (LIBRARIES); i++)
    if (!zf_lazy_load (LIBRARIES[i], error))
      return FALSE;
  return gst_init_check (NULL, NULL, error);
}

GstElement *
zf_pipeline_make (const char *description, GError **error)
{
  GError *wrong = NULL;
  GstElement *element = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &wrong);

  if (wrong == NULL)
    return element;
  g_clear_object (&element);
  g_propagate_error (error, translate (wrong));
  return NULL;
}
