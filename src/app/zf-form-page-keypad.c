/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include "zf-question-view.h"
#include "zf-text-input.h"

/* The keys for numbers stand between the questions and the bar: over nothing, and only for who types with a finger. */

/* Less high and the keys would leave no room for the question. */
#define LEAST_HEIGHT 560

/* (nullable): where a number is typed now. */
static ZfTextInput *
number_in_hand (ZfFormPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *input = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? gtk_widget_get_ancestor (focus, ZF_TYPE_TEXT_INPUT) : NULL;

  return input != NULL && zf_text_input_takes_number (ZF_TEXT_INPUT (input)) && GTK_IS_TEXT (focus) ? ZF_TEXT_INPUT (input) : NULL;
}

/* The whole question, with what is told below its field. */
static void
show_question (ZfFormPage *self)
{
  ZfTextInput *input = number_in_hand (self);
  GtkWidget *view = input != NULL ? gtk_widget_get_ancestor (GTK_WIDGET (input), ZF_TYPE_QUESTION_VIEW) : NULL;

  if (view != NULL && gtk_widget_get_visible (GTK_WIDGET (self->keypad)))
    zf_bring_into_view (view);
}

static gboolean
on_settled (gpointer data)
{
  ZfFormPage *self = data;
  ZfTextInput *input = self->touch && gtk_widget_get_height (GTK_WIDGET (self)) >= LEAST_HEIGHT ? number_in_hand (self) : NULL;

  self->keypad_id = 0;
  /* What lies under a finger stays there until it is lifted. */
  if (input == NULL && self->pressed)
    return G_SOURCE_REMOVE;
  zf_keypad_type_into (self->keypad, input);
  gtk_widget_set_visible (GTK_WIDGET (self->keypad), input != NULL);
  show_question (self);
  return G_SOURCE_REMOVE;
}

/* The focus moves while an event goes on. */
static void
settle_later (ZfFormPage *self)
{
  if (self->keypad_id == 0)
    self->keypad_id = g_idle_add (on_settled, self);
}

/* Tests have no screen to touch. */
static gboolean
is_finger (GdkEvent *event)
{
  GdkDevice *device = gdk_event_get_device (event);
  GdkInputSource source = device != NULL ? gdk_device_get_source (device) : GDK_SOURCE_MOUSE;

  return source == GDK_SOURCE_TOUCHSCREEN || source == GDK_SOURCE_PEN || g_getenv ("ZF_TEST_TOUCH") != NULL;
}

static gboolean
on_event (ZfFormPage *self, GdkEvent *event)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_TOUCH_BEGIN || type == GDK_BUTTON_PRESS)
    {
      self->touch = is_finger (event);
      self->pressed = TRUE;
    }
  else if (type == GDK_TOUCH_END || type == GDK_TOUCH_CANCEL || type == GDK_BUTTON_RELEASE)
    self->pressed = FALSE;
  else if (type == GDK_KEY_PRESS)
    self->touch = FALSE;
  else
    return GDK_EVENT_PROPAGATE;
  settle_later (self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_focus_moved (ZfFormPage *self)
{
  settle_later (self);
}

static void
on_root (ZfFormPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL)
    g_signal_connect_object (root, "notify::focus-widget", G_CALLBACK (on_focus_moved), self, G_CONNECT_SWAPPED);
}

void
zf_form_page_watch_hand (ZfFormPage *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (events, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self), events);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "changed", G_CALLBACK (show_question), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::root", G_CALLBACK (on_root), NULL);
}
