/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-window.h"

#include <glib/gi18n.h>

#include "zf-banner.h"
#include "zf-config.h"
#include "zf-dialogs.h"
#include "zf-form-page.h"
#include "zf-household-list.h"
#include "zf-household-page.h"
#include "zf-import.h"
#include "zf-ledger.h"
#include "zf-life-page.h"
#include "zf-map-page.h"
#include "zf-photo-view.h"
#include "zf-sync-page.h"
#include "zf-today-page.h"

#define WIDE_FROM 860

struct _ZfWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *root;
  AdwStatusPage *start;
  GtkWidget *prepare;
  AdwLeaflet *nav;
  GtkWidget *shell;
  GtkStack *tasks;
  GtkStack *titles;
  AdwWindowTitle *title;
  GtkButton *up;
  ZfBanner *banner;
  AdwViewStack *views;
  AdwViewSwitcherBar *switcher_bar;
  AdwLeaflet *homes;
  ZfTodayPage *today;
  ZfHouseholdList *list;
  ZfHouseholdPage *household;
  ZfMapPage *map;
  ZfSyncPage *sync;
  ZfFormPage *form;
  ZfPhotoView *photo;
  ZfLifePage *life;
  AdwViewStackPage *sync_tab;

  ZfSession *session;
  GSettings *settings;   /* NULL while the schema is not installed: defaults hold */
  gboolean wide;
  guint wide_id;
};

enum
{
  PROP_0,
  PROP_WIDE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (ZfWindow, zf_window, ADW_TYPE_APPLICATION_WINDOW)

/* Frame */

static gboolean
is_outdoor (ZfWindow *self)
{
  return self->settings != NULL && g_settings_get_boolean (self->settings, "outdoor");
}

/* Text is larger on a tablet held in both hands than on a phone-sized window, and at least large outdoors. */
static double
text_scale (ZfWindow *self)
{
  static const double SCALES[] = { 0, 1.2, 1.4, 1.75 };
  int size = self->settings != NULL ? g_settings_get_enum (self->settings, "text-size") : 0;
  double scale = size > 0 && size < (int) G_N_ELEMENTS (SCALES) ? SCALES[size] : self->wide ? 1.4 : 1.2;

  return is_outdoor (self) ? MAX (scale, 1.4) : scale;
}

static void
apply_display (ZfWindow *self)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_object_set (settings, "gtk-xft-dpi", (int) (96 * 1024 * text_scale (self)), "gtk-enable-animations", !is_outdoor (self), NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      is_outdoor (self) ? ADW_COLOR_SCHEME_FORCE_LIGHT : ADW_COLOR_SCHEME_DEFAULT);
  if (is_outdoor (self))
    gtk_widget_add_css_class (GTK_WIDGET (self), "zf-outdoor");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "zf-outdoor");
  /* A narrow header has no room for buttons that a tablet does not need. */
  if (self->wide)
    gtk_settings_reset_property (settings, "gtk-decoration-layout");
  else
    g_object_set (settings, "gtk-decoration-layout", ":close", NULL);
}

static gboolean
household_is_open (ZfWindow *self)
{
  return adw_leaflet_get_visible_child (self->homes) == GTK_WIDGET (self->household);
}

/* The one header: switcher when wide; when narrow the app's name, or the household that fills the page. */
static void
show_header (ZfWindow *self)
{
  const char *tab = adw_view_stack_get_visible_child_name (self->views);
  gboolean up = !self->wide && g_strcmp0 (tab, "households") == 0 && household_is_open (self);

  gtk_widget_set_visible (GTK_WIDGET (self->up), up);
  adw_window_title_set_title (self->title, up ? zf_household_page_title (self->household) : _("Zoufang"));
  adw_window_title_set_subtitle (self->title, up ? zf_household_page_subtitle (self->household) : "");
  gtk_stack_set_visible_child_name (self->titles, self->wide ? "switcher" : "title");
  adw_view_switcher_bar_set_reveal (self->switcher_bar, !self->wide && !up);
}

static void
set_wide (ZfWindow *self, gboolean wide)
{
  if (wide == self->wide)
    return;
  self->wide = wide;
  adw_leaflet_set_can_unfold (self->homes, wide);
  apply_display (self);
  show_header (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WIDE]);
}

static gboolean
on_wide_settled (gpointer data)
{
  ZfWindow *self = data;

  self->wide_id = 0;
  set_wide (self, gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE_FROM);
  return G_SOURCE_REMOVE;
}

/* Guesses the width before the first frame: laying everything out small and then large again doubles the start. */
static void
expect_width (ZfWindow *self)
{
  GListModel *monitors = gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, 0);
  GdkRectangle screen = { .width = G_MAXINT };
  int width = 0, height = 0;

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &screen);
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  set_wide (self, MIN (width, screen.width) >= WIDE_FROM);
}

/* Widgets must not change while sizes are being given out, so the property follows in idle. */
static void
zf_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ZfWindow *self = ZF_WINDOW (widget);

  GTK_WIDGET_CLASS (zf_window_parent_class)->size_allocate (widget, width, height, baseline);
  if ((width >= WIDE_FROM) != self->wide && self->wide_id == 0)
    self->wide_id = g_idle_add (on_wide_settled, self);
}

static void
on_header_changed (ZfWindow *self)
{
  if (self->session != NULL)
    show_header (self);
}

static void
show_banner (ZfWindow *self)
{
  zf_banner_set (self->banner, ZF_BANNER_DEMO, zf_session_is_demo (self->session) ? _("Demonstration data") : NULL);
}

static void
on_session_changed (ZfSession *session, ZfWindow *self)
{
  g_autoptr (GPtrArray) conflicts = zf_ledger_conflicts (zf_session_reader (session), TRUE, NULL);
  g_autoptr (GPtrArray) kept = zf_ledger_quarantined (zf_session_reader (session), NULL);
  guint n = (conflicts != NULL ? conflicts->len : 0) + (kept != NULL ? kept->len : 0);

  adw_view_stack_page_set_badge_number (self->sync_tab, n);
}

/* Tasks: pages that fill the window and are left again */

static void
show_task (ZfWindow *self, GtkWidget *task)
{
  gtk_stack_set_visible_child (self->tasks, task);
  adw_leaflet_set_visible_child (self->nav, GTK_WIDGET (self->tasks));
}

static gboolean
task_is_open (ZfWindow *self)
{
  return adw_leaflet_get_visible_child (self->nav) == GTK_WIDGET (self->tasks);
}

static void
show_shell (ZfWindow *self)
{
  adw_leaflet_set_visible_child (self->nav, self->shell);
  show_header (self);
}

static void
toast (ZfWindow *self, const char *sentence)
{
  AdwToast *made = adw_toast_new (sentence);

  adw_toast_set_timeout (made, 5);
  adw_toast_overlay_add_toast (self->toasts, made);
}

static void
leave_form (ZfWindow *self)
{
  gboolean draft = zf_form_model_is_draft (zf_form_page_model (self->form));

  zf_form_page_close (self->form);
  show_shell (self);
  zf_session_touch (self->session);
  if (draft)
    toast (self, _("The draft is kept"));
}

static void
go_back (ZfWindow *self)
{
  if (task_is_open (self))
    {
      gboolean form = gtk_stack_get_visible_child (self->tasks) == GTK_WIDGET (self->form);

      /* When narrow the arrow is also the way to the screen before. */
      if (form && !self->wide && zf_form_page_step_back (self->form))
        return;
      if (form)
        leave_form (self);
      else if (zf_form_page_model (self->form) != NULL)
        gtk_stack_set_visible_child (self->tasks, GTK_WIDGET (self->form));
      else
        show_shell (self);
      return;
    }
  adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->list));
  show_header (self);
}

static char *
subject_of (ZfWindow *self, const char *id)
{
  g_autoptr (ZfRecord) record = id != NULL ? zf_reader_get (zf_session_reader (self->session), id, NULL) : NULL;
  const char *name = NULL;

  if (record == NULL || record->kind == NULL)
    return g_strdup ("");
  if (g_str_equal (record->kind_name, "household"))
    name = zf_record_get_string (record, "head_name", "");
  else
    name = zf_record_get_string (record, "name", "");
  return g_strdup (name);
}

static void
open_form (ZfWindow *self, ZfFormModel *model, GError *error)
{
  g_autofree char *subject = NULL;

  if (model == NULL)
    {
      g_warning ("A form could not be opened: %s", error->message);
      zf_dialogs_tell (GTK_WIDGET (self), _("This form cannot be opened."), error->message);
      return;
    }
  subject = subject_of (self, zf_form_model_is_draft (model) ? zf_form_model_parent (model) : zf_form_model_id (model));
  zf_form_page_open (self->form, model, subject);
  show_task (self, GTK_WIDGET (self->form));
}

static void
open_household (ZfWindow *self, const char *id)
{
  zf_household_page_open (self->household, id);
  zf_form_page_close (self->form);
  show_shell (self);
  adw_view_stack_set_visible_child_name (self->views, "households");
  adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->household));
  show_header (self);
}

static void
on_form_finished (ZfFormPage *page, const char *id, ZfWindow *self)
{
  ZfFormModel *model = zf_form_page_model (page);
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (self->session), id, NULL);
  g_autofree char *home = NULL;
  gboolean visit = g_str_equal (zf_kind_name (zf_form_model_kind (model)), "visit");
  gboolean household = g_str_equal (zf_kind_name (zf_form_model_kind (model)), "household");

  home = g_strdup (household ? id : zf_form_model_parent (model));
  if (visit && record != NULL)
    {
      g_autofree char *name = subject_of (self, home);
      g_autofree char *sentence = g_strdup_printf (_("The visit to %s is finished"), name);

      toast (self, sentence);
    }
  zf_session_touch (self->session);
  if (home != NULL)
    open_household (self, home);
  else
    leave_form (self);
}

/* Throwing a draft away asks nothing: the toast can bring it back. */
static void
on_bring_back (AdwToast *made, ZfFormModel *model)
{
  g_autoptr (GError) error = NULL;

  if (!zf_form_model_bring_back (model, &error))
    g_warning ("A draft could not be brought back: %s", error->message);
}

static void
on_form_discarded (ZfFormPage *page, ZfWindow *self)
{
  g_autoptr (ZfFormModel) model = g_object_ref (zf_form_page_model (page));
  g_autoptr (GError) error = NULL;
  AdwToast *made = NULL;

  zf_form_page_close (page);
  show_shell (self);
  if (!zf_form_model_discard (model, &error))
    {
      g_warning ("A draft could not be thrown away: %s", error->message);
      return;
    }
  made = adw_toast_new (_("The draft is thrown away"));
  adw_toast_set_button_label (made, _("Undo"));
  adw_toast_set_timeout (made, 10);
  g_signal_connect_data (made, "button-clicked", G_CALLBACK (on_bring_back), g_object_ref (model),
                         (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  adw_toast_overlay_add_toast (self->toasts, made);
}

/* Actions */

static void
on_tab (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (task_is_open (self) && zf_form_page_model (self->form) != NULL)
    zf_form_page_close (self->form);
  show_shell (self);
  adw_view_stack_set_visible_child_name (self->views, g_variant_get_string (parameter, NULL));
}

static void
on_household (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_household (data, g_variant_get_string (parameter, NULL));
}

static void
start_form (ZfWindow *self, const char *kind, const char *parent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormModel) model = zf_form_model_start (self->session, kind, *parent != '\0' ? parent : NULL, &error);

  open_form (self, model, error);
}

static void
on_visit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  start_form (data, "visit", g_variant_get_string (parameter, NULL));
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *kind = NULL;
  const char *parent = NULL;

  g_variant_get (parameter, "(&s&s)", &kind, &parent);
  if (g_str_equal (kind, "household") && *parent == '\0')
    {
      zf_life_page_open (self->life, ZF_LIFE_NEW, "");
      show_task (self, GTK_WIDGET (self->life));
      return;
    }
  start_form (self, kind, parent);
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormModel) model = zf_form_model_edit (self->session, g_variant_get_string (parameter, NULL), &error);

  open_form (self, model, error);
}

static void
on_life (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *what = NULL;
  const char *id = NULL;

  g_variant_get (parameter, "(&s&s)", &what, &id);
  zf_life_page_open (self->life, zf_life_parse (what), id);
  show_task (self, GTK_WIDGET (self->life));
}

static void
on_photo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *household = NULL;
  const char *photo = NULL;

  g_variant_get (parameter, "(&s&s)", &household, &photo);
  zf_photo_view_show (self->photo, household, photo);
  show_task (self, GTK_WIDGET (self->photo));
}

static void
on_photo_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *path = g_variant_get_string (parameter, NULL);

  if (task_is_open (self))
    zf_form_page_add_photo (self->form, path);
  else
    zf_household_page_add_photo (self->household, path);
}

static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session != NULL)
    go_back (self);
}

static void
on_toast (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  toast (data, g_variant_get_string (parameter, NULL));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session == NULL || task_is_open (self))
    return;
  adw_view_stack_set_visible_child_name (self->views, "households");
  adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->list));
  show_header (self);
  zf_household_list_focus_search (self->list);
}

static void
on_import (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session != NULL)
    zf_import_roster (GTK_WIDGET (self), self->session);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  zf_dialogs_about (GTK_WINDOW (data));
}

static const GActionEntry ACTIONS[] = {
  { "tab", on_tab, "s" },
  { "household", on_household, "s" },
  { "visit", on_visit, "s" },
  { "add", on_add, "(ss)" },
  { "edit", on_edit, "s" },
  { "life", on_life, "(ss)" },
  { "photo", on_photo, "(ss)" },
  { "photo-file", on_photo_file, "s" },
  { "back", on_back },
  { "toast", on_toast, "s" },
  { "search", on_search },
  { "import", on_import },
  { "about", on_about },
};

/* Object */

static void
zf_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_WIDE)
    g_value_set_boolean (value, ZF_WINDOW (object)->wide);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static gboolean
zf_window_close_request (GtkWindow *window)
{
  ZfWindow *self = ZF_WINDOW (window);

  if (self->session != NULL)
    zf_form_page_close (self->form);
  return GTK_WINDOW_CLASS (zf_window_parent_class)->close_request (window);
}

static void
zf_window_dispose (GObject *object)
{
  ZfWindow *self = ZF_WINDOW (object);

  g_clear_handle_id (&self->wide_id, g_source_remove);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (zf_window_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (ZF_TYPE_BANNER);
  g_type_ensure (ZF_TYPE_FORM_PAGE);
  g_type_ensure (ZF_TYPE_HOUSEHOLD_LIST);
  g_type_ensure (ZF_TYPE_HOUSEHOLD_PAGE);
  g_type_ensure (ZF_TYPE_LIFE_PAGE);
  g_type_ensure (ZF_TYPE_MAP_PAGE);
  g_type_ensure (ZF_TYPE_PHOTO_VIEW);
  g_type_ensure (ZF_TYPE_SYNC_PAGE);
  g_type_ensure (ZF_TYPE_TODAY_PAGE);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, root);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, start);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, prepare);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, nav);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, shell);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, tasks);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, titles);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, title);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, up);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, views);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, homes);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, today);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, list);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, household);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, map);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, sync);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, form);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, photo);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, life);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, sync_tab);
  gtk_widget_class_bind_template_callback (widget_class, on_form_finished);
  gtk_widget_class_bind_template_callback (widget_class, on_header_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_form_discarded);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const char *const TABS[] = { "today", "households", "map", "sync" };

  for (guint i = 0; i < G_N_ELEMENTS (TABS); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_CONTROL_MASK, "win.tab", "s", TABS[i]);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "win.outdoor", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
}

static void
zf_window_class_init (ZfWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zf_window_get_property;
  object_class->dispose = zf_window_dispose;
  widget_class->size_allocate = zf_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = zf_window_close_request;
  props[PROP_WIDE] = g_param_spec_boolean ("wide", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  ensure_types ();
  bind_template (widget_class);
  add_keys (widget_class);
}

/* Run from the build tree there may be no schema, which GSettings would take for a fatal error. */
static void
take_settings (ZfWindow *self)
{
  static const char *const KEYS[] = { "text-size", "outdoor" };
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, APP_ID, TRUE) : NULL;

  if (schema == NULL)
    return;
  self->settings = g_settings_new (APP_ID);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (apply_display), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (KEYS); i++)
    {
      g_autoptr (GAction) action = g_settings_create_action (self->settings, KEYS[i]);

      g_action_map_add_action (G_ACTION_MAP (self), action);
    }
}

static void
zf_window_init (ZfWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), ACTIONS, G_N_ELEMENTS (ACTIONS), self);
  take_settings (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  apply_display (self);
}

ZfWindow *
zf_window_new (AdwApplication *application)
{
  return g_object_new (ZF_TYPE_WINDOW, "application", application, NULL);
}

void
zf_window_set_session (ZfWindow *self, ZfSession *session)
{
  ZfPage *pages[] = { ZF_PAGE (self->today), ZF_PAGE (self->list), ZF_PAGE (self->household), ZF_PAGE (self->map),
                      ZF_PAGE (self->sync), ZF_PAGE (self->form), ZF_PAGE (self->photo), ZF_PAGE (self->life) };

  g_return_if_fail (ZF_IS_WINDOW (self) && ZF_IS_SESSION (session));

  g_set_object (&self->session, session);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    zf_page_set_session (pages[i], session);
  expect_width (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_session_changed (session, self);
  show_banner (self);
  show_header (self);
  gtk_stack_set_visible_child_name (self->root, "main");
}

void
zf_window_say (ZfWindow *self, const char *title, const char *description)
{
  g_return_if_fail (ZF_IS_WINDOW (self));
  adw_status_page_set_title (self->start, title);
  adw_status_page_set_description (self->start, description);
  gtk_widget_set_visible (self->prepare, FALSE);
  gtk_stack_set_visible_child_name (self->root, "start");
}

static void
open_visit (ZfWindow *self, const char *place)
{
  g_auto (GStrv) parts = g_strsplit (place, "/", 2);

  start_form (self, "visit", parts[0]);
  if (parts[1] != NULL && zf_form_page_model (self->form) != NULL)
    zf_form_page_go (self->form, (guint) CLAMP (g_ascii_strtoll (parts[1], NULL, 10) - 1, 0, 1000));
}

void
zf_window_open (ZfWindow *self, const char *page)
{
  g_return_if_fail (ZF_IS_WINDOW (self) && page != NULL);
  if (self->session == NULL)
    return;
  if (g_str_has_prefix (page, "household:"))
    open_household (self, page + strlen ("household:"));
  else if (g_str_has_prefix (page, "visit:"))
    open_visit (self, page + strlen ("visit:"));
  else if (adw_view_stack_get_child_by_name (self->views, page) != NULL)
    adw_view_stack_set_visible_child_name (self->views, page);
  else
    g_printerr ("zoufang: there is no page named %s\n", page);
}
