/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-lens.h"

#include "zf-device.h"

struct _ZfLens
{
  GObject parent_instance;

  GstDevice *device;
  GObject *keep;
  char *description;
};

G_DEFINE_FINAL_TYPE (ZfLens, zf_lens, G_TYPE_OBJECT)

static void
zf_lens_finalize (GObject *object)
{
  ZfLens *self = ZF_LENS (object);

  g_clear_object (&self->device);
  g_clear_object (&self->keep);
  g_free (self->description);
  G_OBJECT_CLASS (zf_lens_parent_class)->finalize (object);
}

static void
zf_lens_class_init (ZfLensClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_lens_finalize;
}

static void
zf_lens_init (ZfLens *self)
{
}

ZfLens *
zf_lens_new (GstDevice *device, GObject *keep)
{
  ZfLens *self = g_object_new (ZF_TYPE_LENS, NULL);

  g_set_object (&self->device, device);
  g_set_object (&self->keep, keep);
  return self;
}

ZfLens *
zf_lens_new_made (const char *description)
{
  ZfLens *self = g_object_new (ZF_TYPE_LENS, NULL);

  self->description = g_strdup (description);
  return self;
}

gboolean
zf_lens_looks_back (ZfLens *self)
{
  g_autoptr (GstStructure) properties = NULL;
  const char *place = NULL;

  g_return_val_if_fail (ZF_IS_LENS (self), FALSE);

  properties = self->device != NULL ? gst_device_get_properties (self->device) : NULL;
  place = properties != NULL ? gst_structure_get_string (properties, "api.libcamera.location") : NULL;
  return g_strcmp0 (place, "back") == 0;
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

GstElement *
zf_lens_element (ZfLens *self, GError **error)
{
  GstElement *element = NULL;

  g_return_val_if_fail (ZF_IS_LENS (self), NULL);

  if (self->description != NULL)
    return make_bin (self->description, error);
  element = gst_device_create_element (self->device, NULL);
  if (element == NULL)
    g_set_error_literal (error, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_PART_MISSING, "No element reads this camera.");
  return element;
}
