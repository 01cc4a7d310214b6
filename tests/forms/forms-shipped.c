/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-shipped"

#include "../fixtures/fixture-remove.h"
#include "zf-error.h"
#include "zf-form.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-query.h"

#include <string.h>

/* The forms that teams use: how much each asks of an ordinary household, what it asks again, and where its answers go. */

#define TODAY "2026-11-30"
#define NOON G_GINT64_CONSTANT (1796011200000) /* 2026-11-30 12:00 in Shanghai */

static ZfKinds *kinds;
static ZfClock *clock_;
static ZfRandom *random_;

/* A form with the row of each repeat that was begun last. */
typedef struct
{
  ZfForm *form;
  ZfAnswers *answers;
  GHashTable *rows;      /* repeat → address of its last row */
} Sheet;

static Sheet *
open_sheet (const char *kind)
{
  g_autoptr (GError) error = NULL;
  Sheet *sheet = g_new0 (Sheet, 1);
  sheet->form = zf_form_new (zf_kinds_get (kinds, kind), &error);
  g_assert_no_error (error);
  sheet->answers = zf_answers_new_at (sheet->form, NULL, TODAY, NOON);
  sheet->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return sheet;
}

static void
close_sheet (Sheet *sheet)
{
  g_object_unref (sheet->answers);
  g_object_unref (sheet->form);
  g_hash_table_unref (sheet->rows);
  g_free (sheet);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sheet, close_sheet)

/* Of a question of a repeat: in the row begun last. */
static char *
address_of (Sheet *sheet, const char *name)
{
  const ZfQuestion *question = zf_form_question (sheet->form, name);
  g_assert_nonnull (question);
  if (question->repeat == NULL)
    return g_strdup (name);
  return g_strdup_printf ("%s.%s", (char *) g_hash_table_lookup (sheet->rows, question->repeat), name);
}

static void
answer (Sheet *sheet, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = address_of (sheet, name);
  zf_answers_set_text (sheet->answers, address, text, &error);
  g_assert_no_error (error);
}

static void
assert_text (Sheet *sheet, const char *name, const char *expected)
{
  g_autofree char *address = address_of (sheet, name);
  g_autofree char *text = zf_answers_text (sheet->answers, address);
  g_assert_cmpstr (text, ==, expected);
}

/* "+repeat" begins a row, "name=text" answers; between them "; ". */
static guint
fill (Sheet *sheet, const char *script)
{
  g_auto (GStrv) steps = g_strsplit (script, "; ", -1);
  guint n = 0;
  for (guint i = 0; steps[i] != NULL && *steps[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (steps[i], "=", 2);
      if (*steps[i] == '+')
        {
          g_autofree char *id = zf_id_new (clock_, random_);
          char *row = zf_answers_add_row (sheet->answers, steps[i] + 1, id, NULL);
          g_assert_nonnull (row);
          g_hash_table_insert (sheet->rows, g_strdup (steps[i] + 1), row);
          continue;
        }
      answer (sheet, pair[0], pair[1]);
      n++;
    }
  return n;
}

/* ---- How much is asked ---- */

/* What nobody can finish the form without, when nothing is known of the household. */
static const struct
{
  const char *kind;
  guint answers;
  guint shown;           /* questions at the start, at most */
  const char *script;
} ordinary[] = {
  { "screening", 1, 5, "result=none" },
  { "visit", 2, 30, "visitors=李强、王敏; sign=absent" },
  { "check", 10, 40, "reason=routine; checkers=李强、王敏; population_living=3; item_housing=yes; item_education=yes; item_medical=yes; item_water=yes; item_food=yes; "
                     "conclusion=exclude; sign=signed" },
  { "collection", 11, 90, "reason=identify; head_name=张国华; household_class=ordinary; population_living=3; item_housing=yes; item_education=yes; item_medical=yes; "
                          "item_water=yes; item_food=yes; filler=李强; sign=proxy" },
  { "review", 1, 30, "quarter=2026Q4" },
  { "opinion", 4, 10, "review=019abcde-0000-7000-8000-000000000001; level=green; risk_now=eased; opinion=keep" },
};

static guint
count_shown (Sheet *sheet)
{
  guint n = 0;
  for (guint i = 0; i < zf_form_n_questions (sheet->form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (sheet->form, i);
      gboolean asked = question->klass == ZF_QUESTION_FIELD && !question->more && !question->hidden && !question->read_only && question->repeat == NULL;
      n += asked && !g_str_has_suffix (question->name, ZF_SOURCE_SUFFIX) && zf_answers_relevant (sheet->answers, question->name);
    }
  return n;
}

static void
test_ordinary (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ordinary); i++)
    {
      g_autoptr (Sheet) sheet = open_sheet (ordinary[i].kind);
      g_autoptr (GPtrArray) missing = zf_answers_problems (sheet->answers);
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (GPtrArray) doubts = NULL;
      g_test_message ("%s: %u shown, %u needed", ordinary[i].kind, count_shown (sheet), missing->len);
      g_assert_cmpuint (count_shown (sheet), <=, ordinary[i].shown);
      g_assert_cmpuint (fill (sheet, ordinary[i].script), ==, ordinary[i].answers);
      problems = zf_answers_problems (sheet->answers);
      doubts = zf_answers_doubts (sheet->answers);
      g_assert_cmpuint (problems->len, ==, 0);
      g_assert_cmpuint (doubts->len, ==, 0);
    }
}

/* Every word that people read stands in both languages. */
static void
test_languages (void)
{
  static const char *const columns[] = { "label", "hint", "constraint_message", "check_message" };
  for (guint i = 0; i < G_N_ELEMENTS (ordinary); i++)
    {
      g_autoptr (Sheet) sheet = open_sheet (ordinary[i].kind);
      for (guint q = 0; q < zf_form_n_questions (sheet->form); q++)
        for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
          {
            JsonObject *row = zf_form_question_at (sheet->form, q)->row;
            const char *zh = zf_row_text (row, columns[c], "zh"), *en = zf_row_text (row, columns[c], "en");
            if (c == 0 || zh != NULL)
              g_assert_cmpstr (zh, !=, en);
            g_assert_true (zh == NULL || (strchr (zh, '!') == NULL && strstr (zh, "请") == NULL && strstr (zh, "您") == NULL));
          }
    }
}

/* ---- What is asked again ---- */

#define WIFE "+members; name=张国华; relation=01; sex=1; education=junior; +members; name=李秀英; education=primary; "
#define OLD "birth=1950-03-01; "
#define GROWN "birth=1990-03-01; "
#define CHILD "birth=2012-03-01; "

static const struct
{
  const char *kind, *name;     /* the question that is doubted */
  const char *doubted, *fine;  /* answers that raise the doubt, and others that do not */
} doubts[] = {
  { "person", "name", "name=张强", "name=张强; education=junior" },
  { "person", "name", "name=张强", "name=张强; school_status=grade8" },
  { "person", "id_number", "id_type=2; id_number=999999198802280011", "id_type=2; id_number=99999919880228001144" },
  { "person", "relation", "relation=03; sex=2", "relation=03; sex=1" },
  { "person", "relation", "relation=12; sex=1", "relation=12; sex=2" },
  { "person", "birth", CHILD "work_area=city", GROWN "work_area=city" },
  { "person", "birth", CHILD "post_kind=road", CHILD },
  { "person", "health", "health=disabled", "health=disabled; disability_type=limb; disability_level=2" },
  { "person", "labour", GROWN "health=healthy; labour=none", GROWN "health=chronic; labour=none" },
  { "person", "labour", GROWN "health=healthy; labour=lost", OLD "health=healthy; labour=none" },
  { "person", "labour", "birth=2009-01-01; health=healthy; labour=none", "birth=2009-01-01; health=healthy; school_status=high2; labour=none" },
  { "person", "work_area", "work_area=city", "work_area=city; work_months=8" },
  { "person", "work_area", "work_area=city; work_months=0", "" },
  { "person", "post_kind", OLD "post_kind=cleaning", GROWN "post_kind=cleaning" },
  { "person", "employee_medical", "resident_medical=yes; employee_medical=yes", "resident_medical=no; employee_medical=yes" },
  { "person", "tekun", "tekun=yes; work_area=town", "tekun=yes" },
  { "living", "farmland", "farmland=100.5", "farmland=100" },
  { "living", "road_distance", "road_distance=5.1", "road_distance=5" },
  { "income", "total_a", "a1=299", "a1=300" },
  { "income", "total_a", "a1=300000; a5=0.01", "a1=0" },
  { "income", "total_e", "b2=5000", "b2=5000; e2=2000" },
  { "review", "reviewed_count", "monitored_count=3; reviewed_count=4", "monitored_count=4; reviewed_count=4" },
  { "visit", "sign", "mode=home; sign=phone", "mode=phone; sign=phone" },
  { "screening", "result", "result=found", "result=found; problems=water" },
  { "screening", "next_step", "result=found; risk_kinds=illness; next_step=none", "result=found; risk_kinds=illness; next_step=lead" },
  { "check", "checkers", "checkers=李强", "checkers=李强、王敏" },
  { "check", "total_a", "total_a=120", "total_a=36000" },
  { "check", "total_b", "total_b=6000", "total_b=6000; total_e=2000" },
  { "check", "risk_kinds", "risk_kinds=illness", "risk_kinds=illness; self_paid=21000" },
  { "check", "conclusion", "reason=clear; item_housing=check; conclusion=clear",
    "reason=clear; item_housing=yes; item_education=yes; item_medical=yes; item_water=yes; item_food=yes; conclusion=clear" },
  { "opinion", "opinion", "risk_now=open; opinion=clear", "risk_now=closed; opinion=clear" },
  { "opinion", "income_change", "income_trend=up; income_change=-600", "income_trend=up; income_change=600" },
  { "collection", "name", "+members; name=张强", "+members; name=张强; education=junior" },
  { "collection", "id_number", "+members; id_type=1; id_number=99999919880228001144", "+members; id_type=2; id_number=99999919880228001144" },
  { "collection", "relation", WIFE "relation=02; sex=1", WIFE "relation=02; sex=2" },
  { "collection", "birth", "+members; " CHILD "work_area=city", "+members; " CHILD },
  { "collection", "health", "+members; health=disabled", "+members; health=healthy" },
  { "collection", "labour", "+members; " GROWN "health=healthy; labour=none", "+members; " GROWN "health=healthy; labour=ordinary" },
  { "collection", "work_area", "+members; work_area=city", "+members; work_area=city; work_months=3" },
  { "collection", "post_kind", "+members; " OLD "post_kind=forest", "+members; " GROWN "post_kind=forest" },
  { "collection", "employee_medical", "+members; resident_medical=yes; employee_medical=yes", "+members; resident_medical=yes; employee_medical=no" },
  { "collection", "tekun", "+members; tekun=yes; work_area=town", "+members; tekun=no; work_area=town" },
  { "collection", "member_count", "+members; relation=01; +members; relation=01", "+members; relation=01; +members; relation=03" },
  { "collection", "member_count", "+members; relation=03", "" },
  { "collection", "farmland", "farmland=120", "farmland=12" },
  { "collection", "road_distance", "road_distance=6", "road_distance=0.5" },
  { "collection", "total_a", "a4=200", "a4=2000; a1=3000" },
  { "collection", "a2", "a2=9600", "a2=9600; +members; post_kind=road" },
  { "collection", "a3", "a3=9600", "a3=9600; +members; post_kind=road" },
  { "collection", "a4", "a4=9600; +members", "a4=9600; +members; post_kind=road" },
  { "collection", "d2", "d2=7200; +members; dibao=no", "d2=7200; +members; dibao=no; +members; dibao=yes" },
  { "collection", "d5", "d5=300", "d5=300; returned_forest=2.5" },
  { "collection", "rain_dew", "rain_dew=yes; +members; school_status=high2", "rain_dew=yes; +members; school_status=vocational2" },
  { "collection", "total_e", "b1=800", "b1=800; e1=100" },
  { "collection", "labour_count", "+members; labour=ordinary; +members; labour=none; +members; labour=skilled; +risks; type=labour",
    "+members; labour=ordinary; +members; labour=none; +risks; type=labour" },
  { "collection", "worker_count", "+members; labour=ordinary; +risks; type=work", "+members; labour=ordinary; work_area=city; +risks; type=work" },
  { "collection", "ill_count", "+members; health=serious; +risks; type=illness", "+members; health=serious; self_paid=9000; +risks; type=illness" },
  { "collection", "ill_count", "+members; health=healthy; self_paid=9000; +risks; type=illness", "+members; health=healthy; +risks; type=illness; status=closed" },
};

static void
assert_doubt (const char *kind, const char *name, const char *script, gboolean doubted)
{
  g_autoptr (Sheet) sheet = open_sheet (kind);
  fill (sheet, script);
  if (zf_form_question (sheet->form, name)->repeat != NULL && *script == '\0')
    return;
  g_autofree char *address = address_of (sheet, name);
  g_autofree char *why = g_strconcat (address, ZF_WHY_SUFFIX, NULL);
  g_autofree char *question = zf_answers_doubt (sheet->answers, address, "zh");
  if ((question != NULL) != doubted)
    g_error ("%s.%s is %s after: %s", kind, name, doubted ? "not doubted" : "doubted", script);
  if (!doubted)
    return;
  g_assert_true (g_str_has_suffix (question, "对吗？"));
  g_assert_true (zf_answers_set_text (sheet->answers, why, "问过本人", NULL));
  g_autofree char *again = zf_answers_doubt (sheet->answers, address, "zh");
  g_assert_null (again);
}

static void
test_doubts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (doubts); i++)
    {
      assert_doubt (doubts[i].kind, doubts[i].name, doubts[i].doubted, TRUE);
      assert_doubt (doubts[i].kind, doubts[i].name, doubts[i].fine, FALSE);
    }
}

static gboolean
has_case (const char *kind, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (doubts); i++)
    if (g_str_equal (doubts[i].kind, kind) && g_str_equal (doubts[i].name, name))
      return TRUE;
  return FALSE;
}

/* No check is shipped that nothing here raises. */
static void
test_all_doubts (void)
{
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);
  guint n = 0;
  for (guint i = 0; i < list->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfForm) form = zf_form_new (list->pdata[i], &error);
      g_assert_no_error (error);
      for (guint q = 0; q < zf_form_n_questions (form); q++)
        {
          const ZfQuestion *question = zf_form_question_at (form, q);
          if (*zf_json_get_string (question->row, "check", "") == '\0')
            continue;
          n++;
          if (!has_case (zf_kind_name (list->pdata[i]), question->name))
            g_error ("%s.%s is asked again without a case here", zf_kind_name (list->pdata[i]), question->name);
        }
    }
  g_assert_cmpuint (n, >=, 40);
}

/* ---- What follows from answers ---- */

/* Birth and sex follow the number until somebody knows better; without a number they stay. */
static void
test_id_number (void)
{
  g_autoptr (Sheet) sheet = open_sheet ("person");
  g_autofree char *problem = NULL;
  answer (sheet, "id_number", "999999198802280011");
  assert_text (sheet, "birth", "1988-02-28");
  assert_text (sheet, "sex", "1");
  answer (sheet, "birth", "1988-02-27");
  answer (sheet, "phone", "13800000001");
  assert_text (sheet, "birth", "1988-02-27");
  answer (sheet, "id_number", "999999201203010022");
  assert_text (sheet, "birth", "2012-03-01");
  assert_text (sheet, "sex", "2");
  answer (sheet, "id_number", "");
  assert_text (sheet, "birth", "2012-03-01");
  answer (sheet, "id_number", "999999198802280012");
  problem = zf_answers_problem (sheet->answers, "id_number", "zh");
  g_assert_cmpstr (problem, ==, "证件号最后一位对不上，或者位数不对。");
}

/* The case of domain.md 10.1: what the forms show of it. */
static void
test_totals (void)
{
  g_autoptr (Sheet) sheet = open_sheet ("collection");
  g_autoptr (Sheet) home = open_sheet ("check");
  fill (sheet, "population_living=4; a1=30000; a5=6000; b1=6000; e1=1500; e2=500; d4=3200; compensation=5000; self_paid=21000; "
               "+members; relation=01; labour=ordinary; work_area=city; work_months=10; +members; relation=02; health=serious; disease=cancer; +risks; type=illness; start=2026-06-01");
  assert_text (sheet, "total_a", "36000");
  assert_text (sheet, "net", "43200");
  assert_text (sheet, "net_per_head", "10800");
  assert_text (sheet, "reference_per_head", "6800");
  assert_text (sheet, "member_count", "2");
  assert_text (sheet, "labour_count", "1");
  assert_text (sheet, "worker_count", "1");
  assert_text (sheet, "ill_count", "1");
  assert_text (sheet, "risk_count", "1");
  fill (sheet, "+risks; type=school; +risks; type=work; +risks; type=labour; +risks; type=water; +risks; type=housing");
  g_autofree char *many = zf_answers_problem (sheet->answers, "risk_count", "zh");
  g_assert_cmpstr (many, ==, "风险最多 5 个。");
  answer (sheet, "status", "closed");
  g_autofree char *five = zf_answers_problem (sheet->answers, "risk_count", "zh");
  g_assert_null (five);
  fill (home, "population_living=4; total_a=36000; total_b=6000; total_d=3200; total_e=2000; compensation=5000; self_paid=21000");
  assert_text (home, "net_per_head", "10800");
  assert_text (home, "reference_per_head", "6800");
}

static gboolean
offers (Sheet *sheet, const char *name, const char *code)
{
  const ZfQuestion *question = zf_form_question (sheet->form, name);
  GPtrArray *list = zf_kind_choices (question->kind, question->field->list_name);
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((ZfChoice *) list->pdata[i])->name, code))
      return zf_answers_choice_visible (sheet->answers, name, list->pdata[i]);
  g_assert_not_reached ();
}

/* Questions and choices that wait for an answer. */
static void
test_exceptions (void)
{
  g_autoptr (Sheet) sheet = open_sheet ("screening");
  g_autoptr (Sheet) home = open_sheet ("check");
  g_autoptr (GPtrArray) missing = NULL;
  answer (sheet, "result", "none");
  g_assert_false (zf_answers_relevant (sheet->answers, "problems"));
  answer (sheet, "result", "found");
  answer (sheet, "problems", "housing water");
  g_assert_true (zf_answers_relevant (sheet->answers, "item_housing") && zf_answers_relevant (sheet->answers, "water_case"));
  g_assert_false (zf_answers_relevant (sheet->answers, "item_food"));
  g_assert_false (offers (sheet, "item_housing", "yes"));
  g_assert_true (offers (sheet, "item_housing", "check"));
  missing = zf_answers_problems (sheet->answers);
  g_assert_cmpuint (missing->len, ==, 3);
  answer (home, "reason", "clear");
  g_assert_true (offers (home, "conclusion", "clear") && !offers (home, "conclusion", "include"));
  answer (home, "reason", "routine");
  g_assert_true (offers (home, "conclusion", "include") && !offers (home, "conclusion", "clear"));
  answer (home, "conclusion", "include");
  g_assert_true (zf_answers_required (home->answers, "proposed_class"));
}

/* ---- Where answers go ---- */

static void
seed_village (ZfStore *store, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf ("[{\"id\": \"%s\", \"fields\": {\"name\": \"某某村\"}}]", id);
  g_autoptr (JsonNode) records = zf_json_parse (text, -1, &error);
  g_assert_no_error (error);
  zf_store_seed (store, "village", json_node_get_array (records), &error);
  g_assert_no_error (error);
}

static char *
put (ZfStore *store, const char *kind, const char *parent, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfForm) form = zf_form_new (zf_kinds_get (kinds, kind), &error);
  g_autoptr (JsonObject) set = zf_json_parse_object (json, -1, &error);
  char *id = zf_form_put (form, store, NULL, parent, set, "li", &error);
  g_assert_no_error (error);
  return id;
}

/* Fills a draft of @kind under @parent as a person does and finishes it. */
static char *
finish (ZfStore *store, const char *kind, const char *parent, const char *script)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Sheet) sheet = open_sheet (kind);
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (JsonObject) seen = NULL;
  g_autoptr (JsonObject) values = NULL;
  g_autoptr (GPtrArray) standing = NULL;
  zf_form_prefill (sheet->form, zf_store_reader (store), parent, TODAY, NOON, &answers, &seen);
  g_object_unref (sheet->answers);
  sheet->answers = zf_answers_new_at (sheet->form, answers, TODAY, NOON);
  standing = g_str_equal (kind, "collection") ? zf_answers_rows (sheet->answers, "members") : NULL;
  if (standing != NULL && standing->len > 0)
    g_hash_table_insert (sheet->rows, g_strdup ("members"), g_strdup (standing->pdata[0]));
  fill (sheet, script);
  values = zf_answers_values (sheet->answers);
  g_autoptr (ZfDraft) draft = zf_draft_start (store, kind, parent, zf_kind_version (zf_form_kind (sheet->form)), "li", values, seen, &error);
  g_assert_no_error (error);
  char *id = zf_form_finish (sheet->form, store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
assert_field (ZfStore *store, const char *id, const char *field, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRecord) record = zf_reader_get (zf_store_reader (store), id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zf_record_get_string (record, field, NULL), ==, expected);
}

static void
assert_count (ZfStore *store, const char *kind, const char *parent, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  zf_query_column (query, "id");
  zf_query_where (query, "parent", ZF_OP_EQ, parent);
  g_autoptr (ZfRows) rows = zf_query_run (query, zf_store_reader (store), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), ==, n);
}

/* The record of a year that a form wrote to. */
static ZfRecord *
of_year (ZfStore *store, const char *kind, const char *home)
{
  g_autoptr (JsonObject) key = json_object_new ();
  g_autoptr (GError) error = NULL;
  json_object_set_string_member (key, "household", home);
  json_object_set_int_member (key, "year", 2026);
  g_autofree char *id = zf_kind_make_id (zf_kinds_get (kinds, kind), key);
  ZfRecord *record = zf_reader_get (zf_store_reader (store), id, &error);
  g_assert_no_error (error);
  return record;
}

/* What is collected of income and living conditions stands where they are looked for. */
static void
assert_years (ZfStore *store, const char *home)
{
  g_autoptr (ZfRecord) income = of_year (store, "income", home);
  g_autoptr (ZfRecord) living = of_year (store, "living", home);
  g_assert_cmpint (zf_record_get_int (income, "a1", 0), ==, 1200000);
  g_assert_cmpstr (zf_record_get_string (income, "a1__src", NULL), ==, "asked");
  g_assert_cmpint (zf_record_get_int (income, "self_paid", 0), ==, 900000);
  g_assert_cmpint (zf_record_get_int (income, "total_a", 0), ==, 1200000);
  g_assert_cmpint (zf_record_get_int (income, "population", 0), ==, 2);
  g_assert_cmpint (zf_record_get_int (income, "net_per_head", 0), ==, 600000);
  g_assert_cmpstr (zf_record_get_string (living, "house_grade", NULL), ==, "B");
  g_assert_cmpstr (zf_record_get_string (living, "surveyed", NULL), ==, TODAY);
}

static void
test_records (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("zf-forms-shipped-XXXXXX", NULL);
  ZfStoreOptions options = { clock_, random_ };
  g_autoptr (ZfStore) store = zf_store_create (dir, kinds, &options, &error);
  g_assert_no_error (error);
  g_autofree char *village = zf_id_new (clock_, random_);
  seed_village (store, village);
  g_autofree char *home = put (store, "household", village, "{\"head_name\": \"张国华\", \"class\": \"ordinary\", \"population_living\": 2, \"item_food\": \"yes\"}");
  g_autofree char *person = put (store, "person", home, "{\"name\": \"张国华\", \"relation\": \"01\", \"education\": \"junior\", \"id_number\": \"999999198802280011\"}");
  assert_field (store, person, "birth", "1988-02-28");
  g_autofree char *screening = finish (store, "screening", home, "must_visit=illness; result=found; problems=housing; item_housing=check; next_step=lead");
  assert_field (store, screening, "result", "found");
  assert_field (store, home, "item_housing", "check");
  g_autofree char *collection = finish (store, "collection", home, "reason=identify; home_phone=13800000001; item_housing=yes; item_education=yes; item_medical=yes; item_water=yes; "
                                        "filler=李强; sign=signed; self_paid=9000; self_paid__src=receipt; house_grade=B; a1=12000; labour=weak; +members; name=李秀英; relation=02; education=primary; sex=2; +risks; type=illness; start=2026-06-01");
  assert_field (store, collection, "form_version", zf_kind_version (zf_kinds_get (kinds, "collection")));
  assert_field (store, collection, "self_paid__src", "receipt");
  assert_field (store, collection, "a1__src", "asked");
  assert_field (store, collection, "a2__src", NULL);
  assert_field (store, home, "phone", "13800000001");
  assert_field (store, home, "item_housing", "yes");
  assert_field (store, person, "labour", "weak");
  assert_years (store, home);
  assert_count (store, "person", home, 2);
  assert_count (store, "risk", home, 1);
  g_autofree char *review = put (store, "review", village, "{\"quarter\": \"2026Q4\"}");
  g_autofree char *script = g_strdup_printf ("review=%s; level=orange; risk_now=open; opinion=keep", review);
  g_autofree char *opinion = finish (store, "opinion", home, script);
  g_autofree char *again = finish (store, "opinion", home, script);
  g_assert_cmpstr (opinion, ==, again);
  assert_field (store, home, "level", "orange");
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_assert_true (zf_store_check (store, problems, &error));
  g_assert_cmpuint (problems->len, ==, 0);
  zf_store_close (store);
  fixture_remove (dir);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  clock_ = zf_clock_new_manual (NOON);
  random_ = zf_random_new_seeded (11);
  kinds = zf_kinds_load (g_getenv ("ZOUFANG_DATA"), &error);
  g_assert_no_error (error);
  g_test_add_func ("/forms/shipped/ordinary", test_ordinary);
  g_test_add_func ("/forms/shipped/languages", test_languages);
  g_test_add_func ("/forms/shipped/doubts", test_doubts);
  g_test_add_func ("/forms/shipped/all-doubts", test_all_doubts);
  g_test_add_func ("/forms/shipped/id-number", test_id_number);
  g_test_add_func ("/forms/shipped/totals", test_totals);
  g_test_add_func ("/forms/shipped/exceptions", test_exceptions);
  g_test_add_func ("/forms/shipped/records", test_records);
  int failed = g_test_run ();
  g_object_unref (kinds);
  g_object_unref (random_);
  g_object_unref (clock_);
  return failed;
}
