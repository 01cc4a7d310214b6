/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-expr.h"
#include "zf-form-appearance.h"
#include "zf-form-media.h"
#include "zf-form-private.h"
#include "zf-form-words.h"
#include "zf-json.h"
#include "zf-kind-private.h"
#include "zf-publication.h"

/* The core and the compiler stop at the first fault, as what is refused is refused. A person who writes a form wants all of them at once: this walks
 * the rows on its own, goes on after every fault, and asks core and compiler at the end, whose word counts. */

/* A circle longer than this is left to the compiler. */
#define MAX_WAY 500

typedef struct
{
  guint row;
  const char *name;
  JsonObject *object;
  ZfXpathType type;
  int group;             /* index of the enclosing group, -1 none */
  gboolean seen, done;   /* on the way of the search for circles; searched */
} Question;

typedef struct
{
  guint row;
  JsonObject *object;
  gboolean repeat;
  int parent;
} Group;

typedef struct
{
  ZfKinds *kinds;
  JsonObject *root;
  JsonArray *survey;
  JsonArray *choices;
  GPtrArray *faults;
  GPtrArray *questions;  /* Question* */
  GPtrArray *groups;     /* Group* */
  GHashTable *names;     /* name → Question*, NULL for names that stand for no question */
  GHashTable *doubled;   /* lists in which a choice stands twice */
  GHashTable *pictures;  /* name → what is wrong with it, "" nothing */
  int group;             /* open now, -1 none */
} Check;

static void
fault_free (gpointer data)
{
  ZfFormFault *fault = data;
  g_free (fault->column);
  g_free (fault->message);
  g_free (fault);
}

static ZfFormFault *add_fault (Check *check, const char *sheet, guint row, const char *column, const char *format, ...) G_GNUC_PRINTF (5, 6);

static ZfFormFault *
add_fault (Check *check, const char *sheet, guint row, const char *column, const char *format, ...)
{
  ZfFormFault *fault = g_new0 (ZfFormFault, 1);
  va_list args;
  fault->sheet = sheet;
  fault->row = row;
  fault->column = g_strdup (column);
  va_start (args, format);
  fault->message = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (check->faults, fault);
  return fault;
}

/* What stands there is left aside. */
static void
add_note (Check *check, const char *sheet, guint row, const char *column, const char *message)
{
  add_fault (check, sheet, row, column, "%s", message)->harmless = TRUE;
}

static JsonObject *
row_at (Check *check, JsonArray *rows, const char *sheet, guint i)
{
  JsonNode *node = json_array_get_element (rows, i);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  add_fault (check, sheet, i, NULL, "%s", _("this is not a row"));
  return NULL;
}

static const char *
cell (JsonObject *row, const char *column)
{
  return zf_json_get_string (row, column, "");
}

/* ---- Choices ---- */

static gboolean
has_list (Check *check, const char *list)
{
  for (guint i = 0; check->choices != NULL && i < json_array_get_length (check->choices); i++)
    {
      JsonNode *node = json_array_get_element (check->choices, i);
      if (JSON_NODE_HOLDS_OBJECT (node) && strcmp (cell (json_node_get_object (node), "list_name"), list) == 0)
        return TRUE;
    }
  return zf_kinds_shared_list (check->kinds, list) != NULL;
}

static gboolean
has_choice (Check *check, const char *list, const char *code)
{
  GPtrArray *shared = zf_kinds_shared_list (check->kinds, list);
  gboolean own = FALSE;
  for (guint i = 0; check->choices != NULL && i < json_array_get_length (check->choices); i++)
    {
      JsonNode *node = json_array_get_element (check->choices, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      if (row == NULL || strcmp (cell (row, "list_name"), list) != 0)
        continue;
      if (strcmp (cell (row, "name"), code) == 0)
        return TRUE;
      own = TRUE;
    }
  for (guint i = 0; !own && shared != NULL && i < shared->len; i++)
    if (strcmp (((ZfChoice *) shared->pdata[i])->name, code) == 0)
      return TRUE;
  return FALSE;
}

/* The one row of the settings; NULL when there is none. */
static JsonObject *
settings_of (Check *check)
{
  JsonArray *rows = zf_json_get_array (check->root, "settings");
  JsonNode *row = rows != NULL && json_array_get_length (rows) > 0 ? json_array_get_element (rows, 0) : NULL;
  return row != NULL && JSON_NODE_HOLDS_OBJECT (row) ? json_node_get_object (row) : NULL;
}

/* ---- Pictures beside words ---- */

/* What is wrong with the picture @name that the file holds; "" nothing. Each is decoded once. */
static const char *
trouble_of (Check *check, const char *name)
{
  char *trouble = g_hash_table_lookup (check->pictures, name);
  if (trouble != NULL)
    return trouble;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zf_form_picture_check_name (name, &error) ? zf_form_picture_read (check->root, name, &error) : NULL;
  if (bytes != NULL)
    zf_form_picture_check (bytes, &error);
  trouble = g_strdup (error != NULL ? error->message : "");
  g_hash_table_insert (check->pictures, g_strdup (name), trouble);
  return trouble;
}

/* A form from elsewhere often comes without its files: it is taken, and the words must do. A picture that is there must be one. */
static void
check_picture (Check *check, const char *sheet, guint row, const char *column, const char *name)
{
  JsonObject *media = zf_json_get_object (check->root, ZF_FORM_MEDIA);
  const char *trouble = *name != '\0' ? trouble_of (check, name) : NULL;
  if (trouble == NULL)
    return;
  if (*trouble != '\0')
    add_fault (check, sheet, row, column, _("“%s”: %s"), name, trouble);
  else if (media == NULL || !json_object_has_member (media, name))
    add_fault (check, sheet, row, column, _("there is no picture “%s”; the words must do without it"), name)->harmless = TRUE;
}

/* Sounds and films that belong to words do not travel with a form. @shown: pictures of such a row are. */
static void
check_media (Check *check, const char *sheet, guint row, JsonObject *object, gboolean shown)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    if (shown && zf_form_picture_is_column (l->data))
      check_picture (check, sheet, row, l->data, cell (object, l->data));
    else if (g_str_has_prefix (l->data, "media::"))
      add_note (check, sheet, row, l->data, _("files beside a text are not shown; the words must do without them"));
}

/* What no row shows must be in order as well: it travels with the form. */
static void
check_pictures (Check *check)
{
  JsonNode *node = json_object_get_member (check->root, ZF_FORM_MEDIA);
  if (node == NULL)
    return;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      add_fault (check, NULL, 0, NULL, "%s", _("The pictures of the form must be an object: name and base64"));
      return;
    }
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));
  for (GList *l = names; l != NULL; l = l->next)
    if (g_hash_table_contains (check->pictures, l->data))
      continue;
    else if (*trouble_of (check, l->data) != '\0')
      add_fault (check, NULL, 0, NULL, _("“%s”: %s"), (const char *) l->data, trouble_of (check, l->data));
    else
      add_fault (check, NULL, 0, NULL, _("No row shows the picture “%s”; a workbook leaves it out"), (const char *) l->data)->harmless = TRUE;
}

/* A word of `appearance` that changes nothing here, misspelt or not. */
static void
note_appearance (Check *check, guint row, JsonObject *object)
{
  g_auto (GStrv) words = g_strsplit_set (cell (object, "appearance"), " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !zf_form_appearance_known (cell (object, "type"), words[i]))
      add_fault (check, "survey", row, "appearance", _("“%s” changes nothing here"), words[i])->harmless = TRUE;
}

/* A choice is told by its words alone, wherever it stands. */
static void
check_choice_words (Check *check, guint row, JsonObject *object)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    if (zf_form_words_is_column (l->data) && strstr (cell (object, l->data), "${") != NULL)
      add_fault (check, "choices", row, l->data, "%s", _("the words of a choice cannot name an answer"));
}

/* The words of a code alone, as lists and what happened to a record show it, are those of its first row. */
static gboolean
same_words (JsonObject *a, JsonObject *b)
{
  return g_strcmp0 (zf_row_text (a, "label", "zh"), zf_row_text (b, "label", "zh")) == 0 && g_strcmp0 (zf_row_text (a, "label", "en"), zf_row_text (b, "label", "en")) == 0;
}

/* @seen: list and name → the first row of that choice. */
static void
check_choice_once (Check *check, guint row, JsonObject *object, GHashTable *seen)
{
  const char *list = cell (object, "list_name"), *name = cell (object, "name");
  g_autofree char *key = g_strdup_printf ("%s\n%s", list, name);
  JsonObject *settings = settings_of (check), *first = g_hash_table_lookup (seen, key);
  if (first == NULL)
    {
      g_hash_table_insert (seen, g_steal_pointer (&key), object);
      return;
    }
  g_hash_table_add (check->doubled, g_strdup (list));
  if (settings == NULL || strcmp (cell (settings, "allow_choice_duplicates"), "yes") != 0)
    add_fault (check, "choices", row, "name", _("the choice “%s” stands in the list “%s” already"), name, list);
  else if (!same_words (first, object))
    add_note (check, "choices", row, "label", _("this choice has other words further up; where records are listed, those stand"));
}

static void
check_choices (Check *check)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; check->choices != NULL && i < json_array_get_length (check->choices); i++)
    {
      JsonObject *row = row_at (check, check->choices, "choices", i);
      const char *list = row != NULL ? cell (row, "list_name") : "", *name = row != NULL ? cell (row, "name") : "";
      if (row != NULL && *list == '\0')
        add_fault (check, "choices", i, "list_name", "%s", _("the choice belongs to no list"));
      if (row != NULL && *name == '\0')
        add_fault (check, "choices", i, "name", "%s", _("the choice has no name"));
      if (row != NULL)
        {
          check_media (check, "choices", i, row, TRUE);
          check_choice_words (check, i, row);
        }
      if (*list != '\0' && *name != '\0')
        check_choice_once (check, i, row, seen);
    }
}

/* ---- Names, types, groups ---- */

static gboolean
is_name (const char *name)
{
  return (g_ascii_isalpha (*name) || *name == '_') && name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static void
take_name (Check *check, guint row, const char *name, Question *question)
{
  gpointer first = NULL;
  if (*name == '\0')
    add_fault (check, "survey", row, "name", "%s", _("the row has no name"));
  else if (!is_name (name))
    add_fault (check, "survey", row, "name", _("“%s” is no name: letters, digits and _ only, a letter first"), name);
  else if (g_hash_table_lookup_extended (check->names, name, NULL, &first))
    add_fault (check, "survey", row, "name", _("the name “%s” stands there already"), name);
  else
    g_hash_table_insert (check->names, g_strdup (name), question);
}

static ZfXpathType
xpath_type (ZfFieldType type, gboolean calculate)
{
  if (type == ZF_FIELD_INTEGER || type == ZF_FIELD_DECIMAL || type == ZF_FIELD_MONEY)
    return ZF_XPATH_NUMBER;
  if (type == ZF_FIELD_DATE || type == ZF_FIELD_TIME_MS)
    return ZF_XPATH_DATE;
  return calculate ? ZF_XPATH_UNKNOWN : ZF_XPATH_STRING;
}

/* "select_one LIST or_other" without its last word. */
static char *
plain_type (const char *type)
{
  static const char *const other = " or_other";
  gsize n = strlen (type), tail = strlen (other);
  return g_str_has_prefix (type, "select_") && g_str_has_suffix (type, other) ? g_strndup (type, n - tail) : g_strdup (type);
}

/* What other collectors ask of the telephone by itself. */
static const char *const unasked[] = { "deviceid", "username", "email", "phonenumber", "subscriberid", "simserial", "audit", NULL };

static void
check_type (Check *check, Question *question)
{
  g_autofree char *type = plain_type (cell (question->object, "type"));
  g_autoptr (JsonObject) row = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *list = NULL;
  ZfFieldType field = 0;
  const char *const columns[] = { "bind::type", "calc_type", "appearance", "parameters" };
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (json_object_has_member (question->object, columns[i]))
      json_object_set_string_member (row, columns[i], cell (question->object, columns[i]));
  json_object_set_string_member (row, "type", type);
  gboolean calculate = strcmp (type, "calculate") == 0;
  if (*type == '\0')
    add_fault (check, "survey", question->row, "type", "%s", _("the row has no type"));
  else if (!zf_field_type_parse (row, &field, &list, "", &error) && calculate)
    add_fault (check, "survey", question->row, "bind::type", "%s", _("a calculation has no such result"));
  else if (error != NULL)
    add_fault (check, "survey", question->row, "type", _("the type “%s” is not supported"), type);
  else if (list != NULL && *list == '\0')
    add_fault (check, "survey", question->row, "type", "%s", _("the type must name a list of choices"));
  else if (list != NULL && !has_list (check, list))
    add_fault (check, "survey", question->row, "type", _("there is no list “%s”"), list);
  else if (field == ZF_FIELD_RANK && g_hash_table_contains (check->doubled, list))
    add_fault (check, "survey", question->row, "type", _("nothing can be ranked in the list “%s”, where a choice stands twice"), list);
  if (g_strv_contains (unasked, type))
    add_note (check, "survey", question->row, "type", _("nothing is recorded here; who wrote a record is kept with it anyway"));
  question->type = xpath_type (field, calculate);
}

static Question *
add_question (Check *check, guint row, JsonObject *object)
{
  Question *question = g_new0 (Question, 1);
  question->row = row;
  question->name = cell (object, "name");
  question->object = object;
  question->group = check->group;
  g_ptr_array_add (check->questions, question);
  return question;
}

static void
open_group (Check *check, guint row, JsonObject *object, gboolean repeat)
{
  Group *group = g_new0 (Group, 1);
  group->row = row;
  group->object = object;
  group->repeat = repeat;
  group->parent = check->group;
  if (repeat)
    take_name (check, row, cell (object, "name"), NULL);
  check->group = (int) check->groups->len;
  g_ptr_array_add (check->groups, group);
}

static void
close_group (Check *check, guint row, gboolean repeat)
{
  const Group *group = check->group >= 0 ? check->groups->pdata[check->group] : NULL;
  if (group == NULL)
    {
      add_fault (check, "survey", row, "type", "%s", _("something ends here that did not begin"));
      return;
    }
  if (group->repeat != repeat)
    add_fault (check, "survey", row, "type", repeat ? _("a repeat ends here, but the group “%s” is open") : _("a group ends here, but the repeat “%s” is open"),
               cell (group->object, "name"));
  check->group = group->parent;
}

static const struct
{
  const char *type;
  gboolean begins, repeat;
} brackets[] = {
  { "begin_group", TRUE, FALSE }, { "end_group", FALSE, FALSE }, { "begin_repeat", TRUE, TRUE }, { "end_repeat", FALSE, TRUE },
};

static gboolean
read_bracket (Check *check, guint row, JsonObject *object)
{
  g_autofree char *type = g_strdelimit (g_strdup (cell (object, "type")), " ", '_');
  for (guint i = 0; i < G_N_ELEMENTS (brackets); i++)
    {
      if (strcmp (brackets[i].type, type) != 0)
        continue;
      if (brackets[i].begins)
        open_group (check, row, object, brackets[i].repeat);
      else
        close_group (check, row, brackets[i].repeat);
      return TRUE;
    }
  return FALSE;
}

static void
read_survey (Check *check)
{
  for (guint i = 0; i < json_array_get_length (check->survey); i++)
    {
      JsonObject *object = row_at (check, check->survey, "survey", i);
      if (object == NULL || read_bracket (check, i, object))
        continue;
      Question *question = add_question (check, i, object);
      check_type (check, question);
      take_name (check, i, question->name, question);
    }
  for (int i = check->group; i >= 0; i = ((Group *) check->groups->pdata[i])->parent)
    add_fault (check, "survey", ((Group *) check->groups->pdata[i])->row, "type", "%s", _("this begins here and does not end"));
}

/* A name that settings or short forms of rows bring. */
static void
imply (Check *check, const char *name, const char *suffix)
{
  g_autofree char *whole = g_strconcat (name, suffix, NULL);
  if (!g_hash_table_contains (check->names, whole))
    g_hash_table_insert (check->names, g_steal_pointer (&whole), NULL);
}

static void
add_implied_names (Check *check)
{
  JsonObject *kind = zf_json_get_object (check->root, "kind");
  JsonObject *parent = kind != NULL ? zf_json_get_object (kind, "parent") : NULL;
  if (parent != NULL)
    imply (check, zf_json_get_string (parent, "field", ""), "");
  if (kind != NULL && zf_json_get_bool (kind, "append_only", FALSE))
    {
      imply (check, "supersedes", "");
      imply (check, "why", "");
    }
  for (guint i = 0; i < check->questions->len; i++)
    {
      const Question *question = check->questions->pdata[i];
      if (g_str_has_suffix (cell (question->object, "type"), " or_other"))
        imply (check, question->name, "_other");
      if (strcmp (cell (question->object, "source"), "yes") == 0)
        imply (check, question->name, "__src");
    }
}

/* ---- Values of columns ---- */

static gboolean
is_word (const char *text, const char *const *words)
{
  g_autofree char *word = g_ascii_strdown (text, -1);
  return g_strv_contains (words, word);
}

static const char *const yes_or_no[] = { "", "yes", "true", "true()", "no", "false", "false()", NULL };
static const char *const classes[] = { "", "more", NULL };
/* Columns with few words, and what to say of another. */
static const struct
{
  const char *column;
  const char *const *words;
  const char *message;
} few[] = {
  { "read_only", yes_or_no, N_("only yes or no can stand here") },
  { "class", classes, N_("only “more” can stand here") },
};
/* Columns of XLSForm that change what a form does, in ways that are not supported here. Prefixes end with "::". */
static const char *const unsupported[] = { "body::", "bind::", "control::" };

static gboolean
is_unsupported (const char *column)
{
  if (strcmp (column, "bind::type") == 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (unsupported); i++)
    if (g_str_has_suffix (unsupported[i], "::") ? g_str_has_prefix (column, unsupported[i]) : strcmp (column, unsupported[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
check_unsupported (Check *check, guint row, JsonObject *object)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    if (is_unsupported (l->data))
      add_fault (check, "survey", row, l->data, "%s", _("this column is not supported"));
}

/* Words that name a question which is not there. */
static void
check_words (Check *check, guint row, JsonObject *object)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    {
      g_autoptr (GPtrArray) names = zf_form_words_names (zf_form_words_is_column (l->data) ? cell (object, l->data) : "");
      for (guint i = 0; i < names->len; i++)
        if (!g_hash_table_contains (check->names, names->pdata[i]))
          add_fault (check, "survey", row, l->data, _("there is no question “%s”"), (const char *) names->pdata[i]);
    }
}

/* The repeat that is @group or holds it, -1 none. */
static int
repeat_around (Check *check, int group)
{
  while (group >= 0 && !((Group *) check->groups->pdata[group])->repeat)
    group = ((Group *) check->groups->pdata[group])->parent;
  return group;
}

static gboolean
in_repeat (Check *check, const Question *question)
{
  return repeat_around (check, question->group) >= 0;
}

static gboolean
holds (Check *check, int outer, int inner)
{
  while (inner >= 0 && inner != outer)
    inner = repeat_around (check, ((Group *) check->groups->pdata[inner])->parent);
  return inner == outer;
}

/* One stands in the rows of the other, or in rows of those. */
static gboolean
share_rows (Check *check, const Question *a, const Question *b)
{
  int x = repeat_around (check, a->group), y = repeat_around (check, b->group);
  return holds (check, x, y) || holds (check, y, x);
}

/* Some record of @kind is meant: that of a keyed kind of the same owner whose key is answered here, or one that a field of the form names. */
static gboolean
names_record (Check *check, const ZfKind *kind, const char *owner)
{
  const char *const *key = zf_kind_key (kind);
  JsonObject *settings = zf_json_get_object (check->root, "kind");
  JsonObject *refs = settings != NULL ? zf_json_get_object (settings, "refs") : NULL;
  g_autoptr (GList) values = refs != NULL ? json_object_get_values (refs) : NULL;
  gboolean keyed = key != NULL && g_strcmp0 (zf_kind_parent_kind (kind), owner) == 0;
  for (guint i = 0; keyed && key[i] != NULL; i++)
    keyed = g_str_equal (key[i], zf_kind_parent_field (kind)) || g_hash_table_contains (check->names, key[i]);
  for (GList *l = values; l != NULL && !keyed; l = l->next)
    keyed = JSON_NODE_HOLDS_VALUE (l->data) && g_strcmp0 (json_node_get_string (l->data), zf_kind_name (kind)) == 0;
  return keyed;
}

/* FIELD of the parent, or KIND.FIELD. */
static void
check_save_to (Check *check, const Question *question)
{
  const char *target = cell (question->object, "save_to"), *dot = strchr (target, '.');
  JsonObject *settings = zf_json_get_object (check->root, "kind");
  JsonObject *parent = settings != NULL ? zf_json_get_object (settings, "parent") : NULL;
  const char *owner = parent != NULL ? zf_json_get_string (parent, "kind", "") : "";
  g_autofree char *name = dot != NULL ? g_strndup (target, (gsize) (dot - target)) : g_strdup (owner);
  const ZfKind *kind = zf_kinds_get (check->kinds, name);
  if (*target == '\0')
    return;
  if (in_repeat (check, question))
    add_fault (check, "survey", question->row, "save_to", "%s", _("this cannot stand in a repeat"));
  else if (kind == NULL && *name == '\0')
    add_fault (check, "survey", question->row, "save_to", "%s", _("the record has no owner that the answer could go to"));
  else if (kind == NULL)
    add_fault (check, "survey", question->row, "save_to", _("there is no kind “%s”"), name);
  else if (zf_kind_field (kind, dot != NULL ? dot + 1 : target) == NULL)
    add_fault (check, "survey", question->row, "save_to", _("the kind “%s” has no field “%s”"), name, dot != NULL ? dot + 1 : target);
  else if (g_strcmp0 (name, owner) != 0 && !names_record (check, kind, owner))
    add_fault (check, "survey", question->row, "save_to", _("nothing here says which record of “%s” is meant"), name);
}

static gboolean
is_computed (const char *text)
{
  return strstr (text, "${") != NULL || g_regex_match_simple ("[a-z0-9-]\\(", text, 0, 0);
}

static void
check_default (Check *check, const Question *question)
{
  const char *text = cell (question->object, "default");
  g_autofree char *type = plain_type (cell (question->object, "type"));
  const char *list = g_str_has_prefix (type, "select_one ") ? type + strlen ("select_one ") : NULL;
  if (list != NULL && *text != '\0' && !is_computed (text) && has_list (check, list) && !has_choice (check, list, text))
    add_fault (check, "survey", question->row, "default", _("the list “%s” has no choice “%s”"), list, text);
}

static void
check_values (Check *check, const Question *question)
{
  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    if (!is_word (cell (question->object, few[i].column), few[i].words))
      add_fault (check, "survey", question->row, few[i].column, "%s", _(few[i].message));
  check_unsupported (check, question->row, question->object);
  check_words (check, question->row, question->object);
  check_media (check, "survey", question->row, question->object, TRUE);
  note_appearance (check, question->row, question->object);
  check_save_to (check, question);
  check_default (check, question);
}

/* ---- Expressions ---- */

static gboolean
lookup (gpointer data, const char *name, ZfXpathType *type)
{
  Check *check = data;
  gpointer question = NULL;
  gboolean found = g_hash_table_lookup_extended (check->names, name, NULL, &question);
  *type = question != NULL ? ((Question *) question)->type : ZF_XPATH_UNKNOWN;
  return found;
}

static gboolean
names_list (gpointer data, const char *name)
{
  return has_list (data, name);
}

static gboolean
names_group (gpointer data, const char *name)
{
  const Check *check = data;
  for (guint i = 0; i < check->groups->len; i++)
    if (strcmp (cell (((const Group *) check->groups->pdata[i])->object, "name"), name) == 0)
      return TRUE;
  return FALSE;
}

/* (transfer full) (nullable): the expression in @column; NULL when there is none or, noted as a fault, it is wrong. */
static ZfExpr *
compile (Check *check, JsonObject *object, const char *column, ZfXpathType self, guint row, gboolean tell)
{
  ZfXpathScope scope = { .lookup = lookup, .data = check, .self_type = self, .list = names_list, .group = names_group };
  const char *text = cell (object, column);
  g_autoptr (GError) error = NULL;
  ZfExpr *expr = *text != '\0' ? zf_expr_new (text, &scope, &error) : NULL;
  if (error != NULL && tell)
    add_fault (check, "survey", row, column, "%s", error->message);
  return expr;
}

static void
check_expression (Check *check, JsonObject *object, const char *column, ZfXpathType self, guint row)
{
  g_autoptr (ZfExpr) expr = compile (check, object, column, self, row, TRUE);
}

/* ${last-saved#name} alone is the one thing that is no expression and has a name. */
static void
check_computed_default (Check *check, const Question *question)
{
  const char *text = cell (question->object, "default");
  g_autoptr (GRegex) last = g_regex_new ("^\\s*\\$\\{\\s*last-saved#([A-Za-z_][A-Za-z0-9_]*)\\s*\\}\\s*$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (!g_regex_match (last, text, 0, &match))
    {
      if (is_computed (text))
        check_expression (check, question->object, "default", question->type, question->row);
      return;
    }
  g_autofree char *name = g_match_info_fetch (match, 1);
  if (in_repeat (check, question))
    add_fault (check, "survey", question->row, "default", "%s", _("an answer of the last record cannot be filled into a repeat"));
  if (!g_hash_table_contains (check->names, name))
    add_fault (check, "survey", question->row, "default", _("there is no question “%s”"), name);
}

static gboolean
people_answer (const Question *question)
{
  static const char *const by_themselves[] = { "calculate", "note", "hidden", "start", "end", "today", NULL };
  JsonObject *row = question->object;
  return !g_strv_contains (by_themselves, cell (row, "type")) && !g_strv_contains (unasked, cell (row, "type")) && strstr (cell (row, "appearance"), "hidden") == NULL &&
         !zf_form_says_yes (cell (row, "read_only"));
}

static void
check_trigger (Check *check, const Question *question)
{
  const char *text = cell (question->object, "trigger");
  g_autoptr (GPtrArray) names = zf_form_words_names (text);
  if (!zf_form_words_only_names (text))
    add_fault (check, "survey", question->row, "trigger", "%s", _("only names of questions as ${name} can stand here"));
  for (guint i = 0; i < names->len; i++)
    {
      const Question *from = g_hash_table_lookup (check->names, names->pdata[i]);
      if (!g_hash_table_contains (check->names, names->pdata[i]))
        add_fault (check, "survey", question->row, "trigger", _("there is no question “%s”"), (const char *) names->pdata[i]);
      else if (from == NULL || from == question || !people_answer (from))
        add_fault (check, "survey", question->row, "trigger", _("nobody answers “%s” there, so it cannot set this answer"), (const char *) names->pdata[i]);
      else if (!share_rows (check, from, question))
        add_fault (check, "survey", question->row, "trigger", _("“%s” stands in other rows: which of them is meant is not certain"), (const char *) names->pdata[i]);
    }
}

static void
check_question (Check *check, const Question *question)
{
  JsonObject *object = question->object;
  check_values (check, question);
  check_expression (check, object, "relevant", question->type, question->row);
  check_expression (check, object, "check", question->type, question->row);
  check_expression (check, object, "constraint", question->type, question->row);
  check_expression (check, object, "calculation", question->type, question->row);
  check_expression (check, object, "choice_filter", ZF_XPATH_STRING, question->row);
  if (!is_word (cell (object, "required"), yes_or_no))
    check_expression (check, object, "required", question->type, question->row);
  check_computed_default (check, question);
  check_trigger (check, question);
  if (strcmp (cell (object, "type"), "calculate") == 0 && *cell (object, "calculation") == '\0' && *cell (object, "trigger") == '\0')
    add_fault (check, "survey", question->row, "calculation", "%s", _("the calculation is missing"));
}

static void
check_group (Check *check, const Group *group)
{
  check_unsupported (check, group->row, group->object);
  check_words (check, group->row, group->object);
  check_media (check, "survey", group->row, group->object, FALSE);
  note_appearance (check, group->row, group->object);
  check_expression (check, group->object, "relevant", ZF_XPATH_UNKNOWN, group->row);
  if (group->repeat)
    check_expression (check, group->object, "repeat_count", ZF_XPATH_UNKNOWN, group->row);
}

/* ---- Settings ---- */

/* What a form may say of itself, by the column's first part; "attribute::" and the like are other programs'. */
static const char *const known_settings[] = { "form_title", "form_id", "version", "default_language", "allow_choice_duplicates", ZF_INSTANCE_NAME, NULL };

static void
check_instance_name (Check *check)
{
  JsonObject *settings = settings_of (check);
  ZfXpathScope scope = { .lookup = lookup, .data = check, .self_type = ZF_XPATH_UNKNOWN, .list = names_list, .group = names_group };
  const char *text = settings != NULL ? cell (settings, ZF_INSTANCE_NAME) : "";
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfExpr) expr = *text != '\0' ? zf_expr_new (text, &scope, &error) : NULL;
  if (error != NULL)
    add_fault (check, "settings", 0, ZF_INSTANCE_NAME, "%s", error->message);
  if (expr != NULL && g_hash_table_contains (check->names, ZF_INSTANCE_NAME))
    add_fault (check, "settings", 0, ZF_INSTANCE_NAME, _("the name “%s” stands there already"), ZF_INSTANCE_NAME);
}

static void
note_settings (Check *check)
{
  JsonObject *settings = settings_of (check);
  g_autoptr (GList) columns = settings != NULL ? json_object_get_members (settings) : NULL;
  for (GList *l = columns; l != NULL; l = l->next)
    {
      g_auto (GStrv) parts = g_strsplit (l->data, "::", 2);
      if (parts[0] == NULL || !g_strv_contains (known_settings, parts[0]))
        add_note (check, "settings", 0, l->data, _("this setting changes nothing here"));
    }
}

/* ---- Circles ---- */

static void search (Check *check, Question *question, GPtrArray *way);

static void
tell_circle (Check *check, const Question *question, const char *column, GPtrArray *way)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint from = 0;
  g_ptr_array_find (way, question, &from);
  for (guint i = from; i < way->len; i++)
    g_string_append_printf (names, "%s → ", ((Question *) way->pdata[i])->name);
  g_string_append (names, question->name);
  const Question *last = way->pdata[way->len - 1];
  add_fault (check, "survey", last->row, column, _("these depend on each other in a circle: %s"), names->str);
}

/* Goes on to what the expression in @column reads. */
static void
follow (Check *check, JsonObject *object, const char *column, GPtrArray *way)
{
  g_autoptr (ZfExpr) expr = compile (check, object, column, ZF_XPATH_UNKNOWN, 0, FALSE);
  GPtrArray *reads = expr != NULL ? zf_expr_depends (expr) : NULL;
  for (guint i = 0; reads != NULL && i < reads->len; i++)
    {
      Question *next = g_hash_table_lookup (check->names, reads->pdata[i]);
      if (next != NULL && next->seen && !next->done)
        tell_circle (check, next, column, way);
      else if (next != NULL)
        search (check, next, way);
    }
}

static void
search (Check *check, Question *question, GPtrArray *way)
{
  if (question->seen || way->len >= MAX_WAY)
    return;
  question->seen = TRUE;
  g_ptr_array_add (way, question);
  if (*cell (question->object, "trigger") == '\0')
    follow (check, question->object, "calculation", way);
  follow (check, question->object, "relevant", way);
  for (int g = question->group; g >= 0; g = ((Group *) check->groups->pdata[g])->parent)
    follow (check, ((Group *) check->groups->pdata[g])->object, "relevant", way);
  g_ptr_array_set_size (way, (int) way->len - 1);
  question->done = TRUE;
}

/* ---- The whole ---- */

static int
compare_faults (gconstpointer a, gconstpointer b)
{
  const ZfFormFault *x = *(const ZfFormFault *const *) a, *y = *(const ZfFormFault *const *) b;
  int order = g_strcmp0 (y->sheet, x->sheet);   /* the survey first */
  return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

static void
check_rows (Check *check)
{
  g_autoptr (GPtrArray) way = g_ptr_array_new ();
  check_choices (check);
  read_survey (check);
  add_implied_names (check);
  for (guint i = 0; i < check->groups->len; i++)
    check_group (check, check->groups->pdata[i]);
  for (guint i = 0; i < check->questions->len; i++)
    check_question (check, check->questions->pdata[i]);
  for (guint i = 0; i < check->questions->len; i++)
    search (check, check->questions->pdata[i], way);
  check_instance_name (check);
  note_settings (check);
  check_pictures (check);
  g_ptr_array_sort (check->faults, compare_faults);
}

static gboolean
has_harm (Check *check)
{
  for (guint i = 0; i < check->faults->len; i++)
    if (!((const ZfFormFault *) check->faults->pdata[i])->harmless)
      return TRUE;
  return FALSE;
}

ZfForm *
zf_form_check (ZfKinds *kinds, const char *file_name, JsonObject *root, gsize length, GPtrArray **faults)
{
  g_return_val_if_fail (ZF_IS_KINDS (kinds) && file_name != NULL && root != NULL && faults != NULL, NULL);

  g_autoptr (GPtrArray) questions = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) doubled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) error = NULL;
  Check check = { .kinds = kinds, .root = root, .survey = zf_json_get_array (root, "survey"), .choices = zf_json_get_array (root, "choices"),
                  .faults = g_ptr_array_new_with_free_func (fault_free), .questions = questions, .groups = groups, .names = names, .doubled = doubled,
                  .pictures = pictures, .group = -1 };
  *faults = check.faults;
  if (check.survey != NULL)
    check_rows (&check);
  if (length > ZF_PUBLICATION_MAX)
    add_fault (&check, NULL, 0, NULL, _("The form with its pictures is larger than what tablets take (%d kB)"), ZF_PUBLICATION_MAX / 1024);
  if (has_harm (&check))
    return NULL;
  const ZfKind *kind = zf_kinds_check_root (kinds, file_name, root, &error);
  ZfForm *form = kind != NULL ? zf_form_new (kind, &error) : NULL;
  if (form == NULL)
    add_fault (&check, NULL, 0, NULL, "%s", error->message);
  return form;
}

char *
zf_form_fault_text (const ZfFormFault *fault)
{
  g_return_val_if_fail (fault != NULL, NULL);

  if (fault->sheet == NULL)
    return g_strdup (fault->message);
  if (fault->column == NULL)
    return g_strdup_printf (_("“%s”, row %u: %s"), fault->sheet, fault->row + 1, fault->message);
  return g_strdup_printf (_("“%s”, row %u, `%s`: %s"), fault->sheet, fault->row + 1, fault->column, fault->message);
}
