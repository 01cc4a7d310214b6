/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-portal.h"

#include "zf-device.h"

#define FIND_MS 3000
#define REQUEST "org.freedesktop.portal.Request"

/* Finding */

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusProxy) proxy = g_dbus_proxy_new_for_bus_finish (result, &error);
  g_autoptr (GVariant) version = proxy != NULL ? g_dbus_proxy_get_cached_property (proxy, "version") : NULL;

  if (version != NULL)
    g_task_return_pointer (task, g_steal_pointer (&proxy), g_object_unref);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "The portal is not there.");
}

void
zf_portal_find_async (const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, zf_portal_find_async);
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, NULL, ZF_PORTAL_NAME, ZF_PORTAL_PATH, name, cancellable, on_proxy, task);
}

GDBusProxy *
zf_portal_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Asking */

typedef struct
{
  GDBusConnection *bus;
  guint signal_id;
  GSource *cancel;   /* NULL when nobody can */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->bus);
  g_clear_pointer (&request->cancel, g_source_unref);
  g_free (request);
}

static void
stop_listening (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  if (request->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->signal_id);
  request->signal_id = 0;
  if (request->cancel != NULL)
    g_source_destroy (request->cancel);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);

  stop_listening (task);
  if (!g_task_get_completed (task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
listen_for_cancel (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable == NULL)
    return;
  request->cancel = g_cancellable_source_new (cancellable);
  g_task_attach_source (task, request->cancel, G_SOURCE_FUNC (on_cancelled));
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  guint32 response = 2;

  g_variant_get_child (parameters, 0, "u", &response);
  stop_listening (task);
  if (g_task_get_completed (task))
    return;
  if (response == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_DENIED, "The portal said no (%u).", response);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) handle = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (handle != NULL)
    return;
  stop_listening (task);
  if (!g_task_get_completed (task))
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The path is foretold from the token, so that no answer is faster than the ear. */
static char *
request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  g_strdelimit (sender, ".", '_');
  return g_strdup_printf ("%s/request/%s/%s", ZF_PORTAL_PATH, sender, token);
}

static GVariant *
with_options (GVariant *arguments, const char *token)
{
  GVariantBuilder all = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (gsize i = 0; arguments != NULL && i < g_variant_n_children (arguments); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (arguments, i);

      g_variant_builder_add_value (&all, child);
    }
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add_value (&all, g_variant_builder_end (&options));
  return g_variant_builder_end (&all);
}

void
zf_portal_ask_async (GDBusProxy *portal, const char *method, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  static guint serial = 0;
  g_autoptr (GVariant) first = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GTask *task = g_task_new (portal, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  g_autofree char *token = g_strdup_printf ("zoufang%u", ++serial);
  g_autofree char *path = NULL;

  request->bus = g_object_ref (g_dbus_proxy_get_connection (portal));
  path = request_path (request->bus, token);
  g_task_set_source_tag (task, zf_portal_ask_async);
  g_task_set_task_data (task, request, request_free);
  request->signal_id = g_dbus_connection_signal_subscribe (request->bus, ZF_PORTAL_NAME, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_response, g_object_ref (task), g_object_unref);
  listen_for_cancel (task);
  g_dbus_proxy_call (portal, method, with_options (first, token), G_DBUS_CALL_FLAGS_NONE, FIND_MS, cancellable, on_called, task);
}

gboolean
zf_portal_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
