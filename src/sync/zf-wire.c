/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-wire.h"

#include <string.h>

#include "zf-json.h"
#include "zf-sync.h"

typedef struct
{
  const char *text;
  gsize len;
  gsize at;
} Scan;

static gboolean
fail (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The message is not well formed");
  return FALSE;
}

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->len && strchr (" \t\r\n", scan->text[scan->at]) != NULL && scan->text[scan->at] != '\0')
    scan->at++;
}

/* Steps over the string that begins here. */
static gboolean
skip_string (Scan *scan)
{
  for (scan->at++; scan->at < scan->len; scan->at++)
    {
      if (scan->text[scan->at] == '\\')
        scan->at++;
      else if (scan->text[scan->at] == '"')
        {
          scan->at++;
          return TRUE;
        }
    }
  return FALSE;
}

/* Steps over one value: up to the comma or bracket that ends it. Counts brackets instead of recursing: depth costs nothing. */
static gboolean
skip_value (Scan *scan)
{
  gsize depth = 0;

  while (scan->at < scan->len)
    {
      char c = scan->text[scan->at];

      if (c == '"')
        {
          if (!skip_string (scan))
            return FALSE;
          continue;
        }
      if (depth == 0 && (c == ',' || c == '}' || c == ']'))
        return TRUE;
      if (c == '{' || c == '[')
        depth++;
      else if (c == '}' || c == ']')
        depth--;
      scan->at++;
    }
  return FALSE;
}

/* The elements of the array that fills the scanned text. */
static gboolean
take_elements (Scan *scan, GArray *elements)
{
  scan->at++;
  skip_space (scan);
  if (scan->at + 1 == scan->len)
    return TRUE;
  while (scan->at < scan->len)
    {
      gsize from = scan->at;
      ZfSlice slice;

      if (!skip_value (scan) || scan->text[scan->at] == '}')
        return FALSE;
      slice.text = scan->text + from;
      slice.len = scan->at - from;
      g_array_append_val (elements, slice);
      if (scan->text[scan->at++] == ']')
        return scan->at == scan->len;
      skip_space (scan);
    }
  return FALSE;
}

/* Steps over `"key":` up to its value. */
static gboolean
read_key (Scan *scan, ZfSlice *key)
{
  gsize from = scan->at;

  if (from >= scan->len || scan->text[from] != '"' || !skip_string (scan))
    return FALSE;
  key->text = scan->text + from + 1;
  key->len = scan->at - from - 2;
  skip_space (scan);
  if (scan->at >= scan->len || scan->text[scan->at++] != ':')
    return FALSE;
  skip_space (scan);
  return TRUE;
}

void
zf_wire_put_index (GString *out, const char *object)
{
  Scan scan = { object, strlen (object), 0 };
  ZfSlice key;

  g_string_append_c (out, '{');
  do
    {
      scan.at++;
      skip_space (&scan);
      if (!read_key (&scan, &key))
        break;
      g_string_append (out, out->str[out->len - 1] == '{' ? "\"" : ",\"");
      g_string_append_len (out, key.text, (gssize) key.len);
      g_string_append (out, "\":0");
    }
  while (skip_value (&scan) && scan.text[scan.at] == ',');
  g_string_append_c (out, '}');
}

static gsize
trimmed (const char *text, gsize len)
{
  while (len > 0 && g_ascii_isspace (text[len - 1]))
    len--;
  return len;
}

/* The value of top-level member @member; value->text stays NULL when there is none. */
static gboolean
find_member (Scan *scan, const char *member, ZfSlice *value)
{
  skip_space (scan);
  if (scan->at >= scan->len || scan->text[scan->at] != '{')
    return FALSE;
  do
    {
      ZfSlice key;
      gsize from;

      scan->at++;
      skip_space (scan);
      if (scan->at < scan->len && scan->text[scan->at] == '}')
        return TRUE;
      if (!read_key (scan, &key))
        return FALSE;
      from = scan->at;
      if (!skip_value (scan))
        return FALSE;
      if (key.len == strlen (member) && memcmp (key.text, member, key.len) == 0)
        {
          value->text = scan->text + from;
          value->len = trimmed (value->text, scan->at - from);
          return TRUE;
        }
    }
  while (scan->text[scan->at] == ',');
  return TRUE;
}

gboolean
zf_wire_take_member (const char *text, gsize len, const char *member, ZfSlice *value, JsonObject **rest, GError **error)
{
  Scan scan = { text, len, 0 };
  g_autoptr (GString) left = g_string_new (NULL);

  value->text = NULL;
  value->len = 0;
  if (!find_member (&scan, member, value))
    return fail (error);
  if (value->text == NULL)
    g_string_append_len (left, text, (gssize) len);
  else
    {
      g_string_append_len (left, text, value->text - text);
      g_string_append (left, "null");
      g_string_append_len (left, value->text + value->len, (gssize) (len - (gsize) (value->text - text) - value->len));
    }
  *rest = zf_json_parse_object (left->str, (gssize) left->len, error);
  return *rest != NULL;
}

gboolean
zf_wire_split (const char *text, gsize len, const char *member, JsonObject **envelope, GArray **elements, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (ZfSlice));
  g_autoptr (JsonObject) rest = NULL;
  ZfSlice value;
  Scan scan = { 0 };

  if (!zf_wire_take_member (text, len, member, &value, &rest, error))
    return FALSE;
  scan.text = value.text;
  scan.len = value.len;
  if (value.text != NULL && (value.text[0] != '[' || !take_elements (&scan, list)))
    return fail (error);
  *envelope = g_steal_pointer (&rest);
  *elements = g_steal_pointer (&list);
  return TRUE;
}

gboolean
zf_wire_elements (const char *text, gsize len, GArray *elements)
{
  Scan scan = { text, len, 0 };

  return len >= 2 && text[0] == '[' && take_elements (&scan, elements);
}

gboolean
zf_wire_members (const char *text, gsize len, GArray *members)
{
  Scan scan = { text, len, 0 };

  if (len < 2 || text[0] != '{')
    return FALSE;
  if (len == 2)
    return text[1] == '}';
  do
    {
      ZfSlice pair[2] = { 0 };

      scan.at++;
      if (!read_key (&scan, &pair[0]))
        return FALSE;
      pair[1].text = text + scan.at;
      if (!skip_value (&scan))
        return FALSE;
      pair[1].len = scan.at - (gsize) (pair[1].text - text);
      g_array_append_vals (members, pair, 2);
    }
  while (text[scan.at] == ',');
  return text[scan.at] == '}' && scan.at + 1 == len;
}

GArray *
zf_wire_lines (GBytes *body, GError **error)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (ZfSlice));
  gsize len;
  const char *text = g_bytes_get_data (body, &len);

  for (gsize at = 0; at < len;)
    {
      const char *end = memchr (text + at, '\n', len - at);
      ZfSlice line = { text + at, end != NULL ? (gsize) (end - text) - at : len - at };

      at += line.len + 1;
      if (line.len > 0)
        g_array_append_val (lines, line);
    }
  if (lines->len >= 1 && lines->len <= 3)
    return g_steal_pointer (&lines);
  fail (error);
  return NULL;
}

static void
put_line (GByteArray *out, const char *text, gsize len)
{
  g_byte_array_append (out, (const guint8 *) text, (guint) len);
  g_byte_array_append (out, (const guint8 *) "\n", 1);
}

static void
put_object (GByteArray *out, JsonObject *object)
{
  g_autofree char *text = zf_json_canonical_object (object);

  put_line (out, text, strlen (text));
}

GBytes *
zf_wire_request (JsonObject *hello, GBytes *push, JsonObject *pull)
{
  GByteArray *out = g_byte_array_new ();

  put_object (out, hello);
  if (push != NULL)
    put_line (out, g_bytes_get_data (push, NULL), g_bytes_get_size (push));
  if (pull != NULL)
    put_object (out, pull);
  return g_byte_array_free_to_bytes (out);
}

JsonObject *
zf_wire_pull (gint64 after, guint limit, gsize bytes)
{
  JsonObject *pull = json_object_new ();

  json_object_set_int_member (pull, "after", after);
  json_object_set_int_member (pull, "limit", limit);
  json_object_set_int_member (pull, "bytes", (gint64) bytes);
  return pull;
}

void
zf_wire_put_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      if ((guchar) *p < 0x20)
        g_string_append_printf (out, "\\u%04x", (guint) (guchar) *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

static void
put_name (GString *out, const char *name)
{
  if (out->len > 0 && strchr ("{[,", out->str[out->len - 1]) == NULL)
    g_string_append_c (out, ',');
  zf_wire_put_string (out, name);
  g_string_append_c (out, ':');
}

void
zf_wire_put_member (GString *out, const char *name, const char *text)
{
  put_name (out, name);
  zf_wire_put_string (out, text);
}

void
zf_wire_put_int (GString *out, const char *name, gint64 value)
{
  put_name (out, name);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

char *
zf_wire_sha256 (const char *text, gssize len)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, len >= 0 ? (gsize) len : strlen (text));
}

gboolean
zf_wire_is_sha256 (const char *text)
{
  return text != NULL && strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

gboolean
zf_wire_type_is (const char *header, const char *type)
{
  gsize len = strlen (type);

  return header != NULL && g_ascii_strncasecmp (header, type, len) == 0 && (header[len] == '\0' || header[len] == ';' || header[len] == ' ');
}
