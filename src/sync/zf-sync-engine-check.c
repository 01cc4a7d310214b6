/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* Comparing with the county, and fetching what differs. */

#include <string.h>

#include "zf-json.h"
#include "zf-sync-engine-private.h"
#include "zf-wire.h"

#define MAX_FETCH 500
/* Nothing moved: still once a day. */
#define AGREED_MS (24 * 60 * 60 * 1000)

void
zf_check_free (Check *check)
{
  g_free (check->village);
  g_array_unref (check->buckets);
  g_ptr_array_unref (check->fetch);
  g_ptr_array_unref (check->drop);
  g_free (check);
}

/* Fetching */

static ZfSyncRequest *
ask_records (ZfSyncEngine *engine, char **ids, guint n)
{
  GString *body = g_string_new ("{\"ids\":[");

  for (guint i = 0; i < n; i++)
    {
      g_string_append (body, i > 0 ? "," : "");
      zf_wire_put_string (body, ids[i]);
    }
  g_string_append (body, "]}");
  return zf_engine_request (engine, "POST", g_strdup ("/v1/fetch"), ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (body));
}

/* Each is asked for once a run: what the answer does not settle is no reason for a loop. */
gboolean
zf_engine_next_fetch (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  g_auto (GStrv) ids = zf_ledger_lacking (engine->reader);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  for (guint i = 0; ids != NULL && ids[i] != NULL && fresh->len < MAX_FETCH; i++)
    if (g_hash_table_add (engine->fetched, g_strdup (ids[i])))
      g_ptr_array_add (fresh, ids[i]);
  if (fresh->len > 0)
    *request = ask_records (engine, (char **) fresh->pdata, fresh->len);
  return TRUE;
}

/* Items that came, and ids of those that the county does not have for this tablet. */
static gboolean
take_records (ZfSyncEngine *engine, const ZfSyncResponse *response, GPtrArray *drop, GError **error)
{
  g_autoptr (JsonObject) answer = zf_engine_parse (response, error);
  JsonArray *items = answer != NULL ? zf_json_get_array (answer, "items") : NULL;
  g_autoptr (JsonArray) whole = json_array_new ();

  if (items == NULL)
    return answer != NULL ? zf_engine_bad_answer (error) : FALSE;
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonNode *node = json_array_get_element (items, i);
      JsonObject *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (item == NULL || zf_json_get_string (item, "id", NULL) == NULL)
        return zf_engine_bad_answer (error);
      if (json_object_has_member (item, "gone"))
        g_ptr_array_add (drop, g_strdup (zf_json_get_string (item, "id", NULL)));
      else
        json_array_add_object_element (whole, json_object_ref (item));
    }
  engine->progress.repaired += json_array_get_length (whole) + drop->len;
  g_ptr_array_add (drop, NULL);
  return zf_ledger_repair (engine->store, whole, (const char *const *) drop->pdata, error);
}

gboolean
zf_engine_handle_fetch (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  g_autoptr (GPtrArray) drop = g_ptr_array_new_with_free_func (g_free);

  return take_records (engine, response, drop, error);
}

/* Comparing */

gboolean
zf_engine_digest_due (ZfSyncEngine *engine)
{
  g_autofree char *text = zf_store_get_meta (engine->store, ZF_LEDGER_AGREED);
  gint64 now = zf_clock_now_ms (zf_store_clock (engine->store));
  gint64 agreed = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;

  return text == NULL || now < agreed || now - agreed >= AGREED_MS || engine->progress.pushed > 0;
}

static Check *
check_new (const char *village)
{
  Check *check = g_new0 (Check, 1);

  check->village = g_strdup (village);
  check->buckets = g_array_new (FALSE, FALSE, sizeof (guint));
  check->fetch = g_ptr_array_new_with_free_func (g_free);
  check->drop = g_ptr_array_new_with_free_func (g_free);
  return check;
}

static gboolean
agrees (ZfSyncEngine *engine, const char *village, JsonObject *theirs, gboolean *same, GError **error)
{
  ZfDigest sum, other = { 0 };
  guint n;

  if (!zf_ledger_digest (engine->reader, village, &n, &sum, error))
    return FALSE;
  *same = zf_json_get_int (theirs, "n", -1) == n && zf_digest_parse (zf_json_get_string (theirs, "h", NULL), &other) &&
          memcmp (sum.b, other.b, ZF_DIGEST_BYTES) == 0;
  return TRUE;
}

static gboolean
compare_all (ZfSyncEngine *engine, GError **error)
{
  JsonObjectIter iter;
  const char *village = NULL;
  JsonNode *node = NULL;

  json_object_iter_init_ordered (&iter, engine->digests);
  while (json_object_iter_next_ordered (&iter, &village, &node))
    {
      gboolean same = FALSE;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return zf_engine_bad_answer (error);
      if (!agrees (engine, village, json_node_get_object (node), &same, error))
        return FALSE;
      if (!same)
        g_queue_push_tail (&engine->checks, check_new (village));
    }
  return TRUE;
}

/* One digest over everything that the county has. */
static gboolean
all_agrees (ZfSyncEngine *engine, JsonObject *theirs, gboolean *same, GError **error)
{
  ZfDigest all, other = { 0 };
  gint64 n;

  if (!zf_ledger_digest_all (engine->reader, &n, &all, error))
    return FALSE;
  *same = zf_json_get_int (theirs, "n", -1) == n && zf_digest_parse (zf_json_get_string (theirs, "h", NULL), &other) &&
          memcmp (all.b, other.b, ZF_DIGEST_BYTES) == 0;
  return TRUE;
}

static gboolean
note_agreed (ZfSyncEngine *engine, GError **error)
{
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, zf_clock_now_ms (zf_store_clock (engine->store)));

  return zf_store_set_meta (engine->store, ZF_LEDGER_AGREED, now, error);
}

/* Changes that were acknowledged after the page was read are not in the sums yet; saves since then never are. */
static gboolean
begin_check (ZfSyncEngine *engine, GError **error)
{
  g_autoptr (JsonObject) digests = g_steal_pointer (&engine->digests);
  JsonObject *all = digests != NULL ? zf_json_get_object (digests, ZF_WIRE_ALL) : NULL;
  gboolean ok, same = FALSE;

  if (digests == NULL)
    return TRUE;
  if (all != NULL && !all_agrees (engine, all, &same, error))
    return FALSE;
  if (same)
    return note_agreed (engine, error);
  if (all != NULL && !engine->in_full)
    {
      /* Which village it is, the county says when it is asked in full. */
      engine->in_full = TRUE;
      engine->phase = PHASE_PULL;
      return TRUE;
    }
  engine->digests = digests;
  ok = compare_all (engine, error);
  engine->digests = NULL;
  return ok && (!g_queue_is_empty (&engine->checks) || note_agreed (engine, error));
}

static ZfSyncRequest *
ask_check (ZfSyncEngine *engine, Check *check)
{
  if (check->step == CHECK_IDS)
    return zf_engine_request (engine, "GET",
                              g_strdup_printf ("/v1/digest/%s/%02x", check->village, g_array_index (check->buckets, guint, check->buckets->len - 1)),
                              ZF_WIRE_TYPE_JSON, NULL);
  if (check->step == CHECK_FETCH)
    return ask_records (engine, (char **) check->fetch->pdata, MIN (check->fetch->len, MAX_FETCH));
  return zf_engine_request (engine, "GET", g_strdup_printf ("/v1/digest/%s", check->village), ZF_WIRE_TYPE_JSON, NULL);
}

gboolean
zf_engine_next_check (ZfSyncEngine *engine, ZfSyncRequest **request, GError **error)
{
  if (!begin_check (engine, error))
    return FALSE;
  if (!g_queue_is_empty (&engine->checks))
    *request = ask_check (engine, g_queue_peek_head (&engine->checks));
  return TRUE;
}

static gboolean
take_buckets (ZfSyncEngine *engine, Check *check, JsonObject *answer, GError **error)
{
  JsonArray *theirs = zf_json_get_array (answer, "buckets");
  g_autofree ZfDigest *ours = g_new0 (ZfDigest, ZF_DIGEST_BUCKETS);

  if (theirs == NULL || json_array_get_length (theirs) != ZF_DIGEST_BUCKETS)
    return zf_engine_bad_answer (error);
  if (!zf_ledger_digest_buckets (engine->reader, check->village, ours, error))
    return FALSE;
  for (guint i = 0; i < ZF_DIGEST_BUCKETS; i++)
    {
      ZfDigest other;

      if (!zf_digest_parse (json_array_get_string_element (theirs, i), &other))
        return zf_engine_bad_answer (error);
      if (memcmp (ours[i].b, other.b, ZF_DIGEST_BYTES) != 0)
        g_array_append_val (check->buckets, i);
    }
  check->step = check->buckets->len > 0 ? CHECK_IDS : CHECK_AGAIN;
  return TRUE;
}

static gboolean
compare_ids (Check *check, JsonArray *theirs, GHashTable *ours, GError **error)
{
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < json_array_get_length (theirs); i++)
    {
      JsonNode *node = json_array_get_element (theirs, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      const char *name = pair != NULL && json_array_get_length (pair) == 2 ? json_array_get_string_element (pair, 0) : NULL;

      if (name == NULL)
        return zf_engine_bad_answer (error);
      if (g_strcmp0 (g_hash_table_lookup (ours, name), json_array_get_string_element (pair, 1)) != 0)
        g_ptr_array_add (check->fetch, g_strdup (name));
      g_hash_table_remove (ours, name);
    }
  g_hash_table_iter_init (&iter, ours);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (check->drop, g_strdup (id));
  return TRUE;
}

/* What only this tablet has is asked for too: the answer says that it is gone. */
static void
end_ids (Check *check)
{
  for (guint i = 0; i < check->drop->len; i++)
    g_ptr_array_add (check->fetch, g_strdup (check->drop->pdata[i]));
  g_ptr_array_set_size (check->drop, 0);
  check->step = check->fetch->len > 0 ? CHECK_FETCH : CHECK_AGAIN;
}

static gboolean
take_ids (ZfSyncEngine *engine, Check *check, JsonObject *answer, GError **error)
{
  JsonArray *theirs = zf_json_get_array (answer, "items");
  guint bucket = g_array_index (check->buckets, guint, check->buckets->len - 1);
  g_autoptr (GHashTable) ours = theirs != NULL ? zf_ledger_digest_ids (engine->reader, check->village, bucket, error) : NULL;

  if (ours == NULL)
    return theirs != NULL ? FALSE : zf_engine_bad_answer (error);
  if (!compare_ids (check, theirs, ours, error))
    return FALSE;
  g_array_set_size (check->buckets, check->buckets->len - 1);
  if (check->buckets->len == 0)
    end_ids (check);
  return TRUE;
}

static gboolean
take_fetched (ZfSyncEngine *engine, Check *check, const ZfSyncResponse *response, GError **error)
{
  g_autoptr (GPtrArray) drop = g_ptr_array_new_with_free_func (g_free);

  if (!take_records (engine, response, drop, error))
    return FALSE;
  g_ptr_array_remove_range (check->fetch, 0, MIN (check->fetch->len, MAX_FETCH));
  if (check->fetch->len == 0)
    check->step = CHECK_AGAIN;
  return TRUE;
}

/* One repair a run: what still differs then is for a person to look at, not for a loop. */
static gboolean
take_again (ZfSyncEngine *engine, Check *check, JsonObject *answer, GError **error)
{
  gboolean same = FALSE;

  if (!agrees (engine, check->village, answer, &same, error))
    return FALSE;
  if (!same)
    g_message ("A village still differs from the county's after a repair");
  engine->progress.differs += !same;
  zf_check_free (g_queue_pop_head (&engine->checks));
  return !g_queue_is_empty (&engine->checks) || engine->progress.differs > 0 || note_agreed (engine, error);
}

gboolean
zf_engine_handle_check (ZfSyncEngine *engine, const ZfSyncResponse *response, GError **error)
{
  Check *check = g_queue_peek_head (&engine->checks);
  g_autoptr (JsonObject) answer = NULL;

  g_return_val_if_fail (check != NULL, FALSE);

  if (check->step == CHECK_FETCH)
    return take_fetched (engine, check, response, error);
  answer = zf_engine_parse (response, error);
  if (answer == NULL)
    return FALSE;
  if (check->step == CHECK_BUCKETS)
    return take_buckets (engine, check, answer, error);
  return check->step == CHECK_IDS ? take_ids (engine, check, answer, error) : take_again (engine, check, answer, error);
}
