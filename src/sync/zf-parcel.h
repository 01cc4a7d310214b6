/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-seal.h"
#include "zf-sync-transport.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* Parcels: the messages of sync in a sealed file, for places without a line (README.md, "Parcels"). A parcel is a row of entries, each a small
 * JSON object and some bytes. Going out: {"t":"out",…}, then {"t":"push"} with request bodies and {"t":"blob","sha256"} with photo files. Coming
 * back: {"t":"reply",…}, then {"t":"answer","to":…,"status","type"} with the bodies of the county's answers, at last {"t":"files","have","durable"}. */
#define ZF_PARCEL_VERSION 1
/* A parcel may carry a whole village of photos; one entry never more than a photo. */
#define ZF_PARCEL_MAX_ENTRY (8 * 1024 * 1024)

/** zf_parcel_put: one entry; @payload (nullable). */
gboolean zf_parcel_put (ZfSealWriter *writer, JsonObject *head, GBytes *payload, GError **error);
/** zf_parcel_next: *head = NULL at the end. *payload is never NULL with a head. ZF_ERROR_CORRUPT: no row of entries. */
gboolean zf_parcel_next (ZfSealReader *reader, JsonObject **head, GBytes **payload, GError **error);

/** zf_parcel_write: everything that is only here (frozen batches, photo files) and where this store stands, sealed to the county.
 * *n: changes in it. Sending the same over a line later is harmless. */
gboolean zf_parcel_write (ZfStore *store, const char *path, guint *n, GError **error);
/** zf_parcel_read: the county's reply to this tablet: a sync whose answers stand in the file. What it does not answer waits for the next. */
gboolean zf_parcel_read (ZfStore *store, const char *path, ZfSyncProgress *result, GError **error);
/** zf_parcel_mark: (transfer full): under which name the answer to @request stands in a reply. */
char *zf_parcel_mark (const ZfSyncRequest *request);

G_END_DECLS
