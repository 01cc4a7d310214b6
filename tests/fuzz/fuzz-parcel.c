/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sealed files from a USB stick. The first byte says whose: 0 a file as it is found, for either side; 1 entries that somebody sealed to the county,
 * 2 entries sealed to the tablet. An entry is two numbers of four bytes (big-endian: length of its head and of its payload) and both. */
#include <string.h>

#include "fuzz-world.h"
#include "fuzz.h"
#include "zf-parcel.h"
#include "zf-server-parcel.h"

static void
seal (FuzzWorld *world, const char *path, const char *key, const uint8_t *data, size_t size)
{
  g_autofree char *text = zf_store_get_meta (world->store, key);
  guint8 reader[1][ZF_SEAL_KEY_BYTES];
  g_autoptr (ZfSealWriter) writer = NULL;
  g_autoptr (GBytes) raw = g_bytes_new (data, size);
  g_autoptr (GBytes) filled = fuzz_fill (world, raw, NULL);

  g_assert_true (zf_seal_key_read (text, reader[0]));
  writer = zf_seal_writer_new (path, (const guint8 (*)[ZF_SEAL_KEY_BYTES]) reader, 1, NULL);
  g_assert_nonnull (writer);
  g_assert_true (zf_seal_writer_put (writer, g_bytes_get_data (filled, NULL), g_bytes_get_size (filled), NULL));
  g_assert_true (zf_seal_writer_finish (writer, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) second = NULL;
  FuzzWorld world;
  gboolean ok;

  if (size == 0)
    return 0;
  fuzz_world_open (&world, FUZZ_COUNTY | FUZZ_TABLET);
  in = g_build_filename (world.dir, "in.zfp", NULL);
  out = g_build_filename (world.dir, "out.zfp", NULL);
  if (data[0] % 3 == 0)
    g_file_set_contents (in, (const char *) data + 1, (gssize) size - 1, NULL);
  else
    seal (&world, in, data[0] % 3 == 1 ? "county_seal_key" : "seal_public", data + 1, size - 1);
  ok = zf_server_parcel_take (world.core, in, out, &error);
  g_assert_true (ok == (error == NULL));
  ok = zf_parcel_read (world.store, in, NULL, &second);
  g_assert_true (ok == (second == NULL));
  fuzz_world_close (&world);
  return 0;
}
