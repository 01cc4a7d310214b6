/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-watch.h"

struct _ZfWatch
{
  GObject parent_instance;

  GDBusConnection *bus;
  char *name;
  guint signal_id;
  GPtrArray *ends;   /* GDBusMessage */
};

G_DEFINE_FINAL_TYPE (ZfWatch, zf_watch, G_TYPE_OBJECT)

static void
zf_watch_finalize (GObject *object)
{
  ZfWatch *self = ZF_WATCH (object);

  g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
  /* Nobody waits for the answers: the service lives on or is gone. */
  for (guint i = 0; i < self->ends->len; i++)
    g_dbus_connection_send_message (self->bus, g_ptr_array_index (self->ends, i), G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  g_ptr_array_unref (self->ends);
  g_object_unref (self->bus);
  g_free (self->name);
  G_OBJECT_CLASS (zf_watch_parent_class)->finalize (object);
}

static void
zf_watch_class_init (ZfWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_watch_finalize;
}

static void
zf_watch_init (ZfWatch *self)
{
  self->ends = g_ptr_array_new_with_free_func (g_object_unref);
}

ZfWatch *
zf_watch_new (GDBusConnection *bus, const char *name, const char *path, const char *interface, const char *signal, GDBusSignalCallback hear, gpointer data)
{
  ZfWatch *self = g_object_new (ZF_TYPE_WATCH, NULL);

  self->bus = g_object_ref (bus);
  self->name = g_strdup (name);
  self->signal_id = g_dbus_connection_signal_subscribe (bus, name, interface, signal, path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, hear, data, NULL);
  return self;
}

void
zf_watch_end_with (ZfWatch *self, const char *path, const char *interface, const char *method, GVariant *arguments)
{
  GDBusMessage *message = NULL;

  g_return_if_fail (ZF_IS_WATCH (self));

  message = g_dbus_message_new_method_call (self->name, path, interface, method);
  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_ptr_array_add (self->ends, message);
}
