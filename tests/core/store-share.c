/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sqlite3.h>

#include "store-fixture.h"
#include "zf-store-private.h"

/* Several hands on one store: processes, threads, and screens that want to know. */

#define THREADS 4
#define SAVES 25

typedef struct
{
  GPtrArray *kinds;
  guint n_ids;
} Heard;

static void
on_changed (ZfStore *store, const char *kind, const char *const *ids, gpointer user_data)
{
  Heard *heard = user_data;

  g_ptr_array_add (heard->kinds, g_strdup (kind));
  heard->n_ids += g_strv_length ((char **) ids);
}

static gboolean
no_write (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return TRUE;
}

/* After this the worker has done what was queued before, and its news are delivered. */
static void
settle (ZfStore *store)
{
  g_assert_true (zf_store_write (store, no_write, NULL, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_changed (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (g_free);
  Heard heard = { .kinds = kinds };
  g_autoptr (ZfSave) bad = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) none = json_of ("{'village':'%s','rooms':'x'}", VILLAGE_1);

  settle (f->store);
  g_signal_connect (f->store, "changed", G_CALLBACK (on_changed), &heard);
  for (guint i = 0; i < 5; i++)
    g_free (save_new (f, "household", "{'village':'%s'}", VILLAGE_1));
  zf_save_create (bad, "household", NULL, none);
  commit_fails (f, bad, ZF_ERROR_INVALID);
  g_assert_cmpuint (kinds->len, ==, 0);
  settle (f->store);
  /* Five saves, one signal. */
  g_assert_cmpuint (kinds->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (kinds, 0), ==, "household");
  g_assert_cmpuint (heard.n_ids, ==, 5);
}

/* Who leaves does not stand waiting, and with it everybody's saves, until another process has finished reading: 15 seconds is what a save would wait. */
static void
test_close_beside_reader (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "store.db", NULL);
  gint64 begun;
  sqlite3 *reader = NULL;

  g_assert_cmpint (sqlite3_open (path, &reader), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (reader, "BEGIN; SELECT count(*) FROM record", NULL, NULL, NULL), ==, SQLITE_OK);
  g_free (save_new (f, "household", "{'village':'%s'}", VILLAGE_1));
  begun = g_get_monotonic_time ();
  zf_store_compact (f->store);
  g_free (save_new (f, "household", "{'village':'%s'}", VILLAGE_1));
  zf_store_close (f->store);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (sqlite3_exec (reader, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (reader), ==, SQLITE_OK);
}

static void
test_two_stores (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfStore) other = zf_store_open (f->dir, f->kinds, NULL, &error);
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZfSave) theirs = zf_save_new ("u2", FALSE);
  g_autoptr (JsonObject) fields = json_of ("{'village':'%s','name':'theirs'}", VILLAGE_1);
  g_autoptr (ZfRecord) seen = NULL;
  g_autoptr (JsonObject) row = NULL;
  Heard heard = { .kinds = kinds };

  g_assert_no_error (error);
  zf_store_poll (f->store);
  settle (f->store);
  g_signal_connect (f->store, "changed", G_CALLBACK (on_changed), &heard);
  g_free (save_new (f, "household", "{'village':'%s'}", VILLAGE_1));
  zf_save_create (theirs, "household", NULL, fields);
  g_assert_true (zf_store_commit (other, theirs, NULL));
  g_free (save_new (f, "household", "{'village':'%s'}", VILLAGE_1));
  settle (f->store);
  g_ptr_array_set_size (kinds, 0);
  zf_store_poll (f->store);
  settle (f->store);
  g_assert_cmpuint (kinds->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (kinds, 0), ==, "*");
  zf_store_poll (f->store);
  settle (f->store);
  g_assert_cmpuint (kinds->len, ==, 1);
  seen = get (f, zf_save_result_id (theirs, 0));
  row = log_row (f, seen->id, 0);
  g_assert_cmpint (zf_json_get_int (row, "lsn", 0), ==, 2);
  zf_store_close (other);
  fixture_check (f);
}

typedef struct
{
  Fixture *f;
  char *home;
  gint stop;
} Shared;

static gpointer
save_many (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < SAVES; i++)
    {
      g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
      g_autoptr (JsonObject) visit = json_of ("{'household':'%s','date':'2026-11-20','said':'%u'}", shared->home, i);
      g_autoptr (JsonObject) rooms = json_of ("{'rooms':%u}", i);
      g_autoptr (GError) error = NULL;

      zf_save_create (save, "visit", NULL, visit);
      zf_save_set (save, "household", shared->home, rooms);
      zf_store_commit (shared->f->store, save, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static gpointer
read_many (gpointer data)
{
  Shared *shared = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfReader) reader = zf_reader_new (shared->f->store, &error);
  gint64 n = 0;

  g_assert_no_error (error);
  while (!g_atomic_int_get (&shared->stop))
    {
      g_autoptr (ZfRecord) home = zf_reader_get (reader, shared->home, &error);
      g_autoptr (GPtrArray) rows = zf_reader_history (reader, shared->home, &error);

      g_assert_no_error (error);
      g_assert_nonnull (home);
      /* Time never runs backwards for a reader. */
      g_assert_cmpint (rows->len, >=, n);
      n = rows->len;
    }
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  Shared shared = { .f = f, .home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1) };
  GThread *threads[THREADS];
  GThread *reader = g_thread_new ("read", read_many, &shared);
  g_autoptr (JsonObject) stats = NULL;

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("save", save_many, &shared);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_atomic_int_set (&shared.stop, 1);
  g_thread_join (reader);
  stats = zf_reader_stats (f->reader, NULL);
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (zf_json_get_object (stats, "kinds"), "visit"), "records", 0), ==, THREADS * SAVES);
  fixture_check (f);
  g_free (shared.home);
}

static void
on_commit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  zf_store_commit_finish (ZF_STORE (source), result, &error);
  g_assert_no_error (error);
  (*(guint *) user_data)++;
}

/* Saves under way when the store is closed are still saved. */
static void
test_close_drains (Fixture *f, gconstpointer data)
{
  guint done = 0;
  g_autoptr (JsonObject) fields = json_of ("{'village':'%s'}", VILLAGE_1);
  g_autoptr (JsonObject) stats = NULL;

  for (guint i = 0; i < 10; i++)
    {
      ZfSave *save = zf_save_new ("u1", FALSE);

      zf_save_create (save, "household", NULL, fields);
      zf_store_commit_async (f->store, save, NULL, on_commit, &done);
    }
  zf_store_close (f->store);
  while (done < 10)
    g_main_context_iteration (NULL, TRUE);
  fixture_reopen (f);
  stats = zf_reader_stats (f->reader, NULL);
  g_assert_cmpint (zf_json_get_int (stats, "changes", 0), ==, 10);
  fixture_check (f);
}

static void
test_meta (Fixture *f, gconstpointer data)
{
  g_autofree char *plain = zf_store_get_meta (f->store, "plain");
  g_autofree char *device = zf_store_get_meta (f->store, "device");
  g_autofree char *set = NULL;

  g_assert_cmpstr (plain, ==, "1");
  g_assert_null (device);
  g_assert_true (zf_store_set_meta (f->store, "device", "d1", NULL));
  set = zf_store_get_meta (f->store, "device");
  g_assert_cmpstr (set, ==, "d1");
  g_assert_true (zf_store_set_meta (f->store, "device", NULL, NULL));
  g_assert_null (zf_store_get_meta (f->store, "device"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/share/changed", Fixture, NULL, fixture_set_up, test_changed, fixture_tear_down);
  g_test_add ("/store/share/close-beside-reader", Fixture, NULL, fixture_set_up, test_close_beside_reader, fixture_tear_down);
  g_test_add ("/store/share/two-stores", Fixture, NULL, fixture_set_up, test_two_stores, fixture_tear_down);
  g_test_add ("/store/share/threads", Fixture, NULL, fixture_set_up, test_threads, fixture_tear_down);
  g_test_add ("/store/share/close-drains", Fixture, NULL, fixture_set_up, test_close_drains, fixture_tear_down);
  g_test_add ("/store/share/meta", Fixture, NULL, fixture_set_up, test_meta, fixture_tear_down);
  return g_test_run ();
}
