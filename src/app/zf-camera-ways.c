/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-camera-ways.h"

#include <gio/gunixfdlist.h>
#include <gst/gst.h>
#include <string.h>

#include "zf-device.h"
#include "zf-lens.h"
#include "zf-pipeline.h"
#include "zf-portal.h"

#define CAMERAS "Video/Source"
#define PORTAL "org.freedesktop.portal.Camera"

static void
return_lenses (GTask *task, GListStore *lenses)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (lenses)) > 0)
    g_task_return_pointer (task, g_object_ref (lenses), g_object_unref);
  else
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "No camera is there.");
}

/* Takes the list over. Who takes a photo of a wall looks through the back. */
static GListStore *
lenses_of (GList *devices, GObject *keep)
{
  GListStore *lenses = g_list_store_new (ZF_TYPE_LENS);

  for (GList *at = devices; at != NULL; at = at->next)
    {
      g_autoptr (ZfLens) lens = zf_lens_new (at->data, keep);

      if (gst_device_has_classes (at->data, CAMERAS))
        g_list_store_insert (lenses, zf_lens_looks_back (lens) ? 0 : g_list_model_get_n_items (G_LIST_MODEL (lenses)), lens);
    }
  g_list_free_full (devices, g_object_unref);
  return lenses;
}

/* Tests */

static char *
made_of (const char *word)
{
  if (g_str_equal (word, "pattern"))
    return g_strdup ("videotestsrc is-live=true pattern=smpte ! capsfilter caps=\"video/x-raw,width=1600,height=1200,framerate=15/1\"");
  if (g_path_is_absolute (word))
    return g_strdup_printf ("filesrc location=\"%s\" ! decodebin ! imagefreeze is-live=true ! capsfilter caps=\"video/x-raw,framerate=10/1\"", word);
  return g_strdup (word);
}

void
zf_camera_open_test (const char *value, GTask *task)
{
  g_autoptr (GListStore) lenses = g_list_store_new (ZF_TYPE_LENS);
  g_auto (GStrv) words = g_strsplit (value, ";", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      {
        g_autofree char *made = made_of (words[i]);
        g_autoptr (ZfLens) lens = zf_lens_new_made (made);

        g_list_store_append (lenses, lens);
      }
  return_lenses (task, lenses);
}

/* The portal */

static void
list_remote (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GUnixFDList *fds = data;
  g_autoptr (GstDeviceProvider) provider = NULL;
  g_autoptr (GListStore) lenses = NULL;
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
  lenses = lenses_of (gst_device_provider_get_devices (provider), G_OBJECT (fds));
  return_lenses (task, lenses);
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
zf_camera_open_portal (const char *value, GTask *task)
{
  zf_portal_find_async (PORTAL, g_task_get_cancellable (task), on_portal, g_object_ref (task));
}

/* GStreamer's own eyes */

static void
list_local (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GstDeviceMonitor) monitor = NULL;
  g_autoptr (GListStore) lenses = NULL;
  GError *error = NULL;

  if (!zf_pipeline_load (&error))
    {
      g_task_return_error (task, error);
      return;
    }
  monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (monitor, CAMERAS, NULL);
  lenses = lenses_of (gst_device_monitor_get_devices (monitor), NULL);
  return_lenses (task, lenses);
}

void
zf_camera_open_local (const char *value, GTask *task)
{
  g_task_run_in_thread (task, list_local);
}
