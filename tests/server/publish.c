/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a county publishes reaches its tablets: the new form is used for what is begun from then on, the old one stays for what was begun with it, and
 * what nobody could use never leaves the county. */
#include <string.h>

#include "tablet-fixture.h"
#include "zf-error.h"
#include "zf-form.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-publication.h"
#include "zf-query.h"

#define VILLAGE "01890000-0000-7000-8000-000000000001"

/* The shipped visit form with one edit in its text. */
static char *
edited (const char *from, const char *to, const char *version)
{
  g_autofree char *path = g_build_filename (zf_data_dir (), "forms", "visit.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *old = NULL;
  g_autoptr (GString) string = NULL;
  const char *at;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, "\"version\": \"");
  g_assert_nonnull (at);
  old = g_strndup (at, strcspn (at, ","));
  string = g_string_new (text);
  g_string_replace (string, old, version, 1);
  g_assert_cmpuint (from == NULL || g_string_replace (string, from, to, 1) == 1, ==, TRUE);
  return g_string_free (g_steal_pointer (&string), FALSE);
}

#define SIGNATURE "{\"type\": \"begin_group\", \"name\": \"g5\""
#define QUESTION "{\"type\": \"text\", \"name\": \"dog\", \"label::中文\": \"有狗\", \"label::English\": \"A dog\"},\n    "

static char *
with_dog (const char *version)
{
  return edited (SIGNATURE, "{\"type\": \"begin_group\", \"name\": \"g9\", \"label::中文\": \"狗\", \"label::English\": \"Dog\"}, " QUESTION
                            "{\"type\": \"end_group\", \"name\": \"g9\"}, " SIGNATURE, version);
}

static void
publish (Fixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;

  g_assert_true (zf_server_core_publish_text (zf_server_core (f->server), text, &said, &error));
  g_assert_no_error (error);
  g_assert_nonnull (said);
}

static void
refuse (Fixture *f, const char *text, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;

  g_assert_false (zf_server_core_publish_text (zf_server_core (f->server), text, &said, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
}

static void
open_again (Fixture *f)
{
  g_autofree char *path = below (f, "tablet");
  g_autoptr (GError) error = NULL;

  zf_store_close (f->tablet);
  g_object_unref (f->tablet);
  f->tablet = zf_store_open (path, f->kinds, NULL, &error);
  g_assert_no_error (error);
}

static void
test_new_form (Fixture *f, gconstpointer data)
{
  const char *shipped = zf_kind_version (zf_kinds_get (f->kinds, "visit"));
  g_autofree char *text = with_dog ("\"version\": \"2099010101\"");
  const ZfKind *now, *then;

  sync_tablet (f);
  publish (f, text);
  publish (f, text);
  sync_tablet (f);
  g_assert_cmpstr (zf_kind_version (zf_kinds_get (zf_store_kinds (f->tablet), "visit")), ==, shipped);
  open_again (f);
  now = zf_kinds_get (zf_store_kinds (f->tablet), "visit");
  g_assert_cmpstr (zf_kind_version (now), ==, "2099010101");
  g_assert_nonnull (zf_kind_field (now, "dog"));
  then = zf_kinds_version (zf_store_kinds (f->tablet), "visit", shipped);
  g_assert_cmpstr (zf_kind_version (then), ==, shipped);
  g_assert_null (zf_kind_field (then, "dog"));
  g_assert_cmpuint (zf_kind_n_fields (then), ==, zf_kind_n_fields (now) - 1);
}

/* A tablet that is never switched off takes it too, when it is told that the moment is good; what it holds of the old form stays valid. */
static void
test_running (Fixture *f, gconstpointer data)
{
  const ZfKind *before = zf_kinds_get (zf_store_kinds (f->tablet), "visit");
  g_autofree char *shipped = g_strdup (zf_kind_version (before));
  g_autofree char *text = with_dog ("\"version\": \"2099010101\"");
  g_autoptr (GError) error = NULL;
  gboolean taken = TRUE;

  sync_tablet (f);
  g_assert_true (zf_store_take_published (f->tablet, &taken, &error));
  g_assert_false (taken);
  publish (f, text);
  sync_tablet (f);
  g_assert_true (zf_store_take_published (f->tablet, &taken, &error));
  g_assert_no_error (error);
  g_assert_true (taken);
  g_assert_cmpstr (zf_kind_version (zf_kinds_get (zf_store_kinds (f->tablet), "visit")), ==, "2099010101");
  g_assert_true (zf_reader_kinds (zf_store_reader (f->tablet)) == zf_store_kinds (f->tablet));
  g_assert_cmpstr (zf_kind_version (before), ==, shipped);
  g_assert_cmpstr (zf_kind_version (zf_kinds_version (zf_store_kinds (f->tablet), "visit", shipped)), ==, shipped);
  g_assert_true (zf_store_take_published (f->tablet, &taken, &error));
  g_assert_false (taken);
}

static void
write_unchecked (Fixture *f, const char *kind, const char *name, const char *version, const char *content)
{
  g_autoptr (JsonArray) records = json_array_new ();
  JsonObject *record = json_object_new (), *fields = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  json_object_set_string_member (fields, "name", name);
  json_object_set_string_member (fields, "version", version);
  json_object_set_string_member (fields, "content", content);
  id = zf_kind_make_id (zf_kinds_get (f->kinds, kind), fields);
  json_object_set_string_member (record, "id", id);
  json_object_set_object_member (record, "fields", fields);
  json_array_add_object_element (records, record);
  g_assert_true (zf_server_core_publish (zf_server_core (f->server), kind, records, &error));
  g_assert_no_error (error);
}

/* A county that is newer than this tablet, or broken: each thing that cannot be used is named, and what was there goes on. */
static void
test_unusable (Fixture *f, gconstpointer data)
{
  static const char *const wrong[] = { "visit", "extra" };
  g_autofree char *shipped = g_strdup (zf_kind_version (zf_kinds_get (f->kinds, "visit")));
  g_autofree char *broken = edited ("\"relevant\": \"${risk_found} = 'yes'", "\"relevant\": \"${risk_fund} = 'yes'", "\"version\": \"2099010103\"");
  g_autofree char *dog = with_dog ("\"version\": \"2099010102\"");
  GPtrArray *refused = NULL;

  write_unchecked (f, "codelist", "extra", "1", "{\"lists\":[{\"choices\":[]}]}");
  write_unchecked (f, "form", "visit", "2099010103", broken);
  sync_tablet (f);
  open_again (f);
  refused = zf_kinds_refused (zf_store_kinds (f->tablet));
  g_assert_cmpuint (refused->len, ==, G_N_ELEMENTS (wrong));
  for (guint i = 0; i < refused->len; i++)
    g_assert_true (g_strv_contains (wrong, ((ZfRefused *) refused->pdata[i])->name));
  g_assert_cmpstr (zf_kind_version (zf_kinds_get (zf_store_kinds (f->tablet), "visit")), ==, shipped);
  /* A good one between the two counts. */
  write_unchecked (f, "form", "visit", "2099010102", dog);
  sync_tablet (f);
  open_again (f);
  g_assert_cmpstr (zf_kind_version (zf_kinds_get (zf_store_kinds (f->tablet), "visit")), ==, "2099010102");
}

/* A kind that the county made up: what was written of it before the tablet knew it is there once it does. Two kinds may come in any order. */
static void
test_new_kind (Fixture *f, gconstpointer data)
{
  static const char form[] =
    "{\"settings\":[{\"form_title\":\"T\",\"form_id\":\"%s\",\"version\":\"1\"}],\"kind\":{\"name\":\"%s\",\"order\":%d,\"parent\":%s,"
    "\"append_only\":false,\"ledger\":false,\"server_only\":true,\"key\":[\"code\"],\"label\":\"code\",\"columns\":[\"code\"],"
    "\"roles\":{\"write\":[\"county\"]}},\"survey\":[{\"type\":\"begin_group\",\"name\":\"g1\",\"label::中文\":\"T\"},{\"type\":\"text\","
    "\"name\":\"code\",\"label::中文\":\"C\"},{\"type\":\"text\",\"name\":\"over\",\"label::中文\":\"C\"},{\"type\":\"end_group\",\"name\":\"g1\"}],"
    "\"choices\":[]}";
  g_autofree char *well = g_strdup_printf (form, "zwell", "zwell", 920, "null");
  g_autofree char *pump = g_strdup_printf (form, "apump", "apump", 921, "{\"kind\":\"zwell\",\"field\":\"over\",\"optional\":true}");
  g_autoptr (JsonNode) rows = zf_json_parse ("[{\"code\":\"w1\"}]", -1, NULL);
  g_autoptr (ZfQuery) query = zf_query_new ("zwell");
  g_autoptr (GError) error = NULL;
  gboolean taken = FALSE;

  publish (f, well);
  publish (f, pump);
  g_assert_true (zf_server_core_publish_rows (zf_server_core (f->server), "zwell", json_node_get_array (rows), &error));
  g_assert_no_error (error);
  sync_tablet (f);
  g_assert_null (zf_kinds_get (zf_store_kinds (f->tablet), "zwell"));
  g_assert_true (zf_store_take_published (f->tablet, &taken, &error));
  g_assert_no_error (error);
  g_assert_true (taken);
  g_assert_cmpuint (zf_kinds_refused (zf_store_kinds (f->tablet))->len, ==, 0);
  g_assert_nonnull (zf_kinds_get (zf_store_kinds (f->tablet), "apump"));
  zf_query_column (query, "code");
  g_assert_cmpint (zf_query_count (query, zf_store_reader (f->tablet), &error), ==, 1);
  g_assert_no_error (error);
}

/* All forms and lists of data/ are there from the start, and are no work for a tablet that has them. */
static void
test_first_version (Fixture *f, gconstpointer data)
{
  static const char *const kinds[] = { "form", "codelist" };
  g_autoptr (GPtrArray) known = zf_kinds_list (f->kinds);
  gint64 n[2];
  g_autoptr (GError) error = NULL;
  ZfKinds *before = NULL;

  open_again (f);
  before = zf_store_kinds (f->tablet);
  sync_tablet (f);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (ZfQuery) query = zf_query_new (kinds[i]);

      zf_query_column (query, "id");
      n[i] = zf_query_count (query, zf_store_reader (f->tablet), &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (n[0], ==, known->len);
  g_assert_cmpint (n[1], >=, 8);
  g_assert_true (zf_store_take_published (f->tablet, NULL, &error));
  g_assert_true (zf_store_kinds (f->tablet) == before);
}

/* Begun with the old form, cut off by a restart, finished after the county published a new one: the old questions, and the record says so. */
static void
test_old_draft (Fixture *f, gconstpointer data)
{
  g_autofree char *shipped = g_strdup (zf_kind_version (zf_kinds_get (f->kinds, "visit")));
  g_autofree char *text = with_dog ("\"version\": \"2099010101\"");
  g_autoptr (JsonNode) villages = zf_json_parse ("[{\"id\":\"" VILLAGE "\",\"fields\":{\"name\":\"V\"}}]", -1, NULL);
  g_autoptr (JsonObject) answers =
    zf_json_parse_object ("{\"mode\":\"home\",\"date\":\"2026-11-20\",\"visitors\":\"A\",\"risk_found\":\"no\",\"sign\":\"absent\"}", -1, NULL);
  g_autoptr (JsonObject) home = json_object_new ();
  g_autofree char *household = zf_id_new (zf_store_clock (f->tablet), zf_store_random (f->tablet));
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (ZfDraft) begun = NULL;
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (ZfForm) form = NULL;
  g_autoptr (ZfRecord) record = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_core_publish (zf_server_core (f->server), "village", json_node_get_array (villages), &error));
  sync_tablet (f);
  json_object_set_string_member (home, "village", VILLAGE);
  zf_save_create (save, "household", household, home);
  zf_store_commit (f->tablet, save, &error);
  g_assert_no_error (error);
  begun = zf_draft_start (f->tablet, "visit", household, shipped, "u1", answers, NULL, &error);
  g_assert_no_error (error);
  publish (f, text);
  sync_tablet (f);
  open_again (f);
  draft = zf_draft_get (zf_store_reader (f->tablet), begun->id, &error);
  g_assert_no_error (error);
  form = zf_form_new (zf_kinds_version (zf_store_kinds (f->tablet), "visit", draft->form_version), &error);
  g_assert_no_error (error);
  g_assert_null (zf_form_question (form, "dog"));
  id = zf_form_finish (form, f->tablet, draft, "2026-11-29", FALSE, NULL, &error);
  g_assert_no_error (error);
  record = zf_reader_get (zf_store_reader (f->tablet), id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zf_record_get_string (record, ZF_FORM_VERSION, NULL), ==, shipped);
  g_assert_cmpstr (zf_kind_version (record->kind), ==, "2099010101");
  sync_tablet (f);
  g_assert_cmpint (zf_ledger_cursor (f->tablet), >, 0);
}

/* An answer to a question that the county added is taken by a county that has been serving all the while. */
static void
test_new_answer (Fixture *f, gconstpointer data)
{
  g_autofree char *text = with_dog ("\"version\": \"2099010101\"");
  g_autoptr (ZfSave) save = NULL;
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autoptr (JsonNode) villages = zf_json_parse ("[{\"id\":\"" VILLAGE "\",\"fields\":{\"name\":\"V\"}}]", -1, NULL);
  g_autoptr (JsonObject) home = json_object_new ();
  g_autofree char *household = zf_id_new (zf_store_clock (f->tablet), zf_store_random (f->tablet));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) quarantined = NULL;

  g_assert_true (zf_server_core_publish (zf_server_core (f->server), "village", json_node_get_array (villages), &error));
  publish (f, text);
  sync_tablet (f);
  open_again (f);
  save = zf_save_new ("u1", TRUE);
  json_object_set_string_member (home, "village", VILLAGE);
  zf_save_create (save, "household", household, home);
  json_object_set_string_member (fields, "household", household);
  json_object_set_string_member (fields, "dog", "brown");
  json_object_set_string_member (fields, "date", "2026-11-20");
  zf_save_create (save, "visit", NULL, fields);
  zf_store_commit (f->tablet, save, &error);
  g_assert_no_error (error);
  sync_tablet (f);
  quarantined = zf_ledger_quarantined (zf_store_reader (f->tablet), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (quarantined->len, ==, 0);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *good = with_dog ("\"version\": \"2099010102\"");
  g_autofree char *older = with_dog ("\"version\": \"2000010101\"");
  g_autofree char *lost = edited ("\"name\": \"leaflet\"", "\"name\": \"leaflets\"", "\"version\": \"2099010103\"");
  g_autofree char *retyped = edited ("\"type\": \"integer\", \"name\": \"population_living\"", "\"type\": \"text\", \"name\": \"population_living\"",
                                     "\"version\": \"2099010103\"");
  g_autofree char *broken = edited ("\"relevant\": \"${risk_found} = 'yes'", "\"relevant\": \"${risk_fund} = 'yes'", "\"version\": \"2099010103\"");
  g_autofree char *other = NULL;

  refuse (f, "{\"survey\":", "");
  refuse (f, "{\"name\":\"x\",\"version\":\"1\"}", "no form, code list, rules or parameters");
  refuse (f, "{\"rules\":[]}", "no name or no version");
  refuse (f, older, "higher version");
  refuse (f, lost, "leaflet");
  refuse (f, retyped, "population_living");
  refuse (f, broken, "risk_fund");
  publish (f, good);
  other = edited (NULL, NULL, "\"version\": \"2099010102\"");
  refuse (f, other, "another content");
}

/* Rules and parameters come as they are; the newest by number counts, the older ones stay. A code list may grow, never lose a code. */
static void
test_others (Fixture *f, gconstpointer data)
{
  g_autoptr (ZfPublication) newest = NULL;
  g_autoptr (GError) error = NULL;

  publish (f, "{\"name\":\"lines\",\"version\":\"9\",\"parameters\":[{\"id\":\"line\",\"value\":\"8000\"}]}");
  publish (f, "{\"name\":\"lines\",\"version\":\"10\",\"parameters\":[{\"id\":\"line\",\"value\":\"8300\"}],\"later\":{\"a\":1}}");
  publish (f, "{\"name\":\"income\",\"version\":\"1\",\"rules\":[{\"id\":\"r1\",\"when\":\"1 < 2\"}]}");
  publish (f, "{\"name\":\"extra\",\"version\":\"1\",\"lists\":[{\"list_name\":\"pets\",\"choices\":[{\"name\":\"dog\"},{\"name\":\"cat\"}]}]}");
  refuse (f, "{\"name\":\"extra\",\"version\":\"2\",\"lists\":[{\"list_name\":\"pets\",\"choices\":[{\"name\":\"cat\"}]}]}", "dog");
  sync_tablet (f);
  newest = zf_publication_newest (zf_store_reader (f->tablet), "parameter", "lines", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (newest->version, ==, "10");
  g_assert_nonnull (strstr (newest->content, "later"));
  g_clear_pointer (&newest, zf_publication_free);
  newest = zf_publication_newest (zf_store_reader (f->tablet), "rule", "none", &error);
  g_assert_no_error (error);
  g_assert_null (newest);
}

static void
test_members (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) one = zf_json_parse ("[{\"code\":\"m1\",\"name\":\"A\",\"team\":\"T1\"},{\"code\":\"m2\",\"name\":\"B\"}]", -1, NULL);
  g_autoptr (JsonNode) two = zf_json_parse ("[{\"code\":\"m1\",\"name\":\"A\",\"team\":\"T2\"}]", -1, NULL);
  g_autoptr (JsonNode) bad = zf_json_parse ("[{\"name\":\"C\"}]", -1, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (ZfRecord) record = NULL;
  ZfServerCore *core = zf_server_core (f->server);

  g_assert_true (zf_server_core_publish_rows (core, "member", json_node_get_array (one), &error));
  sync_tablet (f);
  g_assert_true (zf_server_core_publish_rows (core, "member", json_node_get_array (two), &error));
  g_assert_no_error (error);
  sync_tablet (f);
  id = zf_kind_make_id (zf_kinds_get (f->kinds, "member"), json_array_get_object_element (json_node_get_array (one), 0));
  record = zf_reader_get (zf_store_reader (f->tablet), id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zf_record_get_string (record, "team", NULL), ==, "T2");
  g_assert_cmpstr (zf_record_get_string (record, "name", NULL), ==, "A");
  g_assert_false (zf_server_core_publish_rows (core, "member", json_node_get_array (bad), &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/publish/new-form", Fixture, NULL, tablet_set_up, test_new_form, tablet_tear_down);
  g_test_add ("/publish/first-version", Fixture, NULL, tablet_set_up, test_first_version, tablet_tear_down);
  g_test_add ("/publish/running", Fixture, NULL, tablet_set_up, test_running, tablet_tear_down);
  g_test_add ("/publish/unusable", Fixture, NULL, tablet_set_up, test_unusable, tablet_tear_down);
  g_test_add ("/publish/new-kind", Fixture, NULL, tablet_set_up, test_new_kind, tablet_tear_down);
  g_test_add ("/publish/old-draft", Fixture, NULL, tablet_set_up, test_old_draft, tablet_tear_down);
  g_test_add ("/publish/new-answer", Fixture, NULL, tablet_set_up, test_new_answer, tablet_tear_down);
  g_test_add ("/publish/refused", Fixture, NULL, tablet_set_up, test_refused, tablet_tear_down);
  g_test_add ("/publish/others", Fixture, NULL, tablet_set_up, test_others, tablet_tear_down);
  g_test_add ("/publish/members", Fixture, NULL, tablet_set_up, test_members, tablet_tear_down);
  return g_test_run ();
}
