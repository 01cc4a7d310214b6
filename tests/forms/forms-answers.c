/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-answers"

#include "zf-form.h"
#include "zf-json.h"

#include <glib/gstdio.h>
#include <string.h>

/* What a person meets while filling a form: questions that appear, sentences at the field, sums that follow, values as they are stored. */

#define TODAY "2026-11-23"

typedef struct
{
  ZfKinds *kinds;
  ZfForm *form;
  ZfAnswers *answers;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "forms", "data", NULL);
  fixture->kinds = zf_kinds_load (dir, &error);
  g_assert_no_error (error);
  fixture->form = zf_form_new (zf_kinds_get (fixture->kinds, kind), &error);
  g_assert_no_error (error);
  fixture->answers = zf_answers_new (fixture->form, NULL, TODAY);
}

static void
tear_down (Fixture *fixture, gconstpointer kind)
{
  g_object_unref (fixture->answers);
  g_object_unref (fixture->form);
  g_object_unref (fixture->kinds);
}

static void
answer (Fixture *fixture, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  zf_answers_set_text (fixture->answers, name, text, &error);
  g_assert_no_error (error);
}

static void
assert_text (Fixture *fixture, const char *name, const char *expected)
{
  g_autofree char *text = zf_answers_text (fixture->answers, name);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_problem (Fixture *fixture, const char *name, const char *lang, const char *expected)
{
  g_autofree char *problem = zf_answers_problem (fixture->answers, name, lang);
  g_assert_cmpstr (problem, ==, expected);
}

static void
assert_relevant (Fixture *fixture, const char *names)
{
  g_auto (GStrv) all = g_strsplit (names, " ", -1);
  static const char *const watched[] = { "works", "months", "wage", "employer", "about_b", "odd" };
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_assert_cmpint (zf_answers_relevant (fixture->answers, watched[i]), ==, g_strv_contains ((const char *const *) all, watched[i]));
}

static void
test_pages (Fixture *fixture, gconstpointer kind)
{
  ZfForm *form = fixture->form;
  g_assert_cmpuint (zf_form_n_pages (form), ==, 4);
  g_assert_null (zf_form_page_row (form, 0));
  g_assert_cmpstr (zf_json_get_string (zf_form_page_row (form, 1), "name", NULL), ==, "people");
  g_assert_cmpuint (zf_form_question (form, "outside")->page, ==, 0);
  g_assert_cmpuint (zf_form_question (form, "employer")->page, ==, 1);
  g_assert_cmpuint (zf_form_question (form, "town")->page, ==, 3);
  g_assert_cmpint (zf_form_question (form, "verdict")->klass, ==, ZF_QUESTION_CALCULATE);
  g_assert_cmpint (zf_form_question (form, "about_b")->klass, ==, ZF_QUESTION_NOTE);
  g_assert_null (zf_form_question (form, "about_b")->field);
  g_assert_true (zf_form_question (form, "secret")->hidden && zf_form_question (form, "secret")->more);
  g_assert_true (zf_form_question (form, "yearly")->read_only);
  g_assert_null (zf_form_question (form, "nothing"));
}

/* A chain: what depends on a hidden question is hidden too, and comes back with its answer. */
static void
test_relevant_chain (Fixture *fixture, gconstpointer kind)
{
  assert_relevant (fixture, "");
  answer (fixture, "age", "30");
  assert_relevant (fixture, "works");
  answer (fixture, "works", "yes");
  answer (fixture, "months", "10");
  answer (fixture, "wage", "3000.5");
  assert_relevant (fixture, "works months wage employer");
  answer (fixture, "employer", "工地");
  answer (fixture, "age", "10");
  assert_relevant (fixture, "");
  g_autoptr (JsonObject) dropped = zf_answers_values (fixture->answers);
  g_assert_false (json_object_has_member (dropped, "wage"));
  g_assert_false (json_object_has_member (dropped, "employer"));
  answer (fixture, "age", "31");
  assert_relevant (fixture, "works months wage employer");
  assert_text (fixture, "employer", "工地");
  answer (fixture, "wage", "1000.5");
  assert_relevant (fixture, "works months wage");
}

static void
test_note_and_page_relevant (Fixture *fixture, gconstpointer kind)
{
  g_assert_true (zf_answers_page_relevant (fixture->answers, 0));
  g_assert_true (zf_answers_page_relevant (fixture->answers, 3));
  answer (fixture, "fruits", "b a");
  assert_relevant (fixture, "about_b");
}

/* A condition that nobody can judge shows the question: hiding it would mean "false". */
static void
test_unknown_is_asked (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "free", "7");
  assert_relevant (fixture, "odd");
  answer (fixture, "free", "3");
  assert_relevant (fixture, "");
  answer (fixture, "free", "many");
  assert_relevant (fixture, "odd");
}

static void
test_required (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "age", "30");
  assert_problem (fixture, "months", "en", NULL);
  answer (fixture, "works", "yes");
  g_assert_true (zf_answers_required (fixture->answers, "months"));
  assert_problem (fixture, "months", "en", "This needs an answer.");
  answer (fixture, "age", "70");
  g_assert_false (zf_answers_required (fixture->answers, "months"));
  assert_problem (fixture, "months", "en", NULL);
  answer (fixture, "months", "2");
  answer (fixture, "wage", "2000");
  assert_problem (fixture, "employer", "zh", "写上单位。");
  assert_problem (fixture, "employer", "en", "Write the employer.");
  g_autoptr (GPtrArray) names = zf_answers_problems (fixture->answers);
  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "employer");
}

static void
test_constraint (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "age", "130");
  assert_problem (fixture, "age", "zh", "This answer does not fit.");
  answer (fixture, "age", "30");
  answer (fixture, "works", "yes");
  answer (fixture, "months", "13");
  assert_problem (fixture, "months", "zh", "月数在 0 到 12 之间。");
  assert_problem (fixture, "months", "en", "The number of months is between 0 and 12.");
  answer (fixture, "months", "12");
  assert_problem (fixture, "months", "zh", NULL);
  answer (fixture, "fruits", "none a");
  assert_problem (fixture, "fruits", "en", "This answer does not fit.");
  answer (fixture, "fruits", "none");
  assert_problem (fixture, "fruits", "en", NULL);
  answer (fixture, "end", "2020-01-01");
  assert_problem (fixture, "end", "en", "This answer does not fit.");
  answer (fixture, "start", "2021-01-01");
  assert_problem (fixture, "end", "en", "This answer does not fit.");
  answer (fixture, "end", "2021-01-01");
  assert_problem (fixture, "end", "en", NULL);
}

static const struct { const char *name; const char *typed; const char *text; const char *problem; } typed[] = {
  { "age", "３６", "36", NULL },
  { "age", "1,200", "1200", NULL },
  { "age", "3.5", "3.5", "This needs a whole number." },
  { "age", "3.0", "3", NULL },
  { "age", "abc", "abc", "This needs a whole number." },
  { "age", "1e3", "1e3", "This needs a whole number." },
  { "area", "12.30", "12.3", NULL },
  { "area", "-0", "0", NULL },
  { "area", "1,5", "1,5", "This needs a number." },
  { "wage", "12.345", "12.345", "An amount has at most two decimal places." },
  { "wage", "3千", "3千", "This needs an amount in yuan." },
  { "wage", "12，345.6", "12345.6", NULL },
  { "start", "2026年3月5日", "2026-03-05", NULL },
  { "start", "2026/3/5", "2026-03-05", NULL },
  { "start", "2026.12.31", "2026-12-31", NULL },
  { "start", "20260305", "2026-03-05", NULL },
  { "start", "2026-2-30", "2026-2-30", "There is no such date." },
  { "start", "2026-02", "2026-02", "This needs a date like 2026-01-31." },
  { "start", "明天", "明天", "This needs a date like 2026-01-31." },
  { "district", "north", "north", "This answer is not in the list." },
  { "district", "east", "east", NULL },
  { "fruits", "b  a b", "a b", NULL },
  { "fruits", "a pear", "a pear", "This answer is not in the list." },
  { "moment", "2026-11-23 14:05", "2026-11-23T14:05:00.000+08:00", NULL },
  { "moment", "soon", "soon", "This needs a date and a time like 2026-01-31 14:05." },
  { "free", "  多次  提到 ", "多次  提到", NULL },
  { "free", "１２３", "１２３", NULL },
  { "free", "   ", "", NULL },
};

/* What cannot be stored stays in the entry with its sentence and blocks finishing; the stored value is empty meanwhile. */
static void
test_typed (Fixture *fixture, gconstpointer kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok = zf_answers_set_text (fixture->answers, typed[i].name, typed[i].typed, &error);
      g_assert_cmpint (ok, ==, typed[i].problem == NULL);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, typed[i].problem);
      assert_text (fixture, typed[i].name, typed[i].text);
      if (!ok && zf_answers_relevant (fixture->answers, typed[i].name))
        assert_problem (fixture, typed[i].name, "zh", typed[i].problem);
      if (!ok)
        g_assert_null (zf_answers_get (fixture->answers, typed[i].name));
      g_assert_true (zf_answers_set_text (fixture->answers, typed[i].name, "", NULL));
      g_assert_null (zf_answers_get (fixture->answers, typed[i].name));
    }
}

static void
test_calculations (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "age", "31");
  assert_text (fixture, "half_age", "15");
  assert_text (fixture, "verdict", "low");
  answer (fixture, "works", "yes");
  answer (fixture, "months", "10");
  answer (fixture, "wage", "333.33");
  assert_text (fixture, "yearly", "3333.3");
  assert_text (fixture, "third", "1111.1");
  assert_text (fixture, "verdict", "high");
  g_assert_cmpint (json_node_get_int (zf_answers_get (fixture->answers, "yearly")), ==, 333330);
  g_assert_cmpint (json_node_get_int (zf_answers_get (fixture->answers, "third")), ==, 111110);
  answer (fixture, "months", "");
  assert_text (fixture, "yearly", "");
  assert_text (fixture, "verdict", "low");
}

/* Labels in the form's first language, whatever the screen speaks. */
static void
test_choice_name (Fixture *fixture, gconstpointer kind)
{
  assert_text (fixture, "town_name", "");
  assert_text (fixture, "edition", "v1");
  answer (fixture, "town", "gj");
  assert_text (fixture, "town_name", "高家镇");
  answer (fixture, "town", "mq");
  assert_text (fixture, "town_name", "名山");
}

/* 元 × months as text → 分 without a double in the store: 10,000 products against integer arithmetic. */
static void
test_money_exact (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  answer (fixture, "age", "30");
  answer (fixture, "works", "yes");
  for (guint i = 0; i < 2000; i++)
    {
      gint64 fen = g_rand_int_range (rand, 1, 100000000);
      gint64 months = g_rand_int_range (rand, 1, 13);
      g_autofree char *wage = zf_money_format (fen);
      g_autofree char *count = g_strdup_printf ("%d", (int) months);
      answer (fixture, "months", count);
      answer (fixture, "wage", wage);
      g_assert_cmpint (json_node_get_int (zf_answers_get (fixture->answers, "yearly")), ==, fen * months);
    }
}

static void
test_dates_calculate (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "start", "2024-02-01");
  assert_text (fixture, "later", "2024-03-02");
  assert_text (fixture, "days", "");
  answer (fixture, "end", "2024-03-01");
  assert_text (fixture, "days", "29");
  g_assert_cmpint (json_node_get_int (zf_answers_get (fixture->answers, "days")), ==, 29);
  answer (fixture, "start", "");
  assert_text (fixture, "later", "");
  assert_text (fixture, "days", "");
}

static void
test_once (Fixture *fixture, gconstpointer kind)
{
  g_autofree char *first = zf_answers_text (fixture->answers, "stamp");
  answer (fixture, "age", "44");
  assert_text (fixture, "stamp", first);
}

static void
test_choice_filter (Fixture *fixture, gconstpointer kind)
{
  GPtrArray *towns = zf_kind_choices (zf_form_kind (fixture->form), "town");
  answer (fixture, "district", "east");
  g_assert_true (zf_answers_choice_visible (fixture->answers, "town", g_ptr_array_index (towns, 0)));
  g_assert_false (zf_answers_choice_visible (fixture->answers, "town", g_ptr_array_index (towns, 1)));
  answer (fixture, "district", "west");
  g_assert_false (zf_answers_choice_visible (fixture->answers, "town", g_ptr_array_index (towns, 0)));
  g_assert_true (zf_answers_choice_visible (fixture->answers, "town", g_ptr_array_index (towns, 1)));
  GPtrArray *fruits = zf_kind_choices (zf_form_kind (fixture->form), "fruit");
  g_assert_true (zf_answers_choice_visible (fixture->answers, "fruits", g_ptr_array_index (fruits, 0)));
}

/* The same choice stands in its list once for each county; each of them is told apart by the filter. */
static void
test_choice_twice (Fixture *fixture, gconstpointer kind)
{
  GPtrArray *towns = zf_kind_choices (zf_form_kind (fixture->form), "town");
  const char *counties[] = { "east", "west" };
  const gboolean visible[][3] = { { TRUE, TRUE, FALSE }, { FALSE, FALSE, TRUE } };
  g_assert_cmpuint (towns->len, ==, 3);
  for (guint c = 0; c < G_N_ELEMENTS (counties); c++)
    {
      answer (fixture, "county", counties[c]);
      for (guint i = 0; i < towns->len; i++)
        g_assert_cmpint (zf_answers_choice_visible (fixture->answers, "town", towns->pdata[i]), ==, visible[c][i]);
    }
  answer (fixture, "town", "river");
  assert_text (fixture, "town", "river");
}

/* The setting names the record: by a calculation, kept as one. */
static void
test_instance_name (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "county", "east");
  answer (fixture, "town", "hill");
  answer (fixture, "mu", "2.5");
  assert_text (fixture, "instance_name", "山镇 2.5亩");
  g_autoptr (JsonObject) values = zf_answers_values (fixture->answers);
  g_assert_cmpstr (zf_json_get_string (values, "instance_name", ""), ==, "山镇 2.5亩");
  g_assert_null (zf_kind_field (zf_kind_repeat (zf_form_kind (fixture->form), "owners"), "instance_name"));
}

/* Where the answer is needed, “other” is none without words, and it is said why. */
static void
test_or_other (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "county", "east");
  answer (fixture, "use", "other");
  assert_problem (fixture, "use_other", "zh", NULL);
  answer (fixture, "mu", "1");
  assert_problem (fixture, "use_other", "zh", "选了“其他”，要写明是什么。");
  assert_problem (fixture, "use_other", "en", "“Other” is chosen: say what it is.");
  answer (fixture, "use_other", "花椒");
  assert_problem (fixture, "use_other", "zh", NULL);
  answer (fixture, "use", "rice");
  assert_problem (fixture, "use_other", "zh", NULL);
}

static void
assert_groups (Fixture *fixture, const char *name, const char *expected)
{
  g_autoptr (GPtrArray) rows = zf_form_groups (fixture->form, name);
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", zf_json_get_string (rows->pdata[i], "name", ""));
  g_assert_cmpstr (names->str, ==, expected);
}

/* The screen's own group is its heading; a row of a repeat is a screen of its own. */
static void
test_groups (Fixture *fixture, gconstpointer kind)
{
  assert_groups (fixture, "county", "");
  assert_groups (fixture, "mu", "outer");
  assert_groups (fixture, "use", "outer inner");
  assert_groups (fixture, "use_other", "outer inner");
  assert_groups (fixture, "owner", "who");
}

/* Stored values come back as they were, and a value of another form version that no longer fits is as if never answered. */
static void
test_stored_values (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (JsonNode) node = zf_json_parse ("{\"age\":40,\"works\":\"yes\",\"months\":3,\"wage\":123456,\"fruits\":[\"b\",\"a\"],\"district\":\"gone\","
                                             "\"moment\":1795414500000,\"area\":\"1.5\",\"half_age\":7,\"unheard\":\"x\"}", -1, NULL);
  g_autoptr (ZfAnswers) answers = zf_answers_new (fixture->form, json_node_get_object (node), TODAY);
  g_autofree char *wage = zf_answers_text (answers, "wage");
  g_autofree char *half = zf_answers_text (answers, "half_age");
  g_autofree char *yearly = zf_answers_text (answers, "yearly");
  g_assert_cmpstr (wage, ==, "1234.56");
  g_assert_cmpstr (half, ==, "7");
  g_assert_cmpstr (yearly, ==, "3703.68");
  g_assert_null (zf_answers_get (answers, "district"));
  g_autoptr (JsonObject) values = zf_answers_values (answers);
  g_autofree char *text = zf_json_canonical_object (values);
  g_assert_nonnull (strstr (text, "\"fruits\":[\"a\",\"b\"]"));
  g_assert_nonnull (strstr (text, "\"wage\":123456"));
  g_assert_null (strstr (text, "unheard"));
}

static void
test_markup_is_text (Fixture *fixture, gconstpointer kind)
{
  answer (fixture, "free", "<a>&amp; \"1\" < 2");
  assert_text (fixture, "free", "<a>&amp; \"1\" < 2");
  assert_relevant (fixture, "odd");
}

static void
test_defaults (Fixture *fixture, gconstpointer kind)
{
  assert_text (fixture, "date", TODAY);
  assert_text (fixture, "visitor", "");
  answer (fixture, "date", "2026-11-24");
  assert_problem (fixture, "date", "zh", "日期不能在今天以后。");
}

static void
test_unknown_name (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_answers_set_text (fixture->answers, "nothing", "1", &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER);
  g_assert_false (zf_answers_relevant (fixture->answers, "nothing"));
  assert_problem (fixture, "nothing", "en", NULL);
}

/* Forms that are wrong */

static const struct { const char *survey; ZfFormError code; const char *message; } broken[] = {
  { "{\"type\":\"begin_group\",\"name\":\"g\"}", ZF_FORM_ERROR_STRUCTURE, "the group does not end: “g”" },
  { "{\"type\":\"end_group\",\"name\":\"g\"}", ZF_FORM_ERROR_STRUCTURE, "a group ends that did not begin" },
  { "{\"type\":\"note\",\"name\":\"n\"},{\"type\":\"note\",\"name\":\"n\"}", ZF_FORM_ERROR_STRUCTURE, "two rows have the name “n”" },
  { "{\"type\":\"calculate\",\"name\":\"c\"}", ZF_FORM_ERROR_STRUCTURE, "the calculation is missing in “c”" },
  { "{\"type\":\"text\",\"name\":\"t\",\"relevant\":\"${x} = 1\"}", ZF_FORM_ERROR_EXPRESSION, "question t, relevant, position 1: there is no question “x”" },
  { "{\"type\":\"text\",\"name\":\"t\",\"constraint\":\"fo(.)\"}", ZF_FORM_ERROR_EXPRESSION, "question t, constraint, position 1: there is no function fo()" },
  { "{\"type\":\"text\",\"name\":\"t\",\"required\":\"maybe(\"}", ZF_FORM_ERROR_EXPRESSION, "question t, required" },
  { "{\"type\":\"text\",\"name\":\"t\",\"default\":\"todai()\"}", ZF_FORM_ERROR_EXPRESSION, "question t, default, position 1: there is no function todai()" },
  { "{\"type\":\"begin_group\",\"name\":\"g\",\"relevant\":\"1 +\"},{\"type\":\"end_group\",\"name\":\"g\"}", ZF_FORM_ERROR_EXPRESSION, "question g, relevant" },
  { "{\"type\":\"integer\",\"name\":\"a\",\"calculation\":\"${b} + 1\"},{\"type\":\"integer\",\"name\":\"b\",\"calculation\":\"${a} + 1\"}",
    ZF_FORM_ERROR_STRUCTURE, "in a circle, beginning with “a”" },
  { "{\"type\":\"text\",\"name\":\"a\",\"relevant\":\"${b} = 1\"},{\"type\":\"integer\",\"name\":\"b\",\"calculation\":\"${a} + 1\"}",
    ZF_FORM_ERROR_STRUCTURE, "in a circle" },
  { "{\"type\":\"integer\",\"name\":\"a\",\"calculation\":\"${a} + 1\"}", ZF_FORM_ERROR_STRUCTURE, "in a circle, beginning with “a”" },
  { "{\"type\":\"text\",\"name\":\"t\",\"default\":\"${last-saved#x}\"}", ZF_FORM_ERROR_STRUCTURE, "a default names the unknown question “x”" },
};

static void
write_kind (const char *dir, const char *survey)
{
  g_autofree char *path = g_build_filename (dir, "forms", "k.json", NULL);
  g_autofree char *text = g_strdup_printf ("{\"settings\":[{\"form_id\":\"k\",\"form_title\":\"k\",\"version\":\"1\"}],\"kind\":{\"name\":\"k\"},\"survey\":[%s],\"choices\":[]}", survey);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_broken_forms (void)
{
  g_autofree char *dir = g_dir_make_tmp ("zf-forms-XXXXXX", NULL);
  g_autofree char *forms = g_build_filename (dir, "forms", NULL);
  g_autofree char *lists = g_build_filename (dir, "codelists", NULL);
  g_assert_cmpint (g_mkdir (forms, 0700) | g_mkdir (lists, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;
      write_kind (dir, broken[i].survey);
      g_autoptr (ZfKinds) kinds = zf_kinds_load (dir, &error);
      g_assert_no_error (error);
      g_autoptr (ZfForm) form = zf_form_new (zf_kinds_get (kinds, "k"), &error);
      g_assert_null (form);
      g_assert_error (error, ZF_FORM_ERROR, (int) broken[i].code);
      if (strstr (error->message, broken[i].message) == NULL)
        g_error ("%s\nis not\n%s", error->message, broken[i].message);
    }
  g_autofree char *file = g_build_filename (forms, "k.json", NULL);
  g_assert_cmpint (g_unlink (file) | g_rmdir (forms) | g_rmdir (lists) | g_rmdir (dir), ==, 0);
}

/* An answer that also goes elsewhere finds a field of the same type there. */
static void
check_targets (ZfKinds *kinds, ZfForm *form)
{
  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      if (question->save_to_field == NULL)
        continue;
      const char *name = question->save_to_kind != NULL ? question->save_to_kind : zf_kind_parent_kind (zf_form_kind (form));
      const ZfKind *kind = zf_kinds_get (kinds, name);
      const ZfField *field = kind != NULL ? zf_kind_field (kind, question->save_to_field) : NULL;
      if (field == NULL || field->type != question->field->type || g_strcmp0 (field->list_name, question->field->list_name) != 0)
        g_error ("%s.json: %s cannot be saved to %s.%s", zf_kind_name (zf_form_kind (form)), question->name, name, question->save_to_field);
    }
}

/* Every form that is shipped compiles, opens, and asks nothing impossible of an empty household. */
static void
test_shipped (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfKinds) kinds = zf_kinds_load (g_getenv ("ZOUFANG_DATA"), &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);
  g_assert_cmpuint (list->len, >, 0);
  for (guint i = 0; i < list->len; i++)
    {
      const ZfKind *kind = g_ptr_array_index (list, i);
      g_autoptr (ZfForm) form = zf_form_new (kind, &error);
      if (form == NULL)
        g_error ("%s.json: %s", zf_kind_name (kind), error->message);
      check_targets (kinds, form);
      g_autoptr (ZfAnswers) answers = zf_answers_new (form, NULL, TODAY);
      g_autoptr (GPtrArray) names = zf_answers_problems (answers);
      for (guint j = 0; j < names->len; j++)
        g_assert_true (zf_answers_required (answers, g_ptr_array_index (names, j)));
    }
}

/* What is said to people names answers as expressions see them. */
static void
test_fill (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  zf_answers_set_text (fixture->answers, "age", "40", &error);
  g_assert_no_error (error);
  g_autofree char *filled = zf_answers_fill (fixture->answers, "outside", "At ${age} ($5), ${ months }; ${ no end");
  g_assert_cmpstr (filled, ==, "At 40 ($5), ; ${ no end");
  g_autofree char *nothing = zf_answers_fill (fixture->answers, NULL, NULL);
  g_assert_null (nothing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, kind, func) g_test_add ("/forms/answers/" path, Fixture, kind, set_up, func, tear_down)
  ADD ("pages", "quiz", test_pages);
  ADD ("relevant-chain", "quiz", test_relevant_chain);
  ADD ("note-and-page", "quiz", test_note_and_page_relevant);
  ADD ("unknown-is-asked", "quiz", test_unknown_is_asked);
  ADD ("required", "quiz", test_required);
  ADD ("constraint", "quiz", test_constraint);
  ADD ("typed", "quiz", test_typed);
  ADD ("calculations", "quiz", test_calculations);
  ADD ("money-exact", "quiz", test_money_exact);
  ADD ("dates", "quiz", test_dates_calculate);
  ADD ("once", "quiz", test_once);
  ADD ("choice-name", "quiz", test_choice_name);
  ADD ("choice-filter", "quiz", test_choice_filter);
  ADD ("choice-twice", "plot", test_choice_twice);
  ADD ("instance-name", "plot", test_instance_name);
  ADD ("or-other", "plot", test_or_other);
  ADD ("groups", "plot", test_groups);
  ADD ("stored-values", "quiz", test_stored_values);
  ADD ("markup-is-text", "quiz", test_markup_is_text);
  ADD ("fill", "quiz", test_fill);
  ADD ("defaults", "call", test_defaults);
  ADD ("unknown-name", "quiz", test_unknown_name);
  g_test_add_func ("/forms/answers/broken-forms", test_broken_forms);
  g_test_add_func ("/forms/answers/shipped", test_shipped);
  return g_test_run ();
}
