/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-derived.h"

#include "zf-derived-private.h"

/* Temporary twins of the fixed tables; the words need no index to be compared. */
static const char scratch_tables[] =
  "CREATE TEMP TABLE tally (parent, kind, n, latest);"
  "CREATE TEMP TABLE place (id TEXT PRIMARY KEY, kind, village, lat_e7, lon_e7);"
  "CREATE TEMP TABLE search_row (n INTEGER PRIMARY KEY, id, kind, village, name);"
  "CREATE TEMP TABLE search (words);"
  "CREATE TEMP TABLE home (n INTEGER PRIMARY KEY, id TEXT UNIQUE);"
  "INSERT INTO temp.home SELECT n, id FROM main.home;";

/* What must be equal, kind by kind. Numbers of homes stay as they are, those within a home only tie the two search tables together. */
static const struct
{
  const char *table;
  const char *select;   /* @s: main or temp, ?1 the kind */
} compared[] = {
  { "tally", "SELECT * FROM @s.tally WHERE kind = ?1" },
  { "place", "SELECT * FROM @s.place WHERE kind = ?1" },
  { "search", "SELECT r.id, r.n >> 16, h.id, r.village, r.name, s.words FROM @s.search_row r LEFT JOIN @s.search s ON s.rowid = r.n "
              "LEFT JOIN @s.home h ON h.n = r.n >> 16 WHERE r.kind = ?1" },
};

static char *
on_side (const char *select, const char *side)
{
  GString *sql = g_string_new (select);

  g_string_replace (sql, "@s", side, 0);
  return g_string_free (sql, FALSE);
}

static void
compare (ZfDb *db, const char *table, const char *select, const char *kind, GPtrArray *problems)
{
  g_autofree char *live = on_side (select, "main");
  g_autofree char *wanted = on_side (select, "temp");
  g_autofree char *missing_sql = g_strdup_printf ("SELECT count(*) FROM (%s EXCEPT %s)", wanted, live);
  g_autofree char *wrong_sql = g_strdup_printf ("SELECT count(*) FROM (%s EXCEPT %s)", live, wanted);
  gint64 missing = zf_db_get_int (db, -1, missing_sql, "s", kind);
  gint64 wrong = zf_db_get_int (db, -1, wrong_sql, "s", kind);

  if (missing != 0 || wrong != 0)
    g_ptr_array_add (problems, g_strdup_printf ("Derived table %s, kind %s: %" G_GINT64_FORMAT " rows missing, %" G_GINT64_FORMAT
                                                " rows that should not be there", table, kind, missing, wrong));
}

static void
compare_kind (ZfDb *db, const ZfFlat *flat, GPtrArray *problems)
{
  g_autoptr (GString) select = g_string_new (flat->numbered ? "SELECT head, n" : "SELECT head");
  g_autofree char *table = g_strconcat ("k_", flat->name, NULL);

  for (guint i = 0; i < flat->n_columns; i++)
    g_string_append_printf (select, ", %s", flat->columns[i].sql);
  /* Bound like the others, so that one function compares all. */
  g_string_append_printf (select, " FROM @s.\"k_%s\" WHERE ?1 = ?1", flat->name);
  compare (db, table, select->str, flat->name, problems);
  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    compare (db, compared[i].table, compared[i].select, flat->name, problems);
}

static gboolean
check_kind (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, GPtrArray *problems, GError **error)
{
  g_autofree char *drop = g_strdup_printf ("DROP TABLE %s; DELETE FROM temp.tally; DELETE FROM temp.place; "
                                           "DELETE FROM temp.search; DELETE FROM temp.search_row", flat->table[ZF_SCRATCH]);
  gboolean ok;

  if (!zf_db_exec (db, flat->create[ZF_SCRATCH], error))
    return FALSE;
  ok = zf_derived_fill_kind (db, kinds, flat, ZF_SCRATCH, error);
  if (ok)
    compare_kind (db, flat, problems);
  return zf_db_exec (db, drop, ok ? error : NULL) && ok;
}

static gboolean
check_kinds (ZfDb *db, ZfKinds *kinds, GPtrArray *problems, GError **error)
{
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);

  for (guint i = 0; i < list->len; i++)
    if (!check_kind (db, kinds, zf_flat_get (kinds, zf_kind_name (list->pdata[i])), problems, error))
      return FALSE;
  return TRUE;
}

static void
check_word_index (ZfDb *db, GPtrArray *problems)
{
  if (!zf_db_run (db, NULL, "INSERT INTO main.search (search) VALUES ('integrity-check')", ""))
    g_ptr_array_add (problems, g_strdup ("Derived table search: the word index does not fit its words"));
  if (zf_db_get_int (db, -1, "SELECT (SELECT count(*) FROM main.search) - (SELECT count(*) FROM main.search_row)", "") != 0)
    g_ptr_array_add (problems, g_strdup ("Derived table search: words without a record"));
}

gboolean
zf_derived_check (ZfDb *db, ZfKinds *kinds, GPtrArray *problems, GError **error)
{
  gboolean ok;

  if (!zf_db_exec (db, scratch_tables, error))
    return FALSE;
  ok = check_kinds (db, kinds, problems, error);
  if (ok)
    check_word_index (db, problems);
  return zf_db_exec (db, "DROP TABLE temp.tally; DROP TABLE temp.place; DROP TABLE temp.search; DROP TABLE temp.search_row; "
                         "DROP TABLE temp.home",
                     ok ? error : NULL) && ok;
}
