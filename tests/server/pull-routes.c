/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the county sends down: whole villages, sums, single records; to whom it does not; and what a tablet hears when its villages change. */
#include <string.h>

#include "../core/store-fixture.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-server-core.h"
#include "zf-wire-snapshot.h"
#include "zf-wire.h"

#define DAY_MS (24 * G_GINT64_CONSTANT (3600000))
#define HOMES 40

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfServerCore *core;
  char *device[2];       /* 0: VILLAGE_1 only; 1: every village */
  char *token[2];
  char *home[2];         /* one household of each village */
  gint64 lsn;
} County;

static ZfSyncResponse *
ask (County *county, guint d, const char *method, const char *path, const char *type, const char *body)
{
  ZfSyncRequest request = { .method = method, .path = (char *) path, .type = type, .accept = ZF_WIRE_TYPE_JSON, .token = county->token[d] };
  ZfSyncResponse *response;

  request.body = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  response = zf_server_core_handle (county->core, &request);
  g_clear_pointer (&request.body, g_bytes_unref);
  return response;
}

static JsonObject *
object_of (ZfSyncResponse *response)
{
  g_autoptr (GError) error = NULL;
  gsize len;
  const char *text = g_bytes_get_data (response->body, &len);
  JsonObject *object = zf_json_parse_object (text, (gssize) len, &error);

  g_assert_no_error (error);
  return object;
}

static JsonObject *
look (County *county, guint d, const char *path, guint status)
{
  g_autoptr (ZfSyncResponse) response = ask (county, d, "GET", path, NULL, NULL);

  g_assert_cmpuint (response->status, ==, status);
  return object_of (response);
}

static JsonObject *
exchange (County *county, guint d, gint64 scope_epoch, const char *push, const char *pull)
{
  g_autofree char *body = g_strdup_printf ("{\"proto\":1,\"schema\":1,\"device\":\"%s\",\"epoch\":\"e\",\"scope_epoch\":%" G_GINT64_FORMAT
                                           ",\"clock_ms\":1}\n%s%s%s\n",
                                           county->device[d], scope_epoch, push, *push != '\0' ? "\n" : "", pull);
  g_autoptr (ZfSyncResponse) response = ask (county, d, "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, body);

  g_assert_cmpuint (response->status, ==, 200);
  return object_of (response);
}

static void
put_add (County *county, GString *out, const char *kind, const char *id, const char *f)
{
  g_autofree char *cid = zf_id_new (county->clock, county->random);

  county->lsn++;
  g_string_append_printf (out, "%s{\"lsn\":%" G_GINT64_FORMAT ",\"cid\":\"%s\",\"k\":\"%s\",\"id\":\"%s\",\"op\":\"add\",\"b\":0,\"sv\":1,"
                               "\"at\":%" G_GINT64_FORMAT ",\"by\":\"p\",\"f\":{%s}}",
                          out->len > 0 ? "," : "", county->lsn, cid, kind, id, county->lsn, f);
}

static void
push_homes (County *county)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autofree char *batch = zf_id_new (county->clock, county->random);
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) answer = NULL;
  gint64 first = county->lsn + 1;

  for (guint i = 0; i < HOMES; i++)
    {
      char *home = zf_id_new (county->clock, county->random);
      g_autofree char *person = zf_id_new (county->clock, county->random);
      g_autofree char *f = g_strdup_printf ("\"village\":[null,\"%s\"],\"name\":[null,\"home %u\"]", i % 2 == 0 ? VILLAGE_1 : VILLAGE_2, i);
      g_autofree char *g = g_strdup_printf ("\"household\":[null,\"%s\"],\"name\":[null,\"person %u\"]", home, i);

      put_add (county, changes, "household", home, f);
      put_add (county, changes, "person", person, g);
      g_free (county->home[i % 2]);
      county->home[i % 2] = home;
    }
  line = g_strdup_printf ("{\"batch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT ",\"changes\":[%s]}", batch, first,
                          county->lsn, changes->str);
  answer = exchange (county, 1, 1, line, "");
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (answer, "push"), "acked", 0), ==, county->lsn);
}

static void
set_up (County *county, gconstpointer data)
{
  const char *const one[] = { VILLAGE_1, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) villages =
    json_array_of ("[{'id':'" VILLAGE_1 "','fields':{'name':'one'}},{'id':'" VILLAGE_2 "','fields':{'name':'two'}}]");

  county->dir = g_dir_make_tmp ("zf-pull-XXXXXX", &error);
  county->kinds = fixture_kinds ();
  county->clock = zf_clock_new_manual (NOW_MS);
  county->random = zf_random_new_seeded (1);
  g_assert_true (zf_server_core_init (county->dir, county->clock, county->random, &error));
  county->core = zf_server_core_new (county->dir, county->kinds, county->clock, county->random, &error);
  g_assert_no_error (error);
  zf_server_core_publish (county->core, "village", villages, &error);
  g_assert_no_error (error);
  county->token[0] = zf_server_core_make_device (county->core, NULL, "one", one, &county->device[0], &error);
  county->token[1] = zf_server_core_make_device (county->core, NULL, "all", NULL, &county->device[1], &error);
  g_assert_no_error (error);
  push_homes (county);
}

static void
tear_down (County *county, gconstpointer data)
{
  zf_server_core_free (county->core);
  g_object_unref (county->kinds);
  g_object_unref (county->clock);
  g_object_unref (county->random);
  fixture_remove (county->dir);
  g_free (county->dir);
  for (guint i = 0; i < 2; i++)
    {
      g_free (county->device[i]);
      g_free (county->token[i]);
      g_free (county->home[i]);
    }
}

/* All items of a scope, by its parts. */
static JsonArray *
snapshot_items (County *county, guint d, const char *scope)
{
  g_autofree char *path = g_strdup_printf ("/v1/snapshot/%s", scope);
  g_autoptr (JsonObject) list = look (county, d, path, 200);
  JsonArray *parts = zf_json_get_array (list, "parts");
  JsonArray *all = json_array_new ();

  for (guint i = 0; i < json_array_get_length (parts); i++)
    {
      g_autofree char *at = g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%u", path, zf_json_get_int (list, "seq", 0), i + 1);
      g_autoptr (ZfSyncResponse) part = ask (county, d, "GET", at, NULL, NULL);
      g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, part->body);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonArray) items = NULL;

      g_assert_cmpuint (part->status, ==, 200);
      g_assert_cmpstr (sha256, ==, zf_json_get_string (json_array_get_object_element (parts, i), "sha256", ""));
      items = zf_snapshot_read (part->body, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < json_array_get_length (items); j++)
        json_array_add_element (all, json_array_dup_element (items, j));
    }
  return all;
}

/* A tablet that believes the parts has exactly what the county's digest says. */
static void
test_snapshot (County *county, gconstpointer data)
{
  g_autoptr (JsonArray) items = snapshot_items (county, 0, VILLAGE_1);
  g_autoptr (JsonObject) digest = look (county, 0, "/v1/digest/" VILLAGE_1, 200);
  g_autoptr (JsonArray) all = snapshot_items (county, 1, "all");
  g_autofree char *hex = NULL;
  ZfDigest sum = { { 0 } };

  g_assert_cmpuint (json_array_get_length (items), ==, HOMES);
  g_assert_cmpuint (json_array_get_length (all), ==, 2 * HOMES + 2);
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      ZfDigest one = zf_digest_record (zf_json_get_string (item, "id", ""), zf_json_get_int (item, "rev", 0), zf_json_get_object (item, "f"));

      zf_digest_add (&sum, &one);
    }
  hex = zf_digest_hex (&sum);
  g_assert_cmpint (zf_json_get_int (digest, "n", 0), ==, HOMES);
  g_assert_cmpstr (zf_json_get_string (digest, "h", ""), ==, hex);
  g_assert_cmpuint (json_array_get_length (zf_json_get_array (digest, "buckets")), ==, ZF_DIGEST_BUCKETS);
}

static void
test_recount (County *county, gconstpointer data)
{
  ZfServerStore *store = zf_server_core_store (county->core);
  g_autoptr (GError) error = NULL;
  guint wrong = 99;

  g_assert_true (store->verbs->digest_recount (store, FALSE, &wrong, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (wrong, ==, 0);
}

static char *
fetch_text (County *county, const char *id)
{
  g_autofree char *body = g_strdup_printf ("{\"ids\":[\"%s\"]}", id);
  g_autoptr (ZfSyncResponse) response = ask (county, 0, "POST", "/v1/fetch", ZF_WIRE_TYPE_JSON, body);
  g_autoptr (JsonObject) object = NULL;
  JsonObject *item;

  g_assert_cmpuint (response->status, ==, 200);
  object = object_of (response);
  item = json_array_get_object_element (zf_json_get_array (object, "items"), 0);
  json_object_remove_member (item, "id");
  return zf_json_canonical_object (item);
}

/* What another village has looks like what nobody has. */
static void
test_scope (County *county, gconstpointer data)
{
  g_autofree char *nobody = zf_id_new (county->clock, county->random);
  g_autofree char *foreign = fetch_text (county, county->home[1]);
  g_autofree char *absent = fetch_text (county, nobody);
  g_autofree char *own = fetch_text (county, county->home[0]);
  g_autofree char *history = g_strconcat ("/v1/history/", county->home[0], NULL);
  g_autofree char *foreign_history = g_strconcat ("/v1/history/", county->home[1], NULL);
  g_autoptr (JsonObject) changes = look (county, 0, history, 200);

  g_assert_cmpstr (foreign, ==, absent);
  g_assert_nonnull (strstr (own, "home "));
  g_assert_cmpuint (json_array_get_length (zf_json_get_array (changes, "items")), ==, 1);
  json_object_unref (look (county, 0, foreign_history, 404));
  json_object_unref (look (county, 0, "/v1/snapshot/" VILLAGE_2, 404));
  json_object_unref (look (county, 0, "/v1/snapshot/all", 404));
  json_object_unref (look (county, 0, "/v1/digest/" VILLAGE_2, 404));
  /* Not even who may see every village makes one up: its copy would stand in a folder of that name. */
  json_object_unref (look (county, 1, "/v1/snapshot/..", 404));
  json_object_unref (look (county, 1, "/v1/snapshot/common", 404));
  json_object_unref (look (county, 1, "/v1/snapshot/99999999-9999-7999-8999-999999999999", 404));
}

static void
test_gone (County *county, gconstpointer data)
{
  g_autoptr (JsonObject) list = look (county, 0, "/v1/snapshot/" VILLAGE_1, 200);
  g_autofree char *part = g_strdup_printf ("/v1/snapshot/" VILLAGE_1 "/%" G_GINT64_FORMAT "/1", zf_json_get_int (list, "seq", 0));
  g_autoptr (JsonObject) again = NULL;
  g_autoptr (JsonObject) gone = NULL;

  zf_clock_advance (county->clock, 8 * DAY_MS);
  again = look (county, 0, "/v1/snapshot/" VILLAGE_1, 200);
  g_assert_cmpint (zf_json_get_int (again, "until_ms", 0), >, zf_json_get_int (list, "until_ms", 0));
  push_homes (county);
  zf_clock_advance (county->clock, 8 * DAY_MS);
  json_object_unref (look (county, 0, "/v1/snapshot/" VILLAGE_1, 200));
  gone = look (county, 0, part, 410);
  g_assert_cmpstr (zf_json_get_string (gone, "code", ""), ==, "snapshot_gone");
}

static gint64
listed_seq (County *county, guint d)
{
  g_autoptr (JsonObject) list = look (county, d, "/v1/snapshot/" VILLAGE_1, 200);

  return zf_json_get_int (list, "seq", 0);
}

/* A copy serves everybody until it is old, but not who has brought more since: it would take back what that one wrote. */
static void
test_own_work (County *county, gconstpointer data)
{
  gint64 first = listed_seq (county, 0), later;

  push_homes (county);
  g_assert_cmpint (listed_seq (county, 0), ==, first);
  later = listed_seq (county, 1);
  g_assert_cmpint (later, >, first);
  g_assert_cmpint (listed_seq (county, 1), ==, later);
}

/* A tablet that is given other villages pushes on, but pulls nothing until it says that it knows. */
static void
test_team (County *county, gconstpointer data)
{
  const char *const two[] = { VILLAGE_2, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) stale = NULL;
  g_autoptr (JsonObject) current = NULL;
  JsonObject *scope;

  zf_server_core_team_add (county->core, "t", two, &error);
  g_assert_no_error (error);
  zf_server_core_team_device (county->core, "t", "one", &error);
  g_assert_no_error (error);
  stale = exchange (county, 0, 1, "", "{\"after\":0}");
  scope = zf_json_get_object (stale, "scope");
  g_assert_true (json_object_get_null_member (stale, "pull"));
  g_assert_cmpint (zf_json_get_int (scope, "epoch", 0), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (zf_json_get_array (scope, "teams"), 0), ==, VILLAGE_2);
  current = exchange (county, 0, 2, "", "{\"after\":0,\"digest\":true}");
  g_assert_cmpuint (json_array_get_length (zf_json_get_array (zf_json_get_object (current, "pull"), "items")), ==, HOMES + 2);
  g_assert_true (json_object_has_member (zf_json_get_object (zf_json_get_object (current, "pull"), "digest"), VILLAGE_2));
  g_assert_false (json_object_has_member (zf_json_get_object (zf_json_get_object (current, "pull"), "digest"), VILLAGE_1));
  g_assert_false (zf_server_core_team_add (county->core, "t", two, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/pull/snapshot", County, NULL, set_up, test_snapshot, tear_down);
  g_test_add ("/pull/recount", County, NULL, set_up, test_recount, tear_down);
  g_test_add ("/pull/scope", County, NULL, set_up, test_scope, tear_down);
  g_test_add ("/pull/gone", County, NULL, set_up, test_gone, tear_down);
  g_test_add ("/pull/own-work", County, NULL, set_up, test_own_work, tear_down);
  g_test_add ("/pull/team", County, NULL, set_up, test_team, tear_down);
  return g_test_run ();
}
