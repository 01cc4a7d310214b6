/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-xpath-rewrite-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Calls of functions: what libxml2 is given for each. */

static ZfXpathType
joined_type (GArray *args, guint from)
{
  ZfXpathType type = from < args->len ? g_array_index (args, ZfXpathTerm, from).type : ZF_XPATH_UNKNOWN;
  for (guint i = from; i < args->len; i++)
    if (g_array_index (args, ZfXpathTerm, i).type != type)
      return ZF_XPATH_UNKNOWN;
  return type;
}

static char *
call_text (const char *name, GArray *args)
{
  GString *out = g_string_new (name);
  g_string_append_c (out, '(');
  for (guint i = 0; i < args->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", g_array_index (args, ZfXpathTerm, i).text);
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}

static void
args_known (GArray *args, guint from, guint to)
{
  for (guint i = from; i < MIN (to, args->len); i++)
    g_array_index (args, ZfXpathTerm, i) = zf_xpath_known (g_array_index (args, ZfXpathTerm, i));
}

static gboolean
any_tri (GArray *args)
{
  for (guint i = 0; i < args->len; i++)
    if (g_array_index (args, ZfXpathTerm, i).tri)
      return TRUE;
  return FALSE;
}

static ZfXpathTerm
call_not (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  gboolean tri = g_array_index (args, ZfXpathTerm, 0).tri;
  return zf_xpath_term (ZF_XPATH_BOOLEAN, tri, call_text (tri ? "zf:not" : "not", args));
}

static ZfXpathTerm
call_boolean (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  ZfXpathTerm *arg = &g_array_index (args, ZfXpathTerm, 0);
  return zf_xpath_term (ZF_XPATH_BOOLEAN, arg->tri, zf_xpath_as_boolean (arg));
}

/* What is unknown in a value that is not chosen does not count. */
static void
args_held (GArray *args)
{
  for (guint i = 0; i < args->len; i++)
    {
      ZfXpathTerm *arg = &g_array_index (args, ZfXpathTerm, i);
      char *held = g_strdup_printf ("zf:hold(%s)", arg->text);
      g_free (arg->text);
      arg->text = held;
    }
}

static ZfXpathTerm
call_if (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, 1);
  args_held (args);
  return zf_xpath_term (joined_type (args, 1), any_tri (args), call_text ("zf:if", args));
}

static ZfXpathTerm
call_coalesce (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, args->len);
  args_held (args);
  return zf_xpath_term (joined_type (args, 0), FALSE, call_text ("zf:coalesce", args));
}

/* once(x) keeps what the answer holds already. */
static ZfXpathTerm
call_once (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, 1);
  ZfXpathTerm *arg = &g_array_index (args, ZfXpathTerm, 0);
  return zf_xpath_term (arg->type, FALSE, g_strdup_printf ("zf:coalesce(zf:hold(string(.)), zf:hold(%s))", arg->text));
}

/* libxml2 knows number(text); dates are ours. */
static ZfXpathTerm
call_number (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, 1);
  ZfXpathType type = args->len > 0 ? g_array_index (args, ZfXpathTerm, 0).type : ZF_XPATH_NUMBER;
  gboolean dated = type == ZF_XPATH_DATE || type == ZF_XPATH_UNKNOWN;
  return zf_xpath_term (ZF_XPATH_NUMBER, FALSE, call_text (dated ? "zf:number" : "number", args));
}

static ZfXpathTerm
call_indexed_repeat (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  args_known (args, 0, args->len);
  return zf_xpath_term (g_array_index (args, ZfXpathTerm, 0).type, FALSE, call_text ("zf:indexed-repeat", args));
}

/* (transfer full) (nullable): the text of an argument that is nothing but a literal. */
static char *
literal_of (GArray *args, guint i)
{
  const char *text = i < args->len ? g_array_index (args, ZfXpathTerm, i).text : "";
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

static ZfXpathTerm
call_choice_name (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *literal = literal_of (args, 1);
  g_autofree char *question = literal != NULL ? question_in (literal) : NULL;
  ZfXpathType type;
  if (question == NULL || *question == '\0' || strpbrk (question, "'\"${}") != NULL)
    zf_xpath_fail (self, name, _("jr:choice-name() takes a choice and then its question in quotes, as in '${name}'"));
  else if (self->scope->lookup != NULL && !self->scope->lookup (self->scope->data, question, &type))
    zf_xpath_fail (self, name, _("there is no question “%s”"), question);
  args_known (args, 0, 1);
  return zf_xpath_term (ZF_XPATH_STRING, FALSE, g_strdup_printf ("zf:choice-name(%s, '%s')", g_array_index (args, ZfXpathTerm, 0).text, question));
}

/* Numbers, and what may come out as one. */
static void
args_written (GArray *args)
{
  for (guint i = 0; i < args->len; i++)
    {
      ZfXpathTerm *arg = &g_array_index (args, ZfXpathTerm, i);
      if (arg->type != ZF_XPATH_NUMBER && (arg->type != ZF_XPATH_UNKNOWN || !g_str_has_prefix (arg->text, "zf:")))
        continue;
      char *text = g_strdup_printf ("zf:string(%s)", arg->text);
      g_free (arg->text);
      arg->text = text;
    }
}

/* (transfer full) (nullable): the list of choices that a call names; a table that came as a file stands there under the file's name. */
static char *
list_of (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *literal = literal_of (args, 0);
  if (literal != NULL && g_str_has_suffix (literal, ".csv"))
    literal[strlen (literal) - strlen (".csv")] = '\0';
  if (literal == NULL || *literal == '\0')
    zf_xpath_fail (self, name, _("%s() takes the name of a list of choices in quotes"), name->text);
  else if (self->scope->list != NULL && !self->scope->list (self->scope->data, literal))
    zf_xpath_fail (self, name, _("there is no list “%s”; rows of a file beside the form belong into the choices sheet, under the file's name"), literal);
  else
    return g_steal_pointer (&literal);
  return NULL;
}

static ZfXpathTerm
call_instance (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *list = list_of (self, name, args);
  return zf_xpath_term (ZF_XPATH_UNKNOWN, FALSE, g_strdup_printf ("zf:instance('%s')", list != NULL ? list : ""));
}

static ZfXpathTerm
call_pulldata (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *list = list_of (self, name, args);
  args_known (args, 1, args->len);
  args_written (args);
  return zf_xpath_term (ZF_XPATH_STRING, FALSE, g_strdup_printf ("zf:pulldata('%s', %s, %s, %s)", list != NULL ? list : "", g_array_index (args, ZfXpathTerm, 1).text,
                                                        g_array_index (args, ZfXpathTerm, 2).text, g_array_index (args, ZfXpathTerm, 3).text));
}

/* An algorithm that is written down is checked when the form is read. */
static ZfXpathTerm
call_digest (ZfXpathParser *self, const ZfToken *name, GArray *args)
{
  g_autofree char *algorithm = literal_of (args, 1);
  g_autofree char *encoding = literal_of (args, 2);
  GChecksumType type;
  gboolean hex;
  if (algorithm != NULL && !zf_expr_digest_type (algorithm, &type))
    zf_xpath_fail (self, name, _("digest() knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not “%s”"), algorithm);
  if (encoding != NULL && !zf_expr_digest_encoding (encoding, &hex))
    zf_xpath_fail (self, name, _("digest() writes base64 or hex, not “%s”"), encoding);
  args_known (args, 0, args->len);
  return zf_xpath_term (ZF_XPATH_STRING, FALSE, call_text ("zf:digest", args));
}

static const struct { const char *name; ZfXpathTerm (*call) (ZfXpathParser *self, const ZfToken *name, GArray *args); } special_calls[] = {
  { "not", call_not }, { "boolean", call_boolean }, { "if", call_if }, { "coalesce", call_coalesce },
  { "once", call_once }, { "number", call_number }, { "indexed-repeat", call_indexed_repeat },
  { "jr:choice-name", call_choice_name }, { "digest", call_digest }, { "instance", call_instance }, { "pulldata", call_pulldata },
};

ZfXpathTerm
zf_xpath_call (ZfXpathParser *self, const ZfToken *token, const ZfExprFunction *function, GArray *args)
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
  return zf_xpath_term (type, FALSE, call_text (name, args));
}
