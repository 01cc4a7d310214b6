/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The server on a real socket, and a tablet that must not be fooled by what else answers there. */
#include <libsoup/soup.h>

#include "../core/store-fixture.h"
#include "zf-server-http.h"
#include "zf-server.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  GMutex mutex;
  GCond cond;
  GMainLoop *loop;
  GThread *thread;
  char *url;             /* set once the thread listens */
  guint hits;            /* requests that a foreign server saw */
  const char *fake_type; /* foreign server: what it answers */
  const char *fake_body;
  guint fake_status;
} Place;

static void
ready (Place *place, const char *url)
{
  g_mutex_lock (&place->mutex);
  place->url = g_strdup (url);
  g_cond_signal (&place->cond);
  g_mutex_unlock (&place->mutex);
}

static gpointer
serve (gpointer data)
{
  Place *place = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (context);
  {
    g_autoptr (ZfServerCore) core = zf_server_core_new (place->dir, place->kinds, clock, random, &error);
    g_autoptr (ZfServerHttp) http = core != NULL ? zf_server_http_new (core, "127.0.0.1:0", NULL, NULL, &error) : NULL;

    g_assert_no_error (error);
    place->loop = g_main_loop_new (context, FALSE);
    ready (place, zf_server_http_url (http));
    g_main_loop_run (place->loop);
  }
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
on_fake (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Place *place = data;

  place->hits++;
  soup_server_message_set_status (message, place->fake_status, NULL);
  soup_server_message_set_response (message, place->fake_type, SOUP_MEMORY_STATIC, place->fake_body, strlen (place->fake_body));
}

/* A portal, a proxy, somebody else's server. */
static gpointer
serve_fake (gpointer data)
{
  Place *place = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  SoupServer *soup;
  GSList *uris;
  g_autofree char *url = NULL;

  g_main_context_push_thread_default (context);
  soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (soup, NULL, on_fake, place, NULL);
  soup_server_listen (soup, address, 0, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (soup);
  url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  place->loop = g_main_loop_new (context, FALSE);
  ready (place, url);
  g_main_loop_run (place->loop);
  soup_server_disconnect (soup);
  g_object_unref (soup);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static Place *
place_new (GThreadFunc func)
{
  Place *place = g_new0 (Place, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("zf-http-XXXXXX", &error);
  g_autoptr (JsonArray) villages = json_array_of ("[{'id':'" VILLAGE_1 "','fields':{'name':'one'}}]");

  g_assert_no_error (error);
  place->dir = g_steal_pointer (&dir);
  place->kinds = fixture_kinds ();
  place->fake_status = 200;
  place->fake_type = "text/html";
  place->fake_body = "<html>Log in first</html>";
  g_assert_true (zf_server_init (place->dir, place->kinds, NULL, villages, &error));
  g_assert_no_error (error);
  place->thread = g_thread_new ("server", func, place);
  g_mutex_lock (&place->mutex);
  while (place->url == NULL)
    g_cond_wait (&place->cond, &place->mutex);
  g_mutex_unlock (&place->mutex);
  return place;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
place_free (Place *place)
{
  g_main_context_invoke (g_main_loop_get_context (place->loop), quit, place->loop);
  g_thread_join (place->thread);
  g_main_loop_unref (place->loop);
  g_object_unref (place->kinds);
  g_mutex_clear (&place->mutex);
  g_cond_clear (&place->cond);
  fixture_remove (place->dir);
  g_free (place->dir);
  g_free (place->url);
  g_free (place);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static ZfStore *
tablet (Place *place, const char *name)
{
  g_autofree char *dir = g_build_filename (place->dir, name, NULL);
  g_autoptr (GError) error = NULL;
  ZfStore *store;

  g_mkdir_with_parents (dir, 0700);
  store = zf_store_create (dir, place->kinds, NULL, &error);
  g_assert_no_error (error);
  return store;
}

static ZfStore *
enrolled (Place *place, const char *name)
{
  ZfStore *store = tablet (place, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfServer) server = zf_server_open (place->dir, place->kinds, NULL, &error);
  g_autofree char *code = zf_server_make_code (server, "t", NULL, &error);
  g_autofree char *url = g_strdup_printf ("%s/#%s", place->url, code);

  g_assert_no_error (error);
  g_assert_true (zf_sync_enrol (store, url, name, &error));
  g_assert_no_error (error);
  g_assert_true (zf_sync_run (store, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  return store;
}

static void
add_household (ZfStore *store)
{
  g_autoptr (ZfSave) save = zf_save_new ("p", FALSE);
  g_autoptr (JsonObject) fields = json_of ("{'village':'" VILLAGE_1 "','name':'Zhang'}");
  g_autoptr (GError) error = NULL;

  zf_save_create (save, "household", NULL, fields);
  zf_store_commit (store, save, &error);
  g_assert_no_error (error);
}

static void
done (ZfStore *store)
{
  zf_store_close (store);
  g_object_unref (store);
}

/* Over a real socket: enrol, push, pull on another tablet, and the county's own store has it too. */
static void
test_round (void)
{
  g_autoptr (Place) place = place_new (serve);
  ZfStore *a = enrolled (place, "a"), *b = enrolled (place, "b");
  g_autoptr (GError) error = NULL;
  ZfSyncProgress progress;

  add_household (a);
  g_assert_true (zf_sync_run (a, NULL, NULL, NULL, &progress, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (progress.pushed, ==, 1);
  g_assert_true (zf_sync_run (b, NULL, NULL, NULL, &progress, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (progress.pulled, ==, 1);
  done (a);
  done (b);
  {
    g_autoptr (ZfServer) server = zf_server_open (place->dir, place->kinds, NULL, &error);
    g_autoptr (JsonObject) stats = NULL;

    g_assert_no_error (error);
    g_assert_true (zf_server_pull_county (server, &progress, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (progress.pulled, ==, 1);
    stats = zf_server_stats (server, &error);
    g_assert_cmpint (zf_json_get_int (zf_json_get_object (stats, "records"), "household", 0), ==, 1);
  }
}

static guint
ask (Place *place, const char *method, const char *path, const char *type, const char *token, const char *body, gsize len, char **answer)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *url = g_strconcat (place->url, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) sent = g_bytes_new (body, len);
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GError) error = NULL;

  if (len > 0)
    soup_message_set_request_body_from_bytes (message, type, sent);
  if (token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", bearer);
    }
  received = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (soup_message_headers_get_one (soup_message_get_response_headers (message), "Sync-Server"));
  if (answer != NULL)
    *answer = g_strndup (g_bytes_get_data (received, NULL), g_bytes_get_size (received));
  return soup_message_get_status (message);
}

static void
test_refusals (void)
{
  g_autoptr (Place) place = place_new (serve);
  ZfStore *store = enrolled (place, "a");
  g_autofree char *token = zf_store_get_meta (store, "token");
  g_autofree char *device = zf_store_get_meta (store, "device");
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *large = g_strnfill (ZF_WIRE_MAX_BODY + 1, 'x');
  g_autofree char *foreign = g_strdup ("{\"proto\":1,\"device\":\"someone else\",\"epoch\":\"e\"}\n");
  g_autofree char *old = g_strdup_printf ("{\"proto\":99,\"device\":\"%s\",\"epoch\":\"e\"}\n", device);
  g_autofree char *bomb = g_strdup_printf ("{\"proto\":1,\"device\":\"%s\",\"epoch\":\"e\"}\n{\"batch\":\"%s\",\"first\":1,\"last\":1,\"changes\":[%s]}\n",
                                           device, VILLAGE_1, deep);
  const struct
  {
    const char *method, *path, *type, *token, *body;
    guint status;
    const char *code;
  } cases[] = {
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, NULL, "{}", 401, "token_invalid" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, "0000", "{}", 401, "token_invalid" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, token, "nonsense", 400, "malformed" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, token, deep, 400, "malformed" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, token, bomb, 400, "malformed" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, token, foreign, 403, "forbidden" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, token, old, 426, "upgrade_required" },
    { "POST", "/v1/sync", "text/plain", token, "{}", 415, "type" },
    { "POST", "/v1/sync", ZF_WIRE_TYPE_REQUEST, token, large, 413, "too_large" },
    { "GET", "/v1/sync", NULL, token, "", 405, "method" },
    { "GET", "/", NULL, token, "", 404, "not_found" },
    { "POST", "/v1/enrol", ZF_WIRE_TYPE_JSON, NULL, "{\"code\":\"guess\"}", 403, "code" },
    { "POST", "/v1/blobs/check", ZF_WIRE_TYPE_JSON, token, "{\"sha256\":[\"../../etc/passwd\"]}", 400, "malformed" },
    { "GET", "/v1/blobs/0000000000000000000000000000000000000000000000000000000000000000", NULL, token, "", 404, "not_found" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = NULL;
      guint status = ask (place, cases[i].method, cases[i].path, cases[i].type, cases[i].token, cases[i].body, strlen (cases[i].body), &answer);
      g_autofree char *code = g_strdup_printf ("\"code\":\"%s\"", cases[i].code);

      g_assert_cmpuint (status, ==, cases[i].status);
      g_assert_nonnull (strstr (answer, code));
    }
  done (store);
}

/* A file that nobody brought is wanted, found nowhere, and comes by an upload only (tests/ctl/photos-sync.py follows one all the way). */
static void
test_blobs (void)
{
  g_autoptr (Place) place = place_new (serve);
  ZfStore *a = enrolled (place, "a");
  g_autofree char *mine = zf_store_get_meta (a, "token");
  g_autofree char *sha256 = zf_wire_sha256 ("not really a picture", -1);
  g_autofree char *path = g_strconcat ("/v1/blobs/", sha256, NULL);
  g_autofree char *question = g_strdup_printf ("{\"sha256\":[\"%s\"]}", sha256);
  g_autofree char *want = NULL;

  g_assert_cmpuint (ask (place, "PUT", path, ZF_WIRE_TYPE_JPEG, mine, "x", 1, NULL), ==, 405);
  g_assert_cmpuint (ask (place, "GET", path, NULL, mine, "", 0, NULL), ==, 404);
  ask (place, "POST", "/v1/blobs/check", ZF_WIRE_TYPE_JSON, mine, question, strlen (question), &want);
  g_assert_true (g_str_has_prefix (want, "{\"have\":[],\"want\":[\""));
  done (a);
}

/* Whatever answers, unless it is our county nothing is believed and nothing more is sent. */
static void
test_portal (void)
{
  static const struct
  {
    guint status;
    const char *type, *body;
  } answers[] = {
    { 200, "text/html", "<html>Log in first</html>" },
    { 302, "text/html", "" },
    { 511, "text/html", "login" },
    { 200, ZF_WIRE_TYPE_RESPONSE, "{}" },
    { 401, ZF_WIRE_TYPE_PROBLEM, "{\"code\":\"token_invalid\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (Place) place = place_new (serve_fake);
      ZfStore *store = tablet (place, "a");
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfServer) server = zf_server_open (place->dir, place->kinds, NULL, &error);
      g_autofree char *words = NULL;

      place->fake_status = answers[i].status;
      place->fake_type = answers[i].type;
      place->fake_body = answers[i].body;
      g_assert_true (zf_server_enrol_direct (server, store, place->url, "t", NULL, &error));
      g_assert_true (zf_server_sync_local (server, store, NULL, NULL, NULL, &error));
      add_household (store);
      add_household (store);
      g_assert_false (zf_sync_run (store, NULL, NULL, NULL, NULL, &error));
      g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NOT_COUNTY);
      g_assert_cmpuint (place->hits, ==, 1);
      words = zf_sync_explain (error);
      g_assert_nonnull (words);
      done (store);
    }
}

static void
test_loopback_only (void)
{
  static const char *const bad[] = { "http://192.168.1.4:8080/#code", "http://example.org/#code", "http://0.0.0.0:80/#code", "https://127.0.0.1/#code",
                                     "http://127.0.0.1:8080/", "http://127.0.0.1.example.org/#c", "{\"url\":\"http://10.0.0.1\",\"code\":\"c\"}", "", "#" };
  static const char *const open[] = { "0.0.0.0:0", "192.168.1.4:8080", "[::]:0", "" };
  g_autoptr (Place) place = place_new (serve_fake);
  ZfStore *store = tablet (place, "a");
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  g_autoptr (ZfServerCore) core = zf_server_core_new (place->dir, place->kinds, clock, random, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (zf_sync_enrol (store, bad[i], "t", &error));
      g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS);
    }
  for (guint i = 0; i < G_N_ELEMENTS (open); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (zf_server_http_new (core, open[i], NULL, NULL, &error));
      g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_ADDRESS);
    }
  g_assert_cmpuint (place->hits, ==, 0);
  done (store);
}

/* One store, one sync at a time; nobody there is "offline", and nothing is lost by it. */
static void
test_alone (void)
{
  g_autoptr (Place) place = place_new (serve);
  ZfStore *store = enrolled (place, "a");
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  ZfSyncProgress progress;

  add_household (store);
  zf_store_set_meta (store, "server_url", "http://127.0.0.1:1", &error);
  g_assert_false (zf_sync_run (store, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE);
  g_clear_error (&error);
  zf_store_set_meta (store, "server_url", place->url, &error);
  g_cancellable_cancel (cancelled);
  g_assert_false (zf_sync_run (store, cancelled, NULL, NULL, NULL, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (zf_sync_run (store, NULL, NULL, NULL, &progress, &error));
  g_assert_cmpuint (progress.pushed, ==, 1);
  done (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/http/round", test_round);
  g_test_add_func ("/server/http/refusals", test_refusals);
  g_test_add_func ("/server/http/blobs", test_blobs);
  g_test_add_func ("/server/http/portal", test_portal);
  g_test_add_func ("/server/http/loopback-only", test_loopback_only);
  g_test_add_func ("/server/http/alone", test_alone);
  return g_test_run ();
}
