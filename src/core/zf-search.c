/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-search.h"

#include <string.h>

#include "zf-derived.h"
#include "zf-error.h"
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

/* A home's records lie side by side: its number is the upper part of theirs. */
#define HOME_SHIFT 16
#define HOME_MASK ((1 << HOME_SHIFT) - 1)

/* A searchable record and the number of its home. */
typedef struct
{
  gint64 home;
  char id[37];
} Place;

static gint64
next_number (ZfDb *db, ZfSide side, gint64 home, GError **error)
{
  static const char *const sql[] = ZF_BOTH_SIDES ("SELECT max (n) FROM", "search_row WHERE n BETWEEN ?1 AND ?2");
  gint64 first = home << HOME_SHIFT;
  gint64 last = zf_db_get_int (db, first, sql[side], "ii", first, first + HOME_MASK);

  if (last < first + HOME_MASK)
    return last + 1;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_LIMIT, "One household has more records than can be searched");
  return 0;
}

static gboolean
insert_words (ZfDb *db, ZfSide side, gint64 n, const char *words, GError **error)
{
  static const char *const sql[] = ZF_BOTH_SIDES ("INSERT INTO", "search (rowid, words) VALUES (?1, ?2)");

  return zf_db_run (db, error, sql[side], "is", n, words);
}

static gboolean
insert_row (ZfDb *db, ZfSide side, gint64 n, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  static const char *const sql[] = ZF_BOTH_SIDES ("INSERT INTO", "search_row (n, id, kind, village, name) VALUES (?1, ?2, ?3, ?4, ?5)");

  return n > 0 && zf_db_run (db, error, sql[side], "issss", n, record->id, record->kind_name, record->village, name) &&
         insert_words (db, side, n, words, error);
}

static gboolean
add_row (ZfDb *db, ZfSide side, gint64 home, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  return insert_row (db, side, home > 0 ? next_number (db, side, home, error) : 0, record, words, name, error);
}

gboolean
zf_search_insert (ZfDb *db, gint64 home, gint64 *last, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  if (*last == 0 || (*last & HOME_MASK) == HOME_MASK)
    *last = next_number (db, ZF_LIVE, home, error);
  else
    ++*last;
  return insert_row (db, ZF_LIVE, *last, record, words, name, error);
}

/* The index itself is written only when words changed: that costs more than all the rest. */
static gboolean
change_row (ZfDb *db, gint64 n, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  g_autofree char *was = zf_db_get_text (db, "SELECT words FROM main.search WHERE rowid = ?1", "i", n);

  return zf_db_run (db, error, "UPDATE main.search_row SET village = ?2, name = ?3 WHERE n = ?1", "iss", n, record->village, name) &&
         (g_strcmp0 (was, words) == 0 ||
          zf_db_run (db, error, "UPDATE main.search SET words = ?2 WHERE rowid = ?1", "is", n, words));
}

static gboolean
remove_row (ZfDb *db, gint64 n, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM main.search WHERE rowid = ?1", "i", n) &&
         zf_db_run (db, error, "DELETE FROM main.search_row WHERE n = ?1", "i", n);
}

static gint64
number_of (ZfDb *db, const char *id)
{
  return zf_db_get_int (db, 0, "SELECT n FROM main.search_row WHERE id = ?1", "s", id);
}

static gint64
home_of (ZfDb *db, ZfKinds *kinds, ZfSide side, const ZfKind *kind, const char *id, const char *parent, GError **error)
{
  g_autofree char *home = zf_home_find (db, kinds, kind, id, parent, NULL);

  return zf_home_number (db, side, home, error);
}

gboolean
zf_search_update (ZfDb *db, ZfKinds *kinds, const ZfRecord *record, gboolean visible, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;
  gint64 n, home;

  if (zf_kind_search (record->kind) == NULL)
    return TRUE;
  if (visible)
    words = zf_words_index (record->kind, record->fields, &name);
  n = number_of (db, record->id);
  if (words == NULL)
    return n == 0 || remove_row (db, n, error);
  home = home_of (db, kinds, ZF_LIVE, record->kind, record->id, record->parent, error);
  if (n > 0 && n >> HOME_SHIFT == home)
    return change_row (db, n, record, words, name, error);
  return (n == 0 || remove_row (db, n, error)) && add_row (db, ZF_LIVE, home, record, words, name, error);
}

gboolean
zf_search_rehome (ZfDb *db, const char *id, const char *home, GError **error)
{
  gint64 n = number_of (db, id), to, fresh;
  g_autofree char *words = NULL;

  if (n == 0)
    return TRUE;
  to = zf_home_number (db, ZF_LIVE, home, error);
  if (to == n >> HOME_SHIFT)
    return TRUE;
  fresh = to > 0 ? next_number (db, ZF_LIVE, to, error) : 0;
  words = zf_db_get_text (db, "SELECT words FROM main.search WHERE rowid = ?1", "i", n);
  return fresh > 0 && zf_db_run (db, error, "UPDATE main.search_row SET n = ?2 WHERE n = ?1", "ii", n, fresh) &&
         zf_db_run (db, error, "DELETE FROM main.search WHERE rowid = ?1", "i", n) && insert_words (db, ZF_LIVE, fresh, words, error);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *x = a, *y = b;

  if (x->home != y->home)
    return x->home < y->home ? -1 : 1;
  return strcmp (x->id, y->id);
}

/* The heads of a kind in the order of their numbers-to-be: the word index takes rows in that order only without stopping to write. */
static GArray *
list_places (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, ZfSide side, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, TRUE, sizeof (Place));
  g_autofree char *sql = g_strdup_printf ("SELECT id, parent FROM %s WHERE head = 1", flat->table[side]);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean row = FALSE, ok = stmt != NULL;

  while (ok && (ok = zf_db_step (db, stmt, &row, error)) && row)
    {
      Place place = { 0 };

      g_strlcpy (place.id, zf_db_text (stmt, 0), sizeof place.id);
      place.home = home_of (db, kinds, side, flat->kind, place.id, zf_db_text (stmt, 1), error);
      g_array_append_val (places, place);
      ok = place.home > 0;
    }
  if (stmt != NULL)
    sqlite3_reset (stmt);
  g_array_sort (places, compare_places);
  return ok ? g_steal_pointer (&places) : NULL;
}

static gboolean
add_place (ZfDb *db, ZfKinds *kinds, ZfSide side, const Place *place, GError **error)
{
  g_autoptr (ZfRecord) record = zf_derived_load (db, kinds, place->id, error);
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;

  if (record == NULL)
    return FALSE;
  words = zf_words_index (record->kind, record->fields, &name);
  return words == NULL || add_row (db, side, place->home, record, words, name, error);
}

gboolean
zf_search_fill (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, ZfSide side, GError **error)
{
  g_autoptr (GArray) places = NULL;

  if (zf_kind_search (flat->kind) == NULL)
    return TRUE;
  places = list_places (db, kinds, flat, side, error);
  for (guint i = 0; places != NULL && i < places->len; i++)
    if (!add_place (db, kinds, side, &g_array_index (places, Place, i), error))
      return FALSE;
  return places != NULL;
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
                                      "SELECT r.id, r.kind, h.id, r.village, r.name FROM search CROSS JOIN search_row r "
                                      "ON r.n = search.rowid CROSS JOIN home h ON h.n = search.rowid >> 16 "
                                      "WHERE search MATCH ?1 LIMIT ?2", error);
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
