/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** ZfSliceFunc: one small piece of work; FALSE: that was the last. */
typedef gboolean (*ZfSliceFunc) (gpointer data);

/** zf_slices_start: what a long page is made of comes after the frame that shows its beginning: @step runs while nothing else is to be done, a few milliseconds
 * at a time, so that the hand never waits. *id is the source, 0 again after the last piece; who goes away before stops it with zf_slices_stop. */
void zf_slices_start (guint *id, ZfSliceFunc step, gpointer data);
void zf_slices_stop (guint *id);
/** zf_slices_finish: the rest at once. */
void zf_slices_finish (guint *id, ZfSliceFunc step, gpointer data);

G_END_DECLS
