/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sealed files: whole for those they are sealed to, nothing for others, and never a part of one taken for the whole. */
#include <glib/gstdio.h>
#include <string.h>

#include "zf-error.h"
#include "zf-seal.h"

typedef struct
{
  char *dir;
  char *path;
  ZfRandom *random;
  ZfSealPair mine;
  ZfSealPair other;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("zf-seal-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "sealed", NULL);
  f->random = zf_random_new_seeded (7);
  zf_seal_pair_new (&f->mine, f->random);
  zf_seal_pair_new (&f->other, f->random);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->random);
  g_unlink (f->path);
  g_rmdir (f->dir);
  g_free (f->path);
  g_free (f->dir);
}

static guint8
byte_at (gsize i)
{
  return (guint8) (i * 31 + (i >> 8));
}

static void
write_sealed (Fixture *f, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSealWriter) writer = NULL;
  g_autofree guint8 *bytes = g_malloc (len + 1);
  guint8 readers[2][ZF_SEAL_KEY_BYTES];

  for (gsize i = 0; i < len; i++)
    bytes[i] = byte_at (i);
  memcpy (readers[0], f->other.public, ZF_SEAL_KEY_BYTES);
  memcpy (readers[1], f->mine.public, ZF_SEAL_KEY_BYTES);
  writer = zf_seal_writer_new (f->path, (const guint8 (*)[ZF_SEAL_KEY_BYTES]) readers, 2, &error);
  g_assert_no_error (error);
  for (gsize at = 0; at < len; at += 1000)
    g_assert_true (zf_seal_writer_put (writer, bytes + at, MIN (1000, len - at), &error));
  g_assert_true (zf_seal_writer_finish (writer, &error));
  g_assert_no_error (error);
}

/* Reads to the end; TRUE when there was one. @got: bytes that came before it. */
static gboolean
read_sealed (Fixture *f, const ZfSealPair *pair, gsize *got, GError **error)
{
  g_autoptr (ZfSealReader) reader = zf_seal_reader_new (f->path, pair, 1, error);
  gboolean end = FALSE;

  for (*got = 0; reader != NULL; ++*got)
    {
      guint8 byte = 0;

      if (!zf_seal_reader_get (reader, &byte, 1, &end, error))
        return FALSE;
      if (end)
        return TRUE;
      g_assert_cmpuint (byte, ==, byte_at (*got));
    }
  return FALSE;
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  static const gsize lengths[] = { 0, 1, 1000, 65535, 65536, 65537, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize got;

      write_sealed (f, lengths[i]);
      g_assert_true (read_sealed (f, &f->mine, &got, &error));
      g_assert_cmpuint (got, ==, lengths[i]);
      g_assert_true (read_sealed (f, &f->other, &got, &error));
    }
}

static void
test_stranger (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ZfSealPair stranger;
  gsize got;

  zf_seal_pair_new (&stranger, f->random);
  write_sealed (f, 100);
  g_assert_false (read_sealed (f, &stranger, &got, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
  g_clear_error (&error);
  g_unlink (f->path);
  g_assert_false (read_sealed (f, &f->mine, &got, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
}

/* Every length below the whole, and every byte changed. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize len, got;

  write_sealed (f, 300);
  g_assert_true (g_file_get_contents (f->path, &whole, &len, NULL));
  for (gsize n = 0; n < len; n++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (f->path, whole, (gssize) n, NULL));
      g_assert_false (read_sealed (f, &f->mine, &got, &error));
      g_assert_true (error != NULL && error->domain == ZF_ERROR);
    }
  for (gsize n = 0; n < len; n++)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok;

      whole[n] ^= 0x20;
      g_assert_true (g_file_set_contents (f->path, whole, (gssize) len, NULL));
      ok = read_sealed (f, &f->mine, &got, &error);
      /* What belongs to the other reader only may change without harm to this one. */
      g_assert_true (!ok || (n >= 5 && n < 5 + 88 && got == 300));
      whole[n] ^= 0x20;
    }
}

/* Two files in one, or a frame left out, are no file. */
static void
test_spliced (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = NULL;
  gsize len, got, frame = 4 + 65536 + 17, head = 5 + 2 * 88 + 24;

  write_sealed (f, 3 * 65536);
  g_assert_true (g_file_get_contents (f->path, &whole, &len, NULL));
  memmove (whole + head + frame, whole + head + 2 * frame, len - head - 2 * frame);
  g_assert_true (g_file_set_contents (f->path, whole, (gssize) (len - frame), NULL));
  g_assert_false (read_sealed (f, &f->mine, &got, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CORRUPT);
}

static void
test_unfinished (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  ZfSealWriter *writer = zf_seal_writer_new (f->path, (const guint8 (*)[ZF_SEAL_KEY_BYTES]) &f->mine.public, 1, &error);

  g_assert_no_error (error);
  g_assert_true (zf_seal_writer_put (writer, "x", 1, NULL));
  zf_seal_writer_free (writer);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_assert_null (zf_seal_writer_new ("/nowhere/at/all", (const guint8 (*)[ZF_SEAL_KEY_BYTES]) &f->mine.public, 1, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
}

static void
test_keys (Fixture *f, gconstpointer data)
{
  ZfSealPair a, b, c;
  g_autofree char *text = NULL;
  guint8 key[ZF_SEAL_KEY_BYTES];

  zf_seal_pair_derive (&a, f->mine.secret, "team v1 v2");
  zf_seal_pair_derive (&b, f->mine.secret, "team v1 v2");
  zf_seal_pair_derive (&c, f->mine.secret, "team v1");
  g_assert_cmpmem (a.public, 32, b.public, 32);
  g_assert_cmpint (memcmp (a.public, c.public, 32), !=, 0);
  text = zf_seal_key_text (a.public);
  g_assert_true (zf_seal_key_read (text, key));
  g_assert_cmpmem (key, 32, a.public, 32);
  g_assert_false (zf_seal_key_read (NULL, key));
  g_assert_false (zf_seal_key_read ("c2hvcnQ=", key));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/seal/whole", test_whole },     { "/seal/stranger", test_stranger },     { "/seal/damaged", test_damaged },
    { "/seal/spliced", test_spliced }, { "/seal/unfinished", test_unfinished }, { "/seal/keys", test_keys },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
