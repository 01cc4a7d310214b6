/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include "zf-xlsform-write.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "zf-form-media.h"
#include "zf-json.h"
#include "zf-sheet-private.h"
#include "zf-xlsform-media.h"
#include "zf-xlsform-private.h"

#define WIDTH_TEXT 36
#define WIDTH_NAME 18

typedef struct
{
  lxw_workbook *book;
  lxw_format *header;   /* bold */
  lxw_format *text;     /* a cell that stays text when somebody edits it: codes like 01 */
} Writer;

/* Columns that stand first. */
static const char *const first_columns[ZF_XLSFORM_N_SHEETS][3] = {
  [ZF_XLSFORM_SURVEY] = { "type", "name", NULL },
  [ZF_XLSFORM_CHOICES] = { "list_name", "name", NULL },
  [ZF_XLSFORM_SETTINGS] = { NULL },
  [ZF_XLSFORM_KIND] = { "key", "value", NULL },
};
/* Members of a kind file that have a place in a workbook. */
static const char *const members[] = { "survey", "choices", "settings", "kind", ZF_XLSFORM_SHEETS, ZF_FORM_MEDIA, NULL };

static gboolean
fail (GError **error, int code, const char *message)
{
  g_set_error_literal (error, ZF_TABLE_ERROR, code, message);
  return FALSE;
}

/* @row: 1-based row of the kind file. */
static gboolean
fail_row (GError **error, const char *sheet, guint row, const char *what)
{
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("“%s”, row %u of the kind file: %s"), sheet, row, what);
  return FALSE;
}

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/* ---- Cells ---- */

/* In a workbook _x0041_ stands for a character; a text that holds such a thing itself needs its first _ spelled out. */
static char *
escape_text (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      guint digits = 0;
      while (p[0] == '_' && p[1] == 'x' && digits < 4 && g_ascii_isxdigit (p[2 + digits]))
        digits++;
      if (digits == 4 && p[6] == '_')
        g_string_append (out, "_x005F_");
      else
        g_string_append_c (out, *p);
    }
  return g_strdup (out->str);
}

/* U+FFFE and U+FFFF: no XML can hold them, not even escaped. */
static gboolean
has_no_character (const char *text)
{
  return strstr (text, "\xef\xbf\xbe") != NULL || strstr (text, "\xef\xbf\xbf") != NULL;
}

/* What is wrong with @text, NULL when it stands there. */
static const char *
write_cell (lxw_worksheet *sheet, lxw_row_t row, guint column, const char *text, lxw_format *format)
{
  g_autofree char *escaped = escape_text (text);
  if (*text == '\0')
    return NULL;
  if (has_no_character (text))
    return _("a text holds something that is no character");
  if (column >= ZF_SHEET_MAX_COLUMNS || row >= ZF_SHEET_MAX_ROWS)
    return _("it is beyond the last cell of a spreadsheet");
  if (worksheet_write_string (sheet, row, (lxw_col_t) column, escaped, format) != LXW_NO_ERROR)
    return _("a text is longer than a cell of a spreadsheet");
  return NULL;
}

static lxw_worksheet *
add_sheet (Writer *writer, const char *name, GError **error)
{
  lxw_worksheet *sheet = NULL;
  if (!has_no_character (name) && workbook_validate_sheet_name (writer->book, name) == LXW_NO_ERROR)
    sheet = workbook_add_worksheet (writer->book, name);
  if (sheet == NULL)
    g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("A workbook can have no sheet named “%s”"), name);
  return sheet;
}

/* ---- Sheets of the form ---- */

static void
add_column (GPtrArray *columns, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (columns, name, g_str_equal, NULL))
    g_ptr_array_add (columns, (gpointer) name);
}

/* Every column that some row has, in the order in which they turn up. */
static GPtrArray *
find_columns (ZfXlsformSheet id, JsonArray *rows)
{
  GPtrArray *columns = g_ptr_array_new ();
  for (const char *const *first = first_columns[id]; *first != NULL; first++)
    add_column (columns, *first);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      g_autoptr (GList) names = json_object_get_members (json_array_get_object_element (rows, i));
      for (GList *l = names; l != NULL; l = l->next)
        add_column (columns, l->data);
    }
  return columns;
}

static gboolean
check_rows (ZfXlsformSheet id, JsonArray *rows, GError **error)
{
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObjectIter iter;
      const char *name = NULL;
      JsonNode *value = NULL;
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return fail_row (error, zf_xlsform_sheet_name (id), i + 1, _("it is no row"));
      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, &name, &value))
        if (!is_text (value))
          return fail_row (error, zf_xlsform_sheet_name (id), i + 1, _("a value is no text"));
    }
  return TRUE;
}

static const char *
write_header (Writer *writer, lxw_worksheet *sheet, GPtrArray *columns)
{
  worksheet_freeze_panes (sheet, 1, 0);
  for (guint i = 0; i < columns->len; i++)
    {
      const char *name = columns->pdata[i];
      gboolean wide = strstr (name, "::") != NULL || strcmp (name, "label") == 0 || strcmp (name, "value") == 0;
      const char *fault = write_cell (sheet, 0, i, name, writer->header);
      if (fault != NULL)
        return fault;
      worksheet_set_column (sheet, (lxw_col_t) i, (lxw_col_t) i, wide ? WIDTH_TEXT : WIDTH_NAME, writer->text);
    }
  return NULL;
}

static gboolean
write_rows (Writer *writer, ZfXlsformSheet id, JsonArray *rows, GError **error)
{
  const char *name = zf_xlsform_sheet_name (id);
  lxw_worksheet *sheet = check_rows (id, rows, error) ? add_sheet (writer, name, error) : NULL;
  if (sheet == NULL)
    return FALSE;
  g_autoptr (GPtrArray) columns = find_columns (id, rows);
  const char *fault = write_header (writer, sheet, columns);
  if (fault != NULL)
    return fail_row (error, name, 1, fault);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    for (guint c = 0; c < columns->len; c++)
      {
        const char *text = zf_json_get_string (json_array_get_object_element (rows, i), columns->pdata[c], "");
        fault = write_cell (sheet, i + 1, c, text, writer->text);
        if (fault != NULL)
          return fail_row (error, name, i + 1, fault);
      }
  return TRUE;
}

static JsonArray *
kind_rows (JsonObject *kind)
{
  JsonArray *rows = json_array_new ();
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;
  json_object_iter_init_ordered (&iter, kind);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autofree char *text = zf_xlsform_setting_text (value);
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "key", name);
      json_object_set_string_member (row, "value", text);
      json_array_add_object_element (rows, row);
    }
  return rows;
}

/* ---- Code lists ---- */

static gboolean
has_list (JsonArray *rows, const char *name)
{
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *row = json_array_get_element (rows, i);
      if (JSON_NODE_HOLDS_OBJECT (row) && strcmp (zf_json_get_string (json_node_get_object (row), "list_name", ""), name) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_shared (JsonArray *rows, GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      JsonObject *from = ((ZfChoice *) list->pdata[i])->row;
      JsonObject *row = json_object_new ();
      JsonObjectIter iter;
      const char *name = NULL;
      JsonNode *value = NULL;
      json_object_set_string_member (row, ZF_XLSFORM_SHARED, ZF_XLSFORM_YES);
      json_object_iter_init_ordered (&iter, from);
      while (json_object_iter_next_ordered (&iter, &name, &value))
        json_object_set_member (row, name, json_node_copy (value));
      json_array_add_object_element (rows, row);
    }
}

/* The form's own choices, then the shared lists that its questions use. */
static JsonArray *
all_choices (JsonArray *own, JsonArray *survey, ZfKinds *kinds)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < json_array_get_length (own); i++)
    json_array_add_element (rows, json_node_copy (json_array_get_element (own, i)));
  for (guint i = 0; i < json_array_get_length (survey); i++)
    {
      g_autofree char *type = zf_xlsform_type (zf_json_get_string (json_array_get_object_element (survey, i), "type", ""));
      g_autofree char *list = zf_xlsform_list_of (type);
      GPtrArray *shared = list != NULL && !has_list (rows, list) ? zf_kinds_shared_list (kinds, list) : NULL;
      if (shared != NULL)
        add_shared (rows, shared);
    }
  return rows;
}

/* ---- Sheets that were kept ---- */

static gboolean
write_raw_row (Writer *writer, lxw_worksheet *sheet, const char *name, guint at, JsonNode *row, GError **error)
{
  JsonArray *cells = JSON_NODE_HOLDS_ARRAY (row) ? json_node_get_array (row) : NULL;
  if (cells == NULL)
    return fail_row (error, name, at + 1, _("it is no row"));
  for (guint i = 0; i < json_array_get_length (cells); i++)
    {
      JsonNode *cell = json_array_get_element (cells, i);
      if (!is_text (cell))
        return fail_row (error, name, at + 1, _("a value is no text"));
      const char *fault = write_cell (sheet, at, i, json_node_get_string (cell), writer->text);
      if (fault != NULL)
        return fail_row (error, name, at + 1, fault);
    }
  return TRUE;
}

static gboolean
write_kept (Writer *writer, JsonObject *sheets, GError **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;
  json_object_iter_init_ordered (&iter, sheets);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      JsonArray *rows = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
      if (rows == NULL)
        return fail_row (error, name, 1, _("it is no row"));
      lxw_worksheet *sheet = add_sheet (writer, name, error);
      for (guint i = 0; sheet != NULL && i < json_array_get_length (rows); i++)
        if (!write_raw_row (writer, sheet, name, i, json_array_get_element (rows, i), error))
          return FALSE;
      if (sheet == NULL)
        return FALSE;
    }
  return TRUE;
}

/* ---- The whole ---- */

static gboolean
check_members (JsonObject *file, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (file);
  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (members, l->data))
      {
        g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The kind file holds “%s”, which has no place in a workbook"), (const char *) l->data);
        return FALSE;
      }
  if (zf_json_get_array (file, "survey") == NULL || zf_json_get_array (file, "settings") == NULL || zf_json_get_object (file, "kind") == NULL)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The file is no kind file: it needs survey, settings and kind"));
  return TRUE;
}

static gboolean
write_sheets (Writer *writer, JsonObject *file, ZfKinds *kinds, GError **error)
{
  JsonArray *survey = zf_json_get_array (file, "survey"), *own = zf_json_get_array (file, "choices");
  JsonObject *kept = zf_json_get_object (file, ZF_XLSFORM_SHEETS);
  g_autoptr (JsonArray) none = json_array_new ();
  g_autoptr (JsonArray) settings = kind_rows (zf_json_get_object (file, "kind"));
  if (!write_rows (writer, ZF_XLSFORM_SURVEY, survey, error))
    return FALSE;
  g_autoptr (JsonArray) choices = all_choices (own != NULL ? own : none, survey, kinds);
  return write_rows (writer, ZF_XLSFORM_CHOICES, choices, error)
         && write_rows (writer, ZF_XLSFORM_SETTINGS, zf_json_get_array (file, "settings"), error)
         && write_rows (writer, ZF_XLSFORM_KIND, settings, error) && (kept == NULL || write_kept (writer, kept, error));
}

static gboolean
write_book (JsonObject *file, ZfKinds *kinds, const char *path, GError **error)
{
  Writer writer = { .book = workbook_new (path) };
  if (writer.book == NULL)
    return fail (error, ZF_TABLE_ERROR_IO, _("The workbook cannot be written"));
  writer.header = workbook_add_format (writer.book);
  writer.text = workbook_add_format (writer.book);
  format_set_bold (writer.header);
  format_set_num_format (writer.text, "@");
  if (!write_sheets (&writer, file, kinds, error))
    {
      lxw_workbook_free (writer.book);
      return FALSE;
    }
  if (workbook_close (writer.book) == LXW_NO_ERROR)
    return TRUE;
  return fail (error, ZF_TABLE_ERROR_IO, _("The workbook cannot be written"));
}

/* The library writes to a name and speaks to stderr: it gets a file of its own, and only a whole workbook goes to @path. */
static gboolean
write_file (JsonObject *file, ZfKinds *kinds, const char *own, const char *path, GError **error)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GError) local = NULL;
  gsize len = 0;
  if (!write_book (file, kinds, own, error))
    return FALSE;
  if (g_file_get_contents (own, &bytes, &len, &local) && g_file_set_contents (path, bytes, (gssize) len, &local))
    return TRUE;
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO, _("The workbook cannot be written: %s"), local->message);
  return FALSE;
}

gboolean
zf_xlsform_write (JsonObject *file, ZfKinds *kinds, const char *path, GError **error)
{
  g_return_val_if_fail (file != NULL && ZF_IS_KINDS (kinds) && path != NULL, FALSE);

  g_autofree char *own = NULL;
  if (!check_members (file, error) || !zf_xlsform_media_check (file, error))
    return FALSE;
  int fd = g_file_open_tmp ("zf-form-XXXXXX", &own, NULL);
  if (fd < 0)
    return fail (error, ZF_TABLE_ERROR_IO, _("The workbook cannot be written"));
  g_close (fd, NULL);
  gboolean ok = write_file (file, kinds, own, path, error) && zf_xlsform_media_write (file, path, error);
  g_unlink (own);
  return ok;
}
