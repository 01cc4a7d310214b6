/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The line between tablets and county, and what may happen on it (N1–N5, N8–N11). */
#include "sim.h"

#include <string.h>

#include "zf-wire-codec.h"
#include "zf-wire.h"

#define MAX_ZOMBIES 20

static ZfSyncRequest *
copy_request (const ZfSyncRequest *request)
{
  ZfSyncRequest *copy = g_new0 (ZfSyncRequest, 1);

  copy->method = request->method;
  copy->path = g_strdup (request->path);
  copy->type = request->type;
  copy->accept = request->accept;
  copy->key = g_strdup (request->key);
  copy->token = g_strdup (request->token);
  copy->headers = g_strdupv (request->headers);
  copy->body = request->body != NULL ? g_bytes_ref (request->body) : NULL;
  copy->max_answer = request->max_answer;
  return copy;
}

/* Nothing later can have been handed to the tablet. */
void
net_served (World *world, Tablet *tablet)
{
  if (world->core != NULL)
    tablet->served = zf_db_get_int (server_db (world), 0, "SELECT max (seq) FROM change", "");
}

/* N5: a request that everybody had given up arrives after all. */
void
net_zombie (World *world, guint which)
{
  g_autoptr (ZfSyncRequest) request = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;

  if (world->zombies->len == 0)
    return;
  request = copy_request (world->zombies->pdata[which % world->zombies->len]);
  response = server_handle (world, request);
  for (guint t = 0; t < world->n; t++)
    net_served (world, &world->tablet[t]);
}

static void
keep_zombie (World *world, const ZfSyncRequest *request)
{
  if (world->zombies->len >= MAX_ZOMBIES)
    g_ptr_array_remove_index (world->zombies, 0);
  g_ptr_array_add (world->zombies, copy_request (request));
}

static ZfSyncResponse *
portal (World *world)
{
  static const char page[] = "<html><body>Please log in</body></html>";

  return zf_sync_response_new (rng_chance (&world->net, 500) ? 200 : 302, "text/html", NULL, g_bytes_new_static (page, sizeof page - 1));
}

static ZfSyncResponse *
refuse (World *world, gboolean size)
{
  static const struct
  {
    guint status;
    const char *body;
  } refusals[] = {
    { 413, "{\"type\":\"about:blank\",\"status\":413,\"code\":\"too_large\",\"detail\":\"\",\"retry\":false}" },
    { 503, "{\"type\":\"about:blank\",\"status\":503,\"code\":\"busy\",\"detail\":\"\",\"retry\":true}" },
    { 429, "{\"type\":\"about:blank\",\"status\":429,\"code\":\"slow_down\",\"detail\":\"\",\"retry\":true}" },
    { 500, "{\"type\":\"about:blank\",\"status\":500,\"code\":\"failed\",\"detail\":\"\",\"retry\":true}" },
  };
  guint i = size ? 0 : 1 + rng_below (&world->net, G_N_ELEMENTS (refusals) - 1);
  g_autofree char *server = zf_store_get_meta (world->tablet[0].store != NULL ? world->tablet[0].store : NULL, "server_id");

  return zf_sync_response_new (refusals[i].status, ZF_WIRE_TYPE_PROBLEM, server, g_bytes_new_static (refusals[i].body, strlen (refusals[i].body)));
}

/* N3, N10, N11: what comes out of a packed body with one byte wrong, or without its end, must never pass for the body. */
static ZfSyncResponse *
damage (World *world, ZfSyncResponse *response)
{
  ZfWireCoding coding = ZF_WIRE_ZSTD;
  g_autoptr (GBytes) packed = zf_wire_pack (response->body, &coding);
  g_autofree char *digest = zf_wire_digest (packed);
  gsize len = g_bytes_get_size (packed);
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (packed, NULL), len);
  g_autoptr (GBytes) hurt = NULL;
  g_autoptr (GBytes) plain = NULL;

  if (len == 0)
    return response;
  if (rng_chance (&world->net, 500))
    len = rng_below (&world->net, (guint) len);
  else
    bytes[rng_below (&world->net, (guint) len)] ^= (guint8) (1u << rng_below (&world->net, 8));
  hurt = g_bytes_new (bytes, len);
  if (!zf_wire_digest_matches (digest, hurt))
    {
      zf_sync_response_free (response);
      return NULL;
    }
  plain = zf_wire_unpack (hurt, coding, ZF_WIRE_MAX_UNPACKED, NULL);
  if (plain == NULL || !g_bytes_equal (plain, response->body))
    world_violation (world, 20, "a damaged body passes its digest");
  return response;
}

typedef enum
{
  WAY_GOOD,
  WAY_LOSE_REQUEST,
  WAY_LOSE_ANSWER,
  WAY_TWICE,
  WAY_CHECKED_TWICE,
  WAY_STORM,
  WAY_TOO_LARGE,
  WAY_PORTAL,
  WAY_DAMAGE,
  WAY_LATE,
} Way;

static Way
draw_way (World *world, Tablet *tablet)
{
  static const Way ways[] = { WAY_LOSE_REQUEST, WAY_LOSE_ANSWER,   WAY_LOSE_ANSWER, WAY_LOSE_ANSWER, WAY_TWICE, WAY_CHECKED_TWICE,
                              WAY_STORM,        WAY_PORTAL,        WAY_DAMAGE,      WAY_LATE,        WAY_LATE,       WAY_TOO_LARGE };

  if (tablet->flapping && !world->calm && rng_chance (&world->net, 500))
    return rng_chance (&world->net, 500) ? WAY_LOSE_REQUEST : WAY_LOSE_ANSWER;
  if (world->calm || world->good_line || tablet->line.kbit > 0 || !rng_chance (&world->net, 160))
    return WAY_GOOD;
  return ways[rng_below (&world->net, G_N_ELEMENTS (ways))];
}

static ZfSyncResponse *
send_twice (World *world, const ZfSyncRequest *request)
{
  ZfSyncResponse *first = server_handle (world, request);
  ZfSyncResponse *second = server_handle (world, request);

  if (second == NULL || rng_chance (&world->net, 500))
    {
      g_clear_pointer (&second, zf_sync_response_free);
      return first;
    }
  g_clear_pointer (&first, zf_sync_response_free);
  return second;
}

static ZfSyncResponse *
go_way (World *world, const ZfSyncRequest *request, Way way)
{
  ZfSyncResponse *response;

  switch (way)
    {
    case WAY_LOSE_REQUEST:
      return NULL;
    case WAY_LATE:
      keep_zombie (world, request);
      return NULL;
    case WAY_STORM:
      return refuse (world, FALSE);
    case WAY_TOO_LARGE:
      return refuse (world, TRUE);
    case WAY_PORTAL:
      return portal (world);
    case WAY_TWICE:
      return send_twice (world, request);
    case WAY_CHECKED_TWICE:
      check_replay (world, request);
      return server_handle (world, request);
    case WAY_LOSE_ANSWER:
      response = server_handle (world, request);
      g_clear_pointer (&response, zf_sync_response_free);
      return NULL;
    case WAY_DAMAGE:
      response = server_handle (world, request);
      return response != NULL ? damage (world, response) : NULL;
    case WAY_GOOD:
    default:
      return server_handle (world, request);
    }
}

/* A named point of death on the tablet's side of the line. */
static gboolean
survives (World *world, Tablet *tablet, const char *point)
{
  tablet_enter (world, tablet);
  zf_crash_point (point);
  return tablet_leave (world, tablet);
}

static ZfSyncResponse *
exchange (World *world, Tablet *tablet, const ZfSyncRequest *request, Way *way)
{
  g_autoptr (ZfSyncResponse) response = NULL;

  if (tablet->clogged && !world->calm)
    {
      keep_zombie (world, request);
      return NULL;
    }
  *way = draw_way (world, tablet);
  world->exchanges++;
  zf_clock_advance (world->clock, 50 + rng_below (&world->net, 500));
  response = tablet->line.kbit > 0 ? line_exchange (world, tablet, request) : go_way (world, request, *way);
  if (response != NULL)
    check_page (world, tablet, request, response);
  return line_meanwhile (world, tablet) ? g_steal_pointer (&response) : NULL;
}

static void
tell_exchange (World *world, const ZfSyncRequest *request, Way way, const ZfSyncResponse *response)
{
  gsize len = request->body != NULL ? MIN (g_bytes_get_size (request->body), 20000) : 0;

  if (!world->verbose)
    return;
  world_say (world, "   %s %s (way %d) → %u", request->method, request->path, (int) way, response != NULL ? response->status : 0);
  world_say (world, "     %.*s", (int) len, len > 0 ? (const char *) g_bytes_get_data (request->body, NULL) : "");
  if (response != NULL && response->type != NULL && strstr (response->type, "json") != NULL)
    world_say (world, "     = %.*s", (int) MIN (g_bytes_get_size (response->body), 20000), (const char *) g_bytes_get_data (response->body, NULL));
}

ZfSyncResponse *
net_exchange (World *world, Tablet *tablet, ZfSyncRequest *request)
{
  Way way = WAY_GOOD;
  g_autoptr (ZfSyncResponse) response = NULL;

  if (!survives (world, tablet, "send"))
    return NULL;
  ledger_sent (world, tablet, request);
  response = exchange (world, tablet, request, &way);
  net_served (world, tablet);
  tell_exchange (world, request, way, response);
  if (response == NULL || !survives (world, tablet, "receive"))
    return NULL;
  return g_steal_pointer (&response);
}
