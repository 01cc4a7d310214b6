/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Staged items become the county's state of the records: base moves, cur = base ⊕ pending. Household by household, in slices; a slice is one
 * transaction that also takes its items off the stage, so that a kill between slices costs nothing. */

#include "zf-ledger-private.h"

#include "zf-error.h"
#include "zf-json.h"
#include "zf-merge.h"
#include "zf-value.h"

/* Items without a household are applied this many at a time. */
#define LOOSE_CHUNK 64
/* A first copy has nobody waiting for the writer: longer slices spare commits. */
#define FIRST_COPY_FACTOR 20

typedef struct
{
  ZfWrite write;
  gint64 until_us;     /* monotonic end of this slice */
  char *epoch;
  gint64 mark;         /* rows up to this lsn were acknowledged before the last page */
  guint applied;
  gboolean done;
} Apply;

/* One item about one record */

typedef struct
{
  JsonObject *item;
  ZfRecord *after;
  JsonObject *base;
  JsonArray *c;        /* authors of this item and of own rows in it */
  JsonObject *ci;
  JsonObject *extra;   /* fields that the kind does not know, NULL when there are none */
} Incoming;

static void
incoming_clear (Incoming *in)
{
  zf_record_free (in->after);
  g_clear_pointer (&in->base, json_object_unref);
  g_clear_pointer (&in->c, json_array_unref);
  g_clear_pointer (&in->ci, json_object_unref);
  g_clear_pointer (&in->extra, json_object_unref);
}

static void
incoming_init (Incoming *in, Apply *apply, JsonObject *item, const ZfRecord *before, const char *kind)
{
  JsonArray *c = zf_json_get_array (item, "c");
  JsonObject *ci = zf_json_get_object (item, "ci");

  in->item = item;
  in->after = before != NULL ? zf_truth_copy (before) : zf_truth_new (&apply->write, kind, zf_json_get_string (item, "id", NULL));
  in->base = before != NULL ? zf_truth_base (before) : json_object_new ();
  in->c = c != NULL ? json_array_ref (c) : json_array_new ();
  in->ci = ci != NULL ? zf_fields_share (ci) : json_object_new ();
}

static void
credit (Incoming *in, JsonObject *f, const char *cid, const char *by, gint64 at)
{
  JsonObject *author = json_object_new ();
  guint place = json_array_get_length (in->c);
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_set_string_member (author, "cid", cid);
  json_object_set_string_member (author, "by", by);
  json_object_set_int_member (author, "at", at);
  json_array_add_object_element (in->c, author);
  json_object_iter_init_ordered (&iter, f);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!json_object_has_member (in->ci, name))
      json_object_set_int_member (in->ci, name, place);
}

/* An echo of this tablet's own change comes without values: they stand in the log. */
static gboolean
lay_own_row (Apply *apply, Incoming *in, gint64 lsn, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (apply->write.db, "SELECT f, change_id, by, at, op FROM change WHERE epoch = ?1 AND lsn = ?2", error);
  g_autoptr (JsonObject) f = NULL;
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "si", apply->epoch, lsn);
  if (!zf_db_step (apply->write.db, stmt, &row, error))
    return FALSE;
  if (!row)
    {
      g_message ("The county echoes change %" G_GINT64_FORMAT ", which is not in the log", lsn);
      return TRUE;
    }
  f = zf_json_parse_object (zf_db_text (stmt, 0), -1, error);
  if (f != NULL && (g_strcmp0 (zf_db_text (stmt, 4), "add") == 0 || g_strcmp0 (zf_db_text (stmt, 4), "set") == 0))
    {
      zf_change_apply (in->base, f);
      credit (in, f, zf_db_text (stmt, 1), zf_db_text (stmt, 2), sqlite3_column_int64 (stmt, 3));
    }
  sqlite3_reset (stmt);
  return f != NULL;
}

static gboolean
lay_own (Apply *apply, Incoming *in, GError **error)
{
  JsonArray *own = zf_json_get_array (in->item, "own");
  guint n = own != NULL ? json_array_get_length (own) : 0;

  for (guint i = 0; i < n; i++)
    if (!lay_own_row (apply, in, json_array_get_int_element (own, i), error))
      return FALSE;
  return TRUE;
}

static void
lay_values (Incoming *in)
{
  JsonObject *f = zf_json_get_object (in->item, "f");
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (f == NULL)
    return;
  json_object_iter_init_ordered (&iter, f);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      if (in->after->kind == NULL || zf_kind_field (in->after->kind, name) != NULL)
        {
          zf_fields_put (in->base, name, value);
          continue;
        }
      if (in->extra == NULL)
        in->extra = json_object_new ();
      json_object_set_member (in->extra, name, json_node_ref (value));
    }
}

static void
lay_deletion (Incoming *in)
{
  const char *del = zf_json_get_string (in->item, "del", NULL);
  gboolean back = zf_json_get_bool (in->item, "undel", FALSE) || g_strcmp0 (in->after->del, "moved") == 0;

  if (del == NULL && !back)
    return;
  g_free (in->after->del);
  in->after->del = g_strdup (del);
}

/* Rows that the last page contains count no longer on top of base. */
static gboolean
pull_past (Apply *apply, const char *id, char **del, GError **error)
{
  return zf_ledger_retract (apply->write.db, id, 2, "conflict", apply->mark, del, error) &&
         zf_db_run (apply->write.db, error, "UPDATE change SET state = 3 WHERE id = ?1 AND state = 2 AND (epoch <> ?2 OR lsn <= ?3)", "ssi", id,
                    apply->epoch, apply->mark);
}

static gboolean
keep_extra (Apply *apply, const Incoming *in, GError **error)
{
  g_autofree char *old = NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) whole = NULL;
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (in->extra == NULL)
    return TRUE;
  old = zf_db_get_text (apply->write.db, "SELECT extra FROM record WHERE id = ?1", "s", in->after->id);
  whole = old != NULL ? zf_json_parse_object (old, -1, error) : json_object_new ();
  if (whole == NULL)
    return FALSE;
  json_object_iter_init_ordered (&iter, in->extra);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    zf_fields_put (whole, name, value);
  text = json_object_get_size (whole) > 0 ? zf_json_canonical_object (whole) : NULL;
  return zf_db_run (apply->write.db, error, "UPDATE record SET extra = ?2 WHERE id = ?1", "ss", in->after->id, text);
}

/* A record that names a photo file which is not here: it is wanted. */
static gboolean
want_blob (Apply *apply, const ZfRecord *record, GError **error)
{
  const char *sha256 = record->del == NULL ? zf_record_get_string (record, "sha256", NULL) : NULL;

  return sha256 == NULL || zf_db_run (apply->write.db, error, "INSERT OR IGNORE INTO blob (sha256, size, state) VALUES (?1, ?2, ?3)", "sii",
                                      sha256, zf_record_get_int (record, "size", 0), (gint64) ZF_BLOB_WANTED);
}

static void
lay_authors (Incoming *in)
{
  JsonObject *meta;

  if (json_object_get_size (in->ci) == 0)
    return;
  meta = zf_meta_lay (in->after->meta, in->c, in->ci);
  g_clear_pointer (&in->after->meta, json_object_unref);
  in->after->meta = meta;
}

static gboolean
take_record (Apply *apply, Incoming *in, const ZfRecord *before, GError **error)
{
  in->after->rev = MAX (in->after->rev, MAX (zf_json_get_int (in->item, "rev", 1), 1));
  if (!lay_own (apply, in, error) || (before != NULL && !pull_past (apply, in->after->id, &in->after->del, error)))
    return FALSE;
  lay_values (in);
  lay_deletion (in);
  lay_authors (in);
  if (!zf_truth_settle (&apply->write, in->after, in->base, error) || !zf_truth_store (&apply->write, before, in->after, error))
    return FALSE;
  apply->applied++;
  return keep_extra (apply, in, error) && want_blob (apply, in->after, error);
}

static gboolean
apply_gone (Apply *apply, const ZfRecord *before, GError **error)
{
  g_autoptr (ZfRecord) after = NULL;

  if (before == NULL)
    return TRUE;
  apply->applied++;
  if (!zf_ledger_has_unsent (apply->write.db, before->id))
    return zf_ledger_forget (&apply->write, before, error);
  after = zf_truth_copy (before);
  g_free (after->del);
  after->del = g_strdup ("moved");
  return zf_truth_store (&apply->write, before, after, error);
}

static gboolean
apply_to_record (Apply *apply, JsonObject *item, const ZfRecord *before, GError **error)
{
  const char *kind = before != NULL ? before->kind_name : zf_json_get_string (item, "k", NULL);
  Incoming in = { 0 };
  gboolean ok;

  if (json_object_has_member (item, "gone"))
    return apply_gone (apply, before, error);
  if (kind == NULL)
    {
      g_message ("An item of the county without a kind is about a record that is not here");
      return TRUE;
    }
  incoming_init (&in, apply, item, before, kind);
  ok = take_record (apply, &in, before, error);
  incoming_clear (&in);
  return ok;
}

/* The record's own value no longer counts once the conflict holds it. */
static gboolean
settle_record (Apply *apply, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) before = zf_truth_load (&apply->write, id, &local);
  g_autoptr (ZfRecord) after = before != NULL ? zf_truth_copy (before) : NULL;
  g_autoptr (JsonObject) base = before != NULL ? zf_truth_base (before) : NULL;
  g_autofree char *del = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (before == NULL)
    return pull_past (apply, id, &del, error);
  return pull_past (apply, id, &after->del, error) && zf_truth_settle (&apply->write, after, base, error) &&
         zf_truth_store (&apply->write, before, after, error);
}

static gboolean
apply_item (Apply *apply, const char *text, GError **error)
{
  g_autoptr (JsonObject) item = zf_json_parse_object (text, -1, error);
  g_autoptr (ZfRecord) before = NULL;
  g_autoptr (GError) local = NULL;
  const char *id = item != NULL ? zf_json_get_string (item, "id", NULL) : NULL;

  if (item == NULL)
    return FALSE;
  if (g_strcmp0 (zf_json_get_string (item, "k", NULL), "conflict") == 0)
    return zf_conflict_put (&apply->write, item, error) && settle_record (apply, zf_json_get_string (item, "of", ""), error);
  if (id == NULL)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "An item of the county has no id");
      return FALSE;
    }
  before = zf_truth_load (&apply->write, id, &local);
  if (local == NULL)
    return apply_to_record (apply, item, before, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* One home */

static GPtrArray *
items_of_home (ZfDb *db, const char *home, gint64 *last, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT item, n FROM stage WHERE home IS ?1 ORDER BY n LIMIT ?2", error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "si", home, (gint64) (home != NULL ? -1 : LOOSE_CHUNK));
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      g_ptr_array_add (items, g_strdup (zf_db_text (stmt, 0)));
      *last = sqlite3_column_int64 (stmt, 1);
    }
  return g_steal_pointer (&items);
}

static gboolean
apply_home (Apply *apply, const char *home, GError **error)
{
  gint64 last = 0;
  g_autoptr (GPtrArray) items = items_of_home (apply->write.db, home, &last, error);

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    if (!apply_item (apply, g_ptr_array_index (items, i), error))
      return FALSE;
  return zf_db_run (apply->write.db, error, "DELETE FROM stage WHERE home IS ?1 AND n <= ?2", "si", home, last);
}

/* The last slice */

static gboolean
settle_rest (Apply *apply, GError **error)
{
  g_autoptr (GPtrArray) ids = zf_truth_ids (apply->write.db,
                                            "SELECT DISTINCT id FROM change WHERE state = 2 AND (epoch <> ?1 OR lsn <= "
                                            "(SELECT CAST (value AS INTEGER) FROM meta_kv WHERE key = 'stage_mark'))",
                                            apply->epoch, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!settle_record (apply, g_ptr_array_index (ids, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
finish (Apply *apply, GError **error)
{
  ZfDb *db = apply->write.db;

  apply->done = TRUE;
  return settle_rest (apply, error) &&
         zf_db_run (db, error, "INSERT OR REPLACE INTO cursor (village, seq) VALUES ('*', ?1)", "i", zf_meta_get_int (db, "stage_next", 0)) &&
         zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN ('stage_next', 'stage_more', 'stage_mark')", "");
}

/* Applies homes until the time is up or none is left. */
static gboolean
slice (Apply *apply, GError **error)
{
  do
    {
      sqlite3_stmt *stmt = zf_db_prepare (apply->write.db, "SELECT home FROM stage ORDER BY home, n LIMIT 1", error);
      g_autofree char *home = NULL;
      gboolean row = FALSE;

      if (stmt == NULL || !zf_db_step (apply->write.db, stmt, &row, error))
        return FALSE;
      home = row ? g_strdup (zf_db_text (stmt, 0)) : NULL;
      sqlite3_reset (stmt);
      if (!row)
        return finish (apply, error);
      if (!apply_home (apply, home, error))
        return FALSE;
    }
  while (g_get_monotonic_time () < apply->until_us);
  return TRUE;
}

static gboolean
is_first_copy (ZfDb *db)
{
  return zf_db_get_int (db, -1, "SELECT seq FROM cursor WHERE village = '*'", "") == -1 &&
         zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE state IN (0, 1) LIMIT 1", "") == 0;
}

static gboolean
apply_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Apply *apply = data;
  gboolean ok;

  if (zf_meta_get_int (db, "stage_next", -1) < 0 || zf_meta_get_int (db, "stage_more", 0) != 0)
    {
      apply->done = TRUE;
      return TRUE;
    }
  zf_write_init (&apply->write, store, db);
  apply->epoch = zf_meta_get (db, "epoch");
  apply->mark = zf_meta_get_int (db, "stage_mark", 0);
  apply->until_us *= is_first_copy (db) ? FIRST_COPY_FACTOR : 1;
  apply->until_us += g_get_monotonic_time ();
  ok = slice (apply, error);
  g_clear_pointer (&apply->epoch, g_free);
  return ok;
}

gboolean
zf_ledger_apply (ZfStore *store, guint slice_ms, gboolean *done, guint *applied, GError **error)
{
  Apply apply = { .until_us = (gint64) slice_ms * 1000 };

  g_return_val_if_fail (done != NULL, FALSE);

  *done = FALSE;
  if (!zf_store_write_ranked (store, ZF_RANK_BACKGROUND, apply_job, &apply, error))
    return FALSE;
  *done = apply.done;
  if (applied != NULL)
    *applied += apply.applied;
  return TRUE;
}
