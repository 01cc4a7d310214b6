/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests to the county: a first line "METHOD PATH", headers, a blank line, the body; several separated by lines "--". Pushes, pulls, uploads by tus:
 * whatever comes gets an answer, and what is stored stays sound. */
#include <string.h>

#include "fuzz-world.h"
#include "fuzz.h"
#include "zf-wire.h"

static const char *const methods[] = { "GET", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS", "PUT" };

static const char *
method_of (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (methods[i], text))
      return methods[i];
  return "GET";
}

static const char *
type_of (const FuzzMessage *message)
{
  const char *type = zf_sync_header (message->headers, "Content-Type");

  if (type == NULL)
    return NULL;
  return g_intern_string (type);
}

static ZfSyncRequest *
request_of (FuzzWorld *world, const FuzzMessage *message, const char *up)
{
  ZfSyncRequest *request = g_new0 (ZfSyncRequest, 1);
  g_autofree char *first = fuzz_fill_text (world, message->first, up);
  char *space = strchr (first, ' ');

  if (space != NULL)
    *space = '\0';
  request->method = method_of (first);
  request->path = g_strdup (space != NULL ? space + 1 : "/");
  request->type = type_of (message);
  request->accept = ZF_WIRE_TYPE_RESPONSE;
  request->token = zf_sync_header (message->headers, "Stranger") != NULL ? g_strdup ("x") : fuzz_fill_text (world, "@TOKEN@", NULL);
  request->body = fuzz_fill (world, message->body, up);
  for (guint i = 0; message->headers != NULL && message->headers[i] != NULL; i += 2)
    zf_sync_headers_add (&request->headers, message->headers[i], message->headers[i + 1]);
  return request;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) messages = fuzz_messages (data, size);
  g_autofree char *up = NULL;
  FuzzWorld world;

  fuzz_world_open (&world, FUZZ_COUNTY | FUZZ_TABLET);
  for (guint i = 0; i < messages->len; i++)
    {
      g_autoptr (ZfSyncRequest) request = request_of (&world, messages->pdata[i], up);
      g_autoptr (ZfSyncResponse) response = NULL;
      const char *location;

      /* What the listener refuses does not come so far. */
      if (g_bytes_get_size (request->body) > zf_server_core_max_body (request->method, request->path))
        continue;
      response = zf_server_core_handle (world.core, request);
      g_assert_nonnull (response);
      g_assert_cmpuint (response->status, >=, 200);
      g_assert_cmpuint (response->status, !=, 500);
      location = zf_sync_header (response->headers, "Location");
      if (location != NULL)
        {
          g_free (up);
          up = g_strdup (location);
        }
    }
  fuzz_world_close (&world);
  return 0;
}
