/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-query.h"

G_BEGIN_DECLS

/** zf_rows_read: (transfer full): steps @stmt to its end and copies what it gives; @types: ZfFieldType of each column. */
ZfRows *zf_rows_read (ZfDb *db, sqlite3_stmt *stmt, GArray *types, GError **error);

G_END_DECLS
