/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ZfDoubtView: an unlikely answer, asked about once more: right, with a reason, or changed. Signals "change" (address): somebody wants to change it;
 * "done": a reason was given. That goes into the model as soon as it is typed, and the view stays until then. */
#define ZF_TYPE_DOUBT_VIEW (zf_doubt_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfDoubtView, zf_doubt_view, ZF, DOUBT_VIEW, GtkBox)

/** zf_doubt_view_new: about the answer at @address, which is doubted (zf_answers_doubt). */
GtkWidget *zf_doubt_view_new (ZfFormModel *model, const char *address);
/** zf_doubt_view_flush: hands over what is still being typed. */
void zf_doubt_view_flush (ZfDoubtView *self);

G_END_DECLS
