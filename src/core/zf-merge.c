/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-merge.h"

#include <string.h>

#include "zf-json.h"

ZfMergeVerdict
zf_merge_group (gint64 base, JsonNode *old, JsonNode *new_, JsonNode *server, gint64 server_rev, gboolean open)
{
  if (open)
    return ZF_MERGE_APPEND;
  if (zf_json_equal (server, new_))
    return ZF_MERGE_NOOP;
  if (server_rev <= base)
    return ZF_MERGE_ACCEPT;
  /* The author had seen this very value, by whatever way: also his own chain of unsent edits. */
  if (zf_json_equal (server, old))
    return ZF_MERGE_ACCEPT;
  return ZF_MERGE_CONFLICT;
}

/* Elements come from the wire: anything may stand there. */
static const char *
element_text (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static gboolean
array_has (JsonArray *array, const char *text)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      if (g_strcmp0 (element_text (array, i), text) == 0)
        return TRUE;
    }
  return FALSE;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static JsonNode *
sorted_set (GPtrArray *texts)
{
  g_autoptr (JsonArray) array = NULL;

  if (texts->len == 0)
    return zf_json_null ();
  g_ptr_array_sort (texts, compare_texts);
  array = json_array_sized_new (texts->len);
  for (guint i = 0; i < texts->len; i++)
    {
      if (i == 0 || strcmp (texts->pdata[i - 1], texts->pdata[i]) != 0)
        json_array_add_string_element (array, texts->pdata[i]);
    }
  return json_node_init_array (json_node_alloc (), array);
}

JsonNode *
zf_merge_set (JsonNode *server, JsonArray *add, JsonArray *del)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  JsonArray *now = server != NULL && JSON_NODE_HOLDS_ARRAY (server) ? json_node_get_array (server) : NULL;

  for (guint i = 0; now != NULL && i < json_array_get_length (now); i++)
    {
      const char *text = element_text (now, i);

      if (text != NULL && !array_has (del, text))
        g_ptr_array_add (texts, (gpointer) text);
    }
  for (guint i = 0; add != NULL && i < json_array_get_length (add); i++)
    {
      if (element_text (add, i) != NULL)
        g_ptr_array_add (texts, (gpointer) element_text (add, i));
    }
  return sorted_set (texts);
}

/* Takes @value; a field without a value has no member. */
static void
store (JsonObject *fields, const char *field, JsonNode *value)
{
  if (value != NULL && !JSON_NODE_HOLDS_NULL (value))
    {
      json_object_set_member (fields, field, value);
      return;
    }
  if (json_object_has_member (fields, field))
    json_object_remove_member (fields, field);
  g_clear_pointer (&value, json_node_unref);
}

void
zf_change_apply (JsonObject *fields, JsonObject *f)
{
  JsonObjectIter iter;
  const char *field;
  JsonNode *pair;

  json_object_iter_init_ordered (&iter, f);
  while (json_object_iter_next_ordered (&iter, &field, &pair))
    {
      if (JSON_NODE_HOLDS_ARRAY (pair) && json_array_get_length (json_node_get_array (pair)) == 2)
        store (fields, field, json_array_dup_element (json_node_get_array (pair), 1));
      else if (JSON_NODE_HOLDS_OBJECT (pair))
        store (fields, field, zf_merge_set (json_object_get_member (fields, field),
                                            zf_json_get_array (json_node_get_object (pair), "add"),
                                            zf_json_get_array (json_node_get_object (pair), "del")));
    }
}

GPtrArray *
zf_group_fields (const ZfKind *kind, const char *group)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  guint n = kind != NULL ? zf_kind_n_fields (kind) : 0;

  for (guint i = 0; i < n; i++)
    {
      const ZfField *field = zf_kind_field_at (kind, i);

      if (strcmp (field->group, group) == 0)
        g_ptr_array_add (names, g_strdup (field->name));
    }
  if (names->len == 0)
    g_ptr_array_add (names, g_strdup (group));
  return names;
}

/* TRUE when @group is one of the kind's groups; otherwise its name is that of a field, known or not. */
static gboolean
is_group (const ZfKind *kind, const char *group)
{
  guint n = kind != NULL ? zf_kind_n_fields (kind) : 0;

  for (guint i = 0; i < n; i++)
    {
      const ZfField *field = zf_kind_field_at (kind, i);

      if (field->grouped && strcmp (field->group, group) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
put_if_set (JsonObject *to, JsonObject *from, const char *field)
{
  JsonNode *value = json_object_get_member (from, field);

  if (value != NULL && !JSON_NODE_HOLDS_NULL (value))
    json_object_set_member (to, field, json_node_copy (value));
}

JsonNode *
zf_group_value (const ZfKind *kind, const char *group, JsonObject *fields)
{
  g_autoptr (JsonObject) values = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (!is_group (kind, group))
    {
      JsonNode *value = json_object_get_member (fields, group);

      return value != NULL ? json_node_copy (value) : zf_json_null ();
    }
  values = json_object_new ();
  names = zf_group_fields (kind, group);
  for (guint i = 0; i < names->len; i++)
    put_if_set (values, fields, names->pdata[i]);
  if (json_object_get_size (values) == 0)
    return zf_json_null ();
  return json_node_init_object (json_node_alloc (), values);
}

void
zf_group_store (const ZfKind *kind, const char *group, JsonNode *value, JsonObject *fields)
{
  JsonObject *values = value != NULL && JSON_NODE_HOLDS_OBJECT (value) ? json_node_get_object (value) : NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (!is_group (kind, group))
    {
      store (fields, group, value != NULL ? json_node_copy (value) : NULL);
      return;
    }
  names = zf_group_fields (kind, group);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];

      store (fields, name, values != NULL && json_object_has_member (values, name) ? json_object_dup_member (values, name) : NULL);
    }
}
