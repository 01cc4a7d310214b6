/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-form-words.h"
#include "zf-json.h"

#include <string.h>

/* First the structure (zf-form-structure.c), then the expressions, then the order in which they are computed. */

void
zf_form_item_free (ZfFormItem *item)
{
  g_clear_pointer (&item->relevant, zf_expr_free);
  g_clear_pointer (&item->required, zf_expr_free);
  g_clear_pointer (&item->constraint, zf_expr_free);
  g_clear_pointer (&item->check, zf_expr_free);
  g_clear_pointer (&item->calculation, zf_expr_free);
  g_clear_pointer (&item->choice_filter, zf_expr_free);
  g_clear_pointer (&item->default_expr, zf_expr_free);
  g_free (item->default_text);
  g_free (item->last_saved);
  g_array_unref (item->dependents);
  g_array_unref (item->triggers);
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

void
zf_form_repeat_free (ZfFormRepeat *repeat)
{
  g_clear_pointer (&repeat->count, zf_expr_free);
  g_array_unref (repeat->dependents);
  g_free (repeat);
}

static gboolean
says_no (const char *text)
{
  return *text == '\0' || g_ascii_strcasecmp (text, "no") == 0 || g_ascii_strcasecmp (text, "false") == 0 || g_str_equal (text, "false()");
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
    case ZF_FIELD_TIME:
    case ZF_FIELD_SELECT_ONE:
    case ZF_FIELD_SET:
    case ZF_FIELD_RANK:
    case ZF_FIELD_POINT:
    case ZF_FIELD_REF:
    case ZF_FIELD_MEDIA:
    default:
      return klass == ZF_QUESTION_CALCULATE ? ZF_XPATH_UNKNOWN : ZF_XPATH_STRING;
    }
}

/* Where an expression stands. */
typedef struct
{
  ZfFormParts *parts;
  int repeat;
} Stand;

static gboolean
lookup (gpointer data, const char *name, ZfXpathType *type)
{
  const Stand *stand = data;
  gpointer index = g_hash_table_lookup (stand->parts->by_name, name);
  if (index != NULL)
    {
      ZfFormItem *item = g_ptr_array_index (stand->parts->items, GPOINTER_TO_UINT (index) - 1);
      *type = xpath_type (item->question.field, item->question.klass);
      return TRUE;
    }
  if (g_hash_table_contains (stand->parts->repeats_by_name, name))
    {
      *type = ZF_XPATH_UNKNOWN;
      return TRUE;
    }
  const ZfField *field = zf_kind_field (stand->parts->kind, name);
  *type = xpath_type (field, ZF_QUESTION_FIELD);
  return field != NULL;
}

static ZfFormRepeat *
repeat_at (ZfFormParts *parts, int i)
{
  return g_ptr_array_index (parts->repeats, i);
}

gboolean
zf_form_parts_holds (ZfFormParts *parts, int outer, int inner)
{
  for (; inner >= 0; inner = repeat_at (parts, inner)->parent)
    if (inner == outer)
      return TRUE;
  return outer < 0;
}

/* The repeat that holds @name's element. */
static int
holder_of (ZfFormParts *parts, const char *name)
{
  gpointer index = g_hash_table_lookup (parts->by_name, name);
  if (index != NULL)
    return ((ZfFormItem *) g_ptr_array_index (parts->items, GPOINTER_TO_UINT (index) - 1))->repeat;
  index = g_hash_table_lookup (parts->repeats_by_name, name);
  return index != NULL ? repeat_at (parts, GPOINTER_TO_INT (index) - 1)->parent : -1;
}

/* A name means the question of this row and of the rows that it stands in, as in XLSForm; further down all rows of this one. */
static char *
path_of (gpointer data, const char *name, gboolean absolute)
{
  const Stand *stand = data;
  g_autoptr (GString) path = g_string_new (name);
  int common = absolute ? -1 : stand->repeat;
  int at = holder_of (stand->parts, name);
  while (common >= 0 && !zf_form_parts_holds (stand->parts, common, at))
    common = repeat_at (stand->parts, common)->parent;
  for (; at != common; at = repeat_at (stand->parts, at)->parent)
    {
      g_string_prepend_c (path, '/');
      g_string_prepend (path, repeat_at (stand->parts, at)->name);
    }
  if (common < 0)
    return g_strconcat ("/*/", path->str, NULL);
  return g_strdup_printf ("ancestor-or-self::%s[1]/%s", repeat_at (stand->parts, common)->name, path->str);
}

static gboolean
has_list (gpointer data, const char *name)
{
  return zf_kind_choices (((const Stand *) data)->parts->kind, name) != NULL;
}

static gboolean
has_group (gpointer data, const char *name)
{
  GPtrArray *groups = ((const Stand *) data)->parts->groups;
  for (guint i = 0; i < groups->len; i++)
    if (g_strcmp0 (((const ZfFormGroup *) groups->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
compile_text (const Stand *stand, const char *text, const char *column, const char *name, ZfXpathType self, ZfExpr **expr, GError **error)
{
  ZfXpathScope scope = { lookup, (gpointer) stand, self, path_of, has_list, has_group };
  *expr = zf_expr_new (text, &scope, error);
  if (*expr == NULL)
    g_prefix_error (error, "%s: question %s, %s, ", zf_kind_name (stand->parts->kind), name, column);
  return *expr != NULL;
}

static gboolean
compile_column (ZfFormParts *parts, ZfFormItem *item, const char *column, ZfXpathType self, ZfExpr **expr, GError **error)
{
  const Stand stand = { parts, item->repeat };
  const char *text = zf_json_get_string (item->question.row, column, "");
  return *text == '\0' || compile_text (&stand, text, column, item->question.name, self, expr, error);
}

static gboolean
compile_required (ZfFormParts *parts, ZfFormItem *item, ZfXpathType self, GError **error)
{
  const char *text = zf_json_get_string (item->question.row, "required", "");
  item->always_required = zf_form_says_yes (text) || zf_json_get_bool (item->question.row, "required", FALSE);
  if (item->always_required || says_no (text))
    return TRUE;
  const Stand stand = { parts, item->repeat };
  return compile_text (&stand, text, "required", item->question.name, self, &item->required, error);
}

/* When a form was begun and for which day: answers that give themselves. */
static const struct { const char *type; const char *expression; } automatic[] = { { "start", "now()" }, { "today", "today()" } };

static const char *
automatic_default (JsonObject *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (automatic); i++)
    if (g_str_equal (zf_json_get_string (row, "type", ""), automatic[i].type))
      return automatic[i].expression;
  return "";
}

/* A default with a call or a question in it is computed; anything else is the answer itself. */
static gboolean
compile_default (ZfFormParts *parts, ZfFormItem *item, ZfXpathType self, GError **error)
{
  g_autofree char *number = NULL;
  JsonNode *node = json_object_get_member (item->question.row, "default");
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    number = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  const char *text = number != NULL ? number : zf_json_get_string (item->question.row, "default", automatic_default (item->question.row));
  g_autoptr (GRegex) last = g_regex_new ("^\\s*\\$\\{\\s*last-saved#([A-Za-z_][A-Za-z0-9_]*)\\s*\\}\\s*$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (g_regex_match (last, text, 0, &match))
    {
      item->last_saved = g_match_info_fetch (match, 1);
      if (item->repeat >= 0)
        return zf_form_structure_error (parts, error, "an answer of the last record cannot be filled into a repeat:", item->question.name);
      return g_hash_table_contains (parts->by_name, item->last_saved)
             || zf_form_structure_error (parts, error, "a default names the unknown question", item->last_saved);
    }
  if (strstr (text, "${") != NULL || g_regex_match_simple ("[a-z0-9-]\\(", text, 0, 0))
    {
      const Stand stand = { parts, item->repeat };
      return compile_text (&stand, text, "default", item->question.name, self, &item->default_expr, error);
    }
  item->default_text = *text != '\0' ? g_strdup (text) : NULL;
  return TRUE;
}

/* What is said to people names only what there is. */
static gboolean
check_words (ZfFormParts *parts, JsonObject *row, GError **error)
{
  const Stand stand = { parts, -1 };
  ZfXpathType type;
  JsonObjectIter iter;
  const char *column;
  JsonNode *value;
  json_object_iter_init (&iter, row);
  while (json_object_iter_next (&iter, &column, &value))
    {
      const char *text = zf_form_words_is_column (column) ? zf_json_get_string (row, column, "") : "";
      g_autoptr (GPtrArray) names = zf_form_words_names (text);
      for (guint i = 0; i < names->len; i++)
        if (!lookup ((gpointer) &stand, names->pdata[i], &type))
          return zf_form_structure_error (parts, error, "a text names the unknown question", names->pdata[i]);
    }
  return TRUE;
}

static gboolean
compile_item (ZfFormParts *parts, ZfFormItem *item, GError **error)
{
  ZfXpathType self = xpath_type (item->question.field, item->question.klass);
  if (item->question.klass == ZF_QUESTION_CALCULATE && !item->triggered && *zf_json_get_string (item->question.row, "calculation", "") == '\0')
    return zf_form_structure_error (parts, error, "the calculation is missing in", item->question.name);
  return check_words (parts, item->question.row, error)
         && compile_column (parts, item, "relevant", self, &item->relevant, error)
         && compile_column (parts, item, "constraint", self, &item->constraint, error)
         && compile_column (parts, item, "check", self, &item->check, error)
         && compile_column (parts, item, "calculation", self, &item->calculation, error)
         && compile_column (parts, item, "choice_filter", ZF_XPATH_STRING, &item->choice_filter, error)
         && compile_required (parts, item, self, error)
         && compile_default (parts, item, self, error);
}

static gboolean
compile_group (ZfFormParts *parts, ZfFormGroup *group, GError **error)
{
  const Stand stand = { parts, group->repeat };
  const char *text = zf_json_get_string (group->row, "relevant", "");
  if (!check_words (parts, group->row, error))
    return FALSE;
  return *text == '\0' || compile_text (&stand, text, "relevant", group->name, ZF_XPATH_UNKNOWN, &group->relevant, error);
}

static gboolean
compile_repeat (ZfFormParts *parts, ZfFormRepeat *repeat, GError **error)
{
  const Stand stand = { parts, repeat->parent };
  JsonNode *node = json_object_get_member (repeat->row, "repeat_count");
  g_autofree char *number = node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                              ? g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node)) : NULL;
  const char *text = number != NULL ? number : zf_json_get_string (repeat->row, "repeat_count", "");
  return *text == '\0' || compile_text (&stand, text, "repeat_count", repeat->name, ZF_XPATH_UNKNOWN, &repeat->count, error);
}

static gboolean
compile_expressions (ZfFormParts *parts, GError **error)
{
  for (guint i = 0; i < parts->groups->len; i++)
    if (!compile_group (parts, g_ptr_array_index (parts->groups, i), error))
      return FALSE;
  for (guint i = 0; i < parts->repeats->len; i++)
    if (!compile_repeat (parts, g_ptr_array_index (parts->repeats, i), error))
      return FALSE;
  for (guint i = 0; i < parts->items->len; i++)
    if (!zf_form_read_trigger (parts, i, error) || !compile_item (parts, g_ptr_array_index (parts->items, i), error))
      return FALSE;
  return TRUE;
}

/* Order */

/* What a path reads may stand in any row; that of the row before, under the reader's own name, is no circle. */
static void
add_paths (ZfFormParts *parts, GPtrArray *names, guint reader)
{
  for (guint i = 0; i < names->len; i++)
    {
      guint read = GPOINTER_TO_UINT (g_hash_table_lookup (parts->by_name, names->pdata[i]));
      if (read == 0 || read - 1 == reader)
        continue;
      g_array_append_val (((ZfFormItem *) g_ptr_array_index (parts->items, read - 1))->dependents, reader);
      ((ZfFormItem *) g_ptr_array_index (parts->items, reader))->wide = TRUE;
    }
}

static void
add_dependencies (ZfFormParts *parts, ZfExpr *expr, guint reader)
{
  GPtrArray *names = expr != NULL ? zf_expr_depends (expr) : NULL;
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      gpointer index = g_hash_table_lookup (parts->by_name, name);
      gpointer repeat = g_hash_table_lookup (parts->repeats_by_name, name);
      if (index != NULL)
        g_array_append_val (((ZfFormItem *) g_ptr_array_index (parts->items, GPOINTER_TO_UINT (index) - 1))->dependents, reader);
      if (repeat != NULL)
        g_array_append_val (repeat_at (parts, GPOINTER_TO_INT (repeat) - 1)->dependents, reader);
    }
  if (expr == NULL)
    return;
  ((ZfFormItem *) g_ptr_array_index (parts->items, reader))->wide |= zf_expr_is_wide (expr);
  add_paths (parts, zf_expr_paths (expr), reader);
}

static void
link_items (ZfFormParts *parts)
{
  for (guint i = 0; i < parts->items->len; i++)
    {
      ZfFormItem *item = g_ptr_array_index (parts->items, i);
      add_dependencies (parts, item->relevant, i);
      add_dependencies (parts, item->triggered ? NULL : item->calculation, i);
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
      return zf_form_structure_error (parts, error, "these depend on each other in a circle, beginning with", ((ZfFormItem *) g_ptr_array_index (parts->items, i))->question.name);
  return TRUE;
}

gboolean
zf_form_compile (ZfFormParts *parts, GError **error)
{
  if (!zf_form_read_structure (parts, error) || !compile_expressions (parts, error))
    return FALSE;
  zf_form_cut_screens (parts);
  link_items (parts);
  return sort_items (parts, error);
}
