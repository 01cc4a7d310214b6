/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* In which village a record stands, who may touch it there, and what happens when it moves. */
#include <string.h>

#include "zf-json.h"
#include "zf-server-core-private.h"

#define MAX_DEPTH 16
#define MERGED "merged:"

static gboolean
is_top (ZfKinds *kinds, const ZfKind *kind)
{
  const ZfKind *parent = zf_kinds_get (kinds, zf_kind_parent_kind (kind));

  return g_str_equal (zf_kind_parent_kind (kind), "village") || (parent != NULL && zf_kind_server_only (parent));
}

/* Village of the living record behind @id: a merged one stands for its survivor. */
static gboolean
village_below (ZfServerStore *store, const char *id, char **village, GError **error)
{
  g_autofree char *at = g_strdup (id);

  for (guint i = 0; i < MAX_DEPTH; i++)
    {
      g_autofree char *del = NULL;
      gboolean found;

      g_clear_pointer (village, g_free);
      if (!store->verbs->place_of (store, at, village, &del, &found, error))
        return FALSE;
      if (!found || del == NULL || !g_str_has_prefix (del, MERGED))
        return TRUE;
      g_free (at);
      at = g_strdup (del + strlen (MERGED));
    }
  return TRUE;
}

gboolean
zf_server_place (ZfServerCore *core, const ZfKind *kind, const char *parent, char **village, GError **error)
{
  *village = NULL;
  if (zf_kind_parent_field (kind) == NULL || zf_kind_server_only (kind))
    *village = g_strdup ("*");
  else if (parent != NULL && is_top (core->kinds, kind))
    *village = g_strdup (parent);
  else if (parent != NULL)
    return village_below (core->store, parent, village, error);
  return TRUE;
}

/* Moving */

static gboolean
say_gone (ZfServerStore *store, const ZfEntity *entity, const char *village, GError **error)
{
  gint64 seq = store->verbs->next_seq (store);

  if (!store->verbs->log_scope (store, seq, entity->village, entity->id, "leave", "moved", error) ||
      !store->verbs->put_feed (store, seq, entity->village, ZF_FEED_GONE, entity->id, error))
    return FALSE;
  return store->verbs->log_scope (store, store->verbs->next_seq (store), village, entity->id, "enter", "moved", error);
}

/* Every part comes again, behind the cursor of every tablet of the new village. */
static void
move_parts (ZfServerStore *store, ZfEntity *entity)
{
  for (guint i = 0; i < entity->parts->len; i++)
    {
      ZfPart *part = entity->parts->pdata[i];

      if (part->state == ZF_PART_NEW || part->state == ZF_PART_GONE)
        continue;
      part->moved_seq = store->verbs->next_seq (store);
      part->whole = FALSE;
      part->state = ZF_PART_MOVED;
    }
}

static gboolean
move_mark (ZfServerStore *store, ZfEntity *entity, GError **error)
{
  if (entity->mark == 0)
    return TRUE;
  if (!store->verbs->drop_feed (store, entity->mark, error))
    return FALSE;
  entity->mark = store->verbs->next_seq (store);
  return store->verbs->put_feed (store, entity->mark, entity->village, entity->del != NULL ? ZF_FEED_DEL : ZF_FEED_UNDEL, entity->id, error);
}

gboolean
zf_server_feed_conflicts (ZfServerCore *core, const ZfEntity *entity, GError **error)
{
  ZfServerStore *store = core->store;
  g_autoptr (GPtrArray) conflicts = store->verbs->conflicts_of (store, entity->id, error);

  for (guint i = 0; conflicts != NULL && i < conflicts->len; i++)
    {
      ZfConflict *conflict = conflicts->pdata[i];

      if (!store->verbs->drop_feed (store, conflict->seq, error))
        return FALSE;
      conflict->seq = store->verbs->next_seq (store);
      if (!store->verbs->save_conflict (store, conflict, error) ||
          !store->verbs->put_feed (store, conflict->seq, entity->village, ZF_FEED_CONFLICT, conflict->id, error))
        return FALSE;
    }
  return conflicts != NULL;
}

gboolean
zf_server_rehome (ZfServerCore *core, ZfEntity *entity, const char *village, guint depth, GError **error)
{
  ZfServerStore *store = core->store;

  if (entity->village != NULL && !say_gone (store, entity, village, error))
    return FALSE;
  g_free (entity->village);
  entity->village = g_strdup (village);
  move_parts (store, entity);
  return move_mark (store, entity, error) && zf_server_feed_conflicts (core, entity, error) && store->verbs->save (store, entity, error) &&
         zf_server_rehome_children (core, entity, depth + 1, error);
}

/* One that was merged away stands where its survivor stands: what still names it is there. */
static gboolean
place_of_entity (ZfServerCore *core, const ZfKind *kind, const ZfEntity *entity, char **village, GError **error)
{
  if (entity->del == NULL || !g_str_has_prefix (entity->del, MERGED))
    return zf_server_place (core, kind, entity->parent, village, error);
  return village_below (core->store, entity->del + strlen (MERGED), village, error);
}

static gboolean
rehome_child (ZfServerCore *core, const char *id, guint depth, GError **error)
{
  g_autoptr (ZfEntity) child = core->store->verbs->load (core->store, id, error);
  const ZfKind *kind = child != NULL ? zf_kinds_get (core->kinds, child->kind) : NULL;
  g_autofree char *village = NULL;

  if (kind == NULL)
    return error == NULL || *error == NULL;
  if (!place_of_entity (core, kind, child, &village, error))
    return FALSE;
  return g_strcmp0 (village, child->village) == 0 || zf_server_rehome (core, child, village, depth, error);
}

gboolean
zf_server_rehome_children (ZfServerCore *core, const ZfEntity *entity, guint depth, GError **error)
{
  g_autoptr (GPtrArray) ids = depth < MAX_DEPTH ? core->store->verbs->children (core->store, entity->id, error) : NULL;

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!rehome_child (core, ids->pdata[i], depth, error))
      return FALSE;
  return ids != NULL || depth >= MAX_DEPTH;
}

gboolean
zf_server_go_home (ZfServerCore *core, const ZfKind *kind, ZfEntity *entity, GError **error)
{
  g_autofree char *village = NULL;

  if (!place_of_entity (core, kind, entity, &village, error))
    return FALSE;
  return g_strcmp0 (village, entity->village) == 0 || zf_server_rehome (core, entity, village, 0, error);
}

gboolean
zf_server_settle_place (ZfServerCore *core, const ZfKind *kind, ZfEntity *entity, JsonObject *fields, GError **error)
{
  const char *field = zf_kind_parent_field (kind);

  /* A decision stands where the record stands that it is about. */
  if (field == NULL || g_str_equal (entity->kind, "resolution") || !json_object_has_member (fields, field))
    return TRUE;
  g_free (entity->parent);
  entity->parent = g_strdup (zf_json_get_string (fields, field, NULL));
  return zf_server_go_home (core, kind, entity, error);
}

/* What the answer says of it */

gboolean
zf_server_scope_is_current (const ZfDevice *device, JsonObject *hello)
{
  return zf_json_get_int (hello, "scope_epoch", 0) == device->scope_epoch;
}

void
zf_server_put_scope (GString *out, const ZfDevice *device, JsonObject *hello)
{
  g_string_append (out, ",\"scope\":{");
  zf_wire_put_int (out, "epoch", device->scope_epoch);
  if (!zf_server_scope_is_current (device, hello) && device->everywhere)
    g_string_append (out, ",\"all\":true");
  else if (!zf_server_scope_is_current (device, hello))
    {
      g_string_append (out, ",\"teams\":[");
      for (guint i = 0; device->villages[i] != NULL; i++)
        {
          g_string_append (out, i > 0 ? "," : "");
          zf_wire_put_string (out, device->villages[i]);
        }
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, '}');
}
