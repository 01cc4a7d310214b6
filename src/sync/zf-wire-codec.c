/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-wire-codec.h"

#include <string.h>
#include <zstd.h>

#include "zf-error.h"

#define ZSTD_LEVEL 6
/* A day's push takes some 50 ms at the highest level; what is longer would take too long. */
#define ZSTD_SMALL 19
#define ZSTD_SMALL_TO (160 * 1024)
#define GZIP_LEVEL 6
/* A window larger than what may come out is a demand on our memory, not a need. */
#define ZSTD_WINDOW_LOG 23
#define CHUNK 65536

static const struct
{
  ZfWireCoding coding;
  const char *name;
} codings[] = {
  { ZF_WIRE_ZSTD, "zstd" },
  { ZF_WIRE_GZIP, "gzip" },
};

const char *
zf_wire_coding_name (ZfWireCoding coding)
{
  for (guint i = 0; i < G_N_ELEMENTS (codings); i++)
    if (codings[i].coding == coding)
      return codings[i].name;
  return NULL;
}

gboolean
zf_wire_coding_parse (const char *header, ZfWireCoding *coding)
{
  *coding = ZF_WIRE_PLAIN;
  if (header == NULL || g_ascii_strcasecmp (header, "identity") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (codings); i++)
    if (g_ascii_strcasecmp (header, codings[i].name) == 0)
      {
        *coding = codings[i].coding;
        return TRUE;
      }
  return FALSE;
}

/* "name" or "name;q=0.5": whether it is @name and not refused by a weight of zero. */
static gboolean
element_allows (const char *element, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (element, ";", 2);
  const char *q;

  /* An empty element has no parts. */
  if (parts[0] == NULL)
    return FALSE;
  q = parts[1] != NULL ? strstr (parts[1], "q=") : NULL;
  return g_ascii_strcasecmp (g_strstrip (parts[0]), name) == 0 && (q == NULL || g_ascii_strtod (q + 2, NULL) > 0);
}

ZfWireCoding
zf_wire_coding_choose (const char *accept)
{
  g_auto (GStrv) elements = g_strsplit (accept != NULL ? accept : "", ",", 16);

  for (guint i = 0; i < G_N_ELEMENTS (codings); i++)
    for (guint k = 0; elements[k] != NULL; k++)
      if (element_allows (elements[k], codings[i].name))
        return codings[i].coding;
  return ZF_WIRE_PLAIN;
}

static gboolean
broken (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "The packed message is cut off or damaged");
  return FALSE;
}

static gboolean
too_much (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_LIMIT, "The packed message holds more than may come out of it");
  return FALSE;
}

static GByteArray *
zstd_pack (GBytes *plain, int level)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (plain, &len);
  gsize bound = ZSTD_compressBound (len);
  GByteArray *out = g_byte_array_sized_new ((guint) bound);
  gsize n;

  g_byte_array_set_size (out, (guint) bound);
  n = ZSTD_compress (out->data, bound, data, len, level);
  g_byte_array_set_size (out, ZSTD_isError (n) ? 0 : (guint) n);
  return out;
}

/* Runs a GConverter over all of @in; FALSE when it fails, when more than @max would come out, or when bytes are left over. */
static gboolean
convert_all (GConverter *converter, GBytes *in, gsize max, GByteArray *out, GError **error)
{
  gsize len, at = 0;
  const guint8 *data = g_bytes_get_data (in, &len);
  GConverterResult result = G_CONVERTER_CONVERTED;
  guint8 chunk[CHUNK];

  if (data == NULL)
    data = (const guint8 *) "";
  while (result != G_CONVERTER_FINISHED)
    {
      gsize read = 0, written = 0;

      result = g_converter_convert (converter, data + at, len - at, chunk, sizeof chunk, G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
      if (result == G_CONVERTER_ERROR)
        return broken (error);
      at += read;
      if (out->len + written > max)
        return too_much (error);
      g_byte_array_append (out, chunk, (guint) written);
    }
  return at == len || broken (error);
}

static GByteArray *
gzip_pack (GBytes *plain)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, GZIP_LEVEL);
  GByteArray *out = g_byte_array_new ();

  if (!convert_all (G_CONVERTER (compressor), plain, G_MAXUINT32, out, NULL))
    g_byte_array_set_size (out, 0);
  return out;
}

static gboolean
worth_it (gsize plain, gsize packed)
{
  return packed > 0 && packed < plain && plain / packed < ZF_WIRE_MAX_RATIO && plain <= ZF_WIRE_MAX_UNPACKED;
}

static GBytes *
pack_at (GBytes *plain, ZfWireCoding *coding, int level)
{
  gsize len = g_bytes_get_size (plain);
  g_autoptr (GByteArray) out = NULL;

  if (len > ZF_WIRE_PACK_FROM && *coding != ZF_WIRE_PLAIN)
    out = *coding == ZF_WIRE_ZSTD ? zstd_pack (plain, level) : gzip_pack (plain);
  if (out != NULL && worth_it (len, out->len))
    return g_byte_array_free_to_bytes (g_steal_pointer (&out));
  *coding = ZF_WIRE_PLAIN;
  return g_bytes_ref (plain);
}

GBytes *
zf_wire_pack (GBytes *plain, ZfWireCoding *coding)
{
  return pack_at (plain, coding, ZSTD_LEVEL);
}

GBytes *
zf_wire_pack_small (GBytes *plain, ZfWireCoding *coding)
{
  return pack_at (plain, coding, g_bytes_get_size (plain) <= ZSTD_SMALL_TO ? ZSTD_SMALL : ZSTD_LEVEL);
}

static gboolean
zstd_unpack (GBytes *packed, gsize max, GByteArray *out, GError **error)
{
  ZSTD_DStream *stream = ZSTD_createDStream ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  ZSTD_inBuffer in = { g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), 0 };
  gsize left = 1;
  gboolean ok = TRUE;

  ZSTD_DCtx_setParameter (stream, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
  while (ok && left > 0)
    {
      ZSTD_outBuffer piece = { chunk, CHUNK, 0 };
      gsize before = in.pos;

      left = ZSTD_decompressStream (stream, &piece, &in);
      if (ZSTD_isError (left) || (piece.pos == 0 && in.pos == before))
        ok = broken (error);
      else if (out->len + piece.pos > max)
        ok = too_much (error);
      else
        g_byte_array_append (out, chunk, (guint) piece.pos);
    }
  ZSTD_freeDStream (stream);
  return ok && (in.pos == in.size || broken (error));
}

static gboolean
gzip_unpack (GBytes *packed, gsize max, GByteArray *out, GError **error)
{
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  return convert_all (G_CONVERTER (decompressor), packed, max, out, error);
}

static gsize
limit_of (GBytes *packed, gsize max)
{
  gsize size = g_bytes_get_size (packed);

  max = MIN (max, ZF_WIRE_MAX_UNPACKED);
  return size < max / ZF_WIRE_MAX_RATIO ? size * ZF_WIRE_MAX_RATIO : max;
}

GBytes *
zf_wire_unpack (GBytes *packed, ZfWireCoding coding, gsize max, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize limit = limit_of (packed, max);
  gboolean ok;

  if (coding == ZF_WIRE_PLAIN)
    return g_bytes_get_size (packed) <= max || too_much (error) ? g_bytes_ref (packed) : NULL;
  ok = coding == ZF_WIRE_ZSTD ? zstd_unpack (packed, limit, out, error) : gzip_unpack (packed, limit, out, error);
  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

char *
zf_wire_digest (GBytes *bytes)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 raw[32];
  gsize len = sizeof raw;
  g_autofree char *base64 = NULL;

  g_checksum_update (sum, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_checksum_get_digest (sum, raw, &len);
  base64 = g_base64_encode (raw, len);
  return g_strdup_printf ("sha-256=:%s:", base64);
}

gboolean
zf_wire_digest_matches (const char *header, GBytes *bytes)
{
  g_auto (GStrv) members = g_strsplit (header != NULL ? header : "", ",", 16);
  g_autofree char *actual = zf_wire_digest (bytes);

  for (guint i = 0; members[i] != NULL; i++)
    if (g_str_has_prefix (g_strstrip (members[i]), "sha-256="))
      return g_str_equal (members[i], actual);
  return TRUE;
}
