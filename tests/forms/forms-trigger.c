/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-trigger"

#include "zf-form.h"
#include "zf-id.h"
#include "zf-json.h"

/* `trigger`: an answer sets others once, when a person changes it; what they were set to stays. */

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
  f->form = zf_form_new (zf_kinds_get (f->kinds, "noted"), &error);
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

static char *
add_row (Fixture *f)
{
  g_autofree char *id = zf_id_new (f->clock, f->random);
  g_autoptr (GError) error = NULL;
  char *row = zf_answers_add_row (f->answers, "items", id, &error);
  g_assert_no_error (error);
  return row;
}

/* A new form, and what its calculations read, set nothing. */
static void
test_waits (Fixture *f, gconstpointer data)
{
  assert_text (f, NULL, "noted_at", "");
  assert_text (f, NULL, "times", "");
  answer (f, NULL, "finding", "屋顶漏雨");
  assert_text (f, NULL, "noted_at", "2026-11-23T12:00:00.000+08:00");
  assert_text (f, NULL, "price_then", "");
  answer (f, NULL, "price", "5");
  assert_text (f, NULL, "price_then", "");
  assert_text (f, NULL, "sum", "105");
}

static void
test_changes_only (Fixture *f, gconstpointer data)
{
  answer (f, NULL, "price", "5");
  answer (f, NULL, "finding", "屋顶漏雨");
  assert_text (f, NULL, "price_then", "5");
  assert_text (f, NULL, "times", "2");
  zf_answers_set_now (f->answers, NOON + 60000);
  answer (f, NULL, "price", "7");
  answer (f, NULL, "finding", "屋顶漏雨");
  assert_text (f, NULL, "noted_at", "2026-11-23T12:00:00.000+08:00");
  assert_text (f, NULL, "times", "3");
  answer (f, NULL, "finding", "墙裂");
  assert_text (f, NULL, "noted_at", "2026-11-23T12:01:00.000+08:00");
  assert_text (f, NULL, "price_then", "7");
  answer (f, NULL, "finding", "");
  assert_text (f, NULL, "times", "5");
}

/* Without a calculation the answer goes; what a person writes there stays until then. */
static void
test_empties (Fixture *f, gconstpointer data)
{
  answer (f, NULL, "advice", "修");
  answer (f, NULL, "price_then", "3");
  answer (f, NULL, "price", "5");
  assert_text (f, NULL, "advice", "修");
  assert_text (f, NULL, "price_then", "3");
  answer (f, NULL, "finding", "屋顶漏雨");
  assert_text (f, NULL, "advice", "");
  assert_text (f, NULL, "price_then", "5");
}

/* What follows is computed before, what is set sets further answers, and a circle ends. */
static void
test_chain (Fixture *f, gconstpointer data)
{
  answer (f, NULL, "price", "5");
  assert_text (f, NULL, "offer", "10");
  assert_text (f, NULL, "counter", "9");
  assert_text (f, NULL, "again", "10");
  assert_text (f, NULL, "again_from", "10");
  answer (f, NULL, "offer", "20");
  assert_text (f, NULL, "counter", "19");
  assert_text (f, NULL, "offer", "20");
  answer (f, NULL, "again", "77");
  assert_text (f, NULL, "again", "77");
  assert_text (f, NULL, "again_from", "77");
}

/* In its own row, in all rows below, and above. */
static void
test_rows (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_row (f), *two = add_row (f);
  answer (f, NULL, "price", "5");
  answer (f, one, "thing", "锄头");
  assert_text (f, one, "thing_price", "5");
  assert_text (f, two, "thing_price", "");
  assert_text (f, NULL, "last_thing", "something");
  answer (f, NULL, "finding", "缺");
  assert_text (f, one, "said", "缺");
  assert_text (f, two, "said", "缺");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static void
assert_along (Fixture *f, const char *expected)
{
  g_auto (GStrv) names = zf_answers_along (f->answers);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (sorted, names[i]);
  g_ptr_array_sort (sorted, compare_names);
  g_ptr_array_add (sorted, NULL);
  g_autofree char *text = g_strjoinv (" ", (char **) sorted->pdata);
  g_assert_cmpstr (text, ==, expected);
}

/* A draft keeps what would come out otherwise when it is opened again, and nothing else. */
static void
test_along (Fixture *f, gconstpointer data)
{
  g_autofree char *row = add_row (f);
  answer (f, NULL, "price", "5");
  assert_along (f, "again again_from counter offer sum times");
  answer (f, row, "thing", "锄头");
  assert_along (f, "items last_thing");
  answer (f, NULL, "advice", "修");
  assert_along (f, "");
}

/* Opened again, everything is as it was; nobody answered. */
static void
test_again (Fixture *f, gconstpointer data)
{
  answer (f, NULL, "price", "5");
  answer (f, NULL, "finding", "屋顶漏雨");
  g_autoptr (JsonObject) values = zf_answers_values (f->answers);
  g_object_unref (f->answers);
  f->answers = zf_answers_new_at (f->form, values, "2026-11-24", NOON + 86400000);
  zf_answers_calculate (f->answers);
  assert_text (f, NULL, "noted_at", "2026-11-23T12:00:00.000+08:00");
  assert_text (f, NULL, "times", "2");
  assert_text (f, NULL, "price_then", "5");
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Fixture *f, gconstpointer data); } tests[] = {
    { "/forms/trigger/waits", test_waits },   { "/forms/trigger/changes-only", test_changes_only }, { "/forms/trigger/empties", test_empties },
    { "/forms/trigger/chain", test_chain },   { "/forms/trigger/rows", test_rows },                 { "/forms/trigger/along", test_along },
    { "/forms/trigger/again", test_again },
  };
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
