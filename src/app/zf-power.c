/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-power.h"

#define UPOWER "org.freedesktop.UPower"

struct _ZfPower
{
  GCancellable *cancellable;
  GDBusProxy *daemon;
  GDBusProxy *display;   /* all batteries together */
};

/* The proxy goes into the place that @data points at, unless nobody waits any more. */
static void
on_proxy (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GDBusProxy *proxy = g_dbus_proxy_new_for_bus_finish (result, &error);

  if (proxy == NULL)
    {
      g_debug ("The battery is not known: %s", error->message);
      return;
    }
  *(GDBusProxy **) data = proxy;
}

static void
ask (ZfPower *self, const char *path, const char *interface, GDBusProxy **into)
{
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL, UPOWER, path, interface, self->cancellable,
                            on_proxy, into);
}

ZfPower *
zf_power_new (void)
{
  ZfPower *self = g_new0 (ZfPower, 1);

  self->cancellable = g_cancellable_new ();
  ask (self, "/org/freedesktop/UPower", UPOWER, &self->daemon);
  ask (self, "/org/freedesktop/UPower/devices/DisplayDevice", UPOWER ".Device", &self->display);
  return self;
}

void
zf_power_free (ZfPower *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->daemon);
  g_clear_object (&self->display);
  g_free (self);
}

static GVariant *
property (GDBusProxy *proxy, const char *name, const GVariantType *type)
{
  g_autoptr (GVariant) value = proxy != NULL ? g_dbus_proxy_get_cached_property (proxy, name) : NULL;

  return value != NULL && g_variant_is_of_type (value, type) ? g_steal_pointer (&value) : NULL;
}

gboolean
zf_power_on_battery (ZfPower *self)
{
  g_autoptr (GVariant) value = property (self->daemon, "OnBattery", G_VARIANT_TYPE_BOOLEAN);

  return value != NULL && g_variant_get_boolean (value);
}

double
zf_power_percent (ZfPower *self)
{
  g_autoptr (GVariant) value = property (self->display, "Percentage", G_VARIANT_TYPE_DOUBLE);

  return value != NULL && zf_power_on_battery (self) ? g_variant_get_double (value) : 100;
}
