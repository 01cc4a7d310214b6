/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-save-private.h"

#include "zf-json.h"
#include "zf-value.h"

static void
edit_free (ZfEdit *edit)
{
  g_free (edit->kind);
  g_free (edit->id);
  g_clear_pointer (&edit->fields, json_object_unref);
  g_clear_pointer (&edit->seen, json_node_unref);
  g_free (edit->argument);
  g_free (edit);
}

static void
import_row_free (ZfImportRow *row)
{
  g_free (row->source);
  g_free (row->row_key);
  g_free (row->record);
  g_free (row->values);
  g_free (row);
}

static void
blob_row_free (ZfBlobRow *row)
{
  g_free (row->sha256);
  g_free (row->source);
  g_free (row);
}

ZfSave *
zf_save_new (const char *by, gboolean tx)
{
  ZfSave *save = g_new0 (ZfSave, 1);

  save->by = g_strdup (by != NULL ? by : "");
  save->tx = tx;
  save->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) edit_free);
  save->drafts = g_ptr_array_new_with_free_func (g_free);
  save->imports = g_ptr_array_new_with_free_func ((GDestroyNotify) import_row_free);
  save->conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  save->blobs = g_ptr_array_new_with_free_func ((GDestroyNotify) blob_row_free);
  return save;
}

void
zf_save_free (ZfSave *save)
{
  if (save == NULL)
    return;
  g_free (save->by);
  g_ptr_array_unref (save->edits);
  g_ptr_array_unref (save->drafts);
  g_ptr_array_unref (save->imports);
  g_ptr_array_unref (save->blobs);
  g_ptr_array_unref (save->conflicts);
  g_free (save);
}

static ZfEdit *
add_edit (ZfSave *save, ZfEditType type, const char *kind, const char *id)
{
  ZfEdit *edit = g_new0 (ZfEdit, 1);

  edit->type = type;
  edit->kind = g_strdup (kind);
  edit->id = g_strdup (id);
  g_ptr_array_add (save->edits, edit);
  return edit;
}

void
zf_save_create (ZfSave *save, const char *kind, const char *id, JsonObject *fields)
{
  g_return_if_fail (kind != NULL && fields != NULL);

  add_edit (save, ZF_EDIT_CREATE, kind, id)->fields = zf_fields_copy (fields);
}

void
zf_save_set (ZfSave *save, const char *kind, const char *id, JsonObject *fields)
{
  g_return_if_fail (kind != NULL && id != NULL && fields != NULL);

  add_edit (save, ZF_EDIT_SET, kind, id)->fields = zf_fields_copy (fields);
}

void
zf_save_set_seen (ZfSave *save, const char *kind, const char *id, const char *field, JsonNode *value, JsonNode *seen_value,
                  gint64 seen_rev)
{
  ZfEdit *edit;

  g_return_if_fail (kind != NULL && id != NULL && field != NULL);

  edit = add_edit (save, ZF_EDIT_SEEN, kind, id);
  edit->fields = json_object_new ();
  json_object_set_member (edit->fields, field, zf_value_copy (value));
  edit->seen = zf_value_copy (seen_value);
  edit->seen_rev = seen_rev;
}

void
zf_save_delete (ZfSave *save, const char *kind, const char *id, const char *reason)
{
  g_return_if_fail (kind != NULL && id != NULL && reason != NULL);

  add_edit (save, ZF_EDIT_DELETE, kind, id)->argument = g_strdup (reason);
}

void
zf_save_undelete (ZfSave *save, const char *kind, const char *id)
{
  g_return_if_fail (kind != NULL && id != NULL);

  add_edit (save, ZF_EDIT_UNDELETE, kind, id);
}

void
zf_save_merge_into (ZfSave *save, const char *kind, const char *id, const char *into)
{
  g_return_if_fail (kind != NULL && id != NULL && into != NULL);

  add_edit (save, ZF_EDIT_MERGE, kind, id)->argument = g_strdup (into);
}

void
zf_save_drop_draft (ZfSave *save, const char *draft_id)
{
  g_return_if_fail (draft_id != NULL);

  g_ptr_array_add (save->drafts, g_strdup (draft_id));
}

void
zf_save_import_base (ZfSave *save, const char *source, const char *row_key, const char *record_id, JsonObject *values)
{
  ZfImportRow *row;

  g_return_if_fail (source != NULL && row_key != NULL && record_id != NULL && values != NULL);

  row = g_new (ZfImportRow, 1);
  row->source = g_strdup (source);
  row->row_key = g_strdup (row_key);
  row->record = g_strdup (record_id);
  row->values = zf_json_canonical_object (values);
  g_ptr_array_add (save->imports, row);
}

void
zf_save_blob (ZfSave *save, const char *sha256, const char *source_sha256, gint64 size)
{
  ZfBlobRow *row;

  g_return_if_fail (sha256 != NULL);

  row = g_new (ZfBlobRow, 1);
  row->sha256 = g_strdup (sha256);
  row->source = g_strdup (source_sha256);
  row->size = size;
  g_ptr_array_add (save->blobs, row);
}

static JsonObject *
conflict_side (JsonNode *value)
{
  JsonObject *side = json_object_new ();

  json_object_set_member (side, "v", zf_value_copy (value));
  return side;
}

void
zf_save_conflict (ZfSave *save, const char *kind, const char *id, const char *group, JsonNode *base, JsonNode *theirs, JsonNode *mine)
{
  JsonObject *item;
  JsonArray *chain;

  g_return_if_fail (kind != NULL && id != NULL && group != NULL);

  item = json_object_new ();
  chain = json_array_new ();
  json_array_add_object_element (chain, conflict_side (mine));
  json_object_set_string_member (item, "of", id);
  json_object_set_string_member (item, "kind", kind);
  json_object_set_string_member (item, "g", group);
  json_object_set_member (item, "base", zf_value_copy (base));
  json_object_set_object_member (item, "theirs", conflict_side (theirs));
  json_object_set_array_member (item, "mine", chain);
  json_object_set_boolean_member (item, "open", TRUE);
  g_ptr_array_add (save->conflicts, item);
}

guint
zf_save_n (ZfSave *save)
{
  return save->edits->len;
}

const char *
zf_save_result_id (ZfSave *save, guint i)
{
  g_return_val_if_fail (i < save->edits->len, NULL);

  return ((ZfEdit *) g_ptr_array_index (save->edits, i))->id;
}

guint
zf_save_n_written (ZfSave *save)
{
  return save->n_written;
}
