/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  ZF_TABLE_ERROR_FORMAT = 0,     /* not a spreadsheet of a kind that we read, truncated, or hostile */
  ZF_TABLE_ERROR_ENCODING = 1,
  ZF_TABLE_ERROR_HEADER = 2,     /* no header row found, or a needed column is missing, named */
  ZF_TABLE_ERROR_LIMIT = 3,
  ZF_TABLE_ERROR_IO = 4,
} ZfTableError;
#define ZF_TABLE_ERROR (zf_table_error_quark ())
GQuark zf_table_error_quark (void);

typedef enum { ZF_CELL_EMPTY, ZF_CELL_TEXT, ZF_CELL_NUMBER, ZF_CELL_DATE /* text is YYYY-MM-DD */, ZF_CELL_ERROR /* #REF! … */ } ZfCellType;
typedef struct { ZfCellType type; const char *text; /* canonical text of the value, valid until the next row */ } ZfCell;

/* ZfSheet: rows of a spreadsheet or CSV file one by one, in bounded memory. */
typedef struct _ZfSheet ZfSheet;
/** zf_sheet_open: .xlsx (libarchive + libxml2's reader), .xls (libfreexl), .csv/.txt (UTF-8 with or without BOM, GB18030, detected), told
 * apart by content. @sheet_name (nullable): that sheet, else the first visible one. */
ZfSheet *zf_sheet_open (const char *path, const char *sheet_name, GError **error);
/** zf_sheet_open_book: a workbook with no sheet chosen yet. zf_sheet_names: (transfer full): the names of its sheets in the order of their tabs, hidden
 * ones too. zf_sheet_select: to the first row of the sheet @name. */
ZfSheet *zf_sheet_open_book (const char *path, GError **error);
char **zf_sheet_names (ZfSheet *sheet);
gboolean zf_sheet_select (ZfSheet *sheet, const char *name, GError **error);
void zf_sheet_close (ZfSheet *sheet);
/** zf_sheet_next: the next row; FALSE at the end or on @error. @row_number: 1-based as the spreadsheet shows it. */
gboolean zf_sheet_next (ZfSheet *sheet, const ZfCell **cells, guint *n_cells, guint *row_number, GError **error);
/** zf_sheet_describe: "xlsx, 表“农户”" or "csv, GB18030": shown to the person. */
const char *zf_sheet_describe (ZfSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSheet, zf_sheet_close)

G_END_DECLS
