/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XLSForm workbooks. First byte 'P': the bytes are the file. 'X': XML parts, "NAME\nXML" with "\n--\n" between them, inside a whole archive. 'S': cells: "[sheet]" begins
 * a sheet, a line is a row, '|' parts cells, '#' before a number, '!' before a boolean, '=' before an error. What is read goes out and comes back the same: writing takes
 * twenty times as long as reading, so a fuzzer does it for one input in TRIP_EVERY, always the same ones. */
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "fuzz.h"
#include "zf-json.h"
#include "zf-xlsform-read.h"
#include "zf-xlsform-write.h"

static ZfKinds *kinds;
static char *in_path, *out_path;

static void
end (void)
{
  unlink (in_path);
  unlink (out_path);
}

static void
begin (void)
{
  if (kinds != NULL)
    return;
  atexit (end);
  kinds = zf_kinds_load (zf_data_dir (), NULL);
  g_assert_nonnull (kinds);
  in_path = g_strdup_printf ("%s/zf-fuzz-%d-in.xlsx", g_get_tmp_dir (), (int) getpid ());
  out_path = g_strdup_printf ("%s/zf-fuzz-%d-out.xlsx", g_get_tmp_dir (), (int) getpid ());
}

/* ---- A whole archive around parts ---- */

/* A ZIP of stored entries. */
typedef struct
{
  GByteArray *bytes;
  GByteArray *contents;   /* its table of contents */
  guint n;
} Zip;

/* Numbers of a ZIP, little end first; each of @format is the width of one in bytes. */
static void
put (GByteArray *out, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  for (; *format != '\0'; format++)
    {
      guint32 value = GUINT32_TO_LE (va_arg (args, guint32));

      g_byte_array_append (out, (const guint8 *) &value, (guint) (*format - '0'));
    }
  va_end (args);
}

static void
zip_begin (Zip *zip)
{
  *zip = (Zip) { g_byte_array_new (), g_byte_array_new (), 0 };
}

#define IN_UTF8 0x800
#define FIRST_DAY 0x21

static void
zip_add (Zip *zip, const char *name, const char *bytes, gsize len)
{
  guint32 at = zip->bytes->len, size = (guint32) len, sum = (guint32) crc32 (0, (const Bytef *) bytes, size), name_len = (guint32) strlen (name);

  put (zip->bytes, "42222244422", 0x04034b50, 20, IN_UTF8, 0, 0, FIRST_DAY, sum, size, size, name_len, 0);
  g_byte_array_append (zip->bytes, (const guint8 *) name, name_len);
  g_byte_array_append (zip->bytes, (const guint8 *) bytes, size);
  put (zip->contents, "42222224442222244", 0x02014b50, 20, 20, IN_UTF8, 0, 0, FIRST_DAY, sum, size, size, name_len, 0, 0, 0, 0, 0, at);
  g_byte_array_append (zip->contents, (const guint8 *) name, name_len);
  zip->n++;
}

static void
write_file (const void *bytes, gsize len)
{
  g_assert_true (g_file_set_contents_full (in_path, bytes, (gssize) len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
zip_end (Zip *zip)
{
  guint32 at = zip->bytes->len;

  g_byte_array_append (zip->bytes, zip->contents->data, zip->contents->len);
  put (zip->bytes, "42222442", 0x06054b50, 0, 0, zip->n, zip->n, zip->contents->len, at, 0);
  write_file (zip->bytes->data, zip->bytes->len);
  g_byte_array_unref (zip->bytes);
  g_byte_array_unref (zip->contents);
}

static void
write_parts (const char *data, gsize size)
{
  const char *end = data + size;
  Zip zip;

  zip_begin (&zip);
  while (data < end)
    {
      const char *stop = memmem (data, (gsize) (end - data), "\n--\n", 4);
      const char *last = stop != NULL ? stop : end;
      const char *line = memchr (data, '\n', (gsize) (last - data));

      if (line != NULL && line > data)
        {
          g_autofree char *name = g_strndup (data, (gsize) (line - data));

          zip_add (&zip, name, line + 1, (gsize) (last - line - 1));
        }
      data = stop != NULL ? stop + 4 : end;
    }
  zip_end (&zip);
}

/* ---- A workbook around cells ---- */

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/relationships"

static void
append_escaped (GString *out, const char *text, const char *end)
{
  for (; text < end; text++)
    if (*text == '&' || *text == '<')
      g_string_append (out, *text == '&' ? "&amp;" : "&lt;");
    else if (*text == '"')
      g_string_append (out, "&quot;");
    else if (*text >= 0 && *text < ' ' && *text != '\t')
      g_string_append_printf (out, "&#x%x;", (guint) *text);
    else
      g_string_append_c (out, *text);
}

static void
append_cell (GString *out, const char *text, const char *end)
{
  static const struct { char mark; const char *before, *after; } kinds_of[] = {
    { '#', "<c><v>", "</v></c>" },
    { '!', "<c t=\"b\"><v>", "</v></c>" },
    { '=', "<c t=\"e\"><v>", "</v></c>" },
    { '\0', "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">", "</t></is></c>" },
  };
  guint i = 0;

  while (kinds_of[i].mark != '\0' && (text == end || *text != kinds_of[i].mark))
    i++;
  g_string_append (out, kinds_of[i].before);
  append_escaped (out, text + (kinds_of[i].mark != '\0'), end);
  g_string_append (out, kinds_of[i].after);
}

/* Where @c stands first, else @end. */
static const char *
find (const char *text, const char *end, char c)
{
  const char *at = memchr (text, c, (gsize) (end - text));

  return at != NULL ? at : end;
}

static void
append_row (GString *out, const char *line, const char *end)
{
  g_string_append (out, "<row>");
  for (const char *cell = line, *stop; cell <= end; cell = stop + 1)
    {
      stop = find (cell, end, '|');
      append_cell (out, cell, stop);
    }
  g_string_append (out, "</row>");
}

static void
append_rows (GString *out, const char *text, const char *end)
{
  g_string_append (out, "<worksheet xmlns=\"" MAIN "\"><sheetData>");
  for (const char *line = text, *stop; line < end; line = stop + 1)
    {
      stop = find (line, end, '\n');
      append_row (out, line, stop);
    }
  g_string_append (out, "</sheetData></worksheet>");
}

/* The sheet that begins at @text, which ends at @end with a NUL; returns where the next one does. */
static const char *
take_sheet (const char *text, const char *end, guint i, GString *book, GString *relations, GString *sheet)
{
  const char *next = strstr (text, "\n[");
  const char *last = next != NULL ? next : end, *line = find (text, last, '\n');

  g_string_append (book, "<sheet name=\"");
  append_escaped (book, text, find (text, line, ']'));
  g_string_append_printf (book, "\" sheetId=\"%u\" r:id=\"s%u\"/>", i + 1, i);
  g_string_append_printf (relations, "<Relationship Id=\"s%u\" Type=\"" OFFICE "/worksheet\" Target=\"s%u.xml\"/>", i, i);
  append_rows (sheet, MIN (line + 1, last), last);
  return next != NULL ? next + 2 : end;
}

#define MAX_SHEETS 20

static void
write_cells (const char *data, gsize size)
{
  static const char package[] = "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"w\" Type=\"" OFFICE "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
  Zip zip;
  g_autofree char *text = g_utf8_make_valid (data, (gssize) size);
  const char *at = text + (*text == '['), *end = text + strlen (text);
  g_autoptr (GString) book = g_string_new ("<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>");
  g_autoptr (GString) relations = g_string_new ("<Relationships xmlns=\"" PACKAGE "\">");
  g_autoptr (GPtrArray) sheets = g_ptr_array_new ();

  while (at < end && sheets->len < MAX_SHEETS)
    {
      g_ptr_array_add (sheets, g_string_new (NULL));
      at = take_sheet (at, end, sheets->len - 1, book, relations, sheets->pdata[sheets->len - 1]);
    }
  g_string_append (book, "</sheets></workbook>");
  g_string_append (relations, "</Relationships>");
  zip_begin (&zip);
  zip_add (&zip, "_rels/.rels", package, strlen (package));
  zip_add (&zip, "xl/workbook.xml", book->str, book->len);
  zip_add (&zip, "xl/_rels/workbook.xml.rels", relations->str, relations->len);
  for (guint i = 0; i < sheets->len; i++)
    {
      GString *sheet = sheets->pdata[i];
      char part[32];

      g_snprintf (part, sizeof part, "xl/s%u.xml", i);
      zip_add (&zip, part, sheet->str, sheet->len);
      g_string_free (sheet, TRUE);
    }
  zip_end (&zip);
}

/* ---- In, out and in again ---- */

static void
check_round_trip (ZfXlsform *form)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfXlsform) again = NULL;
  g_autofree char *before = zf_json_canonical_object (zf_xlsform_file (form));
  g_autofree char *after = NULL;

  if (!zf_xlsform_write (zf_xlsform_file (form), kinds, out_path, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  again = zf_xlsform_read (out_path, kinds, NULL, &error);
  g_assert_no_error (error);
  after = zf_json_canonical_object (zf_xlsform_file (again));
  g_assert_cmpstr (before, ==, after);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfXlsform) form = NULL;

  if (size == 0)
    return 0;
  begin ();
  if (text[0] == 'X')
    write_parts (text + 1, size - 1);
  else if (text[0] == 'S')
    write_cells (text + 1, size - 1);
  else
    write_file (text, size);
  form = zf_xlsform_read (in_path, kinds, NULL, &error);
  g_assert_true (form != NULL || (error != NULL && g_utf8_validate (error->message, -1, NULL)));
  if (form != NULL && crc32 (0, data, (uInt) size) % TRIP_EVERY == 0)
    check_round_trip (form);
  return 0;
}
