/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time, place and household below a photo: never by itself, only where the county's parameters ask for it, and never below a signature. */
#include <gdk-pixbuf/gdk-pixbuf.h>

#include "../fixtures/fixture-remove.h"
#include "zf-caption-strip.h"
#include "zf-json.h"
#include "zf-photos.h"

#define VILLAGE "11111111-1111-7111-8111-111111111111"

typedef struct
{
  char *dir;
  char *picture;
  ZfKinds *kinds;
  ZfStore *store;
  ZfSession *session;
  char *household;
} Fixture;

static void
seed (Fixture *f, const char *kind, const char *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = zf_json_parse (records, -1, &error);

  g_assert_no_error (error);
  zf_store_seed (f->store, kind, json_node_get_array (node), &error);
  g_assert_no_error (error);
}

static void
add_household (Fixture *f)
{
  g_autoptr (ZfSave) save = zf_save_new ("tester", FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (fields, "village", VILLAGE);
  json_object_set_string_member (fields, "head_name", "张国华");
  json_object_set_string_member (fields, "class", "ordinary");
  zf_save_create (save, "household", NULL, fields);
  zf_store_commit (f->store, save, &error);
  g_assert_no_error (error);
  f->household = g_strdup (zf_save_result_id (save, 0));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *store = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 600, 400);

  f->dir = g_dir_make_tmp ("zf-strip-XXXXXX", NULL);
  f->picture = g_build_filename (f->dir, "p.jpg", NULL);
  store = g_build_filename (f->dir, "store", NULL);
  gdk_pixbuf_fill (pixbuf, 0x3366aaff);
  g_assert_true (gdk_pixbuf_save (pixbuf, f->picture, "jpeg", NULL, NULL));
  f->kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  f->store = zf_store_create (store, f->kinds, NULL, &error);
  g_assert_no_error (error);
  seed (f, "village", "[{\"id\":\"" VILLAGE "\",\"fields\":{\"name\":\"石龙村\"}}]");
  add_household (f);
  f->session = zf_session_new (f->store);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->session);
  zf_store_close (f->store);
  g_object_unref (f->store);
  g_object_unref (f->kinds);
  fixture_remove (f->dir);
  g_free (f->dir);
  g_free (f->picture);
  g_free (f->household);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(char **) data = zf_photos_add_finish (result, &error);
  g_assert_no_error (error);
}

static gint64
height_of_photo (Fixture *f, const char *purpose)
{
  char *id = NULL;
  g_autofree char *photo = NULL;
  g_autoptr (ZfRecord) record = NULL;

  zf_photos_add_async (f->session, f->household, NULL, f->picture, purpose, on_added, &id);
  while (id == NULL)
    g_main_context_iteration (NULL, TRUE);
  photo = id;
  record = zf_reader_get (zf_session_reader (f->session), photo, NULL);
  g_assert_nonnull (record);
  g_assert_cmpint (zf_record_get_int (record, "width", 0), ==, 600);
  return zf_record_get_int (record, "height", 0);
}

static void
publish (Fixture *f, const char *version, const char *value)
{
  g_autofree char *record = g_strdup_printf ("[{\"fields\":{\"name\":\"photo\",\"version\":\"%s\",\"content\":\"{\\\"name\\\":\\\"photo\\\",\\\"version\\\":\\\"%s\\\","
                                             "\\\"parameters\\\":[{\\\"name\\\":\\\"caption_strip\\\",\\\"value\\\":\\\"%s\\\"}]}\"}}]",
                                             version, version, value);

  seed (f, "parameter", record);
}

static void
test_asked_for (Fixture *f, gconstpointer data)
{
  g_autofree char *words = NULL;

  g_assert_null (zf_caption_strip_words (f->session, f->household));
  g_assert_cmpint (height_of_photo (f, NULL), ==, 400);
  publish (f, "1", "no");
  g_assert_null (zf_caption_strip_words (f->session, f->household));
  publish (f, "2", "yes");
  words = zf_caption_strip_words (f->session, f->household);
  g_assert_cmpstr (words, ==, "石龙村 · 张国华");
  g_assert_cmpint (height_of_photo (f, "crack"), >, 420);
  g_assert_cmpint (height_of_photo (f, "signature"), ==, 400);
  publish (f, "10", "no");
  g_assert_null (zf_caption_strip_words (f->session, f->household));
}

/* The time of the picture, not of the moment in which its file was chosen; none where nobody knows it. */
static void
test_dated (void)
{
  g_autofree char *known = zf_caption_strip_dated ("石龙村 · 张国华", G_GINT64_CONSTANT (1762149900000));
  g_autofree char *unknown = zf_caption_strip_dated ("石龙村 · 张国华", 0);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (1762149900);
  g_autofree char *expected = g_date_time_format (time, "%Y-%m-%d %H:%M · 石龙村 · 张国华");

  g_assert_cmpstr (known, ==, expected);
  g_assert_cmpstr (unknown, ==, "石龙村 · 张国华");
}

/* As wide as the picture, white letters on black, more lines where there is less room. */
static void
test_drawn (void)
{
  g_autoptr (GBytes) wide = zf_caption_strip_draw ("2026-11-30 14:05 · 石龙村 · 张国华", 2000);
  g_autoptr (GBytes) narrow = zf_caption_strip_draw ("2026-11-30 14:05 · 石龙村 · 张国华", 100);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (wide, &size);
  guint light = 0;

  g_assert_cmpuint (size % 6000, ==, 0);
  g_assert_cmpuint (size / 6000, <, 140);
  for (gsize i = 0; i < size; i += 3)
    light += data[i] > 200;
  g_assert_cmpuint (light, >, 1000);
  g_assert_cmpuint (light, <, size / 12);
  g_assert_cmpuint (g_bytes_get_size (narrow) / 300, >, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/caption-strip/asked-for", Fixture, NULL, set_up, test_asked_for, tear_down);
  g_test_add_func ("/app/caption-strip/dated", test_dated);
  g_test_add_func ("/app/caption-strip/drawn", test_drawn);
  return g_test_run ();
}
