/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* A parcel on its way to the county. */

#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-parcel.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"


static gboolean
put_out (ZfStore *store, ZfSealWriter *writer, JsonObject *hello, GError **error)
{
  g_autoptr (JsonObject) head = json_object_new ();
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  g_autofree char *token = zf_store_get_meta (store, "token");
  g_auto (GStrv) villages = NULL;
  JsonArray *holds = json_array_new ();

  json_object_set_string_member (head, "t", "out");
  json_object_set_int_member (head, "v", ZF_PARCEL_VERSION);
  json_object_set_string_member (head, "token", token);
  json_object_set_int_member (head, "after", zf_ledger_after (store));
  json_object_set_object_member (head, "hello", json_object_ref (hello));
  json_object_set_array_member (head, "holds", holds);
  if (reader == NULL)
    return FALSE;
  villages = zf_ledger_villages (reader);
  for (guint i = 0; villages != NULL && villages[i] != NULL; i++)
    json_array_add_string_element (holds, villages[i]);
  return zf_parcel_put (writer, head, NULL, error);
}

static gboolean
put_batches (ZfStore *store, ZfSealWriter *writer, JsonObject *hello, guint *n, GError **error)
{
  g_autoptr (GPtrArray) batches = zf_ledger_batches (store, ZF_WIRE_MAX_CHANGES, error);

  for (guint i = 0; batches != NULL && i < batches->len; i++)
    {
      const ZfBatch *batch = batches->pdata[i];
      g_autoptr (JsonObject) head = json_object_new ();
      g_autoptr (GBytes) body = zf_wire_request (hello, batch->body, NULL);

      json_object_set_string_member (head, "t", "push");
      json_object_set_string_member (head, "key", batch->batch_id);
      if (!zf_parcel_put (writer, head, body, error))
        return FALSE;
      *n += (guint) (batch->last - batch->first + 1);
    }
  return batches != NULL;
}

/* A file that cannot be read holds up nothing: it stays, and the next sync tries again. */
static gboolean
put_blob (ZfStore *store, ZfSealWriter *writer, const ZfBlob *blob, GError **error)
{
  g_autoptr (JsonObject) head = json_object_new ();
  g_autoptr (GBytes) bytes = zf_files_read (zf_store_files (store), blob->path, NULL);

  if (bytes == NULL || g_bytes_get_size (bytes) > ZF_PARCEL_MAX_ENTRY)
    return TRUE;
  json_object_set_string_member (head, "t", "blob");
  json_object_set_string_member (head, "sha256", blob->sha256);
  return zf_parcel_put (writer, head, bytes, error);
}

static gboolean
put_blobs (ZfStore *store, ZfSealWriter *writer, GError **error)
{
  g_autoptr (ZfReader) reader = zf_reader_new (store, error);
  g_autoptr (GPtrArray) blobs = reader != NULL ? zf_ledger_blobs (reader, ZF_BLOB_LOCAL, G_MAXINT, error) : NULL;

  for (guint i = 0; blobs != NULL && i < blobs->len; i++)
    if (!put_blob (store, writer, blobs->pdata[i], error))
      return FALSE;
  return blobs != NULL;
}

gboolean
zf_parcel_write (ZfStore *store, const char *path, guint *n, GError **error)
{
  g_autofree char *text = zf_store_get_meta (store, "county_seal_key");
  g_autoptr (JsonObject) hello = NULL;
  g_autoptr (ZfSealWriter) writer = NULL;
  guint8 county[1][ZF_SEAL_KEY_BYTES];

  *n = 0;
  if (!zf_seal_key_read (text, county[0]))
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_ENROLLED, "This tablet is not enrolled with a county");
      return FALSE;
    }
  hello = zf_sync_hello (store, error);
  if (hello == NULL)
    return FALSE;
  writer = zf_seal_writer_new (path, (const guint8 (*)[ZF_SEAL_KEY_BYTES]) county, 1, error);
  return writer != NULL && put_out (store, writer, hello, error) && put_batches (store, writer, hello, n, error) &&
         put_blobs (store, writer, error) && zf_seal_writer_finish (writer, error);
}
