/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "zf-kind.h"
#include "zf-pinyin.h"
#include "zf-place.h"
#include "zf-words.h"

/* How names become words that people type. */

static const struct
{
  const char *name;
  const char *full;
  const char *initials;
  guint surname;
} names[] = {
  { "张国华", "zhangguohua", "zgh", 1 }, { "曾庆红", "zengqinghong", "zqh", 1 }, { "单田芳", "shantianfang", "stf", 1 },
  { "解放", "xiefang", "xf", 1 },        { "仇英", "qiuying", "qy", 1 },         { "覃海洋", "qinhaiyang", "qhy", 1 },
  { "查良镛", "zhaliangyong", "zly", 1 }, { "区文", "ouwen", "ow", 1 },          { "朴树", "piaoshu", "ps", 1 },
  { "盖叫天", "gejiaotian", "gjt", 1 },  { "乐嘉", "yuejia", "yj", 1 },          { "任华", "renhua", "rh", 1 },
  { "尹华", "yinhua", "yh", 1 },         { "李单", "lidan", "ld", 1 },           { "吕布", "lvbu", "lb", 1 },
  { "欧阳修", "ouyangxiu", "oyx", 2 },   { "尉迟恭", "yuchigong", "ycg", 2 },    { "万俟雪", "moqixue", "mqx", 2 },
  { "𣲗水", "weishui", "ws", 1 },        { "曾", "ceng", "c", 0 },
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      ZfPinyinName spelled;

      zf_pinyin_name (names[i].name, &spelled);
      g_test_message ("%s", names[i].name);
      g_assert_cmpstr (spelled.full->str, ==, names[i].full);
      g_assert_cmpstr (spelled.initials->str, ==, names[i].initials);
      g_assert_cmpuint (spelled.surname, ==, names[i].surname);
      zf_pinyin_name_clear (&spelled);
    }
}

static void
test_characters (void)
{
  g_assert_cmpstr (zf_pinyin_char (g_utf8_get_char ("女")), ==, "nv");
  g_assert_cmpstr (zf_pinyin_char ('a'), ==, "");
  g_assert_cmpstr (zf_pinyin_char (g_utf8_get_char ("，")), ==, "");
  g_assert_true (zf_pinyin_is_han (g_utf8_get_char ("䶮")));
  g_assert_false (zf_pinyin_is_han (g_utf8_get_char ("。")));
}

static gpointer
spell_in_thread (gpointer data)
{
  for (gunichar c = 0x4e00; c < 0x5000; c++)
    g_assert_cmpstr (zf_pinyin_char (c), ==, zf_pinyin_char (c));
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("spell", spell_in_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static const struct
{
  const char *typed;
  const char *match;
  const char *name;
} typed[] = {
  { "张国", "\"张 国\"", "张国" },
  { "ZGH", "\"zgh\" *", NULL },
  { "ｚｇｈ", "\"zgh\" *", NULL },
  { "xi'an", "\"xian\" *", NULL },
  { "lü", "\"lv\" *", NULL },
  { "４３２１", "(\"ρ1234\" * OR \"δ4321\" *)", NULL },
  { "432X", "(\"ρx234\" * OR \"δ432x\" *)", NULL },
  { "张 12", "\"张\" AND (\"ρ21\" * OR \"δ12\" *)", NULL },
  { "张g", "\"张\" AND \"g\" *", NULL },
  { "\" OR *", "\"or\" *", NULL },
  { "words:a NEAR(b)", "\"words\" * AND \"a\" * AND \"near\" * AND \"b\" *", NULL },
  { "a\"b", "\"a\" * AND \"b\" *", NULL },
  { "  \t", NULL, NULL },
  { "\"*()^-:", NULL, NULL },
  { "", NULL, NULL },
  { "\xff\xfe", NULL, NULL },
};

static void
test_typed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *match = zf_words_match (typed[i].typed, &name);

      g_assert_cmpstr (match, ==, typed[i].match);
      g_assert_cmpstr (name, ==, typed[i].name);
    }
}

/* However long it is: the expression stays short. */
static void
test_long_text (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = NULL;
  g_autofree char *match = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (text, "李a1 ");
  match = zf_words_match (text->str, &name);
  g_assert_cmpuint (strlen (match), <, 1000);
}

static const struct
{
  const char *degrees;
  gboolean ok;
  gint32 e7;
} places[] = {
  { "29.8637", TRUE, 298637000 },   { "107.7301234", TRUE, 1077301234 }, { "-0.00000005", TRUE, -1 }, { "0.00000004", TRUE, 0 },
  { "29.12345678", TRUE, 291234568 }, { "180", TRUE, 1800000000 },       { "180.0000001", FALSE, 0 }, { "", FALSE, 0 },
  { "-", FALSE, 0 },                { "1e2", FALSE, 0 },                 { "29,5", FALSE, 0 },        { "99999999999999999999", FALSE, 0 },
  { "0.1", TRUE, 1000000 },         { "107.9999999", TRUE, 1079999999 }, { NULL, FALSE, 0 },
};

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      gint32 e7 = 0;

      g_test_message ("%s", places[i].degrees);
      g_assert_cmpint (zf_place_parse_e7 (places[i].degrees, 180, &e7), ==, places[i].ok);
      g_assert_cmpint (e7, ==, places[i].e7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/pinyin/names", test_names);
  g_test_add_func ("/core/pinyin/characters", test_characters);
  g_test_add_func ("/core/pinyin/threads", test_threads);
  g_test_add_func ("/core/words/typed", test_typed);
  g_test_add_func ("/core/words/long-text", test_long_text);
  g_test_add_func ("/core/place/degrees", test_places);
  return g_test_run ();
}
