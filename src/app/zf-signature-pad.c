/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-signature-pad.h"

#include <glib/gi18n.h>

#define LEAST_WIDTH 320
#define LEAST_HEIGHT 200
/* Where nothing measures it. */
#define PRESSURE 0.5

struct _ZfSignaturePad
{
  GtkWidget parent_instance;

  ZfInk *ink;
  double start_x, start_y;   /* of the finger's stroke */
};

enum
{
  CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfSignaturePad, zf_signature_pad, GTK_TYPE_WIDGET)

static void
changed (ZfSignaturePad *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Fingers and mice. A stylus comes here as well, as a pointer: it has a gesture of its own. */

static gboolean
is_stylus (GtkGesture *gesture)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  return event != NULL && gdk_event_get_device_tool (event) != NULL;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, ZfSignaturePad *self)
{
  if (is_stylus (GTK_GESTURE (gesture)))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  /* Nothing around may scroll away with the stroke. */
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->start_x = x;
  self->start_y = y;
  zf_ink_begin (self->ink, x, y, PRESSURE);
  changed (self);
}

static void
on_drag_update (GtkGestureDrag *gesture, double x, double y, ZfSignaturePad *self)
{
  zf_ink_go (self->ink, self->start_x + x, self->start_y + y, PRESSURE);
  changed (self);
}

static double
pressure_of (GtkGestureStylus *stylus)
{
  double pressure = PRESSURE;

  return gtk_gesture_stylus_get_axis (stylus, GDK_AXIS_PRESSURE, &pressure) ? pressure : PRESSURE;
}

static void
on_stylus_down (GtkGestureStylus *stylus, double x, double y, ZfSignaturePad *self)
{
  gtk_gesture_set_state (GTK_GESTURE (stylus), GTK_EVENT_SEQUENCE_CLAIMED);
  zf_ink_begin (self->ink, x, y, pressure_of (stylus));
  changed (self);
}

/* A quick pen moves more often than the screen is drawn: what came in between counts too. */
static void
on_stylus_motion (GtkGestureStylus *stylus, double x, double y, ZfSignaturePad *self)
{
  GdkTimeCoord *between = NULL;
  guint n = 0;

  if (gtk_gesture_stylus_get_backlog (stylus, &between, &n))
    for (guint i = 0; i < n; i++)
      zf_ink_go (self->ink, between[i].axes[GDK_AXIS_X], between[i].axes[GDK_AXIS_Y],
                 between[i].flags & GDK_AXIS_FLAG_PRESSURE ? between[i].axes[GDK_AXIS_PRESSURE] : PRESSURE);
  g_free (between);
  zf_ink_go (self->ink, x, y, pressure_of (stylus));
  changed (self);
}

/* Widget */

static void
draw_words (ZfSignaturePad *self, cairo_t *cr, int width, int height)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), _("Sign here"));
  int w = 0, h = 0;

  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_set_source_rgb (cr, 0.45, 0.45, 0.45);
  cairo_move_to (cr, (width - w) / 2.0, (height - h) / 2.0);
  pango_cairo_show_layout (cr, layout);
}

static void
zf_signature_pad_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZfSignaturePad *self = ZF_SIGNATURE_PAD (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.6, 0.6, 0.6);
  cairo_rectangle (cr, 16, height * 0.8, MAX (width - 32, 1), 1);
  cairo_fill (cr);
  if (zf_ink_n_strokes (self->ink) == 0)
    draw_words (self, cr, width, height);
  zf_ink_draw (self->ink, cr);
  cairo_destroy (cr);
}

static void
zf_signature_pad_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : LEAST_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH * 2 : LEAST_HEIGHT * 5 / 4;
  *minimum_baseline = *natural_baseline = -1;
}

static void
zf_signature_pad_finalize (GObject *object)
{
  zf_ink_free (ZF_SIGNATURE_PAD (object)->ink);
  G_OBJECT_CLASS (zf_signature_pad_parent_class)->finalize (object);
}

static void
zf_signature_pad_class_init (ZfSignaturePadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_signature_pad_finalize;
  widget_class->snapshot = zf_signature_pad_snapshot;
  widget_class->measure = zf_signature_pad_measure;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "zfpad");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
zf_signature_pad_init (ZfSignaturePad *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *stylus = gtk_gesture_stylus_new ();

  self->ink = zf_ink_new ();
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (stylus, "down", G_CALLBACK (on_stylus_down), self);
  g_signal_connect (stylus, "motion", G_CALLBACK (on_stylus_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (stylus));
}

GtkWidget *
zf_signature_pad_new (void)
{
  return g_object_new (ZF_TYPE_SIGNATURE_PAD, NULL);
}

const ZfInk *
zf_signature_pad_ink (ZfSignaturePad *self)
{
  g_return_val_if_fail (ZF_IS_SIGNATURE_PAD (self), NULL);
  return self->ink;
}

void
zf_signature_pad_undo (ZfSignaturePad *self)
{
  g_return_if_fail (ZF_IS_SIGNATURE_PAD (self));
  zf_ink_undo (self->ink);
  changed (self);
}

void
zf_signature_pad_clear (ZfSignaturePad *self)
{
  g_return_if_fail (ZF_IS_SIGNATURE_PAD (self));
  zf_ink_clear (self->ink);
  changed (self);
}
