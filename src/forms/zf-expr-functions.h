/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libxml/xpath.h>

#include "zf-xpath-rewrite.h"

G_BEGIN_DECLS

/* Every function that an expression may call: a name that is not in this table is refused when the form is read. A new function is
 * one row here. */
typedef struct
{
  const char *name;
  ZfXpathType result;
  gint8 min_args;
  gint8 max_args;             /* -1: any number */
  gint8 joins;                /* >= 0: the result has the common type of the arguments from this one on */
  xmlXPathFunction function;  /* NULL: libxml2's own */
} ZfExprFunction;

/** zf_expr_function: (nullable): the row of @name. */
const ZfExprFunction *zf_expr_function (const char *name);

/* What functions need to know of the evaluation that they run in: xmlXPathContext.userData. */
typedef struct
{
  const char *today;      /* "YYYY-MM-DD" */
  gint64 now_ms;          /* 0: the first minute of today */
  gboolean unknown;       /* something unknown was used as if it were known */
  GHashTable *patterns;   /* regex text → GRegex */
} ZfExprState;

/** zf_expr_functions_register: makes the functions of the table and the rewritten operators known to @context. */
void zf_expr_functions_register (xmlXPathContext *context);

/** zf_expr_date: "YYYY-MM-DD" or an ISO moment as days since 1970 of the local calendar; FALSE when it is not a real date. */
gboolean zf_expr_date (const char *text, double *days);
/** zf_expr_date_text: (transfer full) (nullable): the day of @days as "YYYY-MM-DD". */
char *zf_expr_date_text (double days);
/** zf_expr_moment_text: (transfer full): UTC ms as local ISO text with its offset. */
char *zf_expr_moment_text (gint64 ms);
/** zf_expr_fen: 元 in a double → whole 分, half away from zero on its decimal digits; FALSE beyond 2^53 or not a number. */
gboolean zf_expr_fen (double yuan, gint64 *fen);
/** zf_expr_number_text: (transfer full) (nullable): decimal text without an exponent (at most 15 digits), NULL for NaN and infinity. */
char *zf_expr_number_text (double number);

G_END_DECLS
