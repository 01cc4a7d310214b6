/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-styled.h"

static void
field_free (gpointer data)
{
  ZfField *field = data;

  json_object_unref (field->row);
  json_object_unref (field->plain);
  g_free (field);
}

static void
choice_free (gpointer data)
{
  ZfChoice *choice = data;

  json_object_unref (choice->row);
  json_object_unref (choice->plain);
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
zf_choice_list_doubles (GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    if (find_choice (list, ((ZfChoice *) list->pdata[i])->name) != list->pdata[i])
      return TRUE;
  return FALSE;
}

gboolean
zf_choice_list_add (GHashTable *lists, JsonObject *row, gboolean twice, const char *where, GError **error)
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
  if (!twice && find_choice (list, code) != NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the choice “%s” of list “%s” stands there twice.", where, code, list_name);
      return FALSE;
    }
  choice = g_new0 (ZfChoice, 1);
  choice->name = code;
  choice->row = json_object_ref (row);
  choice->plain = zf_row_plain (row);
  g_ptr_array_add (list, choice);
  return TRUE;
}

gboolean
zf_kind_bad (ZfKind *self, GError **error, const char *what, const char *name)
{
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: %s “%s”.", self->file_name, what, name);
  return FALSE;
}

ZfField *
zf_kind_find (const ZfKind *self, const char *name)
{
  return name != NULL ? g_hash_table_lookup (self->by_name, name) : NULL;
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
  if (!zf_kind_read_head (self, error))
    return NULL;
  self->expanded = zf_survey_expand (file_name, root, shared_lists, error);
  if (self->expanded == NULL || !zf_kind_read_choices (self, error) || !zf_kind_read_survey (self, error) || !zf_kind_read_settings (self, error) ||
      !zf_kind_read_repeats (self, error))
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
  return zf_kind_find (self, name);
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
  const char *label = choice != NULL ? zf_row_text (choice->plain, "label", lang) : NULL;

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

static gboolean
is_styled (const char *column, JsonNode *value)
{
  return (g_str_equal (column, "label") || g_str_has_prefix (column, "label::")) && JSON_NODE_HOLDS_VALUE (value)
         && json_node_get_value_type (value) == G_TYPE_STRING && zf_styled_has_marks (json_node_get_string (value));
}

JsonObject *
zf_row_plain (JsonObject *row)
{
  JsonObject *plain = NULL;
  JsonObjectIter iter;
  const char *column;
  JsonNode *value;
  gboolean styled = FALSE;

  json_object_iter_init (&iter, row);
  while (!styled && json_object_iter_next (&iter, &column, &value))
    styled = is_styled (column, value);
  if (!styled)
    return json_object_ref (row);
  plain = json_object_new ();
  json_object_iter_init_ordered (&iter, row);
  while (json_object_iter_next_ordered (&iter, &column, &value))
    {
      g_autofree char *words = is_styled (column, value) ? zf_styled_plain (json_node_get_string (value)) : NULL;

      json_object_set_member (plain, column, words != NULL ? zf_json_string (words) : json_node_copy (value));
    }
  return plain;
}
