/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-unfold.h"

#include "zf-row.h"

struct _ZfUnfold
{
  GtkBox parent_instance;

  ZfRow *row;
  GtkBox *rows;
  gboolean open;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_OPEN,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (ZfUnfold, zf_unfold, GTK_TYPE_BOX)

static void
on_activated (ZfUnfold *self)
{
  zf_unfold_set_open (self, !self->open);
}

static void
zf_unfold_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_TITLE:
      zf_unfold_set_title (ZF_UNFOLD (object), g_value_get_string (value));
      break;
    case PROP_OPEN:
      zf_unfold_set_open (ZF_UNFOLD (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zf_unfold_class_init (ZfUnfoldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = zf_unfold_set_property;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "zfunfold");
}

static void
zf_unfold_init (ZfUnfold *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "zf-card");
  self->row = ZF_ROW (zf_row_new ("", NULL));
  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_widget_set_visible (GTK_WIDGET (self->rows), FALSE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->row));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->rows));
  g_signal_connect_swapped (self->row, "activated", G_CALLBACK (on_activated), self);
}

GtkWidget *
zf_unfold_new (const char *title, const char *subtitle)
{
  ZfUnfold *self = g_object_new (ZF_TYPE_UNFOLD, "title", title, NULL);

  zf_unfold_set_subtitle (self, subtitle);
  return GTK_WIDGET (self);
}

void
zf_unfold_set_title (ZfUnfold *self, const char *title)
{
  g_return_if_fail (ZF_IS_UNFOLD (self));
  zf_row_set_title (self->row, title);
}

void
zf_unfold_set_subtitle (ZfUnfold *self, const char *subtitle)
{
  g_return_if_fail (ZF_IS_UNFOLD (self));
  zf_row_set_subtitle (self->row, subtitle);
}

void
zf_unfold_set_open (ZfUnfold *self, gboolean open)
{
  g_return_if_fail (ZF_IS_UNFOLD (self));
  self->open = open;
  gtk_widget_set_visible (GTK_WIDGET (self->rows), open);
  if (open)
    gtk_widget_add_css_class (GTK_WIDGET (self), "zf-open");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "zf-open");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->row), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
}

void
zf_unfold_append (ZfUnfold *self, GtkWidget *child)
{
  g_return_if_fail (ZF_IS_UNFOLD (self));
  gtk_box_append (self->rows, child);
}

void
zf_unfold_clear (ZfUnfold *self)
{
  GtkWidget *child = NULL;

  g_return_if_fail (ZF_IS_UNFOLD (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
}
