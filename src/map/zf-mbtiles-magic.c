/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-mbtiles-magic.h"

#include <string.h>

const char *
zf_tile_format (gconstpointer data, gsize size)
{
  static const struct { const char *magic; gsize length; const char *format; } formats[] = {
    { "\x89PNG\r\n\x1a\n", 8, "png" },
    { "\xff\xd8\xff", 3, "jpg" },
  };
  const char *bytes = data;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (size > formats[i].length && memcmp (bytes, formats[i].magic, formats[i].length) == 0)
      return formats[i].format;
  if (size > 12 && memcmp (bytes, "RIFF", 4) == 0 && memcmp (bytes + 8, "WEBP", 4) == 0)
    return "webp";
  return NULL;
}

gboolean
zf_tile_is_vector (gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  if (size < 2)
    return FALSE;
  return (bytes[0] == 0x1f && bytes[1] == 0x8b) || (bytes[0] == 0x78 && (bytes[1] == 0x9c || bytes[1] == 0xda || bytes[1] == 0x01)) || bytes[0] == 0x1a;
}
