/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-expr.h"
#include "zf-clock.h"
#include "zf-expr-compare.h"
#include "zf-expr-library.h"
#include "zf-form.h"

#include <glib/gi18n.h>
#include <libxml/parser.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <string.h>

/* Enough for every form and rule; a bomb ends after some ten milliseconds. */
#define OP_LIMIT 500000
#define XML_LIMIT (4 * 1024 * 1024)

struct _ZfExpr
{
  ZfXpath *source;
  xmlXPathCompExpr *compiled;
};

struct _ZfExprContext
{
  xmlXPathContext *xpath;
  ZfExprState state;
  char *today;
};

/* libxml2 would print to stderr; its words are of no use to people. */
static void
keep_quiet (void *data, xmlError *error)
{
}

static gboolean
compile (ZfExpr *self, GError **error)
{
  xmlXPathContext *context = xmlXPathNewContext (NULL);
  context->error = keep_quiet;
  context->opLimit = OP_LIMIT;
  xmlXPathRegisterNs (context, (const xmlChar *) "zf", (const xmlChar *) ZF_XPATH_NS);
  self->compiled = xmlXPathCtxtCompile (context, (const xmlChar *) self->source->xpath);
  xmlXPathFreeContext (context);
  if (self->compiled == NULL)
    g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION, _("position %u: %s"), 1u, _("this is not an XPath expression, or it is too large"));
  return self->compiled != NULL;
}

ZfExpr *
zf_expr_new (const char *expression, const ZfXpathScope *scope, GError **error)
{
  g_autoptr (ZfExpr) self = g_new0 (ZfExpr, 1);
  self->source = zf_xpath_rewrite (expression, scope, error);
  if (self->source == NULL || !compile (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
zf_expr_free (ZfExpr *self)
{
  g_clear_pointer (&self->source, zf_xpath_free);
  g_clear_pointer (&self->compiled, xmlXPathFreeCompExpr);
  g_free (self);
}

ZfXpathType
zf_expr_type (ZfExpr *self)
{
  return self->source->type;
}

GPtrArray *
zf_expr_depends (ZfExpr *self)
{
  return self->source->depends;
}

GPtrArray *
zf_expr_paths (ZfExpr *self)
{
  return self->source->paths;
}

gboolean
zf_expr_is_wide (ZfExpr *self)
{
  return self->source->wide;
}

ZfExprContext *
zf_expr_context_new (xmlDoc *doc, const char *today)
{
  ZfExprContext *self = g_new0 (ZfExprContext, 1);
  self->today = g_strdup (today);
  self->state.today = self->today;
  self->state.patterns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_regex_unref);
  self->state.held = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self->state.copies = g_ptr_array_new_with_free_func ((GDestroyNotify) xmlFreeDoc);
  self->state.form.lang = "en";
  self->state.random = zf_random_new_system ();
  self->xpath = xmlXPathNewContext (doc);
  self->xpath->userData = &self->state;
  self->xpath->error = keep_quiet;
  self->xpath->opLimit = OP_LIMIT;
  zf_expr_functions_register (self->xpath);
  return self;
}

void
zf_expr_context_set_now (ZfExprContext *self, gint64 now_ms)
{
  self->state.now_ms = now_ms;
}

void
zf_expr_context_set_form (ZfExprContext *self, const ZfExprForm *form)
{
  self->state.form = *form;
}

void
zf_expr_context_set_random (ZfExprContext *self, ZfRandom *random)
{
  g_set_object (&self->state.random, random);
}

void
zf_expr_context_free (ZfExprContext *self)
{
  xmlXPathFreeContext (self->xpath);
  g_hash_table_unref (self->state.patterns);
  g_array_unref (self->state.held);
  g_ptr_array_unref (self->state.copies);
  g_object_unref (self->state.random);
  g_free (self->today);
  g_free (self);
}

static xmlXPathObject *
run (ZfExpr *expr, ZfExprContext *context, xmlNode *self, GError **error)
{
  context->xpath->node = self;
  context->xpath->opCount = 0;
  context->xpath->depth = 0;
  context->state.unknown = FALSE;
  context->state.self = self;
  g_array_set_size (context->state.held, 0);
  xmlXPathObject *object = xmlXPathCompiledEval (expr->compiled, context->xpath);
  if (object == NULL)
    g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION, "the expression cannot be evaluated: it takes too many steps or mixes kinds of values");
  return object;
}

/* The result goes before the nodes that randomize() copied. */
static void
run_end (ZfExprContext *context, xmlXPathObject *object)
{
  xmlXPathFreeObject (object);
  g_ptr_array_set_size (context->state.copies, 0);
}

static ZfExprResult
result_of (ZfExpr *expr, ZfExprContext *context, xmlXPathObject *object)
{
  if (context->state.unknown || (expr->source->tri && zf_expr_tri (object) == ZF_TRI_UNKNOWN))
    return ZF_EXPR_UNKNOWN;
  if (object->type == XPATH_BOOLEAN)
    return ZF_EXPR_BOOLEAN;
  if (object->type == XPATH_NUMBER)
    return ZF_EXPR_NUMBER;
  return object->type == XPATH_NODESET ? ZF_EXPR_NODESET : ZF_EXPR_STRING;
}

gboolean
zf_expr_eval (ZfExpr *expr, ZfExprContext *context, xmlNode *self, ZfExprValue *value, GError **error)
{
  memset (value, 0, sizeof *value);
  xmlXPathObject *object = run (expr, context, self, error);
  if (object == NULL)
    return FALSE;
  value->type = result_of (expr, context, object);
  value->number = xmlXPathCastToNumber (object);
  value->boolean = xmlXPathCastToBoolean (object);
  value->text = zf_expr_text (object);
  run_end (context, object);
  return TRUE;
}

void
zf_expr_value_clear (ZfExprValue *value)
{
  g_clear_pointer (&value->text, g_free);
}

ZfTri
zf_expr_test (ZfExpr *expr, ZfExprContext *context, xmlNode *self)
{
  g_autoptr (GError) error = NULL;
  xmlXPathObject *object = run (expr, context, self, &error);
  if (object == NULL)
    {
      g_info ("condition left unknown: %s", error->message);
      return ZF_TRI_UNKNOWN;
    }
  ZfTri result = ZF_TRI_UNKNOWN;
  if (result_of (expr, context, object) != ZF_EXPR_UNKNOWN)
    result = xmlXPathCastToBoolean (object) ? ZF_TRI_TRUE : ZF_TRI_FALSE;
  run_end (context, object);
  return result;
}

/* For the command line */

static xmlDoc *
read_xml (const char *xml, GError **error)
{
  const char *text = xml != NULL ? xml : "<data/>";
  gsize length = strlen (text);
  xmlDoc *doc = NULL;
  /* No network, no external files, and an entity cannot grow: XML_PARSE_NOENT and _HUGE are not given. */
  if (length <= XML_LIMIT)
    doc = xmlReadMemory (text, (int) length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (doc == NULL || xmlDocGetRootElement (doc) == NULL)
    {
      g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, "the document is not well-formed XML, or it is larger than 4 MB");
      g_clear_pointer (&doc, xmlFreeDoc);
    }
  return doc;
}

gboolean
zf_expr_eval_text (const char *expression, const char *xml, char **type, char **value, GError **error)
{
  static const char *const names[] = { "number", "string", "boolean", "nodeset", "unknown" };
  g_autoptr (ZfExpr) expr = zf_expr_new (expression, NULL, error);
  xmlDoc *doc = expr != NULL ? read_xml (xml, error) : NULL;
  if (doc == NULL)
    return FALSE;
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autofree char *today = zf_clock_today (clock);
  g_autoptr (ZfExprContext) context = zf_expr_context_new (doc, today);
  zf_expr_context_set_now (context, zf_clock_now_ms (clock));
  g_auto (ZfExprValue) result = { 0 };
  gboolean ok = zf_expr_eval (expr, context, xmlDocGetRootElement (doc), &result, error);
  if (ok)
    {
      *type = g_strdup (names[result.type]);
      *value = g_strdup (result.type == ZF_EXPR_UNKNOWN ? "unknown" : result.text);
    }
  xmlFreeDoc (doc);
  return ok;
}
