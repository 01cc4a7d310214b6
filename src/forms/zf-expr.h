/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libxml/tree.h>

#include "zf-expr-functions.h"
#include "zf-xpath-rewrite.h"

G_BEGIN_DECLS

/* Never mixed up with false: "we cannot say". */
typedef enum
{
  ZF_TRI_FALSE = 0,
  ZF_TRI_TRUE = 1,
  ZF_TRI_UNKNOWN = 2,
} ZfTri;

typedef enum
{
  ZF_EXPR_NUMBER,
  ZF_EXPR_STRING,
  ZF_EXPR_BOOLEAN,
  ZF_EXPR_NODESET,   /* text is that of the first node */
  ZF_EXPR_UNKNOWN,
} ZfExprResult;

typedef struct
{
  ZfExprResult type;
  double number;
  gboolean boolean;
  char *text;        /* the value as XPath's string() */
} ZfExprValue;
void zf_expr_value_clear (ZfExprValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfExprValue, zf_expr_value_clear)

/* ZfExpr: one compiled expression, immutable. */
typedef struct _ZfExpr ZfExpr;
ZfExpr *zf_expr_new (const char *expression, const ZfXpathScope *scope, GError **error);
void zf_expr_free (ZfExpr *expr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfExpr, zf_expr_free)
ZfXpathType zf_expr_type (ZfExpr *expr);
/** zf_expr_depends: (element-type utf8): questions that it reads. */
GPtrArray *zf_expr_depends (ZfExpr *expr);
/** zf_expr_paths: (element-type utf8): questions that it reads by a path, in whatever row. */
GPtrArray *zf_expr_paths (ZfExpr *expr);
/** zf_expr_is_wide: it reads other rows of the repeats that it stands in. */
gboolean zf_expr_is_wide (ZfExpr *expr);

/* ZfExprContext: one document that expressions run over; one thread at a time. */
typedef struct _ZfExprContext ZfExprContext;
/** zf_expr_context_new: @doc is borrowed and must outlive the context. */
ZfExprContext *zf_expr_context_new (xmlDoc *doc, const char *today);
void zf_expr_context_set_now (ZfExprContext *context, gint64 now_ms);
/** zf_expr_context_set_form: what jr:choice-name() and version() ask; its strings and data are borrowed and must outlive the context. */
void zf_expr_context_set_form (ZfExprContext *context, const ZfExprForm *form);
/** zf_expr_context_set_random: what random(), randomize() and uuid() draw from; the system's unless set. */
void zf_expr_context_set_random (ZfExprContext *context, ZfRandom *random);
void zf_expr_context_free (ZfExprContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfExprContext, zf_expr_context_free)

/** zf_expr_eval: @self is "."; fails when the expression breaks the limits of steps or depth. */
gboolean zf_expr_eval (ZfExpr *expr, ZfExprContext *context, xmlNode *self, ZfExprValue *value, GError **error);
/** zf_expr_test: as a condition; one that cannot be evaluated is unknown (and logged). */
ZfTri zf_expr_test (ZfExpr *expr, ZfExprContext *context, xmlNode *self);

/** zf_expr_eval_text: for `zoufangctl form expr`: @xml (nullable) is the document, "." its root element, ${name} the root's child.
 * @type: "number", "string", "boolean", "nodeset" or "unknown"; @value: as XPath's string(). */
gboolean zf_expr_eval_text (const char *expr, const char *xml, char **type, char **value, GError **error);

G_END_DECLS
