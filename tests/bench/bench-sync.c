/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bytes of a first copy: the parts of a village of 500 households (household, person, income), beside the bare values and ids alone, and the time
 * that it takes to write and to read them. */
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include <glib/gstdio.h>

#include "zf-bench.h"
#include "zf-demo.h"
#include "zf-divisions.h"
#include "zf-json.h"
#include "zf-query.h"
#include "zf-wire-snapshot.h"

#define LEVEL 12

typedef struct
{
  ZfReader *reader;
  ZfSnapshotWriter *writer;
  GString *values;      /* what the floor is made of */
  GPtrArray *parts;
  guint n;
} Copy;

static void
put_values (GString *out, const char *id, JsonObject *fields)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  g_string_append (out, id);
  json_object_iter_init (&iter, fields);
  while (json_object_iter_next (&iter, &name, &value))
    {
      g_autofree char *text = zf_json_canonical (value);

      g_string_append_printf (out, "\t%s", text);
    }
  g_string_append_c (out, '\n');
}

static void
copy_record (Copy *copy, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRecord) record = zf_reader_get (copy->reader, id, &error);
  g_autofree char *f = NULL;

  g_assert_no_error (error);
  f = zf_json_canonical_object (record->fields);
  zf_snapshot_writer_record (copy->writer, record->kind_name, id, 1, zf_kind_key (record->kind));
  zf_snapshot_writer_fields (copy->writer, f, "demo", 1790000000000 + copy->n / 9 * 60000);
  put_values (copy->values, id, record->fields);
  copy->n++;
}

static void
copy_below (Copy *copy, const char *kind, const char *parent)
{
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, "id");
  if (parent != NULL)
    zf_query_where (query, "parent", ZF_OP_EQ, parent);
  rows = zf_query_run (query, copy->reader, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < zf_rows_n (rows); i++)
    {
      if (parent == NULL && zf_snapshot_writer_is_full (copy->writer))
        g_ptr_array_add (copy->parts, zf_snapshot_writer_end (copy->writer));
      copy_record (copy, zf_rows_text (rows, i, 0));
      if (parent == NULL)
        {
          copy_below (copy, "person", zf_rows_text (rows, i, 0));
          copy_below (copy, "income", zf_rows_text (rows, i, 0));
        }
    }
}

static gsize
packed (const GString *text)
{
  gsize bound = ZSTD_compressBound (text->len);
  g_autofree char *out = g_malloc (bound);

  return ZSTD_compress (out, bound, text->str, text->len, LEVEL);
}

static void
report (const Copy *copy)
{
  gsize bytes = 0, floor = packed (copy->values);
  gint64 start = g_get_monotonic_time ();
  guint n = 0;

  for (guint i = 0; i < copy->parts->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonArray) items = zf_snapshot_read (copy->parts->pdata[i], &error);

      g_assert_no_error (error);
      n += json_array_get_length (items);
      bytes += g_bytes_get_size (copy->parts->pdata[i]);
    }
  g_assert_cmpuint (n, ==, copy->n);
  printf ("{\"name\":\"first-copy-village-bytes\",\"value\":%" G_GSIZE_FORMAT ",\"unit\":\"B\",\"floor\":%" G_GSIZE_FORMAT
          ",\"ratio\":%.2f,\"records\":%u,\"parts\":%u,\"read_ms\":%.1f,\"budget\":\"<= 250000 or <= 1.3 x floor\"}\n",
          bytes, floor, (double) bytes / (double) floor, n, copy->parts->len, (double) (g_get_monotonic_time () - start) / 1000.0);
}

int
main (void)
{
  const char *const villages[] = { "500230109220", NULL };
  g_autofree char *dir = g_dir_make_tmp ("zf-bench-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), &error);
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), &error);
  g_autoptr (JsonArray) records = zf_divisions_records (divisions, NULL);
  g_autoptr (ZfStore) store = zf_store_create (dir, kinds, NULL, &error);
  ZfDemoOptions options = { .households = 500, .seed = 7, .villages = villages };
  Copy copy = { .writer = zf_snapshot_writer_new (), .values = g_string_new (NULL) };
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", dir);

  g_assert_no_error (error);
  zf_store_seed (store, "village", records, &error);
  zf_demo_fill (store, &options, NULL, &error);
  g_assert_no_error (error);
  copy.reader = zf_store_reader (store);
  copy.parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  copy_below (&copy, "household", NULL);
  g_ptr_array_add (copy.parts, zf_snapshot_writer_end (copy.writer));
  report (&copy);
  zf_snapshot_writer_free (copy.writer);
  g_string_free (copy.values, TRUE);
  g_ptr_array_unref (copy.parts);
  zf_store_close (store);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  return 0;
}
