/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What people do (P1–P9). */
#include "sim-ops.h"

#include <string.h>

#include "zf-draft.h"
#include "zf-id.h"
#include "zf-photo.h"

static const char *const roofs[] = { "straw", "tile", "slate", "tin" };
static const char *const needs[] = { "coal", "food", "school", "water" };

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

static void
add_person (ZfSave *save, GHashTable *seen, World *world, Tablet *tablet, const char *household, Rng *rng)
{
  g_autofree char *id = zf_id_new (tablet->clock, tablet->random);
  g_autoptr (JsonObject) fields =
    json_of ("{'household':'%s','name':'p%u','id_number':'%u'}", household, rng_below (rng, 10), rng_below (rng, 40));

  zf_save_create (save, "person", id, fields);
  see (world, tablet, seen, id);
}

/* A family with its members: one save. */
void
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

/* A question that came with a form that the county published. */
static JsonObject *
published_edit (Tablet *tablet, Rng *rng)
{
  g_autofree char *name = g_strdup_printf ("x%u", 1 + rng_below (rng, 2));
  const ZfKind *kind = zf_kinds_get (zf_store_kinds (tablet->store), "household");

  return zf_kind_field (kind, name) != NULL ? json_of ("{'%s':'y%u'}", name, rng_below (rng, 4)) : NULL;
}

static JsonObject *
some_edit (Tablet *tablet, ZfRecord *record, Rng *rng)
{
  JsonObject *published = rng_chance (rng, 200) ? published_edit (tablet, rng) : NULL;

  if (published != NULL)
    return published;
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

void
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
void
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

void
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

void
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
void
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
void
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
void
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

void
op_draft_finish (World *world, Tablet *tablet, const Op *op)
{
  g_autoptr (ZfSave) save = zf_save_new ("p1", FALSE);
  g_autoptr (JsonNode) value = NULL;
  g_autofree char *epoch = NULL;
  Draft *draft;
  JsonNode *shown;
  GHashTable *seen;

  if (tablet->drafts->len == 0)
    return;
  draft = tablet->drafts->pdata[op->a % tablet->drafts->len];
  /* A store that learns of another county forgets the revisions of its drafts. */
  epoch = zf_store_get_meta (tablet->store, "server_epoch");
  value = zf_json_string (draft->value);
  shown = json_object_get_member (draft->seen->fields, draft->field);
  seen = seen_table ();
  g_hash_table_insert (seen, g_strdup (draft->record), seen_copy (draft->seen));
  zf_save_set_seen (save, "household", draft->record, draft->field, value, shown, g_strcmp0 (epoch, draft->seen->epoch) == 0 ? draft->seen->rev : 0);
  ledger_commit (world, tablet, save, seen);
  g_ptr_array_remove (tablet->drafts, draft);
}

/* Space runs short: pictures that the county's backup holds may go. */
static void
free_space (World *world, Tablet *tablet, guint bytes)
{
  tablet_enter (world, tablet);
  zf_photo_free_space (tablet->store, bytes, NULL, NULL);
  if (!tablet_leave (world, tablet))
    tablet_off (world, tablet, rng_chance (&world->net, 500));
}

/* The picture's file first, as the app does it, then record and row in one save. */
void
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
  if (tablet->store != NULL && rng_chance (&rng, 200))
    free_space (world, tablet, 1 + rng_below (&rng, 4000));
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

/* By what they are about: the ids of two questions of one moment fall as the county's chance falls, which other requests draw from too. */
static int
compare_questions (gconstpointer a, gconstpointer b)
{
  static const char *const members[] = { "of", "kind", "g", "id" };
  JsonObject *x = *(JsonObject *const *) a, *y = *(JsonObject *const *) b;
  int order = 0;

  for (guint i = 0; i < G_N_ELEMENTS (members) && order == 0; i++)
    order = strcmp (zf_json_get_string (x, members[i], ""), zf_json_get_string (y, members[i], ""));
  return order;
}

void
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
  g_ptr_array_sort (list, compare_questions);
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
