/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../fixtures/fixture-remove.h"
#include "zf-draft.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-photo-edit.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
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

/* ---- Changing what is stored ---- */

static GdkPixbuf *
decode (const char *path)
{
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &error);

  g_assert_no_error (error);
  return pixbuf;
}

/* 'B': black, 'o': the original's blue, 'w': white. */
static char
colour_at (GdkPixbuf *pixbuf, double x, double y)
{
  const guint8 *p = gdk_pixbuf_read_pixels (pixbuf) + (int) (y * gdk_pixbuf_get_height (pixbuf)) * gdk_pixbuf_get_rowstride (pixbuf) +
                    (int) (x * gdk_pixbuf_get_width (pixbuf)) * gdk_pixbuf_get_n_channels (pixbuf);

  if (p[0] < 12 && p[1] < 12 && p[2] < 12)
    return 'B';
  return p[0] > 240 && p[2] > 240 ? 'w' : ABS (p[0] - 0x33) < 12 && ABS (p[2] - 0xaa) < 12 ? 'o' : '?';
}

static char *
hash_of (Fixture *f, const char *photo)
{
  g_autoptr (ZfRecord) record = get (f, photo);

  return g_strdup (zf_record_get_string (record, "sha256", NULL));
}

static void
edit (Fixture *f, const char *photo, const ZfPhotoEdit *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_photo_edit (f->store, photo, what, "tester", &error));
  g_assert_no_error (error);
}

static gboolean
has_file (Fixture *f, const char *sha256, gboolean thumb)
{
  g_autofree char *path = zf_photo_path (f->store_dir, sha256, thumb);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_queued (Fixture *f, const char *sha256)
{
  g_autoptr (ZfReader) reader = zf_reader_new (f->store, NULL);
  g_autoptr (GPtrArray) blobs = zf_ledger_blobs (reader, ZF_BLOB_LOCAL, 10, NULL);

  for (guint i = 0; i < blobs->len; i++)
    if (g_str_equal (((const ZfBlob *) blobs->pdata[i])->sha256, sha256))
      return TRUE;
  return FALSE;
}

static void
assert_colours (Fixture *f, const char *sha256, double x, double y, char colour)
{
  for (int thumb = 0; thumb < 2; thumb++)
    {
      g_autofree char *path = zf_photo_path (f->store_dir, sha256, thumb);
      g_autoptr (GdkPixbuf) pixbuf = decode (path);

      g_assert_cmpint (colour_at (pixbuf, x, y), ==, colour);
    }
}

static const ZfPhotoBox MIDDLE = { 0.25, 0.25, 0.5, 0.5 };

/* The box is solid in the file and in its thumbnail, the queue holds the new file only, and nothing of the old one is left on the tablet. */
static void
test_cover (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autofree char *old = hash_of (f, id);
  g_autofree char *fresh = NULL;
  g_autoptr (ZfRecord) photo = NULL;
  ZfPhotoEdit what = { &MIDDLE, 1, 0, NULL, NULL };

  edit (f, id, &what);
  photo = get (f, id);
  fresh = hash_of (f, id);
  g_assert_cmpstr (fresh, !=, old);
  assert_colours (f, fresh, 0.5, 0.5, 'B');
  assert_colours (f, fresh, 0.3, 0.3, 'B');
  assert_colours (f, fresh, 0.1, 0.1, 'o');
  assert_colours (f, fresh, 0.9, 0.9, 'o');
  g_assert_false (has_file (f, old, FALSE) || has_file (f, old, TRUE));
  g_assert_cmpuint (count_photo_files (f), ==, 2);
  g_assert_false (is_queued (f, old));
  g_assert_true (is_queued (f, fresh));
  g_assert_cmpstr (zf_record_get_string (photo, "caption", ""), ==, "裂缝");
  g_assert_cmpstr (zf_record_get_string (photo, "purpose", ""), ==, "house");
  g_assert_cmpstr (zf_record_get_string (photo, "record", ""), ==, f->visit);
  g_assert_null (zf_record_get_string (photo, "source_sha256", NULL));
}

/* Boxes lie in the picture as it stands, and turn with it. */
static void
test_turn (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint turns;
    double x, y;
  } cases[] = { { 0, 0.1, 0.1 }, { 1, 0.9, 0.1 }, { 2, 0.9, 0.9 }, { 3, 0.1, 0.9 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ZfPhotoBox corner = { 0, 0, 0.2, 0.2 };
      ZfPhotoEdit what = { &corner, 1, cases[i].turns, NULL, NULL };
      g_autofree char *id = NULL;
      g_autofree char *fresh = NULL;
      g_autoptr (ZfRecord) photo = NULL;

      make_original (f->original, 600 + (int) i * 8);
      id = add (f, f->visit);
      edit (f, id, &what);
      photo = get (f, id);
      fresh = hash_of (f, id);
      assert_colours (f, fresh, cases[i].x, cases[i].y, 'B');
      assert_colours (f, fresh, 1 - cases[i].x, cases[i].y, 'o');
      assert_colours (f, fresh, cases[i].x, 1 - cases[i].y, 'o');
      g_assert_cmpint (zf_record_get_int (photo, cases[i].turns % 2 == 0 ? "height" : "width", 0), ==, 400);
    }
}

/* Another photo of the same original keeps its file. */
static void
test_shared (Fixture *f, gconstpointer data)
{
  g_autofree char *first = add (f, f->visit);
  g_autofree char *second = add (f, f->household);
  g_autofree char *old = hash_of (f, second);
  ZfPhotoEdit what = { &MIDDLE, 1, 0, NULL, NULL };

  edit (f, first, &what);
  g_assert_true (has_file (f, old, FALSE) && has_file (f, old, TRUE) && is_queued (f, old));
  edit (f, second, &what);
  g_assert_false (has_file (f, old, FALSE) || has_file (f, old, TRUE) || is_queued (f, old));
}

/* What the county has already: the new file waits to be sent, the old one leaves the tablet. */
static void
test_sent (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autofree char *old = hash_of (f, id);
  g_autofree char *fresh = NULL;
  ZfPhotoEdit what = { &MIDDLE, 1, 0, NULL, NULL };

  g_assert_true (zf_ledger_blob_state (f->store, old, ZF_BLOB_DURABLE, NULL));
  edit (f, id, &what);
  fresh = hash_of (f, id);
  g_assert_true (is_queued (f, fresh));
  g_assert_false (has_file (f, old, FALSE));
}

/* Without the full picture nothing is done, and the photo stays as it was. */
static void
test_not_here (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autofree char *old = hash_of (f, id);
  g_autofree char *path = zf_photo_path (f->store_dir, old, FALSE);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  ZfPhotoEdit what = { &MIDDLE, 1, 0, NULL, NULL };

  g_unlink (path);
  g_assert_false (zf_photo_edit (f->store, id, &what, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
  after = hash_of (f, id);
  g_assert_cmpstr (after, ==, old);
  g_clear_error (&error);
  g_assert_false (zf_photo_edit (f->store, f->visit, &what, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

/* The strip lies below, as wide as the picture is after its turn. */
static void
test_strip (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autofree guint8 *white = g_malloc (400 * 3 * 40);
  g_autoptr (GBytes) strip = NULL;
  g_autoptr (ZfRecord) photo = NULL;
  g_autofree char *fresh = NULL;
  ZfPhotoEdit what = { NULL, 0, 1, NULL, NULL };

  memset (white, 255, 400 * 3 * 40);
  what.strip = strip = g_bytes_new (white, 400 * 3 * 40);
  edit (f, id, &what);
  photo = get (f, id);
  fresh = hash_of (f, id);
  g_assert_cmpint (zf_record_get_int (photo, "width", 0), ==, 400);
  g_assert_cmpint (zf_record_get_int (photo, "height", 0), ==, 640);
  assert_colours (f, fresh, 0.5, 0.98, 'w');
  assert_colours (f, fresh, 0.5, 0.85, 'o');
}

/* Killed between the record and the file: the next opening removes what is left, but nothing that came back meanwhile. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autofree char *old = hash_of (f, id);
  g_autofree char *path = zf_photo_path (f->store_dir, old, FALSE);
  g_autofree char *bytes = NULL;
  g_autofree char *again = NULL;
  gsize size = 0;
  ZfPhotoEdit what = { &MIDDLE, 1, 0, NULL, NULL };

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  edit (f, id, &what);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  g_assert_true (zf_store_set_meta (f->store, "photo_edit_left", old, NULL));
  g_assert_true (zf_photo_finish_edits (f->store, NULL));
  g_assert_false (has_file (f, old, FALSE));
  again = add (f, f->visit);
  g_assert_true (zf_store_set_meta (f->store, "photo_edit_left", old, NULL));
  g_assert_true (zf_photo_finish_edits (f->store, NULL));
  g_assert_true (has_file (f, old, FALSE));
}

/* What cannot be removed at once does not undo the change, is told, and goes later. */
static void
test_stuck (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->visit);
  g_autofree char *old = hash_of (f, id);
  g_autofree char *thumb = zf_photo_path (f->store_dir, old, TRUE);
  g_autofree char *inside = g_build_filename (thumb, "inside", NULL);
  g_autofree char *fresh = NULL;
  g_autoptr (GError) error = NULL;
  ZfPhotoEdit what = { &MIDDLE, 1, 0, NULL, NULL };

  /* A folder in the place of the file: no removal of a file takes it away. */
  g_unlink (thumb);
  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  g_assert_false (zf_photo_edit (f->store, id, &what, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_BUSY);
  fresh = hash_of (f, id);
  g_assert_cmpstr (fresh, !=, old);
  g_assert_true (has_file (f, fresh, FALSE));
  g_assert_false (has_file (f, old, FALSE));
  g_assert_cmpint (g_rmdir (inside), ==, 0);
  g_assert_cmpint (g_rmdir (thumb), ==, 0);
  g_assert_true (g_file_set_contents (thumb, "old pixels", -1, NULL));
  g_assert_true (zf_photo_finish_edits (f->store, NULL));
  g_assert_false (has_file (f, old, TRUE));
}

static guint
count_waiting (Fixture *f)
{
  g_autoptr (ZfReader) reader = zf_reader_new (f->store, NULL);
  g_autoptr (GPtrArray) blobs = zf_ledger_blobs (reader, ZF_BLOB_LOCAL, 10, NULL);

  return blobs->len;
}

/* Two hands at one photo: what the second does happens while the first has read the file and not yet written. */

typedef struct
{
  ZfFiles files;
  ZfStore *store;
  const char *photo;
  const ZfPhotoEdit *other;     /* NULL: the photo is taken away */
  gboolean done;
} Meanwhile;

static GBytes *
read_and_change (ZfFiles *files, const char *path, GError **error)
{
  Meanwhile *meanwhile = (Meanwhile *) files;
  GBytes *bytes = zf_files_read (zf_files_system (), path, error);

  if (meanwhile->photo == NULL || meanwhile->done)
    return bytes;
  meanwhile->done = TRUE;
  if (meanwhile->other != NULL)
    g_assert_true (zf_photo_edit (meanwhile->store, meanwhile->photo, meanwhile->other, "other", NULL));
  else
    g_assert_true (zf_photo_remove (meanwhile->store, meanwhile->photo, "other", NULL));
  return bytes;
}

/* The same store again, behind a hand that waits. */
static void
reopen (Fixture *f, Meanwhile *meanwhile, ZfFilesVerbs *verbs)
{
  ZfStoreOptions options = { .files = &meanwhile->files };
  g_autoptr (GError) error = NULL;

  *verbs = *zf_files_system ()->verbs;
  verbs->read = read_and_change;
  *meanwhile = (Meanwhile) { .files = { verbs } };
  zf_store_close (f->store);
  g_object_unref (f->store);
  meanwhile->store = f->store = zf_store_open (f->store_dir, f->kinds, &options, &error);
  g_assert_no_error (error);
}

/* Whatever happened, the tablet and its queue hold the one file that the photo shows. */
static void
assert_alone (Fixture *f, const char *sha256)
{
  g_assert_cmpuint (count_waiting (f), ==, 1);
  g_assert_true (is_queued (f, sha256));
  g_assert_cmpuint (count_photo_files (f), ==, 2);
}

/* Covered while it was being turned: the turned picture is covered too. */
static void
test_covered_while_turned (Fixture *f, gconstpointer data)
{
  static const ZfPhotoBox corner = { 0, 0, 0.2, 0.2 };
  ZfPhotoEdit turned = { NULL, 0, 1, NULL, NULL }, covered = { &corner, 1, 0, NULL, NULL };
  ZfFilesVerbs verbs;
  Meanwhile meanwhile;
  g_autofree char *id = NULL, *after = NULL;

  reopen (f, &meanwhile, &verbs);
  id = add (f, f->visit);
  meanwhile.photo = id;
  meanwhile.other = &covered;
  edit (f, id, &turned);
  g_assert_true (meanwhile.done);
  after = hash_of (f, id);
  assert_alone (f, after);
  assert_colours (f, after, 0.9, 0.1, 'B');
  assert_colours (f, after, 0.1, 0.1, 'o');
}

/* Turned while it was being covered: the box would lie elsewhere, so nothing is covered, the person is told, and what is queued is what is shown. */
static void
test_turned_while_covered (Fixture *f, gconstpointer data)
{
  ZfPhotoEdit turned = { NULL, 0, 1, NULL, NULL }, covered = { &MIDDLE, 1, 0, NULL, NULL };
  ZfFilesVerbs verbs;
  Meanwhile meanwhile;
  g_autofree char *id = NULL, *first = NULL, *after = NULL, *then = NULL;
  g_autoptr (ZfRecord) photo = NULL;
  g_autoptr (GError) error = NULL;

  reopen (f, &meanwhile, &verbs);
  id = add (f, f->visit);
  first = hash_of (f, id);
  meanwhile.photo = id;
  meanwhile.other = &turned;
  g_assert_false (zf_photo_edit (f->store, id, &covered, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  after = hash_of (f, id);
  assert_alone (f, after);
  photo = get (f, id);
  g_assert_null (zf_record_get_string (photo, "redacted", NULL));
  /* Who saw the first picture only cannot cover the second. */
  g_clear_error (&error);
  covered.drawn_on = first;
  g_assert_false (zf_photo_edit (f->store, id, &covered, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  covered.drawn_on = after;
  edit (f, id, &covered);
  then = hash_of (f, id);
  assert_alone (f, then);
  assert_colours (f, then, 0.5, 0.5, 'B');
}

/* Taken away while it was being changed: nothing of it comes back into the queue. */
static void
test_removed_while_turned (Fixture *f, gconstpointer data)
{
  ZfPhotoEdit turned = { NULL, 0, 1, NULL, NULL };
  ZfFilesVerbs verbs;
  Meanwhile meanwhile;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  reopen (f, &meanwhile, &verbs);
  id = add (f, f->household);
  meanwhile.photo = id;
  g_assert_false (zf_photo_edit (f->store, id, &turned, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
  g_assert_cmpuint (count_waiting (f), ==, 0);
  g_assert_cmpuint (count_photo_files (f), ==, 0);
}

static GBytes *
make_sound (void)
{
  return g_bytes_new_static ("OggS and what a voice said", 26);
}

/* An audio note lies among the pictures: no small one, its bytes as they were. */
static void
test_sound (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) ogg = make_sound ();
  g_autoptr (GBytes) other = g_bytes_new_static ("RIFF", 4);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_sound_add (f->store, f->visit, ogg, "0:12", "tester", &error);
  g_autoptr (ZfRecord) note = NULL;
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize size = 0;

  g_assert_no_error (error);
  note = get (f, id);
  g_assert_cmpstr (note->parent, ==, f->household);
  g_assert_cmpstr (zf_record_get_string (note, "record", ""), ==, f->visit);
  g_assert_cmpstr (zf_record_get_string (note, "caption", ""), ==, "0:12");
  g_assert_cmpint (zf_record_get_int (note, "width", -1), ==, -1);
  g_assert_cmpint (zf_record_get_int (note, "size", 0), ==, 26);
  path = zf_photo_path (f->store_dir, zf_record_get_string (note, "sha256", ""), FALSE);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpmem (bytes, size, g_bytes_get_data (ogg, NULL), 26);
  g_assert_cmpuint (count_photo_files (f), ==, 1);
  g_assert_null (zf_sound_add (f->store, f->visit, other, NULL, "tester", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

/* A voice among the photo files is counted apart, once, wherever it stands. */
static void
test_sound_stands (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) ogg = make_sound ();
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, ogg);
  g_autofree char *photo = add (f, f->household);
  g_autofree char *first = zf_sound_add (f->store, f->visit, ogg, NULL, "tester", NULL);
  g_autofree char *second = zf_sound_add (f->store, f->household, ogg, NULL, "tester", NULL);
  static const int STANDS[] = { ZF_STAND_HERE, ZF_STAND_UNDER_WAY, ZF_STAND_RECEIVED };

  for (guint i = 0; i < G_N_ELEMENTS (STANDS); i++)
    {
      g_autoptr (ZfReader) reader = zf_reader_new (f->store, NULL);
      gint64 sounds[ZF_STAND_N] = { 9, 9, 9 };

      if (STANDS[i] == ZF_STAND_UNDER_WAY)
        g_assert_true (zf_ledger_blob_upload (f->store, sha256, "/v1/blobs/1", 5, NULL));
      else if (STANDS[i] == ZF_STAND_RECEIVED)
        g_assert_true (zf_ledger_blob_state (f->store, sha256, ZF_BLOB_SENT, NULL));
      zf_sound_stands (reader, sounds);
      for (int at = 0; at < ZF_STAND_N; at++)
        g_assert_cmpint (sounds[at], ==, at == STANDS[i] ? 1 : 0);
    }
}

/* What nobody wants is gone before it is sent, and only then: an upload that began ends, and what another record shows stays. */
static void
test_sound_removed (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) ogg = make_sound ();
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, ogg);
  g_autofree char *first = zf_sound_add (f->store, f->visit, ogg, NULL, "tester", NULL);
  g_autofree char *second = zf_sound_add (f->store, f->household, ogg, NULL, "tester", NULL);
  g_autofree char *third = NULL;
  g_autoptr (ZfRecord) gone = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_photo_remove (f->store, first, "tester", &error));
  g_assert_no_error (error);
  gone = get (f, first);
  g_assert_nonnull (gone->del);
  g_assert_cmpuint (count_photo_files (f), ==, 1);
  g_assert_cmpuint (count_waiting (f), ==, 1);
  g_assert_true (zf_photo_remove (f->store, second, "tester", &error));
  g_assert_cmpuint (count_photo_files (f), ==, 0);
  g_assert_cmpuint (count_waiting (f), ==, 0);
  third = zf_sound_add (f->store, f->visit, ogg, NULL, "tester", NULL);
  g_assert_true (zf_ledger_blob_upload (f->store, sha256, "/v1/blobs/1", 5, NULL));
  g_assert_true (zf_photo_remove (f->store, third, "tester", &error));
  g_assert_cmpuint (count_photo_files (f), ==, 1);
  g_assert_cmpuint (count_waiting (f), ==, 1);
}

static gboolean
stands (Fixture *f, const char *id)
{
  g_autoptr (ZfRecord) record = get (f, id);

  return record->del == NULL;
}

static void
name_in_household (Fixture *f, const char *id)
{
  g_autoptr (ZfSave) save = zf_save_new ("tester", FALSE);
  g_autoptr (JsonObject) fields = fields_of ("phone", id);
  g_autoptr (GError) error = NULL;

  zf_save_set (save, "household", f->household, fields);
  zf_store_commit (f->store, save, &error);
  g_assert_no_error (error);
}

/* A photo that an answer names stays, whether a draft or a record holds it; else it goes with both its files, and once only. */
static void
test_removed (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->household);
  g_autoptr (JsonNode) answer = zf_json_string (id);
  g_autoptr (JsonNode) none = zf_json_null ();
  g_autoptr (ZfDraft) draft = zf_draft_start (f->store, "visit", f->household, "1", "tester", NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *named = NULL;
  gboolean made = TRUE;

  g_assert_true (zf_draft_set (f->store, draft->id, "picture", answer, NULL));
  zf_draft_add_made (f->store, draft->id, id);
  g_assert_true (zf_photo_remove (f->store, id, "tester", &error));
  g_assert_true (stands (f, id));
  g_assert_true (zf_draft_set (f->store, draft->id, "picture", none, NULL));
  g_assert_true (zf_photo_remove (f->store, id, "tester", &error));
  g_assert_true (zf_photo_remove (f->store, id, "tester", &error));
  g_assert_no_error (error);
  g_assert_false (stands (f, id));
  g_assert_cmpuint (count_photo_files (f), ==, 0);
  g_assert_cmpuint (count_waiting (f), ==, 0);
  named = zf_photo_add_new (f->store, f->household, f->original, NULL, NULL, "tester", &made, &error);
  g_assert_true (made);
  g_free (zf_photo_add_new (f->store, f->household, f->original, NULL, NULL, "tester", &made, &error));
  g_assert_false (made);
  name_in_household (f, named);
  g_assert_true (zf_photo_remove (f->store, named, "tester", &error));
  g_assert_true (stands (f, named));
  g_assert_cmpuint (count_photo_files (f), ==, 2);
}

static void
assert_answer (Fixture *f, const char *photo, const char *kind, const char *record, const char *field)
{
  g_autoptr (ZfReader) reader = zf_reader_new (f->store, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPhotoAnswer) answer = zf_photo_answer (reader, f->household, photo, &error);

  g_assert_no_error (error);
  g_assert_true ((answer != NULL) == (kind != NULL));
  if (answer == NULL)
    return;
  g_assert_cmpstr (answer->kind, ==, kind);
  g_assert_cmpstr (answer->record, ==, record);
  g_assert_cmpstr (answer->field, ==, field);
}

/* A photo of its own belongs nowhere; one of a draft and one of a record say of which question. */
static void
test_answer (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->household);
  g_autoptr (JsonNode) answer = zf_json_string (id);
  g_autoptr (JsonNode) rows = zf_json_parse ("[]", -1, NULL);
  g_autoptr (JsonObject) row = fields_of ("picture", id);
  g_autoptr (JsonNode) none = zf_json_null ();
  g_autoptr (ZfDraft) draft = zf_draft_start (f->store, "visit", f->household, "1", "tester", NULL, NULL, NULL);

  zf_draft_add_made (f->store, draft->id, id);
  assert_answer (f, id, NULL, NULL, NULL);
  g_assert_true (zf_draft_set (f->store, draft->id, "said", answer, NULL));
  assert_answer (f, id, "visit", NULL, "said");
  g_assert_true (zf_draft_set (f->store, draft->id, "said", none, NULL));
  json_array_add_object_element (json_node_get_array (rows), json_object_ref (row));
  g_assert_true (zf_draft_set (f->store, draft->id, "rows", rows, NULL));
  assert_answer (f, id, "visit", NULL, "picture");
  name_in_household (f, id);
  assert_answer (f, id, "household", f->household, "phone");
}

/* What the county's backup holds stays in it and here, and the photo can be brought back. */
static void
test_removed_durable (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, f->household);
  g_autofree char *sha256 = hash_of (f, id);

  g_assert_true (zf_ledger_blob_state (f->store, sha256, ZF_BLOB_DURABLE, NULL));
  g_assert_true (zf_photo_remove (f->store, id, "tester", NULL));
  g_assert_false (stands (f, id));
  g_assert_cmpuint (count_photo_files (f), ==, 2);
}

/* What another tablet recorded. */
static void
test_sound_installed (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) ogg = make_sound ();
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, ogg);
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_photo_install (f->store, sha256, ogg, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_photo_files (f), ==, 1);
}

/* (transfer full): a photo file as the county tells of it: @hash doubled to the full length. */
static char *
item_of (Fixture *f, int seq, char hash, const char *purpose)
{
  g_autofree char *sha256 = g_strnfill (64, hash);

  return g_strdup_printf ("{\"s\":%d,\"k\":\"photo\",\"id\":\"0192d000-0000-7000-8000-00000000000%d\",\"rev\":1,"
                          "\"f\":{\"household\":\"%s\",\"sha256\":\"%s\",\"size\":9%s},"
                          "\"c\":[{\"cid\":\"c%d\",\"by\":\"li\",\"at\":1000}],\"ci\":{\"household\":0,\"sha256\":0,\"size\":0,\"purpose\":0}}",
                          seq, seq, f->household, sha256, purpose, seq);
}

/* Of pictures the small ones come by themselves; an audio note has none to ask for. */
static void
test_sound_no_thumb (Fixture *f, gconstpointer data)
{
  g_autofree char *first = item_of (f, 1, 'a', "");
  g_autofree char *second = item_of (f, 2, 'b', ",\"purpose\":\"house\"");
  g_autofree char *third = item_of (f, 3, 'c', ",\"purpose\":\"sound\"");
  g_autofree char *text = g_strdup_printf ("[%s,%s,%s]", first, second, third);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) page = zf_json_parse (text, -1, &error);
  g_auto (GStrv) wanted = NULL;
  gboolean done = FALSE;

  g_assert_no_error (error);
  g_assert_true (zf_ledger_stage (f->store, json_node_get_array (page), 3, FALSE, &error));
  while (!done)
    g_assert_true (zf_ledger_apply (f->store, 50, &done, NULL, &error));
  wanted = zf_ledger_thumbs (zf_store_reader (f->store), NULL, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (wanted), ==, 2);
  g_assert_true (*wanted[0] == 'a' && *wanted[1] == 'b');
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
  g_test_add ("/photo/sound", Fixture, NULL, set_up, test_sound, tear_down);
  g_test_add ("/photo/sound-stands", Fixture, NULL, set_up, test_sound_stands, tear_down);
  g_test_add ("/photo/sound-removed", Fixture, NULL, set_up, test_sound_removed, tear_down);
  g_test_add ("/photo/removed", Fixture, NULL, set_up, test_removed, tear_down);
  g_test_add ("/photo/answer", Fixture, NULL, set_up, test_answer, tear_down);
  g_test_add ("/photo/removed-durable", Fixture, NULL, set_up, test_removed_durable, tear_down);
  g_test_add ("/photo/sound-no-thumb", Fixture, NULL, set_up, test_sound_no_thumb, tear_down);
  g_test_add ("/photo/sound-installed", Fixture, NULL, set_up, test_sound_installed, tear_down);
  g_test_add ("/photo/install", Fixture, NULL, set_up, test_install, tear_down);
  g_test_add ("/photo/cover", Fixture, NULL, set_up, test_cover, tear_down);
  g_test_add ("/photo/turn", Fixture, NULL, set_up, test_turn, tear_down);
  g_test_add ("/photo/shared", Fixture, NULL, set_up, test_shared, tear_down);
  g_test_add ("/photo/sent", Fixture, NULL, set_up, test_sent, tear_down);
  g_test_add ("/photo/not-here", Fixture, NULL, set_up, test_not_here, tear_down);
  g_test_add ("/photo/strip", Fixture, NULL, set_up, test_strip, tear_down);
  g_test_add ("/photo/killed", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/photo/covered-while-turned", Fixture, NULL, set_up, test_covered_while_turned, tear_down);
  g_test_add ("/photo/turned-while-covered", Fixture, NULL, set_up, test_turned_while_covered, tear_down);
  g_test_add ("/photo/removed-while-turned", Fixture, NULL, set_up, test_removed_while_turned, tear_down);
  g_test_add ("/photo/stuck", Fixture, NULL, set_up, test_stuck, tear_down);
  return g_test_run ();
}
