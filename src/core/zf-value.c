/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-value.h"

static JsonNode *
array_copy (JsonArray *array)
{
  guint n = json_array_get_length (array);
  JsonArray *copy = json_array_sized_new (n);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < n; i++)
    json_array_add_element (copy, zf_value_copy (json_array_get_element (array, i)));
  json_node_take_array (node, copy);
  return node;
}

static JsonNode *
object_copy (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, zf_fields_copy (object));
  return node;
}

JsonNode *
zf_value_copy (JsonNode *value)
{
  if (value == NULL)
    return json_node_new (JSON_NODE_NULL);
  if (JSON_NODE_HOLDS_ARRAY (value))
    return array_copy (json_node_get_array (value));
  if (JSON_NODE_HOLDS_OBJECT (value))
    return object_copy (json_node_get_object (value));
  return json_node_copy (value);
}

static JsonObject *
fields_map (JsonObject *fields, JsonNode *(*copy) (JsonNode *))
{
  JsonObject *result = json_object_new ();
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, fields);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    json_object_set_member (result, name, copy (value));
  return result;
}

JsonObject *
zf_fields_copy (JsonObject *fields)
{
  return fields_map (fields, zf_value_copy);
}

JsonObject *
zf_fields_share (JsonObject *fields)
{
  return fields_map (fields, json_node_ref);
}

gboolean
zf_value_is_null (JsonNode *value)
{
  return value == NULL || JSON_NODE_HOLDS_NULL (value);
}

void
zf_fields_put (JsonObject *fields, const char *name, JsonNode *value)
{
  if (!zf_value_is_null (value))
    json_object_set_member (fields, name, json_node_ref (value));
  else if (json_object_has_member (fields, name))
    json_object_remove_member (fields, name);
}

static gboolean
set_has (JsonNode *set, const char *element)
{
  JsonArray *array = zf_value_is_null (set) ? NULL : json_node_get_array (set);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (g_strcmp0 (json_array_get_string_element (array, i), element) == 0)
      return TRUE;
  return FALSE;
}

JsonArray *
zf_set_difference (JsonNode *a, JsonNode *b)
{
  JsonArray *result = json_array_new ();
  JsonArray *array = zf_value_is_null (a) ? NULL : json_node_get_array (a);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *element = json_array_get_string_element (array, i);

      if (!set_has (b, element))
        json_array_add_string_element (result, element);
    }
  return result;
}
