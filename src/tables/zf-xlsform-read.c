/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include "zf-xlsform-read.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"
#include "zf-xlsform-media.h"
#include "zf-xlsform-private.h"

/* A form beyond this cannot be published: tablets take no JSON with more values (ZF_JSON_MAX_NODES, a few kept for the frame). */
#define MAX_VALUES (ZF_JSON_MAX_NODES - 1000)
#define MAX_OTHER_SHEETS 50
/* Who owns the records of a form that does not say. */
#define HOUSEHOLD "household"

/* One sheet of the form as it was read. */
typedef struct
{
  char *name;           /* as the workbook spells it; NULL when it has no such sheet */
  GPtrArray *columns;   /* by 0-based column: its name, NULL where the header has none */
  GArray *places;       /* guint: the spreadsheet's row number, by row of the kind file */
  JsonArray *rows;
} Table;

struct _ZfXlsform
{
  JsonObject *file;
  GPtrArray *notes;
  Table tables[ZF_XLSFORM_N_SHEETS];
  JsonObject *others;   /* name of a sheet → its rows, each an array of texts */
  guint n_values;
};

/* Columns that a sheet must have; the first @n_filled of them must be filled in every row. */
static const struct
{
  const char *columns[3];
  guint n_filled;
} needed[ZF_XLSFORM_N_SHEETS] = {
  [ZF_XLSFORM_SURVEY] = { { "type", "name", NULL }, 1 },
  [ZF_XLSFORM_CHOICES] = { { "list_name", "name", NULL }, 2 },
  [ZF_XLSFORM_SETTINGS] = { { NULL }, 0 },
  [ZF_XLSFORM_KIND] = { { "key", "value", NULL }, 2 },
};

static void
note (ZfXlsform *form, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (ZfXlsform *form, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_ptr_array_add (form->notes, g_strdup_vprintf (format, args));
  va_end (args);
}

/* "“survey”, row 12, column D `relevant`: @what" */
static gboolean
fail_at (GError **error, int code, const Table *table, guint row, int column, const char *what)
{
  const char *key = column >= 0 && (guint) column < table->columns->len ? table->columns->pdata[column] : NULL;
  g_autofree char *place = zf_xlsform_place (table->name, row, column, key);
  g_set_error (error, ZF_TABLE_ERROR, code, _("%s: %s"), place, what);
  return FALSE;
}

static int
find_column (const Table *table, const char *key)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (g_strcmp0 (table->columns->pdata[i], key) == 0)
      return (int) i;
  return -1;
}

static gboolean
count_values (ZfXlsform *form, guint n, GError **error)
{
  form->n_values += n;
  if (form->n_values <= MAX_VALUES)
    return TRUE;
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_LIMIT, _("The form has more than %d filled cells, which tablets do not take"), MAX_VALUES);
  return FALSE;
}

/* ---- Cells and rows ---- */

/* A cell with a text that can be kept; FALSE + error for #REF! and the like. */
static gboolean
check_cell (const Table *table, guint row, guint column, const ZfCell *cell, GError **error)
{
  if (cell->type == ZF_CELL_ERROR)
    return fail_at (error, ZF_TABLE_ERROR_FORMAT, table, row, (int) column, _("the formula in this cell failed"));
  if (cell->type != ZF_CELL_EMPTY && !g_utf8_validate (cell->text, -1, NULL))
    return fail_at (error, ZF_TABLE_ERROR_ENCODING, table, row, (int) column, _("the text in this cell is damaged"));
  return TRUE;
}

static gboolean
check_twice (const Table *table, guint row, GError **error)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (table->columns->pdata[i] != NULL && find_column (table, table->columns->pdata[i]) < (int) i)
      return fail_at (error, ZF_TABLE_ERROR_HEADER, table, row, (int) i, _("the same column stands further left already"));
  return TRUE;
}

static gboolean
check_needed (const Table *table, ZfXlsformSheet sheet, guint row, GError **error)
{
  for (const char *const *key = needed[sheet].columns; *key != NULL; key++)
    if (find_column (table, *key) < 0)
      {
        g_autofree char *what = g_strdup_printf (_("the column `%s` is missing"), *key);
        return fail_at (error, ZF_TABLE_ERROR_HEADER, table, row, -1, what);
      }
  return TRUE;
}

static gboolean
read_header (Table *table, ZfXlsformSheet sheet, const ZfCell *cells, guint n, guint row, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      if (!check_cell (table, row, i, &cells[i], error))
        return FALSE;
      g_autofree char *key = cells[i].type != ZF_CELL_EMPTY ? zf_xlsform_column (sheet, cells[i].text) : NULL;
      g_ptr_array_add (table->columns, key != NULL && *key != '\0' ? g_steal_pointer (&key) : NULL);
    }
  for (guint i = 0; i < n; i++)
    {
      char *key = table->columns->pdata[i];
      if (key == NULL || !zf_xlsform_is_weak (sheet, cells[i].text))
        continue;
      table->columns->pdata[i] = NULL;
      gboolean other = find_column (table, key) >= 0;
      table->columns->pdata[i] = other ? g_strstrip (g_strdup (cells[i].text)) : g_strdup (key);
      g_free (key);
    }
  return check_twice (table, row, error) && check_needed (table, sheet, row, error);
}

static gboolean
read_cells (const Table *table, JsonObject *out, const ZfCell *cells, guint n, guint row, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      const char *key = i < table->columns->len ? table->columns->pdata[i] : NULL;
      if (!check_cell (table, row, i, &cells[i], error))
        return FALSE;
      g_autofree char *value = cells[i].type != ZF_CELL_EMPTY ? zf_xlsform_value (key != NULL ? key : "", cells[i].text) : NULL;
      if (value == NULL || *value == '\0')
        continue;
      if (key == NULL)
        return fail_at (error, ZF_TABLE_ERROR_HEADER, table, row, (int) i, _("the cell is filled, but its column has no name"));
      json_object_set_string_member (out, key, value);
    }
  return TRUE;
}

/* The person is told: coming back, the row says the same in other words. */
static void
spell_out (ZfXlsform *form, const Table *table, JsonObject *out, guint row)
{
  g_autofree char *type = g_strdup (zf_json_get_string (out, "type", ""));
  int column = find_column (table, "type");
  g_autofree char *place = zf_xlsform_place (table->name, row, column, "type");
  if (zf_xlsform_spell_out (out))
    note (form, _("%s: “%s” is kept as what it means, `%s` with a constraint."), place, type, zf_json_get_string (out, "type", ""));
}

static gboolean
read_row (ZfXlsform *form, ZfXlsformSheet sheet, const ZfCell *cells, guint n, guint row, GError **error)
{
  Table *table = &form->tables[sheet];
  g_autoptr (JsonObject) out = json_object_new ();
  if (!read_cells (table, out, cells, n, row, error) || !count_values (form, json_object_get_size (out) + 1, error))
    return FALSE;
  if (json_object_get_size (out) == 0)
    return TRUE;
  for (guint i = 0; i < needed[sheet].n_filled; i++)
    if (!json_object_has_member (out, needed[sheet].columns[i]))
      return fail_at (error, ZF_TABLE_ERROR_FORMAT, table, row, find_column (table, needed[sheet].columns[i]), _("this cell must be filled"));
  if (sheet == ZF_XLSFORM_SURVEY)
    spell_out (form, table, out, row);
  json_array_add_object_element (table->rows, g_steal_pointer (&out));
  g_array_append_val (table->places, row);
  return TRUE;
}

/* ---- Sheets ---- */

static gboolean
read_table (ZfXlsform *form, ZfXlsformSheet id, ZfSheet *sheet, GError **error)
{
  const ZfCell *cells = NULL;
  guint n = 0, row = 0;
  GError *local = NULL;
  gboolean ok = TRUE, header = TRUE;
  for (; ok && zf_sheet_next (sheet, &cells, &n, &row, &local); header = FALSE)
    ok = header ? read_header (&form->tables[id], id, cells, n, row, &local) : read_row (form, id, cells, n, row, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
read_raw_row (ZfXlsform *form, const char *name, JsonArray *rows, const ZfCell *cells, guint n, guint row, GError **error)
{
  g_autoptr (JsonArray) out = json_array_new ();
  for (guint i = 0; i < n; i++)
    {
      const char *text = cells[i].type != ZF_CELL_EMPTY ? cells[i].text : "";
      if (!g_utf8_validate (text, -1, NULL))
        {
          g_autofree char *place = zf_xlsform_place (name, row, (int) i, NULL);
          g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_ENCODING, _("%s: %s"), place, _("the text in this cell is damaged"));
          return FALSE;
        }
      json_array_add_string_element (out, text);
    }
  json_array_add_array_element (rows, g_steal_pointer (&out));
  return count_values (form, n + 1, error);
}

/* A sheet that is no part of a form as we know it: its rows as they are. */
static gboolean
read_other (ZfXlsform *form, const char *name, ZfSheet *sheet, GError **error)
{
  g_autoptr (JsonArray) rows = json_array_new ();
  const ZfCell *cells = NULL;
  guint n = 0, row = 0;
  GError *local = NULL;
  gboolean ok = TRUE;
  while (ok && zf_sheet_next (sheet, &cells, &n, &row, &local))
    ok = read_raw_row (form, name, rows, cells, n, row, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (json_array_get_length (rows) == 0)
    return TRUE;
  note (form, _("The sheet “%s” is no part of a form here; it is kept as it is."), name);
  json_object_set_array_member (form->others, name, g_steal_pointer (&rows));
  return TRUE;
}

static gboolean
read_sheet (ZfXlsform *form, ZfSheet *sheet, const char *name, GError **error)
{
  ZfXlsformSheet id = zf_xlsform_sheet_find (name);
  if (!g_utf8_validate (name, -1, NULL))
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_ENCODING, _("The name of a sheet is damaged"));
      return FALSE;
    }
  if (id != ZF_XLSFORM_OTHER ? form->tables[id].name != NULL : json_object_has_member (form->others, name))
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook has two sheets “%s”"), name);
      return FALSE;
    }
  if (!zf_sheet_select (sheet, name, error))
    return FALSE;
  if (id == ZF_XLSFORM_OTHER)
    return read_other (form, name, sheet, error);
  form->tables[id].name = g_strdup (name);
  return read_table (form, id, sheet, error);
}

static gboolean
read_sheets (ZfXlsform *form, const char *path, GError **error)
{
  g_autoptr (ZfSheet) sheet = zf_sheet_open_book (path, error);
  g_auto (GStrv) names = sheet != NULL ? zf_sheet_names (sheet) : NULL;
  if (names == NULL)
    return FALSE;
  if (g_strv_length (names) > ZF_XLSFORM_N_SHEETS + MAX_OTHER_SHEETS)
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_LIMIT, _("The workbook has too many sheets to be a form"));
      return FALSE;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (!read_sheet (form, sheet, names[i], error))
      return FALSE;
  if (json_array_get_length (form->tables[ZF_XLSFORM_SURVEY].rows) > 0)
    return TRUE;
  g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook has no sheet “survey” with questions"));
  return FALSE;
}

/* ---- Settings and kind ---- */

static gboolean
has_title (JsonObject *settings)
{
  g_autoptr (GList) members = json_object_get_members (settings);
  for (GList *l = members; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, "form_title"))
      return TRUE;
  return FALSE;
}

/* What a form may leave out, as XLSForm has it: its id is the name of the file. */
static gboolean
complete_settings (ZfXlsform *form, const char *path, GError **error)
{
  Table *table = &form->tables[ZF_XLSFORM_SETTINGS];
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');
  if (json_array_get_length (table->rows) > 1)
    return fail_at (error, ZF_TABLE_ERROR_FORMAT, table, g_array_index (table->places, guint, 1), -1, _("the settings are one row"));
  if (json_array_get_length (table->rows) == 0)
    json_array_add_object_element (table->rows, json_object_new ());
  JsonObject *settings = json_array_get_object_element (table->rows, 0);
  if (dot != NULL && dot != base)
    *dot = '\0';
  g_autofree char *name = g_utf8_make_valid (base, -1);
  if (!json_object_has_member (settings, "form_id"))
    json_object_set_string_member (settings, "form_id", name);
  if (!has_title (settings))
    json_object_set_string_member (settings, "form_title", json_object_get_string_member (settings, "form_id"));
  if (!json_object_has_member (settings, "version"))
    {
      json_object_set_string_member (settings, "version", "1");
      note (form, "%s", _("The settings name no version; it is 1."));
    }
  return TRUE;
}

static JsonObject *
read_kind (ZfXlsform *form, GError **error)
{
  Table *table = &form->tables[ZF_XLSFORM_KIND];
  g_autoptr (JsonObject) kind = json_object_new ();
  for (guint i = 0; i < json_array_get_length (table->rows); i++)
    {
      JsonObject *row = json_array_get_object_element (table->rows, i);
      const char *key = json_object_get_string_member (row, "key");
      guint place = g_array_index (table->places, guint, i);
      JsonNode *value = zf_xlsform_setting_read (json_object_get_string_member (row, "value"));
      gboolean twice = json_object_has_member (kind, key);
      if (value == NULL || twice)
        {
          g_clear_pointer (&value, json_node_unref);
          fail_at (error, ZF_TABLE_ERROR_FORMAT, table, place, find_column (table, twice ? "key" : "value"),
                   twice ? _("this setting stands there twice") : _("this begins as JSON but is not"));
          return NULL;
        }
      json_object_set_member (kind, key, value);
    }
  return g_steal_pointer (&kind);
}

static void
set_parent (JsonObject *kind, const char *parent)
{
  JsonObject *now = zf_json_get_object (kind, "parent");
  if (parent == NULL && !json_object_has_member (kind, "parent"))
    json_object_set_null_member (kind, "parent");
  if (parent == NULL || (now != NULL && strcmp (zf_json_get_string (now, "kind", ""), parent) == 0))
    return;
  JsonObject *owner = json_object_new ();
  json_object_set_string_member (owner, "kind", parent);
  json_object_set_string_member (owner, "field", parent);
  json_object_set_object_member (kind, "parent", owner);
}

/* The first question that can name a record; NULL when there is none outside a repeat. */
static const char *
naming_question (JsonArray *survey)
{
  int depth = 0;
  for (guint i = 0; i < json_array_get_length (survey); i++)
    {
      JsonObject *row = json_array_get_object_element (survey, i);
      const char *type = zf_json_get_string (row, "type", "");
      depth += strcmp (type, "begin_repeat") == 0 ? 1 : strcmp (type, "end_repeat") == 0 ? -1 : 0;
      if (depth == 0 && zf_xlsform_may_name (type) && json_object_has_member (row, "name"))
        return json_object_get_string_member (row, "name");
    }
  return NULL;
}

/* A form from elsewhere knows no kinds: what it asks is asked of a household, as a ledger. */
static void
set_ledger (ZfXlsform *form, JsonObject *kind)
{
  const char *label = naming_question (form->tables[ZF_XLSFORM_SURVEY].rows);
  JsonArray *columns = json_array_new ();
  json_object_set_boolean_member (kind, "ledger", TRUE);
  if (label != NULL)
    {
      json_object_set_string_member (kind, "label", label);
      json_array_add_string_element (columns, label);
    }
  json_object_set_array_member (kind, "columns", columns);
  note (form, "%s", _("The workbook has no sheet “kind”: its records belong to households and stand there as a ledger."));
}

static gboolean
complete_kind (ZfXlsform *form, ZfKinds *kinds, const char *parent, GError **error)
{
  JsonObject *settings = json_array_get_object_element (form->tables[ZF_XLSFORM_SETTINGS].rows, 0);
  g_autoptr (JsonObject) kind = read_kind (form, error);
  if (kind == NULL)
    return FALSE;
  if (parent != NULL && zf_kinds_get (kinds, parent) == NULL)
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("There is no kind “%s” that could own the records"), parent);
      return FALSE;
    }
  if (!json_object_has_member (kind, "name"))
    {
      g_autofree char *name = zf_xlsform_kind_name (json_object_get_string_member (settings, "form_id"));
      json_object_set_string_member (kind, "name", name);
      note (form, _("The workbook names no kind; after its form_id it is “%s”, and its file must be named %s.json."), name, name);
    }
  gboolean bare = form->tables[ZF_XLSFORM_KIND].name == NULL;
  if (parent == NULL && bare && zf_kinds_get (kinds, HOUSEHOLD) != NULL)
    parent = HOUSEHOLD;
  if (bare || parent != NULL)
    set_parent (kind, parent);
  if (bare && g_strcmp0 (parent, HOUSEHOLD) == 0)
    set_ledger (form, kind);
  json_object_set_object_member (form->file, "kind", g_steal_pointer (&kind));
  return TRUE;
}

/* ---- Shared code lists ---- */

/* What the choices sheet says of one list. */
typedef struct
{
  GPtrArray *rows;    /* JsonObject*, without the mark */
  gboolean marked;
  gboolean same;      /* as the shared list of that name */
} List;

static void
list_free (gpointer data)
{
  List *list = data;
  g_ptr_array_unref (list->rows);
  g_free (list);
}

static gboolean
is_same (const List *list, GPtrArray *shared)
{
  if (shared == NULL || shared->len != list->rows->len)
    return FALSE;
  for (guint i = 0; i < shared->len; i++)
    {
      g_autofree char *a = zf_json_canonical_object (((ZfChoice *) shared->pdata[i])->row);
      g_autofree char *b = zf_json_canonical_object (list->rows->pdata[i]);
      if (strcmp (a, b) != 0)
        return FALSE;
    }
  return TRUE;
}

/* Lists by name, in their order under @order. */
static GHashTable *
collect_lists (JsonArray *rows, GPtrArray *order)
{
  GHashTable *lists = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, list_free);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      const char *name = json_object_get_string_member (row, "list_name");
      List *list = g_hash_table_lookup (lists, name);
      if (list == NULL)
        {
          list = g_new0 (List, 1);
          list->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
          g_hash_table_insert (lists, (gpointer) name, list);
          g_ptr_array_add (order, (gpointer) name);
        }
      list->marked |= strcmp (zf_json_get_string (row, ZF_XLSFORM_SHARED, ""), ZF_XLSFORM_YES) == 0;
      json_object_remove_member (row, ZF_XLSFORM_SHARED);
      g_ptr_array_add (list->rows, json_object_ref (row));
    }
  return lists;
}

/* A shared list that came along and is unchanged goes; a changed one becomes the form's own. */
static void
settle_lists (ZfXlsform *form, ZfKinds *kinds)
{
  Table *table = &form->tables[ZF_XLSFORM_CHOICES];
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GHashTable) lists = collect_lists (table->rows, order);
  JsonArray *rows = json_array_new ();
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < order->len; i++)
    {
      List *list = g_hash_table_lookup (lists, order->pdata[i]);
      list->same = list->marked && is_same (list, zf_kinds_shared_list (kinds, order->pdata[i]));
      if (list->marked && !list->same)
        note (form, _("The list “%s” differs from the shared list of that name and is the form's own now."), (const char *) order->pdata[i]);
    }
  for (guint i = 0; i < json_array_get_length (table->rows); i++)
    {
      JsonObject *row = json_array_get_object_element (table->rows, i);
      if (((List *) g_hash_table_lookup (lists, json_object_get_string_member (row, "list_name")))->same)
        continue;
      json_array_add_object_element (rows, json_object_ref (row));
      g_array_append_val (places, g_array_index (table->places, guint, i));
    }
  g_clear_pointer (&lists, g_hash_table_unref);
  json_array_unref (table->rows);
  g_array_unref (table->places);
  table->rows = rows;
  table->places = places;
}

/* ---- The whole ---- */

static void
put_rows (ZfXlsform *form, ZfXlsformSheet sheet)
{
  json_object_set_array_member (form->file, zf_xlsform_sheet_name (sheet), json_array_ref (form->tables[sheet].rows));
}

static gboolean
read_form (ZfXlsform *form, const char *path, ZfKinds *kinds, const char *parent, GError **error)
{
  if (!read_sheets (form, path, error) || !complete_settings (form, path, error))
    return FALSE;
  put_rows (form, ZF_XLSFORM_SETTINGS);
  if (!complete_kind (form, kinds, parent, error))
    return FALSE;
  settle_lists (form, kinds);
  put_rows (form, ZF_XLSFORM_SURVEY);
  put_rows (form, ZF_XLSFORM_CHOICES);
  if (json_object_get_size (form->others) > 0)
    json_object_set_object_member (form->file, ZF_XLSFORM_SHEETS, json_object_ref (form->others));
  return zf_xlsform_media_read (form, path, error);
}

ZfXlsform *
zf_xlsform_read (const char *path, ZfKinds *kinds, const char *parent, GError **error)
{
  g_return_val_if_fail (path != NULL && ZF_IS_KINDS (kinds), NULL);

  g_autoptr (ZfXlsform) form = g_new0 (ZfXlsform, 1);
  form->file = json_object_new ();
  form->others = json_object_new ();
  form->notes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < ZF_XLSFORM_N_SHEETS; i++)
    {
      form->tables[i].columns = g_ptr_array_new_with_free_func (g_free);
      form->tables[i].places = g_array_new (FALSE, FALSE, sizeof (guint));
      form->tables[i].rows = json_array_new ();
    }
  return read_form (form, path, kinds, parent, error) ? g_steal_pointer (&form) : NULL;
}

void
zf_xlsform_free (ZfXlsform *form)
{
  if (form == NULL)
    return;
  for (guint i = 0; i < ZF_XLSFORM_N_SHEETS; i++)
    {
      g_free (form->tables[i].name);
      g_ptr_array_unref (form->tables[i].columns);
      g_array_unref (form->tables[i].places);
      json_array_unref (form->tables[i].rows);
    }
  g_ptr_array_unref (form->notes);
  json_object_unref (form->others);
  json_object_unref (form->file);
  g_free (form);
}

JsonObject *
zf_xlsform_file (ZfXlsform *form)
{
  g_return_val_if_fail (form != NULL, NULL);
  return form->file;
}

GPtrArray *
zf_xlsform_notes (ZfXlsform *form)
{
  g_return_val_if_fail (form != NULL, NULL);
  return form->notes;
}

char *
zf_xlsform_place_of (ZfXlsform *form, const char *sheet, guint index, const char *column)
{
  g_return_val_if_fail (form != NULL && sheet != NULL, NULL);

  ZfXlsformSheet id = zf_xlsform_sheet_find (sheet);
  const Table *table = id != ZF_XLSFORM_OTHER ? &form->tables[id] : NULL;
  if (table == NULL || table->name == NULL || index >= table->places->len)
    return g_strdup_printf ("“%s”", sheet);
  return zf_xlsform_place (table->name, g_array_index (table->places, guint, index), find_column (table, column), column);
}
