/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfSyncPage: where the data is: one sentence first, then progress, numbers, what is only here, and the one next step. */
#define ZF_TYPE_SYNC_PAGE (zf_sync_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfSyncPage, zf_sync_page, ZF, SYNC_PAGE, ZfPage)

G_END_DECLS
