/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-expr"

#include "zf-expr.h"
#include "zf-form.h"

#include <string.h>

/* Expressions as form writers meet them: the type and the value of each, and the sentence where one is wrong. */

static const char document[] =
  "<data><age>36</age><blank/><name>张国华</name><born>1990-02-28</born><due>2026-11-30</due><bad>2026-2-30</bad>"
  "<word>abc</word><set>a b none</set><money>1234.56</money><moment>2026-11-23T10:30:00.000+08:00</moment>"
  "<member><age>70</age><day>2020-05-01</day><n>0.1</n></member><member><age>8</age><day>2024-05-01</day><n>0.2</n></member>"
  "<q>it's</q></data>";

typedef struct
{
  const char *expression;
  const char *type;
  const char *value;
} Case;

static const Case cases[] = {
  /* numbers and precedence */
  { "1 + 2 * 3", "number", "7" },
  { "(1 + 2) * 3", "number", "9" },
  { "10 - 4 - 3", "number", "3" },
  { "2 - -3", "number", "5" },
  { "-2 * 3", "number", "-6" },
  { "--4", "number", "4" },
  { "- (2 + 3)", "number", "-5" },
  { "7 div 2", "number", "3.5" },
  { "7 mod 3", "number", "1" },
  { "-7 mod 3", "number", "-1" },
  { "1 div 0", "number", "Infinity" },
  { "0 div 0", "number", "NaN" },
  { "6 div 3 * 2", "number", "4" },
  { ".5 + 1.", "number", "1.5" },
  { "1 + 1 = 2", "boolean", "true" },
  { "1 < 2 and 3 < 2 or true()", "boolean", "true" },
  { "true() or false() and false()", "boolean", "true" },
  { "1 < 2 = true()", "boolean", "true" },
  { "3 > 2 > 1", "boolean", "false" },
  { "3 > 2 >= 1", "boolean", "true" },
  { "1 != 2", "boolean", "true" },
  { "0.1 + 0.2 = 0.3", "boolean", "false" },
  { "zf:money(0.1 + 0.2) = 0.3", "boolean", "true" },
  { "zf:money(1.005)", "number", "1.01" },
  { "zf:money(-1.005)", "number", "-1.01" },
  { "zf:money(//n)", "number", "0.3" },
  { "zf:money(//n) = 0.3", "boolean", "true" },
  { "zf:money('abc')", "number", "NaN" },
  { "zf:money(${money}) - 0.06", "number", "1234.5" },
  /* names with operators inside */
  { "count(//member)", "number", "2" },
  { "count(*) > 10", "boolean", "true" },
  { "count(/data/*) - 1 > 10", "boolean", "true" },
  { "age * 2", "number", "72" },
  { "* * 2", "number", "72" },
  { "/data/age div 6", "number", "6" },
  { "mod mod mod", "number", "NaN" },
  { "count(div)", "number", "0" },
  /* questions */
  { "${age}", "nodeset", "36" },
  { "${age} + 1", "number", "37" },
  { "${age} >= 18 and ${age} < 60", "boolean", "true" },
  { "${age} = 36", "boolean", "true" },
  { "${age} = '36'", "boolean", "true" },
  { "${ age } > 35", "boolean", "true" },
  { "${name} = '张国华'", "boolean", "true" },
  { "${q} = \"it's\"", "boolean", "true" },
  { "concat('say \"', ${q}, '\"')", "string", "say \"it's\"" },
  { "string-length(${name})", "number", "3" },
  /* empty answers, as in ODK */
  { "${blank} > 18", "boolean", "false" },
  { "${blank} < 18", "boolean", "false" },
  { "${blank} = ''", "boolean", "true" },
  { "${blank} != ''", "boolean", "false" },
  { "${age} != ''", "boolean", "true" },
  { "${blank} = 0", "boolean", "false" },
  { "${blank} != 5", "boolean", "true" },
  { "${blank} < today()", "boolean", "false" },
  { "${blank} = today()", "boolean", "false" },
  { "${blank} != today()", "boolean", "true" },
  { "${blank} + 1", "number", "NaN" },
  { "coalesce(${blank}, 3) + 1", "number", "4" },
  { "not(${blank} > 18)", "boolean", "true" },
  { "number('')", "number", "NaN" },
  /* dates: the traps of XPath 1.0 */
  { "'2020-01-01' < '2021-01-01'", "boolean", "true" },
  { "'2021-01-01' < '2020-01-01'", "boolean", "false" },
  { "${born} < '1990-03-01'", "boolean", "true" },
  { "${born} <= '1990-02-28'", "boolean", "true" },
  { "${born} >= ${due}", "boolean", "false" },
  { "${born} = '1990-02-28'", "boolean", "true" },
  { "${born} != '1990-02-28'", "boolean", "false" },
  { "date('2024-02-29')", "string", "2024-02-29" },
  { "date('2024-02-29') + 1", "number", "19783" },
  { "date(date('2024-02-29') + 1)", "string", "2024-03-01" },
  { "date('2026-12-31') - date('2026-01-01')", "number", "364" },
  { "${due} - ${born}", "number", "13424" },
  { "int((${due} - ${born}) div 365.25)", "number", "36" },
  { "date(0)", "string", "1970-01-01" },
  { "date(-1)", "string", "1969-12-31" },
  { "date('2026-2-30')", "unknown", "unknown" },
  { "${bad} < today()", "unknown", "unknown" },
  { "${bad} = '2026-03-02'", "unknown", "unknown" },
  { "'2023-02-29' < today()", "unknown", "unknown" },
  { "today() > '2020-01-01'", "boolean", "true" },
  { "today() >= date(today())", "boolean", "true" },
  { "now() >= today()", "boolean", "true" },
  { "${moment} > '2026-11-23'", "boolean", "true" },
  { "${moment} < '2026-11-24'", "boolean", "true" },
  { "date(${moment})", "string", "2026-11-23" },
  { "${moment} = '2026-11-23T02:30:00Z'", "boolean", "true" },
  { "decimal-date-time('1970-01-02')", "number", "1" },
  { "date-time(0.5)", "string", "1970-01-01T12:00:00" },
  { "format-date(${born}, '%Y年%n月%e日')", "string", "1990年2月28日" },
  { "${due} > ${age}", "unknown", "unknown" },
  { "${due} > 20000", "boolean", "true" },
  { "number(${born}) > 7000", "boolean", "true" },
  { "number('2020-01-01')", "number", "NaN" },
  { "if(${born} < ${due}, 1, 2)", "number", "1" },
  { "coalesce(${blank}, ${born}) < '1991-01-01'", "boolean", "true" },
  /* unknown is neither true nor false */
  { "${word} < 5", "unknown", "unknown" },
  { "${word} = 5", "unknown", "unknown" },
  { "${word} != 5", "unknown", "unknown" },
  { "${word} < today()", "unknown", "unknown" },
  { "'a' < 'b'", "unknown", "unknown" },
  { "not(${word} < 5)", "unknown", "unknown" },
  { "${word} < 5 and false()", "boolean", "false" },
  { "false() and ${word} < 5", "boolean", "false" },
  { "${word} < 5 and true()", "unknown", "unknown" },
  { "${word} < 5 or true()", "boolean", "true" },
  { "${word} < 5 or false()", "unknown", "unknown" },
  { "(${word} < 5) = true()", "unknown", "unknown" },
  { "if(${word} < 5, 'y', 'n')", "unknown", "unknown" },
  { "boolean(${word} < 5)", "unknown", "unknown" },
  { "number(${word} < 5)", "unknown", "unknown" },
  { "concat('x', ${word} < 5)", "unknown", "unknown" },
  { "${word} + 1 > 0", "unknown", "unknown" },
  { "count(member[../word < 5])", "unknown", "unknown" },
  { "${word} = 'abc'", "boolean", "true" },
  { "${word} != 'abd'", "boolean", "true" },
  /* sets of nodes: one that fulfils is enough */
  { "member/age > 60", "boolean", "true" },
  { "member/age > 80", "boolean", "false" },
  { "not(member/age > 60)", "boolean", "false" },
  { "member/day < '2021-01-01'", "boolean", "true" },
  { "member/day > '2025-01-01'", "boolean", "false" },
  { "member/name = 'x'", "boolean", "false" },
  { "count(member[age > 60])", "number", "1" },
  { "count(member[day < '2021-01-01'])", "number", "1" },
  { "member[2]/age", "nodeset", "8" },
  { "member[last()]/age + 0", "number", "8" },
  { "sum(member/age)", "number", "78" },
  { "sum(//n)", "number", "0.3" },
  { "max(member/age)", "number", "70" },
  { "min(member/age, 3)", "number", "3" },
  { "max(${age}, 40, 12)", "number", "40" },
  { "max(${blank}, 1)", "number", "NaN" },
  { "count-non-empty(/data/*[self::blank or self::age])", "number", "1" },
  { "member[1]/age | member[2]/age", "nodeset", "70" },
  { "(member/age)[2]", "nodeset", "8" },
  { "./age", "nodeset", "36" },
  { "/data/member[1]/../name", "nodeset", "张国华" },
  { "//member[position() = 2]/child::age", "nodeset", "8" },
  { "count(//text()) > 5", "boolean", "true" },
  /* functions */
  { "selected(${set}, 'b')", "boolean", "true" },
  { "selected(${set}, 'on')", "boolean", "false" },
  { "selected(${blank}, '')", "boolean", "false" },
  { "count-selected(${set})", "number", "3" },
  { "count-selected(${blank})", "number", "0" },
  { "selected-at(${set}, 1)", "string", "b" },
  { "selected-at(${set}, 9)", "string", "" },
  { "if(${age} > 30, 'old', 'young')", "string", "old" },
  { "if(true(), 1, 'x') + 1", "number", "2" },
  { "coalesce(${blank}, 'x')", "string", "x" },
  { "coalesce('', ${blank}, '')", "string", "" },
  { "regex('13812345678', '^1[0-9]{10}$')", "boolean", "true" },
  { "regex('138', '1[0-9]{10}')", "boolean", "false" },
  { "regex('x138y', '138')", "boolean", "false" },
  { "regex('a', '(')", "unknown", "unknown" },
  { "regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+')", "unknown", "unknown" },
  { "int(3.9)", "number", "3" },
  { "int(-3.9)", "number", "-3" },
  { "round(2.5)", "number", "3" },
  { "round(-2.5)", "number", "-2" },
  { "round(2.345, 2)", "number", "2.35" },
  { "round(1234.5, -2)", "number", "1200" },
  { "floor(-1.5)", "number", "-2" },
  { "ceiling(1.2)", "number", "2" },
  { "abs(-3)", "number", "3" },
  { "pow(2, 10)", "number", "1024" },
  { "concat('a', 1, true())", "string", "a1true" },
  { "string(1 = 1)", "string", "true" },
  { "string(1.0)", "string", "1" },
  { "substring('12345', 2, 3)", "string", "234" },
  { "substr('12345', 1, 3)", "string", "23" },
  { "substr('张国华', -1)", "string", "华" },
  { "substring-before('1999/04/01', '/')", "string", "1999" },
  { "starts-with('abc', 'ab') and ends-with('abc', 'bc')", "boolean", "true" },
  { "translate('bar', 'abc', 'ABC')", "string", "BAr" },
  { "normalize-space('  a  b ')", "string", "a b" },
  { "not(false())", "boolean", "true" },
  { "boolean('false')", "boolean", "true" },
  { "once(5)", "string", NULL },
  { "'a < b and c'", "string", "a < b and c" },
  { "'-1' + 1", "number", "0" },
};

static void
check_case (const Case *c)
{
  g_autofree char *type = NULL;
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = zf_expr_eval_text (c->expression, document, &type, &value, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  if (g_strcmp0 (type, c->type) != 0 || (c->value != NULL && g_strcmp0 (value, c->value) != 0))
    {
      g_test_message ("%s gave %s %s, not %s %s", c->expression, type, value, c->type, c->value);
      g_test_fail ();
    }
}

static void
test_values (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (cases), >=, 120);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i]);
}

static const struct { const char *expression; const char *message; } errors[] = {
  { "1 + foo(2)", "position 5: there is no function foo()" },
  { "张 = 1 or 张国(2)", "position 10: there is no function 张国()" },
  { "jr:choice-name(1, 2)", "position 1: jr:choice-name() takes a choice and then its question" },
  { "document('/etc/passwd')", "there is no function document()" },
  { "if(1, 2)", "position 1: if() does not take 2 values" },
  { "today(1)", "today() does not take 1 values" },
  { "(1 + 2", "position 7: “)” is missing at the end" },
  { "1 + ", "the expression ends too early" },
  { "", "position 1: the expression ends too early" },
  { "'abc", "position 1: the quote does not close" },
  { "${age", "position 1: ${ needs" },
  { "$age", "position 1: after $" },
  { "1 1", "position 3" },
  { "1 foo 2", "position 3: an operator is missing" },
  { "age[1", "“]” is missing at the end" },
  { "1 + 2)", "position 6: “)” does not belong here" },
  { "a && b", "position 3: this character has no meaning here" },
  { "x:y", "the expression cannot be evaluated" },
  { "nowhere::age", "this is not an XPath expression" },
  { "1/age", "the expression cannot be evaluated" },
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *type = NULL;
      g_autofree char *value = NULL;
      g_autoptr (GError) error = NULL;
      g_assert_false (zf_expr_eval_text (errors[i].expression, document, &type, &value, &error));
      g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION);
      if (strstr (error->message, errors[i].message) == NULL)
        {
          g_test_message ("%s: %s", errors[i].expression, error->message);
          g_test_fail ();
        }
    }
}

static gboolean
only_age (gpointer data, const char *name, ZfXpathType *type)
{
  *type = ZF_XPATH_NUMBER;
  return g_str_equal (name, "age");
}

static void
test_unknown_question (void)
{
  ZfXpathScope scope = { only_age, NULL, ZF_XPATH_STRING };
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_expr_new ("${age} > ${agge}", &scope, &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION);
  g_assert_cmpstr (error->message, ==, "position 10: there is no question “agge”");
}

/* What libxml2 does well stays libxml2's: only operands that may be dates or words go through our functions. */
static void
test_rewrite (void)
{
  ZfXpathScope scope = { only_age, NULL, ZF_XPATH_NUMBER };
  static const struct { const char *from; const char *to; } rewrites[] = {
    { "${age} >= 18 and . < 60", "/*/age >= 18 and . < 60" },
    { "today() > 1 or true()", "zf:or(zf:gt(zf:today(), 1), boolean(true()))" },
    { "${age} = ''", "zf:eq(/*/age, '')" },
    { "x - 1", "zf:sub(x, 1)" },
    { "sum(x) - 1", "sum(x) - 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rewrites); i++)
    {
      g_autoptr (ZfXpath) xpath = zf_xpath_rewrite (rewrites[i].from, &scope, NULL);
      g_assert_nonnull (xpath);
      g_assert_cmpstr (xpath->xpath, ==, rewrites[i].to);
    }
}

static void
test_depends (void)
{
  g_autoptr (ZfExpr) expr = zf_expr_new ("${b} + ${a} > count(x[y = ${b}])", NULL, NULL);
  g_assert_nonnull (expr);
  GPtrArray *names = zf_expr_depends (expr);
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "b");
  g_assert_cmpstr (g_ptr_array_index (names, 1), ==, "a");
}

static char *
repeated (const char *before, const char *part, const char *after, guint n)
{
  GString *out = g_string_new (before);
  for (guint i = 0; i < n; i++)
    g_string_append (out, part);
  g_string_append (out, after);
  return g_string_free (out, FALSE);
}

/* Each is refused or comes to an end; none takes the program with it. */
static void
test_bombs (void)
{
  static const struct { const char *before; const char *part; const char *after; guint n; } bombs[] = {
    { "", "(", "1", 5000 }, { "", "not(", "1", 3000 }, { "", "a[", "1", 5000 }, { "1", "-", "1", 10000 },
    { "1", " + today()", "", 1200 }, { "1", "=1", "", 8000 }, { "a", "/b", "", 8000 }, { "", "-", "1", 16000 },
    { "", "x", "", 20000 },
  };
  g_autofree char *items = repeated ("<r>", "<i/>", "</r>", 1500);
  for (guint i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autofree char *text = repeated (bombs[i].before, bombs[i].part, bombs[i].after, bombs[i].n);
      g_autofree char *type = NULL;
      g_autofree char *value = NULL;
      zf_expr_eval_text (text, NULL, &type, &value, NULL);
    }
  g_autofree char *type = NULL;
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_expr_eval_text ("count(//i[count(//i[count(//i) > 0]) > 0])", items, &type, &value, &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION);
}

static void
test_bad_documents (void)
{
  static const char *const documents[] = { "", "<a>", "text", "<a/><b/>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&undefined;</a" };
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autofree char *type = NULL;
      g_autofree char *value = NULL;
      g_autoptr (GError) error = NULL;
      g_assert_false (zf_expr_eval_text ("1", documents[i], &type, &value, &error));
      g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER);
    }
}

/* 20,000 expressions put together at random from the words of the language, and as many bytes of noise. */
static void
test_random (void)
{
  static const char *const words[] = { "1", "2.5", "'a'", "'2020-01-01'", "${age}", "${word}", "${born}", "+", "-", "*", "div", "mod", "and", "or", "=",
    "!=", "<", "<=", ">", ">=", "(", ")", "[", "]", ",", "today()", "not(", "if(", "date(", "count(", "//", "/", ".", "..", "@", "member", "age", "|",
    "regex(", "selected(", "zf:money(", "round(", "coalesce(", "child::", "text()", "once(", "\"", "::", "$", "张" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  guint fine = 0;
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      guint n = (guint) g_rand_int_range (rand, 1, 12);
      for (guint j = 0; j < n; j++)
        g_string_append_printf (text, "%s ", words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      g_autofree char *type = NULL;
      g_autofree char *value = NULL;
      g_autoptr (GError) error = NULL;
      gboolean ok = zf_expr_eval_text (text->str, document, &type, &value, &error);
      g_assert_true (ok == (error == NULL) && ok == (value != NULL));
      fine += ok;
    }
  g_test_message ("%u of 20000 random expressions made sense", fine);
  g_assert_cmpuint (fine, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forms/expr/values", test_values);
  g_test_add_func ("/forms/expr/errors", test_errors);
  g_test_add_func ("/forms/expr/unknown-question", test_unknown_question);
  g_test_add_func ("/forms/expr/rewrite", test_rewrite);
  g_test_add_func ("/forms/expr/depends", test_depends);
  g_test_add_func ("/forms/expr/bombs", test_bombs);
  g_test_add_func ("/forms/expr/bad-documents", test_bad_documents);
  g_test_add_func ("/forms/expr/random", test_random);
  return g_test_run ();
}
