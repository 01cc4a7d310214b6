/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-idnumber.h"
#include "zf-json.h"
#include "zf-roster-private.h"

#define HEAD_RELATION "01"
#define OTHER_ID_TYPE "9"

/* The rows of a household usually stand together, but nobody promises it: the scan notes where the last row of every 户编号 is, so that
 * reading keeps a household only until that row. */
struct _ZfRosterRows
{
  ZfRosterColumns *columns;
  ZfRosterValues *values;
  GHashTable *last_row;      /* household number → row */
  int code_column;
  guint n;
};

typedef struct
{
  ZfRosterRows *rows;
  GHashTable *open;          /* household number → ZfRosterHousehold */
  ZfRosterHousehold *last;   /* (nullable) (not owned when it has a number): that of the line before */
  ZfRosterHouseholdFunc func;
  gpointer data;
} Pass;

void
zf_roster_line_free (ZfRosterLine *line)
{
  json_object_unref (line->household);
  json_object_unref (line->person);
  g_free (line->town);
  g_free (line->village);
  g_free (line->village_code);
  g_free (line->head_id);
  g_free (line->bad_column);
  g_free (line->bad_reason);
  g_free (line);
}

void
zf_roster_line_bad (ZfRosterLine *line, const char *column, const char *reason)
{
  if (line->bad_reason != NULL)
    return;
  line->bad_column = g_strdup (column);
  line->bad_reason = g_strdup (reason);
}

void
zf_roster_household_free (ZfRosterHousehold *household)
{
  g_ptr_array_unref (household->lines);
  json_object_unref (household->fields);
  g_free (household->code);
  g_free (household->head_id);
  g_free (household->village);
  g_free (household);
}

ZfRosterLine *
zf_roster_household_bad (ZfRosterHousehold *household)
{
  for (guint i = 0; i < household->lines->len; i++)
    {
      ZfRosterLine *line = g_ptr_array_index (household->lines, i);
      if (line->bad_reason != NULL)
        return line;
    }
  return NULL;
}

/* Rows */

static const ZfCell *
cell_at (const ZfCell *cells, guint n_cells, int column)
{
  return column >= 0 && (guint) column < n_cells && cells[column].type != ZF_CELL_EMPTY ? &cells[column] : NULL;
}

/* Totals, remarks and signatures below the table, and headers that are printed again on every page. */
static gboolean
is_data (ZfRosterRows *rows, const ZfCell *cells, guint n_cells)
{
  static const char *const words[] = { "合计", "总计", "小计", "备注", "填表", "制表", "审核", "说明", "注:", "填报", NULL };
  gboolean any = FALSE, first = TRUE, repeated = TRUE;
  for (guint i = 0; i < n_cells && i < rows->columns->columns->len; i++)
    {
      const ZfRosterColumn *column = &g_array_index (rows->columns->columns, ZfRosterColumn, i);
      if (cells[i].type == ZF_CELL_EMPTY)
        continue;
      g_autofree char *plain = first ? zf_roster_plain (cells[i].text) : NULL;
      for (const char *const *word = words; first && *word != NULL; word++)
        if (g_str_has_prefix (plain, *word))
          return FALSE;
      first = FALSE;
      any = any || column->type != ZF_TARGET_NONE;
      repeated = repeated && g_strcmp0 (column->header, cells[i].text) == 0;
    }
  return any && !repeated;
}

static char *
read_code (ZfRosterRows *rows, const ZfCell *cells, guint n_cells)
{
  const char *reason = NULL;
  const ZfCell *cell = cell_at (cells, n_cells, rows->code_column);
  return cell != NULL && cell->type != ZF_CELL_ERROR ? zf_roster_values_digits (cell, &reason) : NULL;
}

ZfRosterRows *
zf_roster_rows_scan (ZfRosterColumns *columns, ZfSheet *sheet, GError **error)
{
  g_autoptr (ZfRosterRows) rows = g_new0 (ZfRosterRows, 1);
  const ZfCell *cells = NULL;
  guint n_cells = 0, number = 0;
  GError *local = NULL;
  rows->columns = columns;
  rows->values = zf_roster_values_new ();
  rows->last_row = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  rows->code_column = zf_roster_columns_index (columns, ZF_TARGET_FIELD, "household", "code");
  while (zf_sheet_next (sheet, &cells, &n_cells, &number, &local))
    {
      if (number <= columns->last_header_row || !is_data (rows, cells, n_cells))
        continue;
      char *code = read_code (rows, cells, n_cells);
      rows->n++;
      if (code != NULL)
        g_hash_table_replace (rows->last_row, code, GUINT_TO_POINTER (number));
    }
  if (local == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, local);
  return NULL;
}

void
zf_roster_rows_free (ZfRosterRows *rows)
{
  if (rows == NULL)
    return;
  zf_roster_values_free (rows->values);
  g_hash_table_unref (rows->last_row);
  g_free (rows);
}

guint
zf_roster_rows_n (ZfRosterRows *rows)
{
  return rows->n;
}

/* Lines */

static void
add_flag (ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell)
{
  static const char *const yes[] = { "是", "有", "√", "Y", "y", "1", "TRUE", NULL };
  static const char *const no[] = { "否", "无", "×", "N", "n", "0", "FALSE", "/", "-", "—", "", NULL };
  g_autofree char *plain = zf_roster_plain (cell->text);
  if (g_strv_contains (no, plain))
    return;
  if (cell->type == ZF_CELL_ERROR || !g_strv_contains (yes, plain))
    {
      zf_roster_line_bad (line, column->header, cell->type == ZF_CELL_ERROR ? _("The formula in this cell gives an error")
                                                                            : _("This is neither yes nor no"));
      return;
    }
  JsonArray *set = zf_json_get_array (line->household, column->field->name);
  if (set == NULL)
    {
      set = json_array_new ();
      json_object_set_array_member (line->household, column->field->name, set);
    }
  json_array_add_string_element (set, column->choice);
}

/* A class of monitored households written where the kind of household belongs: both are known then. */
static gboolean
read_class (ZfRosterRows *rows, ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell)
{
  const ZfField *monitored = zf_kind_field (column->kind, "monitored_class");
  const char *reason = NULL;
  if (strcmp (column->field->name, "class") != 0 || monitored == NULL)
    return FALSE;
  g_autoptr (JsonNode) value = zf_roster_values_read (rows->values, column->kind, monitored, cell, &reason);
  if (value == NULL)
    return FALSE;
  if (!json_object_has_member (line->household, "monitored_class"))
    json_object_set_member (line->household, "monitored_class", json_node_ref (value));
  if (strcmp (json_node_get_string (value), "hardship") != 0)
    json_object_set_string_member (line->household, "class", strcmp (json_node_get_string (value), "unstable") == 0 ? "lifted" : "ordinary");
  return TRUE;
}

/* "张家院子" in the column of the group is no number but names the hamlet. */
static gboolean
read_group_name (ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell)
{
  if (strcmp (column->field->name, "group_no") != 0 || cell->type != ZF_CELL_TEXT || json_object_has_member (line->household, "hamlet"))
    return FALSE;
  g_autofree char *plain = zf_roster_plain (cell->text);
  json_object_set_string_member (line->household, "hamlet", plain);
  return TRUE;
}

static void
add_field (ZfRosterRows *rows, ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell)
{
  JsonObject *fields = column->kind == rows->columns->person ? line->person : line->household;
  const char *reason = NULL;
  JsonNode *value = zf_roster_values_read (rows->values, column->kind, column->field, cell, &reason);
  if (value != NULL)
    json_object_set_member (fields, column->field->name, value);
  else if (reason != NULL && !read_class (rows, line, column, cell) && !read_group_name (line, column, cell))
    zf_roster_line_bad (line, column->header, reason);
}

static void
add_place (char **place, ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell)
{
  if (cell->type == ZF_CELL_ERROR)
    zf_roster_line_bad (line, column->header, _("The formula in this cell gives an error"));
  else if (*place == NULL)
    *place = zf_roster_plain (cell->text);
}

/* Papers other than an ID card follow no check. */
static gboolean
is_other_paper (ZfRosterRows *rows, const ZfCell *cells, guint n_cells)
{
  const char *reason = NULL;
  int index = zf_roster_columns_index (rows->columns, ZF_TARGET_FIELD, "person", "id_type");
  const ZfCell *cell = cell_at (cells, n_cells, index);
  if (cell == NULL)
    return FALSE;
  const ZfRosterColumn *column = &g_array_index (rows->columns->columns, ZfRosterColumn, index);
  g_autoptr (JsonNode) value = zf_roster_values_read (rows->values, column->kind, column->field, cell, &reason);
  return value != NULL && strcmp (json_node_get_string (value), OTHER_ID_TYPE) == 0;
}

static void
add_id (ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell, gboolean other_paper, char **id)
{
  const char *reason = cell->type == ZF_CELL_ERROR ? _("The formula in this cell gives an error") : NULL;
  if (reason == NULL)
    *id = other_paper ? zf_roster_values_digits (cell, &reason) : zf_roster_values_id_number (cell, &reason);
  if (reason != NULL)
    zf_roster_line_bad (line, column->header, reason);
}

static void
add_cell (ZfRosterRows *rows, ZfRosterLine *line, const ZfRosterColumn *column, const ZfCell *cell, gboolean other_paper)
{
  g_autofree char *id = NULL;
  switch (column->type)
    {
    case ZF_TARGET_FLAG:
      add_flag (line, column, cell);
      break;
    case ZF_TARGET_TOWN:
      add_place (&line->town, line, column, cell);
      break;
    case ZF_TARGET_VILLAGE:
      add_place (&line->village, line, column, cell);
      break;
    case ZF_TARGET_VILLAGE_CODE:
      add_place (&line->village_code, line, column, cell);
      break;
    case ZF_TARGET_HEAD_ID:
      add_id (line, column, cell, FALSE, &line->head_id);
      break;
    case ZF_TARGET_FIELD:
      if (strcmp (column->field->name, "id_number") != 0)
        {
          add_field (rows, line, column, cell);
          break;
        }
      add_id (line, column, cell, other_paper, &id);
      if (id != NULL)
        json_object_set_string_member (line->person, "id_number", id);
      break;
    case ZF_TARGET_NONE:
    default:
      break;
    }
}

static void
derive (JsonObject *person, const char *field, const char *value)
{
  if (value != NULL && !json_object_has_member (person, field))
    json_object_set_string_member (person, field, value);
}

/* What the ID number says, where the table itself is silent. */
static void
derive_from_id (JsonObject *person, gboolean other_paper)
{
  const char *id = zf_json_get_string (person, "id_number", NULL);
  if (id == NULL)
    return;
  g_autofree char *birth = other_paper ? NULL : zf_idnumber_birth (id);
  derive (person, "birth", birth);
  derive (person, "sex", other_paper ? NULL : zf_idnumber_sex (id));
  derive (person, "id_type", strlen (id) > 18 ? "2" : "1");
}

static void
check_line (ZfRosterRows *rows, ZfRosterLine *line)
{
  const char *name = zf_roster_columns_header (rows->columns, "person", "name");
  const char *relation = zf_roster_columns_header (rows->columns, "person", "relation");
  if (name == NULL)
    return;
  if (!json_object_has_member (line->person, "name"))
    zf_roster_line_bad (line, name, _("The name is missing"));
  else if (!json_object_has_member (line->person, "relation"))
    zf_roster_line_bad (line, relation, _("The relation to the head is missing"));
}

static ZfRosterLine *
read_line (ZfRosterRows *rows, const ZfCell *cells, guint n_cells, guint number)
{
  ZfRosterLine *line = g_new0 (ZfRosterLine, 1);
  line->row = number;
  line->household = json_object_new ();
  line->person = json_object_new ();
  gboolean other_paper = is_other_paper (rows, cells, n_cells);
  for (guint i = 0; i < n_cells && i < rows->columns->columns->len; i++)
    if (cells[i].type != ZF_CELL_EMPTY)
      add_cell (rows, line, &g_array_index (rows->columns->columns, ZfRosterColumn, i), &cells[i], other_paper);
  derive_from_id (line->person, other_paper);
  check_line (rows, line);
  return line;
}

/* Households */

static gboolean
is_head (const ZfRosterLine *line)
{
  return g_strcmp0 (zf_json_get_string (line->person, "relation", NULL), HEAD_RELATION) == 0;
}

static void
bad_because_of_row (ZfRosterLine *line, const char *column, guint row)
{
  g_autofree char *reason = g_strdup_printf (_("The value differs from that in row %u of the same household"), row);
  zf_roster_line_bad (line, column, reason);
}

static gboolean
is_shared (ZfRosterColumns *columns, const char *field)
{
  int index = zf_roster_columns_index (columns, ZF_TARGET_FIELD, "household", field);
  return index >= 0 && g_array_index (columns->columns, ZfRosterColumn, index).shared;
}

/* The household's cells are repeated on every row, or stand only on the first (merged cells); they must not contradict each other. */
static void
gather_fields (ZfRosterRows *rows, ZfRosterHousehold *household, ZfRosterLine *from, ZfRosterLine *line)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;
  json_object_iter_init (&iter, line->household);
  while (json_object_iter_next (&iter, &name, &value))
    {
      JsonNode *known = json_object_get_member (household->fields, name);
      if (known == NULL)
        json_object_set_member (household->fields, name, json_node_ref (value));
      else if (!zf_json_equal (known, value) && !is_shared (rows->columns, name))
        bad_because_of_row (line, zf_roster_columns_header (rows->columns, "household", name), from->row);
    }
}

static void
gather_place (ZfRosterRows *rows, char **known, const char *value, ZfTargetType type, ZfRosterLine *from, ZfRosterLine *line)
{
  if (*known == NULL)
    *known = g_strdup (value);
  else if (value != NULL && strcmp (*known, value) != 0)
    bad_because_of_row (line, g_array_index (rows->columns->columns, ZfRosterColumn,
                                             zf_roster_columns_index (rows->columns, type, NULL, NULL)).header, from->row);
}

static void
gather_line (ZfRosterRows *rows, ZfRosterHousehold *household, ZfRosterLine *from, ZfRosterLine *line)
{
  gather_fields (rows, household, from, line);
  gather_place (rows, &household->head_id, line->head_id, ZF_TARGET_HEAD_ID, from, line);
  if (line == from)
    return;
  gather_place (rows, &from->town, line->town, ZF_TARGET_TOWN, from, line);
  gather_place (rows, &from->village, line->village, ZF_TARGET_VILLAGE, from, line);
  gather_place (rows, &from->village_code, line->village_code, ZF_TARGET_VILLAGE_CODE, from, line);
}

/* The householder: by relation; a second one is a mistake of the table. */
static void
find_head (ZfRosterHousehold *household)
{
  for (guint i = 0; i < household->lines->len; i++)
    {
      ZfRosterLine *line = g_ptr_array_index (household->lines, i);
      if (is_head (line) && household->head != NULL)
        zf_roster_line_bad (line, NULL, _("A household has only one head"));
      else if (is_head (line))
        household->head = line;
    }
}

static void
settle_head (ZfRosterRows *rows, ZfRosterHousehold *household)
{
  ZfRosterLine *first = g_ptr_array_index (household->lines, 0);
  const char *name = household->head != NULL ? zf_json_get_string (household->head->person, "name", NULL) : NULL;
  if (household->head_id == NULL && household->head != NULL)
    household->head_id = g_strdup (zf_json_get_string (household->head->person, "id_number", NULL));
  if (!json_object_has_member (household->fields, "head_name") && name != NULL)
    json_object_set_string_member (household->fields, "head_name", name);
  if (!json_object_has_member (household->fields, "head_name"))
    zf_roster_line_bad (first, zf_roster_columns_header (rows->columns, "person", "relation"), _("No row of this household is its head"));
}

static gboolean
finish_household (Pass *pass, ZfRosterHousehold *household, GError **error)
{
  find_head (household);
  ZfRosterLine *from = household->head != NULL ? household->head : g_ptr_array_index (household->lines, 0);
  gather_line (pass->rows, household, from, from);
  for (guint i = 0; i < household->lines->len; i++)
    {
      ZfRosterLine *line = g_ptr_array_index (household->lines, i);
      if (line != from)
        gather_line (pass->rows, household, from, line);
    }
  household->code = g_strdup (zf_json_get_string (household->fields, "code", NULL));
  settle_head (pass->rows, household);
  return pass->func (household, pass->data, error);
}

/* Without a number a household begins at its head, or where another head's name begins; a row that says nothing belongs to the one before. */
static gboolean
continues (const ZfRosterHousehold *last, const ZfRosterLine *line)
{
  const ZfRosterLine *first = last != NULL ? g_ptr_array_index (last->lines, 0) : NULL;
  const char *head = zf_json_get_string (line->household, "head_name", NULL);
  if (first == NULL || is_head (line))
    return FALSE;
  return head == NULL || g_strcmp0 (head, zf_json_get_string (first->household, "head_name", head)) == 0;
}

static ZfRosterHousehold *
household_new (void)
{
  ZfRosterHousehold *household = g_new0 (ZfRosterHousehold, 1);
  household->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_roster_line_free);
  household->fields = json_object_new ();
  return household;
}

/* Ends the household before when nothing more can come for it. */
static gboolean
close_last (Pass *pass, GError **error)
{
  ZfRosterHousehold *last = g_steal_pointer (&pass->last);
  if (last == NULL)
    return TRUE;
  ZfRosterLine *line = g_ptr_array_index (last->lines, 0);
  const char *code = zf_json_get_string (line->household, "code", NULL);
  ZfRosterLine *newest = g_ptr_array_index (last->lines, last->lines->len - 1);
  if (code != NULL && newest->row < GPOINTER_TO_UINT (g_hash_table_lookup (pass->rows->last_row, code)))
    return TRUE;
  if (code != NULL)
    g_hash_table_steal (pass->open, code);
  gboolean ok = finish_household (pass, last, error);
  zf_roster_household_free (last);
  return ok;
}

static gboolean
take_line (Pass *pass, ZfRosterLine *line, GError **error)
{
  const char *code = zf_json_get_string (line->household, "code", NULL);
  ZfRosterHousehold *household = code != NULL ? g_hash_table_lookup (pass->open, code) : NULL;
  if (code == NULL && continues (pass->last, line))
    household = pass->last;
  if (household != pass->last && !close_last (pass, error))
    {
      zf_roster_line_free (line);
      return FALSE;
    }
  if (household == NULL)
    household = household_new ();
  g_ptr_array_add (household->lines, line);
  if (code != NULL && household->lines->len == 1)
    g_hash_table_insert (pass->open, (gpointer) code, household);
  pass->last = household;
  return TRUE;
}

static gboolean
drain (Pass *pass, GError **error)
{
  if (!close_last (pass, error))
    return FALSE;
  GHashTableIter iter;
  gpointer value = NULL;
  g_hash_table_iter_init (&iter, pass->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!finish_household (pass, value, error))
      return FALSE;
  return TRUE;
}

gboolean
zf_roster_rows_each (ZfRosterRows *rows, ZfSheet *sheet, ZfRosterHouseholdFunc func, gpointer data, GError **error)
{
  /* The key is owned by the household's first line. */
  g_autoptr (GHashTable) open = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) zf_roster_household_free);
  Pass pass = { .rows = rows, .open = open, .func = func, .data = data };
  const ZfCell *cells = NULL;
  guint n_cells = 0, number = 0;
  GError *local = NULL;
  while (local == NULL && zf_sheet_next (sheet, &cells, &n_cells, &number, &local))
    if (number > rows->columns->last_header_row && is_data (rows, cells, n_cells))
      take_line (&pass, read_line (rows, cells, n_cells, number), &local);
  if (local == NULL)
    drain (&pass, &local);
  if (pass.last != NULL && zf_json_get_string (((ZfRosterLine *) g_ptr_array_index (pass.last->lines, 0))->household, "code", NULL) == NULL)
    zf_roster_household_free (pass.last);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}
