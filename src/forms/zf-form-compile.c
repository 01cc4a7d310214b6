/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-json.h"

#include <string.h>

/* From survey rows to items and groups: first the structure, then the expressions (they may name questions further down), then the order
 * in which they are computed. */

void
zf_form_item_free (ZfFormItem *item)
{
  g_clear_pointer (&item->relevant, zf_expr_free);
  g_clear_pointer (&item->required, zf_expr_free);
  g_clear_pointer (&item->constraint, zf_expr_free);
  g_clear_pointer (&item->calculation, zf_expr_free);
  g_clear_pointer (&item->choice_filter, zf_expr_free);
  g_clear_pointer (&item->default_expr, zf_expr_free);
  g_free (item->default_text);
  g_free (item->last_saved);
  g_array_unref (item->dependents);
  g_free ((char *) item->question.save_to_kind);
  g_free ((char *) item->question.save_to_field);
  g_free (item);
}

void
zf_form_group_free (ZfFormGroup *group)
{
  g_clear_pointer (&group->relevant, zf_expr_free);
  g_free (group);
}

static gboolean
structure_error (ZfFormParts *parts, GError **error, const char *what, const char *name)
{
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_STRUCTURE, "%s: %s “%s”.", zf_kind_name (parts->kind), what, name);
  return FALSE;
}

/* Structure */

static const struct { const char *word; ZfQuestionClass klass; } classes[] = {
  { "text", ZF_QUESTION_FIELD }, { "integer", ZF_QUESTION_FIELD }, { "decimal", ZF_QUESTION_FIELD }, { "date", ZF_QUESTION_FIELD },
  { "dateTime", ZF_QUESTION_FIELD }, { "select_one", ZF_QUESTION_FIELD }, { "select_multiple", ZF_QUESTION_FIELD },
  { "note", ZF_QUESTION_NOTE }, { "calculate", ZF_QUESTION_CALCULATE },
};

static gboolean
find_class (const char *type, ZfQuestionClass *klass)
{
  gsize n = strcspn (type, " ");
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (strlen (classes[i].word) == n && strncmp (type, classes[i].word, n) == 0)
      {
        *klass = classes[i].klass;
        return TRUE;
      }
  return FALSE;
}

static gboolean
says_yes (const char *text)
{
  return g_ascii_strcasecmp (text, "yes") == 0 || g_ascii_strcasecmp (text, "true") == 0 || g_str_equal (text, "true()");
}

static gboolean
says_no (const char *text)
{
  return *text == '\0' || g_ascii_strcasecmp (text, "no") == 0 || g_ascii_strcasecmp (text, "false") == 0 || g_str_equal (text, "false()");
}

static void
read_save_to (ZfQuestion *question, const char *target)
{
  if (target == NULL || *target == '\0')
    return;
  const char *dot = strchr (target, '.');
  question->save_to_kind = dot != NULL ? g_strndup (target, (gsize) (dot - target)) : NULL;
  question->save_to_field = g_strdup (dot != NULL ? dot + 1 : target);
}

/* Questions outside a group share a screen with their neighbours outside a group. */
static guint
page_of (ZfFormParts *parts, int group)
{
  if (group >= 0)
    return ((ZfFormGroup *) g_ptr_array_index (parts->groups, group))->page;
  if (parts->pages->len == 0 || g_ptr_array_index (parts->pages, parts->pages->len - 1) != NULL)
    g_ptr_array_add (parts->pages, NULL);
  return parts->pages->len - 1;
}

static gboolean
add_item (ZfFormParts *parts, JsonObject *row, const char *name, ZfQuestionClass klass, int group, GError **error)
{
  if (*name == '\0' || g_hash_table_contains (parts->by_name, name))
    return structure_error (parts, error, *name == '\0' ? "a row has no name after" : "two rows have the name", name);
  const char *appearance = zf_json_get_string (row, "appearance", "");
  ZfFormItem *item = g_new0 (ZfFormItem, 1);
  ZfQuestion *question = &item->question;
  item->group = group;
  item->dependents = g_array_new (FALSE, FALSE, sizeof (guint));
  question->name = name;
  question->klass = klass;
  question->field = klass == ZF_QUESTION_NOTE ? NULL : zf_kind_field (parts->kind, name);
  question->row = row;
  question->page = page_of (parts, group);
  question->more = g_str_equal (zf_json_get_string (row, "class", ""), "more");
  question->hidden = klass == ZF_QUESTION_CALCULATE || strstr (appearance, "hidden") != NULL;
  question->read_only = says_yes (zf_json_get_string (row, "read_only", zf_json_get_string (row, "readonly", "")));
  read_save_to (question, zf_json_get_string (row, "save_to", NULL));
  g_ptr_array_add (parts->items, item);
  g_hash_table_insert (parts->by_name, (gpointer) name, GUINT_TO_POINTER (parts->items->len));
  return TRUE;
}

static int
open_group (ZfFormParts *parts, JsonObject *row, int parent)
{
  ZfFormGroup *group = g_new0 (ZfFormGroup, 1);
  group->row = row;
  group->name = zf_json_get_string (row, "name", "");
  group->parent = parent;
  if (parent < 0)
    g_ptr_array_add (parts->pages, row);
  group->page = parts->pages->len - 1;
  g_ptr_array_add (parts->groups, group);
  return (int) parts->groups->len - 1;
}

static gboolean
read_row (ZfFormParts *parts, JsonObject *row, int *group, GError **error)
{
  const char *type = zf_json_get_string (row, "type", "");
  const char *name = zf_json_get_string (row, "name", "");
  ZfQuestionClass klass;
  if (g_str_equal (type, "begin_group") || g_str_equal (type, "begin group"))
    {
      *group = open_group (parts, row, *group);
      return TRUE;
    }
  if (g_str_equal (type, "end_group") || g_str_equal (type, "end group"))
    {
      if (*group < 0)
        return structure_error (parts, error, "a group ends that did not begin:", name);
      *group = ((ZfFormGroup *) g_ptr_array_index (parts->groups, *group))->parent;
      return TRUE;
    }
  if (find_class (type, &klass))
    return add_item (parts, row, name, klass, *group, error);
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_TYPE, "%s: question %s has the type “%s”, which is not supported.", zf_kind_name (parts->kind), name, type);
  return FALSE;
}

static gboolean
read_structure (ZfFormParts *parts, GError **error)
{
  JsonArray *survey = zf_kind_survey (parts->kind);
  int group = -1;
  for (guint i = 0; i < json_array_get_length (survey); i++)
    if (!read_row (parts, json_array_get_object_element (survey, i), &group, error))
      return FALSE;
  if (group >= 0)
    return structure_error (parts, error, "the group does not end:", ((ZfFormGroup *) g_ptr_array_index (parts->groups, group))->name);
  return TRUE;
}

/* Expressions */

static ZfXpathType
xpath_type (const ZfField *field, ZfQuestionClass klass)
{
  switch (field != NULL ? field->type : ZF_FIELD_TEXT)
    {
    case ZF_FIELD_INTEGER:
    case ZF_FIELD_DECIMAL:
    case ZF_FIELD_MONEY:
      return ZF_XPATH_NUMBER;
    case ZF_FIELD_DATE:
    case ZF_FIELD_TIME_MS:
      return ZF_XPATH_DATE;
    case ZF_FIELD_TEXT:
    case ZF_FIELD_SELECT_ONE:
    case ZF_FIELD_SET:
    case ZF_FIELD_REF:
    default:
      return klass == ZF_QUESTION_CALCULATE ? ZF_XPATH_UNKNOWN : ZF_XPATH_STRING;
    }
}

static gboolean
lookup (gpointer data, const char *name, ZfXpathType *type)
{
  ZfFormParts *parts = data;
  gpointer index = g_hash_table_lookup (parts->by_name, name);
  if (index != NULL)
    {
      ZfFormItem *item = g_ptr_array_index (parts->items, GPOINTER_TO_UINT (index) - 1);
      *type = xpath_type (item->question.field, item->question.klass);
      return TRUE;
    }
  const ZfField *field = zf_kind_field (parts->kind, name);
  *type = xpath_type (field, ZF_QUESTION_FIELD);
  return field != NULL;
}

static gboolean
compile_text (ZfFormParts *parts, const char *text, const char *column, const char *name, ZfXpathType self, ZfExpr **expr, GError **error)
{
  ZfXpathScope scope = { lookup, parts, self };
  *expr = zf_expr_new (text, &scope, error);
  if (*expr == NULL)
    g_prefix_error (error, "%s: question %s, %s, ", zf_kind_name (parts->kind), name, column);
  return *expr != NULL;
}

static gboolean
compile_column (ZfFormParts *parts, ZfFormItem *item, const char *column, ZfXpathType self, ZfExpr **expr, GError **error)
{
  const char *text = zf_json_get_string (item->question.row, column, "");
  return *text == '\0' || compile_text (parts, text, column, item->question.name, self, expr, error);
}

static gboolean
compile_required (ZfFormParts *parts, ZfFormItem *item, ZfXpathType self, GError **error)
{
  const char *text = zf_json_get_string (item->question.row, "required", "");
  item->always_required = says_yes (text) || zf_json_get_bool (item->question.row, "required", FALSE);
  if (item->always_required || says_no (text))
    return TRUE;
  return compile_text (parts, text, "required", item->question.name, self, &item->required, error);
}

/* A default with a call or a question in it is computed; anything else is the answer itself. */
static gboolean
compile_default (ZfFormParts *parts, ZfFormItem *item, ZfXpathType self, GError **error)
{
  g_autofree char *number = NULL;
  JsonNode *node = json_object_get_member (item->question.row, "default");
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    number = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  const char *text = number != NULL ? number : zf_json_get_string (item->question.row, "default", "");
  g_autoptr (GRegex) last = g_regex_new ("^\\s*\\$\\{\\s*last-saved#([A-Za-z_][A-Za-z0-9_]*)\\s*\\}\\s*$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (g_regex_match (last, text, 0, &match))
    {
      item->last_saved = g_match_info_fetch (match, 1);
      return g_hash_table_contains (parts->by_name, item->last_saved)
             || structure_error (parts, error, "a default names the unknown question", item->last_saved);
    }
  if (strstr (text, "${") != NULL || g_regex_match_simple ("[a-z0-9-]\\(", text, 0, 0))
    return compile_text (parts, text, "default", item->question.name, self, &item->default_expr, error);
  item->default_text = *text != '\0' ? g_strdup (text) : NULL;
  return TRUE;
}

static gboolean
compile_item (ZfFormParts *parts, ZfFormItem *item, GError **error)
{
  ZfXpathType self = xpath_type (item->question.field, item->question.klass);
  if (item->question.klass == ZF_QUESTION_CALCULATE && *zf_json_get_string (item->question.row, "calculation", "") == '\0')
    return structure_error (parts, error, "the calculation is missing in", item->question.name);
  return compile_column (parts, item, "relevant", self, &item->relevant, error)
         && compile_column (parts, item, "constraint", self, &item->constraint, error)
         && compile_column (parts, item, "calculation", self, &item->calculation, error)
         && compile_column (parts, item, "choice_filter", ZF_XPATH_STRING, &item->choice_filter, error)
         && compile_required (parts, item, self, error)
         && compile_default (parts, item, self, error);
}

static gboolean
compile_expressions (ZfFormParts *parts, GError **error)
{
  for (guint i = 0; i < parts->groups->len; i++)
    {
      ZfFormGroup *group = g_ptr_array_index (parts->groups, i);
      const char *text = zf_json_get_string (group->row, "relevant", "");
      if (*text != '\0' && !compile_text (parts, text, "relevant", group->name, ZF_XPATH_UNKNOWN, &group->relevant, error))
        return FALSE;
    }
  for (guint i = 0; i < parts->items->len; i++)
    if (!compile_item (parts, g_ptr_array_index (parts->items, i), error))
      return FALSE;
  return TRUE;
}

/* Order */

static void
add_dependencies (ZfFormParts *parts, ZfExpr *expr, guint reader)
{
  GPtrArray *names = expr != NULL ? zf_expr_depends (expr) : NULL;
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      gpointer index = g_hash_table_lookup (parts->by_name, g_ptr_array_index (names, i));
      if (index == NULL)
        continue;
      ZfFormItem *read = g_ptr_array_index (parts->items, GPOINTER_TO_UINT (index) - 1);
      g_array_append_val (read->dependents, reader);
    }
}

static void
link_items (ZfFormParts *parts)
{
  for (guint i = 0; i < parts->items->len; i++)
    {
      ZfFormItem *item = g_ptr_array_index (parts->items, i);
      add_dependencies (parts, item->relevant, i);
      add_dependencies (parts, item->calculation, i);
      for (int g = item->group; g >= 0; g = ((ZfFormGroup *) g_ptr_array_index (parts->groups, g))->parent)
        add_dependencies (parts, ((ZfFormGroup *) g_ptr_array_index (parts->groups, g))->relevant, i);
    }
}

/* Kahn's order; what is left over depends on itself. */
static gboolean
sort_items (ZfFormParts *parts, GError **error)
{
  guint n = parts->items->len;
  g_autofree guint *waits = g_new0 (guint, n + 1);
  for (guint i = 0; i < n; i++)
    {
      GArray *dependents = ((ZfFormItem *) g_ptr_array_index (parts->items, i))->dependents;
      for (guint j = 0; j < dependents->len; j++)
        waits[g_array_index (dependents, guint, j)]++;
    }
  for (guint i = 0; i < n; i++)
    if (waits[i] == 0)
      g_array_append_val (parts->order, i);
  for (guint at = 0; at < parts->order->len; at++)
    {
      GArray *dependents = ((ZfFormItem *) g_ptr_array_index (parts->items, g_array_index (parts->order, guint, at)))->dependents;
      for (guint j = 0; j < dependents->len; j++)
        if (--waits[g_array_index (dependents, guint, j)] == 0)
          g_array_append_val (parts->order, g_array_index (dependents, guint, j));
    }
  for (guint i = 0; i < n && parts->order->len < n; i++)
    if (waits[i] > 0)
      return structure_error (parts, error, "these depend on each other in a circle, beginning with", ((ZfFormItem *) g_ptr_array_index (parts->items, i))->question.name);
  return TRUE;
}

gboolean
zf_form_compile (ZfFormParts *parts, GError **error)
{
  if (!read_structure (parts, error) || !compile_expressions (parts, error))
    return FALSE;
  link_items (parts);
  return sort_items (parts, error);
}
