/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* One item of the county becomes its state of a record: base moves, cur = base ⊕ pending. */

#include "zf-ledger-private.h"

#include "zf-error.h"
#include "zf-json.h"
#include "zf-merge.h"
#include "zf-plant.h"
#include "zf-value.h"

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

void
zf_meta_credit_first (JsonObject *ci, JsonObject *f)
{
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_iter_init (&iter, f);
  while (json_object_iter_next (&iter, &name, NULL))
    json_object_set_int_member (ci, name, 0);
}

static void
incoming_init (Incoming *in, ZfApply *apply, JsonObject *item, const ZfRecord *before, const char *kind)
{
  JsonArray *c = zf_json_get_array (item, "c");
  JsonObject *ci = zf_json_get_object (item, "ci");
  JsonObject *f = zf_json_get_object (item, "f");

  in->item = item;
  in->after = before != NULL ? zf_truth_copy (before) : zf_truth_new (&apply->write, kind, zf_json_get_string (item, "id", NULL));
  in->base = before != NULL && !apply->whole ? zf_truth_base (before) : json_object_new ();
  in->c = c != NULL ? json_array_ref (c) : json_array_new ();
  in->ci = ci != NULL ? zf_fields_share (ci) : json_object_new ();
  if (ci == NULL && f != NULL && c != NULL && json_array_get_length (c) > 0)
    zf_meta_credit_first (in->ci, f);
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

/* The fields that an echoed row wrote to this record. FALSE + no error: the log does not say. What was never sent under its number is not what the
 * county took under it: the disk was copied, and the copy was faster. */
static gboolean
read_own_row (ZfApply *apply, Incoming *in, gint64 lsn, JsonObject **f, char **op, gboolean *found, GError **error)
{
  sqlite3_stmt *stmt =
    zf_db_prepare (apply->write.db, "SELECT f, change_id, by, at, op, id, kind FROM change WHERE epoch = ?1 AND lsn = ?2 AND state > 0", error);

  *found = FALSE;
  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "si", apply->epoch, lsn);
  if (!zf_db_step (apply->write.db, stmt, found, error) || !*found)
    return !*found && (error == NULL || *error == NULL);
  *f = zf_json_parse_object (zf_db_text (stmt, 0), -1, error);
  /* A decision changes the record that it is about. */
  if (g_strcmp0 (zf_db_text (stmt, 5), in->after->id) == 0)
    *op = g_strdup (zf_db_text (stmt, 4));
  else if (g_strcmp0 (zf_db_text (stmt, 6), ZF_KIND_RESOLUTION) == 0)
    *op = g_strdup (ZF_KIND_RESOLUTION);
  else
    *found = FALSE;
  if (*f != NULL && (g_strcmp0 (*op, "add") == 0 || g_strcmp0 (*op, "set") == 0))
    credit (in, *f, zf_db_text (stmt, 1), zf_db_text (stmt, 2), sqlite3_column_int64 (stmt, 3));
  sqlite3_reset (stmt);
  return *f != NULL;
}

/* Values that came while the form did not know the fields, and which a row now goes on from. */
static void
take_from_extra (Incoming *in, JsonObject *f)
{
  JsonObjectIter iter;
  const char *name = NULL;

  if (in->after->extra == NULL)
    return;
  json_object_iter_init (&iter, f);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      JsonNode *value = json_object_get_member (in->after->extra, name);

      if (value == NULL)
        continue;
      zf_fields_put (in->base, name, value);
      json_object_remove_member (in->after->extra, name);
    }
}

/* An echo of this tablet's own change comes without values: they stand in the log. */
static gboolean
lay_own_row (ZfApply *apply, Incoming *in, gint64 lsn, gboolean *found, GError **error)
{
  g_autoptr (JsonObject) f = NULL;
  g_autofree char *op = NULL;

  if (!read_own_row (apply, in, lsn, &f, &op, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  if (strcmp (op, ZF_KIND_RESOLUTION) == 0)
    return zf_truth_lay_decision (apply->write.db, in->after, f, in->base, &in->after->base_del, error);
  if (strcmp (op, "add") == 0 || strcmp (op, "set") == 0)
    {
      take_from_extra (in, f);
      zf_change_apply (in->base, f);
    }
  return TRUE;
}

/* *known = FALSE: the log lacks a row (an old image of the store, or trimmed), so that the base cannot be made out. */
static gboolean
lay_own (ZfApply *apply, Incoming *in, gboolean *known, GError **error)
{
  JsonArray *own = zf_json_get_array (in->item, "own");
  guint n = own != NULL ? json_array_get_length (own) : 0;

  *known = TRUE;
  for (guint i = 0; i < n; i++)
    {
      gboolean found = FALSE;

      if (!lay_own_row (apply, in, json_array_get_int_element (own, i), &found, error))
        return FALSE;
      *known &= found;
    }
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
      /* An app that was set back wrote it among the known fields before. */
      json_object_remove_member (in->base, name);
      if (in->extra == NULL)
        in->extra = json_object_new ();
      json_object_set_member (in->extra, name, json_node_ref (value));
    }
}

static void
lay_deletion (ZfApply *apply, Incoming *in, const ZfRecord *before)
{
  const char *del = zf_json_get_string (in->item, "del", NULL);
  gboolean back = apply->whole || before == NULL || before->rev == 0 || zf_json_get_bool (in->item, "undel", FALSE) ||
                  g_strcmp0 (before->base_del, "moved") == 0;

  if (del == NULL && !back)
    return;
  g_free (in->after->base_del);
  in->after->base_del = g_strdup (del);
}

/* Rows that the last page contains count no longer on top of base. */
static gboolean
pull_past (ZfApply *apply, const char *id, GError **error)
{
  return apply->whole || zf_db_run (apply->write.db, error, "UPDATE change SET state = 3 WHERE id = ?1 AND state = 2 AND (epoch <> ?2 OR lsn <= ?3)",
                                    "ssi", id, apply->epoch, apply->mark);
}

static void
lay_extra (Incoming *in, gboolean whole)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (whole || ZF_PLANT (EXTRA_DROPPED))
    g_clear_pointer (&in->after->extra, json_object_unref);
  if (in->extra != NULL && in->after->extra == NULL && !ZF_PLANT (EXTRA_DROPPED))
    in->after->extra = json_object_new ();
  if (in->after->extra == NULL)
    return;
  if (in->extra != NULL)
    json_object_iter_init_ordered (&iter, in->extra);
  while (in->extra != NULL && json_object_iter_next_ordered (&iter, &name, &value))
    zf_fields_put (in->after->extra, name, value);
  if (json_object_get_size (in->after->extra) == 0)
    g_clear_pointer (&in->after->extra, json_object_unref);
}

/* A record that names a photo file which is not here: it is wanted. */
gboolean
zf_apply_want_blob (ZfApply *apply, const ZfRecord *record, GError **error)
{
  const char *sha256 = record->del == NULL ? zf_record_get_string (record, "sha256", NULL) : NULL;

  return sha256 == NULL || zf_db_run (apply->write.db, error, "INSERT OR IGNORE INTO blob (sha256, size, state) VALUES (?1, ?2, ?3)", "sii",
                                      sha256, zf_record_get_int (record, "size", 0), (gint64) ZF_BLOB_WANTED);
}

static void
lay_authors (Incoming *in, gboolean whole)
{
  JsonObject *meta;

  if (json_object_get_size (in->ci) == 0 && !whole)
    return;
  meta = zf_meta_lay (whole ? NULL : in->after->meta, in->c, in->ci);
  g_clear_pointer (&in->after->meta, json_object_unref);
  in->after->meta = meta;
}

static void
lay_rev (ZfApply *apply, Incoming *in)
{
  gint64 rev = MAX (zf_json_get_int (in->item, "rev", 1), 1);

  in->after->rev = apply->whole ? rev : MAX (in->after->rev, rev);
}

/* A decision that counts no longer, or only now, changes what the record shows that it is about. */
static gboolean
settle_target (ZfApply *apply, const ZfRecord *record, GError **error)
{
  const char *of = strcmp (record->kind_name, ZF_KIND_RESOLUTION) == 0 ? zf_record_get_string (record, "of", NULL) : NULL;

  return of == NULL || zf_ledger_settle (&apply->write, of, error);
}

static gboolean
store_record (ZfApply *apply, Incoming *in, const ZfRecord *before, GError **error)
{
  if (!zf_truth_settle (&apply->write, in->after, in->base, error) ||
      !zf_truth_store_base (&apply->write, before, in->after, error))
    return FALSE;
  apply->applied++;
  return zf_apply_want_blob (apply, in->after, error) && settle_target (apply, in->after, error);
}

static gboolean
lacks (ZfApply *apply, const char *id, GError **error)
{
  apply->lacking = TRUE;
  return zf_ledger_lacks (apply->write.db, id, error);
}

static gboolean
is_lacking (ZfApply *apply, const char *id)
{
  return apply->lacking && zf_db_get_int (apply->write.db, 0, "SELECT 1 FROM lacking WHERE id = ?1", "s", id) == 1;
}

static gboolean
is_awaited (ZfApply *apply, const char *id)
{
  return id != NULL && is_lacking (apply, id) && zf_db_get_int (apply->write.db, 0, "SELECT 1 FROM record WHERE id = ?1", "s", id) == 0;
}

/* It comes, goes there or is merged into it when its home comes: nobody sees a record of a home that is not here. */
static gboolean
waits_for_home (ZfApply *apply, const Incoming *in)
{
  const char *field = in->after->kind != NULL ? zf_kind_parent_field (in->after->kind) : NULL;

  if (apply->whole)
    return FALSE;
  return is_awaited (apply, field != NULL ? zf_json_get_string (in->base, field, NULL) : NULL) ||
         is_awaited (apply, zf_stage_survivor (in->item));
}

static gboolean
take_record (ZfApply *apply, Incoming *in, const ZfRecord *before, GError **error)
{
  gboolean known;

  lay_rev (apply, in);
  if (!lay_own (apply, in, &known, error))
    return FALSE;
  lay_values (in);
  if (!known || waits_for_home (apply, in))
    return lacks (apply, in->after->id, error);
  if (before != NULL && !pull_past (apply, in->after->id, error))
    return FALSE;
  lay_extra (in, apply->whole);
  lay_deletion (apply, in, before);
  lay_authors (in, apply->whole);
  return store_record (apply, in, before, error);
}

/* What came is not enough to know the record's state at the county (it says what changed of a record that is not here), or says less than is
 * known here. */
static gboolean
skips (ZfApply *apply, JsonObject *item, const ZfRecord *before, gboolean *skip, GError **error)
{
  const char *id = zf_json_get_string (item, "id", "");

  *skip = FALSE;
  if (apply->whole)
    *skip = apply->newer && before != NULL && !zf_truth_is_void (before) && before->rev > zf_json_get_int (item, "rev", 1);
  else if (is_lacking (apply, id))
    *skip = TRUE;
  else if (before != NULL ? zf_truth_is_void (before) : zf_json_get_int (item, "rev", 1) > 1)
    {
      *skip = TRUE;
      return lacks (apply, id, error);
    }
  return TRUE;
}

static gboolean
apply_gone (ZfApply *apply, const ZfRecord *before, GError **error)
{
  g_autoptr (ZfRecord) after = NULL;

  if (before == NULL)
    return TRUE;
  apply->applied++;
  if (!zf_db_run (apply->write.db, error, "DELETE FROM lacking WHERE id = ?1", "s", before->id))
    return FALSE;
  if (!zf_ledger_has_unsent (apply->write.db, before->id))
    return zf_ledger_forget (&apply->write, before, error);
  after = zf_truth_copy (before);
  zf_ledger_mark_moved (after);
  return zf_truth_store_base (&apply->write, before, after, error);
}

static gboolean
apply_to_record (ZfApply *apply, JsonObject *item, const ZfRecord *before, GError **error)
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

/* What a decision of this tablet, known from its log alone, was laid over: when the county refused it, nothing else comes of it. */
static gboolean
settle_decided (ZfApply *apply, const char *resolution, GError **error)
{
  g_autofree char *of = zf_db_get_text (apply->write.db,
                                        "SELECT json_extract (f, '$.of[1]') FROM change WHERE id = ?1 AND kind = 'resolution' AND op = 'add'", "s",
                                        resolution);

  return of == NULL || zf_ledger_settle (&apply->write, of, error);
}

gboolean
zf_apply_settle (ZfApply *apply, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) before = zf_truth_load (&apply->write, id, &local);
  g_autoptr (ZfRecord) after = before != NULL ? zf_truth_copy (before) : NULL;
  g_autoptr (JsonObject) base = before != NULL ? zf_truth_base (before) : NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!pull_past (apply, id, error))
    return FALSE;
  if (before == NULL)
    return settle_decided (apply, id, error);
  /* Acknowledged, never sent down, and nothing of it waits: it ended at the county before the copy that this store holds was made. What is
   * about to be fetched whole has not. */
  if (before->rev == 0 && before->base_del == NULL && !is_lacking (apply, id) && !zf_ledger_has_pending (apply->write.db, id))
    return zf_ledger_forget (&apply->write, before, error) && settle_decided (apply, id, error);
  return zf_truth_settle (&apply->write, after, base, error) && zf_truth_store (&apply->write, before, after, error) &&
         settle_target (apply, after, error);
}

/* A question about a record of which the county's state is not known here: it is at the county, or nobody would ask. */
static gboolean
apply_question (ZfApply *apply, JsonObject *item, GError **error)
{
  const char *of = zf_json_get_string (item, "of", "");
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (&apply->write, of, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!zf_conflict_put (&apply->write, item, error))
    return FALSE;
  if (record != NULL && zf_truth_is_void (record) && !apply->whole)
    return lacks (apply, of, error);
  return zf_apply_settle (apply, of, error);
}

gboolean
zf_apply_item (ZfApply *apply, JsonObject *item, GError **error)
{
  g_autoptr (ZfRecord) before = NULL;
  g_autoptr (GError) local = NULL;
  const char *id = zf_json_get_string (item, "id", NULL);

  if (g_strcmp0 (zf_json_get_string (item, "k", NULL), "conflict") == 0)
    return apply_question (apply, item, error);
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
