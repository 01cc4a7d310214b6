/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* A line of changes → columns. Values are never parsed: their text goes into the columns as it stands in the line. */

#include "zf-wire-push-private.h"

#include <string.h>

#include "zf-change-id.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-wire-ids.h"

#define ID_LEN 36

const char *const zf_push_heads[ZF_HEADS] = { "at", "b", "by", "cid", "id", "k", "lsn", "op", "sv", "tx" };

gint64
zf_push_int (const ZfSlice *slice)
{
  g_autofree char *text = g_strndup (slice->text, MIN (slice->len, 20));

  return g_ascii_strtoll (text, NULL, 10);
}

gboolean
zf_push_is (const ZfSlice *slice, const char *text)
{
  return slice->len == strlen (text) && memcmp (slice->text, text, slice->len) == 0;
}

void
zf_push_put_change (GString *out, const ZfSlice *heads, const char *f, gsize len)
{
  g_string_append_c (out, '{');
  for (guint i = 0; i < ZF_HEADS; i++)
    if (heads[i].text != NULL)
      {
        g_string_append_printf (out, "\"%s\":", zf_push_heads[i]);
        g_string_append_len (out, heads[i].text, (gssize) heads[i].len);
        g_string_append_c (out, ',');
      }
  g_string_append (out, "\"f\":");
  g_string_append_len (out, f, (gssize) len);
  g_string_append_c (out, '}');
}

char *
zf_push_cid (const char *epoch, const ZfSlice *heads, const char *f, gsize len, GString *text)
{
  ZfSlice without[ZF_HEADS];

  memcpy (without, heads, sizeof without);
  without[ZF_HEAD_CID].text = NULL;
  g_string_truncate (text, 0);
  zf_push_put_change (text, without, f, len);
  return zf_change_id (epoch, text->str);
}

/* One change of the line. */
typedef struct
{
  ZfSlice heads[ZF_HEADS];
  ZfSlice f;
  guint block;
} Change;

/* A field over the changes of a block: text NULL where a change does not have it. */
typedef struct
{
  char *name;
  GArray *old;     /* ZfSlice */
  GArray *new;     /* ZfSlice */
} Column;

typedef struct
{
  ZfSlice kind;
  ZfSlice op;
  GPtrArray *columns;   /* Column */
  GHashTable *by_name;
  GArray *ids;          /* ZfSlice */
  GArray *at;           /* gint64 */
} Block;

typedef struct
{
  const char *epoch;
  GArray *changes;      /* Change */
  GPtrArray *blocks;
  ZfWireIds *ids;
  GString *out;
} Pack;

static void
column_free (gpointer data)
{
  Column *column = data;

  g_array_unref (column->old);
  g_array_unref (column->new);
  g_free (column->name);
  g_free (column);
}

static void
block_free (gpointer data)
{
  Block *block = data;

  g_hash_table_unref (block->by_name);
  g_ptr_array_unref (block->columns);
  g_array_unref (block->ids);
  g_array_unref (block->at);
  g_free (block);
}

static gboolean
same (const ZfSlice *a, const ZfSlice *b)
{
  return a->len == b->len && (a->text == NULL) == (b->text == NULL) && (a->text == NULL || memcmp (a->text, b->text, a->len) == 0);
}

static Block *
block_of (Pack *pack, Change *change)
{
  Block *block;

  for (guint i = 0; i < pack->blocks->len; i++)
    {
      block = pack->blocks->pdata[i];
      change->block = i;
      if (same (&block->kind, &change->heads[ZF_HEAD_KIND]) && same (&block->op, &change->heads[ZF_HEAD_OP]))
        return block;
    }
  block = g_new0 (Block, 1);
  block->kind = change->heads[ZF_HEAD_KIND];
  block->op = change->heads[ZF_HEAD_OP];
  block->columns = g_ptr_array_new_with_free_func (column_free);
  block->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  block->ids = g_array_new (FALSE, TRUE, sizeof (ZfSlice));
  block->at = g_array_new (FALSE, TRUE, sizeof (gint64));
  change->block = pack->blocks->len;
  g_ptr_array_add (pack->blocks, block);
  return block;
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
  column->old = g_array_new (FALSE, TRUE, sizeof (ZfSlice));
  column->new = g_array_new (FALSE, TRUE, sizeof (ZfSlice));
  g_ptr_array_add (block->columns, column);
  g_hash_table_insert (block->by_name, column->name, column);
  return column;
}

static void
put_cell (GArray *cells, guint row, const ZfSlice *value)
{
  g_array_set_size (cells, row + 1);
  g_array_index (cells, ZfSlice, row) = *value;
}

/* A pair fills both columns; what is no pair (a set's added and removed elements) stands in the second. */
static gboolean
put_value (Block *block, guint row, const ZfSlice *name, const ZfSlice *value)
{
  g_autoptr (GArray) pair = g_array_new (FALSE, FALSE, sizeof (ZfSlice));
  Column *column = column_of (block, name);

  if (value->len > 0 && value->text[0] == '{')
    {
      put_cell (column->new, row, value);
      return TRUE;
    }
  if (!zf_wire_elements (value->text, value->len, pair) || pair->len != 2)
    return FALSE;
  put_cell (column->old, row, &g_array_index (pair, ZfSlice, 0));
  put_cell (column->new, row, &g_array_index (pair, ZfSlice, 1));
  return TRUE;
}

static gboolean
read_fields (Block *block, const Change *change)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (ZfSlice));
  guint row = block->ids->len;
  gint64 at = zf_push_int (&change->heads[ZF_HEAD_AT]);

  if (!zf_wire_members (change->f.text, change->f.len, members))
    return FALSE;
  g_array_append_val (block->ids, change->heads[ZF_HEAD_ID]);
  g_array_append_val (block->at, at);
  for (guint i = 0; i < members->len; i += 2)
    if (!put_value (block, row, &g_array_index (members, ZfSlice, i), &g_array_index (members, ZfSlice, i + 1)))
      return FALSE;
  return TRUE;
}

static gboolean
read_change (Pack *pack, const ZfSlice *text)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (ZfSlice));
  Change change = { 0 };
  guint head = 0;

  if (!zf_wire_members (text->text, text->len, members))
    return FALSE;
  for (guint i = 0; i < members->len; i += 2)
    {
      const ZfSlice *name = &g_array_index (members, ZfSlice, i);

      if (zf_push_is (name, "f"))
        {
          change.f = g_array_index (members, ZfSlice, i + 1);
          continue;
        }
      while (head < ZF_HEADS && !zf_push_is (name, zf_push_heads[head]))
        head++;
      if (head == ZF_HEADS)
        return FALSE;
      change.heads[head] = g_array_index (members, ZfSlice, i + 1);
    }
  for (head = 0; head < ZF_HEAD_TX; head++)
    if (change.heads[head].text == NULL)
      return FALSE;
  if (change.f.text == NULL || !read_fields (block_of (pack, &change), &change))
    return FALSE;
  g_array_append_val (pack->changes, change);
  return TRUE;
}

/* Writing */

static void
put_head (Pack *pack, guint head)
{
  for (guint i = 0; i < pack->changes->len; i++)
    {
      const ZfSlice *value = &g_array_index (pack->changes, Change, i).heads[head];

      if (i > 0)
        g_string_append_c (pack->out, ',');
      g_string_append_len (pack->out, value->text, (gssize) value->len);
    }
}

static void
put_block_numbers (Pack *pack)
{
  for (guint i = 0; i < pack->changes->len; i++)
    g_string_append_printf (pack->out, i > 0 ? ",%u" : "%u", g_array_index (pack->changes, Change, i).block);
}

static void
put_times (Pack *pack)
{
  gint64 before = 0;

  for (guint i = 0; i < pack->changes->len; i++)
    {
      gint64 at = zf_push_int (&g_array_index (pack->changes, Change, i).heads[ZF_HEAD_AT]);

      g_string_append_printf (pack->out, i > 0 ? ",%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, at - before);
      before = at;
    }
}

static gboolean
is_text (const ZfSlice *value, const char *text)
{
  return value->len == strlen (text) + 2 && value->text[0] == '"' && memcmp (value->text + 1, text, value->len - 2) == 0;
}

static void
put_tx (Pack *pack, guint i)
{
  const Change *change = &g_array_index (pack->changes, Change, i);
  const ZfSlice *tx = &change->heads[ZF_HEAD_TX];
  g_autofree char *made = tx->text != NULL ? zf_change_tx (pack->epoch, zf_push_int (&change->heads[ZF_HEAD_LSN])) : NULL;

  if (tx->text == NULL)
    g_string_append (pack->out, "null");
  else if (i > 0 && same (tx, &g_array_index (pack->changes, Change, i - 1).heads[ZF_HEAD_TX]))
    g_string_append_c (pack->out, '1');
  else if (is_text (tx, made))
    g_string_append_c (pack->out, '0');
  else
    g_string_append_len (pack->out, tx->text, (gssize) tx->len);
}

static void
put_cid (Pack *pack, guint i, GString *room)
{
  const Change *change = &g_array_index (pack->changes, Change, i);
  const ZfSlice *cid = &change->heads[ZF_HEAD_CID];
  g_autofree char *made = zf_push_cid (pack->epoch, change->heads, change->f.text, change->f.len, room);

  if (is_text (cid, made))
    g_string_append_c (pack->out, '0');
  else
    g_string_append_len (pack->out, cid->text, (gssize) cid->len);
}

static void
put_made (Pack *pack, guint what)
{
  g_autoptr (GString) room = g_string_new (NULL);

  for (guint i = 0; i < pack->changes->len; i++)
    {
      if (i > 0)
        g_string_append_c (pack->out, ',');
      if (what == ZF_PUSH_TX)
        put_tx (pack, i);
      else
        put_cid (pack, i, room);
    }
}

static void
put_common (Pack *pack, guint what)
{
  static const guint heads[] = { [ZF_PUSH_BY] = ZF_HEAD_BY, [ZF_PUSH_SV] = ZF_HEAD_SV, [ZF_PUSH_BASE] = ZF_HEAD_BASE };

  g_string_append_c (pack->out, '[');
  if (what == ZF_PUSH_BLOCK)
    put_block_numbers (pack);
  else if (what == ZF_PUSH_AT)
    put_times (pack);
  else if (what == ZF_PUSH_TX || what == ZF_PUSH_CID)
    put_made (pack, what);
  else
    put_head (pack, heads[what]);
  g_string_append (pack->out, "],");
}

static gboolean
is_null (const ZfSlice *cell)
{
  return cell->text == NULL || zf_push_is (cell, "null");
}

static gboolean
is_id (const ZfSlice *cell)
{
  g_autofree char *text = cell->len == ID_LEN + 2 ? g_strndup (cell->text + 1, ID_LEN) : NULL;

  return text != NULL && cell->text[0] == '"' && zf_id_is_valid (text);
}

/* A column is all ids or none. */
static gboolean
are_ids (GArray *cells)
{
  for (guint i = 0; i < cells->len; i++)
    if (!is_null (&g_array_index (cells, ZfSlice, i)) && !is_id (&g_array_index (cells, ZfSlice, i)))
      return FALSE;
  return TRUE;
}

static void
put_cells (Pack *pack, const Block *block, GArray *cells)
{
  gboolean ids, empty = TRUE;

  g_array_set_size (cells, block->ids->len);
  for (guint i = 0; i < cells->len && empty; i++)
    empty = is_null (&g_array_index (cells, ZfSlice, i));
  if (empty)
    {
      g_string_append_c (pack->out, '0');
      return;
    }
  ids = are_ids (cells);
  g_string_append (pack->out, ids ? "{\"ids\":[" : "[");
  for (guint i = 0; i < cells->len; i++)
    {
      const ZfSlice *cell = &g_array_index (cells, ZfSlice, i);
      g_autofree char *id = ids && !is_null (cell) ? g_strndup (cell->text + 1, ID_LEN) : NULL;

      if (i > 0)
        g_string_append_c (pack->out, ',');
      if (id != NULL)
        zf_wire_ids_put (pack->ids, pack->out, id, g_array_index (block->at, gint64, i));
      else if (is_null (cell))
        g_string_append (pack->out, "null");
      else
        g_string_append_len (pack->out, cell->text, (gssize) cell->len);
    }
  g_string_append (pack->out, ids ? "]}" : "]");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(Column *const *) a)->name, (*(Column *const *) b)->name);
}

static void
put_block (Pack *pack, Block *block)
{
  g_ptr_array_sort (block->columns, compare_names);
  g_string_append_printf (pack->out, "[%.*s,%.*s,[", (int) block->kind.len, block->kind.text, (int) block->op.len, block->op.text);
  for (guint i = 0; i < block->columns->len; i++)
    g_string_append_printf (pack->out, i > 0 ? ",\"%s\"" : "\"%s\"", ((Column *) block->columns->pdata[i])->name);
  g_string_append (pack->out, "],");
  put_cells (pack, block, block->ids);
  for (guint i = 0; i < block->columns->len; i++)
    {
      Column *column = block->columns->pdata[i];

      g_string_append_c (pack->out, ',');
      put_cells (pack, block, column->old);
      g_string_append_c (pack->out, ',');
      put_cells (pack, block, column->new);
    }
  g_string_append_c (pack->out, ']');
}

static gboolean
read_changes (Pack *pack, const ZfSlice *value)
{
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (ZfSlice));

  if (!zf_wire_elements (value->text, value->len, texts) || texts->len == 0)
    return FALSE;
  for (guint i = 0; i < texts->len; i++)
    if (!read_change (pack, &g_array_index (texts, ZfSlice, i)))
      return FALSE;
  return TRUE;
}

static GBytes *
put_all (Pack *pack, const char *text, gsize before)
{
  pack->out = g_string_new (NULL);
  g_string_append_len (pack->out, text, (gssize) before);
  g_string_append_printf (pack->out, "\"epoch\":\"%s\",\"columns\":[", pack->epoch);
  for (guint i = 0; i < ZF_PUSH_COLUMNS; i++)
    put_common (pack, i);
  for (guint i = 0; i < pack->blocks->len; i++)
    {
      if (i > 0)
        g_string_append_c (pack->out, ',');
      put_block (pack, pack->blocks->pdata[i]);
    }
  g_string_append (pack->out, "]}");
  return g_string_free_to_bytes (g_steal_pointer (&pack->out));
}

/* Whatever the line was, what comes out of @packed is it. */
static gboolean
comes_back (GBytes *packed, GBytes *line)
{
  gsize len;
  const char *text = g_bytes_get_data (packed, &len);
  g_autoptr (GBytes) back = zf_wire_push_unpack (text, len);

  return back != NULL && g_bytes_equal (back, line);
}

GBytes *
zf_wire_push_pack (GBytes *line, const char *epoch)
{
  static const char member[] = "\"changes\":";
  gsize len;
  const char *text = g_bytes_get_data (line, &len);
  const char *start = text != NULL ? g_strstr_len (text, (gssize) len, member) : NULL;
  Pack pack = { .epoch = epoch };
  g_autoptr (GBytes) packed = NULL;
  ZfSlice value;

  /* At least "[]" and the brace that ends the line. */
  if (start == NULL || (gsize) (start - text) + strlen (member) + 3 > len || !zf_id_is_valid (epoch))
    return NULL;
  value.text = start + strlen (member);
  value.len = len - (gsize) (value.text - text) - 1;
  pack.changes = g_array_new (FALSE, FALSE, sizeof (Change));
  pack.blocks = g_ptr_array_new_with_free_func (block_free);
  pack.ids = zf_wire_ids_new ();
  if (read_changes (&pack, &value))
    packed = put_all (&pack, text, (gsize) (start - text));
  zf_wire_ids_free (pack.ids);
  g_ptr_array_unref (pack.blocks);
  g_array_unref (pack.changes);
  return packed != NULL && comes_back (packed, line) ? g_steal_pointer (&packed) : NULL;
}
