/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-tally.h"

static gboolean
counts (const ZfFlatRow *row)
{
  return row->exists && row->head && row->parent != NULL;
}

/* The greatest date is looked up again only when the one that goes may have been it. */
static gboolean
take_away (ZfDb *db, const ZfFlat *flat, const ZfFlatRow *was, GError **error)
{
  g_autofree char *latest = zf_db_get_text (db, "SELECT latest FROM main.tally WHERE parent = ?1 AND kind = ?2", "ss", was->parent,
                                            flat->name);

  if (!zf_db_run (db, error, "UPDATE main.tally SET n = n - 1 WHERE parent = ?1 AND kind = ?2", "ss", was->parent, flat->name) ||
      !zf_db_run (db, error, "DELETE FROM main.tally WHERE parent = ?1 AND kind = ?2 AND n = 0", "ss", was->parent, flat->name))
    return FALSE;
  if (latest == NULL || g_strcmp0 (latest, was->date) != 0)
    return TRUE;
  g_free (latest);
  latest = zf_db_get_text (db, flat->latest[ZF_LIVE], "s", was->parent);
  return zf_db_run (db, error, "UPDATE main.tally SET latest = ?3 WHERE parent = ?1 AND kind = ?2", "sss", was->parent, flat->name,
                    latest);
}

gboolean
zf_tally_add (ZfDb *db, const ZfFlat *flat, const char *parent, gint64 n, const char *latest, GError **error)
{
  return zf_db_run (db, error,
                    "INSERT INTO main.tally (parent, kind, n, latest) VALUES (?1, ?2, ?4, ?3) ON CONFLICT (parent, kind) DO UPDATE "
                    "SET n = n + ?4, latest = CASE WHEN latest IS NULL OR latest < ?3 THEN coalesce (?3, latest) ELSE latest END",
                    "sssi", parent, flat->name, latest, n);
}

gboolean
zf_tally_move (ZfDb *db, const ZfFlat *flat, const ZfFlatRow *was, const ZfFlatRow *is, GError **error)
{
  if (counts (was) == counts (is) && g_strcmp0 (was->parent, is->parent) == 0 && g_strcmp0 (was->date, is->date) == 0)
    return TRUE;
  return (!counts (was) || take_away (db, flat, was, error)) && (!counts (is) || zf_tally_add (db, flat, is->parent, 1, is->date, error));
}

gboolean
zf_tally_fill (ZfDb *db, const ZfFlat *flat, ZfSide side, GError **error)
{
  static const char *const target[] = { "main.tally", "temp.tally" };
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("INSERT INTO %s (parent, kind, n, latest) SELECT parent, ?1, count(*), CAST(max(%s) AS TEXT) FROM %s "
                         "WHERE head = 1 AND parent IS NOT NULL GROUP BY parent",
                         target[side], flat->date != NULL ? flat->date->sql : "NULL", flat->table[side]);
  return zf_db_run (db, error, sql, "s", flat->name);
}
