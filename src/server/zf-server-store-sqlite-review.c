/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Which records several hands wrote to, and which of them need a person's look since. */
#include "zf-db.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

/* A change that its author made alone was checked on its tablet. What stands in the list is looked at again whoever changed it. */
#define MERGED_SQL                                                                                                                       \
  "SELECT seq, id FROM change WHERE seq > ?1 AND (disposition IN ('merged', 'conflict') OR kind = 'resolution' OR id IN (SELECT id FROM review))" \
  " ORDER BY seq LIMIT ?2"

GPtrArray *
zf_sqlite_merged_since (ZfServerStore *self, gint64 seq, guint max, gint64 *last, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, MERGED_SQL, error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ii", seq, (gint64) max);
  while (zf_db_next (db, stmt, &ok, error))
    {
      *last = sqlite3_column_int64 (stmt, 0);
      g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 1)));
    }
  return ok ? g_steal_pointer (&ids) : NULL;
}

gboolean
zf_sqlite_set_review (ZfServerStore *self, const char *id, const char *fields, GError **error)
{
  if (fields == NULL)
    return zf_db_run (db_of (self), error, "DELETE FROM review WHERE id = ?", "s", id);
  return zf_db_run (db_of (self), error, "INSERT INTO review VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET fields = excluded.fields", "ss", id,
                    fields);
}

#define REVIEWS_SQL                                                                                                      \
  "SELECT json_object ('id', v.id, 'kind', r.kind, 'village', r.village, 'fields', json (v.fields))"                     \
  " FROM review v JOIN record r ON r.id = v.id WHERE r.del IS NULL ORDER BY r.village, v.id"

JsonArray *
zf_sqlite_reviews (ZfServerStore *self, GError **error)
{
  g_autoptr (JsonArray) list = json_array_new ();

  return zf_sqlite_list_json (db_of (self), REVIEWS_SQL, list, error) ? g_steal_pointer (&list) : NULL;
}
