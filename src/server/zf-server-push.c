/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include <string.h>

#include "zf-id.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"

static void
change_free (gpointer data)
{
  ZfChange *change = data;

  g_clear_pointer (&change->object, json_object_unref);
  g_free (change->bytes);
  g_free (change);
}

/* A line taken apart. */
typedef struct
{
  const char *batch;
  char *sha256;
  gint64 first;
  gint64 last;
  JsonObject *envelope;
  GPtrArray *changes;    /* (element-type ZfChange) */
} Batch;

static void
batch_clear (Batch *batch)
{
  g_free (batch->sha256);
  g_clear_pointer (&batch->envelope, json_object_unref);
  g_clear_pointer (&batch->changes, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static gboolean
malformed (GError **error)
{
  zf_problem_set (error, ZF_PROBLEM_MALFORMED);
  return FALSE;
}

/* Only what the bookkeeping needs must be right; anything else that is wrong with a change is a matter of quarantine. */
static ZfChange *
read_change (const ZfSlice *slice, gint64 lsn)
{
  ZfChange *change = g_new0 (ZfChange, 1);

  change->object = zf_json_parse_object (slice->text, (gssize) slice->len, NULL);
  if (change->object != NULL)
    {
      change->lsn = zf_json_get_int (change->object, "lsn", 0);
      change->cid = zf_json_get_string (change->object, "cid", NULL);
      change->tx = zf_json_get_string (change->object, "tx", NULL);
      change->kind = zf_json_get_string (change->object, "k", "");
      change->id = zf_json_get_string (change->object, "id", "");
      change->op = zf_json_get_string (change->object, "op", "");
      change->by = zf_json_get_string (change->object, "by", "");
      change->base = MAX (zf_json_get_int (change->object, "b", 0), 0);
      change->at = zf_json_get_int (change->object, "at", 0);
      change->f = zf_json_get_object (change->object, "f");
      change->bytes = g_strndup (slice->text, slice->len);
    }
  if (change->object != NULL && change->lsn == lsn && change->cid != NULL && zf_id_is_valid (change->cid))
    return change;
  change_free (change);
  return NULL;
}

static gboolean
read_batch (const ZfSlice *line, guint max, Batch *batch, GError **error)
{
  g_autoptr (GArray) slices = NULL;

  if (!zf_wire_split (line->text, line->len, "changes", &batch->envelope, &slices, NULL))
    return malformed (error);
  batch->sha256 = zf_wire_sha256 (line->text, (gssize) line->len);
  batch->batch = zf_json_get_string (batch->envelope, "batch", NULL);
  batch->first = zf_json_get_int (batch->envelope, "first", 0);
  batch->last = zf_json_get_int (batch->envelope, "last", 0);
  batch->changes = g_ptr_array_new_with_free_func (change_free);
  if (batch->batch == NULL || !zf_id_is_valid (batch->batch) || batch->first < 1 || slices->len < 1 ||
      batch->last - batch->first + 1 != (gint64) slices->len)
    return malformed (error);
  if (slices->len > max)
    {
      zf_problem_set (error, ZF_PROBLEM_TOO_LARGE);
      return FALSE;
    }
  for (guint i = 0; i < slices->len; i++)
    {
      ZfChange *change = read_change (&g_array_index (slices, ZfSlice, i), batch->first + i);

      if (change == NULL)
        return malformed (error);
      g_ptr_array_add (batch->changes, change);
    }
  return TRUE;
}

void
zf_verdict_clear (ZfVerdict *verdict)
{
  g_clear_pointer (&verdict->conflict, g_free);
}

static void
put_result (GString *results, gint64 lsn, const ZfVerdict *verdict)
{
  g_string_append (results, results->len > 1 ? ",{" : "{");
  zf_wire_put_int (results, "lsn", lsn);
  zf_wire_put_member (results, "d", ZF_PLANT (TOLD_OTHERWISE) && g_str_equal (verdict->d, "merged") ? "applied" : verdict->d);
  if (verdict->rev > 0)
    zf_wire_put_int (results, "rev", verdict->rev);
  if (verdict->conflict != NULL)
    zf_wire_put_member (results, "conflict", verdict->conflict);
  if (verdict->why != NULL)
    zf_wire_put_member (results, "why", verdict->why);
  g_string_append_c (results, '}');
}

/* The same bytes; or the same change under its earlier numbers. */
static gboolean
same_change (const ZfChange *change, const char *bytes)
{
  g_autoptr (JsonObject) stored = g_str_equal (bytes, change->bytes) ? NULL : zf_json_parse_object (bytes, -1, NULL);

  return stored == NULL || (zf_json_get_int (stored, "lsn", 0) != change->lsn &&
                            g_strcmp0 (zf_json_get_string (stored, "cid", NULL), change->cid) == 0);
}

/* *known: this change was stored before: sent again in another batch, or under a new epoch. */
static gboolean
find_stored (ZfExchange *exchange, const ZfChange *change, gboolean *known, ZfVerdict *verdict, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autofree char *bytes = NULL;

  *known = FALSE;
  if (change->lsn <= exchange->acked && !store->verbs->find_change (store, exchange->origin, change->lsn, NULL, &bytes, &verdict->rev, error))
    return FALSE;
  if (bytes != NULL && !same_change (change, bytes))
    {
      zf_problem_set (error, ZF_PROBLEM_FORK);
      return FALSE;
    }
  verdict->d = "duplicate";
  *known = bytes != NULL;
  if (*known || ZF_PLANT (NO_DEDUPE_CID))
    return TRUE;
  if (!store->verbs->find_change (store, 0, 0, change->cid, &bytes, &verdict->rev, error))
    return FALSE;
  *known = bytes != NULL;
  return !*known || store->verbs->put_resent (store, exchange->origin, change->lsn, change->cid, error);
}

static gboolean
store_change (ZfExchange *exchange, const ZfChange *change, gint64 seq, const ZfVerdict *verdict, GError **error)
{
  ZfChangeRow row = {
    .seq = seq,
    .origin = exchange->origin,
    .lsn = change->lsn,
    .cid = change->cid,
    .kind = change->kind,
    .id = change->id,
    .rev = verdict->rev,
    .at = change->at,
    .by = change->by,
    .recv_at = exchange->now_ms,
    .skew = exchange->skew_ms,
    .disposition = verdict->d,
    .why = ZF_PLANT (FORGET_QUARANTINE) ? NULL : verdict->why,
    .bytes = change->bytes,
  };

  return exchange->core->store->verbs->put_change (exchange->core->store, &row, error);
}

static gboolean
take_change (ZfExchange *exchange, const ZfChange *change, ZfVerdict *verdict, GError **error)
{
  gboolean known;
  gint64 seq;

  if (!find_stored (exchange, change, &known, verdict, error))
    return FALSE;
  if (known)
    return TRUE;
  zf_crash_point ("server-change");
  seq = exchange->core->store->verbs->next_seq (exchange->core->store);
  return zf_server_merge (exchange, change, seq, verdict, error) && store_change (exchange, change, seq, verdict, error);
}

/* All of a tx is quarantined when one of it is: its own reason, or "tx". */
static gboolean
quarantine_all (ZfExchange *exchange, GPtrArray *changes, guint from, guint to, GArray *verdicts, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  for (guint i = from; i < to; i++)
    {
      const ZfChange *change = changes->pdata[i];
      ZfVerdict *verdict = &g_array_index (verdicts, ZfVerdict, i - from);

      if (g_str_equal (verdict->d, "duplicate"))
        {
          /* What was noted of it went back with the others. */
          if (change->lsn > exchange->acked && !store->verbs->put_resent (store, exchange->origin, change->lsn, change->cid, error))
            return FALSE;
          continue;
        }
      zf_verdict_clear (verdict);
      verdict->rev = 0;
      if (!g_str_equal (verdict->d, "quarantined"))
        verdict->why = "tx";
      verdict->d = "quarantined";
      if (!store_change (exchange, change, store->verbs->next_seq (store), verdict, error))
        return FALSE;
    }
  return TRUE;
}

static void
clear_verdict (gpointer data)
{
  zf_verdict_clear (data);
}

static gboolean
take_together (ZfExchange *exchange, GPtrArray *changes, guint from, guint to, GString *results, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autoptr (GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (ZfVerdict));
  gboolean marked = to - from > 1, refused = FALSE;

  g_array_set_clear_func (verdicts, clear_verdict);
  g_array_set_size (verdicts, to - from);
  if (marked && !store->verbs->txn (store, ZF_TXN_MARK, error))
    return FALSE;
  for (guint i = from; i < to; i++)
    {
      ZfVerdict *verdict = &g_array_index (verdicts, ZfVerdict, i - from);

      if (!take_change (exchange, changes->pdata[i], verdict, error))
        return FALSE;
      refused |= g_str_equal (verdict->d, "quarantined");
    }
  if (marked && !store->verbs->txn (store, refused ? ZF_TXN_BACK : ZF_TXN_KEEP, error))
    return FALSE;
  if (marked && refused && !quarantine_all (exchange, changes, from, to, verdicts, error))
    return FALSE;
  for (guint i = from; i < to; i++)
    put_result (results, ((ZfChange *) changes->pdata[i])->lsn, &g_array_index (verdicts, ZfVerdict, i - from));
  return TRUE;
}

static guint
end_of_tx (GPtrArray *changes, guint from)
{
  const char *tx = ((ZfChange *) changes->pdata[from])->tx;
  guint to = from + 1;

  while (tx != NULL && to < changes->len && g_strcmp0 (((ZfChange *) changes->pdata[to])->tx, tx) == 0)
    to++;
  return to;
}

static void
put_answer (ZfExchange *exchange, GString *out, const Batch *batch, gboolean replayed, gint64 acked, const char *results)
{
  gint64 durable = exchange->core->store->verbs->durable (exchange->core->store, exchange->origin);

  g_string_append_c (out, '{');
  zf_wire_put_member (out, "batch", batch->batch);
  g_string_append_printf (out, ",\"replayed\":%s", replayed ? "true" : "false");
  zf_wire_put_int (out, "acked", acked);
  zf_wire_put_int (out, "durable", ZF_PLANT (DURABLE_AT_ACK) ? acked : durable);
  g_string_append_printf (out, ",\"results\":%s}", results);
}

static gboolean
take_batch (ZfExchange *exchange, const Batch *batch, GString *out, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_autoptr (GString) results = g_string_new ("[");
  gint64 acked = MAX (exchange->acked, batch->last);

  if (batch->first > exchange->acked + 1)
    {
      exchange->core->expect = exchange->acked + 1;
      zf_problem_set (error, ZF_PROBLEM_LSN_GAP);
      return FALSE;
    }
  for (guint from = 0; from < batch->changes->len;)
    {
      guint to = end_of_tx (batch->changes, from);

      if (!take_together (exchange, batch->changes, from, to, results, error))
        return FALSE;
      from = to;
    }
  g_string_append_c (results, ']');
  put_answer (exchange, out, batch, FALSE, acked, results->str);
  return store->verbs->put_batch (store, exchange->device->id, batch->batch, batch->sha256, results->str, acked, error) &&
         store->verbs->set_acked (store, exchange->origin, acked, error) &&
         store->verbs->audit (store, exchange->now_ms, exchange->device->id, "push", batch->batch, error);
}

/* Bases of an older server epoch count up to what of it survived. */
static gint64
base_seq_of (ZfExchange *exchange, const Batch *batch)
{
  ZfServerCore *core = exchange->core;
  const char *epoch = zf_json_get_string (batch->envelope, "se", core->server_epoch);

  return g_str_equal (epoch, core->server_epoch) ? -1 : core->store->verbs->restore_point (core->store, epoch);
}

gboolean
zf_server_push (ZfExchange *exchange, const ZfSlice *line, GString *out, GError **error)
{
  ZfServerStore *store = exchange->core->store;
  g_auto (Batch) batch = { 0 };
  g_autofree char *sha256 = NULL;
  g_autofree char *results = NULL;
  gint64 acked = 0;

  zf_crash_point ("server-begun");
  if (!read_batch (line, exchange->core->max_changes, &batch, error) ||
      !store->verbs->find_batch (store, exchange->device->id, batch.batch, &sha256, &results, &acked, error))
    return FALSE;
  exchange->base_seq = base_seq_of (exchange, &batch);
  if (sha256 == NULL)
    return take_batch (exchange, &batch, out, error);
  if (!g_str_equal (sha256, batch.sha256))
    {
      zf_problem_set (error, ZF_PROBLEM_IDEMPOTENCY);
      return FALSE;
    }
  if (ZF_PLANT (REPLAY_AUDITED) && !store->verbs->audit (store, exchange->now_ms, exchange->device->id, "push", batch.batch, error))
    return FALSE;
  /* A batch of an earlier epoch says nothing about the numbers of this one. */
  put_answer (exchange, out, &batch, TRUE, MIN (acked, exchange->acked), results);
  return TRUE;
}
