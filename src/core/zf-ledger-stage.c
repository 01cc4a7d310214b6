/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Pulled pages wait in table stage until the last one is here. Each item is filed under its home, the household that it belongs to, so that
 * a household is applied whole. */

#include "zf-ledger-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"

#define MAX_CLIMB 8

/* Home unknown is NULL; such items are applied first. */

gboolean
zf_stage_is_top (ZfKinds *kinds, const ZfKind *kind)
{
  const char *parent = zf_kind_parent_kind (kind);
  const ZfKind *parent_kind = parent != NULL ? zf_kinds_get (kinds, parent) : NULL;

  return parent_kind != NULL && zf_kind_server_only (parent_kind);
}

/* What a record belongs to that is not here, though this tablet made it: a copy of the county that was older than it has taken it away, and it comes
 * again as an echo without values. */
static char *
parent_in_log (ZfDb *db, const ZfKind *kind, const char *id)
{
  const char *field = zf_kind_parent_field (kind);
  g_autofree char *path = field != NULL ? g_strdup_printf ("$.\"%s\"[1]", field) : NULL;

  return path != NULL ? zf_db_get_text (db,
                                        "SELECT json_extract (f, ?2) FROM change WHERE id = ?1 AND json_extract (f, ?2) NOT NULL "
                                        "ORDER BY rowid DESC LIMIT 1",
                                        "ss", id, path)
                      : NULL;
}

/* The top of the chain above @id, a record of @kind whose parent is perhaps known. */
static char *
climb (ZfWrite *write, const ZfKind *kind, const char *id, const char *parent)
{
  g_autofree char *at = g_strdup (id);
  g_autofree char *above = g_strdup (parent);

  for (guint i = 0; i < MAX_CLIMB && kind != NULL && zf_kind_parent_kind (kind) != NULL; i++)
    {
      if (zf_stage_is_top (write->kinds, kind))
        return g_steal_pointer (&at);
      if (above == NULL)
        above = zf_db_get_text (write->db, "SELECT parent FROM record WHERE id = ?1", "s", at);
      if (above == NULL)
        above = parent_in_log (write->db, kind, at);
      /* What it belongs to may be staged itself. */
      if (above == NULL)
        return zf_db_get_text (write->db, "SELECT home FROM stage WHERE id = ?1 AND home NOT NULL LIMIT 1", "s", at);
      g_free (at);
      at = g_steal_pointer (&above);
      kind = zf_kinds_get (write->kinds, zf_kind_parent_kind (kind));
    }
  return NULL;
}

static const char *
parent_in (const ZfKind *kind, JsonObject *item)
{
  JsonObject *f = zf_json_get_object (item, "f");

  return f != NULL && kind != NULL && zf_kind_parent_field (kind) != NULL ? zf_json_get_string (f, zf_kind_parent_field (kind), NULL) : NULL;
}

/* A record that was merged away comes with the one it was merged into: its children go there. */
const char *
zf_stage_survivor (JsonObject *item)
{
  const char *del = zf_json_get_string (item, "del", NULL);

  return del != NULL && g_str_has_prefix (del, "merged:") ? del + strlen ("merged:") : NULL;
}

static char *
home_of (ZfWrite *write, JsonObject *item)
{
  const char *name = zf_json_get_string (item, "k", NULL);
  gboolean conflict = g_strcmp0 (name, "conflict") == 0;
  const char *id = zf_json_get_string (item, conflict ? "of" : "id", NULL);
  g_autofree char *stored = NULL;
  const ZfKind *kind;

  if (id == NULL)
    return NULL;
  if (zf_stage_survivor (item) != NULL && name != NULL)
    return climb (write, zf_kinds_get (write->kinds, name), zf_stage_survivor (item), NULL);
  if (conflict || name == NULL)
    name = stored = zf_db_get_text (write->db, "SELECT kind FROM record WHERE id = ?1", "s", id);
  if (name == NULL)
    return zf_db_get_text (write->db, "SELECT home FROM stage WHERE id = ?1 AND home NOT NULL LIMIT 1", "s", id);
  kind = zf_kinds_get (write->kinds, name);
  return climb (write, kind, id, parent_in (kind, item));
}

/* News that a record went is nothing to a store that never had it. */
static gboolean
is_noise (ZfWrite *write, JsonObject *item)
{
  return json_object_has_member (item, "gone") &&
         zf_db_get_int (write->db, 0, "SELECT EXISTS (SELECT 1 FROM record WHERE id = ?1) OR EXISTS (SELECT 1 FROM stage WHERE id = ?1)", "s",
                        zf_json_get_string (item, "id", NULL)) == 0;
}

/* Where @home goes that was joined with another one before. */
static void
follow (ZfDb *db, char **home)
{
  g_autofree char *joined = *home != NULL ? zf_db_get_text (db, "SELECT into_home FROM stage_join WHERE home = ?1", "s", *home) : NULL;

  if (joined == NULL)
    return;
  g_free (*home);
  *home = g_steal_pointer (&joined);
}

static gboolean
join (ZfDb *db, const char *home, const char *into, GError **error)
{
  return zf_db_run (db, error, "UPDATE stage SET home = ?2 WHERE home = ?1", "ss", home, into) &&
         zf_db_run (db, error, "UPDATE stage_join SET into_home = ?2 WHERE into_home = ?1", "ss", home, into) &&
         zf_db_run (db, error, "INSERT INTO stage_join (home, into_home) VALUES (?1, ?2)", "ss", home, into);
}

/* Items of one record stay in their order: a record that goes from one household to another joins the two. (transfer full) */
static gboolean
find_home (ZfWrite *write, JsonObject *item, char **home, GError **error)
{
  g_autofree char *other = NULL;

  *home = home_of (write, item);
  follow (write->db, home);
  other = zf_db_get_text (write->db, "SELECT home FROM stage WHERE id = ?1 AND home NOT NULL LIMIT 1", "s", zf_json_get_string (item, "id", NULL));
  if (other == NULL || g_strcmp0 (other, *home) == 0)
    return TRUE;
  if (*home != NULL && !join (write->db, *home, other, error))
    return FALSE;
  g_free (*home);
  *home = g_steal_pointer (&other);
  return TRUE;
}

gboolean
zf_stage_put (ZfWrite *write, JsonObject *item, GError **error)
{
  g_autofree char *text = zf_json_canonical_object (item);
  g_autofree char *home = NULL;

  return find_home (write, item, &home, error) &&
         zf_db_run (write->db, error, "INSERT INTO stage (home, item, id) VALUES (?1, ?2, ?3)", "sss", home, text,
                    zf_json_get_string (item, "id", NULL));
}

/* Items whose parents came behind them. The rows without a home are gone through again and again until none finds one; meta_kv holds how far that
 * is, so that it may stop anywhere. */

#define META_LOOSE "stage_loose"   /* last row looked at in this round; -1: all rounds are over */
#define META_FOUND "stage_found"   /* rows that found their home in this round */
#define LOOSE_CHUNK 64

typedef struct
{
  gint64 n;
  char *item;
} Loose;

static void
loose_clear (gpointer data)
{
  g_free (((Loose *) data)->item);
}

static GArray *
read_loose (ZfDb *db, gint64 after, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Loose));
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT n, item FROM stage WHERE home IS NULL AND n > ?1 ORDER BY n LIMIT ?2", error);
  gboolean row = TRUE;

  g_array_set_clear_func (rows, loose_clear);
  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ii", after, (gint64) LOOSE_CHUNK);
  while (row)
    {
      Loose loose;

      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      loose = (Loose) { sqlite3_column_int64 (stmt, 0), g_strdup (zf_db_text (stmt, 1)) };
      g_array_append_val (rows, loose);
    }
  return g_steal_pointer (&rows);
}

static gboolean
settle_item (ZfWrite *write, const Loose *loose, gint64 *found, GError **error)
{
  g_autoptr (JsonObject) item = zf_json_parse_object (loose->item, -1, error);
  g_autofree char *home = NULL;

  if (item == NULL || !find_home (write, item, &home, error))
    return FALSE;
  if (home == NULL)
    return TRUE;
  (*found)++;
  return zf_db_run (write->db, error, "UPDATE stage SET home = ?2 WHERE n = ?1", "is", loose->n, home);
}

/* *at: last row looked at; -1 after the last round. */
static gboolean
settle_some (ZfWrite *write, gint64 *at, gint64 *found, GError **error)
{
  g_autoptr (GArray) rows = read_loose (write->db, *at, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!settle_item (write, &g_array_index (rows, Loose, i), found, error))
      return FALSE;
  if (rows->len == LOOSE_CHUNK)
    *at = g_array_index (rows, Loose, rows->len - 1).n;
  else
    *at = *found > 0 ? 0 : -1;
  if (rows->len < LOOSE_CHUNK)
    *found = 0;
  return TRUE;
}

gboolean
zf_stage_settle_homes (ZfWrite *write, gint64 until_us, gboolean *done, GError **error)
{
  gint64 at = zf_meta_get_int (write->db, META_LOOSE, 0);
  gint64 found = zf_meta_get_int (write->db, META_FOUND, 0);

  *done = at < 0;
  if (*done)
    return TRUE;
  do
    if (!settle_some (write, &at, &found, error))
      return FALSE;
  while (at >= 0 && g_get_monotonic_time () < until_us);
  *done = at < 0;
  return zf_meta_set_int (write->db, META_LOOSE, at, error) && zf_meta_set_int (write->db, META_FOUND, found, error);
}

gboolean
zf_stage_clear (ZfDb *db, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM stage", "") && zf_db_run (db, error, "DELETE FROM stage_join", "") &&
         zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN ('stage_next', 'stage_more', 'stage_mark', 'stage_loose', 'stage_found')", "");
}

/* Pages */

typedef struct
{
  JsonArray *items;
  gint64 next;
  gboolean more;
} Page;

static gint64
after_in (ZfDb *db)
{
  gint64 applied = zf_db_get_int (db, 0, "SELECT min (seq) FROM cursor WHERE seq >= 0", "");

  return zf_meta_get_int (db, "stage_next", applied);
}

/* What was acknowledged before the last page is contained in it: those rows are pulled past once it is applied. */
static gboolean
complete (ZfWrite *write, GError **error)
{
  g_autofree char *epoch = zf_meta_get (write->db, "epoch");
  gint64 mark = zf_db_get_int (write->db, 0, "SELECT max (lsn) FROM change WHERE state = 2 AND epoch = ?1", "s", epoch);

  return zf_meta_set_int (write->db, "stage_mark", mark, error) && zf_meta_set_int (write->db, META_LOOSE, 0, error);
}

static gboolean
stage_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Page *page = data;
  ZfWrite write;

  zf_write_init (&write, store, db);
  zf_crash_point ("page-stage");
  if (page->next < after_in (db))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "The county's answer goes back behind what was received before");
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (page->items) && !ZF_PLANT (STAGE_NOT_DURABLE); i++)
    {
      JsonObject *item = json_array_get_object_element (page->items, i);

      if (!is_noise (&write, item) && !zf_stage_put (&write, item, error))
        return FALSE;
    }
  if (json_array_get_length (page->items) > 0 && !zf_meta_set (db, ZF_LEDGER_AGREED, NULL, error))
    return FALSE;
  return zf_meta_set_int (db, "stage_next", page->next, error) && zf_meta_set_int (db, "stage_more", page->more, error) &&
         (page->more || complete (&write, error));
}

gboolean
zf_ledger_stage (ZfStore *store, JsonArray *items, gint64 next, gboolean more, GError **error)
{
  Page page = { .items = items, .next = next, .more = more };

  g_return_val_if_fail (items != NULL, FALSE);

  return zf_store_write_ranked (store, ZF_RANK_BACKGROUND, stage_job, &page, error);
}

static gboolean
after_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  *(gint64 *) data = after_in (db);
  return TRUE;
}

static gboolean
cursor_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  *(gint64 *) data = zf_db_get_int (db, 0, "SELECT min (seq) FROM cursor WHERE seq >= 0", "");
  return TRUE;
}

static gint64
ask (ZfStore *store, ZfStoreFunc job)
{
  g_autoptr (GError) error = NULL;
  gint64 value = 0;

  if (!zf_store_write (store, job, &value, &error))
    g_message ("%s", error->message);
  return value;
}

gint64
zf_ledger_after (ZfStore *store)
{
  return ask (store, after_job);
}

gint64
zf_ledger_cursor (ZfStore *store)
{
  return ask (store, cursor_job);
}
