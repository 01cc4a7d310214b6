/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfUpright: holds one child whose width never depends on its height. Put it around text that wraps inside a horizontal box: such a box asks what width goes
 * with its height, and a GtkLabel answers by laying its text out at some 70 widths. Height for width, all that wrapping needs, passes through. */
#define ZF_TYPE_UPRIGHT (zf_upright_get_type ())
G_DECLARE_FINAL_TYPE (ZfUpright, zf_upright, ZF, UPRIGHT, AdwBin)

/** zf_upright_new: @child (nullable) is sunk. */
GtkWidget *zf_upright_new (GtkWidget *child);

G_END_DECLS
