/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sync-service.h"

G_BEGIN_DECLS

/* ZfPackService: brings a map pack when a person asks for it, in a thread of its own. Records and photos always go first: it begins behind a sync that
 * arrived, makes way for every sync, and goes on behind it with what is here already. Signal "changed": the status moved. */
#define ZF_TYPE_PACK_SERVICE (zf_pack_service_get_type ())
G_DECLARE_FINAL_TYPE (ZfPackService, zf_pack_service, ZF, PACK_SERVICE, GObject)

typedef struct
{
  const char *sha256;    /* (nullable) the pack that is wanted; NULL: none */
  gint64 done, total;    /* bytes of it; total 0 while it waits for a sync */
  char *arrived;         /* (nullable) sha256 of the pack that was brought last */
  char *failed;          /* (nullable) sha256 of the pack that could not be brought last */
  char *words;           /* (nullable) why, for the person */
} ZfPackStatus;

ZfPackService *zf_pack_service_new (ZfStore *store, ZfSyncService *sync);
void zf_pack_service_fetch (ZfPackService *self, const ZfPack *pack);
/** zf_pack_service_stop: what came so far stays for the next time. */
void zf_pack_service_stop (ZfPackService *self);
const ZfPackStatus *zf_pack_service_status (ZfPackService *self);

G_END_DECLS
