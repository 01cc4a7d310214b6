/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ZfUnfold: a row that shows and hides what stands below it: for what few people need to see. A tap, Enter and "zf.activate" all unfold it.
 * Properties: title, open. In a .ui file <child> is a row below. */
#define ZF_TYPE_UNFOLD (zf_unfold_get_type ())
G_DECLARE_FINAL_TYPE (ZfUnfold, zf_unfold, ZF, UNFOLD, GtkBox)

GtkWidget *zf_unfold_new (const char *title, const char *subtitle);
void zf_unfold_set_title (ZfUnfold *self, const char *title);
void zf_unfold_set_subtitle (ZfUnfold *self, const char *subtitle);
void zf_unfold_set_open (ZfUnfold *self, gboolean open);
void zf_unfold_append (ZfUnfold *self, GtkWidget *child);
void zf_unfold_clear (ZfUnfold *self);

G_END_DECLS
