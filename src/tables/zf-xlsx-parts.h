/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sheet.h"

#include <libxml/xmlreader.h>

G_BEGIN_DECLS

/* ZfXlsxPackage: the archive of an .xlsx file, its parts read from it as streams, one at a time. A part that stands after the one before is
 * found going on; for one that stands before it the archive is opened anew. Names are compared without case. */
typedef struct _ZfXlsxPackage ZfXlsxPackage;
/** zf_xlsx_package_open: the package is whole, not encrypted, and unpacks to a size and ratio that are safe. */
ZfXlsxPackage *zf_xlsx_package_open (const char *path, GError **error);
/** zf_xlsx_package_has: whether the package holds a part. */
gboolean zf_xlsx_package_has (ZfXlsxPackage *package, const char *name);
void zf_xlsx_package_close (ZfXlsxPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfXlsxPackage, zf_xlsx_package_close)

/* ZfXlsxPart: one XML part under a cursor. A DOCTYPE, an oversized or damaged part is an error. Elements and attributes are compared by local
 * name: strict and transitional OOXML differ only in their namespaces. The package outlives its part, and has one at a time. */
typedef struct _ZfXlsxPart ZfXlsxPart;
ZfXlsxPart *zf_xlsx_part_open (ZfXlsxPackage *package, const char *name, guint64 max_bytes, GError **error);
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
  ZfXlsxPackage *package;
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
