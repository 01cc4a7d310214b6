/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Staged items become the county's state of the records: base moves, cur = base ⊕ pending. Household by household, in slices; a slice is one
 * transaction that also takes its items off the stage, so that a kill between slices costs nothing. */

#include "zf-ledger-private.h"

#include "zf-count.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-merge.h"
#include "zf-plant.h"
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
  gboolean whole;      /* items are whole records, not what changed of them */
  gboolean newer;      /* a whole record of an older revision than the one here is not laid over it */
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

/* Without an index all fields are the first author's. */
static void
credit_first (Incoming *in)
{
  JsonObject *f = zf_json_get_object (in->item, "f");
  JsonObjectIter iter;
  const char *name = NULL;

  if (f == NULL)
    return;
  json_object_iter_init (&iter, f);
  while (json_object_iter_next (&iter, &name, NULL))
    json_object_set_int_member (in->ci, name, 0);
}

static void
incoming_init (Incoming *in, Apply *apply, JsonObject *item, const ZfRecord *before, const char *kind)
{
  JsonArray *c = zf_json_get_array (item, "c");
  JsonObject *ci = zf_json_get_object (item, "ci");

  in->item = item;
  in->after = before != NULL ? zf_truth_copy (before) : zf_truth_new (&apply->write, kind, zf_json_get_string (item, "id", NULL));
  in->base = before != NULL && !apply->whole ? zf_truth_base (before) : json_object_new ();
  in->c = c != NULL ? json_array_ref (c) : json_array_new ();
  in->ci = ci != NULL ? zf_fields_share (ci) : json_object_new ();
  if (ci == NULL && c != NULL && json_array_get_length (c) > 0)
    credit_first (in);
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
    return ZF_PLANT (OWN_MISSING_IGNORED) || zf_ledger_lacks (apply->write.db, in->after->id, error);
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

static void
lay_extra (Incoming *in, gboolean whole)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (whole || ZF_PLANT (EXTRA_DROPPED))
    g_clear_pointer (&in->after->extra, json_object_unref);
  if (in->extra == NULL || ZF_PLANT (EXTRA_DROPPED))
    return;
  if (in->after->extra == NULL)
    in->after->extra = json_object_new ();
  json_object_iter_init_ordered (&iter, in->extra);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    zf_fields_put (in->after->extra, name, value);
  if (json_object_get_size (in->after->extra) == 0)
    g_clear_pointer (&in->after->extra, json_object_unref);
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

/* Whether the record stands at the county after this item: what unsent changes do to it here says nothing about that. */
static gboolean
is_alive (Apply *apply, const Incoming *in, const ZfRecord *before, gboolean *alive, GError **error)
{
  g_auto (ZfCount) was = { 0 };

  *alive = TRUE;
  if (zf_json_get_string (in->item, "del", NULL) != NULL)
    *alive = FALSE;
  else if (before == NULL || before->rev == 0 || apply->whole || zf_json_get_bool (in->item, "undel", FALSE))
    return TRUE;
  else if (!zf_count_load (apply->write.db, before->id, &was, error))
    return FALSE;
  else
    *alive = was.has || before->del == NULL || g_str_equal (before->del, "moved");
  return TRUE;
}

static void
lay_rev (Apply *apply, Incoming *in)
{
  gint64 rev = MAX (zf_json_get_int (in->item, "rev", 1), 1);

  in->after->rev = apply->whole ? rev : MAX (in->after->rev, rev);
}

static gboolean
store_record (Apply *apply, Incoming *in, const ZfRecord *before, GError **error)
{
  gboolean alive;

  if (!is_alive (apply, in, before, &alive, error) || !zf_truth_settle (&apply->write, in->after, in->base, error) ||
      !zf_truth_store_base (&apply->write, before, in->after, alive, error))
    return FALSE;
  apply->applied++;
  return want_blob (apply, in->after, error);
}

static gboolean
take_record (Apply *apply, Incoming *in, const ZfRecord *before, GError **error)
{
  if (apply->whole && json_object_get_string_member_with_default (in->item, "del", NULL) == NULL)
    g_clear_pointer (&in->after->del, g_free);
  lay_rev (apply, in);
  if (!lay_own (apply, in, error) ||
      (before != NULL && !apply->whole && !pull_past (apply, in->after->id, &in->after->del, error)))
    return FALSE;
  lay_values (in);
  lay_extra (in, apply->whole);
  lay_deletion (in);
  lay_authors (in);
  return store_record (apply, in, before, error);
}

/* What came is not enough to know the record's state at the county, or says less than is known here. */
static gboolean
skips (Apply *apply, JsonObject *item, const ZfRecord *before, gboolean *skip, GError **error)
{
  *skip = FALSE;
  if (before == NULL)
    return TRUE;
  if (apply->whole)
    *skip = apply->newer && !zf_truth_is_void (before) && before->rev > zf_json_get_int (item, "rev", 1);
  else if (zf_truth_is_void (before))
    {
      *skip = TRUE;
      return zf_ledger_lacks (apply->write.db, before->id, error);
    }
  return TRUE;
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
  return zf_truth_store_base (&apply->write, before, after, FALSE, error);
}

static gboolean
apply_to_record (Apply *apply, JsonObject *item, const ZfRecord *before, GError **error)
{
  const char *kind = before != NULL ? before->kind_name : zf_json_get_string (item, "k", NULL);
  Incoming in = { 0 };
  gboolean ok, skip;

  if (json_object_has_member (item, "gone"))
    return apply_gone (apply, before, error);
  if (kind == NULL)
    {
      g_message ("An item of the county without a kind is about a record that is not here");
      return TRUE;
    }
  if (!skips (apply, item, before, &skip, error) || skip)
    return skip;
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
apply_object (Apply *apply, JsonObject *item, GError **error)
{
  g_autoptr (ZfRecord) before = NULL;
  g_autoptr (GError) local = NULL;
  const char *id = zf_json_get_string (item, "id", NULL);

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

static gboolean
apply_item (Apply *apply, const char *text, GError **error)
{
  g_autoptr (JsonObject) item = zf_json_parse_object (text, -1, error);

  return item != NULL && apply_object (apply, item, error);
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

/* All that is held stands at the same place of the feed now. */
static gboolean
move_cursors (ZfDb *db, GError **error)
{
  gint64 next = zf_meta_get_int (db, "stage_next", 0);

  return zf_db_run (db, error, "INSERT INTO cursor (village, seq) SELECT v, ?1 FROM (SELECT '*' AS v UNION SELECT village FROM digest) "
                    "WHERE NOT EXISTS (SELECT 1 FROM cursor)", "i", next) &&
         zf_db_run (db, error, "UPDATE cursor SET seq = max (seq, ?1)", "i", next) &&
         zf_db_run (db, error, "DELETE FROM meta_kv WHERE key IN ('stage_next', 'stage_more', 'stage_mark', 'old_epoch')", "");
}

static gboolean
finish (Apply *apply, GError **error)
{
  apply->done = TRUE;
  return settle_rest (apply, error) && move_cursors (apply->write.db, error);
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
        return apply->whole ? (apply->done = TRUE) : finish (apply, error);
      if (!apply_home (apply, home, error))
        return FALSE;
    }
  while (g_get_monotonic_time () < apply->until_us);
  return TRUE;
}

static gboolean
is_first_copy (ZfDb *db)
{
  return zf_db_get_int (db, -1, "SELECT min (seq) FROM cursor HAVING count (*) > 0", "") == -1 &&
         zf_db_get_int (db, 0, "SELECT 1 FROM change WHERE state IN (0, 1) LIMIT 1", "") == 0;
}

/* Applies what is staged until the time is up. */
static gboolean
run_slice (Apply *apply, ZfStore *store, ZfDb *db, GError **error)
{
  gboolean ok;

  zf_write_init (&apply->write, store, db);
  apply->write.from_county = TRUE;
  apply->epoch = zf_meta_get (db, "epoch");
  apply->until_us *= is_first_copy (db) ? FIRST_COPY_FACTOR : 1;
  apply->until_us += g_get_monotonic_time ();
  ok = slice (apply, error);
  g_clear_pointer (&apply->epoch, g_free);
  return ok;
}

static gboolean
apply_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Apply *apply = data;

  if (zf_meta_get_int (db, "stage_next", -1) < 0 || zf_meta_get_int (db, "stage_more", 0) != 0)
    {
      apply->done = TRUE;
      return TRUE;
    }
  apply->mark = zf_meta_get_int (db, "stage_mark", 0);
  return run_slice (apply, store, db, error);
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

gboolean
zf_ledger_apply_whole (ZfStore *store, ZfDb *db, guint slice_ms, gboolean newer, gboolean *done, guint *applied, GError **error)
{
  Apply apply = { .until_us = (gint64) slice_ms * 1000, .whole = TRUE, .newer = newer };

  if (!run_slice (&apply, store, db, error))
    return FALSE;
  *done = apply.done;
  *applied += apply.applied;
  return TRUE;
}

gboolean
zf_ledger_apply_fetched (ZfStore *store, ZfDb *db, JsonArray *items, GError **error)
{
  Apply apply = { .whole = TRUE };
  gboolean ok = TRUE;

  zf_write_init (&apply.write, store, db);
  apply.write.from_county = TRUE;
  apply.epoch = zf_meta_get (db, "epoch");
  for (guint i = 0; ok && i < json_array_get_length (items); i++)
    ok = apply_object (&apply, json_array_get_object_element (items, i), error);
  g_clear_pointer (&apply.epoch, g_free);
  return ok;
}
