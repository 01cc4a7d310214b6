/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "zf-upright.h"

#define OFFER_SECONDS 10
#define LEAST_WIDTH 360

typedef struct
{
  ZfSession *session;
  gboolean wide;
  gboolean stale;
} ZfPagePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (ZfPage, zf_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_WIDE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

static void
refresh_if_seen (ZfPage *self)
{
  ZfPagePrivate *priv = zf_page_get_instance_private (self);

  if (!priv->stale || priv->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  priv->stale = FALSE;
  if (ZF_PAGE_GET_CLASS (self)->refresh != NULL)
    ZF_PAGE_GET_CLASS (self)->refresh (self);
}

static void
on_session_changed (ZfSession *session, ZfPage *self)
{
  zf_page_stale (self);
}

/* GTK 4.8 tells accessibility tools nothing about pages that a stack hides: without this they read all of them at once. */
static void
tell_hidden (GtkWidget *widget, gboolean hidden)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, hidden, -1);
}

static void
zf_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zf_page_parent_class)->map (widget);
  tell_hidden (widget, FALSE);
  refresh_if_seen (ZF_PAGE (widget));
}

static void
zf_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zf_page_parent_class)->unmap (widget);
  tell_hidden (widget, TRUE);
}

static void
zf_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZfPage *self = ZF_PAGE (object);
  ZfPagePrivate *priv = zf_page_get_instance_private (self);

  switch (id)
    {
    case PROP_SESSION:
      zf_page_set_session (self, g_value_get_object (value));
      break;
    case PROP_WIDE:
      priv->wide = g_value_get_boolean (value);
      if (ZF_PAGE_GET_CLASS (self)->lay_out != NULL)
        ZF_PAGE_GET_CLASS (self)->lay_out (self, priv->wide);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zf_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZfPagePrivate *priv = zf_page_get_instance_private (ZF_PAGE (object));

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_WIDE:
      g_value_set_boolean (value, priv->wide);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zf_page_dispose (GObject *object)
{
  zf_page_set_session (ZF_PAGE (object), NULL);
  G_OBJECT_CLASS (zf_page_parent_class)->dispose (object);
}

static void
zf_page_class_init (ZfPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = zf_page_set_property;
  object_class->get_property = zf_page_get_property;
  object_class->dispose = zf_page_dispose;
  GTK_WIDGET_CLASS (klass)->map = zf_page_map;
  GTK_WIDGET_CLASS (klass)->unmap = zf_page_unmap;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, ZF_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_WIDE] = g_param_spec_boolean ("wide", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
zf_page_init (ZfPage *self)
{
  tell_hidden (GTK_WIDGET (self), TRUE);
}

ZfSession *
zf_page_session (ZfPage *self)
{
  ZfPagePrivate *priv = zf_page_get_instance_private (self);

  g_return_val_if_fail (ZF_IS_PAGE (self), NULL);
  return priv->session;
}

void
zf_page_set_session (ZfPage *self, ZfSession *session)
{
  ZfPagePrivate *priv = zf_page_get_instance_private (self);

  g_return_if_fail (ZF_IS_PAGE (self));
  if (priv->session == session)
    return;
  if (priv->session != NULL)
    g_signal_handlers_disconnect_by_data (priv->session, self);
  g_set_object (&priv->session, session);
  if (session == NULL)
    return;
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
  zf_page_stale (self);
}

gboolean
zf_page_wide (ZfPage *self)
{
  ZfPagePrivate *priv = zf_page_get_instance_private (self);

  g_return_val_if_fail (ZF_IS_PAGE (self), FALSE);
  return priv->wide;
}

void
zf_page_stale (ZfPage *self)
{
  ZfPagePrivate *priv = zf_page_get_instance_private (self);

  g_return_if_fail (ZF_IS_PAGE (self));
  priv->stale = TRUE;
  refresh_if_seen (self);
}

/* libadwaita names nothing on the button that closes a toast, and makes the widget when its turn comes. */
static void
name_close_buttons (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_BUTTON (child) && gtk_widget_has_css_class (child, "circular"))
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close"), -1);
      else
        name_close_buttons (child);
    }
}

static void
name_toasts (GtkWidget *overlay)
{
  for (GtkWidget *child = gtk_widget_get_last_child (overlay); child != NULL && child != adw_toast_overlay_get_child (ADW_TOAST_OVERLAY (overlay));
       child = gtk_widget_get_prev_sibling (child))
    name_close_buttons (child);
}

/* What stands beside the words of a toast and around them, without its button. */
#define TOAST_AROUND 112

static int
text_width (GtkWidget *widget, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width = 0;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* libadwaita 1.2 gives a toast the height of its natural width: only words that ask for no more than there is are seen whole. */
static int
chars_beside (GtkWidget *overlay, const char *button)
{
  PangoContext *context = gtk_widget_get_pango_context (overlay);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int around = TOAST_AROUND + (button != NULL ? text_width (overlay, button) + TOAST_AROUND / 2 : 0);
  int room = MAX (gtk_widget_get_width (overlay), LEAST_WIDTH) - around;
  /* The words are bold. */
  int each = MAX (pango_font_metrics_get_approximate_char_width (metrics), pango_font_metrics_get_approximate_digit_width (metrics)) * 11 / 10;

  pango_font_metrics_unref (metrics);
  return MAX (room * PANGO_SCALE / each, 1);
}

/* A sentence that is cut off says nothing: it wraps, and a name in it is no markup. */
static GtkWidget *
words_of (AdwToast *toast, GtkWidget *overlay)
{
  GtkWidget *label = gtk_label_new (adw_toast_get_title (toast));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), chars_beside (overlay, adw_toast_get_button_label (toast)));
  gtk_widget_add_css_class (label, "heading");
  return zf_upright_new (label);
}

void
zf_show_toast (GtkWidget *overlay, AdwToast *toast)
{
  adw_toast_set_custom_title (toast, words_of (toast, overlay));
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), g_object_ref (toast));
  name_toasts (overlay);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (name_toasts), overlay, G_CONNECT_SWAPPED);
  g_object_unref (toast);
}

void
zf_page_toast (GtkWidget *self, const char *sentence)
{
  gtk_widget_activate_action (self, "win.toast", "s", sentence);
}

void
zf_page_offer (GtkWidget *self, const char *sentence, GCallback undo, gpointer data, GClosureNotify free_data)
{
  AdwToast *toast = adw_toast_new (sentence);
  GtkWidget *overlay = gtk_widget_get_ancestor (self, ADW_TYPE_TOAST_OVERLAY);

  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, OFFER_SECONDS);
  g_signal_connect_data (toast, "button-clicked", undo, data, free_data, G_CONNECT_SWAPPED);
  if (overlay != NULL)
    zf_show_toast (overlay, toast);
  else
    g_object_unref (toast);
}

/* Kept free above and below what is brought into view. */
#define ROOM 12
/* Pictures above it, and what follows their height, take a while to come. */
#define SETTLED_US (G_USEC_PER_SEC * 3 / 2)

typedef struct
{
  guint frames;
  gint64 until;
  double top, height;   /* its place in the page, when it was brought into view */
} Bringing;

static void
bring (GtkWidget *widget, Bringing *bringing)
{
  GtkWidget *viewport = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  GtkAdjustment *way = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (viewport));
  graphene_rect_t box;
  double top = 0;

  if (!gtk_widget_compute_bounds (widget, viewport, &box))
    return;
  top = gtk_adjustment_get_value (way) + box.origin.y;
  if (bringing->frames > 2 && fabs (top - bringing->top) < 1 && fabs (box.size.height - bringing->height) < 1)
    return;
  bringing->top = top;
  bringing->height = box.size.height;
  gtk_adjustment_clamp_page (way, top - ROOM, top + box.size.height + ROOM);
}

/* What is new, or grows, has its place only after the next frame. A person who scrolls meanwhile is left alone. */
static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Bringing *bringing = data;

  if (++bringing->frames == 1)
    bringing->until = gdk_frame_clock_get_frame_time (clock) + SETTLED_US;
  else
    bring (widget, bringing);
  return gdk_frame_clock_get_frame_time (clock) < bringing->until ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
zf_bring_into_view (GtkWidget *widget)
{
  gtk_widget_add_tick_callback (widget, on_frame, g_new0 (Bringing, 1), g_free);
}

void
zf_mend_parts (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      if (ADW_IS_STATUS_PAGE (widget) && GTK_IS_SCROLLED_WINDOW (child))
        gtk_widget_set_focusable (child, FALSE);
      if (GTK_IS_LABEL (child) && gtk_widget_get_ancestor (child, ADW_TYPE_WINDOW_TITLE) != NULL)
        gtk_label_set_ellipsize (GTK_LABEL (child), PANGO_ELLIPSIZE_MIDDLE);
      zf_mend_parts (child);
    }
}

void
zf_keep_dots (GtkLabel *label, const char *text)
{
  g_autoptr (PangoAttrList) attrs = NULL;

  for (const char *dot = text != NULL ? strstr (text, " · ") : NULL; dot != NULL; dot = strstr (dot + 1, " · "))
    {
      PangoAttribute *attr = pango_attr_allow_breaks_new (FALSE);

      attr->start_index = (guint) (dot - text);
      attr->end_index = attr->start_index + strlen (" ·");
      if (attrs == NULL)
        attrs = pango_attr_list_new ();
      pango_attr_list_insert (attrs, attr);
    }
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_label_set_attributes (label, attrs);
}

void
zf_clear_box (GtkWidget *box)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

void
zf_settle_typing (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, widget) || !(GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus)))
    return;
  g_object_ref (focus);
  gtk_root_set_focus (root, NULL);
  gtk_root_set_focus (root, focus);
  g_object_unref (focus);
}

GtkWidget *
zf_line (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  zf_keep_dots (GTK_LABEL (label), text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "zf-line");
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}
