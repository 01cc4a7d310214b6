/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfBanner: one sentence above the page. Several causes may hold; the most urgent one is shown. */
typedef enum
{
  ZF_BANNER_SAVE_FAILED,
  ZF_BANNER_CLOCK,
  ZF_BANNER_DISK,
  ZF_BANNER_BATTERY,
  ZF_BANNER_OUTDATED,
  ZF_BANNER_DEMO,
  ZF_BANNER_N,
} ZfBannerCause;

#define ZF_TYPE_BANNER (zf_banner_get_type ())
G_DECLARE_FINAL_TYPE (ZfBanner, zf_banner, ZF, BANNER, AdwBin)

/** zf_banner_set: @sentence NULL: the cause is gone. */
void zf_banner_set (ZfBanner *self, ZfBannerCause cause, const char *sentence);

G_END_DECLS
