/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-position-ways.h"

#include "zf-config.h"
#include "zf-portal.h"
#include "zf-position.h"
#include "zf-watch.h"

#define TEST_MS 150
#define CALL_MS 5000

#define PORTAL "org.freedesktop.portal.Location"
#define SESSION "org.freedesktop.portal.Session"
#define PORTAL_EXACT 5

#define GEOCLUE "org.freedesktop.GeoClue2"
#define MANAGER "/org/freedesktop/GeoClue2/Manager"
#define GEOCLUE_EXACT 8

/* Tests */

typedef struct
{
  GObject *stand_in;    /* dies with the search */
  ZfPosition *position;
  GStrv places;
  guint at;
} Script;

static void
script_free (gpointer data)
{
  Script *script = data;

  g_strfreev (script->places);
  g_free (script);
}

static gboolean
say_next (gpointer data)
{
  Script *script = data;
  const char *place = script->places[script->at++];
  g_auto (GStrv) words = g_strsplit (place != NULL ? place : "", " ", -1);

  if (place == NULL)
    zf_position_enough (script->position);
  else if (g_strv_length (words) == 3)
    {
      ZfFix fix = { g_ascii_strtod (words[0], NULL), g_ascii_strtod (words[1], NULL), 0, g_ascii_strtod (words[2], NULL) };

      zf_position_found (script->position, &fix);
      return G_SOURCE_CONTINUE;
    }
  return G_SOURCE_REMOVE;
}

static void
on_script_over (gpointer id, GObject *stand_in)
{
  GSource *source = g_main_context_find_source_by_id (NULL, GPOINTER_TO_UINT (id));

  if (source != NULL)
    g_source_destroy (source);
}

void
zf_position_open_test (ZfDevice device, const char *value, GTask *task)
{
  Script *script = g_new0 (Script, 1);
  GObject *stand_in = g_object_new (G_TYPE_OBJECT, NULL);
  guint id = 0;

  script->position = g_task_get_source_object (task);
  script->places = g_strsplit (value, ";", -1);
  id = g_timeout_add_full (G_PRIORITY_DEFAULT, TEST_MS, say_next, script, script_free);
  g_object_weak_ref (stand_in, on_script_over, GUINT_TO_POINTER (id));
  g_task_return_pointer (task, stand_in, g_object_unref);
}

/* Shared */

static double
number_of (GVariant *values, const char *name)
{
  double number = -G_MAXDOUBLE;

  g_variant_lookup (values, name, "d", &number);
  return number;
}

static void
tell_place (ZfPosition *position, GVariant *values)
{
  ZfFix fix = { number_of (values, "Latitude"), number_of (values, "Longitude"), number_of (values, "Altitude"), number_of (values, "Accuracy") };

  zf_position_found (position, &fix);
}

typedef struct
{
  GDBusConnection *bus;
  ZfWatch *watch;
  GDBusProxy *portal;   /* of the portal's way */
  char *path;           /* of session or client */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_clear_object (&search->watch);
  g_clear_object (&search->portal);
  g_clear_object (&search->bus);
  g_free (search->path);
  g_free (search);
}

static Search *
search_of (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  if (search == NULL)
    {
      search = g_new0 (Search, 1);
      g_task_set_task_data (task, search, search_free);
    }
  return search;
}

static void
return_watch (GTask *task)
{
  g_task_return_pointer (task, g_steal_pointer (&search_of (task)->watch), g_object_unref);
}

/* The portal */

static void
on_portal_place (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer position)
{
  g_autoptr (GVariant) values = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;
  values = g_variant_get_child_value (parameters, 1);
  tell_place (position, values);
}

static void
on_portal_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zf_portal_ask_finish (result, &error))
    return_watch (task);
  else
    g_task_return_error (task, error);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Search *search = search_of (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (search->portal, result, &error);

  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(o)")))
    {
      g_task_return_error (task, error != NULL ? error : g_error_new_literal (ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_FAILED, "The portal gave no session."));
      return;
    }
  g_variant_get (reply, "(o)", &search->path);
  search->watch = zf_watch_new (g_dbus_proxy_get_connection (search->portal), ZF_PORTAL_NAME, ZF_PORTAL_PATH, PORTAL, "LocationUpdated", on_portal_place,
                                g_task_get_source_object (task));
  zf_watch_end_with (search->watch, search->path, SESSION, "Close", NULL);
  zf_portal_ask_async (search->portal, "Start", g_variant_new ("(os)", search->path, ""), g_task_get_cancellable (task), on_portal_started, g_object_ref (task));
}

static void
on_portal (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Search *search = search_of (task);
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GError *error = NULL;

  search->portal = zf_portal_find_finish (result, &error);
  if (search->portal == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string ("zoufang"));
  g_variant_builder_add (&options, "{sv}", "accuracy", g_variant_new_uint32 (PORTAL_EXACT));
  g_dbus_proxy_call (search->portal, "CreateSession", g_variant_new ("(a{sv})", &options), G_DBUS_CALL_FLAGS_NONE, CALL_MS, g_task_get_cancellable (task),
                     on_session, g_object_ref (task));
}

void
zf_position_open_portal (ZfDevice device, const char *value, GTask *task)
{
  gboolean wanted = g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_strcmp0 (g_getenv ("GTK_USE_PORTAL"), "1") == 0;

  if (wanted)
    zf_portal_find_async (PORTAL, g_task_get_cancellable (task), on_portal, g_object_ref (task));
  else
    g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "There is no sandbox.");
}

/* GeoClue */

/* Consumes @error: what of D-Bus means that nobody is there, or that somebody said no. */
static void
return_geoclue_error (GTask *task, GError *error)
{
  static const struct
  {
    int code;   /* of G_DBUS_ERROR */
    ZfDeviceError meaning;
  } MEANINGS[] = {
    { G_DBUS_ERROR_SERVICE_UNKNOWN, ZF_DEVICE_ERROR_NOT_THERE }, { G_DBUS_ERROR_NAME_HAS_NO_OWNER, ZF_DEVICE_ERROR_NOT_THERE },
    { G_DBUS_ERROR_SPAWN_FAILED, ZF_DEVICE_ERROR_NOT_THERE },    { G_DBUS_ERROR_SPAWN_CHILD_EXITED, ZF_DEVICE_ERROR_NOT_THERE },
    { G_DBUS_ERROR_ACCESS_DENIED, ZF_DEVICE_ERROR_DENIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (MEANINGS); i++)
    if (g_error_matches (error, G_DBUS_ERROR, MEANINGS[i].code))
      {
        error->domain = ZF_DEVICE_ERROR;
        error->code = MEANINGS[i].meaning;
        break;
      }
  g_task_return_error (task, error);
}

static void
on_location (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfPosition) position = data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) values = NULL;

  if (reply == NULL)
    return;   /* an older place, replaced meanwhile */
  values = g_variant_get_child_value (reply, 0);
  tell_place (position, values);
}

static void
on_geoclue_place (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer position)
{
  const char *location = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oo)")))
    return;
  g_variant_get (parameters, "(&o&o)", NULL, &location);
  if (!g_str_equal (location, "/"))
    g_dbus_connection_call (bus, GEOCLUE, location, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new ("(s)", GEOCLUE ".Location"),
                            G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, CALL_MS, NULL, on_location, g_object_ref (position));
}

static void
on_geoclue_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return_watch (task);
  else
    return_geoclue_error (task, error);
}

static void
set_client (Search *search, const char *property, GVariant *value)
{
  g_dbus_connection_call (search->bus, GEOCLUE, search->path, "org.freedesktop.DBus.Properties", "Set",
                          g_variant_new ("(ssv)", GEOCLUE ".Client", property, value), NULL, G_DBUS_CALL_FLAGS_NONE, CALL_MS, NULL, NULL, NULL);
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Search *search = search_of (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      return_geoclue_error (task, error);
      return;
    }
  g_variant_get (reply, "(o)", &search->path);
  search->watch = zf_watch_new (search->bus, GEOCLUE, search->path, GEOCLUE ".Client", "LocationUpdated", on_geoclue_place, g_task_get_source_object (task));
  zf_watch_end_with (search->watch, search->path, GEOCLUE ".Client", "Stop", NULL);
  zf_watch_end_with (search->watch, MANAGER, GEOCLUE ".Manager", "DeleteClient", g_variant_new ("(o)", search->path));
  set_client (search, "DesktopId", g_variant_new_string (APP_ID));
  set_client (search, "RequestedAccuracyLevel", g_variant_new_uint32 (GEOCLUE_EXACT));
  g_dbus_connection_call (search->bus, GEOCLUE, search->path, GEOCLUE ".Client", "Start", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, ZF_POSITION_SECONDS * 1000,
                          g_task_get_cancellable (task), on_geoclue_started, g_object_ref (task));
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Search *search = search_of (task);
  g_autoptr (GError) error = NULL;

  search->bus = g_bus_get_finish (result, &error);
  if (search->bus == NULL)
    {
      g_task_return_new_error (task, ZF_DEVICE_ERROR, ZF_DEVICE_ERROR_NOT_THERE, "There is no system bus: %s", error->message);
      return;
    }
  g_dbus_connection_call (search->bus, GEOCLUE, MANAGER, GEOCLUE ".Manager", "GetClient", NULL, G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, CALL_MS,
                          g_task_get_cancellable (task), on_client, g_object_ref (task));
}

void
zf_position_open_geoclue (ZfDevice device, const char *value, GTask *task)
{
  g_bus_get (G_BUS_TYPE_SYSTEM, g_task_get_cancellable (task), on_system_bus, g_object_ref (task));
}
