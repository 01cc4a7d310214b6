/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-fmt.h"

#define NOW G_GINT64_CONSTANT (1793685900000) /* 2026-11-03 14:05 in the county, a Tuesday */
#define MINUTE G_GINT64_CONSTANT (60000)
#define HOUR (60 * MINUTE)

/* Takes @text. */
static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_money (void)
{
  assert_text (zf_fmt_money (680000), "6800\u00a0yuan");
  assert_text (zf_fmt_money (999999), "9999.99\u00a0yuan");
  assert_text (zf_fmt_money (1200000), "12,000\u00a0yuan");
  assert_text (zf_fmt_money (123456789050), "1,234,567,890.50\u00a0yuan");
  assert_text (zf_fmt_money (5), "0.05\u00a0yuan");
  assert_text (zf_fmt_money (0), "0\u00a0yuan");
  assert_text (zf_fmt_money (-60050), "-600.50\u00a0yuan");
  g_assert_null (zf_fmt_money_wan (999999));
  assert_text (zf_fmt_money_wan (1200000), "1.2\u00a0ten thousand");
  assert_text (zf_fmt_money_wan (1000000), "1\u00a0ten thousand");
  assert_text (zf_fmt_money_wan (1249999), "1.2\u00a0ten thousand");
  assert_text (zf_fmt_money_wan (1250000), "1.3\u00a0ten thousand");
  assert_text (zf_fmt_money_wan (-2000000), "-2\u00a0ten thousand");
}

static void
test_count (void)
{
  assert_text (zf_fmt_count (ZF_COUNT_PEOPLE, 4), "4\u00a0persons");
  assert_text (zf_fmt_count (ZF_COUNT_HOUSEHOLDS, 1), "1\u00a0household");
  assert_text (zf_fmt_count (ZF_COUNT_HOUSEHOLDS, 20000), "20,000\u00a0households");
  assert_text (zf_fmt_count (ZF_COUNT_PHOTOS, 0), "0\u00a0photos");
  assert_text (zf_fmt_count (ZF_COUNT_VISITS, 12), "12\u00a0visits");
}

static void
test_date (void)
{
  assert_text (zf_fmt_date ("2026-11-03", "2026-12-31"), "11/3\u00a0Tue");
  assert_text (zf_fmt_date ("2025-11-03", "2026-01-01"), "2025-11-03");
  assert_text (zf_fmt_date ("2026-01-04", "2026-11-03"), "1/4\u00a0Sun");
  assert_text (zf_fmt_date ("soon", "2026-11-03"), "soon");
  assert_text (zf_fmt_date ("2026-02-30", "2026-11-03"), "2026-02-30");
  assert_text (zf_fmt_date (NULL, "2026-11-03"), "");
  assert_text (zf_fmt_quarter ("2026Q4"), "2026 Q4");
  assert_text (zf_fmt_quarter ("2026Q5"), "2026Q5");
  assert_text (zf_fmt_quarter (NULL), "");
}

static void
test_moment (void)
{
  assert_text (zf_fmt_time (NOW), "14:05");
  assert_text (zf_fmt_moment (NOW - 59000, NOW), "just now");
  assert_text (zf_fmt_moment (NOW - MINUTE, NOW), "today 14:04");
  assert_text (zf_fmt_moment (NOW + 5 * MINUTE, NOW), "today 14:10");
  assert_text (zf_fmt_moment (NOW - 14 * HOUR, NOW), "today 00:05");
  assert_text (zf_fmt_moment (NOW - 15 * HOUR, NOW), "yesterday");
  assert_text (zf_fmt_moment (NOW - 48 * HOUR, NOW), "11/1\u00a0Sun");
  assert_text (zf_fmt_moment (NOW + 24 * HOUR, NOW), "11/4\u00a0Wed");
  assert_text (zf_fmt_moment (NOW - 366 * 24 * HOUR, NOW), "2025-11-02");
}

static void
test_due (void)
{
  int days = 0;

  assert_text (zf_fmt_due ("2026-11-06", "2026-11-03"), "3\u00a0days left");
  assert_text (zf_fmt_due ("2026-11-04", "2026-11-03"), "1\u00a0day left");
  assert_text (zf_fmt_due ("2026-11-03", "2026-11-03"), "due today");
  assert_text (zf_fmt_due ("2026-11-01", "2026-11-03"), "2\u00a0days overdue");
  assert_text (zf_fmt_due ("2026-12-31", "2027-01-01"), "1\u00a0day overdue");
  assert_text (zf_fmt_due (NULL, "2026-11-03"), "");
  g_assert_true (zf_fmt_days_between ("2024-02-28", "2024-03-01", &days));
  g_assert_cmpint (days, ==, 2);
  g_assert_false (zf_fmt_days_between ("2024-02-30", "2024-03-01", &days));
}

static void
test_place (void)
{
  assert_text (zf_fmt_distance (822, 50), "820\u00a0m north-east");
  assert_text (zf_fmt_distance (14.4, 359), "14\u00a0m north");
  assert_text (zf_fmt_distance (1420, -1), "1.4\u00a0km");
  assert_text (zf_fmt_distance (996, 270), "1.0\u00a0km west");
  assert_text (zf_fmt_distance (12600, 337.4), "13\u00a0km north-west");
  assert_text (zf_fmt_accuracy (15.4), "off by about 15\u00a0m");
}

static void
test_id_tail (void)
{
  assert_text (zf_fmt_id_tail ("99999919880101001X"), "ends\u00a0in\u00a0001X");
  assert_text (zf_fmt_id_tail (""), "no record");
  assert_text (zf_fmt_id_tail (NULL), "no record");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fmt/money", test_money);
  g_test_add_func ("/fmt/count", test_count);
  g_test_add_func ("/fmt/date", test_date);
  g_test_add_func ("/fmt/moment", test_moment);
  g_test_add_func ("/fmt/due", test_due);
  g_test_add_func ("/fmt/place", test_place);
  g_test_add_func ("/fmt/id-tail", test_id_tail);
  return g_test_run ();
}
