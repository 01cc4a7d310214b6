/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-world.h"

#include "zf-server-backup.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGES 12

static char *image;        /* folder that every input gets a copy of */
static char *token, *device, *server;

/* In one process */

#define FUZZ_TYPE_LINE (fuzz_line_get_type ())
G_DECLARE_FINAL_TYPE (FuzzLine, fuzz_line, FUZZ, LINE, GObject)
struct _FuzzLine
{
  GObject parent;
  ZfServerCore *core;
};
static void fuzz_line_iface (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzLine, fuzz_line, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, fuzz_line_iface))

static ZfSyncResponse *
fuzz_line_send (ZfSyncTransport *line, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  return zf_server_core_handle (FUZZ_LINE (line)->core, request);
}

static void
fuzz_line_iface (ZfSyncTransportInterface *iface)
{
  iface->send = fuzz_line_send;
}

static void
fuzz_line_class_init (FuzzLineClass *klass)
{
}

static void
fuzz_line_init (FuzzLine *self)
{
}

/* The image */

static void
remove_image (void)
{
  fixture_remove (image);
}

static void
save_one (ZfStore *store, const char *kind, const char *id, gboolean create, const char *json)
{
  ZfSave *save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) fields = json_of ("%s", json);
  g_autoptr (GError) error = NULL;

  (create ? zf_save_create : zf_save_set) (save, kind, id, fields);
  zf_store_commit (store, save, &error);
  g_assert_no_error (error);
  zf_save_free (save);
}

static void
open_parts (FuzzWorld *world, FuzzPart parts, gboolean create)
{
  g_autofree char *tablet = g_build_filename (world->dir, "tablet", NULL);
  ZfStoreOptions options = { world->clock, world->random, .inline_writes = TRUE };
  g_autoptr (GError) error = NULL;

  if ((parts & FUZZ_COUNTY) != 0)
    world->core = zf_server_core_new (world->dir, world->kinds, world->clock, world->random, &error);
  g_assert_no_error (error);
  if ((parts & FUZZ_TABLET) != 0)
    world->store = (create ? zf_store_create : zf_store_open) (tablet, world->kinds, &options, &error);
  g_assert_no_error (error);
}

static void
close_parts (FuzzWorld *world)
{
  g_clear_pointer (&world->core, zf_server_core_free);
  if (world->store != NULL)
    zf_store_close (world->store);
  g_clear_object (&world->store);
}

static void
world_init (FuzzWorld *world, guint64 seed)
{
  static ZfKinds *kinds;

  if (kinds == NULL)
    kinds = fixture_kinds ();
  world->kinds = g_object_ref (kinds);
  world->clock = zf_clock_new_manual (NOW_MS);
  world->random = zf_random_new_seeded (seed);
}

static void
world_clear (FuzzWorld *world)
{
  g_clear_object (&world->kinds);
  g_clear_object (&world->clock);
  g_clear_object (&world->random);
  g_clear_pointer (&world->dir, g_free);
}

static void
enrol (FuzzWorld *world)
{
  FuzzLine *line = g_object_new (FUZZ_TYPE_LINE, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = zf_server_core_make_code (world->core, "t", NULL, &error);

  line->core = world->core;
  g_assert_no_error (error);
  zf_sync_enrol_over (world->store, ZF_SYNC_TRANSPORT (line), "http://127.0.0.1:1", code, "t", &error);
  g_assert_no_error (error);
  zf_sync_drive (world->store, ZF_SYNC_TRANSPORT (line), &zf_sync_limits_wire, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  save_one (world->store, "household", "01a0c450-6c00-7000-8000-000000000001", TRUE, "{'village':'" VILLAGE_1 "','name':'h','code':'1'}");
  save_one (world->store, "person", "01a0c450-6c00-7000-8000-000000000002", TRUE, "{'household':'01a0c450-6c00-7000-8000-000000000001','name':'p'}");
  zf_sync_drive (world->store, ZF_SYNC_TRANSPORT (line), &zf_sync_limits_wire, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  save_one (world->store, "household", "01a0c450-6c00-7000-8000-000000000001", FALSE, "{'name':'mine','rooms':3}");
  save_one (world->store, "visit", "01a0c450-6c00-7000-8000-000000000003", TRUE,
            "{'household':'01a0c450-6c00-7000-8000-000000000001','date':'2026-11-24'}");
  g_object_unref (line);
}

static void
make_image (void)
{
  FuzzWorld world = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) records =
    json_array_of ("[{'id':'" VILLAGE_1 "','fields':{'name':'one'}},{'id':'" VILLAGE_2 "','fields':{'name':'two'}}]");
  g_autofree char *tablet = NULL;

  world_init (&world, 7);
  image = g_dir_make_tmp ("zf-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  atexit (remove_image);
  world.dir = g_strdup (image);
  tablet = g_build_filename (image, "tablet", NULL);
  g_assert_cmpint (g_mkdir (tablet, 0700), ==, 0);
  zf_server_core_init (image, world.clock, world.random, &error);
  g_assert_no_error (error);
  open_parts (&world, FUZZ_COUNTY | FUZZ_TABLET, TRUE);
  g_assert_true (zf_server_core_publish (world.core, "village", records, &error));
  enrol (&world);
  token = zf_store_get_meta (world.store, "token");
  device = zf_store_get_meta (world.store, "device");
  server = g_strdup (zf_server_core_id (world.core));
  close_parts (&world);
  world_clear (&world);
}

static void
copy_folder (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  g_mkdir (to, 0700);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *a = g_build_filename (from, name, NULL);
      g_autofree char *b = g_build_filename (to, name, NULL);
      g_autofree char *bytes = NULL;
      gsize len;

      if (g_file_test (a, G_FILE_TEST_IS_DIR))
        copy_folder (a, b);
      else if (g_file_get_contents (a, &bytes, &len, NULL))
        g_assert_true (g_file_set_contents_full (b, bytes, (gssize) len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

void
fuzz_world_open (FuzzWorld *world, FuzzPart parts)
{
  g_autoptr (GError) error = NULL;

  if (image == NULL)
    make_image ();
  *world = (FuzzWorld) { 0 };
  world_init (world, 8);
  world->dir = g_dir_make_tmp ("zf-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  copy_folder (image, world->dir);
  open_parts (world, parts, FALSE);
}

static void
assert_sound (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    g_error ("%s", (char *) problems->pdata[i]);
}

void
fuzz_world_close (FuzzWorld *world)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (world->core != NULL)
    zf_server_core_verify (world->core, problems, &error);
  g_assert_no_error (error);
  assert_sound (problems);
  if (world->store != NULL)
    zf_store_check (world->store, problems, &error);
  g_assert_no_error (error);
  assert_sound (problems);
  close_parts (world);
  fixture_remove (world->dir);
  world_clear (world);
}

/* Messages */

void
fuzz_message_free (FuzzMessage *message)
{
  g_free (message->first);
  g_strfreev (message->headers);
  g_bytes_unref (message->body);
  g_free (message);
}

static FuzzMessage *
message_of (const char *text, gsize len)
{
  FuzzMessage *message = g_new0 (FuzzMessage, 1);
  const char *gap = g_strstr_len (text, (gssize) len, "\n\n");
  gsize head = gap != NULL ? (gsize) (gap - text) : len;
  g_autofree char *lines = g_strndup (text, head);
  g_auto (GStrv) list = g_strsplit (lines, "\n", 20);

  message->first = g_strdup (list[0] != NULL ? list[0] : "");
  for (guint i = 1; list[0] != NULL && list[i] != NULL; i++)
    {
      char *colon = strstr (list[i], ": ");

      if (colon == NULL)
        continue;
      *colon = '\0';
      zf_sync_headers_add (&message->headers, list[i], colon + 2);
    }
  message->body = gap != NULL ? g_bytes_new (gap + 2, len - head - 2) : g_bytes_new (NULL, 0);
  return message;
}

GPtrArray *
fuzz_messages (const uint8_t *data, size_t size)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) fuzz_message_free);
  const char *at = (const char *) data, *end = at + size;

  while (at < end && messages->len < MAX_MESSAGES)
    {
      const char *stop = g_strstr_len (at, end - at, "\n--\n");

      g_ptr_array_add (messages, message_of (at, (gsize) ((stop != NULL ? stop : end) - at)));
      at = stop != NULL ? stop + 4 : end;
    }
  return messages;
}

static char *
meta_of (FuzzWorld *world, const char *key)
{
  return world->store != NULL ? zf_store_get_meta (world->store, key) : NULL;
}

GBytes *
fuzz_fill (FuzzWorld *world, GBytes *text, const char *up)
{
  g_autofree char *epoch = meta_of (world, "epoch");
  g_autofree char *server_epoch = meta_of (world, "server_epoch");
  const char *const names[][2] = { { "@DEVICE@", device }, { "@TOKEN@", token }, { "@EPOCH@", epoch }, { "@SERVER_EPOCH@", server_epoch },
                                   { "@SERVER@", server }, { "@UP@", up } };
  gsize len;
  const char *bytes = g_bytes_get_data (text, &len);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (gsize at = 0; at < len;)
    {
      guint i = 0;

      while (i < G_N_ELEMENTS (names) && (len - at < strlen (names[i][0]) || memcmp (bytes + at, names[i][0], strlen (names[i][0])) != 0))
        i++;
      if (i == G_N_ELEMENTS (names))
        g_byte_array_append (out, (const guint8 *) bytes + at++, 1);
      else
        {
          const char *value = names[i][1] != NULL ? names[i][1] : "";

          g_byte_array_append (out, (const guint8 *) value, (guint) strlen (value));
          at += strlen (names[i][0]);
        }
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

char *
fuzz_fill_text (FuzzWorld *world, const char *text, const char *up)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) filled = fuzz_fill (world, bytes, up);

  return g_bytes_get_size (filled) > 0 ? g_strndup (g_bytes_get_data (filled, NULL), g_bytes_get_size (filled)) : g_strdup ("");
}
