/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Taking back what was saved and not sent yet: its rows leave the log as if they had never been written. */

#include "zf-ledger-private.h"

#include "zf-draft-private.h"
#include "zf-error.h"

/* The records of the save that made record ?1 first, in its order. */
#define TOUCHED                                                                                                                                          \
  "SELECT row.id FROM change AS made, change AS row WHERE made.id = ?1 AND made.op = 'add' AND made.state = 0 AND row.epoch = made.epoch "               \
  "AND row.lsn >= made.lsn AND (row.lsn = made.lsn OR row.tx = made.tx) GROUP BY row.id ORDER BY min (row.lsn)"
#define LATE "This is on its way to the county already and can only be corrected"
#define BUILT_UPON "Something was changed since that builds on this; it can only be corrected"

/* The rows that stand or fall together. */
typedef struct
{
  const char *id;        /* the record that they made */
  const ZfDraft *draft;
  char *epoch;
  gint64 first, last;
} TakeBack;

static gboolean
refuse (GError **error, ZfError code, const char *sentence)
{
  g_set_error_literal (error, ZF_ERROR, (int) code, sentence);
  return FALSE;
}

gboolean
zf_ledger_take_out (ZfDb *db, const char *epoch, gint64 first, gint64 last, GError **error)
{
  return zf_db_run (db, error, "DELETE FROM change WHERE epoch = ?1 AND lsn BETWEEN ?2 AND ?3", "sii", epoch, first, last) &&
         zf_db_run (db, error, "UPDATE change SET lsn = - lsn WHERE epoch = ?1 AND lsn > ?2", "si", epoch, last) &&
         zf_db_run (db, error, "UPDATE change SET lsn = - lsn - ?2 WHERE epoch = ?1 AND lsn < 0", "si", epoch, last - first + 1);
}

static gboolean
find_rows (TakeBack *back, ZfDb *db)
{
  back->first = zf_db_get_int (db, 0, "SELECT lsn FROM change WHERE id = ?1 AND epoch = ?2 AND op = 'add' AND state = 0", "ss", back->id, back->epoch);
  back->last = zf_db_get_int (db, back->first,
                              "SELECT ifnull (max (lsn), ?2) FROM change WHERE epoch = ?1 AND lsn >= ?2 AND tx = (SELECT tx FROM change WHERE epoch = ?1 AND lsn = ?2)", "si",
                              back->epoch, back->first);
  return back->first > zf_ledger_sent_in (db, back->epoch);
}

/* A later row of one of its records, or of what hangs below one that it made. */
static gboolean
is_built_upon (const TakeBack *back, ZfDb *db)
{
  return zf_db_get_int (db, 0,
                        "SELECT EXISTS (SELECT 1 FROM change AS later WHERE later.epoch = ?1 AND later.lsn > ?3 AND EXISTS (SELECT 1 FROM change AS mine "
                        "WHERE mine.epoch = ?1 AND mine.lsn BETWEEN ?2 AND ?3 AND (mine.id = later.id OR (mine.op = 'add' AND mine.id = "
                        "(SELECT parent FROM record WHERE record.id = later.id)))))",
                        "sii", back->epoch, back->first, back->last) == 1;
}

/* What nobody but these rows knew of was never there. */
static gboolean
settle (ZfWrite *write, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = zf_truth_load (write, id, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record != NULL && record->rev == 0 && !zf_ledger_has_pending (write->db, id))
    return zf_truth_remove (write, record, error);
  return zf_ledger_settle (write, id, error);
}

/* What hangs below another record came after it, and goes before. */
static gboolean
settle_all (ZfWrite *write, GPtrArray *ids, GError **error)
{
  for (guint i = ids->len; i > 0; i--)
    if (!settle (write, g_ptr_array_index (ids, i - 1), error))
      return FALSE;
  return TRUE;
}

static gboolean
take_back_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  TakeBack *back = data;
  g_autoptr (GPtrArray) ids = NULL;
  ZfWrite write;

  back->epoch = zf_meta_get (db, "epoch");
  if (!find_rows (back, db))
    return refuse (error, ZF_ERROR_CONFLICT, LATE);
  if (is_built_upon (back, db))
    return refuse (error, ZF_ERROR_CONFLICT, BUILT_UPON);
  zf_write_init (&write, store, db);
  ids = zf_truth_ids (db, TOUCHED, back->id, error);
  return ids != NULL && zf_ledger_take_out (db, back->epoch, back->first, back->last, error) && settle_all (&write, ids, error) &&
         zf_draft_stand (&write, back->draft, error);
}

gboolean
zf_ledger_take_back (ZfStore *store, const char *id, const ZfDraft *draft, GError **error)
{
  TakeBack back = { .id = id, .draft = draft };
  gboolean ok;

  g_return_val_if_fail (id != NULL && draft != NULL, FALSE);

  ok = zf_store_write (store, take_back_job, &back, error);
  g_free (back.epoch);
  return ok;
}
