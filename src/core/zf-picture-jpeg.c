/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-picture-private.h"

#include <glib/gi18n.h>
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "zf-error.h"

/* More passes over a progressive picture than this are an attack on time. */
#define MAX_SCANS 200
/* A progressive picture is held whole, coefficient by coefficient, before its first row is known: a small file can ask for any amount. */
#define MAX_MEMORY (192L * 1024 * 1024)
/* A scaled decode that reaches this part of the wanted edge needs no second scaling. */
#define GOOD_ENOUGH(edge) ((edge) * 7 / 8)

typedef struct
{
  struct jpeg_error_mgr base;
  jmp_buf out;
  const char *message;
} Catcher;

static G_NORETURN void
on_error (j_common_ptr cinfo)
{
  Catcher *catcher = (Catcher *) cinfo->err;

  longjmp (catcher->out, 1);
}

static void
on_message (j_common_ptr cinfo, int level)
{
  Catcher *catcher = (Catcher *) cinfo->err;
  int code = cinfo->err->msg_code;

  /* libjpeg would fill the rest with grey and call it a picture. */
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER))
    {
      catcher->message = N_("The picture ends too early. It was not copied completely.");
      longjmp (catcher->out, 1);
    }
}

static void
on_progress (j_common_ptr cinfo)
{
  if (cinfo->is_decompressor && ((j_decompress_ptr) cinfo)->input_scan_number > MAX_SCANS)
    on_error (cinfo);
}

static void
catch_errors (Catcher *catcher)
{
  jpeg_std_error (&catcher->base);
  catcher->base.error_exit = on_error;
  catcher->base.emit_message = on_message;
  catcher->message = N_("The picture is damaged or of a kind that cannot be read.");
}

/* n of n/8: the greatest that stays within @edge when it nearly reaches it, else the least beyond, to be averaged down. */
static unsigned int
choose_scale (gint64 longest, int edge)
{
  unsigned int n = 8;

  while (n > 1 && (longest * n + 7) / 8 > edge)
    n--;
  if (n < 8 && (longest * n + 7) / 8 < GOOD_ENOUGH (edge))
    n++;
  return n;
}

/* Adobe writes CMYK upside down. */
static void
cmyk_to_rgb (const guint8 *from, guint8 *to, int n, gboolean inverted)
{
  guint8 turn = inverted ? 0 : 255;

  for (int i = 0; i < n; i++, from += 4, to += 3)
    {
      int k = from[3] ^ turn;

      for (int j = 0; j < 3; j++)
        to[j] = (guint8) ((from[j] ^ turn) * k / 255);
    }
}

static void
read_rows (struct jpeg_decompress_struct *cinfo, ZfPixels *pixels, guint8 *cmyk)
{
  while (cinfo->output_scanline < cinfo->output_height)
    {
      guint8 *to = pixels->data + (gsize) cinfo->output_scanline * (gsize) pixels->width * 3;
      JSAMPROW row = cmyk != NULL ? cmyk : to;

      jpeg_read_scanlines (cinfo, &row, 1);
      if (cmyk != NULL)
        cmyk_to_rgb (cmyk, to, pixels->width, cinfo->saw_Adobe_marker);
    }
}

/* All that setjmp's return must still find lives here, not in locals. */
typedef struct
{
  struct jpeg_decompress_struct cinfo;
  struct jpeg_progress_mgr progress;
  Catcher catcher;
  ZfPixels *pixels;
  guint8 *cmyk;
} Decoder;

static void
decode (Decoder *d, int edge)
{
  struct jpeg_decompress_struct *cinfo = &d->cinfo;
  gboolean four = cinfo->num_components == 4;

  cinfo->scale_num = choose_scale (MAX (cinfo->image_width, cinfo->image_height), edge);
  cinfo->scale_denom = 8;
  cinfo->out_color_space = four ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress (cinfo);
  d->pixels = zf_pixels_new ((int) cinfo->output_width, (int) cinfo->output_height);
  if (four)
    d->cmyk = g_malloc ((gsize) cinfo->output_width * 4);
  read_rows (cinfo, d->pixels, d->cmyk);
  jpeg_finish_decompress (cinfo);
}

/* TRUE with d->pixels whole. */
static gboolean
try_decode (Decoder *d, const guint8 *data, gsize size, int edge, gint64 most, GError **error)
{
  if (setjmp (d->catcher.out) != 0)
    {
      if (d->catcher.base.msg_code == JERR_NO_BACKING_STORE)
        zf_picture_too_large (ZF_PICTURE_MAX_WHOLE, error);
      else
        g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _(d->catcher.message));
      return FALSE;
    }
  jpeg_create_decompress (&d->cinfo);
  d->cinfo.mem->max_memory_to_use = MAX_MEMORY;
  d->progress.progress_monitor = on_progress;
  d->cinfo.progress = &d->progress;
  jpeg_mem_src (&d->cinfo, data, size);
  jpeg_read_header (&d->cinfo, TRUE);
  if (!zf_picture_check_size (d->cinfo.image_width, d->cinfo.image_height, most, error))
    return FALSE;
  decode (d, edge);
  return TRUE;
}

ZfPixels *
zf_jpeg_decode (GBytes *bytes, int edge, gint64 most, GError **error)
{
  Decoder *d = g_new0 (Decoder, 1);
  ZfPixels *result = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  catch_errors (&d->catcher);
  d->cinfo.err = &d->catcher.base;
  if (try_decode (d, data, size, edge, most, error))
    result = g_steal_pointer (&d->pixels);
  jpeg_destroy_decompress (&d->cinfo);
  g_clear_pointer (&d->pixels, zf_pixels_free);
  g_free (d->cmyk);
  g_free (d);
  return result;
}

typedef struct
{
  struct jpeg_compress_struct cinfo;
  Catcher catcher;
  unsigned char *out;
  unsigned long n_out;
} Encoder;

static void
encode (Encoder *e, const ZfPixels *pixels, int quality)
{
  struct jpeg_compress_struct *cinfo = &e->cinfo;

  jpeg_create_compress (cinfo);
  jpeg_mem_dest (cinfo, &e->out, &e->n_out);
  cinfo->image_width = (JDIMENSION) pixels->width;
  cinfo->image_height = (JDIMENSION) pixels->height;
  cinfo->input_components = 3;
  cinfo->in_color_space = JCS_RGB;
  jpeg_set_defaults (cinfo);
  jpeg_set_quality (cinfo, quality, TRUE);
  jpeg_start_compress (cinfo, TRUE);
  while (cinfo->next_scanline < cinfo->image_height)
    {
      JSAMPROW row = pixels->data + (gsize) cinfo->next_scanline * (gsize) pixels->width * 3;

      jpeg_write_scanlines (cinfo, &row, 1);
    }
  jpeg_finish_compress (cinfo);
}

static gboolean
try_encode (Encoder *e, const ZfPixels *pixels, int quality, GError **error)
{
  if (setjmp (e->catcher.out) != 0)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_FAILED, _("The picture could not be stored."));
      return FALSE;
    }
  encode (e, pixels, quality);
  return TRUE;
}

GBytes *
zf_jpeg_encode (const ZfPixels *pixels, int quality, GError **error)
{
  Encoder *e = g_new0 (Encoder, 1);
  GBytes *result = NULL;

  catch_errors (&e->catcher);
  e->cinfo.err = &e->catcher.base;
  if (try_encode (e, pixels, quality, error))
    result = g_bytes_new_with_free_func (e->out, e->n_out, free, e->out);
  else
    free (e->out);
  jpeg_destroy_compress (&e->cinfo);
  g_free (e);
  return result;
}
