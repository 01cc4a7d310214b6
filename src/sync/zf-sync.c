/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "zf-ledger.h"
#include "zf-relay.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

typedef int Lock;

static void
lock_close (Lock *lock)
{
  if (*lock >= 0)
    close (*lock);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lock, lock_close)

/* The kernel lets go of the lock when the process dies, however it dies. */
static Lock
lock_store (ZfStore *store, GError **error)
{
  g_autofree char *path = g_build_filename (zf_store_dir (store), "sync.lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0 && errno == EWOULDBLOCK)
    g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_BUSY, "Another program is already syncing this store");
  else
    g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_BUSY, "The file that keeps two programs from syncing at once cannot be used");
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
exchange (ZfSyncEngine *engine, ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncResponse) response = zf_sync_transport_send (transport, request, cancellable, error);

  return response != NULL && zf_sync_engine_handle (engine, response, error);
}

static gboolean
stopped (GCancellable *cancellable, GError **error)
{
  if (cancellable == NULL || !g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CANCELLED, "The sync was stopped; what arrived stays");
  return TRUE;
}

static gboolean
turn (ZfSyncEngine *engine, ZfSyncTransport *transport, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, GError **error)
{
  ZfSyncStep step = ZF_SYNC_STEP_WORK;

  while (step != ZF_SYNC_STEP_DONE)
    {
      g_autoptr (ZfSyncRequest) request = NULL;

      if (stopped (cancellable, error) || !zf_sync_engine_next (engine, &step, &request, error))
        return FALSE;
      if (request != NULL && !exchange (engine, transport, request, cancellable, error))
        return FALSE;
      if (func != NULL)
        func (zf_sync_engine_progress (engine), data);
    }
  return TRUE;
}

gboolean
zf_sync_drive (ZfStore *store, ZfSyncTransport *transport, const ZfSyncLimits *limits, GCancellable *cancellable, ZfSyncProgressFunc func,
               gpointer data, ZfSyncProgress *result, GError **error)
{
  g_auto (Lock) lock = lock_store (store, error);
  g_autoptr (ZfSyncEngine) engine = NULL;
  gboolean ok;

  if (lock < 0)
    return FALSE;
  engine = zf_sync_engine_new (store, limits, error);
  if (engine == NULL)
    return FALSE;
  ok = turn (engine, transport, cancellable, func, data, error);
  if (result != NULL)
    *result = *zf_sync_engine_progress (engine);
  return ok;
}

static ZfSyncTransport *
transport_of (ZfStore *store, GError **error)
{
  g_autofree char *url = zf_store_get_meta (store, "server_url");

  if (url != NULL)
    return zf_sync_ahead_new (zf_sync_http_new, url, error);
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_ENROLLED, "This tablet is not enrolled with a county");
  return NULL;
}

/* Then what this tablet carries for others: their trouble is not its own. */
static gboolean
drive_and_carry (ZfStore *store, ZfSyncTransport *transport, const ZfSyncLimits *limits, GCancellable *cancellable, ZfSyncProgressFunc func,
                 gpointer data, ZfSyncProgress *result, GError **error)
{
  g_autoptr (GError) others = NULL;
  guint carried = 0;

  if (!zf_sync_drive (store, transport, limits, cancellable, func, data, result, error))
    return FALSE;
  if (!zf_relay_forward (store, transport, cancellable, &carried, &others))
    g_debug ("A parcel of another tablet goes on waiting: %s", others->message);
  if (result != NULL)
    result->carried = carried;
  return TRUE;
}

gboolean
zf_sync_run (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = transport_of (store, error);

  return transport != NULL && drive_and_carry (store, transport, &zf_sync_limits_wire, cancellable, func, data, result, error);
}

gboolean
zf_sync_probe_over (ZfSyncTransport *transport, const char *server_id, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);
  g_autoptr (ZfSyncResponse) response = NULL;

  request->method = "GET";
  request->path = g_strdup ("/v1/probe");
  request->accept = ZF_WIRE_TYPE_JSON;
  request->max_answer = 64 * 1024;
  response = zf_sync_transport_send (transport, request, cancellable, error);
  return response != NULL && zf_sync_judge (request, response, server_id, error);
}

/* A network that wants a login must not see the token. */
static gboolean
run_probed (ZfStore *store, const ZfSyncLimits *limits, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data,
            ZfSyncProgress *result, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = transport_of (store, error);
  g_autofree char *server_id = zf_store_get_meta (store, "server_id");

  return transport != NULL && zf_sync_probe_over (transport, server_id, cancellable, error) &&
         drive_and_carry (store, transport, limits, cancellable, func, data, result, error);
}

gboolean
zf_sync_run_auto (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error)
{
  return run_probed (store, &zf_sync_limits_auto, cancellable, func, data, result, error);
}

static gboolean
run_asked (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, ZfSyncProgress *result, GError **error)
{
  return run_probed (store, &zf_sync_limits_wire, cancellable, func, data, result, error);
}

GPtrArray *
zf_sync_history (ZfStore *store, const char *id, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = transport_of (store, error);

  return transport != NULL ? zf_sync_history_over (store, transport, id, cancellable, error) : NULL;
}

gboolean
zf_sync_fetch_photo (ZfStore *store, const char *sha256, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = transport_of (store, error);

  return transport != NULL && zf_sync_fetch_photo_over (store, transport, sha256, cancellable, error);
}

gboolean
zf_sync_fetch_pack (ZfStore *store, const ZfPack *pack, const ZfPackFetch *how, GError **error)
{
  g_autoptr (ZfSyncTransport) transport = transport_of (store, error);

  return transport != NULL && zf_sync_fetch_pack_over (store, transport, pack, how, error);
}

/* What travels between the caller's thread and the one that syncs. */
typedef struct
{
  GMainContext *context;
  ZfSyncProgressFunc func;
  gpointer data;
  ZfSyncProgress result;
  gboolean (*act) (ZfStore *, GCancellable *, ZfSyncProgressFunc, gpointer, ZfSyncProgress *, GError **);
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_main_context_unref (run->context);
  g_free (run);
}

typedef struct
{
  ZfSyncProgressFunc func;
  gpointer data;
  ZfSyncProgress progress;
} Report;

static gboolean
report_now (gpointer data)
{
  Report *report = data;

  report->func (&report->progress, report->data);
  return G_SOURCE_REMOVE;
}

static void
report_later (const ZfSyncProgress *progress, gpointer data)
{
  Run *run = data;
  Report *report = g_new (Report, 1);

  report->func = run->func;
  report->data = run->data;
  report->progress = *progress;
  g_main_context_invoke_full (run->context, G_PRIORITY_DEFAULT, report_now, report, g_free);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Run *run = task_data;
  GError *error = NULL;

  if (run->act (ZF_STORE (source), cancellable, run->func != NULL ? report_later : NULL, run, &run->result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (ZfStore *store, Run *run, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  run->context = g_main_context_ref_thread_default ();
  run->func = func;
  run->data = data;
  g_task_set_task_data (task, run, run_free);
  /* Our own words for "stopped" are the answer, not GTask's. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, run_in_thread);
}

void
zf_sync_run_async (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  Run *run = g_new0 (Run, 1);

  run->act = run_asked;
  start (store, run, cancellable, func, data, callback, user_data);
}

void
zf_sync_run_auto_async (ZfStore *store, GCancellable *cancellable, ZfSyncProgressFunc func, gpointer data, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Run *run = g_new0 (Run, 1);

  run->act = zf_sync_run_auto;
  start (store, run, cancellable, func, data, callback, user_data);
}

gboolean
zf_sync_run_finish (ZfStore *store, GAsyncResult *result, ZfSyncProgress *progress, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  if (progress != NULL)
    *progress = ((Run *) g_task_get_task_data (G_TASK (result)))->result;
  return g_task_propagate_boolean (G_TASK (result), error);
}
