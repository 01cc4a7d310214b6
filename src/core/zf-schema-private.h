/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-schema.h"

G_BEGIN_DECLS

/* SQL of one step; it runs in a transaction of its own together with the new user_version. */
typedef const char *(*ZfMigration) (void);

/** zf_schema_migrate: takes the steps that are missing, after a copy of the store beside it (PATH.vN). A failed step leaves
 * the store as it was; a store of a newer program is refused (ZF_ERROR_TOO_NEW). */
gboolean zf_schema_migrate (ZfDb *db, const char *path, GError **error);
/** zf_schema_migrate_by: the same with steps of the caller's (tests). */
gboolean zf_schema_migrate_by (ZfDb *db, const ZfMigration *steps, guint n, const char *path, GError **error);

G_END_DECLS
