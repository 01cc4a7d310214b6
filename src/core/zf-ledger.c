/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-ledger-private.h"

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"

void
zf_batch_free (ZfBatch *batch)
{
  if (batch == NULL)
    return;
  g_free (batch->batch_id);
  g_free (batch->sha256);
  g_clear_pointer (&batch->body, g_bytes_unref);
  g_free (batch);
}

/* What is only here */

JsonObject *
zf_ledger_unsent (ZfReader *reader, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  g_autoptr (JsonObject) unsent = json_object_new ();
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT kind, count(*) FROM change WHERE state IN (0, 1) GROUP BY kind", error);
  gboolean row = TRUE;
  gint64 changes = 0;

  if (stmt == NULL)
    return NULL;
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      json_object_set_int_member (unsent, zf_db_text (stmt, 0), sqlite3_column_int64 (stmt, 1));
      changes += sqlite3_column_int64 (stmt, 1);
    }
  json_object_set_int_member (unsent, "changes", changes);
  json_object_set_int_member (unsent, "drafts", zf_db_get_int (db, 0, "SELECT count(*) FROM draft", ""));
  json_object_set_int_member (unsent, "photos", zf_db_get_int (db, 0, "SELECT count(*) FROM blob WHERE state = 0", ""));
  return g_steal_pointer (&unsent);
}
