/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-json.h"

#include <stdlib.h>
#include <string.h>

#include "zf-error.h"

/* json-glib reads comments, doubles, lone surrogates and doubled keys, and recurses without end; one strict pass that
 * builds json-glib's tree itself is both the check and the faster reader. Recursion ends at ZF_JSON_MAX_DEPTH. */
typedef struct
{
  const char *start;
  const char *p;
  const char *end;
  guint depth;
  guint n_nodes;
  guint max_nodes;
  GString *text;      /* the string read last, unescaped */
  GError **error;
} Reader;

static JsonNode *read_value (Reader *r);

static gboolean
fail (Reader *r, ZfError code, const char *what)
{
  if (r->error != NULL && *r->error == NULL)
    g_set_error (r->error, ZF_ERROR, (int) code, "The JSON text %s (byte %" G_GSIZE_FORMAT ").", what, (gsize) (r->p - r->start));
  return FALSE;
}

static void
skip_space (Reader *r)
{
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
    r->p++;
}

static gboolean
next_is (Reader *r, char c)
{
  if (r->p >= r->end || *r->p != c)
    return FALSE;
  r->p++;
  return TRUE;
}

static gboolean
read_hex4 (Reader *r, gunichar *unit)
{
  gunichar sum = 0;

  if (r->end - r->p < 4)
    return fail (r, ZF_ERROR_INVALID, "ends inside a string");
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (r->p[i]);

      if (digit < 0)
        return fail (r, ZF_ERROR_INVALID, "has a malformed escape");
      sum = sum * 16 + (gunichar) digit;
    }
  r->p += 4;
  *unit = sum;
  return TRUE;
}

static gboolean
read_unicode_escape (Reader *r)
{
  gunichar unit, low;

  if (!read_hex4 (r, &unit))
    return FALSE;
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (!next_is (r, '\\') || !next_is (r, 'u') || !read_hex4 (r, &low) || low < 0xdc00 || low > 0xdfff)
        return fail (r, ZF_ERROR_INVALID, "has half a character");
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  else if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return fail (r, ZF_ERROR_INVALID, "has a character that text cannot hold");
  g_string_append_unichar (r->text, unit);
  return TRUE;
}

static gboolean
read_escape (Reader *r)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  const char *at;

  if (r->p >= r->end)
    return fail (r, ZF_ERROR_INVALID, "ends inside a string");
  if (*r->p == 'u')
    {
      r->p++;
      return read_unicode_escape (r);
    }
  at = *r->p != '\0' ? strchr (from, *r->p) : NULL;
  if (at == NULL)
    return fail (r, ZF_ERROR_INVALID, "has a malformed escape");
  g_string_append_c (r->text, to[at - from]);
  r->p++;
  return TRUE;
}

/* Reads a string, opening quote included, into r->text. */
static gboolean
read_text (Reader *r)
{
  if (!next_is (r, '"'))
    return fail (r, ZF_ERROR_INVALID, "lacks a string");
  g_string_truncate (r->text, 0);
  for (;;)
    {
      const char *run = r->p;

      while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (guchar) *r->p >= 0x20)
        r->p++;
      g_string_append_len (r->text, run, r->p - run);
      if (r->p >= r->end)
        return fail (r, ZF_ERROR_INVALID, "ends inside a string");
      if (*r->p == '"')
        break;
      if (*r->p != '\\')
        return fail (r, ZF_ERROR_INVALID, "has a control character in a string");
      r->p++;
      if (!read_escape (r))
        return FALSE;
    }
  r->p++;
  return TRUE;
}

static JsonNode *
read_number (Reader *r)
{
  const char *first;
  gboolean negative = next_is (r, '-');
  gint64 value = 0;

  first = r->p;
  for (; r->p < r->end && g_ascii_isdigit (*r->p); r->p++)
    {
      value = value * 10 + (*r->p - '0');
      if (value > ZF_INT_MAX)
        {
          fail (r, ZF_ERROR_INVALID, "has a number that is too large");
          return NULL;
        }
    }
  if (r->p == first || (*first == '0' && r->p - first > 1))
    {
      fail (r, ZF_ERROR_INVALID, "has a malformed value");
      return NULL;
    }
  if (r->p < r->end && (*r->p == '.' || *r->p == 'e' || *r->p == 'E'))
    {
      fail (r, ZF_ERROR_INVALID, "has a number that is not an integer");
      return NULL;
    }
  return json_node_init_int (json_node_alloc (), negative ? -value : value);
}

static gboolean
read_word (Reader *r, const char *word)
{
  gsize len = strlen (word);

  if ((gsize) (r->end - r->p) < len || memcmp (r->p, word, len) != 0)
    return fail (r, ZF_ERROR_INVALID, "has a malformed value");
  r->p += len;
  return TRUE;
}

static gboolean
read_elements (Reader *r, JsonArray *array)
{
  skip_space (r);
  if (next_is (r, ']'))
    return TRUE;
  for (;;)
    {
      JsonNode *node = read_value (r);

      if (node == NULL)
        return FALSE;
      json_array_add_element (array, node);
      skip_space (r);
      if (next_is (r, ']'))
        return TRUE;
      if (!next_is (r, ','))
        return fail (r, ZF_ERROR_INVALID, "lacks a comma or bracket");
    }
}

static gboolean
read_member (Reader *r, JsonObject *object)
{
  g_autofree char *name = NULL;
  JsonNode *node;

  skip_space (r);
  if (!read_text (r))
    return FALSE;
  if (json_object_has_member (object, r->text->str))
    return fail (r, ZF_ERROR_INVALID, "has the same key twice");
  name = g_strndup (r->text->str, r->text->len);
  skip_space (r);
  if (!next_is (r, ':'))
    return fail (r, ZF_ERROR_INVALID, "lacks a colon");
  node = read_value (r);
  if (node == NULL)
    return FALSE;
  json_object_set_member (object, name, node);
  return TRUE;
}

static gboolean
read_members (Reader *r, JsonObject *object)
{
  skip_space (r);
  if (next_is (r, '}'))
    return TRUE;
  for (;;)
    {
      if (!read_member (r, object))
        return FALSE;
      skip_space (r);
      if (next_is (r, '}'))
        return TRUE;
      if (!next_is (r, ','))
        return fail (r, ZF_ERROR_INVALID, "lacks a comma or brace");
    }
}

static JsonNode *
read_object (Reader *r)
{
  g_autoptr (JsonObject) object = json_object_new ();

  if (!read_members (r, object))
    return NULL;
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
read_array (Reader *r)
{
  g_autoptr (JsonArray) array = json_array_new ();

  if (!read_elements (r, array))
    return NULL;
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
read_container (Reader *r, char open)
{
  JsonNode *node;

  if (++r->depth > ZF_JSON_MAX_DEPTH)
    {
      fail (r, ZF_ERROR_LIMIT, "is nested too deep");
      return NULL;
    }
  node = open == '{' ? read_object (r) : read_array (r);
  r->depth--;
  return node;
}

static JsonNode *
read_value (Reader *r)
{
  skip_space (r);
  if (r->p >= r->end)
    {
      fail (r, ZF_ERROR_INVALID, "ends too early");
      return NULL;
    }
  if (++r->n_nodes > r->max_nodes)
    {
      fail (r, ZF_ERROR_LIMIT, "has too many values");
      return NULL;
    }
  switch (*r->p)
    {
    case '{':
    case '[':
      return read_container (r, *r->p++);
    case '"':
      return read_text (r) ? json_node_init_string (json_node_alloc (), r->text->str) : NULL;
    case 't':
      return read_word (r, "true") ? json_node_init_boolean (json_node_alloc (), TRUE) : NULL;
    case 'f':
      return read_word (r, "false") ? json_node_init_boolean (json_node_alloc (), FALSE) : NULL;
    case 'n':
      return read_word (r, "null") ? json_node_new (JSON_NODE_NULL) : NULL;
    default:
      return read_number (r);
    }
}

static JsonNode *
parse (const char *text, gssize len, guint max_nodes, GError **error)
{
  gsize size = len < 0 ? strlen (text) : (gsize) len;
  g_autoptr (GString) scratch = g_string_sized_new (64);
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) root = NULL;
  Reader r = { text, text, text + size, 0, 0, max_nodes, scratch, &local };

  if (!g_utf8_validate_len (text, size, &r.p))
    fail (&r, ZF_ERROR_INVALID, "is not UTF-8");
  else
    {
      r.p = text;
      root = read_value (&r);
      skip_space (&r);
      if (root != NULL && r.p != r.end)
        fail (&r, ZF_ERROR_INVALID, "goes on after its end");
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_steal_pointer (&root);
}

JsonNode *
zf_json_parse (const char *text, gssize len, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  return parse (text, len, ZF_JSON_MAX_NODES, error);
}

static JsonObject *
parse_object (const char *text, gssize len, guint max_nodes, GError **error)
{
  g_autoptr (JsonNode) node = parse (text, len, max_nodes, error);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "The JSON text is not an object.");
      return NULL;
    }
  return json_node_dup_object (node);
}

JsonObject *
zf_json_parse_object (const char *text, gssize len, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  return parse_object (text, len, ZF_JSON_MAX_NODES, error);
}

JsonObject *
zf_json_parse_kept (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  return parse_object (text, -1, G_MAXUINT, error);
}

JsonNode *
zf_json_parse_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GError) local = NULL;
  gsize len;
  JsonNode *node;

  if (!g_file_get_contents (path, &text, &len, &local))
    {
      gboolean absent = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error (error, ZF_ERROR, absent ? ZF_ERROR_NOT_FOUND : ZF_ERROR_IO, "The file %s cannot be read.", name);
      return NULL;
    }
  node = parse (text, (gssize) len, G_MAXUINT, error);
  if (node == NULL)
    g_prefix_error (error, "%s: ", name);
  return node;
}

static void
write_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (;;)
    {
      const char *run = text;

      while ((guchar) *text >= 0x20 && *text != '"' && *text != '\\')
        text++;
      g_string_append_len (out, run, text - run);
      if (*text == '\0')
        break;
      switch (*text)
        {
        case '"': g_string_append (out, "\\\""); break;
        case '\\': g_string_append (out, "\\\\"); break;
        case '\b': g_string_append (out, "\\b"); break;
        case '\f': g_string_append (out, "\\f"); break;
        case '\n': g_string_append (out, "\\n"); break;
        case '\r': g_string_append (out, "\\r"); break;
        case '\t': g_string_append (out, "\\t"); break;
        default: g_string_append_printf (out, "\\u%04x", (guint) (guchar) *text); break;
        }
      text++;
    }
  g_string_append_c (out, '"');
}

static void
write_int (GString *out, gint64 value)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--p = '-';
  g_string_append_len (out, p, digits + sizeof digits - p);
}

static void write_node (GString *out, JsonNode *node);

typedef struct
{
  const char *name;
  JsonNode *node;
} Member;

static int
compare_members (const void *a, const void *b)
{
  return strcmp (((const Member *) a)->name, ((const Member *) b)->name);
}

static void
write_object (GString *out, JsonObject *object)
{
  Member few[48];
  g_autofree Member *many = NULL;
  guint n = json_object_get_size (object);
  Member *members = few;
  JsonObjectIter iter;
  guint i = 0;

  if (n > G_N_ELEMENTS (few))
    members = many = g_new (Member, n);
  json_object_iter_init_ordered (&iter, object);
  while (i < n && json_object_iter_next_ordered (&iter, &members[i].name, &members[i].node))
    i++;
  qsort (members, n, sizeof *members, compare_members);
  g_string_append_c (out, '{');
  for (i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      write_string (out, members[i].name);
      g_string_append_c (out, ':');
      write_node (out, members[i].node);
    }
  g_string_append_c (out, '}');
}

static void
write_array (GString *out, JsonArray *array)
{
  guint n = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      write_node (out, json_array_get_element (array, i));
    }
  g_string_append_c (out, ']');
}

static void
write_value (GString *out, JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    write_string (out, json_node_get_string (node));
  else if (type == G_TYPE_INT64)
    write_int (out, json_node_get_int (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else
    {
      g_critical ("A value of type %s has no canonical spelling", g_type_name (type));
      g_string_append (out, "null");
    }
}

static void
write_node (GString *out, JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      write_object (out, json_node_get_object (node));
      break;
    case JSON_NODE_ARRAY:
      write_array (out, json_node_get_array (node));
      break;
    case JSON_NODE_VALUE:
      write_value (out, node);
      break;
    case JSON_NODE_NULL:
    default:
      g_string_append (out, "null");
    }
}

char *
zf_json_canonical (JsonNode *node)
{
  GString *out = g_string_sized_new (256);

  if (node == NULL)
    g_string_append (out, "null");
  else
    write_node (out, node);
  return g_string_free (out, FALSE);
}

char *
zf_json_canonical_object (JsonObject *object)
{
  GString *out = g_string_sized_new (1024);

  write_object (out, object);
  return g_string_free (out, FALSE);
}

static gboolean
is_null (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

gboolean
zf_json_equal (JsonNode *a, JsonNode *b)
{
  g_autofree char *text_a = NULL;
  g_autofree char *text_b = NULL;

  if (is_null (a) || is_null (b))
    return is_null (a) && is_null (b);
  if (JSON_NODE_TYPE (a) != JSON_NODE_TYPE (b))
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (a))
    {
      GType type = json_node_get_value_type (a);

      if (type != json_node_get_value_type (b))
        return FALSE;
      if (type == G_TYPE_STRING)
        return strcmp (json_node_get_string (a), json_node_get_string (b)) == 0;
      if (type == G_TYPE_INT64)
        return json_node_get_int (a) == json_node_get_int (b);
    }
  text_a = zf_json_canonical (a);
  text_b = zf_json_canonical (b);
  return strcmp (text_a, text_b) == 0;
}

JsonNode *
zf_json_string (const char *value)
{
  if (value == NULL)
    return zf_json_null ();
  return json_node_init_string (json_node_alloc (), value);
}

JsonNode *
zf_json_int (gint64 value)
{
  return json_node_init_int (json_node_alloc (), value);
}

JsonNode *
zf_json_null (void)
{
  return json_node_new (JSON_NODE_NULL);
}

/* The member when it is a value of @type. */
static JsonNode *
get_value (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

const char *
zf_json_get_string (JsonObject *object, const char *member, const char *fallback)
{
  JsonNode *node = get_value (object, member, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : fallback;
}

gint64
zf_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = get_value (object, member, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : fallback;
}

gboolean
zf_json_get_bool (JsonObject *object, const char *member, gboolean fallback)
{
  JsonNode *node = get_value (object, member, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

JsonObject *
zf_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
zf_json_get_array (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
