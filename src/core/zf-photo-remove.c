/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Photos and audio notes that nobody wants: only what nothing names goes, and only what was not sent goes for good. */

#include "zf-commit.h"
#include "zf-ledger.h"
#include "zf-photo-edit.h"
#include "zf-photo-private.h"

/* Ids of photos that zf_photo_sweep looks at, with a space between. */
#define META_LOOSE "photos_loose"

typedef struct
{
  const char *id;
  const char *by;
  char *sha256;      /* out: of the file that is left over, NULL: it stays */
  gboolean again;    /* out: another file was still on its way out, and nothing was done */
} Removal;

/* In the household's records, standing or not, in rows of their repeats, and in drafts: their JSON has an answer as a string of its own. */
static gboolean
is_named (ZfDb *db, const char *id, const char *parent)
{
  g_autofree char *answer = g_strconcat ("\"", id, "\"", NULL);

  return zf_db_get_int (db, 0,
                        ZF_BELOW_SQL "SELECT EXISTS (SELECT 1 FROM draft WHERE instr (answers, ?2) > 0)"
                                     " OR EXISTS (SELECT 1 FROM record WHERE id IN (SELECT id FROM below) AND instr (cur, ?2) > 0)",
                        "ss", parent, answer) != 0;
}

static gboolean
let_go (ZfDb *db, Removal *removal, const char *sha256, GError **error)
{
  if (!zf_db_run (db, error, "DELETE FROM blob WHERE sha256 = ?1 AND state = ?2 AND url IS NULL", "si", sha256, (gint64) ZF_BLOB_LOCAL))
    return FALSE;
  if (sqlite3_changes (zf_db_handle (db)) == 0)
    return TRUE;
  removal->sha256 = g_strdup (sha256);
  return zf_photo_mark_left (db, sha256, error);
}

static gboolean
remove_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Removal *removal = data;
  g_autofree char *parent = zf_db_get_text (db, "SELECT parent FROM record WHERE id = ?1 AND kind = 'photo' AND del IS NULL", "s", removal->id);
  g_autofree char *sha256 = zf_db_get_text (db, "SELECT cur ->> '$.sha256' FROM record WHERE id = ?1", "s", removal->id);
  g_autoptr (ZfSave) save = NULL;
  ZfWrite write;

  if (parent == NULL || is_named (db, removal->id, parent))
    return TRUE;
  removal->again = sha256 != NULL && !zf_photo_can_leave (db, sha256);
  if (removal->again)
    return TRUE;
  save = zf_save_new (removal->by, FALSE);
  zf_save_delete (save, "photo", removal->id, "mistake");
  zf_write_init (&write, store, db);
  if (!zf_commit_run (&write, save, error))
    return FALSE;
  return sha256 == NULL || zf_photo_is_shown (store, db, sha256) || let_go (db, removal, sha256, error);
}

gboolean
zf_photo_remove (ZfStore *store, const char *id, const char *by, GError **error)
{
  Removal removal = { id, by != NULL ? by : "", NULL, TRUE };
  g_autofree char *sha256 = NULL;

  g_return_val_if_fail (ZF_IS_STORE (store) && id != NULL, FALSE);

  /* The store remembers one file that is left over: the last one's first. */
  while (removal.again)
    {
      removal.again = FALSE;
      if (!zf_photo_finish_edits (store, error) || !zf_store_write (store, remove_job, &removal, error))
        return FALSE;
    }
  sha256 = removal.sha256;
  return sha256 == NULL || zf_photo_remove_left (store, sha256, error);
}

/* Looked at again when what names them is gone */

typedef struct
{
  const GPtrArray *ids;
  gboolean loose;
} Loose;

static gboolean
note_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Loose *loose = data;
  g_autofree char *before = zf_meta_get (db, META_LOOSE);
  g_auto (GStrv) noted = g_strsplit (before != NULL ? before : "", " ", -1);
  g_autoptr (GString) after = g_string_new (NULL);

  for (guint i = 0; noted[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *) loose->ids, noted[i], g_str_equal, NULL))
      g_string_append_printf (after, "%s%s", after->len > 0 ? " " : "", noted[i]);
  for (guint i = 0; loose->loose && i < loose->ids->len; i++)
    g_string_append_printf (after, "%s%s", after->len > 0 ? " " : "", (const char *) loose->ids->pdata[i]);
  return zf_meta_set (db, META_LOOSE, after->len > 0 ? after->str : NULL, error);
}

gboolean
zf_photo_note_loose (ZfStore *store, const GPtrArray *ids, gboolean loose, GError **error)
{
  Loose note = { ids, loose };

  g_return_val_if_fail (ZF_IS_STORE (store) && ids != NULL, FALSE);
  return ids->len == 0 || zf_store_write (store, note_job, &note, error);
}

gboolean
zf_photo_sweep (ZfStore *store, const char *by, GError **error)
{
  g_autofree char *noted = zf_store_get_meta (store, META_LOOSE);
  g_auto (GStrv) ids = g_strsplit (noted != NULL ? noted : "", " ", -1);
  g_autoptr (GPtrArray) done = g_ptr_array_new ();

  g_return_val_if_fail (ZF_IS_STORE (store), FALSE);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      if (!zf_photo_remove (store, ids[i], by, error))
        return FALSE;
      g_ptr_array_add (done, ids[i]);
    }
  return zf_photo_note_loose (store, done, FALSE, error);
}
