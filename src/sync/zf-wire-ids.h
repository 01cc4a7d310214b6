/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ids in little room, for both ends of a message: the same ids in the same order give the same words. An id that came before is a number, the
 * distance from the id before it; a new one is its random bits in 13 characters when its time is that of the change ("…") or that of the last id with a
 * time of its own ("-…"), else 22 characters. */
typedef struct _ZfWireIds ZfWireIds;
ZfWireIds *zf_wire_ids_new (void);
void zf_wire_ids_free (ZfWireIds *ids);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfWireIds, zf_wire_ids_free)

/** zf_wire_ids_put: appends the word for @id (36 characters, zf_id_is_valid) to @out, as JSON. @at: time of the change, UTC ms. */
void zf_wire_ids_put (ZfWireIds *ids, GString *out, const char *id, gint64 at);
/** zf_wire_ids_take: appends the id that the word (JSON text) stands for; FALSE when it stands for none. */
gboolean zf_wire_ids_take (ZfWireIds *ids, const char *word, gsize len, gint64 at, GString *out);

G_END_DECLS
