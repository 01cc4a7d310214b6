/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the simulator itself knows: which saves were reported, what their authors had before the eyes, which bytes were sent and what was
 * answered. Checks compare the engine with this, never with its own bookkeeping. */
#include "sim.h"

#include <string.h>

#include "zf-wire-push.h"

Seen *
seen_new (World *world, Tablet *tablet, const char *id)
{
  Seen *seen = g_new0 (Seen, 1);
  g_autoptr (ZfRecord) record = id != NULL ? zf_reader_get (zf_store_reader (tablet->store), id, NULL) : NULL;

  seen->epoch = zf_store_get_meta (tablet->store, "server_epoch");
  seen->fuzzy = g_strcmp0 (seen->epoch, tablet->done_epoch) != 0;
  seen->own = tablet->n_saved;
  memcpy (seen->heir, tablet->heir, sizeof seen->heir);
  if (record != NULL)
    {
      seen->rev = record->rev;
      seen->fields = json_object_ref (record->fields);
      seen->del = g_strdup (record->del);
    }
  else
    seen->fields = json_object_new ();
  return seen;
}

Seen *
seen_copy (const Seen *seen)
{
  Seen *copy = g_memdup2 (seen, sizeof *seen);

  copy->epoch = g_strdup (seen->epoch);
  copy->fields = json_object_ref (seen->fields);
  copy->del = g_strdup (seen->del);
  return copy;
}

void
seen_free (Seen *seen)
{
  if (seen == NULL)
    return;
  g_free (seen->epoch);
  g_free (seen->del);
  json_object_unref (seen->fields);
  g_free (seen);
}

void
saved_free (gpointer data)
{
  Saved *saved = data;

  g_free (saved->cid);
  g_free (saved->epoch);
  g_free (saved->kind);
  g_free (saved->id);
  g_free (saved->op);
  g_free (saved->tx);
  g_clear_pointer (&saved->f, json_object_unref);
  seen_free (saved->seen);
  g_free (saved);
}

void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_hash_table_unref (attempt->seen);
  g_free (attempt);
}

void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_free (draft->draft);
  g_free (draft->record);
  g_free (draft->field);
  g_free (draft->value);
  seen_free (draft->seen);
  g_free (draft);
}

const char *
ledger_home (World *world, const char *id)
{
  return g_hash_table_lookup (world->homes, id);
}

/* Rows of the log */

typedef struct
{
  const char *epoch, *cid, *tx, *kind, *id, *op, *f;
  gint64 lsn, base, state, at;
} LogRow;

static void
read_row (sqlite3_stmt *stmt, LogRow *row)
{
  row->epoch = zf_db_text (stmt, 0);
  row->lsn = sqlite3_column_int64 (stmt, 1);
  row->cid = zf_db_text (stmt, 2);
  row->tx = zf_db_text (stmt, 3);
  row->kind = zf_db_text (stmt, 4);
  row->id = zf_db_text (stmt, 5);
  row->op = zf_db_text (stmt, 6);
  row->base = sqlite3_column_int64 (stmt, 7);
  row->f = zf_db_text (stmt, 8);
  row->state = sqlite3_column_int64 (stmt, 9);
  row->at = sqlite3_column_int64 (stmt, 10);
}

static void
note_home (World *world, const Saved *saved)
{
  JsonArray *pair = zf_json_get_array (saved->f, "household");
  const char *home = NULL;

  if (g_str_equal (saved->kind, "household"))
    home = saved->id;
  else if (pair != NULL && json_array_get_length (pair) == 2)
    home = json_node_get_string (json_array_get_element (pair, 1));
  if (home != NULL)
    g_hash_table_replace (world->homes, g_strdup (saved->id), g_strdup (home));
}

static Saved *
book (World *world, Tablet *tablet, const LogRow *row, const Seen *seen)
{
  Saved *saved = g_new0 (Saved, 1);

  saved->cid = g_strdup (row->cid);
  saved->tablet = tablet->n;
  saved->n = tablet->n_saved++;
  saved->epoch = g_strdup (row->epoch);
  saved->lsn = row->lsn;
  saved->kind = g_strdup (row->kind);
  saved->id = g_strdup (row->id);
  saved->op = g_strdup (row->op);
  saved->tx = g_strdup (row->tx);
  saved->base = row->base;
  saved->at = row->at;
  saved->f = zf_json_parse_object (row->f, -1, NULL);
  saved->seen = seen != NULL ? seen_copy (seen) : seen_new (world, tablet, NULL);
  if (seen == NULL)
    saved->seen->fuzzy = TRUE;
  g_hash_table_insert (world->saved, saved->cid, saved);
  g_ptr_array_add (world->order, saved);
  note_home (world, saved);
  return saved;
}

/* I1: a change says what its author had seen, not what stood there when it was finished. */
static void
check_seen (World *world, const Saved *saved)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  if (!g_str_equal (saved->op, "set"))
    return;
  if (saved->base > saved->seen->rev)
    world_violation (world, 1, "change %s claims to have seen revision %" G_GINT64_FORMAT " of %s, its author saw %" G_GINT64_FORMAT, saved->cid,
                     saved->base, saved->id, saved->seen->rev);
  json_object_iter_init_ordered (&iter, saved->f);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      JsonNode *old = pair != NULL ? json_array_get_element (pair, 0) : NULL;
      JsonNode *shown = json_object_get_member (saved->seen->fields, name);
      gboolean nothing = shown == NULL || JSON_NODE_HOLDS_NULL (shown);

      if (old != NULL && !(nothing && JSON_NODE_HOLDS_NULL (old)) && !zf_json_equal (old, shown))
        world_violation (world, 1, "change %s does not say what its author saw in %s", saved->cid, name);
    }
}

static Saved *
note_row (World *world, Tablet *tablet, const LogRow *row, GHashTable *seen_by_id)
{
  g_autofree char *key = g_strdup_printf ("%s:%" G_GINT64_FORMAT, row->epoch, row->lsn);
  Saved *saved = g_hash_table_lookup (world->saved, row->cid);
  const char *known = g_hash_table_lookup (tablet->rows, key);

  if (known != NULL && !g_str_equal (known, row->cid))
    world_violation (world, 3, "number %s of tablet %u names another change now", key, tablet->n);
  if (known == NULL)
    g_hash_table_replace (tablet->rows, g_strdup (key), g_strdup (row->cid));
  if (saved == NULL)
    {
      saved = book (world, tablet, row, seen_by_id != NULL ? g_hash_table_lookup (seen_by_id, row->id) : NULL);
      if (seen_by_id != NULL && g_hash_table_contains (seen_by_id, row->id))
        check_seen (world, saved);
    }
  else if (known == NULL)
    {
      saved->lsn = row->lsn;
      g_free (saved->epoch);
      saved->epoch = g_strdup (row->epoch);
    }
  return saved;
}

static gboolean
next_row (ZfDb *db, sqlite3_stmt *stmt, LogRow *row)
{
  gboolean there = FALSE;

  if (!zf_db_step (db, stmt, &there, NULL) || !there)
    return FALSE;
  read_row (stmt, row);
  return TRUE;
}

#define COLUMNS "SELECT epoch, lsn, change_id, tx, kind, id, op, base_rev, f, state, at FROM change "

static void
take_epoch (Tablet *tablet)
{
  g_autofree char *epoch = zf_store_get_meta (tablet->store, "epoch");
  g_autofree char *trimmed = NULL;

  if (g_strcmp0 (epoch, tablet->epoch) == 0)
    return;
  g_free (tablet->epoch);
  tablet->epoch = g_steal_pointer (&epoch);
  /* A store that comes back, or a copy of another one, may have forgotten its first rows already. */
  trimmed = zf_store_get_meta (tablet->store, "trimmed");
  tablet->known = trimmed != NULL ? g_ascii_strtoll (trimmed, NULL, 10) : 0;
}

/* Rows that a save just wrote. */
static guint
scan_new (World *world, Tablet *tablet, GHashTable *seen, gboolean reported)
{
  sqlite3_stmt *stmt;
  LogRow row;
  guint n = 0;

  take_epoch (tablet);
  stmt = zf_db_prepare (tablet_db (tablet), COLUMNS "WHERE epoch = ?1 AND lsn > ?2 ORDER BY lsn", NULL);
  zf_db_bind (stmt, "si", tablet->epoch, tablet->known);
  while (next_row (tablet_db (tablet), stmt, &row))
    {
      Saved *saved;

      if (row.lsn != tablet->known + 1)
        world_violation (world, 3, "tablet %u numbers a change %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT, tablet->n, row.lsn, tablet->known);
      saved = note_row (world, tablet, &row, seen);
      saved->reported = saved->reported || reported;
      tablet->known = row.lsn;
      n++;
    }
  return n;
}

gboolean
ledger_commit (World *world, Tablet *tablet, ZfSave *save, GHashTable *seen)
{
  g_autoptr (GError) error = NULL;
  gboolean ok, alive;
  guint n;

  tablet_enter (world, tablet);
  ok = zf_store_commit (tablet->store, save, &error);
  alive = tablet_leave (world, tablet);
  if (error != NULL)
    world_say (world, "   save: %s", error->message);
  if (alive && ok)
    {
      n = scan_new (world, tablet, seen, TRUE);
      if (n != zf_save_n_written (save))
        world_violation (world, 1, "tablet %u reported %u saved changes, its log has %u", tablet->n, zf_save_n_written (save), n);
      /* It lies where the failed ones would have. */
      g_ptr_array_set_size (tablet->attempts, 0);
      g_hash_table_unref (seen);
      return TRUE;
    }
  if (!alive || mem_machine_faulted (tablet->machine))
    {
      Attempt *attempt = g_new0 (Attempt, 1);

      attempt->seen = seen;
      attempt->n = g_hash_table_size (seen);
      g_ptr_array_add (tablet->attempts, attempt);
    }
  else
    g_hash_table_unref (seen);
  if (!alive)
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  return FALSE;
}

static gboolean
at_county (World *world, const char *cid)
{
  return world->core != NULL && zf_db_get_int (server_db (world), 0, "SELECT 1 FROM change WHERE change_id = ?1", "s", cid) == 1;
}

/* A row is gone from the log: only what a backup of the county holds may go. */
static void
check_gone (World *world, Tablet *tablet, const char *key, const char *cid)
{
  Saved *saved = g_hash_table_lookup (world->saved, cid);

  if (saved == NULL || g_hash_table_contains (world->backed_up, cid))
    return;
  /* Its number is free again: what comes now leaves no gap behind what is lost. */
  if (!saved->acked && !at_county (world, cid) && g_str_equal (saved->epoch, tablet->epoch))
    tablet->known = MIN (tablet->known, saved->lsn - 1);
  if (!saved->acked && !at_county (world, cid))
    world_violation (world, 2, "tablet %u lost change %s of %s %s, which it reported as saved and never sent", tablet->n, key, saved->kind, saved->id);
  else
    world_violation (world, 6, "tablet %u forgot change %s, which no backup of the county holds", tablet->n, key);
}

static GHashTable *
seen_of_attempts (Tablet *tablet)
{
  GHashTable *all = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tablet->attempts->len; i++)
    {
      GHashTableIter iter;
      gpointer id, seen;

      g_hash_table_iter_init (&iter, ((Attempt *) tablet->attempts->pdata[i])->seen);
      while (g_hash_table_iter_next (&iter, &id, &seen))
        g_hash_table_insert (all, id, seen);
    }
  return all;
}

/* I1: a save that nobody was told of stands whole or not at all. */
static void
check_attempt (World *world, Tablet *tablet, Attempt *attempt, GHashTable *found)
{
  GHashTableIter iter;
  gpointer id, data;
  guint made = 0, there = 0;

  g_hash_table_iter_init (&iter, attempt->seen);
  while (g_hash_table_iter_next (&iter, &id, &data))
    {
      const Seen *seen = data;

      if (seen->rev > 0 || json_object_get_size (seen->fields) > 0)
        continue;
      made++;
      there += g_hash_table_contains (found, id);
    }
  if (there > 0 && there < made)
    world_violation (world, 1, "after a crash tablet %u has %u of %u records that were saved as one", tablet->n, there, made);
}

void
ledger_scan (World *world, Tablet *tablet)
{
  g_autoptr (GHashTable) here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) seen = seen_of_attempts (tablet);
  GHashTableIter iter;
  gpointer key, cid;
  sqlite3_stmt *stmt;
  LogRow row;

  take_epoch (tablet);
  stmt = zf_db_prepare (tablet_db (tablet), COLUMNS "ORDER BY rowid", NULL);
  while (next_row (tablet_db (tablet), stmt, &row))
    {
      gboolean fresh = !g_hash_table_contains (world->saved, row.cid);

      note_row (world, tablet, &row, seen);
      if (fresh)
        g_hash_table_add (found, g_strdup (row.id));
      g_hash_table_add (here, g_strdup_printf ("%s:%" G_GINT64_FORMAT, row.epoch, row.lsn));
      g_hash_table_add (cids, g_strdup (row.cid));
      if (g_str_equal (row.epoch, tablet->epoch))
        tablet->known = MAX (tablet->known, row.lsn);
    }
  g_hash_table_iter_init (&iter, tablet->rows);
  while (g_hash_table_iter_next (&iter, &key, &cid))
    {
      if (g_hash_table_contains (here, key))
        continue;
      if (!g_hash_table_contains (cids, cid))
        check_gone (world, tablet, key, cid);
      g_hash_table_iter_remove (&iter);
    }
  for (guint i = 0; i < tablet->attempts->len; i++)
    check_attempt (world, tablet, tablet->attempts->pdata[i], found);
}

/* A commit that could not be synced is undone, and its frames are in the log's file all the same: a later start may find it whole. */
void
ledger_booted (World *world, Tablet *tablet)
{
  ledger_scan (world, tablet);
  g_ptr_array_set_size (tablet->attempts, 0);
}

/* Sending */

/* The second line of a push is the batch as it was frozen. */
static char *
batch_line (const ZfSyncRequest *request)
{
  gsize len;
  const char *text = request->body != NULL ? g_bytes_get_data (request->body, &len) : NULL;
  const char *start = text != NULL ? memchr (text, '\n', len) : NULL;
  g_autoptr (GBytes) columns = NULL;
  const char *end;

  if (start == NULL || !g_str_has_prefix (request->path, "/v1/sync"))
    return NULL;
  start++;
  end = memchr (start, '\n', len - (gsize) (start - text));
  if (end == NULL)
    end = text + len;
  columns = zf_wire_push_unpack (start, (gsize) (end - start));
  if (columns != NULL)
    return g_strndup (g_bytes_get_data (columns, NULL), g_bytes_get_size (columns));
  return g_strndup (start, (gsize) (end - start));
}

/* I3: what is sent is what was saved. A resolution is filled in by the ledger itself. */
static void
check_change (World *world, JsonObject *change)
{
  Saved *saved = g_hash_table_lookup (world->saved, zf_json_get_string (change, "cid", ""));
  g_autofree char *f = NULL;
  g_autofree char *own = NULL;

  if (saved == NULL || g_str_equal (saved->kind, "resolution"))
    return;
  f = zf_json_canonical_object (zf_json_get_object (change, "f"));
  own = zf_json_canonical_object (saved->f);
  if (!g_str_equal (f, own) || zf_json_get_int (change, "at", 0) != saved->at)
    world_violation (world, 3, "change %s is sent with other content than was saved", saved->cid);
}

/* I3: one number, one content, for ever. (A tablet set back to an old image may try another one; the county must refuse it.) */
static void
check_number (World *world, const char *device, const char *epoch, JsonObject *change)
{
  g_autofree char *key = g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT, device, epoch, zf_json_get_int (change, "lsn", 0));
  g_autofree char *text = zf_json_canonical_object (change);
  const char *before = g_hash_table_lookup (world->received, key);

  if (before != NULL && !g_str_equal (before, text))
    world_violation (world, 3, "number %s was taken with other content before", key);
  if (before == NULL)
    g_hash_table_insert (world->received, g_steal_pointer (&key), g_steal_pointer (&text));
}

/* I20: what the county said it has costs no line again, unless either side was set back or copied. */
static void
check_waste (World *world, Tablet *tablet, JsonObject *change)
{
  const Saved *saved = g_hash_table_lookup (world->saved, zf_json_get_string (change, "cid", ""));

  if (saved != NULL && saved->acked && !saved->destroyed && world->restores == 0 && !tablet->cloned)
    world_violation (world, 20, "tablet %u sends change %s again, which the county acknowledged", tablet->n, saved->cid);
}

void
ledger_sent (World *world, Tablet *tablet, const ZfSyncRequest *request)
{
  g_autofree char *line = batch_line (request);
  g_autoptr (JsonObject) batch = line != NULL ? zf_json_parse_object (line, -1, NULL) : NULL;
  JsonArray *changes = batch != NULL ? zf_json_get_array (batch, "changes") : NULL;
  g_autofree char *key = NULL;
  g_autofree char *sum = NULL;
  const char *before;

  if (changes == NULL)
    return;
  key = g_strdup_printf ("%s/%s", tablet->device, zf_json_get_string (batch, "batch", ""));
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line, -1);
  before = g_hash_table_lookup (world->sent, key);
  if (before != NULL && !g_str_equal (before, sum))
    world_violation (world, 4, "tablet %u sends batch %s again with other bytes", tablet->n, zf_json_get_string (batch, "batch", ""));
  if (before == NULL)
    g_hash_table_insert (world->sent, g_strdup (key), g_strdup (sum));
  for (guint i = 0; i < json_array_get_length (changes); i++)
    {
      check_change (world, json_array_get_object_element (changes, i));
      check_waste (world, tablet, json_array_get_object_element (changes, i));
    }
}

/* I6: what a tablet was told to be at the county is there. */
static void
check_acked (World *world, Tablet *tablet, const char *cid)
{
  Saved *saved = g_hash_table_lookup (world->saved, cid);

  if (zf_db_get_int (server_db (world), 0, "SELECT 1 FROM change WHERE change_id = ?1", "s", cid) != 1)
    world_violation (world, 6, "tablet %u was told that change %s is at the county, but it is not", tablet->n, cid);
  if (saved != NULL)
    saved->acked = TRUE;
}

/* I8: what the tablet is told of a change is what the county's log says of it. */
static void
check_told (World *world, Tablet *tablet, const char *cid, JsonObject *result)
{
  const char *told = result != NULL ? zf_json_get_string (result, "d", "") : "nothing";
  g_autofree char *noted = zf_db_get_text (server_db (world), "SELECT disposition FROM change WHERE change_id = ?1", "s", cid);

  if (noted != NULL && !g_str_equal (told, "duplicate") && !g_str_equal (told, noted))
    world_violation (world, 8, "tablet %u was told “%s” of change %s, which the county noted as “%s”", tablet->n, told, cid, noted);
}

static JsonArray *
results_in (JsonObject *answer)
{
  JsonObject *push = answer != NULL ? zf_json_get_object (answer, "push") : NULL;

  return push != NULL ? zf_json_get_array (push, "results") : NULL;
}

/* The first line says as which installation the tablet speaks. */
static char *
epoch_in (const ZfSyncRequest *request)
{
  gsize len;
  const char *text = g_bytes_get_data (request->body, &len);
  const char *end = memchr (text, '\n', len);
  g_autoptr (JsonObject) hello = zf_json_parse_object (text, end != NULL ? end - text : (gssize) len, NULL);

  return g_strdup (hello != NULL ? zf_json_get_string (hello, "epoch", "") : "");
}

void
ledger_answered (World *world, Tablet *tablet, const ZfSyncRequest *request, const ZfSyncResponse *response)
{
  g_autofree char *line = batch_line (request);
  g_autoptr (JsonObject) batch = line != NULL ? zf_json_parse_object (line, -1, NULL) : NULL;
  JsonArray *changes = batch != NULL ? zf_json_get_array (batch, "changes") : NULL;
  g_autofree char *epoch = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *results;

  if (changes == NULL || response->status != 200 || world->core == NULL)
    return;
  epoch = epoch_in (request);
  answer = zf_json_parse_object (g_bytes_get_data (response->body, NULL), (gssize) g_bytes_get_size (response->body), NULL);
  results = results_in (answer);
  for (guint i = 0; i < json_array_get_length (changes); i++)
    {
      if (results != NULL)
        check_told (world, tablet, zf_json_get_string (json_array_get_object_element (changes, i), "cid", ""),
                    i < json_array_get_length (results) ? json_array_get_object_element (results, i) : NULL);
      check_acked (world, tablet, zf_json_get_string (json_array_get_object_element (changes, i), "cid", ""));
      check_number (world, tablet->device, epoch, json_array_get_object_element (changes, i));
    }
}

/* The server's log, of this epoch and of those that ended */

typedef struct
{
  gint64 rev;
  char *cid;
} Event;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_free (event->cid);
  g_free (event);
}

static GPtrArray *
events_of (World *world, const char *epoch, const char *id, gboolean make)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", epoch, id);
  GPtrArray *events = g_hash_table_lookup (world->history, key);

  if (events == NULL && make)
    {
      events = g_ptr_array_new_with_free_func (event_free);
      g_hash_table_insert (world->history, g_steal_pointer (&key), events);
    }
  return events;
}

void
ledger_history (World *world)
{
  g_autofree char *epoch = server_epoch (world);
  ZfDb *db = server_db (world);
  g_autofree char *mark = g_strdup_printf ("%s/", epoch);
  GPtrArray *done = events_of (world, epoch, "", TRUE);
  gint64 after = done->len > 0 ? ((Event *) done->pdata[0])->rev : 0;
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT seq, id, rev, change_id FROM change WHERE seq > ?1 ORDER BY seq", NULL);
  gboolean row = FALSE;

  if (done->len == 0)
    g_ptr_array_add (done, g_new0 (Event, 1));
  if (stmt == NULL)
    return;
  zf_db_bind (stmt, "i", after);
  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      Event *event = g_new0 (Event, 1);

      event->rev = sqlite3_column_int64 (stmt, 2);
      event->cid = g_strdup (zf_db_text (stmt, 3));
      g_ptr_array_add (events_of (world, epoch, zf_db_text (stmt, 1), TRUE), event);
      ((Event *) done->pdata[0])->rev = sqlite3_column_int64 (stmt, 0);
    }
}

gboolean
ledger_had_seen (World *world, const Seen *seen, const char *id, const char *cid)
{
  GPtrArray *events = seen->epoch != NULL ? events_of (world, seen->epoch, id, FALSE) : NULL;

  for (guint i = 0; events != NULL && i < events->len; i++)
    {
      const Event *event = events->pdata[i];

      if (event->rev <= seen->rev && g_str_equal (event->cid, cid))
        return TRUE;
    }
  return FALSE;
}

/* Backups of the county */

void
ledger_backed_up (World *world)
{
  ZfDb *db = server_db (world);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT change_id FROM change", NULL);
  gboolean row = FALSE;

  while (stmt != NULL && zf_db_step (db, stmt, &row, NULL) && row)
    g_hash_table_add (world->backed_up, g_strdup (zf_db_text (stmt, 0)));
}

/* What only the county had of a tablet that was set back itself is lost with both. */
gboolean
ledger_county_has (World *world, const char *cid)
{
  return server_up (world) && zf_db_get_int (server_db (world), 0, "SELECT 1 FROM change WHERE change_id = ?1", "s", cid) == 1;
}

void
ledger_set_back (World *world)
{
  world->restores++;
  g_hash_table_remove_all (world->received);
  for (guint i = 0; i < world->order->len; i++)
    {
      Saved *saved = world->order->pdata[i];

      if (saved->destroyed && !g_hash_table_contains (world->backed_up, saved->cid))
        saved->acked = FALSE;
    }
}
