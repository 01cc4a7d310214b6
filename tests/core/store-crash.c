/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "zf-db.h"

/* A save that was reported stands, whatever happens next; one that failed left nothing. */

#define ROUNDS 20

/* The child: saves visits and tells each one only after its commit. */
static int
save_for_ever (const char *dir, const char *home)
{
  g_autoptr (ZfKinds) kinds = fixture_kinds ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfStore) store = zf_store_open (dir, kinds, NULL, &error);

  g_assert_no_error (error);
  for (gint64 n = 1;; n++)
    {
      g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
      g_autoptr (JsonObject) visit = json_of ("{'household':'%s','date':'2026-11-20','said':'%d'}", home, (int) n);
      g_autoptr (JsonObject) rooms = json_of ("{'rooms':%d}", (int) n);

      zf_save_create (save, "visit", NULL, visit);
      zf_save_set (save, "household", home, rooms);
      zf_store_commit (store, save, &error);
      g_assert_no_error (error);
      printf ("%s\n", zf_save_result_id (save, 0));
      fflush (stdout);
    }
  return 0;
}

static void
assert_all_there (Fixture *f, GPtrArray *reported)
{
  for (guint i = 0; i < reported->len; i++)
    {
      g_autoptr (ZfRecord) record = get (f, g_ptr_array_index (reported, i));

      g_assert_cmpstr (record->kind_name, ==, "visit");
    }
}

/* Reads @n lines, kills, then reads what was told before the kill. */
static void
run_and_kill (const char *dir, const char *home, guint n, GPtrArray *reported)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/proc/self/exe", "--save-for-ever", dir, home, NULL };
  g_autoptr (GSubprocess) child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_autoptr (GDataInputStream) lines = NULL;
  char *line;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  for (guint i = 0; (line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL; i++)
    {
      if (strlen (line) == 36)
        g_ptr_array_add (reported, line);
      else
        g_free (line);
      if (i + 1 == n)
        g_subprocess_send_signal (child, SIGKILL);
    }
  g_subprocess_wait (child, NULL, NULL);
  g_assert_false (g_subprocess_get_if_exited (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
}

static void
test_kill (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autoptr (GPtrArray) reported = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < ROUNDS; i++)
    {
      run_and_kill (f->dir, home, 1 + zf_random_below (f->random, 40), reported);
      assert_all_there (f, reported);
      fixture_check (f);
    }
  fixture_reopen (f);
  assert_all_there (f, reported);
  fixture_check (f);
}

/* The id, NULL when it failed. */
static char *
save_one (Fixture *f, const char *home, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autofree char *long_text = g_strnfill (3000, 'x');
  g_autoptr (JsonObject) visit = json_of ("{'household':'%s','date':'2026-11-20','said':'%s'}", home, long_text);

  zf_save_create (save, "visit", NULL, visit);
  return zf_store_commit (f->store, save, error) ? g_strdup (zf_save_result_id (save, 0)) : NULL;
}

static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = size;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* Saves until it fails; what was reported before stands, and after @heal it goes on. */
static void
save_until_failure (Fixture *f, ZfError code, void (*heal) (Fixture *))
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autoptr (GPtrArray) reported = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  char *id;

  while ((id = save_one (f, home, &error)) != NULL)
    {
      g_ptr_array_add (reported, id);
      g_assert_cmpuint (reported->len, <, 1000);
    }
  heal (f);
  g_assert_error (error, ZF_ERROR, (int) code);
  g_assert_cmpuint (reported->len, >, 5);
  assert_all_there (f, reported);
  fixture_check (f);
  g_clear_error (&error);
  after = save_one (f, home, &error);
  g_assert_no_error (error);
  fixture_reopen (f);
  assert_all_there (f, reported);
  fixture_check (f);
}

/* @data: how many pages more the file may grow. */
static gboolean
allow_pages (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %d",
                                          (int) zf_db_get_int (db, 0, "PRAGMA page_count", "") + GPOINTER_TO_INT (data));

  return zf_db_exec (db, sql, error);
}

static void
make_room (Fixture *f)
{
  g_assert_true (zf_store_write (f->store, allow_pages, GINT_TO_POINTER (10000), NULL));
}

static void
test_disk_full (Fixture *f, gconstpointer data)
{
  g_assert_true (zf_store_write (f->store, allow_pages, GINT_TO_POINTER (200), NULL));
  save_until_failure (f, ZF_ERROR_FULL, make_room);
}

static void
no_limit (Fixture *f)
{
  limit_files (RLIM_INFINITY);
}

/* The file system refuses a write in the middle of a commit. */
static void
test_failing_write (Fixture *f, gconstpointer data)
{
  signal (SIGXFSZ, SIG_IGN);
  limit_files (2 * 1024 * 1024);
  save_until_failure (f, ZF_ERROR_IO, no_limit);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--save-for-ever") == 0)
    return save_for_ever (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/crash/kill", Fixture, NULL, fixture_set_up, test_kill, fixture_tear_down);
  g_test_add ("/store/crash/disk-full", Fixture, NULL, fixture_set_up, test_disk_full, fixture_tear_down);
  g_test_add ("/store/crash/failing-write", Fixture, NULL, fixture_set_up, test_failing_write, fixture_tear_down);
  return g_test_run ();
}
