/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-store-object.h"

G_DEFINE_TYPE (ZfStore, zf_store, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
on_news (const char *kind, const char *const *ids, gpointer user_data)
{
  g_signal_emit (user_data, signals[CHANGED], 0, kind, ids);
}

const char *
zf_store_vfs_of (const ZfStoreOptions *options)
{
  return options != NULL ? options->vfs : NULL;
}

ZfStore *
zf_store_make (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options)
{
  ZfStore *self = g_object_new (ZF_TYPE_STORE, NULL);

  self->dir = g_strdup (dir);
  self->shipped = g_object_ref (kinds);
  self->kinds = g_object_ref (kinds);
  self->retired = g_ptr_array_new_with_free_func (g_object_unref);
  self->clock = options != NULL && options->clock != NULL ? g_object_ref (options->clock) : zf_clock_new_system ();
  self->random = options != NULL && options->random != NULL ? g_object_ref (options->random) : zf_random_new_system ();
  self->files = options != NULL && options->files != NULL ? options->files : zf_files_system ();
  self->vfs = zf_store_vfs_of (options);
  self->inline_writes = options != NULL && options->inline_writes;
  self->news = zf_news_new (G_OBJECT (self), on_news);
  self->home = g_thread_self ();
  return self;
}

const char *
zf_store_dir (ZfStore *self)
{
  return self->dir;
}

char *
zf_store_path (ZfStore *self)
{
  return g_build_filename (self->dir, "store.db", NULL);
}

ZfKinds *
zf_store_kinds (ZfStore *self)
{
  return g_atomic_pointer_get (&self->kinds);
}

ZfClock *
zf_store_clock (ZfStore *self)
{
  return self->clock;
}

ZfRandom *
zf_store_random (ZfStore *self)
{
  return self->random;
}

ZfFiles *
zf_store_files (ZfStore *self)
{
  return self->files;
}

const char *
zf_store_vfs (ZfStore *self)
{
  return self->vfs;
}

ZfReader *
zf_store_reader (ZfStore *self)
{
  g_return_val_if_fail (ZF_IS_STORE (self), NULL);
  g_return_val_if_fail (g_thread_self () == self->home, NULL);

  if (self->reader != NULL)
    zf_reader_use_kinds (self->reader, zf_store_kinds (self));
  return self->reader;
}

ZfReader *
zf_store_reader_here (ZfStore *self)
{
  return g_thread_self () == self->home ? zf_store_reader (self) : NULL;
}

static void
zf_store_dispose (GObject *object)
{
  zf_store_close (ZF_STORE (object));
  G_OBJECT_CLASS (zf_store_parent_class)->dispose (object);
}

static void
zf_store_finalize (GObject *object)
{
  ZfStore *self = ZF_STORE (object);

  g_free (self->dir);
  g_clear_pointer (&self->news, zf_news_free);
  g_clear_object (&self->kinds);
  g_clear_object (&self->shipped);
  g_clear_pointer (&self->retired, g_ptr_array_unref);
  g_clear_pointer (&self->published, g_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  G_OBJECT_CLASS (zf_store_parent_class)->finalize (object);
}

static void
zf_store_class_init (ZfStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = zf_store_dispose;
  object_class->finalize = zf_store_finalize;
  /**
   * ZfStore::changed:
   * @kind: kind of the records, "*" for all
   * @ids: which; empty when they are too many or unknown
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_STRV);
}

static void
zf_store_init (ZfStore *self)
{
}
