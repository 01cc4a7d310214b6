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
append_cell (GString *out, const char *text)
{
  g_autofree char *plain = g_markup_escape_text (*text != '\0' ? text + 1 : "", -1);
  g_autofree char *whole = g_markup_escape_text (text, -1);

  if (*text == '#')
    g_string_append_printf (out, "<c><v>%s</v></c>", plain);
  else if (*text == '!' || *text == '=')
    g_string_append_printf (out, "<c t=\"%c\"><v>%s</v></c>", *text == '!' ? 'b' : 'e', plain);
  else
    g_string_append_printf (out, "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">%s</t></is></c>", whole);
}

static void
append_row (GString *out, const char *line)
{
  g_auto (GStrv) cells = g_strsplit (line, "|", -1);

  g_string_append (out, "<row>");
  for (guint i = 0; cells[i] != NULL; i++)
    append_cell (out, cells[i]);
  g_string_append (out, "</row>");
}

static void
write_cells (const char *data, gsize size)
{
  Zip zip;
  g_autofree char *text = g_utf8_make_valid (data, (gssize) size);
  g_auto (GStrv) sheets = g_strsplit (text, "\n[", 20);
  g_autoptr (GString) book = g_string_new ("<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>");
  g_autoptr (GString) relations = g_string_new ("<Relationships xmlns=\"" PACKAGE "\">");
  static const char package[] = "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"w\" Type=\"" OFFICE "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

  zip_begin (&zip);
  for (guint i = 0; sheets[i] != NULL; i++)
    {
      g_auto (GStrv) lines = g_strsplit (sheets[i], "\n", -1);
      const char *first = lines[0] != NULL ? lines[0] + (i == 0 && lines[0][0] == '[') : "";
      g_autofree char *raw = g_strndup (first, strcspn (first, "]"));
      g_autofree char *name = g_markup_escape_text (raw, -1);
      g_autofree char *part = g_strdup_printf ("xl/s%u.xml", i);
      g_autoptr (GString) sheet = g_string_new ("<worksheet xmlns=\"" MAIN "\"><sheetData>");

      for (guint l = 1; lines[0] != NULL && lines[l] != NULL; l++)
        append_row (sheet, lines[l]);
      g_string_append (sheet, "</sheetData></worksheet>");
      g_string_append_printf (book, "<sheet name=\"%s\" sheetId=\"%u\" r:id=\"s%u\"/>", name, i + 1, i);
      g_string_append_printf (relations, "<Relationship Id=\"s%u\" Type=\"" OFFICE "/worksheet\" Target=\"s%u.xml\"/>", i, i);
      zip_add (&zip, part, sheet->str, sheet->len);
    }
  g_string_append (book, "</sheets></workbook>");
  g_string_append (relations, "</Relationships>");
  zip_add (&zip, "_rels/.rels", package, strlen (package));
  zip_add (&zip, "xl/workbook.xml", book->str, book->len);
  zip_add (&zip, "xl/_rels/workbook.xml.rels", relations->str, relations->len);
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
