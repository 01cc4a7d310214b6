/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-expr-library.h"
#include "zf-form.h"
#include "zf-xpath-rewrite.h"
#include "zf-xpath-token.h"

G_BEGIN_DECLS

/* What the files of the rewrite share. One piece of the expression as it will be given to libxml2: */
typedef struct
{
  char *text;
  ZfXpathType type;
  gboolean tri;
} ZfXpathTerm;

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
} ZfXpathParser;

/* zf-xpath-rewrite.c */
/** zf_xpath_fail: what is wrong at @token; the first counts. */
void zf_xpath_fail (ZfXpathParser *self, const ZfToken *token, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* zf-xpath-terms.c */
/** zf_xpath_term: takes @text. zf_xpath_known: takes @value: one that may be unknown, given to something that cannot carry that. zf_xpath_as_boolean:
 * (transfer full): the text of @value as a condition. */
ZfXpathTerm zf_xpath_term (ZfXpathType type, gboolean tri, char *text);
void zf_xpath_term_clear (ZfXpathTerm *term);
ZfXpathTerm zf_xpath_known (ZfXpathTerm value);
char *zf_xpath_as_boolean (ZfXpathTerm *value);
typedef struct
{
  const char *text;
  guint level;           /* a higher one binds first */
  ZfXpathTerm (*make) (ZfXpathTerm *left, const char *operator, ZfXpathTerm *right);
} ZfXpathOperator;
#define ZF_XPATH_LEVEL_UNARY 7
/** zf_xpath_operator: (nullable): the binary operator @text. */
const ZfXpathOperator *zf_xpath_operator (const char *text);

/* zf-xpath-calls.c */
/** zf_xpath_call: the call of @function, named by @token, with @args, as many as it takes. */
ZfXpathTerm zf_xpath_call (ZfXpathParser *self, const ZfToken *token, const ZfExprFunction *function, GArray *args);

G_END_DECLS
