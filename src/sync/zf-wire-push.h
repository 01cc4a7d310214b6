/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-wire.h"

G_BEGIN_DECLS

/* A push in columns: the same batch in about half the room (README.md, "Push in columns"). A batch is frozen, signed for and kept as a line of changes;
 * columns are how that line travels, and what comes out of them is that line byte for byte. */

/** zf_wire_push_pack: (transfer full) (nullable): the frozen @line in columns. @epoch: of the installation that made the changes. NULL when the line is
 * not one that comes back exactly: it travels as it is. */
GBytes *zf_wire_push_pack (GBytes *line, const char *epoch);
/** zf_wire_push_unpack: (transfer full) (nullable): the line that columns were made of; NULL when they are not well formed or would give more than
 * ZF_WIRE_MAX_UNPACKED bytes. */
GBytes *zf_wire_push_unpack (const char *text, gsize len);

G_END_DECLS
