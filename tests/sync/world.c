/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

/* The transport with its faults */

#define TEST_TYPE_LINE (test_line_get_type ())
G_DECLARE_FINAL_TYPE (TestLine, test_line, TEST, LINE, GObject)
struct _TestLine
{
  GObject parent;
  World *world;
};
static void test_line_iface (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (TestLine, test_line, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, test_line_iface))

static ZfSyncResponse *
lost (GError **error)
{
  g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE, "lost");
  return NULL;
}

/* The second and third time nothing moves. */
static void
replay (World *world, const ZfSyncRequest *request)
{
  g_autofree char *before = world_server_state (world);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (ZfSyncResponse) again = zf_server_core_handle (world->core, request);
      g_autofree char *after = world_server_state (world);

      g_assert_cmpuint (again->status, <, 300);
      g_assert_cmpstr (after, ==, before);
    }
}

static ZfSyncResponse *
test_line_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  World *world = ((TestLine *) transport)->world;
  Fault fault = world->next;
  ZfSyncResponse *response;

  world->next = FAULT_NONE;
  if (fault == FAULT_LOSE_REQUEST)
    return lost (error);
  response = zf_server_core_handle (world->core, request);
  if (fault == FAULT_REPLAY || world->replay)
    replay (world, request);
  if (fault != FAULT_LOSE_ANSWER)
    return response;
  zf_sync_response_free (response);
  return lost (error);
}

static void
test_line_iface (ZfSyncTransportInterface *iface)
{
  iface->send = test_line_send;
}

static void
test_line_class_init (TestLineClass *klass)
{
}

static void
test_line_init (TestLine *self)
{
}

/* The world */

static ZfStore *
make_store (World *world, guint t)
{
  g_autofree char *name = g_strdup_printf ("tablet%u", t);
  g_autofree char *dir = g_build_filename (world->dir, name, NULL);
  ZfStoreOptions options = { world->clock, world->random };
  g_autoptr (GError) error = NULL;
  ZfStore *store;

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  store = zf_store_create (dir, world->kinds, &options, &error);
  g_assert_no_error (error);
  return store;
}

/* As a person would: a code from the county, used once. */
static void
enrol (World *world, guint t, const char *villages)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = g_strcmp0 (villages, "all") != 0 ? g_strsplit (villages, " ", -1) : NULL;
  g_autofree char *code = zf_server_core_make_code (world->core, "t", (const char *const *) list, &error);
  TestLine *line = g_object_new (TEST_TYPE_LINE, NULL);

  g_assert_no_error (error);
  line->world = world;
  zf_sync_enrol_over (world->tablet[t], ZF_SYNC_TRANSPORT (line), "http://127.0.0.1:1", code, "t", &error);
  g_assert_no_error (error);
  g_object_unref (line);
}

World *
world_new (guint64 seed, guint n, const char *const *villages)
{
  World *world = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) records =
    json_array_of ("[{'id':'" VILLAGE_1 "','fields':{'name':'one'}},{'id':'" VILLAGE_2 "','fields':{'name':'two'}}]");

  world->dir = g_dir_make_tmp ("zf-world-XXXXXX", &error);
  g_assert_no_error (error);
  world->kinds = fixture_kinds ();
  world->clock = zf_clock_new_manual (NOW_MS);
  world->random = zf_random_new_seeded (seed);
  world->limits = zf_sync_limits_wire;
  g_assert_true (zf_server_core_init (world->dir, world->clock, world->random, &error));
  world->core = zf_server_core_new (world->dir, world->kinds, world->clock, world->random, &error);
  g_assert_no_error (error);
  g_assert_true (zf_server_core_publish (world->core, "village", records, &error));
  g_assert_no_error (error);
  for (world->n = 0; world->n < n; world->n++)
    {
      world->tablet[world->n] = make_store (world, world->n);
      enrol (world, world->n, villages[world->n]);
    }
  for (guint t = 0; t < n; t++)
    world_sync (world, t);
  return world;
}

void
world_free (World *world)
{
  for (guint t = 0; t < world->n; t++)
    {
      zf_store_close (world->tablet[t]);
      g_object_unref (world->tablet[t]);
    }
  zf_server_core_free (world->core);
  g_object_unref (world->kinds);
  g_object_unref (world->clock);
  g_object_unref (world->random);
  fixture_remove (world->dir);
  g_free (world->dir);
  g_free (world);
}

gboolean
world_try (World *world, guint t, ZfSyncProgress *progress, GError **error)
{
  TestLine *line = g_object_new (TEST_TYPE_LINE, NULL);
  gboolean ok;

  line->world = world;
  zf_clock_advance (world->clock, 1000);
  ok = zf_sync_drive (world->tablet[t], ZF_SYNC_TRANSPORT (line), &world->limits, NULL, NULL, NULL, progress, error);
  world->next = FAULT_NONE;
  g_object_unref (line);
  return ok;
}

void
world_sync (World *world, guint t)
{
  g_autoptr (GError) error = NULL;

  world_try (world, t, NULL, &error);
  g_assert_no_error (error);
}

void
world_settle (World *world)
{
  for (guint round = 0; round < 2; round++)
    for (guint t = 0; t < world->n; t++)
      world_sync (world, t);
}

static sqlite3 *
open_server (World *world)
{
  g_autofree char *path = g_build_filename (world->dir, "server.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  return db;
}

static void
hash_rows (sqlite3 *db, const char *sql, GChecksum *sum)
{
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count (stmt); i++)
      {
        const char *text = (const char *) sqlite3_column_text (stmt, i);

        g_checksum_update (sum, (const guchar *) (text != NULL ? text : "\x01"), -1);
        g_checksum_update (sum, (const guchar *) "\x02", 1);
      }
  sqlite3_finalize (stmt);
}

char *
world_server_state (World *world)
{
  sqlite3 *db = open_server (world);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT 'SELECT * FROM ' || name || ' ORDER BY 1, 2' FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                                       -1, &stmt, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    hash_rows (db, (const char *) sqlite3_column_text (stmt, 0), sum);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return g_strdup (g_checksum_get_string (sum));
}

gint64
world_count (World *world, const char *sql)
{
  sqlite3 *db = open_server (world);
  sqlite3_stmt *stmt;
  gint64 n;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return n;
}

void
world_check (World *world)
{
  for (guint t = 0; t < world->n; t++)
    {
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;

      zf_store_check (world->tablet[t], problems, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < problems->len; i++)
        g_test_message ("tablet %u: %s", t, (char *) problems->pdata[i]);
      g_assert_cmpuint (problems->len, ==, 0);
    }
}

static void
commit_on (World *world, guint t, ZfSave *save)
{
  g_autoptr (GError) error = NULL;

  zf_store_commit (world->tablet[t], save, &error);
  g_assert_no_error (error);
}

static JsonObject *
parse (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);

  return json_of ("%s", text);
}

char *
world_add (World *world, guint t, const char *kind, const char *format, ...)
{
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);
  g_autoptr (JsonObject) fields = NULL;
  va_list args;

  va_start (args, format);
  fields = parse (format, args);
  va_end (args);
  zf_save_create (save, kind, NULL, fields);
  commit_on (world, t, save);
  return g_strdup (zf_save_result_id (save, 0));
}

void
world_set (World *world, guint t, const char *kind, const char *id, const char *format, ...)
{
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);
  g_autoptr (JsonObject) fields = NULL;
  va_list args;

  va_start (args, format);
  fields = parse (format, args);
  va_end (args);
  zf_save_set (save, kind, id, fields);
  commit_on (world, t, save);
}

void
world_delete (World *world, guint t, const char *kind, const char *id)
{
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);

  zf_save_delete (save, kind, id, "ended");
  commit_on (world, t, save);
}

ZfRecord *
world_get (World *world, guint t, const char *id)
{
  return zf_reader_get (zf_store_reader (world->tablet[t]), id, NULL);
}

char *
world_text (World *world, guint t, const char *id)
{
  g_autoptr (ZfRecord) record = world_get (world, t, id);
  g_autofree char *fields = record != NULL ? zf_json_canonical_object (record->fields) : NULL;

  if (record == NULL)
    return g_strdup ("-");
  return record->del != NULL ? g_strconcat ("del:", fields, NULL) : g_steal_pointer (&fields);
}

guint
world_conflicts (World *world, guint t)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = zf_ledger_conflicts (zf_store_reader (world->tablet[t]), TRUE, &error);

  g_assert_no_error (error);
  return list->len;
}
