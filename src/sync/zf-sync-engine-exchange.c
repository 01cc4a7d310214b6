/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* Hello, push, pull: one exchange. */

#include "zf-config.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-schema.h"
#include "zf-sync-engine-private.h"
#include "zf-wire-push.h"

/* An answer has the page, up to one item more, and the push results. */
#define ANSWER_SLACK (2 * 1024 * 1024)
/* A push takes at most about this long on the line as it was lately. */
#define PUSH_MS 10000
/* How much larger the next may be; a line that took one in less than this carries far more, and one large batch is smaller than several. */
#define GROWTH 5
#define QUICK_MS 1000
#define QUICK_GROWTH 25
#define META_PUSH "push_size"
/* Rows that a run has held before. */
#define META_RELEASED "push_released"
/* Longer than any request may take: the clock was set meanwhile, or the tablet slept. */
#define SILLY_MS (10 * 60 * 1000)
/* Less is not worth a round trip, however slow the line. */
#define MIN_CHANGES 5

JsonObject *
zf_sync_hello (ZfStore *store, GError **error)
{
  JsonObject *hello = zf_ledger_self (store, error);

  if (hello == NULL)
    return NULL;
  json_object_set_int_member (hello, "proto", ZF_WIRE_PROTO);
  json_object_set_int_member (hello, "schema", ZF_WIRE_SCHEMA);
  json_object_set_string_member (hello, "app", PACKAGE_VERSION);
  json_object_set_int_member (hello, "clock_ms", zf_clock_now_ms (zf_store_clock (store)));
  return hello;
}

/* The batch that empties the log may bring the first page too: one exchange when there is little to say. */
static gboolean
may_pull (ZfSyncEngine *engine)
{
  gint64 n = engine->batch != NULL ? engine->batch->last - engine->batch->first + 1 : 0;

  if (engine->outdated || (engine->limits.apart && n > 0))
    return FALSE;
  return n == 0 || engine->progress.pushed + n >= engine->progress.to_push;
}

static JsonObject *
make_pull (ZfSyncEngine *engine)
{
  JsonObject *pull;

  engine->after = -1;
  engine->ask_digest = FALSE;
  if (!may_pull (engine))
    return NULL;
  engine->after = zf_ledger_after (engine->store);
  engine->ask_digest = zf_engine_digest_due (engine);
  pull = zf_wire_pull (engine->after, engine->limits.page_items, engine->limits.page_bytes);
  if (engine->limits.compact && !engine->in_full)
    json_object_set_boolean_member (pull, "short", TRUE);
  if (engine->ask_digest)
    json_object_set_boolean_member (pull, "digest", TRUE);
  return pull;
}

void
zf_engine_start_push (ZfSyncEngine *engine)
{
  const ZfSyncLimits *limits = &engine->limits;
  gint64 size = limits->start_changes > 0 ? zf_engine_meta_int (engine->store, META_PUSH, limits->start_changes) : limits->max_changes;

  engine->batch_size = (guint) CLAMP (size, 1, limits->max_changes);
  engine->hold.hold_ms = limits->hold_ms;
  engine->hold.released = zf_engine_meta_int (engine->store, META_RELEASED, 0);
}

/* What is held only because a clock was set back goes with the next run at the latest. */
static gboolean
release_later (ZfSyncEngine *engine, GError **error)
{
  g_autofree char *last = g_strdup_printf ("%" G_GINT64_FORMAT, zf_ledger_last (engine->store));

  return zf_engine_keep_meta (engine->store, META_RELEASED, last, error);
}

gboolean
zf_engine_freeze (ZfSyncEngine *engine, GError **error)
{
  gboolean holds = engine->hold.hold_ms > 0;

  g_clear_pointer (&engine->batch, zf_batch_free);
  engine->hold.now_ms = zf_clock_now_ms (zf_store_clock (engine->store));
  return (!holds || release_later (engine, error)) &&
         zf_ledger_batch_before (engine->store, engine->batch_size, holds ? &engine->hold : NULL, &engine->batch, error);
}

/* The frozen batch as it travels. */
static GBytes *
push_line (ZfSyncEngine *engine)
{
  g_autofree char *epoch = engine->batch != NULL && engine->limits.compact ? zf_store_get_meta (engine->store, "epoch") : NULL;
  GBytes *packed = epoch != NULL ? zf_wire_push_pack (engine->batch->body, epoch) : NULL;

  if (packed != NULL || engine->batch == NULL)
    return packed;
  return g_bytes_ref (engine->batch->body);
}

gboolean
zf_engine_next_exchange (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  g_autoptr (JsonObject) hello = NULL;
  g_autoptr (JsonObject) pull = NULL;
  g_autoptr (GBytes) push = NULL;

  g_clear_pointer (&engine->batch, zf_batch_free);
  if (engine->phase == PHASE_PUSH && !zf_engine_freeze (engine, error))
    return FALSE;
  if (engine->outdated && engine->batch == NULL)
    {
      engine->phase = PHASE_PHOTOS;
      return TRUE;
    }
  engine->progress.phase = engine->batch != NULL ? ZF_SYNC_PUSHING : ZF_SYNC_PULLING;
  hello = zf_sync_hello (engine->store, error);
  if (hello == NULL)
    return FALSE;
  pull = make_pull (engine);
  push = push_line (engine);
  *request = zf_engine_request (engine, "POST", g_strdup ("/v1/sync"), ZF_WIRE_TYPE_RESPONSE,
                                zf_wire_request (hello, push, pull));
  (*request)->type = ZF_WIRE_TYPE_REQUEST;
  (*request)->key = engine->batch != NULL ? g_strdup (engine->batch->batch_id) : NULL;
  (*request)->max_answer = engine->limits.page_bytes + ANSWER_SLACK;
  return TRUE;
}

/* The next push takes about ten seconds, and never grows by leaps. A small one says little about what the line can carry, but a slow one enough. */
static gboolean
learn_size (ZfSyncEngine *engine, guint n, GError **error)
{
  gint64 took = zf_clock_now_ms (zf_store_clock (engine->store)) - engine->sent_ms;
  /* One may hold fewer changes than it might because they are long. */
  gboolean full = n >= engine->batch_size || engine->batch->last < zf_ledger_last (engine->store);
  guint most = MIN (engine->batch_size * (took < QUICK_MS ? QUICK_GROWTH : GROWTH), engine->limits.max_changes);
  g_autofree char *text = NULL;

  if (engine->limits.start_changes == 0 || took < 0 || took > SILLY_MS || (!full && took <= PUSH_MS))
    return TRUE;
  engine->batch_size = (guint) CLAMP ((gint64) n * PUSH_MS / MAX (took, 1), MIN (MIN_CHANGES, most), most);
  text = g_strdup_printf ("%u", engine->batch_size);
  return zf_engine_keep_meta (engine->store, META_PUSH, text, error);
}

static void
count_results (ZfSyncEngine *engine, JsonArray *results)
{
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonNode *node = json_array_get_element (results, i);
      const char *d = JSON_NODE_HOLDS_OBJECT (node) ? zf_json_get_string (json_node_get_object (node), "d", "") : "";

      engine->progress.conflicts += g_str_equal (d, "conflict");
      engine->progress.quarantined += g_str_equal (d, "quarantined");
    }
}

static gboolean
check_push (ZfSyncEngine *engine, JsonObject *push)
{
  if (engine->batch == NULL)
    return push == NULL;
  return push != NULL && g_strcmp0 (zf_json_get_string (push, "batch", NULL), engine->batch->batch_id) == 0 &&
         zf_json_get_int (push, "acked", -1) >= engine->batch->last && zf_json_get_array (push, "results") != NULL;
}

static gboolean
take_push (ZfSyncEngine *engine, JsonObject *push, GError **error)
{
  JsonArray *results;
  guint n;

  if (push == NULL)
    return TRUE;
  n = (guint) (engine->batch->last - engine->batch->first + 1);
  results = zf_json_get_array (push, "results");
  if (!zf_ledger_acked (engine->store, engine->batch->batch_id, zf_json_get_int (push, "acked", 0), zf_json_get_int (push, "durable", 0),
                        results, error))
    return FALSE;
  count_results (engine, results);
  engine->progress.pushed += n;
  engine->progress.to_push = MAX (engine->progress.to_push, engine->progress.pushed);
  return learn_size (engine, n, error);
}

/* An own change that came back as its number alone. */
static gboolean
is_number (JsonObject *item)
{
  return !json_object_has_member (item, "id") && json_object_has_member (item, "own");
}

/* FALSE: the log does not say what it is about. */
static gboolean
name_own (ZfSyncEngine *engine, JsonArray *items)
{
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      JsonArray *own = zf_json_get_array (item, "own");
      g_autofree char *kind = NULL;
      g_autofree char *id = NULL;

      if (!is_number (item))
        continue;
      if (own == NULL || json_array_get_length (own) != 1 ||
          !zf_ledger_names (engine->reader, json_array_get_int_element (own, 0), &kind, &id))
        return FALSE;
      json_object_set_string_member (item, "k", kind);
      json_object_set_string_member (item, "id", id);
    }
  return TRUE;
}

static JsonArray *
parse_items (GArray *slices, GError **error)
{
  g_autoptr (JsonArray) items = json_array_sized_new (slices->len);

  for (guint i = 0; i < slices->len; i++)
    {
      const ZfSlice *slice = &g_array_index (slices, ZfSlice, i);
      JsonObject *item = zf_json_parse_object (slice->text, (gssize) slice->len, NULL);

      if (item == NULL)
        {
          zf_engine_bad_answer (error);
          return NULL;
        }
      json_array_add_object_element (items, item);
    }
  return g_steal_pointer (&items);
}

/* The pull of an answer: its envelope and the items as text. */
typedef struct
{
  JsonObject *envelope;
  GArray *slices;
} Pull;

static void
pull_clear (Pull *pull)
{
  g_clear_pointer (&pull->envelope, json_object_unref);
  g_clear_pointer (&pull->slices, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pull, pull_clear)

static gboolean
check_pull (ZfSyncEngine *engine, const Pull *pull)
{
  gint64 next;

  if (engine->after < 0)
    return pull->envelope == NULL;
  if (pull->envelope == NULL)
    return FALSE;
  next = zf_json_get_int (pull->envelope, "next", -1);
  return next >= engine->after && (next > engine->after || !zf_json_get_bool (pull->envelope, "more", FALSE));
}

static gboolean
take_pull (ZfSyncEngine *engine, const Pull *pull, GError **error)
{
  g_autoptr (JsonArray) items = NULL;
  gboolean more;
  gint64 next;

  if (pull->envelope == NULL)
    return TRUE;
  more = zf_json_get_bool (pull->envelope, "more", FALSE);
  next = zf_json_get_int (pull->envelope, "next", 0);
  items = parse_items (pull->slices, error);
  if (items == NULL)
    return FALSE;
  if (!name_own (engine, items))
    {
      if (engine->in_full)
        return zf_engine_bad_answer (error);
      engine->in_full = TRUE;
      engine->phase = PHASE_PULL;
      return TRUE;
    }
  /* A page of nothing new still says that all acknowledged changes are behind. */
  if ((next != engine->after || engine->phase == PHASE_PULL || zf_ledger_awaits_echo (engine->reader)) &&
      !zf_ledger_stage (engine->store, items, next + (ZF_PLANT (PAGE_NEXT_OFF_BY_ONE) ? 1 : 0), more, error))
    return FALSE;
  engine->progress.pulled += json_array_get_length (items);
  if (!more)
    {
      g_clear_pointer (&engine->digests, json_object_unref);
      if (zf_json_get_object (pull->envelope, "digest") != NULL)
        engine->digests = json_object_ref (zf_json_get_object (pull->envelope, "digest"));
    }
  engine->phase = more ? PHASE_PULL : PHASE_APPLY;
  return TRUE;
}

static gboolean
take_surroundings (ZfSyncEngine *engine, JsonObject *answer, GError **error)
{
  engine->progress.skew_ms = zf_json_get_int (answer, "time_ms", 0) - zf_clock_now_ms (zf_store_clock (engine->store));
  return zf_engine_keep_meta (engine->store, "server_epoch", zf_json_get_string (answer, "server_epoch", NULL), error);
}

/* A page was asked for and none may come to this version; what is here may still go. */
static gboolean
is_outdated (ZfSyncEngine *engine, JsonObject *answer, const Pull *pull)
{
  engine->outdated |= engine->after >= 0 && pull->envelope == NULL && zf_json_get_object (answer, "upgrade") != NULL;
  if (engine->outdated)
    engine->phase = PHASE_PUSH;
  return engine->outdated;
}

static gboolean
split_answer (const ZfSyncResponse *response, JsonObject **answer, Pull *pull, GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  ZfSlice inner;

  if (text == NULL || !zf_wire_take_member (text, len, "pull", &inner, answer, NULL))
    return zf_engine_bad_answer (error);
  if (inner.text == NULL || inner.text[0] == 'n')
    return TRUE;
  if (!zf_wire_split (inner.text, inner.len, "items", &pull->envelope, &pull->slices, NULL))
    return zf_engine_bad_answer (error);
  return TRUE;
}

/* Whether the villages are in question instead of a page. */
static gboolean
asks_scope (ZfSyncEngine *engine, JsonObject *answer, const Pull *pull)
{
  JsonObject *scope = zf_json_get_object (answer, "scope");
  g_autofree char *known = zf_store_get_meta (engine->store, "scope_epoch");

  if (engine->after < 0 || pull->envelope != NULL || scope == NULL)
    return FALSE;
  return known == NULL || g_ascii_strtoll (known, NULL, 10) != zf_json_get_int (scope, "epoch", 0);
}

gboolean
zf_engine_handle_exchange (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_autoptr (JsonObject) answer = NULL;
  g_auto (Pull) pull = { 0 };
  JsonObject *push;

  if (!split_answer (response, &answer, &pull, error))
    return FALSE;
  push = zf_json_get_object (answer, "push");
  if (g_strcmp0 (zf_json_get_string (answer, "server", NULL), engine->server_id) != 0 ||
      zf_json_get_int (answer, "proto", 0) != ZF_WIRE_PROTO || !check_push (engine, push))
    return zf_engine_bad_answer (error);
  if (!take_push (engine, push, error) || !take_surroundings (engine, answer, error))
    return FALSE;
  if (is_outdated (engine, answer, &pull))
    return TRUE;
  if (asks_scope (engine, answer, &pull))
    {
      zf_engine_take_scope (engine, zf_json_get_object (answer, "scope"));
      engine->phase = PHASE_SCOPE;
      return TRUE;
    }
  if (!check_pull (engine, &pull))
    return zf_engine_bad_answer (error);
  return take_pull (engine, &pull, error);
}
