/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-publication.h"
#include "zf-store-private.h"

G_BEGIN_DECLS

/** zf_publications_load: (element-type ZfPublication): all versions of a kind; @name (nullable): of that name only. */
GPtrArray *zf_publications_load (ZfDb *db, const char *kind, const char *name, GError **error);
/** zf_kinds_published: *kinds (transfer full): @base with what the store of @db holds of forms and code lists, when that is not what *mark (nullable) says
 * already; else *kinds is NULL. *mark: (inout) (transfer full). What @base has itself costs a look at an index. */
gboolean zf_kinds_published (ZfDb *db, ZfKinds *base, char **mark, ZfKinds **kinds, GError **error);

G_END_DECLS
