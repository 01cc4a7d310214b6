/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-camera-page.h"

#include <glib/gi18n.h>

#include "zf-camera.h"
#include "zf-device.h"
#include "zf-dialogs.h"
#include "zf-sync-service.h"
#include "zf-window.h"

/* Below that the light of the screen and the camera would take what is left for the answers (ui.md 2). */
#define LEAST_BATTERY 5.0

struct _ZfCameraPage
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkWidget *turn;
  GtkBox *frame;
  GtkStack *stack;
  GtkPicture *picture;
  GtkPicture *still;
  GtkLabel *sentence;
  GtkLabel *advice;
  GtkWidget *choose;
  GtkBox *controls;
  GtkWidget *shutter;
  GtkWidget *use;
  GtkWidget *retake;
  GtkWidget *hint;

  ZfCamera *camera;
  ZfCameraJob job;
  ZfShotFunc func;   /* NULL: nobody waits */
  gpointer data;
  GBytes *jpeg;      /* taken, not used yet */
  guint left_id;     /* the page is not seen any more */
};

G_DEFINE_FINAL_TYPE (ZfCameraPage, zf_camera_page, ZF_TYPE_PAGE)

static void
answer (ZfCameraPage *self, const ZfShot *shot)
{
  ZfShotFunc func = g_steal_pointer (&self->func);

  if (func != NULL)
    func (shot, g_steal_pointer (&self->data));
}

/* Back first: who waits stands on that page. */
static void
finish (ZfCameraPage *self, const ZfShot *shot)
{
  ZfShotFunc func = g_steal_pointer (&self->func);
  gpointer data = g_steal_pointer (&self->data);

  zf_window_answered (ZF_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
  if (func != NULL)
    func (shot, data);
}

static void
on_cancel (ZfCameraPage *self)
{
  finish (self, NULL);
}

/* What is seen */

typedef enum
{
  STATE_WAIT,
  STATE_VIEW,
  STATE_STILL,
  STATE_FAILED,
} State;

static void
show_state (ZfCameraPage *self, State state)
{
  static const char *const NAMES[] = { "wait", "view", "still", "failed" };
  gboolean photo = self->job == ZF_CAMERA_PHOTO;

  gtk_stack_set_visible_child_name (self->stack, NAMES[state]);
  gtk_widget_set_visible (self->shutter, photo && (state == STATE_WAIT || state == STATE_VIEW));
  gtk_widget_set_sensitive (self->shutter, state == STATE_VIEW);
  gtk_widget_set_visible (self->use, state == STATE_STILL);
  gtk_widget_set_visible (self->retake, state == STATE_STILL);
  gtk_widget_set_visible (GTK_WIDGET (self->controls), photo && state != STATE_FAILED);
  gtk_widget_set_visible (self->hint, !photo && state == STATE_VIEW);
  gtk_widget_set_visible (self->turn, state == STATE_VIEW && zf_camera_n (self->camera) > 1);
  gtk_widget_set_visible (self->choose, photo);
}

static void
on_frame (ZfCameraPage *self)
{
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (zf_camera_frame (self->camera)));
  if (self->jpeg == NULL && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "wait") == 0)
    {
      show_state (self, STATE_VIEW);
      gtk_widget_grab_focus (self->shutter);
    }
}

static void
show_failed (ZfCameraPage *self, const GError *error)
{
  gtk_label_set_text (self->sentence, zf_device_sentence (ZF_DEVICE_CAMERA, error));
  gtk_label_set_text (self->advice, self->job == ZF_CAMERA_PHOTO ? _("You can choose a file instead.") : _("You can type the code instead."));
  show_state (self, STATE_FAILED);
}

static void
on_failed (ZfCamera *camera, GError *error, ZfCameraPage *self)
{
  /* What was taken is safe, whatever became of the camera. */
  if (self->jpeg == NULL)
    show_failed (self, error);
}

static void
on_code (ZfCamera *camera, const char *text, ZfCameraPage *self)
{
  ZfShot shot = { .code = text };

  finish (self, &shot);
}

/* What the hand does */

static gboolean
battery_is_empty (ZfCameraPage *self)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));

  return session != NULL && zf_sync_service_battery (zf_session_sync (session)) < LEAST_BATTERY;
}

static void
look (ZfCameraPage *self)
{
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  if (battery_is_empty (self))
    {
      show_failed (self, NULL);
      return;
    }
  gtk_picture_set_paintable (self->picture, NULL);
  show_state (self, STATE_WAIT);
  zf_camera_open (self->camera, self->job == ZF_CAMERA_CODE);
}

static void
show_still (ZfCameraPage *self, GdkTexture *texture)
{
  gtk_picture_set_paintable (self->still, GDK_PAINTABLE (texture));
  show_state (self, STATE_STILL);
  gtk_widget_grab_focus (self->use);
  /* The light of the camera goes out while the person decides. */
  zf_camera_close (self->camera);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfCameraPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = zf_camera_take_finish (result, &error);
  g_autoptr (GdkTexture) texture = jpeg != NULL ? gdk_texture_new_from_bytes (jpeg, &error) : NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (texture == NULL)
    {
      g_warning ("A picture was not taken: %s", error->message);
      zf_camera_close (self->camera);
      show_failed (self, NULL);
      return;
    }
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  self->jpeg = g_steal_pointer (&jpeg);
  show_still (self, texture);
}

static void
on_shutter (ZfCameraPage *self)
{
  gtk_widget_set_sensitive (self->shutter, FALSE);
  zf_camera_take_async (self->camera, on_taken, g_object_ref (self));
}

static void
on_use (ZfCameraPage *self)
{
  g_autoptr (GBytes) jpeg = g_steal_pointer (&self->jpeg);
  ZfShot shot = { .jpeg = jpeg };

  if (jpeg != NULL)
    finish (self, &shot);
}

static void
on_turn (ZfCameraPage *self)
{
  show_state (self, STATE_WAIT);
  zf_camera_turn (self->camera);
}

static void
on_picked (const char *path, gpointer data)
{
  g_autoptr (ZfCameraPage) self = data;
  ZfShot shot = { .path = path };

  if (path != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    finish (self, &shot);
}

static void
on_choose (ZfCameraPage *self)
{
  zf_dialogs_pick_picture (GTK_WIDGET (self), on_picked, g_object_ref (self));
}

/* Object */

static void
zf_camera_page_map (GtkWidget *widget)
{
  ZfCameraPage *self = ZF_CAMERA_PAGE (widget);

  GTK_WIDGET_CLASS (zf_camera_page_parent_class)->map (widget);
  if (self->func != NULL)
    look (self);
}

static gboolean
on_left (gpointer data)
{
  ZfCameraPage *self = data;

  self->left_id = 0;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    answer (self, NULL);
  return G_SOURCE_REMOVE;
}

/* The window slides from page to page, and one that comes while another goes is taken off the screen for a moment: that is no change of mind. */
static void
zf_camera_page_unmap (GtkWidget *widget)
{
  ZfCameraPage *self = ZF_CAMERA_PAGE (widget);

  zf_camera_close (self->camera);
  gtk_picture_set_paintable (self->picture, NULL);
  gtk_picture_set_paintable (self->still, NULL);
  GTK_WIDGET_CLASS (zf_camera_page_parent_class)->unmap (widget);
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  if (self->func != NULL && self->left_id == 0)
    self->left_id = g_idle_add (on_left, self);
}

/* One thumb reaches the shutter: below when narrow, at the right edge when wide. */
static void
zf_camera_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfCameraPage *self = ZF_CAMERA_PAGE (page);
  GtkOrientation along = wide ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->frame), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->controls), along);
}

static void
zf_camera_page_dispose (GObject *object)
{
  ZfCameraPage *self = ZF_CAMERA_PAGE (object);

  if (self->camera != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->camera, self);
      zf_camera_close (self->camera);
    }
  g_clear_object (&self->camera);
  g_clear_handle_id (&self->left_id, g_source_remove);
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  answer (self, NULL);
  G_OBJECT_CLASS (zf_camera_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-camera-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, title);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, turn);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, frame);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, picture);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, still);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, advice);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, choose);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, controls);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, shutter);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, use);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, retake);
  gtk_widget_class_bind_template_child (widget_class, ZfCameraPage, hint);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_turn);
  gtk_widget_class_bind_template_callback (widget_class, on_shutter);
  gtk_widget_class_bind_template_callback (widget_class, on_use);
  gtk_widget_class_bind_template_callback (widget_class, look);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
}

static void
zf_camera_page_class_init (ZfCameraPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_camera_page_dispose;
  widget_class->map = zf_camera_page_map;
  widget_class->unmap = zf_camera_page_unmap;
  ZF_PAGE_CLASS (klass)->lay_out = zf_camera_page_lay_out;
  bind_template (widget_class);
}

static void
zf_camera_page_init (ZfCameraPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->camera = zf_camera_new ();
  g_signal_connect_swapped (self->camera, "frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->camera, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect (self->camera, "code", G_CALLBACK (on_code), self);
}

void
zf_camera_page_open (GtkWidget *from, ZfCameraJob job, const char *title, ZfShotFunc func, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (from);
  ZfCameraPage *self = NULL;

  g_return_if_fail (ZF_IS_WINDOW (root) && func != NULL);

  self = ZF_CAMERA_PAGE (zf_window_camera (ZF_WINDOW (root)));
  answer (self, NULL);
  g_clear_handle_id (&self->left_id, g_source_remove);
  self->job = job;
  self->func = func;
  self->data = data;
  adw_window_title_set_title (self->title, title);
  zf_window_ask (ZF_WINDOW (root), ZF_PAGE (self));
}
