/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-roster.h"

#include <string.h>

#include "tables-fixture.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-query.h"
#include "zf-sheet.h"

#define HEADERS "户编号,乡镇,村,户类型,姓名,与户主关系,证件号码,出生日期,户主电话\n"

typedef struct
{
  ZfStore *store;
  char *id[6];
  GString *rows;     /* "row verdict column reason" of the last import */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->store = tables_store_new ();
  f->rows = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (f->id); i++)
    f->id[i] = tables_id ("19800102", 100 + i * 2 + 1);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_assert_true (zf_store_check (f->store, problems, NULL));
  g_assert_cmpuint (problems->len, ==, 0);
  g_clear_object (&f->store);
  g_string_free (f->rows, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (f->id); i++)
    g_free (f->id[i]);
}

static void
on_row (guint row, const char *verdict, const char *column, const char *reason, gpointer data)
{
  Fixture *f = data;
  g_string_append_printf (f->rows, "%u %s%s%s%s%s\n", row, verdict, column != NULL ? " " : "", column != NULL ? column : "",
                          reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

static JsonObject *
import_path (Fixture *f, const char *path, const ZfRosterOptions *options, GError **error)
{
  JsonObject *report = NULL;
  g_string_truncate (f->rows, 0);
  return zf_roster_import (f->store, path, options, on_row, f, &report, error) ? report : NULL;
}

/* $1 … $6 stand for ID numbers. */
static char *
write_csv (Fixture *f, const char *text)
{
  char *path = tables_temp_path ("roster.csv");
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '$' && g_ascii_isdigit (p[1]))
        g_string_append (out, f->id[*++p - '1']);
      else
        g_string_append_c (out, *p);
    }
  g_assert_true (g_file_set_contents (path, out->str, -1, NULL));
  return path;
}

static JsonObject *
import_csv (Fixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = write_csv (f, text);
  JsonObject *report = import_path (f, path, NULL, &error);
  g_assert_no_error (error);
  return report;
}

static void
import_quietly (Fixture *f, const char *text)
{
  g_autoptr (JsonObject) report = import_csv (f, text);
  g_assert_nonnull (report);
}

static void
assert_count (JsonObject *report, const char *what, const char *verdict, gint64 expected)
{
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (report, what), verdict, -1), ==, expected);
}

static void
assert_rows (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->rows->str, ==, expected);
}

static char *
find (Fixture *f, const char *kind, const char *column, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  zf_query_column (query, "id");
  zf_query_where (query, column, ZF_OP_EQ, value);
  g_autoptr (ZfRows) rows = zf_query_run (query, zf_store_reader (f->store), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), ==, 1);
  return g_strdup (zf_rows_text (rows, 0, 0));
}

static char *
get (Fixture *f, const char *id, const char *field)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRecord) record = zf_reader_get (zf_store_reader (f->store), id, &error);
  g_assert_no_error (error);
  JsonNode *node = json_object_get_member (record->fields, field);
  return node != NULL ? zf_json_canonical (node) : g_strdup ("null");
}

static void
assert_field (Fixture *f, const char *kind, const char *column, const char *value, const char *field, const char *expected)
{
  g_autofree char *id = find (f, kind, column, value);
  g_autofree char *text = get (f, id, field);
  g_assert_cmpstr (text, ==, expected);
}

/* What a team does on its screen. */
static void
type_in (Fixture *f, const char *kind, const char *id, const char *field, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSave) save = zf_save_new ("team", FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();
  json_object_set_string_member (fields, field, value);
  zf_save_set (save, kind, id, fields);
  zf_store_commit (f->store, save, &error);
  g_assert_no_error (error);
}

static guint
n_conflicts (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) conflicts = zf_ledger_conflicts (zf_store_reader (f->store), TRUE, &error);
  g_assert_no_error (error);
  return conflicts->len;
}

#define TWO_HOUSEHOLDS HEADERS \
  "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,1980-01-02,13800000001\n" \
  "XM-1,名山街道,白沙沱社区,一般农户,李四,配偶,$2,1981年3月4日,13800000001\n" \
  "XM-2,名山街道,白沙沱社区,脱贫户,王五,户主,$3,1980/1/2,13800000002\n"

static void
test_plain (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) report = import_csv (f, TWO_HOUSEHOLDS);
  assert_count (report, "households", "new", 2);
  assert_count (report, "persons", "new", 3);
  g_assert_cmpint (zf_json_get_int (report, "header_row", 0), ==, 1);
  g_assert_cmpint (zf_json_get_int (report, "rows", 0), ==, 3);
  g_assert_cmpstr (zf_json_get_string (report, "detected", NULL), ==, "csv, UTF-8");
  assert_rows (f, "2 new\n3 new\n4 new\n");
  assert_field (f, "household", "code", "XM-1", "head_name", "\"张三\"");
  assert_field (f, "household", "code", "XM-1", "class", "\"ordinary\"");
  assert_field (f, "household", "code", "XM-2", "class", "\"lifted\"");
  assert_field (f, "household", "code", "XM-1", "phone", "\"13800000001\"");
  assert_field (f, "person", "name", "李四", "relation", "\"02\"");
  assert_field (f, "person", "name", "李四", "birth", "\"1981-03-04\"");
  assert_field (f, "person", "name", "王五", "birth", "\"1980-01-02\"");
  /* what the ID number says where the table is silent */
  assert_field (f, "person", "name", "王五", "sex", "\"1\"");
  assert_field (f, "person", "name", "王五", "id_type", "\"1\"");
}

static void
test_twice (Fixture *f, gconstpointer data)
{
  import_quietly (f, TWO_HOUSEHOLDS);
  g_autofree char *before = tables_store_hash (f->store);
  g_autoptr (JsonObject) report = import_csv (f, TWO_HOUSEHOLDS);
  g_autofree char *after = tables_store_hash (f->store);
  g_assert_cmpstr (before, ==, after);
  assert_count (report, "households", "same", 2);
  assert_count (report, "persons", "same", 3);
  assert_rows (f, "2 same\n3 same\n4 same\n");
}

static void
test_dry_run (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = write_csv (f, TWO_HOUSEHOLDS);
  g_autofree char *before = tables_store_hash (f->store);
  ZfRosterOptions options = { .dry_run = TRUE };
  g_autoptr (JsonObject) report = import_path (f, path, &options, &error);
  g_assert_no_error (error);
  g_autofree char *after = tables_store_hash (f->store);
  g_assert_cmpstr (before, ==, after);
  assert_count (report, "households", "new", 2);
  assert_rows (f, "2 new\n3 new\n4 new\n");
}

/* Title, notes, any order, full-width digits, spaces, brackets, synonyms, merged cells, totals. */
static void
test_as_offices_write (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) report = import_csv (
    f, "丰都县农户信息表,,,,,,,,,\n填报单位：,,,,,,,,,\n"
       "序号,*家庭成员姓名,与户主 关系,身份证号（18位）,行政村（社区）,乡镇/街道,户编号,是否低保,村民小组,健康状况,务工时间（月）,原因,依据\n"
       "1,张　三,户主,' $1,白沙沱居委会,名山,ＸＭ－１,否,第３组,长期慢性病、残疾,６,低保,询问\n"
       "2,李 四,妻,$2,,,,是,,健康,\n"
       "3,王五,户主,$3,白沙沱,名山街道,XM-2,无,三组,/,12个月\n"
       "合计,3,,,,,,,,\n");
  assert_count (report, "households", "new", 2);
  assert_count (report, "persons", "new", 3);
  g_assert_cmpint (zf_json_get_int (report, "header_row", 0), ==, 3);
  assert_field (f, "household", "code", "XM-1", "head_name", "\"张三\"");
  assert_field (f, "household", "code", "XM-1", "group_no", "3");
  assert_field (f, "household", "code", "XM-2", "group_no", "3");
  assert_field (f, "person", "name", "张三", "health", "[\"chronic\",\"disabled\"]");
  assert_field (f, "person", "name", "张三", "work_months", "6");
  assert_field (f, "person", "name", "张三", "name__why", "null");
  assert_field (f, "person", "name", "张三", "work_wage__src", "null");
  assert_field (f, "person", "name", "王五", "work_months", "12");
  assert_field (f, "person", "name", "王五", "health", "null");
  assert_field (f, "person", "name", "李四", "dibao", "\"yes\"");
  assert_field (f, "person", "name", "李四", "relation", "\"02\"");
}

static void
test_two_header_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) report = import_csv (f, "户编号,乡镇,村,家庭成员,,,是否军烈属\n"
                                                 ",,,姓名,与户主关系,身份证号,\n"
                                                 "XM-1,名山街道,白沙沱社区,张三,户主,$1,是\n");
  assert_count (report, "households", "new", 1);
  assert_rows (f, "3 new\n");
  assert_field (f, "household", "code", "XM-1", "flags", "[\"military\"]");
}

static void
test_dates (Fixture *f, gconstpointer data)
{
  static const char *const same[] = { "2020-01-02", "2020/1/2", "20200102", "2020年1月2日", "2020.1.2", "２０２０－１－２", "43832", "2020-01-02 00:00:00" };
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *text = g_strdup_printf ("乡镇,村,户编号,姓名,关系,出生日期\n名山街道,白沙沱社区,D-%u,赵%u,户主,%s\n", i, i, same[i]);
      g_autofree char *name = g_strdup_printf ("赵%u", i);
      import_quietly (f, text);
      assert_field (f, "person", "name", name, "birth", "\"2020-01-02\"");
    }
}

/* A bad row is named with row, column and reason, and its household is not written at all; the others stand. */
static void
test_bad_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) report = import_csv (
    f, HEADERS "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,1980-01-02,13800000001\n"
               "XM-1,名山街道,白沙沱社区,一般农户,李四,配偶,999999198001021110,1981-03-04,13800000001\n"
               "XM-2,名山街道,白沙沱社区,一般农户,王五,户主,5.00231E+17,1980-01-02,13800000002\n"
               "XM-3,名山街道,白沙沱社区,一般农户,赵六,户主,$3,1980-02-30,13800000002\n"
               "XM-4,名山街道,白沙沱社区,一般农户,钱七,户主,$4,#REF!,13800000002\n"
               "XM-5,名山街道,白沙沱社区,贫下中农,孙八,户主,$5,,13800000002\n"
               "XM-6,名山街道,没有这个村,一般农户,周九,户主,$6,,13800000002\n"
               "XM-7,名山街道,白沙沱社区,一般农户,吴十,户主,,,13800000002\n");
  assert_count (report, "households", "refused", 6);
  assert_count (report, "households", "new", 1);
  assert_rows (f, "2 refused\n"
                  "3 refused 证件号码: The last character of the ID number does not fit the others\n"
                  "4 refused 证件号码: This number was stored as a numeric value and lost its last digits; enter it as text\n"
                  "5 refused 出生日期: This is not a date\n"
                  "6 refused 出生日期: The formula in this cell gives an error\n"
                  "7 refused 户类型: This value is not in the list of this column\n"
                  "8 refused 村: There is no village of this name in this county\n"
                  "9 new\n");
  g_assert_cmpint (tables_store_count (f->store, "record WHERE kind = 'household'"), ==, 1);
  g_assert_cmpint (tables_store_count (f->store, "record WHERE kind = 'person'"), ==, 1);
  g_assert_cmpuint (json_array_get_length (zf_json_get_array (report, "problems")), ==, 6);
}

static void
test_contradictions (Fixture *f, gconstpointer data)
{
  import_quietly (f, HEADERS "XM-0,名山街道,白沙沱社区,一般农户,张大,户主,$6,,\n"
                             "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,,\n"
                             "XM-1,名山街道,白沙沱社区,脱贫户,李四,配偶,$2,,\n"
                             "XM-2,名山街道,白沙沱社区,脱贫户,王五,户主,$3,,\n"
                             "XM-2,名山街道,白沙沱社区,脱贫户,王六,户主,$4,,\n"
                             "XM-3,名山街道,白沙沱社区,脱贫户,王七,配偶,$5,,\n"
                             "XM-4,名山街道,白沙沱社区,脱贫户,王八,户主,$6,,\n");
  assert_rows (f, "2 new\n"
                  "3 refused\n4 refused 户类型: The value differs from that in row 3 of the same household\n"
                  "5 refused\n6 refused: A household has only one head\n"
                  "7 refused 与户主关系: No row of this household is its head\n"
                  "8 refused 证件号码: The same ID number stands in row 2\n");
}

/* Rows of a household that do not stand together are still one household. */
static void
test_scattered (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) report = import_csv (f, HEADERS "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,,\n"
                                                         "XM-2,名山街道,白沙沱社区,一般农户,王五,户主,$3,,\n"
                                                         "XM-1,名山街道,白沙沱社区,一般农户,李四,配偶,$2,,\n");
  assert_count (report, "households", "new", 2);
  g_autofree char *home = find (f, "household", "code", "XM-1");
  g_autofree char *expected = g_strdup_printf ("\"%s\"", home);
  assert_field (f, "person", "name", "李四", "household", expected);
}

/* Without a 户编号 a household begins at its head and is known by the head's ID number within the village. */
static void
test_no_code (Fixture *f, gconstpointer data)
{
#define NO_CODE "乡镇,村,姓名,关系,身份证,民族\n" \
  "名山街道,白沙沱社区,张三,户主,$1,汉\n名山街道,白沙沱社区,李四,配偶,$2,土家族\n名山街道,白沙沱社区,王五,户主,$3,汉族\n"
  g_autoptr (JsonObject) report = import_csv (f, NO_CODE);
  assert_count (report, "households", "new", 2);
  g_autofree char *before = tables_store_hash (f->store);
  import_quietly (f, NO_CODE);
  g_autofree char *after = tables_store_hash (f->store);
  g_assert_cmpstr (before, ==, after);
  assert_field (f, "person", "name", "李四", "ethnic", "\"15\"");
  /* A later table with numbers finds them, and gives the number. */
  import_quietly (f, HEADERS "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,,\nXM-1,名山街道,白沙沱社区,一般农户,李四,配偶,$2,,\n");
  assert_rows (f, "2 changed\n3 same\n");
  assert_field (f, "household", "code", "XM-1", "head_name", "\"张三\"");
  /* Nobody can say which household this is. */
  import_quietly (f, "乡镇,村,姓名,关系\n名山街道,白沙沱社区,张三,户主\n");
  assert_rows (f, "2 undecided: Neither a household number nor the head’s ID number is given\n");
}

#define LATER HEADERS \
  "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,1980-01-02,13800000009\n" \
  "XM-1,名山街道,白沙沱社区,一般农户,李四,配偶,$2,1981年3月4日,13800000009\n" \
  "XM-2,名山街道,白沙沱社区,脱贫户,王五,户主,$3,1980/1/2,13800000002\n"

/* What the table says as before writes nothing, whatever the team typed; what it says anew is written, unless the team typed something else:
 * then both are kept for a person. */
static void
test_later (Fixture *f, gconstpointer data)
{
  import_quietly (f, TWO_HOUSEHOLDS);
  g_autofree char *one = find (f, "household", "code", "XM-1");
  g_autofree char *two = find (f, "household", "code", "XM-2");
  type_in (f, "household", one, "nickname", "三哥");
  type_in (f, "household", two, "phone", "13811111111");
  gint64 changes = tables_store_count (f->store, "change");
  g_autoptr (JsonObject) report = import_csv (f, LATER);
  assert_rows (f, "2 changed\n3 same\n4 same\n");
  g_assert_cmpint (tables_store_count (f->store, "change"), ==, changes + 1);
  assert_field (f, "household", "code", "XM-1", "phone", "\"13800000009\"");
  assert_field (f, "household", "code", "XM-2", "phone", "\"13811111111\"");
  g_assert_cmpuint (n_conflicts (f), ==, 0);
}

static void
test_conflict (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  import_quietly (f, TWO_HOUSEHOLDS);
  g_autofree char *one = find (f, "household", "code", "XM-1");
  type_in (f, "household", one, "phone", "13811111111");
  gint64 changes = tables_store_count (f->store, "change");
  g_autoptr (JsonObject) report = import_csv (f, LATER);
  g_assert_cmpint (zf_json_get_int (report, "conflicts", 0), ==, 1);
  g_assert_cmpint (tables_store_count (f->store, "change"), ==, changes);
  assert_field (f, "household", "code", "XM-1", "phone", "\"13811111111\"");
  g_autoptr (GPtrArray) conflicts = zf_ledger_conflicts (zf_store_reader (f->store), TRUE, &error);
  g_assert_cmpuint (conflicts->len, ==, 1);
  JsonObject *conflict = g_ptr_array_index (conflicts, 0);
  g_assert_cmpstr (zf_json_get_string (conflict, "of", NULL), ==, one);
  g_assert_cmpstr (zf_json_get_string (conflict, "g", NULL), ==, "phone");
  g_assert_cmpstr (zf_json_get_string (conflict, "base", NULL), ==, "13800000001");
  g_assert_cmpstr (zf_json_get_string (zf_json_get_object (conflict, "theirs"), "v", NULL), ==, "13811111111");
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (zf_json_get_array (conflict, "mine"), 0), "v", NULL), ==, "13800000009");
  /* The same table again brings no second one. */
  g_autofree char *before = tables_store_hash (f->store);
  import_quietly (f, LATER);
  g_autofree char *after = tables_store_hash (f->store);
  g_assert_cmpstr (before, ==, after);
}

/* The change travels with what the last table said as its base: a county that heard otherwise sees the conflict. */
static void
test_base_in_log (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  import_quietly (f, TWO_HOUSEHOLDS);
  import_quietly (f, LATER);
  g_autofree char *one = find (f, "household", "code", "XM-1");
  g_autoptr (GPtrArray) history = zf_reader_history (zf_store_reader (f->store), one, &error);
  g_assert_cmpuint (history->len, ==, 2);
  JsonArray *pair = zf_json_get_array (zf_json_get_object (g_ptr_array_index (history, 1), "f"), "phone");
  g_assert_cmpstr (json_array_get_string_element (pair, 0), ==, "13800000001");
  g_assert_cmpstr (json_array_get_string_element (pair, 1), ==, "13800000009");
}

/* Numbers and names change on either side: the row still leads to the person it led to before. */
static void
test_corrected_numbers (Fixture *f, gconstpointer data)
{
  import_quietly (f, TWO_HOUSEHOLDS);
  g_autofree char *person = find (f, "person", "name", "李四");
  g_autofree char *home = find (f, "household", "code", "XM-2");
  type_in (f, "person", person, "name", "李思");
  type_in (f, "household", home, "code", "XM-2B");
  g_autofree char *before = tables_store_hash (f->store);
  import_quietly (f, TWO_HOUSEHOLDS);
  g_autofree char *after = tables_store_hash (f->store);
  g_assert_cmpstr (before, ==, after);
  /* The office corrects an ID number: same name and birth, so the same person. */
  import_quietly (f, HEADERS "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$5,1980-01-02,13800000001\n"
                             "XM-1,名山街道,白沙沱社区,一般农户,李四,配偶,$2,1981年3月4日,13800000001\n");
  assert_rows (f, "2 changed\n3 same\n");
  g_autofree char *expected = g_strdup_printf ("\"%s\"", f->id[4]);
  assert_field (f, "person", "name", "张三", "id_number", expected);
}

/* A household that a team made before any roster named it: empty fields are filled, differing ones are asked. */
static void
test_first_over_own (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  import_quietly (f, TWO_HOUSEHOLDS);
  ZfRosterOptions other = { .source = "other office" };
  g_autofree char *path = write_csv (f, HEADERS ",,,,,,,,\nXM-1,名山街道,白沙沱社区,脱贫户,张三,户主,$1,1980-01-02,13800000001\n");
  g_autoptr (JsonObject) report = import_path (f, path, &other, &error);
  g_assert_no_error (error);
  g_assert_cmpint (zf_json_get_int (report, "conflicts", 0), ==, 1);
  assert_field (f, "household", "code", "XM-1", "class", "\"ordinary\"");
  assert_count (report, "persons", "missing", 1);
  /* 李四 is still here. */
  g_autofree char *kept = find (f, "person", "name", "李四");
  g_assert_nonnull (kept);
}

static void
test_undecided (Fixture *f, gconstpointer data)
{
  import_quietly (f, TWO_HOUSEHOLDS);
  import_quietly (f, HEADERS "XM-8,名山街道,白沙沱社区,一般农户,陈一,户主,$4,,\n"
                             "XM-8,名山街道,白沙沱社区,一般农户,李四,其他,$2,,\n"
                             "XM-9,名山街道,白沙沱社区,脱贫户,王五,户主,$3,,\n");
  assert_rows (f, "2 undecided\n3 undecided: This person is recorded here in another household\n"
                  "4 undecided: The head’s ID number is recorded here under another household number\n");
  g_assert_cmpint (tables_store_count (f->store, "record WHERE kind = 'household'"), ==, 2);
}

static void
test_ended (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  import_quietly (f, TWO_HOUSEHOLDS);
  g_autoptr (ZfSave) save = zf_save_new ("team", FALSE);
  g_autofree char *home = find (f, "household", "code", "XM-2");
  g_autofree char *person = find (f, "person", "name", "李四");
  zf_save_delete (save, "household", home, "ended");
  zf_save_delete (save, "person", person, "ended");
  g_assert_true (zf_store_commit (f->store, save, &error));
  import_quietly (f, LATER);
  assert_rows (f, "2 changed\n3 undecided: This person was taken out here\n4 undecided: This household was ended here\n");
}

static void
test_map (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *map = tables_temp_path ("map.json");
  g_autofree char *path = write_csv (f, "A栏,B栏,C栏,D栏,联系电话\n白沙沱社区,张三,户主,$1,13800000001\n");
  ZfRosterOptions options = { .map_path = map };
  g_assert_true (g_file_set_contents (map, "{\"A栏\":\"village\",\"B栏\":\"person.name\",\"C栏\":\"person.relation\",\"D栏\":\"person.id_number\","
                                           "\"联系电话\":\"person.phone\"}", -1, NULL));
  g_autoptr (JsonObject) report = import_path (f, path, &options, &error);
  g_assert_no_error (error);
  assert_count (report, "persons", "new", 1);
  assert_field (f, "person", "name", "张三", "phone", "\"13800000001\"");
  static const char *const bad[] = { "{\"A栏\":\"person.nothing\"}", "{\"Z栏\":\"village\"}", "[1]" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) local = NULL;
      g_autofree char *text = g_strdup_printf ("%s", bad[i]);
      g_assert_true (g_file_set_contents (map, text, -1, NULL));
      g_assert_null (import_path (f, path, &options, &local));
      g_assert_error (local, ZF_TABLE_ERROR, ZF_TABLE_ERROR_HEADER);
    }
}

/* Each of these ends in one error and leaves the store as it was. */
static void
test_unusable (Fixture *f, gconstpointer data)
{
  static const struct { const char *name; int code; } files[] = {
    { "truncated.xlsx", ZF_TABLE_ERROR_FORMAT }, { "wrong-sheet.xlsx", ZF_TABLE_ERROR_HEADER }, { "formula-all.xlsx", ZF_TABLE_ERROR_FORMAT },
    { "bomb.xlsx", ZF_TABLE_ERROR_FORMAT },      { "parts.xlsx", ZF_TABLE_ERROR_HEADER },       { "id-number.xlsx", ZF_TABLE_ERROR_FORMAT },
    { "huge.xlsx", ZF_TABLE_ERROR_LIMIT },       { "flipped.xlsx", ZF_TABLE_ERROR_FORMAT },
  };
  g_autofree char *before = tables_store_hash (f->store);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = tables_sheet_path (files[i].name);
      g_assert_null (import_path (f, path, NULL, &error));
      g_test_message ("%s: %s", files[i].name, error->message);
      g_assert_error (error, ZF_TABLE_ERROR, files[i].code);
      g_assert_null (strchr (error->message, '\n'));
    }
  g_autofree char *after = tables_store_hash (f->store);
  g_assert_cmpstr (before, ==, after);
}

static void
test_workbooks (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "roster.xlsx", "roster.xls" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = tables_sheet_path (names[i]);
      g_autoptr (JsonObject) report = import_path (f, path, NULL, &error);
      g_assert_no_error (error);
      assert_count (report, "households", i == 0 ? "new" : "same", 2);
      assert_count (report, "persons", i == 0 ? "new" : "same", 3);
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *path = tables_sheet_path ("formula-one.xlsx");
  g_autoptr (JsonObject) report = import_path (f, path, NULL, &error);
  g_assert_no_error (error);
  assert_rows (f, "4 same\n5 same\n6 refused 联系电话: The formula in this cell gives an error\n");
}

/* The reasons name no value of the table: they end up in reports and logs. */
static void
test_silent (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonObject) report = import_csv (f, HEADERS "XM-1,名山街道,白沙沱社区,一般农户,张三,户主,$1,,10086\n"
                                                         "XM-2,名山街道,白沙沱社区,一般农户,王五,户主,$2,,\n");
  g_autofree char *text = zf_json_canonical_object (report);
  g_assert_null (strstr (text, "10086"));
  g_assert_null (strstr (text, "张三"));
  g_assert_null (strstr (text, f->id[0]));
}

#define ADD(name, func) g_test_add ("/roster/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tables_fixture_begin ();
  ADD ("plain", test_plain);
  ADD ("twice", test_twice);
  ADD ("dry-run", test_dry_run);
  ADD ("as-offices-write", test_as_offices_write);
  ADD ("two-header-rows", test_two_header_rows);
  ADD ("dates", test_dates);
  ADD ("bad-rows", test_bad_rows);
  ADD ("contradictions", test_contradictions);
  ADD ("scattered", test_scattered);
  ADD ("no-code", test_no_code);
  ADD ("later", test_later);
  ADD ("conflict", test_conflict);
  ADD ("base-in-log", test_base_in_log);
  ADD ("corrected-numbers", test_corrected_numbers);
  ADD ("first-over-own", test_first_over_own);
  ADD ("undecided", test_undecided);
  ADD ("ended", test_ended);
  ADD ("map", test_map);
  ADD ("unusable", test_unusable);
  ADD ("workbooks", test_workbooks);
  ADD ("silent", test_silent);
  int result = g_test_run ();
  tables_fixture_end ();
  return result;
}
