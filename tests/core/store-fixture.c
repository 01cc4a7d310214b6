/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

static JsonNode *
parse (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_strdelimit (text, "'", '"');
  node = zf_json_parse (text, -1, &error);
  g_assert_no_error (error);
  return node;
}

JsonObject *
json_of (const char *format, ...)
{
  g_autoptr (JsonNode) node = NULL;
  va_list args;

  va_start (args, format);
  node = parse (format, args);
  va_end (args);
  return json_node_dup_object (node);
}

JsonArray *
json_array_of (const char *format, ...)
{
  g_autoptr (JsonNode) node = NULL;
  va_list args;

  va_start (args, format);
  node = parse (format, args);
  va_end (args);
  return json_node_dup_array (node);
}

char *
text_of (JsonObject *object)
{
  return zf_json_canonical_object (object);
}

static ZfKinds *
load_kinds (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "fixtures", folder, NULL);
  ZfKinds *kinds = zf_kinds_load (data, &error);

  g_assert_no_error (error);
  return kinds;
}

ZfKinds *
fixture_kinds (void)
{
  return load_kinds ("kinds");
}

static void
open_store (Fixture *f, gboolean create)
{
  ZfStoreOptions options = { .clock = f->clock, .random = f->random };
  g_autoptr (GError) error = NULL;

  f->store = create ? zf_store_create (f->dir, f->kinds, &options, &error) : zf_store_open (f->dir, f->kinds, &options, &error);
  g_assert_no_error (error);
  f->reader = zf_store_reader (f->store);
}

void
fixture_set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) villages = json_array_of ("[{'id':'%s','fields':{'name':'一村'}},{'id':'%s','fields':{'name':'二村'}}]", VILLAGE_1,
                                                  VILLAGE_2);

  f->dir = g_dir_make_tmp ("zf-store-XXXXXX", &error);
  g_assert_no_error (error);
  f->kinds = load_kinds (data != NULL ? data : "kinds");
  f->clock = zf_clock_new_manual (NOW_MS);
  f->random = zf_random_new_seeded (7);
  open_store (f, TRUE);
  zf_store_seed (f->store, "village", villages, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  zf_store_close (f->store);
  g_assert_finalize_object (f->store);
  g_object_unref (f->kinds);
  g_object_unref (f->clock);
  g_object_unref (f->random);
  fixture_remove (f->dir);
  g_free (f->dir);
}

void
fixture_reopen (Fixture *f)
{
  zf_store_close (f->store);
  g_object_unref (f->store);
  open_store (f, FALSE);
}

void
fixture_check (Fixture *f)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  zf_store_check (f->store, problems, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (char *) g_ptr_array_index (problems, i));
  g_assert_cmpuint (problems->len, ==, 0);
}

void
commit (Fixture *f, ZfSave *save)
{
  g_autoptr (GError) error = NULL;

  zf_store_commit (f->store, save, &error);
  g_assert_no_error (error);
}

void
commit_fails (Fixture *f, ZfSave *save, ZfError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (zf_store_commit (f->store, save, &error));
  g_assert_error (error, ZF_ERROR, (int) code);
}

char *
save_new (Fixture *f, const char *kind, const char *format, ...)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) fields = NULL;
  g_autoptr (JsonNode) node = NULL;
  va_list args;

  va_start (args, format);
  node = parse (format, args);
  va_end (args);
  zf_save_create (save, kind, NULL, json_node_get_object (node));
  commit (f, save);
  return g_strdup (zf_save_result_id (save, 0));
}

void
save_set (Fixture *f, const char *kind, const char *id, const char *format, ...)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonNode) node = NULL;
  va_list args;

  va_start (args, format);
  node = parse (format, args);
  va_end (args);
  zf_save_set (save, kind, id, json_node_get_object (node));
  commit (f, save);
}

ZfRecord *
get (Fixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  ZfRecord *record = zf_reader_get (f->reader, id, &error);

  g_assert_no_error (error);
  return record;
}

static GPtrArray *
log_of (Fixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = zf_reader_history (f->reader, id, &error);

  g_assert_no_error (error);
  return rows;
}

guint
log_length (Fixture *f, const char *id)
{
  g_autoptr (GPtrArray) rows = log_of (f, id);

  return rows->len;
}

JsonObject *
log_row (Fixture *f, const char *id, int i)
{
  g_autoptr (GPtrArray) rows = log_of (f, id);

  g_assert_cmpuint (rows->len, >, 0);
  return json_object_ref (g_ptr_array_index (rows, i < 0 ? rows->len - 1 : (guint) i));
}
