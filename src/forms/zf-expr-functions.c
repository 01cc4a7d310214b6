/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-expr-library.h"
#include "zf-expr-compare.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The table of functions, and how they take values from libxml2 and give them back. */

#define NODES ZF_XPATH_UNKNOWN
#define NUMBER ZF_XPATH_NUMBER
#define STRING ZF_XPATH_STRING
#define BOOLEAN ZF_XPATH_BOOLEAN
#define DATE ZF_XPATH_DATE
#define REFUSED(name, why) { name, ZF_XPATH_UNKNOWN, 0, -1, -1, NULL, .refused = why }

static const ZfExprFunction functions[] = {
  /* XPath 1.0, libxml2's own */
  { "last", NUMBER, 0, 0, -1, NULL },
  { "count", NUMBER, 1, 1, -1, NULL },
  { "id", NODES, 1, 1, -1, NULL },
  { "local-name", STRING, 0, 1, -1, NULL },
  { "namespace-uri", STRING, 0, 1, -1, NULL },
  { "name", STRING, 0, 1, -1, NULL },
  { "starts-with", BOOLEAN, 2, 2, -1, NULL, .texts = TRUE },
  { "contains", BOOLEAN, 2, 2, -1, NULL, .texts = TRUE },
  { "substring-before", STRING, 2, 2, -1, NULL, .texts = TRUE },
  { "substring-after", STRING, 2, 2, -1, NULL, .texts = TRUE },
  { "substring", STRING, 2, 3, -1, NULL, .texts = TRUE },
  { "string-length", NUMBER, 0, 1, -1, NULL, .texts = TRUE },
  { "normalize-space", STRING, 0, 1, -1, NULL, .texts = TRUE },
  { "translate", STRING, 3, 3, -1, NULL, .texts = TRUE },
  { "boolean", BOOLEAN, 1, 1, -1, NULL },
  { "not", BOOLEAN, 1, 1, -1, NULL },
  { "true", BOOLEAN, 0, 0, -1, NULL },
  { "false", BOOLEAN, 0, 0, -1, NULL },
  { "lang", BOOLEAN, 1, 1, -1, NULL },
  { "sum", NUMBER, 1, 1, -1, NULL },
  { "floor", NUMBER, 1, 1, -1, NULL },
  { "ceiling", NUMBER, 1, 1, -1, NULL },
  /* XPath's, with what ODK adds */
  { "position", NUMBER, 0, 1, -1, zf_fn_position, .own_from = 1 },
  { "number", NUMBER, 0, 1, -1, zf_fn_number },
  { "string", STRING, 0, 1, 0, zf_fn_string, .own_from = 1 },
  { "round", NUMBER, 1, 2, -1, zf_fn_round, .own_from = 2 },
  { "concat", STRING, 1, -1, -1, zf_fn_concat },
  /* text */
  { "join", STRING, 1, -1, -1, zf_fn_join },
  { "ends-with", BOOLEAN, 2, 2, -1, zf_fn_ends_with },
  { "substr", STRING, 2, 3, -1, zf_fn_substr },
  { "regex", BOOLEAN, 2, 2, -1, zf_fn_regex },
  { "boolean-from-string", BOOLEAN, 1, 1, -1, zf_fn_boolean_from_string },
  { "selected", BOOLEAN, 2, 2, -1, zf_fn_selected },
  { "selected-at", STRING, 2, 2, -1, zf_fn_selected_at },
  { "count-selected", NUMBER, 1, 1, -1, zf_fn_count_selected },
  { "jr:choice-name", STRING, 2, 2, -1, zf_fn_choice_name },
  { "version", STRING, 0, 0, -1, zf_fn_version },
  /* numbers */
  { "int", NUMBER, 1, 1, -1, zf_fn_int },
  { "abs", NUMBER, 1, 1, -1, zf_fn_abs },
  { "pow", NUMBER, 2, 2, -1, zf_fn_pow },
  { "exp", NUMBER, 1, 1, -1, zf_fn_exp },
  { "exp10", NUMBER, 1, 1, -1, zf_fn_exp10 },
  { "log", NUMBER, 1, 1, -1, zf_fn_log },
  { "log10", NUMBER, 1, 1, -1, zf_fn_log10 },
  { "sqrt", NUMBER, 1, 1, -1, zf_fn_sqrt },
  { "sin", NUMBER, 1, 1, -1, zf_fn_sin },
  { "cos", NUMBER, 1, 1, -1, zf_fn_cos },
  { "tan", NUMBER, 1, 1, -1, zf_fn_tan },
  { "asin", NUMBER, 1, 1, -1, zf_fn_asin },
  { "acos", NUMBER, 1, 1, -1, zf_fn_acos },
  { "atan", NUMBER, 1, 1, -1, zf_fn_atan },
  { "atan2", NUMBER, 2, 2, -1, zf_fn_atan2 },
  { "pi", NUMBER, 0, 0, -1, zf_fn_pi },
  { "min", NUMBER, 1, -1, -1, zf_fn_min },
  { "max", NUMBER, 1, -1, -1, zf_fn_max },
  { "random", NUMBER, 0, 0, -1, zf_fn_random },
  /* days and moments */
  { "today", DATE, 0, 0, -1, zf_fn_today },
  { "now", DATE, 0, 0, -1, zf_fn_now },
  { "date", DATE, 1, 1, -1, zf_fn_date },
  { "date-time", DATE, 1, 1, -1, zf_fn_date_time },
  { "decimal-date-time", NUMBER, 1, 1, -1, zf_fn_decimal_date_time },
  { "decimal-time", NUMBER, 1, 1, -1, zf_fn_decimal_time },
  { "format-date", STRING, 2, 2, -1, zf_fn_format_date },
  { "format-date-time", STRING, 2, 2, -1, zf_fn_format_date },
  /* choosing, sets and repeats */
  { "if", NODES, 3, 3, 1, zf_fn_if },
  { "coalesce", NODES, 1, -1, 0, zf_fn_coalesce },
  { "once", NODES, 1, 1, 0, NULL },
  { "count-non-empty", NUMBER, 1, 1, -1, zf_fn_count_non_empty },
  { "current", NODES, 0, 0, -1, zf_fn_current },
  { "indexed-repeat", NODES, 3, 11, -1, zf_fn_indexed_repeat, .step = 2 },
  { "randomize", NODES, 1, 2, -1, zf_fn_randomize },
  { "checklist", BOOLEAN, 3, -1, -1, zf_fn_checklist },
  { "weighted-checklist", BOOLEAN, 4, -1, -1, zf_fn_weighted_checklist, .step = 2 },
  { "instance", NODES, 1, 1, -1, zf_fn_instance },
  { "pulldata", STRING, 4, 4, -1, zf_fn_pulldata },
  /* places */
  { "area", NUMBER, 1, -1, -1, zf_fn_area },
  { "enclosed-area", NUMBER, 1, -1, -1, zf_fn_area },
  { "distance", NUMBER, 1, -1, -1, zf_fn_distance },
  { "geofence", BOOLEAN, 2, 2, -1, zf_fn_geofence },
  /* digests and identifiers */
  { "digest", STRING, 2, 3, -1, zf_fn_digest },
  { "base64-decode", STRING, 1, 1, -1, zf_fn_base64_decode },
  { "uuid", STRING, 0, 1, -1, zf_fn_uuid },
  /* this product's */
  { "zf:money", NUMBER, 1, 1, -1, zf_fn_money },
  /* documented by ODK and not offered here */
  REFUSED ("property", N_("it would tell about the device or the person at it, and answers hold no such identifiers here")),
  REFUSED ("jr:itext", N_("translations stand in columns such as label::English")),
  REFUSED ("extract-signed", N_("signatures of scanned cards are not checked here")),
  REFUSED ("intersects", N_("lines and shapes are not compared here; geofence() tells whether a point lies in a shape")),
};

const ZfExprFunction *
zf_expr_function_at (guint i)
{
  return i < G_N_ELEMENTS (functions) ? &functions[i] : NULL;
}

const ZfExprFunction *
zf_expr_function (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, name))
      return &functions[i];
  return NULL;
}

gboolean
zf_expr_function_takes (const ZfExprFunction *function, guint n)
{
  if ((int) n < function->min_args || (function->max_args >= 0 && (int) n > function->max_args))
    return FALSE;
  return function->step < 2 || ((int) n - function->min_args) % function->step == 0;
}

void
zf_expr_functions_register (xmlXPathContext *context)
{
  xmlXPathRegisterNs (context, (const xmlChar *) "zf", (const xmlChar *) ZF_XPATH_NS);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      const char *colon = strchr (functions[i].name, ':');
      const char *bare = colon != NULL ? colon + 1 : functions[i].name;
      if (functions[i].function != NULL)
        xmlXPathRegisterFuncNS (context, (const xmlChar *) bare, (const xmlChar *) ZF_XPATH_NS, functions[i].function);
    }
  xmlXPathRegisterFuncNS (context, (const xmlChar *) "hold", (const xmlChar *) ZF_XPATH_NS, zf_fn_hold);
  zf_expr_operators_register (context);
}

/* What the functions share */

ZfExprState *
zf_expr_state (xmlXPathParserContext *ctxt)
{
  return ctxt->context->userData;
}

char *
zf_expr_text (xmlXPathObject *object)
{
  char *number = object->type == XPATH_NUMBER ? zf_expr_number_text (object->floatval) : NULL;
  if (number != NULL)
    return number;
  xmlChar *text = xmlXPathCastToString (object);
  char *copy = g_strdup (text != NULL ? (const char *) text : "");
  xmlFree (text);
  return copy;
}

char *
zf_expr_pop_text (xmlXPathParserContext *ctxt)
{
  xmlXPathObject *object = valuePop (ctxt);
  char *text = object != NULL ? zf_expr_text (object) : g_strdup ("");
  xmlXPathFreeObject (object);
  return text;
}

double
zf_expr_pop_measure (xmlXPathParserContext *ctxt)
{
  xmlXPathObject *object = valuePop (ctxt);
  double number = object != NULL ? zf_expr_measure (object, zf_expr_state (ctxt)) : NAN;
  xmlXPathFreeObject (object);
  return number;
}

static void
add_texts (xmlXPathParserContext *ctxt, GPtrArray *texts, xmlXPathObject *object)
{
  if (object->type != XPATH_NODESET)
    {
      g_ptr_array_add (texts, zf_expr_text (object));
      return;
    }
  gboolean within = TRUE;
  for (int i = 0; within && i < xmlXPathNodeSetGetLength (object->nodesetval); i++)
    {
      xmlChar *text = xmlXPathCastNodeToString (object->nodesetval->nodeTab[i]);
      g_ptr_array_add (texts, g_strdup (text != NULL ? (const char *) text : ""));
      within = zf_expr_charge (ctxt, strlen (g_ptr_array_index (texts, texts->len - 1)));
      xmlFree (text);
    }
}

GPtrArray *
zf_expr_pop_texts (xmlXPathParserContext *ctxt, int nargs)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) xmlXPathFreeObject);
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  for (int i = 0; i < nargs; i++)
    {
      xmlXPathObject *object = valuePop (ctxt);
      if (object != NULL)
        g_ptr_array_add (objects, object);
    }
  for (guint i = objects->len; i-- > 0;)
    add_texts (ctxt, texts, objects->pdata[i]);
  return texts;
}

void
zf_expr_push_text (xmlXPathParserContext *ctxt, const char *text)
{
  valuePush (ctxt, xmlXPathNewCString (text));
}

void
zf_expr_push_number (xmlXPathParserContext *ctxt, double number)
{
  valuePush (ctxt, xmlXPathNewFloat (number));
}

void
zf_expr_push_boolean (xmlXPathParserContext *ctxt, gboolean value)
{
  valuePush (ctxt, xmlXPathNewBoolean (value));
}

#define BYTES_A_STEP 64

gboolean
zf_expr_charge (xmlXPathParserContext *ctxt, gsize bytes)
{
  xmlXPathContext *context = ctxt->context;
  context->opCount += bytes / BYTES_A_STEP + 1;
  if (context->opCount <= context->opLimit)
    return TRUE;
  xmlXPathErr (ctxt, XPATH_OP_LIMIT_EXCEEDED);
  return FALSE;
}
