/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Settings of this installation: table meta_kv, inside whatever transaction is open. */
#include "zf-store-object.h"

char *
zf_meta_get (ZfDb *db, const char *key)
{
  return zf_db_get_text (db, "SELECT value FROM meta_kv WHERE key = ?1", "s", key);
}

gint64
zf_meta_get_int (ZfDb *db, const char *key, gint64 fallback)
{
  return zf_db_get_int (db, fallback, "SELECT CAST (value AS INTEGER) FROM meta_kv WHERE key = ?1", "s", key);
}

gboolean
zf_meta_set (ZfDb *db, const char *key, const char *value, GError **error)
{
  if (value == NULL)
    return zf_db_run (db, error, "DELETE FROM meta_kv WHERE key = ?1", "s", key);
  return zf_db_run (db, error, "INSERT OR REPLACE INTO meta_kv (key, value) VALUES (?1, ?2)", "ss", key, value);
}

gboolean
zf_meta_set_int (ZfDb *db, const char *key, gint64 value, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  return zf_meta_set (db, key, text, error);
}

/* For those outside of a transaction */

typedef struct
{
  const char *key;
  const char *value;
  char *result;
} Meta;

static gboolean
get_meta_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  Meta *meta = data;

  meta->result = zf_meta_get (db, meta->key);
  return TRUE;
}

char *
zf_store_get_meta (ZfStore *self, const char *key)
{
  Meta meta = { .key = key };
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ZF_IS_STORE (self), NULL);

  if (self->worker != NULL && zf_store_worker_is_self (self->worker))
    return zf_meta_get (self->db, key);
  if (self->reader != NULL && g_thread_self () == self->home)
    return zf_meta_get (zf_reader_db (self->reader), key);
  if (!zf_store_write (self, get_meta_job, &meta, &error))
    g_debug ("%s", error->message);
  return meta.result;
}

static gboolean
set_meta_job (ZfStore *self, ZfDb *db, gpointer data, GError **error)
{
  const Meta *meta = data;

  return zf_meta_set (db, meta->key, meta->value, error);
}

gboolean
zf_store_set_meta (ZfStore *self, const char *key, const char *value, GError **error)
{
  Meta meta = { .key = key, .value = value };

  return zf_store_write (self, set_meta_job, &meta, error);
}
