/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "zf-sheet.h"

G_BEGIN_DECLS

/* The sheets that a form is made of; any other sheet is kept word for word. */
typedef enum
{
  ZF_XLSFORM_SURVEY,
  ZF_XLSFORM_CHOICES,
  ZF_XLSFORM_SETTINGS,
  ZF_XLSFORM_KIND,
  ZF_XLSFORM_OTHER,
} ZfXlsformSheet;
#define ZF_XLSFORM_N_SHEETS ZF_XLSFORM_OTHER

/* The column of the choices sheet that marks the rows of a shared code list, and what stands in it. */
#define ZF_XLSFORM_SHARED "zf_shared"
#define ZF_XLSFORM_YES "yes"
/* Member of a kind file: name of a sheet → its rows, each an array of texts. */
#define ZF_XLSFORM_SHEETS "sheets"

/** zf_xlsform_sheet_name: "survey" … of a sheet of a form. zf_xlsform_sheet_find: the sheet that @name stands for. */
const char *zf_xlsform_sheet_name (ZfXlsformSheet sheet);
ZfXlsformSheet zf_xlsform_sheet_find (const char *name);
/** zf_xlsform_column: (transfer full): the name that a header stands for: aliases, cases, spaces, full-width colons, names of languages. */
char *zf_xlsform_column (ZfXlsformSheet sheet, const char *header);
/** zf_xlsform_is_weak: the header stands for a column only where no other does: choices often have a "value" of their own beside "name". */
gboolean zf_xlsform_is_weak (ZfXlsformSheet sheet, const char *header);
/** zf_xlsform_value: (transfer full): what a cell of @column says; "" for nothing. */
char *zf_xlsform_value (const char *column, const char *text);
/** zf_xlsform_type: (transfer full): the type as the core spells it; a type that is in no list stays as it is. */
char *zf_xlsform_type (const char *text);
/** zf_xlsform_spell_out: a survey row whose type says a condition too ("phone number") gets both as columns of their own; what stands there stays. FALSE:
 * it is no such row. */
gboolean zf_xlsform_spell_out (JsonObject *row);
/** zf_xlsform_may_name: answers of @type can name a record in a list. */
gboolean zf_xlsform_may_name (const char *type);
/** zf_xlsform_list_of: (transfer full) (nullable): the code list that a type names. */
char *zf_xlsform_list_of (const char *type);
/** zf_xlsform_kind_name: (transfer full): a name that a kind may have, made from any text. */
char *zf_xlsform_kind_name (const char *text);

/** zf_xlsform_setting_read: (transfer full): a value of the kind sheet; NULL when it begins as JSON and is none. zf_xlsform_setting_text:
 * (transfer full): the other way. */
JsonNode *zf_xlsform_setting_read (const char *text);
char *zf_xlsform_setting_text (JsonNode *value);

/** zf_xlsform_place: (transfer full): “survey”, row 12, column D `relevant`. @column is 0-based, -1 for the whole row; @key is nullable. */
char *zf_xlsform_place (const char *sheet, guint row, int column, const char *key);

G_END_DECLS
