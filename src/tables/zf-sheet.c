/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "zf-sheet-private.h"

#define MAX_SERIAL 2958465   /* 9999-12-31 */

struct _ZfSheet
{
  const ZfSheetFormat *format;
  gpointer reader;
  ZfRowBuffer row;
  char *description;
};

/* The first bytes decide; the name of a file is often wrong (".xls" that is CSV is common). */
static const struct
{
  const char *magic;
  gsize len;
  const ZfSheetFormat *format;
} MAGIC[] = {
  { "PK\003\004", 4, &zf_sheet_xlsx },
  { "PK\005\006", 4, &zf_sheet_xlsx },
  { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, &zf_sheet_xls },
  { "\x09\x08", 2, &zf_sheet_xls },
};

static const char *const ERROR_TEXTS[] = {
  "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", NULL
};

void
zf_row_buffer_init (ZfRowBuffer *row)
{
  row->cells = g_array_new (FALSE, TRUE, sizeof (ZfCell));
  row->offsets = g_array_new (FALSE, TRUE, sizeof (gsize));
  row->text = g_string_new (NULL);
}

void
zf_row_buffer_reset (ZfRowBuffer *row)
{
  g_array_set_size (row->cells, 0);
  g_array_set_size (row->offsets, 0);
  g_string_truncate (row->text, 0);
  g_string_append_c (row->text, '\0');   /* offset 0: the text of an empty cell */
}

void
zf_row_buffer_clear (ZfRowBuffer *row)
{
  g_array_unref (row->cells);
  g_array_unref (row->offsets);
  g_string_free (row->text, TRUE);
}

void
zf_row_buffer_put (ZfRowBuffer *row, guint column, ZfCellType type, const char *text, gsize len)
{
  if (column >= row->cells->len)
    {
      g_array_set_size (row->cells, column + 1);
      g_array_set_size (row->offsets, column + 1);
    }
  g_array_index (row->cells, ZfCell, column).type = type;
  g_array_index (row->offsets, gsize, column) = row->text->len;
  g_string_append_len (row->text, text, len);
  g_string_append_c (row->text, '\0');
}

void
zf_row_buffer_seal (ZfRowBuffer *row)
{
  for (guint i = 0; i < row->cells->len; i++)
    g_array_index (row->cells, ZfCell, i).text = row->text->str + g_array_index (row->offsets, gsize, i);
}

gboolean
zf_row_buffer_is_empty (ZfRowBuffer *row)
{
  for (guint i = 0; i < row->cells->len; i++)
    if (g_array_index (row->cells, ZfCell, i).type != ZF_CELL_EMPTY)
      return FALSE;
  return TRUE;
}

char *
zf_sheet_number_text (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE] = { 0 };
  if (!isfinite (value) || fabs (value) >= 1e21)
    return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.15g", value));
  if (value == trunc (value))
    return g_strdup_printf ("%.0f", value == 0 ? 0.0 : value);
  /* Fifteen digits are what the spreadsheet itself shows; the rest is binary noise. */
  g_ascii_formatd (buffer, sizeof buffer, "%.15g", value);
  if (strchr (buffer, 'e') == NULL)
    return g_strdup (buffer);
  g_ascii_formatd (buffer, sizeof buffer, "%.18f", value);
  char *end = buffer + strlen (buffer);
  while (end[-1] == '0')
    *--end = '\0';
  return g_strdup (buffer);
}

char *
zf_sheet_serial_date (double serial, gboolean date_1904)
{
  if (!(serial >= 1) || serial > MAX_SERIAL)
    return NULL;
  guint32 days = (guint32) serial + (date_1904 ? 1462 : 0);
  /* The 1900 system counts a 29 February 1900 that never was. */
  if (days < 60)
    days++;
  GDate epoch;
  g_date_clear (&epoch, 1);
  g_date_set_dmy (&epoch, 30, G_DATE_DECEMBER, 1899);
  g_date_add_days (&epoch, days);
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&epoch), (int) g_date_get_month (&epoch), g_date_get_day (&epoch));
}

gboolean
zf_sheet_is_error_text (const char *text)
{
  return text[0] == '#' && g_strv_contains (ERROR_TEXTS, text);
}

static const ZfSheetFormat *
detect (const char *path, GError **error)
{
  guint8 head[8] = { 0 };
  FILE *file = g_fopen (path, "rb");
  if (file == NULL)
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO, _("The file cannot be opened: %s"), g_strerror (errno));
      return NULL;
    }
  gsize n = fread (head, 1, sizeof head, file);
  gboolean failed = ferror (file) != 0;
  fclose (file);
  if (failed || n == 0)
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, failed ? ZF_TABLE_ERROR_IO : ZF_TABLE_ERROR_FORMAT,
                           failed ? _("The file cannot be read") : _("The file is empty"));
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (MAGIC); i++)
    if (n >= MAGIC[i].len && memcmp (head, MAGIC[i].magic, MAGIC[i].len) == 0)
      return MAGIC[i].format;
  return &zf_sheet_csv;
}

static ZfSheet *
open_file (const ZfSheetFormat *format, const char *path, GError **error)
{
  gpointer reader = format->open (path, error);
  if (reader == NULL)
    return NULL;
  ZfSheet *sheet = g_new0 (ZfSheet, 1);
  sheet->format = format;
  sheet->reader = reader;
  zf_row_buffer_init (&sheet->row);
  return sheet;
}

static gboolean
select_sheet (ZfSheet *sheet, const char *name, GError **error)
{
  g_clear_pointer (&sheet->description, g_free);
  return sheet->format->select (sheet->reader, name, &sheet->description, error);
}

ZfSheet *
zf_sheet_open (const char *path, const char *sheet_name, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  const ZfSheetFormat *format = detect (path, error);
  g_autoptr (ZfSheet) sheet = format != NULL ? open_file (format, path, error) : NULL;
  return sheet != NULL && select_sheet (sheet, sheet_name, error) ? g_steal_pointer (&sheet) : NULL;
}

ZfSheet *
zf_sheet_open_book (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  const ZfSheetFormat *format = detect (path, error);
  if (format == NULL || format->names != NULL)
    return format != NULL ? open_file (format, path, error) : NULL;
  g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The file is no workbook (.xlsx or .xls)"));
  return NULL;
}

char **
zf_sheet_names (ZfSheet *sheet)
{
  g_return_val_if_fail (sheet != NULL && sheet->format->names != NULL, NULL);
  return sheet->format->names (sheet->reader);
}

gboolean
zf_sheet_select (ZfSheet *sheet, const char *name, GError **error)
{
  g_return_val_if_fail (sheet != NULL && name != NULL, FALSE);
  return select_sheet (sheet, name, error);
}

void
zf_sheet_close (ZfSheet *sheet)
{
  if (sheet == NULL)
    return;
  sheet->format->free (sheet->reader);
  zf_row_buffer_clear (&sheet->row);
  g_free (sheet->description);
  g_free (sheet);
}

gboolean
zf_sheet_next (ZfSheet *sheet, const ZfCell **cells, guint *n_cells, guint *row_number, GError **error)
{
  do
    {
      zf_row_buffer_reset (&sheet->row);
      if (!sheet->format->next (sheet->reader, &sheet->row, row_number, error))
        return FALSE;
    }
  while (zf_row_buffer_is_empty (&sheet->row));
  zf_row_buffer_seal (&sheet->row);
  *cells = (const ZfCell *) (gconstpointer) sheet->row.cells->data;
  *n_cells = sheet->row.cells->len;
  return TRUE;
}

const char *
zf_sheet_describe (ZfSheet *sheet)
{
  return sheet->description;
}
