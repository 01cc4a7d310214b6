/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-wire-snapshot.h"

#include <string.h>
#include <zstd.h>

#include "zf-id.h"
#include "zf-wire.h"

/* A part of this many plain bytes is about 200 kB compressed. */
#define FULL_BYTES (1024 * 1024)
/* One line must stay below what a careful reader takes (ZF_JSON_MAX_NODES). */
#define FULL_NODES 40000
/* Made once, fetched by every tablet of the village. */
#define LEVEL 12

typedef struct
{
  char *name;
  GString *text;
  guint n;          /* values written; the rest up to the block's rows is null */
  guint nodes;
} Column;

/* All records of one kind. */
typedef struct
{
  char *kind;
  char **key;       /* (nullable) */
  guint n;
  GString *ids;
  GString *revs;
  GString *authors;
  guint hand_nodes;
  GPtrArray *columns;   /* (element-type Column) */
  GHashTable *by_name;  /* name → Column */
} Block;

typedef struct
{
  ZfSlice name;
  ZfSlice value;
  guint author;
} Answer;

struct _ZfSnapshotWriter
{
  GPtrArray *blocks;        /* (element-type Block) */
  GHashTable *by_kind;
  GString *author_table;
  GHashTable *authors;      /* "by\nat" → index + 1 */
  GString *items;
  gsize bytes;
  guint max_nodes;
  /* The record being written. */
  Block *block;
  char *id;
  gint64 rev;
  guint author;             /* of its latest part */
  GArray *answers;          /* (element-type Answer) */
  GPtrArray *texts;         /* what their slices lie in */
};

static void
column_free (gpointer data)
{
  Column *column = data;

  g_free (column->name);
  g_string_free (column->text, TRUE);
  g_free (column);
}

static void
block_free (gpointer data)
{
  Block *block = data;

  g_free (block->kind);
  g_strfreev (block->key);
  g_string_free (block->ids, TRUE);
  g_string_free (block->revs, TRUE);
  g_string_free (block->authors, TRUE);
  g_hash_table_unref (block->by_name);
  g_ptr_array_unref (block->columns);
  g_free (block);
}

static void
start (ZfSnapshotWriter *self)
{
  self->blocks = g_ptr_array_new_with_free_func (block_free);
  self->by_kind = g_hash_table_new (g_str_hash, g_str_equal);
  self->author_table = g_string_new ("{\"authors\":[");
  self->authors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->items = g_string_new (NULL);
  self->bytes = 0;
  self->max_nodes = 0;
}

static void
stop (ZfSnapshotWriter *self)
{
  g_ptr_array_unref (self->blocks);
  g_hash_table_unref (self->by_kind);
  g_hash_table_unref (self->authors);
  g_string_free (self->author_table, TRUE);
  g_string_free (self->items, TRUE);
}

ZfSnapshotWriter *
zf_snapshot_writer_new (void)
{
  ZfSnapshotWriter *self = g_new0 (ZfSnapshotWriter, 1);

  self->answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  start (self);
  return self;
}

void
zf_snapshot_writer_free (ZfSnapshotWriter *self)
{
  if (self == NULL)
    return;
  stop (self);
  g_array_unref (self->answers);
  g_ptr_array_unref (self->texts);
  g_free (self->id);
  g_free (self);
}

static Block *
block_of (ZfSnapshotWriter *self, const char *kind, const char *const *key)
{
  Block *block = g_hash_table_lookup (self->by_kind, kind);

  if (block != NULL)
    return block;
  block = g_new0 (Block, 1);
  block->kind = g_strdup (kind);
  block->key = g_strdupv ((char **) key);
  block->ids = g_string_new ("[");
  block->revs = g_string_new ("[");
  block->authors = g_string_new ("[");
  block->columns = g_ptr_array_new_with_free_func (column_free);
  block->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (self->by_kind, block->kind, block);
  g_ptr_array_add (self->blocks, block);
  return block;
}

static guint
author_index (ZfSnapshotWriter *self, const char *by, gint64 at)
{
  g_autofree char *key = g_strdup_printf ("%s\n%" G_GINT64_FORMAT, by, at);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->authors, key));

  if (index > 0)
    return index - 1;
  index = g_hash_table_size (self->authors);
  g_hash_table_insert (self->authors, g_steal_pointer (&key), GUINT_TO_POINTER (index + 1));
  g_string_append (self->author_table, index > 0 ? ",[" : "[");
  zf_wire_put_string (self->author_table, by);
  g_string_append_printf (self->author_table, ",%" G_GINT64_FORMAT "]", at);
  self->max_nodes = MAX (self->max_nodes, 3 * (index + 1));
  return index;
}

/* Taking an object of canonical JSON apart: no white space, no doubt where a value ends. */

static const char *
end_of_string (const char *p)
{
  for (p++; *p != '"'; p++)
    if (*p == '\\')
      p++;
  return p + 1;
}

static const char *
end_of_value (const char *p)
{
  guint depth = 0;

  while (depth > 0 || (*p != ',' && *p != '}' && *p != ']'))
    {
      if (*p == '"')
        {
          p = end_of_string (p);
          continue;
        }
      if (*p == '{' || *p == '[')
        depth++;
      else if (*p == '}' || *p == ']')
        depth--;
      p++;
    }
  return p;
}

static void
take_answers (ZfSnapshotWriter *self, const char *f, guint author)
{
  const char *p = f + 1;

  while (*p == '"')
    {
      Answer answer = { .name.text = p + 1, .author = author };

      p = end_of_string (p);
      answer.name.len = (gsize) (p - answer.name.text) - 1;
      answer.value.text = ++p;
      p = end_of_value (p);
      answer.value.len = (gsize) (p - answer.value.text);
      if (answer.value.len != 4 || memcmp (answer.value.text, "null", 4) != 0)
        g_array_append_val (self->answers, answer);
      if (*p == ',')
        p++;
    }
}

/* Columns */

static void
put_comma (GString *text)
{
  if (text->str[text->len - 1] != '[')
    g_string_append_c (text, ',');
}

static Column *
column_of (Block *block, const ZfSlice *name)
{
  g_autofree char *text = g_strndup (name->text, name->len);
  Column *column = g_hash_table_lookup (block->by_name, text);

  if (column != NULL)
    return column;
  column = g_new0 (Column, 1);
  column->name = g_steal_pointer (&text);
  column->text = g_string_new ("[");
  g_hash_table_insert (block->by_name, column->name, column);
  g_ptr_array_add (block->columns, column);
  return column;
}

static void
pad (Column *column, guint n)
{
  for (; column->n < n; column->n++)
    {
      put_comma (column->text);
      g_string_append (column->text, "null");
      column->nodes++;
    }
}

static void
put_answer (ZfSnapshotWriter *self, const Answer *answer)
{
  Column *column = column_of (self->block, &answer->name);
  gsize before = column->text->len;

  pad (column, self->block->n);
  put_comma (column->text);
  g_string_append_len (column->text, answer->value.text, (gssize) answer->value.len);
  column->n++;
  column->nodes++;
  if (*answer->value.text == '[' || *answer->value.text == '{')
    for (gsize i = 0; i < answer->value.len; i++)
      column->nodes += answer->value.text[i] == ',' || answer->value.text[i] == '[';
  self->bytes += column->text->len - before;
  self->max_nodes = MAX (self->max_nodes, column->nodes);
}

static const Answer *
find_answer (ZfSnapshotWriter *self, const char *name)
{
  for (guint i = 0; i < self->answers->len; i++)
    {
      const Answer *answer = &g_array_index (self->answers, Answer, i);

      if (answer->name.len == strlen (name) && memcmp (answer->name.text, name, answer->name.len) == 0)
        return answer;
    }
  return NULL;
}

/* Whether the reader can make the id from the key fields. Spellings that JSON escapes are left alone: the id is written then. */
static gboolean
id_is_derived (ZfSnapshotWriter *self)
{
  g_autoptr (GString) key = g_string_new (NULL);
  g_autofree char *made = NULL;

  if (self->block->key == NULL || self->block->key[0] == NULL)
    return FALSE;
  for (guint i = 0; self->block->key[i] != NULL; i++)
    {
      const Answer *answer = find_answer (self, self->block->key[i]);
      gboolean text = answer != NULL && *answer->value.text == '"';

      if (answer == NULL || memchr (answer->value.text, '\\', answer->value.len) != NULL)
        return FALSE;
      if (i > 0)
        g_string_append_c (key, 0x1f);
      g_string_append_len (key, answer->value.text + text, (gssize) answer->value.len - 2 * text);
    }
  made = zf_id_from_key (self->block->kind, key->str);
  return g_str_equal (made, self->id);
}

static void
put_id (ZfSnapshotWriter *self)
{
  put_comma (self->block->ids);
  if (id_is_derived (self))
    g_string_append (self->block->ids, "null");
  else
    zf_wire_put_string (self->block->ids, self->id);
}

/* {"c":[authors],"ci":{field:index in c}}, for a record of several hands. */
static void
put_hands (ZfSnapshotWriter *self, GArray *hands)
{
  GString *out = self->block->authors;

  g_string_append (out, "{\"c\":[");
  for (guint i = 0; i < hands->len; i++)
    g_string_append_printf (out, i > 0 ? ",%u" : "%u", g_array_index (hands, guint, i));
  g_string_append (out, "],\"ci\":{");
  for (guint i = 0; i < self->answers->len; i++)
    {
      const Answer *answer = &g_array_index (self->answers, Answer, i);
      guint at = 0;

      while (g_array_index (hands, guint, at) != answer->author)
        at++;
      g_string_append (out, i > 0 ? ",\"" : "\"");
      g_string_append_len (out, answer->name.text, (gssize) answer->name.len);
      g_string_append_printf (out, "\":%u", at);
    }
  g_string_append (out, "}}");
}

static void
put_authors (ZfSnapshotWriter *self)
{
  g_autoptr (GArray) hands = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->answers->len; i++)
    {
      guint author = g_array_index (self->answers, Answer, i).author, at = 0;

      while (at < hands->len && g_array_index (hands, guint, at) != author)
        at++;
      if (at == hands->len)
        g_array_append_val (hands, author);
    }
  put_comma (self->block->authors);
  if (hands->len > 1)
    put_hands (self, hands);
  else
    g_string_append_printf (self->block->authors, "%u", hands->len == 1 ? g_array_index (hands, guint, 0) : self->author);
  self->block->hand_nodes += hands->len > 1 ? 3 + hands->len + self->answers->len : 1;
  self->max_nodes = MAX (self->max_nodes, self->block->hand_nodes);
}

/* The record whose parts are all here. */
static void
flush_record (ZfSnapshotWriter *self)
{
  Block *block = self->block;
  gsize before;

  if (block == NULL)
    return;
  before = block->ids->len + block->revs->len + block->authors->len;
  put_id (self);
  put_comma (block->revs);
  g_string_append_printf (block->revs, "%" G_GINT64_FORMAT, self->rev);
  put_authors (self);
  self->bytes += block->ids->len + block->revs->len + block->authors->len - before;
  for (guint i = 0; i < self->answers->len; i++)
    put_answer (self, &g_array_index (self->answers, Answer, i));
  block->n++;
  self->block = NULL;
  g_clear_pointer (&self->id, g_free);
  g_array_set_size (self->answers, 0);
  g_ptr_array_set_size (self->texts, 0);
}

void
zf_snapshot_writer_record (ZfSnapshotWriter *self, const char *kind, const char *id, gint64 rev, const char *const *key)
{
  flush_record (self);
  self->block = block_of (self, kind, key);
  self->id = g_strdup (id);
  self->rev = rev;
}

void
zf_snapshot_writer_fields (ZfSnapshotWriter *self, const char *f, const char *by, gint64 at)
{
  char *text = g_strdup (f);

  g_return_if_fail (self->block != NULL);

  g_ptr_array_add (self->texts, text);
  self->author = author_index (self, by, at);
  take_answers (self, text, self->author);
}

void
zf_snapshot_writer_item (ZfSnapshotWriter *self, const char *item)
{
  flush_record (self);
  g_string_append (self->items, item);
  g_string_append_c (self->items, '\n');
  self->bytes += strlen (item);
}

gboolean
zf_snapshot_writer_is_full (ZfSnapshotWriter *self)
{
  return self->bytes >= FULL_BYTES || self->max_nodes >= FULL_NODES;
}

gboolean
zf_snapshot_writer_is_empty (ZfSnapshotWriter *self)
{
  return self->block == NULL && self->blocks->len == 0 && self->items->len == 0;
}

static void
put_names (GString *out, const char *member, GPtrArray *columns, char **names)
{
  g_string_append_printf (out, ",\"%s\":[", member);
  for (guint i = 0; columns != NULL && i < columns->len; i++)
    {
      put_comma (out);
      g_string_append_printf (out, "\"%s\"", ((Column *) columns->pdata[i])->name);
    }
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      put_comma (out);
      g_string_append_printf (out, "\"%s\"", names[i]);
    }
  g_string_append_c (out, ']');
}

static void
put_line (GString *out, const GString *line)
{
  g_string_append_len (out, line->str, (gssize) line->len);
  g_string_append (out, "]\n");
}

static int
compare_columns (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(Column *const *) a)->name, (*(Column *const *) b)->name);
}

static void
put_block (GString *out, Block *block)
{
  g_ptr_array_sort (block->columns, compare_columns);
  g_string_append_c (out, '{');
  zf_wire_put_member (out, "k", block->kind);
  zf_wire_put_int (out, "n", block->n);
  if (block->key != NULL)
    put_names (out, "key", NULL, block->key);
  put_names (out, "f", block->columns, NULL);
  g_string_append (out, "}\n");
  put_line (out, block->ids);
  put_line (out, block->revs);
  put_line (out, block->authors);
  for (guint i = 0; i < block->columns->len; i++)
    {
      pad (block->columns->pdata[i], block->n);
      put_line (out, ((Column *) block->columns->pdata[i])->text);
    }
}

static GBytes *
compress (const GString *plain)
{
  gsize bound = ZSTD_compressBound (plain->len);
  char *packed = g_malloc (bound);
  gsize n = ZSTD_compress (packed, bound, plain->str, plain->len, LEVEL);

  g_assert (!ZSTD_isError (n));
  return g_bytes_new_take (g_realloc (packed, n), n);
}

GBytes *
zf_snapshot_writer_end (ZfSnapshotWriter *self)
{
  g_autoptr (GString) plain = NULL;

  flush_record (self);
  plain = g_string_sized_new (self->bytes + 4096);
  g_string_append_len (plain, self->author_table->str, (gssize) self->author_table->len);
  g_string_append (plain, "]}\n");
  for (guint i = 0; i < self->blocks->len; i++)
    put_block (plain, self->blocks->pdata[i]);
  g_string_append_len (plain, self->items->str, (gssize) self->items->len);
  stop (self);
  start (self);
  return compress (plain);
}
