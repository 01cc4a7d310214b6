/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-xpath-rewrite.h"
#include "zf-expr-library.h"
#include "zf-form.h"
#include "zf-xpath-token.h"

#include <glib/gi18n.h>
#include <string.h>

/* One piece of the expression as it will be given to libxml2. */
typedef struct
{
  char *text;
  ZfXpathType type;
  gboolean tri;
} Term;

typedef struct
{
  GArray *tokens;
  guint at;
  guint depth;
  const ZfXpathScope *scope;
  gboolean absolute;     /* questions are meant in all rows */
  gboolean wide;
  GPtrArray *depends;
  GPtrArray *paths;      /* bare names in paths through the form's answers */
  gboolean in_form;      /* such a path is read */
  GError *error;
  gboolean in_list;      /* between the brackets of a path that begins at instance() */
} Parser;

static Term parse_expr (Parser *self);
static void parse_steps (Parser *self, GString *out);

static void
term_clear (Term *term)
{
  g_clear_pointer (&term->text, g_free);
}

static Term
term (ZfXpathType type, gboolean tri, char *text)
{
  return (Term) { text, type, tri };
}

static const ZfToken *
peek (Parser *self)
{
  return &g_array_index (self->tokens, ZfToken, self->at);
}

static const ZfToken *
next (Parser *self)
{
  const ZfToken *token = peek (self);
  if (token->type != ZF_TOKEN_END)
    self->at++;
  return token;
}

static gboolean
at_text (Parser *self, ZfTokenType type, const char *text)
{
  const ZfToken *token = peek (self);
  return token->type == type && g_str_equal (token->text, text);
}

static gboolean
accept (Parser *self, ZfTokenType type, const char *text)
{
  if (!at_text (self, type, text))
    return FALSE;
  self->at++;
  return TRUE;
}

static void fail (Parser *self, const ZfToken *token, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The first thing that is wrong is the one that helps; parsing runs on to the end of what it holds. */
static void
fail (Parser *self, const ZfToken *token, const char *format, ...)
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
expect (Parser *self, const char *punct)
{
  if (!accept (self, ZF_TOKEN_PUNCT, punct))
    fail (self, peek (self), peek (self)->type == ZF_TOKEN_END ? _("“%s” is missing at the end") : _("“%s” is missing here"), punct);
}

/* A value that may be unknown, given to something that cannot carry that: the whole result becomes unknown. */
static Term
known (Term value)
{
  if (!value.tri)
    return value;
  Term wrapped = term (value.type, FALSE, g_strdup_printf ("zf:known(%s)", value.text));
  term_clear (&value);
  return wrapped;
}

static char *
as_boolean (Term *value)
{
  return value->tri ? g_strdup (value->text) : g_strdup_printf ("boolean(%s)", value->text);
}

/* Functions */

static ZfXpathType
joined_type (GArray *args, guint from)
{
  ZfXpathType type = from < args->len ? g_array_index (args, Term, from).type : ZF_XPATH_UNKNOWN;
  for (guint i = from; i < args->len; i++)
    if (g_array_index (args, Term, i).type != type)
      return ZF_XPATH_UNKNOWN;
  return type;
}

static char *
call_text (const char *name, GArray *args)
{
  GString *out = g_string_new (name);
  g_string_append_c (out, '(');
  for (guint i = 0; i < args->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", g_array_index (args, Term, i).text);
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}

static void
args_known (GArray *args, guint from, guint to)
{
  for (guint i = from; i < MIN (to, args->len); i++)
    g_array_index (args, Term, i) = known (g_array_index (args, Term, i));
}

static gboolean
any_tri (GArray *args)
{
  for (guint i = 0; i < args->len; i++)
    if (g_array_index (args, Term, i).tri)
      return TRUE;
  return FALSE;
}

static Term
call_not (Parser *self, const ZfToken *name, GArray *args)
{
  gboolean tri = g_array_index (args, Term, 0).tri;
  return term (ZF_XPATH_BOOLEAN, tri, call_text (tri ? "zf:not" : "not", args));
}

static Term
call_boolean (Parser *self, const ZfToken *name, GArray *args)
{
  Term *arg = &g_array_index (args, Term, 0);
  return term (ZF_XPATH_BOOLEAN, arg->tri, as_boolean (arg));
}

/* What is unknown in a value that is not chosen does not count. */
static void
args_held (GArray *args)
{
  for (guint i = 0; i < args->len; i++)
    {
      Term *arg = &g_array_index (args, Term, i);
      char *held = g_strdup_printf ("zf:hold(%s)", arg->text);
      g_free (arg->text);
      arg->text = held;
    }
}

static Term
call_if (Parser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, 1);
  args_held (args);
  return term (joined_type (args, 1), any_tri (args), call_text ("zf:if", args));
}

static Term
call_coalesce (Parser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, args->len);
  args_held (args);
  return term (joined_type (args, 0), FALSE, call_text ("zf:coalesce", args));
}

/* once(x) keeps what the answer holds already. */
static Term
call_once (Parser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, 1);
  Term *arg = &g_array_index (args, Term, 0);
  return term (arg->type, FALSE, g_strdup_printf ("zf:coalesce(zf:hold(string(.)), zf:hold(%s))", arg->text));
}

/* libxml2 knows number(text); dates are ours. */
static Term
call_number (Parser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, 1);
  ZfXpathType type = args->len > 0 ? g_array_index (args, Term, 0).type : ZF_XPATH_NUMBER;
  gboolean dated = type == ZF_XPATH_DATE || type == ZF_XPATH_UNKNOWN;
  return term (ZF_XPATH_NUMBER, FALSE, call_text (dated ? "zf:number" : "number", args));
}

static Term
call_indexed_repeat (Parser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, args->len);
  return term (g_array_index (args, Term, 0).type, FALSE, call_text ("zf:indexed-repeat", args));
}

/* (transfer full) (nullable): the text of an argument that is nothing but a literal. */
static char *
literal_of (GArray *args, guint i)
{
  const char *text = i < args->len ? g_array_index (args, Term, i).text : "";
  gsize n = strlen (text);
  if (n < 2 || (*text != '\'' && *text != '"') || strchr (text + 1, *text) != text + n - 1)
    return NULL;
  return g_strndup (text + 1, n - 2);
}

/* '${name}' as XLSForm writes it, '/data/group/name' as XForms does. */
static char *
question_in (const char *literal)
{
  g_autofree char *text = g_strstrip (g_strdup (literal));
  if (g_str_has_prefix (text, "${") && g_str_has_suffix (text, "}"))
    return g_strstrip (g_strndup (text + 2, strlen (text) - 3));
  const char *slash = strrchr (text, '/');
  return g_strdup (slash != NULL ? slash + 1 : text);
}

static Term
call_choice_name (Parser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *literal = literal_of (args, 1);
  g_autofree char *question = literal != NULL ? question_in (literal) : NULL;
  ZfXpathType type;
  if (question == NULL || *question == '\0' || strpbrk (question, "'\"${}") != NULL)
    fail (self, name, _("jr:choice-name() takes a choice and then its question in quotes, as in '${name}'"));
  else if (self->scope->lookup != NULL && !self->scope->lookup (self->scope->data, question, &type))
    fail (self, name, _("there is no question “%s”"), question);
  args_known (args, 0, 1);
  return term (ZF_XPATH_STRING, FALSE, g_strdup_printf ("zf:choice-name(%s, '%s')", g_array_index (args, Term, 0).text, question));
}

/* Numbers, and what may come out as one. */
static void
args_written (GArray *args)
{
  for (guint i = 0; i < args->len; i++)
    {
      Term *arg = &g_array_index (args, Term, i);
      if (arg->type != ZF_XPATH_NUMBER && (arg->type != ZF_XPATH_UNKNOWN || !g_str_has_prefix (arg->text, "zf:")))
        continue;
      char *text = g_strdup_printf ("zf:string(%s)", arg->text);
      g_free (arg->text);
      arg->text = text;
    }
}

/* (transfer full) (nullable): the list of choices that a call names; a table that came as a file stands there under the file's name. */
static char *
list_of (Parser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *literal = literal_of (args, 0);
  if (literal != NULL && g_str_has_suffix (literal, ".csv"))
    literal[strlen (literal) - strlen (".csv")] = '\0';
  if (literal == NULL || *literal == '\0')
    fail (self, name, _("%s() takes the name of a list of choices in quotes"), name->text);
  else if (self->scope->list != NULL && !self->scope->list (self->scope->data, literal))
    fail (self, name, _("there is no list “%s”; rows of a file beside the form belong into the choices sheet, under the file's name"), literal);
  else
    return g_steal_pointer (&literal);
  return NULL;
}

static Term
call_instance (Parser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *list = list_of (self, name, args);
  return term (ZF_XPATH_UNKNOWN, FALSE, g_strdup_printf ("zf:instance('%s')", list != NULL ? list : ""));
}

static Term
call_pulldata (Parser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *list = list_of (self, name, args);
  args_known (args, 1, args->len);
  args_written (args);
  return term (ZF_XPATH_STRING, FALSE, g_strdup_printf ("zf:pulldata('%s', %s, %s, %s)", list != NULL ? list : "", g_array_index (args, Term, 1).text,
                                                        g_array_index (args, Term, 2).text, g_array_index (args, Term, 3).text));
}

/* An algorithm that is written down is checked when the form is read. */
static Term
call_digest (Parser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *algorithm = literal_of (args, 1);
  g_autofree char *encoding = literal_of (args, 2);
  GChecksumType type;
  gboolean hex;
  if (algorithm != NULL && !zf_expr_digest_type (algorithm, &type))
    fail (self, name, _("digest() knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not “%s”"), algorithm);
  if (encoding != NULL && !zf_expr_digest_encoding (encoding, &hex))
    fail (self, name, _("digest() writes base64 or hex, not “%s”"), encoding);
  args_known (args, 0, args->len);
  return term (ZF_XPATH_STRING, FALSE, call_text ("zf:digest", args));
}

static const struct { const char *name; Term (*call) (Parser *self, const ZfToken *name, GArray *args); } special_calls[] = {
  { "not", call_not }, { "boolean", call_boolean }, { "if", call_if }, { "coalesce", call_coalesce },
  { "once", call_once }, { "number", call_number }, { "indexed-repeat", call_indexed_repeat },
  { "jr:choice-name", call_choice_name }, { "digest", call_digest }, { "instance", call_instance }, { "pulldata", call_pulldata },
};

static Term
make_call (Parser *self, const ZfToken *token, const ZfExprFunction *function, GArray *args)
{
  for (guint i = 0; i < G_N_ELEMENTS (special_calls); i++)
    if (g_str_equal (special_calls[i].name, function->name))
      return special_calls[i].call (self, token, args);
  args_known (args, 0, args->len);
  if (function->texts)
    args_written (args);
  const char *bare = g_str_has_prefix (function->name, "zf:") ? function->name + 3 : function->name;
  gboolean own = function->function != NULL && (int) args->len >= function->own_from;
  g_autofree char *name = g_strconcat (own ? "zf:" : "", bare, NULL);
  ZfXpathType type = function->joins >= 0 ? joined_type (args, (guint) function->joins) : function->result;
  return term (type, FALSE, call_text (name, args));
}

/* indexed-repeat(${name}, ${group}, index, …): names and groups stand for all rows, an index for this one. */
static gboolean
is_absolute_arg (const ZfExprFunction *function, guint i)
{
  return function != NULL && g_str_equal (function->name, "indexed-repeat") && (i == 0 || i % 2 == 1);
}

static Term
parse_arg (Parser *self, const ZfExprFunction *function, guint i)
{
  gboolean before = self->absolute;
  self->absolute = is_absolute_arg (function, i);
  self->wide |= self->absolute;
  Term arg = parse_expr (self);
  self->absolute = before;
  return arg;
}

static GArray *
parse_args (Parser *self, const ZfExprFunction *function)
{
  GArray *args = g_array_new (FALSE, FALSE, sizeof (Term));
  g_array_set_clear_func (args, (GDestroyNotify) term_clear);
  expect (self, "(");
  if (accept (self, ZF_TOKEN_PUNCT, ")"))
    return args;
  do
    {
      Term arg = parse_arg (self, function, args->len);
      g_array_append_val (args, arg);
    }
  while (self->error == NULL && accept (self, ZF_TOKEN_PUNCT, ","));
  expect (self, ")");
  return args;
}

static Term
parse_call (Parser *self)
{
  const ZfToken *name = next (self);
  const ZfExprFunction *function = zf_expr_function (name->text);
  if (function == NULL)
    fail (self, name, _("there is no function %s()"), name->text);
  else if (function->refused != NULL)
    fail (self, name, _("%s() is not offered: %s"), name->text, _(function->refused));
  g_autoptr (GArray) args = parse_args (self, function);
  if (self->error == NULL && !zf_expr_function_takes (function, args->len))
    fail (self, name, _("%s() does not take %u values"), name->text, args->len);
  if (self->error != NULL)
    return term (ZF_XPATH_UNKNOWN, FALSE, g_strdup (""));
  return make_call (self, name, function, args);
}

/* Paths */

static void
parse_predicates (Parser *self, GString *out)
{
  while (self->error == NULL && accept (self, ZF_TOKEN_PUNCT, "["))
    {
      Term inner = known (parse_expr (self));
      g_string_append_printf (out, "[%s]", inner.text);
      term_clear (&inner);
      expect (self, "]");
    }
}

static void
parse_node_type (Parser *self, GString *out)
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
note_path_name (Parser *self, const char *name)
{
  ZfXpathType type;
  if (self->in_form && !self->in_list && self->scope->lookup != NULL && self->scope->lookup (self->scope->data, name, &type))
    add_once (self->paths, name);
}

static void
parse_step (Parser *self, GString *out)
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
    fail (self, peek (self), _("a name is missing here"));
  parse_predicates (self, out);
}

static void
parse_steps (Parser *self, GString *out)
{
  parse_step (self, out);
  while (self->error == NULL && (at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//")))
    {
      g_string_append (out, next (self)->text);
      parse_step (self, out);
    }
}

static gboolean
step_starts (Parser *self)
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
parse_root_step (Parser *self, GString *out, gboolean root)
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
    fail (self, token, _("there is no question “%s”"), token->text);
  else if (self->scope->group == NULL || !self->scope->group (self->scope->data, token->text))
    fail (self, token, _("there is no group “%s”"), token->text);
  if (self->error != NULL)
    return TRUE;
  self->at += 2;
  return parse_root_step (self, out, FALSE);
}

static void
parse_root_steps (Parser *self, GString *out)
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

static Term
parse_location (Parser *self)
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
    fail (self, peek (self), peek (self)->type == ZF_TOKEN_END ? _("the expression ends too early") : _("a value is missing here"));
  self->in_form = before;
  ZfXpathType type = self_only && self->at == start + 1 && !self->in_list ? self->scope->self_type : ZF_XPATH_UNKNOWN;
  return term (type, FALSE, g_strdup (out->str));
}

static Term
parse_question (Parser *self)
{
  const ZfToken *token = next (self);
  ZfXpathType type = ZF_XPATH_UNKNOWN;
  if (self->scope->lookup != NULL && !self->scope->lookup (self->scope->data, token->text, &type))
    fail (self, token, _("there is no question “%s”"), token->text);
  add_once (self->depends, token->text);
  if (self->scope->path != NULL && self->error == NULL)
    {
      g_autofree char *path = self->scope->path (self->scope->data, token->text, self->absolute);
      /* Among the rows of a list, a name still means the question as seen from where the expression stands. */
      return term (type, FALSE, g_strconcat (self->in_list && *path != '/' ? "zf:current()/" : "", path, NULL));
    }
  return term (type, FALSE, g_strdup_printf ("/*/%s", token->text));
}

static Term
parse_paren (Parser *self)
{
  expect (self, "(");
  Term inner = parse_expr (self);
  expect (self, ")");
  Term outer = term (inner.type, inner.tri, g_strdup_printf ("(%s)", inner.text));
  term_clear (&inner);
  return outer;
}

static Term
parse_primary (Parser *self)
{
  const ZfToken *token = peek (self);
  if (token->type == ZF_TOKEN_NUMBER)
    return term (ZF_XPATH_NUMBER, FALSE, g_strdup (next (self)->text));
  if (token->type == ZF_TOKEN_LITERAL)
    return term (ZF_XPATH_STRING, FALSE, g_strdup (next (self)->text));
  if (token->type == ZF_TOKEN_QUESTION)
    return parse_question (self);
  if (token->type == ZF_TOKEN_FUNCTION)
    return parse_call (self);
  if (at_text (self, ZF_TOKEN_PUNCT, "("))
    return parse_paren (self);
  return parse_location (self);
}

/* A primary may go on as a path: ${group}/x, (a | b)[1]. */
static Term
parse_path (Parser *self)
{
  gboolean list = at_text (self, ZF_TOKEN_FUNCTION, "instance"), before = self->in_list, outside = self->in_form;
  gboolean form = peek (self)->type == ZF_TOKEN_QUESTION || at_text (self, ZF_TOKEN_FUNCTION, "current");
  Term value = parse_primary (self);
  gboolean predicate = at_text (self, ZF_TOKEN_PUNCT, "[");
  gboolean slash = at_text (self, ZF_TOKEN_OPERATOR, "/") || at_text (self, ZF_TOKEN_OPERATOR, "//");
  if (self->error != NULL || (!predicate && !slash))
    return value;
  value = known (value);
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
  term_clear (&value);
  return term (value.type, FALSE, g_strdup (out->str));
}

/* Operators */

static Term
native (Term *left, const char *operator, Term *right, ZfXpathType type)
{
  *left = known (*left);
  *right = known (*right);
  return term (type, FALSE, g_strdup_printf ("%s %s %s", left->text, operator, right->text));
}

static Term
replaced (Term *left, const char *function, Term *right, ZfXpathType type)
{
  *left = known (*left);
  *right = known (*right);
  return term (type, type == ZF_XPATH_BOOLEAN, g_strdup_printf ("zf:%s(%s, %s)", function, left->text, right->text));
}

static gboolean
numeric (ZfXpathType type)
{
  return type == ZF_XPATH_NUMBER || type == ZF_XPATH_BOOLEAN;
}

static Term
make_logic (Term *left, const char *operator, Term *right)
{
  if (!left->tri && !right->tri)
    return native (left, operator, right, ZF_XPATH_BOOLEAN);
  g_autofree char *l = as_boolean (left);
  g_autofree char *r = as_boolean (right);
  return term (ZF_XPATH_BOOLEAN, TRUE, g_strdup_printf ("zf:%s(%s, %s)", operator, l, r));
}

static Term
make_equality (Term *left, const char *operator, Term *right)
{
  gboolean plain = (left->type == ZF_XPATH_STRING && right->type == ZF_XPATH_STRING)
                   || (left->type == ZF_XPATH_NUMBER && right->type == ZF_XPATH_NUMBER)
                   || left->type == ZF_XPATH_BOOLEAN || right->type == ZF_XPATH_BOOLEAN;
  if (plain)
    return native (left, operator, right, ZF_XPATH_BOOLEAN);
  return replaced (left, g_str_equal (operator, "=") ? "eq" : "ne", right, ZF_XPATH_BOOLEAN);
}

static Term
make_relation (Term *left, const char *operator, Term *right)
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

static Term
make_sum (Term *left, const char *operator, Term *right)
{
  if (numeric (left->type) && numeric (right->type))
    return native (left, operator, right, ZF_XPATH_NUMBER);
  return replaced (left, g_str_equal (operator, "+") ? "add" : "sub", right, ZF_XPATH_NUMBER);
}

static Term
make_product (Term *left, const char *operator, Term *right)
{
  return native (left, operator, right, ZF_XPATH_NUMBER);
}

static Term
make_union (Term *left, const char *operator, Term *right)
{
  return native (left, operator, right, left->type == right->type ? left->type : ZF_XPATH_UNKNOWN);
}

static const struct { const char *text; guint level; Term (*make) (Term *left, const char *operator, Term *right); } operators[] = {
  { "or", 1, make_logic }, { "and", 2, make_logic },
  { "=", 3, make_equality }, { "!=", 3, make_equality },
  { "<", 4, make_relation }, { "<=", 4, make_relation }, { ">", 4, make_relation }, { ">=", 4, make_relation },
  { "+", 5, make_sum }, { "-", 5, make_sum },
  { "*", 6, make_product }, { "div", 6, make_product }, { "mod", 6, make_product },
  { "|", 8, make_union },
};
#define LEVEL_UNARY 7

static int
operator_at (Parser *self)
{
  const ZfToken *token = peek (self);
  if (token->type == ZF_TOKEN_OPERATOR)
    for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
      if (g_str_equal (operators[i].text, token->text))
        return (int) i;
  return -1;
}

static Term parse_level (Parser *self, guint level);

/* XPath lets minus signs pile up: --1 is 1. */
static Term
parse_unary (Parser *self)
{
  g_autoptr (GString) signs = g_string_new (NULL);
  while (accept (self, ZF_TOKEN_OPERATOR, "-"))
    g_string_append_c (signs, '-');
  if (signs->len == 0)
    return parse_path (self);
  Term value = known (parse_level (self, LEVEL_UNARY + 1));
  Term result = term (ZF_XPATH_NUMBER, FALSE, g_strconcat (signs->str, value.text, NULL));
  term_clear (&value);
  return result;
}

static Term
parse_level (Parser *self, guint level)
{
  Term left = level > LEVEL_UNARY ? parse_path (self) : parse_unary (self);
  int i = operator_at (self);
  while (self->error == NULL && i >= 0 && operators[i].level >= level)
    {
      self->at++;
      Term right = parse_level (self, operators[i].level + 1);
      Term both = operators[i].make (&left, operators[i].text, &right);
      term_clear (&left);
      term_clear (&right);
      left = both;
      i = operator_at (self);
    }
  return left;
}

static Term
parse_expr (Parser *self)
{
  if (++self->depth > ZF_XPATH_MAX_DEPTH)
    fail (self, peek (self), _("the expression is nested too deeply"));
  Term value = self->error == NULL ? parse_level (self, 1) : term (ZF_XPATH_UNKNOWN, FALSE, g_strdup (""));
  self->depth--;
  return value;
}

static ZfXpath *
parser_finish (Parser *self, Term *value, GError **error)
{
  if (self->error == NULL && peek (self)->type != ZF_TOKEN_END)
    fail (self, peek (self), _("“%s” does not belong here"), peek (self)->text);
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
  Parser parser = { .tokens = tokens, .scope = scope != NULL ? scope : &open_scope, .depends = depends, .paths = paths };
  Term value = parse_expr (&parser);
  ZfXpath *xpath = parser_finish (&parser, &value, error);
  term_clear (&value);
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
