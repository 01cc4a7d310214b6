/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is answered is in the draft, or the form says that it is not. */
#include "app-fixture.h"

#include <sqlite3.h>

#include "zf-draft.h"
#include "zf-form-model.h"
#include "zf-json.h"

#define WORD                                                                                                                                       \
  "{\"settings\":[{\"form_title\":\"话\",\"form_title::English\":\"Word\",\"form_id\":\"word\",\"version\":\"1\",\"default_language\":\"中文\"}],"     \
  "\"kind\":{\"name\":\"word\",\"order\":502,\"parent\":{\"kind\":\"household\",\"field\":\"household\"},\"append_only\":false,\"key\":null,"         \
  "\"label\":\"first\",\"ledger\":true,\"server_only\":false,\"columns\":[\"first\"]},\"survey\":["                                                    \
  "{\"type\":\"text\",\"name\":\"first\",\"label::中文\":\"一\",\"label::English\":\"first\"},"                                                       \
  "{\"type\":\"text\",\"name\":\"second\",\"label::中文\":\"二\",\"label::English\":\"second\"},"                                                     \
  "{\"type\":\"text\",\"name\":\"third\",\"label::中文\":\"三\",\"label::English\":\"third\",\"relevant\":\"${first} = 'yes'\"},"                                                   \
  "{\"type\":\"text\",\"name\":\"fourth\",\"label::中文\":\"四\",\"label::English\":\"fourth\",\"calculation\":\"concat(${second}, '!')\"},"         \
  "{\"type\":\"text\",\"name\":\"fifth\",\"label::中文\":\"五\",\"label::English\":\"fifth\",\"calculation\":\"now()\",\"trigger\":\"${second}\"}]}"

typedef struct
{
  AppFixture app;
  sqlite3 *other;    /* a hand in the store that makes writing fail */
} Fixture;

static void
set_up (Fixture *f, gconstpointer form)
{
  g_autofree char *path = NULL;

  app_fixture_set_up (&f->app, form);
  path = g_build_filename (zf_store_dir (f->app.store), "store.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &f->other), ==, SQLITE_OK);
}

static void
tear_down (Fixture *f, gconstpointer form)
{
  sqlite3_close (f->other);
  app_fixture_tear_down (&f->app, form);
}

static void
run (Fixture *f, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (f->other, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
answer (ZfFormModel *model, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_form_model_set_text (model, name, text, &error));
  g_assert_no_error (error);
}

static void
settle (ZfFormModel *model)
{
  while (zf_form_model_is_saving (model))
    g_main_context_iteration (NULL, TRUE);
}

/* In the draft, as whoever comes after a kill reads it. */
static void
assert_kept (Fixture *f, const char *draft, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDraft) kept = zf_draft_get (zf_session_reader (f->app.session), draft, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (zf_json_get_string (kept->answers, name, NULL), ==, text);
}

static ZfFormModel *
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  ZfFormModel *model = zf_form_model_start (f->app.session, "word", f->app.household, &error);

  g_assert_no_error (error);
  return model;
}

/* Until everything is on the disk the form does not say that it is, and the next answer brings what failed. */
static void
test_next_brings_all (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);

  run (f, "CREATE TRIGGER stop BEFORE UPDATE ON draft BEGIN SELECT RAISE (FAIL, 'full'); END");
  answer (model, "first", "one");
  settle (model);
  g_assert_nonnull (zf_form_model_failure (model));
  run (f, "DROP TRIGGER stop");
  answer (model, "second", "two");
  settle (model);
  g_assert_null (zf_form_model_failure (model));
  assert_kept (f, zf_form_model_draft (model), "first", "one");
  assert_kept (f, zf_form_model_draft (model), "second", "two");
}

/* What an answer set along with itself would not come out the same again: it is on the disk as well. */
static void
test_set_along (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *then = NULL;

  answer (model, "fourth", "mine");
  answer (model, "second", "two");
  then = zf_answers_text (zf_form_model_answers (model), "fifth");
  g_assert_cmpstr (then, !=, "");
  settle (model);
  assert_kept (f, zf_form_model_draft (model), "fourth", "two!");
  assert_kept (f, zf_form_model_draft (model), "fifth", then);
}

/* The one that failed was not the last: that the last one arrived is no comfort. */
static void
test_one_of_two (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);

  run (f, "CREATE TRIGGER stop BEFORE UPDATE ON draft WHEN new.answers LIKE '%one%' AND new.answers NOT LIKE '%two%' BEGIN SELECT RAISE (FAIL, 'full'); END");
  answer (model, "first", "one");
  answer (model, "second", "two");
  settle (model);
  assert_kept (f, zf_form_model_draft (model), "second", "two");
  g_assert_nonnull (zf_form_model_failure (model));
  zf_form_model_leave (model);
  g_assert_null (zf_form_model_failure (model));
  assert_kept (f, zf_form_model_draft (model), "first", "one");
}

/* What cannot be stored can still be finished, and then nothing is missing. */
static void
test_finished (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  run (f, "CREATE TRIGGER stop BEFORE UPDATE ON draft BEGIN SELECT RAISE (FAIL, 'full'); END");
  answer (model, "first", "one");
  id = zf_form_model_finish (model, FALSE, NULL, &error);
  g_assert_no_error (error);
  settle (model);
  g_assert_null (zf_form_model_failure (model));
  record = zf_reader_get (zf_session_reader (f->app.session), id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zf_record_get_string (record, "first", NULL), ==, "one");
}

/* The same for a finished record that is changed. */
static void
test_edit (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) made = start (f);
  g_autoptr (ZfFormModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  answer (made, "first", "one");
  id = zf_form_model_finish (made, FALSE, NULL, &error);
  g_assert_no_error (error);
  model = zf_form_model_edit (f->app.session, id, &error);
  answer (model, "first", "two");
  run (f, "CREATE TRIGGER stop BEFORE UPDATE ON draft BEGIN SELECT RAISE (FAIL, 'full'); END");
  answer (model, "second", "three");
  settle (model);
  run (f, "DROP TRIGGER stop");
  zf_form_model_leave (model);
  g_assert_null (zf_form_model_failure (model));
  assert_kept (f, zf_form_model_draft (model), "first", "two");
  assert_kept (f, zf_form_model_draft (model), "second", "three");
}

/* Thrown away and brought back: also what is not asked now. */
static void
test_brought_back (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autoptr (ZfFormModel) again = NULL;
  g_autofree char *text = NULL;

  answer (model, "first", "yes");
  answer (model, "third", "three");
  answer (model, "first", "no");
  g_assert_true (zf_form_model_discard (model, NULL));
  g_assert_true (zf_form_model_bring_back (model, NULL));
  again = start (f);
  g_assert_true (zf_form_model_was_open (again));
  answer (again, "first", "yes");
  text = zf_answers_text (zf_form_model_answers (again), "third");
  g_assert_cmpstr (text, ==, "three");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* That an answer was not stored is a warning too. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add ("/app/form-kept/next-brings-all", Fixture, WORD, set_up, test_next_brings_all, tear_down);
  g_test_add ("/app/form-kept/set-along", Fixture, WORD, set_up, test_set_along, tear_down);
  g_test_add ("/app/form-kept/one-of-two", Fixture, WORD, set_up, test_one_of_two, tear_down);
  g_test_add ("/app/form-kept/finished", Fixture, WORD, set_up, test_finished, tear_down);
  g_test_add ("/app/form-kept/edit", Fixture, WORD, set_up, test_edit, tear_down);
  g_test_add ("/app/form-kept/brought-back", Fixture, WORD, set_up, test_brought_back, tear_down);
  return g_test_run ();
}
