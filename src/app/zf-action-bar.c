/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-action-bar.h"

struct _ZfActionBar
{
  GtkBox parent_instance;

  GtkButton *back;
  GtkButton *primary;
  gboolean wide;
};

enum
{
  PROP_0,
  PROP_PRIMARY,
  PROP_BACK,
  PROP_WIDE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum
{
  PRIMARY,
  BACK,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfActionBar, zf_action_bar, GTK_TYPE_BOX)

static void
on_primary (ZfActionBar *self)
{
  g_signal_emit (self, signals[PRIMARY], 0);
}

static void
on_back (ZfActionBar *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static gboolean
has_label (GtkButton *button)
{
  const char *label = gtk_button_get_label (button);

  return label != NULL && *label != '\0';
}

/* When narrow the way back is the arrow in the header: the bottom belongs to one button. */
static void
lay_out (ZfActionBar *self)
{
  gboolean primary = has_label (self->primary);

  gtk_widget_set_visible (GTK_WIDGET (self->back), self->wide && has_label (self->back));
  gtk_widget_set_visible (GTK_WIDGET (self->primary), primary);
  gtk_widget_set_hexpand (GTK_WIDGET (self->primary), TRUE);
  gtk_widget_set_halign (GTK_WIDGET (self->primary), self->wide ? GTK_ALIGN_END : GTK_ALIGN_FILL);
  gtk_widget_set_size_request (GTK_WIDGET (self->primary), self->wide ? 280 : -1, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), primary || gtk_widget_get_visible (GTK_WIDGET (self->back)));
}

static void
zf_action_bar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZfActionBar *self = ZF_ACTION_BAR (object);

  switch (id)
    {
    case PROP_PRIMARY:
      zf_action_bar_set_primary (self, g_value_get_string (value));
      break;
    case PROP_BACK:
      zf_action_bar_set_back (self, g_value_get_string (value));
      break;
    case PROP_WIDE:
      self->wide = g_value_get_boolean (value);
      lay_out (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zf_action_bar_class_init (ZfActionBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = zf_action_bar_set_property;
  props[PROP_PRIMARY] = g_param_spec_string ("primary", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_BACK] = g_param_spec_string ("back", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_WIDE] = g_param_spec_boolean ("wide", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[PRIMARY] = g_signal_new ("primary", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[BACK] = g_signal_new ("back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-action-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfActionBar, back);
  gtk_widget_class_bind_template_child (widget_class, ZfActionBar, primary);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_set_css_name (widget_class, "zfactionbar");
}

static void
zf_action_bar_init (ZfActionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lay_out (self);
}

static void
set_label (ZfActionBar *self, GtkButton *button, const char *label)
{
  gtk_button_set_label (button, label != NULL ? label : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label != NULL ? label : "", -1);
  lay_out (self);
}

void
zf_action_bar_set_primary (ZfActionBar *self, const char *label)
{
  g_return_if_fail (ZF_IS_ACTION_BAR (self));
  set_label (self, self->primary, label);
}

void
zf_action_bar_set_back (ZfActionBar *self, const char *label)
{
  g_return_if_fail (ZF_IS_ACTION_BAR (self));
  set_label (self, self->back, label);
}

void
zf_action_bar_set_busy (ZfActionBar *self, gboolean busy)
{
  g_return_if_fail (ZF_IS_ACTION_BAR (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->primary), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->back), !busy);
}

void
zf_action_bar_activate (ZfActionBar *self)
{
  g_return_if_fail (ZF_IS_ACTION_BAR (self));
  if (gtk_widget_get_visible (GTK_WIDGET (self->primary)) && gtk_widget_is_sensitive (GTK_WIDGET (self->primary)))
    on_primary (self);
}
