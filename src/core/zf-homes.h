/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"

G_BEGIN_DECLS

/* The homes of the records that a text finds, as a set of their numbers. A connection has one, which SQL on it sees as zf_found (n). */
typedef struct _ZfHomes ZfHomes;

/** zf_homes_new: (transfer full): an empty set, known to @db. It is freed after @db is closed. */
ZfHomes *zf_homes_new (ZfDb *db, GError **error);
void zf_homes_free (ZfHomes *homes);
/** zf_homes_find: what the FTS5 expression @match finds now; a list and its count, asked one after the other, read the index once. */
gboolean zf_homes_find (ZfHomes *homes, ZfDb *db, const char *match, GError **error);
guint zf_homes_n (const ZfHomes *homes);
/** zf_homes_list: (transfer full): the numbers as a JSON array. */
char *zf_homes_list (const ZfHomes *homes);

/** zf_reader_homes: (transfer none): the set of a reader's connection. */
ZfHomes *zf_reader_homes (struct _ZfReader *reader, GError **error);

G_END_DECLS
