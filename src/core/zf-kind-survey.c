/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Reading the sheets of a kind file: choices, survey, repeats. */
#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"

gboolean
zf_kind_read_choices (ZfKind *self, GError **error)
{
  JsonArray *rows = self->expanded->choices;
  guint n = json_array_get_length (rows);
  gboolean twice = strcmp (zf_json_get_string (self->form, "allow_choice_duplicates", ""), "yes") == 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("%s, choices row %u", self->file_name, i + 1);
      JsonNode *node = json_array_get_element (rows, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return zf_kind_bad (self, error, "a row is not an object in", "choices");
      if (!zf_choice_list_add (self->lists, json_node_get_object (node), twice, where, error))
        return FALSE;
    }
  return TRUE;
}

ZfField *
zf_kind_add_field (ZfKind *self, const char *name, ZfFieldType type, JsonObject *row)
{
  ZfField *f = g_new0 (ZfField, 1);

  f->name = g_string_chunk_insert_const (self->strings, name);
  f->type = type;
  f->group = f->name;
  f->row = json_object_ref (row);
  f->plain = zf_row_plain (row);
  g_ptr_array_add (self->fields, f);
  g_hash_table_insert (self->by_name, (gpointer) f->name, f);
  return f;
}

gboolean
zf_kind_is_name (const char *name)
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
  if (!zf_kind_is_name (name) || zf_kind_find (self, name) != NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the name “%s” %s.", where, name,
                   zf_kind_find (self, name) != NULL ? "stands there twice" : "is not a name (letters, digits, _)");
      return FALSE;
    }
  if (list_name != NULL && zf_kind_choices (self, list_name) == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the list “%s” is unknown.", where, list_name);
      return FALSE;
    }
  /* Every code of a ranking has one place. */
  if (type == ZF_FIELD_RANK && zf_choice_list_doubles (zf_kind_choices (self, list_name)))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: nothing can be ranked in the list “%s”, where a choice stands twice.", where, list_name);
      return FALSE;
    }
  f = zf_kind_add_field (self, name, type, row);
  if (list_name != NULL)
    f->list_name = g_string_chunk_insert_const (self->strings, list_name);
  return TRUE;
}

gboolean
zf_kind_read_survey (ZfKind *self, GError **error)
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

/* Mark rows and roots stand in the same order. */
gboolean
zf_kind_read_repeats (ZfKind *self, GError **error)
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
