/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-xpath-rewrite-private.h"

/* Pieces of the result, and what operators make of two of them. */

void
zf_xpath_term_clear (ZfXpathTerm *term)
{
  g_clear_pointer (&term->text, g_free);
}

ZfXpathTerm
zf_xpath_term (ZfXpathType type, gboolean tri, char *text)
{
  return (ZfXpathTerm) { text, type, tri };
}

/* A value that may be unknown, given to something that cannot carry that: the whole result becomes unknown. */
ZfXpathTerm
zf_xpath_known (ZfXpathTerm value)
{
  if (!value.tri)
    return value;
  ZfXpathTerm wrapped = zf_xpath_term (value.type, FALSE, g_strdup_printf ("zf:known(%s)", value.text));
  zf_xpath_term_clear (&value);
  return wrapped;
}

char *
zf_xpath_as_boolean (ZfXpathTerm *value)
{
  return value->tri ? g_strdup (value->text) : g_strdup_printf ("boolean(%s)", value->text);
}

static ZfXpathTerm
native (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right, ZfXpathType type)
{
  *left = zf_xpath_known (*left);
  *right = zf_xpath_known (*right);
  return zf_xpath_term (type, FALSE, g_strdup_printf ("%s %s %s", left->text, operator, right->text));
}

static ZfXpathTerm
replaced (ZfXpathTerm *left, const char *function, ZfXpathTerm *right, ZfXpathType type)
{
  *left = zf_xpath_known (*left);
  *right = zf_xpath_known (*right);
  return zf_xpath_term (type, type == ZF_XPATH_BOOLEAN, g_strdup_printf ("zf:%s(%s, %s)", function, left->text, right->text));
}

static gboolean
numeric (ZfXpathType type)
{
  return type == ZF_XPATH_NUMBER || type == ZF_XPATH_BOOLEAN;
}

static ZfXpathTerm
make_logic (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right)
{
  if (!left->tri && !right->tri)
    return native (left, operator, right, ZF_XPATH_BOOLEAN);
  g_autofree char *l = zf_xpath_as_boolean (left);
  g_autofree char *r = zf_xpath_as_boolean (right);
  return zf_xpath_term (ZF_XPATH_BOOLEAN, TRUE, g_strdup_printf ("zf:%s(%s, %s)", operator, l, r));
}

static ZfXpathTerm
make_equality (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right)
{
  gboolean plain = (left->type == ZF_XPATH_STRING && right->type == ZF_XPATH_STRING)
                   || (left->type == ZF_XPATH_NUMBER && right->type == ZF_XPATH_NUMBER)
                   || left->type == ZF_XPATH_BOOLEAN || right->type == ZF_XPATH_BOOLEAN;
  if (plain)
    return native (left, operator, right, ZF_XPATH_BOOLEAN);
  return replaced (left, g_str_equal (operator, "=") ? "eq" : "ne", right, ZF_XPATH_BOOLEAN);
}

static ZfXpathTerm
make_relation (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right)
{
  static const struct { const char *operator; const char *function; } functions[] = {
    { "<", "lt" }, { "<=", "le" }, { ">", "gt" }, { ">=", "ge" },
  };
  if (numeric (left->type) && numeric (right->type))
    return native (left, operator, right, ZF_XPATH_BOOLEAN);
  guint i = 0;
  while (!g_str_equal (functions[i].operator, operator))
    i++;
  return replaced (left, functions[i].function, right, ZF_XPATH_BOOLEAN);
}

static ZfXpathTerm
make_sum (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right)
{
  if (numeric (left->type) && numeric (right->type))
    return native (left, operator, right, ZF_XPATH_NUMBER);
  return replaced (left, g_str_equal (operator, "+") ? "add" : "sub", right, ZF_XPATH_NUMBER);
}

static ZfXpathTerm
make_product (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right)
{
  return native (left, operator, right, ZF_XPATH_NUMBER);
}

static ZfXpathTerm
make_union (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right)
{
  return native (left, operator, right, left->type == right->type ? left->type : ZF_XPATH_UNKNOWN);
}

static const ZfXpathOperator operators[] = {
  { "or", 1, make_logic }, { "and", 2, make_logic },
  { "=", 3, make_equality }, { "!=", 3, make_equality },
  { "<", 4, make_relation }, { "<=", 4, make_relation }, { ">", 4, make_relation }, { ">=", 4, make_relation },
  { "+", 5, make_sum }, { "-", 5, make_sum },
  { "*", 6, make_product }, { "div", 6, make_product }, { "mod", 6, make_product },
  { "|", 8, make_union },
};

const ZfXpathOperator *
zf_xpath_operator (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_equal (operators[i].text, text))
      return &operators[i];
  return NULL;
}
