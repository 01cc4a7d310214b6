/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-application.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "zf-config.h"
#include "zf-divisions.h"
#include "zf-form.h"
#include "zf-resources.h"
#include "zf-window.h"

struct _ZfApplication
{
  AdwApplication parent_instance;

  char *dir;
  char *page;
  int width, height;
  ZfKinds *kinds;
  ZfStore *store;
  ZfSession *session;
  gboolean held;      /* a sync goes on: the program lives until it ends, with or without a window */
};

G_DEFINE_FINAL_TYPE (ZfApplication, zf_application, ADW_TYPE_APPLICATION)

static ZfWindow *
window_of (ZfApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return window != NULL ? ZF_WINDOW (window) : NULL;
}

static void
on_sync_changed (ZfSyncService *sync, ZfApplication *self)
{
  gboolean running = zf_sync_service_status (sync)->running;

  if (running == self->held)
    return;
  self->held = running;
  if (running)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

static void
take_store (ZfApplication *self, ZfStore *store)
{
  self->store = store;
  self->session = zf_session_new (store);
  g_signal_connect_object (zf_session_sync (self->session), "changed", G_CALLBACK (on_sync_changed), self, 0);
}

/* Without a window, for a run in the background, there is nobody to tell. */
static void
say_error (ZfWindow *window, const char *title, const GError *error)
{
  g_warning ("%s", error->message);
  if (window != NULL)
    zf_window_say (window, title, error->message);
}

static void
show_session (ZfApplication *self, ZfWindow *window)
{
  if (self->session == NULL)
    return;
  zf_window_set_session (window, self->session);
  zf_sync_service_start (zf_session_sync (self->session));
  zf_card_start (zf_session_card (self->session));
}

/* Without a store the window shows how to begin; that is no failure. */
static void
open_store (ZfApplication *self, ZfWindow *window)
{
  g_autofree char *file = g_build_filename (self->dir, "store.db", NULL);
  g_autoptr (GError) error = NULL;
  ZfStore *store = NULL;

  if (self->store != NULL)
    return;
  self->kinds = zf_kinds_load (zf_data_dir (), &error);
  if (self->kinds != NULL)
    zf_form_guard (self->kinds);
  if (self->kinds == NULL)
    {
      say_error (window, _("The forms of this program cannot be read"), error);
      return;
    }
  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return;
  store = zf_store_open (self->dir, self->kinds, NULL, &error);
  if (store == NULL)
    say_error (window, _("The data on this tablet cannot be opened"), error);
  else
    take_store (self, store);
}

static gboolean
seed_villages (ZfStore *store, GError **error)
{
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), error);
  g_autoptr (JsonArray) villages = NULL;

  if (divisions == NULL)
    return FALSE;
  villages = zf_divisions_records (divisions, NULL);
  return zf_store_seed (store, "village", villages, error);
}

static void
on_prepare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfApplication *self = data;
  ZfWindow *window = window_of (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfStore) store = NULL;

  if (self->store != NULL || self->kinds == NULL || window == NULL)
    return;
  g_mkdir_with_parents (self->dir, 0700);
  store = zf_store_create (self->dir, self->kinds, NULL, &error);
  if (store == NULL || !seed_villages (store, &error))
    say_error (window, _("The data on this tablet cannot be prepared"), error);
  else
    {
      take_store (self, g_steal_pointer (&store));
      show_session (self, window);
    }
}

/* What the user's timer calls: one sync without a window. The program ends by itself afterwards. */
static void
on_sync (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfApplication *self = data;

  open_store (self, window_of (self));
  if (self->session != NULL)
    zf_sync_service_soon (zf_session_sync (self->session));
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *window = window_of (data);

  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
}

static const GActionEntry ACTIONS[] = {
  { "prepare", on_prepare },
  { "quit", on_quit },
  { "sync", on_sync },
};

static void
zf_application_activate (GApplication *application)
{
  ZfApplication *self = ZF_APPLICATION (application);
  ZfWindow *window = window_of (self);

  if (window == NULL)
    {
      window = zf_window_new (ADW_APPLICATION (self));
      if (self->width > 0)
        gtk_window_set_default_size (GTK_WINDOW (window), self->width, self->height);
      open_store (self, window);
      show_session (self, window);
      if (self->page != NULL)
        zf_window_open (window, self->page);
    }
  gtk_window_present (GTK_WINDOW (window));
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/org/zoufang/Zoufang/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/zoufang/Zoufang/icons");
}

static void
zf_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (zf_application_parent_class)->startup (application);
  load_style ();
  g_action_map_add_action_entries (G_ACTION_MAP (application), ACTIONS, G_N_ELEMENTS (ACTIONS), application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit",
                                         (const char *const[]){ "<Control>q", NULL });
}

static void
zf_application_shutdown (GApplication *application)
{
  ZfApplication *self = ZF_APPLICATION (application);

  G_APPLICATION_CLASS (zf_application_parent_class)->shutdown (application);
  if (self->session != NULL)
    zf_sync_service_stop (zf_session_sync (self->session));
  g_clear_object (&self->session);
  if (self->store != NULL)
    zf_store_close (self->store);
  g_clear_object (&self->store);
}

static gboolean
parse_size (ZfApplication *self, const char *size)
{
  return sscanf (size, "%4dx%4d", &self->width, &self->height) == 2 && self->width >= 320 && self->height >= 320;
}

/* One running program a store: a window on another store must not be handed to the one that runs. */
static void
name_by_store (GApplication *application, const char *dir)
{
  g_autofree char *path = g_canonicalize_filename (dir, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);
  g_autofree char *id = g_strdup_printf ("%s.s%.12s", APP_ID, sum);

  g_application_set_application_id (application, id);
}

static int
zf_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  ZfApplication *self = ZF_APPLICATION (application);
  g_autofree char *size = NULL;
  g_autofree char *dir = NULL;

  g_variant_dict_lookup (options, "store", "^ay", &dir);
  g_variant_dict_lookup (options, "page", "s", &self->page);
  g_variant_dict_lookup (options, "size", "s", &size);
  if (size != NULL && !parse_size (self, size))
    {
      g_printerr ("zoufang: --size takes WIDTHxHEIGHT\n");
      return 2;
    }
  if (dir != NULL)
    name_by_store (application, dir);
  self->dir = dir != NULL ? g_steal_pointer (&dir) : g_build_filename (g_get_user_data_dir (), "zoufang", NULL);
  return -1;
}

static void
zf_application_finalize (GObject *object)
{
  ZfApplication *self = ZF_APPLICATION (object);

  g_free (self->dir);
  g_free (self->page);
  g_clear_object (&self->kinds);
  G_OBJECT_CLASS (zf_application_parent_class)->finalize (object);
}

static void
zf_application_class_init (ZfApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_application_finalize;
  application_class->activate = zf_application_activate;
  application_class->startup = zf_application_startup;
  application_class->shutdown = zf_application_shutdown;
  application_class->handle_local_options = zf_application_handle_local_options;
}

static const GOptionEntry OPTIONS[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, NULL, N_("Folder of the data"), N_("DIR") },
  { "page", 'p', 0, G_OPTION_ARG_STRING, NULL, N_("Page to open: today, households, map, sync"), N_("NAME") },
  { "size", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, NULL, NULL, NULL },
  { NULL },
};

static void
zf_application_init (ZfApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), OPTIONS);
}

ZfApplication *
zf_application_new (void)
{
  /* Named here: in a static library nothing else would pull the resources in. */
  g_resources_register (zf_get_resource ());
  return g_object_new (ZF_TYPE_APPLICATION, "application-id", APP_ID, "flags", G_APPLICATION_DEFAULT_FLAGS,
                       "resource-base-path", "/org/zoufang/Zoufang", NULL);
}
