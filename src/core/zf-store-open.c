/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Making, opening and closing a store, and taking up what the county published. */
#include "zf-store-object.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "zf-count.h"
#include "zf-derived.h"
#include "zf-error.h"
#include "zf-id.h"
#include "zf-publication-private.h"
#include "zf-schema-private.h"

typedef struct
{
  ZfStore *store;
  gboolean create;
  GError *error;
} Opening;

static gboolean
write_identity (ZfStore *self, GError **error)
{
  g_autofree char *store_id = zf_id_new (self->clock, self->random);
  g_autofree char *epoch = zf_id_new (self->clock, self->random);

  return zf_meta_set (self->db, "store_id", store_id, error) && zf_meta_set (self->db, "epoch", epoch, error) &&
         zf_meta_set (self->db, "plain", "1", error);
}

/* What the county published since this program was made. It holds until somebody asks again, so that nobody sees two versions at a time. */

static void
use_kinds (ZfStore *self, ZfKinds *kinds)
{
  g_ptr_array_add (self->retired, self->kinds);
  g_atomic_pointer_set (&self->kinds, kinds);
}

static gboolean
prepare_for (ZfStore *self, ZfDb *db, ZfKinds *kinds, GError **error)
{
  ZfWrite write;

  zf_write_init (&write, self, db);
  write.kinds = kinds;
  return zf_derived_prepare (db, kinds, error) && zf_count_prepare (&write, error) && zf_learn_prepare (&write, error);
}

static gboolean
prepare_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  const gboolean *create = data;
  ZfKinds *kinds = NULL;

  if (!zf_kinds_published (db, self->shipped, &self->published, &kinds, error))
    return FALSE;
  if (kinds != NULL)
    use_kinds (self, kinds);
  return (!*create || write_identity (self, error)) && prepare_for (self, db, self->kinds, error);
}

typedef struct
{
  ZfStore *store;
  char *published;
  ZfKinds *kinds;
  gboolean ok;
  GError *error;
} Taking;

static gboolean
take_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  Taking *taking = data;

  if (!zf_kinds_published (db, self->shipped, &taking->published, &taking->kinds, error))
    return FALSE;
  if (taking->kinds == NULL)
    return TRUE;
  zf_news_note (self->news, "*", NULL);
  return prepare_for (self, db, taking->kinds, error);
}

/* Tables first, then the kinds that go with them: who reads in between finds more columns than it knows. */
static void
take_run (gpointer data)
{
  Taking *taking = data;
  ZfStore *self = taking->store;

  taking->published = g_strdup (self->published);
  taking->ok = zf_store_run_transaction (self, take_job, taking, FALSE, &taking->error);
  if (taking->ok && taking->kinds != NULL)
    {
      use_kinds (self, g_object_ref (taking->kinds));
      g_free (self->published);
      self->published = g_steal_pointer (&taking->published);
    }
}

gboolean
zf_store_take_published (ZfStore *self, gboolean *taken, GError **error)
{
  Taking taking = { .store = self };

  g_return_val_if_fail (ZF_IS_STORE (self), FALSE);

  if (!zf_store_check_open (self, error))
    return FALSE;
  zf_store_worker_run (self->worker, ZF_RANK_BACKGROUND, take_run, &taking);
  if (taken != NULL)
    *taken = taking.ok && taking.kinds != NULL;
  g_clear_object (&taking.kinds);
  g_free (taking.published);
  if (taking.error != NULL)
    g_propagate_error (error, taking.error);
  return taking.ok;
}

static gboolean
check_is_store (ZfDb *db, gboolean create, GError **error)
{
  if (create || zf_db_get_int (db, 0, "PRAGMA user_version", "") > 0)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The file store.db in this folder is not a store");
  return FALSE;
}

static void
open_job (gpointer data)
{
  Opening *opening = data;
  ZfStore *self = opening->store;
  g_autofree char *path = zf_store_path (self);

  self->db = zf_db_open_vfs (path, TRUE, self->vfs, &opening->error);
  if (self->db == NULL || !check_is_store (self->db, opening->create, &opening->error) ||
      !zf_schema_migrate (self->db, path, &opening->error) ||
      !zf_store_run_transaction (self, prepare_job, &opening->create, FALSE, &opening->error))
    {
      g_clear_pointer (&self->db, zf_db_close);
      return;
    }
  self->data_version = zf_store_data_version (self->db);
  if (self->vfs == NULL && !self->inline_writes)
    self->log = zf_store_log_new (self->worker, self->db, path);
}

static void
close_job (gpointer data)
{
  ZfStore *self = data;
  g_autoptr (GError) error = NULL;

  if (self->db != NULL && !zf_db_empty_log (self->db, &error))
    g_debug ("Closing without a checkpoint: %s", error->message);
  g_clear_pointer (&self->db, zf_db_close);
}

void
zf_store_close (ZfStore *self)
{
  g_return_if_fail (ZF_IS_STORE (self));

  g_clear_pointer (&self->reader, zf_reader_free);
  if (self->worker == NULL)
    return;
  if (self->log != NULL)
    zf_store_log_stop (self->log);
  zf_store_worker_push (self->worker, ZF_RANK_BACKGROUND, close_job, self);
  /* Jobs that are still queued ask for the worker: the pointer goes after the thread. */
  zf_store_worker_free (self->worker);
  self->worker = NULL;
  g_clear_pointer (&self->log, zf_store_log_free);
  zf_news_mute (self->news);
}

static ZfStore *
start (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, gboolean create, GError **error)
{
  g_autoptr (ZfStore) self = zf_store_make (dir, kinds, options);
  Opening opening = { .store = self, .create = create };

  self->worker = self->inline_writes ? zf_store_worker_new_inline () : zf_store_worker_new ("zf-store");
  zf_store_worker_run (self->worker, ZF_RANK_SAVE, open_job, &opening);
  if (opening.error != NULL)
    {
      g_propagate_error (error, opening.error);
      return NULL;
    }
  self->reader = zf_reader_new (self, error);
  return self->reader != NULL ? g_steal_pointer (&self) : NULL;
}

/* Another file layer than the machine's own has no folders to make. */
static gboolean
make_folders (const char *dir, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *photos = g_build_filename (dir, "photos", NULL);

  if (zf_store_vfs_of (options) != NULL || g_mkdir_with_parents (photos, 0700) == 0)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_IO, "The folder of the store cannot be made: %s", g_strerror (errno));
  return FALSE;
}

ZfStore *
zf_store_create (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  ZfStore *self;

  g_return_val_if_fail (ZF_IS_KINDS (kinds), NULL);

  if (zf_db_exists (path, zf_store_vfs_of (options)))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "There is a store in this folder already");
      return NULL;
    }
  if (!make_folders (dir, options, error))
    return NULL;
  self = start (dir, kinds, options, TRUE, error);
  if (self == NULL)
    zf_db_erase (path, zf_store_vfs_of (options));
  return self;
}

ZfStore *
zf_store_open (const char *dir, ZfKinds *kinds, const ZfStoreOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);

  g_return_val_if_fail (ZF_IS_KINDS (kinds), NULL);

  if (zf_db_exists (path, zf_store_vfs_of (options)))
    return make_folders (dir, options, error) ? start (dir, kinds, options, FALSE, error) : NULL;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "There is no store in this folder");
  return NULL;
}
