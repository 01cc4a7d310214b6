/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XLSForm workbooks. First byte 'P': the bytes are the file. 'X': XML parts, "NAME\nXML" with "\n--\n" between them, inside a whole archive. 'S': cells: "[sheet]" begins
 * a sheet, a line is a row, '|' parts cells, '#' before a number, '!' before a boolean, '=' before an error. What is read goes out and comes back the same. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void
add_part (struct archive *zip, const char *name, const char *bytes, gsize len)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t) len);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  if (archive_write_header (zip, entry) == ARCHIVE_OK)
    archive_write_data (zip, bytes, len);
  archive_entry_free (entry);
}

static struct archive *
new_archive (void)
{
  struct archive *zip = archive_write_new ();

  archive_write_set_format_zip (zip);
  archive_write_set_options (zip, "zip:compression=store");
  g_assert_cmpint (archive_write_open_filename (zip, in_path), ==, ARCHIVE_OK);
  return zip;
}

static void
write_parts (const char *data, gsize size)
{
  struct archive *zip = new_archive ();
  const char *end = data + size;

  while (data < end)
    {
      const char *stop = memmem (data, (gsize) (end - data), "\n--\n", 4);
      const char *last = stop != NULL ? stop : end;
      const char *line = memchr (data, '\n', (gsize) (last - data));

      if (line != NULL && line > data)
        {
          g_autofree char *name = g_strndup (data, (gsize) (line - data));

          add_part (zip, name, line + 1, (gsize) (last - line - 1));
        }
      data = stop != NULL ? stop + 4 : end;
    }
  archive_write_free (zip);
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
  struct archive *zip = new_archive ();
  g_autofree char *text = g_utf8_make_valid (data, (gssize) size);
  g_auto (GStrv) sheets = g_strsplit (text, "\n[", 20);
  g_autoptr (GString) book = g_string_new ("<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>");
  g_autoptr (GString) relations = g_string_new ("<Relationships xmlns=\"" PACKAGE "\">");
  static const char package[] = "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"w\" Type=\"" OFFICE "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

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
      add_part (zip, part, sheet->str, sheet->len);
    }
  g_string_append (book, "</sheets></workbook>");
  g_string_append (relations, "</Relationships>");
  add_part (zip, "_rels/.rels", package, strlen (package));
  add_part (zip, "xl/workbook.xml", book->str, book->len);
  add_part (zip, "xl/_rels/workbook.xml.rels", relations->str, relations->len);
  archive_write_free (zip);
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
    g_assert_true (g_file_set_contents_full (in_path, text, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  form = zf_xlsform_read (in_path, kinds, NULL, &error);
  if (form != NULL)
    check_round_trip (form);
  else
    g_assert_true (error != NULL && g_utf8_validate (error->message, -1, NULL));
  return 0;
}
