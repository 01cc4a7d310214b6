/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-expr-functions.h"
#include "zf-expr.h"

G_BEGIN_DECLS

/** zf_expr_operators_register: zf:eq, zf:lt, zf:add, zf:and … : what the rewrite writes. */
void zf_expr_operators_register (xmlXPathContext *context);
/** zf_expr_measure: a value as a number, a date as its days; a word marks the evaluation unknown. */
double zf_expr_measure (xmlXPathObject *object, ZfExprState *state);
/** zf_expr_tri: a boolean whose unknown is NaN. */
ZfTri zf_expr_tri (xmlXPathObject *object);

G_END_DECLS
