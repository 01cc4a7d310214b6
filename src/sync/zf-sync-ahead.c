/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* A line that fetches before it is asked: while the engine works on one part of a village the next ones travel, and are unpacked, in threads of their
 * own. What the engine sees is an ordinary line: it asks for one thing after the other and waits. */

#include <malloc.h>

#include "zf-sync-transport.h"
#include "zf-sync.h"

/* The county serves two requests of one tablet at a time. */
#define LINES 2

/* Ownership: everything below `lock` is used under it; a thread makes its own line and uses it alone. `line` belongs to the caller's thread. */
typedef struct
{
  ZfSyncRequest *request;
  gboolean begun;
  gboolean done;
  ZfSyncResponse *response;   /* NULL after a failure */
  GError *error;
} Errand;

#define ZF_TYPE_SYNC_AHEAD (zf_sync_ahead_get_type ())
G_DECLARE_FINAL_TYPE (ZfSyncAhead, zf_sync_ahead, ZF, SYNC_AHEAD, GObject)

struct _ZfSyncAhead
{
  GObject parent;
  ZfSyncTransport *line;
  ZfSyncMakeLine make;
  char *base;
  GCancellable *stop;         /* ends what the threads are at */
  GThread *threads[LINES];
  guint n_threads;

  GMutex lock;
  GCond news;
  GQueue errands;             /* Errand: not fetched by the caller yet, in the order of their paths */
  gboolean closing;
};

static void zf_sync_ahead_transport (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (ZfSyncAhead, zf_sync_ahead, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, zf_sync_ahead_transport))

static void
errand_free (Errand *errand)
{
  zf_sync_request_free (errand->request);
  if (errand->response != NULL)
    zf_sync_response_free (errand->response);
  g_clear_error (&errand->error);
  g_free (errand);
}

static Errand *
errand_new (const ZfSyncRequest *like, const char *path)
{
  Errand *errand = g_new0 (Errand, 1);
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = like->method;
  request->path = g_strdup (path);
  request->accept = like->accept;
  request->token = g_strdup (like->token);
  request->max_answer = like->max_answer;
  request->unpack = like->unpack;
  request->unpack_with = like->unpack_with != NULL ? g_object_ref (like->unpack_with) : NULL;
  request->unpacked_free = like->unpacked_free;
  errand->request = request;
  return errand;
}

/* In the threads */

/* Only what may be the county's good answer: the engine judges it all the same. */
static void
unpack (Errand *errand)
{
  const ZfSyncRequest *request = errand->request;
  ZfSyncResponse *response = errand->response;

  if (response == NULL || request->unpack == NULL || response->status != 200 || g_strcmp0 (response->type, request->accept) != 0)
    return;
  response->unpacked = request->unpack (response->body, request->unpack_with);
  response->unpacked_free = request->unpacked_free;
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
  /* What this thread allocates is freed in others, and would pile up: 420 MB for a county instead of 160. One heap for all of them would be that of
   * the screens too, which would wait for it. (The sanitizers have a heap of their own; two threads would find the C library's not set up.) */
  malloc_trim (0);
#endif
}

static Errand *
next_errand (ZfSyncAhead *self)
{
  for (GList *l = self->errands.head; l != NULL; l = l->next)
    if (!((Errand *) l->data)->begun)
      return l->data;
  return NULL;
}

static gpointer
run (gpointer data)
{
  ZfSyncAhead *self = data;
  g_autoptr (ZfSyncTransport) line = self->make (self->base, NULL);

  g_mutex_lock (&self->lock);
  while (!self->closing)
    {
      Errand *errand = next_errand (self);

      if (errand == NULL)
        {
          g_cond_wait (&self->news, &self->lock);
          continue;
        }
      errand->begun = TRUE;
      g_mutex_unlock (&self->lock);
      errand->response = zf_sync_transport_send (line, errand->request, self->stop, &errand->error);
      unpack (errand);
      g_mutex_lock (&self->lock);
      errand->done = TRUE;
      g_cond_broadcast (&self->news);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* In the caller's */

static void
start_threads (ZfSyncAhead *self)
{
  for (; self->n_threads < LINES; self->n_threads++)
    self->threads[self->n_threads] = g_thread_new ("zf-sync-ahead", run, self);
}

static Errand *
find (ZfSyncAhead *self, const char *path)
{
  for (GList *l = self->errands.head; l != NULL; l = l->next)
    if (g_str_equal (((Errand *) l->data)->request->path, path))
      return l->data;
  return NULL;
}

static Errand *
send_out (ZfSyncAhead *self, const ZfSyncRequest *request, const char *path)
{
  Errand *errand = find (self, path);

  if (errand == NULL)
    {
      errand = errand_new (request, path);
      g_queue_push_tail (&self->errands, errand);
    }
  return errand;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (((ZfSyncAhead *) data)->stop);
}

static ZfSyncResponse *
wait_for (ZfSyncAhead *self, const ZfSyncRequest *request, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Errand *errand = send_out (self, request, request->path);
  ZfSyncResponse *response;

  for (guint i = 0; request->ahead[i] != NULL; i++)
    send_out (self, request, request->ahead[i]);
  g_cond_broadcast (&self->news);
  while (!errand->done)
    g_cond_wait (&self->news, &self->lock);
  g_queue_remove (&self->errands, errand);
  response = g_steal_pointer (&errand->response);
  if (response == NULL)
    g_propagate_error (error, g_steal_pointer (&errand->error));
  errand_free (errand);
  return response;
}

static ZfSyncResponse *
zf_sync_ahead_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  ZfSyncAhead *self = ZF_SYNC_AHEAD (transport);
  ZfSyncResponse *response;
  gulong handler = 0;

  if (request->ahead == NULL || request->body != NULL)
    return zf_sync_transport_send (self->line, request, cancellable, error);
  start_threads (self);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
  response = wait_for (self, request, error);
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);
  return response;
}

static void
zf_sync_ahead_transport (ZfSyncTransportInterface *iface)
{
  iface->send = zf_sync_ahead_send;
}

static void
zf_sync_ahead_dispose (GObject *object)
{
  ZfSyncAhead *self = ZF_SYNC_AHEAD (object);

  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  g_cond_broadcast (&self->news);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->stop);
  for (; self->n_threads > 0; self->n_threads--)
    g_thread_join (self->threads[self->n_threads - 1]);
  g_queue_clear_full (&self->errands, (GDestroyNotify) errand_free);
  g_clear_object (&self->line);
  G_OBJECT_CLASS (zf_sync_ahead_parent_class)->dispose (object);
}

static void
zf_sync_ahead_finalize (GObject *object)
{
  ZfSyncAhead *self = ZF_SYNC_AHEAD (object);

  g_clear_object (&self->stop);
  g_free (self->base);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->news);
  G_OBJECT_CLASS (zf_sync_ahead_parent_class)->finalize (object);
}

static void
zf_sync_ahead_class_init (ZfSyncAheadClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_sync_ahead_dispose;
  G_OBJECT_CLASS (klass)->finalize = zf_sync_ahead_finalize;
}

static void
zf_sync_ahead_init (ZfSyncAhead *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->news);
  g_queue_init (&self->errands);
  self->stop = g_cancellable_new ();
}

ZfSyncTransport *
zf_sync_ahead_new (ZfSyncMakeLine make, const char *base, GError **error)
{
  g_autoptr (ZfSyncTransport) line = make (base, error);
  ZfSyncAhead *self;

  if (line == NULL)
    return NULL;
  self = g_object_new (ZF_TYPE_SYNC_AHEAD, NULL);
  self->line = g_steal_pointer (&line);
  self->make = make;
  self->base = g_strdup (base);
  return ZF_SYNC_TRANSPORT (self);
}
