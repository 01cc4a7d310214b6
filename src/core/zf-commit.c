/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-commit.h"

#include "zf-change-id.h"
#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-ledger-private.h"
#include "zf-merge.h"
#include "zf-plant.h"
#include "zf-save-private.h"
#include "zf-schema.h"
#include "zf-truth.h"
#include "zf-value.h"

/* A county takes or quarantines a tx as one (sync.md 2.5). */
#define MAX_TX 200u

typedef struct _Touch Touch;

/* One change row in the making. */
typedef struct
{
  Touch *touch;
  const char *op;
  gint64 base_rev;
  JsonObject *start;     /* fields when the row was begun */
  JsonObject *old;       /* field → what its author had seen, where that is not the value in `start` */
  GHashTable *names;     /* fields that were written */
  JsonObject *f;         /* made when the row is closed */
} Row;

/* One record of this save. */
struct _Touch
{
  ZfRecord *before;      /* NULL: it is new */
  ZfRecord *after;
  Row *open;             /* the row that takes further fields */
  gboolean changed;
};

typedef struct
{
  ZfWrite *write;
  ZfSave *save;
  GHashTable *by_id;     /* id → Touch */
  GPtrArray *touches;    /* in order of first appearance */
  GPtrArray *rows;       /* in order of the log */
} Commit;

static void
row_free (Row *row)
{
  g_clear_pointer (&row->start, json_object_unref);
  g_clear_pointer (&row->old, json_object_unref);
  g_clear_pointer (&row->f, json_object_unref);
  g_hash_table_unref (row->names);
  g_free (row);
}

static void
touch_free (Touch *touch)
{
  zf_record_free (touch->before);
  zf_record_free (touch->after);
  g_free (touch);
}

static void
commit_init (Commit *commit, ZfWrite *write, ZfSave *save)
{
  commit->write = write;
  commit->save = save;
  commit->touches = g_ptr_array_new_with_free_func ((GDestroyNotify) touch_free);
  commit->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  commit->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
commit_clear (Commit *commit)
{
  g_hash_table_unref (commit->by_id);
  g_ptr_array_unref (commit->rows);
  g_ptr_array_unref (commit->touches);
}

/* Rows */

static Row *
row_begin (Commit *commit, Touch *touch, const char *op)
{
  Row *row = g_new0 (Row, 1);

  row->touch = touch;
  row->op = op;
  row->base_rev = touch->before != NULL ? touch->before->rev : 0;
  row->start = zf_fields_share (touch->after->fields);
  row->old = json_object_new ();
  row->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (commit->rows, row);
  return row;
}

static Row *
row_for_fields (Commit *commit, Touch *touch)
{
  if (touch->open == NULL)
    touch->open = row_begin (commit, touch, "set");
  return touch->open;
}

static JsonNode *
row_old (Row *row, const char *name)
{
  JsonNode *seen = json_object_get_member (row->old, name);

  return seen != NULL ? seen : json_object_get_member (row->start, name);
}

static void
put_pair (JsonObject *f, const char *name, JsonNode *old, JsonNode *value)
{
  JsonArray *pair;

  if (zf_value_is_null (old) && zf_value_is_null (value))
    return;
  pair = json_array_sized_new (2);
  json_array_add_element (pair, old != NULL ? json_node_ref (old) : zf_json_null ());
  json_array_add_element (pair, value != NULL ? json_node_ref (value) : zf_json_null ());
  json_object_set_array_member (f, name, pair);
}

static void
put_set (JsonObject *f, const char *name, JsonNode *old, JsonNode *value)
{
  JsonObject *change = json_object_new ();

  json_object_set_array_member (change, "add", zf_set_difference (value, old));
  json_object_set_array_member (change, "del", zf_set_difference (old, value));
  json_object_set_object_member (f, name, change);
}

static void
close_field (Row *row, const char *name)
{
  const ZfField *field = zf_kind_field (row->touch->after->kind, name);
  JsonNode *old = row_old (row, name);
  JsonNode *value = json_object_get_member (row->touch->after->fields, name);

  if (field->type != ZF_FIELD_SET)
    put_pair (row->f, name, old, value);
  else if (!zf_json_equal (old, value))
    put_set (row->f, name, json_object_get_member (row->start, name), value);
}

/* Fields that merge as one travel together. */
static void
close_group (Row *row, const ZfField *field)
{
  g_autoptr (GPtrArray) names = zf_group_fields (row->touch->after->kind, field->group);

  for (guint i = 0; i < names->len; i++)
    close_field (row, g_ptr_array_index (names, i));
}

/* Turns what was written into `f`: pairs of what differs at the end, not of every step. */
static void
row_close (Row *row)
{
  GHashTableIter iter;
  gpointer name;

  row->touch->open = NULL;
  row->f = json_object_new ();
  g_hash_table_iter_init (&iter, row->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const ZfField *field = zf_kind_field (row->touch->after->kind, name);

      if (zf_json_equal (row_old (row, name), json_object_get_member (row->touch->after->fields, name)))
        continue;
      if (field->grouped)
        close_group (row, field);
      else
        close_field (row, name);
    }
}

static void
add_act (Commit *commit, Touch *touch, const char *op, const char *name, const char *old, const char *value)
{
  g_autoptr (JsonNode) old_node = old != NULL ? zf_json_string (old) : zf_json_null ();
  g_autoptr (JsonNode) node = value != NULL ? zf_json_string (value) : zf_json_null ();
  Row *row;

  if (touch->open != NULL)
    row_close (touch->open);
  row = row_begin (commit, touch, op);
  row->f = json_object_new ();
  put_pair (row->f, name, old_node, node);
  touch->changed = TRUE;
}

/* Records of this save */

static const ZfKind *
writable_kind (Commit *commit, const char *name, GError **error)
{
  const ZfKind *kind = zf_kinds_get (commit->write->kinds, name);

  if (kind == NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "There is no kind “%s”", name);
  else if (zf_kind_server_only (kind))
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Records of kind “%s” are written at the county only", name);
  else
    return kind;
  return NULL;
}

static Touch *
touch_add (Commit *commit, ZfRecord *before, ZfRecord *after)
{
  Touch *touch = g_new0 (Touch, 1);

  touch->before = before;
  touch->after = after;
  g_ptr_array_add (commit->touches, touch);
  g_hash_table_insert (commit->by_id, after->id, touch);
  return touch;
}

/* *touch = NULL without error: no such record. */
static gboolean
touch_find (Commit *commit, const char *id, Touch **touch, GError **error)
{
  g_autoptr (GError) local = NULL;
  ZfRecord *before;

  *touch = g_hash_table_lookup (commit->by_id, id);
  if (*touch != NULL)
    return TRUE;
  before = zf_truth_load (commit->write, id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (before != NULL)
    *touch = touch_add (commit, before, zf_truth_copy (before));
  return TRUE;
}

static Touch *
touch_existing (Commit *commit, const char *kind, const char *id, GError **error)
{
  Touch *touch = NULL;

  if (writable_kind (commit, kind, error) == NULL || !touch_find (commit, id, &touch, error))
    return NULL;
  if (touch == NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "There is no such record of kind “%s”", kind);
  else if (strcmp (touch->after->kind_name, kind) != 0)
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "The record is of kind “%s”, not “%s”", touch->after->kind_name, kind);
  else
    return touch;
  return NULL;
}

static gboolean
refuse_fixed (const Touch *touch, GError **error)
{
  if (touch->before == NULL || !zf_kind_append_only (touch->after->kind))
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_IMMUTABLE, "A saved record of kind “%s” is not changed but corrected by a new one",
               touch->after->kind_name);
  return FALSE;
}

/* Fields */

static JsonNode *
checked_value (const ZfKind *kind, const char *name, JsonNode *value, GError **error)
{
  const ZfField *field = zf_kind_field (kind, name);

  if (field != NULL)
    return zf_kind_check_value (kind, field, value, error);
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Kind “%s” has no field “%s”", zf_kind_name (kind), name);
  return NULL;
}

static gboolean
write_value (Commit *commit, Touch *touch, const char *name, JsonNode *value, GError **error)
{
  if (!refuse_fixed (touch, error))
    return FALSE;
  g_hash_table_add (row_for_fields (commit, touch)->names, g_strdup (name));
  zf_fields_put (touch->after->fields, name, value);
  touch->changed = TRUE;
  return TRUE;
}

static gboolean
set_field (Commit *commit, Touch *touch, const char *name, JsonNode *value, GError **error)
{
  g_autoptr (JsonNode) checked = checked_value (touch->after->kind, name, value, error);

  if (checked == NULL)
    return FALSE;
  if (zf_json_equal (json_object_get_member (touch->after->fields, name), checked))
    return TRUE;
  return write_value (commit, touch, name, checked, error);
}

static gboolean
set_fields (Commit *commit, Touch *touch, JsonObject *fields, GError **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, fields);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!set_field (commit, touch, name, value, error))
      return FALSE;
  return TRUE;
}

/* Of a set the author changed elements: those are laid over what stands there now. */
static JsonNode *
rebase_set (JsonNode *current, JsonNode *seen, JsonNode *value)
{
  g_autoptr (JsonArray) add = zf_set_difference (value, seen);
  g_autoptr (JsonArray) del = zf_set_difference (seen, value);

  return zf_merge_set (current, add, del);
}

static gboolean
set_seen (Commit *commit, Touch *touch, const ZfEdit *edit, const char *name, JsonNode *value, GError **error)
{
  g_autoptr (JsonNode) checked = checked_value (touch->after->kind, name, value, error);
  g_autoptr (JsonNode) seen = checked != NULL ? checked_value (touch->after->kind, name, edit->seen, error) : NULL;
  gboolean first;

  if (seen == NULL)
    return FALSE;
  if (zf_json_equal (seen, checked))
    return TRUE;
  if (zf_kind_field (touch->after->kind, name)->type == ZF_FIELD_SET)
    {
      JsonNode *rebased = rebase_set (json_object_get_member (touch->after->fields, name), seen, checked);

      json_node_unref (checked);
      checked = rebased;
      g_clear_pointer (&seen, json_node_unref);
    }
  first = touch->open == NULL || !g_hash_table_contains (touch->open->names, name);
  if (!write_value (commit, touch, name, checked, error))
    return FALSE;
  if (first && seen != NULL && !ZF_PLANT (SEEN_VALUE_FORGOTTEN))
    json_object_set_member (touch->open->old, name, g_steal_pointer (&seen));
  touch->open->base_rev = MIN (touch->open->base_rev, ZF_PLANT (BASE_AT_FINISH) ? G_MAXINT64 : edit->seen_rev);
  return TRUE;
}

/* Edits */

static gboolean
check_id (const char *id, GError **error)
{
  if (zf_id_is_valid (id))
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "The record's id is not a UUID");
  return FALSE;
}

static char *
new_id (Commit *commit, const ZfKind *kind, JsonObject *fields)
{
  char *id = zf_kind_make_id (kind, fields);

  return id != NULL ? id : zf_id_new (zf_store_clock (commit->write->store), zf_store_random (commit->write->store));
}

static void
touch_undelete (Commit *commit, Touch *touch)
{
  add_act (commit, touch, "undel", "reason", touch->after->del, NULL);
  g_clear_pointer (&touch->after->del, g_free);
}

/* The same record made twice (a key, or an import that repeats itself): what differs is written as if nothing had been seen. */
static gboolean
create_again (Commit *commit, Touch *touch, const ZfEdit *edit, GError **error)
{
  if (touch->after->del != NULL)
    touch_undelete (commit, touch);
  if (!set_fields (commit, touch, edit->fields, error))
    return FALSE;
  if (touch->open != NULL && touch->before != NULL)
    {
      touch->open->op = "add";
      touch->open->base_rev = 0;
    }
  return TRUE;
}

static gboolean
edit_create (Commit *commit, ZfEdit *edit, GError **error)
{
  const ZfKind *kind = writable_kind (commit, edit->kind, error);
  Touch *touch = NULL;

  if (kind == NULL)
    return FALSE;
  if (edit->id == NULL)
    edit->id = new_id (commit, kind, edit->fields);
  if (!check_id (edit->id, error) || !touch_find (commit, edit->id, &touch, error))
    return FALSE;
  if (touch != NULL)
    return touch_existing (commit, edit->kind, edit->id, error) != NULL && create_again (commit, touch, edit, error);
  touch = touch_add (commit, NULL, zf_truth_new (commit->write, edit->kind, edit->id));
  touch->open = row_begin (commit, touch, "add");
  touch->changed = TRUE;
  return set_fields (commit, touch, edit->fields, error);
}

static gboolean
edit_set (Commit *commit, ZfEdit *edit, GError **error)
{
  Touch *touch = touch_existing (commit, edit->kind, edit->id, error);

  return touch != NULL && set_fields (commit, touch, edit->fields, error);
}

static gboolean
edit_seen (Commit *commit, ZfEdit *edit, GError **error)
{
  Touch *touch = touch_existing (commit, edit->kind, edit->id, error);
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (touch == NULL)
    return FALSE;
  json_object_iter_init (&iter, edit->fields);
  return json_object_iter_next (&iter, &name, &value) && set_seen (commit, touch, edit, name, value, error);
}

static gboolean
edit_delete (Commit *commit, ZfEdit *edit, GError **error)
{
  Touch *touch = touch_existing (commit, edit->kind, edit->id, error);

  if (touch == NULL || !refuse_fixed (touch, error))
    return FALSE;
  if (touch->after->del != NULL)
    return TRUE;
  add_act (commit, touch, "del", "reason", NULL, edit->argument);
  touch->after->del = g_strdup (edit->argument);
  return TRUE;
}

static gboolean
edit_undelete (Commit *commit, ZfEdit *edit, GError **error)
{
  Touch *touch = touch_existing (commit, edit->kind, edit->id, error);

  if (touch == NULL || !refuse_fixed (touch, error))
    return FALSE;
  if (touch->after->del != NULL)
    touch_undelete (commit, touch);
  return TRUE;
}

static gboolean
check_merge (const Touch *touch, const Touch *into, GError **error)
{
  if (touch != into && touch->after->del == NULL && into->after->del == NULL)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "Only two different records that both still stand can be merged");
  return FALSE;
}

/* Children that may be edited are moved by rows of their own; the others are found through the tombstone (zf_truth_place). */
static gboolean
adopt_child (Commit *commit, const char *id, const char *into, GError **error)
{
  g_autoptr (JsonNode) parent = zf_json_string (into);
  Touch *child = NULL;

  if (!touch_find (commit, id, &child, error) || child == NULL)
    return FALSE;
  if (child->after->kind == NULL || child->after->del != NULL || zf_kind_append_only (child->after->kind) ||
      zf_kind_server_only (child->after->kind))
    return TRUE;
  return set_field (commit, child, zf_kind_parent_field (child->after->kind), parent, error);
}

static gboolean
edit_merge (Commit *commit, ZfEdit *edit, GError **error)
{
  Touch *touch = touch_existing (commit, edit->kind, edit->id, error);
  Touch *into = touch != NULL ? touch_existing (commit, edit->kind, edit->argument, error) : NULL;
  g_autoptr (GPtrArray) ids = NULL;

  if (into == NULL || !refuse_fixed (touch, error) || !check_merge (touch, into, error))
    return FALSE;
  add_act (commit, touch, "merge", "into", NULL, edit->argument);
  touch->after->del = g_strconcat ("merged:", edit->argument, NULL);
  ids = zf_truth_ids (commit->write->db, "SELECT id FROM record WHERE parent = ?1", edit->id, error);
  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!adopt_child (commit, g_ptr_array_index (ids, i), edit->argument, error))
      return FALSE;
  commit->save->tx = TRUE;
  return TRUE;
}

static gboolean
apply_edits (Commit *commit, GError **error)
{
  static gboolean (*const appliers[]) (Commit *, ZfEdit *, GError **) = {
    [ZF_EDIT_CREATE] = edit_create, [ZF_EDIT_SET] = edit_set,           [ZF_EDIT_SEEN] = edit_seen,
    [ZF_EDIT_DELETE] = edit_delete, [ZF_EDIT_UNDELETE] = edit_undelete, [ZF_EDIT_MERGE] = edit_merge,
  };

  for (guint i = 0; i < commit->save->edits->len; i++)
    {
      ZfEdit *edit = g_ptr_array_index (commit->save->edits, i);

      if (!appliers[edit->type](commit, edit, error))
        return FALSE;
    }
  return TRUE;
}

/* Writing */

static gboolean
store_touch (Commit *commit, Touch *touch, GError **error)
{
  /* The county's last state stays beside what this tablet makes of it. */
  if (touch->before != NULL && touch->after->base == NULL && touch->after->rev > 0)
    touch->after->base = json_object_ref (touch->before->fields);
  if (touch->before != NULL && commit->write->n_moved > 0)
    {
      zf_record_free (touch->before);
      touch->before = zf_truth_load (commit->write, touch->after->id, error);
      if (touch->before == NULL)
        return FALSE;
    }
  return zf_truth_store (commit->write, touch->before, touch->after, error);
}

static gboolean
parent_changed (const Touch *touch)
{
  return touch->before == NULL || g_strcmp0 (touch->before->parent, touch->after->parent) != 0;
}

/* After all rows stand, since a save may make parent and child in any order. */
static gboolean
check_parent (Commit *commit, const Touch *touch, GError **error)
{
  const char *parent = touch->after->parent;

  if (zf_kind_parent_field (touch->after->kind) == NULL || !parent_changed (touch) ||
      (parent == NULL && zf_kind_parent_optional (touch->after->kind)))
    return TRUE;
  if (parent != NULL && zf_db_get_int (commit->write->db, 0, "SELECT 1 FROM record WHERE id = ?1", "s", parent) == 1)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "The %s that this %s belongs to is not in the store",
               zf_kind_parent_kind (touch->after->kind), touch->after->kind_name);
  return FALSE;
}

static gboolean
store_touches (Commit *commit, GError **error)
{
  for (guint i = 0; i < commit->touches->len; i++)
    {
      Touch *touch = g_ptr_array_index (commit->touches, i);

      if (touch->changed && !store_touch (commit, touch, error))
        return FALSE;
    }
  for (guint i = 0; i < commit->touches->len; i++)
    {
      Touch *touch = g_ptr_array_index (commit->touches, i);

      if (touch->changed && !check_parent (commit, touch, error))
        return FALSE;
    }
  return TRUE;
}

/* Rows in which nothing differs at the end are not written, except that a record without any field was made. */
static void
close_rows (Commit *commit)
{
  for (guint i = 0; i < commit->rows->len;)
    {
      Row *row = g_ptr_array_index (commit->rows, i);

      if (row->f == NULL)
        row_close (row);
      if (json_object_get_size (row->f) == 0 && (strcmp (row->op, "set") == 0 || row->touch->before != NULL))
        g_ptr_array_remove_index (commit->rows, i);
      else
        i++;
    }
}

/* Where rows go in the log. */
typedef struct
{
  const char *epoch;
  const char *base_epoch;
  const char *tx;
  gint64 lsn;
} Place;

/* The id of a change follows from the change, so that it need not travel. */
static char *
id_of_change (Commit *commit, const Row *row, const Place *place, const char *f)
{
  const ZfRecord *record = row->touch->after;
  g_autoptr (GString) text = g_string_new (NULL);
  ZfChangeText change = {
    .lsn = place->lsn,
    .tx = place->tx,
    .kind = record->kind_name,
    .id = record->id,
    .op = row->op,
    .base = row->base_rev,
    .sv = ZF_WIRE_SCHEMA,
    .at = commit->write->now_ms,
    .by = commit->save->by,
    .f = f,
  };

  zf_change_text (text, &change);
  return zf_change_id (place->epoch, text->str);
}

static gboolean
write_change (Commit *commit, const Row *row, const Place *place, GError **error)
{
  ZfWrite *write = commit->write;
  g_autofree char *f = zf_json_canonical_object (row->f);
  g_autofree char *change_id = id_of_change (commit, row, place, f);

  return zf_db_run (write->db, error,
                    "INSERT INTO change (lsn, epoch, change_id, tx, kind, id, op, base_rev, base_epoch, f, at, by, sv) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                    "issssssissisi", place->lsn, place->epoch, change_id, place->tx, row->touch->after->kind_name, row->touch->after->id,
                    row->op, row->base_rev, place->base_epoch, f, write->now_ms, commit->save->by, (gint64) ZF_WIRE_SCHEMA);
}

/* After a restore at the county, records that were not copied anew stand on revisions of before. A save is of one epoch: the older one. */
static char *
base_epoch_of (Commit *commit)
{
  g_autofree char *old = zf_meta_get (commit->write->db, "old_epoch");

  for (guint i = 0; old != NULL && i < commit->touches->len; i++)
    {
      const Touch *touch = g_ptr_array_index (commit->touches, i);

      if (touch->before != NULL && !zf_ledger_is_current (commit->write->db, touch->before->village))
        return g_steal_pointer (&old);
    }
  return NULL;
}

static gboolean
write_rows (Commit *commit, Place *place, GError **error)
{
  for (guint i = 0; i < commit->rows->len; i++)
    {
      place->lsn++;
      if (!write_change (commit, g_ptr_array_index (commit->rows, i), place, error))
        return FALSE;
    }
  commit->save->n_written = commit->rows->len;
  return TRUE;
}

static gboolean
write_changes (Commit *commit, GError **error)
{
  ZfWrite *write = commit->write;
  g_autofree char *epoch = zf_meta_get (write->db, "epoch");
  g_autofree char *base_epoch = base_epoch_of (commit);
  g_autofree char *tx = NULL;
  Place place = { .epoch = epoch, .base_epoch = base_epoch, .lsn = zf_ledger_last_in (write->db, epoch) };

  if (commit->save->tx && commit->rows->len > MAX_TX)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_LIMIT, "At most %u records can be saved as one", MAX_TX);
      return FALSE;
    }
  if (commit->save->tx && commit->rows->len > 1)
    place.tx = tx = zf_change_tx (epoch, place.lsn + 1);
  return write_rows (commit, &place, error);
}

gboolean
zf_commit_run (ZfWrite *write, ZfSave *save, GError **error)
{
  Commit commit = { 0 };
  gboolean ok;

  save->n_written = 0;
  commit_init (&commit, write, save);
  ok = apply_edits (&commit, error);
  if (ok)
    close_rows (&commit);
  ok = ok && store_touches (&commit, error) && (!ZF_PLANT (SAVE_NOT_ATOMIC) || (zf_db_commit (write->db, error) && zf_db_begin (write->db, error))) &&
       write_changes (&commit, error) &&
       zf_commit_beside (write, save, error);
  commit_clear (&commit);
  return ok;
}
