/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-screens"

#include "zf-form.h"
#include "zf-json.h"

#include <glib/gstdio.h>

/* What stands on one screen: a group, or a part of a long one. */

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfForm *form;
  GString *survey;
  guint n;               /* questions added so far */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->survey = g_string_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *forms = g_build_filename (f->dir, "forms", NULL);
  g_autofree char *path = g_build_filename (forms, "long.json", NULL);
  g_autofree char *lists = g_build_filename (f->dir, "codelists", NULL);
  g_object_unref (f->form);
  g_object_unref (f->kinds);
  g_string_free (f->survey, TRUE);
  g_unlink (path);
  g_rmdir (forms);
  g_rmdir (lists);
  g_rmdir (f->dir);
  g_free (f->dir);
}

static void
row (Fixture *f, const char *type, const char *name, const char *more)
{
  g_string_append_printf (f->survey, "%s{\"type\":\"%s\",\"name\":\"%s\",\"label\":\"%s\"%s}", f->survey->len > 0 ? "," : "", type, name, name, more);
}

static void
questions (Fixture *f, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("q%u", ++f->n);
      row (f, "integer", name, "");
    }
}

static void
compile (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  f->dir = g_dir_make_tmp ("zf-screens-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *forms = g_build_filename (f->dir, "forms", NULL);
  g_autofree char *path = g_build_filename (forms, "long.json", NULL);
  g_autofree char *text = g_strdup_printf ("{\"settings\":[{\"form_title\":\"long\",\"form_id\":\"long\",\"version\":\"1\"}],"
                                           "\"kind\":{\"name\":\"long\"},\"survey\":[%s],\"choices\":[]}", f->survey->str);
  g_autofree char *lists = g_build_filename (f->dir, "codelists", NULL);
  g_assert_cmpint (g_mkdir (forms, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (lists, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  f->kinds = zf_kinds_load (f->dir, &error);
  g_assert_no_error (error);
  f->form = zf_form_new (zf_kinds_get (f->kinds, "long"), &error);
  g_assert_no_error (error);
}

/* @expected: questions of each screen, hidden ones and those in repeats left out. */
static void
assert_screens (Fixture *f, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  for (guint page = 0; page < zf_form_n_pages (f->form); page++)
    {
      guint n = 0;
      for (guint i = 0; i < zf_form_n_questions (f->form); i++)
        {
          const ZfQuestion *question = zf_form_question_at (f->form, i);
          n += question->page == page && !question->hidden && question->repeat == NULL ? 1 : 0;
        }
      g_string_append_printf (found, "%s%u", page > 0 ? " " : "", n);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static guint
page_of (Fixture *f, const char *name)
{
  return zf_form_question (f->form, name)->page;
}

/* Nobody scrolls through 400 questions. */
static void
test_without_groups (Fixture *f, gconstpointer data)
{
  questions (f, 400);
  compile (f);
  assert_screens (f, "20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20");
  for (guint page = 0; page < 20; page++)
    g_assert_null (zf_form_page_row (f->form, page));
  for (guint i = 1; i < zf_form_n_questions (f->form); i++)
    g_assert_cmpuint (zf_form_question_at (f->form, i)->page, >=, zf_form_question_at (f->form, i - 1)->page);
}

static void
test_equal_parts (Fixture *f, gconstpointer data)
{
  questions (f, 41);
  row (f, "begin_group", "thirty", "");
  questions (f, 30);
  row (f, "end_group", "thirty", "");
  row (f, "begin_group", "more", "");
  questions (f, 31);
  row (f, "end_group", "more", "");
  questions (f, 1);
  compile (f);
  assert_screens (f, "14 14 13 30 16 15 1");
  g_assert_true (zf_form_page_row (f->form, 4) == zf_form_page_row (f->form, 5));
  g_assert_cmpstr (zf_json_get_string (zf_form_page_row (f->form, 5), "name", NULL), ==, "more");
  g_assert_null (zf_form_page_row (f->form, 6));
}

/* The XLSForm word for "on one screen". */
static void
test_field_list (Fixture *f, gconstpointer data)
{
  row (f, "begin_group", "whole", ",\"appearance\":\"photos field-list\"");
  questions (f, 50);
  row (f, "begin_group", "inner", "");
  questions (f, 50);
  row (f, "end_group", "inner", "");
  row (f, "end_group", "whole", "");
  row (f, "begin_group", "cut", "");
  questions (f, 15);
  row (f, "begin_group", "kept", ",\"appearance\":\"field-list\"");
  questions (f, 25);
  row (f, "end_group", "kept", "");
  questions (f, 20);
  row (f, "end_group", "cut", "");
  row (f, "begin_group", "signing", ",\"appearance\":\"family\"");
  questions (f, 31);
  row (f, "end_group", "signing", "");
  compile (f);
  assert_screens (f, "100 40 20 31");
}

/* What takes no place counts for nothing, and stays where it stands. */
static void
test_hidden (Fixture *f, gconstpointer data)
{
  questions (f, 20);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *name = g_strdup_printf ("h%u", i);
      row (f, "hidden", name, "");
    }
  row (f, "calculate", "sum", ",\"calculation\":\"${q1}\",\"bind::type\":\"int\"");
  questions (f, 10);
  compile (f);
  assert_screens (f, "30");
  g_assert_cmpuint (page_of (f, "sum"), ==, 0);
}

/* A repeat stands on the screen of the questions around it, with all that its rows ask. */
static void
test_repeats (Fixture *f, gconstpointer data)
{
  row (f, "begin_group", "g", "");
  questions (f, 25);
  row (f, "begin_repeat", "people", "");
  row (f, "text", "name", "");
  row (f, "end_repeat", "people", "");
  questions (f, 15);
  row (f, "end_group", "g", "");
  row (f, "begin_repeat", "plots", "");
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("p%u", i);
      row (f, "integer", name, "");
    }
  row (f, "end_repeat", "plots", "");
  compile (f);
  assert_screens (f, "20 20 0");
  g_assert_cmpuint (page_of (f, "name"), ==, 1);
  g_assert_cmpuint (page_of (f, "p0"), ==, 2);
  g_assert_cmpuint (page_of (f, "p39"), ==, 2);
  for (guint page = 0; page < 3; page++)
    {
      g_autoptr (GPtrArray) names = zf_form_repeats (f->form, NULL, page);
      static const char *const expected[] = { NULL, "people", "plots" };
      g_assert_cmpuint (names->len, ==, expected[page] != NULL ? 1 : 0);
      if (expected[page] != NULL)
        g_assert_cmpstr (names->pdata[0], ==, expected[page]);
    }
}

/* A part that asks nothing now is no screen. */
static void
test_relevant (Fixture *f, gconstpointer data)
{
  questions (f, 20);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("r%u", i);
      row (f, "text", name, ",\"relevant\":\"${q1} = 1\"");
    }
  questions (f, 20);
  compile (f);
  assert_screens (f, "20 20 20");
  g_autoptr (ZfAnswers) answers = zf_answers_new (f->form, NULL, "2026-11-23");
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_answers_page_relevant (answers, 1));
  g_assert_true (zf_answers_page_relevant (answers, 2));
  zf_answers_set_text (answers, "q1", "1", &error);
  g_assert_no_error (error);
  g_assert_true (zf_answers_page_relevant (answers, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/forms/screens/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("without-groups", test_without_groups);
  ADD ("equal-parts", test_equal_parts);
  ADD ("field-list", test_field_list);
  ADD ("hidden", test_hidden);
  ADD ("repeats", test_repeats);
  ADD ("relevant", test_relevant);
  return g_test_run ();
}
