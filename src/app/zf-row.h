/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ZfRow: one tappable row of at least 72 px: something in front, title and subtitle, a short note behind. A tap, Enter and the
 * class action "zf.activate" (what accessibility tools call) all emit "activated". Inside a GtkListView set focusable to FALSE:
 * the list item holds the focus there. */
#define ZF_TYPE_ROW (zf_row_get_type ())
G_DECLARE_FINAL_TYPE (ZfRow, zf_row, ZF, ROW, GtkBox)

GtkWidget *zf_row_new (const char *title, const char *subtitle);
void zf_row_set_title (ZfRow *self, const char *title);
/** zf_row_set_subtitle, _note: NULL or "" hides. */
void zf_row_set_subtitle (ZfRow *self, const char *subtitle);
void zf_row_set_note (ZfRow *self, const char *note);
/** zf_row_set_prefix: @prefix (nullable) stands in front. */
void zf_row_set_prefix (ZfRow *self, GtkWidget *prefix);
GtkWidget *zf_row_get_prefix (ZfRow *self);
/** zf_row_set_target: a tap also activates the action @name with the string @target. */
void zf_row_set_target (ZfRow *self, const char *name, const char *target);
/** zf_row_set_tappable: FALSE for a row that only tells something. */
void zf_row_set_tappable (ZfRow *self, gboolean tappable);

G_END_DECLS
