/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-mercator.h"

G_BEGIN_DECLS

/* ZfCluster: 100,000 places ready to be drawn. Points lie sorted along the Z-curve of the world square, so that every cell of every zoom is
 * one run of the array, found by two binary searches. Cells are anchored to the world, not to the screen: panning moves clusters and never
 * makes others. Immutable after zf_cluster_new. Thread-safe for reading. */
typedef struct _ZfCluster ZfCluster;

typedef struct
{
  gint32 lat_e7;   /* WGS-84 degrees × 10^7 */
  gint32 lon_e7;
  guint8 level;    /* the greater, the worse; what it means is the caller's */
} ZfClusterPoint;

typedef struct
{
  double x, y;        /* pixels in the viewport: the middle of its points */
  guint count;
  guint index;        /* of a point as given to zf_cluster_new: the only one, or the first of the worst */
  guint8 level;       /* the worst level in it */
} ZfClusterMark;

/** zf_cluster_new: copies @points. */
ZfCluster *zf_cluster_new (const ZfClusterPoint *points, guint n);
void zf_cluster_free (ZfCluster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfCluster, zf_cluster_free)
guint zf_cluster_n (ZfCluster *self);
/** zf_cluster_query: (transfer full) (element-type ZfClusterMark): what to draw in @viewport and @margin pixels around it, in a stable
 * order: points gathered in cells of about @cell pixels. An area of 8 × 8 cells that holds at most @exact_limit points gives them one by
 * one (count 1). */
GArray *zf_cluster_query (ZfCluster *self, const ZfViewport *viewport, double margin, double cell, guint exact_limit);
/** zf_cluster_unite: marks of @marks that would lie on one another, drawn @width by @height pixels, become one; single points only where they
 * are nearer than @near pixels (0: never). @keep (G_MAXUINT: none): the point of this index stays by itself. */
void zf_cluster_unite (GArray *marks, double width, double height, double near, guint keep);
/** zf_cluster_members: (transfer full) (element-type guint): the points of the cluster that a query with the same @viewport and @cell gives
 * around point @index. */
GArray *zf_cluster_members (ZfCluster *self, const ZfViewport *viewport, double cell, guint index);

G_END_DECLS
