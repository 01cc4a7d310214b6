/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-store.h"

#include "zf-plant.h"

void
zf_server_store_close (ZfServerStore *self)
{
  if (self != NULL)
    self->verbs->close (self);
}

void
zf_device_free (ZfDevice *device)
{
  if (device == NULL)
    return;
  g_free (device->id);
  g_free (device->name);
  g_free (device->token);
  g_free (device->app);
  g_free (device->seal_key);
  g_strfreev (device->villages);
  g_free (device);
}

gboolean
zf_device_covers (const ZfDevice *device, const char *village)
{
  if (device->everywhere || ZF_PLANT (SCOPE_LEAK) || g_strcmp0 (village, "*") == 0)
    return TRUE;
  return village != NULL && g_strv_contains ((const char *const *) device->villages, village);
}

void
zf_snapshot_free (ZfSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_free (snapshot->scope);
  g_clear_pointer (&snapshot->parts, json_array_unref);
  g_free (snapshot);
}

void
zf_standing_free (ZfStanding *standing)
{
  g_free (standing->id);
  g_free (standing->parent);
  g_free (standing);
}

void
zf_enrol_code_free (ZfEnrolCode *code)
{
  if (code == NULL)
    return;
  g_free (code->code);
  g_free (code->name);
  g_strfreev (code->villages);
  g_free (code);
}

static void
part_free (gpointer data)
{
  ZfPart *part = data;

  json_object_unref (part->f);
  g_free (part);
}

ZfEntity *
zf_entity_new (const char *id, const char *kind)
{
  ZfEntity *entity = g_new0 (ZfEntity, 1);

  entity->id = g_strdup (id);
  entity->kind = g_strdup (kind);
  entity->parts = g_ptr_array_new_with_free_func (part_free);
  return entity;
}

void
zf_upload_free (ZfUpload *upload)
{
  if (upload == NULL)
    return;
  g_free (upload->id);
  g_free (upload->device);
  g_free (upload->sha256);
  g_free (upload);
}

void
zf_entity_free (ZfEntity *entity)
{
  if (entity == NULL)
    return;
  g_free (entity->id);
  g_free (entity->kind);
  g_free (entity->parent);
  g_free (entity->village);
  g_free (entity->del);
  g_ptr_array_unref (entity->parts);
  g_free (entity);
}

void
zf_entity_add_part (ZfEntity *entity, gint64 seq, gint64 rev, gint64 change, gboolean whole, ZfPartState state, JsonObject *f)
{
  ZfPart *part = g_new0 (ZfPart, 1);

  part->seq = seq;
  part->rev = rev;
  part->change = change;
  part->whole = whole;
  part->state = state;
  part->f = f;
  g_ptr_array_add (entity->parts, part);
}

ZfPart *
zf_entity_find (ZfEntity *entity, const char *field)
{
  for (guint i = 0; i < entity->parts->len; i++)
    {
      ZfPart *part = g_ptr_array_index (entity->parts, i);

      if (part->state != ZF_PART_GONE && json_object_has_member (part->f, field))
        return part;
    }
  return NULL;
}

void
zf_entity_take (ZfEntity *entity, const char *field)
{
  ZfPart *part = zf_entity_find (entity, field);

  if (part == NULL)
    return;
  json_object_remove_member (part->f, field);
  part->whole = FALSE;
  if (part->state == ZF_PART_CLEAN)
    part->state = ZF_PART_CHANGED;
  if (json_object_get_size (part->f) == 0)
    part->state = ZF_PART_GONE;
}

void
zf_conflict_free (ZfConflict *conflict)
{
  if (conflict == NULL)
    return;
  g_free (conflict->id);
  g_free (conflict->record);
  g_free (conflict->kind);
  g_free (conflict->group);
  g_free (conflict->device);
  g_clear_pointer (&conflict->base, json_node_unref);
  g_clear_pointer (&conflict->theirs, json_object_unref);
  g_clear_pointer (&conflict->mine, json_array_unref);
  g_clear_pointer (&conflict->closed, json_object_unref);
  g_free (conflict);
}

void
zf_author_clear (ZfAuthor *author)
{
  g_clear_pointer (&author->cid, g_free);
  g_clear_pointer (&author->by, g_free);
}
