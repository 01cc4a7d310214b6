/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A target as an ordinary test: replay FOLDER N runs every file of the corpus as it is, and N bent ones, the same ones every time. FUZZ_LAST=PATH
 * keeps the input at hand there, so that the one that kills is at hand afterwards. */
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static const char *const words[] = { "null", "-1", "9223372036854775807", "1e309", "{", "[[[[[[[[", "}", "\"", "\\u0000", "\n--\n", "\n\n", "@EPOCH@", "%2e%2e/", "\xff",
                                     "true", ":", ",", "0" };

static void
run (GByteArray *bytes)
{
  const char *last = g_getenv ("FUZZ_LAST");
  /* A copy of its own length: one byte too far is seen. */
  g_autofree guint8 *copy = bytes->len > 0 ? g_memdup2 (bytes->data, bytes->len) : g_malloc (1);

  if (last != NULL)
    g_file_set_contents (last, (const char *) bytes->data, bytes->len, NULL);
  LLVMFuzzerTestOneInput (copy, bytes->len);
}

static guint
place (GRand *random, GByteArray *bytes)
{
  return bytes->len > 0 ? (guint) g_rand_int_range (random, 0, (gint32) bytes->len) : 0;
}

static void
insert (GByteArray *bytes, guint at, const guint8 *what, guint len)
{
  g_autofree guint8 *tail = g_memdup2 (bytes->data + at, bytes->len - at);
  guint n = bytes->len - at;

  g_byte_array_set_size (bytes, at);
  g_byte_array_append (bytes, what, len);
  g_byte_array_append (bytes, tail, n);
}

static void
bend (GRand *random, GByteArray *bytes, GByteArray *other)
{
  guint at = place (random, bytes), len = place (random, bytes) % 64 + 1, n = MIN (len, bytes->len - at);

  switch (g_rand_int_range (random, 0, 7))
    {
    case 0:
      if (n > 0)
        bytes->data[at] ^= (guint8) (1u << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      if (n > 0)
        bytes->data[at] = (guint8) g_rand_int_range (random, 0, 256);
      break;
    case 2:
      g_byte_array_set_size (bytes, at);
      break;
    case 3:
      if (n > 0)
        g_byte_array_remove_range (bytes, at, n);
      break;
    case 4:
      {
        g_autofree guint8 *again = g_memdup2 (bytes->data + at, n);

        insert (bytes, at, again, n);
        break;
      }
    case 5:
      {
        const char *word = words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))];

        insert (bytes, at, (const guint8 *) word, (guint) strlen (word));
        break;
      }
    default:
      {
        guint from = place (random, other);

        insert (bytes, at, other->data + from, MIN (256, other->len - from));
      }
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
read_corpus (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      char *text = NULL;
      gsize len = 0;

      g_assert_true (g_file_get_contents (names->pdata[i], &text, &len, NULL));
      g_ptr_array_add (inputs, g_byte_array_new_take ((guint8 *) text, len));
    }
  g_assert_cmpuint (inputs->len, >, 0);
  return inputs;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) inputs = read_corpus (argc > 1 ? argv[1] : "");
  g_autoptr (GRand) random = g_rand_new_with_seed (20261101);
  int n = argc > 2 ? atoi (argv[2]) : 0;

  for (guint i = 0; i < inputs->len; i++)
    run (inputs->pdata[i]);
  for (int i = 0; i < n; i++)
    {
      GByteArray *from = inputs->pdata[g_rand_int_range (random, 0, (gint32) inputs->len)];
      GByteArray *other = inputs->pdata[g_rand_int_range (random, 0, (gint32) inputs->len)];
      g_autoptr (GByteArray) bent = g_byte_array_new ();
      gint32 bends = g_rand_int_range (random, 1, 5);

      g_byte_array_append (bent, from->data, from->len);
      while (bends-- > 0)
        bend (random, bent, other);
      run (bent);
    }
  g_print ("%u inputs, %d bent ones\n", inputs->len, n);
  return 0;
}
