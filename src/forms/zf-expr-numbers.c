/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"
#include "zf-json.h"

#include <math.h>

/* Numbers. A blank is NaN, as in ODK; a word makes the result unknown. */

#define MATH_FUNCTION(name, formula) \
  ZF_EXPR_FUNCTION (name) \
  { \
    double x = zf_expr_pop_measure (ctxt); \
    zf_expr_push_number (ctxt, formula); \
  }
MATH_FUNCTION (int, trunc (x))
MATH_FUNCTION (abs, fabs (x))
MATH_FUNCTION (exp, exp (x))
MATH_FUNCTION (exp10, pow (10, x))
MATH_FUNCTION (log, log (x))
MATH_FUNCTION (log10, log10 (x))
MATH_FUNCTION (sqrt, sqrt (x))
MATH_FUNCTION (sin, sin (x))
MATH_FUNCTION (cos, cos (x))
MATH_FUNCTION (tan, tan (x))
MATH_FUNCTION (asin, asin (x))
MATH_FUNCTION (acos, acos (x))
MATH_FUNCTION (atan, atan (x))

ZF_EXPR_FUNCTION (atan2)
{
  double x = zf_expr_pop_measure (ctxt);
  double y = zf_expr_pop_measure (ctxt);
  zf_expr_push_number (ctxt, atan2 (y, x));
}

ZF_EXPR_FUNCTION (pow)
{
  double exponent = zf_expr_pop_measure (ctxt);
  double base = zf_expr_pop_measure (ctxt);
  zf_expr_push_number (ctxt, pow (base, exponent));
}

ZF_EXPR_FUNCTION (pi)
{
  zf_expr_push_number (ctxt, G_PI);
}

/* Text that is a date counts as its days. */
ZF_EXPR_FUNCTION (number)
{
  xmlXPathObject *object = valuePop (ctxt);
  double number = NAN;
  if (object != NULL)
    {
      xmlChar *text = xmlXPathCastToString (object);
      if (object->type == XPATH_NUMBER || object->type == XPATH_BOOLEAN || !zf_expr_date ((const char *) text, &number))
        number = xmlXPathCastToNumber (object);
      xmlFree (text);
    }
  xmlXPathFreeObject (object);
  zf_expr_push_number (ctxt, number);
}

/* The fifteen digits that were written, not the double just below them. */
static double
written (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_strtod (g_ascii_formatd (buffer, sizeof buffer, "%.15g", number), NULL);
}

/* round(x, places): on the decimal digits, a half goes up, also below zero, as XPath's round(x) has it. */
static double
round_to (double number, double places)
{
  double scale = pow (10, fabs (places));
  if (places < 0)
    return floor (written (number / scale) + 0.5) * scale;
  /* A number with no more digits than a double holds stays as it is. */
  return fabs (number) * scale < 1e15 ? floor (written (number * scale) + 0.5) / scale : number;
}

ZF_EXPR_FUNCTION (round)
{
  double places = zf_expr_pop_measure (ctxt);
  double number = zf_expr_pop_measure (ctxt);
  places = isnan (places) ? 0 : trunc (places);
  zf_expr_push_number (ctxt, fabs (places) <= 30 ? round_to (number, places) : NAN);
}

/* Numbers of every argument, each node of a set by itself. */
static GArray *
pop_numbers (xmlXPathParserContext *ctxt, int nargs)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));
  for (int i = 0; i < nargs; i++)
    {
      xmlXPathObject *object = valuePop (ctxt);
      gboolean nodes = object != NULL && object->type == XPATH_NODESET;
      int n = nodes ? xmlXPathNodeSetGetLength (object->nodesetval) : 1;
      for (int j = 0; j < n && object != NULL; j++)
        {
          double number = nodes ? xmlXPathCastNodeToNumber (xmlXPathNodeSetItem (object->nodesetval, j)) : xmlXPathCastToNumber (object);
          g_array_append_val (numbers, number);
        }
      xmlXPathFreeObject (object);
    }
  return numbers;
}

static void
push_extreme (xmlXPathParserContext *ctxt, int nargs, double sign)
{
  g_autoptr (GArray) numbers = pop_numbers (ctxt, nargs);
  double best = numbers->len > 0 ? g_array_index (numbers, double, 0) : NAN;
  for (guint i = 1; i < numbers->len; i++)
    {
      double number = g_array_index (numbers, double, i);
      if (isnan (number) || sign * number > sign * best)
        best = number;
      if (isnan (best))
        break;
    }
  zf_expr_push_number (ctxt, best);
}

ZF_EXPR_FUNCTION (max)
{
  push_extreme (ctxt, nargs, 1);
}

ZF_EXPR_FUNCTION (min)
{
  push_extreme (ctxt, nargs, -1);
}

/* zf:money(x): 元 rounded to 分; the nodes of a set are rounded one by one and added as whole 分. */
ZF_EXPR_FUNCTION (money)
{
  g_autoptr (GArray) numbers = pop_numbers (ctxt, nargs);
  gint64 sum = 0;
  gboolean fine = numbers->len > 0;
  for (guint i = 0; i < numbers->len && fine; i++)
    {
      gint64 fen = 0;
      fine = zf_expr_fen (g_array_index (numbers, double, i), &fen) && !__builtin_add_overflow (sum, fen, &sum);
    }
  g_autofree char *text = zf_money_format (sum);
  zf_expr_push_number (ctxt, fine ? g_ascii_strtod (text, NULL) : NAN);
}

/* 53 random bits: 0 may come, 1 never. */
ZF_EXPR_FUNCTION (random)
{
  guint64 bits = zf_random_u64 (zf_expr_state (ctxt)->random) >> 11;
  zf_expr_push_number (ctxt, (double) bits / 9007199254740992.0);
}
