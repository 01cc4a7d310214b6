/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-pack-source.h"

#define SKETCH_MIN_ZOOM 8
#define SKETCH_MAX_ZOOM 17

struct _ZfPackSource
{
  ShumateMapSource parent_instance;

  ZfMbtiles *pack;
};

G_DEFINE_FINAL_TYPE (ZfPackSource, zf_pack_source, SHUMATE_TYPE_MAP_SOURCE)

typedef struct
{
  ZfMbtiles *pack;
  ShumateTile *tile;   /* touched on the main thread only */
  guint x, y, zoom, size;
} Fill;

static void
fill_free (Fill *fill)
{
  g_object_unref (fill->pack);
  g_object_unref (fill->tile);
  g_free (fill);
}

static GdkPixbuf *
decode (GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

  return gdk_pixbuf_new_from_stream (stream, NULL, NULL);
}

/* The part of the parent tile, @up zooms above, that tile x, y covers, enlarged to a whole tile. */
static GdkTexture *
from_parent (Fill *fill, guint up)
{
  g_autoptr (GBytes) bytes = zf_mbtiles_tile (fill->pack, fill->zoom - up, fill->x >> up, fill->y >> up, NULL);
  g_autoptr (GdkPixbuf) parent = bytes != NULL ? decode (bytes) : NULL;
  g_autoptr (GdkPixbuf) part = NULL;
  g_autoptr (GdkPixbuf) whole = NULL;
  int width = 0, height = 0;

  if (parent == NULL)
    return NULL;
  width = gdk_pixbuf_get_width (parent) >> up;
  height = gdk_pixbuf_get_height (parent) >> up;
  if (width < 1 || height < 1)
    return NULL;
  part = gdk_pixbuf_new_subpixbuf (parent, (int) (fill->x & ((1u << up) - 1)) * width, (int) (fill->y & ((1u << up) - 1)) * height,
                                   width, height);
  whole = gdk_pixbuf_scale_simple (part, (int) fill->size, (int) fill->size, GDK_INTERP_BILINEAR);
  return whole != NULL ? gdk_texture_new_for_pixbuf (whole) : NULL;
}

static void
fill_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fill *fill = data;
  g_autoptr (GBytes) bytes = zf_mbtiles_tile (fill->pack, fill->zoom, fill->x, fill->y, NULL);
  GdkTexture *texture = bytes != NULL ? gdk_texture_new_from_bytes (bytes, NULL) : NULL;

  for (guint up = 1; texture == NULL && up <= ZF_PACK_OVERZOOM && up <= fill->zoom; up++)
    texture = from_parent (fill, up);
  g_task_return_pointer (task, texture, g_object_unref);
}

static void
fill_tile_async (ShumateMapSource *source, ShumateTile *tile, GCancellable *cancellable, GAsyncReadyCallback callback,
                 gpointer user_data)
{
  ZfPackSource *self = ZF_PACK_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Fill *fill = NULL;

  g_task_set_source_tag (task, fill_tile_async);
  if (self->pack == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  fill = g_new0 (Fill, 1);
  fill->pack = g_object_ref (self->pack);
  fill->tile = g_object_ref (tile);
  fill->x = shumate_tile_get_x (tile);
  fill->y = shumate_tile_get_y (tile);
  fill->zoom = shumate_tile_get_zoom_level (tile);
  fill->size = shumate_tile_get_size (tile);
  g_task_set_task_data (task, fill, (GDestroyNotify) fill_free);
  g_task_run_in_thread (task, fill_in_thread);
}

static gboolean
fill_tile_finish (ShumateMapSource *source, GAsyncResult *result, GError **error)
{
  Fill *fill = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) failure = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (fill != NULL)
    {
      shumate_tile_set_paintable (fill->tile, GDK_PAINTABLE (texture));
      shumate_tile_set_state (fill->tile, SHUMATE_STATE_DONE);
    }
  return TRUE;
}

static void
zf_pack_source_dispose (GObject *object)
{
  g_clear_object (&ZF_PACK_SOURCE (object)->pack);
  G_OBJECT_CLASS (zf_pack_source_parent_class)->dispose (object);
}

static void
zf_pack_source_class_init (ZfPackSourceClass *klass)
{
  ShumateMapSourceClass *source_class = SHUMATE_MAP_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_pack_source_dispose;
  source_class->fill_tile_async = fill_tile_async;
  source_class->fill_tile_finish = fill_tile_finish;
}

static void
zf_pack_source_init (ZfPackSource *self)
{
}

ZfPackSource *
zf_pack_source_new (ZfMbtiles *pack)
{
  ZfPackSource *self = g_object_new (ZF_TYPE_PACK_SOURCE, "id", "pack", "name", "pack", "projection",
                                     SHUMATE_MAP_PROJECTION_MERCATOR, "tile-size", 256, NULL);
  const ZfMbtilesInfo *info = pack != NULL ? zf_mbtiles_info (pack) : NULL;
  ShumateMapSource *source = SHUMATE_MAP_SOURCE (self);

  g_set_object (&self->pack, pack);
  shumate_map_source_set_min_zoom_level (source, info != NULL ? (guint) info->min_zoom : SKETCH_MIN_ZOOM);
  shumate_map_source_set_max_zoom_level (source, info != NULL ? (guint) info->max_zoom + ZF_PACK_OVERZOOM : SKETCH_MAX_ZOOM);
  return self;
}
