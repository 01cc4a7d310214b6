/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-home.h"
#include "zf-record.h"

G_BEGIN_DECLS

/* Flat tables: one narrow table k_KIND a kind, with typed columns for the fields that its file names, so that lists never parse JSON.
 * Identifiers in SQL come only from loaded kind files (names are [a-z0-9_]+); values are bound. Private to the core. */

typedef struct
{
  const char *name;   /* as queries name it */
  const char *sql;    /* quoted column */
  ZfFieldType type;
} ZfFlatColumn;

typedef struct
{
  const ZfKind *kind;
  const char *name;
  const char *table[2];        /* main."k_KIND", temp."k_KIND" */
  ZfFlatColumn *columns;       /* id, parent, village, then the fields */
  guint n_columns;
  const ZfFlatColumn *date;        /* (nullable) what "latest" and timelines go by */
  const ZfFlatColumn *supersedes;  /* (nullable) append-only kinds */
  GPtrArray *sort;             /* (element-type ZfFlatColumn): the order of lists */
  gboolean numbered;           /* a home kind: its rowid is the home's number, column n */
  const char *create[2];
  const char *indexes;
  const char *find[2], *put[2], *remove[2], *superseded[2], *settle[2], *latest[2];
  char *fingerprint;           /* changes when the tables must be remade */
} ZfFlat;

#define ZF_FLAT_SYSTEM 3       /* columns[0..2] */

/* What the rest of the derived tables must know of a row as it stood. */
typedef struct
{
  gboolean exists;
  gboolean head;
  char *parent;
  char *date;
  char *supersedes;
} ZfFlatRow;
void zf_flat_row_clear (ZfFlatRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfFlatRow, zf_flat_row_clear)

/** zf_flat_get: (transfer none): made once for each registry and kept with it; NULL for an unknown kind. */
const ZfFlat *zf_flat_get (ZfKinds *kinds, const char *kind);
/** zf_flat_column: (nullable): the column that queries call @name. */
const ZfFlatColumn *zf_flat_column (const ZfFlat *flat, const char *name);

gboolean zf_flat_find (ZfDb *db, const ZfFlat *flat, const char *id, ZfFlatRow *row, GError **error);
/** zf_flat_put: writes the row of a live record; @head: nothing live supersedes it. */
gboolean zf_flat_put (ZfDb *db, const ZfFlat *flat, ZfSide side, const ZfRecord *record, gboolean head, GError **error);
/** zf_flat_insert: the row of a head that was not here; @n: the number of a home. zf_flat_date: (transfer full): a date as tallies compare it. */
gboolean zf_flat_insert (ZfDb *db, const ZfFlat *flat, const ZfRecord *record, gint64 n, GError **error);
char *zf_flat_date (JsonNode *date);
gboolean zf_flat_remove (ZfDb *db, const ZfFlat *flat, const char *id, GError **error);
/** zf_flat_superseded: whether a live record of the kind supersedes @id. */
gboolean zf_flat_superseded (ZfDb *db, const ZfFlat *flat, const char *id);

G_END_DECLS
