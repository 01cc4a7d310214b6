/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "zf-db.h"
#include "zf-store-private.h"

/* The write-ahead log stays short, and nobody who saves waits for that. What is written is one long value of the store's own table, again and again: it
 * takes as many pages each time, and the file stays small. Marks of zf-store-log.c: from 1000 pages on they are moved, from 2000 on the worker helps,
 * from 4000 on who works in the background waits. */

#define START_PAGES 1000
#define HELP_PAGES 2000
#define FULL_PAGES 4000

#define PAGE_BYTES 4096
#define LOG_HEADER_BYTES 32
#define PAGE_IN_LOG_BYTES (PAGE_BYTES + 24)
/* Of the tree around a value; more than a save of one household writes. */
#define SLACK_PAGES 64

static char *
log_path (Fixture *f)
{
  return g_build_filename (f->dir, "store.db-wal", NULL);
}

/* The most pages that the log ever held: it begins anew at its front, and its file keeps its size. */
static gint64
most_pages (Fixture *f)
{
  g_autofree char *path = log_path (f);
  GStatBuf file;

  if (g_stat (path, &file) != 0 || file.st_size <= LOG_HEADER_BYTES)
    return 0;
  return (file.st_size - LOG_HEADER_BYTES) / PAGE_IN_LOG_BYTES;
}

/* How often the log began anew: the checkpoint sequence number in its header (sqlite.org/fileformat2.html, 4.1). */
static guint32
beginnings (Fixture *f)
{
  g_autofree char *path = log_path (f);
  FILE *file = g_fopen (path, "rb");
  guint32 header[LOG_HEADER_BYTES / 4];

  g_assert_nonnull (file);
  g_assert_cmpuint (fread (header, sizeof header, 1, file), ==, 1);
  fclose (file);
  return GUINT32_FROM_BE (header[3]);
}

static gboolean
write_pages (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  gsize len = GPOINTER_TO_SIZE (data) * PAGE_BYTES;
  g_autofree char *text = g_malloc (len + 1);

  memset (text, 'x', len);
  text[len] = '\0';
  return zf_meta_set (db, "ballast", text, error);
}

static void
assert_pages (Fixture *f, gsize n)
{
  g_autofree char *text = zf_store_get_meta (f->store, "ballast");

  g_assert_nonnull (text);
  g_assert_cmpuint (strlen (text), ==, n * PAGE_BYTES);
}

/* As a person who saves: returns when it is on the disk. */
static void
save_pages (Fixture *f, gsize n)
{
  g_autoptr (GError) error = NULL;

  zf_store_write (f->store, write_pages, GSIZE_TO_POINTER (n), &error);
  g_assert_no_error (error);
}

static void
write_behind (Fixture *f, gsize n)
{
  g_autoptr (GError) error = NULL;

  zf_store_write_light (f->store, write_pages, GSIZE_TO_POINTER (n), &error);
  g_assert_no_error (error);
}

static gboolean
write_little (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return zf_meta_set (db, "little", "1", error);
}

static void
save_household (Fixture *f)
{
  g_free (save_new (f, "household", "{'village':'%s'}", VILLAGE_1));
}

static gint64
count_households (ZfDb *db)
{
  return zf_db_get_int (db, -1, "SELECT count (*) FROM record WHERE kind = 'household'", "");
}

/* Somebody who looks at this moment of the store until he lets go. */
static ZfDb *
hold (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "store.db", NULL);
  g_autoptr (GError) error = NULL;
  ZfDb *db = zf_db_open (path, FALSE, &error);

  g_assert_no_error (error);
  g_assert_true (zf_db_exec (db, "BEGIN", &error));
  g_assert_cmpint (count_households (db), >=, 0);
  return db;
}

static void
let_go (ZfDb *db)
{
  g_assert_true (zf_db_exec (db, "COMMIT", NULL));
  zf_db_close (db);
}

/* Work in the background goes on when everything is moved: the next save finds the log at its beginning. */
static void
test_waits (Fixture *f, gconstpointer data)
{
  guint32 before;

  save_household (f);
  for (guint i = 0; i < 4; i++)
    {
      before = beginnings (f);
      if (i % 2 == 0)
        write_behind (f, FULL_PAGES);
      else
        g_assert_true (zf_store_write_ranked (f->store, ZF_RANK_BACKGROUND, write_pages, GSIZE_TO_POINTER (FULL_PAGES), NULL));
      g_assert_cmpuint (beginnings (f), ==, before);
      save_household (f);
      g_assert_cmpuint (beginnings (f), ==, before + 1);
    }
  g_assert_cmpint (most_pages (f), <, FULL_PAGES + START_PAGES);
  fixture_check (f);
}

#define CHUNK 400
#define CHUNKS 40

typedef struct
{
  Fixture *f;
  GMutex lock;
  GCond cond;
  guint turns;   /* under `lock`: saves that are due */
} Saver;

static void
give_turn (Saver *saver)
{
  g_mutex_lock (&saver->lock);
  saver->turns++;
  g_cond_signal (&saver->cond);
  g_mutex_unlock (&saver->lock);
}

static void
take_turn (Saver *saver)
{
  g_mutex_lock (&saver->lock);
  while (saver->turns == 0)
    g_cond_wait (&saver->cond, &saver->lock);
  saver->turns--;
  g_mutex_unlock (&saver->lock);
}

static gpointer
save_in_turn (gpointer data)
{
  Saver *saver = data;

  for (guint i = 0; i < CHUNKS; i++)
    {
      take_turn (saver);
      save_household (saver->f);
    }
  return NULL;
}

/* A large answer of the county is written while somebody saves: four times as much as the log ever holds. */
static void
test_short (Fixture *f, gconstpointer data)
{
  Saver saver = { .f = f };
  GThread *thread = NULL;
  g_autoptr (JsonObject) stats = NULL;
  gint64 bound = FULL_PAGES + CHUNK + SLACK_PAGES * (CHUNKS + 1);

  g_mutex_init (&saver.lock);
  g_cond_init (&saver.cond);
  thread = g_thread_new ("save", save_in_turn, &saver);
  g_assert_cmpint (bound, <, CHUNK * CHUNKS / 2);
  for (guint i = 0; i < CHUNKS; i++)
    {
      give_turn (&saver);
      write_behind (f, CHUNK);
    }
  g_thread_join (thread);
  g_cond_clear (&saver.cond);
  g_mutex_clear (&saver.lock);
  g_assert_cmpint (most_pages (f), <, bound);
  g_assert_cmpuint (beginnings (f), >, 1);
  assert_pages (f, CHUNK);
  stats = zf_reader_stats (f->reader, NULL);
  g_assert_cmpint (zf_json_get_int (stats, "changes", 0), ==, CHUNKS);
  fixture_check (f);
}

/* Nobody waits for one who looks for long, neither who saves nor who works in the background; when he lets go the log begins anew. */
static void
test_old_reader (Fixture *f, gconstpointer data)
{
  ZfDb *reader = NULL;
  guint32 before;
  gint64 most;

  save_household (f);
  before = beginnings (f);
  reader = hold (f);
  for (guint i = 0; i < 2; i++)
    {
      save_pages (f, HELP_PAGES);
      save_household (f);
      /* When this returns the thread is done with all of it. */
      write_behind (f, FULL_PAGES);
    }
  most = most_pages (f);
  g_assert_cmpuint (beginnings (f), ==, before);
  g_assert_cmpint (most, >=, 2 * (FULL_PAGES + HELP_PAGES));
  g_assert_cmpint (count_households (reader), ==, 1);
  let_go (reader);
  g_assert_true (zf_store_write_light (f->store, write_little, NULL, NULL));
  save_household (f);
  g_assert_cmpuint (beginnings (f), ==, before + 1);
  write_behind (f, FULL_PAGES);
  g_assert_cmpint (most_pages (f), <=, most + SLACK_PAGES);
  fixture_check (f);
}

/* Nothing is lost and nothing stays in the log when the store is closed just after a commit for which the thread begins to work; where somebody looked
 * until then, it may also be asking for the worker's help. */
static void
test_close_at_work (Fixture *f, gconstpointer data)
{
  static const gsize sizes[] = { START_PAGES, HELP_PAGES + 1, FULL_PAGES + 1 };

  for (guint i = 0; i < 4 * G_N_ELEMENTS (sizes); i++)
    {
      gsize n = sizes[i % G_N_ELEMENTS (sizes)] + i;
      ZfDb *reader = i % 2 == 0 ? hold (f) : NULL;
      g_autofree char *path = log_path (f);

      save_pages (f, n);
      g_clear_pointer (&reader, let_go);
      zf_store_close (f->store);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      fixture_reopen (f);
      assert_pages (f, n);
    }
  fixture_check (f);
}

static void
move_folder (const char *from, const char *to)
{
  g_assert_cmpint (g_rename (from, to), ==, 0);
}

/* The folder is elsewhere when the thread wants to open the store for the first time: the files stay open, and the worker shortens the log itself. */
static void
test_without_thread (Fixture *f, gconstpointer data)
{
  g_autofree char *named = g_strdup (f->dir);
  g_autofree char *elsewhere = g_strconcat (f->dir, "-elsewhere", NULL);
  guint32 before;

  move_folder (named, elsewhere);
  g_free (f->dir);
  f->dir = g_strdup (elsewhere);
  before = beginnings (f);
  /* When this returns the thread has tried. */
  write_behind (f, FULL_PAGES);
  save_pages (f, START_PAGES);
  for (guint i = 1; i <= 10; i++)
    {
      save_pages (f, START_PAGES);
      g_assert_cmpuint (beginnings (f), ==, before + 2 * i - 1);
      write_behind (f, START_PAGES);
      g_assert_cmpuint (beginnings (f), ==, before + 2 * i);
    }
  /* The first save also overwrote what it took the place of. */
  g_assert_cmpint (most_pages (f), <, 2 * FULL_PAGES + START_PAGES);
  move_folder (elsewhere, named);
  g_free (f->dir);
  f->dir = g_steal_pointer (&named);
  fixture_reopen (f);
  assert_pages (f, START_PAGES);
  fixture_check (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/log/waits", Fixture, NULL, fixture_set_up, test_waits, fixture_tear_down);
  g_test_add ("/store/log/short", Fixture, NULL, fixture_set_up, test_short, fixture_tear_down);
  g_test_add ("/store/log/old-reader", Fixture, NULL, fixture_set_up, test_old_reader, fixture_tear_down);
  g_test_add ("/store/log/close-at-work", Fixture, NULL, fixture_set_up, test_close_at_work, fixture_tear_down);
  g_test_add ("/store/log/without-thread", Fixture, NULL, fixture_set_up, test_without_thread, fixture_tear_down);
  return g_test_run ();
}
