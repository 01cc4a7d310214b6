/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-xpath-rewrite-private.h"

#include <glib/gi18n.h>
#include <string.h>

static ZfXpathTerm parse_expr (ZfXpathParser *self);
static void parse_steps (ZfXpathParser *self, GString *out);

static const ZfToken *
peek (ZfXpathParser *self)
{
  return &g_array_index (self->tokens, ZfToken, self->at);
}

static const ZfToken *
next (ZfXpathParser *self)
{
  const ZfToken *token = peek (self);
  if (token->type != ZF_TOKEN_END)
    self->at++;
  return token;
}

static gboolean
at_text (ZfXpathParser *self, ZfTokenType type, const char *text)
{
  const ZfToken *token = peek (self);
  return token->type == type && g_str_equal (token->text, text);
}

static gboolean
accept (ZfXpathParser *self, ZfTokenType type, const char *text)
{
  if (!at_text (self, type, text))
    return FALSE;
  self->at++;
  return TRUE;
}

/* The first thing that is wrong is the one that helps; parsing runs on to the end of what it holds. */
void
zf_xpath_fail (ZfXpathParser *self, const ZfToken *token, const char *format, ...)
{
  if (self->error != NULL)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *why = g_strdup_vprintf (format, args);
  va_end (args);
  self->error = g_error_new (ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION, _("position %u: %s"), token->position, why);
}

static void
expect (ZfXpathParser *self, const char *punct)
{
  if (!accept (self, ZF_TOKEN_PUNCT, punct))
    zf_xpath_fail (self, peek (self), peek (self)->type == ZF_TOKEN_END ? _("“%s” is missing at the end") : _("“%s” is missing here"), punct);
}

/* indexed-repeat(${name}, ${group}, index, …): names and groups stand for all rows, an index for this one. */
static gboolean
is_absolute_arg (const ZfExprFunction *function, guint i)
{
  return function != NULL && g_str_equal (function->name, "indexed-repeat") && (i == 0 || i % 2 == 1);
}

static ZfXpathTerm
parse_arg (ZfXpathParser *self, const ZfExprFunction *function, guint i)
{
  gboolean before = self->absolute;
  self->absolute = is_absolute_arg (function, i);
  self->wide |= self->absolute;
  ZfXpathTerm arg = parse_expr (self);
  self->absolute = before;
  return arg;
}

static GArray *
parse_args (ZfXpathParser *self, const ZfExprFunction *function)
{
  GArray *args = g_array_new (FALSE, FALSE, sizeof (ZfXpathTerm));
  g_array_set_clear_func (args, (GDestroyNotify) zf_xpath_term_clear);
  expect (self, "(");
  if (accept (self, ZF_TOKEN_PUNCT, ")"))
    return args;
  do
    {
      ZfXpathTerm arg = parse_arg (self, function, args->len);
      g_array_append_val (args, arg);
    }
  while (self->error == NULL && accept (self, ZF_TOKEN_PUNCT, ","));
  expect (self, ")");
  return args;
}

static ZfXpathTerm
parse_call (ZfXpathParser *self)
{
  const ZfToken *name = next (self);
  const ZfExprFunction *function = zf_expr_function (name->text);
  if (function == NULL)
    zf_xpath_fail (self, name, _("there is no function %s()"), name->text);
  else if (function->refused != NULL)
    zf_xpath_fail (self, name, _("%s() is not offered: %s"), name->text, _(function->refused));
  g_autoptr (GArray) args = parse_args (self, function);
  if (self->error == NULL && !zf_expr_function_takes (function, args->len))
    zf_xpath_fail (self, name, _("%s() does not take %u values"), name->text, args->len);
  if (self->error != NULL)
    return zf_xpath_term (ZF_XPATH_UNKNOWN, FALSE, g_strdup (""));
  return zf_xpath_call (self, name, function, args);
}

/* Paths */

static void
parse_predicates (ZfXpathParser *self, GString *out)
{
  while (self->error == NULL && accept (self, ZF_TOKEN_PUNCT, "["))
    {
      ZfXpathTerm inner = zf_xpath_known (parse_expr (self));
      g_string_append_printf (out, "[%s]", inner.text);
      zf_xpath_term_clear (&inner);
      expect (self, "]");
    }
}

static void
parse_node_type (ZfXpathParser *self, GString *out)
{
  g_string_append_printf (out, "%s(", next (self)->text);
  expect (self, "(");
  if (peek (self)->type == ZF_TOKEN_LITERAL)
    g_string_append (out, next (self)->text);
  expect (self, ")");
  g_string_append_c (out, ')');
}

static void
add_once (GPtrArray *names, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

/* ${people}[age < 18]/pets reads the questions age and pets as well. */
static void
note_path_name (ZfXpathParser *self, const char *name)
{
  ZfXpathType type;
  if (self->in_form && !self->in_list && self->scope->lookup != NULL && self->scope->lookup (self->scope->data, name, &type))
    add_once (self->paths, name);
}

static void
parse_step (ZfXpathParser *self, GString *out)
{
  if (at_text (self, ZF_TOKEN_PUNCT, ".") || at_text (self, ZF_TOKEN_PUNCT, ".."))
    {
      g_string_append (out, next (self)->text);
      return;
    }
  if (accept (self, ZF_TOKEN_PUNCT, "@"))
    g_string_append_c (out, '@');
  else if (peek (self)->type == ZF_TOKEN_AXIS)
    {
      g_string_append_printf (out, "%s::", next (self)->text);
      expect (self, "::");
    }
  if (peek (self)->type == ZF_TOKEN_NODE_TYPE)
    parse_node_type (self, out);
  else if (peek (self)->type == ZF_TOKEN_NAME)
    {
      note_path_name (self, peek (self)->text);
      g_string_append (out, next (self)->text);
    }
  else
    zf_xpath_fail (self, peek (self), _("a name is missing here"));
  parse_predicates (self, out);
}

static void
parse_steps (ZfXpathParser *self, GString *out)
{
  parse_step (self, out);
  while (self->error == NULL && (at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//")))
    {
      g_string_append (out, next (self)->text);
      parse_step (self, out);
    }
}

static gboolean
step_starts (ZfXpathParser *self)
{
  const ZfToken *token = peek (self);
  switch (token->type)
    {
    case ZF_TOKEN_NAME:
    case ZF_TOKEN_NODE_TYPE:
    case ZF_TOKEN_AXIS:
      return TRUE;
    case ZF_TOKEN_PUNCT:
      return strchr (".@", token->text[0]) != NULL;
    case ZF_TOKEN_END:
    case ZF_TOKEN_NUMBER:
    case ZF_TOKEN_LITERAL:
    case ZF_TOKEN_QUESTION:
    case ZF_TOKEN_FUNCTION:
    case ZF_TOKEN_OPERATOR:
    default:
      return FALSE;
    }
}

/* A step of a path from the document's root: "data", or whatever the form is called elsewhere, then groups, which have no element here, repeats, and the
 * question at the end. TRUE: it was taken; what goes another way (an axis, an attribute) is left to parse_step. */
static gboolean
parse_root_step (ZfXpathParser *self, GString *out, gboolean root)
{
  const ZfToken *token = peek (self), *after = &g_array_index (self->tokens, ZfToken, MIN (self->at + 1, self->tokens->len - 1));
  gboolean goes_on = after->type == ZF_TOKEN_OPERATOR && *after->text == '/';
  ZfXpathType type;
  if (token->type != ZF_TOKEN_NAME || g_str_equal (token->text, "*"))
    return FALSE;
  if (root)
    {
      g_string_append_c (out, '*');
      self->at++;
      parse_predicates (self, out);
      return TRUE;
    }
  if (self->scope->lookup (self->scope->data, token->text, &type))
    {
      add_once (self->paths, token->text);
      return FALSE;
    }
  if (!goes_on)
    zf_xpath_fail (self, token, _("there is no question “%s”"), token->text);
  else if (self->scope->group == NULL || !self->scope->group (self->scope->data, token->text))
    zf_xpath_fail (self, token, _("there is no group “%s”"), token->text);
  if (self->error != NULL)
    return TRUE;
  self->at += 2;
  return parse_root_step (self, out, FALSE);
}

static void
parse_root_steps (ZfXpathParser *self, GString *out)
{
  gboolean root = g_str_equal (out->str, "/");
  if (!parse_root_step (self, out, root))
    parse_step (self, out);
  while (self->error == NULL && (at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//")))
    {
      g_string_append (out, next (self)->text);
      if (!parse_root_step (self, out, FALSE))
        parse_step (self, out);
    }
}

static ZfXpathTerm
parse_location (ZfXpathParser *self)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean self_only = at_text (self, ZF_TOKEN_PUNCT, "."), before = self->in_form;
  guint start = self->at;
  self->in_form |= self_only || at_text (self, ZF_TOKEN_PUNCT, "..") || at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//");
  if (at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//"))
    g_string_append (out, next (self)->text);
  if (step_starts (self) && out->len > 0 && self->scope->lookup != NULL)
    parse_root_steps (self, out);
  else if (step_starts (self))
    parse_steps (self, out);
  else if (!g_str_equal (out->str, "/"))
    zf_xpath_fail (self, peek (self), peek (self)->type == ZF_TOKEN_END ? _("the expression ends too early") : _("a value is missing here"));
  self->in_form = before;
  ZfXpathType type = self_only && self->at == start + 1 && !self->in_list ? self->scope->self_type : ZF_XPATH_UNKNOWN;
  return zf_xpath_term (type, FALSE, g_strdup (out->str));
}

static ZfXpathTerm
parse_question (ZfXpathParser *self)
{
  const ZfToken *token = next (self);
  ZfXpathType type = ZF_XPATH_UNKNOWN;
  if (self->scope->lookup != NULL && !self->scope->lookup (self->scope->data, token->text, &type))
    zf_xpath_fail (self, token, _("there is no question “%s”"), token->text);
  add_once (self->depends, token->text);
  if (self->scope->path != NULL && self->error == NULL)
    {
      g_autofree char *path = self->scope->path (self->scope->data, token->text, self->absolute);
      /* Among the rows of a list, a name still means the question as seen from where the expression stands. */
      return zf_xpath_term (type, FALSE, g_strconcat (self->in_list && *path != '/' ? "zf:current()/" : "", path, NULL));
    }
  return zf_xpath_term (type, FALSE, g_strdup_printf ("/*/%s", token->text));
}

static ZfXpathTerm
parse_paren (ZfXpathParser *self)
{
  expect (self, "(");
  ZfXpathTerm inner = parse_expr (self);
  expect (self, ")");
  ZfXpathTerm outer = zf_xpath_term (inner.type, inner.tri, g_strdup_printf ("(%s)", inner.text));
  zf_xpath_term_clear (&inner);
  return outer;
}

static ZfXpathTerm
parse_primary (ZfXpathParser *self)
{
  const ZfToken *token = peek (self);
  if (token->type == ZF_TOKEN_NUMBER)
    return zf_xpath_term (ZF_XPATH_NUMBER, FALSE, g_strdup (next (self)->text));
  if (token->type == ZF_TOKEN_LITERAL)
    return zf_xpath_term (ZF_XPATH_STRING, FALSE, g_strdup (next (self)->text));
  if (token->type == ZF_TOKEN_QUESTION)
    return parse_question (self);
  if (token->type == ZF_TOKEN_FUNCTION)
    return parse_call (self);
  if (at_text (self, ZF_TOKEN_PUNCT, "("))
    return parse_paren (self);
  return parse_location (self);
}

/* A primary may go on as a path: ${group}/x, (a | b)[1]. */
static ZfXpathTerm
parse_path (ZfXpathParser *self)
{
  gboolean list = at_text (self, ZF_TOKEN_FUNCTION, "instance"), before = self->in_list, outside = self->in_form;
  gboolean form = peek (self)->type == ZF_TOKEN_QUESTION || at_text (self, ZF_TOKEN_FUNCTION, "current");
  ZfXpathTerm value = parse_primary (self);
  gboolean predicate = at_text (self, ZF_TOKEN_PUNCT, "[");
  gboolean slash = at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//");
  if (self->error != NULL || (!predicate && !slash))
    return value;
  value = zf_xpath_known (value);
  g_autoptr (GString) out = g_string_new (value.text);
  self->in_list |= list;
  self->in_form |= form;
  parse_predicates (self, out);
  if (at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//"))
    {
      g_string_append (out, next (self)->text);
      parse_steps (self, out);
      value.type = ZF_XPATH_UNKNOWN;
    }
  self->in_list = before;
  self->in_form = outside;
  zf_xpath_term_clear (&value);
  return zf_xpath_term (value.type, FALSE, g_strdup (out->str));
}

/* Levels of operators */

static const ZfXpathOperator *
operator_at (ZfXpathParser *self)
{
  const ZfToken *token = peek (self);
  return token->type == ZF_TOKEN_OPERATOR ? zf_xpath_operator (token->text) : NULL;
}

static ZfXpathTerm parse_level (ZfXpathParser *self, guint level);

/* XPath lets minus signs pile up: --1 is 1. */
static ZfXpathTerm
parse_unary (ZfXpathParser *self)
{
  g_autoptr (GString) signs = g_string_new (NULL);
  while (accept (self, ZF_TOKEN_OPERATOR, "-"))
    g_string_append_c (signs, '-');
  if (signs->len == 0)
    return parse_path (self);
  ZfXpathTerm value = zf_xpath_known (parse_level (self, ZF_XPATH_LEVEL_UNARY + 1));
  ZfXpathTerm result = zf_xpath_term (ZF_XPATH_NUMBER, FALSE, g_strconcat (signs->str, value.text, NULL));
  zf_xpath_term_clear (&value);
  return result;
}

static ZfXpathTerm
parse_level (ZfXpathParser *self, guint level)
{
  ZfXpathTerm left = level > ZF_XPATH_LEVEL_UNARY ? parse_path (self) : parse_unary (self);
  const ZfXpathOperator *operator = operator_at (self);
  while (self->error == NULL && operator != NULL && operator->level >= level)
    {
      self->at++;
      ZfXpathTerm right = parse_level (self, operator->level + 1);
      ZfXpathTerm both = operator->make (&left, operator->text, &right);
      zf_xpath_term_clear (&left);
      zf_xpath_term_clear (&right);
      left = both;
      operator = operator_at (self);
    }
  return left;
}

static ZfXpathTerm
parse_expr (ZfXpathParser *self)
{
  if (++self->depth > ZF_XPATH_MAX_DEPTH)
    zf_xpath_fail (self, peek (self), _("the expression is nested too deeply"));
  ZfXpathTerm value = self->error == NULL ? parse_level (self, 1) : zf_xpath_term (ZF_XPATH_UNKNOWN, FALSE, g_strdup (""));
  self->depth--;
  return value;
}

static ZfXpath *
parser_finish (ZfXpathParser *self, ZfXpathTerm *value, GError **error)
{
  if (self->error == NULL && peek (self)->type != ZF_TOKEN_END)
    zf_xpath_fail (self, peek (self), _("“%s” does not belong here"), peek (self)->text);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  ZfXpath *xpath = g_new0 (ZfXpath, 1);
  xpath->xpath = g_steal_pointer (&value->text);
  xpath->type = value->type;
  xpath->tri = value->tri;
  xpath->wide = self->wide;
  xpath->depends = g_ptr_array_ref (self->depends);
  xpath->paths = g_ptr_array_ref (self->paths);
  return xpath;
}

ZfXpath *
zf_xpath_rewrite (const char *expression, const ZfXpathScope *scope, GError **error)
{
  static const ZfXpathScope open_scope = { NULL, NULL, ZF_XPATH_UNKNOWN, NULL };
  if (strlen (expression) > ZF_XPATH_MAX_LENGTH || !g_utf8_validate (expression, -1, NULL))
    {
      g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION, "%s", _("the expression is too long or not UTF-8 text"));
      return NULL;
    }
  g_autoptr (GArray) tokens = zf_xpath_tokens (expression, error);
  if (tokens == NULL)
    return NULL;
  g_autoptr (GPtrArray) depends = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  ZfXpathParser parser = { .tokens = tokens, .scope = scope != NULL ? scope : &open_scope, .depends = depends, .paths = paths };
  ZfXpathTerm value = parse_expr (&parser);
  ZfXpath *xpath = parser_finish (&parser, &value, error);
  zf_xpath_term_clear (&value);
  return xpath;
}

void
zf_xpath_free (ZfXpath *xpath)
{
  g_free (xpath->xpath);
  g_ptr_array_unref (xpath->depends);
  g_ptr_array_unref (xpath->paths);
  g_free (xpath);
}
