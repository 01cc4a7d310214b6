/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfConflictPage: two wrote different things: both side by side, one to be chosen or another typed, with a reason. Leaving it for later costs
 * nothing. A decision is told by the action win.decided (what was chosen, id of the resolution), which can be undone. */
#define ZF_TYPE_CONFLICT_PAGE (zf_conflict_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfConflictPage, zf_conflict_page, ZF, CONFLICT_PAGE, ZfPage)

/** zf_conflict_page_open: @which: id of a conflict or of a household whose conflicts are meant; "": all. One is shown at once. */
void zf_conflict_page_open (ZfConflictPage *self, const char *which);
/** zf_conflict_page_back: from one conflict to the list; FALSE when there is no list to go back to. */
gboolean zf_conflict_page_back (ZfConflictPage *self);

G_END_DECLS
