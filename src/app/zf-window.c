/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-window-private.h"

#include <glib/gi18n.h>

#include "zf-camera-page.h"
#include "zf-conflict-page.h"
#include "zf-conflict.h"
#include "zf-dialogs.h"
#include "zf-family-page.h"
#include "zf-household-list.h"
#include "zf-household-page.h"
#include "zf-ledger.h"
#include "zf-later-page.h"
#include "zf-life-page.h"
#include "zf-map-page.h"
#include "zf-photo-view.h"
#include "zf-place-page.h"
#include "zf-sync-face.h"
#include "zf-sync-page.h"
#include "zf-today-page.h"

#define WIDE_FROM 860

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
household_is_open (ZfWindow *self)
{
  return adw_leaflet_get_visible_child (self->homes) == GTK_WIDGET (self->household);
}

static const char *
household_word (ZfWindow *self, const char *(*word) (ZfHouseholdPage *))
{
  ZfPage *page = zf_slot_peek (self->household);

  return page != NULL ? word (ZF_HOUSEHOLD_PAGE (page)) : "";
}

/* Of the two switchers only the one that is seen has its buttons. */
static void
fill_switcher (ZfWindow *self)
{
  if (self->wide && adw_view_switcher_get_stack (self->switcher) == NULL)
    adw_view_switcher_set_stack (self->switcher, self->views);
  if (!self->wide && adw_view_switcher_bar_get_stack (self->switcher_bar) == NULL)
    adw_view_switcher_bar_set_stack (self->switcher_bar, self->views);
}

/* The one header: switcher when wide; when narrow the app's name, or the household that fills the page. */
void
zf_window_show_header (ZfWindow *self)
{
  const char *tab = adw_view_stack_get_visible_child_name (self->views);
  gboolean up = !self->wide && g_strcmp0 (tab, "households") == 0 && household_is_open (self);

  gtk_widget_set_visible (GTK_WIDGET (self->up), up);
  adw_window_title_set_title (self->title, up ? household_word (self, zf_household_page_title) : _("Zoufang"));
  adw_window_title_set_subtitle (self->title, up ? household_word (self, zf_household_page_subtitle) : "");
  /* Those who hear the window are told of each tab once, and it works. */
  gtk_widget_set_visible (GTK_WIDGET (self->switcher), self->wide);
  gtk_widget_set_visible (GTK_WIDGET (self->switcher_bar), !self->wide);
  fill_switcher (self);
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
  zf_display_set_wide (self->display, wide);
  zf_window_show_header (self);
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
    zf_window_show_header (self);
}

/* A household that went away (ended, merged, handed over) leaves an empty page; where it fills the window the list is the way on. */
static void
on_household_title (ZfWindow *self)
{
  if (self->session == NULL)
    return;
  if (!self->wide && household_is_open (self) && *household_word (self, zf_household_page_title) == '\0')
    adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->list));
  zf_window_show_header (self);
}

static void
on_household_built (ZfSlot *slot, ZfPage *page, ZfWindow *self)
{
  g_signal_connect_object (page, "notify::title", G_CALLBACK (on_household_title), self, G_CONNECT_SWAPPED);
}

static void
show_banner (ZfWindow *self)
{
  const ZfSyncStatus *status = zf_sync_service_status (zf_session_sync (self->session));
  g_autofree char *clock = zf_sync_clock_words (status->skew_ms);
  g_autofree char *disk = zf_sync_nearly_full_words (zf_sync_free_bytes (zf_store_dir (zf_session_store (self->session))),
                                                     zf_ledger_photo_size (zf_session_reader (self->session)));
  g_autofree char *battery = zf_sync_battery_words (zf_sync_service_battery (zf_session_sync (self->session)));
  gboolean outdated = g_error_matches (status->error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_UPGRADE);

  zf_banner_set (self->banner, ZF_BANNER_CLOCK, clock);
  zf_banner_set (self->banner, ZF_BANNER_DISK, disk);
  zf_banner_set (self->banner, ZF_BANNER_BATTERY, battery);
  zf_banner_set (self->banner, ZF_BANNER_OUTDATED, outdated ? _("This version is too old to receive. Install the new one.") : NULL);
  zf_banner_set (self->banner, ZF_BANNER_DEMO, zf_session_is_demo (self->session) ? _("Demonstration data") : NULL);
}

static void
on_session_changed (ZfSession *session, ZfWindow *self)
{
  g_autoptr (GPtrArray) kept = zf_ledger_quarantined (zf_session_reader (session), NULL);
  guint n = zf_conflicts_n_open (session) + (kept != NULL ? kept->len : 0);

  adw_view_stack_page_set_badge_number (self->sync_tab, n);
  show_banner (self);
}

/* It stays until somebody has read it. */
static void
on_trouble (ZfSession *session, const char *sentence, ZfWindow *self)
{
  AdwToast *made = adw_toast_new (sentence);

  adw_toast_set_timeout (made, 0);
  adw_toast_set_priority (made, ADW_TOAST_PRIORITY_HIGH);
  zf_show_toast (GTK_WIDGET (self->toasts), made);
}

/* Tasks: pages that fill the window and are left again */

static void
remember_focus (ZfWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (!zf_window_task_is_open (self))
    g_set_weak_pointer (&self->came_from, focus != NULL && gtk_widget_is_ancestor (focus, self->shell) ? focus : NULL);
}

/* Left to itself the focus goes from a task that is over to whatever stands nearest: the cross of a toast. */
static void
give_focus_back (ZfWindow *self)
{
  if (self->came_from != NULL && gtk_widget_get_mapped (self->came_from))
    gtk_widget_grab_focus (self->came_from);
  else
    gtk_widget_child_focus (self->shell, GTK_DIR_TAB_FORWARD);
  g_clear_weak_pointer (&self->came_from);
}

void
zf_window_show_task (ZfWindow *self, ZfSlot *task)
{
  remember_focus (self);
  self->asked_from = NULL;
  gtk_stack_set_visible_child (self->tasks, GTK_WIDGET (task));
  adw_leaflet_set_visible_child (self->nav, GTK_WIDGET (self->tasks));
}

gboolean
zf_window_task_is_open (ZfWindow *self)
{
  return adw_leaflet_get_visible_child (self->nav) == GTK_WIDGET (self->tasks);
}

void
zf_window_show_shell (ZfWindow *self)
{
  gboolean task = zf_window_task_is_open (self);

  self->asked_from = NULL;
  adw_leaflet_set_visible_child (self->nav, self->shell);
  zf_window_show_header (self);
  if (task)
    give_focus_back (self);
}

/* What pages say and how text looks harms nobody. */
static const char *const FREE[] = { "toast", "outdoor", "text-size" };

static void
lock_actions (ZfWindow *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self));

  self->locked = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; names[i] != NULL; i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), names[i]);
      gboolean is_free = FALSE;

      for (guint f = 0; f < G_N_ELEMENTS (FREE); f++)
        is_free = is_free || g_str_equal (FREE[f], names[i]);
      if (is_free || !G_IS_SIMPLE_ACTION (action) || !g_action_get_enabled (action))
        continue;
      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), FALSE);
      g_ptr_array_add (self->locked, g_object_ref (action));
    }
}

void
zf_window_lock (ZfWindow *self, gboolean locked)
{
  if (locked == (self->locked != NULL))
    return;
  /* Accessibility tools would find it although a task stands before it. */
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->shell), GTK_ACCESSIBLE_STATE_HIDDEN, locked, -1);
  if (locked)
    {
      lock_actions (self);
      self->filled = gtk_window_is_fullscreen (GTK_WINDOW (self));
      gtk_window_fullscreen (GTK_WINDOW (self));
      return;
    }
  for (guint i = 0; i < self->locked->len; i++)
    g_simple_action_set_enabled (g_ptr_array_index (self->locked, i), TRUE);
  g_clear_pointer (&self->locked, g_ptr_array_unref);
  if (!self->filled)
    gtk_window_unfullscreen (GTK_WINDOW (self));
}

ZfFormModel *
zf_window_form (ZfWindow *self)
{
  ZfPage *page = zf_slot_peek (self->form);

  return page != NULL ? zf_form_page_model (ZF_FORM_PAGE (page)) : NULL;
}

/* Making the pages that are not seen yet */

static gboolean
on_build_next (gpointer data)
{
  ZfWindow *self = data;
  ZfSlot *slots[] = { self->list, self->household, self->form, self->family, self->sync, self->map, self->life, self->photo, self->conflict };

  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    if (zf_slot_peek (slots[i]) == NULL)
      {
        zf_slot_page (slots[i]);
        return G_SOURCE_CONTINUE;
      }
  self->build_id = 0;
  return G_SOURCE_REMOVE;
}

/* After the first frame the hand is still on its way: one page each time nothing else is to do. */
static void
on_first_frame (GdkFrameClock *clock, ZfWindow *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_first_frame, self);
  self->settled = TRUE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  if (self->session != NULL && self->build_id == 0)
    self->build_id = g_idle_add_full (G_PRIORITY_LOW, on_build_next, self, NULL);
}

/* GTK settles styles in the first frame and then measures everything anew, so what it asks for before, to find the window's size, is measured for nothing. Until
 * then the window is as large as it was asked to be. */
static void
zf_window_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (ZF_WINDOW (widget)->settled)
    GTK_WIDGET_CLASS (zf_window_parent_class)->measure (widget, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
zf_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zf_window_parent_class)->map (widget);
  g_signal_connect_object (gtk_widget_get_frame_clock (widget), "after-paint", G_CALLBACK (on_first_frame), widget, 0);
}

/* Object */

static void
zf_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_WIDE)
    g_value_set_boolean (value, ZF_WINDOW (object)->wide);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
on_close_anyway (gboolean yes, gpointer data)
{
  g_autoptr (ZfWindow) self = data;

  if (!yes)
    return;
  if (zf_window_form (self) != NULL)
    zf_form_page_close (ZF_FORM_PAGE (zf_slot_peek (self->form)));
  gtk_window_close (GTK_WINDOW (self));
}

/* The answers on the screen go with the window. */
static gboolean
keeps_form (ZfWindow *self)
{
  ZfFormPage *page = zf_window_form (self) != NULL ? ZF_FORM_PAGE (zf_slot_peek (self->form)) : NULL;

  if (page == NULL)
    return TRUE;
  if (zf_form_page_keep (page))
    {
      zf_form_page_close (page);
      return TRUE;
    }
  zf_dialogs_ask (GTK_WIDGET (self), _("What was answered last is not saved yet."),
                  _("This tablet takes nothing in at the moment. Make room first, then close."), _("Close without it"), on_close_anyway, g_object_ref (self));
  return FALSE;
}

static gboolean
zf_window_close_request (GtkWindow *window)
{
  ZfWindow *self = ZF_WINDOW (window);

  if (self->locked == NULL && self->n_busy > 0)
    zf_page_toast (GTK_WIDGET (self), self->busy);
  if (self->locked != NULL || self->n_busy > 0 || !keeps_form (self))
    return TRUE;
  return GTK_WINDOW_CLASS (zf_window_parent_class)->close_request (window);
}

static void
zf_window_dispose (GObject *object)
{
  ZfWindow *self = ZF_WINDOW (object);

  g_clear_handle_id (&self->wide_id, g_source_remove);
  g_clear_handle_id (&self->build_id, g_source_remove);
  g_clear_weak_pointer (&self->came_from);
  g_clear_pointer (&self->display, zf_display_free);
  g_clear_pointer (&self->locked, g_ptr_array_unref);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (zf_window_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (ZF_TYPE_BANNER);
  g_type_ensure (ZF_TYPE_CAMERA_PAGE);
  g_type_ensure (ZF_TYPE_CONFLICT_PAGE);
  g_type_ensure (ZF_TYPE_FORM_PAGE);
  g_type_ensure (ZF_TYPE_FAMILY_PAGE);
  g_type_ensure (ZF_TYPE_HOUSEHOLD_LIST);
  g_type_ensure (ZF_TYPE_HOUSEHOLD_PAGE);
  g_type_ensure (ZF_TYPE_LATER_PAGE);
  g_type_ensure (ZF_TYPE_LIFE_PAGE);
  g_type_ensure (ZF_TYPE_MAP_PAGE);
  g_type_ensure (ZF_TYPE_PHOTO_VIEW);
  g_type_ensure (ZF_TYPE_PLACE_PAGE);
  g_type_ensure (ZF_TYPE_SELDOM);
  g_type_ensure (ZF_TYPE_SLOT);
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
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, nav);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, shell);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, tasks);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, titles);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, title);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, menu);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, primary_menu);
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
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, family);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, photo);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, camera);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, place);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, life);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, later);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, conflict);
  gtk_widget_class_bind_template_child (widget_class, ZfWindow, sync_tab);
  gtk_widget_class_bind_template_callback (widget_class, on_header_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_household_built);
  gtk_widget_class_bind_template_callback (widget_class, zf_window_form_built);
  gtk_widget_class_bind_template_callback (widget_class, zf_window_family_built);
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
  widget_class->map = zf_window_map;
  widget_class->measure = zf_window_measure;
  widget_class->size_allocate = zf_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = zf_window_close_request;
  props[PROP_WIDE] = g_param_spec_boolean ("wide", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  ensure_types ();
  bind_template (widget_class);
  add_keys (widget_class);
}

static void
on_menu_wanted (GtkMenuButton *button, gpointer data)
{
  if (gtk_menu_button_get_menu_model (button) == NULL)
    gtk_menu_button_set_menu_model (button, ZF_WINDOW (data)->primary_menu);
}

static void
zf_window_init (ZfWindow *self)
{
  zf_window_add_actions (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu, on_menu_wanted, self, NULL);
  zf_mend_parts (GTK_WIDGET (self->root));
  self->display = zf_display_new (GTK_APPLICATION_WINDOW (self));
}

ZfWindow *
zf_window_new (AdwApplication *application)
{
  return g_object_new (ZF_TYPE_WINDOW, "application", application, NULL);
}

void
zf_window_set_session (ZfWindow *self, ZfSession *session)
{
  ZfSlot *slots[] = { self->today, self->list, self->household, self->map, self->sync, self->form, self->family, self->photo, self->camera, self->place, self->life, self->later, self->conflict };

  g_return_if_fail (ZF_IS_WINDOW (self) && ZF_IS_SESSION (session));

  g_set_object (&self->session, session);
  expect_width (self);
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    zf_slot_set_session (slots[i], session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (session, "trouble", G_CALLBACK (on_trouble), self, 0);
  g_signal_connect_object (zf_session_sync (session), "done", G_CALLBACK (show_banner), self, G_CONNECT_SWAPPED);
  on_session_changed (session, self);
  zf_window_show_header (self);
  gtk_stack_set_visible_child_name (self->root, "main");
}

ZfPage *
zf_window_camera (ZfWindow *self)
{
  g_return_val_if_fail (ZF_IS_WINDOW (self), NULL);
  return zf_slot_page (self->camera);
}

ZfPage *
zf_window_place (ZfWindow *self)
{
  g_return_val_if_fail (ZF_IS_WINDOW (self), NULL);
  return zf_slot_page (self->place);
}

void
zf_window_ask (ZfWindow *self, ZfPage *page)
{
  GtkWidget *from = NULL;

  g_return_if_fail (ZF_IS_WINDOW (self) && ZF_IS_PAGE (page));
  from = self->asked_from;
  if (from == NULL)
    from = zf_window_task_is_open (self) ? gtk_stack_get_visible_child (self->tasks) : self->shell;
  zf_window_show_task (self, ZF_SLOT (gtk_widget_get_parent (GTK_WIDGET (page))));
  self->asked_from = from;
}

/* Also while the family holds the tablet: it was not let out, and comes back to what it reads. */
void
zf_window_answered (ZfWindow *self)
{
  GtkWidget *before = NULL;

  g_return_if_fail (ZF_IS_WINDOW (self));
  before = self->asked_from;
  if (before == self->shell)
    zf_window_show_shell (self);
  else if (before != NULL)
    zf_window_show_task (self, ZF_SLOT (before));
}

static void
on_task_over (GTask *task, GParamSpec *property, ZfWindow *self)
{
  self->n_busy--;
}

void
zf_window_stay (GtkWidget *widget, GTask *task, const char *sentence)
{
  GtkRoot *root = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget) && G_IS_TASK (task) && sentence != NULL);
  root = gtk_widget_get_root (widget);
  if (!ZF_IS_WINDOW (root))
    return;
  ZF_WINDOW (root)->n_busy++;
  ZF_WINDOW (root)->busy = sentence;
  /* Told behind the callback. */
  g_signal_connect_object (task, "notify::completed", G_CALLBACK (on_task_over), root, 0);
}

void
zf_window_say (ZfWindow *self, const char *title, const char *description)
{
  AdwStatusPage *status = NULL;

  g_return_if_fail (ZF_IS_WINDOW (self));
  status = ADW_STATUS_PAGE (zf_seldom_object (self->start, "status"));
  adw_status_page_set_title (status, title);
  adw_status_page_set_description (status, description);
  gtk_widget_set_visible (GTK_WIDGET (zf_seldom_object (self->start, "prepare")), FALSE);
  gtk_stack_set_visible_child_name (self->root, "start");
}

static void
open_visit (ZfWindow *self, const char *place)
{
  g_auto (GStrv) parts = g_strsplit (place, "/", 2);

  zf_window_start_form (self, "visit", parts[0]);
  if (parts[1] != NULL && zf_window_form (self) != NULL)
    zf_form_page_go (ZF_FORM_PAGE (zf_slot_page (self->form)), (guint) CLAMP (g_ascii_strtoll (parts[1], NULL, 10) - 1, 0, 1000));
}

void
zf_window_open (ZfWindow *self, const char *page)
{
  g_return_if_fail (ZF_IS_WINDOW (self) && page != NULL);
  if (self->session == NULL)
    return;
  if (g_str_has_prefix (page, "household:"))
    zf_window_open_household (self, page + strlen ("household:"));
  else if (g_str_has_prefix (page, "visit:"))
    open_visit (self, page + strlen ("visit:"));
  else if (adw_view_stack_get_child_by_name (self->views, page) != NULL)
    adw_view_stack_set_visible_child_name (self->views, page);
  else
    g_printerr ("zoufang: there is no page named %s\n", page);
}
