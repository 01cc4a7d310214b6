/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"
#include "zf-page.h"

G_BEGIN_DECLS

/* ZfFormPage: any form on the screen, one group a screen, generated from the form alone. Signals: "finished" (id of the record), "discarded" (the person throws
 * the draft away), "family" (number of the screen: it is for the family to read and sign; zf_form_page_step_on or _step_back go on from there);
 * leaving without finishing is win.back and asks nothing: a draft stays. */
#define ZF_TYPE_FORM_PAGE (zf_form_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfFormPage, zf_form_page, ZF, FORM_PAGE, ZfPage)

/** zf_form_page_open: @subject: whom the form is about, such as the head's name ("" = nobody yet). */
void zf_form_page_open (ZfFormPage *self, ZfFormModel *model, const char *subject);
ZfFormModel *zf_form_page_model (ZfFormPage *self);
/** zf_form_page_focus: into the first question of the screen, for who types. */
void zf_form_page_focus (ZfFormPage *self);
/** zf_form_page_close: hands over what is still being typed and lets the form go. */
void zf_form_page_close (ZfFormPage *self);
/** zf_form_page_keep: what is typed is on the disk when this returns; FALSE: some answer stands on the screen only. */
gboolean zf_form_page_keep (ZfFormPage *self);
/** zf_form_page_step_back: one screen back; FALSE when this is the first. */
gboolean zf_form_page_step_back (ZfFormPage *self);
/** zf_form_page_step_on: one screen on, when this one is answered elsewhere; behind the last one the form is finished. */
void zf_form_page_step_on (ZfFormPage *self);
/** zf_form_page_add_photo: takes the file @path as a photo of this form; FALSE when it has no place for photos. */
gboolean zf_form_page_add_photo (ZfFormPage *self, const char *path);
/** zf_form_page_go: shows the screen number @page of the form, for tests and screenshots. */
/** zf_form_page_open_row: asks the questions of the row at the address @row of a repeat on this screen. */
void zf_form_page_open_row (ZfFormPage *self, const char *row);
void zf_form_page_go (ZfFormPage *self, guint page);

G_END_DECLS
