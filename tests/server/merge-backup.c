/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A county that loses its disk loses nothing that a tablet still has, and tablets know what it would lose. */
#include <glib/gstdio.h>
#include <string.h>

#include "county.h"

static const char *const everywhere[] = { "all", "all", "all", "all" };

static gint64
durable (County *county, guint t, const char *id)
{
  Tablet *tablet = &county->tablet[t];
  g_autofree char *cid = county_id (county);
  g_autofree char *change = g_strdup_printf ("[{'lsn':%" G_GINT64_FORMAT ",'cid':'%s','k':'household','id':'%s','op':'set','b':0,'sv':1,'at':1,"
                                             "'by':'p','f':{'phone':[null,null]}}]",
                                             tablet->lsn + 1, cid, id);
  g_autoptr (ZfSyncResponse) response = county_post (county, t, ++tablet->lsn, NULL, change);
  g_autoptr (JsonObject) answer = zf_json_parse_object (g_bytes_get_data (response->body, NULL), (gssize) g_bytes_get_size (response->body), NULL);

  return zf_json_get_int (zf_json_get_object (answer, "push"), "durable", -1);
}

static char *
photo (County *county, const char *text)
{
  ZfServerStore *store = zf_server_core_store (county->core);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *folder = g_strndup (sha256, 2);
  g_autofree char *path = g_build_filename (county->data, "blobs", folder, sha256, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_files_write (zf_files_system (), path, bytes, &error));
  g_assert_true (store->verbs->put_blob (store, sha256, (gint64) strlen (text), county->tablet[0].device, 1, &error));
  g_assert_no_error (error);
  return sha256;
}

static char *
backup (County *county, guint n_photos)
{
  char *out = g_build_filename (county->dir, "backup", NULL);
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_core_backup (county->core, out, &manifest, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (zf_json_get_array (manifest, "blobs")), ==, n_photos);
  return out;
}

static char *
epoch_of (County *county)
{
  ZfServerStore *store = zf_server_core_store (county->core);
  char *epoch = NULL;

  g_assert_true (store->verbs->get_meta (store, "server_epoch", &epoch, NULL));
  return epoch;
}

static void
restore (County *county, const char *from)
{
  g_autofree char *fresh = g_build_filename (county->dir, "restored", NULL);
  ZfServerCoreOptions options = { .kinds = county->kinds, .clock = county->clock, .random = county->random };
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_core_restore (from, fresh, &options, &error));
  g_assert_no_error (error);
  county_reopen (county, fresh);
}

static void
test_durable (void)
{
  g_autoptr (County) county = county_new (1, everywhere);
  g_autofree char *id = county_household (county);
  g_autofree char *sha256 = photo (county, "a picture");
  g_autofree char *out = NULL;
  g_autofree char *again = NULL;
  g_autofree char *mark = g_strdup_printf ("SELECT durable FROM blob WHERE sha256 = '%s'", sha256);

  g_assert_cmpint (durable (county, 0, id), ==, 0);
  g_assert_cmpint (county_count (county, mark), ==, 0);
  out = backup (county, 1);
  g_assert_cmpint (durable (county, 0, id), ==, 2);
  g_assert_cmpint (durable (county, 1, id), ==, 0);
  g_assert_cmpint (county_count (county, mark), ==, 1);
  /* A second backup takes its place, shares the photo, and holds more. */
  again = backup (county, 1);
  g_assert_cmpint (durable (county, 0, id), ==, 3);
  g_assert_cmpint (durable (county, 1, id), ==, 1);
  county_check (county);
}

/* What came after the backup is gone at the county: it says from where on, and takes it again with bases of the time before. */
static void
test_restore (void)
{
  g_autoptr (County) county = county_new (2, everywhere);
  g_autofree char *id = county_household (county);
  g_autofree char *sha256 = photo (county, "a picture");
  g_autofree char *old = epoch_of (county);
  g_autofree char *out = NULL;
  g_autofree char *fresh = NULL;
  g_autofree char *members = g_strdup_printf (",'last':3,'server_epoch':'%s'", old);
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autoptr (ZfSyncResponse) told = NULL;
  g_autoptr (ZfSyncResponse) taken = NULL;
  g_autofree char *result = NULL;

  out = backup (county, 1);
  /* Rev 2 and 3 are lost with the disk. */
  county_expect (county, 0, "applied", "set", "household", id, 1, "{'roof':['straw','tile']}");
  county_settle (county);
  county_expect (county, 0, "applied", "set", "household", id, 2, "{'rooms':[3,4]}");
  county_settle (county);
  restore (county, out);
  fresh = epoch_of (county);
  g_assert_cmpstr (fresh, !=, old);
  county_check (county);
  told = county_post (county, 0, 0, members, NULL);
  g_assert_cmpuint (told->status, ==, 409);
  text = g_strndup (g_bytes_get_data (told->body, NULL), g_bytes_get_size (told->body));
  g_assert_nonnull (strstr (text, "\"code\":\"server_epoch\""));
  g_assert_nonnull (strstr (text, "\"expect\":2"));
  g_assert_nonnull (strstr (text, fresh));
  for (guint t = 0; t < COUNTY_TABLETS; t++)
    county->tablet[t].after = 0;
  county_settle (county);
  /* Somebody writes before the tablet comes back: rev 2 is now another one than the tablet's base says. */
  county_expect (county, 1, "applied", "set", "household", id, 1, "{'phone':[null,'139']}");
  county_settle (county);
  line = g_strdup_printf ("{\"proto\":1,\"schema\":1,\"device\":\"%s\",\"epoch\":\"e1\",\"last\":3,\"server_epoch\":\"%s\",\"clock_ms\":1}\n"
                          "{\"batch\":\"019a0000-0000-7000-8000-0000000000aa\",\"first\":2,\"last\":2,\"se\":\"%s\",\"changes\":["
                          "{\"lsn\":2,\"cid\":\"019a0000-0000-7000-8000-0000000000ab\",\"k\":\"household\",\"id\":\"%s\",\"op\":\"set\",\"b\":2,\"sv\":1,"
                          "\"at\":1,\"by\":\"p\",\"f\":{\"phone\":[\"110\",\"138\"]}}]}\n",
                          county->tablet[0].device, fresh, old, id);
  {
    g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);

    request->method = "POST";
    request->path = g_strdup ("/v1/sync");
    request->type = ZF_WIRE_TYPE_REQUEST;
    request->token = g_strdup (county->tablet[0].token);
    request->body = g_bytes_new (line, strlen (line));
    taken = zf_server_core_handle (county->core, request);
  }
  result = g_strndup (g_bytes_get_data (taken->body, NULL), g_bytes_get_size (taken->body));
  g_assert_nonnull (strstr (result, "\"d\":\"conflict\""));
  g_assert_nonnull (strstr (result, "\"acked\":2"));
  county_assert_value (county, id, "phone", "\"139\"");
  county_check (county);
}

/* The new epoch begins once, however often and by whomever the copy is opened, also when somebody just copied the folder. */
static void
test_epoch_once (void)
{
  g_autoptr (County) county = county_new (3, everywhere);
  g_autofree char *old = epoch_of (county);
  g_autofree char *out = backup (county, 0);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *live = NULL;
  g_autofree char *again = NULL;

  county_reopen (county, NULL);
  live = epoch_of (county);
  g_assert_cmpstr (live, ==, old);
  county_reopen (county, out);
  first = epoch_of (county);
  g_assert_cmpstr (first, !=, old);
  county_reopen (county, NULL);
  second = epoch_of (county);
  g_assert_cmpstr (second, ==, first);
  g_assert_cmpint (county_count (county, "SELECT count(*) FROM restore_point"), ==, 1);
}

/* A backup that is not whole is no backup. */
static void
test_damaged (void)
{
  g_autoptr (County) county = county_new (4, everywhere);
  g_autofree char *sha256 = photo (county, "a picture");
  g_autofree char *out = backup (county, 1);
  g_autofree char *folder = g_strndup (sha256, 2);
  g_autofree char *path = g_build_filename (out, "blobs", folder, sha256, NULL);
  g_autofree char *fresh = g_build_filename (county->dir, "restored", NULL);
  g_autofree char *db = g_build_filename (fresh, "server.db", NULL);
  ZfServerCoreOptions options = { .kinds = county->kinds, .clock = county->clock, .random = county->random };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "another picture", -1, NULL));
  g_assert_false (zf_server_core_restore (out, fresh, &options, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_IO);
  g_assert_false (g_file_test (db, G_FILE_TEST_EXISTS));
}

/* A folder that holds something else is left alone. */
static void
test_not_a_backup (void)
{
  g_autoptr (County) county = county_new (5, everywhere);
  g_autofree char *kinds = g_build_filename (county->dir, "kinds", NULL);
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (zf_server_core_backup (county->core, kinds, &manifest, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_IO);
  g_assert_true (g_file_test (kinds, G_FILE_TEST_IS_DIR));
}

static void
assert_found (County *county, const char *sql, const char *problem)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  gboolean found = FALSE;

  county_count (county, sql);
  g_assert_true (zf_server_core_verify (county->core, problems, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    found |= strstr (problems->pdata[i], problem) != NULL;
  if (!found)
    g_test_message ("not found: %s", problem);
  g_assert_true (found);
}

/* Each kind of damage is named. */
static void
test_verify (void)
{
  g_autoptr (County) county = county_new (6, everywhere);
  g_autofree char *id = county_household (county);
  g_autofree char *sha256 = photo (county, "a picture");
  g_autofree char *folder = g_strndup (sha256, 2);
  g_autofree char *path = g_build_filename (county->data, "blobs", folder, sha256, NULL);
  g_autofree char *rev = g_strdup_printf ("UPDATE field SET f = replace (f, 'straw', 'tile') WHERE id = '%s'", id);

  county_expect (county, 0, "applied", "set", "household", id, 1, "{'rooms':[3,4]}");
  county_check (county);
  g_assert_true (g_file_set_contents (path, "another", -1, NULL));
  assert_found (county, "SELECT 1", "is damaged");
  g_unlink (path);
  assert_found (county, "SELECT 1", "is missing");
  assert_found (county, rev, "digests");
  assert_found (county, "UPDATE change SET disposition = 'lost' WHERE seq = (SELECT max(seq) FROM change)", "without a disposition");
  assert_found (county, "INSERT INTO quarantine (seq, id, why) SELECT max(seq), 'x', 'type' FROM change", "quarantine");
  assert_found (county, "DELETE FROM feed WHERE seq = (SELECT max(seq) FROM feed)", "no tablet would see");
  assert_found (county, "DELETE FROM change WHERE seq = (SELECT max(seq) FROM change)", "gaps");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/backup/durable", test_durable);
  g_test_add_func ("/server/backup/restore", test_restore);
  g_test_add_func ("/server/backup/epoch-once", test_epoch_once);
  g_test_add_func ("/server/backup/damaged", test_damaged);
  g_test_add_func ("/server/backup/not-a-backup", test_not_a_backup);
  g_test_add_func ("/server/backup/verify", test_verify);
  return g_test_run ();
}
