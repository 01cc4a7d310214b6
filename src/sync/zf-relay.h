/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sync-transport.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* Carrying sealed parcels for tablets that have no line: DIR/parcels/in/NAME.zfp waits for the county, DIR/parcels/replies/NAME.zfp waits
 * for its tablet; NAME is the SHA-256 of the parcel. The carrier can read neither. */
#define ZF_RELAY_MAX (32 * 1024 * 1024)
#define ZF_RELAY_TYPE "application/octet-stream"

/** zf_relay_keep: takes a parcel in; the same one twice is one. @name (out, transfer full): where its reply will be. ZF_ERROR_INVALID: not a
 * sealed file; ZF_ERROR_LIMIT: larger than goes over a line. */
gboolean zf_relay_keep (ZfStore *store, GBytes *parcel, char **name, GError **error);
/** zf_relay_reply: (transfer full) (nullable): the county's reply to parcel @name; NULL without error while there is none. */
GBytes *zf_relay_reply (ZfStore *store, const char *name, GError **error);
/** zf_relay_names: (transfer full): parcels that wait for the county, or with @answered those that have a reply. */
char **zf_relay_names (ZfStore *store, gboolean answered);
/** zf_relay_forward: posts what waits to the county and keeps the replies for 30 days. *n: how many. What did not get through goes on waiting
 * and is told in @error after the others were tried; what is no parcel of this county is given up. zf_sync_run does so after each sync. */
gboolean zf_relay_forward (ZfStore *store, ZfSyncTransport *transport, GCancellable *cancellable, guint *n, GError **error);

/** zf_relay_exchange: for a tablet that reaches a carrier only: takes in the reply to the last parcel when the carrier has it, then hands over a
 * new parcel. *n: changes in it. @result: what the reply brought. */
gboolean zf_relay_exchange (ZfStore *store, ZfSyncTransport *carrier, ZfSyncProgress *result, guint *n, GError **error);

G_END_DECLS
