/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-ledger.h"
#include "zf-sync-engine.h"
#include "zf-sync-photos.h"

G_BEGIN_DECLS

/* For the files of the engine only. */
typedef enum
{
  PHASE_LEFT_OVER,   /* what an earlier run staged and did not apply */
  PHASE_PUSH,
  PHASE_SCOPE,       /* villages are copied whole or given up */
  PHASE_PULL,        /* more pages follow: nothing is pushed until they are applied */
  PHASE_APPLY,
  PHASE_FETCH,       /* records whose state cannot be made out from what came */
  PHASE_CHECK,       /* comparing digests */
  PHASE_TRIM,
  PHASE_PHOTOS,
  PHASE_DONE,
  PHASE_PROBE,       /* comes first when somebody else answered last time: no token before the county did */
} Phase;

/* How often one run puts things right before it gives up. */
#define MAX_MENDED 3

typedef enum { CHECK_BUCKETS, CHECK_IDS, CHECK_FETCH, CHECK_AGAIN } CheckStep;

/* A village whose digest is another than the county's. */
typedef struct
{
  char *village;
  CheckStep step;
  GArray *buckets;       /* guint: those that differ, the next one last */
  GPtrArray *fetch;      /* ids to fetch */
  GPtrArray *drop;       /* ids that the county does not have */
} Check;
void zf_check_free (Check *check);

struct _ZfSyncEngine
{
  ZfStore *store;
  ZfReader *reader;
  ZfSyncLimits limits;
  Phase phase;
  char *device;
  char *token;
  char *server_id;
  guint batch_size;          /* changes in the next push */
  ZfHold hold;
  ZfBatch *batch;            /* sent, not answered */
  ZfSyncRequest *sent;       /* what the next answer belongs to: without body */
  gint64 sent_ms;
  gint64 after;              /* of the pull that was sent, -1 when none was */
  gboolean in_full;          /* the log did not say what a number of ours is about */
  gboolean ask_digest;
  gboolean outdated;         /* nothing comes down to this version */
  GHashTable *fetched;       /* ids that were asked for because they lacked: once a run */
  guint mended;              /* how often numbers were put right in this run */
  char **scope;              /* what the tablet is to hold, NULL when that is not in question */
  gint64 scope_epoch;
  ZfCopy *copy;              /* (nullable) the part of a village that is being taken */
  guint copy_n;              /* its number */
  JsonObject *digests;       /* (nullable) of the county, at the place where the pull ended */
  GQueue checks;             /* Check */
  ZfSyncPhotos *photos;
  ZfSyncProgress progress;
};

gboolean zf_engine_bad_answer (GError **error);
gboolean zf_engine_count_unsent (ZfSyncEngine *engine, GError **error);
gint64 zf_engine_meta_int (ZfStore *store, const char *key, gint64 fallback);
gboolean zf_engine_keep_meta (ZfStore *store, const char *key, const char *value, GError **error);
/** zf_engine_mend: puts right what a refusal says where the tablet can, so that the run goes on; *mended FALSE without error: it cannot. */
gboolean zf_engine_mend (ZfSyncEngine *engine, const ZfSyncResponse *response, gboolean *mended, GError **error);
/** zf_engine_request: (transfer full): with token. @body (transfer full) (nullable). */
ZfSyncRequest *zf_engine_request (ZfSyncEngine *engine, const char *method, char *path, const char *accept, GBytes *body);
/** zf_engine_parse: (transfer full): the body of an answer as an object. */
JsonObject *zf_engine_parse (const ZfSyncResponse *response, GError **error);

/* push and pull: zf-sync-engine-exchange.c */
void zf_engine_start_push (ZfSyncEngine *engine);
/** zf_engine_freeze: engine->batch is what goes next, NULL when nothing is to go. */
gboolean zf_engine_freeze (ZfSyncEngine *engine, GError **error);
gboolean zf_engine_next_exchange (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error);
gboolean zf_engine_handle_exchange (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error);

/* villages: zf-sync-engine-scope.c. *request stays NULL when a slice of work was done; *done: the tablet holds what it is to hold. */
void zf_engine_take_scope (ZfSyncEngine *engine, JsonObject *scope);
gboolean zf_engine_next_scope (ZfSyncEngine *engine, ZfSyncRequest **request, gboolean *done, GError **error);
gboolean zf_engine_handle_scope (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error);

/* fetching and comparing: zf-sync-engine-check.c. *request stays NULL when there is nothing (more) to do. */
gboolean zf_engine_next_fetch (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error);
gboolean zf_engine_handle_fetch (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error);
gboolean zf_engine_digest_due (ZfSyncEngine *engine);
gboolean zf_engine_next_check (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error);
gboolean zf_engine_handle_check (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error);

G_END_DECLS
