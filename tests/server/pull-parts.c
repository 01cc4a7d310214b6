/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a snapshot's parts carry comes out of them as it went in; what is no part is refused. */
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-sync.h"
#include "zf-wire-snapshot.h"

#define ID_1 "01890000-0000-7000-8000-000000000001"
#define ID_2 "01890000-0000-7000-8000-000000000002"

static char *
text_of (JsonArray *items)
{
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), items);

  return zf_json_canonical (node);
}

static void
test_round (void)
{
  const char *const key[] = { "household", "year", NULL };
  g_autofree char *derived = zf_id_from_key ("income", ID_1 "\x1f" "2026");
  g_autoptr (ZfSnapshotWriter) writer = zf_snapshot_writer_new ();
  g_autoptr (GBytes) part = NULL;
  g_autoptr (JsonArray) items = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  zf_snapshot_writer_record (writer, "household", ID_1, 3, NULL);
  zf_snapshot_writer_fields (writer, "{\"a\":\"x\\\"y\",\"gone\":null,\"set\":[\"p\",\"q\"]}", "one", 10);
  zf_snapshot_writer_fields (writer, "{\"b\":7}", "two", 20);
  zf_snapshot_writer_record (writer, "income", derived, 1, key);
  zf_snapshot_writer_fields (writer, "{\"household\":\"" ID_1 "\",\"year\":2026}", "one", 10);
  zf_snapshot_writer_record (writer, "household", ID_2, 1, NULL);
  zf_snapshot_writer_fields (writer, "{\"b\":8}", "one", 10);
  zf_snapshot_writer_item (writer, "{\"id\":\"z\",\"k\":\"conflict\"}");
  part = zf_snapshot_writer_end (writer);
  g_assert_true (zf_snapshot_writer_is_empty (writer));
  items = zf_snapshot_read (part, &error);
  g_assert_no_error (error);
  text = text_of (items);
  expected = g_strdup_printf ("[{\"c\":[{\"at\":10,\"by\":\"one\"},{\"at\":20,\"by\":\"two\"}],\"ci\":{\"a\":0,\"b\":1,\"set\":0},"
                              "\"f\":{\"a\":\"x\\\"y\",\"b\":7,\"set\":[\"p\",\"q\"]},\"id\":\"" ID_1 "\",\"k\":\"household\",\"rev\":3},"
                              "{\"c\":[{\"at\":10,\"by\":\"one\"}],\"f\":{\"b\":8},\"id\":\"" ID_2 "\",\"k\":\"household\",\"rev\":1},"
                              "{\"c\":[{\"at\":10,\"by\":\"one\"}],\"f\":{\"household\":\"" ID_1 "\",\"year\":2026},\"id\":\"%s\","
                              "\"k\":\"income\",\"rev\":1},{\"id\":\"z\",\"k\":\"conflict\"}]",
                              derived);
  g_assert_cmpstr (text, ==, expected);
}

/* A part cut off or changed anywhere never gives wrong items without an error, and never more than the limit. */
static void
test_damage (void)
{
  g_autoptr (ZfSnapshotWriter) writer = zf_snapshot_writer_new ();
  g_autoptr (GBytes) part = NULL;
  gsize len;

  zf_snapshot_writer_record (writer, "household", ID_1, 3, NULL);
  zf_snapshot_writer_fields (writer, "{\"a\":\"some text\"}", "one", 10);
  part = zf_snapshot_writer_end (writer);
  len = g_bytes_get_size (part);
  for (gsize i = 0; i < len; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (part, 0, i);
      g_autoptr (GError) error = NULL;

      g_assert_null (zf_snapshot_read (cut, &error));
      g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pull/parts/round", test_round);
  g_test_add_func ("/pull/parts/damage", test_damage);
  return g_test_run ();
}
