/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-search.h"

#include <string.h>

#include "zf-home.h"
#include "zf-query.h"
#include "zf-words.h"

/* Up to so many matches are ranked exactly. Of more, the whole names, the households and the named come first as far as a screen
 * shows them, and the rest in the order of the index. */
#define RANKED 400

typedef struct
{
  ZfHit hit;      /* first: a ZfHit is what goes out */
  guint class;    /* 0 the whole name, 1 a household, 2 a named record, 3 other */
  glong length;
} Found;

static gboolean
search_insert (ZfDb *db, ZfSide side, gint64 n, const char *words, GError **error)
{
  static const char *const sql[] = ZF_BOTH_SIDES ("INSERT INTO", "search (rowid, words) VALUES (?1, ?2)");

  return zf_db_run (db, error, sql[side], "is", n, words);
}

static gboolean
add_row (ZfDb *db, ZfKinds *kinds, ZfSide side, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  static const char *const sql[] =
    ZF_BOTH_SIDES ("INSERT INTO", "search_row (id, kind, home, village, name) VALUES (?1, ?2, ?3, ?4, ?5)");
  g_autofree char *home = zf_home_find (db, kinds, record->kind, record->id, record->parent, NULL);

  return zf_db_run (db, error, sql[side], "sssss", record->id, record->kind_name, home, record->village, name) &&
         search_insert (db, side, sqlite3_last_insert_rowid (zf_db_handle (db)), words, error);
}

gboolean
zf_search_add (ZfDb *db, ZfKinds *kinds, ZfSide side, const ZfRecord *record, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *words = zf_words_index (record->kind, record->fields, &name);

  return words == NULL || add_row (db, kinds, side, record, words, name, error);
}

/* The index itself is written only when words changed: that costs more than all the rest. */
static gboolean
change_row (ZfDb *db, ZfKinds *kinds, gint64 n, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  g_autofree char *home = zf_home_find (db, kinds, record->kind, record->id, record->parent, NULL);
  g_autofree char *was = zf_db_get_text (db, "SELECT words FROM main.search WHERE rowid = ?1", "i", n);

  return zf_db_run (db, error, "UPDATE main.search_row SET home = ?2, village = ?3, name = ?4 WHERE n = ?1", "isss", n, home,
                    record->village, name) &&
         (g_strcmp0 (was, words) == 0 ||
          zf_db_run (db, error, "UPDATE main.search SET words = ?2 WHERE rowid = ?1", "is", n, words));
}

static gboolean
remove_row (ZfDb *db, gint64 n, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM main.search WHERE rowid = ?1", "i", n) &&
         zf_db_run (db, error, "DELETE FROM main.search_row WHERE n = ?1", "i", n);
}

gboolean
zf_search_update (ZfDb *db, ZfKinds *kinds, const ZfRecord *record, gboolean visible, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;
  gint64 n;

  if (zf_kind_search (record->kind) == NULL)
    return TRUE;
  if (visible)
    words = zf_words_index (record->kind, record->fields, &name);
  n = zf_db_get_int (db, 0, "SELECT n FROM main.search_row WHERE id = ?1", "s", record->id);
  if (words == NULL)
    return n == 0 || remove_row (db, n, error);
  if (n == 0)
    return add_row (db, kinds, ZF_LIVE, record, words, name, error);
  return change_row (db, kinds, n, record, words, name, error);
}

gboolean
zf_search_rehome (ZfDb *db, const char *id, const char *home, GError **error)
{
  return zf_db_run (db, error, "UPDATE main.search_row SET home = ?2 WHERE id = ?1", "ss", id, home);
}

gboolean
zf_search_drop_hidden (ZfDb *db, const ZfFlat *flat, ZfSide side, GError **error)
{
  static const char *const rows[] = { "main.search_row", "temp.search_row" };
  static const char *const index[] = { "main.search", "temp.search" };
  g_autofree char *words = NULL;
  g_autofree char *ids = NULL;

  words = g_strdup_printf ("DELETE FROM %s WHERE rowid IN (SELECT n FROM %s WHERE id IN (SELECT id FROM %s WHERE head = 0))",
                           index[side], rows[side], flat->table[side]);
  ids = g_strdup_printf ("DELETE FROM %s WHERE id IN (SELECT id FROM %s WHERE head = 0)", rows[side], flat->table[side]);
  return zf_db_run (db, error, words, "") && zf_db_run (db, error, ids, "");
}

gboolean
zf_search_drop_kind (ZfDb *db, const char *kind, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM main.search WHERE rowid IN (SELECT n FROM main.search_row WHERE kind = ?1)", "s", kind) &&
         zf_db_run (db, error, "DELETE FROM main.search_row WHERE kind = ?1", "s", kind);
}

void
zf_hit_free (ZfHit *hit)
{
  if (hit == NULL)
    return;
  g_free (hit->id);
  g_free (hit->kind);
  g_free (hit->home);
  g_free (hit->village);
  g_free (hit);
}

static gboolean
is_whole_name (const char *names, const char *name)
{
  g_auto (GStrv) list = NULL;

  if (names == NULL || name == NULL)
    return FALSE;
  list = g_strsplit (names, " ", -1);
  return g_strv_contains ((const char *const *) list, name);
}

static Found *
found_new (sqlite3_stmt *stmt, const char *name)
{
  Found *found = g_new0 (Found, 1);
  const char *names = zf_db_text (stmt, 4);

  found->hit.id = g_strdup (zf_db_text (stmt, 0));
  found->hit.kind = g_strdup (zf_db_text (stmt, 1));
  found->hit.home = g_strdup (zf_db_text (stmt, 2));
  found->hit.village = g_strdup (zf_db_text (stmt, 3));
  found->length = names != NULL ? g_utf8_strlen (names, -1) : G_MAXINT;
  found->class = is_whole_name (names, name) ? 0 : g_str_equal (found->hit.kind, ZF_KIND_HOUSEHOLD) ? 1 : names != NULL ? 2 : 3;
  return found;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *x = *(Found *const *) a, *y = *(Found *const *) b;
  gboolean x_home = g_str_equal (x->hit.kind, ZF_KIND_HOUSEHOLD), y_home = g_str_equal (y->hit.kind, ZF_KIND_HOUSEHOLD);

  if (x->class != y->class)
    return x->class < y->class ? -1 : 1;
  if (x_home != y_home)
    return x_home ? -1 : 1;
  if (x->length != y->length)
    return x->length < y->length ? -1 : 1;
  return strcmp (x->hit.id, y->hit.id);
}

/* Adds matches that are not there yet; *n tells how many rows the index gave. */
static gboolean
gather (ZfDb *db, const char *match, const char *name, GPtrArray *found, GHashTable *seen, guint *n, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT r.id, r.kind, r.home, r.village, r.name FROM search CROSS JOIN search_row r "
                                      "ON r.n = search.rowid WHERE search MATCH ?1 LIMIT ?2", error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "si", match, (gint64) RANKED);
  for (*n = 0; zf_db_step (db, stmt, &row, error); (*n)++)
    {
      if (!row)
        return TRUE;
      if (!g_hash_table_contains (seen, zf_db_text (stmt, 0)))
        {
          Found *one = found_new (stmt, name);

          g_ptr_array_add (found, one);
          g_hash_table_add (seen, one->hit.id);
        }
    }
  return FALSE;
}

static gboolean
gather_classes (ZfDb *db, const char *match, const char *name, GPtrArray *found, GHashTable *seen, GError **error)
{
  const char *classes[] = { name, ZF_WORD_HOUSEHOLD, ZF_WORD_NAMED };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autofree char *narrowed = NULL;

      if (classes[i] == NULL)
        continue;
      narrowed = g_strdup_printf ("\"%s\" AND %s", classes[i], match);
      if (!gather (db, narrowed, name, found, seen, &n, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
zf_search (ZfReader *reader, const char *text, guint limit, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_hit_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *name = NULL;
  g_autofree char *match = NULL;
  ZfDb *db = zf_reader_db (reader);
  guint n = 0;

  g_return_val_if_fail (text != NULL, NULL);
  match = zf_words_match (text, &name);
  if (match == NULL)
    return g_steal_pointer (&found);
  if (!gather (db, match, name, found, seen, &n, error))
    return NULL;
  if (n == RANKED && !gather_classes (db, match, name, found, seen, error))
    return NULL;
  g_ptr_array_sort (found, compare_found);
  if (found->len > limit)
    g_ptr_array_set_size (found, (int) limit);
  return g_steal_pointer (&found);
}
