/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-roster.h"
#include "zf-sheet.h"

G_BEGIN_DECLS

/* The parts of a roster import, in the order in which a row passes them: columns say what a cell means, values read it, rows make
 * households of lines, match finds the record that is meant, merge compares three ways, report counts. */

/* Columns */
typedef enum
{
  ZF_TARGET_NONE,
  ZF_TARGET_FIELD,          /* a field of household or person */
  ZF_TARGET_FLAG,           /* yes/no that puts one choice into a set */
  ZF_TARGET_TOWN,
  ZF_TARGET_VILLAGE,        /* name */
  ZF_TARGET_VILLAGE_CODE,
  ZF_TARGET_HEAD_ID,        /* the householder's ID number, repeated on every row */
} ZfTargetType;

typedef struct
{
  ZfTargetType type;
  const ZfKind *kind;
  const ZfField *field;
  char *choice;             /* ZF_TARGET_FLAG */
  char *header;             /* as printed */
  gboolean shared;          /* the header names a field of both kinds: the household takes its head's */
} ZfRosterColumn;

typedef struct
{
  const ZfKind *household;
  const ZfKind *person;
  GArray *columns;          /* ZfRosterColumn, one for each column of the sheet */
  guint header_row;
  guint last_header_row;    /* differs when the headers take two rows */
  GPtrArray *unknown;       /* headers that name nothing we keep */
} ZfRosterColumns;

#define ZF_HEADER_ROWS 30

/** zf_roster_columns_find: finds the header among the first rows of @path. @map_path (nullable). */
ZfRosterColumns *zf_roster_columns_find (ZfKinds *kinds, ZfSheet *sheet, const char *map_path, GError **error);
void zf_roster_columns_free (ZfRosterColumns *columns);
/** zf_roster_columns_index: sheet column of a target, -1 when there is none. */
int zf_roster_columns_index (ZfRosterColumns *columns, ZfTargetType type, const char *kind, const char *field);
/** zf_roster_columns_header: (nullable): the header as printed over a field. */
const char *zf_roster_columns_header (ZfRosterColumns *columns, const char *kind, const char *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterColumns, zf_roster_columns_free)

/** zf_roster_plain: (transfer full): full-width → ASCII, no white space, no invisible characters. */
char *zf_roster_plain (const char *text);

/* Headers: what offices print over a column. */
/** zf_roster_header_lookup: target of a header ("household.phone", "village", …), NULL when unknown; from labels and synonyms. */
typedef struct _ZfRosterHeaders ZfRosterHeaders;
ZfRosterHeaders *zf_roster_headers_new (ZfKinds *kinds);
void zf_roster_headers_free (ZfRosterHeaders *headers);
const char *zf_roster_headers_find (ZfRosterHeaders *headers, const char *header, gboolean *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterHeaders, zf_roster_headers_free)

/* Values */
typedef struct _ZfRosterValues ZfRosterValues;
ZfRosterValues *zf_roster_values_new (void);
void zf_roster_values_free (ZfRosterValues *values);
/** zf_roster_values_read: (transfer full) (nullable): the value of a cell; NULL and *reason NULL: none; NULL and *reason: why it is none. */
JsonNode *zf_roster_values_read (ZfRosterValues *values, const ZfKind *kind, const ZfField *field, const ZfCell *cell, const char **reason);
/** zf_roster_values_date: (transfer full) (nullable): "YYYY-MM-DD"; @month_only: a year and month will do. */
char *zf_roster_values_date (const ZfCell *cell, gboolean month_only);
/** zf_roster_values_id_number: (transfer full) (nullable): as zf_roster_values_read for ID numbers. */
char *zf_roster_values_id_number (const ZfCell *cell, const char **reason);
/** zf_roster_values_digits: (transfer full) (nullable): as zf_roster_values_id_number for numbers without a check digit. */
char *zf_roster_values_digits (const ZfCell *cell, const char **reason);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterValues, zf_roster_values_free)

/* Lines and households */
typedef struct
{
  guint row;
  JsonObject *household;    /* fields with a value */
  JsonObject *person;       /* fields with a value; empty: the line names no person */
  char *town;
  char *village;
  char *village_code;
  char *head_id;
  char *bad_column;         /* set: the line cannot be used */
  char *bad_reason;
} ZfRosterLine;
void zf_roster_line_free (ZfRosterLine *line);
/** zf_roster_line_bad: marks the line unless it is marked already. */
void zf_roster_line_bad (ZfRosterLine *line, const char *column, const char *reason);

typedef struct
{
  GPtrArray *lines;         /* ZfRosterLine, in the order of the sheet */
  ZfRosterLine *head;       /* (nullable): the householder's line */
  JsonObject *fields;       /* of the household */
  char *code;               /* (nullable) */
  char *head_id;            /* (nullable) */
  char *village;            /* (nullable): record id once found */
} ZfRosterHousehold;
void zf_roster_household_free (ZfRosterHousehold *household);
/** zf_roster_household_bad: (nullable): the first line that cannot be used. */
ZfRosterLine *zf_roster_household_bad (ZfRosterHousehold *household);

typedef struct _ZfRosterRows ZfRosterRows;
typedef gboolean (*ZfRosterHouseholdFunc) (ZfRosterHousehold *household, gpointer data, GError **error);
/** zf_roster_rows_scan: reads the whole sheet once: a damaged file is found before anything is written. */
ZfRosterRows *zf_roster_rows_scan (ZfRosterColumns *columns, ZfSheet *sheet, GError **error);
void zf_roster_rows_free (ZfRosterRows *rows);
guint zf_roster_rows_n (ZfRosterRows *rows);
/** zf_roster_rows_each: reads @sheet (opened anew) and calls @func for every household in the order in which they end. */
gboolean zf_roster_rows_each (ZfRosterRows *rows, ZfSheet *sheet, ZfRosterHouseholdFunc func, gpointer data, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterRows, zf_roster_rows_free)

/* Villages of the store */
typedef struct _ZfRosterVillages ZfRosterVillages;
ZfRosterVillages *zf_roster_villages_load (ZfReader *reader, GError **error);
void zf_roster_villages_free (ZfRosterVillages *villages);
/** zf_roster_villages_find: (nullable): record id; else *reason (transfer full) with the candidates. */
const char *zf_roster_villages_find (ZfRosterVillages *villages, const char *town, const char *village, const char *code, char **reason);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterVillages, zf_roster_villages_free)

/* Which record is meant */
typedef struct _ZfRosterMatch ZfRosterMatch;
ZfRosterMatch *zf_roster_match_load (ZfReader *reader, const char *source, GError **error);
void zf_roster_match_free (ZfRosterMatch *match);
/** zf_roster_match_household: TRUE: *id (nullable) (transfer full) is the record, NULL: a new household. FALSE: a person decides, *reason says
 * why. @key: by zf_roster_match_household_key. */
gboolean zf_roster_match_household (ZfRosterMatch *match, ZfRosterHousehold *household, const char *key, char **id, const char **reason);
/** zf_roster_match_person: likewise within the household @home (nullable: new). *gone: the person was taken out here; the others of the
 * household can still be written. */
gboolean zf_roster_match_person (ZfRosterMatch *match, const char *home, JsonObject *person, const char *key, char **id, gboolean *gone,
                                 const char **reason);
/** zf_roster_match_household_key, _person_key: (transfer full): what a row is known by in later rosters: a hash, no value can be read from it. */
char *zf_roster_match_household_key (ZfRosterHousehold *household);
char *zf_roster_match_person_key (const char *household_key, JsonObject *person);
/** zf_roster_match_n_persons: persons recorded in a household. */
guint zf_roster_match_n_persons (ZfRosterMatch *match, const char *home);
/** zf_roster_match_claim: FALSE when another row of the roster was matched to the same record. */
gboolean zf_roster_match_claim (ZfRosterMatch *match, const char *id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterMatch, zf_roster_match_free)

/* Three-way comparison */
typedef enum { ZF_ROSTER_NEW, ZF_ROSTER_CHANGED, ZF_ROSTER_SAME, ZF_ROSTER_REFUSED, ZF_ROSTER_UNDECIDED, ZF_ROSTER_N_VERDICTS } ZfRosterVerdict;

typedef struct
{
  ZfReader *reader;
  const char *source;
  ZfSave *save;
  ZfRosterColumns *columns;
  guint n_conflicts;
  gboolean merged_at_once;
} ZfRosterMerge;

/** zf_roster_merge_new: adds a record that the store does not have. @fields: all it begins with; @values: those of the roster. */
ZfRosterVerdict zf_roster_merge_new (ZfRosterMerge *merge, const ZfKind *kind, const char *id, JsonObject *fields, JsonObject *values,
                                     const char *row_key);
/** zf_roster_merge: adds what @values change in the record @id. A covered field without a value is an empty cell. @row_key: remembered
 * for the next roster. ZF_ROSTER_REFUSED on @error. */
ZfRosterVerdict zf_roster_merge (ZfRosterMerge *merge, const ZfKind *kind, const char *id, JsonObject *values, const char *row_key,
                                 GError **error);

/* Report */
typedef struct
{
  guint households[ZF_ROSTER_N_VERDICTS];
  guint persons[ZF_ROSTER_N_VERDICTS];
  guint missing;             /* persons recorded that the roster does not name */
  guint first_row;           /* first problem, for the one error of a file of which nothing can be used */
  char *first_column;
  char *first_reason;
  JsonArray *problems;
  JsonArray *notes;
  ZfRosterRow row;
  gpointer row_data;
} ZfRosterReport;
ZfRosterReport *zf_roster_report_new (ZfRosterRow row, gpointer row_data);
void zf_roster_report_free (ZfRosterReport *report);
/** zf_roster_report_row: one row's verdict; refused and undecided ones are listed as problems. */
void zf_roster_report_row (ZfRosterReport *report, guint row, ZfRosterVerdict verdict, const char *column, const char *reason);
void zf_roster_report_note (ZfRosterReport *report, guint row, const char *reason);
/** zf_roster_report_finish: (transfer full). */
JsonObject *zf_roster_report_finish (ZfRosterReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRosterReport, zf_roster_report_free)

G_END_DECLS
