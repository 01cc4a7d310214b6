/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-strip.h"

#include <glib/gi18n.h>

#include "zf-camera-page.h"
#include "zf-dialogs.h"
#include "zf-fmt.h"
#include "zf-page.h"
#include "zf-photos.h"

#define THUMB_SIZE 112
/* Thumbnails are decoded as they are made; a page shows the newest and says how many there are. */
#define MOST_SHOWN 24

struct _ZfPhotoStrip
{
  GtkBox parent_instance;

  GtkBox *thumbs;
  GtkLabel *none;
  GtkButton *add;
  GtkWidget *take;
  GtkSpinner *spinner;

  ZfSession *session;
  char *household;
  char *record;
  char *shown;        /* what stands, so that a refresh without news touches nothing */
  guint n;
};

G_DEFINE_FINAL_TYPE (ZfPhotoStrip, zf_photo_strip, GTK_TYPE_BOX)

static GtkWidget *
picture_new (ZfPhotoStrip *self, const ZfPhotoItem *item)
{
  g_autoptr (GdkTexture) texture = zf_photos_texture (self->session, item->sha256, TRUE);
  GtkWidget *content = NULL;

  if (texture != NULL)
    {
      content = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
      gtk_picture_set_content_fit (GTK_PICTURE (content), GTK_CONTENT_FIT_COVER);
      gtk_picture_set_can_shrink (GTK_PICTURE (content), TRUE);
    }
  else
    content = gtk_image_new_from_icon_name ("image-missing-symbolic");
  gtk_widget_set_size_request (content, THUMB_SIZE, THUMB_SIZE);
  return content;
}

/* @place: (nullable): where the photo belongs, below it. */
static GtkWidget *
content_new (ZfPhotoStrip *self, const ZfPhotoItem *item, const char *place)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *words = NULL;

  gtk_box_append (GTK_BOX (box), picture_new (self, item));
  if (place == NULL)
    return box;
  words = gtk_label_new (place);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (words), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (words), 1);
  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_box_append (GTK_BOX (box), words);
  return box;
}

static GtkWidget *
thumb_new (ZfPhotoStrip *self, const ZfPhotoItem *item, const char *place, guint number)
{
  GtkWidget *button = gtk_button_new ();
  g_autofree char *name = NULL;

  gtk_button_set_child (GTK_BUTTON (button), content_new (self, item, place));
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_set_overflow (button, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (button, "zf-thumb");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(ss)", self->household, item->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.photo");
  /* Translators: the number of a photo, then what it shows */
  name = item->caption != NULL ? g_strdup_printf (_("Photo %u: %s"), number, item->caption)
                               : g_strdup_printf (_("Photo %u"), number);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  place != NULL ? place : "", -1);
  return button;
}

/* (element-type utf8): where those that are shown belong, NULL for the household's own. */
static GPtrArray *
places_of (ZfPhotoStrip *self, GPtrArray *items)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MIN (items->len, MOST_SHOWN); i++)
    g_ptr_array_add (places, zf_photos_place (self->session, self->household, g_ptr_array_index (items, i)));
  return places;
}

static char *
fingerprint (GPtrArray *items, GPtrArray *places)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      const ZfPhotoItem *item = g_ptr_array_index (items, i);
      const char *place = i < places->len ? g_ptr_array_index (places, i) : NULL;

      g_string_append_printf (all, "%s %s %s %s\n", item->id, item->sha256, item->caption, place != NULL ? place : "");
    }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
reload (ZfPhotoStrip *self)
{
  g_autoptr (GPtrArray) items = zf_photos_of (self->session, self->household, self->record);
  g_autoptr (GPtrArray) places = places_of (self, items);
  g_autofree char *now = fingerprint (items, places);

  if (g_strcmp0 (now, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&now);
  self->n = items->len;
  zf_clear_box (GTK_WIDGET (self->thumbs));
  for (guint i = 0; i < places->len; i++)
    gtk_box_append (self->thumbs, thumb_new (self, g_ptr_array_index (items, i), g_ptr_array_index (places, i), i + 1));
  gtk_widget_set_visible (GTK_WIDGET (self->none), items->len == 0);
}

static void
set_busy (ZfPhotoStrip *self, gboolean busy)
{
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->take, !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), !busy);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfPhotoStrip) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *photo = zf_photos_add_finish (result, &error);

  if (photo == NULL)
    g_warning ("A photo was not taken over: %s", error->message);
  if (self->session == NULL)
    return;   /* the window is closed */
  set_busy (self, FALSE);
  if (photo == NULL)
    {
      zf_page_toast (GTK_WIDGET (self), zf_photos_explain (error));
      return;
    }
  reload (self);
  zf_session_touch (self->session);
  zf_page_toast (GTK_WIDGET (self), _("The photo is saved on this tablet."));
}

void
zf_photo_strip_add_file (ZfPhotoStrip *self, const char *path)
{
  g_return_if_fail (ZF_IS_PHOTO_STRIP (self) && self->session != NULL && path != NULL);
  set_busy (self, TRUE);
  zf_photos_add_async (self->session, self->household, self->record, path, NULL, on_added, g_object_ref (self));
}

static void
on_shot (const ZfShot *shot, gpointer data)
{
  g_autoptr (ZfPhotoStrip) self = data;

  if (shot == NULL || self->session == NULL)
    return;
  if (shot->jpeg == NULL)
    {
      zf_photo_strip_add_file (self, shot->path);
      return;
    }
  set_busy (self, TRUE);
  zf_photos_add_bytes_async (self->session, self->household, self->record, shot->jpeg, NULL, on_added, g_object_ref (self));
}

static void
on_take (ZfPhotoStrip *self)
{
  zf_camera_page_open (GTK_WIDGET (self), ZF_CAMERA_PHOTO, _("Photo"), on_shot, g_object_ref (self));
}

static void
on_picked (const char *path, gpointer data)
{
  g_autoptr (ZfPhotoStrip) self = data;

  if (path != NULL)
    zf_photo_strip_add_file (self, path);
}

static void
on_add (ZfPhotoStrip *self)
{
  zf_dialogs_pick_picture (GTK_WIDGET (self), on_picked, g_object_ref (self));
}

static void
zf_photo_strip_dispose (GObject *object)
{
  ZfPhotoStrip *self = ZF_PHOTO_STRIP (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->household, g_free);
  g_clear_pointer (&self->record, g_free);
  g_clear_pointer (&self->shown, g_free);
  G_OBJECT_CLASS (zf_photo_strip_parent_class)->dispose (object);
}

static void
zf_photo_strip_class_init (ZfPhotoStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_photo_strip_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-photo-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoStrip, thumbs);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoStrip, none);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoStrip, add);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoStrip, take);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoStrip, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_take);
}

static void
zf_photo_strip_init (ZfPhotoStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zf_photo_strip_show (ZfPhotoStrip *self, ZfSession *session, const char *household, const char *record)
{
  g_return_if_fail (ZF_IS_PHOTO_STRIP (self) && ZF_IS_SESSION (session) && household != NULL);
  if (g_strcmp0 (self->household, household) != 0 || g_strcmp0 (self->record, record) != 0)
    g_clear_pointer (&self->shown, g_free);
  g_set_object (&self->session, session);
  g_free (self->household);
  g_free (self->record);
  self->household = g_strdup (household);
  self->record = g_strdup (record);
  reload (self);
}

guint
zf_photo_strip_n (ZfPhotoStrip *self)
{
  g_return_val_if_fail (ZF_IS_PHOTO_STRIP (self), 0);
  return self->n;
}
