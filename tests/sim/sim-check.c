/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Checks while a run goes on: after every operation, every slice, every answer. */
#include "sim.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *text;
} invariants[INV_N] = {
  { "NOTHING-LOST", "every reported change is at the county, its value current, knowingly replaced or in a conflict" },
  { "I1", "a save is atomic; a change says what its author had seen" },
  { "I2", "a reported save survives" },
  { "I3", "number to bytes never changes, no gaps" },
  { "I4", "all sends of a batch are the same bytes" },
  { "I5", "replaying changes nothing" },
  { "I6", "acknowledged means committed" },
  { "I7", "no silent overwrite" },
  { "I8", "one disposition for every change" },
  { "I9", "concurrent unequal edits make one conflict with all values" },
  { "I10", "no conflict for ordered or disjoint edits" },
  { "I11", "append-only records never change" },
  { "I12", "no edit disappears through a delete" },
  { "I13", "at rest tablets and county are the same" },
  { "I14", "cursors, revisions and sequences only grow, nothing is skipped" },
  { "I15", "nobody sees half a household; a stopped apply goes on" },
  { "I16", "not yet: nothing outside the scope (security step)" },
  { "I17", "edits from a lost scope are merged, in conflict or in quarantine" },
  { "I18", "clocks do not matter" },
  { "I19", "photos are what their names say and never lost" },
  { "I20", "the queue empties; a cut wastes at most a batch or a chunk" },
  { "I21", "unknown fields survive an older tablet" },
  { "I22", "not yet: audit chain (security step)" },
  { "I23", "not yet: nothing after revocation (security step)" },
  { "ENGINE", "the engine itself reports no impossible state" },
};

const char *
sim_invariant_name (Invariant invariant)
{
  return invariants[invariant].name;
}

const char *
sim_invariant_text (Invariant invariant)
{
  return invariants[invariant].text;
}

/* I14 */

static void
check_cursor (World *world, Tablet *tablet)
{
  g_autofree char *epoch = zf_store_get_meta (tablet->store, "server_epoch");
  gint64 now = zf_db_get_int (tablet_db (tablet), 0, "SELECT max(seq) FROM cursor", "");
  g_autofree char *scope = zf_db_get_text (tablet_db (tablet), "SELECT group_concat (CASE WHEN seq < 0 THEN '-' ELSE village END) || "
                                           "ifnull ((SELECT value FROM meta_kv WHERE key = 'scope_epoch'), '-') "
                                           "FROM (SELECT village, seq FROM cursor ORDER BY village)",
                                           "");

  /* Villages that enter, perhaps again, begin with their copy, which may be older than what was reached. */
  if (g_strcmp0 (scope, tablet->cursor_scope) != 0)
    {
      g_free (tablet->cursor_scope);
      tablet->cursor_scope = g_steal_pointer (&scope);
      tablet->cursor = 0;
      g_hash_table_remove_all (tablet->revs);
    }
  if (g_strcmp0 (epoch, tablet->cursor_epoch) != 0)
    {
      g_free (tablet->cursor_epoch);
      tablet->cursor_epoch = g_steal_pointer (&epoch);
      tablet->cursor = 0;
      g_hash_table_remove_all (tablet->revs);
    }
  if (now < tablet->cursor && now > 0)
    world_violation (world, 14, "the cursor of tablet %u went from %" G_GINT64_FORMAT " back to %" G_GINT64_FORMAT, tablet->n, tablet->cursor, now);
  tablet->cursor = now;
}

static void
check_revs (World *world, Tablet *tablet)
{
  ZfDb *db = tablet_db (tablet);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, rev FROM record", NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      const char *id = zf_db_text (stmt, 0);
      gint64 *before = g_hash_table_lookup (tablet->revs, id);
      gint64 now = sqlite3_column_int64 (stmt, 1);

      if (before == NULL)
        {
          before = g_new0 (gint64, 1);
          g_hash_table_insert (tablet->revs, g_strdup (id), before);
        }
      /* A copy of a village, or of a county that was set back, leaves of what it lacks the unsent work alone. */
      if (now < *before && (now > 0 || (world->restores == 0 && world->moves == 0)))
        world_violation (world, 14, "revision of %s on tablet %u went from %" G_GINT64_FORMAT " back to %" G_GINT64_FORMAT, id, tablet->n, *before, now);
      *before = now;
    }
}

void
check_step (World *world, Tablet *tablet)
{
  if (tablet->store == NULL || mem_machine_faulted (tablet->machine))
    return;
  check_cursor (world, tablet);
  /* A tablet that has not yet synced with a county set back stands between two orders. */
  if (tablet->engine == NULL && g_strcmp0 (tablet->done_epoch, tablet->cursor_epoch) == 0)
    check_revs (world, tablet);
}

/* I15 */

static GHashTable *
read_homes (World *world, Tablet *tablet)
{
  GHashTable *homes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ZfDb *db = tablet_db (tablet);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT json_extract (item, '$.id') FROM stage", NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      const char *id = zf_db_text (stmt, 0);
      const char *home = id != NULL ? ledger_home (world, id) : NULL;

      if (home != NULL && !g_hash_table_contains (world->merged, home))
        g_hash_table_replace (homes, g_strdup (home), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (homes, home)) + 1));
    }
  return homes;
}

/* An echo of a row that this tablet does not have shows nothing to anybody: its record is fetched whole. */
static gboolean
is_fetched (World *world, Tablet *tablet, const char *home)
{
  ZfDb *db = tablet_db (tablet);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id FROM lacking", NULL);
  gboolean row = FALSE, found = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    found |= g_strcmp0 (ledger_home (world, zf_db_text (stmt, 0)), home) == 0;
  return found;
}

static void
check_orphans (World *world, Tablet *tablet)
{
  g_autofree char *orphan = zf_db_get_text (tablet_db (tablet),
                                            "SELECT id FROM record AS r WHERE kind IN ('person', 'visit', 'photo', 'risk') AND parent IS NOT NULL AND NOT EXISTS "
                                            "(SELECT 1 FROM record AS p WHERE p.id = r.parent) LIMIT 1",
                                            "");

  /* Work for a household that moved away stays until the county has it; so does work for one that a county set back knows no more. */
  if (orphan != NULL && world->moves == 0 && world->restores == 0)
    world_violation (world, 15, "tablet %u shows %s without its household", tablet->n, orphan);
}

/* In a run that is told. */
static void
tell_stage (World *world, Tablet *tablet)
{
  g_autofree char *text = world->verbose ? zf_db_get_text (tablet_db (tablet), "SELECT group_concat (item, char (10)) FROM stage", "") : NULL;

  if (text != NULL)
    world_say (world, "   staged on t%u:\n%s", tablet->n, text);
}

void
check_stage (World *world, Tablet *tablet)
{
  gint64 version = zf_db_get_int (tablet_db (tablet), 0, "PRAGMA data_version", "");
  GHashTable *now;
  GHashTableIter iter;
  gpointer home, before;

  /* Nothing was written since. */
  if (tablet->homes != NULL && version == tablet->version)
    return;
  tablet->version = version;
  tell_stage (world, tablet);
  now = read_homes (world, tablet);

  if (tablet->homes != NULL)
    {
      g_hash_table_iter_init (&iter, tablet->homes);
      while (g_hash_table_iter_next (&iter, &home, &before))
        {
          guint left = GPOINTER_TO_UINT (g_hash_table_lookup (now, home));

          /* An echo of what the other one of two same tablets sent names no household. */
          if (left > 0 && left < GPOINTER_TO_UINT (before) && !tablet->cloned && !is_fetched (world, tablet, home))
            world_violation (world, 15, "tablet %u applied %u of %u waiting items of household %s", tablet->n, GPOINTER_TO_UINT (before) - left,
                             GPOINTER_TO_UINT (before), (char *) home);
        }
      g_hash_table_unref (tablet->homes);
    }
  tablet->homes = now;
  check_orphans (world, tablet);
}

/* I1, I2: what is in the log shows in the records; but for what goes again to a county set back, of a household that moved away before. */
static void
check_shown (World *world, Tablet *tablet)
{
  ZfDb *db = tablet_db (tablet);
  g_autofree char *lost = zf_db_get_text (db,
                                          "SELECT c.id FROM change AS c WHERE c.state IN (0, 1) AND c.base_epoch IS NULL AND NOT EXISTS (SELECT 1 FROM record AS r WHERE r.id = c.id) "
                                          "LIMIT 1",
                                          "");
  g_autofree char *unlogged = zf_db_get_text (db,
                                              "SELECT id FROM record AS r WHERE rev = 0 AND kind <> 'village' AND NOT EXISTS (SELECT 1 FROM change AS c "
                                              "WHERE c.id = r.id) LIMIT 1",
                                              "");

  if (lost != NULL)
    world_violation (world, 1, "after a crash tablet %u has a change of %s without the record", tablet->n, lost);
  if (unlogged != NULL)
    world_violation (world, 1, "after a crash tablet %u has record %s without its change", tablet->n, unlogged);
}

/* The last unsent value of a field is what the tablet shows, where no decision was made since. */
static void
check_latest (World *world, Tablet *tablet)
{
  ZfDb *db = tablet_db (tablet);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT c.id, c.f, r.cur FROM change AS c JOIN record AS r ON r.id = c.id WHERE c.state IN (0, 1) AND c.op = 'set' AND "
                                      "c.kind = 'household' AND c.rowid = (SELECT max(rowid) FROM change WHERE id = c.id) AND NOT EXISTS "
                                      "(SELECT 1 FROM change AS d WHERE d.kind = 'resolution' AND d.rowid > c.rowid AND "
                                      "json_extract (d.f, '$.of[1]') = c.id)",
                                      NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      g_autoptr (JsonObject) f = zf_json_parse_object (zf_db_text (stmt, 1), -1, NULL);
      g_autoptr (JsonObject) cur = zf_json_parse_object (zf_db_text (stmt, 2), -1, NULL);
      JsonArray *pair = zf_json_get_array (f, "roof");

      if (pair != NULL && !zf_json_equal (json_array_get_element (pair, 1), json_object_get_member (cur, "roof")))
        world_violation (world, 1, "after a crash tablet %u does not show the last saved value of %s", tablet->n, zf_db_text (stmt, 0));
    }
}

void
check_boot (World *world, Tablet *tablet)
{
  g_clear_pointer (&tablet->homes, g_hash_table_unref);
  if (tablet->rows == NULL)
    return;
  ledger_booted (world, tablet);
  check_shown (world, tablet);
  check_latest (world, tablet);
  if (rng_chance (&world->net, 250))
    {
      g_autofree char *sound = zf_db_get_text (tablet_db (tablet), "PRAGMA quick_check", "");

      if (g_strcmp0 (sound, "ok") != 0)
        world_violation (world, 2, "after a crash the store of tablet %u is damaged", tablet->n);
    }
}

/* I14: no row of the feed between the cursor and the next one is left out. */

static gint64
asked_after (const ZfSyncRequest *request)
{
  gsize len;
  const char *text = request->body != NULL ? g_bytes_get_data (request->body, &len) : NULL;
  const char *at = text != NULL ? g_strstr_len (text, (gssize) len, "{\"after\":") : NULL;

  return at != NULL ? g_ascii_strtoll (at + strlen ("{\"after\":"), NULL, 10) : -1;
}

static GHashTable *
sequences (JsonArray *items)
{
  GHashTable *seqs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      gint64 s = zf_json_get_int (json_array_get_object_element (items, i), "s", 0);

      g_hash_table_add (seqs, g_memdup2 (&s, sizeof s));
    }
  return seqs;
}

static void
check_skipped (World *world, Tablet *tablet, gint64 after, gint64 next, GHashTable *seqs)
{
  ZfDb *db = server_db (world);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT seq, village, what, id FROM feed WHERE seq > ?1 AND seq <= ?2 ORDER BY seq", NULL);
  gboolean row = FALSE;

  if (stmt == NULL)
    return;
  zf_db_bind (stmt, "ii", after, next);
  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      gint64 seq = sqlite3_column_int64 (stmt, 0);

      if (sqlite3_column_int64 (stmt, 2) != 4 && tablet_covers (world, tablet, zf_db_text (stmt, 1)) && !g_hash_table_contains (seqs, &seq))
        world_violation (world, 14, "a page from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " for tablet %u leaves out %" G_GINT64_FORMAT " (%s)", after, next,
                         tablet->n, seq, zf_db_text (stmt, 3));
    }
}

void
check_page (World *world, Tablet *tablet, const ZfSyncRequest *request, const ZfSyncResponse *response)
{
  gint64 after = g_str_has_prefix (request->path, "/v1/sync") ? asked_after (request) : -1;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GHashTable) seqs = NULL;
  JsonObject *pull;
  gint64 next;

  if (after < 0 || response->status != 200 || response->server == NULL || world->core == NULL)
    return;
  answer = zf_json_parse_object (g_bytes_get_data (response->body, NULL), (gssize) g_bytes_get_size (response->body), NULL);
  pull = answer != NULL ? zf_json_get_object (answer, "pull") : NULL;
  if (pull == NULL)
    return;
  next = zf_json_get_int (pull, "next", 0);
  if (next < after)
    world_violation (world, 14, "a page leads from %" G_GINT64_FORMAT " back to %" G_GINT64_FORMAT, after, next);
  seqs = sequences (zf_json_get_array (pull, "items"));
  check_skipped (world, tablet, after, next, seqs);
}

/* I5 */

static void
hash_table (ZfDb *db, const char *sql, GChecksum *sum)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, NULL);
  gboolean row = FALSE;

  if (stmt == NULL)
    return;
  while (zf_db_step (db, stmt, &row, NULL) && row)
    for (int i = 0; i < sqlite3_column_count (stmt); i++)
      {
        g_checksum_update (sum, sqlite3_column_blob (stmt, i), sqlite3_column_bytes (stmt, i));
        g_checksum_update (sum, (const guchar *) "|", 1);
      }
}

char *
check_server_state (World *world)
{
  static const char *const tables[] = {
    "SELECT * FROM change ORDER BY seq",      "SELECT * FROM record ORDER BY id",       "SELECT * FROM field ORDER BY seq",
    "SELECT * FROM feed ORDER BY seq",        "SELECT * FROM conflict ORDER BY id",     "SELECT * FROM quarantine ORDER BY seq",
    "SELECT * FROM scope_log ORDER BY seq",   "SELECT * FROM batch ORDER BY device, batch_id",
    "SELECT * FROM audit ORDER BY 1",
  };
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    hash_table (server_db (world), tables[i], sum);
  return g_strdup (g_checksum_get_string (sum));
}

void
check_replay (World *world, const ZfSyncRequest *request)
{
  g_autoptr (ZfSyncResponse) first = server_handle (world, request);
  g_autoptr (ZfSyncResponse) second = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (first == NULL || first->status >= 300 || !server_up (world))
    return;
  before = check_server_state (world);
  second = server_handle (world, request);
  if (second == NULL || !server_up (world))
    return;
  after = check_server_state (world);
  if (!g_str_equal (before, after))
    world_violation (world, 5, "the same %s %s twice changes the county", request->method, request->path);
}
