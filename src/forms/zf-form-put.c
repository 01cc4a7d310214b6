/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-error.h"
#include "zf-form-target.h"
#include "zf-json.h"

/* One line of `zoufangctl put`: some fields of one record, checked as on the screen. What was not given is left alone, also when it is
 * required or an old value breaks a rule: refusing a new position because of an old phone number would help nobody. */
typedef struct
{
  ZfForm *form;
  ZfStore *store;
  JsonObject *set;          /* as given, checked and normalised */
  JsonObject *before;       /* fields of the record, or of the one that it corrects; empty for a new one */
  ZfAnswers *answers;
  const char *parent;
  gboolean fresh;
} Put;

static void
put_clear (Put *self)
{
  g_clear_pointer (&self->set, json_object_unref);
  g_clear_pointer (&self->before, json_object_unref);
  g_clear_object (&self->answers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Put, put_clear)

static const ZfKind *
kind_of (Put *self)
{
  return zf_form_kind (self->form);
}

static gboolean
refuse (Put *self, const char *name, const char *why, GError **error)
{
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, "%s, field %s: %s", zf_kind_name (kind_of (self)), name, why);
  return FALSE;
}

static gboolean
normalise (Put *self, JsonObject *set, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  json_object_iter_init_ordered (&iter, set);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      const ZfField *field = zf_kind_field (kind_of (self), name);
      if (field == NULL)
        return refuse (self, name, "there is no such field", error);
      JsonNode *checked = zf_kind_check_value (kind_of (self), field, value, error);
      if (checked == NULL)
        return FALSE;
      json_object_set_member (self->set, name, checked);
    }
  const char *parent_field = zf_kind_parent_field (kind_of (self));
  if (self->parent != NULL && parent_field != NULL)
    json_object_set_string_member (self->set, parent_field, self->parent);
  return TRUE;
}

static gboolean
load_fields (Put *self, const char *id, gboolean *found, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_reader_get (zf_store_reader (self->store), id, &local);
  *found = record != NULL;
  if (record != NULL)
    {
      json_object_unref (self->before);
      self->before = json_object_ref (record->fields);
    }
  else if (!g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

/* A new record with an id of its own is as good as one without; a correction is measured against what it corrects. */
static gboolean
load_before (Put *self, const char *id, GError **error)
{
  gboolean found = FALSE;
  if (id != NULL && !load_fields (self, id, &found, error))
    return FALSE;
  self->fresh = !found;
  const char *supersedes = zf_json_get_string (self->set, "supersedes", NULL);
  return found || supersedes == NULL || load_fields (self, supersedes, &found, error);
}

static gboolean
is_calculated (const ZfFormItem *item)
{
  return item->calculation != NULL && (item->question.klass == ZF_QUESTION_CALCULATE || item->question.read_only);
}

/* Its answer may come of other answers. */
static gboolean
is_set_by_others (const ZfFormItem *item)
{
  return item->calculation != NULL || item->triggered;
}

/* Set twice: a calculation that people may overwrite must not undo the given value when a later field triggers it. */
static gboolean
answer_all (Put *self, GError **error)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < zf_form_n_items (self->form); i++)
      {
        ZfFormItem *item = zf_form_item (self->form, i);
        JsonNode *value = json_object_get_member (self->set, item->question.name);
        if (value == NULL || is_calculated (item) || (pass == 1 && !is_set_by_others (item)))
          continue;
        if (!zf_answers_set (self->answers, item->question.name, value, error))
          return FALSE;
      }
  return TRUE;
}

static void
overlay (JsonObject *object, const char *name, JsonNode *value, gpointer data)
{
  json_object_set_member (data, name, json_node_copy (value));
}

static gboolean
build_answers (Put *self, GError **error)
{
  g_autoptr (JsonObject) start = json_object_new ();
  g_autofree char *today = zf_clock_today (zf_store_clock (self->store));
  if (!self->fresh)
    json_object_foreach_member (self->before, overlay, start);
  for (guint i = 0; i < zf_kind_n_fields (kind_of (self)); i++)
    {
      const char *name = zf_kind_field_at (kind_of (self), i)->name;
      JsonNode *value = json_object_get_member (self->set, name);
      if (value != NULL && zf_form_index (self->form, name) < 0)
        json_object_set_member (start, name, json_node_copy (value));
    }
  self->answers = zf_answers_new (self->form, start, today);
  zf_answers_set_now (self->answers, zf_clock_now_ms (zf_store_clock (self->store)));
  return answer_all (self, error);
}

/* Does this line concern the rule of @item? */
static gboolean
concerns (Put *self, const ZfFormItem *item)
{
  if (self->fresh || json_object_has_member (self->set, item->question.name))
    return TRUE;
  GPtrArray *names = item->constraint != NULL ? zf_expr_depends (item->constraint) : NULL;
  for (guint i = 0; names != NULL && i < names->len; i++)
    if (json_object_has_member (self->set, g_ptr_array_index (names, i)))
      return TRUE;
  return FALSE;
}

static gboolean
check_item (Put *self, const ZfFormItem *item, GError **error)
{
  const char *name = item->question.name;
  JsonNode *given = json_object_get_member (self->set, name);
  if (!concerns (self, item))
    return TRUE;
  g_autofree char *broken = zf_answers_broken (self->answers, name, "en");
  if (broken != NULL)
    return refuse (self, name, broken, error);
  if (given == NULL || item->question.klass != ZF_QUESTION_FIELD)
    return TRUE;
  gboolean empty = JSON_NODE_HOLDS_NULL (given);
  gboolean relevant = zf_answers_relevant (self->answers, name);
  if (!empty && !relevant)
    return refuse (self, name, "this is not asked: its condition does not hold", error);
  if (empty && relevant && zf_answers_required (self->answers, name))
    return refuse (self, name, "this needs an answer", error);
  return TRUE;
}

static gboolean
check (Put *self, GError **error)
{
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    if (!check_item (self, zf_form_item (self->form, i), error))
      return FALSE;
  return TRUE;
}

/* What was given, and calculations that came out differently. */
static JsonObject *
fields_to_write (Put *self)
{
  g_autoptr (JsonNode) none = zf_json_null ();
  JsonObject *fields = json_object_new ();
  json_object_foreach_member (self->set, overlay, fields);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      ZfFormItem *item = zf_form_item (self->form, i);
      const char *name = item->question.name;
      if (!is_set_by_others (item) || item->question.field == NULL)
        continue;
      JsonNode *value = zf_answers_relevant (self->answers, name) ? zf_answers_get (self->answers, name) : NULL;
      JsonNode *old = self->fresh ? NULL : json_object_get_member (self->before, name);
      json_object_remove_member (fields, name);
      if (!zf_json_equal (value, old))
        json_object_set_member (fields, name, json_node_copy (value != NULL ? value : none));
    }
  return fields;
}

static gboolean
passes_on (Put *self, const ZfQuestion *question)
{
  JsonNode *value = json_object_get_member (self->set, question->name);
  return value != NULL && zf_answers_relevant (self->answers, question->name)
         && !zf_json_equal (value, json_object_get_member (self->before, question->name));
}

static void
add_targets (Put *self, ZfSave *save)
{
  g_autoptr (JsonObject) values = zf_answers_values (self->answers);
  const char *parent_field = zf_kind_parent_field (kind_of (self));
  const char *parent = parent_field != NULL ? zf_json_get_string (values, parent_field, NULL) : NULL;
  g_autoptr (ZfTargets) made = zf_targets_new (save);
  for (guint i = 0; i < zf_form_n_items (self->form); i++)
    {
      const ZfQuestion *question = &zf_form_item (self->form, i)->question;
      g_auto (ZfTarget) target = { 0 };
      if (passes_on (self, question) && zf_form_target (self->form, zf_store_kinds (self->store), question, parent, values, &target))
        zf_targets_write (made, &target, zf_store_reader (self->store), json_object_get_member (self->set, question->name));
    }
  zf_targets_flush (made);
}

static char *
commit (Put *self, const char *id, const char *by, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (by != NULL ? by : "", TRUE);
  g_autoptr (JsonObject) fields = fields_to_write (self);
  const char *kind = zf_kind_name (kind_of (self));
  if (self->fresh)
    zf_save_create (save, kind, id, fields);
  else
    zf_save_set (save, kind, id, fields);
  add_targets (self, save);
  if (!zf_store_commit (self->store, save, error))
    return NULL;
  return g_strdup (self->fresh ? zf_save_result_id (save, 0) : id);
}

char *
zf_form_put (ZfForm *form, ZfStore *store, const char *id, const char *parent, JsonObject *set, const char *by, GError **error)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && ZF_IS_STORE (store) && set != NULL, NULL);
  g_auto (Put) put = { form, store, json_object_new (), json_object_new (), NULL, parent, TRUE };
  if (!normalise (&put, set, error) || !load_before (&put, id, error) || !build_answers (&put, error) || !check (&put, error))
    return NULL;
  return commit (&put, id, by, error);
}
