/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-backup.h"

#include <string.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-parcel.h"
#include "zf-photo.h"
#include "zf-save.h"
#include "zf-unsent.h"

#define VERSION 1
/* Rows of one entry: below what one parse takes. */
#define ROWS 200

static gboolean
not_enrolled (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_ENROLLED, "This tablet is not enrolled with a county");
  return FALSE;
}

static gboolean
read_key (ZfStore *store, const char *meta, guint8 *key, GError **error)
{
  g_autofree char *text = zf_store_get_meta (store, meta);

  return zf_seal_key_read (text, key) || not_enrolled (error);
}

static JsonObject *
head_of (const char *t)
{
  JsonObject *head = json_object_new ();

  json_object_set_string_member (head, "t", t);
  return head;
}

/* Writing */

static gboolean
put_text (ZfSealWriter *writer, JsonObject *head, char *text, GError **error)
{
  g_autoptr (GBytes) payload = g_bytes_new_take (text, strlen (text));

  return zf_parcel_put (writer, head, payload, error);
}

static gboolean
put_start (ZfStore *store, ZfSealWriter *writer, GError **error)
{
  g_autoptr (JsonObject) head = head_of ("backup");
  g_autofree char *device = zf_store_get_meta (store, "device");

  json_object_set_int_member (head, "v", VERSION);
  json_object_set_string_member (head, "device", device != NULL ? device : "");
  json_object_set_int_member (head, "made", zf_clock_now_ms (zf_store_clock (store)));
  return zf_parcel_put (writer, head, NULL, error);
}

static gboolean
put_rows (ZfSealWriter *writer, GPtrArray *rows, GError **error)
{
  g_autoptr (JsonObject) head = head_of ("changes");
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_sized_new (rows->len);

  for (guint i = 0; i < rows->len; i++)
    json_array_add_object_element (array, json_object_ref (rows->pdata[i]));
  json_node_take_array (node, array);
  return put_text (writer, head, zf_json_canonical (node), error);
}

static gboolean
put_changes (ZfReader *reader, ZfSealWriter *writer, guint *n, GError **error)
{
  gint64 lsn = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) rows = zf_unsent_changes (reader, lsn, ROWS, error);

      if (rows == NULL)
        return FALSE;
      if (rows->len == 0)
        return TRUE;
      lsn = zf_json_get_int (rows->pdata[rows->len - 1], "lsn", G_MAXINT64);
      *n += rows->len;
      if (!put_rows (writer, rows, error))
        return FALSE;
    }
}

static void
put_made (JsonObject *body, GPtrArray *made)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; made != NULL && i < made->len; i++)
    json_array_add_string_element (array, made->pdata[i]);
  json_object_set_array_member (body, "made", array);
}

static gboolean
put_draft (ZfSealWriter *writer, const ZfDraft *draft, GError **error)
{
  g_autoptr (JsonObject) head = head_of ("draft");
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_string_member (body, "id", draft->id);
  json_object_set_string_member (body, "kind", draft->kind);
  if (draft->parent != NULL)
    json_object_set_string_member (body, "parent", draft->parent);
  json_object_set_string_member (body, "form_version", draft->form_version);
  json_object_set_string_member (body, "by", draft->by);
  json_object_set_int_member (body, "created", draft->created_ms);
  json_object_set_int_member (body, "updated", draft->updated_ms);
  if (draft->place != NULL)
    json_object_set_string_member (body, "place", draft->place);
  put_made (body, draft->made);
  json_object_set_object_member (body, "answers", json_object_ref (draft->answers));
  json_object_set_object_member (body, "seen", json_object_ref (draft->seen));
  return put_text (writer, head, zf_json_canonical_object (body), error);
}

static gboolean
put_drafts (ZfReader *reader, ZfSealWriter *writer, guint *n, GError **error)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (reader, NULL, error);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    if (!put_draft (writer, drafts->pdata[i], error))
      return FALSE;
  *n += drafts != NULL ? drafts->len : 0;
  return drafts != NULL;
}

static void
count_file (ZfBackupCount *count, GBytes *bytes)
{
  if (zf_sound_is (bytes))
    count->sounds++;
  else
    count->photos++;
}

static gboolean
put_photos (ZfStore *store, ZfReader *reader, ZfSealWriter *writer, ZfBackupCount *count, GError **error)
{
  g_autoptr (GPtrArray) blobs = zf_ledger_blobs (reader, ZF_BLOB_LOCAL, G_MAXINT, error);

  for (guint i = 0; blobs != NULL && i < blobs->len; i++)
    {
      const ZfBlob *blob = blobs->pdata[i];
      g_autoptr (JsonObject) head = head_of ("blob");
      g_autoptr (GBytes) bytes = zf_files_read (zf_store_files (store), blob->path, NULL);

      if (bytes == NULL || g_bytes_get_size (bytes) > ZF_PARCEL_MAX_ENTRY)
        continue;
      json_object_set_string_member (head, "sha256", blob->sha256);
      if (!zf_parcel_put (writer, head, bytes, error))
        return FALSE;
      count_file (count, bytes);
    }
  return blobs != NULL;
}

gboolean
zf_backup_write (ZfStore *store, const char *path, ZfBackupCount *count, GError **error)
{
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  g_autoptr (ZfSealWriter) writer = NULL;
  guint8 keys[2][ZF_SEAL_KEY_BYTES];

  *count = (ZfBackupCount) { 0 };
  if (reader == NULL || !read_key (store, "county_seal_key", keys[0], error) || !read_key (store, "team_seal_public", keys[1], error))
    return FALSE;
  writer = zf_seal_writer_new (path, (const guint8 (*)[ZF_SEAL_KEY_BYTES]) keys, G_N_ELEMENTS (keys), error);
  return writer != NULL && put_start (store, writer, error) && put_changes (reader, writer, &count->changes, error) &&
         put_drafts (reader, writer, &count->drafts, error) && put_photos (store, reader, writer, count, error) &&
         zf_seal_writer_finish (writer, error);
}

/* Restoring */

static gboolean
no_backup (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "This file is no backup of a tablet; nothing of it was used");
  return FALSE;
}

static gboolean
take_changes (ZfStore *store, GBytes *payload, ZfBackupCount *count, GError **error)
{
  g_autoptr (JsonNode) node = zf_json_parse (g_bytes_get_data (payload, NULL), (gssize) g_bytes_get_size (payload), error);

  if (node == NULL)
    return FALSE;
  return JSON_NODE_HOLDS_ARRAY (node) ? zf_unsent_adopt (store, json_node_get_array (node), &count->changes, error) : no_backup (error);
}

static JsonObject *
shared_object (JsonObject *body, const char *member)
{
  JsonObject *object = zf_json_get_object (body, member);

  return object != NULL ? json_object_ref (object) : json_object_new ();
}

/* (transfer full) (element-type utf8): backups of before have none. */
static GPtrArray *
taken_made (JsonObject *body)
{
  JsonArray *array = zf_json_get_array (body, "made");
  GPtrArray *made = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && zf_id_is_valid (json_node_get_string (node)))
        g_ptr_array_add (made, g_strdup (json_node_get_string (node)));
    }
  return made;
}

static gboolean
take_draft (ZfStore *store, GBytes *payload, ZfBackupCount *count, GError **error)
{
  g_autoptr (JsonObject) body = zf_json_parse_object (g_bytes_get_data (payload, NULL), (gssize) g_bytes_get_size (payload), error);
  g_autoptr (ZfDraft) draft = NULL;
  gboolean taken = FALSE;

  if (body == NULL)
    return FALSE;
  draft = g_new0 (ZfDraft, 1);
  draft->id = g_strdup (zf_json_get_string (body, "id", NULL));
  draft->kind = g_strdup (zf_json_get_string (body, "kind", NULL));
  draft->parent = g_strdup (zf_json_get_string (body, "parent", NULL));
  draft->form_version = g_strdup (zf_json_get_string (body, "form_version", ""));
  draft->by = g_strdup (zf_json_get_string (body, "by", ""));
  draft->created_ms = zf_json_get_int (body, "created", 0);
  draft->updated_ms = zf_json_get_int (body, "updated", 0);
  draft->place = g_strdup (zf_json_get_string (body, "place", NULL));
  draft->made = taken_made (body);
  draft->answers = shared_object (body, "answers");
  draft->seen = shared_object (body, "seen");
  if (draft->id == NULL || draft->kind == NULL)
    return no_backup (error);
  if (!zf_unsent_adopt_draft (store, draft, &taken, error))
    return FALSE;
  count->drafts += taken;
  count->kept += !taken;
  return TRUE;
}

static gboolean
take_photo (ZfStore *store, JsonObject *head, GBytes *payload, ZfBackupCount *count, GError **error)
{
  const char *sha256 = zf_json_get_string (head, "sha256", NULL);
  g_autoptr (ZfSave) save = NULL;

  if (sha256 == NULL || !zf_photo_install (store, sha256, payload, error))
    return FALSE;
  count_file (count, payload);
  save = zf_save_new ("", FALSE);
  zf_save_blob (save, sha256, NULL, (gint64) g_bytes_get_size (payload));
  return zf_store_commit (store, save, error);
}

static gboolean
take_entry (ZfStore *store, JsonObject *head, GBytes *payload, ZfBackupCount *count, GError **error)
{
  const char *t = zf_json_get_string (head, "t", "");

  if (g_str_equal (t, "changes"))
    return take_changes (store, payload, count, error);
  if (g_str_equal (t, "draft"))
    return take_draft (store, payload, count, error);
  return g_str_equal (t, "blob") ? take_photo (store, head, payload, count, error) : no_backup (error);
}

static gboolean
take_entries (ZfStore *store, ZfSealReader *reader, ZfBackupCount *count, GError **error)
{
  gboolean first = TRUE;

  for (;;)
    {
      g_autoptr (JsonObject) head = NULL;
      g_autoptr (GBytes) payload = NULL;
      gboolean ok;

      if (!zf_parcel_next (reader, &head, &payload, error))
        return FALSE;
      if (head == NULL)
        return !first || no_backup (error);
      ok = !first || (g_str_equal (zf_json_get_string (head, "t", ""), "backup") && zf_json_get_int (head, "v", 0) == VERSION);
      if (!ok)
        return no_backup (error);
      if (!first && !take_entry (store, head, payload, count, error))
        return FALSE;
      first = FALSE;
    }
}

gboolean
zf_backup_restore (ZfStore *store, const char *path, ZfBackupCount *count, GError **error)
{
  g_autoptr (ZfSealReader) reader = NULL;
  ZfSealPair team;

  *count = (ZfBackupCount) { 0 };
  if (!read_key (store, "team_seal_public", team.public, error) || !read_key (store, "team_seal_secret", team.secret, error))
    return FALSE;
  reader = zf_seal_reader_new (path, &team, 1, error);
  return reader != NULL && take_entries (store, reader, count, error);
}
