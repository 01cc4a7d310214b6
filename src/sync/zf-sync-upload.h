/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-sync-transport.h"

G_BEGIN_DECLS

#define ZF_UPLOAD_CHUNK_MIN (16 * 1024)
#define ZF_UPLOAD_CHUNK_MAX (256 * 1024)

/* One picture file on its way up by tus 1.0.0: make the upload, or ask how far it got; chunks; where it stands is in the ledger after every one, so
 * that a run that breaks off anywhere costs at most one chunk. */
typedef struct _ZfSyncUpload ZfSyncUpload;

/** zf_sync_upload_new: NULL when the file cannot be read or is not what its name says. @chunk (inout): how many bytes the line carried lately in about
 * two seconds; kept up to date. */
ZfSyncUpload *zf_sync_upload_new (ZfStore *store, const ZfBlob *blob, guint *chunk);
void zf_sync_upload_free (ZfSyncUpload *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncUpload, zf_sync_upload_free)
const char *zf_sync_upload_sha256 (ZfSyncUpload *upload);
/** zf_sync_upload_next: (transfer full): never NULL while it goes on. */
ZfSyncRequest *zf_sync_upload_next (ZfSyncUpload *upload);

typedef enum
{
  ZF_UPLOAD_GOES_ON,
  ZF_UPLOAD_STORED,     /* the county has it */
  ZF_UPLOAD_DURABLE,    /* and its backup too */
  ZF_UPLOAD_SKIPPED,    /* not in this run */
} ZfUploadOutcome;
/** zf_sync_upload_handle: FALSE: the answer concerns more than this file, or the store failed. */
gboolean zf_sync_upload_handle (ZfSyncUpload *upload, const ZfSyncResponse *response, ZfUploadOutcome *outcome, GError **error);

G_END_DECLS
