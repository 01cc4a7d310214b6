/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include <string.h>
#include <zstd.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-sync.h"
#include "zf-wire.h"
#include "zf-wire-codec.h"
#include "zf-wire-snapshot.h"

/* The lines that are still to be read. */
typedef struct
{
  const char *text;
  gsize len;
  JsonArray *authors;   /* [[by, at], …] */
  JsonArray *items;
} Part;

/* A block being read: its columns as parsed lines. */
typedef struct
{
  const char *kind;
  guint n;
  JsonArray *key;       /* (nullable) */
  JsonArray *names;
  JsonArray *ids;
  JsonArray *revs;
  JsonArray *hands;
  GPtrArray *columns;   /* (element-type JsonArray) */
} Block;

static gboolean
fail (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "A part of the first copy is not well formed");
  return FALSE;
}

/* Never more than the limit in memory, whatever the frame promises; no limit on the ratio: a village of alike records shrinks to a hundredth. */
static GByteArray *
decompress (GBytes *part, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize len;
  const void *data = g_bytes_get_data (part, &len);
  ZSTD_DStream *stream = ZSTD_createDStream ();
  ZSTD_inBuffer in = { data, len, 0 };
  gsize left = 1;

  while (left != 0 && !ZSTD_isError (left) && out->len <= ZF_WIRE_MAX_UNPACKED)
    {
      guint8 chunk[32 * 1024];
      ZSTD_outBuffer got = { chunk, sizeof chunk, 0 };
      gsize before = in.pos;

      left = ZSTD_decompressStream (stream, &got, &in);
      g_byte_array_append (out, chunk, (guint) got.pos);
      if (got.pos == 0 && in.pos == before)
        break;
    }
  ZSTD_freeDStream (stream);
  if (left == 0 && in.pos == in.size && out->len <= ZF_WIRE_MAX_UNPACKED)
    return g_steal_pointer (&out);
  fail (error);
  return NULL;
}

static JsonNode *
next_line (Part *part, GError **error)
{
  const char *end = part->len > 0 ? memchr (part->text, '\n', part->len) : NULL;
  JsonNode *node;

  if (end == NULL)
    {
      fail (error);
      return NULL;
    }
  node = zf_json_parse (part->text, end - part->text, NULL);
  part->len -= (gsize) (end - part->text) + 1;
  part->text = end + 1;
  if (node == NULL)
    fail (error);
  return node;
}

static JsonArray *
next_array (Part *part, guint n, GError **error)
{
  g_autoptr (JsonNode) node = next_line (part, error);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) == n)
    return json_array_ref (json_node_get_array (node));
  fail (error);
  return NULL;
}

static void
block_clear (Block *block)
{
  g_clear_pointer (&block->ids, json_array_unref);
  g_clear_pointer (&block->revs, json_array_unref);
  g_clear_pointer (&block->hands, json_array_unref);
  g_clear_pointer (&block->columns, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Block, block_clear)

static gboolean
are_strings (JsonArray *array)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (json_node_get_value_type (json_array_get_element (array, i)) != G_TYPE_STRING)
      return FALSE;
  return TRUE;
}

static gboolean
read_columns (Part *part, Block *block, GError **error)
{
  block->ids = next_array (part, block->n, error);
  block->revs = block->ids != NULL ? next_array (part, block->n, error) : NULL;
  block->hands = block->revs != NULL ? next_array (part, block->n, error) : NULL;
  if (block->hands == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (block->names); i++)
    {
      JsonArray *column = next_array (part, block->n, error);

      if (column == NULL)
        return FALSE;
      g_ptr_array_add (block->columns, column);
    }
  return TRUE;
}

static JsonObject *
fields_of (const Block *block, guint row)
{
  JsonObject *f = json_object_new ();

  for (guint i = 0; i < block->columns->len; i++)
    {
      JsonNode *value = json_array_get_element (block->columns->pdata[i], row);

      if (!JSON_NODE_HOLDS_NULL (value))
        json_object_set_member (f, json_array_get_string_element (block->names, i), json_node_ref (value));
    }
  return f;
}

static char *
make_id (const Block *block, JsonObject *f)
{
  g_autoptr (GString) key = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (block->key); i++)
    {
      JsonNode *value = json_object_get_member (f, json_array_get_string_element (block->key, i));
      g_autofree char *text = NULL;

      if (value == NULL)
        return NULL;
      text = json_node_get_value_type (value) == G_TYPE_STRING ? json_node_dup_string (value) : zf_json_canonical (value);
      if (i > 0)
        g_string_append_c (key, 0x1f);
      g_string_append (key, text);
    }
  return zf_id_from_key (block->kind, key->str);
}

static char *
id_of (const Block *block, guint row, JsonObject *f)
{
  JsonNode *id = json_array_get_element (block->ids, row);

  if (json_node_get_value_type (id) == G_TYPE_STRING)
    return json_node_dup_string (id);
  return JSON_NODE_HOLDS_NULL (id) && block->key != NULL ? make_id (block, f) : NULL;
}

/* Appends author number @node of the part's table to @c. */
static gboolean
add_author (const Part *part, JsonNode *node, JsonArray *c)
{
  gint64 index = json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
  JsonObject *author;
  JsonArray *row;

  if (index < 0 || index >= json_array_get_length (part->authors))
    return FALSE;
  row = json_array_get_array_element (part->authors, (guint) index);
  author = json_object_new ();
  json_object_set_string_member (author, "by", json_array_get_string_element (row, 0));
  json_object_set_int_member (author, "at", json_array_get_int_element (row, 1));
  json_array_add_object_element (c, author);
  return TRUE;
}

static gboolean
put_hands (const Part *part, JsonNode *hands, JsonObject *item)
{
  JsonObject *several = JSON_NODE_HOLDS_OBJECT (hands) ? json_node_get_object (hands) : NULL;
  JsonArray *list = several != NULL ? zf_json_get_array (several, "c") : NULL;
  JsonObject *ci = several != NULL ? zf_json_get_object (several, "ci") : NULL;
  JsonArray *c = json_array_new ();

  json_object_set_array_member (item, "c", c);
  if (several == NULL)
    return add_author (part, hands, c);
  if (list == NULL || ci == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++)
    if (!add_author (part, json_array_get_element (list, i), c))
      return FALSE;
  json_object_set_object_member (item, "ci", json_object_ref (ci));
  return TRUE;
}

static gboolean
read_row (Part *part, const Block *block, guint row, GError **error)
{
  g_autoptr (JsonObject) item = json_object_new ();
  JsonObject *f = fields_of (block, row);
  g_autofree char *id = id_of (block, row, f);
  JsonNode *rev = json_array_get_element (block->revs, row);

  json_object_set_object_member (item, "f", f);
  if (id == NULL || json_node_get_value_type (rev) != G_TYPE_INT64 || !put_hands (part, json_array_get_element (block->hands, row), item))
    return fail (error);
  json_object_set_string_member (item, "k", block->kind);
  json_object_set_string_member (item, "id", id);
  json_object_set_int_member (item, "rev", json_node_get_int (rev));
  json_array_add_object_element (part->items, g_steal_pointer (&item));
  return TRUE;
}

static gboolean
read_block (Part *part, JsonObject *head, GError **error)
{
  g_auto (Block) block = { .kind = zf_json_get_string (head, "k", NULL), .key = zf_json_get_array (head, "key") };
  gint64 n = zf_json_get_int (head, "n", -1);

  block.names = zf_json_get_array (head, "f");
  block.columns = g_ptr_array_new_with_free_func ((GDestroyNotify) json_array_unref);
  if (block.kind == NULL || block.names == NULL || n < 0 || n > ZF_JSON_MAX_NODES || !are_strings (block.names) || !are_strings (block.key))
    return fail (error);
  block.n = (guint) n;
  if (!read_columns (part, &block, error))
    return FALSE;
  for (guint i = 0; i < block.n; i++)
    if (!read_row (part, &block, i, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_authors (Part *part, GError **error)
{
  g_autoptr (JsonNode) node = next_line (part, error);
  JsonObject *head = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *authors = head != NULL ? zf_json_get_array (head, "authors") : NULL;

  if (authors == NULL)
    return node != NULL ? fail (error) : FALSE;
  for (guint i = 0; i < json_array_get_length (authors); i++)
    {
      JsonNode *row = json_array_get_element (authors, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (row) ? json_node_get_array (row) : NULL;

      if (pair == NULL || json_array_get_length (pair) != 2 ||
          json_node_get_value_type (json_array_get_element (pair, 0)) != G_TYPE_STRING ||
          json_node_get_value_type (json_array_get_element (pair, 1)) != G_TYPE_INT64)
        return fail (error);
    }
  part->authors = json_array_ref (authors);
  return TRUE;
}

/* A block with its columns, or one item as it is. */
static gboolean
read_next (Part *part, GError **error)
{
  g_autoptr (JsonNode) node = next_line (part, error);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (object == NULL)
    return node != NULL ? fail (error) : FALSE;
  if (!json_object_has_member (object, "id"))
    return read_block (part, object, error);
  json_array_add_object_element (part->items, json_object_ref (object));
  return TRUE;
}

JsonArray *
zf_snapshot_read (GBytes *bytes, GError **error)
{
  g_autoptr (GByteArray) plain = decompress (bytes, error);
  g_autoptr (JsonArray) items = json_array_new ();
  Part part = { .items = items };
  gboolean ok;

  if (plain == NULL)
    return NULL;
  part.text = (const char *) plain->data;
  part.len = plain->len;
  ok = read_authors (&part, error);
  while (ok && part.len > 0)
    ok = read_next (&part, error);
  g_clear_pointer (&part.authors, json_array_unref);
  return ok ? g_steal_pointer (&items) : NULL;
}
