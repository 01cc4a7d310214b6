/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* What one row of a survey sheet says in short, row by row: "or_other" brings a choice and a question, a row with a source brings the question
 * where the answer comes from, a repeat is a kind of its own, and a setting names the record. */

#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-value.h"

#define OR_OTHER " or_other"
#define OTHER "other"

/* Member of a repeat's root: the row of the sheet that its first row is. */
#define FIRST_ROW "first_row"

typedef struct
{
  const char *file_name;
  guint number;              /* of the row that is read */
  const char *kind;          /* name of the kind */
  JsonObject *root;
  ZfSurvey *survey;
  JsonArray *choices;
  GHashTable *shared_lists;
} Expand;

/* Rows made here, from pairs of column and text. */
static JsonObject *
make_row (const char *const *pairs)
{
  JsonObject *row = json_object_new ();

  for (gsize i = 0; pairs[i] != NULL; i += 2)
    json_object_set_string_member (row, pairs[i], pairs[i + 1]);
  return row;
}

static void
put_row (Expand *expand, JsonObject *row)
{
  json_array_add_object_element (expand->survey->rows, row);
  g_array_append_val (expand->survey->numbers, expand->number);
}

/* or_other */

static void
add_choice_row (Expand *expand, JsonObject *row, const char *list)
{
  JsonObject *copy = zf_fields_share (row);

  json_object_set_string_member (copy, "list_name", list);
  json_array_add_object_element (expand->choices, copy);
}

static gboolean
has_list (Expand *expand, const char *list)
{
  for (guint i = 0; i < json_array_get_length (expand->choices); i++)
    if (g_strcmp0 (zf_json_get_string (json_array_get_object_element (expand->choices, i), "list_name", NULL), list) == 0)
      return TRUE;
  return FALSE;
}

/* The list with one choice more, under a name of its own: other questions keep it without. */
static void
add_list_with_other (Expand *expand, const char *list, const char *with_other)
{
  static const char *const other[] = { "name", OTHER, "label::中文", "其他", "label::English", "Other", NULL };
  GPtrArray *shared = g_hash_table_lookup (expand->shared_lists, list);
  guint n = json_array_get_length (expand->choices);
  gboolean own = has_list (expand, list), there = FALSE;
  g_autoptr (JsonObject) row = make_row (other);

  if (has_list (expand, with_other))
    return;
  for (guint i = 0; own && i < n; i++)
    {
      JsonObject *choice = json_array_get_object_element (expand->choices, i);

      if (g_strcmp0 (zf_json_get_string (choice, "list_name", NULL), list) != 0)
        continue;
      there |= g_strcmp0 (zf_json_get_string (choice, "name", NULL), OTHER) == 0;
      add_choice_row (expand, choice, with_other);
    }
  for (guint i = 0; !own && shared != NULL && i < shared->len; i++)
    {
      const ZfChoice *choice = shared->pdata[i];

      there |= strcmp (choice->name, OTHER) == 0;
      add_choice_row (expand, choice->row, with_other);
    }
  if (!there)
    add_choice_row (expand, row, with_other);
}

static void
add_other (Expand *expand, JsonObject *row, const char *type)
{
  g_autofree char *short_type = g_strndup (type, strlen (type) - strlen (OR_OTHER));
  const char *space = strchr (short_type, ' ');
  const char *name = zf_json_get_string (row, "name", "");
  g_autofree char *list = g_strdup (space != NULL ? space + 1 : "");
  g_autofree char *with_other = g_strconcat (list, "_or_other", NULL);
  g_autofree char *long_type = g_strdup_printf ("%.*s %s", (int) (space != NULL ? space - short_type : 0), short_type, with_other);
  g_autofree char *text_name = g_strconcat (name, "_other", NULL);
  g_autofree char *relevant = g_strdup_printf ("selected(${%s}, '" OTHER "')", name);
  const char *const text[] = { "type", "text", "name", text_name, "label::中文", "其他，写明", "label::English", "Other: say what", "relevant", relevant,
                               "required_message::中文", "选了“其他”，要写明是什么。", "required_message::English", "“Other” is chosen: say what it is.", NULL };
  JsonObject *select = zf_fields_share (row);
  JsonObject *words = make_row (text);

  /* Where the answer is needed, “other” alone is none. */
  if (json_object_has_member (row, "required"))
    json_object_set_member (words, "required", json_object_dup_member (row, "required"));
  json_object_set_string_member (select, "type", long_type);
  add_list_with_other (expand, list, with_other);
  put_row (expand, select);
  put_row (expand, words);
}

/* Sources */

static void
add_source (Expand *expand, JsonObject *row)
{
  g_autofree char *name = g_strconcat (zf_json_get_string (row, "name", ""), ZF_SOURCE_SUFFIX, NULL);
  const char *const columns[] = { "type", "select_one " ZF_SOURCE_LIST, "name", name, "appearance", "source", "label::中文", "依据", "label::English", "Source",
                                  "default", "asked", NULL };
  JsonObject *source = make_row (columns);

  if (json_object_has_member (row, "relevant"))
    json_object_set_member (source, "relevant", json_object_dup_member (row, "relevant"));
  if (json_object_has_member (row, "class"))
    json_object_set_member (source, "class", json_object_dup_member (row, "class"));
  put_row (expand, source);
}

/* Soft checks */

static void
add_reason (Expand *expand, JsonObject *row)
{
  g_autofree char *name = g_strconcat (zf_json_get_string (row, "name", ""), ZF_WHY_SUFFIX, NULL);
  const char *const columns[] = { "type", "hidden", "name", name, "label::中文", "原因", "label::English", "Reason", NULL };

  put_row (expand, make_row (columns));
}

/* Repeats */

static gboolean
is_type (JsonObject *row, const char *word)
{
  g_autofree char *type = g_strdup (zf_json_get_string (row, "type", ""));

  g_strdelimit (type, " ", '_');
  return strcmp (type, word) == 0;
}

/* The row that ends the repeat which begins at @begin; the number of rows when none does. */
static guint
find_end (JsonArray *rows, guint begin)
{
  guint depth = 0, n = json_array_get_length (rows);

  for (guint i = begin; i < n; i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (row == NULL)
        continue;
      depth += is_type (row, "begin_repeat");
      if (is_type (row, "end_repeat") && --depth == 0)
        return i;
    }
  return n;
}

static JsonArray *
rows_between (JsonArray *rows, guint begin, guint end)
{
  JsonArray *some = json_array_new ();

  for (guint i = begin + 1; i < end; i++)
    json_array_add_element (some, json_node_ref (json_array_get_element (rows, i)));
  return some;
}

/* A repeat of a kind that is there anyway (members of the household) asks some of its questions; one of its own has the form's record as owner. */
static JsonObject *
repeat_settings (Expand *expand, const char *name, gboolean known)
{
  JsonObject *kind = json_object_new ();
  JsonObject *own = zf_json_get_object (expand->root, "kind");
  JsonObject *parent = json_object_new ();

  json_object_set_string_member (kind, "name", name);
  json_object_set_int_member (kind, "order", zf_json_get_int (own, "order", 1000));
  json_object_set_string_member (parent, "kind", expand->kind);
  json_object_set_string_member (parent, "field", expand->kind);
  if (known)
    json_object_unref (parent);
  else
    json_object_set_object_member (kind, "parent", parent);
  if (json_object_has_member (own, "roles"))
    json_object_set_member (kind, "roles", json_object_dup_member (own, "roles"));
  return kind;
}

static JsonArray *
repeat_form (Expand *expand, JsonObject *row, const char *name)
{
  JsonArray *settings = zf_json_get_array (expand->root, "settings");
  JsonObject *form = zf_fields_share (json_array_get_object_element (settings, 0));
  JsonArray *forms = json_array_new ();
  const char *languages[] = { "zh", "en" };
  const char *columns[] = { "form_title", "form_title::English" };

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      const char *label = zf_row_text (row, "label", languages[i]);

      json_object_set_string_member (form, columns[i], label != NULL ? label : name);
    }
  json_object_set_string_member (form, "form_id", name);
  json_object_remove_member (form, ZF_INSTANCE_NAME);
  json_array_add_object_element (forms, form);
  return forms;
}

/* The kind of a repeat's records, of which the form knows these rows. */
static JsonObject *
repeat_root (Expand *expand, JsonObject *row, JsonArray *rows, const char *name, gboolean known)
{
  JsonObject *root = json_object_new ();

  json_object_set_array_member (root, "settings", repeat_form (expand, row, name));
  json_object_set_object_member (root, "kind", repeat_settings (expand, name, known));
  json_object_set_array_member (root, "survey", rows);
  json_object_set_int_member (root, FIRST_ROW, expand->number + 1);
  json_object_set_array_member (root, "choices", json_array_ref (expand->choices));
  return root;
}

/* In the place of the rows stands one that names the repeat's kind. */
static gboolean
add_repeat (Expand *expand, JsonArray *rows, guint *i, GError **error)
{
  JsonObject *begin = json_array_get_object_element (rows, *i);
  guint end = find_end (rows, *i);
  const char *name = zf_json_get_string (begin, "name", "");
  const char *known = zf_json_get_string (begin, "kind", NULL);
  g_autofree char *own = g_strdup_printf ("%s_%s", expand->kind, name);
  JsonObject *mark = zf_fields_share (begin);

  json_object_set_string_member (mark, "type", ZF_TYPE_REPEAT);
  json_object_set_string_member (mark, "kind", known != NULL ? known : own);
  json_object_set_boolean_member (mark, "known", known != NULL);
  put_row (expand, mark);
  if (*name == '\0' || end == json_array_get_length (rows))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s, survey row %u: the repeat “%s” has no name or does not end.", expand->file_name, expand->number, name);
      return FALSE;
    }
  json_array_add_object_element (expand->survey->repeats,
                                 repeat_root (expand, begin, rows_between (rows, *i, end), known != NULL ? known : own, known != NULL));
  *i = end;
  return TRUE;
}

static gboolean
add_row (Expand *expand, JsonArray *rows, guint *i, GError **error)
{
  JsonNode *node = json_array_get_element (rows, *i);
  JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *type = row != NULL ? zf_json_get_string (row, "type", "") : "";

  expand->number = (guint) zf_json_get_int (expand->root, FIRST_ROW, 1) + *i;
  if (row == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s, survey row %u: the row is not an object.", expand->file_name, expand->number);
      return FALSE;
    }
  if (is_type (row, "begin_repeat"))
    return add_repeat (expand, rows, i, error);
  if (g_str_has_prefix (type, "select_") && g_str_has_suffix (type, OR_OTHER))
    add_other (expand, row, type);
  else
    put_row (expand, json_object_ref (row));
  if (strcmp (zf_json_get_string (row, "source", ""), "yes") == 0)
    add_source (expand, row);
  if (*zf_json_get_string (row, "check", "") != '\0')
    add_reason (expand, row);
  return TRUE;
}

/* Filled in from the last record, or from where the answer also goes. */
static gboolean
is_filled_in (JsonObject *row)
{
  return strstr (zf_json_get_string (row, "default", ""), "last-saved#") != NULL || *zf_json_get_string (row, "save_to", "") != '\0' ||
         (strcmp (zf_json_get_string (row, "type", ""), ZF_TYPE_REPEAT) == 0 && zf_json_get_bool (row, "known", FALSE));
}

static void
add_carried (Expand *expand)
{
  static const char *const columns[] = { "type", "hidden", "name", ZF_CARRIED, "label::中文", "沿用上次", "label::English", "Carried over", NULL };
  JsonArray *rows = expand->survey->rows;
  gboolean wanted = FALSE;

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);

      if (strcmp (zf_json_get_string (row, "name", ""), ZF_CARRIED) == 0)
        return;
      wanted |= is_filled_in (row);
    }
  if (wanted)
    put_row (expand, make_row (columns));
}

/* The setting of that name gives every record its own: a calculation as any other. */
static void
add_instance_name (Expand *expand)
{
  JsonArray *settings = zf_json_get_array (expand->root, "settings");
  const char *name = zf_json_get_string (json_array_get_object_element (settings, 0), ZF_INSTANCE_NAME, "");
  const char *const columns[] = { "type", "calculate", "name", ZF_INSTANCE_NAME, "calculation", name, "label::中文", "名称", "label::English", "Name", NULL };

  if (*name != '\0')
    put_row (expand, make_row (columns));
}

static JsonArray *
copy_choices (JsonObject *root)
{
  JsonArray *given = zf_json_get_array (root, "choices");
  JsonArray *copy = json_array_new ();

  for (guint i = 0; given != NULL && i < json_array_get_length (given); i++)
    json_array_add_element (copy, json_node_ref (json_array_get_element (given, i)));
  return copy;
}

ZfSurvey *
zf_survey_expand (const char *file_name, JsonObject *root, GHashTable *shared_lists, GError **error)
{
  JsonArray *rows = zf_json_get_array (root, "survey");
  g_autoptr (ZfSurvey) survey = g_new0 (ZfSurvey, 1);
  Expand expand = { .file_name = file_name, .root = root, .survey = survey, .shared_lists = shared_lists };

  survey->rows = json_array_new ();
  survey->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  survey->choices = expand.choices = copy_choices (root);
  survey->repeats = json_array_new ();
  expand.kind = zf_json_get_string (zf_json_get_object (root, "kind"), "name", "");
  if (rows == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the file lacks the sheet “survey”.", file_name);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (!add_row (&expand, rows, &i, error))
      return NULL;
  add_instance_name (&expand);
  add_carried (&expand);
  return g_steal_pointer (&survey);
}

void
zf_survey_free (ZfSurvey *survey)
{
  json_array_unref (survey->rows);
  g_array_unref (survey->numbers);
  json_array_unref (survey->choices);
  json_array_unref (survey->repeats);
  g_free (survey);
}
