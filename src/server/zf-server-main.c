/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* zoufang-server: the county's server from the command line. Exit 0 ok, 1 failed, 2 usage. */
#include "zf-config.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

#include "zf-divisions.h"
#include "zf-json.h"
#include "zf-server-backup.h"
#include "zf-server-core.h"
#include "zf-server-feeder.h"
#include "zf-server-http.h"
#include "zf-server-parcel.h"
#include "zf-server.h"

#define DEFAULT_LISTEN "127.0.0.1:8080"

typedef struct
{
  char *data;
  char *listen;
  char *tls_cert;
  char *tls_key;
  char *name;
  char *title;
  char *villages;
  char *url;
  char *map;
  char *sheet;
  gboolean dry_run;
  gboolean version;
  char **words;        /* command and its arguments */
  ZfKinds *kinds;
} Options;

typedef struct
{
  const char *name;
  const char *usage;
  guint min_words;
  int (*run) (Options *options, GError **error);
} Command;

static JsonArray *
known_villages (GError **error)
{
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), error);

  return divisions != NULL ? zf_divisions_records (divisions, NULL) : NULL;
}

static int
run_init (Options *options, GError **error)
{
  g_autoptr (JsonArray) villages = known_villages (error);

  if (villages == NULL || !zf_server_init (options->data, options->kinds, NULL, villages, error))
    return 1;
  printf ("made %s with %u villages\n", options->data, json_array_get_length (villages));
  return 0;
}

static void
print_row (guint row, const char *verdict, const char *column, const char *reason, gpointer data)
{
  if (reason != NULL)
    printf ("%u\t%s\t%s\t%s\n", row, verdict, column != NULL ? column : "", reason);
}

static int
run_import (Options *options, GError **error)
{
  ZfRosterOptions roster = { .map_path = options->map, .sheet = options->sheet, .by = "", .dry_run = options->dry_run };
  g_autoptr (ZfServer) server = NULL;
  g_autoptr (JsonObject) report = NULL;
  g_autofree char *text = NULL;

  if (!g_str_equal (options->words[1], "households"))
    return 2;
  server = zf_server_open (options->data, options->kinds, NULL, error);
  if (server == NULL || !zf_server_import_households (server, options->words[2], &roster, print_row, NULL, &report, error))
    return 1;
  text = zf_json_canonical_object (report);
  printf ("%s\n", text);
  return 0;
}

/* "all", or codes of any edition, or village ids, separated by commas. */
static gboolean
read_villages (const char *text, GStrv *ids, GError **error)
{
  g_autoptr (ZfDivisions) divisions = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  *ids = NULL;
  if (text == NULL || g_str_equal (text, "all"))
    return TRUE;
  divisions = zf_divisions_load (zf_data_dir (), error);
  if (divisions == NULL)
    return FALSE;
  words = g_strsplit (text, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      const ZfVillage *village = zf_divisions_village (divisions, words[i]);

      if (village == NULL)
        village = zf_divisions_by_id (divisions, words[i]);
      if (village == NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "There is no village with code %s", words[i]);
          return FALSE;
        }
      g_strv_builder_add (builder, village->id);
    }
  *ids = g_strv_builder_end (builder);
  return TRUE;
}

static char *
address_file (Options *options)
{
  return g_build_filename (options->data, "address", NULL);
}

/* --url, else where a server on this data last listened. */
static char *
server_url (Options *options)
{
  g_autofree char *path = address_file (options);
  char *url = NULL;

  if (options->url != NULL)
    return g_strdup (options->url);
  if (g_file_get_contents (path, &url, NULL, NULL))
    return g_strchomp (url);
  return g_strdup ("http://" DEFAULT_LISTEN);
}

static int
run_enrol_code (Options *options, GError **error)
{
  g_autoptr (ZfServer) server = NULL;
  g_auto (GStrv) villages = NULL;
  g_autofree char *url = server_url (options);
  g_autofree char *code = NULL;

  if (!read_villages (options->villages, &villages, error))
    return 2;
  server = zf_server_open (options->data, options->kinds, NULL, error);
  code = server != NULL ? zf_server_make_code (server, options->name, (const char *const *) villages, error) : NULL;
  if (code == NULL)
    return 1;
  printf ("code %s\nurl %s/#%s\n", code, url, code);
  return 0;
}

static void
print_team (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
  g_autofree char *text = zf_json_canonical (node);

  printf ("%s\n", text);
}

static int
list_teams (ZfServerCore *core, GError **error)
{
  g_autoptr (JsonArray) teams = zf_server_core_store (core)->verbs->teams (zf_server_core_store (core), error);

  if (teams == NULL)
    return 1;
  json_array_foreach_element (teams, print_team, NULL);
  return 0;
}

/* team list | add NAME VILLAGE… | give NAME VILLAGE… | take NAME VILLAGE… | device NAME DEVICE */
static int
run_team (Options *options, GError **error)
{
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  guint n = g_strv_length (options->words);
  const char *what = options->words[1];
  gboolean (*change) (ZfServerCore *, const char *, const char *const *, GError **) =
    g_str_equal (what, "add") ? zf_server_core_team_add
    : g_str_equal (what, "give") ? zf_server_core_team_give
    : g_str_equal (what, "take") ? zf_server_core_team_take
                                 : NULL;
  g_autoptr (ZfServerCore) core = zf_server_core_new (options->data, options->kinds, clock, random, error);
  g_auto (GStrv) villages = NULL;
  g_autofree char *codes = n > 3 ? g_strjoinv (",", options->words + 3) : NULL;

  if (core == NULL)
    return 1;
  if (g_str_equal (what, "list") && n == 2)
    return list_teams (core, error);
  if (g_str_equal (what, "device") && n == 4)
    return zf_server_core_team_device (core, options->words[2], options->words[3], error) ? 0 : 1;
  if (change == NULL || codes == NULL || !read_villages (codes, &villages, error) || villages == NULL)
    return 2;
  return change (core, options->words[2], (const char *const *) villages, error) ? 0 : 1;
}

static int
run_stats (Options *options, GError **error)
{
  g_autoptr (ZfServer) server = zf_server_open (options->data, options->kinds, NULL, error);
  g_autoptr (JsonObject) stats = server != NULL ? zf_server_stats (server, error) : NULL;
  g_autofree char *text = stats != NULL ? zf_json_canonical_object (stats) : NULL;

  if (text == NULL)
    return 1;
  printf ("%s\n", text);
  return 0;
}

static gboolean
stop (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
announce (Options *options, const char *url, GError **error)
{
  g_autofree char *path = address_file (options);

  if (!g_file_set_contents (path, url, -1, error))
    return FALSE;
  printf ("listening %s\n", url);
  fflush (stdout);
  return TRUE;
}

static int
serve (Options *options, ZfServer *server, ZfServerCore *core, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ZfServerFeeder) feeder = zf_server_feeder_new (server);
  ZfServerHttpOptions where = { options->listen != NULL ? options->listen : DEFAULT_LISTEN, options->tls_cert, options->tls_key };
  g_autoptr (ZfServerHttp) http = zf_server_http_new_with (core, &where, zf_server_feeder_wake, feeder, error);
  guint sources[2];

  if (http == NULL || !announce (options, options->url != NULL ? options->url : zf_server_http_url (http), error))
    return 1;
  sources[0] = g_unix_signal_add (SIGTERM, stop, loop);
  sources[1] = g_unix_signal_add (SIGINT, stop, loop);
  zf_server_feeder_wake (feeder);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return 0;
}

static int
run_serve (Options *options, GError **error)
{
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  g_autoptr (ZfServer) server = zf_server_open (options->data, options->kinds, NULL, error);
  g_autoptr (ZfServerCore) core =
    server != NULL ? zf_server_core_new (options->data, options->kinds, clock, random, error) : NULL;

  return core != NULL ? serve (options, server, core, error) : 1;
}

/* Lists of records that have a key. */
static const struct
{
  const char *member;
  const char *kind;
} lists[] = { { "members", "member" }, { "helpers", "helper" }, { "holidays", "holiday" } };

/* Operators know villages by their codes. */
static gboolean
name_villages (JsonArray *rows, GError **error)
{
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), error);

  for (guint i = 0; divisions != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *code = row != NULL ? zf_json_get_string (row, "village", NULL) : NULL;
      const ZfVillage *village = code != NULL ? zf_divisions_village (divisions, code) : NULL;

      if (village != NULL)
        json_object_set_string_member (row, "village", village->id);
    }
  return divisions != NULL;
}

/* A list, or something that names itself. */
static gboolean
publish_text (ZfServer *server, const char *text, char **said, GError **error)
{
  g_autoptr (JsonObject) root = zf_json_parse_object (text, -1, error);

  if (root == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      JsonArray *rows = zf_json_get_array (root, lists[i].member);

      if (rows == NULL)
        continue;
      *said = g_strdup_printf ("%u %s", json_array_get_length (rows), lists[i].member);
      return name_villages (rows, error) && zf_server_core_publish_rows (zf_server_core (server), lists[i].kind, rows, error);
    }
  return zf_server_core_publish_text (zf_server_core (server), text, said, error);
}

static int
run_publish (Options *options, GError **error)
{
  g_autoptr (ZfServer) server = zf_server_open (options->data, options->kinds, NULL, error);
  g_autofree char *text = NULL;
  g_autofree char *said = NULL;

  if (server == NULL || !g_file_get_contents (options->words[1], &text, NULL, error) || !publish_text (server, text, &said, error) ||
      !zf_server_pull_county (server, NULL, error))
    return 1;
  printf ("published %s\n", said);
  return 0;
}

static int
run_publish_map (Options *options, GError **error)
{
  g_autoptr (ZfServer) server = zf_server_open (options->data, options->kinds, NULL, error);
  g_autofree char *said = NULL;

  if (server == NULL || !zf_server_core_publish_map (zf_server_core (server), options->words[1], options->name, options->title, &said, error) ||
      !zf_server_pull_county (server, NULL, error))
    return 1;
  printf ("published %s\n", said);
  return 0;
}

static int
run_parcel (Options *options, GError **error)
{
  g_autoptr (ZfServer) server = zf_server_open (options->data, options->kinds, NULL, error);

  return server != NULL && zf_server_take_parcel (server, options->words[1], options->words[2], error) ? 0 : 1;
}

static int
run_backup (Options *options, GError **error)
{
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  g_autoptr (ZfServerCore) core = zf_server_core_new (options->data, options->kinds, clock, random, error);
  g_autoptr (JsonObject) manifest = NULL;

  if (core == NULL || !zf_server_core_backup (core, options->words[1], &manifest, error))
    return 1;
  printf ("backed up %" G_GINT64_FORMAT " changes and %u photos to %s\n", zf_json_get_int (manifest, "changes", 0),
          json_array_get_length (zf_json_get_array (manifest, "blobs")), options->words[1]);
  return 0;
}

static int
run_restore (Options *options, GError **error)
{
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autoptr (ZfRandom) random = zf_random_new_system ();
  ZfServerCoreOptions core = { .kinds = options->kinds, .clock = clock, .random = random };

  if (!zf_server_core_restore (options->words[1], options->data, &core, error))
    return 1;
  printf ("restored %s; tablets will send again what came after the backup\n", options->data);
  return 0;
}

static int
run_verify (Options *options, GError **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZfServer) server = zf_server_open (options->data, options->kinds, NULL, error);

  if (server == NULL || !zf_server_verify (server, problems, error))
    return 1;
  for (guint i = 0; i < problems->len; i++)
    printf ("%s\n", (char *) problems->pdata[i]);
  return problems->len > 0 ? 1 : 0;
}

/* Numbers, names of questions and reasons, never what somebody wrote. */
static int
print_list (Options *options, gboolean reviews, GError **error)
{
  g_autoptr (ZfServer) server = NULL;
  g_autoptr (JsonArray) list = NULL;
  ZfServerStore *store;

  if (!g_str_equal (options->words[1], "list"))
    return 2;
  server = zf_server_open (options->data, options->kinds, NULL, error);
  store = server != NULL ? zf_server_core_store (zf_server_core (server)) : NULL;
  if (store != NULL)
    list = reviews ? store->verbs->reviews (store, error) : store->verbs->quarantined (store, error);
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      g_autofree char *text = zf_json_canonical_object (json_array_get_object_element (list, i));

      printf ("%s\n", text);
    }
  return list != NULL ? 0 : 1;
}

/* What could not be merged. */
static int
run_quarantine (Options *options, GError **error)
{
  return print_list (options, FALSE, error);
}

/* What merging left at odds with itself. */
static int
run_needs_review (Options *options, GError **error)
{
  return print_list (options, TRUE, error);
}

static const Command commands[] = {
  { "init", "init", 1, run_init },
  { "import", "import households FILE [--map MAP.json] [--sheet NAME] [--dry-run]", 3, run_import },
  { "enrol-code", "enrol-code [--name NAME] [--villages all|CODE,…] [--url URL]", 1, run_enrol_code },
  { "serve", "serve [--listen 127.0.0.1:PORT|unix:PATH] [--tls-cert FILE --tls-key FILE] [--url URL]", 1, run_serve },
  { "publish", "publish FILE", 2, run_publish },
  { "publish-map", "publish-map PACK.mbtiles [--name NAME] [--title TITLE]", 2, run_publish_map },
  { "parcel", "parcel IN.zfp REPLY.zfp", 3, run_parcel },
  { "team", "team list | add NAME VILLAGE… | give NAME VILLAGE… | take NAME VILLAGE… | device NAME DEVICE", 2, run_team },
  { "stats", "stats", 1, run_stats },
  { "backup", "backup OUT", 2, run_backup },
  { "restore", "restore BACKUP", 2, run_restore },
  { "verify", "verify", 1, run_verify },
  { "quarantine", "quarantine list", 2, run_quarantine },
  { "needs-review", "needs-review list", 2, run_needs_review },
};

static int
print_usage (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stderr, "zoufang-server --data DIR %s\n", commands[i].usage);
  return 2;
}

static int
run (Options *options, GError **error)
{
  guint n = options->words != NULL ? g_strv_length (options->words) : 0;

  for (guint i = 0; i < G_N_ELEMENTS (commands) && n > 0; i++)
    if (g_str_equal (commands[i].name, options->words[0]) && n >= commands[i].min_words)
      {
        int code;

        options->kinds = zf_kinds_load (zf_data_dir (), error);
        code = options->kinds != NULL ? commands[i].run (options, error) : 1;
        return code == 2 && (error == NULL || *error == NULL) ? print_usage () : code;
      }
  return print_usage ();
}

static void
options_clear (Options *options)
{
  g_clear_object (&options->kinds);
  g_strfreev (options->words);
  g_free (options->data);
  g_free (options->listen);
  g_free (options->tls_cert);
  g_free (options->tls_key);
  g_free (options->name);
  g_free (options->title);
  g_free (options->villages);
  g_free (options->url);
  g_free (options->map);
  g_free (options->sheet);
}

static gboolean
parse (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Folder of the server's data", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, "Address to listen on; port 0: any free one", "127.0.0.1:PORT|unix:PATH" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_cert, "Certificate, where TLS ends here", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_key, "Its key", "FILE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "Name of the tablet to enrol, or of the map pack", "NAME" },
    { "title", 0, 0, G_OPTION_ARG_STRING, &options->title, "What people read as the name of the map pack", "TITLE" },
    { "villages", 0, 0, G_OPTION_ARG_STRING, &options->villages, "Villages of the tablet", "all|CODE,…" },
    { "url", 0, 0, G_OPTION_ARG_STRING, &options->url, "Address that tablets use", "URL" },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &options->map, "Which column is which field", "MAP.json" },
    { "sheet", 0, 0, G_OPTION_ARG_STRING, &options->sheet, "Sheet of the file", "NAME" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options->dry_run, "Report only, write nothing", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->words, NULL, "COMMAND" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

int
main (int argc, char **argv)
{
  Options options = { 0 };
  g_autoptr (GError) error = NULL;
  int code = 2;

  setlocale (LC_ALL, "");
  if (parse (&options, &argc, &argv, &error))
    {
      if (options.version)
        {
          printf ("zoufang-server %s\n", PACKAGE_VERSION);
          code = 0;
        }
      else
        code = options.data != NULL ? run (&options, &error) : print_usage ();
    }
  if (error != NULL)
    fprintf (stderr, "zoufang-server: %s\n", error->message);
  options_clear (&options);
  return code;
}
