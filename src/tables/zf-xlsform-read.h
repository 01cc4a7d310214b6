/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"
#include "zf-sheet.h"

G_BEGIN_DECLS

/* ZfXlsform: an XLSForm workbook (.xlsx, .xls) as a kind file (data/forms/README.md). Spellings become the ones of the kind files; a column or
 * sheet that the product does not use is kept word for word. What the rows mean is not asked here: `form check` does that. */
typedef struct _ZfXlsform ZfXlsform;

/** zf_xlsform_read: (transfer full): reads the workbook at @path. A sheet "kind" brings the kind's settings; without one the kind is named after
 * its form_id. @parent (nullable): the kind that owns its records, whatever the workbook says. Rows of the choices sheet marked as a shared
 * list of @kinds are left out when they equal it. Pictures that rows name come from the folder FORM-media beside FORM.xlsx. Errors (ZF_TABLE_ERROR) name sheet, row and column. */
ZfXlsform *zf_xlsform_read (const char *path, ZfKinds *kinds, const char *parent, GError **error);
void zf_xlsform_free (ZfXlsform *form);
/** zf_xlsform_file: (transfer none): the kind file. */
JsonObject *zf_xlsform_file (ZfXlsform *form);
/** zf_xlsform_notes: (transfer none) (element-type utf8): sentences for the person: what was decided in the workbook's stead. */
GPtrArray *zf_xlsform_notes (ZfXlsform *form);
/** zf_xlsform_place_of: (transfer full): where row @index (0-based) of the sheet "survey", "choices" or "settings" of the kind file stands in the
 * workbook, as a spreadsheet shows it: “survey”, row 12, column D `relevant`. @column (nullable). */
char *zf_xlsform_place_of (ZfXlsform *form, const char *sheet, guint index, const char *column);
/** zf_xlsform_text: (transfer full): a kind file as people read it, a row a line. */
char *zf_xlsform_text (JsonObject *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfXlsform, zf_xlsform_free)

G_END_DECLS
