/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-commit.h"

#include "zf-error.h"
#include "zf-id.h"
#include "zf-ledger-private.h"
#include "zf-save-private.h"

/* A file that was only wanted so far is here now, and the county may still lack it. */
static gboolean
write_blobs (ZfDb *db, const ZfSave *save, GError **error)
{
  for (guint i = 0; i < save->blobs->len; i++)
    {
      const ZfBlobRow *row = g_ptr_array_index (save->blobs, i);

      if (!zf_db_run (db, error, "INSERT INTO blob (sha256, source, size, state, thumb) VALUES (?1, ?2, ?3, ?4, 1) ON CONFLICT (sha256) "
                      "DO UPDATE SET state = excluded.state, source = excluded.source, thumb = 1 WHERE state = ?5", "ssiii",
                      row->sha256, row->source, row->size, (gint64) ZF_BLOB_LOCAL, (gint64) ZF_BLOB_WANTED))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_imports (ZfDb *db, const ZfSave *save, GError **error)
{
  for (guint i = 0; i < save->imports->len; i++)
    {
      const ZfImportRow *row = g_ptr_array_index (save->imports, i);

      if (!zf_db_run (db, error, "INSERT OR REPLACE INTO import_row (source, row_key, record, vals) VALUES (?1, ?2, ?3, ?4)", "ssss",
                      row->source, row->row_key, row->record, row->values))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_conflicts (ZfWrite *write, const ZfSave *save, GError **error)
{
  for (guint i = 0; i < save->conflicts->len; i++)
    {
      JsonObject *item = g_ptr_array_index (save->conflicts, i);
      g_autofree char *id = zf_id_new (zf_store_clock (write->store), zf_store_random (write->store));

      json_object_set_string_member (item, "id", id);
      if (!zf_conflict_put (write, item, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
drop_drafts (ZfWrite *write, const ZfSave *save, GError **error)
{
  for (guint i = 0; i < save->drafts->len; i++)
    {
      const char *id = g_ptr_array_index (save->drafts, i);

      if (!zf_db_run (write->db, error, "DELETE FROM draft WHERE id = ?1", "s", id))
        return FALSE;
      /* Finishing the same form twice must not record it twice. */
      if (sqlite3_changes (zf_db_handle (write->db)) == 0)
        {
          g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "This form was finished or thrown away before");
          return FALSE;
        }
      zf_store_note (write->store, "draft", id);
    }
  return TRUE;
}

gboolean
zf_commit_beside (ZfWrite *write, ZfSave *save, GError **error)
{
  return write_blobs (write->db, save, error) && write_imports (write->db, save, error) &&
         write_conflicts (write, save, error) && drop_drafts (write, save, error);
}
