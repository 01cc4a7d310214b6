/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Settings of this installation: table meta_kv, inside whatever transaction is open. */
#include "zf-store-private.h"

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
