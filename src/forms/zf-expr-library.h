/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libxml/xpathInternals.h>

#include "zf-expr-functions.h"

G_BEGIN_DECLS

/* What the functions of zf-expr-text.c, -numbers.c, -dates.c, -sets.c, -geo.c and -digest.c share, and their names for the table. Values
 * come off libxml2's stack, the last one first. */

ZfExprState *zf_expr_state (xmlXPathParserContext *ctxt);
/** zf_expr_text: (transfer full): XPath's string(), where no number has an exponent. */
char *zf_expr_text (xmlXPathObject *object);
/** zf_expr_pop_text: (transfer full): the next value as text. */
char *zf_expr_pop_text (xmlXPathParserContext *ctxt);
/** zf_expr_pop_measure: the next value as a number, a date as its days; a word makes the evaluation unknown, a blank is NaN. */
double zf_expr_pop_measure (xmlXPathParserContext *ctxt);
/** zf_expr_pop_texts: (transfer full) (element-type utf8): the next @nargs values in order, each node of a set by itself; its length is charged. */
GPtrArray *zf_expr_pop_texts (xmlXPathParserContext *ctxt, int nargs);
void zf_expr_push_text (xmlXPathParserContext *ctxt, const char *text);
void zf_expr_push_number (xmlXPathParserContext *ctxt, double number);
void zf_expr_push_boolean (xmlXPathParserContext *ctxt, gboolean value);
/** zf_expr_charge: counts @bytes of work against the limit of steps; FALSE (and the evaluation ends) beyond it. */
gboolean zf_expr_charge (xmlXPathParserContext *ctxt, gsize bytes);

#define ZF_EXPR_FUNCTION(name) void zf_fn_##name (xmlXPathParserContext *ctxt, int nargs)

/* zf-expr-text.c */
ZF_EXPR_FUNCTION (string);
ZF_EXPR_FUNCTION (concat);
ZF_EXPR_FUNCTION (join);
ZF_EXPR_FUNCTION (ends_with);
ZF_EXPR_FUNCTION (substr);
ZF_EXPR_FUNCTION (regex);
ZF_EXPR_FUNCTION (boolean_from_string);
ZF_EXPR_FUNCTION (selected);
ZF_EXPR_FUNCTION (selected_at);
ZF_EXPR_FUNCTION (count_selected);
ZF_EXPR_FUNCTION (choice_name);
ZF_EXPR_FUNCTION (version);

/* zf-expr-numbers.c */
ZF_EXPR_FUNCTION (number);
ZF_EXPR_FUNCTION (int);
ZF_EXPR_FUNCTION (round);
ZF_EXPR_FUNCTION (abs);
ZF_EXPR_FUNCTION (pow);
ZF_EXPR_FUNCTION (exp);
ZF_EXPR_FUNCTION (exp10);
ZF_EXPR_FUNCTION (log);
ZF_EXPR_FUNCTION (log10);
ZF_EXPR_FUNCTION (sqrt);
ZF_EXPR_FUNCTION (sin);
ZF_EXPR_FUNCTION (cos);
ZF_EXPR_FUNCTION (tan);
ZF_EXPR_FUNCTION (asin);
ZF_EXPR_FUNCTION (acos);
ZF_EXPR_FUNCTION (atan);
ZF_EXPR_FUNCTION (atan2);
ZF_EXPR_FUNCTION (pi);
ZF_EXPR_FUNCTION (min);
ZF_EXPR_FUNCTION (max);
ZF_EXPR_FUNCTION (money);
ZF_EXPR_FUNCTION (random);

/* zf-expr-dates.c */
ZF_EXPR_FUNCTION (today);
ZF_EXPR_FUNCTION (now);
ZF_EXPR_FUNCTION (date);
ZF_EXPR_FUNCTION (date_time);
ZF_EXPR_FUNCTION (decimal_date_time);
ZF_EXPR_FUNCTION (decimal_time);
ZF_EXPR_FUNCTION (format_date);

/* zf-expr-sets.c */
ZF_EXPR_FUNCTION (hold);
ZF_EXPR_FUNCTION (if);
ZF_EXPR_FUNCTION (coalesce);
ZF_EXPR_FUNCTION (count_non_empty);
ZF_EXPR_FUNCTION (position);
ZF_EXPR_FUNCTION (current);
ZF_EXPR_FUNCTION (indexed_repeat);
ZF_EXPR_FUNCTION (randomize);
ZF_EXPR_FUNCTION (checklist);
ZF_EXPR_FUNCTION (weighted_checklist);

/* zf-expr-lists.c */
ZF_EXPR_FUNCTION (instance);
ZF_EXPR_FUNCTION (pulldata);

/* zf-expr-geo.c */
ZF_EXPR_FUNCTION (area);
ZF_EXPR_FUNCTION (distance);
ZF_EXPR_FUNCTION (geofence);

/* zf-expr-digest.c */
ZF_EXPR_FUNCTION (digest);
ZF_EXPR_FUNCTION (base64_decode);
ZF_EXPR_FUNCTION (uuid);

/** zf_expr_digest_type: what digest() calls @name; FALSE when it knows no such algorithm. */
gboolean zf_expr_digest_type (const char *name, GChecksumType *type);
gboolean zf_expr_digest_encoding (const char *name, gboolean *hex);

G_END_DECLS
