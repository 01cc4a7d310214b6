/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Which answer a photo is: only the record that holds it says so. */

#include "zf-photo-private.h"

void
zf_photo_answer_free (ZfPhotoAnswer *answer)
{
  if (answer == NULL)
    return;
  g_free (answer->kind);
  g_free (answer->record);
  g_free (answer->field);
  g_free (answer);
}

/* A correction before what it corrects. */
#define RECORDS_SQL \
  ZF_BELOW_SQL "SELECT r.kind, r.id, j.key FROM record r, json_each (r.cur) j WHERE r.id IN (SELECT id FROM below)" \
               " AND r.kind <> 'photo' AND r.del IS NULL AND instr (r.cur, ?2) > 0 AND j.atom = ?2 ORDER BY r.id DESC LIMIT 1"
/* Rows of repeats lie deeper in them, and changes of a record below that one. */
#define DRAFTS_SQL \
  ZF_BELOW_SQL "SELECT d.kind, NULL, j.key FROM draft d, json_tree (d.answers) j WHERE d.parent IN (SELECT id FROM below) AND j.atom = ?2 LIMIT 1"

/* *answer = NULL without error: nothing there. */
static gboolean
find (ZfDb *db, const char *sql, const char *household, const char *photo, ZfPhotoAnswer **answer, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean row = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "ss", household, photo);
  if (!zf_db_step (db, stmt, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *answer = g_new0 (ZfPhotoAnswer, 1);
  (*answer)->kind = g_strdup (zf_db_text (stmt, 0));
  (*answer)->record = g_strdup (zf_db_text (stmt, 1));
  (*answer)->field = g_strdup (zf_db_text (stmt, 2));
  sqlite3_reset (stmt);
  return TRUE;
}

ZfPhotoAnswer *
zf_photo_answer (ZfReader *reader, const char *household, const char *photo, GError **error)
{
  ZfPhotoAnswer *answer = NULL;
  ZfDb *db = NULL;

  g_return_val_if_fail (reader != NULL && household != NULL && photo != NULL, NULL);

  db = zf_reader_db (reader);
  if (!find (db, RECORDS_SQL, household, photo, &answer, error) || answer != NULL)
    return answer;
  find (db, DRAFTS_SQL, household, photo, &answer, error);
  return answer;
}
