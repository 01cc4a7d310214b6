/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-session.h"

G_BEGIN_DECLS

/* ZfReasonView: why something is as it is: one tap on a reason that people give often (the county may publish others), or a few words. Signal "reason"
 * (words). */
#define ZF_TYPE_REASON_VIEW (zf_reason_view_get_type ())
G_DECLARE_FINAL_TYPE (ZfReasonView, zf_reason_view, ZF, REASON_VIEW, GtkBox)

/** zf_reason_view_fill: with the reasons of @kind's code list @list, in @session's language. */
void zf_reason_view_fill (ZfReasonView *self, ZfSession *session, const ZfKind *kind, const char *list);
/** zf_reason_view_show: @why (nullable) is the reason that was given. */
void zf_reason_view_show (ZfReasonView *self, const char *why);

G_END_DECLS
