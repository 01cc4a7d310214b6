/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was signed in a draft goes with it and comes back with it, also where the form is no visit. */
#include <gdk-pixbuf/gdk-pixbuf.h>

#include "../fixtures/fixture-remove.h"
#include "zf-json.h"
#include "zf-photos.h"

#define PLEDGE                                                                                                                                        \
  "{\"settings\":[{\"form_title\":\"承诺\",\"form_title::English\":\"Pledge\",\"form_id\":\"pledge\",\"version\":\"1\",\"default_language\":\"中文\"}]," \
  "\"kind\":{\"name\":\"pledge\",\"order\":502,\"parent\":{\"kind\":\"household\",\"field\":\"household\"},\"append_only\":false,\"key\":null,"          \
  "\"label\":\"word\",\"ledger\":true,\"server_only\":false,\"columns\":[\"word\"]},\"survey\":["                                                      \
  "{\"type\":\"text\",\"name\":\"word\",\"label::中文\":\"话\",\"label::English\":\"word\"},"                                                          \
  "{\"type\":\"image\",\"name\":\"hand\",\"appearance\":\"signature\",\"label::中文\":\"签字\",\"label::English\":\"hand\"}]}"

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfStore *store;
  ZfSession *session;
  char *household;
} Fixture;

static void
add_household (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) villages = zf_json_parse ("[{\"id\":\"11111111-1111-7111-8111-111111111111\",\"fields\":{\"name\":\"石龙村\"}}]", -1, NULL);
  g_autoptr (JsonNode) fields = zf_json_parse ("{\"village\":\"11111111-1111-7111-8111-111111111111\",\"head_name\":\"张国华\",\"class\":\"ordinary\"}", -1, NULL);
  g_autoptr (ZfSave) save = zf_save_new ("tester", FALSE);

  zf_store_seed (f->store, "village", json_node_get_array (villages), &error);
  g_assert_no_error (error);
  zf_save_create (save, "household", NULL, json_node_get_object (fields));
  zf_store_commit (f->store, save, &error);
  g_assert_no_error (error);
  f->household = g_strdup (zf_save_result_id (save, 0));
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autofree char *data = NULL;
  g_autofree char *pledge = NULL;
  g_autofree char *store = NULL;
  g_autoptr (GError) error = NULL;
  const char *copy[] = { "cp", "-r", zf_data_dir (), NULL, NULL };

  f->dir = g_dir_make_tmp ("zf-draft-XXXXXX", NULL);
  copy[3] = data = g_build_filename (f->dir, "data", NULL);
  g_assert_true (g_spawn_sync (NULL, (char **) copy, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error));
  pledge = g_build_filename (data, "forms", "pledge.json", NULL);
  g_assert_true (g_file_set_contents (pledge, PLEDGE, -1, &error));
  f->kinds = zf_kinds_load (data, &error);
  g_assert_no_error (error);
  store = g_build_filename (f->dir, "store", NULL);
  f->store = zf_store_create (store, f->kinds, NULL, &error);
  g_assert_no_error (error);
  add_household (f);
  f->session = zf_session_new (f->store);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_object_unref (f->session);
  zf_store_close (f->store);
  g_object_unref (f->store);
  g_object_unref (f->kinds);
  fixture_remove (f->dir);
  g_free (f->dir);
  g_free (f->household);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(char **) data = zf_photos_add_finish (result, &error);
  g_assert_no_error (error);
}

static char *
sign (Fixture *f)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 300, 200);
  g_autoptr (GBytes) png = NULL;
  char *bytes = NULL, *id = NULL;
  gsize size = 0;

  gdk_pixbuf_fill (pixbuf, 0xffffffff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, "png", NULL, NULL));
  png = g_bytes_new_take (bytes, size);
  zf_photos_add_bytes_async (f->session, f->household, NULL, png, ZF_PHOTO_SIGNATURE, on_added, &id);
  while (id == NULL)
    g_main_context_iteration (NULL, TRUE);
  return id;
}

static gboolean
stands (Fixture *f, const char *photo)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (f->session), photo, NULL);

  g_assert_nonnull (record);
  return record->del == NULL;
}

static void
test_comes_back (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormModel) model = zf_form_model_start (f->session, "pledge", f->household, &error);
  g_autofree char *photo = sign (f);
  g_autoptr (JsonNode) value = zf_json_string (photo);

  g_assert_no_error (error);
  g_assert_null (zf_photos_record (model));
  g_assert_true (zf_form_model_set (model, "hand", value, NULL));
  g_assert_true (zf_form_model_discard (model, NULL));
  g_assert_false (stands (f, photo));
  g_assert_true (zf_form_model_bring_back (model, NULL));
  g_assert_true (stands (f, photo));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/photos-draft/comes-back", Fixture, NULL, set_up, test_comes_back, tear_down);
  return g_test_run ();
}
