/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Checks at the end of a run, when everybody has synced: tablets against the county, photos, and a summary without ids or times. */
#include "sim.h"

#include <string.h>

#include "zf-digest.h"
#include "zf-photo.h"

/* A record as the county holds it. */
typedef struct
{
  char *kind;
  char *village;
  char *del;
  gint64 rev;
  JsonObject *fields;
} Truth;

static void
truth_free (gpointer data)
{
  Truth *truth = data;

  g_free (truth->kind);
  g_free (truth->village);
  g_free (truth->del);
  json_object_unref (truth->fields);
  g_free (truth);
}

static void
lay_parts (ZfDb *db, const char *id, JsonObject *fields)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT f FROM field WHERE id = ?1 ORDER BY rev", NULL);
  gboolean row = FALSE;

  zf_db_bind (stmt, "s", id);
  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      g_autoptr (JsonObject) part = zf_json_parse_object (zf_db_text (stmt, 0), -1, NULL);
      JsonObjectIter iter;
      const char *name = NULL;
      JsonNode *value = NULL;

      json_object_iter_init (&iter, part);
      while (json_object_iter_next (&iter, &name, &value))
        if (!JSON_NODE_HOLDS_NULL (value))
          json_object_set_member (fields, name, json_node_copy (value));
    }
}

static GHashTable *
read_county (World *world)
{
  GHashTable *county = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, truth_free);
  ZfDb *db = server_db (world);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, kind, village, del, rev FROM record", NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      Truth *truth = g_new0 (Truth, 1);

      truth->kind = g_strdup (zf_db_text (stmt, 1));
      truth->village = g_strdup (zf_db_text (stmt, 2));
      truth->del = g_strdup (zf_db_text (stmt, 3));
      truth->rev = sqlite3_column_int64 (stmt, 4);
      truth->fields = json_object_new ();
      lay_parts (db, zf_db_text (stmt, 0), truth->fields);
      g_hash_table_insert (county, g_strdup (zf_db_text (stmt, 0)), truth);
    }
  return county;
}

/* I13, I11, I21: the same record on a tablet. */

gboolean
sim_is_fixed (const char *kind)
{
  return g_str_equal (kind, "visit") || g_str_equal (kind, "photo") || g_str_equal (kind, "resolution");
}

static JsonObject *
without_nulls (const char *text, const char *extra)
{
  JsonObject *fields = json_object_new ();
  const char *texts[] = { text, extra };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (JsonObject) part = texts[i] != NULL ? zf_json_parse_object (texts[i], -1, NULL) : NULL;
      JsonObjectIter iter;
      const char *name = NULL;
      JsonNode *value = NULL;

      if (part == NULL)
        continue;
      json_object_iter_init (&iter, part);
      while (json_object_iter_next (&iter, &name, &value))
        if (!JSON_NODE_HOLDS_NULL (value))
          json_object_set_member (fields, name, json_node_copy (value));
    }
  return fields;
}

static gboolean
same_but_unknown (JsonObject *here, JsonObject *there, const char *kind)
{
  const ZfKind *known = zf_kinds_get (sim_kinds (TRUE), kind);
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (known == NULL)
    return TRUE;
  json_object_iter_init (&iter, there);
  while (json_object_iter_next (&iter, &name, &value))
    if (zf_kind_field (known, name) != NULL && !zf_json_equal (value, json_object_get_member (here, name)))
      return FALSE;
  return TRUE;
}

/* In a run that is told: what the store of the tablet holds of a record that differs. */
static void
tell_rows (World *world, Tablet *tablet, const char *id)
{
  static const char *const told[] = {
    "SELECT 'record ' || json_array (kind, rev, parent, village, del, base_del, base, cur, extra) FROM record WHERE id = ?1",
    "SELECT group_concat ('change ' || json_array (state, lsn, epoch, op, f, base_epoch, d), char (10)) FROM change WHERE id = ?1",
    "SELECT group_concat ('meta ' || key || '=' || value, ' ') FROM meta_kv WHERE ?1 NOT NULL",
  };

  if (!world->verbose)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_autofree char *text = zf_db_get_text (tablet_db (tablet), told[i], "s", id);

      if (text != NULL)
        g_print ("%s\n", text);
    }
}

static void
compare_record (World *world, Tablet *tablet, const char *id, const Truth *truth, sqlite3_stmt *stmt)
{
  g_autoptr (JsonObject) here = without_nulls (zf_db_text (stmt, 1), zf_db_text (stmt, 2));
  g_autofree char *mine = zf_json_canonical_object (here);
  g_autofree char *theirs = zf_json_canonical_object (truth->fields);

  if (g_strcmp0 (zf_db_text (stmt, 3), truth->del) != 0 || !g_str_equal (mine, theirs))
    tell_rows (world, tablet, id);
  if (g_strcmp0 (zf_db_text (stmt, 3), truth->del) != 0)
    world_violation (world, 13, "tablet %u and county differ on whether %s %s stands (%s, %s)", tablet->n, truth->kind, id,
                     zf_db_text (stmt, 3) != NULL ? zf_db_text (stmt, 3) : "alive", truth->del != NULL ? truth->del : "alive");
  if (g_str_equal (mine, theirs))
    return;
  /* A copy of a county that was set back brings of a deleted record its end alone. */
  if (truth->del != NULL && world->restores > 0 && json_object_get_size (here) == 0)
    return;
  if (sim_is_fixed (truth->kind))
    world_violation (world, 11, "%s %s differs on tablet %u: %s, at the county %s", truth->kind, id, tablet->n, mine, theirs);
  else if ((tablet->was_old || world->published > 0) && same_but_unknown (here, truth->fields, truth->kind))
    {
      tablet->unknown_lost = TRUE;
      world_violation (world, 21, "tablet %u, which is or was older, lost an unknown field of %s: %s, at the county %s", tablet->n, id, mine, theirs);
    }
  else
    world_violation (world, 13, "%s %s on tablet %u is %s, at the county %s", truth->kind, id, tablet->n, mine, theirs);
}

static void
compare_tablet (World *world, Tablet *tablet, GHashTable *county)
{
  g_autoptr (GHashTable) here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ZfDb *db = tablet_db (tablet);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, cur, extra, del, rev, kind FROM record", NULL);
  GHashTableIter iter;
  gpointer id, data;
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      const Truth *truth = g_hash_table_lookup (county, zf_db_text (stmt, 0));

      g_hash_table_add (here, g_strdup (zf_db_text (stmt, 0)));
      if (truth != NULL && tablet_covers (world, tablet, truth->village))
        compare_record (world, tablet, zf_db_text (stmt, 0), truth, stmt);
      else if (truth == NULL && zf_db_text (stmt, 3) == NULL && sqlite3_column_int64 (stmt, 4) > 0)
        world_violation (world, 13, "tablet %u shows %s %s, of which the county knows nothing", tablet->n, zf_db_text (stmt, 5), zf_db_text (stmt, 0));
    }
  g_hash_table_iter_init (&iter, county);
  while (g_hash_table_iter_next (&iter, &id, &data))
    {
      const Truth *truth = data;

      if (truth->del == NULL && tablet_covers (world, tablet, truth->village) && !g_hash_table_contains (here, id))
        world_violation (world, 13, "tablet %u lacks %s %s", tablet->n, truth->kind, (char *) id);
    }
}

static void
compare_conflicts (World *world, Tablet *tablet)
{
  ZfDb *db = server_db (world);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT c.id, c.open, r.village FROM conflict c JOIN record r ON r.id = c.record", NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      gint64 open = zf_db_get_int (tablet_db (tablet), -1, "SELECT open FROM conflict WHERE id = ?1", "s", zf_db_text (stmt, 0));

      /* A copy brings those that are open. */
      if (open < 0 && sqlite3_column_int64 (stmt, 1) == 0)
        continue;
      if (tablet_covers (world, tablet, zf_db_text (stmt, 2)) && open != sqlite3_column_int64 (stmt, 1))
        world_violation (world, 13, "conflict %s is %s at the county, %s on tablet %u", zf_db_text (stmt, 0),
                         sqlite3_column_int64 (stmt, 1) != 0 ? "open" : "closed", open < 0 ? "unknown" : open > 0 ? "open" : "closed", tablet->n);
    }
}

/* I19, 3.4 (3) */
static char *
county_photo (const char *sha256)
{
  g_autofree char *folder = g_strndup (sha256, 2);

  return g_build_filename ("/server/data/blobs", folder, sha256, NULL);
}

static void
check_photos (World *world)
{
  g_autoptr (GPtrArray) names = mem_machine_names (world->machine, "/server/data/blobs/");

  for (guint i = 0; i < names->len; i++)
    {
      const char *path = names->pdata[i];
      g_autofree char *name = g_path_get_basename (path);
      g_autoptr (GBytes) bytes = zf_files_read (mem_files (), path, NULL);
      g_autofree char *sum = bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;

      if (strlen (name) == 64 && g_strcmp0 (sum, name) != 0)
        world_violation (world, 19, "the county's file %s is not what its name says", name);
    }
}

/* I19: whoever sees the row finds the file. */
static void
check_blob_rows (World *world)
{
  ZfDb *db = server_db (world);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT sha256, size FROM blob", NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      g_autofree char *path = county_photo (zf_db_text (stmt, 0));

      if (zf_files_size (mem_files (), path) != sqlite3_column_int64 (stmt, 1) && !g_hash_table_contains (world->lost_blobs, zf_db_text (stmt, 0)))
        world_violation (world, 19, "the county says that it has photo %s, but there is no such file", zf_db_text (stmt, 0));
    }
}

static gboolean
on_some_tablet (World *world, const char *sha256)
{
  for (guint t = 0; t < world->n; t++)
    {
      g_autofree char *path = zf_photo_path (world->tablet[t].dir, sha256, FALSE);

      if (zf_files_size (mem_files (), path) >= 0)
        return TRUE;
    }
  return FALSE;
}

static void
check_photo_kept (World *world, const Saved *saved)
{
  JsonArray *pair = zf_json_get_array (saved->f, "sha256");
  const char *sha256 = pair != NULL ? json_node_get_string (json_array_get_element (pair, 1)) : NULL;
  g_autofree char *path = sha256 != NULL ? county_photo (sha256) : NULL;

  if (path != NULL && zf_files_size (mem_files (), path) < 0 && !on_some_tablet (world, sha256) && !g_hash_table_contains (world->safe_blobs, sha256))
    world_violation (world, 19, "photo %s is neither at the county nor on any tablet", sha256);
}

/* S6: what the county lost and no backup holds comes again from a tablet that has it and still shows it. */
static void
check_brought_again (World *world, Tablet *tablet)
{
  static const char sql[] = "SELECT sha256 FROM blob WHERE state < 2 AND sha256 IN (SELECT json_extract (cur, '$.sha256') FROM record WHERE kind = 'photo' "
                            "AND del IS NULL AND rev > 0)";
  ZfDb *db = tablet_db (tablet);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      const char *sha256 = zf_db_text (stmt, 0);
      g_autofree char *folder = g_strndup (sha256, 2);
      g_autofree char *there = g_build_filename ("/server/data/blobs", folder, sha256, NULL);
      g_autofree char *here = zf_photo_path (tablet->dir, sha256, FALSE);

      if (zf_files_size (mem_files (), here) > 0 && zf_files_size (mem_files (), there) < 0)
        world_violation (world, 19, "photo %s%s is on tablet %u and not at the county", sha256,
                         g_hash_table_contains (world->lost_blobs, sha256) ? ", which the county lost," : "", tablet->n);
    }
}

/* I19: what made room stands in a backup of the county. */
void
check_freed (World *world, Tablet *tablet, GPtrArray *before)
{
  for (guint i = 0; i < before->len; i++)
    {
      g_autofree char *name = g_path_get_basename (before->pdata[i]);
      g_autofree char *sha256 = g_strndup (name, 64);
      g_autofree char *full = strlen (sha256) == 64 ? zf_photo_path (tablet->dir, sha256, FALSE) : NULL;

      if (full != NULL && g_str_equal (before->pdata[i], full) && zf_files_size (mem_files (), full) < 0 && !g_hash_table_contains (world->safe_blobs, sha256))
        world_violation (world, 19, "tablet %u removed photo %s, which no backup of the county holds", tablet->n, sha256);
    }
}

static void
tell_village (World *world, Tablet *tablet, const char *village)
{
  g_autofree char *here = zf_db_get_text (tablet_db (tablet),
                                          "SELECT group_concat ('here ' || json_array (id, kind, parent, village, counted, rev, del), char (10)) FROM record "
                                          "WHERE village = ?1 OR counted = ?1",
                                          "s", village);
  g_autofree char *there = zf_db_get_text (server_db (world),
                                           "SELECT group_concat ('there ' || json_array (id, kind, parent, village, rev, del), char (10)) FROM record "
                                           "WHERE village = ?1",
                                           "s", village);

  if (world->verbose)
    g_print ("%s\n%s\n", here, there);
}

/* I13: sums as both sides keep them against sums made anew of the county's records. */
static void
check_sum (World *world, GHashTable *county, const char *village)
{
  GHashTableIter iter;
  gpointer id, data;
  gint64 n = 0;
  ZfDigest sum = { 0 };
  g_autofree char *hex = NULL;
  g_autofree char *theirs = NULL;

  g_hash_table_iter_init (&iter, county);
  while (g_hash_table_iter_next (&iter, &id, &data))
    {
      const Truth *truth = data;
      ZfDigest digest;

      if (truth->del != NULL || g_strcmp0 (truth->village, village) != 0)
        continue;
      digest = zf_digest_record (id, truth->rev, truth->fields);
      zf_digest_add (&sum, &digest);
      n++;
    }
  hex = zf_digest_hex (&sum);
  theirs = zf_db_get_text (server_db (world), "SELECT n || ' ' || lower (hex (h)) FROM digest WHERE village = ?1", "s", village);
  if (n > 0 && (theirs == NULL || g_ascii_strtoll (theirs, NULL, 10) != n || !g_str_has_suffix (theirs, hex)))
    world_violation (world, 13, "the county's sum of village %.4s is not that of its %" G_GINT64_FORMAT " records: %s", village, n, theirs);
  for (guint t = 0; t < world->n; t++)
    {
      Tablet *tablet = &world->tablet[t];
      /* I21 has told why. */
      g_autofree char *ours = tablet->store != NULL && !tablet->unknown_lost && tablet_covers (world, tablet, village)
                                ? zf_db_get_text (tablet_db (tablet), "SELECT n || ' ' || lower (hex (h)) FROM digest WHERE village = ?1", "s", village)
                                : NULL;

      if (n > 0 && ours != NULL && !g_str_has_suffix (ours, hex))
        tell_village (world, tablet, village);
      if (n > 0 && ours != NULL && !g_str_has_suffix (ours, hex))
        world_violation (world, 13, "tablet %u's sum of village %.4s is not that of the county's %" G_GINT64_FORMAT " records: %s", t, village, n, ours);
    }
}

/* I11: at the county stands what was saved once. */
static void
check_kept (World *world, GHashTable *county, const Saved *saved)
{
  const Truth *truth = g_hash_table_lookup (county, saved->id);
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  if (truth == NULL || !g_str_equal (saved->op, "add") || !sim_is_fixed (saved->kind) || g_str_equal (saved->kind, "resolution"))
    return;
  json_object_iter_init (&iter, saved->f);
  while (json_object_iter_next (&iter, &name, &node))
    if (JSON_NODE_HOLDS_ARRAY (node) && !g_str_equal (name, "household") &&
        !zf_json_equal (json_array_get_element (json_node_get_array (node), 1), json_object_get_member (truth->fields, name)))
      world_violation (world, 11, "%s of %s %s is not at the county as it was saved", name, saved->kind, saved->id);
  json_object_iter_init (&iter, truth->fields);
  while (json_object_iter_next (&iter, &name, &node))
    if (!json_object_has_member (saved->f, name))
      world_violation (world, 11, "%s of %s %s stands at the county, but was never saved", name, saved->kind, saved->id);
}

/* A county set back and a tablet set back: a household may be gone for good, and what another tablet saved of it stands alone on both sides. */
static gboolean
is_lost_for_all (World *world, Tablet *tablet, const char *problem)
{
  g_autofree char *parent = NULL;

  if (world->restores == 0 || !g_str_has_prefix (problem, "record whose parent is not in the store"))
    return FALSE;
  parent = zf_db_get_text (tablet_db (tablet), "SELECT json_extract (cur, '$.household') FROM record WHERE id = ?1", "s",
                           strrchr (problem, ' ') + 1);
  return parent != NULL && zf_db_get_int (server_db (world), 0, "SELECT 1 FROM record WHERE id = ?1", "s", parent) == 0;
}

static void
check_digest (World *world, Tablet *tablet)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  zf_store_check (tablet->store, problems, NULL);
  for (guint i = 0; i < problems->len; i++)
    if (is_lost_for_all (world, tablet, problems->pdata[i]))
      g_ptr_array_remove_index (problems, i--);
  if (problems->len > 0)
    {
      g_autofree char *rows = zf_db_get_text (tablet_db (tablet),
                                              "SELECT group_concat (json_array (id, kind, village, counted, rev, hex (digest), del, base_del), char (10)) "
                                              "FROM record",
                                              "");

      if (world->verbose)
        g_print ("%s\n", rows);
      world_violation (world, INV_ENGINE, "the store of tablet %u finds: %s", tablet->n, (char *) problems->pdata[0]);
    }
}

void
check_end (World *world)
{
  g_autoptr (GHashTable) county = NULL;

  if (!server_up (world))
    return;
  check_log (world);
  county = read_county (world);
  for (guint t = 0; t < world->n; t++)
    {
      Tablet *tablet = &world->tablet[t];

      if (tablet->gone || !tablet_on (world, tablet))
        continue;
      compare_tablet (world, tablet, county);
      compare_conflicts (world, tablet);
      check_brought_again (world, tablet);
      if (t == world->seed % world->n)
        check_digest (world, tablet);
    }
  check_photos (world);
  check_blob_rows (world);
  for (guint i = 0; i < SIM_VILLAGES; i++)
    check_sum (world, county, sim_villages[i]);
  for (guint i = 0; i < world->order->len; i++)
    {
      const Saved *saved = world->order->pdata[i];

      check_kept (world, county, saved);
      if (saved->reported && !saved->destroyed && g_str_equal (saved->kind, "photo"))
        check_photo_kept (world, saved);
    }
}

static void
add_dispositions (World *world, GString *text)
{
  sqlite3_stmt *stmt = zf_db_prepare (server_db (world), "SELECT disposition, count(*) FROM change GROUP BY 1 ORDER BY 1", NULL);
  gboolean row = FALSE;

  while (zf_db_step (server_db (world), stmt, &row, NULL) && row)
    g_string_append_printf (text, "%s %" G_GINT64_FORMAT "\n", zf_db_text (stmt, 0), (gint64) sqlite3_column_int64 (stmt, 1));
}

/* I18: the same run with other clocks must read the same. */
char *
check_summary (World *world)
{
  GString *text = g_string_new (NULL);

  if (world->core == NULL)
    return g_string_free (text, FALSE);
  for (guint i = 0; i < world->households->len; i++)
    {
      g_autoptr (JsonObject) fields = json_object_new ();
      g_autofree char *del = zf_db_get_text (server_db (world), "SELECT del FROM record WHERE id = ?1", "s", world->households->pdata[i]);
      g_autofree char *line = NULL;

      lay_parts (server_db (world), world->households->pdata[i], fields);
      line = zf_json_canonical_object (fields);
      g_string_append_printf (text, "%u %s %s\n", i, line, del == NULL ? "" : g_str_has_prefix (del, "merged:") ? "merged" : del);
    }
  add_dispositions (world, text);
  g_string_append_printf (text, "%" G_GINT64_FORMAT " conflicts\n", zf_db_get_int (server_db (world), 0, "SELECT count(*) FROM conflict", ""));
  return g_string_free (text, FALSE);
}
