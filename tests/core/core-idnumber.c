/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-idnumber.h"

/* Region 999999 is assigned to nobody: no number here is a person's. */
static void
test_verdicts (void)
{
  static const struct { const char *text; ZfIdVerdict verdict; } cases[] = {
    { "99999919880101001X", ZF_ID_OK }, { "99999919880101001x", ZF_ID_OK }, { "９９９９９９１９８８０１０１００１Ｘ", ZF_ID_OK },
    { " 999999 19880101 001X ", ZF_ID_OK }, { "'99999919880101001X", ZF_ID_OK }, { "999999　19880101001X", ZF_ID_OK },
    { "999999800101001", ZF_ID_OK }, { "99999919880101001X11", ZF_ID_OK }, { "99999919880101001X11B1", ZF_ID_OK },
    { "", ZF_ID_EMPTY }, { "  ", ZF_ID_EMPTY }, { NULL, ZF_ID_EMPTY },
    { "9999991980010100", ZF_ID_LENGTH }, { "99999919880101001X1", ZF_ID_LENGTH }, { "9.99999198001010E+17", ZF_ID_CHARACTER },
    { "99999919800101001A", ZF_ID_CHARACTER }, { "9999991980010100X1", ZF_ID_CHARACTER }, { "99999980010100X", ZF_ID_CHARACTER },
    { "999999198002300011", ZF_ID_DATE }, { "999999190002290011", ZF_ID_DATE }, { "999999198013010011", ZF_ID_DATE },
    { "999999198000010011", ZF_ID_DATE }, { "999999170001010011", ZF_ID_DATE },
    { "999999198001010012", ZF_ID_CHECK }, { "999999198001010000", ZF_ID_ROUNDED }, { "999999199912312000", ZF_ID_ROUNDED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint ((int) zf_idnumber_check (cases[i].text), ==, (int) cases[i].verdict);
}

static void
test_parts (void)
{
  g_autofree char *birth = zf_idnumber_birth ("99999919880101001X");
  g_autofree char *old_birth = zf_idnumber_birth ("999999510731002");
  g_autofree char *none = zf_idnumber_birth ("999999198001010012");
  g_autofree char *tail = zf_idnumber_tail (" 99999919880101001x");
  g_autofree char *card_tail = zf_idnumber_tail ("99999919880101001X11B1");
  g_autofree char *short_tail = zf_idnumber_tail ("12");
  g_autofree char *no_tail = zf_idnumber_tail (NULL);

  g_assert_cmpstr (birth, ==, "1988-01-01");
  g_assert_cmpstr (old_birth, ==, "1951-07-31");
  g_assert_null (none);
  g_assert_cmpstr (zf_idnumber_sex ("99999919880101001X"), ==, "1");
  g_assert_cmpstr (zf_idnumber_sex ("999999510731002"), ==, "2");
  g_assert_null (zf_idnumber_sex ("1"));
  g_assert_cmpstr (tail, ==, "001X");
  g_assert_cmpstr (card_tail, ==, "001X");
  g_assert_cmpstr (short_tail, ==, "12");
  g_assert_cmpstr (no_tail, ==, "");
}

/* One wrong digit, or two neighbours changed about, never pass: what the check character is for. */
static void
test_one_wrong_digit (void)
{
  char number[] = "99999919880101001X";

  for (int i = 0; i < 17; i++)
    {
      char right = number[i];

      for (char c = '0'; c <= '9'; c++)
        {
          number[i] = c;
          g_assert_true ((zf_idnumber_check (number) == ZF_ID_OK) == (c == right));
        }
      number[i] = right;
    }
}

static void
test_phone (void)
{
  g_assert_true (zf_phone_check ("13800000000"));
  g_assert_true (zf_phone_check ("138 0000 0000"));
  g_assert_true (zf_phone_check ("１３８００００００００"));
  g_assert_true (zf_phone_check ("023-70700000"));
  g_assert_true (zf_phone_check ("02370700000"));
  g_assert_false (zf_phone_check ("1380000000"));
  g_assert_false (zf_phone_check ("138000000000"));
  g_assert_false (zf_phone_check ("23800000000"));
  g_assert_false (zf_phone_check ("023-7070"));
  g_assert_false (zf_phone_check ("023-7070a000"));
  g_assert_false (zf_phone_check (""));
  g_assert_false (zf_phone_check (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/idnumber/verdicts", test_verdicts);
  g_test_add_func ("/idnumber/parts", test_parts);
  g_test_add_func ("/idnumber/one-wrong-digit", test_one_wrong_digit);
  g_test_add_func ("/idnumber/phone", test_phone);
  return g_test_run ();
}
