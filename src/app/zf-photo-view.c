/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-view.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"
#include "zf-photos.h"

struct _ZfPhotoView
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkStack *stack;
  GtkPicture *picture;
  GtkLabel *caption;
  GtkWidget *previous;
  GtkWidget *next;

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
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
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
