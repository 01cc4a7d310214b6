/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core-private.h"

G_BEGIN_DECLS

/* Map packs at the county: files DIR/packs/SHA256, each named by a record of kind `mappack`. */
char *zf_server_pack_path (const char *dir, const char *sha256);
/** zf_server_pack_get: GET /v1/packs/<sha256>?part=n. */
ZfSyncResponse *zf_server_pack_get (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
/** zf_server_pack_copy: a file of any size; it stands under @to only when it is whole. */
gboolean zf_server_pack_copy (ZfFiles *files, const char *from, const char *to, GError **error);
/** zf_server_packs_copy: all packs of a county's folder to another one, for backups. */
gboolean zf_server_packs_copy (ZfFiles *files, const char *from_dir, const char *to_dir, GError **error);

G_END_DECLS
