/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An expression as strangers' forms bring it: refused with a position, or evaluated within its limits; the same twice, and what it gives is text. */
#include <string.h>

#include <libxml/parser.h>

#include "fuzz.h"
#include "zf-expr.h"

#define TODAY "2026-11-29"
#define NOW_MS G_GINT64_CONSTANT (1795926896789)

static const char document[] =
  "<data><age>36</age><blank/><name>张国华</name><born>1990-02-28</born><word>abc</word><set>a b none</set><money>1234.56</money>"
  "<moment>2026-11-23T10:30:00.000+08:00</moment><place>38.25 21.75 0 0</place><shape>0 0;0 1;1 1;0 0</shape>"
  "<person><name>A</name><age>70</age><pet><kind>cat</kind></pet><pet><kind>dog</kind></pet></person><person><name>B</name><age/></person></data>";

/* Questions of every type; other names are refused. */
static gboolean
lookup (gpointer data, const char *name, ZfXpathType *type)
{
  static const struct { const char *name; ZfXpathType type; } questions[] = {
    { "age", ZF_XPATH_NUMBER }, { "blank", ZF_XPATH_NUMBER }, { "money", ZF_XPATH_NUMBER }, { "name", ZF_XPATH_STRING },
    { "word", ZF_XPATH_STRING }, { "set", ZF_XPATH_STRING }, { "born", ZF_XPATH_DATE }, { "moment", ZF_XPATH_DATE },
    { "place", ZF_XPATH_UNKNOWN }, { "shape", ZF_XPATH_UNKNOWN }, { "person", ZF_XPATH_UNKNOWN },
  };
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    if (g_str_equal (questions[i].name, name))
      {
        *type = questions[i].type;
        return TRUE;
      }
  return FALSE;
}

static char *
choice_label (gpointer data, const char *question, const char *code, const char *lang)
{
  return g_str_equal (question, "set") ? g_strconcat (lang, ":", code, NULL) : NULL;
}

static gboolean
evaluate (ZfExpr *expr, xmlDoc *doc, ZfExprValue *value)
{
  static const ZfExprForm form = { choice_label, NULL, "1", "zh" };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRandom) random = zf_random_new_seeded (1);
  g_autoptr (ZfExprContext) context = zf_expr_context_new (doc, TODAY);
  zf_expr_context_set_now (context, NOW_MS);
  zf_expr_context_set_form (context, &form);
  zf_expr_context_set_random (context, random);
  gboolean ok = zf_expr_eval (expr, context, xmlDocGetRootElement (doc)->children, value, &error);
  g_assert_true (ok == (error == NULL));
  return ok;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static xmlDoc *doc;
  const ZfXpathScope scope = { lookup, NULL, ZF_XPATH_NUMBER };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfExpr) expr = zf_expr_new (text, &scope, &error);
  g_auto (ZfExprValue) first = { 0 };
  g_auto (ZfExprValue) again = { 0 };

  if (doc == NULL)
    doc = xmlReadMemory (document, sizeof document - 1, NULL, NULL, XML_PARSE_NONET);
  g_assert_true ((expr == NULL) == (error != NULL));
  if (expr == NULL)
    return 0;
  gboolean ok = evaluate (expr, doc, &first);
  g_assert_true (ok == evaluate (expr, doc, &again));
  g_assert_cmpint (first.type, ==, again.type);
  g_assert_cmpstr (first.text, ==, again.text);
  g_assert_true (first.text == NULL || g_utf8_validate (first.text, -1, NULL));
  return 0;
}
