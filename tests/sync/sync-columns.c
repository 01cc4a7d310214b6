/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pushes in columns: whatever line goes in comes out, in less room; what is no line of ours is refused on both sides. */
#include <glib.h>
#include <string.h>

#include "zf-change-id.h"
#include "zf-id.h"
#include "zf-wire-codec.h"
#include "zf-wire-push.h"

#define EPOCH "0199aaaa-0000-7000-8000-00000000000e"
#define OLD_EPOCH "0199aaaa-0000-7000-8000-00000000000d"
#define AT G_GINT64_CONSTANT (1795978820569)

static void
put_change (GString *line, ZfChangeText change, const char *epoch)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *cid = NULL;

  zf_change_text (text, &change);
  cid = zf_change_id (epoch, text->str);
  change.cid = cid;
  if (line->str[line->len - 1] != '[')
    g_string_append_c (line, ',');
  zf_change_text (line, &change);
}

static GString *
line_new (guint n)
{
  GString *line = g_string_new (NULL);

  g_string_printf (line, "{\"batch\":\"0199aaaa-0000-7000-8000-000000000001\",\"first\":7,\"last\":%u,\"changes\":[", 6 + n);
  return line;
}

static GBytes *
line_end (GString *line)
{
  g_string_append (line, "]}");
  return g_string_free_to_bytes (line);
}

static GBytes *
back_of (GBytes *packed)
{
  return zf_wire_push_unpack (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
}

/* The line comes back; returns how many bytes its columns have. */
static gsize
check_line (GBytes *line)
{
  g_autoptr (GBytes) packed = zf_wire_push_pack (line, EPOCH);
  g_autoptr (GBytes) again = zf_wire_push_pack (line, EPOCH);
  g_autoptr (GBytes) back = packed != NULL ? back_of (packed) : NULL;

  g_assert_nonnull (packed);
  g_assert_true (g_bytes_equal (packed, again));
  g_assert_nonnull (back);
  g_assert_true (g_bytes_equal (back, line));
  return g_bytes_get_size (packed);
}

static const ZfChangeText edit = {
  .lsn = 7,
  .kind = "household",
  .id = "0198bbbb-0000-7abc-9def-0123456789ab",
  .op = "set",
  .base = 3,
  .sv = 1,
  .at = AT,
  .by = "u\"1\\7",
  .f = "{\"phone\":[\"13900000001\",null],\"water\":{\"add\":[\"tap\"],\"del\":[]}}",
};

static void
test_shapes (void)
{
  static const char *const values[] = {
    "{}",
    "{\"a\":[null,1]}",
    "{\"a\":[1,null],\"b\":[\"0\",\"null\"],\"c\":[true,-1.5]}",
    "{\"a\":[null,\"]},{[\\\"\\\\\"]}",
    "{\"household\":[null,\"0198bbbb-0000-7abc-9def-0123456789ab\"]}",
    "{\"household\":[\"0198bbbb-0000-7abc-9def-0123456789ab\",\"00000000-0000-8000-8000-000000000000\"]}",
    "{\"into\":[null,\"0198bbbb-0000-7abc-9def-0123456789ac\"]}",
    "{\"x\":{\"add\":[],\"del\":[\"b\"]},\"\xe5\xa7\x93\":[null,\"\xe6\x9d\x8e\"]}",
  };
  GString *all = line_new (2 * G_N_ELEMENTS (values));

  for (guint i = 0; i < 2 * G_N_ELEMENTS (values); i++)
    {
      static const char *const ops[] = { "set", "add", "del" };
      GString *one = line_new (1);
      ZfChangeText change = edit;
      g_autofree char *tx = zf_change_tx (EPOCH, 7 + i / 3 * 3);
      g_autoptr (GBytes) line = NULL;

      change.f = values[i % G_N_ELEMENTS (values)];
      change.op = ops[i % 3];
      put_change (one, change, EPOCH);
      line = line_end (one);
      check_line (line);
      change.lsn = 7 + i;
      change.at = AT - 1000 * i;
      change.tx = i % 4 == 0 ? NULL : tx;
      put_change (all, change, i % 5 == 0 ? OLD_EPOCH : EPOCH);
    }
  {
    g_autoptr (GBytes) line = line_end (all);

    check_line (line);
  }
}

/* A day of visits and edits: ids and what follows from content take next to no room. */
static void
test_room (void)
{
  GString *text = line_new (200);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GBytes) line = NULL;
  g_autoptr (GBytes) columns = NULL;
  g_autoptr (GBytes) small = NULL;
  ZfWireCoding coding = ZF_WIRE_ZSTD;

  for (guint i = 0; i < 100; i++)
    {
      gint64 at = AT + i * 300000;
      g_autofree char *tx = zf_change_tx (EPOCH, 7 + 2 * i);
      g_autofree char *visit = g_strdup_printf ("%08x-%04x-7%03x-9%03x-%08x%04x", (guint) (at >> 16), (guint) (at & 0xffff),
                                                (guint) g_rand_int_range (random, 0, 4096), (guint) g_rand_int_range (random, 0, 4096),
                                                g_rand_int (random), (guint) g_rand_int_range (random, 0, 65536));
      g_autofree char *home = g_strdup_printf ("0198bbbb-0000-7%03x-8%03x-%08x%04x", i, i, g_rand_int (random), i);
      g_autofree char *f = g_strdup_printf ("{\"date\":[null,\"2026-11-24\"],\"household\":[null,\"%s\"],\"said\":[null,\"ok\"]}", home);
      ZfChangeText change = { .lsn = 7 + 2 * i, .tx = tx, .kind = "visit", .id = visit, .op = "add", .sv = 1, .at = at, .by = "u17", .f = f };

      put_change (text, change, EPOCH);
      change = (ZfChangeText) { .lsn = 8 + 2 * i, .tx = tx, .kind = "household", .id = home, .op = "set", .base = 1, .sv = 1, .at = at, .by = "u17",
                                .f = "{\"last_visit\":[\"2026-05-01\",\"2026-11-24\"]}" };
      put_change (text, change, EPOCH);
    }
  line = line_end (text);
  check_line (line);
  columns = zf_wire_push_pack (line, EPOCH);
  small = zf_wire_pack (columns, &coding);
  /* 100 × 74 random bits of visits, 100 × 44 of households, and little else. */
  g_assert_cmpuint (g_bytes_get_size (small), <, 3000);
}

static void
test_not_ours (void)
{
  static const char *const lines[] = {
    "",
    "{}",
    "{\"changes\":[]}",
    "{\"batch\":\"x\",\"first\":1,\"last\":1,\"changes\":[{}]}",
    "{\"batch\":\"x\",\"first\":1,\"last\":1,\"changes\":[1]}",
    "{\"batch\":\"x\",\"first\":1,\"last\":1,\"changes\":[{\"at\":1,\"b\":0,\"by\":\"\",\"cid\":\"c\",\"id\":\"no id\",\"k\":\"k\",\"lsn\":1,\"op\":\"set\",\"sv\":1,\"f\":{}}]}",
    "{\"first\":1,\"changes\":[{\"lsn\":1,\"f\":{}}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GBytes) line = g_bytes_new_static (lines[i], strlen (lines[i]));

      g_assert_null (zf_wire_push_pack (line, EPOCH));
      g_assert_null (zf_wire_push_unpack (lines[i], strlen (lines[i])));
    }
}

/* A line with a byte wrong gives a line or nothing; it never hurts. */
static void
test_damaged (void)
{
  GString *text = line_new (3);
  g_autoptr (GBytes) line = NULL;
  g_autoptr (GBytes) packed = NULL;
  gsize len;
  const char *bytes;

  for (guint i = 0; i < 3; i++)
    {
      ZfChangeText change = edit;

      change.lsn = 7 + i;
      put_change (text, change, EPOCH);
    }
  line = line_end (text);
  packed = zf_wire_push_pack (line, EPOCH);
  bytes = g_bytes_get_data (packed, &len);
  for (gsize i = 0; i < len; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autofree char *bent = g_memdup2 (bytes, len);
        g_autoptr (GBytes) back = NULL;
        g_autoptr (GBytes) cut = zf_wire_push_unpack (bytes, i);

        bent[i] = (char) (bent[i] ^ (1 << bit));
        back = zf_wire_push_unpack (bent, len);
        g_assert_null (cut);
      }
}

/* Two tablets with the same numbers never name two contents alike; what was renumbered keeps its name. */
static void
test_ids (void)
{
  g_autofree char *a = zf_change_id (EPOCH, "{\"x\":1}");
  g_autofree char *same = zf_change_id (EPOCH, "{\"x\":1}");
  g_autofree char *other_content = zf_change_id (EPOCH, "{\"x\":2}");
  g_autofree char *other_epoch = zf_change_id (OLD_EPOCH, "{\"x\":1}");

  g_assert_true (zf_id_is_valid (a));
  g_assert_cmpstr (a, ==, same);
  g_assert_cmpstr (a, !=, other_content);
  g_assert_cmpstr (a, !=, other_epoch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/columns/shapes", test_shapes);
  g_test_add_func ("/sync/columns/room", test_room);
  g_test_add_func ("/sync/columns/not-ours", test_not_ours);
  g_test_add_func ("/sync/columns/damaged", test_damaged);
  g_test_add_func ("/sync/columns/ids", test_ids);
  return g_test_run ();
}
