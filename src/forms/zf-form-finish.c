/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-answers-private.h"
#include "zf-error.h"
#include "zf-form-rows.h"
#include "zf-form-target.h"
#include "zf-json.h"
#include "zf-query.h"

#include <glib/gi18n.h>
#include <string.h>

/* From a draft to records: prefill, finish, put. Everything that one finishing writes is one ZfSave. */

/* Prefill */

JsonNode *
zf_form_seen_entry (const ZfRecord *record, const char *field)
{
  JsonNode *value = json_object_get_member (record->fields, field);
  JsonObject *entry = json_object_new ();
  json_object_set_string_member (entry, "id", record->id);
  json_object_set_string_member (entry, "field", field);
  json_object_set_member (entry, "value", value != NULL ? json_node_copy (value) : zf_json_null ());
  json_object_set_int_member (entry, "rev", record->rev);
  JsonNode *node = json_node_alloc ();
  json_node_init_object (node, entry);
  json_object_unref (entry);
  return node;
}

static void
prefill_from (ZfAnswers *answers, JsonObject *seen, const ZfQuestion *question, const ZfRecord *record, const char *field)
{
  JsonNode *value = json_object_get_member (record->fields, field);
  if (value != NULL && !zf_answers_lay (answers, question->name, value, NULL))
    return;
  json_object_set_member (seen, question->name, zf_form_seen_entry (record, field));
}

static gboolean
asks_last_record (ZfForm *form)
{
  for (guint i = 0; i < zf_form_n_items (form); i++)
    if (zf_form_item (form, i)->last_saved != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_column (const ZfKind *kind, const char *name)
{
  const ZfField *field = name != NULL ? zf_kind_field (kind, name) : NULL;
  return field != NULL && field->column;
}

/* (nullable) (transfer full): the newest head of this kind under @parent. */
static ZfRecord *
last_record (ZfForm *form, ZfReader *reader, const char *parent)
{
  const ZfKind *kind = zf_form_kind (form);
  g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (kind));
  zf_query_column (query, "id");
  if (parent != NULL)
    zf_query_where (query, "parent", ZF_OP_EQ, parent);
  if (is_column (kind, zf_kind_date_field (kind)))
    zf_query_order (query, zf_kind_date_field (kind), TRUE);
  zf_query_order (query, "id", TRUE);
  zf_query_page (query, 0, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = zf_query_run (query, reader, &error);
  if (rows == NULL)
    g_warning ("the last %s cannot be read: %s", zf_kind_name (kind), error->message);
  if (rows == NULL || zf_rows_n (rows) == 0)
    return NULL;
  return zf_reader_get (reader, zf_rows_text (rows, 0, 0), NULL);
}

static void
prefill_last (ZfForm *form, ZfReader *reader, const char *parent, ZfAnswers *answers, JsonObject *seen)
{
  g_autoptr (ZfRecord) last = asks_last_record (form) ? last_record (form, reader, parent) : NULL;
  for (guint i = 0; last != NULL && i < zf_form_n_items (form); i++)
    {
      ZfFormItem *item = zf_form_item (form, i);
      gboolean carries = item->last_saved != NULL && item->question.field != NULL && !json_object_has_member (seen, item->question.name);
      if (carries && json_object_has_member (last->fields, item->last_saved))
        prefill_from (answers, seen, &item->question, last, item->last_saved);
    }
}

void
zf_form_prefill (ZfForm *form, ZfReader *reader, const char *parent, const char *today, gint64 now_ms, JsonObject **answers, JsonObject **seen)
{
  g_return_if_fail (ZF_IS_FORM (form) && reader != NULL && today != NULL);
  g_autoptr (ZfAnswers) filled = zf_answers_new_at (form, NULL, today, now_ms);
  *seen = json_object_new ();
  prefill_last (form, reader, parent, filled, *seen);
  zf_form_prefill_targets (filled, reader, parent, *seen);
  zf_form_prefill_rows (filled, reader, parent, *seen);
  *answers = zf_answers_values (filled);
}

/* Finish */

static JsonNode *
given_or_null (JsonObject *values, const char *name, JsonNode *none)
{
  JsonNode *value = json_object_get_member (values, name);
  return value != NULL ? value : none;
}

typedef struct
{
  ZfForm *form;
  ZfReader *reader;
  ZfDraft *draft;
  JsonObject *values;   /* relevant answers */
  ZfSave *save;
  ZfTargets *made;      /* records that are not there yet */
  GPtrArray *changed;   /* names of save_to questions whose target is no longer what was seen */
  JsonNode *none;
} Finish;

/* One save_to answer: against what its author saw, never against what stands there now. What was never seen counts as empty at
 * revision 0, so the county keeps both values instead of losing one. */
static void
finish_target (Finish *self, const ZfQuestion *question, const ZfTarget *target)
{
  JsonObject *seen = self->draft->seen != NULL ? zf_json_get_object (self->draft->seen, question->name) : NULL;
  gboolean shown = seen != NULL && g_strcmp0 (zf_json_get_string (seen, "id", NULL), target->id) == 0;
  JsonNode *seen_value = shown ? given_or_null (seen, "value", self->none) : self->none;
  JsonNode *value = given_or_null (self->values, question->name, self->none);
  g_autoptr (ZfRecord) now = zf_target_load (target, self->reader);
  JsonNode *current = now != NULL ? given_or_null (now->fields, target->field, self->none) : self->none;
  if (!shown && JSON_NODE_HOLDS_NULL (value))
    return;
  if (now == NULL && target->key != NULL)
    {
      if (!JSON_NODE_HOLDS_NULL (value))
        zf_targets_make (self->made, target, value);
      return;
    }
  if (!zf_json_equal (current, seen_value) && !zf_json_equal (current, value))
    g_ptr_array_add (self->changed, g_strdup (question->name));
  if (!zf_json_equal (value, seen_value))
    zf_save_set_seen (self->save, zf_kind_name (target->kind), target->id, target->field, value, seen_value, shown ? zf_json_get_int (seen, "rev", 0) : 0);
}

/* What is written down only now about an earlier day does not undo what was said since. */
static gboolean
is_overtaken (Finish *self)
{
  const ZfKind *kind = zf_form_kind (self->form);
  const char *field = zf_kind_date_field (kind);
  g_autoptr (ZfRecord) last = is_column (kind, field) ? last_record (self->form, self->reader, self->draft->parent) : NULL;
  const char *day = field != NULL ? zf_json_get_string (self->values, field, NULL) : NULL;
  const char *newest = last != NULL ? zf_record_get_string (last, field, NULL) : NULL;
  return day != NULL && newest != NULL && strcmp (day, newest) < 0;
}

static void
finish_targets (Finish *self, ZfAnswers *answers)
{
  if (is_overtaken (self))
    return;
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      const ZfQuestion *question = &zf_form_item (self->form, i)->question;
      g_auto (ZfTarget) target = { 0 };
      if (zf_answers_relevant (answers, question->name) &&
          zf_form_target (self->form, zf_reader_kinds (self->reader), question, self->draft->parent, self->values, &target))
        finish_target (self, question, &target);
    }
  zf_targets_flush (self->made);
}

/* The name of the question is the form's, not the family's: it may stand in an error. */
static gboolean
problem_error (ZfForm *form, const char *name, const char *problem, GError **error)
{
  const ZfQuestion *question = zf_form_question (form, name);
  const char *label = question != NULL && question->field != NULL ? zf_row_text (question->field->plain, "label", "en") : NULL;
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, "%s (%s): %s", label != NULL ? label : name, name, problem);
  return FALSE;
}

gboolean
zf_form_check_answers (ZfAnswers *answers, GError **error)
{
  g_autoptr (GPtrArray) names = zf_answers_problems (answers);
  if (names->len == 0)
    return TRUE;
  const char *name = g_ptr_array_index (names, 0);
  g_autofree char *problem = zf_answers_problem (answers, name, "en");
  return problem_error (zf_answers_form (answers), name, problem, error);
}

gboolean
zf_form_report_changed (GPtrArray *changed, gboolean force, char ***changed_since, GError **error)
{
  guint n = changed->len;
  if (changed_since != NULL)
    {
      g_ptr_array_add (changed, NULL);
      *changed_since = g_strdupv ((char **) changed->pdata);
    }
  if (n == 0 || force)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_CONFLICT, ngettext ("%u answer changed elsewhere since this form was opened.", "%u answers changed elsewhere since this form was opened.", n), n);
  return FALSE;
}

static void
set_parent (ZfForm *form, JsonObject *values, const char *parent)
{
  const char *field = zf_kind_parent_field (zf_form_kind (form));
  if (field != NULL && parent != NULL)
    json_object_set_string_member (values, field, parent);
}

/* What is written with a form is read with it, whatever the county publishes later. */
static void
set_version (ZfForm *form, ZfStore *store, JsonObject *values)
{
  const ZfKind *now = zf_kinds_get (zf_store_kinds (store), zf_kind_name (zf_form_kind (form)));
  if (now != NULL && zf_kind_field (now, ZF_FORM_VERSION) != NULL)
    json_object_set_string_member (values, ZF_FORM_VERSION, zf_kind_version (zf_form_kind (form)));
}

/* The first edit of the save is the record itself. */
static char *
commit (ZfStore *store, ZfSave *save, GError **error)
{
  if (!zf_store_commit (store, save, error))
    return NULL;
  return g_strdup (zf_save_result_id (save, 0));
}

/* A question of type "end" answers itself now. */
static gboolean
lay_end (ZfForm *form, ZfAnswers *answers, ZfStore *store, GError **error)
{
  g_autoptr (JsonNode) now = zf_json_int (zf_clock_now_ms (zf_store_clock (store)));
  for (guint i = 0; i < zf_form_n_items (form); i++)
    {
      const ZfQuestion *question = &zf_form_item (form, i)->question;
      gboolean end = g_str_equal (zf_json_get_string (question->row, "type", ""), "end");
      if (end && question->repeat == NULL && !zf_answers_lay (answers, question->name, now, error))
        return FALSE;
    }
  return TRUE;
}

static void
drop_idle_in_row (JsonArray *rows, guint i, JsonNode *row, gpointer data)
{
  if (JSON_NODE_HOLDS_OBJECT (row))
    zf_form_drop_idle_sources (json_node_get_object (row));
}

void
zf_form_drop_idle_sources (JsonObject *values)
{
  g_autoptr (GList) names = json_object_get_members (values);
  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *name = l->data;
      gboolean source = g_str_has_suffix (name, ZF_SOURCE_SUFFIX);
      g_autofree char *answer = source ? g_strndup (name, strlen (name) - strlen (ZF_SOURCE_SUFFIX)) : NULL;
      JsonNode *node = json_object_get_member (values, name);
      if (JSON_NODE_HOLDS_ARRAY (node))
        json_array_foreach_element (json_node_get_array (node), drop_idle_in_row, NULL);
      if (source && !json_object_has_member (values, answer))
        json_object_remove_member (values, name);
    }
}

char *
zf_form_finish (ZfForm *form, ZfStore *store, ZfDraft *draft, const char *today, gboolean force, char ***changed_since, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && ZF_IS_STORE (store) && draft != NULL, NULL);
  if (changed_since != NULL)
    *changed_since = NULL;
  g_autoptr (ZfAnswers) answers = zf_answers_new_at (form, draft->answers, today, zf_clock_now_ms (zf_store_clock (store)));
  if (!lay_end (form, answers, store, error) || !zf_form_check_answers (answers, error))
    return NULL;
  g_autoptr (JsonObject) values = zf_answers_values (answers);
  zf_form_drop_idle_sources (values);
  g_autoptr (ZfSave) save = zf_save_new (draft->by, TRUE);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) none = zf_json_null ();
  g_autoptr (ZfTargets) made = zf_targets_new (save);
  Finish finish = { form, zf_store_reader (store), draft, values, save, made, changed, none };
  set_parent (form, values, draft->parent);
  set_version (form, store, values);
  g_autoptr (JsonObject) fields = zf_form_own_fields (form, values);
  g_autofree char *keyed = zf_kind_key (zf_form_kind (form)) != NULL ? zf_kind_make_id (zf_form_kind (form), fields) : NULL;
  /* The draft's own id where no key makes one: photos taken while filling already name their visit, and no retry makes a second one. */
  zf_save_create (save, zf_kind_name (zf_form_kind (form)), zf_kind_key (zf_form_kind (form)) == NULL ? draft->id : NULL, fields);
  zf_form_save_rows (form, store, save, values, keyed != NULL ? keyed : draft->id, draft->parent, draft->seen, changed);
  finish_targets (&finish, answers);
  zf_save_drop_draft (save, draft->id);
  if (!zf_form_report_changed (changed, force, changed_since, error))
    return NULL;
  return commit (store, save, error);
}
