/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-flat.h"
#include "zf-query.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;
  ZfOp op;
  char *value;
} ZfQueryFilter;

typedef struct
{
  char *name;
  gboolean descending;
} ZfQueryOrder;

struct _ZfQuery
{
  char *kind;
  GPtrArray *columns;   /* names */
  GPtrArray *groups;    /* names */
  GPtrArray *filters;   /* ZfQueryFilter */
  GPtrArray *orders;    /* ZfQueryOrder */
  char *search;
  guint offset;
  guint limit;          /* 0: all */
};

/* A query being put into SQL: names are looked up in the kind's flat table, values only bound. */
typedef struct
{
  ZfQuery *query;
  ZfReader *reader;
  ZfKinds *kinds;
  const ZfFlat *flat;
  const ZfFlat *parent;   /* (nullable) joined when a name asks for it */
  gboolean joins;
  guint offset;           /* what is left of the query's when villages are stepped over */
  GPtrArray *binds;       /* values, in the order of the text */
  GArray *types;          /* ZfFieldType of each result column */
  GError **error;
} ZfQueryBuilder;

gboolean zf_query_builder_init (ZfQueryBuilder *b, ZfQuery *query, ZfReader *reader, GError **error);
void zf_query_builder_clear (ZfQueryBuilder *b);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfQueryBuilder, zf_query_builder_clear)

/** zf_query_builder_select: (transfer full): takes limit and offset after the values; zf_query_builder_count: the values only. NULL on error. */
char *zf_query_builder_select (ZfQueryBuilder *b);
char *zf_query_builder_count (ZfQueryBuilder *b);
/** zf_query_builder_bind: the values of the text last made; returns how many. */
int zf_query_builder_bind (ZfQueryBuilder *b, sqlite3_stmt *stmt);

G_END_DECLS
