/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two answers that are right alone and wrong together: both are taken, and the county is told until they agree. */
#include "../core/store-fixture.h"
#include "zf-server.h"

#define N_TABLETS 2

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfServer *server;
  ZfStore *tablet[N_TABLETS];
  char *household;
} World;

static void
sync_tablet (World *w, guint t)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_sync_local (w->server, w->tablet[t], NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
add_tablet (World *w, guint t)
{
  g_autofree char *name = g_strdup_printf ("tablet%u", t);
  g_autofree char *path = g_build_filename (w->dir, name, NULL);
  g_autoptr (GError) error = NULL;

  w->tablet[t] = zf_store_create (path, w->kinds, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (zf_server_enrol_direct (w->server, w->tablet[t], "http://127.0.0.1:1", name, NULL, &error));
  sync_tablet (w, t);
}

static void
make_household (World *w)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (JsonObject) fields = json_of ("{'village':'%s','head_name':'张三','monitored_class':'unstable','monitored_since':'2024-01-10',"
                                           "'risk_cleared':'yes'}",
                                           VILLAGE_1);
  g_autoptr (GError) error = NULL;

  w->household = zf_id_new (zf_store_clock (w->tablet[0]), zf_store_random (w->tablet[0]));
  zf_save_create (save, "household", w->household, fields);
  g_assert_true (zf_store_commit (w->tablet[0], save, &error));
  g_assert_no_error (error);
  sync_tablet (w, 0);
  sync_tablet (w, 1);
}

static void
setup (World *w, gconstpointer data)
{
  g_autoptr (JsonArray) villages = json_array_of ("[{'id':'%s','fields':{'name':'V'}}]", VILLAGE_1);
  g_autofree char *county = NULL;
  g_autoptr (GError) error = NULL;

  w->dir = g_dir_make_tmp ("zf-review-XXXXXX", NULL);
  county = g_build_filename (w->dir, "county", NULL);
  w->kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  g_assert_true (zf_server_init (county, w->kinds, NULL, villages, &error));
  w->server = zf_server_open (county, w->kinds, NULL, &error);
  g_assert_no_error (error);
  for (guint t = 0; t < N_TABLETS; t++)
    add_tablet (w, t);
  make_household (w);
}

static void
teardown (World *w, gconstpointer data)
{
  for (guint t = 0; t < N_TABLETS; t++)
    {
      zf_store_close (w->tablet[t]);
      g_object_unref (w->tablet[t]);
    }
  zf_server_free (w->server);
  g_object_unref (w->kinds);
  fixture_remove (w->dir);
  g_free (w->household);
  g_free (w->dir);
}

static void
answer (World *w, guint t, const char *field, const char *value)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (fields, field, value);
  zf_save_set (save, "household", w->household, fields);
  g_assert_true (zf_store_commit (w->tablet[t], save, &error));
  g_assert_no_error (error);
}

/* As text: what the county's people are shown. */
static void
assert_reviews (World *w, const char *fields)
{
  ZfServerStore *store = zf_server_core_store (zf_server_core (w->server));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) list = NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_true (zf_server_pull_county (w->server, NULL, &error));
  list = store->verbs->reviews (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (list), ==, fields != NULL ? 1 : 0);
  if (fields == NULL)
    return;
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (list, 0), "id", NULL), ==, w->household);
  g_assert_cmpstr (zf_json_get_string (json_array_get_object_element (list, 0), "village", NULL), ==, VILLAGE_1);
  node = json_node_copy (json_object_get_member (json_array_get_object_element (list, 0), "fields"));
  text = zf_json_canonical (node);
  g_assert_cmpstr (text, ==, fields);
}

static void
test_wrong_together (World *w, gconstpointer data)
{
  g_autoptr (GPtrArray) quarantined = NULL;

  answer (w, 0, "monitored_since", "2024-06-01");
  answer (w, 1, "cleared_on", "2024-03-01");
  sync_tablet (w, 0);
  assert_reviews (w, NULL);
  sync_tablet (w, 1);
  assert_reviews (w, "[\"cleared_on\"]");
  quarantined = zf_ledger_quarantined (zf_store_reader (w->tablet[1]), NULL);
  g_assert_cmpuint (quarantined->len, ==, 0);
  sync_tablet (w, 0);
  answer (w, 0, "cleared_on", "2024-09-01");
  sync_tablet (w, 0);
  assert_reviews (w, NULL);
}

/* What one hand wrote was checked where it was written: it is not looked at again. */
static void
test_right_together (World *w, gconstpointer data)
{
  answer (w, 0, "monitored_since", "2024-02-01");
  answer (w, 1, "cleared_on", "2024-03-01");
  sync_tablet (w, 0);
  sync_tablet (w, 1);
  assert_reviews (w, NULL);
}

/* A record that has gone needs nobody's look. */
static void
test_ended (World *w, gconstpointer data)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (GError) error = NULL;

  answer (w, 0, "monitored_since", "2024-06-01");
  answer (w, 1, "cleared_on", "2024-03-01");
  sync_tablet (w, 0);
  sync_tablet (w, 1);
  assert_reviews (w, "[\"cleared_on\"]");
  sync_tablet (w, 0);
  zf_save_delete (save, "household", w->household, "ended");
  g_assert_true (zf_store_commit (w->tablet[0], save, &error));
  sync_tablet (w, 0);
  assert_reviews (w, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/review/wrong-together", World, NULL, setup, test_wrong_together, teardown);
  g_test_add ("/review/right-together", World, NULL, setup, test_right_together, teardown);
  g_test_add ("/review/ended", World, NULL, setup, test_ended, teardown);
  return g_test_run ();
}
