/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfTodayPage: drafts to go on with, where to go, what is only on this tablet, the last visits. */
#define ZF_TYPE_TODAY_PAGE (zf_today_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfTodayPage, zf_today_page, ZF, TODAY_PAGE, ZfPage)

G_END_DECLS
