/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-target.h"

#include "zf-answers-private.h"
#include "zf-form-rows.h"
#include "zf-json.h"

#include <string.h>

/* Enter once: what a form asks and another record also holds. */

void
zf_target_clear (ZfTarget *target)
{
  g_clear_pointer (&target->id, g_free);
  g_clear_pointer (&target->key, json_object_unref);
}

/* What a question brings with it: the part of its name behind the question's own. */
static const char *const companions[] = { ZF_SOURCE_SUFFIX, ZF_WHY_SUFFIX };

/* The question whose save_to counts for @question: its own, or that of the question it accompanies; *suffix is added to the field then. */
static const ZfQuestion *
leader (ZfForm *form, const ZfQuestion *question, const char **suffix)
{
  *suffix = "";
  for (guint i = 0; question->save_to_field == NULL && i < G_N_ELEMENTS (companions); i++)
    if (g_str_has_suffix (question->name, companions[i]))
      {
        g_autofree char *name = g_strndup (question->name, strlen (question->name) - strlen (companions[i]));
        *suffix = companions[i];
        return zf_form_question (form, name);
      }
  return question;
}

/* The record that one of this form's own fields names. */
static const char *
referred (ZfForm *form, JsonObject *values, const char *kind)
{
  for (guint i = 0; i < zf_kind_n_fields (zf_form_kind (form)); i++)
    {
      const ZfField *field = zf_kind_field_at (zf_form_kind (form), i);
      if (g_strcmp0 (field->ref_kind, kind) == 0)
        return zf_json_get_string (values, field->name, NULL);
    }
  return NULL;
}

/* The form answers the rest of the key under the same names. */
static gboolean
is_keyed (ZfForm *form, const ZfKind *kind)
{
  const char *const *key = zf_kind_key (kind);
  if (key == NULL || zf_kind_parent_kind (kind) == NULL || g_strcmp0 (zf_kind_parent_kind (kind), zf_kind_parent_kind (zf_form_kind (form))) != 0)
    return FALSE;
  for (guint i = 0; key[i] != NULL; i++)
    if (!g_str_equal (key[i], zf_kind_parent_field (kind)) && zf_kind_field (zf_form_kind (form), key[i]) == NULL)
      return FALSE;
  return TRUE;
}

static JsonObject *
key_fields (const ZfKind *kind, const char *parent, JsonObject *values)
{
  const char *const *key = zf_kind_key (kind);
  JsonObject *fields = json_object_new ();
  for (guint i = 0; key[i] != NULL; i++)
    {
      JsonNode *value = json_object_get_member (values, key[i]);
      if (!g_str_equal (key[i], zf_kind_parent_field (kind)) && value != NULL)
        json_object_set_member (fields, key[i], json_node_copy (value));
    }
  json_object_set_string_member (fields, zf_kind_parent_field (kind), parent);
  return fields;
}

static char *
find_record (ZfForm *form, const ZfKind *kind, const char *parent, JsonObject *values, JsonObject **key)
{
  if (g_strcmp0 (zf_kind_name (kind), zf_kind_parent_kind (zf_form_kind (form))) == 0)
    return g_strdup (parent);
  if (!is_keyed (form, kind))
    return g_strdup (referred (form, values, zf_kind_name (kind)));
  if (parent == NULL)
    return NULL;
  *key = key_fields (kind, parent, values);
  return zf_kind_make_id (kind, *key);
}

gboolean
zf_form_target (ZfForm *form, ZfKinds *kinds, const ZfQuestion *question, const char *parent, JsonObject *values, ZfTarget *target)
{
  const char *suffix, *owner = zf_kind_parent_kind (zf_form_kind (form));
  const ZfQuestion *of = question->field != NULL ? leader (form, question, &suffix) : NULL;
  *target = (ZfTarget) { 0 };
  if (of == NULL || of->save_to_field == NULL || of->repeat != NULL || (of->save_to_kind == NULL && owner == NULL))
    return FALSE;
  target->kind = zf_kinds_get (kinds, of->save_to_kind != NULL ? of->save_to_kind : owner);
  g_autofree char *name = g_strconcat (of->save_to_field, suffix, NULL);
  const ZfField *field = target->kind != NULL ? zf_kind_field (target->kind, name) : NULL;
  if (field == NULL)
    return FALSE;
  target->field = field->name;
  target->id = find_record (form, target->kind, parent, values, &target->key);
  return target->id != NULL;
}

ZfRecord *
zf_target_load (const ZfTarget *target, ZfReader *reader)
{
  g_autoptr (ZfRecord) record = zf_reader_get (reader, target->id, NULL);
  /* A keyed record that was ended is made again; of any other kind it is still the one that is meant. */
  return record != NULL && (target->key == NULL || record->del == NULL) ? g_steal_pointer (&record) : NULL;
}

/* Prefill */

/* Of a record that is not there yet, nothing was shown. */
static JsonNode *
nothing_seen (const ZfTarget *target)
{
  g_autoptr (JsonObject) empty = json_object_new ();
  ZfRecord none = { .id = target->id, .fields = empty };
  return zf_form_seen_entry (&none, target->field);
}

/* What is computed here is compared with what stands there, not overwritten by it. */
static gboolean
is_computed (const ZfFormItem *item)
{
  return item->calculation != NULL && (item->question.klass == ZF_QUESTION_CALCULATE || item->question.read_only);
}

static JsonNode *
entry_for (const ZfTarget *target, const ZfRecord *record)
{
  return record != NULL ? zf_form_seen_entry (record, target->field) : nothing_seen (target);
}

static void
prefill (ZfAnswers *answers, JsonObject *seen, const ZfFormItem *item, const ZfTarget *target, ZfReader *reader)
{
  g_autoptr (ZfRecord) record = zf_target_load (target, reader);
  JsonNode *value = record != NULL ? json_object_get_member (record->fields, target->field) : NULL;
  if (value != NULL && !is_computed (item) && !zf_answers_lay (answers, item->question.name, value, NULL))
    return;
  if (record != NULL || target->key != NULL)
    json_object_set_member (seen, item->question.name, entry_for (target, record));
}

/* The key names another record now. */
static void
follow (ZfAnswers *answers, JsonObject *seen, const ZfFormItem *item, const ZfTarget *target, ZfReader *reader, GPtrArray *laid)
{
  const char *name = item->question.name;
  JsonObject *before = zf_json_get_object (seen, name);
  if (target->key == NULL || (before != NULL && g_strcmp0 (zf_json_get_string (before, "id", NULL), target->id) == 0))
    return;
  g_autoptr (ZfRecord) record = zf_target_load (target, reader);
  g_autoptr (JsonNode) none = zf_json_null ();
  JsonNode *value = record != NULL ? json_object_get_member (record->fields, target->field) : NULL;
  gboolean untouched = zf_json_equal (before != NULL ? json_object_get_member (before, "value") : NULL, zf_answers_get (answers, name));
  if (untouched && !is_computed (item) && !zf_answers_lay (answers, name, value != NULL ? value : none, NULL))
    return;
  json_object_set_member (seen, name, entry_for (target, record));
  if (untouched)
    g_ptr_array_add (laid, g_strdup (name));
}

void
zf_form_prefill_targets (ZfAnswers *answers, ZfReader *reader, const char *parent, JsonObject *seen)
{
  g_autoptr (JsonObject) values = zf_answers_values (answers);
  for (guint i = 0; i < zf_form_n_items (answers->form); i++)
    {
      g_auto (ZfTarget) target = { 0 };
      ZfFormItem *item = zf_form_item (answers->form, i);
      if (zf_form_target (answers->form, zf_reader_kinds (reader), &item->question, parent, values, &target))
        prefill (answers, seen, item, &target, reader);
    }
}

/* @name is part of a key that says where answers go. */
static gboolean
is_key (ZfAnswers *answers, ZfKinds *kinds, const char *name)
{
  for (guint i = 0; i < zf_form_n_items (answers->form); i++)
    {
      const char *kind_name = zf_form_item (answers->form, i)->question.save_to_kind;
      const ZfKind *kind = kind_name != NULL ? zf_kinds_get (kinds, kind_name) : NULL;
      if (kind != NULL && is_keyed (answers->form, kind) && g_strv_contains (zf_kind_key (kind), name))
        return TRUE;
    }
  return FALSE;
}

GPtrArray *
zf_form_follow_key (ZfAnswers *answers, ZfReader *reader, const char *parent, const char *name, JsonObject *seen)
{
  g_return_val_if_fail (ZF_IS_ANSWERS (answers) && reader != NULL && name != NULL && seen != NULL, NULL);
  ZfKinds *kinds = zf_reader_kinds (reader);
  if (!is_key (answers, kinds, name))
    return NULL;
  GPtrArray *laid = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonObject) values = zf_answers_values (answers);
  for (guint i = 0; i < zf_form_n_items (answers->form); i++)
    {
      g_auto (ZfTarget) target = { 0 };
      ZfFormItem *item = zf_form_item (answers->form, i);
      if (zf_form_target (answers->form, kinds, &item->question, parent, values, &target))
        follow (answers, seen, item, &target, reader, laid);
    }
  return laid;
}

/* Records to make */

struct _ZfTargets
{
  ZfSave *save;
  GPtrArray *order;     /* ids */
  GHashTable *records;  /* id → fields */
  GHashTable *kinds;    /* id → ZfKind */
};

ZfTargets *
zf_targets_new (ZfSave *save)
{
  ZfTargets *self = g_new0 (ZfTargets, 1);
  self->save = save;
  self->order = g_ptr_array_new ();
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_unref);
  self->kinds = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
zf_targets_free (ZfTargets *self)
{
  g_ptr_array_unref (self->order);
  g_hash_table_unref (self->kinds);
  g_hash_table_unref (self->records);
  g_free (self);
}

void
zf_targets_make (ZfTargets *self, const ZfTarget *target, JsonNode *value)
{
  JsonObject *fields = g_hash_table_lookup (self->records, target->id);
  g_return_if_fail (target->key != NULL && value != NULL);
  if (fields == NULL)
    {
      char *id = g_strdup (target->id);
      fields = json_object_ref (target->key);
      g_hash_table_insert (self->records, id, fields);
      g_hash_table_insert (self->kinds, id, (gpointer) target->kind);
      g_ptr_array_add (self->order, id);
    }
  json_object_set_member (fields, target->field, json_node_copy (value));
}

void
zf_targets_write (ZfTargets *self, const ZfTarget *target, ZfReader *reader, JsonNode *value)
{
  g_autoptr (ZfRecord) record = zf_target_load (target, reader);
  g_autoptr (JsonObject) fields = json_object_new ();
  json_object_set_member (fields, target->field, json_node_copy (value));
  if (record != NULL || target->key == NULL)
    zf_save_set (self->save, zf_kind_name (target->kind), target->id, fields);
  else if (!JSON_NODE_HOLDS_NULL (value))
    zf_targets_make (self, target, value);
}

void
zf_targets_flush (ZfTargets *self)
{
  for (guint i = 0; i < self->order->len; i++)
    {
      const char *id = self->order->pdata[i];
      zf_save_create (self->save, zf_kind_name (g_hash_table_lookup (self->kinds, id)), id, g_hash_table_lookup (self->records, id));
    }
}
