/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-compare.h"

#include <libxml/xpathInternals.h>
#include <math.h>
#include <string.h>

/* The operators that the rewrite puts in place of XPath's own: dates are compared as dates, and a text that is neither number nor date makes
 * the answer unknown. An empty answer is never unknown: as in ODK it is smaller and greater than nothing. */

typedef enum { OPERAND_BLANK, OPERAND_NUMBER, OPERAND_DATE, OPERAND_TEXT } OperandClass;

typedef struct
{
  OperandClass klass;
  double number;       /* days for a date */
  gboolean counted;    /* a number by itself, not text that reads as one */
  const char *text;
} Operand;

typedef enum { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE } Compare;

static gboolean
reads_as_number (const char *text, double *number)
{
  while (strchr (" \t\r\n", *text) != NULL && *text != '\0')
    text++;
  if (*text == '\0')
    return FALSE;
  *number = xmlXPathCastStringToNumber ((const xmlChar *) text);
  return !isnan (*number);
}

static Operand
operand_from_text (const char *text)
{
  Operand operand = { OPERAND_TEXT, NAN, FALSE, text };
  if (*text == '\0')
    operand.klass = OPERAND_BLANK;
  else if (reads_as_number (text, &operand.number))
    operand.klass = OPERAND_NUMBER;
  else if (zf_expr_date (text, &operand.number))
    operand.klass = OPERAND_DATE;
  return operand;
}

static Operand
operand_from_number (double number)
{
  return (Operand) { OPERAND_NUMBER, number, TRUE, NULL };
}

/* The texts that an XPath value stands for: each node of a set, or the value itself. */
typedef struct
{
  xmlXPathObject *object;
  GPtrArray *texts;
} Operands;

static Operands
operands_new (xmlXPathObject *object)
{
  Operands self = { object, g_ptr_array_new_with_free_func (xmlFree) };
  if (object->type == XPATH_NODESET || object->type == XPATH_XSLT_TREE)
    for (int i = 0; i < xmlXPathNodeSetGetLength (object->nodesetval); i++)
      g_ptr_array_add (self.texts, xmlXPathCastNodeToString (xmlXPathNodeSetItem (object->nodesetval, i)));
  else
    g_ptr_array_add (self.texts, xmlXPathCastToString (object));
  return self;
}

static Operand
operands_get (Operands *self, guint i)
{
  if (self->object->type == XPATH_NUMBER)
    return operand_from_number (self->object->floatval);
  if (self->object->type == XPATH_BOOLEAN)
    return operand_from_number (self->object->boolval);
  return operand_from_text (g_ptr_array_index (self->texts, i));
}

static gboolean
holds (Compare compare, double a, double b)
{
  switch (compare)
    {
    case COMPARE_EQ: return a == b;
    case COMPARE_NE: return a != b;
    case COMPARE_LT: return a < b;
    case COMPARE_LE: return a <= b;
    case COMPARE_GT: return a > b;
    case COMPARE_GE: return a >= b;
    default: return FALSE;
    }
}

/* Both are numbers, or both are days; a day and a counted number compare as days. */
static gboolean
same_measure (const Operand *a, const Operand *b)
{
  if (a->klass == b->klass)
    return a->klass == OPERAND_NUMBER || a->klass == OPERAND_DATE;
  return (a->klass == OPERAND_DATE && b->klass == OPERAND_NUMBER && b->counted)
         || (b->klass == OPERAND_DATE && a->klass == OPERAND_NUMBER && a->counted);
}

static ZfTri
tri (gboolean value)
{
  return value ? ZF_TRI_TRUE : ZF_TRI_FALSE;
}

/* = and != on texts are XPath's own; a word set against a day or a number is a question nobody can answer. */
static ZfTri
equal_texts (Compare compare, const Operand *a, const Operand *b)
{
  if (a->klass == OPERAND_BLANK || b->klass == OPERAND_BLANK)
    return tri ((a->klass == b->klass) == (compare == COMPARE_EQ));
  gboolean counted = a->counted || b->counted;
  gboolean dated = a->klass == OPERAND_DATE || b->klass == OPERAND_DATE;
  if (counted || dated)
    return ZF_TRI_UNKNOWN;
  return tri (g_str_equal (a->text, b->text) == (compare == COMPARE_EQ));
}

static ZfTri
compare_operands (Compare compare, const Operand *a, const Operand *b)
{
  gboolean equality = compare == COMPARE_EQ || compare == COMPARE_NE;
  gboolean as_text = equality && a->klass == OPERAND_NUMBER && b->klass == OPERAND_NUMBER && !a->counted && !b->counted;
  if (same_measure (a, b) && !as_text)
    return tri (holds (compare, a->number, b->number));
  if (equality)
    return equal_texts (compare, a, b);
  if (a->klass == OPERAND_BLANK || b->klass == OPERAND_BLANK)
    return ZF_TRI_FALSE;
  return ZF_TRI_UNKNOWN;
}

/* As in XPath, a set of nodes fulfils a comparison when one node does. */
static ZfTri
compare_objects (Compare compare, xmlXPathObject *left, xmlXPathObject *right)
{
  Operands a = operands_new (left);
  Operands b = operands_new (right);
  ZfTri result = ZF_TRI_FALSE;
  for (guint i = 0; i < a.texts->len && result != ZF_TRI_TRUE; i++)
    for (guint j = 0; j < b.texts->len && result != ZF_TRI_TRUE; j++)
      {
        Operand x = operands_get (&a, i);
        Operand y = operands_get (&b, j);
        ZfTri one = compare_operands (compare, &x, &y);
        result = one == ZF_TRI_FALSE ? result : one;
      }
  g_ptr_array_unref (a.texts);
  g_ptr_array_unref (b.texts);
  return result;
}

static void
push_tri (xmlXPathParserContext *ctxt, ZfTri value)
{
  valuePush (ctxt, value == ZF_TRI_UNKNOWN ? xmlXPathNewFloat (NAN) : xmlXPathNewBoolean (value == ZF_TRI_TRUE));
}

static void
run_compare (xmlXPathParserContext *ctxt, int nargs, Compare compare)
{
  CHECK_ARITY (2);
  xmlXPathObject *right = valuePop (ctxt);
  xmlXPathObject *left = valuePop (ctxt);
  if (left != NULL && right != NULL)
    push_tri (ctxt, compare_objects (compare, left, right));
  else
    xmlXPathErr (ctxt, XPATH_STACK_ERROR);
  xmlXPathFreeObject (left);
  xmlXPathFreeObject (right);
}

#define COMPARE_FUNCTION(name, compare) \
  static void name (xmlXPathParserContext *ctxt, int nargs) { run_compare (ctxt, nargs, compare); }
COMPARE_FUNCTION (op_eq, COMPARE_EQ)
COMPARE_FUNCTION (op_ne, COMPARE_NE)
COMPARE_FUNCTION (op_lt, COMPARE_LT)
COMPARE_FUNCTION (op_le, COMPARE_LE)
COMPARE_FUNCTION (op_gt, COMPARE_GT)
COMPARE_FUNCTION (op_ge, COMPARE_GE)

double
zf_expr_measure (xmlXPathObject *object, ZfExprState *state)
{
  if (object->type == XPATH_NUMBER || object->type == XPATH_BOOLEAN)
    return xmlXPathCastToNumber (object);
  xmlChar *text = xmlXPathCastToString (object);
  Operand operand = operand_from_text ((const char *) text);
  if (operand.klass == OPERAND_TEXT)
    state->unknown = TRUE;
  xmlFree (text);
  return operand.number;
}

static void
run_sum (xmlXPathParserContext *ctxt, int nargs, double sign)
{
  CHECK_ARITY (2);
  ZfExprState *state = ctxt->context->userData;
  xmlXPathObject *right = valuePop (ctxt);
  xmlXPathObject *left = valuePop (ctxt);
  if (left != NULL && right != NULL)
    valuePush (ctxt, xmlXPathNewFloat (zf_expr_measure (left, state) + sign * zf_expr_measure (right, state)));
  else
    xmlXPathErr (ctxt, XPATH_STACK_ERROR);
  xmlXPathFreeObject (left);
  xmlXPathFreeObject (right);
}

static void
op_add (xmlXPathParserContext *ctxt, int nargs)
{
  run_sum (ctxt, nargs, 1);
}

static void
op_sub (xmlXPathParserContext *ctxt, int nargs)
{
  run_sum (ctxt, nargs, -1);
}

/* Logic of three values: false and unknown is false, true or unknown is true. */
static ZfTri
pop_tri (xmlXPathParserContext *ctxt)
{
  xmlXPathObject *object = valuePop (ctxt);
  if (object == NULL)
    {
      xmlXPathErr (ctxt, XPATH_STACK_ERROR);
      return ZF_TRI_UNKNOWN;
    }
  ZfTri value = zf_expr_tri (object);
  xmlXPathFreeObject (object);
  return value;
}

ZfTri
zf_expr_tri (xmlXPathObject *object)
{
  if (object->type == XPATH_NUMBER && isnan (object->floatval))
    return ZF_TRI_UNKNOWN;
  return tri (xmlXPathCastToBoolean (object));
}

static void
op_and (xmlXPathParserContext *ctxt, int nargs)
{
  CHECK_ARITY (2);
  ZfTri b = pop_tri (ctxt);
  ZfTri a = pop_tri (ctxt);
  gboolean no = a == ZF_TRI_FALSE || b == ZF_TRI_FALSE;
  push_tri (ctxt, no ? ZF_TRI_FALSE : (a == ZF_TRI_TRUE && b == ZF_TRI_TRUE ? ZF_TRI_TRUE : ZF_TRI_UNKNOWN));
}

static void
op_or (xmlXPathParserContext *ctxt, int nargs)
{
  CHECK_ARITY (2);
  ZfTri b = pop_tri (ctxt);
  ZfTri a = pop_tri (ctxt);
  gboolean yes = a == ZF_TRI_TRUE || b == ZF_TRI_TRUE;
  push_tri (ctxt, yes ? ZF_TRI_TRUE : (a == ZF_TRI_FALSE && b == ZF_TRI_FALSE ? ZF_TRI_FALSE : ZF_TRI_UNKNOWN));
}

static void
op_not (xmlXPathParserContext *ctxt, int nargs)
{
  CHECK_ARITY (1);
  ZfTri value = pop_tri (ctxt);
  push_tri (ctxt, value == ZF_TRI_UNKNOWN ? value : tri (value == ZF_TRI_FALSE));
}

/* The unknown reaches something that cannot carry it: the whole evaluation is unknown. */
static void
op_known (xmlXPathParserContext *ctxt, int nargs)
{
  CHECK_ARITY (1);
  xmlXPathObject *object = valuePop (ctxt);
  if (object != NULL && zf_expr_tri (object) == ZF_TRI_UNKNOWN)
    {
      ZfExprState *state = ctxt->context->userData;
      state->unknown = TRUE;
      xmlXPathFreeObject (object);
      object = xmlXPathNewBoolean (FALSE);
    }
  if (object != NULL)
    valuePush (ctxt, object);
}

void
zf_expr_operators_register (xmlXPathContext *context)
{
  static const struct { const char *name; xmlXPathFunction function; } operators[] = {
    { "eq", op_eq }, { "ne", op_ne }, { "lt", op_lt }, { "le", op_le }, { "gt", op_gt }, { "ge", op_ge },
    { "add", op_add }, { "sub", op_sub }, { "and", op_and }, { "or", op_or }, { "not", op_not }, { "known", op_known },
  };
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    xmlXPathRegisterFuncNS (context, (const xmlChar *) operators[i].name, (const xmlChar *) ZF_XPATH_NS, operators[i].function);
}
