/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Packed bodies. The first byte says what is done with the rest: unpacked as one of the codings, or packed and unpacked again. */
#include "fuzz.h"
#include "zf-wire-codec.h"

#define MOST (64 * 1024)

static void
unpack (GBytes *bytes, ZfWireCoding coding)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = zf_wire_unpack (bytes, coding, MOST, &error);

  g_assert_true ((plain != NULL) != (error != NULL));
  if (plain != NULL)
    g_assert_cmpuint (g_bytes_get_size (plain), <=, MOST);
}

static void
there_and_back (GBytes *bytes, ZfWireCoding coding)
{
  g_autoptr (GBytes) packed = zf_wire_pack (bytes, &coding);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = zf_wire_unpack (packed, coding, ZF_WIRE_MAX_UNPACKED, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (plain, bytes));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = size > 0 ? g_bytes_new (data + 1, size - 1) : NULL;
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data + 1, size - 1) : NULL;
  ZfWireCoding coding = ZF_WIRE_PLAIN;

  if (size == 0)
    return 0;
  switch (data[0] % 6)
    {
    case 0:
    case 1:
      unpack (bytes, data[0] % 6 == 0 ? ZF_WIRE_GZIP : ZF_WIRE_ZSTD);
      break;
    case 2:
    case 3:
      there_and_back (bytes, data[0] % 6 == 2 ? ZF_WIRE_GZIP : ZF_WIRE_ZSTD);
      break;
    case 4:
      zf_wire_coding_parse (text, &coding);
      zf_wire_coding_choose (text);
      break;
    default:
      zf_wire_digest_matches (text, bytes);
    }
  return 0;
}
