/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../fixtures/fixture-remove.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-photo.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#define VILLAGE "11111111-1111-7111-8111-111111111111"

typedef struct
{
  char *dir;
  char *store_dir;
  char *original;
  ZfKinds *kinds;
  ZfStore *store;
  char *household;
  char *visit;
} Fixture;

static void
make_original (const char *path, int width)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, 400);
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_fill (pixbuf, 0x3366aaff);
  gdk_pixbuf_save (pixbuf, path, "jpeg", &error, NULL);
  g_assert_no_error (error);
}

static char *
create (ZfStore *store, const char *kind, JsonObject *fields)
{
  g_autoptr (ZfSave) save = zf_save_new ("tester", FALSE);
  g_autoptr (GError) error = NULL;

  zf_save_create (save, kind, NULL, fields);
  zf_store_commit (store, save, &error);
  g_assert_no_error (error);
  json_object_unref (fields);
  return g_strdup (zf_save_result_id (save, 0));
}

static JsonObject *
fields_of (const char *name, const char *value)
{
  JsonObject *fields = json_object_new ();

  json_object_set_string_member (fields, name, value);
  return fields;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) villages = NULL;
  g_autofree char *kinds = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "fixtures", "data", NULL);

  f->dir = g_dir_make_tmp ("zf-photo-XXXXXX", &error);
  g_assert_no_error (error);
  f->store_dir = g_build_filename (f->dir, "store", NULL);
  f->original = g_build_filename (f->dir, "original.jpg", NULL);
  make_original (f->original, 600);
  f->kinds = zf_kinds_load (kinds, &error);
  g_assert_no_error (error);
  f->store = zf_store_create (f->store_dir, f->kinds, NULL, &error);
  g_assert_no_error (error);
  villages = zf_json_parse ("[{\"id\":\"" VILLAGE "\",\"fields\":{\"name\":\"v\"}}]", -1, NULL);
  zf_store_seed (f->store, "village", json_node_get_array (villages), &error);
  g_assert_no_error (error);
  f->household = create (f->store, "household", fields_of ("village", VILLAGE));
  f->visit = create (f->store, "visit", fields_of ("household", f->household));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  zf_store_close (f->store);
  g_object_unref (f->store);
  g_object_unref (f->kinds);
  fixture_remove (f->dir);
  g_free (f->dir);
  g_free (f->store_dir);
  g_free (f->original);
  g_free (f->household);
  g_free (f->visit);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? 1 : 0;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      n += count_files (inner);
    }
  return n;
}

static guint
count_photo_files (Fixture *f)
{
  g_autofree char *photos = g_build_filename (f->store_dir, "photos", NULL);

  return count_files (photos);
}

static char *
add (Fixture *f, const char *record)
{
  g_autoptr (GError) error = NULL;
  char *id = zf_photo_add (f->store, record, f->original, "裂缝", "house", "tester", &error);

  g_assert_no_error (error);
  g_assert_nonnull (id);
  return id;
}

static ZfRecord *
get (Fixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfReader) reader = zf_reader_new (f->store, &error);
  ZfRecord *record;

  g_assert_no_error (error);
  record = zf_reader_get (reader, id, &error);
  g_assert_no_error (error);
  return record;
}

/* The record says what the file is, the file is there under its hash, and the county is waiting for it. */
static void
test_add (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autoptr (ZfRecord) photo = get (f, id);
  const char *sha256 = zf_record_get_string (photo, "sha256", NULL);
  g_autofree char *path = zf_photo_path (f->store_dir, sha256, FALSE);
  g_autofree char *thumb = zf_photo_path (f->store_dir, sha256, TRUE);
  g_autoptr (ZfReader) reader = zf_reader_new (f->store, NULL);
  g_autoptr (GPtrArray) blobs = zf_ledger_blobs (reader, ZF_BLOB_LOCAL, 10, NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *hash = NULL;
  gsize size;

  g_assert_cmpstr (photo->parent, ==, f->household);
  g_assert_cmpstr (zf_record_get_string (photo, "record", ""), ==, f->visit);
  g_assert_cmpstr (zf_record_get_string (photo, "caption", ""), ==, "裂缝");
  g_assert_cmpstr (zf_record_get_string (photo, "purpose", ""), ==, "house");
  g_assert_cmpint (zf_record_get_int (photo, "width", 0), ==, 600);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) bytes, size);
  g_assert_cmpstr (hash, ==, sha256);
  g_assert_cmpint (zf_record_get_int (photo, "size", 0), ==, (gint64) size);
  g_assert_true (g_file_test (thumb, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpuint (blobs->len, ==, 1);
  g_assert_cmpstr (((ZfBlob *) blobs->pdata[0])->sha256, ==, sha256);
}

/* Twice the same is once; the same for another record is a second record of one file. */
static void
test_duplicates (Fixture *f, gconstpointer data)
{
  g_autofree char *first = add (f, f->visit);
  g_autofree char *again = add (f, f->visit);
  g_autofree char *other = add (f, f->household);
  g_autofree char *other_again = add (f, f->household);

  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, other);
  g_assert_cmpstr (other, ==, other_again);
  g_assert_cmpuint (count_photo_files (f), ==, 2);
}

static void
assert_refused (Fixture *f, const char *record, const char *path, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (zf_photo_add (f->store, record, path, NULL, NULL, "tester", &error));
  g_assert_error (error, ZF_ERROR, code);
  g_assert_cmpuint (count_photo_files (f), ==, 0);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *helper = create (f->store, "helper", fields_of ("name", "h"));
  g_autofree char *none = g_build_filename (f->dir, "none.jpg", NULL);
  g_autofree char *foreign = g_build_filename (f->dir, "foreign.jpg", NULL);

  g_assert_true (g_file_set_contents (foreign, "no picture", -1, NULL));
  assert_refused (f, "01a0c449-bc00-7abc-8def-0123456789ab", f->original, ZF_ERROR_NOT_FOUND);
  assert_refused (f, helper, f->original, ZF_ERROR_INVALID);
  assert_refused (f, f->visit, none, ZF_ERROR_NOT_FOUND);
  assert_refused (f, f->visit, foreign, ZF_ERROR_INVALID);
}

/* The row is written last: when it is refused, a file may be left over, but no record lacks its file. */
static void
test_files_before_row (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfReader) reader = zf_reader_new (f->store, NULL);
  g_autoptr (GPtrArray) blobs = NULL;

  g_assert_null (zf_photo_add (f->store, f->visit, f->original, NULL, "no such purpose", "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
  g_assert_cmpuint (count_photo_files (f), ==, 2);
  blobs = zf_ledger_blobs (reader, ZF_BLOB_LOCAL, 10, NULL);
  g_assert_cmpuint (blobs->len, ==, 0);
}

/* No file can be placed: nothing is written, and nothing half-written stays. */
static void
test_no_place (Fixture *f, gconstpointer data)
{
  g_autofree char *photos = g_build_filename (f->store_dir, "photos", NULL);
  g_autoptr (GError) error = NULL;

  fixture_remove (photos);
  g_assert_true (g_file_set_contents (photos, "in the way", -1, NULL));
  g_assert_null (zf_photo_add (f->store, f->visit, f->original, NULL, NULL, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_IO);
  g_unlink (photos);
}

static void
test_install (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfPicture) picture = zf_picture_load (f->original, NULL);
  g_autofree char *path = zf_photo_path (f->store_dir, picture->sha256, FALSE);
  g_autofree char *thumb = zf_photo_path (f->store_dir, picture->sha256, TRUE);
  g_autoptr (GBytes) wrong = g_bytes_new_from_bytes (picture->jpeg, 0, g_bytes_get_size (picture->jpeg) - 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (zf_photo_install (f->store, picture->sha256, wrong, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (zf_photo_install (f->store, "../../etc/passwd", picture->jpeg, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_cmpuint (count_photo_files (f), ==, 0);
  g_assert_true (zf_photo_install (f->store, picture->sha256, picture->jpeg, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_test (thumb, G_FILE_TEST_IS_REGULAR));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/photo/add", Fixture, NULL, set_up, test_add, tear_down);
  g_test_add ("/photo/duplicates", Fixture, NULL, set_up, test_duplicates, tear_down);
  g_test_add ("/photo/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/photo/files-before-row", Fixture, NULL, set_up, test_files_before_row, tear_down);
  g_test_add ("/photo/no-place", Fixture, NULL, set_up, test_no_place, tear_down);
  g_test_add ("/photo/install", Fixture, NULL, set_up, test_install, tear_down);
  return g_test_run ();
}
