/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-sync-transport.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* The part of the engine that moves picture files, after all records. First it asks what became of those that the county has; then it asks which
 * of those that are only here the county lacks, and sends each in chunks (zf-sync-upload.h); last come the small pictures that are to be here
 * without being asked for. A file that cannot be sent is left for the next run and holds up nobody. */
typedef struct _ZfSyncPhotos ZfSyncPhotos;

/** zf_sync_photos_new: @reader lives as long. */
ZfSyncPhotos *zf_sync_photos_new (ZfStore *store, ZfReader *reader);
void zf_sync_photos_free (ZfSyncPhotos *photos);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSyncPhotos, zf_sync_photos_free)
/** zf_sync_photos_want_thumbs: small pictures come down too. */
void zf_sync_photos_want_thumbs (ZfSyncPhotos *photos);
/** zf_sync_photos_next: *request stays NULL when there is nothing left to do. The caller adds the token. */
gboolean zf_sync_photos_next (ZfSyncPhotos *photos, ZfSyncRequest **request, GError **error);
/** zf_sync_photos_handle: the answer to the last request, good or refusal, of which zf_sync_is_county is true. What a refusal means for one file is
 * settled here; FALSE: the run ends. */
gboolean zf_sync_photos_handle (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error);

G_END_DECLS
