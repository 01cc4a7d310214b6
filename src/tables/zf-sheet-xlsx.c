/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-sheet-private.h"
#include "zf-xlsx-parts.h"

typedef struct
{
  ZfXlsxBook *book;
  ZfXlsxPart *part;    /* the sheet that was chosen */
  guint row;           /* 1-based number of the row under the cursor */
  GString *value;      /* text of <v> */
  GString *inline_text;
} ZfXlsxReader;

/* One <c> while it is read. */
typedef struct
{
  guint column;        /* 1-based */
  char type;           /* first letter of t=…; 'n' when there is none; 'r' for "str" */
  guint style;
  gboolean formula;
} Cell;

static gboolean
fail_limit (GError **error)
{
  g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_LIMIT, _("The sheet has more rows or columns than a spreadsheet can hold"));
  return FALSE;
}

static void
reader_free (gpointer data)
{
  ZfXlsxReader *reader = data;
  g_clear_pointer (&reader->part, zf_xlsx_part_close);
  g_clear_pointer (&reader->book, zf_xlsx_book_free);
  g_string_free (reader->value, TRUE);
  g_string_free (reader->inline_text, TRUE);
  g_free (reader);
}

static ZfXlsxSheetInfo *
choose_sheet (ZfXlsxBook *book, const char *name, GError **error)
{
  for (guint i = 0; i < book->sheets->len; i++)
    {
      ZfXlsxSheetInfo *info = g_ptr_array_index (book->sheets, i);
      if (name != NULL ? strcmp (info->name, name) == 0 : !info->hidden)
        return info;
    }
  if (name != NULL)
    g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook has no sheet named “%s”"), name);
  else
    g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook has no visible sheet"));
  return NULL;
}

static gpointer
reader_open (const char *path, GError **error)
{
  ZfXlsxBook *book = zf_xlsx_book_open (path, error);
  if (book == NULL)
    return NULL;
  ZfXlsxReader *reader = g_new0 (ZfXlsxReader, 1);
  reader->book = book;
  reader->value = g_string_new (NULL);
  reader->inline_text = g_string_new (NULL);
  return reader;
}

static gboolean
reader_select (gpointer data, const char *sheet_name, char **description, GError **error)
{
  ZfXlsxReader *reader = data;
  ZfXlsxSheetInfo *info = choose_sheet (reader->book, sheet_name, error);
  g_clear_pointer (&reader->part, zf_xlsx_part_close);
  reader->row = 0;
  if (info == NULL)
    return FALSE;
  reader->part = zf_xlsx_part_open (reader->book->package, info->part, ZF_SHEET_MAX_BYTES, error);
  if (reader->part == NULL)
    return FALSE;
  *description = g_strdup_printf (_("xlsx, sheet “%s”"), info->name);
  return TRUE;
}

/* "AB12" → 28; 0 when it is no reference. */
static guint
parse_column (const char *reference)
{
  guint column = 0;
  for (; g_ascii_isalpha (*reference) && column <= ZF_SHEET_MAX_COLUMNS; reference++)
    column = column * 26 + (guint) (g_ascii_toupper (*reference) - 'A') + 1;
  return column;
}

static void
read_cell_attributes (ZfXlsxPart *part, Cell *cell)
{
  xmlTextReaderPtr xml = zf_xlsx_part_reader (part);
  for (int more = xmlTextReaderMoveToFirstAttribute (xml); more == 1; more = xmlTextReaderMoveToNextAttribute (xml))
    {
      const char *name = (const char *) xmlTextReaderConstLocalName (xml);
      const char *value = (const char *) xmlTextReaderConstValue (xml);
      if (name[1] != '\0' || value == NULL)
        continue;
      if (name[0] == 'r')
        cell->column = parse_column (value);
      else if (name[0] == 't')
        cell->type = strcmp (value, "str") == 0 ? 'r' : value[0];
      else if (name[0] == 's')
        cell->style = (guint) MIN (g_ascii_strtoull (value, NULL, 10), G_MAXUINT);
    }
  xmlTextReaderMoveToElement (xml);
}

/* Walks the children of <c>; on return the cursor stands at its end. */
static gboolean
read_cell_content (ZfXlsxReader *reader, Cell *cell, GError **error)
{
  ZfXlsxPart *part = reader->part;
  GString *target = NULL;
  gboolean in_phonetic = FALSE;
  while (!zf_xlsx_part_ends (part, "c"))
    {
      GError *local = NULL;
      if (!zf_xlsx_part_next (part, &local))
        {
          if (local == NULL)
            g_set_error_literal (&local, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
          g_propagate_error (error, local);
          return FALSE;
        }
      if (zf_xlsx_part_begins (part, "v"))
        target = reader->value;
      else if (zf_xlsx_part_begins (part, "t"))
        target = reader->inline_text;
      else if (zf_xlsx_part_begins (part, "f"))
        cell->formula = TRUE;
      else if (zf_xlsx_part_begins (part, "rPh"))
        in_phonetic = TRUE;
      else if (target != NULL && !in_phonetic && zf_xlsx_part_text (part) != NULL)
        zf_xlsx_append_text (target, zf_xlsx_part_text (part));
      if (zf_xlsx_part_ends (part, "rPh"))
        in_phonetic = FALSE;
      if (zf_xlsx_part_ends (part, "v") || zf_xlsx_part_ends (part, "t"))
        target = NULL;
    }
  return TRUE;
}

static void
put (ZfRowBuffer *row, const Cell *cell, ZfCellType type, const char *text)
{
  if (*text != '\0')
    zf_row_buffer_put (row, cell->column - 1, type, text, strlen (text));
}

static void
put_number (ZfXlsxReader *reader, ZfRowBuffer *row, const Cell *cell)
{
  const char *text = reader->value->str;
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0')
    {
      put (row, cell, ZF_CELL_TEXT, text);
      return;
    }
  gboolean date_style = cell->style < reader->book->date_styles->len && g_array_index (reader->book->date_styles, gboolean, cell->style);
  g_autofree char *date = date_style ? zf_sheet_serial_date (value, reader->book->date_1904) : NULL;
  g_autofree char *number = date == NULL ? zf_sheet_number_text (value) : NULL;
  put (row, cell, date != NULL ? ZF_CELL_DATE : ZF_CELL_NUMBER, date != NULL ? date : number);
}

static gboolean
put_shared_string (ZfXlsxReader *reader, ZfRowBuffer *row, const Cell *cell, GError **error)
{
  if (reader->value->len == 0)
    return TRUE;
  const char *text = zf_xlsx_book_string (reader->book, g_ascii_strtoull (reader->value->str, NULL, 10));
  if (text == NULL)
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook is damaged: a cell points to a text that is not there"));
      return FALSE;
    }
  put (row, cell, ZF_CELL_TEXT, text);
  return TRUE;
}

static gboolean
put_cell (ZfXlsxReader *reader, ZfRowBuffer *row, const Cell *cell, GError **error)
{
  const char *value = reader->value->str;
  switch (cell->type)
    {
    case 's':
      return put_shared_string (reader, row, cell, error);
    case 'i':
      put (row, cell, ZF_CELL_TEXT, reader->inline_text->str);
      break;
    case 'r':
      put (row, cell, zf_sheet_is_error_text (value) ? ZF_CELL_ERROR : ZF_CELL_TEXT, value);
      break;
    case 'e':
      put (row, cell, ZF_CELL_ERROR, *value != '\0' ? value : "#VALUE!");
      break;
    case 'b':
      put (row, cell, ZF_CELL_TEXT, strcmp (value, "1") == 0 || strcmp (value, "true") == 0 ? "TRUE" : "FALSE");
      break;
    case 'd':
      zf_row_buffer_put (row, cell->column - 1, *value != '\0' ? ZF_CELL_DATE : ZF_CELL_EMPTY, value, MIN (strlen (value), 10));
      break;
    default:
      /* A formula that was never calculated has no value to take. */
      if (cell->formula && *value == '\0')
        put (row, cell, ZF_CELL_ERROR, "#VALUE!");
      else if (*value != '\0')
        put_number (reader, row, cell);
      break;
    }
  return TRUE;
}

static gboolean
read_cell (ZfXlsxReader *reader, ZfRowBuffer *row, guint *column, GError **error)
{
  Cell cell = { .column = *column + 1, .type = 'n' };
  g_string_truncate (reader->value, 0);
  g_string_truncate (reader->inline_text, 0);
  read_cell_attributes (reader->part, &cell);
  if (cell.column == 0 || cell.column > ZF_SHEET_MAX_COLUMNS)
    return fail_limit (error);
  *column = cell.column;
  return read_cell_content (reader, &cell, error) && put_cell (reader, row, &cell, error);
}

static gboolean
begin_row (ZfXlsxReader *reader, GError **error)
{
  g_autofree char *number = zf_xlsx_part_attribute (reader->part, "r");
  guint64 row = number != NULL ? g_ascii_strtoull (number, NULL, 10) : reader->row + 1;
  if (row == 0 || row > ZF_SHEET_MAX_ROWS)
    return fail_limit (error);
  reader->row = (guint) row;
  return TRUE;
}

static gboolean
reader_next (gpointer data, ZfRowBuffer *row, guint *row_number, GError **error)
{
  ZfXlsxReader *reader = data;
  gboolean in_row = FALSE;
  guint column = 0;
  GError *local = NULL;
  while (zf_xlsx_part_next (reader->part, &local))
    {
      if (zf_xlsx_part_begins (reader->part, "row"))
        {
          if (!begin_row (reader, error))
            return FALSE;
          in_row = TRUE;
          column = 0;
        }
      else if (in_row && zf_xlsx_part_begins (reader->part, "c") && !read_cell (reader, row, &column, error))
        return FALSE;
      if (in_row && zf_xlsx_part_ends (reader->part, "row"))
        {
          *row_number = reader->row;
          return TRUE;
        }
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return FALSE;
}

static char **
reader_names (gpointer data)
{
  GPtrArray *sheets = ((ZfXlsxReader *) data)->book->sheets;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  for (guint i = 0; i < sheets->len; i++)
    g_strv_builder_add (names, ((ZfXlsxSheetInfo *) g_ptr_array_index (sheets, i))->name);
  return g_strv_builder_end (names);
}

const ZfSheetFormat zf_sheet_xlsx = { reader_open, reader_names, reader_select, reader_next, reader_free };
