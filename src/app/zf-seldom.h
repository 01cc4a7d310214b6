/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfSeldom: the place of what most starts do not show. Its widgets are made when they are first seen or asked for.
 * Property: template (the resource of a GtkBuilder file whose object "content" it shows). */
#define ZF_TYPE_SELDOM (zf_seldom_get_type ())
G_DECLARE_FINAL_TYPE (ZfSeldom, zf_seldom, ZF, SELDOM, AdwBin)

/** zf_seldom_object: (transfer none): the object @id of the template, made now when it is not there yet. */
GObject *zf_seldom_object (ZfSeldom *self, const char *id);

G_END_DECLS
