/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sheet.h"

G_BEGIN_DECLS

/* What a spreadsheet can hold at most (OOXML); more is damage, not data. */
#define ZF_SHEET_MAX_ROWS 1048576
#define ZF_SHEET_MAX_COLUMNS 16384
#define ZF_SHEET_MAX_BYTES ((guint64) 1 << 30)

/* The one row under the reader's eyes: cells whose texts lie end to end in one buffer that every row uses again. */
typedef struct
{
  GArray *cells;     /* ZfCell */
  GArray *offsets;   /* gsize: where each text begins; texts move while the row grows */
  GString *text;
} ZfRowBuffer;

void zf_row_buffer_init (ZfRowBuffer *row);
void zf_row_buffer_reset (ZfRowBuffer *row);
void zf_row_buffer_clear (ZfRowBuffer *row);
/** zf_row_buffer_put: sets the cell at 0-based @column; the ones left out before it are empty. */
void zf_row_buffer_put (ZfRowBuffer *row, guint column, ZfCellType type, const char *text, gsize len);
/** zf_row_buffer_seal: makes the text pointers of the cells valid. */
void zf_row_buffer_seal (ZfRowBuffer *row);
/** zf_row_buffer_is_empty: no cell holds anything. */
gboolean zf_row_buffer_is_empty (ZfRowBuffer *row);

/* One format: how to open the file, what sheets it holds, how to go to the first row of one, how to read the next row, how to let go. */
typedef struct
{
  gpointer (*open) (const char *path, GError **error);
  char **(*names) (gpointer reader);   /* NULL: the format has no sheets by name */
  gboolean (*select) (gpointer reader, const char *sheet_name, char **description, GError **error);
  gboolean (*next) (gpointer reader, ZfRowBuffer *row, guint *row_number, GError **error);
  void (*free) (gpointer reader);
} ZfSheetFormat;

extern const ZfSheetFormat zf_sheet_xlsx;
extern const ZfSheetFormat zf_sheet_xls;
extern const ZfSheetFormat zf_sheet_csv;

/** zf_sheet_number_text: (transfer full): a number as a person would write it: no exponent, no binary noise. */
char *zf_sheet_number_text (double value);
/** zf_sheet_serial_date: (transfer full) (nullable): spreadsheet day number → "YYYY-MM-DD"; NULL when it is no day. */
char *zf_sheet_serial_date (double serial, gboolean date_1904);
/** zf_sheet_is_error_text: "#REF!", "#N/A" and the others that a spreadsheet shows for a formula that failed. */
gboolean zf_sheet_is_error_text (const char *text);

G_END_DECLS
