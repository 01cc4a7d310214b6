/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a hand waits for while sync works on the same store: screens that are read and saves, during the first copy of the county and during a pull of
 * 5,000 changed records, each once with sync in a thread of this process (as in the app) and once in another process. The floor of every figure is the
 * same act in the same run with no sync at work. */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "zf-bench.h"
#include "zf-draft.h"
#include "zf-ledger.h"
#include "zf-query.h"
#include "zf-sync.h"

#define CHANGED 5000
#define QUIET_ROUNDS 100
/* A hand that is faster than any: it does the next thing after this, so an answer every 25 ms and a whole visit every 100 ms. */
#define PAUSE_US 12000
#define ANSWERS 30
#define READ_BUDGET "p99 <= 20 ms"
#define SAVE_BUDGET "p99 <= 100 ms"

typedef enum
{
  ACT_LIST,
  ACT_SEARCH,
  ACT_PAGE,
  ACT_TODAY,
  ACT_SAVE,
  ACT_DRAFT,
  N_ACTS,
} Act;

typedef struct
{
  ZfStore *store;
  ZfReader *reader;
  GPtrArray *homes;        /* ids, as many as are here */
  char *draft;
  guint round;             /* since the hand began: no two visits are the same */
  ZfSamples acts[N_ACTS];
} Hand;

/* Screens */

static ZfQuery *
households (const char *text)
{
  ZfQuery *query = zf_query_new ("household");

  zf_query_columns (query, "id", "head_name", "nickname", "village", "group_no", "level", "class", "monitored_class", "@n:person", "@latest:visit", NULL);
  if (text != NULL)
    zf_query_search (query, text);
  zf_query_order (query, "village", FALSE);
  zf_query_order (query, "group_no", FALSE);
  zf_query_order (query, "head_name", FALSE);
  zf_query_order (query, "id", FALSE);
  zf_query_page (query, 0, 64);
  return query;
}

static void
keep_homes (Hand *hand, ZfRows *rows)
{
  g_ptr_array_set_size (hand->homes, 0);
  for (guint i = 0; i < zf_rows_n (rows); i++)
    g_ptr_array_add (hand->homes, g_strdup (zf_rows_text (rows, i, 0)));
}

static gboolean
see_list (Hand *hand)
{
  g_autoptr (ZfQuery) query = households (NULL);
  gint64 n = zf_query_count (query, hand->reader, NULL);
  g_autoptr (ZfRows) rows = zf_query_run (query, hand->reader, NULL);

  g_assert_true (rows != NULL && n >= 0);
  keep_homes (hand, rows);
  return TRUE;
}

static gboolean
search (Hand *hand)
{
  static const char *const typed[] = { "l", "li", "李", "李国", "z", "zg", "zgh", "1", "12", "1234" };
  g_autoptr (ZfQuery) query = households (typed[hand->round % G_N_ELEMENTS (typed)]);
  gint64 n = zf_query_count (query, hand->reader, NULL);
  g_autoptr (ZfRows) rows = zf_query_run (query, hand->reader, NULL);

  g_assert_true (rows != NULL && n >= 0);
  return TRUE;
}

static gboolean
see_page (Hand *hand)
{
  static const char *const parts[] = { "person", "risk", "measure", "income", "visit", "photo", "living" };
  const char *home = hand->homes->len > 0 ? hand->homes->pdata[hand->round % hand->homes->len] : NULL;
  g_autoptr (ZfRecord) household = home != NULL ? zf_reader_get (hand->reader, home, NULL) : NULL;

  for (guint p = 0; household != NULL && p < G_N_ELEMENTS (parts); p++)
    {
      g_autoptr (ZfQuery) query = zf_query_new (parts[p]);
      g_autoptr (ZfRows) rows = NULL;

      zf_query_column (query, "id");
      zf_query_where (query, "parent", ZF_OP_EQ, home);
      zf_query_page (query, 0, 50);
      rows = zf_query_run (query, hand->reader, NULL);
      for (guint i = 0; i < zf_rows_n (rows) && i < 8; i++)
        zf_record_free (zf_reader_get (hand->reader, zf_rows_text (rows, i, 0), NULL));
    }
  return TRUE;
}

static gboolean
see_today (Hand *hand)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (hand->reader, NULL, NULL);
  g_autoptr (ZfQuery) due = households (NULL);
  g_autoptr (ZfQuery) visits = zf_query_new ("visit");
  g_autoptr (JsonObject) unsent = zf_ledger_unsent (hand->reader, NULL);
  g_autoptr (ZfRows) due_rows = NULL;
  g_autoptr (ZfRows) visit_rows = NULL;

  zf_query_column (due, "next_visit");
  zf_query_where (due, "next_visit", ZF_OP_NOT_NULL, NULL);
  zf_query_page (due, 0, 20);
  due_rows = zf_query_run (due, hand->reader, NULL);
  zf_query_columns (visits, "id", "date", "mode", "parent", "household.head_name", NULL);
  zf_query_order (visits, "date", TRUE);
  zf_query_order (visits, "id", TRUE);
  zf_query_page (visits, 0, 5);
  visit_rows = zf_query_run (visits, hand->reader, NULL);
  g_assert_true (drafts != NULL && unsent != NULL && due_rows != NULL && visit_rows != NULL);
  return TRUE;
}

/* Saves */

/* TRUE: the question took an answer. */
static gboolean
answer (JsonObject *fields, const ZfKind *kind, const ZfField *field, guint round)
{
  GPtrArray *choices = field->type == ZF_FIELD_SELECT_ONE ? zf_kind_choices (kind, field->list_name) : NULL;

  if (field->type == ZF_FIELD_INTEGER || field->type == ZF_FIELD_MONEY)
    json_object_set_int_member (fields, field->name, round % 7);
  else if (field->type == ZF_FIELD_DATE)
    json_object_set_string_member (fields, field->name, "2026-11-24");
  else if (field->type == ZF_FIELD_TEXT)
    json_object_set_string_member (fields, field->name, "家里都好");
  else if (choices != NULL && choices->len > 0)
    json_object_set_string_member (fields, field->name, ((ZfChoice *) choices->pdata[round % choices->len])->name);
  else
    return FALSE;
  return TRUE;
}

/* A visit needs a household, and a first copy begins without one. */
static gboolean
save_visit (Hand *hand)
{
  g_autoptr (ZfSave) save = zf_save_new ("bench", TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) fields = json_object_new ();
  const ZfKind *kind = zf_kinds_get (zf_store_kinds (hand->store), "visit");
  guint answers = 0;

  if (hand->homes->len == 0)
    return FALSE;
  for (guint i = 0; i < zf_kind_n_fields (kind) && answers < ANSWERS; i++)
    answers += answer (fields, kind, zf_kind_field_at (kind, i), hand->round);
  json_object_set_string_member (fields, "household", hand->homes->pdata[hand->round % hand->homes->len]);
  zf_save_create (save, "visit", NULL, fields);
  zf_store_commit (hand->store, save, &error);
  g_assert_no_error (error);
  return TRUE;
}

static gboolean
save_answer (Hand *hand)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) value = json_node_init_int (json_node_alloc (), hand->round);

  if (hand->draft == NULL)
    {
      g_autoptr (ZfDraft) draft = zf_draft_start (hand->store, "visit", NULL, "1", "bench", NULL, NULL, &error);

      g_assert_no_error (error);
      hand->draft = g_strdup (draft->id);
    }
  zf_draft_set (hand->store, hand->draft, "people_home", value, &error);
  g_assert_no_error (error);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*act) (Hand *);   /* FALSE: there was nothing to do it with */
  const char *budget;
} acts[N_ACTS] = {
  { "list", see_list, READ_BUDGET },   { "search", search, READ_BUDGET },         { "household-page", see_page, READ_BUDGET },
  { "today", see_today, READ_BUDGET }, { "save-visit", save_visit, SAVE_BUDGET }, { "draft-answer", save_answer, SAVE_BUDGET },
};

static Hand *
hand_new (ZfStore *store)
{
  Hand *hand = g_new0 (Hand, 1);

  hand->store = store;
  hand->reader = zf_store_reader (store);
  hand->homes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < N_ACTS; i++)
    zf_samples_init (&hand->acts[i]);
  return hand;
}

static void
hand_free (Hand *hand)
{
  g_ptr_array_unref (hand->homes);
  g_free (hand->draft);
  for (guint i = 0; i < N_ACTS; i++)
    zf_samples_clear (&hand->acts[i]);
  g_free (hand);
}

static const Act day[] = { ACT_LIST, ACT_DRAFT, ACT_SEARCH, ACT_DRAFT, ACT_PAGE, ACT_DRAFT, ACT_TODAY, ACT_SAVE };

/* The same things again and again, until @done; the main context runs as in the app, where news of the store arrive between two taps. */
static void
work (Hand *hand, const gboolean *done, guint rounds)
{
  for (guint round = 0; done != NULL ? !*done : round < rounds; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (day); i++)
        {
          gint64 start = g_get_monotonic_time ();

          if (acts[day[i]].act (hand))
            zf_samples_since (&hand->acts[day[i]], start);
          while (g_main_context_iteration (NULL, FALSE))
            continue;
          g_usleep (PAUSE_US);
        }
      hand->round++;
    }
}

static void
report_act (const char *name, Act act, ZfSamples *samples, ZfSamples *quiet)
{
  double p99, floor;

  if (samples->values->len == 0)
    return;
  p99 = zf_samples_quantile (samples, 0.99);
  floor = zf_samples_quantile (quiet, 0.99);
  printf ("{\"name\":\"%s-%s\",\"value\":%.2f,\"unit\":\"ms\",\"floor\":%.2f,\"ratio\":%.2f,\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f,\"n\":%u,"
          "\"budget\":\"%s\"}\n",
          name, acts[act].name, p99, floor, p99 / floor, zf_samples_quantile (samples, 0.5), p99, zf_samples_quantile (samples, 1.0),
          samples->values->len, acts[act].budget);
}

static void
report (const char *name, Hand *hand, Hand *quiet)
{
  for (guint a = 0; a < N_ACTS; a++)
    report_act (name, a, &hand->acts[a], &quiet->acts[a]);
  fflush (stdout);
}

/* The county */

typedef struct
{
  char *dir;
  char *county;
  char *url;
  GSubprocess *server;
} World;

static char *
output_of (const char *first, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  char *out = NULL;
  va_list args;

  va_start (args, first);
  for (const char *word = first; word != NULL; word = va_arg (args, const char *))
    g_ptr_array_add (words, (gpointer) word);
  va_end (args);
  g_ptr_array_add (words, NULL);
  process = g_subprocess_newv ((const char *const *) words->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return out;
}

static void
serve (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;

  world->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("ZF_SERVER"), "--data", world->county, "serve", "--listen",
                                    "127.0.0.1:0", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (world->server));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_true (line != NULL && g_str_has_prefix (line, "listening "));
  world->url = g_strdup (line + strlen ("listening "));
  g_strdelimit (world->url, " ", '\0');
}

static void
world_begin (World *world)
{
  const char *households_n = g_getenv ("ZF_BENCH_HOUSEHOLDS") != NULL ? g_getenv ("ZF_BENCH_HOUSEHOLDS") : "20000";
  g_autofree char *kept = g_strdup_printf ("%s/bench-line-%s", g_getenv ("ZF_BENCH_DIR"), households_n);
  g_autofree char *made = g_build_filename (kept, "made", NULL);
  g_autofree char *from = g_build_filename (kept, "county", NULL);

  if (!g_file_test (made, G_FILE_TEST_EXISTS))
    {
      g_free (output_of ("rm", "-rf", kept, NULL));
      g_free (output_of (g_getenv ("ZF_CTL"), "demo", "--out", kept, "--households", households_n, "--seed", "7", NULL));
      g_file_set_contents (made, "", 0, NULL);
    }
  world->dir = g_dir_make_tmp ("zf-bench-XXXXXX", NULL);
  world->county = g_build_filename (world->dir, "county", NULL);
  g_free (output_of ("cp", "-r", "--reflink=auto", from, world->county, NULL));
  serve (world);
}

static void
world_end (World *world)
{
  g_subprocess_send_signal (world->server, 15);
  g_subprocess_wait (world->server, NULL, NULL);
  g_object_unref (world->server);
  g_free (output_of ("rm", "-rf", world->dir, NULL));
  g_free (world->dir);
  g_free (world->county);
  g_free (world->url);
}

static ZfStore *
a_tablet (const World *world, ZfKinds *kinds, const char *name)
{
  g_autofree char *dir = g_build_filename (world->dir, name, NULL);
  g_autofree char *out = output_of (g_getenv ("ZF_SERVER"), "--data", world->county, "enrol-code", "--villages", "all", NULL);
  g_auto (GStrv) words = g_strsplit_set (out, " \n", 3);
  g_autofree char *address = g_strdup_printf ("%s#%s", world->url, words[1]);
  g_autoptr (GError) error = NULL;
  ZfStore *store = NULL;

  g_mkdir_with_parents (dir, 0700);
  store = zf_store_create (dir, kinds, NULL, &error);
  g_assert_no_error (error);
  zf_sync_enrol (store, address, name, &error);
  g_assert_no_error (error);
  return store;
}

/* Sync beside the hand */

static void
on_synced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  zf_sync_run_finish (ZF_STORE (source), result, NULL, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, NULL));
  *(gboolean *) data = TRUE;
}

static void
sync_aside (ZfStore *store, gboolean other_process, gboolean *done)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;

  if (!other_process)
    {
      zf_sync_run_async (store, NULL, NULL, NULL, on_synced, done);
      return;
    }
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, g_getenv ("ZF_CTL"), "--store", zf_store_dir (store), "sync", NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_exited, done);
}

static void
measure (const char *name, ZfStore *store, gboolean other_process, Hand *quiet)
{
  Hand *hand = hand_new (store);
  gint64 start = g_get_monotonic_time ();
  gboolean done = FALSE;

  sync_aside (store, other_process, &done);
  work (hand, &done, 0);
  report (name, hand, quiet);
  printf ("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"s\",\"budget\":\"none\"}\n", name, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  hand_free (hand);
}

static void
change_many (ZfStore *store, guint turn)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, "id");
  zf_query_page (query, turn * CHANGED, CHANGED);
  rows = zf_query_run (query, zf_store_reader (store), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < zf_rows_n (rows); i++)
    {
      g_autoptr (ZfSave) save = zf_save_new ("author", FALSE);
      g_autoptr (JsonObject) fields = json_object_new ();

      json_object_set_string_member (fields, "note", i % 2 == 0 ? "孩子回来读书了" : "屋顶有点漏，已报");
      zf_save_set (save, "household", zf_rows_text (rows, i, 0), fields);
      zf_store_commit (store, save, &error);
      g_assert_no_error (error);
    }
  zf_sync_run (store, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The same acts in a store that nobody syncs. */
static Hand *
measure_quiet (ZfStore *store)
{
  Hand *hand = hand_new (store);

  work (hand, NULL, QUIET_ROUNDS);
  return hand;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), &error);
  g_autoptr (ZfStore) author = NULL;
  g_autoptr (ZfStore) tablet = NULL;
  g_autoptr (ZfStore) other = NULL;
  World world = { 0 };
  Hand *quiet;

  g_assert_no_error (error);
  world_begin (&world);
  author = a_tablet (&world, kinds, "author");
  zf_sync_run (author, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  quiet = measure_quiet (author);
  report ("hand-quiet", quiet, quiet);
  tablet = a_tablet (&world, kinds, "tablet");
  measure ("hand-first-copy", tablet, FALSE, quiet);
  other = a_tablet (&world, kinds, "other");
  measure ("hand-first-copy-process", other, TRUE, quiet);
  zf_store_close (other);
  change_many (author, 0);
  measure ("hand-pull", tablet, FALSE, quiet);
  change_many (author, 1);
  measure ("hand-pull-process", tablet, TRUE, quiet);
  hand_free (quiet);
  zf_store_close (tablet);
  zf_store_close (author);
  world_end (&world);
  return 0;
}
