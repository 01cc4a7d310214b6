/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-player.h"

#include "zf-pipeline.h"

#define PLAYING "filesrc name=from ! oggdemux ! opusdec ! audioconvert ! audioresample ! "

struct _ZfPlayer
{
  GObject parent_instance;

  ZfPipeline *pipeline;
};

enum
{
  ENDED,
  FAILED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPlayer, zf_player, G_TYPE_OBJECT)

static GstElement *
make_playing (gpointer data, GError **error)
{
  gboolean test = g_getenv ("ZF_TEST_SOUND") != NULL;
  GstElement *pipeline = zf_pipeline_make (test ? PLAYING "fakesink sync=true" : PLAYING "autoaudiosink", error);
  g_autoptr (GstElement) from = pipeline != NULL ? gst_bin_get_by_name (GST_BIN (pipeline), "from") : NULL;

  if (from != NULL)
    g_object_set (from, "location", data, NULL);
  return pipeline;
}

static void
on_ended (ZfPipeline *pipeline, ZfPlayer *self)
{
  zf_pipeline_stop (self->pipeline);
  g_signal_emit (self, signals[ENDED], 0);
}

static void
on_failed (ZfPipeline *pipeline, GError *error, ZfPlayer *self)
{
  g_signal_emit (self, signals[FAILED], 0);
}

static void
zf_player_dispose (GObject *object)
{
  ZfPlayer *self = ZF_PLAYER (object);

  if (self->pipeline != NULL)
    g_signal_handlers_disconnect_by_data (self->pipeline, self);
  g_clear_object (&self->pipeline);
  G_OBJECT_CLASS (zf_player_parent_class)->dispose (object);
}

static void
zf_player_class_init (ZfPlayerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_player_dispose;
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zf_player_init (ZfPlayer *self)
{
  self->pipeline = zf_pipeline_new ();
  g_signal_connect (self->pipeline, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (self->pipeline, "failed", G_CALLBACK (on_failed), self);
}

ZfPlayer *
zf_player_new (void)
{
  return g_object_new (ZF_TYPE_PLAYER, NULL);
}

void
zf_player_play (ZfPlayer *self, const char *path)
{
  g_return_if_fail (ZF_IS_PLAYER (self) && path != NULL);
  zf_pipeline_start (self->pipeline, make_playing, g_strdup (path), g_free);
}

void
zf_player_stop (ZfPlayer *self)
{
  g_return_if_fail (ZF_IS_PLAYER (self));
  if (self->pipeline != NULL)
    zf_pipeline_stop (self->pipeline);
}

gboolean
zf_player_is_playing (ZfPlayer *self)
{
  g_return_val_if_fail (ZF_IS_PLAYER (self), FALSE);
  return self->pipeline != NULL && zf_pipeline_is_running (self->pipeline);
}
