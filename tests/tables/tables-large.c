/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A roster of the whole county: 20,000 households, 81,500 persons. What it takes is printed, not judged; that it is complete and that the
 * same file changes nothing is. */
#include "zf-roster.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "tables-fixture.h"
#include "zf-json.h"

#define HOUSEHOLDS 20000
#define PERSONS 81500

static const char *const HEADERS[] = {
  "序号", "户编号", "乡镇", "村", "村民小组", "户主姓名", "家庭住址", "户主电话", "户类型", "监测对象类别", "户籍人口数", "共同生活人口数",
  "住房", "饮水", "义务教育", "基本医疗", "吃穿", "帮扶责任人", "帮扶单位", "网格员", "姓名", "与户主关系", "证件号码", "性别", "出生日期", "民族",
  "政治面貌", "文化程度", "健康状况", "劳动技能", "务工地", "务工月数", "居民医保", "养老保险", "低保", "特困", "会讲普通话", "备注",
};

static const char *const HOUSE_VALUES[] = { "一般农户", "", "4", "4", "是", "是", "是", "是", "是", "王帮扶", "县农业农村委", "网格一" };
static const char *const PERSON_VALUES[] = {
  "土家族", "群众", "小学", "长期慢性病、残疾", "普通劳动力", "市外", "10", "是", "居民养老保险", "否", "否", "是", "",
};

static void
write_person (lxw_worksheet *sheet, lxw_row_t row, guint home, guint person, guint n)
{
  g_autofree char *number = g_strdup_printf ("%u", n);
  g_autofree char *code = g_strdup_printf ("FD%08u", home);
  g_autofree char *group = g_strdup_printf ("%u组", home % 9 + 1);
  g_autofree char *head = g_strdup_printf ("户主%u", home);
  g_autofree char *name = person == 0 ? g_strdup (head) : g_strdup_printf ("成员%u", n);
  g_autofree char *birth8 = g_strdup_printf ("%04u%02u%02u", 1940 + n % 70, n % 12 + 1, n % 28 + 1);
  g_autofree char *birth = g_strdup_printf ("%.4s-%.2s-%.2s", birth8, birth8 + 4, birth8 + 6);
  g_autofree char *id = tables_id (birth8, n / 420 % 1000);
  const char *first[] = { number, code, "名山街道", "白沙沱社区", group, head, "白沙沱社区某组某号", "13800000000" };
  const char *middle[] = { name, person == 0 ? "户主" : "其他", id, (n / 420 % 1000) % 2 == 1 ? "男" : "女", birth };
  lxw_col_t c = 0;
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    worksheet_write_string (sheet, row, c++, first[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (HOUSE_VALUES); i++)
    worksheet_write_string (sheet, row, c++, HOUSE_VALUES[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (middle); i++)
    worksheet_write_string (sheet, row, c++, middle[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (PERSON_VALUES); i++)
    worksheet_write_string (sheet, row, c++, PERSON_VALUES[i], NULL);
}

static void
write_roster (const char *path)
{
  lxw_workbook *book = workbook_new (path);
  lxw_worksheet *sheet = workbook_add_worksheet (book, "农户");
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (HEADERS); i++)
    worksheet_write_string (sheet, 0, (lxw_col_t) i, HEADERS[i], NULL);
  for (guint home = 0; home < HOUSEHOLDS; home++)
    for (guint person = 0, size = home < PERSONS - 4 * HOUSEHOLDS ? 5 : 4; person < size; person++, n++)
      write_person (sheet, n + 1, home, person, n);
  g_assert_cmpint (workbook_close (book), ==, LXW_NO_ERROR);
  g_assert_cmpuint (n, ==, PERSONS);
}

/* In a process of its own: the writer keeps all cells, and its memory is not what is measured. */
static char *
make_roster (void)
{
  char *path = tables_temp_path ("county.xlsx");
  int status = 0;
  pid_t pid = fork ();
  if (pid == 0)
    {
      write_roster (path);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  return path;
}

static JsonObject *
import (ZfStore *store, const char *path, const char *what)
{
  g_autoptr (GError) error = NULL;
  JsonObject *report = NULL;
  struct rusage usage = { 0 };
  gint64 start = g_get_monotonic_time ();
  zf_roster_import (store, path, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  getrusage (RUSAGE_SELF, &usage);
  g_print ("# %s: %.1f s, peak memory %ld MB\n", what, (double) (g_get_monotonic_time () - start) / 1e6, usage.ru_maxrss / 1024);
  return report;
}

static void
test_county (void)
{
  g_autofree char *path = make_roster ();
  g_autoptr (ZfStore) store = tables_store_new ();
  g_autoptr (JsonObject) first = import (store, path, "first import");
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (first, "households"), "new", 0), ==, HOUSEHOLDS);
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (first, "persons"), "new", 0), ==, PERSONS);
  g_autofree char *before = tables_store_hash (store);
  g_autoptr (JsonObject) again = import (store, path, "same file again");
  g_autofree char *after = tables_store_hash (store);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (again, "households"), "same", 0), ==, HOUSEHOLDS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tables_fixture_begin ();
  g_test_add_func ("/roster/county", test_county);
  int result = g_test_run ();
  tables_fixture_end ();
  return result;
}
