/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What people do, and what happens to machines. */
#include "sim.h"

#include <string.h>

#include "zf-draft.h"
#include "zf-id.h"
#include "zf-photo.h"
#include "zf-wire.h"

static const char *const roofs[] = { "straw", "tile", "slate", "tin" };
static const char *const needs[] = { "coal", "food", "school", "water" };

static Rng
rng_of (const Op *op)
{
  return (Rng) { ((guint64) op->b << 32) | op->c };
}

static JsonObject *
json_of (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (text, "'", '"');
  return zf_json_parse_object (text, -1, NULL);
}

static GHashTable *
seen_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) seen_free);
}

static void
see (World *world, Tablet *tablet, GHashTable *table, const char *id)
{
  g_hash_table_replace (table, g_strdup (id), seen_new (world, tablet, id));
}

/* A household that this tablet shows. */
static ZfRecord *
pick_household (World *world, Tablet *tablet, guint which)
{
  for (guint i = 0; i < MIN (world->households->len, 8u); i++)
    {
      const char *id = world->households->pdata[(which + i) % world->households->len];
      ZfRecord *record = zf_reader_get (zf_store_reader (tablet->store), id, NULL);

      if (record != NULL)
        return record;
    }
  return NULL;
}

static char *
pick_child (Tablet *tablet, const char *kind, const char *household)
{
  return zf_db_get_text (tablet_db (tablet), "SELECT id FROM record WHERE kind = ?1 AND parent = ?2 AND del IS NULL ORDER BY id LIMIT 1", "ss", kind,
                         household);
}

static const char *
pick_village (World *world, Tablet *tablet, Rng *rng)
{
  guint at = rng_below (rng, SIM_VILLAGES);

  for (guint i = 0; i < SIM_VILLAGES && world->core != NULL; i++)
    if (tablet_covers (world, tablet, sim_villages[(at + i) % SIM_VILLAGES]))
      return sim_villages[(at + i) % SIM_VILLAGES];
  return NULL;
}

static void
commit_one (World *world, Tablet *tablet, ZfSave *save, const char *id)
{
  GHashTable *seen = seen_table ();

  see (world, tablet, seen, id);
  ledger_commit (world, tablet, save, seen);
}

/* People */

static void
add_person (ZfSave *save, GHashTable *seen, World *world, Tablet *tablet, const char *household, Rng *rng)
{
  g_autofree char *id = zf_id_new (tablet->clock, tablet->random);
  g_autoptr (JsonObject) fields =
    json_of ("{'household':'%s','name':'p%u','id_number':'%u'}", household, rng_below (rng, 10), rng_below (rng, 1000));

  zf_save_create (save, "person", id, fields);
  see (world, tablet, seen, id);
}

/* A family with its members: one save. */
static void
op_household (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  const char *village = pick_village (world, tablet, &rng);
  g_autoptr (ZfSave) save = zf_save_new ("p1", TRUE);
  g_autofree char *id = zf_id_new (tablet->clock, tablet->random);
  g_autoptr (JsonObject) fields = NULL;
  GHashTable *seen;
  guint n = rng_below (&rng, 4);

  if (village == NULL)
    return;
  seen = seen_table ();
  fields = json_of ("{'village':'%s','name':'h%u','roof':'%s','needs':['food']}", village, rng_below (&rng, 100), roofs[rng_below (&rng, 4)]);
  if (!tablet->old_kinds)
    json_object_set_string_member (fields, "phone", "138");
  zf_save_create (save, "household", id, fields);
  see (world, tablet, seen, id);
  for (guint i = 0; i < n; i++)
    add_person (save, seen, world, tablet, id, &rng);
  /* Whether or not the person was told: it may be there after a crash. */
  g_ptr_array_add (world->households, g_strdup (id));
  g_hash_table_replace (world->homes, g_strdup (id), g_strdup (id));
  ledger_commit (world, tablet, save, seen);
}

static JsonObject *
some_edit (Tablet *tablet, ZfRecord *record, Rng *rng)
{
  switch (rng_below (rng, 6))
    {
    case 0:
      return json_of ("{'rooms':%u}", rng_below (rng, 5));
    case 1:
      return json_of ("{'lat':'29.%u','lon':'107.%u','accuracy':%u}", 1 + rng_below (rng, 3), 1 + rng_below (rng, 3), rng_below (rng, 3));
    case 2:
      return json_of ("{'needs':['%s','%s']}", needs[rng_below (rng, 2)], needs[2 + rng_below (rng, 2)]);
    case 3:
      return tablet->old_kinds ? json_of ("{'accuracy':%u}", rng_below (rng, 3)) : json_of ("{'phone':'13%u'}", rng_below (rng, 4));
    case 4:
      return json_of ("{'roof':'%s','rooms':%u}", roofs[rng_below (rng, 4)], rng_below (rng, 5));
    default:
      return json_of ("{'roof':'%s'}", roofs[rng_below (rng, 4)]);
    }
}

static void
op_edit (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);
  g_autoptr (JsonObject) fields = NULL;

  if (record == NULL || record->del != NULL)
    return;
  fields = some_edit (tablet, record, &rng);
  zf_save_set (save, "household", record->id, fields);
  commit_one (world, tablet, save, record->id);
}

/* Several records at once, as a finished visit does. */
static void
op_visit (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  g_autoptr (ZfSave) save = zf_save_new ("p1", TRUE);
  g_autofree char *id = zf_id_new (tablet->clock, tablet->random);
  g_autofree char *earlier = NULL;
  g_autoptr (JsonObject) visit = NULL;
  g_autoptr (JsonObject) edit = NULL;
  GHashTable *seen;

  if (record == NULL || record->del != NULL)
    return;
  seen = seen_table ();
  visit = json_of ("{'household':'%s','date':'2026-11-%02u','said':'s%u'}", record->id, 1 + rng_below (&rng, 28), rng_below (&rng, 9));
  earlier = rng_chance (&rng, 200) ? pick_child (tablet, "visit", record->id) : NULL;
  if (earlier != NULL)
    {
      json_object_set_string_member (visit, "supersedes", earlier);
      json_object_set_string_member (visit, "why", "wrong day");
    }
  zf_save_create (save, "visit", id, visit);
  see (world, tablet, seen, id);
  see (world, tablet, seen, record->id);
  edit = some_edit (tablet, record, &rng);
  if (rng_chance (&rng, 500))
    zf_save_set (save, "household", record->id, edit);
  if (rng_chance (&rng, 300))
    add_person (save, seen, world, tablet, record->id, &rng);
  ledger_commit (world, tablet, save, seen);
}

static void
op_person (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  g_autofree char *id = record != NULL ? pick_child (tablet, "person", record->id) : NULL;
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);
  g_autoptr (JsonObject) fields = json_of ("{'name':'p%u','id_number':'%u'}", rng_below (&rng, 5), rng_below (&rng, 5));

  if (id == NULL)
    return;
  zf_save_set (save, "person", id, fields);
  commit_one (world, tablet, save, id);
}

static void
op_delete (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);

  if (record == NULL)
    return;
  if (record->del != NULL)
    zf_save_undelete (save, "household", record->id);
  else if (rng_chance (&rng, 700))
    zf_save_delete (save, "household", record->id, "ended");
  else
    return;
  commit_one (world, tablet, save, record->id);
}

/* P4: found to be the same family. */
static void
op_merge (World *world, Tablet *tablet, const Op *op)
{
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  g_autoptr (ZfRecord) into = pick_household (world, tablet, op->b);
  g_autoptr (ZfSave) save = zf_save_new ("p1", TRUE);
  g_autoptr (GPtrArray) children = NULL;
  GHashTable *seen;
  sqlite3_stmt *stmt;
  gboolean row;

  if (record == NULL || into == NULL || g_str_equal (record->id, into->id) || record->del != NULL || into->del != NULL ||
      g_strcmp0 (record->village, into->village) != 0)
    return;
  g_hash_table_add (world->merged, g_strdup (record->id));
  g_hash_table_add (world->merged, g_strdup (into->id));
  seen = seen_table ();
  see (world, tablet, seen, record->id);
  stmt = zf_db_prepare (tablet_db (tablet), "SELECT id FROM record WHERE parent = ?1 ORDER BY id", NULL);
  zf_db_bind (stmt, "s", record->id);
  children = g_ptr_array_new_with_free_func (g_free);
  while (zf_db_step (tablet_db (tablet), stmt, &row, NULL) && row)
    g_ptr_array_add (children, g_strdup (zf_db_text (stmt, 0)));
  for (guint i = 0; i < children->len; i++)
    see (world, tablet, seen, children->pdata[i]);
  zf_save_merge_into (save, "household", record->id, into->id);
  ledger_commit (world, tablet, save, seen);
}

/* P1: a household moves to another village. */
static void
op_move (World *world, Tablet *tablet, const Op *op)
{
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);
  g_autoptr (JsonObject) fields = json_of ("{'village':'%s'}", sim_villages[op->b % SIM_VILLAGES]);

  if (record == NULL || record->del != NULL)
    return;
  world->moves++;
  zf_save_set (save, "household", record->id, fields);
  commit_one (world, tablet, save, record->id);
}

/* A form begun now and finished later: what counts is what stood there when it was begun. */
static void
op_draft_begin (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  Draft *draft;

  if (record == NULL || record->del != NULL || tablet->drafts->len >= 4)
    return;
  draft = g_new0 (Draft, 1);
  draft->record = g_strdup (record->id);
  draft->field = g_strdup ("roof");
  draft->value = g_strdup (roofs[rng_below (&rng, 4)]);
  draft->seen = seen_new (world, tablet, record->id);
  g_ptr_array_add (tablet->drafts, draft);
}

static void
op_draft_finish (World *world, Tablet *tablet, const Op *op)
{
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);
  g_autoptr (JsonNode) value = NULL;
  Draft *draft;
  JsonNode *shown;
  GHashTable *seen;

  if (tablet->drafts->len == 0)
    return;
  draft = tablet->drafts->pdata[op->a % tablet->drafts->len];
  value = zf_json_string (draft->value);
  shown = json_object_get_member (draft->seen->fields, draft->field);
  seen = seen_table ();
  g_hash_table_insert (seen, g_strdup (draft->record), seen_copy (draft->seen));
  zf_save_set_seen (save, "household", draft->record, draft->field, value, shown, draft->seen->rev);
  ledger_commit (world, tablet, save, seen);
  g_ptr_array_remove (tablet->drafts, draft);
}

/* The picture's file first, as the app does it, then record and row in one save. */
static void
op_photo (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (ZfRecord) record = pick_household (world, tablet, op->a);
  gsize len = 200 + rng_below (&rng, 2000);
  guint8 *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *path = NULL;
  g_autofree char *id = zf_id_new (tablet->clock, tablet->random);
  g_autoptr (JsonObject) fields = NULL;
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);
  gboolean ok;

  if (record == NULL || record->del != NULL)
    return;
  data = g_malloc (len);
  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) rng_next (&rng);
  bytes = g_bytes_new_take (data, len);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  path = zf_photo_path (tablet->dir, sha256, FALSE);
  tablet_enter (world, tablet);
  ok = zf_files_write (mem_files (), path, bytes, NULL);
  if (!tablet_leave (world, tablet))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  else if (ok)
    {
      fields = json_of ("{'household':'%s','sha256':'%s','size':%u}", record->id, sha256, (guint) len);
      zf_save_create (save, "photo", id, fields);
      zf_save_blob (save, sha256, NULL, (gint64) len);
      commit_one (world, tablet, save, id);
      g_ptr_array_add (world->photos, g_strdup (sha256));
    }
}

/* P5: somebody decides a conflict. */
static JsonNode *
decision_for (JsonObject *conflict, Rng *rng)
{
  const char *kind = zf_json_get_string (conflict, "kind", "edit");
  JsonObject *theirs = zf_json_get_object (conflict, "theirs");
  JsonArray *mine = zf_json_get_array (conflict, "mine");
  JsonNode *value = theirs != NULL ? json_object_get_member (theirs, "v") : NULL;

  if (g_str_equal (kind, "delete_vs_edit") || g_str_equal (kind, "edit_vs_delete"))
    return zf_json_string (rng_chance (rng, 500) ? "alive" : "deleted");
  if (mine != NULL && json_array_get_length (mine) > 0 && rng_chance (rng, 500))
    value = json_object_get_member (json_array_get_object_element (mine, rng_below (rng, json_array_get_length (mine))), "v");
  return value != NULL ? json_node_copy (value) : zf_json_null ();
}

static void
op_resolve (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autoptr (GPtrArray) list = zf_ledger_conflicts (zf_store_reader (tablet->store), TRUE, NULL);
  g_autoptr (JsonNode) value = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  JsonObject *conflict;

  if (list == NULL || list->len == 0)
    return;
  conflict = list->pdata[op->a % list->len];
  if (zf_db_get_int (tablet_db (tablet), 0, "SELECT count(*) FROM record WHERE kind = 'resolution' AND json_extract (cur, '$.conflict') = ?1", "s",
                     zf_json_get_string (conflict, "id", "")) > 0)
    return;
  value = decision_for (conflict, &rng);
  tablet_enter (world, tablet);
  id = zf_ledger_resolve (tablet->store, zf_json_get_string (conflict, "id", ""), value, "asked them", "p2", &error);
  if (!tablet_leave (world, tablet))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  else
    ledger_scan (world, tablet);
  if (error != NULL)
    world_say (world, "   resolve: %s", error->message);
}

/* Sync */

static void
stop_engine (Tablet *tablet)
{
  g_clear_pointer (&tablet->engine, zf_sync_engine_free);
}

/* Before a run's first step on a line the tablet may be anywhere; the limits are drawn so that pages and batches are small. */
static gboolean
start_engine (World *world, Tablet *tablet)
{
  ZfSyncLimits limits = zf_sync_limits_wire;
  g_autoptr (GError) error = NULL;

  limits.max_changes = world->calm ? 200 : 1 + rng_below (&world->net, 8);
  limits.page_items = world->calm ? 500 : 1 + rng_below (&world->net, 6);
  limits.slice_ms = world->calm || rng_chance (&world->net, 500) ? 60000 : 0;
  tablet_enter (world, tablet);
  tablet->engine = zf_sync_engine_new (tablet->store, &limits, &error);
  if (!tablet_leave (world, tablet))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
  return tablet->engine != NULL;
}

static void
note_error (World *world, const char *where, const GError *error)
{
  if (error == NULL)
    return;
  world_say (world, "   %s: %s", where, error->message);
  if (world->calm && world->verbose)
    world_say (world, "   (while everything works)");
}

static gboolean
take_answer (World *world, Tablet *tablet, const ZfSyncRequest *request, const ZfSyncResponse *response)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  tablet_enter (world, tablet);
  ok = zf_sync_engine_handle (tablet->engine, response, &error);
  if (!tablet_leave (world, tablet))
    {
      tablet_off (world, tablet, rng_chance (&world->net, 500));
      return FALSE;
    }
  note_error (world, "answer", error);
  if (ok)
    ledger_answered (world, tablet, request, response);
  else
    stop_engine (tablet);
  return ok;
}

/* One step; FALSE: the run broke off. */
static gboolean
sync_step (World *world, Tablet *tablet, gboolean *done)
{
  ZfSyncStep step = ZF_SYNC_STEP_WORK;
  g_autoptr (ZfSyncRequest) request = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  tablet_enter (world, tablet);
  ok = zf_sync_engine_next (tablet->engine, &step, &request, &error);
  if (!tablet_leave (world, tablet))
    {
      tablet_off (world, tablet, rng_chance (&world->net, 500));
      return FALSE;
    }
  note_error (world, "next", error);
  if (!ok)
    {
      stop_engine (tablet);
      return FALSE;
    }
  check_stage (world, tablet);
  *done = step == ZF_SYNC_STEP_DONE;
  if (step != ZF_SYNC_STEP_SEND)
    return TRUE;
  response = net_exchange (world, tablet, request);
  zf_clock_advance (tablet->clock, 100);
  if (response == NULL)
    {
      stop_engine (tablet);
      return FALSE;
    }
  return take_answer (world, tablet, request, response);
}

gboolean
tablet_sync (World *world, Tablet *tablet, guint steps)
{
  gboolean done = FALSE, ok = TRUE;

  if (!tablet_on (world, tablet) || (tablet->engine == NULL && !start_engine (world, tablet)))
    return FALSE;
  for (guint i = 0; i < steps && ok && !done; i++)
    ok = sync_step (world, tablet, &done);
  if (!done)
    return FALSE;
  stop_engine (tablet);
  g_free (tablet->done_epoch);
  tablet->done_epoch = zf_store_get_meta (tablet->store, "server_epoch");
  return TRUE;
}

static void
op_sync (World *world, Tablet *tablet, const Op *op)
{
  static const guint steps[] = { 1, 2, 3, 5, 8, 40, 400, 400 };
  Rng rng = rng_of (op);

  world->net = rng;
  tablet_sync (world, tablet, world->good_line ? 400 : steps[op->a % G_N_ELEMENTS (steps)]);
  if (tablet->store != NULL)
    ledger_scan (world, tablet);
}

/* Somebody leaves the page, or the system stops the program's work. */
static void
op_stop (World *world, Tablet *tablet, const Op *op)
{
  stop_engine (tablet);
}

/* Machines */

static void
op_reboot (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  tablet_off (world, tablet, op->a % 3 != 0);
  tablet_on (world, tablet);
}

/* T8, P8: another version of the forms. */
static void
op_kinds (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  tablet_off (world, tablet, FALSE);
  tablet->old_kinds = !tablet->old_kinds;
  tablet_on (world, tablet);
}

static void
op_fault (World *world, Tablet *tablet, const Op *op)
{
  static const guint calls[] = { MEM_WRITE, MEM_SYNC, MEM_READ | MEM_WRITE | MEM_SYNC, MEM_WRITE | MEM_SYNC };
  Rng rng = rng_of (op);
  MemFault fault = {
    .calls = calls[rng_below (&rng, G_N_ELEMENTS (calls))],
    .after = rng_below (&rng, 60),
    .full = rng_chance (&rng, 500),
    .sticky = rng_chance (&rng, 300),
    .kills = rng_chance (&rng, 600),
  };

  mem_machine_fault (op->a % 4 == 0 ? world->machine : tablet->machine, &fault);
}

static void
op_repair (World *world, Tablet *tablet, const Op *op)
{
  mem_machine_fault (tablet->machine, NULL);
  mem_machine_fault (world->machine, NULL);
}

static void
op_crash_point (World *world, Tablet *tablet, const Op *op)
{
  world->crash_in = 1 + op->a % 40;
}

static void
op_clock (World *world, Tablet *tablet, const Op *op)
{
  static const gint64 jumps[] = { 60000, 3600000, 86400000, G_GINT64_CONSTANT (31536000000), -3600000, -86400000, -G_GINT64_CONSTANT (31536000000) };

  zf_clock_advance (tablet->clock, jumps[op->a % G_N_ELEMENTS (jumps)]);
  if (op->b % 4 == 0)
    zf_clock_advance (world->clock, 3600000 * (gint64) (1 + op->b % 48));
}

/* T9: an old image of the tablet comes back, and what was saved since and not sent is lost with the new one. */
static void
op_image (World *world, Tablet *tablet, const Op *op)
{
  GHashTableIter iter;
  gpointer key, cid;

  if (tablet->store == NULL)
    return;
  g_clear_pointer (&tablet->image, mem_image_free);
  g_clear_pointer (&tablet->image_rows, g_hash_table_unref);
  stop_engine (tablet);
  zf_store_close (tablet->store);
  g_clear_object (&tablet->store);
  if (mem_machine_faulted (tablet->machine))
    {
      tablet_off (world, tablet, FALSE);
      return;
    }
  tablet->image = mem_image_take (tablet->machine);
  tablet->image_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, tablet->rows);
  while (g_hash_table_iter_next (&iter, &key, &cid))
    g_hash_table_insert (tablet->image_rows, g_strdup (key), g_strdup (cid));
}

static void
forget_lost_work (World *world, Tablet *tablet)
{
  for (guint i = 0; i < world->order->len; i++)
    {
      Saved *saved = world->order->pdata[i];

      if (saved->tablet != tablet->n)
        continue;
      saved->destroyed = TRUE;
      /* A county set back may have lost it before. */
      if (world->restores > 0 && saved->acked && !ledger_county_has (world, saved->cid))
        saved->acked = FALSE;
    }
}

static GHashTable *
copy_rows (GHashTable *rows)
{
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer key, cid;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &key, &cid))
    g_hash_table_insert (copy, g_strdup (key), g_strdup (cid));
  return copy;
}

/* The tablet's own past comes back: nothing of what was known about its log holds beyond it. */
static void
forget_state (Tablet *tablet, GHashTable *rows)
{
  g_hash_table_unref (tablet->rows);
  tablet->rows = copy_rows (rows);
  g_ptr_array_set_size (tablet->attempts, 0);
  g_ptr_array_set_size (tablet->drafts, 0);
  g_clear_pointer (&tablet->homes, g_hash_table_unref);
  g_hash_table_remove_all (tablet->revs);
  g_clear_pointer (&tablet->epoch, g_free);
  g_clear_pointer (&tablet->cursor_epoch, g_free);
  g_clear_pointer (&tablet->done_epoch, g_free);
  tablet->cursor = 0;
  tablet->known = 0;
}

static void
op_old_image (World *world, Tablet *tablet, const Op *op)
{
  if (tablet->image == NULL || tablet->gone)
    return;
  tablet_off (world, tablet, FALSE);
  forget_lost_work (world, tablet);
  mem_image_lay (tablet->image, tablet->machine);
  forget_state (tablet, tablet->image_rows);
  tablet_on (world, tablet);
}

/* T11 */
static void
op_second (World *world, Tablet *tablet, const Op *op)
{
  ZfStoreOptions options = { .clock = tablet->clock, .random = tablet->random, .files = mem_files (), .vfs = "sim", .inline_writes = TRUE };
  ZfStore *second;
  gboolean alive;

  tablet_enter (world, tablet);
  second = zf_store_open (tablet->dir, sim_kinds (tablet->old_kinds), &options, NULL);
  alive = tablet_leave (world, tablet);
  if (second != NULL)
    {
      tablet->other = tablet->store;
      tablet->store = second;
      if (alive)
        op_edit (world, tablet, op);
    }
  /* After a death in the save both are closed. */
  if (tablet->other != NULL)
    {
      zf_store_close (second);
      g_object_unref (second);
      tablet->store = g_steal_pointer (&tablet->other);
    }
  if (mem_machine_dead (tablet->machine))
    tablet_off (world, tablet, FALSE);
}

/* The county */

static void
op_server_reboot (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_down (world, op->a % 3 != 0);
}

static void
op_backup (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_backup (world);
}

static void
op_restore (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_restore (world);
}

static void
op_zombie (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  net_zombie (world, op->a);
}

static void
op_hostile (World *world, Tablet *tablet, const Op *op)
{
  net_hostile (world, tablet, op->a);
}

/* Kinds of days: which groups of operations may happen in a run. */
typedef enum { DAY_ALWAYS = 0, DAY_MACHINES = 1, DAY_IMAGES = 2, DAY_KINDS = 4, DAY_MOVES = 8, DAY_HOSTILE = 16, DAY_COUNTY = 32, DAY_DELETES = 64 } Day;

static const struct
{
  const char *name;
  guint weight;
  guint day;
  gboolean store;    /* needs the tablet on */
  void (*run) (World *world, Tablet *tablet, const Op *op);
} types[] = {
  { "household", 8, DAY_ALWAYS, TRUE, op_household },
  { "edit", 30, DAY_ALWAYS, TRUE, op_edit },
  { "visit", 10, DAY_ALWAYS, TRUE, op_visit },
  { "person", 6, DAY_ALWAYS, TRUE, op_person },
  { "delete", 6, DAY_DELETES, TRUE, op_delete },
  { "merge", 2, DAY_DELETES, TRUE, op_merge },
  { "move", 3, DAY_MOVES, TRUE, op_move },
  { "draft-begin", 6, DAY_ALWAYS, TRUE, op_draft_begin },
  { "draft-finish", 6, DAY_ALWAYS, TRUE, op_draft_finish },
  { "photo", 4, DAY_ALWAYS, TRUE, op_photo },
  { "resolve", 6, DAY_ALWAYS, TRUE, op_resolve },
  { "sync", 44, DAY_ALWAYS, FALSE, op_sync },
  { "stop", 2, DAY_ALWAYS, FALSE, op_stop },
  { "reboot", 5, DAY_MACHINES, FALSE, op_reboot },
  { "fault", 6, DAY_MACHINES, FALSE, op_fault },
  { "repair", 4, DAY_MACHINES, FALSE, op_repair },
  { "crash-point", 5, DAY_MACHINES, FALSE, op_crash_point },
  { "second", 2, DAY_MACHINES, TRUE, op_second },
  { "kinds", 2, DAY_KINDS, FALSE, op_kinds },
  { "clock", 4, DAY_ALWAYS, FALSE, op_clock },
  { "image", 2, DAY_IMAGES, TRUE, op_image },
  { "old-image", 2, DAY_IMAGES, FALSE, op_old_image },
  { "server-reboot", 2, DAY_MACHINES, FALSE, op_server_reboot },
  { "zombie", 4, DAY_ALWAYS, FALSE, op_zombie },
  { "hostile", 2, DAY_HOSTILE, TRUE, op_hostile },
  { "backup", 0, DAY_COUNTY, FALSE, op_backup },
  { "restore", 0, DAY_COUNTY, FALSE, op_restore },
};
#define N_DRAWN (G_N_ELEMENTS (types) - 2)

const char *
ops_name (const Op *op)
{
  return types[op->type].name;
}

static guint
draw_days (Rng *rng)
{
  static const guint chance[] = { 600, 150, 250, 300, 80, 300, 700 };
  guint days = 0;

  for (guint i = 0; i < G_N_ELEMENTS (chance); i++)
    if (rng_chance (rng, chance[i]))
      days |= 1u << i;
  return days;
}

static guint
draw_type (Rng *rng, guint days)
{
  for (;;)
    {
      guint i = rng_below (rng, N_DRAWN);

      if ((types[i].day == 0 || (types[i].day & days) != 0) && rng_below (rng, 44) < types[i].weight)
        return i;
    }
}

/* S2, in every fifth run, in place of something else: these came later, and the other runs stay what they were. */
static void
put_county_days (guint64 seed, GArray *ops)
{
  Rng rng = { ~seed };

  if (!rng_chance (&rng, 200))
    return;
  for (guint i = 0; i < ops->len; i++)
    if (rng_chance (&rng, 40))
      g_array_index (ops, Op, i).type = (guint8) (N_DRAWN + rng_chance (&rng, 250));
}

GArray *
ops_draw (guint64 seed, guint *layout, guint *n)
{
  static const guint counts[] = { 2, 2, 2, 3, 3, 3, 4, 4, 5, 8 };
  Rng rng = { seed };
  guint length = 120 + rng_below (&rng, 120);
  guint days = draw_days (&rng);
  GArray *ops = g_array_sized_new (FALSE, FALSE, sizeof (Op), length);

  *layout = rng_chance (&rng, 500) ? 0 : rng_below (&rng, 4);
  *n = counts[rng_below (&rng, G_N_ELEMENTS (counts))];
  for (guint i = 0; i < length; i++)
    {
      Op op = { .type = (guint8) draw_type (&rng, days), .tablet = (guint8) rng_below (&rng, 240) };

      op.a = (guint32) (rng_next (&rng) >> 40);
      op.b = (guint32) rng_next (&rng);
      op.c = (guint32) rng_next (&rng);
      g_array_append_val (ops, op);
    }
  put_county_days (seed, ops);
  return ops;
}

void
ops_run (World *world, const Op *op)
{
  Tablet *tablet = &world->tablet[op->tablet % world->n];

  world_say (world, "%3u %s t%u (%u, %u, %u)", world->at, ops_name (op), tablet->n, op->a, op->b, op->c);
  zf_clock_advance (tablet->clock, 1000);
  zf_clock_advance (world->clock, 1000);
  if (types[op->type].store && !tablet_on (world, tablet))
    return;
  types[op->type].run (world, tablet, op);
  check_step (world, tablet);
}

/* The end */

static gboolean
round_is_quiet (World *world, gint64 *seq)
{
  gboolean quiet = TRUE;
  gint64 now;

  for (guint t = 0; t < world->n; t++)
    {
      Tablet *tablet = &world->tablet[t];

      if (tablet->gone)
        continue;
      zf_clock_advance (tablet->clock, 3600000);
      zf_clock_advance (world->clock, 3600000);
      quiet &= tablet_sync (world, tablet, 2000);
      if (tablet->store != NULL)
        quiet &= zf_db_get_int (tablet_db (tablet), 1, "SELECT count(*) FROM change WHERE state IN (0, 1)", "") == 0;
    }
  now = world->core != NULL ? zf_db_get_int (server_db (world), 0, "SELECT max(seq) FROM feed", "") : -1;
  quiet &= now == *seq;
  *seq = now;
  return quiet;
}

gboolean
ops_heal (World *world)
{
  gint64 seq = -1;

  world->calm = TRUE;
  world->crash_in = 0;
  mem_machine_fault (world->machine, NULL);
  for (guint t = 0; t < world->n; t++)
    {
      mem_machine_fault (world->tablet[t].machine, NULL);
      g_clear_pointer (&world->tablet[t].engine, zf_sync_engine_free);
    }
  for (guint round = 0; round < 12; round++)
    {
      world_say (world, "--- heal, round %u", round);
      if (round_is_quiet (world, &seq))
        return TRUE;
    }
  return FALSE;
}
