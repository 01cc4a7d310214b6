/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"

#include <math.h>
#include <string.h>

/* Text, and the codes of select questions. Characters are Unicode's, never UTF-16 halves. */

ZF_EXPR_FUNCTION (string)
{
  g_autofree char *text = zf_expr_pop_text (ctxt);
  zf_expr_push_text (ctxt, text);
}

static void
push_joined (xmlXPathParserContext *ctxt, GPtrArray *texts, guint from, const char *separator)
{
  gsize size = 1;
  for (guint i = from; i < texts->len; i++)
    size += strlen (texts->pdata[i]) + (i > from ? strlen (separator) : 0);
  if (!zf_expr_charge (ctxt, size))
    return;
  g_autoptr (GString) out = g_string_sized_new (size);
  for (guint i = from; i < texts->len; i++)
    {
      if (i > from)
        g_string_append (out, separator);
      g_string_append (out, texts->pdata[i]);
    }
  zf_expr_push_text (ctxt, out->str);
}

/* Unlike XPath's, every node of a set counts, and one value is enough. */
ZF_EXPR_FUNCTION (concat)
{
  g_autoptr (GPtrArray) texts = zf_expr_pop_texts (ctxt, nargs);
  push_joined (ctxt, texts, 0, "");
}

ZF_EXPR_FUNCTION (join)
{
  g_autoptr (GPtrArray) texts = zf_expr_pop_texts (ctxt, nargs - 1);
  g_autofree char *separator = zf_expr_pop_text (ctxt);
  push_joined (ctxt, texts, 0, separator);
}

ZF_EXPR_FUNCTION (ends_with)
{
  g_autofree char *end = zf_expr_pop_text (ctxt);
  g_autofree char *text = zf_expr_pop_text (ctxt);
  zf_expr_push_boolean (ctxt, g_str_has_suffix (text, end));
}

/* ODK's substr counts from 0 and its end is not included; negative counts from the end. */
ZF_EXPR_FUNCTION (substr)
{
  double to = nargs > 2 ? zf_expr_pop_measure (ctxt) : G_MAXINT;
  double from = zf_expr_pop_measure (ctxt);
  g_autofree char *text = zf_expr_pop_text (ctxt);
  long length = g_utf8_strlen (text, -1);
  double a = trunc (from < 0 ? from + length : from);
  double b = trunc (to < 0 ? to + length : to);
  a = CLAMP (a, 0, length);
  b = CLAMP (b, 0, length);
  g_autofree char *part = a < b ? g_utf8_substring (text, (long) a, (long) b) : g_strdup ("");
  zf_expr_push_text (ctxt, part);
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

ZF_EXPR_FUNCTION (regex)
{
  g_autofree char *text = zf_expr_pop_text (ctxt);
  g_autofree char *value = zf_expr_pop_text (ctxt);
  GRegex *regex = pattern (zf_expr_state (ctxt), text);
  g_autoptr (GError) error = NULL;
  gboolean matches = regex != NULL && g_regex_match_full (regex, value, -1, 0, 0, NULL, &error);
  if (regex == NULL || error != NULL)
    zf_expr_state (ctxt)->unknown = TRUE;
  zf_expr_push_boolean (ctxt, matches);
}

ZF_EXPR_FUNCTION (boolean_from_string)
{
  g_autofree char *text = zf_expr_pop_text (ctxt);
  zf_expr_push_boolean (ctxt, g_str_equal (text, "true") || g_str_equal (text, "1"));
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

ZF_EXPR_FUNCTION (selected)
{
  g_autofree char *code = zf_expr_pop_text (ctxt);
  g_autofree char *text = zf_expr_pop_text (ctxt);
  g_auto (GStrv) all = words (text);
  zf_expr_push_boolean (ctxt, g_strv_contains ((const char *const *) all, g_strstrip (code)));
}

ZF_EXPR_FUNCTION (count_selected)
{
  g_autofree char *text = zf_expr_pop_text (ctxt);
  g_auto (GStrv) all = words (text);
  zf_expr_push_number (ctxt, g_strv_length (all));
}

ZF_EXPR_FUNCTION (selected_at)
{
  double at = zf_expr_pop_measure (ctxt);
  g_autofree char *text = zf_expr_pop_text (ctxt);
  g_auto (GStrv) all = words (text);
  zf_expr_push_text (ctxt, at >= 0 && at < g_strv_length (all) ? all[(guint) at] : "");
}

/* The rewrite has made the question's name a plain literal. */
ZF_EXPR_FUNCTION (choice_name)
{
  const ZfExprForm *form = &zf_expr_state (ctxt)->form;
  g_autofree char *question = zf_expr_pop_text (ctxt);
  g_autofree char *code = zf_expr_pop_text (ctxt);
  g_autofree char *label = NULL;
  if (form->choice_label != NULL && *g_strstrip (code) != '\0')
    label = form->choice_label (form->data, question, code, form->lang);
  zf_expr_push_text (ctxt, label != NULL ? label : "");
}

ZF_EXPR_FUNCTION (version)
{
  const char *version = zf_expr_state (ctxt)->form.version;
  zf_expr_push_text (ctxt, version != NULL ? version : "");
}
