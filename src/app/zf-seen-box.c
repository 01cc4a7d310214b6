/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-seen-box.h"

/* Shadows and outlines reach out of their widget. */
#define AROUND 32

struct _ZfSeenBox
{
  GtkBox parent_instance;

  GtkAdjustment *scroll;   /* (nullable): that moves it */
};

G_DEFINE_FINAL_TYPE (ZfSeenBox, zf_seen_box, GTK_TYPE_BOX)

static void
zf_seen_box_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GtkWidget *pane = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  graphene_rect_t sight, bounds;

  if (pane == NULL || !gtk_widget_compute_bounds (pane, widget, &sight))
    {
      GTK_WIDGET_CLASS (zf_seen_box_parent_class)->snapshot (widget, snapshot);
      return;
    }
  graphene_rect_inset (&sight, -AROUND, -AROUND);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_compute_bounds (child, widget, &bounds) && graphene_rect_intersection (&sight, &bounds, NULL))
      gtk_widget_snapshot_child (widget, child, snapshot);
}

static void
let_go (ZfSeenBox *self)
{
  if (self->scroll != NULL)
    g_signal_handlers_disconnect_by_data (self->scroll, self);
  g_clear_object (&self->scroll);
}

static void
zf_seen_box_map (GtkWidget *widget)
{
  ZfSeenBox *self = ZF_SEEN_BOX (widget);
  GtkWidget *pane = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);

  let_go (self);
  if (pane != NULL)
    {
      self->scroll = g_object_ref (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (pane)));
      g_signal_connect_object (self->scroll, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->scroll, "changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
    }
  GTK_WIDGET_CLASS (zf_seen_box_parent_class)->map (widget);
}

static void
zf_seen_box_dispose (GObject *object)
{
  let_go (ZF_SEEN_BOX (object));
  G_OBJECT_CLASS (zf_seen_box_parent_class)->dispose (object);
}

static void
zf_seen_box_class_init (ZfSeenBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_seen_box_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = zf_seen_box_snapshot;
  GTK_WIDGET_CLASS (klass)->map = zf_seen_box_map;
}

static void
zf_seen_box_init (ZfSeenBox *self)
{
}
