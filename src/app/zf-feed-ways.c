/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-feed-ways.h"

#include <gio/gunixfdlist.h>
#include <gst/gst.h>
#include <string.h>

#include "zf-device.h"
#include "zf-feed.h"
#include "zf-pipeline.h"
#include "zf-portal.h"

#define PORTAL "org.freedesktop.portal.Camera"

/* As GStreamer calls them. */
static const char *const CLASSES[ZF_DEVICE_N] = {
  [ZF_DEVICE_CAMERA] = "Video/Source",
  [ZF_DEVICE_SOUND] = "Audio/Source",
};

static void
return_feeds (GTask *task, GListStore *feeds)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (feeds)) > 0)
    g_task_return_pointer (task, g_object_ref (feeds), g_object_unref);
  else
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "No device is there.");
}

/* What the tablet itself plays can be read as well, and is no microphone. */
static gboolean
is_monitor (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);

  return properties != NULL && g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") == 0;
}

/* Takes the list over. */
static GListStore *
feeds_of (ZfDevice device, GList *devices, GObject *keep)
{
  GListStore *feeds = g_list_store_new (ZF_TYPE_FEED);

  for (GList *at = devices; at != NULL; at = at->next)
    {
      g_autoptr (ZfFeed) feed = zf_feed_new (at->data, keep);

      if (gst_device_has_classes (at->data, CLASSES[device]) && !is_monitor (at->data))
        g_list_store_insert (feeds, zf_feed_is_first (feed) ? 0 : g_list_model_get_n_items (G_LIST_MODEL (feeds)), feed);
    }
  g_list_free_full (devices, g_object_unref);
  return feeds;
}

/* Tests */

static char *
made_of (const char *word)
{
  if (g_str_equal (word, "pattern"))
    return g_strdup ("videotestsrc is-live=true pattern=smpte ! capsfilter caps=\"video/x-raw,width=1600,height=1200,framerate=15/1\"");
  if (g_str_equal (word, "tone"))
    return g_strdup ("audiotestsrc is-live=true volume=0.3");
  if (g_path_is_absolute (word))
    return g_strdup_printf ("filesrc location=\"%s\" ! decodebin ! imagefreeze is-live=true ! capsfilter caps=\"video/x-raw,framerate=10/1\"", word);
  return g_strdup (word);
}

void
zf_feed_open_test (ZfDevice device, const char *value, GTask *task)
{
  g_autoptr (GListStore) feeds = g_list_store_new (ZF_TYPE_FEED);
  g_auto (GStrv) words = g_strsplit (value, ";", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      {
        g_autofree char *made = made_of (words[i]);
        g_autoptr (ZfFeed) feed = zf_feed_new_made (made);

        g_list_store_append (feeds, feed);
      }
  return_feeds (task, feeds);
}

/* The portal */

static void
list_remote (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GUnixFDList *fds = data;
  g_autoptr (GstDeviceProvider) provider = NULL;
  g_autoptr (GListStore) feeds = NULL;
  GError *error = NULL;

  if (!zf_pipeline_load (&error))
    {
      g_task_return_error (task, error);
      return;
    }
  provider = gst_device_provider_factory_get_by_name ("pipewiredeviceprovider");
  if (provider == NULL || g_object_class_find_property (G_OBJECT_GET_CLASS (provider), "fd") == NULL)
    {
      g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "GStreamer cannot read from PipeWire.");
      return;
    }
  g_object_set (provider, "fd", g_unix_fd_list_peek_fds (fds, NULL)[0], NULL);
  feeds = feeds_of (ZF_DEVICE_CAMERA, gst_device_provider_get_devices (provider), G_OBJECT (fds));
  return_feeds (task, feeds);
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  g_autoptr (GVariant) handle = g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (source), &fds, result, &error);

  if (handle == NULL)
    g_task_return_error (task, error);
  else if (fds == NULL || g_unix_fd_list_get_length (fds) != 1)
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_FAILED, "The portal handed over no PipeWire.");
  else
    {
      g_task_set_task_data (task, g_steal_pointer (&fds), g_object_unref);
      g_task_run_in_thread (task, list_remote);
    }
}

static void
on_access (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zf_portal_ask_finish (result, &error))
    g_dbus_proxy_call_with_unix_fd_list (G_DBUS_PROXY (source), "OpenPipeWireRemote", g_variant_new ("(a{sv})", NULL), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                         g_task_get_cancellable (task), on_remote, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

static void
on_portal (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GDBusProxy) portal = zf_portal_find_finish (result, &error);
  g_autoptr (GVariant) present = portal != NULL ? g_dbus_proxy_get_cached_property (portal, "IsCameraPresent") : NULL;

  if (portal == NULL)
    g_task_return_error (task, error);
  else if (present == NULL || !g_variant_is_of_type (present, G_VARIANT_TYPE_BOOLEAN) || !g_variant_get_boolean (present))
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "The portal sees no camera.");
  else
    zf_portal_ask_async (portal, "AccessCamera", NULL, g_task_get_cancellable (task), on_access, g_object_ref (task));
}

void
zf_feed_open_portal (ZfDevice device, const char *value, GTask *task)
{
  zf_portal_find_async (PORTAL, g_task_get_cancellable (task), on_portal, g_object_ref (task));
}

/* The sound server */

#define SERVER "pulsesrc client-name=zoufang"

static gboolean
answers (GstElement *element)
{
  gboolean ready = element != NULL && gst_element_set_state (element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;

  if (element != NULL)
    gst_element_set_state (element, GST_STATE_NULL);
  return ready;
}

static void
ask_server (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GListStore) feeds = g_list_store_new (ZF_TYPE_FEED);
  g_autoptr (GstElement) element = NULL;
  g_autoptr (ZfFeed) feed = NULL;
  GError *error = NULL;

  if (!zf_pipeline_load (&error))
    {
      g_task_return_error (task, error);
      return;
    }
  element = gst_element_factory_make ("pulsesrc", NULL);
  if (element != NULL)
    gst_object_ref_sink (element);
  feed = zf_feed_new_made (SERVER);
  if (answers (element))
    g_list_store_append (feeds, feed);
  return_feeds (task, feeds);
}

void
zf_feed_open_server (ZfDevice device, const char *value, GTask *task)
{
  g_task_run_in_thread (task, ask_server);
}

/* GStreamer's own eyes and ears */

static void
list_local (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ZfDevice device = (ZfDevice) GPOINTER_TO_INT (data);
  g_autoptr (GstDeviceMonitor) monitor = NULL;
  g_autoptr (GListStore) feeds = NULL;
  GError *error = NULL;

  if (!zf_pipeline_load (&error))
    {
      g_task_return_error (task, error);
      return;
    }
  monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (monitor, CLASSES[device], NULL);
  feeds = feeds_of (device, gst_device_monitor_get_devices (monitor), NULL);
  return_feeds (task, feeds);
}

void
zf_feed_open_local (ZfDevice device, const char *value, GTask *task)
{
  g_task_set_task_data (task, GINT_TO_POINTER (device), NULL);
  g_task_run_in_thread (task, list_local);
}
