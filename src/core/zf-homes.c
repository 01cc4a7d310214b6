/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-homes.h"

#include <string.h>

struct _ZfHomes
{
  char *match;       /* (nullable) what the set was made for */
  gint64 version;    /* of the data that it was made from */
  guint8 *has;       /* by number */
  gint64 size;
  guint n;
};

static void
found (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  const ZfHomes *homes = sqlite3_user_data (context);
  gint64 n = sqlite3_value_int64 (args[0]);

  sqlite3_result_int (context, n > 0 && n < homes->size && homes->has[n]);
}

ZfHomes *
zf_homes_new (ZfDb *db, GError **error)
{
  ZfHomes *homes = g_new0 (ZfHomes, 1);
  int rc = sqlite3_create_function (zf_db_handle (db), "zf_found", 1, SQLITE_UTF8, homes, found, NULL, NULL);

  if (rc == SQLITE_OK)
    return homes;
  zf_db_set_error (db, rc, error);
  zf_homes_free (homes);
  return NULL;
}

void
zf_homes_free (ZfHomes *homes)
{
  if (homes == NULL)
    return;
  g_free (homes->match);
  g_free (homes->has);
  g_free (homes);
}

static void
clear (ZfHomes *homes, ZfDb *db)
{
  g_clear_pointer (&homes->match, g_free);
  g_free (homes->has);
  homes->size = zf_db_get_int (db, 0, "SELECT max (n) FROM home", "") + 1;
  homes->has = g_malloc0 ((gsize) homes->size);
  homes->n = 0;
}

static gboolean
gather (ZfHomes *homes, ZfDb *db, const char *match, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT rowid >> 16 FROM search WHERE search MATCH ?1", error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", match);
  while (zf_db_step (db, stmt, &row, error))
    {
      gint64 n = row ? sqlite3_column_int64 (stmt, 0) : 0;

      if (!row)
        return TRUE;
      if (n <= 0 || n >= homes->size || homes->has[n])
        continue;
      homes->has[n] = 1;
      homes->n++;
    }
  return FALSE;
}

gboolean
zf_homes_find (ZfHomes *homes, ZfDb *db, const char *match, GError **error)
{
  gint64 version = zf_db_get_int (db, 0, "PRAGMA data_version", "");

  if (homes->match != NULL && homes->version == version && strcmp (homes->match, match) == 0)
    return TRUE;
  clear (homes, db);
  if (!gather (homes, db, match, error))
    return FALSE;
  homes->match = g_strdup (match);
  homes->version = version;
  return TRUE;
}

guint
zf_homes_n (const ZfHomes *homes)
{
  return homes->n;
}

char *
zf_homes_list (const ZfHomes *homes)
{
  GString *list = g_string_new ("[");

  for (gint64 n = 1; n < homes->size; n++)
    if (homes->has[n])
      g_string_append_printf (list, "%s%" G_GINT64_FORMAT, list->len > 1 ? "," : "", n);
  g_string_append_c (list, ']');
  return g_string_free (list, FALSE);
}
