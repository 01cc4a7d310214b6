/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfLaterPage: visits that were written on paper are entered one household after another: the day once, then each household by name, initials or the end of
 * an ID number; the form opens, and when it is done the next household is asked for. All by keyboard: Enter goes on, Ctrl+Enter is the form's own button. Opens
 * forms with win.later-visit (household, day). */
#define ZF_TYPE_LATER_PAGE (zf_later_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfLaterPage, zf_later_page, ZF, LATER_PAGE, ZfPage)

/** zf_later_page_begin: @search: what is looked for first ("": nothing). zf_later_page_end: the person goes elsewhere. */
void zf_later_page_begin (ZfLaterPage *self, const char *search);
void zf_later_page_end (ZfLaterPage *self);
/** zf_later_page_is_on: forms come back here. */
gboolean zf_later_page_is_on (ZfLaterPage *self);
/** zf_later_page_done: the visit of @household is written: the next one. */
void zf_later_page_done (ZfLaterPage *self, const char *household);
/** zf_later_page_focus: where the person types next. */
void zf_later_page_focus (ZfLaterPage *self);

G_END_DECLS
