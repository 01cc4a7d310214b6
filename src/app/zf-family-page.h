/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"
#include "zf-page.h"

G_BEGIN_DECLS

/* ZfFamilyPage: one screen of a form (appearance "family" of its group) in the hands of the family: what was said today in large letters, and where it is signed;
 * no way to anything else while the window keeps it up. Signals: "done": the screen is answered; "left": the visitor has the tablet back and wants the form. */
#define ZF_TYPE_FAMILY_PAGE (zf_family_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfFamilyPage, zf_family_page, ZF, FAMILY_PAGE, ZfPage)

/** zf_family_page_open: screen number @page of the form. */
void zf_family_page_open (ZfFamilyPage *self, ZfFormModel *model, guint page);
/** zf_family_page_close: lets the form go. */
void zf_family_page_close (ZfFamilyPage *self);

G_END_DECLS
