/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* What the county publishes to its tablets: forms, code lists, rules, parameters. Each version of each is one record of kind `form`, `codelist`,
 * `rule` or `parameter` with the fields name, version, content (the file, word for word); a version never changes and none goes. */
typedef struct
{
  char *kind;
  char *name;
  char *version;
  char *content;
} ZfPublication;
ZfPublication *zf_publication_new (const char *kind, const char *name, const char *version, const char *content);
void zf_publication_free (ZfPublication *publication);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfPublication, zf_publication_free)

/* The longest file in bytes. */
#define ZF_PUBLICATION_MAX (200 * 1024)
/** zf_publication_read: what the text of a file is; the error says what is missing. */
ZfPublication *zf_publication_read (const char *text, GError **error);
/** zf_publication_compare: versions: numbers as numbers, anything else as text. */
int zf_publication_compare (const char *version_a, const char *version_b);
/** zf_publication_check: whether it may follow what @kinds holds now: newer, and nothing that is stored already becomes unreadable by it: a form keeps
 * its fields, their types and its settings, a code list its codes. */
gboolean zf_publication_check (ZfKinds *kinds, const ZfPublication *publication, GError **error);
/** zf_publication_newest: (nullable): the newest version of rules or parameters that this store holds; NULL without error: none. */
ZfPublication *zf_publication_newest (ZfReader *reader, const char *kind, const char *name, GError **error);

/** zf_kinds_extend: (transfer full): a registry of @base's kinds and the newer versions among @publications (element-type ZfPublication). One that cannot
 * be used stands in zf_kinds_refused: the older version stays. */
ZfKinds *zf_kinds_extend (ZfKinds *base, GPtrArray *publications);
/** zf_kinds_version_in_use: (nullable): of a form or a file of code lists (@what: "form" or "codelist"). */
const char *zf_kinds_version_in_use (ZfKinds *self, const char *what, const char *name);

G_END_DECLS
