/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-sketch.h"

G_BEGIN_DECLS

/* What a sketch knows, in world coordinates (zf-mercator.h); shared by its two files. */
typedef struct
{
  double x, y;
} ZfSketchPoint;

typedef struct
{
  int level;            /* 1: the Yangtze, greater: smaller */
  GArray *points;       /* ZfSketchPoint */
} ZfSketchRiver;

typedef struct
{
  char *name;
  ZfSketchPoint at;
  gboolean street;      /* 街道: part of the county town */
} ZfSketchTown;

struct _ZfSketch
{
  GPtrArray *rivers;    /* ZfSketchRiver* */
  GPtrArray *towns;     /* ZfSketchTown*, in the order of the file */
  double west, south, east, north;
};

G_END_DECLS
