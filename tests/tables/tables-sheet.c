/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-sheet.h"

#include <string.h>

#include "tables-fixture.h"

/* "3: A=text B=#1.5 C=@2020-01-01 D=!#REF!" for each row */
static char *
dump (const char *path, const char *sheet_name, GError **error)
{
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, sheet_name, error);
  if (sheet == NULL)
    return NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  const ZfCell *cells = NULL;
  guint n = 0, row = 0;
  GError *local = NULL;
  while (zf_sheet_next (sheet, &cells, &n, &row, &local))
    {
      static const char *const marks[] = { "", "", "#", "@", "!" };
      g_string_append_printf (out, "%s%u:", out->len > 0 ? "\n" : "", row);
      for (guint i = 0; i < n; i++)
        if (cells[i].type != ZF_CELL_EMPTY)
          g_string_append_printf (out, " %c=%s%s", (int) ('A' + i), marks[cells[i].type], cells[i].text);
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  return g_strdup (out->str);
}

static void
assert_dump (const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = dump (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_refused (const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = dump (path, NULL, &error);
  g_assert_null (text);
  g_assert_error (error, ZF_TABLE_ERROR, code);
  /* One sentence, for people. */
  g_assert_null (strchr (error->message, '\n'));
  g_test_message ("%s", error->message);
}

#define PARTS \
  "1: A=姓名 B=富文本 D=两行\n文字_\n" \
  "3: A=@2020-01-02 B=@2020-01-02 C=#43832 D=#0.1 E=#500231199901011008\n" \
  "4: A=一 二 B=TRUE C=公式 D=!#DIV/0! E=!#VALUE! F=#2 G=@2020-01-02"

static void
test_xlsx_parts (void)
{
  static const char *const names[] = { "parts.xlsx", "strict.xlsx", "order.xlsx" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = tables_sheet_path (names[i]);
      assert_dump (path, PARTS);
    }
}

static void
test_xlsx_describe (void)
{
  g_autofree char *path = tables_sheet_path ("parts.xlsx");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, NULL, &error);
  g_assert_no_error (error);
  /* The hidden sheet comes first and is not the one. */
  g_assert_cmpstr (zf_sheet_describe (sheet), ==, "xlsx, sheet “表”");
  g_autofree char *hidden = dump (path, "藏", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hidden, ==, "1: A=hidden");
  g_autofree char *none = dump (path, "无此表", &error);
  g_assert_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT);
  g_assert_null (none);
}

static void
test_xlsx_1904 (void)
{
  g_autofree char *path = tables_sheet_path ("date1904.xlsx");
  /* Serial 0 of the Macintosh calendar is no day that a roster holds. */
  assert_dump (path, "1: A=#0 B=@2020-01-02");
}

static void
test_xlsx_refused (void)
{
  static const struct { const char *name; int code; } files[] = {
    { "truncated.xlsx", ZF_TABLE_ERROR_FORMAT }, { "flipped.xlsx", ZF_TABLE_ERROR_FORMAT }, { "bomb.xlsx", ZF_TABLE_ERROR_FORMAT },
    { "not-xml.xlsx", ZF_TABLE_ERROR_FORMAT },   { "other.xlsx", ZF_TABLE_ERROR_FORMAT },   { "lost-string.xlsx", ZF_TABLE_ERROR_FORMAT },
    { "huge.xlsx", ZF_TABLE_ERROR_LIMIT },       { "far.xlsx", ZF_TABLE_ERROR_LIMIT },      { "wide.xlsx", ZF_TABLE_ERROR_LIMIT },
    { "truncated.xls", ZF_TABLE_ERROR_FORMAT },
  };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = tables_sheet_path (files[i].name);
      g_test_message ("%s", files[i].name);
      assert_refused (path, files[i].code);
    }
}

/* Every prefix of a workbook is refused: none is taken for a shorter roster. */
static void
test_xlsx_every_cut (void)
{
  g_autofree char *path = tables_sheet_path ("parts.xlsx");
  g_autofree char *cut = tables_temp_path ("cut.xlsx");
  g_autofree char *data = NULL;
  gsize len = 0;
  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  for (gsize n = 1; n < len; n += 7)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (g_file_set_contents (cut, data, (gssize) n, NULL));
      g_autofree char *text = dump (cut, NULL, &error);
      g_assert_null (n >= 4 ? text : NULL);
    }
}

static void
test_xls (void)
{
  g_autofree char *path = tables_sheet_path ("roster.xls");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = dump (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "1: A=户编号 B=乡镇 C=村 D=户类型 E=姓名 F=与户主关系 G=证件号码 H=出生日期 I=联系电话\n"
                                         "2: A=XM-0001 B=名山街道 C=白沙沱社区 D=一般农户 E=张三 F=户主 G=999999"));
  g_assert_nonnull (strstr (text, "H=@1970-01-02"));
  g_autofree char *other = dump (path, "其他", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (other, ==, "1: A=#12.5");
}

static void
assert_csv (const char *bytes, gssize len, const char *detected, const char *expected)
{
  g_autofree char *path = tables_temp_path ("a.csv");
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, bytes, len, NULL));
  assert_dump (path, expected);
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, NULL, &error);
  g_assert_cmpstr (zf_sheet_describe (sheet), ==, detected);
}

static void
test_csv (void)
{
  assert_csv ("姓名,村\n张三,白沙沱\n", -1, "csv, UTF-8", "1: A=姓名 B=村\n2: A=张三 B=白沙沱");
  assert_csv ("\xEF\xBB\xBF姓名;村\r\n张三;\"a;\"\"b\"\"\"\r\n", -1, "csv, UTF-8 BOM", "1: A=姓名 B=村\n2: A=张三 B=a;\"b\"");
  assert_csv ("姓名\t村\r张三\t\"两\n行\"", -1, "csv, UTF-8", "1: A=姓名 B=村\n2: A=张三 B=两\n行");
  assert_csv ("a,b\n\n,,\n=\"0123\",#REF!\n", -1, "csv, UTF-8", "1: A=a B=b\n4: A=0123 B=!#REF!");
  gsize len = 0;
  /* 䶮 (U+4DAE) takes four bytes in GB18030. */
  g_autofree char *gb = g_convert ("姓名,村\n张䶮,\"白沙,沱\"\n", -1, "GB18030", "UTF-8", NULL, &len, NULL);
  assert_csv (gb, (gssize) len, "csv, GB18030", "1: A=姓名 B=村\n2: A=张䶮 B=白沙,沱");
}

static void
test_csv_blocks (void)
{
  /* Characters of two bytes lie across every boundary of what is read at once. */
  g_autoptr (GString) text = g_string_new ("a,");
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "村");
  g_autofree char *expected = g_strdup_printf ("1: A=a B=%s", text->str + 2);
  gsize len = 0;
  g_autofree char *gb = g_convert (text->str, -1, "GB18030", "UTF-8", NULL, &len, NULL);
  assert_csv (gb, (gssize) len, "csv, GB18030", expected);
  assert_csv (text->str, -1, "csv, UTF-8", expected);
}

static void
test_csv_refused (void)
{
  static const struct { const char *bytes; gsize len; int code; } files[] = {
    { "a,b\n\"open,\n", 11, ZF_TABLE_ERROR_FORMAT },
    { "a,\xff\xff\n", 5, ZF_TABLE_ERROR_ENCODING },
    { "a\0b\0", 4, ZF_TABLE_ERROR_FORMAT },
    { "", 0, ZF_TABLE_ERROR_FORMAT },
    { "\xEF\xBB\xBF" "\xd5\xc5\n", 6, ZF_TABLE_ERROR_ENCODING },
  };
  g_autofree char *path = tables_temp_path ("bad.csv");
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_assert_true (g_file_set_contents (path, files[i].bytes, (gssize) files[i].len, NULL));
      assert_refused (path, files[i].code);
    }
  assert_refused ("/nonexistent/file", ZF_TABLE_ERROR_IO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tables_fixture_begin ();
  g_test_add_func ("/sheet/xlsx/parts", test_xlsx_parts);
  g_test_add_func ("/sheet/xlsx/describe", test_xlsx_describe);
  g_test_add_func ("/sheet/xlsx/1904", test_xlsx_1904);
  g_test_add_func ("/sheet/xlsx/refused", test_xlsx_refused);
  g_test_add_func ("/sheet/xlsx/every-cut", test_xlsx_every_cut);
  g_test_add_func ("/sheet/xls", test_xls);
  g_test_add_func ("/sheet/csv", test_csv);
  g_test_add_func ("/sheet/csv/blocks", test_csv_blocks);
  g_test_add_func ("/sheet/csv/refused", test_csv_refused);
  int result = g_test_run ();
  tables_fixture_end ();
  return result;
}
