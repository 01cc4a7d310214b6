/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-xpath-token.h"
#include "zf-form.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  const char *at;
  const char *counted;   /* characters are counted up to here, once each */
  guint position;        /* 1-based, of @counted */
  GArray *tokens;
  GError **error;
} Lexer;

static void
token_clear (gpointer data)
{
  g_free (((ZfToken *) data)->text);
}

/* @at never goes back. */
static guint
lexer_position (Lexer *self, const char *at)
{
  self->position += (guint) g_utf8_strlen (self->counted, at - self->counted);
  self->counted = at;
  return self->position;
}

static gboolean
lexer_fail (Lexer *self, const char *at, const char *why)
{
  g_set_error (self->error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION, _("position %u: %s"), lexer_position (self, at), why);
  return FALSE;
}

static gboolean
lexer_add (Lexer *self, ZfTokenType type, const char *from, gsize skip_front, gsize length, gsize consumed)
{
  ZfToken token = { type, g_strndup (from + skip_front, length), lexer_position (self, from) };
  g_array_append_val (self->tokens, token);
  self->at = from + consumed;
  return TRUE;
}

static gboolean
is_name_start (gunichar c)
{
  return c == '_' || g_unichar_isalpha (c);
}

static gboolean
is_name_char (gunichar c)
{
  return c == '_' || c == '-' || c == '.' || g_unichar_isalnum (c) || g_unichar_ismark (c);
}

static const char *
name_end (const char *at)
{
  if (!is_name_start (g_utf8_get_char (at)))
    return at;
  while (is_name_char (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  return at;
}

static const char *
skip_space (const char *at)
{
  while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
    at++;
  return at;
}

/* XPath 1.0, 3.7: after an operand a name can only be an operator. */
static gboolean
operator_expected (Lexer *self)
{
  if (self->tokens->len == 0)
    return FALSE;
  const ZfToken *last = &g_array_index (self->tokens, ZfToken, self->tokens->len - 1);
  if (last->type == ZF_TOKEN_OPERATOR)
    return FALSE;
  return last->type != ZF_TOKEN_PUNCT || strchr ("([,@:", last->text[0]) == NULL;
}

static gboolean
lex_literal (Lexer *self)
{
  const char *end = strchr (self->at + 1, *self->at);
  if (end == NULL)
    return lexer_fail (self, self->at, _("the quote does not close"));
  gsize n = (gsize) (end - self->at) + 1;
  return lexer_add (self, ZF_TOKEN_LITERAL, self->at, 0, n, n);
}

static gboolean
lex_number (Lexer *self)
{
  gsize n = strspn (self->at, "0123456789");
  if (self->at[n] == '.')
    n += 1 + strspn (self->at + n + 1, "0123456789");
  return lexer_add (self, ZF_TOKEN_NUMBER, self->at, 0, n, n);
}

static gboolean
lex_question (Lexer *self)
{
  if (self->at[1] != '{')
    return lexer_fail (self, self->at, _("after $ stands a question in braces, as in ${name}"));
  const char *name = skip_space (self->at + 2);
  const char *end = name_end (name);
  const char *close = skip_space (end);
  if (end == name || *close != '}')
    return lexer_fail (self, self->at, _("${ needs the name of a question and a closing brace"));
  return lexer_add (self, ZF_TOKEN_QUESTION, self->at, (gsize) (name - self->at), (gsize) (end - name), (gsize) (close + 1 - self->at));
}

static gboolean
word_is (const char *at, gsize length, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (strlen (words[i]) == length && strncmp (at, words[i], length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
lex_word_operator (Lexer *self)
{
  static const char *const operators[] = { "and", "or", "div", "mod", NULL };
  gsize n = (gsize) (name_end (self->at) - self->at);
  if (!word_is (self->at, n, operators))
    return lexer_fail (self, self->at, _("an operator is missing before this word"));
  return lexer_add (self, ZF_TOKEN_OPERATOR, self->at, 0, n, n);
}

static gboolean
lex_name (Lexer *self)
{
  static const char *const node_types[] = { "text", "node", "comment", "processing-instruction", NULL };
  const char *end = name_end (self->at);
  if (end[0] == ':' && end[1] == '*')
    end += 2;
  else if (end[0] == ':' && end[1] != ':' && name_end (end + 1) > end + 1)
    end = name_end (end + 1);
  gsize n = (gsize) (end - self->at);
  const char *next = skip_space (end);
  ZfTokenType type = ZF_TOKEN_NAME;
  if (next[0] == ':' && next[1] == ':')
    type = ZF_TOKEN_AXIS;
  else if (*next == '(')
    type = word_is (self->at, n, node_types) ? ZF_TOKEN_NODE_TYPE : ZF_TOKEN_FUNCTION;
  return lexer_add (self, type, self->at, 0, n, n);
}

static gboolean
lex_symbol (Lexer *self)
{
  static const struct { const char *text; ZfTokenType type; } symbols[] = {
    { "//", ZF_TOKEN_OPERATOR }, { "!=", ZF_TOKEN_OPERATOR }, { "<=", ZF_TOKEN_OPERATOR }, { ">=", ZF_TOKEN_OPERATOR },
    { "::", ZF_TOKEN_PUNCT }, { "..", ZF_TOKEN_PUNCT },
    { "/", ZF_TOKEN_OPERATOR }, { "=", ZF_TOKEN_OPERATOR }, { "<", ZF_TOKEN_OPERATOR }, { ">", ZF_TOKEN_OPERATOR },
    { "+", ZF_TOKEN_OPERATOR }, { "-", ZF_TOKEN_OPERATOR }, { "|", ZF_TOKEN_OPERATOR },
    { "(", ZF_TOKEN_PUNCT }, { ")", ZF_TOKEN_PUNCT }, { "[", ZF_TOKEN_PUNCT }, { "]", ZF_TOKEN_PUNCT },
    { ",", ZF_TOKEN_PUNCT }, { "@", ZF_TOKEN_PUNCT }, { ".", ZF_TOKEN_PUNCT },
  };
  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    {
      gsize n = strlen (symbols[i].text);
      if (strncmp (self->at, symbols[i].text, n) == 0)
        return lexer_add (self, symbols[i].type, self->at, 0, n, n);
    }
  return lexer_fail (self, self->at, _("this character has no meaning here"));
}

static gboolean
lex_one (Lexer *self)
{
  char c = *self->at;
  if (c == '"' || c == '\'')
    return lex_literal (self);
  if (g_ascii_isdigit (c) || (c == '.' && g_ascii_isdigit (self->at[1])))
    return lex_number (self);
  if (c == '$')
    return lex_question (self);
  if (c == '*')
    return lexer_add (self, operator_expected (self) ? ZF_TOKEN_OPERATOR : ZF_TOKEN_NAME, self->at, 0, 1, 1);
  if (is_name_start (g_utf8_get_char (self->at)))
    return operator_expected (self) ? lex_word_operator (self) : lex_name (self);
  return lex_symbol (self);
}

GArray *
zf_xpath_tokens (const char *expression, GError **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (ZfToken));
  g_array_set_clear_func (tokens, token_clear);
  Lexer lexer = { skip_space (expression), expression, 1, tokens, error };
  while (*lexer.at != '\0')
    {
      if (!lex_one (&lexer))
        return NULL;
      lexer.at = skip_space (lexer.at);
    }
  lexer_add (&lexer, ZF_TOKEN_END, lexer.at, 0, 0, 0);
  return g_steal_pointer (&tokens);
}
