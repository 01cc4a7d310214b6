/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers to a tablet: a first line "STATUS TYPE", headers, a blank line, the body; several separated by lines "--". In them @PART@ and @SIZE@ name the
 * body of the next one (a listed part of a snapshot), and a body of type application/zstd is packed first. Whatever comes, the store stays sound and the
 * next sync with the true county takes what was unsent. */
#include <string.h>
#include <zstd.h>

#include "fuzz-world.h"
#include "fuzz.h"
#include "zf-wire.h"

#define FUZZ_TYPE_ANSWERS (fuzz_answers_get_type ())
G_DECLARE_FINAL_TYPE (FuzzAnswers, fuzz_answers, FUZZ, ANSWERS, GObject)
struct _FuzzAnswers
{
  GObject parent;
  FuzzWorld *world;
  GPtrArray *messages;
  guint at;
};
static void fuzz_answers_iface (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzAnswers, fuzz_answers, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, fuzz_answers_iface))

static GBytes *
pack (GBytes *plain)
{
  gsize len;
  const void *bytes = g_bytes_get_data (plain, &len);
  gsize room = ZSTD_compressBound (len);
  g_autofree guint8 *out = g_malloc (room);

  return g_bytes_new (out, ZSTD_compress (out, room, bytes, len, 1));
}

static GBytes *
replace (GBytes *text, const char *name, const char *value)
{
  g_autoptr (GString) out = g_string_new_len (g_bytes_get_data (text, NULL), (gssize) g_bytes_get_size (text));

  /* A body with a zero byte is left as it is from there on. */
  g_string_replace (out, name, value, 0);
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static const char *
type_of (const FuzzMessage *message)
{
  const char *space = strchr (message->first, ' ');

  return space != NULL ? space + 1 : "";
}

static GBytes *
body_of (FuzzAnswers *self, guint i)
{
  const FuzzMessage *message = self->messages->pdata[i];
  g_autoptr (GBytes) filled = fuzz_fill (self->world, message->body, NULL);
  g_autoptr (GBytes) next = NULL;
  g_autoptr (GBytes) named = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *size = NULL;

  if (g_str_equal (type_of (message), "application/zstd"))
    return pack (filled);
  if (i + 1 >= self->messages->len || i + 2 > 8)
    return g_steal_pointer (&filled);
  next = body_of (self, i + 1);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, next);
  size = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (next));
  named = replace (filled, "@PART@", sha256);
  return replace (named, "@SIZE@", size);
}

static ZfSyncResponse *
fuzz_answers_send (ZfSyncTransport *line, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  FuzzAnswers *self = FUZZ_ANSWERS (line);
  g_autofree char *server = NULL;
  const FuzzMessage *message;
  ZfSyncResponse *response;

  if (self->at >= self->messages->len)
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE, "lost");
      return NULL;
    }
  message = self->messages->pdata[self->at];
  server = fuzz_fill_text (self->world, "@SERVER@", NULL);
  response = zf_sync_response_new ((guint) g_ascii_strtoull (message->first, NULL, 10), type_of (message), server, body_of (self, self->at));
  for (guint i = 0; message->headers != NULL && message->headers[i] != NULL; i += 2)
    zf_sync_headers_add (&response->headers, message->headers[i], message->headers[i + 1]);
  self->at++;
  return response;
}

static void
fuzz_answers_iface (ZfSyncTransportInterface *iface)
{
  iface->send = fuzz_answers_send;
}

static void
fuzz_answers_class_init (FuzzAnswersClass *klass)
{
}

static void
fuzz_answers_init (FuzzAnswers *self)
{
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) messages = fuzz_messages (data, size);
  FuzzAnswers *line = g_object_new (FUZZ_TYPE_ANSWERS, NULL);
  FuzzWorld world;

  fuzz_world_open (&world, FUZZ_TABLET);
  line->world = &world;
  line->messages = messages;
  for (guint run = 0; run < 3 && line->at < messages->len; run++)
    {
      g_autoptr (GError) error = NULL;

      zf_sync_drive (world.store, ZF_SYNC_TRANSPORT (line), &zf_sync_limits_wire, NULL, NULL, NULL, NULL, &error);
    }
  g_object_unref (line);
  fuzz_world_close (&world);
  return 0;
}
