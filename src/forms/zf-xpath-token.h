/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The words of an XPath 1.0 expression, with the rule of its chapter 3.7 that tells `*`, `and`, `or`, `div` and `mod` from names. */
typedef enum
{
  ZF_TOKEN_END,
  ZF_TOKEN_NUMBER,
  ZF_TOKEN_LITERAL,    /* with its quotes */
  ZF_TOKEN_QUESTION,   /* ${name}: text is the name */
  ZF_TOKEN_NAME,       /* a node test: name, p:name, *, p:* */
  ZF_TOKEN_FUNCTION,   /* a name before "(" that is not a node type */
  ZF_TOKEN_NODE_TYPE,  /* text, node, comment, processing-instruction before "(" */
  ZF_TOKEN_AXIS,       /* a name before "::" */
  ZF_TOKEN_OPERATOR,   /* or and = != < <= > >= + - * div mod | / // */
  ZF_TOKEN_PUNCT,      /* ( ) [ ] , @ :: . .. */
} ZfTokenType;

typedef struct
{
  ZfTokenType type;
  char *text;
  guint position;   /* character of the expression, from 1 */
} ZfToken;

/** zf_xpath_tokens: (transfer full) (element-type ZfToken): ends with ZF_TOKEN_END. */
GArray *zf_xpath_tokens (const char *expression, GError **error);

G_END_DECLS
