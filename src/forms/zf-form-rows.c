/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"
#include "zf-form-rows.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-query.h"

#include <string.h>

/* Rows of repeats from and to records. A repeat of its own makes records below the form's; one of a kind that is there anyway (members of the
 * household) shows those that stand below the form's parent, and writes what was changed of them against what was seen. */

static int
compare_ids (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
zf_form_new_ids (ZfClock *clock, ZfRandom *random, guint n)
{
  GPtrArray *ids = g_ptr_array_new_full (n, g_free);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (ids, zf_id_new (clock, random));
  g_ptr_array_sort (ids, compare_ids);
  return ids;
}

/* Prefill */

void
zf_form_note_seen (JsonObject *seen, ZfFormRepeat *repeat, const ZfRecord *record)
{
  for (guint i = 0; i < zf_kind_n_fields (repeat->kind); i++)
    {
      const char *field = zf_kind_field_at (repeat->kind, i)->name;
      g_autofree char *address = g_strdup_printf ("%s[%s].%s", repeat->name, record->id, field);
      json_object_set_member (seen, address, zf_form_seen_entry (record, field));
    }
}

static void
add_standing (ZfAnswers *answers, int r, const ZfRecord *record)
{
  ZfAnswerRow *row = zf_answer_row_new (answers, answers->root, r, record->id);
  row->stands = TRUE;
  zf_answer_row_take (answers, row, record->fields);
  zf_answers_compute_row (answers, row, FALSE);
}

GPtrArray *
zf_form_rows_of (ZfForm *form, int r, ZfReader *reader, const char *owner)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_record_free);
  ZfFormRepeat *repeat = zf_form_repeat (form, r);
  g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (repeat->kind));
  zf_query_column (query, "id");
  zf_query_where (query, "parent", ZF_OP_EQ, owner);
  zf_query_order (query, "id", FALSE);
  zf_query_page (query, 0, ZF_MAX_ROWS);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = zf_query_run (query, reader, &error);
  if (rows == NULL)
    g_warning ("the records of repeat %s cannot be read: %s", repeat->name, error->message);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      ZfRecord *record = zf_reader_get (reader, zf_rows_text (rows, i, 0), NULL);
      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  return records;
}

static void
prefill_repeat (ZfAnswers *answers, int r, ZfReader *reader, const char *parent, JsonObject *seen)
{
  g_autoptr (GPtrArray) records = zf_form_rows_of (answers->form, r, reader, parent);
  for (guint i = 0; i < records->len; i++)
    {
      add_standing (answers, r, records->pdata[i]);
      zf_form_note_seen (seen, zf_form_repeat (answers->form, r), records->pdata[i]);
    }
  zf_answers_rows_changed (answers, answers->root, r);
}

void
zf_form_prefill_rows (ZfAnswers *answers, ZfReader *reader, const char *parent, JsonObject *seen)
{
  for (int r = 0; parent != NULL && r < (int) zf_form_n_repeats (answers->form); r++)
    {
      ZfFormRepeat *repeat = zf_form_repeat (answers->form, r);
      if (!repeat->own && repeat->parent < 0)
        prefill_repeat (answers, r, reader, parent, seen);
    }
}

/* Finish */

typedef struct
{
  ZfForm *form;
  ZfStore *store;
  ZfSave *save;
  JsonObject *seen;      /* (nullable) */
  const char *parent;    /* (nullable) of the form's record */
  GPtrArray *changed;    /* addresses of what changed elsewhere since it was shown */
} Rows;

static JsonObject *
fields_of_row (Rows *rows, int r, JsonObject *values)
{
  JsonObject *fields = json_object_new ();
  for (guint i = 0; i < zf_form_n_items (rows->form); i++)
    {
      ZfFormItem *item = zf_form_item (rows->form, i);
      JsonNode *value = item->repeat == r && item->question.field != NULL ? json_object_get_member (values, item->question.name) : NULL;
      if (value != NULL)
        json_object_set_member (fields, item->question.name, json_node_copy (value));
    }
  return fields;
}

static void
create_row (Rows *rows, int r, JsonObject *values, const char *owner)
{
  ZfFormRepeat *repeat = zf_form_repeat (rows->form, r);
  g_autoptr (JsonObject) fields = fields_of_row (rows, r, values);
  const ZfKind *kind = repeat->own ? repeat->kind : zf_kinds_get (zf_store_kinds (rows->store), zf_kind_name (repeat->kind));
  const char *field = kind != NULL ? zf_kind_parent_field (kind) : NULL;
  if (field != NULL && owner != NULL)
    json_object_set_string_member (fields, field, owner);
  zf_save_create (rows->save, zf_kind_name (repeat->kind), zf_json_get_string (values, "id", NULL), fields);
}

static void
note_changed (Rows *rows, const ZfRecord *now, const char *name, const char *address, JsonNode *before, JsonNode *value)
{
  JsonNode *current = now != NULL ? json_object_get_member (now->fields, name) : NULL;
  gboolean ended = now == NULL || now->del != NULL;
  if (ended || (!zf_json_equal (current, before) && !zf_json_equal (current, value)))
    g_ptr_array_add (rows->changed, g_strdup (address));
}

/* What was answered of a record that stands, against what its author saw. */
static void
change_row (Rows *rows, int r, JsonObject *values)
{
  ZfFormRepeat *repeat = zf_form_repeat (rows->form, r);
  const char *id = zf_json_get_string (values, "id", "");
  g_autoptr (JsonNode) none = zf_json_null ();
  g_autoptr (ZfRecord) now = NULL;
  for (guint i = 0; i < zf_form_n_items (rows->form); i++)
    {
      ZfFormItem *item = zf_form_item (rows->form, i);
      const char *name = item->question.name;
      g_autofree char *address = g_strdup_printf ("%s[%s].%s", repeat->name, id, name);
      JsonObject *seen = rows->seen != NULL ? zf_json_get_object (rows->seen, address) : NULL;
      JsonNode *value = json_object_get_member (values, name);
      JsonNode *before = seen != NULL ? json_object_get_member (seen, "value") : NULL;
      if (item->repeat != r || item->question.field == NULL || zf_json_equal (value, before))
        continue;
      if (now == NULL)
        now = zf_reader_get (zf_store_reader (rows->store), id, NULL);
      note_changed (rows, now, name, address, before, value);
      zf_save_set_seen (rows->save, zf_kind_name (repeat->kind), id, name, value != NULL ? value : none, before != NULL ? before : none,
                        seen != NULL ? zf_json_get_int (seen, "rev", 0) : 0);
    }
}

static void save_level (Rows *rows, JsonObject *values, int above, const char *owner);

static void
save_row (Rows *rows, int r, JsonObject *values, const char *owner)
{
  if (zf_json_get_bool (values, "stands", FALSE))
    change_row (rows, r, values);
  else
    create_row (rows, r, values, owner);
  save_level (rows, values, r, zf_json_get_string (values, "id", NULL));
}

/* The rows of all repeats right below @above, in a record @owner. */
static void
save_level (Rows *rows, JsonObject *values, int above, const char *owner)
{
  for (int r = 0; r < (int) zf_form_n_repeats (rows->form); r++)
    {
      ZfFormRepeat *repeat = zf_form_repeat (rows->form, r);
      JsonArray *list = repeat->parent == above ? zf_json_get_array (values, repeat->name) : NULL;
      for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
        save_row (rows, r, json_array_get_object_element (list, i), repeat->own ? owner : rows->parent);
    }
}

void
zf_form_save_rows (ZfForm *form, ZfStore *store, ZfSave *save, JsonObject *values, const char *id, const char *parent, JsonObject *seen, GPtrArray *changed)
{
  Rows rows = { form, store, save, seen, parent, changed };
  save_level (&rows, values, -1, id);
}

JsonObject *
zf_form_own_fields (ZfForm *form, JsonObject *values)
{
  JsonObject *fields = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  json_object_iter_init_ordered (&iter, values);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (zf_form_repeat_index (form, name) < 0)
      json_object_set_member (fields, name, json_node_ref (value));
  return fields;
}
