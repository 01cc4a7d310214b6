/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The county's log against what the simulator knows: a second, slow merge that follows what the county did with every change and says
 * whether it was allowed to. */
#include "sim.h"

#include <string.h>

typedef struct
{
  JsonNode *value;     /* NULL: nothing */
  char *cid;
  gboolean decided;    /* by a person, who closed a conflict with it */
} Cell;

typedef struct
{
  GHashTable *cells;   /* group → Cell */
  GHashTable *open;    /* "device/group": that device has an open conflict */
  char *kind;
  char *del;
  char *del_cid;
  gboolean moved;
  gboolean decided;    /* somebody closed a conflict on it */
} Model;

typedef struct
{
  const char *cid, *device, *kind, *id, *op, *d;
  gint64 seq;
  JsonObject *f;
  Saved *saved;        /* NULL: the county's own, or forged */
} Row;

typedef struct
{
  World *world;
  GHashTable *models;
  GHashTable *mine;    /* "cid/group", or "cid/!kind" of conflicts on whole records → "open" or "closed" */
  GHashTable *closed;  /* resolution → Closing */
  GHashTable *sides;   /* "cid/group" → Sides */
} Replay;

/* What a conflict holds of a change. */
typedef struct
{
  JsonNode *mine;
  JsonNode *theirs;    /* NULL: the conflict stood before */
} Sides;

/* What a person decided. */
typedef struct
{
  char *record;
  char *kind;
  char *group;
  char *device;
  JsonNode *value;
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  g_free (closing->record);
  g_free (closing->kind);
  g_free (closing->group);
  g_free (closing->device);
  g_clear_pointer (&closing->value, json_node_unref);
  g_free (closing);
}

static void
sides_free (gpointer data)
{
  Sides *sides = data;

  g_clear_pointer (&sides->mine, json_node_unref);
  g_clear_pointer (&sides->theirs, json_node_unref);
  g_free (sides);
}

static void
cell_free (gpointer data)
{
  Cell *cell = data;

  g_clear_pointer (&cell->value, json_node_unref);
  g_free (cell->cid);
  g_free (cell);
}

static void
model_free (gpointer data)
{
  Model *model = data;

  g_hash_table_unref (model->cells);
  g_hash_table_unref (model->open);
  g_free (model->kind);
  g_free (model->del);
  g_free (model->del_cid);
  g_free (model);
}

static Model *
model_of (Replay *replay, const Row *row)
{
  Model *model = g_hash_table_lookup (replay->models, row->id);

  if (model != NULL)
    return model;
  model = g_new0 (Model, 1);
  model->kind = g_strdup (row->kind);
  model->cells = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cell_free);
  model->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (replay->models, g_strdup (row->id), model);
  return model;
}

static const char *
group_of (const char *kind, const char *field)
{
  const ZfKind *known = zf_kinds_get (sim_kinds (FALSE), kind);
  const ZfField *f = known != NULL ? zf_kind_field (known, field) : NULL;

  return f != NULL ? f->group : field;
}

/* As the county keeps it: a person of bad will writes numbers that no app writes. */
static JsonNode *
normal_value (const char *kind, const char *name, JsonNode *raw)
{
  const ZfKind *known = zf_kinds_get (sim_kinds (FALSE), kind);
  const ZfField *field = known != NULL ? zf_kind_field (known, name) : NULL;
  JsonNode *normal = field != NULL ? zf_kind_check_value (known, field, raw, NULL) : NULL;

  return normal != NULL ? normal : json_node_copy (raw);
}

/* The fields of one group, as one value: side 0 what was seen, 1 what was written. */
static JsonNode *
group_side (const Row *row, const char *group, guint side)
{
  JsonObject *fields = json_object_new ();
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;
  JsonNode *value = json_node_alloc ();

  json_object_iter_init (&iter, row->f);
  while (json_object_iter_next (&iter, &name, &node))
    if (JSON_NODE_HOLDS_ARRAY (node) && g_str_equal (group_of (row->kind, name), group))
      {
        g_autoptr (JsonNode) half = normal_value (row->kind, name, json_array_get_element (json_node_get_array (node), side));

        if (!JSON_NODE_HOLDS_NULL (half))
          json_object_set_member (fields, name, g_steal_pointer (&half));
      }
  json_node_init_object (value, fields);
  json_object_unref (fields);
  return value;
}

static gboolean
equal_groups (JsonNode *a, JsonNode *b)
{
  gboolean no_a = a == NULL || json_object_get_size (json_node_get_object (a)) == 0;
  gboolean no_b = b == NULL || json_object_get_size (json_node_get_object (b)) == 0;

  return no_a || no_b ? no_a == no_b : zf_json_equal (a, b);
}

static const char *
conflict_with (Replay *replay, const char *cid, const char *group)
{
  g_autofree char *key = g_strconcat (cid, "/", group, NULL);

  return g_hash_table_lookup (replay->mine, key);
}

/* What its author had before the eyes held the value that change @cid had made. */
static gboolean
had_seen (Replay *replay, const Row *row, const char *cid)
{
  const Saved *other = g_hash_table_lookup (replay->world->saved, cid);

  if (cid == NULL)
    return TRUE;
  if (other != NULL && other->tablet == row->saved->tablet && other->n < row->saved->seen->own)
    return TRUE;
  if (other != NULL && other->n < row->saved->seen->heir[other->tablet])
    return TRUE;
  return ledger_had_seen (replay->world, row->saved->seen, row->id, cid);
}

/* Cases in which the county may be more careful than needed. */
static gboolean
may_be_careful (Replay *replay, const Row *row, const Model *model)
{
  return row->saved->seen->fuzzy || row->saved->destroyed || replay->world->restores > 0 || replay->world->hostile > 0 || model->moved ||
         model->decided;
}

/* A group's value as conflicts and decisions write it: the value itself where the group is one field. */
static JsonNode *
as_group (const char *kind, const char *group, JsonNode *value)
{
  const ZfKind *known = zf_kinds_get (sim_kinds (FALSE), kind);
  const ZfField *field = known != NULL ? zf_kind_field (known, group) : NULL;
  JsonObject *fields;
  JsonNode *node;

  if (value != NULL && JSON_NODE_HOLDS_OBJECT (value) && field == NULL)
    return json_node_copy (value);
  fields = json_object_new ();
  if (value != NULL && !JSON_NODE_HOLDS_NULL (value))
    json_object_set_member (fields, group, json_node_copy (value));
  node = json_node_init_object (json_node_alloc (), fields);
  json_object_unref (fields);
  return node;
}

/* I9: a conflict holds both values as they were. */
static void
check_sides (Replay *replay, const Row *row, const Model *model, const Cell *cell, const char *group, JsonNode *value)
{
  g_autofree char *key = g_strconcat (row->cid, "/", group, NULL);
  const Sides *sides = g_hash_table_lookup (replay->sides, key);
  g_autoptr (JsonNode) mine = sides != NULL ? as_group (model->kind, group, sides->mine) : NULL;
  g_autoptr (JsonNode) theirs = sides != NULL && sides->theirs != NULL ? as_group (model->kind, group, sides->theirs) : NULL;

  if (mine != NULL && !equal_groups (mine, value))
    world_violation (replay->world, 9, "the conflict of change %s on %s (%s) does not hold its value", row->cid, row->id, group);
  if (theirs != NULL && !may_be_careful (replay, row, model) && !equal_groups (theirs, cell != NULL ? cell->value : NULL))
    world_violation (replay->world, 9, "the conflict of change %s on %s (%s) does not hold the value that stood there", row->cid, row->id, group);
}

static void
judge_conflict (Replay *replay, const Row *row, const Model *model, const Cell *cell, const char *group, gboolean open, gboolean old_fits)
{
  gboolean own = FALSE;
  const Saved *other = cell != NULL ? g_hash_table_lookup (replay->world->saved, cell->cid) : NULL;

  if (open || may_be_careful (replay, row, model))
    return;
  own = other != NULL && other->tablet == row->saved->tablet;
  if (old_fits || (cell != NULL && !own && had_seen (replay, row, cell->cid)))
    world_violation (replay->world, 10, "change %s of %s (%s) became a conflict although its author had seen the value", row->cid, row->id, group);
}

static void
judge_accepted (Replay *replay, const Row *row, const Cell *cell, const char *group, gboolean open, gboolean old_fits, gboolean same)
{
  if (same)
    return;
  if (open)
    world_violation (replay->world, 9, "change %s of %s (%s) passed by the conflict that its tablet has open there", row->cid, row->id, group);
  else if (cell != NULL && !cell->decided && !old_fits && !had_seen (replay, row, cell->cid))
    world_violation (replay->world, 7, "change %s overwrote %s (%s), which its author never saw", row->cid, row->id, group);
}

static void
put_cell (Model *model, const char *group, JsonNode *value, const char *cid)
{
  Cell *cell = g_new0 (Cell, 1);

  cell->value = value;
  cell->cid = g_strdup (cid);
  g_hash_table_replace (model->cells, g_strdup (group), cell);
}

static void
replay_group (Replay *replay, const Row *row, Model *model, const char *group)
{
  const Cell *cell = g_hash_table_lookup (model->cells, group);
  g_autoptr (JsonNode) old = group_side (row, group, 0);
  g_autoptr (JsonNode) value = group_side (row, group, 1);
  g_autofree char *slot = g_strconcat (row->device, "/", group, NULL);
  gboolean conflicted = conflict_with (replay, row->cid, group) != NULL;
  gboolean open = g_hash_table_contains (model->open, slot);
  gboolean old_fits = equal_groups (old, cell != NULL ? cell->value : NULL);
  gboolean same = equal_groups (value, cell != NULL ? cell->value : NULL);

  if (row->saved != NULL && conflicted)
    check_sides (replay, row, model, cell, group, value);
  if (row->saved != NULL && conflicted)
    judge_conflict (replay, row, model, cell, group, open, old_fits);
  else if (row->saved != NULL)
    judge_accepted (replay, row, cell, group, open, old_fits, same);
  if (conflicted)
    g_hash_table_add (model->open, g_steal_pointer (&slot));
  else if (!same)
    put_cell (model, group, g_steal_pointer (&value), row->cid);
}

/* Sets: what one added stays until somebody takes it out who had seen it. */
static void
replay_set (Replay *replay, const Row *row, Model *model, const char *field, JsonObject *delta)
{
  JsonArray *add = zf_json_get_array (delta, "add");
  JsonArray *del = zf_json_get_array (delta, "del");

  for (guint i = 0; del != NULL && i < json_array_get_length (del); i++)
    {
      g_autofree char *key = g_strconcat ("set:", field, ":", json_array_get_string_element (del, i), NULL);
      const Cell *cell = g_hash_table_lookup (model->cells, key);

      if (cell != NULL && (row->saved == NULL || had_seen (replay, row, cell->cid)))
        g_hash_table_remove (model->cells, key);
    }
  for (guint i = 0; add != NULL && i < json_array_get_length (add); i++)
    {
      g_autofree char *key = g_strconcat ("set:", field, ":", json_array_get_string_element (add, i), NULL);

      /* What is there already is not added again. */
      if (!g_hash_table_contains (model->cells, key))
        put_cell (model, key, NULL, row->cid);
    }
}

static void
replay_fields (Replay *replay, const Row *row, Model *model)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  json_object_iter_init_ordered (&iter, row->f);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      const char *group = group_of (row->kind, name);

      if (g_str_equal (name, "village") && g_str_equal (row->op, "set"))
        model->moved = TRUE;
      if (JSON_NODE_HOLDS_OBJECT (node))
        replay_set (replay, row, model, name, json_node_get_object (node));
      else if (g_hash_table_add (done, (gpointer) group))
        replay_group (replay, row, model, group);
    }
}

/* I12: a deletion takes nothing with it that its author had not seen. */
static void
replay_delete (Replay *replay, const Row *row, Model *model)
{
  GHashTableIter iter;
  gpointer group, data;

  if (!g_str_equal (row->d, "applied") && !g_str_equal (row->d, "merged"))
    return;
  g_hash_table_iter_init (&iter, model->cells);
  while (row->saved != NULL && g_hash_table_iter_next (&iter, &group, &data))
    {
      const Cell *cell = data;
      const Saved *other = g_hash_table_lookup (replay->world->saved, cell->cid);

      if (other != NULL && !cell->decided && other->tablet != row->saved->tablet && !g_str_has_prefix (group, "set:") && !had_seen (replay, row, cell->cid))
        world_violation (replay->world, 12, "deletion %s took %s with it, which its author never saw", row->cid, (char *) group);
    }
  g_free (model->del);
  g_free (model->del_cid);
  model->del = g_strdup (row->op);
  model->del_cid = g_strdup (row->cid);
}

static void
check_edit_of_deleted (Replay *replay, const Row *row, Model *model)
{
  const Saved *killer = model->del_cid != NULL ? g_hash_table_lookup (replay->world->saved, model->del_cid) : NULL;

  if (model->del == NULL || row->saved == NULL || killer == NULL || killer->tablet == row->saved->tablet || had_seen (replay, row, model->del_cid))
    return;
  if (conflict_with (replay, row->cid, "!edit_vs_delete") == NULL && !g_str_equal (row->d, "noop"))
    world_violation (replay->world, 12, "edit %s of deleted %s was taken without a conflict", row->cid, row->id);
}

static void
replay_resolution (Replay *replay, const Row *row)
{
  const Closing *closing = g_hash_table_lookup (replay->closed, row->id);
  Model *model = closing != NULL ? g_hash_table_lookup (replay->models, closing->record) : NULL;
  g_autofree char *slot = NULL;

  if (model == NULL)
    return;
  model->decided = TRUE;
  if (!g_str_equal (closing->kind, "edit"))
    {
      g_clear_pointer (&model->del, g_free);
      g_clear_pointer (&model->del_cid, g_free);
      return;
    }
  slot = g_strconcat (closing->device, "/", closing->group, NULL);
  g_hash_table_remove (model->open, slot);
  /* Something came in since the conflict was shown: the county asks again. */
  if (conflict_with (replay, row->cid, closing->group) != NULL)
    {
      g_hash_table_add (model->open, g_strconcat (row->device, "/", closing->group, NULL));
      return;
    }
  put_cell (model, closing->group, as_group (model->kind, closing->group, closing->value), row->cid);
  ((Cell *) g_hash_table_lookup (model->cells, closing->group))->decided = TRUE;
}

static void
replay_row (Replay *replay, const Row *row)
{
  Model *model;

  if (g_str_equal (row->d, "quarantined") || g_str_equal (row->kind, "village") || row->f == NULL)
    return;
  if (row->saved != NULL && row->saved->forged)
    return;
  if (g_str_equal (row->kind, "resolution"))
    {
      replay_resolution (replay, row);
      return;
    }
  model = model_of (replay, row);
  if (g_str_equal (row->op, "add") || g_str_equal (row->op, "set"))
    {
      if (g_str_equal (row->op, "set"))
        check_edit_of_deleted (replay, row, model);
      replay_fields (replay, row, model);
    }
  else if (g_str_equal (row->op, "undel"))
    g_clear_pointer (&model->del, g_free);
  else
    replay_delete (replay, row, model);
}

/* I9: the sides of every conflict. */
static void
read_sides (Replay *replay, const char *kind, const char *group, gboolean open, JsonArray *mine, JsonObject *theirs)
{
  for (guint i = 0; i < json_array_get_length (mine); i++)
    {
      JsonObject *side = json_array_get_object_element (mine, i);
      const char *cid = zf_json_get_string (side, "cid", "");
      Sides *sides = g_new0 (Sides, 1);
      g_autofree char *key = g_str_equal (kind, "edit") ? g_strconcat (cid, "/", group, NULL) : g_strconcat (cid, "/!", kind, NULL);

      /* A second decision asks again about the same values. */
      if (open && g_strcmp0 (g_hash_table_lookup (replay->mine, key), "open") == 0)
        world_violation (replay->world, 9, "change %s stands in two conflicts (%s %s)", cid, kind, group);
      sides->mine = json_object_dup_member (side, "v");
      sides->theirs = i == 0 ? json_object_dup_member (theirs, "v") : NULL;
      g_hash_table_replace (replay->sides, g_strdup (key), sides);
      g_hash_table_replace (replay->mine, g_steal_pointer (&key), g_strdup (open ? "open" : "closed"));
    }
}

static void
read_closing (Replay *replay, sqlite3_stmt *stmt)
{
  g_autoptr (JsonObject) closed = zf_db_text (stmt, 3) != NULL ? zf_json_parse_object (zf_db_text (stmt, 3), -1, NULL) : NULL;
  const char *resolution = closed != NULL ? zf_json_get_string (closed, "resolution", NULL) : NULL;
  JsonNode *value = closed != NULL ? json_object_get_member (closed, "value") : NULL;
  Closing *closing;

  if (closed != NULL && *zf_json_get_string (closed, "by", "") == '\0')
    world_violation (replay->world, INV_NOTHING_LOST, "conflict %s was closed by nobody", zf_db_text (stmt, 0));
  if (resolution == NULL)
    return;
  if (sqlite3_column_int64 (stmt, 8) != 0)
    world_violation (replay->world, 9, "conflict %s is decided and still open", zf_db_text (stmt, 0));
  closing = g_new0 (Closing, 1);
  closing->group = g_strdup (zf_db_text (stmt, 1));
  closing->record = g_strdup (zf_db_text (stmt, 4));
  closing->kind = g_strdup (zf_db_text (stmt, 5));
  closing->device = g_strdup (zf_db_text (stmt, 6));
  closing->value = value != NULL ? json_node_copy (value) : NULL;
  g_hash_table_replace (replay->closed, g_strdup (resolution), closing);
}

static void
read_conflicts (Replay *replay)
{
  ZfDb *db = server_db (replay->world);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, grp, mine, closed, record, kind, device, theirs, open FROM conflict", NULL);
  gboolean row = FALSE;

  while (zf_db_step (db, stmt, &row, NULL) && row)
    {
      g_autofree char *wrapped = g_strdup_printf ("{\"mine\":%s}", zf_db_text (stmt, 2));
      g_autoptr (JsonObject) object = zf_json_parse_object (wrapped, -1, NULL);
      g_autoptr (JsonObject) theirs = zf_json_parse_object (zf_db_text (stmt, 7), -1, NULL);

      read_sides (replay, zf_db_text (stmt, 5), zf_db_text (stmt, 1), zf_db_text (stmt, 3) == NULL, zf_json_get_array (object, "mine"), theirs);
      read_closing (replay, stmt);
    }
}

static void
check_bytes (World *world, const Row *row, JsonObject *change)
{
  g_autofree char *is = NULL;
  g_autofree char *was = NULL;

  if (row->saved == NULL || row->f == NULL)
    return;
  is = zf_json_canonical_object (row->f);
  was = zf_json_canonical_object (row->saved->f);
  if (!g_str_equal (is, was))
    world_violation (world, 3, "change %s stands at the county with other content than was saved", row->cid);
}

/* I8, I17 */
static void
check_disposition (World *world, const Row *row)
{
  static const char *const known[] = { "applied", "merged", "noop", "conflict", "quarantined", NULL };

  if (!g_strv_contains (known, row->d))
    world_violation (world, 8, "change %s has disposition “%s”", row->cid, row->d);
  if (!g_str_equal (row->d, "quarantined"))
    return;
  if (zf_db_get_int (server_db (world), 0, "SELECT count(*) FROM quarantine WHERE seq = ?1", "i", row->seq) != 1)
    world_violation (world, 17, "change %s is said to be in quarantine, but is not there", row->cid);
  if (row->saved != NULL && world->moves == 0 && world->restores == 0 && world->hostile == 0)
    world_violation (world, 8, "change %s of %s %s is in quarantine although nobody's villages changed", row->cid, row->kind, row->id);
}

static void
walk (Replay *replay, GHashTable *arrived)
{
  World *world = replay->world;
  ZfDb *db = server_db (world);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT c.seq, c.change_id, o.device, c.kind, c.id, c.disposition, c.bytes FROM change c JOIN origin o ON o.n = c.origin "
                                      "ORDER BY c.seq",
                                      NULL);
  gboolean there = FALSE;

  while (zf_db_step (db, stmt, &there, NULL) && there)
    {
      g_autoptr (JsonObject) change = zf_json_parse_object (zf_db_text (stmt, 6), -1, NULL);
      Row row = {
        .seq = sqlite3_column_int64 (stmt, 0),
        .cid = zf_db_text (stmt, 1),
        .device = zf_db_text (stmt, 2),
        .kind = zf_db_text (stmt, 3),
        .id = zf_db_text (stmt, 4),
        .d = zf_db_text (stmt, 5),
        .op = zf_json_get_string (change, "op", ""),
        .f = zf_json_get_object (change, "f"),
        .saved = g_hash_table_lookup (world->saved, zf_db_text (stmt, 1)),
      };

      g_hash_table_add (arrived, g_strdup (row.cid));
      check_bytes (world, &row, change);
      check_disposition (world, &row);
      replay_row (replay, &row);
    }
}

/* One element of a set: @key is "set:FIELD:ELEMENT". */
static void
check_element (World *world, const char *id, const char *key, const Cell *cell, JsonObject *fields)
{
  g_auto (GStrv) words = g_strsplit (key, ":", 3);
  JsonArray *array = zf_json_get_array (fields, words[1]);
  gboolean there = FALSE;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    there |= g_strcmp0 (json_array_get_string_element (array, i), words[2]) == 0;
  if (!there && world->restores == 0)
    world_violation (world, 7, "%s, which change %s added to %s of %s, was taken out by somebody who never saw it", words[2], cell->cid, words[1], id);
}

/* Values as the county holds them now. */
static void
check_cells (Replay *replay, const char *id, Model *model)
{
  World *world = replay->world;
  GHashTableIter iter;
  gpointer group, data;
  g_autofree char *all = zf_db_get_text (server_db (world), "SELECT group_concat (f, char (10)) FROM field WHERE id = ?1", "s", id);
  g_auto (GStrv) lines = g_strsplit (all != NULL ? all : "", "\n", -1);
  g_autoptr (JsonObject) fields = json_object_new ();

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr (JsonObject) part = zf_json_parse_object (lines[i], -1, NULL);
      JsonObjectIter each;
      const char *name = NULL;
      JsonNode *node = NULL;

      json_object_iter_init (&each, part);
      while (json_object_iter_next (&each, &name, &node))
        json_object_set_member (fields, name, json_node_copy (node));
    }
  /* Those that never change are I11's. */
  if (sim_is_fixed (model->kind))
    return;
  g_hash_table_iter_init (&iter, model->cells);
  while (g_hash_table_iter_next (&iter, &group, &data))
    {
      const Cell *cell = data;
      JsonObjectIter each;
      const char *name = NULL;
      JsonNode *node = NULL;

      if (cell->value == NULL)
        check_element (world, id, group, cell, fields);
      if (cell->value == NULL)
        continue;
      json_object_iter_init (&each, json_node_get_object (cell->value));
      while (json_object_iter_next (&each, &name, &node))
        if (!zf_json_equal (node, json_object_get_member (fields, name)))
          world_violation (world, 7, "the value that change %s gave %s of %s was taken, but is not there", cell->cid, name, id);
    }
}

void
check_log (World *world)
{
  Replay replay = { .world = world };
  g_autoptr (GHashTable) arrived = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id, model;

  replay.models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, model_free);
  replay.mine = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  replay.sides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sides_free);
  replay.closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, closing_free);
  read_conflicts (&replay);
  walk (&replay, arrived);
  g_hash_table_iter_init (&iter, replay.models);
  while (g_hash_table_iter_next (&iter, &id, &model))
    check_cells (&replay, id, model);
  for (guint i = 0; i < world->order->len; i++)
    {
      const Saved *saved = world->order->pdata[i];

      if (saved->reported && !g_hash_table_contains (arrived, saved->cid) && (saved->acked || !saved->destroyed))
        world_violation (world, saved->acked ? 6 : INV_NOTHING_LOST, "change %s of %s %s by tablet %u never arrived at the county", saved->cid, saved->kind,
                         saved->id, saved->tablet);
    }
  g_hash_table_unref (replay.models);
  g_hash_table_unref (replay.mine);
  g_hash_table_unref (replay.sides);
  g_hash_table_unref (replay.closed);
}
