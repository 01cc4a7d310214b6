/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfDisplay: how a window is to be read: text size and outdoors, from the settings, with the actions win.text-size and win.outdoor. */
typedef struct _ZfDisplay ZfDisplay;

/** zf_display_new: for @window, which outlives it. */
ZfDisplay *zf_display_new (GtkApplicationWindow *window);
void zf_display_free (ZfDisplay *self);
void zf_display_set_wide (ZfDisplay *self, gboolean wide);

G_END_DECLS
