/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-functions.h"
#include "zf-expr-compare.h"
#include "zf-json.h"

#include <libxml/xpathInternals.h>
#include <math.h>
#include <string.h>

static ZfExprState *
state_of (xmlXPathParserContext *ctxt)
{
  return ctxt->context->userData;
}

/* (transfer full): the next argument from the end as text. */
static char *
pop_text (xmlXPathParserContext *ctxt)
{
  xmlChar *text = xmlXPathPopString (ctxt);
  char *copy = g_strdup (text != NULL ? (const char *) text : "");
  xmlFree (text);
  return copy;
}

static void
push_text (xmlXPathParserContext *ctxt, const char *text)
{
  valuePush (ctxt, xmlXPathNewCString (text));
}

static double
pop_measure (xmlXPathParserContext *ctxt)
{
  xmlXPathObject *object = valuePop (ctxt);
  double number = object != NULL ? zf_expr_measure (object, state_of (ctxt)) : NAN;
  xmlXPathFreeObject (object);
  return number;
}

static void
fn_today (xmlXPathParserContext *ctxt, int nargs)
{
  push_text (ctxt, state_of (ctxt)->today);
}

static void
fn_now (xmlXPathParserContext *ctxt, int nargs)
{
  ZfExprState *state = state_of (ctxt);
  g_autofree char *text = state->now_ms != 0 ? zf_expr_moment_text (state->now_ms) : g_strconcat (state->today, "T00:00:00", NULL);
  push_text (ctxt, text);
}

/* date(days), date(text): a day; a text that is no date makes the result unknown. */
static void
fn_date (xmlXPathParserContext *ctxt, int nargs)
{
  double days = pop_measure (ctxt);
  g_autofree char *text = isnan (days) ? NULL : zf_expr_date_text (days);
  push_text (ctxt, text != NULL ? text : "");
}

static void
fn_date_time (xmlXPathParserContext *ctxt, int nargs)
{
  double days = pop_measure (ctxt);
  g_autofree char *day = isnan (days) ? NULL : zf_expr_date_text (days);
  if (day == NULL)
    {
      push_text (ctxt, "");
      return;
    }
  int seconds = (int) floor ((days - floor (days)) * 86400 + 0.0005);
  g_autofree char *text = g_strdup_printf ("%sT%02d:%02d:%02d", day, seconds / 3600, seconds / 60 % 60, seconds % 60);
  push_text (ctxt, text);
}

static void
fn_measure (xmlXPathParserContext *ctxt, int nargs)
{
  valuePush (ctxt, xmlXPathNewFloat (pop_measure (ctxt)));
}

static void
fn_number (xmlXPathParserContext *ctxt, int nargs)
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
  valuePush (ctxt, xmlXPathNewFloat (number));
}

/* format-date(date, "%Y年%n月%e日"): the ODK letters. */
static void
format_letter (GString *out, char letter, const GDate *date)
{
  int year = g_date_get_year (date), month = (int) g_date_get_month (date), day = g_date_get_day (date);
  switch (letter)
    {
    case 'Y': g_string_append_printf (out, "%04d", year); break;
    case 'y': g_string_append_printf (out, "%02d", year % 100); break;
    case 'm': g_string_append_printf (out, "%02d", month); break;
    case 'n': g_string_append_printf (out, "%d", month); break;
    case 'd': g_string_append_printf (out, "%02d", day); break;
    case 'e': g_string_append_printf (out, "%d", day); break;
    default: g_string_append_c (out, letter); break;
    }
}

static void
fn_format_date (xmlXPathParserContext *ctxt, int nargs)
{
  g_autofree char *format = pop_text (ctxt);
  double days = pop_measure (ctxt);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *day = isnan (days) ? NULL : zf_expr_date_text (days);
  if (day != NULL)
    {
      GDate date;
      g_date_clear (&date, 1);
      g_date_set_dmy (&date, (GDateDay) atoi (day + 8), (GDateMonth) atoi (day + 5), (GDateYear) atoi (day));
      for (const char *p = format; *p != '\0'; p++)
        if (p[0] == '%' && p[1] != '\0')
          format_letter (out, *++p, &date);
        else
          g_string_append_c (out, *p);
    }
  push_text (ctxt, out->str);
}

/* A select_multiple stands in the document as its codes with spaces between. */
static GStrv
words (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\n", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static void
fn_selected (xmlXPathParserContext *ctxt, int nargs)
{
  g_autofree char *code = pop_text (ctxt);
  g_autofree char *text = pop_text (ctxt);
  g_auto (GStrv) all = words (text);
  valuePush (ctxt, xmlXPathNewBoolean (g_strv_contains ((const char *const *) all, g_strstrip (code))));
}

static void
fn_count_selected (xmlXPathParserContext *ctxt, int nargs)
{
  g_autofree char *text = pop_text (ctxt);
  g_auto (GStrv) all = words (text);
  valuePush (ctxt, xmlXPathNewFloat (g_strv_length (all)));
}

static void
fn_selected_at (xmlXPathParserContext *ctxt, int nargs)
{
  double at = xmlXPathPopNumber (ctxt);
  g_autofree char *text = pop_text (ctxt);
  g_auto (GStrv) all = words (text);
  push_text (ctxt, at >= 0 && at < g_strv_length (all) ? all[(guint) at] : "");
}

static void
fn_if (xmlXPathParserContext *ctxt, int nargs)
{
  xmlXPathObject *otherwise = valuePop (ctxt);
  xmlXPathObject *then = valuePop (ctxt);
  gboolean condition = xmlXPathPopBoolean (ctxt);
  valuePush (ctxt, condition ? then : otherwise);
  xmlXPathFreeObject (condition ? otherwise : then);
}

/* The first argument that is not empty; when all are, the last. */
static void
fn_coalesce (xmlXPathParserContext *ctxt, int nargs)
{
  xmlXPathObject *found = NULL;
  for (int i = 0; i < nargs; i++)
    {
      xmlXPathObject *object = valuePop (ctxt);
      if (object == NULL)
        continue;
      xmlChar *text = xmlXPathCastToString (object);
      if (found == NULL || *text != '\0')
        {
          xmlXPathFreeObject (found);
          found = object;
        }
      else
        xmlXPathFreeObject (object);
      xmlFree (text);
    }
  if (found != NULL)
    valuePush (ctxt, found);
}

/* The whole text must match, as in ODK; the step limit keeps a pattern from running for ever. */
static GRegex *
pattern (ZfExprState *state, const char *text)
{
  GRegex *regex = g_hash_table_lookup (state->patterns, text);
  if (regex != NULL)
    return regex;
  g_autofree char *whole = g_strdup_printf ("(*LIMIT_MATCH=200000)^(?:%s)\\z", text);
  regex = g_regex_new (whole, 0, 0, NULL);
  if (regex != NULL)
    g_hash_table_insert (state->patterns, g_strdup (text), regex);
  return regex;
}

static void
fn_regex (xmlXPathParserContext *ctxt, int nargs)
{
  g_autofree char *text = pop_text (ctxt);
  g_autofree char *value = pop_text (ctxt);
  GRegex *regex = pattern (state_of (ctxt), text);
  g_autoptr (GError) error = NULL;
  gboolean matches = regex != NULL && g_regex_match_full (regex, value, -1, 0, 0, NULL, &error);
  if (regex == NULL || error != NULL)
    state_of (ctxt)->unknown = TRUE;
  valuePush (ctxt, xmlXPathNewBoolean (matches));
}

static void
fn_int (xmlXPathParserContext *ctxt, int nargs)
{
  valuePush (ctxt, xmlXPathNewFloat (trunc (pop_measure (ctxt))));
}

/* round(x, places): half away from zero on the decimal digits. */
static void
fn_round (xmlXPathParserContext *ctxt, int nargs)
{
  double places = xmlXPathPopNumber (ctxt);
  double number = xmlXPathPopNumber (ctxt);
  double scale = pow (10, isnan (places) ? 0 : CLAMP (trunc (places), -15, 15));
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double scaled = g_ascii_strtod (g_ascii_formatd (buffer, sizeof buffer, "%.15g", number * scale), NULL);
  valuePush (ctxt, xmlXPathNewFloat (round (scaled) / scale));
}

static void
fn_abs (xmlXPathParserContext *ctxt, int nargs)
{
  valuePush (ctxt, xmlXPathNewFloat (fabs (pop_measure (ctxt))));
}

static void
fn_pow (xmlXPathParserContext *ctxt, int nargs)
{
  double exponent = xmlXPathPopNumber (ctxt);
  double base = xmlXPathPopNumber (ctxt);
  valuePush (ctxt, xmlXPathNewFloat (pow (base, exponent)));
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
  valuePush (ctxt, xmlXPathNewFloat (best));
}

static void
fn_max (xmlXPathParserContext *ctxt, int nargs)
{
  push_extreme (ctxt, nargs, 1);
}

static void
fn_min (xmlXPathParserContext *ctxt, int nargs)
{
  push_extreme (ctxt, nargs, -1);
}

static void
fn_count_non_empty (xmlXPathParserContext *ctxt, int nargs)
{
  xmlNodeSet *nodes = xmlXPathPopNodeSet (ctxt);
  guint n = 0;
  for (int i = 0; i < xmlXPathNodeSetGetLength (nodes); i++)
    {
      xmlChar *text = xmlXPathCastNodeToString (xmlXPathNodeSetItem (nodes, i));
      n += text != NULL && *text != '\0';
      xmlFree (text);
    }
  xmlXPathFreeNodeSet (nodes);
  valuePush (ctxt, xmlXPathNewFloat (n));
}

/* zf:money(x): 元 rounded to 分; the nodes of a set are rounded one by one and added as whole 分. */
static void
fn_money (xmlXPathParserContext *ctxt, int nargs)
{
  g_autoptr (GArray) numbers = pop_numbers (ctxt, nargs);
  gint64 sum = 0;
  gboolean fine = numbers->len > 0;
  for (guint i = 0; i < numbers->len && fine; i++)
    {
      gint64 fen = 0;
      fine = zf_expr_fen (g_array_index (numbers, double, i), &fen);
      sum += fen;
    }
  g_autofree char *text = zf_money_format (sum);
  valuePush (ctxt, xmlXPathNewFloat (fine ? g_ascii_strtod (text, NULL) : NAN));
}

static void
fn_ends_with (xmlXPathParserContext *ctxt, int nargs)
{
  g_autofree char *end = pop_text (ctxt);
  g_autofree char *text = pop_text (ctxt);
  valuePush (ctxt, xmlXPathNewBoolean (g_str_has_suffix (text, end)));
}

/* ODK's substr counts from 0 and its end is not included; negative counts from the end. */
static void
fn_substr (xmlXPathParserContext *ctxt, int nargs)
{
  double to = nargs > 2 ? xmlXPathPopNumber (ctxt) : G_MAXINT;
  double from = xmlXPathPopNumber (ctxt);
  g_autofree char *text = pop_text (ctxt);
  long length = g_utf8_strlen (text, -1);
  double a = trunc (from < 0 ? from + length : from);
  double b = trunc (to < 0 ? to + length : to);
  a = CLAMP (a, 0, length);
  b = CLAMP (b, 0, length);
  g_autofree char *part = a < b ? g_utf8_substring (text, (long) a, (long) b) : g_strdup ("");
  push_text (ctxt, part);
}

static const ZfExprFunction functions[] = {
  /* libxml2's own */
  { "last", ZF_XPATH_NUMBER, 0, 0, -1, NULL },
  { "position", ZF_XPATH_NUMBER, 0, 0, -1, NULL },
  { "count", ZF_XPATH_NUMBER, 1, 1, -1, NULL },
  { "id", ZF_XPATH_UNKNOWN, 1, 1, -1, NULL },
  { "local-name", ZF_XPATH_STRING, 0, 1, -1, NULL },
  { "namespace-uri", ZF_XPATH_STRING, 0, 1, -1, NULL },
  { "name", ZF_XPATH_STRING, 0, 1, -1, NULL },
  { "string", ZF_XPATH_STRING, 0, 1, 0, NULL },
  { "concat", ZF_XPATH_STRING, 2, -1, -1, NULL },
  { "starts-with", ZF_XPATH_BOOLEAN, 2, 2, -1, NULL },
  { "contains", ZF_XPATH_BOOLEAN, 2, 2, -1, NULL },
  { "substring-before", ZF_XPATH_STRING, 2, 2, -1, NULL },
  { "substring-after", ZF_XPATH_STRING, 2, 2, -1, NULL },
  { "substring", ZF_XPATH_STRING, 2, 3, -1, NULL },
  { "string-length", ZF_XPATH_NUMBER, 0, 1, -1, NULL },
  { "normalize-space", ZF_XPATH_STRING, 0, 1, -1, NULL },
  { "translate", ZF_XPATH_STRING, 3, 3, -1, NULL },
  { "boolean", ZF_XPATH_BOOLEAN, 1, 1, -1, NULL },
  { "not", ZF_XPATH_BOOLEAN, 1, 1, -1, NULL },
  { "true", ZF_XPATH_BOOLEAN, 0, 0, -1, NULL },
  { "false", ZF_XPATH_BOOLEAN, 0, 0, -1, NULL },
  { "lang", ZF_XPATH_BOOLEAN, 1, 1, -1, NULL },
  { "sum", ZF_XPATH_NUMBER, 1, 1, -1, NULL },
  { "floor", ZF_XPATH_NUMBER, 1, 1, -1, NULL },
  { "ceiling", ZF_XPATH_NUMBER, 1, 1, -1, NULL },
  /* XPath's, with what ODK adds: the rewrite chooses between libxml2's and ours */
  { "number", ZF_XPATH_NUMBER, 0, 1, -1, fn_number },
  { "round", ZF_XPATH_NUMBER, 1, 2, -1, fn_round },
  /* ODK's */
  { "today", ZF_XPATH_DATE, 0, 0, -1, fn_today },
  { "now", ZF_XPATH_DATE, 0, 0, -1, fn_now },
  { "date", ZF_XPATH_DATE, 1, 1, -1, fn_date },
  { "date-time", ZF_XPATH_DATE, 1, 1, -1, fn_date_time },
  { "decimal-date-time", ZF_XPATH_NUMBER, 1, 1, -1, fn_measure },
  { "format-date", ZF_XPATH_STRING, 2, 2, -1, fn_format_date },
  { "selected", ZF_XPATH_BOOLEAN, 2, 2, -1, fn_selected },
  { "count-selected", ZF_XPATH_NUMBER, 1, 1, -1, fn_count_selected },
  { "selected-at", ZF_XPATH_STRING, 2, 2, -1, fn_selected_at },
  { "if", ZF_XPATH_UNKNOWN, 3, 3, 1, fn_if },
  { "coalesce", ZF_XPATH_UNKNOWN, 1, -1, 0, fn_coalesce },
  { "once", ZF_XPATH_UNKNOWN, 1, 1, 0, NULL },
  { "regex", ZF_XPATH_BOOLEAN, 2, 2, -1, fn_regex },
  { "int", ZF_XPATH_NUMBER, 1, 1, -1, fn_int },
  { "abs", ZF_XPATH_NUMBER, 1, 1, -1, fn_abs },
  { "pow", ZF_XPATH_NUMBER, 2, 2, -1, fn_pow },
  { "min", ZF_XPATH_NUMBER, 1, -1, -1, fn_min },
  { "max", ZF_XPATH_NUMBER, 1, -1, -1, fn_max },
  { "count-non-empty", ZF_XPATH_NUMBER, 1, 1, -1, fn_count_non_empty },
  { "ends-with", ZF_XPATH_BOOLEAN, 2, 2, -1, fn_ends_with },
  { "substr", ZF_XPATH_STRING, 2, 3, -1, fn_substr },
  /* this product's */
  { "zf:money", ZF_XPATH_NUMBER, 1, 1, -1, fn_money },
};

const ZfExprFunction *
zf_expr_function (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, name))
      return &functions[i];
  return NULL;
}

void
zf_expr_functions_register (xmlXPathContext *context)
{
  xmlXPathRegisterNs (context, (const xmlChar *) "zf", (const xmlChar *) ZF_XPATH_NS);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      const char *bare = g_str_has_prefix (functions[i].name, "zf:") ? functions[i].name + 3 : functions[i].name;
      if (functions[i].function != NULL)
        xmlXPathRegisterFuncNS (context, (const xmlChar *) bare, (const xmlChar *) ZF_XPATH_NS, functions[i].function);
    }
  zf_expr_operators_register (context);
}
