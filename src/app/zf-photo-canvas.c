/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-canvas.h"

#include <glib/gi18n.h>
#include <math.h>

#define MOST_ZOOM 8.0
#define WHEEL_STEP 1.25
/* Pixels on the screen: less is a finger that slipped. */
#define LEAST_BOX 8.0
/* The frame of who draws by keyboard: shares of the picture as it is seen. */
#define FRAME_STEP 0.02
static const ZfPhotoBox FRAME = { 0.4, 0.44, 0.2, 0.12 };

struct _ZfPhotoCanvas
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  guint turns;
  double zoom;                /* 1: as large as there is room */
  double off_x, off_y;        /* the picture's middle from the widget's */
  gboolean covering;
  GArray *boxes;              /* ZfPhotoBox */
  gboolean drawing;           /* the last box is under the finger */
  ZfPhotoBox frame;           /* where the keys would put the next box, as the picture is seen */
  gboolean framing;
  double start_x, start_y;    /* where a drag began: in the picture while covering, else the offset then */
  double zoom_before;         /* when two fingers came down */
  double pointer_x, pointer_y;
};

enum
{
  CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPhotoCanvas, zf_photo_canvas, GTK_TYPE_WIDGET)

/* Where the picture is */

static double
half (ZfPhotoCanvas *self, gboolean across)
{
  return (across ? gtk_widget_get_width (GTK_WIDGET (self)) : gtk_widget_get_height (GTK_WIDGET (self))) / 2.0;
}

/* As it is seen: turned. */
static double
seen_size (ZfPhotoCanvas *self, gboolean across)
{
  return across == (self->turns % 2 == 0) ? gdk_texture_get_width (self->texture) : gdk_texture_get_height (self->texture);
}

static double
scale_of (ZfPhotoCanvas *self)
{
  double fit = MIN (2 * half (self, TRUE) / seen_size (self, TRUE), 2 * half (self, FALSE) / seen_size (self, FALSE));

  return MAX (fit * self->zoom, 0.001);
}

/* No empty edge where the picture could be. */
static void
keep_inside (ZfPhotoCanvas *self)
{
  double scale = scale_of (self);
  double room_x = MAX (0, seen_size (self, TRUE) * scale / 2 - half (self, TRUE));
  double room_y = MAX (0, seen_size (self, FALSE) * scale / 2 - half (self, FALSE));

  self->off_x = CLAMP (self->off_x, -room_x, room_x);
  self->off_y = CLAMP (self->off_y, -room_y, room_y);
}

static void
changed (ZfPhotoCanvas *self)
{
  if (self->texture != NULL)
    keep_inside (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
zoom_at (ZfPhotoCanvas *self, double zoom, double x, double y)
{
  double times = CLAMP (zoom, 1, MOST_ZOOM) / self->zoom;
  double from_x = x - half (self, TRUE), from_y = y - half (self, FALSE);

  self->zoom *= times;
  self->off_x = from_x - (from_x - self->off_x) * times;
  self->off_y = from_y - (from_y - self->off_y) * times;
  changed (self);
}

/* A point of the picture as it is seen, as shares of the picture as it is stored. */
static void
turn_back (ZfPhotoCanvas *self, double *across, double *down)
{
  for (guint i = 0; i < self->turns; i++)
    {
      double before = *across;

      *across = *down;
      *down = 1 - before;
    }
}

/* A point of the widget, likewise. */
static void
to_picture (ZfPhotoCanvas *self, double x, double y, double *across, double *down)
{
  double scale = scale_of (self);

  *across = CLAMP ((x - half (self, TRUE) - self->off_x) / (seen_size (self, TRUE) * scale) + 0.5, 0, 1);
  *down = CLAMP ((y - half (self, FALSE) - self->off_y) / (seen_size (self, FALSE) * scale) + 0.5, 0, 1);
  turn_back (self, across, down);
}

/* Fingers */

static ZfPhotoBox *
last_box (ZfPhotoCanvas *self)
{
  return &g_array_index (self->boxes, ZfPhotoBox, self->boxes->len - 1);
}

static void
drop_box (ZfPhotoCanvas *self)
{
  g_array_set_size (self->boxes, self->boxes->len - 1);
  self->drawing = FALSE;
  changed (self);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, ZfPhotoCanvas *self)
{
  ZfPhotoBox box = { 0, 0, 0, 0 };

  if (self->texture == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->start_x = self->off_x;
  self->start_y = self->off_y;
  if (!self->covering)
    return;
  to_picture (self, x, y, &self->start_x, &self->start_y);
  self->drawing = TRUE;
  g_array_append_val (self->boxes, box);
}

static void
draw_box_to (ZfPhotoCanvas *self, double x, double y)
{
  ZfPhotoBox *box = last_box (self);
  double across = 0, down = 0;

  to_picture (self, x, y, &across, &down);
  *box = (ZfPhotoBox) { MIN (self->start_x, across), MIN (self->start_y, down), fabs (across - self->start_x), fabs (down - self->start_y) };
}

static void
on_drag_update (GtkGestureDrag *gesture, double x, double y, ZfPhotoCanvas *self)
{
  double from_x = 0, from_y = 0;

  if (self->texture == NULL || !gtk_gesture_drag_get_start_point (gesture, &from_x, &from_y))
    return;
  if (self->drawing)
    draw_box_to (self, from_x + x, from_y + y);
  else if (!self->covering)
    {
      self->off_x = self->start_x + x;
      self->off_y = self->start_y + y;
    }
  changed (self);
}

static void
on_drag_end (GtkGestureDrag *gesture, double x, double y, ZfPhotoCanvas *self)
{
  if (!self->drawing)
    return;
  self->drawing = FALSE;
  if (MIN (fabs (x), fabs (y)) < LEAST_BOX)
    drop_box (self);
  else
    changed (self);
}

/* A second finger came down: it was no box. */
static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, ZfPhotoCanvas *self)
{
  if (self->drawing)
    drop_box (self);
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, ZfPhotoCanvas *self)
{
  self->zoom_before = self->zoom;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, ZfPhotoCanvas *self)
{
  double x = half (self, TRUE), y = half (self, FALSE);

  if (self->texture == NULL)
    return;
  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  zoom_at (self, self->zoom_before * scale, x, y);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, ZfPhotoCanvas *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
}

static gboolean
on_wheel (GtkEventControllerScroll *scroll, double dx, double dy, ZfPhotoCanvas *self)
{
  if (self->texture == NULL)
    return FALSE;
  zoom_at (self, self->zoom * pow (WHEEL_STEP, -dy), self->pointer_x, self->pointer_y);
  return TRUE;
}

/* Keys: arrows move a frame, with Shift they change its size, Enter makes a box of it. */

static void
say_frame (ZfPhotoCanvas *self)
{
  const ZfPhotoBox *frame = &self->frame;
  /* Translators: where a frame lies in a picture, in percent of the picture */
  g_autofree char *words = g_strdup_printf (_("Frame: %.0f%% from the left, %.0f%% from the top, %.0f%% wide, %.0f%% high"), frame->x * 100, frame->y * 100,
                                            frame->width * 100, frame->height * 100);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

/* Close to the picture, the frame stays in sight. */
static void
show_frame (ZfPhotoCanvas *self)
{
  double scale = scale_of (self);

  self->off_x = (0.5 - self->frame.x - self->frame.width / 2) * seen_size (self, TRUE) * scale;
  self->off_y = (0.5 - self->frame.y - self->frame.height / 2) * seen_size (self, FALSE) * scale;
  say_frame (self);
  changed (self);
}

static void
move_frame (ZfPhotoCanvas *self, double across, double down, gboolean size)
{
  ZfPhotoBox *frame = &self->frame;

  if (!self->framing)
    *frame = FRAME;
  self->framing = TRUE;
  if (size)
    {
      frame->width = CLAMP (frame->width + across * FRAME_STEP, FRAME_STEP, 1 - frame->x);
      frame->height = CLAMP (frame->height + down * FRAME_STEP, FRAME_STEP, 1 - frame->y);
    }
  else
    {
      frame->x = CLAMP (frame->x + across * FRAME_STEP, 0, 1 - frame->width);
      frame->y = CLAMP (frame->y + down * FRAME_STEP, 0, 1 - frame->height);
    }
  show_frame (self);
}

static void
put_frame (ZfPhotoCanvas *self)
{
  double x0 = self->frame.x, y0 = self->frame.y, x1 = x0 + self->frame.width, y1 = y0 + self->frame.height;
  ZfPhotoBox box = { 0, 0, 0, 0 };

  turn_back (self, &x0, &y0);
  turn_back (self, &x1, &y1);
  box = (ZfPhotoBox) { MIN (x0, x1), MIN (y0, y1), fabs (x1 - x0), fabs (y1 - y0) };
  g_array_append_val (self->boxes, box);
  self->framing = FALSE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _("A box is put there"), -1);
  changed (self);
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, ZfPhotoCanvas *self)
{
  static const struct
  {
    guint keys[2];
    double across, down;
  } ARROWS[] = {
    { { GDK_KEY_Left, GDK_KEY_KP_Left }, -1, 0 }, { { GDK_KEY_Right, GDK_KEY_KP_Right }, 1, 0 },
    { { GDK_KEY_Up, GDK_KEY_KP_Up }, 0, -1 },     { { GDK_KEY_Down, GDK_KEY_KP_Down }, 0, 1 },
  };

  if (!self->covering || self->texture == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ARROWS); i++)
    if (key == ARROWS[i].keys[0] || key == ARROWS[i].keys[1])
      {
        move_frame (self, ARROWS[i].across, ARROWS[i].down, (state & GDK_SHIFT_MASK) != 0);
        return TRUE;
      }
  if (!self->framing || (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter))
    return FALSE;
  put_frame (self);
  return TRUE;
}

/* Widget */

/* Light and dark, so that it is seen on any ground. */
static void
draw_frame (ZfPhotoCanvas *self, GtkSnapshot *snapshot)
{
  static const GdkRGBA light[4] = { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } };
  static const GdkRGBA dark[4] = { { 0, 0, 0, 1 }, { 0, 0, 0, 1 }, { 0, 0, 0, 1 }, { 0, 0, 0, 1 } };
  static const float thick[4] = { 3, 3, 3, 3 };
  double scale = scale_of (self);
  float width = (float) (seen_size (self, TRUE) * scale), height = (float) (seen_size (self, FALSE) * scale);
  graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) (self->frame.x - 0.5) * width, (float) (self->frame.y - 0.5) * height, (float) self->frame.width * width,
                                             (float) self->frame.height * height);
  GskRoundedRect edge;

  gsk_rounded_rect_init_from_rect (&edge, &rect, 0);
  gtk_snapshot_append_border (snapshot, &edge, thick, light);
  graphene_rect_inset (&rect, -3, -3);
  gsk_rounded_rect_init_from_rect (&edge, &rect, 0);
  gtk_snapshot_append_border (snapshot, &edge, thick, dark);
}

static void
draw_boxes (ZfPhotoCanvas *self, GtkSnapshot *snapshot, float width, float height)
{
  static const GdkRGBA edge = { 1, 1, 1, 1 }, black = { 0, 0, 0, 1 };

  for (guint i = 0; i < self->boxes->len; i++)
    {
      const ZfPhotoBox *box = &g_array_index (self->boxes, ZfPhotoBox, i);
      graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) (box->x - 0.5) * width, (float) (box->y - 0.5) * height, (float) box->width * width,
                                                 (float) box->height * height);

      /* A light edge, or nobody would see it on a dark ground. */
      gtk_snapshot_append_color (snapshot, &edge, &GRAPHENE_RECT_INIT (rect.origin.x - 2, rect.origin.y - 2, rect.size.width + 4, rect.size.height + 4));
      gtk_snapshot_append_color (snapshot, &black, &rect);
    }
}

static void
zf_photo_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZfPhotoCanvas *self = ZF_PHOTO_CANVAS (widget);
  float width = 0, height = 0;

  if (self->texture == NULL)
    return;
  keep_inside (self);
  width = (float) (gdk_texture_get_width (self->texture) * scale_of (self));
  height = (float) (gdk_texture_get_height (self->texture) * scale_of (self));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (half (self, TRUE) + self->off_x), (float) (half (self, FALSE) + self->off_y)));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_rotate (snapshot, 90.0f * (float) self->turns);
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (-width / 2, -height / 2, width, height));
  draw_boxes (self, snapshot, width, height);
  gtk_snapshot_restore (snapshot);
  if (self->framing)
    draw_frame (self, snapshot);
  gtk_snapshot_restore (snapshot);
}

static void
zf_photo_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = 160;
  *natural = 320;
  *minimum_baseline = *natural_baseline = -1;
}

static void
zf_photo_canvas_finalize (GObject *object)
{
  ZfPhotoCanvas *self = ZF_PHOTO_CANVAS (object);

  g_clear_object (&self->texture);
  g_array_unref (self->boxes);
  G_OBJECT_CLASS (zf_photo_canvas_parent_class)->finalize (object);
}

static void
zf_photo_canvas_class_init (ZfPhotoCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_photo_canvas_finalize;
  widget_class->snapshot = zf_photo_canvas_snapshot;
  widget_class->measure = zf_photo_canvas_measure;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "zfcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controller (ZfPhotoCanvas *self, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
zf_photo_canvas_init (ZfPhotoCanvas *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *wheel = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->zoom = 1;
  self->boxes = g_array_new (FALSE, FALSE, sizeof (ZfPhotoBox));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (wheel, "scroll", G_CALLBACK (on_wheel), self);
  add_controller (self, drag);
  add_controller (self, pinch);
  add_controller (self, motion);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  add_controller (self, wheel);
  add_controller (self, keys);
}

void
zf_photo_canvas_show (ZfPhotoCanvas *self, GdkTexture *texture, const char *caption)
{
  g_return_if_fail (ZF_IS_PHOTO_CANVAS (self));
  g_set_object (&self->texture, texture);
  self->turns = 0;
  self->covering = FALSE;
  self->drawing = FALSE;
  self->framing = FALSE;
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  g_array_set_size (self->boxes, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Photo"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  caption != NULL ? caption : "", -1);
  zf_photo_canvas_fit (self);
}

void
zf_photo_canvas_zoom (ZfPhotoCanvas *self, double factor)
{
  g_return_if_fail (ZF_IS_PHOTO_CANVAS (self));
  zoom_at (self, self->zoom * factor, half (self, TRUE), half (self, FALSE));
}

void
zf_photo_canvas_fit (ZfPhotoCanvas *self)
{
  g_return_if_fail (ZF_IS_PHOTO_CANVAS (self));
  self->zoom = 1;
  self->off_x = self->off_y = 0;
  changed (self);
}

void
zf_photo_canvas_turn (ZfPhotoCanvas *self)
{
  g_return_if_fail (ZF_IS_PHOTO_CANVAS (self));
  self->turns = (self->turns + 1) % 4;
  zf_photo_canvas_fit (self);
}

guint
zf_photo_canvas_turns (ZfPhotoCanvas *self)
{
  g_return_val_if_fail (ZF_IS_PHOTO_CANVAS (self), 0);
  return self->turns;
}

void
zf_photo_canvas_set_covering (ZfPhotoCanvas *self, gboolean covering)
{
  g_return_if_fail (ZF_IS_PHOTO_CANVAS (self));
  self->drawing = FALSE;
  self->covering = covering;
  self->framing = FALSE;
  if (!covering)
    g_array_set_size (self->boxes, 0);
  /* The keys go where the boxes are. */
  gtk_widget_set_focusable (GTK_WIDGET (self), covering);
  if (covering)
    gtk_widget_grab_focus (GTK_WIDGET (self));
  changed (self);
}

GArray *
zf_photo_canvas_boxes (ZfPhotoCanvas *self)
{
  g_return_val_if_fail (ZF_IS_PHOTO_CANVAS (self), NULL);
  return self->boxes;
}

void
zf_photo_canvas_undo_box (ZfPhotoCanvas *self)
{
  g_return_if_fail (ZF_IS_PHOTO_CANVAS (self));
  if (self->boxes->len > 0)
    drop_box (self);
}
