/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"

G_BEGIN_DECLS

/* What a family reads of a form before it signs: the answers of rows that say "told": "yes", one line a screen. */
typedef struct
{
  char *heading;   /* the screen's */
  char *text;      /* "住房 是，饮水 待核" */
} ZfTold;
void zf_told_free (ZfTold *told);

/** zf_told_lines: (transfer full) (element-type ZfTold): what was said up to now. Answers that nobody asked about yet (carried over) are left out, and screens
 * of which nothing is told. */
GPtrArray *zf_told_lines (ZfFormModel *model);

G_END_DECLS
