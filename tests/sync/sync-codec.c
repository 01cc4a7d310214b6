/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What both halves rely on when bodies travel packed. */
#include <string.h>

#include "zf-error.h"
#include "zf-wire-codec.h"
#include "zf-random.h"

static const ZfWireCoding both[] = { ZF_WIRE_ZSTD, ZF_WIRE_GZIP };

/* Text that shrinks about as much as a page of records does. */
static GBytes *
page (gsize lines)
{
  GString *text = g_string_new (NULL);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (7);

  for (gsize i = 0; i < lines; i++)
    g_string_append_printf (text, "{\"k\":\"household\",\"id\":\"%016" G_GINT64_MODIFIER "x\",\"rev\":%u,\"f\":{\"roof\":\"tile\"}}\n",
                            zf_random_u64 (random), zf_random_below (random, 9));
  return g_string_free_to_bytes (text);
}

static GBytes *
zeros (gsize n)
{
  return g_bytes_new_take (g_malloc0 (n), n);
}

static void
test_there_and_back (void)
{
  g_autoptr (GBytes) plain = page (2000);

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      ZfWireCoding coding = both[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) packed = zf_wire_pack (plain, &coding);
      g_autoptr (GBytes) back = zf_wire_unpack (packed, coding, ZF_WIRE_MAX_UNPACKED, &error);

      g_assert_no_error (error);
      g_assert_cmpint (coding, ==, both[i]);
      g_assert_cmpuint (g_bytes_get_size (packed) * 2, <, g_bytes_get_size (plain));
      g_assert_true (g_bytes_equal (back, plain));
    }
}

/* Nothing travels packed that a reader with our own limits would refuse. */
static void
test_not_worth_it (void)
{
  guint8 noise[1000];
  g_autoptr (ZfRandom) random = zf_random_new_seeded (8);
  g_autoptr (GBytes) small = zeros (ZF_WIRE_PACK_FROM);
  g_autoptr (GBytes) wild = NULL;
  g_autoptr (GBytes) bomb = zeros (1024 * 1024);
  GBytes *cases[3];

  zf_random_bytes (random, noise, sizeof noise);
  wild = g_bytes_new (noise, sizeof noise);
  cases[0] = small;
  cases[1] = wild;
  cases[2] = bomb;
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      ZfWireCoding coding = both[i % 2];
      g_autoptr (GBytes) packed = zf_wire_pack (cases[i / 2], &coding);

      g_assert_cmpint (coding, ==, ZF_WIRE_PLAIN);
      g_assert_true (packed == cases[i / 2]);
    }
}

/* gzip of 8 MB of zeros is 8 kB: it stops at the limit, whichever is nearer. */
static void
test_bombs (void)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autofree guint8 *out = g_malloc (65536);
  g_autoptr (GBytes) plain = zeros (8 * 1024 * 1024);
  g_autoptr (GBytes) bomb = NULL;
  g_autoptr (GBytes) text = page (200);
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GError) error = NULL;
  ZfWireCoding coding = ZF_WIRE_ZSTD;
  gsize n, m;

  g_assert_cmpint (g_converter_convert (G_CONVERTER (compressor), g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), out, 65536,
                                        G_CONVERTER_INPUT_AT_END, &n, &m, NULL),
                   ==, G_CONVERTER_FINISHED);
  bomb = g_bytes_new (out, m);
  g_assert_null (zf_wire_unpack (bomb, ZF_WIRE_GZIP, G_MAXSIZE, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_LIMIT);
  g_clear_error (&error);
  packed = zf_wire_pack (text, &coding);
  g_assert_null (zf_wire_unpack (packed, coding, g_bytes_get_size (text) - 1, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (zf_wire_unpack (text, ZF_WIRE_PLAIN, 10, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_LIMIT);
}

/* Cut anywhere, or with one byte too many, it is refused; a changed byte never gives a longer text than allowed. */
static void
test_damaged (void)
{
  g_autoptr (GBytes) plain = page (40);

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      ZfWireCoding coding = both[i];
      g_autoptr (GBytes) packed = zf_wire_pack (plain, &coding);
      gsize len = g_bytes_get_size (packed);
      g_autofree guint8 *copy = g_malloc0 (len + 1);
      g_autoptr (GBytes) longer = NULL;

      memcpy (copy, g_bytes_get_data (packed, NULL), len);
      longer = g_bytes_new (copy, len + 1);
      g_assert_null (zf_wire_unpack (longer, coding, ZF_WIRE_MAX_UNPACKED, NULL));
      for (gsize at = 0; at < len; at++)
        {
          g_autoptr (GBytes) cut = g_bytes_new_from_bytes (packed, 0, at);
          g_autoptr (GBytes) bent = NULL;
          g_autoptr (GBytes) out = NULL;
          g_autoptr (GError) error = NULL;

          g_assert_null (zf_wire_unpack (cut, coding, ZF_WIRE_MAX_UNPACKED, &error));
          g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
          copy[at] ^= 0x55;
          bent = g_bytes_new (copy, len);
          out = zf_wire_unpack (bent, coding, ZF_WIRE_MAX_UNPACKED, NULL);
          g_assert_true (out == NULL || g_bytes_get_size (out) <= ZF_WIRE_MAX_UNPACKED);
          copy[at] ^= 0x55;
        }
    }
}

static void
test_digest (void)
{
  /* The example of RFC 9530, appendix D. */
  g_autoptr (GBytes) hello = g_bytes_new_static ("{\"hello\": \"world\"}\n", 19);
  g_autoptr (GBytes) other = g_bytes_new_static ("{\"hello\": \"World\"}\n", 19);
  g_autofree char *digest = zf_wire_digest (hello);
  g_autofree char *both_kinds = g_strconcat ("sha-512=:AAAA:, ", digest, NULL);

  g_assert_cmpstr (digest, ==, "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
  g_assert_true (zf_wire_digest_matches (digest, hello));
  g_assert_true (zf_wire_digest_matches (both_kinds, hello));
  g_assert_false (zf_wire_digest_matches (digest, other));
  g_assert_false (zf_wire_digest_matches ("sha-256=:::", hello));
  g_assert_true (zf_wire_digest_matches (NULL, hello));
  g_assert_true (zf_wire_digest_matches ("md5=:AAAA:", hello));
}

static void
test_names (void)
{
  static const struct
  {
    const char *accept;
    ZfWireCoding best;
  } cases[] = {
    { NULL, ZF_WIRE_PLAIN },          { "", ZF_WIRE_PLAIN },           { "gzip, zstd", ZF_WIRE_ZSTD }, { "GZIP", ZF_WIRE_GZIP },
    { "zstd;q=0, gzip", ZF_WIRE_GZIP }, { "br, deflate", ZF_WIRE_PLAIN }, { "gzip;q=0.1", ZF_WIRE_GZIP }, { "zstdx", ZF_WIRE_PLAIN },
  };
  ZfWireCoding coding;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (zf_wire_coding_choose (cases[i].accept), ==, cases[i].best);
  g_assert_true (zf_wire_coding_parse ("Zstd", &coding));
  g_assert_cmpint (coding, ==, ZF_WIRE_ZSTD);
  g_assert_cmpstr (zf_wire_coding_name (coding), ==, "zstd");
  g_assert_true (zf_wire_coding_parse (NULL, &coding));
  g_assert_null (zf_wire_coding_name (coding));
  g_assert_false (zf_wire_coding_parse ("zstd, gzip", &coding));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/codec/there-and-back", test_there_and_back);
  g_test_add_func ("/sync/codec/not-worth-it", test_not_worth_it);
  g_test_add_func ("/sync/codec/bombs", test_bombs);
  g_test_add_func ("/sync/codec/damaged", test_damaged);
  g_test_add_func ("/sync/codec/digest", test_digest);
  g_test_add_func ("/sync/codec/names", test_names);
  return g_test_run ();
}
