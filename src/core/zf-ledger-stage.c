/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Pulled pages wait in table stage until the last one is here. Each item is filed under its home, the household that it belongs to, so that
 * a household is applied whole. */

#include "zf-ledger-private.h"

#include "zf-error.h"
#include "zf-json.h"

#define MAX_CLIMB 8

/* Home unknown is NULL; such items are applied first. */

static gboolean
is_top (ZfKinds *kinds, const ZfKind *kind)
{
  const char *parent = zf_kind_parent_kind (kind);
  const ZfKind *parent_kind = parent != NULL ? zf_kinds_get (kinds, parent) : NULL;

  return parent_kind != NULL && zf_kind_server_only (parent_kind);
}

/* The top of the chain above @id, a record of @kind whose parent is perhaps known. */
static char *
climb (ZfWrite *write, const ZfKind *kind, const char *id, const char *parent)
{
  g_autofree char *at = g_strdup (id);
  g_autofree char *above = g_strdup (parent);

  for (guint i = 0; i < MAX_CLIMB && kind != NULL && zf_kind_parent_kind (kind) != NULL; i++)
    {
      if (is_top (write->kinds, kind))
        return g_steal_pointer (&at);
      if (above == NULL)
        above = zf_db_get_text (write->db, "SELECT parent FROM record WHERE id = ?1", "s", at);
      if (above == NULL)
        return NULL;
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
  if (conflict || name == NULL)
    name = stored = zf_db_get_text (write->db, "SELECT kind FROM record WHERE id = ?1", "s", id);
  kind = name != NULL ? zf_kinds_get (write->kinds, name) : NULL;
  return climb (write, kind, id, parent_in (kind, item));
}

gboolean
zf_stage_put (ZfWrite *write, JsonObject *item, GError **error)
{
  g_autofree char *home = home_of (write, item);
  g_autofree char *text = zf_json_canonical_object (item);

  return zf_db_run (write->db, error, "INSERT INTO stage (home, item, id) VALUES (?1, ?2, ?3)", "sss", home, text,
                    zf_json_get_string (item, "id", NULL));
}

/* Items whose parents came in the same pull: parent and child by id, from the staged rows alone. */

typedef struct
{
  ZfWrite *write;
  GHashTable *homes;   /* id → home */
  gboolean progress;
} Settling;

static gboolean
read_homes (Settling *settling, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (settling->write->db, "SELECT id, home FROM stage WHERE home IS NOT NULL", error);
  gboolean row = TRUE;

  while (stmt != NULL && row)
    {
      if (!zf_db_step (settling->write->db, stmt, &row, error))
        return FALSE;
      if (row && zf_db_text (stmt, 0) != NULL)
        g_hash_table_insert (settling->homes, g_strdup (zf_db_text (stmt, 0)), g_strdup (zf_db_text (stmt, 1)));
    }
  return stmt != NULL;
}

static gboolean
settle_item (Settling *settling, const char *n, GError **error)
{
  g_autofree char *text = zf_db_get_text (settling->write->db, "SELECT item FROM stage WHERE n = CAST (?1 AS INTEGER)", "s", n);
  g_autoptr (JsonObject) item = text != NULL ? zf_json_parse_object (text, -1, error) : NULL;
  const char *name = item != NULL ? zf_json_get_string (item, "k", NULL) : NULL;
  const char *parent = name != NULL ? parent_in (zf_kinds_get (settling->write->kinds, name), item) : NULL;
  const char *of = g_strcmp0 (name, "conflict") == 0 ? zf_json_get_string (item, "of", NULL) : parent;
  const char *home = of != NULL ? g_hash_table_lookup (settling->homes, of) : NULL;

  if (item == NULL)
    return FALSE;
  if (home == NULL)
    return TRUE;
  settling->progress = TRUE;
  if (!zf_db_run (settling->write->db, error, "UPDATE stage SET home = ?2 WHERE n = CAST (?1 AS INTEGER)", "ss", n, home))
    return FALSE;
  g_hash_table_insert (settling->homes, g_strdup (zf_json_get_string (item, "id", "")), g_strdup (home));
  return TRUE;
}

gboolean
zf_stage_settle_homes (ZfWrite *write, GError **error)
{
  g_autoptr (GHashTable) homes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Settling settling = { .write = write, .homes = homes, .progress = TRUE };

  if (!read_homes (&settling, error))
    return FALSE;
  while (settling.progress)
    {
      g_autoptr (GPtrArray) loose = zf_truth_ids (write->db, "SELECT n FROM stage WHERE home IS ?1 ORDER BY n", NULL, error);

      settling.progress = FALSE;
      for (guint i = 0; loose != NULL && i < loose->len; i++)
        if (!settle_item (&settling, g_ptr_array_index (loose, i), error))
          return FALSE;
      if (loose == NULL)
        return FALSE;
    }
  return TRUE;
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
  gint64 applied = zf_db_get_int (db, 0, "SELECT min (seq) FROM cursor", "");

  return zf_meta_get_int (db, "stage_next", applied);
}

/* What was acknowledged before the last page is contained in it: those rows are pulled past once it is applied. */
static gboolean
complete (ZfWrite *write, GError **error)
{
  g_autofree char *epoch = zf_meta_get (write->db, "epoch");
  gint64 mark = zf_db_get_int (write->db, 0, "SELECT max (lsn) FROM change WHERE state = 2 AND epoch = ?1", "s", epoch);

  return zf_stage_settle_homes (write, error) && zf_meta_set_int (write->db, "stage_mark", mark, error);
}

static gboolean
stage_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Page *page = data;
  ZfWrite write;

  zf_write_init (&write, store, db);
  if (page->next < after_in (db))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "The county's answer goes back behind what was received before");
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (page->items); i++)
    if (!zf_stage_put (&write, json_array_get_object_element (page->items, i), error))
      return FALSE;
  return zf_meta_set_int (db, "stage_next", page->next, error) && zf_meta_set_int (db, "stage_more", page->more, error) &&
         (page->more || complete (&write, error));
}

gboolean
zf_ledger_stage (ZfStore *store, JsonArray *items, gint64 next, gboolean more, GError **error)
{
  Page page = { .items = items, .next = next, .more = more };

  g_return_val_if_fail (items != NULL, FALSE);

  return zf_store_write (store, stage_job, &page, error);
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
  *(gint64 *) data = zf_db_get_int (db, 0, "SELECT min (seq) FROM cursor", "");
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
