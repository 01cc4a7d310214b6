/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core.h"

G_BEGIN_DECLS

/** zf_server_core_backup: a whole copy of the data under @out (made anew beside it, then put in its place), while others may serve from it;
 * only then what it holds counts as durable. @manifest (transfer full). For the machine's own files. */
gboolean zf_server_core_backup (ZfServerCore *core, const char *out, JsonObject **manifest, GError **error);
/** zf_server_core_copy: the copy alone: OUT/server.db, OUT/blobs/, and last OUT/manifest.json. @previous (nullable): an earlier one, whose
 * photos are shared. zf_server_core_mark_durable: what such a copy holds is safe. */
JsonObject *zf_server_core_copy (ZfServerCore *core, const char *out, const char *previous, GError **error);
gboolean zf_server_core_mark_durable (ZfServerCore *core, JsonObject *manifest, GError **error);
/** zf_server_core_restore: makes the data in @dir (none there yet) from the backup @from, all of it checked. */
gboolean zf_server_core_restore (const char *from, const char *dir, const ZfServerCoreOptions *options, GError **error);
/** zf_server_core_verify: appends what is wrong with the data, one plain line each. */
gboolean zf_server_core_verify (ZfServerCore *core, GPtrArray *problems, GError **error);

G_END_DECLS
