/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the tablet is. Sources stand in one table (zf-position.c), the first one that is there is asked. ZF_TEST_POSITION="lat lon accuracy" is one. */

/** zf_position_is_there: some source can be asked. */
gboolean zf_position_is_there (void);
/** zf_position_ask_async, _finish: (transfer full): "lat lon altitude accuracy", WGS-84, as a geopoint is stored. ZF_ERROR_NOT_FOUND when there is no
 * source or it found nothing. */
void zf_position_ask_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *zf_position_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
