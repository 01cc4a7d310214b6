/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-map"

#include "zf-cluster.h"

#include <math.h>

#define AREA_BITS 3u /* an area that is shown exactly or not is 8 × 8 cells */
#define BITS 31u /* of each world coordinate; one cell of the deepest level is 2 cm */

typedef struct
{
  guint64 key;     /* bits of x and y interleaved: the Z-curve */
  guint32 index;
  guint8 level;
} Entry;

struct _ZfCluster
{
  guint n;
  Entry *entries;    /* by key */
};

/* The columns and rows of one level that a query touches. */
typedef struct
{
  guint bits;
  gint64 left, top, right, bottom;   /* cells, inclusive */
} Cells;

static guint64
spread (guint64 value)
{
  value &= 0xffffffffu;
  value = (value | value << 16) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
  value = (value | value << 8) & G_GUINT64_CONSTANT (0x00ff00ff00ff00ff);
  value = (value | value << 4) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);
  value = (value | value << 2) & G_GUINT64_CONSTANT (0x3333333333333333);
  return (value | value << 1) & G_GUINT64_CONSTANT (0x5555555555555555);
}

static guint64
gather (guint64 value)
{
  value &= G_GUINT64_CONSTANT (0x5555555555555555);
  value = (value | value >> 1) & G_GUINT64_CONSTANT (0x3333333333333333);
  value = (value | value >> 2) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);
  value = (value | value >> 4) & G_GUINT64_CONSTANT (0x00ff00ff00ff00ff);
  value = (value | value >> 8) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
  return (value | value >> 16) & 0xffffffffu;
}

static guint64
key_of (gint64 x, gint64 y)
{
  return spread ((guint64) x) | spread ((guint64) y) << 1;
}

static gint64
grid (double part)
{
  double cells = ldexp (1, BITS);
  return (gint64) CLAMP (floor (part * cells), 0, cells - 1);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = a;
  const Entry *y = b;
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

ZfCluster *
zf_cluster_new (const ZfClusterPoint *points, guint n)
{
  ZfCluster *self = g_new0 (ZfCluster, 1);
  self->n = n;
  self->entries = g_new (Entry, n + 1);
  for (guint i = 0; i < n; i++)
    {
      gint64 x = grid (zf_mercator_x (points[i].lon_e7 / 1e7));
      gint64 y = grid (zf_mercator_y (points[i].lat_e7 / 1e7));
      self->entries[i] = (Entry) { key_of (x, y), i, points[i].level };
    }
  qsort (self->entries, n, sizeof (Entry), compare_entries);
  return self;
}

void
zf_cluster_free (ZfCluster *self)
{
  g_free (self->entries);
  g_free (self);
}

guint
zf_cluster_n (ZfCluster *self)
{
  return self->n;
}

/* First entry in [@from, @to) whose key is not below @key. */
static guint
lower_bound (ZfCluster *self, guint64 key, guint from, guint to)
{
  guint low = from;
  guint high = to;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (self->entries[middle].key < key)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Cells are powers of two of the world: the one whose size is nearest to what was asked. */
static guint
bits_for (const ZfViewport *viewport, double cell)
{
  double bits = round (log2 (viewport->scale / MAX (cell, 1)));
  return (guint) CLAMP (bits, AREA_BITS, BITS);
}

static Cells
cells_of (const ZfViewport *viewport, double margin, guint bits)
{
  double n = ldexp (1, (int) bits);
  double pad = margin / viewport->scale;
  Cells cells = { .bits = bits };
  cells.left = (gint64) CLAMP (floor ((viewport->west - pad) * n), 0, n - 1);
  cells.top = (gint64) CLAMP (floor ((viewport->north - pad) * n), 0, n - 1);
  cells.right = (gint64) CLAMP (floor ((viewport->west + viewport->width / viewport->scale + pad) * n), 0, n - 1);
  cells.bottom = (gint64) CLAMP (floor ((viewport->north + viewport->height / viewport->scale + pad) * n), 0, n - 1);
  return cells;
}

static void
entry_pixels (const Entry *entry, const ZfViewport *viewport, double *x, double *y)
{
  double world = ldexp (1, BITS);
  *x = ((gather (entry->key) + 0.5) / world - viewport->west) * viewport->scale;
  *y = ((gather (entry->key >> 1) + 0.5) / world - viewport->north) * viewport->scale;
}

static ZfClusterMark
mark_of_run (ZfCluster *self, const ZfViewport *viewport, guint from, guint to)
{
  double sum_x = 0, sum_y = 0;
  ZfClusterMark mark = { .count = to - from, .index = self->entries[from].index, .level = self->entries[from].level };
  for (guint i = from; i < to; i++)
    {
      double x, y;
      entry_pixels (&self->entries[i], viewport, &x, &y);
      sum_x += x;
      sum_y += y;
      if (self->entries[i].level > mark.level)
        {
          mark.level = self->entries[i].level;
          mark.index = self->entries[i].index;
        }
    }
  mark.x = sum_x / mark.count;
  mark.y = sum_y / mark.count;
  return mark;
}

typedef struct
{
  const ZfViewport *viewport;
  GArray *marks;
  double margin;
  Cells cells;
  guint exact_limit;
} Gathering;

static void
gather_run (ZfCluster *self, guint from, guint to, Gathering *gathering)
{
  ZfClusterMark mark = mark_of_run (self, gathering->viewport, from, to);
  g_array_append_val (gathering->marks, mark);
}

static gboolean
in_view (const Gathering *gathering, const ZfClusterMark *mark)
{
  return mark->x >= -gathering->margin && mark->x <= gathering->viewport->width + gathering->margin
         && mark->y >= -gathering->margin && mark->y <= gathering->viewport->height + gathering->margin;
}

static void
list_run (ZfCluster *self, guint from, guint to, Gathering *gathering)
{
  for (guint i = from; i < to; i++)
    {
      ZfClusterMark mark = mark_of_run (self, gathering->viewport, i, i + 1);
      if (in_view (gathering, &mark))
        g_array_append_val (gathering->marks, mark);
    }
}

static gboolean
touches (const Cells *cells, guint bits, gint64 x, gint64 y)
{
  guint up = cells->bits - bits;
  return x >= cells->left >> up && x <= cells->right >> up && y >= cells->top >> up && y <= cells->bottom >> up;
}

/* Down the quadtree that the curve is: a square without points or outside the view costs one comparison. Whether an area is shown point by
 * point depends on the area alone, so panning never turns a cluster into points. */
static void
visit (ZfCluster *self, Gathering *gathering, guint bits, gint64 x, gint64 y, guint from, guint to)
{
  if (from == to || !touches (&gathering->cells, bits, x, y))
    return;
  if (bits + AREA_BITS == gathering->cells.bits && to - from <= gathering->exact_limit)
    {
      list_run (self, from, to, gathering);
      return;
    }
  if (bits == gathering->cells.bits)
    {
      gather_run (self, from, to, gathering);
      return;
    }
  guint shift = 2 * (BITS - bits - 1);
  guint64 first = key_of (2 * x, 2 * y);
  for (guint64 child = 0; child < 4; child++)
    {
      guint end = child == 3 ? to : lower_bound (self, (first + child + 1) << shift, from, to);
      visit (self, gathering, bits + 1, 2 * x + (gint64) (child & 1), 2 * y + (gint64) (child >> 1), from, end);
      from = end;
    }
}

GArray *
zf_cluster_query (ZfCluster *self, const ZfViewport *viewport, double margin, double cell, guint exact_limit)
{
  g_return_val_if_fail (self != NULL && viewport != NULL, NULL);
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (ZfClusterMark));
  Gathering gathering = { viewport, marks, margin, cells_of (viewport, margin, bits_for (viewport, cell)), exact_limit };
  visit (self, &gathering, 0, 0, 0, 0, self->n);
  return marks;
}

static gboolean
overlap (const ZfClusterMark *a, const ZfClusterMark *b, double width, double height, double near)
{
  if (a->count == 1 && b->count == 1)
    return hypot (a->x - b->x, a->y - b->y) < near;
  return fabs (a->x - b->x) < width && fabs (a->y - b->y) < height;
}

static void
swallow (ZfClusterMark *mark, const ZfClusterMark *other)
{
  guint count = mark->count + other->count;
  mark->x = (mark->x * mark->count + other->x * other->count) / count;
  mark->y = (mark->y * mark->count + other->y * other->count) / count;
  mark->count = count;
  if (other->level > mark->level)
    {
      mark->level = other->level;
      mark->index = other->index;
    }
}

typedef struct
{
  double width, height, near;
  guint keep;
} Uniting;

static gboolean
stays (const ZfClusterMark *mark, const Uniting *uniting)
{
  return mark->count == 1 && mark->index == uniting->keep;
}

/* Two that lie on one another; FALSE: none do. */
static gboolean
find_overlap (GArray *marks, const Uniting *uniting, guint *first, guint *second)
{
  for (*first = 0; *first < marks->len; (*first)++)
    for (*second = *first + 1; *second < marks->len; (*second)++)
      {
        const ZfClusterMark *a = &g_array_index (marks, ZfClusterMark, *first);
        const ZfClusterMark *b = &g_array_index (marks, ZfClusterMark, *second);
        if (!stays (a, uniting) && !stays (b, uniting) && overlap (a, b, uniting->width, uniting->height, uniting->near))
          return TRUE;
      }
  return FALSE;
}

void
zf_cluster_unite (GArray *marks, double width, double height, double near, guint keep)
{
  g_return_if_fail (marks != NULL);
  Uniting uniting = { width, height, near, keep };
  guint first, second;
  while (find_overlap (marks, &uniting, &first, &second))
    {
      swallow (&g_array_index (marks, ZfClusterMark, first), &g_array_index (marks, ZfClusterMark, second));
      g_array_remove_index (marks, second);
    }
}

GArray *
zf_cluster_members (ZfCluster *self, const ZfViewport *viewport, double cell, guint index)
{
  g_return_val_if_fail (self != NULL && viewport != NULL, NULL);
  GArray *members = g_array_new (FALSE, FALSE, sizeof (guint));
  guint shift = 2 * (BITS - bits_for (viewport, cell));
  guint at = 0;
  while (at < self->n && self->entries[at].index != index)
    at++;
  if (at == self->n)
    return members;
  guint64 run = self->entries[at].key >> shift;
  for (guint i = lower_bound (self, run << shift, 0, self->n); i < self->n && self->entries[i].key >> shift == run; i++)
    g_array_append_val (members, self->entries[i].index);
  return members;
}
