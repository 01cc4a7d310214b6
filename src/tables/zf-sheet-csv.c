/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "zf-sheet-private.h"

#define BLOCK 65536
#define MAX_RECORD (8 << 20)
#define BOM "\xEF\xBB\xBF"

/* In GB18030 the second byte of a pair is 0x30–0x39 or ≥ 0x40: quotes, commas, semicolons, tabs and line ends are always themselves. So a
 * record is found in the raw bytes and converted as a whole. */
typedef struct
{
  FILE *file;
  GIConv conv;         /* (GIConv) -1 for UTF-8 */
  const char *encoding;
  char delimiter;
  guint record;        /* 1-based number of the last record */
  GString *raw;
  GString *field;
} ZfCsvReader;

static void
reader_free (gpointer data)
{
  ZfCsvReader *reader = data;
  if (reader->file != NULL)
    fclose (reader->file);
  if (reader->conv != (GIConv) -1)
    g_iconv_close (reader->conv);
  g_string_free (reader->raw, TRUE);
  g_string_free (reader->field, TRUE);
  g_free (reader);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfCsvReader, reader_free)

static gboolean
fail (GError **error, int code, const char *message)
{
  g_set_error_literal (error, ZF_TABLE_ERROR, code, message);
  return FALSE;
}

/* Whether all bytes convert from @conv; what is left of a character at the end of a block begins the next one. */
static gboolean
converts (FILE *file, GIConv conv)
{
  g_autofree char *in = g_malloc (BLOCK);
  g_autofree char *out = g_malloc (BLOCK * 3);
  gsize kept = 0;
  rewind (file);
  for (;;)
    {
      gsize n = fread (in + kept, 1, BLOCK - kept, file);
      if (n == 0)
        return kept == 0;
      char *from = in, *to = out;
      gsize n_from = n + kept, n_to = BLOCK * 3;
      if (g_iconv (conv, &from, &n_from, &to, &n_to) == (gsize) -1 && errno != EINVAL)
        return FALSE;
      if (memchr (out, '\0', (gsize) (to - out)) != NULL)
        return FALSE;
      memmove (in, from, n_from);
      kept = n_from;
    }
}

static gboolean
has_zero_bytes (FILE *file)
{
  g_autofree char *block = g_malloc (BLOCK);
  gsize n = fread (block, 1, BLOCK, file);
  return memchr (block, '\0', n) != NULL;
}

static gboolean
is_encoding (FILE *file, const char *encoding)
{
  GIConv conv = g_iconv_open ("UTF-8", encoding);
  gboolean fits = conv != (GIConv) -1 && converts (file, conv);
  if (conv != (GIConv) -1)
    g_iconv_close (conv);
  return fits;
}

/* UTF-8 proves itself; what is not UTF-8 and is valid GB18030 is taken for that. */
static const char *
detect_encoding (ZfCsvReader *reader, GError **error)
{
  char head[3] = { 0 };
  gsize n = fread (head, 1, sizeof head, reader->file);
  gboolean bom = n == 3 && memcmp (head, BOM, 3) == 0;
  rewind (reader->file);
  if (has_zero_bytes (reader->file))
    {
      fail (error, ZF_TABLE_ERROR_FORMAT, _("The file is neither a workbook nor a CSV file in UTF-8 or GB18030"));
      return NULL;
    }
  if (is_encoding (reader->file, "UTF-8"))
    return bom ? "UTF-8 BOM" : "UTF-8";
  if (!bom && is_encoding (reader->file, "GB18030"))
    {
      reader->conv = g_iconv_open ("UTF-8", "GB18030");
      return "GB18030";
    }
  fail (error, ZF_TABLE_ERROR_ENCODING, _("The text of the file is neither UTF-8 nor GB18030"));
  return NULL;
}

/* The character that stands most often outside quotes in the first block. */
static char
detect_delimiter (FILE *file)
{
  static const char candidates[] = { ',', '\t', ';' };
  guint counts[G_N_ELEMENTS (candidates)] = { 0 };
  gboolean quoted = FALSE;
  rewind (file);
  for (guint i = 0; i < BLOCK; i++)
    {
      int c = getc (file);
      if (c == EOF)
        break;
      if (c == '"')
        quoted = !quoted;
      for (guint k = 0; k < G_N_ELEMENTS (candidates); k++)
        counts[k] += !quoted && c == candidates[k];
    }
  guint best = 0;
  for (guint k = 1; k < G_N_ELEMENTS (candidates); k++)
    if (counts[k] > counts[best])
      best = k;
  return candidates[best];
}

static gpointer
reader_open (const char *path, GError **error)
{
  g_autoptr (ZfCsvReader) reader = g_new0 (ZfCsvReader, 1);
  reader->conv = (GIConv) -1;
  reader->raw = g_string_new (NULL);
  reader->field = g_string_new (NULL);
  reader->file = g_fopen (path, "rb");
  if (reader->file == NULL)
    {
      fail (error, ZF_TABLE_ERROR_IO, _("The file cannot be read"));
      return NULL;
    }
  reader->encoding = detect_encoding (reader, error);
  if (reader->encoding == NULL)
    return NULL;
  reader->delimiter = detect_delimiter (reader->file);
  return g_steal_pointer (&reader);
}

/* The one table that the file holds, from its first record. */
static gboolean
reader_select (gpointer data, const char *sheet_name, char **description, GError **error)
{
  ZfCsvReader *reader = data;
  gboolean bom = strcmp (reader->encoding, "UTF-8 BOM") == 0;
  if (sheet_name != NULL)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("A CSV file has no sheets"));
  fseek (reader->file, bom ? (long) strlen (BOM) : 0, SEEK_SET);
  reader->record = 0;
  *description = g_strdup_printf ("csv, %s", reader->encoding);
  return TRUE;
}

/* Bytes up to a line end outside quotes; FALSE at the end of the file or on @error. */
static gboolean
read_record (ZfCsvReader *reader, GError **error)
{
  gboolean quoted = FALSE;
  int c = getc (reader->file);
  g_string_truncate (reader->raw, 0);
  if (c == EOF)
    return ferror (reader->file) ? fail (error, ZF_TABLE_ERROR_IO, _("The file cannot be read")) : FALSE;
  for (; c != EOF && (quoted || (c != '\n' && c != '\r')); c = getc (reader->file))
    {
      if (c == '"')
        quoted = !quoted;
      g_string_append_c (reader->raw, (char) c);
      if (reader->raw->len > MAX_RECORD)
        return fail (error, ZF_TABLE_ERROR_LIMIT, _("A line of the file is too long; a quotation mark may be missing"));
    }
  if (quoted)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The file is incomplete: a quotation mark is never closed"));
  if (c == '\r' && (c = getc (reader->file)) != '\n' && c != EOF)
    ungetc (c, reader->file);
  return TRUE;
}

/* A field such as ="5002…" is the way to keep a spreadsheet from turning digits into a number. */
static const char *
strip_formula_quotes (GString *field)
{
  if (field->len >= 3 && g_str_has_prefix (field->str, "=\"") && field->str[field->len - 1] == '"')
    {
      g_string_truncate (field, field->len - 1);
      return field->str + 2;
    }
  return field->str;
}

static void
put_field (ZfCsvReader *reader, ZfRowBuffer *row, guint column)
{
  const char *text = strip_formula_quotes (reader->field);
  if (*text != '\0')
    zf_row_buffer_put (row, column, zf_sheet_is_error_text (text) ? ZF_CELL_ERROR : ZF_CELL_TEXT, text, strlen (text));
  g_string_truncate (reader->field, 0);
}

/* RFC 4180; a quote inside an unquoted field stands for itself. */
static gboolean
split_record (ZfCsvReader *reader, const char *text, ZfRowBuffer *row, GError **error)
{
  gboolean quoted = FALSE;
  guint column = 0;
  g_string_truncate (reader->field, 0);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (quoted && *p == '"' && p[1] == '"')
        g_string_append_c (reader->field, *p++);
      else if (*p == '"' && (quoted || reader->field->len == 0))
        quoted = !quoted;
      else if (!quoted && *p == reader->delimiter)
        put_field (reader, row, column++);
      else
        g_string_append_c (reader->field, *p);
      if (column >= ZF_SHEET_MAX_COLUMNS)
        return fail (error, ZF_TABLE_ERROR_LIMIT, _("The sheet has more rows or columns than a spreadsheet can hold"));
    }
  put_field (reader, row, column);
  return TRUE;
}

static gboolean
reader_next (gpointer data, ZfRowBuffer *row, guint *row_number, GError **error)
{
  ZfCsvReader *reader = data;
  if (!read_record (reader, error))
    return FALSE;
  if (++reader->record > ZF_SHEET_MAX_ROWS)
    return fail (error, ZF_TABLE_ERROR_LIMIT, _("The sheet has more rows or columns than a spreadsheet can hold"));
  *row_number = reader->record;
  if (reader->conv == (GIConv) -1)
    return split_record (reader, reader->raw->str, row, error);
  g_autofree char *text = g_convert_with_iconv (reader->raw->str, (gssize) reader->raw->len, reader->conv, NULL, NULL, NULL);
  if (text == NULL)
    return fail (error, ZF_TABLE_ERROR_ENCODING, _("The text of the file is neither UTF-8 nor GB18030"));
  return split_record (reader, text, row, error);
}

const ZfSheetFormat zf_sheet_csv = { reader_open, NULL, reader_select, reader_next, reader_free };
