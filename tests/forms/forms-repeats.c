/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-repeats"

#include "zf-error.h"
#include "zf-form.h"
#include "zf-history.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-photo.h"
#include "zf-query.h"

#include <glib/gstdio.h>
#include <string.h>

/* Rows of repeats: what each row asks and computes, what is summed over them, how they come and go, and the records that they become. */

#define TODAY "2026-11-23"
#define NOON G_GINT64_CONSTANT (1795406400000) /* 2026-11-23 12:00 in Shanghai */

typedef struct
{
  ZfClock *clock;
  ZfRandom *random;
  ZfKinds *kinds;
  ZfForm *form;
  ZfAnswers *answers;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "forms", "data", NULL);
  f->clock = zf_clock_new_manual (NOON);
  f->random = zf_random_new_seeded (7);
  f->kinds = zf_kinds_load (dir, &error);
  g_assert_no_error (error);
  f->form = zf_form_new (zf_kinds_get (f->kinds, "farm"), &error);
  g_assert_no_error (error);
  f->answers = zf_answers_new_at (f->form, NULL, TODAY, NOON);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->answers);
  g_object_unref (f->form);
  g_object_unref (f->kinds);
  g_object_unref (f->random);
  g_object_unref (f->clock);
}

static char *
add (Fixture *f, const char *repeat)
{
  zf_clock_advance (f->clock, 1);
  g_autofree char *id = zf_id_new (f->clock, f->random);
  g_autoptr (GError) error = NULL;
  char *row = zf_answers_add_row (f->answers, repeat, id, &error);
  g_assert_no_error (error);
  return row;
}

static void
answer (Fixture *f, const char *row, const char *name, const char *text)
{
  g_autofree char *address = row != NULL ? g_strconcat (row, ".", name, NULL) : g_strdup (name);
  g_autoptr (GError) error = NULL;
  zf_answers_set_text (f->answers, address, text, &error);
  g_assert_no_error (error);
}

static void
assert_text (Fixture *f, const char *row, const char *name, const char *expected)
{
  g_autofree char *address = row != NULL ? g_strconcat (row, ".", name, NULL) : g_strdup (name);
  g_autofree char *text = zf_answers_text (f->answers, address);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_refused (Fixture *f, const char *name, const char *text, const char *sentence)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_answers_set_text (f->answers, name, text, &error));
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_types (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) values = NULL;
  answer (f, NULL, "milked", "6点30");
  assert_text (f, NULL, "milked", "06:30");
  assert_refused (f, "milked", "25:00", "There is no such time.");
  answer (f, NULL, "milked", "18:05:30");
  answer (f, NULL, "liked", "rape rice maize");
  assert_refused (f, "liked", "rape rice", "Every answer of the list needs a place, once.");
  answer (f, NULL, "liked", "rice rape maize");
  answer (f, NULL, "mood", "4");
  answer (f, NULL, "share", "0.3");
  answer (f, NULL, "place", "29.8630, 107.730");
  assert_text (f, NULL, "place", "29.863 107.73");
  assert_refused (f, "place", "129.8 107.7", "There is no such place: latitude −90 to 90, longitude −180 to 180.");
  answer (f, NULL, "place", "29.863 107.73 0 15");
  values = zf_answers_values (f->answers);
  g_assert_cmpstr (zf_json_get_string (values, "milked", NULL), ==, "18:05:30");
  g_assert_cmpstr (zf_json_get_string (values, "liked", NULL), ==, "rice rape maize");
  g_assert_cmpint (zf_json_get_int (values, "mood", -1), ==, 4);
  g_assert_cmpstr (zf_json_get_string (values, "share", NULL), ==, "0.3");
  g_assert_cmpstr (zf_json_get_string (values, "place", NULL), ==, "29.863 107.73 0 15");
  g_assert_cmpint (zf_json_get_int (values, "begun", 0), ==, NOON);
  g_assert_cmpstr (zf_json_get_string (values, "day", NULL), ==, TODAY);
  g_assert_cmpstr (zf_json_get_string (values, "secret", NULL), ==, "x");
}

/* One word in the type brings the choice and the question; other questions keep their list. */
static void
test_or_other (Fixture *f, gconstpointer data)
{
  const ZfQuestion *best = zf_form_question (f->form, "best");
  g_assert_cmpuint (zf_kind_choices (best->kind, best->field->list_name)->len, ==, 4);
  g_assert_cmpuint (zf_kind_choices (best->kind, "crop_kind")->len, ==, 3);
  g_assert_false (zf_answers_relevant (f->answers, "best_other"));
  answer (f, NULL, "best", "other");
  g_assert_true (zf_answers_relevant (f->answers, "best_other"));
}

static void
test_source (Fixture *f, gconstpointer data)
{
  const ZfKind *kind = zf_form_kind (f->form);
  assert_text (f, NULL, "sold__src", "asked");
  g_assert_cmpstr (zf_kind_field (kind, "sold")->group, ==, zf_kind_field (kind, "sold__src")->group);
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "plots");
  g_autofree char *two = add (f, "plots");
  g_autofree char *large = g_strconcat (two, ".why_large", NULL);
  g_autofree char *area = g_strconcat (two, ".mu", NULL);
  g_autofree char *problem = NULL;
  assert_text (f, NULL, "n_plots", "2");
  assert_text (f, one, "plot_no", "1");
  assert_text (f, two, "plot_no", "2");
  answer (f, one, "plot_name", "河边");
  answer (f, one, "mu", "1.5");
  answer (f, two, "mu", "120");
  assert_text (f, NULL, "all_mu", "121.5");
  assert_text (f, NULL, "first_plot", "河边");
  g_assert_true (zf_answers_relevant (f->answers, large));
  answer (f, two, "mu", "-1");
  problem = zf_answers_problem (f->answers, area, "en");
  g_assert_cmpstr (problem, ==, "An area is above 0.");
  g_assert_false (zf_answers_relevant (f->answers, large));
}

static void
test_problems_in_order (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "plots");
  g_autofree char *two = add (f, "plots");
  g_autofree char *first = g_strconcat (one, ".plot_name", NULL);
  g_autofree char *second = g_strconcat (two, ".plot_name", NULL);
  g_autoptr (GPtrArray) names = zf_answers_problems (f->answers);
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (names->pdata[0], ==, first);
  g_assert_cmpstr (names->pdata[1], ==, second);
}

/* What is unlikely is asked again, and a reason ends it; what cannot be judged is not doubted. */
static void
test_doubts (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "plots");
  g_autofree char *two = add (f, "plots");
  g_autofree char *area = g_strconcat (two, ".mu", NULL);
  g_autoptr (GPtrArray) doubts = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autofree char *question = NULL;
  answer (f, one, "mu", "99");
  answer (f, two, "mu", "120");
  doubts = zf_answers_doubts (f->answers);
  g_assert_cmpuint (doubts->len, ==, 1);
  g_assert_cmpstr (doubts->pdata[0], ==, area);
  question = zf_answers_doubt (f->answers, area, "zh");
  g_assert_cmpstr (question, ==, "耕地 100 亩以上，对吗？");
  answer (f, two, "mu__why", "流转来的");
  none = zf_answers_doubts (f->answers);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_nested (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "plots");
  g_autofree char *two = add (f, "plots");
  g_autofree char *in_one = g_strconcat (one, ".crops", NULL);
  g_autofree char *in_two = g_strconcat (two, ".crops", NULL);
  g_autofree char *rice = add (f, in_one);
  g_autofree char *maize = add (f, in_one);
  g_autofree char *rape = add (f, in_two);
  g_autoptr (GPtrArray) rows = zf_answers_rows (f->answers, in_one);
  answer (f, one, "mu", "2");
  answer (f, rice, "yield", "1000");
  answer (f, maize, "yield", "300");
  answer (f, rape, "yield", "50");
  assert_text (f, one, "plot_yield", "1300");
  assert_text (f, two, "plot_yield", "50");
  assert_text (f, NULL, "all_yield", "1350");
  assert_text (f, rice, "per_mu", "500");
  answer (f, one, "mu", "4");
  assert_text (f, rice, "per_mu", "250");
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (rows->pdata[1], ==, maize);
}

/* Rows of a list of choices are looked up with what this row, and the row around it, answers. */
static void
test_instance (Fixture *f, gconstpointer data)
{
  g_autofree char *plot = add (f, "plots");
  g_autofree char *crops = g_strconcat (plot, ".crops", NULL);
  g_autofree char *one = add (f, crops);
  g_autofree char *two = add (f, crops);
  answer (f, plot, "mu", "2");
  answer (f, one, "crop", "Rice");
  answer (f, two, "crop", "Maize");
  assert_text (f, one, "price", "2.8");
  assert_text (f, two, "price", "");
  answer (f, plot, "mu", "4");
  assert_text (f, one, "price", "2.8");
  assert_text (f, two, "price", "1.9");
  answer (f, two, "crop", "Rice");
  assert_text (f, two, "price", "2.8");
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "plots");
  g_autofree char *two = add (f, "plots");
  g_autoptr (GError) error = NULL;
  answer (f, one, "mu", "3");
  answer (f, two, "mu", "4");
  g_assert_true (zf_answers_remove_row (f->answers, one, &error));
  assert_text (f, NULL, "all_mu", "4");
  assert_text (f, NULL, "n_plots", "1");
  g_assert_false (zf_answers_remove_row (f->answers, one, &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER);
}

static guint
n_rows (Fixture *f, const char *repeat)
{
  g_autoptr (GPtrArray) rows = zf_answers_rows (f->answers, repeat);
  return rows->len;
}

static void
test_count_decides (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  zf_clock_advance (f->clock, 1);
  g_autofree char *id = zf_id_new (f->clock, f->random);
  g_autofree char *row = NULL;
  answer (f, NULL, "wells_n", "3");
  g_assert_cmpuint (n_rows (f, "wells"), ==, 3);
  rows = zf_answers_rows (f->answers, "wells");
  answer (f, rows->pdata[0], "depth", "25");
  assert_text (f, rows->pdata[2], "depth", "10");
  answer (f, NULL, "wells_n", "1");
  g_assert_cmpuint (n_rows (f, "wells"), ==, 1);
  assert_text (f, rows->pdata[0], "depth", "25");
  row = zf_answers_add_row (f->answers, "wells", id, &error);
  g_assert_null (row);
  g_assert_cmpstr (error->message, ==, "An earlier answer says how many there are.");
  answer (f, NULL, "wells_n", "");
  g_assert_cmpuint (n_rows (f, "wells"), ==, 0);
}

/* Opens again what a draft keeps. */
static void
open_again (Fixture *f)
{
  g_autoptr (JsonObject) draft = zf_answers_all (f->answers);
  g_clear_object (&f->answers);
  f->answers = zf_answers_new (f->form, draft, TODAY);
}

/* A count that is typed anew is a smaller one for a moment, or none: what the rows said comes back with them, also after a kill in that moment. */
static void
test_count_typed_anew (Fixture *f, gconstpointer data)
{
  static const char *const meanwhile[] = { "1", "", "4口" };
  answer (f, NULL, "wells_n", "3");
  g_autoptr (GPtrArray) rows = zf_answers_rows (f->answers, "wells");
  answer (f, rows->pdata[1], "depth", "25");
  answer (f, rows->pdata[2], "depth", "40");
  for (guint i = 0; i < 2 * G_N_ELEMENTS (meanwhile); i++)
    {
      zf_answers_set_text (f->answers, "wells_n", meanwhile[i / 2], NULL);
      g_assert_cmpuint (n_rows (f, "wells"), ==, i < 2 ? 1 : 0);
      g_autoptr (JsonObject) values = zf_answers_values (f->answers);
      JsonArray *kept = zf_json_get_array (values, "wells");
      g_assert_cmpuint (kept != NULL ? json_array_get_length (kept) : 0, ==, i < 2 ? 1 : 0);
      if (i % 2 == 1)
        open_again (f);
      answer (f, NULL, "wells_n", "4");
      g_assert_cmpuint (n_rows (f, "wells"), ==, 4);
      assert_text (f, rows->pdata[1], "depth", "25");
      assert_text (f, rows->pdata[2], "depth", "40");
    }
}

/* As when the form is evaluated without a screen: what has a calculation and no answer is computed, and what reads that. */
/* What is typed in a row may take that row away: the count reads its answers. */
static void
test_count_reads_its_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfForm) form = zf_form_new (zf_kinds_get (f->kinds, "shrink"), &error);
  g_assert_no_error (error);
  g_autoptr (ZfAnswers) answers = zf_answers_new_at (form, NULL, TODAY, NOON);
  g_autoptr (GPtrArray) rows = zf_answers_rows (answers, "rows");
  g_assert_cmpuint (rows->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *address = g_strconcat (rows->pdata[i], ".n", NULL);
      g_assert_true (zf_answers_set_text (answers, address, i < 2 ? "0" : "x", NULL) == (i < 2));
    }
  g_autoptr (GPtrArray) left = zf_answers_rows (answers, "rows");
  g_assert_cmpuint (left->len, ==, 2);
}

static void
test_calculate (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = zf_json_parse_object ("{\"settings\": [{\"version\": \"1\"}], \"kind\": {\"name\": \"zoo\"}, \"choices\": [], \"survey\": ["
                                                      "{\"type\": \"begin_repeat\", \"name\": \"people\"},{\"type\": \"integer\", \"name\": \"age\"},"
                                                      "{\"type\": \"integer\", \"name\": \"pets\"},{\"type\": \"end_repeat\"},"
                                                      "{\"type\": \"integer\", \"name\": \"total\", \"calculation\": \"sum(${people}[age < 18]/pets)\"},"
                                                      "{\"type\": \"integer\", \"name\": \"twice\", \"calculation\": \"${total} * 2\"}]}", -1, &error);
  g_assert_no_error (error);
  const ZfKind *kind = zf_kinds_check_root (f->kinds, "zoo.json", root, &error);
  g_assert_no_error (error);
  g_autoptr (ZfForm) form = zf_form_new (kind, &error);
  g_assert_no_error (error);
  g_autoptr (JsonObject) values = zf_json_parse_object ("{\"people\": [{\"id\": \"1\", \"age\": 10, \"pets\": 2}, {\"id\": \"2\", \"age\": 40, \"pets\": 5},"
                                                        "{\"id\": \"3\", \"age\": 17, \"pets\": 1}], \"twice\": 7}", -1, NULL);
  g_autoptr (ZfAnswers) answers = zf_answers_new (form, values, TODAY);
  zf_answers_calculate (answers);
  g_autofree char *total = zf_answers_text (answers, "total"), *twice = zf_answers_text (answers, "twice");
  g_assert_cmpstr (total, ==, "3");
  g_assert_cmpstr (twice, ==, "6");
  /* A path reads the questions that it names without ${}. */
  g_assert_true (zf_answers_set_text (answers, "people[2].age", "12", &error));
  g_autofree char *more = zf_answers_text (answers, "total");
  g_assert_cmpstr (more, ==, "8");
  g_assert_true (zf_answers_set_text (answers, "people[1].pets", "4", &error));
  g_autofree char *most = zf_answers_text (answers, "total");
  g_assert_cmpstr (most, ==, "10");
}

static void
test_limit (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  zf_clock_advance (f->clock, 1);
  g_autofree char *id = zf_id_new (f->clock, f->random);
  g_autofree char *row = NULL;
  answer (f, NULL, "wells_n", "100000");
  g_assert_cmpuint (n_rows (f, "wells"), ==, 500);
  for (guint i = 0; i < 500; i++)
    g_free (add (f, "plots"));
  row = zf_answers_add_row (f->answers, "plots", id, &error);
  g_assert_null (row);
  g_assert_cmpstr (error->message, ==, "There are 500 already. Begin another form.");
}

/* What a draft keeps opens again as it was, also answers that are not asked now. */
static void
test_kept (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "plots");
  g_autofree char *crops = g_strconcat (one, ".crops", NULL);
  g_autofree char *rice = add (f, crops);
  g_autofree char *deep = g_strconcat (rice, ".yield", NULL);
  g_autofree char *field = NULL;
  g_autoptr (JsonNode) kept = NULL;
  g_autoptr (JsonObject) draft = json_object_new ();
  answer (f, one, "mu", "200");
  answer (f, one, "why_large", "合并了");
  answer (f, one, "mu", "2");
  answer (f, rice, "yield", "900");
  kept = zf_answers_kept (f->answers, deep, &field);
  g_assert_cmpstr (field, ==, "plots");
  json_object_set_member (draft, field, json_node_ref (kept));
  g_clear_object (&f->answers);
  f->answers = zf_answers_new (f->form, draft, TODAY);
  assert_text (f, rice, "yield", "900");
  assert_text (f, rice, "per_mu", "450");
  assert_text (f, NULL, "all_yield", "900");
  answer (f, one, "mu", "200");
  assert_text (f, one, "why_large", "合并了");
}

static void
test_hostile_values (Fixture *f, gconstpointer data)
{
  static const char *const drafts[] = {
    "{\"plots\":5}", "{\"plots\":[5,null,\"x\",{}]}", "{\"plots\":[{\"id\":\"a]b\"},{\"id\":\"a[\"}]}",
    "{\"plots\":[{\"id\":\"a\"},{\"id\":\"a\"}]}", "{\"plots\":[{\"id\":\"a\",\"crops\":{\"id\":\"b\"},\"mu\":[1]}]}",
  };
  static const guint rows[] = { 0, 0, 0, 1, 1 };
  for (guint i = 0; i < G_N_ELEMENTS (drafts); i++)
    {
      g_autoptr (JsonObject) draft = zf_json_parse_object (drafts[i], -1, NULL);
      g_clear_object (&f->answers);
      f->answers = zf_answers_new (f->form, draft, TODAY);
      g_assert_cmpuint (n_rows (f, "plots"), ==, rows[i]);
    }
}

/* In a store */

typedef struct
{
  Fixture forms;
  char *dir;
  ZfStore *store;
  ZfForm *home;
  ZfForm *mate;
  char *id;
  char *mate_id;
} Place;

static char *
put (ZfForm *form, ZfStore *store, const char *parent, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object (json, -1, NULL);
  char *id = zf_form_put (form, store, NULL, parent, set, "li", &error);
  g_assert_no_error (error);
  return id;
}

static void
place_set_up (Place *p, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  set_up (&p->forms, data);
  ZfStoreOptions options = { p->forms.clock, p->forms.random };
  p->dir = g_dir_make_tmp ("zf-repeats-XXXXXX", NULL);
  p->store = zf_store_create (p->dir, p->forms.kinds, &options, &error);
  g_assert_no_error (error);
  p->home = zf_form_new (zf_kinds_get (p->forms.kinds, "home"), NULL);
  p->mate = zf_form_new (zf_kinds_get (p->forms.kinds, "mate"), NULL);
  p->id = put (p->home, p->store, NULL, "{\"name\":\"甲\"}");
  p->mate_id = put (p->mate, p->store, p->id, "{\"name\":\"小丽\",\"age\":13,\"job\":\"学生\"}");
}

static void
place_tear_down (Place *p, gconstpointer data)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", p->dir);
  g_assert_true (zf_store_check (p->store, problems, NULL));
  g_assert_cmpuint (problems->len, ==, 0);
  zf_store_close (p->store);
  g_object_unref (p->store);
  g_object_unref (p->home);
  g_object_unref (p->mate);
  g_assert_cmpint (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL), ==, TRUE);
  g_free (p->dir);
  g_free (p->id);
  g_free (p->mate_id);
  tear_down (&p->forms, data);
}

/* A draft with the household's members, as the screen begins it. */
static ZfDraft *
begin (Place *p)
{
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (JsonObject) seen = NULL;
  g_autoptr (GError) error = NULL;
  zf_form_prefill (p->forms.form, zf_store_reader (p->store), p->id, TODAY, NOON, &answers, &seen);
  ZfDraft *draft = zf_draft_start (p->store, "farm", p->id, "1", "wang", answers, seen, &error);
  g_assert_no_error (error);
  g_clear_object (&p->forms.answers);
  p->forms.answers = zf_answers_new (p->forms.form, draft->answers, TODAY);
  return draft;
}

static char *
finish (Place *p, ZfDraft *draft)
{
  g_autoptr (GError) error = NULL;
  json_object_unref (draft->answers);
  draft->answers = zf_answers_values (p->forms.answers);
  char *id = zf_form_finish (p->forms.form, p->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static ZfRecord *
only_child (Place *p, const char *kind, const char *parent)
{
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  g_autoptr (GError) error = NULL;
  zf_query_column (query, "id");
  zf_query_where (query, "parent", ZF_OP_EQ, parent);
  g_autoptr (ZfRows) rows = zf_query_run (query, zf_store_reader (p->store), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), ==, 1);
  return zf_reader_get (zf_store_reader (p->store), zf_rows_text (rows, 0, 0), NULL);
}

static void
test_finish (Place *p, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = begin (p);
  g_autofree char *plot = add (&p->forms, "plots");
  g_autofree char *crops = g_strconcat (plot, ".crops", NULL);
  g_autofree char *crop = add (&p->forms, crops);
  g_autofree char *id = NULL;
  answer (&p->forms, plot, "plot_name", "河边");
  answer (&p->forms, plot, "mu", "2");
  answer (&p->forms, crop, "crop", "水稻");
  answer (&p->forms, crop, "yield", "900");
  id = finish (p, draft);
  g_autoptr (ZfRecord) farm = zf_reader_get (zf_store_reader (p->store), id, NULL);
  g_autoptr (ZfRecord) land = only_child (p, "farm_plots", id);
  g_autoptr (ZfRecord) grown = only_child (p, "farm_plots_crops", land->id);
  g_assert_false (json_object_has_member (farm->fields, "plots"));
  g_assert_cmpstr (zf_record_get_string (land, "mu", NULL), ==, "2");
  g_assert_cmpstr (zf_record_get_string (land, "plot_yield", NULL), ==, "900");
  g_assert_cmpstr (zf_record_get_string (grown, "crop", NULL), ==, "水稻");
  g_assert_cmpint (zf_record_get_int (farm, "ended", 0), ==, zf_clock_now_ms (p->forms.clock));
}

/* Members stand there; only what was changed of one is written, against what was seen. */
static void
test_members (Place *p, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = begin (p);
  g_autoptr (GPtrArray) rows = zf_answers_rows (p->forms.answers, "mates");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_true (zf_answers_row_stands (p->forms.answers, rows->pdata[0]));
  assert_text (&p->forms, rows->pdata[0], "name", "小丽");
  g_assert_false (zf_answers_remove_row (p->forms.answers, rows->pdata[0], &error));
  g_assert_cmpstr (error->message, ==, "This one was recorded before. End it on its own page.");
  answer (&p->forms, rows->pdata[0], "age", "14");
  g_autofree char *fresh = add (&p->forms, "mates");
  answer (&p->forms, fresh, "name", "小强");
  id = finish (p, draft);
  g_autoptr (ZfRecord) old = zf_reader_get (zf_store_reader (p->store), p->mate_id, NULL);
  g_autoptr (GPtrArray) history = zf_reader_history (zf_store_reader (p->store), p->mate_id, NULL);
  g_assert_cmpint (zf_record_get_int (old, "age", 0), ==, 14);
  g_assert_cmpstr (zf_record_get_string (old, "job", NULL), ==, "学生");
  g_assert_cmpuint (history->len, ==, 2);
  g_autoptr (ZfQuery) query = zf_query_new ("mate");
  zf_query_where (query, "parent", ZF_OP_EQ, p->id);
  g_assert_cmpint (zf_query_count (query, zf_store_reader (p->store), NULL), ==, 2);
}

static ZfFormEdit *
edit (Place *p, const char *id)
{
  g_autoptr (GError) error = NULL;
  ZfFormEdit *opened = zf_form_edit_open (p->forms.form, zf_store_reader (p->store), id, TODAY, NOON, &error);
  g_assert_no_error (error);
  g_set_object (&p->forms.answers, opened->answers);
  return opened;
}

static char *
farm_of_two (Place *p)
{
  static const char *const names[] = { "河边", "坡上" };
  g_autoptr (ZfDraft) draft = begin (p);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *plot = add (&p->forms, "plots");
      g_autofree char *crops = g_strconcat (plot, ".crops", NULL);
      g_autofree char *crop = add (&p->forms, crops);
      answer (&p->forms, plot, "plot_name", names[i]);
      answer (&p->forms, plot, "mu", "2");
      answer (&p->forms, crop, "crop", "水稻");
    }
  answer (&p->forms, NULL, "wells_n", "2");
  return finish (p, draft);
}

/* A photo that answers a question of a row in a row is found there. */
static void
test_photo_deep_down (Place *p, gconstpointer data)
{
  g_autofree char *photo = zf_id_new (p->forms.clock, p->forms.random);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDraft) draft = begin (p);
  g_autofree char *plot = add (&p->forms, "plots");
  g_autofree char *crops = g_strconcat (plot, ".crops", NULL);
  g_autofree char *crop = add (&p->forms, crops);
  answer (&p->forms, plot, "plot_name", "河边");
  answer (&p->forms, crop, "crop", photo);
  g_autofree char *home = g_strdup (draft->parent);
  g_free (finish (p, draft));
  g_autoptr (ZfPhotoAnswer) found = zf_photo_answer (zf_store_reader (p->store), home, photo, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_cmpstr (found->kind, ==, "farm_plots_crops");
  g_assert_cmpstr (found->field, ==, "crop");
}

static guint
n_children (Place *p, const char *kind, const char *parent)
{
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  zf_query_where (query, "parent", ZF_OP_EQ, parent);
  return (guint) zf_query_count (query, zf_store_reader (p->store), NULL);
}

/* What the form page shows of it: a row that came, one that changed, one that went. */
static void
assert_history (Place *p, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = zf_history_read (zf_store_reader (p->store), id, &error);
  g_assert_no_error (error);
  guint added = 0, gone = 0, changed = 0;
  for (guint i = 0; i < events->len; i++)
    {
      ZfEvent *event = events->pdata[i];
      gboolean plot = g_str_equal (zf_kind_name (event->kind), "farm_plots");
      JsonArray *pair = zf_json_get_array (event->fields, "mu");
      added += plot && g_str_equal (event->op, "add");
      gone += plot && g_str_equal (event->op, "del");
      changed += pair != NULL && g_strcmp0 (json_array_get_string_element (pair, 0), "2") == 0 && g_strcmp0 (json_array_get_string_element (pair, 1), "3") == 0;
    }
  g_assert_cmpuint (added, ==, 3);
  g_assert_cmpuint (gone, ==, 1);
  g_assert_cmpuint (changed, ==, 1);
}

/* Rows of a finished record: one is changed, one taken out, one comes; members stand there too; each is a change of its own record. */
static void
test_edit_rows (Place *p, gconstpointer data)
{
  g_autofree char *id = farm_of_two (p);
  g_autoptr (ZfFormEdit) opened = edit (p, id);
  g_autoptr (GPtrArray) plots = zf_answers_rows (p->forms.answers, "plots");
  g_autoptr (GPtrArray) mates = zf_answers_rows (p->forms.answers, "mates");
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_form_edit_differs (opened));
  g_assert_cmpuint (plots->len, ==, 2);
  g_assert_cmpuint (mates->len, ==, 1);
  assert_text (&p->forms, plots->pdata[1], "plot_name", "坡上");
  g_assert_false (zf_answers_may_remove_row (p->forms.answers, mates->pdata[0]));
  answer (&p->forms, plots->pdata[0], "mu", "3");
  g_autofree char *crops = g_strconcat (plots->pdata[1], ".crops", NULL);
  g_autoptr (GPtrArray) grown = zf_answers_rows (p->forms.answers, crops);
  g_assert_cmpuint (grown->len, ==, 1);
  g_autoptr (JsonObject) values = zf_answers_row_values (p->forms.answers, plots->pdata[1]);
  g_assert_true (zf_answers_remove_row (p->forms.answers, plots->pdata[1], &error));
  g_autofree char *fresh = add (&p->forms, "plots");
  answer (&p->forms, fresh, "plot_name", "屋后");
  answer (&p->forms, NULL, "wells_n", "1");
  g_autofree char *same = zf_form_edit_finish (opened, p->store, NULL, "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (same, ==, id);
  g_assert_cmpuint (n_children (p, "farm_plots", id), ==, 2);
  g_assert_cmpuint (n_children (p, "farm_wells", id), ==, 1);
  g_autoptr (ZfRecord) gone = zf_reader_get (zf_store_reader (p->store), zf_json_get_string (values, "id", ""), NULL);
  g_assert_cmpstr (gone->del, ==, "mistake");
  g_assert_cmpuint (n_children (p, "farm_plots_crops", gone->id), ==, 0);
  assert_history (p, id);
  g_autoptr (ZfFormEdit) again = edit (p, id);
  g_autoptr (GPtrArray) now = zf_answers_rows (p->forms.answers, "plots");
  assert_text (&p->forms, now->pdata[0], "mu", "3");
  assert_text (&p->forms, now->pdata[1], "plot_name", "屋后");
}

static void
write_plot (Place *p, const char *id, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object (json, -1, NULL);
  g_autoptr (ZfSave) save = zf_save_new ("li", FALSE);
  zf_save_set (save, "farm_plots", id, set);
  g_assert_true (zf_store_commit (p->store, save, &error));
  g_assert_no_error (error);
}

static char *
row_id (Place *p, const char *row)
{
  g_autoptr (JsonObject) values = zf_answers_row_values (p->forms.answers, row);
  return g_strdup (zf_json_get_string (values, "id", ""));
}

/* Rows that somebody else changed while an edit lay there as a draft: who changes or takes out the same ones is told of each; a row that came is left alone. */
static void
test_edit_rows_since (Place *p, gconstpointer data)
{
  g_autofree char *id = farm_of_two (p);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *one = NULL, *two = NULL;
  {
    g_autoptr (ZfFormEdit) opened = edit (p, id);
    g_autoptr (GPtrArray) plots = zf_answers_rows (p->forms.answers, "plots");
    one = row_id (p, plots->pdata[0]);
    two = row_id (p, plots->pdata[1]);
    answer (&p->forms, plots->pdata[0], "mu", "3");
    g_assert_true (zf_answers_remove_row (p->forms.answers, plots->pdata[1], &error));
    g_assert_true (zf_form_edit_keep (opened, p->store, "wang", &error));
  }
  write_plot (p, one, "{\"mu\":\"5\"}");
  write_plot (p, two, "{\"plot_name\":\"坡下\"}");
  g_assert_true (zf_draft_of (zf_store_reader (p->store), "farm", id, &draft, &error));
  g_autoptr (ZfFormEdit) again = zf_form_edit_again (p->forms.form, zf_store_reader (p->store), draft, TODAY, NOON, &error);
  g_assert_no_error (error);
  g_assert_null (zf_form_edit_finish (again, p->store, NULL, "wang", FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_autofree char *mu = g_strdup_printf ("plots[%s].mu", one), *name = g_strdup_printf ("plots[%s].plot_name", two);
  g_assert_true (g_strv_contains ((const char *const *) changed, mu));
  g_assert_true (g_strv_contains ((const char *const *) changed, name));
  g_assert_cmpuint (g_strv_length (changed), ==, 2);
  g_clear_error (&error);
  g_autofree char *same = zf_form_edit_finish (again, p->store, NULL, "wang", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_children (p, "farm_plots", id), ==, 1);
  g_autoptr (ZfRecord) plot = zf_reader_get (zf_store_reader (p->store), one, NULL);
  g_assert_cmpstr (zf_record_get_string (plot, "mu", NULL), ==, "3");
}

/* Where an answer came from goes with it. */
static void
test_edit_idle_source (Place *p, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDraft) draft = begin (p);
  answer (&p->forms, NULL, "sold", "80");
  answer (&p->forms, NULL, "sold__src", "receipt");
  g_autofree char *id = finish (p, draft);
  g_autoptr (ZfFormEdit) opened = edit (p, id);
  answer (&p->forms, NULL, "sold", "");
  g_autofree char *same = zf_form_edit_finish (opened, p->store, "没卖", "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ZfRecord) record = zf_reader_get (zf_store_reader (p->store), id, NULL);
  g_assert_false (json_object_has_member (record->fields, "sold__src"));
}

/* A row that was taken out and put back is the one that it was: nothing differs, nothing is written. */
static void
test_edit_put_back (Place *p, gconstpointer data)
{
  g_autofree char *id = farm_of_two (p);
  g_autoptr (ZfFormEdit) opened = edit (p, id);
  g_autoptr (GPtrArray) plots = zf_answers_rows (p->forms.answers, "plots");
  g_autoptr (JsonObject) values = zf_answers_row_values (p->forms.answers, plots->pdata[1]);
  g_autoptr (GError) error = NULL;
  g_assert_true (zf_answers_remove_row (p->forms.answers, plots->pdata[1], &error));
  g_assert_true (zf_form_edit_differs (opened));
  g_assert_true (zf_answers_put_back (p->forms.answers, "plots", values, &error));
  g_assert_false (zf_form_edit_differs (opened));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/forms/repeats/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("types", test_types);
  ADD ("or-other", test_or_other);
  ADD ("source", test_source);
  ADD ("rows", test_rows);
  ADD ("problems-in-order", test_problems_in_order);
  ADD ("doubts", test_doubts);
  ADD ("nested", test_nested);
  ADD ("instance", test_instance);
  ADD ("remove", test_remove);
  ADD ("count-decides", test_count_decides);
  ADD ("count-typed-anew", test_count_typed_anew);
  ADD ("count-reads-its-rows", test_count_reads_its_rows);
  ADD ("calculate", test_calculate);
  ADD ("limit", test_limit);
  ADD ("kept", test_kept);
  ADD ("hostile-values", test_hostile_values);
#undef ADD
  g_test_add ("/forms/repeats/finish", Place, NULL, place_set_up, test_finish, place_tear_down);
  g_test_add ("/forms/repeats/photo-deep-down", Place, NULL, place_set_up, test_photo_deep_down, place_tear_down);
  g_test_add ("/forms/repeats/edit-rows", Place, NULL, place_set_up, test_edit_rows, place_tear_down);
  g_test_add ("/forms/repeats/edit-rows-since", Place, NULL, place_set_up, test_edit_rows_since, place_tear_down);
  g_test_add ("/forms/repeats/edit-idle-source", Place, NULL, place_set_up, test_edit_idle_source, place_tear_down);
  g_test_add ("/forms/repeats/edit-put-back", Place, NULL, place_set_up, test_edit_put_back, place_tear_down);
  g_test_add ("/forms/repeats/members", Place, NULL, place_set_up, test_members, place_tear_down);
  return g_test_run ();
}
