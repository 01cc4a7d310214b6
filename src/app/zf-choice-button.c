/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-choice-button.h"

typedef struct
{
  char *value;
  char *words;
  char *markup;      /* (nullable) of the words */
  GtkLabel *styled;  /* what shows them; NULL without markup */
} ZfChoiceButtonPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (ZfChoiceButton, zf_choice_button, GTK_TYPE_TOGGLE_BUTTON)

enum
{
  PROP_0,
  PROP_VALUE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

static void
on_activate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkToggleButton *toggle = GTK_TOGGLE_BUTTON (widget);

  gtk_toggle_button_set_active (toggle, !gtk_toggle_button_get_active (toggle));
}

/* What is chosen has a ground of its own, on which not every colour is seen. */
static void
show_style (ZfChoiceButton *self)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (self);

  if (priv->styled == NULL)
    return;
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self)))
    gtk_label_set_text (priv->styled, priv->words);
  else
    gtk_label_set_markup (priv->styled, priv->markup);
}

static void
zf_choice_button_toggled (GtkToggleButton *toggle)
{
  show_style (ZF_CHOICE_BUTTON (toggle));
  gtk_accessible_update_state (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_STATE_CHECKED,
                               gtk_toggle_button_get_active (toggle) ? GTK_ACCESSIBLE_TRISTATE_TRUE
                                                                     : GTK_ACCESSIBLE_TRISTATE_FALSE,
                               -1);
}

static void
zf_choice_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (ZF_CHOICE_BUTTON (object));

  if (id == PROP_VALUE)
    priv->value = g_value_dup_string (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zf_choice_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (ZF_CHOICE_BUTTON (object));

  if (id == PROP_VALUE)
    g_value_set_string (value, priv->value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zf_choice_button_finalize (GObject *object)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (ZF_CHOICE_BUTTON (object));

  g_free (priv->value);
  g_clear_weak_pointer (&priv->styled);
  g_free (priv->words);
  g_free (priv->markup);
  G_OBJECT_CLASS (zf_choice_button_parent_class)->finalize (object);
}

static void
zf_choice_button_class_init (ZfChoiceButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = zf_choice_button_set_property;
  object_class->get_property = zf_choice_button_get_property;
  object_class->finalize = zf_choice_button_finalize;
  props[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL,
                                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  GTK_TOGGLE_BUTTON_CLASS (klass)->toggled = zf_choice_button_toggled;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-choice-button.ui");
  gtk_widget_class_install_action (widget_class, "zf.activate", NULL, on_activate_action);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_RADIO);
}

/* Long words take another line; a button is never wider than its screen. */
static void
wrap (GtkLabel *label)
{
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
}

static void
on_label (ZfChoiceButton *self)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (self);
  GtkWidget *child = gtk_button_get_child (GTK_BUTTON (self));

  if (!GTK_IS_LABEL (child) || gtk_button_get_label (GTK_BUTTON (self)) == NULL)
    return;
  g_free (priv->words);
  priv->words = g_strdup (gtk_button_get_label (GTK_BUTTON (self)));
  wrap (GTK_LABEL (child));
}

static void
zf_choice_button_init (ZfChoiceButton *self)
{
  g_signal_connect (self, "notify::label", G_CALLBACK (on_label), NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  zf_choice_button_toggled (GTK_TOGGLE_BUTTON (self));
}

GtkWidget *
zf_choice_button_new (const char *value, const char *label)
{
  return g_object_new (ZF_TYPE_CHOICE_BUTTON, "value", value, "label", label, NULL);
}

const char *
zf_choice_button_value (ZfChoiceButton *self)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (self);

  g_return_val_if_fail (ZF_IS_CHOICE_BUTTON (self), NULL);
  return priv->value;
}

const char *
zf_choice_button_words (ZfChoiceButton *self)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (self);

  g_return_val_if_fail (ZF_IS_CHOICE_BUTTON (self), NULL);
  return priv->words;
}

void
zf_choice_button_style (ZfChoiceButton *self, const char *markup)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (self);

  g_return_if_fail (ZF_IS_CHOICE_BUTTON (self) && markup != NULL);
  g_free (priv->markup);
  priv->markup = g_strdup (markup);
  g_set_weak_pointer (&priv->styled, GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self))));
  show_style (self);
}

GtkWidget *
zf_choice_button_label_new (ZfChoiceButton *self)
{
  ZfChoiceButtonPrivate *priv = zf_choice_button_get_instance_private (self);
  GtkWidget *label = NULL;

  g_return_val_if_fail (ZF_IS_CHOICE_BUTTON (self), NULL);
  label = gtk_label_new (priv->words);
  wrap (GTK_LABEL (label));
  if (priv->markup != NULL)
    g_set_weak_pointer (&priv->styled, GTK_LABEL (label));
  show_style (self);
  return label;
}

void
zf_choice_button_set_picture (ZfChoiceButton *self, GtkWidget *picture)
{
  GtkWidget *box = NULL, *words = NULL;

  g_return_if_fail (ZF_IS_CHOICE_BUTTON (self) && GTK_IS_WIDGET (picture));
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  words = zf_choice_button_label_new (self);
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), words);
  gtk_button_set_child (GTK_BUTTON (self), box);
}

void
zf_choice_button_name (ZfChoiceButton *self, const char *group)
{
  g_autofree char *name = NULL;

  g_return_if_fail (ZF_IS_CHOICE_BUTTON (self));
  name = g_strdup_printf ("%s: %s", group, zf_choice_button_words (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
