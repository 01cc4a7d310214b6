/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-camera.h"

#include "zf-error.h"

#define TEST_VARIABLE "ZF_TEST_CAMERA"

typedef struct
{
  gboolean (*is_there) (void);
  /* Returns the path of a picture, or an error, with @task. */
  void (*take) (GTask *task);
} ZfCameraSource;

/* For tests */

static gboolean
test_is_there (void)
{
  return g_getenv (TEST_VARIABLE) != NULL;
}

static void
test_take (GTask *task)
{
  g_task_return_pointer (task, g_strdup (g_getenv (TEST_VARIABLE)), g_free);
}

static const ZfCameraSource SOURCES[] = {
  { test_is_there, test_take },
};

static const ZfCameraSource *
find_source (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (SOURCES); i++)
    if (SOURCES[i].is_there ())
      return &SOURCES[i];
  return NULL;
}

gboolean
zf_camera_is_there (void)
{
  return find_source () != NULL;
}

void
zf_camera_take_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  const ZfCameraSource *source = find_source ();

  g_task_set_source_tag (task, zf_camera_take_async);
  if (source != NULL)
    source->take (task);
  else
    g_task_return_new_error (task, ZF_ERROR, ZF_ERROR_NOT_FOUND, "There is no camera here.");
}

char *
zf_camera_take_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
