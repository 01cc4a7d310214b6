/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-sync-photos.h"

#include "zf-json.h"
#include "zf-photo.h"
#include "zf-sync-engine.h"
#include "zf-sync-upload.h"
#include "zf-wire.h"

#define ROUND 256
/* What the county has is asked about again after this, or when its data was restored. */
#define ASK_AGAIN_MS (15 * 60 * 1000)
#define META_ASKED "photos_asked"
#define MAX_THUMB (256 * 1024)

typedef enum { STAGE_ASK_SENT, STAGE_ASK_DURABLE, STAGE_SEND, STAGE_THUMBS, STAGE_DONE } Stage;
/* What the answer that is due belongs to. */
typedef enum { DUE_NOTHING, DUE_CHECK, DUE_UPLOAD, DUE_THUMB } Due;

struct _ZfSyncPhotos
{
  ZfStore *store;
  ZfReader *reader;
  gboolean want_thumbs;
  Stage stage;
  Due due;
  char *after;             /* last hash of this stage's rounds: every file is tried once in a run */
  GPtrArray *round;        /* (element-type ZfBlob): the files of this round, the next one last */
  ZfSyncUpload *upload;
  guint chunk;
  gboolean asked;
  char *epoch;             /* the county's, "" when unknown */
  ZfSyncProgress *progress; /* of the last answer: what cannot even be asked about is counted there too */
};

/* Asking costs 70 bytes a file: not in every run. What stands in a backup is asked about only when another backup may have been restored. */
static gboolean
asking_due (ZfSyncPhotos *photos)
{
  g_autofree char *last = zf_store_get_meta (photos->store, META_ASKED);
  g_auto (GStrv) parts = g_strsplit (last != NULL ? last : "", " ", 2);
  gint64 now = zf_clock_now_ms (zf_store_clock (photos->store));
  gint64 at;

  if (g_strv_length (parts) != 2 || g_strcmp0 (parts[1], photos->epoch) != 0)
    return photos->stage == STAGE_ASK_SENT || last != NULL;
  at = g_ascii_strtoll (parts[0], NULL, 10);
  return photos->stage == STAGE_ASK_SENT && (now < at || now - at >= ASK_AGAIN_MS);
}

ZfSyncPhotos *
zf_sync_photos_new (ZfStore *store, ZfReader *reader)
{
  ZfSyncPhotos *photos = g_new0 (ZfSyncPhotos, 1);

  photos->store = g_object_ref (store);
  photos->reader = reader;
  photos->round = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_blob_free);
  photos->chunk = ZF_UPLOAD_CHUNK_MIN;
  photos->epoch = zf_store_get_meta (store, "server_epoch");
  if (photos->epoch == NULL)
    photos->epoch = g_strdup ("");
  return photos;
}

void
zf_sync_photos_free (ZfSyncPhotos *photos)
{
  if (photos == NULL)
    return;
  g_clear_pointer (&photos->upload, zf_sync_upload_free);
  g_object_unref (photos->store);
  g_ptr_array_unref (photos->round);
  g_free (photos->after);
  g_free (photos->epoch);
  g_free (photos);
}

void
zf_sync_photos_want_thumbs (ZfSyncPhotos *photos)
{
  photos->want_thumbs = TRUE;
}

static ZfBlob *
last (ZfSyncPhotos *photos)
{
  return photos->round->len > 0 ? photos->round->pdata[photos->round->len - 1] : NULL;
}

static void
drop_last (ZfSyncPhotos *photos)
{
  g_ptr_array_set_size (photos->round, (int) photos->round->len - 1);
}

static ZfSyncRequest *
make_request (const char *method, char *path, const char *accept, gsize max_answer)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);

  request->method = method;
  request->path = path;
  request->accept = accept;
  request->max_answer = max_answer;
  return request;
}

static ZfSyncRequest *
make_check (ZfSyncPhotos *photos)
{
  ZfSyncRequest *request = make_request ("POST", g_strdup ("/v1/blobs/check"), ZF_WIRE_TYPE_JSON, 128 * 1024);
  GString *body = g_string_new ("{\"sha256\":[");

  for (guint i = 0; i < photos->round->len; i++)
    {
      g_string_append (body, i > 0 ? "," : "");
      zf_wire_put_string (body, ((ZfBlob *) photos->round->pdata[i])->sha256);
    }
  g_string_append (body, "]}");
  request->type = ZF_WIRE_TYPE_JSON;
  request->body = g_string_free_to_bytes (body);
  photos->due = DUE_CHECK;
  return request;
}

/* The files of the next round of this stage; none: the stage is over. */

static GPtrArray *
thumbs_round (ZfSyncPhotos *photos, GError **error)
{
  g_auto (GStrv) names = zf_ledger_thumbs (photos->reader, photos->after, ROUND, error);
  GPtrArray *round = names != NULL ? g_ptr_array_new_with_free_func ((GDestroyNotify) zf_blob_free) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      ZfBlob *blob = g_new0 (ZfBlob, 1);

      blob->sha256 = g_strdup (names[i]);
      g_ptr_array_add (round, blob);
    }
  return round;
}

static gboolean
next_round (ZfSyncPhotos *photos, GError **error)
{
  static const ZfBlobState states[] = {
    [STAGE_ASK_SENT] = ZF_BLOB_SENT, [STAGE_ASK_DURABLE] = ZF_BLOB_DURABLE, [STAGE_SEND] = ZF_BLOB_LOCAL,
  };
  GPtrArray *round = photos->stage == STAGE_THUMBS ? thumbs_round (photos, error)
                                                   : zf_ledger_blobs_after (photos->reader, states[photos->stage], photos->after, ROUND, error);

  if (round == NULL)
    return FALSE;
  g_ptr_array_unref (photos->round);
  photos->round = round;
  if (round->len > 0)
    {
      g_free (photos->after);
      photos->after = g_strdup (((ZfBlob *) round->pdata[round->len - 1])->sha256);
    }
  return TRUE;
}

/* The next file that can be read. */
static ZfSyncRequest *
next_upload (ZfSyncPhotos *photos)
{
  while (photos->upload == NULL && last (photos) != NULL)
    {
      photos->upload = zf_sync_upload_new (photos->store, last (photos), &photos->chunk);
      if (photos->upload == NULL)
        {
          g_message ("A photo file cannot be read or is damaged; it stays marked as not sent");
          photos->progress->photos_left++;
        }
      drop_last (photos);
    }
  if (photos->upload == NULL)
    return NULL;
  photos->due = DUE_UPLOAD;
  return zf_sync_upload_next (photos->upload);
}

static ZfSyncRequest *
next_thumb (ZfSyncPhotos *photos)
{
  ZfBlob *blob = last (photos);

  if (blob == NULL)
    return NULL;
  photos->due = DUE_THUMB;
  return make_request ("GET", g_strdup_printf ("/v1/blobs/%s?size=thumb", blob->sha256), ZF_WIRE_TYPE_JPEG, MAX_THUMB);
}

/* One stage after the other */

static gboolean
stage_wanted (ZfSyncPhotos *photos)
{
  if (photos->stage == STAGE_THUMBS)
    return photos->want_thumbs;
  return photos->stage == STAGE_SEND || asking_due (photos);
}

static gboolean
leave_stage (ZfSyncPhotos *photos, GError **error)
{
  g_autofree char *asked = NULL;
  g_autofree char *last = zf_store_get_meta (photos->store, META_ASKED);

  g_clear_pointer (&photos->after, g_free);
  if (++photos->stage != STAGE_SEND || (last != NULL && !photos->asked))
    return TRUE;
  asked = g_strdup_printf ("%" G_GINT64_FORMAT " %s", zf_clock_now_ms (zf_store_clock (photos->store)), photos->epoch);
  return zf_store_set_meta (photos->store, META_ASKED, asked, error);
}

static ZfSyncRequest *
next_of_round (ZfSyncPhotos *photos)
{
  if (photos->stage == STAGE_SEND)
    return next_upload (photos);
  return photos->stage == STAGE_THUMBS ? next_thumb (photos) : NULL;
}

gboolean
zf_sync_photos_next (ZfSyncPhotos *photos, ZfSyncRequest **request, GError **error)
{
  *request = next_of_round (photos);
  while (*request == NULL && photos->stage != STAGE_DONE)
    {
      g_ptr_array_set_size (photos->round, 0);
      if (stage_wanted (photos) && !next_round (photos, error))
        return FALSE;
      if (photos->round->len > 0)
        *request = make_check (photos);
      else if (!leave_stage (photos, error))
        return FALSE;
    }
  return TRUE;
}

/* Answers */

/* (transfer full): those of the round's names that the answer lists under @member; other names are none of our business. */
static GPtrArray *
listed (ZfSyncPhotos *photos, JsonObject *answer, const char *member)
{
  JsonArray *array = zf_json_get_array (answer, member);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *name = json_node_get_string (json_array_get_element (array, i));

      if (name != NULL)
        g_hash_table_add (names, (gpointer) name);
    }
  for (guint i = 0; i < photos->round->len; i++)
    if (g_hash_table_contains (names, ((ZfBlob *) photos->round->pdata[i])->sha256))
      g_ptr_array_add (found, g_strdup (((ZfBlob *) photos->round->pdata[i])->sha256));
  g_ptr_array_add (found, NULL);
  return found;
}

static gboolean
contains (GPtrArray *names, const char *sha256)
{
  for (guint i = 0; i < names->len; i++)
    if (g_strcmp0 (names->pdata[i], sha256) == 0)
      return TRUE;
  return FALSE;
}

/* Leaves in the round what the county has (@keep) or lacks. */
static void
sift_round (ZfSyncPhotos *photos, GPtrArray *have, gboolean keep)
{
  for (guint i = photos->round->len; i-- > 0;)
    if (contains (have, ((ZfBlob *) photos->round->pdata[i])->sha256) != keep)
      g_ptr_array_remove_index (photos->round, i);
}

static void
count_sent (ZfSyncProgress *progress, guint n)
{
  progress->photos += n;
  progress->to_photos = MAX (progress->to_photos, progress->photos);
}

static gboolean
take_lists (ZfSyncPhotos *photos, JsonObject *answer, ZfSyncProgress *progress, GError **error)
{
  g_autoptr (GPtrArray) have = listed (photos, answer, "have");
  g_autoptr (GPtrArray) want = listed (photos, answer, "want");
  g_autoptr (GPtrArray) durable = listed (photos, answer, "durable");
  gboolean asking = photos->stage == STAGE_ASK_SENT || photos->stage == STAGE_ASK_DURABLE;

  photos->asked = photos->asked || asking;
  if (photos->stage != STAGE_THUMBS &&
      !zf_ledger_blobs_told (photos->store, asking ? NULL : (const char *const *) have->pdata, (const char *const *) durable->pdata,
                             asking ? (const char *const *) want->pdata : NULL, error))
    return FALSE;
  if (photos->stage == STAGE_SEND)
    count_sent (progress, have->len - 1);
  sift_round (photos, have, photos->stage == STAGE_THUMBS);
  return TRUE;
}

static gboolean
take_check (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  g_autoptr (JsonObject) answer = NULL;

  if (!zf_sync_accepted (response, error))
    return FALSE;
  answer = text != NULL ? zf_json_parse_object (text, (gssize) len, NULL) : NULL;
  if (answer != NULL && zf_json_get_array (answer, "have") != NULL)
    return take_lists (photos, answer, progress, error);
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_PROTOCOL, "The county's answer about photos could not be read");
  return FALSE;
}

static gboolean
take_upload (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error)
{
  ZfUploadOutcome outcome = ZF_UPLOAD_GOES_ON;
  const char *sha256 = zf_sync_upload_sha256 (photos->upload);

  if (!zf_sync_upload_handle (photos->upload, response, &outcome, error))
    return FALSE;
  if (outcome == ZF_UPLOAD_GOES_ON)
    return TRUE;
  if (outcome == ZF_UPLOAD_SKIPPED)
    progress->photos_left++;
  else if (zf_ledger_blob_state (photos->store, sha256, outcome == ZF_UPLOAD_DURABLE ? ZF_BLOB_DURABLE : ZF_BLOB_SENT, error))
    count_sent (progress, 1);
  else
    return FALSE;
  g_clear_pointer (&photos->upload, zf_sync_upload_free);
  return TRUE;
}

/* A small picture that is not there, or is none, is no reason to stop: it is asked for again in the next run. */
static gboolean
take_thumb (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error)
{
  g_autoptr (GError) local = NULL;
  ZfBlob *blob = last (photos);

  g_return_val_if_fail (blob != NULL, FALSE);
  if (response->status == 404 || response->status == 410)
    drop_last (photos);
  else if (!zf_sync_accepted (response, error))
    return FALSE;
  else
    {
      if (zf_photo_install_thumb (photos->store, blob->sha256, response->body, &local))
        progress->thumbs++;
      else
        g_message ("A small picture could not be kept: %s", local->message);
      drop_last (photos);
    }
  return TRUE;
}

gboolean
zf_sync_photos_handle (ZfSyncPhotos *photos, const ZfSyncResponse *response, ZfSyncProgress *progress, GError **error)
{
  Due due = photos->due;

  photos->progress = progress;
  photos->due = DUE_NOTHING;
  if (due == DUE_CHECK)
    return take_check (photos, response, progress, error);
  if (due == DUE_UPLOAD)
    return take_upload (photos, response, progress, error);
  g_return_val_if_fail (due == DUE_THUMB, FALSE);
  return take_thumb (photos, response, progress, error);
}
