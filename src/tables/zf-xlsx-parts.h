/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sheet.h"

#include <libxml/xmlreader.h>

G_BEGIN_DECLS

/* The parts of an .xlsx package, each read from the archive as a stream: a shared string may stand after the sheet that uses it, so every
 * part opens the archive anew. Names are compared by local name: strict and transitional OOXML differ only in their namespaces. */

/* ZfXlsxPart: one XML part under a cursor. A DOCTYPE, an oversized or damaged part is an error. */
typedef struct _ZfXlsxPart ZfXlsxPart;
ZfXlsxPart *zf_xlsx_part_open (const char *path, const char *name, guint64 max_bytes, GError **error);
/** zf_xlsx_part_next: to the next node; FALSE at the end or on @error. */
gboolean zf_xlsx_part_next (ZfXlsxPart *part, GError **error);
void zf_xlsx_part_close (ZfXlsxPart *part);
/** zf_xlsx_part_type: XML_READER_TYPE_*. zf_xlsx_part_tag: local name of the element. zf_xlsx_part_begins / _ends: the cursor stands on
 * the start of an element / after its last child (for <x/> both are true). */
int zf_xlsx_part_type (ZfXlsxPart *part);
const char *zf_xlsx_part_tag (ZfXlsxPart *part);
gboolean zf_xlsx_part_begins (ZfXlsxPart *part, const char *tag);
gboolean zf_xlsx_part_ends (ZfXlsxPart *part, const char *tag);
/** zf_xlsx_part_attribute: (transfer full) (nullable): by local name. */
char *zf_xlsx_part_attribute (ZfXlsxPart *part, const char *name);
/** zf_xlsx_part_text: (nullable): text of a text node, valid until the next node. */
const char *zf_xlsx_part_text (ZfXlsxPart *part);
/** zf_xlsx_part_reader: for loops that walk attributes without copying them. */
xmlTextReaderPtr zf_xlsx_part_reader (ZfXlsxPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfXlsxPart, zf_xlsx_part_close)

/* ZfXlsxBook: what the sheets share. */
typedef struct
{
  char *name;
  char *part;         /* path inside the archive */
  gboolean hidden;
} ZfXlsxSheetInfo;

typedef struct
{
  GPtrArray *sheets;      /* ZfXlsxSheetInfo, in the order of the tabs */
  gboolean date_1904;
  GString *string_text;   /* shared strings end to end, each with its NUL */
  GArray *string_at;      /* guint32: where each begins */
  GArray *date_styles;    /* gboolean by cell style */
} ZfXlsxBook;

/** zf_xlsx_book_open: checks the archive against the size limits, then reads workbook, shared strings and styles. */
ZfXlsxBook *zf_xlsx_book_open (const char *path, GError **error);
void zf_xlsx_book_free (ZfXlsxBook *book);
/** zf_xlsx_book_string: (nullable): a shared string. */
const char *zf_xlsx_book_string (ZfXlsxBook *book, guint64 index);
/** zf_xlsx_append_text: appends text, with _x000D_ and the like as the characters that they stand for. */
void zf_xlsx_append_text (GString *out, const char *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfXlsxBook, zf_xlsx_book_free)

G_END_DECLS
