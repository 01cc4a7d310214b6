/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core-private.h"

G_BEGIN_DECLS

/* Photo files of the county: DIR/blobs/aa/<sha256> as wholes, DIR/uploads/<id> while they grow. Names on disk are only hashes and ids that were
 * checked. */
#define ZF_BLOB_PART (256 * 1024)
#define ZF_BLOB_CHUNK (256 * 1024)
#define ZF_TUS_TYPE "application/offset+octet-stream"

/** zf_server_blob_path: (transfer full): the picture, or the small one beside it. zf_server_upload_path: an upload in progress. */
char *zf_server_blob_path (ZfServerCore *core, const char *sha256, gboolean thumb);
char *zf_server_upload_path (ZfServerCore *core, const char *id);
/** zf_server_blob_state: whether @device may know that the file is here, and it is, whole; and whether a backup holds it. */
gboolean zf_server_blob_state (ZfServerCore *core, const ZfDevice *device, const char *sha256, gboolean *here, gboolean *durable, GError **error);

/* Routes of tus 1.0.0 (zf-server-tus.c). */
ZfSyncResponse *zf_server_tus_options (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_tus_create (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_tus_head (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_tus_patch (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);
ZfSyncResponse *zf_server_tus_delete (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error);

/* An upload and its file (zf-server-upload.c). */
typedef struct
{
  ZfServerCore *core;
  const ZfDevice *device;
  ZfUpload *row;
  gint64 offset;         /* bytes of it that are on disk */
} ZfServerUpload;
void zf_server_upload_clear (ZfServerUpload *upload);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfServerUpload, zf_server_upload_clear)

/** zf_server_upload_find: that of this device with this id; every bit of it that lies whole on disk is finished first. Another device's is as
 * unknown as none. */
gboolean zf_server_upload_find (ZfServerUpload *upload, const char *id, GError **error);
/** zf_server_upload_open: the one of this device for @sha256, else a new one. */
gboolean zf_server_upload_open (ZfServerUpload *upload, const char *sha256, gint64 size, GError **error);
/** zf_server_upload_add: @bytes go to the end, on disk before it returns; the last ones bring the file into its place. */
gboolean zf_server_upload_add (ZfServerUpload *upload, GBytes *bytes, GError **error);
/** zf_server_upload_drop: forgets it with its bytes. */
gboolean zf_server_upload_drop (ZfServerUpload *upload, GError **error);
/** zf_server_upload_sweep: removes some of those that are too old. */
gboolean zf_server_upload_sweep (ZfServerCore *core, GError **error);

G_END_DECLS
