/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <string.h>

#include "zf-json.h"
#include "zf-xlsform-private.h"
#include "zf-xlsform-read.h"

/* JSON as people read it: the values of the kind sheet in one cell each, and a kind file with a row a line. */

static void
print_inline (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          g_string_append (out, i > 0 ? ", " : "");
          print_inline (out, json_array_get_element (array, i));
        }
      g_string_append_c (out, ']');
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name = NULL, *comma = "";
      JsonNode *value = NULL;
      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      g_string_append_c (out, '{');
      while (json_object_iter_next_ordered (&iter, &name, &value))
        {
          g_autoptr (JsonNode) key = zf_json_string (name);
          g_autofree char *text = zf_json_canonical (key);
          g_string_append_printf (out, "%s%s: ", comma, text);
          print_inline (out, value);
          comma = ", ";
        }
      g_string_append_c (out, '}');
    }
  else
    {
      g_autofree char *text = zf_json_canonical (node);
      g_string_append (out, text);
    }
}

/* One line an element or member; what is in them stands on that line. */
static void
print_lines (GString *out, JsonNode *node, const char *indent)
{
  gboolean array = JSON_NODE_HOLDS_ARRAY (node);
  JsonArray *rows = array ? json_node_get_array (node) : NULL;
  JsonObjectIter iter;
  const char *name = NULL, *comma = "";
  JsonNode *value = NULL;
  g_string_append_c (out, array ? '[' : '{');
  for (guint i = 0; array && i < json_array_get_length (rows); i++, comma = ",")
    {
      g_string_append_printf (out, "%s\n%s", comma, indent);
      print_inline (out, json_array_get_element (rows, i));
    }
  if (!array)
    json_object_iter_init_ordered (&iter, json_node_get_object (node));
  for (; !array && json_object_iter_next_ordered (&iter, &name, &value); comma = ",")
    {
      g_autoptr (JsonNode) key = zf_json_string (name);
      g_autofree char *text = zf_json_canonical (key);
      g_string_append_printf (out, "%s\n%s%s: ", comma, indent, text);
      print_inline (out, value);
    }
  if (*comma != '\0')
    g_string_append_printf (out, "\n%.*s", (int) strlen (indent) - 2, indent);
  g_string_append_c (out, array ? ']' : '}');
}

char *
zf_xlsform_text (JsonObject *file)
{
  g_autoptr (GString) out = g_string_new ("{");
  JsonObjectIter iter;
  const char *name = NULL, *comma = "";
  JsonNode *value = NULL;
  json_object_iter_init_ordered (&iter, file);
  for (; json_object_iter_next_ordered (&iter, &name, &value); comma = ",")
    {
      g_autoptr (JsonNode) key = zf_json_string (name);
      g_autofree char *text = zf_json_canonical (key);
      g_string_append_printf (out, "%s\n  %s: ", comma, text);
      if (JSON_NODE_HOLDS_OBJECT (value) || (JSON_NODE_HOLDS_ARRAY (value) && json_array_get_length (json_node_get_array (value)) > 1))
        print_lines (out, value, "    ");
      else
        print_inline (out, value);
    }
  g_string_append (out, "\n}\n");
  return g_strdup (out->str);
}

JsonNode *
zf_xlsform_setting_read (const char *text)
{
  g_autofree char *bare = g_strstrip (g_strdup (text));
  if (strcmp (bare, "TRUE") == 0 || strcmp (bare, "FALSE") == 0)
    return json_node_init_boolean (json_node_alloc (), bare[0] == 'T');
  JsonNode *node = zf_json_parse (bare, -1, NULL);
  if (node != NULL || (*bare != '\0' && strchr ("{[\"", *bare) != NULL))
    return node;
  return zf_json_string (text);
}

/* The text itself where reading it gives it back. */
char *
zf_xlsform_setting_text (JsonNode *value)
{
  const char *text = JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING ? json_node_get_string (value) : NULL;
  g_autoptr (JsonNode) again = text != NULL && *text != '\0' ? zf_xlsform_setting_read (text) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  if (again != NULL && zf_json_equal (again, value) && !g_ascii_isspace (*text))
    return g_strdup (text);
  print_inline (out, value);
  return g_strdup (out->str);
}
