/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"
#include "zf-roster-private.h"

#define MIN_SCORE 3

/* The first rows of the sheet, kept while the header is looked for. */
typedef struct
{
  guint number;
  GPtrArray *texts;       /* utf8, nullable */
} Row;

typedef struct
{
  ZfKinds *kinds;
  ZfRosterHeaders *headers;
  JsonObject *map;        /* (nullable): plain header → target */
  GPtrArray *rows;        /* Row */
} Search;

static void
row_free (gpointer data)
{
  Row *row = data;
  g_ptr_array_unref (row->texts);
  g_free (row);
}

static void
column_clear (gpointer data)
{
  ZfRosterColumn *column = data;
  g_free (column->choice);
  g_free (column->header);
}

static gboolean
read_rows (Search *search, ZfSheet *sheet, GError **error)
{
  const ZfCell *cells = NULL;
  guint n_cells = 0, number = 0;
  GError *local = NULL;
  while (search->rows->len < ZF_HEADER_ROWS && zf_sheet_next (sheet, &cells, &n_cells, &number, &local))
    {
      Row *row = g_new0 (Row, 1);
      row->number = number;
      row->texts = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; i < n_cells; i++)
        g_ptr_array_add (row->texts, cells[i].type == ZF_CELL_TEXT ? g_strdup (cells[i].text) : NULL);
      g_ptr_array_add (search->rows, row);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static const char *
lookup (Search *search, const char *header, gboolean *shared)
{
  *shared = FALSE;
  if (header == NULL)
    return NULL;
  if (search->map != NULL)
    {
      g_autofree char *plain = zf_roster_plain (header);
      const char *target = zf_json_get_string (search->map, plain, NULL);
      if (target != NULL)
        return target;
    }
  return zf_roster_headers_find (search->headers, header, shared);
}

static const char *
text_at (Search *search, guint row, guint column)
{
  if (row >= search->rows->len)
    return NULL;
  GPtrArray *texts = ((Row *) g_ptr_array_index (search->rows, row))->texts;
  return column < texts->len ? g_ptr_array_index (texts, column) : NULL;
}

static guint
n_columns (Search *search, guint row)
{
  return row < search->rows->len ? ((Row *) g_ptr_array_index (search->rows, row))->texts->len : 0;
}

/* How many different things the row names. */
static guint
score (Search *search, guint row)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean shared = FALSE;
  for (guint i = 0; i < n_columns (search, row); i++)
    {
      const char *target = lookup (search, text_at (search, row, i), &shared);
      if (target != NULL && *target != '\0')
        g_hash_table_add (seen, (gpointer) target);
    }
  return g_hash_table_size (seen);
}

static gboolean
parse_field_target (Search *search, const char *target, ZfRosterColumn *column)
{
  g_auto (GStrv) parts = g_strsplit (target, ".", 2);
  const ZfKind *kind = parts[0] != NULL && parts[1] != NULL ? zf_kinds_get (search->kinds, parts[0]) : NULL;
  if (kind == NULL || (strcmp (parts[0], "household") != 0 && strcmp (parts[0], "person") != 0))
    return FALSE;
  char *choice = strchr (parts[1], '=');
  if (choice != NULL)
    *choice++ = '\0';
  column->type = choice != NULL ? ZF_TARGET_FLAG : ZF_TARGET_FIELD;
  column->kind = kind;
  column->field = zf_kind_field (kind, parts[1]);
  column->choice = g_strdup (choice);
  return column->field != NULL && column->field->type != ZF_FIELD_REF && (choice == NULL || column->field->type == ZF_FIELD_SET);
}

static gboolean
parse_target (Search *search, const char *target, ZfRosterColumn *column)
{
  static const struct { const char *name; ZfTargetType type; } places[] = {
    { "", ZF_TARGET_NONE },       { "ignore", ZF_TARGET_NONE },
    { "town", ZF_TARGET_TOWN },   { "village", ZF_TARGET_VILLAGE },
    { "village_code", ZF_TARGET_VILLAGE_CODE }, { "head_id", ZF_TARGET_HEAD_ID },
  };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (strcmp (target, places[i].name) == 0)
      {
        column->type = places[i].type;
        return TRUE;
      }
  return parse_field_target (search, target, column);
}

/* A later column of the same meaning would only overwrite the first. */
static gboolean
is_taken (ZfRosterColumns *columns, const ZfRosterColumn *column)
{
  for (guint i = 0; i < columns->columns->len; i++)
    {
      const ZfRosterColumn *other = &g_array_index (columns->columns, ZfRosterColumn, i);
      if (other->type == column->type && other->field == column->field && g_strcmp0 (other->choice, column->choice) == 0)
        return column->type != ZF_TARGET_NONE;
    }
  return FALSE;
}

/* A word that labels a field of both kinds means the person's when it stands behind the person's name and the household has its own. */
static void
settle_shared (ZfRosterColumns *columns, ZfRosterColumn *column)
{
  if (!column->shared)
    return;
  const ZfField *field = zf_kind_field (columns->person, column->field->name);
  if (field != NULL && is_taken (columns, column))
    {
      column->kind = columns->person;
      column->field = field;
      column->shared = FALSE;
    }
}

static void
add_column (Search *search, ZfRosterColumns *columns, const char *header, const char *target, gboolean shared)
{
  ZfRosterColumn column = { .header = g_strdup (header), .shared = shared };
  gboolean known = target != NULL && parse_target (search, target, &column);
  if (known)
    settle_shared (columns, &column);
  if (!known || is_taken (columns, &column))
    {
      g_clear_pointer (&column.choice, g_free);
      column.type = ZF_TARGET_NONE;
      if (header != NULL)
        g_ptr_array_add (columns->unknown, g_strdup (header));
    }
  g_array_append_val (columns->columns, column);
}

/* Headers of two rows: a merged cell above ("家庭成员") with the real names below, or the other way round. */
static const char *
header_text (Search *search, guint row, gboolean two_rows, guint i)
{
  gboolean shared = FALSE;
  const char *text = text_at (search, row, i);
  if (two_rows && (text == NULL || lookup (search, text, &shared) == NULL) && text_at (search, row + 1, i) != NULL)
    return text_at (search, row + 1, i);
  if (text == NULL && row > 0 && lookup (search, text_at (search, row - 1, i), &shared) != NULL)
    return text_at (search, row - 1, i);
  return text;
}

/* The row below belongs to the header when it names things of its own where this row names nothing. */
static gboolean
has_second_row (Search *search, guint row)
{
  guint n = 0;
  gboolean shared = FALSE;
  for (guint i = 0; i < n_columns (search, row + 1); i++)
    if (lookup (search, text_at (search, row, i), &shared) == NULL && lookup (search, text_at (search, row + 1, i), &shared) != NULL)
      n++;
  return n >= 2;
}

static gboolean
require (ZfRosterColumns *columns, gboolean present, const char *name, GError **error)
{
  if (present)
    return TRUE;
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_HEADER, _("The header in row %u lacks a needed column: %s"), columns->header_row, name);
  return FALSE;
}

static gboolean
has_needed (ZfRosterColumns *columns, GError **error)
{
  gboolean village = zf_roster_columns_index (columns, ZF_TARGET_VILLAGE, NULL, NULL) >= 0
                     || zf_roster_columns_index (columns, ZF_TARGET_VILLAGE_CODE, NULL, NULL) >= 0;
  gboolean name = zf_roster_columns_header (columns, "person", "name") != NULL;
  gboolean head = zf_roster_columns_header (columns, "household", "head_name") != NULL;
  gboolean relation = zf_roster_columns_header (columns, "person", "relation") != NULL;
  return require (columns, village, _("village"), error) && require (columns, name || head, _("name"), error)
         && require (columns, !name || relation, _("relation to the head"), error);
}

static gboolean
map_is_used (Search *search, ZfRosterColumns *columns, GError **error)
{
  g_autoptr (GList) names = search->map != NULL ? json_object_get_members (search->map) : NULL;
  for (GList *l = names; l != NULL; l = l->next)
    {
      ZfRosterColumn column = { 0 };
      gboolean known = parse_target (search, zf_json_get_string (search->map, l->data, "?"), &column);
      g_free (column.choice);
      gboolean found = FALSE;
      for (guint i = 0; i < columns->columns->len && !found; i++)
        {
          const char *header = g_array_index (columns->columns, ZfRosterColumn, i).header;
          g_autofree char *plain = header != NULL ? zf_roster_plain (header) : NULL;
          found = g_strcmp0 (plain, l->data) == 0;
        }
      if (known && found)
        continue;
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_HEADER,
                   known ? _("The sheet has no column “%s”, which the map names") : _("The map gives “%s” a target that does not exist"),
                   (const char *) l->data);
      return FALSE;
    }
  return TRUE;
}

static gboolean
choose_header (Search *search, ZfRosterColumns *columns, GError **error)
{
  guint best = 0, best_score = 0;
  for (guint row = 0; row < search->rows->len; row++)
    {
      guint points = score (search, row);
      if (points > best_score)
        {
          best = row;
          best_score = points;
        }
    }
  if (best_score < MIN_SCORE)
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_HEADER,
                   _("The first %d rows hold no header of a roster; this may be the wrong sheet or file"), ZF_HEADER_ROWS);
      return FALSE;
    }
  gboolean two_rows = has_second_row (search, best), shared = FALSE;
  columns->header_row = ((Row *) g_ptr_array_index (search->rows, best))->number;
  columns->last_header_row = two_rows ? ((Row *) g_ptr_array_index (search->rows, best + 1))->number : columns->header_row;
  guint n = MAX (n_columns (search, best), two_rows ? n_columns (search, best + 1) : 0);
  for (guint i = 0; i < n; i++)
    {
      const char *header = header_text (search, best, two_rows, i);
      const char *target = lookup (search, header, &shared);
      add_column (search, columns, header, target, shared);
    }
  return map_is_used (search, columns, error) && has_needed (columns, error);
}

/* The map with its headers in plain form. */
static gboolean
load_map (Search *search, const char *path, GError **error)
{
  g_autoptr (JsonNode) root = zf_json_parse_file (path, error);
  if (root == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_HEADER, _("The map is not a JSON object of header and target"));
      return FALSE;
    }
  search->map = json_object_new ();
  JsonObject *object = json_node_get_object (root);
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *plain = zf_roster_plain (l->data);
      json_object_set_string_member (search->map, plain, zf_json_get_string (object, l->data, "?"));
    }
  return TRUE;
}

ZfRosterColumns *
zf_roster_columns_find (ZfKinds *kinds, ZfSheet *sheet, const char *map_path, GError **error)
{
  g_autoptr (ZfRosterHeaders) headers = zf_roster_headers_new (kinds);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (ZfRosterColumns) columns = g_new0 (ZfRosterColumns, 1);
  Search search = { .kinds = kinds, .headers = headers, .rows = rows };
  columns->household = zf_kinds_get (kinds, "household");
  columns->person = zf_kinds_get (kinds, "person");
  columns->columns = g_array_new (FALSE, TRUE, sizeof (ZfRosterColumn));
  g_array_set_clear_func (columns->columns, column_clear);
  columns->unknown = g_ptr_array_new_with_free_func (g_free);
  gboolean ok = (map_path == NULL || load_map (&search, map_path, error)) && read_rows (&search, sheet, error)
                && choose_header (&search, columns, error);
  g_clear_pointer (&search.map, json_object_unref);
  return ok ? g_steal_pointer (&columns) : NULL;
}

void
zf_roster_columns_free (ZfRosterColumns *columns)
{
  if (columns == NULL)
    return;
  g_array_unref (columns->columns);
  g_ptr_array_unref (columns->unknown);
  g_free (columns);
}

int
zf_roster_columns_index (ZfRosterColumns *columns, ZfTargetType type, const char *kind, const char *field)
{
  for (guint i = 0; i < columns->columns->len; i++)
    {
      const ZfRosterColumn *column = &g_array_index (columns->columns, ZfRosterColumn, i);
      if (column->type == type && (kind == NULL || strcmp (zf_kind_name (column->kind), kind) == 0)
          && (field == NULL || strcmp (column->field->name, field) == 0))
        return (int) i;
    }
  return -1;
}

const char *
zf_roster_columns_header (ZfRosterColumns *columns, const char *kind, const char *field)
{
  int index = zf_roster_columns_index (columns, ZF_TARGET_FIELD, kind, field);
  return index >= 0 ? g_array_index (columns->columns, ZfRosterColumn, index).header : NULL;
}
