/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfMapPage: the village on a map: a raster pack or the app's own sketch, households by level, a card for the one that is tapped. */
#define ZF_TYPE_MAP_PAGE (zf_map_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfMapPage, zf_map_page, ZF, MAP_PAGE, ZfPage)

/** zf_map_page_select: shows the card of the household @id, as a tap on its mark does. */
void zf_map_page_select (ZfMapPage *self, const char *id);

G_END_DECLS
