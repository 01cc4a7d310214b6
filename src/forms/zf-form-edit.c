/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"
#include "zf-error.h"
#include "zf-form-rows.h"
#include "zf-form-target.h"
#include "zf-history.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-query.h"

#include <glib/gi18n.h>
#include <string.h>

/* A finished record is changed, or corrected by a new one where its kind is never changed: with the rows of its repeats, all of it in one save. */

/* Row of a repeat that was taken out; and of a record that a correction replaces. */
#define TAKEN_OUT "mistake"
#define SUPERSEDED "superseded"

void
zf_form_edit_free (ZfFormEdit *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->answers);
  g_clear_pointer (&self->record, zf_record_free);
  g_clear_pointer (&self->shown, json_object_unref);
  g_clear_pointer (&self->seen, json_object_unref);
  g_clear_pointer (&self->overtaken, g_ptr_array_unref);
  g_free (self->why);
  g_free (self->draft);
  g_free (self);
}

/* Opening */

static ZfFormEdit *
edit_new (void)
{
  ZfFormEdit *self = g_new0 (ZfFormEdit, 1);
  self->overtaken = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static JsonArray *rows_below (ZfForm *form, ZfReader *reader, int r, const char *owner, JsonObject *seen);

static void
copy_member (JsonObject *object, const char *name, JsonNode *value, gpointer data)
{
  json_object_set_member (data, name, json_node_copy (value));
}

/* The rows of all own repeats right below @above, in the record @owner, into @values. */
static void
add_rows (ZfForm *form, ZfReader *reader, int above, const char *owner, JsonObject *values, JsonObject *seen)
{
  for (int r = 0; r < (int) zf_form_n_repeats (form); r++)
    {
      ZfFormRepeat *repeat = zf_form_repeat (form, r);
      if (repeat->own && repeat->parent == above)
        json_object_set_array_member (values, repeat->name, rows_below (form, reader, r, owner, seen));
    }
}

static JsonObject *
row_values (ZfForm *form, ZfReader *reader, int r, const ZfRecord *record, JsonObject *seen)
{
  JsonObject *values = json_object_new ();
  json_object_foreach_member (record->fields, copy_member, values);
  json_object_set_string_member (values, "id", record->id);
  json_object_set_boolean_member (values, "stands", TRUE);
  zf_form_note_seen (seen, zf_form_repeat (form, r), record);
  add_rows (form, reader, r, record->id, values, seen);
  return values;
}

static JsonArray *
rows_below (ZfForm *form, ZfReader *reader, int r, const char *owner, JsonObject *seen)
{
  JsonArray *list = json_array_new ();
  g_autoptr (GPtrArray) records = zf_form_rows_of (form, r, reader, owner);
  for (guint i = 0; i < records->len; i++)
    json_array_add_object_element (list, row_values (form, reader, r, records->pdata[i], seen));
  return list;
}

static void
note_record (ZfForm *form, const ZfRecord *record, JsonObject *seen)
{
  for (guint i = 0; i < zf_form_n_items (form); i++)
    {
      const ZfQuestion *question = &zf_form_item (form, i)->question;
      if (question->repeat == NULL && question->field != NULL)
        json_object_set_member (seen, question->name, zf_form_seen_entry (record, question->name));
    }
}

ZfFormEdit *
zf_form_edit_open (ZfForm *form, ZfReader *reader, const char *id, const char *today, gint64 now_ms, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && reader != NULL && id != NULL && today != NULL, NULL);
  g_autoptr (ZfFormEdit) self = edit_new ();
  self->record = zf_reader_get (reader, id, error);
  if (self->record == NULL)
    return NULL;
  g_autoptr (JsonObject) values = json_object_new ();
  self->seen = json_object_new ();
  json_object_foreach_member (self->record->fields, copy_member, values);
  note_record (form, self->record, self->seen);
  add_rows (form, reader, -1, id, values, self->seen);
  self->answers = zf_answers_new_at (form, values, today, now_ms);
  zf_form_prefill_rows (self->answers, reader, self->record->parent, self->seen);
  self->shown = zf_answers_values (self->answers);
  return g_steal_pointer (&self);
}

static gboolean
are_equal (JsonObject *left, JsonObject *right)
{
  g_autoptr (JsonNode) a = json_node_init_object (json_node_alloc (), left);
  g_autoptr (JsonNode) b = json_node_init_object (json_node_alloc (), right);
  return zf_json_equal (a, b);
}

/* Keeping */

/* What was shown, with what makes a draft one of this record. */
static JsonObject *
seen_of_draft (ZfFormEdit *self)
{
  JsonObject *seen = json_object_new ();
  JsonObject *edit = json_object_new ();
  json_object_foreach_member (self->seen, copy_member, seen);
  json_object_set_string_member (edit, "id", self->record->id);
  json_object_set_object_member (edit, "value", json_object_ref (self->shown));
  json_object_set_int_member (edit, "rev", self->record->rev);
  json_object_set_object_member (seen, ZF_DRAFT_EDIT, edit);
  return seen;
}

gboolean
zf_form_edit_keep (ZfFormEdit *self, ZfStore *store, const char *by, GError **error)
{
  g_return_val_if_fail (self != NULL && ZF_IS_STORE (store), FALSE);
  const ZfKind *kind = zf_form_kind (self->answers->form);
  g_autoptr (JsonObject) answers = zf_answers_all (self->answers);
  g_autoptr (JsonObject) seen = seen_of_draft (self);
  if (self->why != NULL)
    json_object_set_string_member (answers, ZF_EDIT_WHY, self->why);
  if (self->draft != NULL)
    return zf_draft_lay (store, self->draft, answers, seen, error);
  g_autoptr (ZfDraft) draft = zf_draft_start (store, zf_kind_name (kind), self->record->id, zf_kind_version (kind), by, answers, seen, error);
  if (draft == NULL || (!are_equal (draft->answers, answers) && !zf_draft_lay (store, draft->id, answers, seen, error)))
    return FALSE;
  self->draft = g_strdup (draft->id);
  return TRUE;
}

/* The record as it was when the edit began: against that it is written, whatever stands there now. */
static void
lay_seen (ZfRecord *record, JsonObject *seen, gint64 rev)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  record->rev = rev;
  json_object_iter_init_ordered (&iter, seen);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonNode *value = entry != NULL && g_str_equal (zf_json_get_string (entry, "id", ""), record->id) ? json_object_get_member (entry, "value") : NULL;
      if (value != NULL && JSON_NODE_HOLDS_NULL (value))
        json_object_remove_member (record->fields, name);
      else if (value != NULL)
        json_object_set_member (record->fields, name, json_node_copy (value));
    }
}

ZfFormEdit *
zf_form_edit_again (ZfForm *form, ZfReader *reader, const ZfDraft *draft, const char *today, gint64 now_ms, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && reader != NULL && draft != NULL && zf_draft_edits (draft) != NULL && today != NULL, NULL);
  g_autoptr (ZfFormEdit) self = edit_new ();
  JsonObject *edit = zf_json_get_object (draft->seen, ZF_DRAFT_EDIT);
  JsonObject *shown = zf_json_get_object (edit, "value");
  self->record = zf_reader_get (reader, zf_draft_edits (draft), error);
  if (self->record == NULL)
    return NULL;
  self->seen = json_object_new ();
  json_object_foreach_member (draft->seen, copy_member, self->seen);
  json_object_remove_member (self->seen, ZF_DRAFT_EDIT);
  lay_seen (self->record, self->seen, zf_json_get_int (edit, "rev", 0));
  self->shown = shown != NULL ? json_object_ref (shown) : json_object_new ();
  self->answers = zf_answers_new_at (form, draft->answers, today, now_ms);
  self->why = g_strdup (zf_json_get_string (draft->answers, ZF_EDIT_WHY, NULL));
  self->draft = g_strdup (draft->id);
  return g_steal_pointer (&self);
}

gboolean
zf_form_edit_differs (ZfFormEdit *self)
{
  g_autoptr (JsonObject) now = zf_answers_values (self->answers);
  return !are_equal (now, self->shown);
}

gboolean
zf_form_edit_corrects (ZfFormEdit *self)
{
  return zf_kind_append_only (zf_form_kind (self->answers->form));
}

/* Why */

gboolean
zf_form_edit_takes_reason (ZfFormEdit *self, ZfKinds *kinds)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return zf_form_edit_differs (self) && (zf_form_edit_corrects (self) || zf_reason_place (kinds, self->record) != NULL);
}

/* What a person can be asked about later: hidden from others, or with its source. */
static gboolean
is_delicate (ZfForm *form, ZfFormItem *item)
{
  const ZfQuestion *question = &item->question;
  g_autofree char *source = g_strconcat (question->name, ZF_SOURCE_SUFFIX, NULL);
  gboolean asked = question->repeat == NULL && question->field != NULL && !question->hidden && item->calculation == NULL;
  return asked && (question->field->sensitive || zf_form_question (form, source) != NULL);
}

gboolean
zf_form_edit_wants_reason (ZfFormEdit *self, ZfKinds *kinds)
{
  if (!zf_form_edit_takes_reason (self, kinds) || zf_form_edit_corrects (self))
    return zf_form_edit_takes_reason (self, kinds);
  ZfForm *form = self->answers->form;
  g_autoptr (JsonObject) values = zf_answers_values (self->answers);
  for (guint i = 0; i < zf_form_n_items (form); i++)
    {
      ZfFormItem *item = zf_form_item (form, i);
      JsonNode *before = json_object_get_member (self->shown, item->question.name);
      if (before != NULL && is_delicate (form, item) && !zf_json_equal (before, json_object_get_member (values, item->question.name)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_reason (ZfFormEdit *self, ZfKinds *kinds, const char *why, GError **error)
{
  g_autofree char *said = g_strstrip (g_strdup (why != NULL ? why : ""));
  if (*said != '\0' || !zf_form_edit_wants_reason (self, kinds))
    return TRUE;
  g_set_error_literal (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, _("Why this is changed was not said. Say why, then finish once more; the answers stay as they are."));
  return FALSE;
}

/* Finishing */

typedef struct
{
  ZfFormEdit *edit;
  ZfForm *form;
  ZfStore *store;
  ZfReader *reader;
  ZfSave *save;
  ZfTargets *made;       /* records that are not there yet */
  JsonObject *values;
  GPtrArray *changed;    /* questions whose answer was changed elsewhere meanwhile */
  JsonNode *none;
} Finish;

static JsonNode *
value_or_none (Finish *self, JsonObject *values, const char *name)
{
  JsonNode *value = values != NULL ? json_object_get_member (values, name) : NULL;
  return value != NULL ? value : self->none;
}

static void
note_changed (Finish *self, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (self->changed, name, g_str_equal, NULL))
    g_ptr_array_add (self->changed, g_strdup (name));
}

static void
write_field (Finish *self, const ZfRecord *now, const ZfQuestion *question)
{
  const ZfRecord *shown = self->edit->record;
  JsonNode *before = value_or_none (self, shown->fields, question->name), *value = value_or_none (self, self->values, question->name);
  JsonNode *current = value_or_none (self, now->fields, question->name);
  /* What is not asked of this record, now as before, nobody took away. */
  gboolean idle = !json_object_has_member (self->edit->shown, question->name) && JSON_NODE_HOLDS_NULL (value);
  if (idle || zf_json_equal (before, value))
    return;
  if (now->del != NULL || (!zf_json_equal (current, before) && !zf_json_equal (current, value)))
    note_changed (self, question->name);
  zf_save_set_seen (self->save, zf_kind_name (zf_form_kind (self->form)), shown->id, question->name, value, before, shown->rev);
}

static gboolean
write_record (Finish *self, GError **error)
{
  g_autoptr (ZfRecord) now = zf_reader_get (self->reader, self->edit->record->id, error);
  if (now == NULL)
    return FALSE;
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      const ZfQuestion *question = &zf_form_item (self->form, i)->question;
      if (question->repeat == NULL && question->field != NULL)
        write_field (self, now, question);
    }
  return TRUE;
}

/* (transfer full) (nullable): what replaced the record meanwhile. */
static ZfRecord *
replacement (Finish *self)
{
  g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (zf_form_kind (self->form)));
  zf_query_column (query, "id");
  zf_query_where (query, "supersedes", ZF_OP_EQ, self->edit->record->id);
  zf_query_page (query, 0, 1);
  g_autoptr (ZfRows) rows = zf_query_run (query, self->reader, NULL);
  return rows != NULL && zf_rows_n (rows) > 0 ? zf_reader_get (self->reader, zf_rows_text (rows, 0, 0), NULL) : NULL;
}

static gboolean
stands (Finish *self)
{
  g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (zf_form_kind (self->form)));
  zf_query_where (query, "id", ZF_OP_EQ, self->edit->record->id);
  return zf_query_count (query, self->reader, NULL) > 0;
}

/* Who corrects what somebody else corrected or took away meanwhile is told what is different there, and where nothing is, what is different here. */
static void
note_replaced (Finish *self)
{
  if (stands (self))
    return;
  g_autoptr (ZfRecord) other = replacement (self);
  JsonObject *before = self->edit->record->fields, *sides[] = { other != NULL ? other->fields : before, self->values };
  for (guint side = 0; self->changed->len == 0 && side < G_N_ELEMENTS (sides); side++)
    for (guint i = 0; i < zf_form_n_items (self->form); i++)
      {
        const ZfQuestion *question = &zf_form_item (self->form, i)->question;
        gboolean own = question->repeat == NULL && question->field != NULL && !question->hidden;
        if (own && !zf_json_equal (value_or_none (self, sides[side], question->name), value_or_none (self, before, question->name)))
          note_changed (self, question->name);
      }
}

static void
write_correction (Finish *self, const char *id, const char *why)
{
  g_autoptr (JsonObject) fields = zf_form_own_fields (self->form, self->values);
  json_object_set_string_member (fields, "supersedes", self->edit->record->id);
  json_object_set_string_member (fields, "why", why);
  zf_save_create (self->save, zf_kind_name (zf_form_kind (self->form)), id, fields);
}

/* What names the record that is corrected, such as a photo, names the correction from now on. */
static void
move_references (Finish *self, const char *id)
{
  const char *kind_name = zf_kind_name (zf_form_kind (self->form));
  g_autoptr (GPtrArray) kinds = zf_kinds_list (zf_store_kinds (self->store));
  g_autoptr (JsonObject) set = json_object_new ();
  for (guint k = 0; k < kinds->len; k++)
    for (guint i = 0; i < zf_kind_n_fields (kinds->pdata[k]); i++)
      {
        const ZfKind *kind = kinds->pdata[k];
        const ZfField *field = zf_kind_field_at (kind, i);
        if (zf_kind_append_only (kind) || !field->column || g_strcmp0 (field->ref_kind, kind_name) != 0 ||
            g_strcmp0 (field->name, zf_kind_parent_field (kind)) == 0)
          continue;
        g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (kind));
        zf_query_column (query, "id");
        zf_query_where (query, field->name, ZF_OP_EQ, self->edit->record->id);
        zf_query_page (query, 0, ZF_MAX_ROWS);
        g_autoptr (ZfRows) rows = zf_query_run (query, self->reader, NULL);
        json_object_set_string_member (set, field->name, id);
        for (guint r = 0; rows != NULL && r < zf_rows_n (rows); r++)
          zf_save_set (self->save, zf_kind_name (kind), zf_rows_text (rows, r, 0), set);
        json_object_remove_member (set, field->name);
      }
}

/* (transfer full) (element-type ZfRecord): of this kind and owner, about a later day than the correction. */
static GPtrArray *
later_records (Finish *self)
{
  const ZfKind *kind = zf_form_kind (self->form);
  const char *field = zf_kind_date_field (kind);
  const ZfField *date = field != NULL ? zf_kind_field (kind, field) : NULL;
  const char *day = date != NULL ? zf_json_get_string (self->values, field, NULL) : NULL;
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_record_free);
  if (day == NULL || !date->column || self->edit->record->parent == NULL || !zf_form_edit_corrects (self->edit))
    return records;
  g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (kind));
  zf_query_column (query, "id");
  zf_query_where (query, "parent", ZF_OP_EQ, self->edit->record->parent);
  zf_query_where (query, "id", ZF_OP_NE, self->edit->record->id);
  zf_query_where (query, field, ZF_OP_GT, day);
  zf_query_page (query, 0, ZF_MAX_ROWS);
  g_autoptr (ZfRows) rows = zf_query_run (query, self->reader, NULL);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      ZfRecord *record = zf_reader_get (self->reader, zf_rows_text (rows, i, 0), NULL);
      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  return records;
}

static gboolean
is_carried (const ZfRecord *record, const char *name)
{
  g_auto (GStrv) names = g_strsplit (zf_record_get_string (record, ZF_CARRIED, ""), " ", -1);
  return g_strv_contains ((const char *const *) names, name);
}

/* Somebody was asked the same on a later day, and it went to the same place: that is what stands there. What is corrected now was true before. */
static gboolean
is_overtaken (Finish *self, GPtrArray *later, const ZfQuestion *question, const ZfTarget *target)
{
  for (guint i = 0; i < later->len; i++)
    {
      const ZfRecord *record = later->pdata[i];
      g_auto (ZfTarget) there = { 0 };
      if (json_object_has_member (record->fields, question->name) && !is_carried (record, question->name) &&
          zf_form_target (self->form, zf_store_kinds (self->store), question, record->parent, record->fields, &there) && g_str_equal (there.id, target->id))
        return TRUE;
    }
  return FALSE;
}

/* An answer that was changed goes where it went before, unless something newer stands there: then a person says so. Where the key was corrected too, all
 * answers are new to the record that it names now. */
static void
pass_on (Finish *self, GPtrArray *later, const ZfQuestion *question, const ZfTarget *target, gboolean same)
{
  JsonNode *before = same ? value_or_none (self, self->edit->record->fields, question->name) : self->none;
  JsonNode *value = value_or_none (self, self->values, question->name);
  g_autoptr (ZfRecord) now = zf_target_load (target, self->reader);
  if (zf_json_equal (before, value) || (now == NULL && target->key == NULL))
    return;
  if (is_overtaken (self, later, question, target))
    {
      g_ptr_array_add (self->edit->overtaken, g_strdup (question->name));
      return;
    }
  JsonNode *current = now != NULL ? value_or_none (self, now->fields, target->field) : value;
  if (!zf_json_equal (current, before) && !zf_json_equal (current, value))
    note_changed (self, question->name);
  zf_targets_write (self->made, target, self->reader, value);
}

static void
pass_all_on (Finish *self)
{
  const ZfRecord *record = self->edit->record;
  ZfKinds *kinds = zf_store_kinds (self->store);
  g_autoptr (GPtrArray) later = later_records (self);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      const ZfQuestion *question = &zf_form_item (self->form, i)->question;
      g_auto (ZfTarget) target = { 0 };
      g_auto (ZfTarget) was = { 0 };
      if (!zf_answers_relevant (self->edit->answers, question->name) ||
          !zf_form_target (self->form, kinds, question, record->parent, self->values, &target))
        continue;
      gboolean same = zf_form_target (self->form, kinds, question, record->parent, record->fields, &was) && g_str_equal (was.id, target.id);
      pass_on (self, later, question, &target, same);
    }
  zf_targets_flush (self->made);
}

/* Rows */

/* Rows of a correction are records of their own; those of other kinds stay what they are. */
static void
renew_rows (Finish *self, JsonObject *values, int above)
{
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    {
      ZfFormRepeat *repeat = zf_form_repeat (self->form, r);
      JsonArray *list = repeat->own && repeat->parent == above ? zf_json_get_array (values, repeat->name) : NULL;
      guint n = list != NULL ? json_array_get_length (list) : 0;
      g_autoptr (GPtrArray) ids = zf_form_new_ids (zf_store_clock (self->store), zf_store_random (self->store), n);
      for (guint i = 0; i < n; i++)
        {
          JsonObject *row = json_array_get_object_element (list, i);
          json_object_set_string_member (row, "id", ids->pdata[i]);
          json_object_remove_member (row, "stands");
          renew_rows (self, row, r);
        }
    }
}

static void
list_ids (Finish *self, JsonObject *values, int above, GHashTable *ids)
{
  for (int r = 0; r < (int) zf_form_n_repeats (self->form); r++)
    {
      ZfFormRepeat *repeat = zf_form_repeat (self->form, r);
      JsonArray *list = repeat->parent == above ? zf_json_get_array (values, repeat->name) : NULL;
      for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
        {
          JsonObject *row = json_array_get_object_element (list, i);
          g_hash_table_add (ids, (gpointer) zf_json_get_string (row, "id", ""));
          list_ids (self, row, r, ids);
        }
    }
}

/* (transfer full) (nullable): of the own row whose answer is at @address, as the draft's `seen` names it; *kind: its kind. */
static char *
own_row (Finish *self, const char *address, const ZfKind **kind)
{
  const char *open = strchr (address, '['), *close = open != NULL ? strchr (open, ']') : NULL;
  g_autofree char *name = close != NULL ? g_strndup (address, (gsize) (open - address)) : NULL;
  int r = name != NULL ? zf_form_repeat_index (self->form, name) : -1;
  if (r < 0 || !zf_form_repeat (self->form, r)->own)
    return NULL;
  *kind = zf_form_repeat (self->form, r)->kind;
  return g_strndup (open + 1, (gsize) (close - open - 1));
}

/* A row is taken out for what it said. */
static void
note_row_changed (Finish *self, const char *address, JsonObject *entry)
{
  g_autoptr (ZfRecord) now = zf_reader_get (self->reader, zf_json_get_string (entry, "id", ""), NULL);
  JsonNode *current = now != NULL ? value_or_none (self, now->fields, zf_json_get_string (entry, "field", "")) : self->none;
  if (now != NULL && now->del == NULL && !zf_json_equal (current, json_object_get_member (entry, "value")))
    note_changed (self, address);
}

/* Own rows that were shown and are not there any more. */
static void
drop_rows (Finish *self, const char *reason)
{
  g_autoptr (GHashTable) stay = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) dropped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonObjectIter iter;
  const char *address;
  JsonNode *entry;
  list_ids (self, self->values, -1, stay);
  json_object_iter_init_ordered (&iter, self->edit->seen);
  while (json_object_iter_next_ordered (&iter, &address, &entry))
    {
      const ZfKind *kind = NULL;
      g_autofree char *id = own_row (self, address, &kind);
      if (id == NULL || g_hash_table_contains (stay, id))
        continue;
      if (!zf_form_edit_corrects (self->edit))
        note_row_changed (self, address, json_node_get_object (entry));
      if (g_hash_table_add (dropped, g_strdup (id)))
        zf_save_delete (self->save, zf_kind_name (kind), id, reason);
    }
}

/* (transfer full): names of the questions that differ, with spaces between. */
static char *
changed_names (Finish *self)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      const ZfQuestion *question = &zf_form_item (self->form, i)->question;
      JsonNode *before = json_object_get_member (self->edit->shown, question->name), *value = json_object_get_member (self->values, question->name);
      if (question->repeat == NULL && question->field != NULL && !zf_json_equal (before, value))
        g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", question->name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* In the same save, so that the two are told together wherever they come. */
static void
write_reason (Finish *self, const char *why)
{
  ZfKinds *kinds = zf_store_kinds (self->store);
  const char *place = why != NULL && *why != '\0' ? zf_reason_place (kinds, self->edit->record) : NULL;
  if (place == NULL)
    return;
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autofree char *names = changed_names (self);
  json_object_set_string_member (fields, zf_kind_parent_field (zf_kinds_get (kinds, ZF_REASON_KIND)), place);
  json_object_set_string_member (fields, "of", self->edit->record->id);
  json_object_set_string_member (fields, "fields", names);
  json_object_set_string_member (fields, "why", why);
  zf_save_create (self->save, ZF_REASON_KIND, NULL, fields);
}

/* Fills the save; the id (transfer full) of the record that stands then. */
static char *
fill_save (Finish *self, const char *why, GError **error)
{
  const char *parent = self->edit->record->parent;
  gboolean corrects = zf_form_edit_corrects (self->edit);
  g_autofree char *id = corrects ? zf_id_new (zf_store_clock (self->store), zf_store_random (self->store)) : g_strdup (self->edit->record->id);
  if (corrects)
    {
      note_replaced (self);
      renew_rows (self, self->values, -1);
      write_correction (self, id, why);
      move_references (self, id);
    }
  else if (!write_record (self, error))
    return NULL;
  else
    write_reason (self, why);
  zf_form_save_rows (self->form, self->store, self->save, self->values, id, parent, self->edit->seen, self->changed);
  drop_rows (self, corrects ? SUPERSEDED : TAKEN_OUT);
  pass_all_on (self);
  return g_steal_pointer (&id);
}

static gboolean
drop_draft (ZfFormEdit *self, ZfStore *store, GError **error)
{
  if (self->draft != NULL && !zf_draft_discard (store, self->draft, error))
    return FALSE;
  g_clear_pointer (&self->draft, g_free);
  return TRUE;
}

char *
zf_form_edit_finish (ZfFormEdit *self, ZfStore *store, const char *why, const char *by, gboolean force, char ***changed_since, GError **error)
{
  g_return_val_if_fail (self != NULL && ZF_IS_STORE (store), NULL);
  if (changed_since != NULL)
    *changed_since = NULL;
  if (!zf_form_edit_differs (self))
    return drop_draft (self, store, error) ? g_strdup (self->record->id) : NULL;
  if (!zf_form_check_answers (self->answers, error) || !check_reason (self, zf_store_kinds (store), why, error))
    return NULL;
  g_ptr_array_set_size (self->overtaken, 0);
  g_autoptr (ZfSave) save = zf_save_new (by != NULL ? by : "", TRUE);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) none = zf_json_null ();
  g_autoptr (ZfTargets) made = zf_targets_new (save);
  g_autoptr (JsonObject) values = zf_answers_values (self->answers);
  Finish finish = { self, self->answers->form, store, zf_store_reader (store), save, made, values, changed, none };
  zf_form_drop_idle_sources (values);
  g_autofree char *id = fill_save (&finish, why, error);
  if (self->draft != NULL)
    zf_save_drop_draft (save, self->draft);
  if (id == NULL || !zf_form_report_changed (changed, force, changed_since, error) || !zf_store_commit (store, save, error))
    return NULL;
  g_clear_pointer (&self->draft, g_free);
  return g_steal_pointer (&id);
}
