/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a form costs without its widgets: opening 400 questions, a keystroke on which 100 others depend, one more row where 200 stand. The floor of a
 * keystroke is the bare evaluation of the expressions that it must run again. */
#include <stdio.h>

#include <glib/gstdio.h>

#include "zf-bench.h"
#include "zf-expr.h"
#include "zf-form.h"
#include "zf-id.h"

#define QUESTIONS 400
#define DEPENDENTS 100
#define ROWS 200
#define ROUNDS 200
#define TODAY "2026-11-29"

static char *
wide_form (void)
{
  GString *out = g_string_new ("{\"settings\":[{\"form_title\":\"w\",\"form_id\":\"wide\",\"version\":\"1\"}],\"kind\":{\"name\":\"wide\"},\"survey\":["
                               "{\"type\":\"integer\",\"name\":\"first\"}");

  for (guint i = 1; i < QUESTIONS; i++)
    {
      if (i <= DEPENDENTS / 2)
        g_string_append_printf (out, ",{\"type\":\"integer\",\"name\":\"c%u\",\"calculation\":\"${first} * %u\",\"read_only\":\"yes\"}", i, i);
      else if (i <= DEPENDENTS)
        g_string_append_printf (out, ",{\"type\":\"text\",\"name\":\"r%u\",\"relevant\":\"${first} > %u and ${first} < 100000\"}", i, i);
      else if (i == DEPENDENTS + 1)
        g_string_append_printf (out, ",{\"type\":\"text\",\"name\":\"t%u\"}", i);
      else
        g_string_append_printf (out, ",{\"type\":\"text\",\"name\":\"t%u\",\"constraint\":\"string-length(.) < 50\",\"relevant\":\"${t%u} != 'end'\"}", i, i - 1);
    }
  g_string_append (out, "],\"choices\":[]}");
  return g_string_free (out, FALSE);
}

static const char roster_form[] =
  "{\"settings\":[{\"form_title\":\"r\",\"form_id\":\"roster\",\"version\":\"1\"}],\"kind\":{\"name\":\"roster\"},\"survey\":["
  "{\"type\":\"begin_repeat\",\"name\":\"people\"},{\"type\":\"text\",\"name\":\"name\",\"required\":\"yes\"},"
  "{\"type\":\"integer\",\"name\":\"age\",\"constraint\":\". >= 0 and . < 130\"},{\"type\":\"text\",\"name\":\"school\",\"relevant\":\"${age} < 18\"},"
  "{\"type\":\"decimal\",\"name\":\"wage\",\"appearance\":\"money\",\"relevant\":\"${age} >= 16\"},{\"type\":\"calculate\",\"name\":\"no\",\"calculation\":\"position(..)\"},"
  "{\"type\":\"end_repeat\",\"name\":\"people\"},{\"type\":\"calculate\",\"name\":\"n\",\"calculation\":\"count(${people})\",\"bind::type\":\"int\"},"
  "{\"type\":\"calculate\",\"name\":\"wages\",\"calculation\":\"sum(${wage})\",\"bind::type\":\"decimal\"}],\"choices\":[]}";

static ZfKinds *
make_kinds (void)
{
  g_autofree char *dir = g_dir_make_tmp ("zf-bench-form-XXXXXX", NULL);
  g_autofree char *forms = g_build_filename (dir, "forms", NULL);
  g_autofree char *lists = g_build_filename (dir, "codelists", NULL);
  g_autofree char *wide = g_build_filename (forms, "wide.json", NULL);
  g_autofree char *roster = g_build_filename (forms, "roster.json", NULL);
  g_autofree char *text = wide_form ();
  g_autoptr (GError) error = NULL;
  ZfKinds *kinds;

  g_assert_true (g_mkdir (forms, 0700) == 0 && g_mkdir (lists, 0700) == 0);
  g_assert_true (g_file_set_contents (wide, text, -1, NULL) && g_file_set_contents (roster, roster_form, -1, NULL));
  kinds = zf_kinds_load (dir, &error);
  g_assert_no_error (error);
  g_assert_true (g_unlink (wide) == 0 && g_unlink (roster) == 0 && g_rmdir (forms) == 0 && g_rmdir (lists) == 0 && g_rmdir (dir) == 0);
  return kinds;
}

static ZfForm *
form_of (ZfKinds *kinds, const char *name)
{
  g_autoptr (GError) error = NULL;
  ZfForm *form = zf_form_new (zf_kinds_get (kinds, name), &error);

  g_assert_no_error (error);
  return form;
}

static void
report (const char *name, ZfSamples *samples, double floor, const char *budget)
{
  double p50 = zf_samples_quantile (samples, 0.5);

  printf ("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"ms\",\"p99\":%.3f,\"budget\":\"p99 %s\"", name, p50, zf_samples_quantile (samples, 0.99), budget);
  if (floor > 0)
    printf (",\"floor\":%.3f,\"ratio\":%.1f", floor, p50 / floor);
  printf ("}\n");
}

static void
bench_open (ZfKinds *kinds)
{
  ZfSamples samples;

  zf_samples_init (&samples);
  for (guint i = 0; i < 20; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (ZfForm) form = form_of (kinds, "wide");
      g_autoptr (ZfAnswers) answers = zf_answers_new (form, NULL, TODAY);

      g_assert_true (zf_form_n_questions (form) == QUESTIONS);
      zf_samples_since (&samples, start);
    }
  report ("form-open-400", &samples, 0, "<= 200 ms");
  zf_samples_clear (&samples);
}

/* The bare work: so many simple expressions over one document. */
static double
bare_evaluation (void)
{
  xmlDoc *doc = xmlReadMemory ("<data><first>77</first></data>", 30, NULL, NULL, 0);
  g_autoptr (ZfExprContext) context = zf_expr_context_new (doc, TODAY);
  g_autoptr (ZfExpr) expr = zf_expr_new ("number(/data/first) * 3", NULL, NULL);
  ZfSamples samples;
  double median;

  zf_samples_init (&samples);
  for (guint round = 0; round < ROUNDS; round++)
    {
      gint64 start = g_get_monotonic_time ();

      for (guint i = 0; i < DEPENDENTS; i++)
        {
          g_auto (ZfExprValue) value = { 0 };

          zf_expr_eval (expr, context, xmlDocGetRootElement (doc), &value, NULL);
        }
      zf_samples_since (&samples, start);
    }
  median = zf_samples_quantile (&samples, 0.5);
  zf_samples_clear (&samples);
  g_clear_pointer (&context, zf_expr_context_free);
  xmlFreeDoc (doc);
  return median;
}

static void
bench_keystroke (ZfKinds *kinds)
{
  g_autoptr (ZfForm) form = form_of (kinds, "wide");
  g_autoptr (ZfAnswers) answers = zf_answers_new (form, NULL, TODAY);
  double floor = bare_evaluation ();
  ZfSamples samples;

  zf_samples_init (&samples);
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i * 37 + 1);
      gint64 start = g_get_monotonic_time ();

      g_assert_true (zf_answers_set_text (answers, "first", text, NULL));
      zf_samples_since (&samples, start);
    }
  report ("form-keystroke-100-dependents", &samples, floor, "<= 8 ms");
  zf_samples_clear (&samples);
}

static void
bench_rows (ZfKinds *kinds)
{
  g_autoptr (ZfForm) form = form_of (kinds, "roster");
  g_autoptr (ZfAnswers) answers = zf_answers_new (form, NULL, TODAY);
  g_autoptr (ZfClock) clock = zf_clock_new_manual (1);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (1);
  ZfSamples samples;

  zf_samples_init (&samples);
  for (guint i = 0; i < ROWS + 50; i++)
    {
      g_autofree char *id = zf_id_new (clock, random);
      gint64 start = g_get_monotonic_time ();
      g_autofree char *row = zf_answers_add_row (answers, "people", id, NULL);
      g_autofree char *age = g_strconcat (row, ".age", NULL);
      g_autofree char *wage = g_strconcat (row, ".wage", NULL);
      g_autofree char *field = NULL;
      g_autoptr (JsonNode) kept = NULL;

      zf_answers_set_text (answers, age, "30", NULL);
      zf_answers_set_text (answers, wage, "2000", NULL);
      kept = zf_answers_kept (answers, wage, &field);
      if (i >= ROWS)
        zf_samples_since (&samples, start);
    }
  report ("form-add-row-200", &samples, 0, "<= 20 ms");
  zf_samples_clear (&samples);
}

int
main (void)
{
  g_autoptr (ZfKinds) kinds = make_kinds ();

  bench_open (kinds);
  bench_keystroke (kinds);
  bench_rows (kinds);
  return 0;
}
