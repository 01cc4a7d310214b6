/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ZfSeenBox: a box in a scrolled window that draws only those of its children that are in sight, so that a frame of a screen of 400 questions costs as much as one of
 * ten: GTK draws all that are there, and without a graphics card runs through each letter of them. */
#define ZF_TYPE_SEEN_BOX (zf_seen_box_get_type ())
G_DECLARE_FINAL_TYPE (ZfSeenBox, zf_seen_box, ZF, SEEN_BOX, GtkBox)

G_END_DECLS
