/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-photos.h"

#include "zf-json.h"
#include "zf-wire.h"

#define ROUND 64

struct _ZfSyncPhotos
{
  ZfStore *store;
  ZfReader *reader;
  GPtrArray *queue;      /* (element-type ZfBlob) this round's wanted files, the next one last */
  GHashTable *missing;   /* hashes whose file cannot be sent: tried once a run, so that one of them does not hold up the others */
  gboolean asked;        /* the answer that is due is that of blobs/check */
};

ZfSyncPhotos *
zf_sync_photos_new (ZfStore *store, ZfReader *reader)
{
  ZfSyncPhotos *photos = g_new0 (ZfSyncPhotos, 1);

  photos->store = g_object_ref (store);
  photos->reader = reader;
  photos->queue = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_blob_free);
  photos->missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return photos;
}

void
zf_sync_photos_free (ZfSyncPhotos *photos)
{
  if (photos == NULL)
    return;
  g_object_unref (photos->store);
  g_ptr_array_unref (photos->queue);
  g_hash_table_unref (photos->missing);
  g_free (photos);
}

static ZfBlob *
last (ZfSyncPhotos *photos)
{
  return photos->queue->len > 0 ? photos->queue->pdata[photos->queue->len - 1] : NULL;
}

static void
drop_last (ZfSyncPhotos *photos)
{
  g_ptr_array_set_size (photos->queue, (int) photos->queue->len - 1);
}

/* Files that only this tablet has, less those found unreadable in this run. */
static gboolean
fill_queue (ZfSyncPhotos *photos, GError **error)
{
  guint limit = ROUND + g_hash_table_size (photos->missing);
  g_autoptr (GPtrArray) blobs = zf_ledger_blobs (photos->reader, ZF_BLOB_LOCAL, limit, error);

  if (blobs == NULL)
    return FALSE;
  g_ptr_array_set_free_func (blobs, NULL);
  for (guint i = 0; i < blobs->len; i++)
    {
      ZfBlob *blob = blobs->pdata[i];

      if (g_hash_table_contains (photos->missing, blob->sha256))
        zf_blob_free (blob);
      else
        g_ptr_array_add (photos->queue, blob);
    }
  return TRUE;
}

static ZfSyncRequest *
make_check (ZfSyncPhotos *photos)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);
  GString *body = g_string_new ("{\"sha256\":[");

  for (guint i = 0; i < photos->queue->len; i++)
    {
      g_string_append (body, i > 0 ? "," : "");
      zf_wire_put_string (body, ((ZfBlob *) photos->queue->pdata[i])->sha256);
    }
  g_string_append (body, "]}");
  request->method = "POST";
  request->path = g_strdup ("/v1/blobs/check");
  request->type = ZF_WIRE_TYPE_JSON;
  request->accept = ZF_WIRE_TYPE_JSON;
  request->body = g_string_free_to_bytes (body);
  request->max_answer = 64 * 1024;
  return request;
}

static ZfSyncRequest *
make_put (const ZfBlob *blob, GBytes *bytes)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = "PUT";
  request->path = g_strconcat ("/v1/blobs/", blob->sha256, NULL);
  request->type = ZF_WIRE_TYPE_JPEG;
  request->accept = ZF_WIRE_TYPE_JSON;
  request->body = g_bytes_ref (bytes);
  request->max_answer = 64 * 1024;
  return request;
}

/* NULL: it cannot be read, or it is no longer the file that its name says: the county would refuse it. */
static GBytes *
read_file (const ZfBlob *blob)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *actual = NULL;
  char *data;
  gsize len;

  if (blob->path == NULL || !g_file_get_contents (blob->path, &data, &len, NULL))
    return NULL;
  bytes = g_bytes_new_take (data, len);
  actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return g_str_equal (actual, blob->sha256) ? g_steal_pointer (&bytes) : NULL;
}

/* The next file that can be read, or NULL. */
static ZfSyncRequest *
next_put (ZfSyncPhotos *photos)
{
  for (ZfBlob *blob = last (photos); blob != NULL; blob = last (photos))
    {
      g_autoptr (GBytes) bytes = read_file (blob);

      if (bytes != NULL)
        return make_put (blob, bytes);
      g_message ("A photo file cannot be read or is damaged; it stays marked as not sent");
      g_hash_table_add (photos->missing, g_strdup (blob->sha256));
      drop_last (photos);
    }
  return NULL;
}

gboolean
zf_sync_photos_next (ZfSyncPhotos *photos, ZfSyncRequest **request, GError **error)
{
  *request = next_put (photos);
  photos->asked = FALSE;
  if (*request != NULL)
    return TRUE;
  if (!fill_queue (photos, error))
    return FALSE;
  photos->asked = photos->queue->len > 0;
  if (photos->asked)
    *request = make_check (photos);
  return TRUE;
}

static gboolean
mark_sent (ZfSyncPhotos *photos, const char *sha256, ZfSyncProgress *progress, GError **error)
{
  progress->photos++;
  progress->to_photos = MAX (progress->to_photos, progress->photos);
  return zf_ledger_blob_state (photos->store, sha256, ZF_BLOB_SENT, error);
}

static gboolean
array_has (JsonArray *array, const char *text)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (g_strcmp0 (json_node_get_string (json_array_get_element (array, i)), text) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_check (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  g_autoptr (JsonObject) answer = zf_json_parse_object (text, (gssize) len, NULL);
  JsonArray *have = answer != NULL ? zf_json_get_array (answer, "have") : NULL;

  if (have == NULL)
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's answer about photos could not be read");
      return FALSE;
    }
  for (guint i = photos->queue->len; i-- > 0;)
    {
      ZfBlob *blob = photos->queue->pdata[i];

      if (!array_has (have, blob->sha256))
        continue;
      if (!mark_sent (photos, blob->sha256, progress, error))
        return FALSE;
      g_ptr_array_remove_index (photos->queue, i);
    }
  return TRUE;
}

gboolean
zf_sync_photos_handle (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error)
{
  ZfBlob *blob = last (photos);

  if (photos->asked)
    return take_check (photos, response, progress, error);
  if (!mark_sent (photos, blob->sha256, progress, error))
    return FALSE;
  drop_last (photos);
  return TRUE;
}
