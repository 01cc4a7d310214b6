/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-display.h"

#include "zf-config.h"

struct _ZfDisplay
{
  GtkApplicationWindow *window;
  GSettings *settings;   /* NULL while the schema is not installed: defaults hold */
  gboolean wide;
};

static gboolean
is_outdoor (ZfDisplay *self)
{
  return self->settings != NULL && g_settings_get_boolean (self->settings, "outdoor");
}

static void
set_class (GtkWidget *widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* The colours of levels are the app's own, so the style sheet has to know the ground. */
static void
on_dark (AdwStyleManager *manager, GParamSpec *pspec, GtkWidget *window)
{
  set_class (window, "zf-dark", adw_style_manager_get_dark (manager));
}

/* Text is larger on a tablet held in both hands than on a phone-sized window, and at least large outdoors. */
static double
text_scale (ZfDisplay *self)
{
  static const double SCALES[] = { 0, 1.2, 1.4, 1.75 };
  int size = self->settings != NULL ? g_settings_get_enum (self->settings, "text-size") : 0;
  double scale = size > 0 && size < (int) G_N_ELEMENTS (SCALES) ? SCALES[size] : self->wide ? 1.4 : 1.2;

  return is_outdoor (self) ? MAX (scale, 1.4) : scale;
}

static gboolean
is_large (ZfDisplay *self)
{
  return text_scale (self) > 1.5;
}

/* A narrow window has no room to spare then. */
static gboolean
is_tight (ZfDisplay *self)
{
  return !self->wide && is_large (self);
}

static void
apply (ZfDisplay *self)
{
  GtkSettings *settings = gtk_settings_get_default ();
  GtkWidget *window = GTK_WIDGET (self->window);

  g_object_set (settings, "gtk-xft-dpi", (int) (96 * 1024 * text_scale (self)), "gtk-enable-animations", !is_outdoor (self), NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      is_outdoor (self) ? ADW_COLOR_SCHEME_FORCE_LIGHT : ADW_COLOR_SCHEME_DEFAULT);
  set_class (window, "zf-outdoor", is_outdoor (self));
  set_class (window, "zf-narrow", !self->wide);
  set_class (window, "zf-large", is_large (self));
  set_class (window, "zf-tight", is_tight (self));
  /* A narrow header has no room for buttons that a tablet does not need. */
  if (self->wide)
    gtk_settings_reset_property (settings, "gtk-decoration-layout");
  else
    g_object_set (settings, "gtk-decoration-layout", ":close", NULL);
}

static void
on_changed (GSettings *settings, const char *key, ZfDisplay *self)
{
  apply (self);
}

/* Run from the build tree there may be no schema, which GSettings would take for a fatal error. */
static void
take_settings (ZfDisplay *self)
{
  static const char *const KEYS[] = { "text-size", "outdoor" };
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, APP_ID, TRUE) : NULL;

  if (schema == NULL)
    return;
  self->settings = g_settings_new (APP_ID);
  g_signal_connect (self->settings, "changed", G_CALLBACK (on_changed), self);
  for (guint i = 0; i < G_N_ELEMENTS (KEYS); i++)
    {
      g_autoptr (GAction) action = g_settings_create_action (self->settings, KEYS[i]);

      g_action_map_add_action (G_ACTION_MAP (self->window), action);
    }
}

ZfDisplay *
zf_display_new (GtkApplicationWindow *window)
{
  ZfDisplay *self = g_new0 (ZfDisplay, 1);

  self->window = window;
  take_settings (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (on_dark), window, 0);
  on_dark (adw_style_manager_get_default (), NULL, GTK_WIDGET (window));
  apply (self);
  return self;
}

void
zf_display_free (ZfDisplay *self)
{
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_free (self);
}

void
zf_display_set_wide (ZfDisplay *self, gboolean wide)
{
  self->wide = wide;
  apply (self);
}
