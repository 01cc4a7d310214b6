/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Parts of a copied village as they come. Homes that stand whole in a part need not wait for the others when nothing of the village was here before:
 * they go straight into the records. Everything else waits in the stage for the last part. */

#include "zf-ledger-private.h"

#include "zf-bulk.h"
#include "zf-copy-private.h"
#include "zf-count.h"
#include "zf-json.h"
#include "zf-plant.h"

/* What has no home is applied so many at a time. */
#define LOOSE_CHUNK 64

typedef struct
{
  guint n;
  ZfCopy *copy;
  guint slice_ms;
  guint at;              /* in copy: taken when the transaction stands */
  gboolean done;
  gboolean fresh;        /* nothing stood here that the copy may lack */
  gint64 last;           /* row of record: what is behind it came with this copy */
  ZfApply apply;
  ZfBulk *bulk;
  ZfAbove above;
} Take;

/* The part that is due; NULL without error when there is none. */
static JsonObject *
due_part (ZfDb *db, GError **error)
{
  g_autofree char *text = zf_db_get_text (db, "SELECT json_extract (parts, '$[' || next || ']') FROM snapshot", "");

  return text != NULL ? zf_json_parse_object (text, -1, error) : NULL;
}

/* What was here before the copy and is in it stays. */
static gboolean
note_id (Take *take, const ZfCopyItem *item, GError **error)
{
  return take->fresh || item->id == NULL ||
         zf_db_run (take->apply.write.db, error, "INSERT OR IGNORE INTO snapshot_id (id) VALUES (?1)", "s", item->id);
}

static gboolean
stage_item (Take *take, const ZfCopyItem *item, GError **error)
{
  return zf_stage_put (&take->apply.write, item->item, error) && note_id (take, item, error);
}

static gboolean
stage_some (Take *take, GError **error)
{
  guint start = take->at;

  for (; take->at < take->copy->sorted->len && (take->at == start || !zf_apply_is_over (&take->apply)); take->at++)
    if (!stage_item (take, &g_array_index (take->copy->sorted, ZfCopyItem, take->at), error))
      return FALSE;
  return TRUE;
}

typedef enum
{
  NOT_HERE,
  SAME_HERE,     /* as the county has it: from the start, or from before a stop */
  OTHER_HERE,
} Standing;

static gboolean
look (ZfDb *db, const ZfCopyItem *item, Standing *standing, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT base IS NULL AND del IS NULL AND extra IS NULL AND rev = ?2 AND digest = ?3 FROM record WHERE id = ?1",
                                      error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, item->id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 2, item->ready->record->rev);
  sqlite3_bind_blob (stmt, 3, item->ready->digest.b, ZF_DIGEST_BYTES, SQLITE_STATIC);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  *standing = !row ? NOT_HERE : sqlite3_column_int (stmt, 0) == 1 ? SAME_HERE : OTHER_HERE;
  if (row)
    sqlite3_reset (stmt);
  return TRUE;
}

static gboolean
insert (Take *take, const ZfCopyItem *item, GError **error)
{
  gint64 row = 0;

  take->apply.applied++;
  return zf_truth_insert (&take->apply.write, take->bulk, &take->above, item->ready, &row, error) &&
         zf_apply_want_blob (&take->apply, item->ready->record, error) && (row > take->last || note_id (take, item, error));
}

static gboolean
lay (Take *take, const ZfCopyItem *item, GError **error)
{
  zf_above_clear (&take->above);
  return zf_bulk_flush (take->bulk, error) && zf_apply_item (&take->apply, item->item, error) && note_id (take, item, error);
}

static gboolean
apply_item (Take *take, const ZfCopyItem *item, GError **error)
{
  gboolean ready = item->ready != NULL && take->copy->kinds == take->apply.write.kinds;
  Standing standing = OTHER_HERE;

  if (ready && take->apply.write.nothing_pending && !look (take->apply.write.db, item, &standing, error))
    return FALSE;
  switch (standing)
    {
    case NOT_HERE:
      return insert (take, item, error);
    case SAME_HERE:
      take->apply.applied++;
      return zf_db_run (take->apply.write.db, error, "UPDATE record SET meta = ?2 WHERE id = ?1", "ss", item->id, item->ready->meta) &&
             note_id (take, item, error);
    case OTHER_HERE:
    default:
      return lay (take, item, error);
    }
}

/* A reader never sees half a home. */
static gboolean
may_stop (const Take *take, const ZfCopyItem *item, const ZfCopyItem *before)
{
  gboolean border = item->home == NULL ? take->at % LOOSE_CHUNK == 0 : g_strcmp0 (item->home, before->home) != 0;

  return (border || ZF_PLANT (SLICE_SPLITS_HOME)) && zf_apply_is_over (&take->apply);
}

static gboolean
apply_some (Take *take, GError **error)
{
  const ZfCopyItem *items = (const ZfCopyItem *) take->copy->sorted->data;
  guint start = take->at;

  for (; take->at < take->copy->sorted->len; take->at++)
    {
      const ZfCopyItem *item = &items[take->at];

      if (take->at > start && may_stop (take, item, item - 1))
        return TRUE;
      if (!(item->stray ? stage_item (take, item, error) : apply_item (take, item, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_slice (Take *take, GError **error)
{
  gboolean ok;

  take->apply.whole = TRUE;
  zf_count_gather (&take->apply.write);
  take->bulk = zf_bulk_new (take->apply.write.db, take->apply.write.kinds, take->apply.write.now_ms);
  ok = apply_some (take, error) && zf_bulk_flush (take->bulk, error) && zf_count_flush (&take->apply.write, error);
  g_clear_pointer (&take->bulk, zf_bulk_free);
  zf_above_clear (&take->above);
  return ok;
}

/* A home that goes on in another part waits for that one, and so does whatever may have to give way to what is here. */
static gboolean
take_slice (Take *take, JsonObject *part, GError **error)
{
  ZfDb *db = take->apply.write.db;
  gboolean direct = zf_meta_get_int (db, ZF_META_DIRECT, 0) != 0 && zf_json_get_bool (part, "whole", FALSE);

  take->fresh = zf_meta_get_int (db, ZF_META_FRESH, 0) != 0;
  take->last = zf_meta_get_int (db, ZF_META_LAST, G_MAXINT64);
  if (!(direct ? apply_slice (take, error) : stage_some (take, error)))
    return FALSE;
  take->done = take->at == take->copy->sorted->len;
  return !take->done || zf_db_run (db, error, "UPDATE snapshot SET next = next + 1", "");
}

/* A part that is here already changes nothing. */
static gboolean
take_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Take *take = data;
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonObject) part = due_part (db, &local);
  g_autofree char *restored = zf_meta_get (db, "old_epoch");
  gboolean ok;

  zf_crash_point ("part-stage");
  take->done = part == NULL || zf_json_get_int (part, "n", -1) != take->n;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (take->done)
    return TRUE;
  zf_apply_init (&take->apply, store, db);
  take->apply.newer = restored == NULL;
  zf_apply_begin_slice (&take->apply, take->slice_ms);
  ok = take_slice (take, part, error);
  zf_apply_clear (&take->apply);
  return ok;
}

gboolean
zf_ledger_snapshot_take (ZfStore *store, guint n, ZfCopy *copy, guint slice_ms, gboolean *done, guint *applied, GError **error)
{
  Take take = { .n = n, .copy = copy, .slice_ms = slice_ms, .at = copy->at };

  if (!zf_store_write_light (store, take_job, &take, error))
    return FALSE;
  copy->at = take.at;
  *done = take.done;
  *applied += take.apply.applied;
  return TRUE;
}
