/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-clock.h"
#include "zf-files.h"
#include "zf-kind.h"
#include "zf-random.h"
#include "zf-server-store.h"
#include "zf-sync-transport.h"

G_BEGIN_DECLS

/* The county's half of sync: bytes of a request in, bytes of the answer out. No thread, timer or socket. One thread at a time. */
typedef struct _ZfServerCore ZfServerCore;

/* The device that writes what only the county may write. */
#define ZF_DEVICE_SERVER "server"
/* The county as its own first tablet. */
#define ZF_DEVICE_COUNTY "county"

typedef struct
{
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfFiles *files;     /* (nullable) NULL: the machine's own */
  const char *vfs;    /* (nullable) file layer of SQLite below server.db */
} ZfServerCoreOptions;

/** zf_server_core_new: over DIR/server.db and DIR/blobs. */
ZfServerCore *zf_server_core_new (const char *dir, ZfKinds *kinds, ZfClock *clock, ZfRandom *random, GError **error);
ZfServerCore *zf_server_core_new_with (const char *dir, const ZfServerCoreOptions *options, GError **error);
void zf_server_core_free (ZfServerCore *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfServerCore, zf_server_core_free)
ZfServerStore *zf_server_core_store (ZfServerCore *core);
/** zf_server_core_id: the server's id, as in header Sync-Server. */
const char *zf_server_core_id (ZfServerCore *core);

/** zf_server_core_handle: never NULL: every failure is an answer. */
ZfSyncResponse *zf_server_core_handle (ZfServerCore *core, const ZfSyncRequest *request);
/** zf_server_core_trust: requests come from this very process: larger pushes and pages. */
void zf_server_core_trust (ZfServerCore *core);
/** zf_server_core_max_body: the largest body that @method @path may bring, 0 when there is no such address. */
gsize zf_server_core_max_body (const char *method, const char *path);

/** zf_server_core_init: makes a new server.db in @dir with its ids. */
gboolean zf_server_core_init (const char *dir, ZfClock *clock, ZfRandom *random, GError **error);
gboolean zf_server_core_init_with (const char *dir, const ZfServerCoreOptions *options, GError **error);
/** zf_server_core_publish: writes @records ([{"id", "fields": {…}}]) of @kind at the county itself, as device "server". */
gboolean zf_server_core_publish (ZfServerCore *core, const char *kind, JsonArray *records, GError **error);
/** zf_server_core_publish_text: publishes the form, code list, rules or parameters that @text is, after a check; *said (transfer full): what it was.
 * zf_server_core_publish_rows: records of a kind with a key (member, helper, holiday): what stands there by that key takes the new fields. */
gboolean zf_server_core_publish_text (ZfServerCore *core, const char *text, char **said, GError **error);
gboolean zf_server_core_publish_rows (ZfServerCore *core, const char *kind, JsonArray *rows, GError **error);
/** zf_server_core_publish_map: the map pack (MBTiles) @path for the tablets, after a look at every tile. @name (nullable): what versions have in common;
 * NULL: the file's. @title (nullable): what people read; NULL: the pack's own. */
gboolean zf_server_core_publish_map (ZfServerCore *core, const char *path, const char *name, const char *title, char **said, GError **error);
/** zf_server_core_publish_data: every form and code list of @data_dir that is not published yet, as the first version of a new county. */
gboolean zf_server_core_publish_data (ZfServerCore *core, const char *data_dir, GError **error);
/** zf_server_core_make_code: (transfer full): a new enrolment code, 24 h valid, single use. @villages (nullable): NULL = all. */
char *zf_server_core_make_code (ZfServerCore *core, const char *name, const char *const *villages, GError **error);
/** zf_server_core_make_device: enrols without a code; returns the token (transfer full). @id (nullable): a given id. */
char *zf_server_core_make_device (ZfServerCore *core, const char *id, const char *name, const char *const *villages, char **device, GError **error);

/** zf_server_core_team_add, _give, _take: a new team with @villages, more of them, fewer of them. zf_server_core_team_device: the tablet (id or
 * name) works for @team from now on: what it had before ends. The next answer tells every touched tablet its new scope. */
gboolean zf_server_core_team_add (ZfServerCore *core, const char *team, const char *const *villages, GError **error);
gboolean zf_server_core_team_give (ZfServerCore *core, const char *team, const char *const *villages, GError **error);
gboolean zf_server_core_team_take (ZfServerCore *core, const char *team, const char *const *villages, GError **error);
gboolean zf_server_core_team_device (ZfServerCore *core, const char *team, const char *device, GError **error);

G_END_DECLS
