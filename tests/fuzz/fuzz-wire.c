/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bodies taken apart without parsing them: whatever comes out lies inside what went in. */
#include "fuzz.h"
#include "zf-json.h"
#include "zf-wire-push.h"

static void
assert_inside (const ZfSlice *slice, const uint8_t *data, size_t size)
{
  if (slice->text == NULL)
    return;
  g_assert_true ((const uint8_t *) slice->text >= data);
  g_assert_true ((const uint8_t *) slice->text + slice->len <= data + size);
}

/* Columns that give a line give it again when that is put into columns. */
static void
take_columns (const ZfSlice *line)
{
  static const char epoch[] = "01900000-0000-7000-8000-000000000000";
  g_autoptr (GBytes) plain = zf_wire_push_unpack (line->text, line->len);
  g_autoptr (GBytes) as_is = g_bytes_new (line->text, line->len);
  g_autoptr (GBytes) packed = zf_wire_push_pack (plain != NULL ? plain : as_is, epoch);

  if (packed != NULL)
    {
      gsize len;
      const char *text = g_bytes_get_data (packed, &len);
      g_autoptr (GBytes) back = zf_wire_push_unpack (text, len);

      g_assert_true (g_bytes_equal (back, plain != NULL ? plain : as_is));
    }
}

static void
take_apart (const uint8_t *data, size_t size, const char *member)
{
  g_autoptr (JsonObject) rest = NULL;
  g_autoptr (JsonObject) envelope = NULL;
  g_autoptr (GArray) elements = NULL;
  ZfSlice value = { 0 };

  if (zf_wire_take_member ((const char *) data, size, member, &value, &rest, NULL))
    assert_inside (&value, data, size);
  if (!zf_wire_split ((const char *) data, size, member, &envelope, &elements, NULL))
    return;
  for (guint i = 0; elements != NULL && i < elements->len; i++)
    {
      const ZfSlice *slice = &g_array_index (elements, ZfSlice, i);
      g_autoptr (JsonObject) item = zf_json_parse_object (slice->text, (gssize) slice->len, NULL);

      assert_inside (slice, data, size);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  const uint8_t *kept = g_bytes_get_data (bytes, NULL);
  g_autoptr (GArray) lines = zf_wire_lines (bytes, NULL);

  take_apart (kept, size, "items");
  take_apart (kept, size, "changes");
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    {
      const ZfSlice *line = &g_array_index (lines, ZfSlice, i);

      assert_inside (line, kept, size);
      take_columns (line);
      take_apart ((const uint8_t *) line->text, line->len, "changes");
    }
  return 0;
}
