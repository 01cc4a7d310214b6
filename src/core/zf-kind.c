/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"

struct _ZfKind
{
  gatomicrefcount refs;
  ZfSurvey *expanded;
  GPtrArray *repeats;       /* ZfKind* */
  gboolean own_repeat;
  JsonObject *root;         /* the whole file; every string below lives in it or in `strings` */
  JsonObject *form;         /* row of the settings sheet */
  JsonObject *settings;     /* "kind" */
  JsonArray *survey;
  GHashTable *lists;        /* list name → GPtrArray of ZfChoice*: the kind's own sheet */
  GHashTable *shared_lists;
  GPtrArray *fields;        /* ZfField*, in survey order, implicit ones last */
  GHashTable *by_name;      /* name → ZfField* */
  GStringChunk *strings;
  const char *parent_kind;
  const char *parent_field;
  const char **key;         /* NULL-terminated, NULL without a key */
  const char **sort;        /* NULL-terminated, NULL without one */
  const char *lat_field;
  const char *lon_field;
  char *file_name;
};

static void
field_free (gpointer data)
{
  ZfField *field = data;

  json_object_unref (field->row);
  g_free (field);
}

static void
choice_free (gpointer data)
{
  ZfChoice *choice = data;

  json_object_unref (choice->row);
  g_free (choice);
}

GHashTable *
zf_choice_lists_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

static ZfChoice *
find_choice (GPtrArray *list, const char *code)
{
  for (guint i = 0; i < list->len; i++)
    {
      ZfChoice *choice = g_ptr_array_index (list, i);

      if (strcmp (choice->name, code) == 0)
        return choice;
    }
  return NULL;
}

gboolean
zf_choice_list_add (GHashTable *lists, JsonObject *row, const char *where, GError **error)
{
  const char *list_name = zf_json_get_string (row, "list_name", "");
  const char *code = zf_json_get_string (row, "name", "");
  GPtrArray *list = g_hash_table_lookup (lists, list_name);
  ZfChoice *choice;

  if (*list_name == '\0' || *code == '\0')
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: a choice needs list_name and name.", where);
      return FALSE;
    }
  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func (choice_free);
      g_hash_table_insert (lists, g_strdup (list_name), list);
    }
  if (find_choice (list, code) != NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the choice “%s” of list “%s” stands there twice.", where, code, list_name);
      return FALSE;
    }
  choice = g_new0 (ZfChoice, 1);
  choice->name = code;
  choice->row = json_object_ref (row);
  g_ptr_array_add (list, choice);
  return TRUE;
}

static gboolean
bad (ZfKind *self, GError **error, const char *what, const char *name)
{
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: %s “%s”.", self->file_name, what, name);
  return FALSE;
}

static ZfField *
field (const ZfKind *self, const char *name)
{
  return name != NULL ? g_hash_table_lookup (self->by_name, name) : NULL;
}

static gboolean
has_type (const ZfKind *self, const char *name, ZfFieldType type)
{
  const ZfField *f = field (self, name);

  return f != NULL && f->type == type;
}

/* ---- Reading the sheets ---- */

static gboolean
read_choices (ZfKind *self, GError **error)
{
  JsonArray *rows = self->expanded->choices;
  guint n = json_array_get_length (rows);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("%s, choices row %u", self->file_name, i + 1);
      JsonNode *node = json_array_get_element (rows, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return bad (self, error, "a row is not an object in", "choices");
      if (!zf_choice_list_add (self->lists, json_node_get_object (node), where, error))
        return FALSE;
    }
  return TRUE;
}

static ZfField *
add_field (ZfKind *self, const char *name, ZfFieldType type, JsonObject *row)
{
  ZfField *f = g_new0 (ZfField, 1);

  f->name = g_string_chunk_insert_const (self->strings, name);
  f->type = type;
  f->group = f->name;
  f->row = json_object_ref (row);
  g_ptr_array_add (self->fields, f);
  g_hash_table_insert (self->by_name, (gpointer) f->name, f);
  return f;
}

static gboolean
is_name (const char *name)
{
  if (!g_ascii_isalpha (*name) && *name != '_')
    return FALSE;
  return name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static gboolean
read_survey_row (ZfKind *self, JsonObject *row, const char *where, GError **error)
{
  const char *name = zf_json_get_string (row, "name", "");
  g_autofree char *list_name = NULL;
  ZfFieldType type = 0;
  ZfField *f;

  if (!zf_field_type_parse (row, &type, &list_name, where, error))
    return FALSE;
  if (type == 0)
    return TRUE;
  if (!is_name (name) || field (self, name) != NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the name “%s” %s.", where, name,
                   field (self, name) != NULL ? "stands there twice" : "is not a name (letters, digits, _)");
      return FALSE;
    }
  if (list_name != NULL && zf_kind_choices (self, list_name) == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the list “%s” is unknown.", where, list_name);
      return FALSE;
    }
  f = add_field (self, name, type, row);
  if (list_name != NULL)
    f->list_name = g_string_chunk_insert_const (self->strings, list_name);
  return TRUE;
}

static gboolean
read_survey (ZfKind *self, GError **error)
{
  self->survey = self->expanded->rows;
  for (guint i = 0; i < json_array_get_length (self->survey); i++)
    {
      g_autofree char *where = g_strdup_printf ("%s, survey row %u", self->file_name, g_array_index (self->expanded->numbers, guint, i));

      if (!read_survey_row (self, json_array_get_object_element (self->survey, i), where, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- Repeats ---- */

/* Mark rows and roots stand in the same order. */
static gboolean
read_repeats (ZfKind *self, GError **error)
{
  for (guint i = 0; i < json_array_get_length (self->expanded->repeats); i++)
    {
      JsonObject *root = json_array_get_object_element (self->expanded->repeats, i);
      g_autofree char *file_name = g_strconcat (zf_json_get_string (zf_json_get_object (root, "kind"), "name", ""), ".json", NULL);
      ZfKind *repeat = zf_kind_new (file_name, root, self->shared_lists, error);

      if (repeat == NULL)
        return FALSE;
      repeat->own_repeat = repeat->parent_kind != NULL;
      g_ptr_array_add (self->repeats, repeat);
    }
  return TRUE;
}

const ZfKind *
zf_kind_repeat (const ZfKind *self, const char *name)
{
  guint at = 0;

  for (guint i = 0; i < json_array_get_length (self->survey); i++)
    {
      JsonObject *row = json_array_get_object_element (self->survey, i);

      if (strcmp (zf_json_get_string (row, "type", ""), ZF_TYPE_REPEAT) != 0)
        continue;
      if (strcmp (zf_json_get_string (row, "name", ""), name) == 0)
        return self->repeats->pdata[at];
      at++;
    }
  return NULL;
}

GPtrArray *
zf_kind_repeats (const ZfKind *self)
{
  return self->repeats;
}

gboolean
zf_kind_is_own_repeat (const ZfKind *self)
{
  return self->own_repeat;
}

/* ---- Reading the settings ---- */

/* A field that the kind's settings bring: made here unless the survey has a row for it. */
static ZfField *
implicit_field (ZfKind *self, const char *name, ZfFieldType type)
{
  ZfField *f = field (self, name);
  g_autoptr (JsonObject) row = NULL;

  if (f == NULL)
    {
      row = json_object_new ();
      json_object_set_string_member (row, "type", "text");
      json_object_set_string_member (row, "name", name);
      f = add_field (self, name, type, row);
    }
  f->type = type;
  return f;
}

static gboolean
read_parent (ZfKind *self, GError **error)
{
  JsonObject *parent = zf_json_get_object (self->settings, "parent");
  const char *name;
  ZfField *f;

  if (parent == NULL)
    return TRUE;
  self->parent_kind = zf_json_get_string (parent, "kind", NULL);
  name = zf_json_get_string (parent, "field", NULL);
  if (self->parent_kind == NULL || name == NULL || !is_name (name))
    return bad (self, error, "kind and field must stand in", "parent");
  if (field (self, name) != NULL && !has_type (self, name, ZF_FIELD_TEXT))
    return bad (self, error, "the parent's field must be text:", name);
  f = implicit_field (self, name, ZF_FIELD_REF);
  f->ref_kind = self->parent_kind;
  self->parent_field = f->name;
  return TRUE;
}

static void
add_correction_fields (ZfKind *self)
{
  if (!zf_kind_append_only (self))
    return;
  implicit_field (self, "supersedes", ZF_FIELD_REF)->ref_kind = zf_kind_name (self);
  implicit_field (self, "why", ZF_FIELD_TEXT);
}

static gboolean
read_refs (ZfKind *self, GError **error)
{
  JsonObject *refs = zf_json_get_object (self->settings, "refs");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (refs == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, refs);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      ZfField *f = field (self, name);

      if (f == NULL || (f->type != ZF_FIELD_TEXT && f->type != ZF_FIELD_REF))
        return bad (self, error, "refs must name a text field, not", name);
      f->type = ZF_FIELD_REF;
      f->ref_kind = zf_json_get_string (refs, name, NULL);
      if (f->ref_kind == NULL)
        return bad (self, error, "refs must name a kind for", name);
    }
  return TRUE;
}

/* Walks the field names of the array @setting. */
static gboolean
each_name (ZfKind *self, JsonArray *names, const char *setting, void (*set) (ZfField *field, gpointer data), gpointer data,
           GError **error)
{
  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    {
      JsonNode *node = json_array_get_element (names, i);
      const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      if (field (self, name) == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: %s names the unknown field “%s”.", self->file_name, setting,
                       name != NULL ? name : "");
          return FALSE;
        }
      if (set != NULL)
        set (field (self, name), data);
    }
  return TRUE;
}

static void
set_column (ZfField *f, gpointer data)
{
  f->column = TRUE;
}

static void
set_sensitive (ZfField *f, gpointer data)
{
  f->sensitive = TRUE;
}

typedef struct
{
  const char *group;
  gboolean doubled;     /* a field stands in a second group */
} Grouping;

static void
set_group (ZfField *f, gpointer data)
{
  Grouping *grouping = data;

  if (f->grouped)
    grouping->doubled = TRUE;
  f->grouped = TRUE;
  f->group = grouping->group;
}

static gboolean
read_group (ZfKind *self, const char *group, GError **error)
{
  JsonArray *names = zf_json_get_array (zf_json_get_object (self->settings, "groups"), group);
  Grouping grouping = { group, FALSE };

  if (names == NULL || json_array_get_length (names) == 0)
    return bad (self, error, "fields must stand in the group", group);
  if (!each_name (self, names, group, set_group, &grouping, error))
    return FALSE;
  if (grouping.doubled)
    return bad (self, error, "a field is in another group already:", group);
  if (field (self, group) != NULL && field (self, group)->group != group)
    return bad (self, error, "a field outside the group has its name", group);
  return TRUE;
}

static gboolean
read_groups (ZfKind *self, GError **error)
{
  JsonObject *groups = zf_json_get_object (self->settings, "groups");
  JsonObjectIter iter;
  const char *group;
  JsonNode *node;

  if (groups == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, groups);
  while (json_object_iter_next_ordered (&iter, &group, &node))
    {
      if (!read_group (self, group, error))
        return FALSE;
    }
  return TRUE;
}

/* An answer, where it comes from and why it is right are one. */
static void
group_companions (ZfKind *self)
{
  static const char *const suffixes[] = { ZF_SOURCE_SUFFIX, ZF_WHY_SUFFIX };

  for (guint i = 0; i < self->fields->len * G_N_ELEMENTS (suffixes); i++)
    {
      ZfField *companion = self->fields->pdata[i / G_N_ELEMENTS (suffixes)];
      const char *suffix = suffixes[i % G_N_ELEMENTS (suffixes)];
      g_autofree char *name =
        g_str_has_suffix (companion->name, suffix) ? g_strndup (companion->name, strlen (companion->name) - strlen (suffix)) : NULL;
      ZfField *answer = field (self, name);

      if (answer == NULL)
        continue;
      companion->group = answer->group;
      companion->grouped = answer->grouped = TRUE;
    }
}

static gboolean
read_names (ZfKind *self, const char *setting, const char ***list, GError **error)
{
  JsonArray *names = zf_json_get_array (self->settings, setting);
  guint n = names != NULL ? json_array_get_length (names) : 0;

  if (n == 0)
    return TRUE;
  if (!each_name (self, names, setting, NULL, NULL, error))
    return FALSE;
  *list = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    (*list)[i] = json_array_get_string_element (names, i);
  return TRUE;
}

/* What lists are sorted by must stand in the flat table. */
static gboolean
read_sort (ZfKind *self, GError **error)
{
  return read_names (self, "sort", &self->sort, error)
         && each_name (self, zf_json_get_array (self->settings, "sort"), "sort", set_column, NULL, error);
}

static gboolean
read_place (ZfKind *self, GError **error)
{
  JsonArray *names = zf_json_get_array (self->settings, "place");

  if (names == NULL || json_array_get_length (names) == 0)
    return TRUE;
  if (!each_name (self, names, "place", NULL, NULL, error))
    return FALSE;
  if (json_array_get_length (names) != 2)
    return bad (self, error, "two fields must stand in", "place");
  self->lat_field = json_array_get_string_element (names, 0);
  self->lon_field = json_array_get_string_element (names, 1);
  if (!has_type (self, self->lat_field, ZF_FIELD_DECIMAL) || !has_type (self, self->lon_field, ZF_FIELD_DECIMAL))
    return bad (self, error, "decimal fields must stand in", "place");
  return TRUE;
}

static gboolean
read_search (ZfKind *self, GError **error)
{
  static const char *const ways[] = { "name", "text", "tail", "digits", NULL };
  JsonObject *search = zf_kind_search (self);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (search == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, search);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (field (self, name) == NULL)
        return bad (self, error, "search names the unknown field", name);
      if (!g_strv_contains (ways, zf_json_get_string (search, name, "")))
        return bad (self, error, "search must be name, text, tail or digits for", name);
    }
  return TRUE;
}

/* Rules by which two records are the same: only the county's merge reads more of them. */
static gboolean
read_unique (ZfKind *self, GError **error)
{
  JsonArray *rules = zf_json_get_array (self->settings, "unique");

  for (guint i = 0; rules != NULL && i < json_array_get_length (rules); i++)
    {
      JsonNode *rule = json_array_get_element (rules, i);
      JsonArray *names = JSON_NODE_HOLDS_OBJECT (rule) ? zf_json_get_array (json_node_get_object (rule), "fields") : NULL;
      JsonObject *when = names != NULL ? zf_json_get_object (json_node_get_object (rule), "parent_when") : NULL;
      g_autoptr (GList) fields = when != NULL ? json_object_get_members (when) : NULL;

      if (names == NULL || json_array_get_length (names) == 0)
        return bad (self, error, "each rule names fields in", "unique");
      if (!each_name (self, names, "unique", NULL, NULL, error))
        return FALSE;
      for (GList *l = fields; l != NULL; l = l->next)
        if (field (self, l->data) == NULL)
          return bad (self, error, "unique names the unknown field", l->data);
    }
  return TRUE;
}

static gboolean
check_named_field (ZfKind *self, const char *setting, GError **error)
{
  const char *name = zf_json_get_string (self->settings, setting, NULL);

  if (name != NULL && field (self, name) == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: %s names the unknown field “%s”.", self->file_name, setting, name);
      return FALSE;
    }
  return TRUE;
}

/* A misspelt setting would silently do nothing. */
static gboolean
check_setting_names (ZfKind *self, GError **error)
{
  static const char *const known[] = { "name", "order", "parent", "append_only", "key", "date", "label", "ledger", "server_only",
                                       "refs", "groups", "place", "columns", "sort", "search", "sensitive", "roles", "unique", NULL };
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, self->settings);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (!g_strv_contains (known, name))
        return bad (self, error, "the kind has the unknown setting", name);
    }
  return TRUE;
}

static gboolean
read_settings (ZfKind *self, GError **error)
{
  if (!read_parent (self, error))
    return FALSE;
  add_correction_fields (self);
  if (!read_groups (self, error))
    return FALSE;
  group_companions (self);
  return read_refs (self, error)
         && each_name (self, zf_json_get_array (self->settings, "columns"), "columns", set_column, NULL, error)
         && each_name (self, zf_json_get_array (self->settings, "sensitive"), "sensitive", set_sensitive, NULL, error)
         && read_names (self, "key", &self->key, error) && read_sort (self, error)
         && read_place (self, error) && read_search (self, error) && read_unique (self, error)
         && check_named_field (self, "date", error) && check_named_field (self, "label", error)
         && check_setting_names (self, error);
}

static gboolean
read_head (ZfKind *self, GError **error)
{
  JsonArray *forms = zf_json_get_array (self->root, "settings");
  g_autofree char *expected = NULL;

  self->settings = zf_json_get_object (self->root, "kind");
  if (self->settings == NULL)
    return bad (self, error, "the file lacks", "kind");
  if (forms == NULL || json_array_get_length (forms) != 1 || !JSON_NODE_HOLDS_OBJECT (json_array_get_element (forms, 0)))
    return bad (self, error, "one row must stand in the sheet", "settings");
  self->form = json_array_get_object_element (forms, 0);
  if (zf_json_get_string (self->form, "version", NULL) == NULL)
    return bad (self, error, "the settings lack", "version");
  expected = g_strconcat (zf_kind_name (self), ".json", NULL);
  if (!is_name (zf_kind_name (self)) || strcmp (expected, self->file_name) != 0)
    return bad (self, error, "the kind's name differs from the file name:", zf_kind_name (self));
  return TRUE;
}

ZfKind *
zf_kind_new (const char *file_name, JsonObject *root, GHashTable *shared_lists, GError **error)
{
  g_autoptr (ZfKind) self = g_new0 (ZfKind, 1);

  self->root = json_object_ref (root);
  self->file_name = g_strdup (file_name);
  self->lists = zf_choice_lists_new ();
  self->shared_lists = g_hash_table_ref (shared_lists);
  self->fields = g_ptr_array_new_with_free_func (field_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->strings = g_string_chunk_new (512);
  self->repeats = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_unref);
  g_atomic_ref_count_init (&self->refs);
  if (!read_head (self, error))
    return NULL;
  self->expanded = zf_survey_expand (file_name, root, shared_lists, error);
  if (self->expanded == NULL || !read_choices (self, error) || !read_survey (self, error) || !read_settings (self, error) ||
      !read_repeats (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

ZfKind *
zf_kind_again (const ZfKind *self, GHashTable *shared_lists, GError **error)
{
  return zf_kind_new (self->file_name, self->root, shared_lists, error);
}

ZfKind *
zf_kind_ref (ZfKind *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
zf_kind_unref (ZfKind *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->expanded, zf_survey_free);
  g_ptr_array_unref (self->repeats);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->fields);
  g_hash_table_unref (self->lists);
  g_hash_table_unref (self->shared_lists);
  g_string_chunk_free (self->strings);
  json_object_unref (self->root);
  g_free (self->key);
  g_free (self->sort);
  g_free (self->file_name);
  g_free (self);
}

/* ---- Getters ---- */

const char *
zf_kind_name (const ZfKind *self)
{
  return zf_json_get_string (self->settings, "name", "");
}

const char *
zf_kind_title (const ZfKind *self, const char *lang)
{
  const char *title = zf_row_text (self->form, "form_title", lang);

  return title != NULL ? title : zf_kind_name (self);
}

const char *
zf_kind_version (const ZfKind *self)
{
  return zf_json_get_string (self->form, "version", "");
}

gint64
zf_kind_order (const ZfKind *self)
{
  return zf_json_get_int (self->settings, "order", 1000);
}

const char *
zf_kind_parent_kind (const ZfKind *self)
{
  return self->parent_kind;
}

const char *
zf_kind_parent_field (const ZfKind *self)
{
  return self->parent_field;
}

gboolean
zf_kind_append_only (const ZfKind *self)
{
  return zf_json_get_bool (self->settings, "append_only", FALSE);
}

gboolean
zf_kind_parent_optional (const ZfKind *self)
{
  JsonObject *parent = zf_json_get_object (self->settings, "parent");

  return parent != NULL && zf_json_get_bool (parent, "optional", FALSE);
}

gboolean
zf_kind_server_only (const ZfKind *self)
{
  return zf_json_get_bool (self->settings, "server_only", FALSE);
}

const char *const *
zf_kind_key (const ZfKind *self)
{
  return self->key;
}

const char *const *
zf_kind_sort (const ZfKind *self)
{
  return self->sort;
}

const char *
zf_kind_date_field (const ZfKind *self)
{
  return zf_json_get_string (self->settings, "date", NULL);
}

const char *
zf_kind_label_field (const ZfKind *self)
{
  return zf_json_get_string (self->settings, "label", NULL);
}

gboolean
zf_kind_is_ledger (const ZfKind *self)
{
  return zf_json_get_bool (self->settings, "ledger", FALSE);
}

JsonObject *
zf_kind_file (const ZfKind *self)
{
  return self->root;
}

JsonObject *
zf_kind_settings (const ZfKind *self)
{
  return self->settings;
}

JsonArray *
zf_kind_survey (const ZfKind *self)
{
  return self->survey;
}

guint
zf_kind_n_fields (const ZfKind *self)
{
  return self->fields->len;
}

const ZfField *
zf_kind_field_at (const ZfKind *self, guint i)
{
  g_return_val_if_fail (i < self->fields->len, NULL);

  return g_ptr_array_index (self->fields, i);
}

const ZfField *
zf_kind_field (const ZfKind *self, const char *name)
{
  return field (self, name);
}

JsonObject *
zf_kind_search (const ZfKind *self)
{
  return zf_json_get_object (self->settings, "search");
}

gboolean
zf_kind_place (const ZfKind *self, const char **lat_field, const char **lon_field)
{
  if (self->lat_field == NULL)
    return FALSE;
  if (lat_field != NULL)
    *lat_field = self->lat_field;
  if (lon_field != NULL)
    *lon_field = self->lon_field;
  return TRUE;
}

GPtrArray *
zf_kind_choices (const ZfKind *self, const char *list_name)
{
  GPtrArray *own = g_hash_table_lookup (self->lists, list_name);

  return own != NULL ? own : g_hash_table_lookup (self->shared_lists, list_name);
}

const char *
zf_kind_choice_label (const ZfKind *self, const char *list_name, const char *code, const char *lang)
{
  GPtrArray *list = list_name != NULL ? zf_kind_choices (self, list_name) : NULL;
  ZfChoice *choice = list != NULL ? find_choice (list, code) : NULL;
  const char *label = choice != NULL ? zf_row_text (choice->row, "label", lang) : NULL;

  return label != NULL ? label : code;
}

/* A form from elsewhere may have words in another language only: better those than none. */
static const char *
any_language (JsonObject *row, const char *column)
{
  gsize len = strlen (column);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, row);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (strncmp (name, column, len) == 0 && g_str_has_prefix (name + len, "::"))
      return zf_json_get_string (row, name, NULL);
  return NULL;
}

const char *
zf_row_text (JsonObject *row, const char *column, const char *lang)
{
  const char *language = g_strcmp0 (lang, "en") == 0 ? "English" : "中文";
  g_autofree char *name = g_strconcat (column, "::", language, NULL);
  const char *text = zf_json_get_string (row, name, NULL);

  if (text == NULL)
    text = zf_json_get_string (row, column, NULL);
  return text != NULL ? text : any_language (row, column);
}
