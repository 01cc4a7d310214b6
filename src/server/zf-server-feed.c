/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"

/* A page being written. */
typedef struct
{
  ZfExchange *exchange;
  GString *out;
  gsize start;          /* length of out before the first item */
  gsize max_bytes;
  guint n;
  gint64 next;          /* seq of the last row that was looked at */
  gint64 short_from;    /* own changes after this number are surely in the tablet's log */
  GError *error;
} Page;

static void
put_author (GString *out, const ZfFeedRow *row)
{
  g_string_append (out, ",\"c\":[{");
  zf_wire_put_member (out, "cid", row->cid);
  zf_wire_put_member (out, "by", row->by);
  zf_wire_put_int (out, "at", row->at);
  g_string_append (out, "}]");
}

/* The county's backup does not hold it, so the tablet does: its log says what this is about. */
static gboolean
is_short (const Page *page, const ZfFeedRow *row)
{
  return row->what == ZF_FEED_FIELDS && row->whole && row->origin == page->exchange->origin && row->lsn > page->short_from &&
         g_strcmp0 (row->of, row->id) == 0;
}

static void
put_fields (Page *page, const ZfFeedRow *row)
{
  GString *out = page->out;

  zf_wire_put_int (out, "rev", row->rev);
  if ((row->whole || ZF_PLANT (OWN_TOO_MUCH)) && row->origin == page->exchange->origin)
    {
      g_string_append_printf (out, ",\"own\":[%" G_GINT64_FORMAT "]", row->lsn);
      return;
    }
  g_string_append (out, ",\"f\":");
  g_string_append (out, row->f);
  put_author (out, row);
}

static void
put_json (GString *out, const char *name, JsonNode *node)
{
  g_autofree char *text = node != NULL ? zf_json_canonical (node) : g_strdup ("null");

  g_string_append_printf (out, ",\"%s\":%s", name, text);
}

gboolean
zf_server_put_conflict (ZfServerCore *core, const char *id, GString *out, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfConflict) conflict = core->store->verbs->conflict (core->store, id, &local);
  g_autoptr (JsonNode) theirs = NULL;
  g_autoptr (JsonNode) mine = NULL;

  if (conflict == NULL)
    {
      if (local == NULL)
        g_set_error_literal (&local, ZF_ERROR, ZF_ERROR_CORRUPT, "The feed names a conflict that is not there");
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  theirs = json_node_init_object (json_node_alloc (), conflict->theirs);
  mine = json_node_init_array (json_node_alloc (), conflict->mine);
  zf_wire_put_member (out, "k", "conflict");
  zf_wire_put_member (out, "id", conflict->id);
  zf_wire_put_member (out, "of", conflict->record);
  zf_wire_put_member (out, "kind", conflict->kind);
  zf_wire_put_member (out, "g", conflict->group);
  put_json (out, "base", conflict->base);
  put_json (out, "theirs", theirs);
  put_json (out, "mine", mine);
  g_string_append_printf (out, ",\"open\":%s", conflict->open ? "true" : "false");
  if (conflict->closed != NULL)
    {
      g_autofree char *closed = zf_json_canonical_object (conflict->closed);

      g_string_append_printf (out, ",\"closed\":%s", closed);
    }
  return TRUE;
}

static gboolean
put_row (Page *page, const ZfFeedRow *row)
{
  GString *out = page->out;

  if (row->what == ZF_FEED_CONFLICT)
    return zf_server_put_conflict (page->exchange->core, row->id, out, &page->error);
  if (row->what != ZF_FEED_GONE && !is_short (page, row))
    zf_wire_put_member (out, "k", row->kind);
  if (!is_short (page, row))
    zf_wire_put_member (out, "id", row->id);
  if (row->what == ZF_FEED_FIELDS)
    put_fields (page, row);
  else if (row->what == ZF_FEED_GONE)
    zf_wire_put_member (out, "gone", "moved");
  else
    {
      zf_wire_put_int (out, "rev", row->record_rev);
      if (row->what == ZF_FEED_DEL)
        zf_wire_put_member (out, "del", row->del);
      else
        g_string_append (out, ",\"undel\":true");
    }
  return TRUE;
}

/* A record that left one of the device's villages for another of them has not gone. */
static gboolean
is_for_nobody (const Page *page, const ZfFeedRow *row)
{
  if (row->what == ZF_FEED_GONE)
    return zf_device_covers (page->exchange->device, row->village) || ZF_PLANT (GONE_NOT_SENT);
  return row->what == ZF_FEED_CONFLICT && ZF_PLANT (FEED_SKIPS_CONFLICTS);
}

static gboolean
take_row (const ZfFeedRow *row, gpointer data)
{
  Page *page = data;

  if (page->n > 0 && page->out->len - page->start > page->max_bytes)
    return FALSE;
  page->next = ZF_PLANT (FEED_BY_ENTITY_SEQ) ? MAX (row->seq, row->record_seq) : row->seq;
  if (is_for_nobody (page, row))
    return TRUE;
  g_string_append (page->out, page->n > 0 ? ",{" : "{");
  zf_wire_put_int (page->out, "s", row->seq);
  if (!put_row (page, row))
    return FALSE;
  g_string_append_c (page->out, '}');
  page->n++;
  return TRUE;
}

static gboolean
remember_delivery (ZfExchange *exchange, gint64 after, gint64 next, GError **error)
{
  ZfServerStore *store = exchange->core->store;

  return next <= after || store->verbs->set_delivered (store, exchange->device, next, error);
}

gboolean
zf_server_pull (ZfExchange *exchange, JsonObject *request, GString *out, GError **error)
{
  ZfServerCore *core = exchange->core;
  gint64 after = zf_json_get_int (request, "after", -1);
  gint64 limit = CLAMP (zf_json_get_int (request, "limit", core->max_items), 1, core->max_items);
  gint64 bytes = CLAMP (zf_json_get_int (request, "bytes", (gint64) core->max_bytes), 1, (gint64) core->max_bytes);
  Page page = { .exchange = exchange, .out = out, .max_bytes = (gsize) bytes, .next = after };
  gboolean more = FALSE;

  page.short_from = zf_json_get_bool (request, "short", FALSE) ? core->store->verbs->durable (core->store, exchange->origin) : G_MAXINT64;
  if (after < 0)
    {
      zf_problem_set (error, ZF_PROBLEM_MALFORMED);
      return FALSE;
    }
  g_string_append (out, "{\"items\":[");
  page.start = out->len;
  if (!core->store->verbs->page (core->store, exchange->device, after, (guint) limit, take_row, &page, &more, error))
    return FALSE;
  if (page.error != NULL)
    {
      g_propagate_error (error, page.error);
      return FALSE;
    }
  if (!more)
    page.next = MAX (page.next, core->store->verbs->head (core->store));
  g_string_append_printf (out, "],\"next\":%" G_GINT64_FORMAT ",\"more\":%s", page.next, more ? "true" : "false");
  if (!more && zf_json_get_bool (request, "digest", FALSE) &&
      !zf_server_put_digests (core, exchange->device, zf_json_get_bool (request, "short", FALSE), out, error))
    return FALSE;
  g_string_append_c (out, '}');
  return remember_delivery (exchange, after, page.next, error);
}
