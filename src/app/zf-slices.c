/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-slices.h"

/* Half a frame. */
#define SLICE_US 8000

typedef struct
{
  guint *id;
  ZfSliceFunc step;
  gpointer data;
} Slices;

static gboolean
on_idle (gpointer data)
{
  Slices *slices = data;
  gint64 until = g_get_monotonic_time () + SLICE_US;
  gboolean more = TRUE;

  while (more && g_get_monotonic_time () < until)
    more = slices->step (slices->data);
  if (more)
    return G_SOURCE_CONTINUE;
  *slices->id = 0;
  return G_SOURCE_REMOVE;
}

void
zf_slices_start (guint *id, ZfSliceFunc step, gpointer data)
{
  Slices *slices = g_new (Slices, 1);

  g_return_if_fail (*id == 0);
  *slices = (Slices) { .id = id, .step = step, .data = data };
  *id = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle, slices, g_free);
}

void
zf_slices_stop (guint *id)
{
  g_clear_handle_id (id, g_source_remove);
}

void
zf_slices_finish (guint *id, ZfSliceFunc step, gpointer data)
{
  if (*id == 0)
    return;
  zf_slices_stop (id);
  while (step (data))
    ;
}
