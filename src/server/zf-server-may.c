/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What a device may touch, and how much of a record it can have seen: judged by what it was handed, never by what it says. */
#include "zf-plant.h"
#include "zf-server-core-private.h"

/* The village through which the device came to know the record: where it stands, where it stood when it left the device's villages, or one
 * that the device itself has lost since. *until: nothing after it was told to the device that way. NULL: it never knew it. */
static char *
known_through (ZfExchange *exchange, const ZfEntity *entity, gint64 *until)
{
  ZfServerStore *store = exchange->core->store;
  g_autofree char *left = NULL;
  gint64 seq, delivered;

  *until = G_MAXINT64;
  if (entity->village == NULL || zf_device_covers (exchange->device, entity->village))
    return g_strdup (entity->village != NULL ? entity->village : "");
  seq = store->verbs->left_seq (store, entity->id, exchange->device, &left);
  if (seq > 0)
    {
      *until = seq;
      return g_steal_pointer (&left);
    }
  delivered = store->verbs->delivered (store, exchange->device->id, entity->village);
  return delivered > 0 ? g_strdup (entity->village) : NULL;
}

const char *
zf_server_may_make (ZfExchange *exchange, const char *village, const char *parent)
{
  ZfServerStore *store = exchange->core->store;
  g_autofree char *left = NULL;

  if (zf_device_covers (exchange->device, village))
    return NULL;
  /* Work done before this tablet could know that the household had moved away, or that it had lost the village. */
  if ((parent != NULL && store->verbs->left_seq (store, parent, exchange->device, &left) > 0) ||
      store->verbs->delivered (store, exchange->device->id, village) > 0)
    return NULL;
  return "forbidden";
}

const char *
zf_server_may_change (ZfExchange *exchange, const ZfEntity *entity, gint64 base)
{
  ZfServerStore *store = exchange->core->store;
  gint64 until, delivered;
  g_autofree char *village = known_through (exchange, entity, &until);

  if (village == NULL)
    return "forbidden";
  if (until == G_MAXINT64 && (entity->village == NULL || zf_device_covers (exchange->device, entity->village)))
    return NULL;
  delivered = store->verbs->delivered (store, exchange->device->id, village);
  if (base > 0 && base <= store->verbs->rev_at (store, entity->id, MIN (delivered, until)))
    return NULL;
  return "late_scope";
}

gint64
zf_server_clamp (ZfExchange *exchange, const ZfEntity *entity, gint64 base)
{
  ZfServerStore *store = exchange->core->store;
  gint64 until, delivered;
  g_autofree char *village = NULL;

  if (base == 0 || entity->rev == 0)
    return 0;
  /* Revisions of a time before the county was restored count up to where its backup ended. */
  if (exchange->base_seq >= 0)
    base = MIN (base, store->verbs->rev_at (store, entity->id, exchange->base_seq));
  village = known_through (exchange, entity, &until);
  delivered = store->verbs->delivered (store, exchange->device->id, village != NULL ? village : entity->village);
  if (entity->seq <= delivered || ZF_PLANT (NO_CLAMP))
    return MIN (base, entity->rev);
  return MIN (base, store->verbs->rev_at (store, entity->id, delivered));
}
