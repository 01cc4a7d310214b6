/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-view.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"
#include "zf-photos.h"
#include "zf-sync.h"

struct _ZfPhotoView
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkStack *stack;
  GtkPicture *picture;
  GtkLabel *caption;
  GtkWidget *previous;
  GtkWidget *next;
  GtkPicture *thumb;
  GtkSpinner *spinner;
  GtkLabel *sentence;
  GtkWidget *again;

  GCancellable *cancellable;   /* while a picture is being fetched */
  char *household;
  GPtrArray *items;
  guint at;
};

G_DEFINE_FINAL_TYPE (ZfPhotoView, zf_photo_view, ZF_TYPE_PAGE)

static char *
when_taken (ZfPhotoView *self, const ZfPhotoItem *item)
{
  if (item->taken == NULL)
    return g_strdup (_("The time is not recorded"));
  return zf_fmt_moment (g_ascii_strtoll (item->taken, NULL, 10), zf_session_now_ms (zf_page_session (ZF_PAGE (self))));
}

/* A picture that is not here is fetched from the county: the small one stands for it meanwhile. */

static void show_current (ZfPhotoView *self);

typedef struct
{
  ZfStore *store;
  char *sha256;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_object_unref (fetch->store);
  g_free (fetch->sha256);
  g_free (fetch);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *what = data;
  GError *error = NULL;

  if (zf_sync_fetch_photo (what->store, what->sha256, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static const ZfPhotoItem *
current (ZfPhotoView *self)
{
  return self->items != NULL && self->at < self->items->len ? g_ptr_array_index (self->items, self->at) : NULL;
}

static void
show_waiting (ZfPhotoView *self, gboolean waiting, const char *sentence)
{
  gtk_spinner_set_spinning (self->spinner, waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), waiting);
  gtk_widget_set_visible (self->again, !waiting);
  gtk_label_set_text (self->sentence, sentence);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfPhotoView *self = ZF_PHOTO_VIEW (source);
  const Fetch *what = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean arrived = g_task_propagate_boolean (G_TASK (result), &error);
  const ZfPhotoItem *item = current (self);

  /* The person may be at another picture by now. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable || item == NULL || g_strcmp0 (item->sha256, what->sha256) != 0)
    return;
  g_clear_object (&self->cancellable);
  if (arrived)
    show_current (self);
  else
    {
      g_autofree char *sentence = zf_sync_explain (error);

      show_waiting (self, FALSE, sentence);
    }
}

static void
fetch (ZfPhotoView *self)
{
  const ZfPhotoItem *item = current (self);
  g_autoptr (GTask) task = NULL;
  Fetch *what = NULL;

  if (item == NULL || item->sha256 == NULL)
    return;
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  what = g_new0 (Fetch, 1);
  what->store = g_object_ref (zf_session_store (zf_page_session (ZF_PAGE (self))));
  what->sha256 = g_strdup (item->sha256);
  show_waiting (self, TRUE, _("Fetching this photo from the county…"));
  task = g_task_new (self, self->cancellable, on_fetched, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, what, (GDestroyNotify) fetch_free);
  g_task_run_in_thread (task, fetch_in_thread);
}

static void
leave_picture (ZfPhotoView *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
show_missing (ZfPhotoView *self, const ZfPhotoItem *item)
{
  g_autoptr (GdkTexture) thumb = zf_photos_texture (zf_page_session (ZF_PAGE (self)), item->sha256, TRUE);

  gtk_picture_set_paintable (self->thumb, GDK_PAINTABLE (thumb));
  gtk_widget_set_visible (GTK_WIDGET (self->thumb), thumb != NULL);
  fetch (self);
}

static void
show_current (ZfPhotoView *self)
{
  const ZfPhotoItem *item = g_ptr_array_index (self->items, self->at);
  g_autoptr (GdkTexture) texture = zf_photos_texture (zf_page_session (ZF_PAGE (self)), item->sha256, FALSE);
  g_autofree char *number = g_strdup_printf ("%u/%u", self->at + 1, self->items->len);
  g_autofree char *when = when_taken (self, item);
  const char *name = item->caption != NULL ? item->caption : _("Photo");

  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (self->picture, name);
  gtk_stack_set_visible_child_name (self->stack, texture != NULL ? "picture" : "missing");
  leave_picture (self);
  if (texture == NULL)
    show_missing (self, item);
  adw_window_title_set_title (self->title, number);
  adw_window_title_set_subtitle (self->title, when);
  gtk_label_set_text (self->caption, item->caption != NULL ? item->caption : "");
  gtk_widget_set_visible (GTK_WIDGET (self->caption), item->caption != NULL);
  gtk_widget_set_sensitive (self->previous, self->at > 0);
  gtk_widget_set_sensitive (self->next, self->at + 1 < self->items->len);
}

static void
on_previous (ZfPhotoView *self)
{
  if (self->at == 0)
    return;
  self->at--;
  show_current (self);
}

static void
on_next (ZfPhotoView *self)
{
  if (self->items == NULL || self->at + 1 >= self->items->len)
    return;
  self->at++;
  show_current (self);
}

static void
zf_photo_view_dispose (GObject *object)
{
  ZfPhotoView *self = ZF_PHOTO_VIEW (object);

  leave_picture (self);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->household, g_free);
  G_OBJECT_CLASS (zf_photo_view_parent_class)->dispose (object);
}

static void
zf_photo_view_class_init (ZfPhotoViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_photo_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-photo-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, title);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, picture);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, caption);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, previous);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, next);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, thumb);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, spinner);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, sentence);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, again);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, fetch);
}

static void
zf_photo_view_init (ZfPhotoView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zf_photo_view_show (ZfPhotoView *self, const char *household, const char *photo)
{
  g_return_if_fail (ZF_IS_PHOTO_VIEW (self));

  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = zf_photos_of (zf_page_session (ZF_PAGE (self)), household, NULL);
  self->at = 0;
  for (guint i = 0; i < self->items->len; i++)
    if (g_strcmp0 (((const ZfPhotoItem *) g_ptr_array_index (self->items, i))->id, photo) == 0)
      self->at = i;
  if (self->items->len > 0)
    show_current (self);
}
