/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfPlacePage: a place is put on the map by hand: the cross in its middle is the place; a tap or the arrow keys bring another one under it. Below it stand the
 * coordinates and who is near. */
#define ZF_TYPE_PLACE_PAGE (zf_place_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfPlacePage, zf_place_page, ZF, PLACE_PAGE, ZfPage)

/* WGS-84 degrees. Nobody measured it, so it has no accuracy. */
typedef struct
{
  double lat, lon;
} ZfSpot;

/** zf_place_page_ask_async: shows the page of the window in which @from stands; @title says what for. The map begins at @now (nullable), else where the
 * @record (nullable) is or belongs to, else at the village. The page before is seen again when @callback is called. */
void zf_place_page_ask_async (GtkWidget *from, const char *title, const ZfSpot *now, const char *record, GAsyncReadyCallback callback, gpointer data);
/** zf_place_page_ask_finish: FALSE: the person changed their mind, or went elsewhere. */
gboolean zf_place_page_ask_finish (GAsyncResult *result, ZfSpot *spot);
/** zf_spot_parse: the first two numbers of a geopoint (nullable text); FALSE when they are none. zf_spot_text: (transfer full): as a geopoint is stored, "lat lon". */
gboolean zf_spot_parse (const char *text, ZfSpot *spot);
char *zf_spot_text (const ZfSpot *spot);
/** zf_spot_of: where the record is, by the fields of its kind. */
gboolean zf_spot_of (const ZfRecord *record, ZfSpot *spot);

G_END_DECLS
