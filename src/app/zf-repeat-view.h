/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ZfRepeatView: the rows of one repeat, each a way to its questions, and the way to one more. Of many some are shown, and ways to the others.
 * Signal "open" (address of a row): somebody wants to see it. */
#define ZF_TYPE_REPEAT_VIEW (zf_repeat_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfRepeatView, zf_repeat_view, ZF, REPEAT_VIEW, GtkBox)

/** zf_repeat_view_new: of the repeat at the address @repeat; of many rows those around @near (nullable: address of a row), else the last ones. */
GtkWidget *zf_repeat_view_new (ZfFormModel *model, const char *repeat, const char *near);
/** zf_repeat_view_stand_under: nothing is said twice: a list right below a heading that calls it the same needs no title. */
void zf_repeat_view_stand_under (ZfRepeatView *self, const char *heading);
/** zf_repeat_view_row_number: place of the row at @row among those of its repeat, from 1. */
guint zf_repeat_view_row_number (ZfFormModel *model, const char *row);

G_END_DECLS
