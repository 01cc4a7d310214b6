/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "county.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* Kinds */

static void
copy_forms (const char *from, const char *to, const char *sub)
{
  g_autofree char *source = g_build_filename (from, sub, NULL);
  g_autofree char *target = g_build_filename (to, sub, NULL);
  g_autoptr (GDir) dir = g_dir_open (source, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  g_assert_cmpint (g_mkdir_with_parents (target, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *in = g_build_filename (source, name, NULL);
      g_autofree char *out = g_build_filename (target, name, NULL);
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (in, &text, NULL, NULL));
      if (g_str_equal (name, "person.json"))
        {
          g_autoptr (GString) changed = g_string_new (text);

          g_assert_cmpuint (g_string_replace (changed, "\"name\": \"person\",",
                                              "\"name\": \"person\", \"unique\": [{\"fields\": [\"id_number\"], \"parent_when\": {\"born\": "
                                              "\"1950-01-01\"}}],",
                                              1),
                            ==, 1);
          g_assert_true (g_file_set_contents (out, changed->str, -1, NULL));
        }
      else
        g_assert_true (g_file_set_contents (out, text, -1, NULL));
    }
}

static ZfKinds *
load_kinds (const char *dir)
{
  g_autofree char *from = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "fixtures", "kinds", NULL);
  g_autofree char *to = g_build_filename (dir, "kinds", NULL);
  g_autoptr (GError) error = NULL;
  ZfKinds *kinds;

  copy_forms (from, to, "forms");
  copy_forms (from, to, "codelists");
  kinds = zf_kinds_load (to, &error);
  g_assert_no_error (error);
  return kinds;
}

/* The county */

static void
enrol (County *county, guint t, const char *villages)
{
  g_auto (GStrv) list = g_strcmp0 (villages, "all") != 0 ? g_strsplit (villages, " ", -1) : NULL;
  Tablet *tablet = &county->tablet[t];
  g_autoptr (GError) error = NULL;

  tablet->token = zf_server_core_make_device (county->core, NULL, "t", (const char *const *) list, &tablet->device, &error);
  g_assert_no_error (error);
  g_strlcpy (tablet->epoch, "e1", sizeof tablet->epoch);
}

static void
open_core (County *county)
{
  g_autoptr (GError) error = NULL;

  county->core = zf_server_core_new (county->data, county->kinds, county->clock, county->random, &error);
  g_assert_no_error (error);
}

County *
county_new (guint64 seed, const char *const *villages)
{
  County *county = g_new0 (County, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) records =
    json_array_of ("[{'id':'" VILLAGE_1 "','fields':{'name':'one'}},{'id':'" VILLAGE_2 "','fields':{'name':'two'}}]");

  county->dir = g_dir_make_tmp ("zf-county-XXXXXX", &error);
  g_assert_no_error (error);
  county->data = g_build_filename (county->dir, "data", NULL);
  g_assert_cmpint (g_mkdir (county->data, 0700), ==, 0);
  county->kinds = load_kinds (county->dir);
  county->clock = zf_clock_new_manual (NOW_MS);
  county->random = zf_random_new_seeded (seed);
  g_assert_true (zf_server_core_init (county->data, county->clock, county->random, &error));
  open_core (county);
  g_assert_true (zf_server_core_publish (county->core, "village", records, &error));
  for (guint t = 0; t < COUNTY_TABLETS; t++)
    enrol (county, t, villages[t]);
  county_settle (county);
  return county;
}

void
county_free (County *county)
{
  zf_server_core_free (county->core);
  for (guint t = 0; t < COUNTY_TABLETS; t++)
    {
      g_free (county->tablet[t].device);
      g_free (county->tablet[t].token);
    }
  g_object_unref (county->kinds);
  g_object_unref (county->clock);
  g_object_unref (county->random);
  fixture_remove (county->dir);
  g_free (county->data);
  g_free (county->dir);
  g_free (county);
}

void
county_reopen (County *county, const char *data)
{
  g_autofree char *fresh = g_strdup (data != NULL ? data : county->data);

  g_clear_pointer (&county->core, zf_server_core_free);
  g_free (county->data);
  county->data = g_steal_pointer (&fresh);
  open_core (county);
}

void
county_new_epoch (County *county, guint t, const char *epoch)
{
  g_strlcpy (county->tablet[t].epoch, epoch, sizeof county->tablet[t].epoch);
  county->tablet[t].lsn = 0;
}

char *
county_id (County *county)
{
  return zf_id_new (county->clock, county->random);
}

/* Messages */

static char *
quoted (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

static ZfSyncResponse *
post (County *county, guint t, const char *body)
{
  g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);

  request->method = "POST";
  request->path = g_strdup ("/v1/sync");
  request->type = ZF_WIRE_TYPE_REQUEST;
  request->token = g_strdup (county->tablet[t].token);
  request->body = g_bytes_new (body, strlen (body));
  zf_clock_advance (county->clock, 1000);
  return zf_server_core_handle (county->core, request);
}

static void
put_hello (County *county, guint t, GString *body, const char *members)
{
  g_autofree char *more = quoted (members != NULL ? members : "");

  g_string_append_printf (body, "{\"proto\":1,\"schema\":1,\"device\":\"%s\",\"epoch\":\"%s\",\"clock_ms\":%" G_GINT64_FORMAT "%s}\n",
                          county->tablet[t].device, county->tablet[t].epoch, zf_clock_now_ms (county->clock), more);
}

ZfSyncResponse *
county_post (County *county, guint t, gint64 lsn, const char *members, const char *changes)
{
  g_autoptr (GString) body = g_string_new (NULL);

  put_hello (county, t, body, members);
  if (changes != NULL)
    {
      g_autofree char *batch = county_id (county);
      g_autofree char *text = quoted (changes);
      g_autoptr (JsonNode) node = zf_json_parse (text, -1, NULL);

      g_assert_nonnull (node);
      g_string_append_printf (body, "{\"batch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT ",\"changes\":%s}\n", batch, lsn,
                              lsn + json_array_get_length (json_node_get_array (node)) - 1, text);
    }
  return post (county, t, body->str);
}

static JsonObject *
parse_answer (const ZfSyncResponse *response)
{
  gsize size;
  const char *text = g_bytes_get_data (response->body, &size);
  g_autoptr (GError) error = NULL;
  JsonObject *object = zf_json_parse_object (text, (gssize) size, &error);

  g_assert_no_error (error);
  if (response->status != 200)
    g_test_message ("%.*s", (int) size, text);
  g_assert_cmpuint (response->status, ==, 200);
  return object;
}

JsonObject *
county_send (County *county, guint t, const char *op, const char *kind, const char *id, gint64 base, const char *format, ...)
{
  Tablet *tablet = &county->tablet[t];
  g_autofree char *cid = county_id (county);
  g_autofree char *f = NULL;
  g_autofree char *change = NULL;
  g_autoptr (ZfSyncResponse) response = NULL;
  g_autoptr (JsonObject) answer = NULL;
  va_list args;

  va_start (args, format);
  f = g_strdup_vprintf (format, args);
  va_end (args);
  tablet->lsn++;
  change = g_strdup_printf ("[{'lsn':%" G_GINT64_FORMAT ",'cid':'%s','k':'%s','id':'%s','op':'%s','b':%" G_GINT64_FORMAT
                            ",'sv':1,'at':%" G_GINT64_FORMAT ",'by':'p%u','f':%s}]",
                            tablet->lsn, cid, kind, id, op, base, zf_clock_now_ms (county->clock), t, f);
  response = county_post (county, t, tablet->lsn, NULL, change);
  answer = parse_answer (response);
  return json_object_ref (json_array_get_object_element (zf_json_get_array (zf_json_get_object (answer, "push"), "results"), 0));
}

JsonArray *
county_pull (County *county, guint t)
{
  Tablet *tablet = &county->tablet[t];
  JsonArray *all = json_array_new ();
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      g_autoptr (ZfSyncResponse) response = NULL;
      g_autoptr (JsonObject) answer = NULL;
      JsonObject *pull;
      JsonArray *items;

      put_hello (county, t, body, ",'scope_epoch':1");
      g_string_append_printf (body, "{\"after\":%" G_GINT64_FORMAT ",\"limit\":500,\"bytes\":262144}\n", tablet->after);
      response = post (county, t, body->str);
      answer = parse_answer (response);
      pull = zf_json_get_object (answer, "pull");
      g_assert_nonnull (pull);
      items = zf_json_get_array (pull, "items");
      for (guint i = 0; i < json_array_get_length (items); i++)
        json_array_add_element (all, json_array_dup_element (items, i));
      tablet->after = zf_json_get_int (pull, "next", 0);
      more = zf_json_get_bool (pull, "more", FALSE);
    }
  return all;
}

void
county_settle (County *county)
{
  for (guint t = 0; t < COUNTY_TABLETS; t++)
    json_array_unref (county_pull (county, t));
}

char *
county_household (County *county)
{
  char *id = county_id (county);

  county_expect (county, 0, "applied", "add", "household", id, 0, "{'village':[null,'" VILLAGE_1 "'],'roof':[null,'straw'],'rooms':[null,3]}");
  county_settle (county);
  return id;
}

/* What the county holds */

ZfEntity *
county_load (County *county, const char *id)
{
  ZfServerStore *store = zf_server_core_store (county->core);
  g_autoptr (GError) error = NULL;
  ZfEntity *entity = store->verbs->load (store, id, &error);

  g_assert_no_error (error);
  return entity;
}

char *
county_value (County *county, const char *id, const char *field)
{
  g_autoptr (ZfEntity) entity = county_load (county, id);
  ZfPart *part = entity != NULL ? zf_entity_find (entity, field) : NULL;

  return part != NULL ? zf_json_canonical (json_object_get_member (part->f, field)) : g_strdup ("null");
}

void
county_assert_value (County *county, const char *id, const char *field, const char *json)
{
  g_autofree char *value = county_value (county, id, field);

  g_assert_cmpstr (value, ==, json);
}

gint64
county_rev (County *county, const char *id)
{
  g_autoptr (ZfEntity) entity = county_load (county, id);

  return entity != NULL ? entity->rev : 0;
}

GPtrArray *
county_open (County *county, const char *id)
{
  ZfServerStore *store = zf_server_core_store (county->core);
  g_autoptr (GError) error = NULL;
  GPtrArray *list = store->verbs->conflicts_of (store, id, &error);

  g_assert_no_error (error);
  for (guint i = list->len; i > 0; i--)
    if (!((ZfConflict *) list->pdata[i - 1])->open)
      g_ptr_array_remove_index (list, i - 1);
  return list;
}

ZfConflict *
county_only_conflict (County *county, const char *id)
{
  g_autoptr (GPtrArray) list = county_open (county, id);

  g_assert_cmpuint (list->len, ==, 1);
  return g_ptr_array_steal_index (list, 0);
}

JsonObject *
county_resolve (County *county, guint t, const ZfConflict *conflict, gint64 base, const char *value)
{
  g_autofree char *id = county_id (county);
  g_autofree char *plain = quoted (value);
  g_autoptr (JsonNode) node = zf_json_string (plain);
  g_autofree char *text = zf_json_canonical (node);

  return county_send (county, t, "add", "resolution", id, base,
                      "{'of':[null,'%s'],'conflict':[null,'%s'],'g':[null,'%s'],'value':[null,%s],'why':[null,'asked them']}", conflict->record,
                      conflict->id, conflict->group, text);
}

gint64
county_count (County *county, const char *sql)
{
  g_autofree char *path = g_build_filename (county->data, "server.db", NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64 n = 0;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    n = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return n;
}

void
county_check (County *county)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_core_verify (county->core, problems, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (char *) problems->pdata[i]);
  g_assert_cmpuint (problems->len, ==, 0);
}
