/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Parts of a snapshot: as they come over the wire (first byte even), and packed lines that somebody bent before packing (odd). */
#include <zstd.h>

#include "fuzz.h"
#include "zf-json.h"
#include "zf-wire-snapshot.h"

static GBytes *
packed (const uint8_t *data, size_t size)
{
  gsize room = ZSTD_compressBound (size);
  g_autofree guint8 *out = g_malloc (room);

  return g_bytes_new (out, ZSTD_compress (out, room, data, size, 1));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) part = size == 0 ? NULL : data[0] % 2 == 0 ? g_bytes_new (data + 1, size - 1) : packed (data + 1, size - 1);
  g_autoptr (JsonArray) items = part != NULL ? zf_snapshot_read (part, NULL) : NULL;

  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      g_autofree char *text = zf_json_canonical_object (item);

      g_assert_cmpint (text[0], ==, '{');
    }
  return 0;
}
