/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-rows.h"

#include <string.h>

#include "zf-json.h"

#define CHUNK 4096

/* A copy: free of the connection that it was read with. */
struct _ZfRows
{
  guint n_columns;
  GPtrArray *cells;       /* const char *, row after row */
  GStringChunk *text;
};

/* "|a|b|" as XForms writes a set: "a b". */
static void
add_set (ZfRows *rows, const char *stored)
{
  gsize length = strlen (stored);
  g_autofree char *codes = length > 1 ? g_strndup (stored + 1, length - 2) : g_strdup ("");

  g_ptr_array_add (rows->cells, g_string_chunk_insert (rows->text, g_strdelimit (codes, "|", ' ')));
}

/* The canonical spelling: no double is seen outside. */
static void
add_decimal (ZfRows *rows, const char *stored)
{
  g_autofree char *decimal = zf_decimal_normalize (stored);

  g_ptr_array_add (rows->cells, g_string_chunk_insert (rows->text, decimal != NULL ? decimal : stored));
}

static void
add_cell (ZfRows *rows, ZfFieldType type, const char *stored)
{
  if (stored == NULL)
    g_ptr_array_add (rows->cells, NULL);
  else if (type == ZF_FIELD_SET)
    add_set (rows, stored);
  else if (type == ZF_FIELD_DECIMAL)
    add_decimal (rows, stored);
  else
    g_ptr_array_add (rows->cells, g_string_chunk_insert (rows->text, stored));
}

ZfRows *
zf_rows_read (ZfDb *db, sqlite3_stmt *stmt, GArray *types, GError **error)
{
  g_autoptr (ZfRows) rows = g_new0 (ZfRows, 1);
  gboolean row = FALSE;

  rows->n_columns = types->len;
  rows->cells = g_ptr_array_new ();
  rows->text = g_string_chunk_new (CHUNK);
  while (zf_db_step (db, stmt, &row, error))
    {
      if (!row)
        return g_steal_pointer (&rows);
      for (guint i = 0; i < types->len; i++)
        add_cell (rows, g_array_index (types, ZfFieldType, i), zf_db_text (stmt, (int) i));
    }
  return NULL;
}

guint
zf_rows_n (ZfRows *rows)
{
  return rows->cells->len / rows->n_columns;
}

const char *
zf_rows_text (ZfRows *rows, guint row, guint column)
{
  g_return_val_if_fail (column < rows->n_columns && row < zf_rows_n (rows), NULL);

  return g_ptr_array_index (rows->cells, row * rows->n_columns + column);
}

gint64
zf_rows_int (ZfRows *rows, guint row, guint column)
{
  const char *text = zf_rows_text (rows, row, column);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

void
zf_rows_free (ZfRows *rows)
{
  if (rows == NULL)
    return;
  g_ptr_array_unref (rows->cells);
  g_string_chunk_free (rows->text);
  g_free (rows);
}
