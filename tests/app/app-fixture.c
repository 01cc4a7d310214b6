/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-fixture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "../fixtures/fixture-remove.h"
#include "zf-json.h"
#include "zf-photos.h"

static void
add_household (AppFixture *f)
{
  g_autoptr (ZfSave) save = zf_save_new ("tester", FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (fields, "village", APP_VILLAGE);
  json_object_set_string_member (fields, "head_name", "张国华");
  json_object_set_string_member (fields, "class", "ordinary");
  zf_save_create (save, "household", NULL, fields);
  zf_store_commit (f->store, save, &error);
  g_assert_no_error (error);
  f->household = g_strdup (zf_save_result_id (save, 0));
}

/* (transfer full): a copy of the shipped forms with one more among them. */
static char *
data_with (AppFixture *f, const char *form)
{
  char *data = g_build_filename (f->dir, "data", NULL);
  const char *copy[] = { "cp", "-r", zf_data_dir (), data, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = zf_json_parse_object (form, -1, &error);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  g_assert_true (g_spawn_sync (NULL, (char **) copy, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error));
  name = g_strconcat (zf_json_get_string (zf_json_get_object (root, "kind"), "name", ""), ".json", NULL);
  path = g_build_filename (data, "forms", name, NULL);
  g_assert_true (g_file_set_contents (path, form, -1, &error));
  return data;
}

void
app_fixture_set_up (AppFixture *f, gconstpointer form)
{
  g_autofree char *data = NULL;
  g_autofree char *store = NULL;
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("zf-app-XXXXXX", NULL);
  data = form != NULL ? data_with (f, form) : g_strdup (zf_data_dir ());
  store = g_build_filename (f->dir, "store", NULL);
  f->kinds = zf_kinds_load (data, &error);
  g_assert_no_error (error);
  f->store = zf_store_create (store, f->kinds, NULL, &error);
  g_assert_no_error (error);
  app_fixture_seed (f, "village", "[{\"id\":\"" APP_VILLAGE "\",\"fields\":{\"name\":\"石龙村\"}}]");
  add_household (f);
  f->session = zf_session_new (f->store);
}

void
app_fixture_tear_down (AppFixture *f, gconstpointer form)
{
  g_object_unref (f->session);
  zf_store_close (f->store);
  g_object_unref (f->store);
  g_object_unref (f->kinds);
  fixture_remove (f->dir);
  g_free (f->dir);
  g_free (f->household);
}

void
app_fixture_seed (AppFixture *f, const char *kind, const char *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = zf_json_parse (records, -1, &error);

  g_assert_no_error (error);
  zf_store_seed (f->store, kind, json_node_get_array (node), &error);
  g_assert_no_error (error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(char **) data = zf_photos_add_finish (result, &error);
  g_assert_no_error (error);
}

static char *
wait_for (char **id)
{
  while (*id == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *id;
}

char *
app_fixture_picture (AppFixture *f, const char *purpose, int width, int height)
{
  static guint n;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GBytes) bytes = NULL;
  char *data = NULL, *id = NULL;
  gsize size = 0;

  /* The same picture again would be the same photo. */
  gdk_pixbuf_fill (pixbuf, 0x3366aaff + (++n << 20));
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "png", NULL, NULL));
  bytes = g_bytes_new_take (data, size);
  zf_photos_add_bytes_async (f->session, f->household, NULL, bytes, purpose, on_added, &id);
  return wait_for (&id);
}

char *
app_fixture_sound (AppFixture *f)
{
  static guint n;
  char *text = g_strdup_printf ("OggS and what a voice said, %u", ++n), *id = NULL;
  g_autoptr (GBytes) ogg = g_bytes_new_take (text, strlen (text));

  zf_photos_add_sound_async (f->session, f->household, NULL, ogg, "0:12", on_added, &id);
  return wait_for (&id);
}
