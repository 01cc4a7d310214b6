/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-code-reader.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <string.h>
#include <zbar.h>

#define FOUND "zf-code"

typedef struct
{
  zbar_image_scanner_t *scanner;
  char *last;   /* (nullable) what stood in the picture before */
} Reader;

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  zbar_image_scanner_destroy (reader->scanner);
  g_free (reader->last);
  g_free (reader);
}

static void
post (GstElement *sink, const char *text)
{
  GstStructure *said = NULL;

  /* A code may hold any bytes; an answer is text. */
  if (*text == '\0' || !g_utf8_validate (text, -1, NULL))
    return;
  said = gst_structure_new (FOUND, "text", G_TYPE_STRING, text, NULL);
  gst_element_post_message (sink, gst_message_new_application (GST_OBJECT (sink), said));
}

static const char *
scan (zbar_image_scanner_t *scanner, zbar_image_t *image)
{
  const zbar_symbol_t *symbol = NULL;

  if (zbar_scan_image (scanner, image) <= 0)
    return NULL;
  symbol = zbar_image_first_symbol (image);
  return symbol != NULL ? zbar_symbol_get_data (symbol) : NULL;
}

/* ZBar wants lines without a gap between them. */
static void
read_frame (GstElement *sink, Reader *reader, const GstVideoFrame *frame)
{
  guint width = (guint) GST_VIDEO_FRAME_WIDTH (frame), height = (guint) GST_VIDEO_FRAME_HEIGHT (frame);
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  g_autofree guint8 *grey = g_malloc ((gsize) width * height);
  zbar_image_t *image = zbar_image_create ();
  const char *text = NULL;

  for (guint y = 0; y < height; y++)
    memcpy (grey + (gsize) y * width, pixels + (gsize) y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0), width);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, width, height);
  zbar_image_set_data (image, grey, (gsize) width * height, NULL);
  text = scan (reader->scanner, image);
  /* Bars in a blurred picture can be read as others: what two pictures say is right. */
  if (text != NULL && g_strcmp0 (text, reader->last) == 0)
    post (sink, text);
  g_free (reader->last);
  reader->last = g_strdup (text);
  zbar_image_destroy (image);
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer reader)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstVideoFrame frame;
  GstVideoInfo info;

  if (sample == NULL || !gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) ||
      !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return GST_FLOW_OK;
  read_frame (GST_ELEMENT (sink), reader, &frame);
  gst_video_frame_unmap (&frame);
  return GST_FLOW_OK;
}

void
zf_code_reader_attach (GstElement *pipeline, const char *sink)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstElement) codes = gst_bin_get_by_name (GST_BIN (pipeline), sink);
  Reader *reader = g_new0 (Reader, 1);

  reader->scanner = zbar_image_scanner_create ();
  gst_app_sink_set_callbacks (GST_APP_SINK (codes), &callbacks, reader, reader_free);
}

const char *
zf_code_reader_text (const GstStructure *said)
{
  return gst_structure_has_name (said, FOUND) ? gst_structure_get_string (said, "text") : NULL;
}
