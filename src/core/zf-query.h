/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* The one way upper folders read many records: kind, columns, filters, group, order, page. Names are fields of the kind that
 * are kept in its flat table (settings "columns") or "id", "parent", "village"; anything else is ZF_ERROR_INVALID. Only live heads
 * (not deleted, not superseded) are seen. No SQL leaves the core. */
typedef enum
{
  ZF_OP_EQ, ZF_OP_NE, ZF_OP_LT, ZF_OP_LE, ZF_OP_GT, ZF_OP_GE, ZF_OP_IN /* values separated by \n */, ZF_OP_NULL, ZF_OP_NOT_NULL
} ZfOp;

typedef struct _ZfQuery ZfQuery;
typedef struct _ZfRows ZfRows;

ZfQuery *zf_query_new (const char *kind);
void zf_query_free (ZfQuery *query);
/** zf_query_column: adds a result column. Besides flat columns: "@n:KIND" and "@latest:KIND" = number of live child records of
 * that kind and the greatest value of its date field; "PARENTFIELD.FIELD" = one column of the parent's flat table. */
void zf_query_column (ZfQuery *query, const char *name);
void zf_query_columns (ZfQuery *query, ...) G_GNUC_NULL_TERMINATED;
/** zf_query_where: filters are joined by AND; @value as stored text ("12", "2026-01-01"), compared by the column's type. EQ, NE and IN on a set
 * ask whether it contains the code; NE is also true of an empty value. */
void zf_query_where (ZfQuery *query, const char *name, ZfOp op, const char *value);
/** zf_query_search: only records whose household (topmost ancestor) matches @text as zf_search does; text without a letter, digit or
 * Chinese character restricts nothing. */
void zf_query_search (ZfQuery *query, const char *text);
void zf_query_group (ZfQuery *query, const char *name);      /* result: the group column(s) and "@count" */
/** zf_query_order: without any, the kind's own order ("sort", else its date); equal rows go by id. Groups go by "@count" or a group. */
void zf_query_order (ZfQuery *query, const char *name, gboolean descending);
void zf_query_page (ZfQuery *query, guint offset, guint limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfQuery, zf_query_free)

/** zf_query_run: (transfer full): the rows; zf_query_count: number of matches without the page, -1 on error. */
ZfRows *zf_query_run (ZfQuery *query, ZfReader *reader, GError **error);
gint64 zf_query_count (ZfQuery *query, ZfReader *reader, GError **error);
/** zf_query_plan: (transfer full): EXPLAIN QUERY PLAN, for tests ("SCAN record" must never stand in it). */
char *zf_query_plan (ZfQuery *query, ZfReader *reader, GError **error);

guint zf_rows_n (ZfRows *rows);
/** zf_rows_text: value as text, NULL when empty (transfer none): a set as "a b", a decimal canonical. zf_rows_int: 0 when empty.
 * Columns in the order asked. */
const char *zf_rows_text (ZfRows *rows, guint row, guint column);
gint64 zf_rows_int (ZfRows *rows, guint row, guint column);
void zf_rows_free (ZfRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRows, zf_rows_free)

typedef struct
{
  char *id;        /* the record that matched */
  char *kind;
  char *home;      /* its topmost ancestor below the village: the household */
  char *village;
} ZfHit;
void zf_hit_free (ZfHit *hit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfHit, zf_hit_free)

/** zf_search: (transfer full) (element-type ZfHit): best first. @text: Chinese characters (all must stand together), pinyin or its
 * initials (zgh), the last digits of an ID number or phone, nickname; several words separated by space must all match. */
GPtrArray *zf_search (ZfReader *reader, const char *text, guint limit, GError **error);

/** Places for the map: zf_places: (transfer full) (element-type ZfPlace inside a GArray). */
typedef struct
{
  char id[37];
  gint32 lat_e7;   /* WGS-84 degrees × 10^7 */
  gint32 lon_e7;
} ZfPlace;
/** zf_places: every live record of @kind that has a position, optionally of one village (nullable). */
GArray *zf_places (ZfReader *reader, const char *kind, const char *village, GError **error);

G_END_DECLS
