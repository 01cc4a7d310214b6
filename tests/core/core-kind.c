/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-error.h"
#include "zf-json.h"
#include "zf-record.h"

#include <glib/gstdio.h>
#include <string.h>

static ZfKinds *
load_fixture (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "fixtures", "data", NULL);
  ZfKinds *kinds = zf_kinds_load (data, &error);

  g_assert_no_error (error);
  return kinds;
}

static void
test_registry (void)
{
  g_autoptr (ZfKinds) kinds = load_fixture ();
  g_autoptr (GPtrArray) all = zf_kinds_list (kinds);
  g_autoptr (GPtrArray) children = zf_kinds_children (kinds, "household");
  static const char *const order[] = { "village", "household", "visit", "photo", "helper", "income" };

  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpstr (zf_kind_name (all->pdata[i]), ==, order[i]);
  g_assert_cmpuint (children->len, ==, 3);
  g_assert_null (zf_kinds_get (kinds, "nothing"));
  g_assert_null (zf_kinds_get (kinds, NULL));
}

static void
test_getters (void)
{
  g_autoptr (ZfKinds) kinds = load_fixture ();
  const ZfKind *household = zf_kinds_get (kinds, "household");
  const ZfKind *visit = zf_kinds_get (kinds, "visit");
  const char *lat, *lon;

  g_assert_cmpstr (zf_kind_title (household, "zh"), ==, "农户");
  g_assert_cmpstr (zf_kind_title (household, "en"), ==, "Household");
  g_assert_cmpstr (zf_kind_version (household), ==, "2026112301");
  g_assert_cmpstr (zf_kind_parent_kind (household), ==, "village");
  g_assert_cmpstr (zf_kind_parent_field (household), ==, "village");
  g_assert_null (zf_kind_parent_kind (zf_kinds_get (kinds, "village")));
  g_assert_true (zf_kind_append_only (visit));
  g_assert_false (zf_kind_append_only (household));
  g_assert_true (zf_kind_server_only (zf_kinds_get (kinds, "village")));
  g_assert_true (zf_kind_is_ledger (zf_kinds_get (kinds, "helper")));
  g_assert_cmpstr (zf_kind_date_field (visit), ==, "date");
  g_assert_null (zf_kind_date_field (household));
  g_assert_cmpstr (zf_kind_label_field (household), ==, "name");
  g_assert_true (zf_kind_place (household, &lat, &lon));
  g_assert_cmpstr (lat, ==, "lat");
  g_assert_cmpstr (lon, ==, "lon");
  g_assert_false (zf_kind_place (visit, NULL, NULL));
  g_assert_nonnull (zf_kind_search (household));
  g_assert_null (zf_kind_search (visit));
  /* One of its answers also goes elsewhere: the row that says what nobody asked about comes with it. */
  g_assert_cmpuint (json_array_get_length (zf_kind_survey (visit)), ==, 4);
}

static void
test_fields (void)
{
  static const struct { const char *kind, *name; ZfFieldType type; } types[] = {
    { "household", "name", ZF_FIELD_TEXT }, { "household", "people", ZF_FIELD_INTEGER }, { "household", "income", ZF_FIELD_MONEY },
    { "household", "land", ZF_FIELD_DECIMAL }, { "household", "since", ZF_FIELD_DATE }, { "household", "met", ZF_FIELD_TIME_MS },
    { "household", "class", ZF_FIELD_SELECT_ONE }, { "household", "water", ZF_FIELD_SET }, { "household", "helper", ZF_FIELD_REF },
    { "household", "per_head", ZF_FIELD_MONEY }, { "household", "remark", ZF_FIELD_TEXT }, { "household", "village", ZF_FIELD_REF },
    { "visit", "supersedes", ZF_FIELD_REF }, { "visit", "why", ZF_FIELD_TEXT }, { "income", "total", ZF_FIELD_MONEY },
  };
  g_autoptr (ZfKinds) kinds = load_fixture ();
  const ZfKind *household = zf_kinds_get (kinds, "household");

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const ZfField *field = zf_kind_field (zf_kinds_get (kinds, types[i].kind), types[i].name);

      g_assert_nonnull (field);
      g_assert_cmpint ((int) field->type, ==, (int) types[i].type);
      g_assert_nonnull (field->row);
    }
  g_assert_null (zf_kind_field (household, "n1"));
  g_assert_null (zf_kind_field (household, "g1"));
  g_assert_null (zf_kind_field (household, "supersedes"));
  g_assert_cmpstr (zf_kind_field (household, "village")->ref_kind, ==, "village");
  g_assert_cmpstr (zf_kind_field (household, "helper")->ref_kind, ==, "helper");
  g_assert_cmpstr (zf_kind_field (zf_kinds_get (kinds, "visit"), "supersedes")->ref_kind, ==, "visit");
  g_assert_cmpstr (zf_kind_field (household, "lat")->group, ==, "position");
  g_assert_true (zf_kind_field (household, "lat")->grouped);
  g_assert_cmpstr (zf_kind_field (household, "phone")->group, ==, "phone");
  g_assert_false (zf_kind_field (household, "phone")->grouped);
  g_assert_true (zf_kind_field (household, "name")->column);
  g_assert_false (zf_kind_field (household, "phone")->column);
  g_assert_true (zf_kind_field (household, "phone")->sensitive);
  g_assert_false (zf_kind_field (household, "name")->sensitive);
}

static void
test_labels (void)
{
  g_autoptr (ZfKinds) kinds = load_fixture ();
  const ZfKind *household = zf_kinds_get (kinds, "household");

  g_assert_cmpstr (zf_kind_choice_label (household, "sex", "1", "zh"), ==, "男");
  g_assert_cmpstr (zf_kind_choice_label (household, "sex", "1", "en"), ==, "Male");
  g_assert_cmpstr (zf_kind_choice_label (household, "sex", "9", "zh"), ==, "9");
  /* The kind's own sheet goes before the shared list of the same name. */
  g_assert_cmpuint (zf_kind_choices (household, "yes_no")->len, ==, 1);
  g_assert_cmpstr (zf_kind_choice_label (household, "yes_no", "maybe", "zh"), ==, "Maybe");
  g_assert_cmpuint (zf_kind_choices (zf_kinds_get (kinds, "visit"), "yes_no")->len, ==, 2);
  g_assert_null (zf_kind_choices (household, "none"));
  g_assert_cmpstr (zf_row_text (zf_kind_field (household, "name")->row, "label", "zh"), ==, "户主");
  g_assert_null (zf_row_text (zf_kind_field (household, "name")->row, "hint", "zh"));

  /* The language asked for, none, any. */
  g_autoptr (JsonObject) row = json_object_new ();
  json_object_set_string_member (row, "hintless::français (fr)", "x");
  json_object_set_string_member (row, "hint::français (fr)", "le nom");
  g_assert_cmpstr (zf_row_text (row, "hint", "zh"), ==, "le nom");
  json_object_set_string_member (row, "hint", "name");
  g_assert_cmpstr (zf_row_text (row, "hint", "en"), ==, "name");
  json_object_set_string_member (row, "hint::English", "the name");
  g_assert_cmpstr (zf_row_text (row, "hint", "en"), ==, "the name");
  g_assert_cmpstr (zf_row_text (row, "hint", "zh"), ==, "name");
}

static void
assert_value (const ZfKind *kind, const char *field, const char *value, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = zf_json_parse (value, -1, &error);
  g_autoptr (JsonNode) normal = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  normal = zf_kind_check_value (kind, zf_kind_field (kind, field), node, &error);
  if (expected == NULL)
    {
      g_assert_null (normal);
      g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, field));
      return;
    }
  g_assert_no_error (error);
  text = zf_json_canonical (normal);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_values (void)
{
  static const struct { const char *field, *value, *expected; } cases[] = {
    { "name", "\"张\"", "\"张\"" }, { "name", "\"\"", "null" }, { "name", "null", "null" }, { "name", "7", NULL }, { "name", "[]", NULL }, { "name", "{}", NULL },
    { "people", "4", "4" }, { "people", "\"4\"", "4" }, { "people", "\"4.0\"", "4" }, { "people", "\"4.5\"", NULL }, { "people", "\"four\"", NULL }, { "people", "true", NULL },
    { "land", "\"12.30\"", "\"12.3\"" }, { "land", "12", "\"12\"" }, { "land", "\"1e3\"", NULL }, { "land", "\"1234567890.1234567\"", NULL },
    { "income", "680000", "680000" }, { "income", "\"6800\"", NULL }, { "income", "[1]", NULL },
    { "since", "\"2026-02-28\"", "\"2026-02-28\"" }, { "since", "\"2026-02-29\"", NULL }, { "since", "\"2026-2-28\"", NULL }, { "since", "\"2026-02-28 \"", NULL },
    { "since", "\"20-6-02-28\"", NULL }, { "since", "20260228", NULL },
    { "met", "1790000000000", "1790000000000" }, { "met", "\"2026-01-01\"", NULL },
    { "sex", "\"1\"", "\"1\"" }, { "sex", "1", "\"1\"" }, { "sex", "\"3\"", NULL }, { "sex", "[\"1\"]", NULL },
    { "water", "[\"well\",\"tap\",\"well\"]", "[\"tap\",\"well\"]" }, { "water", "\"well tap\"", "[\"tap\",\"well\"]" }, { "water", "[]", "null" },
    { "water", "[\"river\"]", NULL }, { "water", "[1]", NULL }, { "water", "7", NULL },
    { "helper", "\"01a0c449-bc00-7abc-8def-0123456789ab\"", "\"01a0c449-bc00-7abc-8def-0123456789ab\"" }, { "helper", "\"someone\"", NULL },
  };
  g_autoptr (ZfKinds) kinds = load_fixture ();
  const ZfKind *household = zf_kinds_get (kinds, "household");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_value (household, cases[i].field, cases[i].value, cases[i].expected);
}

/* Messages go to logs: no value of a person stands in them. */
static void
test_no_value_in_message (void)
{
  g_autoptr (ZfKinds) kinds = load_fixture ();
  const ZfKind *household = zf_kinds_get (kinds, "household");
  g_autoptr (JsonNode) value = zf_json_string ("canary-99999919880101001X");
  g_autoptr (GError) error = NULL;

  g_assert_null (zf_kind_check_value (household, zf_kind_field (household, "helper"), value, &error));
  g_assert_null (strstr (error->message, "canary"));
}

static void
test_make_id (void)
{
  g_autoptr (ZfKinds) kinds = load_fixture ();
  const ZfKind *income = zf_kinds_get (kinds, "income");
  g_autoptr (JsonObject) fields = zf_json_parse_object ("{\"household\":\"h\",\"year\":2026,\"total\":5}", -1, NULL);
  g_autoptr (JsonObject) same = zf_json_parse_object ("{\"household\":\"h\",\"year\":2026,\"total\":9}", -1, NULL);
  g_autoptr (JsonObject) part = zf_json_parse_object ("{\"household\":\"h\"}", -1, NULL);
  g_autofree char *id = zf_kind_make_id (income, fields);
  g_autofree char *same_id = zf_kind_make_id (income, same);

  g_assert_cmpstr (id, ==, "fb7dda8c-b87b-85db-8ec8-a5642c35b0d5");
  g_assert_cmpstr (id, ==, same_id);
  g_assert_null (zf_kind_make_id (income, part));
  g_assert_null (zf_kind_make_id (zf_kinds_get (kinds, "household"), fields));
}

static void
test_display (void)
{
  static const struct { const char *field, *zh, *en; } cases[] = {
    { "name", "张国华", "张国华" }, { "class", "边缘易致贫户", "Marginal" }, { "water", "自来水、井水", "Tap, Well" }, { "income", "6800.5\u00a0元", "6800.5\u00a0yuan" },
    { "since", "2026年1月5日", "2026-01-05" }, { "met", "2026年9月21日 22:13", "2026-09-21 22:13" }, { "people", "4", "4" }, { "phone", "", "" }, { "unknown", "[1]", "[1]" },
  };
  g_autoptr (ZfKinds) kinds = load_fixture ();
  g_autoptr (ZfRecord) record = g_new0 (ZfRecord, 1);

  record->kind = zf_kinds_get (kinds, "household");
  record->fields = zf_json_parse_object ("{\"name\":\"张国华\",\"class\":\"marginal\",\"water\":[\"tap\",\"well\"],\"income\":680050,"
                                         "\"since\":\"2026-01-05\",\"met\":1790000000000,\"people\":4,\"unknown\":[1]}", -1, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *zh = zf_record_display (record, cases[i].field, "zh");
      g_autofree char *en = zf_record_display (record, cases[i].field, "en");

      g_assert_cmpstr (zh, ==, cases[i].zh);
      g_assert_cmpstr (en, ==, cases[i].en);
    }
  g_assert_cmpstr (zf_record_get_string (record, "name", "-"), ==, "张国华");
  g_assert_cmpint (zf_record_get_int (record, "people", -1), ==, 4);
  g_assert_cmpint (zf_record_get_int (record, "name", -1), ==, -1);
}

/* Loads one kind file t.json with @kind settings and @survey rows; the error must name @named. */
static void
assert_file_refused (const char *kind, const char *survey, const char *named)
{
  g_autofree char *dir = g_dir_make_tmp ("zf-kind-XXXXXX", NULL);
  g_autofree char *forms = g_build_filename (dir, "forms", NULL);
  g_autofree char *lists = g_build_filename (dir, "codelists", NULL);
  g_autofree char *path = g_build_filename (forms, "t.json", NULL);
  g_autofree char *text = g_strdup_printf ("{\"settings\":[{\"form_title\":\"t\",\"version\":\"1\"}],\"kind\":{%s},\"survey\":[%s],"
                                           "\"choices\":[{\"list_name\":\"l\",\"name\":\"a\"}]}", kind, survey);
  g_autoptr (GError) error = NULL;
  ZfKinds *kinds;

  g_assert_cmpint (g_mkdir (forms, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (lists, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  kinds = zf_kinds_load (dir, &error);
  g_unlink (path);
  g_rmdir (forms);
  g_rmdir (lists);
  g_rmdir (dir);
  if (named == NULL)
    {
      g_assert_no_error (error);
      g_object_unref (kinds);
      return;
    }
  g_assert_null (kinds);
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
  if (strstr (error->message, "t.json") == NULL || strstr (error->message, named) == NULL)
    g_error ("“%s” does not name t.json and %s", error->message, named);
}

#define T "\"name\":\"t\""
#define A "{\"type\":\"text\",\"name\":\"a\"}"

static void
test_bad_files (void)
{
  static const struct { const char *kind, *survey, *named; } cases[] = {
    { T, A, NULL },
    { T ",\"server_only\":true", "{\"type\":\"begin_group\",\"name\":\"g\"}," A ",{\"type\":\"end_group\"}", NULL },
    { "\"name\":\"u\"", A, "u" },
    { T, A "," A, "row 2" },
    { T, "{\"type\":\"geotrace\",\"name\":\"a\"}", "geotrace" },
    { T, "{\"type\":\"begin_repeat\",\"name\":\"r\"}," A ",{\"type\":\"end_repeat\"}", NULL },
    { T, "{\"type\":\"begin_repeat\",\"name\":\"r\"}," A, "r" },
    { T, "{\"type\":\"begin_repeat\"}," A ",{\"type\":\"end_repeat\"}", "row 1" },
    { T, A ",{\"type\":\"end_repeat\"}", "end_repeat" },
    { T, "{\"type\":\"begin_repeat\",\"name\":\"r\",\"kind\":\"nowhere\"}," A ",{\"type\":\"end_repeat\"}", "nowhere" },
    { T, "{\"type\":\"select_one none\",\"name\":\"a\"}", "none" },
    { T, "{\"type\":\"select_one\",\"name\":\"a\"}", "row 1" },
    { T, "{\"type\":\"calculate\",\"name\":\"a\",\"calc_type\":\"blob\"}", "blob" },
    { T, "{\"type\":\"text\",\"name\":\"1a\"}", "1a" },
    { T, "{\"type\":\"text\",\"name\":\"a.b\"}", "a.b" },
    { T, "{\"type\":\"text\"}", "row 1" },
    { T, "7", "survey" },
    { T ",\"columns\":[\"b\"]", A, "b" },
    { T ",\"columns\":[7]", A, "columns" },
    { T ",\"sensitive\":[\"b\"]", A, "sensitive" },
    { T ",\"key\":[\"b\"]", A, "key" },
    { T ",\"date\":\"b\"", A, "date" },
    { T ",\"label\":\"b\"", A, "label" },
    { T ",\"groups\":{\"g\":[\"b\"]}", A, "b" },
    { T ",\"groups\":{\"g\":[\"a\"],\"h\":[\"a\"]}", A, "h" },
    { T ",\"groups\":{\"g\":[]}", A, "g" },
    { T ",\"groups\":{\"b\":[\"a\"]}", A ",{\"type\":\"text\",\"name\":\"b\"}", "b" },
    { T ",\"place\":[\"a\"]", A, "place" },
    { T ",\"place\":[\"a\",\"a\"]", A, "place" },
    { T ",\"search\":{\"b\":\"name\"}", A, "b" },
    { T ",\"search\":{\"a\":\"fast\"}", A, "a" },
    { T ",\"refs\":{\"a\":\"nowhere\"}", A, "nowhere" },
    { T ",\"refs\":{\"b\":\"t\"}", A, "b" },
    { T ",\"parent\":{\"kind\":\"nowhere\",\"field\":\"p\"}", A, "nowhere" },
    { T ",\"parent\":{\"kind\":\"t\",\"field\":\"p\"}", A, "ancestor" },
    { T ",\"parent\":{\"field\":\"p\"}", A, "parent" },
    { T ",\"colums\":[\"a\"]", A, "colums" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_file_refused (cases[i].kind, cases[i].survey, cases[i].named);
}

/* The kinds that are shipped load, and each has its Chinese and English name. */
static void
test_shipped (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), &error);
  g_autoptr (GPtrArray) all = NULL;

  g_assert_no_error (error);
  all = zf_kinds_list (kinds);
  g_assert_cmpuint (all->len, >=, 8);
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpstr (zf_kind_title (all->pdata[i], "zh"), !=, zf_kind_title (all->pdata[i], "en"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind/registry", test_registry);
  g_test_add_func ("/kind/getters", test_getters);
  g_test_add_func ("/kind/fields", test_fields);
  g_test_add_func ("/kind/labels", test_labels);
  g_test_add_func ("/kind/values", test_values);
  g_test_add_func ("/kind/no-value-in-message", test_no_value_in_message);
  g_test_add_func ("/kind/make-id", test_make_id);
  g_test_add_func ("/kind/display", test_display);
  g_test_add_func ("/kind/bad-files", test_bad_files);
  g_test_add_func ("/kind/shipped", test_shipped);
  return g_test_run ();
}
