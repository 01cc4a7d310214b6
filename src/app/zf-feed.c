/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-feed.h"

#include "zf-device.h"
#include "zf-pipeline.h"

struct _ZfFeed
{
  GObject parent_instance;

  GstDevice *device;
  GObject *keep;
  char *description;
};

G_DEFINE_FINAL_TYPE (ZfFeed, zf_feed, G_TYPE_OBJECT)

static void
zf_feed_finalize (GObject *object)
{
  ZfFeed *self = ZF_FEED (object);

  g_clear_object (&self->device);
  g_clear_object (&self->keep);
  g_free (self->description);
  G_OBJECT_CLASS (zf_feed_parent_class)->finalize (object);
}

static void
zf_feed_class_init (ZfFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_feed_finalize;
}

static void
zf_feed_init (ZfFeed *self)
{
}

ZfFeed *
zf_feed_new (GstDevice *device, GObject *keep)
{
  ZfFeed *self = g_object_new (ZF_TYPE_FEED, NULL);

  g_set_object (&self->device, device);
  g_set_object (&self->keep, keep);
  return self;
}

ZfFeed *
zf_feed_new_made (const char *description)
{
  ZfFeed *self = g_object_new (ZF_TYPE_FEED, NULL);

  self->description = g_strdup (description);
  return self;
}

gboolean
zf_feed_is_first (ZfFeed *self)
{
  g_autoptr (GstStructure) properties = NULL;
  gboolean chosen = FALSE;

  g_return_val_if_fail (ZF_IS_FEED (self), FALSE);

  properties = self->device != NULL ? gst_device_get_properties (self->device) : NULL;
  if (properties == NULL)
    return FALSE;
  gst_structure_get_boolean (properties, "is-default", &chosen);
  return chosen || g_strcmp0 (gst_structure_get_string (properties, "api.libcamera.location"), "back") == 0;
}

/* The one way out is named: GStreamer would open every pad that is not linked yet. */
static GstElement *
make_bin (const char *description, GError **error)
{
  g_autofree char *whole = g_strconcat (description, " ! identity name=out", NULL);
  GstElement *bin = gst_parse_bin_from_description_full (whole, FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) out = bin != NULL ? gst_bin_get_by_name (GST_BIN (bin), "out") : NULL;
  g_autoptr (GstPad) pad = out != NULL ? gst_element_get_static_pad (out, "src") : NULL;

  if (pad != NULL)
    gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
  return bin;
}

static GstElement *
make_element (ZfFeed *self, GError **error)
{
  GstElement *element = NULL;

  if (self->description != NULL)
    return make_bin (self->description, error);
  element = gst_device_create_element (self->device, NULL);
  if (element == NULL)
    g_set_error_literal (error, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_PART_MISSING, "No element reads this device.");
  /* PipeWire takes its memory back when it likes, also under a picture that is being looked at (seen with 0.3.65: SIGSEGV in the converter). */
  else if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "always-copy") != NULL)
    g_object_set (element, "always-copy", TRUE, NULL);
  return element;
}

static GstPadProbeReturn
drop_second_thoughts (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_RECONFIGURE ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* What a device gives is settled once: each branch that opens later asks again, and PipeWire's source would let the device go and take it anew for the same answer. */
static void
settle (GstElement *in)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (in, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, drop_second_thoughts, NULL, NULL);
}

static gboolean
lead_in (GstElement *pipeline, GstElement *element, GError **error)
{
  g_autoptr (GstElement) in = gst_bin_get_by_name (GST_BIN (pipeline), "in");

  settle (in);
  if (gst_bin_add (GST_BIN (pipeline), element) && gst_element_link (element, in))
    return TRUE;
  g_set_error_literal (error, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_FAILED, "The device gives nothing that can be read.");
  return FALSE;
}

GstElement *
zf_feed_join (ZfFeed *self, const char *description, GError **error)
{
  GstElement *pipeline = NULL;
  GstElement *element = NULL;

  g_return_val_if_fail (ZF_IS_FEED (self) && description != NULL, NULL);

  pipeline = zf_pipeline_make (description, error);
  element = pipeline != NULL ? make_element (self, error) : NULL;
  if (element == NULL || !lead_in (pipeline, element, error))
    g_clear_object (&pipeline);
  return pipeline;
}
