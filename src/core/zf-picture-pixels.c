/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-picture-private.h"

#include <string.h>

/* These loops over every pixel of a photo gain most from vector instructions, which -O2 keeps back. */
#pragma GCC optimize ("O3")

#define WEIGHT_BITS 12
#define ROW_BITS 8      /* places behind the point that a half-scaled row keeps */

ZfPixels *
zf_pixels_new (int width, int height)
{
  ZfPixels *pixels = g_new0 (ZfPixels, 1);

  pixels->width = width;
  pixels->height = height;
  pixels->data = g_malloc ((gsize) width * (gsize) height * 3);
  return pixels;
}

void
zf_pixels_free (ZfPixels *pixels)
{
  g_free (pixels->data);
  g_free (pixels);
}

/* Which source pixels cover each target pixel, and how much of it: shares are integers that sum to 1 << WEIGHT_BITS. */
typedef struct
{
  int max;            /* weights a target pixel */
  int *first;
  int *n;
  guint16 *weights;
} Cover;

static Cover
cover_new (int from, int to)
{
  Cover c = { from / to + 2, g_new (int, to), g_new (int, to), NULL };

  c.weights = g_new0 (guint16, (gsize) to * (gsize) c.max);
  for (int i = 0; i < to; i++)
    {
      /* Counted in parts of a source pixel, `to` parts each, so that nothing is rounded before the end. */
      gint64 start = (gint64) i * from, end = start + from;
      gint64 done = 0, shared = 0;

      c.first[i] = (int) (start / to);
      c.n[i] = (int) ((end - 1) / to) - c.first[i] + 1;
      for (int k = 0; k < c.n[i]; k++)
        {
          gint64 border = MIN (end, (gint64) (c.first[i] + k + 1) * to);
          gint64 upto;

          done = border - start;
          upto = ((done << WEIGHT_BITS) + from / 2) / from;
          c.weights[(gsize) i * (gsize) c.max + (gsize) k] = (guint16) (upto - shared);
          shared = upto;
        }
    }
  return c;
}

static void
cover_clear (Cover *c)
{
  g_free (c->first);
  g_free (c->n);
  g_free (c->weights);
}

static void
scale_row (const guint8 *from, guint16 *to, int width, const Cover *c)
{
  for (int i = 0; i < width; i++)
    {
      const guint8 *p = from + (gsize) c->first[i] * 3;
      const guint16 *w = c->weights + (gsize) i * (gsize) c->max;
      guint32 r = 0, g = 0, b = 0;

      for (int k = 0; k < c->n[i]; k++, p += 3)
        {
          r += (guint32) p[0] * w[k];
          g += (guint32) p[1] * w[k];
          b += (guint32) p[2] * w[k];
        }
      *to++ = (guint16) (r >> (WEIGHT_BITS - ROW_BITS));
      *to++ = (guint16) (g >> (WEIGHT_BITS - ROW_BITS));
      *to++ = (guint16) (b >> (WEIGHT_BITS - ROW_BITS));
    }
}

static void
add_row (guint32 *sums, const guint16 *row, gsize n, guint32 weight)
{
  for (gsize i = 0; i < n; i++)
    sums[i] += row[i] * weight;
}

static void
finish_row (guint8 *to, guint32 *sums, gsize n)
{
  const int bits = WEIGHT_BITS + ROW_BITS;

  for (gsize i = 0; i < n; i++)
    to[i] = (guint8) ((sums[i] + (1u << (bits - 1))) >> bits);
  memset (sums, 0, n * sizeof *sums);
}

static ZfPixels *
scale_to (const ZfPixels *from, int width, int height)
{
  ZfPixels *to = zf_pixels_new (width, height);
  Cover across = cover_new (from->width, width);
  Cover down = cover_new (from->height, height);
  gsize n = (gsize) width * 3;
  g_autofree guint16 *row = g_new (guint16, n);
  g_autofree guint32 *sums = g_new0 (guint32, n);
  int row_is = -1;

  for (int y = 0; y < height; y++)
    {
      for (int k = 0; k < down.n[y]; k++)
        {
          int at = down.first[y] + k;

          /* Neighbours share the source row on their border. */
          if (at != row_is)
            scale_row (from->data + (gsize) at * (gsize) from->width * 3, row, width, &across);
          row_is = at;
          add_row (sums, row, n, down.weights[(gsize) y * (gsize) down.max + (gsize) k]);
        }
      finish_row (to->data + (gsize) y * n, sums, n);
    }
  cover_clear (&across);
  cover_clear (&down);
  return to;
}

ZfPixels *
zf_pixels_scale (const ZfPixels *pixels, int edge)
{
  gint64 longest = MAX (pixels->width, pixels->height);
  int width = (int) MAX (1, (pixels->width * (gint64) edge + longest / 2) / longest);
  int height = (int) MAX (1, (pixels->height * (gint64) edge + longest / 2) / longest);

  return scale_to (pixels, MIN (width, pixels->width), MIN (height, pixels->height));
}

ZfPixels *
zf_pixels_fit (ZfPixels *pixels, int edge)
{
  ZfPixels *scaled;

  if (MAX (pixels->width, pixels->height) <= edge)
    return pixels;
  scaled = zf_pixels_scale (pixels, edge);
  zf_pixels_free (pixels);
  return scaled;
}

/* How to walk the source for each EXIF orientation: where the target's first pixel lies, and the steps to the next one in
 * its row and its column: +x, -x, +y or -y of the source. */
static const struct
{
  gboolean from_right;
  gboolean from_bottom;
  gboolean swap;
} walks[9] = {
  [1] = { FALSE, FALSE, FALSE },
  [2] = { TRUE, FALSE, FALSE },
  [3] = { TRUE, TRUE, FALSE },
  [4] = { FALSE, TRUE, FALSE },
  [5] = { FALSE, FALSE, TRUE },
  [6] = { FALSE, TRUE, TRUE },
  [7] = { TRUE, TRUE, TRUE },
  [8] = { TRUE, FALSE, TRUE },
};

ZfPixels *
zf_pixels_orient (ZfPixels *pixels, int orientation)
{
  gssize stride = (gssize) pixels->width * 3;
  gssize step_x = walks[orientation].from_right ? -3 : 3;
  gssize step_y = walks[orientation].from_bottom ? -stride : stride;
  gboolean swap = walks[orientation].swap;
  const guint8 *start = pixels->data;
  ZfPixels *out;
  guint8 *to;

  if (orientation == 1)
    return pixels;
  start += walks[orientation].from_right ? stride - 3 : 0;
  start += walks[orientation].from_bottom ? (pixels->height - 1) * stride : 0;
  out = swap ? zf_pixels_new (pixels->height, pixels->width) : zf_pixels_new (pixels->width, pixels->height);
  to = out->data;
  for (int y = 0; y < out->height; y++)
    {
      const guint8 *p = start + y * (swap ? step_x : step_y);

      for (int x = 0; x < out->width; x++, p += swap ? step_y : step_x, to += 3)
        {
          to[0] = p[0];
          to[1] = p[1];
          to[2] = p[2];
        }
    }
  zf_pixels_free (pixels);
  return out;
}
