/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-id.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1790000000000)

/* Frozen: a change here would make two records of one. */
static void
test_key_vectors (void)
{
  static const struct { const char *kind, *key, *id; } vectors[] = {
    { "review", "v1\x1f" "2026Q4", "235cf6cc-0766-8547-8b4c-8c75cba66de3" },
    { "village", "500230100201", "9cad0447-18e3-8a8e-b7ef-5a885627ca72" },
    { "income", "", "f401969f-d4bb-81e1-84b0-6600d697b1a2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *id = zf_id_from_key (vectors[i].kind, vectors[i].key);

      g_assert_cmpstr (id, ==, vectors[i].id);
      g_assert_true (zf_id_is_valid (id));
    }
}

static void
test_new (void)
{
  g_autoptr (ZfClock) clock = zf_clock_new_manual (NOW);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 20000; i++)
    {
      char *id = zf_id_new (clock, random);

      g_assert_true (zf_id_is_valid (id));
      g_assert_cmpint (id[14], ==, '7');
      g_assert_true (g_str_has_prefix (id, "01a0c450-6c00-7"));
      g_assert_true (g_hash_table_add (seen, id));
    }
}

static void
test_valid (void)
{
  g_assert_true (zf_id_is_valid ("01a0c449-bc00-7abc-8def-0123456789ab"));
  g_assert_false (zf_id_is_valid ("01A0C449-bc00-7abc-8def-0123456789ab"));
  g_assert_false (zf_id_is_valid ("01a0c449-bc00-4abc-8def-0123456789ab"));
  g_assert_false (zf_id_is_valid ("01a0c449-bc00-7abc-cdef-0123456789ab"));
  g_assert_false (zf_id_is_valid ("01a0c449-bc00-7abc-8def-0123456789a"));
  g_assert_false (zf_id_is_valid ("01a0c449-bc00-7abc-8def-0123456789abc"));
  g_assert_false (zf_id_is_valid ("01a0c449bbc00-7abc-8def-0123456789ab"));
  g_assert_false (zf_id_is_valid (""));
  g_assert_false (zf_id_is_valid (NULL));
}

/* A simulation replays from its seed, however the bytes are asked for. */
static void
test_seeded (void)
{
  g_autoptr (ZfRandom) a = zf_random_new_seeded (42);
  g_autoptr (ZfRandom) b = zf_random_new_seeded (42);
  g_autoptr (ZfRandom) c = zf_random_new_seeded (43);
  guint8 whole[2000], pieces[2000], other[2000];

  zf_random_bytes (a, whole, sizeof whole);
  for (gsize at = 0; at < sizeof pieces; at += 8)
    zf_random_bytes (b, pieces + at, 8);
  zf_random_bytes (c, other, sizeof other);
  g_assert_cmpmem (whole, sizeof whole, pieces, sizeof pieces);
  g_assert_true (memcmp (whole, other, sizeof whole) != 0);
}

/* Frozen: demo counties and simulations are named by their seed. */
static void
test_seed_vector (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (1);
  guint64 first = zf_random_u64 (random);

  g_assert_cmphex (first, ==, G_GUINT64_CONSTANT (0x912fe8375f9b0604));
}

static void
test_below (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (3);
  guint n[6] = { 0 }, hits = 0;

  for (int i = 0; i < 60000; i++)
    {
      n[zf_random_below (random, 6)]++;
      hits += zf_random_chance (random, 250);
    }
  for (int i = 0; i < 6; i++)
    g_assert_cmpint ((int) n[i], >, 9500);
  g_assert_cmpint ((int) hits, >, 14400);
  g_assert_cmpint ((int) hits, <, 15600);
  g_assert_cmpuint (zf_random_below (random, 1), ==, 0);
}

static void
test_system (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  g_autoptr (ZfClock) clock = zf_clock_new_system ();

  g_assert_true (zf_random_u64 (random) != zf_random_u64 (random));
  g_assert_cmpint (ABS (zf_clock_now_ms (clock) - g_get_real_time () / 1000), <, 60000);
}

static void
test_clock (void)
{
  /* 2026-11-03 23:59:59 in the county */
  g_autoptr (ZfClock) clock = zf_clock_new_manual (G_GINT64_CONSTANT (1793721599000));
  g_autofree char *before = zf_clock_today (clock);
  g_autofree char *after = NULL;

  zf_clock_advance (clock, 1000);
  after = zf_clock_today (clock);
  g_assert_cmpstr (before, ==, "2026-11-03");
  g_assert_cmpstr (after, ==, "2026-11-04");
  zf_clock_advance (clock, -2000);
  g_assert_cmpint (zf_clock_now_ms (clock), ==, G_GINT64_CONSTANT (1793721598000));
}

static gpointer
draw (gpointer data)
{
  for (int i = 0; i < 5000; i++)
    zf_random_u64 (data);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (5);
  g_autoptr (ZfRandom) alone = zf_random_new_seeded (5);
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("draw", draw, random);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < 20000; i++)
    zf_random_u64 (alone);
  g_assert_cmphex (zf_random_u64 (random), ==, zf_random_u64 (alone));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/key-vectors", test_key_vectors);
  g_test_add_func ("/id/new", test_new);
  g_test_add_func ("/id/valid", test_valid);
  g_test_add_func ("/random/seeded", test_seeded);
  g_test_add_func ("/random/seed-vector", test_seed_vector);
  g_test_add_func ("/random/below", test_below);
  g_test_add_func ("/random/system", test_system);
  g_test_add_func ("/random/threads", test_threads);
  g_test_add_func ("/clock/manual", test_clock);
  return g_test_run ();
}
