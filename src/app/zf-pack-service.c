/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-pack-service.h"

#include "zf-error.h"
#include "zf-mbtiles.h"

struct _ZfPackService
{
  GObject parent_instance;

  ZfStore *store;
  ZfSyncService *sync;
  ZfPack *wanted;
  GCancellable *cancellable;   /* while a thread fetches */
  ZfPackStatus status;
};

enum
{
  CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPackService, zf_pack_service, G_TYPE_OBJECT)

/* What travels between the screen's thread and the one that fetches. */
typedef struct
{
  ZfPackService *service;
  ZfStore *store;
  ZfPack *pack;
  GCancellable *cancellable;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_object_unref (fetch->service);
  g_object_unref (fetch->store);
  g_object_unref (fetch->cancellable);
  zf_pack_free (fetch->pack);
  g_free (fetch);
}

static void
tell (ZfPackService *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
end (ZfPackService *self)
{
  g_clear_pointer (&self->wanted, zf_pack_free);
  self->status.sha256 = NULL;
  self->status.done = self->status.total = 0;
}

typedef struct
{
  ZfPackService *service;
  gint64 done;
} Part;

static gboolean
part_now (gpointer data)
{
  Part *part = data;
  ZfPackService *self = part->service;

  if (self->wanted != NULL && self->cancellable != NULL)
    {
      self->status.done = part->done;
      self->status.total = self->wanted->size;
      tell (self);
    }
  return G_SOURCE_REMOVE;
}

static void
part_free (gpointer data)
{
  g_object_unref (((Part *) data)->service);
  g_free (data);
}

static void
part_later (gint64 done, gint64 total, gpointer data)
{
  Part *part = g_new0 (Part, 1);

  part->service = g_object_ref (((Fetch *) data)->service);
  part->done = done;
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, part_now, part, part_free);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  ZfPackFetch how = { .check = zf_mbtiles_check, .func = part_later, .data = fetch, .cancellable = fetch->cancellable };
  GError *error = NULL;

  if (zf_sync_fetch_pack (fetch->store, fetch->pack, &how, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static char *
words_of (const GError *error)
{
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return g_strdup (error->message);
  return zf_sync_explain (error);
}

static void begin (ZfPackService *self);

/* Stopped because a sync came: it goes on behind it. */
static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfPackService *self = ZF_PACK_SERVICE (source);
  g_autoptr (GError) error = NULL;
  gboolean arrived = g_task_propagate_boolean (G_TASK (result), &error);

  g_clear_object (&self->cancellable);
  if (self->store == NULL || self->wanted == NULL)
    {
      tell (self);
      return;
    }
  if (!arrived && g_error_matches (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CANCELLED))
    {
      if (!zf_sync_service_status (self->sync)->running)
        begin (self);
      return;
    }
  if (arrived)
    self->status.arrived = g_strdup (self->wanted->sha256);
  else
    {
      self->status.failed = g_strdup (self->wanted->sha256);
      self->status.words = words_of (error);
    }
  end (self);
  tell (self);
}

static void
forget_last (ZfPackService *self)
{
  g_clear_pointer (&self->status.arrived, g_free);
  g_clear_pointer (&self->status.failed, g_free);
  g_clear_pointer (&self->status.words, g_free);
}

static void
begin (ZfPackService *self)
{
  g_autoptr (GTask) task = NULL;
  Fetch *fetch = NULL;

  if (self->wanted == NULL || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  fetch = g_new0 (Fetch, 1);
  *fetch = (Fetch) { g_object_ref (self), g_object_ref (self->store), zf_pack_copy (self->wanted), g_object_ref (self->cancellable) };
  task = g_task_new (self, NULL, on_fetched, NULL);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  g_task_run_in_thread (task, fetch_in_thread);
}

static void
on_sync_changed (ZfPackService *self)
{
  if (self->cancellable != NULL && zf_sync_service_status (self->sync)->running)
    g_cancellable_cancel (self->cancellable);
}

static void
on_sync_done (ZfPackService *self, gboolean arrived)
{
  if (self->wanted == NULL)
    return;
  if (arrived)
    begin (self);
  else if (self->cancellable == NULL)
    {
      /* Nothing of it was begun. Why stands above on the page. */
      end (self);
      tell (self);
    }
}

static void
zf_pack_service_dispose (GObject *object)
{
  ZfPackService *self = ZF_PACK_SERVICE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  end (self);
  forget_last (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sync);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zf_pack_service_parent_class)->dispose (object);
}

static void
zf_pack_service_class_init (ZfPackServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_pack_service_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zf_pack_service_init (ZfPackService *self)
{
}

ZfPackService *
zf_pack_service_new (ZfStore *store, ZfSyncService *sync)
{
  ZfPackService *self = g_object_new (ZF_TYPE_PACK_SERVICE, NULL);

  self->store = g_object_ref (store);
  self->sync = g_object_ref (sync);
  g_signal_connect_object (sync, "changed", G_CALLBACK (on_sync_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sync, "done", G_CALLBACK (on_sync_done), self, G_CONNECT_SWAPPED);
  return self;
}

void
zf_pack_service_fetch (ZfPackService *self, const ZfPack *pack)
{
  g_return_if_fail (ZF_IS_PACK_SERVICE (self));

  if (self->wanted != NULL)
    return;
  forget_last (self);
  self->wanted = zf_pack_copy (pack);
  self->status.sha256 = self->wanted->sha256;
  tell (self);
  zf_sync_service_now (self->sync);
}

void
zf_pack_service_stop (ZfPackService *self)
{
  g_return_if_fail (ZF_IS_PACK_SERVICE (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  end (self);
  tell (self);
}

const ZfPackStatus *
zf_pack_service_status (ZfPackService *self)
{
  g_return_val_if_fail (ZF_IS_PACK_SERVICE (self), NULL);

  return &self->status;
}
