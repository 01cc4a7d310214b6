/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfSlot: the place of a page that is made when it is first seen or asked for, so that the app starts with one page and not with nine.
 * Properties: page-type (name of a ZfPage type), wide (handed on). Signal: "built" (the page), once. */
#define ZF_TYPE_SLOT (zf_slot_get_type ())
G_DECLARE_FINAL_TYPE (ZfSlot, zf_slot, ZF, SLOT, AdwBin)

/** zf_slot_page: (transfer none): the page, made now when it is not there yet. */
ZfPage *zf_slot_page (ZfSlot *self);
/** zf_slot_peek: (transfer none) (nullable): the page when it was made. */
ZfPage *zf_slot_peek (ZfSlot *self);
/** zf_slot_set_session: for the page, now or when it is made. Before that nothing is made. */
void zf_slot_set_session (ZfSlot *self, ZfSession *session);

G_END_DECLS
