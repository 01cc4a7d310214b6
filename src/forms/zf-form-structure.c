/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-json.h"

#include <string.h>

/* From survey rows to questions, groups and repeats. Expressions come after: they may name questions further down. */

gboolean
zf_form_structure_error (ZfFormParts *parts, GError **error, const char *what, const char *name)
{
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_STRUCTURE, "%s: %s “%s”.", zf_kind_name (parts->kind), what, name);
  return FALSE;
}

/* Where the rows that are read stand. */
typedef struct
{
  const ZfKind *kind;    /* that knows their fields */
  int repeat;            /* -1: none */
  int base;              /* group that encloses all of them, -1 none */
  int group;             /* open now */
} Level;

/* How a question is answered is the widget's; this says what it is. */
static const struct { const char *word; ZfQuestionClass klass; gboolean hidden; } classes[] = {
  { "text", ZF_QUESTION_FIELD, FALSE },       { "integer", ZF_QUESTION_FIELD, FALSE },         { "decimal", ZF_QUESTION_FIELD, FALSE },
  { "range", ZF_QUESTION_FIELD, FALSE },      { "date", ZF_QUESTION_FIELD, FALSE },            { "time", ZF_QUESTION_FIELD, FALSE },
  { "dateTime", ZF_QUESTION_FIELD, FALSE },   { "select_one", ZF_QUESTION_FIELD, FALSE },      { "select_multiple", ZF_QUESTION_FIELD, FALSE },
  { "rank", ZF_QUESTION_FIELD, FALSE },       { "acknowledge", ZF_QUESTION_FIELD, FALSE },     { "barcode", ZF_QUESTION_FIELD, FALSE },
  { "geopoint", ZF_QUESTION_FIELD, FALSE },   { "image", ZF_QUESTION_FIELD, FALSE },           { "audio", ZF_QUESTION_FIELD, FALSE },
  { "file", ZF_QUESTION_FIELD, FALSE },       { "hidden", ZF_QUESTION_FIELD, TRUE },           { "start", ZF_QUESTION_FIELD, TRUE },
  { "end", ZF_QUESTION_FIELD, TRUE },         { "today", ZF_QUESTION_FIELD, TRUE },            { "note", ZF_QUESTION_NOTE, FALSE },
  { "deviceid", ZF_QUESTION_FIELD, TRUE },    { "username", ZF_QUESTION_FIELD, TRUE },        { "email", ZF_QUESTION_FIELD, TRUE },
  { "phonenumber", ZF_QUESTION_FIELD, TRUE }, { "subscriberid", ZF_QUESTION_FIELD, TRUE },    { "simserial", ZF_QUESTION_FIELD, TRUE },
  { "audit", ZF_QUESTION_NOTE, TRUE },        { "calculate", ZF_QUESTION_CALCULATE, TRUE },
};

static const char *const groups[] = { "begin_group", "begin_repeat" };

const char *
zf_form_type (guint i)
{
  if (i < G_N_ELEMENTS (classes))
    return classes[i].word;
  i -= G_N_ELEMENTS (classes);
  return i < G_N_ELEMENTS (groups) ? groups[i] : NULL;
}

static int
find_class (const char *type)
{
  gsize n = strcspn (type, " ");
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (strlen (classes[i].word) == n && strncmp (type, classes[i].word, n) == 0)
      return (int) i;
  return -1;
}

gboolean
zf_form_says_yes (const char *text)
{
  return g_ascii_strcasecmp (text, "yes") == 0 || g_ascii_strcasecmp (text, "true") == 0 || g_str_equal (text, "true()");
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
take_name (ZfFormParts *parts, GHashTable *names, const char *name, guint index, GError **error)
{
  if (*name == '\0')
    return zf_form_structure_error (parts, error, "a row has no name after", parts->last_name != NULL ? parts->last_name : "");
  if (g_hash_table_contains (parts->by_name, name) || g_hash_table_contains (parts->repeats_by_name, name))
    return zf_form_structure_error (parts, error, "two rows have the name", name);
  g_hash_table_insert (names, (gpointer) name, GUINT_TO_POINTER (index + 1));
  parts->last_name = name;
  return TRUE;
}

static void
read_question (ZfFormParts *parts, ZfQuestion *question, JsonObject *row, const Level *level, int klass)
{
  const char *appearance = zf_json_get_string (row, "appearance", "");
  question->name = zf_json_get_string (row, "name", "");
  question->klass = classes[klass].klass;
  question->kind = level->kind;
  question->field = question->klass == ZF_QUESTION_NOTE ? NULL : zf_kind_field (level->kind, question->name);
  question->repeat = level->repeat >= 0 ? ((ZfFormRepeat *) parts->repeats->pdata[level->repeat])->name : NULL;
  question->row = row;
  question->page = page_of (parts, level->group);
  question->more = g_str_equal (zf_json_get_string (row, "class", ""), "more");
  question->hidden = classes[klass].hidden || strstr (appearance, "hidden") != NULL;
  question->read_only = zf_form_says_yes (zf_json_get_string (row, "read_only", zf_json_get_string (row, "readonly", "")));
  read_save_to (question, zf_json_get_string (row, "save_to", NULL));
}

static gboolean
add_item (ZfFormParts *parts, JsonObject *row, const Level *level, int klass, GError **error)
{
  if (!take_name (parts, parts->by_name, zf_json_get_string (row, "name", ""), parts->items->len, error))
    return FALSE;
  ZfFormItem *item = g_new0 (ZfFormItem, 1);
  guint *slots = level->repeat >= 0 ? &((ZfFormRepeat *) parts->repeats->pdata[level->repeat])->n_slots : &parts->n_slots;
  item->group = level->group;
  item->repeat = level->repeat;
  item->slot = (*slots)++;
  item->dependents = g_array_new (FALSE, FALSE, sizeof (guint));
  item->triggers = g_array_new (FALSE, FALSE, sizeof (guint));
  read_question (parts, &item->question, row, level, klass);
  g_ptr_array_add (parts->items, item);
  if (level->repeat >= 0 && item->question.save_to_field != NULL)
    return zf_form_structure_error (parts, error, "save_to cannot stand in a repeat (give the repeat a kind instead):", item->question.name);
  return TRUE;
}

static int
open_group (ZfFormParts *parts, JsonObject *row, const Level *level)
{
  ZfFormGroup *group = g_new0 (ZfFormGroup, 1);
  group->row = row;
  group->name = zf_json_get_string (row, "name", "");
  group->parent = level->group;
  group->repeat = level->repeat;
  if (level->group < 0)
    g_ptr_array_add (parts->pages, row);
  group->page = level->group < 0 ? parts->pages->len - 1 : page_of (parts, level->group);
  g_ptr_array_add (parts->groups, group);
  return (int) parts->groups->len - 1;
}

static gboolean read_rows (ZfFormParts *parts, Level *level, GError **error);

static gboolean
read_repeat (ZfFormParts *parts, JsonObject *row, const Level *level, GError **error)
{
  ZfFormRepeat *repeat = g_new0 (ZfFormRepeat, 1);
  int at = (int) parts->repeats->len;
  repeat->row = row;
  repeat->name = zf_json_get_string (row, "name", "");
  repeat->kind = zf_kind_repeat (level->kind, repeat->name);
  repeat->own = zf_kind_parent_kind (repeat->kind) != NULL;
  repeat->parent = level->repeat;
  repeat->first = parts->items->len;
  repeat->dependents = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (parts->repeats, repeat);
  if (!take_name (parts, parts->repeats_by_name, repeat->name, (guint) at, error))
    return FALSE;
  repeat->group = open_group (parts, row, level);
  repeat->page = ((ZfFormGroup *) parts->groups->pdata[repeat->group])->page;
  Level inner = { repeat->kind, at, repeat->group, repeat->group };
  return read_rows (parts, &inner, error);
}

static gboolean
close_group (ZfFormParts *parts, JsonObject *row, Level *level, GError **error)
{
  if (level->group == level->base)
    return zf_form_structure_error (parts, error, "a group ends that did not begin:", zf_json_get_string (row, "name", ""));
  level->group = ((ZfFormGroup *) g_ptr_array_index (parts->groups, level->group))->parent;
  return TRUE;
}

static gboolean
read_row (ZfFormParts *parts, JsonObject *row, Level *level, GError **error)
{
  const char *type = zf_json_get_string (row, "type", "");
  int klass = find_class (type);
  if (g_str_equal (type, "begin_group") || g_str_equal (type, "begin group"))
    {
      level->group = open_group (parts, row, level);
      return TRUE;
    }
  if (g_str_equal (type, "end_group") || g_str_equal (type, "end group"))
    return close_group (parts, row, level, error);
  if (g_str_equal (type, ZF_TYPE_REPEAT))
    return read_repeat (parts, row, level, error);
  if (klass >= 0)
    return add_item (parts, row, level, klass, error);
  g_set_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_TYPE, "%s: question %s has the type “%s”, which is not supported.", zf_kind_name (parts->kind),
               zf_json_get_string (row, "name", ""), type);
  return FALSE;
}

static gboolean
read_rows (ZfFormParts *parts, Level *level, GError **error)
{
  JsonArray *survey = zf_kind_survey (level->kind);
  for (guint i = 0; i < json_array_get_length (survey); i++)
    if (!read_row (parts, json_array_get_object_element (survey, i), level, error))
      return FALSE;
  if (level->group == level->base)
    return TRUE;
  return zf_form_structure_error (parts, error, "the group does not end:", ((ZfFormGroup *) g_ptr_array_index (parts->groups, level->group))->name);
}

gboolean
zf_form_read_structure (ZfFormParts *parts, GError **error)
{
  Level level = { parts->kind, -1, -1, -1 };
  return read_rows (parts, &level, error);
}
