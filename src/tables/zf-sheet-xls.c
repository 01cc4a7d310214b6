/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <freexl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "zf-lazy.h"
#include "zf-sheet-private.h"

/* libfreexl keeps the whole workbook in memory. */
#define MAX_FILE (128 << 20)

typedef struct
{
  const void *book;
  unsigned int row;
  unsigned int n_rows;
  unsigned short n_columns;
} ZfXlsReader;

static void
reader_free (gpointer data)
{
  ZfXlsReader *reader = data;
  freexl_close (reader->book);
  g_free (reader);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfXlsReader, reader_free)

static gboolean
fail (GError **error, int code, const char *message)
{
  g_set_error_literal (error, ZF_TABLE_ERROR, code, message);
  return FALSE;
}

static gboolean
load (ZfXlsReader *reader, const char *path, GError **error)
{
  GStatBuf status;
  unsigned int password = 0;
  if (!zf_lazy_load ("libfreexl", error))
    return FALSE;
  if (g_stat (path, &status) != 0 || status.st_size > MAX_FILE)
    return fail (error, ZF_TABLE_ERROR_LIMIT, _("The workbook is too large to read; save it as .xlsx"));
  /* The handle must be closed even after a failure. */
  int result = freexl_open (path, &reader->book);
  if (reader->book != NULL && freexl_get_info (reader->book, FREEXL_BIFF_PASSWORD, &password) == FREEXL_OK
      && password == FREEXL_BIFF_OBFUSCATED)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is protected by a password"));
  if (result != FREEXL_OK)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged, or protected by a password"));
  return TRUE;
}

static gboolean
reader_select (gpointer data, const char *wanted, char **description, GError **error)
{
  ZfXlsReader *reader = data;
  unsigned int n_sheets = 0;
  reader->row = 0;
  freexl_get_info (reader->book, FREEXL_BIFF_SHEET_COUNT, &n_sheets);
  for (unsigned int i = 0; i < n_sheets && i < G_MAXUINT16; i++)
    {
      const char *name = NULL;
      if (freexl_get_worksheet_name (reader->book, (unsigned short) i, &name) != FREEXL_OK || name == NULL)
        continue;
      if (wanted != NULL && strcmp (name, wanted) != 0)
        continue;
      if (freexl_select_active_worksheet (reader->book, (unsigned short) i) != FREEXL_OK
          || freexl_worksheet_dimensions (reader->book, &reader->n_rows, &reader->n_columns) != FREEXL_OK)
        return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
      *description = g_strdup_printf (_("xls, sheet “%s”"), name);
      return TRUE;
    }
  if (wanted == NULL)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook has no visible sheet"));
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook has no sheet named “%s”"), wanted);
  return FALSE;
}

static gpointer
reader_open (const char *path, GError **error)
{
  g_autoptr (ZfXlsReader) reader = g_new0 (ZfXlsReader, 1);
  return load (reader, path, error) ? g_steal_pointer (&reader) : NULL;
}

static void
put_text (ZfRowBuffer *row, guint column, ZfCellType type, const char *text, gsize max)
{
  if (text != NULL && *text != '\0')
    zf_row_buffer_put (row, column, type, text, MIN (strlen (text), max));
}

static void
put_number (ZfRowBuffer *row, guint column, double value)
{
  g_autofree char *text = zf_sheet_number_text (value);
  put_text (row, column, ZF_CELL_NUMBER, text, G_MAXSIZE);
}

static void
put_value (ZfRowBuffer *row, guint column, const FreeXL_CellValue *cell)
{
  switch (cell->type)
    {
    case FREEXL_CELL_INT:
      put_number (row, column, cell->value.int_value);
      break;
    case FREEXL_CELL_DOUBLE:
      put_number (row, column, cell->value.double_value);
      break;
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
      put_text (row, column, ZF_CELL_DATE, cell->value.text_value, 10);
      break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_TIME:
      if (cell->value.text_value != NULL)
        put_text (row, column, zf_sheet_is_error_text (cell->value.text_value) ? ZF_CELL_ERROR : ZF_CELL_TEXT,
                  cell->value.text_value, G_MAXSIZE);
      break;
    default:
      break;
    }
}

static gboolean
reader_next (gpointer data, ZfRowBuffer *row, guint *row_number, GError **error)
{
  ZfXlsReader *reader = data;
  if (reader->row >= reader->n_rows)
    return FALSE;
  for (unsigned short column = 0; column < reader->n_columns; column++)
    {
      FreeXL_CellValue cell = { 0 };
      int result = freexl_get_cell_value (reader->book, reader->row, column, &cell);
      if (result == FREEXL_OK)
        put_value (row, column, &cell);
      else if (result != FREEXL_ILLEGAL_CELL_ROW_COL)
        return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
    }
  *row_number = ++reader->row;
  return TRUE;
}

static char **
reader_names (gpointer data)
{
  ZfXlsReader *reader = data;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  unsigned int n_sheets = 0;
  freexl_get_info (reader->book, FREEXL_BIFF_SHEET_COUNT, &n_sheets);
  for (unsigned int i = 0; i < n_sheets && i < G_MAXUINT16; i++)
    {
      const char *name = NULL;
      if (freexl_get_worksheet_name (reader->book, (unsigned short) i, &name) == FREEXL_OK && name != NULL)
        g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

const ZfSheetFormat zf_sheet_xls = { reader_open, reader_names, reader_select, reader_next, reader_free };
