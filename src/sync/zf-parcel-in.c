/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

/* The county's reply to a parcel: an ordinary sync whose line is the file. */

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-parcel.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

#define ZF_TYPE_PARCEL_LINE (zf_parcel_line_get_type ())
G_DECLARE_FINAL_TYPE (ZfParcelLine, zf_parcel_line, ZF, PARCEL_LINE, GObject)

struct _ZfParcelLine
{
  GObject parent;
  char *server;
  GHashTable *answers;   /* mark → Answer */
  JsonObject *reply;     /* the first entry */
  JsonObject *files;     /* (nullable) the entry that says which photo files the county has */
};

typedef struct
{
  guint status;
  char *type;
  GBytes *body;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->type);
  g_bytes_unref (answer->body);
  g_free (answer);
}

static void zf_parcel_line_transport (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (ZfParcelLine, zf_parcel_line, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, zf_parcel_line_transport))

/* Which of the files that the tablet asks about stand in a list of the reply. */
static JsonArray *
among (JsonArray *asked, JsonObject *files, const char *member)
{
  JsonArray *list = files != NULL ? zf_json_get_array (files, member) : NULL;
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *both = json_array_new ();

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    g_hash_table_add (there, (gpointer) json_array_get_string_element (list, i));
  for (guint i = 0; asked != NULL && i < json_array_get_length (asked); i++)
    if (g_hash_table_contains (there, json_array_get_string_element (asked, i)))
      json_array_add_string_element (both, json_array_get_string_element (asked, i));
  return both;
}

/* Nothing is wanted: what the parcel did not bring goes with the next one, or over a line. */
static ZfSyncResponse *
answer_check (ZfParcelLine *line, const ZfSyncRequest *request)
{
  g_autoptr (JsonObject) body =
    zf_json_parse_object (g_bytes_get_data (request->body, NULL), (gssize) g_bytes_get_size (request->body), NULL);
  g_autoptr (JsonObject) out = json_object_new ();
  JsonArray *asked = body != NULL ? zf_json_get_array (body, "sha256") : NULL;
  char *text;

  json_object_set_array_member (out, "have", among (asked, line->files, "have"));
  json_object_set_array_member (out, "durable", among (asked, line->files, "durable"));
  json_object_set_array_member (out, "want", json_array_new ());
  text = zf_json_canonical_object (out);
  return zf_sync_response_new (200, ZF_WIRE_TYPE_JSON, line->server, g_bytes_new_take (text, strlen (text)));
}

static ZfSyncResponse *
zf_parcel_line_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  ZfParcelLine *line = ZF_PARCEL_LINE (transport);
  g_autofree char *mark = zf_parcel_mark (request);
  const Answer *answer = mark != NULL ? g_hash_table_lookup (line->answers, mark) : NULL;

  if (answer != NULL)
    return zf_sync_response_new (answer->status, answer->type, line->server, g_bytes_ref (answer->body));
  if (g_str_equal (request->path, "/v1/blobs/check") && request->body != NULL)
    return answer_check (line, request);
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE, "The file answers no more than this");
  return NULL;
}

static void
zf_parcel_line_transport (ZfSyncTransportInterface *iface)
{
  iface->send = zf_parcel_line_send;
}

static void
zf_parcel_line_finalize (GObject *object)
{
  ZfParcelLine *line = ZF_PARCEL_LINE (object);

  g_free (line->server);
  g_clear_pointer (&line->answers, g_hash_table_unref);
  g_clear_pointer (&line->reply, json_object_unref);
  g_clear_pointer (&line->files, json_object_unref);
  G_OBJECT_CLASS (zf_parcel_line_parent_class)->finalize (object);
}

static void
zf_parcel_line_class_init (ZfParcelLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_parcel_line_finalize;
}

static void
zf_parcel_line_init (ZfParcelLine *line)
{
  line->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
}

static gboolean
take_entry (ZfParcelLine *line, JsonObject *head, GBytes *payload)
{
  const char *t = zf_json_get_string (head, "t", "");
  const char *to = zf_json_get_string (head, "to", NULL);
  Answer *answer;

  if (line->reply == NULL)
    {
      line->reply = json_object_ref (head);
      return g_str_equal (t, "reply") && zf_json_get_int (head, "v", 0) == ZF_PARCEL_VERSION;
    }
  if (g_str_equal (t, "files") && line->files == NULL)
    {
      line->files = json_object_ref (head);
      return TRUE;
    }
  if (to == NULL || !g_str_equal (t, "answer"))
    return FALSE;
  answer = g_new0 (Answer, 1);
  answer->status = (guint) zf_json_get_int (head, "status", 0);
  answer->type = g_strdup (zf_json_get_string (head, "type", NULL));
  answer->body = g_bytes_ref (payload);
  g_hash_table_replace (line->answers, g_strdup (to), answer);
  return TRUE;
}

static gboolean
take_all (ZfParcelLine *line, ZfSealReader *reader, GError **error)
{
  for (;;)
    {
      g_autoptr (JsonObject) head = NULL;
      g_autoptr (GBytes) payload = NULL;

      if (!zf_parcel_next (reader, &head, &payload, error))
        return FALSE;
      if (head == NULL)
        break;
      if (!take_entry (line, head, payload))
        {
          g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "This file is no reply of the county; nothing of it was used");
          return FALSE;
        }
    }
  return TRUE;
}

/* The reply must be for this very tablet, whoever carried it. */
static gboolean
is_ours (ZfStore *store, ZfParcelLine *line, GError **error)
{
  g_autofree char *device = zf_store_get_meta (store, "device");

  if (line->reply != NULL && g_strcmp0 (zf_json_get_string (line->reply, "device", NULL), device) == 0)
    {
      line->server = g_strdup (zf_json_get_string (line->reply, "server", ""));
      return TRUE;
    }
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "This reply is for another tablet; nothing of it was used");
  return FALSE;
}

static gboolean
read_pair (ZfStore *store, ZfSealPair *pair, GError **error)
{
  g_autofree char *public = zf_store_get_meta (store, "seal_public");
  g_autofree char *secret = zf_store_get_meta (store, "seal_secret");

  if (zf_seal_key_read (public, pair->public) && zf_seal_key_read (secret, pair->secret))
    return TRUE;
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_ENROLLED, "This tablet is not enrolled with a county");
  return FALSE;
}

gboolean
zf_parcel_read (ZfStore *store, const char *path, ZfSyncProgress *result, GError **error)
{
  g_autoptr (ZfParcelLine) line = g_object_new (ZF_TYPE_PARCEL_LINE, NULL);
  g_autoptr (ZfSealReader) reader = NULL;
  g_autoptr (GError) local = NULL;
  ZfSyncLimits limits = zf_sync_limits_wire;
  ZfSealPair pair;

  if (!read_pair (store, &pair, error))
    return FALSE;
  reader = zf_seal_reader_new (path, &pair, 1, error);
  if (reader == NULL || !take_all (line, reader, error) || !is_ours (store, line, error))
    return FALSE;
  limits.apart = TRUE;
  limits.compact = FALSE;
  /* Something is asked in the end that the file does not answer. */
  if (zf_sync_drive (store, ZF_SYNC_TRANSPORT (line), &limits, NULL, NULL, NULL, result, &local) ||
      g_error_matches (local, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
