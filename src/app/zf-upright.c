/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-upright.h"

#define ZF_TYPE_UPRIGHT_LAYOUT (zf_upright_layout_get_type ())
G_DECLARE_FINAL_TYPE (ZfUprightLayout, zf_upright_layout, ZF, UPRIGHT_LAYOUT, GtkLayoutManager)

struct _ZfUprightLayout
{
  GtkLayoutManager parent_instance;
};

struct _ZfUpright
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfUprightLayout, zf_upright_layout, GTK_TYPE_LAYOUT_MANAGER)
G_DEFINE_FINAL_TYPE (ZfUpright, zf_upright, ADW_TYPE_BIN)

static GtkSizeRequestMode
zf_upright_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
zf_upright_layout_measure (GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  gtk_widget_measure (child, orientation, orientation == GTK_ORIENTATION_HORIZONTAL ? -1 : for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
zf_upright_layout_allocate (GtkLayoutManager *layout, GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
zf_upright_layout_class_init (ZfUprightLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = zf_upright_layout_get_request_mode;
  layout_class->measure = zf_upright_layout_measure;
  layout_class->allocate = zf_upright_layout_allocate;
}

static void
zf_upright_layout_init (ZfUprightLayout *self)
{
}

static void
zf_upright_class_init (ZfUprightClass *klass)
{
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), ZF_TYPE_UPRIGHT_LAYOUT);
}

static void
zf_upright_init (ZfUpright *self)
{
}

GtkWidget *
zf_upright_new (GtkWidget *child)
{
  return g_object_new (ZF_TYPE_UPRIGHT, "child", child, NULL);
}
