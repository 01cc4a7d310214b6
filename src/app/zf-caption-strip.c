/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-caption-strip.h"

#include <pango/pangocairo.h>

#include "zf-json.h"
#include "zf-publication.h"

#define PARAMETERS "photo"
#define PARAMETER "caption_strip"
/* Of the picture's width; and what can still be read on a small one. */
#define LETTERS_IN_A_LINE 42
#define LEAST_LETTER 12

static gboolean
says_yes (JsonObject *root)
{
  JsonArray *rows = zf_json_get_array (root, "parameters");

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (row != NULL && g_str_equal (zf_json_get_string (row, "name", ""), PARAMETER))
        return g_str_equal (zf_json_get_string (row, "value", ""), "yes");
    }
  return FALSE;
}

static gboolean
is_asked_for (ZfSession *session)
{
  g_autoptr (ZfPublication) file = zf_publication_newest (zf_session_reader (session), "parameter", PARAMETERS, NULL);
  g_autoptr (JsonObject) root = file != NULL ? zf_json_parse_object (file->content, -1, NULL) : NULL;

  return root != NULL && says_yes (root);
}

char *
zf_caption_strip_words (ZfSession *session, const char *household)
{
  g_autoptr (ZfRecord) home = NULL;

  g_return_val_if_fail (ZF_IS_SESSION (session) && household != NULL, NULL);

  if (!is_asked_for (session))
    return NULL;
  home = zf_reader_get (zf_session_reader (session), household, NULL);
  if (home == NULL)
    return NULL;
  return g_strdup_printf ("%s · %s", zf_session_village_name (session, home->village), zf_record_get_string (home, "head_name", ""));
}

char *
zf_caption_strip_dated (const char *words, gint64 taken_ms)
{
  g_autoptr (GDateTime) taken = taken_ms != 0 ? g_date_time_new_from_unix_local (taken_ms / 1000) : NULL;
  g_autofree char *text = taken != NULL ? g_date_time_format (taken, "%Y-%m-%d %H:%M") : NULL;

  return text != NULL ? g_strjoin (" · ", text, words, NULL) : g_strdup (words);
}

/* Drawing */

static PangoLayout *
layout_new (cairo_t *cr, const char *words, int width)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC");
  int letter = MAX (width / LETTERS_IN_A_LINE, LEAST_LETTER);

  pango_font_description_set_absolute_size (font, letter * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, MAX (width - letter, 1) * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, words, -1);
  pango_font_description_free (font);
  return layout;
}

static int
height_of (const char *words, int width, int *margin)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoLayout) layout = layout_new (cr, words, width);
  int height = 0;

  pango_layout_get_pixel_size (layout, NULL, &height);
  *margin = MAX (width / LETTERS_IN_A_LINE, LEAST_LETTER) / 2;
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return height + 2 * *margin;
}

static GBytes *
to_rgb (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  const guint8 *data = cairo_image_surface_get_data (surface);
  guint8 *rgb = g_malloc ((gsize) width * (gsize) height * 3), *to = rgb;

  for (int y = 0; y < height; y++)
    {
      const guint32 *row = (const guint32 *) (const void *) (data + (gsize) y * (gsize) cairo_image_surface_get_stride (surface));

      for (int x = 0; x < width; x++)
        {
          *to++ = (guint8) (row[x] >> 16);
          *to++ = (guint8) (row[x] >> 8);
          *to++ = (guint8) row[x];
        }
    }
  return g_bytes_new_take (rgb, (gsize) width * (gsize) height * 3);
}

GBytes *
zf_caption_strip_draw (const char *words, int width)
{
  int margin = 0;
  int height = height_of (words, width, &margin);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoLayout) layout = layout_new (cr, words, width);
  GBytes *strip = NULL;

  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, margin, margin);
  pango_cairo_show_layout (cr, layout);
  cairo_surface_flush (surface);
  strip = to_rgb (surface);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return strip;
}
