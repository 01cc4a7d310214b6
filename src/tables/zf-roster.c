/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-roster-private.h"
#include "zf-value.h"

#define DEFAULT_SOURCE "roster"
/* Long enough that the disk's answer is shared by many, short enough that the screen's saves are not kept waiting. */
#define HOUSEHOLDS_A_SAVE 200

typedef struct
{
  ZfStore *store;
  const ZfRosterOptions *options;
  const char *source;
  ZfRosterColumns *columns;
  ZfRosterVillages *villages;
  ZfRosterMatch *match;
  ZfRosterReport *report;
  ZfRosterMerge merge;
  GHashTable *numbers;       /* ID number → row that names it first */
  guint n_in_save;
  guint n_rows;
} Import;

static gboolean
flush (Import *import, GError **error)
{
  gboolean ok = import->options->dry_run || import->n_in_save == 0 || zf_store_commit (import->store, import->merge.save, error);
  g_clear_pointer (&import->merge.save, zf_save_free);
  import->merge.save = zf_save_new (import->options->by, FALSE);
  import->n_in_save = 0;
  return ok;
}

/* All rows get a verdict; the row that is to blame also gets the reason. */
static void
reject (Import *import, ZfRosterHousehold *household, ZfRosterVerdict verdict, ZfRosterLine *to_blame, const char *column, const char *reason)
{
  import->report->households[verdict]++;
  for (guint i = 0; i < household->lines->len; i++)
    {
      ZfRosterLine *line = g_ptr_array_index (household->lines, i);
      gboolean own = line->bad_reason != NULL;
      import->report->persons[verdict] += json_object_get_size (line->person) > 0;
      if (own)
        zf_roster_report_row (import->report, line->row, verdict, line->bad_column, line->bad_reason);
      else
        zf_roster_report_row (import->report, line->row, verdict, line == to_blame ? column : NULL, line == to_blame ? reason : NULL);
    }
}

static ZfRosterLine *
main_line (ZfRosterHousehold *household)
{
  return household->head != NULL ? household->head : g_ptr_array_index (household->lines, 0);
}

/* One person, one row. */
static void
check_numbers (Import *import, ZfRosterHousehold *household)
{
  const char *header = zf_roster_columns_header (import->columns, "person", "id_number");
  for (guint i = 0; i < household->lines->len; i++)
    {
      ZfRosterLine *line = g_ptr_array_index (household->lines, i);
      const char *number = zf_json_get_string (line->person, "id_number", NULL);
      guint row = number != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (import->numbers, number)) : 0;
      if (row > 0)
        {
          g_autofree char *reason = g_strdup_printf (_("The same ID number stands in row %u"), row);
          zf_roster_line_bad (line, header, reason);
        }
      else if (number != NULL)
        g_hash_table_insert (import->numbers, g_strdup (number), GUINT_TO_POINTER (line->row));
    }
}

static void
find_village (Import *import, ZfRosterHousehold *household)
{
  ZfRosterLine *line = main_line (household);
  g_autofree char *reason = NULL;
  household->village = g_strdup (zf_roster_villages_find (import->villages, line->town, line->village, line->village_code, &reason));
  int column = zf_roster_columns_index (import->columns, ZF_TARGET_VILLAGE, NULL, NULL);
  if (column < 0)
    column = zf_roster_columns_index (import->columns, ZF_TARGET_VILLAGE_CODE, NULL, NULL);
  if (household->village != NULL)
    json_object_set_string_member (household->fields, "village", household->village);
  else
    zf_roster_line_bad (line, g_array_index (import->columns->columns, ZfRosterColumn, column).header, reason);
}

/* One row on its way into the store. */
typedef struct
{
  ZfRosterLine *line;
  char *key;
  char *id;
  gboolean create;
  gboolean gone;
  const char *reason;    /* gone: why the row is not written */
} Member;

static void
member_clear (gpointer data)
{
  Member *member = data;
  g_free (member->key);
  g_free (member->id);
}

static gboolean
match_line (Import *import, const char *home, const char *home_key, ZfRosterLine *line, Member *member, const char **reason)
{
  member->line = line;
  member->key = zf_roster_match_person_key (home_key, line->person);
  if (!zf_roster_match_person (import->match, home, line->person, member->key, &member->id, &member->gone, reason))
    {
      member->reason = *reason;
      return member->gone;
    }
  member->create = member->id == NULL;
  if (member->create || zf_roster_match_claim (import->match, member->id))
    return TRUE;
  *reason = _("Another row of this table names the same person");
  return FALSE;
}

/* All persons are matched before anything is written. */
static gboolean
match_persons (Import *import, ZfRosterHousehold *household, const char *home, const char *home_key, GArray *members)
{
  for (guint i = 0; i < household->lines->len; i++)
    {
      ZfRosterLine *line = g_ptr_array_index (household->lines, i);
      Member member = { 0 };
      const char *reason = NULL;
      if (json_object_get_size (line->person) == 0)
        continue;
      gboolean ok = match_line (import, home, home_key, line, &member, &reason);
      g_array_append_val (members, member);
      if (!ok)
        {
          reject (import, household, ZF_ROSTER_UNDECIDED, line, NULL, reason);
          return FALSE;
        }
    }
  return TRUE;
}

static ZfRosterVerdict
write_household (Import *import, ZfRosterHousehold *household, char **home, const char *key, GError **error)
{
  if (*home != NULL)
    return zf_roster_merge (&import->merge, import->columns->household, *home, household->fields, key, error);
  *home = zf_id_new (zf_store_clock (import->store), zf_store_random (import->store));
  return zf_roster_merge_new (&import->merge, import->columns->household, *home, household->fields, household->fields, key);
}

static ZfRosterVerdict
write_person (Import *import, const char *home, Member *member, GError **error)
{
  if (member->gone)
    return ZF_ROSTER_UNDECIDED;
  if (!member->create)
    return zf_roster_merge (&import->merge, import->columns->person, member->id, member->line->person, member->key, error);
  g_autoptr (JsonObject) fields = zf_fields_share (member->line->person);
  json_object_set_string_member (fields, "household", home);
  member->id = zf_id_new (zf_store_clock (import->store), zf_store_random (import->store));
  return zf_roster_merge_new (&import->merge, import->columns->person, member->id, fields, member->line->person, member->key);
}

/* Persons that are recorded and not in the table stay; people are told. */
static void
note_missing (Import *import, ZfRosterHousehold *household, const char *home, GArray *members)
{
  guint matched = 0, recorded = zf_roster_match_n_persons (import->match, home);
  for (guint i = 0; i < members->len; i++)
    matched += !g_array_index (members, Member, i).create && !g_array_index (members, Member, i).gone;
  if (members->len == 0 || recorded <= matched)
    return;
  g_autofree char *reason = g_strdup_printf (ngettext ("%u person recorded in this household is not in the table",
                                                       "%u persons recorded in this household are not in the table", recorded - matched),
                                             recorded - matched);
  import->report->missing += recorded - matched;
  zf_roster_report_note (import->report, main_line (household)->row, reason);
}

static void
report_member (Import *import, Member *member, ZfRosterVerdict verdict, ZfRosterVerdict of_household, gboolean is_main)
{
  import->report->persons[verdict]++;
  if (is_main && verdict == ZF_ROSTER_SAME)
    verdict = of_household;
  zf_roster_report_row (import->report, member->line->row, verdict, NULL, verdict == ZF_ROSTER_UNDECIDED ? member->reason : NULL);
}

static gboolean
write_all (Import *import, ZfRosterHousehold *household, char **home, const char *key, GArray *members, GError **error)
{
  GError *local = NULL;
  note_missing (import, household, *home, members);
  ZfRosterVerdict of_household = write_household (import, household, home, key, &local);
  for (guint i = 0; local == NULL && i < members->len; i++)
    {
      Member *member = &g_array_index (members, Member, i);
      ZfRosterVerdict verdict = write_person (import, *home, member, &local);
      report_member (import, member, verdict, of_household, member->line == main_line (household));
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (members->len == 0)
    zf_roster_report_row (import->report, main_line (household)->row, of_household, NULL, NULL);
  import->report->households[of_household]++;
  return ++import->n_in_save < HOUSEHOLDS_A_SAVE || flush (import, error);
}

static void
show_progress (Import *import, ZfRosterHousehold *household)
{
  import->n_rows += household->lines->len;
  if (import->options->progress != NULL)
    import->options->progress (import->n_rows, import->options->progress_data);
}

static gboolean
on_household (ZfRosterHousehold *household, gpointer data, GError **error)
{
  Import *import = data;
  g_autofree char *key = NULL;
  g_autofree char *home = NULL;
  const char *reason = NULL;
  show_progress (import, household);
  find_village (import, household);
  check_numbers (import, household);
  if (zf_roster_household_bad (household) != NULL)
    {
      reject (import, household, ZF_ROSTER_REFUSED, NULL, NULL, NULL);
      return TRUE;
    }
  key = zf_roster_match_household_key (household);
  if (!zf_roster_match_household (import->match, household, key, &home, &reason))
    {
      reject (import, household, ZF_ROSTER_UNDECIDED, main_line (household), NULL, reason);
      return TRUE;
    }
  if (home != NULL && !zf_roster_match_claim (import->match, home))
    {
      reject (import, household, ZF_ROSTER_UNDECIDED, main_line (household), NULL, _("Another household of this table is the same one here"));
      return TRUE;
    }
  g_autoptr (GArray) members = g_array_new (FALSE, TRUE, sizeof (Member));
  g_array_set_clear_func (members, member_clear);
  return !match_persons (import, household, home, key, members) || write_all (import, household, &home, key, members, error);
}

/* A table of which no row can be used is one error, not a list of thousands. */
static gboolean
check_any_use (Import *import, GError **error)
{
  const ZfRosterReport *report = import->report;
  guint used = 0;
  for (guint i = 0; i < ZF_ROSTER_N_VERDICTS; i++)
    used += i != ZF_ROSTER_REFUSED ? report->households[i] : 0;
  if (used > 0)
    return TRUE;
  if (report->households[ZF_ROSTER_REFUSED] == 0)
    g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The table has a header but no rows"));
  else
    g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("No household of the table can be used; the first problem is in row %u, column “%s”: %s"),
                 report->first_row, report->first_column != NULL ? report->first_column : "", report->first_reason);
  return FALSE;
}

static void
describe (Import *import, JsonObject *object, const char *path, ZfSheet *sheet)
{
  g_autofree char *name = g_path_get_basename (path);
  JsonArray *unknown = json_array_new ();
  for (guint i = 0; i < import->columns->unknown->len; i++)
    json_array_add_string_element (unknown, g_ptr_array_index (import->columns->unknown, i));
  json_object_set_string_member (object, "file", name);
  json_object_set_string_member (object, "detected", zf_sheet_describe (sheet));
  json_object_set_int_member (object, "header_row", import->columns->header_row);
  json_object_set_int_member (object, "rows", import->n_rows);
  json_object_set_int_member (object, "conflicts", import->merge.n_conflicts);
  json_object_set_boolean_member (object, "dry_run", import->options->dry_run);
  json_object_set_array_member (object, "unknown_columns", unknown);
}

static gboolean
run (Import *import, ZfReader *reader, ZfRosterRows *rows, const char *path, JsonObject **result, GError **error)
{
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, import->options->sheet, error);
  if (sheet == NULL)
    return FALSE;
  import->merge = (ZfRosterMerge){ .reader = reader, .source = import->source, .columns = import->columns,
                                    .merged_at_once = import->options->merged_at_once };
  import->merge.save = zf_save_new (import->options->by, FALSE);
  gboolean ok = zf_roster_rows_each (rows, sheet, on_household, import, error) && flush (import, error) && check_any_use (import, error);
  g_clear_pointer (&import->merge.save, zf_save_free);
  if (!ok)
    return FALSE;
  JsonObject *object = zf_roster_report_finish (import->report);
  describe (import, object, path, sheet);
  if (result != NULL)
    *result = object;
  else
    json_object_unref (object);
  return TRUE;
}

static ZfRosterColumns *
find_columns (ZfStore *store, const char *path, const ZfRosterOptions *options, GError **error)
{
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, options->sheet, error);
  return sheet != NULL ? zf_roster_columns_find (zf_store_kinds (store), sheet, options->map_path, error) : NULL;
}

static ZfRosterRows *
scan (ZfRosterColumns *columns, const char *path, const ZfRosterOptions *options, GError **error)
{
  g_autoptr (ZfSheet) sheet = zf_sheet_open (path, options->sheet, error);
  return sheet != NULL ? zf_roster_rows_scan (columns, sheet, error) : NULL;
}

gboolean
zf_roster_import (ZfStore *store, const char *path, const ZfRosterOptions *options, ZfRosterRow row, gpointer row_data,
                  JsonObject **report, GError **error)
{
  static const ZfRosterOptions defaults = { 0 };
  g_return_val_if_fail (ZF_IS_STORE (store) && path != NULL, FALSE);

  options = options != NULL ? options : &defaults;
  const char *source = options->source != NULL ? options->source : DEFAULT_SOURCE;
  g_autoptr (ZfRosterColumns) columns = find_columns (store, path, options, error);
  g_autoptr (ZfRosterRows) rows = columns != NULL ? scan (columns, path, options, error) : NULL;
  g_autoptr (ZfReader) reader = rows != NULL ? zf_reader_new (store, error) : NULL;
  g_autoptr (ZfRosterVillages) villages = reader != NULL ? zf_roster_villages_load (reader, error) : NULL;
  g_autoptr (ZfRosterMatch) match = villages != NULL ? zf_roster_match_load (reader, source, error) : NULL;
  if (match == NULL)
    return FALSE;
  g_autoptr (ZfRosterReport) counts = zf_roster_report_new (row, row_data);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Import import = {
    .store = store, .options = options, .source = source, .columns = columns, .villages = villages, .match = match, .report = counts,
    .numbers = numbers,
  };
  return run (&import, reader, rows, path, report, error);
}
