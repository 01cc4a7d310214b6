/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-device.h"

#include <glib/gi18n.h>

#include "zf-feed-ways.h"
#include "zf-position-ways.h"

G_DEFINE_QUARK (zf-device-error-quark, zf_device_error)

typedef struct
{
  ZfDevice device;
  const char *test;   /* (nullable) the variable without which this way is no way */
  /* Gives what it found with @task; ZF_DEVICE_ERROR_NOT_THERE: the next way is asked. @value: of the variable. */
  void (*open) (ZfDevice device, const char *value, GTask *task);
} ZfWay;

static const ZfWay WAYS[] = {
  { ZF_DEVICE_CAMERA, "ZF_TEST_CAMERA", zf_feed_open_test },
  { ZF_DEVICE_CAMERA, NULL, zf_feed_open_portal },
  { ZF_DEVICE_CAMERA, NULL, zf_feed_open_local },
  { ZF_DEVICE_SOUND, "ZF_TEST_SOUND", zf_feed_open_test },
  { ZF_DEVICE_SOUND, NULL, zf_feed_open_server },
  { ZF_DEVICE_SOUND, NULL, zf_feed_open_local },
  { ZF_DEVICE_POSITION, "ZF_TEST_POSITION", zf_position_open_test },
  { ZF_DEVICE_POSITION, NULL, zf_position_open_portal },
  { ZF_DEVICE_POSITION, NULL, zf_position_open_geoclue },
};

/* Codes that are missing here are told as FAILED. */
static const char *const SENTENCES[ZF_DEVICE_N][ZF_DEVICE_ERROR_N] = {
  [ZF_DEVICE_CAMERA] = {
    [ZF_DEVICE_ERROR_FAILED] = N_("The camera does not open."),
    [ZF_DEVICE_ERROR_NOT_THERE] = N_("There is no camera here."),
    [ZF_DEVICE_ERROR_BUSY] = N_("Another program uses the camera. Close that program, then try again."),
    [ZF_DEVICE_ERROR_GONE] = N_("The camera went away. Plug it in, then try again."),
    [ZF_DEVICE_ERROR_PART_MISSING] = N_("The system lacks a part that reads cameras."),
    [ZF_DEVICE_ERROR_DENIED] = N_("The system does not let this app use the camera. Allow it in the settings of the system."),
    [ZF_DEVICE_ERROR_SILENT] = N_("The camera gives no picture. Plug it in again, then try again."),
  },
  [ZF_DEVICE_SOUND] = {
    [ZF_DEVICE_ERROR_FAILED] = N_("The microphone does not open."),
    [ZF_DEVICE_ERROR_NOT_THERE] = N_("There is no microphone here."),
    [ZF_DEVICE_ERROR_BUSY] = N_("Another program uses the microphone. Close that program, then try again."),
    [ZF_DEVICE_ERROR_GONE] = N_("The microphone went away. Plug it in, then try again."),
    [ZF_DEVICE_ERROR_PART_MISSING] = N_("The system lacks a part that records sound."),
    [ZF_DEVICE_ERROR_DENIED] = N_("The system does not let this app use the microphone. Allow it in the settings of the system."),
    [ZF_DEVICE_ERROR_SILENT] = N_("Nothing comes from the microphone. Plug it in again, then try again."),
  },
  [ZF_DEVICE_POSITION] = {
    [ZF_DEVICE_ERROR_FAILED] = N_("The service for the position does not answer. Type the position."),
    [ZF_DEVICE_ERROR_NOT_THERE] = N_("This tablet does not know where it is. Type the position."),
    [ZF_DEVICE_ERROR_DENIED] = N_("The position is switched off in the settings of the system. Switch it on there, or type it."),
    [ZF_DEVICE_ERROR_SILENT] = N_("The position was not found. Try in the open, or type it."),
  },
};

typedef struct
{
  ZfDevice device;
  guint at;
} Walk;

static void ask_next (GTask *task);

static void
on_asked (GObject *asker, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  GObject *found = g_task_propagate_pointer (G_TASK (result), &error);
  Walk *walk = g_task_get_task_data (task);
  gboolean next = g_error_matches (error, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE) && WAYS[walk->at].test == NULL;

  if (next)
    {
      walk->at++;
      ask_next (task);
    }
  else if (found != NULL)
    g_task_return_pointer (task, found, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
ask_next (GTask *task)
{
  Walk *walk = g_task_get_task_data (task);

  for (; walk->at < G_N_ELEMENTS (WAYS); walk->at++)
    {
      const ZfWay *way = &WAYS[walk->at];
      const char *value = way->test != NULL ? g_getenv (way->test) : NULL;
      g_autoptr (GTask) asking = NULL;

      if (way->device != walk->device || (way->test != NULL && value == NULL))
        continue;
      asking = g_task_new (g_task_get_source_object (task), g_task_get_cancellable (task), on_asked, g_object_ref (task));
      way->open (way->device, value, asking);
      return;
    }
  g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "No way to the device is there.");
}

void
zf_device_open_async (ZfDevice device, GObject *asker, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (asker, cancellable, callback, user_data);
  Walk *walk = g_new0 (Walk, 1);

  walk->device = device;
  g_task_set_source_tag (task, zf_device_open_async);
  g_task_set_task_data (task, walk, g_free);
  ask_next (task);
}

GObject *
zf_device_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
zf_device_sentence (ZfDevice device, const GError *error)
{
  int code = error != NULL && error->domain == ZF_DEVICE_ERROR ? error->code : ZF_DEVICE_ERROR_FAILED;
  const char *sentence = NULL;

  g_return_val_if_fail (device < ZF_DEVICE_N, "");

  if (code > 0 && code < ZF_DEVICE_ERROR_N)
    sentence = SENTENCES[device][code];
  return _(sentence != NULL ? sentence : SENTENCES[device][ZF_DEVICE_ERROR_FAILED]);
}
