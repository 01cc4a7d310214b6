/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-label-picture.h"

#include "zf-form-media.h"
#include "zf-photo.h"

/* Twice the highest that is drawn, for screens with fine points and broad pictures. */
#define LONGEST_EDGE 800
/* A picture gives way so far where others stand beside it. */
#define NARROWEST 48
#define MOST_GROWTH 2.0
#define PLAIN_DPI (96 * 1024)

struct _ZfLabelPicture
{
  GtkWidget parent_instance;

  ZfForm *form;
  char *name;
  int highest;
  GdkTexture *texture;  /* (nullable): before it is laid out; no picture */
  gboolean read;
};

G_DEFINE_FINAL_TYPE (ZfLabelPicture, zf_label_picture, GTK_TYPE_WIDGET)

/* (transfer full) (nullable): the form may come from a county that did not check it. */
static GdkTexture *
decode (ZfForm *form, const char *name)
{
  int width = 0, height = 0;
  g_autoptr (GBytes) bytes = zf_form_picture (form, name);
  g_autoptr (GBytes) rgb = bytes != NULL ? zf_picture_rgb (bytes, LONGEST_EDGE, &width, &height, NULL) : NULL;

  return rgb != NULL ? gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, rgb, (gsize) width * 3) : NULL;
}

/* What a form has decoded, by name. */
static GHashTable *
textures_of (ZfForm *form)
{
  static const char *const key = "zf-label-pictures";
  GHashTable *textures = g_object_get_data (G_OBJECT (form), key);

  if (textures == NULL)
    {
      textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      g_object_set_data_full (G_OBJECT (form), key, textures, (GDestroyNotify) g_hash_table_unref);
    }
  return textures;
}

static GdkTexture *
texture_of (ZfLabelPicture *self)
{
  GHashTable *textures = textures_of (self->form);

  if (self->read)
    return self->texture;
  self->read = TRUE;
  if (!g_hash_table_contains (textures, self->name))
    {
      GdkTexture *texture = decode (self->form, self->name);

      if (texture != NULL)
        g_hash_table_insert (textures, g_strdup (self->name), texture);
    }
  g_set_object (&self->texture, g_hash_table_lookup (textures, self->name));
  return self->texture;
}

/* How large it would like to be. */
static gboolean
natural_size (ZfLabelPicture *self, double *width, double *height)
{
  GdkTexture *texture = texture_of (self);
  int dpi = 0;
  double growth = 1;

  if (texture == NULL)
    return FALSE;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  if (dpi > 0)
    growth = CLAMP ((double) dpi / PLAIN_DPI, 1, MOST_GROWTH);
  *height = MIN (gdk_texture_get_height (texture) * growth, self->highest);
  *width = *height * gdk_texture_get_width (texture) / gdk_texture_get_height (texture);
  return TRUE;
}

static GtkSizeRequestMode
zf_label_picture_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
zf_label_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  double width = 0, height = 0;

  if (!natural_size (ZF_LABEL_PICTURE (widget), &width, &height))
    return;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *natural = MAX (1, (int) (width + 0.5));
      *minimum = MIN (NARROWEST, *natural);
      return;
    }
  if (for_size >= 0 && for_size < width)
    height = height * for_size / width;
  *minimum = *natural = MAX (1, (int) (height + 0.5));
}

/* In the middle of a button, at the beginning of the line below a question: that is told by the alignment of the widget. */
static void
zf_label_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZfLabelPicture *self = ZF_LABEL_PICTURE (widget);
  double width = 0, height = 0, scale = 1;

  if (!natural_size (self, &width, &height))
    return;
  scale = MIN (1, MIN (gtk_widget_get_width (widget) / width, gtk_widget_get_height (widget) / height));
  width *= scale;
  height *= scale;
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float) ((gtk_widget_get_width (widget) - width) / 2), (float) ((gtk_widget_get_height (widget) - height) / 2),
                                                    (float) width, (float) height));
}

static void
zf_label_picture_dispose (GObject *object)
{
  ZfLabelPicture *self = ZF_LABEL_PICTURE (object);

  g_clear_object (&self->texture);
  g_clear_object (&self->form);
  g_clear_pointer (&self->name, g_free);
  self->read = TRUE;
  G_OBJECT_CLASS (zf_label_picture_parent_class)->dispose (object);
}

static void
zf_label_picture_class_init (ZfLabelPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_label_picture_dispose;
  widget_class->get_request_mode = zf_label_picture_get_request_mode;
  widget_class->measure = zf_label_picture_measure;
  widget_class->snapshot = zf_label_picture_snapshot;
  gtk_widget_class_set_css_name (widget_class, "zfpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
zf_label_picture_init (ZfLabelPicture *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
zf_label_picture_new (ZfForm *form, JsonObject *row, const char *lang, int highest)
{
  const char *name = zf_form_picture_name (form, row, lang);
  ZfLabelPicture *self;

  if (name == NULL)
    return NULL;
  self = g_object_new (ZF_TYPE_LABEL_PICTURE, NULL);
  self->form = g_object_ref (form);
  self->name = g_strdup (name);
  self->highest = highest;
  return GTK_WIDGET (self);
}

void
zf_label_picture_name (ZfLabelPicture *self, const char *words)
{
  g_return_if_fail (ZF_IS_LABEL_PICTURE (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}
