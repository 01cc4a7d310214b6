/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Reading the settings of a kind file: what they say of its fields is checked and written on them. */
#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"

static gboolean
has_type (const ZfKind *self, const char *name, ZfFieldType type)
{
  const ZfField *f = zf_kind_find (self, name);

  return f != NULL && f->type == type;
}

/* A field that the kind's settings bring: made here unless the survey has a row for it. */
static ZfField *
implicit_field (ZfKind *self, const char *name, ZfFieldType type)
{
  ZfField *f = zf_kind_find (self, name);
  g_autoptr (JsonObject) row = NULL;

  if (f == NULL)
    {
      row = json_object_new ();
      json_object_set_string_member (row, "type", "text");
      json_object_set_string_member (row, "name", name);
      f = zf_kind_add_field (self, name, type, row);
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
  if (self->parent_kind == NULL || name == NULL || !zf_kind_is_name (name))
    return zf_kind_bad (self, error, "kind and field must stand in", "parent");
  if (zf_kind_find (self, name) != NULL && !has_type (self, name, ZF_FIELD_TEXT))
    return zf_kind_bad (self, error, "the parent's field must be text:", name);
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
      ZfField *f = zf_kind_find (self, name);

      if (f == NULL || (f->type != ZF_FIELD_TEXT && f->type != ZF_FIELD_REF))
        return zf_kind_bad (self, error, "refs must name a text field, not", name);
      f->type = ZF_FIELD_REF;
      f->ref_kind = zf_json_get_string (refs, name, NULL);
      if (f->ref_kind == NULL)
        return zf_kind_bad (self, error, "refs must name a kind for", name);
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

      if (zf_kind_find (self, name) == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: %s names the unknown field “%s”.", self->file_name, setting,
                       name != NULL ? name : "");
          return FALSE;
        }
      if (set != NULL)
        set (zf_kind_find (self, name), data);
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
    return zf_kind_bad (self, error, "fields must stand in the group", group);
  if (!each_name (self, names, group, set_group, &grouping, error))
    return FALSE;
  if (grouping.doubled)
    return zf_kind_bad (self, error, "a field is in another group already:", group);
  if (zf_kind_find (self, group) != NULL && zf_kind_find (self, group)->group != group)
    return zf_kind_bad (self, error, "a field outside the group has its name", group);
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
      ZfField *answer = zf_kind_find (self, name);

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
    return zf_kind_bad (self, error, "two fields must stand in", "place");
  self->lat_field = json_array_get_string_element (names, 0);
  self->lon_field = json_array_get_string_element (names, 1);
  if (!has_type (self, self->lat_field, ZF_FIELD_DECIMAL) || !has_type (self, self->lon_field, ZF_FIELD_DECIMAL))
    return zf_kind_bad (self, error, "decimal fields must stand in", "place");
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
      if (zf_kind_find (self, name) == NULL)
        return zf_kind_bad (self, error, "search names the unknown field", name);
      if (!g_strv_contains (ways, zf_json_get_string (search, name, "")))
        return zf_kind_bad (self, error, "search must be name, text, tail or digits for", name);
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
        return zf_kind_bad (self, error, "each rule names fields in", "unique");
      if (!each_name (self, names, "unique", NULL, NULL, error))
        return FALSE;
      for (GList *l = fields; l != NULL; l = l->next)
        if (zf_kind_find (self, l->data) == NULL)
          return zf_kind_bad (self, error, "unique names the unknown field", l->data);
    }
  return TRUE;
}

static gboolean
check_named_field (ZfKind *self, const char *setting, GError **error)
{
  const char *name = zf_json_get_string (self->settings, setting, NULL);

  if (name != NULL && zf_kind_find (self, name) == NULL)
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
        return zf_kind_bad (self, error, "the kind has the unknown setting", name);
    }
  return TRUE;
}

/* A name that is made of what is masked is masked too. */
static void
guard_instance_name (ZfKind *self)
{
  ZfField *name = zf_kind_find (self, ZF_INSTANCE_NAME);
  const char *expression = zf_json_get_string (self->form, ZF_INSTANCE_NAME, "");

  for (guint i = 0; name != NULL && i < self->fields->len; i++)
    {
      const ZfField *f = self->fields->pdata[i];

      name->sensitive |= f->sensitive && strstr (expression, f->name) != NULL;
    }
}

gboolean
zf_kind_read_settings (ZfKind *self, GError **error)
{
  if (!read_parent (self, error))
    return FALSE;
  add_correction_fields (self);
  if (!read_groups (self, error))
    return FALSE;
  group_companions (self);
  if (!each_name (self, zf_json_get_array (self->settings, "sensitive"), "sensitive", set_sensitive, NULL, error))
    return FALSE;
  guard_instance_name (self);
  return read_refs (self, error)
         && each_name (self, zf_json_get_array (self->settings, "columns"), "columns", set_column, NULL, error)
         && read_names (self, "key", &self->key, error) && read_sort (self, error)
         && read_place (self, error) && read_search (self, error) && read_unique (self, error)
         && check_named_field (self, "date", error) && check_named_field (self, "label", error)
         && check_setting_names (self, error);
}

gboolean
zf_kind_read_head (ZfKind *self, GError **error)
{
  JsonArray *forms = zf_json_get_array (self->root, "settings");
  g_autofree char *expected = NULL;

  self->settings = zf_json_get_object (self->root, "kind");
  if (self->settings == NULL)
    return zf_kind_bad (self, error, "the file lacks", "kind");
  if (forms == NULL || json_array_get_length (forms) != 1 || !JSON_NODE_HOLDS_OBJECT (json_array_get_element (forms, 0)))
    return zf_kind_bad (self, error, "one row must stand in the sheet", "settings");
  self->form = json_array_get_object_element (forms, 0);
  if (zf_json_get_string (self->form, "version", NULL) == NULL)
    return zf_kind_bad (self, error, "the settings lack", "version");
  expected = g_strconcat (zf_kind_name (self), ".json", NULL);
  if (!zf_kind_is_name (zf_kind_name (self)) || strcmp (expected, self->file_name) != 0)
    return zf_kind_bad (self, error, "the kind's name differs from the file name:", zf_kind_name (self));
  return TRUE;
}
