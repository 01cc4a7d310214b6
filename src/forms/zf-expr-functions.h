/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libxml/xpath.h>

#include "zf-random.h"
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
  gint8 own_from;             /* libxml2's own serves calls with fewer values than this */
  gint8 step;                 /* > 1: beyond min_args values come so many at a time */
  gboolean texts;             /* libxml2's own takes text: numbers are written out for it, which it does with exponents */
  const char *refused;        /* (nullable): a sentence that says why this documented function is not offered */
} ZfExprFunction;

/** zf_expr_function: (nullable): the row of @name. */
const ZfExprFunction *zf_expr_function (const char *name);
/** zf_expr_function_at: (nullable): rows in order, for tests that go through all. */
const ZfExprFunction *zf_expr_function_at (guint i);
/** zf_expr_function_takes: whether it can be called with @n values. */
gboolean zf_expr_function_takes (const ZfExprFunction *function, guint n);

/* What expressions may ask of the form that they stand in. */
typedef struct
{
  /** (transfer full) (nullable): the label of @code among the choices of @question, in @lang; NULL when the question has no choices. */
  char *(*choice_label) (gpointer data, const char *question, const char *code, const char *lang);
  gpointer data;
  const char *version;    /* (nullable) */
  const char *lang;       /* "zh" or "en": of labels, months and weekdays */
  /** (transfer none) (nullable) (element-type ZfChoice*): list @name of the form's choices. */
  GPtrArray *(*list) (gpointer data, const char *name);
} ZfExprForm;

/* What functions need to know of the evaluation that they run in: xmlXPathContext.userData. */
typedef struct
{
  const char *today;      /* "YYYY-MM-DD" */
  gint64 now_ms;          /* 0: the first minute of today */
  gboolean unknown;       /* something unknown was used as if it were known */
  GArray *held;           /* gboolean: unknown of the values that if() and coalesce() choose among */
  GHashTable *patterns;   /* regex text → GRegex */
  ZfExprForm form;
  ZfRandom *random;
  xmlNode *self;          /* the question that the expression stands at */
  GPtrArray *copies;      /* xmlDoc: nodes that randomize() made for this evaluation */
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
