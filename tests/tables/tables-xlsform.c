/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "tables-fixture.h"
#include "zf-form-media.h"
#include "zf-json.h"
#include "zf-xlsform-private.h"
#include "zf-xlsform-read.h"
#include "zf-xlsform-write.h"

static ZfKinds *kinds;

/* ---- Workbooks by hand ---- */

/* #1.50 a number, @2026-01-02 a day, !TRUE a boolean, =F a formula that fails; else text. */
static void
put_cell (lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *day)
{
  lxw_datetime date = { 0 };
  switch (text[0])
    {
    case '\0':
      break;
    case '#':
      worksheet_write_number (sheet, row, column, g_ascii_strtod (text + 1, NULL), NULL);
      break;
    case '@':
      g_assert_cmpint (sscanf (text, "@%d-%d-%d", &date.year, &date.month, &date.day), ==, 3);
      worksheet_write_datetime (sheet, row, column, &date, day);
      break;
    case '!':
      worksheet_write_boolean (sheet, row, column, g_str_equal (text, "!TRUE"), NULL);
      break;
    case '=':
      worksheet_write_formula_str (sheet, row, column, "=1/0", NULL, "#DIV/0!");
      break;
    default:
      worksheet_write_string (sheet, row, column, text, NULL);
    }
}

/* (transfer full): path of a workbook. @text: "[sheet]" begins a sheet, a line is a row (an empty one stays empty), "|" parts cells. */
static char *
make_book (const char *name, const char *text)
{
  char *path = tables_temp_path (name);
  lxw_workbook *book = workbook_new (path);
  lxw_format *day = workbook_add_format (book);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  lxw_worksheet *sheet = NULL;
  lxw_row_t row = 0;
  format_set_num_format (day, "yyyy-mm-dd");
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i][0] == '[')
        {
          lines[i][strlen (lines[i]) - 1] = '\0';
          sheet = workbook_add_worksheet (book, lines[i] + 1);
          row = 0;
          continue;
        }
      g_auto (GStrv) cells = g_strsplit (lines[i], "|", -1);
      for (guint c = 0; cells[c] != NULL; c++)
        put_cell (sheet, row, (lxw_col_t) c, cells[c], day);
      row++;
    }
  g_assert_cmpint (workbook_close (book), ==, LXW_NO_ERROR);
  return path;
}

static ZfXlsform *
read_book (const char *text, const char *parent)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = make_book ("试用表-1.xlsx", text);
  ZfXlsform *form = zf_xlsform_read (path, kinds, parent, &error);
  g_assert_no_error (error);
  return form;
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = zf_json_parse_object (text, -1, &error);
  g_assert_no_error (error);
  return object;
}

static void
assert_same (JsonObject *a, JsonObject *b)
{
  g_autofree char *x = zf_json_canonical_object (a);
  g_autofree char *y = zf_json_canonical_object (b);
  g_assert_cmpstr (x, ==, y);
}

static void
assert_file (ZfXlsform *form, const char *expected)
{
  g_autoptr (JsonObject) want = parse (expected);
  assert_same (zf_xlsform_file (form), want);
}

/* Out and in again: (transfer full). */
static ZfXlsform *
round_trip (JsonObject *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = tables_temp_path ("round.xlsx");
  g_assert_true (zf_xlsform_write (file, kinds, path, &error));
  g_assert_no_error (error);
  ZfXlsform *form = zf_xlsform_read (path, kinds, NULL, &error);
  g_assert_no_error (error);
  assert_same (zf_xlsform_file (form), file);
  return form;
}

/* ---- Lossless ---- */

static void
test_shipped (void)
{
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);
  g_assert_cmpuint (list->len, >, 15);
  for (guint i = 0; i < list->len; i++)
    {
      g_autoptr (ZfXlsform) form = round_trip (zf_kind_file (list->pdata[i]));
      g_assert_cmpuint (zf_xlsform_notes (form)->len, ==, 0);
    }
}

/* What a person reads parses as the same, and reading it gives the rows in their order. */
static void
test_text (void)
{
  JsonObject *file = zf_kind_file (zf_kinds_get (kinds, "visit"));
  g_autofree char *text = zf_xlsform_text (file);
  g_autoptr (JsonObject) again = parse (text);
  assert_same (again, file);
  g_assert_true (g_str_has_prefix (text, "{\n  \"settings\": [{\"form_title\": \"走访\", "));
  g_assert_nonnull (strstr (text, "\n    {\"type\": \"begin_group\", \"name\": "));
}

#define SETTINGS "\"settings\": [{\"form_title\": \"t\", \"form_id\": \"f\", \"version\": \"1\"}], "
#define QUESTION "{\"type\": \"text\", \"name\": \"a\"}"

/* Texts that a spreadsheet would like to mean something else. */
static void
test_odd_texts (void)
{
  static const char *const texts[] = { "=1+1", "01", "1.50", "TRUE", "  two  ", "a\\nb\\r\\nc\\td", "_x000D_ _x0041__x005F_", "\\u0001\\u001f", "{curly}",
                                       "#REF", "2026-11-03", "<&>\\\"'", "😀 𠮷", "@", "'" };
  g_autoptr (GString) json = g_string_new ("{" SETTINGS "\"kind\": {\"name\": \"f\"}, \"survey\": [" QUESTION);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_string_append_printf (json, ", {\"type\": \"note\", \"name\": \"n%u\", \"label::中文\": \"%s\", \"Own column\": \"%s\"}", i, texts[i], texts[i]);
  g_string_append (json, "], \"choices\": [], \"sheets\": {\"说明\": [[\"\", \"b\"], [\"01\", \"\", \"=x\"]], \"osm\": [[\"name\"], [\"building\"]]}}");
  g_autoptr (JsonObject) file = parse (json->str);
  g_autoptr (ZfXlsform) form = round_trip (file);
}

static void
test_settings (void)
{
  g_autoptr (JsonObject) file = parse ("{" SETTINGS "\"kind\": {\"name\": \"f\", \"order\": 12, \"key\": null, \"ledger\": true, \"date\": \"true\","
                                       "\"label\": \"12\", \"columns\": [\"a\"], \"groups\": {\"g\": [\"a\", \"b\"]}, \"roles\": {},"
                                       "\"w1\": \"[a\", \"w2\": \"\", \"w3\": \"TRUE\", \"w4\": \" x\", \"w5\": \"null\", \"w6\": \"\\\"q\\\"\"},"
                                       "\"survey\": [" QUESTION "], \"choices\": []}");
  g_autoptr (ZfXlsform) form = round_trip (file);
}

/* ---- Spellings ---- */

static void
test_aliases (void)
{
  g_autoptr (ZfXlsform) form = read_book (
    "[ Survey]\n"
    "Type| NAME |label：：中文|label::English (en)|caption|relevance|readonly|Constraint  Message|calculate|Required|bind::type|bind::jr:constraintMsg::en|body:appearance|image|instance::x|Notes|label:français (fr)\n"
    "\n"
    "begin  group|g|组\n"
    "TEXT| head |户主|Head|h|${a} = 1|!TRUE|不对| 1 + 1|Yes|string|Wrong|minimal|a.png|7|说 明|Nom\n"
    "select one from sex or specify other|sex||||||||!FALSE\n"
    "select all that apply from Lists_A|many\n"
    "add select one prompt using yes_no|one|||||||||||||\n"
    "select1 yes_no|two\n"
    "rank  yes_no|three\n"
    "select_one_from_file towns.csv|four\n"
    "Date Time|when\n"
    "int|n||||||||true\n"
    "location|where\n"
    "phone number|p\n"
    "photo|pic|||\n"
    "end_group\n"
    "BEGIN REPEAT|r\n"
    "end repeat\n"
    "[choices]\n"
    "list name|value|label::zh|label:English|audio|other\n"
    "sex|#1|男|Male||#0.50\n"
    "|\n"
    "sex|#2.0|女|Female|f.wav|!TRUE\n"
    "[Settings]\n"
    "form title|id_string|version|default_language|style\n"
    "花名册|My form-2|#2026112301|Chinese (zh)|pages\n", "household");
  assert_file (form,
    "{\"settings\": [{\"form_title\": \"花名册\", \"form_id\": \"My form-2\", \"version\": \"2026112301\", \"default_language\": \"中文\", \"style\": \"pages\"}],"
    "\"kind\": {\"name\": \"my_form_2\", \"parent\": {\"kind\": \"household\", \"field\": \"household\"}, \"ledger\": true, \"label\": \"head\", \"columns\": [\"head\"]},"
    "\"survey\": ["
    "{\"type\": \"begin_group\", \"name\": \"g\", \"label::中文\": \"组\"},"
    "{\"type\": \"text\", \"name\": \"head\", \"label::中文\": \"户主\", \"label::English\": \"Head\", \"label\": \"h\", \"relevant\": \"${a} = 1\", \"read_only\": \"yes\","
    " \"constraint_message\": \"不对\", \"calculation\": \" 1 + 1\", \"required\": \"yes\", \"bind::type\": \"string\", \"constraint_message::English\": \"Wrong\","
    " \"appearance\": \"minimal\", \"media::image\": \"a.png\", \"instance::x\": \"7\", \"Notes\": \"说 明\", \"label::français (fr)\": \"Nom\"},"
    "{\"type\": \"select_one sex or_other\", \"name\": \"sex\", \"required\": \"no\"},"
    "{\"type\": \"select_multiple Lists_A\", \"name\": \"many\"},"
    "{\"type\": \"select_one yes_no\", \"name\": \"one\"},"
    "{\"type\": \"select_one yes_no\", \"name\": \"two\"},"
    "{\"type\": \"rank yes_no\", \"name\": \"three\"},"
    "{\"type\": \"select_one_from_file towns.csv\", \"name\": \"four\"},"
    "{\"type\": \"dateTime\", \"name\": \"when\"},"
    "{\"type\": \"integer\", \"name\": \"n\", \"required\": \"yes\"},"
    "{\"type\": \"geopoint\", \"name\": \"where\"},"
    "{\"type\": \"text\", \"name\": \"p\", \"appearance\": \"numbers\", \"constraint\": \"regex(., '^[0-9]*$')\"},"
    "{\"type\": \"image\", \"name\": \"pic\"},"
    "{\"type\": \"end_group\"},"
    "{\"type\": \"begin_repeat\", \"name\": \"r\"},"
    "{\"type\": \"end_repeat\"}],"
    "\"choices\": ["
    "{\"list_name\": \"sex\", \"name\": \"1\", \"label::中文\": \"男\", \"label::English\": \"Male\", \"other\": \"0.5\"},"
    "{\"list_name\": \"sex\", \"name\": \"2\", \"label::中文\": \"女\", \"label::English\": \"Female\", \"media::audio\": \"f.wav\", \"other\": \"TRUE\"}]}");
  g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
  g_autofree char *place = zf_xlsform_place_of (form, "survey", 1, "relevant");
  g_assert_cmpstr (place, ==, "“ Survey”, row 4, column F `relevant`");
  g_autofree char *choice = zf_xlsform_place_of (form, "choices", 1, "label::English");
  g_assert_cmpstr (choice, ==, "“choices”, row 4, column D `label::English`");
  g_autofree char *nothing = zf_xlsform_place_of (form, "choices", 2, NULL);
  g_assert_cmpstr (nothing, ==, "“choices”");
}

/* One spelling each; the second reading of it changes nothing. */
static void
test_names (void)
{
  static const struct { ZfXlsformSheet sheet; const char *header, *column; } headers[] = {
    { ZF_XLSFORM_SURVEY, "bind:relevant", "relevant" }, { ZF_XLSFORM_SURVEY, "bind:jr:constraintMsg", "constraint_message" },
    { ZF_XLSFORM_SURVEY, "control::jr:count", "repeat_count" }, { ZF_XLSFORM_SURVEY, "body:accuracyThreshold", "body::accuracyThreshold" },
    { ZF_XLSFORM_SURVEY, "media:image:English", "media::image::English" }, { ZF_XLSFORM_SURVEY, "Image :: 中文 (zh-CN)", "media::image::中文" },
    { ZF_XLSFORM_SURVEY, "label::中文繁體 (zh-Hant)", "label::中文繁體 (zh-Hant)" }, { ZF_XLSFORM_SURVEY, "a:b", "a:b" },
    { ZF_XLSFORM_SURVEY, "read only", "read_only" }, { ZF_XLSFORM_SURVEY, "instance::odk:length", "instance::odk:length" },
    { ZF_XLSFORM_CHOICES, "relevance", "relevance" }, { ZF_XLSFORM_SETTINGS, "form_title:en", "form_title::English" },
    { ZF_XLSFORM_SURVEY, "\u00a0type ", "type" }, { ZF_XLSFORM_SURVEY, "::", "::" }, { ZF_XLSFORM_SURVEY, "label::", "label::" },
  };
  static const char *const types[][2] = {
    { "select_one  from  x", "select_one x" }, { "Select_Multiple A or_other", "select_multiple A or_other" }, { "select one from", "select_one from" },
    { "select_one", "select_one" }, { "select_one a b c", "select_one a b c" }, { "select one external towns", "select_one_external towns" },
    { "dateTime", "dateTime" }, { "begin_Repeat", "begin_repeat" }, { "start-geopoint", "start-geopoint" }, { "selection", "selection" }, { "", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *column = zf_xlsform_column (headers[i].sheet, headers[i].header);
      g_autofree char *again = zf_xlsform_column (headers[i].sheet, column);
      g_assert_cmpstr (column, ==, headers[i].column);
      g_assert_cmpstr (again, ==, column);
    }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *type = zf_xlsform_type (types[i][0]);
      g_autofree char *again = zf_xlsform_type (type);
      g_assert_cmpstr (type, ==, types[i][1]);
      g_assert_cmpstr (again, ==, type);
    }
}

/* A form without any of the optional sheets, and cells of all types. */
static void
test_bare (void)
{
  g_autoptr (ZfXlsform) form = read_book ("[survey]\ntype|name|default|value of it\ndate|d|@2026-01-02|#1234567890123\ndecimal|n|#0.1|#-3\n"
                                          "[Sheet2]\n[说明]\n怎么填|\n|#5\n", NULL);
  assert_file (form, "{\"settings\": [{\"form_id\": \"试用表-1\", \"form_title\": \"试用表-1\", \"version\": \"1\"}], \"kind\": {\"name\": \"shiyongbiao_1\", \"parent\": {\"kind\": \"household\", \"field\": \"household\"}, \"ledger\": true, \"label\": \"d\", \"columns\": [\"d\"]},"
                     "\"survey\": [{\"type\": \"date\", \"name\": \"d\", \"default\": \"2026-01-02\", \"value of it\": \"1234567890123\"},"
                     "{\"type\": \"decimal\", \"name\": \"n\", \"default\": \"0.1\", \"value of it\": \"-3\"}], \"choices\": [],"
                     "\"sheets\": {\"说明\": [[\"怎么填\"], [\"\", \"5\"]]}}");
  g_assert_cmpuint (zf_xlsform_notes (form)->len, ==, 4);
  g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
  g_assert_cmpuint (zf_xlsform_notes (again)->len, ==, 1);
}

/* "value" is the name of a choice only where no column is called that. */
static void
test_weak (void)
{
  g_autoptr (ZfXlsform) form = read_book ("[survey]\ntype|name\ntext|a\n[choices]\nvalue|list_name|name\n9|l|x\n", NULL);
  JsonObject *row = json_array_get_object_element (zf_json_get_array (zf_xlsform_file (form), "choices"), 0);
  g_assert_cmpstr (zf_json_get_string (row, "name", NULL), ==, "x");
  g_assert_cmpstr (zf_json_get_string (row, "value", NULL), ==, "9");
}

static void
test_kind_sheet (void)
{
  g_autoptr (ZfXlsform) form = read_book ("[survey]\ntype|name\ntext|a\n[settings]\nversion\n2\n[kind]\nkey|value|why\nname|pupil\norder|#30\nledger|!TRUE\n"
                                          "parent|{\"kind\": \"household\", \"field\": \"home\"}|x\ncolumns|[\"a\"]\nkey|null\ndate|a\n", "household");
  g_autoptr (JsonObject) want = parse ("{\"name\": \"pupil\", \"order\": 30, \"ledger\": true, \"parent\": {\"kind\": \"household\", \"field\": \"home\"},"
                                       "\"columns\": [\"a\"], \"key\": null, \"date\": \"a\"}");
  assert_same (zf_json_get_object (zf_xlsform_file (form), "kind"), want);
}

/* ---- Pictures ---- */

/* One point. */
#define PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
#define SHOWS "[survey]\ntype|name|image|image::en\nnote|a|甲 1.png|b.png\n\nselect_one l|s\n[choices]\nlist_name|name|media::image\nl|1|b.png\n"

/* A file of the folder beside the workbook that make_book writes, @n bytes that begin as a PNG does; 0: all of it and no more. */
static void
put_picture (const char *name, gsize n)
{
  g_autofree char *folder = tables_temp_path ("试用表-1-media"), *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  gsize len = 0;
  g_autofree guchar *png = g_base64_decode (PNG, &len);
  g_autofree char *data = g_malloc0 (MAX (n, len));
  memcpy (data, png, len);
  g_mkdir (folder, 0700);
  g_file_set_contents (path, data, (gssize) (n > 0 ? n : len), &error);
  g_assert_no_error (error);
}

static void
drop_pictures (void)
{
  g_autofree char *folder = tables_temp_path ("试用表-1-media");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

/* In, out beside another workbook, and in again: the same bytes. */
static void
test_pictures (void)
{
  put_picture ("甲 1.png", 0);
  put_picture ("b.png", ZF_FORM_PICTURE_MAX);
  put_picture ("nobody.png", 0);
  g_autoptr (ZfXlsform) form = read_book (SHOWS, NULL);
  JsonObject *media = zf_json_get_object (zf_xlsform_file (form), ZF_FORM_MEDIA);
  g_assert_cmpuint (json_object_get_size (media), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (media, "甲 1.png"), ==, PNG);
  g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
  g_autofree char *first = tables_temp_path ("试用表-1-media/b.png"), *second = tables_temp_path ("round-media/b.png");
  g_autofree char *a = NULL, *b = NULL;
  gsize m = 0, n = 0;
  g_assert_true (g_file_get_contents (first, &a, &m, NULL) && g_file_get_contents (second, &b, &n, NULL));
  g_assert_cmpmem (a, m, b, n);
  drop_pictures ();
}

/* What is not there is told and left out. */
static void
test_pictures_missing (void)
{
  g_autoptr (ZfXlsform) form = read_book (SHOWS, NULL);
  GPtrArray *notes = zf_xlsform_notes (form);
  guint found = 0;
  g_assert_false (json_object_has_member (zf_xlsform_file (form), ZF_FORM_MEDIA));
  for (guint i = 0; i < notes->len; i++)
    found += strstr (notes->pdata[i], "there is no picture “b.png”") != NULL;
  g_assert_cmpuint (found, ==, 2);
  g_assert_cmpuint (g_ptr_array_find_with_equal_func (notes, "“survey”, row 2, column C `media::image`: there is no picture “甲 1.png” in the folder beside the workbook", g_str_equal, NULL), ==, TRUE);
}

static void
assert_refused (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = make_book ("试用表-1.xlsx", text);
  g_autoptr (ZfXlsform) form = zf_xlsform_read (path, kinds, NULL, &error);
  g_assert_null (form);
  g_assert_cmpstr (error->message, ==, message);
}

#define ONE(name) "[survey]\ntype|name|image\nnote|a|" name "\n"

static void
test_pictures_refused (void)
{
  g_autofree char *link = tables_temp_path ("试用表-1-media/link.png"), *secret = tables_temp_path ("secret.png");
  g_assert_true (g_file_set_contents (secret, "x", 1, NULL));
  put_picture ("large.png", ZF_FORM_PICTURE_MAX + 1);
  put_picture ("torn.png", 40);
  g_assert_cmpint (symlink (secret, link), ==, 0);
  for (char name[] = "1.png"; name[0] < '5'; name[0]++)
    put_picture (name, ZF_FORM_PICTURE_MAX);
  assert_refused (ONE ("large.png"), "“survey”, row 2, column C `media::image`: “large.png”: the picture is larger than 60 kB");
  assert_refused (ONE ("torn.png"), "“survey”, row 2, column C `media::image`: “torn.png”: The picture is damaged or of a kind that cannot be read.");
  assert_refused (ONE ("link.png"), "“survey”, row 2, column C `media::image`: “link.png”: the picture cannot be read");
  assert_refused (ONE ("../secret.png"), "“survey”, row 2, column C `media::image`: “../secret.png”: a picture is named by its file alone, without a folder");
  assert_refused (ONE ("1.png") "note|b|2.png\nnote|c|3.png\n",
                  "“survey”, row 4, column C `media::image`: “3.png”: the pictures up to this one are more than tablets take (200 kB)");
  drop_pictures ();
}

/* A kind file that somebody else made must not write where it wants. */
static void
test_pictures_not_written (void)
{
  static const char *const media[] = { "{\"../a.png\": \"" PNG "\"}", "{\"/tmp/a.png\": \"" PNG "\"}", "{\"a.png\": \"*\"}", "[]" };
  g_autofree char *path = tables_temp_path ("hostile.xlsx"), *folder = tables_temp_path ("hostile-media");
  for (guint i = 0; i < G_N_ELEMENTS (media); i++)
    {
      g_autofree char *text = g_strdup_printf ("{" SETTINGS "\"kind\": {\"name\": \"f\"}, \"survey\": [" QUESTION "], \"choices\": [], \"media\": %s}", media[i]);
      g_autoptr (JsonObject) file = parse (text);
      g_autoptr (GError) error = NULL;
      g_assert_false (zf_xlsform_write (file, kinds, path, &error));
      g_assert_nonnull (error);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (folder, G_FILE_TEST_EXISTS));
    }
}

/* ---- Shared lists ---- */

#define USES_SEX "[survey]\ntype|name\nselect_one sex|s\n[settings]\nversion\n1\n"

static guint
n_choices (ZfXlsform *form)
{
  return json_array_get_length (zf_json_get_array (zf_xlsform_file (form), "choices"));
}

static void
test_shared (void)
{
  GPtrArray *list = zf_kinds_shared_list (kinds, "sex");
  g_autoptr (ZfXlsform) form = read_book (USES_SEX, NULL);
  g_autofree char *path = tables_temp_path ("shared.xlsx");
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (n_choices (form), ==, 0);
  g_assert_true (zf_xlsform_write (zf_xlsform_file (form), kinds, path, &error));

  /* The list came along, marked. */
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, "choices", &error);
  const ZfCell *cells = NULL;
  guint n = 0, row = 0, rows = 0;
  for (; zf_sheet_next (sheet, &cells, &n, &row, &error); rows++)
    if (row > 1)
      {
        g_assert_cmpstr (cells[0].text, ==, "sex");
        g_assert_cmpstr (cells[2].text, ==, "yes");
      }
  g_assert_no_error (error);
  g_assert_cmpuint (rows, ==, list->len + 1);
  g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
}

/* One label changed, one row more, one less: the list is the form's own from then on, whole and without the mark. */
static void
test_shared_changed (void)
{
  static const char *const choices[] = {
    "1|男的|Male|yes\n2|女|Female|yes\n9|未说明|Not stated|yes\n", "1|男|Male|yes\n",
    "1|男|Male|yes\n2|女|Female|yes\n9|未说明|Not stated|yes\n7|别的|Else|\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr (GString) book = g_string_new (USES_SEX "[choices]\nname|label::中文|label::English|zf_shared|list_name\n");
      g_auto (GStrv) lines = g_strsplit (choices[i], "\n", -1);
      for (guint l = 0; *lines[l] != '\0'; l++)
        g_string_append_printf (book, "%s|sex\n", lines[l]);
      g_autoptr (ZfXlsform) form = read_book (book->str, NULL);
      g_assert_cmpuint (n_choices (form), ==, g_strv_length (lines) - 1);
      g_autofree char *text = zf_xlsform_text (zf_xlsform_file (form));
      g_assert_null (strstr (text, "zf_shared"));
      g_assert_nonnull (strstr (zf_xlsform_notes (form)->pdata[2], "“sex”"));
      g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
    }
}

/* A list of the form's own that happens to equal a shared one stays where it is. */
static void
test_own_list (void)
{
  g_autoptr (ZfXlsform) form = read_book (USES_SEX "[choices]\nlist_name|name|label::中文\nsex|1|男\n", NULL);
  g_assert_cmpuint (n_choices (form), ==, 1);
  g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
}

/* ---- Faults ---- */

static const struct
{
  const char *book;
  int code;
  const char *message;
} faults[] = {
  { "[survey]\ntype|name\ntext|a\n\ntext|=F\n", ZF_TABLE_ERROR_FORMAT, "“survey”, row 4, column B `name`: the formula in this cell failed" },
  { "[survey]\ntype|name\ntext|a||x\n", ZF_TABLE_ERROR_HEADER, "“survey”, row 2, column D: the cell is filled, but its column has no name" },
  { "[survey]\ntype|name|relevant|Relevance\n", ZF_TABLE_ERROR_HEADER, "“survey”, row 1, column D `relevant`: the same column stands further left already" },
  { "[survey]\n\nkind|name\ntext|a\n", ZF_TABLE_ERROR_HEADER, "“survey”, row 2: the column `type` is missing" },
  { "[survey]\ntype|name|label\ntext|a\n|b|B\n", ZF_TABLE_ERROR_FORMAT, "“survey”, row 3, column A `type`: this cell must be filled" },
  { "[survey]\ntype|name\ntext|a\n[choices]\nlist_name|name\n\nl|\n", ZF_TABLE_ERROR_FORMAT, "“choices”, row 3, column B `name`: this cell must be filled" },
  { "[survey]\ntype|name\ntext|a\n[settings]\nversion\n1\n2\n", ZF_TABLE_ERROR_FORMAT, "“settings”, row 3: the settings are one row" },
  { "[survey]\ntype|name\ntext|a\n[kind]\nkey|value\nparent|{household\n", ZF_TABLE_ERROR_FORMAT, "“kind”, row 2, column B `value`: this begins as JSON but is not" },
  { "[survey]\ntype|name\ntext|a\n[kind]\nkey|value\ndate|a\ndate|b\n", ZF_TABLE_ERROR_FORMAT, "“kind”, row 3, column A `key`: this setting stands there twice" },
  { "[survey]\ntype|name\ntext|a\n[kind]\nsetting|value\n", ZF_TABLE_ERROR_HEADER, "“kind”, row 1: the column `key` is missing" },
  { "[survey]\ntype|name\n", ZF_TABLE_ERROR_FORMAT, "The workbook has no sheet “survey” with questions" },
  { "[choices]\nlist_name|name\nl|a\n", ZF_TABLE_ERROR_FORMAT, "The workbook has no sheet “survey” with questions" },
  { "[survey]\ntype|name\ntext|a\n[survey ]\ntype|name\n", ZF_TABLE_ERROR_FORMAT, "The workbook has two sheets “survey ”" },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = make_book ("fault.xlsx", faults[i].book);
      g_autoptr (GError) error = NULL;
      g_assert_null (zf_xlsform_read (path, kinds, NULL, &error));
      g_assert_error (error, ZF_TABLE_ERROR, faults[i].code);
      g_assert_cmpstr (error->message, ==, faults[i].message);
    }
}

static void
test_columns_beyond_z (void)
{
  g_autoptr (GString) book = g_string_new ("[survey]\ntype|name");
  for (guint i = 2; i < 703; i++)
    g_string_append_printf (book, "|c%u", i);
  g_string_append (book, "|C702\ntext|a");
  for (guint i = 2; i < 702; i++)
    g_string_append (book, "|");
  g_string_append (book, "|=F\n");
  g_autofree char *path = make_book ("wide.xlsx", book->str);
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_xlsform_read (path, kinds, NULL, &error));
  g_assert_cmpstr (error->message, ==, "“survey”, row 2, column AAA `c702`: the formula in this cell failed");
}

static void
test_unknown_parent (void)
{
  g_autofree char *path = make_book ("p.xlsx", "[survey]\ntype|name\ntext|a\n");
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_xlsform_read (path, kinds, "nosuch", &error));
  g_assert_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT);
}

/* More than tablets take. */
static void
test_too_large (void)
{
  g_autoptr (GString) book = g_string_new ("[survey]\ntype|name\ntext|a\n[more]\n");
  for (guint i = 0; i < 9000; i++)
    g_string_append (book, "a|b|c|d|e|f\n");
  g_autofree char *path = make_book ("large.xlsx", book->str);
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_xlsform_read (path, kinds, NULL, &error));
  g_assert_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_LIMIT);
}

/* Every beginning of a workbook is refused with a sentence. */
static void
test_truncated (void)
{
  g_autofree char *path = make_book ("whole.xlsx", USES_SEX);
  g_autofree char *part = tables_temp_path ("part.xlsx");
  g_autofree char *bytes = NULL;
  gsize len = 0;
  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  for (gsize n = 0; n < len; n += 97)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (g_file_set_contents (part, bytes, (gssize) n, NULL));
      g_assert_null (zf_xlsform_read (part, kinds, NULL, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == ZF_TABLE_ERROR);
    }
  g_assert_true (g_file_set_contents (part, "type,name\ntext,a\n", -1, NULL));
  g_autoptr (GError) csv = NULL;
  g_assert_null (zf_xlsform_read (part, kinds, NULL, &csv));
  g_assert_error (csv, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT);
}

#define KIND "\"kind\": {\"name\": \"f\"}, "

/* What does not fit into a workbook is refused by place, and the file that stood there stays. */
static void
test_cannot_be_written (void)
{
  g_autofree char *long_text = g_strnfill (33000, 'x');
  g_autofree char *too_long = g_strdup_printf ("{" SETTINGS KIND "\"survey\": [" QUESTION ", {\"type\": \"note\", \"name\": \"n\", \"label\": \"%s\"}]}", long_text);
  const struct { const char *file, *message; } cases[] = {
    { "{" SETTINGS KIND "\"survey\": [" QUESTION ", {\"type\": \"text\", \"name\": 3}]}", "“survey”, row 2 of the kind file: a value is no text" },
    { "{" SETTINGS KIND "\"survey\": [" QUESTION ", 7]}", "“survey”, row 2 of the kind file: it is no row" },
    { "{" SETTINGS KIND "\"survey\": [" QUESTION "], \"choices\": [[]]}", "“choices”, row 1 of the kind file: it is no row" },
    { "{" SETTINGS KIND "\"survey\": [{\"type\": \"note\", \"name\": \"n\", \"label\": \"\\uffff\"}]}", "“survey”, row 1 of the kind file: a text holds something that is no character" },
    { too_long, "“survey”, row 2 of the kind file: a text is longer than a cell of a spreadsheet" },
    { "{" SETTINGS KIND "\"survey\": [" QUESTION "], \"extra\": 1}", "The kind file holds “extra”, which has no place in a workbook" },
    { "{" SETTINGS "\"survey\": [" QUESTION "]}", "The file is no kind file: it needs survey, settings and kind" },
    { "{" SETTINGS KIND "\"survey\": [" QUESTION "], \"sheets\": {\"a/b\": []}}", "A workbook can have no sheet named “a/b”" },
    { "{" SETTINGS KIND "\"survey\": [" QUESTION "], \"sheets\": {\"Kind\": []}}", "A workbook can have no sheet named “Kind”" },
    { "{" SETTINGS KIND "\"survey\": [" QUESTION "], \"sheets\": {\"x\": [[1]]}}", "“x”, row 1 of the kind file: a value is no text" },
  };
  g_autofree char *path = tables_temp_path ("stays.xlsx");
  g_autofree char *left = NULL;
  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) file = parse (cases[i].file);
      g_autoptr (GError) error = NULL;
      g_assert_false (zf_xlsform_write (file, kinds, path, &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
  g_assert_true (g_file_get_contents (path, &left, NULL, NULL));
  g_assert_cmpstr (left, ==, "before");
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_xlsform_write (zf_kind_file (zf_kinds_get (kinds, "photo")), kinds, "/nonexistent/x.xlsx", &error));
  g_assert_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO);
}

/* ---- Forms that nobody here wrote, when they are there ---- */

static void
test_foreign (void)
{
  static const struct { const char *name, *fault; } forms[] = {
    { "ODKValidateWarnings", "“survey”, row 2, column D: the cell is filled, but its column has no name" },
    { "bad_calc", NULL },
    { "choice_filter_test", NULL },
    { "duplicate_columns", "“survey”, row 1, column E `label`: the same column stands further left already" },
    { "field-list", NULL },
    { "group", NULL },
    { "or_other", NULL },
    { "specify_other", NULL },
    { "text_and_integer", NULL },
    { "yes_or_no_question", NULL },
  };
  g_autofree char *dir = g_build_filename (g_getenv ("ZF_SRCDIR"), "..", "shared", "testdata", "xlsform", NULL);
  if (!g_file_test (dir, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("no foreign forms here");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *name = g_strconcat (forms[i].name, ".xlsx", NULL);
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfXlsform) form = zf_xlsform_read (path, kinds, NULL, &error);
      if (forms[i].fault != NULL)
        {
          g_assert_nonnull (error);
          g_assert_cmpstr (error->message, ==, forms[i].fault);
          continue;
        }
      g_assert_no_error (error);
      g_autoptr (ZfXlsform) again = round_trip (zf_xlsform_file (form));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  tables_fixture_begin ();
#define ADD(path, func) g_test_add_func ("/tables/xlsform/" path, func)
  ADD ("shipped", test_shipped);
  ADD ("text", test_text);
  ADD ("odd-texts", test_odd_texts);
  ADD ("settings", test_settings);
  ADD ("aliases", test_aliases);
  ADD ("names", test_names);
  ADD ("bare", test_bare);
  ADD ("weak", test_weak);
  ADD ("kind-sheet", test_kind_sheet);
  ADD ("pictures", test_pictures);
  ADD ("pictures-missing", test_pictures_missing);
  ADD ("pictures-refused", test_pictures_refused);
  ADD ("pictures-not-written", test_pictures_not_written);
  ADD ("shared", test_shared);
  ADD ("shared-changed", test_shared_changed);
  ADD ("own-list", test_own_list);
  ADD ("faults", test_faults);
  ADD ("columns-beyond-z", test_columns_beyond_z);
  ADD ("unknown-parent", test_unknown_parent);
  ADD ("too-large", test_too_large);
  ADD ("truncated", test_truncated);
  ADD ("cannot-be-written", test_cannot_be_written);
  ADD ("foreign", test_foreign);
  int result = g_test_run ();
  tables_fixture_end ();
  g_object_unref (kinds);
  return result;
}
