/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfHouseholdList: all households of the tablet: search, village, class, counts; a tap opens one (win.household). */
#define ZF_TYPE_HOUSEHOLD_LIST (zf_household_list_get_type ())
G_DECLARE_FINAL_TYPE (ZfHouseholdList, zf_household_list, ZF, HOUSEHOLD_LIST, ZfPage)

void zf_household_list_focus_search (ZfHouseholdList *self);

G_END_DECLS
