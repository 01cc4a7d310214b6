/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words of forms with style: what ODK's documents show, what Chinese forms write, what hostile people write. */
#include <math.h>
#include <pango/pango.h>
#include <string.h>

#include "zf-expr.h"
#include "zf-form.h"
#include "zf-json.h"
#include "zf-kind-private.h"
#include "zf-styled.h"

#define RUNS 20000
#define BIG (1 << 20)

/* <b> for weight, <i> for style, <u>, <s>, <h1> to <h3> for size and weight: what the cases are written with. */
static char *
brief (const char *markup)
{
  static const char *const pairs[][2] = {
    { "<span weight=\"bold\" size=\"xx-large\">", "<h1>" }, { "<span weight=\"bold\" size=\"x-large\">", "<h2>" },
    { "<span weight=\"bold\" size=\"large\">", "<h3>" },     { "<span weight=\"bold\" style=\"italic\">", "<bi>" },
    { "<span weight=\"bold\">", "<b>" },                     { "<span style=\"italic\">", "<i>" },
    { "<span underline=\"single\">", "<u>" },                { "<span strikethrough=\"true\">", "<s>" },
    { "</span>", "</>" },
  };
  g_autoptr (GString) out = g_string_new (markup);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_string_replace (out, pairs[i][0], pairs[i][1], 0);
  return g_strdup (out->str);
}

/* The markup is well-formed, and of the same characters as the plain text. */
static void
assert_agrees (const ZfStyled *styled)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_utf8_validate (styled->plain, -1, NULL));
  if (styled->markup == NULL)
    return;
  pango_parse_markup (styled->markup, -1, 0, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, styled->plain);
}

/* @shown NULL: nothing is styled, @text is shown as it stands. */
static void
check (const char *text, const char *shown)
{
  g_autoptr (ZfStyled) styled = zf_styled_new (text, FALSE);
  g_autofree char *got = styled->markup != NULL ? brief (styled->markup) : NULL;
  g_autofree char *plain = zf_styled_plain (text);

  assert_agrees (styled);
  g_assert_cmpstr (plain, ==, styled->plain);
  if (shown == NULL)
    g_assert_cmpstr (styled->plain, ==, text);
  g_assert_cmpstr (got, ==, shown);
}

static void
check_plain (const char *text, const char *plain)
{
  g_autoptr (ZfStyled) styled = zf_styled_new (text, FALSE);

  assert_agrees (styled);
  g_assert_cmpstr (styled->plain, ==, plain);
}

/* ODK documentation, "Form Styling"; the tests of Enketo's transformer, whose rules the documentation describes. */
static void
test_documents (void)
{
  check ("_italic_", "<i>italic</>");
  check ("*italic*", "<i>italic</>");
  check ("__bold__", "<b>bold</>");
  check ("**bold**", "<b>bold</>");
  check ("This label has **bold** and *italic* text.", "This label has <b>bold</> and <i>italic</> text.");
  check ("_emphasis_ and *emphasis*", "<i>emphasis</> and <i>emphasis</>");
  check ("** strong **", "<b> strong </>");
  check ("__stro_ng__", "<b>stro_ng</>");
  check ("un*frigging*believable", "un<i>frigging</>believable");
  check ("***both***", "<bi>both</>");
  check ("**a *b* c**", "<b>a </><bi>b</><b> c</>");
  check ("# Header H1", "<h1>Header H1</>");
  check ("## Header H2", "<h2>Header H2</>");
  check ("### Header H3", "<h3>Header H3</>");
  check ("#### Header H4", "<b>Header H4</>");
  check ("###### Header H6", "<b>Header H6</>");
  check ("#h1", "<h1>h1</>");
  check ("# h1 #\nbelow", "<h1>h1</>\nbelow");
  check ("## A\n## B", "<h2>A</>\n<h2>B</>");
  check ("## Attempted H2\n\nA line below the headline", "<h2>Attempted H2</>\n\nA line below the headline");
  check ("This label [contains a link](http://example.com).", "This label <u>contains a link</>.");
  check ("Going <span style=\"color:red\">red</span>", "Going <span foreground=\"#ff0000\">red</>");
  check ("Going <span style=\"color:#008000\">green</span>", "Going <span foreground=\"#008000\">green</>");
  check ("<span style=\"color:green\">Yes</span>", "<span foreground=\"#008000\">Yes</>");
  check ("<span style='color: #F00;'>red</span>", "<span foreground=\"#ff0000\">red</>");
  check ("<span style=\"font-family:cursive\">Cursive text</span>", "<span face=\"cursive\">Cursive text</>");
  check ("# <span style=\"font-family:cursive;color:purple\">Both.</span>",
         "<span weight=\"bold\" size=\"xx-large\" foreground=\"#935893\" face=\"cursive\">Both.</>");
  check ("_<span style=\"color:red;\">dbl</span>_", "<span style=\"italic\" foreground=\"#ff0000\">dbl</>");
  check ("<span style=\"color:red;\">_dbl_</span>", "<span style=\"italic\" foreground=\"#ff0000\">dbl</>");
  check_plain ("\\# This headline is normal sized", "# This headline is normal sized");
  check_plain ("An asterisk: \\* and an underscore: \\_ and one slash: \\\\", "An asterisk: * and an underscore: _ and one slash: \\");
  check_plain ("A\\_B\\_C", "A_B_C");
  check ("_A\\_B\\_C_", "<i>A_B_C</>");
  check ("\\__AB\\__", "_<i>AB_</>");
  check ("\\\\*AB\\*\\\\*", "\\<i>AB*\\</>");
  check_plain ("\\a\\ b\\*c\\d\\_e", "\\a\\ b*c\\d_e");
  check_plain ("\\\\\\", "\\\\");
  check ("<b>a</b><u>b</u><s>c</s>", "<b>a</><u>b</><s>c</>");
  check ("one\ntwo", NULL);
}

/* "Chinese has no spaces": a mark stands between a punctuation and a letter. */
static void
test_chinese (void)
{
  check ("**注意：**请填身份证号码", "<b>注意：</>请填身份证号码");
  check ("请**务必**填写", "请<b>务必</>填写");
  check ("请__务必__填写", "请<b>务必</>填写");
  check ("*（必填）*姓名", "<i>（必填）</>姓名");
  check ("#户主", "<h1>户主</>");
  check ("姓名* 电话*", NULL);
  check ("*必填 *选填", NULL);
  check ("____年____月", NULL);
  check ("___年___月", NULL);
  check ("身份证 510***********1234", NULL);
  check ("#1 地块", NULL);
  check ("3 * 4 * 5 = 60", NULL);
}

static void
test_no_marks (void)
{
  check ("", NULL);
  check ("你家有几口人？", NULL);
  check ("crop_a_b", NULL);
  check ("SEA_774_BOB", NULL);
  check ("a__b__c", NULL);
  check ("_ emphasis_", NULL);
  check ("this is number #1 and this is #2.", NULL);
  check ("[link(http://example.org)", NULL);
  check ("[link(http://example.org)]", NULL);
  check ("[link]", NULL);
  check ("[link](link.url)", NULL);
  check ("a < b && b > c", NULL);
  check ("*", NULL);
  check ("**", NULL);
  check ("* a\n* b", NULL);
  check ("*one\ntwo*", NULL);
  check ("#", NULL);
  check ("<br", NULL);
}

static void
test_paragraphs (void)
{
  g_autoptr (ZfStyled) centre = zf_styled_new ("<p style=\"text-align:center\">Centered label</p>", FALSE);
  g_autoptr (ZfStyled) end = zf_styled_new ("<DIV style='text-align: right'>**b**</DIV> c", FALSE);

  g_assert_cmpstr (centre->plain, ==, "Centered label");
  g_assert_cmpint (centre->align, ==, ZF_STYLED_CENTER);
  g_assert_cmpstr (end->plain, ==, "b\n c");
  g_assert_cmpint (end->align, ==, ZF_STYLED_END);
  check_plain ("<p>a</p><p>b</p>", "a\nb");
  check_plain ("<p>a</p>\n<p>b</p>", "a\nb");
  check_plain ("a<br>b<br/>c<BR />d", "a\nb\nc\nd");
  check_plain ("<p>a", "<p>a");
}

static void
test_hostile (void)
{
  check ("<span>a<span>", NULL);
  check ("<span>a b c", NULL);
  check ("a</span>", NULL);
  check ("<button onclick=\"evil\">get</button>", NULL);
  check ("<script src=\"hack.js\"></script>", NULL);
  check ("[x](javascript:alert(1))", NULL);
  check ("[x](JAVASCRIPT:alert)", NULL);
  check ("[x](data:text/html,hello)", NULL);
  check ("[x](file:///etc/passwd)", NULL);
  check ("[x](http://)", NULL);
  check_plain ("<span style=\"color:nosuch\">a</span>", "a");
  check_plain ("<span style=\"color:red\\\" size=\\\"9999\">a</span>", "<span style=\"color:red\" size=\"9999\">a</span>");
  check_plain ("<span style=\"font-family:a&quot;b\">a</span>", "a");
  check_plain ("<span style=\"color:#ff\" onclick=\"x\">a</span>", "a");
  check ("<span size=\"1\" style=\"color:blue\">a</span>", "<span foreground=\"#5454ff\">a</>");
  /* It would not be seen on a light, or on a dark ground. */
  check_plain ("<span style=\"color:white\">a</span><span style=\"color:black\">b</span>", "ab");
  check ("**<i>a**b</i>", "<bi>a</><i>b</>");
  check ("<p style=\"color:red\"><span style=\"color:blue\">a</p>b</span>c", "<span foreground=\"#5454ff\">a\n</><span foreground=\"#ff0000\">b</>c");
  check ("**&lt;b&gt;**", "<b>&amp;lt;b&amp;gt;</>");
  check_plain ("**\x01**", "\x01");
}

static void
test_links (void)
{
  g_autoptr (ZfStyled) link = zf_styled_new ("a [b *c*](https://example.org/?a=1&b=%22) d", TRUE);
  g_autofree char *shown = brief (link->markup);
  g_autoptr (ZfStyled) call = zf_styled_new ("[电话](tel:12345)", TRUE);

  g_assert_cmpstr (link->plain, ==, "a b c d");
  g_assert_cmpstr (shown, ==, "a <a href=\"https://example.org/?a=1&amp;b=%22\"><span>b </></a><a href=\"https://example.org/?a=1&amp;b=%22\"><i>c</></a> d");
  g_assert_nonnull (strstr (call->markup, "href=\"tel:12345\""));
}

/* Repeats of what begins something and never ends it, or ends a lot. */
static void
test_large (void)
{
  static const char *const parts[] = { "*", "_", "**", "* ", "*a", "_a ", "[", "]", "](", "[a](http://b", "[a](http://b)", "<", "<span>", "</span>", "<p>a", "\\", "#", "\n#",
                                       "# a #\n", "<span style=\"color:red\">", "*a*", "<br>", "**a*b", "<b>a</b>" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gint64 begin = 0;

      while (text->len < BIG)
        g_string_append (text, parts[i]);
      begin = g_get_monotonic_time ();
      g_autoptr (ZfStyled) styled = zf_styled_new (text->str, FALSE);
      g_test_message ("%s: %" G_GINT64_FORMAT " ms", parts[i], (g_get_monotonic_time () - begin) / 1000);
      assert_agrees (styled);
    }
}

/* Any words: the markup parses, has the same characters, and what was answered is shown as it stands. */
static void
test_property (void)
{
  static const char *const pieces[] = { "*", "**", "***", "_", "__", "#", "# ", "\n", " ", "\\", "[", "](http://a.b)", "](javascript:x)", "]", "<span style=\"color:red\">",
                                        "<span style=\"font-family:'a b', c\">", "<span>", "</span>", "<p style=\"text-align:center\">", "</p>", "<br>", "<b>", "</b>", "<h2>",
                                        "</h2>", "<sub>", "</sub>", "<sup>", "</sup>", "<", ">", "&", "\"", "a", "b1", "中", "：", "😀", "${x}", "<a href='x'>", "\t" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261130);

  for (guint i = 0; i < RUNS; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (int n = g_rand_int_range (rand, 0, 24); n > 0; n--)
        g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
      g_autoptr (ZfStyled) styled = zf_styled_new (text->str, FALSE);
      g_autofree char *plain = zf_styled_plain (text->str);
      g_autofree char *verbatim = zf_styled_verbatim (text->str);
      g_autoptr (ZfStyled) answered = zf_styled_new (verbatim, FALSE);

      assert_agrees (styled);
      g_assert_cmpstr (plain, ==, styled->plain);
      g_assert_cmpstr (answered->plain, ==, text->str);
      g_assert_null (answered->markup);
    }
}

#define FORM \
  "{\"settings\":[{\"form_title\":\"t\",\"form_id\":\"t\",\"version\":\"1\"}],\"kind\":{\"name\":\"t\",\"parent\":\"household\"}," \
  "\"survey\":[{\"type\":\"text\",\"name\":\"who\",\"label\":\"**谁**\"},{\"type\":\"select_one l\",\"name\":\"c\",\"label\":\"c\"," \
  "\"constraint\":\". = 'a'\",\"constraint_message\":\"**Not** this\"}]," \
  "\"choices\":[{\"list_name\":\"l\",\"name\":\"a\",\"label\":\"<span style=\\\"color:red\\\">甲</span>\"},{\"list_name\":\"l\",\"name\":\"b\",\"label\":\"乙\"}]}"

static void
test_answers (void)
{
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), NULL);
  g_autoptr (JsonObject) root = zf_json_parse_object (FORM, -1, NULL);
  const ZfKind *kind = zf_kinds_check_root (kinds, "t.json", root, NULL);
  g_autoptr (ZfForm) form = zf_form_new (kind, NULL);
  g_autoptr (ZfAnswers) answers = zf_answers_new (form, NULL, "2026-06-01");
  g_autoptr (ZfStyled) styled = NULL;
  g_autofree char *plain = NULL, *name = NULL, *problem = NULL, *file = NULL, *before = zf_json_canonical_object (root);

  g_assert_true (zf_answers_set_text (answers, "who", "*a* <b>&[x](http://y)", NULL));
  styled = zf_answers_styled (answers, NULL, "**${who}** and [it](https://a.b/${who})");
  g_assert_cmpstr (styled->plain, ==, "*a* <b>&[x](http://y) and [it](https://a.b/*a* <b>&[x](http://y))");
  g_assert_nonnull (strstr (styled->markup, "*a* &lt;b&gt;&amp;[x](http://y)</span>"));
  plain = zf_answers_fill (answers, NULL, "# ${who}");
  g_assert_cmpstr (plain, ==, "*a* <b>&[x](http://y)");
  /* Ledgers and exports have the words, the file what was written. */
  g_assert_cmpstr (zf_kind_choice_label (kind, "l", "a", "zh"), ==, "甲");
  g_assert_cmpstr (zf_row_text (zf_kind_field (kind, "who")->plain, "label", "zh"), ==, "谁");
  g_assert_cmpstr (zf_row_text (zf_kind_field (kind, "who")->row, "label", "zh"), ==, "**谁**");
  g_assert_true (zf_kind_field (kind, "c")->plain == zf_kind_field (kind, "c")->row);
  g_assert_true (zf_answers_set_text (answers, "c", "b", NULL));
  problem = zf_answers_problem (answers, "c", "zh");
  g_assert_cmpstr (problem, ==, "Not this");
  file = zf_json_canonical_object (zf_kind_file (kind));
  g_assert_cmpstr (file, ==, before);
}

static void
test_colours (void)
{
  static const char *const none[] = { "", "#", "#12", "#12345", "#1234567", "#ggg", "nosuch", "red ", "rgb(1,2,3)" };
  guint32 rgb = 0;

  g_assert_true (zf_styled_colour ("Red", &rgb) && rgb == 0xff0000);
  g_assert_true (zf_styled_colour ("aliceblue", &rgb) && rgb == 0xf0f8ff);
  g_assert_true (zf_styled_colour ("yellowgreen", &rgb) && rgb == 0x9acd32);
  g_assert_true (zf_styled_colour ("#1aB", &rgb) && rgb == 0x11aabb);
  g_assert_true (zf_styled_colour ("#123456", &rgb) && rgb == 0x123456);
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_false (zf_styled_colour (none[i], &rgb));
}

static double
light_of (guint32 rgb)
{
  double light = 0;
  static const double shares[] = { 0.0722, 0.7152, 0.2126 };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      double v = (rgb >> 8 * i & 0xff) / 255.0;

      light += shares[i] * (v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4));
    }
  return light + 0.05;
}

/* Every colour on the ground of a page, light and dark; what can be read already stays. */
static void
test_legible (void)
{
  for (guint32 i = 0; i < 4096; i++)
    {
      guint32 rgb = ((i & 0xf00) << 8 | (i & 0xf0) << 4 | (i & 0xf)) * 0x11;
      double light = light_of (zf_styled_legible (rgb));

      g_assert_cmpfloat (light_of (0xfafafa) / light, >, 3);
      g_assert_cmpfloat (light / light_of (0x242424), >, 2.95);
    }
  g_assert_cmphex (zf_styled_legible (0xff0000), ==, 0xff0000);
  g_assert_cmphex (zf_styled_legible (0x008000), ==, 0x008000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forms/styled/documents", test_documents);
  g_test_add_func ("/forms/styled/chinese", test_chinese);
  g_test_add_func ("/forms/styled/no-marks", test_no_marks);
  g_test_add_func ("/forms/styled/paragraphs", test_paragraphs);
  g_test_add_func ("/forms/styled/hostile", test_hostile);
  g_test_add_func ("/forms/styled/links", test_links);
  g_test_add_func ("/forms/styled/large", test_large);
  g_test_add_func ("/forms/styled/property", test_property);
  g_test_add_func ("/forms/styled/answers", test_answers);
  g_test_add_func ("/forms/styled/legible", test_legible);
  g_test_add_func ("/forms/styled/colours", test_colours);
  return g_test_run ();
}
