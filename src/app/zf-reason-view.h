/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-session.h"

G_BEGIN_DECLS

/* ZfReasonView: why something is as it is: one tap on a reason that people give often (the county may publish others), or a few words,
 * which are kept as those of a question are: when the typing rests, and when the field is left. Signals "reason" (words, "" where none is given any more): to
 * be kept; "done": whoever gave it says so. */
#define ZF_TYPE_REASON_VIEW (zf_reason_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfReasonView, zf_reason_view, ZF, REASON_VIEW, GtkBox)

/** zf_reason_view_fill: with the reasons of @kind's code list @list, in @session's language; @of (nullable): which answer it is about, for those who hear the
 * screen. */
void zf_reason_view_fill (ZfReasonView *self, ZfSession *session, const ZfKind *kind, const char *list, const char *of);
/** zf_reason_view_show: @why (nullable) is the reason that was given. */
void zf_reason_view_show (ZfReasonView *self, const char *why);
/** zf_reason_view_flush: hands over what is still being typed. */
void zf_reason_view_flush (ZfReasonView *self);

G_END_DECLS
