/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-density.h"
#include "zf-derived.h"
#include "zf-error.h"
#include "zf-homes.h"
#include "zf-json.h"
#include "zf-store-private.h"
#include "zf-truth.h"

struct _ZfReader
{
  guint refs;
  ZfDb *db;
  ZfKinds *kinds;
  char *dir;
  ZfHomes *homes;   /* made with the first search */
};

ZfReader *
zf_reader_new (ZfStore *self, GError **error)
{
  g_autofree char *path = NULL;
  ZfReader *reader;
  ZfDb *db;

  g_return_val_if_fail (ZF_IS_STORE (self), NULL);

  path = zf_store_path (self);
  db = zf_db_open_vfs (path, FALSE, zf_store_vfs (self), error);
  if (db == NULL)
    return NULL;
  reader = g_new0 (ZfReader, 1);
  reader->refs = 1;
  reader->db = db;
  reader->kinds = g_object_ref (zf_store_kinds (self));
  reader->dir = g_strdup (zf_store_dir (self));
  return reader;
}

ZfReader *
zf_reader_share (ZfStore *self, GError **error)
{
  ZfReader *reader;

  g_return_val_if_fail (ZF_IS_STORE (self), NULL);

  reader = zf_store_reader_here (self);
  if (reader == NULL)
    return zf_reader_new (self, error);
  reader->refs++;
  return reader;
}

void
zf_reader_free (ZfReader *reader)
{
  if (reader == NULL || --reader->refs > 0)
    return;
  zf_db_close (reader->db);
  zf_homes_free (reader->homes);
  g_object_unref (reader->kinds);
  g_free (reader->dir);
  g_free (reader);
}

ZfDb *
zf_reader_db (ZfReader *reader)
{
  return reader->db;
}

void
zf_reader_use_kinds (ZfReader *reader, ZfKinds *kinds)
{
  g_set_object (&reader->kinds, kinds);
}

ZfHomes *
zf_reader_homes (ZfReader *reader, GError **error)
{
  if (reader->homes == NULL)
    reader->homes = zf_homes_new (reader->db, error);
  return reader->homes;
}

ZfKinds *
zf_reader_kinds (ZfReader *reader)
{
  return reader->kinds;
}

const char *
zf_reader_store_dir (ZfReader *reader)
{
  return reader->dir;
}

ZfRecord *
zf_reader_get (ZfReader *reader, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  ZfRecord *record;

  g_return_val_if_fail (reader != NULL && id != NULL, NULL);

  record = zf_derived_load (reader->db, reader->kinds, id, &local);
  /* A save takes its old values so: its author must be shown them. */
  if (record != NULL)
    zf_truth_learn (record);
  if (record == NULL && local == NULL)
    g_set_error_literal (&local, ZF_ERROR, ZF_ERROR_NOT_FOUND, "There is no such record");
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return record;
}

static void
put_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static JsonObject *
history_row (sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (JsonObject) f = zf_json_parse_object (zf_db_text (stmt, 6), -1, error);
  JsonObject *row;

  if (f == NULL)
    return NULL;
  row = json_object_new ();
  json_object_set_int_member (row, "lsn", sqlite3_column_int64 (stmt, 0));
  put_text (row, "cid", zf_db_text (stmt, 1));
  put_text (row, "op", zf_db_text (stmt, 2));
  json_object_set_int_member (row, "at", sqlite3_column_int64 (stmt, 3));
  put_text (row, "by", zf_db_text (stmt, 4));
  json_object_set_int_member (row, "state", sqlite3_column_int64 (stmt, 5));
  json_object_set_object_member (row, "f", g_steal_pointer (&f));
  put_text (row, "d", zf_db_text (stmt, 7));
  return row;
}

GPtrArray *
zf_reader_history (ZfReader *reader, const char *id, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  sqlite3_stmt *stmt = zf_db_prepare (reader->db,
                                      "SELECT lsn, change_id, op, at, by, state, f, d FROM change WHERE id = ?1 "
                                      "ORDER BY epoch = (SELECT value FROM meta_kv WHERE key = 'epoch'), lsn",
                                      error);
  gboolean more = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", id);
  while (more)
    {
      JsonObject *row;

      if (!zf_db_step (reader->db, stmt, &more, error))
        return NULL;
      if (!more)
        break;
      row = history_row (stmt, error);
      if (row == NULL)
        {
          sqlite3_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (rows, row);
    }
  return g_steal_pointer (&rows);
}

/* Answers of all live records of a kind: each record is read, which only `stats` may afford. */
static JsonObject *
stats_kinds (ZfDb *db, GError **error)
{
  g_autoptr (JsonObject) kinds = json_object_new ();
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT kind, count(*), sum ((SELECT count(*) FROM json_each (record.cur))) FROM record "
                                      "WHERE del IS NULL GROUP BY kind",
                                      error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  while (row)
    {
      JsonObject *kind;

      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      kind = json_object_new ();
      json_object_set_int_member (kind, "records", sqlite3_column_int64 (stmt, 1));
      json_object_set_int_member (kind, "fields", sqlite3_column_int64 (stmt, 2));
      json_object_set_object_member (kinds, zf_db_text (stmt, 0), kind);
    }
  return g_steal_pointer (&kinds);
}

JsonObject *
zf_reader_stats (ZfReader *reader, GError **error)
{
  static const struct
  {
    const char *name;
    const char *sql;
  } counts[] = {
    { "records", "SELECT count(*) FROM record WHERE del IS NULL" },
    { "changes", "SELECT count(*) FROM change" },
    { "unsent", "SELECT count(*) FROM change WHERE state IN (0, 1)" },
    { "drafts", "SELECT count(*) FROM draft" },
    { "photos", "SELECT count(*) FROM blob" },
    { "photo_bytes", "SELECT CAST(total(size) AS INTEGER) FROM blob WHERE state < 3" },
    { "reclaimable_bytes", "SELECT CAST(total(size) AS INTEGER) FROM blob WHERE state = 2" },
    { "bytes", "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size" },
  };
  JsonObject *kinds = stats_kinds (reader->db, error);
  JsonObject *stats;

  if (kinds == NULL)
    return NULL;
  stats = json_object_new ();
  json_object_set_object_member (stats, "kinds", kinds);
  json_object_set_object_member (stats, "density_x100", zf_density (reader->db));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    json_object_set_int_member (stats, counts[i].name, zf_db_get_int (reader->db, 0, counts[i].sql, ""));
  return stats;
}

guint
zf_reader_cache_misses (ZfReader *reader)
{
  int current = 0;
  int highest = 0;

  sqlite3_db_status (zf_db_handle (reader->db), SQLITE_DBSTATUS_CACHE_MISS, &current, &highest, TRUE);
  return current;
}

JsonObject *
zf_reader_import_base (ZfReader *reader, const char *source, const char *row_key, char **record_id)
{
  g_autofree char *values = zf_db_get_text (reader->db, "SELECT vals FROM import_row WHERE source = ?1 AND row_key = ?2", "ss", source,
                                            row_key);
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  if (values == NULL)
    return NULL;
  object = zf_json_parse_object (values, -1, &error);
  if (object == NULL)
    g_message ("%s", error->message);
  else if (record_id != NULL)
    *record_id = zf_db_get_text (reader->db, "SELECT record FROM import_row WHERE source = ?1 AND row_key = ?2", "ss", source, row_key);
  return object;
}
