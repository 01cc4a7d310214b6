/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-sync-transport.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* The part of the engine that brings picture files up, after all records: asks what the county lacks, then sends each as a whole. */
typedef struct _ZfSyncPhotos ZfSyncPhotos;

ZfSyncPhotos *zf_sync_photos_new (ZfStore *store, ZfReader *reader);
void zf_sync_photos_free (ZfSyncPhotos *photos);
/** zf_sync_photos_next: *request stays NULL when there is nothing left to send. */
gboolean zf_sync_photos_next (ZfSyncPhotos *photos, ZfSyncRequest **request, GError **error);
gboolean zf_sync_photos_handle (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error);

G_END_DECLS
