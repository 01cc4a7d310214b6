/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-roster.h"
#include "zf-server-core.h"
#include "zf-store.h"
#include "zf-sync.h"

G_BEGIN_DECLS

/* A server's data as one thing, in this process: DIR/server.db (the store of truth), DIR/blobs/, DIR/county/ (an ordinary store over all
 * villages, the county's own first tablet, fed from the server's own feed). Used by one thread, except zf_server_pull_county. */
typedef struct _ZfServer ZfServer;

typedef struct
{
  ZfClock *clock;     /* (nullable) NULL: system */
  ZfRandom *random;   /* (nullable) NULL: system */
} ZfServerOptions;

/** zf_server_init: makes DIR with new ids, enrols the county store, publishes the forms and code lists of data/, and @villages (nullable; [{"id", "fields": {…}}] as
 * zf_divisions_records gives them) as first records of kind `village`. */
gboolean zf_server_init (const char *dir, ZfKinds *kinds, const ZfServerOptions *options, JsonArray *villages, GError **error);
ZfServer *zf_server_open (const char *dir, ZfKinds *kinds, const ZfServerOptions *options, GError **error);
void zf_server_free (ZfServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfServer, zf_server_free)

/** zf_server_county_store: (transfer none): saves made here reach the server with zf_server_pull_county. */
ZfStore *zf_server_county_store (ZfServer *server);
/** zf_server_pull_county: pushes what the county store has of its own, then brings it up to date. Any thread, one at a time.
 * @progress (nullable). */
gboolean zf_server_pull_county (ZfServer *server, ZfSyncProgress *progress, GError **error);
/** zf_server_import_households: a roster into the county store (zf_roster_import), then to the server. */
gboolean zf_server_import_households (ZfServer *server, const char *path, const ZfRosterOptions *options, ZfRosterRow row, gpointer row_data,
                                      JsonObject **report, GError **error);

/** zf_server_make_code: (transfer full): an enrolment code, single use, valid 24 h. @villages (nullable): ids, NULL = all. */
char *zf_server_make_code (ZfServer *server, const char *name, const char *const *villages, GError **error);
/** zf_server_enrol_direct: enrols @store without a network. @url (nullable): the address where it will find the server later. */
gboolean zf_server_enrol_direct (ZfServer *server, ZfStore *store, const char *url, const char *name, const char *const *villages,
                                 GError **error);
/** zf_server_sync_local: one whole sync of an enrolled @store without a network, in large steps. @result (nullable). */
gboolean zf_server_sync_local (ZfServer *server, ZfStore *store, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result,
                               GError **error);
/** zf_server_copy_photos: brings the picture files that @store wants and this server has, as far as the tablet may see them: a first copy
 * that needs no network later. */
gboolean zf_server_copy_photos (ZfServer *server, ZfStore *store, GError **error);
/** zf_server_take_parcel: answers the parcel @in of a tablet without a line by a reply for it, @out (zf_server_parcel_take), and brings the
 * county store up to date. */
gboolean zf_server_take_parcel (ZfServer *server, const char *in, const char *out, GError **error);
/** zf_server_core: (transfer none): the county's half of sync on this data. */
ZfServerCore *zf_server_core (ZfServer *server);
/** zf_server_verify: appends what is wrong with the data, one plain line each: the store of truth, every photo, the county's own store. */
gboolean zf_server_verify (ZfServer *server, GPtrArray *problems, GError **error);
/** zf_server_stats: (transfer full): counts for people and tests. */
JsonObject *zf_server_stats (ZfServer *server, GError **error);

G_END_DECLS
