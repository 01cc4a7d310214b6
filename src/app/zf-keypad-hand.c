/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-keypad-hand.h"

#include "zf-page.h"
#include "zf-question-view.h"
#include "zf-text-input.h"

/* The keys for numbers stand between the questions and the bar: over nothing, and only for who types with a finger. */

/* Less high and the keys would leave no room for the question. */
#define LEAST_HEIGHT 560

static const char KEY[] = "zf-hand";

typedef struct
{
  GtkWidget *page;      /* (unowned): the keypad is a part of it */
  gboolean touch;       /* a finger was here last, and no key */
  gboolean pressed;     /* and is there now */
  guint settle_id;      /* the keys come and go when the event is over */
} Hand;

static void
hand_free (gpointer data)
{
  Hand *hand = data;

  g_clear_handle_id (&hand->settle_id, g_source_remove);
  g_free (hand);
}

static Hand *
hand_of (ZfKeypad *keypad)
{
  return g_object_get_data (G_OBJECT (keypad), KEY);
}

/* (nullable): where a number is typed now. */
static ZfTextInput *
number_in_hand (GtkWidget *page)
{
  GtkRoot *root = gtk_widget_get_root (page);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *input = focus != NULL && gtk_widget_is_ancestor (focus, page) ? gtk_widget_get_ancestor (focus, ZF_TYPE_TEXT_INPUT) : NULL;

  return input != NULL && zf_text_input_takes_number (ZF_TEXT_INPUT (input)) && GTK_IS_TEXT (focus) ? ZF_TEXT_INPUT (input) : NULL;
}

/* The whole question, with what is told below its field. */
static void
show_question (ZfKeypad *keypad)
{
  ZfTextInput *input = number_in_hand (hand_of (keypad)->page);
  GtkWidget *view = input != NULL ? gtk_widget_get_ancestor (GTK_WIDGET (input), ZF_TYPE_QUESTION_VIEW) : NULL;

  if (view != NULL && gtk_widget_get_visible (GTK_WIDGET (keypad)))
    zf_bring_into_view (view);
}

static gboolean
on_settled (gpointer data)
{
  ZfKeypad *keypad = data;
  Hand *hand = hand_of (keypad);
  ZfTextInput *input = hand->touch && gtk_widget_get_height (hand->page) >= LEAST_HEIGHT ? number_in_hand (hand->page) : NULL;

  hand->settle_id = 0;
  /* What lies under a finger stays there until it is lifted. */
  if (input == NULL && hand->pressed)
    return G_SOURCE_REMOVE;
  zf_keypad_type_into (keypad, input);
  gtk_widget_set_visible (GTK_WIDGET (keypad), input != NULL);
  show_question (keypad);
  return G_SOURCE_REMOVE;
}

/* The focus moves while an event goes on. */
static void
settle_later (ZfKeypad *keypad)
{
  Hand *hand = hand_of (keypad);

  if (hand->settle_id == 0)
    hand->settle_id = g_idle_add (on_settled, keypad);
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
on_event (ZfKeypad *keypad, GdkEvent *event)
{
  Hand *hand = hand_of (keypad);
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_TOUCH_BEGIN || type == GDK_BUTTON_PRESS)
    {
      hand->touch = is_finger (event);
      hand->pressed = TRUE;
    }
  else if (type == GDK_TOUCH_END || type == GDK_TOUCH_CANCEL || type == GDK_BUTTON_RELEASE)
    hand->pressed = FALSE;
  else if (type == GDK_KEY_PRESS)
    hand->touch = FALSE;
  else
    return GDK_EVENT_PROPAGATE;
  settle_later (keypad);
  return GDK_EVENT_PROPAGATE;
}

static void
on_root (ZfKeypad *keypad)
{
  GtkRoot *root = gtk_widget_get_root (hand_of (keypad)->page);

  if (root != NULL)
    g_signal_connect_object (root, "notify::focus-widget", G_CALLBACK (settle_later), keypad, G_CONNECT_SWAPPED);
}

void
zf_keypad_follow (ZfKeypad *keypad, GtkWidget *page, GtkScrolledWindow *scroller)
{
  GtkEventController *events = NULL;
  Hand *hand = NULL;

  g_return_if_fail (ZF_IS_KEYPAD (keypad) && GTK_IS_WIDGET (page) && GTK_IS_SCROLLED_WINDOW (scroller));

  hand = g_new0 (Hand, 1);
  hand->page = page;
  g_object_set_data_full (G_OBJECT (keypad), KEY, hand, hand_free);
  events = gtk_event_controller_legacy_new ();
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (on_event), keypad, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (page, events);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (scroller), "changed", G_CALLBACK (show_question), keypad, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::root", G_CALLBACK (on_root), keypad, G_CONNECT_SWAPPED);
}
