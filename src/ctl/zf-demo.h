/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* The demo county: made-up families in real villages, the same for the same options on every machine. Nobody in it lives: ID numbers
 * carry the unassigned region 999999, phones a prefix that no network has. */

/** ZF_DEMO_TODAY: the day on which the demo county stands when the options name none. */
#define ZF_DEMO_TODAY "2026-11-20"

typedef struct
{
  guint households;
  guint64 seed;
  const char *const *villages;  /* (nullable) division codes of any edition; NULL: all villages of the newest edition */
  const char *photos_dir;       /* (nullable) folder of picture files, drawn when it is empty; NULL: no photo records */
  const char *today;            /* (nullable) "YYYY-MM-DD" */
  void (*progress) (guint households_done, gpointer data);  /* (nullable) */
  gpointer progress_data;
} ZfDemoOptions;

typedef struct
{
  guint villages, households, persons, incomes, livings, visits, photos, risks, measures, monitored;
} ZfDemoStats;

/** zf_demo_fill: writes the county into @store: village records as base state, then households with all that belongs to them, 100
 * households a transaction, author "demo". @stats: (out) (nullable). */
gboolean zf_demo_fill (ZfStore *store, const ZfDemoOptions *options, ZfDemoStats *stats, GError **error);
/** zf_demo_roster: writes the same families as the spreadsheet that a county office would export: title row, header in row 3, one row a
 * person. @kinds: for the labels. */
gboolean zf_demo_roster (const char *path, ZfKinds *kinds, const ZfDemoOptions *options, GError **error);
/** zf_demo_photos: draws the picture files into @dir (made when missing); files that are there stay. */
gboolean zf_demo_photos (const char *dir, guint64 seed, GError **error);

G_END_DECLS
