/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* Columns → the line of changes that they were made of. */

#include "zf-wire-push-private.h"

#include <string.h>

#include "zf-change-id.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-wire-codec.h"
#include "zf-wire-ids.h"

/* More than there are kinds and ways to change them. */
#define MAX_BLOCKS 256

/* One column of cells; an empty one has no cells. */
typedef struct
{
  GArray *cells;      /* (nullable) ZfSlice */
  gboolean ids;
} Cells;

typedef struct
{
  ZfSlice kind;
  ZfSlice op;
  GArray *names;      /* ZfSlice, with quotes */
  GArray *ids;        /* ZfSlice: JSON texts of ids */
  GArray *columns;    /* Cells: old and new of each field in turn */
  guint next;         /* row */
} Block;

typedef struct
{
  const char *epoch;
  GArray *common[ZF_PUSH_COLUMNS];  /* ZfSlice */
  GArray *numbers;                  /* gint64: blocks of the changes */
  GArray *at;                       /* gint64 */
  GPtrArray *blocks;
  ZfWireIds *ids;
  GStringChunk *texts;              /* of ids, and what else was made here */
  GString *out;
  ZfSlice tx;                       /* of the change before */
  GString *f;
  GString *room;
} Unpack;

static void
clear_cells (gpointer data)
{
  Cells *cells = data;

  g_clear_pointer (&cells->cells, g_array_unref);
}

static void
block_free (gpointer data)
{
  Block *block = data;

  g_clear_pointer (&block->names, g_array_unref);
  g_clear_pointer (&block->ids, g_array_unref);
  g_clear_pointer (&block->columns, g_array_unref);
  g_free (block);
}

static GArray *
elements_of (const ZfSlice *text)
{
  g_autoptr (GArray) elements = g_array_new (FALSE, FALSE, sizeof (ZfSlice));

  if (!zf_wire_elements (text->text, text->len, elements))
    return NULL;
  for (guint i = 0; i < elements->len; i++)
    if (g_array_index (elements, ZfSlice, i).len == 0)
      return NULL;
  return g_steal_pointer (&elements);
}

static ZfSlice
keep (Unpack *unpack, const char *id)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", id);
  ZfSlice slice = { g_string_chunk_insert (unpack->texts, quoted), strlen (quoted) };

  return slice;
}

/* Times of the changes of block @number, in order. */
static GArray *
times_of (Unpack *unpack, guint number)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < unpack->at->len; i++)
    if (g_array_index (unpack->numbers, gint64, i) == number)
      g_array_append_val (times, g_array_index (unpack->at, gint64, i));
  return times;
}

static gboolean
take_ids (Unpack *unpack, GArray *cells, GArray *times)
{
  g_autoptr (GString) id = g_string_new (NULL);

  for (guint i = 0; i < cells->len; i++)
    {
      ZfSlice *cell = &g_array_index (cells, ZfSlice, i);

      if (zf_push_is (cell, "null"))
        continue;
      g_string_truncate (id, 0);
      if (!zf_wire_ids_take (unpack->ids, cell->text, cell->len, g_array_index (times, gint64, i), id))
        return FALSE;
      *cell = keep (unpack, id->str);
    }
  return TRUE;
}

static gboolean
read_cells (Unpack *unpack, const ZfSlice *text, GArray *times, Cells *cells)
{
  static const char head[] = "{\"ids\":";
  ZfSlice list = *text;

  if (zf_push_is (text, "0"))
    return TRUE;
  cells->ids = text->len > strlen (head) && memcmp (text->text, head, strlen (head)) == 0;
  if (cells->ids)
    {
      list.text += strlen (head);
      list.len -= strlen (head) + 1;
    }
  cells->cells = elements_of (&list);
  return cells->cells != NULL && cells->cells->len == times->len && (!cells->ids || take_ids (unpack, cells->cells, times));
}

static gboolean
read_columns (Unpack *unpack, Block *block, GArray *parts, GArray *times)
{
  Cells ids = { 0 };

  if (!read_cells (unpack, &g_array_index (parts, ZfSlice, 3), times, &ids) || !ids.ids)
    {
      clear_cells (&ids);
      return FALSE;
    }
  block->ids = ids.cells;
  for (guint i = 4; i < parts->len; i++)
    {
      Cells cells = { 0 };
      gboolean ok = read_cells (unpack, &g_array_index (parts, ZfSlice, i), times, &cells);

      g_array_append_val (block->columns, cells);
      if (!ok)
        return FALSE;
    }
  /* A field without any value would cost nothing here and room at the other end. */
  for (guint i = 0; i < block->columns->len; i += 2)
    if (g_array_index (block->columns, Cells, i).cells == NULL && g_array_index (block->columns, Cells, i + 1).cells == NULL)
      return FALSE;
  return TRUE;
}

/* [kind, op, [field, …], ids, old, new, old, new, …] */
static gboolean
read_block (Unpack *unpack, const ZfSlice *text)
{
  g_autoptr (GArray) parts = elements_of (text);
  g_autoptr (GArray) times = times_of (unpack, unpack->blocks->len);
  Block *block = g_new0 (Block, 1);

  block->columns = g_array_new (FALSE, TRUE, sizeof (Cells));
  g_array_set_clear_func (block->columns, clear_cells);
  g_ptr_array_add (unpack->blocks, block);
  if (parts == NULL || parts->len < 4 || times->len == 0)
    return FALSE;
  block->kind = g_array_index (parts, ZfSlice, 0);
  block->op = g_array_index (parts, ZfSlice, 1);
  block->names = elements_of (&g_array_index (parts, ZfSlice, 2));
  return block->names != NULL && parts->len == 4 + 2 * block->names->len && read_columns (unpack, block, parts, times);
}

static gboolean
read_all (Unpack *unpack, const ZfSlice *value)
{
  g_autoptr (GArray) parts = elements_of (value);
  gint64 at = 0;

  if (parts == NULL || parts->len <= ZF_PUSH_COLUMNS || parts->len > ZF_PUSH_COLUMNS + MAX_BLOCKS)
    return FALSE;
  for (guint i = 0; i < ZF_PUSH_COLUMNS; i++)
    {
      unpack->common[i] = elements_of (&g_array_index (parts, ZfSlice, i));
      if (unpack->common[i] == NULL || unpack->common[i]->len != unpack->common[0]->len)
        return FALSE;
    }
  for (guint i = 0; i < unpack->common[0]->len; i++)
    {
      gint64 step = zf_push_int (&g_array_index (unpack->common[ZF_PUSH_AT], ZfSlice, i));
      gint64 number = zf_push_int (&g_array_index (unpack->common[ZF_PUSH_BLOCK], ZfSlice, i));

      g_array_append_val (unpack->numbers, number);
      at = (gint64) ((guint64) at + (guint64) step);
      g_array_append_val (unpack->at, at);
    }
  for (guint i = ZF_PUSH_COLUMNS; i < parts->len; i++)
    if (!read_block (unpack, &g_array_index (parts, ZfSlice, i)))
      return FALSE;
  return TRUE;
}

/* Writing */

static const ZfSlice *
cell_of (const Block *block, guint column, guint row)
{
  const Cells *cells = &g_array_index (block->columns, Cells, column);
  const ZfSlice *cell = cells->cells != NULL ? &g_array_index (cells->cells, ZfSlice, row) : NULL;

  return cell == NULL || zf_push_is (cell, "null") ? NULL : cell;
}

static void
put_slice (GString *out, const ZfSlice *slice)
{
  if (slice != NULL)
    g_string_append_len (out, slice->text, (gssize) slice->len);
  else
    g_string_append (out, "null");
}

static void
put_field (GString *out, const ZfSlice *name, const ZfSlice *old, const ZfSlice *value)
{
  if (out->len > 1)
    g_string_append_c (out, ',');
  put_slice (out, name);
  g_string_append_c (out, ':');
  if (old == NULL && value->text[0] == '{')
    {
      put_slice (out, value);
      return;
    }
  g_string_append_c (out, '[');
  put_slice (out, old);
  g_string_append_c (out, ',');
  put_slice (out, value);
  g_string_append_c (out, ']');
}

static void
put_f (GString *out, const Block *block, guint row)
{
  g_string_assign (out, "{");
  for (guint i = 0; i < block->names->len; i++)
    {
      const ZfSlice *old = cell_of (block, 2 * i, row), *value = cell_of (block, 2 * i + 1, row);

      if (old != NULL || value != NULL)
        put_field (out, &g_array_index (block->names, ZfSlice, i), old, value);
    }
  g_string_append_c (out, '}');
}

static void
choose_tx (Unpack *unpack, guint i, gint64 lsn)
{
  const ZfSlice *cell = &g_array_index (unpack->common[ZF_PUSH_TX], ZfSlice, i);
  g_autofree char *made = zf_push_is (cell, "0") ? zf_change_tx (unpack->epoch, lsn) : NULL;

  if (made != NULL)
    unpack->tx = keep (unpack, made);
  else if (zf_push_is (cell, "null"))
    unpack->tx.text = NULL;
  else if (!zf_push_is (cell, "1"))
    unpack->tx = *cell;
}

static gboolean
put_change (Unpack *unpack, guint i, gint64 lsn)
{
  gint64 number = g_array_index (unpack->numbers, gint64, i);
  Block *block = number >= 0 && number < unpack->blocks->len ? unpack->blocks->pdata[number] : NULL;
  char at[24], own[24];
  g_autofree char *cid = NULL;
  ZfSlice heads[ZF_HEADS];
  guint row;

  if (block == NULL)
    return FALSE;
  row = block->next++;
  g_snprintf (at, sizeof at, "%" G_GINT64_FORMAT, g_array_index (unpack->at, gint64, i));
  g_snprintf (own, sizeof own, "%" G_GINT64_FORMAT, lsn);
  choose_tx (unpack, i, lsn);
  heads[ZF_HEAD_AT] = (ZfSlice) { at, strlen (at) };
  heads[ZF_HEAD_BASE] = g_array_index (unpack->common[ZF_PUSH_BASE], ZfSlice, i);
  heads[ZF_HEAD_BY] = g_array_index (unpack->common[ZF_PUSH_BY], ZfSlice, i);
  heads[ZF_HEAD_CID] = g_array_index (unpack->common[ZF_PUSH_CID], ZfSlice, i);
  heads[ZF_HEAD_ID] = g_array_index (block->ids, ZfSlice, row);
  heads[ZF_HEAD_KIND] = block->kind;
  heads[ZF_HEAD_LSN] = (ZfSlice) { own, strlen (own) };
  heads[ZF_HEAD_OP] = block->op;
  heads[ZF_HEAD_SV] = g_array_index (unpack->common[ZF_PUSH_SV], ZfSlice, i);
  heads[ZF_HEAD_TX] = unpack->tx;
  put_f (unpack->f, block, row);
  if (zf_push_is (&heads[ZF_HEAD_CID], "0"))
    {
      cid = zf_push_cid (unpack->epoch, heads, unpack->f->str, unpack->f->len, unpack->room);
      heads[ZF_HEAD_CID] = keep (unpack, cid);
    }
  if (i > 0)
    g_string_append_c (unpack->out, ',');
  zf_push_put_change (unpack->out, heads, unpack->f->str, unpack->f->len);
  return unpack->out->len <= ZF_WIRE_MAX_UNPACKED;
}

static GBytes *
put_line (Unpack *unpack, const char *text, gsize before, gint64 first)
{
  g_string_append_len (unpack->out, text, (gssize) before);
  g_string_append (unpack->out, "\"changes\":[");
  for (guint i = 0; i < unpack->common[0]->len; i++)
    if (!put_change (unpack, i, first + i))
      return NULL;
  g_string_append (unpack->out, "]}");
  return g_string_free_to_bytes (g_steal_pointer (&unpack->out));
}

static void
unpack_clear (Unpack *unpack)
{
  for (guint i = 0; i < ZF_PUSH_COLUMNS; i++)
    g_clear_pointer (&unpack->common[i], g_array_unref);
  g_array_unref (unpack->numbers);
  g_array_unref (unpack->at);
  g_ptr_array_unref (unpack->blocks);
  zf_wire_ids_free (unpack->ids);
  g_string_chunk_free (unpack->texts);
  if (unpack->out != NULL)
    g_string_free (unpack->out, TRUE);
  g_string_free (unpack->f, TRUE);
  g_string_free (unpack->room, TRUE);
}

static GBytes *
unpack_columns (const char *text, gsize before, const ZfSlice *value, const char *epoch, gint64 first)
{
  Unpack unpack = { .epoch = epoch };
  GBytes *line = NULL;

  unpack.numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  unpack.at = g_array_new (FALSE, FALSE, sizeof (gint64));
  unpack.blocks = g_ptr_array_new_with_free_func (block_free);
  unpack.ids = zf_wire_ids_new ();
  unpack.texts = g_string_chunk_new (4096);
  unpack.out = g_string_new (NULL);
  unpack.f = g_string_new (NULL);
  unpack.room = g_string_new (NULL);
  if (read_all (&unpack, value))
    line = put_line (&unpack, text, before, first);
  unpack_clear (&unpack);
  return line;
}

GBytes *
zf_wire_push_unpack (const char *text, gsize len)
{
  g_autoptr (JsonObject) envelope = NULL;
  g_autofree char *bridge = NULL;
  const char *epoch, *start;
  ZfSlice value = { 0 };

  if (!zf_wire_take_member (text, len, "columns", &value, &envelope, NULL) || value.text == NULL || value.text + value.len + 1 != text + len)
    return NULL;
  epoch = zf_json_get_string (envelope, "epoch", "");
  bridge = g_strdup_printf ("\"epoch\":\"%s\",\"columns\":", epoch);
  start = value.text - strlen (bridge);
  if (!zf_id_is_valid (epoch) || start < text || memcmp (start, bridge, strlen (bridge)) != 0)
    return NULL;
  return unpack_columns (text, (gsize) (start - text), &value, epoch, zf_json_get_int (envelope, "first", 0));
}
