/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Copying villages whole. */

#include "zf-ledger-private.h"

#include "zf-json.h"
#include "zf-plant.h"
#include "zf-value.h"

static char **
strings_of (GPtrArray *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names != NULL && i < names->len; i++)
    g_strv_builder_add (builder, names->pdata[i]);
  return g_strv_builder_end (builder);
}

char **
zf_ledger_villages (ZfReader *reader)
{
  g_autoptr (GPtrArray) names =
    zf_truth_ids (zf_reader_db (reader), "SELECT village FROM cursor WHERE ?1 IS NULL ORDER BY 1", NULL, NULL);

  return strings_of (names);
}

typedef struct
{
  const char *scope;
  gint64 seq;
  JsonArray *parts;
} Begin;

static gboolean
clear_copy (ZfDb *db, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM snapshot", "") && zf_db_run (db, error, "DELETE FROM snapshot_id", "") &&
         zf_db_run (db, error, "DELETE FROM stage", "") &&
         zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN ('stage_next', 'stage_more', 'stage_mark')", "");
}

static gboolean
begin_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Begin *begin = data;
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), begin->parts);
  g_autofree char *text = zf_json_canonical (node);
  g_autofree char *now =
    zf_db_get_text (db, "SELECT parts FROM snapshot WHERE village = ?1 AND seq = ?2", "si", begin->scope, begin->seq);

  if (g_strcmp0 (now, text) == 0)
    return TRUE;
  return clear_copy (db, error) && zf_db_run (db, error, "INSERT INTO snapshot (village, seq, parts, next) VALUES (?1, ?2, ?3, 0)", "sis",
                                              begin->scope, begin->seq, text);
}

gboolean
zf_ledger_snapshot_begin (ZfStore *store, const char *scope, gint64 seq, JsonArray *parts, GError **error)
{
  Begin begin = { scope, seq, parts };

  return zf_store_write (store, begin_job, &begin, error);
}

static gboolean
drop_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  return clear_copy (db, error);
}

gboolean
zf_ledger_snapshot_drop (ZfStore *store, GError **error)
{
  return zf_store_write (store, drop_job, NULL, error);
}

gboolean
zf_ledger_snapshot_next (ZfReader *reader, char **scope, JsonObject **part, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  g_autofree char *text = zf_db_get_text (db, "SELECT parts FROM snapshot", "");
  g_autoptr (JsonNode) parts = NULL;
  gint64 next;

  *scope = NULL;
  *part = NULL;
  if (text == NULL)
    return TRUE;
  parts = zf_json_parse (text, -1, error);
  if (parts == NULL)
    return FALSE;
  *scope = zf_db_get_text (db, "SELECT village FROM snapshot", "");
  next = zf_db_get_int (db, 0, "SELECT next FROM snapshot", "");
  if (next >= json_array_get_length (json_node_get_array (parts)))
    return TRUE;
  *part = zf_fields_copy (json_array_get_object_element (json_node_get_array (parts), (guint) next));
  json_object_set_string_member (*part, "scope", *scope);
  json_object_set_int_member (*part, "seq", zf_db_get_int (db, 0, "SELECT seq FROM snapshot", ""));
  return TRUE;
}

typedef struct
{
  guint n;
  JsonArray *items;
} Part;

static gboolean
stage_part (ZfWrite *write, JsonObject *item, GError **error)
{
  const char *id = zf_json_get_string (item, "id", NULL);

  return zf_stage_put (write, item, error) &&
         (id == NULL || zf_db_run (write->db, error, "INSERT OR IGNORE INTO snapshot_id (id) VALUES (?1)", "s", id));
}

/* A part that is here already changes nothing. */
static gboolean
part_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Part *part = data;
  g_autofree char *text = zf_db_get_text (db, "SELECT parts FROM snapshot", "");
  g_autoptr (JsonNode) parts = text != NULL ? zf_json_parse (text, -1, error) : NULL;
  gint64 next = zf_db_get_int (db, 0, "SELECT next FROM snapshot", "");
  JsonArray *list = parts != NULL ? json_node_get_array (parts) : NULL;
  ZfWrite write;

  if (list == NULL || next >= json_array_get_length (list) ||
      zf_json_get_int (json_array_get_object_element (list, (guint) next), "n", -1) != part->n)
    return error == NULL || *error == NULL;
  zf_write_init (&write, store, db);
  for (guint i = 0; i < json_array_get_length (part->items); i++)
    if (!stage_part (&write, json_array_get_object_element (part->items, i), error))
      return FALSE;
  if (next + 1 == json_array_get_length (list) && !zf_stage_settle_homes (&write, error))
    return FALSE;
  return zf_db_run (db, error, "UPDATE snapshot SET next = next + 1", "");
}

gboolean
zf_ledger_snapshot_stage (ZfStore *store, guint n, JsonArray *items, GError **error)
{
  Part part = { n, items };

  return zf_store_write (store, part_job, &part, error);
}

/* The end of a copy */

/* Records of the scope that the county does not hold (any more). */
static GPtrArray *
left_over (ZfDb *db, const char *scope, GError **error)
{
  if (g_str_equal (scope, "all"))
    return zf_truth_ids (db, "SELECT id FROM record WHERE rev > 0 AND ?1 NOT NULL AND id NOT IN (SELECT id FROM snapshot_id)", scope, error);
  return zf_truth_ids (db,
                       "SELECT id FROM record WHERE rev > 0 AND ifnull (counted, village) = ?1 AND id NOT IN (SELECT id FROM snapshot_id)",
                       scope, error);
}

/* Acknowledged work may be newer than the copy: the feed after it brings it again. */
static gboolean
is_needed (ZfDb *db, const char *id)
{
  return zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE id = ?1 AND state IN (0, 1, 2) LIMIT 1", "s", id) == 1;
}

static gboolean
make_void (ZfWrite *write, const ZfRecord *record, GError **error)
{
  g_autoptr (ZfRecord) after = zf_truth_copy (record);

  if (after->base == NULL)
    after->base = json_object_ref (record->fields);
  after->rev = 0;
  return zf_truth_store_base (write, record, after, FALSE, error);
}

static gboolean
drop_one (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record == NULL)
    return TRUE;
  return is_needed (write->db, id) ? make_void (write, record, error) : zf_ledger_forget (write, record, error);
}

static gboolean
drop_left_over (ZfWrite *write, const char *scope, GError **error)
{
  g_autoptr (GPtrArray) ids = left_over (write->db, scope, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!drop_one (write, ids->pdata[i], error))
      return FALSE;
  return ids != NULL;
}

static gboolean
finish_copy (ZfStore *store, ZfDb *db, const char *scope, GError **error)
{
  ZfWrite write;

  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  return (ZF_PLANT (SNAPSHOT_KEEPS_OLD) || drop_left_over (&write, scope, error)) &&
         zf_db_run (db, error, "INSERT OR REPLACE INTO cursor (village, seq) SELECT village, seq FROM snapshot", "") && clear_copy (db, error);
}

typedef struct
{
  guint slice_ms;
  gboolean done;
  guint applied;
} Slice;

static gboolean
apply_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Slice *slice = data;
  g_autofree char *scope = zf_db_get_text (db, "SELECT village FROM snapshot", "");
  g_autofree char *restored = zf_meta_get (db, "old_epoch");

  if (scope == NULL)
    {
      slice->done = TRUE;
      return TRUE;
    }
  return zf_ledger_apply_whole (store, db, slice->slice_ms, restored == NULL, &slice->done, &slice->applied, error) &&
         (!slice->done || finish_copy (store, db, scope, error));
}

gboolean
zf_ledger_snapshot_apply (ZfStore *store, guint slice_ms, gboolean *done, guint *applied, GError **error)
{
  Slice slice = { .slice_ms = slice_ms };

  *done = FALSE;
  if (!zf_store_write_ranked (store, ZF_RANK_BACKGROUND, apply_job, &slice, error))
    return FALSE;
  *done = slice.done;
  if (applied != NULL)
    *applied += slice.applied;
  return TRUE;
}
