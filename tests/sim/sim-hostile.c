/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Somebody with a tablet's token who writes requests by hand (H1–H6). Whatever it is, the county answers, and what it must refuse changes nothing. */
#include "sim-ops.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "zf-id.h"
#include "zf-server-blob.h"
#include "zf-wire-codec.h"
#include "zf-wire.h"

#define BOMB (16 * 1024 * 1024)

/* What one attack knows. */
typedef struct
{
  World *world;
  Tablet *tablet;
  Rng rng;
  char *token;
  const char *name;
  guint status;          /* of the last answer */
  char **answer;         /* its headers */
} Attack;

typedef struct
{
  const char *method;
  const char *path;
  const char *type;
  GString *body;         /* (transfer full) (nullable) */
  char **headers;        /* (transfer full) (nullable) */
} Shot;

static guint
shoot (Attack *attack, Shot shot)
{
  World *world = attack->world;
  g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);
  g_autoptr (ZfSyncResponse) response = NULL;

  request->method = shot.method;
  request->path = g_strdup (shot.path);
  request->type = shot.type;
  request->token = g_strdup (attack->token);
  request->headers = shot.headers;
  request->body = shot.body != NULL ? g_string_free_to_bytes (shot.body) : NULL;
  response = server_handle (world, request);
  g_clear_pointer (&attack->answer, g_strfreev);
  attack->status = response != NULL ? response->status : 0;
  if (response != NULL)
    attack->answer = g_strdupv (response->headers);
  world_say (world, "   %s %s → %u", shot.method, shot.path, attack->status);
  if (attack->status == 500 && !mem_machine_faulted (world->machine))
    world_violation (world, INV_ENGINE, "%s makes the county fail", attack->name);
  return attack->status;
}

/* H1, H2, H3: pushes */

typedef struct
{
  const char *device;    /* NULL: the tablet's own */
  gboolean own_epoch;
  const char *first;
  const char *last;
  const char *lsn;
  const char *change;    /* what stands behind the number of the change */
} Forgery;

static guint
push (Attack *attack, const Forgery *forgery)
{
  World *world = attack->world;
  Tablet *tablet = attack->tablet;
  g_autofree char *epoch = forgery->own_epoch ? zf_store_get_meta (tablet->store, "epoch") : zf_id_new (world->clock, world->random);
  g_autofree char *county = NULL;
  g_autofree char *cid = zf_id_new (world->clock, world->random);
  g_autofree char *batch = zf_id_new (world->clock, world->random);
  GString *body;

  /* An attack of several pushes goes on when the first one met the county's death. */
  if (!server_up (world))
    return 0;
  county = server_epoch (world);
  body = g_string_new (NULL);
  g_string_append_printf (body,
                          "{\"proto\":1,\"schema\":1,\"app\":\"x\",\"device\":\"%s\",\"epoch\":\"%s\",\"last\":%s,\"clock_ms\":0,"
                          "\"server_epoch\":\"%s\"}\n{\"batch\":\"%s\",\"first\":%s,\"last\":%s,\"changes\":[{\"lsn\":%s,\"cid\":\"%s\",%s}]}",
                          forgery->device != NULL ? forgery->device : tablet->device, epoch, forgery->last, county, batch, forgery->first,
                          forgery->last, forgery->lsn, cid, forgery->change);
  return shoot (attack, (Shot) { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, body, NULL });
}

static const char *
some_household (Attack *attack)
{
  GPtrArray *all = attack->world->households;

  return all->len > 0 ? all->pdata[rng_below (&attack->rng, all->len)] : sim_villages[0];
}

/* Whether the county changed the roof of a household since it last spoke with the tablet, or with one that has its disk and token. */
static gboolean
is_unseen (Attack *attack, const char *id)
{
  World *world = attack->world;
  gint64 served = 0;

  for (guint i = 0; i < world->n; i++)
    if (g_str_equal (world->tablet[i].device, attack->tablet->device))
      served = MAX (served, world->tablet[i].served);
  return zf_db_get_int (server_db (world), 0, "SELECT max (change) FROM field WHERE id = ?1 AND json_extract (f, '$.roof') IS NOT NULL", "s", id) > served;
}

/* I7: a base that the tablet cannot have had counts for nothing. */
static void
check_forged (Attack *attack, const char *id, const char *forged)
{
  World *world = attack->world;

  if (world->core != NULL && world->restores == 0 &&
      zf_db_get_int (server_db (world), 0, "SELECT 1 FROM field WHERE id = ?1 AND json_extract (f, '$.roof') = ?2", "ss", id, forged) == 1)
    world_violation (world, 7, "a forged base of tablet %u overwrote the roof of %s, which it was never shown", attack->tablet->n, id);
}

/* A visit made again, with a word that it never had. At a county that was set back and has not got it again, that would be another one. */
static void
forge_visit (Attack *attack)
{
  World *world = attack->world;
  g_autofree char *visit = zf_db_get_text (tablet_db (attack->tablet), "SELECT id FROM record WHERE kind = 'visit' AND rev > 0 ORDER BY id LIMIT 1", "");
  g_autofree char *change = g_strdup_printf ("\"k\":\"visit\",\"id\":\"%s\",\"op\":\"add\",\"sv\":1,\"at\":1,\"by\":\"root\",\"f\":{\"why\":[\"x\",\"forged\"]}",
                                             visit);

  if (visit != NULL && world->core != NULL && zf_db_get_int (server_db (world), 0, "SELECT 1 FROM record WHERE id = ?1", "s", visit) == 1)
    push (attack, &(Forgery) { .first = "1", .last = "1", .lsn = "1", .change = change });
}

/* A base that nobody ever had, in an epoch of its own; by somebody who does not exist. */
static void
forge_base (Attack *attack)
{
  const char *id = some_household (attack);
  gboolean unseen = is_unseen (attack, id);
  g_autofree char *forged = g_strdup_printf ("forged%u", rng_below (&attack->rng, 1000));
  g_autofree char *change = NULL;

  change = g_strdup_printf ("\"k\":\"household\",\"id\":\"%s\",\"op\":\"set\",\"b\":%u,\"sv\":1,\"at\":1,\"by\":\"root\",\"f\":{\"roof\":[\"x\",\"%s\"]}", id,
                            rng_chance (&attack->rng, 500) ? 1000000u : 0u, forged);
  push (attack, &(Forgery) { .first = "1", .last = "1", .lsn = "1", .change = change });
  if (unseen)
    check_forged (attack, id, forged);
  net_served (attack->world, attack->tablet);
  forge_visit (attack);
}

static char *
small_change (Attack *attack)
{
  return g_strdup_printf ("\"k\":\"household\",\"id\":\"%s\",\"op\":\"set\",\"b\":1,\"sv\":1,\"at\":1,\"by\":\"root\",\"f\":{\"roof\":[\"x\",\"forged\"]}",
                          some_household (attack));
}

/* A number of the tablet's own epoch, used before or not yet. */
static void
forge_lsn (Attack *attack)
{
  g_autofree char *change = small_change (attack);
  g_autofree char *lsn = g_strdup_printf ("%u", 1 + rng_below (&attack->rng, 30));

  push (attack, &(Forgery) { .own_epoch = TRUE, .first = lsn, .last = lsn, .lsn = lsn, .change = change });
}

/* Numbers that cannot be. */
static void
forge_numbers (Attack *attack)
{
  static const char *const numbers[][3] = {
    { "0", "0", "0" },         { "-1", "-1", "-1" },      { "5", "2", "5" },       { "1000000", "1000000", "1000000" },
    { "1", "1", "2" },         { "1", "3", "1" },         { "1e3", "1e3", "1e3" }, { "9223372036854775807", "9223372036854775807", "9223372036854775807" },
    { "1e999", "1", "1" },     { "null", "1", "1" },      { "\"1\"", "1", "1" },   { "18446744073709551617", "1", "1" },
    { "1", "1", "{\"a\":1}" }, { "1.5", "1.5", "1.5" },   { "true", "1", "1" },    { "[1]", "1", "1" },
  };
  guint which = rng_below (&attack->rng, G_N_ELEMENTS (numbers));
  g_autofree char *change = small_change (attack);

  if (push (attack, &(Forgery) { .first = numbers[which][0], .last = numbers[which][1], .lsn = numbers[which][2], .change = change }) == 200)
    world_violation (attack->world, 3, "a push numbered from %s to %s with %s was taken", numbers[which][0], numbers[which][1], numbers[which][2]);
}

/* A household of a village that may not be the tablet's. */
static void
forge_village (Attack *attack)
{
  g_autofree char *id = zf_id_new (attack->world->clock, attack->world->random);
  g_autofree char *change =
    g_strdup_printf ("\"k\":\"household\",\"id\":\"%s\",\"op\":\"%s\",\"b\":0,\"sv\":1,\"at\":1,\"by\":\"root\",\"f\":{\"village\":[null,\"%s\"]}",
                     rng_chance (&attack->rng, 500) ? id : some_household (attack), rng_chance (&attack->rng, 500) ? "add" : "set",
                     rng_chance (&attack->rng, 200) ? "*" : sim_villages[rng_below (&attack->rng, SIM_VILLAGES)]);

  attack->world->moves++;
  push (attack, &(Forgery) { .first = "1", .last = "1", .lsn = "1", .change = change });
}

/* Another tablet's name with this one's token. */
static void
forge_device (Attack *attack)
{
  const Tablet *other = &attack->world->tablet[(attack->tablet->n + 1) % attack->world->n];
  g_autofree char *change = small_change (attack);

  if (g_str_equal (other->device, attack->tablet->device))
    return;
  if (push (attack, &(Forgery) { .device = other->device, .first = "1", .last = "1", .lsn = "1", .change = change }) == 200)
    world_violation (attack->world, INV_ENGINE, "a push in another tablet's name was taken");
}

/* H2: the batch of an old request behind another tablet's hello. */
static void
mix_batches (Attack *attack)
{
  World *world = attack->world;
  const ZfSyncRequest *old = world->zombies->len > 0 ? world->zombies->pdata[rng_below (&attack->rng, world->zombies->len)] : NULL;
  g_autofree char *county = server_epoch (world);
  g_autofree char *epoch = zf_store_get_meta (attack->tablet->store, "epoch");
  gsize len = 0;
  const char *text = old != NULL && old->body != NULL ? g_bytes_get_data (old->body, &len) : NULL;
  const char *rest = text != NULL ? memchr (text, '\n', len) : NULL;
  GString *body;

  if (rest == NULL || !g_str_equal (old->path, "/v1/sync"))
    return;
  body = g_string_new (NULL);
  g_string_append_printf (body, "{\"proto\":1,\"schema\":1,\"app\":\"x\",\"device\":\"%s\",\"epoch\":\"%s\",\"last\":1000,\"clock_ms\":0,\"server_epoch\":\"%s\"}",
                          attack->tablet->device, epoch, county);
  g_string_append_len (body, rest, (gssize) (len - (gsize) (rest - text)));
  shoot (attack, (Shot) { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, body, NULL });
}

/* H3 */

static void
repeat (GString *into, const char *piece, guint times)
{
  for (guint i = 0; i < times; i++)
    g_string_append (into, piece);
}

/* Deep, wide, long, doubled: none of it is read. */
static void
shape_bomb (Attack *attack)
{
  GString *body = g_string_new ("{\"proto\":1,\"device\":");
  guint which = rng_below (&attack->rng, 4);

  if (which == 0)
    repeat (body, "[", 100000);
  else if (which == 1)
    repeat (body, "{\"a\":", 5000);
  else if (which == 2)
    {
      g_string_append (body, "[0");
      repeat (body, ",0", 60000);
      g_string_append (body, "]}\n");
    }
  else
    g_string_append (body, "\"x\",\"device\":\"y\",\"epoch\":\"z\"}\n");
  if (shoot (attack, (Shot) { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, body, NULL }) == 200)
    world_violation (attack->world, INV_ENGINE, "a body of bad shape %u was read", which);
}

/* Values that a text may not hold, or that no number can: refused, in quarantine, or taken as the very same for everybody. */
static void
value_bomb (Attack *attack)
{
  static const char *const values[] = {
    "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\xff\xfe\"", "\"\xc0\xaf\"", "\"\xf4\x90\x80\x80\"", "\"\\ufeff\\u202e\\u200b\"",
    "1e400", "-1e400", "123456789012345678901234567890123456789012345678901234567890", "0.1e-400", "1E+2", "-0", "[[[[[[[[1]]]]]]]]", "{\"a\":{\"b\":{\"c\":1}}}",
    "true", "[]", "{}", "\"\\uD83D\\uDE00\"", "\"e\\u0301\"",
  };
  static const char *const fields[] = { "roof", "rooms", "lat", "name", "unheard", "needs", "village", "__proto__", "", "id" };
  const char *value = values[rng_below (&attack->rng, G_N_ELEMENTS (values))];
  g_autofree char *change =
    g_strdup_printf ("\"k\":\"%s\",\"id\":\"%s\",\"op\":\"set\",\"b\":1000,\"sv\":1,\"at\":%s,\"by\":%s,\"f\":{\"%s\":[null,%s]}",
                     rng_chance (&attack->rng, 900) ? "household" : "nonsense", some_household (attack), rng_chance (&attack->rng, 900) ? "1" : "1e30",
                     rng_chance (&attack->rng, 900) ? "\"root\"" : value, fields[rng_below (&attack->rng, G_N_ELEMENTS (fields))], value);

  attack->world->moves++;
  push (attack, &(Forgery) { .first = "1", .last = "1", .lsn = "1", .change = change });
}

/* H4: what unpacks to far more than a body may be is not unpacked. */

static GBytes *
zip_bomb (ZfWireCoding coding)
{
  static GBytes *bombs[2];
  GBytes **bomb = &bombs[coding == ZF_WIRE_ZSTD];
  g_autofree guint8 *zeros = NULL;
  guint8 *packed;
  gsize len;

  if (*bomb != NULL)
    return *bomb;
  zeros = g_malloc0 (BOMB);
  packed = g_malloc (BOMB / 100);
  if (coding == ZF_WIRE_ZSTD)
    len = ZSTD_compress (packed, BOMB / 100, zeros, BOMB, 3);
  else
    {
      z_stream stream = { .next_in = zeros, .avail_in = BOMB, .next_out = packed, .avail_out = BOMB / 100 };

      deflateInit2 (&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
      deflate (&stream, Z_FINISH);
      len = stream.total_out;
      deflateEnd (&stream);
    }
  *bomb = g_bytes_new_take (packed, len);
  return *bomb;
}

static void
unpack_bomb (Attack *attack)
{
  ZfWireCoding coding = rng_chance (&attack->rng, 500) ? ZF_WIRE_ZSTD : ZF_WIRE_GZIP;
  g_autoptr (GBytes) plain = zf_wire_unpack (zip_bomb (coding), coding, ZF_WIRE_MAX_UNPACKED, NULL);

  if (plain != NULL)
    world_violation (attack->world, INV_ENGINE, "%s of 16 MiB was unpacked", zf_wire_coding_name (coding));
}

/* H5: lies about files */

static char **
tus_headers (const char *const *pairs)
{
  char **headers = NULL;

  zf_sync_headers_add (&headers, "Tus-Resumable", "1.0.0");
  for (; *pairs != NULL; pairs += 2)
    zf_sync_headers_add (&headers, pairs[0], pairs[1]);
  return headers;
}

static guint
announce (Attack *attack, const char *length, const char *sha256)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) sha256, strlen (sha256));
  g_autofree char *metadata = g_strconcat ("sha256 ", base64, NULL);
  const char *const pairs[] = { "Upload-Length", length, "Upload-Metadata", metadata, NULL };

  return shoot (attack, (Shot) { "POST", "/v1/blobs", NULL, NULL, tus_headers (pairs) });
}

/* A length that is none. */
static void
lie_of_length (Attack *attack)
{
  static const char *const lengths[] = { "-1", "0", "99999999999999999999", "1e3", "10 ", "0x10", "", "8388609", "1.5" };
  const char *length = lengths[rng_below (&attack->rng, G_N_ELEMENTS (lengths))];
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, length, -1);

  if (announce (attack, length, sha256) == 201)
    world_violation (attack->world, INV_19, "an upload of length “%s” was begun", length);
}

/* Bytes elsewhere than the file ends, more than were announced, others than their sum says. */
static void
lie_of_offset (Attack *attack)
{
  static const struct
  {
    const char *offset;
    const char *bytes;
    const char *checksum;  /* (nullable) */
  } lies[] = {
    { "5", "abc", NULL },  { "-1", "abc", NULL },     { "99999999999", "abc", NULL },         { "0", "abcdefghijklmnop", NULL },
    { "0", "abc", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }, { "0", "abc", "md5 AAAA" }, { "x", "abc", NULL },
  };
  guint which = rng_below (&attack->rng, G_N_ELEMENTS (lies));
  g_autofree char *seed = g_strdup_printf ("%u", rng_below (&attack->rng, 1000));
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, seed, -1);
  g_autofree char *place = NULL;
  const char *pairs[] = { "Upload-Offset", lies[which].offset, lies[which].checksum != NULL ? "Upload-Checksum" : NULL, lies[which].checksum, NULL };

  if (announce (attack, "10", sha256) != 201)
    return;
  place = g_strdup (zf_sync_header (attack->answer, "Location"));
  if (shoot (attack, (Shot) { "PATCH", place, ZF_TUS_TYPE, g_string_new (lies[which].bytes), tus_headers (pairs) }) < 300 && attack->status > 0)
    world_violation (attack->world, INV_19, "bytes at “%s” of a file of ten that is empty were taken", lies[which].offset);
}

/* A whole file that is not what its name says. */
static void
lie_of_content (Attack *attack)
{
  World *world = attack->world;
  const char *named = world->photos->len > 0 && rng_chance (&attack->rng, 500) ? world->photos->pdata[rng_below (&attack->rng, world->photos->len)] : NULL;
  g_autofree char *sha256 = named != NULL ? g_strdup (named) : g_compute_checksum_for_string (G_CHECKSUM_SHA256, "something else", -1);
  g_autofree char *place = NULL;
  const char *const pairs[] = { "Upload-Offset", "0", NULL };

  if (announce (attack, "10", sha256) != 201)
    return;
  place = g_strdup (zf_sync_header (attack->answer, "Location"));
  if (shoot (attack, (Shot) { "PATCH", place, ZF_TUS_TYPE, g_string_new ("0123456789"), tus_headers (pairs) }) < 300 && attack->status > 0)
    world_violation (world, INV_19, "ten digits were taken for photo %s", sha256);
}

/* H6 */
static void
path_trick (Attack *attack)
{
  static const char *const paths[] = {
    "/v1/blobs/up/../../server.db", "/v1/blobs/..%2f..%2fserver.db", "/v1/blobs/../server.db?size=full", "/v1/snapshot/../../server.db/1/1",
    "/v1/snapshot/11111111-1111-7111-8111-111111111111/../1", "/v1/digest/../x", "/v1/history/../../etc/passwd", "//v1/sync", "/v1/blobs/up/",
    "/v1/blobs/up/\xff\xfe", "/v1/blobs/%00", "/v1/snapshot/all/-1/1", "/v1/snapshot/all/1/99999999999999999999", "/v1/blobs/up/a/b", "/v1/digest/", "/",
    "", "/v1/blobs/0000000000000000000000000000000000000000000000000000000000000000?part=-1", "/v1/snapshot/'%20OR%201=1--",
  };
  static const char *const methods[] = { "GET", "HEAD", "PATCH", "DELETE", "POST", "PUT" };
  const char *path = paths[rng_below (&attack->rng, G_N_ELEMENTS (paths))];
  const char *const pairs[] = { "Upload-Offset", "0", NULL };

  if (shoot (attack, (Shot) { methods[rng_below (&attack->rng, G_N_ELEMENTS (methods))], path, ZF_TUS_TYPE, g_string_new ("x"), tus_headers (pairs) }) < 300 &&
      attack->status > 0)
    world_violation (attack->world, INV_ENGINE, "“%s” is an address", path);
  if (announce (attack, "10", "../../../../../../../../../../../../../../../../../../../server.db") == 201)
    world_violation (attack->world, INV_ENGINE, "a path passes for the name of a photo");
}

static const struct
{
  const char *name;
  void (*run) (Attack *attack);
  gboolean may_change;     /* what the attack writes is a change like others: it is merged, in conflict or in quarantine */
} attacks[] = {
  { "H1: a forged base", forge_base, TRUE },
  { "H1: a forged number", forge_lsn, TRUE },
  { "H1: impossible numbers", forge_numbers },
  { "H1: a forged village", forge_village, TRUE },
  { "H1: another's name", forge_device },
  { "H2: mixed batches", mix_batches, TRUE },
  { "H3: a bomb of depth or size", shape_bomb },
  { "H3: a bomb of numbers or text", value_bomb, TRUE },
  { "H4: a zip bomb", unpack_bomb },
  { "H5: a lie about a length", lie_of_length },
  { "H5: a lie about an offset", lie_of_offset },
  { "H5: a lie about the content", lie_of_content },
  { "H6: a path for a name", path_trick },
};

static void
check_places (World *world, const char *attack)
{
  g_autoptr (GPtrArray) names = mem_machine_names (world->machine, "");

  for (guint i = 0; i < names->len; i++)
    if (strstr (names->pdata[i], "/../") != NULL || strstr (names->pdata[i], "//") != NULL ||
        !(g_str_has_prefix (names->pdata[i], "/server/data/") || g_str_has_prefix (names->pdata[i], "/server/backup/")))
      world_violation (world, INV_ENGINE, "%s makes the county write %s", attack, (char *) names->pdata[i]);
}

void
op_hostile (World *world, Tablet *tablet, const Op *op)
{
  guint which = op->a % G_N_ELEMENTS (attacks);
  Attack attack = { .world = world, .tablet = tablet, .rng = rng_of (op), .name = attacks[which].name };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  world->net = attack.rng;
  if (!server_up (world))
    return;
  world_say (world, "   %s", attack.name);
  world->hostile += attacks[which].may_change;
  attack.token = zf_store_get_meta (tablet->store, "token");
  /* A push that met a fault while it was committed may stand on the disk, although the county knows nothing of it before its next start. */
  before = attacks[which].may_change || mem_machine_faulted (world->machine) ? NULL : check_server_state (world);
  attacks[which].run (&attack);
  after = before != NULL && server_up (world) ? check_server_state (world) : NULL;
  if (after != NULL && !g_str_equal (before, after))
    world_violation (world, INV_5, "%s changed the county", attack.name);
  check_places (world, attack.name);
  g_clear_pointer (&attack.answer, g_strfreev);
  g_free (attack.token);
}
