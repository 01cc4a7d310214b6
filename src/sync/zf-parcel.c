/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-parcel.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-wire.h"

#define MAX_HEAD (256 * 1024)

static gboolean
put_length (ZfSealWriter *writer, gsize len, GError **error)
{
  guint32 size = GUINT32_TO_BE ((guint32) len);

  return zf_seal_writer_put (writer, &size, sizeof size, error);
}

gboolean
zf_parcel_put (ZfSealWriter *writer, JsonObject *head, GBytes *payload, GError **error)
{
  g_autofree char *text = zf_json_canonical_object (head);
  gsize len = 0;
  gconstpointer bytes = payload != NULL ? g_bytes_get_data (payload, &len) : NULL;

  g_return_val_if_fail (strlen (text) <= MAX_HEAD && len <= ZF_PARCEL_MAX_ENTRY, FALSE);

  return put_length (writer, strlen (text), error) && put_length (writer, len, error) &&
         zf_seal_writer_put (writer, text, strlen (text), error) && (len == 0 || zf_seal_writer_put (writer, bytes, len, error));
}

static gboolean
no_entry (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The parcel is not put together as it should be; nothing of it was used");
  return FALSE;
}

static GBytes *
read_part (ZfSealReader *reader, guint32 len, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (len + 1u);

  bytes[len] = '\0';
  if (len > 0 && !zf_seal_reader_get (reader, bytes, len, NULL, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&bytes), len);
}

gboolean
zf_parcel_next (ZfSealReader *reader, JsonObject **head, GBytes **payload, GError **error)
{
  guint32 sizes[2];
  gboolean end = FALSE;
  g_autoptr (GBytes) text = NULL;

  *head = NULL;
  *payload = NULL;
  if (!zf_seal_reader_get (reader, sizes, sizeof sizes, &end, error))
    return FALSE;
  if (end)
    return TRUE;
  sizes[0] = GUINT32_FROM_BE (sizes[0]);
  sizes[1] = GUINT32_FROM_BE (sizes[1]);
  if (sizes[0] > MAX_HEAD || sizes[1] > ZF_PARCEL_MAX_ENTRY)
    return no_entry (error);
  text = read_part (reader, sizes[0], error);
  *payload = text != NULL ? read_part (reader, sizes[1], error) : NULL;
  if (*payload == NULL)
    return FALSE;
  *head = zf_json_parse_object (g_bytes_get_data (text, NULL), (gssize) sizes[0], NULL);
  if (*head != NULL)
    return TRUE;
  g_clear_pointer (payload, g_bytes_unref);
  return no_entry (error);
}

/* A pull is known by where it begins and for which scope; everything else by its address. */
static char *
mark_of_pull (const ZfSyncRequest *request)
{
  g_autoptr (GArray) lines = zf_wire_lines (request->body, NULL);
  g_autoptr (JsonObject) hello = NULL;
  g_autoptr (JsonObject) pull = NULL;

  if (lines == NULL || lines->len != 2)
    return NULL;
  hello = zf_json_parse_object (g_array_index (lines, ZfSlice, 0).text, (gssize) g_array_index (lines, ZfSlice, 0).len, NULL);
  pull = zf_json_parse_object (g_array_index (lines, ZfSlice, 1).text, (gssize) g_array_index (lines, ZfSlice, 1).len, NULL);
  if (hello == NULL || pull == NULL)
    return NULL;
  return g_strdup_printf ("pull:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, zf_json_get_int (pull, "after", 0),
                          zf_json_get_int (hello, "scope_epoch", 0));
}

char *
zf_parcel_mark (const ZfSyncRequest *request)
{
  if (request->key != NULL)
    return g_strconcat ("push:", request->key, NULL);
  if (g_str_equal (request->path, "/v1/sync"))
    return request->body != NULL ? mark_of_pull (request) : NULL;
  return g_strconcat (request->method, " ", request->path, NULL);
}
