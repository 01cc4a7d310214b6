/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* What stands where, as people count it: visits, households, photos. */

#include "zf-ledger-private.h"

#include "zf-query.h"

/* One row: state of change rows, visits, households and rows in it. A change of a person or a ledger counts as its household. */
#define WAITING_SQL \
  "SELECT c.state, count(DISTINCT CASE WHEN c.kind = 'visit' THEN c.id END)," \
  " count(DISTINCT CASE WHEN c.kind = 'household' THEN c.id WHEN c.kind IN ('visit', 'photo') THEN NULL" \
  "   WHEN p.kind = 'household' THEN p.id WHEN g.kind = 'household' THEN g.id END), count(*)" \
  " FROM change c LEFT JOIN record r ON r.id = c.id LEFT JOIN record p ON p.id = r.parent LEFT JOIN record g ON g.id = p.parent" \
  " WHERE c.state IN (0, 1) GROUP BY c.state"

static gboolean
read_changes (ZfDb *db, ZfStand stands[ZF_STAND_N], GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, WAITING_SQL, error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return FALSE;
  while (row)
    {
      ZfStand *stand = NULL;

      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (!row)
        break;
      stand = &stands[sqlite3_column_int (stmt, 0) == 1 ? ZF_STAND_UNDER_WAY : ZF_STAND_HERE];
      stand->visits = sqlite3_column_int64 (stmt, 1);
      stand->households = sqlite3_column_int64 (stmt, 2);
      stand->changes = sqlite3_column_int64 (stmt, 3);
    }
  return TRUE;
}

static void
read_photos (ZfDb *db, ZfStand stands[ZF_STAND_N])
{
  stands[ZF_STAND_HERE].photos = zf_db_get_int (db, 0, "SELECT count(*) FROM blob WHERE state = 0 AND url IS NULL", "");
  stands[ZF_STAND_UNDER_WAY].photos = zf_db_get_int (db, 0, "SELECT count(*) FROM blob WHERE state = 0 AND url IS NOT NULL", "");
  stands[ZF_STAND_RECEIVED].photos = zf_db_get_int (db, 0, "SELECT count(*) FROM blob WHERE state <> 0", "");
}

static gint64
count_of (ZfReader *reader, const char *kind)
{
  g_autoptr (ZfQuery) query = zf_query_new (kind);

  return MAX (zf_query_count (query, reader, NULL), 0);
}

gboolean
zf_ledger_stands (ZfReader *reader, ZfStand stands[ZF_STAND_N], GError **error)
{
  ZfStand *received = &stands[ZF_STAND_RECEIVED];

  memset (stands, 0, ZF_STAND_N * sizeof *stands);
  if (!read_changes (zf_reader_db (reader), stands, error))
    return FALSE;
  read_photos (zf_reader_db (reader), stands);
  received->visits = MAX (count_of (reader, "visit") - stands[ZF_STAND_HERE].visits - stands[ZF_STAND_UNDER_WAY].visits, 0);
  received->households =
    MAX (count_of (reader, "household") - stands[ZF_STAND_HERE].households - stands[ZF_STAND_UNDER_WAY].households, 0);
  return TRUE;
}

gboolean
zf_ledger_awaits_echo (ZfReader *reader)
{
  return zf_db_get_int (zf_reader_db (reader), 0, "SELECT EXISTS (SELECT 1 FROM change WHERE state = 2)", "") == 1;
}

/* What was never sent under its number is not what the county took under it: an old image gave the number again. */
gboolean
zf_ledger_names (ZfReader *reader, gint64 lsn, char **kind, char **id)
{
  ZfDb *db = zf_reader_db (reader);
  sqlite3_stmt *stmt =
    zf_db_prepare (db, "SELECT kind, id FROM change WHERE epoch = (SELECT value FROM meta_kv WHERE key = 'epoch') AND lsn = ?1 AND state > 0", NULL);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "i", lsn);
  if (!zf_db_step (db, stmt, &row, NULL) || !row)
    return FALSE;
  *kind = g_strdup (zf_db_text (stmt, 0));
  *id = g_strdup (zf_db_text (stmt, 1));
  sqlite3_reset (stmt);
  return TRUE;
}

gint64
zf_ledger_photo_size (ZfReader *reader)
{
  return zf_db_get_int (zf_reader_db (reader), 0, "SELECT avg (size) FROM blob WHERE size > 0", "");
}
