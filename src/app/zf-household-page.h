/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfHouseholdPage: everything about one household, in the order in which it is asked at the door. Properties: title (notify). */
#define ZF_TYPE_HOUSEHOLD_PAGE (zf_household_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfHouseholdPage, zf_household_page, ZF, HOUSEHOLD_PAGE, ZfPage)

void zf_household_page_open (ZfHouseholdPage *self, const char *id);
/** zf_household_page_title: the head's name; _subtitle: village and group. */
const char *zf_household_page_title (ZfHouseholdPage *self);
const char *zf_household_page_subtitle (ZfHouseholdPage *self);
void zf_household_page_add_photo (ZfHouseholdPage *self, const char *path);

G_END_DECLS
