/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <errno.h>

#include "zf-demo-private.h"
#include "zf-error.h"
#include "zf-photo.h"

enum { STREAM_PICTURE = 7 };

#define N_PHOTOS 28u

/* Most are as large as a thrifty tablet takes them, a few as large as its camera can. */
static const struct
{
  int width, height;
} sizes[] = { { 1600, 1200 }, { 2048, 1536 }, { 1280, 960 }, { 1600, 1200 }, { 2048, 1536 }, { 1600, 1200 }, { 4000, 3000 } };

/* One draw of a photo's shadow side: real sensors are never flat, and a flat drawing would make far too small a file. */
static guchar
grainy (guint value, guint32 *state)
{
  int noise;

  *state = *state * 1664525u + 1013904223u;
  noise = (int) (*state >> 28) - 8;
  return (guchar) CLAMP ((int) value + noise, 0, 255);
}

static GdkPixbuf *
to_pixbuf (cairo_surface_t *surface, guint32 grain)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  gsize from_stride = (gsize) cairo_image_surface_get_stride (surface), to_stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const guchar *from = cairo_image_surface_get_data (surface);
  guchar *to = gdk_pixbuf_get_pixels (pixbuf);

  for (gsize y = 0; y < (gsize) height; y++)
    for (gsize x = 0; x < (gsize) width; x++)
      {
        guint32 pixel;

        memcpy (&pixel, from + y * from_stride + 4 * x, sizeof pixel);
        to[y * to_stride + 3 * x] = grainy ((pixel >> 16) & 0xff, &grain);
        to[y * to_stride + 3 * x + 1] = grainy ((pixel >> 8) & 0xff, &grain);
        to[y * to_stride + 3 * x + 2] = grainy (pixel & 0xff, &grain);
      }
  return pixbuf;
}

static gboolean
draw_file (const char *path, guint number, guint64 seed, GError **error)
{
  const ZfDemoScene *scene = &zf_demo_scenes[number % zf_demo_n_scenes];
  guint size = (number / zf_demo_n_scenes * 3 + number) % G_N_ELEMENTS (sizes);
  g_autoptr (ZfRandom) random = zf_demo_random (seed, "0", number, STREAM_PICTURE);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, sizes[size].width, sizes[size].height);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  cairo_scale (cr, sizes[size].width / 400.0, sizes[size].height / 300.0);
  scene->draw (cr, random);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pixbuf = to_pixbuf (surface, (guint32) zf_random_u64 (random));
  cairo_surface_destroy (surface);
  return gdk_pixbuf_save (pixbuf, path, "jpeg", error, "quality", "88", NULL);
}

static char *
file_path (const char *dir, guint number)
{
  g_autofree char *name = g_strdup_printf ("%02u-%s.jpg", number + 1, zf_demo_scenes[number % zf_demo_n_scenes].purpose);

  return g_build_filename (dir, name, NULL);
}

gboolean
zf_demo_photos (const char *dir, guint64 seed, GError **error)
{
  if (g_mkdir_with_parents (dir, 0755) != 0)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_IO, _("The folder for the demo photos cannot be made: %s"), g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < N_PHOTOS; i++)
    {
      g_autofree char *path = file_path (dir, i);

      if (!g_file_test (path, G_FILE_TEST_EXISTS) && !draw_file (path, i, seed, error))
        return FALSE;
    }
  return TRUE;
}

static void
photo_free (gpointer data)
{
  ZfDemoPhoto *photo = data;

  g_free (photo->sha256);
  g_free (photo->source_sha256);
  g_free (photo);
}

static gboolean
add_photo (GPtrArray *pool, ZfStore *store, const char *path, const ZfDemoScene *scene, GError **error)
{
  g_autoptr (ZfPicture) picture = zf_picture_load (path, error);
  ZfDemoPhoto *photo;

  if (picture == NULL || !zf_photo_install (store, picture->sha256, picture->jpeg, error))
    return FALSE;
  photo = g_new0 (ZfDemoPhoto, 1);
  photo->sha256 = g_strdup (picture->sha256);
  photo->source_sha256 = g_strdup (picture->source_sha256);
  photo->purpose = scene->purpose;
  photo->caption = scene->caption;
  photo->width = picture->width;
  photo->height = picture->height;
  photo->size = (gint64) g_bytes_get_size (picture->jpeg);
  g_ptr_array_add (pool, photo);
  return TRUE;
}

GPtrArray *
zf_demo_photo_pool (ZfStore *store, const char *dir, guint64 seed, GError **error)
{
  g_autoptr (GPtrArray) pool = g_ptr_array_new_with_free_func (photo_free);

  if (dir == NULL)
    return g_steal_pointer (&pool);
  if (!zf_demo_photos (dir, seed, error))
    return NULL;
  for (guint i = 0; i < N_PHOTOS; i++)
    {
      g_autofree char *path = file_path (dir, i);

      if (!add_photo (pool, store, path, &zf_demo_scenes[i % zf_demo_n_scenes], error))
        return NULL;
    }
  return g_steal_pointer (&pool);
}
