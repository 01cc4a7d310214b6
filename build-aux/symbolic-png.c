/* SPDX-License-Identifier: GPL-3.0-or-later */

/* symbolic-png SIZE IN.svg OUT.png: a symbolic icon as GTK wants it in a picture: its shape in alpha, and no colour (red, green and blue would be those of success,
 * warning and error). Part of the build: GTK reads such a picture at once, for an SVG it loads librsvg and draws it four times. */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>

static void
take_colour_away (GdkPixbuf *pixbuf)
{
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf);

  for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
    for (int x = 0; x < gdk_pixbuf_get_width (pixbuf); x++)
      for (int channel = 0; channel < 3; channel++)
        pixels[y * stride + x * 4 + channel] = 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  int size = argc == 4 ? atoi (argv[1]) : 0;

  if (size <= 0)
    {
      g_printerr ("symbolic-png SIZE IN.svg OUT.png\n");
      return 2;
    }
  pixbuf = gdk_pixbuf_new_from_file_at_size (argv[2], size, size, &error);
  if (pixbuf != NULL && !gdk_pixbuf_get_has_alpha (pixbuf))
    g_set_error (&error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_FAILED, "the icon has no transparent ground");
  if (error == NULL)
    {
      take_colour_away (pixbuf);
      gdk_pixbuf_save (pixbuf, argv[3], "png", &error, NULL);
    }
  if (error != NULL)
    g_printerr ("symbolic-png: %s: %s\n", argv[2], error->message);
  return error != NULL ? 1 : 0;
}
